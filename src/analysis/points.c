/*-------------------------------------------------------------------------
 *
 * points.c
 *	  Points of a model, learned from evidence.
 *
 * A feature is what the heat of a lead would hold of one kind of interaction if
 * each of them were worth its weight: the decayed count since the last spending.
 * A logistic regression with an L2 penalty weighs the features, so that kinds which
 * few leads have come out near nothing.  Since a heat is a sum of such counts the
 * weights are points, but for a scale.
 *
 * Attributes of leads are features that are there or not, of the same regression.  Their weights, on the scale of the
 * points, are what rules of fit say; so one slope serves score and fit.
 *
 * Half-life and cost of wrong answers are chosen by how they rank the later part of
 * the training instants after a fit to the earlier part; the points are of a fit to
 * all of them.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/points.h"

#include "analysis/calibration.h"

#include <math.h>
#include <stdlib.h>

#include "miscadmin.h"
#include "utils/memutils.h"

/* Shares of the open leads that are to be hot, and to be warm or hot. */
#define HOT_SHARE			0.03
#define WARM_SHARE			0.30

static const double heat_shares[] = {HOT_SHARE, WARM_SHARE};

/* Shares that are to be of grade A, of A or B, and of A, B or C. */
static const double grade_shares[N_GRADES - 1] = {0.10, 0.30, 0.60};

/* The scale of the shipped templates. */
#define HOT_SCORE			40.0
#define WARM_SCORE			10.0

/* Observations of either class below which a part is no ground for a choice. */
#define FEW_OBSERVATIONS	20

/* What wrong answers cost beside the weights; less keeps weights nearer to nothing. */
#define USUAL_COST			1.0

static const double other_costs[] = {0.01, 0.1, 10.0, 100.0};

/* What a feature of an attribute may be to the fit, where one of interactions is about 1; less keeps its weight nearer to nothing. */
static const double fit_sizes[] = {0.03, 0.1, 0.3, 1.0};

/* Areas under the curve that differ by no more than this do not tell two models apart. */
#define SAME_AREA			0.002

/* What an observation is used for. */
typedef enum Part
{
	PART_NONE,
	PART_FIT,
	PART_VALIDATE,
	PART_TEST,
	N_PARTS
} Part;

/* Which training observations are fitted to, and which validate the fit. */
typedef struct Split
{
	HeatTime	validate_from;	/* those from here on; HEAT_TIME_MAX: none */
	bool		purged;			/* those whose horizon ends after that are
								 * neither */
	bool		by_lead;		/* instead: every other lead */
} Split;

/* What is chosen before the fit. */
typedef struct Setting
{
	int64		half_life;
	double		cost;
	double		size;			/* of features of attributes */
} Setting;

/* All that train are fitted to. */
static const Split fit_all = {HEAT_TIME_MAX, false, false};

typedef void (*Visit) (void *arg, const LeadEvidence *history, const EvidencePoint *observation,
					   const LogisticEntry *entries, int n);

/* part_of says what an observation is used for. */
static Part
part_of(const Evidence *evidence, const Split *split, const LeadEvidence *history,
		const EvidencePoint *observation)
{
	if (observation->tests)
		return PART_TEST;
	if (split->by_lead)
		return history->lead % 2 == 0 ? PART_FIT : PART_VALIDATE;
	if (observation->at >= split->validate_from)
		return PART_VALIDATE;
	return split->purged && span_end(&evidence->horizon, observation->at) > split->validate_from ? PART_NONE : PART_FIT;
}

/* add_attributes adds the features that the attributes of a lead have, and returns how many. */
static int
add_attributes(const Evidence *evidence, const LeadEvidence *history, LogisticEntry *entries)
{
	int			n = 0;

	for (int i = 0; i < evidence->n_attributes && evidence->n_fit_features > 0; i++)
	{
		int			feature = (int) history->attributes[i];

		if (feature < 0)
			continue;
		entries[n].feature = evidence->n_features + feature + 1;
		entries[n++].value = 1.0;
	}
	return n;
}

