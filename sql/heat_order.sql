--
-- The order of heats: operators, operator classes, and every access path
--
SET search_path = lead_temperature, public;
SET timezone = 'UTC';

-- operator classes are complete and consistent
SELECT amname, opcname, opcdefault, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'lead_temperature.heat'::regtype ORDER BY 1, 2;
SELECT amprocnum, amproc FROM pg_amproc WHERE amproclefttype = 'lead_temperature.heat'::regtype
ORDER BY amprocfamily <> (SELECT oid FROM pg_opfamily WHERE opfname = 'heat_ops' AND opfmethod = 403), amprocnum;

--
-- what must hold of the extension's catalog entries; each query lists offenders
--
CREATE VIEW own_proc AS
	SELECT p.* FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
	WHERE extname = 'lead_temperature';
CREATE VIEW own_operator AS
	SELECT o.* FROM pg_operator o WHERE oprnamespace = 'lead_temperature'::regnamespace;
SELECT count(*) > 20 AS functions FROM own_proc;
SELECT count(*) >= 9 AS operators FROM own_operator;

-- a function without a comment, an operator, type, opclass or aggregate without one
SELECT oid::regprocedure FROM own_proc WHERE obj_description(oid, 'pg_proc') IS NULL;
SELECT oid::regoperator FROM own_operator WHERE obj_description(oid, 'pg_operator') IS NULL;
SELECT oid::regtype FROM pg_type WHERE typnamespace = 'lead_temperature'::regnamespace AND typtype IN ('b', 'e')
	AND typcategory <> 'A' AND obj_description(oid, 'pg_type') IS NULL;
SELECT opcname FROM pg_opclass WHERE opcnamespace = 'lead_temperature'::regnamespace
	AND obj_description(oid, 'pg_opclass') IS NULL;

-- anything left in PUBLIC's way, or in a schema of others
SELECT oid::regprocedure FROM own_proc WHERE pronamespace <> 'lead_temperature'::regnamespace;

-- functions over heat that are not declared parallel safe, or volatile
SELECT oid::regprocedure FROM own_proc
WHERE ('lead_temperature.heat'::regtype = ANY (proargtypes) OR prorettype = 'lead_temperature.heat'::regtype)
	AND (proparallel <> 's' OR provolatile = 'v');
-- the stable ones are those that depend on now()
SELECT oid::regprocedure FROM own_proc
WHERE proargtypes[0] = 'lead_temperature.heat'::regtype AND provolatile = 's' AND prolang = 13
ORDER BY 1;
-- those that are called with nulls
SELECT oid::regprocedure FROM own_proc
WHERE 'lead_temperature.heat'::regtype = ANY (proargtypes) AND NOT proisstrict AND prokind = 'f' AND prolang = 13;

-- operators whose commutator or negator does not point back, or has other arguments
SELECT o.oid::regoperator FROM own_operator o JOIN pg_operator c ON c.oid = o.oprcom
WHERE c.oprcom <> o.oid OR c.oprleft <> o.oprright OR c.oprright <> o.oprleft OR c.oprresult <> o.oprresult;
SELECT o.oid::regoperator FROM own_operator o JOIN pg_operator n ON n.oid = o.oprnegate
WHERE n.oprnegate <> o.oid OR n.oprleft <> o.oprleft OR n.oprright <> o.oprright OR o.oid = n.oid;
-- comparisons without a commutator, negator or estimator, or that may leak
SELECT o.oid::regoperator FROM own_operator o JOIN pg_proc p ON p.oid = oprcode
WHERE oprleft = 'lead_temperature.heat'::regtype AND oprresult = 'boolean'::regtype
	AND (oprcom = 0 OR oprnegate = 0 OR oprrest = 0 OR oprjoin = 0 OR NOT proleakproof);
-- all operators with their estimators
SELECT o.oid::regoperator AS operator, oprcom::regoperator AS commutator, oprnegate::regoperator AS negator,
	oprrest, oprjoin, oprcanhash AS hash, oprcanmerge AS merge
FROM own_operator o WHERE oprleft = 'lead_temperature.heat'::regtype OR oprright = 'lead_temperature.heat'::regtype
ORDER BY oprname COLLATE "C", 1;
-- members of a btree family and = that can be hashed or merged go together
SELECT o.oid::regoperator FROM own_operator o
WHERE oprcanmerge <> EXISTS (SELECT FROM pg_amop WHERE amopopr = o.oid AND amopmethod = 403 AND amopstrategy = 3)
	OR oprcanhash <> EXISTS (SELECT FROM pg_amop WHERE amopopr = o.oid AND amopmethod = 405);
