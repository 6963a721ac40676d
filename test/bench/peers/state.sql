/*
 * state.sql
 *	  The least that somebody who does it by hand keeps of a lead, made of the
 *	  rows that there are: the score as of the last interaction.
 */

CREATE TABLE lead (
	lead bigint,
	score float8 NOT NULL,
	last_at timestamptz NOT NULL,
	interactions bigint NOT NULL
);

INSERT INTO lead
SELECT lead, sum(points * bench.decay(now() - at)) / bench.decay(now() - max(at)), max(at), count(*)
FROM event JOIN points USING (kind)
GROUP BY lead;

ALTER TABLE lead ADD PRIMARY KEY (lead);
CREATE INDEX ON lead (score);
