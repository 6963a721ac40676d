/*
 * A second fold of interactions into leads, written from the design alone.
 *
 * It shares no code with src/fold.c: PL/pgSQL instead of C, power() of libm
 * instead of our exp2, scores instead of levels, one query per table instead
 * of a state kept between rows.  Its scores are therefore equal to those of
 * the extension within rounding only, and where a score is that near to a
 * threshold it cannot tell on which side the lead is: such a lead is marked
 * as unsure, and of it only what depends on no threshold is compared.
 *
 * Tests include it by
 *		\set reference `echo "${PG_ABS_SRCDIR:-.}"/test/reference_fold.sql`
 *		\i :reference
 * and drop the schema "reference" when they are done.
 */
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS reference CASCADE;
RESET client_min_messages;

CREATE SCHEMA reference;

/* What the last reference.fold() found. */
CREATE TABLE reference.lead (
	number bigint,				-- in the order of leads
	lead text,					-- in one of its spellings
	score float8,				-- at last_at
	magnitude float8,			-- what rounding errors are relative to
	held float8[],				-- the groups' in the C order of their names, then the rest's
	first_at timestamptz,
	last_at timestamptz,
	stage_since timestamptz,
	hot_since timestamptz,
	final_since timestamptz,
	counted jsonb,				-- when kinds with a cooldown have counted last
	granted timestamptz[],		-- when consent was granted last, by channel in C order; NULL if none ever was
	withdrawn timestamptz[],
	repetitions bigint,			-- that did not count
	woken bigint,				-- cycles that began after a silence
	kept bigint,				-- purchases that have spent nothing
	withheld bigint,			-- steps in which heat did not lift it because of what a person had said
	due_at timestamptz,
	excluded_since timestamptz,
	held_stage lead_temperature.stage,
	heard_at timestamptz,
	interactions bigint,
	stage lead_temperature.stage,
	status lead_temperature.status,
	cycle int,
	purchases int,
	unsure boolean
);

CREATE TABLE reference.transition (
	lead text,
	at timestamptz,
	from_stage lead_temperature.stage,
	to_stage lead_temperature.stage,
	from_status lead_temperature.status,
	to_status lead_temperature.status,
	from_temperature lead_temperature.temperature,
	to_temperature lead_temperature.temperature,
	cycle int,
	purchases int,
	score float8,
	magnitude float8,
	cause text
);

/* The largest float8. */
CREATE FUNCTION reference.huge() RETURNS float8
IMMUTABLE LANGUAGE sql AS $$ SELECT 1.7976931348623157e308::float8 $$;

/* a * b and a + b, staying at the largest float8 instead of overflowing, and at 0 instead of underflowing. */
CREATE FUNCTION reference.times(a float8, b float8) RETURNS float8
IMMUTABLE LANGUAGE sql AS $$
	SELECT CASE
		WHEN a = 0 OR b = 0 THEN 0
		WHEN abs(a) > 1 AND abs(b) > reference.huge() / abs(a) THEN sign(a) * sign(b) * reference.huge()
		WHEN abs(a) < 1 AND abs(b) < 1 AND ln(abs(a)) + ln(abs(b)) < -690 THEN 0
		ELSE a * b
	END
$$;

CREATE FUNCTION reference.plus(a float8, b float8) RETURNS float8
IMMUTABLE LANGUAGE sql AS $$
	SELECT CASE
		WHEN a > 0 AND b > reference.huge() - a THEN reference.huge()
		WHEN a < 0 AND b < -reference.huge() - a THEN -reference.huge()
		ELSE a + b
	END
$$;

/* What of points is left after an age. */
CREATE FUNCTION reference.decay(points float8, age interval, half_life interval) RETURNS float8
IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
	halvings float8 := extract(epoch FROM age) / extract(epoch FROM half_life);
BEGIN
	IF halvings > 1000 THEN
		RETURN 0;
	END IF;
	RETURN reference.times(points, power(2::float8, -halvings));
END
$$;

