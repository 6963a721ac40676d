
/*
 * What to do next about leads, and what was done.
 */

CREATE FUNCTION lead_temperature.playbook_rules(state pg_catalog.regclass,
	OUT priority pg_catalog.int4, OUT stage lead_temperature.stage, OUT temperature lead_temperature.temperature,
	OUT status lead_temperature.status, OUT action pg_catalog.text, OUT channel pg_catalog.text,
	OUT needs_consent pg_catalog.bool, OUT content pg_catalog.text, OUT due_within pg_catalog.interval,
	OUT wait pg_catalog.interval, OUT attempts pg_catalog.int4, OUT times pg_catalog.int4)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_playbook_rules' LANGUAGE C STABLE STRICT COST 100 ROWS 10;
COMMENT ON FUNCTION lead_temperature.playbook_rules(pg_catalog.regclass) IS
'Internal: playbook by which leads of a state table are acted on, for who may read the view of next actions; for that view';

CREATE FUNCTION lead_temperature.action_topic(state pg_catalog.regclass, lead pg_catalog.text) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'lt_action_topic' LANGUAGE C STABLE STRICT COST 1000;
COMMENT ON FUNCTION lead_temperature.action_topic(pg_catalog.regclass, pg_catalog.text) IS
'Internal: topic that most of the heat of a lead of a state table is about, for who may read it in the view of next actions; for that view';

CREATE FUNCTION lead_temperature.with_sales(state pg_catalog.regclass, OUT lead pg_catalog.text, OUT quiet pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_with_sales' LANGUAGE C STABLE STRICT COST 1000 ROWS 1000;
COMMENT ON FUNCTION lead_temperature.with_sales(pg_catalog.regclass) IS
'Internal: leads of a state table whose handoff is open, or that sales wants to hear nothing of for a while, for who may read the view of next actions; for that view';

CREATE FUNCTION lead_temperature.log_action(tracker pg_catalog.regclass, lead pg_catalog.text, action pg_catalog.text,
	channel pg_catalog.text DEFAULT NULL, note pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_log_action' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.log_action(pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'notes in the table of actions that something was done about a lead; returns the number of the note';
