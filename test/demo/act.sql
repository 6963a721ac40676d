/*
 * act.sql
 *	  What make demo shows of those who act on leads: what is to be done next, who waits for
 *	  sales, and a lead that is claimed with what is known of it.
 *
 * Takes the variables prefix and interactions; the tracker has the modules playbook and handoff.
 */

\set next :prefix _next_action
\set queue :prefix _queue

SELECT pg_temp.title('What is to be done next');
SELECT pg_temp.query(format('SELECT * FROM %I ORDER BY level DESC LIMIT 8', :'next'));
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.l('lead', 30), pg_temp.l('action', 12), pg_temp.l('by', 6), 'why'), 'dim');
SELECT '  ' || concat_ws('  ', pg_temp.l(lead::text, 30), pg_temp.paint(pg_temp.l(action, 12), temperature), pg_temp.l(channel, 6), rtrim(pg_temp.l(why, 60)))
FROM (SELECT * FROM :"next" ORDER BY level DESC LIMIT 8) AS n
ORDER BY level DESC;

SELECT pg_temp.title('Who waits for sales');
SELECT pg_temp.query(format('SELECT * FROM %I ORDER BY level DESC', :'queue'));
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.l('lead', 30), pg_temp.r('score', 6), pg_temp.l('temperature', 11), pg_temp.l('cause', 20), 'to be claimed'), 'dim');
SELECT '  ' || concat_ws('  ', pg_temp.l(lead::text, 30), pg_temp.r(round(score::numeric, 1), 6),
	pg_temp.paint(pg_temp.l(temperature, 11), temperature), pg_temp.l(cause, 20), claim_clock)
FROM :"queue"
WHERE state = 'waiting'
ORDER BY level DESC;

SELECT pg_temp.title('An agent takes the hottest, with what is known of it');
SELECT pg_temp.query(format('SELECT lead, briefing FROM lead_temperature.claim(%L, ''Maria'')', :'interactions'));
SELECT '  ' || rtrim(pg_temp.l(line, 110))
FROM lead_temperature.claim(:'interactions', 'Maria') AS c, LATERAL regexp_split_to_table(jsonb_pretty(c.briefing - 'last'), E'\n') AS line;
