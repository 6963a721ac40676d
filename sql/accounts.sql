--
-- Accounts: companies, as hot as their people together.
--
\pset format unaligned
\pset tuples_only
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
CREATE SCHEMA crm AUTHORIZATION regress_lt_owner;
GRANT CREATE ON SCHEMA public TO regress_lt_owner;
RESET client_min_messages;

-- The domain of an e-mail address, in one spelling.
SELECT address, lead_temperature.email_domain(address) FROM (VALUES ('ann@Acme.com'), (E'\t bob@ACME.com. '), ('Cy <cy@acme.com> '), ('"d@e"@acme.com'),
	('mail.acme.com'), ('@acme.com'), ('Cy <@acme.com>'), ('ann@'), ('ann@acme'), ('ann@acme..com'), ('ann@-acme.com'), ('ann@ac me.com'), ('ann @acme.com'), ('ann@10.0.0.1'), ('ann@[10.0.0.1]'),
	('@'), (''), (' '), (NULL), ('ann@' || repeat('a', 63) || '.com'), ('ann@' || repeat('a', 64) || '.com'), ('ann@' || repeat('abcdefgh.', 28) || '.com'),
	('ann@xn--.com'), ('ann@xn--99999999999.com'), ('ann@XN--MLLER-KVA.com'), ('ann@xn--wgv71a119e.jp')) v (address) WHERE address IS NULL OR length(address) < 60 OR lead_temperature.email_domain(address) IS NULL;
-- what is no ASCII form stays; labels are as long as they have letters; nothing stands before the @
SELECT lead_temperature.email_domain(U&'ann@xn--m\00FC-kva.com') = U&'xn--m\00FC-kva.com' AS mixed, length(lead_temperature.email_domain('ann@' || repeat(U&'\65E5', 63) || '.jp')) AS long,
	lead_temperature.email_domain('ann@' || repeat(U&'\65E5', 64) || '.jp') IS NULL AS longer, lead_temperature.email_domain('@acme.com<') IS NULL AS nobody;
SELECT lead_temperature.email_domain(U&'ann@M\00DCLLER.com') = lead_temperature.email_domain('ann@xn--mller-kva.com') AS by_case,
	lead_temperature.email_domain(U&'ann@mu\0308ller.com') = U&'m\00FCller.com' AS by_form, lead_temperature.email_domain('ann@xn--mller-kva.com') = U&'m\00FCller.com' AS by_letters;

-- Free mail providers: those that are known, and what is said of others.
SELECT count(*) = count(DISTINCT domain) AND bool_and(domain = lead_temperature.email_domain('x@' || domain)) AND bool_and(built_in) FROM lead_temperature.free_mail_provider;
SELECT address, lead_temperature.company_of_email(address) FROM (VALUES ('ann@acme.com'), ('ann@GMail.com'), ('ann@mail.gmail.com'), ('nobody')) v (address);
INSERT INTO lead_temperature.mail_provider VALUES ('Acme.com', true);
INSERT INTO lead_temperature.mail_provider VALUES ('no domain', true);
INSERT INTO lead_temperature.mail_provider VALUES ('mail.acme.com', true), ('gmx.net', false);
SELECT address, lead_temperature.company_of_email(address) FROM (VALUES ('ann@mail.acme.com'), ('ann@gmx.net'), ('ann@gmx.de')) v (address);
DELETE FROM lead_temperature.mail_provider;

-- A tracker has accounts on request.
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('m', 'regress_lt_owner', '7 days', 10, 25, 40);
INSERT INTO lead_temperature.signal (model, kind, points, stage) VALUES ('m', 'visit', 5, NULL), ('m', 'form', 12, 'lead'), ('m', 'demo', 80, 'lead'), ('m', 'meeting', 8, 'opportunity');
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES ('m', 'purchase', 'won'), ('m', 'refusal', 'lost');
INSERT INTO lead_temperature.signal (model, kind, outcome, final) VALUES ('m', 'bankrupt', 'lost', true);
SET ROLE regress_lt_owner;
CREATE TABLE event (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lead text, kind text, at timestamptz DEFAULT now());
CREATE INDEX ON event (lead, at);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'm');
SELECT lead_temperature.set_accounts('event', email => 'lead');
SELECT lead_temperature.refresh_accounts('event');
SELECT lead_temperature.add_module('event', 'accounts');
SELECT lead_temperature.refresh_accounts('event');
SELECT (SELECT count(*) FROM event_account), (SELECT count(*) FROM event_account_lead), (SELECT sum(accounts) FROM event_account_stage);

