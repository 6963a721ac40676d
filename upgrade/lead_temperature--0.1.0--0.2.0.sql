-- From 0.1.0 to 0.2.0: what an existing database needs to become what a fresh one is.

-- complain if the script is sourced in psql rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION lead_temperature UPDATE" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- The event triggers see more commands, and see them in replica role too.
DROP EVENT TRIGGER lead_temperature_ddl;
CREATE EVENT TRIGGER lead_temperature_ddl ON ddl_command_end
	WHEN TAG IN ('ALTER INDEX', 'ALTER SCHEMA', 'ALTER TABLE', 'ALTER TYPE', 'CREATE FOREIGN TABLE', 'CREATE INDEX',
		'CREATE RULE', 'CREATE SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
	EXECUTE FUNCTION lead_temperature.follow_ddl();
ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER lead_temperature_ddl IS
'follows new partitions, renamed columns and moved tables of trackers';
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
/*
 * The versions of library and extension are compared when a tracker is loaded.
 */

CREATE FUNCTION lead_temperature.reload_trackers() RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_reload_trackers' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.reload_trackers() IS
'makes every session read its trackers anew, and compare the version of its library with the extension''s; ends each upgrade script';
REVOKE ALL ON FUNCTION lead_temperature.reload_trackers() FROM PUBLIC;

/*
 * The end: sessions that work from 0.1.0's trackers load them again.  Keep this last.
 */
SELECT lead_temperature.reload_trackers();
