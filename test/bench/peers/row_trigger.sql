/*
 * row_trigger.sql
 *	  The state is kept by a row trigger in plpgsql.
 */

\ir state.sql

CREATE FUNCTION follow() RETURNS trigger
	LANGUAGE plpgsql
	AS $$
BEGIN
	INSERT INTO lead
	SELECT NEW.lead, p.points, NEW.at, 1 FROM points AS p WHERE p.kind = NEW.kind
	ON CONFLICT (lead) DO UPDATE SET
		score = lead.score * bench.decay(greatest(excluded.last_at - lead.last_at, '0'))
			+ excluded.score * bench.decay(greatest(lead.last_at - excluded.last_at, '0')),
		last_at = greatest(lead.last_at, excluded.last_at),
		interactions = lead.interactions + 1;
	RETURN NULL;
END
$$;

CREATE TRIGGER follow AFTER INSERT ON event
	FOR EACH ROW EXECUTE FUNCTION follow();
