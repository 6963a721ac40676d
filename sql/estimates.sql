--
-- What the planner thinks of queries on heats and on the ranking: within a
-- factor of what comes out, with statistics and without.
--
SET timezone = 'UTC';
SET search_path = public, lead_temperature;
SELECT lead_temperature.create_model('m');
CREATE TABLE log (lead int, kind text, at timestamptz);
INSERT INTO log
	SELECT i, (ARRAY['visit', 'question', 'newsletter_signup', 'demo_request', 'purchase', 'pricing_view'])[1 + hashint4(i) % 3 + 2 + hashint4(-i) % 2],
		   now() - (i % 5000) * interval '20 minutes' - interval '1 hour'
	FROM generate_series(1, 20000) AS i;
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', model => 'm', create_index => true);
ALTER TABLE log_lead SET (autovacuum_enabled = false);
CREATE TABLE person (id int, heat heat) WITH (autovacuum_enabled = false);
INSERT INTO person SELECT lead, heat FROM log_lead;
CREATE INDEX ON person (heat);
-- as many rows as pages say, whatever a version makes of a table that was never vacuumed
VACUUM person;

-- off tells by what factor at least the planner is off, above or below: 1, 2, 3, 5, 10 or more.
CREATE FUNCTION off(query text, OUT rows bigint, OUT off text) LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
	guess float8;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	guess := (plan #>> '{0,Plan,Plan Rows}')::float8;
	EXECUTE 'SELECT count(*) FROM (' || query || ') AS q' INTO rows;
	off := (SELECT max(f) FROM unnest('{1, 2, 3, 5, 10}'::int[]) AS f WHERE greatest(guess, 1) / greatest(rows, 1) >= f OR greatest(rows, 1) / greatest(guess, 1) >= f OR f = 1)
		|| CASE WHEN greatest(guess, 1) / greatest(rows, 1) >= 2 THEN ' above' WHEN greatest(rows, 1) / greatest(guess, 1) >= 2 THEN ' below' ELSE '' END;
	rows := round(rows, -2);
END
$$;
CREATE TABLE query (id int GENERATED ALWAYS AS IDENTITY, query text);
INSERT INTO query (query) VALUES
	('SELECT FROM person WHERE heat >= heat(40, now(), ''14 days'')'),
	('SELECT FROM person WHERE heat >= heat(25, now(), ''14 days'')'),
	('SELECT FROM person WHERE heat >= heat(10, now(), ''14 days'')'),
	('SELECT FROM person WHERE heat < heat(10, now(), ''14 days'')'),
	('SELECT FROM person WHERE heat >= heat(10, now(), ''14 days'') AND heat < heat(40, now(), ''14 days'')'),
	('SELECT FROM person WHERE heat >= heat(1000, now(), ''14 days'')'),
	('SELECT FROM person WHERE heat = heat(15, now(), ''14 days'')'),
	('SELECT FROM person WHERE heat IS NULL'),
	('SELECT FROM log_ranking WHERE temperature = ''hot'''),
	('SELECT FROM log_ranking WHERE temperature = ''warm'''),
	('SELECT FROM log_ranking WHERE temperature = ''cold'''),
	('SELECT FROM log_ranking WHERE temperature IN (''hot'', ''warm'')'),
	('SELECT FROM log_ranking'),
	('SELECT FROM log_ranking WHERE stage = ''lead'''),
	('SELECT FROM log_ranking WHERE lead = 7'),
	('SELECT FROM log_ranking ORDER BY level DESC LIMIT 100'),
	('SELECT FROM log_lead WHERE level >= level(heat(40, now(), ''14 days''))');

-- without statistics
SELECT id, substring(query FROM 13) AS query, o.rows, o.off FROM query, off(query) AS o ORDER BY id;

ANALYZE person, log_lead;
SELECT id, substring(query FROM 13) AS query, o.rows, o.off FROM query, off(query) AS o ORDER BY id;

-- and far down in the statistics, at whatever threshold
SELECT count(*) > 10 AS many, max(o.off) AS off
FROM generate_series(1, 80, 3) AS points, off(format('SELECT FROM person WHERE heat >= heat(%s, now(), ''14 days'')', points)) AS o WHERE o.rows >= 200;

SELECT lead_temperature.untrack('log');
DROP TABLE log, person, query;
DROP FUNCTION off;
DELETE FROM lead_temperature.model WHERE name = 'm';
