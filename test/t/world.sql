/*
 * world.sql
 *	  Tracked tables of many shapes: a plain one with weights, a partitioned one
 *	  with names that need quotes, one keyed by e-mail with local times and a
 *	  model of its own.
 */

CREATE EXTENSION lead_temperature;

CREATE SCHEMA "Odd ""Schema""";

CREATE TABLE click (
	visitor bigint,
	event text,
	at timestamptz,
	weight numeric
);
CREATE INDEX ON click (visitor, at);

CREATE TABLE "Odd ""Schema"""."Web Events" (
	"Lead Id" uuid,
	"Kind" varchar(40),
	"At" timestamptz NOT NULL,
	"order" int
) PARTITION BY RANGE ("At");
CREATE INDEX ON "Odd ""Schema"""."Web Events" ("Lead Id", "At");
CREATE TABLE "Odd ""Schema"""."Web Events old" PARTITION OF "Odd ""Schema"""."Web Events"
	FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE "Odd ""Schema"""."Web Events rest" PARTITION OF "Odd ""Schema"""."Web Events" DEFAULT;

CREATE TABLE mail (
	id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	email text,
	what text,
	at timestamp
);
CREATE INDEX ON mail (email);

SELECT lead_temperature.create_model('mine', template => 'b2b');
UPDATE lead_temperature.model SET half_life = '10 days', hot = 50, dormant_after = '3 days' WHERE name = 'mine';
UPDATE lead_temperature.signal SET points = 9.25 WHERE model = 'mine' AND kind = 'email_click';
INSERT INTO lead_temperature.signal (model, kind, outcome, spends, points) VALUES ('mine', 'refill', 'won', false, 12);
INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ('mine', 'odd "group"', 7);
INSERT INTO lead_temperature.signal (model, kind, points, signal_group)
VALUES ('mine', 'it''s "odd"', 3, 'odd "group"');

-- Rows of chance that is the same in every run; the last ones are recent.
CREATE FUNCTION pg_temp.rows(salt int, n int, OUT lead int, OUT kind text, OUT at timestamptz, OUT weight numeric)
	RETURNS SETOF record LANGUAGE sql AS
$$
	SELECT hashint4extended(i, salt) & 127,
		(ARRAY['visit', 'page_view', 'product_view', 'pricing_view', 'newsletter_signup', 'question', 'add_to_cart',
			'email_click', 'it''s "odd"', 'demo_request', 'no_show', 'meeting_held', 'purchase', 'opportunity_lost',
			'of no meaning', NULL])[1 + (hashint4extended(i, salt + 1) & 15)],
		date_trunc('hour', now()) - (n - i) * interval '20 minutes' - (hashint4extended(i, salt + 2) & 3) * interval '5 minutes',
		(ARRAY[1, 2, 0.5, NULL])[1 + (hashint4extended(i, salt + 3) & 3)]
	FROM generate_series(1, n) AS i
$$;

-- half of the rows before the tables are tracked, half of them after
INSERT INTO click SELECT r.* FROM pg_temp.rows(1, 3000) AS r;
INSERT INTO "Odd ""Schema"""."Web Events"
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(lead), 12, '0'))::uuid, kind,
	CASE WHEN lead % 8 = 0 THEN at - interval '2 years' ELSE at END, 1
FROM pg_temp.rows(2, 3000);
INSERT INTO mail (email, what, at) SELECT format('Lead%s@x.example', lead), kind, at FROM pg_temp.rows(3, 3000);

SELECT lead_temperature.track('click', 'visitor', 'event', 'at', weight => 'weight', funnel_counts => true);
SELECT lead_temperature.track('"Odd ""Schema"""."Web Events"', 'Lead Id', 'Kind', 'At', prefix => 'Web "1"');
SELECT lead_temperature.track('mail', 'email', 'what', 'at', model => 'mine', prefix => 'mail', entry => 'lead',
							  time_zone => 'Europe/Helsinki');
SELECT lead_temperature.add_module('mail', 'pace');
SELECT lead_temperature.add_module('mail', 'silence');
SELECT lead_temperature.add_module('"Odd ""Schema"""."Web Events"', 'pace');
SELECT lead_temperature.add_module('mail', 'handoff');
SELECT lead_temperature.add_module('"Odd ""Schema"""."Web Events"', 'handoff');
INSERT INTO lead_temperature.service_level VALUES ('mine', '10 minutes', '2 hours', 'Europe/Helsinki');
INSERT INTO lead_temperature.working_hours SELECT 'mine', d, '09:00', '17:00' FROM generate_series(1, 5) d;
INSERT INTO lead_temperature.holiday VALUES ('mine', '2026-12-06');
SELECT lead_temperature.set_handoff('mail', 'hot mail');
SELECT lead_temperature.set_team('mail', 'team "1"', '"Odd ""Schema"""."Web Events"', '"Kind"', '"At" < timestamptz ''2024-01-01 00:00+00''');
INSERT INTO mail (email, what, at) VALUES ('claimed@x.example', 'demo_request', now() AT TIME ZONE 'Europe/Helsinki'),
	('waits@x.example', 'demo_request', now() AT TIME ZONE 'Europe/Helsinki');
