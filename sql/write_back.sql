--
-- Columns of users' own tables that follow the leads of a tracker.
--
\set written `echo "${PG_ABS_SRCDIR:-.}"/test/written.sql`
SET timezone = 'UTC';
\set ECHO none
\i :written
\set ECHO all
SET client_min_messages = warning;
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
CREATE ROLE regress_lt_app;
CREATE SCHEMA crm AUTHORIZATION regress_lt_owner;
GRANT CREATE ON SCHEMA public TO regress_lt_owner;
RESET client_min_messages;
GRANT EXECUTE ON FUNCTION written_differences TO PUBLIC;
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('m', 'regress_lt_owner', '7 days', 10, 25, 40);
INSERT INTO lead_temperature.signal (model, kind, points, stage) VALUES ('m', 'visit', 5, NULL), ('m', 'form', 12, 'lead'), ('m', 'demo', 80, 'lead');
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES ('m', 'purchase', 'won'), ('m', 'refusal', 'lost');

SET ROLE regress_lt_owner;
CREATE TABLE event (id int PRIMARY KEY, lead int, kind text, at timestamptz);
CREATE INDEX ON event (lead, at);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'm');
CREATE TYPE crm.warmth AS ENUM ('frozen', 'cold', 'warm', 'hot', 'boiling');
CREATE DOMAIN crm.word AS varchar(20);
CREATE TABLE crm.leads (id bigint PRIMARY KEY, name text, x_stage crm.word, x_temp crm.warmth, x_hot_until timestamptz, x_warm_until timestamptz,
	x_status lead_temperature.status, x_level float8, x_score float8, x_first timestamptz, x_last timestamptz, x_since timestamptz, x_hot_since timestamptz,
	x_won int, x_rows bigint);
INSERT INTO crm.leads (id, name) SELECT i, 'lead ' || i FROM generate_series(1, 8) AS i;
-- rows that were there, one of them wrong, and of no lead
UPDATE crm.leads SET x_stage = 'customer', x_rows = 7 WHERE id IN (1, 8);
INSERT INTO event VALUES (1, 1, 'visit', '2026-01-01'), (2, 1, 'form', '2026-01-02'), (3, 2, 'demo', now() - interval '1 hour'), (4, 9, 'demo', now());

-- All that can be written; what is there is brought up to date at once, rows without a lead get NULL.
SELECT lead_temperature.write_back('event', 'crm.leads', key => 'id', stage => 'x_stage', temperature => 'x_temp', score => 'x_score', level => 'x_level',
	hot_until => 'x_hot_until', warm_until => 'x_warm_until', status => 'x_status', first_at => 'x_first', last_at => 'x_last', stage_since => 'x_since',
	hot_since => 'x_hot_since', purchases => 'x_won', interactions => 'x_rows');
SELECT id, x_stage, x_temp, x_status, x_hot_until > now() AS hot, round(x_score::numeric, 1) AS score, x_won, x_rows FROM crm.leads ORDER BY id;
SELECT written_differences('event_lead');
SELECT * FROM lead_temperature.write_backs ORDER BY attribute;
-- none of it is wrong by now
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'x_stage', temperature => 'x_temp', score => 'x_score', level => 'x_level',
	hot_until => 'x_hot_until', warm_until => 'x_warm_until', status => 'x_status', first_at => 'x_first', last_at => 'x_last', stage_since => 'x_since',
	hot_since => 'x_hot_since', purchases => 'x_won', interactions => 'x_rows');

-- New leads, later and earlier rows, corrections, many at once.
INSERT INTO event VALUES (5, 3, 'visit', now()), (6, 1, 'demo', now()), (7, 2, 'purchase', now());
SELECT id, x_stage, x_temp, x_status, x_won, x_rows FROM crm.leads ORDER BY id;
INSERT INTO event VALUES (8, 3, 'form', now() - interval '1 day'), (9, 4, 'refusal', now() - interval '3 days');
UPDATE event SET kind = 'demo' WHERE id = 8;
DELETE FROM event WHERE id = 9;
INSERT INTO event SELECT i, i % 40, 'visit', now() - i * interval '1 hour' FROM generate_series(100, 300) AS i;
SELECT written_differences('event_lead');
SELECT count(*) FILTER (WHERE x_rows > 0) AS leads FROM crm.leads;
DELETE FROM event WHERE id >= 100;
SELECT written_differences('event_lead');
SELECT count(*) FILTER (WHERE x_rows > 0) AS leads FROM crm.leads;
-- a transaction that is undone, in whole and in part
BEGIN;
INSERT INTO event VALUES (10, 5, 'demo', now());
SAVEPOINT s;
INSERT INTO event VALUES (11, 6, 'demo', now());
ROLLBACK TO s;
SELECT id, x_stage FROM crm.leads WHERE x_stage IS NOT NULL ORDER BY id;
ROLLBACK;
SELECT id, x_stage FROM crm.leads WHERE x_stage IS NOT NULL ORDER BY id;

