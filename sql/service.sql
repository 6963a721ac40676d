--
-- Service levels: within which time leads that are handed over shall be claimed, and contacted.
--
\pset format unaligned
\pset tuples_only
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_reader;
CREATE ROLE regress_lt_other;
GRANT CREATE ON SCHEMA public TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.create_model('office', 'default'), lead_temperature.create_model('around the clock', 'shop');
RESET client_min_messages;

-- Without working hours it is time as it passes.
SELECT lead_temperature.due_at('office', '2026-03-28 23:00+00', '1 day');
SELECT lead_temperature.working_time('office', '2026-03-28 23:00+00', '2026-03-30 23:30+00');
SELECT lead_temperature.due_at(NULL, now(), '1 hour') IS NULL, lead_temperature.working_time('office', NULL, now()) IS NULL;

-- Monday to Friday 9 to 12 and 13 to 17, Saturday 10 to 14, in Helsinki.
INSERT INTO lead_temperature.service_level VALUES ('office', '5 minutes', '1 hour', 'Europe/Helsinki');
INSERT INTO lead_temperature.working_hours SELECT 'office', d, h.opens, h.closes FROM generate_series(1, 5) d, (VALUES ('09:00'::time, '12:00'::time), ('13:00', '17:00')) h (opens, closes);
INSERT INTO lead_temperature.working_hours VALUES ('office', 6, '10:00', '14:00');
CREATE FUNCTION due(text, interval) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT to_char(lead_temperature.due_at('office', $1::timestamp AT TIME ZONE 'Europe/Helsinki', $2) AT TIME ZONE 'Europe/Helsinki', 'Dy MM-DD HH24:MI:SS') $$;
CREATE FUNCTION worked(text, text) RETURNS interval LANGUAGE sql STABLE AS $$
	SELECT lead_temperature.working_time('office', $1::timestamp AT TIME ZONE 'Europe/Helsinki', $2::timestamp AT TIME ZONE 'Europe/Helsinki') $$;
-- within hours, over lunch, over night, over the week end, before they open, at their very ends
SELECT due('2026-06-01 10:00', '1 hour'), due('2026-06-01 11:30', '1 hour'), due('2026-06-01 16:59:30', '5 minutes'), due('2026-06-06 13:30', '1 hour'),
	due('2026-06-01 03:00', '5 minutes'), due('2026-06-01 11:00', '1 hour'), due('2026-06-01 12:00', '1 second'), due('2026-06-01 17:00', '1 second'), due('2026-06-07 12:00', '40 hours');
SELECT worked('2026-06-01 09:00', '2026-06-01 17:00'), worked('2026-06-01 00:00', '2026-06-08 00:00'), worked('2026-06-01 11:59', '2026-06-01 13:01'),
	worked('2026-06-06 14:00', '2026-06-08 09:00'), worked('2026-06-01 10:00', '2026-06-01 10:00'), worked('2026-01-01 00:00', '2027-01-01 00:00');
-- the one is the other's inverse
SELECT count(*) FILTER (WHERE lead_temperature.working_time('office', s, lead_temperature.due_at('office', s, w)) <> w) AS wrong, count(*)
FROM generate_series('2026-03-20 00:07+00'::timestamptz, '2026-04-10', '37 minutes') s, unnest('{1 second,5 minutes,1 hour,9:30,50 hours}'::interval[]) w;

-- Holidays have none.
INSERT INTO lead_temperature.holiday VALUES ('office', '2026-06-02'), ('office', '2026-06-06'), ('office', '2026-06-07');
SELECT due('2026-06-01 16:30', '1 hour'), due('2026-06-02 10:00', '1 hour'), due('2026-06-05 16:30', '1 hour'), worked('2026-06-01 00:00', '2026-06-08 00:00');

