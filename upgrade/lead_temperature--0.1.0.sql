-- The install script of lead_temperature, joined by make from its modules in src

-- complain if the script is sourced in psql rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION lead_temperature" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;
/*
 * Temperature, stage and status of a lead.
 */

CREATE TYPE lead_temperature.temperature AS ENUM ('cold', 'warm', 'hot');
COMMENT ON TYPE lead_temperature.temperature IS
'how near a lead is to the purchase: cold < warm < hot';

CREATE TYPE lead_temperature.stage AS ENUM
	('visitor', 'lead', 'marketing_qualified', 'sales_qualified', 'opportunity', 'customer');
COMMENT ON TYPE lead_temperature.stage IS
'how far a lead has come: visitor < lead < marketing_qualified < sales_qualified < opportunity < customer';

CREATE TYPE lead_temperature.status AS ENUM ('open', 'won', 'lost');
COMMENT ON TYPE lead_temperature.status IS
'what became of the present cycle of a lead: open, won or lost';

-- not declared strict, which it is, since the planner would not inline it then
CREATE FUNCTION lead_temperature.stage_order(stage lead_temperature.stage) RETURNS pg_catalog.int4
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
	AS $$ SELECT CASE stage
		WHEN 'visitor' THEN 1 WHEN 'lead' THEN 2 WHEN 'marketing_qualified' THEN 3
		WHEN 'sales_qualified' THEN 4 WHEN 'opportunity' THEN 5 WHEN 'customer' THEN 6 END $$;
COMMENT ON FUNCTION lead_temperature.stage_order(lead_temperature.stage) IS
'place of a stage in the funnel, from 1 for visitor to 6 for customer';
/*
 * The type heat: input and output, constructor, accessors, arithmetic.
 */

GRANT USAGE ON SCHEMA lead_temperature TO PUBLIC;

CREATE TYPE lead_temperature.heat;

CREATE FUNCTION lead_temperature.heat_in(cstring) RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_in';
COMMENT ON FUNCTION lead_temperature.heat_in(cstring) IS
'I/O: heat from text';

CREATE FUNCTION lead_temperature.heat_out(lead_temperature.heat) RETURNS cstring
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_out';
COMMENT ON FUNCTION lead_temperature.heat_out(lead_temperature.heat) IS
'I/O: heat to text';

CREATE FUNCTION lead_temperature.heat_recv(internal) RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_recv';
COMMENT ON FUNCTION lead_temperature.heat_recv(internal) IS
'I/O: heat from binary form';

CREATE FUNCTION lead_temperature.heat_send(lead_temperature.heat) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_send';
COMMENT ON FUNCTION lead_temperature.heat_send(lead_temperature.heat) IS
'I/O: heat to binary form';

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
'value of the heat at now() for the views: never an error, the nearest number if out of range';

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
'implementation of + operator';

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
'implementation of * operator';

CREATE FUNCTION lead_temperature.heat_times(float8, lead_temperature.heat)
	RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'float8_times_heat';
COMMENT ON FUNCTION lead_temperature.heat_times(float8, lead_temperature.heat) IS
'implementation of * operator';

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
/*
 * The order of heats, and their operator classes.
 */

