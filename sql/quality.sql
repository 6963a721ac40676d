--
-- Aggregates that tell how well scores predict
--
SET search_path = public, lead_temperature;

--
-- By hand.  Converted 0.9, 0.7, 0.5; others 0.7, 0.4, 0.4, 0.1: others below the converted are
-- 4, 3 + 1/2 and 3, so that the area is 10.5 / (3 * 4) = 0.875.
-- DeLong: the placements 1, 0.875, 0.75 have the variance (0.125^2 + 0 + 0.125^2) / 2 = 1/64, those
-- of the others, 0.5, 1, 1, 1, have (0.375^2 + 3 * 0.125^2) / 3 = 1/16; 1/64/3 + 1/16/4 = 1/48.
-- Obuchowski: in the clusters 1 to 5 the placements of the converted exceed 0.875 by
-- 0.125, 0, -0.125, -, -, those of the others by 0.125, 0.125, -, -0.375, 0.125;
-- 3/2 * 2/64 / 3^2 + 4/3 * 12/64 / 4^2 + 2 * 5/4 * 1/64 / (3 * 4) = 37/1536.
--
CREATE TABLE judged (score float8, converted boolean, cluster bigint);
INSERT INTO judged VALUES (0.4, false, 1), (0.9, true, 1), (0.7, true, 2), (0.1, false, 5),
	(0.7, false, 4), (0.5, true, 3), (0.4, false, 2),
	(NULL, true, 1), (0.3, NULL, 1), (NULL, NULL, NULL);
SELECT auc(score, converted), abs(auc_stderr(score, converted) - sqrt(1 / 48.0)) < 1e-15 AS delong FROM judged;
SELECT abs(auc_stderr(score, converted, cluster) - sqrt(37 / 1536.0)) < 1e-15 AS obuchowski FROM judged;
-- a row without a cluster counts nowhere; clusters of one row are DeLong's
SELECT auc_stderr(score, converted, CASE WHEN score <> 0.7 THEN cluster END) =
	auc_stderr(score, converted, cluster) FILTER (WHERE score <> 0.7) AS same FROM judged;
SELECT abs(auc_stderr(score, converted, n) - auc_stderr(score, converted)) < 1e-15 AS same
FROM (SELECT *, row_number() OVER () AS n FROM judged) j;
-- monotone transformations change nothing; the other direction gives the rest of the area
SELECT auc(exp(10 * score), converted), auc(-score, converted), auc(score, NOT converted) FROM judged;

-- The two highest of seven are 0.9 and half of the tie at 0.7: (1 + 0.5) / 2 of them convert,
-- 3 / 7 of all; of the highest half 1 + 1 + half of 0.5 in 3.5.
SELECT share, round(lift(score, converted, share)::numeric, 12) AS lift
FROM judged, (VALUES (1 / 7::float8), (2 / 7::float8), (0.5), (1)) s (share) GROUP BY share ORDER BY share;

-- (0.1^2 + 0.2^2 + 0.6^2 + 0.5^2) / 4 = 0.66 / 4
SELECT round(brier(p, c)::numeric, 15) AS brier
FROM (VALUES (0.9, true), (0.2, false), (0.6, false), (0.5, true), (NULL, true), (0.1, NULL)) v (p, c);
-- it may be a window function: (0.2^2 + 0.4^2) / 2 of two neighbours
SELECT round((brier(p, c) OVER (ORDER BY p ROWS 1 PRECEDING))::numeric, 15) AS brier FROM (VALUES (0.2, false), (0.6, true), (0.9, true)) v (p, c);

-- Three bins of two; with two, the tie of 0.3 falls whole into the upper one; with six, no bin is made up.
SELECT n, (unnest(reliability(p, c, n))).*
FROM (VALUES (0.8, true), (0.1, false), (0.1, true), (0.3, false), (0.3, false), (0.9, false), (NULL, true)) v (p, c),
	generate_series(1, 6) AS n
WHERE n IN (1, 2, 3, 6) GROUP BY n ORDER BY 1, 2;

-- of nothing, of one class, of few, of one cluster
SELECT auc(score, converted), auc_stderr(score, converted), auc_stderr(score, converted, cluster),
	lift(score, converted, 0.1), brier(score, converted), reliability(score, converted, 10) FROM judged WHERE false;
SELECT auc(score, converted), auc_stderr(score, converted), auc_stderr(score, converted, cluster),
	lift(score, converted, 0.1), brier(score, converted), reliability(score, converted, 10) FROM judged WHERE score IS NULL;
