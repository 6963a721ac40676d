/*-------------------------------------------------------------------------
 *
 * as_of.c
 *	  Leads and funnels as they were: as_of, funnel_history.
 *
 *-------------------------------------------------------------------------
 */
#include "types/funnel.h"

#include "catalog/own_tracker.h"

#include "analysis/history.h"
#include "analysis/table_tracker.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(lt_as_of);
PG_FUNCTION_INFO_V1(lt_funnels);

/* arguments of leads_as_of(), and those that a table is read by besides */
enum
{
	AS_OF_TRACKER, AS_OF_AT, AS_OF_MODEL, AS_OF_TABLE
};

/* lt_as_of returns the leads as they were at an instant, of a tracker or of a table. */
Datum
lt_as_of(PG_FUNCTION_ARGS)
{
	const Tracker *tracker;
	const FoldModel *model;
	HeatTime	at;
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	History		history;

	if (PG_NARGS() > AS_OF_TABLE)
	{
		for (int i = 0; i < AS_OF_MODEL; i++)
			if (PG_ARGISNULL(i))
				ereport(ERROR,
						(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						 errmsg("\"%s\" must not be null", i == AS_OF_TRACKER ? "relation" : "at")));
		tracker = table_as_tracker(fcinfo, AS_OF_TRACKER, AS_OF_TABLE, AS_OF_MODEL);
	}
	else
		tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(AS_OF_TRACKER)), AccessShareLock);
	model = &tracker->model->fold;
	at = history_instant(PG_GETARG_TIMESTAMPTZ(AS_OF_AT), "at");
	lt_materialized_result(fcinfo);
	history_check_archived(tracker, at);
	history_begin(&history, tracker, tracker->model, at);
	while (history_next_lead(&history))
	{
		const LeadState *lead = &history.stored.lead;
		Datum		values[12];
		bool		nulls[12] = {false};
		Heat		heat;

		history_rest(&history);
		if (lead->interactions == 0)
			continue;
		heat = heat_make(lead->points, lead->last_at, model->half_life);
		values[0] = history_lead(&history);
		values[1] = HeatPGetDatum(&heat);
		values[2] = Float8GetDatum(heat_score(&heat, at));
		values[3] = ObjectIdGetDatum(temperature_to_oid(fold_temperature(model, lead->points,
																		 lead->last_at, at)));
		values[4] = ObjectIdGetDatum(stage_to_oid(lead->stage));
		values[5] = ObjectIdGetDatum(status_to_oid(lead->status));
		values[6] = Int32GetDatum(lead->cycle);
		values[7] = Int32GetDatum(lead->purchases);
		values[8] = Int64GetDatum(lead->interactions);
		put_time(lead->first_at, &values[9], &nulls[9]);
		put_time(lead->last_at, &values[10], &nulls[10]);
		put_time(lead->stage_since, &values[11], &nulls[11]);
		tuplestore_putvalues(info->setResult, info->setDesc, values, nulls);
	}
	history_end(&history);
	return (Datum) 0;
}

/* The funnel at each of some instants, as the difference from the one before. */
typedef struct FunnelCurve
{
	Instants	instants;
	double	   *warm;			/* level of the thresholds at each */
	double	   *hot;
	Funnel	   *changes;
} FunnelCurve;

/* begin_curve makes the curve of no leads. */
static void
begin_curve(FunnelCurve *curve, const FoldModel *model)
{
	int			n = curve->instants.n;

	curve->warm = palloc(sizeof(double) * n);
	curve->hot = palloc(sizeof(double) * n);
	curve->changes = MemoryContextAllocExtended(CurrentMemoryContext, sizeof(Funnel) * (n + 1),
												MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < n; i++)
	{
		curve->warm[i] = heat_level_of(model->warm, curve->instants.at[i], model->half_life);
		curve->hot[i] = heat_level_of(model->hot, curve->instants.at[i], model->half_life);
	}
}

