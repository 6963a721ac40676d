-- From 0.1.0 to 0.2.0: what an existing database needs to become what a fresh one is.

-- complain if the script is sourced in psql rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION lead_temperature UPDATE" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- The event triggers see more commands, and see them in replica role too.
DROP EVENT TRIGGER lead_temperature_ddl;
CREATE EVENT TRIGGER lead_temperature_ddl ON ddl_command_end
	WHEN TAG IN ('ALTER INDEX', 'ALTER SCHEMA', 'ALTER TABLE', 'ALTER TYPE', 'CREATE FOREIGN TABLE', 'CREATE INDEX',
		'CREATE RULE', 'CREATE SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
	EXECUTE FUNCTION lead_temperature.follow_ddl();
ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER lead_temperature_ddl IS
'follows new partitions, renamed columns and moved tables of trackers';
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
