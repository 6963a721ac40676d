-- Many rows, perhaps several of a lead.
WITH fresh AS (
	INSERT INTO event (lead, kind, at) :rows
	RETURNING lead, kind, at
)
INSERT INTO lead
SELECT f.lead, sum(p.points * bench.decay(now() - f.at)) / bench.decay(now() - max(f.at)), max(f.at), count(*)
FROM fresh AS f JOIN points AS p USING (kind)
GROUP BY f.lead
ORDER BY f.lead					-- no deadlocks
ON CONFLICT (lead) DO UPDATE SET
	score = lead.score * bench.decay(greatest(excluded.last_at - lead.last_at, '0'))
		+ excluded.score * bench.decay(greatest(lead.last_at - excluded.last_at, '0')),
	last_at = greatest(lead.last_at, excluded.last_at),
	interactions = lead.interactions + excluded.interactions;
