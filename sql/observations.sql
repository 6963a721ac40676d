--
-- observations and score_history: what was known of open leads, and what came of them.
--
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;

INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES
	('known', current_user, '3 days', 9.9, 24.7, 39.1), ('other', current_user, '10 days', 5, 6, 7);
INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ('known', 'browsing', 20), ('other', 'demos', 20);
INSERT INTO lead_temperature.signal (model, kind, points, signal_group, stage) VALUES
	('known', 'view', 3.3, 'browsing', NULL), ('known', 'bounce', -4.2, 'browsing', NULL), ('known', 'cart', 20.3, NULL, NULL),
	('known', 'form', 15.7, NULL, 'lead'), ('known', 'demo', 80.1, NULL, 'lead'), ('known', 'checkout', 60.2, NULL, 'opportunity'),
	('other', 'view', 1, NULL, 'opportunity'), ('other', 'demo', 10, 'demos', NULL), ('other', 'refusal', 3, NULL, NULL);
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES ('known', 'purchase', 'won'), ('known', 'refusal', 'lost'), ('other', 'purchase', 'lost'), ('other', 'form', 'won');

-- chance: a number from 0 to 1 that looks random and is the same everywhere
CREATE FUNCTION chance(i bigint, salt int) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
	SELECT ('x' || substr(md5(i || ' ' || salt), 1, 8))::bit(32)::bigint / 4294967296.0
$$;

-- Rows of which half are at instants that observations are made at, and some that are last, to come, or count nowhere.
CREATE TABLE event AS
	SELECT 1 + floor(chance(i, 0) * 40)::int AS lead,
		(string_to_array('view,view,view,view,bounce,cart,cart,form,form,demo,checkout,unheard of,purchase,refusal,refusal', ','))[1 + floor(chance(i, 1) * 16)::int] AS kind,
		timestamptz '2024-02-20' + floor(chance(i, 2) * 120) * interval '12 hours' + (CASE WHEN chance(i, 3) < 0.5 THEN chance(i, 4) ELSE 0 END) * interval '12 hours' AS at,
		round((chance(i, 5) * 3)::numeric, 2) AS weight
	FROM generate_series(1, 1200) AS i
	UNION ALL VALUES (1, 'view', timestamptz '2024-05-01', 1.0), (2, 'purchase', '2200-01-01', 1), (NULL, 'view', '2024-06-01', 1), (1, 'view', '2024-06-01', numeric 'NaN');
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', 'weight', 'known', create_index => true);

-- by_hand: observations by as_of just before each instant, and plain SQL
CREATE FUNCTION by_hand("from" timestamptz, "to" timestamptz, step interval, horizon interval) RETURNS TABLE (
	at timestamptz, lead text, score float8, level float8, temperature lead_temperature.temperature, interactions bigint, recency numeric,
	stage lead_temperature.stage, converted boolean) LANGUAGE sql AS $$
	SELECT g.at, a.lead, lead_temperature.score(a.heat, g.at), lead_temperature.level(a.heat), lead_temperature.temperature(a.heat, 9.9, 39.1, g.at),
		(SELECT count(*) FROM event e WHERE e.lead = a.lead::int AND e.at < g.at AND e.at > coalesce(
			(SELECT max(o.at) FROM event o WHERE o.lead = a.lead::int AND o.at < g.at AND o.kind IN ('purchase', 'refusal')), '-infinity')),
		round(-extract(epoch FROM g.at - a.last_at)::numeric / 86400, 9), a.stage,
		EXISTS (SELECT FROM event e WHERE e.lead = a.lead::int AND e.kind = 'purchase' AND e.at >= g.at AND e.at < g.at + horizon)
	FROM generate_series("from", "to", step) AS g (at), lead_temperature.leads_as_of('event', g.at - interval '1 microsecond') AS a
	WHERE a.status = 'open'
$$;
CREATE FUNCTION at_once("from" timestamptz, "to" timestamptz, step interval, horizon interval) RETURNS TABLE (
	at timestamptz, lead text, score float8, level float8, temperature lead_temperature.temperature, interactions bigint, recency numeric,
	stage lead_temperature.stage, converted boolean) LANGUAGE sql AS $$
	SELECT at, lead, score, level, temperature, interactions, round(recency::numeric, 9), stage, converted FROM lead_temperature.observations('event', "from", "to", step, horizon)
$$;
CREATE FUNCTION differences("from" timestamptz, "to" timestamptz, step interval, horizon interval, OUT observations bigint, OUT converted bigint, OUT differ bigint) LANGUAGE sql AS $$
	WITH by_hand AS MATERIALIZED (SELECT * FROM by_hand("from", "to", step, horizon)), at_once AS MATERIALIZED (SELECT * FROM at_once("from", "to", step, horizon))
	SELECT (SELECT count(*) FROM at_once), (SELECT count(*) FROM at_once AS o WHERE o.converted),
		(SELECT count(*) FROM ((TABLE by_hand EXCEPT ALL TABLE at_once) UNION ALL (TABLE at_once EXCEPT ALL TABLE by_hand)) AS d)