CREATE FUNCTION lead_temperature.heat_lt(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_lt';
COMMENT ON FUNCTION lead_temperature.heat_lt(lead_temperature.heat, lead_temperature.heat) IS
'implementation of < operator';

CREATE FUNCTION lead_temperature.heat_le(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_le';
COMMENT ON FUNCTION lead_temperature.heat_le(lead_temperature.heat, lead_temperature.heat) IS
'implementation of <= operator';

CREATE FUNCTION lead_temperature.heat_eq(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_eq';
COMMENT ON FUNCTION lead_temperature.heat_eq(lead_temperature.heat, lead_temperature.heat) IS
'implementation of = operator';

CREATE FUNCTION lead_temperature.heat_ne(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_ne';
COMMENT ON FUNCTION lead_temperature.heat_ne(lead_temperature.heat, lead_temperature.heat) IS
'implementation of <> operator';

CREATE FUNCTION lead_temperature.heat_ge(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_ge';
COMMENT ON FUNCTION lead_temperature.heat_ge(lead_temperature.heat, lead_temperature.heat) IS
'implementation of >= operator';

CREATE FUNCTION lead_temperature.heat_gt(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_gt';
COMMENT ON FUNCTION lead_temperature.heat_gt(lead_temperature.heat, lead_temperature.heat) IS
'implementation of > operator';

CREATE OPERATOR lead_temperature.< (
	FUNCTION = lead_temperature.heat_lt,
	LEFTARG = lead_temperature.heat,
	RIGHTARG = lead_temperature.heat,
	COMMUTATOR = OPERATOR(lead_temperature.>),
	NEGATOR = OPERATOR(lead_temperature.>=),
	RESTRICT = scalarltsel,
	JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR lead_temperature.< (lead_temperature.heat, lead_temperature.heat) IS
'less than';

CREATE OPERATOR lead_temperature.<= (
	FUNCTION = lead_temperature.heat_le,
	LEFTARG = lead_temperature.heat,
	RIGHTARG = lead_temperature.heat,
	COMMUTATOR = OPERATOR(lead_temperature.>=),
	NEGATOR = OPERATOR(lead_temperature.>),
	RESTRICT = scalarlesel,
	JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR lead_temperature.<= (lead_temperature.heat, lead_temperature.heat) IS
'less than or equal to';

CREATE OPERATOR lead_temperature.= (
	FUNCTION = lead_temperature.heat_eq,
	LEFTARG = lead_temperature.heat,
	RIGHTARG = lead_temperature.heat,
	COMMUTATOR = OPERATOR(lead_temperature.=),
	NEGATOR = OPERATOR(lead_temperature.<>),
	RESTRICT = eqsel,
	JOIN = eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR lead_temperature.= (lead_temperature.heat, lead_temperature.heat) IS
'equal to';

CREATE OPERATOR lead_temperature.<> (
	FUNCTION = lead_temperature.heat_ne,
	LEFTARG = lead_temperature.heat,
	RIGHTARG = lead_temperature.heat,
	COMMUTATOR = OPERATOR(lead_temperature.<>),
	NEGATOR = OPERATOR(lead_temperature.=),
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR lead_temperature.<> (lead_temperature.heat, lead_temperature.heat) IS
'not equal to';

CREATE OPERATOR lead_temperature.>= (
	FUNCTION = lead_temperature.heat_ge,
	LEFTARG = lead_temperature.heat,
	RIGHTARG = lead_temperature.heat,
	COMMUTATOR = OPERATOR(lead_temperature.<=),
	NEGATOR = OPERATOR(lead_temperature.<),
	RESTRICT = scalargesel,
	JOIN = scalargejoinsel
);
COMMENT ON OPERATOR lead_temperature.>= (lead_temperature.heat, lead_temperature.heat) IS
'greater than or equal to';

CREATE OPERATOR lead_temperature.> (
	FUNCTION = lead_temperature.heat_gt,
	LEFTARG = lead_temperature.heat,
	RIGHTARG = lead_temperature.heat,
	COMMUTATOR = OPERATOR(lead_temperature.<),
	NEGATOR = OPERATOR(lead_temperature.<=),
	RESTRICT = scalargtsel,
	JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR lead_temperature.> (lead_temperature.heat, lead_temperature.heat) IS
'greater than';

CREATE FUNCTION lead_temperature.heat_cmp(lead_temperature.heat, lead_temperature.heat)
	RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_cmp';
COMMENT ON FUNCTION lead_temperature.heat_cmp(lead_temperature.heat, lead_temperature.heat) IS
'less-equal-greater, by level, then by half-life';

CREATE FUNCTION lead_temperature.heat_sortsupport(internal)
	RETURNS void
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_sortsupport';
COMMENT ON FUNCTION lead_temperature.heat_sortsupport(internal) IS
'sort support';

CREATE FUNCTION lead_temperature.heat_hash(lead_temperature.heat)
	RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_hash';
COMMENT ON FUNCTION lead_temperature.heat_hash(lead_temperature.heat) IS
'hash';

CREATE FUNCTION lead_temperature.heat_hash_extended(lead_temperature.heat, bigint)
	RETURNS bigint
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_hash_extended';
COMMENT ON FUNCTION lead_temperature.heat_hash_extended(lead_temperature.heat, bigint) IS
'hash with a seed';

CREATE OPERATOR FAMILY lead_temperature.heat_ops USING btree;
COMMENT ON OPERATOR FAMILY lead_temperature.heat_ops USING btree IS
'order of heats';

CREATE OPERATOR CLASS lead_temperature.heat_ops
	DEFAULT FOR TYPE lead_temperature.heat USING btree FAMILY lead_temperature.heat_ops AS
	OPERATOR 1 lead_temperature.<,
	OPERATOR 2 lead_temperature.<=,
	OPERATOR 3 lead_temperature.=,
	OPERATOR 4 lead_temperature.>=,
	OPERATOR 5 lead_temperature.>,
	FUNCTION 1 lead_temperature.heat_cmp(lead_temperature.heat, lead_temperature.heat),
	FUNCTION 2 (lead_temperature.heat, lead_temperature.heat) lead_temperature.heat_sortsupport(internal);
COMMENT ON OPERATOR CLASS lead_temperature.heat_ops USING btree IS
'order of heats: by level, then by half-life';

CREATE OPERATOR FAMILY lead_temperature.heat_ops USING hash;
COMMENT ON OPERATOR FAMILY lead_temperature.heat_ops USING hash IS
'equality of heats';

CREATE OPERATOR CLASS lead_temperature.heat_ops
	DEFAULT FOR TYPE lead_temperature.heat USING hash FAMILY lead_temperature.heat_ops AS
	OPERATOR 1 lead_temperature.=,
	FUNCTION 1 lead_temperature.heat_hash(lead_temperature.heat),
	FUNCTION 2 lead_temperature.heat_hash_extended(lead_temperature.heat, bigint);
COMMENT ON OPERATOR CLASS lead_temperature.heat_ops USING hash IS
'equality of heats: of level and half-life';

CREATE FUNCTION lead_temperature.heat_larger(lead_temperature.heat, lead_temperature.heat)
	RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_larger';
COMMENT ON FUNCTION lead_temperature.heat_larger(lead_temperature.heat, lead_temperature.heat) IS
'larger of two';

CREATE AGGREGATE lead_temperature.max(lead_temperature.heat) (
	SFUNC = lead_temperature.heat_larger,
	STYPE = lead_temperature.heat,
	COMBINEFUNC = lead_temperature.heat_larger,
	SORTOP = OPERATOR(lead_temperature.>),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.max(lead_temperature.heat) IS
'greatest heat';

CREATE FUNCTION lead_temperature.heat_smaller(lead_temperature.heat, lead_temperature.heat)
	RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_smaller';
COMMENT ON FUNCTION lead_temperature.heat_smaller(lead_temperature.heat, lead_temperature.heat) IS
'smaller of two';

CREATE AGGREGATE lead_temperature.min(lead_temperature.heat) (
	SFUNC = lead_temperature.heat_smaller,
	STYPE = lead_temperature.heat,
	COMBINEFUNC = lead_temperature.heat_smaller,
	SORTOP = OPERATOR(lead_temperature.<),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.min(lead_temperature.heat) IS
'least heat';
/*
 * The aggregates of heat.  Their state is a heat, which distributed engines
 * can push down, as they cannot a state of type internal.
 */

CREATE FUNCTION lead_temperature.heat_accumulate(lead_temperature.heat, lead_temperature.heat)
	RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_accumulate';
COMMENT ON FUNCTION lead_temperature.heat_accumulate(lead_temperature.heat, lead_temperature.heat) IS
'aggregate transition and combination: sum of heats';

CREATE FUNCTION lead_temperature.heat_agg_transition(lead_temperature.heat, float8, timestamptz, interval)
	RETURNS lead_temperature.heat
	LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_agg_transition';
COMMENT ON FUNCTION
lead_temperature.heat_agg_transition(lead_temperature.heat, float8, timestamptz, interval) IS
'aggregate transition: adds points at an instant';

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
/*
 * Funnels: how many leads stand at each stage, and how warm they are.
 */

CREATE TYPE lead_temperature.funnel;

CREATE FUNCTION lead_temperature.funnel_in(cstring) RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_in(cstring) IS 'I/O';

CREATE FUNCTION lead_temperature.funnel_out(lead_temperature.funnel) RETURNS cstring
	AS 'MODULE_PATHNAME', 'funnel_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_out(lead_temperature.funnel) IS 'I/O';

CREATE FUNCTION lead_temperature.funnel_recv(internal) RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_recv(internal) IS 'I/O';

CREATE FUNCTION lead_temperature.funnel_send(lead_temperature.funnel) RETURNS bytea
	AS 'MODULE_PATHNAME', 'funnel_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_send(lead_temperature.funnel) IS 'I/O';

CREATE TYPE lead_temperature.funnel (
	INPUT = lead_temperature.funnel_in,
	OUTPUT = lead_temperature.funnel_out,
	RECEIVE = lead_temperature.funnel_recv,
	SEND = lead_temperature.funnel_send,
	INTERNALLENGTH = 240,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE lead_temperature.funnel IS
'leads per stage: open ones by temperature, won and lost ones; {visitor: 3 cold, 1 hot; lead: 2 warm, 4 lost}';

-- comparison and sum

CREATE FUNCTION lead_temperature.funnel_eq(lead_temperature.funnel, lead_temperature.funnel) RETURNS boolean
	AS 'MODULE_PATHNAME', 'funnel_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_eq(lead_temperature.funnel, lead_temperature.funnel) IS
'implementation of = operator';

CREATE FUNCTION lead_temperature.funnel_ne(lead_temperature.funnel, lead_temperature.funnel) RETURNS boolean
	AS 'MODULE_PATHNAME', 'funnel_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_ne(lead_temperature.funnel, lead_temperature.funnel) IS
'implementation of <> operator';

CREATE FUNCTION lead_temperature.funnel_add(lead_temperature.funnel, lead_temperature.funnel)
	RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_add(lead_temperature.funnel, lead_temperature.funnel) IS
'implementation of + operator';

CREATE OPERATOR lead_temperature.= (
	FUNCTION = lead_temperature.funnel_eq,
	LEFTARG = lead_temperature.funnel,
	RIGHTARG = lead_temperature.funnel,
	COMMUTATOR = OPERATOR(lead_temperature.=),
	NEGATOR = OPERATOR(lead_temperature.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR lead_temperature.= (lead_temperature.funnel, lead_temperature.funnel) IS
'equal in every count';

CREATE OPERATOR lead_temperature.<> (
	FUNCTION = lead_temperature.funnel_ne,
	LEFTARG = lead_temperature.funnel,
	RIGHTARG = lead_temperature.funnel,
	COMMUTATOR = OPERATOR(lead_temperature.<>),
	NEGATOR = OPERATOR(lead_temperature.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR lead_temperature.<> (lead_temperature.funnel, lead_temperature.funnel) IS
'different in some count';

CREATE OPERATOR lead_temperature.+ (
	FUNCTION = lead_temperature.funnel_add,
	LEFTARG = lead_temperature.funnel,
	RIGHTARG = lead_temperature.funnel,
	COMMUTATOR = OPERATOR(lead_temperature.+)
);
COMMENT ON OPERATOR lead_temperature.+ (lead_temperature.funnel, lead_temperature.funnel) IS
'funnel of the leads of both';

/*
 * Aggregates.  Their state is a funnel, so that distributed engines push them
 * down too, and no leads make an empty funnel rather than a null.
 */

CREATE FUNCTION lead_temperature.funnel_accum(lead_temperature.funnel, lead_temperature.stage)
	RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_accum_stage' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_accum(lead_temperature.funnel, lead_temperature.stage) IS
'transition function of aggregate funnel';

CREATE FUNCTION lead_temperature.funnel_accum(
		lead_temperature.funnel, lead_temperature.stage, lead_temperature.temperature)
	RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_accum' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_accum(
		lead_temperature.funnel, lead_temperature.stage, lead_temperature.temperature) IS
'transition function of aggregate funnel';

CREATE FUNCTION lead_temperature.funnel_accum(
		lead_temperature.funnel, lead_temperature.stage, lead_temperature.temperature, lead_temperature.status)
	RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_accum' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_accum(
		lead_temperature.funnel, lead_temperature.stage, lead_temperature.temperature, lead_temperature.status) IS
'transition function of aggregate funnel';

CREATE AGGREGATE lead_temperature.funnel(stage lead_temperature.stage) (
	SFUNC = lead_temperature.funnel_accum,
	STYPE = lead_temperature.funnel,
	INITCOND = '{}',
	COMBINEFUNC = lead_temperature.funnel_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.funnel(lead_temperature.stage) IS
'funnel of leads, all open and cold; a literal needs its type, funnel(''lead''::lead_temperature.stage)';

CREATE AGGREGATE lead_temperature.funnel(
		stage lead_temperature.stage, temperature lead_temperature.temperature) (
	SFUNC = lead_temperature.funnel_accum,
	STYPE = lead_temperature.funnel,
	INITCOND = '{}',
	COMBINEFUNC = lead_temperature.funnel_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.funnel(lead_temperature.stage, lead_temperature.temperature) IS
'funnel of open leads; without a temperature a lead is cold, without a stage it is not counted';

CREATE AGGREGATE lead_temperature.funnel(
		stage lead_temperature.stage, temperature lead_temperature.temperature, status lead_temperature.status) (
	SFUNC = lead_temperature.funnel_accum,
	STYPE = lead_temperature.funnel,
	INITCOND = '{}',
	COMBINEFUNC = lead_temperature.funnel_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.funnel(
		lead_temperature.stage, lead_temperature.temperature, lead_temperature.status) IS
'funnel of leads; without a status a lead is open, without a temperature cold, without a stage not counted';

CREATE AGGREGATE lead_temperature.sum(lead_temperature.funnel) (
	SFUNC = lead_temperature.funnel_add,
	STYPE = lead_temperature.funnel,
	INITCOND = '{}',
	COMBINEFUNC = lead_temperature.funnel_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.sum(lead_temperature.funnel) IS
'funnel of the leads of all';

CREATE FUNCTION lead_temperature.funnel_of_accum(
		lead_temperature.funnel, stage lead_temperature.stage, status lead_temperature.status,
		level float8, warm_level float8, hot_level float8)
	RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_of_accum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_of_accum(
		lead_temperature.funnel, lead_temperature.stage, lead_temperature.status, float8, float8, float8) IS
'transition function of aggregate funnel_of';

CREATE AGGREGATE lead_temperature.funnel_of(
		stage lead_temperature.stage, status lead_temperature.status,
		level float8, warm_level float8, hot_level float8) (
	SFUNC = lead_temperature.funnel_of_accum,
	STYPE = lead_temperature.funnel,
	INITCOND = '{}',
	COMBINEFUNC = lead_temperature.funnel_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.funnel_of(lead_temperature.stage, lead_temperature.status, float8, float8, float8) IS
'funnel of leads by the levels of their heat and of the thresholds; one without a level is not counted';

CREATE FUNCTION lead_temperature.funnel_of_accum(
		lead_temperature.funnel, stage lead_temperature.stage, status lead_temperature.status,
		level float8, warm_level float8, hot_level float8, leads bigint)
	RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_of_accum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_of_accum(
		lead_temperature.funnel, lead_temperature.stage, lead_temperature.status, float8, float8, float8, bigint) IS
'transition function of aggregate funnel_of';

CREATE FUNCTION lead_temperature.funnel_of_final(lead_temperature.funnel) RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_of_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_of_final(lead_temperature.funnel) IS
'final function of aggregate funnel_of';

CREATE AGGREGATE lead_temperature.funnel_of(
		stage lead_temperature.stage, status lead_temperature.status,
		level float8, warm_level float8, hot_level float8, leads bigint) (
	SFUNC = lead_temperature.funnel_of_accum,
	STYPE = lead_temperature.funnel,
	INITCOND = '{}',
	FINALFUNC = lead_temperature.funnel_of_final,
	COMBINEFUNC = lead_temperature.funnel_add,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.funnel_of(lead_temperature.stage, lead_temperature.status, float8, float8, float8, bigint) IS
'funnel of counted leads, so many at a time; some may be taken off again';

/*
 * Accessors.  Where literals could be a temperature as well as a status or a
 * stage, the name of the parameter decides: leads(f, 'lead', status => 'won').
 */

CREATE FUNCTION lead_temperature.leads(funnel lead_temperature.funnel) RETURNS bigint
	AS 'MODULE_PATHNAME', 'funnel_leads' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.leads(lead_temperature.funnel) IS
'number of leads, closed ones too';

CREATE FUNCTION lead_temperature.leads(funnel lead_temperature.funnel, stage lead_temperature.stage)
	RETURNS bigint
	AS 'MODULE_PATHNAME', 'funnel_leads_stage' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.leads(lead_temperature.funnel, lead_temperature.stage) IS
'number of leads at a stage, closed ones too';

CREATE FUNCTION lead_temperature.leads(
		funnel lead_temperature.funnel, stage lead_temperature.stage, temperature lead_temperature.temperature)
	RETURNS bigint
	AS 'MODULE_PATHNAME', 'funnel_leads_temperature' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.leads(lead_temperature.funnel, lead_temperature.stage, lead_temperature.temperature) IS
'number of open leads at a stage with a temperature; leads(f, ''lead'', temperature => ''hot'')';

CREATE FUNCTION lead_temperature.leads(
		funnel lead_temperature.funnel, stage lead_temperature.stage, status lead_temperature.status)
	RETURNS bigint
	AS 'MODULE_PATHNAME', 'funnel_leads_status' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.leads(lead_temperature.funnel, lead_temperature.stage, lead_temperature.status) IS
'number of leads at a stage with a status; leads(f, ''lead'', status => ''won'')';

CREATE FUNCTION lead_temperature.share(funnel lead_temperature.funnel, stage lead_temperature.stage)
	RETURNS float8
	AS 'MODULE_PATHNAME', 'funnel_share_stage' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.share(lead_temperature.funnel, lead_temperature.stage) IS
'share of the open leads that are at a stage; share(f, stage => ''lead'')';

CREATE FUNCTION lead_temperature.share(
		funnel lead_temperature.funnel, temperature lead_temperature.temperature)
	RETURNS float8
	AS 'MODULE_PATHNAME', 'funnel_share_temperature' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.share(lead_temperature.funnel, lead_temperature.temperature) IS
'share of the open leads that have a temperature; share(f, temperature => ''hot'')';

CREATE FUNCTION lead_temperature.reached(funnel lead_temperature.funnel, stage lead_temperature.stage)
	RETURNS bigint
	AS 'MODULE_PATHNAME', 'funnel_reached' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.reached(lead_temperature.funnel, lead_temperature.stage) IS
'number of leads that are at a stage or further, lost ones counted where they got to';

CREATE FUNCTION lead_temperature.conversion(
		funnel lead_temperature.funnel, from_stage lead_temperature.stage, to_stage lead_temperature.stage)
	RETURNS float8
	AS 'MODULE_PATHNAME', 'funnel_conversion' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.conversion(lead_temperature.funnel, lead_temperature.stage, lead_temperature.stage) IS
'share of the leads that reached a stage that reached a later one';

CREATE FUNCTION lead_temperature.stages(funnel lead_temperature.funnel)
	RETURNS TABLE (
		stage lead_temperature.stage,
		stage_order integer,
		leads bigint,
		cold bigint,
		warm bigint,
		hot bigint,
		won bigint,
		lost bigint,
		share_of_open float8,
		reached bigint,
		conversion_from_previous float8,
		conversion_from_first float8
	)
	AS 'MODULE_PATHNAME', 'funnel_stages' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 ROWS 6;
COMMENT ON FUNCTION lead_temperature.stages(lead_temperature.funnel) IS
'the funnel as a table, a row for each stage';

CREATE FUNCTION lead_temperature.funnel_to_jsonb(lead_temperature.funnel) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'funnel_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_to_jsonb(lead_temperature.funnel) IS
'the funnel as an object of stages, each an object of counts';

CREATE CAST (lead_temperature.funnel AS jsonb)
	WITH FUNCTION lead_temperature.funnel_to_jsonb(lead_temperature.funnel) AS ASSIGNMENT;
COMMENT ON CAST (lead_temperature.funnel AS jsonb) IS
'the funnel as an object of stages, each an object of counts';
/*
 * Models: how interactions weigh.
 *
 * The three tables hold rows of users only; the shipped templates are
 * functions.  So a dump holds what users made, and nothing else.
 */

CREATE TABLE lead_temperature.model (
	name text COLLATE "C" PRIMARY KEY
		CONSTRAINT model_name_not_empty CHECK (name <> ''),
	owner name NOT NULL DEFAULT CURRENT_USER,
	half_life interval NOT NULL
		CONSTRAINT model_half_life_without_months
			CHECK (date_part('year', half_life) = 0 AND date_part('month', half_life) = 0)
		CONSTRAINT model_half_life_between_1_minute_and_100_years
			CHECK (half_life >= '1 minute'::interval AND half_life <= '36525 days'::interval),
	warm float8 NOT NULL,
	mql float8 NOT NULL,
	hot float8 NOT NULL,
	-- NaN is greater than infinity
	CONSTRAINT model_thresholds_ascend CHECK (0 < warm AND warm <= mql AND mql <= hot),
	CONSTRAINT model_thresholds_finite CHECK (hot < 'infinity'::float8)
);
COMMENT ON TABLE lead_temperature.model IS
'how fast leads cool and from which score on they are warm, marketing qualified and hot';
COMMENT ON COLUMN lead_temperature.model.name IS 'unique in the database';
COMMENT ON COLUMN lead_temperature.model.owner IS
'name of the role whose members may see and change the model, its groups and its signals';
COMMENT ON COLUMN lead_temperature.model.half_life IS
'time in which points halve: 1 minute to 36525 days, without months';
COMMENT ON COLUMN lead_temperature.model.warm IS 'least score of a warm lead';
COMMENT ON COLUMN lead_temperature.model.mql IS 'score that makes a lead marketing qualified';
COMMENT ON COLUMN lead_temperature.model.hot IS 'least score of a hot lead, which makes it sales qualified';

CREATE TABLE lead_temperature.signal_group (
	model text COLLATE "C" NOT NULL
		CONSTRAINT signal_group_model_exists
			REFERENCES lead_temperature.model (name) ON UPDATE CASCADE ON DELETE CASCADE,
	name text COLLATE "C" NOT NULL
		CONSTRAINT signal_group_name_not_empty CHECK (name <> ''),
	cap float8 NOT NULL
		CONSTRAINT signal_group_cap_positive_finite CHECK (cap > 0 AND cap < 'infinity'::float8),
	PRIMARY KEY (model, name)
);
COMMENT ON TABLE lead_temperature.signal_group IS
'signals that together hold no more than a cap, however many there are';
COMMENT ON COLUMN lead_temperature.signal_group.model IS 'model that the group belongs to';
COMMENT ON COLUMN lead_temperature.signal_group.name IS 'unique in the model';
COMMENT ON COLUMN lead_temperature.signal_group.cap IS 'the most that the signals of the group add to a score';

CREATE TABLE lead_temperature.signal (
	model text COLLATE "C" NOT NULL
		CONSTRAINT signal_model_exists
			REFERENCES lead_temperature.model (name) ON UPDATE CASCADE ON DELETE CASCADE,
	kind text COLLATE "C" NOT NULL
		CONSTRAINT signal_kind_not_empty CHECK (kind <> ''),
	points float8
		CONSTRAINT signal_points_finite
			CHECK (points > '-infinity'::float8 AND points < 'infinity'::float8),
	signal_group text COLLATE "C",
	stage lead_temperature.stage,
	outcome lead_temperature.status
		CONSTRAINT signal_outcome_won_or_lost CHECK (outcome <> 'open'::lead_temperature.status),
	PRIMARY KEY (model, kind),
	CONSTRAINT signal_signal_group_exists FOREIGN KEY (model, signal_group)
		REFERENCES lead_temperature.signal_group (model, name) ON UPDATE CASCADE,
	CONSTRAINT signal_has_points_or_an_outcome_alone
		CHECK (CASE WHEN outcome IS NULL THEN points IS NOT NULL
					ELSE points IS NULL AND signal_group IS NULL AND stage IS NULL END)
);
COMMENT ON TABLE lead_temperature.signal IS
'what an interaction of some kind says of a lead';
COMMENT ON COLUMN lead_temperature.signal.model IS 'model that the signal belongs to';
COMMENT ON COLUMN lead_temperature.signal.kind IS 'kind of interaction';
COMMENT ON COLUMN lead_temperature.signal.points IS 'what it adds to the score; negative points cool';
COMMENT ON COLUMN lead_temperature.signal.signal_group IS 'group that caps it, if any';
COMMENT ON COLUMN lead_temperature.signal.stage IS 'the least stage of a lead with such an interaction';
COMMENT ON COLUMN lead_temperature.signal.outcome IS 'won or lost: it closes the lead and adds no points';

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.model', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.signal_group', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.signal', '');

/*
 * Rights.  Anybody may have models; each is its owner's.  The owner is a name,
 * since config must survive a dump: a role that is gone hides its own rows.
 * Groups and signals are seen through their model, by its policy.
 */

GRANT USAGE ON SCHEMA lead_temperature TO PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE
	ON lead_temperature.model, lead_temperature.signal_group, lead_temperature.signal TO PUBLIC;

ALTER TABLE lead_temperature.model ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_temperature.signal_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_temperature.signal ENABLE ROW LEVEL SECURITY;

CREATE POLICY members_of_owner ON lead_temperature.model
	USING (EXISTS (SELECT 1 FROM pg_catalog.pg_roles AS r
				   WHERE r.rolname = model.owner AND pg_catalog.pg_has_role(r.oid, 'USAGE')));
COMMENT ON POLICY members_of_owner ON lead_temperature.model IS
'who has the rights of the owner role sees and changes the model';

CREATE POLICY members_of_owner ON lead_temperature.signal_group
	USING (EXISTS (SELECT 1 FROM lead_temperature.model AS m WHERE m.name = signal_group.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.signal_group IS
'who sees the model sees and changes its groups';

CREATE POLICY members_of_owner ON lead_temperature.signal
	USING (EXISTS (SELECT 1 FROM lead_temperature.model AS m WHERE m.name = signal.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.signal IS
'who sees the model sees and changes its signals';

/*
 * Templates.  Points = threshold * 2 ^ (dwell / half-life): a signal alone
 * keeps a lead warm or hot for the time that it may be believed.
 */

CREATE FUNCTION lead_temperature.templates()
	RETURNS TABLE (name text, half_life interval, warm float8, mql float8, hot float8, description text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1 ROWS 3
	SET search_path TO pg_catalog, pg_temp
	AS $$
VALUES
	('default', '14 days'::interval, 10::float8, 25::float8, 40::float8, 'purchases that take weeks to decide'),
	('shop', '3 days', 10, 25, 40, 'purchases decided within days'),
	('b2b', '30 days', 10, 25, 40, 'purchases that take months to decide')
$$;
COMMENT ON FUNCTION lead_temperature.templates() IS
'the templates that create_model copies';

CREATE FUNCTION lead_temperature.template_model(template text)
	RETURNS TABLE (half_life interval, warm float8, mql float8, hot float8)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 1
	SET search_path TO pg_catalog, pg_temp
	AS $$
SELECT t.half_life, t.warm, t.mql, t.hot FROM lead_temperature.templates() AS t WHERE t.name = template
$$;
COMMENT ON FUNCTION lead_temperature.template_model(text) IS
'half-life and thresholds of a template';

CREATE FUNCTION lead_temperature.template_signal_group(template text)
	RETURNS TABLE (name text, cap float8)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 2
	SET search_path TO pg_catalog, pg_temp
	AS $$
SELECT g.name, g.cap
FROM lead_temperature.template_model(template), (VALUES
	('browsing', 20::float8),
	('content', 15)) AS g (name, cap)
$$;
COMMENT ON FUNCTION lead_temperature.template_signal_group(text) IS
'groups of a template';

CREATE FUNCTION lead_temperature.template_signal(template text)
	RETURNS TABLE (kind text, points float8, signal_group text, stage lead_temperature.stage,
				   outcome lead_temperature.status)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 37
	SET search_path TO pg_catalog, pg_temp
	AS $$
SELECT s.kind, s.points, s.signal_group, s.stage, s.outcome
FROM lead_temperature.template_model(template), (VALUES
	('ad_click', 0.5::float8, 'browsing', NULL::lead_temperature.stage, NULL::lead_temperature.status),
	('page_view', 0.1, 'browsing', NULL, NULL),
	('product_view', 1, 'browsing', NULL, NULL),
	('visit', 5, 'browsing', NULL, NULL),
	('site_search', 2, 'browsing', NULL, NULL),
	('pricing_view', 3, 'browsing', NULL, NULL),
	('comparison_view', 4, 'browsing', NULL, NULL),
	('review_read', 2, 'browsing', NULL, NULL),
	('email_open', 0, 'browsing', NULL, NULL),
	('email_click', 2, 'browsing', NULL, NULL),
	('bounce', -4, 'browsing', NULL, NULL),

	('newsletter_signup', 15, 'content', 'lead', NULL),
	('content_download', 15, 'content', 'lead', NULL),
	('webinar_attended', 15, 'content', 'lead', NULL),
	('social_follow', 12, 'content', 'lead', NULL),

	('form_submit', 15, NULL, 'lead', NULL),
	('info_request', 15, NULL, 'lead', NULL),
	('question', 20, NULL, 'lead', NULL),
	('question_answered', 12, NULL, NULL, NULL),
	('call', 8, NULL, 'lead', NULL),
	('store_visit', 10, NULL, NULL, NULL),
	('event_badge_scan', 4, NULL, 'lead', NULL),
	('event_conversation', 20, NULL, 'lead', NULL),
	('referral', 30, NULL, 'lead', NULL),
	('add_to_cart', 20, NULL, NULL, NULL),
	('trial_started', 50, NULL, 'lead', NULL),
	('demo_request', 80, NULL, 'lead', NULL),
	('quote_request', 80, NULL, 'lead', NULL),
	('meeting_booked', 60, NULL, 'lead', NULL),
	('meeting_held', 40, NULL, 'opportunity', NULL),
	('checkout_started', 60, NULL, 'opportunity', NULL),
	('no_show', -60, NULL, NULL, NULL),
	('unsubscribe', -20, NULL, 'lead', NULL),

	('purchase', NULL, NULL, NULL, 'won'),
	('opportunity_lost', NULL, NULL, NULL, 'lost'),
	('disqualified', NULL, NULL, NULL, 'lost'),
	('spam_complaint', NULL, NULL, NULL, 'lost')
) AS s (kind, points, signal_group, stage, outcome)
$$;
COMMENT ON FUNCTION lead_temperature.template_signal(text) IS
'signals of a template';

CREATE FUNCTION lead_temperature.create_model(name text, template text DEFAULT 'default') RETURNS void
	AS 'MODULE_PATHNAME', 'create_model' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.create_model(text, text) IS
'makes a model of the current role from a template';
/*
 * Trackers: which tables are tracked, and the frozen model each works from.
 */

CREATE TABLE lead_temperature.tracker (
	interactions pg_catalog.regclass PRIMARY KEY,
	prefix pg_catalog.name NOT NULL,
	state pg_catalog.regclass NOT NULL,
	transitions pg_catalog.regclass NOT NULL,
	ranking pg_catalog.regclass NOT NULL,
	funnel pg_catalog.regclass NOT NULL,
	funnel_weekly pg_catalog.regclass NOT NULL,
	lead pg_catalog.name NOT NULL,
	kind pg_catalog.name NOT NULL,
	at pg_catalog.name NOT NULL,
	weight pg_catalog.name,
	model pg_catalog.text NOT NULL,
	entry lead_temperature.stage NOT NULL,
	time_zone pg_catalog.text NOT NULL,
	version pg_catalog.int4 NOT NULL,
	paused pg_catalog.bool NOT NULL,
	outdated pg_catalog.bool NOT NULL,
	last_replay pg_catalog.timestamptz,
	partitions pg_catalog.regclass[] NOT NULL,
	replaying pg_catalog.bool NOT NULL,
	base pg_catalog.regclass NOT NULL,
	archived_before pg_catalog.timestamptz,
	archived_partitions pg_catalog.regclass[] NOT NULL,
	counts pg_catalog.regclass,
	deltas pg_catalog.regclass,
	CONSTRAINT tracker_state_key UNIQUE (state)
);
COMMENT ON TABLE lead_temperature.tracker IS
'tracked tables of interactions; written by track() and its companions alone, read through the view trackers';
COMMENT ON COLUMN lead_temperature.tracker.version IS
'version of the frozen model that new state is folded with';
COMMENT ON COLUMN lead_temperature.tracker.partitions IS
'partitions that carry the triggers of the tracker, at every level';
COMMENT ON COLUMN lead_temperature.tracker.replaying IS
'a replay in batches has begun and not ended: it is under way, or was interrupted';
COMMENT ON COLUMN lead_temperature.tracker.outdated IS
'rows came or went without a trigger: a partition was attached or detached';
COMMENT ON COLUMN lead_temperature.tracker.archived_before IS
'interactions before this are in the opening balances, and read no more';
COMMENT ON COLUMN lead_temperature.tracker.archived_partitions IS
'partitions that can hold no row but such ones, by their bounds';
COMMENT ON COLUMN lead_temperature.tracker.counts IS
'counts of the funnel, NULL if it is scanned; deltas has the changes that are not folded into them yet';

CREATE TABLE lead_temperature.frozen_model (
	interactions pg_catalog.regclass NOT NULL,
	version pg_catalog.int4 NOT NULL,
	model pg_catalog.text NOT NULL,
	half_life pg_catalog.interval NOT NULL,
	warm pg_catalog.float8 NOT NULL,
	mql pg_catalog.float8 NOT NULL,
	hot pg_catalog.float8 NOT NULL,
	groups pg_catalog.text[] NOT NULL,
	caps pg_catalog.float8[] NOT NULL,
	kinds pg_catalog.text[] NOT NULL,
	points pg_catalog.float8[] NOT NULL,
	signal_groups pg_catalog.text[] NOT NULL,
	stages lead_temperature.stage[] NOT NULL,
	outcomes lead_temperature.status[] NOT NULL,
	PRIMARY KEY (interactions, version)
);
COMMENT ON TABLE lead_temperature.frozen_model IS
'models as trackers work from them: groups and kinds in C order, one array element each';

-- Writers only append, so that nobody waits; archive() and replays sum up.
CREATE TABLE lead_temperature.ignored_rows (
	interactions pg_catalog.regclass NOT NULL,
	rows pg_catalog.int8 NOT NULL
);
ALTER TABLE lead_temperature.ignored_rows REPLICA IDENTITY FULL;
COMMENT ON TABLE lead_temperature.ignored_rows IS
'how many interactions came too late to count, from before what has been archived; the sum of the rows of a table';

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.tracker', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.frozen_model', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.ignored_rows', '');

-- The models as they are now, in the shape that a tracker freezes.
CREATE VIEW lead_temperature.model_snapshot AS
SELECT m.name AS model, m.half_life, m.warm, m.mql, m.hot,
	ARRAY(SELECT g.name::pg_catalog.text FROM lead_temperature.signal_group g
		WHERE g.model OPERATOR(pg_catalog.=) m.name
		ORDER BY g.name::pg_catalog.text COLLATE pg_catalog."C") AS groups,
	ARRAY(SELECT g.cap FROM lead_temperature.signal_group g
		WHERE g.model OPERATOR(pg_catalog.=) m.name
		ORDER BY g.name::pg_catalog.text COLLATE pg_catalog."C") AS caps,
	ARRAY(SELECT s.kind::pg_catalog.text FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS kinds,
	ARRAY(SELECT s.points FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS points,
	ARRAY(SELECT s.signal_group::pg_catalog.text FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS signal_groups,
	ARRAY(SELECT s.stage FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS stages,
	ARRAY(SELECT s.outcome FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS outcomes
FROM lead_temperature.model m;
COMMENT ON VIEW lead_temperature.model_snapshot IS
'models as they are now, in the shape that a tracker freezes; for the extension alone';

CREATE VIEW lead_temperature.model_current AS
SELECT t.interactions, EXISTS (
	SELECT FROM lead_temperature.model_snapshot s
	JOIN lead_temperature.frozen_model f
		ON f.interactions OPERATOR(pg_catalog.=) t.interactions
		AND f.version OPERATOR(pg_catalog.=) t.version
	WHERE s.model OPERATOR(pg_catalog.=) t.model
		AND f.model OPERATOR(pg_catalog.=) t.model
		AND s.half_life OPERATOR(pg_catalog.=) f.half_life
		AND s.warm OPERATOR(pg_catalog.=) f.warm
		AND s.mql OPERATOR(pg_catalog.=) f.mql
		AND s.hot OPERATOR(pg_catalog.=) f.hot
		AND s.groups OPERATOR(pg_catalog.=) f.groups
		AND s.caps OPERATOR(pg_catalog.=) f.caps
		AND s.kinds OPERATOR(pg_catalog.=) f.kinds
		AND s.points OPERATOR(pg_catalog.=) f.points
		AND s.signal_groups OPERATOR(pg_catalog.=) f.signal_groups
		AND s.stages OPERATOR(pg_catalog.=) f.stages
		AND s.outcomes OPERATOR(pg_catalog.=) f.outcomes) AS is_current
FROM lead_temperature.tracker t;
COMMENT ON VIEW lead_temperature.model_current IS
'whether the frozen model of each tracker is its model as it is now; for the extension alone';

CREATE VIEW lead_temperature.trackers WITH (security_barrier) AS
SELECT t.interactions, t.prefix, t.model,
	(SELECT CASE WHEN pg_catalog.max(c.reltuples) OPERATOR(pg_catalog.>=) 0
			THEN pg_catalog.sum(greatest(c.reltuples, 0))::pg_catalog.int8 END
		FROM pg_catalog.pg_class c
		WHERE c.relkind OPERATOR(pg_catalog.=) 'r' AND (c.oid OPERATOR(pg_catalog.=) t.interactions
			OR c.oid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(t.interactions) p))) AS rows,
	(SELECT CASE WHEN c.reltuples OPERATOR(pg_catalog.>=) 0 THEN c.reltuples::pg_catalog.int8 END
		FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) t.state) AS leads,
	t.outdated OR t.replaying OR NOT (SELECT m.is_current FROM lead_temperature.model_current m
		WHERE m.interactions OPERATOR(pg_catalog.=) t.interactions) AS stale,
	t.paused, t.last_replay, t.archived_before,
	(SELECT coalesce(pg_catalog.sum(i.rows), 0)::pg_catalog.int8 FROM lead_temperature.ignored_rows i
		WHERE i.interactions OPERATOR(pg_catalog.=) t.interactions) AS ignored
FROM lead_temperature.tracker t
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) t.interactions
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE');
COMMENT ON VIEW lead_temperature.trackers IS
'tracked tables of the roles that one is a member of: prefix, model, rows and leads as the planner estimates them (NULL before the first ANALYZE), stale (model edited, or partitions attached or detached, since the last replay), paused, last replay, archived_before, and how many interactions were ignored because they came later than their time was archived';
GRANT SELECT ON lead_temperature.trackers TO PUBLIC;

CREATE TABLE lead_temperature.replay_progress (
	interactions pg_catalog.regclass PRIMARY KEY,
	version pg_catalog.int4 NOT NULL,
	started_at pg_catalog.timestamptz NOT NULL,
	updated_at pg_catalog.timestamptz NOT NULL,
	folding_since pg_catalog.timestamptz,
	finished_at pg_catalog.timestamptz,
	rows_total pg_catalog.int8,
	rows_before pg_catalog.int8,
	rows_done pg_catalog.int8 NOT NULL,
	leads_done pg_catalog.int8 NOT NULL,
	last_lead pg_catalog.text
);
COMMENT ON TABLE lead_temperature.replay_progress IS
'how far the last replay of each tracker has come; read through the view replays';

CREATE VIEW lead_temperature.replays WITH (security_barrier) AS
SELECT p.interactions,
	CASE WHEN p.finished_at IS NOT NULL THEN 'done'
		WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_locks l
			JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) l.database
			WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted
			AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
			AND l.classid OPERATOR(pg_catalog.=) p.interactions::pg_catalog.oid
			AND l.objid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
			AND l.objsubid OPERATOR(pg_catalog.=) 3) THEN 'interrupted'
		WHEN p.folding_since IS NULL THEN 'reading'
		ELSE 'folding' END AS phase,
	p.rows_done, p.rows_total, p.leads_done, r.rows_per_second,
	CASE WHEN p.finished_at IS NULL AND r.rows_per_second OPERATOR(pg_catalog.>) 0
		THEN p.updated_at OPERATOR(pg_catalog.+) pg_catalog.make_interval(secs =>
			(p.rows_total OPERATOR(pg_catalog.-) p.rows_done)::pg_catalog.float8
			OPERATOR(pg_catalog./) r.rows_per_second) END AS estimated_end,
	p.started_at, p.updated_at, p.finished_at
FROM lead_temperature.replay_progress p
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) p.interactions
CROSS JOIN LATERAL (SELECT CASE WHEN p.updated_at OPERATOR(pg_catalog.>) p.folding_since
	THEN (p.rows_done OPERATOR(pg_catalog.-) p.rows_before)::pg_catalog.float8 OPERATOR(pg_catalog./)
		EXTRACT(epoch FROM p.updated_at OPERATOR(pg_catalog.-) p.folding_since)::pg_catalog.float8
	END AS rows_per_second) r
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE');
COMMENT ON VIEW lead_temperature.replays IS
'how far the last replay in batches of each table of the roles that one is a member of has come: phase (reading, folding, done, interrupted), rows and leads done, rows per second while folding, estimated end';
GRANT SELECT ON lead_temperature.replays TO PUBLIC;

/*
 * What the tracker puts on a tracked table.
 */

CREATE FUNCTION lead_temperature.follow() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_follow' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow() IS
'statement trigger of tracked tables: folds the rows of the statement into the state of their leads';

CREATE FUNCTION lead_temperature.follow_ddl() RETURNS pg_catalog.event_trigger
	AS 'MODULE_PATHNAME', 'lt_follow_ddl' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow_ddl() IS
'event trigger: follows new partitions, renamed columns and moved tables of trackers';

CREATE FUNCTION lead_temperature.follow_drop() RETURNS pg_catalog.event_trigger
	AS 'MODULE_PATHNAME', 'lt_follow_drop' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow_drop() IS
'event trigger: drops what belonged to a dropped tracked table, and refuses to drop what a tracker needs';

CREATE EVENT TRIGGER lead_temperature_ddl ON ddl_command_end
	WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE FOREIGN TABLE')
	EXECUTE FUNCTION lead_temperature.follow_ddl();
COMMENT ON EVENT TRIGGER lead_temperature_ddl IS
'follows new partitions, renamed columns and moved tables of trackers';

CREATE EVENT TRIGGER lead_temperature_drop ON sql_drop
	EXECUTE FUNCTION lead_temperature.follow_drop();
COMMENT ON EVENT TRIGGER lead_temperature_drop IS
'drops what belonged to a dropped tracked table, and refuses to drop what a tracker needs';

/*
 * What the views of a tracker call.
 */

CREATE FUNCTION lead_temperature.hot_level(state pg_catalog.regclass) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_hot_level' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.hot_level(pg_catalog.regclass) IS
'least level that is hot now for the leads of a state table; for the views of a tracker';

CREATE FUNCTION lead_temperature.warm_level(state pg_catalog.regclass) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_warm_level' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.warm_level(pg_catalog.regclass) IS
'least level that is warm now for the leads of a state table; for the views of a tracker';

CREATE FUNCTION lead_temperature.hot_until(state pg_catalog.regclass, heat lead_temperature.heat, last_at pg_catalog.timestamptz)
	RETURNS pg_catalog.timestamptz
	AS 'MODULE_PATHNAME', 'lt_hot_until' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lead_temperature.hot_until(pg_catalog.regclass, lead_temperature.heat, pg_catalog.timestamptz) IS
'first instant after last_at at which a lead is no longer hot, NULL if it was not; for the views of a tracker';

CREATE FUNCTION lead_temperature.warm_until(state pg_catalog.regclass, heat lead_temperature.heat, last_at pg_catalog.timestamptz)
	RETURNS pg_catalog.timestamptz
	AS 'MODULE_PATHNAME', 'lt_warm_until' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lead_temperature.warm_until(pg_catalog.regclass, lead_temperature.heat, pg_catalog.timestamptz) IS
'first instant after last_at at which a lead is no longer warm, NULL if it was not; for the views of a tracker';

CREATE FUNCTION lead_temperature.model_name(state pg_catalog.regclass, version pg_catalog.int4) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'lt_model_name' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.model_name(pg_catalog.regclass, pg_catalog.int4) IS
'name of the model that leads of a version were folded with; for the views of a tracker';

CREATE FUNCTION lead_temperature.level_bucket(level pg_catalog.float8) RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_level_bucket' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.level_bucket(pg_catalog.float8) IS
'finest bucket that leads of a level are counted in; for the views of a tracker';

CREATE FUNCTION lead_temperature.bucket_level(grain pg_catalog.int2, bucket pg_catalog.int8) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_bucket_level' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.bucket_level(pg_catalog.int2, pg_catalog.int8) IS
'least level of a bucket, of the finest grain 0 or a coarser one; for the views of a tracker';

CREATE FUNCTION lead_temperature.funnel_ranges(warm_level pg_catalog.float8, hot_level pg_catalog.float8,
	OUT grain pg_catalog.int2, OUT first pg_catalog.int8, OUT last pg_catalog.int8)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_funnel_ranges' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION lead_temperature.funnel_ranges(pg_catalog.float8, pg_catalog.float8) IS
'buckets that no threshold splits, the widest that there are; for the views of a tracker';

/*
 * Tracking.
 */

CREATE FUNCTION lead_temperature.track(
	interactions pg_catalog.regclass,
	lead pg_catalog.name,
	kind pg_catalog.name,
	at pg_catalog.name,
	weight pg_catalog.name DEFAULT NULL,
	model pg_catalog.name DEFAULT NULL,
	prefix pg_catalog.name DEFAULT NULL,
	entry lead_temperature.stage DEFAULT 'visitor',
	time_zone pg_catalog.text DEFAULT 'UTC',
	create_index pg_catalog.bool DEFAULT false,
	backfill pg_catalog.bool DEFAULT true,
	funnel_counts pg_catalog.bool DEFAULT false)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_track' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.track IS
'makes leads of a table of interactions, with a temperature and a stage that follow every row';

CREATE FUNCTION lead_temperature.untrack(interactions pg_catalog.regclass) RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_untrack' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.untrack(pg_catalog.regclass) IS
'stops tracking a table and drops what track() made, RESTRICT';

CREATE FUNCTION lead_temperature.pause(interactions pg_catalog.regclass) RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_pause' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.pause(pg_catalog.regclass) IS
'lets rows pass without following them until resume()';

CREATE FUNCTION lead_temperature.resume(interactions pg_catalog.regclass) RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_resume' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.resume(pg_catalog.regclass) IS
'locks the table against writers, replays what was missed while paused and follows rows again';

CREATE FUNCTION lead_temperature.settle(interactions pg_catalog.regclass) RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_settle' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.settle(pg_catalog.regclass) IS
'folds rows that were future when they came and are no longer; returns how many leads had any';

CREATE FUNCTION lead_temperature.consolidate(interactions pg_catalog.regclass) RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_consolidate' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.consolidate(pg_catalog.regclass) IS
'folds the changes that writers have appended into the counts of the funnel; returns how many, 0 if another is at it';

CREATE FUNCTION lead_temperature.archive(interactions pg_catalog.regclass, before pg_catalog.timestamptz)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_archive' LANGUAGE C VOLATILE STRICT COST 10000;
COMMENT ON FUNCTION lead_temperature.archive(pg_catalog.regclass, pg_catalog.timestamptz) IS
'folds all rows up to, and not at, an instant into opening balances, so that they may go without any effect on leads; returns how many it folded';

CREATE PROCEDURE lead_temperature.replay(interactions pg_catalog.regclass)
	AS 'MODULE_PATHNAME', 'lt_replay' LANGUAGE C;
COMMENT ON PROCEDURE lead_temperature.replay(pg_catalog.regclass) IS
'moves a tracker to its model as it is now and makes all state anew from the rows, in batches that commit while writers go on';

CREATE FUNCTION lead_temperature.drift(interactions pg_catalog.regclass,
	OUT lead pg_catalog.text, OUT attribute pg_catalog.text,
	OUT stored pg_catalog.text, OUT replayed pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_drift' LANGUAGE C VOLATILE STRICT COST 10000 ROWS 10;
COMMENT ON FUNCTION lead_temperature.drift(pg_catalog.regclass) IS
'leads whose stored state or current transitions differ from a replay of the rows; none is right';

CREATE FUNCTION lead_temperature.score_breakdown(tracked pg_catalog.regclass, lead pg_catalog.text,
	OUT kind pg_catalog.text, OUT signal_group pg_catalog.text,
	OUT interactions pg_catalog.int8, OUT points pg_catalog.float8)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_score_breakdown' LANGUAGE C VOLATILE STRICT COST 1000 ROWS 10;
COMMENT ON FUNCTION lead_temperature.score_breakdown(pg_catalog.regclass, pg_catalog.text) IS
'what the score of a lead is made of now: a row a kind since the last spending, and a row without kind for what the cap of a group cut';

CREATE FUNCTION lead_temperature.unmapped(tracked pg_catalog.regclass,
	OUT kind pg_catalog.text, OUT interactions pg_catalog.int8, OUT leads pg_catalog.int8,
	OUT first_at pg_catalog.timestamptz, OUT last_at pg_catalog.timestamptz)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_unmapped' LANGUAGE C VOLATILE STRICT COST 10000 ROWS 10;
COMMENT ON FUNCTION lead_temperature.unmapped(pg_catalog.regclass) IS
'kinds of interactions that the frozen model of a tracker has no signal for, most frequent first';
/*
 * Aggregates that tell how well scores predict.
 *
 * Those that sort have a state of a sort, which cannot be shown to parallel
 * workers, and which nothing can be added to once it has been read: they are no
 * window functions.  auc and auc_stderr of the same arguments share one.  Its size
 * makes the planner sort groups, or hash a few at a time, so that few states are
 * there at once.
 */

CREATE FUNCTION lead_temperature.ranked_add(internal, score pg_catalog.float8, converted pg_catalog.bool)
	RETURNS internal
	AS 'MODULE_PATHNAME', 'ranked_add' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.ranked_add(internal, pg_catalog.float8, pg_catalog.bool) IS
'transition function of aggregates auc and auc_stderr';

CREATE FUNCTION lead_temperature.ranked_auc(internal) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'ranked_auc' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.ranked_auc(internal) IS
'final function of aggregate auc';

CREATE AGGREGATE lead_temperature.auc(score pg_catalog.float8, converted pg_catalog.bool) (
	SFUNC = lead_temperature.ranked_add,
	STYPE = internal,
	SSPACE = 1048576,
	FINALFUNC = lead_temperature.ranked_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.auc(pg_catalog.float8, pg_catalog.bool) IS
'area under the ROC curve: how often one who converted has a higher score than one who did not, a tie counting one half';

CREATE FUNCTION lead_temperature.ranked_auc_stderr(internal) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'ranked_auc_stderr' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.ranked_auc_stderr(internal) IS
'final function of aggregate auc_stderr';

CREATE AGGREGATE lead_temperature.auc_stderr(score pg_catalog.float8, converted pg_catalog.bool) (
	SFUNC = lead_temperature.ranked_add,
	STYPE = internal,
	SSPACE = 1048576,
	FINALFUNC = lead_temperature.ranked_auc_stderr,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.auc_stderr(pg_catalog.float8, pg_catalog.bool) IS
'standard error of auc by DeLong, DeLong and Clarke-Pearson, for independent rows';

CREATE FUNCTION lead_temperature.clustered_add(
		internal, score pg_catalog.float8, converted pg_catalog.bool, cluster pg_catalog.int8)
	RETURNS internal
	AS 'MODULE_PATHNAME', 'clustered_add' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.clustered_add(internal, pg_catalog.float8, pg_catalog.bool, pg_catalog.int8) IS
'transition function of aggregate auc_stderr with clusters';

CREATE FUNCTION lead_temperature.clustered_auc_stderr(internal) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'clustered_auc_stderr' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.clustered_auc_stderr(internal) IS
'final function of aggregate auc_stderr with clusters';

CREATE AGGREGATE lead_temperature.auc_stderr(
		score pg_catalog.float8, converted pg_catalog.bool, cluster pg_catalog.int8) (
	SFUNC = lead_temperature.clustered_add,
	STYPE = internal,
	SSPACE = 1048576,
	FINALFUNC = lead_temperature.clustered_auc_stderr,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.auc_stderr(pg_catalog.float8, pg_catalog.bool, pg_catalog.int8) IS
'standard error of auc by Obuchowski, where the rows of one cluster, as of one lead at several instants, depend on each other';

CREATE FUNCTION lead_temperature.ranked_add(
		internal, score pg_catalog.float8, converted pg_catalog.bool, share pg_catalog.float8)
	RETURNS internal
	AS 'MODULE_PATHNAME', 'ranked_add_share' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.ranked_add(internal, pg_catalog.float8, pg_catalog.bool, pg_catalog.float8) IS
'transition function of aggregate lift';

CREATE FUNCTION lead_temperature.ranked_lift(internal) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'ranked_lift' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.ranked_lift(internal) IS
'final function of aggregate lift';

CREATE AGGREGATE lead_temperature.lift(
		score pg_catalog.float8, converted pg_catalog.bool, share pg_catalog.float8) (
	SFUNC = lead_temperature.ranked_add,
	STYPE = internal,
	SSPACE = 1048576,
	FINALFUNC = lead_temperature.ranked_lift,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.lift(pg_catalog.float8, pg_catalog.bool, pg_catalog.float8) IS
'how many times as often the given share of the highest scores converts as all do; a tie at its border counts in proportion';

CREATE TYPE lead_temperature.reliability_bin AS (
	bin pg_catalog.int4,
	leads pg_catalog.int8,
	predicted pg_catalog.float8,
	observed pg_catalog.float8,
	least pg_catalog.float8,
	most pg_catalog.float8
);
COMMENT ON TYPE lead_temperature.reliability_bin IS
'leads of neighbouring probabilities: their number, the mean of their probabilities, the share that converted, the least and the highest probability';

CREATE FUNCTION lead_temperature.ranked_add(
		internal, probability pg_catalog.float8, converted pg_catalog.bool, bins pg_catalog.int4)
	RETURNS internal
	AS 'MODULE_PATHNAME', 'ranked_add_bins' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.ranked_add(internal, pg_catalog.float8, pg_catalog.bool, pg_catalog.int4) IS
'transition function of aggregate reliability';

CREATE FUNCTION lead_temperature.ranked_reliability(internal) RETURNS lead_temperature.reliability_bin[]
	AS 'MODULE_PATHNAME', 'ranked_reliability' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.ranked_reliability(internal) IS
'final function of aggregate reliability';

CREATE AGGREGATE lead_temperature.reliability(
		probability pg_catalog.float8, converted pg_catalog.bool, bins pg_catalog.int4) (
	SFUNC = lead_temperature.ranked_add,
	STYPE = internal,
	SSPACE = 1048576,
	FINALFUNC = lead_temperature.ranked_reliability,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.reliability(pg_catalog.float8, pg_catalog.bool, pg_catalog.int4) IS
'reliability table, to be read by unnest: bins of equal count by probability, equal ones in one bin, and how many of each converted';

-- The state of brier is how many rows there are and the sum of their squared errors.

CREATE FUNCTION lead_temperature.brier_add(
		pg_catalog.float8[], probability pg_catalog.float8, converted pg_catalog.bool)
	RETURNS pg_catalog.float8[]
	AS 'MODULE_PATHNAME', 'brier_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.brier_add(pg_catalog.float8[], pg_catalog.float8, pg_catalog.bool) IS
'transition function of aggregate brier';

CREATE FUNCTION lead_temperature.brier_combine(pg_catalog.float8[], pg_catalog.float8[])
	RETURNS pg_catalog.float8[]
	AS 'MODULE_PATHNAME', 'brier_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.brier_combine(pg_catalog.float8[], pg_catalog.float8[]) IS
'combine function of aggregate brier';

CREATE FUNCTION lead_temperature.brier_final(pg_catalog.float8[]) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'brier_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.brier_final(pg_catalog.float8[]) IS
'final function of aggregate brier';

CREATE AGGREGATE lead_temperature.brier(probability pg_catalog.float8, converted pg_catalog.bool) (
	SFUNC = lead_temperature.brier_add,
	STYPE = pg_catalog.float8[],
	INITCOND = '{0,0}',
	FINALFUNC = lead_temperature.brier_final,
	COMBINEFUNC = lead_temperature.brier_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.brier(pg_catalog.float8, pg_catalog.bool) IS
'mean squared error of probabilities; the less the better';
/*
 * History: leads and funnels as they were, and what came of leads.
 */

CREATE FUNCTION lead_temperature.as_of(tracked pg_catalog.regclass, at pg_catalog.timestamptz,
	OUT lead pg_catalog.text, OUT heat lead_temperature.heat, OUT score pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT stage lead_temperature.stage,
	OUT status lead_temperature.status, OUT cycle pg_catalog.int4, OUT purchases pg_catalog.int4,
	OUT interactions pg_catalog.int8, OUT first_at pg_catalog.timestamptz,
	OUT last_at pg_catalog.timestamptz, OUT stage_since pg_catalog.timestamptz)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_as_of' LANGUAGE C STABLE STRICT COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.as_of(pg_catalog.regclass, pg_catalog.timestamptz) IS
'the leads of a tracked table as they were at an instant, by the rows up to it and the frozen model';

CREATE FUNCTION lead_temperature.funnels(interactions pg_catalog.regclass,
	"from" pg_catalog.timestamptz, "to" pg_catalog.timestamptz, step pg_catalog.interval,
	OUT at pg_catalog.timestamptz, OUT funnel lead_temperature.funnel)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_funnels' LANGUAGE C STABLE STRICT COST 10000 ROWS 100;
COMMENT ON FUNCTION lead_temperature.funnels(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval) IS
'the funnel of a tracked table as it was at each step; for funnel_history()';

CREATE FUNCTION lead_temperature.funnel_history(interactions pg_catalog.regclass,
	"from" pg_catalog.timestamptz, "to" pg_catalog.timestamptz, step pg_catalog.interval)
	RETURNS TABLE (
		at pg_catalog.timestamptz,
		stage lead_temperature.stage,
		stage_order pg_catalog.int4,
		leads pg_catalog.int8,
		cold pg_catalog.int8,
		warm pg_catalog.int8,
		hot pg_catalog.int8,
		won pg_catalog.int8,
		lost pg_catalog.int8,
		share_of_open pg_catalog.float8,
		reached pg_catalog.int8,
		conversion_from_previous pg_catalog.float8,
		conversion_from_first pg_catalog.float8
	)
	LANGUAGE sql STABLE STRICT COST 10000 ROWS 600
	SET search_path TO pg_catalog, pg_temp
	AS $$
SELECT f.at, s.*
FROM lead_temperature.funnels(interactions, "from", "to", step) AS f,
	lead_temperature.stages(f.funnel) AS s
$$;
COMMENT ON FUNCTION lead_temperature.funnel_history(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval) IS
'the funnel of a tracked table as it was at each step, six rows an instant';

CREATE FUNCTION lead_temperature.observations(tracked pg_catalog.regclass,
	"from" pg_catalog.timestamptz, "to" pg_catalog.timestamptz,
	step pg_catalog.interval DEFAULT '7 days', horizon pg_catalog.interval DEFAULT '14 days',
	model pg_catalog.text DEFAULT NULL,
	OUT at pg_catalog.timestamptz, OUT lead pg_catalog.text, OUT lead_number pg_catalog.int8,
	OUT score pg_catalog.float8, OUT probability pg_catalog.float8, OUT level pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT interactions pg_catalog.int8,
	OUT recency pg_catalog.float8, OUT stage lead_temperature.stage, OUT converted pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_observations' LANGUAGE C STABLE COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.observations(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text) IS
'the open leads at each step, as the rows before it tell, and whether they were won within the horizon';

CREATE FUNCTION lead_temperature.steps(interactions pg_catalog.regclass,
	"from" pg_catalog.timestamptz, "to" pg_catalog.timestamptz,
	OUT lead_number pg_catalog.int8, OUT at pg_catalog.timestamptz, OUT before pg_catalog.float8,
	OUT after pg_catalog.float8, OUT status lead_temperature.status)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_steps' LANGUAGE C STABLE STRICT COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.steps(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'the score of each lead just before and just after each instant of its rows, from one time up to before another';

-- 1.96 standard errors to either side hold 95 % of a normal distribution.
CREATE FUNCTION lead_temperature.evaluate(interactions pg_catalog.regclass,
	"from" pg_catalog.timestamptz, "to" pg_catalog.timestamptz,
	step pg_catalog.interval DEFAULT '7 days', horizon pg_catalog.interval DEFAULT '14 days',
	model pg_catalog.text DEFAULT NULL)
	RETURNS TABLE (
		at pg_catalog.timestamptz,
		ranking pg_catalog.text,
		leads pg_catalog.int8,
		converted pg_catalog.int8,
		auc pg_catalog.float8,
		auc_low pg_catalog.float8,
		auc_high pg_catalog.float8,
		lift_3 pg_catalog.float8,
		lift_10 pg_catalog.float8,
		hot pg_catalog.int8,
		hot_converted pg_catalog.int8,
		precision_of_hot pg_catalog.float8,
		brier pg_catalog.float8
	)
	LANGUAGE sql STABLE COST 100000 ROWS 200
	SET search_path TO pg_catalog, pg_temp
	AS $$
WITH observed AS MATERIALIZED (
	SELECT o.at, o.lead_number, o.score, o.probability, o.temperature, o.interactions, o.recency,
		lead_temperature.stage_order(o.stage) AS stage_order, o.converted
	FROM lead_temperature.observations(interactions, "from", "to", step, horizon, model) AS o
	ORDER BY o.at
), rankings AS (
	SELECT * FROM (VALUES (1, 'heat'), (2, 'interactions'), (3, 'recency'), (4, 'furthest stage')) AS r (place, ranking)
), measured AS (
	SELECT r.place, r.ranking, m.*
	FROM rankings AS r, LATERAL (
		SELECT o.at, count(*) AS leads, count(*) FILTER (WHERE o.converted) AS converted,
			lead_temperature.auc(s.score, o.converted) AS auc,
			lead_temperature.auc_stderr(s.score, o.converted) AS auc_stderr,
			lead_temperature.lift(s.score, o.converted, 0.03) AS lift_3,
			lead_temperature.lift(s.score, o.converted, 0.1) AS lift_10,
			count(*) FILTER (WHERE o.temperature = 'hot') AS hot,
			count(*) FILTER (WHERE o.temperature = 'hot' AND o.converted) AS hot_converted,
			lead_temperature.brier(o.probability, o.converted) AS brier
		FROM observed AS o, LATERAL (SELECT CASE r.place WHEN 1 THEN o.score WHEN 2 THEN o.interactions
				WHEN 3 THEN o.recency ELSE o.stage_order END) AS s (score)
		GROUP BY o.at
		UNION ALL
		SELECT NULL, count(*), count(*) FILTER (WHERE o.converted),
			lead_temperature.auc(s.score, o.converted),
			lead_temperature.auc_stderr(s.score, o.converted, o.lead_number),
			lead_temperature.lift(s.score, o.converted, 0.03),
			lead_temperature.lift(s.score, o.converted, 0.1),
			count(*) FILTER (WHERE o.temperature = 'hot'),
			count(*) FILTER (WHERE o.temperature = 'hot' AND o.converted),
			lead_temperature.brier(o.probability, o.converted)
		FROM observed AS o, LATERAL (SELECT CASE r.place WHEN 1 THEN o.score WHEN 2 THEN o.interactions
				WHEN 3 THEN o.recency ELSE o.stage_order END) AS s (score)
		HAVING count(*) > 0) AS m
)
SELECT m.at, m.ranking, m.leads, m.converted, m.auc,
	CASE WHEN m.auc_stderr IS NOT NULL THEN greatest(m.auc - 1.96 * m.auc_stderr, 0) END,
	CASE WHEN m.auc_stderr IS NOT NULL THEN least(m.auc + 1.96 * m.auc_stderr, 1) END,
	m.lift_3, m.lift_10,
	CASE WHEN m.place = 1 THEN m.hot END,
	CASE WHEN m.place = 1 THEN m.hot_converted END,
	CASE WHEN m.place = 1 THEN m.hot_converted::float8 / nullif(m.hot, 0) END,
	CASE WHEN m.place = 1 THEN m.brier END
FROM measured AS m
ORDER BY m.at NULLS LAST, m.place
$$;
COMMENT ON FUNCTION lead_temperature.evaluate(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text) IS
'how well the heat, and simple rankings beside it, told at each step who would be won within the horizon; without at: all steps together';
/*
 * Trained models: what training found, beside the model that it made.
 */

CREATE TABLE lead_temperature.trained_model (
	model pg_catalog.text COLLATE pg_catalog."C" PRIMARY KEY
		CONSTRAINT trained_model_model_exists
			REFERENCES lead_temperature.model (name) ON UPDATE CASCADE ON DELETE CASCADE,
	intercept pg_catalog.float8 NOT NULL,
	slope pg_catalog.float8 NOT NULL,
	horizon pg_catalog.interval NOT NULL,
	trained_at pg_catalog.timestamptz NOT NULL,
	train_from pg_catalog.timestamptz NOT NULL,
	train_until pg_catalog.timestamptz NOT NULL,
	test_from pg_catalog.timestamptz NOT NULL,
	test_until pg_catalog.timestamptz NOT NULL
);
COMMENT ON TABLE lead_temperature.trained_model IS
'models that train() made: the chance of a conversion within the horizon is 1 / (1 + exp(-(intercept + slope * score)))';

CREATE TABLE lead_temperature.training_report (
	model pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT training_report_model_trained
			REFERENCES lead_temperature.trained_model (model) ON UPDATE CASCADE ON DELETE CASCADE,
	ranking pg_catalog.text NOT NULL,
	leads pg_catalog.int8 NOT NULL,
	converted pg_catalog.int8 NOT NULL,
	auc pg_catalog.float8,
	auc_low pg_catalog.float8,
	auc_high pg_catalog.float8,
	PRIMARY KEY (model, ranking)
);
COMMENT ON TABLE lead_temperature.training_report IS
'how well the trained model, the present one and simple rankings predicted on the later split, which training did not see';

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.trained_model', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.training_report', '');

GRANT SELECT, INSERT, UPDATE, DELETE
	ON lead_temperature.trained_model, lead_temperature.training_report TO PUBLIC;

ALTER TABLE lead_temperature.trained_model ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_temperature.training_report ENABLE ROW LEVEL SECURITY;

CREATE POLICY members_of_owner ON lead_temperature.trained_model
	USING (EXISTS (SELECT FROM lead_temperature.model m
				   WHERE m.name OPERATOR(pg_catalog.=) trained_model.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.trained_model IS
'who sees the model sees and changes how it was trained';

CREATE POLICY members_of_owner ON lead_temperature.training_report
	USING (EXISTS (SELECT FROM lead_temperature.model m
				   WHERE m.name OPERATOR(pg_catalog.=) training_report.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.training_report IS
'who sees the model sees and changes the report of its training';

CREATE FUNCTION lead_temperature.train(
	interactions pg_catalog.regclass,
	horizon pg_catalog.interval DEFAULT '14 days',
	model pg_catalog.text DEFAULT NULL,
	"from" pg_catalog.timestamptz DEFAULT NULL,
	until pg_catalog.timestamptz DEFAULT NULL,
	test_from pg_catalog.timestamptz DEFAULT NULL,
	step pg_catalog.interval DEFAULT '7 days',
	kinds pg_catalog.text[] DEFAULT NULL,
	without pg_catalog.text[] DEFAULT NULL,
	half_lives pg_catalog.interval[] DEFAULT NULL)
	RETURNS SETOF lead_temperature.training_report
	AS 'MODULE_PATHNAME', 'lt_train' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000000 ROWS 5;
COMMENT ON FUNCTION lead_temperature.train IS
'makes a model of what became of the leads of a tracked table, and returns how well it, the present model and simple rankings predict in a later time';
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

-- A score lies between the two of a rise if it is above the one before and at most the one after.
CREATE FUNCTION lead_temperature.rises_within(interactions pg_catalog.regclass,
	"from" pg_catalog.timestamptz, "to" pg_catalog.timestamptz, most pg_catalog.float8)
	RETURNS TABLE (low pg_catalog.float8, high pg_catalog.float8)
	LANGUAGE sql STABLE STRICT COST 100000 ROWS 1
	SET search_path TO pg_catalog, pg_temp
	AS $$
WITH rise AS MATERIALIZED (
	SELECT s.before, s.after FROM lead_temperature.steps(interactions, "from", "to") AS s
	WHERE s.after > s.before AND s.after > 0 AND s.status = 'open'
), change AS (
	SELECT r.after AS score, 1 AS rises FROM rise AS r
	UNION ALL
	SELECT r.before, -1 FROM rise AS r WHERE r.before > 0
), score AS (
	SELECT c.score, lag(c.score) OVER (ORDER BY c.score DESC) AS next_higher,
		sum(sum(c.rises)) OVER (ORDER BY c.score DESC) AS rises
	FROM change AS c GROUP BY c.score
)
SELECT s.score, s.next_higher FROM score AS s
WHERE s.rises > most ORDER BY s.score DESC LIMIT 1
$$;
COMMENT ON FUNCTION lead_temperature.rises_within(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.float8) IS
'the highest score that leads rose to more than so many times, and the next higher one that any came from or rose to; for set_thresholds()';

CREATE FUNCTION lead_temperature.set_thresholds(interactions pg_catalog.regclass,
	hot_share pg_catalog.float8 DEFAULT NULL, warm_share pg_catalog.float8 DEFAULT NULL,
	hot_probability pg_catalog.float8 DEFAULT NULL, warm_probability pg_catalog.float8 DEFAULT NULL,
	hot_per_day pg_catalog.float8 DEFAULT NULL, over pg_catalog.interval DEFAULT '28 days',
	OUT model pg_catalog.text, OUT warm pg_catalog.float8, OUT mql pg_catalog.float8, OUT hot pg_catalog.float8,
	OUT old_warm pg_catalog.float8, OUT old_mql pg_catalog.float8, OUT old_hot pg_catalog.float8)
	RETURNS pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_set_thresholds' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lead_temperature.set_thresholds(pg_catalog.regclass, pg_catalog.float8, pg_catalog.float8,
	pg_catalog.float8, pg_catalog.float8, pg_catalog.float8, pg_catalog.interval) IS
'sets the thresholds of a tracker''s model by shares of the open leads, by probabilities or by how many newly hot leads a day can be called; leads follow at the next replay';

CREATE FUNCTION lead_temperature.model_weeks(interactions pg_catalog.regclass,
	OUT model pg_catalog.text, OUT week pg_catalog.timestamptz, OUT horizon pg_catalog.interval,
	OUT leads pg_catalog.int8, OUT converted pg_catalog.int8,
	OUT auc pg_catalog.float8, OUT auc_low pg_catalog.float8, OUT auc_high pg_catalog.float8,
	OUT expected_auc pg_catalog.float8, OUT retrain pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_model_weeks' LANGUAGE C STABLE STRICT COST 100000 ROWS 26;
COMMENT ON FUNCTION lead_temperature.model_weeks(pg_catalog.regclass) IS
'how well the model of a tracker has predicted in each of the last weeks; for the view model_drift';

CREATE VIEW lead_temperature.model_drift AS
SELECT t.interactions, w.model, w.week, w.horizon, w.leads, w.converted,
	w.auc, w.auc_low, w.auc_high, w.expected_auc, w.retrain
FROM lead_temperature.trackers t
CROSS JOIN LATERAL lead_temperature.model_weeks(t.interactions) w;
COMMENT ON VIEW lead_temperature.model_drift IS
'how well the model of each tracker of the roles that one is a member of ranked its open leads at the beginning of each week, of up to 26 weeks whose horizon has passed; retrain: the last four of them together lie below what the trained model reached when it was trained';
GRANT SELECT ON lead_temperature.model_drift TO PUBLIC;