-- Only what differs is written: the row of a lead of which nothing that is written has changed stays what it is.
CREATE TABLE crm.contact (id int, nr int UNIQUE, stage text, note text);
INSERT INTO crm.contact SELECT i, i FROM generate_series(1, 8) AS i;
INSERT INTO crm.contact VALUES (9, NULL, 'visitor');
SELECT lead_temperature.write_back('event_lead', 'crm.contact', 'nr', stage => 'stage');
SELECT string_agg(xmin::text, ' ' ORDER BY id) AS rows FROM crm.contact \gset
INSERT INTO event VALUES (12, 3, 'visit', now()), (13, 1, 'visit', now());
SELECT string_agg(xmin::text, ' ' ORDER BY id) = :'rows' AS untouched FROM crm.contact;
INSERT INTO event VALUES (14, 3, 'purchase', now()), (15, 1, 'visit', now());
SELECT * FROM crm.contact ORDER BY id;
SELECT written_differences('event_lead');
-- what a user has changed is right again with the next row of the lead; others' columns are his
UPDATE crm.contact SET stage = 'mine', note = 'mine' WHERE nr < 3;
INSERT INTO event VALUES (16, 1, 'visit', now());
SELECT * FROM crm.contact WHERE nr < 3 ORDER BY id;
-- other columns in the place of those; what is given up stays
ALTER TABLE crm.contact ADD status varchar;
SELECT lead_temperature.write_back('event', 'crm.contact', 'nr', status => 'status');
INSERT INTO event VALUES (17, 1, 'purchase', now());
SELECT * FROM crm.contact ORDER BY id;
SELECT target, attribute, column_name FROM lead_temperature.write_backs WHERE target = 'crm.contact'::regclass;
SELECT lead_temperature.stop_write_back('event', 'crm.contact');
INSERT INTO event VALUES (18, 1, 'refusal', now());
SELECT * FROM crm.contact WHERE nr = 1;

-- Whatever makes leads anew: pause and resume, replay at once and in batches, other models, archive, forget, TRUNCATE, merged leads.
SELECT lead_temperature.pause('event');
INSERT INTO event VALUES (19, 5, 'demo', now()), (20, 7, 'visit', '2026-01-01');
SELECT count(*) FROM crm.leads WHERE id IN (5, 7) AND x_stage IS NOT NULL;
SELECT lead_temperature.resume('event');
SELECT id, x_stage FROM crm.leads WHERE id IN (5, 7) ORDER BY id;
SELECT written_differences('event_lead');
UPDATE lead_temperature.model SET hot = 4, warm = 3, mql = 4 WHERE name = 'm';
BEGIN;
CALL lead_temperature.replay('event');
SELECT written_differences('event_lead');
SELECT id, x_stage, x_temp FROM crm.leads WHERE x_stage IS NOT NULL ORDER BY id;
ROLLBACK;
CALL lead_temperature.replay('event');
SELECT written_differences('event_lead');
UPDATE lead_temperature.model SET hot = 40, warm = 10, mql = 25 WHERE name = 'm';
CALL lead_temperature.replay('event');
SELECT written_differences('event_lead');
SELECT lead_temperature.archive('event', '2026-01-01 12:00+00');
SELECT written_differences('event_lead');
SELECT count(*) FROM lead_temperature.forget('event', '5', true);
SELECT id, x_stage FROM crm.leads WHERE id = 5;
SELECT written_differences('event_lead');
SELECT lead_temperature.merge_leads('event', '1', '3');
SELECT id, x_stage, x_rows FROM crm.leads WHERE id IN (1, 3) ORDER BY id;
SELECT written_differences('event_lead');
SELECT lead_temperature.unmerge_lead('event', '1');
SELECT written_differences('event_lead');
INSERT INTO event VALUES (21, 6, 'demo', now() + interval '1 day');
SELECT id, x_stage, x_rows FROM crm.leads WHERE id = 6;
SELECT lead_temperature.apply_due('event');
SELECT written_differences('event_lead');
TRUNCATE event;
SELECT written_differences('event_lead');
SELECT id, x_stage FROM crm.leads WHERE x_stage IS NOT NULL ORDER BY id;

-- Words of leads that have cooled. A word is right when it is written; refresh_cooled finds those that are no longer.
INSERT INTO event VALUES (30, 1, 'demo', now() - interval '20 days'), (31, 2, 'demo', now() - interval '10 days'), (32, 3, 'demo', now());
SELECT id, x_temp FROM crm.leads WHERE x_temp IS NOT NULL ORDER BY id;
SELECT lead_temperature.refresh_cooled('event');
RESET ROLE;
-- as if the words had been written a week ago, and a month
UPDATE lead_temperature.write_target SET words_as_of = now() - interval '8 days';
UPDATE crm.leads SET x_temp = 'hot' WHERE id = 2;
SELECT lead_temperature.refresh_cooled('event_lead');
SELECT id, x_temp FROM crm.leads WHERE x_temp IS NOT NULL ORDER BY id;
SELECT written_differences('event_lead');
UPDATE lead_temperature.write_target SET words_as_of = now() - interval '30 days';
UPDATE crm.leads SET x_temp = 'hot' WHERE id <= 2;
BEGIN;
SELECT lead_temperature.refresh_cooled('event');
SELECT written_differences('event_lead');
ROLLBACK;
SELECT lead_temperature.refresh_cooled('event'), lead_temperature.refresh_cooled('event') AS again;
SELECT words_as_of > now() - interval '1 minute' AS right_now FROM lead_temperature.write_target;
-- a stricter transaction may not see all leads: it brings up to date what it sees, and promises nothing
UPDATE lead_temperature.write_target SET words_as_of = now() - interval '30 days';
BEGIN ISOLATION LEVEL REPEATABLE READ;
UPDATE crm.leads SET x_temp = 'hot' WHERE id <= 2;
SELECT lead_temperature.refresh_cooled('event');
COMMIT;
SELECT words_as_of > now() - interval '1 minute' AS right_now FROM lead_temperature.write_target;
SELECT lead_temperature.refresh_cooled(NULL) IS NULL AS nothing;
SELECT lead_temperature.refresh_cooled('crm.contact');
SET ROLE regress_lt_other;
SELECT lead_temperature.refresh_cooled('event');
SET ROLE regress_lt_owner;
-- a tracker without words
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'x_stage', hot_until => 'x_hot_until');
SELECT lead_temperature.refresh_cooled('event');
SELECT lead_temperature.stop_write_back('event', 'crm.leads');
SELECT lead_temperature.refresh_cooled('event');

