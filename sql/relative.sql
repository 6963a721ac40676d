--
-- Leads observed at instants of their own: so long after their first interaction, or after they came to a stage; and months.
--
SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = public, lead_temperature;
\set SHOW_CONTEXT never

CREATE FUNCTION chance(a int8, b int8) RETURNS float8 LANGUAGE sql IMMUTABLE AS
	'SELECT (hashint8extended(a, b) & 1073741823) / 1073741824.0::float8';

/*
 * A shop of sessions: 2,500 visitors come over 20 weeks, look at things for twenty minutes, and decide within the hour.  Who has put
 * something into the cart in the first ten minutes buys with a chance of 55 %, who has looked at prices with 25 %, others with 4 %.
 */
CREATE TABLE hit (visitor int, kind text, at timestamptz);
CREATE TABLE visit AS SELECT v AS visitor, date_trunc('second', '2024-01-01 00:00+00'::timestamptz + chance(v, 1) * interval '140 days') AS at, chance(v, 2) < 0.3 AS carts, chance(v, 3) < 0.4 AS prices
FROM generate_series(1, 2500) AS v;
INSERT INTO hit SELECT visitor, 'view', at FROM visit
	UNION ALL SELECT visitor, 'view', at + m * interval '3 minutes' FROM visit, generate_series(1, 6) AS m WHERE chance(visitor * 10 + m, 4) < 0.5
	UNION ALL SELECT visitor, 'cart', at + (1 + 8 * chance(visitor, 5)) * interval '1 minute' FROM visit WHERE carts
	UNION ALL SELECT visitor, 'prices', at + (1 + 8 * chance(visitor, 6)) * interval '1 minute' FROM visit WHERE prices;
INSERT INTO hit SELECT visitor, 'purchase', at + (12 + 40 * chance(visitor, 7)) * interval '1 minute' FROM visit
WHERE chance(visitor, 8) < CASE WHEN carts THEN 0.55 WHEN prices THEN 0.25 ELSE 0.04 END;
INSERT INTO hit VALUES (0, 'view', '2024-05-25 00:00+00');
CREATE INDEX ON hit (visitor, at);
ANALYZE hit;
INSERT INTO model (name, half_life, warm, mql, hot) VALUES ('sessions', '1 hour', 10, 25, 40);
INSERT INTO signal (model, kind, points, stage) VALUES ('sessions', 'view', 1, NULL), ('sessions', 'cart', 5, 'lead'), ('sessions', 'prices', 2, NULL);
INSERT INTO signal (model, kind, outcome) VALUES ('sessions', 'purchase', 'won');
SELECT track('hit', 'visitor', 'kind', 'at', model => 'sessions', time_zone => 'Europe/Berlin');

-- Ten minutes after the first hit, and thirty: as plain SQL counts them.
CREATE TABLE observed AS SELECT * FROM observations('hit', after => '{30 minutes,10 minutes}', horizon => '1 hour');
CREATE VIEW counted AS SELECT f.at + a AS at, f.visitor::text AS lead, count(h.*) AS interactions,
		EXISTS (SELECT FROM hit AS w WHERE w.visitor = f.visitor AND w.kind = 'purchase' AND w.at >= f.at + a AND w.at < f.at + a + '1 hour') AS converted
	FROM (SELECT visitor, min(at) AS at FROM hit GROUP BY visitor) AS f CROSS JOIN unnest('{10 minutes,30 minutes}'::interval[]) AS a JOIN hit AS h ON h.visitor = f.visitor AND h.at < f.at + a
	WHERE f.at + a + '1 hour' <= (SELECT max(at) FROM hit) AND NOT EXISTS (SELECT FROM hit AS w WHERE w.visitor = f.visitor AND w.kind = 'purchase' AND w.at < f.at + a)
	GROUP BY f.at, a, f.visitor;
SELECT count(*) > 4000 AS many, count(*) FILTER (WHERE converted) > 500 AS converted FROM observed;
SELECT count(*) AS differences FROM ((SELECT at, lead, interactions, converted FROM observed EXCEPT ALL TABLE counted) UNION ALL (TABLE counted EXCEPT ALL SELECT at, lead, interactions, converted FROM observed)) AS d;
SELECT count(*) AS differences FROM (SELECT at, lead FROM observations('hit', '2024-02-01', '2024-02-08', after => '{10 minutes}', horizon => '1 hour')
	EXCEPT SELECT at, lead FROM observed WHERE at BETWEEN '2024-02-01' AND '2024-02-08') AS d;
-- without triggers, too
SELECT count(*) AS differences FROM (TABLE observed EXCEPT ALL SELECT * FROM observations('hit', 'visitor', 'kind', 'at', NULL, 'sessions', NULL, NULL, '1 hour', after => '{10 minutes,30 minutes}')) AS d;
-- one row a ranking, since no instant is that of all
SELECT at, ranking, leads > 4000 AS leads, auc > 0.6 AS good FROM evaluate('hit', after => '{10 minutes,30 minutes}', horizon => '1 hour');

-- Since a stage: the first cart makes a lead.
SELECT count(*) > 500 AS many, bool_and(stage >= 'lead') AS lead, bool_and(o.at = c.at + '5 minutes') AS then
FROM observations('hit', after => '{5 minutes}', since_stage => 'lead', horizon => '1 hour') AS o JOIN (SELECT visitor::text, min(at) AS at FROM hit WHERE kind = 'cart' GROUP BY visitor) AS c ON c.visitor = o.lead;
SELECT count(*) FROM observations('hit', after => '{5 minutes}', since_stage => 'opportunity', horizon => '1 hour');

