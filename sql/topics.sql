--
-- Topics: what the heat of a lead is about.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
\pset null -
SET search_path = public, lead_temperature;
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('m', current_user, '10 days', 10, 25, 40);
INSERT INTO lead_temperature.signal_group VALUES ('m', 'browsing', 20);
INSERT INTO lead_temperature.signal (model, kind, points, signal_group, stage, cooldown) VALUES
	('m', 'view', 8, 'browsing', NULL, NULL), ('m', 'demo', 40, NULL, 'lead', NULL), ('m', 'question', 10, NULL, NULL, NULL),
	('m', 'bounce', -3, NULL, NULL, NULL), ('m', 'mail', 5, NULL, NULL, '1 day');
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES ('m', 'purchase', 'won');

CREATE TABLE event (id int GENERATED ALWAYS AS IDENTITY, lead text, kind text, at timestamptz, weight numeric, product text, seen int, real boolean);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', weight => 'weight', model => 'm', create_index => true, topic => 'product', filter => 'real IS DISTINCT FROM false');
SELECT source, filter, topic, no_topics_because FROM lead_temperature.sources;
CREATE FUNCTION told(who text, OUT topic text, OUT n bigint, OUT score numeric, OUT share numeric) RETURNS SETOF record LANGUAGE sql AS $$
	SELECT topic, interactions, round(score::numeric, 6), round(share::numeric, 6) FROM lead_temperature.topics('event', who)
$$;
-- adds_up says how far the scores of the topics of leads are from what these have.
CREATE FUNCTION adds_up() RETURNS TABLE (leads bigint, wrong bigint) LANGUAGE sql AS $$
	SELECT count(*), count(*) FILTER (WHERE abs(score - coalesce((SELECT sum(t.score) FROM lead_temperature.topics('event', lead) AS t), 0)) > 1e-9)
	FROM event_ranking
$$;

BEGIN;
-- Heat decays by topic as it does by lead; rows without a topic have a row of their own; so has the empty topic, which is one.
INSERT INTO event (lead, kind, at, weight, product) VALUES
	('a', 'demo', now() - interval '20 days', 1, 'hats'), ('a', 'question', now(), 1, 'shoes'), ('a', 'question', now(), 0.5, 'shoes'),
	('a', 'question', now() - interval '10 days', 1, NULL), ('a', 'other', now(), 1, ''), ('a', NULL, now(), 1, 'socks'),
	('a', 'demo', now() + interval '1 day', 1, 'gloves'), ('a', 'demo', now(), 'NaN', 'scarves'), ('a', 'demo', NULL, 1, 'belts');
INSERT INTO event (lead, kind, at, product, real) VALUES ('a', 'demo', now(), 'ties', false);
SELECT * FROM told('a');
SELECT topic, heat = lead_temperature.heat(score, now(), '10 days') AS is_its_heat, lead_temperature.half_life(heat) FROM lead_temperature.topics('event', 'a') WHERE topic = 'shoes';
SELECT lead_temperature.top_topic('event', 'a');
-- As hot: the first in C order. Only heat above 0 makes a topic the first, and none at all is none.
INSERT INTO event (lead, kind, at, weight, product) VALUES ('b', 'question', now(), 1, 'b'), ('b', 'question', now(), 1, 'Z'), ('b', 'demo', now(), 1, NULL),
	('c', 'bounce', now(), 1, 'hats'), ('d', 'other', now(), 1, 'hats'), ('e', 'demo', now(), 1, NULL);
SELECT lead, lead_temperature.top_topic('event', lead) FROM event_ranking ORDER BY lead;
SELECT * FROM told('b');
SELECT * FROM told('c');
SELECT * FROM told('d');
-- A cap cuts all topics of its group alike; below 0 none goes in a group.
INSERT INTO event (lead, kind, at, weight, product) SELECT 'f', 'view', now(), 1, CASE WHEN i < 8 THEN 'hats' ELSE 'shoes' END FROM generate_series(1, 10) AS i;
INSERT INTO event (lead, kind, at, weight, product) VALUES ('f', 'question', now(), 1, 'shoes'), ('g', 'view', now(), 2, 'hats'), ('g', 'view', now(), -1, 'shoes'), ('h', 'view', now(), -1, 'hats');
SELECT * FROM told('f');
SELECT * FROM told('g');
SELECT * FROM told('h');
-- Repetitions are interactions of no points; of those of one instant the strongest counts, of those as strong the last in C order.
INSERT INTO event (lead, kind, at, weight, product) VALUES ('i', 'mail', now() - interval '1 hour', 1, 'hats'), ('i', 'mail', now(), 1, 'shoes'),
	('j', 'mail', now(), 1, 'shoes'), ('j', 'mail', now(), 1, 'hats'), ('j', 'mail', now(), 1, NULL), ('j', 'mail', now(), 0.5, 'ties');
