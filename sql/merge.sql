--
-- Leads that are merged into others: the interactions of one count for another, to the bit as if
-- they had borne its id, until the two are taken apart again.
--
CREATE TABLE event (id bigint GENERATED ALWAYS AS IDENTITY, lead text, kind text, at timestamptz, weight float8);
CREATE INDEX ON event (lead, at);
INSERT INTO event (lead, kind, at, weight)
	SELECT 'l' || i % 6, (ARRAY['page_view', 'pricing_view', 'demo_request', 'email_open', 'form_submit', 'purchase', 'visit'])[1 + i * 5 % 7],
		timestamptz '2024-01-01 00:00+00' + i * interval '7 hours' + i % 2 * interval '1 second', 1 + i % 3 * 0.1
	FROM generate_series(1, 90) AS i;
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', 'weight');

-- what is stored, to the bit, but when it was recorded
CREATE VIEW stored AS SELECT lead, heat::text, first_at, last_at, stage_since, hot_since, interactions, stage, status, cycle, purchases, group_points::text, counted_at::text FROM event_lead;
CREATE VIEW moved AS SELECT lead, at, from_stage, to_stage, from_status, to_status, cycle, purchases, score::text, cause FROM event_transition WHERE superseded_at IS NULL;
CREATE TABLE stored_before AS TABLE stored;
CREATE TABLE moved_before AS TABLE moved;

/* disagreements counts what differs from a tracker of rows that bear the ids of those they count for, and from a replay. */
CREATE FUNCTION disagreements() RETURNS TABLE (state bigint, transitions bigint, drift bigint, history bigint) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE renamed AS
		WITH RECURSIVE root AS (SELECT a.alias, a.lead FROM event_alias a UNION SELECT r.alias, a.lead FROM root r JOIN event_alias a ON a.alias = r.lead)
		SELECT coalesce((SELECT r.lead FROM root r WHERE r.alias = e.lead AND NOT EXISTS (SELECT FROM event_alias a WHERE a.alias = r.lead)), e.lead) AS lead, kind, at, weight FROM event e;
	PERFORM lead_temperature.track('renamed', 'lead', 'kind', 'at', 'weight', model => 'event', create_index => true);
	SELECT count(*) INTO state FROM (
		(TABLE stored EXCEPT ALL SELECT lead, heat::text, first_at, last_at, stage_since, hot_since, interactions, stage, status, cycle, purchases, group_points::text, counted_at::text FROM renamed_lead) UNION ALL
		(SELECT lead, heat::text, first_at, last_at, stage_since, hot_since, interactions, stage, status, cycle, purchases, group_points::text, counted_at::text FROM renamed_lead EXCEPT ALL TABLE stored)) d;
	SELECT count(*) INTO transitions FROM (
		(TABLE moved EXCEPT ALL SELECT lead, at, from_stage, to_stage, from_status, to_status, cycle, purchases, score::text, cause FROM renamed_transition) UNION ALL
		(SELECT lead, at, from_stage, to_stage, from_status, to_status, cycle, purchases, score::text, cause FROM renamed_transition EXCEPT ALL TABLE moved)) d;
	SELECT count(*) INTO drift FROM lead_temperature.drift('event');
	SELECT count(*) INTO history FROM (SELECT lead, heat::text, stage, status, interactions FROM event_lead EXCEPT ALL
		SELECT lead, heat::text, stage, status, interactions FROM lead_temperature.leads_as_of('event', now())) d;
	PERFORM lead_temperature.untrack('renamed');
	DROP TABLE renamed;
	RETURN NEXT;
END
$$;

