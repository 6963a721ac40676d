/*
 * Trained models at work.
 */

CREATE FUNCTION lead_temperature.probability(
		heat lead_temperature.heat, model pg_catalog.text, at pg_catalog.timestamptz DEFAULT pg_catalog.now())
	RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_probability' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.probability(lead_temperature.heat, pg_catalog.text, pg_catalog.timestamptz) IS
'chance, at an instant, that a lead of a heat converts within the horizon of a trained model';

CREATE PROCEDURE lead_temperature.activate(interactions pg_catalog.regclass, model pg_catalog.text)
	AS 'MODULE_PATHNAME', 'lt_activate' LANGUAGE C;
COMMENT ON PROCEDURE lead_temperature.activate(pg_catalog.regclass, pg_catalog.text) IS
'moves a tracker to another model and makes all state anew from the rows, in batches that commit while writers go on';
