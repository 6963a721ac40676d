/*-------------------------------------------------------------------------
 *
 * pace.c
 *	  Module pace: how long leads take, where they stay behind, who comes back.
 *
 * Views over the current transitions and the state, in whose queries words in
 * braces stand for what a tracker has.  Only leads count that the state has with a
 * level: not those merged into others, nor those left out of all counts.
 *
 * Local times are those of the tracker's time zone, whatever that of the session
 * is: days and months are added to local times only, and what is compared in days
 * are days of 24 hours.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/pace.h"

/* how many days of 24 hours an interval has, which is a difference of instants */
#define DAYS(interval) \
"EXTRACT(epoch FROM " interval ")::pg_catalog.float8 OPERATOR(pg_catalog./) 86400.0::pg_catalog.float8"

/* the median and the 90th percentile of days, as columns; NULL is none */
#define MEDIAN_AND_P90(days) \
"pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY " days ") AS median_days, " \
"pg_catalog.percentile_cont(0.9) WITHIN GROUP (ORDER BY " days ") AS p90_days"

/* the week, in local time, of an instant */
#define WEEK(at) "pg_catalog.date_trunc('week', " at ", {time_zone})"

/*
 * Stays: for how long leads were at a stage with an open cycle.  One begins where the
 * stage, the status or the cycle changes and the cycle is open, and ends where one of
 * them changes again: by advancing, by falling back, by an outcome, by waking after a
 * silence.  first_at is the lead's first transition, until NULL while the stay lasts.
 */
#define STAYS \
"SELECT m.lead, m.stage, m.since, m.until, m.first_at, m.model_version " \
"FROM (SELECT c.lead, c.to_stage AS stage, c.to_status, c.at AS since, " \
"pg_catalog.lead(c.at) OVER (PARTITION BY c.lead ORDER BY c.at) AS until, c.first_at, c.model_version " \
"FROM (SELECT t.lead, t.at, t.from_stage, t.to_stage, t.from_status, t.to_status, t.cycle, t.model_version, " \
"pg_catalog.lag(t.cycle) OVER (PARTITION BY t.lead ORDER BY t.at) AS from_cycle, " \
"pg_catalog.min(t.at) OVER (PARTITION BY t.lead ORDER BY t.at) AS first_at " \
"FROM {transition} t WHERE t.superseded_at IS NULL) c " \
"WHERE c.from_stage IS DISTINCT FROM c.to_stage OR c.from_status IS DISTINCT FROM c.to_status " \
"OR c.from_cycle OPERATOR(pg_catalog.<>) c.cycle) m " \
"WHERE m.to_status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status"

#define NO_COHORT "NULL::pg_catalog.timestamptz"
#define NO_VERSION "NULL::pg_catalog.int4"

/*
 * The same figures of all leads, by cohort, by version of the model and by both, which a
 * macro writes for each.  Of slices that a query does not ask for nothing is computed:
 * their names are constants.
 */
#define SLICES(slice, cohort, version) \
slice("all", NO_COHORT, NO_VERSION, "") \
" UNION ALL " slice("week", cohort, NO_VERSION, ", " cohort) \
" UNION ALL " slice("version", NO_COHORT, version, ", " version) \
" UNION ALL " slice("week and version", cohort, version, ", " cohort ", " version)

/* Time in stage: of stays that have ended, and how many last. */
#define STAGE_TIME_SLICE(slice, cohort, version, group_by) \
"SELECT '" slice "'::pg_catalog.text AS slice, " cohort " AS cohort, " version " AS model_version, " \
"s.stage::pg_catalog.text AS stage, lead_temperature.stage_order(s.stage) AS stage_order, " \
"pg_catalog.count(s.days) AS departed, " MEDIAN_AND_P90("s.days") ", " \
"pg_catalog.count(*) FILTER (WHERE s.lasts) AS present " \
"FROM stay s GROUP BY s.stage" group_by

