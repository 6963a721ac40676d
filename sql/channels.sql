--
-- Channels: which way leads come, whom purchases are credited to, and at what cost.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
\pset null -
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('way', current_user, '1 day', 10, 15, 20);
INSERT INTO lead_temperature.signal (model, kind, points, stage, outcome) VALUES ('way', 'view', 1, NULL, NULL), ('way', 'form', 5, 'lead', NULL),
	('way', 'demo', 30, 'lead', NULL), ('way', 'buy', NULL, NULL, 'won'), ('way', 'no', NULL, NULL, 'lost');
CREATE TABLE step (who text, what text, at timestamptz, via text, paid numeric);
CREATE INDEX ON step (who, at);
SELECT lead_temperature.track('step', 'who', 'what', 'at', model => 'way', channel => 'via', value => 'paid');
SELECT source, channel, value, no_channels_because FROM lead_temperature.sources;
-- told: the figures that are not 0, by week, as the rules have them one after the other: first touch, last touch, linear, position, time decay
CREATE FUNCTION told(since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL)
RETURNS TABLE (week date, channel text, touches bigint, what text, credits numeric[]) LANGUAGE sql AS $$
	SELECT a.week::date, a.channel, a.touches, w.what, array_agg(w.n ORDER BY a.rule)
	FROM lead_temperature.attribution('step', since, until) AS a, LATERAL (VALUES (1, 'visitors', a.visitors), (2, 'leads', a.leads),
		(3, 'mql', a.marketing_qualified), (4, 'sql', a.sales_qualified), (5, 'hot', a.hot), (6, 'customers', a.customers),
		(7, 'conversions', a.conversions), (8, 'value', a.value)) AS w (place, what, n)
	GROUP BY a.week, a.channel, a.touches, w.place, w.what HAVING bool_or(w.n <> 0)
	ORDER BY a.week, w.place, a.channel COLLATE "C"
$$;

-- By hand, as in test/unit/credit_test.c: ads on Monday, mail on Tuesday, ads on Wednesday, search on Thursday, whose visit buys at once.
-- A value counts where it wins alone; an empty channel is none.
INSERT INTO step VALUES
	('ann', 'view', '2026-03-02 09:00', 'ads', NULL), ('ann', 'form', '2026-03-03 09:00', 'mail', 7), ('ann', 'view', '2026-03-04 09:00', 'ads', NULL),
	('ann', 'view', '2026-03-04 10:00', NULL, NULL), ('ann', 'demo', '2026-03-05 08:00', '', NULL), ('ann', 'view', '2026-03-05 09:00', 'search', NULL),
	('ann', 'buy', '2026-03-05 09:00', NULL, 100.01);
SELECT * FROM told();

-- Buying again without a touch is credited to those before; a touch after an outcome begins anew, be it lost or won.
INSERT INTO step VALUES ('ann', 'buy', '2026-03-12 09:00', NULL, 50), ('ann', 'view', '2026-03-19 09:00', 'mail', NULL), ('ann', 'buy', '2026-03-20', NULL, 3),
	('ann', 'view', '2026-03-20 01:00', 'ads', NULL), ('ann', 'no', '2026-03-20 02:00', NULL, 9), ('ann', 'view', '2026-03-26 09:00', 'fair', NULL),
	('ann', 'buy', '2026-03-26 09:00', 'ads', -1.5);
SELECT * FROM told('2026-03-09');
SELECT * FROM told('2026-03-09', '2026-03-16');
SELECT count(*) FROM told('2026-03-05 09:00:00.000001', '2026-03-12 09:00');
-- Who never had a touch is nobody's; touches of one instant go by their names; what comes later is no touch of what was before.
TRUNCATE step;
INSERT INTO step VALUES ('bob', 'buy', '2026-03-03', NULL, 5), ('bob', 'view', '2026-03-04', 'ads', NULL),
	('cy', 'view', '2026-03-10', 'search', NULL), ('cy', 'view', '2026-03-10', 'ads', NULL), ('cy', 'view', '2026-03-10', 'mail', NULL), ('cy', 'buy', '2026-03-10', 'ads', 10),
	('cy', 'buy', '2026-03-10', NULL, 0.123456789);
SELECT * FROM told();
-- Hot counts once in a cycle, stages once.
TRUNCATE step;
INSERT INTO step VALUES ('dee', 'demo', '2026-03-02', 'ads', NULL), ('dee', 'demo', '2026-03-10', 'mail', NULL), ('dee', 'buy', '2026-03-11', NULL, NULL),
	('dee', 'demo', '2026-03-16', 'mail', NULL);