DROP VIEW own_proc, own_operator;

--
-- comparison
--
CREATE TABLE heat_few (id int PRIMARY KEY, h heat);
INSERT INTO heat_few VALUES
	(1, '0 @ 1970-01-01 00:00:00Z / 14 days'), (2, '0 @ 1970-01-01 00:00:00Z / 1 day'),
	(3, '40 @ 2026-11-24 00:00:00Z / 14 days'), (4, '80 @ 2026-11-10 00:00:00Z / 14 days'),
	(5, '20 @ 2026-12-08 00:00:00Z / 14 days'), (6, '5e-324 @ 1970-01-01 00:00:00Z / 36525 days'),
	(7, '-5e-324 @ 1970-01-01 00:00:00Z / 36525 days'), (8, '-40 @ 2026-11-24 00:00:00Z / 14 days'),
	(9, '-41 @ 2026-11-24 00:00:00Z / 14 days'), (10, '1e308 @ 294247-01-10 00:00:00Z / 1 min'),
	(11, '-1e308 @ 294247-01-10 00:00:00Z / 1 min'), (12, NULL);
SELECT id, h, level(h) FROM heat_few ORDER BY h, id;
SELECT id FROM heat_few ORDER BY h DESC NULLS LAST, id;
-- heats that halve into each other are equal, and hash alike
SELECT a.id, b.id FROM heat_few a JOIN heat_few b ON a.h = b.h AND a.id < b.id ORDER BY 1, 2;
SELECT count(DISTINCT h), count(DISTINCT heat_hash(h)), count(DISTINCT heat_hash_extended(h, 7)) FROM heat_few;

CREATE TABLE heat_many (id int PRIMARY KEY, h heat);
SELECT setseed(0.20261124);
INSERT INTO heat_many
	SELECT i, heat(
		CASE i % 10 WHEN 0 THEN 0 WHEN 1 THEN -random() * 50 WHEN 2 THEN pow(2, (random() * 2000 - 1000)::int)
			WHEN 3 THEN (random() * 10)::int ELSE random() * 100 END,
		'2026-01-01Z'::timestamptz + CASE i % 3 WHEN 0 THEN random() * interval '300 days' ELSE (random() * 300)::int * interval '1 day' END,
		CASE WHEN i % 7 = 0 THEN interval '1 day' ELSE interval '14 days' END)
	FROM generate_series(1, 20000) AS i;
UPDATE heat_many SET h = NULL WHERE id % 1000 = 0;

-- the operators agree with the comparison function, and that with levels and half-lives
SELECT count(*) AS pairs, count(*) FILTER (WHERE
	(a.h < b.h) <> (c < 0) OR (a.h <= b.h) <> (c <= 0) OR (a.h = b.h) <> (c = 0) OR
	(a.h <> b.h) <> (c <> 0) OR (a.h >= b.h) <> (c >= 0) OR (a.h > b.h) <> (c > 0) OR
	heat_cmp(b.h, a.h) <> -c OR
	c <> sign((level(a.h) - level(b.h)) * 2 + CASE WHEN level(a.h) = level(b.h) THEN
		CASE WHEN half_life(a.h) = half_life(b.h) THEN 0 WHEN half_life(a.h) < half_life(b.h) THEN -1 ELSE 1 END ELSE 0 END) OR
	(c = 0 AND heat_hash(a.h) <> heat_hash(b.h)) OR
	(c = 0 AND heat_hash_extended(a.h, 42) <> heat_hash_extended(b.h, 42))) AS wrong
FROM heat_many a, heat_many b, LATERAL (SELECT heat_cmp(a.h, b.h) AS c) AS x
WHERE a.id <= 400 AND b.id BETWEEN 300 AND 700;

-- hash is the lower half of hash_extended with seed 0
SELECT count(*) FILTER (WHERE heat_hash(h)::bit(32) <> heat_hash_extended(h, 0)::bit(32)
	OR heat_hash(h)::bit(32) = heat_hash_extended(h, 1)::bit(32)) AS wrong FROM heat_many;