SELECT * FROM told('i');
SELECT * FROM told('j');
-- An outcome spends topics too.
INSERT INTO event (lead, kind, at, product) VALUES ('k', 'demo', now() - interval '2 hours', 'hats'), ('k', 'purchase', now() - interval '1 hour', 'hats'), ('k', 'question', now(), 'shoes');
SELECT * FROM told('k');
INSERT INTO event (lead, kind, at, product) VALUES ('k', 'purchase', now(), 'shoes');
SELECT * FROM told('k');
SELECT lead_temperature.top_topic('event', 'k');
SELECT * FROM adds_up();
-- Late, changed and deleted rows; what only their topic changes leaves the lead as it was.
SELECT ctid AS before FROM event_lead WHERE lead = 'a' \gset
UPDATE event SET product = 'boots' WHERE lead = 'a' AND product = 'shoes';
SELECT ctid = :'before' AS untouched FROM event_lead WHERE lead = 'a';
DELETE FROM event WHERE lead = 'a' AND product = 'hats';
UPDATE event SET weight = 3 WHERE lead = 'a' AND product IS NULL;
SELECT * FROM told('a');
-- merged, and taken apart
SELECT lead_temperature.merge_leads('event', 'a', 'f');
SELECT * FROM told('f');
SELECT * FROM told('a') EXCEPT SELECT * FROM told('f');
SELECT lead_temperature.unmerge_lead('event', 'a');
SELECT topic, n FROM told('a');
ROLLBACK;

-- Of archived rows nobody tells what they were about; what they have left has no topic.
BEGIN;
INSERT INTO event (lead, kind, at, product) VALUES ('a', 'demo', '2024-01-01', 'hats'), ('a', 'view', '2024-01-01', 'hats'), ('a', 'view', '2024-01-31', 'shoes'), ('b', 'demo', '2024-01-01', 'hats');
SELECT topic, n, share FROM told('a');
SELECT lead_temperature.archive('event', '2024-01-15');
SELECT topic, n, share FROM told('a');
SELECT topic, n, share FROM told('b');
SELECT lead_temperature.top_topic('event', 'b');
SELECT * FROM adds_up();
ROLLBACK;

-- Random rows: what topics hold is what the rows of each sum up to, and all of them what the lead has.
BEGIN;
SELECT setseed(0.5);
INSERT INTO event (lead, kind, at, weight, product)
	SELECT 'r' || i % 20, (ARRAY['demo', 'question', 'bounce', 'other'])[1 + (random() * 3)::int], date_trunc('minute', now()) - random() * interval '60 days',
		(random() * 4 - 1)::numeric, nullif('p' || (random() * 6)::int, 'p0') FROM generate_series(1, 3000) AS i;
CREATE TEMP TABLE expected AS SELECT e.lead, e.product AS topic, count(*) AS interactions, coalesce(sum(lead_temperature.heat(s.points * e.weight::float8, e.at, '10 days')), lead_temperature.heat(0, now(), '10 days')) AS heat
	FROM event AS e LEFT JOIN lead_temperature.signal AS s ON s.model = 'm' AND s.kind = e.kind GROUP BY 1, 2;
SELECT count(*) AS topics, count(*) FILTER (WHERE x.interactions IS DISTINCT FROM t.interactions OR abs(lead_temperature.score(x.heat, now()) - t.score) > 1e-9) AS wrong
	FROM expected AS x FULL JOIN (SELECT l.lead, t.* FROM event_lead AS l, lead_temperature.topics('event', l.lead) AS t) AS t ON t.lead = x.lead AND t.topic IS NOT DISTINCT FROM x.topic;