-- Bad input.
SELECT lead_temperature.write_back(NULL, 'crm.leads', 'id', stage => 'x_stage');
SELECT lead_temperature.write_back('event', NULL, 'id', stage => 'x_stage');
SELECT lead_temperature.write_back('event', 'crm.leads', NULL, stage => 'x_stage');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id');
SELECT lead_temperature.write_back('event', 'crm.lead', 'id', stage => 'x_stage');
SELECT lead_temperature.write_back('crm.leads', 'crm.leads', 'id', stage => 'x_stage');
SELECT lead_temperature.write_back('event', 4294967295::regclass, 'id', stage => 'x_stage');
SELECT lead_temperature.write_back('event', 'crm.leads', 'number', stage => 'x_stage');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => '"x_stage"');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'ctid');
SELECT lead_temperature.write_back('event', 'crm.leads', 'ctid', stage => 'x_stage');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'name', status => 'name');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'id');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', temperature => 'x_temp');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', temperature => 'x_temp', warm_until => 'x_warm_until');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', score => 'x_score');
-- types
CREATE TYPE crm.half AS ENUM ('visitor', 'lead', 'customer');
CREATE TABLE crm.typed (id int PRIMARY KEY, stage int, half crm.half, short varchar(8), fixed char(30), level real, number numeric, local timestamp, coarse timestamptz(0), rows int, day date);
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', stage => 'half');
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', stage => 'short');
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', stage => 'fixed');
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', level => 'level');
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', level => 'number');
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', last_at => 'local');
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', last_at => 'coarse');
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', last_at => 'day');
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', interactions => 'rows');
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', status => 'short');
-- keys
CREATE TABLE crm.keyed (a int, b int UNIQUE DEFERRABLE, c int, d int, e text UNIQUE, f numeric UNIQUE, g int, h int, stage text, UNIQUE (c, d));
CREATE UNIQUE INDEX ON crm.keyed (g) WHERE h > 0;
CREATE UNIQUE INDEX ON crm.keyed ((h + 1));
CREATE INDEX ON crm.keyed (h);
CREATE UNIQUE INDEX ON crm.keyed (d) INCLUDE (e);
SELECT lead_temperature.write_back('event', 'crm.keyed', 'a', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.keyed', 'b', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.keyed', 'c', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.keyed', 'e', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.keyed', 'f', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.keyed', 'g', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.keyed', 'h', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.keyed', 'd', stage => 'stage');
SELECT lead_temperature.stop_write_back('event', 'crm.keyed');
-- columns that cannot be set, or not to NULL
CREATE DOMAIN crm.needed AS text NOT NULL;
CREATE DOMAIN crm.needed_too AS crm.needed;
CREATE TABLE crm.set (id int PRIMARY KEY, made text GENERATED ALWAYS AS ('x') STORED, counted int GENERATED ALWAYS AS IDENTITY, must text NOT NULL DEFAULT 'x', needed crm.needed_too DEFAULT 'x');
SELECT lead_temperature.write_back('event', 'crm.set', 'id', stage => 'made');
SELECT lead_temperature.write_back('event', 'crm.set', 'id', purchases => 'counted');
SELECT lead_temperature.write_back('event', 'crm.set', 'id', stage => 'must');
SELECT lead_temperature.write_back('event', 'crm.set', 'id', stage => 'needed');
-- what is no table, or none of one's own
CREATE VIEW crm.view AS SELECT * FROM crm.leads;
CREATE TEMP TABLE passing (id int PRIMARY KEY, stage text);
CREATE TABLE crm.parent (id int PRIMARY KEY, stage text);
CREATE TABLE crm.child () INHERITS (crm.parent);
CREATE TABLE crm.ruled (id int PRIMARY KEY, stage text);
CREATE RULE keep AS ON UPDATE TO crm.ruled DO INSTEAD NOTHING;
SELECT lead_temperature.write_back('event', 'crm.view', 'id', stage => 'x_stage');
SELECT lead_temperature.write_back('event', 'event_ranking', 'lead', stage => 'stage');
SELECT lead_temperature.write_back('event', 'event_lead', 'lead', stage => 'stage');
SELECT lead_temperature.write_back('event', 'event_id_seq1', 'id', stage => 'x_stage');
SELECT lead_temperature.write_back('event', 'event_pkey', 'id', stage => 'x_stage');
SELECT lead_temperature.write_back('event', 'pg_catalog.pg_class', 'oid', stage => 'relname');
SELECT lead_temperature.write_back('event', 'lead_temperature.model', 'name', stage => 'owner');
SELECT lead_temperature.write_back('event', 'passing', 'id', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.parent', 'id', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.ruled', 'id', stage => 'stage');
SELECT lead_temperature.stop_write_back('event', 'crm.leads');
SELECT lead_temperature.stop_write_back(NULL, 'crm.leads');
SELECT lead_temperature.stop_write_back('event', NULL);
SELECT lead_temperature.stop_write_back('event', 0);
SELECT lead_temperature.stop_write_back('crm.leads', 'crm.leads');
SELECT count(*) FROM lead_temperature.write_backs;
DROP TABLE crm.typed, crm.keyed, crm.set, crm.child, crm.parent, crm.ruled;
DROP VIEW crm.view;

-- Rights: the tracker's owner writes, whoever inserts.
RESET ROLE;
CREATE TABLE crm.other (id int PRIMARY KEY, stage text, status text, secret text);
ALTER TABLE crm.other OWNER TO regress_lt_other;
SET ROLE regress_lt_other;
SELECT lead_temperature.write_back('event', 'crm.other', 'id', stage => 'stage');
SET ROLE regress_lt_owner;
SELECT lead_temperature.write_back('event', 'crm.other', 'id', stage => 'stage');
RESET ROLE;
GRANT regress_lt_other TO regress_lt_owner;
REVOKE ALL ON crm.other FROM regress_lt_other;
SET ROLE regress_lt_owner;
SELECT lead_temperature.write_back('event', 'crm.other', 'id', stage => 'stage', status => 'status');
RESET ROLE;
GRANT SELECT (id, stage) ON crm.other TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.write_back('event', 'crm.other', 'id', stage => 'stage', status => 'status');
RESET ROLE;
GRANT SELECT (status), UPDATE (stage) ON crm.other TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.write_back('event', 'crm.other', 'id', stage => 'stage', status => 'status');
RESET ROLE;
GRANT UPDATE (status) ON crm.other TO regress_lt_owner;
INSERT INTO crm.other SELECT i FROM generate_series(1, 5) AS i;
-- row level security keeps nothing back from the owner of the tracker, forced or not
ALTER TABLE crm.other ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SET ROLE regress_lt_owner;
SELECT lead_temperature.write_back('event', 'crm.other', 'id', stage => 'stage', status => 'status');
GRANT INSERT ON event TO regress_lt_app;
SET ROLE regress_lt_app;
INSERT INTO event VALUES (40, 4, 'demo', now());
SELECT * FROM lead_temperature.write_backs;
SELECT stage FROM crm.other;
RESET ROLE;
SELECT id, stage, status FROM crm.other ORDER BY id;
-- rights that are lost: who writes is told, and nothing is written
REVOKE UPDATE (stage) ON crm.other FROM regress_lt_owner;
SET ROLE regress_lt_app;
INSERT INTO event VALUES (41, 5, 'demo', now());
RESET ROLE;
GRANT UPDATE (stage) ON crm.other TO regress_lt_owner;
REVOKE regress_lt_other FROM regress_lt_owner;
SET ROLE regress_lt_app;
INSERT INTO event VALUES (41, 5, 'demo', now());
RESET ROLE;
SELECT count(*) FROM event WHERE id = 41;
-- either owner may stop it, and sees it
SET ROLE regress_lt_app;
SELECT lead_temperature.stop_write_back('event', 'crm.other');
SET ROLE regress_lt_other;
SELECT tracker, target FROM lead_temperature.write_backs GROUP BY 1, 2;
RESET ROLE;
GRANT USAGE ON SCHEMA crm TO regress_lt_other;
SET ROLE regress_lt_other;
SELECT lead_temperature.stop_write_back('event', 'crm.other');
SET ROLE regress_lt_app;
INSERT INTO event VALUES (41, 5, 'demo', now());
RESET ROLE;
SELECT id, stage, status FROM crm.other ORDER BY id;
-- a superuser is a member of roles that were granted to him: their triggers would run as he
CREATE TABLE dial (lead int, kind text, at timestamptz);
CREATE INDEX ON dial (lead);
SELECT lead_temperature.track('dial', 'lead', 'kind', 'at', model => 'm');
\set VERBOSITY sqlstate
SELECT lead_temperature.write_back('dial', 'crm.other', 'id', stage => 'stage');
\set VERBOSITY default
DROP TABLE dial;
DROP TABLE crm.other;
SET ROLE regress_lt_owner;

-- Triggers of the target run as the tracker's owner; what they raise fails who wrote the row, with a hint.
CREATE TABLE crm.audit (who text, id bigint, before text, after text);
CREATE FUNCTION crm.audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.id = 6 THEN
		RAISE EXCEPTION 'lead % is closed', NEW.id USING ERRCODE = 'LT001';
	ELSIF NEW.id = 7 THEN
		RAISE EXCEPTION 'lead % is closed', NEW.id USING HINT = 'Open it.';
	END IF;
	INSERT INTO audit VALUES (current_user, NEW.id, OLD.x_stage, NEW.x_stage);
	RETURN NEW;
END
$$;
CREATE TRIGGER audit AFTER UPDATE ON crm.leads FOR EACH ROW EXECUTE FUNCTION crm.audit();
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'x_stage');
ALTER FUNCTION crm.audit SET search_path = crm, pg_catalog;
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'x_stage');
SET ROLE regress_lt_app;
INSERT INTO event VALUES (42, 8, 'form', now());
SET ROLE regress_lt_owner;
SELECT * FROM crm.audit ORDER BY id;
INSERT INTO event VALUES (43, 6, 'form', now());
SELECT :'LAST_ERROR_SQLSTATE' AS code;
INSERT INTO event VALUES (43, 7, 'form', now());
INSERT INTO event SELECT i + 1000, i, 'form', now() FROM generate_series(1, 100) AS i;
SELECT count(*) FROM event WHERE id > 42;
-- what belongs to the server or to a limit gets no such hint
SET statement_timeout = 100;
CREATE OR REPLACE FUNCTION crm.audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(100); RETURN NEW; END $$;
\set SHOW_CONTEXT never
INSERT INTO event VALUES (43, 6, 'form', now());
RESET statement_timeout;
DROP TRIGGER audit ON crm.leads;
-- a BEFORE trigger may change the row, and a deferred one cannot be
CREATE OR REPLACE FUNCTION crm.audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;
CREATE TRIGGER audit BEFORE UPDATE ON crm.leads FOR EACH ROW EXECUTE FUNCTION crm.audit();
INSERT INTO event VALUES (43, 6, 'form', now());
SELECT name, x_stage FROM crm.leads WHERE id = 6;
DROP TRIGGER audit ON crm.leads;
CREATE CONSTRAINT TRIGGER audit AFTER UPDATE ON crm.leads DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION crm.audit();
INSERT INTO event VALUES (44, 7, 'form', now());
DROP TRIGGER audit ON crm.leads;
-- constraints of the target
ALTER TABLE crm.leads ADD CHECK (x_stage <> 'customer');
INSERT INTO event VALUES (44, 7, 'purchase', '2026-01-02');
SET ROLE regress_lt_app;
INSERT INTO event VALUES (44, 7, 'purchase', now());
SET ROLE regress_lt_owner;
ALTER TABLE crm.leads DROP CONSTRAINT leads_x_stage_check;
INSERT INTO event VALUES (44, 7, 'purchase', now());
SELECT written_differences('event_lead');