-- By a table: a column, and where that says nothing the domain of an address.
CREATE TABLE crm.contact (id int PRIMARY KEY, email text UNIQUE, company text, note text);
INSERT INTO crm.contact VALUES (1, 'ann', 'Acme', NULL), (2, 'bob', ' Acme ', NULL), (3, 'cy', 'Acme', NULL), (4, 'dee', 'Acme', NULL), (5, 'eve', 'Beta', NULL), (6, 'fay', 'Beta', NULL),
	(7, 'gus@gamma.com', '', NULL), (8, 'hal@Gamma.com', NULL, NULL), (9, 'ida@gmail.com', NULL, NULL), (10, 'joe', NULL, NULL), (11, 'kim', 'Gone', NULL), (12, 'nobody', 'Nobody', NULL);
-- ann: 80; bob: 5 + 2.5; cy has left for good, whatever he does; dee was excluded: Acme 87.5
-- eve: 12 + 8; fay has bought, and visited since: Beta 25.  gus: 5, hal: 5 + 1.25: gamma.com 11.25
INSERT INTO event (lead, kind, at) VALUES ('ann', 'demo', now()), ('bob', 'visit', now()), ('bob', 'visit', now() - interval '7 days'),
	('cy', 'bankrupt', now() - interval '1 day'), ('cy', 'demo', now()), ('dee', 'demo', now()), ('eve', 'form', now()), ('eve', 'meeting', now()),
	('fay', 'demo', now() - interval '2 days'), ('fay', 'purchase', now() - interval '1 day'), ('fay', 'visit', now()),
	('gus@gamma.com', 'visit', now()), ('hal@Gamma.com', 'visit', now()), ('hal@Gamma.com', 'visit', now() - interval '14 days'),
	('ida@gmail.com', 'demo', now()), ('joe', 'demo', now()), ('kim', 'meeting', now() - interval '1 hour'), ('kim', 'refusal', now() - interval '1 minute'), ('lea', 'demo', now());
SELECT lead_temperature.exclude('event', 'dee', 'a competitor');
SELECT lead_temperature.set_accounts('event', 'crm.contact', 'email', 'company', 'email');
CREATE VIEW heat AS SELECT account, round(score::numeric, 2) AS score, temperature AS now, stage, status, leads, open_leads AS open, warm_leads AS warm, hot_leads AS hot, purchases AS bought, interactions AS rows FROM event_account;
\pset tuples_only off
TABLE heat ORDER BY score DESC, account;
SELECT account, lead, round(score::numeric, 2) AS score, temperature, stage, status FROM event_account_lead ORDER BY account, level DESC, lead;
SELECT account, temperature, temperature_order, stage_order, is_open, hot_until > now() AS hot, warm_until > now() AS warm, first_at < last_at AS span FROM event_account ORDER BY level DESC, account;
SELECT stage, accounts, cold, warm, hot, won, lost, reached FROM event_account_stage ORDER BY stage_order;
\pset tuples_only on
SELECT * FROM lead_temperature.account_sources;
-- nothing else is to be kept
SELECT lead_temperature.refresh_accounts('event');
-- a company is hot by many people of whom none is; and cools by itself, when its curve says so
INSERT INTO event (lead, kind) SELECT 'person' || i, 'visit' FROM generate_series(1, 9) i;
INSERT INTO crm.contact SELECT 100 + i, 'person' || i, 'Crowd' FROM generate_series(1, 9) i;
SELECT h.*, hot_until BETWEEN now() + interval '28 hours' AND now() + interval '29 hours' AS cools
	FROM heat h JOIN event_account a USING (account) WHERE account = 'Crowd';

