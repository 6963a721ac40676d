/*-------------------------------------------------------------------------
 *
 * silence.c
 *	  Module silence: who has not been heard of for long, and who is about to cool.
 *
 * Nobody writes anything when a lead falls silent or cools: both are told from the
 * clock when somebody reads.  That a heat is below a threshold by some instant is
 * that its level is below that of the threshold then, so ranges of levels, which an
 * index has, are the leads that cool within some time.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/silence.h"

#include "catalog/own_tracker.h"
#include "catalog/tracker_cache.h"
#include "state/record.h"
#include "util/execute.h"
#include "util/names.h"
#include "util/owner_scope.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/execnodes.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(lt_cooling);

/* when a lead was heard of last, as fold_heard tells */
#define HEARD_AT "COALESCE(l.heard_at, l.last_at)"

/*
 * Open leads of which nothing was heard for as long as the model says.  Those of no
 * level are left out as they are of the ranking.
 */
const char	dormant_query[] =
"SELECT l.lead, l.stage::pg_catalog.text AS stage, " HEARD_AT " AS last_at, "
"lead_temperature.dormant_since({lead:oid}, " HEARD_AT ", l.status) AS dormant_since, "
"EXTRACT(epoch FROM pg_catalog.now() OPERATOR(pg_catalog.-) " HEARD_AT ")::pg_catalog.float8 "
"OPERATOR(pg_catalog./) 86400.0::pg_catalog.float8 AS silent_days, "
"l.cycle, l.purchases, l.level, lead_temperature.score_now(l.heat) AS score FROM {lead} l "
"WHERE " HEARD_AT " OPERATOR(pg_catalog.<=) lead_temperature.dormant_before({lead:oid}, pg_catalog.now()) "
"AND l.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status AND l.level IS NOT NULL";

const char	dormant_columns[] =
"lead, stage text, last_at timestamp with time zone, dormant_since timestamp with time zone, "
"silent_days double precision, cycle integer, purchases integer, level double precision, score double precision";

/*
 * Hot and warm leads with when they will be below hot, and below warm.  As in the
 * ranking the branches are bare and the predicate stands outside, so that conditions
 * on below and on the level find the index.  Who was heard of a little in the future
 * may have cooled by then.
 */
const char	cooling_query[] =
"SELECT c.lead, CASE WHEN c.level OPERATOR(pg_catalog.>=) lead_temperature.hot_level({lead:oid}) "
"THEN 'hot'::pg_catalog.text ELSE 'warm'::pg_catalog.text END AS temperature, c.below, "
"CASE c.below WHEN 'hot'::pg_catalog.text THEN lead_temperature.hot_until({lead:oid}, c.heat, c.last_at) "
"ELSE lead_temperature.warm_until({lead:oid}, c.heat, c.last_at) END AS cools_at, "
"c.level, lead_temperature.score_now(c.heat) AS score, c.stage::pg_catalog.text AS stage "
"FROM (SELECT lead, heat, level, last_at, stage, 'hot'::pg_catalog.text AS below FROM {lead} "
"UNION ALL SELECT lead, heat, level, last_at, stage, 'warm'::pg_catalog.text AS below FROM {lead}) c "
"WHERE (c.below OPERATOR(pg_catalog.=) 'hot'::pg_catalog.text "
"AND c.level OPERATOR(pg_catalog.>=) lead_temperature.hot_level({lead:oid}) "
"AND (c.last_at OPERATOR(pg_catalog.<=) pg_catalog.now() "
"OR lead_temperature.hot_until({lead:oid}, c.heat, c.last_at) IS NOT NULL)) "
"OR (c.below OPERATOR(pg_catalog.=) 'warm'::pg_catalog.text "
"AND c.level OPERATOR(pg_catalog.>=) lead_temperature.warm_level({lead:oid}) "
"AND (c.last_at OPERATOR(pg_catalog.<=) pg_catalog.now() "
"OR lead_temperature.warm_until({lead:oid}, c.heat, c.last_at) IS NOT NULL))";

const char	cooling_columns[] =
"lead, temperature text, below text, cools_at timestamp with time zone, level double precision, "
"score double precision, stage text";

