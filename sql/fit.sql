-- Attributes of leads from users' own tables, the rules by which they fit, and the fit that is kept right.
CREATE SCHEMA fit;
SET search_path = fit, lead_temperature, public;
CREATE ROLE regress_fit_other;

SELECT create_model('buyers');
UPDATE model SET dormant_after = NULL WHERE name = 'buyers';
CREATE TABLE visit (id serial PRIMARY KEY, lead text, kind text, at timestamptz);
CREATE INDEX ON visit (lead, at);
CREATE TABLE contact (email text PRIMARY KEY, country text, employees int, title text, vip boolean, ratio float8);
CREATE TABLE firm (id int PRIMARY KEY, contact text UNIQUE, sector text);
INSERT INTO visit (lead, kind, at) VALUES ('anna', 'demo_request', '2024-01-01'), ('ben', 'form_submit', '2024-01-02'), ('cleo', 'visit', '2024-01-03');
INSERT INTO contact VALUES ('anna', 'DE', 120, 'Head of sales', true, 'NaN'), ('ben', 'US', 8, NULL, false, 0.5), ('nobody yet', 'FR', 50, 'CEO', NULL, 1);
SELECT track('visit', 'lead', 'kind', 'at', model => 'buyers');

-- Rules are checked when they are written.
INSERT INTO fit_rule VALUES
	('buyers', 'country', '=', 'DE', 20), ('buyers', 'country', 'in', '{US,CA}', 10), ('buyers', 'country', 'is null', '', -5),
	('buyers', 'employees', 'range', '[10,100)', 5), ('buyers', 'employees', 'range', '[100,)', 12), ('buyers', 'employees', '=', '8.0', 1),
	('buyers', 'title', 'like', '%Head%', 4), ('buyers', 'title', 'like', '%of%', 0.5), ('buyers', 'ratio', 'is null', '', -1), ('buyers', 'ratio', 'range', '[0.5,1)', 2),
	('buyers', 'vip', '=', 'true', 3), ('buyers', 'sector', '=', 'tools', 7), ('buyers', 'unheard of', 'is null', '', 1000);