/* differences counts accounts that are not the sums of the heats of the people whom the table has for them. */
CREATE FUNCTION differences() RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM (
		SELECT coalesce(nullif(btrim(c.company), ''), lead_temperature.company_of_email(c.email)) AS account,
			coalesce(lead_temperature.sum(l.heat) FILTER (WHERE l.status <> 'lost'), lead_temperature.heat(0, now(), '7 days')) AS heat,
			coalesce(max(l.stage) FILTER (WHERE l.status <> 'lost'), max(l.stage)) AS stage, count(*) AS leads
		FROM event_lead l JOIN crm.contact c ON c.email = l.lead WHERE l.level IS NOT NULL GROUP BY 1) e
	FULL JOIN event_account a USING (account)
	WHERE account IS NOT NULL AND (a.level IS NULL OR e.leads IS NULL OR abs(a.level - lead_temperature.level(e.heat)) > 1e-9 OR a.stage <> e.stage::text OR a.leads <> e.leads)
$$;
SELECT differences();

-- Whoever writes the table: one row and many, keys that are swapped, rows that go, and what is undone.
UPDATE crm.contact SET company = 'Beta' WHERE id = 1;
SELECT account, score, leads FROM heat WHERE account IN ('Acme', 'Beta') ORDER BY account;
UPDATE crm.contact SET company = NULL WHERE id = 1;
UPDATE crm.contact SET note = 'said nothing new';
SELECT account, score, leads FROM heat WHERE account IN ('Acme', 'Beta') ORDER BY account;
UPDATE crm.contact SET email = NULL WHERE id IN (2, 5);
UPDATE crm.contact SET email = CASE id WHEN 2 THEN 'eve' ELSE 'bob' END WHERE id IN (2, 5);
SELECT account, lead FROM event_account_lead WHERE lead IN ('bob', 'eve') ORDER BY 2;
DELETE FROM crm.contact WHERE id = 5;
COPY crm.contact (id, email, company) FROM STDIN (DELIMITER ',');
20,pia,Pia & Co
21,lea,Acme
22,,Acme
\.
INSERT INTO crm.contact VALUES (20, 'pia', 'Other'), (5, 'bob', 'Acme') ON CONFLICT (id) DO UPDATE SET company = EXCLUDED.company;
WITH gone AS (DELETE FROM crm.contact WHERE id = 21 RETURNING *) INSERT INTO crm.contact SELECT id + 1000, email, 'Again', note FROM gone;
MERGE INTO crm.contact c USING (VALUES (20, 'x'), (23, 'eve')) AS s (id, email) ON c.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'person' || s.id, 'New', NULL);
SELECT account, lead FROM event_account_lead WHERE account NOT IN ('Crowd') ORDER BY 1, 2;
SELECT differences(), lead_temperature.refresh_accounts('event');
BEGIN;
UPDATE crm.contact SET company = 'Undone';
SAVEPOINT s;
TRUNCATE crm.contact;
SELECT count(*) FROM event_account;
ROLLBACK TO s;
SELECT account, leads FROM event_account;
ROLLBACK;
SELECT differences();
-- a trigger of one's own that changes the row once more
CREATE FUNCTION crm.once_more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE crm.contact SET company = 'Once more' WHERE id = NEW.id; RETURN NEW; END $$;
CREATE TRIGGER once_more AFTER INSERT ON crm.contact FOR EACH ROW EXECUTE FUNCTION crm.once_more();
INSERT INTO event (lead, kind) VALUES ('mia', 'visit');
INSERT INTO crm.contact VALUES (30, 'mia', 'Once');
SELECT account FROM event_account_lead WHERE lead = 'mia';
DROP TRIGGER once_more ON crm.contact;