const char	stage_time_query[] =
"WITH stay AS MATERIALIZED (SELECT s.stage, s.first_at, s.model_version, "
DAYS("s.until OPERATOR(pg_catalog.-) s.since") " AS days, "
"s.until IS NULL AND l.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status "
"AND l.stage OPERATOR(pg_catalog.=) s.stage AS lasts "
"FROM (" STAYS ") s JOIN {lead} l ON l.lead {=} s.lead WHERE l.level IS NOT NULL) "
SLICES(STAGE_TIME_SLICE, WEEK("s.first_at"), "s.model_version");

const char	stage_time_columns[] =
"slice text, cohort timestamp with time zone, model_version integer, stage text, stage_order integer, departed bigint, "
"median_days double precision, p90_days double precision, present bigint";

/*
 * Rises: transitions that bring a lead further than it has been in their cycle.  Cycles
 * never go back, so the largest of cycle * 8 + stage says how far it was in the last of
 * them, with one window for all.
 */
#define RISES \
"SELECT c.lead, c.at, c.first_at, c.model_version, c.stage_order, c.furthest, " \
"CASE WHEN c.in_cycle OPERATOR(pg_catalog./) 8 OPERATOR(pg_catalog.=) c.cycle " \
"THEN c.in_cycle OPERATOR(pg_catalog.%) 8 END AS from_order, " \
"pg_catalog.lag(c.at) OVER (PARTITION BY c.lead ORDER BY c.at) AS from_at " \
"FROM (SELECT t.lead, t.at, t.cycle, t.model_version, lead_temperature.stage_order(t.to_stage) AS stage_order, " \
"coalesce(pg_catalog.min(t.at) OVER w, t.at) AS first_at, " \
"coalesce(pg_catalog.max(lead_temperature.stage_order(t.to_stage)) OVER w, 0) AS furthest, " \
"coalesce(pg_catalog.max(t.cycle::pg_catalog.int8 OPERATOR(pg_catalog.*) 8 OPERATOR(pg_catalog.+) " \
"lead_temperature.stage_order(t.to_stage)) OVER w, 0::pg_catalog.int8) AS in_cycle " \
"FROM {transition} t WHERE t.superseded_at IS NULL " \
"WINDOW w AS (PARTITION BY t.lead ORDER BY t.at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) c " \
"WHERE c.cycle::pg_catalog.int8 OPERATOR(pg_catalog.*) 8 OPERATOR(pg_catalog.+) c.stage_order OPERATOR(pg_catalog.>) c.in_cycle"

/*
 * Arrivals: when a lead first got to a stage of all those that it has been at, what it
 * skipped to get there, and when it first got further.  How long that took is told of
 * the cycle in which it did, unless it skipped the stage in that.
 */
#define ARRIVALS \
"SELECT r.lead, r.furthest, r.stage_order, r.first_at, r.model_version, pg_catalog.lead(r.at) OVER w IS NOT NULL AS went_on, " \
"CASE WHEN pg_catalog.lead(r.from_order) OVER w OPERATOR(pg_catalog.=) r.stage_order THEN " \
DAYS("pg_catalog.lead(r.at) OVER w OPERATOR(pg_catalog.-) pg_catalog.lead(r.from_at) OVER w") " END AS days " \
"FROM (" RISES ") r WHERE r.stage_order OPERATOR(pg_catalog.>) r.furthest WINDOW w AS (PARTITION BY r.lead ORDER BY r.at)"

/* OFFSET 0: leads are joined before stages that they have skipped are added, in one go and not one by one */
#define CONVERSION_SLICE(slice, cohort, version, group_by) \
"SELECT '" slice "'::pg_catalog.text AS slice, " cohort " AS cohort, " version " AS model_version, " \
"a.stage::pg_catalog.text AS stage, lead_temperature.stage_order(a.stage) AS stage_order, " \
"pg_catalog.count(*) AS reached, pg_catalog.count(*) FILTER (WHERE a.went_on) AS went_on, " \
"pg_catalog.count(*) FILTER (WHERE a.is_open AND NOT a.went_on) AS pending, " \
"(pg_catalog.count(*) FILTER (WHERE a.went_on))::pg_catalog.float8 OPERATOR(pg_catalog./) (pg_catalog.count(*))::pg_catalog.float8 AS share, " \
MEDIAN_AND_P90("a.days") " FROM arrival a GROUP BY a.stage" group_by

