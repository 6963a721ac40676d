/*
 * History: leads and funnels as they were, and what came of leads.
 */

CREATE FUNCTION lead_temperature.leads_as_of(tracker pg_catalog.regclass, at pg_catalog.timestamptz,
	OUT lead pg_catalog.text, OUT heat lead_temperature.heat, OUT score pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT stage lead_temperature.stage,
	OUT status lead_temperature.status, OUT cycle pg_catalog.int4, OUT purchases pg_catalog.int4,
	OUT interactions pg_catalog.int8, OUT first_at pg_catalog.timestamptz,
	OUT last_at pg_catalog.timestamptz, OUT stage_since pg_catalog.timestamptz)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_as_of' LANGUAGE C STABLE STRICT COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.leads_as_of(pg_catalog.regclass, pg_catalog.timestamptz) IS
'the leads of a tracked table as they were at an instant, by the rows up to it and the frozen model';

CREATE FUNCTION lead_temperature.table_as_of(relation pg_catalog.regclass, at pg_catalog.timestamptz, model pg_catalog.text,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	filter pg_catalog.text, entry lead_temperature.stage, time_zone pg_catalog.text,
	OUT lead pg_catalog.text, OUT heat lead_temperature.heat, OUT score pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT stage lead_temperature.stage,
	OUT status lead_temperature.status, OUT cycle pg_catalog.int4, OUT purchases pg_catalog.int4,
	OUT interactions pg_catalog.int8, OUT first_at pg_catalog.timestamptz,
	OUT last_at pg_catalog.timestamptz, OUT stage_since pg_catalog.timestamptz)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_as_of' LANGUAGE C STABLE COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.table_as_of IS
'Internal: the leads that the rows of any table make up to an instant; for leads_as_of()';

CREATE FUNCTION lead_temperature.leads_as_of(relation pg_catalog.regclass,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	model pg_catalog.text, at pg_catalog.timestamptz, filter pg_catalog.text DEFAULT NULL,
	entry lead_temperature.stage DEFAULT 'visitor'::lead_temperature.stage, time_zone pg_catalog.text DEFAULT 'UTC'::pg_catalog.text,
	OUT lead pg_catalog.text, OUT heat lead_temperature.heat, OUT score pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT stage lead_temperature.stage,
	OUT status lead_temperature.status, OUT cycle pg_catalog.int4, OUT purchases pg_catalog.int4,
	OUT interactions pg_catalog.int8, OUT first_at pg_catalog.timestamptz,
	OUT last_at pg_catalog.timestamptz, OUT stage_since pg_catalog.timestamptz)
	RETURNS SETOF pg_catalog.record
	LANGUAGE sql STABLE COST 10000 ROWS 10000
	BEGIN ATOMIC
SELECT l.* FROM lead_temperature.table_as_of(relation, at, model, lead_column, kind_column, at_column, weight_column, filter, entry, time_zone) AS l;
END;
COMMENT ON FUNCTION lead_temperature.leads_as_of(pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text, lead_temperature.stage, pg_catalog.text) IS
'the leads that the rows of any table make up to an instant, by a model, whether the table is tracked or not';

CREATE FUNCTION lead_temperature.funnels(tracker pg_catalog.regclass,
	since pg_catalog.timestamptz, until pg_catalog.timestamptz, step pg_catalog.interval,
	OUT at pg_catalog.timestamptz, OUT funnel lead_temperature.funnel)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_funnels' LANGUAGE C STABLE STRICT COST 10000 ROWS 100;
COMMENT ON FUNCTION lead_temperature.funnels(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval) IS
'Internal: the funnel of a tracked table as it was at each step; for funnel_history()';

CREATE FUNCTION lead_temperature.funnel_history(tracker pg_catalog.regclass,
	since pg_catalog.timestamptz, until pg_catalog.timestamptz, step pg_catalog.interval)
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
	BEGIN ATOMIC
