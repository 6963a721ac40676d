--
-- What schema changes mean for a tracked table: what can be followed is
-- followed, what would make a tracker silently wrong is refused.
--
\pset null -
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- seen tells what state says of a tracked table, whether that agrees with a replay, and whether one is due.
CREATE FUNCTION seen(interactions regclass) RETURNS TABLE (leads text, drift bigint, stale boolean) LANGUAGE plpgsql AS $$
DECLARE
	state regclass := (SELECT t.state FROM lead_temperature.tracker t WHERE t.interactions = seen.interactions);
BEGIN
	EXECUTE format('SELECT string_agg(format(''%%s:%%s'', lead, interactions), '' '' ORDER BY lead) FROM %s', state) INTO leads;
	drift := (SELECT count(*) FROM lead_temperature.drift(interactions));
	stale := (SELECT t.stale FROM lead_temperature.trackers t WHERE t.interactions = seen.interactions);
	RETURN NEXT;
END
$$;
-- left_over tells what is still there of anything that track() makes.
CREATE VIEW left_over AS
	SELECT 'tracker ' || interactions::text COLLATE "C" AS what FROM lead_temperature.tracker
	UNION ALL SELECT 'model of ' || interactions::text FROM lead_temperature.model_version
	UNION ALL SELECT 'trigger on ' || tgrelid::regclass FROM pg_trigger WHERE tgfoid = 'lead_temperature.follow'::regproc
	UNION ALL SELECT DISTINCT CASE relkind WHEN 'r' THEN 'tables' WHEN 'v' THEN 'views' END
			|| substring(obj_description(oid, 'pg_class') FROM ' of the leads of .* \(lead_temperature\)$')
		FROM pg_class WHERE obj_description(oid, 'pg_class') ~ '\(lead_temperature\)$'
	UNION ALL SELECT 'sequence ' || oid::regclass FROM pg_class WHERE relkind = 'S'
	ORDER BY what;

-- Names that need quotes, everywhere; renamed all while rows come.
CREATE SCHEMA "My Shop";
CREATE TABLE "My Shop"."The ""Log""" (id int, "Lead's" text, "kind of" text, "select" timestamptz, """weight""" numeric);
SELECT lead_temperature.track('"My Shop"."The ""Log"""', 'Lead''s', 'kind of', 'select', '"weight"', prefix => 'It''s "a" %s log', create_index => true, time_zone => 'Europe/Berlin');
INSERT INTO "My Shop"."The ""Log""" VALUES (1, 'Ann', 'visit', '2024-01-01', 1), (2, 'Bob', 'question', '2024-01-02', 2);
SELECT * FROM seen('"My Shop"."The ""Log"""');
ALTER TABLE "My Shop"."The ""Log""" RENAME "Lead's" TO "Lead";
INSERT INTO "My Shop"."The ""Log""" VALUES (3, 'Ann', 'visit', '2024-01-03', 1);
ALTER TABLE "My Shop"."The ""Log""" RENAME """weight""" TO w;
ALTER TABLE "My Shop"."The ""Log""" RENAME "kind of" TO k;
ALTER TABLE "My Shop"."The ""Log""" RENAME "select" TO "kind of";
ALTER TABLE "My Shop"."The ""Log""" RENAME k TO "select";
ALTER TABLE "My Shop"."The ""Log""" RENAME id TO number;
UPDATE "My Shop"."The ""Log""" SET "select" = 'demo_request', w = 0.5 WHERE number = 1;
SELECT * FROM seen('"My Shop"."The ""Log"""');
SELECT lead, kind, at, weight FROM lead_temperature.tracker;
ALTER TABLE "My Shop"."The ""Log""" RENAME TO plain;
INSERT INTO "My Shop".plain VALUES (4, 'Cy', 'visit', '2024-01-03', 1);
ALTER SCHEMA "My Shop" RENAME TO my_shop;
INSERT INTO my_shop.plain VALUES (5, 'Dee', 'visit', '2024-01-03', 1), (6, 'Ann', 'visit', '2024-01-01', 1);
SELECT * FROM seen('my_shop.plain');
CREATE SCHEMA "O'Shop";
ALTER TABLE my_shop.plain SET SCHEMA "O'Shop";
INSERT INTO "O'Shop".plain VALUES (7, 'Dee', 'visit', '2024-01-03', 1), (8, 'Ann', 'visit', '2024-02-01', 1);
SELECT * FROM seen('"O''Shop".plain');
SELECT interactions, prefix, stale, paused FROM lead_temperature.trackers;
SELECT lead, temperature, stage, interactions, model FROM "O'Shop"."It's ""a"" %s log_ranking" ORDER BY lead;
SELECT stage, leads, cold, warm, hot FROM "O'Shop"."It's ""a"" %s log_funnel" WHERE leads > 0;
SELECT * FROM "O'Shop"."It's ""a"" %s log_funnel_weekly" ORDER BY week, stage_order;
SELECT * FROM lead_temperature.unmapped_kinds('"O''Shop".plain');
SELECT kind, signal_group, interactions FROM lead_temperature.score_breakdown('"O''Shop".plain', 'Ann') ORDER BY 1;
SELECT lead_temperature.pause('"O''Shop".plain'), lead_temperature.resume('"O''Shop".plain'), lead_temperature.apply_due('"O''Shop".plain');
CALL lead_temperature.replay('"O''Shop".plain');
SELECT lead_temperature.untrack('"O''Shop".plain');
SELECT * FROM left_over;
DROP SCHEMA my_shop;
DROP SCHEMA "O'Shop" CASCADE;
DELETE FROM lead_temperature.model;

