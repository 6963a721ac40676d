/*
 * tracked.sql
 *	  The table tracked by lead_temperature.
 */

SELECT lead_temperature.track('event', lead => 'lead', kind => 'kind', at => 'at', model => 'bench');
