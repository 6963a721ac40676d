--
-- The ways by which rows reach a table other than INSERT, UPDATE and DELETE
-- of rows one at a time.  After each, state and transitions are compared with
-- a table tracked anew and with the reference fold.
--
\set ECHO none
\set reference `echo "${PG_ABS_SRCDIR:-.}"/test/reference_fold.sql`
\set laws `echo "${PG_ABS_SRCDIR:-.}"/test/laws.sql`
\i :reference
\i :laws
\set ECHO all
SELECT lead_temperature.create_model('laws');

CREATE TABLE person (id int PRIMARY KEY, name text);
INSERT INTO person SELECT i, 'person ' || i FROM generate_series(1, 9) AS i;
CREATE TABLE touch (
	id int PRIMARY KEY,
	lead int REFERENCES person ON DELETE CASCADE ON UPDATE CASCADE,
	referrer int REFERENCES person ON DELETE SET NULL,
	kind text,
	at timestamptz,
	note text
);
SELECT lead_temperature.track('touch', 'lead', 'kind', 'at', model => 'laws', create_index => true);
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, note, leads, unique_key, moves)
	VALUES ('touch', 'touch', 'touch', 'id', 'lead', 'kind', 'at', 'note', '{}', '', '{}');
CREATE FUNCTION leads(OUT leads text, OUT disagreement text) LANGUAGE sql AS $$
	SELECT (SELECT string_agg(format('%s:%s', lead, interactions), ' ' ORDER BY lead) FROM touch_lead),
		   (SELECT laws.disagreement(s) FROM laws.shape s WHERE name = 'touch')
$$;

-- COPY, with rows that do not count; a failed COPY leaves nothing.
COPY touch (id, lead, kind, at) FROM STDIN;
1	1	visit	2024-01-01 10:00+00
2	2	question	2024-01-02 10:00+00
3	1	demo_request	2024-01-03 10:00+00
4	3	add_to_cart	2024-01-03 10:00+00
5	\N	visit	2024-01-03 10:00+00
6	3	visit	\N
7	1	visit	2024-01-02 10:00+00
\.
SELECT * FROM leads();
COPY touch (id, lead, kind, at) FROM STDIN;
8	1	visit	2024-01-04 10:00+00
8	2	visit	2024-01-04 10:00+00
\.
SELECT * FROM leads();

-- Statements without rows.
INSERT INTO touch SELECT * FROM touch WHERE false;
UPDATE touch SET kind = 'purchase' WHERE false;
DELETE FROM touch WHERE false;
SELECT * FROM leads();

-- An upsert that inserts, updates and ignores; one whose updates change the past; one that does nothing.
INSERT INTO touch (id, lead, kind, at) VALUES
	(1, 1, 'referral', '2024-01-01 10:00+00'), (9, 4, 'visit', '2024-01-05 10:00+00'),
	(4, 3, 'purchase', '2024-01-06 10:00+00'), (10, 3, 'visit', '2024-01-04 10:00+00')
	ON CONFLICT (id) DO UPDATE SET kind = EXCLUDED.kind, at = EXCLUDED.at WHERE touch.id <> 1;
SELECT * FROM leads();
INSERT INTO touch (id, lead, kind, at) VALUES (1, 1, 'visit', '2024-01-07 10:00+00'), (11, 1, 'question', '2024-01-07 10:00+00')
	ON CONFLICT (id) DO UPDATE SET lead = 2, at = touch.at + interval '12 hours';
SELECT * FROM leads();
INSERT INTO touch (id, lead, kind, at) VALUES (1, 1, 'visit', '2024-01-07 10:00+00') ON CONFLICT DO NOTHING;
SELECT * FROM leads();

-- The upsert and a trigger of the user that changes what was just inserted.
CREATE FUNCTION correct() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE touch SET kind = 'call', at = at - interval '4 days' WHERE id = NEW.id;
	RETURN NULL;
