/*
 * Modules: what a tracker makes on request.
 */

CREATE FUNCTION lead_temperature.add_module(tracker pg_catalog.regclass, module pg_catalog.text)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_add_module' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.add_module(pg_catalog.regclass, pg_catalog.text) IS
'makes the tables and views of a module for a tracker';

CREATE FUNCTION lead_temperature.drop_module(tracker pg_catalog.regclass, module pg_catalog.text)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_drop_module' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.drop_module(pg_catalog.regclass, pg_catalog.text) IS
'drops the tables and views of a module of a tracker, RESTRICT';
