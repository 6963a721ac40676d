/*
 * Random transactions over tracked tables of many shapes, and the check that
 * what is stored afterwards is what a replay of the rows would make.  Rows may be
 * archived, and go; a table beside that of the shape keeps them as they were then,
 * and the check goes by what is kept and what has come since.
 *
 * laws.shape holds a row for each table that is tracked.  Those that one tracker
 * reads are sisters, of which the first is what the tracker is called after.
 * laws.mix(shape, rounds) runs that many random transactions on a shape and its
 * sisters and checks after each; it prints how to repeat a failure.  Needs test/reference_fold.sql.
 */
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS laws CASCADE;
RESET client_min_messages;

CREATE SCHEMA laws;

CREATE SEQUENCE laws.ids;

CREATE TABLE laws.shape (
	name text PRIMARY KEY,
	interactions regclass NOT NULL,
	tracker regclass NOT NULL,	-- the table of the tracker's leads
	prefix text NOT NULL,
	id name NOT NULL,
	lead name NOT NULL,
	kind name NOT NULL,
	at name NOT NULL,
	weight name,
	note name NOT NULL,
	leads text[] NOT NULL,		-- spellings of the leads
	unique_key text NOT NULL,	-- for ON CONFLICT
	moves text[] NOT NULL,		-- tracked columns that an upsert may change without moving the row to another partition
	entry lead_temperature.stage NOT NULL DEFAULT 'visitor',
	time_zone text NOT NULL DEFAULT 'UTC',
	clock timestamptz NOT NULL DEFAULT '2024-03-01 00:00+00',
	filter text NOT NULL DEFAULT 'true',	-- of the rows that are interactions
	via regclass,				-- what maps the ids in the place of leads to these, NULL: they are leads
	via_key name,
	via_lead name,
	via_filter text,
	maps_rest boolean,			-- ids that are not mapped are leads of their own
	people text[],				-- leads that ids are mapped to
	archived_before timestamptz,	-- what is before this is in the table of kept rows
	log regclass				-- of records: what has become of them, which are the interactions; NULL: rows are
);

/* one_of picks an element at random. */
CREATE FUNCTION laws.one_of(choices text[]) RETURNS text LANGUAGE sql AS $$
	SELECT choices[1 + floor(random() * cardinality(choices))::int]
$$;

/* type_of tells the type of a column. */
CREATE FUNCTION laws.type_of(relation regclass, column_name name) RETURNS text STABLE LANGUAGE sql AS $$
	SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = relation AND attname = column_name
$$;

CREATE FUNCTION laws.random_lead(s laws.shape) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN random() >= 0.03 THEN laws.one_of(s.leads) END
$$;

CREATE FUNCTION laws.random_kind() RETURNS text LANGUAGE sql AS $$
	SELECT laws.one_of('{view, view, view, search, bounce, article, article, newsletter, cart, form, form, question, demo, checkout,
		leave, unsubscribe, purchase, reorder, refill, trade_in, renewal, refusal, spam, unheard of, include, set_stage:opportunity, NULL}')
$$;

