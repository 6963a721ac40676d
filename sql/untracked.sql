--
-- History of any table, tracked or not: leads_as_of, observations and evaluate.
--
SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = public, lead_temperature;
\set SHOW_CONTEXT never

CREATE FUNCTION chance(a int8, b int8) RETURNS float8 LANGUAGE sql IMMUTABLE AS
	'SELECT (hashint8extended(a, b) & 1073741823) / 1073741824.0::float8';
INSERT INTO model (name, half_life, warm, mql, hot) VALUES ('judged', '5 days', 5, 10, 25);
INSERT INTO signal (model, kind, points, stage) VALUES ('judged', 'view', 1, NULL), ('judged', 'demo', 30, 'lead');
INSERT INTO signal (model, kind, outcome) VALUES ('judged', 'purchase', 'won'), ('judged', 'refusal', 'lost');
CREATE TABLE event (lead int, kind text, at timestamptz, weight float8);
INSERT INTO event SELECT 1 + floor(chance(i, 0) * 200)::int, (ARRAY['view', 'view', 'view', 'demo', 'purchase', 'refusal'])[1 + floor(chance(i, 1) * 6)::int],
	timestamptz '2024-03-01' + chance(i, 2) * interval '49 days', CASE i % 50 WHEN 0 THEN float8 'NaN' WHEN 1 THEN -1 WHEN 2 THEN NULL ELSE 1 END
FROM generate_series(1, 1500) AS i;
CREATE TABLE archive AS TABLE event;
-- otherwise said: an archive of years, in local time, with other columns and rows of others
CREATE TABLE "Old ""log""" AS SELECT 'lead ' || lead AS "who?", jsonb_build_object('event', upper(kind)) AS data, (at AT TIME ZONE 'Asia/Tokyo') AS "when", weight::text AS w, true AS ours FROM event
	UNION ALL SELECT 'lead ' || lead, '{"event": "DEMO"}', at AT TIME ZONE 'Asia/Tokyo', '1', false FROM event;
CREATE VIEW seen AS SELECT substr("who?", 6)::int AS lead, lower(data ->> 'event') AS kind, "when" AT TIME ZONE 'Asia/Tokyo' AS at, w::float8 AS weight FROM "Old ""log""" WHERE ours;
SELECT track('event', 'lead', 'kind', 'at', 'weight', 'judged', create_index => true);

-- What a tracker tells, and what the same rows tell without one.
CREATE TABLE told AS SELECT * FROM leads_as_of('event', '2024-04-01');
SELECT (SELECT count(*) FROM told) > 150 AS leads, count(*) AS differences FROM (
	(TABLE told EXCEPT ALL SELECT * FROM leads_as_of('archive', 'lead', 'kind', 'at', 'weight', 'judged', '2024-04-01')) UNION ALL
	(SELECT * FROM leads_as_of('seen', 'lead', 'kind', 'at', 'weight', 'judged', '2024-04-01') EXCEPT ALL TABLE told)) AS d;
CREATE TABLE observed AS SELECT * FROM observations('event', '2024-03-08', '2024-03-29');
SELECT (SELECT count(*) FROM observed) > 300 AS observations, count(*) AS differences FROM (
	(TABLE observed EXCEPT ALL SELECT * FROM observations('archive', 'lead', 'kind', 'at', 'weight', 'judged', '2024-03-08', '2024-03-29', '14 days')) UNION ALL
	(SELECT * FROM observations('seen', 'lead', 'kind', 'at', 'weight', 'judged', '2024-03-08', '2024-03-29', '14 days') EXCEPT ALL TABLE observed)) AS d;
SELECT count(*) AS differences FROM (
	TABLE observed EXCEPT ALL SELECT o.at, substr(o.lead, 6), m.lead_number, o.score, o.probability, o.level, o.temperature, o.interactions, o.recency, o.stage, o.converted
	FROM observations('"Old ""log"""', '"who?"', $$lower(data ->> 'event')$$, 'when', 'w::float8', 'judged', since => '2024-03-08', until => '2024-03-29', horizon => '14 days',
		filter => 'ours', time_zone => 'Asia/Tokyo') AS o JOIN observed AS m ON m.lead = substr(o.lead, 6) AND m.at = o.at) AS d;
CREATE TABLE archive_judged AS SELECT * FROM evaluate('event', '2024-03-08', '2024-03-29');
SELECT (SELECT count(*) FROM archive_judged) AS rows, count(*) AS differences FROM (
	TABLE archive_judged EXCEPT ALL SELECT * FROM evaluate('archive', 'lead', 'kind', 'at', 'weight', 'judged', '2024-03-08', '2024-03-29', '14 days')) AS d;
SELECT ranking, leads, round(auc::numeric, 3) AS auc FROM evaluate(relation => 'archive', lead_column => 'lead', kind_column => 'kind', at_column => 'at', weight_column => NULL, model => 'judged',
	since => '2024-03-08', until => '2024-03-29', horizon => '7 days', step => '14 days', entry => 'lead') WHERE at IS NULL;
-- names in expressions are found as the caller finds them
SELECT count(*) > 0 AS found FROM evaluate('archive', 'lead', 'kind', 'at', 'chance(lead, 1)', 'judged', '2024-03-08', '2024-03-29', '14 days', filter => 'chance(lead, 2) < 0.9');
-- nothing is tracked by that, nor made
SELECT count(*) FROM trackers;
SELECT count(*) FROM pg_class WHERE relname LIKE 'archive\_%' AND relname <> 'archive_judged';

