--
-- Repeat purchase: signals that win and keep the heat, which counts what was bought.
--
SET client_min_messages = warning;
SET timezone = 'UTC';

-- What a signal may say.
SELECT lead_temperature.create_model('shop_again', 'shop');
INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ('shop_again', 'orders', 100);
DELETE FROM lead_temperature.signal WHERE model = 'shop_again' AND kind = 'purchase';
SELECT bool_and(spends) AS all_spend FROM lead_temperature.signal WHERE model = 'shop_again';
INSERT INTO lead_temperature.signal (model, kind, outcome, spends, points, signal_group) VALUES
	('shop_again', 'purchase', 'won', false, 20, NULL),
	('shop_again', 'refill', 'won', false, 60, 'orders'),
	('shop_again', 'renewal', 'won', false, NULL, NULL),
	('shop_again', 'last_order', 'won', true, NULL, NULL);
CREATE FUNCTION refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	broken text;
BEGIN
	EXECUTE statement;
	RETURN 'accepted';
EXCEPTION WHEN check_violation OR not_null_violation THEN
	GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
	RETURN coalesce(nullif(broken, ''), SQLERRM);
END
$$;
SELECT what, refused('INSERT INTO lead_temperature.signal (model, kind, points, signal_group, stage, outcome, spends) VALUES (' || what || ')') FROM (VALUES
	($$'shop_again', 'k', 1, NULL, NULL, 'won', true$$), ($$'shop_again', 'k', NULL, 'orders', NULL, 'won', true$$),
	($$'shop_again', 'k', 1, NULL, NULL, 'lost', false$$), ($$'shop_again', 'k', NULL, NULL, NULL, 'lost', false$$),
	($$'shop_again', 'k', 1, NULL, NULL, NULL, false$$), ($$'shop_again', 'k', 1, NULL, 'lead', 'won', false$$),
	($$'shop_again', 'k', NULL, 'orders', NULL, 'won', false$$), ($$'shop_again', 'k', 'NaN', NULL, NULL, 'won', false$$),
	($$'shop_again', 'k', 1, NULL, NULL, 'won', NULL$$)) AS v (what);

-- A life: visits, a purchase, another, one that spends, lost, and won again.
CREATE TABLE event (lead text, kind text, at timestamptz, weight float8 DEFAULT 1);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', 'weight', 'shop_again', create_index => true, funnel_counts => true);
CREATE VIEW told AS SELECT lead, to_char(at, 'DD HH24:MI') AS at, concat_ws(' > ', from_stage, to_stage) AS stage, concat_ws(' > ', from_status, to_status) AS status,
	concat_ws(' > ', from_temperature, to_temperature) AS temperature, cycle, purchases AS won, round(score::numeric, 2) AS score, cause
	FROM event_transition WHERE superseded_at IS NULL ORDER BY lead COLLATE "C", event_transition.at;
CREATE VIEW is_now AS SELECT lead, stage, status, cycle, purchases, round(points::numeric, 2) AS points, hot_since IS NOT NULL AS hot, level IS NOT NULL AS ranked
	FROM event_lead, LATERAL (SELECT lead_temperature.score(heat, last_at) AS points) AS s ORDER BY lead COLLATE "C";
INSERT INTO event VALUES
	('ann', 'visit', '2024-01-01', 1), ('ann', 'purchase', '2024-01-02', 1), ('ann', 'purchase', '2024-01-03', 1), ('ann', 'product_view', '2024-01-04', 1),
	('bob', 'purchase', '2024-01-01', 3), ('bob', 'last_order', '2024-01-02', 1), ('bob', 'purchase', '2024-01-03', 1), ('bob', 'opportunity_lost', '2024-01-04', 1), ('bob', 'refill', '2024-01-05', 1),
	('cy', 'refill', '2024-01-01', 1), ('cy', 'refill', '2024-01-01 01:00', 1), ('cy', 'purchase', '2024-01-02', -1), ('cy', 'renewal', '2024-01-03', 1),
	('dee', 'disqualified', '2024-01-01', 1), ('dee', 'demo_request', '2024-01-02', 1), ('dee', 'purchase', '2024-01-03', 1),
	('eve', 'purchase', '2024-01-01', 1), ('eve', 'last_order', '2024-01-01', 1), ('eve', 'visit', '2024-01-02', 1),
	('fay', 'demo_request', '2024-01-01', 1), ('fay', 'purchase', '2024-01-02', 1), ('fay', 'opportunity_lost', '2024-01-02', 1);
SELECT * FROM told;
SELECT * FROM is_now;

-- Who has bought is ranked, counted as open, and stays a customer.
SELECT lead, stage, status, is_open, purchases FROM event_ranking WHERE is_open ORDER BY lead COLLATE "C";
SELECT stage, leads, won, lost, cold + warm + hot AS open FROM event_funnel WHERE leads > 0 ORDER BY stage_order;
SELECT stage, entered, advanced, won, lost FROM event_funnel_weekly WHERE won > 0 ORDER BY week, stage_order;
SELECT lead, stage, status, cycle, purchases FROM lead_temperature.leads_as_of('event', '2024-01-02 12:00+00') ORDER BY lead COLLATE "C";

