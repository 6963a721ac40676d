--
-- Rights: whoever may write interactions needs no other right, whoever may
-- read a view needs no other right, and nobody gets more than that.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_app;
CREATE ROLE regress_lt_bi;
CREATE ROLE regress_lt_other;
CREATE SCHEMA shop AUTHORIZATION regress_lt_owner;
GRANT USAGE ON SCHEMA shop TO PUBLIC;
CREATE SCHEMA trap AUTHORIZATION regress_lt_other;

-- The owner is no superuser.
SET ROLE regress_lt_owner;
SET search_path = shop;
CREATE TABLE log (id int PRIMARY KEY, lead text, kind text, at timestamptz, weight float8, note text);
CREATE INDEX ON log (lead);
INSERT INTO log VALUES (1, 'Ann', 'visit', '2024-01-01');
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', 'weight');
GRANT INSERT (id, lead, kind, at) ON log TO regress_lt_app;
GRANT SELECT ON log_ranking, log_funnel, log_funnel_weekly TO regress_lt_bi;
CREATE FUNCTION seen() RETURNS TABLE (leads text, drift bigint) LANGUAGE sql SECURITY DEFINER SET search_path = shop AS $$
	SELECT (SELECT string_agg(format('%s:%s', lead, interactions), ' ' ORDER BY lead COLLATE "C") FROM log_lead),
		   (SELECT count(*) FROM lead_temperature.drift('log'))
$$;

-- A role that may insert some columns, and nothing else.
SET ROLE regress_lt_app;
INSERT INTO log (id, lead, kind, at) VALUES (2, 'Ann', 'demo_request', '2024-01-02'), (3, 'Bob', 'visit', '2024-01-02');
INSERT INTO log (id, lead, kind, at) VALUES (4, 'Ann', 'visit', '2024-01-01');
SELECT * FROM seen();
INSERT INTO log (id, weight) VALUES (5, 1);
SELECT * FROM log;
SELECT * FROM log_lead;
INSERT INTO log_lead SELECT * FROM log_lead;
UPDATE log_lead SET interactions = 1;
DELETE FROM log_transition;
SELECT * FROM log_transition;
SELECT * FROM log_ranking;
SELECT nextval('log_transition_id_seq');
SELECT * FROM lead_temperature.tracker;
SELECT * FROM lead_temperature.model_version;
SELECT * FROM lead_temperature.model_snapshot;
SELECT * FROM lead_temperature.model_current;
SELECT count(*) FROM lead_temperature.trackers;
SELECT count(*) FROM lead_temperature.model;
SELECT lead_temperature.untrack('log');
SELECT lead_temperature.pause('log');

-- A role that may change rows, and look for them.
SET ROLE regress_lt_owner;
GRANT SELECT (id), UPDATE (kind), DELETE, TRUNCATE ON log TO regress_lt_app;
SET ROLE regress_lt_app;
UPDATE log SET kind = 'question' WHERE id = 3;
DELETE FROM log WHERE id = 4;
SELECT * FROM seen();
UPDATE log SET lead = 'Eve' WHERE id = 3;
BEGIN;
TRUNCATE log;
SELECT * FROM seen();
ROLLBACK;
SELECT * FROM seen();

-- A role that may read the views, and nothing else.
SET ROLE regress_lt_bi;
SELECT lead, stage, temperature, status, interactions, model FROM log_ranking ORDER BY lead;
SELECT lead FROM log_ranking WHERE temperature = 'cold' ORDER BY level DESC LIMIT 1;
SELECT stage, leads FROM log_funnel WHERE leads > 0;
SELECT week, stage, entered, advanced FROM log_funnel_weekly ORDER BY week, stage_order;
SELECT * FROM log;
SELECT * FROM log_lead;
SELECT * FROM log_transition;
SELECT count(*) FROM lead_temperature.trackers;
SELECT count(*) FROM lead_temperature.model;
SELECT count(*) FROM lead_temperature.signal;
SELECT * FROM lead_temperature.score_breakdown('log', 'Ann');
SELECT * FROM lead_temperature.drift('log');
SELECT * FROM lead_temperature.unmapped_kinds('log');
INSERT INTO log (id, lead, kind, at) VALUES (9, 'Eve', 'visit', '2024-01-02');

