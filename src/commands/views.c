/*-------------------------------------------------------------------------
 *
 * views.c
 *	  The views of a tracker, and the functions that they call.
 *
 * The functions are given the state table, which the views rest on anyway, so
 * that a view adds no dependency on the tracked table.  They read the frozen
 * model themselves: a role that may read a view needs no other right.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/views.h"

#include "catalog/tracker_cache.h"
#include "state/excluded.h"
#include "state/fit.h"
#include "util/names.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(lt_hot_level);
PG_FUNCTION_INFO_V1(lt_warm_level);
PG_FUNCTION_INFO_V1(lt_hot_level_at);
PG_FUNCTION_INFO_V1(lt_warm_level_at);
PG_FUNCTION_INFO_V1(lt_hot_until);
PG_FUNCTION_INFO_V1(lt_warm_until);
PG_FUNCTION_INFO_V1(lt_dormant_before);
PG_FUNCTION_INFO_V1(lt_dormant_since);
PG_FUNCTION_INFO_V1(lt_model_name);

/* The least levels that are warm and hot at an instant. */
typedef struct Levels
{
	Oid			state;
	TimestampTz at;
	double		warm;
	double		hot;
} Levels;

/* levels_at returns the levels of a tracker at an instant, computed once for each query and instant. */
static const Levels *
levels_at(FunctionCallInfo fcinfo, TimestampTz at)
{
	Oid			state = PG_GETARG_OID(0);
	Levels	   *levels = fcinfo->flinfo->fn_extra;

	if (levels == NULL || levels->state != state || levels->at != at)
	{
		const FoldModel *model = &tracker_of_state(state)->model->fold;
		HeatTime	instant = heat_time_from_timestamptz(at);

		if (levels == NULL)
			levels = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(Levels));
		levels->state = state;
		levels->at = at;
		levels->warm = heat_level_of(model->warm, instant, model->half_life);
		levels->hot = heat_level_of(model->hot, instant, model->half_life);
		fcinfo->flinfo->fn_extra = levels;
	}
	return levels;
}

/* levels_now returns the levels of a tracker at the start of the transaction. */
static const Levels *
levels_now(FunctionCallInfo fcinfo)
{
	return levels_at(fcinfo, GetCurrentTransactionStartTimestamp());
}

/* lt_hot_level returns the least level that is hot now. */
Datum
lt_hot_level(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(levels_now(fcinfo)->hot);
}

/* lt_warm_level returns the least level that is warm now. */
Datum
lt_warm_level(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(levels_now(fcinfo)->warm);
}

/* lt_hot_level_at returns the least level that is hot at an instant. */
Datum
lt_hot_level_at(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(levels_at(fcinfo, PG_GETARG_TIMESTAMPTZ(1))->hot);
}

/* lt_warm_level_at returns the least level that is warm at an instant. */
Datum
lt_warm_level_at(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(levels_at(fcinfo, PG_GETARG_TIMESTAMPTZ(1))->warm);
}

/* cools returns when a heat falls below a threshold, NULL unless that is after last_at. */
static Datum
cools(FunctionCallInfo fcinfo, double threshold)
{
	const Heat *heat = PG_GETARG_HEAT_P(1);
	TimestampTz last_at = PG_GETARG_TIMESTAMPTZ(2);
	TimestampTz until;
	HeatTime	at;

	switch (heat_cools_at(heat, threshold, &at))
	{
		case HEAT_COOLS:
			until = heat_time_to_timestamptz(at);
			if (until > last_at)
				PG_RETURN_TIMESTAMPTZ(until);
			break;
		case HEAT_NEVER_COOLS:
			PG_RETURN_TIMESTAMPTZ(DT_NOEND);
		case HEAT_NEVER_REACHES:
			break;
	}
	PG_RETURN_NULL();
}

/* lt_hot_until returns when a lead is no longer hot. */
Datum
lt_hot_until(PG_FUNCTION_ARGS)
{
	return cools(fcinfo, tracker_of_state(PG_GETARG_OID(0))->model->fold.hot);
}

/* lt_warm_until returns when a lead is no longer warm. */
Datum
lt_warm_until(PG_FUNCTION_ARGS)
{
	return cools(fcinfo, tracker_of_state(PG_GETARG_OID(0))->model->fold.warm);
}