/* all_features is how many features there are, of interactions and of attributes. */
static int
all_features(const Evidence *evidence)
{
	return evidence->n_features + evidence->n_fit_features;
}

/* visit_features calls back for each observation with its features at a half-life. */
static void
visit_features(const Evidence *evidence, int64 half_life, Visit visit, void *arg)
{
	int			room = evidence->n_features + evidence->n_attributes + 1;
	double	   *held = palloc(sizeof(double) * room);
	HeatTime   *as_of = palloc(sizeof(HeatTime) * room);
	bool	   *has = palloc0(sizeof(bool) * room);
	int		   *features = palloc(sizeof(int) * room);
	LogisticEntry *entries = palloc(sizeof(LogisticEntry) * room);

	for (int64 i = 0; i < evidence->n_histories; i++)
	{
		const LeadEvidence *history = evidence->histories[i];
		const Event *event = history->events;
		int			n = 0;

		for (int j = 0; j < history->n_observations; j++)
		{
			const EvidencePoint *observation = &history->observations[j];
			HeatTime	at = observation->at;
			int			n_entries;

			for (; event < history->events + observation->events; event++)
			{
				int			feature = event->feature;

				if (feature < 0)
				{
					while (n > 0)
						has[features[--n]] = false;
					continue;
				}
				if (!has[feature])
				{
					has[feature] = true;
					features[n++] = feature;
					held[feature] = 0.0;
				}
				else
					held[feature] = heat_decay(held[feature],
											   heat_decay_over(event->at - as_of[feature], half_life));
				held[feature] += event->weight / evidence->scales[feature];
				as_of[feature] = event->at;
			}
			for (int k = 0; k < n; k++)
			{
				int			feature = features[k];

				entries[k].feature = feature + 1;
				entries[k].value = heat_decay(held[feature],
											  heat_decay_over(at - as_of[feature], half_life));
			}
			n_entries = n + add_attributes(evidence, history, &entries[n]);
			visit(arg, history, observation, entries, n_entries);
		}
		while (n > 0)
			has[features[--n]] = false;
		if (i % 1024 == 0)
			CHECK_FOR_INTERRUPTS();
	}
	pfree(held);
	pfree(as_of);
	pfree(has);
	pfree(features);
	pfree(entries);
}

/*
 * Fitting
 */

typedef struct Fitting
{
	const Evidence *evidence;
	const Split *split;
	double		size;			/* of features of attributes */
	LogisticProblem problem;
	LogisticEntry *next;		/* free entry */
	bool	   *varies;			/* whether a feature is not the same
								 * everywhere */
	double	   *first;			/* its value in the first observation */
	int		   *seen;			/* observations that have it */
} Fitting;

/* fit_observation adds an observation to the problem; a Visit. */
static void
fit_observation(void *arg, const LeadEvidence *history, const EvidencePoint *observation,
				const LogisticEntry *entries, int n)
{
	Fitting    *fitting = arg;
	LogisticProblem *problem = &fitting->problem;

	if (part_of(fitting->evidence, fitting->split, history, observation) != PART_FIT)
		return;
	for (int i = 0; i < n; i++)
	{
		int			feature = entries[i].feature - 1;

		if (fitting->seen[feature] == 0)
			fitting->first[feature] = entries[i].value;
		else if (entries[i].value != fitting->first[feature])
			fitting->varies[feature] = true;
		fitting->seen[feature]++;
	}
	problem->labels[problem->observations] = observation->converted ? 1.0 : -1.0;
	problem->entries[problem->observations++] = fitting->next;
	for (int i = 0; i < n; i++)
	{
		*fitting->next = entries[i];
		if (entries[i].feature > fitting->evidence->n_features)
			fitting->next->value *= fitting->size;
		fitting->next++;
	}
	fitting->next->feature = problem->features;
	fitting->next++->value = 1.0;
	fitting->next->feature = -1;
	fitting->next++->value = 0.0;
}

