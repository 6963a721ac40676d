--
-- What bad input gets: an error that names the column or table, with a hint,
-- and nothing half made.
--

-- attempt runs a command that must fail, and tells the error and whatever it left behind.
CREATE FUNCTION world() RETURNS bigint[] LANGUAGE sql SECURITY DEFINER AS $$
	SELECT ARRAY[(SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_depend),
				 (SELECT count(*) FROM lead_temperature.tracker), (SELECT count(*) FROM lead_temperature.model_version),
				 (SELECT count(*) FROM lead_temperature.model), (SELECT count(*) FROM lead_temperature.signal)]
$$;
CREATE FUNCTION attempt(command text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	before bigint[] := world();
	state text;
	message text;
	detail text;
	hint text;
BEGIN
	BEGIN
		EXECUTE command;
		RETURN NEXT 'no error';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
		RETURN NEXT state || ': ' || message;
		IF detail <> '' THEN RETURN NEXT '  detail: ' || replace(detail, '"' || session_user || '"', 'the superuser'); END IF;
		IF hint <> '' THEN RETURN NEXT '  hint: ' || replace(hint, '"' || session_user || '"', 'the superuser'); END IF;
	END;
	IF world() <> before THEN
		RETURN NEXT format('  left behind: %s, was %s', world(), before);
	END IF;
END
$$;
\pset format unaligned
\pset tuples_only

CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
GRANT CREATE ON SCHEMA public TO regress_lt_owner;

-- attempt does show what succeeds and what it makes.
CREATE TABLE good (id int, lead int, kind text, at timestamptz, weight float8);
CREATE INDEX ON good (lead);
BEGIN;
SELECT left(attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at')$$), 14);
ROLLBACK;

-- What is no table of one's own.
CREATE VIEW a_view AS SELECT * FROM good;
CREATE MATERIALIZED VIEW a_matview AS SELECT * FROM good;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE a_foreign_table (lead int, kind text, at timestamptz) SERVER nowhere;
CREATE TEMP TABLE a_temporary_table (lead int PRIMARY KEY, kind text, at timestamptz);
CREATE SEQUENCE a_sequence;
CREATE TYPE a_composite_type AS (lead int, kind text, at timestamptz);
CREATE TABLE of_another (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT attempt($$SELECT lead_temperature.track('a_view', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('a_matview', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('a_foreign_table', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('a_temporary_table', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('a_sequence', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('a_composite_type', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('good_lead_idx', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('pg_class', 'oid', 'relname', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('information_schema.sql_features', 'feature_id', 'feature_name', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('lead_temperature.model', 'name', 'owner', 'half_life')$$);
SELECT attempt($$SELECT lead_temperature.track('lead_temperature.tracker', 'interactions', 'kind', 'last_replay')$$);
SELECT attempt($$SELECT lead_temperature.track('no_table', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track(4000000000::oid::regclass, 'lead', 'kind', 'at')$$);
GRANT ALL ON of_another TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT attempt($$SELECT lead_temperature.track('of_another', 'lead', 'kind', 'at')$$);
RESET ROLE;

-- Parts of a tree.
CREATE TABLE root (lead int, kind text, at timestamptz) PARTITION BY LIST (lead);
CREATE TABLE leaf PARTITION OF root FOR VALUES IN (1);
CREATE TABLE branch PARTITION OF root DEFAULT PARTITION BY RANGE (at);
CREATE TABLE parent (lead int PRIMARY KEY, kind text, at timestamptz);
CREATE TABLE child (PRIMARY KEY (lead)) INHERITS (parent);
SELECT attempt($$SELECT lead_temperature.track('leaf', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('branch', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('parent', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('child', 'lead', 'kind', 'at')$$);
CREATE FOREIGN TABLE foreign_leaf PARTITION OF root FOR VALUES IN (2) SERVER nowhere;
SELECT attempt($$SELECT lead_temperature.track('root', 'lead', 'kind', 'at', create_index => true)$$);

-- A parent without children any more, and a child let go, are tables like others.
ALTER TABLE child NO INHERIT parent;
BEGIN;
SELECT lead_temperature.track('parent', 'lead', 'kind', 'at');
SELECT lead_temperature.track('child', 'lead', 'kind', 'at');
SELECT interactions FROM lead_temperature.trackers ORDER BY 1;
ROLLBACK;

-- A table whose owner may make nothing in its schema.
CREATE SCHEMA closed;
CREATE TABLE closed.event (lead int PRIMARY KEY, kind text, at timestamptz);
ALTER TABLE closed.event OWNER TO regress_lt_owner;
SELECT attempt($$SELECT lead_temperature.track('closed.event', 'lead', 'kind', 'at')$$);
GRANT USAGE ON SCHEMA closed TO regress_lt_owner;
SELECT attempt($$SELECT lead_temperature.track('closed.event', 'lead', 'kind', 'at')$$);
REVOKE USAGE ON SCHEMA closed FROM regress_lt_owner;
GRANT CREATE ON SCHEMA closed TO regress_lt_owner;
SELECT attempt($$SELECT lead_temperature.track('closed.event', 'lead', 'kind', 'at')$$);
-- run what the hint says
GRANT USAGE ON SCHEMA closed TO regress_lt_owner;
BEGIN;
SELECT left(attempt($$SELECT lead_temperature.track('closed.event', 'lead', 'kind', 'at')$$), 14);
ROLLBACK;
DROP SCHEMA closed CASCADE;

-- Columns.
SELECT attempt($$SELECT lead_temperature.track('good', 'led', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'Kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', '')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', 'wait')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'ctid', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'tableoid', 'at')$$);
ALTER TABLE good ADD COLUMN gone text;
ALTER TABLE good DROP COLUMN gone;
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', '........pg.dropped.6........', 'at')$$);

-- Leads that cannot be sorted.
CREATE TABLE odd (p point, j json, x xml, n int, kind text, at timestamptz, t text, tz timetz, i interval, b boolean, m money, l int);
CREATE INDEX ON odd (n);
SELECT attempt($$SELECT lead_temperature.track('odd', 'p', 'kind', 'at', create_index => true)$$);
SELECT attempt($$SELECT lead_temperature.track('odd', 'j', 'kind', 'at', create_index => true)$$);
SELECT attempt($$SELECT lead_temperature.track('odd', 'x', 'kind', 'at', create_index => true)$$);
-- Times of another type.
SELECT attempt($$SELECT lead_temperature.track('odd', 'n', 'kind', 't')$$);
SELECT attempt($$SELECT lead_temperature.track('odd', 'n', 'kind', 'tz')$$);
SELECT attempt($$SELECT lead_temperature.track('odd', 'n', 'kind', 'b')$$);
-- Weights of another type.
SELECT attempt($$SELECT lead_temperature.track('odd', 'n', 'kind', 'at', 't')$$);
SELECT attempt($$SELECT lead_temperature.track('odd', 'n', 'kind', 'at', 'b')$$);
SELECT attempt($$SELECT lead_temperature.track('odd', 'n', 'kind', 'at', 'm')$$);
SELECT attempt($$SELECT lead_temperature.track('odd', 'n', 'kind', 'at', 'i')$$);

-- No index led by the lead.  An expression on it, a part of it, another
-- order than its own and another method are none; further columns, either
-- direction, uniqueness and included columns do not matter.
CREATE SCHEMA "Shop ""A""";
CREATE TABLE "Shop ""A"""."What's new" ("the ""lead""" text, "Kind" text, "at" timestamptz, flag boolean);
\set try 'SELECT attempt(\$\$SELECT lead_temperature.track(\'"Shop ""A"""."What\'\'s new"\', \'the "lead"\', \'Kind\', \'at\')\$\$);'
:try
CREATE INDEX an_index ON "Shop ""A"""."What's new" ("at", "the ""lead""");
:try
DROP INDEX "Shop ""A""".an_index;
CREATE INDEX an_index ON "Shop ""A"""."What's new" (lower("the ""lead"""));
:try
DROP INDEX "Shop ""A""".an_index;
CREATE INDEX an_index ON "Shop ""A"""."What's new" ("the ""lead""") WHERE flag;
:try
DROP INDEX "Shop ""A""".an_index;
CREATE INDEX an_index ON "Shop ""A"""."What's new" ("the ""lead""" COLLATE "POSIX");
:try
DROP INDEX "Shop ""A""".an_index;
CREATE INDEX an_index ON "Shop ""A"""."What's new" ("the ""lead""" text_pattern_ops);
:try
DROP INDEX "Shop ""A""".an_index;
CREATE INDEX an_index ON "Shop ""A"""."What's new" USING hash ("the ""lead""");
:try
DROP INDEX "Shop ""A""".an_index;
CREATE INDEX an_index ON "Shop ""A"""."What's new" USING brin ("the ""lead""");
:try
DROP INDEX "Shop ""A""".an_index;
CREATE INDEX an_index ON "Shop ""A"""."What's new" (flag) INCLUDE ("the ""lead""");
:try
DROP INDEX "Shop ""A""".an_index;
-- a unique index that failed to be built concurrently is not valid
INSERT INTO "Shop ""A"""."What's new" VALUES ('a'), ('a');
CREATE UNIQUE INDEX CONCURRENTLY an_index ON "Shop ""A"""."What's new" ("the ""lead""");
:try
DROP INDEX "Shop ""A""".an_index;
DELETE FROM "Shop ""A"""."What's new";
-- these serve
\set serves 'BEGIN; SELECT lead_temperature.track(\'"Shop ""A"""."What\'\'s new"\', \'the "lead"\', \'Kind\', \'at\'); SELECT count(*) FROM lead_temperature.trackers; ROLLBACK; DROP INDEX "Shop ""A""".an_index;'
CREATE INDEX an_index ON "Shop ""A"""."What's new" ("the ""lead""" DESC NULLS LAST);
:serves
CREATE INDEX an_index ON "Shop ""A"""."What's new" ("the ""lead""", "Kind", "at");
:serves
CREATE UNIQUE INDEX an_index ON "Shop ""A"""."What's new" ("the ""lead""") INCLUDE (flag);
:serves
CREATE UNIQUE INDEX CONCURRENTLY an_index ON "Shop ""A"""."What's new" ("the ""lead""", flag);
:serves
-- the command of the hint serves too
DO $$
DECLARE
	hint text;
BEGIN
	PERFORM lead_temperature.track('"Shop ""A"""."What''s new"', 'the "lead"', 'Kind', 'at');
EXCEPTION WHEN object_not_in_prerequisite_state THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	EXECUTE substring(hint FROM 'CREATE .*(?=; or)');
END
$$;
BEGIN;
SELECT lead_temperature.track('"Shop ""A"""."What''s new"', 'the "lead"', 'Kind', 'at');
SELECT count(*) FROM lead_temperature.trackers;
ROLLBACK;
-- a partitioned index serves once all its partitions have theirs
DROP FOREIGN TABLE foreign_leaf;
CREATE INDEX root_by_lead ON ONLY root (lead);
SELECT attempt($$SELECT lead_temperature.track('root', 'lead', 'kind', 'at')$$);
CREATE INDEX leaf_lead ON leaf (lead);
CREATE INDEX branch_lead ON branch (lead);
ALTER INDEX root_by_lead ATTACH PARTITION leaf_lead;
ALTER INDEX root_by_lead ATTACH PARTITION branch_lead;
BEGIN;
SELECT lead_temperature.track('root', 'lead', 'kind', 'at');
SELECT count(*) FROM lead_temperature.trackers;
ROLLBACK;

-- Tracked already.
BEGIN;
SELECT lead_temperature.track('good', 'lead', 'kind', 'at');
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', prefix => 'good')$$);
ROLLBACK;

-- Prefixes and names that are taken.
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', prefix => '')$$);
SELECT attempt(format($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', prefix => %L)$$, repeat('x', 50)));
SELECT attempt(format($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', prefix => %L)$$, repeat('€', 17)));
BEGIN;
SELECT lead_temperature.track('good', 'lead', 'kind', 'at', prefix => repeat('x', 49)::name);
SELECT substring(relname FROM 51) AS longest FROM pg_class WHERE relname LIKE 'xxxxxxx%' AND relkind IN ('r', 'v') AND octet_length(relname::text) = 63;
ROLLBACK;
DO $$ BEGIN EXECUTE format('CREATE TABLE %I (lead int PRIMARY KEY, kind text, at timestamptz)', repeat('l', 63)); END $$;
SELECT attempt(format($$SELECT lead_temperature.track(%L, 'lead', 'kind', 'at')$$, repeat('l', 63)));
CREATE TABLE a_lead ();
CREATE INDEX b_transition ON good (id);
CREATE VIEW c_ranking AS SELECT 1 AS one;
CREATE SEQUENCE d_funnel;
CREATE MATERIALIZED VIEW e_funnel_weekly AS SELECT 1 AS one;
CREATE TYPE f_lead AS ENUM ();
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', prefix => 'a')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', prefix => 'b')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', prefix => 'c')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', prefix => 'd')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', prefix => 'e')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', prefix => 'f')$$);

-- Models.
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', model => 'no such')$$);
SELECT lead_temperature.create_model('of the superuser');
SET ROLE regress_lt_other;
SELECT lead_temperature.create_model('of the other');
RESET ROLE;
INSERT INTO lead_temperature.model SELECT 'of nobody', 'regress_lt_nobody', half_life, warm, mql, hot FROM lead_temperature.model WHERE name = 'of the other';
SET ROLE regress_lt_owner;
CREATE TABLE "of the other" (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT attempt($$SELECT lead_temperature.track('"of the other"', 'lead', 'kind', 'at', model => 'of the other')$$);
SELECT attempt($$SELECT lead_temperature.track('"of the other"', 'lead', 'kind', 'at', model => 'of the superuser')$$);
SELECT attempt($$SELECT lead_temperature.track('"of the other"', 'lead', 'kind', 'at', model => 'of nobody')$$);
SELECT attempt($$SELECT lead_temperature.track('"of the other"', 'lead', 'kind', 'at', model => '')$$);
SELECT attempt($$SELECT lead_temperature.track('"of the other"', 'lead', 'kind', 'at')$$);
RESET ROLE;
-- the superuser tracks it for its owner, whose rights count
SELECT attempt($$SELECT lead_temperature.track('"of the other"', 'lead', 'kind', 'at', model => 'of the superuser')$$);
GRANT regress_lt_other TO regress_lt_owner;
BEGIN;
SELECT lead_temperature.track('"of the other"', 'lead', 'kind', 'at', model => 'of the other');
SELECT model FROM lead_temperature.trackers;
-- a model that has vanished is an error, never an empty one
DELETE FROM lead_temperature.model WHERE name = 'of the other';
INSERT INTO "of the other" VALUES (1, 'demo_request', '2024-01-01');
SELECT lead, interactions FROM "of the other_lead";
SELECT stale FROM lead_temperature.trackers;
SELECT attempt($$CALL lead_temperature.replay('"of the other"')$$);
ROLLBACK;

-- Other arguments.
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', entry => 'customer')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', entry => 'buyer')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', time_zone => 'Europe/Atlantis')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', time_zone => '')$$);
SELECT attempt($$SELECT lead_temperature.track(NULL, 'lead', 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('good', NULL, 'kind', 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', NULL, 'at')$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', NULL)$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', entry => NULL)$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', time_zone => NULL)$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', create_index => NULL)$$);
SELECT attempt($$SELECT lead_temperature.track('good', 'lead', 'kind', 'at', backfill => NULL)$$);
BEGIN;
SELECT lead_temperature.track('good', 'lead', 'kind', 'at', weight => NULL, model => NULL, prefix => NULL);
SELECT prefix, model FROM lead_temperature.trackers;
ROLLBACK;

-- What the owner of the table may not do.
CREATE SCHEMA closed;
CREATE TABLE closed.of_owner (lead int PRIMARY KEY, kind text, at timestamptz);
ALTER TABLE closed.of_owner OWNER TO regress_lt_owner;
SELECT attempt($$SELECT lead_temperature.track('closed.of_owner', 'lead', 'kind', 'at')$$);

-- The companions: tables that are not tracked, are nobody's, or are another's.
SELECT attempt(format(f, $$'good'$$)) FROM unnest(ARRAY[
	'SELECT lead_temperature.untrack(%s)', 'SELECT lead_temperature.pause(%s)', 'SELECT lead_temperature.resume(%s)',
	'SELECT lead_temperature.apply_due(%s)', 'CALL lead_temperature.replay(%s)', 'SELECT lead_temperature.drift(%s)',
	'SELECT lead_temperature.score_breakdown(%s, ''1'')', 'SELECT lead_temperature.unmapped_kinds(%s)']) AS f;
SELECT attempt(format(f, '4000000000::oid::regclass')) FROM unnest(ARRAY[
	'SELECT lead_temperature.untrack(%s)', 'SELECT lead_temperature.pause(%s)', 'SELECT lead_temperature.resume(%s)',
	'SELECT lead_temperature.apply_due(%s)', 'CALL lead_temperature.replay(%s)', 'SELECT lead_temperature.drift(%s)',
	'SELECT lead_temperature.score_breakdown(%s, ''1'')', 'SELECT lead_temperature.unmapped_kinds(%s)']) AS f;
SELECT lead_temperature.track('of_another', 'lead', 'kind', 'at', model => 'of the superuser');
SET ROLE regress_lt_owner;
SELECT attempt(format(f, $$'of_another'$$)) FROM unnest(ARRAY[
	'SELECT lead_temperature.untrack(%s)', 'SELECT lead_temperature.pause(%s)', 'SELECT lead_temperature.resume(%s)',
	'SELECT lead_temperature.apply_due(%s)', 'CALL lead_temperature.replay(%s)', 'SELECT lead_temperature.drift(%s)',
	'SELECT lead_temperature.score_breakdown(%s, ''1'')', 'SELECT lead_temperature.unmapped_kinds(%s)']) AS f;
RESET ROLE;
SELECT attempt($$CALL lead_temperature.replay(NULL)$$);
SELECT attempt($$SELECT lead_temperature.untrack('of_another_transition')$$);
SELECT attempt($$SELECT lead_temperature.score_breakdown('of_another', 'one')$$);
SELECT attempt($$SELECT lead_temperature.hot_level('of_another')$$);
SELECT attempt($$SELECT lead_temperature.hot_level(4000000000::oid::regclass)$$);
-- a lead that is not there has no score, NULL asks for nothing
SELECT * FROM lead_temperature.score_breakdown('of_another', '1');
SELECT lead_temperature.untrack(NULL), lead_temperature.pause(NULL), lead_temperature.resume(NULL), lead_temperature.apply_due(NULL);
SELECT * FROM lead_temperature.drift(NULL);

\pset tuples_only off
\pset format aligned
SELECT lead_temperature.untrack('of_another');
DROP TABLE good, of_another, root, parent, child, odd, a_lead CASCADE;
SET client_min_messages = warning;
DROP FOREIGN DATA WRAPPER nowhere CASCADE;
DROP SCHEMA "Shop ""A""", closed CASCADE;
DO $$ BEGIN EXECUTE format('DROP TABLE %I', repeat('l', 63)); END $$;
DROP TABLE "of the other";
DROP VIEW c_ranking;
DROP SEQUENCE a_sequence, d_funnel;
DROP MATERIALIZED VIEW e_funnel_weekly;
DROP TYPE a_composite_type, f_lead;
DELETE FROM lead_temperature.model WHERE name LIKE 'of %';
REVOKE CREATE ON SCHEMA public FROM regress_lt_owner;
DROP ROLE regress_lt_owner, regress_lt_other;
DROP FUNCTION attempt, world;
SELECT count(*) FROM lead_temperature.tracker;
