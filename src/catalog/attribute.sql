/*
 * Attributes: what users' own tables say of who leads are.
 */

CREATE TABLE lead_temperature.attribute (
	interactions pg_catalog.regclass NOT NULL,
	name pg_catalog.text COLLATE pg_catalog."C" NOT NULL,
	relation pg_catalog.regclass NOT NULL,
	key pg_catalog.name NOT NULL,
	expression pg_catalog.text NOT NULL,
	fault pg_catalog.text,
	PRIMARY KEY (interactions, name)
);
CREATE INDEX attribute_relation_idx ON lead_temperature.attribute (relation);
COMMENT ON TABLE lead_temperature.attribute IS
'what of users'' tables is an attribute of the leads of trackers; read through the view attributes';
COMMENT ON COLUMN lead_temperature.attribute.fault IS
'why it cannot be read, and counts for nothing; NULL: it can';
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.attribute', '');

CREATE VIEW lead_temperature.attributes WITH (security_barrier) AS
SELECT t.state AS tracker, a.name, a.relation, a.key::pg_catalog.text AS key, a.expression,
	a.fault IS NOT NULL AS stale, a.fault
FROM lead_temperature.attribute a
JOIN lead_temperature.tracker t ON t.interactions OPERATOR(pg_catalog.=) a.interactions
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) a.interactions
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE'::pg_catalog.text);
COMMENT ON VIEW lead_temperature.attributes IS
'attributes of the leads of trackers of the roles that one is a member of: the table of the leads, the name of the attribute, the table that has it, the column of that which has the lead, what is read of its row, and whether that is stale, since it cannot be read, and why';
GRANT SELECT ON lead_temperature.attributes TO PUBLIC;

CREATE FUNCTION lead_temperature.add_attribute(tracker pg_catalog.regclass, relation pg_catalog.regclass,
	key pg_catalog.name, attribute pg_catalog.text, name pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_add_attribute' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lead_temperature.add_attribute(pg_catalog.regclass, pg_catalog.regclass, pg_catalog.name, pg_catalog.text, pg_catalog.text) IS
'lets a column of a table, or an expression over it, be an attribute of the leads of a tracker from now on; returns of how many leads that has changed the fit';

CREATE FUNCTION lead_temperature.drop_attribute(tracker pg_catalog.regclass, name pg_catalog.text)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_drop_attribute' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lead_temperature.drop_attribute(pg_catalog.regclass, pg_catalog.text) IS
'lets leads of a tracker do without an attribute; returns of how many that has changed the fit';

CREATE FUNCTION lead_temperature.follow_attribute() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_follow_attribute' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow_attribute() IS
'Internal: statement trigger of tables that have attributes of leads: keeps the fit of these right';

CREATE FUNCTION lead_temperature.fit_of(state pg_catalog.regclass, attributes pg_catalog.text[]) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_fit_of' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION lead_temperature.fit_of(pg_catalog.regclass, pg_catalog.text[]) IS
'Internal: fit of a lead of a state table by the frozen rules of its tracker, of whose attributes that can be read an array has the values, by name';

CREATE FUNCTION lead_temperature.fit_grade(state pg_catalog.regclass, fit pg_catalog.float8) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'lt_fit_grade' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lead_temperature.fit_grade(pg_catalog.regclass, pg_catalog.float8) IS
'Internal: grade, A to D, of a fit by the frozen model of the tracker of a state table';
