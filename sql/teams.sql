--
-- Teams that claim what is theirs, and who may claim at all.
--
\pset format unaligned
\pset tuples_only
SET timezone = 'UTC';
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_app;
CREATE ROLE regress_lt_other;
GRANT CREATE ON SCHEMA public TO regress_lt_owner, regress_lt_other;
SET client_min_messages = warning;
SET ROLE regress_lt_owner;
CREATE TABLE event (lead int, kind text, at timestamptz DEFAULT now());
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', create_index => true);
SELECT lead_temperature.add_module('event', 'handoff');
CREATE TABLE contact (id int PRIMARY KEY, ref text, territory text, size int, "Odd ""Name""" bool DEFAULT true);
INSERT INTO contact SELECT i, i::text, (ARRAY['north', 'south', 'north', 'it''s'])[1 + i % 4], i * 10 FROM generate_series(1, 8) i;
RESET client_min_messages;
INSERT INTO event SELECT i, 'demo_request' FROM generate_series(1, 9) i;
-- the higher the number the hotter
INSERT INTO event SELECT i, 'visit', now() + i * interval '1 millisecond' FROM generate_series(1, 9) i;

-- A team has the leads for which a condition over the row of a table is true.
SELECT lead_temperature.set_team('event', 'north', 'contact', 'id', $$territory = 'north'$$);
SELECT lead_temperature.set_team('event', 'big', 'contact', 'ref::int', $$size > 40 AND "Odd ""Name"""$$);
SELECT lead_temperature.set_team('event', $$it's$$, 'contact', 'id', $$territory = 'it''s' AND upper(ref) <> ''$$);
SELECT tracker, team, channel, relation, key, filter FROM lead_temperature.handoff_settings ORDER BY team;
BEGIN;
SELECT lead FROM lead_temperature.claim('event', 'Ann', 2, 'north');
SELECT lead FROM lead_temperature.claim('event', 'Bob', 1, 'big');
SELECT lead FROM lead_temperature.claim('event', 'Bob', 10, $$it's$$);
SELECT lead FROM lead_temperature.claim('event', 'Ann', 10, 'north');
-- who names none takes what is left, of any team or none
SELECT lead FROM lead_temperature.claim('event', 'Cyd', 10);
ROLLBACK;
-- it may be said anew, and taken back
SELECT lead_temperature.set_team('event', 'big', 'contact', 'id', 'size > 70');
SELECT lead FROM lead_temperature.claim('event', 'Bob', 10, 'big');
SELECT lead_temperature.drop_team('event', 'big');
SELECT * FROM lead_temperature.claim('event', 'Bob', 1, 'big');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.drop_team('event', 'big');
\echo :LAST_ERROR_SQLSTATE

-- Bad input changes nothing, and nothing is run that is no condition over one row.
CREATE TEMPORARY TABLE before AS SELECT * FROM lead_temperature.handoff_settings;
SELECT lead_temperature.set_team('event', NULL, 'contact', 'id', 'true');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', NULL, 'id', 'true');
SELECT lead_temperature.set_team('event', 't', 'contact', NULL, 'true');
SELECT lead_temperature.set_team('event', 't', 'contact', 'id', NULL);
SELECT lead_temperature.set_team(NULL, 't', 'contact', 'id', 'true');
SELECT lead_temperature.drop_team('event', NULL);
SELECT lead_temperature.set_team('event', '', 'contact', 'id', 'true');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 0, 'id', 'true');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'contact', 'ref', 'true');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'contact', 'id', 'size');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'contact', 'no_such', 'true');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'contact', 'id', 'no_such = 1');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'contact', 'id', '');
SELECT lead_temperature.set_team('event', 't', 'contact', 'id', 'true); DROP TABLE contact; --');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'contact', 'id', 'size IN (SELECT size FROM contact)');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'contact', 'id', 'size > count(*)');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'contact', 'id', 'random() < 0.5');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'contact', 'id', 'contact IS NOT NULL');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'event_ranking', 'lead', 'true');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'before', 'team', 'true');
RESET ROLE;
SET ROLE regress_lt_other;
CREATE TABLE theirs (id int, mine bool);
CREATE FUNCTION evil(int) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'runs as %', current_user; END $$;
RESET ROLE;
SET ROLE regress_lt_owner;
SELECT lead_temperature.set_team('event', 't', 'theirs', 'id', 'mine');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'contact', 'id', 'evil(size)');
\echo :LAST_ERROR_SQLSTATE
(TABLE before EXCEPT SELECT * FROM lead_temperature.handoff_settings) UNION ALL (SELECT * FROM lead_temperature.handoff_settings EXCEPT TABLE before);

