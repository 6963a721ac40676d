--
-- Law 3: the state that follows every row equals a replay of the rows, bit
-- for bit, after any mix of statements, on tables of many shapes; and both
-- equal what a second fold, written in another language, makes of the rows.
--
-- LAWS_SEED and LAWS_ROUNDS in the environment ask for other or more rounds.
--
\set ECHO none
SET jit = off;
\set reference `echo "${PG_ABS_SRCDIR:-.}"/test/reference_fold.sql`
\set laws `echo "${PG_ABS_SRCDIR:-.}"/test/laws.sql`
\set written `echo "${PG_ABS_SRCDIR:-.}"/test/written.sql`
\set seed `echo "${LAWS_SEED:-0.2}"`
\set rounds `echo "${LAWS_ROUNDS:-30}"`
\i :reference
\i :laws
\i :written
\set ECHO all

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS citext;
RESET client_min_messages;

-- A model with short lives, so that leads of two months rise, cool, close, reopen, fall silent and wake.
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot, dormant_after)
	VALUES ('laws', current_user, '3 days', 9.9, 24.7, 39.1, '9 days');
INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ('laws', 'browsing', 20), ('laws', 'Content', 15);
INSERT INTO lead_temperature.signal (model, kind, points, signal_group, stage) VALUES
	('laws', 'view', 3.3, 'browsing', NULL),
	('laws', 'search', 2.1, 'browsing', NULL),
	('laws', 'bounce', -4.2, 'browsing', NULL),
	('laws', 'article', 6.1, 'Content', NULL),
	('laws', 'newsletter', 15.1, 'Content', 'lead'),
	('laws', 'cart', 20.3, NULL, NULL),
	('laws', 'form', 15.7, NULL, 'lead'),
	('laws', 'question', 19.9, NULL, 'lead'),
	('laws', 'demo', 80.1, NULL, 'lead'),
	('laws', 'checkout', 60.2, NULL, 'opportunity'),
	('laws', 'leave', -60.4, NULL, NULL),
	('laws', 'unsubscribe', -20.5, NULL, 'lead');
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES
	('laws', 'purchase', 'won'), ('laws', 'refusal', 'lost'), ('laws', 'spam', 'lost');
-- who buys again: one such purchase keeps its points in a group, one takes some, one has none, and one has a cooldown
INSERT INTO lead_temperature.signal (model, kind, outcome, spends, points, signal_group) VALUES
	('laws', 'reorder', 'won', false, 12.3, 'Content'), ('laws', 'refill', 'won', false, 31.7, NULL),
	('laws', 'trade_in', 'won', false, -7.9, NULL), ('laws', 'renewal', 'won', false, NULL, NULL);
UPDATE lead_temperature.signal SET final = true WHERE model = 'laws' AND kind = 'spam';
UPDATE lead_temperature.signal SET cooldown = c.cooldown::interval
	FROM (VALUES ('view', '13 hours'), ('demo', '2 days'), ('leave', '1 hour'), ('purchase', '1 day'), ('refill', '2 days'), ('refusal', '0.000001 seconds')) AS c (kind, cooldown)
	WHERE model = 'laws' AND signal.kind = c.kind;
-- consent for two channels, of kinds with points below 0, with a cooldown, and of outcomes; one withdraws all
UPDATE lead_temperature.signal SET consent = c.consent, channel = c.channel
	FROM (VALUES ('newsletter', 'grant', 'email'), ('form', 'grant', 'phone'), ('demo', 'grant', 'phone'), ('purchase', 'grant', 'email'), ('bounce', 'withdraw', 'email'),
		('unsubscribe', 'withdraw', 'email'), ('leave', 'withdraw', 'phone'), ('spam', 'withdraw', NULL)) AS c (kind, consent, channel)
	WHERE model = 'laws' AND signal.kind = c.kind;

