/*
 * statement_trigger.sql
 *	  The state is kept by a statement trigger in plpgsql, which adds up the
 *	  rows of its transition table first.
 */

\ir state.sql

CREATE FUNCTION follow() RETURNS trigger
	LANGUAGE plpgsql
	AS $$
BEGIN
	INSERT INTO lead
	SELECT n.lead, sum(p.points * bench.decay(now() - n.at)) / bench.decay(now() - max(n.at)), max(n.at), count(*)
	FROM new_rows AS n JOIN points AS p USING (kind)
	GROUP BY n.lead
	ORDER BY n.lead				-- no deadlocks
	ON CONFLICT (lead) DO UPDATE SET
		score = lead.score * bench.decay(greatest(excluded.last_at - lead.last_at, '0'))
			+ excluded.score * bench.decay(greatest(lead.last_at - excluded.last_at, '0')),
		last_at = greatest(lead.last_at, excluded.last_at),
		interactions = lead.interactions + excluded.interactions;
	RETURN NULL;
END
$$;

CREATE TRIGGER follow AFTER INSERT ON event
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION follow();
