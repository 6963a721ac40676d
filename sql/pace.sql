--
-- Module pace: time at stages, conversion, stalled leads, retention, and the
-- funnel this week against before; against figures made by hand, and against
-- a second way to reckon them.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
\pset format unaligned
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS citext;
-- Kinds that do nothing but bring leads to a stage, or close them.
SELECT lead_temperature.create_model('steps');
DELETE FROM lead_temperature.signal WHERE model = 'steps';
UPDATE lead_temperature.model SET warm = 1e6, mql = 1e6, hot = 1e6 WHERE name = 'steps';
INSERT INTO lead_temperature.signal (model, kind, points, stage)
SELECT 'steps', stage, 1, stage FROM unnest(enum_range('visitor'::lead_temperature.stage, 'opportunity')) AS stage;
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES ('steps', 'won', 'won'), ('steps', 'lost', 'lost');
INSERT INTO lead_temperature.signal (model, kind, points) VALUES ('steps', 'page', 1);

/*
 * By hand.  2024-01-01 is a Monday; in Helsinki it begins two hours before.
 */
CREATE TABLE step (lead int, kind text, at timestamptz);
CREATE INDEX ON step (lead, at);
SELECT lead_temperature.track('step', 'lead', 'kind', 'at', model => 'steps', time_zone => 'Europe/Helsinki');
SELECT lead_temperature.add_module('step', 'pace');
-- of nothing there is nothing to tell
SELECT (SELECT count(*) FROM step_stage_time) AS stage_time, (SELECT count(*) FROM step_conversion) AS conversion,
	(SELECT count(*) FROM step_stalled) AS stalled, (SELECT count(*) FROM step_retention) AS retention,
	(SELECT count(*) FROM step_funnel_change) AS change, (SELECT sum(this_week) FROM step_funnel_change) AS moves,
	(SELECT count(last_week) + count(year_ago) FROM step_funnel_change) AS known;

INSERT INTO step VALUES
	-- 1 goes through all stages, wins, comes back and wins again, and comes back
	(1, 'visitor', '2024-01-01 10:00'), (1, 'lead', '2024-01-02 10:00'), (1, 'marketing_qualified', '2024-01-04 10:00'),
	(1, 'sales_qualified', '2024-01-08 10:00'), (1, 'page', '2024-01-09 10:00'), (1, 'opportunity', '2024-01-10 10:00'), (1, 'won', '2024-01-20 10:00'),
	(1, 'lead', '2024-02-01 10:00'), (1, 'won', '2024-02-05 10:00'), (1, 'visitor', '2024-06-01 10:00'),
	-- 2 skips two stages, is lost, begins anew as a lead and skips one
	(2, 'visitor', '2024-01-02 10:00'), (2, 'sales_qualified', '2024-01-06 10:00'), (2, 'lost', '2024-01-16 10:00'),
	(2, 'visitor', '2024-02-01 10:00'), (2, 'sales_qualified', '2024-02-03 10:00'), (2, 'opportunity', '2024-02-10 10:00'),
	-- 3 comes on a Monday in Helsinki, a Sunday elsewhere, is lost, and buys all the same
	(3, 'visitor', '2024-01-07 23:00'), (3, 'lead', '2024-01-09 23:00'), (3, 'lost', '2024-01-10 23:00'), (3, 'won', '2024-01-11 23:00'),
	(4, 'visitor', '2024-02-01 10:00'),
	-- 5 has not been here yet; 6 is merged into 4, and 7 has nothing left
	(5, 'visitor', now() + interval '1 year'),
	(6, 'visitor', '2024-02-02 10:00'),
	(7, 'opportunity', '2024-02-02 10:00');
SELECT lead_temperature.merge_leads('step', '6', '4');
DELETE FROM step WHERE lead = 7;
-- a version of the model later
UPDATE lead_temperature.signal SET points = 2 WHERE model = 'steps' AND kind = 'page';
CALL lead_temperature.replay('step');
INSERT INTO step VALUES (8, 'visitor', '2024-02-12 10:00'), (8, 'lead', '2024-02-14 10:00'), (8, 'opportunity', '2024-02-14 22:00');

