--
-- What an unprivileged role plants in its own objects never runs as anybody else,
-- and never holds up what others do.
--
\pset format unaligned
\pset tuples_only

CREATE ROLE regress_lt_mallory;
CREATE ROLE regress_lt_victim;
CREATE SCHEMA planted;
GRANT USAGE, CREATE ON SCHEMA planted TO regress_lt_mallory, regress_lt_victim;
CREATE TABLE planted.ran (as_role name);
GRANT INSERT ON planted.ran TO PUBLIC;
SET search_path TO planted;

-- as whom mallory's code has run, but for him
CREATE VIEW caught AS SELECT DISTINCT as_role FROM ran WHERE as_role <> 'regress_lt_mallory';

SET ROLE regress_lt_mallory;
CREATE FUNCTION note() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO planted.ran VALUES (current_user); END $$;
CREATE FUNCTION note(answer bool) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$
	BEGIN PERFORM planted.note(); RETURN answer; END $$;
CREATE FUNCTION note(answer timestamptz) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE AS $$
	BEGIN PERFORM planted.note(); RETURN answer; END $$;
CREATE TABLE event (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', create_index => true, funnel_counts => true);
INSERT INTO event VALUES (1, 'visit', '2024-01-01');

-- The predicate of an index, which the server evaluates where it can: others drop their own.
CREATE INDEX a_first ON event_transition (lead, at) WHERE note(true);
CREATE INDEX b_second ON event_transition (lead, at) WHERE superseded_at IS NULL AND note(true);
CREATE INDEX c_third ON event_lead (lead) WHERE note(true);
REINDEX INDEX CONCURRENTLY event_transition_lead_at_idx;
RESET ROLE;
TRUNCATE ran;
-- in another session, since what is evaluated once is kept
\c -
SET search_path TO planted;
CREATE TABLE mine (x int, y int);
CREATE INDEX mine_x ON mine (x);
CREATE INDEX mine_y ON mine (y);
DROP INDEX mine_x;
ALTER TABLE mine DROP COLUMN y;
DROP TABLE mine;
TABLE caught;
-- whoever writes, replays or looks
INSERT INTO event VALUES (2, 'visit', '2024-01-02');
CALL lead_temperature.replay('event');
SELECT count(*) FROM lead_temperature.drift('event');
TABLE caught;
-- it is mallory's own matter as what his code runs for his statements
SET ROLE regress_lt_mallory;
DROP INDEX a_first, b_second, c_third;

-- The expression of a partition key, and a tracked table of a type: others alter types of theirs, or archive.
CREATE TYPE visit AS (lead int, kind text, at timestamptz);
CREATE TABLE part OF visit PARTITION BY LIST ((at >= note('2024-01-01 00:00:00+00'::timestamptz)));
CREATE TABLE part_old PARTITION OF part FOR VALUES IN (false);
CREATE TABLE part_new PARTITION OF part FOR VALUES IN (true);
SELECT lead_temperature.track('part', 'lead', 'kind', 'at', create_index => true);
INSERT INTO part VALUES (1, 'visit', '2023-01-01'), (1, 'visit', '2024-02-01');
SELECT lead_temperature.archive('part', '2023-06-01');
RESET ROLE;
TRUNCATE ran;
\c -
SET search_path TO planted;
CREATE TYPE other AS (a int);
CREATE TABLE of_other OF other;
ALTER TYPE other ADD ATTRIBUTE b int CASCADE;
ALTER TYPE other RENAME ATTRIBUTE b TO c CASCADE;
TABLE caught;
\c -
SET search_path TO planted;
SELECT lead_temperature.archive('part', '2023-07-01');
TABLE caught;
-- typed tables of the altered type are followed
SET ROLE regress_lt_mallory;
ALTER TYPE visit RENAME ATTRIBUTE kind TO what CASCADE;
RESET ROLE;
SELECT kind FROM lead_temperature.tracker WHERE interactions = 'part'::regclass;

-- The function of a cast of kinds, which runs as the owner of the tracked table.
SET ROLE regress_lt_mallory;
CREATE TYPE mood AS ENUM ('visit', 'question');
CREATE FUNCTION mood_text(mood) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
	BEGIN PERFORM planted.note(); RETURN 'visit'; END $$;
CREATE CAST (mood AS text) WITH FUNCTION mood_text(mood);
GRANT USAGE ON TYPE mood TO regress_lt_victim;
SET ROLE regress_lt_victim;
CREATE TABLE talk (lead int, kind mood, at timestamptz);
SELECT lead_temperature.track('talk', 'lead', 'kind', 'at', create_index => true);
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
TABLE caught;
-- one of a role that may act as the owner, of the owner, or of a superuser will do
GRANT regress_lt_victim TO regress_lt_mallory;
SET ROLE regress_lt_victim;
SELECT lead_temperature.track('talk', 'lead', 'kind', 'at', create_index => true);
RESET ROLE;
REVOKE regress_lt_victim FROM regress_lt_mallory;
ALTER FUNCTION mood_text OWNER TO regress_lt_victim;
INSERT INTO talk VALUES (1, 'visit', '2024-01-01');
-- given back it pauses the tracker, which says why, before it runs, and writers go on
TRUNCATE ran;
ALTER FUNCTION mood_text OWNER TO regress_lt_mallory;
INSERT INTO talk VALUES (1, 'visit', '2024-01-02');
CALL lead_temperature.replay('talk');
TABLE ran;
ALTER FUNCTION mood_text OWNER TO CURRENT_USER;
SELECT lead_temperature.resume('talk');
INSERT INTO talk VALUES (1, 'visit', '2024-01-02');
SELECT lead, interactions FROM talk_lead;

-- A column of a table is renamed by the commands for other relations as well.
ALTER MATERIALIZED VIEW talk RENAME COLUMN kind TO what;
ALTER FOREIGN TABLE talk RENAME COLUMN what TO sort;
ALTER VIEW talk RENAME COLUMN sort TO kind_of;
INSERT INTO talk VALUES (1, 'visit', '2024-01-03');
SELECT lead, interactions FROM talk_lead;
SELECT kind FROM lead_temperature.tracker WHERE interactions = 'talk'::regclass;

SET client_min_messages = warning;
DROP SCHEMA planted CASCADE;
DELETE FROM lead_temperature.model WHERE name IN ('event', 'part', 'talk');
DROP ROLE regress_lt_mallory, regress_lt_victim;