-- Dropping what a tracker needs is refused.
SELECT lead_temperature.create_model('m');
CREATE TABLE log (id int PRIMARY KEY, lead int, kind text, at timestamptz, weight float8, note text);
CREATE TABLE other (id int PRIMARY KEY, lead int, kind text, at date);
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', 'weight', 'm', create_index => true);
SELECT lead_temperature.track('other', 'lead', 'kind', 'at', NULL, 'm', create_index => true);
INSERT INTO log VALUES (1, 1, 'visit', '2024-01-01'), (2, 2, 'demo_request', '2024-01-01');
INSERT INTO other VALUES (1, 1, 'visit', '2024-01-01'), (2, 3, 'visit', '2024-01-01');
BEGIN;
ALTER TABLE log DROP COLUMN lead;
SELECT stale, paused, paused_because FROM lead_temperature.trackers WHERE interactions = 'log'::regclass;
INSERT INTO log (id) VALUES (77);
UPDATE log SET id = 78 WHERE id = 77;
DELETE FROM log WHERE id = 78;
ROLLBACK;
BEGIN;
ALTER TABLE log DROP COLUMN kind;
SELECT stale, paused, paused_because FROM lead_temperature.trackers WHERE interactions = 'log'::regclass;
INSERT INTO log (id) VALUES (77);
UPDATE log SET id = 78 WHERE id = 77;
DELETE FROM log WHERE id = 78;
ROLLBACK;
BEGIN;
ALTER TABLE log DROP COLUMN at;
SELECT stale, paused, paused_because FROM lead_temperature.trackers WHERE interactions = 'log'::regclass;
INSERT INTO log (id) VALUES (77);
UPDATE log SET id = 78 WHERE id = 77;
DELETE FROM log WHERE id = 78;
ROLLBACK;
BEGIN;
ALTER TABLE log DROP COLUMN weight;
SELECT stale, paused, paused_because FROM lead_temperature.trackers WHERE interactions = 'log'::regclass;
INSERT INTO log (id) VALUES (77);
UPDATE log SET id = 78 WHERE id = 77;
DELETE FROM log WHERE id = 78;
ROLLBACK;
BEGIN;
ALTER TABLE log DROP COLUMN lead CASCADE;
SELECT stale, paused, paused_because FROM lead_temperature.trackers WHERE interactions = 'log'::regclass;
INSERT INTO log (id) VALUES (77);
UPDATE log SET id = 78 WHERE id = 77;
DELETE FROM log WHERE id = 78;
ROLLBACK;
-- undone, and resumed
BEGIN;
ALTER TABLE log DROP COLUMN weight;
SELECT lead_temperature.drift('log');
ROLLBACK;
BEGIN;
ALTER TABLE log DROP COLUMN weight;
ALTER TABLE log ADD COLUMN weight float8;
SELECT lead_temperature.resume('log');
SELECT stale, paused, paused_because FROM lead_temperature.trackers WHERE interactions = 'log'::regclass;
SELECT * FROM seen('log');
SELECT lead_temperature.untrack('log');
ROLLBACK;
BEGIN;
ALTER TABLE log DROP COLUMN at;
SELECT lead_temperature.untrack('log');
ROLLBACK;
-- (the server says which views rest on it)
\set VERBOSITY terse
DROP TABLE log_lead;
\set VERBOSITY default
SET client_min_messages = warning;
DROP TABLE log_lead CASCADE;
RESET client_min_messages;
DROP TABLE log_transition CASCADE;
DROP VIEW log_ranking;
DROP VIEW log_funnel;
DROP VIEW log_funnel_weekly;
DROP TRIGGER lead_temperature_insert ON log;
DROP TRIGGER lead_temperature_update ON log;
DROP TRIGGER lead_temperature_delete ON log;
DROP TRIGGER lead_temperature_truncate ON log;
-- whatever it is called
ALTER TRIGGER lead_temperature_update ON log RENAME TO "Mine";
DROP TRIGGER "Mine" ON log;
DROP TRIGGER lead_temperature_insert ON log;
-- but not of others, nor others beside
ALTER TABLE log DROP COLUMN note, ADD COLUMN extra int DEFAULT 7, ADD COLUMN random float8 DEFAULT random();
ALTER TABLE log ADD CONSTRAINT c CHECK (id > 0), ADD UNIQUE (id, lead);
CREATE TRIGGER mine BEFORE UPDATE ON log FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
DROP TRIGGER mine ON log;
INSERT INTO log VALUES (3, 1, 'visit', '2024-01-02');
SELECT * FROM seen('log');
SELECT * FROM seen('other');

