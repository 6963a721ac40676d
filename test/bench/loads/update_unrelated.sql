-- The column that no lead depends on, of the newest row of a lead.
UPDATE event SET processed = NOT processed
WHERE ctid = (SELECT ctid FROM event WHERE lead = :lead ORDER BY at DESC LIMIT 1);
