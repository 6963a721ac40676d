/*
 * load.sql
 *	  Makes demo_event of demo_csv, whose columns lead, kind, at and perhaps
 *	  weight are text, without the rows later than the variable until.
 *
 * Times may be epochs in seconds or milliseconds.  Temperature is as of now,
 * so a log of the past is moved as a whole: its last event is an hour ago.
 */

SET timezone = 'UTC';			-- of times without a zone
ALTER TABLE demo_csv ADD IF NOT EXISTS weight text;

CREATE TABLE demo_event (
	lead text,
	kind text,
	at timestamptz,
	weight numeric
);

INSERT INTO demo_event
SELECT nullif(lead, ''), nullif(kind, ''),
	CASE WHEN at ~ '^\d{9,10}$' THEN to_timestamp(at::numeric)
		WHEN at ~ '^\d{12,13}$' THEN to_timestamp(at::numeric / 1000)
		ELSE nullif(at, '')::timestamptz END,
	nullif(weight, '')::numeric
FROM demo_csv;
DROP TABLE demo_csv;
DELETE FROM demo_event WHERE at > :'until'::timestamptz;

SELECT format('  %s interactions of %s leads, %s to %s', count(*), count(DISTINCT lead), min(at)::date, max(at)::date)
FROM demo_event;

SELECT max(at) AS newest, max(at) < now() - interval '7 days' AS is_past FROM demo_event \gset
\if :is_past
SELECT format('  All of them are long past: moved by %s days, as if the last had come an hour ago',
	extract(day FROM now() - interval '1 hour' - :'newest'::timestamptz));
UPDATE demo_event SET at = at + (now() - interval '1 hour' - :'newest'::timestamptz);
VACUUM FULL demo_event;
\endif

RESET timezone;
CREATE INDEX ON demo_event (lead, at);
ANALYZE demo_event;
