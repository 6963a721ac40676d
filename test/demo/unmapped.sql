/*
 * unmapped.sql
 *	  Names the kinds that the model has no signal for: they weigh nothing.
 */

SELECT format('  %s without a signal: %s', CASE n WHEN 1 THEN '1 kind is' ELSE n || ' kinds are' END, kinds)
FROM (SELECT count(*) AS n, string_agg(format('%s (%s)', kind, interactions), ', ' ORDER BY interactions DESC, kind) AS kinds
	  FROM lead_temperature.unmapped_kinds('demo_event')) AS u
WHERE n > 0;
