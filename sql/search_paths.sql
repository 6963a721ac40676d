--
-- Whatever stands first in the search_path of a caller, nothing of it runs
--
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- Every function in SQL language has a body whose names were resolved when it was created, or a pinned path.
CREATE VIEW sql_function AS
SELECT p.oid::regprocedure AS function, p.prosqlbody IS NOT NULL AS resolved, coalesce(array_to_string(p.proconfig, ' '), '') ~ '^search_path=pg_catalog, pg_temp$' AS pinned
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'lead_temperature')
WHERE l.lanname = 'sql';
SELECT * FROM sql_function ORDER BY function::text COLLATE "C";
SELECT function FROM sql_function WHERE NOT resolved AND NOT pinned;
-- all others are in C
SELECT l.lanname, count(*) > 80 AS many FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = 'lead_temperature'::regnamespace AND p.prokind IN ('f', 'p') AND l.lanname <> 'sql' GROUP BY 1;
-- stage_order is still inlined
EXPLAIN (VERBOSE, COSTS OFF) SELECT lead_temperature.stage_order(s) FROM unnest(NULL::lead_temperature.stage[]) s;

-- A table with all that a tracker can make.
CREATE TABLE log (lead int, kind text, at timestamptz, weight float8);
INSERT INTO log SELECT i % 40, (ARRAY['visit', 'call', 'demo_request', 'purchase'])[1 + i % 4], '2024-01-01'::timestamptz + i * interval '5 hours', 1 FROM generate_series(1, 400) i;
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', 'weight', create_index => true, funnel_counts => true);
SELECT lead_temperature.archive('log', '2024-01-05') > 0 AS archived;
INSERT INTO log VALUES (1, 'visit', '2024-01-04', 1), (1, 'visit', now() + interval '100 days', 1);
SELECT lead_temperature.add_module('log', 'handoff');
SELECT lead_temperature.set_handoff('log', 'hot'), lead_temperature.set_team('log', 'few', 'log', 'lead', 'weight < 2 AND lead IN (1, 2)');
INSERT INTO lead_temperature.service_level (model, time_zone) VALUES ('log', 'Europe/Helsinki');
INSERT INTO lead_temperature.working_hours VALUES ('log', 1, '00:00', '24:00'), ('log', 3, '09:00', '17:00');
INSERT INTO log VALUES (1, 'demo_request', now(), 1), (2, 'demo_request', now(), 1), (3, 'demo_request', now(), 1);
CREATE TYPE word AS ENUM ('cold', 'warm', 'hot');
CREATE DOMAIN short AS varchar(30);
CREATE TABLE log_target (id bigint PRIMARY KEY, stage short, word word, hot_until timestamptz, level float8);
INSERT INTO log_target SELECT i FROM generate_series(0, 60) i;
SELECT lead_temperature.write_back('log', 'log_target', 'id', stage => 'stage', temperature => 'word', hot_until => 'hot_until', level => 'level') > 0 AS written;
CREATE TABLE log_firm (lead int PRIMARY KEY, firm text, address text);
INSERT INTO log_firm SELECT i, CASE WHEN i % 2 = 0 THEN 'firm ' || i % 5 END, 'x@firm' || i % 3 || '.example' FROM generate_series(0, 60) i;
SELECT lead_temperature.add_module('log', 'accounts');
SELECT lead_temperature.set_accounts('log', 'log_firm', 'lead', 'upper(firm)', 'address') > 0 AS kept;
INSERT INTO lead_temperature.trained_model SELECT 'log', -4, 0.1, '10 days', at, at, at, at, at FROM (VALUES ('2024-01-05'::timestamptz)) v (at);

