-- Rows that count nowhere, and why.
CREATE SCHEMA skipped;
SET search_path = skipped, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT lead_temperature.create_model('skipped');
CREATE TABLE event (id int PRIMARY KEY, email text, kind text, at timestamptz, weight float8);
SELECT lead_temperature.track('event', 'email', 'kind', 'at', 'weight', model => 'skipped', create_index => true);
INSERT INTO event VALUES (1, 'a', 'visit', '2026-01-01', 1), (2, 'a', NULL, '2026-01-02', NULL), (3, 'b', 'odd', '1970-01-01', 0),
	(4, 'b', 'visit', '3000-01-01', 1);
SELECT * FROM lead_temperature.skipped_rows('event');
INSERT INTO event VALUES
	(11, NULL, 'visit', '2026-01-01', 1), (12, NULL, 'visit', '2026-01-05', 1), (13, NULL, 'visit', NULL, 1), (14, NULL, 'visit', 'infinity', 'NaN'),
	(21, 'a', 'visit', NULL, 1), (22, 'a', 'visit', NULL, 'NaN'),
	(31, 'a', 'visit', 'infinity', 1), (32, 'a', 'visit', '-infinity', 1),
	(41, 'a', 'visit', '1969-12-31 23:59:59', 1), (42, 'a', 'visit', '4713-01-01 BC', 1),
	(51, 'a', 'visit', '2026-01-03', 'NaN'), (52, 'a', 'visit', '2026-01-04', 'infinity'), (53, 'a', 'visit', '2026-01-02', '-infinity');
SELECT * FROM lead_temperature.skipped_rows('event');
-- what is not skipped is what leads have, or wait for
SELECT (SELECT count(*) FROM event) - (SELECT sum(rows) FROM lead_temperature.skipped_rows('event')) AS counted,
	(SELECT sum(interactions) FROM event_lead) AS interactions, (SELECT count(due_at) FROM event_lead) AS future;
-- what is archived is read no more, whether it came in time or not
SELECT lead_temperature.archive('event', '2026-01-02');
INSERT INTO event VALUES (61, 'a', 'visit', '2025-06-01', 1), (62, 'a', 'visit', '2025-06-02', 'NaN');
SELECT * FROM lead_temperature.skipped_rows('event') WHERE reason IN ('archived', 'weight not finite');
SELECT lead_temperature.untrack('event');
-- local times and dates, in the zone of the tracker; no weights; leads that are composites
CREATE TYPE person AS (shop int, email text);
CREATE TABLE days (lead person, kind text, at date);
SELECT lead_temperature.track('days', 'lead', 'kind', 'at', model => 'skipped', time_zone => 'Asia/Kolkata', create_index => true);
INSERT INTO days VALUES ('(,)', 'visit', '1970-01-01'), ('(1,)', 'visit', '1970-01-02'), ('(1,)', 'visit', '1969-12-31'), ('(1,)', 'visit', '1066-01-01'),
	('(1,)', 'visit', 'infinity'), ('(1,)', 'visit', NULL), (NULL, 'visit', '2026-01-01'), ('(2,b)', 'visit', '5874897-12-31');
SELECT * FROM lead_temperature.skipped_rows('days');
SELECT lead, interactions FROM days_lead ORDER BY lead;
-- partitions
CREATE TABLE parted (lead int, kind text, at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE parted_2 PARTITION OF parted DEFAULT;
SELECT lead_temperature.track('parted', 'lead', 'kind', 'at', model => 'skipped', create_index => true);
INSERT INTO parted VALUES (NULL, 'visit', '2025-02-01'), (NULL, 'visit', '2026-02-01'), (1, 'visit', NULL), (1, 'visit', '2026-02-01');
SELECT * FROM lead_temperature.skipped_rows('parted');

-- A column is renamed and another takes its place: the tracker follows the first, and says so.
CREATE TABLE visit (email text, kind text, at timestamptz, weight int);
SELECT lead_temperature.track('visit', 'email', 'kind', 'at', 'weight', model => 'skipped', create_index => true);
INSERT INTO visit VALUES ('a', 'visit', '2026-01-01', 1);
ALTER TABLE visit RENAME email TO email_old;
ALTER TABLE visit ADD email text;
INSERT INTO visit (email, kind, at) VALUES ('a', 'visit', '2026-01-02'), ('b', 'visit', '2026-01-03');
SELECT * FROM lead_temperature.skipped_rows('visit');
SELECT lead, interactions FROM visit_lead;
-- as the hint says
SELECT lead_temperature.untrack('visit');
UPDATE visit SET email = email_old WHERE email IS NULL;
SELECT lead_temperature.track('visit', 'email', 'kind', 'at', 'weight', model => 'skipped', create_index => true);
SELECT * FROM lead_temperature.skipped_rows('visit');
SELECT lead, interactions FROM visit_lead ORDER BY lead;
-- also of the other tracked columns, not of others
ALTER TABLE visit RENAME kind TO what;
ALTER TABLE visit RENAME at TO happened_at;
ALTER TABLE visit RENAME weight TO factor;
ALTER TABLE visit RENAME email_old TO email_older;
ALTER TABLE parted RENAME at TO happened_at;

-- It is for the owner.
CREATE ROLE regress_lt_stranger;
GRANT USAGE ON SCHEMA skipped TO regress_lt_stranger;
GRANT SELECT ON visit TO regress_lt_stranger;
SET ROLE regress_lt_stranger;
\set VERBOSITY terse
SELECT * FROM lead_temperature.skipped_rows('visit');
RESET ROLE;
\set VERBOSITY default
CREATE TABLE untracked (lead int);
SELECT * FROM lead_temperature.skipped_rows('untracked');

SET client_min_messages = warning;
DROP OWNED BY regress_lt_stranger;
DROP ROLE regress_lt_stranger;
DROP SCHEMA skipped CASCADE;
DELETE FROM lead_temperature.model WHERE name = 'skipped';
