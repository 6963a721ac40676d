--
-- Silence: an open lead that was not heard of for dormant_after begins a new cycle with its next
-- interaction, and is dormant meanwhile; and those who will cool, and when.
--
\set ECHO none
\set reference `echo "${PG_ABS_SRCDIR:-.}"/test/reference_fold.sql`
\i :reference
\set ECHO all
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET search_path = public, lead_temperature;

-- A model says after which silence; none does unless it is asked to.
SELECT create_model('patient');
SELECT create_model('m');
SELECT name, dormant_after FROM model ORDER BY name;
CREATE FUNCTION refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	broken text;
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, CASE WHEN broken <> '' THEN broken ELSE concat_ws(' | ', SQLERRM, nullif(detail, ''), nullif(hint, '')) END);
END $$;
SELECT value, refusal(format('UPDATE model SET dormant_after = %L WHERE name = ''patient''', value)) FROM unnest(ARRAY[
	'1 minute', '59.999999 seconds', '0', '-1 day', '36525 days', '36525 days 0.000001 seconds', '1 month', '1 year', '-1 month 60 days', 'infinity', NULL, '1 day'])
	WITH ORDINALITY AS v (value, n) WHERE value IS DISTINCT FROM 'infinity' ORDER BY n;
UPDATE model SET dormant_after = '30 days' WHERE name = 'm';

CREATE TABLE event (lead text, kind text, at timestamptz);
SELECT track('event', 'lead', 'kind', 'at', model => 'm', create_index => true);
CREATE VIEW life AS
	SELECT lead, to_char(at, 'YYYY-MM-DD') AS day, from_stage, to_stage, from_temperature AS was, to_temperature AS is_now, to_status, cycle, purchases, round(score) AS score, cause
	FROM event_transition WHERE superseded_at IS NULL;
CREATE VIEW state AS
	SELECT lead, stage, status, cycle, purchases, interactions AS n, to_char(stage_since, 'YYYY-MM-DD HH24:MI') AS stage_since, to_char(last_at, 'YYYY-MM-DD HH24:MI') AS last_at FROM event_lead;
