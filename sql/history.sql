--
-- history: as_of and funnel_history say what a tracker would have said then.
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;

-- A model with short lives, so that leads of two months rise, cool, close and reopen.
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('then', current_user, '3 days', 9.9, 24.7, 39.1);
INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ('then', 'browsing', 20);
INSERT INTO lead_temperature.signal (model, kind, points, signal_group, stage) VALUES
	('then', 'view', 3.3, 'browsing', NULL), ('then', 'bounce', -4.2, 'browsing', NULL), ('then', 'cart', 20.3, NULL, NULL),
	('then', 'form', 15.7, NULL, 'lead'), ('then', 'demo', 80.1, NULL, 'lead'), ('then', 'checkout', 60.2, NULL, 'opportunity'),
	('then', 'leave', -60.4, NULL, NULL);
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES ('then', 'purchase', 'won'), ('then', 'refusal', 'lost');

-- chance: a number from 0 to 1 that looks random and is the same everywhere
CREATE FUNCTION chance(i bigint, salt int) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
	SELECT ('x' || substr(md5(i || ' ' || salt), 1, 8))::bit(32)::bigint / 4294967296.0
$$;

-- some_rows: ties within and between leads, rows that count nowhere, rows to come
CREATE FUNCTION some_rows(n int, salt int, OUT lead int, OUT kind text, OUT at timestamptz, OUT weight float8) RETURNS SETOF record LANGUAGE sql AS $$
	SELECT CASE WHEN chance(i, salt) > 0.02 THEN 1 + floor(chance(i, salt + 1) * 40)::int END,
		(string_to_array('view,view,view,view,view,view,bounce,bounce,cart,cart,form,form,demo,checkout,leave,unheard of,purchase,refusal,refusal', ','))[1 + floor(chance(i, salt + 2) * 20)::int],
		CASE WHEN c < 0.01 THEN 'infinity' WHEN c < 0.02 THEN '1969-07-20' WHEN c < 0.04 THEN timestamptz '2200-01-01'
			ELSE timestamptz '2024-02-20' + floor(chance(i, salt + 3) * 120) * interval '12 hours' + (CASE WHEN c < 0.5 THEN chance(i, salt + 4) ELSE 0 END) * interval '12 hours' END,
		CASE WHEN w < 0.5 THEN NULL WHEN w < 0.52 THEN 'NaN' ELSE round((w * 5 - 2)::numeric, 2)::float8 END
	FROM generate_series(1, n) AS i, LATERAL (SELECT chance(i, salt + 5) AS c, chance(i, salt + 6) AS w) AS c
$$;

