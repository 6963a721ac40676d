--
-- Training again under a name makes the next version of it; what its report tells besides the area.
--
SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = public, lead_temperature;
\set SHOW_CONTEXT never

CREATE FUNCTION chance(a int8, b int8) RETURNS float8 LANGUAGE sql IMMUTABLE AS
	'SELECT (hashint8extended(a, b) & 1073741823) / 1073741824.0::float8';
-- 800 customers for 40 weeks, each with a chance of its own to buy in a week.
CREATE TABLE bought (customer int, at timestamptz);
INSERT INTO bought SELECT customer, '2024-01-01 00:00+00'::timestamptz + (week + chance(customer * 100 + week, 6)) * interval '7 days'
FROM generate_series(1, 800) AS customer, generate_series(0, 39) AS week WHERE chance(customer * 100 + week, 5) < 0.02 * 30 ^ chance(customer, 2);
CREATE INDEX ON bought (customer, at);
ANALYZE bought;
INSERT INTO model (name, half_life, warm, mql, hot) VALUES ('buyers', '30 days', 1, 2, 4);
INSERT INTO signal (model, kind, outcome, spends, points) VALUES ('buyers', 'purchase', 'won', false, 1);
SELECT track('bought', 'customer', $$'purchase'$$, 'at', model => 'buyers');

-- The first time: the report is what the aggregates make of the observations.
SELECT ranking, leads > 1000 AS leads, converted > 100 AS converted, brier IS NOT NULL AS chance, cardinality(calibration) AS bins FROM train('bought', '14 days');
CREATE TABLE observed AS SELECT o.* FROM trained_model AS t, observations('bought', t.test_from, t.test_until, horizon => '14 days', model => t.model) AS o WHERE t.model = 'bought_trained';
SELECT abs(r.auc - auc(score, o.converted)) < 1e-9 AS auc, abs(r.lift_3 - lift(score, o.converted, 0.03)) < 1e-9 AS lift_3, abs(r.lift_10 - lift(score, o.converted, 0.1)) < 1e-9 AS lift_10,
	abs(r.brier - brier(probability, o.converted)) < 1e-9 AS brier, abs(r.brier_base - avg(o.converted::int) * (1 - avg(o.converted::int))) < 1e-9 AS base, r.brier < r.brier_base AS better
FROM observed AS o, training_report AS r WHERE r.model = 'bought_trained' AND ranking = 'trained' GROUP BY r.auc, r.lift_3, r.lift_10, r.brier, r.brier_base;
SELECT count(*), bool_and(a.leads = b.leads AND abs(a.observed - b.observed) < 1e-9 AND abs(a.predicted - b.predicted) < 1e-9 AND abs(a.least - b.least) < 1e-9) AS alike
FROM (SELECT (unnest(reliability(probability, converted, 10))).* FROM observed) AS a
	FULL JOIN (SELECT (unnest(calibration)).* FROM training_report WHERE model = 'bought_trained' AND ranking = 'trained') AS b USING (bin);

-- Where there is a model that training has not made, or another's, nothing is trained.
\set VERBOSITY default
SELECT train('bought', '14 days', model => 'buyers');
CREATE ROLE regress_lt_other;
\set VERBOSITY terse

-- The second time, with a tracker that works from the first: it goes on with that, under the name that it keeps.
CALL activate('bought', 'bought_trained');
SELECT is_current FROM model_current;
CREATE TABLE before AS SELECT lead, heat FROM bought_lead;
INSERT INTO playbook (model, priority, action) VALUES ('bought_trained', 1, 'call');
SELECT count(*) FROM train('bought', '28 days', half_lives => '{45 days}');
SELECT model, version, horizon, round(slope::numeric, 6) > 0 AS rises FROM trained_model ORDER BY version;
SELECT model, count(*) AS rows, count(brier) AS with_chances FROM training_report GROUP BY model ORDER BY model COLLATE "C";
SELECT model, stale FROM trackers;
SELECT m.is_current FROM model_current AS m;
SELECT count(*) FROM drift('bought');
SELECT DISTINCT model_name('bought_lead', model_version) FROM bought_lead;
SELECT model, action FROM playbook ORDER BY model COLLATE "C";
CALL replay('bought');
SELECT count(*) FROM before NATURAL JOIN bought_lead;

-- There and back again.
CALL activate('bought', 'bought_trained');
SELECT model, stale FROM trackers;
SELECT count(*) FROM before NATURAL JOIN bought_lead;
CALL activate('bought', 'bought_trained', 1);
SELECT model, stale FROM trackers;
SELECT count(*) FROM before NATURAL JOIN bought_lead;
CALL activate('bought', 'bought_trained', 2);
SELECT model FROM trackers;
CALL activate('bought', 'bought_trained', 3);
CALL activate('bought', 'bought_trained', 0);
CALL activate('bought', 'bought_trained', NULL);
CALL activate('bought', 'nobody', 1);

-- A third time, and one whose earlier name is taken.
SELECT count(*) FROM train('bought', '14 days', kinds => '{purchase}');
SELECT model, version FROM trained_model ORDER BY version;
SELECT model FROM trackers;
INSERT INTO model (name, half_life, warm, mql, hot) VALUES ('bought_trained@3', '30 days', 1, 2, 4);
SELECT train('bought', '14 days');
SELECT model, version FROM trained_model ORDER BY version;

-- Another role has neither the model nor its next version.
CREATE TABLE own AS TABLE bought;
ALTER TABLE own OWNER TO regress_lt_other;
GRANT ALL ON SCHEMA public TO regress_lt_other;
CREATE INDEX ON own (customer, at);
SET ROLE regress_lt_other;
INSERT INTO model (name, half_life, warm, mql, hot) VALUES ('own', '30 days', 1, 2, 4);
INSERT INTO signal (model, kind, outcome, spends, points) VALUES ('own', 'purchase', 'won', false, 1);
SELECT track('own', 'customer', $$'purchase'$$, 'at', model => 'own');
SELECT train('own', '14 days', model => 'bought_trained');
SELECT count(*) FROM train('own', '14 days');
SELECT count(*) FROM train('own', '14 days');
SELECT model, version FROM trained_model ORDER BY version;
SELECT untrack('own');
DROP TABLE own;
RESET ROLE;

-- The split is where conversions are, not where the log ends: its last weeks have few of them.
DELETE FROM bought WHERE at > '2024-08-01' AND customer % 50 <> 0;
SELECT count(*) FROM train('bought', '14 days', model => 'sparse');
SELECT converted > 100 AS enough, t.test_from < '2024-08-01' AS before_the_end, t.train_until < t.test_from AS purged
FROM training_report JOIN trained_model AS t USING (model) WHERE ranking = 'trained' AND model = 'sparse';
SELECT ranking, converted FROM train('bought', '14 days', model => 'at_the_end', test_from => '2024-08-10') WHERE ranking = 'trained';

SELECT untrack('bought');
DROP TABLE bought, observed, before;
DROP FUNCTION chance;
DELETE FROM model;
REVOKE ALL ON SCHEMA public FROM regress_lt_other;
DROP OWNED BY regress_lt_other;
DROP ROLE regress_lt_other;