SELECT count(*) FROM lead_temperature.claim('mail', 'Ann');

-- one that is read by expressions, and one that a migration has paused
CREATE FUNCTION "Odd ""Schema""".kind_of(what jsonb) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT what ->> 'kind' $$;
CREATE TABLE message (who text, what jsonb, "Seconds" bigint, bot boolean);
CREATE INDEX ON message (lower(who));
SELECT lead_temperature.track('message', 'lower(who)', '"Odd ""Schema""".kind_of(what)', '"Seconds" + 0', $$(what ->> 'weight')::float8$$,
							  filter => 'NOT bot', model => 'mine', topic => $$what ->> 'weight'$$,
							  channel => $$what ->> 'weight'$$, value => '"Seconds" % 1000');
SELECT lead_temperature.add_module('message', 'channels');
INSERT INTO message_spend VALUES ('heavy', '2024-01-03', 12.5), ('1', '2024-01-03', 0);
INSERT INTO message SELECT format('LEAD%s', lead), jsonb_build_object('kind', kind, 'weight', CASE WHEN lead % 9 = 0 THEN 'heavy' ELSE '1' END), extract(epoch FROM at), lead % 5 = 0
FROM pg_temp.rows(7, 500);
-- which reads another table besides, of customers by their numbers
CREATE TABLE customer (id int PRIMARY KEY, email text, gone boolean NOT NULL DEFAULT false);
CREATE INDEX ON customer (lower(email));
CREATE TABLE letter (customer int, at timestamptz);
CREATE INDEX ON letter (customer);
SELECT lead_temperature.add_source('message', 'letter', 'customer', $$'email_open'$$, 'at',
								   via => 'customer', via_key => 'id', via_lead => 'lower(email)', via_filter => 'NOT gone', topic => 'customer');
INSERT INTO letter SELECT lead, at FROM pg_temp.rows(8, 300);
INSERT INTO customer SELECT i, format('LEAD%s', i), i % 7 = 0 FROM generate_series(1, 40) AS i;
-- and what becomes of records, one row a person
CREATE TABLE ticket (id int PRIMARY KEY, who text, state text, note text);
SELECT lead_temperature.add_source('message', 'ticket', 'lower(who)', 'state', filter => $$state <> 'spam'$$, keep_changes => true);
INSERT INTO ticket SELECT i, format('LEAD%s', i % 40), 'question', 'x' FROM generate_series(1, 100) AS i;
UPDATE ticket SET state = 'demo_request' WHERE id % 3 = 0;
DELETE FROM ticket WHERE id % 5 = 0;
-- a table with two trackers
CREATE TABLE deal (who text, kind text, at timestamptz, team text);
CREATE INDEX ON deal (who, at);
INSERT INTO deal SELECT format('Lead%s', lead), kind, at, 'team ' || lead % 2 FROM pg_temp.rows(9, 300);
SELECT lead_temperature.track('deal', 'who', 'kind', 'at', model => 'mine');
SELECT lead_temperature.track('deal', 'who', 'kind', 'at', model => 'mine', prefix => 'deal_of_team', filter => $$team = 'team 1'$$);

CREATE TABLE broken (lead int, kind text, at timestamptz, what text);
CREATE INDEX ON broken (lead);
SELECT lead_temperature.track('broken', 'lead', 'kind', 'at', model => 'mine');
INSERT INTO broken VALUES (1, 'visit', '2024-01-01', 'visit');
SET client_min_messages = error;
ALTER TABLE broken DROP kind;
RESET client_min_messages;
INSERT INTO broken VALUES (2, '2024-01-01', 'visit');

-- leads that are merged, before and after their rows have come
SELECT lead_temperature.merge_leads('click', '11', '12'), lead_temperature.merge_leads('click', '12', '13'), lead_temperature.merge_leads('message', 'lead8', 'lead9');
-- and what people say of leads, of one that counts for another, and of one that they alone speak of
SELECT lead_temperature.exclude('click', '11', 'it''s our own'), lead_temperature.exclude('click', '20'), lead_temperature.exclude('click', '30'), lead_temperature.set_stage('click', '21', 'opportunity', 'met "them"'),
	lead_temperature.set_stage('click', '22', 'lead'), lead_temperature.include('click', '20'), lead_temperature.set_stage('message', 'lead6', 'visitor');
INSERT INTO message_word (lead, kind, at) VALUES ('spoken of', 'exclude', now() - interval '1 day');
SELECT lead_temperature.compact_counts('click');
INSERT INTO click SELECT r.* FROM pg_temp.rows(4, 3000) AS r;
INSERT INTO "Odd ""Schema"""."Web Events"
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(lead), 12, '0'))::uuid, kind, at, 2 FROM pg_temp.rows(5, 3000);
INSERT INTO mail (email, what, at) SELECT format('Lead%s@x.example', lead), kind, at FROM pg_temp.rows(6, 3000);
DELETE FROM click WHERE visitor = 77;
UPDATE mail SET what = 'email_open' WHERE id % 97 = 0;

