--
-- A person's word: a lead is at a stage, whatever its heat says; or it is none that counts.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_agent;
CREATE ROLE regress_lt_other;
CREATE SCHEMA words;
GRANT ALL ON SCHEMA words TO regress_lt_owner;
GRANT USAGE ON SCHEMA words TO regress_lt_agent, regress_lt_other;
RESET client_min_messages;
SET search_path = words;
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('m', 'regress_lt_owner', '7 days', 10, 25, 40), ('plain', 'regress_lt_owner', '7 days', 10, 25, 40);
INSERT INTO lead_temperature.signal (model, kind, points, stage) VALUES ('m', 'visit', 5, NULL), ('m', 'form', 15, 'lead'), ('m', 'demo', 80, 'lead'), ('m', 'cooler', -60, NULL),
	('m', 'webinar', 30, 'marketing_qualified'), ('m', 'meeting', 30, 'opportunity');
INSERT INTO lead_temperature.signal (model, kind, outcome, final) VALUES ('m', 'purchase', 'won', false), ('m', 'lost', 'lost', false), ('m', 'spam', 'lost', true);
SET ROLE regress_lt_owner;
CREATE TABLE event (lead text, kind text, at timestamptz);
CREATE INDEX ON event (lead, at);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'm');

-- What bad input gets; nothing is made by it.
INSERT INTO event VALUES ('ann', 'visit', '2024-01-01');
SELECT lead_temperature.set_stage(NULL, 'ann', 'lead');
SELECT lead_temperature.set_stage('event', NULL, 'lead');
SELECT lead_temperature.set_stage('event', 'ann', NULL);
SELECT lead_temperature.set_stage('event', 'ann', 'nowhere');
SELECT lead_temperature.exclude('event', NULL);
SELECT lead_temperature.include(NULL, 'ann');
SELECT lead_temperature.exclude('event', 'nobody');
SELECT lead_temperature.set_stage('event', 'Ann', 'lead');
SELECT lead_temperature.include('event', 'ann', 'he was none');
SELECT lead_temperature.exclude('pg_catalog.pg_class', 'ann');
BEGIN READ ONLY;
SELECT lead_temperature.exclude('event', 'ann');
ROLLBACK;
SELECT lead_temperature.pause('event');
SELECT lead_temperature.exclude('event', 'ann');
SELECT lead_temperature.resume('event');
CREATE VIEW event_word AS SELECT 1 AS of_ours;
SELECT lead_temperature.exclude('event', 'ann');
DROP VIEW event_word;
RESET ROLE;
SET ROLE regress_lt_agent;
SELECT lead_temperature.exclude('words.event', 'ann');
RESET ROLE;
SET ROLE regress_lt_owner;
BEGIN;
SELECT lead_temperature.exclude('event', 'ann');
SELECT to_regclass('event_word');
ROLLBACK;
SELECT to_regclass('event_word'), (SELECT count(*) FROM lead_temperature.sources WHERE tracker = 'event_lead'::regclass);
-- there must be room for what is remembered, as there is none in trackers of 0.1.0
CREATE TABLE older (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('older', 'lead', 'kind', 'at', model => 'plain', create_index => true);
INSERT INTO older VALUES (1, 'visit', '2024-01-01'), (2, 'visit', '2024-01-02');
ALTER TABLE older_lead DROP COLUMN excluded_since, DROP COLUMN held_stage;
ALTER TABLE older_balance DROP COLUMN heard_at;
SELECT lead_temperature.exclude('older', '1');
SELECT lead_temperature.upgrade_tracker('older');
SELECT lead_temperature.upgrade_tracker('older');
SELECT lead_temperature.exclude('older', '1');
SELECT lead, excluded_since IS NOT NULL AS excluded FROM older_lead ORDER BY lead;
SELECT stale FROM lead_temperature.trackers WHERE state = 'older_lead'::regclass;
ALTER TABLE older_lead DROP COLUMN held_stage;
-- a table that was lost unseen, as by a restore, is made anew, and what it said is lost
RESET ROLE;
SET session_replication_role = replica;
DROP TABLE older_word;
RESET session_replication_role;
SET ROLE regress_lt_owner;
SELECT stale FROM lead_temperature.trackers WHERE state = 'older_lead'::regclass;
INSERT INTO older VALUES (1, 'visit', '2024-02-01');
SELECT lead_temperature.upgrade_tracker('older');
CALL lead_temperature.replay('older');
SELECT lead, excluded_since, interactions FROM older_lead ORDER BY lead;
INSERT INTO older_word (lead, kind, at) VALUES (2, 'exclude', '2024-01-03');
SELECT lead, excluded_since, interactions FROM older_lead ORDER BY lead;
SELECT stale FROM lead_temperature.trackers WHERE state = 'older_lead'::regclass;
RESET ROLE;
SET session_replication_role = replica;
DROP TABLE older_word;
RESET session_replication_role;
SET ROLE regress_lt_owner;
SELECT lead_temperature.set_stage('older', '2', 'lead');
SELECT lead, kind FROM older_word;
SELECT stale FROM lead_temperature.trackers WHERE state = 'older_lead'::regclass;
CALL lead_temperature.replay('older');
SELECT lead, stage, excluded_since, interactions FROM older_lead ORDER BY lead;
SELECT lead_temperature.untrack('older');
DROP TABLE older;

-- Excluded, a lead goes on being folded, and shows nowhere; included, it is where it would be.
-- Another tracker of the table, which keeps counts, knows nothing of it until it is told.
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'm', prefix => 'counted', funnel_counts => true);
INSERT INTO event VALUES ('bob', 'demo', '2024-01-02'), ('cy', 'demo', '2024-01-03'), ('cy', 'purchase', '2024-01-10'), ('dee', 'form', '2024-01-09');
INSERT INTO event VALUES ('ann', 'demo', now());
CREATE FUNCTION shown(tracker regclass) RETURNS TABLE (what text, leads text) LANGUAGE plpgsql AS $$
DECLARE
	p text := (SELECT t.prefix FROM lead_temperature.trackers t WHERE t.state = shown.tracker);
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT 'ranking', string_agg(lead, ' ' ORDER BY level DESC) FROM %1$I
		UNION ALL SELECT 'hot today', string_agg(lead, ' ' ORDER BY level DESC) FROM %2$I
		UNION ALL SELECT 'funnel', string_agg(stage || ' ' || leads, ', ' ORDER BY stage_order) FILTER (WHERE leads > 0) FROM %3$I
		UNION ALL SELECT 'weekly', string_agg(format('%%s %%s %%s %%s %%s', stage, entered, advanced, won, lost), ', ' ORDER BY stage_order, entered) FROM %4$I WHERE week < '2024-02-01'
		UNION ALL SELECT 'as of then', string_agg(lead, ' ' ORDER BY lead) FROM lead_temperature.leads_as_of(%5$L, '2024-01-12')
		UNION ALL SELECT 'funnel then', string_agg(stage || ' ' || leads, ', ' ORDER BY stage_order) FILTER (WHERE leads > 0) FROM lead_temperature.funnel_history(%5$L, '2024-01-12', '2024-01-12', '1 day')
		UNION ALL SELECT 'observed', string_agg(lead, ' ' ORDER BY lead) FROM lead_temperature.observations(%5$L, '2024-01-04', '2024-01-04', '1 day', '7 days')
		UNION ALL SELECT 'scores of', count(DISTINCT lead_number)::text FROM lead_temperature.score_history(%5$L, '2024-01-01', '2024-02-01')
		UNION ALL SELECT 'drift', count(*)::text FROM lead_temperature.drift(%5$L)
		$q$, p || '_ranking', p || '_hot_today', p || '_funnel', p || '_funnel_weekly', shown.tracker);
