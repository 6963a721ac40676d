-- Kinds that are no text turn into text in one way whatever the session's settings.
SELECT lead_temperature.create_model('kinds_model');
INSERT INTO lead_temperature.signal (model, kind, points) VALUES
	('kinds_model', '2026-05-01', 7), ('kinds_model', '2026-05-01 10:00:00+00', 3),
	('kinds_model', '\xdeadbeef', 2), ('kinds_model', '0.1', 4), ('kinds_model', '1 day 02:00:00', 6),
	('kinds_model', '42', 9), ('kinds_model', 'paper', 11);

CREATE TYPE paper AS ENUM ('stone', 'paper');
DO $$
DECLARE
	type_name text;
	value text;
	drifted bigint;
	score float8;
BEGIN
	FOR type_name, value IN VALUES
		('date', '2026-05-01'), ('timestamptz', '2026-05-01 10:00+00'), ('bytea', '\xdeadbeef'),
		('float8', '0.1'), ('interval', 'P1DT2H'), ('integer', '42'), ('paper', 'paper'), ('varchar(9)', 'paper'),
		('char(9)', 'paper'), ('"char"', 'p')
	LOOP
		SET LOCAL datestyle = 'ISO';
		SET LOCAL intervalstyle = 'postgres';
		EXECUTE format('CREATE TABLE kinds (lead int, kind %s, at timestamptz)', type_name);
		PERFORM lead_temperature.track('kinds', 'lead', 'kind', 'at', model => 'kinds_model', create_index => true);
		SET LOCAL datestyle = 'German';
		SET LOCAL intervalstyle = 'iso_8601';
		SET LOCAL timezone = 'Asia/Tokyo';
		SET LOCAL extra_float_digits = -10;
		SET LOCAL bytea_output = 'escape';
		-- a second row of a lead is added, a late one replays it, all under odd settings
		EXECUTE format('INSERT INTO kinds VALUES (1, %L, %L)', value, now() - interval '1 day');
		EXECUTE format('INSERT INTO kinds VALUES (1, %L, %L)', value, now());
		SET LOCAL datestyle = 'ISO';
		SET LOCAL timezone = 'UTC';
		SET LOCAL bytea_output = 'hex';
		SET LOCAL extra_float_digits = 1;
		SELECT count(*) INTO drifted FROM lead_temperature.drift('kinds');
		SELECT r.score INTO score FROM kinds_ranking r;
		RAISE NOTICE '%: % for two of them, % drifted', type_name, round(score::numeric, 1), drifted;
		DROP TABLE kinds;
	END LOOP;
END $$;
DELETE FROM lead_temperature.model WHERE name = 'kinds_model';
DROP TYPE paper;

