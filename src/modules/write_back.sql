/*
 * Write-back: columns of users' own tables that follow the leads of a tracker.
 */

CREATE TABLE lead_temperature.write_target (
	interactions pg_catalog.regclass NOT NULL,
	target pg_catalog.regclass NOT NULL,
	key pg_catalog.name NOT NULL,
	attributes pg_catalog.text[] NOT NULL,
	columns pg_catalog.name[] NOT NULL,
	words_as_of pg_catalog.timestamptz NOT NULL,
	PRIMARY KEY (interactions, target)
);
CREATE INDEX write_target_target_idx ON lead_temperature.write_target (target);
COMMENT ON TABLE lead_temperature.write_target IS
'tables of users whose columns follow the leads of trackers; read through the view write_backs';
COMMENT ON COLUMN lead_temperature.write_target.columns IS
'which of them have the attributes, one element each';
COMMENT ON COLUMN lead_temperature.write_target.words_as_of IS
'each temperature in the table was right at this instant, or is of a later one';
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.write_target', '');

CREATE VIEW lead_temperature.write_backs WITH (security_barrier) AS
SELECT t.state AS tracker, w.target, w.key::pg_catalog.text AS key, c.attribute,
	c.column_name::pg_catalog.text AS column_name
FROM lead_temperature.write_target w
JOIN lead_temperature.tracker t ON t.interactions OPERATOR(pg_catalog.=) w.interactions
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) w.interactions
JOIN pg_catalog.pg_class r ON r.oid OPERATOR(pg_catalog.=) w.target
CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(w.attributes), pg_catalog.unnest(w.columns)) AS c (attribute, column_name)
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE'::pg_catalog.text)
	OR pg_catalog.pg_has_role(r.relowner, 'USAGE'::pg_catalog.text);
COMMENT ON VIEW lead_temperature.write_backs IS
'columns of users'' tables that follow the leads of trackers, where one is a member of the owner of either: the table of the leads, the target, the column of that which has the lead, what of a lead is written, and into which column';
GRANT SELECT ON lead_temperature.write_backs TO PUBLIC;

CREATE FUNCTION lead_temperature.write_back(
	tracker pg_catalog.regclass,
	target pg_catalog.regclass,
	key pg_catalog.text,
	stage pg_catalog.text DEFAULT NULL,
	temperature pg_catalog.text DEFAULT NULL,
	score pg_catalog.text DEFAULT NULL,
	level pg_catalog.text DEFAULT NULL,
	hot_until pg_catalog.text DEFAULT NULL,
	warm_until pg_catalog.text DEFAULT NULL,
	status pg_catalog.text DEFAULT NULL,
	first_at pg_catalog.text DEFAULT NULL,
	last_at pg_catalog.text DEFAULT NULL,
	stage_since pg_catalog.text DEFAULT NULL,
	hot_since pg_catalog.text DEFAULT NULL,
	purchases pg_catalog.text DEFAULT NULL,
	interactions pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_write_back' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.write_back IS
'lets columns of a table of one''s own follow the leads of a tracker from now on, in the transaction that changes them; returns how many rows it brought up to date';

CREATE FUNCTION lead_temperature.stop_write_back(tracker pg_catalog.regclass, target pg_catalog.regclass)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_stop_write_back' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.stop_write_back(pg_catalog.regclass, pg_catalog.regclass) IS
'lets a table follow the leads of a tracker no more; what was written stays';

CREATE FUNCTION lead_temperature.refresh_cooled(tracker pg_catalog.regclass) RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_refresh_cooled' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.refresh_cooled(pg_catalog.regclass) IS
'brings temperatures that were written back up to date for leads that have cooled since; returns how many rows it changed';
