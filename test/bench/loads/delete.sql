-- The oldest row of a lead.
DELETE FROM event
WHERE ctid = (SELECT ctid FROM event WHERE lead = :lead ORDER BY at LIMIT 1);
