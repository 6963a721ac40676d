/*
 * Funnels: how many leads stand at each stage, and how warm they are.
 */

CREATE TYPE lead_temperature.funnel;

CREATE FUNCTION lead_temperature.funnel_in(cstring) RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_in(cstring) IS 'Internal: I/O';

CREATE FUNCTION lead_temperature.funnel_out(lead_temperature.funnel) RETURNS cstring
	AS 'MODULE_PATHNAME', 'funnel_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_out(lead_temperature.funnel) IS 'Internal: I/O';

CREATE FUNCTION lead_temperature.funnel_recv(internal) RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_recv(internal) IS 'Internal: I/O';

CREATE FUNCTION lead_temperature.funnel_send(lead_temperature.funnel) RETURNS bytea
	AS 'MODULE_PATHNAME', 'funnel_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_send(lead_temperature.funnel) IS 'Internal: I/O';

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
'Internal: implementation of = operator';

CREATE FUNCTION lead_temperature.funnel_ne(lead_temperature.funnel, lead_temperature.funnel) RETURNS boolean
	AS 'MODULE_PATHNAME', 'funnel_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_ne(lead_temperature.funnel, lead_temperature.funnel) IS
'Internal: implementation of <> operator';

CREATE FUNCTION lead_temperature.funnel_add(lead_temperature.funnel, lead_temperature.funnel)
	RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_add(lead_temperature.funnel, lead_temperature.funnel) IS
'Internal: implementation of + operator';

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
'Internal: transition function of aggregate funnel';

CREATE FUNCTION lead_temperature.funnel_accum(
		lead_temperature.funnel, lead_temperature.stage, lead_temperature.temperature)
	RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_accum' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_accum(
		lead_temperature.funnel, lead_temperature.stage, lead_temperature.temperature) IS
'Internal: transition function of aggregate funnel';

CREATE FUNCTION lead_temperature.funnel_accum(
		lead_temperature.funnel, lead_temperature.stage, lead_temperature.temperature, lead_temperature.status)
	RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_accum' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_accum(
		lead_temperature.funnel, lead_temperature.stage, lead_temperature.temperature, lead_temperature.status) IS
'Internal: transition function of aggregate funnel';

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
'Internal: transition function of aggregate funnel_of';

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
'Internal: funnel of leads by the levels of their heat and of the thresholds; one without a level is not counted';

CREATE FUNCTION lead_temperature.funnel_of_accum(
		lead_temperature.funnel, stage lead_temperature.stage, status lead_temperature.status,
		level float8, warm_level float8, hot_level float8, leads bigint)
	RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_of_accum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_of_accum(
		lead_temperature.funnel, lead_temperature.stage, lead_temperature.status, float8, float8, float8, bigint) IS
'Internal: transition function of aggregate funnel_of';

CREATE FUNCTION lead_temperature.funnel_of_final(lead_temperature.funnel) RETURNS lead_temperature.funnel
	AS 'MODULE_PATHNAME', 'funnel_of_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.funnel_of_final(lead_temperature.funnel) IS
'Internal: final function of aggregate funnel_of';

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
'Internal: funnel of counted leads, so many at a time; some may be taken off again';

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
'Internal: the funnel as an object of stages, each an object of counts';

CREATE CAST (lead_temperature.funnel AS jsonb)
	WITH FUNCTION lead_temperature.funnel_to_jsonb(lead_temperature.funnel) AS ASSIGNMENT;
COMMENT ON CAST (lead_temperature.funnel AS jsonb) IS
'the funnel as an object of stages, each an object of counts';