/* random_at gives new times, late ones, ties, and those that count nowhere or not yet. */
CREATE FUNCTION laws.random_at(s laws.shape, appending boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r float8 := random();
BEGIN
	RETURN CASE
		WHEN r < 0.02 THEN NULL
		WHEN r < 0.03 THEN 'infinity'
		WHEN r < 0.04 THEN '-infinity'
		WHEN r < 0.06 THEN '1969-12-31 12:00+00'
		WHEN r < 0.08 THEN (timestamptz '2200-01-01 00:00+00' + floor(random() * 5) * interval '1 day')::text
		WHEN appending THEN (s.clock + random() * interval '2 hours')::text
		WHEN r < 0.50 THEN (timestamptz '2024-01-01 00:00+00' + floor(random() * 120) * interval '12 hours')::text
		ELSE (timestamptz '2024-01-01 00:00+00' + random() * interval '60 days')::text
	END;
END
$$;

CREATE FUNCTION laws.random_weight(s laws.shape) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	type text := laws.type_of(s.interactions, s.weight);
	r float8 := random();
BEGIN
	RETURN CASE
		WHEN type IS NULL OR r < 0.3 THEN NULL
		WHEN r < 0.6 OR type = 'integer' THEN laws.one_of('{1, 1, 2, 3, 0, -1}')
		WHEN r < 0.63 THEN 'NaN'
		WHEN type <> 'double precision' THEN round(random()::numeric * 3, 3)::text
		WHEN r < 0.65 THEN laws.one_of('{Infinity, -Infinity}')
		WHEN r < 0.655 THEN laws.one_of('{1e308, -1e308, 1e-320}')
		ELSE (random() * 3)::text
	END;
END
$$;

/* instant_of writes the instant of a row. */
CREATE FUNCTION laws.instant_of(s laws.shape) RETURNS text LANGUAGE sql AS $$
	SELECT CASE laws.type_of(s.interactions, s.at)
		WHEN 'timestamp with time zone' THEN quote_ident(s.at)
		ELSE format('(%I::timestamp AT TIME ZONE %L)', s.at, s.time_zone)
	END
$$;

/* rows_of names the table whose rows are the interactions. */
CREATE FUNCTION laws.rows_of(s laws.shape) RETURNS regclass LANGUAGE sql AS $$
	SELECT coalesce(s.log, s.interactions)
$$;

/*
 * log_change is a row trigger of records that puts each one that comes, or reads otherwise, into
 * the table that its argument names; one that moves to another partition comes there.  Leads that
 * are merged are one.
 */
CREATE FUNCTION laws.log_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	counts text := '(%1$s).lead IS NOT NULL AND (%1$s).at >= ''1970-01-01 00:00+00'' AND isfinite((%1$s).at) AND coalesce((%1$s).weight, 1) NOT IN (''NaN'', ''Infinity'', ''-Infinity'')';
	one text := format('laws.root(%L, (%%1$s).lead::text)', (SELECT laws.aliases_of(s) FROM laws.shape s WHERE s.log = TG_ARGV[0]::regclass));
BEGIN
	EXECUTE format('INSERT INTO %s (id, lead, kind, at, weight, note) SELECT ($1).id, ($1).lead, ($1).kind, ($1).at, ($1).weight, ($1).note WHERE %s AND (%L OR (%s) IS NOT TRUE OR '
				   '(%s, ($1).kind, ($1).at, coalesce(($1).weight, 1)) IS DISTINCT FROM (%s, ($2).kind, ($2).at, coalesce(($2).weight, 1)))',
				   TG_ARGV[0], format(counts, '$1'), TG_OP = 'INSERT', format(counts, '$2'), format(one, '$1'), format(one, '$2'))
		USING NEW, CASE WHEN TG_OP = 'UPDATE' THEN OLD ELSE NEW END;
	RETURN NULL;
END
$$;

/* kept_of names the table of the rows that a shape has archived. */
CREATE FUNCTION laws.kept_of(s laws.shape) RETURNS text LANGUAGE sql AS $$
	SELECT format('laws.%I', 'kept of ' || s.name)
$$;

/* kept_words_of names the table of what people have said of its leads and that was archived. */
CREATE FUNCTION laws.kept_words_of(s laws.shape) RETURNS text LANGUAGE sql AS $$
	SELECT format('laws.%I', 'kept words of ' || s.prefix)
$$;

/* A shape is of the tracker that has its prefix. */
CREATE FUNCTION laws.of_tracker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.tracker := (SELECT t.state FROM lead_temperature.trackers t WHERE t.prefix = NEW.prefix);
	RETURN NEW;
END
$$;
CREATE TRIGGER of_tracker BEFORE INSERT ON laws.shape FOR EACH ROW EXECUTE FUNCTION laws.of_tracker();

/* sisters lists the shapes that one tracker reads. */
CREATE FUNCTION laws.sisters(s laws.shape) RETURNS SETOF laws.shape LANGUAGE sql AS $$
	SELECT * FROM laws.shape WHERE tracker = s.tracker ORDER BY name COLLATE "C"
$$;

/* normal_rows writes the query of rows of a shape, joined with what maps their ids, in the columns lead, kind, at and weight. */
CREATE FUNCTION laws.normal_rows(s laws.shape, of_rows text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	type text := laws.type_of(s.tracker, 'lead');
	rest text := format('r.%I::text, r.instant, r.%s::float8', s.kind, coalesce(quote_ident(s.weight), 'nothing'));
	of_shape text := format('(SELECT *, %s AS instant, NULL AS nothing FROM (%s) r WHERE %s) r', laws.instant_of(s), of_rows, s.filter);
	mapping text := CASE WHEN s.via IS NOT NULL THEN
		format('(SELECT %I AS key, %I AS lead FROM %s WHERE %s AND %2$I IS NOT NULL) m', s.via_key, s.via_lead, s.via, s.via_filter) END;
BEGIN
	IF s.via IS NULL THEN
		RETURN format('SELECT r.%I::%s, %s FROM %s', s.lead, type, rest, of_shape);
	END IF;
	RETURN format('SELECT m.lead::%s, %s FROM %s JOIN %s ON m.key = r.%I', type, rest, of_shape, mapping, s.lead) ||
		CASE WHEN s.maps_rest THEN format(' UNION ALL SELECT r.%I::%s, %s FROM %s WHERE NOT EXISTS (SELECT FROM %s WHERE m.key = r.%1$I)',
										  s.lead, type, rest, of_shape, mapping) ELSE '' END;
END
$$;

/* Every shape has a table of kept rows: as they were, or joined with what mapped their ids then; and one of kept words with its sisters. */
CREATE FUNCTION laws.create_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.via IS NULL THEN
		EXECUTE format('CREATE TABLE %s (LIKE %s)', laws.kept_of(NEW), NEW.interactions);
	ELSE
		EXECUTE format('CREATE TABLE %s (lead %s, kind text, at timestamptz, weight float8)', laws.kept_of(NEW), laws.type_of(NEW.tracker, 'lead'));
	END IF;
	IF to_regclass(laws.kept_words_of(NEW)) IS NULL THEN
		EXECUTE format('CREATE TABLE %s (lead %s, kind text, at timestamptz)', laws.kept_words_of(NEW), laws.type_of(NEW.tracker, 'lead'));
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER create_kept AFTER INSERT ON laws.shape FOR EACH ROW EXECUTE FUNCTION laws.create_kept();

/* aliases_of names the table of the leads of a tracker that are merged into others. */
CREATE FUNCTION laws.aliases_of(s laws.shape) RETURNS text STABLE LANGUAGE sql AS $$
	SELECT c.relation::text FROM lead_temperature.tracker t JOIN lead_temperature.companion c USING (interactions)
	WHERE t.state = s.tracker AND c.suffix = 'alias'
$$;

/* words_of names the table of what people say of its leads, NULL if there is none yet. */
CREATE FUNCTION laws.words_of(s laws.shape) RETURNS text STABLE LANGUAGE sql AS $$
	SELECT c.relation::text FROM lead_temperature.tracker t JOIN lead_temperature.companion c USING (interactions)
	WHERE t.state = s.tracker AND c.suffix = 'word'
$$;

/* balances_of names the table of the opening balances of a tracker. */
CREATE FUNCTION laws.balances_of(s laws.shape) RETURNS text STABLE LANGUAGE sql AS $$
	SELECT base::text FROM lead_temperature.tracker WHERE state = s.tracker
$$;

/* root follows a lead, step by step, to the one that it counts for; where that has no end it counts for itself. */
CREATE FUNCTION laws.root(aliases text, lead text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	here text := lead;
	next text;
BEGIN
	FOR step IN 1 .. 100 LOOP
		EXECUTE format('SELECT lead::text FROM %s WHERE alias = %L', aliases, here) INTO next;
		IF next IS NULL THEN
			RETURN here;
		END IF;
		here := next;
	END LOOP;
	RETURN lead;
END
$$;

/* Leads whose opening balances were made of several that were merged, which rows alone do not tell. */
CREATE TABLE laws.blended (tracker regclass, lead text);

/* blended_now lists the leads of a tracker that have, or count for others that have, such a balance, or several balances. */
CREATE FUNCTION laws.blended_now(s laws.shape) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	result text[];
BEGIN
	EXECUTE format('SELECT coalesce(array_agg(root), ''{}'') FROM (SELECT (array_agg(root))[1] AS root FROM (SELECT laws.root(%1$L, lead::text) AS root FROM %2$s) b '
				   'GROUP BY root::%3$s HAVING count(*) > 1 UNION ALL SELECT laws.root(%1$L, lead) FROM laws.blended WHERE tracker = %4$L::regclass) b',
				   laws.aliases_of(s), laws.balances_of(s), laws.type_of(s.tracker, 'lead'), s.tracker) INTO result;
	RETURN result;
END
$$;

/* Leads whose archived rows are of another since an archive, and those others: transitions of that time stay what they were. */
CREATE TABLE laws.relabelled (tracker regclass, lead text);

/* settled lists the leads whose archived transitions may be those of another: whoever is merged, or into whom one is. */
CREATE FUNCTION laws.settled(s laws.shape) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	result text[];
BEGIN
	EXECUTE format('SELECT array_agg(lead) FROM (SELECT alias::text AS lead FROM %1$s UNION SELECT laws.root(%1$L, alias::text) FROM %1$s '
				   'UNION SELECT lead FROM laws.relabelled WHERE tracker = %2$L::regclass) l', laws.aliases_of(s), s.tracker) INTO result;
	RETURN coalesce(result, '{}');
END
$$;

/*
 * note_merged notes what an archive has made of leads that are merged: the archived rows of those whose
 * balance has gone into another's are of that from now on.
 */
CREATE FUNCTION laws.note_merged(s laws.shape, had_balance text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	type text := laws.type_of(s.tracker, 'lead');
	merged record;
	sister laws.shape;
BEGIN
	FOR merged IN EXECUTE format('SELECT alias::text AS lead, laws.root(%1$L, alias::text) AS root FROM %1$s a '
								 'WHERE alias <> laws.root(%1$L, alias::text)::%2$s AND NOT EXISTS (SELECT FROM %3$s b WHERE b.lead = a.alias)',
								 laws.aliases_of(s), type, laws.balances_of(s))
	LOOP
		FOR sister IN SELECT * FROM laws.sisters(s) LOOP
			PERFORM laws.run(format('UPDATE %1$s SET %2$I = %3$L WHERE %2$I = %4$L', laws.kept_of(sister),
									CASE WHEN sister.via IS NULL THEN sister.lead ELSE 'lead' END, merged.root, merged.lead));
		END LOOP;
		PERFORM laws.run(format('UPDATE %s SET lead = %L WHERE lead = %L', laws.kept_words_of(s), merged.root, merged.lead));
		INSERT INTO laws.relabelled VALUES (s.tracker, merged.lead), (s.tracker, merged.root);
		EXECUTE format('INSERT INTO laws.blended SELECT %1$L, %2$L WHERE %3$L::%4$s = ANY (%5$L::%4$s[]) AND '
					   '(SELECT count(*) FROM unnest(%5$L::text[]) AS b WHERE laws.root(%6$L, b)::%4$s = %2$L::%4$s) > 1 '
					   'OR EXISTS (SELECT FROM laws.blended WHERE tracker = %1$L::regclass AND lead::%4$s = %3$L::%4$s)',
					   s.tracker, merged.root, merged.lead, type, had_balance, laws.aliases_of(s));
	END LOOP;
END
$$;

/*
 * archive archives the rows of a tracker up to a time somewhat later than the
 * last, keeps them aside, and lets some or all of them go.
 */
CREATE FUNCTION laws.archive(s laws.shape) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	last timestamptz := (SELECT archived_before FROM laws.shape WHERE name = s.name);
	up_to timestamptz := coalesce(last, '2024-01-01 00:00+00') + random() * interval '6 days';
	of_that_time text;
	sister laws.shape;
	words text := laws.words_of(s);
	had_balance text[];
BEGIN
	/* often an instant that has rows */
	IF random() < 0.5 THEN
		EXECUTE format('SELECT coalesce(min(%1$s), %2$L) FROM %3$s WHERE %1$s >= %2$L', laws.instant_of(s), up_to, s.interactions) INTO up_to;
	END IF;
	up_to := least(up_to, s.clock);
	FOR sister IN SELECT * FROM laws.sisters(s) LOOP
		of_that_time := format('SELECT * FROM %5$s WHERE %1$s < %2$L AND %1$s >= %3$L AND isfinite(%4$I)',
							   laws.instant_of(sister), up_to, coalesce(last, '-infinity'), sister.at, laws.rows_of(sister));
		PERFORM laws.run(format('INSERT INTO %s %s', laws.kept_of(sister), CASE WHEN sister.via IS NULL THEN of_that_time
								ELSE laws.normal_rows(sister, of_that_time) END));
	END LOOP;
	IF words IS NOT NULL THEN
		PERFORM laws.run(format('INSERT INTO %s SELECT lead, kind, at FROM %s WHERE at < %L AND at >= %L AND isfinite(at)',
								laws.kept_words_of(s), words, up_to, coalesce(last, '-infinity')));
	END IF;
	PERFORM laws.run(format('UPDATE laws.shape SET archived_before = %L WHERE tracker = %L::regclass', up_to, s.tracker));
	EXECUTE format('SELECT coalesce(array_agg(lead::text), ''{}'') FROM %s', laws.balances_of(s)) INTO had_balance;
	PERFORM laws.run(format('SELECT lead_temperature.archive(%L, %L)', s.tracker, up_to));
	PERFORM laws.note_merged(s, had_balance);
	IF random() < 0.7 THEN
		IF words IS NOT NULL THEN
			PERFORM laws.run(format('DELETE FROM %s WHERE at < %L AND hashtext(ctid::text) %% 3 <> 0', words, up_to));
		END IF;
		FOR sister IN SELECT * FROM laws.sisters(s) LOOP
			IF sister.log IS NOT NULL THEN
				PERFORM laws.run(format('DELETE FROM %I WHERE at < %L', sister.prefix || '_change', up_to));
				CONTINUE;
			END IF;
			PERFORM laws.run(format('DELETE FROM %s WHERE %s < %L AND hashint8(%I) %% 4 >= %s', sister.interactions, laws.instant_of(sister), up_to, sister.id,
									floor(random() * 4)::int - 3));
		END LOOP;
	END IF;
END
$$;

/* forget erases a lead, what is kept of it aside included. */
CREATE FUNCTION laws.forget(s laws.shape) RETURNS void LANGUAGE plpgsql SET client_min_messages = warning AS $$
DECLARE
	lead text := laws.one_of(coalesce(s.people, s.leads));
	aliases text := laws.aliases_of(s);
	same text := format('laws.root(%L, %%I::text)::%s = laws.root(%1$L, %3$L)::%2$s', aliases, laws.type_of(s.tracker, 'lead'), lead);
	sister laws.shape;
BEGIN
	FOR sister IN SELECT * FROM laws.sisters(s) LOOP
		PERFORM laws.run(format('DELETE FROM %s WHERE ' || same, laws.kept_of(sister), CASE WHEN sister.via IS NULL THEN sister.lead ELSE 'lead' END));
		IF sister.log IS NOT NULL THEN
			PERFORM laws.run(format('DELETE FROM %s WHERE ' || same, sister.log, sister.lead));
		END IF;
	END LOOP;
	PERFORM laws.run(format('DELETE FROM %s WHERE ' || same, laws.kept_words_of(s), 'lead'));
	EXECUTE format('DELETE FROM laws.blended WHERE tracker = %L::regclass AND ' || same, s.tracker, 'lead');
	PERFORM laws.run(format('SELECT lead_temperature.forget(%L, %L, true)', s.tracker, lead));
EXCEPTION WHEN no_data_found THEN
	NULL;						-- nothing was there
END
$$;

/*
 * alter lets the tracker begin to keep counts or give them up, or, while nothing is
 * archived, read other rows and enter leads at another stage; a replay must follow.
 */
CREATE FUNCTION laws.alter(s laws.shape) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	filter text := laws.one_of(ARRAY['', format('%I <> ''regret'' AND %I %% 7 <> 3', s.note, s.id), format('%I %% 3 <> 0', s.id)]);
	entry text := laws.one_of('{visitor, lead, opportunity}');
	counted boolean := (SELECT counts IS NOT NULL FROM lead_temperature.tracker WHERE state = s.tracker);
BEGIN
	IF random() < 0.3 OR EXISTS (SELECT FROM laws.shape WHERE name = s.name AND archived_before IS NOT NULL) THEN
		PERFORM laws.run(format('SELECT lead_temperature.alter_tracker(%L, funnel_counts => %L)', s.tracker, NOT counted));
	ELSE
		PERFORM laws.run(format('SELECT lead_temperature.alter_tracker(%L, filter => %L, entry => %L, funnel_counts => %L)',
								s.tracker, filter, entry, random() < 0.5));
		PERFORM laws.run(format('UPDATE laws.shape SET filter = coalesce(nullif(%L, ''''), ''true''), entry = %L WHERE name = %L', filter, entry, s.name));
	END IF;
END
$$;

/* columns_of lists the columns in the order of random rows. */
CREATE FUNCTION laws.columns_of(s laws.shape) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(quote_ident(c), ', ' ORDER BY i)
	FROM unnest(ARRAY[s.id, s.lead, s.kind, s.at, s.note, s.weight]::text[]) WITH ORDINALITY AS u (c, i)
	WHERE c IS NOT NULL
$$;

/* random_rows writes n new rows as a VALUES list. */
CREATE FUNCTION laws.random_rows(s laws.shape, n int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	types text[] := ARRAY['bigint', laws.type_of(s.interactions, s.lead), laws.type_of(s.interactions, s.kind),
						  laws.type_of(s.interactions, s.at), 'text'];
	weight_type text := laws.type_of(s.interactions, s.weight);
	appending boolean := random() < 0.5;
	result text;
	line text;
BEGIN
	FOR i IN 1 .. n LOOP
		line := format('(%L::%s, %L::%s, %L::%s, %L::%s, %L::%s%s)',
					   nextval('laws.ids'), types[1], laws.random_lead(s), types[2], laws.random_kind(), types[3],
					   laws.random_at(s, appending), types[4], CASE WHEN random() < 0.1 THEN laws.one_of('{change, hasten, hand over, regret}') ELSE 'row' END, types[5],
					   CASE WHEN s.weight IS NOT NULL THEN format(', %L::%s', laws.random_weight(s), weight_type) END);
		result := concat_ws(E',\n\t', result, line);
	END LOOP;
	RETURN 'VALUES ' || result;
END
$$;

/* random_change writes the SET list of an UPDATE that changes some of the columns. */
CREATE FUNCTION laws.random_change(s laws.shape, names text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	name text;
	value text;
	result text;
BEGIN
	FOREACH name IN ARRAY names LOOP
		CONTINUE WHEN name IS NULL OR random() < 0.5;
		value := CASE name
			WHEN s.lead THEN laws.random_lead(s)
			WHEN s.kind THEN laws.random_kind()
			WHEN s.at THEN laws.random_at(s, random() < 0.5)
			WHEN s.weight THEN laws.random_weight(s)
			ELSE laws.one_of('{some, other, words}')
		END;
		result := concat_ws(', ', result, format('%I = %L', name, value));
	END LOOP;
	RETURN coalesce(result, format('%I = %L', s.note, 'nothing else'));
END
$$;

/* some_of writes a condition that holds for a few rows of a table, or for all of one lead. */
CREATE FUNCTION laws.some_of(s laws.shape, relation regclass) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF random() < 0.2 THEN
		RETURN format('%I = %L', s.lead, laws.one_of(s.leads));
	END IF;
	RETURN format('%1$I IN (SELECT %1$I FROM %2$s ORDER BY hashint8(%1$I + %3$s) LIMIT %4$s)',
				  s.id, relation, floor(random() * 1000)::int, 1 + floor(random() * 6)::int);
END
$$;

/* leaf_of picks a leaf partition, or the table itself. */
CREATE FUNCTION laws.leaf_of(s laws.shape) RETURNS regclass LANGUAGE sql AS $$
	SELECT coalesce((SELECT relid FROM pg_partition_tree(s.interactions) WHERE isleaf ORDER BY random() LIMIT 1), s.interactions)
$$;

/* run executes a statement; client_min_messages = debug1 shows them all. */
CREATE FUNCTION laws.run(statement text) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	RAISE DEBUG '%', statement;
	EXECUTE statement;
	RETURN 0;
END
$$;

/* act_on does one random thing to a table. */
CREATE FUNCTION laws.act_on(s laws.shape) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	actions text[] := '{insert, insert, insert, bulk, bulk, bulk, copy, copy, update, update, update, update, note, delete, delete, truncate,
		upsert, upsert, merge, merge, move, three in one, nested, savepoint, failing, leaf insert, leaf update, leaf delete, leaf truncate, clone, busy, archive}';
	action text := laws.one_of(actions);
	t text := s.interactions::text;
	columns text := laws.columns_of(s);
	chosen text := laws.some_of(s, s.interactions);
	others text := laws.some_of(s, s.interactions);
	leaf regclass := laws.leaf_of(s);
	any_column text[] := ARRAY[s.lead, s.kind, s.at, s.weight, s.note];
	n int;
	every text := format('nextval(''laws.ids''), %I, %I, %I, %I', s.lead, s.kind, s.at, s.note) || coalesce(', ' || quote_ident(s.weight), '');
	line text;
BEGIN
	CASE action
		WHEN 'insert' THEN
			PERFORM laws.run(format('INSERT INTO %s (%s) %s', t, columns, laws.random_rows(s, 1)));
		WHEN 'bulk' THEN
			PERFORM laws.run(format('INSERT INTO %s (%s) %s', t, columns, laws.random_rows(s, 2 + floor(random() * 20)::int)));
		WHEN 'copy' THEN
			line := (SELECT string_agg(quote_literal(concat_ws(',', nextval('laws.ids'), coalesce(laws.random_lead(s), ''), coalesce(laws.random_kind(), ''),
											coalesce(laws.random_at(s, false), ''), 'copied', CASE WHEN s.weight IS NOT NULL THEN coalesce(laws.random_weight(s), '') END)), ' ')
						FROM generate_series(1, 1 + floor(random() * 15)::int));
			PERFORM laws.run(format('COPY %s (%s) FROM PROGRAM %L (FORMAT csv)', t, columns, 'printf ''%s\n'' ' || line));
		WHEN 'update' THEN
			PERFORM laws.run(format('UPDATE %s SET %s WHERE %s', t, laws.random_change(s, any_column), chosen));
		WHEN 'note' THEN
			PERFORM laws.run(format('UPDATE %s SET %I = %L WHERE %s', t, s.note, 'seen', chosen));
		WHEN 'delete' THEN
			PERFORM laws.run(format('DELETE FROM %s WHERE %s', t, chosen));
		WHEN 'truncate' THEN
			IF random() < 0.2 THEN
				PERFORM laws.run(format('TRUNCATE %s', t));
			END IF;
		WHEN 'upsert' THEN
			PERFORM laws.run(format('INSERT INTO %1$s (%2$s) (SELECT %2$s FROM %1$s WHERE (%5$s) IS NOT NULL AND %3$s) UNION ALL (%4$s) ON CONFLICT (%5$s) DO UPDATE SET %6$s',
									t, columns, chosen, laws.random_rows(s, 2), s.unique_key, laws.random_change(s, s.moves)));
		WHEN 'merge' THEN
			IF current_setting('server_version_num')::int >= 150000 THEN
				PERFORM laws.run(format('MERGE INTO %1$s AS t USING ((SELECT %2$s FROM %1$s WHERE %3$s) UNION ALL (%4$s)) AS s ON t.%5$I = s.%5$I '
										'WHEN MATCHED AND hashint8(s.%5$I) %% 3 = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET %6$s '
										'WHEN NOT MATCHED THEN INSERT (%2$s) VALUES (%7$s)',
										t, columns, chosen, laws.random_rows(s, 3), s.id, laws.random_change(s, any_column),
										(SELECT string_agg('s.' || c, ', ') FROM regexp_split_to_table(columns, ', ') AS c)));
			END IF;
		WHEN 'move' THEN
			PERFORM laws.run(format('WITH gone AS (DELETE FROM %1$s WHERE %3$s RETURNING *) INSERT INTO %1$s (%2$s) SELECT %4$s FROM gone',
									t, columns, chosen, every));
		WHEN 'three in one' THEN
			PERFORM laws.run(format('WITH changed AS (UPDATE %1$s SET %3$s WHERE %4$s AND hashint8(%7$I) %% 2 = 0), new AS (INSERT INTO %1$s (%2$s) %5$s) '
									'DELETE FROM %1$s WHERE (%6$s) AND hashint8(%7$I) %% 2 <> 0',
									t, columns, laws.random_change(s, any_column), chosen, laws.random_rows(s, 3), others, s.id));
		WHEN 'nested' THEN
			PERFORM laws.run(format('INSERT INTO %1$s (%2$s) SELECT %3$s FROM (%4$s) AS n (%2$s) WHERE (SELECT laws.run(%5$L)) = 0', t, columns, columns,
									laws.random_rows(s, 2), format('INSERT INTO %s (%s) %s', t, columns, laws.random_rows(s, 1))));
		WHEN 'savepoint' THEN
			BEGIN
				FOR i IN 0 .. floor(random() * 3)::int LOOP
					PERFORM laws.act(s);
				END LOOP;
				IF random() < 0.5 THEN
					RAISE DEBUG 'ROLLBACK TO SAVEPOINT';
					RAISE EXCEPTION USING ERRCODE = 'LAW00', MESSAGE = 'changed my mind';
				END IF;
			EXCEPTION WHEN SQLSTATE 'LAW00' THEN
				NULL;
			END;
		WHEN 'failing' THEN
			BEGIN
				PERFORM laws.run(format('INSERT INTO %1$s (%2$s) (%3$s) UNION ALL (SELECT %2$s FROM %1$s WHERE (%4$s) IS NOT NULL LIMIT 1)', t, columns, laws.random_rows(s, 3), s.unique_key));
			EXCEPTION WHEN unique_violation THEN
				NULL;
			END;
		WHEN 'leaf insert' THEN
			PERFORM laws.run(format('INSERT INTO %1$s (%2$s) SELECT %3$s FROM %1$s WHERE %4$s', leaf, columns, every, laws.some_of(s, leaf)));
		WHEN 'leaf update' THEN
			PERFORM laws.run(format('UPDATE %s SET %s WHERE %s', leaf, laws.random_change(s, s.moves), laws.some_of(s, leaf)));
		WHEN 'leaf delete' THEN
			PERFORM laws.run(format('DELETE FROM %s WHERE %s', leaf, laws.some_of(s, leaf)));
		WHEN 'leaf truncate' THEN
			IF random() < 0.2 THEN
				PERFORM laws.run(format('TRUNCATE %s', leaf));
			END IF;
		WHEN 'busy' THEN
			/* many rows of one lead, then some that come a little late */
			line := laws.one_of(s.leads);
			FOREACH n IN ARRAY '{250, 1, 1, 20, 1, 1}'::int[] LOOP
				PERFORM laws.run(format('INSERT INTO %s (%s) SELECT nextval(''laws.ids''), %L::%s, laws.random_kind()::%s, (%L::timestamptz + interval ''1 minute'' * %s)::%s, ''row''%s '
										'FROM generate_series(1, %s) AS i',
										t, columns, line, laws.type_of(s.interactions, s.lead), laws.type_of(s.interactions, s.kind), s.clock,
										CASE n WHEN 250 THEN 'i' ELSE format('(%s + i)', 225 + floor(random() * 20)) END,
										laws.type_of(s.interactions, s.at), CASE WHEN s.weight IS NOT NULL THEN ', NULL' END, n));
			END LOOP;
		WHEN 'archive' THEN
			IF current_setting('transaction_isolation') = 'read committed'
				AND NOT (SELECT paused FROM lead_temperature.trackers WHERE state = s.tracker) THEN
				PERFORM laws.archive(s);
			END IF;
		WHEN 'clone' THEN
			PERFORM laws.run(format('INSERT INTO %1$s (%2$s) SELECT %3$s FROM %1$s WHERE %4$s', t, columns, every, chosen));
	END CASE;
END
$$;

/* map does one random thing to what maps the ids of a shape. */
CREATE FUNCTION laws.map(s laws.shape) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	some_rows text := format('hashtext(ctid::text) %% %s = 0', 1 + floor(random() * 3)::int);
BEGIN
	CASE laws.one_of('{insert, insert, insert, update, update, delete, note, truncate}')
		WHEN 'insert' THEN
			PERFORM laws.run(format('INSERT INTO %s (%I, %I) SELECT laws.one_of(%L)::%s, laws.one_of(%L)::%s FROM generate_series(1, %s)',
									s.via, s.via_key, s.via_lead, s.leads, laws.type_of(s.via, s.via_key), s.people, laws.type_of(s.via, s.via_lead),
									1 + floor(random() * 3)::int));
		WHEN 'update' THEN
			PERFORM laws.run(format('UPDATE %s SET %I = laws.one_of(%L)::%s, active = random() < 0.8 WHERE %s', s.via,
									CASE WHEN random() < 0.5 THEN s.via_key ELSE s.via_lead END, s.people, laws.type_of(s.via, s.via_lead), some_rows));
		WHEN 'delete' THEN
			PERFORM laws.run(format('DELETE FROM %s WHERE %s', s.via, some_rows));
		WHEN 'note' THEN
			PERFORM laws.run(format('UPDATE %s SET note = %L', s.via, 'seen'));
		WHEN 'truncate' THEN
			IF random() < 0.3 THEN
				PERFORM laws.run(format('TRUNCATE %s', s.via));
			END IF;
	END CASE;
END
$$;

/* alias merges leads at random, or takes some apart; what cannot be is refused. */
CREATE FUNCTION laws.alias(s laws.shape) RETURNS void LANGUAGE plpgsql SET client_min_messages = warning AS $$
DECLARE
	aliases text := laws.aliases_of(s);
	pool text[] := coalesce(s.people, s.leads);
	type text := laws.type_of(s.tracker, 'lead');
	some_rows text := format('hashtext(ctid::text) %% %s = 0', 1 + floor(random() * 2)::int);
BEGIN
	CASE laws.one_of('{insert, insert, insert, update, update, delete, delete, truncate, merge, merge, unmerge}')
		WHEN 'insert' THEN
			PERFORM laws.run(format('INSERT INTO %s (alias, lead) SELECT laws.one_of(%L)::%s, laws.one_of(%2$L)::%3$s FROM generate_series(1, %s)',
									aliases, pool, type, 1 + floor(random() * 2)::int));
		WHEN 'update' THEN
			PERFORM laws.run(format('UPDATE %s SET %I = laws.one_of(%L)::%s WHERE %s', aliases, laws.one_of('{lead, lead, alias}'), pool, type, some_rows));
		WHEN 'delete' THEN
			PERFORM laws.run(format('DELETE FROM %s WHERE %s', aliases, some_rows));
		WHEN 'truncate' THEN
			IF random() < 0.5 THEN
				PERFORM laws.run(format('TRUNCATE %s', aliases));
			END IF;
		WHEN 'merge' THEN
			PERFORM laws.run(format('SELECT lead_temperature.merge_leads(%L, %L, %L)', s.tracker, laws.one_of(pool), laws.one_of(pool)));
		WHEN 'unmerge' THEN
			PERFORM laws.run(format('SELECT lead_temperature.unmerge_lead(%L, %L)', s.tracker, laws.one_of(pool)));
	END CASE;
EXCEPTION WHEN check_violation OR unique_violation OR no_data_found OR invalid_parameter_value OR duplicate_object THEN
	NULL;
END
$$;

/* random_word is a kind of the table of words, sometimes one that nobody can say. */
CREATE FUNCTION laws.random_word() RETURNS text LANGUAGE sql AS $$
	SELECT laws.one_of('{exclude, exclude, include, set_stage:visitor, set_stage:lead, set_stage:lead, set_stage:marketing_qualified, set_stage:marketing_qualified,
		set_stage:sales_qualified, set_stage:opportunity, set_stage:customer, set_stage:, demo}')
$$;

/*
 * say says something of leads: now, by the functions, or at any time, by rows of the table.  What is
 * said now mostly moves to the time of the other rows, so that not all that comes is late.
 */
CREATE FUNCTION laws.say(s laws.shape) RETURNS void LANGUAGE plpgsql SET client_min_messages = warning AS $$
DECLARE
	words text := laws.words_of(s);
	pool text[] := coalesce(s.people, s.leads);
	type text := laws.type_of(s.tracker, 'lead');
	some_rows text := format('hashtext(ctid::text) %% %s = 0', 1 + floor(random() * 3)::int);
	action text := laws.one_of('{insert, insert, insert, insert, bulk, contradict, contradict, contradict, update, update, delete, delete, truncate, set_stage, set_stage, exclude, include}');
BEGIN
	IF words IS NULL THEN
		action := laws.one_of('{set_stage, exclude}');
	END IF;
	CASE action
		WHEN 'insert' THEN
			PERFORM laws.run(format('INSERT INTO %s (lead, kind, at) SELECT %L, laws.random_word(), coalesce(%L, %L)::timestamptz', words, laws.one_of(pool),
									laws.random_at(s, random() < 0.6), s.clock));
		WHEN 'bulk' THEN
			PERFORM laws.run(format('INSERT INTO %s (lead, kind, at) SELECT laws.one_of(%L)::%s, laws.random_word(), %L::timestamptz + i * interval ''5 hours'' FROM generate_series(1, %s) AS i',
									words, pool, type, s.clock - random() * interval '20 days', 1 + floor(random() * 25)::int));
		WHEN 'contradict' THEN
			/* that those who became hot were not that far, right then */
			PERFORM laws.run(format('INSERT INTO %s (lead, kind, at) SELECT lead, laws.one_of(''{set_stage:lead, set_stage:marketing_qualified}''), at + random() * interval ''1 hour'' FROM %s WHERE to_temperature = ''hot'' AND superseded_at IS NULL ORDER BY random() LIMIT 2',
									words, (SELECT transitions FROM lead_temperature.tracker WHERE state = s.tracker)));
		WHEN 'update' THEN
			PERFORM laws.run(format('UPDATE %s SET %s WHERE %s', words,
									laws.one_of(ARRAY['kind = laws.random_word()', 'at = at - interval ''1 day''', format('at = %L', s.clock), 'reason = ''none''',
													  format('lead = laws.one_of(%L)::%s', pool, type)]), some_rows));
		WHEN 'delete' THEN
			PERFORM laws.run(format('DELETE FROM %s WHERE %s', words, some_rows));
		WHEN 'truncate' THEN
			IF random() < 0.2 THEN
				PERFORM laws.run(format('TRUNCATE %s', words));
			END IF;
		WHEN 'set_stage' THEN
			PERFORM laws.run(format('SELECT lead_temperature.set_stage(%L, %L, %L, ''so'')', s.tracker, laws.one_of(pool),
									laws.one_of('{visitor, lead, lead, marketing_qualified, sales_qualified, opportunity, customer}')));
		WHEN 'exclude' THEN
			PERFORM laws.run(format('SELECT lead_temperature.exclude(%L, %L)', s.tracker, laws.one_of(pool)));
		WHEN 'include' THEN
			PERFORM laws.run(format('SELECT lead_temperature.include(%L, %L, ''so'')', s.tracker, laws.one_of(pool)));
	END CASE;
	IF action IN ('set_stage', 'exclude', 'include') AND random() < 0.8 THEN
		PERFORM laws.run(format('UPDATE %s SET at = %L WHERE at > ''2025-01-01'' AND said_by IS NOT NULL', laws.words_of(s), s.clock + random() * interval '2 hours'));
	END IF;
EXCEPTION WHEN no_data_found OR object_not_in_prerequisite_state THEN
	NULL;						-- nobody knows the lead, or the tracker is paused, or the lead is included
END
$$;

/* act does so to the table of a shape or of one of its sisters, to what maps its ids, or to what merges its leads, or says something of these. */
CREATE FUNCTION laws.act(s laws.shape) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	chosen laws.shape;
BEGIN
	SELECT * INTO chosen FROM laws.sisters(s) ORDER BY random() LIMIT 1;
	IF chosen.via IS NOT NULL AND random() < 0.4 THEN
		PERFORM laws.map(chosen);
	ELSIF random() < 0.12 THEN
		PERFORM laws.alias(chosen);
	ELSIF random() < 0.2 THEN
		PERFORM laws.say(chosen);
	ELSE
		PERFORM laws.act_on(chosen);
	END IF;
END
$$;

/* live_rows writes the query of the rows of a shape that are not of a time that has been archived. */
CREATE FUNCTION laws.live_rows(s laws.shape) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT * FROM %s WHERE coalesce(%s >= %L, true)', laws.rows_of(s), laws.instant_of(s),
				  coalesce((SELECT archived_before FROM laws.shape WHERE name = s.name), '-infinity'))
$$;

/* counting_rows writes the query of the rows of a shape that count, in the columns lead, kind, at and weight: those that are kept, and those that live. */
CREATE FUNCTION laws.counting_rows(s laws.shape) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN s.via IS NULL THEN laws.normal_rows(s, format('SELECT * FROM %s UNION ALL %s', laws.kept_of(s), laws.live_rows(s)))
		ELSE format('SELECT * FROM %s UNION ALL %s', laws.kept_of(s), laws.normal_rows(s, laws.live_rows(s))) END
$$;

/*
 * make_fresh makes a table of the rows that count, in another order, and returns how to read it:
 * as the shape's own, or as the joined rows of all sisters.
 */
CREATE FUNCTION laws.make_fresh_of_all(s laws.shape) RETURNS laws.shape LANGUAGE plpgsql AS $$
DECLARE
	fresh laws.shape := s;
BEGIN
	IF s.via IS NULL AND (SELECT count(*) FROM laws.sisters(s)) = 1 THEN
		EXECUTE format('CREATE TABLE laws.fresh (LIKE %s)', s.interactions);
		EXECUTE format('INSERT INTO laws.fresh SELECT * FROM (SELECT * FROM %s UNION ALL %s) AS r WHERE %s ORDER BY random()',
					   laws.kept_of(s), laws.live_rows(s), s.filter);
		RETURN fresh;
	END IF;
	EXECUTE format('CREATE TABLE laws.fresh (lead %s, kind text, at timestamptz, weight float8)', laws.type_of(s.tracker, 'lead'));
	EXECUTE format('INSERT INTO laws.fresh SELECT * FROM (%s) AS r ORDER BY random()',
				   (SELECT string_agg(laws.counting_rows(sister), ' UNION ALL ') FROM laws.sisters(s) AS sister));
	fresh.lead := 'lead';
	fresh.kind := 'kind';
	fresh.at := 'at';
	fresh.weight := 'weight';
	RETURN fresh;
END
$$;

/* make_fresh_words makes a table of the words that count, kept ones and those that live. */
CREATE FUNCTION laws.make_fresh_words(s laws.shape) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	words text := laws.words_of(s);
BEGIN
	EXECUTE format('CREATE TABLE laws.fresh_words (lead %s, kind text, at timestamptz)', laws.type_of(s.tracker, 'lead'));
	EXECUTE format('INSERT INTO laws.fresh_words SELECT * FROM %s', laws.kept_words_of(s));
	IF words IS NOT NULL THEN
		EXECUTE format('INSERT INTO laws.fresh_words SELECT lead, kind, at FROM %s WHERE at >= %L', words,
					   coalesce((SELECT archived_before FROM laws.shape WHERE name = s.name), '-infinity'));
	END IF;
END
$$;

/* make_fresh does so with the rows of leads that are merged as rows of those that they count for, and without those that rows alone do not tell. */
CREATE FUNCTION laws.make_fresh(s laws.shape, blended text[]) RETURNS laws.shape LANGUAGE plpgsql AS $$
DECLARE
	fresh laws.shape := laws.make_fresh_of_all(s);
	type text := laws.type_of('laws.fresh', fresh.lead);
BEGIN
	EXECUTE format('UPDATE laws.fresh SET %1$I = laws.root(%2$L, %1$I::text)::%3$s WHERE %1$I IN (SELECT alias FROM %2$s)', fresh.lead, laws.aliases_of(s), type);
	EXECUTE format('DELETE FROM laws.fresh WHERE %I = ANY (%L::%s[])', fresh.lead, blended, type);
	PERFORM laws.make_fresh_words(s);
	EXECUTE format('UPDATE laws.fresh_words SET lead = laws.root(%1$L, lead::text)::%2$s WHERE lead IN (SELECT alias FROM %1$s)', laws.aliases_of(s), type);
	EXECUTE format('DELETE FROM laws.fresh_words WHERE lead = ANY (%L::%s[])', blended, type);
	RETURN fresh;
END
$$;

/* track_fresh tracks the table that make_fresh has made, and says in its tracker what people have said: the first word makes the table of them. */
CREATE FUNCTION laws.track_fresh(s laws.shape, fresh laws.shape) RETURNS void LANGUAGE plpgsql SET client_min_messages = warning AS $$
DECLARE
	has_id boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'laws.fresh'::regclass AND attname = s.id);
