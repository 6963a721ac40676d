/*
 * The type heat: input and output, constructor, accessors, arithmetic.
 */

GRANT USAGE ON SCHEMA lead_temperature TO PUBLIC;

CREATE TYPE lead_temperature.heat;

CREATE FUNCTION lead_temperature.heat_in(cstring) RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_in';
COMMENT ON FUNCTION lead_temperature.heat_in(cstring) IS
'Internal: I/O: heat from text';

CREATE FUNCTION lead_temperature.heat_out(lead_temperature.heat) RETURNS cstring
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_out';
COMMENT ON FUNCTION lead_temperature.heat_out(lead_temperature.heat) IS
'Internal: I/O: heat to text';

CREATE FUNCTION lead_temperature.heat_recv(internal) RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_recv';
COMMENT ON FUNCTION lead_temperature.heat_recv(internal) IS
'Internal: I/O: heat from binary form';

CREATE FUNCTION lead_temperature.heat_send(lead_temperature.heat) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_send';
COMMENT ON FUNCTION lead_temperature.heat_send(lead_temperature.heat) IS
'Internal: I/O: heat to binary form';

CREATE TYPE lead_temperature.heat (
	INPUT = lead_temperature.heat_in,
	OUTPUT = lead_temperature.heat_out,
	RECEIVE = lead_temperature.heat_recv,
	SEND = lead_temperature.heat_send,
	INTERNALLENGTH = 24,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE lead_temperature.heat IS
'a score that halves every half-life: points @ instant / half-life';

CREATE FUNCTION lead_temperature.heat(points float8, at timestamptz, half_life interval)
	RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_construct';
COMMENT ON FUNCTION lead_temperature.heat(float8, timestamptz, interval) IS
'heat that is worth points at an instant and halves every half_life';

CREATE FUNCTION lead_temperature.points(lead_temperature.heat) RETURNS float8
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_get_points';
COMMENT ON FUNCTION lead_temperature.points(lead_temperature.heat) IS
'score of the heat at its instant as_of';

CREATE FUNCTION lead_temperature.as_of(lead_temperature.heat) RETURNS timestamptz
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_get_as_of';
COMMENT ON FUNCTION lead_temperature.as_of(lead_temperature.heat) IS
'instant at which the heat is worth its points';

CREATE FUNCTION lead_temperature.half_life(lead_temperature.heat) RETURNS interval
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_get_half_life';
COMMENT ON FUNCTION lead_temperature.half_life(lead_temperature.heat) IS
'time in which the heat halves';

CREATE FUNCTION lead_temperature.level(lead_temperature.heat) RETURNS float8
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_get_level';
COMMENT ON FUNCTION lead_temperature.level(lead_temperature.heat) IS
'number that orders heats of one half-life as their scores do at every instant';

CREATE FUNCTION lead_temperature.score(heat lead_temperature.heat, at timestamptz)
	RETURNS float8
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_score_at';
COMMENT ON FUNCTION lead_temperature.score(lead_temperature.heat, timestamptz) IS
'value of the heat at an instant';

CREATE FUNCTION lead_temperature.score(heat lead_temperature.heat) RETURNS float8
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_score_now';
COMMENT ON FUNCTION lead_temperature.score(lead_temperature.heat) IS
'value of the heat at now()';

CREATE FUNCTION lead_temperature.score_now(heat lead_temperature.heat) RETURNS float8
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_score_saturated';
COMMENT ON FUNCTION lead_temperature.score_now(lead_temperature.heat) IS
'Internal: value of the heat at now() for the views: never an error, the nearest number if out of range';

CREATE FUNCTION lead_temperature.temperature(heat lead_temperature.heat, warm float8, hot float8,
											 at timestamptz)
	RETURNS lead_temperature.temperature
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'heat_temperature_at';
COMMENT ON FUNCTION
lead_temperature.temperature(lead_temperature.heat, float8, float8, timestamptz) IS
'cold, warm or hot, by two thresholds, at an instant';

CREATE FUNCTION lead_temperature.temperature(heat lead_temperature.heat, warm float8, hot float8)
	RETURNS lead_temperature.temperature
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'heat_temperature_now';
COMMENT ON FUNCTION lead_temperature.temperature(lead_temperature.heat, float8, float8) IS
'cold, warm or hot, by two thresholds, at now()';

CREATE FUNCTION lead_temperature.cools_at(heat lead_temperature.heat, threshold float8)
	RETURNS timestamptz
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'heat_get_cools_at';
COMMENT ON FUNCTION lead_temperature.cools_at(lead_temperature.heat, float8) IS
'first instant below the threshold; infinity if there is none, NULL if the threshold is not reached at or after as_of';

CREATE FUNCTION lead_temperature.heat_plus(lead_temperature.heat, lead_temperature.heat)
	RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_plus';
COMMENT ON FUNCTION lead_temperature.heat_plus(lead_temperature.heat, lead_temperature.heat) IS
'Internal: implementation of + operator';

CREATE OPERATOR lead_temperature.+ (
	FUNCTION = lead_temperature.heat_plus,
	LEFTARG = lead_temperature.heat,
	RIGHTARG = lead_temperature.heat,
	COMMUTATOR = OPERATOR(lead_temperature.+)
);
COMMENT ON OPERATOR lead_temperature.+ (lead_temperature.heat, lead_temperature.heat) IS
'sum of two heats of one half-life';

CREATE FUNCTION lead_temperature.heat_times(lead_temperature.heat, float8)
	RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_times_float8';
COMMENT ON FUNCTION lead_temperature.heat_times(lead_temperature.heat, float8) IS
'Internal: implementation of * operator';

CREATE FUNCTION lead_temperature.heat_times(float8, lead_temperature.heat)
	RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'float8_times_heat';
COMMENT ON FUNCTION lead_temperature.heat_times(float8, lead_temperature.heat) IS
'Internal: implementation of * operator';

CREATE OPERATOR lead_temperature.* (
	FUNCTION = lead_temperature.heat_times,
	LEFTARG = lead_temperature.heat,
	RIGHTARG = float8,
	COMMUTATOR = OPERATOR(lead_temperature.*)
);
COMMENT ON OPERATOR lead_temperature.* (lead_temperature.heat, float8) IS
'heat scaled by a factor';

CREATE OPERATOR lead_temperature.* (
	FUNCTION = lead_temperature.heat_times,
	LEFTARG = float8,
	RIGHTARG = lead_temperature.heat,
	COMMUTATOR = OPERATOR(lead_temperature.*)
);
COMMENT ON OPERATOR lead_temperature.* (float8, lead_temperature.heat) IS
'heat scaled by a factor';
