/*
 * crm.sql
 *	  What make demo shows of the CRM of five tables, which test/adoption/crm.sql makes.
 */
\pset format aligned
\pset footer off
\pset tuples_only off
\echo 'What is read, of which table, and by which a visitor is a partner:'
SELECT source, relation, left(kind, 44) AS kind, at, filter, via, via_key, via_lead FROM lead_temperature.sources ORDER BY source;
\echo 'The warmest partners on 22 February, and what the first of them has done:'
CREATE TEMPORARY TABLE warmest AS SELECT lead, round(score::numeric, 1) AS score, temperature, stage, interactions
FROM lead_temperature.leads_as_of('website_track', '2026-02-22') WHERE status = 'open' ORDER BY leads_as_of.score DESC, lead LIMIT 5;
SELECT w.lead, p.name, w.score, w.temperature, w.stage, w.interactions FROM warmest w JOIN res_partner p ON p.id = w.lead::int ORDER BY score DESC, w.lead;
SELECT source, kind, interactions FROM (SELECT lead FROM warmest ORDER BY score DESC, lead LIMIT 1) AS w,
	LATERAL lead_temperature.score_breakdown('website_track', w.lead) AS b WHERE source IS NOT NULL ORDER BY source::text, kind;
\echo 'A visitor signs in, and is partner 61 with all that he saw:'
SELECT interactions AS before FROM partner_heat_lead WHERE lead = 61;
\echo '    UPDATE website_visitor SET partner_id = 61 WHERE id = 61;'
UPDATE website_visitor SET partner_id = 61 WHERE id = 61;
SELECT interactions AS after FROM partner_heat_lead WHERE lead = 61;
\echo 'Replayed, nothing is different:'
SELECT count(*) AS drift FROM lead_temperature.drift('website_track');
