-- From 0.1.0 to 0.2.0: what an existing database needs to become what a fresh one is.

-- complain if the script is sourced in psql rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION lead_temperature UPDATE" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- The event triggers fire where session_replication_role is replica too.
ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;

-- A tracker is not restored while the triggers of its table fire.
CREATE FUNCTION lead_temperature.check_restore() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_check_restore' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.check_restore() IS
'row trigger of the table of trackers: refuses to restore a tracker while the triggers of its table fire';

CREATE TRIGGER check_restore AFTER INSERT ON lead_temperature.tracker
	FOR EACH ROW EXECUTE FUNCTION lead_temperature.check_restore();
COMMENT ON TRIGGER check_restore ON lead_temperature.tracker IS
'refuses to restore a tracker while the triggers of its table fire';

-- A table that a subscription writes shows as stale.
CREATE OR REPLACE VIEW lead_temperature.trackers WITH (security_barrier) AS
SELECT t.interactions, t.prefix, t.model,
	(SELECT CASE WHEN pg_catalog.max(c.reltuples) OPERATOR(pg_catalog.>=) 0
			THEN pg_catalog.sum(greatest(c.reltuples, 0))::pg_catalog.int8 END
		FROM pg_catalog.pg_class c
		WHERE c.relkind OPERATOR(pg_catalog.=) 'r' AND (c.oid OPERATOR(pg_catalog.=) t.interactions
			OR c.oid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(t.interactions) p))) AS rows,
	(SELECT CASE WHEN c.reltuples OPERATOR(pg_catalog.>=) 0 THEN c.reltuples::pg_catalog.int8 END
		FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) t.state) AS leads,
	t.outdated OR t.replaying OR NOT (SELECT m.is_current FROM lead_temperature.model_current m
		WHERE m.interactions OPERATOR(pg_catalog.=) t.interactions)
		OR EXISTS (SELECT FROM pg_catalog.pg_subscription_rel s
			WHERE s.srrelid OPERATOR(pg_catalog.=) t.interactions OR s.srrelid IN
				(SELECT p.relid FROM pg_catalog.pg_partition_tree(t.interactions) p)) AS stale,
	t.paused, t.last_replay, t.archived_before,
	(SELECT coalesce(pg_catalog.sum(i.rows), 0)::pg_catalog.int8 FROM lead_temperature.ignored_rows i
		WHERE i.interactions OPERATOR(pg_catalog.=) t.interactions) AS ignored
FROM lead_temperature.tracker t
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) t.interactions
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE');
COMMENT ON VIEW lead_temperature.trackers IS
'tracked tables of the roles that one is a member of: prefix, model, rows and leads as the planner estimates them (NULL before the first ANALYZE), stale (model edited, or partitions attached or detached, since the last replay, or written by a subscription), paused, last replay, archived_before, and how many interactions were ignored because they came later than their time was archived';
CREATE FUNCTION lead_temperature.follow_subscription() RETURNS pg_catalog.event_trigger
	AS 'MODULE_PATHNAME', 'lt_follow_subscription' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow_subscription() IS
'event trigger: marks trackers of tables that a subscription has written';

CREATE EVENT TRIGGER lead_temperature_subscription ON ddl_command_start
	WHEN TAG IN ('ALTER SUBSCRIPTION', 'DROP SUBSCRIPTION')
	EXECUTE FUNCTION lead_temperature.follow_subscription();
COMMENT ON EVENT TRIGGER lead_temperature_subscription IS
'marks trackers of tables that a subscription has written';

ALTER EVENT TRIGGER lead_temperature_subscription ENABLE ALWAYS;
