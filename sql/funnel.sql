--
-- The type funnel, its aggregates and accessors
--
SET search_path = public, lead_temperature;

-- what a statement is refused with
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE statement;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''));
END $$;

--
-- Text form
--
SELECT '{}'::funnel;
SELECT '{visitor: 3 cold, 1 hot; lead: 2 warm, 4 lost; customer: 5 won}'::funnel;
-- order, spacing and zeros are free on the way in
SELECT E' {lead:4lost,2 warm;\n\tcustomer : 5 won , 0 hot ;visitor: 01 hot,3 cold; opportunity: 0 cold} '::funnel;
-- every cell
SELECT '{visitor: 1 cold, 2 warm, 3 hot, 4 won, 5 lost; lead: 6 cold, 7 warm, 8 hot, 9 won, 10 lost; marketing_qualified: 11 cold, 12 warm, 13 hot, 14 won, 15 lost; sales_qualified: 16 cold, 17 warm, 18 hot, 19 won, 20 lost; opportunity: 21 cold, 22 warm, 23 hot, 24 won, 25 lost; customer: 26 cold, 27 warm, 28 hot, 29 won, 9223372036854775807 lost}' AS every_cell \gset
SELECT :'every_cell'::funnel::text = :'every_cell' AS lossless;
SELECT ARRAY['{}', '{lead: 1 hot}']::funnel[];

SELECT input, pg_temp.refusal(format('SELECT %L::lead_temperature.funnel', input))
FROM unnest(ARRAY[
	'', '{', '}', '{}}', '{} x', 'lead', '{lead}', '{lead:}', '{lead: cold}', '{lead: 1}', '{lead: 1 tepid}',
	'{lead: 1 colder}', '{leads: 1 cold}', '{Lead: 1 cold}', '{lead: -1 cold}', '{lead: +1 cold}', '{lead: 1.5 cold}',
	'{lead: 1 cold,}', '{lead: 1 cold;}', '{lead: 1 cold lost}', '{lead: 1 cold, 2 cold}', '{lead: 0 cold, 0 cold}',
	'{lead: 1 cold; lead: 1 hot}', '{lead: 1 cold', '{lead: NaN cold}',
	'{lead: 9223372036854775807 cold}', '{lead: 9223372036854775808 cold}', '{lead: 99999999999999999999999 cold}',
	-- malformed rather than out of range
	'{lead: 9223372036854775808 cold'
]) WITH ORDINALITY AS t (input, n) ORDER BY n;

--
-- Binary form: 30 counts of 8 bytes, stage by stage
--
SELECT regexp_replace(encode(funnel_send('{visitor: 1 cold, 2 warm, 3 hot, 4 won, 5 lost; customer: 255 lost}'), 'hex'),
	'(0{16})+', '..') AS sent;
SELECT length(funnel_send('{}'));

CREATE TEMP TABLE stored (f funnel);
INSERT INTO stored VALUES ('{}'), (NULL), (:'every_cell'), ('{lead: 1 hot; opportunity: 9223372036854775807 won}');
CREATE TEMP TABLE returned (LIKE stored);
\copy stored to 'results/funnel.copy' (format binary)
\copy returned from 'results/funnel.copy' (format binary)
SELECT * FROM returned;
SELECT count(*) FROM stored JOIN returned USING (f);

-- bytea is sent as it is: a way to hand in corrupt values
CREATE FUNCTION pg_temp.cells(VARIADIC bigint[]) RETURNS bytea LANGUAGE sql AS
$$ SELECT string_agg(int8send(cell), ''::bytea ORDER BY n) FROM unnest($1) WITH ORDINALITY AS t (cell, n) $$;
CREATE FUNCTION pg_temp.zeros(n integer) RETURNS bytea LANGUAGE sql AS
$$ SELECT decode(repeat('00', n), 'hex') $$;
TRUNCATE returned;
\set VERBOSITY sqlstate
-- a good one first
\copy (SELECT pg_temp.cells(7, 0, 9) || pg_temp.zeros(216)) to 'results/funnel.copy' (format binary)
\copy returned from 'results/funnel.copy' (format binary)
\copy (SELECT pg_temp.cells(7, -1, 9) || pg_temp.zeros(216)) to 'results/funnel.copy' (format binary)
\copy returned from 'results/funnel.copy' (format binary)
\copy (SELECT pg_temp.zeros(232) || pg_temp.cells(-9223372036854775808)) to 'results/funnel.copy' (format binary)
\copy returned from 'results/funnel.copy' (format binary)
\copy (SELECT pg_temp.zeros(239)) to 'results/funnel.copy' (format binary)
\copy returned from 'results/funnel.copy' (format binary)
\copy (SELECT pg_temp.zeros(241)) to 'results/funnel.copy' (format binary)
\copy returned from 'results/funnel.copy' (format binary)
\copy (SELECT ''::bytea) to 'results/funnel.copy' (format binary)
\copy returned from 'results/funnel.copy' (format binary)
\set VERBOSITY default
SELECT * FROM returned;

