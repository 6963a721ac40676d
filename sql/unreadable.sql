--
-- Rows that can be read no more pause their tracker, whatever made them so, and stand in
-- nobody's way.
--
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
CREATE SCHEMA shop AUTHORIZATION regress_lt_owner;
CREATE SCHEMA other AUTHORIZATION regress_lt_other;
CREATE SCHEMA parts;
GRANT ALL ON SCHEMA parts TO PUBLIC;
SET ROLE regress_lt_owner;
SET search_path = shop, parts;
SELECT lead_temperature.create_model('shop');

-- What no event trigger sees pauses the tracker when the next row comes, and the row goes through.
CREATE TYPE parts.mood AS ENUM ('question', 'call');
CREATE DOMAIN parts.short AS text CHECK (length(VALUE) < 100);
CREATE TYPE parts.pair AS (x text, y int);
CREATE FUNCTION parts.plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE TABLE migration (id int PRIMARY KEY, kind text, change text, back text);
INSERT INTO migration VALUES
	(1, $$CASE WHEN m = 'question' THEN 'question' ELSE 'call' END$$, 'ALTER TYPE parts.mood RENAME VALUE ''question'' TO ''q''', 'ALTER TYPE parts.mood RENAME VALUE ''q'' TO ''question'''),
	(2, $$CASE WHEN m = 'question' THEN 'question' ELSE 'call' END$$, 'ALTER TYPE parts.mood RENAME TO humour', 'ALTER TYPE parts.humour RENAME TO mood'),
	(3, $$what::parts.short::text$$, 'ALTER DOMAIN parts.short RENAME TO brief', 'ALTER DOMAIN parts.brief RENAME TO short'),
	(4, $$(p).x$$, 'ALTER TYPE parts.pair RENAME ATTRIBUTE x TO xx', 'ALTER TYPE parts.pair RENAME ATTRIBUTE xx TO x'),
	(5, $$parts.plain(what)$$, 'ALTER SCHEMA parts RENAME TO bits', 'ALTER SCHEMA bits RENAME TO parts'),
	(6, $$parts.plain(what)$$, 'REVOKE ALL ON FUNCTION parts.plain(text) FROM PUBLIC, regress_lt_owner', 'GRANT EXECUTE ON FUNCTION parts.plain(text) TO PUBLIC');
CREATE TABLE event (who text, what text, at timestamptz, m parts.mood DEFAULT 'call', p parts.pair DEFAULT ('visit', 1));
CREATE INDEX ON event (who);
CREATE PROCEDURE migrate(migration shop.migration) LANGUAGE plpgsql AS $$
DECLARE
	t lead_temperature.trackers;
BEGIN
	EXECUTE format('SELECT lead_temperature.track(''shop.event'', ''who'', %L, ''at'', model => ''shop'')', migration.kind);
	INSERT INTO shop.event VALUES ('ann', 'visit', '2026-01-01');
	EXECUTE migration.change;
	PERFORM lead_temperature.reload_trackers();
	INSERT INTO shop.event VALUES ('bob', 'visit', '2026-01-01');
	SELECT * INTO t FROM lead_temperature.trackers;
	RAISE WARNING '%: % leads, %, %', migration.change, (SELECT count(*) FROM shop.event_ranking),
		CASE WHEN t.paused THEN 'paused' ELSE 'followed' END, t.paused_because;
	/* a dump that is restored now would make the keys of what the tracker keeps */
	ALTER TABLE shop.event_lead ADD note text;
	EXECUTE migration.back;
	IF t.paused THEN
		PERFORM lead_temperature.resume('shop.event');
	END IF;
	IF EXISTS (SELECT FROM lead_temperature.drift('shop.event')) OR (SELECT count(*) FROM shop.event_lead) <> 2 THEN
		RAISE 'drift';
	END IF;
	PERFORM lead_temperature.untrack('shop.event');
	TRUNCATE shop.event;
END
$$;
RESET ROLE;
ALTER SCHEMA parts OWNER TO regress_lt_owner;
GRANT CREATE ON DATABASE contrib_regression TO regress_lt_owner;
GRANT EXECUTE ON FUNCTION lead_temperature.reload_trackers() TO regress_lt_owner;
SET ROLE regress_lt_owner;
\set VERBOSITY terse
DO $$
DECLARE
	m shop.migration;
BEGIN
	FOR m IN SELECT * FROM shop.migration ORDER BY id LOOP
		CALL shop.migrate(m);
	END LOOP;
END
$$;
\set VERBOSITY default

