/*
 * The aggregates of heat.  Their state is a heat, which distributed engines
 * can push down, as they cannot a state of type internal.
 */

CREATE FUNCTION lead_temperature.heat_accumulate(lead_temperature.heat, lead_temperature.heat)
	RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_accumulate';
COMMENT ON FUNCTION lead_temperature.heat_accumulate(lead_temperature.heat, lead_temperature.heat) IS
'Internal: aggregate transition and combination: sum of heats';

CREATE FUNCTION lead_temperature.heat_agg_transition(lead_temperature.heat, float8, timestamptz, interval)
	RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_agg_transition';
COMMENT ON FUNCTION
lead_temperature.heat_agg_transition(lead_temperature.heat, float8, timestamptz, interval) IS
'Internal: aggregate transition: adds points at an instant';

CREATE AGGREGATE lead_temperature.heat_agg(points float8, at timestamptz, half_life interval) (
	SFUNC = lead_temperature.heat_agg_transition,
	STYPE = lead_temperature.heat,
	COMBINEFUNC = lead_temperature.heat_accumulate,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.heat_agg(float8, timestamptz, interval) IS
'heat of interactions: the sum of their points, each halving every half_life; rows with a null are skipped';

CREATE AGGREGATE lead_temperature.sum(lead_temperature.heat) (
	SFUNC = lead_temperature.heat_accumulate,
	STYPE = lead_temperature.heat,
	COMBINEFUNC = lead_temperature.heat_accumulate,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.sum(lead_temperature.heat) IS
'sum of heats of one half-life';
