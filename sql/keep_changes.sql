--
-- Records that change: each change is kept as an interaction.
--
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_clerk;
CREATE ROLE regress_lt_vendor;
GRANT regress_lt_vendor TO regress_lt_owner;
CREATE SCHEMA records;
GRANT ALL ON SCHEMA records TO regress_lt_owner, regress_lt_vendor;
GRANT USAGE ON SCHEMA records TO regress_lt_clerk;
RESET client_min_messages;
SET search_path = records;
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('m', 'regress_lt_owner', '7 days', 10, 25, 40);
INSERT INTO lead_temperature.signal (model, kind, points) VALUES ('m', 'visit', 5), ('m', 'new', 3), ('m', 'qualified', 20), ('m', 'proposal', 30), ('m', 'cart', 2);
SET ROLE regress_lt_owner;
CREATE TABLE visit (person int, kind text, at timestamptz);
CREATE INDEX ON visit (person, at);
INSERT INTO visit SELECT i, 'visit', now() - i * interval '1 hour' FROM generate_series(1, 3) AS i;
SELECT lead_temperature.track('visit', 'person', 'kind', 'at', model => 'm');
-- A vendor's table of deals, one row for each, that says nowhere when its stage has changed.
CREATE TYPE deal_stage AS ENUM ('new', 'qualified', 'proposal');
RESET ROLE;
GRANT USAGE ON TYPE deal_stage TO regress_lt_vendor;
SET ROLE regress_lt_vendor;
CREATE TABLE deal (id int PRIMARY KEY, person int, stage records.deal_stage, value numeric, test bool NOT NULL DEFAULT false, note text);
GRANT INSERT ON deal TO regress_lt_clerk;
INSERT INTO deal VALUES (1, 1, 'new', 1), (2, NULL, 'new', 1);
RESET ROLE;

-- What bad input gets.
SET ROLE regress_lt_owner;
SELECT lead_temperature.add_source('visit', 'deal', 'person', 'stage');
SELECT lead_temperature.add_source('visit', 'deal', NULL, 'stage', keep_changes => true);
SELECT lead_temperature.add_source('visit', 'deal', 'person', NULL, keep_changes => true);
SELECT lead_temperature.add_source('visit', 'deal', 'note', 'stage', keep_changes => true);
SELECT lead_temperature.add_source('visit', 'deal', 'person', 'stage', 'note', keep_changes => true);
SELECT lead_temperature.add_source('visit', 'deal', 'person', 'phase', keep_changes => true);
SELECT lead_temperature.add_source('visit', 'visit_lead', 'lead', 'stage', keep_changes => true);
CREATE VIEW some_deals AS SELECT * FROM deal;
SELECT lead_temperature.add_source('visit', 'some_deals', 'person', 'stage', keep_changes => true);
CREATE TABLE visit_change (of_ours int);
SELECT lead_temperature.add_source('visit', 'deal', 'person', 'stage', keep_changes => true);
DROP TABLE visit_change;
DROP VIEW some_deals;
SELECT count(*) FROM lead_temperature.sources;
SELECT to_regclass('visit_change');

-- No time is given: it is that of the change, and nothing is known of when those that are there have changed.
SELECT lead_temperature.add_source('visit', 'deal', 'person', 'stage', weight => 'value', filter => 'NOT test', keep_changes => true);
SELECT source, relation, lead, kind, at, weight, filter, keep_changes FROM lead_temperature.sources ORDER BY source;
SELECT stale FROM lead_temperature.trackers;
SELECT * FROM visit_change;
RESET ROLE;

-- The same in plain SQL, by row triggers that are written for this table.
CREATE TABLE done (person int, kind text, at timestamptz, weight float8);
GRANT SELECT ON done TO regress_lt_owner;
CREATE FUNCTION note_deal() RETURNS trigger SECURITY DEFINER SET search_path = records LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.person IS NULL OR NEW.test THEN
		RETURN NULL;
	END IF;
	IF TG_OP = 'UPDATE' THEN
		IF OLD.person IS NOT DISTINCT FROM NEW.person AND OLD.stage IS NOT DISTINCT FROM NEW.stage
			AND coalesce(OLD.value, 1) = coalesce(NEW.value, 1) AND NOT OLD.test THEN
			RETURN NULL;
		END IF;
	END IF;
	INSERT INTO done VALUES (NEW.person, NEW.stage, now(), coalesce(NEW.value, 1));
	RETURN NULL;