-- visitor 1, 4, 2, 2 days; lead 2, 2, 1, 0.5; marketing_qualified 4; sales_qualified 2, 10, 7; opportunity 10; customer 4
SELECT stage, stage_order, departed, median_days, round(p90_days::numeric, 6) AS p90_days, present, cohort, model_version FROM step_stage_time WHERE slice = 'all' ORDER BY stage_order;
SELECT cohort, stage, departed, median_days, present FROM step_stage_time WHERE slice = 'week' ORDER BY cohort, stage_order;
SELECT model_version, stage, departed, median_days, present FROM step_stage_time WHERE slice = 'version' ORDER BY 1, stage_order;
SELECT slice, sum(departed) AS departed, sum(present) AS present, count(*) FROM step_stage_time GROUP BY slice ORDER BY slice;
-- to go on took visitors 1, 4, 2, 2 days; leads 2, 0.5; marketing_qualified 4; sales_qualified 2, 7; opportunities 10; others skipped the stage
SELECT stage, stage_order, reached, went_on, pending, share, median_days, round(p90_days::numeric, 6) AS p90_days, cohort, model_version FROM step_conversion WHERE slice = 'all' ORDER BY stage_order;
SELECT cohort, stage, reached, went_on, pending, share, median_days FROM step_conversion WHERE slice = 'week' ORDER BY cohort, stage_order;
SELECT model_version, stage, reached, went_on, pending, median_days FROM step_conversion WHERE slice = 'version' ORDER BY 1, stage_order;
SELECT slice, sum(reached) AS reached, sum(went_on) AS went_on, sum(pending) AS pending, count(*) FROM step_conversion GROUP BY slice ORDER BY slice;

-- Whoever has been at a stage for longer than its median; 10 has not, 11 has for 1.5 times as long.
INSERT INTO step VALUES (10, 'visitor', now() - interval '1 day'), (11, 'visitor', now() - interval '3 days');
SELECT lead, stage, stage_order, CASE WHEN lead < 10 THEN stage_since END AS stage_since, median_days, temperature,
	days = extract(epoch FROM now() - stage_since)::float8 / 86400 AS days, round(ratio::numeric, 3) = round((days / median_days)::numeric, 3) AS ratio,
	level = (SELECT level FROM step_lead l WHERE l.lead = s.lead) AS level FROM step_stalled s ORDER BY lead;
SELECT lead, round(ratio::numeric, 2) AS ratio FROM step_stalled WHERE lead IN (10, 11);
DELETE FROM step WHERE lead > 8;

-- Seasons: Helsinki has summer time from 2024-03-31 on, when a day has 23 hours; days here have 24.
BEGIN;
INSERT INTO step VALUES (9, 'visitor', '2024-03-30 12:00 Europe/Helsinki'), (9, 'lead', '2024-03-31 12:00 Europe/Helsinki');
SELECT cohort AT TIME ZONE 'Europe/Helsinki' AS monday, median_days * 24 AS hours FROM step_stage_time WHERE slice = 'week' AND cohort > '2024-03-01' AND stage = 'visitor';
ROLLBACK;

-- Late rows and withdrawn ones change what was; so does a person who is forgotten.
BEGIN;
INSERT INTO step VALUES (4, 'lead', '2024-02-03 10:00');
SELECT departed, median_days, present FROM step_stage_time WHERE slice = 'all' AND stage = 'visitor';
UPDATE step SET at = '2024-02-05 10:00' WHERE lead = 4 AND kind = 'lead';
SELECT max(p90_days) FROM step_stage_time WHERE slice = 'week' AND cohort = '2024-01-28 22:00+00' AND stage = 'visitor';
SELECT count(*) > 0 AS forgotten FROM lead_temperature.forget('step', '2', true);
SELECT stage, departed, median_days, present FROM step_stage_time WHERE slice = 'all' AND stage IN ('sales_qualified', 'opportunity') ORDER BY stage_order;
ROLLBACK;
-- What is archived stays what it was.
BEGIN;
CREATE TEMPORARY TABLE before AS SELECT * FROM step_stage_time;
SELECT lead_temperature.archive('step', '2024-02-01') > 0 AS archived;
DELETE FROM step WHERE at < '2024-02-01';
(TABLE before EXCEPT SELECT * FROM step_stage_time) UNION ALL (SELECT * FROM step_stage_time EXCEPT TABLE before);
-- the two are one person from here on, who counts once
SELECT lead_temperature.merge_leads('step', '2', '3');
SELECT count(*) AS left_of_2 FROM step_transition WHERE superseded_at IS NULL AND lead = 2;
SELECT sum(reached) FROM step_conversion WHERE slice = 'all' AND stage = 'visitor';
ROLLBACK;

