--
-- A tracked table given to another role: its companions go along, and nothing
-- that the former owner has put on them runs as the new one.
--
\pset format unaligned
\pset tuples_only

CREATE ROLE regress_lt_alice;
CREATE ROLE regress_lt_bob;
CREATE ROLE regress_lt_carol;
GRANT CREATE ON SCHEMA public TO regress_lt_alice, regress_lt_bob;

-- who the table and all that its tracker has made belong to, by name unless it is one role
CREATE FUNCTION owners() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT CASE WHEN count(*) OVER () = 1 THEN 'all' ELSE string_agg(relname, ' ' ORDER BY relname COLLATE "C") END || ': ' || pg_get_userbyid(relowner)
	FROM pg_class WHERE relname ~ '^event' AND relkind IN ('r', 'v', 'p') GROUP BY relowner ORDER BY pg_get_userbyid(relowner)
$$;
CREATE TABLE ran (what text, as_role name);
GRANT INSERT ON ran TO PUBLIC;
CREATE FUNCTION by_the_superuser() RETURNS trigger LANGUAGE plpgsql SET search_path TO public AS $$
	BEGIN INSERT INTO ran VALUES (TG_NAME, current_user); RETURN NEW; END
$$;

SET ROLE regress_lt_alice;
CREATE TABLE event (lead text, kind text, at timestamptz);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', create_index => true, funnel_counts => true);
CREATE FUNCTION by_alice() RETURNS trigger LANGUAGE plpgsql SET search_path TO public AS $$
	BEGIN INSERT INTO ran VALUES (TG_NAME, current_user); RETURN NEW; END
$$;
CREATE FUNCTION alice_likes(x text) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE TRIGGER of_alice AFTER INSERT ON event_lead FOR EACH ROW EXECUTE FUNCTION by_alice();
CREATE TRIGGER "Of Alice""s" BEFORE INSERT ON event_transition FOR EACH ROW EXECUTE FUNCTION by_alice();
CREATE TRIGGER when_alice_likes AFTER INSERT ON event_lead FOR EACH ROW WHEN (alice_likes(NEW.lead)) EXECUTE FUNCTION by_the_superuser();
CREATE TRIGGER of_the_superuser AFTER INSERT ON event_lead FOR EACH ROW EXECUTE FUNCTION by_the_superuser();
CREATE TRIGGER disabled_already AFTER INSERT ON event_lead FOR EACH ROW EXECUTE FUNCTION by_alice();
ALTER TABLE event_lead DISABLE TRIGGER disabled_already;
INSERT INTO event VALUES ('before', 'visit', '2024-01-01');
RESET ROLE;
SELECT * FROM ran ORDER BY what COLLATE "C";
TRUNCATE ran;

-- Triggers of the former owner are disabled, one by one and by name; those of a superuser go on.
BEGIN;
ALTER TABLE event OWNER TO regress_lt_bob;
SELECT owners();
INSERT INTO event VALUES ('after', 'visit', '2024-01-01');
SELECT * FROM ran ORDER BY what COLLATE "C";
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid IN ('event_lead'::regclass, 'event_transition'::regclass) AND NOT tgisinternal ORDER BY tgname COLLATE "C";
-- what the hint says
SET ROLE regress_lt_bob;
ALTER TABLE public.event_transition ENABLE TRIGGER "Of Alice""s";
INSERT INTO event VALUES ('enabled', 'visit', '2024-01-01');
RESET ROLE;
SELECT * FROM ran ORDER BY what COLLATE "C";
ROLLBACK;

-- Functions of the new owner run as before, whoever owns the table now.
BEGIN;
ALTER FUNCTION by_alice() OWNER TO regress_lt_bob;
ALTER FUNCTION alice_likes(text) OWNER TO regress_lt_bob;
ALTER TABLE event OWNER TO regress_lt_bob;
INSERT INTO event VALUES ('after', 'visit', '2024-01-01');
SELECT * FROM ran ORDER BY what COLLATE "C";
ROLLBACK;

-- REASSIGN OWNED gives the functions away too: nothing is disabled.
BEGIN;
REASSIGN OWNED BY regress_lt_alice TO regress_lt_bob;
SELECT owners();
INSERT INTO event VALUES ('after', 'visit', '2024-01-01');
SELECT * FROM ran ORDER BY what COLLATE "C";
SELECT count(*) FROM lead_temperature.drift('event');
ROLLBACK;

-- Who is a member of both roles may give the table away; the triggers do not go along.
GRANT regress_lt_alice, regress_lt_bob TO regress_lt_carol;
BEGIN;
SET ROLE regress_lt_carol;
ALTER TABLE event OWNER TO regress_lt_bob;
RESET ROLE;
SELECT owners();
INSERT INTO event VALUES ('after', 'visit', '2024-01-01');
SELECT * FROM ran ORDER BY what COLLATE "C";
ROLLBACK;

