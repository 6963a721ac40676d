--
-- Expressions in the place of columns, and a filter: tables that do not hold interactions as track would have them.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE SCHEMA crm;
SET search_path = crm, public;

-- Messages of customers, agents and bots of several teams; kinds are integers, an URL and a jsonb; times are seconds; rows are deleted softly.
CREATE TABLE message (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, contact int, kind_id int, author text, team int, url text, payload jsonb,
	sent int8, deleted_at timestamptz, "Weird ""name" numeric, last_seen timestamptz);
CREATE INDEX ON message (contact);
SELECT lead_temperature.create_model('mine');
SELECT lead_temperature.track('message', 'contact',
	$$CASE kind_id WHEN 1 THEN 'question' WHEN 2 THEN 'call' ELSE CASE WHEN url LIKE '%/pricing%' THEN 'pricing_view' WHEN url ~ '^https://[^/]+/demo' THEN 'demo_request' ELSE payload ->> 'kind' END END$$,
	'sent', $$coalesce("Weird ""name", 1)$$, model => 'mine', filter => $$author = 'customer' AND team = 3 AND deleted_at IS NULL$$);
SELECT role, expression FROM lead_temperature.expression ORDER BY role;
CREATE VIEW lead AS SELECT lead, round(lead_temperature.points(heat)::numeric, 2) AS points, stage, interactions AS n, first_at, last_at FROM message_lead ORDER BY lead;

INSERT INTO message (contact, kind_id, author, team, url, payload, sent) VALUES
	(1, 1, 'customer', 3, NULL, NULL, 1767225600), (1, 0, 'customer', 3, 'https://x.example/pricing?a=b', NULL, 1767225660),
	(1, 1, 'agent', 3, NULL, NULL, 1767225700), (1, 1, 'customer', 4, NULL, NULL, 1767225700), (1, 1, NULL, 3, NULL, NULL, 1767225700),
	(2, 0, 'customer', 3, 'https://x.example/demo/book', NULL, 1767225600),
	(3, 0, 'customer', 3, NULL, '{"kind": "visit"}', 1767225600), (4, 2, 'bot', 3, NULL, NULL, 1767225600);
TABLE lead;
SELECT * FROM lead_temperature.drift('message');
-- a row that is sent to the bin leaves, and comes back
UPDATE message SET deleted_at = '2026-01-02' WHERE contact = 2;
TABLE lead;
UPDATE message SET deleted_at = NULL, "Weird ""name" = 0.5 WHERE contact = 2;
TABLE lead;
SELECT reason, rows FROM lead_temperature.skipped_rows('message');
SELECT kind, interactions FROM lead_temperature.unmapped_kinds('message');
-- what it does not read costs nothing
SELECT ctid AS before FROM message_lead WHERE lead = 1 \gset
UPDATE message SET last_seen = '2026-01-03';
SELECT ctid = :'before' AS untouched FROM message_lead WHERE lead = 1;
-- late, deleted, replayed, archived, in history
INSERT INTO message (contact, kind_id, author, team, sent) SELECT 1, 1, 'customer', 3, 1767139200 + 60 * i FROM generate_series(1, 300) AS i;
INSERT INTO message (contact, kind_id, author, team, sent) VALUES (1, 2, 'customer', 3, 1767139201), (1, 2, 'customer', 3, -1), (1, 2, 'customer', 3, NULL), (1, 2, 'customer', 3, 9223372036854775807);
DELETE FROM message WHERE id BETWEEN 20 AND 120;
SELECT * FROM lead_temperature.drift('message');
CALL lead_temperature.replay('message');
SELECT * FROM lead_temperature.drift('message');
SELECT lead, interactions FROM lead_temperature.leads_as_of('message', '2026-01-01') ORDER BY lead;
SELECT count(*) FROM lead_temperature.score_history('message', '2025-12-31', '2026-01-02');
SELECT lead_temperature.archive('message', '2026-01-01');
DELETE FROM message WHERE sent < 1767225600;
TABLE lead;
SELECT * FROM lead_temperature.drift('message');
SELECT kind, interactions FROM lead_temperature.score_breakdown('message', '1') ORDER BY kind;

