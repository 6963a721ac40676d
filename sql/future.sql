--
-- Times that are not yet, never were, or do not exist; weights that are no
-- number; kinds that are NULL.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
\pset null -
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('m', current_user, '1 day', 10, 25, 40);
INSERT INTO lead_temperature.signal (model, kind, points) VALUES ('m', 'visit', 5), ('m', 'demo', 80);
CREATE TABLE log (id int PRIMARY KEY, lead int, kind text, at timestamptz, weight float8);
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', 'weight', 'm', create_index => true);
CREATE FUNCTION seen() RETURNS TABLE (lead int, interactions bigint, due text, drift bigint) LANGUAGE sql AS $$
	SELECT lead, interactions, CASE WHEN due_at > now() + interval '1 day' THEN due_at::text WHEN due_at IS NOT NULL THEN 'soon' END,
		   (SELECT count(*) FROM lead_temperature.drift('log'))
	FROM log_lead ORDER BY lead
$$;

-- Up to five minutes a clock may be ahead; what is later waits for its time.
INSERT INTO log VALUES (1, 1, 'visit', now()), (2, 1, 'visit', clock_timestamp() + interval '4 minutes 50 seconds'),
	(3, 1, 'demo', clock_timestamp() + interval '6 minutes'), (4, 2, 'demo', clock_timestamp() + interval '1 hour'),
	(5, 3, 'visit', '2200-01-01'), (6, 3, 'visit', '2100-01-01'), (7, 3, 'visit', '294276-12-31 23:59:59.999999');
SELECT * FROM seen();
SELECT lead, interactions, temperature FROM log_ranking ORDER BY lead;
SELECT sum(leads) AS leads FROM log_funnel;
SELECT count(*) FROM log_transition WHERE lead = 3 OR to_temperature = 'hot';
SELECT lead_temperature.apply_due('log');
SELECT * FROM seen();
SELECT kind, interactions FROM lead_temperature.score_breakdown('log', '1') ORDER BY kind;
SELECT * FROM lead_temperature.score_breakdown('log', '2');
-- correcting the time brings them in; taking them away brings nothing
UPDATE log SET at = now() - interval '1 minute' WHERE id = 3;
SELECT * FROM seen();
UPDATE log SET at = '2150-01-01' WHERE id = 6;
SELECT * FROM seen();
DELETE FROM log WHERE id = 6;
UPDATE log SET at = '2250-01-01' WHERE id = 4;
SELECT * FROM seen();
DELETE FROM log WHERE id IN (4, 5, 7);
SELECT * FROM seen();

-- Their time comes: apply_due counts them, and the next row of their lead does.
INSERT INTO log VALUES (10, 10, 'demo', clock_timestamp() + interval '5 minutes 3 seconds'), (11, 11, 'demo', clock_timestamp() + interval '5 minutes 3 seconds'),
	(12, 12, 'demo', clock_timestamp() + interval '5 minutes 3 seconds'), (13, 12, 'visit', now()), (14, 13, 'demo', '2200-01-01');
SELECT * FROM seen() WHERE lead >= 10;
SELECT pg_sleep(3.5);
INSERT INTO log VALUES (15, 11, 'visit', now());
SELECT lead, interactions, due FROM seen() WHERE lead >= 10;
SELECT lead_temperature.apply_due('log');
SELECT * FROM seen() WHERE lead >= 10;
SELECT lead_temperature.apply_due('log');
SELECT lead, stage, temperature FROM log_ranking WHERE lead >= 10 ORDER BY lead;
TRUNCATE log;

-- What counts nowhere, and harms nothing.
INSERT INTO log VALUES (1, NULL, 'demo', '2024-01-01', 1), (2, 1, 'demo', NULL, 1), (3, 1, 'demo', 'infinity', 1), (4, 1, 'demo', '-infinity', 1),
	(5, 1, 'demo', '1969-12-31 23:59:59.999999', 1), (6, 1, 'demo', '4713-01-01 BC', 1), (7, 1, 'demo', '2024-01-01', 'NaN'),
	(8, 1, 'demo', '2024-01-01', 'Infinity'), (9, 1, 'demo', '2024-01-01', '-Infinity'), (10, NULL, NULL, NULL, NULL);
SELECT * FROM seen();
INSERT INTO log VALUES (11, 1, 'visit', '1970-01-01', 1), (12, 1, NULL, '2024-01-01', 1), (13, 1, 'unheard of', '2024-01-01', 1), (14, 1, '', '2024-01-02', 1),
	(15, 2, 'visit', '2024-01-01', 1e308), (16, 2, 'visit', '2024-01-01', 1e308), (17, 2, 'visit', '2024-01-01', -1e308), (18, 3, 'visit', '2024-01-01', '-0'), (19, 4, 'visit', '2024-01-01', '5e-324');
SELECT * FROM seen();
SELECT lead, lead_temperature.points(heat), lead_temperature.as_of(heat), first_at, last_at FROM log_lead ORDER BY lead;
SELECT * FROM lead_temperature.unmapped_kinds('log');
SELECT lead, cause, to_temperature FROM log_transition WHERE superseded_at IS NULL ORDER BY lead, at;
UPDATE log SET weight = 1, at = '2024-01-03' WHERE id IN (7, 3);
UPDATE log SET lead = 5, at = '2024-01-01' WHERE id IN (1, 5, 10);
UPDATE log SET weight = 'NaN' WHERE id = 17;
SELECT * FROM seen();
UPDATE log SET weight = 'NaN';
SELECT * FROM seen();
UPDATE log SET at = 'infinity';
DELETE FROM log;
SELECT * FROM seen();
DROP TABLE log;
DROP FUNCTION seen;

