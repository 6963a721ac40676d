--
-- track and untrack: every argument, what is made, and what is left.
-- (What bad input gets: track_errors.sql; schema changes afterwards: ddl.sql.)
--
\pset format unaligned
\pset tuples_only
SET client_min_messages = warning;
CREATE SCHEMA shop;
CREATE TABLE shop."Events" ("Who" text NOT NULL, kind varchar(20), "When" timestamp, weight real);
INSERT INTO shop."Events" VALUES ('a', 'question', '2024-01-01 10:00', 1), ('b', 'visit', '2024-01-07 23:30', 2);
-- made lists what a tracker of a prefix has made; what came after 0.1.0 has tests of its own.
CREATE FUNCTION made(prefix text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT DISTINCT concat_ws(' ', CASE WHEN known THEN relkind::text ELSE 'more in' END, relnamespace::regnamespace,
		CASE WHEN known THEN relname END) COLLATE "C" AS made
	FROM (SELECT *, substring(relname FROM length(prefix) + 2) IN ('lead', 'transition', 'balance', 'funnel_count', 'funnel_delta',
			'ranking', 'funnel', 'funnel_weekly') AS known FROM pg_class) c
	WHERE starts_with(relname, prefix || '_') AND relkind IN ('r', 'v') ORDER BY made
$$;

-- The least: a model after the prefix, which is the table's name; an index on the lead must be there.
CREATE INDEX ON shop."Events" ("Who");
SELECT lead_temperature.track('shop."Events"', 'Who', 'kind', 'When');
SELECT made('Events');
SELECT prefix, model, leads IS NOT NULL, paused, stale, archived_before FROM lead_temperature.trackers;
SELECT name, half_life FROM lead_temperature.model;
SELECT lead, interactions, stage FROM shop."Events_ranking" ORDER BY 1;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'shop."Events"'::regclass ORDER BY 1;
SELECT obj_description('shop."Events_lead"'::regclass);
-- tracked once; untracked it leaves the table, its rows, its index and the model
SELECT lead_temperature.track('shop."Events"', 'Who', 'kind', 'When');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.untrack('shop."Events"');
SELECT made('Events');
SELECT count(*) FROM lead_temperature.trackers;
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'shop."Events"'::regclass;
SELECT count(*), (SELECT count(*) FROM pg_index WHERE indrelid = 'shop."Events"'::regclass) FROM shop."Events";
SELECT name FROM lead_temperature.model;
SELECT lead_temperature.untrack('shop."Events"');
\echo :LAST_ERROR_SQLSTATE

-- Everything: weight, model, prefix, entry, time zone, index, no backfill, counts.
DROP INDEX shop."Events_Who_idx";
SELECT lead_temperature.create_model('m', 'shop');
SELECT lead_temperature.track(interactions => 'shop."Events"', lead => 'Who', kind => 'kind', at => 'When', weight => 'weight',
	model => 'm', prefix => 'crm', entry => 'lead', time_zone => 'Asia/Kolkata', create_index => true, backfill => false, funnel_counts => true);
SELECT made('crm');
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'shop."Events"'::regclass;
-- without a backfill it is paused until it is resumed
SELECT prefix, model, paused FROM lead_temperature.trackers;
INSERT INTO shop."Events" VALUES ('c', 'visit', '2024-01-08 00:10', NULL);
SELECT count(*) FROM shop.crm_lead;
SELECT lead_temperature.resume('shop."Events"');
-- leads enter at the stage said, times are read in the zone, weights multiply
SELECT lead, stage, first_at AT TIME ZONE 'UTC' AS first_at FROM shop.crm_lead ORDER BY lead;
SELECT lead, lead_temperature.points(heat) / s.points AS weight FROM shop.crm_lead, lead_temperature.signal s
	WHERE s.model = 'm' AND s.kind = 'visit' AND lead IN ('b', 'c') ORDER BY lead;
SELECT DISTINCT week AT TIME ZONE 'Asia/Kolkata' AS week FROM shop.crm_funnel_weekly ORDER BY 1;
SELECT stage, leads FROM shop.crm_funnel WHERE leads > 0;
SELECT DISTINCT relation = ('shop.crm_' || suffix)::regclass AS named FROM lead_temperature.companion;
-- what rests on the views keeps them from being dropped
CREATE VIEW shop.mine AS SELECT lead FROM shop.crm_ranking;
SELECT lead_temperature.untrack('shop."Events"');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM shop.mine;
DROP VIEW shop.mine;
SELECT lead_temperature.untrack('shop."Events"');
SELECT made('crm');

-- In one transaction with the table, and undone with it.
BEGIN;
CREATE TABLE shop.brief (lead int PRIMARY KEY, kind text, at date);
SELECT lead_temperature.track('shop.brief', 'lead', 'kind', 'at', model => 'm');
INSERT INTO shop.brief VALUES (1, 'question', '2024-01-01');
SELECT lead, stage FROM shop.brief_ranking;
ROLLBACK;
SELECT made('brief');
SELECT count(*) FROM lead_temperature.tracker;
-- DROP TABLE takes all along, without CASCADE
CREATE TABLE shop.brief (lead int PRIMARY KEY, kind text, at date);
SELECT lead_temperature.track('shop.brief', 'lead', 'kind', 'at', model => 'm');
DROP TABLE shop.brief;
SELECT made('brief');
SELECT (SELECT count(*) FROM lead_temperature.tracker), (SELECT count(*) FROM lead_temperature.model_version), (SELECT count(*) FROM lead_temperature.companion);

DROP SCHEMA shop CASCADE;
DROP FUNCTION made;
DELETE FROM lead_temperature.model WHERE name IN ('m', 'Events');