BEGIN
	PERFORM lead_temperature.track('laws.fresh', fresh.lead, fresh.kind, fresh.at, fresh.weight, 'laws', entry => s.entry, time_zone => s.time_zone, create_index => true);
	IF NOT EXISTS (SELECT FROM laws.fresh_words) THEN
		RETURN;
	END IF;
	EXECUTE format('INSERT INTO laws.fresh (%I, %I%s) SELECT lead, ''2024-01-01''%s FROM laws.fresh_words LIMIT 1', fresh.lead, fresh.at,
				   CASE WHEN has_id THEN format(', %I', s.id) END, CASE WHEN has_id THEN ', -1' END);
	PERFORM lead_temperature.exclude('laws.fresh', (SELECT lead::text FROM laws.fresh_lead WHERE interactions > 0 LIMIT 1));
	EXECUTE format('DELETE FROM laws.fresh WHERE %s', CASE WHEN has_id THEN format('%I = -1', s.id) ELSE format('%I IS NULL AND %I = ''2024-01-01'' AND ctid = (SELECT max(ctid) FROM laws.fresh)', fresh.kind, fresh.at) END);
	DELETE FROM laws.fresh_word;
	INSERT INTO laws.fresh_word (lead, kind, at) SELECT * FROM laws.fresh_words;
