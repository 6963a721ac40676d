-- The kind of the newest row of a lead.
UPDATE event SET kind = CASE kind WHEN 'visit' THEN 'page_view' ELSE 'visit' END
WHERE ctid = (SELECT ctid FROM event WHERE lead = :lead ORDER BY at DESC LIMIT 1);
