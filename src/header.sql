-- The install script of lead_temperature, joined by make from its modules in src

-- complain if the script is sourced in psql rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION lead_temperature" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- Nothing is made, or looked up by its name, in a schema that others have their hands in.
CREATE FUNCTION lead_temperature.check_schema() RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_check_schema' LANGUAGE C VOLATILE;
SELECT lead_temperature.check_schema();
DROP FUNCTION lead_temperature.check_schema();