END
$$;
SELECT * FROM shown('event_lead');
CREATE TEMP TABLE shown_before AS SELECT * FROM shown('event_lead') UNION ALL SELECT * FROM shown('counted_lead');
SELECT lead_temperature.exclude('event_lead', 'bob', 'a competitor');
SELECT lead_temperature.exclude('counted_lead', 'bob', 'a competitor'), lead_temperature.exclude('counted_lead', 'cy', ''), lead_temperature.exclude('event_lead', 'cy');
BEGIN;
INSERT INTO event VALUES ('bob', 'demo', now()), ('ann', 'visit', now());
SELECT * FROM shown('event_lead');
SELECT * FROM shown('counted_lead');
SELECT lead, level IS NULL AS unranked, excluded_since IS NOT NULL AS excluded, stage, interactions, lead_temperature.score(heat, now()) > 40 AS hot FROM event_lead ORDER BY lead;
ROLLBACK;
SELECT lead, kind, reason, said_by = current_user AS by_me, at <= now() AS said FROM event_word ORDER BY lead;
-- nothing else is changed by it, and nothing tells of it as of something that a model should know
SELECT stale FROM lead_temperature.trackers WHERE state IN ('event_lead'::regclass, 'counted_lead'::regclass);
SELECT source, relation FROM lead_temperature.sources ORDER BY tracker, source;
SELECT kind, interactions FROM lead_temperature.score_breakdown('event_lead', 'bob');
SELECT * FROM lead_temperature.unmapped_kinds('event_lead');
SELECT * FROM lead_temperature.skipped_rows('event_lead');
-- once is enough
SELECT lead_temperature.exclude('event_lead', 'bob', 'a competitor, I said');
SELECT count(*) FROM event_word;
SELECT lead_temperature.include('event_lead', 'bob', 'he left them'), lead_temperature.include('event_lead', 'cy'), lead_temperature.include('counted_lead', 'bob'), lead_temperature.include('counted_lead', 'cy');
SELECT * FROM shown('event_lead') UNION ALL SELECT * FROM shown('counted_lead') EXCEPT ALL TABLE shown_before;
SELECT lead, interactions, excluded_since, last_at - heard_at > interval '1 year' AS silent FROM event_lead ORDER BY lead;
SELECT lead_temperature.include('event_lead', 'bob');
-- taken back like any row
DELETE FROM event_word WHERE lead IN ('bob', 'cy');
SELECT lead, interactions, excluded_since, heard_at FROM event_lead ORDER BY lead;
-- who is excluded is no observation to learn from, and no share of the hottest
INSERT INTO event_word (lead, kind, at) VALUES ('bob', 'exclude', '2024-01-05');
SELECT hot FROM lead_temperature.set_thresholds('event_lead', hot_share => 0.5, warm_share => 0.5);
RESET ROLE;
UPDATE lead_temperature.model SET warm = 10, mql = 25, hot = 40 WHERE name = 'm';
SET ROLE regress_lt_owner;
SELECT lead_temperature.untrack('counted_lead');
TRUNCATE event_word;
TRUNCATE event;

