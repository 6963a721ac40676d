--
-- The type heat: text and binary form, constructor, accessors, arithmetic
--
SET search_path = lead_temperature, public;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';

-- what a statement raises, as SQLSTATE and message, or that it raises nothing
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

--
-- text
--
SELECT heat(40, '2026-11-24 07:18:10.5+00', '14 days');
SELECT t::heat FROM (VALUES
	('40 @ 2026-11-24 07:18:10.5+00 / 14 days'),
	(' 4e1@2026-11-24T08:18:10.500Z/2w '),
	('40 @ 2026-11-24 12:48:10.5+05:30 / 336 hours'),
	('-0.1 @ 1970-01-01 00:00:00Z / 1 day 12:00:00'),
	('1e300 @ 294247-01-10 04:00:54.775807+00 / 00:01:30.25'),
	('5e-324 @ 12000-02-29 00:00+00 / 36525 days'),
	('0 @ 2026-11-24 07:18:10.5+00 / 90 min'),
	('-0 @ 2026-11-24 07:18:10.5+00 / 1 d 1 h 1 min 1.000001 s')
) AS v(t);

-- the text depends on no setting
SET timezone = 'Asia/Kolkata';
SET datestyle = 'German';
SET intervalstyle = 'iso_8601';
SET extra_float_digits = -5;
SELECT '0.30000000000000004 @ 2026-11-24 07:18:10.5+00 / 1 day 00:00:01'::heat;
RESET extra_float_digits;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';

-- its parts are what PostgreSQL reads, too
SELECT split_part(h::text, ' @ ', 1)::float8 = points(h)
	AND split_part(split_part(h::text, ' @ ', 2), ' / ', 1)::timestamptz = as_of(h)
	AND split_part(h::text, ' / ', 2)::interval = half_life(h) AS same
FROM unnest('{"40 @ 2026-11-24 07:18:10.5+00 / 14 days",
	"-1.5e-7 @ 294247-01-10 04:00:54.775807+00 / 1 day 00:01:30.25"}'::heat[]) AS h;

SELECT t, pg_temp.raises(format('SELECT %L::lead_temperature.heat', t)) FROM (VALUES
	(''), ('40'), ('40 @ 2026-11-24 07:18:10+00'), ('40 @ 2026-11-24 07:18:10+00 / '),
	('0x28 @ 2026-11-24 07:18:10+00 / 1 day'), ('40 @ 2026-11-24 07:18:10+00 / 1 fortnight'),
	('40 @ 2026-11-24 07:18:10+00 / 1 day x'), ('40 @ 2026-11-24 07:18:10 / 1 day'),
	('40 @ 2026-11-24 07:18:10 Europe/Berlin / 1 day'), ('40 @ today / 1 day'),
	('NaN @ 2026-11-24 07:18:10+00 / 1 day'), ('inf @ 2026-11-24 07:18:10+00 / 1 day'),
	('-Infinity @ 2026-11-24 07:18:10+00 / 1 day'), ('1e309 @ 2026-11-24 07:18:10+00 / 1 day'),
	('1e-400 @ 2026-11-24 07:18:10+00 / 1 day'),
	('40 @ 2026-02-29 07:18:10+00 / 1 day'), ('40 @ 2026-11-24 25:18:10+00 / 1 day'),
	('40 @ infinity / 1 day'), ('40 @ 1969-12-31 23:59:59.999999+00 / 1 day'),
	('40 @ 294247-01-10 04:00:54.775808+00 / 1 day'),
	('40 @ 2026-11-24 07:18:10+00 / 1 month'), ('40 @ 2026-11-24 07:18:10+00 / 2 years 1 day'),
	('40 @ 2026-11-24 07:18:10+00 / 59 s'), ('40 @ 2026-11-24 07:18:10+00 / -1 day'),
	('40 @ 2026-11-24 07:18:10+00 / 36525 days 00:00:00.000001')
) AS v(t);

-- input errors can be caught without a subtransaction where the server knows how
DO $$
DECLARE
	valid boolean;
	code text;
