/*
 * Trained models at work.
 */

CREATE FUNCTION lead_temperature.probability(
		heat lead_temperature.heat, model pg_catalog.text, at pg_catalog.timestamptz DEFAULT pg_catalog.now())
	RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_probability' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.probability(lead_temperature.heat, pg_catalog.text, pg_catalog.timestamptz) IS
'chance, at an instant, that a lead of a heat converts within the horizon of a trained model';

CREATE PROCEDURE lead_temperature.activate(tracker pg_catalog.regclass, model pg_catalog.text)
	AS 'MODULE_PATHNAME', 'lt_activate' LANGUAGE C;
COMMENT ON PROCEDURE lead_temperature.activate(pg_catalog.regclass, pg_catalog.text) IS
'moves a tracker to another model and makes all state anew from the rows, in batches that commit while writers go on';

CREATE PROCEDURE lead_temperature.activate(tracker pg_catalog.regclass, model pg_catalog.text, version pg_catalog.int4)
	AS 'MODULE_PATHNAME', 'lt_activate' LANGUAGE C;
COMMENT ON PROCEDURE lead_temperature.activate(pg_catalog.regclass, pg_catalog.text, pg_catalog.int4) IS
'moves a tracker to a version of a model that was trained several times, likewise';

-- A score lies between the two of a rise if it is above the one before and at most the one after.
CREATE FUNCTION lead_temperature.rises_within(tracker pg_catalog.regclass,
	since pg_catalog.timestamptz, until pg_catalog.timestamptz, most pg_catalog.float8)
	RETURNS TABLE (low pg_catalog.float8, high pg_catalog.float8)
	LANGUAGE sql STABLE STRICT COST 100000 ROWS 1
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
WITH rise AS MATERIALIZED (
	SELECT s.before, s.after FROM lead_temperature.score_history(tracker, since, until) AS s
	WHERE s.after > s.before AND s.after > 0::float8 AND s.status = 'open'::lead_temperature.status
), change AS (
	SELECT r.after AS score, 1 AS rises FROM rise AS r
	UNION ALL
	SELECT r.before, -1 FROM rise AS r WHERE r.before > 0::float8
), score AS (
	SELECT c.score, lag(c.score) OVER (ORDER BY c.score DESC) AS next_higher,
		sum(sum(c.rises)) OVER (ORDER BY c.score DESC) AS rises
	FROM change AS c GROUP BY c.score
)
SELECT s.score, s.next_higher FROM score AS s
WHERE s.rises > most ORDER BY s.score DESC LIMIT 1;
END;
COMMENT ON FUNCTION lead_temperature.rises_within(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.float8) IS
'Internal: the highest score that leads rose to more than so many times, and the next higher one that any came from or rose to; for set_thresholds()';

CREATE FUNCTION lead_temperature.set_thresholds(tracker pg_catalog.regclass,
	hot_share pg_catalog.float8 DEFAULT NULL, warm_share pg_catalog.float8 DEFAULT NULL,
	hot_probability pg_catalog.float8 DEFAULT NULL, warm_probability pg_catalog.float8 DEFAULT NULL,
	hot_per_day pg_catalog.float8 DEFAULT NULL, over pg_catalog.interval DEFAULT '28 days'::pg_catalog.interval,
	OUT model pg_catalog.text, OUT warm pg_catalog.float8, OUT mql pg_catalog.float8, OUT hot pg_catalog.float8,
	OUT old_warm pg_catalog.float8, OUT old_mql pg_catalog.float8, OUT old_hot pg_catalog.float8)
	RETURNS pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_set_thresholds' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lead_temperature.set_thresholds(pg_catalog.regclass, pg_catalog.float8, pg_catalog.float8,
	pg_catalog.float8, pg_catalog.float8, pg_catalog.float8, pg_catalog.interval) IS
'sets the thresholds of a tracker''s model by shares of the open leads, by probabilities or by how many newly hot leads a day can be called; leads follow at the next replay';

CREATE FUNCTION lead_temperature.model_weeks(tracker pg_catalog.regclass,
	OUT model pg_catalog.text, OUT week pg_catalog.timestamptz, OUT horizon pg_catalog.interval,
	OUT leads pg_catalog.int8, OUT converted pg_catalog.int8,
	OUT auc pg_catalog.float8, OUT auc_low pg_catalog.float8, OUT auc_high pg_catalog.float8,
	OUT expected_auc pg_catalog.float8, OUT retrain pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_model_weeks' LANGUAGE C STABLE STRICT COST 100000 ROWS 26;
COMMENT ON FUNCTION lead_temperature.model_weeks(pg_catalog.regclass) IS
'Internal: how well the model of a tracker has predicted in each of the last weeks; for the view model_drift';

CREATE VIEW lead_temperature.model_drift AS
SELECT t.interactions, w.model, w.week, w.horizon, w.leads, w.converted,
	w.auc, w.auc_low, w.auc_high, w.expected_auc, w.retrain, t.state
FROM lead_temperature.trackers t
CROSS JOIN LATERAL lead_temperature.model_weeks(t.state) w;
COMMENT ON VIEW lead_temperature.model_drift IS
'how well the model of each tracker of the roles that one is a member of ranked its open leads at the beginning of each week, of up to 26 weeks whose horizon has passed; retrain: the last four of them together lie below what the trained model reached when it was trained';
GRANT SELECT ON lead_temperature.model_drift TO PUBLIC;
