--
-- Statements of many rows: gathered by lead in memory, spilled because they do
-- not fit into work_mem, or sorted because leads of their type cannot be
-- gathered.  State and transitions are those of a table tracked anew and of the
-- reference fold, kinds without a signal that are tied in time included.
--
\set ECHO none
\set reference `echo "${PG_ABS_SRCDIR:-.}"/test/reference_fold.sql`
\set laws `echo "${PG_ABS_SRCDIR:-.}"/test/laws.sql`
\i :reference
\i :laws
\set ECHO all
SELECT lead_temperature.create_model('laws');
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS citext;
RESET client_min_messages;
CREATE SCHEMA batches;
SET search_path = batches, public;

-- Rows of a third of the time, the n-th third, in no order; half of their kinds have no signal.
CREATE FUNCTION some_rows(n int) RETURNS TABLE (id bigint, number int, kind text, at timestamptz) LANGUAGE sql AS $$
	SELECT n * 1000 + i, nullif(hashint4(i) & 63, 7),
		(ARRAY['visit', 'question', 'demo_request', 'purchase', 'opportunity_lost', 'Zebra', 'apple', 'a', 'appl', '', 'äpfel',
			   repeat('far from short ', 20), NULL])[1 + (hashint4(i + n) & 1023) % 13],
		CASE WHEN (i % 97) > 0 THEN timestamptz '2024-01-01 00:00+00' + (10 * n + (hashint4(i * 3) & 7)) * interval '12 hours' END
	FROM generate_series(1, 900) AS i ORDER BY hashint4(i + 5)
$$;

-- What a statement of each third of the time makes of leads of a type in so much memory, and what disagrees with that.
CREATE FUNCTION follow_batches(lead_type text, spelling text, memory text) RETURNS TABLE (batch int, leads bigint, transitions bigint, disagreement text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE batch (id bigint PRIMARY KEY, lead %s, kind text, at timestamptz, note text)', lead_type);
	PERFORM lead_temperature.track('batch', 'lead', 'kind', 'at', model => 'laws', create_index => true);
	INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, note, leads, unique_key, moves)
		VALUES ('batch', 'batch', 'batch', 'id', 'lead', 'kind', 'at', 'note', '{}', '', '{}');
	-- the last comes late
	FOREACH batch IN ARRAY '{1, 3, 2}'::int[] LOOP
		PERFORM set_config('work_mem', memory, true);
		EXECUTE format('INSERT INTO batch SELECT id, %s, kind, at FROM some_rows(%s)', spelling, batch);
		PERFORM set_config('work_mem', '4MB', true);
		SELECT count(*) INTO leads FROM batch_lead;
		SELECT count(*) INTO transitions FROM batch_transition WHERE superseded_at IS NULL;
		disagreement := laws.disagreement(s) FROM laws.shape s WHERE name = 'batch';
		RETURN NEXT;
	END LOOP;
	PERFORM lead_temperature.untrack('batch');
	DROP TABLE batch, laws."kept of batch", laws."kept words of batch";
	DELETE FROM laws.shape WHERE name = 'batch';
END
$$;
SELECT * FROM follow_batches('bigint', 'number', '4MB');
SELECT * FROM follow_batches('bigint', 'number', '64kB');
SELECT * FROM follow_batches('text', $$repeat('lead ', 10) || number$$, '4MB');
SELECT * FROM follow_batches('text', $$repeat('lead ', 10) || number$$, '64kB');
-- it cannot be hashed
SELECT * FROM follow_batches('bit varying', 'number::bit(6)::bit varying', '4MB');