-- what mail is old has been archived and is gone; late mail of that time is ignored
-- what was done about some of them, by rules of their own
SELECT lead_temperature.add_module('click', 'playbook'), lead_temperature.add_module('"Odd ""Schema"""."Web Events"', 'playbook'), lead_temperature.add_module('mail', 'playbook');
UPDATE lead_temperature.playbook SET due_within = '10 minutes', times = 7 WHERE model = 'mine' AND action = 'call';
SELECT lead_temperature.log_action('mail', 'Lead5@x.example', 'call', note => 'not at home'), lead_temperature.log_action('click', '11', 'call'), lead_temperature.log_action('click', '14', 'newsletter');

SELECT lead_temperature.archive('mail', now() - interval '10 days');
DELETE FROM mail WHERE at < now() - interval '11 days';
INSERT INTO mail (email, what, at) VALUES ('late@x.example', 'demo_request', now() - interval '30 days');

-- leads are written back to tables that have other columns too, one of names that need quotes
CREATE TABLE account (email text PRIMARY KEY, note text DEFAULT 'mine', stage text, word text, hot_until timestamptz, cycle_of lead_temperature.status);
INSERT INTO account (email) SELECT format('Lead%s@x.example', i) FROM generate_series(1, 140) AS i;
SELECT lead_temperature.write_back('mail', 'account', 'email', stage => 'stage', temperature => 'word', hot_until => 'hot_until', status => 'cycle_of');
CREATE TABLE "Odd ""Schema"""."The 'Leads'" ("No." int PRIMARY KEY, "Is" lead_temperature.stage, "as of" timestamptz) PARTITION BY RANGE ("No.");
CREATE TABLE "Odd ""Schema"""."The 'Leads' 1" PARTITION OF "Odd ""Schema"""."The 'Leads'" FOR VALUES FROM (0) TO (60);
CREATE TABLE "Odd ""Schema"""."The 'Leads' 2" PARTITION OF "Odd ""Schema"""."The 'Leads'" DEFAULT;
INSERT INTO "Odd ""Schema"""."The 'Leads'" SELECT i FROM generate_series(1, 140) AS i;
SELECT lead_temperature.write_back('click', '"Odd ""Schema"""."The ''Leads''"', 'No.', stage => 'Is', last_at => 'as of');

-- and belong to accounts: by a table, by themselves, by a column that is gone
SELECT lead_temperature.add_module('mail', 'accounts'), lead_temperature.add_module('click', 'accounts'), lead_temperature.add_module('message', 'accounts');
CREATE TABLE "Odd ""Schema"""."Who's" ("E-Mail" text PRIMARY KEY, "Firm" text, note text);
INSERT INTO "Odd ""Schema"""."Who's" SELECT format('Lead%s@x.example', i), CASE WHEN i % 3 > 0 THEN 'Firm ' || i % 7 END FROM generate_series(1, 140) AS i;
SELECT lead_temperature.set_accounts('mail', '"Odd ""Schema"""."Who''s"', 'E-Mail', 'Firm', '"E-Mail"');
SELECT lead_temperature.set_accounts('click', account => $$'team ' || lead % 5$$);
CREATE TABLE firm (who text PRIMARY KEY, name text, gone text);
INSERT INTO firm SELECT 'lead' || i, 'Firm ' || i % 3, 'Gone ' || i % 2 FROM generate_series(1, 40) AS i;
SELECT lead_temperature.set_accounts('message', 'firm', 'who', 'gone');
SET client_min_messages = error;
ALTER TABLE firm DROP gone;
RESET client_min_messages;
INSERT INTO lead_temperature.mail_provider VALUES ('x.example', false), ('y.example', true), ('gmail.com', false);

-- a tracked table, and one whose model has changed since
SELECT lead_temperature.pause('mail');
UPDATE lead_temperature.model SET warm = 11 WHERE name = 'mine';
SELECT lead_temperature.resume('mail');
UPDATE lead_temperature.signal SET points = 9.5 WHERE model = 'mine' AND kind = 'email_click';

-- a trained model, active nowhere
SELECT lead_temperature.create_model('learned');
UPDATE lead_temperature.model SET half_life = '10 days' WHERE name = 'learned';
INSERT INTO lead_temperature.trained_model (model, intercept, slope, horizon, trained_at, train_from, train_until, test_from, test_until)
VALUES ('learned', -2, 0.05, '14 days', '2024-06-01', '2024-01-01', '2024-04-01', '2024-04-15', '2024-05-15');
INSERT INTO lead_temperature.training_report (model, ranking, leads, converted, auc, auc_low, auc_high)
VALUES ('learned', 'trained', 1000, 100, 0.8, 0.75, 0.85), ('learned', 'recency', 1000, 100, NULL, NULL, NULL);
