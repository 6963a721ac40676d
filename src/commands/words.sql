/*
 * What people say of leads.
 */

CREATE FUNCTION lead_temperature.set_stage(tracker pg_catalog.regclass, lead pg_catalog.text,
	stage lead_temperature.stage, reason pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_set_stage' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.set_stage(pg_catalog.regclass, pg_catalog.text, lead_temperature.stage, pg_catalog.text) IS
'says that a lead is at a stage, also an earlier one, from which heat does not lift it again at once';

CREATE FUNCTION lead_temperature.exclude(tracker pg_catalog.regclass, lead pg_catalog.text, reason pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_exclude' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.exclude(pg_catalog.regclass, pg_catalog.text, pg_catalog.text) IS
'says that a lead is none: a competitor, a student, one of the own people; out of ranking, funnel, history and training';

CREATE FUNCTION lead_temperature.include(tracker pg_catalog.regclass, lead pg_catalog.text, reason pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_include' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.include(pg_catalog.regclass, pg_catalog.text, pg_catalog.text) IS
'says that a lead that was excluded is one after all';

