/*
 * The order of heats, and their operator classes.
 */

CREATE FUNCTION lead_temperature.heat_lt(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_lt';
COMMENT ON FUNCTION lead_temperature.heat_lt(lead_temperature.heat, lead_temperature.heat) IS
'Internal: implementation of < operator';

CREATE FUNCTION lead_temperature.heat_le(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_le';
COMMENT ON FUNCTION lead_temperature.heat_le(lead_temperature.heat, lead_temperature.heat) IS
'Internal: implementation of <= operator';

CREATE FUNCTION lead_temperature.heat_eq(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_eq';
COMMENT ON FUNCTION lead_temperature.heat_eq(lead_temperature.heat, lead_temperature.heat) IS
'Internal: implementation of = operator';

CREATE FUNCTION lead_temperature.heat_ne(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_ne';
COMMENT ON FUNCTION lead_temperature.heat_ne(lead_temperature.heat, lead_temperature.heat) IS
'Internal: implementation of <> operator';

CREATE FUNCTION lead_temperature.heat_ge(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_ge';
COMMENT ON FUNCTION lead_temperature.heat_ge(lead_temperature.heat, lead_temperature.heat) IS
'Internal: implementation of >= operator';

CREATE FUNCTION lead_temperature.heat_gt(lead_temperature.heat, lead_temperature.heat)
	RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_gt';
COMMENT ON FUNCTION lead_temperature.heat_gt(lead_temperature.heat, lead_temperature.heat) IS
'Internal: implementation of > operator';

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
'Internal: less-equal-greater, by level, then by half-life';

CREATE FUNCTION lead_temperature.heat_sortsupport(internal)
	RETURNS void
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_sortsupport';
COMMENT ON FUNCTION lead_temperature.heat_sortsupport(internal) IS
'Internal: sort support';

CREATE FUNCTION lead_temperature.heat_hash(lead_temperature.heat)
	RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_hash';
COMMENT ON FUNCTION lead_temperature.heat_hash(lead_temperature.heat) IS
'Internal: hash';

CREATE FUNCTION lead_temperature.heat_hash_extended(lead_temperature.heat, bigint)
	RETURNS bigint
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'heat_hash_extended';
COMMENT ON FUNCTION lead_temperature.heat_hash_extended(lead_temperature.heat, bigint) IS
'Internal: hash with a seed';

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
'Internal: larger of two';

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
'Internal: smaller of two';

CREATE AGGREGATE lead_temperature.min(lead_temperature.heat) (
	SFUNC = lead_temperature.heat_smaller,
	STYPE = lead_temperature.heat,
	COMBINEFUNC = lead_temperature.heat_smaller,
	SORTOP = OPERATOR(lead_temperature.<),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.min(lead_temperature.heat) IS
'least heat';
