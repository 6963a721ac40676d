--
-- Ids that another table maps to leads.
--
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
RESET client_min_messages;
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('m', 'regress_lt_owner', '7 days', 10, 25, 40);
INSERT INTO lead_temperature.signal (model, kind, points) VALUES ('m', 'visit', 5), ('m', 'form', 20), ('m', 'order', 30);
-- A visitor's cookie is mapped once he signs up; orders are of customers.
CREATE TABLE page_view (cookie uuid, kind text, at timestamptz, seen int DEFAULT 0);
CREATE INDEX ON page_view (cookie, at);
CREATE TABLE visitor (cookie uuid, customer int, merged bool DEFAULT false, last_seen timestamptz);
CREATE TABLE purchase (customer int, at timestamptz);
CREATE INDEX ON purchase (customer, at);
CREATE FUNCTION cookie(int) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$ SELECT lpad($1::text, 32, '0')::uuid $$;
INSERT INTO page_view SELECT cookie(i % 4), 'visit', '2026-01-01'::timestamptz + i * interval '1 hour' FROM generate_series(1, 12) AS i;

-- What bad input gets.
SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via => 'visitor');
SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via_key => 'cookie');
SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via => 'visitor', via_key => 'cookie', via_lead => 'customer', unmapped => 'drop');
SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via => 'visitor', via_key => 'nothing', via_lead => 'customer');
SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via => 'visitor', via_key => 'cookie', via_lead => 'customer');
CREATE INDEX ON visitor (cookie);
SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via => 'visitor', via_key => 'cookie', via_lead => 'customer');
SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via => 'visitor', via_key => 'customer', via_lead => 'customer', create_index => true);
SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via => 'visitor', via_key => 'cookie', via_lead => 'customer', unmapped => 'lead', create_index => true);
SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via => 'visitor', via_key => 'cookie', via_lead => 'customer', via_filter => '1 / customer > 0', create_index => true);
SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via => 'page_view', via_key => 'random()::text', via_lead => 'cookie');
CREATE VIEW a_view AS SELECT * FROM visitor;
SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via => 'a_view', via_key => 'cookie', via_lead => 'customer');
SELECT count(*) FROM lead_temperature.tracker;
SELECT indexdef FROM pg_indexes WHERE tablename = 'visitor' ORDER BY 1;

SELECT lead_temperature.track('page_view', 'cookie', 'kind', 'at', model => 'm', via => 'visitor', via_key => 'cookie', via_lead => 'customer', via_filter => 'NOT merged', create_index => true);
SELECT lead_temperature.add_source('page_view', 'purchase', 'customer', '''order''', 'at');
SELECT source, relation, lead, via, via_key, via_lead, via_filter, unmapped FROM lead_temperature.sources ORDER BY source;
SELECT count(*) FROM page_view_lead;
-- a visitor signs up, and counts at once with his history
INSERT INTO visitor VALUES (cookie(1), 1);
SELECT lead, interactions, first_at, last_at FROM page_view_lead;
INSERT INTO page_view VALUES (cookie(1), 'form', '2026-01-02'), (cookie(2), 'form', '2026-01-02');
INSERT INTO purchase VALUES (1, '2026-01-03'), (2, '2026-01-03');
SELECT lead, interactions, last_at FROM page_view_lead ORDER BY lead;
-- another browser of the same; one cookie of two persons
INSERT INTO visitor VALUES (cookie(2), 1), (cookie(3), 1), (cookie(3), 2);
SELECT lead, interactions FROM page_view_lead ORDER BY lead;
-- what is not read makes no difference, neither of rows nor of the mapping
SELECT xmin FROM page_view_lead WHERE lead = 1 \gset
UPDATE visitor SET last_seen = now();
UPDATE page_view SET seen = 1;
SELECT xmin = :'xmin' AS untouched FROM page_view_lead WHERE lead = 1;
-- he turns out to be another
UPDATE visitor SET customer = 3 WHERE cookie = cookie(1);
SELECT lead, interactions FROM page_view_lead ORDER BY lead;
UPDATE visitor SET merged = true WHERE cookie = cookie(3);
SELECT lead, interactions FROM page_view_lead ORDER BY lead;
DELETE FROM visitor WHERE cookie = cookie(2);
SELECT lead, interactions FROM page_view_lead ORDER BY lead;
UPDATE page_view SET cookie = cookie(1) WHERE cookie = cookie(2);
DELETE FROM page_view WHERE cookie = cookie(1) AND at < '2026-01-01 06:00';
SELECT lead, interactions FROM page_view_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('page_view');
-- in one statement, and undone
WITH row AS (INSERT INTO page_view VALUES (cookie(9), 'form', '2026-01-04') RETURNING cookie) INSERT INTO visitor SELECT cookie, 9 FROM row;
SELECT lead, interactions FROM page_view_lead WHERE lead = 9;
BEGIN;
TRUNCATE visitor;
SELECT lead, interactions FROM page_view_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('page_view');
ROLLBACK;
BEGIN;
SAVEPOINT a;
INSERT INTO visitor VALUES (cookie(0), 4);
ROLLBACK TO a;
INSERT INTO visitor VALUES (cookie(0), 5);
COMMIT;
SELECT lead, interactions FROM page_view_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('page_view');

