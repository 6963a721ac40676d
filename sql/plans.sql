--
-- Every way to read the views gives the same answer (law 5), and the fast
-- ones are taken: index ranges by temperature, a merge for the top, one
-- parallel aggregate for the funnel.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT lead_temperature.create_model('m');

-- 20,000 leads: three hundred hot, some thousand warm.
CREATE TABLE log (lead int, kind text, at timestamptz);
INSERT INTO log
	SELECT i, CASE WHEN i % 67 = 0 THEN 'demo_request' WHEN i % 5 = 0 THEN 'question' WHEN i % 501 = 0 THEN 'purchase' ELSE 'visit' END,
		   now() - i % 10 * interval '1 day' - i * interval '1 second'
	FROM generate_series(1, 20000) AS i;
INSERT INTO log SELECT lead, 'visit', at + interval '1 hour' FROM log WHERE lead % 3 = 0;
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', model => 'm', create_index => true);
INSERT INTO log SELECT 20001, 'visit', now() + interval '1 year';
ANALYZE log_lead;
SELECT temperature, count(*) BETWEEN 250 AND 350 AS hundreds, count(*) BETWEEN 2000 AND 5000 AS thousands FROM log_ranking GROUP BY 1 ORDER BY 1;

-- plan tells what kind of nodes a query takes, in the order of the plan, without those of no account here.
CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		line := substring(line FROM '(?:->  |^ ?)((?:Parallel |Partial |Finalize )?(?:Seq Scan|Index Scan|Index Scan Backward|Index Only Scan|Index Only Scan Backward|Bitmap Heap Scan|Bitmap Index Scan|Merge Append|Append|Aggregate|Gather|Gather Merge|Sort|Limit|Hash Join|Merge Join|Nested Loop|Incremental Sort)(?: using \S+)?(?: on \S+)?)');
		IF line IS NOT NULL THEN RETURN NEXT line; END IF;
	END LOOP;
END
$$;

-- One temperature is an index range of one branch.
SELECT plan($$SELECT lead FROM log_ranking WHERE temperature = 'hot'$$) ~ '^(Index Scan using|Bitmap Heap Scan|Bitmap Index Scan on) .*log_lead' AS by_index;
SELECT plan($$SELECT lead FROM log_ranking WHERE temperature = 'hot' ORDER BY level DESC LIMIT 100$$);
SELECT plan($$SELECT lead FROM log_ranking WHERE temperature = 'warm' ORDER BY level DESC LIMIT 100$$);
SELECT plan($$SELECT lead FROM log_ranking WHERE temperature = 'cold' ORDER BY level LIMIT 100$$);
SELECT plan($$SELECT lead FROM log_ranking WHERE temperature = 'tepid'$$);
-- The top of all is a merge of index scans.
SELECT plan($$SELECT * FROM log_ranking ORDER BY level DESC LIMIT 100$$);
SELECT plan($$SELECT lead, score, stage FROM log_ranking WHERE temperature IN ('hot', 'warm') ORDER BY level DESC LIMIT 100$$);
-- One lead is looked up.
SELECT plan($$SELECT * FROM log_ranking WHERE lead = 4711$$);
-- The same in a plan made once for all parameters.
SET plan_cache_mode = force_generic_plan;
PREPARE by_temperature(text) AS SELECT lead, level FROM log_ranking WHERE temperature = $1 ORDER BY level DESC LIMIT 100;
PREPARE by_temperatures(text[]) AS SELECT lead, level FROM log_ranking WHERE temperature = ANY ($1) ORDER BY level DESC LIMIT 100;
PREPARE one_lead(int) AS SELECT temperature FROM log_ranking WHERE lead = $1;
SELECT plan($$EXECUTE by_temperature('hot')$$);
SELECT plan($$EXECUTE by_temperatures('{hot,warm}')$$);
SELECT plan($$EXECUTE one_lead(67)$$);
CREATE TABLE generic AS EXECUTE by_temperature('warm');
CREATE TABLE custom AS SELECT lead, level FROM log_ranking WHERE temperature = 'warm' ORDER BY level DESC LIMIT 100;
SELECT count(*), count(*) FILTER (WHERE c.lead IS NULL OR g.lead IS NULL) AS differ FROM generic g FULL JOIN custom c USING (lead, level);
EXECUTE one_lead(67);
EXECUTE one_lead(20001);
RESET plan_cache_mode;

-- The funnel is one scan with one aggregate, which workers share.
SELECT plan('SELECT * FROM log_funnel');
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT plan('SELECT * FROM log_funnel');
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- The same answers by every path, at one now(): of the views, and of the state itself compared with the thresholds.
CREATE FUNCTION answers(OUT ranked text, OUT hot text, OUT top text, OUT counts text, OUT funnel text) LANGUAGE sql AS $$
	SELECT (SELECT md5(string_agg(format('%s %s %s', lead, level, temperature), ',' ORDER BY lead)) FROM log_ranking),
		   (SELECT md5(string_agg(lead::text, ',' ORDER BY lead)) FROM log_ranking WHERE temperature = 'hot'),
		   (SELECT md5(string_agg(format('%s %s', lead, temperature), ',' ORDER BY level DESC, lead)) FROM (SELECT * FROM log_ranking ORDER BY level DESC LIMIT 5000) t),
		   (SELECT md5(string_agg(format('%s %s %s', stage, temperature, n), ',' ORDER BY stage COLLATE "C", temperature COLLATE "C"))
			FROM (SELECT stage, temperature, count(*) AS n FROM log_ranking WHERE is_open GROUP BY 1, 2) t),
		   (SELECT md5(string_agg(format('%s %s', stage, leads), ',' ORDER BY stage COLLATE "C")) FROM log_funnel WHERE leads > 0)
