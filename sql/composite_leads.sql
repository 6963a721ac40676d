-- A lead of a composite type is one, whichever of its fields are null.
CREATE SCHEMA composite_leads;
SET search_path = composite_leads, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE TYPE person AS (shop int, email text);
SELECT lead_temperature.create_model('persons', 'shop');

-- Two tables of the same rows: in the one leads are composites, in the other texts of them.
CREATE TABLE visit (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lead person, kind text, at timestamptz);
CREATE TABLE twin (id int PRIMARY KEY, lead text, kind text, at timestamptz);
SELECT lead_temperature.track('visit', 'lead', 'kind', 'at', model => 'persons', create_index => true),
	lead_temperature.track('twin', 'lead', 'kind', 'at', model => 'persons', create_index => true);

-- differences returns what the two trackers tell of their leads differently, and drift.
CREATE FUNCTION differences() RETURNS TABLE (what text, lead text) LANGUAGE sql BEGIN ATOMIC
	SELECT 'state', v.l || t.l FROM (SELECT lead::text AS l, to_jsonb(s) - 'lead' AS row FROM visit_lead s) v
		FULL JOIN (SELECT lead AS l, to_jsonb(s) - 'lead' AS row FROM twin_lead s) t USING (l)
		WHERE v.row IS DISTINCT FROM t.row
	UNION ALL SELECT 'transition', coalesce(v.l, t.l) FROM
		(SELECT lead::text AS l, at, to_stage, score FROM visit_transition WHERE superseded_at IS NULL) v
		FULL JOIN (SELECT lead AS l, at, to_stage, score FROM twin_transition WHERE superseded_at IS NULL) t USING (l, at, to_stage, score)
		WHERE v.l IS NULL OR t.l IS NULL
	UNION ALL SELECT 'drift', d.lead FROM lead_temperature.drift('visit') d
	UNION ALL SELECT 'ranking', v.l FROM (SELECT lead::text AS l, score FROM visit_ranking) v
		FULL JOIN (SELECT lead AS l, score FROM twin_ranking) t USING (l, score) WHERE v.l IS NULL OR t.l IS NULL;
END;

-- copy_rows makes the twin's rows those of the other.
CREATE FUNCTION copy_rows() RETURNS void LANGUAGE sql BEGIN ATOMIC
	DELETE FROM twin t WHERE NOT EXISTS (SELECT FROM visit v WHERE v.id = t.id);
	INSERT INTO twin SELECT id, lead::text, kind, at FROM visit
		ON CONFLICT (id) DO UPDATE SET lead = excluded.lead, kind = excluded.kind, at = excluded.at;
END;

-- single rows
INSERT INTO visit (lead, kind, at) VALUES ('(1,a@x)', 'purchase', now() - interval '9 days');
INSERT INTO visit (lead, kind, at) VALUES ('(1,)', 'question', now() - interval '8 days');
INSERT INTO visit (lead, kind, at) VALUES ('(,a@x)', 'add_to_cart', now() - interval '7 days');
INSERT INTO visit (lead, kind, at) VALUES ('(,)', 'question', now() - interval '6 days');
INSERT INTO visit (lead, kind, at) VALUES (NULL, 'question', now() - interval '6 days');
SELECT copy_rows();
SELECT lead, interactions, stage FROM visit_lead ORDER BY lead;
SELECT * FROM differences();
-- in bulk, with new leads and old ones
INSERT INTO visit (lead, kind, at)
SELECT ROW(CASE WHEN i % 3 > 0 THEN i % 3 END, CASE WHEN i % 5 > 0 THEN 'u' || i % 5 END)::person,
	(ARRAY['page_view', 'question', 'add_to_cart', 'visit'])[1 + i % 4], now() - interval '5 days' + i * interval '1 minute'
FROM generate_series(1, 300) AS i;
SELECT copy_rows();
SELECT count(*) AS leads, count(*) FILTER (WHERE lead IS NOT NULL) AS without_null_fields FROM visit_lead;
SELECT * FROM differences();
-- late, updated, deleted and moved to another lead
INSERT INTO visit (lead, kind, at) VALUES ('(,)', 'add_to_cart', now() - interval '20 days'), ('(1,)', 'question', now() - interval '20 days');
UPDATE visit SET kind = 'question' WHERE id % 40 = 0;
UPDATE visit SET lead = ROW(NULL, (lead).email) WHERE id % 41 = 0;
UPDATE visit SET lead = NULL WHERE id % 53 = 0;
DELETE FROM visit WHERE id % 43 = 0;
SELECT copy_rows();
SELECT * FROM differences();
-- replays see all of them
UPDATE lead_temperature.model SET hot = 33 WHERE name = 'persons';
CALL lead_temperature.replay('visit');
CALL lead_temperature.replay('twin');
SELECT * FROM differences();
SELECT lead_temperature.pause('visit'), lead_temperature.pause('twin');
INSERT INTO visit (lead, kind, at) VALUES ('(,)', 'question', now() - interval '1 days'), ('(7,)', 'question', now() - interval '1 days');
SELECT copy_rows();
SELECT lead_temperature.resume('visit'), lead_temperature.resume('twin');
SELECT lead, interactions FROM visit_lead WHERE lead IN ('(,)', '(7,)') ORDER BY lead;
SELECT * FROM differences();
-- so do those who look at leads
SELECT count(*) AS leads FROM lead_temperature.leads_as_of('visit', now());
SELECT v.lead FROM lead_temperature.leads_as_of('visit', now() - interval '4 days 22 hours') v
	FULL JOIN lead_temperature.leads_as_of('twin', now() - interval '4 days 22 hours') t USING (lead, interactions, stage, score)
	WHERE v.lead IS NULL OR t.lead IS NULL;
SELECT count(*) > 0 AS some, count(*) FILTER (WHERE lead = '(,)') AS all_null
FROM lead_temperature.observations('visit', now() - interval '4 days', now() - interval '2 days', '1 day', '12 hours');
SELECT kind, interactions FROM lead_temperature.score_breakdown('visit', '(,)') EXCEPT ALL
SELECT kind, interactions FROM lead_temperature.score_breakdown('twin', '(,)');
SELECT kind, interactions FROM lead_temperature.score_breakdown('visit', '(1,)') ORDER BY kind;
INSERT INTO visit (lead, kind, at) VALUES ('(,)', 'odd', now()), ('(1,)', 'odd', now()), ('(1,b)', 'odd', now()), (NULL, 'odd', now());
SELECT copy_rows();
SELECT kind, interactions, leads FROM lead_temperature.unmapped_kinds('visit');
-- balances too
SELECT lead_temperature.archive('visit', date_trunc('day', now()) - interval '4 days') =
	lead_temperature.archive('twin', date_trunc('day', now()) - interval '4 days') AS as_many;
SELECT count(*) FILTER (WHERE lead IN ('(,)', '(1,)')) AS balances FROM visit_balance;
DELETE FROM visit WHERE at < date_trunc('day', now()) - interval '4 days';
SELECT copy_rows();
INSERT INTO visit (lead, kind, at) VALUES ('(,)', 'question', now() - interval '2 days'), ('(1,)', 'question', now() - interval '2 days');
SELECT copy_rows();
SELECT * FROM differences();
CALL lead_temperature.replay('visit');
SELECT * FROM differences();

SET client_min_messages = warning;
DROP SCHEMA composite_leads CASCADE;
DELETE FROM lead_temperature.model WHERE name = 'persons';
