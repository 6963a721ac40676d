-- One row; the application knows its points.
WITH fresh AS (
	INSERT INTO event (lead, kind, at) :rows
	RETURNING lead, (bench.points())[:kind] AS points, at
)
INSERT INTO lead
SELECT lead, points, at, 1 FROM fresh
ON CONFLICT (lead) DO UPDATE SET
	score = lead.score * bench.decay(greatest(excluded.last_at - lead.last_at, '0'))
		+ excluded.score * bench.decay(greatest(lead.last_at - excluded.last_at, '0')),
	last_at = greatest(lead.last_at, excluded.last_at),
	interactions = lead.interactions + 1;