-- Random people, companies and rows.
SELECT setseed(0.11);
INSERT INTO crm.contact SELECT 2000 + i, 'r' || i, CASE WHEN random() < 0.9 THEN 'company ' || floor(random() * 40) END FROM generate_series(1, 400) i;
INSERT INTO crm.contact SELECT 3000 + i, 'q' || i, 'quiet ' || i % 30 FROM generate_series(1, 300) i;
INSERT INTO event (lead, kind, at) SELECT 'q' || floor(1 + random() * 350), (ARRAY['visit', 'form', 'demo', 'meeting'])[1 + floor(random() * 4)::int], now() - random() * interval '60 days' FROM generate_series(1, 2000) i;
INSERT INTO event (lead, kind, at) SELECT 'r' || floor(1 + random() * 450), (ARRAY['visit', 'visit', 'visit', 'form', 'demo', 'meeting', 'purchase', 'refusal', 'bankrupt'])[1 + floor(random() * 9)::int], now() - random() * interval '60 days' FROM generate_series(1, 4000);
SELECT differences();
UPDATE crm.contact SET company = split_part(company, ' ', 1) || ' ' || floor(random() * 40) WHERE id > 2000 AND random() < 0.3;
DELETE FROM crm.contact WHERE id > 2000 AND random() < 0.1;
DELETE FROM event WHERE random() < 0.2;
SELECT differences(), lead_temperature.refresh_accounts('event');
-- as the sum of the points of all interactions, where nobody has bought or left
SELECT count(*) > 25, count(*) FILTER (WHERE abs(lead_temperature.level(s.heat) - a.level) > 1e-9) AS others FROM (
	SELECT c.company AS account, lead_temperature.heat_agg(g.points, e.at, '7 days') AS heat
	FROM event e JOIN lead_temperature.signal g ON g.model = 'm' AND g.kind = e.kind JOIN crm.contact c ON c.email = e.lead WHERE c.company ~ '^quiet' GROUP BY 1) s
JOIN event_account a USING (account);
-- the funnel is that of the accounts, and any order of them finds the hottest
SELECT bool_and(s.accounts = (SELECT count(*) FROM event_account a WHERE a.stage = s.stage) AND s.hot = (SELECT count(*) FROM event_account a WHERE a.stage = s.stage AND a.is_open AND a.temperature = 'hot')) FROM event_account_stage s;
SELECT array_agg(account ORDER BY level DESC) = array_agg(account ORDER BY score DESC, level DESC) FROM event_account;

-- One account is found by an index, and so are its hottest people.
INSERT INTO crm.contact SELECT 10000 + i, 'unheard' || i, 'unheard ' || i FROM generate_series(1, 3000) i;
ANALYZE event_lead, event_account_map;
SET enable_seqscan = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_bitmapscan = off;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line ~ 'Cond: .*(account|l.lead)|event_lead|event_account_map' THEN
			RETURN NEXT regexp_replace(btrim(line), '^-> *', '');
		END IF;
	END LOOP;
END
$$;
SELECT plan_of('SELECT score FROM event_account WHERE account = ''Acme''');
SELECT plan_of('SELECT lead FROM event_account_lead WHERE account = ''Acme''');
RESET enable_seqscan;
RESET enable_hashjoin;
RESET enable_mergejoin;
RESET enable_bitmapscan;
DELETE FROM crm.contact WHERE id > 10000;

-- The list of free mail providers is asked when accounts are.
RESET ROLE;
SELECT account FROM event_account WHERE account IN ('gamma.com', 'gmail.com');
INSERT INTO lead_temperature.mail_provider VALUES ('gamma.com', true), ('gmail.com', false);
SELECT account FROM event_account WHERE account IN ('gamma.com', 'gmail.com');
DELETE FROM lead_temperature.mail_provider;
SET ROLE regress_lt_owner;

-- What somebody has pasted where the account should be is no error to whoever writes the row: as much of it counts as an index has room for.
INSERT INTO crm.contact VALUES (11000, 'pasted', (SELECT E' \n' || string_agg(md5(i::text), ' ') FROM generate_series(1, 3000) i)), (11001, 'pasted too', repeat(U&'\+01F6B2', 70000));
SELECT lead, length(account), octet_length(account) FROM event_account_map WHERE lead ~ '^pasted' ORDER BY 1;
SELECT lead_temperature.refresh_accounts('event');
DELETE FROM crm.contact WHERE id >= 11000;