/* lt_dormant_before returns when open leads that are dormant at an instant were heard of last, at the latest; NULL if none ever is. */
Datum
lt_dormant_before(PG_FUNCTION_ARGS)
{
	int64		dormant_after = tracker_of_state(PG_GETARG_OID(0))->model->fold.dormant_after;
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(1);

	if (dormant_after == 0)
		PG_RETURN_NULL();
	if (TIMESTAMP_NOT_FINITE(at))
		PG_RETURN_TIMESTAMPTZ(at);
	if (!IS_VALID_TIMESTAMP(at - dormant_after))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	PG_RETURN_TIMESTAMPTZ(at - dormant_after);
}

/* lt_dormant_since returns since when a lead is dormant that was heard of last at an instant, NULL if it is not. */
Datum
lt_dormant_since(PG_FUNCTION_ARGS)
{
	int64		dormant_after = tracker_of_state(PG_GETARG_OID(0))->model->fold.dormant_after;
	TimestampTz heard_at = PG_GETARG_TIMESTAMPTZ(1);

	if (dormant_after == 0 || status_from_oid(PG_GETARG_OID(2)) != STATUS_OPEN ||
		TIMESTAMP_NOT_FINITE(heard_at) ||
		GetCurrentTransactionStartTimestamp() - heard_at < dormant_after)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(heard_at + dormant_after);
}

/* lt_model_name returns the name of the model that a version was frozen from. */
Datum
lt_model_name(PG_FUNCTION_ARGS)
{
	const ModelVersion *model = tracker_version(tracker_of_state(PG_GETARG_OID(0)),
												PG_GETARG_INT32(1));

	if (model == NULL || model->name == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(model->name));
}

/* ranking_branch selects all leads under one temperature. */
static char *
ranking_branch(const char *state, const char *temperature, int order)
{
	return psprintf("SELECT lead, heat, level, first_at, last_at, heard_at, stage_since, hot_since, "
					"interactions, stage, status, cycle, purchases, model_version, granted_at, withdrawn_at, "
					"'%s'::pg_catalog.text AS temperature, %d AS temperature_order FROM %s",
					temperature, order, state);
}

/*
 * ranking_query returns the query of the view of all leads by temperature.
 *
 * The branches are bare and the predicate stands outside: so the planner
 * pulls the branches up, drops those whose constant temperature a query rules
 * out, and merges index scans on level for an ORDER BY with LIMIT.
 */
char *
ranking_query(const TrackRequest *request)
{
	bool		fits = get_rel_name(companion_among(request->companions, FIT_SUFFIX)) != NULL;
	const char *state = companion_name(request, STATE_SUFFIX);
	const char *literal = psprintf("%s::pg_catalog.regclass", quote_literal_cstr(state));

	return psprintf("SELECT r.lead, r.level, "
					"lead_temperature.score_now(r.heat) AS score, "
					"r.temperature, r.temperature_order, "
					"r.stage::pg_catalog.text AS stage, "
					"lead_temperature.stage_order(r.stage) AS stage_order, "
					"r.status::pg_catalog.text AS status, "
					"r.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status AS is_open, "
					"lead_temperature.hot_until(%2$s, r.heat, r.last_at) AS hot_until, "
					"lead_temperature.warm_until(%2$s, r.heat, r.last_at) AS warm_until, "
					"r.first_at, r.last_at, r.stage_since, "
					"CASE WHEN r.temperature OPERATOR(pg_catalog.=) 'hot'::pg_catalog.text "
					"THEN r.hot_since END AS hot_since, "
					"r.cycle, r.purchases, r.interactions, "
					"lead_temperature.model_name(%2$s, r.model_version) AS model, "
					"lead_temperature.dormant_since(%2$s, COALESCE(r.heard_at, r.last_at), r.status) IS NOT NULL AS is_dormant, "
					"lead_temperature.consented_channels(%2$s, r.model_version, r.granted_at, r.withdrawn_at) AS consent, "
					"%5$s FROM (%1$s UNION ALL %3$s UNION ALL %4$s) r%6$s "
					"WHERE (r.temperature OPERATOR(pg_catalog.=) 'hot'::pg_catalog.text "
					"AND r.level OPERATOR(pg_catalog.>=) lead_temperature.hot_level(%2$s)) "
					"OR (r.temperature OPERATOR(pg_catalog.=) 'warm'::pg_catalog.text "
					"AND r.level OPERATOR(pg_catalog.>=) lead_temperature.warm_level(%2$s) "
					"AND r.level OPERATOR(pg_catalog.<) lead_temperature.hot_level(%2$s)) "
					"OR (r.temperature OPERATOR(pg_catalog.=) 'cold'::pg_catalog.text "
					"AND r.level OPERATOR(pg_catalog.<) lead_temperature.warm_level(%2$s))",
					ranking_branch(state, "hot", 3), literal,
					ranking_branch(state, "warm", 2), ranking_branch(state, "cold", 1),
					fits ? "f.fit, f.grade" : "NULL::pg_catalog.float8 AS fit, NULL::pg_catalog.text AS grade",
					fits ? psprintf(" LEFT JOIN %s f ON f.lead %s r.lead", companion_name(request, FIT_SUFFIX),
									qualified_operator(lookup_type_cache(getBaseType(request->lead.type), TYPECACHE_EQ_OPR)->eq_opr)) : "");
}

