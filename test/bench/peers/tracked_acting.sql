/*
 * tracked_acting.sql
 *	  The table tracked by lead_temperature, with all that acts on its leads in the same
 *	  transaction: consent, handoff to sales, and columns of a table of contacts.
 */

CREATE TABLE contact AS SELECT DISTINCT lead, NULL::text AS stage, NULL::text AS temperature, NULL::timestamptz AS hot_until FROM event;
ALTER TABLE contact ADD PRIMARY KEY (lead);
\ir tracked.sql
SELECT lead_temperature.add_module('event', 'handoff');
SELECT lead_temperature.write_back('event', 'contact', key => 'lead', stage => 'stage', temperature => 'temperature', hot_until => 'hot_until');