-- A stage that is said: step by step, as rows come.  Each row of life is put in, and what the lead is then is told.
CREATE FUNCTION live(who text, life text[]) RETURNS TABLE (at text, what text, stage lead_temperature.stage, held lead_temperature.stage, status lead_temperature.status, cycle int, score numeric) LANGUAGE plpgsql AS $$
DECLARE
	instant timestamptz;
BEGIN
	FOREACH what IN ARRAY life LOOP
		instant := timestamptz '2024-01-01' + split_part(what, ' ', 1)::interval;
		what := substr(what, position(' ' IN what) + 1);
		IF what ~ '^(exclude|include|set_stage)' THEN
			INSERT INTO event_word (lead, kind, at) VALUES (who, what, instant);
		ELSE
			INSERT INTO event VALUES (who, what, instant);
		END IF;
		RETURN QUERY SELECT to_char(instant, 'MM-DD HH24:MI'), live.what, l.stage, l.held_stage, l.status, l.cycle, round(lead_temperature.score(l.heat, l.last_at)::numeric, 1)
			FROM event_lead l WHERE l.lead = who;
	END LOOP;
END
$$;
-- held while it is hot, until it has cooled below what would lift it, and then it rises anew
SELECT * FROM live('held', '{P0D demo, P1D set_stage:lead, P2D visit, P3D visit, P9D visit, P20D visit, P21D webinar, P22D demo}');
SELECT at, from_stage, to_stage, cause FROM event_transition WHERE lead = 'held' AND superseded_at IS NULL ORDER BY at;
-- at marketing_qualified against hot alone: mql would lift it no further
SELECT * FROM live('qualified', '{P0D demo, P1D set_stage:marketing_qualified, P2D visit, P6D visit, P8D demo, P30D visit, P31D demo}');
-- not held where heat does not lift, and a visitor is lifted by none
SELECT * FROM live('cool', '{P0D form, P1D set_stage:opportunity, P2D set_stage:lead, P3D visit, P4D set_stage:visitor, P5D demo}');
SELECT * FROM live('visitor', '{P0D demo, P1D set_stage:visitor, P2D visit, P3D form}');
-- a floor of a later stage ends it; one of the same or an earlier does not
SELECT * FROM live('floor', '{P0D demo, P1D set_stage:lead, P2D form, P3D webinar, P4D visit}');
SELECT * FROM live('met', '{P0D demo, P1D set_stage:lead, P2D meeting}');
-- closing does, and a new cycle is lifted as any
SELECT * FROM live('lost', '{P0D demo, P1D set_stage:lead, P2D lost, P3D demo}');
-- another word does
SELECT * FROM live('twice', '{P0D demo, P1D set_stage:lead, P2D set_stage:sales_qualified, P3D visit, P4D set_stage:marketing_qualified, P5D exclude, P6D include, P7D visit}');
-- up as well as down; what comes in its own step does not matter, and of two words of one instant the furthest stage is said
SELECT * FROM live('up', '{P0D visit, P1D set_stage:opportunity, P2D demo, P2D set_stage:marketing_qualified, P2D set_stage:lead}');
SELECT * FROM live('tie', '{P0D meeting, P0D set_stage:lead, P1D set_stage:visitor, P1D set_stage:visitor, P1D exclude, P1D include}');
SELECT excluded_since FROM event_lead WHERE lead = 'tie';
-- a closed lead opens again if it was lost, even for good, or is said to be elsewhere; no purchase is counted
SELECT * FROM live('won', '{P0D purchase, P1D set_stage:customer, P2D set_stage:opportunity, P3D set_stage:customer, P4D purchase}');
SELECT purchases, interactions FROM event_lead WHERE lead = 'won';
SELECT at, from_stage, to_stage, from_status, to_status, cycle, cause FROM event_transition WHERE lead = 'won' AND superseded_at IS NULL ORDER BY at;
SELECT * FROM live('gone', '{P0D demo, P1D spam, P2D demo, P3D set_stage:opportunity, P4D demo, P5D spam, P6D set_stage:lead}');
SELECT final_since FROM event_lead WHERE lead = 'gone';
-- the first that is heard of a lead
SELECT * FROM live('said', '{P0D set_stage:sales_qualified, P1D exclude, P2D visit}');
SELECT * FROM live('unsaid', '{P0D exclude}');
SELECT lead, from_stage, to_stage, cause FROM event_transition WHERE lead IN ('said', 'unsaid') ORDER BY lead;
SELECT * FROM lead_temperature.drift('event');
CREATE TEMP TABLE state_before AS SELECT lead, heat::text, level, stage, held_stage, status, cycle, interactions, stage_since, excluded_since, heard_at FROM event_lead;
CALL lead_temperature.replay('event');
SELECT lead, heat::text, level, stage, held_stage, status, cycle, interactions, stage_since, excluded_since, heard_at FROM event_lead EXCEPT ALL TABLE state_before;
-- In a silence a word wakes nobody, and that goes on; where a person has said meanwhile that the lead is it goes on from, in a new cycle.
BEGIN;
RESET ROLE;
UPDATE lead_temperature.model SET dormant_after = '5 days' WHERE name = 'm';
SET ROLE regress_lt_owner;
CALL lead_temperature.replay('event');
SELECT * FROM live('silent', '{P0D demo, P6D exclude, P7D include, P8D visit, P13D visit}');
SELECT * FROM live('placed', '{P0D demo, P6D set_stage:opportunity, P7D visit, P13D visit}');
SELECT * FROM live('set back', '{P0D demo, P6D set_stage:lead, P7D visit}');
SELECT * FROM live('both', '{P0D demo, P6D set_stage:visitor, P6D visit, P12D exclude, P14D set_stage:visitor, P15D set_stage:lead, P16D set_stage:visitor, P17D visit}');
SELECT * FROM live('set back', '{P13D visit, P14D exclude}');
SELECT lead, stage_since, last_at - heard_at AS silent FROM event_lead WHERE lead IN ('silent', 'placed', 'set back', 'both') ORDER BY lead;
SELECT lead, at, from_stage, to_stage, cycle, cause FROM event_transition WHERE lead IN ('placed', 'set back') AND superseded_at IS NULL ORDER BY lead, at;
SELECT * FROM lead_temperature.drift('event');
INSERT INTO event VALUES ('new', 'visit', now() - interval '6 days'), ('old', 'visit', now() - interval '8 days'), ('hidden', 'visit', now() - interval '8 days');
SELECT lead_temperature.set_stage('event', 'old', 'opportunity'), lead_temperature.exclude('event', 'hidden'), lead_temperature.set_stage('event', 'new', 'lead');
SELECT lead_temperature.add_module('event', 'silence');
SELECT lead, stage, now() - last_at AS silent, now() - dormant_since AS dormant FROM event_dormant WHERE lead IN ('new', 'old', 'hidden') ORDER BY lead;
SELECT lead, is_dormant FROM event_ranking WHERE lead IN ('new', 'old', 'hidden') ORDER BY lead;
ROLLBACK;
-- words that come late, or go, are replayed
INSERT INTO event_word (lead, kind, at) VALUES ('cool', 'exclude', '2024-01-01 12:00'), ('held', 'set_stage:visitor', '2024-01-01 12:00');
UPDATE event_word SET at = at + interval '10 days' WHERE lead = 'qualified';
DELETE FROM event_word WHERE lead = 'floor';
SELECT lead, stage, held_stage, excluded_since FROM event_lead WHERE lead IN ('cool', 'held', 'qualified', 'floor') ORDER BY lead;
SELECT * FROM lead_temperature.drift('event');