SELECT week, channel, what, credits[3] AS linear FROM told();
-- Weeks begin in the tracker's zone.
SELECT lead_temperature.alter_tracker('step', time_zone => 'America/New_York');
CALL lead_temperature.replay('step');
SELECT DISTINCT week FROM lead_temperature.attribution('step') ORDER BY 1;
SELECT lead_temperature.alter_tracker('step', time_zone => 'UTC');
CALL lead_temperature.replay('step');

-- Values that are none do no harm, and are told of.
TRUNCATE step;
INSERT INTO step VALUES ('eve', 'view', '2026-03-02', 'ads', NULL), ('eve', 'buy', '2026-03-03', NULL, 'NaN'), ('eve', 'buy', '2026-03-04', NULL, 'Infinity'),
	('eve', 'buy', '2026-03-05', NULL, '-Infinity'), ('eve', 'buy', '2026-03-06', NULL, 1000000000000.01), ('eve', 'buy', '2026-03-07', NULL, 999999999999.999999),
	('eve', 'view', '2026-03-07', NULL, 'NaN'), ('eve', 'buy', '2026-03-08', NULL, NULL);
\set VERBOSITY default
SELECT rule, conversions, value FROM lead_temperature.attribution('step') ORDER BY 1;
-- Other numbers, expressions, and such as fail for a row, which is then without a channel or a value.
SELECT lead_temperature.alter_tracker('step', value => '(paid / (paid - 1))::float8', channel => $$CASE WHEN via = 'ads' THEN (1 / length(what) - 1 / (length(what) - 4))::text || via ELSE via END$$);
TRUNCATE step;
INSERT INTO step VALUES ('eve', 'view', '2026-03-02', 'ads', NULL), ('eve', 'buy', '2026-03-03', 'mail', 1), ('eve', 'buy', '2026-03-03', NULL, 3);
SELECT channel, conversions, value FROM lead_temperature.attribution('step') WHERE rule = 'linear' ORDER BY 1;
SELECT lead, purchases FROM step_lead;
SELECT lead_temperature.alter_tracker('step', value => 'length(via)', channel => 'length(what)');
SELECT channel, conversions, value FROM lead_temperature.attribution('step') WHERE rule = 'last touch' ORDER BY 1;
SELECT lead_temperature.alter_tracker('step', value => 'paid', channel => 'via');
SET client_min_messages = error;

-- Random histories: all that happens is credited, to the last bit, and by the rules.
CREATE TABLE page (cookie int, what text, at timestamptz, utm text);
CREATE TABLE person (cookie int PRIMARY KEY, name text);
CREATE INDEX ON page (cookie, at);
CREATE INDEX ON person (name);
SELECT lead_temperature.add_source('step', 'page', 'cookie', 'what', 'at', channel => 'utm', via => 'person', via_key => 'cookie', via_lead => 'name');
SELECT setseed(0.5);
INSERT INTO person SELECT i, 'p' || i % 40 FROM generate_series(1, 60) AS i;
TRUNCATE step;
INSERT INTO step SELECT 'p' || (random() * 45)::int, (ARRAY['view', 'view', 'form', 'demo', 'buy', 'buy', 'no'])[1 + (random() * 6)::int],
		timestamptz '2026-01-05' + (random() * 2000)::int * interval '1 hour', (ARRAY['ads', 'mail', 'search', 'fair', NULL, NULL, ''])[1 + (random() * 6)::int],
		round((random() * 1000)::numeric, 3)
	FROM generate_series(1, 3000);
INSERT INTO page SELECT (random() * 60)::int, 'view', timestamptz '2026-01-05' + (random() * 2000)::int * interval '1 hour', 'site ' || (random() * 9)::int
	FROM generate_series(1, 1500);
SELECT lead_temperature.merge_leads('step', 'p44', 'p3');
CREATE TABLE figures AS SELECT * FROM lead_temperature.attribution('step');
SELECT rule, sum(visitors) = (SELECT count(*) FROM step_lead) AS visitors, sum(conversions) = (SELECT sum(purchases) FROM step_lead) AS conversions,
	sum(value) = (SELECT sum(paid) FROM step WHERE what = 'buy') AS value, sum(customers) = (SELECT count(*) FROM step_lead WHERE purchases > 0) AS customers,
	sum(leads) = (SELECT count(DISTINCT lead) FROM step_transition WHERE superseded_at IS NULL AND to_stage >= 'lead') AS leads,
	sum(hot) = (SELECT count(DISTINCT (lead, cycle)) FROM step_transition WHERE superseded_at IS NULL AND to_temperature = 'hot') AS hot, min(conversions) AS least
