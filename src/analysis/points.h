/*-------------------------------------------------------------------------
 *
 * points.h
 *	  Points of a model, learned from evidence.
 *
 *-------------------------------------------------------------------------
 */
#ifndef POINTS_H
#define POINTS_H

#include "analysis/evidence.h"
#include "analysis/logistic.h"
#include "core/auc.h"

/* What training makes of evidence. */
typedef struct Lesson
{
	int64		half_life;
	double		cost;			/* of a wrong answer beside the weights */
	double	   *points;			/* of each feature */
	double		warm;
	double		mql;
	double		hot;
	double		intercept;		/* log odds = intercept + slope * score */
	double		slope;			/* of a score, and of a fit */
	double	   *fit_points;		/* of each feature of attributes */
	double		grades[N_GRADES - 1];	/* the least fit of each but D */
} Lesson;

extern void learn_points(Lesson *lesson, const Evidence *evidence, LogisticFit fit,
						 const int64 *half_lives, int n_half_lives, int n_usual);
extern void learn_fit(Lesson *lesson, const Evidence *evidence, LogisticFit fit);
extern RankingObservation *rank_tests(const Evidence *evidence, const Lesson *lesson, int64 *n);

#endif							/* POINTS_H */