-- One into another.  Columns of one's own stay with the lead that stays.
ALTER TABLE event_lead ADD seller text;
UPDATE event_lead SET seller = 'seller of ' || lead;
SELECT lead_temperature.merge_leads('event', 'l1', 'l2');
SELECT lead, interactions, seller FROM event_lead ORDER BY lead;
TABLE event_alias;
SELECT * FROM disagreements();
-- rows that come for either, late ones too, and rows that change and go
INSERT INTO event (lead, kind, at) VALUES ('l1', 'demo_request', '2024-02-01'), ('l2', 'visit', '2024-02-01'), ('l1', 'page_view', '2024-01-02'), ('l7', 'visit', '2024-02-02');
INSERT INTO event (lead, kind, at) VALUES ('l1', 'visit', '2024-02-03');
UPDATE event SET kind = 'pricing_view' WHERE lead = 'l1' AND kind = 'email_open';
UPDATE event SET lead = 'l3' WHERE lead = 'l1' AND kind = 'purchase';
UPDATE event SET lead = 'l1' WHERE lead = 'l4' AND kind = 'visit';
DELETE FROM event WHERE lead = 'l1' AND kind = 'page_view';
SELECT * FROM disagreements();
-- many at once, and rows that bring a lead that was none
COPY event (lead, kind, at) FROM STDIN (DELIMITER ',');
l1,visit,2024-02-04
l1,visit,2024-01-04
l2,demo_request,2024-02-05
l8,visit,2024-02-05
\.
INSERT INTO event (lead, kind, at) SELECT 'l' || i % 9, 'visit', timestamptz '2024-02-06' + i * interval '1 minute' FROM generate_series(1, 300) i;
SELECT * FROM disagreements();

-- Chains, by the table itself: many at once, changed, and back.
INSERT INTO event_alias VALUES ('l2', 'l3'), ('l5', 'l4'), ('l6', 'l5');
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT * FROM disagreements();
UPDATE event_alias SET lead = 'l4' WHERE alias = 'l2';
SELECT * FROM disagreements();
UPDATE event_alias SET alias = 'l0' WHERE alias = 'l6';
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT * FROM disagreements();
-- leads that have no rows yet
INSERT INTO event_alias VALUES ('new', 'newer'), ('newer', 'l8');
INSERT INTO event (lead, kind, at) VALUES ('new', 'visit', '2024-03-01'), ('newer', 'visit', '2024-03-01');
SELECT * FROM disagreements();
CALL lead_temperature.replay('event');
SELECT * FROM disagreements();
-- what the score of a lead is made of, by whichever of its ids
SELECT sum(interactions) FROM lead_temperature.score_breakdown('event', 'new');
SELECT sum(interactions) FROM lead_temperature.score_breakdown('event', 'l8');
-- undone
BEGIN;
DELETE FROM event_alias WHERE alias IN ('l1', 'l0');
SAVEPOINT a;
INSERT INTO event_alias VALUES ('l7', 'l8');
SELECT * FROM disagreements();
ROLLBACK TO a;
SELECT * FROM disagreements();
ROLLBACK;
SELECT * FROM disagreements();
TRUNCATE event_alias;
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT * FROM disagreements();

-- Taking apart gives back both, to the bit.
TRUNCATE event;
INSERT INTO event (lead, kind, at, weight)
	SELECT 'l' || i % 6, (ARRAY['page_view', 'pricing_view', 'demo_request', 'email_open', 'form_submit', 'purchase', 'visit'])[1 + i * 5 % 7],
		timestamptz '2024-01-01 00:00+00' + i * interval '7 hours' + i % 2 * interval '1 second', 1 + i % 3 * 0.1
	FROM generate_series(1, 90) AS i;
SELECT lead_temperature.merge_leads('event', 'l1', 'l2'), lead_temperature.merge_leads('event', 'l2', 'l3'), lead_temperature.merge_leads('event', 'l4', 'l1');
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT lead_temperature.unmerge_lead('event', 'l2');
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT lead_temperature.unmerge_lead('event', 'l4'), lead_temperature.unmerge_lead('event', 'l1');
SELECT count(*) FROM ((TABLE stored EXCEPT ALL TABLE stored_before) UNION ALL (TABLE stored_before EXCEPT ALL TABLE stored)) d;
SELECT count(*) FROM ((TABLE moved EXCEPT ALL TABLE moved_before) UNION ALL (TABLE moved_before EXCEPT ALL TABLE moved)) d;

