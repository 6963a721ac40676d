--
-- archive: what old rows have done stays, whatever becomes of the rows.
--
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;

-- what a row of state says, without where the row lies
CREATE FUNCTION state_of(prefix text, OUT lead text, OUT says text) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT l.lead::text, concat_ws('' '', l.heat, l.group_points, l.first_at, l.last_at, l.stage_since, l.hot_since, l.due_at, '
								'l.interactions, l.stage, l.status, l.cycle, l.purchases) FROM %I AS l ORDER BY 1', prefix || '_lead');
END
$$;

CREATE TABLE event (lead int, kind text, at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE event_2022 PARTITION OF event FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
CREATE TABLE event_2023 PARTITION OF event FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') PARTITION BY LIST (kind);
CREATE TABLE event_2023_visits PARTITION OF event_2023 FOR VALUES IN ('visit');
CREATE TABLE event_2023_rest PARTITION OF event_2023 DEFAULT;
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
INSERT INTO event VALUES
	(1, 'visit', '2022-05-01'), (1, 'purchase', '2022-06-01'), (1, 'visit', '2024-03-03'),
	(2, 'question', '2023-12-30'), (2, 'opportunity_lost', '2023-12-31'),
	(3, 'demo_request', '2023-12-31'), (3, 'pricing_view', '2023-12-31 12:00'), (3, 'visit', '2024-01-01'),
	(4, 'visit', '2024-03-04'),
	(5, 'newsletter_signup', '2023-12-31 23:59:59.999999'), (5, 'content_download', '2024-01-01');
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', create_index => true);
CREATE TABLE before AS SELECT * FROM state_of('event');
CREATE TABLE places AS SELECT lead, ctid AS place FROM event_lead;
CREATE TABLE transitions AS TABLE event_transition;

-- what differs from before, in any way
CREATE VIEW changes AS
	(SELECT 'now' AS when, * FROM state_of('event') EXCEPT SELECT 'now', * FROM before)
	UNION ALL (SELECT 'before', * FROM before EXCEPT SELECT 'before', * FROM state_of('event'))
	UNION ALL SELECT 'written', lead::text, '' FROM event_lead l JOIN places p USING (lead) WHERE l.ctid <> p.place
	UNION ALL SELECT 'transition', t.lead::text, t::text FROM ((TABLE event_transition EXCEPT TABLE transitions) UNION ALL (TABLE transitions EXCEPT TABLE event_transition)) AS t;
CREATE VIEW about AS SELECT stale, paused, archived_before, ignored FROM lead_temperature.trackers WHERE interactions = 'event'::regclass;

-- Without an archive, rows that go take with them what they did.
BEGIN;
DELETE FROM event WHERE at < '2024-01-01';
SELECT lead, stage, status, purchases, interactions FROM event_lead ORDER BY lead;
SELECT count(*) > 0 AS changed FROM changes;
ROLLBACK;

-- Archived, they may go; the instant itself is not archived.
SELECT lead_temperature.archive('event', '2024-01-01') AS rows;
SELECT lead, first_at, last_at, stage_since, hot_since, interactions, stage, status, cycle, purchases, group_points FROM event_balance ORDER BY lead;
TABLE about;
SELECT * FROM changes;
SELECT * FROM lead_temperature.drift('event');
-- not before
UPDATE event_balance SET purchases = 3, first_at = first_at - interval '1 day', last_at = last_at - interval '1 day',
	stage_since = stage_since - interval '1 day', hot_since = hot_since - interval '1 day',
	counted_at = ARRAY(SELECT c - interval '1 day' FROM unnest(counted_at) WITH ORDINALITY AS u (c, i) ORDER BY i) WHERE lead = 3;
SELECT attribute FROM lead_temperature.drift('event') WHERE attribute !~ '^heat|^level|^group_points' ORDER BY 1;
UPDATE event_balance SET purchases = 0, first_at = first_at + interval '1 day', last_at = last_at + interval '1 day',
	stage_since = stage_since + interval '1 day', hot_since = hot_since + interval '1 day',
	counted_at = ARRAY(SELECT c + interval '1 day' FROM unnest(counted_at) WITH ORDINALITY AS u (c, i) ORDER BY i) WHERE lead = 3;
SELECT * FROM lead_temperature.drift('event');

DELETE FROM event WHERE at < '2022-06-01';
TRUNCATE event_2023_visits;
TRUNCATE event_2023;
ALTER TABLE event DETACH PARTITION event_2023;
DROP TABLE event_2022;
SELECT count(*) FROM event;
TABLE about;
SELECT * FROM changes;
SELECT * FROM lead_temperature.drift('event');
CALL lead_temperature.replay('event');
SELECT * FROM changes;
SELECT lead, stage, status, purchases, interactions FROM event_ranking ORDER BY lead;

-- An old partition may even come back, and go again; others make the tracker stale.
ALTER TABLE event ATTACH PARTITION event_2023 FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
TABLE about;
SELECT archived_partitions FROM lead_temperature.tracker WHERE interactions = 'event'::regclass;
DROP TABLE event_2023;
TABLE about;
BEGIN;
ALTER TABLE event DETACH PARTITION event_2024;
TABLE about;
ROLLBACK;
BEGIN;
DROP TABLE event_2024;
TABLE about;
CALL lead_temperature.replay('event');
TABLE about;
-- back at the balance, and nobody is lost who has one
SELECT lead, stage, status, purchases, interactions FROM event_lead ORDER BY lead;
ROLLBACK;
BEGIN;
TRUNCATE event;
SELECT lead, stage, status, purchases, interactions FROM event_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('event');
-- state that was lost comes back from the balance too
TRUNCATE event_lead;
SELECT lead, attribute, replayed FROM lead_temperature.drift('event') WHERE attribute = 'lead';
CALL lead_temperature.replay('event');
SELECT lead, stage, interactions FROM event_lead ORDER BY lead;
ROLLBACK;
-- a table of balances is not to be dropped, nor is its name to be taken
DROP TABLE event_balance;
\echo :LAST_ERROR_SQLSTATE

-- Late rows of that time are ignored, and counted; those that count nowhere are not.
INSERT INTO event VALUES (1, 'visit', '2023-05-01'), (9, 'demo_request', '2023-12-31 23:59:59'), (4, 'visit', '2024-01-01'),
	(NULL, 'visit', '2023-05-01'), (4, 'visit', '-infinity'), (4, 'visit', '1969-01-01');
INSERT INTO event VALUES (2, 'visit', '2023-05-01');
COPY event FROM PROGRAM 'printf ''3,visit,2023-01-01\n3,visit,2023-01-02\n''' (FORMAT csv);
TABLE about;
SELECT count(*) FROM lead_temperature.ignored_rows;
SELECT * FROM changes WHERE lead <> '4';
SELECT * FROM lead_temperature.drift('event');
UPDATE event SET kind = 'purchase' WHERE at < '2024-01-01';
DELETE FROM event WHERE lead = 1 AND at < '2024-01-01';
SELECT * FROM changes WHERE lead <> '4';
-- an update moves a row in, which counts once from now on, and one out, which is ignored from now on
UPDATE event SET at = '2024-02-02' WHERE lead = 9;
SELECT interactions, stage FROM event_lead WHERE lead = 9;
UPDATE event SET at = '2023-02-02' WHERE lead = 4 AND at = '2024-03-04';
SELECT interactions, last_at FROM event_lead WHERE lead = 4;
TABLE about;
SELECT * FROM lead_temperature.drift('event');
INSERT INTO event VALUES (9, 'visit', '2023-02-02'), (9, 'visit', '2024-02-03');
SELECT interactions FROM event_lead WHERE lead = 9;
-- rolled back is not counted; a replay sums up
BEGIN;
INSERT INTO event VALUES (9, 'visit', '2023-02-02');
TABLE about;
ROLLBACK;
-- counting does not stand in the way of a publication
SET client_min_messages = error;
CREATE PUBLICATION everything FOR ALL TABLES;
SET client_min_messages = warning;
CALL lead_temperature.replay('event');
INSERT INTO event VALUES (9, 'visit', '2023-02-02');
CALL lead_temperature.replay('event');
DROP PUBLICATION everything;
TABLE about;
SELECT count(*) FROM lead_temperature.ignored_rows;
SELECT * FROM lead_temperature.drift('event');

-- Further, onto the balance; what has no row keeps its balance as it is.
SELECT lead_temperature.archive('event', '2024-01-01') AS rows;
SELECT lead_temperature.archive('event', '2024-03-01') AS rows;
SELECT lead, last_at, interactions, stage, model_version FROM event_balance ORDER BY lead;
SELECT * FROM lead_temperature.drift('event');
INSERT INTO event VALUES (3, 'visit', '2024-02-02');
TABLE about;

-- The score is made up of the balance and what came since.
SELECT lead_temperature.create_model('recent');
CREATE TABLE recent (lead int, kind text, at timestamptz);
INSERT INTO recent SELECT lead, kind, now() - age FROM (VALUES
	(1, 'visit', interval '5 days'), (1, 'visit', '4 days'), (1, 'visit', '3 days'), (1, 'product_view', '4 days'), (1, 'demo_request', '3 days'),
	(1, 'visit', '1 hour'), (1, 'pricing_view', '1 hour'), (1, 'newsletter_signup', '30 minutes'), (1, 'add_to_cart', '20 minutes'), (1, NULL, '10 minutes'),
	(2, 'demo_request', '3 days'), (2, 'purchase', '1 hour'), (2, 'visit', '30 minutes'),
	(3, 'question', '3 days'),
	(4, 'demo_request', '30 minutes')) AS v (lead, kind, age);
SELECT lead_temperature.track('recent', 'lead', 'kind', 'at', model => 'recent', create_index => true);
SELECT lead_temperature.archive('recent', now() - interval '1 day') AS rows;
DELETE FROM recent WHERE at < now() - interval '1 day';
SELECT l.lead, kind, signal_group, b.interactions, round(points::numeric, 3) AS points
	FROM recent_lead l, lead_temperature.score_breakdown('recent', l.lead::text) b ORDER BY 1, kind, signal_group;
SELECT l.lead, abs(sum(points) - score) <= 1e-9 * score AS adds_up
	FROM recent_ranking l, lead_temperature.score_breakdown('recent', l.lead::text) b GROUP BY l.lead, score ORDER BY 1;

-- A row that was future when it came and has not been met yet is met before it is archived.
SET session_replication_role = replica;
INSERT INTO recent VALUES (5, 'demo_request', now() - interval '2 hours'), (3, 'purchase', now() - interval '2 hours');
RESET session_replication_role;
INSERT INTO recent_lead (lead, heat, due_at, interactions, stage, status, cycle, purchases, model_version, group_points)
	SELECT 5, lead_temperature.heat(0, now(), '14 days'), now() - interval '2 hours', 0, 'visitor', 'open', 1, 0, 1, '{0,0,0}';
UPDATE recent_lead SET due_at = now() - interval '2 hours' WHERE lead = 3;
SELECT lead_temperature.archive('recent', now() - interval '90 minutes') AS rows;
SELECT lead, stage, purchases, interactions, due_at FROM recent_lead WHERE lead IN (3, 5) ORDER BY lead;
SELECT lead, to_stage, cause FROM recent_transition WHERE lead IN (3, 5) AND superseded_at IS NULL ORDER BY lead, at;
SELECT * FROM lead_temperature.drift('recent');

-- Another model takes the balance over by the names of its groups.
SELECT lead, group_points, model_version FROM (SELECT lead, model_version, ARRAY(SELECT round(h::numeric, 3) FROM unnest(group_points) AS h) AS group_points FROM recent_balance) AS b ORDER BY lead;
INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ('recent', 'carts', 7), ('recent', 'zero', 7);
UPDATE lead_temperature.signal SET signal_group = 'carts' WHERE model = 'recent' AND signal_group = 'browsing';
DELETE FROM lead_temperature.signal_group WHERE model = 'recent' AND name = 'browsing';
UPDATE lead_temperature.signal_group SET cap = 3 WHERE model = 'recent' AND name = 'content';
UPDATE lead_temperature.model SET half_life = '1 day', hot = 90 WHERE name = 'recent';
SELECT lead_temperature.archive('recent', now() - interval '80 minutes');
\echo :LAST_ERROR_SQLSTATE
CALL lead_temperature.replay('recent');
SELECT * FROM lead_temperature.drift('recent');
SELECT version, groups, half_life FROM lead_temperature.model_version WHERE interactions = 'recent'::regclass ORDER BY version;
-- those without rows since hold what they held, and it cools with the new half-life
SELECT l.lead, ARRAY(SELECT round(h::numeric, 3) FROM unnest(l.group_points) AS h) AS group_points, lead_temperature.half_life(heat), l.last_at = b.last_at AS as_of_the_same, l.model_version,
	   l.hot_since IS NULL AS not_hot, b.hot_since IS NULL AS was_not_hot
	FROM recent_lead l JOIN recent_balance b USING (lead) WHERE l.lead IN (3, 5) ORDER BY l.lead;
SELECT l.lead, abs(sum(points) - score) <= 1e-9 * score AS adds_up
	FROM recent_ranking l, lead_temperature.score_breakdown('recent', l.lead::text) b GROUP BY l.lead, score ORDER BY 1;
-- the old version goes with the last balance that needs it
SELECT lead_temperature.archive('recent', now()) AS rows;
SELECT DISTINCT model_version FROM recent_balance ORDER BY 1;
INSERT INTO recent SELECT lead, 'page_view', now() + lead * interval '1 ms' FROM generate_series(1, 5) AS lead;
SELECT pg_sleep(0.01);
SELECT lead_temperature.archive('recent', clock_timestamp()) AS rows;
SELECT DISTINCT model_version FROM recent_balance ORDER BY 1;
CALL lead_temperature.replay('recent');
SELECT version FROM lead_temperature.model_version WHERE interactions = 'recent'::regclass ORDER BY version;
SELECT * FROM lead_temperature.drift('recent');

-- Local times and days, in their zone: midnight in New York.
CREATE TABLE local (lead int, kind text, at timestamp) PARTITION BY RANGE (at);
CREATE TABLE local_old PARTITION OF local FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
CREATE TABLE local_new PARTITION OF local DEFAULT;
INSERT INTO local VALUES (1, 'visit', '2023-12-31 23:59'), (1, 'visit', '2024-01-01 00:00');
SELECT lead_temperature.track('local', 'lead', 'kind', 'at', model => 'event', time_zone => 'America/New_York', create_index => true);
SELECT lead_temperature.archive('local', '2024-01-01 04:59+00') AS rows;
SELECT lead_temperature.archive('local', '2024-01-01 05:00+00') AS rows;
-- a partition counts as archived when two days have passed since: no zone is further away
SELECT archived_partitions FROM lead_temperature.tracker WHERE interactions = 'local'::regclass;
SELECT lead_temperature.archive('local', '2024-01-03 00:00+00') AS rows;
SELECT archived_partitions FROM lead_temperature.tracker WHERE interactions = 'local'::regclass;
CREATE TABLE days (lead int, kind text, day date) PARTITION BY RANGE (day);
CREATE TABLE days_old PARTITION OF days FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
CREATE TABLE days_new PARTITION OF days DEFAULT;
INSERT INTO days VALUES (1, 'visit', '2023-12-31'), (1, 'visit', '2024-01-01'), (1, 'visit', 'infinity'), (1, 'visit', '-infinity');
SELECT lead_temperature.track('days', 'lead', 'kind', 'day', model => 'event', time_zone => 'America/New_York', create_index => true);
SELECT lead_temperature.archive('days', '2024-01-01 05:00+00') AS rows;
SELECT lead_temperature.archive('days', '2024-01-03 00:00+00') AS rows;
SELECT archived_partitions FROM lead_temperature.tracker WHERE interactions = 'days'::regclass;
SELECT lead, interactions FROM days_lead;
SELECT lead, interactions FROM days_balance;

-- Errors
SELECT lead_temperature.archive('event', now() + interval '1 minute');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.archive('event', 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.archive('event', '2024-02-29 23:59:59');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.archive('event', '-infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.pause('event');
SELECT lead_temperature.archive('event', '2024-04-01');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.resume('event');
UPDATE lead_temperature.signal SET points = 30 WHERE model = 'event' AND kind = 'question';
SELECT lead_temperature.archive('event', '2024-04-01');
\echo :LAST_ERROR_SQLSTATE
CALL lead_temperature.replay('event');
UPDATE event_lead SET model_version = 1 WHERE lead = 4;
SELECT lead_temperature.archive('event', '2024-04-01');
\echo :LAST_ERROR_SQLSTATE
CALL lead_temperature.replay('event');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT lead_temperature.archive('event', '2024-04-01');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
INSERT INTO event SELECT 7, 'visit', '2024-05-05' WHERE lead_temperature.archive('event', '2024-04-01') > 0;
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.archive('places', '2024-04-01');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.archive(0, '2024-04-01');
\echo :LAST_ERROR_SQLSTATE
CREATE TABLE taken_balance ();
CREATE TABLE taken (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('taken', 'lead', 'kind', 'at', model => 'event', create_index => true);
\echo :LAST_ERROR_SQLSTATE
BEGIN;
UPDATE event_balance SET model_version = 77 WHERE lead = 3;
CALL lead_temperature.replay('event');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN;
UPDATE event_balance SET group_points = '{1}' WHERE lead = 3;
CALL lead_temperature.replay('event');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
-- and none of these has done anything
SELECT archived_before FROM about;
SELECT * FROM lead_temperature.drift('event');

-- Rights: the owner alone archives; who may insert needs no other right for rows late and archived.
CREATE ROLE archive_owner;
CREATE ROLE archive_writer;
GRANT USAGE, CREATE ON SCHEMA public TO archive_owner;
ALTER TABLE recent OWNER TO archive_owner;
SELECT relname, relowner::regrole FROM pg_class WHERE relname IN ('recent_balance', 'recent_lead') ORDER BY 1;
GRANT INSERT ON recent TO archive_writer;
SET ROLE archive_writer;
SELECT lead_temperature.archive('recent', clock_timestamp());
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM recent_balance;
SELECT * FROM lead_temperature.ignored_rows;
INSERT INTO lead_temperature.ignored_rows VALUES ('recent', 1000);
INSERT INTO recent VALUES (1, 'visit', '2023-03-03'), (1, 'visit', clock_timestamp()), (1, 'visit', '2022-03-03');
RESET ROLE;
UPDATE lead_temperature.model SET owner = 'archive_owner' WHERE name = 'recent';
SET ROLE archive_owner;
SELECT ignored FROM lead_temperature.trackers;
SELECT pg_sleep(0.01);
SELECT lead_temperature.archive('recent', clock_timestamp()) AS rows;
SELECT * FROM lead_temperature.drift('recent');
RESET ROLE;

-- What belongs to a tracker moves with it, and goes with it.
CREATE SCHEMA elsewhere;
GRANT ALL ON SCHEMA elsewhere TO archive_owner;
ALTER TABLE recent SET SCHEMA elsewhere;
ALTER TABLE elsewhere.recent SET UNLOGGED;
SELECT relname, relnamespace::regnamespace, relpersistence FROM pg_class WHERE relname = 'recent_balance';
SELECT * FROM lead_temperature.drift('elsewhere.recent');
SELECT lead_temperature.untrack('elsewhere.recent');
SELECT count(*) FROM lead_temperature.ignored_rows WHERE interactions = 'elsewhere.recent'::regclass;
SELECT to_regclass('elsewhere.recent_balance');

DROP VIEW changes, about;
SELECT lead_temperature.untrack(interactions) FROM lead_temperature.trackers;
SELECT count(*) FROM lead_temperature.ignored_rows;
DROP TABLE event, local, days, before, places, transitions, taken, taken_balance;
DROP SCHEMA elsewhere CASCADE;
DROP FUNCTION state_of;
DELETE FROM lead_temperature.model WHERE name IN ('event', 'recent');
REVOKE ALL ON SCHEMA public FROM archive_owner;
DROP ROLE archive_owner, archive_writer;
