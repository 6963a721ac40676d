/*-------------------------------------------------------------------------
 *
 * account_views.c
 *	  The table and the views of accounts, and the heat of one.
 *
 * An account is as hot as its people together: heats of one half-life add, so that its sum is
 * a curve as theirs are, right at every instant.  Nothing of accounts is kept but who belongs to which.
 * Who is lost adds no heat, and who is excluded is nobody.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/accounts.h"

#include "catalog/tracker_cache.h"

#include "access/xact.h"

PG_FUNCTION_INFO_V1(lt_account_heat_add);
PG_FUNCTION_INFO_V1(lt_account_heat_combine);

static const ColumnShape account_map_columns[] = {
	{"lead", COLUMN_LEAD, true},
	{"account", COLUMN_TEXT, true},
	{"domain", COLUMN_TEXT}
};

const TableShape account_map_shape = {
	.what = "table of accounts",
	.ncolumns = lengthof(account_map_columns),
	.columns = account_map_columns,
	.nkeys = 1,
	.keys = {1}
};

/* account_map_extras makes the index by which the leads of an account are found. */
char *
account_map_extras(const TrackRequest *request, const char *name)
{
	return psprintf("CREATE INDEX ON %s (account)", name);
}

/* Leads with their accounts, but those whose account is the domain of a free mail provider, or that count nowhere. */
#define MEMBERS \
"{account_map} m JOIN {lead} l ON l.lead {=} m.lead " \
"WHERE l.level IS NOT NULL AND NOT EXISTS " \
"(SELECT FROM lead_temperature.free_mail_provider p WHERE p.domain OPERATOR(pg_catalog.=) m.domain)"

#define LOST "l.status OPERATOR(pg_catalog.=) 'lost'::lead_temperature.status"
#define OPEN "l.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status"
#define WON "l.status OPERATOR(pg_catalog.=) 'won'::lead_temperature.status"

/* What the people of an account are together; of one all of whose people are lost, how far these were. */
#define ACCOUNTS \
"SELECT m.account, lead_temperature.account_heat({lead:oid}, l.heat, NOT " LOST ") AS heat, " \
"coalesce(pg_catalog.max(l.stage) FILTER (WHERE NOT " LOST "), pg_catalog.max(l.stage)) AS stage, " \
"CASE WHEN pg_catalog.bool_or(" OPEN ") THEN 'open'::lead_temperature.status " \
"WHEN pg_catalog.bool_or(" WON ") THEN 'won'::lead_temperature.status ELSE 'lost'::lead_temperature.status END AS status"

/* The temperature of a row that has a level. */
#define TEMPERATURE(row, hot, warm, cold) \
"CASE WHEN " row ".level OPERATOR(pg_catalog.>=) lead_temperature.hot_level({lead:oid}) THEN " hot " " \
"WHEN " row ".level OPERATOR(pg_catalog.>=) lead_temperature.warm_level({lead:oid}) THEN " warm " ELSE " cold " END"
#define TEMPERATURE_NAME(row) TEMPERATURE(row, "'hot'::pg_catalog.text", "'warm'::pg_catalog.text", "'cold'::pg_catalog.text")

const char	account_query[] =
"SELECT a.account, a.level, lead_temperature.score_now(a.heat) AS score, "
TEMPERATURE_NAME("a") " AS temperature, " TEMPERATURE("a", "3", "2", "1") " AS temperature_order, "
"a.stage::pg_catalog.text AS stage, lead_temperature.stage_order(a.stage) AS stage_order, "
"a.status::pg_catalog.text AS status, a.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status AS is_open, "
"lead_temperature.hot_until({lead:oid}, a.heat, a.last_at) AS hot_until, "
"lead_temperature.warm_until({lead:oid}, a.heat, a.last_at) AS warm_until, "
"a.first_at, a.last_at, a.leads, a.open_leads, a.warm_leads, a.hot_leads, a.purchases, a.interactions "
"FROM (SELECT s.account, s.heat, lead_temperature.level(s.heat) AS level, s.stage, s.status, s.first_at, s.last_at, "
"s.leads, s.open_leads, s.warm_leads, s.hot_leads, s.purchases, s.interactions "
"FROM (" ACCOUNTS ", pg_catalog.min(l.first_at) AS first_at, pg_catalog.max(l.last_at) AS last_at, "
"pg_catalog.count(*) AS leads, pg_catalog.count(*) FILTER (WHERE " OPEN ") AS open_leads, "
"pg_catalog.count(*) FILTER (WHERE NOT " LOST " AND l.level OPERATOR(pg_catalog.>=) lead_temperature.warm_level({lead:oid}) "
"AND l.level OPERATOR(pg_catalog.<) lead_temperature.hot_level({lead:oid})) AS warm_leads, "
"pg_catalog.count(*) FILTER (WHERE NOT " LOST " AND l.level OPERATOR(pg_catalog.>=) lead_temperature.hot_level({lead:oid})) AS hot_leads, "
"pg_catalog.sum(l.purchases) AS purchases, pg_catalog.sum(l.interactions)::pg_catalog.int8 AS interactions "
"FROM " MEMBERS " GROUP BY m.account) s) a";