const char	conversion_query[] =
"WITH arrival AS MATERIALIZED (SELECT s.stage, a.first_at, a.model_version, "
"s.stage_order OPERATOR(pg_catalog.<) a.stage_order OR a.went_on AS went_on, "
"CASE WHEN s.stage_order OPERATOR(pg_catalog.=) a.stage_order THEN a.days END AS days, a.is_open "
"FROM (SELECT a.furthest, a.stage_order, a.first_at, a.model_version, a.went_on, a.days, "
"l.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status AS is_open "
"FROM (" ARRIVALS ") a JOIN {lead} l ON l.lead {=} a.lead WHERE l.level IS NOT NULL OFFSET 0) a "
"JOIN lead_temperature.stages('{}'::lead_temperature.funnel) s ON s.stage_order OPERATOR(pg_catalog.>) a.furthest "
"AND s.stage_order OPERATOR(pg_catalog.<=) a.stage_order "
"WHERE s.stage OPERATOR(pg_catalog.<>) 'customer'::lead_temperature.stage) "
SLICES(CONVERSION_SLICE, WEEK("a.first_at"), "a.model_version");

const char	conversion_columns[] =
"slice text, cohort timestamp with time zone, model_version integer, stage text, stage_order integer, reached bigint, "
"went_on bigint, pending bigint, share double precision, median_days double precision, p90_days double precision";

/*
 * Open leads that are at their stage for longer than half of those that have left it
 * were.  The state says since when, but of a customer whose cycle has opened again, or
 * who has begun another after a silence: that is when his present cycle began.
 */
const char	stalled_query[] =
"SELECT o.lead, o.stage::pg_catalog.text AS stage, lead_temperature.stage_order(o.stage) AS stage_order, o.since AS stage_since, "
"o.days, m.median_days, o.days OPERATOR(pg_catalog./) nullif(m.median_days, 0.0::pg_catalog.float8) AS ratio, o.level, "
"CASE WHEN o.level OPERATOR(pg_catalog.>=) lead_temperature.hot_level({lead:oid}) THEN 'hot'::pg_catalog.text "
"WHEN o.level OPERATOR(pg_catalog.>=) lead_temperature.warm_level({lead:oid}) THEN 'warm'::pg_catalog.text "
"ELSE 'cold'::pg_catalog.text END AS temperature "
"FROM (SELECT l.lead, l.stage, l.level, greatest(c.began_at, l.stage_since) AS since, "
DAYS("pg_catalog.now() OPERATOR(pg_catalog.-) greatest(c.began_at, l.stage_since)") " AS days "
"FROM {lead} l LEFT JOIN LATERAL (SELECT t.at AS began_at FROM {transition} t "
"WHERE l.stage OPERATOR(pg_catalog.=) 'customer'::lead_temperature.stage AND t.lead {=} l.lead AND t.superseded_at IS NULL "
"AND t.cycle OPERATOR(pg_catalog.=) l.cycle ORDER BY t.at LIMIT 1) c ON true "
"WHERE l.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status AND l.level IS NOT NULL) o "
"JOIN (SELECT s.stage, pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY "
DAYS("s.until OPERATOR(pg_catalog.-) s.since") ") AS median_days "
"FROM (" STAYS ") s JOIN {lead} l ON l.lead {=} s.lead WHERE l.level IS NOT NULL GROUP BY s.stage) m "
"ON m.stage OPERATOR(pg_catalog.=) o.stage AND o.days OPERATOR(pg_catalog.>) m.median_days";

