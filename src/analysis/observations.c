/*-------------------------------------------------------------------------
 *
 * observations.c
 *	  What was known of open leads at an instant, and whether they converted
 *	  afterwards: observations, score_history.
 *
 * Evidence are the rows strictly before the instant; the conversion is looked
 * for from the instant on.  No row serves as both.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/own_tracker.h"
#include "catalog/tracker_model.h"
#include "catalog/tracker_table.h"

#include "analysis/history.h"
#include "analysis/table_tracker.h"
#include "analysis/trained_model.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(lt_observations);
PG_FUNCTION_INFO_V1(lt_steps);

/* arguments of observations(), of which callers pass the first, or those that a table is read by besides */
enum
{
	OBSERVE_TRACKER,
	OBSERVE_SINCE,
	OBSERVE_UNTIL,
	OBSERVE_STEP,
	OBSERVE_HORIZON,
	OBSERVE_MODEL,
	OBSERVE_AFTER,
	OBSERVE_SINCE_STAGE,
	OBSERVE_TABLE
};

/* An open lead at an instant. */
typedef struct Observation
{
	int			instant;
	double		score;
	double		level;
	double		recency;
	int64		interactions;
	LeadTemperature temperature;
	LeadStage	stage;
	bool		converted;
} Observation;

/* Instants to observe leads at, and what has been observed of the present lead. */
typedef struct Observer
{
	Instants	instants;		/* of the present lead, if they are relative
								 * to leads */
	HeatTime   *until;			/* conversions count before it, for each
								 * instant */
	HeatTime	longest;		/* from any instant to its until */
	HeatTime	last_at;		/* of the rows of all leads, FOLD_NEVER: none */
	Relative	relative;
	Span		horizon;		/* where they are */
	HeatTime	from;			/* they lie between these, ... */
	HeatTime	to;
	bool		has_base;		/* they are known, or never will be */
	int64		judged;			/* ... and so many were over by the last row, */
	int64		unjudged;		/* others not */
	Calibration calibration;
	const FoldModel *model;
	int64		interactions;	/* of the present lead since an outcome has
								 * spent its heat */
	int			next;			/* the instant that comes next */
	Observation *observations;	/* of the present lead */
	int			n;
	int			room;
} Observer;

/* set_horizon finds for each instant until when conversions count. */
static void
set_horizon(Observer *observer, const Interval *horizon)
{
	const Instants *instants = &observer->instants;

	observer->until = palloc(sizeof(HeatTime) * instants->n);
	observer->longest = 0;
	for (int i = 0; i < instants->n; i++)
	{
		TimestampTz until = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
																	TimestampTzGetDatum(heat_time_to_timestamptz(instants->at[i])),
																	IntervalPGetDatum(horizon)));

		observer->until[i] = history_instant(until, "horizon");
		if (observer->until[i] <= instants->at[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"horizon\" must be positive")));
		observer->longest = Max(observer->longest, observer->until[i] - instants->at[i]);
	}
}

/* refuse_horizon raises the error that the rows end before the horizon of an instant does. */
static void
refuse_horizon(const Observer *observer, const Tracker *tracker, const Interval *horizon, const char *hint)
{
	TimestampTz last;

	if (observer->last_at == FOLD_NEVER)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("table \"%s\" has no interactions that count",
						get_rel_name(tracker->interactions))));
	last = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval,
												   TimestampTzGetDatum(heat_time_to_timestamptz(observer->last_at)),
												   IntervalPGetDatum(horizon)));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the interactions of table \"%s\" end before the horizon does",
					get_rel_name(tracker->interactions)),
			 errdetail("The last instant that can be judged is %s.", timestamptz_to_str(last)),
			 errhint("%s", hint)));
}

/* check_horizon refuses instants whose conversions are still to come after the last row. */
static void
check_horizon(const Observer *observer, const Tracker *tracker, const Interval *horizon)
{
	bool		beyond = false;

	if (observer->relative.n > 0)
	{
		if (observer->judged == 0 && observer->unjudged > 0)
			refuse_horizon(observer, tracker, horizon, "Pass a shorter horizon, or less after which leads are observed.");
		return;
	}
	for (int i = 0; i < observer->instants.n; i++)
		beyond = beyond || observer->until[i] > observer->last_at;
	if (beyond)
		refuse_horizon(observer, tracker, horizon, "Pass an earlier \"until\", or a shorter horizon.");
}

