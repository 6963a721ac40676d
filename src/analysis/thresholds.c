/*-------------------------------------------------------------------------
 *
 * thresholds.c
 *	  Thresholds of a model, found by what they lead to: by shares of the open
 *	  leads, by probability, or by how many leads a day turn hot.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/own_tracker.h"
#include "catalog/tracker_model.h"
#include "catalog/tracker_table.h"

#include "util/extension_table.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_set_thresholds);

/* arguments of set_thresholds */
enum
{
	ARG_INTERACTIONS,
	ARG_HOT_SHARE,
	ARG_WARM_SHARE,
	ARG_HOT_PROBABILITY,
	ARG_WARM_PROBABILITY,
	ARG_HOT_PER_DAY,
	ARG_OVER
};

/* The known pattern of buyers. */
#define DEFAULT_HOT_SHARE	0.03
#define DEFAULT_WARM_SHARE	0.27

typedef struct Thresholds
{
	double		warm;
	double		mql;
	double		hot;
} Thresholds;

/* What the present role sees of a model. */
typedef struct Scale
{
	Thresholds	thresholds;
	bool		trained;
	double		intercept;
	double		slope;
} Scale;

/* A gap between scores: a threshold above low and up to high divides them. */
typedef struct Gap
{
	double		low;
	double		high;
} Gap;

/* begin_queries connects to SPI. */
static void
begin_queries(void)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

/* run executes SQL with parameters and returns the number of rows. */
static uint64
run(const char *sql, int nargs, Oid *types, Datum *values, bool read_only)
{
	int			result = SPI_execute_with_args(sql, nargs, types, values, NULL, read_only, 0);

	if (result < 0)
		elog(ERROR, "SPI_execute_with_args failed: %s", SPI_result_code_string(result));
	return SPI_processed;
}

/* result_value reads a column of the first row of a result. */
static Datum
result_value(int column, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, isnull);
}

/* lock_scale reads a model as the present role sees it, and keeps others from changing it meanwhile. */
static Scale
lock_scale(const char *model)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(model)};
	Scale		scale;
	bool		isnull;

	begin_queries();
	if (run("SELECT m.warm, m.mql, m.hot, t.intercept, t.slope, t.model FROM lead_temperature.model m "
			"LEFT JOIN lead_temperature.trained_model t ON t.model OPERATOR(pg_catalog.=) m.name "
			"WHERE m.name OPERATOR(pg_catalog.=) $1 FOR UPDATE OF m", 1, types, values, false) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("model \"%s\" does not exist", model),
				 errhint("Models of roles that you are not a member of are not seen.")));
	scale.thresholds.warm = DatumGetFloat8(config_value(1, FLOAT8OID));
	scale.thresholds.mql = DatumGetFloat8(config_value(2, FLOAT8OID));
	scale.thresholds.hot = DatumGetFloat8(config_value(3, FLOAT8OID));
	(void) result_value(6, &isnull);
	scale.trained = !isnull;
	scale.intercept = scale.trained ? DatumGetFloat8(config_value(4, FLOAT8OID)) : 0.0;
	scale.slope = scale.trained ? DatumGetFloat8(config_value(5, FLOAT8OID)) : 0.0;
	SPI_finish();
	return scale;
}

/* store_thresholds writes the thresholds of a model, as the present role. */
static void
store_thresholds(const char *model, const Thresholds *thresholds)
{
	Oid			types[] = {TEXTOID, FLOAT8OID, FLOAT8OID, FLOAT8OID};
	Datum		values[] = {
		CStringGetTextDatum(model), Float8GetDatum(thresholds->warm),
		Float8GetDatum(thresholds->mql), Float8GetDatum(thresholds->hot)
	};

	begin_queries();
	if (run("UPDATE lead_temperature.model SET warm = $2, mql = $3, hot = $4 "
			"WHERE name OPERATOR(pg_catalog.=) $1", lengthof(types), types, values, false) != 1)
		elog(ERROR, "model \"%s\" was not updated", model);
	SPI_finish();
}

/* same_heat says whether two models give the same heat to the same rows, whatever their thresholds. */
static bool
same_heat(const ModelVersion *a, const ModelVersion *b)
{
	return a->fold.half_life == b->fold.half_life && same_signals(a, b);
}