-- The chance to buy in this session is learned.
SELECT ranking, leads > 500 AS leads, converted > 100 AS converted, auc > 0.75 AS good, brier < brier_base AS better FROM train('hit', '1 hour', after => '{10 minutes}', half_lives => '{1 hour,1 day}') WHERE ranking IN ('trained', 'recency');
SELECT horizon, after, since_stage, train_until < test_from AS purged FROM trained_model;
SELECT (SELECT points FROM signal WHERE model = 'hit_trained' AND kind = 'cart') > (SELECT points FROM signal WHERE model = 'hit_trained' AND kind = 'prices') AS cart_first;
SELECT r.leads = e.leads AND r.converted = e.converted AS alike, abs(r.auc - e.auc) < 1e-9 AS area, abs(r.brier - e.brier) < 1e-9 AS brier
FROM trained_model AS t JOIN training_report AS r USING (model), evaluate('hit', t.test_from, t.test_until, after => t.after, horizon => t.horizon, model => t.model) AS e
WHERE r.ranking = 'trained' AND e.ranking = 'heat';
SELECT ranking, auc > 0.5 AS better FROM train('hit', '1 hour', 'of_leads', after => '{5 minutes}', since_stage => 'lead', half_lives => '{1 hour}', since => '2024-01-10', until => '2024-05-20', test_from => '2024-04-01') WHERE ranking = 'trained';
SELECT after, since_stage, train_from >= '2024-01-10' AS since, test_from >= '2024-04-01' AS test, test_until <= '2024-05-20' AS until FROM trained_model WHERE model = 'of_leads';
SELECT expected_auc FROM model_drift LIMIT 1;

-- Months are those of the calendar of the tracker's zone, over summer time.
SELECT DISTINCT at AT TIME ZONE 'Europe/Berlin' - f.first AT TIME ZONE 'Europe/Berlin' AS age FROM observations('hit', after => '{1 day}', horizon => '1 month') AS o
	JOIN (SELECT visitor::text, min(at) AS first FROM hit GROUP BY visitor) AS f ON f.visitor = o.lead;
INSERT INTO hit SELECT visitor, 'purchase', at + (3 + 30 * chance(visitor, 9)) * interval '1 day' FROM visit WHERE NOT carts AND NOT prices AND chance(visitor, 10) < 0.4;
INSERT INTO hit SELECT visitor, 'prices', at + (1 + chance(visitor, 11)) * interval '1 day' FROM visit WHERE NOT carts AND NOT prices AND chance(visitor, 10) < 0.5;
SELECT leads > 0 AS leads, auc IS NOT NULL AS auc FROM train('hit', '1 month', 'monthly', since => '2024-01-31 00:00+01', step => '1 month', half_lives => '{30 days}', test_from => '2024-04-01') WHERE ranking = 'trained';
SELECT horizon, train_from, train_until, test_from, test_until FROM trained_model WHERE model = 'monthly';
SELECT r.leads = e.leads AND r.converted = e.converted AS alike FROM training_report AS r, evaluate('hit', '2024-04-30 00:00+02', '2024-04-30 00:00+02', '1 month', '1 month') AS e
WHERE r.model = 'monthly' AND r.ranking = 'trained' AND e.ranking = 'heat' AND e.at IS NULL;

-- What cannot be.
\set VERBOSITY default
SELECT * FROM observations('hit', after => '{-10 minutes}');
SELECT * FROM observations('hit', after => '{0}');
SELECT * FROM observations('hit', after => '{1 month -40 days}');
SELECT * FROM observations('hit', after => '{}');
SELECT * FROM observations('hit', after => '{1 day,NULL}');
SELECT * FROM observations('hit', since_stage => 'lead');
SELECT * FROM observations('hit', after => '{1 day}', horizon => NULL);
SELECT * FROM observations('hit', after => '{1 day}', horizon => '-1 day');
SELECT * FROM observations('hit', after => '{1 day}', horizon => '300 days');
SELECT * FROM observations('hit', after => '{1 year}', horizon => '1 day');
SELECT * FROM observations('hit', after => '{100 years}', horizon => '1 day');
SELECT * FROM observations('hit', after => '{300000 years}', horizon => '1 day');
SELECT * FROM observations('hit');
SELECT count(*) FROM observations('hit', '2025-01-01', '2025-02-01', after => '{1 day}', horizon => '1 day');
SELECT train('hit', '300 days', 'x', after => '{1 day}');
SELECT train('hit', '100 years', 'x', after => '{1 day}');
SELECT train('hit', '1 hour', 'x', after => '{-1 day}');
SELECT train('hit', '1 hour', 'x', after => '{1 day}', since_stage => 'customer');
SELECT train('hit', '1 hour', 'x', since_stage => 'lead');
SELECT train('hit', '1 month -1 day', 'x');
SELECT train('hit', '2000 years', 'x');
SELECT count(*) FROM model WHERE name = 'x';
\set VERBOSITY terse

SELECT untrack('hit');
DROP VIEW counted;
DROP TABLE hit, visit, observed;
DROP FUNCTION chance;
DELETE FROM model;