-- Words are those of the table of words alone; what is none of them there counts nowhere.
INSERT INTO event VALUES ('eve', 'exclude', '2024-01-01'), ('eve', 'set_stage:customer', '2024-01-02');
INSERT INTO event_word (lead, kind, at) VALUES ('eve', 'demo', '2024-01-03'), ('eve', 'set_stage:', '2024-01-03'), ('eve', 'set_stage:buyer', '2024-01-03'), ('eve', 'Exclude', '2024-01-03'), ('eve', 'exclude', 'infinity');
INSERT INTO event_word (lead, kind, at) VALUES ('eve', NULL, '2024-01-03');
SELECT stage, excluded_since, interactions FROM event_lead WHERE lead = 'eve';
SELECT reason, rows FROM lead_temperature.skipped_rows('event');
SELECT kind, interactions FROM lead_temperature.unmapped_kinds('event') ORDER BY kind;
UPDATE event_word SET kind = 'exclude' WHERE kind = 'Exclude';
SELECT stage, excluded_since, interactions FROM event_lead WHERE lead = 'eve';
SELECT * FROM lead_temperature.drift('event');

-- What is said now is later than all that the lead has, also what is a little ahead of the clock, and what is due.
INSERT INTO event VALUES ('fay', 'demo', now() + interval '4 minutes');
SELECT lead_temperature.set_stage('event', 'fay', 'lead');
SELECT stage, held_stage, last_at = (SELECT max(e.at) + interval '1 microsecond' FROM event e WHERE e.lead = 'fay') AS later FROM event_lead WHERE lead = 'fay';
INSERT INTO event VALUES ('gus', 'demo', now() + interval '2 hours');
SELECT lead_temperature.exclude('event', 'gus');
SELECT interactions, due_at > now() AS due, level, excluded_since IS NOT NULL AS excluded FROM event_lead WHERE lead = 'gus';
UPDATE event SET at = now() - interval '1 minute' WHERE lead = 'gus';
SELECT interactions, stage, level FROM event_lead WHERE lead = 'gus';
-- in one transaction with rows, and more than once
BEGIN;
INSERT INTO event VALUES ('hal', 'demo', now());
SELECT lead_temperature.set_stage('event', 'hal', 'lead', 'one'), lead_temperature.set_stage('event', 'hal', 'opportunity', 'two');
INSERT INTO event VALUES ('hal', 'visit', now());
SELECT stage, interactions FROM event_lead WHERE lead = 'hal';
COMMIT;
SELECT * FROM lead_temperature.drift('event');

