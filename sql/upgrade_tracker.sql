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

-- What trackers have made may be noted wrongly, if a superuser has altered the table of it.
RESET ROLE;
SELECT 'BEGIN', format('ALTER TABLE lead_temperature.companion DROP CONSTRAINT companion_pkey, ALTER %I DROP NOT NULL', name),
	format('UPDATE lead_temperature.companion SET %I = NULL', name), 'SELECT lead_temperature.upgrade_tracker(''call'')', 'ROLLBACK'
FROM unnest(ARRAY['suffix', 'relation']) name \gexec
SELECT 'BEGIN', 'ALTER TABLE lead_temperature.companion ' || change, 'ROLLBACK'
FROM unnest(ARRAY['ALTER relation TYPE text', 'RENAME suffix TO name', 'DROP interactions']) change \gexec
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
DELETE FROM lead_temperature.model WHERE name = 'call';
DROP OWNED BY regress_lt_owner, regress_lt_other;
DROP ROLE regress_lt_owner, regress_lt_other;