END
$$;
CREATE TRIGGER zz_correct AFTER INSERT ON touch FOR EACH ROW WHEN (NEW.note = 'correct me') EXECUTE FUNCTION correct();
INSERT INTO touch (id, lead, kind, at, note) VALUES
	(12, 1, 'visit', '2024-01-08 10:00+00', 'correct me'), (13, 1, 'visit', '2024-01-08 10:00+00', NULL),
	(11, 1, 'visit', '2024-01-08 10:00+00', NULL), (14, 5, 'visit', '2024-01-08 10:00+00', 'correct me')
	ON CONFLICT (id) DO UPDATE SET kind = 'form_submit';
SELECT * FROM leads();

-- A trigger of the user, before and after ours by its name, that writes more rows once for each statement.
CREATE FUNCTION echo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF pg_trigger_depth() = 1 THEN
		INSERT INTO touch (id, lead, kind, at) SELECT id + 1000, lead, 'page_view', at FROM new WHERE note = 'echo';
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER aa_echo AFTER INSERT ON touch REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION echo();
INSERT INTO touch (id, lead, kind, at, note) VALUES (15, 5, 'visit', '2024-01-09 10:00+00', 'echo'), (16, 1, 'visit', '2024-01-02 10:00+00', 'echo');
SELECT * FROM leads();
ALTER TRIGGER aa_echo ON touch RENAME TO zz_echo;
INSERT INTO touch (id, lead, kind, at, note) VALUES (17, 5, 'visit', '2024-01-10 10:00+00', 'echo'), (18, 1, 'visit', '2024-01-03 10:00+00', 'echo');
SELECT * FROM leads();
DROP TRIGGER zz_echo ON touch;

-- A row written, changed and deleted in one transaction, over savepoints.
BEGIN;
INSERT INTO touch (id, lead, kind, at) VALUES (20, 6, 'question', '2024-01-11 10:00+00'), (21, 1, 'purchase', '2024-01-01 09:00+00');
SAVEPOINT a;
UPDATE touch SET kind = 'demo_request' WHERE id = 20;
ROLLBACK TO a;
UPDATE touch SET lead = 6 WHERE id = 21;
SAVEPOINT b;
DELETE FROM touch WHERE id IN (20, 21);
SELECT * FROM leads();
ROLLBACK TO b;
INSERT INTO touch (id, lead, kind, at) VALUES (22, 6, 'visit', '2024-01-12 10:00+00');
RELEASE b;
SELECT * FROM leads();
COMMIT;
SELECT * FROM leads();

-- A cursor.
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM touch WHERE lead = 1 ORDER BY id;
MOVE 2 IN c;
UPDATE touch SET kind = 'meeting_held' WHERE CURRENT OF c;
MOVE 1 IN c;
DELETE FROM touch WHERE CURRENT OF c;
COMMIT;
SELECT * FROM leads();

-- What foreign keys do.
UPDATE person SET id = 30 WHERE id = 3;
SELECT * FROM leads();
UPDATE touch SET referrer = 2 WHERE lead = 1;
DELETE FROM person WHERE id IN (2, 4);
SELECT * FROM leads();

-- A deferred trigger writes interactions at commit.
CREATE TABLE orders (id int PRIMARY KEY, lead int, at timestamptz);
CREATE FUNCTION order_is_purchase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO touch (id, lead, kind, at) VALUES (NEW.id + 2000, NEW.lead, 'purchase', NEW.at);
	RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER purchase AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_is_purchase();
BEGIN;
INSERT INTO orders VALUES (1, 1, '2024-02-01 10:00+00'), (2, 7, '2024-02-01 10:00+00'), (3, 5, '2024-01-01 10:00+00');
INSERT INTO touch (id, lead, kind, at) VALUES (40, 1, 'checkout_started', '2024-02-01 09:00+00');
SELECT * FROM leads();
COMMIT;
SELECT * FROM leads();
SELECT lead, stage, status, purchases FROM touch_ranking WHERE status <> 'open' ORDER BY lead;