-- Whatever is done to the table.
ALTER TABLE crm.contact RENAME COLUMN company TO "Firm";
ALTER TABLE crm.contact RENAME COLUMN email TO mail;
ALTER TABLE crm.contact RENAME TO person;
ALTER TABLE crm.person SET SCHEMA public;
INSERT INTO person VALUES (40, 'mia2', 'Followed');
INSERT INTO event (lead, kind) VALUES ('mia2', 'visit');
SELECT account FROM event_account_lead WHERE lead = 'mia2';
SELECT relation, key, account, email, fault FROM lead_temperature.account_sources;
ALTER TABLE person ALTER "Firm" TYPE text USING upper("Firm");
SELECT account FROM event_account_lead WHERE lead = 'mia2';
SELECT lead_temperature.refresh_accounts('event');
ALTER TABLE person ALTER "Firm" TYPE varchar(100);
BEGIN;
ALTER TABLE person DISABLE TRIGGER ALL;
INSERT INTO person VALUES (41, 'mia3', 'Unseen');
ALTER TABLE person ENABLE TRIGGER ALL;
SELECT fault FROM lead_temperature.account_sources;
SELECT lead_temperature.refresh_accounts('event');
SELECT fault FROM lead_temperature.account_sources;
ROLLBACK;
BEGIN;
DROP TRIGGER lead_temperature_accounts_update ON person;
SELECT fault FROM lead_temperature.account_sources;
SELECT lead_temperature.refresh_accounts('event');
UPDATE person SET "Firm" = 'Seen again' WHERE id = 40;
SELECT account FROM event_account_lead WHERE lead = 'mia2';
ROLLBACK;
BEGIN;
CREATE TABLE heir () INHERITS (person);
DROP TABLE heir;
SELECT lead_temperature.refresh_accounts('event');
CREATE TABLE parent (LIKE person);
ALTER TABLE person INHERIT parent;
ROLLBACK;
BEGIN;
CREATE TABLE whole (LIKE person) PARTITION BY LIST (id);
ALTER TABLE whole ATTACH PARTITION person DEFAULT;
ROLLBACK;
BEGIN;
ALTER TABLE person DROP "Firm", ADD "Firm" text DEFAULT 'Again';
SELECT account, count(*) > 100 FROM event_account_lead GROUP BY 1 LIMIT 1;
ROLLBACK;
BEGIN;
ALTER TABLE person DROP "Firm";
INSERT INTO person (id, mail) VALUES (42, 'goes on');
SELECT lead_temperature.refresh_accounts('event');
ROLLBACK;
BEGIN;
ALTER TABLE person DROP "Firm";
SELECT lead_temperature.set_accounts('event', 'person', 'mail', email => 'mail') > 0;
SELECT count(*) FROM event_account;
ROLLBACK;
BEGIN;
ALTER TABLE person DROP CONSTRAINT contact_email_key;
INSERT INTO person VALUES (43, 'mia2', 'B'), (44, 'mia2', 'A');
SELECT account FROM event_account_lead WHERE lead = 'mia2';
SELECT lead_temperature.refresh_accounts('event');
ROLLBACK;
BEGIN;
DROP TABLE person;
SELECT (SELECT count(*) FROM event_account), (SELECT count(*) FROM lead_temperature.account_sources), (SELECT count(*) FROM event_account_map);
ROLLBACK;
-- what may not be done to the module's own
DROP TABLE event_account_map;
ALTER TABLE event_account_map DROP domain;
-- an expression that fails for a row says so to whoever writes it
\set SHOW_CONTEXT never
SELECT lead_temperature.set_accounts('event', 'person', 'mail', '100 / (length("Firm") - 8)');
SELECT lead_temperature.set_accounts('event', 'person', 'mail', '100 / (length("Firm") - 80)') > 0;
INSERT INTO person VALUES (45, 'n', repeat('x', 80));
\set SHOW_CONTEXT errors
SELECT lead_temperature.set_accounts('event', 'person', 'mail', 'lower("Firm")', 'mail') > 0;

