--
-- The alert of the README: told once when a lead becomes hot, live.  Here it
-- writes into a table what there is sent to listeners.
--
\pset format unaligned
\pset tuples_only

CREATE TABLE alert (lead text);
CREATE FUNCTION notify_hot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.alert VALUES (NEW.lead::text);
	RETURN NULL;
END
$$;
-- alerts returns those since the last call
CREATE FUNCTION alerts() RETURNS text LANGUAGE sql AS $$
	WITH gone AS (DELETE FROM alert RETURNING lead)
	SELECT coalesce(string_agg(lead, ' ' ORDER BY lead COLLATE "C"), '-') FROM gone
$$;

CREATE TABLE event (id int PRIMARY KEY, email text, what text, happened_at timestamptz);
SELECT lead_temperature.track('event', 'email', 'what', 'happened_at', create_index => true);
CREATE TRIGGER notify_hot AFTER INSERT ON event_transition
	FOR EACH ROW WHEN (NEW.origin = 'live' AND NEW.to_temperature = 'hot' AND NEW.from_temperature IS DISTINCT FROM 'hot')
	EXECUTE FUNCTION notify_hot();

-- live rows: hot at once, hot by and by, not hot
INSERT INTO event VALUES (1, 'ida', 'demo_request', now());
SELECT alerts();
INSERT INTO event VALUES (2, 'cy', 'question', now() - interval '1 hour');
SELECT alerts();
INSERT INTO event VALUES (3, 'cy', 'form_submit', now() - interval '30 minutes'), (4, 'cy', 'question', now());
SELECT alerts();
-- hot already
INSERT INTO event VALUES (5, 'ida', 'question', now()), (6, 'cy', 'visit', now());
SELECT alerts();
-- two rows of one statement, of two leads and of one
INSERT INTO event VALUES (7, 'bob', 'demo_request', now()), (8, 'ann', 'question', now()), (9, 'ann', 'demo_request', now());
SELECT alerts();

-- an import: hot a year ago, cold now, new leads and known ones; and hot still
INSERT INTO event VALUES (10, 'old', 'demo_request', now() - interval '1 year'), (11, 'ida', 'demo_request', now() - interval '1 year');
SELECT alerts();
SELECT lead, hot_since IS NOT NULL AS was_hot FROM event_lead WHERE lead = 'old';
-- one that was on its way for two days, and is hot still: who calls at once comes too late
INSERT INTO event VALUES (12, 'late', 'demo_request', now() - interval '2 days');
SELECT alerts();
-- hot again after a year
INSERT INTO event VALUES (13, 'old', 'demo_request', now());
SELECT alerts();

-- corrections that move the beginning of the run, and an import before it
SELECT hot_since AS before FROM event_lead WHERE lead = 'ida' \gset
UPDATE event SET happened_at = happened_at - interval '3 hours' WHERE id = 1;
SELECT hot_since < :'before' AS moved FROM event_lead WHERE lead = 'ida';
INSERT INTO event VALUES (14, 'ida', 'demo_request', now() - interval '1 day');
SELECT hot_since < :'before'::timestamptz - interval '4 hours' AS moved FROM event_lead WHERE lead = 'ida';
SELECT alerts();
-- a correction that ends the run, and one that makes a lead hot
UPDATE event SET what = 'visit' WHERE id = 7;
SELECT alerts();
UPDATE event SET what = 'demo_request' WHERE id = 7;
SELECT alerts();
-- an update that gives rows to another lead
UPDATE event SET email = 'robert' WHERE id = 7;
SELECT alerts();

-- upserts
INSERT INTO event VALUES (15, 'eve', 'demo_request', now()) ON CONFLICT (id) DO UPDATE SET what = EXCLUDED.what, happened_at = EXCLUDED.happened_at;
SELECT alerts();
INSERT INTO event VALUES (15, 'eve', 'demo_request', now()), (16, 'eve', 'question', now()) ON CONFLICT (id) DO UPDATE SET what = EXCLUDED.what, happened_at = EXCLUDED.happened_at;
SELECT alerts();
-- what is still to come tells nobody
INSERT INTO event VALUES (17, 'fay', 'demo_request', now() + interval '1 day');
SELECT alerts();

-- who is excluded calls nobody, until he is included and becomes hot again
INSERT INTO event VALUES (18, 'spy', 'visit', now());
SELECT lead_temperature.exclude('event', 'spy', 'a competitor');
INSERT INTO event VALUES (19, 'spy', 'demo_request', now());
SELECT alerts();
SELECT origin, cause FROM event_transition WHERE lead = 'spy' ORDER BY id;
SELECT lead_temperature.include('event', 'spy');
SELECT alerts();
INSERT INTO event VALUES (20, 'spy', 'no_show', now() + interval '1 minute'), (21, 'spy', 'quote_request', now() + interval '2 minutes');
SELECT alerts();

-- leads that are no text
CREATE TABLE click (visitor bigint, event text, at timestamptz);
SELECT lead_temperature.track('click', 'visitor', 'event', 'at', create_index => true);
CREATE TRIGGER notify_hot AFTER INSERT ON click_transition
	FOR EACH ROW WHEN (NEW.origin = 'live' AND NEW.to_temperature = 'hot' AND NEW.from_temperature IS DISTINCT FROM 'hot')
	EXECUTE FUNCTION notify_hot();
INSERT INTO click VALUES (9000000000, 'demo_request', now()), (7, 'demo_request', now() - interval '1 year'), (8, 'visit', now());
SELECT alerts();
UPDATE click SET at = at - interval '1 hour' WHERE visitor = 9000000000;
SELECT alerts();
SELECT count(*) FROM lead_temperature.drift('click');
SELECT count(*) FROM lead_temperature.drift('event');

DROP TABLE event, click, alert;
DROP FUNCTION notify_hot, alerts;
DELETE FROM lead_temperature.model WHERE name IN ('event', 'click');
