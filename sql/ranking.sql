--
-- The view <prefix>_ranking: what it says of each lead, and when.
-- (Its plans: plans.sql; that all paths answer alike: the same.)
--
\pset format unaligned
SET client_min_messages = warning;
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('m', current_user, '10 days', 10, 25, 40);
INSERT INTO lead_temperature.signal (model, kind, points, stage) VALUES ('m', 'ten', 10, NULL), ('m', 'forty', 40, NULL), ('m', 'form', 15, 'lead'), ('m', 'cold', -100, NULL);
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES ('m', 'purchase', 'won'), ('m', 'refusal', 'lost');
CREATE TABLE event (lead text, kind text, at timestamptz);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'm', create_index => true);
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'event_ranking'::regclass AND attnum > 0 ORDER BY attnum;
SELECT count(*) FROM event_ranking;

BEGIN;
INSERT INTO event VALUES
	('at warm', 'ten', now()), ('below warm', 'ten', now() - interval '1 second'), ('at hot', 'forty', now()),
	('was hot', 'forty', now() - interval '240 hours'), ('was hot long ago', 'forty', now() - interval '2400 hours'),
	('hottest', 'forty', now() - interval '1 hour'), ('hottest', 'forty', now()),
	('frozen', 'cold', now()), ('form', 'form', now()), ('unknown', 'something', now()), ('to come', 'forty', now() + interval '1 hour'),
	('won', 'forty', now() - interval '2 hours'), ('won', 'purchase', now() - interval '1 hour'),
	('won again', 'purchase', now() - interval '3 hours'), ('won again', 'forty', now() - interval '2 hours'), ('won again', 'purchase', now() - interval '1 hour'),
	('lost', 'forty', now() - interval '2 hours'), ('lost', 'refusal', now() - interval '1 hour'),
	('came back', 'refusal', now() - interval '2 hours'), ('came back', 'forty', now()),
	(NULL, 'forty', now());
-- the order, and what one sees of it
SELECT lead, round(score::numeric, 4) AS score, temperature, temperature_order AS o, stage, stage_order AS s, status, is_open AS open, cycle, purchases AS bought, interactions AS n
	FROM event_ranking ORDER BY level DESC, lead;
-- until when: hot or warm leads to come, others in the past; never before the last row
SELECT lead, hot_until > now() AS hot, hot_until < now() - interval '239 hours' AS then, round(extract(epoch FROM warm_until - now()) / 60) AS warm_minutes, hot_since = last_at AS since FROM event_ranking
	WHERE lead IN ('at hot', 'was hot', 'at warm', 'below warm', 'hottest', 'was hot long ago') ORDER BY lead COLLATE "C";
SELECT lead, first_at = last_at AS once, last_at - first_at AS span, stage_since - first_at AS stage, model FROM event_ranking WHERE lead IN ('hottest', 'form', 'came back') ORDER BY lead;
-- by temperature, and all of them once
SELECT temperature, count(*), bool_and(temperature_order = CASE temperature WHEN 'hot' THEN 3 WHEN 'warm' THEN 2 ELSE 1 END) AS ordered FROM event_ranking GROUP BY 1 ORDER BY 1;
SELECT count(*), count(DISTINCT lead) FROM event_ranking;
SELECT lead FROM event_ranking WHERE temperature = 'hot' AND is_open ORDER BY level DESC, lead LIMIT 2;
SELECT count(*) FROM event_ranking WHERE temperature = 'tepid';
-- it is a view of the state: no row of it is written
UPDATE event_ranking SET stage = 'lead';
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;

-- Thresholds are those of the model that the tracker works from, not of one that was edited since.
INSERT INTO event VALUES ('x', 'forty', now()), ('x', 'forty', now());
UPDATE lead_temperature.model SET hot = 100, mql = 90 WHERE name = 'm';
SELECT lead, temperature FROM event_ranking;
CALL lead_temperature.replay('event');
SELECT lead, temperature FROM event_ranking;

-- Rights on the view alone are enough, and needed.
CREATE ROLE regress_lt_reader;
SET ROLE regress_lt_reader;
SELECT count(*) FROM event_ranking;
RESET ROLE;
GRANT SELECT ON event_ranking TO regress_lt_reader;
SET ROLE regress_lt_reader;
SELECT lead, temperature, model FROM event_ranking;
RESET ROLE;

DROP TABLE event;
DROP ROLE regress_lt_reader;
DELETE FROM lead_temperature.model WHERE name = 'm';
