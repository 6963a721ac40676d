--
-- upgrade_tracker makes for a tracker what it lacks of what track makes.
--
\pset format unaligned
\pset tuples_only
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_other;
GRANT CREATE ON SCHEMA public TO regress_lt_owner;
SET client_min_messages = warning;
SET ROLE regress_lt_owner;
CREATE TABLE call (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('call', 'lead', 'kind', 'at', create_index => true, funnel_counts => true);
INSERT INTO call VALUES (1, 'question', '2024-01-01'), (2, 'purchase', '2024-01-02');

-- Nothing is lacking.
SELECT lead_temperature.upgrade_tracker('call');

-- What there is of a tracker, with owners, definitions and comments.
CREATE VIEW made AS
	SELECT c.relname, c.relkind, c.relowner::regrole AS owner, obj_description(c.oid, 'pg_class') AS comment,
		md5(pg_get_viewdef(c.oid)) AS definition
	FROM pg_class c WHERE c.relname ~ '^call_' AND c.relkind IN ('r', 'v');
CREATE TABLE before AS TABLE made;
RESET ROLE;

-- Views that got lost where nobody looked are made anew, as they were.
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP VIEW call_funnel_weekly, call_ranking;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
SET ROLE regress_lt_other;
SELECT lead_temperature.upgrade_tracker('call');
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_lt_owner;
CREATE TABLE call_ranking (x int);
SELECT lead_temperature.upgrade_tracker('call');
\echo :LAST_ERROR_SQLSTATE
DROP TABLE call_ranking;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM regress_lt_owner;
SELECT lead_temperature.upgrade_tracker('call');
\echo :LAST_ERROR_SQLSTATE
GRANT CREATE ON SCHEMA public TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.upgrade_tracker('call');
(TABLE made EXCEPT TABLE before) UNION ALL (TABLE before EXCEPT TABLE made);
SELECT lead_temperature.upgrade_tracker('call');
SELECT lead, stage FROM call_ranking ORDER BY lead;
-- they belong to the tracker again
DROP VIEW call_ranking;
RESET ROLE;

-- They read what the state is called by now.
ALTER TABLE call_lead RENAME TO caller;
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP VIEW call_ranking, call_hot_today, call_funnel;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
SET ROLE regress_lt_owner;
SELECT lead_temperature.upgrade_tracker('call');
SELECT (SELECT string_agg(lead || ' ' || stage, ', ' ORDER BY lead) FROM call_ranking), (SELECT sum(leads) FROM call_funnel), (SELECT count(*) FROM call_hot_today);
ALTER TABLE caller RENAME TO call_lead;
RESET ROLE;

-- So are tables, which a replay fills.
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP TABLE call_funnel_count CASCADE;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
SET ROLE regress_lt_owner;
SELECT lead_temperature.upgrade_tracker('call');
CALL lead_temperature.replay('call');
SELECT sum(leads) FROM call_funnel;
SELECT count(*) FROM lead_temperature.drift('call');
(TABLE made EXCEPT TABLE before) UNION ALL (TABLE before EXCEPT TABLE made);

-- Tables that 0.1.0 has made have other names, which do until they are renamed; so do views that name them.
ALTER TABLE call_lead RENAME group_points TO held;
ALTER TABLE call_balance RENAME group_points TO held;
ALTER TABLE call_balance RENAME CONSTRAINT call_balance_pkey TO call_base_pkey;
ALTER TABLE call_balance RENAME TO call_base;
CREATE VIEW groups AS SELECT lead, held FROM call_lead;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER mine BEFORE INSERT ON call_lead FOR EACH ROW EXECUTE FUNCTION nothing(); -- leads come by SQL
INSERT INTO call VALUES (3, 'question', '2024-01-03'), (1, 'question', '2024-01-01');
SELECT lead_temperature.archive('call', '2024-01-03');
ALTER TABLE call_lead RENAME held TO other;
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM regress_lt_owner;
SELECT lead_temperature.upgrade_tracker('call');
GRANT CREATE ON SCHEMA public TO regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.upgrade_tracker('call');
SELECT lead_temperature.upgrade_tracker('call');
SELECT relname FROM pg_class WHERE relname ~ '^call_ba' ORDER BY 1;
INSERT INTO call VALUES (4, 'question', '2024-01-04'), (1, 'question', '2024-01-05');
SELECT g.lead, g.held = l.group_points AS same FROM groups g JOIN call_lead l USING (lead) ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('call');
(TABLE made EXCEPT TABLE before) UNION ALL (TABLE before EXCEPT TABLE made);
-- a name of one's own stays
ALTER TABLE call_balance RENAME TO opening;
SELECT lead_temperature.upgrade_tracker('call');
ALTER TABLE opening RENAME TO call_balance;
DROP VIEW groups;

-- Nor have they the columns that models with cooldowns, final outcomes and consent need; columns of one's own come before those.
UPDATE lead_temperature.signal SET cooldown = NULL, final = false, consent = NULL, channel = NULL WHERE model = 'call';
CALL lead_temperature.replay('call');
RESET ROLE;
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP VIEW call_ranking;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
SET ROLE regress_lt_owner;
ALTER TABLE call_lead DROP final_since, DROP counted_at, DROP granted_at, DROP withdrawn_at, ADD note text DEFAULT 'none', ADD twice float8 GENERATED ALWAYS AS (level * 2) STORED;
ALTER TABLE call_balance DROP withdrawn_at, DROP granted_at, DROP counted_at, DROP final_since;
INSERT INTO call VALUES (5, 'question', '2024-01-05'), (1, 'question', '2024-01-06'), (2, 'question', '2024-01-05');
UPDATE call_lead SET note = 'mine' WHERE lead = 5;
SELECT count(*) FROM lead_temperature.drift('call');
SELECT lead_temperature.create_model('strict');
UPDATE lead_temperature.signal SET cooldown = '1 hour' WHERE (model, kind) = ('strict', 'question');
CALL lead_temperature.activate('call', 'strict');
\echo :LAST_ERROR_SQLSTATE
SELECT model, stale FROM lead_temperature.trackers WHERE interactions = 'call'::regclass;
INSERT INTO call VALUES (5, 'question', '2024-01-05 00:30');
SELECT count(*) FROM lead_temperature.drift('call');
SELECT lead_temperature.upgrade_tracker('call');
SELECT stale FROM lead_temperature.trackers WHERE interactions = 'call'::regclass;
CALL lead_temperature.activate('call', 'strict');
INSERT INTO call VALUES (5, 'question', '2024-01-05 00:40'), (6, 'question', '2024-01-05'), (6, 'spam_complaint', '2024-01-06');
INSERT INTO call VALUES (5, 'question', '2024-01-05 01:10'), (6, 'question', '2024-01-07');
SELECT lead, round(lead_temperature.points(heat)) AS points, final_since IS NOT NULL AS final, note, twice = 2 * level AS generated,
	cardinality(counted_at), lead_temperature.consents('call_lead', model_version, granted_at, withdrawn_at) AS consents FROM call_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('call');
SELECT lead_temperature.archive('call', '2024-01-06 12:00');
INSERT INTO call VALUES (5, 'question', '2024-01-06 12:01'), (6, 'question', '2024-01-08');
SELECT lead, final_since IS NOT NULL AS final, cardinality(counted_at), granted_at, withdrawn_at FROM call_balance ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('call');
-- one that is in use stays, and if it got lost where nobody looked, that is told, it is made anew, and the tracker is stale
ALTER TABLE call_lead DROP counted_at;
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE call_lead RENAME final_since TO other;
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE call_balance DROP final_since;
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
ALTER EVENT TRIGGER lead_temperature_ddl DISABLE;
ALTER TABLE call_lead DROP counted_at;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS;
SET ROLE regress_lt_owner;
INSERT INTO call VALUES (5, 'question', '2024-01-07');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.upgrade_tracker('call');
SELECT stale FROM lead_temperature.trackers WHERE interactions = 'call'::regclass;
CALL lead_temperature.replay('call');
SELECT count(*) FROM lead_temperature.drift('call');
-- what a version of 0.1.0 makes of a weight of 0 or less stays until a replay
CREATE TABLE refund (lead int, kind text, at timestamptz, weight int);
SELECT lead_temperature.track('refund', 'lead', 'kind', 'at', 'weight', create_index => true);
RESET ROLE;
UPDATE lead_temperature.model_version SET rules = 1 WHERE interactions = 'refund'::regclass;
SELECT lead_temperature.reload_trackers();
SET ROLE regress_lt_owner;
INSERT INTO refund VALUES (1, 'purchase', '2024-01-01', 0), (2, 'form_submit', '2024-01-01', -1);
SELECT lead, stage, status FROM refund_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('refund');
SELECT interactions, stale FROM lead_temperature.trackers ORDER BY 1;
CALL lead_temperature.replay('refund');
SELECT lead, stage, status FROM refund_lead ORDER BY lead;
SELECT interactions, stale FROM lead_temperature.trackers ORDER BY 1;
DROP TABLE refund;

-- What trackers have made may be noted wrongly, if a superuser has altered the table of it.
RESET ROLE;
SELECT 'BEGIN', format('ALTER TABLE lead_temperature.companion DROP CONSTRAINT companion_pkey, ALTER %I DROP NOT NULL', name),
	format('UPDATE lead_temperature.companion SET %I = NULL', name), 'SELECT lead_temperature.upgrade_tracker(''call'')', 'ROLLBACK'
FROM unnest(ARRAY['suffix', 'relation']) name \gexec
SELECT 'BEGIN', 'ALTER TABLE lead_temperature.companion ' || change, 'ROLLBACK'
FROM unnest(ARRAY['RENAME relation TO what', 'RENAME suffix TO name']) change \gexec
-- a further column does no harm
BEGIN;
ALTER TABLE lead_temperature.companion ADD further int;
SELECT lead_temperature.upgrade_tracker('call');
ROLLBACK;
SET ROLE regress_lt_owner;

-- Not everything can be upgraded.
SELECT lead_temperature.upgrade_tracker('before');
\echo :LAST_ERROR_SQLSTATE
SELECT lead_temperature.upgrade_tracker(NULL) IS NULL;

SELECT lead_temperature.untrack('call');
TABLE made;
DROP VIEW made;
DROP TABLE call, before;
DROP FUNCTION nothing();
RESET ROLE;
DELETE FROM lead_temperature.model WHERE name IN ('call', 'refund', 'strict');
DROP OWNED BY regress_lt_owner, regress_lt_other;
DROP ROLE regress_lt_owner, regress_lt_other;
