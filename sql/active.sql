--
-- Trained models at work: probability and activate
--
SET search_path = public, lead_temperature;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT create_model('trained', 'shop'), create_model('by hand');
UPDATE model SET half_life = '10 days', warm = 5, mql = 20, hot = 30 WHERE name = 'trained';
UPDATE signal SET points = 40 WHERE model = 'trained' AND kind = 'call';
INSERT INTO trained_model (model, intercept, slope, horizon, trained_at, train_from, train_until, test_from, test_until)
VALUES ('trained', -2, 0.05, '14 days', '2024-01-01', '2023-01-01', '2023-09-30', '2023-10-01', '2023-12-31');

--
-- probability: 1 / (1 + exp(2 - 0.05 * score)), so that 40 points are 1/2 and 20 points 1 / (1 + e)
--
SELECT probability(heat(40, '2024-03-01', '10 days'), 'trained', '2024-03-01') AS p40,
	probability(heat(40, '2024-03-01', '10 days'), 'trained', '2024-03-11') - 1 / (1 + exp(1)) AS p20,
	probability(heat(0, '2024-03-01', '10 days'), 'trained', '2024-03-01') - 1 / (1 + exp(2)) AS p0;
SELECT probability(heat(40, now(), '10 days'), 'trained') AS now;
SELECT probability(heat(-1e300, '2024-03-01', '10 days'), 'trained', '2024-03-01'),
	probability(heat(1e300, '2024-03-01', '10 days'), 'trained', '1990-03-01');
SELECT probability(NULL, 'trained'), probability(heat(40, now(), '10 days'), NULL), probability(heat(40, now(), '10 days'), 'trained', NULL);
SELECT probability(heat(40, now(), '14 days'), 'trained');
SELECT probability(heat(40, now(), '14 days'), 'by hand');
SELECT probability(heat(40, now(), '10 days'), 'nobody''s');
SELECT probability(heat(40, now(), '10 days'), 'trained', '1969-12-31');
SELECT probability(heat(40, now(), '10 days'), 'trained', 'infinity');

-- several models in one statement
SELECT create_model('steep');
UPDATE model SET half_life = '10 days' WHERE name = 'steep';
INSERT INTO trained_model SELECT 'steep', -4, 0.1, horizon, trained_at, train_from, train_until, test_from, test_until FROM trained_model;
SELECT m, points, round(probability(heat(points, now(), '10 days'), m)::numeric, 6) AS p
FROM (VALUES ('trained'), ('steep'), ('trained')) m (m), (VALUES (20), (40), (60)) p (points);

-- A statement of a function sees what the function has changed, though its expression is kept.
CREATE FUNCTION after_each_change() RETURNS SETOF float8 LANGUAGE plpgsql AS $$
DECLARE
	p float8;
BEGIN
	FOR i IN 1 .. 3 LOOP
		p := lead_temperature.probability(lead_temperature.heat(40, '2024-03-01', '10 days'), 'trained', '2024-03-01');
		RETURN NEXT p;
		UPDATE lead_temperature.trained_model SET intercept = intercept - ln(i + 1) WHERE model = 'trained';
	END LOOP;
END
$$;
BEGIN;
SELECT round(p::numeric, 12) AS p FROM after_each_change() p;
ROLLBACK;
PREPARE half AS SELECT probability(heat(40, '2024-03-01', '10 days'), 'trained', '2024-03-01');
EXECUTE half;
BEGIN;
UPDATE trained_model SET intercept = -1000;
EXECUTE half;
ROLLBACK;
EXECUTE half;

-- parallel workers
CREATE TABLE heats AS SELECT heat(i % 100, '2024-03-01', '10 days') AS h, i % 100 AS points FROM generate_series(1, 20000) i;
ANALYZE heats;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT avg(probability(h, 'trained', '2024-03-01')) FROM heats;
SELECT abs(avg(probability(h, 'trained', '2024-03-01')) - avg(1 / (1 + exp(2 - 0.05 * points)))) < 1e-12 AS same FROM heats;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;