--
-- Comparison and sum
--
SELECT a, b, a = b AS eq, a <> b AS ne
FROM (VALUES ('{}'::funnel, '{}'::funnel), ('{lead: 1 cold}', '{lead: 1 cold}'), ('{lead: 1 cold}', '{lead: 1 warm}'),
	('{lead: 1 cold}', '{customer: 1 cold}'), ('{}', '{customer: 1 lost}'), (NULL, '{}')) AS t (a, b);

SELECT '{visitor: 1 cold, 2 hot; lead: 1 won}'::funnel + '{visitor: 10 cold; lead: 5 lost; customer: 1 won}'::funnel;
-- neither operand is changed
SELECT a, a + a AS twice, a FROM (VALUES ('{lead: 1 hot}'::funnel)) AS t (a);
SELECT a + NULL IS NULL AS null_sum FROM (VALUES ('{lead: 1 hot}'::funnel)) AS t (a);
SELECT '{lead: 9223372036854775806 hot}'::funnel + '{lead: 1 hot}';
SELECT pg_temp.refusal($$SELECT '{lead: 9223372036854775807 hot}'::lead_temperature.funnel + '{lead: 1 hot}'$$);

--
-- Aggregates
--
CREATE TEMP TABLE six (region text, stage stage, temperature temperature, status status);
INSERT INTO six VALUES
	('north', 'visitor', 'hot', 'open'),
	('north', 'visitor', NULL, NULL),		-- cold and open
	('south', 'lead', 'warm', NULL),
	('south', 'lead', 'hot', 'won'),		-- won, however warm
	('south', 'opportunity', NULL, 'lost'),
	('south', NULL, 'hot', 'open');			-- no stage: nowhere
SELECT funnel(stage) FROM six;
SELECT funnel(stage, temperature) FROM six;
SELECT funnel(stage, temperature, status) FROM six;
SELECT region, funnel(stage, temperature, status) FROM six GROUP BY GROUPING SETS ((region), ()) ORDER BY region;
SELECT funnel(stage, temperature, status) FILTER (WHERE region = 'north') AS north, funnel(stage) AS all_cold FROM six;
-- of nothing
SELECT funnel(stage), funnel(stage, temperature), funnel(stage, temperature, status) FROM six WHERE false;
SELECT funnel(stage), funnel(stage, temperature), funnel(stage, temperature, status) FROM six WHERE stage IS NULL;
SELECT sum(f) FROM stored WHERE false;
SELECT sum(f) FROM stored WHERE f IS NULL;
-- a running funnel
SELECT stage, funnel(stage) OVER (ORDER BY stage ROWS UNBOUNDED PRECEDING) FROM six ORDER BY stage;
-- a literal is read as a cast, unless it has its type
SELECT funnel('{lead: 1 hot}');
SELECT funnel('lead'::stage);
SELECT pg_temp.refusal($$SELECT lead_temperature.funnel('lead')$$);

SELECT sum(f) FROM (VALUES ('{lead: 1 hot}'::funnel), (NULL), ('{lead: 2 hot, 1 won}'), ('{}')) AS t (f);
SELECT pg_temp.refusal($$SELECT lead_temperature.sum(f) FROM (VALUES
	('{lead: 9223372036854775807 lost}'::lead_temperature.funnel), ('{lead: 1 lost}')) AS t (f)$$);
SELECT pg_temp.refusal($$SELECT lead_temperature.funnel_accum('{lead: 9223372036854775807 cold}', 'lead'::lead_temperature.stage)$$);