BEGIN
	IF current_setting('server_version_num')::int >= 160000 THEN
		EXECUTE $q$SELECT pg_input_is_valid('40 @ 2026-11-24 07:18:10Z / 1 day', 'lead_temperature.heat')$q$ INTO valid;
		ASSERT valid;
		EXECUTE $q$SELECT sql_error_code FROM pg_input_error_info('40 @ today / 1 day', 'lead_temperature.heat')$q$ INTO code;
		ASSERT code = '22P02', code;
		EXECUTE $q$SELECT sql_error_code FROM pg_input_error_info('40 @ infinity / 1 day', 'lead_temperature.heat')$q$ INTO code;
		ASSERT code = '22008', code;
		EXECUTE $q$SELECT sql_error_code FROM pg_input_error_info('1e999 @ 2026-11-24 07:18:10Z / 1 day', 'lead_temperature.heat')$q$ INTO code;
		ASSERT code = '22003', code;
		EXECUTE $q$SELECT sql_error_code FROM pg_input_error_info('40 @ 2026-11-24 07:18:10Z / 1 mon', 'lead_temperature.heat')$q$ INTO code;
		ASSERT code = '22023', code;
	END IF;
END $$;

--
-- binary form; these bytes are the same on every processor
--
SELECT h, encode(heat_send(h), 'hex') FROM unnest('{
	"40 @ 2026-11-24 07:18:10.5+00 / 14 days",
	"0 @ 1970-01-01 00:00:00+00 / 00:01:00",
	"-1.5e-300 @ 294247-01-10 04:00:54.775807+00 / 36525 days"}'::heat[]) AS h;

CREATE TEMP TABLE h (h heat);
CREATE TEMP TABLE bytes (b bytea);
INSERT INTO h VALUES ('40 @ 2026-11-24 07:18:10.5+00 / 14 days'), (NULL),
	('-1e300 @ 294247-01-10 04:00:54.775807+00 / 36525 days'), ('0 @ 2026-11-24 07:18:10.5+00 / 1 min');
\copy h TO 'results/heat_type.bin' (FORMAT binary)
CREATE TEMP TABLE back (h heat);
\copy back FROM 'results/heat_type.bin' (FORMAT binary)
SELECT h, encode(heat_send(h), 'hex') FROM back;

-- a zero of any kind arrives as the canonical one
INSERT INTO bytes VALUES ('\x800000000000000000000000000000640000000007270e00');
\copy bytes TO 'results/heat_type.bin' (FORMAT binary)
TRUNCATE back;
\copy back FROM 'results/heat_type.bin' (FORMAT binary)
SELECT h, encode(heat_send(h), 'hex') FROM back;

-- corrupt ones are refused
\set VERBOSITY sqlstate
-- NaN
UPDATE bytes SET b = '\x7ff800000000000000000000000000640000000007270e00';
\copy bytes TO 'results/heat_type.bin' (FORMAT binary)
\copy back FROM 'results/heat_type.bin' (FORMAT binary)
-- infinity
UPDATE bytes SET b = '\xfff000000000000000000000000000640000000007270e00';
\copy bytes TO 'results/heat_type.bin' (FORMAT binary)
\copy back FROM 'results/heat_type.bin' (FORMAT binary)
-- before 1970
UPDATE bytes SET b = '\x3ff0000000000000ffffffffffffffff0000000007270e00';
\copy bytes TO 'results/heat_type.bin' (FORMAT binary)
\copy back FROM 'results/heat_type.bin' (FORMAT binary)
\set VERBOSITY terse
\copy back FROM 'results/heat_type.bin' (FORMAT binary)
\set VERBOSITY sqlstate
-- a half-life too short
UPDATE bytes SET b = '\x3ff000000000000000000000000000640000000000000001';
\copy bytes TO 'results/heat_type.bin' (FORMAT binary)
\copy back FROM 'results/heat_type.bin' (FORMAT binary)
-- a half-life too long
UPDATE bytes SET b = '\x3ff000000000000000000000000000647fffffffffffffff';
\copy bytes TO 'results/heat_type.bin' (FORMAT binary)
\copy back FROM 'results/heat_type.bin' (FORMAT binary)
-- cut short
UPDATE bytes SET b = '\x3ff0000000000000000000000000006400000000';
\copy bytes TO 'results/heat_type.bin' (FORMAT binary)
\copy back FROM 'results/heat_type.bin' (FORMAT binary)
-- a byte too many
UPDATE bytes SET b = '\x3ff000000000000000000000000000640000000007270e0000';
\copy bytes TO 'results/heat_type.bin' (FORMAT binary)
\copy back FROM 'results/heat_type.bin' (FORMAT binary)
\set VERBOSITY default