SELECT f.at, s.*
FROM lead_temperature.funnels(tracker, since, until, step) AS f,
	lead_temperature.stages(f.funnel) AS s;
END;
COMMENT ON FUNCTION lead_temperature.funnel_history(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval) IS
'the funnel of a tracked table as it was at each step, six rows an instant';

CREATE FUNCTION lead_temperature.observed(tracker pg_catalog.regclass, since pg_catalog.timestamptz, until pg_catalog.timestamptz,
	step pg_catalog.interval, horizon pg_catalog.interval, model pg_catalog.text,
	after pg_catalog.interval[], since_stage lead_temperature.stage,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	filter pg_catalog.text, entry lead_temperature.stage, time_zone pg_catalog.text,
	OUT at pg_catalog.timestamptz, OUT lead pg_catalog.text, OUT lead_number pg_catalog.int8,
	OUT score pg_catalog.float8, OUT probability pg_catalog.float8, OUT level pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT interactions pg_catalog.int8,
	OUT recency pg_catalog.float8, OUT stage lead_temperature.stage, OUT converted pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_observations' LANGUAGE C STABLE COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.observed IS
'Internal: the open leads of a tracker, or of a table if it is said how to read it, at some instants; for observations() and evaluate()';

CREATE FUNCTION lead_temperature.observations(tracker pg_catalog.regclass,
	since pg_catalog.timestamptz DEFAULT NULL, until pg_catalog.timestamptz DEFAULT NULL,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, horizon pg_catalog.interval DEFAULT '14 days'::pg_catalog.interval,
	model pg_catalog.text DEFAULT NULL,
	after pg_catalog.interval[] DEFAULT NULL, since_stage lead_temperature.stage DEFAULT NULL,
	OUT at pg_catalog.timestamptz, OUT lead pg_catalog.text, OUT lead_number pg_catalog.int8,
	OUT score pg_catalog.float8, OUT probability pg_catalog.float8, OUT level pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT interactions pg_catalog.int8,
	OUT recency pg_catalog.float8, OUT stage lead_temperature.stage, OUT converted pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_observations' LANGUAGE C STABLE COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.observations(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text, pg_catalog.interval[], lead_temperature.stage) IS
'the open leads at each step, or so long after something of theirs, as the rows before it tell, and whether they were won within the horizon';

CREATE FUNCTION lead_temperature.observations(relation pg_catalog.regclass,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	model pg_catalog.text, since pg_catalog.timestamptz, until pg_catalog.timestamptz, horizon pg_catalog.interval,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, filter pg_catalog.text DEFAULT NULL,
	entry lead_temperature.stage DEFAULT 'visitor'::lead_temperature.stage, time_zone pg_catalog.text DEFAULT 'UTC'::pg_catalog.text,
	after pg_catalog.interval[] DEFAULT NULL, since_stage lead_temperature.stage DEFAULT NULL,
	OUT at pg_catalog.timestamptz, OUT lead pg_catalog.text, OUT lead_number pg_catalog.int8,
	OUT score pg_catalog.float8, OUT probability pg_catalog.float8, OUT level pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT interactions pg_catalog.int8,
	OUT recency pg_catalog.float8, OUT stage lead_temperature.stage, OUT converted pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	LANGUAGE sql STABLE COST 10000 ROWS 10000
	BEGIN ATOMIC
SELECT o.* FROM lead_temperature.observed(relation, since, until, step, horizon, model, after, since_stage,
	lead_column, kind_column, at_column, weight_column, filter, entry, time_zone) AS o;
END;
COMMENT ON FUNCTION lead_temperature.observations(pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text, lead_temperature.stage, pg_catalog.text, pg_catalog.interval[], lead_temperature.stage) IS
'likewise of any table, whether it is tracked or not, by a model';

CREATE FUNCTION lead_temperature.observations_at_steps(tracker pg_catalog.regclass,
	since pg_catalog.timestamptz, until pg_catalog.timestamptz,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, horizon pg_catalog.interval DEFAULT '14 days'::pg_catalog.interval,
	model pg_catalog.text DEFAULT NULL,
	OUT at pg_catalog.timestamptz, OUT lead pg_catalog.text, OUT lead_number pg_catalog.int8,
	OUT score pg_catalog.float8, OUT probability pg_catalog.float8, OUT level pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT interactions pg_catalog.int8,
	OUT recency pg_catalog.float8, OUT stage lead_temperature.stage, OUT converted pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_observations' LANGUAGE C STABLE COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.observations_at_steps(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text) IS
'Internal: what observations() was in 0.1.0; views may rest on it';

CREATE FUNCTION lead_temperature.score_history(tracker pg_catalog.regclass,
	since pg_catalog.timestamptz, until pg_catalog.timestamptz,
	OUT lead_number pg_catalog.int8, OUT at pg_catalog.timestamptz, OUT before pg_catalog.float8,
	OUT after pg_catalog.float8, OUT status lead_temperature.status)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_steps' LANGUAGE C STABLE STRICT COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.score_history(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'the score of each lead just before and just after each instant of its rows, from one time up to before another';

-- 1.96 standard errors to either side hold 95 % of a normal distribution.
CREATE FUNCTION lead_temperature.evaluated(tracker pg_catalog.regclass, since pg_catalog.timestamptz, until pg_catalog.timestamptz,
	step pg_catalog.interval, horizon pg_catalog.interval, model pg_catalog.text,
	after pg_catalog.interval[], since_stage lead_temperature.stage,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	filter pg_catalog.text, entry lead_temperature.stage, time_zone pg_catalog.text)
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
	BEGIN ATOMIC
WITH observed AS MATERIALIZED (
	SELECT o.at, o.lead_number, o.score, o.probability, o.temperature, o.interactions, o.recency,
		lead_temperature.stage_order(o.stage) AS stage_order, o.converted
	FROM lead_temperature.observed(tracker, since, until, step, horizon, model, after, since_stage,
		lead_column, kind_column, at_column, weight_column, filter, entry, time_zone) AS o
	ORDER BY o.at
), rankings AS (
	SELECT * FROM (VALUES (1, 'heat'::text), (2, 'interactions'::text), (3, 'recency'::text), (4, 'furthest stage'::text)) AS r (place, ranking)
), measured AS (
	SELECT r.place, r.ranking, m.*
	FROM rankings AS r, LATERAL (
		SELECT o.at, count(*) AS leads, count(*) FILTER (WHERE o.converted) AS converted,
			lead_temperature.auc(s.score, o.converted) AS auc,
			lead_temperature.auc_stderr(s.score, o.converted) AS auc_stderr,
			lead_temperature.lift(s.score, o.converted, 0.03::float8) AS lift_3,
			lead_temperature.lift(s.score, o.converted, 0.1::float8) AS lift_10,
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature) AS hot,
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature AND o.converted) AS hot_converted,
			lead_temperature.brier(o.probability, o.converted) AS brier
		FROM observed AS o, LATERAL (SELECT CASE r.place WHEN 1 THEN o.score WHEN 2 THEN o.interactions
				WHEN 3 THEN o.recency ELSE o.stage_order END) AS s (score)
		WHERE after IS NULL
		GROUP BY o.at
		UNION ALL
		SELECT NULL::timestamptz, count(*), count(*) FILTER (WHERE o.converted),
			lead_temperature.auc(s.score, o.converted),
			lead_temperature.auc_stderr(s.score, o.converted, o.lead_number),
			lead_temperature.lift(s.score, o.converted, 0.03::float8),
			lead_temperature.lift(s.score, o.converted, 0.1::float8),
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature),
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature AND o.converted),
			lead_temperature.brier(o.probability, o.converted)
		FROM observed AS o, LATERAL (SELECT CASE r.place WHEN 1 THEN o.score WHEN 2 THEN o.interactions
				WHEN 3 THEN o.recency ELSE o.stage_order END) AS s (score)
		HAVING count(*) > 0::int8) AS m
)
SELECT m.at, m.ranking, m.leads, m.converted, m.auc,
	CASE WHEN m.auc_stderr IS NOT NULL THEN greatest(m.auc - 1.96::float8 * m.auc_stderr, 0::float8) END,
	CASE WHEN m.auc_stderr IS NOT NULL THEN least(m.auc + 1.96::float8 * m.auc_stderr, 1::float8) END,
	m.lift_3, m.lift_10,
	CASE WHEN m.place = 1 THEN m.hot END,
	CASE WHEN m.place = 1 THEN m.hot_converted END,
	CASE WHEN m.place = 1 THEN m.hot_converted::float8 / nullif(m.hot, 0::int8) END,
	CASE WHEN m.place = 1 THEN m.brier END
