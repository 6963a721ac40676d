--
-- How well the model of a tracker has predicted, week by week
--
SET search_path = public, lead_temperature;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT create_model('points');
INSERT INTO signal (model, kind, points) VALUES ('points', 'point', 1);

-- Leads whose points tell who buys, until some weeks before the end: then they tell the contrary.
SELECT setseed(0.6);
CREATE TABLE log (lead int, kind text, at timestamptz, weight float8);
CREATE TABLE births AS SELECT i AS lead, '2024-01-03 05:00'::timestamptz + random() * interval '250 days' AS at, random() AS eagerness FROM generate_series(1, 4000) i;
INSERT INTO log SELECT lead, 'point', at + n * interval '3 days' * random(), 5 * eagerness + random() FROM births, generate_series(0, 4) n;
INSERT INTO log SELECT lead, 'purchase', at + interval '8 days' + random() * interval '20 days', 1 FROM births
	WHERE random() < 0.6 * CASE WHEN at < '2024-07-20' THEN eagerness ELSE 1 - eagerness END ^ 3;
DELETE FROM log WHERE at > '2024-09-10 12:00';
INSERT INTO log VALUES (9999, 'point', '2024-09-10 12:00', 1);
SELECT track('log', 'lead', 'kind', 'at', 'weight', model => 'points', create_index => true, time_zone => 'America/New_York');

-- without training: a horizon of 14 days, and nothing to expect
SELECT interactions, model, count(*), min(week), max(week), bool_and(horizon = '14 days') AS horizon, count(expected_auc), count(retrain) FROM model_drift GROUP BY 1, 2;
SELECT DISTINCT to_char(week AT TIME ZONE 'America/New_York', 'FMDay HH24:MI') FROM model_drift;
SELECT bool_and(auc_low > 0.87) FILTER (WHERE week BETWEEN '2024-03-10' AND '2024-07-20') AS good, bool_and(auc_high < 0.92) FILTER (WHERE week >= '2024-08-10') AS less FROM model_drift;

-- the same as evaluate, whose steps of seven days are of the session's time zone
SET timezone = 'America/New_York';
SELECT count(*) AS weeks, bool_and((d.leads, d.converted) = (e.leads, e.converted)) AS counts,
	bool_and(abs(d.auc - e.auc) < 1e-12 AND abs(d.auc_low - e.auc_low) < 1e-9 AND abs(d.auc_high - e.auc_high) < 1e-9) AS areas
FROM model_drift d JOIN evaluate('log', (SELECT min(week) FROM model_drift), (SELECT max(week) FROM model_drift)) e
	ON e.at = d.week AND e.ranking = 'heat';
SET timezone = 'UTC';