SELECT converted, auc(score, converted), auc_stderr(score, converted), auc_stderr(score, converted, cluster),
	round(lift(score, converted, 0.1)::numeric, 12) AS lift FROM judged GROUP BY converted ORDER BY converted;
SELECT auc(score, converted), auc_stderr(score, converted), auc_stderr(score, converted, cluster) FROM judged WHERE score IN (0.9, 0.4);
SELECT auc_stderr(score, converted), auc_stderr(score, converted, 1) FROM judged;
-- infinities have their place in the order, zeros are one
SELECT auc(s, c) FROM (VALUES ('-inf'::float8, false), ('inf', true), (0, true), (-0.0, false)) v (s, c);

-- what is refused
SELECT auc('NaN', true);
SELECT auc_stderr('NaN', true);
SELECT auc_stderr('NaN', true, 1);
SELECT lift('NaN', true, 0.1);
SELECT lift(1, true, 0);
SELECT lift(1, true, 1.5);
SELECT lift(1, true, 'NaN');
SELECT lift(score, converted, score) FROM judged;
SELECT brier(1.5, true);
SELECT brier('NaN', true);
SELECT reliability(-0.1, true, 10);
SELECT reliability(0.1, true, 0);
SELECT reliability(0.1, true, 10001);
SELECT reliability(0.1, true, 1 + (score * 10)::int) FROM judged;
SELECT auc(score, converted) OVER (ORDER BY score) FROM judged;
SELECT auc_stderr(score, converted, cluster) OVER () FROM judged;
SELECT brier_final('{1}');
SELECT brier_add('{1,NULL}', 0.5, true);

--
-- Random rows with many ties, beside the definitions by all pairs
--
SELECT setseed(0.4);
CREATE TABLE leads (id int PRIMARY KEY, part int, score float8, probability float8, converted boolean, cluster bigint);
INSERT INTO leads SELECT i, i % 5, round(random() * 20), round(random()::numeric, 2), random() < 0.1 + i % 5 * 0.1, random() * 300
FROM generate_series(1, 1000) AS i;
UPDATE leads SET score = score + converted::int * 3;

CREATE VIEW placements AS
SELECT a.part, a.id, a.converted, a.cluster, avg(CASE WHEN a.score = b.score THEN 0.5 WHEN (a.score > b.score) = a.converted THEN 1 ELSE 0 END)::float8 AS placement
FROM leads a JOIN leads b ON a.part = b.part AND a.converted <> b.converted
GROUP BY a.part, a.id;
CREATE VIEW areas AS
SELECT part, avg(placement) FILTER (WHERE converted) AS auc,
	count(*) FILTER (WHERE converted) AS m, count(*) FILTER (WHERE NOT converted) AS n,
	sqrt(var_samp(placement) FILTER (WHERE converted) / count(*) FILTER (WHERE converted) +
		var_samp(placement) FILTER (WHERE NOT converted) / count(*) FILTER (WHERE NOT converted)) AS stderr
FROM placements GROUP BY part;
CREATE VIEW clustered AS
SELECT part, sqrt(count(x) / (count(x) - 1.0) * sum(x ^ 2) / m ^ 2 + count(y) / (count(y) - 1.0) * sum(y ^ 2) / n ^ 2 +
	2 * count(*) / (count(*) - 1.0) * sum(x * y) / (m * n)) AS stderr
FROM (SELECT part, cluster, m, n, sum(placement - auc) FILTER (WHERE converted) AS x, sum(placement - auc) FILTER (WHERE NOT converted) AS y
	FROM placements JOIN areas USING (part) GROUP BY part, cluster, m, n) c
GROUP BY part, m, n;

CREATE FUNCTION disagreeing() RETURNS SETOF int LANGUAGE sql AS $$
	SELECT part FROM areas a JOIN clustered c USING (part) JOIN
		(SELECT part, auc(score, converted) AS auc, auc_stderr(score, converted) AS stderr, auc_stderr(score, converted, cluster) AS by_cluster
		 FROM leads GROUP BY part) l USING (part)
	WHERE (abs(a.auc - l.auc) < 1e-12 AND abs(a.stderr - l.stderr) < 1e-12 AND abs(c.stderr - l.by_cluster) < 1e-12) IS NOT true
$$;
SELECT count(*), bool_and(auc BETWEEN 0.55 AND 0.8) AS plausible, bool_and(a.stderr BETWEEN 0.02 AND 0.1) AS plausible_too,
	bool_and(abs(a.stderr - c.stderr) > 1e-6) AS clusters_matter FROM areas a JOIN clustered c USING (part);
