--
-- forget: a person erased from every table of a tracker.
--
SET timezone = 'UTC';
CREATE ROLE regress_lt_other;
CREATE TABLE event (lead text, kind text, at timestamptz, note text);
CREATE INDEX ON event (lead);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', funnel_counts => true, filter => $$note IS DISTINCT FROM 'bot'$$);
INSERT INTO event SELECT l, k, timestamptz '2026-01-01' + i * interval '1 day', NULL FROM (VALUES ('ann'), ('bob'), ('cy "x"')) AS v (l), (VALUES (1, 'question'), (2, 'demo_request'), (40, 'purchase')) AS w (i, k);
INSERT INTO event VALUES ('ann', 'visit', '2025-12-31', 'late'), ('ann', 'visit', '2026-01-03', 'bot'), ('dee', 'visit', '2026-01-01', NULL), ('eve', 'visit', '2200-01-01', NULL);
SELECT lead_temperature.archive('event', '2026-01-15');
DELETE FROM event WHERE lead = 'dee';	-- but in the balance
CREATE FUNCTION left_of(who text) RETURNS TABLE (t text, rows bigint) LANGUAGE plpgsql AS $$
BEGIN
	FOREACH t IN ARRAY '{event, event_lead, event_transition, event_balance}'::text[] LOOP
		EXECUTE format('SELECT count(*) FROM %I WHERE lead = $1', t) USING who INTO rows;
		RETURN NEXT;
	END LOOP;
END
$$;
SELECT * FROM left_of('ann');
SELECT sum(leads) FROM event_funnel;

-- Not while rows remain, unless they go too.
SELECT * FROM lead_temperature.forget('event', 'ann');
SELECT * FROM left_of('ann');
SELECT * FROM lead_temperature.forget('event', 'ann', delete_rows => true);
SELECT * FROM left_of('ann');
SELECT * FROM lead_temperature.forget('event', 'dee');
SELECT * FROM left_of('dee');
SELECT * FROM lead_temperature.forget('event', 'eve', true);
BEGIN;
SELECT * FROM lead_temperature.forget('event', 'cy "x"', true);
ROLLBACK;
SELECT * FROM left_of('cy "x"');
SELECT sum(leads) FROM event_funnel;
SELECT lead, interactions FROM event_lead ORDER BY lead;
SELECT * FROM lead_temperature.drift('event');
CALL lead_temperature.replay('event');
SELECT lead FROM event_lead ORDER BY lead;
SELECT (SELECT count(*) FROM event_transition WHERE lead IN ('ann', 'dee', 'eve')) AS transitions, (SELECT count(*) FROM lead_temperature.replay_progress WHERE last_lead ~ 'ann|dee|eve') AS positions;
-- who writes again comes as somebody new
INSERT INTO event VALUES ('ann', 'visit', '2026-02-20', NULL);
SELECT lead, interactions, first_at FROM event_lead WHERE lead = 'ann';

SELECT * FROM lead_temperature.forget('event', 'nobody', true);
SELECT * FROM lead_temperature.forget('event', NULL, true);
SELECT * FROM lead_temperature.forget('event', 'ann', NULL);
SELECT * FROM lead_temperature.forget('pg_class', 'ann', true);
SET ROLE regress_lt_other;
SELECT * FROM lead_temperature.forget('event', 'ann', true);
RESET ROLE;
SELECT lead_temperature.pause('event');
SELECT * FROM lead_temperature.forget('event', 'ann', true);
SELECT lead_temperature.resume('event');
SELECT count(*) FROM event WHERE lead = 'ann';
DROP TABLE event;
DROP FUNCTION left_of;
DROP ROLE regress_lt_other;
DELETE FROM lead_temperature.model WHERE name = 'event';