/* saw_row notes how far the rows reach. */
static void
saw_row(Observer *observer, HeatTime at)
{
	if (observer->last_at == FOLD_NEVER || at > observer->last_at)
		observer->last_at = at;
}

/* observe observes a lead, as it is between two rows, at the instants up to one. */
static void
observe(Observer *observer, const LeadState *lead, int to)
{
	Heat		heat = heat_make(lead->points, lead->last_at, observer->model->half_life);

	if (lead->interactions > 0 && lead->status == STATUS_OPEN)
		for (int i = observer->next; i < to; i++)
		{
			HeatTime	at = observer->instants.at[i];
			Observation *observation;

			if (observer->n == observer->room)
			{
				observer->room *= 2;
				observer->observations = repalloc(observer->observations,
												  sizeof(Observation) * observer->room);
			}
			observation = &observer->observations[observer->n++];
			observation->instant = i;
			observation->score = heat_score(&heat, at);
			observation->level = heat_level(&heat);
			observation->recency = -(double) (at - fold_heard(lead)) / (double) USECS_PER_DAY;
			observation->interactions = observer->interactions;
			observation->temperature = fold_temperature(observer->model, lead->points,
														lead->last_at, at);
			observation->stage = lead->stage;
			observation->converted = false;
		}
	observer->next = to;
}

/* convert lets a conversion count for the observations whose horizon it is within. */
static void
convert(Observer *observer, HeatTime at)
{
	for (int i = observer->n - 1; i >= 0; i--)
	{
		Observation *observation = &observer->observations[i];

		if (at - observer->instants.at[observation->instant] >= observer->longest)
			break;
		if (at < observer->until[observation->instant])
			observation->converted = true;
	}
}

/*
 * find_base finds what the instants of the present lead are relative to, if they are and that has come, and makes
 * those that can be judged: step_at is the instant of the last step, FOLD_NEVER before the first.
 */
static void
find_base(Observer *observer, const LeadState *lead, HeatTime step_at)
{
	const Relative *relative = &observer->relative;
	HeatTime	base;

	if (relative->n == 0 || observer->has_base || lead->interactions == 0 || lead->stage < relative->stage)
		return;
	observer->has_base = true;
	/* when an opening balance has come there is known if it has not gone on */
	if (relative->stage != STAGE_NONE && step_at == FOLD_NEVER && lead->stage > relative->stage)
		return;
	base = relative->stage == STAGE_NONE ? lead->first_at : step_at == FOLD_NEVER ? lead->stage_since : step_at;
	for (int i = 0; i < relative->n; i++)
	{
		HeatTime	at = span_end(&relative->after[i], base);
		HeatTime	end = span_end(&observer->horizon, at);
		int			n = observer->instants.n;

		if (at < observer->from || at > observer->to)
			continue;
		if (end > observer->last_at)
		{
			observer->unjudged++;
			continue;
		}
		observer->judged++;
		observer->instants.at[n] = at;
		observer->until[n] = end;
		observer->longest = Max(observer->longest, end - at);
		observer->instants.n++;
	}
}

/* observe_lead observes the present lead at all instants. */
static void
observe_lead(Observer *observer, History *history)
{
	const LeadState *lead = &history->stored.lead;
	HeatTime	at;

	observer->n = 0;
	observer->next = 0;
	if (observer->relative.n > 0)
		observer->instants.n = 0;
	observer->has_base = false;

	/*
	 * how many a balance has since the last outcome is not known; a closed
	 * one has few
	 */
	observer->interactions = lead->status == STATUS_OPEN ? lead->interactions : 0;
	if (lead->interactions > 0)
		saw_row(observer, lead->last_at);
	find_base(observer, lead, FOLD_NEVER);
	while (history_next_instant(history, &at))
	{
		int			to = instants_up_to(&observer->instants, observer->next, at);

		saw_row(observer, at);
		observe(observer, lead, to);
		history_step(history);
		find_base(observer, lead, at);
		observer->interactions += history->fold.rows - history->fold.words;
		if (history->fold.won)
			convert(observer, at);
		if (history->fold.spends)
			observer->interactions = 0;
	}
	observe(observer, lead, observer->instants.n);
}