$$;
SELECT * FROM differences('2024-02-20', '2024-04-17', '36 hours', '14 days');
SELECT * FROM differences('2024-02-18', '2024-04-24', '7 days', '7 days');
SELECT * FROM differences('2024-03-05', '2024-03-12', '5 hours', '36 hours');
SELECT * FROM differences('2024-02-20', '2024-03-31', '4 days', '1 month');
SET timezone = 'America/New_York';
SELECT * FROM differences('2024-03-08 02:30', '2024-03-14', '1 day', '1 day');
SET timezone = 'UTC';
-- the comparison would show what another horizon changes
SELECT count(*) > 20 AS differ FROM (SELECT * FROM by_hand('2024-02-20', '2024-04-17', '3 days', '14 days') EXCEPT ALL SELECT * FROM at_once('2024-02-20', '2024-04-17', '3 days', '13 days')) AS d;

-- No row is evidence and conversion at once: a purchase at the instant is what follows it, one at the end of the horizon comes too late.
CREATE TABLE small (lead text, kind text, at timestamptz);
INSERT INTO small VALUES ('a', 'view', '2024-01-01'), ('a', 'purchase', '2024-01-08'), ('b', 'view', '2024-01-07'), ('b', 'purchase', '2024-01-22'),
	('c', 'view', '2024-01-08'), ('c', 'demo', '2024-01-08'), ('d', 'view', '2024-01-02'), ('d', 'refusal', '2024-01-03'), ('d', 'purchase', '2024-01-09'), ('d', 'view', '2024-01-10'),
	('e', 'demo', '2023-01-01'), ('z', 'view', '2024-01-29');
SELECT lead_temperature.track('small', 'lead', 'kind', 'at', NULL, 'known', create_index => true);
SELECT at, lead, lead_number, round(score::numeric, 3) AS score, probability, round(level::numeric, 3) AS level, temperature, interactions, recency, stage, converted
FROM lead_temperature.observations('small', '2024-01-08', '2024-01-15');
-- Another model, as it is now: other points, stages and outcomes, in evidence and conversions alike.
SELECT at, lead, score, temperature, interactions, recency, stage, converted FROM lead_temperature.observations('small', '2024-01-08', '2024-01-08', model => 'other');
UPDATE lead_temperature.signal SET points = 1000, signal_group = NULL WHERE model = 'other' AND kind = 'demo';
UPDATE lead_temperature.model SET half_life = '365 days' WHERE name = 'other';
SELECT at, lead, round(score::numeric, 3) AS score, temperature FROM lead_temperature.observations('small', '2024-01-08', '2024-01-08', model => 'other') WHERE lead = 'e';
-- The tracker's own model is the frozen one unless it is named.
UPDATE lead_temperature.signal SET points = 5 WHERE model = 'known' AND kind = 'view';
SELECT (o).lead, (o).score FROM (SELECT lead_temperature.observations('small', '2024-01-01 00:00:01', '2024-01-01 00:00:01', horizon => '1 day') AS o
	UNION ALL SELECT lead_temperature.observations('small', '2024-01-01 00:00:01', '2024-01-01 00:00:01', horizon => '1 day', model => 'known')) AS s WHERE (o).lead = 'a';
UPDATE lead_temperature.signal SET points = 3.3 WHERE model = 'known' AND kind = 'view';
-- A trained model tells the chance.
INSERT INTO lead_temperature.trained_model VALUES ('other', -3, 0.5, '14 days', now(), '2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04');
SELECT bool_and(abs(probability - 1 / (1 + exp(3 - 0.5 * score))) < 1e-15) AS agrees, count(*) FROM lead_temperature.observations('small', '2024-01-08', '2024-01-15', model => 'other');
DELETE FROM lead_temperature.trained_model WHERE model = 'other';
-- Instants without leads have no rows.
SELECT at, count(*) FROM lead_temperature.observations('small', '2022-12-01', '2023-02-01', '1 month') GROUP BY at;

-- Also from balances, of which it is not known how many interactions they had since the last outcome, and while paused.
CREATE TABLE known AS SELECT * FROM at_once('2024-03-15', '2024-04-17', '1 day', '14 days');
SELECT lead_temperature.archive('event', '2024-03-15') > 100 AS archived;
DELETE FROM event WHERE at < '2024-03-15';
SELECT lead_temperature.pause('event');
SELECT count(*) > 500 AS observations, count(*) FILTER (WHERE (o.score, o.level, o.temperature, o.recency, o.stage, o.converted) IS DISTINCT FROM
	(k.score, k.level, k.temperature, k.recency, k.stage, k.converted)) AS differ