-- An integer key, and a trigger of the user that changes or deletes the row just inserted.
CREATE TABLE visits (id bigint PRIMARY KEY, lead int, kind text, at timestamptz, weight float8, note text);
CREATE FUNCTION second_thoughts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	CASE NEW.note
		WHEN 'change' THEN
			EXECUTE format('UPDATE %s SET weight = 2, kind = ''cart'' WHERE id = $1', TG_ARGV[0]) USING NEW.id;
		WHEN 'hasten' THEN
			EXECUTE format('UPDATE %s SET at = at - interval ''10 days'' WHERE id = $1', TG_ARGV[0]) USING NEW.id;
		WHEN 'hand over' THEN
			EXECUTE format('UPDATE %1$s SET lead = (SELECT min(lead::text) FROM %1$s)::%2$s WHERE id = $1', TG_ARGV[0], TG_ARGV[1]) USING NEW.id;
		WHEN 'regret' THEN
			EXECUTE format('DELETE FROM %s WHERE id = $1', TG_ARGV[0]) USING NEW.id;
		ELSE
			NULL;
	END CASE;
	RETURN NULL;
END
$$;
CREATE TRIGGER a_second_thoughts AFTER INSERT ON visits FOR EACH ROW EXECUTE FUNCTION second_thoughts('visits', 'int');
SELECT lead_temperature.track('visits', 'lead', 'kind', 'at', 'weight', 'laws', create_index => true, funnel_counts => true);
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves)
	VALUES ('integer', 'visits', 'visits', 'id', 'lead', 'kind', 'at', 'weight', 'note', '{1, 2, 3, 4, 5, 6, 7, 8, -9, 2147483647}', 'id', '{lead, kind, at, weight, note}');

-- A uuid key, partitioned by time, with a trigger of the user, and a partition that comes later.
CREATE TABLE clicks (id bigint, lead uuid, kind varchar(40), at timestamptz, weight numeric, note text, UNIQUE (id, at)) PARTITION BY RANGE (at);
CREATE TABLE clicks_january PARTITION OF clicks FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00');
CREATE TABLE clicks_other PARTITION OF clicks DEFAULT;
CREATE TRIGGER z_second_thoughts AFTER INSERT ON clicks FOR EACH ROW EXECUTE FUNCTION second_thoughts('clicks', 'uuid');
SELECT lead_temperature.track('clicks', 'lead', 'kind', 'at', 'weight', 'laws', entry => 'lead', create_index => true, funnel_counts => true);
CREATE TABLE clicks_march PARTITION OF clicks FOR VALUES FROM ('2024-03-01 00:00+00') TO ('2024-03-03 00:00+00');
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves, entry)
	SELECT 'uuid by range', 'clicks', 'clicks', 'id', 'lead', 'kind', 'at', 'weight', 'note', array_agg(md5(i::text)::uuid), 'id, at', '{lead, kind, weight, note}', 'lead'
	FROM generate_series(1, 8) AS i;

-- A text key, names that need quotes, no weight, partitioned by the lead.
CREATE SCHEMA "Sales' data";
CREATE TABLE "Sales' data"."Weird ""Table" ("row" bigint, "lead id" text, "what kind" text, "when?" timestamptz, "select" text, UNIQUE ("row", "lead id"))
	PARTITION BY HASH ("lead id");
CREATE TABLE "Sales' data"."Weird 0" PARTITION OF "Sales' data"."Weird ""Table" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE "Sales' data"."Weird 1" PARTITION OF "Sales' data"."Weird ""Table" FOR VALUES WITH (MODULUS 2, REMAINDER 1);
SELECT lead_temperature.track('"Sales'' data"."Weird ""Table"', 'lead id', 'what kind', 'when?', NULL, 'laws', 'A "prefix"', create_index => true, funnel_counts => true);
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves)
	VALUES ('text by hash', '"Sales'' data"."Weird ""Table"', 'A "prefix"', 'row', 'lead id', 'what kind', 'when?', NULL, 'select',
			'{Ann, ann, Zoë, "two words", ä, ÄÄ, 0, 00}', '"row", "lead id"', '{what kind,when?,select}');

-- citext: one lead in several spellings.
CREATE TABLE mails (id bigint PRIMARY KEY, who citext, kind citext, at timestamptz, weight int, note text);
CREATE INDEX ON mails (who, at);
SELECT lead_temperature.track('mails', 'who', 'kind', 'at', 'weight', 'laws');
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves)
	VALUES ('citext', 'mails', 'mails', 'id', 'who', 'kind', 'at', 'weight', 'note', '{ann, Ann, ANN, bob, Bob, cy, dee, Dee}', 'id', '{who, kind, at, weight, note}');