--
-- constructor
--
SELECT heat(points => -2.5, at => '2026-11-24 07:18:10+02', half_life => '1 week 12 hours');
SELECT heat('-0', '2026-11-24 07:18:10+02', '1 week') = heat(0, '1970-01-01Z', '1 week') AS canonical_zero;
SELECT heat(NULL, now(), '1 day') IS NULL AND heat(1, NULL, '1 day') IS NULL AND heat(1, now(), NULL) IS NULL AS strict;
SELECT e, pg_temp.raises('SELECT lead_temperature.heat(' || e || ')') FROM (VALUES
	('''NaN'', ''2026-11-24Z'', ''1 day'''),
	('''Infinity'', ''2026-11-24Z'', ''1 day'''),
	('''-Infinity'', ''2026-11-24Z'', ''1 day'''),
	('1, ''infinity'', ''1 day'''),
	('1, ''-infinity'', ''1 day'''),
	('1, ''1969-12-31 23:59:59.999999Z'', ''1 day'''),
	('1, ''1970-01-01Z'', ''1 day'''),
	('1, ''294247-01-10 04:00:54.775807Z'', ''1 day'''),
	('1, ''294247-01-10 04:00:54.775808Z'', ''1 day'''),
	('1, ''2026-11-24Z'', ''1 month'''),
	('1, ''2026-11-24Z'', ''1 year -350 days'''),
	('1, ''2026-11-24Z'', ''00:00:59.999999'''),
	('1, ''2026-11-24Z'', ''00:01:00'''),
	('1, ''2026-11-24Z'', ''36525 days'''),
	('1, ''2026-11-24Z'', ''36525 days 00:00:00.000001'''),
	('1, ''2026-11-24Z'', ''2147483647 days'''),
	('1, ''2026-11-24Z'', ''-2147483648 days 2147483647 hours'''),
	('1, ''2026-11-24Z'', ''-1 days''')
) AS v(e);
SELECT pg_temp.raises('SELECT lead_temperature.heat(1, ''2026-11-24Z'', ''infinity'')')
	IN ('22023: half-life is out of range', '22007: invalid input syntax for type interval: "infinity"') AS refused;

--
-- accessors
--
SELECT points(h), as_of(h), half_life(h), level(h) FROM unnest('{
	"40 @ 2026-11-24 07:18:10.5+00 / 14 days",
	"-40 @ 2026-11-24 07:18:10.5+00 / 14 days",
	"1 @ 1970-01-01 00:00:00+00 / 1 day",
	"0.25 @ 1970-01-11 00:00:00+00 / 1 day",
	"0 @ 2026-11-24 07:18:10.5+00 / 1 day 00:00:01"}'::heat[]) AS h;

--
-- score
--
SELECT t AS days, score('40 @ 2026-11-24 00:00:00Z / 14 days', timestamptz '2026-11-24 00:00Z' + t * interval '1 day')
FROM unnest('{-28, -14, -1, 0, 1, 7, 14, 28, 14000}'::int[]) AS t;
SELECT score(heat(8, now() - interval '3 days', '1 day')), score_now(heat(8, now() - interval '3 days', '1 day'));
SELECT score('0 @ 2026-11-24 00:00:00Z / 14 days', '1970-01-01Z');
SELECT pg_temp.raises($$SELECT lead_temperature.score('1 @ 2026-11-24 00:00:00Z / 1 min', timestamptz '1970-01-01Z')$$);
SELECT pg_temp.raises($$SELECT lead_temperature.score('1 @ 2026-11-24 00:00:00Z / 1 min', timestamptz '1969-12-31Z')$$);
SELECT pg_temp.raises($$SELECT lead_temperature.score('1 @ 2026-11-24 00:00:00Z / 1 min', timestamptz 'infinity')$$);
-- the views' form never fails
SELECT pg_temp.raises($$SELECT lead_temperature.score('-1 @ 10000-01-01 00:00:00Z / 1 min')$$);
SELECT score_now('-1 @ 10000-01-01 00:00:00Z / 1 min'), score_now('1 @ 10000-01-01 00:00:00Z / 1 min');

