--
-- Trackers that read several tables, and tables of which a row is several interactions.
--
\set VERBOSITY default
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
RESET client_min_messages;
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('m', 'regress_lt_owner', '7 days', 10, 25, 40);
INSERT INTO lead_temperature.signal (model, kind, points) VALUES ('m', 'visit', 5), ('m', 'call', 20), ('m', 'sent', 1), ('m', 'opened', 8), ('m', 'clicked', 15);
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES ('m', 'purchase', 'won');

CREATE TABLE visit (who int, what text, at timestamptz, weight float8);
CREATE INDEX ON visit (who, at);
CREATE SCHEMA phone;
CREATE TABLE phone.call (id int PRIMARY KEY, caller int, started timestamp, minutes int, seen timestamptz) PARTITION BY RANGE (id);
CREATE TABLE phone.call_1 PARTITION OF phone.call FOR VALUES FROM (0) TO (100);
CREATE INDEX ON phone.call (caller);
-- one row is up to three interactions
CREATE TABLE mail (lead int, sent_at timestamptz, opened_at timestamptz, clicked_at timestamptz);
CREATE INDEX ON mail (lead);
INSERT INTO visit VALUES (1, 'visit', '2026-01-01', 1), (2, 'visit', '2026-01-02', 1);
INSERT INTO phone.call VALUES (1, 1, '2026-01-03 10:00', 5), (2, 3, '2026-01-04 10:00', 5);

SELECT lead_temperature.track('visit', 'who', 'what', 'at', 'weight', 'm', time_zone => 'Europe/Amsterdam');
-- rows that are there count after a replay
SELECT lead_temperature.add_source('visit', 'phone.call', 'caller', '''call''', 'started', filter => 'minutes > 1');
SELECT stale FROM lead_temperature.trackers;
SELECT count(*) FROM visit_lead;
CALL lead_temperature.replay('visit');
SELECT lead, interactions, first_at, last_at FROM visit_lead ORDER BY lead;
SELECT stale FROM lead_temperature.trackers;
-- three of one table, which is empty
SELECT lead_temperature.add_source('visit', 'mail', 'lead', '''sent''', 'sent_at');
SELECT lead_temperature.add_source('phone.call', 'mail', 'lead', '''opened''', 'opened_at');
SELECT lead_temperature.add_source('visit_lead', 'mail', 'lead', '''clicked''', 'clicked_at');
SELECT stale FROM lead_temperature.trackers;
SELECT tracker, source, relation, lead, kind, at, weight, filter, failed FROM lead_temperature.sources ORDER BY 1, 2;

INSERT INTO mail VALUES (1, '2026-01-05', NULL, NULL), (4, '2026-01-05', '2026-01-06', '2026-01-06 00:01');
SELECT lead, interactions, last_at FROM visit_lead ORDER BY lead;
UPDATE mail SET opened_at = '2026-01-07' WHERE lead = 1;
SELECT lead, interactions, last_at FROM visit_lead WHERE lead = 1;
INSERT INTO phone.call_1 VALUES (3, 4, '2026-01-08 12:00', 9), (4, 5, '2026-01-08 12:00', 1);
UPDATE phone.call SET minutes = 10 WHERE id = 4;
SELECT lead, interactions, last_at FROM visit_lead WHERE lead > 3 ORDER BY lead;
-- a column that is not read costs nothing
SELECT xmin FROM visit_lead WHERE lead = 5 \gset
UPDATE phone.call SET seen = now();
SELECT xmin = :'xmin' AS untouched FROM visit_lead WHERE lead = 5;
-- a late row of one source goes before those of others; an outcome spends what any has brought
INSERT INTO visit VALUES (4, 'visit', '2026-01-05 12:00', 2), (1, 'purchase', '2026-01-09', NULL);
SELECT lead, interactions, stage, status, round(lead_temperature.points(heat)::numeric, 6) AS points FROM visit_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('visit');
SELECT * FROM lead_temperature.drift('phone.call');
DELETE FROM mail WHERE lead = 4;
TRUNCATE phone.call;
SELECT lead, interactions, last_at FROM visit_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('mail');

