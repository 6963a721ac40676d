/*
 * functions.sql
 *	  How the demo draws: columns of a fixed width, bars, colours, and spans of
 *	  time as people say them.  Only for the session that loads it.
 */

CREATE FUNCTION pg_temp.paint(text, style text) RETURNS text LANGUAGE sql STABLE AS
$$
	SELECT CASE WHEN current_setting('demo.colour') = 'yes'
		THEN format(E'\033[%sm%s\033[0m',
			CASE style WHEN 'hot' THEN '1;31' WHEN 'warm' THEN '33' WHEN 'cold' THEN '36'
				WHEN 'won' THEN '32' WHEN 'bold' THEN '1' WHEN 'dim' THEN '2' END, $1)
		ELSE $1 END
$$;

-- left and right aligned; what was typed by strangers may not steer the terminal
CREATE FUNCTION pg_temp.l(text, width int) RETURNS text LANGUAGE sql STABLE AS
$$
	SELECT rpad(CASE WHEN length(t) > width THEN left(t, width - 1) || '~' ELSE t END, width)
	FROM (SELECT regexp_replace(coalesce($1, ''), '[[:cntrl:]]', '?', 'g') AS t) AS s
$$;

CREATE FUNCTION pg_temp.r(text, width int) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT lpad(coalesce($1, '-'), width) $$;

CREATE FUNCTION pg_temp.r(numeric, width int) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT lpad(coalesce($1::text, '-'), width) $$;

CREATE FUNCTION pg_temp.n(numeric) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT to_char($1, 'FM999,999,999,990') $$;

-- At least one sign for anything above nothing; told apart without colours too
CREATE FUNCTION pg_temp.bar(value float8, whole float8, width int, style text DEFAULT 'hot') RETURNS text
	LANGUAGE sql STABLE AS
$$
	SELECT repeat(substr(current_setting('demo.bars'), CASE style WHEN 'cold' THEN 1 WHEN 'warm' THEN 2 ELSE 3 END, 1),
		CASE WHEN value > 0 AND whole > 0 THEN greatest(1, least(width, round(width * value / whole)::int)) ELSE 0 END)
$$;

CREATE FUNCTION pg_temp.span(interval) RETURNS text LANGUAGE sql STABLE AS
$$
	SELECT CASE
		WHEN s IS NULL OR s < 0 THEN '-'
		WHEN s < 60 THEN 'moments'
		WHEN s < 3600 THEN format('%s min', s / 60)
		WHEN s < 86400 THEN format('%s h %s min', s / 3600, s % 3600 / 60)
		ELSE format('%s d %s h', s / 86400, s % 86400 / 3600) END
	FROM (SELECT extract(epoch FROM $1)::bigint AS s) AS t
$$;

CREATE FUNCTION pg_temp.title(text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT E'\n' || pg_temp.paint($1, 'bold') $$;

CREATE FUNCTION pg_temp.query(text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT '  ' || pg_temp.paint(pg_temp.l($1, length($1)), 'dim') $$;