/* stages_query returns the query of the stages of the funnel that another query makes. */
static char *
stages_query(const char *query)
{
	return psprintf("SELECT s.stage::pg_catalog.text AS stage, s.stage_order, s.leads, "
					"s.cold, s.warm, s.hot, s.won, s.lost, s.share_of_open, s.reached, "
					"s.conversion_from_previous, s.conversion_from_first, "
					"pg_catalog.now() AS as_of "
					"FROM (%s) f, LATERAL lead_temperature.stages(f.funnel) s",
					query);
}

/* scanned_funnel_query returns the query of the view of leads by stage, one scan with one aggregate. */
static char *
scanned_funnel_query(const TrackRequest *request)
{
	const char *state = companion_name(request, STATE_SUFFIX);
	const char *literal = psprintf("%s::pg_catalog.regclass", quote_literal_cstr(state));

	return stages_query(psprintf("SELECT lead_temperature.funnel_of(l.stage, l.status, l.level, "
								 "(SELECT lead_temperature.warm_level(%2$s)), "
								 "(SELECT lead_temperature.hot_level(%2$s))) AS funnel FROM %1$s l",
								 state, literal));
}

/* split_bucket_sql selects the leads in the finest bucket that a threshold splits. */
static char *
split_bucket_sql(const char *state, const char *threshold)
{
	const char *bucket = psprintf("lead_temperature.level_bucket(%s)", threshold);

	return psprintf("SELECT l.stage, l.status, l.level, 1::pg_catalog.int8 AS leads FROM %1$s l "
					"WHERE l.level OPERATOR(pg_catalog.>=) "
					"lead_temperature.bucket_level(0::pg_catalog.int2, %2$s) "
					"AND l.level OPERATOR(pg_catalog.<) "
					"lead_temperature.bucket_level(0::pg_catalog.int2, %2$s OPERATOR(pg_catalog.+) 1)",
					state, bucket);
}

/*
 * counted_funnel_query returns the query of the same view over the counts of
 * leads: totals of buckets that no threshold splits, changes not yet folded
 * into them, and the leads themselves in the split ones.
 *
 * OFFSET 0 keeps the planner, which cannot know how narrow the ranges are,
 * from a join that reads all totals.
 */
static char *
counted_funnel_query(const TrackRequest *request)
{
	const char *state = companion_name(request, STATE_SUFFIX);
	const char *counts = companion_name(request, COUNTS_SUFFIX);
	const char *deltas = companion_name(request, "funnel_delta");
	const char *literal = psprintf("%s::pg_catalog.regclass", quote_literal_cstr(state));
	const char *warm = psprintf("lead_temperature.warm_level(%s)", literal);
	const char *hot = psprintf("lead_temperature.hot_level(%s)", literal);

	return stages_query(psprintf("SELECT lead_temperature.funnel_of(p.stage, p.status, p.level, "
								 "(SELECT %1$s), (SELECT %2$s), p.leads) AS funnel FROM ("
								 "SELECT c.stage, c.status, "
								 "lead_temperature.bucket_level(c.grain, c.bucket) AS level, c.leads "
								 "FROM lead_temperature.funnel_ranges(%1$s, %2$s) r, "
								 "LATERAL (SELECT t.grain, t.bucket, t.stage, t.status, t.leads FROM %3$s t "
								 "WHERE t.grain OPERATOR(pg_catalog.=) r.grain "
								 "AND t.bucket OPERATOR(pg_catalog.>=) r.first "
								 "AND t.bucket OPERATOR(pg_catalog.<=) r.last OFFSET 0) c "
								 "UNION ALL SELECT d.stage, d.status, "
								 "lead_temperature.bucket_level(0::pg_catalog.int2, d.bucket) AS level, d.leads "
								 "FROM %4$s d WHERE d.bucket OPERATOR(pg_catalog.<>) "
								 "(SELECT lead_temperature.level_bucket(%1$s)) "
								 "AND d.bucket OPERATOR(pg_catalog.<>) "
								 "(SELECT lead_temperature.level_bucket(%2$s)) "
								 "UNION ALL %5$s UNION ALL %6$s "
								 "AND lead_temperature.level_bucket(%1$s) OPERATOR(pg_catalog.<>) "
								 "lead_temperature.level_bucket(%2$s)) p",
								 warm, hot, counts, deltas,
								 split_bucket_sql(state, warm), split_bucket_sql(state, hot)));
}

