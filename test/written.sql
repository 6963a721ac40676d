/*
 * Whether what was written back is what the leads are: each row of each target of a tracker is compared,
 * column by column, with the view of the ranking and the state, which a view of one's own would show in its place.
 */

/* written_differences lists the rows of targets of a tracker in which a column is not what the lead of the row is. */
CREATE FUNCTION public.written_differences(tracker regclass) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	w record;
	ranking regclass := (SELECT format('%s.%I', c.relnamespace::regnamespace, t.prefix || '_ranking') FROM lead_temperature.trackers t JOIN pg_class c ON c.oid = t.state
		WHERE t.state = written_differences.tracker);
	expected text;
	row_found record;
BEGIN
	FOR w IN SELECT * FROM lead_temperature.write_backs b WHERE b.tracker = written_differences.tracker ORDER BY b.target::text COLLATE "C", b.attribute LOOP
		expected := CASE w.attribute WHEN 'score' THEN 'lead_temperature.points(s.heat)' WHEN 'hot_since' THEN 's.hot_since' ELSE format('r.%I', w.attribute) END;
		FOR row_found IN EXECUTE format('SELECT t.%1$I::text AS key, t.%2$I::text AS written, (%3$s)::text AS is FROM %4$s t '
				'LEFT JOIN %5$s r ON r.lead = t.%1$I LEFT JOIN %6$s s ON s.lead = r.lead '
				'WHERE t.%2$I::text IS DISTINCT FROM (%3$s)::text ORDER BY 1', w.key, w.column_name, expected, w.target, ranking, tracker) LOOP
			RETURN NEXT format('%s: %s of %s is %s, and not %s', w.target, w.column_name, row_found.key, coalesce(row_found.written, 'null'), coalesce(row_found.is, 'null'));
		END LOOP;
	END LOOP;
END
$$;
