-- From 0.1.0 to 0.2.0: what an existing database needs to become what a fresh one is.

-- complain if the script is sourced in psql rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION lead_temperature UPDATE" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

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