-- Schema changes of the target: names are followed.
ALTER TABLE crm.leads RENAME x_stage TO "The Stage";
ALTER TABLE crm.leads RENAME id TO "No.";
ALTER TABLE crm.leads RENAME TO "Leads";
RESET ROLE;
ALTER SCHEMA crm RENAME TO "C R M";
SET ROLE regress_lt_owner;
INSERT INTO event VALUES (45, 7, 'demo', now()), (46, 8, 'purchase', now());
SELECT written_differences('event_lead');
SELECT target, key, attribute, column_name FROM lead_temperature.write_backs;
RESET ROLE;
ALTER SCHEMA "C R M" RENAME TO crm;
SET ROLE regress_lt_owner;
ALTER TABLE crm."Leads" RENAME TO leads;
ALTER TABLE crm.leads RENAME "No." TO id;
ALTER TABLE crm.leads RENAME "The Stage" TO x_stage;
-- another type that does, one that does not, and back
ALTER TABLE crm.leads ALTER x_stage TYPE text;
INSERT INTO event VALUES (47, 1, 'purchase', now());
ALTER TABLE crm.leads ALTER x_stage TYPE bytea USING NULL;
INSERT INTO event VALUES (48, 2, 'purchase', now());
ALTER TABLE crm.leads ALTER x_stage TYPE text USING NULL;
INSERT INTO event VALUES (48, 2, 'purchase', now());
ALTER TABLE crm.leads ALTER id TYPE text;
INSERT INTO event VALUES (49, 3, 'purchase', now());
ALTER TABLE crm.leads ALTER id TYPE int USING id::int;
INSERT INTO event VALUES (49, 3, 'purchase', now());
SELECT id, x_stage FROM crm.leads ORDER BY id;
-- without the key's index rows are found all the same
ALTER TABLE crm.leads DROP CONSTRAINT leads_pkey;
INSERT INTO event VALUES (50, 4, 'purchase', now());
SELECT id, x_stage FROM crm.leads WHERE id = 4;
ALTER TABLE crm.leads ADD PRIMARY KEY (id);
-- a column that is dropped is written no more, and what says nothing without it
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'x_stage', temperature => 'x_temp', hot_until => 'x_hot_until', score => 'x_score', last_at => 'x_last');
ALTER TABLE crm.leads DROP x_hot_until;
INSERT INTO event VALUES (51, 5, 'purchase', now());
ALTER TABLE crm.leads DROP x_last;
SELECT attribute FROM lead_temperature.write_backs;
INSERT INTO event VALUES (52, 6, 'purchase', now());
SELECT id, x_stage FROM crm.leads WHERE id > 4 ORDER BY id;
ALTER TABLE crm.leads DROP x_stage;
SELECT count(*) FROM lead_temperature.write_backs;
INSERT INTO event VALUES (53, 7, 'demo', now());
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', status => 'x_status');
ALTER TABLE crm.leads DROP id;
SELECT count(*) FROM lead_temperature.write_backs;
INSERT INTO event VALUES (54, 7, 'demo', now());
-- while nobody sees it, writers are told
ALTER TABLE crm.leads ADD id serial PRIMARY KEY;
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', status => 'x_status') > 0 AS written;
RESET ROLE;
ALTER EVENT TRIGGER lead_temperature_ddl DISABLE;
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
ALTER TABLE crm.leads RENAME x_status TO y_status;
INSERT INTO event VALUES (55, 1, 'demo', now());
ALTER TABLE crm.leads RENAME y_status TO x_status;
INSERT INTO event VALUES (55, 1, 'demo', now());
ALTER TABLE crm.leads RENAME id TO id_2;
INSERT INTO event VALUES (56, 2, 'demo', now());
-- a target that is gone is none
DROP TABLE crm.leads;
INSERT INTO event VALUES (56, 2, 'demo', now());
SELECT lead_temperature.refresh_cooled('event');
SELECT count(*) FROM lead_temperature.write_target;
ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
DROP TABLE crm.audit;
SELECT count(*) FROM lead_temperature.write_target;
SET ROLE regress_lt_owner;
CREATE TABLE crm.leads (id int PRIMARY KEY, stage text);
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'stage');
DROP TABLE crm.leads;
SELECT count(*) FROM lead_temperature.write_backs;
INSERT INTO event VALUES (57, 2, 'demo', now());