--
-- every access path gives the same answer
--
-- sorting: with and without abbreviated keys, in memory and on disk, in an index
CREATE TABLE heat_sorted AS SELECT row_number() OVER (ORDER BY level(h), half_life(h), id) AS n, id, h FROM heat_many WHERE h IS NOT NULL;
SET work_mem = '64kB';
SELECT count(*) AS wrong FROM (SELECT row_number() OVER (ORDER BY h, id) AS n, id FROM heat_many WHERE h IS NOT NULL) AS s
	JOIN heat_sorted USING (n) WHERE s.id <> heat_sorted.id;
RESET work_mem;
SELECT count(*) AS wrong FROM (SELECT row_number() OVER (ORDER BY h, id) AS n, id FROM heat_many WHERE h IS NOT NULL) AS s
	JOIN heat_sorted USING (n) WHERE s.id <> heat_sorted.id;

CREATE INDEX heat_many_h ON heat_many (h);
CREATE INDEX heat_many_hash ON heat_many USING hash (h);
VACUUM ANALYZE heat_many;

-- thresholds that meet heats exactly, or lie between them
CREATE TABLE probe AS SELECT h FROM heat_many WHERE id % 500 = 3
	UNION ALL SELECT heat(p, at, '14 days') FROM unnest('{-10, 0, 1, 40}'::float8[]) AS p, unnest('{2026-03-01Z, 2026-11-01Z}'::timestamptz[]) AS at;

CREATE FUNCTION pg_temp.answers() RETURNS text LANGUAGE sql AS $$
	SELECT md5(string_agg(concat_ws(' ', p.h::text, lt, le, eq, ge, gt), ';' ORDER BY p.h, p.h::text))
	FROM probe p, LATERAL (SELECT
		(SELECT concat(count(*), ' ', sum(id)) FROM heat_many m WHERE m.h < p.h) AS lt,
		(SELECT concat(count(*), ' ', sum(id)) FROM heat_many m WHERE m.h <= p.h) AS le,
		(SELECT concat(count(*), ' ', sum(id)) FROM heat_many m WHERE m.h = p.h) AS eq,
		(SELECT concat(count(*), ' ', sum(id)) FROM heat_many m WHERE m.h >= p.h) AS ge,
		(SELECT concat(count(*), ' ', sum(id)) FROM heat_many m WHERE m.h > p.h) AS gt) AS x
