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
