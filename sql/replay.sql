--
-- replay: all leads made anew from their rows by the model as it is now.
-- (In batches beside writers: test/t/007_replay.pl and the isolation specs replay and late_rows.)
--
\pset format unaligned
\pset tuples_only
SET client_min_messages = warning;
SELECT lead_temperature.create_model('m', 'default');
CREATE TABLE event (lead int, kind text, at timestamptz);
INSERT INTO event SELECT i, 'question', '2024-01-01 00:00:00+00'::timestamptz + i * interval '1 hour' FROM generate_series(1, 5) i;
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'm', create_index => true);
CREATE VIEW seen AS
	SELECT (SELECT string_agg(format('%s:%s', lead, stage), ' ' ORDER BY lead) FROM event_lead) AS state,
		(SELECT string_agg(DISTINCT model_version::text, ' ') FROM event_lead) AS versions,
		(SELECT format('%s of %s', count(*) FILTER (WHERE superseded_at IS NULL), count(*)) FROM event_transition) AS transitions, stale
	FROM lead_temperature.trackers WHERE interactions = 'event'::regclass;
TABLE seen;

-- Where nothing has changed nothing is written.
CREATE TABLE before AS SELECT lead, xmin::text AS written FROM event_lead;
CALL lead_temperature.replay('event');
TABLE seen;
SELECT count(*) FROM event_lead l JOIN before b USING (lead) WHERE l.xmin::text <> b.written;

-- An edited model: stale until then; leads come under a new version, what is otherwise now supersedes what was.
UPDATE lead_temperature.signal SET stage = 'opportunity' WHERE model = 'm' AND kind = 'question';
TABLE seen;
INSERT INTO event VALUES (6, 'question', '2024-01-02');
TABLE seen;
CALL lead_temperature.replay('event');
TABLE seen;
SELECT interactions, phase, rows_done, leads_done FROM lead_temperature.replays;
-- edited back, the history shows both
UPDATE lead_temperature.signal SET stage = 'lead' WHERE model = 'm' AND kind = 'question';
CALL lead_temperature.replay('event');
TABLE seen;

-- In a transaction block it is one piece, which is undone with it.
BEGIN;
UPDATE lead_temperature.signal SET stage = 'opportunity' WHERE model = 'm' AND kind = 'question';
CALL lead_temperature.replay('event');
TABLE seen;
ROLLBACK;
TABLE seen;

-- It mends state that other hands have changed, and rows that came without a trigger.
UPDATE event_lead SET interactions = 99 WHERE lead = 1;
DELETE FROM event_lead WHERE lead = 2;
INSERT INTO event_lead SELECT 77, heat, level, first_at, last_at, stage_since, hot_since, due_at, interactions, stage, status, cycle, purchases, model_version, group_points FROM event_lead WHERE lead = 3;
ALTER TABLE event DISABLE TRIGGER USER;
INSERT INTO event VALUES (8, 'purchase', '2024-01-03');
DELETE FROM event WHERE lead = 4;
ALTER TABLE event ENABLE TRIGGER USER;
SELECT lead, attribute FROM lead_temperature.drift('event') WHERE attribute IN ('lead', 'interactions') ORDER BY lead;
CALL lead_temperature.replay('event');
TABLE seen;
SELECT count(*) FROM lead_temperature.drift('event');

-- An empty table, and a table of one lead more than before.
DELETE FROM event;
CALL lead_temperature.replay('event');
TABLE seen;
INSERT INTO event VALUES (1, 'question', '2024-01-01');
TABLE seen;

-- What is refused.
CALL lead_temperature.replay(NULL);
\echo :LAST_ERROR_SQLSTATE
CREATE TABLE untracked (x int);
CALL lead_temperature.replay('untracked');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.pause('event');
CALL lead_temperature.replay('event');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.resume('event');
CREATE ROLE regress_lt_writer;
GRANT ALL ON event TO regress_lt_writer;
SET ROLE regress_lt_writer;
CALL lead_temperature.replay('event');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM event;
FETCH FROM c;
CALL lead_temperature.replay('event');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
DELETE FROM lead_temperature.model WHERE name = 'm';
CALL lead_temperature.replay('event');
\echo :LAST_ERROR_SQLSTATE
TABLE seen;

DROP VIEW seen;
DROP TABLE event, untracked, before;
DROP ROLE regress_lt_writer;