-- Local times are local times on days on which clocks are changed; night hours are what is left of them, or more.
DELETE FROM lead_temperature.holiday;
SELECT lead_temperature.due_at('office', '2026-03-27 14:30+00', '5 hours'), lead_temperature.due_at('office', '2026-10-23 13:30+00', '5 hours');
UPDATE lead_temperature.service_level SET time_zone = 'Europe/Helsinki' WHERE model = 'office';
DELETE FROM lead_temperature.working_hours WHERE model = 'office';
INSERT INTO lead_temperature.working_hours VALUES ('office', 7, '00:00', '03:00'), ('office', 7, '03:00', '04:00'), ('office', 7, '04:00', '24:00'), ('office', 1, '00:00', '24:00');
SELECT d, worked(d || ' 00:00', (d::date + 1) || ' 00:00') FROM unnest('{2026-03-22,2026-03-29,2026-10-25}'::text[]) d;
SELECT lead_temperature.due_at('office', '2026-03-29 00:30+00', '1 hour'), lead_temperature.due_at('office', '2026-10-25 00:30+00', '2 hours');
-- a minute a week is working hours, too; more than a century away is never
DELETE FROM lead_temperature.working_hours WHERE model = 'office';
INSERT INTO lead_temperature.working_hours VALUES ('office', 3, '12:00', '12:01');
SELECT due('2026-06-01 00:00', '3 minutes'), lead_temperature.due_at('office', '2026-06-01', '366 days');
INSERT INTO lead_temperature.holiday SELECT 'office', d FROM generate_series('2026-01-01', '2031-01-01', '1 day'::interval) d;
SELECT due('2026-06-01 00:00', '3 minutes');

-- Bad input changes nothing.
CREATE TABLE kept AS SELECT * FROM lead_temperature.working_hours;
INSERT INTO lead_temperature.working_hours VALUES ('office', 3, '11:00', '12:00:01');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO lead_temperature.working_hours VALUES ('office', 3, '12:00:59', '13:00');
INSERT INTO lead_temperature.working_hours VALUES ('office', 3, '00:00', '24:00');
INSERT INTO lead_temperature.working_hours VALUES ('office', 3, '12:00', '12:30');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO lead_temperature.working_hours VALUES ('office', 4, '09:00', '12:00'), ('office', 4, '11:00', '13:00');
INSERT INTO lead_temperature.working_hours VALUES ('office', 4, '09:00', '09:00');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO lead_temperature.working_hours VALUES ('office', 4, '17:00', '09:00');
INSERT INTO lead_temperature.working_hours VALUES ('office', 0, '09:00', '17:00');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO lead_temperature.working_hours VALUES ('office', 8, '09:00', '17:00');
INSERT INTO lead_temperature.working_hours VALUES ('office', NULL, '09:00', '17:00');
INSERT INTO lead_temperature.working_hours VALUES ('around the clock', 1, '09:00', '17:00');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO lead_temperature.working_hours VALUES ('no such', 1, '09:00', '17:00');
\echo :LAST_ERROR_SQLSTATE
(TABLE kept EXCEPT SELECT * FROM lead_temperature.working_hours) UNION ALL (SELECT * FROM lead_temperature.working_hours EXCEPT TABLE kept);
-- beside each other they may be, and be moved
INSERT INTO lead_temperature.working_hours VALUES ('office', 3, '12:01', '13:00'), ('office', 3, '11:00', '12:00');
UPDATE lead_temperature.working_hours SET closes = '12:30' WHERE opens = '11:00';
UPDATE lead_temperature.working_hours SET opens = '10:00' WHERE opens = '11:00';
UPDATE lead_temperature.working_hours SET weekday = 4;
SELECT weekday, opens, closes FROM lead_temperature.working_hours ORDER BY 1, 2;
INSERT INTO lead_temperature.holiday VALUES ('office', 'infinity');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO lead_temperature.holiday VALUES ('around the clock', '2026-01-01');
INSERT INTO lead_temperature.service_level (model, claim_within) VALUES ('around the clock', '0');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO lead_temperature.service_level (model, claim_within) VALUES ('around the clock', '1 month');
INSERT INTO lead_temperature.service_level (model, contact_within) VALUES ('around the clock', '-1 hour');
INSERT INTO lead_temperature.service_level (model, contact_within) VALUES ('around the clock', '367 days');
INSERT INTO lead_temperature.service_level (model, time_zone) VALUES ('around the clock', 'Europe/Atlantis');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO lead_temperature.service_level (model, time_zone) VALUES ('around the clock', '+02:00');
INSERT INTO lead_temperature.service_level (model, time_zone) VALUES ('around the clock', NULL);
INSERT INTO lead_temperature.service_level (model) VALUES ('no such');
SELECT lead_temperature.due_at('no such', now(), '1 hour');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.due_at('office', now(), '0');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.due_at('office', now(), '1 month');
SELECT lead_temperature.due_at('office', now(), '-1 hour');
SELECT lead_temperature.due_at('office', 'infinity', '1 hour');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.due_at('around the clock', '-infinity', '1 hour');
SELECT lead_temperature.working_time('office', '2026-01-02', '2026-01-01');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.working_time('office', '1000-01-01', '2026-01-01');
SELECT lead_temperature.working_time('office', '2026-01-01', 'infinity');
SELECT lead_temperature.service_due('kept', 'claim', now(), 1);
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.check_service();
\echo :LAST_ERROR_SQLSTATE

