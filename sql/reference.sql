--
-- The reference fold is a witness only if it is right by itself: small
-- tables whose leads are worked out by hand.
--
\set ECHO none
\set reference `echo "${PG_ABS_SRCDIR:-.}"/test/reference_fold.sql`
\i :reference
\set ECHO all

INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot)
	VALUES ('by_hand', current_user, '1 day', 10, 25, 40);
INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ('by_hand', 'browsing', 20);
INSERT INTO lead_temperature.signal (model, kind, points, signal_group, stage) VALUES
	('by_hand', 'view', 16, 'browsing', NULL),
	('by_hand', 'bounce', -32, 'browsing', NULL),
	('by_hand', 'cart', 12, NULL, NULL),
	('by_hand', 'form', 16, NULL, 'lead'),
	('by_hand', 'demo', 80, NULL, 'lead'),
	('by_hand', 'checkout', 60, NULL, 'opportunity'),
	('by_hand', 'leave', -8, NULL, 'lead'),
	('by_hand', 'hello', 8, NULL, 'lead');
INSERT INTO lead_temperature.signal (model, kind, points, cooldown) VALUES
	('by_hand', 'click', 4, '1 day');
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES
	('by_hand', 'purchase', 'won'),
	('by_hand', 'refusal', 'lost');
INSERT INTO lead_temperature.signal (model, kind, outcome, final) VALUES
	('by_hand', 'spam', 'lost', true);

-- A line a lead: kind@day[@weight], where days are those of January 2024.
CREATE TABLE by_hand (lead text, kind text, at timestamptz, weight float8);
CREATE INDEX ON by_hand (lead);
INSERT INTO by_hand
	SELECT lead, split_part(r, '@', 1), timestamptz '2023-12-31 00:00+00' + split_part(r, '@', 2)::float8 * interval '1 day',
		   nullif(split_part(r, '@', 3), '')::float8
	FROM (VALUES
		('halves', 'cart@1 nothing@2 nothing@4'),
		('capped', 'view@1 view@1 bounce@2 cart@2 view@3'),
		('tied', 'form@1 cart@1 cart@1 demo@2@0.5 form@2'),
		('hot visitor', 'cart@1@5 nothing@1.5 cart@2.5@2 form@3'),
		('buyer', 'demo@1 purchase@2 view@3 form@4 purchase@5 purchase@5 purchase@6'),
		('loser', 'checkout@1 refusal@2 leave@3 refusal@3.5 form@4 refusal@4'),
		('comes back', 'view@1 refusal@2 view@3 refusal@4 hello@5'),
		('weightless', 'view@1 refusal@2 leave@5@-1 form@6@0 purchase@7@0 refusal@7@-2'),
		('repeats', 'click@1 click@1@2 click@1.5@8 click@1.5@-1 click@2@3 click@2 nothing@2.5 click@2.9@100'),
		('for good', 'demo@1 spam@2 demo@3 form@4 nothing@4.5 purchase@5 demo@6'),
		('lost twice', 'cart@1 refusal@2 spam@3 spam@4 demo@5'),
		('bought and spammed', 'purchase@1 spam@1 spam@2 demo@3'),
		('upsell', 'purchase@1 demo@2 refusal@3 form@4'),
		('lost and won', 'cart@1 refusal@2 purchase@2'),
		('bad weights', 'cart@1@NaN cart@1@Infinity cart@2@-Infinity cart@3@0'),
		('enormous', 'demo@1@-1e308 demo@1@1e308 cart@1@1e308')
	) AS v (lead, rows), regexp_split_to_table(rows, ' ') AS r;
INSERT INTO by_hand VALUES
	('bad times', 'cart', NULL), ('bad times', 'cart', 'infinity'), ('bad times', 'cart', '-infinity'),
	('bad times', 'cart', '1969-12-31 23:59:59.999999+00'), ('bad times', 'cart', '1970-01-01 00:00+00'),
	(NULL, 'cart', '2024-01-01 00:00+00'),
	('null kind', NULL, '2024-01-01 00:00+00'),
	('later', 'cart', '2024-01-01 00:00+00'), ('later', 'cart', '2200-01-02 00:00+00'), ('later', 'cart', '2200-01-01 00:00+00'),
	('only later', 'demo', '2200-01-01 00:00+00');

-- What every processor agrees upon.
CREATE FUNCTION digits(f float8) RETURNS float8 LANGUAGE sql AS $$ SELECT CASE WHEN f < 1e300 THEN round(f::numeric, 9)::float8 ELSE f END $$;

SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT reference.fold('by_hand', 'lead', 'kind', 'at', 'weight', 'by_hand');

SELECT lead, digits(score) AS score, (SELECT array_agg(digits(h)) FROM unnest(held) AS h) AS held, interactions, to_char(first_at, 'DD HH24') AS first, to_char(last_at, 'DD HH24') AS last
	FROM reference.lead ORDER BY lead COLLATE "C";
SELECT lead, stage, status, cycle, purchases, to_char(stage_since, 'DD HH24') AS stage_since,
	   to_char(hot_since, 'DD HH24') AS hot_since, due_at, unsure
	FROM reference.lead ORDER BY lead COLLATE "C";