SET enable_hashagg = off;
SELECT disagreeing();
SET enable_hashagg = on; SET enable_sort = off;
SELECT disagreeing();
RESET enable_sort;

-- lift by its definition: each of a tie in the top by the same chance
SELECT share, bool_and(abs(lift - expected) < 1e-12) AS same FROM (
	SELECT share, part, lift(score, converted, share),
		sum(converted::int * greatest(0, least(1, (share * total - above) / tied)))::float8 / share / sum(converted::int) AS expected
	FROM (SELECT *, count(*) OVER (PARTITION BY part) AS total, count(*) OVER (PARTITION BY part, score) AS tied,
			rank() OVER (PARTITION BY part ORDER BY score DESC) - 1 AS above FROM leads) l,
		(VALUES (0.03::float8), (0.1), (0.37)) s (share)
	GROUP BY share, part) l GROUP BY share ORDER BY share;

-- reliability: bins partition the leads, in order, by count; none splits a tie
CREATE TABLE bins AS SELECT part, b.* FROM (SELECT part, reliability(probability, converted, 7) AS r FROM leads GROUP BY part) r, unnest(r) b;
SELECT count(*) AS bins, sum(leads) AS leads, bool_and(abs(leads - 200 / 7.0) < 12) AS even,
	bool_and(least <= predicted AND predicted <= most) AS in_order FROM bins;
SELECT count(*) AS bins, bool_and(b.leads = l.leads AND abs(predicted - mean) < 1e-12 AND abs(observed - rate) < 1e-12) AS same
FROM bins b, LATERAL (SELECT count(*) AS leads, avg(probability) AS mean, avg(converted::int) AS rate FROM leads l
	WHERE l.part = b.part AND l.probability BETWEEN b.least AND b.most) l;
SELECT count(*) FROM bins a JOIN bins b ON a.part = b.part AND b.bin > a.bin AND b.least <= a.most;

SELECT bool_and(abs(brier - expected) < 1e-12) AS same
FROM (SELECT brier(probability, converted), avg((probability - converted::int) ^ 2) AS expected FROM leads GROUP BY part) b;

--
-- More rows than fit: sorts on disk, ties over many blocks, and the same answer
--
CREATE TABLE many AS SELECT i AS id, floor(random() * 50) + floor(random() * 2) * random() AS score, random() < 0.2 AS converted, i % 7000 AS cluster
FROM generate_series(1, 40000) AS i;
ANALYZE many;
SET work_mem = '64MB';
CREATE TABLE in_memory AS SELECT auc(score, converted), auc_stderr(score, converted), auc_stderr(score, converted, cluster) AS clustered, lift(score, converted, 0.03) FROM many;
SELECT abs(auc - 0.5) < 0.02 AS plausible, auc_stderr < 0.01 AND clustered < 0.01 AS small FROM in_memory;
SET work_mem = '64kB';
SELECT i.auc = m.auc AS auc, i.auc_stderr = m.auc_stderr AS delong, i.clustered = m.clustered AS obuchowski, i.lift = m.lift AS lift
FROM in_memory i, (SELECT auc(score, converted), auc_stderr(score, converted), auc_stderr(score, converted, cluster) AS clustered, lift(score, converted, 0.03) FROM many) m;
-- alone, so that the state is not shared and the sort need not be read twice
SELECT i.auc = m.auc AS auc FROM in_memory i, (SELECT auc(score, converted) FROM many) m;
SELECT i.auc_stderr = m.auc_stderr AS delong FROM in_memory i, (SELECT auc_stderr(score, converted) FROM many) m;
-- the sum over clusters does not depend on the order of rows
SELECT i.clustered = m.clustered AS obuchowski
FROM in_memory i, (SELECT auc_stderr(score, converted, cluster ORDER BY id DESC) AS clustered FROM many) m;
-- state ended and begun again for each row of a join
SELECT lateral_auc IS NOT NULL AS read FROM generate_series(1, 3) g, LATERAL (SELECT auc(score + g, converted) AS lateral_auc FROM many) l;
RESET work_mem;

-- brier in parallel
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT brier(score / 100, converted) FROM many;
SELECT abs(brier(score / 100, converted) - avg((score / 100 - converted::int) ^ 2)) < 1e-12 AS same FROM many;
-- the others within workers only whole
EXPLAIN (COSTS OFF) SELECT auc(score, converted) FROM many;
SELECT i.auc = m.auc AS auc FROM in_memory i, (SELECT auc(score, converted) FROM many) m;
