-- The zone of local times is one of the time zone database, by its full name.
CREATE SCHEMA time_zones;
SET search_path = time_zones, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT lead_temperature.create_model('zones');

-- tracked says whether a table can be tracked with a zone.
CREATE FUNCTION tracked(zone text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE event (lead int, kind text, at timestamp);
	PERFORM lead_temperature.track('event', 'lead', 'kind', 'at', model => 'zones', create_index => true, time_zone => zone);
	INSERT INTO event VALUES (1, 'visit', '2026-01-15 12:00');
	RETURN to_char((SELECT first_at FROM event_lead), 'HH24:MI');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
-- to_nothing rolls a call back.
CREATE PROCEDURE to_nothing(zones text[]) LANGUAGE plpgsql AS $$
DECLARE
	zone text;
	result text;
BEGIN
	FOREACH zone IN ARRAY zones LOOP
		result := tracked(zone);
		RAISE INFO '%: %', zone, result;
		ROLLBACK;
	END LOOP;
END $$;
\set VERBOSITY terse
CALL to_nothing(ARRAY['UTC', 'utc', 'GMT', 'Asia/Kolkata', 'asia/kolkata', 'America/New_York', 'Etc/GMT-5', 'Etc/GMT+5', 'Europe/Amsterdam']);
-- not: offsets, specifications, abbreviations, names of nothing
CALL to_nothing(ARRAY['+05:30', '-5', 'UTC+3', 'GMT-3', '<+0530>-5:30', 'XYZ-5', 'EST5EDT', 'EST5EDT,M3.2.0,M11.1.0', 'Nowhere/At5all',
	'EST', 'CET', 'cet', 'MST', 'IST', 'PDT', 'CEST', 'Europe/Atlantis', '', ' UTC', '../Europe/Amsterdam', repeat('Europe/', 100)]);
\set VERBOSITY default
CREATE TABLE event (lead int, kind text, at timestamp);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'zones', create_index => true, time_zone => '+05:30');
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'zones', create_index => true, time_zone => 'Mars/Olympus');

-- Times are read as SQL reads them, whatever the writer's abbreviations are, also where a clock is turned.
CREATE TABLE zone (name text, prefix text);
INSERT INTO zone SELECT name, 'zone_' || row_number() OVER () FROM unnest(ARRAY['UTC', 'Asia/Kolkata', 'America/New_York',
	'Europe/Amsterdam', 'Pacific/Auckland', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Etc/GMT-14', 'America/St_Johns']) AS name;
SET timezone_abbreviations = 'India';
DO $$
DECLARE
	z record;
	type text;
	archived bigint;
	wrong bigint;
	drifted bigint;
	unmapped_agrees bool;
	weeks_agree bool;
BEGIN
	FOR z IN SELECT * FROM zone LOOP
		FOREACH type IN ARRAY ARRAY['timestamp', 'date'] LOOP
			EXECUTE format('CREATE TABLE local (lead int, kind text, at %s)', type);
			PERFORM lead_temperature.track('local', 'lead', 'kind', 'at', model => 'zones', create_index => true, time_zone => z.name);
			INSERT INTO local SELECT row_number() OVER (), 'odd', at FROM (
				SELECT generate_series('2024-03-01', '2024-04-15', interval '15 minutes') AS at
				UNION ALL SELECT generate_series('2023-09-20', '2023-11-10', interval '15 minutes')
				UNION ALL SELECT generate_series('1970-01-03', '2026-01-01', interval '11 days 7 hours 13 minutes')) t;
			SELECT count(*) INTO wrong FROM local_lead l JOIN local USING (lead)
				WHERE first_at IS DISTINCT FROM at::timestamp AT TIME ZONE z.name;
			SELECT count(*) INTO drifted FROM lead_temperature.drift('local');
			SELECT u.first_at = (SELECT min(first_at) FROM local_lead) AND u.last_at = (SELECT max(last_at) FROM local_lead)
				INTO unmapped_agrees FROM lead_temperature.unmapped_kinds('local') u;
			SELECT count(*) = 0 INTO weeks_agree FROM (SELECT week, sum(entered)::bigint FROM local_funnel_weekly GROUP BY 1
				EXCEPT SELECT date_trunc('week', first_at, z.name), count(*) FROM local_lead GROUP BY 1) d;
			RAISE INFO '%, %: % wrong, % drifted, unmapped agrees %, weeks agree %', z.name, type, wrong, drifted, unmapped_agrees, weeks_agree;
			-- what is before an instant in the zone, and not what is before it elsewhere, goes into balances
			archived := lead_temperature.archive('local', '2024-03-20 12:00+00');
			IF archived <> (SELECT count(*) FROM local WHERE at::timestamp AT TIME ZONE z.name < '2024-03-20 12:00+00') THEN
				RAISE INFO '% archived', archived;
			END IF;
			DROP TABLE local;
		END LOOP;
	END LOOP;
END $$;
RESET timezone_abbreviations;

-- A tracker of 0.1.0 may have another: it says so where it needs one.
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'zones', create_index => true);
UPDATE lead_temperature.tracker SET time_zone = 'EST5EDT,M3.2.0,M11.1.0' WHERE interactions = 'event'::regclass;
\c -
SET search_path = time_zones, public;
INSERT INTO event VALUES (1, 'visit', '2026-01-15 12:00');
SELECT * FROM lead_temperature.unmapped_kinds('event');
SELECT lead_temperature.untrack('event');
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'zones', create_index => true, time_zone => 'America/New_York');
INSERT INTO event VALUES (1, 'visit', '2026-01-15 12:00');
SELECT first_at AT TIME ZONE 'UTC' AS first_at FROM event_lead;
-- What is archived would not outlive an untrack: such a tracker gets another zone.
INSERT INTO event VALUES (1, 'visit', '2026-01-25 12:00');
SELECT lead_temperature.archive('event', '2026-01-20 00:00+00');
DELETE FROM event WHERE at < '2026-01-20';
UPDATE lead_temperature.tracker SET time_zone = 'IST' WHERE interactions = 'event'::regclass;
\c -
SET search_path = time_zones, public;
INSERT INTO event VALUES (1, 'visit', '2026-02-15 12:00');
CALL lead_temperature.replay('event');
UPDATE lead_temperature.tracker SET time_zone = 'Asia/Kolkata' WHERE interactions = 'time_zones.event'::regclass;
SELECT lead_temperature.reload_trackers();
CALL lead_temperature.replay('time_zones.event');
INSERT INTO event VALUES (1, 'visit', '2026-02-15 12:00');
SELECT first_at AT TIME ZONE 'UTC' AS first_at, last_at AT TIME ZONE 'UTC' AS last_at, interactions FROM event_lead;
SELECT count(*) FROM lead_temperature.drift('event');

SET client_min_messages = warning;
DROP SCHEMA time_zones CASCADE;
DELETE FROM lead_temperature.model WHERE name = 'zones';
