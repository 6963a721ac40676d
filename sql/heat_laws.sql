--
-- Laws of heat over random data: merge (1), order (2), round trips (6)
--
SET search_path = lead_temperature, public;
SET timezone = 'UTC';

SELECT setseed(0.1606);
CREATE TABLE heat_random AS
	SELECT i AS id, k, heat(
		CASE WHEN i % 17 = 0 THEN 0 ELSE (CASE WHEN random() < 0.2 THEN -1 ELSE 1 END) *
			CASE i % 5 WHEN 0 THEN pow(10, random() * 300 - 150) WHEN 1 THEN (random() * 50)::int ELSE random() * 100 END END,
		'2026-01-01Z'::timestamptz + CASE i % 4 WHEN 0 THEN (random() * 100)::int * interval '1 day'
			WHEN 1 THEN random() * interval '100 years' ELSE random() * interval '300 days' END,
		(ARRAY[interval '1 hour', '1 day', '14 days', '14 days 00:00:00.000001', '36525 days'])[k]) AS h
	FROM generate_series(1, 600) AS i, generate_series(1, 5) AS k;
SELECT count(*), count(DISTINCT half_life(h)) FROM heat_random;

-- 1. Merge: commutative and with an identity, to the bit
SELECT count(*) AS pairs,
	count(*) FILTER (WHERE heat_send(a.h + b.h) <> heat_send(b.h + a.h)) AS not_commutative,
	count(*) FILTER (WHERE heat_send(a.h + a.h * 0) <> heat_send(a.h) OR heat_send(a.h * 0 + a.h) <> heat_send(a.h)) AS no_identity,
	count(*) FILTER (WHERE heat_send(a.h + a.h * -1) <> heat_send(a.h * 0)) AS no_inverse
FROM heat_random a JOIN heat_random b USING (k) WHERE a.id <= 150 AND b.id > 450;
-- associative within the bound
SELECT count(*) AS triples,
	count(*) FILTER (WHERE NOT abs(score((a.h + b.h) + c.h, t) - score(a.h + (b.h + c.h), t)) <=
		1e-9 * (abs(score(a.h, t)) + abs(score(b.h, t)) + abs(score(c.h, t)))) AS not_associative
FROM heat_random a JOIN heat_random b USING (k) JOIN heat_random c USING (k),
	LATERAL (SELECT greatest(as_of(a.h), as_of(b.h), as_of(c.h)) AS t) AS x
WHERE a.id <= 30 AND b.id BETWEEN 200 AND 230 AND c.id BETWEEN 400 AND 430;
-- the sum's score is the sum of the scores, in numeric by the definition
CREATE FUNCTION pg_temp.exact(h heat, t timestamptz) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
	SELECT points(h)::numeric * power(2.0::numeric(80, 60),
		-(extract(epoch FROM t) - extract(epoch FROM as_of(h)))::numeric / extract(epoch FROM half_life(h))::numeric)
$$;
SELECT count(*) AS pairs,
	count(*) FILTER (WHERE NOT abs(score(a.h + b.h, t)::numeric - (pg_temp.exact(a.h, t) + pg_temp.exact(b.h, t))) <=
		1e-9 * (abs(pg_temp.exact(a.h, t)) + abs(pg_temp.exact(b.h, t)))) AS wrong
FROM heat_random a JOIN heat_random b USING (k), LATERAL (SELECT greatest(as_of(a.h), as_of(b.h)) + half_life(a.h) * 0.3 AS t) AS x
WHERE k IN (2, 3) AND a.id % 4 > 1 AND b.id % 4 > 1 AND a.id % 5 > 0 AND b.id % 5 > 0 AND a.id <= 60 AND b.id > 540;

-- 2. Order: levels are ordered as scores are at any instant, unless they differ by rounding alone
SELECT count(*) > 20000 AS pairs, count(*) FILTER (WHERE sign(score(a.h, t) - score(b.h, t)) <> heat_cmp(a.h, b.h)
		AND abs(score(a.h, t) - score(b.h, t)) > 1e-9 * abs(score(a.h, t))) AS wrong,
	count(*) FILTER (WHERE heat_cmp(a.h, b.h) = 0) > 0 AS with_equal_ones
FROM heat_random a JOIN heat_random b USING (k), unnest('{2026-02-01Z, 2026-06-15 12:34:56.789Z, 2027-01-01Z}'::timestamptz[]) AS t
WHERE a.id <= 120 AND b.id BETWEEN 100 AND 220 AND k BETWEEN 2 AND 4
	AND a.id % 4 <> 1 AND b.id % 4 <> 1 AND a.id % 5 <> 0 AND b.id % 5 <> 0;
-- in numeric, for one half-life: the level is 1100 + log2|points| + half-lives since 1970
SELECT count(*) > 2000 AS heats, count(*) FILTER (WHERE sign(level(h)) <> sign(points(h)) OR abs(abs(level(h)) -
		(1100 + log(2.0, abs(points(h))::numeric) + extract(epoch FROM as_of(h))::numeric / extract(epoch FROM half_life(h))::numeric)::float8) >
		abs(level(h)) * 5e-16) AS wrong
FROM heat_random WHERE points(h) <> 0 AND id % 5 > 0;

-- temperature, thresholds as heats and cools_at are one decision
SELECT count(*) > 40000 AS cases,
	count(*) FILTER (WHERE (temperature(h, w, w, t) = 'hot') <> (h >= heat(w, t, half_life(h)))) AS temperature_differs,
	count(*) FILTER (WHERE t >= as_of(h) AND (temperature(h, w, w, t) = 'hot') <> (coalesce(cools_at(h, w), '-infinity') > t)) AS cools_at_differs
FROM heat_random, unnest('{0.001, 10, 40}'::float8[]) AS w,
	LATERAL (SELECT as_of(h) + d * half_life(h) FROM unnest('{0, 0.5, 1, 2, 10}'::float8[]) AS d WHERE k < 5
		UNION SELECT cools_at(h, w) + step FROM unnest('{-1 microsecond, 0, 1 microsecond}'::interval[]) AS step WHERE isfinite(cools_at(h, w))) AS x(t)
WHERE t < '290000-01-01Z';
-- ... and it is the first such instant
SELECT count(*) > 1000 AS cases, count(*) FILTER (WHERE h >= heat(w, c, half_life(h)) OR h < heat(w, c - interval '1 microsecond', half_life(h))) AS wrong
FROM heat_random, unnest('{0.001, 10, 40}'::float8[]) AS w, LATERAL (SELECT cools_at(h, w) AS c) AS x WHERE isfinite(c);

-- 6. Round trips, to the bit
SELECT count(*) FILTER (WHERE heat_send(h::text::heat) <> heat_send(h)) AS text_differs FROM heat_random;
CREATE TABLE heat_copied (LIKE heat_random);
\copy heat_random TO 'results/heat_laws.bin' (FORMAT binary)
\copy heat_copied FROM 'results/heat_laws.bin' (FORMAT binary)
SELECT count(*) AS copied, count(*) FILTER (WHERE heat_send(a.h) <> heat_send(b.h)) AS binary_differs
FROM heat_random a JOIN heat_copied b USING (id, k);
SELECT count(*) FILTER (WHERE heat_send(heat(points(h), as_of(h), half_life(h))) <> heat_send(h)) AS parts_differ FROM heat_random;

DROP TABLE heat_random, heat_copied;
