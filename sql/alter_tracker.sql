--
-- alter_tracker: a tracker that reads its table otherwise keeps what it has.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
GRANT CREATE ON SCHEMA public TO regress_lt_owner;
SET ROLE regress_lt_owner;
CREATE TABLE event (lead int, kind text, at timestamp, weight int, what text, bot boolean DEFAULT false, num numeric, big bigint);
CREATE INDEX ON event (lead);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', 'weight');
ALTER TABLE event_lead ADD agent text DEFAULT 'nobody';
GRANT SELECT ON event_lead, event_funnel_weekly TO regress_lt_other;
INSERT INTO event VALUES (1, 'question', '2026-03-01 23:30', 1, 'call', false, 2), (2, 'visit', '2026-03-02', 2, 'demo_request', true, 3), (3, 'info_request', '2026-01-01', -1, 'visit', false, 1);
UPDATE event_lead SET agent = 'Ann' WHERE lead = 1;
SELECT lead_temperature.archive('event', '2026-02-01');
CREATE VIEW lead AS SELECT lead, round(lead_temperature.points(heat)) AS points, stage, last_at, agent FROM event_lead ORDER BY lead;
CREATE VIEW tracker AS SELECT stale, paused, paused_because FROM lead_temperature.trackers;
TABLE lead;

-- Nothing changes where nothing is said.
SELECT lead_temperature.alter_tracker('event');
TABLE tracker;

-- One thing after another, each after a replay: columns, agents, grants and balances stay.
SELECT lead_temperature.alter_tracker('event', kind => 'what', weight => 'num', filter => 'NOT bot');
TABLE tracker;
TABLE lead;
CALL lead_temperature.replay('event');
TABLE lead;
INSERT INTO event VALUES (1, 'x', '2026-03-03', 0, 'demo_request', false, 0.5), (1, 'x', '2026-03-03', 1, 'demo_request', true, 1);
TABLE lead;
SELECT count(*) FROM lead_temperature.drift('event');
SELECT lead_temperature.alter_tracker('event', kind => 'coalesce(what, kind)', weight => '', filter => '');
SELECT kind, weight FROM lead_temperature.tracker;
RESET ROLE;
SELECT interactions, lead, kind, at, weight, time_zone, entry FROM lead_temperature.tracker;
SELECT role, expression FROM lead_temperature.expression ORDER BY role;
SET ROLE regress_lt_owner;
CALL lead_temperature.replay('event');
TABLE lead;
SELECT lead_temperature.alter_tracker('event', entry => 'opportunity');
CALL lead_temperature.replay('event');
TABLE lead;
SELECT count(*) FROM lead_temperature.drift('event');
SELECT week, stage, entered FROM event_funnel_weekly WHERE entered > 0 ORDER BY week, stage_order;
SELECT lead_temperature.alter_tracker('event', time_zone => 'Asia/Kolkata');
CALL lead_temperature.replay('event');
TABLE lead;
SELECT week, stage, entered FROM event_funnel_weekly WHERE entered > 0 ORDER BY week, stage_order;
SELECT pg_get_viewdef('event_hot_today') ~ 'Asia/Kolkata' AS zone, count(*) FROM event_hot_today;
SELECT count(*) FROM lead_temperature.drift('event');
SET ROLE regress_lt_other;
SELECT count(*) FROM event_lead;
SELECT count(*) > 0 AS may FROM event_funnel_weekly;
SET ROLE regress_lt_owner;
SELECT transitions, superseded FROM (SELECT count(*) > 0 AS transitions, count(superseded_at) > 0 AS superseded FROM event_transition) AS t;