-- Anything else that would run such a function is refused, and nothing is changed.
DROP TRIGGER of_alice ON event_lead;
DROP TRIGGER "Of Alice""s" ON event_transition;
DROP TRIGGER when_alice_likes ON event_lead;
CREATE PROCEDURE give_with(addition text) LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
	hint text;
BEGIN
	SET LOCAL ROLE regress_lt_alice;
	EXECUTE addition;
	RESET ROLE;
	BEGIN
		ALTER TABLE event OWNER TO regress_lt_bob;
		RAISE INFO 'given';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
		RAISE INFO E'%: %\n  detail: %\n  hint: %', SQLSTATE, message, detail, hint;
	END;
	RAISE INFO '%', (SELECT string_agg(DISTINCT pg_get_userbyid(relowner), ' ') FROM pg_class WHERE relname ~ '^event' AND relkind IN ('r', 'v'));
	ROLLBACK;
END
$$;
SET ROLE regress_lt_alice;
CREATE FUNCTION alice_number() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN 1; END $$;
CREATE FUNCTION alice_equals(text, text) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE OPERATOR === (FUNCTION = alice_equals, LEFTARG = text, RIGHTARG = text);
RESET ROLE;
CALL give_with('ALTER TABLE event_lead ADD mine text');
CALL give_with('ALTER TABLE event_lead ADD CHECK (alice_likes(lead))');
CALL give_with('ALTER TABLE event_lead ADD CHECK (lead === lead)');
CALL give_with('ALTER TABLE event_transition ADD mine int DEFAULT alice_number()');
CALL give_with('ALTER TABLE event_balance ADD mine bool GENERATED ALWAYS AS (alice_likes(lead)) STORED');
CALL give_with('CREATE INDEX ON event_lead ((alice_likes(lead)))');
CALL give_with('CREATE INDEX ON event_lead (lead) WHERE alice_likes(lead)');
CALL give_with('CREATE POLICY mine ON event_funnel_count USING (alice_number() = 1)');
CALL give_with('CREATE STATISTICS mine ON (alice_likes(lead)) FROM event_lead');
-- domains, whose constraints their owner may change, and functions of the server that run what they are given
SET ROLE regress_lt_alice;
CREATE DOMAIN alice_text AS text;
CREATE TYPE alice_pair AS (a int, b alice_text[]);
CREATE TYPE alice_mood AS ENUM ('good');
RESET ROLE;
CALL give_with('ALTER TABLE event_lead ADD mine alice_text');
CALL give_with('ALTER TABLE event_lead ADD mine alice_pair[]');
CALL give_with('ALTER TABLE event_lead ADD mine alice_mood');
CALL give_with('ALTER TABLE event_lead ADD CHECK (lead::alice_text IS NOT NULL)');
CALL give_with($$ALTER TABLE event_lead ADD CHECK (query_to_xml('TABLE pg_am', true, true, '') IS NOT NULL)$$);
CALL give_with($$ALTER TABLE event_lead ADD mine xml DEFAULT table_to_xml('pg_am', true, true, '')$$);
CALL give_with($$CREATE TRIGGER mine AFTER INSERT ON event_lead FOR EACH ROW WHEN (table_to_xml('pg_am', true, true, '') IS NULL) EXECUTE FUNCTION by_the_superuser()$$);
CALL give_with($$ALTER TABLE event_lead ADD mine timestamptz DEFAULT now(), ADD yours date DEFAULT current_date, ADD its uuid DEFAULT gen_random_uuid()$$);
CALL give_with('ALTER TABLE event_transition ADD mine serial');
CALL give_with('ALTER TABLE event_transition ADD mine int GENERATED BY DEFAULT AS IDENTITY');
CALL give_with('CREATE OR REPLACE VIEW event_funnel_weekly AS SELECT week, stage, stage_order, entered, advanced, won, lost, median_days * alice_number() AS median_days FROM (SELECT * FROM event_funnel_weekly WHERE false) AS w');

-- A companion alone is not given away.
ALTER TABLE event_lead OWNER TO regress_lt_bob;
ALTER TABLE event_transition OWNER TO regress_lt_bob;
ALTER TABLE event_funnel_delta OWNER TO regress_lt_bob;
ALTER TABLE event_ranking OWNER TO regress_lt_bob;
SELECT owners();
ALTER TABLE event_lead OWNER TO regress_lt_alice;
ALTER TABLE event OWNER TO regress_lt_bob;
SELECT owners();
SET ROLE regress_lt_bob;
INSERT INTO event VALUES ('of bob', 'visit', '2024-01-01');
SELECT count(*) FROM event_ranking;
SELECT count(*) FROM lead_temperature.drift('event');
RESET ROLE;

DROP TABLE event;
DROP OWNED BY regress_lt_alice, regress_lt_bob, regress_lt_carol;
DROP PROCEDURE give_with;
DROP FUNCTION owners, by_the_superuser;
DROP TABLE ran;
DELETE FROM lead_temperature.model WHERE name = 'event';
DROP ROLE regress_lt_alice, regress_lt_bob, regress_lt_carol;
