/*
 * tracked_counts.sql
 *	  The table tracked by lead_temperature, which keeps the counts of the funnel.
 */

SELECT lead_temperature.track('event', lead => 'lead', kind => 'kind', at => 'at', model => 'bench', funnel_counts => true);
