--
-- Models trained on what leads do and on who they are
--
CREATE SCHEMA train_fit;
SET search_path = train_fit, lead_temperature, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE FUNCTION chance(a int8, b int8) RETURNS float8 LANGUAGE sql IMMUTABLE AS
	'SELECT (hashint8extended(a, b) & 1073741823) / 1073741824.0::float8';

/*
 * 3,000 people for 16 weeks.  At the start of each week one buys within it with a chance whose log odds are planted: decayed counts with a
 * half-life of 7 days, 1.2 for visit and -0.9 for complaint; 1.2 for people from DE, -1.2 for those from US, 0.6 for those of whom no
 * country is known, 1.5 for 50 employees or more; nothing for those from 60 countries of few people, or for colour and lucky number.
 */
CREATE TABLE person (id int PRIMARY KEY, country text, employees int, colour text, lucky float8, planet text, nothing text, status text, reason text);
INSERT INTO person (id, country, employees, colour, lucky, planet)
SELECT id, CASE WHEN c < 0.25 THEN 'DE' WHEN c < 0.5 THEN 'US' WHEN c < 0.7 THEN 'FR' WHEN c < 0.85 THEN NULL ELSE 'C' || floor(chance(id, 2) * 60) END,
	(1 + 99 * chance(id, 3))::int, (ARRAY['red', 'green', 'blue'])[1 + floor(3 * chance(id, 4))], chance(id, 5), 'earth'
FROM (SELECT id, chance(id, 1) AS c FROM generate_series(1, 3000) AS id) p;
CREATE TABLE did (lead int, kind text, at timestamptz);
INSERT INTO did
SELECT lead, kind, '2024-01-01 00:00+00'::timestamptz + (day + chance(lead * 1000 + day, 20 + number)) * interval '1 day'
FROM generate_series(1, 3000) AS lead, (VALUES (1, 'visit', 0.12), (2, 'complaint', 0.1)) AS k (number, kind, rate), generate_series(0, 111) AS day
WHERE chance(lead * 1000 + day, number) < rate;
CREATE TABLE bought AS
SELECT lead, min(week + chance(lead, 99) * interval '7 days') AS at
FROM (
	SELECT lead, week, -5.5 + sum(CASE kind WHEN 'visit' THEN 1.2 ELSE -0.9 END * 0.5 ^ (extract(epoch FROM week - at)::float8 / 86400 / 7))
		+ max(CASE WHEN country = 'DE' THEN 1.2 WHEN country = 'US' THEN -1.2 WHEN country IS NULL THEN 0.6 ELSE 0 END + CASE WHEN employees >= 50 THEN 1.5 ELSE 0 END) AS odds
	FROM did JOIN person ON id = lead JOIN generate_series('2024-01-08 00:00+00'::timestamptz, '2024-04-15 00:00+00', '7 days') AS week ON at < week
	GROUP BY lead, week) AS weeks
WHERE chance(lead * 1000 + extract(epoch FROM week)::int8 / 604800, 50) < 1 / (1 + exp(-odds))
GROUP BY lead;
DELETE FROM did USING bought WHERE bought.lead = did.lead AND did.at >= bought.at;
INSERT INTO did SELECT lead, 'purchase', at FROM bought;
INSERT INTO did VALUES (0, 'visit', '2024-04-22 00:00+00');
-- The outcome itself, but for some mistakes; and what sellers note of most buyers, and of some others
UPDATE person SET status = CASE WHEN EXISTS (SELECT FROM bought WHERE lead = id) <> (id % 300 = 0) THEN 'customer' ELSE 'prospect' END,
	reason = CASE WHEN chance(id, 7) < CASE WHEN EXISTS (SELECT FROM bought WHERE lead = id) THEN 0.7 ELSE 0.1 END THEN (ARRAY['price', 'quality'])[1 + id % 2] END;
CREATE INDEX ON did (lead, at);
ANALYZE did, person;

INSERT INTO model (name, half_life, warm, mql, hot) VALUES ('by_hand', '14 days', 1000, 1000, 1000);
INSERT INTO signal (model, kind, points) VALUES ('by_hand', 'visit', 5);
INSERT INTO signal (model, kind, outcome) VALUES ('by_hand', 'purchase', 'won');
SELECT track('did', 'lead', 'kind', 'at', model => 'by_hand');

-- Without attributes there are none to train on
\set VERBOSITY default
SELECT train('did', '7 days', attributes => true);
SELECT add_attribute('did', 'person', 'id', a) FROM unnest('{country,employees,colour,lucky,planet,nothing,status,reason}'::name[]) a;

-- What cannot be evidence is named; what is planted is found
\set VERBOSITY terse
SET client_min_messages = notice;
SELECT ranking, leads, converted, auc > 0.5 AS tells, brier < brier_base AS better
FROM train('did', '7 days', since => '2024-01-08 00:00+00', attributes => true);
SELECT count(*) FROM train('did', '7 days', 'planted', since => '2024-01-08 00:00+00', without => '{reason,status}', half_lives => '{7 days}', attributes => true);
SET client_min_messages = warning;
\set VERBOSITY default
SELECT train('did', '7 days', 'x', without => '{season}', attributes => true);
SELECT train('did', '7 days', 'x', without => '{colour}');