-- The session's time zone does not matter.
CREATE TEMPORARY TABLE before AS SELECT * FROM step_stage_time;
SET timezone = 'America/New_York';
(TABLE before EXCEPT SELECT * FROM step_stage_time) UNION ALL (SELECT * FROM step_stage_time EXCEPT TABLE before);
SET timezone = 'UTC';
DROP TABLE before;

/*
 * Customers by hand: who buys again within 30 days, to the microsecond.
 */
CREATE TABLE buy (lead int, kind text, at timestamptz);
CREATE INDEX ON buy (lead, at);
SELECT lead_temperature.track('buy', 'lead', 'kind', 'at', model => 'steps', time_zone => 'Europe/Helsinki');
SELECT lead_temperature.add_module('buy', 'pace');
INSERT INTO buy SELECT lead, 'won', at::timestamptz FROM (VALUES
	(1, '2023-12-31 22:30'), -- January in Helsinki
	(2, '2024-01-10 00:00'), (2, '2024-02-09 00:00'), -- 30 days
	(3, '2024-01-10 00:00'), (3, '2024-02-09 00:00:00.000001'),
	(4, '2024-01-31 21:00'), (4, '2024-02-01 00:00'), (4, '2024-12-01 00:00'),
	(5, '2024-01-01 10:00'), (5, '2025-01-01 00:00'), -- 2024 is a leap year
	(6, '2024-02-01 00:00'), (6, '2024-02-01 00:00'), (6, '2026-02-01 00:00')) AS v (lead, at);
INSERT INTO buy VALUES (7, 'visitor', '2024-01-01'); -- no customer
SELECT month, customers, returned, within_30_days, within_90_days, within_365_days FROM buy_retention ORDER BY month;
-- Shares are not told before all customers of a month have had the days.
INSERT INTO buy SELECT 10 + months, 'won', timezone('Europe/Helsinki', date_trunc('month', timezone('Europe/Helsinki', now())) - make_interval(months => months))
FROM unnest(ARRAY[0, 3, 14]) AS months;
INSERT INTO buy SELECT lead, kind, at + interval '2 hours' FROM buy WHERE lead >= 10 AND at < now() - interval '2 hours';
SELECT n, within_30_days IS NULL AS unknown_30, (within_90_days IS NULL) = (now() - timezone('Europe/Helsinki', timezone('Europe/Helsinki', month) + interval '1 month') < interval '90 days') AS right_90,
	within_365_days IS NULL AS unknown_365, within_365_days
FROM (SELECT *, row_number() OVER (ORDER BY month DESC) AS n FROM buy_retention) r WHERE n <= 3 ORDER BY n;
DROP TABLE buy;

/*
 * Weeks by hand: up to this moment of the week, this week, last week and a year ago.
 */
CREATE TABLE flow (lead int, kind text, at timestamptz);
CREATE INDEX ON flow (lead, at);
SELECT lead_temperature.track('flow', 'lead', 'kind', 'at', model => 'steps', time_zone => 'Europe/Helsinki');
SELECT lead_temperature.add_module('flow', 'pace');
BEGIN;
-- ago is the instant so many days, of the clock on the wall, before the beginning of this week, or before now.
CREATE FUNCTION ago(what text, days int) RETURNS timestamptz LANGUAGE sql AS $$
	SELECT timezone('Europe/Helsinki', CASE what WHEN 'week' THEN date_trunc('week', l) ELSE l END - make_interval(days => days))
	FROM timezone('Europe/Helsinki', now()) AS l