END
$$;

/*
 * fresh_differences counts by column what differs between a tracker and one
 * made anew from the rows of make_fresh, to the last bit.
 */
CREATE FUNCTION laws.fresh_differences(s laws.shape, fresh laws.shape, blended text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	of_state text := 'lead, heat::text, level::text, first_at, last_at, stage_since, hot_since, due_at, interactions, stage::text, status::text, '
		'cycle, purchases, group_points::text, final_since, counted_at::text, granted_at::text, withdrawn_at::text, excluded_since, held_stage::text, heard_at';
	of_transition text := 'lead, at, from_stage::text, to_stage::text, from_status::text, to_status::text, from_temperature::text, to_temperature::text, '
		'cycle, purchases, score::text, cause::text';
	space text := (SELECT quote_ident(nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = s.interactions);
	exact text := format('lead <> ALL (%L::%s[])', blended, laws.type_of(s.tracker, 'lead'));
	recent text := exact || format(' AND (at >= %L OR lead <> ALL (%L::%s[]))', coalesce((SELECT archived_before FROM laws.shape WHERE name = s.name), '-infinity'),
								   laws.settled(s), laws.type_of(s.tracker, 'lead'));
	result text;
	found text;
BEGIN
	PERFORM laws.track_fresh(s, fresh);
	EXECUTE format('SELECT string_agg(d::text, E''\n'') FROM ((SELECT ''stored'', %1$s FROM %2$s WHERE %3$s EXCEPT ALL SELECT ''stored'', %1$s FROM laws.fresh_lead) UNION ALL '
				   '(SELECT ''anew'', %1$s FROM laws.fresh_lead EXCEPT ALL SELECT ''anew'', %1$s FROM %2$s WHERE %3$s)) AS d',
				   of_state, format('%s.%I', space, s.prefix || '_lead'), exact) INTO result;
	EXECUTE format('SELECT string_agg(d::text, E''\n'') FROM ((SELECT ''stored'', %1$s FROM %2$s WHERE superseded_at IS NULL AND %3$s EXCEPT ALL '
				   'SELECT ''stored'', %1$s FROM laws.fresh_transition WHERE superseded_at IS NULL AND %3$s) UNION ALL '
				   '(SELECT ''anew'', %1$s FROM laws.fresh_transition WHERE superseded_at IS NULL AND %3$s EXCEPT ALL SELECT ''anew'', %1$s FROM %2$s WHERE superseded_at IS NULL AND %3$s)) AS d',
				   of_transition, format('%s.%I', space, s.prefix || '_transition'), recent) INTO found;
	RETURN concat_ws(E'\n', result, found);
END
$$;

/*
 * history_differences tells what differs between the state of a tracker and what
 * leads_as_of says of now, whether the rows fit into memory or are sorted.
 */
CREATE FUNCTION laws.history_differences(s laws.shape) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	/* equal leads may be spelled differently */
	columns text := format('lead::text::%s, heat::text, stage::text, status::text, cycle, purchases, interactions, first_at, last_at, stage_since',
						   laws.type_of(s.tracker, 'lead'));
	leads regclass := (SELECT t.state FROM lead_temperature.tracker t WHERE t.state = s.tracker);
	result text;
	memory text;
BEGIN
	FOREACH memory IN ARRAY '{4MB, 64kB}'::text[] LOOP
		PERFORM set_config('work_mem', memory, true);
		EXECUTE format('WITH stored AS (SELECT %1$s FROM %2$s WHERE interactions > 0 AND excluded_since IS NULL), was AS (SELECT %1$s FROM lead_temperature.leads_as_of(%3$L, clock_timestamp())) '
					   'SELECT string_agg(d::text, E''\n'') FROM ((SELECT ''stored'', * FROM stored EXCEPT ALL SELECT ''stored'', * FROM was) UNION ALL '
					   '(SELECT ''as of now'', * FROM was EXCEPT ALL SELECT ''as of now'', * FROM stored)) AS d',
					   columns, leads, s.tracker) INTO result;
		IF result IS NOT NULL THEN
			RETURN format('with work_mem = %s%s%s', memory, E'\n', result);
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;

/*
 * count_differences tells what differs between the state of a tracker that
 * keeps counts of its funnel and these counts: by bucket, among the grains,
 * in the view, and for any two thresholds on and beside levels and borders of
 * buckets.
 */
CREATE FUNCTION laws.count_differences(s laws.shape) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	leads regclass;
	funnel regclass;
	counts regclass;
	deltas regclass;
	result text;
	found text;
BEGIN
	SELECT t.state, t.funnel, t.counts, t.deltas INTO leads, funnel, counts, deltas
		FROM lead_temperature.tracker t WHERE t.state = s.tracker;
	IF counts IS NULL THEN
		RETURN NULL;
	END IF;
	EXECUTE format('SELECT string_agg(d::text, E''\n'') FROM (SELECT stage, status, bucket, sum(leads) FROM ('
				   'SELECT stage, status, floor(level * 64)::bigint AS bucket, -1 AS leads FROM %s WHERE level IS NOT NULL '
				   'UNION ALL SELECT stage, status, bucket, leads FROM %s WHERE grain = 0 '
				   'UNION ALL SELECT stage, status, bucket, leads FROM %s) a GROUP BY stage, status, bucket HAVING sum(leads) <> 0) d',
				   leads, counts, deltas) INTO result;
	EXECUTE format('SELECT string_agg(d::text, E''\n'') FROM (SELECT stage, status, grain, bucket, sum(leads) FROM ('
				   'SELECT stage, status, g.grain, floor(bucket / 64.0 ^ g.grain)::bigint AS bucket, leads FROM %1$s c, generate_series(0, 3) AS g (grain) WHERE c.grain = 0 '
				   'UNION ALL SELECT stage, status, grain, bucket, -leads FROM %1$s) a GROUP BY stage, status, grain, bucket '
				   'HAVING sum(leads) <> 0 UNION ALL SELECT stage, status, grain, bucket, leads FROM %1$s WHERE leads <= 0) d',
				   counts) INTO found;
	result := concat_ws(E'\n', result, found);
	EXECUTE format('SELECT string_agg(d::text, E''\n'') FROM (SELECT s.stage, s.leads, s.cold, s.warm, s.hot, s.won, s.lost, '
				   'v.leads, v.cold, v.warm, v.hot, v.won, v.lost FROM lead_temperature.stages((SELECT '
				   'lead_temperature.funnel_of(stage, status, level, lead_temperature.warm_level(%2$L), lead_temperature.hot_level(%2$L)) FROM %2$s)) s '
				   'JOIN %1$s v ON v.stage = s.stage::text '
				   'WHERE (s.leads, s.cold, s.warm, s.hot, s.won, s.lost) IS DISTINCT FROM (v.leads, v.cold, v.warm, v.hot, v.won, v.lost)) d',
				   funnel, leads) INTO found;
	result := concat_ws(E'\n', result, found);
	EXECUTE format('WITH level AS (SELECT level FROM %1$s UNION ALL SELECT floor(level * 64 / g) * g / 64 FROM %1$s, unnest(''{1, 64, 4096}''::float8[]) g '
				   'UNION ALL SELECT level + random() * 2 - 1 FROM %1$s UNION ALL VALUES (0.0), (1e6), (-1e6)), '
				   'any_level AS (SELECT level, row_number() OVER (ORDER BY random()) AS i FROM level WHERE level IS NOT NULL), '
				   'pair AS (SELECT least(a.level, b.level) AS warm, greatest(a.level, b.level) AS hot FROM any_level a '
				   'JOIN any_level b ON b.i = a.i / 2 + 1 WHERE a.i <= 12), '
				   'funnel AS (SELECT warm, hot, '
				   '(SELECT lead_temperature.funnel_of(stage, status, level, warm, hot) FROM %1$s) AS scanned, '
				   '(SELECT lead_temperature.funnel_of(stage, status, level, warm, hot, leads) FROM ('
				   'SELECT stage, status, lead_temperature.bucket_level(c.grain, bucket) AS level, leads FROM lead_temperature.funnel_ranges(warm, hot) r '
				   'JOIN %2$s c ON c.grain = r.grain AND bucket BETWEEN r.first AND r.last '
				   'UNION ALL SELECT stage, status, lead_temperature.bucket_level(0::smallint, bucket), leads FROM %3$s '
				   'WHERE bucket NOT IN (floor(warm * 64), floor(hot * 64)) '
				   'UNION ALL SELECT stage, status, level, 1 FROM %1$s WHERE floor(level * 64) IN (floor(warm * 64), floor(hot * 64))) p) AS counted FROM pair) '
				   'SELECT string_agg(funnel::text, E''\n'') FROM funnel WHERE scanned OPERATOR(lead_temperature.<>) counted',
				   leads, counts, deltas) INTO found;
	RETURN nullif(concat_ws(E'\n', result, found), '');
END
$$;

/* written_of names the table that the leads of a shape's tracker are written back to. */
CREATE FUNCTION laws.written_of(s laws.shape) RETURNS text LANGUAGE sql AS $$
	SELECT format('laws.%I', 'written of ' || s.prefix)
$$;

/* write_back lets all there is of the leads of a shape, and of its sisters, be written back to a table; needs test/written.sql. */
CREATE FUNCTION laws.write_back(s laws.shape) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	type text := laws.type_of(s.tracker, 'lead');
BEGIN
	EXECUTE format('CREATE TABLE %s (lead %s PRIMARY KEY, stage text, temperature text, score float8, level float8, hot_until timestamptz, warm_until timestamptz, status text, '
				   'first_at timestamptz, last_at timestamptz, stage_since timestamptz, hot_since timestamptz, purchases int, interactions bigint)', laws.written_of(s), type);
	EXECUTE format('INSERT INTO %s (lead) SELECT DISTINCT unnest(coalesce(people, leads))::%s FROM laws.shape WHERE tracker = %L::regclass ON CONFLICT DO NOTHING',
				   laws.written_of(s), type, s.tracker);
	PERFORM lead_temperature.write_back(s.tracker, laws.written_of(s)::regclass, 'lead', stage => 'stage', temperature => 'temperature', score => 'score', level => 'level',
		hot_until => 'hot_until', warm_until => 'warm_until', status => 'status', first_at => 'first_at', last_at => 'last_at', stage_since => 'stage_since',
		hot_since => 'hot_since', purchases => 'purchases', interactions => 'interactions');
END
$$;

/* account_of names a table or view of the accounts of a shape's tracker. */
CREATE FUNCTION laws.account_of(s laws.shape, suffix text) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s.%I', relnamespace::regnamespace, s.prefix || '_account' || suffix) FROM pg_class WHERE oid = s.tracker
$$;

/* account_differences lists accounts that are not as hot as the leads that they are made of, and leads that are of none or of another. */
CREATE FUNCTION laws.account_differences(s laws.shape) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format($q$SELECT string_agg(account || ': ' || coalesce(e.heat::text, 'null') || ' of ' || coalesce(e.leads, 0) || ' and not ' || coalesce(a.level::text, 'null') || ' of ' || coalesce(a.leads, 0), E'\n')
		FROM (SELECT 'firm ' || left(md5(lower(lead::text)), 1) AS account, count(*) AS leads, sum(abs(lead_temperature.points(heat))) AS most,
			lead_temperature.sum(heat) FILTER (WHERE status <> 'lost') AS heat FROM %1$s WHERE level IS NOT NULL GROUP BY 1) e
		FULL JOIN %2$s a USING (account)
		WHERE e.leads IS DISTINCT FROM a.leads OR (abs(coalesce(lead_temperature.level(e.heat), 0) - a.level) > 1e-6 AND abs(lead_temperature.points(e.heat)) > 1e-6 * e.most)$q$,
		s.tracker, laws.account_of(s, '')) INTO result;
	IF result IS NULL THEN
		EXECUTE format('SELECT string_agg(format(''lead %%s is of account %%s'', m.lead, m.account), E''\n'') FROM %s m FULL JOIN %s l ON l.lead = m.lead WHERE m.lead IS NULL OR l.lead IS NULL',
			laws.account_of(s, '_map'), s.tracker) INTO result;
	END IF;
	RETURN result;
END
$$;

/* who_of names the table that has attributes of the leads of a shape's tracker. */
CREATE FUNCTION laws.who_of(s laws.shape) RETURNS text LANGUAGE sql AS $$
	SELECT format('laws.%I', 'who of ' || s.prefix)
$$;

/* describe lets the leads of a shape, and of its sisters, have attributes, for which the model has rules. */
CREATE FUNCTION laws.describe(s laws.shape) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE %s (lead %s PRIMARY KEY, country text, size float8)', laws.who_of(s), laws.type_of(s.tracker, 'lead'));
	PERFORM lead_temperature.add_attribute(s.tracker, laws.who_of(s)::regclass, 'lead', 'country'),
		lead_temperature.add_attribute(s.tracker, laws.who_of(s)::regclass, 'lead', 'size * 2', name => 'double');
END
$$;

/* change_who changes attributes of a lead, or of many. */
CREATE FUNCTION laws.change_who(s laws.shape) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	leads text[] := (SELECT array_agg(DISTINCT l) FROM laws.shape h, unnest(coalesce(h.people, h.leads)) AS l WHERE h.tracker = s.tracker);
	row_of text := format('%L::%s, %L, %L::float8', laws.one_of(leads), laws.type_of(s.tracker, 'lead'), laws.one_of('{a, b, c, NULL}'), laws.one_of('{1, 5, 7.5, NaN, Infinity, NULL}'));
	r float8 := random();
	command text;
BEGIN
	IF to_regclass(laws.who_of(s)) IS NULL THEN
		RETURN;
	END IF;
	command := CASE
		WHEN r < 0.6 THEN 'INSERT INTO %1$s VALUES (%2$s) ON CONFLICT (lead) DO UPDATE SET country = EXCLUDED.country, size = EXCLUDED.size'
		WHEN r < 0.7 THEN 'DELETE FROM %1$s WHERE random() < 0.3'
		WHEN r < 0.8 THEN 'UPDATE %1$s SET size = size + 1'
		WHEN r < 0.95 THEN 'UPDATE %1$s SET lead = v.lead FROM (VALUES (%2$s)) AS v (lead, country, size) WHERE %1$s.country = v.country AND NOT EXISTS (SELECT FROM %1$s AS w WHERE w.lead = v.lead) '
			'AND %1$s.lead = (SELECT min(lead::text) FROM %1$s WHERE country = v.country)::%3$s'
		ELSE 'TRUNCATE %1$s' END;
	command := format(command, laws.who_of(s), row_of, laws.type_of(s.tracker, 'lead'));
	RAISE DEBUG '%;', command;
	EXECUTE command;
END
$$;

/* fit_differences compares the fit of each lead with what its attributes, and those of leads that are merged into it, say. */
CREATE FUNCTION laws.fit_differences(s laws.shape) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('WITH RECURSIVE m AS (SELECT l.lead AS root, l.lead AS member, false AS other FROM %1$s AS l WHERE l.level IS NOT NULL '
				   'UNION ALL SELECT m.root, a.alias, true FROM m JOIN %2$s AS a ON a.lead = m.member), '
				   'own AS (SELECT m.root, (array_agg(w.country ORDER BY m.other, m.member) FILTER (WHERE w.country IS NOT NULL))[1] AS country, '
				   '(array_agg(w.size ORDER BY m.other, m.member) FILTER (WHERE w.size IS NOT NULL))[1] AS size FROM m LEFT JOIN %3$s AS w ON w.lead = m.member GROUP BY 1), '
				   'n AS (SELECT root, CASE country WHEN ''a'' THEN 20 WHEN ''b'' THEN 4 ELSE 0 END + CASE WHEN country IS NULL THEN -1 ELSE 0 END '
				   '+ CASE WHEN size IS NULL OR size = ''NaN'' THEN 0.5 WHEN size * 2 >= 10 THEN 11 ELSE 0 END AS fit FROM own) '
				   'SELECT string_agg(format(''%%s: %%s and not %%s'', coalesce(n.root, f.lead), f.fit, n.fit), E''\n'') '
				   'FROM n FULL JOIN %4$s AS f ON f.lead = n.root WHERE f.fit IS DISTINCT FROM n.fit',
				   s.tracker, laws.aliases_of(s), laws.who_of(s), regexp_replace(s.tracker::text, '_lead("?)$', '_fit\1')) INTO result;
	RETURN result;
END
$$;

/* check looks for any disagreement and raises what it finds. */
CREATE FUNCTION laws.check(s laws.shape) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	fresh laws.shape;
	blended text[] := laws.blended_now(s);
	result text;
BEGIN
	result := (SELECT string_agg(d::text, E'\n') FROM lead_temperature.drift(s.tracker) AS d);
	IF result IS NOT NULL THEN
		RAISE EXCEPTION E'drift finds\n%', result;
	END IF;
	IF EXISTS (SELECT FROM lead_temperature.write_backs b WHERE b.tracker = s.tracker) THEN
		result := (SELECT string_agg(d, E'\n') FROM public.written_differences(s.tracker) AS d);
	END IF;
	IF result IS NOT NULL THEN
		RAISE EXCEPTION E'what was written back differs\n%', result;
	END IF;
	IF EXISTS (SELECT FROM lead_temperature.account_sources a WHERE a.tracker = s.tracker) THEN
		result := laws.account_differences(s);
	END IF;
	IF result IS NOT NULL THEN
		RAISE EXCEPTION E'accounts differ\n%', result;
	END IF;
	IF to_regclass(laws.who_of(s)) IS NOT NULL THEN
		result := laws.fit_differences(s);
	END IF;
	IF result IS NOT NULL THEN
		RAISE EXCEPTION E'fit differs\n%', result;
	END IF;
	fresh := laws.make_fresh(s, blended);
	result := laws.fresh_differences(s, fresh, blended);
	IF result <> '' THEN
		RAISE EXCEPTION E'a table tracked anew differs\n%', result;
	END IF;
	result := laws.count_differences(s);
	IF result IS NOT NULL THEN
		RAISE EXCEPTION E'the counts of the funnel differ\n%', result;
	END IF;
	result := laws.history_differences(s);
	IF result IS NOT NULL THEN
		RAISE EXCEPTION E'history differs\n%', result;
	END IF;
	PERFORM reference.fold('laws.fresh', fresh.lead, fresh.kind, fresh.at, fresh.weight, 'laws', s.entry, s.time_zone, words => 'laws.fresh_words');
	EXECUTE format('SELECT string_agg(d::text, E''\n'') FROM reference.differences(%L, %L) AS d WHERE d.lead::%s <> ALL (%L::%3$s[]) '
				   'AND (d.lead::%3$s <> ALL (%5$L::%3$s[]) OR attribute !~ ''^transition at '' OR substr(attribute, 15)::timestamptz >= %6$L)',
				   s.interactions, s.prefix, laws.type_of(s.tracker, 'lead'), blended, laws.settled(s),
				   coalesce((SELECT archived_before FROM laws.shape WHERE name = s.name), '-infinity')) INTO result;
	IF result IS NOT NULL THEN
		RAISE EXCEPTION E'the reference fold differs\n%', result;
	END IF;
END
$$;

/* What the rounds have met, so that a test can show that they met it. */
CREATE TABLE laws.met (shape text, what text, n bigint, PRIMARY KEY (shape, what));

/* count_of counts the rows of a query, of which there are none if it is null. */
CREATE FUNCTION laws.count_of(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	IF query IS NULL THEN
		RETURN 0;
	END IF;
	EXECUTE 'SELECT count(*) FROM ' || query INTO n;
	RETURN n;
END
$$;

/* what_was_met counts what the last check has looked at. */
CREATE FUNCTION laws.what_was_met(s laws.shape) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object(
			'leads', count(*),
			'interactions', coalesce(sum(interactions), 0),
			'compared in full', count(*) FILTER (WHERE NOT unsure),
			'with rows to come', count(due_at),
			'in a later cycle', count(*) FILTER (WHERE cycle > 1),
			'hot', count(hot_since),
			'lost for good', count(final_since),
			'with consent', count(*) FILTER (WHERE granted > withdrawn OR (granted IS NOT NULL AND withdrawn IS NULL)),
			'with consent withdrawn', count(withdrawn),
			'excluded', count(excluded_since),
			'held', coalesce(sum(withheld), 0),
			'spoken of since', count(heard_at),
			'words', laws.count_of(laws.words_of(s)),
			'archived words', laws.count_of(laws.kept_words_of(s)),
			'repetitions', coalesce(sum(repetitions), 0),
			'woken', coalesce(sum(woken), 0),
			'won without spending', coalesce(sum(kept), 0),
			'with a checkpoint', laws.count_of(format('%s WHERE checkpoint IS NOT NULL', (SELECT state FROM lead_temperature.tracker WHERE state = s.tracker))),
			'lost', count(*) FILTER (WHERE status = 'lost'),
			'won', count(*) FILTER (WHERE status = 'won'),
			'transitions', (SELECT count(*) FROM reference.transition),
			'written back', CASE WHEN to_regclass(laws.written_of(s)) IS NULL THEN 0 ELSE laws.count_of(laws.written_of(s) || ' WHERE stage IS NOT NULL') END,
			'accounts', CASE WHEN to_regclass(laws.account_of(s, '_map')) IS NULL THEN 0 ELSE laws.count_of(laws.account_of(s, '_map')) END,
			'with fit', CASE WHEN to_regclass(laws.who_of(s)) IS NULL THEN 0 ELSE laws.count_of(regexp_replace(s.tracker::text, '_lead("?)$', '_fit\1') || ' WHERE fit > 0') END,
			'merged', laws.count_of(laws.aliases_of(s)),
			'merged balances', cardinality(laws.blended_now(s)),
			'archived', laws.count_of(laws.kept_of(s)),
			'archived and gone', CASE WHEN s.via IS NOT NULL THEN 0 ELSE laws.count_of(format('%1$s AS k WHERE NOT EXISTS (SELECT FROM %2$s AS t WHERE t.%3$I = k.%3$I)',
													  laws.kept_of(s), s.interactions, s.id)) END,
			'ignored', (SELECT ignored FROM lead_temperature.trackers WHERE state = s.tracker))
	FROM reference.lead
$$;

/* disagreement checks, leaves nothing of that but the figures, and tells what was found, NULL if all agree. */
CREATE FUNCTION laws.disagreement(s laws.shape) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	seen jsonb;
BEGIN
	BEGIN
		PERFORM laws.check(s);
		seen := laws.what_was_met(s);
		RAISE EXCEPTION USING ERRCODE = 'LAW00';
	EXCEPTION
		WHEN SQLSTATE 'LAW00' THEN
			INSERT INTO laws.met SELECT s.name, key, value::bigint FROM jsonb_each_text(seen)
				ON CONFLICT (shape, what) DO UPDATE SET n = met.n + EXCLUDED.n;
			RETURN NULL;
		WHEN raise_exception THEN
			RETURN SQLERRM;
	END;
END
$$;

/*
 * mix runs random transactions on the table of a shape, some of which roll
 * back, and checks after each.
 */
CREATE PROCEDURE laws.mix(shape_name text, rounds int, seed float8) LANGUAGE plpgsql AS $$
DECLARE
	s laws.shape;
	found text;
BEGIN
	PERFORM setseed(seed);
	FOR round IN 1 .. rounds LOOP
		PERFORM set_config('default_transaction_isolation', CASE WHEN random() < 0.2 THEN 'repeatable read' ELSE 'read committed' END, false);
		COMMIT;
		RAISE DEBUG 'BEGIN; -- round % of "%"', round, shape_name;
		UPDATE laws.shape SET clock = clock + interval '3 hours' WHERE tracker = (SELECT tracker FROM laws.shape WHERE name = shape_name);
		SELECT * INTO STRICT s FROM laws.shape WHERE name = shape_name;
		FOR i IN 0 .. floor(random() * 5)::int LOOP
			PERFORM laws.act(s);
			IF random() < 0.3 THEN
				PERFORM laws.change_who(s);
			END IF;
		END LOOP;
		IF random() < 0.15 THEN
			RAISE DEBUG 'ROLLBACK;';
			ROLLBACK;
		ELSE
			RAISE DEBUG 'COMMIT;';
			COMMIT;
		END IF;

		/*
		 * Pauses, due rows, replays and archives between the transactions change nothing; forgotten
		 * leads are gone, and a tracker that reads otherwise has what it reads now.
		 */
		CASE floor(random() * 13)::int
			WHEN 0 THEN
				PERFORM lead_temperature.pause(s.tracker);
				PERFORM laws.act(s);
				COMMIT;
				PERFORM lead_temperature.resume(s.tracker);
				COMMIT;
			WHEN 1 THEN
				PERFORM lead_temperature.apply_due(s.tracker);
				COMMIT;
			WHEN 2 THEN
				CALL lead_temperature.replay(s.tracker);
				COMMIT;
			WHEN 3 THEN
				SET default_transaction_isolation = 'read committed';
				COMMIT;
				PERFORM laws.archive(s);
				COMMIT;
			WHEN 4 THEN
				IF (SELECT counts FROM lead_temperature.tracker WHERE state = s.tracker) IS NOT NULL THEN
					PERFORM lead_temperature.compact_counts(s.tracker);
					COMMIT;
				END IF;
			WHEN 5 THEN
				PERFORM laws.forget(s);
				COMMIT;
			WHEN 6 THEN
				PERFORM laws.alter(s);
				COMMIT;
				IF (SELECT stale FROM lead_temperature.trackers WHERE state = s.tracker) THEN
					CALL lead_temperature.replay(s.tracker);
					COMMIT;
				END IF;
				SELECT * INTO STRICT s FROM laws.shape WHERE name = shape_name;
			ELSE
				NULL;
		END CASE;

		/* what another tracker makes of the table must be right as well */
		FOR s IN SELECT * FROM laws.shape WHERE name = shape_name OR interactions = s.interactions AND tracker <> s.tracker LOOP
			found := laws.disagreement(s);
			IF found IS NOT NULL THEN
				RAISE EXCEPTION 'shape "%" ("%"), seed %, round %: %', shape_name, s.name, seed, round, found;
			END IF;
		END LOOP;
	END LOOP;
	RESET default_transaction_isolation;
END
$$;
