--
-- Frozen models and trackers whose rows or tables are not what the extension made of them
--
\set VERBOSITY default
SET search_path = public, lead_temperature;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT create_model('plain');
INSERT INTO signal_group VALUES ('plain', 'a', 5), ('plain', 'b', 6);
UPDATE signal SET signal_group = NULL WHERE model = 'plain';
DELETE FROM signal_group WHERE model = 'plain' AND name IN ('browsing', 'content');
DELETE FROM signal WHERE model = 'plain' AND kind NOT IN ('call', 'purchase', 'visit');
UPDATE signal SET signal_group = 'a', points = 8, stage = 'lead' WHERE model = 'plain' AND kind = 'call';
CREATE TABLE log (lead int, kind text, at timestamptz);
INSERT INTO log VALUES (1, 'call', '2024-01-01'), (2, 'visit', '2024-01-02');
SELECT track('log', 'lead', 'kind', 'at', model => 'plain', create_index => true);
SELECT version, groups, caps, kinds, points, signal_groups, stages, outcomes FROM model_version WHERE interactions = 'log'::regclass;

-- What is said of a change of the extension's tables, to who makes it, reads and writes; it is undone.  GRANT makes this session read the tracker again.
CREATE FUNCTION told(change text, OUT state text, OUT message text, OUT detail text, OUT hint text) LANGUAGE plpgsql AS $$
DECLARE
	said text[] := '{}';
	command text;
BEGIN
	FOREACH command IN ARRAY ARRAY[change || '; GRANT SELECT ON public.log TO PUBLIC', 'SELECT lead_temperature.drift(''public.log'')', 'INSERT INTO public.log VALUES (3, ''call'', ''2024-01-03'')'] LOOP
		BEGIN
			EXECUTE command;
		EXCEPTION WHEN OTHERS THEN
			said := said || SQLERRM;
			GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
			EXIT WHEN command LIKE change || '%';
		END;
	END LOOP;
	-- who reads and who writes are told the same
	IF cardinality(said) = 2 AND said[1] <> said[2] THEN
		RAISE EXCEPTION 'a writer was told: %', said;
	END IF;
	RAISE 'undo' USING ERRCODE = 'P0003';
EXCEPTION WHEN SQLSTATE 'P0003' THEN
	NULL;
END
$$;
CREATE TABLE change (n int GENERATED ALWAYS AS IDENTITY, of_model text);
INSERT INTO change (of_model) VALUES
	('warm = warm'),
	('warm = ''NaN'''), ('warm = 0'), ('warm = 30'), ('hot = ''infinity'''), ('mql = 50'),
	('dormant_after = ''1 second'''), ('dormant_after = ''1 mon'''), ('dormant_after = ''40000 days'''),
	('half_life = ''1 second'''), ('half_life = ''1 mon'''), ('half_life = ''40000 days'''),
	('groups = ''{NULL,b}'''), ('groups = ''{b,a}'''), ('groups = ''{a,a}'''), ('groups = ''{{a,b}}'''), ('groups = ''{a}'''), ('groups = ''{a,b,c}'''), ('groups = ''{c,d}'''),
	('caps = ''{NULL,6}'''), ('caps = ''{5}'''), ('caps = ''{5,0}'''), ('caps = ''{5,-1}'''), ('caps = ''{5,NaN}'''), ('caps = ''{5,infinity}'''), ('caps = ''{{5,6}}'''),
	('kinds = ''{NULL,purchase,visit}'''), ('kinds = ''{visit,purchase,call}'''), ('kinds = ''{call,visit,visit}'''), ('kinds = ''{call,purchase}'''), ('kinds = ''{}'''), ('kinds = ''{{call},{purchase},{visit}}'''),
	('points = ''{8,NULL,NULL}'''), ('points = ''{8,1,5}'''), ('points = ''{8,NULL,NaN}'''), ('points = ''{-infinity,NULL,5}'''), ('points = ''{8}'''), ('points = ''{{8,NULL,5}}'''),
	('signal_groups = ''{z,NULL,NULL}'''), ('signal_groups = ''{a,b,NULL}'''), ('signal_groups = ''{a}'''),
	('stages = ''{lead,lead,NULL}'''), ('stages = ''{lead,NULL}'''), ('stages = ''{{lead,NULL,NULL}}'''),
	('outcomes = ''{NULL,open,NULL}'''), ('outcomes = ''{won,won,NULL}'''), ('outcomes = ''{NULL,NULL,NULL}'''), ('outcomes = ''{won}''');