-- transition functions change their argument in aggregates alone
SELECT f, funnel_accum(f, 'lead'::stage), funnel_accum(f, 'lead'::stage, 'hot'::temperature),
	funnel_accum(f, 'lead', NULL, 'won'), funnel_of_accum(f, 'lead', 'open', 3, 1, 2), f
FROM (VALUES ('{}'::funnel)) AS t (f);
SELECT funnel_accum(NULL, 'lead'::stage, 'hot'::temperature) IS NULL AS no_state;

-- by levels: thresholds count as reached, NULL levels not at all
SELECT funnel_of(stage, status, level, 10, 20)
FROM (VALUES
	('visitor'::stage, 'open'::status, 9.999::float8), ('visitor', 'open', 10), ('visitor', 'open', 19.999),
	('visitor', 'open', 20), ('visitor', 'open', 'infinity'), ('visitor', 'open', -1200), ('visitor', 'open', 0),
	('customer', 'won', 25), ('lead', 'lost', 0), ('customer', 'open', 12), ('visitor', 'open', NULL)) AS t (stage, status, level);
SELECT funnel_of(stage, status, 0, 10, 20) FROM six WHERE false;

--
-- Accessors, by hand:
--					cold	warm	hot		won		lost	all		reached
-- visitor			50		6		4		0		20		80		160
-- lead				10		8		2		0		10		30		80
-- marketing_q.		0		5		5		0		0		10		50
-- sales_q.			0		0		0		0		0		0		40
-- opportunity		1		3		4		0		12		20		40
-- customer			1		0		1		18		0		20		20
-- all				62		22		16		18		42		160
--
SELECT '{visitor: 50 cold, 6 warm, 4 hot, 20 lost; lead: 10 cold, 8 warm, 2 hot, 10 lost; marketing_qualified: 5 warm, 5 hot; opportunity: 1 cold, 3 warm, 4 hot, 12 lost; customer: 1 cold, 1 hot, 18 won}' AS f \gset
SELECT leads(:'f');
SELECT s AS stage, leads(:'f', s), leads(:'f', s, 'cold'::temperature) AS cold, leads(:'f', s, 'warm'::temperature) AS warm,
	leads(:'f', s, 'hot'::temperature) AS hot, leads(:'f', s, 'open'::status) AS open, leads(:'f', s, 'won'::status) AS won,
	leads(:'f', s, 'lost'::status) AS lost, share(:'f', s), reached(:'f', s)
FROM unnest(enum_range(NULL::stage)) AS s;
SELECT t AS temperature, share(:'f', t) FROM unnest(enum_range(NULL::temperature)) AS t;
-- a parameter's name tells what a literal is
SELECT leads(:'f', 'opportunity', status => 'lost'), leads(:'f', 'opportunity', temperature => 'warm'),
	share(:'f', stage => 'lead'), share(:'f', temperature => 'hot');
SELECT "from", "to", conversion(:'f', "from", "to")
FROM unnest(enum_range(NULL::stage)) AS "from", unnest(enum_range(NULL::stage)) AS "to"
WHERE "from" <= "to" ORDER BY 1, 2;
SELECT pg_temp.refusal(format('SELECT lead_temperature.conversion(%L, %L, %L)', :'f', 'lead', 'visitor'));
SELECT * FROM stages(:'f');
SELECT jsonb_pretty(:'f'::funnel::jsonb);

-- an empty funnel has no shares
SELECT leads('{}'), leads('{}', 'lead'), share('{}', stage => 'lead'), share('{}', temperature => 'hot'),
	reached('{}', 'visitor'), conversion('{}', 'visitor', 'customer');
SELECT * FROM stages('{}');
-- nor has one without open leads, or past the last that was reached
SELECT share(f, stage => 'lead'), conversion(f, 'lead', 'customer'), conversion(f, 'opportunity', 'customer')
FROM (VALUES ('{lead: 3 lost}'::funnel)) AS t (f);
SELECT count(*) FROM stages(NULL);

-- sums of counts are checked, too
SELECT call, pg_temp.refusal(format('SELECT lead_temperature.' || call, '{lead: 9223372036854775807 cold, 1 hot}'))
FROM unnest(ARRAY['leads(%L)', 'leads(%L, stage => ''lead'')', 'leads(%L, ''lead'', status => ''open'')',
	'leads(%L, ''lead'', temperature => ''cold'')', 'share(%L, stage => ''visitor'')', 'reached(%L, ''visitor'')',
	'reached(%L, ''opportunity'')', 'conversion(%L, ''visitor'', ''lead'')', 'stages(%L)']) AS call;