-- A table of a type.
CREATE TYPE crm.of_type AS (id int, stage text);
CREATE TABLE crm.typed OF crm.of_type (PRIMARY KEY (id));
INSERT INTO crm.typed VALUES (1), (2);
SELECT lead_temperature.write_back('event', 'crm.typed', 'id', stage => 'stage');
ALTER TYPE crm.of_type RENAME ATTRIBUTE stage TO level CASCADE;
INSERT INTO event VALUES (58, 2, 'refusal', now());
SELECT written_differences('event_lead');
DROP TYPE crm.of_type CASCADE;
SELECT count(*) FROM lead_temperature.write_backs;

-- A partitioned target, whose rows move to another partition by hand only; one that is detached is written no more.
CREATE TABLE crm.part (id int PRIMARY KEY, stage text, region text) PARTITION BY RANGE (id);
CREATE TABLE crm.part_1 PARTITION OF crm.part FOR VALUES FROM (0) TO (5);
CREATE TABLE crm.part_2 (region text, id int NOT NULL, stage text);
ALTER TABLE crm.part ATTACH PARTITION crm.part_2 FOR VALUES FROM (5) TO (10);
INSERT INTO crm.part SELECT i FROM generate_series(1, 9) AS i;
CREATE TABLE crm.wide (id int, region int, stage text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
SELECT lead_temperature.write_back('event', 'crm.wide', 'id', stage => 'stage');
SELECT lead_temperature.write_back('event', 'crm.part', 'id', stage => 'stage');
INSERT INTO event SELECT 200 + i, i, 'demo', now() + interval '1 minute' FROM generate_series(1, 30) AS i;
SELECT written_differences('event_lead');
SELECT tableoid::regclass, count(stage) FROM crm.part GROUP BY 1 ORDER BY 1;
ALTER TABLE crm.part DETACH PARTITION crm.part_2;
DELETE FROM event;
SELECT tableoid::regclass, count(stage) FROM crm.part GROUP BY 1 ORDER BY 1;
SELECT count(stage) FROM crm.part_2;
-- a partition by itself
SELECT lead_temperature.write_back('event', 'crm.part_1', 'id', stage => 'region');
INSERT INTO event VALUES (1, 1, 'demo', now());
SELECT * FROM crm.part WHERE id = 1;
-- whose columns are those of the whole
ALTER TABLE crm.part RENAME region TO area;
INSERT INTO event VALUES (2, 1, 'purchase', now());
SELECT * FROM crm.part WHERE id = 1;
ALTER TABLE crm.part DROP area;
INSERT INTO event VALUES (3, 1, 'demo', now());
SELECT target, attribute, column_name FROM lead_temperature.write_backs;
DROP TABLE crm.part, crm.part_2, crm.wide;

-- Leads of other types: text in two collations, citext, uuid, a domain, an enum.
RESET ROLE;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS citext;
RESET client_min_messages;
CREATE TABLE mail (who text, kind text, at timestamptz);
CREATE INDEX ON mail (who);
SELECT lead_temperature.track('mail', 'who', 'kind', 'at', model => 'm');
CREATE TABLE crm.person (email varchar(100) COLLATE "C" PRIMARY KEY, any_case citext UNIQUE, stage text);
INSERT INTO crm.person VALUES ('a@x.example', 'a@x.example'), ('B@x.example', 'B@x.example');
SELECT lead_temperature.write_back('mail', 'crm.person', 'any_case', stage => 'stage');
SELECT lead_temperature.write_back('mail', 'crm.person', 'email', stage => 'stage');
INSERT INTO mail VALUES ('a@x.example', 'demo', now()), ('b@x.example', 'demo', now());
INSERT INTO mail SELECT i || '@x.example', 'demo', now() FROM generate_series(1, 50) AS i;
SELECT email, stage FROM crm.person ORDER BY email;
CREATE TABLE letter (who citext, kind text, at timestamptz);
CREATE INDEX ON letter (who);
SELECT lead_temperature.track('letter', 'who', 'kind', 'at', model => 'm');
ALTER TABLE crm.person ADD other text;
SELECT lead_temperature.write_back('letter', 'crm.person', 'email', stage => 'other');
SELECT lead_temperature.write_back('letter', 'crm.person', 'any_case', stage => 'other');
INSERT INTO letter VALUES ('A@x.example', 'demo', now()), ('b@X.example', 'visit', now());
INSERT INTO letter SELECT i || '@x.example', 'demo', now() FROM generate_series(1, 50) AS i;
SELECT email, stage, other FROM crm.person ORDER BY email;
-- two trackers may write to one table, not to one column
SELECT lead_temperature.write_back('letter', 'crm.person', 'any_case', stage => 'stage');
SELECT lead_temperature.untrack('mail');
SELECT lead_temperature.untrack('letter');
SELECT count(*) FROM lead_temperature.write_target w WHERE target = 'crm.person'::regclass;
SELECT email, stage, other FROM crm.person ORDER BY email;
CREATE TYPE sort AS ENUM ('a', 'b');
CREATE DOMAIN number AS uuid;
CREATE TABLE various (id number, sort sort, kind text, at timestamptz);
CREATE INDEX ON various (id);
CREATE INDEX ON various (sort);
SELECT lead_temperature.track('various', 'id', 'kind', 'at', model => 'm', prefix => 'v');
SELECT lead_temperature.track('various', 'sort', 'kind', 'at', model => 'm', prefix => 'w');
CREATE TABLE crm.various (id uuid UNIQUE, sort sort UNIQUE, other lead_temperature.stage UNIQUE, s1 lead_temperature.stage, s2 text);
INSERT INTO crm.various VALUES ('00000000-0000-0000-0000-000000000001', 'a', 'lead'), ('00000000-0000-0000-0000-000000000002', 'b', NULL);
SELECT lead_temperature.write_back('v_lead', 'crm.various', 'id', stage => 's1');
SELECT lead_temperature.write_back('w_lead', 'crm.various', 'other', stage => 's2');
SELECT lead_temperature.write_back('w_lead', 'crm.various', 'sort', stage => 's2');
INSERT INTO various VALUES ('00000000-0000-0000-0000-000000000001', 'b', 'demo', now()), ('00000000-0000-0000-0000-000000000002', 'b', 'visit', now());
SELECT * FROM crm.various ORDER BY id;
-- and of rows
CREATE TYPE pair AS (a int, b text);
CREATE TYPE other_pair AS (a int, b int);
CREATE TABLE paired (who pair, kind text, at timestamptz);
CREATE INDEX ON paired (who);
SELECT lead_temperature.track('paired', 'who', 'kind', 'at', model => 'm');
CREATE TABLE crm.paired (who pair PRIMARY KEY, other other_pair UNIQUE, stage text);
INSERT INTO crm.paired VALUES ((1, 'a'), (1, 1)), ((2, NULL), NULL);
SELECT lead_temperature.write_back('paired', 'crm.paired', 'other', stage => 'stage');
SELECT lead_temperature.write_back('paired', 'crm.paired', 'who', stage => 'stage');
INSERT INTO paired VALUES ((1, 'a'), 'demo', now()), ((2, NULL), 'visit', now());
INSERT INTO paired SELECT (i, 'b')::pair, 'visit', now() FROM generate_series(1, 30) AS i;
SELECT who, stage FROM crm.paired ORDER BY who;
DROP TABLE various, crm.various, mail, letter, crm.person, paired, crm.paired;
DROP TYPE pair, other_pair;
SELECT count(*) FROM lead_temperature.write_target w WHERE interactions <> 'event'::regclass;
SET ROLE regress_lt_owner;

-- A target that is a source itself: what is read must not be written; what is written leaves interactions as they are.
CREATE TABLE crm.leads (id int PRIMARY KEY, kind text, at timestamptz, weight float8, x_stage text, x_since timestamptz, x_rows bigint);
CREATE INDEX ON crm.leads (id, at);
INSERT INTO crm.leads VALUES (1, 'form', '2026-01-01', 1), (2, 'visit', '2026-01-01', 1);
SELECT lead_temperature.add_source('event', 'crm.leads', 'id', 'kind', 'at', 'weight', filter => 'x_since IS NULL') AS source \gset
CALL lead_temperature.replay('event');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'kind');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', score => 'weight', last_at => 'at');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage_since => 'x_since');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'x_stage', interactions => 'x_rows');
INSERT INTO event VALUES (4, 1, 'demo', now()), (5, 2, 'demo', now());
UPDATE crm.leads SET weight = 2 WHERE id = 2;
INSERT INTO crm.leads VALUES (3, 'visit', now(), 1);
SELECT id, x_stage, x_rows FROM crm.leads ORDER BY id;
SELECT written_differences('event_lead');
SELECT * FROM lead_temperature.drift('event');
-- nor read from then on
SELECT lead_temperature.alter_source('event', :source, filter => 'x_stage IS NULL');
SELECT lead_temperature.alter_source('event', :source, kind => 'x_stage');
SELECT lead_temperature.add_source('event', 'crm.leads', 'id', 'x_stage', 'at');
SELECT lead_temperature.add_source('event', 'crm.leads', 'id', 'x_stage', keep_changes => true);
SELECT lead_temperature.add_source('event', 'event', 'id', $$'visit'$$, 'at', via => 'crm.leads', via_key => 'id', via_lead => 'x_rows::int', create_index => true);
SELECT lead_temperature.stop_write_back('event', 'crm.leads');
CREATE TABLE crm.mine (lead int PRIMARY KEY, kind text, at timestamptz, stage text);
SELECT lead_temperature.track('crm.mine', 'lead', 'kind', 'at', model => 'm');
SELECT lead_temperature.write_back('crm.mine', 'crm.mine', 'lead', stage => 'stage');
INSERT INTO crm.mine VALUES (1, 'demo', now()), (2, 'visit', now());
UPDATE crm.mine SET kind = 'purchase' WHERE lead = 2;
SELECT lead, kind, stage FROM crm.mine ORDER BY lead;
SELECT lead_temperature.alter_tracker('crm.mine', kind => 'stage');
DROP TABLE crm.mine;