-- What else reads it.
SELECT kind, interactions, source FROM lead_temperature.score_breakdown('page_view', '3') ORDER BY kind;
SELECT reason, rows FROM lead_temperature.skipped_rows('page_view');
SELECT lead, interactions FROM lead_temperature.leads_as_of('page_view', '2026-01-02 00:00+00') ORDER BY lead;
CALL lead_temperature.replay('page_view');
SELECT * FROM lead_temperature.drift('page_view');
-- what is archived stays with whom it was of
SELECT lead_temperature.archive('page_view', '2026-01-01 10:00+00');
UPDATE visitor SET customer = 6 WHERE cookie = cookie(0);
SELECT lead, interactions FROM page_view_lead WHERE lead IN (5, 6) ORDER BY lead;
SELECT * FROM lead_temperature.drift('page_view');
SELECT t::text, rows FROM lead_temperature.forget('page_view', '6', true) AS f (t, rows);
SELECT count(*) FROM page_view WHERE cookie = cookie(0);
SELECT * FROM lead_temperature.drift('page_view');

-- Migrations of the mapping.
DROP VIEW a_view;
ALTER TABLE visitor RENAME customer TO client;
ALTER TABLE visitor RENAME TO browser;
INSERT INTO browser VALUES (cookie(0), 7);
SELECT via, via_lead, via_filter FROM lead_temperature.sources WHERE source = 1;
\set VERBOSITY terse
ALTER TABLE browser ALTER cookie TYPE text;
SELECT paused, paused_because FROM lead_temperature.trackers;
INSERT INTO browser VALUES ('x', 7);
INSERT INTO page_view VALUES (cookie(1), 'form', '2026-01-05');
SELECT lead_temperature.resume('page_view');
DELETE FROM browser WHERE cookie = 'x';
ALTER TABLE browser ALTER cookie TYPE uuid USING cookie::uuid;
SELECT lead_temperature.resume('page_view');
ALTER TABLE browser DROP merged;
SELECT paused_because FROM lead_temperature.sources WHERE source = 1;
ALTER TABLE browser ADD merged bool DEFAULT false;
SELECT lead_temperature.resume('page_view');
SELECT * FROM lead_temperature.drift('page_view');
DROP TABLE browser CASCADE;
SELECT paused, paused_because ~ 'maps the ids of source 1, was dropped' AS because FROM lead_temperature.trackers;
INSERT INTO page_view VALUES (cookie(1), 'form', '2026-01-06');
SELECT lead_temperature.resume('page_view');
SELECT lead_temperature.untrack('page_view');
SELECT count(*) FROM lead_temperature.source;
SELECT tgrelid::regclass FROM pg_trigger WHERE tgname LIKE 'lead_temperature%';
\set VERBOSITY default

-- Guests are leads of their own until they have an account.
CREATE TABLE basket (id serial, who text, kind text, at timestamptz);
CREATE INDEX ON basket (who, at);
CREATE TABLE account (id int PRIMARY KEY, email text);
CREATE INDEX ON account (email);
CREATE INDEX ON account (('account ' || id));
SELECT lead_temperature.track('basket', 'who', 'kind', 'at', model => 'm');
CREATE TABLE letter (email text, at timestamptz);
CREATE INDEX ON letter (email);
SELECT lead_temperature.add_source('basket', 'letter', 'email', '''visit''', 'at', via => 'account', via_key => 'email', via_lead => $$'account ' || id$$, unmapped => 'lead');
INSERT INTO letter VALUES ('ann@example.com', '2026-01-01'), ('bob@example.com', '2026-01-01');
INSERT INTO basket (who, kind, at) VALUES ('account 1', 'order', '2026-01-02');
SELECT lead, interactions FROM basket_lead ORDER BY lead;
INSERT INTO account VALUES (1, 'ann@example.com');
SELECT lead, interactions FROM basket_lead ORDER BY lead;
INSERT INTO letter VALUES ('ann@example.com', '2026-01-03'), ('cy@example.com', '2026-01-03');
SELECT lead, interactions FROM basket_lead ORDER BY lead;
TRUNCATE account;
SELECT lead, interactions FROM basket_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('basket');
SELECT lead_temperature.alter_source('basket', 3, lead => 'email');
SELECT lead_temperature.drop_source('basket', 3);
SELECT lead_temperature.drop_source('basket', 2);
SELECT source FROM lead_temperature.sources;
CALL lead_temperature.replay('basket');
SELECT lead, interactions FROM basket_lead ORDER BY lead;
-- many ids in one statement, and many in one transaction
SELECT lead_temperature.add_source('basket', 'letter', 'email', '''visit''', 'at', via => 'account', via_key => 'email', via_lead => $$'account ' || id$$);
CALL lead_temperature.replay('basket');
INSERT INTO account SELECT i, i || '@example.com' FROM generate_series(1, 1000) AS i;
INSERT INTO letter SELECT i || '@example.com', '2026-01-04' FROM generate_series(1, 2000) AS i;
DO $$ BEGIN FOR i IN 1 .. 600 LOOP INSERT INTO letter VALUES (i || '@example.com', '2026-01-05'); END LOOP; END $$;
SELECT count(*), sum(interactions) FROM basket_lead WHERE lead <> 'account 1';
SELECT * FROM lead_temperature.drift('basket');