INSERT INTO fit_rule VALUES ('buyers', 'country', '=', 'CA', 1);
INSERT INTO fit_rule VALUES ('buyers', 'country', 'in', '{DE}', 1);
INSERT INTO fit_rule VALUES ('buyers', 'country', 'in', '{US}', 1);
INSERT INTO fit_rule VALUES ('buyers', 'country', '=', 'AT', 1), ('buyers', 'country', 'in', '{CH,AT}', 2);
UPDATE fit_rule SET value = '[50,200)' WHERE value = '[10,100)';
INSERT INTO fit_rule VALUES ('buyers', 'country', '=', 'DE', 1);
INSERT INTO fit_rule VALUES ('buyers', 'country', '<', 'DE', 1);
INSERT INTO fit_rule VALUES ('buyers', 'country', 'in', 'DE', 1);
INSERT INTO fit_rule VALUES ('buyers', 'country', 'in', '{}', 1);
INSERT INTO fit_rule VALUES ('buyers', 'country', 'in', '{NULL}', 1);
INSERT INTO fit_rule VALUES ('buyers', 'size', 'range', '[1,2]', 1);
INSERT INTO fit_rule VALUES ('buyers', 'size', 'range', '(1,2)', 1);
INSERT INTO fit_rule VALUES ('buyers', 'size', 'range', '[2,2)', 1);
INSERT INTO fit_rule VALUES ('buyers', 'size', 'range', '[3,2)', 1);
INSERT INTO fit_rule VALUES ('buyers', 'title', 'like', 'x\', 1);
INSERT INTO fit_rule VALUES ('buyers', 'title', 'is null', 'x', 1);
INSERT INTO fit_rule VALUES ('buyers', '', '=', 'x', 1);
INSERT INTO fit_rule VALUES ('buyers', 'title', '=', 'x', 'NaN');
INSERT INTO fit_rule VALUES ('nobody''s', 'title', '=', 'x', 1);
UPDATE model SET grade_b = 5 WHERE name = 'buyers';
UPDATE model SET grade_a = 'NaN' WHERE name = 'buyers';
CREATE TABLE not_rules (a int);
CREATE TRIGGER t AFTER INSERT ON not_rules FOR EACH STATEMENT EXECUTE FUNCTION check_fit_rules();
INSERT INTO not_rules VALUES (1);

-- What cannot be an attribute.
SELECT add_attribute(NULL, 'contact', 'email', 'country');
SELECT add_attribute('visit', 'contact', 'email', NULL);
SELECT add_attribute('contact', 'contact', 'email', 'country');
SELECT add_attribute('visit', 'contact', 'mail', 'country');
SELECT add_attribute('visit', 'contact', 'email', 'land');
SELECT add_attribute('visit', 'contact', 'email', '');
SELECT add_attribute('visit', 'contact', 'email', 'upper(country)');
SELECT add_attribute('visit', 'contact', 'email', 'country', '');
SELECT add_attribute('visit', 'contact', 'email', 'employees + land', 'x');
SELECT add_attribute('visit', 'contact', 'email', 'random()', 'x');
SELECT add_attribute('visit', 'contact', 'email', 'ARRAY[country]', 'x');
SELECT add_attribute('visit', 'contact', 'country', 'title');
SELECT add_attribute('visit', 'contact', 'employees', 'title');
SELECT add_attribute('visit', 'firm', 'id', 'sector');
SELECT add_attribute('visit', 'visit_lead', 'lead', 'stage');
SELECT add_attribute('visit', 'visit_ranking', 'lead', 'stage');
SELECT add_attribute('visit', 'pg_class', 'relname', 'relkind');
CREATE TABLE parted (email text PRIMARY KEY, x text) PARTITION BY LIST (email);
SELECT add_attribute('visit', 'parted', 'email', 'x');
CREATE UNLOGGED TABLE unlogged (email text PRIMARY KEY, x text);
SELECT add_attribute('visit', 'unlogged', 'email', 'x');
CREATE TEMP TABLE temporary (email text PRIMARY KEY, x text);
SELECT add_attribute('visit', 'temporary', 'email', 'x');
CREATE TABLE parent (email text PRIMARY KEY, x text);
CREATE TABLE child () INHERITS (parent);
SELECT add_attribute('visit', 'parent', 'email', 'x');
SELECT drop_attribute('visit', 'country');
SELECT drop_attribute('visit', NULL);
SELECT count(*) AS none FROM attributes;
SELECT lead, fit, grade FROM visit_ranking ORDER BY lead;

-- The first one brings the module; rules count once the model is frozen anew.
SELECT add_attribute('visit', 'contact', 'email', 'country');
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
SELECT stale FROM trackers WHERE interactions = 'visit'::regclass;
CALL replay('visit');
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
SELECT add_attribute('visit', 'contact', 'email', 'country');
SELECT add_attribute('visit', 'contact', 'email', 'employees'), add_attribute('visit', 'contact', 'email', 'title || $$$$', 'title'), add_attribute('visit', 'contact', 'email', 'ratio');
SELECT add_attribute('visit', 'contact', 'email', 'vip'), add_attribute('visit', 'firm', 'contact', 'sector');
SELECT tracker, name, relation, key, expression, stale, fault FROM attributes ORDER BY name COLLATE "C";
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
SELECT lead, fit, grade FROM visit_ranking ORDER BY level DESC;

-- What is written of attributes counts at once, and so do leads that come and go.
INSERT INTO firm VALUES (1, 'cleo', 'tools'), (2, NULL, 'tools');
INSERT INTO contact VALUES ('cleo', 'CA', 100, 'Head of', NULL, 0.99);
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
UPDATE contact SET email = 'anna', country = 'FR' WHERE email = 'nobody yet';
DELETE FROM contact WHERE email = 'anna';
UPDATE contact SET email = 'anna' WHERE email = 'nobody yet';
INSERT INTO visit (lead, kind, at) VALUES ('nobody yet', 'visit', '2024-02-01'), ('dora', 'visit', '2024-02-01');
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
DELETE FROM visit WHERE lead = 'dora';
SELECT exclude('visit', 'ben', 'a competitor');
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
SELECT include('visit', 'ben');
BEGIN;
TRUNCATE contact;
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
ROLLBACK;
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;

-- Who is merged lends what the other lacks.
SELECT merge_leads('visit', 'ben', 'nobody yet');
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
UPDATE contact SET employees = 500 WHERE email = 'ben';
INSERT INTO contact (email, title) VALUES ('nobody yet', 'Head');
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
SELECT merge_leads('visit', 'nobody yet', 'cleo');
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
SELECT unmerge_lead('visit', 'nobody yet');
SELECT unmerge_lead('visit', 'ben');
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
SELECT * FROM drift('visit');

-- Drift tells what somebody has written there; a replay mends it.
UPDATE visit_fit SET fit = 99 WHERE lead = 'anna';
DELETE FROM visit_fit WHERE lead = 'ben';
UPDATE visit_fit SET grade = 'A' WHERE lead = 'cleo';
SELECT * FROM drift('visit');
CALL replay('visit');
SELECT * FROM drift('visit');
BEGIN;
UPDATE model SET grade_a = 16, grade_b = 12 WHERE name = 'buyers';
CALL replay('visit');
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;
ROLLBACK;

-- The matrix.
INSERT INTO visit (lead, kind, at) VALUES ('anna', 'demo_request', now()), ('anna', 'purchase', now() + interval '1 second'), ('ben', 'demo_request', now());
INSERT INTO visit (lead, kind, at) VALUES ('cleo', 'form_submit', now()), ('cleo', 'opportunity_lost', now() + interval '2 seconds');
SELECT grade, temperature, leads, won, lost, conversion, action, channel FROM visit_matrix ORDER BY grade, temperature_order DESC;
GRANT USAGE ON SCHEMA fit TO regress_fit_other;
GRANT SELECT ON visit_matrix, visit_ranking TO regress_fit_other;
GRANT INSERT ON contact TO regress_fit_other;
SET ROLE regress_fit_other;
SELECT sum(leads), count(action) FROM visit_matrix;
SELECT count(fit) FROM visit_ranking;
INSERT INTO contact VALUES ('written by another', 'DE');
SELECT drop_attribute('visit', 'country');
SELECT add_attribute('visit', 'contact', 'email', 'country', 'land');
SELECT count(*) AS seen FROM attributes;
SELECT count(*) AS seen FROM fit_rule;
INSERT INTO fit_rule VALUES ('buyers', 'country', '=', 'XX', 20);
RESET ROLE;
EXPLAIN (COSTS OFF) SELECT lead, score, fit FROM visit_ranking ORDER BY level DESC LIMIT 10;

-- Columns get other names, or go, and so do tables.
ALTER TABLE contact RENAME email TO mail;
ALTER TABLE contact RENAME title TO "Job Title";
SELECT name, key, expression, fault FROM attributes ORDER BY name COLLATE "C";
INSERT INTO contact (mail, "Job Title") VALUES ('dora', 'Head');
ALTER TABLE contact ALTER employees TYPE text USING employees || ' people';
SELECT * FROM drift('visit');
ALTER TABLE contact ALTER employees TYPE int USING replace(employees, ' people', '')::int;
ALTER TABLE contact DROP vip;
SELECT name, stale, fault FROM attributes WHERE stale;
ALTER TABLE contact ADD vip boolean;
SELECT name, stale, fault FROM attributes WHERE stale;
ALTER TABLE contact DISABLE TRIGGER USER;
SELECT name, stale, fault FROM attributes ORDER BY name COLLATE "C";
UPDATE contact SET country = 'CA';
ALTER TABLE contact ENABLE TRIGGER USER;
SELECT count(*) AS stale FROM attributes WHERE stale;
SELECT * FROM drift('visit');
ALTER TABLE contact DROP CONSTRAINT contact_pkey;
SELECT count(*) AS stale FROM attributes WHERE stale;
ALTER TABLE contact ADD PRIMARY KEY (mail);
SELECT count(*) AS stale FROM attributes WHERE stale;
DROP TRIGGER lead_temperature_attribute_update ON contact;
SELECT count(*) AS stale FROM attributes WHERE stale;
SELECT drop_attribute('visit', 'country');
SELECT add_attribute('visit', 'contact', 'mail', 'country');
SELECT count(*) AS stale FROM attributes WHERE stale;
DROP TABLE firm;
SELECT * FROM drift('visit');

-- An expression that fails for a row is refused, or fails who writes it.
SELECT add_attribute('visit', 'contact', 'mail', '100 / employees', 'inverse');
\set SHOW_CONTEXT never
SELECT add_attribute('visit', 'contact', 'mail', '100 / (employees - employees)', 'wrong');
UPDATE contact SET employees = 0 WHERE mail = 'ben';
\set SHOW_CONTEXT errors
SELECT drop_attribute('visit', 'inverse');
-- A function that it calls may go, get another name, and come again; nobody is kept from writing.
CREATE FUNCTION called(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower($1)';
SELECT add_attribute('visit', 'contact', 'mail', 'called("Job Title")', 'called');
ALTER FUNCTION called(text) RENAME TO named;
UPDATE contact SET "Job Title" = 'Nobody' WHERE mail = 'dora';
INSERT INTO visit (lead, kind, at) VALUES ('dora', 'visit', '2024-01-05');
ALTER FUNCTION named(text) RENAME TO called;
SELECT count(*) AS stale FROM attributes WHERE stale;
DROP FUNCTION called(text);
UPDATE contact SET "Job Title" = 'Head' WHERE mail = 'dora';
INSERT INTO visit (lead, kind, at) VALUES ('dora', 'visit', '2024-01-06');
CREATE FUNCTION called(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT upper($1)';
SELECT count(*) AS stale FROM attributes WHERE stale;
SELECT * FROM drift('visit');
SELECT drop_attribute('visit', 'called');
DELETE FROM visit WHERE lead = 'dora' AND at > '2024-01-04';
SELECT forget('visit', 'ben', true);
SELECT lead, fit, grade FROM visit_fit ORDER BY lead;

-- Without the module.
CREATE VIEW mine AS SELECT lead, fit FROM visit_ranking;
SELECT drop_module('visit', 'fit');
SELECT count(*) AS none FROM attributes;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'contact'::regclass AND NOT tgisinternal;
SELECT * FROM mine ORDER BY lead;
SELECT add_module('visit', 'fit');
SELECT * FROM mine ORDER BY lead;
SELECT add_attribute('visit', 'contact', 'mail', 'country');
DROP VIEW mine;
SELECT untrack('visit');
SELECT count(*) AS none FROM attribute;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'contact'::regclass AND NOT tgisinternal;

/*
 * Fit after any mix of changes is what a query that knows nothing of the extension makes of the rows.
 */
CREATE TABLE event (id serial, lead int, kind text, at timestamptz);
CREATE INDEX ON event (lead, at);
CREATE TABLE person (lead int PRIMARY KEY, country text, size numeric);
CREATE TABLE job (id serial PRIMARY KEY, person int UNIQUE, title varchar(20));
SELECT create_model('mixed');
INSERT INTO fit_rule VALUES ('mixed', 'country', '=', 'a', 7), ('mixed', 'country', 'in', '{b,c}', 2.25), ('mixed', 'country', 'is null', '', -1.5),
	('mixed', 'size', 'range', '[0,10)', 1), ('mixed', 'size', 'range', '[10,30.5)', 4), ('mixed', 'size', '=', '5', 0.1),
	('mixed', 'title', 'like', 'h%', 3), ('mixed', 'title', 'like', '%t', 0.7), ('mixed', 'title', 'is null', '', 0.3);
SELECT track('event', 'lead', 'kind', 'at', model => 'mixed');
SELECT add_attribute('event', 'person', 'lead', 'country'), add_attribute('event', 'person', 'lead', 'size'), add_attribute('event', 'job', 'person', 'lower(title)', 'title');

CREATE FUNCTION wrong_fits() RETURNS TABLE (lead int, stored float8, is_right float8) LANGUAGE sql AS $$
	WITH RECURSIVE member AS (
		SELECT l.lead AS root, l.lead AS member FROM event_lead l WHERE l.level IS NOT NULL
		UNION ALL SELECT m.root, a.alias FROM member m JOIN event_alias a ON a.lead = m.member
	), one AS (
		SELECT m.root,
			(array_agg(p.country ORDER BY m.member <> m.root, m.member) FILTER (WHERE p.country IS NOT NULL))[1] AS country,
			(array_agg(p.size ORDER BY m.member <> m.root, m.member) FILTER (WHERE p.size IS NOT NULL AND p.size <> 'NaN'))[1] AS size,
			(array_agg(p.size ORDER BY m.member <> m.root, m.member) FILTER (WHERE p.size IS NOT NULL))[1] AS first_size,
			(array_agg(lower(j.title) ORDER BY m.member <> m.root, m.member) FILTER (WHERE j.title IS NOT NULL))[1] AS title
		FROM member m LEFT JOIN person p ON p.lead = m.member LEFT JOIN job j ON j.person = m.member GROUP BY m.root
	), fit AS (
		SELECT root, CASE WHEN country = 'a' THEN 7 WHEN country IN ('b', 'c') THEN 2.25 WHEN country IS NULL THEN -1.5 ELSE 0 END
			+ CASE WHEN first_size = 'NaN' THEN 0 WHEN first_size < 0 THEN 0 WHEN first_size < 10 THEN 1 WHEN first_size < 30.5 THEN 4 ELSE 0 END
			+ CASE WHEN first_size = 5 THEN 0.1 ELSE 0 END
			+ CASE WHEN title LIKE 'h%' THEN 3 ELSE 0 END + CASE WHEN title LIKE '%t' THEN 0.7 ELSE 0 END + CASE WHEN title IS NULL THEN 0.3 ELSE 0 END AS fit
		FROM one
	)
	SELECT coalesce(f.root, s.lead), s.fit, f.fit FROM fit f FULL JOIN event_fit s ON s.lead = f.root
	WHERE NOT coalesce(abs(f.fit - s.fit) < 1e-9, false)
	UNION ALL SELECT s.lead, s.level, l.level FROM event_fit s JOIN event_lead l USING (lead) WHERE s.level <> l.level
$$;

SET client_min_messages = warning;
DO $$
DECLARE
	bad int;
	n int;
BEGIN
	PERFORM setseed(0.11);
	FOR i IN 1..150 LOOP
		n := CASE WHEN random() < 0.1 THEN 100 WHEN random() < 0.3 THEN 20 ELSE 1 END;
		CASE floor(random() * 13)::int
			WHEN 0, 1 THEN INSERT INTO event (lead, kind, at) SELECT random() * 60, (ARRAY['visit', 'form_submit', 'purchase', 'demo_request'])[1 + floor(random() * 4)], '2024-01-01'::timestamptz + random() * interval '90 days' FROM generate_series(1, n);
			WHEN 2, 3 THEN INSERT INTO person SELECT DISTINCT ON (l) l, (ARRAY['a', 'b', 'c', 'd', NULL])[1 + floor(random() * 5)], (ARRAY[5, 5.00, 10, -1, 30.5, 12, 'NaN', NULL])[1 + floor(random() * 8)]
				FROM (SELECT (random() * 60)::int AS l FROM generate_series(1, n)) x ON CONFLICT (lead) DO UPDATE SET country = EXCLUDED.country, size = EXCLUDED.size;
			WHEN 4 THEN INSERT INTO job (person, title) SELECT DISTINCT ON (l) l, (ARRAY['Head', 'hat', 'Heat', 'agent', NULL])[1 + floor(random() * 5)]
				FROM (SELECT nullif((random() * 60)::int, 0) AS l FROM generate_series(1, n)) x ON CONFLICT (person) DO UPDATE SET title = EXCLUDED.title;
			WHEN 5 THEN UPDATE person SET lead = lead + 61 WHERE lead < 30 AND random() < 0.05 AND NOT EXISTS (SELECT FROM person q WHERE q.lead = person.lead + 61);
			WHEN 6 THEN DELETE FROM person WHERE random() < 0.1;
			WHEN 7 THEN DELETE FROM event WHERE random() < 0.1;
			WHEN 8 THEN UPDATE event SET lead = (random() * 60)::int WHERE random() < 0.05;
			WHEN 9, 10 THEN INSERT INTO event_alias SELECT DISTINCT ON (a) a, a + 1 + floor(random() * 5) FROM (SELECT (random() * 55)::int AS a FROM generate_series(1, ceil(n / 10.0)::int)) x
				ON CONFLICT (alias) DO UPDATE SET lead = EXCLUDED.lead;
			WHEN 11 THEN DELETE FROM event_alias WHERE random() < 0.2;
			ELSE
				BEGIN
					UPDATE job SET title = 'Heart' WHERE random() < 0.5;
					UPDATE person SET size = 10;
					IF random() < 0.5 THEN
						RAISE division_by_zero;
					END IF;
				EXCEPTION WHEN division_by_zero THEN
				END;
		END CASE;
		IF random() < 0.02 THEN TRUNCATE job; END IF;
		IF random() < 0.02 THEN TRUNCATE event_alias; END IF;
		IF random() < 0.05 THEN PERFORM exclude('event', lead::text, 'test') FROM event_lead WHERE random() < 0.1; END IF;
		SELECT count(*) INTO bad FROM wrong_fits();
		IF bad > 0 THEN
			RAISE EXCEPTION 'after % changes the fit of % leads is wrong', i, bad;
		END IF;
	END LOOP;
END
$$;
RESET client_min_messages;
SELECT * FROM wrong_fits();
SELECT * FROM drift('event');
SELECT count(*) > 20 AS many, count(DISTINCT fit) > 8 AS various FROM event_fit;

SET client_min_messages = warning;
DROP SCHEMA fit CASCADE;
DELETE FROM model WHERE name IN ('buyers', 'mixed');
DROP ROLE regress_fit_other;