-- The table belongs to the tracker.
RESET ROLE;
SELECT source, relation, lead, kind, at, weight, maps, records, words FROM lead_temperature.source WHERE interactions = 'event'::regclass;
SET ROLE regress_lt_owner;
SELECT lead_temperature.drop_source('event', 2);
SELECT lead_temperature.alter_source('event', 2, filter => 'true');
SELECT lead_temperature.add_source('event', 'event_word', 'lead', 'kind', 'at');
DROP TABLE event_word;
DROP TRIGGER lead_temperature_insert ON event_word;
ALTER TABLE event_word RENAME kind TO what;
ALTER TABLE event_word ALTER lead TYPE varchar(10);
ALTER TABLE event_word ADD ticket text;
INSERT INTO event_word (lead, kind, at, ticket) VALUES ('hal', 'exclude', now(), 'T1');
SELECT excluded_since IS NOT NULL AS excluded FROM event_lead WHERE lead = 'hal';
SELECT lead_temperature.include('event', 'hal');
ALTER TABLE event_word DISABLE TRIGGER lead_temperature_insert;
SELECT stale FROM lead_temperature.trackers WHERE state = 'event_lead'::regclass;
ALTER TABLE event_word ENABLE TRIGGER lead_temperature_insert;
CALL lead_temperature.replay('event');
SELECT stale FROM lead_temperature.trackers WHERE state = 'event_lead'::regclass;
-- while paused, rows of it wait like others
SELECT lead_temperature.pause('event');
INSERT INTO event_word (lead, kind, at) VALUES ('hal', 'exclude', now() + interval '1 second');
SELECT lead_temperature.include('event', 'hal');
SELECT excluded_since FROM event_lead WHERE lead = 'hal';
SELECT lead_temperature.resume('event');
SELECT excluded_since IS NOT NULL AS excluded FROM event_lead WHERE lead = 'hal';
-- a trigger of one's own that keeps words from being written
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER nothing BEFORE INSERT ON event_word FOR EACH ROW EXECUTE FUNCTION nothing();
SELECT lead_temperature.set_stage('event', 'hal', 'lead');
DROP TRIGGER nothing ON event_word;