-- then_by_tracking: the leads of a table that is tracked anew with nothing but the rows up to an instant
CREATE FUNCTION then_by_tracking(t regclass, zone text, moment timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE anew AS SELECT * FROM %s WHERE at::timestamp AT TIME ZONE %L <= %L', t, zone, moment);
	PERFORM lead_temperature.track('anew', 'lead', 'kind', 'at', CASE WHEN t = 'days'::regclass THEN NULL ELSE 'weight' END::name,
									'then', time_zone => zone, create_index => true);
	RETURN QUERY SELECT concat_ws(' ', lead, heat, lead_temperature.score(heat, moment), lead_temperature.temperature(heat, 9.9, 39.1, moment),
								  stage, status, cycle, purchases, interactions, first_at, last_at, stage_since)
		FROM anew_lead WHERE interactions > 0;
	PERFORM lead_temperature.untrack('anew');
	DROP TABLE anew;
END
$$;

-- then_by_as_of: the same from as_of
CREATE FUNCTION then_by_as_of(t regclass, moment timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', lead, heat, score, temperature, stage, status, cycle, purchases, interactions, first_at, last_at, stage_since)
	FROM lead_temperature.leads_as_of(t, moment)
$$;

-- differences: how many leads differ at an instant, of how many
CREATE FUNCTION differences(t regclass, zone text, moment timestamptz, OUT leads bigint, OUT differ bigint) LANGUAGE plpgsql AS $$
DECLARE
	tracked text[] := ARRAY(SELECT then_by_tracking(t, zone, moment));
	read text[] := ARRAY(SELECT then_by_as_of(t, moment));
BEGIN
	leads := cardinality(tracked);
	differ := (SELECT count(*) FROM ((SELECT unnest(tracked) EXCEPT ALL SELECT unnest(read)) UNION ALL
									 (SELECT unnest(read) EXCEPT ALL SELECT unnest(tracked))) AS d);
END
$$;

CREATE TABLE visits AS SELECT * FROM some_rows(2500, 0);
CREATE TABLE locals AS SELECT lead::text, kind::varchar(20), at::timestamp, weight::numeric FROM some_rows(1500, 10);
CREATE TABLE days (lead int, kind text, at date) PARTITION BY RANGE (at);
CREATE TABLE days_march PARTITION OF days FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');
CREATE TABLE days_rest PARTITION OF days DEFAULT;
INSERT INTO days SELECT lead, kind, at FROM some_rows(1500, 20);
SELECT lead_temperature.track('visits', 'lead', 'kind', 'at', 'weight', 'then', create_index => true),
	lead_temperature.track('locals', 'lead', 'kind', 'at', 'weight', 'then', time_zone => 'Europe/Amsterdam', create_index => true),
	lead_temperature.track('days', 'lead', 'kind', 'at', NULL, 'then', time_zone => 'America/New_York', create_index => true);

-- Instants of rows, those next to them, others, and the turns of the clocks.
CREATE TABLE instant AS
	SELECT at + d * interval '1 microsecond' AS at
	FROM (SELECT at FROM visits WHERE at BETWEEN '2024-02-21' AND '2024-04-20' ORDER BY chance(extract(epoch FROM at)::bigint, 30) LIMIT 3) AS v, generate_series(-1, 1) AS d
	UNION ALL SELECT '2024-02-20 00:00+00' UNION ALL SELECT '2024-03-31 00:59:59.999999+00' UNION ALL SELECT '2024-03-31 01:30+00'
	UNION ALL SELECT '2024-03-10 07:30+00' UNION ALL SELECT '2024-06-01';
SELECT t, sum(leads) > 200 AS leads, sum(differ) AS differ
FROM (VALUES ('visits'::regclass, 'UTC'), ('locals', 'Europe/Amsterdam'), ('days', 'America/New_York')) AS v (t, zone),
	instant, differences(t, zone, instant.at) GROUP BY t ORDER BY t::text;
-- and the comparison would show what another instant brought
SELECT count(*) > 5 AS differ FROM (SELECT then_by_tracking('visits', 'UTC', '2024-04-01') EXCEPT ALL SELECT then_by_as_of('visits', '2024-04-01 12:00')) AS d;
-- At an instant to come, the rows to come until then count.
SELECT at, sum(interactions) - (SELECT count(*) FROM visits v WHERE v.at BETWEEN '1970-01-01' AND i.at AND v.lead IS NOT NULL AND weight IS DISTINCT FROM 'NaN') AS too_many
FROM (VALUES (timestamptz '2199-12-31'), ('2200-01-01')) AS i (at), lead_temperature.leads_as_of('visits', i.at) GROUP BY at ORDER BY at;
SELECT (SELECT sum(interactions) FROM lead_temperature.leads_as_of('visits', '2200-01-01')) > (SELECT sum(interactions) FROM visits_lead) AS more_than_now;

-- funnel_history is the funnel over as_of at each step: of days, of months, of hours over the turn of the clocks.
CREATE FUNCTION funnel_differences(t regclass, "from" timestamptz, "to" timestamptz, step interval, OUT instants bigint, OUT leads numeric, OUT differ bigint) LANGUAGE sql AS $$
	WITH one_by_one AS (
		SELECT g.at, s.* FROM generate_series("from", "to", step) AS g (at),
			LATERAL (SELECT lead_temperature.funnel(stage, temperature, status) AS funnel FROM lead_temperature.leads_as_of(t, g.at)) AS f,
			lead_temperature.stages(coalesce(f.funnel, '{}')) AS s),
	at_once AS (SELECT * FROM lead_temperature.funnel_history(t, "from", "to", step))
	SELECT (SELECT count(DISTINCT at) FROM at_once), (SELECT sum(a.leads) FROM at_once AS a),
		(SELECT count(*) FROM ((TABLE one_by_one EXCEPT ALL TABLE at_once) UNION ALL (TABLE at_once EXCEPT ALL TABLE one_by_one)) AS d)
$$;
SELECT * FROM funnel_differences('visits', '2024-02-19', '2024-04-25 13:14:15', '12 hours');
SELECT * FROM funnel_differences('visits', '2024-02-19 07:00', '2024-04-25', '37 hours 11 minutes 0.000001 seconds');
SELECT * FROM funnel_differences('days', '2024-02-01', '2024-05-01', '1 day');
SELECT * FROM funnel_differences('locals', '2024-01-31', '2024-12-31', '1 month');
SET timezone = 'Europe/Amsterdam';
SELECT * FROM funnel_differences('locals', '2024-03-28 02:30', '2024-04-03', '1 day');
SELECT count(DISTINCT at::time), min(at), max(at) FROM lead_temperature.funnel_history('locals', '2024-03-28 02:30', '2024-04-03', '1 day');
SET timezone = 'UTC';
SELECT at, stage, leads, cold, warm, hot, won, lost FROM lead_temperature.funnel_history('visits', '2024-03-20', '2024-03-20', '1 day');

-- It makes no difference whether the rows fit into memory.
CREATE TABLE fit AS SELECT t, a.* FROM (VALUES ('visits'::regclass), ('locals'), ('days')) AS v (t), then_by_as_of(t, '2024-04-01') WITH ORDINALITY AS a (says, place);
CREATE TABLE fit_funnel AS SELECT * FROM lead_temperature.funnel_history('locals', '2024-02-15', '2024-05-01', '1 day');
SET work_mem = '64kB';
SELECT t, count(*) FILTER (WHERE f.says = a.says) AS agree, count(*) AS leads
FROM fit AS f FULL JOIN (SELECT t, a.* FROM (VALUES ('visits'::regclass), ('locals'), ('days')) AS v (t), then_by_as_of(t, '2024-04-01') WITH ORDINALITY AS a (says, place)) AS a USING (t, place)
GROUP BY t ORDER BY t::text;
SELECT count(*) AS differ FROM (TABLE fit_funnel EXCEPT ALL SELECT * FROM lead_temperature.funnel_history('locals', '2024-02-15', '2024-05-01', '1 day')) AS d;
RESET work_mem;

-- Leads cool between their rows, at the very microsecond.
CREATE TABLE cooling (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('cooling', 'lead', 'kind', 'at', NULL, 'then', create_index => true);
INSERT INTO cooling VALUES (1, 'demo', '2024-01-01'), (2, 'view', '2024-01-01');
SELECT lead_temperature.cools_at(heat, 39.1) AS warm_from, lead_temperature.cools_at(heat, 9.9) AS cold_from FROM cooling_lead WHERE lead = 1 \gset
SELECT at, cold, warm, hot FROM lead_temperature.funnel_history('cooling', timestamptz :'warm_from' - interval '1 microsecond', :'warm_from', '1 microsecond') WHERE stage = 'sales_qualified'
UNION ALL SELECT at, cold, warm, hot FROM lead_temperature.funnel_history('cooling', timestamptz :'cold_from' - interval '1 microsecond', :'cold_from', '1 microsecond') WHERE stage = 'sales_qualified';
SELECT lead, round(score::numeric, 6) AS score, temperature, stage FROM lead_temperature.leads_as_of('cooling', :'cold_from') ORDER BY lead;

-- Also while paused, and with the model that is frozen.
SELECT lead_temperature.pause('cooling');
INSERT INTO cooling VALUES (2, 'form', '2024-01-02'), (NULL, 'form', '2024-01-02');
UPDATE lead_temperature.model SET half_life = '1 day' WHERE name = 'then';
SELECT lead, heat, stage, interactions FROM lead_temperature.leads_as_of('cooling', '2024-01-03') ORDER BY lead;
UPDATE lead_temperature.model SET half_life = '3 days' WHERE name = 'then';
SELECT lead_temperature.resume('cooling');

-- What is archived is known from then on, and no earlier.
CREATE TABLE known AS SELECT i.at, a FROM (VALUES (timestamptz '2024-03-15'), ('2024-03-31'), ('2024-05-01')) AS i (at), then_by_as_of('locals'::regclass, i.at) AS a
	UNION ALL SELECT i.at, a FROM (VALUES (timestamptz '2024-03-15'), ('2024-03-31'), ('2024-05-01')) AS i (at), then_by_as_of('days'::regclass, i.at) AS a;
CREATE TABLE known_funnel AS SELECT * FROM lead_temperature.funnel_history('locals', '2024-03-15', '2024-05-01', '1 day');
SELECT lead_temperature.archive('locals', '2024-03-15') > 100 AS archived, lead_temperature.archive('days', '2024-03-15') > 100 AS archived;
DELETE FROM locals WHERE at < '2024-03-14';
DELETE FROM days WHERE at < '2024-03-14';
SELECT count(*) AS differ FROM (
	(SELECT i.at, a FROM (VALUES (timestamptz '2024-03-15'), ('2024-03-31'), ('2024-05-01')) AS i (at), (VALUES ('locals'::regclass), ('days')) AS t (t), then_by_as_of(t, i.at) AS a
		EXCEPT ALL TABLE known) UNION ALL
	(TABLE known EXCEPT ALL SELECT i.at, a FROM (VALUES (timestamptz '2024-03-15'), ('2024-03-31'), ('2024-05-01')) AS i (at), (VALUES ('locals'::regclass), ('days')) AS t (t), then_by_as_of(t, i.at) AS a)) AS d;
SELECT count(*) AS differ FROM (TABLE known_funnel EXCEPT ALL SELECT * FROM lead_temperature.funnel_history('locals', '2024-03-15', '2024-05-01', '1 day')) AS d;
SET work_mem = '64kB';
SELECT count(*) AS differ FROM (TABLE known EXCEPT ALL SELECT i.at, a FROM (VALUES (timestamptz '2024-03-15'), ('2024-03-31'), ('2024-05-01')) AS i (at), (VALUES ('locals'::regclass), ('days')) AS t (t), then_by_as_of(t, i.at) AS a) AS d;
RESET work_mem;
\set VERBOSITY default
SELECT count(*) FROM lead_temperature.leads_as_of('locals', '2024-03-14 23:59:59.999999');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.funnel_history('locals', '2024-03-14', '2024-03-20', '1 day');
\echo :LAST_ERROR_SQLSTATE

-- A type of leads that cannot be hashed.
CREATE TABLE bits AS SELECT lead::bit(8), kind, at FROM visits WHERE lead IS NOT NULL;
SELECT lead_temperature.track('bits', 'lead', 'kind', 'at', NULL, 'then', create_index => true);
SELECT count(*) FILTER (WHERE l.heat::text = a.heat::text AND l.stage = a.stage) AS agree, count(*) AS leads
FROM bits_lead AS l FULL JOIN lead_temperature.leads_as_of('bits', '2024-07-01') AS a ON a.lead = l.lead::text;

-- Errors
SELECT count(*) FROM lead_temperature.leads_as_of('instant', now());
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.leads_as_of('visits', 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.leads_as_of('visits', '1969-12-31 23:59+00');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.leads_as_of('visits', '1970-01-01 00:00+00');
SELECT count(*) FROM lead_temperature.leads_as_of('visits', NULL);
SELECT count(*) FROM lead_temperature.funnel_history('visits', '2024-03-02', '2024-03-01', '1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.funnel_history('visits', '2024-03-01', '2024-03-02', '0');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.funnel_history('visits', '2024-03-01', '2024-03-02', '-1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.funnel_history('visits', '2024-02-28', '2024-03-02', '1 month -30 days');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.funnel_history('visits', '2024-03-01', '2024-03-02', '0.8 seconds');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.funnel_history('visits', '2024-03-01', timestamptz '2024-03-01' + 99999 * interval '0.8 seconds', '0.8 seconds');
SELECT count(*) FROM lead_temperature.funnel_history('visits', '2024-03-01', 'infinity', '1 day');
\echo :LAST_ERROR_SQLSTATE
CREATE ROLE history_other;
SET ROLE history_other;
SELECT count(*) FROM lead_temperature.leads_as_of('visits', now());
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.funnel_history('visits', now(), now(), '1 day');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
DROP ROLE history_other;

SELECT lead_temperature.untrack(t) FROM (VALUES ('visits'::regclass), ('locals'), ('days'), ('cooling'), ('bits')) AS v (t);
DROP TABLE visits, locals, days, cooling, bits, instant, fit, fit_funnel, known, known_funnel;
DROP FUNCTION chance, some_rows, then_by_tracking, then_by_as_of, differences, funnel_differences;
DELETE FROM lead_temperature.model WHERE name = 'then';