SELECT w.auc > o.auc + 0.05 AS attributes_tell, w.brier < o.brier AND o.brier < o.brier_base AS chances_too, cardinality(w.calibration), cardinality(o.calibration)
FROM training_report w JOIN training_report o USING (model) WHERE model = 'planted' AND w.ranking = 'trained' AND o.ranking = 'trained without attributes';
-- Weights are log odds once they are multiplied by the slope
CREATE VIEW worth AS SELECT f.model, attribute, operator, value, points, points * fit_slope AS odds FROM fit_rule f JOIN trained_model t ON t.model = f.model;
SELECT attribute, operator, value, round(odds::numeric, 1) AS odds FROM worth WHERE model = 'planted' AND attribute = 'country' ORDER BY value;
SELECT attribute, operator, count(*), max(odds) FILTER (WHERE upper(value::numrange) <= 50) < min(odds) FILTER (WHERE lower(value::numrange) >= 50) AS apart,
	round((avg(odds) FILTER (WHERE lower(value::numrange) >= 50) - avg(odds) FILTER (WHERE upper(value::numrange) <= 50))::numeric, 1) AS difference
FROM worth WHERE model = 'planted' AND attribute = 'employees' GROUP BY attribute, operator;
SELECT attribute, count(*), max(abs(odds)) < 0.35 AS hardly_anything FROM worth WHERE model = 'planted' AND attribute IN ('colour', 'lucky', 'planet', 'nothing', 'status', 'reason') GROUP BY attribute ORDER BY attribute;
SELECT round((v.points * slope)::numeric, 1) AS visit, round((c.points * slope)::numeric, 1) AS complaint, abs(slope - fit_slope) = 0 AS one_scale
FROM trained_model t JOIN signal v ON v.model = t.model AND v.kind = 'visit' JOIN signal c ON c.model = t.model AND c.kind = 'complaint' WHERE t.model = 'planted';
SELECT grade_a > grade_b AND grade_b > grade_c AS ascend, hot FROM model WHERE name = 'planted';

/*
 * The same rows in another order, leads and attributes: the same to the bit.
 */
CREATE TABLE again AS SELECT * FROM did ORDER BY chance(lead, extract(epoch FROM at)::int8);
CREATE INDEX ON again (lead, at);
CREATE TABLE folk AS SELECT * FROM person ORDER BY chance(id, 8);
ALTER TABLE folk ADD PRIMARY KEY (id);
SELECT track('again', 'lead', 'kind', 'at', model => 'by_hand');
SELECT add_attribute('again', 'folk', 'id', a) FROM unnest('{reason,status,lucky,colour,employees,country}'::name[]) a;
SET timezone = 'America/New_York';
SELECT count(*) FROM train('again', '7 days', 'shuffled', since => '2024-01-08 00:00+00', without => '{status,reason}', half_lives => '{7 days}', attributes => true);
SET timezone = 'UTC';
SELECT count(*) AS differ FROM (SELECT attribute, operator, value, points FROM fit_rule WHERE model = 'planted') a
	FULL JOIN (SELECT attribute, operator, value, points FROM fit_rule WHERE model = 'shuffled') b USING (attribute, operator, value) WHERE a.points IS DISTINCT FROM b.points;
SELECT a.intercept = b.intercept AND a.slope = b.slope AND a.fit_slope = b.fit_slope AS same FROM trained_model a, trained_model b WHERE a.model = 'planted' AND b.model = 'shuffled';
SELECT ranking, a.auc = b.auc AS same FROM training_report a JOIN training_report b USING (ranking) WHERE a.model = 'planted' AND b.model = 'shuffled' ORDER BY ranking;

-- At work: the frozen version has the rules, and the best leads are those of the trained chance
CALL activate('did', 'planted');
SELECT f.fit_points = ARRAY(SELECT points FROM fit_rule r WHERE r.model = 'planted' ORDER BY attribute, operator, value) AS frozen
FROM model_version f WHERE f.interactions = 'did'::regclass AND f.model = 'planted';
SELECT count(*), bool_and(b.lead = s.lead) AS same, bool_and(abs(b.chance - s.chance) < 1e-12) AS chances
FROM best_leads('did', 200) b FULL JOIN (
	SELECT row_number() OVER (ORDER BY t.intercept + t.slope * score_now(l.heat) + t.fit_slope * f.fit DESC, l.lead) AS rank, l.lead::text,
		probability(l.heat, 'planted', now(), f.fit) AS chance
	FROM did_lead l JOIN did_fit f USING (lead), trained_model t WHERE t.model = 'planted' AND l.status = 'open' ORDER BY 1 LIMIT 200) s USING (rank);