END $$;
CREATE TRIGGER note_deal AFTER INSERT OR UPDATE ON deal FOR EACH ROW EXECUTE FUNCTION note_deal();
-- leads that are not what plain SQL makes of the visits and of what was done, or of visits and changes kept, or of a replay
CREATE FUNCTION wrong() RETURNS TABLE (what text, person text) LANGUAGE sql AS $$
	WITH scored AS (
		SELECT v.what, v.person, count(*) AS interactions, max(at) AS last_at,
			coalesce(sum(s.points * v.weight * 2 ^ (-EXTRACT(epoch FROM now() - v.at) / EXTRACT(epoch FROM interval '7 days'))), 0) AS score
		FROM (SELECT w.what, person, kind, at, 1 AS weight FROM visit, (VALUES ('done'), ('kept')) AS w (what)
			UNION ALL SELECT 'done', person, kind, at, weight FROM done
			UNION ALL SELECT 'kept', lead, kind, at, coalesce(weight, 1) FROM visit_change) AS v
		LEFT JOIN lead_temperature.signal s ON s.model = 'm' AND s.kind = v.kind GROUP BY 1, 2)
	SELECT coalesce(s.what, 'lead'), coalesce(s.person, l.lead)::text FROM scored s
	FULL JOIN (SELECT l.*, w.what FROM visit_lead l, (VALUES ('done'), ('kept')) AS w (what)) l ON l.lead = s.person AND l.what = s.what
	WHERE (s.interactions = l.interactions AND s.last_at = l.last_at
		AND abs(s.score - lead_temperature.score(l.heat, now())) <= 1e-9 * (1 + abs(s.score))) IS NOT TRUE
	UNION ALL SELECT 'drift', lead FROM lead_temperature.drift('records.visit')
$$;

-- Rows one by one, many at once, by COPY, by one who may do no more.
SET ROLE regress_lt_clerk;
INSERT INTO deal VALUES (3, 1, 'new', 2);
INSERT INTO deal SELECT i, i % 5, 'new', 1 FROM generate_series(10, 29) AS i;
COPY deal (id, person, stage) FROM stdin;
30	7	new
31	8	qualified
32	\N	qualified
\.
RESET ROLE;
SELECT lead, kind, weight, at = (SELECT max(at) FROM visit_change) AS last FROM visit_change WHERE lead IN (1, 7, 8) ORDER BY lead, at, weight;
SELECT * FROM wrong();
-- what is not read makes no difference, nor what reads the same
SELECT count(*) AS kept FROM visit_change \gset
UPDATE deal SET note = 'x';
UPDATE deal SET value = 1.00 WHERE value = 1;
UPDATE deal SET person = person, stage = stage;
SELECT count(*) - :kept AS more FROM visit_change;
-- what is read does: the kind, the weight, whose it is, whether it counts
UPDATE deal SET stage = 'qualified' WHERE id % 2 = 0;
UPDATE deal SET value = 3 WHERE id = 31;
UPDATE deal SET person = 9 WHERE id = 3;
UPDATE deal SET test = true WHERE id IN (12, 13);
UPDATE deal SET stage = 'proposal' WHERE id = 12;
UPDATE deal SET test = false WHERE id = 12;
-- nobody's at first
UPDATE deal SET person = 4 WHERE id = 2;
UPDATE deal SET person = NULL WHERE id = 2;
SELECT lead, kind, weight FROM visit_change WHERE lead IN (2, 4, 8, 9) AND at > (SELECT max(at) FROM visit) ORDER BY at, lead, kind;
SELECT * FROM wrong();
-- upserts, and rows that two parts of a statement write
INSERT INTO deal VALUES (3, 9, 'proposal', 2), (40, 9, 'new', 1) ON CONFLICT (id) DO UPDATE SET stage = EXCLUDED.stage;
INSERT INTO deal VALUES (3, 9, 'proposal', 2) ON CONFLICT (id) DO NOTHING;
WITH a AS (INSERT INTO deal VALUES (41, 10, 'new', 1) RETURNING id), b AS (INSERT INTO visit VALUES (10, 'visit', now()))
UPDATE deal SET stage = 'qualified' WHERE id = 40;
MERGE INTO deal USING (VALUES (41, 'proposal'), (42, 'new'), (40, NULL)) AS v (id, stage) ON deal.id = v.id
WHEN MATCHED AND v.stage IS NULL THEN DELETE
WHEN MATCHED THEN UPDATE SET stage = v.stage::deal_stage
WHEN NOT MATCHED THEN INSERT VALUES (v.id, 10, v.stage::deal_stage, 1);
SELECT lead, kind FROM visit_change WHERE lead IN (9, 10) ORDER BY lead, at, kind;
SELECT * FROM wrong();
-- undone
BEGIN;
UPDATE deal SET stage = 'proposal';
SAVEPOINT a;
INSERT INTO deal VALUES (50, 11, 'new', 1);
ROLLBACK TO a;
INSERT INTO deal VALUES (51, 11, 'new', 1);
RELEASE a;
SELECT * FROM wrong();
COMMIT;
BEGIN;
UPDATE deal SET stage = 'new';
ROLLBACK;
SELECT * FROM wrong();
-- what goes takes nothing back, and waits for nobody
SELECT count(*) AS kept FROM visit_change \gset
DELETE FROM deal WHERE id = 51;
BEGIN;
TRUNCATE deal;
SELECT relation::regclass, mode FROM pg_locks WHERE locktype = 'relation' AND pid = pg_backend_pid() AND relation IN ('visit_change'::regclass, 'visit_lead'::regclass, 'visit'::regclass);
ROLLBACK;
SELECT count(*) - :kept AS more FROM visit_change;
SELECT * FROM wrong();
-- a trigger keeps rows: nobody knows which of the old ones is which
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN NEW.id < 10 THEN NULL ELSE NEW END; END $$;
CREATE TRIGGER keep BEFORE UPDATE ON deal FOR EACH ROW EXECUTE FUNCTION keep();
UPDATE deal SET stage = 'qualified' WHERE id IN (3, 10, 11);
DROP TRIGGER keep ON deal;
SELECT * FROM wrong();