-- What was good and is no longer is told to who claims: a function that has become another's, a column or a table that is gone.
CREATE FUNCTION good(int) RETURNS bool IMMUTABLE LANGUAGE sql AS $$ SELECT $1 > 20 $$;
SELECT lead_temperature.set_team('event', 'good', 'contact', 'id', 'good(size)');
SELECT lead FROM lead_temperature.claim('event', 'Dan', 1, 'good');
SELECT lead_temperature.release('event', lead::text, 'Dan') FROM event_handoff WHERE agent = 'Dan';
RESET ROLE;
ALTER FUNCTION good(int) OWNER TO regress_lt_other;
SELECT lead FROM lead_temperature.claim('event', 'Dan', 1, 'good');
\echo :LAST_ERROR_SQLSTATE
DROP FUNCTION good(int);
SET ROLE regress_lt_owner;
SELECT lead FROM lead_temperature.claim('event', 'Dan', 1, 'good');
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE contact RENAME territory TO region;
SELECT lead FROM lead_temperature.claim('event', 'Dan', 1, 'north');
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE contact RENAME region TO territory;
ALTER TABLE contact RENAME TO person;
SELECT relation FROM lead_temperature.handoff_settings WHERE team = 'north';
SELECT lead FROM lead_temperature.claim('event', 'Dan', 1, 'north');
DROP TABLE person;
SELECT lead FROM lead_temperature.claim('event', 'Dan', 1, 'north');
\echo :LAST_ERROR_SQLSTATE
-- a filter that fails for a row fails who claims
CREATE TABLE contact (id int PRIMARY KEY, ref text);
INSERT INTO contact VALUES (1, 'x');
SELECT lead_temperature.set_team('event', 'north', 'contact', 'id', 'ref::int > 1');
\set VERBOSITY terse
SELECT lead FROM lead_temperature.claim('event', 'Dan', 10, 'north');
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default
-- columns of one's own in the state may say it, too
ALTER TABLE event_lead ADD COLUMN owner text;
UPDATE event_lead SET owner = 'Eve' WHERE lead = 5;
SELECT lead_temperature.set_team('event', 'Eve', 'event_lead', 'lead', $$owner = 'Eve'$$);
SELECT lead FROM lead_temperature.claim('event', 'Eve', 10, 'Eve');
SELECT lead_temperature.reject('event', '5', 'Eve', 'mine anyway');

-- Channels.
SELECT lead_temperature.set_handoff('event', '');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_handoff('event', repeat('x', 64));
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_handoff(NULL, 'hot');
SELECT lead_temperature.set_handoff('event', repeat('x', 63));
SELECT lead_temperature.set_handoff('event', 'hot');
SELECT team, channel FROM lead_temperature.handoff_settings WHERE channel IS NOT NULL;
SELECT lead_temperature.set_handoff('event', NULL), lead_temperature.set_handoff('event', NULL);
SELECT team, channel FROM lead_temperature.handoff_settings WHERE channel IS NOT NULL;

-- Who may update the table of handoffs may claim; nobody else, and he nothing else.
RESET ROLE;
SET ROLE regress_lt_app;
SELECT * FROM lead_temperature.claim('event', 'Fay');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.briefing('event', '9');
SELECT lead_temperature.release('event', '9', 'Fay');
SELECT lead_temperature.set_handoff('event', 'hot');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.set_team('event', 't', 'contact', 'id', 'true');
SELECT lead_temperature.drop_team('event', 'north');
SELECT count(*) FROM lead_temperature.handoff_settings;
TABLE lead_temperature.handoff_setting;
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
GRANT UPDATE ON event_handoff TO regress_lt_app;
GRANT SELECT ON event_queue TO regress_lt_app;
SET ROLE regress_lt_app;
SELECT lead, briefing->>'stage' FROM lead_temperature.claim('event', 'Fay', 2);
SELECT lead_temperature.log_contact('event', '9', 'Fay', 'called'), lead_temperature.release('event', '7', 'Fay');
SELECT lead_temperature.briefing('event', '9')->'handoff'->>'note';
SELECT lead_temperature.accept('event', '9', 'Fay');
SELECT lead FROM lead_temperature.claim('event', 'Fay');
SELECT lead_temperature.reject('event', '7', 'Fay', 'not now', '1 day');
SELECT lead FROM lead_temperature.claim('event', 'Fay', 10, 'Eve');
SELECT count(*) FROM event_queue;
TABLE event_handoff;
SELECT * FROM event_lead;
-- policies of the table are none that functions go by
RESET ROLE;
ALTER TABLE event_handoff ENABLE ROW LEVEL SECURITY;
SET ROLE regress_lt_app;
SELECT lead FROM lead_temperature.claim('event', 'Fay');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
SET ROLE regress_lt_owner;
SELECT lead FROM lead_temperature.claim('event', 'Fay');
SELECT l.stage, h.state FROM event_lead l JOIN event_handoff h USING (lead) WHERE lead = 9;

RESET ROLE;
SET client_min_messages = warning;
DROP TABLE event, contact, theirs;
SELECT count(*) FROM lead_temperature.handoff_setting;
DROP FUNCTION evil(int);
DROP TABLE before;
DELETE FROM lead_temperature.model;
DROP OWNED BY regress_lt_owner, regress_lt_app, regress_lt_other;
DROP ROLE regress_lt_owner, regress_lt_app, regress_lt_other;
