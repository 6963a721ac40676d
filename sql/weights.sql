--
-- Weights of 0 or less: points by the formula, no stage, no outcome, and no part in cooldowns.
--
SET timezone = 'UTC';
CREATE TABLE event (lead text, kind text, at timestamptz, weight numeric);
CREATE INDEX ON event (lead);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', 'weight');
INSERT INTO event VALUES
	('bot', 'demo_request', '2026-03-01', 0), ('bot', 'purchase', '2026-03-02', 0), ('bot', 'checkout_started', '2026-03-03', 0),
	('refund', 'purchase', '2026-03-01', 1), ('refund', 'purchase', '2026-03-02', -1),
	('taken back', 'demo_request', '2026-03-01', 1), ('taken back', 'demo_request', '2026-03-01 00:00:01', -1), ('taken back', 'demo_request', '2026-03-02', 0.5),
	('no complaint', 'question', '2026-03-01', 1), ('no complaint', 'spam_complaint', '2026-03-02', -0.0),
	('unsubscribed', 'unsubscribe', '2026-03-01', -1), ('unsubscribed', 'unsubscribe', '2026-03-02', NULL),
	('flagged first', 'demo_request', '2026-03-01', 0), ('flagged first', 'demo_request', '2026-03-01 01:00', 1),
	('flagged at once', 'demo_request', '2026-03-01', 0), ('flagged at once', 'demo_request', '2026-03-01', 0.001), ('flagged at once', 'purchase', '2026-03-01', 0),
	('closed', 'purchase', '2026-03-01', 1), ('closed', 'no_show', '2026-03-02', -1);
CREATE VIEW lead AS
	SELECT lead, round(lead_temperature.points(heat)::numeric, 2) AS points, interactions AS n, stage, status, cycle, purchases
	FROM event_lead ORDER BY lead COLLATE "C";
TABLE lead;
SELECT lead, to_char(at, 'DD HH24:MI:SS') AS at, to_stage, to_status, cause FROM event_transition WHERE lead ~ 'flagged|unsub' ORDER BY lead COLLATE "C", event_transition.at;
-- one at a time, and replayed, they are the same
CREATE TABLE again AS TABLE lead;
CREATE TABLE rows AS TABLE event;
TRUNCATE event;
DO $$
DECLARE
	r rows;
BEGIN
	FOR r IN SELECT * FROM rows ORDER BY at, weight DESC LOOP
		INSERT INTO event SELECT r.*;
	END LOOP;
END
$$;
(TABLE again EXCEPT TABLE lead) UNION ALL (TABLE lead EXCEPT TABLE again);
CALL lead_temperature.replay('event');
(TABLE again EXCEPT TABLE lead) UNION ALL (TABLE lead EXCEPT TABLE again);
SELECT count(*) FROM lead_temperature.drift('event');
DROP VIEW lead;
DROP TABLE event, again, rows;
DELETE FROM lead_temperature.model WHERE name = 'event';
