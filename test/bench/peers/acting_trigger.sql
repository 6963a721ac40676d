/*
 * acting_trigger.sql
 *	  A statement trigger in plpgsql that keeps the state and does what tracked_acting does: it
 *	  notes the consent of leads, hands over those that become hot, and writes into the
 *	  table of contacts what differs.
 */

CREATE TABLE contact AS SELECT DISTINCT lead, NULL::text AS stage, NULL::text AS temperature, NULL::timestamptz AS hot_until FROM event;
ALTER TABLE contact ADD PRIMARY KEY (lead);
\ir state.sql
ALTER TABLE lead ADD stage text, ADD granted_at timestamptz, ADD withdrawn_at timestamptz;
CREATE TABLE handoff (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	lead bigint NOT NULL,
	handed_at timestamptz NOT NULL DEFAULT now(),
	score float8 NOT NULL,
	closed_at timestamptz
);
CREATE UNIQUE INDEX ON handoff (lead) WHERE closed_at IS NULL;

CREATE FUNCTION follow() RETURNS trigger
	LANGUAGE plpgsql
	AS $$
BEGIN
	WITH changed AS (
		INSERT INTO lead
		SELECT n.lead, sum(p.points * bench.decay(now() - n.at)) / bench.decay(now() - max(n.at)), max(n.at), count(*),
			CASE WHEN bool_or(n.kind = 'purchase') THEN 'customer' WHEN bool_or(n.kind = 'checkout_started') THEN 'opportunity' ELSE 'lead' END,
			max(n.at) FILTER (WHERE n.kind IN ('newsletter_signup', 'form_submit')),
			max(n.at) FILTER (WHERE n.kind IN ('unsubscribe', 'spam_complaint'))
		FROM new_rows AS n JOIN points AS p USING (kind)
		GROUP BY n.lead
		ORDER BY n.lead				-- no deadlocks
		ON CONFLICT (lead) DO UPDATE SET
			score = lead.score * bench.decay(greatest(excluded.last_at - lead.last_at, '0'))
				+ excluded.score * bench.decay(greatest(lead.last_at - excluded.last_at, '0')),
			last_at = greatest(lead.last_at, excluded.last_at),
			interactions = lead.interactions + excluded.interactions,
			stage = CASE WHEN excluded.stage > lead.stage OR lead.stage IS NULL THEN excluded.stage ELSE lead.stage END,
			granted_at = greatest(lead.granted_at, excluded.granted_at),
			withdrawn_at = greatest(lead.withdrawn_at, excluded.withdrawn_at)
		RETURNING lead, score, stage, last_at
	), handed AS (
		INSERT INTO handoff (lead, score)
		SELECT lead, score FROM changed WHERE score >= 40 AND last_at > now() - interval '15 minutes'
		ON CONFLICT DO NOTHING
	)
	UPDATE contact AS c SET stage = n.stage, temperature = n.temperature, hot_until = n.hot_until
	FROM (SELECT lead, stage, CASE WHEN score >= 40 THEN 'hot' WHEN score >= 10 THEN 'warm' ELSE 'cold' END AS temperature,
			CASE WHEN score >= 40 THEN last_at + interval '14 days' * log(2, (score / 40)::numeric)::float8 END AS hot_until
		FROM changed) AS n
	WHERE c.lead = n.lead AND (c.stage, c.temperature, c.hot_until) IS DISTINCT FROM (n.stage, n.temperature, n.hot_until);
	RETURN NULL;
END
$$;

CREATE TRIGGER follow AFTER INSERT ON event
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION follow();