-- What cannot be.
SELECT lead_temperature.merge_leads('event', 'l1', 'l1');
SELECT lead_temperature.merge_leads('event', 'nobody', 'l1');
SELECT lead_temperature.merge_leads('event', 'l1', 'nobody');
SELECT lead_temperature.merge_leads('event', 'l1', NULL);
SELECT lead_temperature.unmerge_lead('event', NULL);
SELECT lead_temperature.unmerge_lead('event', 'l1');
SELECT lead_temperature.merge_leads('stored_before', 'l1', 'l2');
SELECT lead_temperature.merge_leads('event', 'l1', 'l2');
SELECT lead_temperature.merge_leads('event', 'l1', 'l3');
SELECT lead_temperature.merge_leads('event', 'l2', 'l1');
SELECT lead_temperature.merge_leads('event', 'l2', 'l3');
SELECT lead_temperature.merge_leads('event', 'l3', 'l1');
INSERT INTO event_alias VALUES ('x', 'x');
INSERT INTO event_alias VALUES ('x', 'y'), ('y', 'z'), ('z', 'x');
UPDATE event_alias SET lead = 'l1' WHERE alias = 'l2';
INSERT INTO event_alias VALUES ('l1', 'l5');
INSERT INTO event_alias VALUES ('l5', NULL);
TABLE event_alias;
SELECT * FROM disagreements();
-- it is a source of the tracker that only its rows can change
SELECT relation, maps FROM lead_temperature.source WHERE interactions = 'event'::regclass;
SELECT source, relation FROM lead_temperature.sources WHERE relation = 'event_alias'::regclass;
SELECT lead_temperature.drop_source('event', 2);
SELECT lead_temperature.alter_source('event', 2, filter => 'true');
SELECT lead_temperature.add_source('event', 'event_alias', 'lead', $$'visit'$$, $$now()$$);