-- A table that others rest on goes with them if it is said to cascade, not otherwise.
CREATE TABLE cascading (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('cascading', 'lead', 'kind', 'at', create_index => true);
CREATE VIEW resting AS SELECT lead FROM cascading_ranking;
DROP TABLE cascading;
DROP TABLE cascading CASCADE;
SELECT to_regclass('resting'), to_regclass('cascading_lead'),
	(SELECT count(*) FROM lead_temperature.tracker WHERE prefix = 'cascading') AS trackers;
DELETE FROM lead_temperature.model WHERE name = 'cascading';

-- A cast to text may want the value alone, the typmod of its target too, and whether it is explicit.
CREATE SCHEMA kinds;
SET search_path = kinds, public;
SELECT lead_temperature.create_model('kinds');
INSERT INTO lead_temperature.signal (model, kind, points) VALUES
	('kinds', 'call', 5), ('kinds', 'call -1', 6), ('kinds', 'call -1 true', 7),
	('kinds', '"call', 8), ('kinds', 'mood call', 9);
CREATE TYPE what AS (kind text);
CREATE FUNCTION sql1(what) RETURNS text LANGUAGE sql STABLE AS $$SELECT $1.kind$$;
CREATE FUNCTION sql2(what, int) RETURNS text LANGUAGE sql STABLE AS $$SELECT $1.kind || ' ' || $2$$;
CREATE FUNCTION sql3(what, int, bool) RETURNS text LANGUAGE sql STABLE AS $$SELECT $1.kind || ' ' || $2 || ' ' || $3$$;
CREATE FUNCTION plpgsql1(what) RETURNS text LANGUAGE plpgsql STABLE AS $$BEGIN RETURN $1.kind; END$$;
CREATE FUNCTION plpgsql2(what, int) RETURNS text LANGUAGE plpgsql STABLE AS $$BEGIN RETURN $1.kind || ' ' || $2; END$$;
CREATE FUNCTION plpgsql3(what, int, bool) RETURNS text LANGUAGE plpgsql STABLE AS $$BEGIN RETURN $1.kind || ' ' || $2 || ' ' || $3; END$$;
CREATE FUNCTION any1(anyelement) RETURNS text LANGUAGE sql STABLE AS $$SELECT pg_typeof($1)::text || ' call'$$;
CREATE FUNCTION c1(json) RETURNS text LANGUAGE internal IMMUTABLE STRICT AS 'text_reverse';
CREATE FUNCTION c2(json, int) RETURNS text LANGUAGE internal IMMUTABLE STRICT AS 'text_left';
CREATE FUNCTION c3(json, int, bool) RETURNS text LANGUAGE internal IMMUTABLE STRICT AS 'text_substr';
CREATE TYPE mood AS ENUM ('happy');
CREATE FUNCTION null_for_odd(what) RETURNS text LANGUAGE sql STABLE AS $$SELECT nullif($1.kind, 'odd')$$;

-- by_cast tracks a table whose kinds a function casts, and says what becomes of two rows of a kind.
CREATE FUNCTION by_cast(type_name text, function text, value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('CREATE CAST (%s AS text) WITH FUNCTION %s', type_name, function);
	EXECUTE format('CREATE TABLE event (lead int, kind %s, at timestamptz)', type_name);
	PERFORM lead_temperature.track('event', 'lead', 'kind', 'at', model => 'kinds', create_index => true);
	EXECUTE format('INSERT INTO event VALUES (1, %L, now() - interval ''1 day''), (1, %L, now())', value, value);
	EXECUTE format('INSERT INTO event VALUES (1, %L, now() - interval ''2 days'')', value);
	SELECT concat_ws(', ', (SELECT string_agg(coalesce(kind, 'null'), ' ') FROM lead_temperature.unmapped_kinds('event')),
			(SELECT string_agg(b.kind || ' ' || b.interactions, ' ') FROM lead_temperature.score_breakdown('event', '1') b),
			(SELECT count(*) FROM lead_temperature.drift('event')) || ' drifted')
	INTO result;
	DROP TABLE event;
	EXECUTE format('DROP CAST (%s AS text)', type_name);
	RETURN result;
END $$;
SELECT f, by_cast('what', f, '(call)')
FROM unnest(ARRAY['sql1(what)', 'sql2(what, int)', 'sql3(what, int, bool)',
	'plpgsql1(what)', 'plpgsql2(what, int)', 'plpgsql3(what, int, bool)']) AS f;
SELECT f, by_cast('json', f, '"call"') FROM unnest(ARRAY['c1(json)', 'c2(json, int)', 'c3(json, int, bool)']) AS f;
SELECT by_cast('mood', 'any1(anyelement)', 'happy');
-- one that says that a kind is null
SELECT by_cast('what', 'null_for_odd(what)', '(odd)');

-- Kinds read otherwise: the tracker is stale until it is replayed.
CREATE DOMAIN mood_domain AS mood;
CREATE TYPE mood_pair AS (first mood_domain, second int);
CREATE TYPE mood_range AS RANGE (subtype = mood);
CREATE TYPE other AS ENUM ('happy', 'sad');

-- stale_after says whether trackers of a table are stale before and after a command.
CREATE FUNCTION stale_after(type_name text, value text, command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	before bool;
	after bool;
	replayed bool;
	drifted bigint;
BEGIN
	EXECUTE format('CREATE TABLE event (lead int, kind %s, at timestamptz)', type_name);
	PERFORM lead_temperature.track('event', 'lead', 'kind', 'at', model => 'kinds', create_index => true);
	EXECUTE format('INSERT INTO event VALUES (1, %L, now())', value);
	SELECT stale INTO before FROM lead_temperature.trackers WHERE interactions = 'event'::regclass;
	EXECUTE command;
	SELECT stale INTO after FROM lead_temperature.trackers WHERE interactions = 'event'::regclass;
	EXECUTE format('INSERT INTO event SELECT 2, kind, now() FROM event', value);
	CALL lead_temperature.replay('event');
	SELECT stale INTO replayed FROM lead_temperature.trackers WHERE interactions = 'event'::regclass;
	SELECT count(*) INTO drifted FROM lead_temperature.drift('event');
	DROP TABLE event;
	RETURN format('%s, after %s, replayed %s, %s drifted', before, after, replayed, drifted);
END $$;
SELECT stale_after('mood', 'happy', 'ALTER TYPE mood ADD VALUE ''sad''');
SELECT stale_after('mood', 'happy', 'ALTER TYPE other RENAME VALUE ''happy'' TO ''glad''');
SELECT stale_after('mood', 'happy', 'ALTER TYPE mood RENAME VALUE ''happy'' TO ''glad''');
SELECT stale_after('mood_domain', 'glad', 'ALTER TYPE mood RENAME VALUE ''glad'' TO ''happy''');
SELECT stale_after('mood_domain[]', '{happy}', 'ALTER TYPE mood RENAME VALUE ''happy'' TO ''glad''');
SELECT stale_after('mood_pair', '(glad,1)', 'ALTER TYPE mood RENAME VALUE ''glad'' TO ''happy''');
SELECT stale_after('mood_range', '[happy,happy]', 'ALTER TYPE mood RENAME VALUE ''happy'' TO ''glad''');
SELECT stale_after('mood_multirange', '{[glad,glad]}', 'ALTER TYPE mood RENAME VALUE ''glad'' TO ''happy''');
SELECT stale_after('mood', 'happy', 'ALTER TYPE mood SET SCHEMA public');
ALTER TYPE public.mood SET SCHEMA kinds;
SELECT stale_after('what', '(call)', 'ALTER TYPE what RENAME ATTRIBUTE kind TO name');
ALTER TYPE what RENAME ATTRIBUTE name TO kind;
SELECT stale_after('what', '(call)', 'ALTER TYPE what ADD ATTRIBUTE more int');
SELECT stale_after('what', '(call,)', 'ALTER TYPE what DROP ATTRIBUTE more');
SELECT stale_after('what', '(call)', 'CREATE CAST (what AS text) WITH FUNCTION sql1(what)');
SELECT stale_after('what', '(call)', 'CREATE OR REPLACE FUNCTION sql1(what) RETURNS text LANGUAGE sql STABLE AS ''SELECT ($1).kind || 1''');
SELECT stale_after('what', '(call)', 'CREATE OR REPLACE FUNCTION sql1(what) RETURNS text LANGUAGE plpgsql STABLE AS ''BEGIN RETURN ($1).kind; END''');
SELECT stale_after('what', '(call)', 'ALTER FUNCTION sql1(what) SET extra_float_digits = 0');
SELECT stale_after('what', '(call)', 'ALTER ROUTINE sql1(what) RESET ALL');
SELECT stale_after('what', '(call)', 'ALTER FUNCTION sql2(what, int) COST 3');
SELECT stale_after('what', '(call)', 'CREATE FUNCTION another() RETURNS int LANGUAGE sql AS ''SELECT 1''');
SELECT stale_after('what', '(call)', 'CREATE CAST (json AS text) WITH FUNCTION c1(json)');
SELECT stale_after('what', '(call)', 'DROP CAST (json AS text)');
SELECT stale_after('what', '(call)', 'DROP FUNCTION sql1(what) CASCADE');

-- Kinds and leads whose text is the present name of something else are refused; money reads alike everywhere.
CREATE DOMAIN table_name AS regclass;
CREATE TYPE named AS (id int, tables table_name[]);
-- refused tries to track a table with a column of kinds and one of leads.
CREATE FUNCTION refused(lead_type text, kind_type text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE format('CREATE TABLE event (lead %s, kind %s, at timestamptz)', lead_type, kind_type);
	PERFORM lead_temperature.track('event', 'lead', 'kind', 'at', model => 'kinds', create_index => true);
	DROP TABLE event;
	RETURN 'tracked';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN format('%s: %s | %s', SQLSTATE, SQLERRM, detail);
END $$;
SELECT refused('int', t) FROM unnest(ARRAY['regclass', 'regtype', 'regrole', 'regproc', 'table_name', 'regclass[]', 'named', 'named[]', 'aclitem', 'oid', 'text']) AS t;
SELECT refused(t, 'text') FROM unnest(ARRAY['regclass', 'table_name[]', 'named', 'oid']) AS t;
CREATE TABLE event (lead int, kind money, at timestamptz);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'kinds', create_index => true);
INSERT INTO event VALUES (1, 1234.5, now());
SELECT kind FROM lead_temperature.unmapped_kinds('event');

-- Kinds are told apart by their bytes, whatever the collation of the column makes equal.
CREATE COLLATION ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE page (lead int, kind text COLLATE ignore_case, at timestamptz);
SELECT lead_temperature.track('page', 'lead', 'kind', 'at', model => 'kinds', create_index => true);
INSERT INTO page VALUES (1, 'Other', now()), (1, 'other', now()), (1, 'OTHER', now()), (2, 'other', now());
SELECT kind, interactions, leads FROM lead_temperature.unmapped_kinds('page');

SET client_min_messages = warning;
DROP SCHEMA kinds CASCADE;
DELETE FROM lead_temperature.model WHERE name = 'kinds';
