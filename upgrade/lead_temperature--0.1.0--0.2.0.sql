-- From 0.1.0 to 0.2.0: what an existing database needs to become what a fresh one is.

-- complain if the script is sourced in psql rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION lead_temperature UPDATE" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- A replay that was interrupted noted its last lead as text by the settings of its session: begin again with the first.
UPDATE lead_temperature.replay_progress SET last_lead = NULL, rows_done = 0, leads_done = 0
WHERE finished_at IS NULL;

-- Changes of the types, casts and functions by which kinds turn into text make a tracker stale.
DROP EVENT TRIGGER lead_temperature_ddl;
CREATE EVENT TRIGGER lead_temperature_ddl ON ddl_command_end
	WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE FOREIGN TABLE',
		'ALTER TYPE', 'CREATE CAST', 'CREATE FUNCTION', 'ALTER FUNCTION', 'ALTER ROUTINE')
	EXECUTE FUNCTION lead_temperature.follow_ddl();
COMMENT ON EVENT TRIGGER lead_temperature_ddl IS
'follows new partitions, renamed columns and moved tables of trackers, and tells when kinds read otherwise';
COMMENT ON FUNCTION lead_temperature.follow_ddl() IS
'event trigger: follows new partitions, renamed columns and moved tables of trackers, and tells when kinds read otherwise';
COMMENT ON COLUMN lead_temperature.tracker.outdated IS
'rows came, went or read otherwise without a trigger: a partition was attached or detached, a type of kinds changed';
COMMENT ON VIEW lead_temperature.trackers IS
'tracked tables of the roles that one is a member of: prefix, model, rows and leads as the planner estimates them (NULL before the first ANALYZE), stale (model edited, partitions attached or detached, or a type of kinds changed, since the last replay), paused, last replay, archived_before, and how many interactions were ignored because they came later than their time was archived';

-- Rows that count nowhere.
CREATE FUNCTION lead_temperature.skipped(interactions pg_catalog.regclass,
	OUT reason pg_catalog.text, OUT rows pg_catalog.int8,
	OUT first_at pg_catalog.timestamptz, OUT last_at pg_catalog.timestamptz)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_skipped' LANGUAGE C VOLATILE STRICT COST 10000 ROWS 5;
COMMENT ON FUNCTION lead_temperature.skipped(pg_catalog.regclass) IS
'rows of a tracked table that are read for no lead, by the reason: no lead, no time, an infinite one or one before 1970, a weight that is not finite, or archived';