-- The views stand still, and what the tracker keeps can be worked on.
SELECT lead_temperature.track('event', 'lower(who)', 'what', 'at', model => 'shop', create_index => true);
INSERT INTO event VALUES ('Ann', 'question', '2026-01-01'), ('Bob', 'visit', '2026-01-01');
ALTER TABLE event DROP what;
SELECT lead, stage FROM event_ranking ORDER BY lead;
SELECT sum(leads) FROM event_funnel;
ALTER TABLE event DROP who CASCADE;
CREATE INDEX mine ON event_lead (stage);
DROP INDEX mine;
SELECT lead_temperature.resume('event');
ALTER TABLE event ADD who text, ADD what text;
CREATE INDEX ON event (lower(who));
SELECT lead_temperature.resume('event');
SELECT paused FROM lead_temperature.trackers;
SELECT lead_temperature.untrack('event');

-- Leads of another type pause it, and others drop their indexes.
CREATE INDEX ON event (who);
SELECT lead_temperature.track('event', 'who', 'what', 'at', model => 'shop');
CREATE TABLE aside (a int);
CREATE INDEX aside_a ON aside (a);
ALTER TABLE event ALTER who TYPE varchar(20);
DROP INDEX aside_a;
ALTER TABLE event_lead DROP stage;
SELECT lead_temperature.resume('event');
CREATE INDEX ON event ((who::text));
SELECT lead_temperature.alter_tracker('event', lead => 'who::text');
SELECT lead_temperature.resume('event');
SELECT count(*) FROM lead_temperature.drift('event');
SELECT lead_temperature.untrack('event');

-- What the tracker keeps can be worked on before anybody has noticed, as a restore does.
CREATE FUNCTION parts.who_of(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
SELECT lead_temperature.track('event', 'parts.who_of(who)', 'what', 'at', model => 'shop', create_index => true);
ALTER SCHEMA parts RENAME TO bits;
SELECT lead_temperature.reload_trackers();
ALTER TABLE event_balance DROP CONSTRAINT event_balance_pkey;
ALTER TABLE event_lead ADD note text;
ALTER SCHEMA bits RENAME TO parts;
SELECT lead_temperature.untrack('event');

-- Whoever drops something else neither runs what an expression calls nor waits for its table.
CREATE TABLE switch (on_off boolean);
CREATE FUNCTION grumpy() RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT on_off FROM shop.switch) THEN
		RAISE 'no' USING ERRCODE = 'XX000';
	END IF;
	RETURN '';
END
$$;
SELECT lead_temperature.track('event', 'who', 'grumpy() || what', 'at', model => 'shop');
INSERT INTO switch VALUES (true);
SET ROLE regress_lt_other;
CREATE TABLE other.mine (x int, y int);
ALTER TABLE other.mine DROP y;
CREATE FUNCTION other.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION other.f();
DROP TABLE other.mine;
SET ROLE regress_lt_owner;
DELETE FROM switch;
SELECT paused FROM lead_temperature.trackers;
SELECT lead_temperature.untrack('event');

-- Nor does a limit of a session pause what others can read.
SELECT lead_temperature.track('event', 'who', 'what' || repeat('||''a''', 3000), 'at', model => 'shop');
RESET ROLE;
SET max_stack_depth = '100kB';
SET ROLE regress_lt_other;
CREATE FUNCTION other.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION other.f();
SET ROLE regress_lt_owner;
DO $$
BEGIN
	INSERT INTO shop.event (who, what, at) VALUES ('ann', 'visit', '2026-01-01');
EXCEPTION WHEN statement_too_complex THEN
	RAISE WARNING '%', SQLERRM;
END
$$;
RESET ROLE;
RESET max_stack_depth;
SET ROLE regress_lt_owner;
SELECT paused FROM lead_temperature.trackers;
SELECT lead_temperature.untrack('event');

-- Constraints of domains of others do not run as the owner.
SET ROLE regress_lt_other;
CREATE DOMAIN other.theirs AS text CHECK (VALUE <> '');
GRANT USAGE ON SCHEMA other TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.track('event', 'who', 'what::other.theirs', 'at', model => 'shop');
CREATE TYPE record_of AS (a other.theirs);
SELECT lead_temperature.track('event', 'who', $$(jsonb_populate_record(NULL::record_of, what::jsonb)).a$$, 'at', model => 'shop');
CREATE DOMAIN over_theirs AS other.theirs;
SELECT lead_temperature.track('event', 'who', 'what::over_theirs', 'at', model => 'shop');
-- what is read while an expression is parsed runs no constraint
CREATE FUNCTION loud(text) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	RAISE WARNING 'run as %', current_user;
	RETURN true;