--
-- temperature
--
SELECT t AS days, temperature('80 @ 2026-11-24 00:00:00Z / 14 days', 10, 40, timestamptz '2026-11-24 00:00Z' + t * interval '1 day')
FROM unnest('{-1, 0, 14, 15, 42, 43}'::int[]) AS t;
SELECT temperature('80 @ 2026-11-24 00:00:00Z / 14 days', 10, 40, as_of + step) AS t, as_of + step AS at
FROM unnest('{2026-12-08 00:00:00+00, 2027-01-05 00:00:00+00}'::timestamptz[]) AS as_of,
	unnest('{-1 microsecond, 0, 1 microsecond}'::interval[]) AS step;
SELECT temperature(heat(p, now(), '1 day'), 10, 40) FROM unnest('{-50, 0, 9.99, 10, 39.99, 40}'::float8[]) AS p;
SELECT e, pg_temp.raises('SELECT lead_temperature.temperature(''1 @ 2026-11-24 00:00:00Z / 1 day'', ' || e || ')')
FROM (VALUES ('10, 40'), ('10, 10'), ('0, 40'), ('-1, 40'), ('41, 40'), ('''NaN'', 40'), ('10, ''NaN'''),
	('10, ''Infinity'''), ('10, 40, ''infinity'''), ('10, 40, ''1969-12-31Z''')) AS v(e);

--
-- cools_at
--
SELECT p, t, cools_at(heat(p, '2026-11-24 00:00:00Z', '14 days'), t)
FROM unnest('{80, 40, 39.9, 0, -5}'::float8[]) AS p, unnest('{40, 10, 0, -1, -10}'::float8[]) AS t;
SELECT cools_at('1 @ 2026-11-24 00:00:00Z / 36525 days', 1e-300), cools_at('1 @ 294247-01-10 04:00:00Z / 1 day', 0.9);
SELECT cools_at('-1e300 @ 200000-11-24 00:00:00Z / 36525 days', -1e-300) IS NULL AS reaches_it_never;
SELECT pg_temp.raises($$SELECT lead_temperature.cools_at('1 @ 2026-11-24 00:00:00Z / 1 day', $$ || quote_literal(e) || ')')
FROM unnest('{NaN, Infinity, -Infinity}'::float8[]) AS e;

--
-- arithmetic
--
SELECT heat '40 @ 2026-11-24 00:00:00Z / 14 days' + heat '8 @ 2026-12-08 00:00:00Z / 14 days';
SELECT heat '8 @ 2026-12-08 00:00:00Z / 14 days' + heat '40 @ 2026-11-24 00:00:00Z / 14 days';
SELECT heat '40 @ 2026-11-24 00:00:00Z / 14 days' + heat '-20 @ 2026-12-08 00:00:00Z / 14 days';
SELECT heat '40 @ 2026-11-24 00:00:00Z / 14 days' + heat '0 @ 2026-12-08 00:00:00Z / 14 days';
SELECT heat '40 @ 2026-11-24 00:00:00Z / 14 days' * 0.5, -2 * heat '40 @ 2026-11-24 00:00:00Z / 14 days',
	heat '40 @ 2026-11-24 00:00:00Z / 14 days' * 0;
SELECT e, pg_temp.raises('SELECT ' || e) FROM (VALUES
	($$lead_temperature.heat '1 @ 2026-11-24 00:00:00Z / 14 days' OPERATOR(lead_temperature.+) '1 @ 2026-11-24 00:00:00Z / 15 days'$$),
	($$lead_temperature.heat '1e308 @ 2026-11-24 00:00:00Z / 14 days' OPERATOR(lead_temperature.+) '1e308 @ 2026-11-24 00:00:00Z / 14 days'$$),
	($$lead_temperature.heat '1e308 @ 2026-11-24 00:00:00Z / 14 days' OPERATOR(lead_temperature.*) 10$$),
	($$lead_temperature.heat '1 @ 2026-11-24 00:00:00Z / 14 days' OPERATOR(lead_temperature.*) 'NaN'::float8$$),
	($$'Infinity'::float8 OPERATOR(lead_temperature.*) lead_temperature.heat '0 @ 2026-11-24 00:00:00Z / 14 days'$$)
) AS v(e);

-- anybody may use the type
CREATE ROLE heat_nobody;
SET ROLE heat_nobody;
SELECT temperature(heat(40, now(), '14 days'), 10, 40);
RESET ROLE;
DROP ROLE heat_nobody;