/* count_from_to counts a lead in a cell at the instants from one up to another. */
static void
count_from_to(FunnelCurve *curve, LeadStage stage, FunnelColumn column, int from, int to)
{
	if (from < to)
	{
		curve->changes[from].leads[stage][column]++;
		curve->changes[to].leads[stage][column]--;
	}
}

/* first_above finds the first of some ascending levels, from one up to another, that is above a level. */
static int
first_above(const double *levels, double level, int from, int to)
{
	while (from < to)
	{
		int			middle = from + (to - from) / 2;

		if (levels[middle] > level)
			to = middle;
		else
			from = middle + 1;
	}
	return from;
}

/* count_lead counts a lead, while no row of it comes, at the instants from one up to another. */
static void
count_lead(FunnelCurve *curve, const FoldModel *model, const LeadState *lead, int from, int to)
{
	Heat		heat = heat_make(lead->points, lead->last_at, model->half_life);
	double		level = heat_level(&heat);
	int			hot_until;
	int			warm_until;

	if (from >= to || lead->interactions == 0)
		return;
	if (lead->status != STATUS_OPEN)
	{
		count_from_to(curve, lead->stage,
					  lead->status == STATUS_WON ? COLUMN_WON : COLUMN_LOST, from, to);
		return;
	}

	/*
	 * the levels of the thresholds rise with time, that of a positive heat
	 * stays
	 */
	hot_until = level <= 0.0 ? from : first_above(curve->hot, level, from, to);
	warm_until = level <= 0.0 ? from : first_above(curve->warm, level, hot_until, to);
	count_from_to(curve, lead->stage, COLUMN_HOT, from, hot_until);
	count_from_to(curve, lead->stage, COLUMN_WARM, hot_until, warm_until);
	count_from_to(curve, lead->stage, COLUMN_COLD, warm_until, to);
}

/* put_curve returns the funnel at each instant. */
static void
put_curve(const FunnelCurve *curve, ReturnSetInfo *info)
{
	Funnel		funnel = {{{0}}};

	for (int i = 0; i < curve->instants.n; i++)
	{
		Datum		values[2];
		bool		nulls[2] = {false, false};

		for (int stage = 0; stage < N_STAGES; stage++)
			for (int column = 0; column < N_FUNNEL_COLUMNS; column++)
				funnel.leads[stage][column] += curve->changes[i].leads[stage][column];
		values[0] = TimestampTzGetDatum(heat_time_to_timestamptz(curve->instants.at[i]));
		values[1] = PointerGetDatum(&funnel);
		tuplestore_putvalues(info->setResult, info->setDesc, values, nulls);
	}
}

/*
 * lt_funnels returns the funnel as it was at each of some instants.  A lead costs
 * as much as it has rows and changes, however many instants there are.
 */
Datum
lt_funnels(PG_FUNCTION_ARGS)
{
	const Tracker *tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(0)), AccessShareLock);
	const FoldModel *model = &tracker->model->fold;
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	FunnelCurve curve;
	History		history;

	lt_materialized_result(fcinfo);
	history_instants(PG_GETARG_TIMESTAMPTZ(1), PG_GETARG_TIMESTAMPTZ(2),
					 PG_GETARG_INTERVAL_P(3), &curve.instants);
	history_check_archived(tracker, curve.instants.at[0]);
	begin_curve(&curve, model);
	history_begin(&history, tracker, tracker->model, curve.instants.at[curve.instants.n - 1]);
	while (history_next_lead(&history))
	{
		HeatTime	at;
		int			from = 0;

		while (history_next_instant(&history, &at))
		{
			int			to = instants_up_to(&curve.instants, from, at - 1);

			count_lead(&curve, model, &history.stored.lead, from, to);
			from = to;
			history_step(&history);
		}
		count_lead(&curve, model, &history.stored.lead, from, curve.instants.n);
	}
	put_curve(&curve, info);
	history_end(&history);
	return (Datum) 0;
}
