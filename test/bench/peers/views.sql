/*
 * views.sql
 *	  No state at all, but views of the rows: in floating point, in numeric, and
 *	  materialised with an index like those of the state.
 */

CREATE VIEW score AS
SELECT lead, sum(points * bench.decay(now() - at)) AS score
FROM event JOIN points USING (kind)
GROUP BY lead;

CREATE VIEW score_numeric AS
SELECT lead, sum(points::numeric * bench.decay_numeric(now() - at)) AS score
FROM event JOIN points USING (kind)
GROUP BY lead;

CREATE MATERIALIZED VIEW score_stored AS SELECT * FROM score;
CREATE UNIQUE INDEX ON score_stored (lead);
CREATE INDEX ON score_stored (score);