-- No view, policy, check, default, generated column, index, trigger, function, aggregate, operator or cast of the extension or of a
-- tracker depends on an operator, function, type or collation of any other schema than pg_catalog and lead_temperature.
CREATE VIEW used AS
WITH RECURSIVE member AS (
	SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e' AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'lead_temperature')
	UNION
	SELECT 'pg_class'::regclass, r.o FROM lead_temperature.tracker t, unnest(ARRAY[t.interactions, t.state, t.transitions, t.base, t.counts, t.deltas, t.ranking, t.funnel, t.funnel_weekly]::oid[]) r (o)
	UNION
	-- what belongs to a member: rules, policies, constraints, defaults, indexes, triggers, row types
	SELECT d.classid, d.objid FROM member m JOIN pg_depend d ON d.refclassid = m.classid AND d.refobjid = m.objid AND d.deptype IN ('i', 'a')
)
SELECT DISTINCT m.classid, m.objid, d.refclassid, d.refobjid, coalesce(p.pronamespace, o.oprnamespace, t.typnamespace, c.collnamespace)::regnamespace AS schema
FROM member m JOIN pg_depend d ON d.classid = m.classid AND d.objid = m.objid
LEFT JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
LEFT JOIN pg_operator o ON d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
LEFT JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
LEFT JOIN pg_collation c ON d.refclassid = 'pg_collation'::regclass AND c.oid = d.refobjid;
CREATE VIEW foreign_use AS
SELECT pg_describe_object(classid, objid, 0) AS object, pg_describe_object(refclassid, refobjid, 0) AS uses FROM used WHERE schema NOT IN ('pg_catalog'::regnamespace, 'lead_temperature'::regnamespace)
	AND NOT (refclassid = 'pg_type'::regclass AND (SELECT typrelid FROM pg_type WHERE oid = refobjid) <> 0);
-- what it would show
BEGIN;
CREATE FUNCTION foreign_function(text) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
CREATE OPERATOR <~ (FUNCTION = text_lt, LEFTARG = text, RIGHTARG = text);
ALTER TABLE lead_temperature.signal ADD CHECK (kind::text <~ 'x');
CREATE POLICY foreign_policy ON lead_temperature.model USING (foreign_function(name));
ALTER TABLE lead_temperature.training_report ALTER leads SET DEFAULT CASE WHEN foreign_function('x') THEN 1 END, ADD made bool GENERATED ALWAYS AS (foreign_function(model)) STORED;
CREATE INDEX foreign_index ON log_lead (foreign_function('x'));
ALTER VIEW log_funnel ALTER leads SET DEFAULT CASE WHEN foreign_function('x') THEN 1 END;
CREATE OR REPLACE VIEW lead_temperature.model_current AS SELECT t.interactions, foreign_function(t.model) AS is_current FROM lead_temperature.tracker t;
SELECT * FROM foreign_use ORDER BY 1, 2;
ROLLBACK;
-- and does
SELECT * FROM foreign_use;

-- A schema full of traps: each operator and function of pg_catalog that could be meant, and types of the names that we use.
CREATE SCHEMA hostile;
GRANT USAGE ON SCHEMA hostile TO PUBLIC;
CREATE FUNCTION hostile.trap(what pg_catalog.text) RETURNS pg_catalog.bool LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hostile % runs as %', what, current_user; END $$;
DO $$
DECLARE
	types oid[] := ARRAY['lead_temperature.stage', 'lead_temperature.status', 'lead_temperature.temperature', 'lead_temperature.heat', 'lead_temperature.funnel', 'pg_catalog.text', 'pg_catalog.float8', 'pg_catalog.float4', 'pg_catalog.int2',
		'pg_catalog.int4', 'pg_catalog.int8', 'pg_catalog.numeric', 'pg_catalog.bool', 'pg_catalog.name', 'pg_catalog.oid', 'pg_catalog.regclass', 'pg_catalog.timestamptz', 'pg_catalog.timestamp', 'pg_catalog.date', 'pg_catalog.interval', 'pg_catalog."char"']::regtype[]::oid[];
	o record;
	f record;
	t text;