-- What else reads all sources.
INSERT INTO phone.call VALUES (5, 1, '2026-01-10 10:00', 7);
INSERT INTO mail VALUES (1, '2026-01-10', '2026-01-11', 'infinity');
INSERT INTO visit VALUES (1, 'dance', '2026-01-12', 1), (NULL, 'visit', '2026-01-12', 1);
SELECT lead, interactions FROM lead_temperature.leads_as_of('mail', '2026-01-10 09:30+00') ORDER BY lead;
SELECT * FROM lead_temperature.score_history('visit', '2026-01-10', '2026-01-13') ORDER BY 1, 2;
SELECT kind, interactions, source FROM lead_temperature.unmapped_kinds('visit');
SELECT kind, interactions, source FROM lead_temperature.score_breakdown('visit', '1');
SELECT reason, rows FROM lead_temperature.skipped_rows('visit') ORDER BY reason;
SELECT lead_temperature.archive('visit', '2026-01-10 00:00+00');
DELETE FROM visit WHERE at < '2026-01-10';
SELECT * FROM lead_temperature.drift('visit');
SELECT lead, interactions, last_at FROM visit_lead ORDER BY lead;
SELECT t::text, rows FROM lead_temperature.forget('mail', '1', true) AS f (t, rows);
SELECT count(*) FROM visit_lead WHERE lead = 1;
SELECT * FROM lead_temperature.drift('visit');

-- Expressions that fail are counted for their source.
SELECT lead_temperature.alter_source('visit', 2, kind => $$CASE WHEN 100 / (minutes - 5) > 0 THEN 'call' END$$);
INSERT INTO phone.call VALUES (6, 6, '2026-01-12 10:00', 5), (7, 6, '2026-01-12 11:00', 6);
SELECT source, failed, last_failure FROM lead_temperature.sources WHERE failed > 0;
SELECT lead, interactions FROM visit_lead WHERE lead = 6;
CALL lead_temperature.replay('visit');
SELECT source, failed, last_failure FROM lead_temperature.sources WHERE failed > 0;
SELECT stale FROM lead_temperature.trackers;

-- Migrations of a source: renames are followed; what cannot be read pauses, and says of which source.
ALTER TABLE phone.call RENAME started TO began;
ALTER TABLE phone.call RENAME minutes TO mins;
SELECT kind, at, filter FROM lead_temperature.sources WHERE source = 2;
INSERT INTO phone.call VALUES (8, 6, '2026-01-12 12:00', 6);
SELECT lead, interactions FROM visit_lead WHERE lead = 6;
ALTER TABLE mail DROP opened_at;
SELECT source, paused_because FROM lead_temperature.sources WHERE paused_because IS NOT NULL;
SELECT paused, paused_because FROM lead_temperature.trackers;
INSERT INTO phone.call VALUES (9, 6, '2026-01-12 13:00', 6);
SELECT lead_temperature.resume('visit');
SELECT lead_temperature.drop_source('visit', 4);
SELECT lead_temperature.resume('visit');
SELECT lead, interactions FROM visit_lead WHERE lead = 6;
ALTER TABLE mail ALTER clicked_at TYPE text;
SELECT lead_temperature.alter_source('visit', 5, at => 'sent_at');
SELECT lead_temperature.resume('visit');
ALTER TABLE mail ALTER lead TYPE bigint;
SELECT source, paused_because FROM lead_temperature.sources WHERE paused_because IS NOT NULL ORDER BY source;
ALTER TABLE mail ALTER lead TYPE int;
SELECT lead_temperature.resume('visit');
DROP TABLE mail;
SELECT stale, paused FROM lead_temperature.trackers;
SELECT source, relation FROM lead_temperature.sources ORDER BY source;
CALL lead_temperature.replay('visit');
SELECT * FROM lead_temperature.drift('visit');
-- partitions come and go
CREATE TABLE phone.call_2 PARTITION OF phone.call FOR VALUES FROM (100) TO (200);
INSERT INTO phone.call VALUES (100, 7, '2026-01-12 13:00', 6);
ALTER TABLE phone.call DETACH PARTITION phone.call_1;
SELECT stale FROM lead_temperature.trackers;
INSERT INTO phone.call_1 VALUES (10, 8, '2026-01-12 13:00', 6);
CALL lead_temperature.replay('visit');
SELECT lead, interactions FROM visit_lead ORDER BY lead;
SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'lead_temperature_insert' ORDER BY tgrelid::regclass::text;
DROP TRIGGER lead_temperature_insert ON phone.call;
DROP TRIGGER lead_temperature_insert ON phone.call_2;