$$;
INSERT INTO flow VALUES (1, 'visitor', ago('week', 0));
-- what began this week was not known before
SELECT stage, what, this_week, last_week, year_ago, since_last_week, of_year_ago FROM flow_funnel_change WHERE this_week > 0;
INSERT INTO flow VALUES
	(2, 'visitor', ago('week', 7)), (3, 'visitor', ago('now', 7)), (4, 'visitor', ago('now', 7) + interval '1 microsecond'),
	(5, 'visitor', ago('week', 364)), (6, 'visitor', ago('now', 364)), (7, 'visitor', ago('now', 364) + interval '1 microsecond'),
	(8, 'visitor', ago('week', 364) - interval '1 microsecond'),
	-- wins at once, as a new cycle of a customer, and as the cycle that a lost one begins and loses in one step
	(9, 'visitor', ago('week', 400)), (9, 'won', ago('week', 0)),
	(10, 'visitor', ago('week', 400)), (10, 'won', ago('week', 399)), (10, 'won', ago('week', 0)),
	(11, 'visitor', ago('week', 400)), (11, 'lost', ago('week', 7)),
	(12, 'visitor', ago('week', 400)), (12, 'lost', ago('week', 399)), (12, 'lead', ago('week', 364)), (12, 'lost', ago('week', 364));
SELECT stage, what, this_week, last_week, year_ago, since_last_week, of_last_week, since_year_ago, of_year_ago, as_of = now() AS now FROM flow_funnel_change
WHERE this_week + last_week + year_ago > 0 ORDER BY stage_order, array_position('{entered,advanced,won,lost}', what);
SELECT count(*), count(DISTINCT stage), count(DISTINCT what) FROM flow_funnel_change;
-- this week is that of the view of all weeks
SELECT stage, what, this_week FROM flow_funnel_change WHERE this_week > 0 EXCEPT
SELECT stage, what, n FROM flow_funnel_weekly, LATERAL (VALUES ('entered', entered), ('advanced', advanced), ('won', won), ('lost', lost)) AS v (what, n) WHERE week = ago('week', 0);
DROP FUNCTION ago;
COMMIT;
DROP TABLE flow;

/*
 * Reckoned in another way, over random rows.  The leads of this table are those of
 * their names however they are written.
 */
CREATE TABLE random (lead citext, kind text, at timestamptz);
CREATE INDEX ON random (lead, at);
SELECT lead_temperature.track('random', 'lead', 'kind', 'at', model => 'steps');
SELECT setseed(0.4);
-- leads that were silent for long begin the next cycle
UPDATE lead_temperature.model SET dormant_after = '100 days' WHERE name = 'steps';
-- many of the rows are of the weeks that are compared
CREATE FUNCTION random_rows(n int) RETURNS SETOF random LANGUAGE sql AS $$
	SELECT CASE WHEN random() < 0.5 THEN 'lead' ELSE 'LEAD' END || floor(300 * random() ^ 2),
		(ARRAY['visitor', 'visitor', 'page', 'lead', 'marketing_qualified', 'sales_qualified', 'opportunity', 'won', 'lost'])[1 + floor(9 * random())],
		date_trunc('minute', now()) - interval '1 minute' - interval '14 days' * random() - interval '357 days' * floor(random() * 1.3)
			- CASE WHEN random() < 0.5 THEN interval '300 days' * random() ELSE '0' END
	FROM generate_series(1, n)
$$;
INSERT INTO random SELECT * FROM random_rows(2000);
UPDATE lead_temperature.signal SET points = 3 WHERE model = 'steps' AND kind = 'page';
CALL lead_temperature.replay('random');
INSERT INTO random SELECT * FROM random_rows(1000);
DELETE FROM random WHERE lead = 'lead7';
SELECT lead_temperature.merge_leads('random', 'lead1', 'lead2');
INSERT INTO random VALUES ('new', 'visitor', now() + interval '1 year');
SELECT lead_temperature.add_module('random', 'pace');
SELECT count(*) FROM lead_temperature.drift('random');
ANALYZE random_transition;

CREATE TEMPORARY TABLE t AS SELECT lower(lead) AS lead, at, lead_temperature.stage_order(to_stage) AS n, to_stage::text AS stage, to_status::text AS status,
	cycle, purchases, model_version AS version, min(at) OVER (PARTITION BY lower(lead)) AS first_at
FROM random_transition WHERE superseded_at IS NULL;
SELECT count(*) > 1000 AS transitions, count(DISTINCT version) AS versions, max(cycle) > 3 AS cycles, max(purchases) > 1 AS purchases,
	(SELECT count(*) > 20 FROM t JOIN t n ON n.lead = t.lead AND n.cycle = t.cycle + 1 AND n.status = 'open' AND n.stage = t.stage
		AND n.at = (SELECT min(at) FROM t a WHERE a.lead = t.lead AND a.at > t.at) WHERE t.status = 'open' AND t.stage = 'customer') AS awoken FROM t;