FROM measured AS m
ORDER BY m.at NULLS LAST, m.place;
END;
COMMENT ON FUNCTION lead_temperature.evaluated IS
'Internal: how well the heat told who would be won, over observed() of the same arguments; for evaluate()';

CREATE FUNCTION lead_temperature.evaluate(tracker pg_catalog.regclass,
	since pg_catalog.timestamptz DEFAULT NULL, until pg_catalog.timestamptz DEFAULT NULL,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, horizon pg_catalog.interval DEFAULT '14 days'::pg_catalog.interval,
	model pg_catalog.text DEFAULT NULL,
	after pg_catalog.interval[] DEFAULT NULL, since_stage lead_temperature.stage DEFAULT NULL)
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
	BEGIN ATOMIC
SELECT e.* FROM lead_temperature.evaluated(tracker, since, until, step, horizon, model, after, since_stage,
	NULL, NULL, NULL, NULL, NULL, NULL, NULL) AS e;
END;
COMMENT ON FUNCTION lead_temperature.evaluate(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text, pg_catalog.interval[], lead_temperature.stage) IS
'how well the heat, and simple rankings beside it, told at each step who would be won within the horizon; without at: all steps together';

CREATE FUNCTION lead_temperature.evaluate(relation pg_catalog.regclass,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	model pg_catalog.text, since pg_catalog.timestamptz, until pg_catalog.timestamptz, horizon pg_catalog.interval,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, filter pg_catalog.text DEFAULT NULL,
	entry lead_temperature.stage DEFAULT 'visitor'::lead_temperature.stage, time_zone pg_catalog.text DEFAULT 'UTC'::pg_catalog.text,
	after pg_catalog.interval[] DEFAULT NULL, since_stage lead_temperature.stage DEFAULT NULL)
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
	BEGIN ATOMIC
SELECT e.* FROM lead_temperature.evaluated(relation, since, until, step, horizon, model, after, since_stage,
	lead_column, kind_column, at_column, weight_column, filter, entry, time_zone) AS e;
END;
COMMENT ON FUNCTION lead_temperature.evaluate(pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text, lead_temperature.stage, pg_catalog.text, pg_catalog.interval[], lead_temperature.stage) IS
'likewise of any table, whether it is tracked or not, by a model';

CREATE FUNCTION lead_temperature.evaluate_steps(tracker pg_catalog.regclass,
	since pg_catalog.timestamptz, until pg_catalog.timestamptz,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, horizon pg_catalog.interval DEFAULT '14 days'::pg_catalog.interval,
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
	BEGIN ATOMIC
SELECT e.* FROM lead_temperature.evaluated(tracker, since, until, step, horizon, model, NULL, NULL,
	NULL, NULL, NULL, NULL, NULL, NULL, NULL) AS e;
END;
COMMENT ON FUNCTION lead_temperature.evaluate_steps(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text) IS
'Internal: what evaluate() was in 0.1.0; views may rest on it';