-- An expression that fails for a row fails no writer: the row counts nowhere.
DROP VIEW lead;
SELECT lead_temperature.untrack('message');
TRUNCATE message;
SELECT lead_temperature.track('message', 'contact', $$payload ->> 'kind'$$, $$to_timestamp((payload ->> 'at')::float8)$$, $$(payload ->> 'weight')::float8$$,
	model => 'mine', filter => $$(payload ->> 'real')::boolean$$);
INSERT INTO message (contact, payload) VALUES
	(1, '{"kind": "question", "at": 1767225600, "real": true}'), (1, '{"kind": "question", "at": "yesterday", "real": true}'),
	(1, '{"kind": "question", "at": 1767225600, "real": "perhaps"}'), (2, '{"kind": "call", "at": 1767225600, "weight": "heavy", "real": 1}'),
	(2, '{"kind": "call", "at": 1767225600, "weight": 2, "real": 1}'), (3, '{"kind": "call", "at": 1767225600, "real": false}'), (4, NULL);
SELECT lead, interactions FROM message_lead ORDER BY lead;
UPDATE message SET payload = payload || '{"at": "never"}' WHERE contact = 1;
SELECT lead, interactions FROM message_lead ORDER BY lead;
SELECT reason, rows FROM lead_temperature.skipped_rows('message');
INSERT INTO message (contact, payload) VALUES (5, '{"kind": "odd", "at": 1767225600, "real": true}'), (6, '{"kind": "odd", "at": 1767225700, "real": true}'), (6, '{"kind": "odder", "at": "x", "real": true}'), (6, '{"at": 1767225800, "real": true}');
SELECT kind, interactions, leads, last_at - first_at AS within FROM lead_temperature.unmapped_kinds('message');
DELETE FROM message WHERE contact IN (5, 6);
CALL lead_temperature.replay('message');
SELECT * FROM lead_temperature.drift('message');
SELECT lead, interactions FROM message_lead ORDER BY lead;
BEGIN;
SAVEPOINT a;
INSERT INTO message (contact, payload) SELECT i % 50, CASE WHEN i % 7 = 0 THEN '{"at": "x", "real": true}' ELSE '{"kind": "call", "at": 1767225600, "real": true}' END::jsonb FROM generate_series(1, 1000) AS i;
ROLLBACK TO a;
INSERT INTO message (contact, payload) SELECT i % 50, CASE WHEN i % 7 = 0 THEN '{"at": "x", "real": true}' ELSE '{"kind": "call", "at": 1767225600, "real": true}' END::jsonb FROM generate_series(1, 1000) AS i;
COMMIT;
SELECT sum(interactions) FROM message_lead;
SELECT * FROM lead_temperature.drift('message');
SELECT lead_temperature.untrack('message');