$$;
-- whether a plan has all of these nodes; their details differ between servers
CREATE FUNCTION pg_temp.plan_has(query text, VARIADIC nodes text[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN (SELECT bool_and(plan::text LIKE '%"' || node || '"%') FROM unnest(nodes) AS node);
END $$;
CREATE TABLE answers (path text, answer text);
SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off;
INSERT INTO answers SELECT 'sequential', pg_temp.answers();
RESET enable_bitmapscan;
SET enable_seqscan = off;
INSERT INTO answers SELECT 'bitmap', pg_temp.answers();
RESET enable_indexscan;
SET enable_bitmapscan = off;
INSERT INTO answers SELECT 'index', pg_temp.answers();
SELECT count(*) AS paths, count(DISTINCT answer) AS answers FROM answers;

EXPLAIN (COSTS OFF) SELECT id FROM heat_many WHERE h >= '40 @ 2026-11-01 00:00:00Z / 14 days';
RESET enable_indexonlyscan;
SELECT count(h) FROM heat_many WHERE h >= '40 @ 2026-11-01 00:00:00Z / 14 days'
\gset index_only_
EXPLAIN (COSTS OFF) SELECT count(h) FROM heat_many WHERE h >= '40 @ 2026-11-01 00:00:00Z / 14 days';
SET enable_indexonlyscan = off; SET enable_indexscan = off; SET enable_bitmapscan = off;
SET enable_seqscan = on;
SELECT count(h) = :index_only_count AS same FROM heat_many WHERE h >= '40 @ 2026-11-01 00:00:00Z / 14 days';

-- in parallel
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT count(h), max(h) FROM heat_many WHERE h >= '40 @ 2026-11-01 00:00:00Z / 14 days';
SELECT count(h) = :index_only_count AS same FROM heat_many WHERE h >= '40 @ 2026-11-01 00:00:00Z / 14 days';
SET max_parallel_workers_per_gather = 0;
RESET enable_indexonlyscan; RESET enable_indexscan; RESET enable_bitmapscan;

-- generic plans
SET plan_cache_mode = force_generic_plan;
PREPARE hot (float8, timestamptz) AS SELECT count(h) FROM heat_many WHERE h >= heat($1, $2, '14 days');
EXPLAIN (COSTS OFF) EXECUTE hot (40, '2026-11-01 00:00:00Z');
EXECUTE hot (40, '2026-11-01 00:00:00Z')
\gset generic_
SELECT :generic_count = :index_only_count AS same;
RESET plan_cache_mode;

-- min and max read one end of the index
SELECT pg_temp.plan_has('SELECT min(h) FROM heat_many', 'Index Only Scan', 'Forward', 'Limit') AS min_by_index,
	pg_temp.plan_has('SELECT max(h) FROM heat_many', 'Index Only Scan', 'Backward', 'Limit') AS max_by_index;
SELECT min(h) AS indexed_min, max(h) AS indexed_max FROM heat_many
\gset
SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off;
SELECT min(h) = :'indexed_min' AND max(h) = :'indexed_max' AS same FROM heat_many;
RESET enable_indexscan; RESET enable_indexonlyscan; RESET enable_bitmapscan;

-- estimates come from the histogram
CREATE FUNCTION pg_temp.estimated_rows(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
SELECT t, pg_temp.estimated_rows(format('SELECT * FROM heat_many WHERE h >= %L', t)) BETWEEN 0.8 * n - 200 AND 1.2 * n + 200 AS close
FROM unnest('{"1 @ 2026-03-01 00:00:00Z / 14 days", "10 @ 2026-08-01 00:00:00Z / 14 days", "0 @ 1970-01-01 00:00:00Z / 1 day"}'::heat[]) AS t,
	LATERAL (SELECT count(*) AS n FROM heat_many WHERE h >= t) AS c;

--
-- joins and grouping by equality
--
SET enable_nestloop = off; SET enable_mergejoin = off; SET enable_hashjoin = on;
SELECT pg_temp.plan_has('SELECT * FROM heat_many a JOIN heat_many b USING (h)', 'Hash Join') AS hash_join;
SELECT count(*), sum(a.id::bigint * b.id) FROM heat_many a JOIN heat_many b USING (h)
\gset hash_
SET enable_mergejoin = on; SET enable_hashjoin = off;
SELECT pg_temp.plan_has('SELECT * FROM heat_many a JOIN heat_many b USING (h)', 'Merge Join') AS merge_join;
SELECT count(*), sum(a.id::bigint * b.id) FROM heat_many a JOIN heat_many b USING (h)
\gset merge_
SELECT :hash_count = :merge_count AND :hash_sum = :merge_sum AS same, :hash_count > 20000 AS with_duplicates;
RESET enable_nestloop; RESET enable_mergejoin; RESET enable_hashjoin;
SET enable_hashagg = off;
SELECT pg_temp.plan_has('SELECT h FROM heat_sorted GROUP BY h', 'Sort', 'Group') OR pg_temp.plan_has('SELECT h FROM heat_sorted GROUP BY h', 'Sort', 'Sorted') AS sorted;
SELECT count(*) AS sorted_groups FROM (SELECT h FROM heat_many GROUP BY h) AS g
\gset
SET enable_hashagg = on; SET enable_sort = off;
SELECT pg_temp.plan_has('SELECT h FROM heat_sorted GROUP BY h', 'Hashed') AS hashed;
SELECT count(*) = :sorted_groups AS same FROM (SELECT h FROM heat_many GROUP BY h) AS g;
RESET enable_sort;

-- hash partitions find their rows
CREATE TABLE heat_partitioned (h heat, id int) PARTITION BY HASH (h);
CREATE TABLE heat_partitioned_0 PARTITION OF heat_partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE heat_partitioned_1 PARTITION OF heat_partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO heat_partitioned SELECT h, id FROM heat_many WHERE id <= 2000;
SELECT count(*) > 500 AS filled FROM heat_partitioned GROUP BY tableoid;
SELECT count(*) AS missed FROM heat_many m WHERE id <= 200 AND h IS NOT NULL
	AND NOT EXISTS (SELECT FROM heat_partitioned p WHERE p.h = m.h AND p.id = m.id);

DROP TABLE heat_few, heat_many, heat_sorted, probe, answers, heat_partitioned;
