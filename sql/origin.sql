-- How transitions come: live, late, by a replay or a backfill; and the interaction behind them.
CREATE TABLE act (id int PRIMARY KEY, lead text, what text, at timestamptz);
CREATE INDEX ON act (lead, at);

-- What is there already is a backfill, whenever it was.
INSERT INTO act VALUES (1, 'old', 'demo_request', now() - interval '1 minute'), (2, 'old', 'visit', now() - interval '100 days');
SELECT lead_temperature.track('act', 'lead', 'what', 'at');
CREATE VIEW told AS SELECT t.lead, t.to_stage, t.to_temperature, t.cause, t.cause_source AS source, t.origin, t.superseded_at IS NULL AS stands
	FROM act_transition t;
SELECT * FROM told ORDER BY lead, source, origin, to_stage;

-- What has just happened is live; what an import brings of last year is late.
INSERT INTO act VALUES (10, 'new', 'form_submit', now()), (11, 'new', 'visit', now() - interval '14 minutes');
INSERT INTO act VALUES (12, 'past', 'demo_request', now() - interval '1 year'), (13, 'past', 'visit', now() - interval '16 minutes');
INSERT INTO act VALUES (14, 'ahead', 'demo_request', now() + interval '4 minutes');
SELECT * FROM told WHERE lead IN ('new', 'past', 'ahead') ORDER BY lead, to_stage;

-- A lead that becomes hot in two statements of one instant becomes so once, live.
BEGIN;
INSERT INTO act VALUES (20, 'tie', 'question', now());
INSERT INTO act VALUES (21, 'tie', 'add_to_cart', now());
COMMIT;
SELECT * FROM told WHERE lead = 'tie' ORDER BY stands, to_stage;

-- A row that is corrected, in its time or its kind, tells nothing new; one that says more does.
INSERT INTO act VALUES (30, 'corrected', 'demo_request', now() - interval '5 minutes');
UPDATE act SET at = at + interval '1 minute' WHERE id = 30;
UPDATE act SET at = at - interval '3 minutes' WHERE id = 30;
UPDATE act SET what = 'quote_request' WHERE id = 30;
SELECT to_stage, to_temperature, cause, origin, stands FROM told WHERE lead = 'corrected' ORDER BY stands, cause, origin;
UPDATE act SET what = 'checkout_started' WHERE id = 30;
SELECT to_stage, to_temperature, cause, origin FROM told WHERE lead = 'corrected' AND stands;
-- and one that comes late, before others that are known
INSERT INTO act VALUES (31, 'corrected', 'newsletter_signup', now() - interval '10 minutes');
SELECT to_stage, to_temperature, cause, origin FROM told WHERE lead = 'corrected' AND stands ORDER BY to_stage;

-- A lead that goes and comes again is new again.
DELETE FROM act WHERE lead = 'tie';
INSERT INTO act VALUES (22, 'tie', 'demo_request', now());
SELECT to_stage, cause, origin FROM told WHERE lead = 'tie' AND stands;

-- The session says how near to the clock is live; at 0 nothing is.
SET lead_temperature.live_within = '1h';
INSERT INTO act VALUES (40, 'hour', 'visit', now() - interval '50 minutes');
SET lead_temperature.live_within = 0;
INSERT INTO act VALUES (41, 'hour', 'demo_request', now());
RESET lead_temperature.live_within;
SHOW lead_temperature.live_within;
SELECT to_stage, to_temperature, cause, origin FROM told WHERE lead = 'hour' ORDER BY to_temperature;
\set VERBOSITY sqlstate
SET lead_temperature.live_within = '-1s';
SET lead_temperature.unheard_of = 1;
\set VERBOSITY default

-- What was missed while the tracker was paused is live where it has just happened.
SELECT lead_temperature.pause('act');
INSERT INTO act VALUES (50, 'paused', 'demo_request', now()), (51, 'paused', 'visit', now() - interval '1 day');
SELECT lead_temperature.resume('act');
SELECT to_stage, to_temperature, cause, origin FROM told WHERE lead = 'paused' ORDER BY to_temperature;

-- Another model calls nobody.
UPDATE lead_temperature.signal SET points = 90 WHERE model = 'act' AND kind = 'form_submit';
CALL lead_temperature.replay('act');
SELECT to_stage, to_temperature, cause, origin, stands FROM told WHERE lead = 'new' ORDER BY stands, to_temperature;

-- Of equal causes that of the first source stands, whichever came first; users know sources by these numbers.
CREATE TABLE mail (id int PRIMARY KEY, lead text, what text, at timestamptz);
CREATE INDEX ON mail (lead, at);
SELECT lead_temperature.add_source('act', 'mail', 'lead', 'what', 'at');
SELECT lead_temperature.add_source('act', 'mail', 'lead', $$what || '!'$$, 'at', filter => $$what = 'visit'$$);
INSERT INTO mail VALUES (1, 'both', 'demo_request', '2026-01-01');
SELECT to_stage, cause, source, origin, stands FROM told WHERE lead = 'both';
INSERT INTO act VALUES (60, 'both', 'demo_request', '2026-01-01');
SELECT to_stage, cause, source, origin, stands FROM told WHERE lead = 'both' ORDER BY stands;
INSERT INTO mail VALUES (2, 'twice', 'visit', '2026-01-01'), (3, 'twice', 'purchase', '2026-01-02');
SELECT to_stage, cause, source FROM told WHERE lead = 'twice' ORDER BY to_stage;
SELECT * FROM lead_temperature.drift('act');
UPDATE act_transition SET cause_source = 1 WHERE lead = 'twice' AND cause = 'purchase';
SELECT * FROM lead_temperature.drift('act');
CALL lead_temperature.replay('act');
SELECT to_stage, cause, source, origin, stands FROM told WHERE lead = 'twice' ORDER BY to_stage, stands;
-- what an earlier version has recorded stands without its source
UPDATE act_transition SET cause_source = NULL, origin = NULL, model_version = NULL;
CALL lead_temperature.replay('act');
SELECT count(*) FILTER (WHERE source IS NULL) > 0 AS nulls, count(*) FILTER (WHERE source IS NOT NULL) AS others FROM told WHERE stands;

-- A tracker of 0.1.0 has none of these columns, until it is upgraded; those of the owner stay.
DROP VIEW told;
ALTER EVENT TRIGGER lead_temperature_ddl DISABLE;
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
ALTER TABLE act_transition DROP COLUMN origin, DROP COLUMN cause_source, DROP COLUMN model_version, ADD COLUMN mine text DEFAULT 'mine';
ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
INSERT INTO act VALUES (70, 'older', 'demo_request', now());
UPDATE act SET what = 'quote_request' WHERE id = 70;
SELECT lead, to_stage, cause, mine FROM act_transition WHERE lead = 'older' ORDER BY id;
SELECT * FROM lead_temperature.drift('act');
SELECT lead_temperature.upgrade_tracker('act');
INSERT INTO act VALUES (71, 'older', 'purchase', now());
SELECT lead, to_stage, cause, mine, origin, cause_source, model_version IS NOT NULL AS version FROM act_transition WHERE lead = 'older' ORDER BY id;
SELECT * FROM lead_temperature.drift('act');

SELECT lead_temperature.untrack('act');
DROP TABLE act, mail;
DELETE FROM lead_temperature.model WHERE name = 'act';