/*
 * fit_weights fits to one part of the evidence and returns the weights of all
 * features; nothing for one that is the same everywhere.
 */
static double *
fit_weights(const Evidence *evidence, const Split *split, LogisticFit fit, const Setting *setting)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature fit",
												  ALLOCSET_DEFAULT_SIZES);
	double	   *weights = palloc0(sizeof(double) * (all_features(evidence) + 1));
	MemoryContext before = MemoryContextSwitchTo(context);
	Fitting		fitting = {0};
	Size		observations = 1;
	Size		entries = 1;
	const char *wrong;

	for (int64 i = 0; i < evidence->n_histories; i++)
	{
		observations += evidence->histories[i]->n_observations;
		entries += evidence->histories[i]->n_observations *
			(evidence->histories[i]->n_features + (Size) 2);
	}
	fitting.evidence = evidence;
	fitting.split = split;
	fitting.size = setting->size;
	fitting.problem.features = all_features(evidence) + 1;
	fitting.problem.labels = MemoryContextAllocHuge(context, sizeof(double) * observations);
	fitting.problem.entries = MemoryContextAllocHuge(context, sizeof(LogisticEntry *) * observations);
	fitting.next = MemoryContextAllocHuge(context, sizeof(LogisticEntry) * entries);
	fitting.varies = palloc0(sizeof(bool) * fitting.problem.features);
	fitting.first = palloc(sizeof(double) * fitting.problem.features);
	fitting.seen = palloc0(sizeof(int) * fitting.problem.features);
	visit_features(evidence, setting->half_life, fit_observation, &fitting);
	wrong = fit(&fitting.problem, setting->cost, weights);
	if (wrong != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("could not fit a model"),
				 errdetail("liblinear says: %s.", wrong)));
	for (int i = 0; i < all_features(evidence); i++)
	{
		if (!isfinite(weights[i]))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("could not fit a model"),
					 errdetail("A weight is not finite."),
					 errhint("Are there weights of interactions that are far too large?")));
		if (!fitting.varies[i] &&
			(fitting.seen[i] == 0 || fitting.seen[i] == fitting.problem.observations))
			weights[i] = 0.0;
		if (i >= evidence->n_features)
			weights[i] *= setting->size;
	}
	MemoryContextSwitchTo(before);
	MemoryContextDelete(context);
	CHECK_FOR_INTERRUPTS();
	return weights;
}

/*
 * Scores
 */

typedef struct Scoring
{
	const Evidence *evidence;
	const Split *split;
	Part		part;
	const double *weights;
	RankingObservation *ranked; /* either these or those are wanted */
	Scored	   *scored;
	int64		n;
} Scoring;

/* score_observation scores an observation of the part that is wanted; a Visit. */
static void
score_observation(void *arg, const LeadEvidence *history, const EvidencePoint *observation,
				  const LogisticEntry *entries, int n)
{
	Scoring    *scoring = arg;
	double		score = 0.0;

	if (part_of(scoring->evidence, scoring->split, history, observation) != scoring->part)
		return;
	for (int i = 0; i < n; i++)
		score += scoring->weights[entries[i].feature - 1] * entries[i].value;
	score = heat_saturate(score);
	if (scoring->ranked != NULL)
	{
		RankingObservation *ranked = &scoring->ranked[scoring->n++];

		ranked->score = score;
		ranked->cluster = history->lead;
		ranked->placement = 0.0;
		ranked->converted = observation->converted;
	}
	else
	{
		Scored	   *scored = &scoring->scored[scoring->n++];

		scored->score = score;
		scored->weight = observation->converted ? 1.0 : 1.0 / scoring->evidence->other_share;
		scored->converted = observation->converted;
	}
}