-- MERGE, where there is one, inserts, updates and deletes at once.
DO $$
BEGIN
	IF current_setting('server_version_num')::int >= 150000 THEN
		MERGE INTO touch AS t USING (VALUES (40, 1), (50, 8), (16, 1), (17, 5), (2001, 1)) AS s (id, lead) ON t.id = s.id
			WHEN MATCHED AND s.id = 16 THEN DELETE
			WHEN MATCHED AND s.id = 2001 THEN DO NOTHING
			WHEN MATCHED THEN UPDATE SET kind = 'call', lead = 8
			WHEN NOT MATCHED THEN INSERT (id, lead, kind, at, note) VALUES (s.id, s.lead, 'visit', '2024-02-02 10:00+00', 'correct me');
	ELSE
		DELETE FROM touch WHERE id = 16;
		UPDATE touch SET kind = 'call', lead = 8 WHERE id IN (17, 40);
		INSERT INTO touch (id, lead, kind, at) VALUES (50, 8, 'call', '2024-01-29 10:00+00');
	END IF;
END
$$;
SELECT * FROM leads();

-- Rows of the future are known and not counted, until their time is set right.
INSERT INTO touch (id, lead, kind, at) VALUES (60, 9, 'visit', '2200-01-01 10:00+00'), (61, 1, 'visit', '2200-01-01 10:00+00'), (62, 1, 'visit', '2199-01-01 10:00+00');
SELECT * FROM leads();
SELECT lead, due_at AT TIME ZONE 'UTC' AS due_at FROM touch_lead WHERE due_at IS NOT NULL ORDER BY lead;
UPDATE touch SET at = '2024-02-03 10:00+00' WHERE id IN (60, 62);
DELETE FROM touch WHERE id = 61;
SELECT * FROM leads();
SELECT count(*) FROM touch_lead WHERE due_at IS NOT NULL;

-- Late rows touch only the transitions that they change.
CREATE TABLE before AS SELECT * FROM touch_transition;
INSERT INTO touch (id, lead, kind, at) VALUES (70, 8, 'page_view', '2024-01-09 12:00+00');
SELECT * FROM leads();
SELECT count(*) FILTER (WHERE b.superseded_at IS NULL AND t.superseded_at IS NOT NULL) > 0 AS some_superseded,
	   count(*) FILTER (WHERE b.superseded_at IS NULL AND t.superseded_at IS NULL) > 0 AS some_kept,
	   bool_and((to_jsonb(b) - 'superseded_at') = (to_jsonb(t) - 'superseded_at')) AS nothing_else_changed,
	   bool_and(b.superseded_at IS NOT DISTINCT FROM t.superseded_at OR b.lead = 8) AS others_untouched
	FROM before b LEFT JOIN touch_transition t USING (id);

-- Writes that fire no trigger are not seen; drift tells, and a replay mends it.
SET session_replication_role = replica;
INSERT INTO touch (id, lead, kind, at) VALUES (80, 9, 'demo_request', '2024-02-04 10:00+00');
DELETE FROM touch WHERE id = 60;
RESET session_replication_role;
SELECT DISTINCT lead FROM lead_temperature.drift('touch');
SELECT disagreement LIKE 'drift finds%' AS found FROM leads();
CALL lead_temperature.replay('touch');
SELECT * FROM leads();

-- More rows in one statement than work_mem holds, in no order, twice.
SET work_mem = '64kB';
ALTER TABLE touch DROP CONSTRAINT touch_lead_fkey;
INSERT INTO touch (id, lead, kind, at)
	SELECT 10000 + i, hashint4(i) % 700, (ARRAY['visit', 'question', 'page_view', 'purchase', 'call'])[1 + i % 5],
		   timestamptz '2024-03-01 00:00+00' + abs(hashint4(-i)) % 2000000 * interval '1 second'
	FROM generate_series(1, 10000) AS i;
SELECT count(*), sum(interactions), (SELECT disagreement FROM leads()) FROM touch_lead;
UPDATE touch SET at = at + interval '1 day', lead = -lead WHERE id > 10000 AND id % 3 = 0;
SELECT count(*), sum(interactions), (SELECT disagreement FROM leads()) FROM touch_lead;
RESET work_mem;

TRUNCATE touch;
SELECT * FROM leads();
SELECT count(*) FROM touch_transition WHERE superseded_at IS NULL;

SELECT lead_temperature.untrack('touch');
DROP TABLE touch, person, orders, before;
DROP FUNCTION leads, correct, echo, order_is_purchase;
DELETE FROM lead_temperature.model WHERE name = 'laws';
SET client_min_messages = warning;
DROP SCHEMA laws, reference CASCADE;