-- Who buys again is told by what rests on transitions, too.
SELECT lead_temperature.add_module('event', 'pace'), lead_temperature.add_module('event', 'handoff');
SELECT month, customers, returned FROM event_retention;
INSERT INTO event VALUES ('hal', 'demo_request', now() - interval '3 minutes', 1);
INSERT INTO event VALUES ('hal', 'purchase', now() - interval '2 minutes', 1);
INSERT INTO event VALUES ('hal', 'refill', now() - interval '1 minute', 1);
SELECT lead, reason, state, outcome, cycle FROM event_handoff;
SELECT lead, origin, to_status, cycle, purchases FROM event_transition WHERE lead = 'hal' AND superseded_at IS NULL ORDER BY at;
-- a row that comes before others tells nothing that was not known
INSERT INTO event VALUES ('hal', 'page_view', now() - interval '4 minutes', 1);
SELECT origin, count(*) FROM event_transition WHERE lead = 'hal' GROUP BY origin;
DELETE FROM event WHERE lead = 'hal';
SELECT lead_temperature.drop_module('event', 'pace'), lead_temperature.drop_module('event', 'handoff');

-- It is what the rows make, whatever the order they come in.
SELECT count(*) FROM lead_temperature.drift('event');
INSERT INTO event VALUES ('ann', 'refill', '2024-01-02 12:00'), ('bob', 'visit', '2023-12-31');
DELETE FROM event WHERE lead = 'cy' AND kind = 'renewal';
SELECT count(*) FROM lead_temperature.drift('event');
SELECT * FROM is_now WHERE lead IN ('ann', 'bob', 'cy');
SELECT lead, at, status, cycle, won, score, cause FROM told WHERE lead IN ('ann', 'cy');

-- Model versions hold it: an edit counts once it is replayed, and spoilt ones are not used.
UPDATE lead_temperature.signal SET spends = true, points = NULL WHERE model = 'shop_again' AND kind = 'purchase';
SELECT is_current FROM lead_temperature.model_current;
INSERT INTO event VALUES ('gil', 'purchase', '2024-02-01');
SELECT status, cycle, purchases FROM event_lead WHERE lead = 'gil';
CALL lead_temperature.replay('event');
SELECT status, cycle, purchases FROM event_lead WHERE lead = 'gil';
SELECT spends FROM lead_temperature.model_version ORDER BY version DESC LIMIT 1;
UPDATE lead_temperature.signal SET spends = false, points = 20 WHERE model = 'shop_again' AND kind = 'purchase';
CALL lead_temperature.replay('event');
SELECT status, cycle, purchases FROM event_lead WHERE lead = 'gil';

/*
 * Planted repeat purchases: 2,000 customers come in the first 12 weeks of a year.  Each buys in a week with a
 * chance of its own, from 2 to 60 %, until it stops, which it does in any week with a chance of 1 to 7 %.  Nothing else is recorded.
 */
CREATE FUNCTION chance(a int8, b int8) RETURNS float8 LANGUAGE sql IMMUTABLE AS
	'SELECT (hashint8extended(a, b) & 1073741823) / 1073741824.0::float8';
CREATE TABLE bought (customer int, at timestamptz);
WITH customer AS (
	SELECT customer, floor(12 * chance(customer, 1))::int AS comes, 0.02 * 30 ^ chance(customer, 2) AS rate, 0.01 + 0.06 * chance(customer, 3) AS stops
	FROM generate_series(1, 2000) AS customer
), week AS (
	SELECT c.*, week, bool_and(week = comes OR chance(customer * 100 + week, 4) >= stops) OVER (PARTITION BY customer ORDER BY week) AS stays
	FROM customer AS c, generate_series(comes, 51) AS week
)
INSERT INTO bought SELECT customer, '2024-01-01 00:00+00'::timestamptz + (week + chance(customer * 100 + week, 6)) * interval '7 days'
FROM week WHERE week = comes OR (stays AND chance(customer * 100 + week, 5) < rate);
CREATE INDEX ON bought (customer, at);
ANALYZE bought;
SELECT count(*), count(DISTINCT customer) AS customers, round(count(*)::numeric / count(DISTINCT customer), 1) AS each FROM bought;

INSERT INTO lead_temperature.model (name, half_life, warm, mql, hot) VALUES ('buyers', '30 days', 1, 2, 4);
INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES ('buyers', 'purchase', 'won');
SELECT lead_temperature.track('bought', 'customer', $$'purchase'$$, 'at', model => 'buyers');

