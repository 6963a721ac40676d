--
-- The aggregates heat_agg, sum, min and max
--
SET search_path = lead_temperature, public;
SET timezone = 'UTC';

CREATE FUNCTION pg_temp.raises(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
	RETURN sqlstate || ': ' || message;
END $$;

CREATE TABLE heat_rows (lead int, points float8, at timestamptz, half_life interval);
INSERT INTO heat_rows VALUES
	(1, 40, '2026-11-24Z', '14 days'), (1, 8, '2026-12-08Z', '14 days'), (1, 4, '2026-11-24Z', '14 days'),
	(2, 10, '2026-11-24Z', '1 day'),
	(3, NULL, '2026-11-24Z', '1 day'), (3, 1, NULL, '1 day'), (3, 1, '2026-11-24Z', NULL),
	(4, 5, '2026-11-24Z', '1 day'), (4, NULL, 'infinity', NULL), (4, -5, '2026-11-24Z', '1 day'),
	(5, NULL, '2026-11-25Z', '1 day'), (5, 2, '2026-11-24Z', '1 day'), (5, NULL, '2026-11-26Z', '1 day'), (5, 4, '2026-11-23Z', '1 day');

-- late rows, one row, nulls alone, nothing left, nulls between
SELECT lead, heat_agg(points, at, half_life), sum(heat(points, at, half_life)) FROM heat_rows GROUP BY lead ORDER BY lead;
-- empty input
SELECT heat_agg(points, at, half_life), sum(heat(points, at, half_life)),
	min(heat(points, at, half_life)), max(heat(points, at, half_life)) FROM heat_rows WHERE false;
SELECT min(heat(points, at, half_life)), max(heat(points, at, half_life)) FROM heat_rows;
SELECT heat_agg(points, at, half_life) FILTER (WHERE points > 5), heat_agg(DISTINCT 1.5, at, interval '1 day')
FROM heat_rows WHERE lead = 1;
-- a zero keeps its half-life, and takes part in no instant
SELECT heat_agg(p, '2026-11-24Z', '3 days') FROM unnest('{0}'::float8[]) AS p;
SELECT heat_agg(p, '2026-11-24Z'::timestamptz + p * interval '1 day', '3 days') FROM unnest('{-2, 0, 2}'::float8[]) AS p;

SELECT pg_temp.raises(e) FROM (VALUES
	('SELECT lead_temperature.heat_agg(points, at, half_life) FROM heat_rows WHERE lead < 3'),
	('SELECT lead_temperature.sum(lead_temperature.heat(points, at, half_life)) FROM heat_rows WHERE lead < 3'),
	('SELECT lead_temperature.heat_agg(1e308, now(), ''1 day'') FROM generate_series(1, 2)'),
	('SELECT lead_temperature.heat_agg(1e308, now() - i * interval ''1 minute'', ''1 day'') FROM generate_series(1, 2) AS i'),
	('SELECT lead_temperature.sum(lead_temperature.heat(-1e308, now(), ''1 day'')) FROM generate_series(1, 2)'),
	('SELECT lead_temperature.heat_agg(''NaN'', now(), ''1 day'')'),
	('SELECT lead_temperature.heat_agg(i / 0::float8, now(), ''1 day'') FROM generate_series(1, 2) AS i'),
	('SELECT lead_temperature.heat_agg(p, now(), ''1 day'') FROM unnest(''{1, Infinity}''::float8[]) AS p'),
	('SELECT lead_temperature.heat_agg(1, ''infinity'', ''1 day'')'),
	('SELECT lead_temperature.heat_agg(1, ''1969-12-31Z'', ''1 day'')'),
	('SELECT lead_temperature.heat_agg(1, now(), ''1 month'')'),
	('SELECT lead_temperature.heat_agg(1, now(), ''1 second'')')
) AS v(e);

-- the transition functions are harmless outside an aggregate: they change none of their arguments
CREATE TABLE heat_values AS SELECT heat '40 @ 2026-11-24 00:00:00Z / 14 days' AS a, heat '8 @ 2026-12-08 00:00:00Z / 14 days' AS b;
SELECT heat_accumulate(a, b), heat_agg_transition(a, 8, '2026-12-08Z', '14 days'), heat_agg_transition(a, NULL, '2026-12-08Z', '14 days'),
	heat_agg_transition(NULL, 8, '2026-12-08Z', '14 days'), heat_agg_transition(NULL, NULL, NULL, NULL), a, b FROM heat_values;

-- as a window function each row sees its own sum
SELECT points, heat_agg(points, at, half_life) OVER w, sum(heat(points, at, half_life)) OVER w,
	max(heat(points, at, half_life)) OVER w
FROM heat_rows WHERE lead = 1 WINDOW w AS (ORDER BY at, points) ORDER BY at, points;
SELECT points, heat_agg(points, at, half_life) OVER (ORDER BY at, points ROWS 1 PRECEDING)
FROM heat_rows WHERE lead = 1 ORDER BY at, points;

--
-- many rows: alone, in groups, in parallel, partitionwise, and in numeric
--
SELECT setseed(0.7);
CREATE TABLE heat_events (id int, lead int, points float8, at timestamptz) PARTITION BY RANGE (lead);
CREATE TABLE heat_events_1 PARTITION OF heat_events FOR VALUES FROM (0) TO (50);
CREATE TABLE heat_events_2 PARTITION OF heat_events FOR VALUES FROM (50) TO (100);
INSERT INTO heat_events SELECT i, (random() * 99)::int, (random() * 120 - 20)::numeric(6, 3), '2026-11-24Z'::timestamptz - random() * interval '100 days'
	FROM generate_series(1, 20000) AS i;
ANALYZE heat_events;

-- error relative to the sum of what all rows are worth, at one instant
CREATE FUNCTION pg_temp.off(a heat, b heat, lead int) RETURNS float8 LANGUAGE sql STABLE AS $$
	SELECT abs(score(a, '2026-11-24Z') - score(b, '2026-11-24Z')) /
		(SELECT pg_catalog.sum(abs(points) * exp(-ln(2) * extract(epoch FROM '2026-11-24Z'::timestamptz - e.at) / extract(epoch FROM interval '14 days'))::float8)
		 FROM heat_events e WHERE $3 IS NULL OR e.lead = $3)
$$;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE heat_alone AS SELECT lead, heat_agg(points, at, '14 days') AS h FROM heat_events GROUP BY lead;
SELECT heat_agg(points, at, '14 days') AS total FROM heat_events
\gset
SELECT sum(h) AS total_of_leads FROM heat_alone
\gset
SELECT pg_temp.off(:'total', :'total_of_leads', NULL) <= 1e-9 AS close;
SELECT heat_agg(points, at, '14 days' ORDER BY at) AS in_order, heat_agg(points, at, '14 days' ORDER BY at DESC) AS in_reverse,
	sum(heat(points, at, '14 days') ORDER BY id DESC) AS by_heats FROM heat_events
\gset
SELECT pg_temp.off(:'total', :'in_order', NULL) <= 1e-9 AND pg_temp.off(:'total', :'in_reverse', NULL) <= 1e-9
	AND pg_temp.off(:'total', :'by_heats', NULL) <= 1e-9 AS close;

SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0; SET enable_partitionwise_aggregate = off;
EXPLAIN (COSTS OFF) SELECT heat_agg(points, at, '14 days'), sum(heat(points, at, '14 days')) FROM heat_events_1;
SELECT heat_agg(points, at, '14 days') AS parallel FROM heat_events
\gset
SELECT pg_temp.off(:'total', :'parallel', NULL) <= 1e-9 AS close;
-- states of workers that see no row
SELECT heat_agg(points, at, '14 days') IS NULL AS empty FROM heat_events WHERE points > 1e6;
SELECT pg_temp.raises($$SELECT lead_temperature.heat_agg(points, at, CASE WHEN id % 2 = 0 THEN interval '14 days' ELSE '15 days' END) FROM heat_events$$);

SET max_parallel_workers_per_gather = 0; SET enable_partitionwise_aggregate = on;
CREATE FUNCTION pg_temp.plan_has(query text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan::text LIKE '%"' || node || '"%';
END $$;
SELECT pg_temp.plan_has('SELECT heat_agg(points, at, ''14 days'') FROM heat_events', 'Partial') AS partial;
SELECT heat_agg(points, at, '14 days') AS partitionwise FROM heat_events
\gset
SELECT pg_temp.off(:'total', :'partitionwise', NULL) <= 1e-9 AS close;
SELECT count(*) AS leads, bool_and(pg_temp.off(a.h, b.h, a.lead) <= 1e-9) AS close
FROM heat_alone a JOIN (SELECT lead, heat_agg(points, at, '14 days') AS h FROM heat_events GROUP BY lead) AS b USING (lead);

-- the same in numeric, by the definition
SELECT abs(score(:'total', '2026-11-24Z')::numeric - exact) <= 1e-9 * size AS close FROM (
	SELECT pg_catalog.sum(points::numeric * factor) AS exact, pg_catalog.sum(abs(points::numeric) * factor) AS size
	FROM heat_events, LATERAL (SELECT power(2.0::numeric(60, 30),
		-(extract(epoch FROM '2026-11-24Z'::timestamptz - at)::numeric / (14 * 86400))) AS factor) AS f) AS n;

-- spilled and sorted groups
SET work_mem = '64kB'; SET enable_hashagg = off;
SELECT count(*) AS leads, bool_and(pg_temp.off(a.h, b.h, a.lead) <= 1e-9) AS close
FROM heat_alone a JOIN (SELECT lead, heat_agg(points, at, '14 days') AS h FROM heat_events GROUP BY lead) AS b USING (lead);
SET enable_hashagg = on; SET enable_sort = off;
SELECT count(*) AS events, bool_and(h = heat(points, at, '14 days')) AS same
FROM heat_events JOIN (SELECT id, heat_agg(points, at, '14 days') AS h FROM heat_events GROUP BY id) AS g USING (id);

DROP TABLE heat_rows, heat_values, heat_events, heat_alone;
