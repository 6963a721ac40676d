--
-- The view of those who have become hot today.
--
\pset format unaligned
\pset tuples_only
SET client_min_messages = warning;
SELECT lead_temperature.create_model('m', 'default');
CREATE TABLE "Calls" ("Lead's" text, kind text, at timestamptz);
SELECT lead_temperature.track('"Calls"', 'Lead''s', 'kind', 'at', model => 'm', create_index => true, time_zone => 'Asia/Kolkata', prefix => 'My "calls"');

-- when today has begun there
CREATE FUNCTION today() RETURNS timestamptz LANGUAGE sql AS $$
	SELECT (date_trunc('day', now() AT TIME ZONE 'Asia/Kolkata')) AT TIME ZONE 'Asia/Kolkata' $$;
CREATE FUNCTION heat_up(who text, at timestamptz, times int) RETURNS void LANGUAGE sql AS $$
	INSERT INTO "Calls" SELECT who, 'demo_request', at FROM generate_series(1, times) $$;

-- Hot since yesterday, since the day began, since just now; warm; lost; a customer.
BEGIN;
SELECT heat_up('yesterday', today() - interval '1 second', 4);
SELECT heat_up('yesterday', today(), 4);
SELECT heat_up('midnight', today(), 4);
SELECT heat_up('now', now(), 4);
INSERT INTO "Calls" VALUES ('warm', 'question', now());
SELECT heat_up('lost', now(), 4);
INSERT INTO "Calls" VALUES ('lost', 'disqualified', now());
SELECT heat_up('customer', now(), 4);
INSERT INTO "Calls" VALUES ('customer', 'purchase', now());
SELECT lead, temperature FROM "My ""calls""_ranking" WHERE lead IN ('yesterday', 'midnight', 'now') ORDER BY lead;
SELECT lead, stage, hot_since = CASE lead WHEN 'now' THEN now() ELSE today() END AS since, hot_until > now() AS until,
	last_at <= now() AS last, interactions, score > 0 AND level IS NOT NULL AS scored FROM "My ""calls""_hot_today" ORDER BY lead;
-- it is what the ranking says
SELECT count(*) FROM (
	(SELECT lead, score, stage, hot_since, hot_until, last_at, interactions, level FROM "My ""calls""_hot_today")
	EXCEPT SELECT lead, score, stage, hot_since, hot_until, last_at, interactions, level FROM "My ""calls""_ranking"
	WHERE temperature = 'hot' AND is_open AND hot_since >= today()) d;
-- and reads no other leads
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SET LOCAL enable_sort = off;
EXPLAIN (COSTS OFF) SELECT lead FROM "My ""calls""_hot_today" ORDER BY level DESC LIMIT 10;
ROLLBACK;

-- Who may read the view needs no other right.
CREATE ROLE regress_lt_seller;
GRANT SELECT ON "My ""calls""_hot_today" TO regress_lt_seller;
SET ROLE regress_lt_seller;
SELECT count(*) FROM "My ""calls""_hot_today";
SELECT count(*) FROM "My ""calls""_lead";
RESET ROLE;

-- It is made, moved, kept and dropped as what else a tracker owns.
DROP VIEW "My ""calls""_hot_today";
CREATE SCHEMA elsewhere;
ALTER TABLE "Calls" SET SCHEMA elsewhere;
SELECT relnamespace::regnamespace, obj_description(oid) FROM pg_class WHERE relname = 'My "calls"_hot_today';
SELECT lead_temperature.untrack('elsewhere."Calls"');
SELECT count(*) FROM pg_class WHERE relname = 'My "calls"_hot_today';
SELECT count(*) FROM lead_temperature.companion;

-- A tracker of before it was there gets it.
SELECT lead_temperature.track('elsewhere."Calls"', 'Lead''s', 'kind', 'at', model => 'm');
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP VIEW elsewhere."Calls_hot_today";
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
DELETE FROM lead_temperature.companion WHERE suffix = 'hot_today';
SELECT lead_temperature.upgrade_tracker('elsewhere."Calls"');
SELECT suffix, relation FROM lead_temperature.companion WHERE suffix = 'hot_today';

DROP SCHEMA elsewhere CASCADE;
DROP FUNCTION today, heat_up;
DROP ROLE regress_lt_seller;
DELETE FROM lead_temperature.model WHERE name = 'm';
