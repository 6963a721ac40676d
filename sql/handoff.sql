--
-- Handoff: hot leads handed over to those who call them, claimed, contacted, accepted and rejected.
--
\pset format unaligned
\pset tuples_only
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE TABLE event (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lead text, kind text, at timestamptz DEFAULT now());
CREATE INDEX ON event (lead, at);
INSERT INTO event (lead, kind) VALUES ('before', 'demo_request');
SELECT lead_temperature.track('event', 'lead', 'kind', 'at');
RESET client_min_messages;

-- A tracker without the module hands nobody over, and says so.
INSERT INTO event (lead, kind) VALUES ('early', 'demo_request');
SELECT * FROM lead_temperature.claim('event', 'Ann');
SELECT lead_temperature.accept('event', 'early', 'Ann');
SELECT lead_temperature.briefing('event', 'early');
SELECT lead_temperature.set_handoff('event', 'hot');
SELECT lead_temperature.set_team('event', 'north', 'event', 'lead', 'true');
SELECT lead_temperature.add_module('event', 'handoff');
CREATE VIEW handed AS SELECT id, lead, reason, state, stage, temperature, cycle, round(score) AS score, cause, cause_source AS source, agent, outcome FROM event_handoff;
CREATE VIEW queue AS SELECT lead, state, reason, agent, temperature, cooled, stage, status, cause, claim_clock, contact_clock FROM event_queue;
-- who was hot before it came is not handed over
TABLE handed;

-- Who becomes sales qualified by what has just happened is handed over; not who is warm, or has left nothing to call him by.
INSERT INTO event (lead, kind) VALUES ('hot', 'demo_request'), ('warm', 'question'), ('cold', 'visit');
INSERT INTO event (lead, kind) VALUES ('anonymous', 'add_to_cart'), ('anonymous', 'add_to_cart'), ('anonymous', 'add_to_cart');
SELECT stage, round(score) FROM event_ranking WHERE lead = 'anonymous';
TABLE handed ORDER BY id;
-- until he does
INSERT INTO event (lead, kind, at) VALUES ('anonymous', 'form_submit', now() + interval '1 second');
SELECT * FROM handed WHERE lead = 'anonymous';
-- one who goes to the checkout at once, and one in two steps of one statement
INSERT INTO event (lead, kind, at) VALUES ('checkout', 'checkout_started', now()), ('steps', 'demo_request', now()), ('steps', 'meeting_held', now() + interval '1 second');
SELECT * FROM handed WHERE lead IN ('checkout', 'steps') ORDER BY lead;
-- nobody twice while a handoff is open, and nobody by an import, a correction or a replay
INSERT INTO event (lead, kind, at) VALUES ('hot', 'quote_request', now() + interval '2 seconds');
INSERT INTO event (lead, kind, at) VALUES ('imported', 'demo_request', now() - interval '1 year'), ('yesterday', 'demo_request', now() - interval '1 day');
UPDATE event SET at = at - interval '1 minute' WHERE lead = 'yesterday';
UPDATE event SET at = at - interval '1 second' WHERE lead = 'early';
UPDATE lead_temperature.model SET half_life = '15 days' WHERE name = 'event';
CALL lead_temperature.replay('event');
SELECT count(*), count(DISTINCT lead) FROM event_handoff;
SELECT * FROM lead_temperature.drift('event');
-- who was hot long ago is hot again
INSERT INTO event (lead, kind) VALUES ('imported', 'demo_request');
SELECT * FROM handed WHERE lead = 'imported';
-- a lead that was hot for an instant alone is told as cooled
INSERT INTO event (lead, kind) VALUES ('instant', 'meeting_held');
SELECT * FROM queue WHERE lead IN ('instant', 'hot') ORDER BY lead;
-- a savepoint that is undone, and a statement that fails, hand nobody over
BEGIN;
SAVEPOINT s;
INSERT INTO event (lead, kind) VALUES ('undone', 'demo_request');
SELECT count(*) FROM event_handoff WHERE lead = 'undone';
ROLLBACK TO s;
INSERT INTO event (lead, kind) VALUES ('kept', 'demo_request');
COMMIT;
SELECT lead FROM event_handoff WHERE lead IN ('undone', 'kept');
DELETE FROM event WHERE lead IN ('kept', 'steps', 'anonymous', 'instant');
-- whose rows are gone waits for nobody
SELECT lead FROM queue ORDER BY lead;