SELECT lead, to_char(at, 'DD HH24') AS at, concat_ws(' > ', from_stage, to_stage) AS stage, concat_ws(' > ', from_status, to_status) AS status,
	   concat_ws(' > ', from_temperature, to_temperature) AS temperature, cycle, purchases, digits(score) AS score, cause
	FROM reference.transition t ORDER BY lead COLLATE "C", t.at;

-- The extension says the same, on the thresholds too: powers of two are exact.
SELECT lead_temperature.track('by_hand', 'lead', 'kind', 'at', 'weight', 'by_hand');
UPDATE reference.lead SET unsure = false;
SELECT count(*) AS leads FROM by_hand_lead;
SELECT * FROM reference.differences('by_hand', 'by_hand');
-- And the comparison would tell.
UPDATE reference.lead SET hot_since = at FROM (SELECT max(at) AS at FROM by_hand WHERE isfinite(at)) AS m WHERE lead = 'halves';
UPDATE reference.transition SET score = 12.0000001 WHERE lead = 'later';
DELETE FROM reference.transition WHERE lead = 'capped' AND from_stage IS NULL;
SELECT lead, attribute FROM reference.differences('by_hand', 'by_hand');

-- What people say: a line a lead again, of rows and of words.
TRUNCATE by_hand;
CREATE TABLE said AS
	SELECT lead, split_part(r, '@', 1) AS kind, timestamptz '2023-12-31 00:00+00' + split_part(r, '@', 2)::float8 * interval '1 day' AS at,
		   r ~ '^(exclude|include|set_stage)' AS word
	FROM (VALUES
		('cools', 'demo@1 set_stage:lead@2 cart@3'),
		('stays', 'demo@1 set_stage:lead@2 nothing@2.5 form@2.6'),
		('rises', 'demo@1 set_stage:lead@2 checkout@2.5'),
		('up and down', 'form@1 set_stage:opportunity@2 set_stage:visitor@3 set_stage:lead@3 form@4'),
		('opens', 'form@1 spam@2 form@3 set_stage:opportunity@4'),
		('customer', 'purchase@1 set_stage:customer@2 set_stage:lead@3'),
		('away', 'form@1 exclude@2 nothing@3 include@3 exclude@3'),
		('back', 'form@1 exclude@2 include@3'),
		('spoken of', 'exclude@1 set_stage:lead@2')) AS l (lead, life), regexp_split_to_table(life, ' ') AS r;
INSERT INTO by_hand (lead, kind, at) SELECT lead, kind, at FROM said WHERE NOT word;
SELECT lead_temperature.exclude('by_hand', 'away');
TRUNCATE by_hand_word;
INSERT INTO by_hand_word (lead, kind, at) SELECT lead, kind, at FROM said WHERE word;
SELECT reference.fold('by_hand', 'lead', 'kind', 'at', 'weight', 'by_hand', words => 'by_hand_word');
SELECT lead, interactions, digits(score) AS score, stage, held_stage, status, cycle, purchases, to_char(excluded_since, 'DD') AS excluded, to_char(heard_at, 'DD') AS heard, to_char(final_since, 'DD') AS final
	FROM reference.lead ORDER BY lead COLLATE "C";
SELECT lead, to_char(at, 'DD HH24') AS at, concat_ws(' > ', from_stage, to_stage) AS stage, concat_ws(' > ', from_status, to_status) AS status, cycle, cause
	FROM reference.transition t ORDER BY lead COLLATE "C", t.at;
UPDATE reference.lead SET unsure = false;
SELECT * FROM reference.differences('by_hand', 'by_hand');
SELECT lead_temperature.untrack('by_hand');
DROP TABLE said;

-- The entry stage, the zone of a timestamp and another time of observation matter.
CREATE TABLE by_hand_local (lead int, kind text, at timestamp);
INSERT INTO by_hand_local VALUES (1, 'form', '2024-07-01 02:00'), (1, 'demo', '2024-07-01 03:00'), (2, 'nothing', '1970-01-01 00:30');
SELECT reference.fold('by_hand_local', 'lead', 'kind', 'at', NULL, 'by_hand', 'opportunity', 'Europe/Amsterdam', '2024-07-01 00:00+00');
SELECT lead, score, stage, first_at, last_at, due_at, interactions FROM reference.lead ORDER BY lead;
SELECT at, to_stage, to_temperature, cause FROM reference.transition;
SELECT reference.fold('by_hand_local', 'lead', 'kind', 'at', NULL, 'by_hand', 'opportunity', 'Europe/Amsterdam');
SELECT lead_temperature.track('by_hand_local', 'lead', 'kind', 'at', NULL, 'by_hand', entry => 'opportunity', time_zone => 'Europe/Amsterdam', create_index => true);
SELECT lead, interactions FROM by_hand_local_lead;
SELECT * FROM reference.differences('by_hand_local', 'by_hand_local');
SELECT lead_temperature.untrack('by_hand_local');

DROP TABLE by_hand, by_hand_local;
DROP FUNCTION digits;
DELETE FROM lead_temperature.model WHERE name = 'by_hand';
SET client_min_messages = warning;
DROP SCHEMA reference CASCADE;