-- Counts of the funnel are kept and given up without a replay, under the names that the owner has given.
CREATE FUNCTION funnel() RETURNS TABLE (stage text, leads bigint, hot bigint, warm bigint, cold bigint) LANGUAGE sql AS 'SELECT stage, leads, hot, warm, cold FROM event_funnel ORDER BY stage_order';
CREATE TABLE before AS SELECT * FROM funnel();
ALTER TABLE event_lead RENAME TO event_person;
GRANT SELECT ON event_funnel TO regress_lt_other;
CREATE TABLE event_funnel_delta ();
SELECT lead_temperature.alter_tracker('event', funnel_counts => true);
DROP TABLE event_funnel_delta;
SELECT lead_temperature.alter_tracker('event', funnel_counts => true);
SELECT lead_temperature.alter_tracker('event', funnel_counts => true);
TABLE tracker;
SELECT pg_get_viewdef('event_funnel') ~ 'funnel_count' AS counted, has_table_privilege('regress_lt_other', 'event_funnel', 'SELECT') AS granted, sum(leads) FROM event_funnel_count;
SELECT count(*) FROM (TABLE before EXCEPT SELECT * FROM funnel()) AS d;
INSERT INTO event SELECT 100 + i, 'x', now(), i % 5, CASE WHEN i % 3 = 0 THEN 'visit' ELSE 'quote_request' END, false, i % 4 FROM generate_series(1, 40) AS i;
DELETE FROM event WHERE lead % 7 = 0;
SELECT count(*) FROM lead_temperature.drift('event');
SELECT lead_temperature.compact_counts('event') > 0 AS compacted;
CREATE TABLE counted AS SELECT * FROM funnel();
CREATE VIEW mine AS SELECT * FROM event_funnel_count;
SELECT lead_temperature.alter_tracker('event', funnel_counts => false);
DROP VIEW mine;
SELECT lead_temperature.alter_tracker('event', funnel_counts => false);
SELECT pg_get_viewdef('event_funnel') ~ 'funnel_count' AS counted, to_regclass('event_funnel_count') AS counts, to_regclass('event_funnel_delta') AS deltas, has_table_privilege('regress_lt_other', 'event_funnel', 'SELECT') AS granted;
SELECT count(*) FROM (TABLE counted EXCEPT SELECT * FROM funnel()) AS d;
SELECT lead_temperature.compact_counts('event');
DELETE FROM event WHERE lead > 100;
SELECT count(*) FROM lead_temperature.drift('event');
-- Both at once: counted once it has been replayed.
SELECT lead_temperature.alter_tracker('event', funnel_counts => true, entry => 'lead');
CALL lead_temperature.replay('event');
SELECT count(*) FROM lead_temperature.drift('event');
SELECT lead_temperature.alter_tracker('event', funnel_counts => false, entry => 'opportunity');
CALL lead_temperature.replay('event');
SELECT count(*) FROM pg_index WHERE indrelid = 'event_person'::regclass AND indnatts = 3;
DROP FUNCTION funnel();
DROP TABLE before, counted;
ALTER TABLE event_person RENAME TO event_lead;

-- It cures a tracker that a migration has paused.
ALTER TABLE event DROP COLUMN what;
TABLE tracker;
SELECT lead_temperature.alter_tracker('event', entry => 'lead');
SELECT lead_temperature.alter_tracker('event', kind => 'kind');
TABLE tracker;
SELECT lead_temperature.resume('event');
TABLE tracker;
TABLE lead;
SELECT count(*) FROM lead_temperature.drift('event');

-- Leads keep their type.
SELECT lead_temperature.alter_tracker('event', lead => 'big');
SELECT lead_temperature.alter_tracker('event', lead => 'big::int');
CREATE INDEX ON event ((big::int));
UPDATE event SET big = lead + 10;
SELECT lead_temperature.alter_tracker('event', lead => 'big::int');
CALL lead_temperature.replay('event');
TABLE lead;
SELECT count(*) FROM lead_temperature.drift('event');

-- What is refused changes nothing.
\set VERBOSITY terse
SELECT lead_temperature.alter_tracker(NULL);
SELECT lead_temperature.alter_tracker('lead');
SELECT lead_temperature.alter_tracker('event', kind => '');
SELECT lead_temperature.alter_tracker('event', kind => 'nothing');
SELECT lead_temperature.alter_tracker('event', at => 'kind');
SELECT lead_temperature.alter_tracker('event', filter => 'lead');
SELECT lead_temperature.alter_tracker('event', filter => 'now() > at');
SELECT lead_temperature.alter_tracker('event', entry => 'customer');
SELECT lead_temperature.alter_tracker('event', time_zone => '+05:30');
SELECT lead_temperature.alter_tracker('event', lead => 'lead + 1');
SET ROLE regress_lt_other;
SELECT lead_temperature.alter_tracker('event', kind => 'kind');
SET ROLE regress_lt_owner;
TABLE tracker;
DROP VIEW lead;
SELECT lead_temperature.untrack('event');
DROP VIEW tracker;
DROP TABLE event;
RESET ROLE;
DELETE FROM lead_temperature.model WHERE name = 'event';
DROP OWNED BY regress_lt_owner, regress_lt_other;
DROP ROLE regress_lt_owner, regress_lt_other;