-- The table belongs to the tracker.
DROP TABLE event_alias;
DROP TRIGGER lead_temperature_insert ON event_alias;
ALTER TABLE event_alias RENAME alias TO duplicate;
ALTER TABLE event_alias ALTER lead TYPE varchar(10);
ALTER TABLE event_alias DROP CONSTRAINT event_alias_pkey;
ALTER TABLE event_alias ADD merged_at timestamptz DEFAULT now();
SELECT lead_temperature.unmerge_lead('event', 'l2'), lead_temperature.merge_leads('event', 'l4', 'l5');
SELECT alias, lead, merged_at = now() AS now FROM event_alias ORDER BY alias;
ALTER TABLE event_alias DISABLE TRIGGER lead_temperature_delete;
SELECT stale FROM lead_temperature.trackers WHERE state = 'event_lead'::regclass;
DELETE FROM event_alias WHERE alias = 'l4';
ALTER TABLE event_alias ENABLE TRIGGER lead_temperature_delete;
SELECT count(*) > 0 AS drift FROM lead_temperature.drift('event');
CALL lead_temperature.replay('event');
SELECT * FROM disagreements();
-- also where no lead was ever merged
CREATE TABLE single (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('single', 'lead', 'kind', 'at', model => 'event', create_index => true);
DROP TRIGGER lead_temperature_insert ON single_alias;
ALTER TABLE single_alias DISABLE TRIGGER lead_temperature_insert;
SELECT stale FROM lead_temperature.trackers WHERE state = 'single_lead'::regclass;
ALTER TABLE single_alias ENABLE TRIGGER lead_temperature_insert;
DELETE FROM single_alias;
TRUNCATE single_alias;
SELECT count(*) FROM lead_temperature.source WHERE interactions = 'single'::regclass;
SELECT lead_temperature.untrack('single');
DROP TABLE single;

-- A table of aliases that was dropped where nobody saw it: none are merged, the tracker is stale, and gets another.
RESET ROLE;
CREATE TABLE unseen (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('unseen', 'lead', 'kind', 'at', model => 'event', create_index => true);
INSERT INTO unseen VALUES (1, 'visit', '2024-01-01'), (2, 'visit', '2024-01-02');
SELECT lead_temperature.merge_leads('unseen', '1', '2');
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP TABLE unseen_alias;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
INSERT INTO unseen VALUES (1, 'visit', '2024-01-03');
SELECT stale, paused FROM lead_temperature.trackers WHERE state = 'unseen_lead'::regclass;
SELECT lead_temperature.upgrade_tracker('unseen');
SELECT stale, paused FROM lead_temperature.trackers WHERE state = 'unseen_lead'::regclass;
CALL lead_temperature.replay('unseen');
SELECT stale, paused FROM lead_temperature.trackers WHERE state = 'unseen_lead'::regclass;
SELECT lead, interactions FROM unseen_lead ORDER BY lead;
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP TABLE unseen_alias;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
SELECT lead_temperature.merge_leads('unseen', '2', '1');
SELECT lead, interactions FROM unseen_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('unseen');
SELECT lead_temperature.untrack('unseen');
DROP TABLE unseen;

-- While the tracker is paused, also in a circle, which nobody sees: there leads count for themselves.
SELECT lead_temperature.pause('event');
INSERT INTO event_alias VALUES ('l0', 'l5'), ('l3', 'l4'), ('l4', 'l3');
SELECT lead_temperature.resume('event');
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('event');
INSERT INTO event (lead, kind, at) VALUES ('l4', 'visit', '2024-02-01'), ('l3', 'visit', '2024-02-01'), ('l0', 'visit', '2024-01-01');
SELECT count(*) FROM lead_temperature.drift('event');
DELETE FROM event_alias WHERE alias = 'l4';
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('event');

-- Opening balances: where one of the two has none the other's is what all rows make of it.  Transitions
-- of what is archived stay those of the lead that made them.
TRUNCATE event_alias;
TRUNCATE event;
INSERT INTO event (lead, kind, at) VALUES
	('a', 'page_view', '2024-01-01'), ('a', 'demo_request', '2024-01-02'),
	('b', 'pricing_view', '2024-01-03'), ('b', 'purchase', '2024-01-04'),
	('c', 'page_view', '2024-01-05'), ('c', 'form_submit', '2024-02-06'),
	('d', 'form_submit', '2024-02-07');
SELECT lead_temperature.archive('event', '2024-02-01');
CREATE TABLE kept AS SELECT * FROM event;
SELECT lead_temperature.merge_leads('event', 'd', 'c');
SELECT * FROM disagreements();
SELECT lead_temperature.unmerge_lead('event', 'd'), lead_temperature.merge_leads('event', 'c', 'd');
SELECT * FROM disagreements();
SELECT lead_temperature.unmerge_lead('event', 'c');
-- where both have one: what their last steps were, added up; the later one says how it stands
SELECT lead, first_at, last_at, interactions, stage, status, cycle, purchases, round(lead_temperature.score(heat, last_at)::numeric, 6) AS score FROM event_lead ORDER BY lead;
SELECT lead_temperature.merge_leads('event', 'a', 'b');
SELECT lead, first_at, last_at, interactions, stage, status, cycle, purchases, round(lead_temperature.score(heat, last_at)::numeric, 6) AS score FROM event_lead ORDER BY lead;
SELECT lead_temperature.unmerge_lead('event', 'a'), lead_temperature.merge_leads('event', 'c', 'a');
SELECT lead, first_at, last_at, interactions, stage, status, cycle, purchases, round(lead_temperature.score(heat, last_at)::numeric, 6) AS score FROM event_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('event');
DELETE FROM event WHERE at < '2024-02-01';
CALL lead_temperature.replay('event');
SELECT count(*) FROM lead_temperature.drift('event');
-- an archive settles it: what is archived of leads that are merged is of the one that they count for
SELECT lead, interactions FROM event_balance ORDER BY lead;
SELECT lead_temperature.archive('event', '2024-02-07');
SELECT lead, interactions FROM event_balance ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('event');
SELECT lead_temperature.unmerge_lead('event', 'c');
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('event');

-- Who is forgotten is forgotten with all that count for the same, by whichever id.
SELECT lead_temperature.merge_leads('event', 'd', 'a');
INSERT INTO event_alias VALUES ('e', 'd');
INSERT INTO event (lead, kind, at) VALUES ('e', 'visit', '2024-02-08');
SELECT * FROM lead_temperature.forget('event', 'e');
SELECT * FROM lead_temperature.forget('event', 'e', delete_rows => true);
TABLE event_alias;
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT count(*) FROM event_transition WHERE lead IN ('a', 'd', 'e');
SELECT count(*) FROM event_balance WHERE lead IN ('a', 'd', 'e');
SELECT count(*) FROM lead_temperature.drift('event');

-- also where aliases go in a circle, or a trigger would keep them
SELECT lead_temperature.pause('event');
INSERT INTO event_alias VALUES ('y', 'z'), ('z', 'y');
INSERT INTO event (lead, kind, at) VALUES ('y', 'visit', '2024-03-01'), ('z', 'visit', '2024-03-01');
SELECT lead_temperature.resume('event');
SELECT * FROM lead_temperature.forget('event', 'y', delete_rows => true);
TABLE event_alias;
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('event');
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER keep BEFORE INSERT OR DELETE ON event_alias FOR EACH ROW EXECUTE FUNCTION keep();
SELECT lead_temperature.merge_leads('event', 'z', 'b');
ALTER TABLE event_alias DISABLE TRIGGER keep;
SELECT lead_temperature.merge_leads('event', 'z', 'b');
ALTER TABLE event_alias ENABLE TRIGGER keep;
SELECT * FROM lead_temperature.forget('event', 'z', delete_rows => true);
DROP TRIGGER keep ON event_alias;
DROP FUNCTION keep;
SELECT count(*) FROM lead_temperature.forget('event', 'z', delete_rows => true);
INSERT INTO event (lead, kind, at) VALUES ('b', 'visit', '2024-03-01'), ('c', 'visit', '2024-03-01');

-- A table of aliases that was altered where nobody saw it pauses the tracker.
ALTER EVENT TRIGGER lead_temperature_ddl DISABLE;
ALTER TABLE event_alias ALTER lead DROP NOT NULL;
INSERT INTO event_alias VALUES ('b', NULL);
INSERT INTO event (lead, kind, at) VALUES ('b', 'visit', '2024-03-02');
SELECT paused, paused_because FROM lead_temperature.trackers WHERE state = 'event_lead'::regclass;
DELETE FROM event_alias;
ALTER TABLE event_alias ALTER lead SET NOT NULL;
ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS;
SELECT lead_temperature.resume('event');
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('event');

-- Long chains, and many aliases of one.
INSERT INTO event (lead, kind, at) SELECT 'n' || i, 'visit', '2024-04-01' FROM generate_series(1, 400) AS i;
INSERT INTO event_alias SELECT 'n' || i, 'n' || i + 1 FROM generate_series(1, 399) AS i;
SELECT lead, interactions FROM event_lead WHERE lead ~ '^n' ORDER BY lead;
INSERT INTO event (lead, kind, at) VALUES ('n1', 'visit', '2023-04-01');
UPDATE event_alias SET lead = 'b' WHERE alias ~ '^n';
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('event');
SELECT relation, rows FROM lead_temperature.forget('event', 'n7', delete_rows => true);
SELECT lead, interactions FROM event_lead ORDER BY lead;
INSERT INTO event (lead, kind, at) VALUES ('b', 'visit', '2024-03-01');

-- Whoever may write the table may merge; nobody else.
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_desk;
GRANT USAGE, CREATE ON SCHEMA public TO regress_lt_owner, regress_lt_desk;
ALTER TABLE event OWNER TO regress_lt_owner;
SET ROLE regress_lt_desk;
SELECT lead_temperature.merge_leads('event', 'b', 'c');
INSERT INTO event_alias VALUES ('b', 'c');
RESET ROLE;
GRANT INSERT, DELETE, SELECT ON event_alias TO regress_lt_desk;
SET ROLE regress_lt_desk;
INSERT INTO event_alias VALUES ('b', 'c');
SELECT lead FROM event_lead;
RESET ROLE;
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('event');
SET ROLE regress_lt_owner;
SELECT lead_temperature.unmerge_lead('event', 'b');
-- the first alias of a tracker, by one who may do nothing else
CREATE TABLE first (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('first', 'lead', 'kind', 'at', create_index => true);
INSERT INTO first VALUES (1, 'visit', '2024-01-01'), (2, 'visit', '2024-01-02');
GRANT INSERT ON first_alias TO regress_lt_desk;
SET ROLE regress_lt_desk;
INSERT INTO first_alias VALUES (1, 2);
RESET ROLE;
SELECT lead, interactions FROM first_lead;
SELECT count(*) FROM lead_temperature.drift('first');
DROP VIEW stored, moved;
SET ROLE regress_lt_owner;
SELECT lead_temperature.untrack('first'), lead_temperature.untrack('event');
DROP TABLE first;
RESET ROLE;
DROP TABLE event, stored_before, moved_before, kept;
DROP FUNCTION disagreements;
DELETE FROM lead_temperature.model WHERE name IN ('event', 'first');

-- Leads of every sort: of a domain, of several spellings, of several fields, arrays.
CREATE DOMAIN account AS varchar(10) COLLATE "C" CHECK (VALUE <> '');
CREATE TYPE branch AS (shop int, customer int);
CREATE TABLE seen (account account, branch branch, list int[], number numeric, kind text, at timestamptz);
CREATE FUNCTION merged(lead_column name, a text, b text, c text) RETURNS TABLE (lead text, interactions bigint, drift bigint) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM lead_temperature.track('seen', lead_column::text, 'kind', 'at', prefix => 'seen', model => CASE WHEN EXISTS (SELECT FROM lead_temperature.model m WHERE m.name = 'seen') THEN 'seen' END, create_index => true);
	EXECUTE format('INSERT INTO seen (%I, kind, at) VALUES (%2$L, ''visit'', ''2024-01-01''), (%3$L, ''visit'', ''2024-01-02''), (%4$L, ''visit'', ''2024-01-03'')', lead_column, a, b, c);
	PERFORM lead_temperature.merge_leads('seen', a, b);
	EXECUTE format('INSERT INTO seen_alias VALUES (%L, %L)', b, c);
	EXECUTE format('INSERT INTO seen (%I, kind, at) VALUES (%2$L, ''visit'', ''2024-01-04''), (%3$L, ''visit'', ''2023-01-02''), (%4$L, ''visit'', ''2024-01-03'')', lead_column, a, b, c);
	EXECUTE format('INSERT INTO seen (%I, kind, at) SELECT %2$L, ''visit'', ''2024-01-04'' FROM generate_series(1, 100)', lead_column, a);
	RETURN QUERY SELECT l.lead::text, l.interactions, (SELECT count(*) FROM lead_temperature.drift('seen')) FROM seen_lead l;
	PERFORM lead_temperature.unmerge_lead('seen', b);
	RETURN QUERY SELECT l.lead::text, l.interactions, (SELECT count(*) FROM lead_temperature.drift('seen')) FROM seen_lead l ORDER BY l.lead;
	PERFORM lead_temperature.untrack('seen');
	TRUNCATE seen;
END
$$;
SELECT * FROM merged('account', 'ann', 'bob', 'cy');
SELECT * FROM merged('branch', '(1,2)', '(1,)', '(2,3)');
SELECT * FROM merged('list', '{1,2}', '{1}', '{}');
SELECT * FROM merged('number', '1', '2.0', '3');
DROP FUNCTION merged;
DROP TABLE seen;
DROP TYPE branch;
DROP DOMAIN account;

-- Leads that ids are mapped to, in several tables.
CREATE TABLE hit (cookie text, kind text, at timestamptz);
CREATE INDEX ON hit (cookie);
CREATE TABLE visitor (cookie text, person int);
CREATE INDEX ON visitor (cookie);
CREATE INDEX ON visitor (person);
CREATE TABLE sale (person int, at timestamptz);
CREATE INDEX ON sale (person);
INSERT INTO hit SELECT 'c' || i % 4, 'visit', timestamptz '2024-01-01' + i * interval '1 hour' FROM generate_series(1, 20) i;
INSERT INTO visitor VALUES ('c1', 1), ('c2', 2);
INSERT INTO sale VALUES (1, '2024-01-03'), (2, '2024-01-02');
SELECT lead_temperature.track('sale', 'person', $$'purchase'$$, 'at', model => 'seen');
SELECT lead_temperature.add_source('sale', 'hit', 'cookie', 'kind', 'at', via => 'visitor', via_key => 'cookie', via_lead => 'person');
CALL lead_temperature.replay('sale');
SELECT lead_temperature.merge_leads('sale', '1', '2');
INSERT INTO visitor VALUES ('c3', 1);
INSERT INTO hit VALUES ('c1', 'visit', '2024-02-01'), ('c3', 'visit', '2024-02-01'), ('c0', 'visit', '2024-02-01');
SELECT lead, interactions, purchases FROM sale_lead;
SELECT count(*) FROM lead_temperature.drift('sale');
UPDATE visitor SET person = 3 WHERE cookie = 'c3';
INSERT INTO sale_alias VALUES (3, 2);
INSERT INTO visitor VALUES ('c0', 3);
SELECT lead, interactions, purchases FROM sale_lead;
SELECT count(*) FROM lead_temperature.drift('sale');
SELECT lead_temperature.unmerge_lead('sale', '1');
SELECT lead, interactions, purchases FROM sale_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('sale');
-- a lead that is no alias is itself, whatever a superuser has written about that
UPDATE lead_temperature.source SET maps_rest = false WHERE interactions = 'sale'::regclass AND maps = -1;
SELECT lead_temperature.reload_trackers();
INSERT INTO sale VALUES (9, '2024-02-02'), (1, '2024-02-02');
SELECT lead, interactions, purchases FROM sale_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('sale');
SELECT lead_temperature.untrack('sale');
DROP TABLE hit, visitor, sale;

REVOKE ALL ON SCHEMA public FROM regress_lt_owner, regress_lt_desk;
DROP ROLE regress_lt_owner, regress_lt_desk;
DELETE FROM lead_temperature.model WHERE name = 'seen';
