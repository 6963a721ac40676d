--
-- Models trained on what became of earlier leads
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET search_path = public, lead_temperature;
SET client_min_messages = warning;

-- The same numbers in [0, 1) with every major version
CREATE FUNCTION chance(a int8, b int8) RETURNS float8 LANGUAGE sql IMMUTABLE AS
	'SELECT (hashint8extended(a, b) & 1073741823) / 1073741824.0::float8';

/*
 * 2000 leads for 16 weeks.  At the start of each week a lead buys within it with a
 * chance whose log odds are planted: decayed counts with a half-life of 7 days, 1.2 for
 * visit, 0.6 for question, -0.9 for complaint and nothing for noise.
 */
CREATE TABLE planted (lead int, kind text, at timestamptz);
INSERT INTO planted
SELECT lead, kind, '2024-01-01 00:00+00'::timestamptz + (day + chance(lead * 1000 + day, 20 + number)) * interval '1 day'
FROM generate_series(1, 2000) AS lead,
	(VALUES (1, 'visit', 0.12), (2, 'question', 0.15), (3, 'complaint', 0.1), (4, 'noise', 0.2)) AS k (number, kind, rate),
	generate_series(0, 111) AS day
WHERE chance(lead * 1000 + day, number) < rate;

CREATE TABLE bought AS
SELECT lead, min(week + chance(lead, 99) * interval '7 days') AS at
FROM (
	SELECT lead, week, -5 + sum(CASE kind WHEN 'visit' THEN 1.2 WHEN 'question' THEN 0.6 WHEN 'complaint' THEN -0.9 ELSE 0 END *
		0.5 ^ (extract(epoch FROM week - at)::float8 / 86400 / 7)) AS odds
	FROM planted JOIN generate_series('2024-01-08 00:00+00'::timestamptz, '2024-04-15 00:00+00', '7 days') AS week ON at < week
	GROUP BY lead, week) AS weeks
WHERE chance(lead * 1000 + extract(epoch FROM week)::int8 / 604800, 50) < 1 / (1 + exp(-odds))
GROUP BY lead;
DELETE FROM planted USING bought WHERE bought.lead = planted.lead AND planted.at >= bought.at;
INSERT INTO planted SELECT lead, 'purchase', at FROM bought;
-- A leak: it is noted a minute after each purchase, and twice by mistake
INSERT INTO planted SELECT lead, 'receipt', at + interval '1 minute' FROM bought;
INSERT INTO planted VALUES (1, 'receipt', '2024-02-01 00:00+00'), (2, 'receipt', '2024-02-01 00:00+00');
-- The last interaction, after which nothing can be judged
INSERT INTO planted VALUES (0, 'visit', '2024-04-22 00:00+00');
CREATE INDEX ON planted (lead, at);
ANALYZE planted;
SELECT count(*) FROM bought;

INSERT INTO model (name, half_life, warm, mql, hot, dormant_after) VALUES ('by_hand', '14 days', 1000, 1000, 1000, '200 days');
INSERT INTO signal (model, kind, points, stage) VALUES ('by_hand', 'question', 5, 'lead'), ('by_hand', 'callback', 3, 'opportunity');
INSERT INTO signal (model, kind, outcome) VALUES ('by_hand', 'purchase', 'won'), ('by_hand', 'spam', 'lost');
INSERT INTO signal (model, kind, points, consent, channel) VALUES ('by_hand', 'sign-up', 1, 'grant', 'email'), ('by_hand', 'unsubscribe', 0, 'withdraw', NULL);
INSERT INTO playbook (model, priority, stage, temperature, action, attempts) VALUES ('by_hand', 7, 'lead', 'hot', 'visit', 2);
SELECT track('planted', 'lead', 'kind', 'at', model => 'by_hand');

-- What was planted is found, the leak is named and left out
SELECT ranking, leads, converted, auc > 0.7 AS good, auc_low < auc AND auc < auc_high AS between
FROM train('planted', '7 days', since => '2024-01-08 00:00+00');
SELECT half_life BETWEEN '5 days' AND '10 days' AS found, dormant_after FROM model WHERE name = 'planted_trained';
SELECT round((q.points / v.points)::numeric, 1) AS question, round((c.points / v.points)::numeric, 1) AS complaint,
	abs(n.points / v.points) < 0.15 AS no_noise
FROM signal v, signal q, signal c, signal n
WHERE v.model = 'planted_trained' AND v.kind = 'visit' AND q.model = v.model AND q.kind = 'question'
	AND c.model = v.model AND c.kind = 'complaint' AND n.model = v.model AND n.kind = 'noise';