/* count_part counts the observations of a part that converted, or that did not. */
static int64
count_part(const Evidence *evidence, const Split *split, Part part, bool converted)
{
	int64		n = 0;

	for (int64 i = 0; i < evidence->n_histories; i++)
	{
		const LeadEvidence *history = evidence->histories[i];

		for (int j = 0; j < history->n_observations; j++)
			n += history->observations[j].converted == converted &&
				part_of(evidence, split, history, &history->observations[j]) == part;
	}
	return n;
}

/* rank_part scores a part of the evidence, to be ranked. */
static RankingObservation *
rank_part(const Evidence *evidence, const Split *split, Part part, int64 half_life,
		  const double *weights, int64 *n)
{
	Scoring		scoring = {0};
	Size		room = count_part(evidence, split, part, false) +
		count_part(evidence, split, part, true);

	scoring.evidence = evidence;
	scoring.split = split;
	scoring.part = part;
	scoring.weights = weights;
	scoring.ranked = MemoryContextAllocHuge(CurrentMemoryContext,
											sizeof(RankingObservation) * Max(room, 1));
	visit_features(evidence, half_life, score_observation, &scoring);
	*n = scoring.n;
	return scoring.ranked;
}

/* validate returns the area under the curve that a fit to one part has on the other. */
static double
validate(const Evidence *evidence, const Split *split, LogisticFit fit, const Setting *setting)
{
	double	   *weights = fit_weights(evidence, split, fit, setting);
	int64		n;
	RankingObservation *ranked = rank_part(evidence, split, PART_VALIDATE, setting->half_life, weights, &n);
	Ranking		ranking;
	double		auc = 0.5;

	ranking_of(ranked, n, &ranking);
	(void) ranking_auc(&ranking, &auc);
	pfree(ranked);
	pfree(weights);
	elog(DEBUG1, "half-life of %.2f days, cost %g, size %g: area %.4f",
		 (double) setting->half_life / USECS_PER_DAY, setting->cost, setting->size, auc);
	return auc;
}

/* split_suffices says whether both parts have some observations of either class. */
static bool
split_suffices(const Evidence *evidence, const Split *split)
{
	return count_part(evidence, split, PART_FIT, false) >= FEW_OBSERVATIONS &&
		count_part(evidence, split, PART_FIT, true) >= FEW_OBSERVATIONS &&
		count_part(evidence, split, PART_VALIDATE, false) >= FEW_OBSERVATIONS &&
		count_part(evidence, split, PART_VALIDATE, true) >= FEW_OBSERVATIONS;
}

/*
 * split_training splits the training instants: the last quarter validates a fit to
 * those whose horizon ends before it, to all before it if these are too few, and if
 * there is no telling earlier from later every other lead validates.
 */
static void
split_training(const Evidence *evidence, Split *split)
{
	split->by_lead = false;
	split->validate_from = evidence->validate_from;
	split->purged = true;
	if (split_suffices(evidence, split))
		return;
	split->purged = false;
	split->by_lead = !split_suffices(evidence, split);
}

/*
 * Scale, thresholds and calibration
 */

/* round_points keeps four digits, which a person can read. */
static double
round_points(double points)
{
	char		digits[32];

	snprintf(digits, sizeof(digits), "%.4g", points);
	return strtod(digits, NULL) + 0.0;
}

/* round_down rounds to four digits after the point, downwards. */
static double
round_down(double fit)
{
	return fabs(fit) < 1e9 ? floor(fit * 1e4 + 1e-3) / 1e4 + 0.0 : fit;
}

/* compare_scored orders observations by score, highest first, whatever else. */
static int
compare_scored(const void *a, const void *b)
{
	const Scored *left = a;
	const Scored *right = b;

	if (left->score != right->score)
		return left->score > right->score ? -1 : 1;
	return right->converted - left->converted;
}