-- What reads it: by the table that users know.
SELECT kind, source, interactions FROM lead_temperature.score_breakdown('visit', '9') ORDER BY 1;
SELECT reason, rows FROM lead_temperature.skipped_rows('visit');
DELETE FROM lead_temperature.signal WHERE kind = 'proposal';
CALL lead_temperature.replay('visit');
SELECT kind, interactions, leads, source FROM lead_temperature.unmapped_kinds('visit');
INSERT INTO lead_temperature.signal (model, kind, points) VALUES ('m', 'proposal', 30);
CALL lead_temperature.replay('visit');
SELECT * FROM wrong();
SELECT interactions FROM lead_temperature.leads_as_of('visit', now()) WHERE lead = '9';

-- An expression that fails: the clerk goes on, the row counts nowhere, and is told of by the source's number.
CREATE TABLE quote (id int PRIMARY KEY, customer text, amount int, parts int, day date);
ALTER TABLE quote OWNER TO regress_lt_vendor;
INSERT INTO quote VALUES (1, '1', 100, 10, '2026-01-01'), (2, '2', 100, 0, '2026-01-02'), (3, '3', 1, 1, NULL), (4, NULL, 1, 1, '2026-01-02');
SET ROLE regress_lt_owner;
-- with a time those that are there count at once
SELECT lead_temperature.add_source('visit', 'quote', 'customer::int', $$CASE WHEN amount / parts > 5 THEN 'proposal' ELSE 'cart' END$$, 'day', keep_changes => true);
SELECT source, relation, lead, at, filter, failed, last_failure, keep_changes FROM lead_temperature.sources ORDER BY source;
SELECT source, lead, kind, at, weight FROM visit_change WHERE source <> 2;
SELECT * FROM lead_temperature.drift('visit');
SELECT stale FROM lead_temperature.trackers;
INSERT INTO quote VALUES (5, 'x', 1, 1, '2026-01-02'), (6, '1', 1, 0, '2026-01-02'), (7, '1', 1, 1, '2026-01-02');
-- its time is read too: another is a change; another amount that reads the same is none
UPDATE quote SET amount = 1000 WHERE id = 1;
UPDATE quote SET parts = 0 WHERE id = 1;
UPDATE quote SET parts = 10 WHERE id = 1;
UPDATE quote SET day = '2026-01-03' WHERE id = 1;
UPDATE quote SET day = 'infinity' WHERE id = 1;
SELECT source, lead, kind, at, weight FROM visit_change WHERE source <> 2 ORDER BY lead, at, kind;
SELECT source, failed, last_failure FROM lead_temperature.sources WHERE keep_changes ORDER BY source;
SELECT * FROM lead_temperature.drift('visit');
-- one that reads the same, and the numbers that users do not see
SELECT lead_temperature.add_source('visit', 'quote', 'customer::int', $$CASE WHEN amount / parts > 5 THEN 'proposal' ELSE 'cart' END$$, 'day', keep_changes => true);
SELECT lead_temperature.alter_source('visit', 5, kind => 'customer');
SELECT lead_temperature.drop_source('visit', 5);
SELECT lead_temperature.alter_source('visit', 4, lead => 'customer');
SELECT lead_temperature.alter_source('visit', 4, lead => '');
-- read otherwise from now on: what was kept stays, also when it is replayed
SELECT lead_temperature.alter_source('visit', 4, kind => $$'cart'$$, at => '', weight => 'amount');
SELECT source, relation, kind, at, weight FROM lead_temperature.sources WHERE source = 4;
BEGIN;
UPDATE quote SET amount = 7 WHERE id = 7;
SELECT lead, kind, at = now() AS now, weight FROM visit_change WHERE source = 4 ORDER BY visit_change.at DESC LIMIT 1;
COMMIT;
CALL lead_temperature.replay('visit');
SELECT * FROM lead_temperature.drift('visit');
SELECT source, count(*) FROM visit_change WHERE source <> 2 GROUP BY 1;
-- dropped, with what was kept
SELECT lead_temperature.drop_source('visit', 4);
SELECT source, relation FROM lead_temperature.sources ORDER BY 1;
SELECT count(*) FROM visit_change WHERE source <> 2;
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'quote'::regclass AND NOT tgisinternal;
CALL lead_temperature.replay('visit');
SELECT * FROM wrong();

