/*-------------------------------------------------------------------------
 *
 * calibration.c
 *	  The chance of a conversion by a score, fitted.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/calibration.h"

#include <math.h>

#include "miscadmin.h"

/* log_likelihood_loss is what fit_chance minimizes, in the stable form. */
static double
log_likelihood_loss(const Scored *scored, int64 n, const double *targets, double intercept,
					double slope)
{
	double		loss = 0.0;

	for (int64 i = 0; i < n; i++)
	{
		double		odds = intercept + slope * scored[i].score;

		loss += scored[i].weight *
			(log1p(exp(-fabs(odds))) + fmax(odds, 0.0) - targets[scored[i].converted] * odds);
	}
	return loss;
}

/*
 * fit_chance fits the chance of a conversion to the score: Newton's method with
 * halved steps.  The targets are a little off 0 and 1, so that the slope stays finite
 * where the score separates the classes (J. Platt, Probabilistic Outputs for Support
 * Vector Machines, 1999; H.-T. Lin, C.-J. Lin, R. C. Weng, A Note on Platt's
 * Probabilistic Outputs, 2007).  Observations that were kept by a share stand for
 * more than one (G. King, L. Zeng, Logistic Regression in Rare Events Data, 2001).
 */
void
fit_chance(const Scored *scored, int64 n, double *intercept, double *slope)
{
	double		sums[2] = {0.0, 0.0};
	double		targets[2];
	double		a;
	double		b = 0.0;
	double		loss;

	for (int64 i = 0; i < n; i++)
		sums[scored[i].converted] += scored[i].weight;
	targets[0] = 1.0 / (sums[0] + 2.0);
	targets[1] = (sums[1] + 1.0) / (sums[1] + 2.0);
	a = log((sums[1] + 1.0) / (sums[0] + 1.0));
	loss = log_likelihood_loss(scored, n, targets, a, b);
	for (int round = 0; round < 100; round++)
	{
		double		gradient_a = 0.0;
		double		gradient_b = 0.0;
		double		aa = 1e-12;
		double		ab = 0.0;
		double		bb = 1e-12;
		double		step_a;
		double		step_b;
		double		step = 1.0;
		double		next = loss;

		for (int64 i = 0; i < n; i++)
		{
			double		score = scored[i].score;
			double		p = 1.0 / (1.0 + exp(-(a + b * score)));
			double		g = scored[i].weight * (p - targets[scored[i].converted]);
			double		h = scored[i].weight * p * (1.0 - p);

			gradient_a += g;
			gradient_b += g * score;
			aa += h;
			ab += h * score;
			bb += h * score * score;
		}
		step_a = (bb * gradient_a - ab * gradient_b) / (aa * bb - ab * ab);
		step_b = (aa * gradient_b - ab * gradient_a) / (aa * bb - ab * ab);
		for (; step > 1e-10; step /= 2)
		{
			next = log_likelihood_loss(scored, n, targets, a - step * step_a, b - step * step_b);
			if (next < loss)
				break;
		}
		if (step <= 1e-10)
			break;
		a -= step * step_a;
		b -= step * step_b;
		if (loss - next <= 1e-12 * fabs(loss))
			break;
		loss = next;
		CHECK_FOR_INTERRUPTS();
	}
	*intercept = a;
	*slope = b;
}