/* put_observations returns what has been observed of the present lead. */
static void
put_observations(const Observer *observer, History *history, ReturnSetInfo *info)
{
	const Calibration *calibration = &observer->calibration;
	Datum		lead = observer->n > 0 ? history_lead(history) : (Datum) 0;

	for (int i = 0; i < observer->n; i++)
	{
		const Observation *observation = &observer->observations[i];
		HeatTime	at = observer->instants.at[observation->instant];
		Datum		values[11];
		bool		nulls[11] = {false};

		values[0] = TimestampTzGetDatum(heat_time_to_timestamptz(at));
		values[1] = lead;
		values[2] = Int64GetDatum(history->number);
		values[3] = Float8GetDatum(observation->score);
		nulls[4] = !calibration->trained || calibration->counts_fit;	/* the fit is not known */
		values[4] = Float8GetDatum(chance_of(calibration, observation->score));
		values[5] = Float8GetDatum(observation->level);
		values[6] = ObjectIdGetDatum(temperature_to_oid(observation->temperature));
		values[7] = Int64GetDatum(observation->interactions);
		values[8] = Float8GetDatum(observation->recency);
		values[9] = ObjectIdGetDatum(stage_to_oid(observation->stage));
		values[10] = BoolGetDatum(observation->converted);
		tuplestore_putvalues(info->setResult, info->setDesc, values, nulls);
	}
}

/* check_not_null refuses a null where there must be a value. */
static void
check_not_null(FunctionCallInfo fcinfo, int argument, const char *name)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("\"%s\" must not be null", name)));
}

/* last_row finds the last row of all leads. */
static HeatTime
last_row(const Tracker *tracker, const ModelVersion *model)
{
	Observer	observer = {.last_at = FOLD_NEVER};
	History		history;
	HeatTime	at;

	history_begin(&history, tracker, model, future_horizon());
	while (history_next_lead(&history))
	{
		if (history.stored.lead.interactions > 0)
			saw_row(&observer, history.stored.lead.last_at);
		for (; history_next_instant(&history, &at); history_step(&history))
			saw_row(&observer, at);
	}
	history_end(&history);
	return observer.last_at;
}

/* bound_argument reads an instant that may be null. */
static HeatTime
bound_argument(FunctionCallInfo fcinfo, int argument, const char *name, HeatTime otherwise)
{
	return PG_ARGISNULL(argument) ? otherwise : history_instant(PG_GETARG_TIMESTAMPTZ(argument), name);
}

/* observe_relative prepares to observe leads at instants of their own. */
static void
observe_relative(FunctionCallInfo fcinfo, Observer *observer, const Tracker *tracker, const ModelVersion *model)
{
	observer->from = bound_argument(fcinfo, OBSERVE_SINCE, "since", 0);
	observer->to = bound_argument(fcinfo, OBSERVE_UNTIL, "until", HEAT_TIME_MAX);
	if (tracker->archived_before != FOLD_NEVER)
		observer->from = Max(observer->from, tracker->archived_before);
	observer->horizon = span_of(PG_GETARG_INTERVAL_P(OBSERVE_HORIZON), "\"horizon\"", false, tracker_zone(tracker));
	observer->instants.at = palloc(sizeof(HeatTime) * observer->relative.n);
	observer->until = palloc(sizeof(HeatTime) * observer->relative.n);
	observer->last_at = last_row(tracker, model);
}