-- A domain, an enum, and local time: two hours a year are ambiguous or missing.
CREATE DOMAIN account AS bigint CHECK (VALUE > 0);
CREATE TYPE touchpoint AS ENUM ('view', 'search', 'bounce', 'article', 'newsletter', 'cart', 'form', 'question', 'demo', 'checkout',
	'leave', 'unsubscribe', 'purchase', 'reorder', 'refill', 'trade_in', 'renewal', 'refusal', 'spam', 'unheard of', 'include', 'set_stage:opportunity');
CREATE TABLE contacts (id bigint PRIMARY KEY, account account, kind touchpoint, at timestamp, weight float8, note text);
SELECT lead_temperature.track('contacts', 'account', 'kind', 'at', 'weight', 'laws', entry => 'opportunity', time_zone => 'Europe/Amsterdam', create_index => true);
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves, entry, time_zone, clock)
	VALUES ('domain', 'contacts', 'contacts', 'id', 'account', 'kind', 'at', 'weight', 'note', '{1, 2, 3, 4, 5, 6}', 'id', '{account, kind, at, weight, note}',
			'opportunity', 'Europe/Amsterdam', '2024-03-30 22:00+00');

-- Days, so that most rows are ties, in partitions of partitions.
CREATE TABLE days (id bigint, lead int, kind text, at date, weight numeric, note text) PARTITION BY LIST (lead);
CREATE TABLE days_few PARTITION OF days FOR VALUES IN (1, 2, 3);
CREATE TABLE days_rest PARTITION OF days DEFAULT PARTITION BY RANGE (at);
CREATE TABLE days_rest_old PARTITION OF days_rest FOR VALUES FROM (MINVALUE) TO ('2024-02-01');
CREATE TABLE days_rest_new PARTITION OF days_rest DEFAULT;
ALTER TABLE days ADD UNIQUE (id, lead, at);
SELECT lead_temperature.track('days', 'lead', 'kind', 'at', 'weight', 'laws', time_zone => 'America/New_York', create_index => true);
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves, time_zone)
	VALUES ('days', 'days', 'days', 'id', 'lead', 'kind', 'at', 'weight', 'note', '{1, 2, 3, 4, 5, 6, 7}', 'id, lead, at', '{kind, weight, note}', 'America/New_York');

-- Expressions in the place of all columns, which say what these say, some of which may fail, and a filter that rows come through and go.
CREATE TABLE messages (id bigint PRIMARY KEY, who text, kind text, at timestamptz, weight float8, note text);
CREATE INDEX ON messages ((who || ''));
CREATE TRIGGER a_second_thoughts AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION second_thoughts('messages', 'text');
ALTER TABLE messages RENAME who TO lead;
SELECT lead_temperature.track('messages', $$lead || ''$$, $$CASE WHEN kind LIKE 'v%' THEN kind ELSE regexp_replace(kind, 'x', 'y') END$$,
	$$nullif(at, '1800-01-01 00:00+00')$$, $$weight / 1$$, 'laws', filter => $$note <> 'regret' AND id % 7 <> 3$$, funnel_counts => true);
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves, filter)
	VALUES ('expressions', 'messages', 'messages', 'id', 'lead', 'kind', 'at', 'weight', 'note', '{ann, Ann, bob, cy, dee}', 'id', '{lead, kind, at, weight, note}',
			$$note <> 'regret' AND id % 7 <> 3$$);