FROM figures GROUP BY rule ORDER BY rule;
-- the same in SQL: each purchase's touches are the last ones that came between outcomes, up to it
CREATE VIEW touch AS SELECT CASE WHEN who = 'p44' THEN 'p3' ELSE who END AS who, at, via FROM step WHERE via <> ''
	UNION ALL SELECT CASE WHEN name = 'p44' THEN 'p3' ELSE name END, at, utm FROM page JOIN person USING (cookie);
CREATE VIEW outcome AS SELECT CASE WHEN who = 'p44' THEN 'p3' ELSE who END AS who, at, bool_or(what = 'buy') AS won, coalesce(sum(paid) FILTER (WHERE what = 'buy'), 0) AS paid
	FROM step WHERE what IN ('buy', 'no') GROUP BY 1, 2;
CREATE VIEW expected AS
WITH t AS MATERIALIZED (SELECT t.*, (SELECT count(*) FROM outcome AS o WHERE o.who = t.who AND o.at < t.at) AS part FROM touch AS t),
o AS MATERIALIZED (SELECT o.*, (SELECT max(part) FROM t WHERE t.who = o.who AND t.at <= o.at) AS part FROM outcome AS o WHERE won),
c AS (SELECT o.who, o.at, o.paid, t.via, row_number() OVER w AS i, count(*) OVER (PARTITION BY o.who, o.at) AS n,
		power(2.0::float8, -extract(epoch FROM o.at - t.at)::float8 / 86400) AS weight
	FROM o LEFT JOIN t ON t.who = o.who AND t.part = o.part AND t.at <= o.at WINDOW w AS (PARTITION BY o.who, o.at ORDER BY t.at, t.via COLLATE "C")),
s AS (SELECT c.*, ARRAY[CASE WHEN i = 1 THEN 1.0 ELSE 0 END, CASE WHEN i = n THEN 1.0 ELSE 0 END, 1.0 / n,
		CASE WHEN n = 1 THEN 1.0 WHEN n = 2 THEN 0.5 WHEN i IN (1, n) THEN 0.4 ELSE 0.2 / (n - 2) END,
		CASE WHEN via IS NULL THEN 1.0 ELSE weight / sum(weight) OVER (PARTITION BY who, at) END] AS shares FROM c)
SELECT r.rule, date_trunc('week', s.at, 'UTC') AS week, s.via AS channel, sum(s.shares[r.i]) AS conversions, sum(s.shares[r.i] * s.paid) AS value
FROM s, (VALUES (1, 'first touch'), (2, 'last touch'), (3, 'linear'), (4, 'position'), (5, 'time decay')) AS r (i, rule) GROUP BY 1, 2, 3;
SELECT count(*) > 500 AS many, count(*) FILTER (WHERE abs(f.conversions - coalesce(e.conversions, 0)) > 1e-6 OR f.conversions IS NULL
		OR abs(f.value - coalesce(e.value, 0)) > 1e-3) AS wrong
FROM figures AS f FULL JOIN expected AS e ON e.rule = f.rule AND e.week = f.week AND coalesce(e.channel, '-') = coalesce(f.channel, '-');
-- in little memory, where a lead's rows are sorted by themselves
SET work_mem = 64;
INSERT INTO step SELECT 'p1', 'view', timestamptz '2026-02-01' + i * interval '1 minute', (ARRAY['ads', 'mail', NULL])[1 + i % 3], 'NaN' FROM generate_series(1, 5000) AS i;
CREATE TABLE little AS SELECT * FROM lead_temperature.attribution('step');
RESET work_mem;
SELECT count(*) AS differ FROM (SELECT * FROM little EXCEPT SELECT * FROM lead_temperature.attribution('step')) AS d;
SELECT sum(touches) = (SELECT count(*) FROM touch) AS touches FROM little WHERE rule = 'linear';
DROP TABLE figures, little;
DROP VIEW expected, outcome, touch;
-- excluded leads are none, and are again
SELECT lead_temperature.exclude('step', 'p2');
SELECT sum(visitors) = (SELECT count(*) - 1 FROM step_lead) AS visitors, sum(conversions) = (SELECT sum(purchases) FROM step_lead WHERE lead <> 'p2') AS conversions
FROM lead_temperature.attribution('step') WHERE rule = 'time decay';
SELECT lead_temperature.include('step', 'p2');
-- what is archived is credited no more, and nobody becomes again what he was
CREATE TABLE before AS SELECT sum(purchases) AS purchases FROM step_lead;
SELECT lead_temperature.archive('step', '2026-02-20') > 0 AS archived;
SELECT sum(visitors) AS visitors, sum(customers) < 10 AS few, sum(conversions) = (SELECT sum(l.purchases - coalesce(b.purchases, 0)) FROM step_lead AS l LEFT JOIN step_balance AS b USING (lead)) AS conversions,
	(SELECT sum(purchases) FROM step_lead) = (SELECT purchases FROM before) AS bought, min(week) >= '2026-02-16' AS later