const char	account_columns[] =
"account text, level double precision, score double precision, temperature text, temperature_order integer, "
"stage text, stage_order integer, status text, is_open boolean, hot_until timestamp with time zone, "
"warm_until timestamp with time zone, first_at timestamp with time zone, last_at timestamp with time zone, "
"leads bigint, open_leads bigint, warm_leads bigint, hot_leads bigint, purchases bigint, interactions bigint";

const char	account_lead_query[] =
"SELECT m.account, l.lead, l.level, lead_temperature.score_now(l.heat) AS score, "
TEMPERATURE_NAME("l") " AS temperature, l.stage::pg_catalog.text AS stage, "
"lead_temperature.stage_order(l.stage) AS stage_order, l.status::pg_catalog.text AS status, "
"lead_temperature.hot_until({lead:oid}, l.heat, l.last_at) AS hot_until, l.last_at, l.interactions "
"FROM " MEMBERS;

const char	account_lead_columns[] =
"account text, lead, level double precision, score double precision, temperature text, stage text, "
"stage_order integer, status text, hot_until timestamp with time zone, last_at timestamp with time zone, "
"interactions bigint";

/* The funnel of accounts, with the columns of that of leads. */
const char	account_stage_query[] =
"SELECT s.stage::pg_catalog.text AS stage, s.stage_order, s.leads AS accounts, s.cold, s.warm, s.hot, s.won, s.lost, "
"s.share_of_open, s.reached, s.conversion_from_previous, s.conversion_from_first, pg_catalog.now() AS as_of "
"FROM (SELECT lead_temperature.funnel_of(a.stage, a.status, lead_temperature.level(a.heat), "
"(SELECT lead_temperature.warm_level({lead:oid})), (SELECT lead_temperature.hot_level({lead:oid}))) AS funnel "
"FROM (" ACCOUNTS " FROM " MEMBERS " GROUP BY m.account) a) f, LATERAL lead_temperature.stages(f.funnel) s";

const char	account_stage_columns[] =
"stage text, stage_order integer, accounts bigint, cold bigint, warm bigint, hot bigint, won bigint, lost bigint, "
"share_of_open double precision, reached bigint, conversion_from_previous double precision, "
"conversion_from_first double precision, as_of timestamp with time zone";

/* The half-life of a tracker, found once for each query. */
typedef struct TrackerHalfLife
{
	Oid			state;
	int64		half_life;
} TrackerHalfLife;

/* half_life_of returns the half-life that a tracker works with. */
static int64
half_life_of(FunctionCallInfo fcinfo, Oid state)
{
	TrackerHalfLife *known = fcinfo->flinfo->fn_extra;

	if (known == NULL || known->state != state)
	{
		int64		half_life = tracker_of_state(state)->model->fold.half_life;

		if (known == NULL)
			known = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(TrackerHalfLife));
		known->state = state;
		known->half_life = half_life;
		fcinfo->flinfo->fn_extra = known;
	}
	return known->half_life;
}

/* own_sum returns the sum to write to: the aggregate's own, or a copy if an ordinary caller passed it. */
static Heat *
own_sum(FunctionCallInfo fcinfo)
{
	Heat	   *sum = PG_GETARG_HEAT_P(0);
	Heat	   *copy;

	if (likely(AggCheckCallContext(fcinfo, NULL) != 0))
		return sum;
	copy = palloc(sizeof(Heat));
	*copy = *sum;
	return copy;
}

/*
 * add_saturated adds a heat to a sum, the largest number in the place of one out of range.  One of another
 * half-life, as there are while a replay brings leads to another model, counts as it is at an instant.
 */
static void
add_saturated(Heat *sum, const Heat *heat, HeatTime now)
{
	Heat		other;

	if (unlikely(heat->half_life != sum->half_life))
	{
		other = heat_make(heat_saturate(heat_score(heat, now)), now, sum->half_life);
		heat = &other;
	}
	if (unlikely(!heat_add(sum, heat, sum)))
		*sum = heat_make(sum->points > 0.0 ? DBL_MAX : -DBL_MAX, Max(sum->as_of, heat->as_of), sum->half_life);
}

/* now_of returns the instant at which the transaction began. */
static HeatTime
now_of(void)
{
	return heat_time_from_timestamptz(GetCurrentTransactionStartTimestamp());
}

/* lt_account_heat_add adds the heat of a lead to that of its account, if it counts there. */
Datum
lt_account_heat_add(PG_FUNCTION_ARGS)
{
	Heat	   *sum;

	if (PG_ARGISNULL(0))
	{
		Heat		none;

		if (PG_ARGISNULL(1))
			PG_RETURN_NULL();
		none = heat_make(0.0, 0, half_life_of(fcinfo, PG_GETARG_OID(1)));
		sum = palloc(sizeof(Heat));
		*sum = none;
	}
	else
		sum = own_sum(fcinfo);
	if (!PG_ARGISNULL(2) && !PG_ARGISNULL(3) && PG_GETARG_BOOL(3))
	{
		const Heat *heat = PG_GETARG_HEAT_P(2);

		add_saturated(sum, heat, likely(heat->half_life == sum->half_life) ? 0 : now_of());
	}
	PG_RETURN_HEAT_P(sum);
}

/* lt_account_heat_combine adds what two workers have summed up. */
Datum
lt_account_heat_combine(PG_FUNCTION_ARGS)
{
	Heat	   *sum = own_sum(fcinfo);

	add_saturated(sum, PG_GETARG_HEAT_P(1), now_of());
	PG_RETURN_HEAT_P(sum);
}