-- Three tables of one tracker: a partitioned one, one of local times without weights, and one that is
-- read by expressions, through a filter.
CREATE TABLE taps (id bigint, lead int, kind text, at timestamptz, weight float8, note text, UNIQUE (id, at)) PARTITION BY RANGE (at);
CREATE TABLE taps_january PARTITION OF taps FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00');
CREATE TABLE taps_other PARTITION OF taps DEFAULT;
CREATE TABLE calls (id bigint PRIMARY KEY, caller int, kind touchpoint, at timestamp, note text);
CREATE INDEX ON calls (caller);
CREATE TABLE letters (id bigint PRIMARY KEY, lead bigint, kind text, at timestamptz, weight numeric, note text);
CREATE INDEX ON letters ((lead::int));
CREATE TRIGGER a_second_thoughts AFTER INSERT ON letters FOR EACH ROW EXECUTE FUNCTION second_thoughts('letters', 'bigint');
SELECT lead_temperature.track('taps', 'lead', 'kind', 'at', 'weight', 'laws', time_zone => 'Europe/Amsterdam', create_index => true, funnel_counts => true);
SELECT lead_temperature.add_source('taps', 'calls', 'caller', 'kind', 'at', create_index => true);
SELECT lead_temperature.add_source('calls', 'letters', 'lead::int', $$CASE WHEN kind LIKE 'v%' THEN kind ELSE regexp_replace(kind, 'x', 'y') END$$,
	$$nullif(at, '1800-01-01 00:00+00')$$, 'weight', filter => $$note <> 'regret' AND id % 7 <> 3$$);
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves, time_zone, filter) VALUES
	('several', 'taps', 'taps', 'id', 'lead', 'kind', 'at', 'weight', 'note', '{1, 2, 3, 4, 5, 6}', 'id, at', '{lead, kind, weight, note}', 'Europe/Amsterdam', DEFAULT),
	('several: calls', 'calls', 'taps', 'id', 'caller', 'kind', 'at', NULL, 'note', '{1, 2, 3, 4, 5, 6, 7}', 'id', '{caller, kind, at, note}', 'Europe/Amsterdam', DEFAULT),
	('several: letters', 'letters', 'taps', 'id', 'lead', 'kind', 'at', 'weight', 'note', '{1, 2, 3, 4, 5, 6, 8}', 'id', '{lead, kind, at, weight, note}', 'Europe/Amsterdam',
		$$note <> 'regret' AND id % 7 <> 3$$);

-- Ids that another table maps to leads: ids that are mapped to none are left out, or are leads of their own;
-- and a table without ids beside it.
CREATE TABLE hits (id bigint PRIMARY KEY, visitor text, kind text, at timestamptz, weight float8, note text);
CREATE INDEX ON hits (visitor);
CREATE TRIGGER a_second_thoughts AFTER INSERT ON hits FOR EACH ROW EXECUTE FUNCTION second_thoughts('hits', 'text');
ALTER TABLE hits RENAME visitor TO lead;
CREATE TABLE cookies (cookie text, person int, active bool DEFAULT true, note text);
CREATE INDEX ON cookies (cookie);
CREATE INDEX ON cookies (person);
CREATE TABLE sales (id bigint PRIMARY KEY, person int, kind text, at timestamptz, note text);
CREATE INDEX ON sales (person, at);
SELECT lead_temperature.track('hits', 'lead', 'kind', 'at', 'weight', 'laws', via => 'cookies', via_key => 'cookie', via_lead => 'person', via_filter => 'active', funnel_counts => true);
SELECT lead_temperature.add_source('hits', 'sales', 'person', 'kind', 'at');
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves, via, via_key, via_lead, via_filter, maps_rest, people) VALUES
	('mapped', 'hits', 'hits', 'id', 'lead', 'kind', 'at', 'weight', 'note', '{a, b, c, d, e}', 'id', '{lead, kind, at, weight, note}', 'cookies', 'cookie', 'person', 'active', false, '{1, 2, 3, 4}'),
	('mapped: sales', 'sales', 'hits', 'id', 'person', 'kind', 'at', NULL, 'note', '{1, 2, 3, 4, 5}', 'id', '{person, kind, at, note}', NULL, NULL, NULL, NULL, NULL, NULL);
-- and records, of which each change counts, whatever becomes of them
CREATE TABLE orders (id bigint, note text, weight float8, at timestamptz, kind text, lead int, UNIQUE (id, at)) PARTITION BY RANGE (at);
CREATE TABLE orders_january PARTITION OF orders FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00');
CREATE TABLE orders_other (lead int, kind text, at timestamptz, weight float8, note text, id bigint);
ALTER TABLE orders ATTACH PARTITION orders_other DEFAULT;
CREATE TABLE orders_log (LIKE orders);
CREATE TRIGGER log_change AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION laws.log_change('orders_log');
SELECT lead_temperature.add_source('hits', 'orders', 'lead', 'kind', 'at', 'weight', keep_changes => true);
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves, log) VALUES
	('mapped: orders', 'orders', 'hits', 'id', 'lead', 'kind', 'at', 'weight', 'note', '{1, 2, 3, 4, 6}', 'id, at', '{lead, kind, weight, note}', 'orders_log');