-- Rows of a time that is archived are ignored once, however the statement is followed.
CREATE TABLE old (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('old', 'lead', 'kind', 'at', model => 'laws', create_index => true);
SELECT lead_temperature.archive('old', '2024-01-08 00:00+00');
SELECT count(*) FILTER (WHERE at < '2024-01-08 00:00+00'), count(*) FILTER (WHERE at >= '2024-01-08 00:00+00')
	FROM some_rows(1) WHERE number IS NOT NULL;
INSERT INTO old SELECT number, kind, at FROM some_rows(1);
SELECT ignored, (SELECT sum(interactions) FROM old_lead) FROM lead_temperature.trackers WHERE interactions = 'old'::regclass;
SET work_mem = '64kB';
INSERT INTO old SELECT number + i, kind, at FROM some_rows(1), generate_series(1, 5) AS i;
RESET work_mem;
SELECT ignored, (SELECT sum(interactions) FROM old_lead) FROM lead_temperature.trackers WHERE interactions = 'old'::regclass;

-- Equal leads that are spelled differently: a new lead is spelled as in the earliest of its rows, however many there are.
CREATE FUNCTION spelled(n int) RETURNS TABLE (leads text) LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO spelling SELECT lead, 'visit', at FROM (VALUES ('Ann'::citext, timestamptz '2024-01-03 00:00+00'), ('ANN', '2024-01-01 00:00+00'), ('ann', '2024-01-02 00:00+00')) AS v (lead, at)
		UNION ALL SELECT 'bob', 'visit', timestamptz '2024-01-02 00:00+00' FROM generate_series(1, n);
	RETURN QUERY SELECT string_agg(l.lead || ': ' || interactions, ' ' ORDER BY l.lead) FROM spelling_lead l
		UNION ALL SELECT string_agg(t.lead, ' ' ORDER BY t.lead) FROM spelling_transition t;
	TRUNCATE spelling;
END
$$;
CREATE TABLE spelling (lead citext, kind text, at timestamptz);
SELECT lead_temperature.track('spelling', 'lead', 'kind', 'at', model => 'laws', create_index => true);
SELECT spelled(1);
SELECT spelled(100);

-- The cause of a transition is the first of equal kinds, as bytes order them, whichever came first.
CREATE TABLE tie (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('tie', 'lead', 'kind', 'at', model => 'laws', create_index => true);
INSERT INTO tie SELECT lead, kind, '2024-01-01 00:00+00' FROM generate_series(1, 4) AS lead, unnest('{b, aa, NULL, a, Z}'::text[]) AS kind
	WHERE lead <> 2 OR kind <> 'Z' ORDER BY lead, kind COLLATE "C" DESC;
INSERT INTO tie SELECT 5, NULL, '2024-01-01 00:00+00' FROM generate_series(1, 20);
SELECT lead, cause, from_stage, to_stage FROM tie_transition ORDER BY id;

-- More transitions than are inserted together, with a constraint and an index of the user, and then with what must see each row.
\set VERBOSITY terse
ALTER TABLE tie_transition ADD CHECK (score < 1000), ADD COLUMN mine int;
CREATE UNIQUE INDEX ON tie_transition (lead, at) WHERE superseded_at IS NULL;
INSERT INTO tie SELECT lead, 'visit', '2024-01-02 00:00+00' FROM generate_series(10, 500) AS lead;
SELECT count(*), count(DISTINCT id), min(lead), max(lead), bool_and(cause = 'visit') FROM tie_transition WHERE lead >= 10;
SET enable_seqscan = off;
SELECT lead, cause FROM tie_transition WHERE lead IN (10, 109, 110, 500) AND superseded_at IS NULL ORDER BY lead;
RESET enable_seqscan;
INSERT INTO tie SELECT lead, kind, '2024-01-03 00:00+00' FROM generate_series(490, 510) AS lead, generate_series(1, 60) AS i, unnest('{demo_request, referral}'::text[]) AS kind;
ALTER TABLE tie_transition DROP CONSTRAINT tie_transition_score_check, ADD CHECK (score < 20);
INSERT INTO tie SELECT lead, 'demo_request', '2024-01-04 00:00+00' FROM generate_series(1000, 1200) AS lead;
SELECT count(*) FROM tie_lead WHERE lead >= 1000;
ALTER TABLE tie_transition DROP CONSTRAINT tie_transition_score_check;

ALTER TABLE tie_transition ADD COLUMN twice float8 GENERATED ALWAYS AS (score * 2) STORED;
INSERT INTO tie SELECT lead, 'visit', '2024-01-04 00:00+00' FROM generate_series(2000, 2200) AS lead;
SELECT count(*), count(twice), bool_and(twice = score * 2) FROM tie_transition WHERE lead >= 2000;
ALTER TABLE tie_transition DROP COLUMN twice;

-- A trigger of the state sees the transitions of its lead that are written before.
CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM batches.tie_transition WHERE lead = NEW.lead AND at = NEW.last_at) THEN
		RAISE EXCEPTION 'lead % has no transition', NEW.lead;
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER look BEFORE UPDATE ON tie_lead FOR EACH ROW EXECUTE FUNCTION look();
INSERT INTO tie SELECT lead, 'demo_request', '2024-01-05 00:00+00' FROM generate_series(2000, 2200) AS lead;
SELECT count(*) FROM tie_transition WHERE lead >= 2000;
DROP TRIGGER look ON tie_lead;

-- Triggers UPDATE OF a column fire if updates may change that.
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE NOTICE '%', TG_NAME;
	RETURN NEW;
END
$$;
CREATE TRIGGER before_stage BEFORE UPDATE OF stage ON tie_lead FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER after_level AFTER UPDATE OF level ON tie_lead FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER after_lead AFTER UPDATE OF lead ON tie_lead FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER superseded AFTER UPDATE OF superseded_at ON tie_transition FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER caused AFTER UPDATE OF cause ON tie_transition FOR EACH ROW EXECUTE FUNCTION tell();
INSERT INTO tie VALUES (2000, 'visit', '2024-01-06 00:00+00');
DELETE FROM tie WHERE lead = 2000 AND kind = 'demo_request';

SET client_min_messages = warning;
DROP SCHEMA batches, laws, reference CASCADE;
DELETE FROM lead_temperature.model WHERE name = 'laws';
DROP EXTENSION citext;