-- Types of the tracked columns.
BEGIN;
ALTER TABLE log ALTER lead TYPE bigint;
SELECT stale, paused, paused_because FROM lead_temperature.trackers WHERE interactions = 'log'::regclass;
INSERT INTO log (id) VALUES (77);
UPDATE log SET id = 78 WHERE id = 77;
DELETE FROM log WHERE id = 78;
ROLLBACK;
BEGIN;
ALTER TABLE log ALTER lead TYPE text;
SELECT stale, paused, paused_because FROM lead_temperature.trackers WHERE interactions = 'log'::regclass;
INSERT INTO log (id) VALUES (77);
UPDATE log SET id = 78 WHERE id = 77;
DELETE FROM log WHERE id = 78;
ROLLBACK;
BEGIN;
ALTER TABLE log ALTER at TYPE text;
SELECT stale, paused, paused_because FROM lead_temperature.trackers WHERE interactions = 'log'::regclass;
INSERT INTO log (id) VALUES (77);
UPDATE log SET id = 78 WHERE id = 77;
DELETE FROM log WHERE id = 78;
ROLLBACK;
BEGIN;
ALTER TABLE log ALTER weight TYPE text;
SELECT stale, paused, paused_because FROM lead_temperature.trackers WHERE interactions = 'log'::regclass;
INSERT INTO log (id) VALUES (77);
UPDATE log SET id = 78 WHERE id = 77;
DELETE FROM log WHERE id = 78;
ROLLBACK;
-- one that keeps every value is followed, but may say something else: it makes the tracker stale
ALTER TABLE log ALTER weight TYPE numeric;
SELECT * FROM seen('log');
ALTER TABLE log ALTER kind TYPE varchar(40);
ALTER TABLE log ALTER at TYPE timestamp USING at AT TIME ZONE 'America/New_York';
INSERT INTO log VALUES (4, 1, 'visit', '2024-01-03');
SELECT stale, drift > 0 AS drifts FROM seen('log');
CALL lead_temperature.replay('log');
SELECT * FROM seen('log');
ALTER TABLE log ALTER kind TYPE varchar(40) USING CASE WHEN kind = 'visit' THEN 'question' ELSE kind END;
SELECT stale, drift > 0 AS drifts FROM seen('log');
CALL lead_temperature.replay('log');
ALTER TABLE log ALTER lead TYPE int USING lead + 1;
SELECT stale, drift > 0 AS drifts FROM seen('log');
CALL lead_temperature.replay('log');
SELECT * FROM seen('log');
-- other columns do not
ALTER TABLE log ALTER extra TYPE text;
ALTER TABLE log ALTER kind SET DEFAULT 'visit', ALTER at SET NOT NULL;
SELECT * FROM seen('log');

