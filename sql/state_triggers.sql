-- Triggers of the user on the state: each flush shows them each of its leads once, finished.
SET timezone = 'UTC';
CREATE TABLE event (id int PRIMARY KEY, lead int, kind text, at timestamptz, note text);
CREATE INDEX ON event (lead);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', funnel_counts => true);
CREATE TABLE seen (n int GENERATED ALWAYS AS IDENTITY, fired text, lead int, old text, new text, others text);

-- what a trigger is told, and what a query of it finds of the lead, and of all: leads half made are nowhere
CREATE FUNCTION note_lead() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_catalog AS $$
BEGIN
	INSERT INTO seen (fired, lead, old, new, others)
		SELECT TG_WHEN || ' ' || TG_OP, coalesce(NEW.lead, OLD.lead),
			concat_ws(' ', OLD.interactions, OLD.stage, OLD.status), concat_ws(' ', NEW.interactions, NEW.stage, NEW.status),
			count(*) FILTER (WHERE l.lead = coalesce(NEW.lead, OLD.lead)) || ' of ' || count(*) ||
			CASE WHEN bool_or(l.interactions = 0 AND l.due_at IS NULL) THEN ', half made' ELSE '' END
		FROM event_lead l;
	RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER note_after AFTER INSERT OR UPDATE OR DELETE ON event_lead FOR EACH ROW EXECUTE FUNCTION note_lead();
CREATE TRIGGER note_before BEFORE INSERT OR UPDATE OR DELETE ON event_lead FOR EACH ROW EXECUTE FUNCTION note_lead();
-- a trigger of a transition looks at the state in the middle of a replay
CREATE FUNCTION note_transition() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_catalog AS $$
BEGIN
	IF EXISTS (SELECT FROM event_lead WHERE interactions = 0 AND due_at IS NULL) THEN
		RAISE EXCEPTION 'a lead is half made';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER note_before BEFORE INSERT OR UPDATE ON event_transition FOR EACH ROW EXECUTE FUNCTION note_transition();
-- what was seen since the last time; the state must be right
CREATE FUNCTION events() RETURNS TABLE (fired text, lead int, old text, new text, others text) LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM lead_temperature.drift('event')) THEN
		RAISE WARNING 'drift';
	END IF;
	RETURN QUERY WITH taken AS (DELETE FROM seen RETURNING *)
		SELECT t.fired, t.lead, t.old, t.new, t.others FROM taken t ORDER BY n;
END
$$;

-- New leads, rows after and before others.
INSERT INTO event VALUES (1, 1, 'visit', '2024-01-01'), (2, 2, 'demo_request', '2024-01-02'), (3, 1, 'form_submit', '2024-01-03');
SELECT * FROM events();
INSERT INTO event VALUES (4, 1, 'visit', '2024-01-05');
SELECT * FROM events();
INSERT INTO event VALUES (5, 1, 'visit', '2024-01-02'), (6, 3, 'question', '2024-01-02');
SELECT * FROM events();

-- An UPDATE that first makes leads; one that moves a lead's only row: the old one goes, the new one comes.
UPDATE event SET lead = 7, kind = 'demo_request' WHERE id IN (4, 5);
SELECT * FROM events();
UPDATE event SET lead = 8 WHERE id = 6;
SELECT * FROM events();
UPDATE event SET lead = lead + 20 WHERE lead IN (7, 8);
SELECT * FROM events();
UPDATE event SET lead = lead - 20 WHERE lead > 20;
SELECT * FROM events();
SELECT lead, to_stage, cause FROM event_transition WHERE superseded_at IS NULL ORDER BY lead, at;

-- Nothing changes: the fold reads the rows as before.
UPDATE event SET note = 'changed';
SELECT * FROM events();

-- Upserts, by one branch and both.
INSERT INTO event VALUES (1, 1, 'visit', '2024-01-01'), (10, 10, 'visit', '2024-01-10') ON CONFLICT (id) DO NOTHING;
SELECT * FROM events();
INSERT INTO event VALUES (10, 11, 'visit', '2024-01-10') ON CONFLICT (id) DO UPDATE SET lead = EXCLUDED.lead;
SELECT * FROM events();
INSERT INTO event VALUES (10, 11, 'question', '2024-01-10'), (11, 1, 'visit', '2024-01-02'), (12, 12, 'visit', '2024-01-02')
	ON CONFLICT (id) DO UPDATE SET kind = EXCLUDED.kind;
SELECT * FROM events();
-- a late row and a changed one of one lead: the replay of the first flush has seen both, the second finds nothing changed
INSERT INTO event VALUES (11, 1, 'question', '2024-01-02'), (13, 1, 'visit', '2024-01-02') ON CONFLICT (id) DO UPDATE SET kind = EXCLUDED.kind;
SELECT * FROM events();

-- MERGE and writable CTEs, which flush more than once as well.
MERGE INTO event AS e USING (VALUES (13, 1, 'visit'), (11, 1, 'call'), (14, 1, 'visit'), (12, 12, 'gone')) AS s (id, lead, kind) ON e.id = s.id
	WHEN MATCHED AND s.kind = 'gone' THEN DELETE
	WHEN MATCHED THEN UPDATE SET kind = s.kind
	WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.lead, s.kind, '2024-01-02 12:00+00');
SELECT * FROM events();
WITH moved AS (UPDATE event SET lead = 15 WHERE id IN (13, 14) RETURNING *),
	gone AS (DELETE FROM event WHERE id = 11 RETURNING *)
	INSERT INTO event SELECT id + 10, lead, kind, at FROM moved UNION ALL SELECT id + 10, 15, kind, at FROM gone;
SELECT * FROM events();

