-- The best leads by chance: equal to the sort of all, by few rows.
CREATE SCHEMA best;
SET search_path = best, lead_temperature, public;
SELECT create_model('chances');
CREATE TABLE visit (lead int, kind text, at timestamptz);
CREATE INDEX ON visit (lead, at);
CREATE TABLE person (lead int PRIMARY KEY, fit float8, sort text);
SELECT track('visit', 'lead', 'kind', 'at', model => 'chances');

-- Without a trained chance there is none; fit counts once there is some.
SELECT * FROM best_leads('visit');
SELECT * FROM best_leads('person');
SELECT * FROM best_leads(NULL);
SELECT probability(heat(40, now(), '14 days'), 'chances', now(), 3);
INSERT INTO trained_model (model, intercept, slope, horizon, trained_at, train_from, train_until, test_from, test_until)
	SELECT 'chances', -2, 0.05, '14 days', t, t, t, t, t FROM (SELECT timestamptz '2024-01-01') x (t);
SELECT * FROM best_leads('visit');
INSERT INTO visit SELECT l, k, now() - l * interval '1 hour' FROM generate_series(1, 20) l, unnest(ARRAY['visit', 'form_submit']) k;
SELECT rank, lead, round(chance::numeric, 6) AS chance, round(score::numeric, 3) AS score, fit, grade, temperature, stage FROM best_leads('visit', 3);
SELECT rank, lead FROM best_leads('visit', 2, 2);
SELECT rank, lead FROM best_leads('visit', 5, 18);
SELECT count(*) FROM best_leads('visit', 0);
SELECT count(*) FROM best_leads('visit', 2147483647, 2147483647);
SELECT * FROM best_leads('visit', -1);
SELECT * FROM best_leads('visit', 1, -1);
SELECT probability(heat(40, now(), '14 days'), 'chances', now(), 3) = probability(heat(40, now(), '14 days'), 'chances') AS fit_does_not_count;
UPDATE trained_model SET fit_slope = 'NaN' WHERE model = 'chances';
UPDATE trained_model SET fit_slope = 0.1 WHERE model = 'chances';
SELECT * FROM best_leads('visit');
SELECT round(probability(heat(40, now(), '14 days'), 'chances', now(), 3)::numeric, 6) AS p, round((1 / (1 + exp(2 - 0.05 * 40 - 0.1 * 3)))::numeric, 6) AS formula,
	probability(heat(40, now(), '14 days'), 'chances', now(), 'infinity') AS most;
SELECT probability(heat(40, now(), '14 days'), 'chances', now(), 'NaN');
INSERT INTO fit_rule SELECT 'chances', 'sort', '=', s, ascii(s) - 100 FROM unnest(string_to_array('abcdefghij', NULL)) s;
SELECT add_attribute('visit', 'person', 'lead', 'sort');
CALL replay('visit');
INSERT INTO person (lead, sort) SELECT l, substr('aajjbb', l, 1) FROM generate_series(1, 6) l;
SELECT rank, lead, round(chance::numeric, 6) AS chance, fit, grade FROM best_leads('visit', 6);

-- What may be lost of the tables that are read.
BEGIN;
DROP INDEX visit_fit_fit_level_idx;
SELECT * FROM best_leads('visit');
ROLLBACK;
CREATE ROLE regress_best_other;
SET ROLE regress_best_other;
SELECT * FROM best_leads('best.visit');
RESET ROLE;
DROP ROLE regress_best_other;

/*
 * 1,000 random states, with ties, closed and excluded leads, fits that are few and many, slopes of all signs: each
 * compared with the sort of all leads.
 */
CREATE TABLE problem (round int, n int, skip int, place int, found text, is_right text);
CREATE FUNCTION sorted(a float8, b float8, c float8) RETURNS TABLE (rank bigint, lead text, odds float8) LANGUAGE sql AS $$
	SELECT row_number() OVER (ORDER BY o.odds DESC, o.lead), o.lead::text, o.odds FROM (
		SELECT l.lead, a + b * score_now(l.heat) + c * f.fit AS odds
		FROM visit_lead l JOIN visit_fit f USING (lead) WHERE l.status = 'open' AND l.level IS NOT NULL) o
$$;
SET client_min_messages = warning;
DO $$
DECLARE
	a float8;
	b float8;
	c float8;
	n int;
	skip int;