-- Floors, outcomes and consent are those of the present model, also of kinds without rows
SELECT kind, points <> 0 AS has_points, signal_group, stage, outcome, consent, channel FROM signal WHERE model = 'planted_trained' ORDER BY kind;
-- so is the playbook
SELECT priority, stage, temperature, action, attempts FROM playbook WHERE model = 'planted_trained';
SELECT hot, warm < hot AND mql BETWEEN warm AND hot AS ascend FROM model WHERE name = 'planted_trained';
SELECT slope > 0 AS rises, horizon, train_from, train_until, test_from, test_until, trained_at = now() AS now
FROM trained_model WHERE model = 'planted_trained';
-- The planted chance is one of the trained score, whose points are a scale of the planted weights
SELECT abs(t.intercept + 5) < 0.5 AS intercept, abs(t.slope * s.points / 1.2 - 1) < 0.2 AS slope
FROM trained_model t JOIN signal s ON s.model = t.model AND s.kind = 'visit' WHERE t.model = 'planted_trained';

-- Training replaces nothing by itself
SELECT model, stale FROM trackers;
SELECT count(*) FROM drift('planted');

/*
 * The report, counted by plain SQL: open leads by the rows before each test instant,
 * ranked by what the heats of these rows are, and whether a purchase follows.
 */
CREATE TABLE observation AS
SELECT week AS at, lead, count(*) AS interactions, max(p.at) - week AS recency, max(coalesce(h.stage, 'visitor')) AS stage,
	score(heat_agg(coalesce(s.points, 0), p.at, (SELECT half_life FROM model WHERE name = 'planted_trained')), week) AS trained,
	score(heat_agg(coalesce(h.points, 0), p.at, '14 days'), week) AS present,
	EXISTS (SELECT FROM planted o WHERE o.lead = p.lead AND o.kind = 'purchase' AND o.at >= week AND o.at < week + interval '7 days') AS converted