/* check_scores_are_current refuses to judge a model by scores of what it was before. */
static void
check_scores_are_current(const Tracker *tracker)
{
	const char *table = get_rel_name(tracker->interactions);

	if (tracker->replaying)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a replay of table \"%s\" has not ended", table),
				 errhint("Wait for it, or take it up with lead_temperature.replay.")));
	if (!same_heat(tracker->model, model_as_it_is(tracker, tracker->model->name)))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("model \"%s\" has been edited since the last replay of table \"%s\"",
						tracker->model->name, table),
				 errhint("Call lead_temperature.replay first, so that scores are those of the model.")));
}

/* shortest_between returns the number with the fewest digits in the middle of a gap. */
static double
shortest_between(Gap gap)
{
	double		quarter = (gap.high - gap.low) / 4;
	double		middle = gap.low + 2 * quarter;

	for (int digits = 1; digits < 17; digits++)
	{
		double		rounded = strtod(psprintf("%.*g", digits, middle), NULL);

		if (rounded > gap.low + quarter && rounded < gap.high - quarter)
			return rounded;
	}
	return middle > gap.low ? middle : gap.high;
}

/* without_rounding_error returns the number that a product of short ones would be, if it is one. */
static double
without_rounding_error(double x)
{
	return strtod(psprintf("%.15g", x), NULL);
}

/* place_mql puts the threshold between warm and hot where it was relative to them. */
static void
place_mql(Thresholds *thresholds, const Thresholds *before)
{
	double		place = before->hot > before->warm ?
		(before->mql - before->warm) / (before->hot - before->warm) : 0.5;
	double		mql = without_rounding_error(thresholds->warm + place * (thresholds->hot - thresholds->warm));

	thresholds->mql = Min(Max(mql, thresholds->warm), thresholds->hot);
}

/*
 * By shares
 */

/* open_leads is the text that reads open leads from a state table, those that have a level. */
static char *
open_leads(const Tracker *tracker, const char *columns)
{
	return psprintf("SELECT %s FROM %s WHERE status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status "
					"AND level IS NOT NULL", columns, qualified_name(tracker->state));
}

/* read_score reads the score now, and the level, of the first lead of a query; false if there is none. */
static bool
read_score(const char *sql, Oid type, Datum value, double *score, double *level)
{
	HeatTime	now = heat_time_from_timestamptz(GetCurrentTransactionStartTimestamp());
	bool		isnull;

	if (run(sql, 1, &type, &value, true) == 0)
		return false;
	*score = heat_score(DatumGetHeatP(result_value(1, &isnull)), now);
	*level = DatumGetFloat8(result_value(2, &isnull));
	return true;
}

/* gap_below finds the gap below so many of the hottest open leads, which have positive scores. */
static Gap
gap_below(const Tracker *tracker, int64 leads)
{
	char	   *first = psprintf("%s ORDER BY level DESC OFFSET $1 LIMIT 1", open_leads(tracker, "heat, level"));
	char	   *next = psprintf("%s AND level OPERATOR(pg_catalog.<) $1 ORDER BY level DESC LIMIT 1",
								open_leads(tracker, "heat, level"));
	Gap			gap;
	double		level;

	if (!read_score(first, INT8OID, Int64GetDatum(leads - 1), &gap.high, &level))
		elog(ERROR, "open leads of \"%s\" are gone", get_rel_name(tracker->interactions));
	if (!read_score(next, FLOAT8OID, Float8GetDatum(level), &gap.low, &level) || gap.low < 0)
		gap.low = 0;
	return gap;
}

/* check_gap refuses a share that reaches down to leads without a positive score. */
static void
check_gap(const Tracker *tracker, Gap gap, double share, int64 leads, int64 open)
{
	if (gap.high > 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("no threshold above 0 is reached by %g %% of the open leads of table \"%s\"",
					100 * share, get_rel_name(tracker->interactions)),
			 errdetail("These are the hottest %lld of %lld leads, and not all of them have a positive score.",
					   (long long) leads, (long long) open),
			 errhint("Choose smaller shares.")));
}

