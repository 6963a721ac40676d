--
-- Modules: tables and views that a tracker has on request.
--
\pset format unaligned
\pset tuples_only
SET timezone = 'UTC';
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
CREATE ROLE regress_lt_reader;
CREATE SCHEMA elsewhere;
GRANT CREATE ON SCHEMA public, elsewhere TO regress_lt_owner, regress_lt_other;
GRANT USAGE ON SCHEMA elsewhere TO regress_lt_owner, regress_lt_other, regress_lt_reader;
SET client_min_messages = warning;
SET ROLE regress_lt_owner;
CREATE TABLE call (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('call', 'lead', 'kind', 'at', create_index => true);
CREATE TABLE chat (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('chat', 'lead', 'kind', 'at', create_index => true);
INSERT INTO call VALUES (1, 'purchase', '2024-01-01'), (1, 'purchase', '2024-01-20'), (2, 'purchase', '2024-01-31 23:00'), (3, 'question', '2024-01-02');
RESET client_min_messages;

-- What there is of trackers, with schemas, owners, definitions and comments; module says what of it is of module pace.
RESET ROLE;
CREATE VIEW made AS
	SELECT c.relname, c.relnamespace::regnamespace AS schema, c.relkind, c.relowner::regrole AS owner, obj_description(c.oid, 'pg_class') AS comment,
		md5(pg_get_viewdef(c.oid)) AS definition
	FROM pg_class c WHERE c.relname ~ '^(call|chat)_' AND c.relkind IN ('r', 'v');
CREATE TABLE before AS TABLE made;
CREATE VIEW module AS SELECT * FROM made WHERE relname NOT IN (SELECT relname FROM before);
GRANT SELECT ON made, before, module TO PUBLIC;
SET ROLE regress_lt_owner;

-- Nobody has a module who did not ask for it.
TABLE module;
SELECT lead_temperature.upgrade_tracker('call');
SELECT lead_temperature.drop_module('call', 'pace');
\echo :LAST_ERROR_SQLSTATE
-- whoever does has all of it
SELECT lead_temperature.add_module('call', 'pace');
SELECT relname, schema, relkind, owner, comment FROM module ORDER BY 1;
CREATE TEMPORARY TABLE with_module AS TABLE made;
SELECT month, customers, returned FROM call_retention ORDER BY month;
SELECT lead_temperature.add_module('call', 'pace');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.upgrade_tracker('call');

-- What is refused; the hints list all modules that there are.
\set VERBOSITY terse
SELECT lead_temperature.add_module(NULL, 'pace');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.add_module('call', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.drop_module(NULL, 'pace');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.drop_module('call', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.add_module('chat', 'no such');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.drop_module('call', '');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.drop_module('call', 'PACE');
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default
SELECT lead_temperature.add_module('before', 'pace');
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_lt_other;
SELECT lead_temperature.add_module('call', 'pace');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.drop_module('call', 'pace');
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_lt_owner;
-- a name that is taken
CREATE TABLE chat_retention (mine int);
SELECT lead_temperature.add_module('chat', 'pace');
\echo :LAST_ERROR_SQLSTATE
DROP TABLE chat_retention;
-- a schema in which the owner may make nothing
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM regress_lt_owner;
SELECT lead_temperature.add_module('chat', 'pace');
\echo :LAST_ERROR_SQLSTATE
GRANT CREATE ON SCHEMA public TO regress_lt_owner;
SET ROLE regress_lt_owner;
-- in the middle of a statement on the table
CREATE FUNCTION in_between() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM lead_temperature.add_module('chat', 'pace'); RETURN NEW; END $$;
CREATE TRIGGER in_between BEFORE INSERT ON chat FOR EACH ROW EXECUTE FUNCTION in_between();
INSERT INTO chat VALUES (1, 'visit', '2024-01-01');
\echo :LAST_ERROR_SQLSTATE
DROP FUNCTION in_between CASCADE;
-- a table that several trackers read
SELECT lead_temperature.track('chat', 'lead', 'kind', 'at', prefix => 'chat2', model => 'chat');
SELECT lead_temperature.add_module('chat', 'pace');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.add_module('chat2_lead', 'pace');
SELECT count(*) > 0 AS made FROM pg_class WHERE relname = 'chat2_retention';
SELECT lead_temperature.untrack('chat2_lead');
SELECT count(*) FROM pg_class WHERE relname ~ '^chat2_';
-- none of that has changed anything
(TABLE made EXCEPT TABLE with_module) UNION ALL (TABLE with_module EXCEPT TABLE made);

-- What belongs to a module is dropped with it alone, and not while something rests on it.
DROP VIEW call_retention;
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
ALTER VIEW call_retention OWNER TO regress_lt_other;
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_lt_owner;
CREATE VIEW mine AS SELECT * FROM call_retention;
SELECT lead_temperature.drop_module('call', 'pace');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.untrack('call');
\echo :LAST_ERROR_SQLSTATE
(TABLE made EXCEPT TABLE with_module) UNION ALL (TABLE with_module EXCEPT TABLE made);
DROP VIEW mine;

-- It goes where the table goes, under another name too.
ALTER VIEW call_retention RENAME TO those_who_return;
SELECT lead_temperature.upgrade_tracker('call');
ALTER VIEW those_who_return RENAME TO call_retention;
ALTER TABLE call SET SCHEMA elsewhere;
SELECT count(*) FROM module WHERE schema = 'elsewhere'::regnamespace;
SELECT count(*) FROM module WHERE schema <> 'elsewhere'::regnamespace;
SELECT count(*) FROM elsewhere.call_retention;
ALTER TABLE elsewhere.call SET SCHEMA public;
RESET ROLE;
ALTER TABLE call OWNER TO regress_lt_other;
SELECT DISTINCT owner FROM module;
SET ROLE regress_lt_other;
SELECT count(*) FROM call_retention;
SELECT lead_temperature.drop_module('call', 'pace');
SELECT lead_temperature.add_module('call', 'pace');
SELECT DISTINCT owner FROM module;
RESET ROLE;
ALTER TABLE call OWNER TO regress_lt_owner;
(TABLE made EXCEPT TABLE with_module) UNION ALL (TABLE with_module EXCEPT TABLE made);

-- Rights on a view are enough to read it.
SET ROLE regress_lt_owner;
GRANT SELECT ON call_retention TO regress_lt_reader;
SET ROLE regress_lt_reader;
SELECT month, customers FROM call_retention;
TABLE call_lead;
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_lt_owner;

-- What got lost where nobody looked is made again, of a module that the tracker has.
RESET ROLE;
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP VIEW call_retention, chat_hot_today;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
SET ROLE regress_lt_owner;
SELECT lead_temperature.upgrade_tracker('chat');
SELECT lead_temperature.add_module('call', 'pace');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.upgrade_tracker('call');
(TABLE made EXCEPT TABLE with_module) UNION ALL (TABLE with_module EXCEPT TABLE made);
-- or not, if it is dropped instead
RESET ROLE;
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP VIEW call_retention;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
SET ROLE regress_lt_owner;
SELECT lead_temperature.drop_module('call', 'pace');
TABLE module;
SELECT lead_temperature.upgrade_tracker('call');
SELECT lead_temperature.add_module('call', 'pace');
(TABLE made EXCEPT TABLE with_module) UNION ALL (TABLE with_module EXCEPT TABLE made);

-- It follows the tracker's time zone, and needs neither rows that can be read nor a model.
SELECT lead_temperature.alter_tracker('call', time_zone => 'Asia/Tokyo');
SELECT month AT TIME ZONE 'Asia/Tokyo', customers FROM call_retention ORDER BY 1;
SELECT lead_temperature.pause('call');
SELECT lead_temperature.drop_module('call', 'pace');
SELECT lead_temperature.add_module('call', 'pace');
SELECT month AT TIME ZONE 'Asia/Tokyo', customers FROM call_retention ORDER BY 1;
SELECT lead_temperature.resume('call');
-- in a transaction that is rolled back nothing happens
BEGIN;
SELECT lead_temperature.drop_module('call', 'pace');
ROLLBACK;
SELECT count(*) > 0 AS there FROM module;

-- Untracked, or dropped, the table leaves nothing of it; nor does a restore of the table without its tracker.
BEGIN;
SELECT lead_temperature.untrack('call');
SELECT count(*) FROM made WHERE relname ~ '^call';
ROLLBACK;
BEGIN;
DROP TABLE call;
SELECT count(*) FROM made WHERE relname ~ '^call';
ROLLBACK;
RESET ROLE;
BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM lead_temperature.companion WHERE interactions = 'call'::regclass;
DELETE FROM lead_temperature.tracker WHERE interactions = 'call'::regclass;
SELECT lead_temperature.reload_trackers();
SET LOCAL session_replication_role = origin;
SET LOCAL client_min_messages = warning;
SELECT lead_temperature.untrack('call');
SELECT count(*) FROM made WHERE relname ~ '^call';
ROLLBACK;

SET client_min_messages = warning;
DROP TABLE call, chat;
TABLE made;
DROP VIEW module, made;
DROP TABLE before, with_module;
DROP SCHEMA elsewhere;
DELETE FROM lead_temperature.model;
DROP OWNED BY regress_lt_owner, regress_lt_other, regress_lt_reader;
DROP ROLE regress_lt_owner, regress_lt_other, regress_lt_reader;