-- A trigger of the target that writes interactions comes to its end, or is ended.
CREATE FUNCTION crm.tell() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_catalog AS $$
BEGIN
	INSERT INTO event SELECT max(id) + 1, NEW.id, TG_ARGV[0], now() FROM event;
	RETURN NULL;
END
$$;
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', stage => 'x_stage', interactions => 'x_rows');
CREATE TRIGGER tell AFTER UPDATE OF x_stage ON crm.leads FOR EACH ROW WHEN (OLD.x_stage IS DISTINCT FROM NEW.x_stage) EXECUTE FUNCTION crm.tell('visit');
INSERT INTO event VALUES (6, 2, 'purchase', now());
SELECT written_differences('event_lead');
SELECT id, lead, kind FROM event ORDER BY id;
DROP TRIGGER tell ON crm.leads;
CREATE TRIGGER tell AFTER UPDATE ON crm.leads FOR EACH ROW EXECUTE FUNCTION crm.tell('visit');
INSERT INTO event VALUES (100, 1, 'visit', now());
SELECT count(*) FROM event WHERE id >= 100;
DROP TRIGGER tell ON crm.leads;
-- as do two trackers that keep changes of what the other writes
CREATE TABLE crm.ping (id int PRIMARY KEY, kind text, x_rows bigint);
CREATE TABLE crm.pong (id int PRIMARY KEY, kind text, x_rows bigint);
SELECT lead_temperature.track('crm.ping', 'id', 'kind', model => 'm', keep_changes => true, weight => 'x_rows');
SELECT lead_temperature.track('crm.pong', 'id', 'kind', model => 'm', keep_changes => true, weight => 'x_rows');
INSERT INTO crm.ping VALUES (1, 'visit');
INSERT INTO crm.pong VALUES (1, 'visit');
SELECT lead_temperature.write_back('crm.ping', 'crm.pong', 'id', interactions => 'x_rows');
SELECT lead_temperature.write_back('crm.pong', 'crm.ping', 'id', interactions => 'x_rows');
UPDATE crm.ping SET x_rows = 7;
SELECT x_rows, (SELECT count(*) FROM crm.ping_change) AS changes FROM crm.ping;
SELECT lead_temperature.stop_write_back('crm.pong', 'crm.ping');
UPDATE crm.ping SET x_rows = 7;
SELECT x_rows, (SELECT count(*) FROM crm.ping_change) AS changes FROM crm.ping;
SELECT x_rows, (SELECT count(*) FROM crm.pong_change) AS changes FROM crm.pong;
SELECT lead_temperature.untrack('crm.ping_lead');
SELECT lead_temperature.untrack('crm.pong_lead');
DROP TABLE crm.ping, crm.pong;

