/*
 * Which channels bring leads.
 */

CREATE FUNCTION lead_temperature.attribution(tracker pg_catalog.regclass,
		since pg_catalog.timestamptz DEFAULT NULL, until pg_catalog.timestamptz DEFAULT NULL,
		OUT rule pg_catalog.text, OUT week pg_catalog.timestamptz, OUT channel pg_catalog.text, OUT touches pg_catalog.int8,
		OUT visitors pg_catalog.numeric, OUT leads pg_catalog.numeric, OUT marketing_qualified pg_catalog.numeric,
		OUT sales_qualified pg_catalog.numeric, OUT hot pg_catalog.numeric, OUT customers pg_catalog.numeric,
		OUT conversions pg_catalog.numeric, OUT value pg_catalog.numeric)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_attribution' LANGUAGE C STABLE COST 100000 ROWS 1000;
COMMENT ON FUNCTION lead_temperature.attribution(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'what each channel has brought in each week, by five rules that credit each event to the touches before it: visitors, leads, hot ones, customers, conversions and their value';