--
-- activate
--
CREATE TABLE log (lead int, kind text, at timestamptz);
INSERT INTO log SELECT i % 50, (ARRAY['visit', 'call', 'question', 'page_view', 'purchase'])[1 + i % 7 % 5], '2024-03-01'::timestamptz + i * interval '1 hour'
FROM generate_series(1, 500) i;
SELECT track('log', 'lead', 'kind', 'at', create_index => true);
SELECT model, version FROM tracker;
SELECT count(*) FROM log_lead WHERE half_life(heat) = '14 days' AND points(heat) > 0;
SELECT sum(points(heat)::numeric) AS before FROM log_lead
\gset
CALL activate('log', 'trained');
SELECT model, version, stale, paused FROM tracker JOIN trackers USING (interactions, model, paused);
SELECT model_version, half_life(heat), count(*) FROM log_lead WHERE points(heat) > 0 GROUP BY 1, 2;
SELECT count(*) FROM drift('log');
SELECT DISTINCT model FROM log_ranking;
SELECT sum(points(heat)::numeric) <> :before AS other_points FROM log_lead;
SELECT count(*) > 0 AS any, bool_and(abs(probability(heat, 'trained', '2024-04-01') - 1 / (1 + exp(2 - 0.05 * score(heat, '2024-04-01')))) < 1e-12) AS right FROM log_lead;
-- the same again is a plain replay
CALL activate('log', 'trained');
SELECT model, version FROM tracker;
-- rows from now on weigh as the new model says
INSERT INTO log VALUES (1000, 'call', '2024-04-01');
SELECT heat FROM log_lead WHERE lead = 1000;
-- and of a replay
UPDATE model SET hot = 35 WHERE name = 'trained';
SELECT stale FROM trackers;
CALL replay('log');
SELECT model, version, stale FROM tracker JOIN trackers USING (interactions, model);
-- in a transaction block, and back
BEGIN;
CALL activate('log', 'by hand');
SELECT model, version, stale FROM tracker JOIN trackers USING (interactions, model);
SELECT count(*) FROM drift('log');
SELECT DISTINCT model FROM log_ranking;
ROLLBACK;
SELECT model, version, stale FROM tracker JOIN trackers USING (interactions, model);
SELECT count(*) FROM drift('log');
DO $$ BEGIN CALL lead_temperature.activate('log', 'by hand'); END $$;
SELECT model, version, stale FROM tracker JOIN trackers USING (interactions, model);
SELECT DISTINCT model FROM log_ranking;
CALL activate('log', 'log');
SELECT sum(points(heat)::numeric) = :before AS as_before FROM log_lead WHERE lead <> 1000;

-- what is refused, and changes nothing
CALL activate('log', 'nobody''s');
CALL activate('log', NULL);
CALL activate(NULL, 'trained');
CALL activate('heats', 'trained');
SELECT pause('log');
CALL activate('log', 'trained');
SELECT resume('log');
SELECT model, stale FROM trackers;

--
-- Rights
--
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
CREATE ROLE regress_lt_modeler;
ALTER TABLE log OWNER TO regress_lt_owner;
UPDATE model SET owner = 'regress_lt_owner' WHERE name IN ('log', 'by hand');
UPDATE model SET owner = 'regress_lt_modeler' WHERE name IN ('trained', 'steep');
GRANT SELECT ON log TO regress_lt_other;
SET ROLE regress_lt_other;
CALL activate('log', 'by hand');
SELECT probability(heat(40, now(), '10 days'), 'trained');
RESET ROLE;
SET ROLE regress_lt_owner;
CALL activate('log', 'trained');
SELECT model, stale FROM trackers;
CALL activate('log', 'by hand');
SELECT model, stale FROM trackers;
SELECT probability(heat(40, now(), '10 days'), 'trained');
SELECT probability(heat(40, now(), '14 days'), 'log');
RESET ROLE;
GRANT regress_lt_modeler TO regress_lt_owner;
SET ROLE regress_lt_owner;
CALL activate('log', 'trained');
SELECT model, stale FROM trackers;
SELECT probability(heat(40, '2024-03-01', '10 days'), 'trained', '2024-03-01');
RESET ROLE;
-- what one role has read is not there for another, though nothing has changed in between
CREATE FUNCTION ask() RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	p float8;
BEGIN
	p := lead_temperature.probability(lead_temperature.heat(40, '2024-03-01', '10 days'), 'trained', '2024-03-01');
	RETURN p;
END
$$;
BEGIN;
SELECT ask();
SET LOCAL ROLE regress_lt_other;
SELECT ask();
ROLLBACK;

SELECT untrack('log');
DROP TABLE log, heats;
DROP FUNCTION after_each_change, ask;
DELETE FROM model;
SELECT count(*) FROM trained_model;
DROP ROLE regress_lt_owner, regress_lt_other, regress_lt_modeler;