-- Others' mappings.
ALTER TABLE account OWNER TO regress_lt_other;
GRANT CREATE ON SCHEMA public TO regress_lt_owner, regress_lt_other;
\set VERBOSITY terse
ALTER TABLE basket OWNER TO regress_lt_owner;
\set VERBOSITY default
ALTER TABLE letter OWNER TO regress_lt_owner;
SELECT source, paused_because FROM lead_temperature.sources ORDER BY source;
GRANT regress_lt_other TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.resume('basket');
RESET ROLE;
SET ROLE regress_lt_other;
DELETE FROM account WHERE id > 10;
RESET ROLE;
SELECT count(*) FROM basket_lead;
SELECT * FROM lead_temperature.drift('basket');

-- What a mapping may not be: emptied by a crash, or kept by a tracker.
ALTER TABLE basket OWNER TO CURRENT_USER;
CREATE TABLE chat (visitor text, at timestamptz);
CREATE UNLOGGED TABLE person (visitor text, customer text);
SELECT lead_temperature.add_source('basket', 'chat', 'visitor', $$'visit'$$, 'at', create_index => true,
	via => 'person', via_key => 'visitor', via_lead => 'customer');
SELECT lead_temperature.add_source('basket', 'chat', 'visitor', $$'visit'$$, 'at', create_index => true,
	via => 'basket_lead', via_key => 'lead', via_lead => 'lead');

-- A source that is dropped takes its mapping along, which is a plain table again.
ALTER TABLE person SET LOGGED;
SELECT lead_temperature.add_source('basket', 'chat', 'visitor', $$'visit'$$, 'at', create_index => true,
	via => 'person', via_key => 'visitor', via_lead => 'customer');
SELECT source, relation, maps FROM lead_temperature.source WHERE relation = 'person'::regclass;
DROP TABLE chat;
SELECT source, relation, maps FROM lead_temperature.source WHERE relation = 'person'::regclass;
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'person'::regclass;
DROP TABLE person;
SELECT bool_or(paused) FROM lead_temperature.trackers;
CREATE TABLE chat (visitor text, other text, at timestamptz);
SELECT lead_temperature.add_source('basket', 'chat', 'visitor', $$'visit'$$, 'at', create_index => true,
	via => 'chat', via_key => 'visitor', via_lead => 'other');
DROP TABLE chat;
SELECT count(*) FROM lead_temperature.source WHERE source > 2;
SELECT bool_or(paused) FROM lead_temperature.trackers;

-- Mapping many ids at once reads neither table whole for each of them, however small these were when the plan was made.
CREATE TABLE token (id int, person int);
CREATE INDEX ON token (id);
CREATE INDEX ON token (person);
CREATE TABLE click (token int, kind text, at timestamptz);
CREATE INDEX ON click (token);
INSERT INTO token SELECT i, i FROM generate_series(1, 150) AS i;
INSERT INTO click SELECT 1 + i % 150, 'visit', '2026-01-01' FROM generate_series(1, 3000) AS i;
SELECT lead_temperature.track('click', 'token', 'kind', 'at', model => 'm', via => 'token', via_key => 'id', via_lead => 'person',
	unmapped => 'lead');
INSERT INTO click SELECT i, 'visit', '2026-02-01' FROM generate_series(1001, 2000) AS i;
BEGIN;
INSERT INTO token SELECT i, i + 1 FROM generate_series(1001, 2000) AS i;
SELECT relname, seq_scan < 10 AS few FROM pg_stat_xact_user_tables WHERE relname IN ('click', 'token') ORDER BY relname;
COMMIT;
SELECT * FROM lead_temperature.drift('click');
SELECT lead_temperature.untrack('click');
DROP TABLE click, token;