-- Others' tables.
CREATE TABLE talk (lead int, kind text, at timestamptz);
CREATE INDEX ON talk (lead);
ALTER TABLE talk OWNER TO regress_lt_other;
GRANT CREATE ON SCHEMA public TO regress_lt_owner, regress_lt_other;
ALTER TABLE visit OWNER TO regress_lt_owner;
ALTER TABLE phone.call OWNER TO regress_lt_owner;
SELECT lead_temperature.add_source('visit', 'talk', 'lead', 'kind', 'at');
GRANT regress_lt_other TO regress_lt_owner;
\set VERBOSITY terse
SELECT lead_temperature.resume('visit');
\set VERBOSITY default
GRANT USAGE ON SCHEMA phone TO regress_lt_owner;
SELECT lead_temperature.resume('visit');
SET ROLE regress_lt_owner;
SELECT lead_temperature.add_source('visit', 'talk', 'lead', 'kind', 'at');
RESET ROLE;
SET ROLE regress_lt_other;
INSERT INTO talk VALUES (9, 'call', '2026-01-13');
SELECT lead_temperature.untrack('talk');
RESET ROLE;
SELECT lead, interactions FROM visit_lead WHERE lead = 9;
REVOKE regress_lt_other FROM regress_lt_owner;
INSERT INTO talk VALUES (10, 'call', '2026-01-13');
SELECT paused, paused_because FROM lead_temperature.trackers;
GRANT regress_lt_other TO regress_lt_owner;
SELECT lead_temperature.resume('visit');
SELECT lead, interactions FROM visit_lead WHERE lead = 10;
CREATE FUNCTION of_other(text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT $1 $$;
ALTER FUNCTION of_other OWNER TO regress_lt_other;
SELECT lead_temperature.alter_source('visit', 3, kind => 'of_other(kind)');

-- What bad input gets.
SELECT lead_temperature.add_source('visit', 'talk', 'lead', 'kind', 'at');
SELECT lead_temperature.add_source('talk', 'visit_lead', 'lead', 'stage', 'last_at');
SELECT lead_temperature.add_source('nothing', 'talk', 'lead', 'kind', 'at');
SELECT lead_temperature.add_source('pg_class', 'talk', 'lead', 'kind', 'at');
SELECT lead_temperature.add_source(NULL, 'talk', 'lead', 'kind', 'at');
SELECT lead_temperature.add_source('visit', 'talk', 'lead', 'kind', NULL);
SET ROLE regress_lt_owner;
CREATE TABLE names (who text, kind text, at timestamptz);
SELECT lead_temperature.add_source('visit', 'names', 'who', 'kind', 'at');
SELECT lead_temperature.add_source('visit', 'names', 'length(who)', 'kind', 'at');
SELECT lead_temperature.add_source('visit', 'names', 'length(who)', 'kind', 'at', create_index => true);
SELECT lead_temperature.add_source('visit', 'names', 'length(who)', 'kind', 'at', filter => 'who');
SELECT lead_temperature.add_source('visit', 'names', 'length(who)', 'random()::text', 'at');
RESET ROLE;
CREATE UNLOGGED TABLE gone_soon (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT lead_temperature.add_source('visit', 'gone_soon', 'lead', 'kind', 'at');
SELECT lead_temperature.drop_source('visit', 1);
SELECT lead_temperature.drop_source('visit', 99);
SELECT lead_temperature.drop_source('visit', NULL);
SELECT lead_temperature.alter_source('visit', 99);
SELECT lead_temperature.alter_source('visit', 3, at => 'kind');
SELECT source, relation FROM lead_temperature.sources ORDER BY source;
SELECT * FROM lead_temperature.drift('visit');

-- Several trackers of one table: other models, other filters.
CREATE TABLE deal (lead int, kind text, at timestamptz, team text);
CREATE INDEX ON deal (lead, at);
ALTER TABLE deal OWNER TO regress_lt_owner;
INSERT INTO deal VALUES (1, 'visit', '2026-02-01', 'a'), (1, 'call', '2026-02-02', 'b'), (2, 'call', '2026-02-02', 'a');
SELECT lead_temperature.track('deal', 'lead', 'kind', 'at', model => 'm');
SELECT lead_temperature.track('deal', 'lead', 'kind', 'at', model => 'm');
SELECT lead_temperature.track('deal', 'lead', 'kind', 'at', model => 'm', prefix => 'deal_a', filter => $$team = 'a'$$, funnel_counts => true);
SELECT lead_temperature.add_source('names', 'deal', 'lead', 'kind', 'at', filter => $$team = 'b'$$);
SET client_min_messages = warning;
CALL lead_temperature.replay('names');
RESET client_min_messages;
CALL lead_temperature.replay('deal');
CALL lead_temperature.replay('deal_lead');
SELECT * FROM lead_temperature.drift('deal_lead');
INSERT INTO deal VALUES (1, 'visit', '2026-02-03', 'a'), (3, 'visit', '2026-02-03', 'b');
SELECT lead, interactions FROM deal_lead ORDER BY lead;
SELECT lead, interactions FROM deal_a_lead ORDER BY lead;
SELECT lead, interactions FROM visit_lead WHERE last_at > '2026-02-01' ORDER BY lead;
SELECT interactions, prefix, stale, state FROM lead_temperature.trackers ORDER BY prefix;
SELECT tracker, source, relation, filter FROM lead_temperature.sources WHERE relation = 'deal'::regclass ORDER BY tracker::text;
CALL lead_temperature.replay('deal_a_lead');
SELECT * FROM lead_temperature.drift('deal_a_lead');
SELECT interactions, phase FROM lead_temperature.replays ORDER BY 1;
SELECT lead_temperature.archive('deal_a_lead', '2026-02-02 12:00+00');
SELECT state, archived_before FROM lead_temperature.trackers WHERE archived_before IS NOT NULL AND prefix LIKE 'deal%';
SELECT lead_temperature.alter_tracker('deal_a_lead', filter => $$team <> 'b'$$, funnel_counts => false);
CALL lead_temperature.replay('deal_a_lead');
SELECT lead_temperature.pause('deal_a_lead'), lead_temperature.resume('deal_a_lead'), lead_temperature.upgrade_tracker('deal_a_lead');
-- both follow the table
ALTER TABLE deal RENAME team TO squad;
GRANT CREATE ON SCHEMA phone TO regress_lt_owner, regress_lt_other;
GRANT USAGE ON SCHEMA phone TO regress_lt_other;
ALTER TABLE deal OWNER TO regress_lt_other;
ALTER TABLE deal SET SCHEMA phone;
SELECT c.oid::regclass, relowner::regrole FROM pg_class c WHERE relname LIKE 'deal%lead' ORDER BY relname;
ALTER TABLE phone.deal_a_lead OWNER TO regress_lt_owner;
ALTER TABLE phone.deal SET SCHEMA public;
SELECT prefix, paused, paused_because FROM lead_temperature.trackers ORDER BY prefix;
ALTER TABLE deal OWNER TO regress_lt_owner;
SELECT prefix, paused, paused_because FROM lead_temperature.trackers ORDER BY prefix;
INSERT INTO deal VALUES (4, 'visit', '2026-02-04', 'a');
SELECT l.lead, a.lead FROM deal_lead l LEFT JOIN deal_a_lead a USING (lead) ORDER BY 1;
SELECT filter FROM lead_temperature.sources WHERE relation = 'deal'::regclass ORDER BY tracker::text;
\set VERBOSITY terse
ALTER TABLE deal DROP squad;
\set VERBOSITY default
SELECT prefix, paused, paused_because FROM lead_temperature.trackers ORDER BY prefix;
INSERT INTO deal VALUES (4, 'visit', '2026-02-05');
SELECT interactions FROM deal_lead WHERE lead = 4;
-- one goes, the others stay
SELECT lead_temperature.untrack('deal_lead');
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'deal'::regclass AND tgname LIKE 'lead_temperature%';
SELECT prefix, interactions FROM lead_temperature.trackers ORDER BY prefix;
SELECT lead_temperature.alter_tracker('deal_a_lead', filter => '');
SELECT lead_temperature.resume('deal_a_lead');
SELECT lead, interactions FROM deal_a_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('deal_a_lead');
DROP TABLE deal_a_lead;
\set VERBOSITY terse
DROP TABLE deal;
\set VERBOSITY default
SELECT prefix, interactions FROM lead_temperature.trackers ORDER BY prefix;
SELECT relname FROM pg_class WHERE relname LIKE 'deal%';

-- What no event trigger has seen: writers go on, and the tracker says what is wrong.
CREATE TABLE seen (lead int, kind text, at timestamptz);
CREATE INDEX ON seen (lead);
CREATE TABLE unseen (lead int, kind text, at timestamptz, ok bool);
CREATE INDEX ON unseen (lead);
SELECT lead_temperature.track('seen', 'lead', 'kind', 'at', model => 'm');
SELECT lead_temperature.add_source('seen', 'unseen', 'lead', 'kind', 'at', filter => 'ok');
-- a table that is a source may get a tracker of its own
SELECT lead_temperature.track('unseen', 'lead', 'kind', 'at', model => 'm');
INSERT INTO unseen VALUES (1, 'visit', '2026-03-01', true), (2, 'visit', '2026-03-01', false);
SELECT s.lead, s.interactions, u.interactions FROM unseen_lead u LEFT JOIN seen_lead s USING (lead) ORDER BY 2;
-- another column of the same name, at once
ALTER TABLE unseen DROP COLUMN ok, ADD COLUMN ok bool DEFAULT true;
SELECT prefix, stale FROM lead_temperature.trackers WHERE prefix LIKE '%seen' ORDER BY prefix;
CALL lead_temperature.replay('seen');
SELECT prefix, stale FROM lead_temperature.trackers WHERE prefix LIKE '%seen' ORDER BY prefix;
\set VERBOSITY terse
ALTER TABLE unseen SET UNLOGGED;
ALTER TABLE unseen SET LOGGED;
SELECT paused_because FROM lead_temperature.sources WHERE relation = 'unseen'::regclass AND paused_because IS NOT NULL;
SELECT lead_temperature.resume('seen');
-- two of them broken are mended one by one
SELECT lead_temperature.add_source('seen', 'unseen', 'lead', '''ok''', 'at', filter => 'ok');
ALTER TABLE unseen DROP ok;
SELECT lead_temperature.alter_source('seen', 3, filter => '');
SELECT lead_temperature.alter_source('seen', 2, filter => '');
SELECT lead_temperature.resume('seen');
SELECT * FROM lead_temperature.drift('seen');
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP TABLE unseen CASCADE;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
INSERT INTO seen VALUES (3, 'visit', '2026-03-02');
SELECT source, paused_because ~ '^table with OID \d+ does not exist$' AS gone FROM lead_temperature.sources WHERE tracker = 'seen_lead'::regclass ORDER BY source;
SELECT lead_temperature.drop_source('seen', 2);
SELECT lead_temperature.drop_source('seen', 3);
SELECT lead_temperature.resume('seen');
SELECT lead, interactions FROM seen_lead ORDER BY lead;
CREATE TABLE left_over (lead int, kind text, at timestamptz);
CREATE INDEX ON left_over (lead);
SELECT lead_temperature.add_source('seen', 'left_over', 'lead', 'kind', 'at');
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP TABLE seen CASCADE;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
INSERT INTO left_over VALUES (1, 'visit', '2026-03-01');
ALTER TABLE left_over ADD more int;
SELECT lead_temperature.untrack('left_over');
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'lead_temperature%' AND tgrelid = 'left_over'::regclass;
DROP TABLE left_over;
SELECT lead_temperature.untrack(interactions) FROM lead_temperature.tracker WHERE prefix = 'unseen';
\set VERBOSITY default
-- Kinds that come from several tables, and from one in several ways, are told apart by their tables.
INSERT INTO lead_temperature.model (name, half_life, warm, mql, hot) VALUES ('told', '7 days', 10, 25, 40);
INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ('told', 'talks', 10);
INSERT INTO lead_temperature.signal (model, kind, points, signal_group, cooldown) VALUES
	('told', 'call', 4, 'talks', NULL), ('told', 'form', 5, NULL, '1 day');
CREATE TABLE chat (lead int, kind text, at timestamptz);
CREATE TABLE letter (lead int, kind text, sent_at timestamptz, answered_at timestamptz);
CREATE INDEX ON chat (lead);
CREATE INDEX ON letter (lead);
SELECT lead_temperature.track('chat', 'lead', 'kind', 'at', model => 'told');
SELECT lead_temperature.add_source('chat', 'letter', 'lead', 'kind', 'sent_at');
SELECT lead_temperature.add_source('chat', 'letter', 'lead', 'kind', 'answered_at');
INSERT INTO letter VALUES (1, 'form', '2026-01-01', NULL), (1, 'call', '2026-01-01', '2026-01-02'), (1, 'stamp', '2026-01-01', '2026-01-02'),
	(2, 'stamp', '2026-01-01', NULL), (2, 'dance', '2026-01-01', NULL);
INSERT INTO chat VALUES (1, 'form', '2026-01-01 12:00'), (1, 'call', '2026-01-02'), (1, 'call', '2026-01-02'), (1, 'dance', '2026-01-01'),
	(1, NULL, '2026-01-01'), (2, 'stamp', '2026-01-01'), (2, 'stamp', '2026-01-02');
-- a form of letter counts, the one of chat repeats it; the cap cuts what both have brought
SELECT kind, signal_group, interactions, sign(points), source FROM lead_temperature.score_breakdown('letter', '1') ORDER BY kind, signal_group, source::text;
SELECT kind, signal_group, interactions, sign(points), source FROM lead_temperature.score_breakdown('chat', '2') ORDER BY kind, signal_group, source::text;
SELECT abs(sum(points) / (SELECT score FROM chat_ranking WHERE lead = 1) - 1) < 1e-9 AS adds_up FROM lead_temperature.score_breakdown('chat', '1');
SELECT * FROM lead_temperature.unmapped_kinds('letter');
-- an opening balance is of all tables
SELECT lead_temperature.archive('chat', '2026-01-02');
SELECT kind, signal_group, interactions, sign(points), source FROM lead_temperature.score_breakdown('chat', '1') ORDER BY kind, signal_group, source::text;
SELECT abs(sum(points) / (SELECT score FROM chat_ranking WHERE lead = 1) - 1) < 1e-9 AS adds_up FROM lead_temperature.score_breakdown('chat', '1');
SET client_min_messages = warning;
DROP TABLE chat, letter;
DELETE FROM lead_temperature.model WHERE name = 'told';
RESET client_min_messages;

SELECT lead_temperature.untrack('talk');
SELECT tgrelid::regclass FROM pg_trigger WHERE tgname LIKE 'lead_temperature%';
SELECT count(*) FROM lead_temperature.source;
SELECT count(*) FROM lead_temperature.failed_rows;
SET client_min_messages = warning;
DROP TABLE visit, talk, names, gone_soon;
DROP SCHEMA phone CASCADE;
DROP FUNCTION of_other;
DELETE FROM lead_temperature.model WHERE name = 'm';
REVOKE CREATE ON SCHEMA public FROM regress_lt_owner, regress_lt_other;
DROP ROLE regress_lt_owner, regress_lt_other;