-- A table that is read both ways: its rows, and what becomes of them.
SELECT lead_temperature.add_source('visit', 'visit', 'person', $$'cart'$$, keep_changes => true);
INSERT INTO visit VALUES (20, 'visit', now()), (21, 'visit', now() - interval '1 day');
UPDATE visit SET person = 22 WHERE person = 21;
SELECT lead, interactions FROM visit_lead WHERE lead >= 20 ORDER BY 1;
SELECT * FROM lead_temperature.drift('visit');
DELETE FROM visit WHERE person >= 20;
SELECT lead, interactions FROM visit_lead WHERE lead >= 20 ORDER BY 1;
SELECT * FROM lead_temperature.drift('visit');
BEGIN;
TRUNCATE visit;
SELECT lead, interactions FROM visit_lead WHERE lead >= 20 OR lead = 3 ORDER BY 1;
SELECT * FROM lead_temperature.drift('visit');
ROLLBACK;
SELECT lead_temperature.drop_source('visit', 4);
CALL lead_temperature.replay('visit');

-- Paused: what changes is kept, and counts once it goes on.
SELECT lead_temperature.pause('visit');
UPDATE deal SET stage = 'proposal' WHERE id BETWEEN 10 AND 15;
INSERT INTO deal VALUES (60, 12, 'new', 1);
SELECT count(*) FROM visit_lead WHERE lead = 12;
SELECT lead_temperature.resume('visit');
SELECT * FROM wrong();