$$;
CREATE FUNCTION answers_of_state(OUT ranked text, OUT hot text, OUT top text, OUT counts text, OUT funnel text) LANGUAGE sql AS $$
	WITH r AS (
		SELECT lead, l.level, stage::text, status,
			   CASE WHEN l.heat OPERATOR(lead_temperature.>=) lead_temperature.heat(m.hot, now(), m.half_life) THEN 'hot'
					WHEN l.heat OPERATOR(lead_temperature.>=) lead_temperature.heat(m.warm, now(), m.half_life) THEN 'warm' ELSE 'cold' END AS temperature
		FROM log_lead l JOIN lead_temperature.model m ON m.name = 'm' WHERE interactions > 0)
	SELECT (SELECT md5(string_agg(format('%s %s %s', lead, level, temperature), ',' ORDER BY lead)) FROM r),
		   (SELECT md5(string_agg(lead::text, ',' ORDER BY lead)) FROM r WHERE temperature = 'hot'),
		   (SELECT md5(string_agg(format('%s %s', lead, temperature), ',' ORDER BY level DESC, lead)) FROM (SELECT * FROM r ORDER BY level DESC LIMIT 5000) t),
		   (SELECT md5(string_agg(format('%s %s %s', stage, temperature, n), ',' ORDER BY stage COLLATE "C", temperature COLLATE "C"))
			FROM (SELECT stage, temperature, count(*) AS n FROM r WHERE status = 'open' GROUP BY 1, 2) t),
		   (SELECT md5(string_agg(format('%s %s', stage, n), ',' ORDER BY stage COLLATE "C")) FROM (SELECT stage, count(*) AS n FROM r GROUP BY 1) t)
$$;
CREATE TABLE answer (path text, ranked text, hot text, top text, counts text, funnel text);
BEGIN;
INSERT INTO answer SELECT 'state', * FROM answers_of_state();
INSERT INTO answer SELECT 'as it comes', * FROM answers();
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SET LOCAL enable_bitmapscan = off;
INSERT INTO answer SELECT 'sequential', * FROM answers();
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = on;
INSERT INTO answer SELECT 'bitmap', * FROM answers();
SET LOCAL enable_indexscan = on;
SET LOCAL enable_indexonlyscan = on;
SET LOCAL enable_bitmapscan = off;
INSERT INTO answer SELECT 'index', * FROM answers();
SET LOCAL enable_hashagg = off;
SET LOCAL enable_sort = off;
INSERT INTO answer SELECT 'index order', * FROM answers();
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL min_parallel_index_scan_size = 0;
INSERT INTO answer SELECT 'parallel index', * FROM answers();
SET LOCAL enable_seqscan = on;
SET LOCAL enable_hashagg = on;
SET LOCAL enable_sort = on;
INSERT INTO answer SELECT 'parallel', * FROM answers();
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
INSERT INTO answer SELECT 'parallel sequential', * FROM answers();
COMMIT;
SELECT count(*) AS paths, count(DISTINCT (ranked, hot, top, counts, funnel)) AS answers, bool_and(answer IS NOT NULL) AS complete FROM answer;

-- A partitioned copy, aggregated by partitions or as a whole.
CREATE TABLE copy (LIKE log_lead) PARTITION BY HASH (lead);
CREATE TABLE copy_0 PARTITION OF copy FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE copy_1 PARTITION OF copy FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO copy SELECT * FROM log_lead;
ANALYZE copy;
CREATE FUNCTION plan_of_copy() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT plan('SELECT lead_temperature.funnel(stage, lead_temperature.temperature(heat, 10, 40), status), lead_temperature.sum(heat) FROM copy')
$$;
BEGIN;
SELECT plan_of_copy();
CREATE TABLE as_a_whole AS SELECT lead_temperature.funnel(stage, lead_temperature.temperature(heat, 10, 40), status)::text AS funnel, lead_temperature.score(lead_temperature.sum(heat)) AS score FROM copy;
SET LOCAL enable_partitionwise_aggregate = on;
SELECT plan_of_copy();
CREATE TABLE by_partitions AS SELECT lead_temperature.funnel(stage, lead_temperature.temperature(heat, 10, 40), status)::text AS funnel, lead_temperature.score(lead_temperature.sum(heat)) AS score FROM copy;
COMMIT;
SELECT a.funnel = b.funnel AS same_funnel, abs(a.score - b.score) < 1e-9 * a.score AS same_score FROM as_a_whole a, by_partitions b;

-- The views hold plain types only.
SELECT attrelid::regclass AS view, attname, atttypid::regtype FROM pg_attribute
	WHERE attrelid IN ('log_ranking'::regclass, 'log_funnel'::regclass, 'log_funnel_weekly'::regclass) AND attnum > 0 ORDER BY attrelid::regclass::text, attnum;

SELECT lead_temperature.untrack('log');
DROP TABLE log, copy, as_a_whole, by_partitions, answer, generic, custom;
DROP FUNCTION plan, plan_of_copy, answers, answers_of_state;
DEALLOCATE ALL;
DELETE FROM lead_temperature.model;
