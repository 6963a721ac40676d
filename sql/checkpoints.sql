--
-- A lead with many interactions is replayed from its checkpoint when a row
-- comes a little late.
--
CREATE TABLE beat (id int GENERATED ALWAYS AS IDENTITY, lead int, kind text, at timestamptz);
CREATE INDEX ON beat (lead, at);
SELECT lead_temperature.track('beat', 'lead', 'kind', 'at');

-- Rows of a lead, one a minute; every 50th is a purchase.
CREATE FUNCTION pg_temp.beats(lead int, since int, until int, OUT int, OUT text, OUT timestamptz)
	RETURNS SETOF record LANGUAGE sql AS
$$
	SELECT lead, CASE i % 50 WHEN 0 THEN 'purchase' WHEN 7 THEN 'question' ELSE 'page_view' END,
		timestamptz '2026-01-01 00:00+00' + i * interval '1 minute'
	FROM generate_series(since, until) AS i
$$;

-- How many rows each lead has, how many its checkpoint has seen and up to which minute, and whether all is as the rows say.
CREATE VIEW pulse AS
SELECT lead, interactions, checkpoint[1] AS seen,
	(to_timestamp(checkpoint[3] / 1000000) - timestamptz '2026-01-01 00:00+00') AS up_to,
	(SELECT coalesce(string_agg(attribute, ', '), 'right') FROM lead_temperature.drift('beat') AS d WHERE d.lead = l.lead::text) AS state
FROM beat_lead AS l;

-- Rows in the order of time make none.
INSERT INTO beat (lead, kind, at) SELECT * FROM pg_temp.beats(1, 1, 300);
INSERT INTO beat (lead, kind, at) SELECT * FROM pg_temp.beats(2, 1, 100);
SELECT * FROM pulse ORDER BY lead;

-- A late one does, where there are enough rows, which is kept while rows follow.
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 04:58:30+00'), (2, 'question', '2026-01-01 01:39:30+00');
SELECT * FROM pulse ORDER BY lead;
INSERT INTO beat (lead, kind, at) SELECT * FROM pg_temp.beats(1, 301, 310);
INSERT INTO beat (lead, kind, at) VALUES (1, 'add_to_cart', '2026-01-01 05:05:30+00'), (1, 'page_view', '2026-01-01 05:10+00');
SELECT * FROM pulse WHERE lead = 1;

-- Once many rows have followed it goes on.
INSERT INTO beat (lead, kind, at) SELECT * FROM pg_temp.beats(1, 311, 500);
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 08:19:30+00');
SELECT * FROM pulse WHERE lead = 1;

-- A row from before it moves it back, as far as the row is late, and twice; one that is too late leaves none.
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 06:25:30+00');
SELECT * FROM pulse WHERE lead = 1;
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 02:00:30+00');
SELECT * FROM pulse WHERE lead = 1;

-- Whatever else happens to a row leaves none.
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 08:18:30+00');
SELECT * FROM pulse WHERE lead = 1;
UPDATE beat SET kind = 'product_view' WHERE lead = 1 AND at = '2026-01-01 08:18:30+00';
SELECT * FROM pulse WHERE lead = 1;

-- It is where a late row begins: what it says, right or wrong, goes into the state, and drift and replay find that.
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 08:17:30+00');
UPDATE beat_lead SET checkpoint[1] = checkpoint[1] + 1000 WHERE lead = 1;
SELECT * FROM pulse WHERE lead = 1;
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 08:17:40+00');
SELECT * FROM pulse WHERE lead = 1;
CALL lead_temperature.replay('beat');
SELECT * FROM pulse WHERE lead = 1;

-- A replay that finds nothing wrong keeps it; one that is none is not begun with.
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 08:17:50+00');
CALL lead_temperature.replay('beat');
SELECT * FROM pulse WHERE lead = 1;
UPDATE beat_lead SET checkpoint = '{1,2,3}' WHERE lead = 1;
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 08:17:55+00');
SELECT * FROM pulse WHERE lead = 1;

-- Transitions before it stay, those after it are compared.
SELECT count(*) FILTER (WHERE superseded_at IS NULL) AS current, count(superseded_at) > 0 AS superseded
	FROM beat_transition WHERE lead = 1;
INSERT INTO beat (lead, kind, at) VALUES (1, 'purchase', '2026-01-01 08:18:00+00');
SELECT at AT TIME ZONE 'UTC' AS at, cause FROM beat_transition WHERE lead = 1 AND superseded_at IS NULL ORDER BY at DESC, id DESC LIMIT 3;
SELECT * FROM pulse WHERE lead = 1;

-- Rows from before it may be archived and go; once it is archived itself nothing begins there.
SELECT lead_temperature.archive('beat', '2026-01-01 05:00+00');
DELETE FROM beat WHERE at < '2026-01-01 05:00+00';
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 08:18:10+00');
SELECT * FROM pulse WHERE lead = 1;
SELECT lead_temperature.archive('beat', '2026-01-01 08:00+00');
DELETE FROM beat WHERE at < '2026-01-01 08:00+00';
SELECT * FROM pulse WHERE lead = 1;
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 08:18:20+00');
SELECT * FROM pulse WHERE lead = 1;

-- The model has changed since: it is another lead.
INSERT INTO beat (lead, kind, at) SELECT * FROM pg_temp.beats(1, 501, 700);
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 11:39:20+00');
SELECT * FROM pulse WHERE lead = 1;
SELECT lead_temperature.create_model('beats');
UPDATE lead_temperature.model SET half_life = '1 hour' WHERE name = 'beats';
CALL lead_temperature.activate('beat', 'beats');
SELECT * FROM pulse WHERE lead = 1;

-- A savepoint takes it back with the row that made it.
BEGIN;
SAVEPOINT before;
INSERT INTO beat (lead, kind, at) VALUES (1, 'question', '2026-01-01 11:39:30+00');
SELECT seen IS NOT NULL AS has_checkpoint, state FROM pulse WHERE lead = 1;
ROLLBACK TO before;
INSERT INTO beat (lead, kind, at) VALUES (1, 'call', '2026-01-01 11:39:40+00');
COMMIT;
SELECT seen IS NOT NULL AS has_checkpoint, state FROM pulse WHERE lead = 1;

-- The rows after it are read by the index on lead and time.
SET plan_cache_mode = force_generic_plan;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
PREPARE rows_after AS SELECT lead, kind, at FROM beat WHERE lead = $1 AND at > $2;
EXPLAIN (COSTS OFF) EXECUTE rows_after (1, '2026-01-01 08:00+00');
DEALLOCATE rows_after;
RESET plan_cache_mode;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- Local times run backwards once a year: such a table has none.
CREATE TABLE local_beat (lead int, kind text, at timestamp);
SELECT lead_temperature.track('local_beat', 'lead', 'kind', 'at', create_index => true);
INSERT INTO local_beat SELECT lead, kind, at AT TIME ZONE 'UTC' FROM pg_temp.beats(1, 1, 300) AS b (lead, kind, at);
INSERT INTO local_beat VALUES (1, 'question', '2026-01-01 04:59:30');
SELECT interactions, checkpoint FROM local_beat_lead;
SELECT * FROM lead_temperature.drift('local_beat');

SET client_min_messages = warning;
DROP VIEW pulse;
SELECT lead_temperature.untrack('beat'), lead_temperature.untrack('local_beat');
DROP TABLE beat, local_beat;
DELETE FROM lead_temperature.model WHERE name = 'beats';