BEGIN
	PERFORM setseed(0.4);
	FOR i IN 1..1000 LOOP
		IF random() < 0.3 THEN
			INSERT INTO visit SELECT (random() * 400)::int, (ARRAY['visit', 'form_submit', 'demo_request', 'email_open', 'purchase', 'opportunity_lost', 'no_show'])[1 + (random() * random() * 6.99)::int],
				now() - CASE WHEN random() < 0.5 THEN (random() * 9)::int * interval '10 days' ELSE random() * interval '90 days' END
			FROM generate_series(1, CASE WHEN random() < 0.1 THEN 300 ELSE 10 END);
		END IF;
		IF random() < 0.3 THEN
			INSERT INTO person SELECT DISTINCT ON (l) l, NULL, substr('abcdefghij', 1 + (random() * random() * 9.99)::int, 1) FROM (SELECT (random() * 400)::int AS l FROM generate_series(1, 20)) x
			ON CONFLICT (lead) DO UPDATE SET sort = EXCLUDED.sort;
		END IF;
		IF i % 100 = 50 THEN
			-- as many fits as leads, which nobody but this writes so
			UPDATE visit_fit SET fit = random() * 20 - 10;
		ELSIF i % 100 = 0 THEN
			CALL lead_temperature.replay('visit');
			DELETE FROM visit WHERE random() < 0.3;
			PERFORM exclude('visit', lead::text, 'test') FROM visit_lead WHERE random() < 0.01;
		END IF;
		a := random() * 4 - 4;
		b := (ARRAY[0.05, 0.05, 0.05, 0.2, 0, -0.05])[1 + floor(random() * 6)];
		c := (ARRAY[0.1, 0.1, 0.1, 0.5, 0, -0.1, NULL])[1 + floor(random() * 7)];
		UPDATE trained_model SET intercept = a, slope = b, fit_slope = c WHERE model = 'chances';
		n := (ARRAY[1, 5, 20, 100, 1000])[1 + floor(random() * 5)];
		skip := (ARRAY[0, 0, 0, 7, 300])[1 + floor(random() * 5)];
		INSERT INTO problem SELECT i, n, skip, coalesce(f.rank, s.rank), f.lead, s.lead
		FROM (SELECT * FROM best_leads('visit', n, skip)) f
		FULL JOIN (SELECT * FROM sorted(a, b, coalesce(c, 0)) o WHERE o.rank > skip AND o.rank <= skip + n) s ON s.rank = f.rank
		WHERE f.lead IS DISTINCT FROM s.lead OR abs(f.chance - 1 / (1 + exp(-s.odds))) > 1e-12;
	END LOOP;
END
$$;
RESET client_min_messages;
SELECT * FROM problem ORDER BY round, place LIMIT 5;
SELECT count(*) > 200 AS many_leads, count(*) FILTER (WHERE status <> 'open') > 20 AS closed, count(*) FILTER (WHERE level IS NULL) > 3 AS excluded FROM visit_lead;

-- Few pages are read, however many leads there are.
CREATE TABLE many (lead int, kind text, at timestamptz);
CREATE INDEX ON many (lead, at);
CREATE TABLE who (lead int PRIMARY KEY, sort text);
INSERT INTO many SELECT l, (ARRAY['visit', 'form_submit', 'demo_request'])[1 + l % 3], now() - (l * 7919 % 100000) * interval '1 minute' FROM generate_series(1, 50000) l;
INSERT INTO who SELECT l, substr('abcdefghij', 1 + l * 31 % 10, 1) FROM generate_series(1, 50000) l;
SELECT track('many', 'lead', 'kind', 'at', model => 'chances');
SELECT add_attribute('many', 'who', 'lead', 'sort');
UPDATE trained_model SET intercept = -2, slope = 0.05, fit_slope = 0.1 WHERE model = 'chances';
ANALYZE;
CREATE FUNCTION pages(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ' || query INTO plan;
	RETURN (plan -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::int + (plan -> 0 -> 'Plan' ->> 'Shared Read Blocks')::int;
END
$$;
SELECT count(*) FROM best_leads('many');
SELECT pages('SELECT * FROM best_leads(''many'')') < 3000 AS few, pages('SELECT * FROM best_leads(''many'', 10)') < 600 AS fewer;

SET client_min_messages = warning;
DROP SCHEMA best CASCADE;
DELETE FROM model WHERE name = 'chances';
