-- From 0.1.0 to 0.2.0: what an existing database needs to become what a fresh one is.

-- complain if the script is sourced in psql rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION lead_temperature UPDATE" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- The event triggers fire where session_replication_role is replica too.
ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;

-- A tracker is not restored while the triggers of its table fire.
CREATE FUNCTION lead_temperature.check_restore() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_check_restore' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.check_restore() IS
'row trigger of the table of trackers: refuses to restore a tracker while the triggers of its table fire';

CREATE TRIGGER check_restore AFTER INSERT ON lead_temperature.tracker
	FOR EACH ROW EXECUTE FUNCTION lead_temperature.check_restore();
COMMENT ON TRIGGER check_restore ON lead_temperature.tracker IS
'refuses to restore a tracker while the triggers of its table fire';
