--
-- signal.cooldown: of the interactions of a kind, those shortly after one that counted are worth nothing.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- What a cooldown can be.
SELECT lead_temperature.create_model('calm');
\set VERBOSITY sqlstate
UPDATE lead_temperature.signal SET cooldown = '0' WHERE model = 'calm' AND kind = 'visit';
UPDATE lead_temperature.signal SET cooldown = '-1 hour' WHERE model = 'calm' AND kind = 'visit';
UPDATE lead_temperature.signal SET cooldown = '1 month' WHERE model = 'calm' AND kind = 'visit';
UPDATE lead_temperature.signal SET cooldown = '36526 days' WHERE model = 'calm' AND kind = 'visit';
UPDATE lead_temperature.signal SET cooldown = '1 month -30 days' WHERE model = 'calm' AND kind = 'visit';
\set VERBOSITY default
UPDATE lead_temperature.signal SET cooldown = '2 years' WHERE model = 'calm' AND kind = 'visit';
UPDATE lead_temperature.signal SET cooldown = NULL WHERE model = 'calm';
UPDATE lead_temperature.signal SET cooldown = c.cooldown::interval FROM (VALUES
	('email_click', '1 day'), ('question', '36525 days'), ('newsletter_signup', '1 hour'), ('no_show', '1 microsecond'), ('purchase', '10 minutes')) AS c (kind, cooldown)
	WHERE model = 'calm' AND signal.kind = c.kind;

CREATE TABLE event (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lead text, kind text, at timestamptz, weight int);
CREATE INDEX ON event (lead);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', 'weight', 'calm');
CREATE VIEW lead AS
	SELECT lead, round(lead_temperature.points(heat)::numeric, 2) AS points, interactions AS n, stage, status, cycle, purchases,
		(SELECT string_agg(to_char(c, 'DD HH24:MI'), ', ' ORDER BY i) FROM unnest(counted_at) WITH ORDINALITY AS u (c, i)) AS counted
	FROM event_lead ORDER BY lead COLLATE "C";

-- A mail scanner follows forty links at once, one by one, and again the next day; a person clicks once an hour.
INSERT INTO event (lead, kind, at) SELECT 'scanned', 'email_click', '2026-03-01 08:00' FROM generate_series(1, 40);
INSERT INTO event (lead, kind, at) SELECT 'scanned slowly', 'email_click', timestamptz '2026-03-01 08:00' + i * interval '1 second' FROM generate_series(1, 40) AS i;
INSERT INTO event (lead, kind, at) SELECT 'steady', 'email_click', timestamptz '2026-03-01 00:00' + i * interval '1 hour' FROM generate_series(0, 49) AS i;
TABLE lead;
-- Exactly a cooldown later an interaction counts; a microsecond before, none.
INSERT INTO event (lead, kind, at) VALUES ('scanned', 'email_click', '2026-03-02 08:00'), ('scanned slowly', 'email_click', '2026-03-02 08:00:00.999999');
-- Of several at once the strongest counts.
INSERT INTO event (lead, kind, at, weight) VALUES ('at once', 'email_click', '2026-03-01', 2), ('at once', 'email_click', '2026-03-01', 5), ('at once', 'email_click', '2026-03-01', 3);
-- One of a negative signal is the least bad.
INSERT INTO event (lead, kind, at, weight) VALUES ('absent', 'no_show', '2026-03-01', 2), ('absent', 'no_show', '2026-03-01', 1), ('absent', 'no_show', '2026-03-01 00:00:00.000001', 1);
-- Nor does a repetition prove a stage or buy; other kinds do as ever.
INSERT INTO event (lead, kind, at) VALUES ('buyer', 'newsletter_signup', '2026-03-01 10:00'), ('buyer', 'purchase', '2026-03-01 11:00'), ('buyer', 'purchase', '2026-03-01 11:00'),
	('buyer', 'purchase', '2026-03-01 11:03'), ('buyer', 'purchase', '2026-03-01 11:09:59'), ('buyer', 'newsletter_signup', '2026-03-01 11:01'),
	('asks', 'question', '1970-01-01'), ('asks', 'question', '2026-03-01'), ('asks', 'call', '2026-03-01');
TABLE lead;
SELECT lead, at, to_stage, to_status, cycle, purchases, round(score) AS score, cause FROM event_transition WHERE lead IN ('buyer', 'asks') AND superseded_at IS NULL ORDER BY lead, at;
INSERT INTO event (lead, kind, at) VALUES ('buyer', 'purchase', '2026-03-01 11:10');
SELECT * FROM lead WHERE lead = 'buyer';
SELECT count(*) FROM lead_temperature.drift('event');

-- The breakdown shows what counts.
SELECT kind, interactions, points > 0 AS points FROM lead_temperature.score_breakdown('event', 'steady');
SELECT (SELECT sum(points) FROM lead_temperature.score_breakdown('event', lead)) / nullif(lead_temperature.score(heat, now()), 0) BETWEEN 1 - 1e-9 AND 1 + 1e-9 AS right
	FROM event_lead WHERE lead IN ('steady', 'at once', 'absent', 'scanned slowly');

-- A late row takes the place of the one that counted; so do an update and a deletion.
INSERT INTO event (lead, kind, at, weight) VALUES ('steady', 'email_click', '2026-02-28 23:30', 7);
SELECT * FROM lead WHERE lead = 'steady';
DELETE FROM event WHERE lead = 'steady' AND weight = 7;
UPDATE event SET kind = 'email_open' WHERE lead = 'steady' AND at = '2026-03-01';
SELECT * FROM lead WHERE lead = 'steady';
SELECT count(*) FROM lead_temperature.drift('event');

-- What is archived is remembered, under another model too.
SELECT lead_temperature.archive('event', '2026-03-02 12:00');
DELETE FROM event WHERE at < '2026-03-02 12:00';
INSERT INTO event (lead, kind, at) VALUES ('scanned', 'email_click', '2026-03-03 07:59'), ('asks', 'question', '2026-03-05'), ('at once', 'email_click', '2026-03-03');
TABLE lead;
SELECT count(*) FROM lead_temperature.drift('event');
SELECT lead_temperature.create_model('calmer', 'b2b');
UPDATE lead_temperature.signal SET cooldown = '3 days' WHERE model = 'calmer' AND kind = 'email_click';
CALL lead_temperature.activate('event', 'calmer');
TABLE lead;
SELECT count(*) FROM lead_temperature.drift('event');
-- one edited alike is no other
UPDATE lead_temperature.signal SET cooldown = '72 hours' WHERE model = 'calmer' AND kind = 'email_click';
SELECT stale FROM lead_temperature.trackers;
UPDATE lead_temperature.signal SET cooldown = '71 hours' WHERE model = 'calmer' AND kind = 'email_click';
SELECT stale FROM lead_temperature.trackers;
UPDATE lead_temperature.signal SET cooldown = NULL WHERE model = 'calmer' AND kind = 'email_click';
SELECT stale FROM lead_temperature.trackers;

DROP VIEW lead;
SELECT lead_temperature.untrack('event');
DROP TABLE event;
DELETE FROM lead_temperature.model WHERE name IN ('calm', 'calmer');