BEGIN
	-- operators of each type, and those that pg_catalog has for two types, of the names that matter
	FOR o IN SELECT n.name, format_type(a, NULL) AS l, format_type(b, NULL) AS r FROM unnest(ARRAY['=', '<>', '<', '>', '<=', '>=', '+', '-', '*', '/', '||', '~', '!~']) AS n (name), unnest(types) a, unnest(types) b
		WHERE a = b OR EXISTS (SELECT FROM pg_operator p WHERE p.oprname = n.name AND p.oprleft = a AND p.oprright = b) LOOP
		EXECUTE format('CREATE FUNCTION hostile.%I(%s, %s) RETURNS %s LANGUAGE plpgsql AS $f$ BEGIN PERFORM hostile.trap(%L); END $f$',
			'operator ' || o.name, o.l, o.r, CASE WHEN o.name IN ('+', '-', '*', '/', '||') THEN o.l ELSE 'bool' END, o.l || o.name || o.r);
		EXECUTE format('CREATE OPERATOR hostile.%s (FUNCTION = hostile.%I, LEFTARG = %s, RIGHTARG = %s)', o.name, 'operator ' || o.name, o.l, o.r);
	END LOOP;
	-- functions of pg_catalog under their names and arguments, and aggregates
	FOR f IN SELECT DISTINCT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
		AND p.proname IN ('now', 'date_trunc', 'timezone', 'isfinite', 'pg_has_role', 'date_part', 'extract', 'lower', 'length', 'make_interval', 'clock_timestamp', 'current_database', 'format', 'unnest', 'int4', 'int8', 'float8', 'text', 'abs', 'exp', 'round', 'quote_ident', 'setval', 'pg_partition_tree', 'generate_series')
		AND pg_get_function_identity_arguments(p.oid) !~ 'any|VARIADIC|OUT' LOOP
		EXECUTE format('CREATE FUNCTION hostile.%I(%s) RETURNS bool LANGUAGE plpgsql AS $f$ BEGIN RETURN hostile.trap(%L); END $f$', f.proname, f.arguments, f.proname);
	END LOOP;
	CREATE FUNCTION hostile.step(pg_catalog.int8, pg_catalog.float8) RETURNS pg_catalog.int8 LANGUAGE plpgsql AS $f$ BEGIN PERFORM hostile.trap('aggregate'); END $f$;
	CREATE FUNCTION hostile.step_text(pg_catalog.int8, pg_catalog.text) RETURNS pg_catalog.int8 LANGUAGE plpgsql AS $f$ BEGIN PERFORM hostile.trap('aggregate'); END $f$;
	FOREACH t IN ARRAY ARRAY['sum', 'min', 'max', 'count', 'bool_or', 'array_agg', 'auc', 'lift'] LOOP
		EXECUTE format('CREATE AGGREGATE hostile.%I(pg_catalog.float8) (SFUNC = hostile.step, STYPE = pg_catalog.int8, INITCOND = 0)', t);
		EXECUTE format('CREATE AGGREGATE hostile.%I(pg_catalog.text) (SFUNC = hostile.step_text, STYPE = pg_catalog.int8, INITCOND = 0)', t);
	END LOOP;
	FOREACH t IN ARRAY ARRAY['text', 'float8', 'int4', 'int8', 'name', 'timestamptz', 'interval', 'regclass', 'oid'] LOOP
		EXECUTE format('CREATE DOMAIN hostile.%I AS pg_catalog.%1$I CHECK (hostile.trap(%2$L))', t, 'type ' || t);
	END LOOP;
	FOREACH t IN ARRAY ARRAY['stage', 'status', 'temperature', 'heat', 'funnel'] LOOP
		EXECUTE format('CREATE DOMAIN hostile.%I AS pg_catalog.text CHECK (hostile.trap(%2$L))', t, 'type ' || t);
	END LOOP;
	FOREACH t IN ARRAY ARRAY['tracker', 'model', 'signal', 'trackers', 'model_version', 'pg_class', 'pg_roles', 'pg_locks', 'log_lead', 'log'] LOOP
		EXECUTE format('CREATE VIEW hostile.%I AS SELECT hostile.trap(%2$L)', t, 'view ' || t);
	END LOOP;
END
$$;