FROM lead_temperature.attribution('step') WHERE rule = 'linear';
SELECT count(*) FROM lead_temperature.attribution('step', '2026-02-19');
DROP TABLE before;
SELECT lead_temperature.unmerge_lead('step', 'p44');
SELECT lead_temperature.untrack('step');
SELECT lead_temperature.track('step', 'who', 'what', 'at', model => 'way', channel => 'via', value => 'paid');

-- Spend, by a module.
RESET client_min_messages;
TRUNCATE step;
CALL lead_temperature.replay('step');
INSERT INTO step VALUES ('ann', 'demo', '2026-03-02 09:00', 'ads', NULL), ('bob', 'form', '2026-03-03 09:00', 'ads', 7), ('ann', 'buy', '2026-03-04', NULL, 300),
	('cy', 'form', '2026-03-05', 'mail', NULL), ('dee', 'view', '2026-03-05', NULL, NULL);
SELECT lead_temperature.add_module('step', 'channels');
\d step_spend
INSERT INTO step_spend VALUES ('ads', '2026-03-02', 100), ('ads', '2026-03-08', 50.5), ('ads', '2026-03-09', 20), ('fair', '2026-03-04', 1000), ('mail', '2026-03-05', 0);
SELECT week::date, channel, touches AS n, visitors AS v, leads AS l, marketing_qualified AS m, sales_qualified AS s, hot, customers AS c, conversions AS won, value, cost,
	cost_per_lead, round(cost_per_hot_lead::numeric, 2) AS per_hot, round(return_on_spend::numeric, 2) AS return
FROM step_channel WHERE rule = 'linear' ORDER BY 1, 2;
SELECT rule, count(*), sum(cost) AS cost FROM step_channel GROUP BY 1 ORDER BY 1;
INSERT INTO step_spend VALUES (NULL, '2026-03-02', 1);
INSERT INTO step_spend VALUES ('', '2026-03-02', 1);
INSERT INTO step_spend VALUES ('mail', '2026-03-02', -1);
INSERT INTO step_spend VALUES ('mail', '2026-03-02', 'NaN');
INSERT INTO step_spend VALUES ('mail', '2026-03-02', 'Infinity');
INSERT INTO step_spend VALUES ('mail', 'infinity', 1);
-- what would be an error to all who read the view
INSERT INTO step_spend VALUES ('mail', '5874897-12-31', 1);
INSERT INTO step_spend VALUES ('mail', '4713-01-01 BC', 1);
INSERT INTO step_spend VALUES ('mail', '2026-03-02', 1000000000000.01);
INSERT INTO step_spend VALUES ('mail', '9999-12-31', 1000000000000), ('mail', '0001-01-01', 1e-400), ('mail', '2026-03-06', 1e-320);
SELECT count(*) FROM step_channel WHERE cost_per_lead + cost_per_hot_lead + return_on_spend < 0;
DELETE FROM step_spend WHERE channel = 'mail' AND day <> '2026-03-05';
INSERT INTO step_spend VALUES ('ads', '2026-03-02', 1);

-- Rights: the view is enough to read it, and another view over it is not.
CREATE ROLE regress_lt_reader;
GRANT USAGE ON SCHEMA public TO regress_lt_reader;
CREATE VIEW over_it AS SELECT channel, leads FROM step_channel WHERE rule = 'linear';
GRANT SELECT ON over_it TO regress_lt_reader;
SET ROLE regress_lt_reader;
SELECT * FROM over_it;
SELECT * FROM step_channel;
SELECT * FROM lead_temperature.channel_figures('step_lead');
SELECT * FROM lead_temperature.attribution('step');
RESET ROLE;
GRANT SELECT ON step_channel TO regress_lt_reader;
SET ROLE regress_lt_reader;
SELECT channel, leads FROM step_channel WHERE rule = 'linear' AND week = '2026-03-02' ORDER BY 1;
SELECT * FROM over_it WHERE leads > 1;
SELECT * FROM step;
SELECT * FROM lead_temperature.attribution('step');
RESET ROLE;
DROP VIEW over_it;