CREATE TABLE guests (id bigint PRIMARY KEY, guest int, kind text, at timestamptz, weight float8, note text);
CREATE INDEX ON guests (guest, at);
CREATE TABLE members (guest int, member int, active bool DEFAULT true, note text);
CREATE INDEX ON members (guest);
CREATE INDEX ON members (member);
SELECT lead_temperature.track('guests', 'guest', 'kind', 'at', 'weight', 'laws', via => 'members', via_key => 'guest', via_lead => 'member', via_filter => 'active', unmapped => 'lead');
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves, via, via_key, via_lead, via_filter, maps_rest, people) VALUES
	('guests', 'guests', 'guests', 'id', 'guest', 'kind', 'at', 'weight', 'note', '{1, 2, 3, 4, 5}', 'id', '{guest, kind, at, weight, note}', 'members', 'guest', 'member', 'active', true, '{1, 2, 3, 6, 7}');

-- Another tracker of the partitioned table, of other rows and another stage to enter at.
SELECT lead_temperature.track('taps', 'lead', 'kind', 'at', 'weight', 'laws', prefix => 'taps again', entry => 'lead', filter => 'id % 3 <> 0', funnel_counts => true);
INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, weight, note, leads, unique_key, moves, entry, filter) VALUES
	('again', 'taps', 'taps again', 'id', 'lead', 'kind', 'at', 'weight', 'note', '{1, 2, 3, 4, 5, 6}', 'id, at', '{lead, kind, weight, note}', 'lead', 'id % 3 <> 0');

-- Leads are written back, too.
SELECT laws.write_back(s) FROM laws.shape s WHERE name IN ('integer', 'text by hash', 'citext', 'domain', 'several', 'mapped', 'guests');
-- They belong to accounts.
SELECT lead_temperature.add_module(tracker, 'accounts'), lead_temperature.set_accounts(tracker, account => $$'firm ' || left(md5(lower(lead::text)), 1)$$) >= 0
	FROM laws.shape WHERE name IN ('integer', 'uuid by range', 'citext', 'domain', 'several', 'again', 'guests');

-- And they have attributes, which change too.
INSERT INTO lead_temperature.fit_rule VALUES ('laws', 'country', '=', 'a', 20), ('laws', 'country', 'in', '{b}', 4), ('laws', 'country', 'is null', '', -1),
	('laws', 'double', 'range', '[10,)', 11), ('laws', 'double', 'is null', '', 0.5);
SELECT count(laws.describe(s)) FROM laws.shape s WHERE name IN ('integer', 'uuid by range', 'text by hash', 'citext', 'domain', 'several', 'mapped', 'guests');
DO $$
DECLARE
	t regclass;
BEGIN
	FOR t IN SELECT DISTINCT tracker FROM laws.shape LOOP
		CALL lead_temperature.replay(t);
	END LOOP;
END
$$;

CALL laws.mix('integer', :rounds, :seed);
CALL laws.mix('uuid by range', :rounds, :seed);
CALL laws.mix('text by hash', :rounds, :seed);
CALL laws.mix('citext', :rounds, :seed);
CALL laws.mix('domain', :rounds, :seed);
CALL laws.mix('days', :rounds, :seed);
CALL laws.mix('expressions', :rounds, :seed);
CALL laws.mix('several', :rounds, :seed);
CALL laws.mix('again', :rounds, :seed);
CALL laws.mix('mapped', :rounds, :seed);
CALL laws.mix('guests', :rounds, :seed);

-- The rounds have met leads of all sorts, and most could be compared in full.
SELECT shape, sum(n) FILTER (WHERE what = 'leads') > 2 * :rounds AS leads,
	   sum(n) FILTER (WHERE what = 'interactions') > 10 * :rounds AS interactions,
	   sum(n) FILTER (WHERE what = 'compared in full') > 0.7 * sum(n) FILTER (WHERE what = 'leads') AS compared
	FROM laws.met GROUP BY shape ORDER BY shape COLLATE "C";
SELECT what, sum(n) > 0 AS met FROM laws.met GROUP BY what ORDER BY what COLLATE "C";

SET client_min_messages = warning;
SELECT lead_temperature.untrack(tracker) FROM laws.shape WHERE name NOT LIKE '%: %' ORDER BY name COLLATE "C";
DROP SCHEMA laws, reference, "Sales' data" CASCADE;
DROP TABLE visits, clicks, mails, contacts, days, messages, taps, calls, letters, hits, cookies, sales, orders, orders_log, guests, members;
DROP FUNCTION second_thoughts, written_differences;
DROP DOMAIN account;
DROP TYPE touchpoint;
DROP EXTENSION citext;
DELETE FROM lead_temperature.model WHERE name = 'laws';