-- Bad input changes nothing.
CREATE TABLE handed_before AS TABLE event_handoff;
SELECT * FROM lead_temperature.claim(NULL, 'Ann');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM lead_temperature.claim('event', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM lead_temperature.claim('event', '');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM lead_temperature.claim('event', E' \t\n');
SELECT * FROM lead_temperature.claim('event', 'Ann', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM lead_temperature.claim('event', 'Ann', 0);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM lead_temperature.claim('event', 'Ann', -1);
SELECT * FROM lead_temperature.claim('event', 'Ann', 1000000);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM lead_temperature.claim('event', 'Ann', 1, 'nowhere');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM lead_temperature.claim('event', 'Ann', 1, '');
SELECT * FROM lead_temperature.claim('handed_before', 'Ann');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM lead_temperature.claim('event_ranking', 'Ann');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM lead_temperature.claim('event_handoff', 'Ann');
SELECT lead_temperature.log_contact('event', 'hot', 'Ann');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.log_contact('event', 'cold', 'Ann');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.log_contact('event', 'nobody', 'Ann');
SELECT lead_temperature.log_contact('event', NULL, 'Ann');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.log_contact(NULL, 'hot', 'Ann');
SELECT lead_temperature.log_contact('event', 'hot', NULL);
SELECT lead_temperature.log_contact('event', 'hot', '');
SELECT lead_temperature.release('event', 'hot', 'Ann');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.accept('event', 'hot', 'Ann');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.reject('event', 'hot', 'Ann', 'no budget');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.briefing('event', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.briefing(NULL, 'hot');
SELECT lead_temperature.briefing('event', 'nobody');
\echo :LAST_ERROR_SQLSTATE
(TABLE event_handoff EXCEPT TABLE handed_before) UNION ALL (TABLE handed_before EXCEPT TABLE event_handoff);

-- The hottest go first, and no lead goes twice.
SELECT lead, contact_due > now() + interval '59 minutes' AS due FROM lead_temperature.claim('event', 'Ann');
SELECT lead FROM lead_temperature.claim('event', 'Bob', 2);
SELECT lead FROM lead_temperature.claim('event', 'Ann', 1000);
SELECT lead FROM lead_temperature.claim('event', 'Bob');
SELECT lead, state, agent, claim_clock, contact_clock FROM queue ORDER BY lead;

-- What agents do with them, and what others cannot.
SELECT lead_temperature.log_contact('event', 'hot', 'Bob');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.release('event', 'hot', 'ann');
SELECT lead_temperature.accept('event', 'hot', 'Bob');
SELECT lead_temperature.reject('event', 'hot', 'Bob', 'no budget');
SELECT lead_temperature.log_contact('event', 'hot', 'Ann', 'left a message');
SELECT contacted_at > claimed_at AS after, contacted_at AS first FROM event_handoff WHERE lead = 'hot' \gset
SELECT lead_temperature.log_contact('event', 'hot', 'Ann');
SELECT state, agent, note, contacted_at = :'first' AS first FROM event_handoff WHERE lead = 'hot';
SELECT contact_clock FROM queue WHERE lead = 'hot';
-- given back, it waits as before, and is claimed again
SELECT lead_temperature.release('event', 'hot', 'Ann');
SELECT lead_temperature.release('event', 'hot', 'Ann');
\echo :LAST_ERROR_SQLSTATE
SELECT state, agent, note, claimed_at, contacted_at FROM event_handoff WHERE lead = 'hot';
SELECT lead FROM lead_temperature.claim('event', 'Cyd', 5);
-- accepted, it is an opportunity, once
SELECT lead_temperature.accept('event', 'hot', 'Cyd');
SELECT stage FROM event_lead WHERE lead = 'hot';
SELECT state, agent, outcome, closed_at IS NOT NULL AS closed FROM event_handoff WHERE lead = 'hot';
SELECT lead_temperature.accept('event', 'hot', 'Cyd');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.log_contact('event', 'hot', 'Cyd', 'too late');
SELECT lead_temperature.release('event', 'hot', 'Cyd');
SELECT lead_temperature.reject('event', 'hot', 'Cyd', 'too late');
SELECT count(*) FROM event_handoff WHERE lead = 'hot';
SELECT * FROM lead_temperature.drift('event');
-- one that is an opportunity stays one
SELECT agent FROM event_handoff WHERE lead = 'checkout' \gset
SELECT lead_temperature.accept('event', 'checkout', :'agent');
SELECT stage FROM event_lead WHERE lead = 'checkout';
-- rejected, with a reason, it is quiet for as long as asked for
SELECT agent FROM event_handoff WHERE lead = 'imported' \gset
SELECT lead_temperature.reject('event', 'imported', :'agent', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.reject('event', 'imported', :'agent', ' ');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.reject('event', 'imported', :'agent', 'no budget', '0');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.reject('event', 'imported', :'agent', 'no budget', '-1 day');
SELECT lead_temperature.reject('event', 'imported', :'agent', 'no budget', '1000 years');
SELECT lead_temperature.reject('event', 'imported', :'agent', 'no budget', '1 month');
SELECT state, outcome, quiet_until > now() + interval '27 days' AS quiet FROM event_handoff WHERE lead = 'imported';
DELETE FROM event WHERE lead = 'imported';
INSERT INTO event (lead, kind) VALUES ('imported', 'quote_request');
SELECT stage FROM event_lead WHERE lead = 'imported';
SELECT count(*) FROM event_handoff WHERE lead = 'imported';
-- and then is handed over again
UPDATE event_handoff SET quiet_until = now() - interval '1 second' WHERE lead = 'imported';
DELETE FROM event WHERE lead = 'imported';
INSERT INTO event (lead, kind) VALUES ('imported', 'quote_request');
SELECT id, reason, state, cause FROM handed WHERE lead = 'imported' ORDER BY id;

-- What was rejected and is quiet says until when.
UPDATE event_handoff SET quiet_until = '2999-01-01' WHERE lead = 'imported';
SELECT agent FROM event_handoff WHERE lead = 'imported' AND state = 'rejected' \gset
UPDATE event_handoff SET state = 'closed', closed_at = now() WHERE lead = 'imported' AND state = 'waiting';
DELETE FROM event_handoff WHERE lead = 'imported' AND state = 'closed';
SELECT lead_temperature.reject('event', 'imported', :'agent', 'again');

-- Leads are handed over by hand, whatever has happened to them, once.
SELECT lead_temperature.hand_over('event', 'imported');
\echo :LAST_ERROR_SQLSTATE
UPDATE event_handoff SET quiet_until = NULL WHERE lead = 'imported';
SELECT count(*) FROM event_handoff WHERE reason = 'by_hand';
BEGIN;
SELECT lead_temperature.hand_over('event', w) > 0 AS handed FROM unnest(ARRAY['imported', 'before', 'cold']) AS w;
SELECT lead, reason, state, stage, temperature, cycle, cause, source FROM handed WHERE reason = 'by_hand' ORDER BY lead;
SELECT lead, reason, cooled, claim_clock FROM event_queue WHERE reason = 'by_hand' ORDER BY lead;
SELECT count(*) FROM lead_temperature.claim('event', 'Ann', 1000) WHERE lead = 'before';
ROLLBACK;
SELECT lead_temperature.hand_over('event', 'before', 'was hot before') > 0 AS handed;
SELECT note, score > 0 AS score FROM event_handoff WHERE lead = 'before';
SELECT lead_temperature.hand_over('event', 'before');
\echo :LAST_ERROR_SQLSTATE
SELECT lead FROM lead_temperature.claim('event', 'Ann', 1000) WHERE lead = 'before';
SELECT lead_temperature.hand_over('event', 'before');
SELECT lead_temperature.reject('event', 'before', 'Ann', 'not now');
SELECT lead_temperature.hand_over('event', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.hand_over(NULL, 'before');
SELECT lead_temperature.hand_over('event', 'nobody');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.hand_over('handed_before', 'hot');
INSERT INTO event (lead, kind) VALUES ('bought', 'purchase'), ('ours', 'demo_request');
SELECT lead_temperature.hand_over('event', 'bought');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.exclude('event', 'ours');
SELECT lead_temperature.hand_over('event', 'ours');
\echo :LAST_ERROR_SQLSTATE
DELETE FROM event WHERE lead IN ('bought', 'ours');

-- An outcome ends a handoff, whoever has it, and what comes after it begins another.
INSERT INTO event (lead, kind) VALUES ('won', 'demo_request'), ('lost', 'demo_request'), ('late', 'demo_request');
SELECT lead FROM lead_temperature.claim('event', 'Dan', 2) ORDER BY lead;
INSERT INTO event (lead, kind, at) VALUES ('won', 'purchase', now() + interval '1 second'), ('lost', 'opportunity_lost', now() + interval '1 second');
SELECT lead, state, outcome FROM handed WHERE lead IN ('won', 'lost') ORDER BY lead;
SELECT lead_temperature.log_contact('event', 'won', 'Dan');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.accept('event', 'lost', 'Dan');
INSERT INTO event (lead, kind, at) VALUES ('won', 'quote_request', now() + interval '2 seconds'), ('lost', 'quote_request', now() + interval '2 seconds');
SELECT lead, reason, state, stage, cycle FROM handed WHERE lead IN ('won', 'lost') AND state = 'waiting' ORDER BY lead;
-- all in one statement
INSERT INTO event (lead, kind, at) VALUES ('won', 'purchase', now() + interval '3 seconds'), ('won', 'checkout_started', now() + interval '4 seconds');
SELECT lead, reason, state, outcome, cycle FROM handed WHERE lead = 'won' ORDER BY id;
-- an outcome that nobody heard of in time: it is not offered, cannot be accepted, and ends with the next that is live
SET lead_temperature.live_within = 0;
INSERT INTO event (lead, kind, at) VALUES ('late', 'opportunity_lost', now() + interval '1 second');
RESET lead_temperature.live_within;
SELECT state, agent, status FROM queue WHERE lead = 'late';
SELECT lead FROM lead_temperature.claim('event', 'Eve', 1000) ORDER BY lead;
INSERT INTO event (lead, kind, at) VALUES ('late', 'quote_request', now() + interval '2 seconds');
SELECT state, outcome, cycle FROM handed WHERE lead = 'late' ORDER BY id;
-- one that an agent has
SELECT lead FROM lead_temperature.claim('event', 'Eve', 1000) WHERE lead = 'late';
SET lead_temperature.live_within = 0;
INSERT INTO event (lead, kind, at) VALUES ('late', 'purchase', now() + interval '3 seconds');
RESET lead_temperature.live_within;
SELECT state, agent, status FROM queue WHERE lead = 'late';
SELECT lead_temperature.accept('event', 'late', 'Eve');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.reject('event', 'late', 'Eve', 'has bought');

-- Excluded leads are not offered, and come back when they are included.
INSERT INTO event (lead, kind) VALUES ('competitor', 'demo_request');
SELECT lead_temperature.exclude('event', 'competitor', 'competitor');
SELECT count(*) FROM queue WHERE lead = 'competitor';
SELECT lead FROM lead_temperature.claim('event', 'Eve', 1000) WHERE lead = 'competitor';
SELECT lead_temperature.include('event', 'competitor', 'customer of theirs');
SELECT lead FROM lead_temperature.claim('event', 'Eve', 1000) WHERE lead = 'competitor';
SELECT lead_temperature.exclude('event', 'competitor', 'competitor');
SELECT lead_temperature.accept('event', 'competitor', 'Eve');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO event (lead, kind) VALUES ('test account', 'visit');
SELECT lead_temperature.exclude('event', 'test account');
INSERT INTO event (lead, kind, at) VALUES ('test account', 'demo_request', now() + interval '10 seconds');
SELECT count(*) FROM event_handoff WHERE lead = 'test account';
-- a person's word hands over, too
INSERT INTO event (lead, kind) VALUES ('said', 'visit');
SELECT lead_temperature.set_stage('event', 'said', 'sales_qualified', 'met at the fair');
SELECT reason, stage, temperature, cause, source FROM handed WHERE lead = 'said';
SELECT cooled FROM queue WHERE lead = 'said';
-- unless it is that of one who has the lead already
INSERT INTO event (lead, kind) VALUES ('mine', 'visit'), ('theirs', 'visit');
SELECT lead_temperature.set_stage('event', 'mine', 'opportunity', 'met at the fair'), lead_temperature.set_stage('event', 'theirs', 'customer', 'has an account');
SELECT count(*) FROM handed WHERE lead IN ('mine', 'theirs');
-- until it becomes hot
INSERT INTO event (lead, kind, at) VALUES ('mine', 'demo_request', now() + interval '1 minute');
SELECT lead, reason, cause FROM handed WHERE lead IN ('mine', 'theirs');

-- A briefing has what is there, built when it is asked for.
CREATE TABLE chat (lead text, what text, at timestamptz, product text);
CREATE INDEX ON chat (lead, at);
SELECT lead_temperature.add_source('event', 'chat', 'lead', 'what', 'at', topic => 'product') AS source;
BEGIN;
INSERT INTO event (lead, kind, at) SELECT 'known', 'visit', now() - interval '2 days' + i * interval '1 hour' FROM generate_series(1, 12) i;
INSERT INTO chat VALUES ('known', 'question', now() - interval '1 hour', 'boots');
INSERT INTO event (lead, kind, at) VALUES ('known', 'newsletter_signup', now() - interval '200 days');
INSERT INTO event (lead, kind) VALUES ('known', 'demo_request');
INSERT INTO event (lead, kind, at) VALUES ('known', 'visit', now() + interval '100 days');
COMMIT;
SELECT briefing FROM lead_temperature.claim('event', 'Fay') WHERE lead = 'known' \gset
SELECT jsonb_object_keys(:'briefing'::jsonb);
SELECT b - '{why,last,sources,first_touch,handoff,hot_since,hot_until,became_hot,topics}'::text[] FROM (VALUES (:'briefing'::jsonb)) v (b);
SELECT jsonb_path_query(b, '$.why[*]') FROM (VALUES (:'briefing'::jsonb)) v (b);
SELECT jsonb_path_query(b, '$.topics[*]') FROM (VALUES (:'briefing'::jsonb)) v (b);
SELECT jsonb_path_query(b, '$.sources[*]') - '{first_at,last_at}'::text[] FROM (VALUES (:'briefing'::jsonb)) v (b);
SELECT jsonb_array_length(b->'last'), jsonb_path_query_array(b, '$.last[*].kind'), jsonb_path_query_array(b, '$.last[*].source') FROM (VALUES (:'briefing'::jsonb)) v (b);
SELECT (b->'first_touch') - 'at', (b->'first_touch'->>'at')::timestamptz = (SELECT first_at FROM event_lead WHERE lead = 'known') FROM (VALUES (:'briefing'::jsonb)) v (b);
SELECT (b->'handoff') - '{at,id,handed_at,claimed_at,cause}'::text[], (b->'handoff'->'cause') - 'at', (b->'became_hot') - 'at' FROM (VALUES (:'briefing'::jsonb)) v (b);
-- what came before, and what has been archived since; a lead with nothing has little
SELECT jsonb_path_query_array(lead_temperature.briefing('event', 'won'), '$.previous[*].outcome');
SELECT lead_temperature.briefing('event', 'cold') ?| ARRAY['previous', 'handoff', 'topics', 'became_hot', 'hot_until', 'consent'];
SELECT lead_temperature.archive('event', now() - interval '1 day') > 0 AS archived;
SELECT (b->>'interactions')::int AS interactions, jsonb_array_length(b->'last') AS read, b->'first_touch' ? 'kind' AS kind,
	(b->'first_touch'->>'at')::timestamptz = (SELECT first_at FROM event_lead WHERE lead = 'known') AS at
FROM lead_temperature.briefing('event', 'known') b;
-- of a lead of very many interactions it goes into a file, and nothing of that is left
INSERT INTO event (lead, kind, at) SELECT 'busy', 'visit', now() - interval '1 day' + i * interval '1 second' FROM generate_series(1, 5000) i;
SET work_mem = '64kB';
SELECT jsonb_array_length(b->'last') AS last, b->'sources'->0->>'interactions' AS interactions FROM lead_temperature.briefing('event', 'busy') b;
RESET work_mem;
-- its times are those of the tracker's zone, whatever the session's
SET timezone = 'Asia/Tokyo';
SELECT lead_temperature.briefing('event', 'known')->>'hot_since' ~ '\+00:00$';
SET timezone = 'UTC';
SELECT lead_temperature.alter_tracker('event', time_zone => 'Asia/Kolkata');
SELECT lead_temperature.briefing('event', 'known')->>'hot_since' ~ '\+05:30$';

-- Merged leads are one: of two handoffs the one that is further on stays, and all are of the lead that stays.
SET client_min_messages = warning;
CALL lead_temperature.replay('event');
RESET client_min_messages;
INSERT INTO event (lead, kind) VALUES ('dup', 'demo_request'), ('root', 'visit');
SELECT lead FROM lead_temperature.claim('event', 'Gus', 1000) WHERE lead = 'dup';
SELECT lead_temperature.merge_leads('event', 'dup', 'root');
SELECT lead, state, agent FROM handed WHERE lead IN ('dup', 'root');
SELECT lead_temperature.log_contact('event', 'dup', 'Gus', 'by the old name');
SELECT lead, state, note FROM event_handoff WHERE lead IN ('dup', 'root');
-- both waiting, the earlier stays; one claimed, that does
INSERT INTO event (lead, kind) VALUES ('a1', 'demo_request'), ('a2', 'demo_request'), ('b1', 'quote_request'), ('b2', 'demo_request');
INSERT INTO event (lead, kind, at) VALUES ('b1', 'visit', now() + interval '1 second');
SELECT lead FROM lead_temperature.claim('event', 'Gus');
SELECT lead_temperature.merge_leads('event', 'a2', 'a1'), lead_temperature.merge_leads('event', 'b1', 'b2');
SELECT lead, state, agent, outcome FROM handed WHERE lead IN ('a1', 'a2', 'b1', 'b2') ORDER BY id;
-- a chain, in one statement
INSERT INTO event (lead, kind) VALUES ('c1', 'demo_request'), ('c2', 'demo_request'), ('c3', 'visit');
INSERT INTO event_alias VALUES ('c1', 'c2'), ('c2', 'c3');
SELECT lead, state, outcome FROM handed WHERE lead IN ('c1', 'c2', 'c3') ORDER BY id;
-- taken apart the handoffs stay, and the other may have its own
SELECT lead_temperature.unmerge_lead('event', 'dup');
SELECT lead, state FROM handed WHERE lead IN ('dup', 'root') ORDER BY id;
INSERT INTO event (lead, kind, at) VALUES ('dup', 'purchase', now() + interval '1 second'), ('dup', 'demo_request', now() + interval '2 seconds');
SELECT lead, state FROM handed WHERE lead IN ('dup', 'root') ORDER BY id;
-- merged while nobody followed
INSERT INTO event (lead, kind) VALUES ('d1', 'demo_request'), ('d2', 'visit');
SELECT lead_temperature.pause('event');
INSERT INTO event_alias VALUES ('d1', 'd2');
INSERT INTO event (lead, kind) VALUES ('missed', 'demo_request');
SELECT lead_temperature.accept('event', 'root', 'Gus');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.resume('event');
SELECT lead, state FROM handed WHERE lead IN ('d1', 'd2', 'missed') ORDER BY id;
-- a quiet lead stays quiet as another
SELECT lead FROM lead_temperature.claim('event', 'Gus', 1000) WHERE lead = 'missed';
SELECT lead_temperature.reject('event', 'missed', 'Gus', 'not now', '10 days');
INSERT INTO event (lead, kind) VALUES ('other', 'visit');
SELECT lead_temperature.merge_leads('event', 'missed', 'other');
SELECT lead, state FROM handed WHERE lead IN ('other', 'missed');

-- Who is forgotten is out of it.
SELECT relation, rows FROM lead_temperature.forget('event', 'missed', true) WHERE relation = 'event_handoff'::regclass;
SELECT count(*) FROM event_handoff WHERE lead IN ('other', 'missed');
SELECT relation, rows FROM lead_temperature.forget('event', 'won', true) WHERE relation = 'event_handoff'::regclass;
SELECT * FROM lead_temperature.drift('event');

-- Truncated, the table leaves handoffs that nobody can claim.
BEGIN;
TRUNCATE event, chat, event_word;
SELECT count(*) FROM event_lead;
SELECT count(*) FROM queue WHERE state = 'waiting';
SELECT count(*) FROM lead_temperature.claim('event', 'Gus', 1000);
ROLLBACK;

-- What the owner does to the table is refused, or told when it matters; his own columns and triggers are his.
ALTER TABLE event_handoff DROP COLUMN outcome CASCADE;
DROP TABLE event_handoff CASCADE;
ALTER TABLE event_handoff ADD COLUMN mine text DEFAULT 'mine';
INSERT INTO event (lead, kind) VALUES ('by name', 'demo_request');
ALTER TABLE event_handoff RENAME TO another_name;
INSERT INTO event (lead, kind) VALUES ('by another name', 'demo_request');
SELECT lead FROM handed WHERE lead ~ 'by' ORDER BY lead;
SELECT count(*) > 1 FROM lead_temperature.claim('event', 'Gus', 1000);
ALTER TABLE another_name RENAME TO event_handoff;
CREATE TABLE told (lead text);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.told SELECT lead FROM handed_rows; RETURN NULL; END $$;
CREATE TRIGGER tell AFTER INSERT ON event_handoff REFERENCING NEW TABLE AS handed_rows EXECUTE FUNCTION tell();
INSERT INTO event (lead, kind) VALUES ('told 1', 'demo_request'), ('told 2', 'demo_request'), ('told 3', 'visit');
TABLE told ORDER BY lead;
DROP TRIGGER tell ON event_handoff;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER keep BEFORE UPDATE ON event_handoff FOR EACH ROW EXECUTE FUNCTION keep();
SELECT lead_temperature.release('event', 'root', 'Gus');
\echo :LAST_ERROR_SQLSTATE
DROP TRIGGER keep ON event_handoff;
DROP INDEX event_handoff_lead_idx, event_handoff_lead_idx1, event_handoff_lead_idx2;
INSERT INTO event (lead, kind) VALUES ('no index', 'demo_request');
INSERT INTO event (lead, kind, at) VALUES ('no index', 'demo_request', now() + interval '1 second');
SELECT lead, state FROM handed WHERE lead = 'no index';
BEGIN;
ALTER EVENT TRIGGER lead_temperature_ddl DISABLE;
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
ALTER TABLE event_handoff DROP COLUMN quiet_until;
SAVEPOINT s;
INSERT INTO event (lead, kind) VALUES ('altered', 'visit');
ROLLBACK TO s;
INSERT INTO event (lead, kind) VALUES ('altered', 'demo_request');
ROLLBACK;
-- one that got lost hands nobody over, fails nobody, and is made again
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP VIEW handed, queue;
DROP VIEW event_queue;
DROP TABLE event_handoff;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
INSERT INTO event (lead, kind) VALUES ('unheard', 'demo_request');
SELECT * FROM lead_temperature.claim('event', 'Gus');
SELECT lead_temperature.upgrade_tracker('event');
INSERT INTO event (lead, kind) VALUES ('heard', 'demo_request');
SELECT lead, state FROM event_handoff;
SELECT lead FROM lead_temperature.claim('event', 'Gus', 5);

-- Any type of leads; two trackers of one table.
CREATE TYPE pair AS (a int, b text);
CREATE TABLE pairs (lead pair, kind text, at timestamptz DEFAULT now());
CREATE INDEX ON pairs (lead, at);
SET client_min_messages = warning;
SELECT lead_temperature.track('pairs', 'lead', 'kind', 'at');
SELECT lead_temperature.track('pairs', 'lead', 'kind', 'at', prefix => 'second', model => 'pairs');
RESET client_min_messages;
SELECT lead_temperature.add_module('pairs_lead', 'handoff'), lead_temperature.add_module('second_lead', 'handoff');
INSERT INTO pairs VALUES ((1, 'x'), 'demo_request'), ((2, NULL), 'demo_request');
SELECT lead FROM lead_temperature.claim('pairs_lead', 'Hal', 2) ORDER BY lead;
SELECT lead FROM lead_temperature.claim('second_lead', 'Ida');
SELECT lead_temperature.log_contact('pairs_lead', '(2,)', 'Hal'), lead_temperature.accept('pairs_lead', '(1,x)', 'Hal');
SELECT lead, state, agent FROM pairs_queue;
-- one that is of no time of this world hides no other
BEGIN;
UPDATE pairs_handoff SET handed_at = 'infinity', claimed_at = '-infinity' WHERE lead = (2, NULL)::pair;
SELECT lead, claim_due, claim_clock, contact_due, contact_clock FROM pairs_queue;
UPDATE pairs_handoff SET handed_at = '294276-12-31 00:00+00' WHERE lead = (2, NULL)::pair;
SELECT lead, claim_clock FROM pairs_queue;
ROLLBACK;
SELECT * FROM lead_temperature.claim('pairs', 'Hal');
\echo :LAST_ERROR_SQLSTATE

-- What goes with the module, or the tracker, is told.
SELECT lead_temperature.set_handoff('pairs_lead', 'hot'), lead_temperature.set_handoff('second_lead', 'hot');
SELECT lead_temperature.drop_module('pairs_lead', 'handoff');
SELECT lead_temperature.untrack('second_lead');
SELECT count(*) FROM lead_temperature.handoff_settings;
INSERT INTO pairs VALUES ((3, 'x'), 'demo_request');
SELECT lead_temperature.untrack('event');
SET client_min_messages = warning;
SELECT lead_temperature.untrack('pairs');
SELECT count(*) FROM pg_class WHERE relname ~ '_(handoff|queue)$' AND relnamespace = 'public'::regnamespace;
DROP TABLE event, chat, pairs, told, handed_before;
DROP TYPE pair;
DROP FUNCTION tell(), keep();
DELETE FROM lead_temperature.model;