-- An agent who may insert into it may speak, and is told by name; policies are not passed by.
RESET ROLE;
SET ROLE regress_lt_agent;
SELECT lead_temperature.set_stage('words.event', 'held', 'opportunity');
RESET ROLE;
SET ROLE regress_lt_owner;
GRANT INSERT ON event_word TO regress_lt_agent;
RESET ROLE;
SET ROLE regress_lt_agent;
SELECT lead_temperature.set_stage('words.event', 'held', 'opportunity', 'met at the fair');
SELECT lead_temperature.exclude('words.event_lead', 'floor'), lead_temperature.include('words.event', 'cool');
INSERT INTO words.event_word (lead, kind, at) VALUES ('met', 'exclude', '2024-02-01');
SELECT lead FROM words.event_lead;
SELECT lead FROM words.event_word;
SELECT lead_temperature.merge_leads('words.event', 'held', 'met');
RESET ROLE;
SELECT lead, kind, reason, said_by FROM event_word WHERE said_by = 'regress_lt_agent' OR lead = 'met' ORDER BY lead, at;
SELECT lead, stage, excluded_since IS NOT NULL AS excluded FROM event_lead WHERE lead IN ('held', 'floor', 'cool', 'met') ORDER BY lead;
SET ROLE regress_lt_owner;
ALTER TABLE event_word ENABLE ROW LEVEL SECURITY;
CREATE POLICY stages ON event_word FOR INSERT TO regress_lt_agent WITH CHECK (kind LIKE 'set_stage:%' AND said_by = current_user);
RESET ROLE;
SET ROLE regress_lt_agent;
SELECT lead_temperature.exclude('words.event', 'held');
INSERT INTO words.event_word (lead, kind, at) VALUES ('held', 'exclude', '2024-02-01');
INSERT INTO words.event_word (lead, kind, at, said_by) VALUES ('held', 'set_stage:lead', '2024-02-01', current_user);
RESET ROLE;
SELECT count(*) FROM lead_temperature.drift('words.event');
SET ROLE regress_lt_other;
SELECT lead_temperature.exclude('words.event', 'held');
RESET ROLE;
SET ROLE regress_lt_owner;
DROP POLICY stages ON event_word;
ALTER TABLE event_word DISABLE ROW LEVEL SECURITY;