FROM known AS k FULL JOIN at_once('2024-03-15', '2024-04-17', '1 day', '14 days') AS o USING (at, lead);
SELECT count(*) FROM lead_temperature.observations('event', '2024-03-14', '2024-03-20');
\echo :LAST_ERROR_SQLSTATE

-- score_history: the score before and after each instant
SELECT * FROM lead_temperature.score_history('small', '2023-01-01', '2024-01-09') ORDER BY lead_number, at;
SELECT count(*) FROM lead_temperature.score_history('small', '2024-01-08', '2024-01-08');
SELECT bool_and(before = lead_temperature.score(b.heat, s.at)) AS before_agrees, bool_and(after = lead_temperature.score(a.heat, s.at)) AS after_agrees, bool_and(s.status = a.status) AS status_agrees, count(*) > 20 AS met
FROM lead_temperature.score_history('event', '2024-03-20', '2024-03-22') AS s
	JOIN LATERAL (SELECT lead::text, row_number() OVER (ORDER BY lead) AS lead_number FROM (SELECT lead FROM event UNION SELECT lead FROM event_balance) AS l WHERE lead IS NOT NULL) AS n USING (lead_number),
	LATERAL (SELECT * FROM lead_temperature.leads_as_of('event', s.at - interval '1 microsecond') AS o WHERE o.lead = n.lead) AS b,
	LATERAL (SELECT * FROM lead_temperature.leads_as_of('event', s.at) AS o WHERE o.lead = n.lead) AS a;
-- rows to come are none of it
SELECT count(*) FROM lead_temperature.score_history('event', '2190-01-01', '2210-01-01');

-- It makes no difference whether the rows fit into memory.
CREATE TABLE fit AS SELECT * FROM lead_temperature.observations('event', '2024-03-20', '2024-04-10', '3 days');
CREATE TABLE fit_steps AS SELECT * FROM lead_temperature.score_history('event', '2024-03-20', '2024-04-10');
SET work_mem = '64kB';
SELECT count(*) > 100 AS met, (SELECT count(*) FROM (TABLE fit EXCEPT ALL SELECT * FROM lead_temperature.observations('event', '2024-03-20', '2024-04-10', '3 days')) AS d) AS differ FROM fit;
SELECT count(*) > 100 AS met, (SELECT count(*) FROM (TABLE fit_steps EXCEPT ALL SELECT * FROM lead_temperature.score_history('event', '2024-03-20', '2024-04-10')) AS d) AS differ FROM fit_steps;
RESET work_mem;

-- Errors
SELECT * FROM lead_temperature.observations('small', '2024-01-01', '2024-01-22');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.observations('small', '2024-01-15', '2024-01-15');
SELECT count(*) FROM lead_temperature.observations('small', '2024-01-15 00:00:00.000001', '2024-01-15 00:00:00.000001');
\echo :LAST_ERROR_SQLSTATE
-- rows to come show no horizon
SELECT count(*) FROM lead_temperature.observations('event', '2024-04-17', '2024-05-01');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.observations('small', '2024-01-01', '2024-01-08', horizon => '0');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.observations('small', '2024-01-01', '2024-01-08', horizon => '-1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.observations('small', '2024-01-01', '2024-01-08', horizon => '293000 years');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.observations('small', '2024-01-01', '2024-01-08', '-1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.observations('small', '2024-01-01', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.observations('small', '2024-01-01', '2024-01-08', model => 'nobody''s');
\echo :LAST_ERROR_SQLSTATE
CREATE ROLE observations_owner;
CREATE TABLE empty (lead int, kind text, at timestamptz);
GRANT observations_owner TO current_user;
ALTER TABLE empty OWNER TO observations_owner;
GRANT CREATE ON SCHEMA public TO observations_owner;
SET ROLE observations_owner;
SELECT lead_temperature.track('empty', 'lead', 'kind', 'at', create_index => true);
SELECT count(*) FROM lead_temperature.observations('empty', '2024-01-01', '2024-01-08');
\echo :LAST_ERROR_SQLSTATE
-- the model of another
SELECT count(*) FROM lead_temperature.observations('empty', '2024-01-01', '2024-01-08', model => 'other');
\echo :LAST_ERROR_SQLSTATE
-- the table of another
SELECT count(*) FROM lead_temperature.observations('small', '2024-01-01', '2024-01-08');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM lead_temperature.score_history('small', '2024-01-01', '2024-01-08');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.untrack('empty');
DROP TABLE empty;
DELETE FROM lead_temperature.model WHERE owner = current_user;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM observations_owner;
DROP ROLE observations_owner;

SELECT lead_temperature.untrack('event'), lead_temperature.untrack('small');
DROP TABLE event, small, known, fit, fit_steps;
DROP FUNCTION chance, by_hand, at_once, differences;
DELETE FROM lead_temperature.model WHERE name IN ('known', 'other');
