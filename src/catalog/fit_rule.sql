/*
 * Fit: what who a lead is says of it, by rules over attributes.
 *
 * Rules belong to a model, and trackers work from a frozen copy of them as of its signals.
 */

CREATE TABLE lead_temperature.fit_rule (
	model pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT fit_rule_model_exists
			REFERENCES lead_temperature.model (name) ON UPDATE CASCADE ON DELETE CASCADE,
	attribute pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT fit_rule_attribute_not_empty CHECK (attribute OPERATOR(pg_catalog.<>) ''::pg_catalog.text),
	operator pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT fit_rule_operator_known
			CHECK (operator OPERATOR(pg_catalog.=) ANY (ARRAY['=', 'in', 'range', 'like', 'is null']::pg_catalog.text[])),
	value pg_catalog.text COLLATE pg_catalog."C" NOT NULL DEFAULT '',
	points pg_catalog.float8 NOT NULL
		CONSTRAINT fit_rule_points_finite
			CHECK (points OPERATOR(pg_catalog.>) '-infinity'::pg_catalog.float8 AND points OPERATOR(pg_catalog.<) 'infinity'::pg_catalog.float8),
	PRIMARY KEY (model, attribute, operator, value),
	CONSTRAINT fit_rule_in_has_values
		CHECK (CASE WHEN operator OPERATOR(pg_catalog.=) 'in'::pg_catalog.text
			THEN coalesce(pg_catalog.array_ndims(value::pg_catalog.text[]), 0) OPERATOR(pg_catalog.=) 1
				AND pg_catalog.array_position(value::pg_catalog.text[], NULL::pg_catalog.text) IS NULL ELSE true END),
	CONSTRAINT fit_rule_range_from_low_to_below_high
		CHECK (CASE WHEN operator OPERATOR(pg_catalog.=) 'range'::pg_catalog.text
			THEN NOT pg_catalog.isempty(value::pg_catalog.numrange) AND NOT pg_catalog.upper_inc(value::pg_catalog.numrange)
				AND (pg_catalog.lower_inc(value::pg_catalog.numrange) OR pg_catalog.lower_inf(value::pg_catalog.numrange)) ELSE true END),
	CONSTRAINT fit_rule_pattern_is_whole
		CHECK (operator OPERATOR(pg_catalog.<>) 'like'::pg_catalog.text
			OR value OPERATOR(pg_catalog.!~) '(^|[^\\])(\\\\)*\\$'::pg_catalog.text),
	CONSTRAINT fit_rule_is_null_has_no_value
		CHECK (operator OPERATOR(pg_catalog.<>) 'is null'::pg_catalog.text OR value OPERATOR(pg_catalog.=) ''::pg_catalog.text)
);
COMMENT ON TABLE lead_temperature.fit_rule IS
'what an attribute of a lead is worth: its fit is the sum of the points of the rules that match';
COMMENT ON COLUMN lead_temperature.fit_rule.model IS 'model that the rule belongs to';
COMMENT ON COLUMN lead_temperature.fit_rule.attribute IS 'name of an attribute; a rule of one that a tracker does not have matches none of its leads';
COMMENT ON COLUMN lead_temperature.fit_rule.operator IS
'how the attribute is compared: =, in, range, like (with case), or is null, which a lead without the attribute matches';
COMMENT ON COLUMN lead_temperature.fit_rule.value IS
'what with: a text for =, an array of texts as {DE,AT} for in, numbers from one to below another as [10,50) for range, a pattern with % and _ for like, empty for is null';
COMMENT ON COLUMN lead_temperature.fit_rule.points IS 'what the rule adds to the fit of a lead that matches it';

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.fit_rule', '');

GRANT SELECT, INSERT, UPDATE, DELETE ON lead_temperature.fit_rule TO PUBLIC;
ALTER TABLE lead_temperature.fit_rule ENABLE ROW LEVEL SECURITY;
CREATE POLICY members_of_owner ON lead_temperature.fit_rule
	USING (EXISTS (SELECT 1 FROM lead_temperature.model AS m WHERE m.name OPERATOR(pg_catalog.=) fit_rule.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.fit_rule IS
'who sees the model sees and changes its rules of fit';

CREATE FUNCTION lead_temperature.check_fit_rules() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_check_fit_rules' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.check_fit_rules() IS
'Internal: statement trigger of fit_rule: refuses rules that say twice what one value of an attribute is worth';

CREATE TRIGGER check_fit_rules_insert AFTER INSERT ON lead_temperature.fit_rule
	REFERENCING NEW TABLE AS new_rules
	FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.check_fit_rules();
COMMENT ON TRIGGER check_fit_rules_insert ON lead_temperature.fit_rule IS
'refuses rules that contradict each other';
CREATE TRIGGER check_fit_rules_update AFTER UPDATE ON lead_temperature.fit_rule
	REFERENCING NEW TABLE AS new_rules
	FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.check_fit_rules();
COMMENT ON TRIGGER check_fit_rules_update ON lead_temperature.fit_rule IS
'refuses rules that contradict each other';