-- Migrations.
\set VERBOSITY terse
RESET ROLE;
ALTER TABLE deal RENAME person TO partner;
ALTER TABLE deal RENAME test TO is_test;
ALTER TABLE deal RENAME TO opportunity;
DROP TRIGGER note_deal ON opportunity;
SELECT relation, lead, filter FROM lead_temperature.sources WHERE source = 2;
SELECT count(*) AS kept FROM visit_change \gset
UPDATE opportunity SET stage = 'qualified' WHERE id = 60;
UPDATE opportunity SET stage = 'new' WHERE id = 60;
SELECT count(*) - :kept AS more FROM visit_change;
ALTER TYPE deal_stage RENAME VALUE 'new' TO 'fresh';
UPDATE opportunity SET value = 2 WHERE id = 60;
SELECT kind FROM visit_change ORDER BY at DESC LIMIT 1;
SELECT stale FROM lead_temperature.trackers;
ALTER TYPE deal_stage RENAME VALUE 'fresh' TO 'new';
-- a column that is needed goes; what cannot be read is not kept, and writers go on
ALTER TABLE opportunity DROP value;
SELECT paused, stale FROM lead_temperature.trackers;
SELECT source, relation, paused_because FROM lead_temperature.sources WHERE paused_because IS NOT NULL;
SELECT count(*) AS kept FROM visit_change \gset
UPDATE opportunity SET stage = 'qualified' WHERE id = 60;
SELECT count(*) - :kept AS more FROM visit_change;
SELECT lead_temperature.resume('visit');
SELECT lead_temperature.alter_source('visit', 2, weight => '');
-- it is paused still, but the records can be read again
UPDATE opportunity SET stage = 'proposal' WHERE id = 60;
SELECT count(*) - :kept AS more FROM visit_change;
SELECT lead_temperature.resume('visit');
SELECT * FROM lead_temperature.drift('visit');
SELECT paused, stale FROM lead_temperature.trackers;
-- leads of another type
ALTER TABLE opportunity ALTER partner TYPE bigint;
UPDATE opportunity SET stage = 'qualified' WHERE id = 60;
SELECT count(*) - :kept AS more FROM visit_change;
SELECT lead_temperature.alter_source('visit', 2, lead => 'partner::int');
SELECT lead_temperature.resume('visit');
UPDATE opportunity SET stage = 'new' WHERE id = 60;
SELECT count(*) - :kept AS more FROM visit_change;
SELECT * FROM lead_temperature.drift('visit');
-- a fault of another table keeps no change from being kept
ALTER TABLE visit ALTER at TYPE text;
UPDATE opportunity SET stage = 'proposal' WHERE id = 60;
SELECT count(*) - :kept AS more FROM visit_change;
ALTER TABLE visit ALTER at TYPE timestamptz USING at::timestamptz;
SELECT lead_temperature.resume('visit');
SELECT * FROM lead_temperature.drift('visit');
-- the owner may read it no more
REVOKE regress_lt_vendor FROM regress_lt_owner;
UPDATE opportunity SET stage = 'new' WHERE id = 60;
SELECT paused FROM lead_temperature.trackers;
SELECT count(*) - :kept AS more FROM visit_change;
GRANT regress_lt_vendor TO regress_lt_owner;
SELECT lead_temperature.resume('visit');
-- what is done to the table of changes
SET ROLE regress_lt_owner;
ALTER TABLE visit_change RENAME lead TO who;
ALTER TABLE visit_change ALTER kind TYPE varchar;
ALTER TABLE visit_change DROP weight;
ALTER TABLE visit_change ADD remark text NOT NULL;
DROP TABLE visit_change;
DROP TRIGGER lead_temperature_insert ON visit_change;
SELECT lead_temperature.add_source('visit', 'visit_change', 'lead', 'kind', 'at');
ALTER TABLE visit_change ADD remark text DEFAULT 'r';
ALTER TABLE visit_change RENAME TO deal_log;
INSERT INTO opportunity VALUES (70, 12, 'new');
SELECT lead, kind, remark FROM deal_log ORDER BY at DESC LIMIT 1;
SELECT lead_temperature.upgrade_tracker('visit');
ALTER TABLE deal_log RENAME TO visit_change;
ALTER TABLE visit_change DROP remark;
UPDATE visit_change SET weight = 10 WHERE lead = 12 AND kind = 'new';
DELETE FROM visit_change WHERE lead = 7;
SELECT * FROM lead_temperature.drift('visit');
\set VERBOSITY default

-- Retention: what is archived may go.
SELECT pg_sleep(0.01);
SELECT lead_temperature.archive('visit', clock_timestamp()) > 0 AS archived;
CREATE TEMP TABLE before AS SELECT lead, heat, interactions FROM visit_lead;
DELETE FROM visit_change;
SELECT count(*) FROM (SELECT lead, heat, interactions FROM visit_lead EXCEPT SELECT lead, heat, interactions FROM before) AS other;
SELECT * FROM lead_temperature.drift('visit');
UPDATE opportunity SET stage = 'qualified' WHERE id = 70;
SELECT lead, kind FROM visit_change;

-- Forgotten: what was kept goes, though nobody asked for rows; the record stays, and counts when it changes.
SELECT * FROM lead_temperature.forget('visit', '12');
SELECT id, partner, stage FROM opportunity WHERE partner = 12;
SELECT count(*) FROM visit_lead WHERE lead = 12;
CALL lead_temperature.replay('visit');
UPDATE opportunity SET note = 'y';
SELECT count(*) FROM visit_lead WHERE lead = 12;
UPDATE opportunity SET stage = 'proposal' WHERE id = 70;
SELECT lead, interactions FROM visit_lead WHERE lead = 12;
SELECT relation, rows FROM lead_temperature.forget('visit', '12', delete_rows => true);
SELECT * FROM lead_temperature.drift('visit');