/* score_training scores all training observations, highest first. */
static Scored *
score_training(const Evidence *evidence, int64 half_life, const double *weights, int64 *n)
{
	Split		all = fit_all;
	Scoring		scoring = {0};

	scoring.evidence = evidence;
	scoring.split = &all;
	scoring.part = PART_FIT;
	scoring.weights = weights;
	scoring.scored = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Scored) *
											Max(count_part(evidence, &all, PART_FIT, false) +
												count_part(evidence, &all, PART_FIT, true), 1));
	visit_features(evidence, half_life, score_observation, &scoring);
	qsort(scoring.scored, scoring.n, sizeof(Scored), compare_scored);
	*n = scoring.n;
	return scoring.scored;
}

/* score_of_share returns the least score among the highest of a share. */
static double
score_of_share(const Scored *scored, int64 n, double share)
{
	double		total = 0.0;
	double		above = 0.0;

	for (int64 i = 0; i < n; i++)
		total += scored[i].weight;
	for (int64 i = 0; i < n; i++)
	{
		above += scored[i].weight;
		if (above >= share * total)
			return scored[i].score;
	}
	return scored[n - 1].score;
}

/* part_weights copies the weights of interactions, or of attributes, with none for the others. */
static double *
part_weights(const Evidence *evidence, const double *weights, bool attributes)
{
	int			n = all_features(evidence);
	double	   *part = palloc0(sizeof(double) * (n + 1));

	for (int i = 0; i < n; i++)
		if ((i >= evidence->n_features) == attributes)
			part[i] = weights[i];
	return part;
}

/*
 * centre_attributes makes the weight of the values of an attribute that few leads have 0, which is then what a value
 * is worth that is not known, or if there are none the mean over the leads: weights of an attribute of which each lead has one
 * are known but for a sum, which the chance has as well.
 */
static void
centre_attributes(const Evidence *evidence, double *weights)
{
	double	   *of_fit = weights + evidence->n_features;
	int			next;

	for (int i = 0; i < evidence->n_fit_features; i = next)
	{
		const FitFeature *features = evidence->fit_features;
		double		sum = 0.0;
		double		leads = 0.0;
		double		centre = NAN;

		for (next = i; next < evidence->n_fit_features && features[next].attribute == features[i].attribute; next++)
		{
			sum += of_fit[next] * (double) features[next].leads;
			leads += (double) features[next].leads;
			if (features[next].rest)
				centre = of_fit[next];
		}
		if (isnan(centre))
			centre = sum / leads;
		for (int j = i; j < next; j++)
			of_fit[j] -= centre;
	}
}

/* scores_of_shares finds the scores that shares of the training observations reach, the first of them being the highest. */
static void
scores_of_shares(const Evidence *evidence, int64 half_life, const double *weights, const double *shares, int n_shares,
				 double *scores, double *highest)
{
	int64		n;
	Scored	   *scored = score_training(evidence, half_life, weights, &n);

	for (int i = 0; i < n_shares; i++)
		scores[i] = score_of_share(scored, n, shares[i]);
	*highest = scored[0].score;
	pfree(scored);
}

/* set_grades turns the weights of attributes into points of fit, and sets from which fit on leads are of which grade. */
static void
set_grades(Lesson *lesson, const Evidence *evidence, const double *weights, double scale)
{
	double	   *fit = part_weights(evidence, weights, true);
	double		highest;

	lesson->fit_points = palloc(sizeof(double) * (evidence->n_fit_features + 1));
	for (int i = 0; i < evidence->n_fit_features; i++)
	{
		lesson->fit_points[i] = round_points(heat_saturate(weights[evidence->n_features + i] * scale));
		fit[evidence->n_features + i] = lesson->fit_points[i];
	}
	if (evidence->n_fit_features > 0)
	{
		scores_of_shares(evidence, lesson->half_life, fit, grade_shares, lengthof(grade_shares), lesson->grades, &highest);
		/* sums of points differ in the last bits by their order */
		for (int i = 0; i < lengthof(grade_shares); i++)
			lesson->grades[i] = round_down(lesson->grades[i]);
	}
	pfree(fit);
}