-- Words of a lead that is merged count for the one that it counts for; taken apart, each has its own.
TRUNCATE event_word;
TRUNCATE event;
INSERT INTO event VALUES ('a', 'demo', '2024-01-01'), ('b', 'visit', '2024-01-02'), ('c', 'visit', '2024-01-02');
SELECT lead_temperature.exclude('event', 'a');
SELECT lead_temperature.merge_leads('event', 'a', 'b');
SELECT lead, level IS NULL AS unranked, interactions FROM event_lead ORDER BY lead;
SELECT lead_temperature.exclude('event', 'a'), lead_temperature.set_stage('event', 'a', 'opportunity'), lead_temperature.include('event', 'b');
SELECT lead, stage, level IS NULL AS unranked, interactions FROM event_lead ORDER BY lead;
SELECT lead, kind FROM event_word ORDER BY at;
SELECT * FROM lead_temperature.drift('event');
SELECT lead FROM lead_temperature.leads_as_of('event', '2024-01-05') ORDER BY lead;
SELECT lead_temperature.unmerge_lead('event', 'a');
SELECT lead, stage, level IS NULL AS unranked, interactions FROM event_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('event');

-- Archived, they may go, and stay said.  What comes for that time later is ignored.
INSERT INTO event_word (lead, kind, at) VALUES ('c', 'exclude', '2024-01-03'), ('d', 'set_stage:lead', '2024-01-03');
UPDATE event_word SET at = '2024-01-04' WHERE lead IN ('a', 'b');
INSERT INTO event VALUES ('b', 'demo', '2024-01-03');
CREATE TEMP TABLE archived_before AS SELECT lead, heat::text, level, stage, held_stage, interactions, excluded_since, heard_at FROM event_lead;
SELECT lead_temperature.archive('event', '2024-01-10');
DELETE FROM event_word;
DELETE FROM event WHERE at < '2024-01-10';
INSERT INTO event_word (lead, kind, at) VALUES ('c', 'include', '2024-01-05');
SELECT lead, heat::text, level, stage, held_stage, interactions, excluded_since, heard_at FROM event_lead EXCEPT ALL TABLE archived_before;
SELECT lead, stage, held_stage, excluded_since, heard_at FROM event_balance ORDER BY lead;
SELECT ignored FROM lead_temperature.trackers WHERE state = 'event_lead'::regclass;
SELECT * FROM lead_temperature.drift('event');
SELECT lead FROM lead_temperature.leads_as_of('event', '2024-01-11') ORDER BY lead;
-- of balances of leads that are merged, the one who is excluded stays so
SELECT lead_temperature.merge_leads('event', 'c', 'b');
SELECT lead, excluded_since, heard_at FROM event_lead ORDER BY lead;
SELECT lead_temperature.include('event', 'c');
SELECT lead, excluded_since FROM event_lead ORDER BY lead;

-- Who is forgotten leaves nothing of it.
SELECT lead_temperature.exclude('event', 'd'), lead_temperature.exclude('event', 'b', 'forget me');
SELECT * FROM lead_temperature.forget('event', 'd');
SELECT * FROM lead_temperature.forget('event', 'c');
SELECT (SELECT count(*) FROM event_word WHERE lead IN ('b', 'c', 'd') AND at > '2024-01-10') AS words, (SELECT count(*) FROM event_balance WHERE lead IN ('b', 'c', 'd')) AS balances;
INSERT INTO event VALUES ('d', 'visit', '2024-02-01');
SELECT lead, level IS NULL AS unranked, interactions FROM event_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('event');