-- The table goes: what was kept stays until the source goes too.
INSERT INTO opportunity VALUES (80, 13, 'new');
RESET ROLE;
DROP TABLE opportunity;
SELECT source, relation, lead, kind, filter, keep_changes FROM lead_temperature.sources ORDER BY source;
SELECT lead, interactions FROM visit_lead WHERE lead = 13;
SELECT paused, stale FROM lead_temperature.trackers;
CALL lead_temperature.replay('visit');
SELECT lead, interactions FROM visit_lead WHERE lead = 13;
SELECT lead_temperature.alter_source('visit', 2, kind => 'x');
SELECT lead_temperature.drop_source('visit', 2);
SELECT * FROM visit_change;
CALL lead_temperature.replay('visit');
SELECT count(*) FROM visit_lead WHERE lead = 13;

-- A partitioned table, whose rows move.
SET ROLE regress_lt_owner;
CREATE TABLE cart (session uuid, total int, state text, filled date) PARTITION BY LIST (state);
CREATE TABLE cart_open PARTITION OF cart FOR VALUES IN ('open');
CREATE TABLE cart_left (filled date, state text, total int, session uuid);
ALTER TABLE cart ATTACH PARTITION cart_left FOR VALUES IN ('left');
CREATE TABLE session (id uuid, person int);
SELECT lead_temperature.add_source('visit', 'cart', 'session', $$'cart'$$, keep_changes => true);
SELECT lead_temperature.add_source('visit', 'cart', 'total', 'state', 'filled', keep_changes => true);
INSERT INTO cart SELECT NULL, i, 'open', '2026-02-01' FROM generate_series(100, 103) AS i;
UPDATE cart SET state = 'left' WHERE total = 101;
UPDATE cart SET state = CASE state WHEN 'open' THEN 'left' ELSE 'open' END;
UPDATE cart_open SET total = 105;
INSERT INTO cart_left (total, state, filled) VALUES (106, 'left', '2026-02-02');
-- a partition comes with rows, and another goes: neither is a change
CREATE TABLE cart_bought (LIKE cart);
INSERT INTO cart_bought VALUES (NULL, 107, 'bought', '2026-02-03');
ALTER TABLE cart ATTACH PARTITION cart_bought FOR VALUES IN ('bought');
DROP TABLE cart_open;
SELECT stale FROM lead_temperature.trackers;
UPDATE cart SET state = 'bought' WHERE total = 106;
SELECT lead, kind, at FROM visit_change ORDER BY lead, kind;
SELECT * FROM lead_temperature.drift('visit');
-- the other way: ids that another table maps; they are of the type of leads
SELECT lead_temperature.add_source('visit', 'cart', 'total', $$'cart'$$, via => 'session', via_key => 'id', via_lead => 'person', create_index => true, keep_changes => true);
ALTER TABLE session ALTER id TYPE int USING NULL;
SELECT lead_temperature.add_source('visit', 'cart', 'total', $$'cart'$$, via => 'session', via_key => 'id', via_lead => 'person', create_index => true, keep_changes => true);
SELECT source, relation, lead, via, via_key, keep_changes FROM lead_temperature.sources ORDER BY source;
INSERT INTO cart (total, state, filled) VALUES (200, 'left', '2026-02-03');
SELECT count(*) FROM visit_lead WHERE lead = 30;
INSERT INTO session VALUES (200, 30);
SELECT lead, interactions FROM visit_lead WHERE lead IN (30, 200) ORDER BY 1;
DELETE FROM cart;
UPDATE session SET person = 31;
SELECT lead, interactions FROM visit_lead WHERE lead IN (30, 31, 200) ORDER BY 1;
SELECT * FROM lead_temperature.drift('visit');
SELECT relation, rows FROM lead_temperature.forget('visit', '31');
SELECT source, lead FROM visit_change WHERE lead = 200;
SELECT lead_temperature.drop_source('visit', 4);
SELECT source, relation FROM lead_temperature.sources ORDER BY source;
SELECT source, count(*) FROM visit_change GROUP BY 1;
CALL lead_temperature.replay('visit');
SELECT * FROM lead_temperature.drift('visit');

-- All of it goes.
SELECT lead_temperature.untrack('visit');
RESET ROLE;
SELECT to_regclass('visit_change'), (SELECT count(*) FROM lead_temperature.source), (SELECT count(*) FROM lead_temperature.companion),
	(SELECT count(*) FROM pg_trigger WHERE tgname ~ '^lead_temperature');