-- What cannot be.
SELECT lead_temperature.set_accounts(NULL, email => 'lead');
SELECT lead_temperature.set_accounts('event');
SELECT lead_temperature.set_accounts('event', 'person', account => '"Firm"');
SELECT lead_temperature.set_accounts('event', key => 'mail', account => '"Firm"');
SELECT lead_temperature.set_accounts('event', 'person', 'nothing', '"Firm"');
SELECT lead_temperature.set_accounts('event', 'person', 'note', '"Firm"');
SELECT lead_temperature.set_accounts('event', 'person', 'id', '"Firm"');
SELECT lead_temperature.set_accounts('event', 'person', 'mail', 'nothing');
SELECT lead_temperature.set_accounts('event', 'person', 'mail', 'now()::text');
SELECT lead_temperature.set_accounts('event', 'person', 'mail', 'lead_temperature.company_of_email(mail)');
SELECT lead_temperature.set_accounts('event', 'person', 'mail', 'max("Firm")');
SELECT lead_temperature.set_accounts('event', 'person', 'mail', '"Firm", mail');
SELECT lead_temperature.set_accounts('event', account => 'interactions::text');
SELECT lead_temperature.set_accounts('event', 'event_transition', 'lead', 'lead');
SELECT lead_temperature.set_accounts('event', 'event_lead', 'lead', 'lead');
SELECT lead_temperature.set_accounts('event', 'event_ranking', 'lead', 'lead');
SELECT lead_temperature.set_accounts('event', 'pg_class', 'relname', 'relname');
SELECT lead_temperature.set_accounts('person', email => 'lead');
CREATE TEMP TABLE fleeting (lead text PRIMARY KEY, company text);
SELECT lead_temperature.set_accounts('event', 'fleeting', 'lead', 'company');
CREATE UNLOGGED TABLE unlogged (lead text PRIMARY KEY, company text);
SELECT lead_temperature.set_accounts('event', 'unlogged', 'lead', 'company');
CREATE TABLE parted (lead text PRIMARY KEY, company text) PARTITION BY HASH (lead);
SELECT lead_temperature.set_accounts('event', 'parted', 'lead', 'company');
CREATE TABLE collated (lead text COLLATE "C" PRIMARY KEY, company text);
SELECT lead_temperature.set_accounts('event', 'collated', 'lead', 'company');
-- all of it has left accounts as they were, all leads can be of one account, and none
SELECT relation, key, account, email, fault FROM lead_temperature.account_sources;
SELECT lead_temperature.set_accounts('event', 'person', 'mail', $$'all'$$) > 0;
SELECT account, leads = (SELECT count(*) FROM event_lead l JOIN person p ON p.mail = l.lead WHERE l.level IS NOT NULL) AS everybody FROM event_account;
SELECT lead_temperature.set_accounts('event', 'person', 'mail', $$''$$) > 0;
SELECT count(*) FROM event_account;