-- Owners and vendors change what is read: renames are followed; whatever else pauses the tracker, and writers go on.
CREATE TYPE mood AS ENUM ('question', 'call');
CREATE FUNCTION crm.kind_of(int) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT CASE $1 WHEN 1 THEN 'question' ELSE 'call' END $$;
CREATE FUNCTION crm.same(int, int) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT $1 = $2 $$;
CREATE OPERATOR crm.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = crm.same);
TRUNCATE message;
SELECT lead_temperature.track('message', 'contact', 'kind_of(kind_id)', $$to_timestamp(sent)$$, model => 'mine', filter => 'team === 3');
SELECT role, expression FROM lead_temperature.expression ORDER BY role;
INSERT INTO message (contact, kind_id, team, sent) VALUES (1, 1, 3, 1767225600), (1, 1, 4, 1767225600);
ALTER TABLE message RENAME team TO "The team";
ALTER TABLE message RENAME kind_id TO kind;
ALTER TABLE message RENAME sent TO at;
ALTER TABLE message RENAME contact TO who;
ALTER SCHEMA crm RENAME TO crm2;
ALTER SCHEMA crm2 RENAME TO crm;
SELECT role, expression FROM lead_temperature.expression ORDER BY role;
INSERT INTO message (who, kind, "The team", at) VALUES (1, 1, 3, 1767225601), (1, 1, 4, 1767225600);
SELECT lead, interactions FROM message_lead;
SELECT * FROM lead_temperature.drift('message');
-- another definition of a function
CREATE OR REPLACE FUNCTION crm.kind_of(int) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'call' $$;
SELECT stale, paused, paused_because FROM lead_temperature.trackers;
CALL lead_temperature.replay('message');
SELECT lead, round(lead_temperature.points(heat)) AS points FROM message_lead;
-- another type that reads alike, and one that does not
ALTER TABLE message ALTER at TYPE float8;
SELECT stale, paused FROM lead_temperature.trackers;
CALL lead_temperature.replay('message');
ALTER TABLE message ALTER at TYPE date USING '2026-01-01';
SELECT stale, paused, paused_because FROM lead_temperature.trackers;
INSERT INTO message (who, kind, "The team", at) VALUES (1, 1, 3, '2026-01-02');
SELECT lead_temperature.resume('message');
SELECT lead_temperature.drift('message');
ALTER TABLE message ALTER at TYPE int8 USING extract(epoch FROM at);
SELECT lead_temperature.resume('message');
SELECT stale, paused, paused_because FROM lead_temperature.trackers;
SELECT * FROM lead_temperature.drift('message');
-- dropped
ALTER TABLE message DROP COLUMN "The team";
INSERT INTO message (who, kind, at) VALUES (2, 1, 1767225601);
SELECT stale, paused, paused_because FROM lead_temperature.trackers;
ALTER TABLE message ADD COLUMN "The team" int DEFAULT 3;
SELECT lead_temperature.resume('message');
SELECT lead, interactions FROM message_lead ORDER BY lead;
DROP FUNCTION crm.kind_of;
INSERT INTO message (who, kind, at) VALUES (3, 1, 1767225601);
SELECT stale, paused, paused_because FROM lead_temperature.trackers;
SELECT lead_temperature.untrack('message');