/*
 * scale_points turns weights into points, of which the hottest leads have the hot
 * threshold of the shipped templates, and sets the thresholds.
 */
static void
scale_points(Lesson *lesson, const Evidence *evidence, double *weights)
{
	double	   *behaviour = part_weights(evidence, weights, false);
	double		scores[2];
	double		highest;
	double		hot;
	double		warm;
	double		scale;

	scores_of_shares(evidence, lesson->half_life, behaviour, heat_shares, lengthof(heat_shares), scores, &highest);
	pfree(behaviour);
	hot = scores[0] > 0.0 ? scores[0] : highest;
	warm = scores[1];
	if (hot <= 0.0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no kind of interaction tells that a lead will convert"),
				 errdetail("No lead would have a heat above zero: interactions differ in nothing, or speak against a conversion alone."),
				 errhint("Record interactions that leads near to a purchase have more of, or train on a longer time.")));
	scale = HOT_SCORE / hot;
	lesson->points = palloc(sizeof(double) * Max(evidence->n_features, 1));
	for (int i = 0; i < evidence->n_features; i++)
		lesson->points[i] = round_points(heat_saturate(weights[i] * scale / evidence->scales[i]));
	lesson->hot = HOT_SCORE;
	lesson->warm = round_points(warm * scale);
	if (lesson->warm <= 0.0)
	{
		lesson->warm = WARM_SCORE;
		ereport(NOTICE,
				(errmsg("fewer than %g %% of the leads have a heat above zero", 100 * WARM_SHARE),
				 errdetail("The warm threshold is a quarter of the hot one instead.")));
	}
	lesson->mql = round_points((lesson->warm + lesson->hot) / 2);
	centre_attributes(evidence, weights);
	set_grades(lesson, evidence, weights, scale);
}

/* feature_points returns the points of features, those of interactions in units of their scale. */
static double *
feature_points(const Evidence *evidence, const Lesson *lesson)
{
	double	   *points = palloc(sizeof(double) * (all_features(evidence) + 1));

	for (int i = 0; i < evidence->n_features; i++)
		points[i] = lesson->points[i] * evidence->scales[i];
	for (int i = 0; i < evidence->n_fit_features; i++)
		points[evidence->n_features + i] = lesson->fit_points[i];
	return points;
}

/* calibrate fits the chance of a conversion to the sum of score and fit that the points make. */
static void
calibrate(Lesson *lesson, const Evidence *evidence)
{
	double	   *points = feature_points(evidence, lesson);
	int64		n;
	Scored	   *scored = score_training(evidence, lesson->half_life, points, &n);
	double		unit = lesson->hot; /* keeps the equations well conditioned */
	double		a;
	double		b;

	for (int64 i = 0; i < n; i++)
		scored[i].score /= unit;
	fit_chance(scored, n, &a, &b);
	lesson->intercept = a;
	lesson->slope = b / unit;
	if (!isfinite(lesson->intercept) || !isfinite(lesson->slope) || lesson->slope <= 0.0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no kind of interaction tells that a lead will convert"),
				 errdetail("The chance of a conversion does not rise with the heat.")));
	pfree(scored);
	pfree(points);
}

/*
 * choose_half_life takes the half-life that ranks the validating part best; the
 * middle one of those around it that do as well, since which of them is best is a
 * matter of luck.  Longer ones than the usual are tried as long as the longest so far is best.
 */