SET ROLE regress_lt_owner;
SELECT lead_temperature.track('visit', 'person', 'kind', 'at', model => 'm');
SELECT lead_temperature.add_source('visit', 'cart', 'total', 'state', keep_changes => true);
DROP TABLE visit;
SELECT to_regclass('visit_change'), (SELECT count(*) FROM pg_trigger WHERE tgname ~ '^lead_temperature');

-- A tracker that is called after a table of records.
CREATE TABLE deal (id int GENERATED ALWAYS AS IDENTITY, contact int, stage text, moved timestamptz DEFAULT '2026-03-01', note text);
INSERT INTO deal (contact, stage) VALUES (1, 'question'), (2, 'visit');
SELECT lead_temperature.track('deal', 'contact', 'stage', model => 'm');
SELECT lead_temperature.track('deal', 'contact', 'stage', 'moved', model => 'm', keep_changes => true);
SELECT interactions, stale FROM lead_temperature.trackers;
SELECT source, relation, lead, kind, at, keep_changes FROM lead_temperature.sources;
UPDATE deal SET note = 'x';
UPDATE deal SET stage = 'demo_request' WHERE id = 1;
INSERT INTO deal (contact, stage) VALUES (3, 'visit');
DELETE FROM deal WHERE id = 2;
SELECT source, lead, kind, at FROM deal_change ORDER BY lead, kind;
SELECT lead, interactions, stage FROM deal_lead ORDER BY lead;
CALL lead_temperature.replay('deal');
SELECT interactions, phase FROM lead_temperature.replays;
SELECT * FROM lead_temperature.drift('deal');
SELECT lead_temperature.alter_tracker('deal', kind => $$CASE stage WHEN 'lost' THEN 'spam_complaint' ELSE stage END$$);
SELECT lead_temperature.alter_tracker('deal', entry => 'lead');
CALL lead_temperature.replay('deal');
UPDATE deal SET stage = 'lost' WHERE id = 3;
SELECT lead, interactions, stage, status FROM deal_lead ORDER BY lead;
SELECT lead_temperature.track('deal', 'contact', 'stage', model => 'm', keep_changes => true);
SELECT lead_temperature.track('deal', 'contact', 'stage', model => 'm', prefix => 'deal_again', backfill => false, keep_changes => true);
UPDATE deal SET stage = 'purchase' WHERE id = 1;
SELECT lead_temperature.resume('deal_again_lead');
SELECT lead, interactions, status FROM deal_lead ORDER BY lead;
SELECT lead, interactions, status FROM deal_again_lead ORDER BY lead;
SELECT lead_temperature.untrack('deal_again_lead');
SELECT lead_temperature.drop_source('deal', 1);
SELECT lead_temperature.drop_source('deal', 2);
-- who are merged are one: a record that goes from one to the other does not change, but one that goes to somebody else does
INSERT INTO deal_alias VALUES (1, 7);
SELECT count(*) FROM deal_change;
UPDATE deal SET contact = 7 WHERE contact = 1;
SELECT count(*) FROM deal_change;
UPDATE deal SET contact = 8 WHERE contact = 7;
UPDATE deal SET contact = 1 WHERE contact = 8;
SELECT count(*) FROM deal_change;
SELECT lead, interactions FROM deal_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('deal');
TRUNCATE deal_alias;
-- with another table beside it
CREATE TABLE letter (contact int, at timestamptz);
CREATE INDEX ON letter (contact);
INSERT INTO letter VALUES (3, '2026-03-02');
SELECT lead_temperature.add_source('deal', 'letter', 'contact', $$'email_open'$$, 'at');
CALL lead_temperature.replay('deal');
SELECT lead, interactions FROM deal_lead ORDER BY lead;
-- while another source cannot be read, records that change hands are kept all the same, whoever is merged
INSERT INTO deal_alias VALUES (1, 7);
ALTER TABLE letter DROP at;
UPDATE deal SET contact = contact + 10;
SELECT lead_temperature.drop_source('deal', (SELECT source FROM lead_temperature.sources WHERE relation = 'letter'::regclass));
SELECT lead_temperature.resume('deal');
SELECT lead, interactions FROM deal_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('deal');
-- it moves, and may be altered like any other
RESET ROLE;
CREATE SCHEMA vault;
GRANT ALL ON SCHEMA vault TO regress_lt_owner;
ALTER TABLE deal SET SCHEMA vault;
SET ROLE regress_lt_owner;
SELECT relname, relnamespace::regnamespace FROM pg_class WHERE relname ~ '^deal_(change|lead|alias|ranking)$' ORDER BY 1;
ALTER TABLE vault.deal RENAME stage TO step;
INSERT INTO vault.deal (contact, step) VALUES (4, 'visit');
DROP TABLE vault.deal_change;
ALTER TABLE vault.deal DROP step;
INSERT INTO vault.deal (contact) VALUES (5);
SELECT lead_temperature.alter_tracker('vault.deal', kind => $$'visit'$$);
SELECT lead_temperature.resume('vault.deal');
INSERT INTO vault.deal (contact) VALUES (6);
SELECT lead, interactions FROM vault.deal_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('vault.deal');
-- what was kept outlives its table
DROP TABLE vault.deal;
SELECT lead, interactions FROM vault.deal_lead ORDER BY lead;
SELECT interactions, stale, paused FROM lead_temperature.trackers;
CALL lead_temperature.replay('vault.deal_lead');
SELECT * FROM lead_temperature.drift('vault.deal_lead');
SELECT lead_temperature.untrack('vault.deal_lead');
SELECT count(*) FROM pg_class WHERE relname ~ '^deal';
DROP TABLE letter;
RESET ROLE;
SELECT (SELECT count(*) FROM lead_temperature.source), (SELECT count(*) FROM lead_temperature.companion), (SELECT count(*) FROM pg_trigger WHERE tgname ~ '^lead_temperature');
-- with all that its tracker has made it goes, be its table gone before or with it
SET client_min_messages = warning;
SET check_function_bodies = off;
CREATE FUNCTION keep_deals() RETURNS void LANGUAGE sql AS $$
	SELECT lead_temperature.track('vault.deal', 'contact', $k$'visit'$k$, 'at', model => 'm', keep_changes => true);
	SELECT lead_temperature.add_source('vault.deal', 'records.letter', 'contact', $k$'email_open'$k$, 'at');
	SELECT lead_temperature.add_module('vault.deal', 'handoff') $$;