-- The traps work: a function of a user that pins nothing steps into them, as stage_order would if it pinned nothing.
CREATE FUNCTION place(stage lead_temperature.stage) RETURNS pg_catalog.int4 LANGUAGE sql AS $$ SELECT CASE stage WHEN 'lead' THEN 2 END $$;
CREATE FUNCTION tried(query pg_catalog.text) RETURNS pg_catalog.text LANGUAGE plpgsql AS $$
DECLARE
	n pg_catalog.int8;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'hostile, pg_catalog', true);
	EXECUTE query;
	GET DIAGNOSTICS n = ROW_COUNT;
	PERFORM pg_catalog.set_config('search_path', 'public, pg_catalog', true);
	RETURN CASE n WHEN 0 THEN 'nothing' ELSE 'rows' END;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLERRM;
END
$$;
SELECT tried($$SELECT public.place('lead'::lead_temperature.stage)$$);
SELECT tried($$SELECT now()$$), tried($$SELECT 'x'::text$$), tried($$SELECT 1.5::pg_catalog.float8 < 2.5::pg_catalog.float8$$), tried($$SELECT * FROM log_lead$$), tried($$SELECT sum(1::pg_catalog.float8)$$);

-- A reader of every view of the extension and of a tracker, with all columns and in an order; trackers as their owner.
CREATE TABLE query (n int GENERATED ALWAYS AS IDENTITY, text pg_catalog.text);
INSERT INTO query (text) SELECT format('SELECT v.* FROM %s.%I v ORDER BY v::pg_catalog.text USING OPERATOR(pg_catalog.<)', c.relnamespace::regnamespace, c.relname)
FROM pg_class c WHERE c.relkind = 'v' AND (c.relnamespace = 'lead_temperature'::regnamespace OR c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'log\_%') ORDER BY c.relname COLLATE "C";
SELECT text, tried(text) FROM query WHERE text ~ 'lead_temperature\.|log_(ranking|funnel|funnel_weekly) ' ORDER BY n;
-- what else a tracker shows may be empty
SELECT DISTINCT tried(text) FROM query WHERE text !~ 'lead_temperature\.|log_(ranking|funnel|funnel_weekly) ' AND tried(text) <> 'rows';

-- Every function with nulls for arguments, as far as it can be called in SQL: none runs into a trap.
TRUNCATE query;
INSERT INTO query (text) SELECT format('SELECT %I.%I(%s)', 'lead_temperature', p.proname, (SELECT string_agg('NULL::' || CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace AND t.typcategory <> 'A' THEN 'pg_catalog.' || quote_ident(t.typname) ELSE a.type::regtype::text END, ', ' ORDER BY a.place)
	FROM unnest(p.proargtypes) WITH ORDINALITY a (type, place) JOIN pg_type t ON t.oid = a.type))
FROM pg_proc p WHERE p.pronamespace = 'lead_temperature'::regnamespace AND p.prokind IN ('f', 'a') AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype) AND NOT 'internal'::regtype::oid = ANY (p.proargtypes) AND NOT 'cstring'::regtype::oid = ANY (p.proargtypes);
SELECT count(*) > 80 AS many, count(*) FILTER (WHERE tried(text) ~ 'hostile') AS hostile FROM query;