/* parameters of the query of lt_cooling */
enum
{
	COOLING_STATE,
	COOLING_HOT_NOW,
	COOLING_HOT_THEN,
	COOLING_WARM_NOW,
	COOLING_WARM_THEN,
	N_COOLING_PARAMS
};

/* instant_within reads the second argument, how much time there is, and returns when that is over. */
static TimestampTz
instant_within(FunctionCallInfo fcinfo, TimestampTz now)
{
	TimestampTz until = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now),
																PG_GETARG_DATUM(1)));

	if (until <= now)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"within\" must be above zero"),
				 errhint("Say how far to look ahead, as in '2 days'.")));
	return until;
}

/* put_param sets a parameter of a query. */
static void
put_param(ParamListInfo params, int number, Oid type, Datum value)
{
	params->params[number].value = value;
	params->params[number].isnull = false;
	params->params[number].pflags = PARAM_FLAG_CONST;
	params->params[number].ptype = type;
}

/* branch_sql selects the leads that cool below a threshold, whose levels lie between those of two parameters. */
static char *
branch_sql(const char *state, const char *below, const char *until, int from)
{
	return psprintf("SELECT l.lead, l.heat, l.level, l.stage, '%2$s'::pg_catalog.text AS below, "
					"lead_temperature.%3$s($1, l.heat, l.last_at) AS cools_at FROM %1$s l "
					"WHERE l.level OPERATOR(pg_catalog.>=) $%4$d AND l.level OPERATOR(pg_catalog.<) $%5$d",
					state, below, until, from + 1, from + 2);
}

/* lt_cooling returns the leads that will be below hot or warm within some time, by two ranges of an index. */
Datum
lt_cooling(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"tracker", "within"};
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	const Tracker *tracker;
	const FoldModel *model;
	Relation	state;
	HeatTime	from;
	HeatTime	until;
	ParamListInfo params = makeParamList(N_COOLING_PARAMS);
	OwnerScope	scope;
	const char *name;

	for (int i = 0; i < lengthof(names); i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", names[i]),
					 errhint("Name a tracked table, and say how far to look ahead, as in '2 days'.")));
	lt_materialized_result(fcinfo);
	from = heat_time_from_timestamptz(now);
	until = heat_time_from_timestamptz(instant_within(fcinfo, now));
	tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(0)), AccessShareLock);
	model = &tracker->model->fold;
	state = companion_open(tracker->state, AccessShareLock);
	check_shape(state, &state_shape, tracker);
	table_close(state, NoLock);

	put_param(params, COOLING_STATE, REGCLASSOID, ObjectIdGetDatum(tracker->state));
	put_param(params, COOLING_HOT_NOW, FLOAT8OID, Float8GetDatum(heat_level_of(model->hot, from, model->half_life)));
	put_param(params, COOLING_HOT_THEN, FLOAT8OID, Float8GetDatum(heat_level_of(model->hot, until, model->half_life)));
	put_param(params, COOLING_WARM_NOW, FLOAT8OID, Float8GetDatum(heat_level_of(model->warm, from, model->half_life)));
	put_param(params, COOLING_WARM_THEN, FLOAT8OID, Float8GetDatum(heat_level_of(model->warm, until, model->half_life)));
	name = qualified_name(tracker->state);
	tracker_connect(&scope, tracker);
	pin_text_settings();		/* leads are written so everywhere */
	lt_execute_into(psprintf("SELECT pg_catalog.format('%%s'::pg_catalog.text, c.lead), "
							 "CASE WHEN c.level OPERATOR(pg_catalog.>=) $2 THEN 'hot'::pg_catalog.text "
							 "ELSE 'warm'::pg_catalog.text END, c.below, c.cools_at, c.level, "
							 "lead_temperature.score_now(c.heat), c.stage::pg_catalog.text "
							 "FROM (%s UNION ALL %s) c WHERE c.cools_at IS NOT NULL ORDER BY c.cools_at, c.level",
							 branch_sql(name, "hot", "hot_until", COOLING_HOT_NOW),
							 branch_sql(name, "warm", "warm_until", COOLING_WARM_NOW)),
					params, info->setResult, info->econtext->ecxt_per_query_memory);
	SPI_finish();
	owner_leave(&scope);
	return (Datum) 0;
}