-- What maps the ids may become another, whatever a vendor has done to it, also of the first source.
CREATE TABLE device (key text, person int, gone bool DEFAULT false);
CREATE INDEX ON device (key);
CREATE INDEX ON device (person);
CREATE TABLE touch (device text, kind text, at timestamptz);
CREATE INDEX ON touch (device);
INSERT INTO touch VALUES ('a', 'visit', '2026-01-01'), ('b', 'visit', '2026-01-02'), ('c', 'visit', '2026-01-03');
INSERT INTO device VALUES ('a', 1, false), ('b', 2, false), ('c', 2, true);
SELECT lead_temperature.track('touch', 'device', 'kind', 'at', model => 'm', via => 'device', via_key => 'key', via_lead => 'person', via_filter => 'NOT gone');
SELECT lead, interactions FROM touch_lead ORDER BY lead;
SELECT lead_temperature.alter_source('touch', 1, via_filter => 'gone');
CALL lead_temperature.replay('touch');
SELECT lead, interactions FROM touch_lead ORDER BY lead;
ALTER TABLE device DROP gone;
INSERT INTO touch VALUES ('a', 'visit', '2026-01-04');
SELECT lead_temperature.alter_source('touch', 1, via_filter => '');
SELECT lead_temperature.resume('touch');
SELECT lead, interactions FROM touch_lead ORDER BY lead;
-- a table that is made anew
CREATE TABLE device_new (key text, owner int);
INSERT INTO device_new VALUES ('a', 3), ('b', 3), ('c', 4);
DROP TABLE device;
ALTER TABLE device_new RENAME TO device;
INSERT INTO touch VALUES ('c', 'visit', '2026-01-05');
SELECT lead_temperature.alter_source('touch', 1, via => 'device');
SELECT lead_temperature.alter_source('touch', 1, via => 'device', via_lead => 'owner');
CREATE INDEX ON device (key);
CREATE INDEX ON device (owner);
SELECT lead_temperature.alter_source('touch', 1, via => 'device', via_lead => 'owner');
SELECT lead_temperature.resume('touch');
SELECT lead, interactions FROM touch_lead ORDER BY lead;
SELECT source, relation, via, via_key, via_lead, via_filter, unmapped FROM lead_temperature.sources ORDER BY source, relation::text;
INSERT INTO device VALUES ('d', 5);
INSERT INTO touch VALUES ('d', 'visit', '2026-01-06');
SELECT * FROM lead_temperature.drift('touch');
SELECT tgrelid::regclass, count(*) FROM pg_trigger WHERE tgname ~ '^lead_temperature' AND tgrelid IN ('touch'::regclass, 'device'::regclass) GROUP BY 1 ORDER BY 1;
-- ids of another type, and what names them, at once
ALTER TABLE touch ALTER device TYPE int USING ascii(device);
SELECT lead_temperature.alter_source('touch', 1, lead => 'chr(device)');
CREATE INDEX ON touch (chr(device));
SELECT lead_temperature.alter_source('touch', 1, lead => 'chr(device)');
SELECT lead_temperature.resume('touch');
SELECT lead_temperature.alter_source('touch', 1, lead => 'device', via_key => 'ascii(key)', unmapped => 'lead');
CREATE INDEX ON device (ascii(key));
CREATE INDEX ON touch (device);
SELECT lead_temperature.alter_source('touch', 1, lead => 'device', via_key => 'ascii(key)', unmapped => 'lead');
CALL lead_temperature.replay('touch');
INSERT INTO touch VALUES (200, 'visit', '2026-01-07');
SELECT lead, interactions FROM touch_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('touch');
-- where there is none yet, it needs all
SELECT lead_temperature.add_source('touch', 'device', 'owner', $$'visit'$$, $$'2026-01-08'::date$$, create_index => true);
SELECT lead_temperature.alter_source('touch', 3, via => 'device');
SELECT lead_temperature.alter_source('touch', 3, unmapped => 'drop', via => 'device', via_key => 'owner', via_lead => 'owner');
SELECT lead_temperature.alter_source('touch', 3, via => 'nothing');
SELECT lead_temperature.drop_source('touch', 3);
SELECT lead_temperature.untrack('touch');
DROP TABLE touch, device;

SET client_min_messages = warning;
SELECT lead_temperature.untrack('basket');
DROP TABLE page_view, purchase, basket, letter, account;
DROP FUNCTION cookie;
DELETE FROM lead_temperature.model WHERE name = 'm';
REVOKE CREATE ON SCHEMA public FROM regress_lt_owner, regress_lt_other;
DROP ROLE regress_lt_owner, regress_lt_other;