static int64
choose_half_life(const Evidence *evidence, const Split *split, LogisticFit fit,
				 const int64 *half_lives, int n, int n_usual)
{
	Setting		setting = {0, USUAL_COST};
	double	   *areas = palloc(sizeof(double) * n);
	int			best = 0;
	int			first;
	int			last;

	for (int i = 0; i < n; i++)
	{
		if (i >= n_usual && best < i - 1)
		{
			n = i;
			break;
		}
		setting.half_life = half_lives[i];
		areas[i] = validate(evidence, split, fit, &setting);
		if (areas[i] > areas[best])
			best = i;
	}
	for (first = best; first > 0 && areas[first - 1] >= areas[best] - SAME_AREA; first--)
		;
	for (last = best; last < n - 1 && areas[last + 1] >= areas[best] - SAME_AREA; last++)
		;
	pfree(areas);
	return half_lives[(first + last + 1) / 2];
}

/* choose_value lets a number of a setting be the one of some values that ranks best, if any has more than an area. */
static void
choose_value(const Evidence *evidence, const Split *split, LogisticFit fit, const Setting *setting,
			 double *number, const double *values, int n, double best)
{
	double		result = *number;

	for (int i = 0; i < n; i++)
	{
		double		area;

		*number = values[i];
		area = validate(evidence, split, fit, setting);
		if (area > best)
		{
			best = area;
			result = values[i];
		}
	}
	*number = result;
}

/* choose_cost takes the usual cost of wrong answers beside the weights, unless another does better. */
static double
choose_cost(const Evidence *evidence, const Split *split, LogisticFit fit, int64 half_life)
{
	Setting		setting = {half_life, USUAL_COST};
	double		usual = validate(evidence, split, fit, &setting);

	choose_value(evidence, split, fit, &setting, &setting.cost, other_costs, lengthof(other_costs), usual + SAME_AREA);
	return setting.cost;
}

/*
 * choose_size takes the size of the features of attributes that does best.  Who leads are is the same at all
 * instants, so that few leads make many observations that look as if they told something.
 */
static double
choose_size(const Evidence *evidence, const Split *split, LogisticFit fit, int64 half_life, double cost)
{
	Setting		setting = {half_life, cost, fit_sizes[0]};

	choose_value(evidence, split, fit, &setting, &setting.size, fit_sizes, lengthof(fit_sizes), 0.0);
	return setting.size;
}

/* learn fits to all training instants, and turns weights into points, thresholds and probabilities. */
static void
learn(Lesson *lesson, const Evidence *evidence, LogisticFit fit, double size)
{
	Split		all = fit_all;
	Setting		setting = {lesson->half_life, lesson->cost, size};
	double	   *weights = fit_weights(evidence, &all, fit, &setting);

	scale_points(lesson, evidence, weights);
	calibrate(lesson, evidence);
	pfree(weights);
}

/* learn_points chooses half-life and cost by what leads do, and learns from that. */
void
learn_points(Lesson *lesson, const Evidence *evidence, LogisticFit fit,
			 const int64 *half_lives, int n_half_lives, int n_usual)
{
	Split		split;

	split_training(evidence, &split);
	lesson->half_life = choose_half_life(evidence, &split, fit, half_lives, n_half_lives, n_usual);
	lesson->cost = choose_cost(evidence, &split, fit, lesson->half_life);
	learn(lesson, evidence, fit, 0.0);
}

/* learn_fit learns again, from who leads are as well, with half-life and cost as they were chosen. */
void
learn_fit(Lesson *lesson, const Evidence *evidence, LogisticFit fit)
{
	Split		split;

	split_training(evidence, &split);
	learn(lesson, evidence, fit, choose_size(evidence, &split, fit, lesson->half_life, lesson->cost));
}

/* rank_tests scores the observations of the later split by what was learned, to be ranked. */
RankingObservation *
rank_tests(const Evidence *evidence, const Lesson *lesson, int64 *n)
{
	Split		all = fit_all;
	double	   *points = feature_points(evidence, lesson);
	RankingObservation *result = rank_part(evidence, &all, PART_TEST, lesson->half_life,
										   points, n);

	pfree(points);
	return result;
}