-- stays are told one by one
CREATE TEMPORARY TABLE stay (lead text, stage text, since timestamptz, until timestamptz, first_at timestamptz, version int);
DO $$
DECLARE
	row t;
	here stay;
	last t;
BEGIN
	FOR row IN SELECT * FROM t ORDER BY lead, at LOOP
		IF here.lead IS NOT NULL AND (row.lead <> here.lead OR row.stage <> here.stage OR row.status <> 'open' OR row.cycle <> last.cycle) THEN
			here.until := CASE WHEN row.lead = here.lead THEN row.at END;
			INSERT INTO stay SELECT here.*;
			here := NULL;
		END IF;
		IF here.lead IS NULL AND row.status = 'open' THEN
			here := (row.lead, row.stage, row.at, NULL, row.first_at, row.version);
		END IF;
		last := row;
	END LOOP;
	IF here.lead IS NOT NULL THEN
		INSERT INTO stay SELECT here.*;
	END IF;
END
$$;
CREATE TEMPORARY VIEW stage_time AS
SELECT CASE grouping(date_trunc('week', first_at), version) WHEN 3 THEN 'all' WHEN 1 THEN 'week' WHEN 2 THEN 'version' ELSE 'week and version' END AS slice,
	date_trunc('week', first_at) AS cohort, version AS model_version, stage, count(until) AS departed,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM until - since)::float8 / 86400) AS median_days,
	percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM until - since)::float8 / 86400) AS p90_days, count(*) - count(until) AS present
FROM stay GROUP BY stage, GROUPING SETS ((), (date_trunc('week', first_at)), (version), (date_trunc('week', first_at), version));
CREATE TEMPORARY VIEW stage_time_of_ours AS SELECT slice, cohort, model_version, stage, departed, median_days, p90_days, present FROM random_stage_time;
SELECT count(*) > 100 AS rows FROM stage_time;
(TABLE stage_time EXCEPT TABLE stage_time_of_ours) UNION ALL (TABLE stage_time_of_ours EXCEPT TABLE stage_time);

-- arrivals are looked for
CREATE TEMPORARY VIEW conversion AS
SELECT CASE grouping(date_trunc('week', first_at), version) WHEN 3 THEN 'all' WHEN 1 THEN 'week' WHEN 2 THEN 'version' ELSE 'week and version' END AS slice,
	date_trunc('week', first_at) AS cohort, version AS model_version, n AS stage_order, count(*) AS reached, count(gone) AS went_on,
	count(*) FILTER (WHERE gone IS NULL AND status = 'open') AS pending, count(gone)::float8 / count(*) AS share,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY nullif(extract(epoch FROM gone - came)::float8 / 86400, 0)) AS median_days,
	percentile_cont(0.9) WITHIN GROUP (ORDER BY nullif(extract(epoch FROM gone - came)::float8 / 86400, 0)) AS p90_days
FROM (SELECT r.lead, s.n, r.first_at, r.version, g.at AS gone, (SELECT min(at) FROM t WHERE t.lead = r.lead AND t.cycle = g.cycle AND t.n >= s.n) AS came,
		(SELECT status FROM t WHERE t.lead = r.lead ORDER BY at DESC LIMIT 1) AS status
	FROM generate_series(1, 5) AS s (n)
	CROSS JOIN LATERAL (SELECT DISTINCT ON (lead) * FROM t WHERE t.n >= s.n ORDER BY lead, at) AS r
	LEFT JOIN LATERAL (SELECT * FROM t WHERE t.lead = r.lead AND t.n > s.n ORDER BY at LIMIT 1) AS g ON true) AS q
GROUP BY n, GROUPING SETS ((), (date_trunc('week', first_at)), (version), (date_trunc('week', first_at), version));
CREATE TEMPORARY VIEW conversion_of_ours AS SELECT slice, cohort, model_version, stage_order, reached, went_on, pending, share, median_days, p90_days FROM random_conversion;
SELECT count(*) > 100 AS rows FROM conversion;
(TABLE conversion EXCEPT TABLE conversion_of_ours) UNION ALL (TABLE conversion_of_ours EXCEPT TABLE conversion);