-- with what training promised
INSERT INTO trained_model (model, intercept, slope, horizon, trained_at, train_from, train_until, test_from, test_until)
VALUES ('points', -4, 0.1, '10 days', '2024-05-01', '2024-01-03', '2024-03-31', '2024-04-01', '2024-04-20');
INSERT INTO training_report (model, ranking, leads, converted, auc) VALUES ('points', 'present', 500, 50, 0.1), ('points', 'trained', 500, 50, 0.93);
SELECT count(*), min(week), max(week), bool_and(horizon = '10 days') AS horizon, bool_and(expected_auc = 0.93) AS expected, bool_and(retrain) AS retrain FROM model_drift;
-- the interval of four weeks is narrower than those of each
SELECT e.auc_high BETWEEN 0.8 AND 0.92 AS plausible, e.auc_high - e.auc_low < min(d.auc_high - d.auc_low) AS narrower
FROM model_drift d, evaluate('log', '2024-08-05 04:00', '2024-08-26 04:00', horizon => '10 days') e
WHERE e.at IS NULL AND e.ranking = 'heat' AND d.week >= '2024-08-05' GROUP BY e.auc_low, e.auc_high;
SELECT auc_high - 0.001 AS below, auc_high + 0.001 AS above FROM evaluate('log', '2024-08-05 04:00', '2024-08-26 04:00', horizon => '10 days')
WHERE at IS NULL AND ranking = 'heat'
\gset
UPDATE training_report SET auc = :below WHERE ranking = 'trained';
SELECT DISTINCT retrain FROM model_drift;
UPDATE training_report SET auc = :above WHERE ranking = 'trained';
SELECT DISTINCT retrain FROM model_drift;
-- rows of the future, and rows that wait to be folded, are no judges
INSERT INTO log VALUES (1, 'point', now() + interval '10 days', 1);
SELECT max(week) FROM model_drift;
DELETE FROM log WHERE at > now();
-- a week without conversions has leads and no area
BEGIN;
DELETE FROM log WHERE kind = 'purchase' AND at >= '2024-08-19';
SELECT week, leads > 0 AS leads, converted, auc, auc_low, auc_high FROM model_drift ORDER BY week DESC LIMIT 1;
DELETE FROM log WHERE kind = 'purchase' AND at >= '2024-07-29';
SELECT DISTINCT retrain FROM model_drift;
ROLLBACK;
-- a horizon that nothing can be judged with yet
BEGIN;
UPDATE trained_model SET horizon = '300 days';
SELECT count(*) FROM model_drift;
ROLLBACK;
-- what is archived cannot be judged any more
BEGIN;
SELECT archive('log', '2024-07-10 12:00') > 0 AS archived;
SELECT min(week), max(week), count(*) FROM model_drift;
ROLLBACK;
-- none while paused: how far the rows go is not known
BEGIN;
SELECT pause('log');
SELECT min(week), max(week), count(*) FROM model_drift;
ROLLBACK;

