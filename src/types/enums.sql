/*
 * Temperature, stage and status of a lead.
 */

CREATE TYPE lead_temperature.temperature AS ENUM ('cold', 'warm', 'hot');
COMMENT ON TYPE lead_temperature.temperature IS
'how near a lead is to the purchase: cold < warm < hot';

CREATE TYPE lead_temperature.stage AS ENUM
	('visitor', 'lead', 'marketing_qualified', 'sales_qualified', 'opportunity', 'customer');
COMMENT ON TYPE lead_temperature.stage IS
'how far a lead has come: visitor < lead < marketing_qualified < sales_qualified < opportunity < customer';

CREATE TYPE lead_temperature.status AS ENUM ('open', 'won', 'lost');
COMMENT ON TYPE lead_temperature.status IS
'what became of the present cycle of a lead: open, won or lost';

-- not declared strict, which it is, since the planner would not inline it then
CREATE FUNCTION lead_temperature.stage_order(stage lead_temperature.stage) RETURNS pg_catalog.int4
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
	RETURN CASE stage
		WHEN 'visitor'::lead_temperature.stage THEN 1
		WHEN 'lead'::lead_temperature.stage THEN 2
		WHEN 'marketing_qualified'::lead_temperature.stage THEN 3
		WHEN 'sales_qualified'::lead_temperature.stage THEN 4
		WHEN 'opportunity'::lead_temperature.stage THEN 5
		WHEN 'customer'::lead_temperature.stage THEN 6 END;
COMMENT ON FUNCTION lead_temperature.stage_order(lead_temperature.stage) IS
'place of a stage in the funnel, from 1 for visitor to 6 for customer';