const char	stalled_columns[] =
"lead, stage text, stage_order integer, stage_since timestamp with time zone, days double precision, "
"median_days double precision, ratio double precision, level double precision, temperature text";

/* the share of customers who have bought again within so many days, once all of their month have had these */
#define WITHIN(days) \
"CASE WHEN c.age OPERATOR(pg_catalog.>=) " days ".0::pg_catalog.float8 THEN " \
"(pg_catalog.count(*) FILTER (WHERE c.days OPERATOR(pg_catalog.<=) " days ".0::pg_catalog.float8))::pg_catalog.float8 " \
"OPERATOR(pg_catalog./) (pg_catalog.count(*))::pg_catalog.float8 END AS within_" days "_days"

/* Customers by the month of their first purchase.  Leads of whose first purchase no transition tells are left out. */
const char	retention_query[] =
"SELECT c.month, pg_catalog.count(*) AS customers, pg_catalog.count(c.days) AS returned, "
WITHIN("30") ", " WITHIN("90") ", " WITHIN("365") " "
"FROM (SELECT m.month, " DAYS("m.again OPERATOR(pg_catalog.-) m.first") " AS days, "
DAYS("pg_catalog.now() OPERATOR(pg_catalog.-) pg_catalog.timezone({time_zone}, pg_catalog.timezone({time_zone}, m.month) "
	 "OPERATOR(pg_catalog.+) '1 month'::pg_catalog.interval)") " AS age "
"FROM (SELECT p.first, p.again, pg_catalog.date_trunc('month', p.first, {time_zone}) AS month "
"FROM (SELECT t.lead, pg_catalog.min(t.at) FILTER (WHERE t.purchases OPERATOR(pg_catalog.=) 1 "
"AND t.to_status OPERATOR(pg_catalog.=) 'won'::lead_temperature.status) AS first, "
"pg_catalog.min(t.at) FILTER (WHERE t.purchases OPERATOR(pg_catalog.>) 1) AS again "
"FROM {transition} t WHERE t.superseded_at IS NULL AND t.purchases OPERATOR(pg_catalog.>) 0 GROUP BY t.lead) p "
"JOIN {lead} l ON l.lead {=} p.lead WHERE p.first IS NOT NULL AND l.level IS NOT NULL) m) c GROUP BY c.month, c.age";

const char	retention_columns[] =
"month timestamp with time zone, customers bigint, returned bigint, within_30_days double precision, "
"within_90_days double precision, within_365_days double precision";

/* the instant so many days before now, or before the beginning of this week, in local time; computed once a query */
#define DAYS_AGO(at, days) \
"(SELECT pg_catalog.timezone({time_zone}, pg_catalog.timezone({time_zone}, " at ") " \
"OPERATOR(pg_catalog.-) '" days " days'::pg_catalog.interval))"
#define THIS_WEEK WEEK("pg_catalog.now()")

/* whether a transition lies in the week so many days ago, up to the moment that it is this week */
#define WITHIN_WEEK(days) \
"(t.at OPERATOR(pg_catalog.>=) " DAYS_AGO(THIS_WEEK, days) " AND t.at OPERATOR(pg_catalog.<=) " DAYS_AGO("pg_catalog.now()", days) ")"

/* a number of that week, NULL if the tracker does not know all of it */
#define KNOWN(number, days) \
"CASE WHEN k.first_at OPERATOR(pg_catalog.<=) " DAYS_AGO(THIS_WEEK, days) " THEN coalesce(" number ", 0::pg_catalog.int8) END"

/*
 * What happened in each stage this week, last week and in the week a year ago.  What
 * counts as what is as in funnel_weekly; the cycle before that of a transition which
 * neither says, as hardly any does, is looked up.
 */
