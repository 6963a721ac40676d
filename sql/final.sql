--
-- signal.final: a lead that is lost for good stays lost until it buys.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT lead_temperature.create_model('strict');
\set VERBOSITY sqlstate
UPDATE lead_temperature.signal SET final = true WHERE model = 'strict' AND kind = 'visit';
UPDATE lead_temperature.signal SET final = true WHERE model = 'strict' AND kind = 'purchase';
UPDATE lead_temperature.signal SET final = NULL WHERE model = 'strict';
UPDATE lead_temperature.signal SET outcome = 'won' WHERE model = 'strict' AND kind = 'spam_complaint';
\set VERBOSITY default

CREATE TABLE event (lead text, kind text, at timestamptz, weight numeric);
CREATE INDEX ON event (lead);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', 'weight', 'strict');
CREATE VIEW lead AS
	SELECT lead, round(lead_temperature.points(heat)::numeric, 2) AS points, interactions AS n, stage, status, cycle, purchases, final_since, hot_since IS NOT NULL AS hot
	FROM event_lead ORDER BY lead COLLATE "C";

-- Neither heat nor floors reopen it, and it holds no heat, negative neither; a purchase does.
INSERT INTO event VALUES
	('lost', 'question', '2026-03-01'), ('lost', 'opportunity_lost', '2026-03-02'), ('lost', 'question', '2026-03-03'),
	('spam', 'question', '2026-03-01'), ('spam', 'spam_complaint', '2026-03-02'), ('spam', 'question', '2026-03-03'), ('spam', 'demo_request', '2026-03-04'), ('spam', 'no_show', '2026-03-05'),
	('first lost, then spam', 'question', '2026-03-01'), ('first lost, then spam', 'opportunity_lost', '2026-03-02'), ('first lost, then spam', 'disqualified', '2026-03-03'), ('first lost, then spam', 'demo_request', '2026-03-04'),
	('bought', 'disqualified', '2026-03-01'), ('bought', 'demo_request', '2026-03-02'), ('bought', 'purchase', '2026-03-03'), ('bought', 'demo_request', '2026-03-04'),
	('customer', 'purchase', '2026-03-01'), ('customer', 'spam_complaint', '2026-03-02'), ('customer', 'demo_request', '2026-03-03'),
	('customer lost', 'purchase', '2026-03-01'), ('customer lost', 'demo_request', '2026-03-02'), ('customer lost', 'spam_complaint', '2026-03-03'), ('customer lost', 'demo_request', '2026-03-04'),
	('spam at once', 'demo_request', '2026-03-01'), ('spam at once', 'spam_complaint', '2026-03-01'), ('spam at once', 'demo_request', '2026-03-02'),
	('nothing but spam', 'spam_complaint', '2026-03-01');
TABLE lead;
SELECT at, to_stage, to_status, to_temperature, cycle, round(score) AS score, cause FROM event_transition WHERE lead = 'spam' AND superseded_at IS NULL ORDER BY at;
SELECT lead, status FROM event_ranking WHERE temperature <> 'cold' ORDER BY lead COLLATE "C";
SELECT stage, leads, lost FROM event_funnel WHERE leads > 0 ORDER BY stage_order;
SELECT * FROM lead_temperature.score_breakdown('event', 'spam');
SELECT kind, interactions, points > 0 AS points FROM lead_temperature.score_breakdown('event', 'bought');
SELECT count(*) FROM lead_temperature.drift('event');

-- As it was at instants of the past
SELECT lead, stage, status FROM lead_temperature.leads_as_of('event', '2026-03-03 12:00') WHERE lead IN ('spam', 'lost') ORDER BY lead COLLATE "C";

-- A complaint that comes late, and goes again
INSERT INTO event VALUES ('lost', 'spam_complaint', '2026-03-02 12:00');
SELECT * FROM lead WHERE lead = 'lost';
DELETE FROM event WHERE lead = 'lost' AND kind = 'spam_complaint';
SELECT * FROM lead WHERE lead = 'lost';

-- Archived, it stays lost for good, under another model too.
SELECT lead_temperature.archive('event', '2026-03-02 12:00');
DELETE FROM event WHERE at < '2026-03-02 12:00';
SELECT lead, status, final_since FROM event_balance WHERE final_since IS NOT NULL ORDER BY lead COLLATE "C";
INSERT INTO event VALUES ('spam at once', 'question', '2026-03-06'), ('nothing but spam', 'question', '2026-03-06');
UPDATE lead_temperature.signal SET final = false WHERE model = 'strict' AND kind = 'spam_complaint';
SELECT stale FROM lead_temperature.trackers;
CALL lead_temperature.replay('event');
TABLE lead;
SELECT count(*) FROM lead_temperature.drift('event');
DROP VIEW lead;
SELECT lead_temperature.untrack('event');
DROP TABLE event;
DELETE FROM lead_temperature.model WHERE name = 'strict';