-- Those that run SQL, with arguments that make them run.
TRUNCATE query;
INSERT INTO query (text) VALUES
	('SELECT lead_temperature.stage_order(s) FROM pg_catalog.unnest(ARRAY[''lead'', ''customer'']::lead_temperature.stage[]) s'),
	('SELECT * FROM lead_temperature.templates()'), ('SELECT * FROM lead_temperature.template_model(''b2b'')'), ('SELECT * FROM lead_temperature.template_signal_group(''b2b'')'), ('SELECT * FROM lead_temperature.template_signal(''b2b'')'),
	('SELECT lead_temperature.create_model(''mine'', ''shop'')'),
	('INSERT INTO lead_temperature.signal_group VALUES (''mine'', ''new'', 3)'), ('UPDATE lead_temperature.signal s SET signal_group = ''new'' WHERE s.kind OPERATOR(pg_catalog.=) ''call'' AND s.model OPERATOR(pg_catalog.=) ''mine'''),
	('UPDATE lead_temperature.model m SET name = ''yours'' WHERE m.name OPERATOR(pg_catalog.=) ''mine'''), ('DELETE FROM lead_temperature.model m WHERE m.name OPERATOR(pg_catalog.=) ''yours'''),
	('SELECT * FROM lead_temperature.leads_as_of(''public.log'', ''2024-02-01'')'),
	('SELECT * FROM lead_temperature.funnel_history(''public.log'', ''2024-02-01'', ''2024-03-01'', ''7 days'')'),
	('SELECT * FROM lead_temperature.observations(''public.log'', ''2024-02-01'', ''2024-03-01'')'),
	('SELECT * FROM lead_temperature.evaluate(''public.log'', ''2024-02-01'', ''2024-03-01'')'),
	('SELECT * FROM lead_temperature.rises_within(''public.log'', ''2024-02-01'', ''2024-03-01'', 3)'),
	('SELECT * FROM lead_temperature.score_history(''public.log'', ''2024-02-01'', ''2024-03-01'')'),
	('SELECT * FROM lead_temperature.set_thresholds(''public.log'')'), ('CALL lead_temperature.replay(''public.log'')'),
	('SELECT * FROM lead_temperature.set_thresholds(''public.log'', hot_probability => 0.9)'),
	('SELECT * FROM lead_temperature.set_thresholds(''public.log'', hot_per_day => 0.1)'),
	('SELECT lead_temperature.probability(l.heat, ''log'') FROM public.log_lead l'),
	('SELECT * FROM lead_temperature.model_weeks(''public.log'')'),
	('SELECT lead_temperature.drift(''public.log'')'), ('SELECT * FROM lead_temperature.score_breakdown(''public.log'', ''1'')'),
	('SELECT * FROM lead_temperature.unmapped_kinds(''public.log'')'),
	('SELECT * FROM lead_temperature.claim(''public.log'', ''Ann'')'), ('SELECT * FROM lead_temperature.claim(''public.log'', ''Ann'', 5, ''few'')'),
	('SELECT * FROM lead_temperature.briefing(''public.log'', ''1'')'),
	('SELECT lead_temperature.log_contact(''public.log'', h.lead::pg_catalog.text, ''Ann'', ''note'') FROM public.log_handoff h WHERE h.agent OPERATOR(pg_catalog.=) ''Ann'''),
	('SELECT lead_temperature.accept(''public.log'', h.lead::pg_catalog.text, ''Ann'') FROM public.log_handoff h WHERE h.agent OPERATOR(pg_catalog.=) ''Ann'' ORDER BY h.id USING OPERATOR(pg_catalog.<) LIMIT 1'),
	('SELECT lead_temperature.release(''public.log'', h.lead::pg_catalog.text, ''Ann'') FROM public.log_handoff h WHERE h.agent OPERATOR(pg_catalog.=) ''Ann'' AND h.closed_at IS NULL ORDER BY h.id USING OPERATOR(pg_catalog.<) LIMIT 1'),
	('SELECT lead_temperature.reject(''public.log'', c.lead, ''Bob'', ''no budget'', ''1 day'') FROM lead_temperature.claim(''public.log'', ''Bob'') c'),
	('SELECT lead_temperature.set_handoff(''public.log'', ''warm'')'), ('SELECT lead_temperature.set_team(''public.log'', ''all'', ''public.log'', ''lead'', ''true'')'), ('SELECT lead_temperature.drop_team(''public.log'', ''all'')'),
	('SELECT lead_temperature.due_at(''log'', ''2024-01-01'', ''3 hours''), lead_temperature.working_time(''log'', ''2024-01-01'', ''2024-02-01'')'),
	('UPDATE lead_temperature.working_hours h SET opens = ''08:00'' WHERE h.weekday OPERATOR(pg_catalog.=) 3'), ('INSERT INTO lead_temperature.holiday VALUES (''log'', ''2024-01-01'')'),
	('SELECT lead_temperature.merge_leads(''public.log'', ''2'', ''3'')'), ('SELECT lead_temperature.unmerge_lead(''public.log'', ''2'')'),
	('INSERT INTO public.log VALUES (1, ''call'', ''2024-04-01'', 1), (50, ''call'', ''2024-04-01'', 1)'), ('UPDATE public.log SET weight = 2'), ('DELETE FROM public.log l WHERE l.lead OPERATOR(pg_catalog.=) 3'),
	('INSERT INTO public.log SELECT i, ''call'', ''2024-04-02'', 1 FROM pg_catalog.generate_series(1, 40) i'), ('SELECT FROM public.log_target t WHERE t.stage IS NOT NULL'),
	('UPDATE lead_temperature.write_target SET words_as_of = ''2024-04-01'''), ('SELECT lead_temperature.refresh_cooled(''public.log'')'),
	('ALTER TABLE public.log_target RENAME stage TO "Stage"'), ('ALTER TABLE public.log_target DROP COLUMN hot_until'),
	('ALTER TABLE public.log_target ADD at pg_catalog.timestamptz'),
	('SELECT lead_temperature.write_back(''public.log'', ''public.log_target'', ''id'', stage => ''Stage'', score => ''level'', last_at => ''at'')'),
	('SELECT lead_temperature.apply_due(''public.log'')'), ('SELECT lead_temperature.compact_counts(''public.log'')'), ('CALL lead_temperature.replay(''public.log'')'), ('SELECT lead_temperature.archive(''public.log'', ''2024-01-20'')'),
	('SELECT lead_temperature.stop_write_back(''public.log'', ''public.log_target'')'),
	('UPDATE public.log_firm SET firm = ''some''::pg_catalog.text'), ('INSERT INTO public.log_firm VALUES (61, ''one'', NULL)'), ('DELETE FROM public.log_firm f WHERE f.lead OPERATOR(pg_catalog.=) 3'),
	('ALTER TABLE public.log_firm RENAME firm TO "Firm"'), ('ALTER TABLE public.log_firm ALTER "Firm" TYPE pg_catalog.varchar'), ('SELECT lead_temperature.refresh_accounts(''public.log'')'),
	('SELECT lead_temperature.company_of_email(''x@acme.com'')'), ('INSERT INTO lead_temperature.mail_provider VALUES (''acme.com'')'),
	('SELECT lead_temperature.set_accounts(''public.log'', account => ''lead OPERATOR(pg_catalog.%) 3'')'), ('INSERT INTO public.log VALUES (99, ''call'', ''2024-04-03'', 1)'),
	('SELECT lead_temperature.pause(''public.log'')'), ('SELECT lead_temperature.resume(''public.log'')'), ('CALL lead_temperature.activate(''public.log'', ''log'')'),
	('ALTER TABLE public.log RENAME kind TO what'), ('ALTER TABLE public.log ADD note pg_catalog.text'), ('ALTER TABLE public.log SET UNLOGGED'),
	('CREATE TABLE public.other (lead pg_catalog.int4, kind pg_catalog.text, at pg_catalog.timestamptz)'),
	('SELECT lead_temperature.track(''public.other'', ''lead'', ''kind'', ''at'', create_index => true, funnel_counts => true)'), ('INSERT INTO public.other VALUES (1, ''call'', ''2024-04-01'')'), ('DROP TABLE public.other CASCADE'),
	('SELECT lead_temperature.untrack(''public.log'')');
SELECT text, tried(text) FROM query ORDER BY n;

SET client_min_messages = warning;
DROP SCHEMA hostile CASCADE;
DROP FUNCTION place, tried;
DROP VIEW foreign_use, used, sql_function;
DROP TABLE log, query, log_target, log_firm;
DELETE FROM lead_temperature.mail_provider;
DROP TYPE word;
DROP DOMAIN short;
DELETE FROM lead_temperature.model;
