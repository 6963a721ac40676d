
/*
 * What leads are interested in.
 */

CREATE FUNCTION lead_temperature.topics(tracker pg_catalog.regclass, lead pg_catalog.text,
	OUT topic pg_catalog.text, OUT interactions pg_catalog.int8, OUT heat lead_temperature.heat,
	OUT score pg_catalog.float8, OUT share pg_catalog.float8)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_topics' LANGUAGE C STABLE STRICT COST 1000 ROWS 5;
COMMENT ON FUNCTION lead_temperature.topics(pg_catalog.regclass, pg_catalog.text) IS
'what the heat of a lead is about: a row for each topic since the last spending, hottest first, and one without topic for the rest';

CREATE FUNCTION lead_temperature.top_topic(tracker pg_catalog.regclass, lead pg_catalog.text) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'lt_top_topic' LANGUAGE C STABLE STRICT COST 1000;
COMMENT ON FUNCTION lead_temperature.top_topic(pg_catalog.regclass, pg_catalog.text) IS
'topic that most of the heat of a lead is about, NULL if none is';
