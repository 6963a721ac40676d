-- A statement needs memory by work_mem, not by how large its rows are.
CREATE SCHEMA memory;
SET search_path = memory, public;
SET timezone = 'UTC';
SET work_mem = '1MB';
SELECT lead_temperature.create_model('memory');
CREATE TABLE event (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'memory', create_index => true);

-- Whenever a row is written, what the session has allocated is noted: the most of it, in megabytes, outlives errors and scopes.
CREATE SEQUENCE peak MINVALUE 0 START 0;
CREATE FUNCTION note() RETURNS bool LANGUAGE sql AS $$
	SELECT setval('memory.peak', greatest((SELECT last_value FROM memory.peak),
		(SELECT sum(total_bytes) / 1048576 FROM pg_backend_memory_contexts)::bigint)) IS NOT NULL
$$;
ALTER TABLE event_lead ADD CHECK (note());
ALTER TABLE event_transition ADD CHECK (note());

-- peak_of says how many megabytes more than before there were at most while a statement ran, roughly.
CREATE FUNCTION peak_of(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	before bigint;
BEGIN
	SELECT sum(total_bytes) / 1048576 INTO before FROM pg_backend_memory_contexts;
	PERFORM setval('peak', 0);
	EXECUTE command;
	RETURN (SELECT CASE WHEN last_value - before < 4 THEN 'less than 4' WHEN last_value - before < 50 THEN 'less than 50' ELSE 'too much' END FROM peak);
END $$;
SELECT peak_of('INSERT INTO event SELECT i, i::text, now() - interval ''9 days'' FROM generate_series(1, 60) AS i');
-- 120 MB of kinds, of which the executor itself holds some rows at a time: of new leads
SELECT peak_of('INSERT INTO event SELECT 100 + i, i || repeat(''x'', 2000000), now() - interval ''8 days'' FROM generate_series(1, 60) AS i');
-- of leads that are there
SELECT peak_of('INSERT INTO event SELECT i, i || repeat(''x'', 2000000), now() - interval ''8 days'' FROM generate_series(1, 60) AS i');
-- of leads that late rows replay, which have transitions with such causes
SELECT peak_of('INSERT INTO event SELECT 100 + i, i || repeat(''x'', 2000000), now() - interval ''80 days'' FROM generate_series(1, 60) AS i');
SELECT count(*) FROM lead_temperature.drift('event');

-- What expressions need goes with each lead that is replayed.
CREATE TABLE spoken (who text, kind text, at timestamptz);
CREATE INDEX ON spoken ((who || ''));
SELECT lead_temperature.track('spoken', $$who || ''$$, $$kind || ''$$, 'at', model => 'memory', filter => $$length(kind) < 99$$);
INSERT INTO spoken SELECT i, 'visit', now() - interval '9 days' FROM generate_series(1, 5000) AS i;
ALTER TABLE spoken_lead ADD CHECK (note());
SELECT peak_of('INSERT INTO spoken SELECT i, ''visit'', now() - interval ''10 days'' FROM generate_series(1, 5000) AS i');
SELECT count(*) FROM lead_temperature.drift('spoken');

-- What is gathered beyond that goes to files, which go with the statement: changes of records, and leads that are written back.
CREATE TABLE card (lead int, kind text);
SELECT lead_temperature.track('card', 'lead', 'kind', model => 'memory', keep_changes => true);
CREATE TABLE address (lead int PRIMARY KEY, stage text);
INSERT INTO address SELECT generate_series(1, 5000);
SELECT lead_temperature.write_back('card', 'address', 'lead', stage => 'stage');
SET work_mem = '64kB';
INSERT INTO card SELECT i, 'visit' FROM generate_series(1, 5000) AS i;
SELECT count(stage) FROM address;

SET client_min_messages = warning;
SELECT lead_temperature.untrack('card');
DROP SCHEMA memory CASCADE;
DELETE FROM lead_temperature.model WHERE name = 'memory';
