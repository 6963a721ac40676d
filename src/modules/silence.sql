/*
 * Module silence: who is about to cool.
 */

CREATE FUNCTION lead_temperature.cooling(tracker pg_catalog.regclass,
	within pg_catalog.interval DEFAULT '1 day'::pg_catalog.interval,
	OUT lead pg_catalog.text, OUT temperature pg_catalog.text, OUT below pg_catalog.text,
	OUT cools_at pg_catalog.timestamptz, OUT level pg_catalog.float8, OUT score pg_catalog.float8,
	OUT stage pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_cooling' LANGUAGE C STABLE COST 1000 ROWS 1000;
COMMENT ON FUNCTION lead_temperature.cooling(pg_catalog.regclass, pg_catalog.interval) IS
'leads of a tracker that will be below hot or below warm within some time unless something happens, the soonest first';