CREATE FUNCTION reference.temperature(score float8, warm float8, hot float8) RETURNS lead_temperature.temperature
IMMUTABLE LANGUAGE sql AS $$
	SELECT CASE WHEN score >= hot THEN 'hot' WHEN score >= warm THEN 'warm' ELSE 'cold' END::lead_temperature.temperature
$$;

/* Is a score so near to a threshold that rounding decides? */
CREATE FUNCTION reference.near(score float8, magnitude float8, thresholds float8[]) RETURNS boolean
IMMUTABLE LANGUAGE sql AS $$
	SELECT bool_or(abs(score - t) <= 1e-9 * t OR abs(score - t) / magnitude <= 1e-9)
	FROM unnest(thresholds) AS t
	WHERE magnitude > 1e-300
$$;

/*
 * fold reads all rows of a table of interactions, and what people have said in another,
 * and leaves in reference.lead and reference.transition what a model makes of them.
 */
CREATE FUNCTION reference.fold(interactions regclass, lead name, kind name, at name, weight name, model_name text,
							   entry lead_temperature.stage DEFAULT 'visitor', time_zone text DEFAULT 'UTC',
							   horizon timestamptz DEFAULT now(), words regclass DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
SET search_path = reference, lead_temperature, public
AS $fold$
DECLARE
	m record;
	groups text[];
	caps float8[];
	channels text[];
	n int;						-- groups and the rest
	at_value text;
	rows_query text;
	step record;
	l reference.lead;
	reset reference.lead;
	current bigint;
	held float8[];				-- of the current lead
	sums float8[];				-- of the step
	before float8;
	after float8;
	was temperature;
	is_now temperature;
	from_stage stage;
	from_status status;
	old_cycle int;
	old_purchases int;
	full_score float8;			-- before an outcome spends it
	full_magnitude float8;
	heard timestamptz;			-- of, before the step
	wakes boolean;
	restarts boolean;
	cause text;
	cause_set boolean;
	cause_points float8;
	sort_of_cause text;
	counts jsonb;
	strengths float8[];
	floor_of_step stage;
	revives boolean;
	won boolean;
	lost boolean;
	final boolean;				/* lost for good */
	spends boolean;				/* an outcome of the step spends the heat */
	told status;				/* what a transition says of the status, and of the cycle */
	told_cycle int;
	said stage;
	lifted stage;				-- to which heat would lift it
	opened_by_word boolean;
BEGIN
	DELETE FROM reference.lead;
	DELETE FROM reference.transition;

	SELECT half_life, warm, mql, hot, dormant_after INTO STRICT m FROM lead_temperature.model WHERE name = model_name;
	SELECT coalesce(array_agg(g.name::text ORDER BY g.name::text COLLATE "C"), '{}'),
		   coalesce(array_agg(g.cap ORDER BY g.name::text COLLATE "C"), '{}')
		INTO groups, caps
		FROM lead_temperature.signal_group g WHERE g.model = model_name;
	n := cardinality(groups) + 1;
	channels := ARRAY(SELECT DISTINCT s.channel::text COLLATE "C" FROM lead_temperature.signal s
		WHERE s.model = model_name AND s.channel IS NOT NULL ORDER BY 1);

	at_value := CASE (SELECT atttypid FROM pg_attribute WHERE attrelid = interactions AND attname = at)
					WHEN 'timestamptz'::regtype THEN format('r.%I', at)
					ELSE format('(r.%I::timestamp AT TIME ZONE %L)', at, time_zone)
				END;

	/* The rows that count, at any time, as their signals weigh them. */
	rows_query := format($query$
		SELECT dense_rank() OVER (ORDER BY a.lead) AS number, a.lead::text AS lead, a.kind, a.at, a.points, a.slot, a.floor, a.outcome, a.cooldown, a.final, a.spends, a.consent, a.channel, a.word
		FROM (
		SELECT r.%1$I AS lead, r.%2$I::text AS kind, %3$s AS at,
			   coalesce(reference.times(s.points, coalesce(%4$s, 1)), 0) AS points,
			   coalesce(array_position(%5$L::text[], s.signal_group::text), %6$s) AS slot,
			   CASE WHEN coalesce(%4$s, 1) > 0 THEN s.stage END AS floor,
			   CASE WHEN coalesce(%4$s, 1) > 0 THEN s.outcome END AS outcome,
			   CASE WHEN coalesce(%4$s, 1) > 0 THEN s.cooldown END AS cooldown,
			   s.final AND coalesce(%4$s, 1) > 0 AS final, s.spends,
			   CASE WHEN s.consent = 'withdraw' OR coalesce(%4$s, 1) > 0 THEN s.consent END AS consent, s.channel, NULL AS word
		FROM %7$s r
			LEFT JOIN lead_temperature.signal s ON s.model = %8$L AND s.kind = r.%2$I::text
		WHERE r.%1$I IS NOT NULL
			AND isfinite(r.%9$I) AND %3$s >= '1970-01-01 00:00:00+00'
			AND coalesce(%4$s, 1) NOT IN ('NaN', 'Infinity', '-Infinity')
		%10$s) AS a
		$query$, lead, kind, at_value,
		CASE WHEN weight IS NULL THEN '1::float8' ELSE format('r.%I::float8', weight) END,
		groups, n, interactions, model_name, at,
		CASE WHEN words IS NOT NULL THEN format($query$
			UNION ALL SELECT w.lead, w.kind, w.at, 0, %s, NULL, NULL, NULL, false, NULL, NULL, NULL, w.kind FROM %s AS w
			WHERE isfinite(w.at) AND w.at >= '1970-01-01 00:00:00+00'
				AND w.kind ~ '^(exclude|include|set_stage:(visitor|lead|marketing_qualified|sales_qualified|opportunity|customer))$'
			$query$, n, words) END);

	/* A lead without rows. */
	reset.stage := entry;
	reset.status := 'open';
	reset.cycle := 1;
	reset.purchases := 0;
	reset.interactions := 0;
	reset.magnitude := 0;
	reset.score := 0;
	reset.unsure := false;
	reset.counted := '{}';
	reset.repetitions := 0;
	reset.woken := 0;
	reset.withheld := 0;
	reset.kept := 0;

	FOR step IN EXECUTE format($query$
		SELECT number, min(lead) AS lead, at, count(*) AS rows,
			   array_agg(kind ORDER BY points, kind COLLATE "C") AS kinds,
			   array_agg(points ORDER BY points, kind COLLATE "C") AS points,
			   array_agg(slot ORDER BY points, kind COLLATE "C") AS slots,
			   array_agg(floor ORDER BY points, kind COLLATE "C") AS floors,
			   array_agg(outcome ORDER BY points, kind COLLATE "C") AS outcomes,
			   array_agg(cooldown ORDER BY points, kind COLLATE "C") AS cooldowns,
			   array_agg(final ORDER BY points, kind COLLATE "C") AS finals,
			   array_agg(spends ORDER BY points, kind COLLATE "C") AS spends,
			   array_agg(consent) AS consents, array_agg(channel) AS channels,
			   array_agg(word ORDER BY points, kind COLLATE "C") AS words
		FROM (%s) AS r
		WHERE at <= %L
		GROUP BY number, at
		ORDER BY number, at
		$query$, rows_query, horizon)
	LOOP
		IF step.number IS DISTINCT FROM current THEN
			IF current IS NOT NULL THEN
				l.held := held;
				INSERT INTO reference.lead SELECT l.*;
			END IF;
			current := step.number;
			l := reset;
			l.number := step.number;
			l.lead := step.lead;
			l.first_at := step.at;
			l.last_at := step.at;
			held := array_fill(0::float8, ARRAY[n]);
		END IF;
		from_stage := l.stage;
		from_status := l.status;
		old_cycle := l.cycle;
		old_purchases := l.purchases;

		/* Consent is the latest instant of either for each channel, of whatever rows. */
		FOR i IN 1 .. cardinality(channels) LOOP
			IF EXISTS (SELECT FROM unnest(step.consents, step.channels) AS r (consent, channel)
					   WHERE consent = 'grant' AND channel = channels[i]) THEN
				l.granted := coalesce(l.granted, array_fill(NULL::timestamptz, ARRAY[cardinality(channels)]));
				l.granted[i] := step.at;
			END IF;
			IF EXISTS (SELECT FROM unnest(step.consents, step.channels) AS r (consent, channel)
					   WHERE consent = 'withdraw' AND coalesce(channel, channels[i]) = channels[i]) THEN
				l.withdrawn := coalesce(l.withdrawn, array_fill(NULL::timestamptz, ARRAY[cardinality(channels)]));
				l.withdrawn[i] := step.at;
			END IF;
		END LOOP;
		/* What people say in it: of several stages the furthest. */
		said := (SELECT max(split_part(w, ':', 2)::stage) FROM unnest(step.words) AS w WHERE w LIKE 'set\_stage:%');
		heard := coalesce(l.heard_at, l.last_at);
		IF EXISTS (SELECT FROM unnest(step.words) AS w WHERE w IS NULL) THEN
			l.heard_at := NULL;
		ELSIF step.at <> l.first_at THEN
			l.heard_at := coalesce(l.heard_at, l.last_at);
		END IF;

		/* 0. Rows that repeat what has counted are worth nothing: of a kind in one step the strongest counts. */
		counts := l.counted;
		strengths := step.points;
		FOR i IN 1 .. step.rows LOOP
			CONTINUE WHEN step.cooldowns[i] IS NULL;
			IF step.at - (l.counted ->> step.kinds[i])::timestamptz < step.cooldowns[i]
				OR EXISTS (SELECT FROM generate_series(1, step.rows) AS j
						   WHERE j <> i AND step.cooldowns[j] IS NOT NULL AND step.kinds[j] = step.kinds[i]
							   AND (strengths[j], j) > (strengths[i], i))
			THEN
				step.points[i] := 0;
				step.floors[i] := NULL;
				step.outcomes[i] := NULL;
				step.finals[i] := false;
				l.repetitions := l.repetitions + 1;
			ELSE
				counts := counts || jsonb_build_object(step.kinds[i], step.at);
			END IF;
		END LOOP;
		/* one whose cooldown is over matters to nothing any more */
		l.counted := coalesce((SELECT jsonb_object_agg(e.kind, e.at) FROM jsonb_each_text(counts) AS e (kind, at)
			JOIN lead_temperature.signal AS s ON s.model = model_name AND s.kind = e.kind
			WHERE step.at - e.at::timestamptz < s.cooldown), '{}');
		SELECT max(f), coalesce(bool_or(f IS NOT NULL AND p > 0), false), coalesce(bool_or(o = 'won'), false),
			   coalesce(bool_or(o = 'lost'), false), coalesce(bool_or(e), false), coalesce(bool_or(s AND o IS NOT NULL), false)
			INTO floor_of_step, revives, won, lost, final, spends
			FROM unnest(step.floors, step.points, step.outcomes, step.finals, step.spends) AS r (f, p, o, e, s);

		/* 1. The curve decays to the instant, the rows add to it. */
		before := 0;
		FOR i IN 1 .. n LOOP
			held[i] := reference.decay(held[i], step.at - l.last_at, m.half_life);
			before := reference.plus(before, held[i]);
		END LOOP;
		l.magnitude := reference.decay(l.magnitude, step.at - l.last_at, m.half_life);
		was := reference.temperature(before, m.warm, m.hot);
		l.unsure := l.unsure OR coalesce(reference.near(before, l.magnitude, ARRAY[m.warm, m.mql, m.hot]), false);
		IF before < (CASE WHEN l.held_stage >= 'marketing_qualified' THEN m.hot ELSE m.mql END) THEN
			l.held_stage := NULL;
		END IF;

		sums := array_fill(0::float8, ARRAY[n]);
		FOR i IN 1 .. step.rows LOOP
			sums[step.slots[i]] := reference.plus(sums[step.slots[i]], step.points[i]);
			l.magnitude := reference.plus(l.magnitude, abs(step.points[i]));
		END LOOP;
		after := 0;
		FOR i IN 1 .. n LOOP
			held[i] := reference.plus(held[i], sums[i]);
			IF i < n THEN
				held[i] := greatest(0, least(caps[i], held[i]));
			END IF;
			after := reference.plus(after, held[i]);
		END LOOP;
		l.unsure := l.unsure OR coalesce(reference.near(after, l.magnitude, ARRAY[m.warm, m.mql, m.hot]), false);

		wakes := l.status = 'open' AND l.interactions > 0 AND l.heard_at IS NULL AND coalesce(step.at - heard >= m.dormant_after, false);
		l.woken := l.woken + wakes::int;
		l.interactions := l.interactions + step.rows;
		l.last_at := step.at;

		/* 2. A closed lead opens again, unless it is lost for good, or because somebody says where it is; an open one that was silent for too long begins anew. */
		restarts := false;
		opened_by_word := coalesce(l.status <> 'open' AND (l.status = 'lost' OR said <> l.stage) AND said IS NOT NULL, false);
		IF opened_by_word THEN
			l.final_since := NULL;
		END IF;
		IF opened_by_word OR wakes OR (l.status <> 'open' AND l.final_since IS NULL AND (revives OR after >= m.warm)) THEN
			/* where a person has put it in the silence it stays */
			IF l.stage_since <= heard THEN
				l.held_stage := NULL;
			END IF;
			IF l.status <> 'won' AND l.stage <> 'customer' AND l.stage_since <= heard THEN
				l.stage := least(l.stage, 'lead');
				restarts := true;
			END IF;
			l.status := 'open';
			l.cycle := l.cycle + 1;
		END IF;

		/* 3. The stage of an open lead only rises, but for what people say, which holds against the heat that there is. */
		IF l.status = 'open' THEN
			IF floor_of_step > l.held_stage THEN
				l.held_stage := NULL;
			END IF;
			l.stage := greatest(l.stage, floor_of_step);
			lifted := CASE WHEN after >= m.hot THEN 'sales_qualified' WHEN after >= m.mql THEN 'marketing_qualified' END;
			IF l.stage >= 'lead' AND l.held_stage IS NULL THEN
				l.stage := greatest(l.stage, lifted);
			END IF;
			l.withheld := l.withheld + coalesce(lifted > l.held_stage AND said IS NULL, false)::int;
			IF said IS NOT NULL THEN
				l.stage := said;
				l.held_stage := CASE WHEN said >= 'lead' AND lifted > said THEN said END;
			END IF;
		END IF;
		IF 'exclude' = ANY (step.words) THEN
			l.excluded_since := coalesce(l.excluded_since, step.at);
		ELSIF 'include' = ANY (step.words) THEN
			l.excluded_since := NULL;
		END IF;

		/* 4. Outcomes, lost before won; they spend the heat, unless all are won without. */
		full_score := after;
		full_magnitude := l.magnitude;
		sort_of_cause := NULL;
		IF lost THEN
			IF l.status = 'open' THEN
				l.status := 'lost';
				sort_of_cause := 'lost';
			END IF;
		END IF;
		IF final AND l.status = 'lost' THEN
			l.final_since := coalesce(l.final_since, step.at);
		END IF;
		IF won THEN
			l.final_since := NULL;
			IF l.status <> 'open' THEN
				l.cycle := l.cycle + 1;
			END IF;
			l.stage := 'customer';
			l.status := 'won';
			l.purchases := l.purchases + 1;
			sort_of_cause := 'won';
		END IF;
		IF l.status <> 'open' THEN
			l.held_stage := NULL;
		END IF;
		told := l.status;
		told_cycle := l.cycle;
		IF won AND NOT spends THEN
			l.status := 'open';
			l.cycle := l.cycle + 1;
			l.kept := l.kept + 1;
		END IF;
		IF spends OR l.final_since IS NOT NULL THEN
			after := 0;
			held := array_fill(0::float8, ARRAY[n]);
			l.magnitude := 0;
		END IF;

		is_now := reference.temperature(after, m.warm, m.hot);
		IF is_now <> 'hot' THEN
			l.hot_since := NULL;
		ELSIF was <> 'hot' THEN
			l.hot_since := step.at;
		END IF;
		IF step.at = l.first_at OR l.stage <> from_stage OR restarts THEN
			l.stage_since := step.at;
		END IF;
		l.score := after;

		CONTINUE WHEN step.at <> l.first_at
			AND l.stage = from_stage AND told = from_status
			AND told_cycle = old_cycle AND l.purchases = old_purchases
			AND is_now <= was;

		/* The cause is the strongest of the rows that made the transition. */
		IF sort_of_cause IS NULL AND said IS NOT NULL AND (step.at = l.first_at OR l.stage <> from_stage OR opened_by_word) THEN
			sort_of_cause := 'word';
		ELSIF sort_of_cause IS NULL AND (step.at = l.first_at OR l.stage <> from_stage)
			AND l.stage = ANY (step.floors) THEN
			sort_of_cause := 'floor';
		END IF;
		cause_set := false;
		FOR i IN 1 .. step.rows LOOP
			IF (CASE sort_of_cause
					WHEN 'word' THEN step.words[i] = 'set_stage:' || said
					WHEN 'floor' THEN step.floors[i] = l.stage
					WHEN 'lost' THEN step.outcomes[i] = 'lost'
					WHEN 'won' THEN step.outcomes[i] = 'won'
					ELSE true END)
				AND (NOT cause_set OR step.points[i] > cause_points
					OR (step.points[i] = cause_points AND (cause IS NULL OR step.kinds[i] COLLATE "C" < cause COLLATE "C")
						AND step.kinds[i] IS NOT NULL))
			THEN
				cause := step.kinds[i];
				cause_points := step.points[i];
				cause_set := true;
			END IF;
		END LOOP;

		IF step.at = l.first_at THEN
			INSERT INTO reference.transition
				VALUES (l.lead, step.at, NULL, l.stage, NULL, told, NULL, is_now,
						told_cycle, l.purchases, full_score, full_magnitude, cause);
		ELSE
			INSERT INTO reference.transition
				VALUES (l.lead, step.at, from_stage, l.stage, from_status, told, was, is_now,
						told_cycle, l.purchases, full_score, full_magnitude, cause);
		END IF;
	END LOOP;
	IF current IS NOT NULL THEN
		l.held := held;
		INSERT INTO reference.lead SELECT l.*;
	END IF;

	/* Rows that are still to come make the lead due. */
	EXECUTE format($query$
		WITH future AS (
			SELECT number, min(lead) AS lead, min(at) AS due_at FROM (%1$s) AS r WHERE at > %2$L GROUP BY number
		), known AS (
			UPDATE reference.lead l SET due_at = f.due_at FROM future f WHERE l.number = f.number RETURNING l.number
		)
		INSERT INTO reference.lead (number, lead, due_at, interactions)
			SELECT f.number, f.lead, f.due_at, 0 FROM future f WHERE f.number NOT IN (SELECT number FROM known)
		$query$, rows_query, horizon);
END
$fold$;

/*
 * differences tells where the state and the current transitions of a tracker
 * disagree with what reference.fold() has just found.  Discrete columns must
 * be equal, scores within 1e-9 of the points that went into them.
 */
CREATE FUNCTION reference.differences(interactions regclass, prefix text, OUT lead text, OUT attribute text, OUT stored text, OUT expected text)
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
	space text := (SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = interactions);
	s text := format('%I.%I', space, prefix || '_lead');
	t text := format('%I.%I', space, prefix || '_transition');
	key text := (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = s::regclass AND attname = 'lead');
BEGIN
	RETURN QUERY EXECUTE format($query$
		WITH pair AS (
			SELECT coalesce(s.lead::text, r.lead) AS lead, s.lead IS NULL AS absent, s.interactions AS n, r.interactions, r.magnitude, r.unsure,
				   CASE WHEN s.interactions > 0 THEN lead_temperature.score(s.heat, s.last_at) END AS stored_score, r.score, s.group_points AS stored_held, r.held,
				   ARRAY[s.first_at::text, s.last_at::text, s.due_at::text, s.excluded_since::text, s.heard_at::text, s.granted_at::text, s.withdrawn_at::text] AS certain,
				   ARRAY[r.first_at::text, r.last_at::text, r.due_at::text, r.excluded_since::text, r.heard_at::text, r.granted::text, r.withdrawn::text] AS certain_too,
				   s.level IS NULL AS unranked, r.interactions = 0 OR r.excluded_since IS NOT NULL AS unranked_too,
				   ARRAY[s.stage::text, s.status::text, s.cycle::text, s.purchases::text, s.stage_since::text, s.hot_since::text, s.final_since::text, (SELECT array_agg(c ORDER BY c) FROM unnest(s.counted_at) AS c WHERE c IS NOT NULL)::text, s.held_stage::text] AS discrete,
				   ARRAY[r.stage::text, r.status::text, r.cycle::text, r.purchases::text, r.stage_since::text, r.hot_since::text, r.final_since::text, (SELECT array_agg(c::timestamptz ORDER BY c::timestamptz) FROM jsonb_each_text(r.counted) AS e (kind, c))::text, r.held_stage::text] AS discrete_too
			FROM %1$s s FULL JOIN reference.lead r ON s.lead = r.lead::%3$s
		), unsure AS (
			SELECT r.lead::%3$s AS lead FROM reference.lead r WHERE r.unsure
		)
		SELECT lead, 'interactions', n::text, interactions::text FROM pair
			WHERE n IS DISTINCT FROM interactions
		UNION ALL
		SELECT lead, 'first_at, last_at, due_at, excluded_since, heard_at, granted_at, withdrawn_at', certain::text, certain_too::text FROM pair
			WHERE interactions > 0 AND certain IS DISTINCT FROM certain_too
		UNION ALL
		SELECT lead, 'due_at', certain[3], certain_too[3] FROM pair
			WHERE interactions = 0 AND certain[3] IS DISTINCT FROM certain_too[3]
		UNION ALL
		SELECT lead, 'stage, status, cycle, purchases, stage_since, hot_since, final_since, counted_at, held_stage', discrete::text, discrete_too::text FROM pair
			WHERE interactions > 0 AND NOT unsure AND discrete IS DISTINCT FROM discrete_too
		UNION ALL
		SELECT lead, 'level is null', unranked::text, unranked_too::text FROM pair
			WHERE NOT absent AND unranked IS DISTINCT FROM unranked_too
		UNION ALL
		SELECT lead, 'score', stored_score::text, score::text FROM pair
			WHERE interactions > 0 AND NOT coalesce(abs(stored_score - score) <= 1e-9 * greatest(magnitude, 1e-200), false)
		UNION ALL
		SELECT lead, 'held', stored_held::text, held::text FROM pair
			WHERE interactions > 0
				AND (cardinality(stored_held) IS DISTINCT FROM cardinality(held)
					OR EXISTS (SELECT FROM unnest(stored_held, held) AS h (a, b) WHERE NOT coalesce(abs(a - b) <= 1e-9 * greatest(magnitude, 1e-200), false)))
		UNION ALL
		SELECT coalesce(t.lead::text, r.lead), 'transition at ' || coalesce(t.at, r.at), t::text, r::text
			FROM (SELECT * FROM %2$s WHERE superseded_at IS NULL) t
				FULL JOIN reference.transition r ON t.lead = r.lead::%3$s AND t.at = r.at
			WHERE coalesce(t.lead, r.lead::%3$s) NOT IN (SELECT u.lead FROM unsure u)
				AND (ROW(t.from_stage, t.to_stage, t.from_status, t.to_status, t.from_temperature, t.to_temperature, t.cycle, t.purchases, t.cause::text)
						IS DISTINCT FROM
					ROW(r.from_stage, r.to_stage, r.from_status, r.to_status, r.from_temperature, r.to_temperature, r.cycle, r.purchases, r.cause)
					OR NOT coalesce(abs(t.score - r.score) <= 1e-9 * greatest(r.magnitude, 1e-200), false))
		ORDER BY 1, 2
		$query$, s, t, key);
END
$$;
