/*
 * The best leads by the chance that they convert.
 */

CREATE FUNCTION lead_temperature.probability(
		heat lead_temperature.heat, model pg_catalog.text, at pg_catalog.timestamptz, fit pg_catalog.float8)
	RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_probability' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.probability(lead_temperature.heat, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.float8) IS
'chance, at an instant, that a lead of a heat and a fit converts within the horizon of a trained model';

CREATE FUNCTION lead_temperature.best_leads(tracker pg_catalog.regclass,
	n pg_catalog.int4 DEFAULT 100, skip pg_catalog.int4 DEFAULT 0,
	OUT rank pg_catalog.int8, OUT lead pg_catalog.text, OUT chance pg_catalog.float8,
	OUT score pg_catalog.float8, OUT fit pg_catalog.float8, OUT grade pg_catalog.text,
	OUT temperature pg_catalog.text, OUT stage pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_best_leads' LANGUAGE C STABLE STRICT COST 1000 ROWS 100;
COMMENT ON FUNCTION lead_temperature.best_leads(pg_catalog.regclass, pg_catalog.int4, pg_catalog.int4) IS
'the open leads that are likeliest to convert within the horizon of the trained model, by their heat now and their fit: so many, best first, after some that are left out';
