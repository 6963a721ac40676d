/*-------------------------------------------------------------------------
 *
 * logistic.c
 *	  Logistic regression with an L2 penalty, by liblinear.
 *
 * R.-E. Fan, K.-W. Chang, C.-J. Hsieh, X.-R. Wang, C.-J. Lin: LIBLINEAR: A
 * Library for Large Linear Classification, JMLR 9 (2008).  Its solver of the
 * primal problem is a trust region Newton method without any random choice, so
 * the same observations in the same order give the same weights.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "analysis/logistic.h"

#include <linear.h>

#include "fmgr.h"

PG_MODULE_MAGIC;

StaticAssertDecl(sizeof(LogisticEntry) == sizeof(struct feature_node) &&
				 offsetof(LogisticEntry, feature) == offsetof(struct feature_node, index) &&
				 offsetof(LogisticEntry, value) == offsetof(struct feature_node, value),
				 "LogisticEntry must be laid out as feature_node");

extern PGDLLEXPORT const char *logistic_fit(const LogisticProblem *problem, double cost,
											double *weights);

/* stay_silent prints nothing of what liblinear has to say. */
static void
stay_silent(const char *message)
{
}

/* logistic_fit fits; a LogisticFit. */
const char *
logistic_fit(const LogisticProblem *problem, double cost, double *weights)
{
	struct problem given = {0};
	struct parameter how = {0};
	struct model *fitted;
	const char *wrong;

	given.l = problem->observations;
	given.n = problem->features;
	given.y = problem->labels;
	given.x = (struct feature_node **) problem->entries;
	given.bias = -1;			/* a constant is a feature like any other */
	how.solver_type = L2R_LR;
	how.C = cost;
	how.eps = 1e-4;
	set_print_string_function(stay_silent);
	wrong = check_parameter(&given, &how);
	if (wrong != NULL)
		return wrong;

	fitted = train(&given, &how);
	if (get_nr_class(fitted) != 2)
		wrong = "observations are of one class";
	else
	{
		/* weights are of the class that liblinear takes first */
		double		sign = fitted->label[0] > 0 ? 1.0 : -1.0;

		for (int i = 0; i < problem->features; i++)
			weights[i] = sign * fitted->w[i];
	}
	free_and_destroy_model(&fitted);
	return wrong;
}