\x
SELECT of_model, t.* FROM change, told('UPDATE lead_temperature.model_version SET ' || of_model) t ORDER BY n;
\x
-- every array and every column may be null, if somebody drops the constraint
SELECT c.attname, t.state, t.detail FROM pg_attribute c, told(format('ALTER TABLE lead_temperature.model_version ALTER %1$I DROP NOT NULL; UPDATE lead_temperature.model_version SET %1$I = NULL', attname)) t
WHERE attrelid = 'model_version'::regclass AND attnum > 2 ORDER BY attnum;
-- the model can be gone, or of another version
SELECT t.* FROM told('DELETE FROM lead_temperature.model_version') t;
SELECT t.* FROM told('UPDATE lead_temperature.model_version SET version = 7') t;
-- so can columns of the tracker
SELECT c.attname, t.state, t.message, t.detail FROM pg_attribute c, told(format('ALTER TABLE lead_temperature.tracker ALTER %1$I DROP NOT NULL; UPDATE lead_temperature.tracker SET %1$I = NULL', attname)) t
WHERE attrelid = 'tracker'::regclass AND attnum > 1 ORDER BY attnum;

-- A table with a column more or fewer, or of another type.  A column of another name is both.  Views hold the types of those that they read.
\set without 'ALTER EXTENSION lead_temperature DROP VIEW lead_temperature.model_drift; ALTER EXTENSION lead_temperature DROP VIEW lead_temperature.trackers; ALTER EXTENSION lead_temperature DROP VIEW lead_temperature.model_current; ALTER EXTENSION lead_temperature DROP VIEW lead_temperature.model_snapshot; DROP VIEW lead_temperature.model_drift, lead_temperature.trackers, lead_temperature.model_current, lead_temperature.model_snapshot; ALTER TABLE lead_temperature.'
SELECT c, t.* FROM unnest(ARRAY['ADD extra int', 'DROP COLUMN outcomes', 'DROP COLUMN "groups"', 'RENAME caps TO limits',
	'ALTER stages TYPE text[]', 'ALTER half_life TYPE float8 USING 1', 'ALTER warm TYPE numeric', 'ALTER version TYPE int8', 'ALTER model TYPE varchar', 'ALTER kinds TYPE int[] USING ''{}''', 'ALTER points TYPE text']) c,
	told(:'without' || 'model_version ' || c) t;
SELECT c, t.state, t.message, t.detail FROM unnest(ARRAY['ADD extra int', 'DROP COLUMN deltas', 'DROP COLUMN partitions', 'DROP COLUMN entry', 'RENAME lead TO who', 'ALTER lead TYPE text', 'ALTER entry TYPE text', 'ALTER partitions TYPE int[] USING ''{}''', 'ALTER state TYPE oid', 'ALTER archived_before TYPE text']) c,
	told(:'without' || 'tracker ' || c) t;
-- a table that was put together in another order is the same table
SELECT t.state AS no_complaint FROM told('ALTER EVENT TRIGGER lead_temperature_ddl DISABLE; ALTER EVENT TRIGGER lead_temperature_drop DISABLE; ALTER TABLE lead_temperature.tracker ADD moved regclass; UPDATE lead_temperature.tracker SET moved = deltas; ALTER TABLE lead_temperature.tracker DROP COLUMN deltas; ALTER TABLE lead_temperature.tracker RENAME moved TO deltas') t;

-- replay mends a corrupt or lost model, also within a transaction; a vendor's change of the table goes through meanwhile
CREATE FUNCTION worked() RETURNS text LANGUAGE sql AS $$
	SELECT format('%s leads, %s drifted, model as it was: %s', (SELECT count(*) FROM public.log_lead), (SELECT count(*) FROM lead_temperature.drift('public.log')),
		(SELECT m.is_current FROM lead_temperature.model_current m WHERE m.interactions = 'public.log'::regclass)) $$;