FROM trained_model t, generate_series(t.test_from, t.test_until, '7 days') AS week
JOIN planted p ON p.at < week
LEFT JOIN signal s ON s.model = 'planted_trained' AND s.kind = p.kind
LEFT JOIN signal h ON h.model = 'by_hand' AND h.kind = p.kind
WHERE t.model = 'planted_trained'
GROUP BY week, lead HAVING NOT bool_or(p.kind = 'purchase');
CREATE FUNCTION plain_auc(ranking text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE result float8;
BEGIN
	EXECUTE format('SELECT (sum(r) FILTER (WHERE converted) - n1 * (n1 + 1) / 2) / (n1 * n0) FROM (
		SELECT converted, (rank() OVER (ORDER BY %1$I) + (count(*) OVER (PARTITION BY %1$I) - 1) / 2.0)::float8 AS r,
			count(*) FILTER (WHERE converted) OVER ()::float8 AS n1, count(*) FILTER (WHERE NOT converted) OVER ()::float8 AS n0
		FROM observation) o GROUP BY n1, n0', ranking) INTO result;
	RETURN result;
END $$;
SELECT r.ranking, abs(r.auc - plain_auc(c.name)) < 1e-4 AS same, r.leads = (SELECT count(*) FROM observation) AS leads,
	r.converted = (SELECT count(*) FROM observation WHERE converted) AS converted
FROM training_report r JOIN (VALUES ('trained', 'trained'), ('present', 'present'), ('interactions', 'interactions'), ('recency', 'recency'),
	('furthest stage', 'stage')) AS c (ranking, name) USING (ranking)
WHERE r.model = 'planted_trained' ORDER BY c.name;

-- It is what evaluate says of the same instants, of the present model and of the trained one
SELECT r.ranking, r.leads = e.leads AND r.converted = e.converted AS counts, abs(r.auc - e.auc) < 1e-9 AS area,
	abs(r.auc_low - e.auc_low) < 1e-9 AND abs(r.auc_high - e.auc_high) < 1e-9 AS interval
FROM trained_model t JOIN training_report r USING (model),
	LATERAL (SELECT * FROM evaluate('planted', t.test_from, t.test_until, '7 days', t.horizon,
			CASE WHEN r.ranking = 'trained' THEN t.model END) WHERE at IS NULL) e
WHERE t.model = 'planted_trained' AND e.ranking = CASE WHEN r.ranking IN ('trained', 'present') THEN 'heat' ELSE r.ranking END
ORDER BY r.ranking;

-- Its chances hold: in each of five bins about as many convert as foretold
SELECT bin, abs(predicted - observed) < 0.03 AS holds
FROM unnest((SELECT reliability(probability, converted, 5) FROM trained_model t,
	observations('planted', t.test_from, t.test_until, '7 days', t.horizon, t.model) WHERE t.model = 'planted_trained')) ORDER BY bin;

/*
 * Same rows, same result: in another physical order, another time zone, and with
 * weights of another size, which points make up for.
 */
CREATE TABLE shuffled AS SELECT *, 1000::numeric AS weight FROM planted ORDER BY chance(lead, extract(epoch FROM at)::int8);
CREATE INDEX ON shuffled (lead, at);
SELECT track('shuffled', 'lead', 'kind', 'at', 'weight', model => 'by_hand');
SET timezone = 'America/New_York';
SELECT t.ranking, t.auc = r.auc AS same
FROM train('shuffled', '7 days', since => '2024-01-08 00:00+00', without => '{receipt}') t JOIN training_report r USING (ranking)
WHERE r.model = 'planted_trained' AND t.ranking <> 'present';
SET timezone = 'UTC';
SELECT count(*), bool_and(abs(s.points * 1000 / p.points - 1) < 1e-3) AS same
FROM signal s JOIN signal p USING (kind) WHERE s.model = 'shuffled_trained' AND p.model = 'planted_trained' AND p.points <> 0;

-- With little memory a sample of the observations that did not convert gives nearly the same
SET maintenance_work_mem = '3MB';
SET client_min_messages = notice;
\set VERBOSITY terse
SELECT t.ranking, t.leads = r.leads AND t.converted = r.converted AS all_are_counted, abs(t.auc - r.auc) < 0.03 AS near
FROM train('planted', '7 days', 'sampled', since => '2024-01-08 00:00+00', without => '{receipt}') t JOIN training_report r USING (ranking)
WHERE r.model = 'planted_trained';
-- A robot whose rows would take more than a sixteenth of it is left out
SET maintenance_work_mem = '1MB';
BEGIN;
INSERT INTO planted SELECT 0, 'noise', '2024-01-02 00:00+00'::timestamptz + i * interval '1 minute' FROM generate_series(1, 5000) AS i;
SELECT count(*) FROM train('planted', '7 days', 'without_robot', since => '2024-01-08 00:00+00', without => '{receipt}');
ROLLBACK;
SET client_min_messages = warning;
RESET maintenance_work_mem;
SELECT abs(s.intercept - t.intercept) < 0.6 AS intercept, abs(s.slope * sv.points / (t.slope * tv.points) - 1) < 0.2 AS slope
FROM trained_model s, trained_model t, signal sv, signal tv
WHERE s.model = 'sampled' AND t.model = 'planted_trained' AND sv.model = s.model AND tv.model = t.model AND sv.kind = 'visit' AND tv.kind = 'visit';

-- Only some kinds; half-lives of one's own
SELECT ranking FROM train('planted', '7 days', 'few', kinds => '{visit}', half_lives => '{3 days,100 days}') WHERE ranking = 'trained';
SELECT kind, points <> 0 AS has_points FROM signal WHERE model = 'few' ORDER BY kind;
SELECT half_life FROM model WHERE name = 'few';

-- A kind that is a leak is not evidence by name either
SELECT count(*) FROM train('planted', '7 days', 'leaking', kinds => '{visit,receipt}');
SELECT kind FROM signal WHERE model = 'leaking' ORDER BY kind;

/*
 * Refusals
 */
\set VERBOSITY default
SELECT train('planted', model => 'by_hand');
SELECT train('planted', model => '');
SELECT train('planted', model => 'x', kinds => '{visit,purchase}');
SELECT train('planted', model => 'x', kinds => '{vist}');
SELECT train('planted', model => 'x', without => '{vist}');
SELECT train('planted', model => 'x', kinds => '{visit,NULL}');
SELECT train('planted', model => 'x', kinds => '{receipt}');
SELECT train('planted', model => 'x', kinds => '{}');
SELECT train('planted', NULL, model => 'x');
SELECT train('planted', '-1 month', model => 'x');
SELECT train('planted', '0', model => 'x');
SELECT train('planted', model => 'x', step => '-1 day');
SELECT train('planted', model => 'x', step => '1 second');
SELECT train('planted', model => 'x', half_lives => '{}');
SELECT train('planted', model => 'x', half_lives => '{1 month}');
SELECT train('planted', model => 'x', half_lives => '{NULL}');
SELECT train('planted', '7 days', model => 'x', until => '2024-04-15 00:00:01+00');
SELECT train('planted', '300 days', model => 'x');
SELECT train('planted', model => 'x', since => '2025-01-01 00:00+00');
SELECT train('planted', model => 'x', test_from => '2025-01-01 00:00+00');
SELECT train('planted', model => 'x', test_from => '2024-01-15 00:00+00');
SELECT train(NULL);
SELECT train('bought');
SELECT count(*) FROM model WHERE name = 'x';

-- No conversions, no kind that is one, too few, few, one class
CREATE TABLE small (lead int, kind text, at timestamptz);
CREATE INDEX ON small (lead, at);
INSERT INTO model (name, half_life, warm, mql, hot) VALUES ('no_won', '14 days', 10, 25, 40);
SELECT track('small', 'lead', 'kind', 'at', model => 'no_won');
SELECT train('small');
SELECT untrack('small');
SELECT track('small', 'lead', 'kind', 'at', model => 'by_hand');
SELECT train('small');
INSERT INTO small SELECT lead, 'visit', '2024-01-01 00:00+00'::timestamptz + chance(lead, 1) * interval '40 days'
FROM generate_series(1, 300) AS lead;
SELECT train('small');
INSERT INTO small SELECT lead, 'demo', at + interval '1 day' FROM small WHERE lead <= 39;
INSERT INTO small SELECT lead, 'purchase', at + interval '2 days' FROM small WHERE kind = 'demo';
SELECT train('small', '1 day', step => '1 day', test_from => '2024-02-05 00:00+00');
INSERT INTO small SELECT lead, 'demo', at + interval '1 day' FROM small WHERE lead BETWEEN 40 AND 100;
INSERT INTO small SELECT lead, 'purchase', at + interval '2 days' FROM small WHERE kind = 'demo' AND lead >= 40;
SELECT ranking, auc > 0.9 AS good FROM train('small', '2 days', step => '1 day', test_from => '2024-02-01 00:00+00') WHERE ranking = 'trained';
INSERT INTO small SELECT lead, 'purchase', at + interval '1 day' FROM small WHERE kind = 'visit' AND lead > 100;
SELECT train('small', '3 days', 'x', step => '1 day', test_from => '2024-02-01 00:00+00');

-- Interactions that differ in nothing teach nothing
CREATE TABLE constant (lead int, kind text, at timestamptz);
CREATE INDEX ON constant (lead, at);
INSERT INTO constant SELECT lead, 'visit', '2024-01-01 00:00+00' FROM generate_series(1, 1000) AS lead;
INSERT INTO constant SELECT lead, 'purchase', '2024-01-09 00:00+00'::timestamptz + lead * interval '1 hour' FROM generate_series(1, 300) AS lead;
SELECT track('constant', 'lead', 'kind', 'at', model => 'by_hand');
SELECT train('constant', '5 days', since => '2024-01-08 00:00+00', step => '6 days');

-- Archived times cannot be learned from
SELECT archive('planted', '2024-02-01 00:00+00');
SELECT train('planted', '7 days', 'x', since => '2024-01-31 00:00+00');
SELECT count(*) FROM train('planted', '7 days', 'archived', without => '{receipt}');
SELECT train_from FROM trained_model WHERE model = 'archived';

/*
 * Rights
 */
CREATE ROLE regress_lt_trainer;
CREATE ROLE regress_lt_stranger;
GRANT ALL ON SCHEMA public TO regress_lt_trainer;
GRANT SELECT ON planted TO regress_lt_trainer;
SET ROLE regress_lt_trainer;
SELECT train('planted', model => 'x');
SELECT count(*) FROM trained_model;
CREATE TABLE own AS SELECT * FROM planted;
CREATE INDEX ON own (lead, at);
INSERT INTO model (name, half_life, warm, mql, hot) VALUES ('own', '14 days', 10, 25, 40);
INSERT INTO signal (model, kind, outcome) VALUES ('own', 'purchase', 'won');
SELECT track('own', 'lead', 'kind', 'at', model => 'own');
SELECT train('own', model => 'planted_trained');
SELECT ranking FROM train('own', '7 days', without => '{receipt}');
SELECT name, owner FROM model ORDER BY name;
SELECT count(*) FROM trained_model;
SELECT count(*) FROM training_report;
SET ROLE regress_lt_stranger;
SELECT count(*) FROM trained_model;
SELECT count(*) FROM training_report;
INSERT INTO training_report VALUES ('own_trained', 'luck', 1, 1, 1);
UPDATE trained_model SET slope = 0;
DELETE FROM trained_model;
RESET ROLE;
SELECT count(*) FROM training_report WHERE model = 'own_trained';

-- Both go with the model, and follow its name
UPDATE model SET name = 'renamed' WHERE name = 'own_trained';
SELECT (SELECT count(*) FROM trained_model WHERE model = 'renamed') AS trained, count(*) FROM training_report WHERE model = 'renamed';
DELETE FROM model WHERE name = 'renamed';
SELECT (SELECT count(*) FROM trained_model WHERE model = 'renamed') AS trained, count(*) FROM training_report WHERE model = 'renamed';

SELECT untrack('own'), untrack('planted'), untrack('shuffled'), untrack('small'), untrack('constant');
DROP OWNED BY regress_lt_trainer;
DELETE FROM model WHERE owner = 'regress_lt_trainer';
DROP ROLE regress_lt_trainer, regress_lt_stranger;
DELETE FROM model;
DROP TABLE planted, bought, shuffled, small, constant, observation;
DROP FUNCTION chance(int8, int8), plain_auc(text);