-- A model takes them along, and gives them to nobody else.
UPDATE lead_temperature.model SET name = 'bureau' WHERE name = 'office';
SELECT DISTINCT s.model, h.model, o.model FROM lead_temperature.service_level s JOIN lead_temperature.working_hours h USING (model) JOIN lead_temperature.holiday o USING (model);
RESET ROLE;
SET ROLE regress_lt_other;
SELECT (SELECT count(*) FROM lead_temperature.service_level), (SELECT count(*) FROM lead_temperature.working_hours), (SELECT count(*) FROM lead_temperature.holiday);
INSERT INTO lead_temperature.service_level (model) VALUES ('around the clock');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO lead_temperature.working_hours VALUES ('bureau', 5, '09:00', '17:00');
SELECT lead_temperature.due_at('bureau', now(), '1 hour');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
SET ROLE regress_lt_owner;

-- The clocks of a queue are those of the tracker's model as it is now, for whoever may read the view.
SET client_min_messages = warning;
CREATE TABLE event (lead int, kind text, at timestamptz DEFAULT now());
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'around the clock', create_index => true);
SELECT lead_temperature.add_module('event', 'handoff');
RESET client_min_messages;
GRANT SELECT ON event_queue TO regress_lt_reader;
INSERT INTO event SELECT i, 'demo_request' FROM generate_series(1, 4) i;
UPDATE event_handoff SET handed_at = now() - (ARRAY['1 minute', '3 minutes 50 seconds', '4 minutes', '6 minutes'])[lead]::interval;
RESET ROLE;
SET ROLE regress_lt_reader;
SELECT lead, claim_due - waiting_since AS within, claim_clock, contact_due, contact_clock FROM event_queue ORDER BY lead;
SELECT * FROM event_handoff;
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
SET ROLE regress_lt_owner;
SELECT count(*) FROM lead_temperature.claim('event', 'Ann', 4);
UPDATE event_handoff SET claimed_at = now() - (ARRAY['1 second', '46 minutes', '59 minutes', '61 minutes'])[lead]::interval, handed_at = now() - interval '62 minutes';
SELECT lead, claim_clock, contact_clock FROM event_queue ORDER BY lead;
SELECT lead_temperature.log_contact('event', '3', 'Ann'), lead_temperature.log_contact('event', '4', 'Ann');
SELECT lead, state, claim_clock, contact_clock FROM event_queue ORDER BY lead;
-- another service level counts at once, also within the transaction
BEGIN;
INSERT INTO lead_temperature.service_level VALUES ('around the clock', '2 hours', '2 hours');
SELECT lead, claim_due - waiting_since, claim_clock, contact_clock FROM event_queue ORDER BY lead;
UPDATE lead_temperature.service_level SET claim_within = '63 minutes' WHERE model = 'around the clock';
SELECT lead, claim_clock FROM event_queue WHERE lead = 1;
SELECT contact_due - claimed_at FROM event_queue q JOIN event_handoff h ON h.id = q.handoff WHERE h.lead = 1;
ROLLBACK;
-- on a holiday no clock runs
INSERT INTO lead_temperature.service_level (model) VALUES ('around the clock');
INSERT INTO lead_temperature.working_hours SELECT 'around the clock', d, '00:00', '24:00' FROM generate_series(1, 7) d;
INSERT INTO lead_temperature.holiday SELECT 'around the clock', now()::date + d FROM generate_series(-1, 1) d;
SELECT DISTINCT claim_due::time, claim_due::date - now()::date AS days FROM event_queue;

SET client_min_messages = warning;
DROP TABLE event, kept;
DROP FUNCTION due(text, interval), worked(text, text);
DELETE FROM lead_temperature.model;
SELECT (SELECT count(*) FROM lead_temperature.service_level), (SELECT count(*) FROM lead_temperature.working_hours), (SELECT count(*) FROM lead_temperature.holiday);
RESET ROLE;
DROP OWNED BY regress_lt_owner, regress_lt_reader, regress_lt_other;
DROP ROLE regress_lt_owner, regress_lt_reader, regress_lt_other;