-- what all agree on: the rows replayed, and a fold in another language
CREATE FUNCTION differences() RETURNS TABLE (lead text, attribute text, stored text, expected text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM reference.fold('event', 'lead', 'kind', 'at', NULL, 'm');
	RETURN QUERY SELECT * FROM reference.differences('event', 'event') UNION ALL SELECT * FROM drift('event');
END $$;

-- One story: a lead becomes sales_qualified, falls silent, and comes back as a lead whose second way to a purchase counts by itself.
INSERT INTO event VALUES ('Ann', 'demo_request', '2026-01-01 10:00'), ('Ann', 'question', '2026-01-20 10:00');
SELECT * FROM life;
INSERT INTO event VALUES ('Ann', 'visit', '2026-06-01 10:00');
INSERT INTO event VALUES ('Ann', 'demo_request', '2026-06-02 10:00');
SELECT * FROM life ORDER BY day;
SELECT * FROM state;

-- To the microsecond; of an interaction that says nothing too, by whatever kind; once, whatever its step holds.
INSERT INTO event VALUES
	('a little earlier', 'demo_request', '2026-01-01 10:00'), ('a little earlier', 'visit', '2026-01-31 09:59:59.999999'),
	('at once', 'demo_request', '2026-01-01 10:00'), ('at once', 'visit', '2026-01-31 10:00'),
	('after years', 'demo_request', '2016-01-01 10:00'), ('after years', 'visit', '2026-01-31 10:00'),
	('nobody knows', 'demo_request', '2026-01-01 10:00'), ('nobody knows', 'unheard of', '2026-03-01 10:00'),
	('takes back', 'demo_request', '2026-01-01 10:00'), ('takes back', 'bounce', '2026-03-01 10:00'),
	('step', 'demo_request', '2026-01-01 10:00'), ('step', 'visit', '2026-03-01 10:00'), ('step', 'question', '2026-03-01 10:00'), ('step', 'call', '2026-03-01 10:00'),
	('again and again', 'demo_request', '2026-01-01 10:00'), ('again and again', 'visit', '2026-02-01 10:00'), ('again and again', 'visit', '2026-04-01 10:00'), ('again and again', 'visit', '2026-05-31 10:00'),
	('a visitor', 'visit', '2026-01-01 10:00'), ('a visitor', 'visit', '2026-03-01 10:00'),
	('known at once', 'visit', '2026-01-01 10:00'), ('known at once', 'form_submit', '2026-03-01 10:00');
SELECT * FROM state WHERE lead <> 'Ann' ORDER BY lead COLLATE "C";

-- Customers stay customers.  Closed leads open by their own rules: silence does not concern them.
INSERT INTO event VALUES
	('customer', 'purchase', '2026-01-01 10:00'), ('customer', 'demo_request', '2026-01-05 10:00'), ('customer', 'visit', '2026-05-01 10:00'),
	('won', 'purchase', '2026-01-01 10:00'), ('won', 'visit', '2026-05-01 10:00'), ('won', 'demo_request', '2026-05-02 10:00'),
	('lost', 'demo_request', '2026-01-01 10:00'), ('lost', 'opportunity_lost', '2026-01-02 10:00'), ('lost', 'visit', '2026-05-01 10:00'), ('lost', 'demo_request', '2026-05-02 10:00'),
	('lost for good', 'demo_request', '2026-01-01 10:00'), ('lost for good', 'spam_complaint', '2026-01-02 10:00'), ('lost for good', 'demo_request', '2026-05-01 10:00'),
	-- an outcome counts in the cycle that its own step begins
	('wakes and buys', 'demo_request', '2026-01-01 10:00'), ('wakes and buys', 'purchase', '2026-05-01 10:00'),
	('wakes and is lost', 'demo_request', '2026-01-01 10:00'), ('wakes and is lost', 'opportunity_lost', '2026-05-01 10:00'),
	('wakes, is lost and buys', 'demo_request', '2026-01-01 10:00'), ('wakes, is lost and buys', 'opportunity_lost', '2026-05-01 10:00'), ('wakes, is lost and buys', 'purchase', '2026-05-01 10:00');
SELECT * FROM state WHERE lead ~ 'customer|won|lost|wakes' ORDER BY lead COLLATE "C";
SELECT * FROM life WHERE lead ~ '^wakes' ORDER BY lead COLLATE "C", day;
SELECT * FROM differences();

-- A row that comes late ends a silence that was none; when it goes the silence is back.
INSERT INTO event VALUES ('Ann', 'email_open', '2026-02-15 10:00'), ('Ann', 'email_open', '2026-03-10 10:00'), ('Ann', 'email_open', '2026-04-05 10:00'), ('Ann', 'email_open', '2026-05-04 10:00');
SELECT * FROM life WHERE lead = 'Ann' ORDER BY day;
SELECT * FROM differences();
UPDATE event SET at = '2026-04-04 10:00' WHERE at = '2026-05-04 10:00';
DELETE FROM event WHERE kind = 'email_open' AND at < '2026-03-01';
SELECT * FROM life WHERE lead = 'Ann' ORDER BY day;
SELECT * FROM differences();

-- What was is told as it was.
SELECT at, stage, status, cycle FROM (VALUES ('2026-03-09'), ('2026-03-11'), ('2026-06-01'), ('2026-06-03')) AS t (at), leads_as_of('event', t.at::timestamptz) WHERE lead = 'Ann';

-- An opening balance remembers when its lead was heard of last.
SELECT archive('event', '2026-04-01');
DELETE FROM event WHERE at < '2026-04-01';
SELECT * FROM drift('event');
INSERT INTO event VALUES ('step', 'visit', '2026-03-31 12:00+00'), ('nobody knows', 'visit', '2026-04-02'), ('takes back', 'visit', '2026-04-30');
SELECT * FROM state WHERE lead IN ('Ann', 'at once', 'nobody knows', 'takes back') ORDER BY lead COLLATE "C";
SELECT * FROM drift('event');

-- A model that says otherwise makes the tracker stale, and a replay applies it.
SELECT stale FROM trackers;
UPDATE model SET dormant_after = '400 days' WHERE name = 'm';
SELECT stale FROM trackers;
CALL replay('event');
SELECT stale FROM trackers;
SELECT * FROM life WHERE lead = 'takes back' ORDER BY day;
UPDATE model SET dormant_after = NULL WHERE name = 'm';
SELECT stale FROM trackers;
CALL replay('event');
SELECT stale FROM trackers;
SELECT * FROM drift('event');

-- Of two archived leads that are merged the silence between them is seen.
UPDATE model SET dormant_after = '30 days' WHERE name = 'm';
CALL replay('event');
INSERT INTO event VALUES ('old address', 'demo_request', '2026-05-01'), ('new address', 'question', '2026-07-01');
SELECT archive('event', '2026-08-01');
SELECT merge_leads('event', 'old address', 'new address');
SELECT * FROM state WHERE lead ~ 'address';
SELECT unmerge_lead('event', 'old address');
SELECT * FROM state WHERE lead ~ 'address' ORDER BY lead COLLATE "C";
DROP VIEW life, state;
SELECT untrack('event');
DROP TABLE event;

--
-- Who is dormant now
--
CREATE TABLE event (lead text, kind text, at timestamptz);
SELECT track('event', 'lead', 'kind', 'at', model => 'm', create_index => true);
SELECT to_regclass('event_dormant');
SELECT add_module('event', 'silence');
CREATE FUNCTION look() RETURNS TABLE (lead text, stage text, silent text, since text, silent_days numeric, cycle int, purchases int, score bool, level bool) LANGUAGE sql AS $$
	SELECT lead, stage, (now() - last_at)::text, (now() - dormant_since)::text, round(silent_days::numeric, 6), cycle, purchases, score >= 0, level IS NOT NULL FROM event_dormant ORDER BY last_at, lead COLLATE "C" $$;
BEGIN;
INSERT INTO event VALUES
	('a little later', 'question', now() - interval '30 days' + interval '1 microsecond'), ('just now', 'question', now() - interval '30 days'),
	('for long', 'demo_request', now() - interval '100 days'), ('a visitor', 'visit', now() - interval '50 days'),
	('new', 'visit', now()), ('soon', 'question', now() + interval '1 year'),
	('won', 'purchase', now() - interval '50 days'), ('lost', 'question', now() - interval '51 days'), ('lost', 'opportunity_lost', now() - interval '50 days'),
	('customer', 'purchase', now() - interval '90 days'), ('customer', 'demo_request', now() - interval '80 days'),
	('back', 'question', now() - interval '50 days'), ('back', 'question', now());
SELECT * FROM look();
-- the ranking says so too, and the function of whoever has a row of the state
SELECT lead, is_open, is_dormant FROM event_ranking ORDER BY lead COLLATE "C";
SELECT count(*) AS differ FROM event_ranking r FULL JOIN event_dormant d USING (lead) WHERE r.is_dormant IS DISTINCT FROM (d.lead IS NOT NULL);
SELECT lead, dormant_since('event_lead', last_at, status) = last_at + interval '30 days' AS since FROM event_lead WHERE dormant_since('event_lead', last_at, status) IS NOT NULL ORDER BY lead COLLATE "C";
-- an interaction ends it
INSERT INTO event SELECT lead, 'visit', now() FROM event_dormant WHERE lead <> 'for long';
SELECT lead FROM look();
SELECT lead, cycle, stage FROM event_ranking WHERE cycle > 1 ORDER BY lead COLLATE "C";
ROLLBACK;

-- Arguments of the functions
SELECT dormant_before('event_lead', '2026-01-31 00:00+00'), dormant_before('event_lead', 'infinity'), dormant_before('event_lead', '-infinity'), dormant_before('event_lead', NULL);
SELECT dormant_before('event_lead', '4714-11-24 00:00:00+00 BC');
SELECT at, dormant_since('event_lead', at, 'open') FROM unnest(ARRAY['infinity', '-infinity', '294276-12-31 00:00+00', '1970-01-01 00:00+00', NULL]::timestamptz[]) AS at;
SELECT dormant_since('event', '2020-01-01', 'open');
SELECT dormant_since('event_lead', '2020-01-01', 'won'), dormant_since('event_lead', '2020-01-01', 'lost'), dormant_since('event_lead', '2020-01-01', NULL);
SELECT hot_level('event_lead', now()) = hot_level('event_lead') AS hot, warm_level('event_lead', now()) = warm_level('event_lead') AS warm,
	hot_level('event_lead', now() + interval '14 days') - hot_level('event_lead') AS in_a_half_life;
SELECT hot_level('event_lead', 'infinity');
SELECT warm_level('event_lead', '1969-12-31 00:00+00');

-- A model that says nothing has nobody dormant.
BEGIN;
INSERT INTO event VALUES ('for long', 'demo_request', now() - interval '100 days');
SELECT lead FROM look();
UPDATE model SET dormant_after = NULL WHERE name = 'm';
CALL replay('event');
SELECT lead FROM look();
SELECT lead, is_dormant FROM event_ranking;
SELECT dormant_before('event_lead', now()), dormant_since('event_lead', '2020-01-01', 'open');
ROLLBACK;

-- Who may read the views needs no other right.
CREATE ROLE regress_lt_seller;
GRANT SELECT ON event_dormant, event_cooling TO regress_lt_seller;
SET ROLE regress_lt_seller;
SELECT count(*) FROM event_dormant;
SELECT count(*) FROM event_cooling;
SELECT * FROM cooling('event');
RESET ROLE;
DROP OWNED BY regress_lt_seller;
DROP ROLE regress_lt_seller;

--
-- Who will cool, and when: exactly those of whom the ranking says so
--
CREATE TABLE log (lead int, kind text, at timestamptz, weight float8);
SELECT track('log', 'lead', 'kind', 'at', 'weight', model => 'm', create_index => true);
SELECT add_module('log', 'silence');
SELECT setseed(0.5);
BEGIN;
INSERT INTO log SELECT i, (ARRAY['visit', 'question', 'form_submit', 'demo_request', 'purchase', 'no_show'])[1 + floor(random() ^ 1.5 * 6)], now() - random() ^ 2 * interval '60 days' + random() * interval '4 minutes'
	FROM generate_series(1, 20000) AS i, generate_series(1, 2);
-- heard of in a moment, by the clocks of others: barely warm or hot then, or no more
INSERT INTO log SELECT 100000 + i, CASE WHEN i % 2 = 0 THEN 'meeting_held' ELSE 'store_visit' END, now() + i * interval '10 seconds', 1 - i % 3 * 1e-7 FROM generate_series(-10, 20) AS i;
ANALYZE log_lead;
SELECT count(*) > 0 AS cooled_by_then FROM log_ranking WHERE temperature = 'hot' AND hot_until IS NULL;

-- expected is what the ranking says of a time to come
CREATE FUNCTION expected(within interval) RETURNS TABLE (lead text, temperature text, below text, cools_at timestamptz, level float8, score float8, stage text) LANGUAGE sql STABLE AS $$
	SELECT r.lead::text, r.temperature, b.below, b.cools_at, r.level, r.score, r.stage
	FROM log_ranking r, LATERAL (VALUES ('hot', r.hot_until), ('warm', r.warm_until)) AS b (below, cools_at)
	WHERE b.cools_at > now() AND b.cools_at <= now() + within $$;
SELECT within, x.n > 0 AS some, x.n = e.n AND x.n = v.n AND x.n = i.n AS as_many, e.missing, e.besides, v.missing, v.besides, i.missing, i.besides
FROM unnest(ARRAY['1 second', '1 minute', '1 hour', '1 day', '10 days', '1 month', '100 years']::interval[]) WITH ORDINALITY AS w (within, place),
	LATERAL (SELECT count(*) AS n FROM expected(within)) AS x,
	-- the function
	LATERAL (SELECT count(c.lead) AS n, count(*) FILTER (WHERE c.lead IS NULL) AS missing, count(*) FILTER (WHERE e.lead IS NULL) AS besides
		FROM cooling('log', within) c FULL JOIN expected(within) e USING (lead, temperature, below, cools_at, level, score, stage)) AS e,
	-- the view, by what it says of the time
	LATERAL (SELECT count(c.lead) AS n, count(*) FILTER (WHERE c.lead IS NULL) AS missing, count(*) FILTER (WHERE e.lead IS NULL) AS besides
		FROM (SELECT lead::text, temperature, below, cools_at, level, score, stage FROM log_cooling WHERE cools_at <= now() + within) c
		FULL JOIN expected(within) e USING (lead, temperature, below, cools_at, level, score, stage)) AS v,
	-- and by the levels
	LATERAL (SELECT count(c.lead) AS n, count(*) FILTER (WHERE c.lead IS NULL) AS missing, count(*) FILTER (WHERE e.lead IS NULL) AS besides
		FROM (SELECT lead::text, temperature, below, cools_at, level, score, stage FROM log_cooling
			WHERE (below = 'hot' AND level < hot_level('log_lead', now() + within)) OR (below = 'warm' AND level < warm_level('log_lead', now() + within))) c
		FULL JOIN expected(within) e USING (lead, temperature, below, cools_at, level, score, stage)) AS i
ORDER BY place;
-- both thresholds of one lead, the soonest first
SELECT bool_and(cools_at >= before) AS ascend, count(*) > count(DISTINCT lead) AS both FROM (SELECT *, lag(cools_at) OVER () AS before FROM cooling('log', '1 month')) c;
SELECT count(*) = (SELECT count(*) FROM log_ranking r, LATERAL (VALUES (r.hot_until), (r.warm_until)) AS b (until) WHERE until > now()) AS all_of_them FROM log_cooling;
SELECT count(*) > 0 AS default_is_a_day, count(*) = (SELECT count(*) FROM expected('1 day')) AS exactly FROM cooling('log');
COMMIT;

-- An index answers: two ranges of levels, whoever asks.
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT lead FROM log_cooling WHERE below = 'hot' AND level < hot_level('log_lead', now() + interval '2 days');
EXPLAIN (COSTS OFF) SELECT lead, cools_at FROM log_cooling WHERE below = 'warm' AND level < warm_level('log_lead', now() + interval '2 days') ORDER BY level LIMIT 10;
EXPLAIN (COSTS OFF) SELECT lead FROM log_cooling WHERE lead = 7;
RESET enable_seqscan;
RESET enable_bitmapscan;
VACUUM log_lead;
BEGIN;
SELECT count(*) AS n, pg_stat_get_xact_numscans('log_lead'::regclass) AS scans, pg_stat_get_xact_numscans('log_lead_level_idx'::regclass) AS index_scans,
	pg_stat_get_xact_tuples_returned('log_lead_level_idx'::regclass) AS entries FROM expected('1 minute') \gset
SELECT count(*) >= :n AS found FROM cooling('log', '1 minute');
SELECT pg_stat_get_xact_numscans('log_lead'::regclass) - :scans AS scans_of_the_table, pg_stat_get_xact_numscans('log_lead_level_idx'::regclass) - :index_scans AS scans_of_the_index,
	pg_stat_get_xact_tuples_returned('log_lead_level_idx'::regclass) - :entries BETWEEN :n AND :n + 30 AS read_few;
ROLLBACK;
-- Who asks often who has become dormant makes an index; the conditions of the view, and those on last_at, are its.
CREATE INDEX ON log_lead (coalesce(heard_at, last_at));
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT lead FROM log_dormant WHERE last_at > dormant_before('log_lead', now() - interval '7 days');
EXPLAIN (COSTS OFF) SELECT lead FROM log_dormant WHERE lead = 7;
RESET enable_seqscan;
RESET enable_bitmapscan;
SELECT count(*) > 0 AS some, count(*) = (SELECT count(*) FROM log_dormant WHERE dormant_since > now() - interval '7 days') AS same
	FROM log_dormant WHERE last_at > dormant_before('log_lead', now() - interval '7 days');

-- Thresholds that are one; nobody warm; leads of other types, under odd names
BEGIN;
UPDATE model SET warm = 25, mql = 25, hot = 25 WHERE name = 'm';
CALL replay('log');
SELECT count(*) > 0 AS some, count(*) FILTER (WHERE below = 'hot') = count(*) FILTER (WHERE below = 'warm') AS alike, string_agg(DISTINCT temperature, ',') FROM cooling('log', '3 days');
DELETE FROM log;
SELECT count(*) FROM cooling('log', '3 days');
ROLLBACK;
CREATE SCHEMA "Odd";
CREATE TABLE "Odd"."My ""log" (code char(6), born date, kind text, at timestamptz);
SET client_min_messages = warning;
SELECT track('"Odd"."My ""log"', 'code', 'kind', 'at', model => 'm', create_index => true);
SELECT track('"Odd"."My ""log"', 'born', 'kind', 'at', model => 'm', create_index => true, prefix => 'born');
RESET client_min_messages;
INSERT INTO "Odd"."My ""log" VALUES ('a', '2000-02-01', 'demo_request', now() - interval '13 days');
SET datestyle = 'German';
SELECT lead, temperature, below, stage FROM cooling('"Odd"."My ""log_lead"', '2 days');
SELECT lead, temperature, below, stage FROM cooling('"Odd"."born_lead"', '2 days');
SET datestyle = 'ISO';

-- What cannot be meant
SELECT arguments, refusal('SELECT * FROM cooling(' || arguments || ')') FROM unnest(ARRAY[
	'NULL', '''log'', NULL', '''log'', ''0''', '''log'', ''-1 day''', '''log'', ''1 month''', '''log'', ''-1 month 20 days''', '''log'', ''300000 years''', '''log'', ''280000 years''',
	'''pg_class''', '''"Odd"."My ""log"''', '''event_dormant'''])
	WITH ORDINALITY AS a (arguments, n) ORDER BY n;
SELECT refusal('SELECT drop_module(''log'', ''silence'')');
SELECT to_regclass('log_dormant'), to_regclass('log_cooling'), count(*) > 0 AS still_answers FROM cooling('log');

SELECT untrack('event');
SELECT untrack('log');
SET client_min_messages = warning;
DROP SCHEMA "Odd", reference CASCADE;
DROP TABLE event, log;
DROP FUNCTION refusal, differences, look, expected;
DELETE FROM model;
