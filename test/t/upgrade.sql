/*
 * upgrade.sql
 *	  Tracked tables of many shapes with few rows, of fixed times, archived,
 *	  trained and counted.  It runs on every version since 0.1.0: what is said
 *	  here of a table is what upgrades are compared by.
 */

CREATE TABLE click (
	visitor bigint,
	event text,
	at timestamptz,
	weight numeric
);
CREATE INDEX ON click (visitor, at);

CREATE SCHEMA "Odd ""Schema""";
CREATE TABLE "Odd ""Schema"""."Web Events" (
	"Lead Id" uuid,
	"Kind" varchar(40),
	"At" timestamptz NOT NULL
) PARTITION BY RANGE ("At");
CREATE INDEX ON "Odd ""Schema"""."Web Events" ("Lead Id", "At");
CREATE TABLE "Odd ""Schema"""."Web Events old" PARTITION OF "Odd ""Schema"""."Web Events"
	FOR VALUES FROM (MINVALUE) TO ('2024-03-01');
CREATE TABLE "Odd ""Schema"""."Web Events rest" PARTITION OF "Odd ""Schema"""."Web Events" DEFAULT;

CREATE TABLE mail (
	id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	email varchar(60) COLLATE "C",
	what text,
	at timestamp
);
CREATE INDEX ON mail (email);

CREATE UNLOGGED TABLE visit (lead int, kind text, at date);
CREATE INDEX ON visit (lead);

SELECT lead_temperature.create_model('mine', template => 'b2b');
UPDATE lead_temperature.model SET half_life = '10 days', hot = 50 WHERE name = 'mine';
INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ('mine', 'odd "group"', 7);
INSERT INTO lead_temperature.signal (model, kind, points, signal_group)
VALUES ('mine', 'it''s "odd"', 3, 'odd "group"');

-- Rows of chance that is the same in every run.
CREATE FUNCTION pg_temp.rows(salt int, n int, OUT lead int, OUT kind text, OUT at timestamptz, OUT weight numeric)
	RETURNS SETOF record LANGUAGE sql AS
$$
	SELECT hashint4extended(i, salt) & 7,
		(ARRAY['visit', 'page_view', 'product_view', 'pricing_view', 'newsletter_signup', 'question', 'add_to_cart',
			'email_click', 'it''s "odd"', 'demo_request', 'no_show', 'meeting_held', 'purchase', 'opportunity_lost',
			'of no meaning', NULL])[1 + (hashint4extended(i, salt + 1) & 15)],
		timestamptz '2024-01-01 00:00+00' + i * interval '2 days' - (hashint4extended(i, salt + 2) & 3) * interval '5 hours',
		(ARRAY[1, 2, 0.5, NULL])[1 + (hashint4extended(i, salt + 3) & 3)]
	FROM generate_series(1, n) AS i
$$;

-- half of the rows before the tables are tracked, half of them after
INSERT INTO click SELECT r.* FROM pg_temp.rows(1, 40) AS r;
INSERT INTO "Odd ""Schema"""."Web Events"
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(lead), 12, '0'))::uuid, kind, at FROM pg_temp.rows(2, 40);
INSERT INTO mail (email, what, at) SELECT format('Lead%s@x.example', lead), kind, at AT TIME ZONE 'UTC' FROM pg_temp.rows(3, 40);
INSERT INTO visit SELECT lead, kind, (at AT TIME ZONE 'UTC')::date FROM pg_temp.rows(4, 20);

SELECT lead_temperature.track('click', 'visitor', 'event', 'at', weight => 'weight', funnel_counts => true);
SELECT lead_temperature.track('"Odd ""Schema"""."Web Events"', 'Lead Id', 'Kind', 'At', prefix => 'Web "1"');
SELECT lead_temperature.track('mail', 'email', 'what', 'at', model => 'mine', prefix => 'mail', entry => 'lead',
							  time_zone => 'Europe/Helsinki');
SELECT lead_temperature.track('visit', 'lead', 'kind', 'at');

DO $$
BEGIN
	IF to_regproc('lead_temperature.compact_counts') IS NULL THEN -- 0.1.0
		PERFORM lead_temperature.consolidate('click');
	ELSE
		PERFORM lead_temperature.compact_counts('click');
	END IF;
END $$;
INSERT INTO click SELECT r.* FROM pg_temp.rows(5, 40) AS r;
INSERT INTO "Odd ""Schema"""."Web Events"
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(lead), 12, '0'))::uuid, kind, at FROM pg_temp.rows(6, 40);
INSERT INTO mail (email, what, at) SELECT format('Lead%s@x.example', lead), kind, at AT TIME ZONE 'UTC' FROM pg_temp.rows(7, 40);
DELETE FROM click WHERE visitor = 3;

-- what mail is old has been archived and is gone; late mail of that time is ignored
SELECT lead_temperature.archive('mail', '2024-02-01 00:00+00');
DELETE FROM mail WHERE at < '2024-01-31';
INSERT INTO mail (email, what, at) VALUES ('late@x.example', 'demo_request', '2024-01-05');

-- a model that has changed since, and a tracker that stands still
UPDATE lead_temperature.signal SET points = 9.5 WHERE model = 'mine' AND kind = 'email_click';
SELECT lead_temperature.pause('visit');

-- a trained model, active nowhere
SELECT lead_temperature.create_model('learned');
UPDATE lead_temperature.model SET half_life = '10 days' WHERE name = 'learned';
INSERT INTO lead_temperature.trained_model (model, intercept, slope, horizon, trained_at, train_from, train_until, test_from, test_until)
VALUES ('learned', -2, 0.05, '14 days', '2024-06-01', '2024-01-01', '2024-04-01', '2024-04-15', '2024-05-15');
INSERT INTO lead_temperature.training_report (model, ranking, leads, converted, auc, auc_low, auc_high)
VALUES ('learned', 'trained', 1000, 100, 0.8, 0.75, 0.85), ('learned', 'recency', 1000, 100, NULL, NULL, NULL);