-- The owner.
CREATE ROLE regress_lt_owner;
ALTER TABLE log OWNER TO regress_lt_owner;
SELECT DISTINCT relowner::regrole FROM pg_class WHERE relname LIKE 'log\_%' AND relkind IN ('r', 'v');
INSERT INTO log VALUES (5, 4, 'visit', '2024-01-03');
SELECT * FROM seen('log');
-- replay asks whether the new owner may read the model
\set VERBOSITY terse
CALL lead_temperature.replay('log');
\set VERBOSITY default
UPDATE lead_temperature.model SET owner = 'regress_lt_owner';
CALL lead_temperature.replay('log');
CREATE ROLE regress_lt_new;
REASSIGN OWNED BY regress_lt_owner TO regress_lt_new;
UPDATE lead_temperature.model SET owner = current_user;
SELECT DISTINCT relowner::regrole FROM pg_class WHERE relname LIKE 'log\_%' AND relkind IN ('r', 'v');
INSERT INTO log VALUES (6, 4, 'visit', '2024-01-04');
SELECT * FROM seen('log');

-- Logged and unlogged state goes with the table.
CREATE FUNCTION persistence() RETURNS TABLE (relname name, relpersistence "char") LANGUAGE sql AS $$
	SELECT relname, relpersistence FROM pg_class WHERE relname IN ('log', 'log_lead', 'log_transition') ORDER BY 1
$$;
SELECT * FROM persistence();
ALTER TABLE log SET UNLOGGED;
SELECT * FROM persistence();
INSERT INTO log VALUES (7, 4, 'visit', '2024-01-05');
ALTER TABLE log SET LOGGED;
SELECT * FROM persistence();
INSERT INTO log VALUES (8, 4, 'visit', '2024-01-06');
SELECT * FROM seen('log');