-- A trained model has chances there, too; and a table that is no one's own may be read.
CREATE ROLE regress_lt_reader;
CREATE ROLE regress_lt_stranger;
GRANT USAGE ON SCHEMA public TO regress_lt_reader, regress_lt_stranger;
GRANT SELECT ON archive, seen TO regress_lt_reader;
UPDATE model SET owner = 'regress_lt_reader' WHERE name = 'judged';
INSERT INTO trained_model (model, intercept, slope, horizon, trained_at, train_from, train_until, test_from, test_until)
	VALUES ('judged', -2, 0.05, '14 days', now(), '2024-01-01', '2024-02-01', '2024-02-01', '2024-03-01');
SET ROLE regress_lt_reader;
SELECT count(probability) = count(*) AS chances, bool_and(abs(probability - 1 / (1 + exp(2 - 0.05 * score))) < 1e-12) AS right
FROM observations('archive', 'lead', 'kind', 'at', 'weight', 'judged', '2024-03-08', '2024-03-29', '14 days');
SELECT count(*) > 100 AS readable FROM leads_as_of('seen', 'lead', 'kind', 'at', 'weight', 'judged', '2024-04-01');
SELECT count(*) FROM leads_as_of('"Old ""log"""', '"who?"', 'data', 'when', NULL, 'judged', '2024-04-01');
SET ROLE regress_lt_stranger;
SELECT count(*) FROM leads_as_of('archive', 'lead', 'kind', 'at', 'weight', 'judged', '2024-04-01');
RESET ROLE;
GRANT SELECT ON archive TO regress_lt_stranger;
SET ROLE regress_lt_stranger;
SELECT count(*) FROM leads_as_of('archive', 'lead', 'kind', 'at', 'weight', 'judged', '2024-04-01');
RESET ROLE;
-- and rows that a policy hides are not there
ALTER TABLE archive ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON archive FOR SELECT TO regress_lt_reader USING (lead <= 10);
SET ROLE regress_lt_reader;
SELECT count(*) FROM leads_as_of('archive', 'lead', 'kind', 'at', 'weight', 'judged', '2024-04-19');
RESET ROLE;

-- What is wrong is said.
\set VERBOSITY default
SELECT * FROM leads_as_of('archive', 'leed', 'kind', 'at', 'weight', 'judged', '2024-04-01');
SELECT * FROM leads_as_of('archive', 'lead', 'kind', 'kind', 'weight', 'judged', '2024-04-01');
SELECT * FROM leads_as_of('archive', 'lead', 'kind', 'at', 'kind', 'judged', '2024-04-01');
SELECT * FROM leads_as_of('archive', 'lead', 'kind', 'at', 'random()', 'judged', '2024-04-01');
SELECT * FROM leads_as_of('archive', NULL, 'kind', 'at', 'weight', 'judged', '2024-04-01');
SELECT * FROM leads_as_of('archive', 'lead', 'kind', 'at', 'weight', NULL, '2024-04-01');
SELECT * FROM leads_as_of('archive', 'lead', 'kind', 'at', 'weight', 'unknown', '2024-04-01');
SELECT * FROM leads_as_of('archive', 'lead', 'kind', 'at', 'weight', 'judged', NULL);
SELECT * FROM leads_as_of('archive', 'lead', 'kind', 'at', 'weight', 'judged', 'infinity');
SELECT * FROM leads_as_of('archive', 'lead', 'kind', 'at', 'weight', 'judged', '2024-04-01', time_zone => '+05:30');
SELECT * FROM leads_as_of(0, 'lead', 'kind', 'at', 'weight', 'judged', '2024-04-01');
SELECT * FROM leads_as_of('event_transition_id_seq', 'lead', 'kind', 'at', 'weight', 'judged', '2024-04-01');
SELECT * FROM observations('archive', 'lead', 'kind', 'at', 'weight', 'judged', '2024-03-08', '2024-03-29', '14 days', filter => 'weight');
SELECT * FROM observations('archive', 'lead', 'kind', 'at', 'weight', 'judged', '2024-03-08', '2024-03-29', '100 days');
SELECT * FROM observations('archive', 'lead', 'kind', 'at', 'weight', 'judged', NULL, '2024-03-29', '14 days');
SELECT * FROM evaluate('archive', 'lead', 'kind', 'at', 'weight', 'judged', '2024-03-08', '2024-03-29', NULL);
CREATE TABLE empty (LIKE archive);
SELECT count(*) FROM leads_as_of('empty', 'lead', 'kind', 'at', 'weight', 'judged', '2024-04-01');
SELECT * FROM observations('empty', 'lead', 'kind', 'at', 'weight', 'judged', '2024-03-08', '2024-03-29', '14 days');
\set VERBOSITY terse

SELECT untrack('event');
DROP VIEW seen;
DROP TABLE event, archive, "Old ""log""", told, observed, archive_judged, empty;
DELETE FROM model;
DROP FUNCTION chance;
DROP OWNED BY regress_lt_reader, regress_lt_stranger;
DROP ROLE regress_lt_reader, regress_lt_stranger;
