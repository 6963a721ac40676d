--
-- score_breakdown: what the score of a lead is made of.
--
\pset format unaligned
SET client_min_messages = warning;
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('m', current_user, '10 days', 10, 25, 40);
INSERT INTO lead_temperature.signal_group VALUES ('m', 'browsing', 20);
INSERT INTO lead_temperature.signal (model, kind, points, signal_group, stage) VALUES
	('m', 'view', 8, 'browsing', NULL), ('m', 'search', 4, 'browsing', NULL), ('m', 'demo', 40, NULL, 'lead'), ('m', 'bounce', -3, NULL, NULL);
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES ('m', 'purchase', 'won'), ('m', 'refusal', 'lost');
CREATE TABLE event (lead text, kind text, at timestamptz, weight numeric);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', weight => 'weight', model => 'm', create_index => true);

-- explained shows the parts of a lead's score, rounded, and whether they add up to it.
CREATE FUNCTION explained(who text) RETURNS TABLE (kind text, signal_group text, interactions bigint, points numeric) LANGUAGE sql AS $$
	SELECT kind, signal_group, interactions, round(points::numeric, 6) FROM lead_temperature.score_breakdown('event', who)
	UNION ALL SELECT 'sum', NULL, sum(interactions), CASE WHEN abs(sum(points) - (SELECT score FROM event_ranking WHERE lead = who)) < 1e-9 THEN 0 END
	FROM lead_temperature.score_breakdown('event', who)
$$;
BEGIN;
-- two kinds of one group below its cap, a kind of none, a weight, a kind without a signal, the null kind
INSERT INTO event VALUES ('a', 'view', now(), 1), ('a', 'search', now(), 0.5), ('a', 'demo', now(), NULL), ('a', 'other', now(), 1), ('a', NULL, now(), 1);
SELECT * FROM explained('a');
-- beyond the cap: what the cap cut has a row of its own
INSERT INTO event SELECT 'b', 'view', now(), 1 FROM generate_series(1, 5);
SELECT * FROM explained('b');
-- ten days later half of it is left
INSERT INTO event VALUES ('c', 'view', now() - interval '240 hours', 2), ('c', 'demo', now() - interval '480 hours', 1), ('c', 'bounce', now(), 1);
SELECT * FROM explained('c');
-- an outcome spends what came before it; what comes after counts again
INSERT INTO event VALUES ('d', 'demo', now() - interval '2 hours', 1), ('d', 'purchase', now() - interval '1 hour', NULL), ('d', 'view', now(), 1);
SELECT * FROM explained('d');
INSERT INTO event VALUES ('e', 'demo', now() - interval '1 hour', 1), ('e', 'refusal', now(), NULL);
SELECT * FROM explained('e');
-- rows that are still to come, or have no time, count nowhere
INSERT INTO event VALUES ('f', 'view', now() + interval '1 day', 1), ('f', 'view', NULL, 1), ('f', 'search', now(), 1);
SELECT * FROM explained('f');
-- a late row
INSERT INTO event VALUES ('b', 'demo', now() - interval '240 hours', 1);
SELECT * FROM explained('b');
ROLLBACK;

-- Opening balances stand in a row without kind, of a group or of the rest.
INSERT INTO event VALUES ('g', 'view', '2024-01-01', 1), ('g', 'demo', '2024-01-01', 1), ('g', 'view', '2024-02-01', 1);
SELECT lead_temperature.archive('event', '2024-01-15');
DELETE FROM event WHERE at < '2024-01-15';
SELECT kind, signal_group, interactions, points > 0 AS counts FROM lead_temperature.score_breakdown('event', 'g');
SELECT abs(sum(points) - (SELECT score FROM event_ranking WHERE lead = 'g')) < 1e-9 AS adds_up FROM lead_temperature.score_breakdown('event', 'g');

-- No lead, no row; nothing without a table or a lead; what is refused.
SELECT count(*) FROM lead_temperature.score_breakdown('event', 'nobody');
SELECT count(*) FROM lead_temperature.score_breakdown('event', NULL);
SELECT count(*) FROM lead_temperature.score_breakdown(NULL, 'a');
CREATE TABLE numbered (lead int, kind text, at timestamptz);
SELECT lead_temperature.score_breakdown('numbered', '1');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.track('numbered', 'lead', 'kind', 'at', model => 'm', create_index => true);
SELECT lead_temperature.score_breakdown('numbered', 'one');
\echo :LAST_ERROR_SQLSTATE
CREATE ROLE regress_lt_reader;
GRANT SELECT ON numbered, numbered_lead, numbered_ranking TO regress_lt_reader;
SET ROLE regress_lt_reader;
SELECT lead_temperature.score_breakdown('numbered', '1');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;

DROP TABLE event, numbered;
DROP FUNCTION explained;
DROP ROLE regress_lt_reader;
DELETE FROM lead_temperature.model WHERE name = 'm';