SELECT count(*) AS wrong FROM (SELECT lead, (array_agg(topic ORDER BY heat DESC, topic COLLATE "C") FILTER (WHERE topic IS NOT NULL AND lead_temperature.points(heat) > 0))[1] AS top FROM expected GROUP BY 1) AS x
	WHERE top IS DISTINCT FROM lead_temperature.top_topic('event', lead);
-- with a cap, a cooldown and outcomes besides
INSERT INTO event (lead, kind, at, weight, product)
	SELECT 'r' || i % 20, (ARRAY['view', 'mail', 'view', 'mail', 'purchase'])[1 + (random() * 3.6)::int], date_trunc('minute', now()) - random() * interval '60 days',
		(random() * 4 - 1)::numeric, nullif('p' || (random() * 6)::int, 'p0') FROM generate_series(1, 3000) AS i;
SELECT * FROM adds_up();
SELECT count(*) AS wrong FROM (SELECT sum(share) AS share FROM event_ranking, lead_temperature.topics('event', lead) WHERE level > 0 GROUP BY lead) AS t WHERE abs(share - 1) > 1e-9;
ROLLBACK;
SELECT lead_temperature.untrack('event');

-- Topics of any type that makes text, in one way whatever the settings; by expressions.
CREATE TYPE category AS ENUM ('hats', 'shoes');
CREATE DOMAIN page_group AS varchar(20) CHECK (value <> '');
CREATE TABLE visit (lead int, kind text, at timestamptz, n int, category category, pages page_group, properties jsonb, fair timestamptz, tags text[], known boolean, of_class regclass);
INSERT INTO visit VALUES (1, 'demo', now(), 7, 'shoes', 'pricing', '{"product": "hats", "price": "7"}', '2026-03-01', '{a,"b c"}', true, 'event');
SELECT lead_temperature.track('visit', 'lead', 'kind', 'at', model => 'm', create_index => true);
SELECT lead_temperature.top_topic('visit', '1'), (SELECT count(*) FROM lead_temperature.topics('visit', '1') WHERE topic IS NULL) AS without;
CREATE FUNCTION topic_by(topic text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM lead_temperature.alter_tracker('visit', topic => topic);
	SET LOCAL timezone = 'Asia/Tokyo';
	SET LOCAL datestyle = 'German';
	RETURN lead_temperature.top_topic('visit', '1') || coalesce((SELECT ', stale' FROM lead_temperature.trackers WHERE stale), '');
END
$$;
SELECT topic, topic_by(topic) FROM (VALUES ('n'), ('category'), ('pages'), ('properties'), ($$properties ->> 'product'$$), ('fair'), ('tags'), ('known'), ('of_class'),
	($$CASE WHEN n > 5 THEN 'many' END$$), ('n * 2'), ($$upper(pages)$$), ('$$all$$')) AS v (topic);
SELECT topic FROM lead_temperature.sources;
SELECT lead_temperature.alter_tracker('visit', topic => '');
SELECT topic FROM lead_temperature.sources;

-- One that fails for a row is no topic, and leaves no row out; no writer runs it.
CREATE FUNCTION loud(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'read %', $1; RETURN $1; END $$;
SELECT lead_temperature.alter_tracker('visit', topic => $$(100 / (properties ->> 'price')::int)::text$$);
INSERT INTO visit (lead, kind, at, properties) VALUES (2, 'demo', now(), '{"price": "x"}'), (2, 'question', now(), '{"price": 4}'), (2, 'question', now(), '{"price": 0}');
SELECT topic, interactions, round(score::numeric, 3) AS score FROM lead_temperature.topics('visit', '2');
SELECT lead, interactions FROM visit_lead WHERE lead = 2;
SELECT failed, last_failure FROM lead_temperature.sources;
SELECT lead_temperature.alter_tracker('visit', topic => $$loud(properties ->> 'product')$$);
INSERT INTO visit (lead, kind, at, properties) VALUES (3, 'question', now(), '{"product": "hats"}'), (3, 'question', now() - interval '1 day', '{"product": "shoes"}');
INSERT INTO visit (lead, kind, at, properties) VALUES (3, 'question', now() - interval '2 days', '{"product": "late"}');
UPDATE visit SET properties = '{"product": "ties"}' WHERE properties ->> 'product' = 'late';
DELETE FROM visit WHERE properties ->> 'product' = 'ties';
CALL lead_temperature.replay('visit');
SELECT * FROM lead_temperature.drift('visit');
SELECT count(*) FROM lead_temperature.score_breakdown('visit', '3');
SELECT lead_temperature.top_topic('visit', '3');
SELECT lead_temperature.forget('visit', '3', delete_rows => true);
-- what it costs the tracker: nothing that it reads changes
SELECT lead_temperature.alter_tracker('visit', topic => $$properties ->> 'product'$$);
SELECT stale FROM lead_temperature.trackers;

-- Renamed columns are followed; after what leaves a topic that cannot be read leads go on, and have none.
RESET client_min_messages;
ALTER TABLE visit RENAME properties TO props;
SELECT topic, no_topics_because FROM lead_temperature.sources;
ALTER TABLE visit DROP COLUMN props;
INSERT INTO visit (lead, kind, at) VALUES (1, 'question', now());
SELECT paused, stale, paused_because FROM lead_temperature.trackers;
SELECT paused_because, no_topics_because FROM lead_temperature.sources;
SELECT interactions FROM visit_lead WHERE lead = 1;
SELECT topic, interactions FROM lead_temperature.topics('visit', '1');
SELECT lead_temperature.top_topic('visit', '1');
SELECT lead_temperature.pause('visit');
SELECT lead_temperature.resume('visit');
SELECT no_topics_because IS NOT NULL AS still FROM lead_temperature.sources;
ALTER TABLE visit ADD COLUMN props jsonb;
SELECT no_topics_because FROM lead_temperature.sources;
UPDATE visit SET props = '{"product": "hats"}' WHERE lead = 1;
SELECT lead_temperature.top_topic('visit', '1');
ALTER TABLE visit ALTER props TYPE json;
SELECT stale, paused FROM lead_temperature.trackers;
SELECT lead_temperature.top_topic('visit', '1');
ALTER TABLE visit ALTER props TYPE text;
SELECT lead_temperature.top_topic('visit', '1');
SELECT lead_temperature.alter_tracker('visit', topic => 'loud(props)');
CREATE OR REPLACE FUNCTION loud(text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'quiet' $$;
SELECT stale, paused FROM lead_temperature.trackers;
SELECT lead_temperature.top_topic('visit', '1');
DROP FUNCTION loud(text);
SELECT paused, no_topics_because FROM lead_temperature.sources, lead_temperature.trackers;
SELECT lead_temperature.top_topic('visit', '1');
CREATE FUNCTION loud(text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'again' $$;
SELECT lead_temperature.top_topic('visit', '1');
SELECT lead_temperature.alter_tracker('visit', topic => 'category');
ALTER TYPE category RENAME VALUE 'shoes' TO 'boots';
SELECT stale FROM lead_temperature.trackers;
SELECT lead_temperature.top_topic('visit', '1');

-- Several sources, one without topics, one of mapped ids, partitioned, one of records, whose topics are as they were when these changed.
SET client_min_messages = warning;
CREATE TABLE message (id int PRIMARY KEY, email text, subject text, sent timestamptz) PARTITION BY RANGE (id);
CREATE TABLE message_1 (subject text, sent timestamptz, id int NOT NULL, email text);
ALTER TABLE message ATTACH PARTITION message_1 FOR VALUES FROM (0) TO (10);
CREATE INDEX ON message (email);
CREATE TABLE person (email text PRIMARY KEY, lead int);
CREATE INDEX ON person (lead);
CREATE TABLE deal (id int PRIMARY KEY, lead int, stage text, product text, changed timestamptz);
INSERT INTO deal VALUES (1, 1, 'demo', 'hats', now() - interval '10 days');
SELECT lead_temperature.add_source('visit', 'message', 'email', $$'question'$$, 'sent', via => 'person', via_key => 'email', via_lead => 'lead', topic => 'subject');
SELECT lead_temperature.add_source('visit', 'deal', 'lead', 'stage', 'changed', keep_changes => true, topic => 'product');
CREATE TABLE call (lead int, at timestamptz);
SELECT lead_temperature.add_source('visit', 'call', 'lead', $$'question'$$, 'at', create_index => true);
SELECT source, relation, topic FROM lead_temperature.sources ORDER BY 1;
INSERT INTO person VALUES ('ann@x.example', 1);
INSERT INTO message VALUES (1, 'ann@x.example', 'socks', now()), (2, 'ann@x.example', 'boots', now()), (3, 'bob@x.example', 'ties', now());
INSERT INTO call VALUES (1, now());
UPDATE visit SET at = now() - interval '10 days' WHERE lead = 1 AND kind = 'demo';
DELETE FROM visit WHERE lead = 1 AND kind = 'question';
SELECT source, kind, topic, changed_at FROM (SELECT source, kind, topic, round(extract(epoch FROM now() - at) / 86400) AS changed_at FROM visit_change) AS c ORDER BY 3;
-- nothing but the topic of a record: no change, no interaction
UPDATE deal SET product = 'gloves';
SELECT count(*) FROM visit_change;
UPDATE deal SET stage = 'question', changed = now();
SELECT topic, interactions, round(score::numeric, 2) AS score, round(share::numeric, 3) AS share FROM lead_temperature.topics('visit', '1');
SELECT * FROM lead_temperature.drift('visit');
SELECT lead_temperature.alter_source('visit', 2, topic => 'upper(subject)');
SELECT lead_temperature.alter_source('visit', 4, topic => $$product || '?'$$);
UPDATE deal SET stage = 'other', changed = now() + interval '1 second';
SELECT stale FROM lead_temperature.trackers;
SELECT topic, interactions FROM lead_temperature.topics('visit', '1') ORDER BY topic COLLATE "C";
SELECT lead_temperature.alter_source('visit', 2, topic => '');
SELECT lead_temperature.alter_source('visit', 4, topic => '');
SELECT source, topic FROM lead_temperature.sources ORDER BY 1;
SELECT topic, interactions FROM lead_temperature.topics('visit', '1') ORDER BY topic COLLATE "C";
-- the same but for its topic counts every row twice
SELECT lead_temperature.add_source('visit', 'call', 'lead', $$'question'$$, 'at', topic => $$'x'$$);
\echo :LAST_ERROR_SQLSTATE

-- Only read, also in a transaction that only reads, and by its own rows.
BEGIN READ ONLY;
SELECT lead_temperature.top_topic('visit', '1');
COMMIT;
BEGIN;
INSERT INTO visit (lead, kind, at, category) VALUES (9, 'demo', now(), 'hats');
SELECT lead_temperature.top_topic('visit', '9');
ROLLBACK;

-- What is refused.
\set VERBOSITY default
RESET client_min_messages;
SELECT lead_temperature.alter_tracker('visit', topic => 'nothing');
SELECT lead_temperature.alter_tracker('visit', topic => 'now()::text');
SELECT lead_temperature.alter_tracker('visit', topic => '(SELECT 1)');
SELECT lead_temperature.alter_tracker('visit', topic => 'n, known');
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'm', topic => '');
SELECT lead_temperature.topics('visit', 'one');
SELECT count(*) FROM lead_temperature.topics('visit', '77');
SELECT lead_temperature.top_topic('visit', '77'), lead_temperature.top_topic('visit', NULL), lead_temperature.top_topic(NULL, '1');
SELECT lead_temperature.topics('event', '1');
CREATE ROLE regress_lt_reader;
GRANT SELECT ON visit, visit_ranking TO regress_lt_reader;
SET ROLE regress_lt_reader;
SELECT lead_temperature.topics('visit', '1');
SELECT lead_temperature.top_topic('visit', '1');
RESET ROLE;
SELECT lead_temperature.untrack('visit');
SELECT count(*) FROM lead_temperature.expression;
DROP OWNED BY regress_lt_reader;
DROP ROLE regress_lt_reader;
DROP TABLE event, visit, message, person, deal, call;
DROP FUNCTION told, adds_up, topic_by, loud;
DROP DOMAIN page_group;
DROP TYPE category;
DELETE FROM lead_temperature.model WHERE name = 'm';