/* observe_steps prepares to observe all leads at the same instants. */
static void
observe_steps(FunctionCallInfo fcinfo, Observer *observer, const Tracker *tracker)
{
	check_not_null(fcinfo, OBSERVE_SINCE, "since");
	check_not_null(fcinfo, OBSERVE_UNTIL, "until");
	check_not_null(fcinfo, OBSERVE_STEP, "step");
	history_instants(PG_GETARG_TIMESTAMPTZ(OBSERVE_SINCE), PG_GETARG_TIMESTAMPTZ(OBSERVE_UNTIL),
					 PG_GETARG_INTERVAL_P(OBSERVE_STEP), &observer->instants);
	history_check_archived(tracker, observer->instants.at[0]);
	set_horizon(observer, PG_GETARG_INTERVAL_P(OBSERVE_HORIZON));
	observer->last_at = FOLD_NEVER;
}

/*
 * lt_observations returns the open leads at each of some instants, as the rows
 * before it tell, and whether they were won within the horizon.
 */
Datum
lt_observations(PG_FUNCTION_ARGS)
{
	const Tracker *tracker;
	const ModelVersion *model;
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	Observer	observer = {0};
	History		history;

	check_not_null(fcinfo, OBSERVE_TRACKER, "tracker");
	check_not_null(fcinfo, OBSERVE_HORIZON, "horizon");
	if (PG_NARGS() > OBSERVE_TABLE && !PG_ARGISNULL(OBSERVE_TABLE))
	{
		tracker = table_as_tracker(fcinfo, OBSERVE_TRACKER, OBSERVE_TABLE, OBSERVE_MODEL);
		model = tracker->model;
	}
	else
	{
		tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(OBSERVE_TRACKER)), AccessShareLock);
		model = PG_ARGISNULL(OBSERVE_MODEL) ? tracker->model :
			model_as_it_is(tracker, text_to_cstring(PG_GETARG_TEXT_PP(OBSERVE_MODEL)));
	}
	lt_materialized_result(fcinfo);
	if (PG_NARGS() > OBSERVE_AFTER)
		read_relative(fcinfo, OBSERVE_AFTER, tracker_zone(tracker), &observer.relative);
	if (observer.relative.n > 0)
		observe_relative(fcinfo, &observer, tracker, model);
	else
		observe_steps(fcinfo, &observer, tracker);
	observer.calibration = read_calibration(tracker, model->name);
	observer.model = &model->fold;
	observer.room = 64;
	observer.observations = palloc(sizeof(Observation) * observer.room);

	/*
	 * all rows are read, since the last one tells how far conversions are
	 * known
	 */
	history_begin(&history, tracker, model, future_horizon());
	while (history_next_lead(&history))
	{
		observe_lead(&observer, &history);
		put_observations(&observer, &history, info);
	}
	history_end(&history);
	check_horizon(&observer, tracker, PG_GETARG_INTERVAL_P(OBSERVE_HORIZON));
	return (Datum) 0;
}

/*
 * lt_steps, which is score_history in SQL, returns the score of each lead just before and
 * after each of its instants in some time.
 */
Datum
lt_steps(PG_FUNCTION_ARGS)
{
	const Tracker *tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(0)), AccessShareLock);
	int64_t		half_life = tracker->model->fold.half_life;
	HeatTime	from = history_instant(PG_GETARG_TIMESTAMPTZ(1), "since");
	HeatTime	to = history_instant(PG_GETARG_TIMESTAMPTZ(2), "until");
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	History		history;

	lt_materialized_result(fcinfo);
	history_check_archived(tracker, from);
	history_begin(&history, tracker, tracker->model, Min(to - 1, future_horizon()));
	while (history_next_lead(&history))
	{
		const LeadState *lead = &history.stored.lead;
		HeatTime	at;

		while (history_next_instant(&history, &at))
		{
			Heat		heat = heat_make(lead->points, lead->last_at, half_life);
			Datum		values[5];
			bool		nulls[5] = {false};

			values[2] = Float8GetDatum(lead->interactions > 0 ? heat_score(&heat, at) : 0.0);
			history_step(&history);
			if (at < from)
				continue;
			values[0] = Int64GetDatum(history.number);
			values[1] = TimestampTzGetDatum(heat_time_to_timestamptz(at));
			values[3] = Float8GetDatum(lead->points);
			values[4] = ObjectIdGetDatum(status_to_oid(lead->status));
			tuplestore_putvalues(info->setResult, info->setDesc, values, nulls);
		}
	}
	history_end(&history);
	return (Datum) 0;
}