-- COPY, of new leads and old ones.
COPY event (id, lead, kind, at) FROM stdin;
30	30	visit	2024-02-01 00:00:00+00
31	1	visit	2024-02-01 00:00:00+00
32	30	question	2024-02-02 00:00:00+00
\.
SELECT * FROM events();

-- The last row of a lead, and a lead of rows that do not count.
DELETE FROM event WHERE lead = 30;
SELECT * FROM events();
INSERT INTO event VALUES (40, 40, 'visit', NULL);
UPDATE event SET kind = 'question' WHERE id = 40;
SELECT * FROM events();
-- and one whose only row is still to come
INSERT INTO event VALUES (41, 41, 'visit', '9999-01-01');
UPDATE event SET kind = 'question' WHERE id = 41;
UPDATE event SET lead = 42 WHERE id = 41;
SELECT * FROM events();
DELETE FROM event WHERE id IN (40, 41);
SELECT * FROM events();

-- Leads that come and go in one transaction, over savepoints.
BEGIN;
UPDATE event SET lead = 50 WHERE id = 10;
SAVEPOINT a;
UPDATE event SET lead = 51 WHERE id = 10;
ROLLBACK TO a;
UPDATE event SET lead = 52 WHERE id = 10;
SAVEPOINT b;
DELETE FROM event WHERE id = 10;
RELEASE b;
INSERT INTO event VALUES (10, 52, 'visit', '2024-01-10');
COMMIT;
SELECT * FROM events();

-- A replay shows what it mends, and nothing where all is right.
CALL lead_temperature.replay('event');
SELECT * FROM events();
ALTER TABLE event_lead DISABLE TRIGGER USER;
DELETE FROM event_lead WHERE lead = 15;
UPDATE event_lead SET purchases = 9 WHERE lead = 2;
ALTER TABLE event_lead ENABLE TRIGGER USER;
CALL lead_temperature.replay('event');
SELECT * FROM events();
SELECT lead_temperature.pause('event');
UPDATE event SET lead = 60 WHERE lead = 15 AND id = 13;
SELECT lead_temperature.resume('event');
SELECT * FROM events();
-- what a new model changes
UPDATE lead_temperature.signal SET points = points + 1 WHERE model = 'event' AND kind = 'demo_request';
CALL lead_temperature.replay('event');
SELECT * FROM events();

-- Columns of the user: defaults, a constraint that no lead without interactions would meet, an index of his.
ALTER TABLE event_lead ADD crm int NOT NULL DEFAULT 5 CHECK (crm > 0), ADD UNIQUE (crm, lead), ADD CHECK (interactions > 0);
CREATE INDEX ON event_lead ((100 / interactions));
UPDATE event SET lead = 70 WHERE id = 10;
SELECT * FROM events();
SELECT lead, crm FROM event_lead WHERE lead = 70;
UPDATE event_lead SET crm = 6 WHERE lead = 70;
UPDATE event SET kind = 'demo_request' WHERE id = 10;
SELECT lead, crm, interactions FROM event_lead WHERE lead = 70;
SELECT count(*) FROM events();
-- a unique key of his that two leads share fails with its own name
ALTER TABLE event_lead ADD code int CONSTRAINT one_code UNIQUE;
ALTER TABLE event_lead ALTER code SET DEFAULT 1;
INSERT INTO event VALUES (80, 80, 'visit', '2024-01-01');
INSERT INTO event VALUES (81, 81, 'visit', '2024-01-01');
UPDATE event SET lead = 81 WHERE id = 10;
SELECT * FROM events();
ALTER TABLE event_lead DROP COLUMN code;

-- A trigger that suppresses a new lead fails the statement, whichever way the lead comes.
CREATE FUNCTION suppress() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER suppress BEFORE INSERT ON event_lead FOR EACH ROW EXECUTE FUNCTION suppress();
INSERT INTO event VALUES (90, 90, 'visit', '2024-01-01');
UPDATE event SET lead = 90 WHERE id = 10;
DROP TRIGGER suppress ON event_lead;

-- The counts of the funnel have followed all of it.
SELECT lead_temperature.compact_counts('event') > 0;
SELECT (SELECT sum(leads) FROM event_funnel_count WHERE grain = 0) = (SELECT count(*) FROM event_lead WHERE level IS NOT NULL) AS counts_are_right;
SELECT lead_temperature.untrack('event');

-- TRUNCATE of a partition.
CREATE TABLE parts (lead int, kind text, at timestamptz) PARTITION BY RANGE (at);
CREATE INDEX ON parts (lead);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE part_2 PARTITION OF parts FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
INSERT INTO parts VALUES (1, 'visit', '2024-01-02'), (2, 'visit', '2024-01-02'), (2, 'visit', '2024-02-02'), (3, 'visit', '2024-02-02');
SELECT lead_temperature.track('parts', 'lead', 'kind', 'at', prefix => 'event', model => 'event');
CREATE TRIGGER note_after AFTER INSERT OR UPDATE OR DELETE ON event_lead FOR EACH ROW EXECUTE FUNCTION note_lead();
TRUNCATE part_1;
SELECT fired, lead, old, new FROM seen ORDER BY n;
-- a row that goes from one partition to another is a deletion and an insertion, each a flush of its own
DELETE FROM seen;
UPDATE parts SET at = '2024-01-05', lead = 4 WHERE lead = 3;
SELECT fired, lead, old, new FROM seen ORDER BY n;
SELECT * FROM lead_temperature.drift('parts');

SELECT lead_temperature.untrack('parts');
DROP TABLE event, parts, seen;
DROP FUNCTION note_lead, note_transition, events, suppress;
DELETE FROM lead_temperature.model WHERE name IN ('event', 'parts');