END
$$;
CREATE DOMAIN shop.loud AS text CHECK (shop.loud(VALUE));
CREATE TYPE shop.louds AS (a shop.loud);
SELECT lead_temperature.track('event', 'who', $$what || ('{x}'::shop.loud[])[1]$$, 'at', model => 'shop');
SELECT lead_temperature.track('event', 'who', $$what || (CAST('(x)' AS shop.louds)).a$$, 'at', model => 'shop');
-- a domain that is given away while others have the tracker in their caches
CREATE DOMAIN shop.given AS text;
SELECT lead_temperature.track('event', 'who', 'what::shop.given', 'at', model => 'shop');
INSERT INTO event (who, what, at) VALUES ('cy', 'visit', '2026-01-01');
GRANT CREATE ON SCHEMA shop TO regress_lt_other;
RESET ROLE;
ALTER DOMAIN shop.given OWNER TO regress_lt_other;
SET ROLE regress_lt_owner;
INSERT INTO event (who, what, at) VALUES ('dee', 'visit', '2026-01-01');
SELECT lead_temperature.untrack('event');
SELECT lead_temperature.track('event', 'who', 'what::parts.short', 'at', model => 'shop');
RESET ROLE;
\set VERBOSITY terse
ALTER TABLE event OWNER TO CURRENT_USER;
SELECT paused FROM lead_temperature.trackers;
SELECT lead_temperature.untrack('event');
ALTER TABLE event OWNER TO regress_lt_owner;

-- What reads otherwise along another path is refused, and settings of a session change nothing.
CREATE EXTENSION citext SCHEMA public;
SET search_path = shop, parts, public;
CREATE TABLE citext_event (who int, what citext, at timestamptz, note text);
CREATE INDEX ON citext_event (who);
SELECT lead_temperature.track('citext_event', 'who', $$CASE what WHEN 'Ask' THEN 'question' ELSE 'visit' END$$, 'at');
SELECT lead_temperature.track('citext_event', 'who', 'what', 'at', filter => $$what IS DISTINCT FROM 'TEST'$$);
SELECT lead_temperature.track('citext_event', 'who', 'what', 'at', filter => $$NULLIF(what, 'TEST') IS NOT NULL$$);
SELECT lead_temperature.track('citext_event', 'who', $$CASE WHEN what = 'Ask' THEN 'question' ELSE 'visit' END$$, 'at', filter => $$what <> 'TEST' AND note ~ '^\d+$'$$);
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SELECT lead_temperature.reload_trackers();
INSERT INTO citext_event VALUES (1, 'ask', '2026-01-01', '12'), (2, 'test', '2026-01-01', '12'), (3, 'ask', '2026-01-01', 'd');
ALTER TABLE citext_event RENAME note TO remark;
RESET standard_conforming_strings;
RESET escape_string_warning;
SELECT expression FROM lead_temperature.expression WHERE role = 'filter';
SELECT lead, interactions FROM citext_event_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('citext_event');
SELECT lead_temperature.untrack('citext_event');
DROP TABLE citext_event;
DROP EXTENSION citext;

-- Triggers on a partitioned table may not see what a generated column holds.
CREATE TABLE part (who text, what text, at timestamptz, small text GENERATED ALWAYS AS (lower(what)) STORED, team int) PARTITION BY LIST (team);
CREATE INDEX ON part (who);
SELECT lead_temperature.track('part', 'who', 'small', 'at');
SELECT lead_temperature.track('part', 'who', 'what', 'at', filter => $$small <> 'x'$$);
SELECT lead_temperature.track('part', 'who', 'current_user', 'at');
SELECT lead_temperature.track('part', 'who', 'lower(what)', 'at', filter => 'true');
SELECT lead_temperature.untrack('part');

-- An index after a column that the filter equates will do, also if it is a varchar.
CREATE TABLE message (sender_type varchar, sender int, what text, at timestamptz);
CREATE INDEX ON message (sender_type, sender);
SELECT lead_temperature.track('message', 'sender', 'what', 'at', filter => $$sender_type = 'Contact'$$);
-- A trigger that keeps rows keeps their lead.
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER keep BEFORE DELETE ON message FOR EACH ROW WHEN (OLD.what = 'keep') EXECUTE FUNCTION keep();
INSERT INTO message VALUES ('Contact', 1, 'keep', '2026-01-01'), ('Contact', 2, 'visit', '2026-01-01'), ('User', 2, 'visit', '2026-01-01');
\set VERBOSITY default
SET client_min_messages = notice;
SELECT * FROM lead_temperature.forget('message', '1', true);
SELECT * FROM lead_temperature.forget('message', '2');
DELETE FROM message WHERE sender = 2 AND sender_type = 'Contact';
SELECT * FROM lead_temperature.forget('message', '2');
SET client_min_messages = warning;
SELECT sender_type, sender FROM message ORDER BY sender;
SELECT reason, rows, first_at FROM lead_temperature.skipped_rows('message');
SELECT lead_temperature.untrack('message');

\set VERBOSITY terse
RESET search_path;
RESET ROLE;
DROP SCHEMA shop, parts, other CASCADE;
DROP OWNED BY regress_lt_owner, regress_lt_other;
DROP ROLE regress_lt_owner, regress_lt_other;
DELETE FROM lead_temperature.model WHERE name IN ('shop', 'citext_event', 'part', 'message');