-- Another tracker: without rows there are no weeks, and who asks for one table does not read another.
CREATE TABLE empty (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT track('empty', 'lead', 'kind', 'at');
SELECT interactions, count(*) FROM model_drift GROUP BY 1;
CREATE TABLE later (lead int, kind text, at timestamptz);
INSERT INTO later SELECT i, k, '2024-01-01'::timestamptz + i * interval '1 day' FROM generate_series(1, 50) i, unnest(ARRAY['visit', 'call']) k;
SELECT track('later', 'lead', 'kind', 'at', create_index => true, model => 'empty');
SELECT interactions, count(*) FROM model_drift GROUP BY 1 ORDER BY 1;
CREATE FUNCTION asked(query text) RETURNS TABLE (node text, read text) LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
		IF line ~ 'model_weeks' THEN
			node := regexp_replace(line, '^[ ->]*(.*) \(.*$', '\1');
			read := substring(line, 'loops=\d+');
			RETURN NEXT;
		END IF;
	END LOOP;
END
$$;
SELECT * FROM asked('SELECT * FROM lead_temperature.model_drift');
SELECT * FROM asked($$SELECT * FROM lead_temperature.model_drift WHERE interactions = 'later'::regclass$$);

-- Rights
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
ALTER TABLE log OWNER TO regress_lt_owner;
SET ROLE regress_lt_other;
SELECT count(*) FROM model_drift;
SELECT model_weeks('log');
-- who owns the table but may not see the model any more gets no more of it than its name
SET ROLE regress_lt_owner;
SELECT interactions, model, count(*), count(expected_auc), bool_and(horizon = '14 days') AS horizon FROM model_drift GROUP BY 1, 2;
RESET ROLE;
UPDATE model SET owner = 'regress_lt_owner' WHERE name = 'points';
SET ROLE regress_lt_owner;
SELECT interactions, model, count(*), count(expected_auc), bool_and(horizon = '10 days') AS horizon FROM model_drift GROUP BY 1, 2;
RESET ROLE;
SHOW timezone;

-- whose last rows may go meanwhile
SELECT max(week) AS last_week FROM model_drift WHERE interactions = 'log'::regclass \gset
SELECT pause('log');
DELETE FROM log WHERE at > :'last_week';
SELECT interactions, count(*) FROM model_drift GROUP BY 1;
SELECT resume('log');
SELECT max(week) < :'last_week' AS earlier FROM model_drift WHERE interactions = 'log'::regclass;

-- What is wrong with one tracker is told in a row and a warning of its own, and the others are told of as before.
CREATE TABLE wrong (lead int, kind text, at timestamptz);
INSERT INTO wrong VALUES (1, 'visit', '2024-01-01'), (2, 'visit', '2024-06-01');
SELECT track('wrong', 'lead', 'kind', 'at', create_index => true, model => 'empty');
CREATE VIEW told AS SELECT interactions, count(*), count(week) AS weeks, count(model) AS models FROM lead_temperature.model_drift GROUP BY 1;
SELECT * FROM told ORDER BY interactions;
BEGIN;
UPDATE wrong_lead SET last_at = 'infinity' WHERE lead = 2;
SELECT * FROM told ORDER BY interactions;
SELECT * FROM model_drift WHERE interactions = 'wrong'::regclass;
ROLLBACK;
BEGIN;
UPDATE wrong_lead SET first_at = '-infinity' WHERE lead = 1;
SELECT * FROM told ORDER BY interactions;
ROLLBACK;
-- a corrupt frozen model, a lost one, a state that is gone, a kind that cannot be read, a horizon that cannot be added
BEGIN;
UPDATE model_version SET warm = 'NaN' WHERE interactions = 'wrong'::regclass;
GRANT SELECT ON wrong TO PUBLIC;
SELECT * FROM told ORDER BY interactions;
DELETE FROM model_version WHERE interactions = 'wrong'::regclass;
GRANT SELECT ON wrong TO PUBLIC;
SELECT * FROM told ORDER BY interactions;
ROLLBACK;
BEGIN;
ALTER EVENT TRIGGER lead_temperature_ddl DISABLE;
ALTER TABLE wrong_lead RENAME first_at TO began_at;
SELECT * FROM told ORDER BY interactions;
ROLLBACK;
BEGIN;
UPDATE trained_model SET horizon = '-1 day';
SELECT * FROM told ORDER BY interactions;
ROLLBACK;
-- whoever waits too long, or is not the owner, is told so
\set VERBOSITY terse
SET statement_timeout = '1ms';
SELECT count(*) FROM model_drift;
RESET statement_timeout;
\set VERBOSITY default
SET ROLE regress_lt_other;
SELECT model_weeks('wrong');
RESET ROLE;
SELECT model_weeks('births');
-- it is a cursor's, a savepoint's and a plan's as any view is
BEGIN;
UPDATE wrong_lead SET last_at = 'infinity' WHERE lead = 2;
SET client_min_messages = error;
DECLARE c CURSOR FOR SELECT * FROM told ORDER BY interactions;
SAVEPOINT s;
FETCH 2 FROM c;
ROLLBACK TO s;
FETCH ALL FROM c;
ROLLBACK;
SHOW search_path;
SHOW timezone;
SELECT current_user = session_user AS still_oneself;

-- Nor does the clock of one replay break the view of all.
INSERT INTO replay_progress (interactions, version, started_at, updated_at, folding_since, rows_total, rows_before, rows_done, leads_done) VALUES
	('later', 1, '2024-01-01', '2024-01-01 00:00:10', '2024-01-01', 200, 0, 100, 10), ('wrong', 1, '2024-01-01', '9024-01-01', '2024-01-01', 9000000000000000, 0, 1, 1);
SELECT interactions, phase, rows_per_second > 0 AS rate, estimated_end FROM replays ORDER BY 1;
DELETE FROM replay_progress;

DROP VIEW told;
SELECT untrack('wrong');
DROP TABLE wrong;
SELECT untrack('log'), untrack('empty'), untrack('later');
DROP TABLE log, empty, later, births;
DROP FUNCTION asked;
DELETE FROM model;
DROP ROLE regress_lt_owner, regress_lt_other;