-- What can be read no more pauses nobody.
BEGIN;
ALTER TABLE step RENAME via TO utm;
SELECT channel FROM lead_temperature.sources;
ALTER TABLE step DROP utm, DROP paid;
INSERT INTO step VALUES ('eve', 'form', '2026-03-06');
SELECT channel, value, no_channels_because, paused_because FROM lead_temperature.sources;
SELECT channel, leads, value FROM lead_temperature.attribution('step') WHERE rule = 'linear';
SELECT lead_temperature.alter_tracker('step', channel => 'what', value => '');
SELECT channel, value, no_channels_because FROM lead_temperature.sources;
SELECT channel, leads, value FROM lead_temperature.attribution('step') WHERE rule = 'linear' ORDER BY 1;
ROLLBACK;
SELECT lead_temperature.drop_module('step', 'channels');

-- Records keep the channel and the value that they had.
CREATE TABLE deal (id int PRIMARY KEY, who text, stage text, changed timestamptz, source text, amount numeric(12, 2));
CREATE INDEX ON deal (who);
SELECT lead_temperature.add_source('step', 'deal', 'who', 'stage', 'changed', keep_changes => true, channel => 'source', value => 'amount');
TRUNCATE step;
INSERT INTO deal VALUES (1, 'ann', 'form', '2026-03-02', 'fair', 10), (2, 'bob', 'form', '2026-03-02', 'ads', 'NaN');
UPDATE deal SET source = 'mail';
UPDATE deal SET stage = 'buy', changed = '2026-03-03', amount = 12.34;
UPDATE deal SET amount = 99, source = 'ads';
SELECT lead, kind, channel, value FROM step_change ORDER BY at, lead;
SELECT channel, conversions, value FROM lead_temperature.attribution('step') WHERE rule = 'linear' ORDER BY 1;
SELECT lead_temperature.drop_source('step', source) FROM lead_temperature.sources WHERE keep_changes;

-- What is refused.
SELECT lead_temperature.alter_tracker('step', channel => 'nothing');
SELECT lead_temperature.alter_tracker('step', channel => 'now()::text');
SELECT lead_temperature.alter_tracker('step', value => 'via');
SELECT lead_temperature.attribution(NULL);
SELECT lead_temperature.attribution('person');
SELECT lead_temperature.attribution('step', '2026-03-02', '2026-03-02');
SELECT lead_temperature.attribution('step', 'infinity');
SELECT lead_temperature.alter_tracker('step', channel => '');
SELECT lead_temperature.attribution('step');
SELECT lead_temperature.alter_tracker('step', channel => 'via');
TRUNCATE step;
SELECT count(*) FROM lead_temperature.attribution('step');

-- A template for channels.
SELECT source, medium, referrer, lead_temperature.marketing_channel(source, medium, referrer)
FROM (VALUES ('google', 'cpc', 'https://www.google.com/'), ('google', 'organic', NULL), (NULL, NULL, 'https://www.google.co.uk/search?q=x'), ('newsletter-12', NULL, NULL),
	('crm', 'E-Mail', NULL), ('facebook', 'paid_social', NULL), ('LinkedIn', NULL, NULL), (NULL, NULL, 'http://t.co/abc'), ('fair2026', 'event', NULL),
	('expo-cologne', 'qr', NULL), ('flyer', 'print', NULL), (NULL, 'referral', 'https://blog.example/'), (NULL, NULL, 'https://blog.example/google.com'),
	('partner', '', ''), ('', '', ''), (NULL, NULL, NULL)) AS v (source, medium, referrer);
SELECT lead_temperature.alter_tracker('step', channel => $$lead_temperature.marketing_channel(split_part(via, '/', 1), split_part(via, '/', 2))$$);
INSERT INTO step VALUES ('ann', 'form', '2026-03-02', 'google/cpc', NULL);
SELECT channel, leads FROM lead_temperature.attribution('step') WHERE rule = 'position';

SELECT lead_temperature.untrack('step');
DROP OWNED BY regress_lt_reader;
DROP ROLE regress_lt_reader;
DROP TABLE step, page, person, deal;
DROP FUNCTION told;
DELETE FROM lead_temperature.model WHERE name = 'way';
