--
-- evaluate: how well heat and simple rankings tell who will be won.
--
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
SET extra_float_digits = 0;

INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('judged', current_user, '5 days', 5, 10, 25), ('blind', current_user, '5 days', 10, 25, 40);
INSERT INTO lead_temperature.signal (model, kind, points, stage) VALUES ('judged', 'view', 1, NULL), ('judged', 'demo', 30, 'lead'), ('judged', 'thanks', 100, NULL), ('blind', 'view', 1, NULL);
INSERT INTO lead_temperature.signal (model, kind, outcome) SELECT m, k, o::lead_temperature.status FROM (VALUES ('judged'), ('blind')) AS m (m), (VALUES ('purchase', 'won'), ('refusal', 'lost')) AS o (k, o);

-- chance: a number from 0 to 1 that looks random and is the same everywhere
CREATE FUNCTION chance(i bigint, salt int) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
	SELECT ('x' || substr(md5(i || ' ' || salt), 1, 8))::bit(32)::bigint / 4294967296.0
$$;

-- Leads look around for seven weeks; who sees a demo is likelier to buy within some days, others do too.
CREATE TABLE event (lead int, kind text, at timestamptz);
INSERT INTO event SELECT 1 + floor(chance(i, 0) * 300)::int, 'view', timestamptz '2024-03-01' + chance(i, 1) * interval '49 days' FROM generate_series(1, 1500) AS i;
INSERT INTO event SELECT 1 + floor(chance(i, 2) * 300)::int, 'demo', timestamptz '2024-03-01' + floor(chance(i, 3) * 49) * interval '1 day' FROM generate_series(1, 150) AS i;
INSERT INTO event SELECT lead, 'purchase', at + (1 + chance(i, 4) * 12) * interval '1 day' FROM (SELECT *, row_number() OVER (ORDER BY at, lead) AS i FROM event) AS e
	WHERE chance(i, 5) < CASE kind WHEN 'demo' THEN 0.5 ELSE 0.02 END;
INSERT INTO event SELECT lead, 'refusal', at + chance(i, 6) * interval '12 days' FROM (SELECT *, row_number() OVER (ORDER BY at, lead) AS i FROM event) AS e WHERE chance(i, 7) < 0.02 AND kind = 'view';
INSERT INTO event VALUES (0, 'view', '2024-05-10');
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', NULL, 'judged', create_index => true);

-- What can be told pair by pair in plain SQL: the area, DeLong's error from the placements of either class, and Obuchowski's, where they are summed up by lead.
CREATE TABLE observed AS SELECT * FROM lead_temperature.observations('event', '2024-03-08', '2024-04-12');
CREATE TABLE ranked AS
	SELECT row_number() OVER () AS id, i.at, o.lead, r.ranking, r.score, o.converted, o.temperature = 'hot' AND r.ranking = 'heat' AS hot
	FROM observed AS o,
		LATERAL (VALUES ('heat', score), ('interactions', interactions), ('recency', recency), ('furthest stage', lead_temperature.stage_order(stage))) AS r (ranking, score),
		LATERAL (VALUES (o.at), ('infinity')) AS i (at);	-- infinity: all together
ANALYZE ranked;
CREATE TABLE placed AS
	SELECT r.at, r.ranking, r.lead, r.converted, avg(CASE WHEN r.score > s.score THEN 1.0 WHEN r.score = s.score THEN 0.5 ELSE 0 END) AS above
	FROM ranked AS r JOIN ranked AS s ON s.ranking = r.ranking AND s.at = r.at AND s.converted <> r.converted
	GROUP BY r.at, r.ranking, r.lead, r.converted, r.id;
ANALYZE placed;
CREATE TABLE delong AS
	SELECT at, ranking, avg(above) FILTER (WHERE converted) AS auc,
		sqrt(var_samp(above) FILTER (WHERE converted) / count(*) FILTER (WHERE converted) + var_samp(above) FILTER (WHERE NOT converted) / count(*) FILTER (WHERE NOT converted)) AS se
	FROM placed WHERE isfinite(at) GROUP BY at, ranking;
CREATE TABLE obuchowski AS
	WITH a AS (SELECT ranking, avg(above) FILTER (WHERE converted) AS auc, count(*) FILTER (WHERE converted) AS m, count(*) FILTER (WHERE NOT converted) AS n, count(DISTINCT lead) AS k,
			count(DISTINCT lead) FILTER (WHERE converted) AS k10, count(DISTINCT lead) FILTER (WHERE NOT converted) AS k01 FROM placed WHERE at = 'infinity' GROUP BY ranking),
	c AS (SELECT ranking, lead, coalesce(sum(above - auc) FILTER (WHERE converted), 0) AS x, coalesce(sum((1 - above) - auc) FILTER (WHERE NOT converted), 0) AS y
		FROM placed JOIN a USING (ranking) WHERE at = 'infinity' GROUP BY ranking, lead)
	SELECT timestamptz 'infinity' AS at, ranking, auc, sqrt(k10 / (k10 - 1.0) * sum(x * x) / m / m + k01 / (k01 - 1.0) * sum(y * y) / n / n + 2 * k / (k - 1.0) * sum(x * y) / m / n) AS se
	FROM a JOIN c USING (ranking) GROUP BY ranking, auc, m, n, k, k10, k01;
