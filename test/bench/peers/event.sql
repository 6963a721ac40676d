/*
 * event.sql
 *	  The table of interactions that every peer has, and what their kinds are worth.
 */

CREATE TABLE event (
	lead bigint,
	kind text,
	at timestamptz DEFAULT now(),
	processed boolean DEFAULT false
);

CREATE TABLE points (
	kind text PRIMARY KEY,
	points float8 NOT NULL
);
INSERT INTO points SELECT kind, coalesce(points, 0) FROM lead_temperature.template_signal('default');
ANALYZE points;
