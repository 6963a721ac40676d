--
-- Thresholds by shares, by probability, by capacity
--
SET search_path = public, lead_temperature;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE FUNCTION attempt(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
\pset format unaligned

SELECT create_model('points');
DELETE FROM signal WHERE model = 'points' AND outcome IS NULL;
DELETE FROM signal_group WHERE model = 'points';
INSERT INTO signal (model, kind, points) VALUES ('points', 'point', 1);
CREATE TABLE log (lead int, kind text, at timestamptz, weight float8);
SELECT track('log', 'lead', 'kind', 'at', 'weight', model => 'points', create_index => true);

-- of no leads
SELECT attempt($$SELECT set_thresholds('log')$$);
SELECT attempt($$SELECT set_thresholds('log', hot_per_day => 3)$$);

-- A hundred open leads with scores from 1 to 100: three are hot from 97.5 on, 27 more warm from 70.5 on;
-- mql stays half-way.  Closed leads and leads that only have future rows do not count.
BEGIN;
INSERT INTO log SELECT i, 'point', now(), i FROM generate_series(1, 100) i;
INSERT INTO log SELECT i, k, now(), 1000 FROM generate_series(101, 120) i, unnest(ARRAY['point', 'purchase']) k;
INSERT INTO log SELECT i, 'point', now() + interval '1 day', 1000 FROM generate_series(121, 140) i;
SELECT * FROM set_thresholds('log');
SELECT name, half_life, warm, mql, hot FROM model;
SELECT stale FROM trackers;
SELECT temperature, count(*) FROM log_ranking WHERE is_open GROUP BY 1 ORDER BY 1;
CALL replay('log');
SELECT stale FROM trackers;
SELECT temperature, count(*) FROM log_ranking WHERE is_open GROUP BY 1 ORDER BY 1;
-- again gives the same
SELECT * FROM set_thresholds('log');
SELECT stale FROM trackers;
-- other shares: one that is not given has its default
SELECT warm, hot FROM set_thresholds('log', hot_share => 0.1);
SELECT warm, hot FROM set_thresholds('log', warm_share => 0.1);
SELECT warm, mql, hot, old_warm, old_hot FROM set_thresholds('log', 0.1, 0.9);
SELECT warm, mql, hot FROM set_thresholds('log', 0.2, 0);
-- when all are one, mql goes half-way when they part again
SELECT warm, mql, hot FROM set_thresholds('log', 0.2, 0.5);
-- at least one lead
SELECT warm, hot FROM set_thresholds('log', 0.0001, 0.0001);
-- a tie at the border reaches the threshold as a whole
UPDATE log SET weight = 98 WHERE lead BETWEEN 90 AND 98;
SELECT warm, hot FROM set_thresholds('log');
ROLLBACK;

-- Leads without a positive score are neither warm nor hot.
BEGIN;
INSERT INTO log SELECT i, 'point', now(), i - 80 FROM generate_series(1, 100) i;
SELECT hot FROM set_thresholds('log', hot_share => 0.2, warm_share => 0);
SELECT attempt($$SELECT set_thresholds('log', hot_share => 0.2, warm_share => 0.01)$$);
SELECT attempt($$SELECT set_thresholds('log', hot_share => 0.5, warm_share => 0.01)$$);
ROLLBACK;

-- What is refused
INSERT INTO log SELECT i, 'point', now() - interval '1 day', i FROM generate_series(1, 100) i;
SELECT attempt('SELECT set_thresholds(''log'', ' || a || ')') FROM unnest(ARRAY[
	'0', '-0.1', '1.1', '''NaN''', '0.5, 0.6', '0.5, -0.1', '0.03, ''NaN''',
	'hot_share => 0.1, hot_probability => 0.1', 'warm_share => 0.1, hot_per_day => 3', 'warm_probability => 0.1, hot_per_day => 3',
	'hot_per_day => 0', 'hot_per_day => ''NaN''', 'hot_per_day => ''inf''', 'hot_per_day => 3, over => NULL',
	'hot_per_day => 3, over => ''0''', 'hot_per_day => 3, over => ''-1 day''', 'hot_per_day => 1e6', 'hot_probability => 0.5']) a;
SELECT attempt($$SELECT set_thresholds(NULL)$$);
SELECT attempt($$SELECT set_thresholds('pg_class')$$);
SELECT warm, mql, hot FROM model;
-- scores of what the model was before
BEGIN;
UPDATE signal SET points = 2 WHERE kind = 'point';
SELECT attempt($$SELECT set_thresholds('log')$$);
SELECT attempt($$SELECT set_thresholds('log', hot_per_day => 1)$$);
CALL replay('log');
SELECT attempt($$SELECT set_thresholds('log')$$);
UPDATE model SET half_life = '3 days';
SELECT attempt($$SELECT set_thresholds('log')$$);
UPDATE model SET half_life = '14 days';
INSERT INTO signal VALUES ('points', 'new', 1);
SELECT attempt($$SELECT set_thresholds('log')$$);
DELETE FROM model;
SELECT attempt($$SELECT set_thresholds('log')$$);
ROLLBACK;

-- By probability: 1 / (1 + exp(4 - 0.1 * score)) is 1/2 at 40 and 1 / (1 + e^2) at 20.
INSERT INTO trained_model (model, intercept, slope, horizon, trained_at, train_from, train_until, test_from, test_until)
VALUES ('points', -4, 0.1, '14 days', '2024-01-01', '2023-01-01', '2023-09-30', '2023-10-01', '2023-12-31');
BEGIN;
SELECT warm, mql, hot, old_warm, old_mql, old_hot FROM set_thresholds('log', hot_probability => 0.5, warm_probability => 1 / (1 + exp(2)));
SELECT abs(probability(heat(hot, now(), '14 days'), 'points') - 0.3) < 1e-12 AS hot, abs(probability(heat(warm, now(), '14 days'), 'points') - 0.1) < 1e-12 AS warm
FROM set_thresholds('log', hot_probability => 0.3, warm_probability => 0.1);
-- one that is not given stays
SELECT warm = old_warm AS same, abs(hot - 40) < 1e-12 AS hot FROM set_thresholds('log', hot_probability => 0.5);
SELECT attempt($$SELECT set_thresholds('log', hot_probability => 0.05)$$);
SELECT attempt($$SELECT set_thresholds('log', warm_probability => 0.7)$$);
-- a score of 0 has 0.018
SELECT attempt($$SELECT set_thresholds('log', warm_probability => 0.018)$$);
SELECT attempt($$SELECT set_thresholds('log', warm_probability => 0.01)$$);
SELECT attempt('SELECT set_thresholds(''log'', hot_probability => ' || p || ')') FROM unnest(ARRAY['0', '1', '1.5', '''NaN''']) p;
UPDATE trained_model SET slope = -0.1;
SELECT attempt($$SELECT set_thresholds('log', hot_probability => 0.5)$$);
UPDATE trained_model SET slope = 0;
SELECT attempt($$SELECT set_thresholds('log', hot_probability => 0.5)$$);
ROLLBACK;

-- By capacity, by hand: on each of ten days three leads rise from 0 to 10, 20 and 30, in a time of ten days.
-- From above 10 on there are 20 rises, from above 20 on 10.
TRUNCATE log;
INSERT INTO log SELECT day * 10 + i, 'point', '2024-03-01'::timestamptz + day * interval '1 day', i * 10 FROM generate_series(1, 10) day, generate_series(1, 3) i;
BEGIN;
SELECT warm, mql, hot, old_warm, old_mql, old_hot FROM set_thresholds('log', hot_per_day => 2.5, over => '10 days');
SELECT warm, mql, hot, old_warm, old_mql, old_hot FROM set_thresholds('log', hot_per_day => 1.5, over => '10 days');
SELECT hot FROM set_thresholds('log', hot_per_day => 0.5, over => '10 days');
SELECT attempt($$SELECT set_thresholds('log', hot_per_day => 4, over => '10 days')$$);
-- there are but nine days and an instant of rows, of which the last two have so many
SELECT hot FROM set_thresholds('log', hot_per_day => 3.1);
SELECT hot FROM set_thresholds('log', hot_per_day => 2.5, over => '25 hours');
ROLLBACK;

-- Random rows: the threshold that it finds, replayed, has made no more leads hot than it says; the next lower
-- score would have.
TRUNCATE log;
UPDATE model SET half_life = '5 days';
SELECT setseed(0.3);
INSERT INTO log SELECT 1 + random() * 60, CASE WHEN random() < 0.02 THEN 'purchase' ELSE 'point' END,
	'2024-03-01'::timestamptz + random() * interval '60 days', round(random() * 8) * 3 - 4 FROM generate_series(1, 3000);
CALL replay('log');
CREATE FUNCTION rises(threshold float8, since timestamptz, until timestamptz) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM lead_temperature.score_history('log', since, until) WHERE before < threshold AND threshold <= after AND status = 'open'
$$;
CREATE TABLE found (per_day float8, days int, hot float8, rises bigint, rises_below bigint, turned_hot bigint);
DO $$
DECLARE
	f found;
	until timestamptz := (SELECT max(at) + interval '1 microsecond' FROM log);
	since timestamptz;
BEGIN
	FOR f.per_day, f.days IN SELECT * FROM unnest(ARRAY[0.2, 1, 3, 7]) d, unnest(ARRAY[20, 28]) n LOOP
		since := until - f.days * interval '1 day';
		f.hot := (SELECT hot FROM lead_temperature.set_thresholds('log', hot_per_day => f.per_day, over => f.days * interval '1 day'));
		f.rises := rises(f.hot, since, until);
		f.rises_below := rises((SELECT max(v) FROM lead_temperature.score_history('log', since, until), LATERAL (VALUES (before), (after)) s (v)
								WHERE v < f.hot AND status = 'open' AND after > before), since, until);
		CALL lead_temperature.replay('log');
		f.turned_hot := (SELECT count(*) FROM log_transition WHERE at >= since AND at < until AND superseded_at IS NULL
						 AND to_temperature = 'hot' AND to_status = 'open' AND from_temperature IS DISTINCT FROM 'hot');
		INSERT INTO found SELECT f.*;
	END LOOP;
END
$$;
SELECT per_day, days, rises <= per_day * days AS within, rises_below > per_day * days AS least, turned_hot = rises AS as_replayed FROM found ORDER BY 1, 2;
SELECT count(DISTINCT hot) > 4 AS different FROM found;

--
-- Rights: the table's owner, who must see the model
--
UPDATE log SET at = now() - interval '61 days' + (at - '2024-03-01');
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
ALTER TABLE log OWNER TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT attempt($$SELECT lead_temperature.set_thresholds('log')$$);
RESET ROLE;
UPDATE model SET owner = 'regress_lt_owner';
GRANT SELECT ON log, log_lead, log_ranking TO regress_lt_other;
SET ROLE regress_lt_other;
SELECT attempt($$SELECT lead_temperature.set_thresholds('log')$$);
SELECT attempt($$SELECT lead_temperature.set_thresholds('log', hot_per_day => 1)$$);
SELECT attempt($$SELECT lead_temperature.set_thresholds('log', hot_probability => 0.5)$$);
SELECT attempt($$SELECT lead_temperature.rises_within('log', '2024-03-01', '2024-03-02', 3)$$);
RESET ROLE;
GRANT regress_lt_owner TO regress_lt_other;
SET ROLE regress_lt_other;
SELECT attempt($$SELECT lead_temperature.set_thresholds('log')$$);
SELECT attempt($$SELECT lead_temperature.set_thresholds('log', hot_per_day => 1)$$);
SELECT attempt($$SELECT lead_temperature.set_thresholds('log', hot_probability => 0.5)$$);
RESET ROLE;

SELECT untrack('log');
DROP TABLE log, found;
DROP FUNCTION attempt, rises;
DELETE FROM model;
DROP ROLE regress_lt_owner, regress_lt_other;