-- Trackers are seen by members of the table's owner, models by those of the model's.
SET ROLE regress_lt_other;
CREATE TABLE trap.log (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT lead_temperature.track('trap.log', 'lead', 'kind', 'at');
SELECT lead_temperature.track('trap.log', 'lead', 'kind', 'at', model => 'log');
SELECT lead_temperature.track('trap.log', 'lead', 'kind', 'at', prefix => 'mine');
SELECT interactions, prefix FROM lead_temperature.trackers;
SELECT name FROM lead_temperature.model;
UPDATE lead_temperature.model SET hot = 1e9 WHERE name = 'log';
DELETE FROM lead_temperature.signal WHERE model = 'log';
INSERT INTO lead_temperature.signal (model, kind, points) VALUES ('log', 'visit2', 1000);
INSERT INTO lead_temperature.tracker SELECT * FROM lead_temperature.tracker;
UPDATE lead_temperature.tracker SET paused = true;
DELETE FROM lead_temperature.model_version;
SET ROLE regress_lt_owner;
SELECT interactions, prefix FROM lead_temperature.trackers;
RESET ROLE;
SELECT interactions, prefix FROM lead_temperature.trackers ORDER BY prefix;

-- Names that a hostile role puts before those of the server.  Each would tell
-- on itself, and does so when called by the role itself.
CREATE TABLE shop.caught (name text, as_role name);
GRANT INSERT ON shop.caught TO PUBLIC;
SET ROLE regress_lt_other;
SET search_path = trap, pg_catalog, shop, public;
CREATE FUNCTION trap.sprung(name text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO shop.caught VALUES (name, current_user);
	RETURN true;
END
$$;
CREATE FUNCTION trap.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT CASE WHEN trap.sprung('now') THEN pg_catalog.now() END $$;
CREATE FUNCTION trap.text_is(a text, b text) RETURNS boolean LANGUAGE sql AS $$ SELECT trap.sprung('=') $$;
CREATE FUNCTION trap.text_less(a text, b text) RETURNS boolean LANGUAGE sql AS $$ SELECT trap.sprung('<') $$;
CREATE FUNCTION trap.time_reached(a timestamptz, b timestamptz) RETURNS boolean LANGUAGE sql AS $$ SELECT trap.sprung('<=') $$;
CREATE FUNCTION trap.level_reached(a float8, b float8) RETURNS boolean LANGUAGE sql AS $$ SELECT trap.sprung('>=') $$;
CREATE FUNCTION trap.count(anyelement) RETURNS bigint LANGUAGE sql AS $$ SELECT trap.sprung('count')::int::bigint $$;
CREATE FUNCTION trap.max(float4) RETURNS float4 LANGUAGE sql AS $$ SELECT trap.sprung('max')::int::float4 $$;
CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.text_is);
CREATE OPERATOR trap.< (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.text_less);
CREATE OPERATOR trap.<= (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = trap.time_reached);
CREATE OPERATOR trap.>= (LEFTARG = float8, RIGHTARG = float8, FUNCTION = trap.level_reached);
CREATE DOMAIN trap.float8 AS pg_catalog.float8 CHECK (trap.sprung('float8'));
CREATE DOMAIN trap.timestamptz AS pg_catalog.timestamptz CHECK (trap.sprung('timestamptz'));
CREATE DOMAIN trap.regclass AS pg_catalog.regclass CHECK (trap.sprung('regclass'));
CREATE TEMP TABLE log_lead (lead text PRIMARY KEY);
CREATE TEMP TABLE log (lead text, kind text, at timestamptz);
CREATE TEMP TABLE tracker (interactions pg_catalog.regclass);
CREATE TEMP TABLE pg_class (oid oid);
RESET ROLE;
SET ROLE regress_lt_owner;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON shop.log TO regress_lt_other;
GRANT SELECT ON shop.log_ranking, shop.log_funnel, shop.log_funnel_weekly TO regress_lt_other;
SET ROLE regress_lt_other;
SELECT now() IS NOT NULL AND 'a' = 'b'::text AND 'b' < 'a'::text AND 1::pg_catalog.float8 >= 2::pg_catalog.float8 AS springs;
RESET ROLE;
SELECT * FROM shop.caught;
DELETE FROM shop.caught;
SET ROLE regress_lt_other;
INSERT INTO shop.log VALUES (10, 'Cy', 'demo_request', '2024-01-03 00:00+00'), (11, 'Ann', 'visit', '2024-01-01 00:00+00'), (12, 'Dee', 'visit', '2200-01-01 00:00+00');
UPDATE shop.log SET at = '2024-01-04 00:00+00' WHERE id IN (10, 12);
DELETE FROM shop.log WHERE id = 11;
SELECT count(*) FROM shop.log_ranking;
SELECT lead FROM shop.log_ranking WHERE temperature OPERATOR(pg_catalog.=) 'cold' ORDER BY level USING OPERATOR(pg_catalog.>);
SELECT leads FROM shop.log_funnel WHERE stage OPERATOR(pg_catalog.=) 'visitor';
SELECT pg_catalog.count(*) FROM shop.log_funnel_weekly;
SELECT interactions FROM lead_temperature.trackers;
BEGIN;
TRUNCATE shop.log;
ROLLBACK;
CREATE TABLE trap.other (lead text PRIMARY KEY, kind text, at pg_catalog.timestamptz);
-- even the owner, and the superuser for the owner, with that path
RESET ROLE;
SET search_path = trap, pg_catalog, shop, public;
SELECT lead_temperature.pause('shop.log'), lead_temperature.resume('shop.log'), lead_temperature.apply_due('shop.log');
CALL lead_temperature.replay('shop.log');
SELECT pg_catalog.count(*) FROM lead_temperature.drift('shop.log');
SELECT pg_catalog.count(*) FROM lead_temperature.score_breakdown('shop.log', 'Ann');
SELECT pg_catalog.count(*) FROM lead_temperature.unmapped_kinds('shop.log');
SELECT pg_catalog.count(*) FROM lead_temperature.trackers;
SELECT lead_temperature.untrack('shop.log');
SELECT lead_temperature.track('shop.log', 'lead', 'kind', 'at', 'weight', 'log', create_index => true);
ALTER TABLE shop.log RENAME note TO remark;
SELECT lead_temperature.create_model('made on a hostile path');
SELECT * FROM shop.caught;
SET search_path = shop;
DROP TABLE pg_temp.log_lead, pg_temp.log, pg_temp.tracker, pg_temp.pg_class;
SELECT * FROM seen();

-- What the owner puts into the table runs with no more rights than the owner's,
-- whoever writes: here the text form of a kind, asked for by the superuser.
SET ROLE regress_lt_other;
CREATE TYPE trap.kind AS ENUM ('visit', 'demo_request');
CREATE FUNCTION trap.kind_text(k trap.kind) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO shop.caught VALUES ('cast', current_user);
	RETURN 'visit';
END
$$;
CREATE CAST (trap.kind AS text) WITH FUNCTION trap.kind_text(trap.kind);
CREATE TABLE trap.cast_log (lead int PRIMARY KEY, kind trap.kind, at timestamptz);
SELECT lead_temperature.track('trap.cast_log', 'lead', 'kind', 'at', model => 'mine', prefix => 'cast_log');
RESET ROLE;
INSERT INTO trap.cast_log VALUES (1, 'demo_request', '2024-01-01');
SELECT * FROM caught;
SET ROLE regress_lt_other;
CREATE OR REPLACE FUNCTION trap.kind_text(k trap.kind) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'RESET ROLE';
	RETURN 'visit';
END
$$;
RESET ROLE;
INSERT INTO trap.cast_log VALUES (2, 'demo_request', '2024-01-01');
SET ROLE regress_lt_other;
CREATE OR REPLACE FUNCTION trap.kind_text(k trap.kind) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'CREATE TEMP TABLE pg_proc ()';
	RETURN 'visit';
END
$$;
RESET ROLE;
INSERT INTO trap.cast_log VALUES (2, 'demo_request', '2024-01-01');
SELECT current_user = session_user AS still_oneself;

-- Row level security of the table, forced upon its owner, does not hide rows from the state.
SET ROLE regress_lt_owner;
ALTER TABLE log ENABLE ROW LEVEL SECURITY;
ALTER TABLE log FORCE ROW LEVEL SECURITY;
CREATE POLICY insert_all ON log FOR INSERT TO regress_lt_app WITH CHECK (lead <> 'Mallory');
CREATE POLICY own ON log FOR ALL TO regress_lt_other USING (lead = 'Cy') WITH CHECK (lead = 'Cy');
SELECT count(*) FROM log;
SET ROLE regress_lt_app;
INSERT INTO log (id, lead, kind, at) VALUES (20, 'Ann', 'visit', '2024-01-01'), (21, 'Eve', 'visit', '2024-01-01');
INSERT INTO log (id, lead, kind, at) VALUES (22, 'Mallory', 'visit', '2024-01-01');
SET ROLE regress_lt_other;
UPDATE log SET kind = 'purchase' WHERE at > '2023-01-01';
SELECT * FROM seen();
SET ROLE regress_lt_owner;
SELECT lead_temperature.pause('log'), lead_temperature.resume('log');
SELECT * FROM seen();
CALL lead_temperature.replay('log');
SELECT * FROM seen();
-- the state has its own
ALTER TABLE log_lead ENABLE ROW LEVEL SECURITY;
ALTER TABLE log_lead FORCE ROW LEVEL SECURITY;
ALTER TABLE log_transition ENABLE ROW LEVEL SECURITY;
ALTER TABLE log_transition FORCE ROW LEVEL SECURITY;
SET ROLE regress_lt_app;
INSERT INTO log (id, lead, kind, at) VALUES (23, 'Ann', 'question', '2024-01-01'), (24, 'Fay', 'visit', '2024-01-01');
RESET ROLE;
SELECT lead, interactions FROM log_lead ORDER BY lead COLLATE "C";
ALTER TABLE log_lead NO FORCE ROW LEVEL SECURITY;
ALTER TABLE log_transition NO FORCE ROW LEVEL SECURITY;
SET ROLE regress_lt_owner;
SELECT * FROM seen();

-- State cannot be forged.
SET ROLE regress_lt_other;
SELECT lead_temperature.follow();
SELECT lead_temperature.follow_ddl();
SELECT lead_temperature.follow_drop();
CREATE TABLE trap.untracked (lead text, kind text, at timestamptz);
CREATE TRIGGER mine AFTER INSERT ON trap.untracked REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
INSERT INTO trap.untracked VALUES ('Ann', 'demo_request', '2024-01-01');
CREATE TRIGGER mine_row AFTER INSERT ON trap.untracked FOR EACH ROW EXECUTE FUNCTION lead_temperature.follow();
INSERT INTO trap.untracked VALUES ('Ann', 'demo_request', '2024-01-01');
DROP TRIGGER mine_row ON trap.untracked;
CREATE TRIGGER mine_before BEFORE INSERT ON trap.untracked FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
INSERT INTO trap.untracked VALUES ('Ann', 'demo_request', '2024-01-01');
DROP TRIGGER mine_before ON trap.untracked;
CREATE TRIGGER mine_blind AFTER UPDATE ON trap.untracked REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
UPDATE trap.untracked SET kind = 'visit';
CREATE TRIGGER mine AFTER INSERT ON log REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION lead_temperature.follow_ddl();
SELECT * FROM seen();
-- not even by following the same rows twice
SET ROLE regress_lt_owner;
GRANT TRIGGER ON log TO regress_lt_other;
SET ROLE regress_lt_other;
CREATE TRIGGER mine AFTER INSERT ON log REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER more AFTER INSERT ON log REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
SET ROLE regress_lt_app;
INSERT INTO log (id, lead, kind, at) VALUES (30, 'Ann', 'demo_request', '2024-02-01'), (31, 'Gus', 'demo_request', '2024-02-01');
SELECT * FROM seen();

-- A partition of another's table.
SET ROLE regress_lt_owner;
RESET search_path;
CREATE TABLE shop.parts (lead int, kind text, at timestamptz) PARTITION BY LIST (lead);
CREATE TABLE shop.part_1 PARTITION OF shop.parts FOR VALUES IN (1);
SELECT lead_temperature.track('shop.parts', 'lead', 'kind', 'at', model => 'log', create_index => true);
RESET ROLE;
ALTER TABLE shop.part_1 OWNER TO regress_lt_other;
SET ROLE regress_lt_other;
SELECT lead_temperature.track('shop.part_1', 'lead', 'kind', 'at');
CREATE TRIGGER mine AFTER INSERT ON shop.part_1 REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER mine_row BEFORE INSERT ON shop.part_1 FOR EACH ROW EXECUTE FUNCTION lead_temperature.follow();
INSERT INTO shop.part_1 VALUES (1, 'visit', '2024-01-01');
DROP TRIGGER mine_row ON shop.part_1;
INSERT INTO shop.part_1 VALUES (1, 'visit', '2024-01-01');
DROP TRIGGER mine ON shop.part_1;
DROP TRIGGER lead_temperature_insert ON shop.part_1;
SET ROLE regress_lt_owner;
SELECT lead, interactions FROM shop.parts_lead;
SELECT * FROM lead_temperature.drift('shop.parts');
SELECT lead_temperature.untrack('shop.parts');
RESET ROLE;
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'lead_temperature%' AND tgrelid = 'shop.part_1'::regclass;

SELECT count(lead_temperature.untrack(interactions)) FROM lead_temperature.trackers;
SET client_min_messages = warning;
DROP SCHEMA shop, trap CASCADE;
DELETE FROM lead_temperature.model;
DROP OWNED BY regress_lt_owner, regress_lt_app, regress_lt_bi, regress_lt_other;
DROP ROLE regress_lt_owner, regress_lt_app, regress_lt_bi, regress_lt_other;