/* by_shares finds thresholds that the given shares of the open leads reach now. */
static Thresholds
by_shares(const Tracker *tracker, double hot_share, double warm_share)
{
	double		both = hot_share + warm_share;
	OwnerScope	scope;
	Gap			hot;
	Gap			warm;
	Thresholds	result;
	int64		open;
	int64		n_hot;
	int64		n_warm;
	bool		isnull;

	/* the test fails for NaN, too */
	if (!(hot_share > 0 && warm_share >= 0 && both <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("shares of hot and warm leads are out of range"),
				 errdetail("Each is a share of all open leads: \"hot_share\" above 0, \"warm_share\" not below, and no more than 1 together.")));
	check_scores_are_current(tracker);
	tracker_enter(&scope, tracker);
	begin_queries();
	(void) run(open_leads(tracker, "pg_catalog.count(*)"), 0, NULL, NULL, true);
	open = DatumGetInt64(result_value(1, &isnull));
	if (open == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no open leads", get_rel_name(tracker->interactions))));
	n_hot = Max((int64) rint(hot_share * open), 1);
	n_warm = Max((int64) rint(both * open), 1);
	hot = gap_below(tracker, n_hot);
	warm = gap_below(tracker, n_warm);
	SPI_finish();
	owner_leave(&scope);
	check_gap(tracker, hot, hot_share, n_hot, open);
	check_gap(tracker, warm, both, n_warm, open);
	result.hot = shortest_between(hot);
	result.warm = Min(shortest_between(warm), result.hot);
	return result;
}

/*
 * By probability
 */

/* score_of_probability finds the score from which on a lead converts with a probability. */
static double
score_of_probability(const char *model, const Scale *scale, double probability)
{
	double		score;

	/* the test fails for NaN, too */
	if (!(probability > 0 && probability < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("probability of a threshold must be between 0 and 1")));
	if (!scale->trained)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("model \"%s\" is not trained", model),
				 errdetail("Scores of models that were written by hand say nothing of probabilities."),
				 errhint("Train a model with lead_temperature.train, or set thresholds by shares.")));
	score = (log(probability / (1 - probability)) - scale->intercept) / scale->slope;
	if (!(scale->slope > 0 && score > 0 && !isinf(score)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no threshold above 0 of model \"%s\" has a probability of %g", model, probability),
				 errdetail("A score of 0 has a probability of %g.", 1 / (1 + exp(-scale->intercept)))));
	return score;
}

/* by_probability finds thresholds of given probabilities; one that is not given stays. */
static Thresholds
by_probability(FunctionCallInfo fcinfo, const char *model, const Scale *scale)
{
	Thresholds	result = scale->thresholds;

	if (!PG_ARGISNULL(ARG_HOT_PROBABILITY))
		result.hot = score_of_probability(model, scale, PG_GETARG_FLOAT8(ARG_HOT_PROBABILITY));
	if (!PG_ARGISNULL(ARG_WARM_PROBABILITY))
		result.warm = score_of_probability(model, scale, PG_GETARG_FLOAT8(ARG_WARM_PROBABILITY));
	if (result.warm > result.hot)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("thresholds would be out of order"),
				 errdetail("Warm would be %g, hot %g.", result.warm, result.hot),
				 errhint("A threshold whose probability is not given stays as it is.")));
	return result;
}

/*
 * By capacity
 */

/* A time in which rises are counted. */
typedef struct Period
{
	TimestampTz from;
	TimestampTz to;				/* not included */
	double		days;
} Period;

/* period_of_rises finds the time before the newest row, from the first row on at most. */
static Period
period_of_rises(const Tracker *tracker, const Interval *over)
{
	OwnerScope	scope;
	Period		period;
	TimestampTz first;
	TimestampTz last;
	bool		isnull;

	tracker_enter(&scope, tracker);
	begin_queries();
	(void) run(psprintf("SELECT pg_catalog.min(first_at), pg_catalog.max(last_at) FROM %s",
						qualified_name(tracker->state)), 0, NULL, NULL, true);
	first = DatumGetTimestampTz(result_value(1, &isnull));
	last = DatumGetTimestampTz(result_value(2, &isnull));
	SPI_finish();
	owner_leave(&scope);
	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no interactions that count", get_rel_name(tracker->interactions))));
	period.to = last + 1;
	period.from = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval,
														  TimestampTzGetDatum(period.to),
														  IntervalPGetDatum(over)));
	if (period.from >= period.to)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"over\" must be positive")));
	period.from = Max(period.from, first);
	period.days = Max((double) (period.to - period.from) / USECS_PER_DAY, 1.0);
	return period;
}