-- The report is what these make of the observations
CREATE TABLE observed AS SELECT o.converted, o.score + f.fit AS total
FROM trained_model t, observations('did', t.test_from, t.test_until, '7 days', t.horizon, t.model) o JOIN did_fit f ON f.lead::text = o.lead::text WHERE t.model = 'planted';
SELECT abs(r.auc - auc(total, o.converted)) < 1e-9 AS auc, abs(r.brier - brier(1 / (1 + exp(-(t.intercept + t.slope * total))), o.converted)) < 1e-9 AS brier
FROM observed o, training_report r JOIN trained_model t USING (model) WHERE r.model = 'planted' AND ranking = 'trained' GROUP BY r.auc, r.brier, t.intercept, t.slope;
SELECT grade, count(*) > 0 AS some FROM did_fit GROUP BY grade ORDER BY grade;
-- Whoever trains again has the chances of the present one beside it, if the attributes are read
SELECT ranking, brier IS NOT NULL AS chance FROM train('did', '7 days', 'next', since => '2024-01-08 00:00+00', without => '{reason,status}', half_lives => '{7 days}', attributes => true) WHERE ranking IN ('trained', 'present');
SELECT ranking, brier IS NOT NULL AS chance FROM train('did', '7 days', 'plain', since => '2024-01-08 00:00+00', half_lives => '{7 days}') WHERE ranking IN ('trained', 'present');
SELECT fit_slope, (SELECT count(*) FROM fit_rule WHERE model = 'plain') AS rules FROM trained_model WHERE model = 'plain';
SELECT n.auc = p.auc AS present_is_the_trained_one FROM training_report n, training_report p WHERE n.model = 'next' AND n.ranking = 'present' AND p.model = 'planted' AND p.ranking = 'trained';

-- The next version of a name leaves the one before its rules
SELECT count(*) FROM train('did', '7 days', since => '2024-01-08 00:00+00', without => '{reason,status,country,lucky,employees}', half_lives => '{7 days}', attributes => true);
SELECT t.model, version, count(DISTINCT attribute) AS attributes FROM trained_model t JOIN fit_rule f ON f.model = t.model WHERE t.model LIKE 'did_trained%' GROUP BY t.model, version ORDER BY version;

-- Attributes that tell nothing cost nothing
SELECT max(auc) - min(auc) < 0.002 AS alike FROM train('did', '7 days', 'idle', since => '2024-01-08 00:00+00', without => '{reason,status,country,employees}', half_lives => '{7 days}', attributes => true)
WHERE ranking LIKE 'trained%';
-- Where none of them is evidence it is as if there were none
SELECT ranking, auc IS NOT NULL AS area FROM train('did', '7 days', 'none', since => '2024-01-08 00:00+00', without => '{reason,status,country,employees,colour,lucky}', half_lives => '{7 days}', attributes => true) WHERE ranking LIKE 'trained%';
SELECT n.slope = p.slope AND n.intercept = p.intercept AS same, n.fit_slope FROM trained_model n, trained_model p WHERE n.model = 'none' AND p.model = 'plain';

-- Values that no number, or no rule of text, would survive: NaN is missing, infinity a number; quotes, length, emptiness
ALTER TABLE person ADD odd text, ADD wild float8;
UPDATE person SET odd = CASE id % 5 WHEN 0 THEN '' WHEN 1 THEN 'it''s "{,}" \' WHEN 2 THEN repeat('x', 5000) WHEN 3 THEN repeat('y', 999) END,
	wild = CASE id % 6 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' WHEN 2 THEN '-Infinity' WHEN 3 THEN 1e-300 WHEN 4 THEN 1e300 END;
SELECT add_attribute('did', 'person', 'id', a) FROM unnest('{odd,wild}'::name[]) a;
SELECT count(*) FROM train('did', '7 days', 'wild', since => '2024-01-08 00:00+00', without => '{reason,status,country,employees,colour,lucky}', half_lives => '{7 days}', attributes => true);
SELECT attribute, operator, left(value, 20) AS value, length(value), points = points + 0 AND abs(points) < 100 AS finite FROM fit_rule WHERE model = 'wild' ORDER BY attribute, operator, value;
CALL activate('did', 'wild');
SELECT count(DISTINCT fit) FROM did_fit;

-- With little memory a sample gives nearly the same
SET maintenance_work_mem = '4MB';
SELECT abs(t.auc - r.auc) < 0.03 AS near FROM train('did', '7 days', 'sampled', since => '2024-01-08 00:00+00', without => '{reason,status,odd,wild}', half_lives => '{7 days}', attributes => true) t
	JOIN training_report r USING (ranking) WHERE r.model = 'planted' AND ranking = 'trained';
RESET maintenance_work_mem;
SELECT bool_and(abs(s.odds - p.odds) < 0.4) AS near FROM worth s JOIN worth p USING (attribute, operator, value) WHERE s.model = 'sampled' AND p.model = 'planted' AND attribute = 'country';

SET client_min_messages = error;
SELECT untrack('did'), untrack('again');
DELETE FROM model;
DROP SCHEMA train_fit CASCADE;