-- stalled is who stays longer than half of those did
BEGIN;
CREATE TEMPORARY TABLE stalled AS SELECT s.lead, s.stage, s.since, extract(epoch FROM now() - s.since)::float8 / 86400 AS days, m.median_days,
	extract(epoch FROM now() - s.since)::float8 / 86400 / m.median_days AS ratio
FROM stay s JOIN stage_time m ON m.slice = 'all' AND m.stage = s.stage WHERE s.until IS NULL AND extract(epoch FROM now() - s.since)::float8 / 86400 > m.median_days;
SELECT count(*) > 20 AS rows, count(*) FILTER (WHERE stage = 'customer') > 5 AS customers FROM stalled;
(SELECT lower(lead), stage, stage_since, days, median_days, ratio FROM random_stalled EXCEPT TABLE stalled) UNION ALL
(TABLE stalled EXCEPT SELECT lower(lead), stage, stage_since, days, median_days, ratio FROM random_stalled);
COMMIT;
SELECT count(*) AS wrong FROM random_stalled s JOIN random_ranking r USING (lead) WHERE s.temperature <> r.temperature OR s.level <> r.level OR NOT r.is_open;

-- purchases are counted
BEGIN;
CREATE TEMPORARY TABLE retention AS
WITH won AS (SELECT lead, at, row_number() OVER (PARTITION BY lead ORDER BY at) AS n FROM t WHERE purchases > 0 AND NOT EXISTS (SELECT FROM t AS b WHERE b.lead = t.lead AND b.at < t.at AND b.purchases = t.purchases))
SELECT date_trunc('month', f.at) AS month, count(*) AS customers, count(a.at) AS returned,
	CASE WHEN bool_and(date_trunc('month', f.at) + interval '1 month' + interval '30 days' <= now()) THEN avg((coalesce(a.at - f.at <= '30 days', false))::int) END AS within_30_days,
	CASE WHEN bool_and(date_trunc('month', f.at) + interval '1 month' + interval '90 days' <= now()) THEN avg((coalesce(a.at - f.at <= '90 days', false))::int) END AS within_90_days,
	CASE WHEN bool_and(date_trunc('month', f.at) + interval '1 month' + interval '365 days' <= now()) THEN avg((coalesce(a.at - f.at <= '365 days', false))::int) END AS within_365_days
FROM won f LEFT JOIN won a ON a.lead = f.lead AND a.n = 2 WHERE f.n = 1 GROUP BY 1;
SELECT count(*) > 10 AS rows, sum(returned) > 10 AS returned, count(within_365_days) > 5 AS year FROM retention;
SELECT count(*) AS wrong FROM retention r FULL JOIN random_retention o USING (month) WHERE r.customers IS DISTINCT FROM o.customers OR r.returned IS DISTINCT FROM o.returned
	OR round(r.within_30_days, 9) IS DISTINCT FROM round(o.within_30_days::numeric, 9) OR round(r.within_90_days, 9) IS DISTINCT FROM round(o.within_90_days::numeric, 9)
	OR round(r.within_365_days, 9) IS DISTINCT FROM round(o.within_365_days::numeric, 9);
COMMIT;

-- and events by how far they are into their week
BEGIN;
CREATE TEMPORARY TABLE change AS
WITH step AS (SELECT t.*, lag(stage) OVER w AS from_stage, lag(n) OVER w AS from_n, lag(cycle) OVER w AS from_cycle, lag(status) OVER w AS from_status,
		(date_trunc('week', now())::date - date_trunc('week', at)::date) / 7 AS weeks FROM t WINDOW w AS (PARTITION BY lead ORDER BY at)),
event AS (SELECT weeks, stage, 'entered' AS what FROM step WHERE stage IS DISTINCT FROM from_stage AND at - date_trunc('week', at) <= now() - date_trunc('week', now())
	UNION ALL SELECT weeks, from_stage, 'advanced' FROM step WHERE n > from_n AND at - date_trunc('week', at) <= now() - date_trunc('week', now())
	UNION ALL SELECT weeks, coalesce(from_stage, stage), status FROM step
		WHERE status <> 'open' AND (status IS DISTINCT FROM from_status OR cycle > from_cycle) AND at - date_trunc('week', at) <= now() - date_trunc('week', now()))