-- Dropping the table leaves nothing.
DROP TABLE log;
SELECT * FROM left_over;
BEGIN;
DROP TABLE other CASCADE;
SELECT * FROM left_over;
ROLLBACK;
SELECT * FROM seen('other');
-- unless the user has built on what it would leave
CREATE VIEW mine AS SELECT lead FROM other_ranking;
DROP TABLE other;
SELECT lead_temperature.untrack('other');
BEGIN;
DROP TABLE other CASCADE;
SELECT * FROM left_over;
ROLLBACK;
SELECT * FROM seen('other');
DROP VIEW mine;
CREATE TABLE calls (lead int REFERENCES other_lead);
SELECT lead_temperature.untrack('other');
DROP TABLE calls;
DROP TABLE other;
SELECT * FROM left_over;
-- with its schema
CREATE SCHEMA s;
CREATE TABLE s.log (id int PRIMARY KEY, lead int, kind text, at timestamptz) PARTITION BY RANGE (id);
CREATE TABLE s.log_1 PARTITION OF s.log FOR VALUES FROM (0) TO (10);
SELECT lead_temperature.track('s.log', 'lead', 'kind', 'at', NULL, 'm', create_index => true);
CREATE VIEW mine AS SELECT lead FROM s.log_ranking;
INSERT INTO s.log VALUES (1, 1, 'visit', '2024-01-01');
\set VERBOSITY terse
DROP SCHEMA s;
\set VERBOSITY default
SET client_min_messages = warning;
DROP SCHEMA s CASCADE;
RESET client_min_messages;
SELECT * FROM left_over;
-- with its owner
CREATE SCHEMA s AUTHORIZATION regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.create_model('of the owner');
CREATE TABLE s.log (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT lead_temperature.track('s.log', 'lead', 'kind', 'at', NULL, 'of the owner');
INSERT INTO s.log VALUES (1, 'visit', '2024-01-01');
RESET ROLE;
DROP OWNED BY regress_lt_owner;
SELECT * FROM left_over;
SELECT count(*) FROM lead_temperature.model WHERE name = 'of the owner';
DROP ROLE regress_lt_owner, regress_lt_new;

-- Transactions.
CREATE TABLE log (id int PRIMARY KEY, lead int, kind text, at timestamptz);
BEGIN;
INSERT INTO log VALUES (1, 1, 'visit', '2024-01-01');
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', NULL, 'm', create_index => true);
INSERT INTO log VALUES (2, 1, 'visit', '2024-01-02'), (3, 2, 'visit', '2024-01-02');
SELECT * FROM seen('log');
ROLLBACK;
SELECT * FROM left_over;
INSERT INTO log VALUES (4, 1, 'visit', '2024-01-02');
SELECT count(*) FROM log;
BEGIN;
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', NULL, 'm', create_index => true);
INSERT INTO log VALUES (5, 1, 'visit', '2024-01-02');
SELECT lead_temperature.untrack('log');
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', NULL, 'm', backfill => false);
INSERT INTO log VALUES (6, 1, 'visit', '2024-01-02');
SELECT * FROM seen('log');
SELECT lead_temperature.resume('log');
SELECT lead_temperature.untrack('log');
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', NULL, 'm', prefix => 'again');
INSERT INTO log VALUES (7, 1, 'visit', '2024-01-02');
SAVEPOINT s;
SELECT lead_temperature.untrack('log');
INSERT INTO log VALUES (8, 1, 'visit', '2024-01-02');
ROLLBACK TO s;
INSERT INTO log VALUES (9, 1, 'visit', '2024-01-02');
SELECT * FROM seen('log');
COMMIT;
SELECT * FROM seen('log');
-- pause and resume in one session
SELECT lead_temperature.pause('log');
INSERT INTO log VALUES (10, 3, 'visit', '2024-01-03');
DELETE FROM log WHERE id = 9;
SELECT paused, stale FROM lead_temperature.trackers;
SELECT leads FROM seen('log');
BEGIN;
SELECT lead_temperature.resume('log');
INSERT INTO log VALUES (11, 3, 'visit', '2024-01-03');
SELECT leads FROM seen('log');
ROLLBACK;
INSERT INTO log VALUES (12, 3, 'visit', '2024-01-03');
SELECT leads FROM seen('log');
SELECT lead_temperature.resume('log');
SELECT * FROM seen('log');
-- its index may be rebuilt, its rows rewritten
DROP INDEX log_lead_at_idx;
INSERT INTO log VALUES (13, 3, 'visit', '2024-01-01');
CREATE INDEX log_lead_at_idx ON log (lead, at);
INSERT INTO log VALUES (14, 3, 'visit', '2024-01-01');
VACUUM FULL log, again_lead, again_transition;
CLUSTER again_lead USING again_lead_pkey;
INSERT INTO log VALUES (15, 3, 'visit', '2024-01-01');
SELECT * FROM seen('log');

-- What the user adds to the state: columns, and triggers that tell of leads that became hot.
ALTER TABLE again_lead ADD COLUMN seller text DEFAULT 'nobody', ADD COLUMN twice float8 GENERATED ALWAYS AS (2 * interactions) STORED;
CREATE TABLE alarm (id serial, lead int, was text, kind text);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.alarm (lead, was, kind) VALUES (NEW.lead, CASE WHEN TG_OP = 'UPDATE' THEN OLD.stage END, TG_OP);
	NOTIFY hot_lead;
	RETURN NULL;
END
$$;
CREATE TRIGGER hot AFTER INSERT OR UPDATE ON again_lead FOR EACH ROW WHEN (NEW.hot_since IS NOT NULL) EXECUTE FUNCTION tell();
CREATE FUNCTION assign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.seller := 'Sue of ' || NEW.lead;
	RETURN NEW;
END
$$;
CREATE TRIGGER assign BEFORE INSERT OR UPDATE ON again_lead FOR EACH ROW WHEN (NEW.interactions > 0) EXECUTE FUNCTION assign();
INSERT INTO log VALUES (20, 5, 'demo_request', '2024-01-05'), (21, 1, 'question', '2024-01-05'), (22, 6, 'visit', '2024-01-05');
INSERT INTO log VALUES (23, 1, 'demo_request', '2024-01-05'), (24, 6, 'visit', '2024-01-06');
UPDATE log SET kind = 'demo_request' WHERE id = 22;
SELECT lead, was, kind FROM alarm ORDER BY id;
UPDATE again_lead SET seller = 'Joe' WHERE false;
SELECT lead, seller, twice, hot_since IS NOT NULL AS hot FROM again_lead ORDER BY 1;
SELECT * FROM seen('log');
-- one that writes interactions itself
CREATE FUNCTION call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.log SELECT max(id) + 1, NEW.lead, 'call', NEW.last_at FROM public.log;
	IF NEW.lead < 100 THEN
		INSERT INTO public.log SELECT max(id) + 1, NEW.lead + 100, 'question', NEW.last_at FROM public.log;
	END IF;
	RETURN NULL;
END
$$;
CREATE FUNCTION follow_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.log SELECT max(id) + 1, NEW.lead, 'call', NEW.at + interval '1 day' FROM public.log;
	INSERT INTO public.log SELECT max(id) + 1, NEW.lead + 1, 'visit', NEW.at FROM public.log;
	RETURN NULL;
END
$$;
CREATE TRIGGER call AFTER INSERT OR UPDATE ON again_lead FOR EACH ROW WHEN (NEW.hot_since IS NOT NULL AND NEW.interactions < 4) EXECUTE FUNCTION call();
INSERT INTO log VALUES (30, 7, 'demo_request', '2024-01-07'), (31, 8, 'demo_request', '2024-01-07'), (32, 9, 'visit', '2024-01-07');
INSERT INTO log VALUES (100, 9, 'demo_request', '2024-01-06');
SELECT * FROM seen('log');
SELECT lead_temperature.pause('log');
INSERT INTO log VALUES (120, 13, 'demo_request', '2024-01-07'), (121, 14, 'visit', '2024-01-07'), (122, 113, 'visit', '2024-01-06'), (123, 15, 'demo_request', '2024-01-07');
SELECT lead_temperature.resume('log');
SELECT * FROM seen('log');
DROP TRIGGER call ON again_lead;
CREATE TRIGGER call AFTER INSERT ON again_transition FOR EACH ROW WHEN (NEW.to_temperature = 'hot') EXECUTE FUNCTION follow_up();
INSERT INTO log VALUES (200, 9, 'meeting_booked', '2024-01-05'), (201, 11, 'demo_request', '2024-01-08'), (202, 11, 'demo_request', '2024-01-08'), (203, 12, 'visit', '2024-01-08');
SELECT * FROM seen('log');
DROP TRIGGER call ON again_transition;
-- one that suppresses what it may not: the statement fails and says why
CREATE FUNCTION suppress() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER suppress BEFORE INSERT ON again_lead FOR EACH ROW EXECUTE FUNCTION suppress();
SET statement_timeout = '10s';
INSERT INTO log VALUES (300, 20, 'visit', '2024-01-07');
SELECT lead_temperature.pause('log');
INSERT INTO log VALUES (300, 20, 'visit', '2024-01-07');
SELECT lead_temperature.resume('log');
DELETE FROM log WHERE id = 300;
SELECT lead_temperature.resume('log');
RESET statement_timeout;
DROP TRIGGER suppress ON again_lead;
CREATE TRIGGER suppress BEFORE UPDATE ON again_lead FOR EACH ROW EXECUTE FUNCTION suppress();
INSERT INTO log VALUES (301, 1, 'visit', '2024-01-07');
DROP TRIGGER suppress ON again_lead;
CREATE TRIGGER suppress BEFORE DELETE ON again_lead FOR EACH ROW EXECUTE FUNCTION suppress();
DELETE FROM log WHERE lead = 3;
DROP TRIGGER suppress ON again_lead;
INSERT INTO log VALUES (302, 1, 'visit', '2024-01-08');
SELECT count(*) FROM lead_temperature.drift('log');
-- columns of ours taken from it
BEGIN;
ALTER TABLE again_lead DROP COLUMN group_points;
INSERT INTO log VALUES (303, 1, 'visit', '2024-01-09');
ROLLBACK;
BEGIN;
ALTER TABLE again_lead DROP CONSTRAINT again_lead_pkey;
INSERT INTO log VALUES (303, 1, 'visit', '2024-01-09');
ROLLBACK;
BEGIN;
DROP INDEX again_transition_lead_at_idx;
INSERT INTO log VALUES (303, 10, 'demo_request', '2024-01-09');
ROLLBACK;
BEGIN;
ALTER TABLE again_transition DROP COLUMN cause;
INSERT INTO log VALUES (303, 10, 'demo_request', '2024-01-09');
ROLLBACK;
DROP TABLE log, alarm;
DROP FUNCTION tell, assign, call, follow_up, suppress;
SELECT * FROM left_over;

-- A generated column as the kind, one as the lead.
CREATE TABLE log (id int, page text, email text, at timestamptz,
	kind text GENERATED ALWAYS AS (CASE WHEN page ~ 'price' THEN 'pricing_view' ELSE 'page_view' END) STORED,
	lead text GENERATED ALWAYS AS (lower(email)) STORED);
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', NULL, 'm', create_index => true);
INSERT INTO log VALUES (1, '/prices', 'Ann@example.com', '2024-01-01'), (2, '/', 'ANN@example.com', '2024-01-02');
UPDATE log SET page = '/price-list' WHERE id = 2;
SELECT * FROM seen('log');
SELECT lead, round(lead_temperature.points(heat)::numeric, 3) AS points FROM log_lead;
DROP TABLE log;

-- Unlogged tables; and a publication of all tables, which needs a replica identity of all that is updated.
CREATE UNLOGGED TABLE log (id int PRIMARY KEY, lead int, kind text, at timestamptz);
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', NULL, 'm', create_index => true);
SELECT * FROM persistence();
DROP TABLE log;
CREATE TABLE log (id int PRIMARY KEY, lead int, kind text, at timestamptz);
SET client_min_messages = error;	-- wal_level may not suffice to publish anything
CREATE PUBLICATION everything FOR ALL TABLES;
RESET client_min_messages;
CREATE TABLE no_identity AS SELECT 1 AS one;
UPDATE no_identity SET one = 2;
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', NULL, 'm', create_index => true);
INSERT INTO log VALUES (1, 1, 'visit', '2024-01-01'), (2, 1, 'visit', '2024-01-03'), (3, 2, 'visit', '2024-01-03');
INSERT INTO log VALUES (4, 1, 'demo_request', '2024-01-02');
UPDATE log SET lead = 3 WHERE id = 3;
DELETE FROM log WHERE id = 4;
SELECT lead_temperature.pause('log'), lead_temperature.resume('log');
CALL lead_temperature.replay('log');
SELECT * FROM seen('log');
ALTER TRIGGER lead_temperature_delete ON log RENAME TO "Mine";
SELECT lead_temperature.untrack('log');
SELECT * FROM left_over;
DROP PUBLICATION everything;
DROP TABLE no_identity;

-- Without the extension nothing fires any more, and the rows of the user are there.
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', NULL, 'm', create_index => true);
\set VERBOSITY terse
DROP EXTENSION lead_temperature;
\set VERBOSITY default
SELECT * FROM seen('log');
SET client_min_messages = warning;
DROP EXTENSION lead_temperature CASCADE;
RESET client_min_messages;
INSERT INTO log VALUES (5, 1, 'visit', '2024-01-04');
UPDATE log SET lead = 2 WHERE id = 5;
DELETE FROM log WHERE id = 1;
ALTER TABLE log ADD COLUMN more int;
SELECT count(*) FROM log;
TRUNCATE log_lead;
SELECT relname, relkind FROM pg_class WHERE relname LIKE 'log\_%' AND relkind <> 'i' ORDER BY 1;
-- what is made anew starts anew
CREATE EXTENSION lead_temperature;
INSERT INTO log VALUES (6, 1, 'visit', '2024-01-05');
SELECT lead_temperature.track('log', 'lead', 'kind', 'at');
DROP TABLE log_lead, log_transition, log_balance, log_alias;
SELECT lead_temperature.track('log', 'lead', 'kind', 'at');
INSERT INTO log VALUES (7, 2, 'demo_request', '2024-01-05');
SELECT leads, drift FROM seen('log');
SELECT lead, stage FROM log_ranking ORDER BY lead;
SELECT lead_temperature.untrack('log');
DROP TABLE log;
DROP FUNCTION persistence, seen;
DELETE FROM lead_temperature.model;
