--
-- pause and resume: rows pass without being followed, and all of them count once it goes on.
--
\pset format unaligned
\pset tuples_only
SET client_min_messages = warning;
SELECT lead_temperature.create_model('m', 'default');
CREATE TABLE event (id int PRIMARY KEY, lead int, kind text, at timestamptz);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'm', create_index => true, funnel_counts => true);
INSERT INTO event VALUES (1, 1, 'question', '2024-01-01'), (2, 2, 'question', '2024-01-01');
CREATE VIEW seen AS
	SELECT (SELECT string_agg(format('%s:%s:%s', lead, interactions, stage), ' ' ORDER BY lead) FROM event_lead) AS state,
		(SELECT count(*) FROM event_transition WHERE superseded_at IS NULL) AS transitions, (SELECT sum(leads) FROM event_funnel) AS funnel,
		paused, stale FROM lead_temperature.trackers WHERE interactions = 'event'::regclass;
TABLE seen;

-- Paused, it counts nothing, whatever is done to the rows, and the views answer as before.
SELECT lead_temperature.pause('event');
INSERT INTO event VALUES (3, 3, 'purchase', '2024-01-02'), (4, 1, 'question', '2024-01-03');
UPDATE event SET lead = 4 WHERE id = 2;
DELETE FROM event WHERE id = 1;
TABLE seen;
SELECT count(*) FROM event_ranking;
-- twice is as once
SELECT lead_temperature.pause('event');
-- what goes by the rows alone sees them
SELECT DISTINCT lead FROM lead_temperature.drift('event') ORDER BY lead;
-- a replay would be undone by what follows
CALL lead_temperature.replay('event');
\echo :LAST_ERROR_SQLSTATE

-- Resumed, all rows count, those that came meanwhile too.
SELECT lead_temperature.resume('event');
TABLE seen;
SELECT count(*) FROM lead_temperature.drift('event');
INSERT INTO event VALUES (5, 5, 'question', '2024-01-04');
TABLE seen;
-- what is not paused may be resumed: all is made anew
SELECT lead_temperature.resume('event');
TABLE seen;

-- TRUNCATE while paused
SELECT lead_temperature.pause('event');
TRUNCATE event;
TABLE seen;
SELECT lead_temperature.resume('event');
TABLE seen;
-- rolled back it never was
BEGIN;
SELECT lead_temperature.pause('event');
ROLLBACK;
INSERT INTO event VALUES (6, 6, 'question', '2024-01-04');
TABLE seen;
-- an edited model is taken over by a replay, not by resuming
UPDATE lead_temperature.signal SET stage = 'opportunity' WHERE model = 'm' AND kind = 'question';
SELECT lead_temperature.pause('event');
TABLE seen;
SELECT lead_temperature.resume('event');
TABLE seen;

CALL lead_temperature.replay('event');
TABLE seen;

-- Who may: the owner of the table, of a tracked one.
SELECT lead_temperature.pause(NULL) IS NULL, lead_temperature.resume(NULL) IS NULL;
CREATE ROLE regress_lt_writer;
GRANT INSERT ON event TO regress_lt_writer;
SET ROLE regress_lt_writer;
SELECT lead_temperature.pause('event');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.resume('event');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
CREATE TABLE untracked (x int);
SELECT lead_temperature.pause('untracked');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.resume('untracked');
\echo :LAST_ERROR_SQLSTATE
-- not in the middle of a statement on the table
CREATE FUNCTION resume_in_trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM lead_temperature.resume('event'); RETURN NULL; END $$;
CREATE TRIGGER resumes AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION resume_in_trigger();
INSERT INTO event VALUES (7, 7, 'question', '2024-01-04');
\echo :LAST_ERROR_SQLSTATE
DROP TRIGGER resumes ON event;
TABLE seen;

DROP VIEW seen;
DROP TABLE event, untracked;
DROP FUNCTION resume_in_trigger;
DROP ROLE regress_lt_writer;
DELETE FROM lead_temperature.model WHERE name = 'm';