/* by_capacity finds the least hot threshold that no more than so many leads a day rose to. */
static Thresholds
by_capacity(const Tracker *tracker, const Thresholds *before, double hot_per_day, const Interval *over)
{
	Oid			types[] = {REGCLASSOID, TIMESTAMPTZOID, TIMESTAMPTZOID, FLOAT8OID};
	Datum		values[lengthof(types)];
	Period		period;
	Thresholds	result;
	Gap			gap;
	bool		isnull;

	/* the test fails for NaN, too */
	if (!(hot_per_day > 0 && !isinf(hot_per_day)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"hot_per_day\" must be positive and finite")));
	check_scores_are_current(tracker);
	period = period_of_rises(tracker, over);
	values[0] = ObjectIdGetDatum(tracker->id);
	values[1] = TimestampTzGetDatum(period.from);
	values[2] = TimestampTzGetDatum(period.to);
	values[3] = Float8GetDatum(hot_per_day * period.days);
	begin_queries();
	if (run("SELECT low, high FROM lead_temperature.rises_within($1, $2, $3, $4)",
			lengthof(types), types, values, false) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no score above 0 was reached by more than %g leads a day", hot_per_day),
				 errdetail("In the time before the newest interaction any threshold has fewer newly hot leads."),
				 errhint("Choose a smaller number, or set thresholds by shares.")));
	gap.low = DatumGetFloat8(result_value(1, &isnull));
	gap.high = DatumGetFloat8(result_value(2, &isnull));
	if (isnull)
		gap.high = gap.low * 1.01;
	SPI_finish();
	result.hot = shortest_between(gap);
	result.warm = Min(without_rounding_error(before->warm * (result.hot / before->hot)), result.hot);
	return result;
}

/* given counts which of some arguments are not null. */
static int
given(FunctionCallInfo fcinfo, int first, int last)
{
	int			n = 0;

	for (int i = first; i <= last; i++)
		n += !PG_ARGISNULL(i);
	return n;
}

/* choose finds thresholds by the method that the arguments name. */
static Thresholds
choose(FunctionCallInfo fcinfo, const Tracker *tracker, const Scale *scale)
{
	bool		shares = given(fcinfo, ARG_HOT_SHARE, ARG_WARM_SHARE) > 0;
	bool		probability = given(fcinfo, ARG_HOT_PROBABILITY, ARG_WARM_PROBABILITY) > 0;
	bool		capacity = !PG_ARGISNULL(ARG_HOT_PER_DAY);

	if (shares + probability + capacity > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("thresholds can be set by one method at a time"),
				 errhint("Give shares, or probabilities, or \"hot_per_day\".")));
	if (probability)
		return by_probability(fcinfo, tracker->model->name, scale);
	if (!capacity)
		return by_shares(tracker,
						 PG_ARGISNULL(ARG_HOT_SHARE) ? DEFAULT_HOT_SHARE : PG_GETARG_FLOAT8(ARG_HOT_SHARE),
						 PG_ARGISNULL(ARG_WARM_SHARE) ? DEFAULT_WARM_SHARE : PG_GETARG_FLOAT8(ARG_WARM_SHARE));
	if (PG_ARGISNULL(ARG_OVER))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("\"over\" must not be null")));
	return by_capacity(tracker, &scale->thresholds, PG_GETARG_FLOAT8(ARG_HOT_PER_DAY),
					   PG_GETARG_INTERVAL_P(ARG_OVER));
}

/* lt_set_thresholds sets the thresholds of a tracker's model, and returns them and what they were. */
Datum
lt_set_thresholds(PG_FUNCTION_ARGS)
{
	const Tracker *tracker;
	TupleDesc	desc;
	Scale		scale;
	Thresholds	thresholds;
	Datum		values[7];
	bool		nulls[7] = {false};

	if (PG_ARGISNULL(ARG_INTERACTIONS))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("tracker must not be null")));
	tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(ARG_INTERACTIONS)), AccessShareLock);
	scale = lock_scale(tracker->model->name);
	thresholds = choose(fcinfo, tracker, &scale);
	place_mql(&thresholds, &scale.thresholds);
	store_thresholds(tracker->model->name, &thresholds);

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = CStringGetTextDatum(tracker->model->name);
	values[1] = Float8GetDatum(thresholds.warm);
	values[2] = Float8GetDatum(thresholds.mql);
	values[3] = Float8GetDatum(thresholds.hot);
	values[4] = Float8GetDatum(scale.thresholds.warm);
	values[5] = Float8GetDatum(scale.thresholds.mql);
	values[6] = Float8GetDatum(scale.thresholds.hot);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
