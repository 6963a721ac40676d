/*
 * adoption.sql
 *	  What the adoption tests share: a tracker that reads a vendor's table is compared with
 *	  what plain SQL says that its rows are, and what the fold written in SQL makes of them.
 */
CREATE EXTENSION lead_temperature;
SET timezone = 'UTC';
SET client_min_messages = error;
CREATE SCHEMA adoption;
CREATE SCHEMA workspace;

CREATE TABLE adoption.followed (interactions regclass, expected text, prefix text, entry lead_temperature.stage);

/* follow says which table is tracked, and which view says what it should be read as. */
CREATE PROCEDURE adoption.follow(interactions regclass, expected text, prefix text DEFAULT NULL, entry lead_temperature.stage DEFAULT 'visitor') LANGUAGE sql AS $$
	INSERT INTO adoption.followed VALUES (interactions, expected, coalesce(prefix, interactions::text), entry)
$$;

/* expect fails unless a query says true. */
CREATE PROCEDURE adoption.expect(what text, query text) LANGUAGE plpgsql AS $$
DECLARE
	holds boolean;
BEGIN
	EXECUTE query INTO holds;
	IF holds IS NOT TRUE THEN
		RAISE EXCEPTION 'not so: %', what;
	END IF;
	RAISE INFO 'ok - %', what;
END
$$;

/* check fails unless every lead is what plain SQL says, now and after a replay. */
CREATE PROCEDURE adoption.check(what text) LANGUAGE plpgsql AS $$
DECLARE
	f adoption.followed;
	found text;
	leads bigint;
BEGIN
	SELECT * INTO STRICT f FROM adoption.followed;
	CREATE TABLE adoption.rows (lead text, kind text, at timestamptz, weight float8);
	EXECUTE format('INSERT INTO adoption.rows SELECT (j ->> ''lead''), (j ->> ''kind''), (e.at)::timestamptz, (j ->> ''weight'')::float8 FROM %1$s AS e, to_jsonb(e) AS j', f.expected);
	PERFORM reference.fold('adoption.rows', 'lead', 'kind', 'at', 'weight', (SELECT model FROM lead_temperature.tracker WHERE interactions = f.interactions), f.entry);
	SELECT string_agg(d::text, E'\n') INTO found FROM reference.differences(f.interactions, f.prefix) AS d;
	DROP TABLE adoption.rows;
	IF found IS NOT NULL THEN
		RAISE EXCEPTION E'not so: %\n%', what, left(found, 2000);
	END IF;
	SELECT string_agg(d::text, E'\n') INTO found FROM lead_temperature.drift(f.interactions) AS d;
	IF found IS NOT NULL THEN
		RAISE EXCEPTION E'drift: %\n%', what, left(found, 2000);
	END IF;
	SELECT count(*) INTO leads FROM reference.lead;
	IF leads < 10 THEN
		RAISE EXCEPTION 'only % leads: %', leads, what;
	END IF;
	RAISE INFO 'ok - %', what;
END
$$;
