--
-- The funnel by kept counts instead of a scan: the same view, the same numbers.
-- (The laws test compares both after random transactions, the one of
-- concurrent writers after those.)
--
SET timezone = 'UTC';
SELECT lead_temperature.create_model('m');
CREATE TABLE touch (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lead int, kind text, at timestamptz);
CREATE TABLE plain (LIKE touch INCLUDING ALL);
SELECT lead_temperature.track('plain', 'lead', 'kind', 'at', model => 'm', create_index => true, funnel_counts => NULL);
SELECT lead_temperature.track('plain', 'lead', 'kind', 'at', model => 'm', create_index => true);
SELECT lead_temperature.track('touch', 'lead', 'kind', 'at', model => 'm', create_index => true, funnel_counts => true);

-- What there is with the option, and is not without.
SELECT c.relname, c.relkind, c.relreplident, pg_get_userbyid(c.relowner) = current_user AS mine, obj_description(c.oid)
	FROM pg_class c WHERE c.relname ~ '^(touch|plain)_funnel_(count|delta)$' ORDER BY 1;
\d touch_funnel_count
\d touch_funnel_delta
SELECT indexdef FROM pg_indexes WHERE tablename IN ('touch_lead', 'plain_lead') AND indexdef LIKE '%(level)%' ORDER BY 1;
SELECT interactions, counts, deltas FROM lead_temperature.tracker ORDER BY interactions::text;
SELECT (SELECT array_agg(attname || ' ' || format_type(atttypid, atttypmod) ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'touch_funnel'::regclass)
	 = (SELECT array_agg(attname || ' ' || format_type(atttypid, atttypmod) ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'plain_funnel'::regclass) AS same_columns;

-- differs compares the view with a scan, and the counts with the state, bucket by bucket.
CREATE FUNCTION differs() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s: %s', s.stage, v) FROM touch_funnel v
		JOIN lead_temperature.stages((SELECT lead_temperature.funnel_of(stage, status, level,
			lead_temperature.warm_level('touch_lead'), lead_temperature.hot_level('touch_lead')) FROM touch_lead)) s ON s.stage::text = v.stage
		WHERE to_jsonb(s) IS DISTINCT FROM to_jsonb(v) - 'as_of'
	UNION ALL
	SELECT format('%s %s %s: %s', stage, status, bucket, sum(leads)) FROM (
			SELECT stage, status, floor(level * 64)::bigint, -1 FROM touch_lead WHERE level IS NOT NULL
			UNION ALL SELECT stage, status, bucket, leads FROM touch_funnel_count WHERE grain = 0
			UNION ALL SELECT stage, status, bucket, leads FROM touch_funnel_delta) AS a (stage, status, bucket, leads)
		GROUP BY stage, status, bucket HAVING sum(leads) <> 0
	UNION ALL
	SELECT format('grain %s: %s', grain, sum(leads)) FROM touch_funnel_count GROUP BY grain
		HAVING sum(leads) <> (SELECT sum(leads) FROM touch_funnel_count WHERE grain = 0) OR min(leads) <= 0
$$;
SELECT * FROM differs();

-- Writers append what they change, one row for all leads of a bucket, and none where nothing changes.
INSERT INTO touch (lead, kind, at) SELECT i, 'question', now() - interval '1 hour' FROM generate_series(1, 50) AS i;
SELECT stage, status, leads FROM touch_funnel_delta;
INSERT INTO touch (lead, kind, at) VALUES (1, 'page_view', now() - interval '1000 days'), (60, 'visit', '2200-01-01'), (NULL, 'visit', now());
UPDATE touch SET kind = 'question' WHERE lead = 2;
SELECT stage, status, leads FROM touch_funnel_delta ORDER BY leads;
SELECT stage, leads, cold, warm, hot FROM touch_funnel ORDER BY stage_order;
SELECT * FROM differs();

-- Deltas are folded into totals, and a bucket that has emptied goes.
SELECT lead_temperature.compact_counts('touch');
SELECT grain, stage, status, leads FROM touch_funnel_count ORDER BY 1, 4;
SELECT count(*) FROM touch_funnel_delta;
SELECT lead_temperature.compact_counts('touch');
SELECT * FROM differs();
DELETE FROM touch WHERE lead > 1;
SELECT * FROM differs();
SELECT lead_temperature.compact_counts('touch') > 0 AS folded;
SELECT grain, stage, status, leads FROM touch_funnel_count ORDER BY 1, 4;
SELECT * FROM differs();
SELECT lead_temperature.compact_counts('plain');

-- Who begins the 64th page of deltas folds them.
INSERT INTO touch (lead, kind, at)
	SELECT i, (ARRAY['visit', 'question', 'purchase', 'demo_request', 'opportunity_lost', 'bounce', 'newsletter_signup'])[1 + i % 7],
		   now() - i * i * interval '0.3 seconds' - interval '1 second'
	FROM generate_series(1, 12000) AS i;
SELECT count(*) > 3000 AS deltas, (SELECT count(*) FROM touch_funnel_count WHERE grain = 0) AS totals FROM touch_funnel_delta;
SELECT * FROM differs();
UPDATE touch SET at = at - interval '1 day';
UPDATE touch SET at = at - interval '3 days';
SELECT count(*) AS deltas, (SELECT count(*) > 3000 FROM touch_funnel_count WHERE grain = 0) AS totals FROM touch_funnel_delta;
SELECT sum(leads), sum(hot) > 100 AS hot, sum(warm) > 100 AS warm, sum(cold) > 500 AS cold, sum(won) > 500 AS won, sum(lost) > 500 AS lost FROM touch_funnel;
SELECT * FROM differs();

-- What is rolled back has not been counted.
BEGIN;
DELETE FROM touch WHERE id % 7 = 3;
SAVEPOINT s;
UPDATE touch SET kind = 'purchase' WHERE id % 7 = 4;
SELECT count(*) FROM differs();
ROLLBACK TO s;
SELECT count(*) FROM differs();
SELECT lead_temperature.compact_counts('touch') > 0 AS folded;
SELECT count(*) FROM differs();
ROLLBACK;
SELECT count(*) FROM differs();

-- The clock moves thresholds from bucket to bucket, so try them all over: on
-- the borders of buckets of all grains, between them, on levels, together and apart.
CREATE FUNCTION counted(warm float8, hot float8) RETURNS lead_temperature.funnel LANGUAGE sql AS $$
	SELECT lead_temperature.funnel_of(stage, status, level, warm, hot, leads) FROM (
		SELECT stage, status, lead_temperature.bucket_level(c.grain, bucket), leads
			FROM lead_temperature.funnel_ranges(warm, hot) r JOIN touch_funnel_count c ON c.grain = r.grain AND bucket BETWEEN r.first AND r.last
		UNION ALL SELECT stage, status, lead_temperature.bucket_level(0::smallint, bucket), leads FROM touch_funnel_delta
			WHERE bucket NOT IN (floor(warm * 64), floor(hot * 64))
		UNION ALL SELECT stage, status, level, 1 FROM touch_lead
			WHERE level >= floor(warm * 64) / 64 AND level < (floor(warm * 64) + 1) / 64
			   OR level >= floor(hot * 64) / 64 AND level < (floor(hot * 64) + 1) / 64) AS p (stage, status, level, leads)
$$;
CREATE TABLE threshold AS
	SELECT level FROM (SELECT level FROM touch_lead ORDER BY hashint4(lead) LIMIT 8) AS l
	UNION SELECT floor(level * 64 / g) * g / 64 + e FROM (SELECT level FROM touch_lead ORDER BY hashint4(lead) LIMIT 3) AS l,
		unnest('{1, 64, 4096, 262144}'::float8[]) AS g, unnest('{0, -1e-10, 0.001}'::float8[]) AS e
	UNION VALUES (0), (1e12), (-1e12);
UPDATE touch SET kind = 'question' WHERE id % 50 = 0;
SELECT count(*) > 0 AS deltas FROM touch_funnel_delta;
SELECT count(*) > 200 AS pairs, count(DISTINCT scanned::text) > 50 AS differ,
	   count(*) FILTER (WHERE scanned OPERATOR(lead_temperature.<>) counted(warm, hot)) AS wrong
FROM (SELECT w.level AS warm, h.level AS hot, lead_temperature.funnel_of(l.stage, l.status, l.level, w.level, h.level) AS scanned
	  FROM threshold w JOIN threshold h ON h.level >= w.level CROSS JOIN touch_lead l GROUP BY 1, 2) AS t;
SELECT * FROM lead_temperature.funnel_ranges(2589.7008, 2591.7008);
SELECT * FROM lead_temperature.funnel_ranges(2589.7008, 2589.701);
SELECT lead_temperature.level_bucket(-0.001), lead_temperature.level_bucket(1.5), lead_temperature.bucket_level(0::smallint, 384),
	   lead_temperature.bucket_level(2::smallint, -3);
SELECT lead_temperature.level_bucket('NaN');
SELECT * FROM lead_temperature.funnel_ranges(0, 'Infinity');
DROP TABLE threshold;

-- The plan reads neither all leads nor all counts.
SELECT lead_temperature.compact_counts('touch') > 0 AS folded;
VACUUM ANALYZE touch_lead, touch_funnel_count, touch_funnel_delta;
CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		line := substring(line FROM '->  ((?:Parallel )?(?:\w+ )+Scan(?: using \S+)? on \S+)');
		IF line IS NOT NULL THEN RETURN NEXT line; END IF;
	END LOOP;
END
$$;
SELECT * FROM plan('SELECT * FROM touch_funnel');
SELECT * FROM plan('SELECT * FROM plain_funnel');

-- A model that has changed takes effect by a replay; with it levels, stages and buckets move.
UPDATE lead_temperature.model SET half_life = '1 hour', warm = 5 WHERE name = 'm';
SELECT * FROM differs();
CALL lead_temperature.replay('touch');
SELECT * FROM differs();
SELECT sum(leads), sum(hot) > 0 AS hot, sum(cold) > 5000 AS cold FROM touch_funnel;
BEGIN;
UPDATE lead_temperature.model SET half_life = '14 days' WHERE name = 'm';
CALL lead_temperature.replay('touch');
SELECT * FROM differs();
COMMIT;
SELECT lead_temperature.pause('touch');
DELETE FROM touch WHERE id % 3 = 0;
INSERT INTO touch (lead, kind, at) VALUES (-5, 'demo_request', now());
SELECT * FROM differs();
SELECT lead_temperature.resume('touch');
SELECT * FROM differs();
SELECT stage, hot > 0 AS hot FROM touch_funnel WHERE stage = 'sales_qualified';

-- A row that has become due counts, and apply_due folds the deltas.
INSERT INTO touch (lead, kind, at) VALUES (-6, 'question', clock_timestamp() + interval '5 minutes 0.3 seconds');
SELECT count(*) FROM touch_lead WHERE lead = -6 AND level IS NULL;
SELECT * FROM differs();
SELECT pg_sleep(0.5);
SELECT lead_temperature.apply_due('touch');
SELECT count(*) FROM touch_lead WHERE lead = -6 AND level IS NOT NULL;
SELECT count(*) FROM touch_funnel_delta;
SELECT * FROM differs();

-- What a trigger of the state table makes of a row is what is counted.
CREATE FUNCTION promote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.stage := 'opportunity';
	RETURN NEW;
END
$$;
CREATE TRIGGER promote BEFORE INSERT OR UPDATE ON touch_lead FOR EACH ROW WHEN (NEW.lead IN (-7, -8)) EXECUTE FUNCTION promote();
INSERT INTO touch (lead, kind, at) VALUES (-7, 'visit', now());
INSERT INTO touch (lead, kind, at) VALUES (-7, 'visit', now() + interval '1 second');
SELECT stage FROM touch_lead WHERE lead = -7;
SELECT * FROM differs();
DROP TRIGGER promote ON touch_lead;
DELETE FROM touch WHERE lead = -7;
SELECT * FROM differs();

-- Counts that were meddled with are refused where they are impossible, and replay mends them.
UPDATE touch_lead SET stage = 'opportunity' WHERE lead = -5;
SELECT count(*) FROM differs();
DELETE FROM touch WHERE lead = -5;
SELECT sum(leads) FROM touch_funnel;
CALL lead_temperature.replay('touch');
SELECT * FROM differs();
SELECT sum(leads) > 100 AS leads FROM touch_funnel;
TRUNCATE touch;
SELECT * FROM differs();
SELECT lead_temperature.compact_counts('touch') >= 0 AS folded;
SELECT count(*) FROM touch_funnel_count;
SELECT sum(leads) FROM touch_funnel;

-- Who may read the view alone reads the counts through it, and nothing else.
INSERT INTO touch (lead, kind, at) VALUES (1, 'question', now());
CREATE ROLE funnel_counts_writer;
CREATE ROLE funnel_counts_reader;
GRANT SELECT ON touch_funnel TO funnel_counts_reader;
GRANT INSERT ON touch TO funnel_counts_writer;
SET ROLE funnel_counts_writer;
INSERT INTO touch (lead, kind, at) VALUES (2, 'visit', now());
TABLE touch_funnel_delta;
SELECT lead_temperature.compact_counts('touch');
SET ROLE funnel_counts_reader;
SELECT stage, leads FROM touch_funnel WHERE leads > 0 ORDER BY stage_order;
TABLE touch_funnel_count;
TABLE touch_funnel_delta;
RESET ROLE;

-- Counts that were changed by hand, at any grain, are drift, and a replay mends them.
INSERT INTO touch (lead, kind, at) VALUES (3, 'visit', now() - interval '1 day');
SELECT lead_temperature.compact_counts('touch') > 0;
SELECT count(*) FROM lead_temperature.drift('touch');
CREATE VIEW spoilt AS
	SELECT lead, regexp_replace(attribute, 'bucket -?\d+', 'bucket') AS attribute, stored, replayed
	FROM lead_temperature.drift('touch');
BEGIN;
UPDATE touch_funnel_count SET leads = leads + 5 WHERE grain = 3 AND stage = 'lead';
DELETE FROM touch_funnel_count WHERE grain = 2;
INSERT INTO touch_funnel_count VALUES (1, 7, 'customer', 'won', 2);
UPDATE touch_funnel_count SET leads = leads + 1 WHERE grain = 0;
SELECT lead, attribute, sum(stored::int) AS stored, sum(replayed::int) AS replayed FROM spoilt GROUP BY 1, 2 ORDER BY 2;
CALL lead_temperature.replay('touch');
TABLE spoilt;
ROLLBACK;
BEGIN;
INSERT INTO touch (lead, kind, at) VALUES (3, 'visit', now());
DELETE FROM touch_funnel_delta;
SELECT count(*) > 3 FROM spoilt;
CALL lead_temperature.replay('touch');
TABLE spoilt;
SELECT sum(leads) FROM touch_funnel;
ROLLBACK;
BEGIN;
TRUNCATE touch_funnel_count;
UPDATE touch_lead SET level = 'NaN' WHERE lead = 3;
SELECT count(DISTINCT attribute) > 3 AS counts, count(*) FILTER (WHERE attribute = 'level') AS levels FROM spoilt;
CALL lead_temperature.replay('touch');
TABLE spoilt;
ROLLBACK;
DROP VIEW spoilt;

-- The tables go along with the tracked one, and cannot be dropped alone.
DROP TABLE touch_funnel_delta CASCADE;
DROP TABLE touch_funnel_count CASCADE;
CREATE SCHEMA elsewhere;
ALTER TABLE touch SET SCHEMA elsewhere;
ALTER TABLE elsewhere.touch OWNER TO funnel_counts_writer;
ALTER TABLE elsewhere.touch SET UNLOGGED;
SELECT relname, relnamespace::regnamespace, relowner::regrole, relpersistence FROM pg_class
	WHERE relname IN ('touch_lead', 'touch_funnel_count', 'touch_funnel_delta') ORDER BY 1;
ALTER TABLE elsewhere.touch OWNER TO CURRENT_USER;
ALTER TABLE elsewhere.touch_funnel_delta DROP COLUMN leads CASCADE;
INSERT INTO elsewhere.touch (lead, kind, at) VALUES (3, 'visit', now());
SELECT lead_temperature.untrack('elsewhere.touch');
SELECT relname FROM pg_class WHERE relname ~ '^touch_(lead|funnel|transition|ranking)' AND relkind IN ('r', 'v');

SELECT lead_temperature.untrack('plain');
DROP TABLE elsewhere.touch, plain;
DROP SCHEMA elsewhere;
DROP FUNCTION counted, plan, promote;
DROP ROLE funnel_counts_reader, funnel_counts_writer;
DELETE FROM lead_temperature.model WHERE name = 'm';
