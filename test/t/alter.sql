/*
 * alter.sql
 *	  The world of 009_alter.pl: tracked tables of every make, and the function
 *	  that tries one case on one of them.
 *
 * Everything that a case makes or renames has a name that begins with "mine":
 * an error that says such a name tells the user what of his own is in the way.
 */

SET client_min_messages = warning;
CREATE EXTENSION lead_temperature;
CREATE SCHEMA harness;
CREATE SCHEMA home AUTHORIZATION regress_alter_owner;
CREATE SCHEMA mine_schema AUTHORIZATION regress_alter_owner;
GRANT ALL ON SCHEMA home, mine_schema TO regress_alter_other;

/*
 * Tracked tables.
 */

SET ROLE regress_alter_owner;
SELECT lead_temperature.create_model('m');

CREATE TYPE home.kind AS ENUM ('visit', 'pricing_view', 'question', 'demo_request', 'purchase', 'opportunity_lost', 'odd');
CREATE DOMAIN home.number AS int;
CREATE DOMAIN home.instant AS timestamptz CONSTRAINT instant_later CHECK (VALUE > '2000-01-01');
CREATE DOMAIN home.share AS numeric;
CREATE TYPE home.touch AS (id int, lead int, kind text, at timestamptz, weight numeric, note text);

CREATE TABLE home.plain (id int PRIMARY KEY, lead int, kind text, at timestamptz, weight numeric, note text);
CREATE TABLE home.typed OF home.touch (PRIMARY KEY (id));
CREATE TABLE home.domains (id int PRIMARY KEY, lead home.number, kind home.kind, at home.instant, weight home.share, note text);
CREATE TABLE home.parted (id int, lead int, kind text, at timestamptz, weight numeric, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
SELECT format('CREATE TABLE home.parted_old PARTITION OF home.parted FOR VALUES FROM (MINVALUE) TO (%L)', now() - interval '15 days') \gexec
CREATE TABLE home.parted_new PARTITION OF home.parted DEFAULT;
CREATE UNLOGGED TABLE home.unlogged (id int PRIMARY KEY, lead int, kind text, at timestamptz, weight numeric, note text);
-- what the others are compared with: it gets the same rows, and no case alters it
CREATE TABLE home.twin (id int, lead text, kind text, at timestamptz, weight numeric, note text);
-- what cases make their tables and keys of
CREATE TABLE home.mine_parent (mine int);
CREATE TABLE home.mine_target (id int PRIMARY KEY);
INSERT INTO home.mine_target SELECT generate_series(1, 1000);

-- triggers of the user's
CREATE FUNCTION home.mine_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN coalesce(NEW, OLD); END';
CREATE FUNCTION home.mine_suppress() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION home.mine_fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'mine has failed'; END $$;

-- fill gives a table its first rows, the last of which is future as yet.
CREATE FUNCTION home.fill(interactions regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format($sql$
		INSERT INTO %s
		SELECT i, 1 + i %% 8,
			(CASE WHEN i = 33 THEN 'purchase' WHEN i = 34 THEN 'opportunity_lost'
				ELSE (ARRAY['visit', 'pricing_view', 'question', 'demo_request', 'odd'])[1 + i %% 5] END)::%s,
			now() - interval '30 days' + i * interval '18 hours', (ARRAY[1, 2, 0.5, NULL])[1 + i %% 4], 'row'
		FROM generate_series(1, 40) AS i
		UNION ALL SELECT 41, 8, 'question', clock_timestamp() + interval '10 milliseconds', 1, 'future'
		$sql$, interactions,
		(SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = interactions AND attnum = 3));
END
$$;

-- track tracks a table.
CREATE FUNCTION home.track(interactions regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE INDEX ON %s (lead, at)', interactions);
	PERFORM lead_temperature.track(interactions, 'lead', 'kind', 'at', 'weight', 'm', funnel_counts => true);
END
$$;

SELECT home.track(name), home.fill(name)
FROM unnest(ARRAY['home.plain', 'home.typed', 'home.domains', 'home.parted', 'home.unlogged']::regclass[]) AS name;
SELECT home.track('home.twin');
SELECT lead_temperature.add_module('home.typed', 'handoff'), lead_temperature.set_handoff('home.typed', 'hot');
INSERT INTO lead_temperature.service_level (model) VALUES ('m');
INSERT INTO lead_temperature.working_hours VALUES ('m', 1, '00:00', '24:00');
-- one of several tables, of which one has rows; ids of one are mapped, and one has records
CREATE TABLE home.several (LIKE home.plain INCLUDING ALL);
SELECT home.track('home.several'), home.fill('home.several');
CREATE TABLE home.second (id int PRIMARY KEY, lead int, kind text, at timestamptz, note text);
CREATE INDEX ON home.second (lead, at);
CREATE TABLE home.mapped (id int PRIMARY KEY, visitor text, kind text, at timestamptz, note text);
CREATE INDEX ON home.mapped (visitor, at);
CREATE TABLE home.mapping (id int PRIMARY KEY, visitor text, lead int, active bool, note text);
CREATE INDEX ON home.mapping (visitor);
CREATE INDEX ON home.mapping (lead);
SELECT lead_temperature.add_source('home.several', 'home.second', 'lead', 'kind || note', 'at', filter => $$note <> ''$$);
SELECT lead_temperature.add_source('home.several', 'home.mapped', 'visitor', 'kind', 'at', via => 'home.mapping', via_key => 'visitor', via_lead => 'lead', via_filter => 'active');
INSERT INTO home.several_alias VALUES (90, 91), (91, 1);
CREATE TABLE home.record (id int PRIMARY KEY, lead int, kind text, at timestamptz, note text);
SELECT lead_temperature.add_source('home.several', 'home.record', 'lead', 'kind || note', filter => $$note <> ''$$, keep_changes => true);
-- whose leads are written back
CREATE TABLE home.account (id int PRIMARY KEY, lead int UNIQUE, kind text, at timestamptz, score float8, note text);
INSERT INTO home.account SELECT i, i, NULL, NULL, NULL, 'note' FROM generate_series(1, 20) AS i;
SELECT lead_temperature.write_back('home.several', 'home.account', 'lead', stage => 'kind', score => 'score', last_at => 'at');
-- which belong to accounts
CREATE TABLE home.contact (id int PRIMARY KEY, lead int UNIQUE, kind text, at timestamptz, note text);
INSERT INTO home.contact SELECT i, i, 'firm ' || i % 3, now(), CASE WHEN i % 2 = 0 THEN 'x@firm.com' END FROM generate_series(1, 20) AS i;
SELECT lead_temperature.add_module('home.several', 'accounts'), lead_temperature.set_accounts('home.several', 'home.contact', 'lead', $$CASE WHEN id < 10 THEN kind END$$, 'note');
-- and words, of a lead that shows in no view, and at whose stage a word and its taking back can be seen
INSERT INTO home.several VALUES (9000, 95, 'visit', now() - interval '1 day', 1, 'x');
SELECT lead_temperature.exclude('home.several', '95');
DELETE FROM home.several WHERE id = 9000;
RESET ROLE;

-- share_table makes one more tracked table, plain or partitioned.
CREATE FUNCTION home.share_table(name text, model regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE home.%I (LIKE %s INCLUDING ALL EXCLUDING INDEXES) %s', name, model,
		CASE WHEN model = 'home.parted'::regclass THEN 'PARTITION BY RANGE (at)' END);
	IF model = 'home.parted'::regclass THEN
		EXECUTE format('ALTER TABLE home.%I ADD PRIMARY KEY (id, at)', name);
		EXECUTE format('CREATE TABLE home.%I PARTITION OF home.%I FOR VALUES FROM (MINVALUE) TO (%L)', name || '_old', name, now() - interval '15 days');
		EXECUTE format('CREATE TABLE home.%I PARTITION OF home.%I FOR VALUES FROM (%L) TO (MAXVALUE)', name || '_new', name, now() - interval '15 days');
	ELSE
		EXECUTE format('ALTER TABLE home.%I ADD PRIMARY KEY (id)', name);
	END IF;
	EXECUTE format('ALTER TABLE home.%I OWNER TO regress_alter_owner', name);
	PERFORM home.track('home.' || name), home.fill('home.' || name);
END
$$;

/*
 * One case.
 */

-- What happened in the case, in order; found is what may not be.
CREATE TABLE harness.said (step text, state text, message text, hint text, found text);

-- views_of lists the views of a tracked table, by their suffixes.
CREATE FUNCTION harness.views_of(tracked regclass) RETURNS regclass[] LANGUAGE sql AS $$
	SELECT array_agg(v.oid::regclass ORDER BY v.relname)
	FROM lead_temperature.tracker t JOIN pg_class c ON c.oid = t.interactions JOIN pg_class v ON v.relnamespace = c.relnamespace
	WHERE t.interactions = tracked AND v.relkind = 'v' AND starts_with(v.relname, t.prefix || '_')
		AND v.relname !~ '_queue$'	-- who has been handed over before is not told by the rows
		AND v.relname !~ '_account(_lead|_stage)?$'	-- nor of which company he is
$$;

-- What cases may rename.
CREATE TABLE harness.known AS SELECT regclass 'home.twin' AS twin, regprocedure 'lead_temperature.follow()' AS follow,
	harness.views_of('home.twin') AS views;

-- blind switches all event triggers off.
CREATE FUNCTION harness.blind() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE (SELECT string_agg(format('ALTER EVENT TRIGGER %I DISABLE', evtname), ';') FROM pg_event_trigger);
END
$$;

-- can_do tries a statement and undoes it; its SQLSTATE and message, NULL if it can.
CREATE FUNCTION harness.can_do(statements text[], OUT state text, OUT message text) LANGUAGE plpgsql AS $$
DECLARE
	statement text;
BEGIN
	FOREACH statement IN ARRAY statements LOOP
		EXECUTE statement;
	END LOOP;
	SET CONSTRAINTS ALL IMMEDIATE;
	RAISE 'undo' USING ERRCODE = 'ZZZZZ';
EXCEPTION
	WHEN SQLSTATE 'ZZZZZ' THEN
		NULL;
	WHEN OTHERS THEN
		state := SQLSTATE;
		message := SQLERRM;
END
$$;

/*
 * plainly tries a statement as it would be without the extension: its triggers and
 * event triggers are off.
 */
CREATE FUNCTION harness.plainly(statements text[], OUT state text, OUT message text) LANGUAGE plpgsql AS $$
DECLARE
	role text := current_setting('role');
BEGIN
	PERFORM set_config('role', 'none', true);
	PERFORM harness.blind();
	EXECUTE (SELECT coalesce(string_agg(format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname), ';'), 'SELECT')
		FROM pg_trigger WHERE tgfoid = (SELECT follow FROM harness.known));
	PERFORM set_config('role', role, true);
	SELECT c.state, c.message INTO state, message FROM harness.can_do(statements) AS c;
	RAISE 'undo' USING ERRCODE = 'ZZZZZ';
EXCEPTION
	WHEN SQLSTATE 'ZZZZZ' OR OBJECT_IN_USE THEN		-- in use: constraints are still to be checked
		NULL;
END
$$;

/*
 * attempt does one step, and says whether it could; what a query answered is in
 * the setting harness.answer.  An error is what it may be
 * if it has a hint, or names what the case has made, or says what right is lacking
 * on what, or names an object of the extension's that a superuser has altered, or
 * would be the same without the extension; never if it is one of the
 * server's own.
 */
CREATE FUNCTION harness.attempt(step text, statements text[], compared bool DEFAULT false) RETURNS bool LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
	statement text;
	answer text;
	altered text := current_setting('harness.altered');
	state text;
	message text;
	detail text;
	hint text;
	context text;
	plain record;
BEGIN
	FOREACH statement IN ARRAY statements LOOP
		IF statement LIKE 'SELECT %' THEN
			EXECUTE statement INTO answer;
			PERFORM set_config('harness.answer', answer, true);
		ELSE
			EXECUTE statement;
		END IF;
	END LOOP;
	RETURN true;
EXCEPTION WHEN OTHERS OR QUERY_CANCELED OR ASSERT_FAILURE THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
		hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
	INSERT INTO harness.said VALUES (step, state, message, hint, NULL);
	IF compared AND (hint = '' OR state LIKE 'XX%') THEN
		SELECT * INTO plain FROM harness.plainly(statements);
		IF plain.state = state AND plain.message = message THEN
			UPDATE harness.said s SET hint = 'without the extension it is the same' WHERE s.step = step;
			RETURN false;
		END IF;
	END IF;
	-- what a superuser has made of the extension's tables or their rows is called corrupt
	IF (state LIKE 'XX%' AND NOT (state = 'XX001' AND hint <> '' AND altered ~ '(UPDATE|DELETE FROM|TRUNCATE|ALTER TABLE) lead_temperature\.')) OR state LIKE '57%' OR
		(hint = '' AND state <> '42501' AND concat(message, detail, context) !~ '\mmine' AND
		 NOT (altered LIKE 'ALTER SCHEMA lead_temperature %' AND message LIKE '%lead_temperature%') AND
		 NOT (altered LIKE '%lead_temperature.%' AND strpos(altered, coalesce(substring(message FROM '"(?:.*\.)?([^"]+)"'), substring(message FROM '\.(\w+)[( ]'), '?')) > 0)) THEN
		UPDATE harness.said s SET found = state || ' ' || message WHERE s.step = step;
	END IF;
	RETURN false;
END
$$;

-- wrong notes what may not be.
CREATE FUNCTION harness.wrong(step text, what text) RETURNS void LANGUAGE sql AS $$
	INSERT INTO harness.said (step, found) VALUES (step, what)
$$;

-- columns_now names the columns of a tracked table as they are called now: id, lead, kind, at, weight, note; NULL if gone.
CREATE FUNCTION harness.columns_now(interactions regclass) RETURNS name[] LANGUAGE sql AS $$
	SELECT array_agg(coalesce(
		(SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = interactions AND a.attnum = n AND NOT a.attisdropped),
		(SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = interactions AND a.attname = name AND a.attnum > 6)) ORDER BY n)
	FROM unnest(ARRAY['id', 'lead', 'kind', 'at', 'weight', 'note']) WITH ORDINALITY AS c (name, n)
$$;

-- row_sql writes a row as VALUES, of the columns that are there and are no generated ones.
CREATE FUNCTION harness.row_sql(columns name[], id int, lead text, kind text, at timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT '(' || string_agg(quote_literal(value), ', ' ORDER BY n) || ')'
	FROM unnest(columns, ARRAY[id::text, lead, kind, at::text, '2', 'row']) WITH ORDINALITY AS c (name, value, n) WHERE name IS NOT NULL
$$;

-- insert_sql writes the INSERT of some rows.
CREATE FUNCTION harness.insert_sql(interactions regclass, columns name[], VARIADIC rows text[]) RETURNS text LANGUAGE sql AS $$
	SELECT format('INSERT INTO %s (%s) VALUES %s', interactions, array_to_string(columns, ', '), array_to_string(rows, ', '))
$$;

-- figures reads a view as text, without what columns another one lacks.
CREATE FUNCTION harness.figures(view regclass, other regclass) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	figures jsonb;
BEGIN
	EXECUTE format($sql$
		SELECT jsonb_agg(f ORDER BY f) FROM (
			SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each_text(to_jsonb(v)) WHERE key = ANY (ARRAY(
				SELECT attname::text FROM pg_attribute WHERE attrelid = %s AND attnum > 0
				INTERSECT SELECT attname::text FROM pg_attribute WHERE attrelid = %s AND attnum > 0))) AS f
			FROM %s AS v) AS s
		$sql$, view::oid, other::oid, view) INTO figures;
	RETURN figures;
END
$$;

-- count_drift counts what differs from a replay; NULL, and an error noted, if that cannot be told.
CREATE FUNCTION harness.count_drift(step text, interactions regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	drift bigint;
BEGIN
	IF harness.attempt(step, ARRAY[format('SELECT count(*) FROM lead_temperature.drift(%L)', interactions)]) THEN
		drift := current_setting('harness.answer');
	END IF;
	RETURN drift;
END
$$;

-- feed_twin gives the twin the rows of a tracked table, all at once.
CREATE FUNCTION harness.feed_twin(interactions regclass, columns name[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('INSERT INTO %6$s (lead, kind, at, weight) SELECT %1$s::text, %2$s::text, %3$s::timestamptz, %4$s FROM %5$s',
		coalesce(columns[2], 'NULL'), coalesce(columns[3], 'NULL'), coalesce(columns[4], 'NULL'), coalesce(columns[5], 'NULL::numeric'), interactions,
		(SELECT twin FROM harness.known));
END
$$;

-- first_difference tells one row of each side that the other lacks.
CREATE FUNCTION harness.first_difference(own jsonb, twin jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s where the same rows tracked afresh give %s',
		(SELECT o FROM jsonb_array_elements(own) AS o WHERE NOT twin @> jsonb_build_array(o) LIMIT 1),
		(SELECT t FROM jsonb_array_elements(twin) AS t WHERE NOT own @> jsonb_build_array(t) LIMIT 1))
$$;

-- do_all does everything with a tracked table that one does, step by step, and notes what may not be.
CREATE FUNCTION harness.do_all(interactions regclass, mode text, views regclass[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	columns name[] := harness.columns_now(interactions);
	id name := columns[1];
	kind name := columns[3];
	at name := columns[4];
	key text := CASE WHEN (SELECT relkind = 'p' FROM pg_class WHERE oid = interactions) THEN id || ', ' || at ELSE id END;
	twins regclass[] := (SELECT k.views FROM harness.known AS k);
	-- whether another column has a tracked one's name and nobody saw how: the tracker is stale, and follows it
	followed bool;
	swapped bool := mode = 'blind' AND current_setting('harness.altered') LIKE '%RENAME%RENAME%';
	-- whether policies of the user's hide rows of the state from its owner, as who the views read it
	hidden bool := EXISTS (SELECT FROM pg_class AS c WHERE c.relforcerowsecurity AND c.relrowsecurity);
	figures jsonb;
	twin_figures jsonb;
	stale bool;
	drift bigint;
	record regclass;
	written record;
	ranking regclass := (SELECT v FROM unnest(views) AS v WHERE v::text ~ 'ranking');
	well bool := true;
BEGIN
	IF columns[4] IS NULL OR columns[1] IS NULL THEN
		RETURN;
	END IF;

	well := harness.attempt('insert', ARRAY[harness.insert_sql(interactions, columns,
		harness.row_sql(columns, 101, '1', 'visit', now() - interval '1 minute'))], true) AND well;
	well := harness.attempt('bulk insert', ARRAY[harness.insert_sql(interactions, columns, VARIADIC ARRAY(
		SELECT harness.row_sql(columns, 200 + i, (1 + i % 10)::text, CASE WHEN i % 3 = 0 THEN 'question' ELSE 'visit' END,
			now() - interval '50 seconds' + i * interval '1 second') FROM generate_series(1, 20) AS i))], true) AND well;
	well := harness.attempt('new lead', ARRAY[harness.insert_sql(interactions, columns,
		harness.row_sql(columns, 102, '77', 'demo_request', now() - interval '1 second'))], true) AND well;
	well := harness.attempt('late insert', ARRAY[harness.insert_sql(interactions, columns,
		harness.row_sql(columns, 103, '3', 'demo_request', now() - interval '10 days'))], true) AND well;
	well := harness.attempt('future insert', ARRAY[harness.insert_sql(interactions, columns,
		harness.row_sql(columns, 104, '4', 'question', now() + interval '10 days'))], true) AND well;
	well := harness.attempt('update', ARRAY[format('UPDATE %s SET %s = %L, %s = %L WHERE %s = %L',
		interactions, coalesce(kind, at), CASE WHEN kind IS NULL THEN now()::text ELSE 'pricing_view' END, at, now() - interval '5 days', id, 13)], true) AND well;
	well := harness.attempt('delete', ARRAY[format('DELETE FROM %s WHERE %s = %L OR %s = %L', interactions, id, 22, id, 102)], true) AND well;
	well := harness.attempt('upsert', ARRAY[harness.insert_sql(interactions, columns,
		harness.row_sql(columns, 101, '1', 'visit', now() - interval '1 minute'),
		harness.row_sql(columns, 105, '2', 'visit', now() - interval '30 seconds'))
		|| format(' ON CONFLICT (%s) DO UPDATE SET %s = %L', key, coalesce(kind, at), CASE WHEN kind IS NULL THEN now()::text ELSE 'question' END)], true) AND well;
	IF NOT harness.attempt('deferred constraints', ARRAY['SET CONSTRAINTS ALL IMMEDIATE'], true) THEN
		RETURN;		-- the transaction cannot commit
	END IF;

	IF harness.attempt('trackers', ARRAY[format('SELECT bool_or(t.stale OR t.paused) FROM lead_temperature.trackers AS t WHERE t.interactions = %s', interactions::oid)]) THEN
		stale := nullif(current_setting('harness.answer'), '');
	END IF;
	drift := harness.count_drift('drift', interactions);
	/* who empties the table of sources takes from the tracker what it reads, which drift tells */
	IF drift > 0 AND stale IS DISTINCT FROM true AND current_setting('harness.altered') !~ 'TRUNCATE lead_temperature\.source' THEN
		PERFORM harness.wrong('drift', 'drift of ' || drift || ', and not stale');
	END IF;
	well := harness.attempt('replay', ARRAY[format('CALL lead_temperature.replay(%L)', interactions)]) AND well;
	well := harness.attempt('apply_due', ARRAY[format('SELECT lead_temperature.apply_due(%L)', interactions)]) AND well;
	well := harness.attempt('compact_counts', ARRAY[format('SELECT lead_temperature.compact_counts(%L)', interactions)]) AND well;
	IF stale THEN	-- of a model that is another by now
		PERFORM harness.attempt('replay the twin', ARRAY[format('CALL lead_temperature.replay(%L)', (SELECT twin FROM harness.known))]);
	END IF;
	IF harness.attempt('feed the twin', ARRAY[format('SELECT harness.feed_twin(%L, %L)', interactions, columns)], true) THEN
		FOR i IN 1 .. cardinality(views) LOOP
			-- a view that the case has dropped has no name any more
			CONTINUE WHEN views[i]::text ~ '^\d+$' OR NOT harness.attempt('read ' || views[i], ARRAY[format('SELECT harness.figures(%L, %L)', views[i], twins[i])], true);
			figures := nullif(current_setting('harness.answer'), '')::jsonb;
			twin_figures := harness.figures(twins[i], views[i]);
			IF well AND NOT hidden AND NOT swapped AND figures IS DISTINCT FROM twin_figures THEN
				PERFORM harness.wrong('read ' || views[i], harness.first_difference(figures, twin_figures));
			END IF;
		END LOOP;
	END IF;
	-- what is written back is what the leads are, unless a trigger of the user's keeps it from being written, or rows have got other keys
	IF to_regclass('lead_temperature.write_backs') IS NOT NULL AND ranking::text !~ '^\d+$' AND well AND current_setting('harness.altered') !~ 'mine_suppress|account.*USING NULL' THEN
		IF to_regclass('lead_temperature.write_backs') IS NOT NULL AND to_regclass('lead_temperature.trackers') IS NOT NULL THEN
		FOR written IN SELECT b.* FROM lead_temperature.write_backs b JOIN lead_temperature.trackers t ON t.state = b.tracker
			WHERE t.interactions = do_all.interactions AND b.attribute <> 'score' LOOP
			IF harness.attempt('written back', ARRAY[format('SELECT count(*) FROM %s t LEFT JOIN %s r ON r.lead::text = t.%I::text WHERE t.%I::text IS DISTINCT FROM r.%I::text',
				written.target, ranking, written.key, written.column_name, written.attribute)], true) AND current_setting('harness.answer') <> '0' THEN
				PERFORM harness.wrong('written back', format('%s of %s leads was not written', written.attribute, current_setting('harness.answer')));
			END IF;
		END LOOP;
		END IF;
	END IF;
	-- accounts are as their table says, or that they are not is said, where somebody can have seen what was done
	IF to_regclass('lead_temperature.account_sources') IS NOT NULL AND to_regclass('home.several_account') IS NOT NULL AND interactions::text ~ 'several' AND mode IN ('superuser', 'owner') THEN
		IF harness.attempt('accounts', ARRAY['SELECT count(*) FROM home.several_account']) THEN
			followed := NOT EXISTS (SELECT FROM lead_temperature.account_sources WHERE fault IS NOT NULL);
			IF harness.attempt('refresh accounts', ARRAY[format('SELECT lead_temperature.refresh_accounts(%L)', interactions)]) AND followed AND current_setting('harness.answer') <> '0'
				AND current_setting('harness.altered') !~ 'UPDATE lead_temperature\.account_source' THEN
				PERFORM harness.wrong('refresh accounts', format('%s accounts were others', current_setting('harness.answer')));
			END IF;
		END IF;
	END IF;
	PERFORM harness.attempt('unmapped_kinds', ARRAY[format('SELECT * FROM lead_temperature.unmapped_kinds(%L)', interactions)]);
	PERFORM harness.attempt('breakdown', ARRAY[format('SELECT * FROM lead_temperature.score_breakdown(%L, %L)', interactions, '1')]);
	IF harness.attempt('merge', ARRAY[format('SELECT lead_temperature.merge_leads(%L, %L, %L)', interactions, '2', '3')]) THEN
		PERFORM harness.attempt('insert merged', ARRAY[harness.insert_sql(interactions, columns,
			harness.row_sql(columns, 301, '2', 'question', now() - interval '1 second'),
			harness.row_sql(columns, 302, '3', 'visit', now() - interval '9 days'))], true);
		IF harness.attempt('trackers with aliases', ARRAY[format('SELECT bool_or(t.stale OR t.paused) FROM lead_temperature.trackers AS t WHERE t.interactions = %s', interactions::oid)]) AND
			nullif(current_setting('harness.answer'), '')::bool IS FALSE AND harness.count_drift('drift with aliases', interactions) > 0 THEN
			PERFORM harness.wrong('drift with aliases', 'drift of merged leads, and not stale');
		END IF;
		PERFORM harness.attempt('unmerge', ARRAY[format('SELECT lead_temperature.unmerge_lead(%L, %L)', interactions, '2')]);
	END IF;
	IF harness.attempt('say', ARRAY[format('SELECT lead_temperature.set_stage(%L, %L, %L), lead_temperature.exclude(%1$L, %2$L)', interactions, '5', 'lead')]) AND
		harness.attempt('trackers with words', ARRAY[format('SELECT bool_or(t.stale OR t.paused) FROM lead_temperature.trackers AS t WHERE t.interactions = %s', interactions::oid)]) AND
		nullif(current_setting('harness.answer'), '')::bool IS FALSE AND harness.count_drift('drift with words', interactions) > 0 THEN
		PERFORM harness.wrong('drift with words', 'drift after words, and not stale');
	END IF;
	PERFORM harness.attempt('archive', ARRAY[format('SELECT lead_temperature.archive(%L, %L)', interactions, now() - interval '12 days')]);
	PERFORM harness.attempt('insert after archive', ARRAY[harness.insert_sql(interactions, columns,
		harness.row_sql(columns, 106, '5', 'question', now() - interval '11 days'),
		harness.row_sql(columns, 107, '6', 'question', now() - interval '20 days'))], true);
	-- in a schema of another name the view is not found by this one
	IF to_regclass('lead_temperature.sources') IS NOT NULL THEN
		FOR record IN SELECT DISTINCT s.relation FROM lead_temperature.sources AS s WHERE s.keep_changes AND s.relation::text ~ 'record|mine' LOOP
			PERFORM harness.attempt('records', ARRAY[format('INSERT INTO %s (id, lead, kind, note) SELECT i, i %% 5, ''visit'', ''x'' FROM generate_series(1, 20) AS i', record),
				format('UPDATE %s SET note = ''y'' WHERE id %% 2 = 0', record), format('DELETE FROM %s WHERE id %% 3 = 0', record)], true);
			IF harness.attempt('trackers with records', ARRAY[format('SELECT bool_or(t.stale OR t.paused) FROM lead_temperature.trackers AS t WHERE t.interactions = %s', interactions::oid)]) AND
				nullif(current_setting('harness.answer'), '')::bool IS FALSE AND harness.count_drift('drift with records', interactions) > 0 THEN
				PERFORM harness.wrong('drift with records', 'drift of records, and not stale');
			END IF;
		END LOOP;
	END IF;
	-- one that cannot resume stays paused, and says why
	IF harness.attempt('pause', ARRAY[format('SELECT lead_temperature.pause(%L), lead_temperature.resume(%1$L)', interactions)]) AND
		harness.count_drift('drift after archive', interactions) > 0 THEN
		PERFORM harness.wrong('drift after archive', 'drift after a replay');
	END IF;
	IF mode IN ('superuser', 'owner') THEN
		PERFORM harness.attempt('untrack', ARRAY[format('SELECT lead_temperature.untrack(%L)', interactions)]);
	END IF;
END
$$;

/*
 * try_case alters something, in a mode, and does everything with a tracked table
 * afterwards.  It returns what became of it, and what may not be, in one line.
 */
CREATE FUNCTION harness.try_case(interactions regclass, mode text, alterations text[]) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
	table_oid oid := interactions;
	views regclass[] := harness.views_of(interactions);
	altered bool;
	found text;
	outcome text := 'works';
BEGIN
	SET LOCAL statement_timeout = '30s';
	IF mode = 'owner' THEN
		SET LOCAL ROLE regress_alter_owner;
	ELSIF mode = 'replica' THEN
		SET LOCAL session_replication_role = replica;
	ELSIF mode = 'blind' THEN
		PERFORM harness.blind();
	END IF;
	PERFORM set_config('harness.altered', array_to_string(alterations, ';'), true);
	altered := harness.attempt('alter', alterations, true);
	IF mode = 'replica' THEN
		RESET session_replication_role;
	END IF;
	IF NOT altered THEN
		outcome := 'refused';
	ELSIF EXISTS (SELECT FROM pg_class WHERE oid = table_oid) AND EXISTS (SELECT FROM pg_extension WHERE extname = 'lead_temperature') THEN
		PERFORM harness.do_all(interactions, mode, views);
		IF EXISTS (SELECT FROM harness.said) THEN
			outcome := 'fails';
		END IF;
	ELSE
		outcome := 'is gone';
	END IF;
	IF altered AND outcome <> 'is gone' THEN
		PERFORM harness.attempt('other table', ARRAY[format('INSERT INTO %s (lead, kind, at) VALUES (''other'', ''visit'', now())', (SELECT twin FROM harness.known))], true);
		PERFORM harness.attempt('other alteration', ARRAY['CREATE TABLE mine_schema.mine_other (id int)', 'DROP TABLE mine_schema.mine_other'], true);
	END IF;
	SELECT string_agg(steps || ': ' || s.found, '; ' ORDER BY steps) INTO found
		FROM (SELECT string_agg(s.step, ', ' ) AS steps, s.found FROM harness.said s WHERE s.found IS NOT NULL GROUP BY s.found) AS s;
	RETURN translate(concat_ws(chr(9), outcome, coalesce(found, ''), (SELECT concat_ws(' ', s.step, s.state, s.message, s.hint) FROM harness.said s LIMIT 1)), E'\n', ' ');
END
$$;

-- What there is to alter: the columns, indexes, constraints, sequences and triggers of relations, the views of tracked tables.
CREATE VIEW harness.parts AS
	SELECT attrelid::regclass::text AS relation, 'column' AS part, quote_ident(attname) AS name, attnum::int AS n,
		format_type(atttypid, atttypmod) AS detail
	FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attrelid >= 16384
	UNION ALL SELECT indrelid::regclass::text, 'index', indexrelid::regclass::text, indexrelid::int, NULL FROM pg_index WHERE indrelid >= 16384
	UNION ALL SELECT conrelid::regclass::text, CASE contype WHEN 'p' THEN 'key' ELSE 'constraint' END, quote_ident(conname), oid::int,
		replace(substring(pg_get_constraintdef(oid) FROM '\((.*)\)'), E'\n', ' ')
	FROM pg_constraint WHERE conrelid >= 16384
	UNION ALL SELECT refobjid::regclass::text, 'sequence', objid::regclass::text, objid::int, NULL
	FROM pg_depend WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjsubid > 0 AND deptype IN ('a', 'i')
		AND (SELECT relkind FROM pg_class WHERE oid = objid) = 'S'
	UNION ALL SELECT tgrelid::regclass::text, 'trigger', quote_ident(tgname), oid::int, NULL FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0
	UNION ALL SELECT t.interactions::text, 'view', v::text, v::oid::int, NULL
	FROM lead_temperature.tracker t, unnest(harness.views_of(t.interactions)) v;

GRANT USAGE ON SCHEMA harness TO PUBLIC;
GRANT ALL ON harness.said, harness.known TO PUBLIC;