-- Where purchases spend, nothing is left to learn from.
SELECT lead_temperature.train('bought', '30 days', model => 'nothing');
UPDATE lead_temperature.signal SET spends = false, points = 1 WHERE model = 'buyers';
CALL lead_temperature.replay('bought');
SELECT status, count(*) = (SELECT count(DISTINCT customer) FROM bought) AS all FROM bought_lead GROUP BY status;
SELECT sum(purchases) = (SELECT count(*) FROM bought) AS all FROM bought_lead;

-- What a plain decayed sum reaches, counted by plain SQL, at whatever half-life does best.
CREATE FUNCTION reached_by_sums(horizon interval, test_from timestamptz, test_until timestamptz) RETURNS TABLE (half_life int, auc float8) LANGUAGE sql AS $$
	WITH observed AS (
		SELECT i.at AS instant, b.customer, array_agg(extract(epoch FROM i.at - b.at)::float8 / 86400 ORDER BY b.at) AS ages,
			EXISTS (SELECT FROM bought AS n WHERE n.customer = b.customer AND n.at >= i.at AND n.at < i.at + horizon) AS converted
		FROM generate_series(test_from, test_until, '7 days') AS i (at) JOIN bought AS b ON b.at < i.at
		GROUP BY i.at, b.customer)
	SELECT h, lead_temperature.auc((SELECT sum(0.5::float8 ^ (age / h)) FROM unnest(ages) AS age), converted)
	FROM observed, unnest('{7, 14, 30, 60, 90}'::int[]) AS h GROUP BY h
$$;
CREATE TABLE trained (horizon interval, auc float8);
INSERT INTO trained SELECT '30 days', auc FROM lead_temperature.train('bought', '30 days', model => 'again_30') WHERE ranking = 'trained';
INSERT INTO trained SELECT '90 days', auc FROM lead_temperature.train('bought', '90 days', model => 'again_90') WHERE ranking = 'trained';
SELECT t.horizon, t.auc > b.auc - 0.005 AS as_good, t.auc > 0.75 AS good, m.leads > 10000 AS leads, m.converted > 1000 AS converted
FROM trained AS t, lead_temperature.trained_model AS d, lead_temperature.training_report AS m,
	LATERAL (SELECT max(auc) AS auc FROM reached_by_sums(t.horizon, d.test_from, d.test_until)) AS b
WHERE d.model = 'again_' || extract(days FROM t.horizon) AND m.model = d.model AND m.ranking = 'trained' ORDER BY t.horizon;
SELECT outcome, spends, points > 0 AS points FROM lead_temperature.signal WHERE model = 'again_30';

-- A purchase is no evidence of itself, what comes with one or after it is of the next, and what comes shortly before is a leak.
INSERT INTO lead_temperature.signal (model, kind, points) VALUES ('buyers', 'item', 0), ('buyers', 'checkout', 0), ('buyers', 'parcel', 0);
CREATE TABLE basket (customer int, kind text, at timestamptz);
INSERT INTO basket SELECT customer, 'item', at FROM bought UNION ALL SELECT customer, 'checkout', at - interval '10 minutes' FROM bought
	UNION ALL SELECT customer, 'parcel', at + interval '10 minutes' FROM bought;
CREATE INDEX ON basket (customer, at);
SELECT lead_temperature.add_source('bought', 'basket', 'customer', 'kind', 'at');
CALL lead_temperature.replay('bought');
SET client_min_messages = notice;
SELECT count(*) FROM lead_temperature.train('bought', '30 days', model => 'with_baskets');
SET client_min_messages = warning;
SELECT kind, outcome, spends, points > 0 AS points FROM lead_temperature.signal WHERE model = 'with_baskets' ORDER BY kind;
SELECT count(*) FROM lead_temperature.train('bought', '30 days', model => 'by_purchases', kinds => '{purchase}');

-- The observations are the trained model's, as evaluate counts them.
SELECT e.leads = r.leads AS leads, e.converted = r.converted AS converted, abs(e.auc - r.auc) < 1e-9 AS auc
FROM lead_temperature.trained_model AS d JOIN lead_temperature.training_report AS r USING (model),
	lead_temperature.evaluate('bought', d.test_from, d.test_until, horizon => '30 days', model => 'by_purchases') AS e
WHERE d.model = 'by_purchases' AND r.ranking = 'trained' AND e.at IS NULL AND e.ranking = 'heat';

-- Trained, it is a model as any.
CALL lead_temperature.activate('bought', 'by_purchases');
CALL lead_temperature.replay('bought');
SELECT count(*) FROM lead_temperature.drift('bought');
SELECT status, count(*) FROM bought_lead GROUP BY status;

DROP VIEW told, is_now;
SELECT lead_temperature.untrack('bought'), lead_temperature.untrack('event');
DROP TABLE basket, bought, event, trained CASCADE;
DROP FUNCTION refused(text), reached_by_sums(interval, timestamptz, timestamptz), chance(int8, int8);
DELETE FROM lead_temperature.model;