/* funnel_query returns the query of the view of leads by stage. */
char *
funnel_query(const TrackRequest *request)
{
	return request->funnel_counts ? counted_funnel_query(request) : scanned_funnel_query(request);
}

/*
 * funnel_weekly_query returns the query of the view of moves through the
 * stages by week.  Where nobody is excluded the leads are compared with nothing: a
 * subplan that is hashed finds that out once.
 */
char *
funnel_weekly_query(const TrackRequest *request)
{
	const char *transitions = companion_name(request, TRANSITIONS_SUFFIX);
	Oid			equals = lookup_type_cache(getBaseType(request->lead.type), TYPECACHE_EQ_OPR)->eq_opr;

	return psprintf("WITH step AS (SELECT t.lead, t.at, "
					"pg_catalog.date_trunc('week', t.at, %2$s) AS week, "
					"t.from_stage, t.to_stage, t.to_status, "
					"t.from_status IS DISTINCT FROM t.to_status OR t.cycle OPERATOR(pg_catalog.>) "
					"pg_catalog.lag(t.cycle) OVER (PARTITION BY t.lead ORDER BY t.at) AS closes "
					"FROM %1$s t WHERE t.superseded_at IS NULL AND NOT (t.lead %3$s ANY (%4$s))), "
					"move AS (SELECT m.week, m.at, m.from_stage, m.to_stage, "
					"pg_catalog.lag(m.at) OVER (PARTITION BY m.lead ORDER BY m.at) AS since "
					"FROM step m WHERE m.from_stage IS DISTINCT FROM m.to_stage), "
					"event AS (SELECT week, to_stage AS stage, 'entered'::pg_catalog.text AS what, "
					"EXTRACT(epoch FROM at OPERATOR(pg_catalog.-) since)::pg_catalog.float8 "
					"OPERATOR(pg_catalog./) 86400.0::pg_catalog.float8 AS days FROM move "
					"UNION ALL SELECT week, from_stage AS stage, 'advanced'::pg_catalog.text AS what, "
					"NULL::pg_catalog.float8 AS days FROM move "
					"WHERE to_stage OPERATOR(pg_catalog.>) from_stage "
					"UNION ALL SELECT week, coalesce(from_stage, to_stage) AS stage, "
					"to_status::pg_catalog.text AS what, NULL::pg_catalog.float8 AS days FROM step WHERE closes AND to_status "
					"OPERATOR(pg_catalog.<>) 'open'::lead_temperature.status) "
					"SELECT e.week, e.stage::pg_catalog.text AS stage, "
					"lead_temperature.stage_order(e.stage) AS stage_order, "
					"pg_catalog.count(*) FILTER (WHERE e.what OPERATOR(pg_catalog.=) 'entered'::pg_catalog.text) AS entered, "
					"pg_catalog.count(*) FILTER (WHERE e.what OPERATOR(pg_catalog.=) 'advanced'::pg_catalog.text) AS advanced, "
					"pg_catalog.count(*) FILTER (WHERE e.what OPERATOR(pg_catalog.=) 'won'::pg_catalog.text) AS won, "
					"pg_catalog.count(*) FILTER (WHERE e.what OPERATOR(pg_catalog.=) 'lost'::pg_catalog.text) AS lost, "
					"pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY e.days) AS median_days "
					"FROM event e GROUP BY e.week, e.stage",
					transitions, quote_literal_cstr(request->time_zone), qualified_operator(equals),
					excluded_sql(companion_name(request, STATE_SUFFIX)));
}