--
-- Random leads: aggregates against counts of the server's own, parallel or not
--
SELECT setseed(0.25);
CREATE TABLE random_leads AS
SELECT i AS lead, i % 7 AS shard,
	(enum_range(NULL::stage))[ceil(random() * 6.5)] AS stage,				-- some are beyond the last: NULL
	(enum_range(NULL::temperature))[ceil(random() * 3.5)] AS temperature,
	(enum_range(NULL::status))[ceil(random() * 3.5)] AS status,
	CASE WHEN random() < 0.9 THEN round((random() * 100)::numeric)::float8 END AS level
FROM generate_series(1, 20000) AS i;
ANALYZE random_leads;
SELECT count(*) FILTER (WHERE stage IS NULL) > 0 AS stageless, count(*) FILTER (WHERE temperature IS NULL) > 0 AS unmeasured,
	count(*) FILTER (WHERE status IS NULL) > 0 AS statusless, count(*) FILTER (WHERE level IS NULL) > 0 AS levelless
FROM random_leads;

-- cells that differ: none
CREATE TEMP TABLE counted AS
SELECT stage, count(*) AS leads,
	count(*) FILTER (WHERE coalesce(status, 'open') = 'open' AND coalesce(temperature, 'cold') = 'cold') AS cold,
	count(*) FILTER (WHERE coalesce(status, 'open') = 'open' AND temperature = 'warm') AS warm,
	count(*) FILTER (WHERE coalesce(status, 'open') = 'open' AND temperature = 'hot') AS hot,
	count(*) FILTER (WHERE status = 'won') AS won,
	count(*) FILTER (WHERE status = 'lost') AS lost
FROM random_leads WHERE stage IS NOT NULL GROUP BY stage;
SELECT count(*) FROM counted;
SELECT stage, leads, cold, warm, hot, won, lost
FROM stages((SELECT funnel(stage, temperature, status) FROM random_leads))
EXCEPT SELECT * FROM counted;

-- merge = sum: the funnel of all leads is the sum of the shards' funnels
SELECT sum(f) = (SELECT funnel(stage, temperature, status) FROM random_leads) AS merged, count(*) AS shards
FROM (SELECT funnel(stage, temperature, status) AS f FROM random_leads GROUP BY shard) AS shards;

-- by levels = by temperatures
SELECT funnel_of(stage, status, level, 40, 70)
	= funnel(stage, CASE WHEN level >= 70 THEN 'hot' WHEN level >= 40 THEN 'warm' ELSE 'cold' END::temperature, status)
		FILTER (WHERE level IS NOT NULL AND status IS NOT NULL) AS agree
FROM random_leads;

CREATE TEMP TABLE serial AS
SELECT funnel(stage) AS f1, funnel(stage, temperature) AS f2, funnel(stage, temperature, status) AS f3,
	funnel_of(stage, status, level, 40, 70) AS f4
FROM random_leads;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT funnel(stage), funnel(stage, temperature), funnel(stage, temperature, status),
	funnel_of(stage, status, level, 40, 70)
FROM random_leads;
EXPLAIN (COSTS OFF) SELECT sum(funnel_accum('{}', stage)) FROM random_leads;
CREATE TEMP TABLE parallel AS
SELECT funnel(stage) AS f1, funnel(stage, temperature) AS f2, funnel(stage, temperature, status) AS f3,
	funnel_of(stage, status, level, 40, 70) AS f4
FROM random_leads;
SELECT s.f1 = p.f1 AS f1, s.f2 = p.f2 AS f2, s.f3 = p.f3 AS f3, s.f4 = p.f4 AS f4, leads(p.f1) > 0 AS some
FROM serial AS s, parallel AS p;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;
DROP TABLE random_leads;

-- labels are looked up again when the enums change
SELECT funnel('lead'::stage);
BEGIN;
ALTER TYPE stage RENAME VALUE 'lead' TO 'contact';
SELECT pg_temp.refusal($$SELECT lead_temperature.funnel('contact'::lead_temperature.stage)$$);
ROLLBACK;
SELECT funnel('lead'::stage);