-- lift: a tie over the border counts in proportion
CREATE TABLE lifts AS
	SELECT at, ranking, share, sum(rate * least(n, greatest(all_leads * share - above, 0))) / (all_leads * share) / overall AS lift
	FROM (SELECT at, ranking, score, count(*) AS n, avg(converted::int) AS rate, coalesce(sum(count(*)) OVER (PARTITION BY at, ranking ORDER BY score DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS above,
			sum(count(*)) OVER (PARTITION BY at, ranking) AS all_leads, sum(sum(converted::int)) OVER (PARTITION BY at, ranking) / sum(count(*)) OVER (PARTITION BY at, ranking) AS overall
		FROM ranked GROUP BY at, ranking, score) AS t, (VALUES (0.03), (0.1)) AS s (share)
	GROUP BY at, ranking, share, all_leads, overall;
CREATE TABLE judged AS SELECT * FROM lead_temperature.evaluate('event', '2024-03-08', '2024-04-12');
SELECT count(*) AS rows, count(*) FILTER (WHERE at IS NULL) AS together, bool_and(leads = n AND converted = c) AS counts,
	bool_and(abs(auc - h.a) < 1e-12) AS auc, bool_and(abs(auc_low - greatest(h.a - 1.96 * se, 0)) < 1e-9 AND abs(auc_high - least(h.a + 1.96 * se, 1)) < 1e-9) AS intervals,
	bool_and(abs(lift_3 - l3) < 1e-9 AND abs(lift_10 - l10) < 1e-9) AS lifts,
	bool_and((hot, hot_converted) IS NOT DISTINCT FROM CASE WHEN ranking = 'heat' THEN (hn, hc) ELSE (NULL::bigint, NULL::bigint) END) AS hot_ones,
	bool_and(precision_of_hot IS NOT DISTINCT FROM CASE WHEN ranking = 'heat' AND hn > 0 THEN hc::float8 / hn END) AS precision_of_hot, sum(hot) > 20 AS met, bool_and(brier IS NULL) AS untrained
FROM judged AS j,
	LATERAL (SELECT auc AS a, se FROM (TABLE delong UNION ALL TABLE obuchowski) AS d WHERE d.ranking = j.ranking AND d.at = coalesce(j.at, 'infinity')) AS h,
	LATERAL (SELECT max(lift) FILTER (WHERE share = 0.03) AS l3, max(lift) FILTER (WHERE share = 0.1) AS l10 FROM lifts AS l WHERE l.ranking = j.ranking AND l.at = coalesce(j.at, 'infinity')) AS l,
	LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE r.converted) AS c, count(*) FILTER (WHERE r.hot) AS hn, count(*) FILTER (WHERE r.hot AND r.converted) AS hc
		FROM ranked AS r WHERE r.ranking = j.ranking AND r.at = coalesce(j.at, 'infinity')) AS r;
SELECT at, ranking, leads, converted, round(auc::numeric, 6) AS auc, round(auc_low::numeric, 6) AS auc_low, round(auc_high::numeric, 6) AS auc_high, round(lift_3::numeric, 6) AS lift_3,
	round(lift_10::numeric, 6) AS lift_10, hot, hot_converted, round(precision_of_hot::numeric, 6) AS precision_of_hot
FROM judged WHERE at IS NULL OR at = '2024-03-22';

-- A kind that comes with the outcome, worth the most points, helps nobody: what is at or after the instant is no evidence.
BEGIN;
INSERT INTO event SELECT lead, 'thanks', at FROM event WHERE kind = 'purchase';
SELECT count(*) AS differ FROM (SELECT * FROM lead_temperature.evaluate('event', '2024-03-08', '2024-04-12') EXCEPT ALL TABLE judged) AS d;
-- an hour earlier it would
UPDATE event SET at = at - interval '1 hour' WHERE kind = 'thanks';
SELECT j.auc - b.auc > 0.01 AS better FROM lead_temperature.evaluate('event', '2024-03-08', '2024-04-12', '3 hours') AS j
	JOIN lead_temperature.evaluate('event', '2024-03-08', '2024-04-12', '3 hours', model => 'blind') AS b USING (ranking) WHERE ranking = 'heat' AND j.at IS NULL AND b.at IS NULL;
ROLLBACK;

-- Other models, and the errors of the chances that training has found.
SELECT ranking, round(auc::numeric, 6) AS auc, hot FROM lead_temperature.evaluate('event', '2024-03-08', '2024-04-12', model => 'blind') WHERE at IS NULL;
INSERT INTO lead_temperature.trained_model VALUES ('judged', -3, 0.1, '14 days', now(), '2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04');
SELECT bool_and(abs(brier - (SELECT avg((1 / (1 + exp(3 - 0.1 * score)) - converted::int) ^ 2) FROM observed AS o WHERE o.at = e.at OR e.at IS NULL)) < 1e-12) AS brier, count(brier), count(*)
FROM lead_temperature.evaluate('event', '2024-03-08', '2024-04-12') AS e;

-- One class alone has no area, and no leads have no rows.
SELECT at, ranking, leads, converted, auc, auc_low, auc_high, lift_3, hot, precision_of_hot FROM lead_temperature.evaluate('event', '2024-04-26', '2024-04-26', horizon => '1 microsecond');
SELECT count(*) FROM lead_temperature.evaluate('event', '2024-01-01', '2024-02-01');
SELECT count(*) FROM lead_temperature.evaluate('event', '2024-03-08', '2024-05-08');
\echo :LAST_ERROR_SQLSTATE

SELECT lead_temperature.untrack('event');

DROP TABLE event, observed, ranked, placed, delong, obuchowski, lifts, judged;
DROP FUNCTION chance;
DELETE FROM lead_temperature.model WHERE name IN ('judged', 'blind');