-- Within a statement on the target itself, and in a stricter transaction.
SELECT lead_temperature.stop_write_back('event', 'crm.leads');
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT count(*) FROM crm.leads;
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', interactions => 'x_rows')  AS written;
INSERT INTO event VALUES (102, 1, 'visit', now()), (103, 3, 'visit', now());
SELECT written_differences('event_lead');
SELECT count(*) FROM crm.leads;
COMMIT;
CREATE FUNCTION crm.again() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_catalog AS $$
BEGIN
	PERFORM lead_temperature.write_back('event', 'crm.leads', 'id', interactions => 'x_rows');
	RETURN NULL;
END
$$;
CREATE TRIGGER again AFTER UPDATE ON crm.leads FOR EACH ROW EXECUTE FUNCTION crm.again();
UPDATE crm.leads SET x_rows = 0 WHERE id = 1;
DROP TRIGGER again ON crm.leads;

-- The tracker goes: what was written stays, and can be written by another.
SELECT lead_temperature.untrack('event');
SELECT count(*) FROM lead_temperature.write_backs;
SELECT id, x_rows FROM crm.leads ORDER BY id;
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'm');
SELECT lead_temperature.write_back('event', 'crm.leads', 'id', interactions => 'x_rows');
DROP TABLE event;
SELECT count(*) FROM lead_temperature.write_backs;
RESET ROLE;

SET client_min_messages = warning;
DROP TABLE passing;
DROP SCHEMA crm CASCADE;
DROP FUNCTION written_differences;
DROP TYPE sort;
DROP DOMAIN number;
DROP EXTENSION citext;
DELETE FROM lead_temperature.model WHERE name = 'm';
REVOKE CREATE ON SCHEMA public FROM regress_lt_owner;
DROP ROLE regress_lt_owner, regress_lt_other, regress_lt_app;