-- Leads may be expressions too, and an index leads to them: on the expression, after columns that the filter equates, or partial.
CREATE TABLE click (id int PRIMARY KEY, email text, kind text, at timestamptz, team int, payload jsonb, deleted boolean DEFAULT false);
CREATE FUNCTION leads_by(lead text, definition text, filter text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	made text;
	plan text;
BEGIN
	EXECUTE 'CREATE INDEX leads ON click ' || definition;
	BEGIN
		PERFORM lead_temperature.track('click', lead, 'kind', 'at', model => 'mine', filter => filter);
		made := 'tracked';
		INSERT INTO click VALUES (1, 'Ann@x.example', 'question', '2026-01-01', 3, '{"user": 7}'), (2, 'ann@X.example', 'call', '2026-01-02', 3, '{"user": 8}'),
			(3, 'ann@x.example', 'call', '2025-12-31', 4, '{"user": 7}'), (4, 'bob@x.example', 'question', '2026-01-01', 3, '{"user": 7}');
		INSERT INTO click VALUES (5, 'ANN@x.example', 'question', '2025-12-01', 3, '{"user": 7}'); -- comes late
		UPDATE click SET deleted = true WHERE id = 4;
		SELECT made || ': ' || string_agg(l::text || ' ' || interactions, ', ' ORDER BY l::text) INTO made FROM (SELECT c.lead, c.interactions FROM click_lead AS c) AS t (l, interactions);
		made := made || ', drift ' || (SELECT count(*) FROM lead_temperature.drift('click'));
		PERFORM lead_temperature.untrack('click');
		DELETE FROM click;
	EXCEPTION WHEN object_not_in_prerequisite_state THEN
		made := SQLERRM;
	END;
	DROP INDEX leads;
	RETURN made;
END
$$;
SELECT lead, definition, filter, leads_by(lead, definition, filter) FROM (VALUES
	('email', '(email)', NULL), ('email', '(email, at)', 'team = 3'), ('email', '(at, email)', NULL),
	('lower(email)', '(lower(email))', NULL), ('lower(email)', '(lower(email) COLLATE "C")', NULL), ('lower(email)', '(upper(email))', NULL), ('lower(email)', '(email)', NULL),
	('email', '(team, email)', 'team = 3'), ('email', '(team, email)', 'team > 3'), ('email', '(team, email)', 'team = 3 OR deleted'), ('email', '(team, deleted, email)', 'deleted = false AND team = 1 + 2'),
	('lower(email)', '(team, lower(email), at)', $$team = 3 AND payload ->> 'user' = '7'$$),
	('email', '(email) WHERE team = 3', 'team = 3'), ('email', '(email) WHERE team > 0', 'team = 3'), ('email', '(email) WHERE team > 0', 'team IN (3, 4)'), ('email', '(email) WHERE team > 3', 'team = 3'), ('email', '(email) WHERE team = 3', NULL),
	('email', '(email) WHERE NOT deleted', 'NOT deleted'), ('email', '(email) WHERE NOT deleted AND team = 3', $$NOT deleted AND team = 3 AND kind LIKE 'q%'$$),
	($$(payload ->> 'user')::int$$, $$(((payload ->> 'user')::int))$$, NULL), ($$(payload ->> 'user')::int$$, $$(((payload ->> 'user')::int)) WHERE team = 3$$, 'team = 3'),
	('email', 'USING hash (email)', NULL), ('email', '(email text_pattern_ops)', NULL), ('email COLLATE "C"', '(email COLLATE "C")', NULL)) AS v (lead, definition, filter);
DROP TABLE click;

-- What is refused.
\set VERBOSITY default
\set QUIET on
CREATE FUNCTION refused(arguments text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
	context text;
BEGIN
	EXECUTE 'SELECT lead_temperature.track(''message'', ' || arguments || ', model => ''mine'')';
	RAISE EXCEPTION 'tracked';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
	RETURN CASE WHEN SQLSTATE = 'P0001' THEN SQLERRM ELSE concat_ws(E'\n\t', SQLSTATE || ' ' || SQLERRM, nullif(detail, ''), nullif(hint, ''), substring(context FROM 'expression for argument[^\n]*')) END;
END
$$;
\pset format unaligned
\pset tuples_only
SELECT refused(a) FROM (VALUES
	($$'who', 'kond', 'at'$$),
	($$'who', 'url || now()', 'at'$$),
	($$'who', '(SELECT ''x'')', 'at'$$),
	($$'who', 'max(url)', 'at'$$),
	($$'who', 'row_number() OVER ()', 'at'$$),
	($$'who', 'url, author', 'at'$$),
	($$'who', 'url AS kind', 'at'$$),
	($$'who', 'url FROM pg_class', 'at'$$),
	($$'who', 'url WHERE true', 'at'$$),
	($$'who', 'url; DROP TABLE message', 'at'$$),
	($$'who', 'url UNION SELECT author', 'at'$$),
	($$'who', '', 'at'$$),
	($$'who', 'regexp_split_to_table(url, ''/'')', 'at'$$),
	($$'who', 'other.url', 'at'$$),
	($$'who', 'message', 'at'$$),
	($$'who', 'message.*', 'at'$$),
	($$'who', 'tableoid::int', 'at'$$),
	($$'who', 'url', 'url || ''x'''$$),
	($$'who', 'url', 'at', 'author || ''x'''$$),
	($$'who', 'url', 'at', filter => 'kind + 1'$$),
	($$'who', 'url', 'at', filter => 'kind'$$),
	($$'who', 'url', 'at', filter => 'nothing'$$),
	($$'who', 'url', 'at::timestamp AT TIME ZONE current_setting(''timezone'')'$$),
	($$'who + 1', 'url', 'at'$$),
	($$'who + 1', 'url', 'at', create_index => true$$),
	($$'point(who, who)', 'url', 'at'$$)) AS v (a);
SELECT refused($$'who::regclass', 'url', 'at'$$);
SELECT refused($$'who', '*', 'at'$$);
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
GRANT CREATE, USAGE ON SCHEMA crm TO regress_lt_owner, regress_lt_other;
ALTER TABLE message OWNER TO regress_lt_owner;
SET ROLE regress_lt_other;
CREATE FUNCTION crm.evil(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN current_user; END $$;
SET ROLE regress_lt_owner;
SELECT lead_temperature.create_model('owned');
SELECT refused($$'who', 'evil(url)', 'at'$$);
SELECT refused($$'who', 'url', 'at', filter => 'evil(url) = ''x'''$$);
-- made so, and given to another, it is not run as that one
RESET ROLE;
ALTER FUNCTION crm.evil(text) OWNER TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.track('message', 'who', 'evil(url)', 'at', model => 'owned');
RESET ROLE;
ALTER TABLE message OWNER TO CURRENT_USER;
SELECT paused, paused_because FROM lead_temperature.trackers;
INSERT INTO message (who, url, at) VALUES (7, 'x', 1767225601);
SELECT count(*) FROM message_lead WHERE lead = 7;
SELECT lead_temperature.untrack('message');

-- What a superuser may have done to the table of expressions is told, and untrack mends it.
SELECT lead_temperature.track('message', 'who', 'url', 'at', model => 'mine');
\set VERBOSITY terse
INSERT INTO lead_temperature.expression VALUES ('message'::regclass, 1, 'filter', 'nothing()');
CREATE PROCEDURE damage(expression text) LANGUAGE plpgsql AS $$
BEGIN
	UPDATE lead_temperature.expression AS e SET expression = damage.expression, fault = NULL;
	UPDATE lead_temperature.tracker SET paused = false;
	PERFORM lead_temperature.reload_trackers();
	INSERT INTO message (who, url, at) VALUES (7, 'x', 1767225601);
END
$$;
CALL damage('nothing()');
CALL damage('(SELECT true)');
CALL damage('random() > 0.5');
SELECT paused_because FROM lead_temperature.trackers;
UPDATE lead_temperature.tracker SET paused = false;
SELECT pg_get_constraintdef(oid) AS known_roles FROM pg_constraint WHERE conname = 'expression_role_known' \gset
ALTER TABLE lead_temperature.expression DROP CONSTRAINT expression_role_known;
UPDATE lead_temperature.expression SET role = 'x', fault = NULL;
SELECT lead_temperature.reload_trackers();
INSERT INTO message (who, url, at) VALUES (7, 'x', 1767225601);
DO $$
BEGIN
	ALTER TABLE lead_temperature.expression ADD extra int;
	INSERT INTO message (who, url, at) VALUES (7, 'x', 1767225601);
EXCEPTION WHEN OTHERS THEN
	RAISE WARNING '%', SQLERRM;
END
$$;
SELECT lead_temperature.untrack('message');
TABLE lead_temperature.expression;
ALTER TABLE lead_temperature.expression ADD CONSTRAINT expression_role_known :known_roles;
SET search_path = public;
SET client_min_messages = warning;
DROP SCHEMA crm CASCADE;
DROP OWNED BY regress_lt_owner, regress_lt_other;
DROP ROLE regress_lt_owner, regress_lt_other;
DELETE FROM lead_temperature.model WHERE name IN ('mine', 'owned');