-- Weights of every type; numerics that no float8 holds count nowhere.
CREATE TABLE weights (lead int PRIMARY KEY, kind text DEFAULT 'visit', at timestamptz DEFAULT '2024-01-01', weight numeric);
SELECT lead_temperature.track('weights', 'lead', 'kind', 'at', 'weight', 'm');
INSERT INTO weights (lead, weight) VALUES (1, 1.5), (2, NULL), (3, 'NaN'), (4, ('1' || repeat('0', 400))::numeric), (5, ('-1' || repeat('0', 400))::numeric), (6, ('0.' || repeat('0', 400) || '1')::numeric), (7, ('1' || repeat('0', 308))::numeric), (8, -2);
SELECT lead, lead_temperature.points(heat) FROM weights_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('weights');
DROP TABLE weights;
CREATE FUNCTION points_of(type text) RETURNS SETOF float8 LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE weights (lead int PRIMARY KEY, kind text, at timestamptz, weight %s)', type);
	PERFORM lead_temperature.track('weights', 'lead', 'kind', 'at', 'weight', 'm');
	INSERT INTO weights VALUES (1, 'visit', '2024-01-01', 3), (2, 'visit', '2024-01-01', NULL), (3, 'visit', '2024-01-01', -32768);
	RETURN QUERY EXECUTE 'SELECT lead_temperature.points(heat) FROM weights_lead ORDER BY lead';
	DROP TABLE weights;
END
$$;
CREATE DOMAIN dose AS smallint;
SELECT type, array(SELECT points_of(type)) AS points FROM unnest(ARRAY['smallint', 'int', 'bigint', 'real', 'float8', 'numeric', 'numeric(9, 2)', 'dose']) AS type;
DROP FUNCTION points_of;
DROP DOMAIN dose;

-- Local times, read in the zone of the tracker: hours that are skipped or repeated, and the ends of the calendar.
CREATE TABLE local (lead int, kind text, at timestamp);
SELECT lead_temperature.track('local', 'lead', 'kind', 'at', model => 'm', time_zone => 'Europe/Berlin', create_index => true);
SET timezone = 'America/New_York';
INSERT INTO local VALUES (1, 'visit', '2024-03-31 01:59:59'), (2, 'visit', '2024-03-31 02:30:00'), (3, 'visit', '2024-03-31 03:30:00'),
	(4, 'visit', '2024-10-27 01:59:59'), (5, 'visit', '2024-10-27 02:30:00'), (6, 'visit', '2024-10-27 03:00:00'),
	(7, 'visit', '1970-01-01 01:00:00'), (8, 'visit', '1970-01-01 00:59:59.999999'), (9, 'visit', '4713-01-01 BC'), (10, 'visit', '-infinity'), (11, 'visit', 'infinity'),
	(12, 'visit', '294276-12-31 23:59:59.999999'), (13, 'visit', '294276-12-31 00:00:00');
SET timezone = 'UTC';
SELECT lead, first_at, due_at FROM local_lead ORDER BY lead;
SELECT bool_and(first_at = at AT TIME ZONE 'Europe/Berlin') AS as_the_server_reads_them FROM local_lead JOIN local USING (lead) WHERE first_at IS NOT NULL;
SELECT count(*) FROM lead_temperature.drift('local');
SELECT * FROM lead_temperature.unmapped_kinds('local');
UPDATE local SET kind = 'unheard of';
SELECT * FROM lead_temperature.unmapped_kinds('local');
SELECT lead_temperature.apply_due('local');
CALL lead_temperature.replay('local');
SELECT lead_temperature.pause('local'), lead_temperature.resume('local');
SELECT week FROM local_funnel_weekly ORDER BY week;
SELECT count(*) FROM lead_temperature.drift('local');
DROP TABLE local;
-- dates; west and east of Greenwich
CREATE TABLE days (lead int, kind text, at date);
INSERT INTO days VALUES (1, 'visit', '2024-03-31'), (2, 'visit', '2024-04-01'), (3, 'visit', '1970-01-01'), (4, 'visit', '1969-12-31'), (5, 'visit', '4713-01-01 BC'), (6, 'visit', '5874897-12-31'),
	(7, 'visit', '294276-12-31'), (8, 'visit', '294277-01-01'), (9, 'visit', 'infinity'), (10, 'visit', '-infinity'), (11, 'visit', NULL);
SELECT lead_temperature.track('days', 'lead', 'kind', 'at', model => 'm', time_zone => 'Pacific/Auckland', create_index => true);
SELECT lead, first_at, due_at FROM days_lead ORDER BY lead;
INSERT INTO days SELECT lead + 100, kind, at FROM days;
SELECT count(*) FROM lead_temperature.drift('days');
UPDATE days SET kind = 'unheard of';
SELECT * FROM lead_temperature.unmapped_kinds('days');
SELECT lead_temperature.untrack('days');
SELECT lead_temperature.track('days', 'lead', 'kind', 'at', model => 'm', time_zone => 'Etc/GMT+12', create_index => true);
SELECT lead, first_at, due_at FROM days_lead WHERE lead < 100 ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('days');
SELECT week, stage, entered FROM days_funnel_weekly ORDER BY week;
DROP TABLE days;
DELETE FROM lead_temperature.model;