CREATE TABLE letter (contact int, at timestamptz);
CREATE INDEX ON letter (contact);
CREATE TABLE vault.deal (id int PRIMARY KEY, contact int, at timestamptz);
SELECT keep_deals();
DROP TABLE vault.deal, vault.deal_lead CASCADE;
DROP TABLE vault.deal, vault.deal_change CASCADE;
DROP SCHEMA vault CASCADE;
CREATE SCHEMA vault;
CREATE TABLE vault.deal (id int PRIMARY KEY, contact int, at timestamptz);
SELECT keep_deals();
DROP TABLE vault.deal;
DROP TABLE vault.deal_change;
DROP SCHEMA vault CASCADE;
INSERT INTO letter VALUES (3, '2026-03-02');
-- a restore cleans up in any order
CREATE SCHEMA vault;
CREATE TABLE vault.deal (id int PRIMARY KEY, contact int, at timestamptz);
SELECT keep_deals();
SET session_replication_role = replica;
DROP TABLE vault.deal_change;
RESET session_replication_role;
SELECT interactions, stale FROM lead_temperature.trackers;
SELECT lead_temperature.untrack('vault.deal');
SELECT keep_deals();
SET session_replication_role = replica;
DROP TABLE vault.deal_lead CASCADE;
RESET session_replication_role;
INSERT INTO vault.deal VALUES (1, 1, '2026-03-02');
SELECT relname FROM pg_class WHERE relnamespace = 'vault'::regnamespace AND relkind IN ('r', 'v');
-- leads that went unseen are in nobody's way
SELECT keep_deals();
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP TABLE vault.deal_lead CASCADE;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
ALTER TABLE vault.deal_change ADD more int;
CREATE INDEX more ON vault.deal_change (more);
DROP INDEX vault.more;
SELECT lead_temperature.reload_trackers();
DROP SCHEMA vault CASCADE;
SELECT (SELECT count(*) FROM lead_temperature.source), (SELECT count(*) FROM lead_temperature.companion), (SELECT count(*) FROM pg_trigger WHERE tgname ~ '^lead_temperature');
DROP TABLE before;
DROP SCHEMA records CASCADE;
DELETE FROM lead_temperature.model WHERE name = 'm';
DROP ROLE regress_lt_owner, regress_lt_clerk, regress_lt_vendor;