const char	funnel_change_query[] =
"SELECT f.stage, f.stage_order, f.what, f.this_week, f.last_week, f.year_ago, "
"f.this_week OPERATOR(pg_catalog.-) f.last_week AS since_last_week, "
"f.this_week::pg_catalog.float8 OPERATOR(pg_catalog./) nullif(f.last_week, 0::pg_catalog.int8)::pg_catalog.float8 AS of_last_week, "
"f.this_week OPERATOR(pg_catalog.-) f.year_ago AS since_year_ago, "
"f.this_week::pg_catalog.float8 OPERATOR(pg_catalog./) nullif(f.year_ago, 0::pg_catalog.int8)::pg_catalog.float8 AS of_year_ago, "
"pg_catalog.now() AS as_of "
"FROM (SELECT s.stage::pg_catalog.text AS stage, s.stage_order, w.what, coalesce(n.this_week, 0::pg_catalog.int8) AS this_week, "
KNOWN("n.last_week", "7") " AS last_week, " KNOWN("n.year_ago", "364") " AS year_ago "
"FROM lead_temperature.stages('{}'::lead_temperature.funnel) s "
"CROSS JOIN (VALUES ('entered'::pg_catalog.text), ('advanced'::pg_catalog.text), ('won'::pg_catalog.text), ('lost'::pg_catalog.text)) w(what) "
"CROSS JOIN (SELECT pg_catalog.min(t.at) AS first_at FROM {transition} t WHERE t.superseded_at IS NULL) k "
"LEFT JOIN (SELECT e.stage, e.what, "
"pg_catalog.count(*) FILTER (WHERE e.days OPERATOR(pg_catalog.=) 0) AS this_week, "
"pg_catalog.count(*) FILTER (WHERE e.days OPERATOR(pg_catalog.=) 7) AS last_week, "
"pg_catalog.count(*) FILTER (WHERE e.days OPERATOR(pg_catalog.=) 364) AS year_ago "
"FROM (SELECT v.stage, v.what, m.days FROM (SELECT t.from_stage, t.to_stage, t.to_status, "
"CASE WHEN t.at OPERATOR(pg_catalog.>=) " DAYS_AGO(THIS_WEEK, "0") " THEN 0 "
"WHEN t.at OPERATOR(pg_catalog.>=) " DAYS_AGO(THIS_WEEK, "7") " THEN 7 ELSE 364 END AS days, "
"t.to_status OPERATOR(pg_catalog.<>) 'open'::lead_temperature.status AND (t.from_status IS DISTINCT FROM t.to_status "
"OR t.cycle OPERATOR(pg_catalog.>) (SELECT p.cycle FROM {transition} p WHERE p.lead {=} t.lead AND p.superseded_at IS NULL "
"AND p.at OPERATOR(pg_catalog.<) t.at ORDER BY p.at DESC LIMIT 1)) AS closes "
"FROM {transition} t WHERE t.superseded_at IS NULL AND (" WITHIN_WEEK("0") " OR " WITHIN_WEEK("7") " OR " WITHIN_WEEK("364") ") "
"AND EXISTS (SELECT FROM {lead} l WHERE l.lead {=} t.lead AND l.level IS NOT NULL)) m, "
"LATERAL (VALUES (m.to_stage, 'entered'::pg_catalog.text, m.from_stage IS DISTINCT FROM m.to_stage), "
"(m.from_stage, 'advanced'::pg_catalog.text, m.to_stage OPERATOR(pg_catalog.>) m.from_stage), "
"(coalesce(m.from_stage, m.to_stage), m.to_status::pg_catalog.text, m.closes)) v(stage, what, counts) WHERE v.counts) e "
"GROUP BY e.stage, e.what) n ON n.stage OPERATOR(pg_catalog.=) s.stage AND n.what OPERATOR(pg_catalog.=) w.what) f";

const char	funnel_change_columns[] =
"stage text, stage_order integer, what text, this_week bigint, last_week bigint, year_ago bigint, since_last_week bigint, "
"of_last_week double precision, since_year_ago bigint, of_year_ago double precision, as_of timestamp with time zone";