-- With the tracker goes the table, which says so.
SELECT lead_temperature.exclude('event', 'd');
SELECT lead_temperature.untrack('event');
SELECT to_regclass('event_word');
DROP TABLE event;
DROP FUNCTION shown, live, nothing;

-- Leads of every sort, mapped ones too.
CREATE DOMAIN account AS varchar(10) COLLATE "C" CHECK (VALUE <> '');
CREATE TYPE branch AS (shop int, customer int);
CREATE TABLE seen (account account, branch branch, list int[], number numeric, kind text, at timestamptz);
CREATE FUNCTION spoken_of(lead_column name, a text, b text) RETURNS TABLE (lead text, stage lead_temperature.stage, excluded bool, ranked bigint, drift bigint) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM lead_temperature.track('seen', lead_column::text, 'kind', 'at', prefix => 'seen', model => 'm', create_index => true);
	EXECUTE format('INSERT INTO seen (%I, kind, at) VALUES (%2$L, ''demo'', ''2024-01-01''), (%3$L, ''visit'', ''2024-01-02'')', lead_column, a, b);
	PERFORM lead_temperature.exclude('seen', a), lead_temperature.set_stage('seen', b, 'opportunity');
	EXECUTE format('INSERT INTO seen_word (lead, kind, at) VALUES (%L, ''set_stage:lead'', ''2024-01-03'')', a);
	EXECUTE format('INSERT INTO seen (%I, kind, at) SELECT %2$L, ''visit'', ''2024-01-04'' FROM generate_series(1, 100)', lead_column, a);
	RETURN QUERY SELECT l.lead::text, l.stage, l.excluded_since IS NOT NULL, (SELECT count(*) FROM seen_ranking) + (SELECT sum(entered)::bigint FROM seen_funnel_weekly),
		(SELECT count(*) FROM lead_temperature.drift('seen')) FROM seen_lead l ORDER BY l.lead;
	PERFORM lead_temperature.untrack('seen');
	TRUNCATE seen;
END
$$;
SET client_min_messages = warning;
SELECT * FROM spoken_of('account', 'ann', 'bob');
SELECT * FROM spoken_of('branch', '(1,2)', '(1,)');
SELECT * FROM spoken_of('list', '{1,2}', '{1}');
SELECT * FROM spoken_of('number', '1', '2.0');
DROP FUNCTION spoken_of;
DROP TABLE seen;
DROP TYPE branch;
DROP DOMAIN account;
CREATE TABLE hit (cookie text, kind text, at timestamptz);
CREATE INDEX ON hit (cookie);
CREATE TABLE visitor (cookie text, person int);
CREATE INDEX ON visitor (cookie);
CREATE INDEX ON visitor (person);
INSERT INTO hit SELECT 'c' || i % 4, 'visit', timestamptz '2024-01-01' + i * interval '1 hour' FROM generate_series(1, 20) i;
INSERT INTO visitor VALUES ('c1', 1), ('c2', 2);
SELECT lead_temperature.track('hit', 'cookie', 'kind', 'at', model => 'm', via => 'visitor', via_key => 'cookie', via_lead => 'person');
SELECT lead_temperature.exclude('hit', 'c1');
SELECT lead_temperature.exclude('hit', '1');
INSERT INTO visitor VALUES ('c3', 1);
SELECT lead, interactions, level IS NULL AS unranked FROM hit_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('hit');
-- leads that get another type are not those of which anything was said
SET client_min_messages = error;
ALTER TABLE visitor ALTER person TYPE bigint;
SET client_min_messages = warning;
SELECT lead_temperature.exclude('hit', '1');
SELECT * FROM lead_temperature.drift('hit');
ALTER TABLE visitor ALTER person TYPE int;
SELECT lead_temperature.resume('hit');
SELECT * FROM lead_temperature.drift('hit');
SELECT lead_temperature.untrack('hit');
DROP TABLE hit, visitor;
RESET ROLE;
DROP TABLE shown_before, state_before, archived_before;
DROP SCHEMA words CASCADE;
DELETE FROM lead_temperature.model WHERE name IN ('m', 'plain');
DROP ROLE regress_lt_owner, regress_lt_agent, regress_lt_other;