-- Whose rights: who writes the table needs none, who reads the views no other; functions of others are run for nobody.
RESET ROLE;
ALTER TABLE person RENAME TO contact;
ALTER TABLE contact SET SCHEMA crm;
SET ROLE regress_lt_owner;
SELECT lead_temperature.set_accounts('event', 'crm.contact', 'mail', '"Firm"') > 0;
GRANT USAGE ON SCHEMA crm TO regress_lt_other;
GRANT INSERT, UPDATE, SELECT ON crm.contact TO regress_lt_other;
GRANT SELECT ON event_account, event_account_lead, event_account_stage TO regress_lt_other;
ALTER TABLE crm.contact ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON crm.contact TO regress_lt_other USING (id = 50) WITH CHECK (true);
SET ROLE regress_lt_other;
INSERT INTO crm.contact VALUES (50, 'ned', 'By another'), (51, 'ann2', 'By another');
UPDATE crm.contact SET "Firm" = 'By others';
SELECT count(*) FROM crm.contact;
SELECT count(*) > 40 FROM event_account;
SELECT count(*) > 100 FROM event_account_lead;
SELECT sum(accounts) > 40 FROM event_account_stage;
SELECT count(*) FROM event_account_map;
SELECT lead_temperature.set_accounts('event', email => 'lead');
SELECT lead_temperature.refresh_accounts('event');
SELECT count(*) FROM lead_temperature.account_sources;
SET search_path = crm, pg_temp;
CREATE TEMP TABLE contact (id int);
UPDATE crm.contact SET "Firm" = 'By a path' WHERE id = 50;
RESET search_path;
DROP TABLE pg_temp.contact;
RESET ROLE;
SELECT lead, account FROM event_account_map WHERE lead IN ('ned', 'ann2') ORDER BY 1;
CREATE SCHEMA other AUTHORIZATION regress_lt_other;
GRANT USAGE ON SCHEMA other TO PUBLIC;
SET ROLE regress_lt_other;
CREATE FUNCTION other.company(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1';
CREATE TABLE other.contact (lead text PRIMARY KEY, company text);
GRANT ALL ON other.contact TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.set_accounts('event', 'crm.contact', 'mail', 'other.company("Firm")');
SELECT lead_temperature.set_accounts('event', 'other.contact', 'lead', 'company');
-- who gives the table away, without letting the owner of the tracker read it
RESET ROLE;
ALTER TABLE crm.contact OWNER TO regress_lt_other;
SET ROLE regress_lt_other;
INSERT INTO crm.contact VALUES (52, 'still', 'Written');
RESET ROLE;
SELECT fault FROM lead_temperature.account_sources;
ALTER TABLE crm.contact OWNER TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.refresh_accounts('event');
SELECT fault IS NULL FROM lead_temperature.account_sources;

-- Accounts that the leads themselves say, in the transaction of their rows.
CREATE TABLE mail (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sender varchar(200), kind text, at timestamptz DEFAULT now());
CREATE INDEX ON mail (sender, at);
SELECT lead_temperature.track('mail', 'sender', 'kind', 'at', model => 'm');
SELECT lead_temperature.add_module('mail', 'accounts');
INSERT INTO mail (sender, kind) VALUES ('ann@acme.com', 'demo');
SELECT lead_temperature.set_accounts('mail', email => 'lead');
SELECT * FROM lead_temperature.account_sources WHERE tracker = 'mail_lead'::regclass;
INSERT INTO mail (sender, kind) VALUES ('bob@ACME.com', 'visit'), ('Cy <cy@acme.com>', 'visit'), ('dee@gmail.com', 'demo'), ('nobody', 'demo');
INSERT INTO mail (sender, kind) SELECT 'p' || i || '@firm' || i % 3 || '.com', 'visit' FROM generate_series(1, 60) i;
SELECT account, round(score), leads, hot_leads FROM mail_account ORDER BY 1;
SELECT lead, account, domain FROM mail_account_map WHERE lead !~ '^p[0-9]' ORDER BY 1;
UPDATE mail SET sender = 'bob@beta.com' WHERE sender = 'bob@ACME.com';
DELETE FROM mail WHERE sender ~ '^p[0-9]+@firm[12]';
SELECT account, round(score), leads FROM mail_account ORDER BY 1;
SELECT count(*), lead_temperature.refresh_accounts('mail') FROM mail_account_map;
-- who counts for another belongs where that does; and who is forgotten nowhere
SELECT lead_temperature.merge_leads('mail', 'dee@gmail.com', 'ann@acme.com');
SELECT account, round(score), leads FROM mail_account ORDER BY 1;
SELECT lead FROM mail_account_map WHERE account = 'gmail.com';
SELECT lead_temperature.unmerge_lead('mail', 'dee@gmail.com');
SELECT lead FROM mail_account_map WHERE account = 'gmail.com';
SELECT relation::text, rows FROM lead_temperature.forget('mail', 'bob@beta.com', true) WHERE rows > 0 ORDER BY 1;
SELECT count(*) FROM mail_account_map WHERE lead = 'bob@beta.com';
CALL lead_temperature.replay('mail');
SELECT lead_temperature.refresh_accounts('mail');
BEGIN;
TRUNCATE mail;
SELECT count(*) FROM mail_account_map;
ROLLBACK;
-- a table that is lost is made again, and filled when asked to
RESET ROLE;
SET session_replication_role = replica;
DELETE FROM mail_account_map WHERE account <> 'acme.com';
RESET session_replication_role;
SET ROLE regress_lt_owner;
SELECT lead_temperature.refresh_accounts('mail') > 0;

-- leads that are no text are written in one way, whatever the settings of those who write
CREATE TABLE born (born date, kind text, at timestamptz DEFAULT now());
CREATE INDEX ON born (born, at);
SELECT lead_temperature.track('born', 'born', 'kind', 'at', model => 'm');
SELECT lead_temperature.add_module('born', 'accounts');
SELECT lead_temperature.set_accounts('born', account => 'lead');
SET datestyle = 'German';
INSERT INTO born (born, kind) VALUES ('2001-02-03', 'visit');
INSERT INTO born (born, kind) SELECT date '2001-03-04' + i, 'visit' FROM generate_series(0, 20) i;
RESET datestyle;
SELECT count(*), min(account), max(account), lead_temperature.refresh_accounts('born') FROM born_account_map;
-- a function that is gone, or has another name, keeps no rows out
CREATE FUNCTION year_of(date) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT date_part(''year'', $1)::int';
SELECT lead_temperature.set_accounts('born', account => 'year_of(lead)') > 0;
INSERT INTO born (born, kind) VALUES ('2002-02-03', 'visit');
BEGIN;
ALTER FUNCTION year_of(date) RENAME TO born_in;
INSERT INTO born (born, kind) VALUES ('2003-02-03', 'visit');
SELECT fault FROM lead_temperature.account_sources WHERE tracker = 'born_lead'::regclass;
ROLLBACK;
DROP FUNCTION year_of(date);
INSERT INTO born (born, kind) VALUES ('2003-02-03', 'visit');
INSERT INTO born (born, kind) SELECT date '2003-03-04' + i, 'visit' FROM generate_series(0, 20) i;
SELECT (SELECT count(*) FROM born_lead), account, leads FROM born_account ORDER BY 2;
SELECT lead_temperature.untrack('born');
DROP TABLE born;

-- Heats of another half-life count as they are now, and no sum is out of range.
SELECT round(lead_temperature.score_now(lead_temperature.account_heat('mail_lead', lead_temperature.heat(10, now(), h::interval), true))::numeric, 6), lead_temperature.half_life(lead_temperature.account_heat('mail_lead', lead_temperature.heat(10, now(), h::interval), true)) FROM unnest(ARRAY['7 days', '1 day', '30 days']) h;
SELECT lead_temperature.points(lead_temperature.account_heat('mail_lead', lead_temperature.heat(p, '2024-01-01', '7 days'), true)) FROM unnest(ARRAY[1.5e308, 1.5e308]) p;
SELECT lead_temperature.points(lead_temperature.account_heat('mail_lead', lead_temperature.heat(p, '2024-01-01', '7 days'), true)) FROM unnest(ARRAY[-1.5e308, -1.5e308, 7]) p;
SELECT lead_temperature.account_heat('mail_lead', h, c) FROM (VALUES (lead_temperature.heat(1, '2024-01-01', '7 days'), false), (NULL, true), (lead_temperature.heat(1, '2024-01-01', '7 days'), NULL)) v (h, c);

-- What is dropped leaves nothing on the table.
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'crm.contact'::regclass;
SELECT lead_temperature.set_accounts('event', email => 'lead') >= 0;
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'crm.contact'::regclass;
SELECT lead_temperature.set_accounts('event', 'crm.contact', 'mail', '"Firm"') >= 0;
SELECT lead_temperature.drop_module('event', 'accounts');
DROP VIEW heat;
SELECT lead_temperature.drop_module('event', 'accounts');
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'crm.contact'::regclass;
SELECT lead_temperature.add_module('event', 'accounts');
SELECT count(*) FROM lead_temperature.account_sources WHERE tracker = 'event_lead'::regclass;
SELECT lead_temperature.set_accounts('event', 'crm.contact', 'mail', '"Firm"') >= 0;
SELECT lead_temperature.untrack('event');
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'crm.contact'::regclass;
-- nor does a tracked table that goes
SELECT lead_temperature.set_accounts('mail', 'crm.contact', 'mail', '"Firm"') >= 0;
DROP TABLE mail CASCADE;
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'crm.contact'::regclass;
RESET ROLE;
SELECT count(*) FROM lead_temperature.account_source;
SET client_min_messages = warning;
DROP SCHEMA other CASCADE;
DROP SCHEMA crm CASCADE;
DROP OWNED BY regress_lt_owner, regress_lt_other CASCADE;
DROP ROLE regress_lt_owner, regress_lt_other;