SELECT stage, what, count(*) FILTER (WHERE weeks = 0) AS this_week, count(*) FILTER (WHERE weeks = 1) AS last_week, count(*) FILTER (WHERE weeks = 52) AS year_ago
FROM event WHERE weeks IN (0, 1, 52) GROUP BY 1, 2;
SELECT sum(last_week) > 0 OR now() - date_trunc('week', now()) < '1 hour' AS last_week, sum(year_ago) > 0 OR now() - date_trunc('week', now()) < '1 hour' AS year_ago FROM change;
(SELECT stage, what, this_week, last_week, year_ago FROM random_funnel_change WHERE this_week + last_week + year_ago > 0 EXCEPT TABLE change) UNION ALL
(TABLE change EXCEPT SELECT stage, what, this_week, last_week, year_ago FROM random_funnel_change);
COMMIT;

/*
 * How they are computed: a lead by its key, and nothing of slices that are not asked for.
 */
\pset tuples_only
SET enable_seqscan = off;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;
SELECT btrim(line) FROM plan_of('SELECT * FROM step_stalled WHERE lead = 4') AS line WHERE line ~ 'Index Cond: \(lead = 4\)|step_lead_pkey';
RESET enable_seqscan;
SELECT count(*) FROM plan_of($$SELECT * FROM step_stage_time WHERE slice = 'week'$$) AS line WHERE line ~ 'CTE Scan on stay';
SELECT count(*) FROM plan_of('TABLE step_conversion') AS line WHERE line ~ 'CTE Scan on arrival';
\pset tuples_only off

-- Leads of any type, under any name, and whoever may read a view needs no other right.
CREATE ROLE regress_lt_reader;
CREATE TYPE pair AS (shop int, "No" text);
CREATE TABLE "Odd ""Events""" ("Who" pair, what text, at timestamptz);
CREATE INDEX ON "Odd ""Events""" ("Who", at);
SELECT lead_temperature.track('"Odd ""Events"""', 'Who', 'what', 'at', model => 'steps', time_zone => 'Etc/GMT+5', prefix => 'It''s "odd" {lead}');
INSERT INTO "Odd ""Events""" VALUES ('(1,a)', 'visitor', '2024-01-01'), ('(1,a)', 'won', '2024-01-05'), ('(1,b)', 'opportunity', '2024-01-01');
SELECT lead_temperature.add_module('"Odd ""Events"""', 'pace');
GRANT SELECT ON "It's ""odd"" {lead}_stage_time", "It's ""odd"" {lead}_conversion", "It's ""odd"" {lead}_stalled", "It's ""odd"" {lead}_retention", "It's ""odd"" {lead}_funnel_change" TO regress_lt_reader;
SET ROLE regress_lt_reader;
SET search_path = '';
SELECT stage, departed, median_days, present FROM public."It's ""odd"" {lead}_stage_time" WHERE slice = 'all' ORDER BY stage_order;
SELECT stage, reached, went_on, median_days FROM public."It's ""odd"" {lead}_conversion" WHERE slice = 'all' ORDER BY stage_order;
SELECT count(*) FROM public."It's ""odd"" {lead}_stalled";
SELECT month, customers, within_365_days FROM public."It's ""odd"" {lead}_retention";
SELECT count(*) FROM public."It's ""odd"" {lead}_funnel_change";
RESET search_path;
RESET ROLE;

-- All columns are of plain types, and none needs quotes.
SELECT DISTINCT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relname ~ '^step_(stage_time|conversion|stalled|retention|funnel_change)$') AND attnum > 0 AND attname <> 'lead' ORDER BY 1;
SELECT attname FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relname ~ '^step_(stage_time|conversion|stalled|retention|funnel_change)$') AND attnum > 0 AND quote_ident(attname) <> attname;

-- Trackers of 0.1.0 have no versions in their transitions until upgrade_tracker.
SELECT lead_temperature.drop_module('step', 'pace');
ALTER TABLE step_transition DROP COLUMN model_version;
SELECT lead_temperature.add_module('step', 'pace');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.upgrade_tracker('step');
SELECT lead_temperature.add_module('step', 'pace');
SELECT model_version, sum(departed) FROM step_stage_time WHERE slice = 'version' GROUP BY 1;

DROP TABLE step, random, "Odd ""Events""" CASCADE;
DROP TYPE pair;
DROP FUNCTION plan_of;
DROP ROLE regress_lt_reader;
DROP EXTENSION citext;
DELETE FROM lead_temperature.model;