UPDATE model_version SET caps = '{NULL,6}';
\c -
SET search_path = public, lead_temperature;
\set VERBOSITY terse
INSERT INTO log VALUES (4, 'call', '2024-01-04');
ALTER TABLE log ADD remark text;
SELECT * FROM log_ranking;
CALL replay('log');
SELECT worked();
UPDATE model_version SET kinds = '{visit,purchase,call}';
\c -
SET search_path = public, lead_temperature;
\set VERBOSITY terse
BEGIN;
CALL replay('log');
SELECT worked();
COMMIT;
INSERT INTO log VALUES (4, 'call', '2024-01-04');
SELECT worked();
UPDATE model_version SET version = 9;
\c -
SET search_path = public, lead_temperature;
\set VERBOSITY terse
INSERT INTO log VALUES (5, 'call', '2024-01-05');
CALL replay('log');
SELECT worked();
-- activate does too
UPDATE model_version SET outcomes = '{won}';
\c -
SET search_path = public, lead_temperature;
SELECT create_model('other');
CALL activate('log', 'other');
SELECT worked();
CALL activate('log', 'plain');
-- while paused nobody is told; resume mends
UPDATE model_version SET groups = '{NULL,b}';
\c -
SET search_path = public, lead_temperature;
\set VERBOSITY terse
SELECT pause('log');
INSERT INTO log VALUES (6, 'call', '2024-01-06');
CALL replay('log');
SELECT resume('log');
SELECT worked();
-- an older version matters only to those that need it
SELECT archive('log', '2024-01-03');
UPDATE signal SET points = 9 WHERE model = 'plain' AND kind = 'call';
CALL replay('log');
SELECT count(*) FROM model_version;
UPDATE model_version SET caps = '{5,NULL}' WHERE version < (SELECT version FROM tracker);
\c -
SET search_path = public, lead_temperature;
\set VERBOSITY default
INSERT INTO log VALUES (8, 'call', '2024-01-08');
SELECT lead, model, score > 0 AS scored FROM log_ranking ORDER BY lead;
INSERT INTO log VALUES (1, 'call', '2024-01-08');
CALL replay('log');
UPDATE model_version SET caps = '{5,6}' WHERE version < (SELECT version FROM tracker);
\c -
SET search_path = public, lead_temperature;
CALL replay('log');
SELECT worked();
-- a table whose tracker is corrupt can be given up
ALTER TABLE tracker ALTER partitions DROP NOT NULL, ALTER lead DROP NOT NULL, ALTER prefix DROP NOT NULL;
UPDATE tracker SET partitions = NULL, lead = NULL, prefix = NULL;
\c -
SET search_path = public, lead_temperature;
INSERT INTO log VALUES (9, 'call', '2024-01-09');
SELECT untrack('log');
INSERT INTO log VALUES (9, 'call', '2024-01-09');
ALTER TABLE tracker ALTER partitions SET NOT NULL, ALTER lead SET NOT NULL, ALTER prefix SET NOT NULL;
SELECT to_regclass('log_lead'), count(*) FROM tracker;

-- What training has left
BEGIN;
INSERT INTO trained_model VALUES ('plain', -4, 0.1, '10 days', '2024-05-01', '2024-01-03', '2024-03-31', '2024-04-01', '2024-04-20');
SELECT round(probability(heat(10, '2024-01-01', '14 days'), 'plain', '2024-01-01')::numeric, 6);
SAVEPOINT as_it_was;
ALTER TABLE trained_model ALTER slope DROP NOT NULL;
UPDATE trained_model SET slope = NULL;
SELECT probability(heat(10, '2024-01-01', '14 days'), 'plain', '2024-01-01');
ROLLBACK TO as_it_was;
ALTER TABLE trained_model ALTER intercept TYPE text;
SELECT probability(heat(10, '2024-01-01', '14 days'), 'plain', '2024-01-01');
ROLLBACK TO as_it_was;
ALTER TABLE model ALTER half_life DROP NOT NULL;
UPDATE model SET half_life = NULL WHERE name = 'plain';
SELECT probability(heat(10, '2024-01-01', '14 days'), 'plain', '2024-01-01');
ROLLBACK;
DROP TABLE log, change;
DROP FUNCTION told, worked;
DELETE FROM model;
