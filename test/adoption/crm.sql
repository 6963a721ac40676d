/*
 * crm.sql
 *	  A CRM whose interactions lie in five tables: pages that visitors saw, of whom another table
 *	  tells who is which partner; mailings with several times in one row; opportunities; meetings;
 *	  orders.  Times are local, in UTC.
 */
CREATE TABLE res_partner (id int PRIMARY KEY, name text, email text, active bool DEFAULT true);
CREATE TABLE website_visitor (id int PRIMARY KEY, access_token text, partner_id int REFERENCES res_partner, last_connection timestamp);
CREATE INDEX ON website_visitor (partner_id);
CREATE TABLE website_track (id serial PRIMARY KEY, visitor_id int REFERENCES website_visitor, url text, visit_datetime timestamp);
CREATE INDEX ON website_track (visitor_id);
CREATE TABLE mailing_trace (id serial PRIMARY KEY, model text, res_id int, trace_status text,
	sent_datetime timestamp, open_datetime timestamp, links_click_datetime timestamp);
CREATE INDEX ON mailing_trace (model, res_id);
CREATE TABLE calendar_event (id serial PRIMARY KEY, partner_id int, start timestamp, active bool DEFAULT true, state text);
CREATE INDEX ON calendar_event (partner_id);
CREATE TABLE sale_order (id serial PRIMARY KEY, partner_id int, state text, date_order timestamp, amount_total numeric);
CREATE INDEX ON sale_order (partner_id, date_order);
CREATE TABLE crm_lead (id serial PRIMARY KEY, partner_id int, type text, active bool DEFAULT true, create_date timestamp, lost_date timestamp,
	stage_id int DEFAULT 1, date_last_stage_update timestamp, priority int);
CREATE INDEX ON crm_lead (partner_id);

-- begin of the page
SELECT lead_temperature.track('website_track', lead => 'visitor_id',
	kind => $$CASE WHEN url LIKE '/pricing%' THEN 'pricing_view' WHEN url LIKE '/shop/%' THEN 'product_view' ELSE 'page_view' END$$,
	at => 'visit_datetime', prefix => 'partner_heat', entry => 'lead',
	via => 'website_visitor', via_key => 'id', via_lead => 'partner_id');
SELECT lead_temperature.add_source('website_track', 'mailing_trace', lead => 'res_id',
	kind => $$'email_open'$$, at => 'open_datetime', filter => $$model = 'res.partner'$$);
SELECT lead_temperature.add_source('website_track', 'mailing_trace', lead => 'res_id',
	kind => $$'email_click'$$, at => 'links_click_datetime', filter => $$model = 'res.partner'$$);
SELECT lead_temperature.add_source('website_track', 'crm_lead', lead => 'partner_id',
	kind => $$'quote_request'$$, at => 'create_date', filter => 'active');
SELECT lead_temperature.add_source('website_track', 'crm_lead', lead => 'partner_id',
	kind => $$'opportunity_lost'$$, at => 'lost_date', filter => 'NOT active');
SELECT lead_temperature.add_source('website_track', 'crm_lead', lead => 'partner_id',
	kind => $$CASE stage_id WHEN 2 THEN 'question' WHEN 3 THEN 'demo_request' END$$, at => 'date_last_stage_update',
	filter => 'active AND stage_id IN (2, 3)', keep_changes => true);
SELECT lead_temperature.add_source('website_track', 'calendar_event', lead => 'partner_id',
	kind => $$CASE state WHEN 'attended' THEN 'meeting_held' ELSE 'meeting_booked' END$$, at => 'start', filter => 'active');
SELECT lead_temperature.add_source('website_track', 'sale_order', lead => 'partner_id',
	kind => $$CASE WHEN state = 'sale' THEN 'purchase' ELSE 'quote_request' END$$, at => 'date_order', filter => $$state <> 'cancel'$$);
-- end of the page

-- which stages opportunities have been moved to, in plain SQL
CREATE TABLE stage_log (partner_id int, at timestamptz, stage_id int);
CREATE FUNCTION log_stage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.active AND NEW.stage_id IN (2, 3) AND
		(NOT OLD.active OR OLD.stage_id NOT IN (2, 3) OR (OLD.stage_id, OLD.date_last_stage_update) <> (NEW.stage_id, NEW.date_last_stage_update) OR
			(OLD.partner_id <> NEW.partner_id AND (OLD.partner_id, NEW.partner_id) <> (4, 2))) THEN
		INSERT INTO stage_log VALUES (NEW.partner_id, NEW.date_last_stage_update AT TIME ZONE 'UTC', NEW.stage_id);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER log_stage AFTER UPDATE ON crm_lead FOR EACH ROW EXECUTE FUNCTION log_stage();

CREATE VIEW expected AS
SELECT v.partner_id AS lead, t.visit_datetime AT TIME ZONE 'UTC' AS at,
	CASE WHEN starts_with(t.url, '/pricing') THEN 'pricing_view' WHEN starts_with(t.url, '/shop/') THEN 'product_view' ELSE 'page_view' END AS kind
FROM website_track t JOIN website_visitor v ON v.id = t.visitor_id
UNION ALL SELECT res_id, open_datetime AT TIME ZONE 'UTC', 'email_open' FROM mailing_trace WHERE model = 'res.partner'
UNION ALL SELECT res_id, links_click_datetime AT TIME ZONE 'UTC', 'email_click' FROM mailing_trace WHERE model = 'res.partner'
UNION ALL SELECT partner_id, create_date AT TIME ZONE 'UTC', 'quote_request' FROM crm_lead WHERE active
UNION ALL SELECT partner_id, lost_date AT TIME ZONE 'UTC', 'opportunity_lost' FROM crm_lead WHERE NOT active
UNION ALL SELECT partner_id, at, CASE stage_id WHEN 2 THEN 'question' WHEN 3 THEN 'demo_request' END FROM stage_log
UNION ALL SELECT partner_id, start AT TIME ZONE 'UTC', CASE WHEN state = 'attended' THEN 'meeting_held' ELSE 'meeting_booked' END FROM calendar_event WHERE active
UNION ALL SELECT partner_id, date_order AT TIME ZONE 'UTC', CASE WHEN state = 'sale' THEN 'purchase' ELSE 'quote_request' END FROM sale_order WHERE state <> 'cancel';
CALL adoption.follow('website_track', 'expected', 'partner_heat', 'lead');

INSERT INTO res_partner SELECT i, 'partner ' || i, i || '@example.com' FROM generate_series(1, 120) AS i;
INSERT INTO website_visitor SELECT i, md5(i::text), CASE WHEN i <= 60 THEN i END FROM generate_series(1, 200) AS i;
INSERT INTO website_track (visitor_id, url, visit_datetime)
SELECT 1 + i % 200, (ARRAY['/', '/pricing', '/shop/a', '/blog', '/shopping'])[1 + (i / 7) % 5], timestamp '2026-01-01' + i * interval '37 minutes' FROM generate_series(1, 2000) AS i;
INSERT INTO mailing_trace (model, res_id, trace_status, sent_datetime) SELECT CASE WHEN i % 9 = 0 THEN 'crm.lead' ELSE 'res.partner' END, 1 + i % 120, 'sent', timestamp '2026-02-01' + i * interval '1 minute' FROM generate_series(1, 360) AS i;
INSERT INTO crm_lead (partner_id, type, create_date) SELECT i * 2, 'opportunity', timestamp '2026-01-20' + i * interval '3 hours' FROM generate_series(1, 50) AS i;
INSERT INTO calendar_event (partner_id, start, state) SELECT i * 3, timestamp '2026-02-10' + i * interval '5 hours', 'needsAction' FROM generate_series(1, 35) AS i;
INSERT INTO sale_order (partner_id, state, date_order, amount_total) SELECT i * 4, 'draft', timestamp '2026-02-20' + i * interval '5 hours', 100 FROM generate_series(1, 28) AS i;
CALL adoption.check('what came is counted, of partners alone');
CALL adoption.expect('visitors who are nobody yet are no leads', $$SELECT count(*) = 0 FROM partner_heat_lead WHERE lead > 120$$);
-- a visitor signs in, and is the partner with all that he saw
UPDATE website_visitor SET partner_id = 61 WHERE id IN (61, 161);
UPDATE website_visitor SET last_connection = '2026-03-01';
UPDATE mailing_trace SET trace_status = 'open', open_datetime = sent_datetime + interval '1 hour' WHERE id % 2 = 0;
UPDATE mailing_trace SET trace_status = 'click', links_click_datetime = open_datetime + interval '1 minute' WHERE id % 6 = 0;
CALL adoption.check('a visitor signs in; mails are opened, and their links followed');
-- opportunities are moved to other stages, and back; what else is altered of them makes no difference
UPDATE crm_lead SET stage_id = 2, date_last_stage_update = create_date + interval '3 days' WHERE id % 2 = 0;
UPDATE crm_lead SET stage_id = 3, date_last_stage_update = create_date + interval '9 days' WHERE id % 6 = 0;
UPDATE crm_lead SET stage_id = 1, date_last_stage_update = create_date + interval '10 days' WHERE id % 12 = 0;
UPDATE crm_lead SET priority = id % 3;
CALL adoption.check('opportunities are moved');
CALL adoption.expect('and count for where they have been', $$SELECT count(*) = 2 FROM partner_heat_change WHERE lead = 24$$);
UPDATE calendar_event SET state = 'attended' WHERE id % 3 = 0;
UPDATE calendar_event SET active = false WHERE id % 5 = 0;
UPDATE sale_order SET state = 'sale', date_order = date_order + interval '2 days' WHERE id % 3 = 0;
UPDATE sale_order SET state = 'cancel' WHERE id % 7 = 0;
UPDATE crm_lead SET active = false, lost_date = create_date + interval '30 days' WHERE id % 4 = 0;
CALL adoption.check('meetings held and called off, orders confirmed and cancelled, opportunities lost');
-- two partners are merged: they are one lead from now on, and whatever is of one gets the id of the other
INSERT INTO partner_heat_alias VALUES (4, 2);
UPDATE website_visitor SET partner_id = 2 WHERE partner_id = 4;
UPDATE mailing_trace SET res_id = 2 WHERE res_id = 4 AND model = 'res.partner';
UPDATE crm_lead SET partner_id = 2 WHERE partner_id = 4;
UPDATE calendar_event SET partner_id = 2 WHERE partner_id = 4;
UPDATE sale_order SET partner_id = 2 WHERE partner_id = 4;
DELETE FROM res_partner WHERE id = 4;
-- where the opportunities of one have been they have been before, under his id
UPDATE stage_log SET partner_id = 2 WHERE partner_id = 4;
CALL adoption.check('two partners are merged');
CALL adoption.expect('of whom one is gone', $$SELECT count(*) = 0 FROM partner_heat_lead WHERE lead = 4$$);
DELETE FROM website_track WHERE visit_datetime < '2026-01-10';
CALL adoption.check('old pages are deleted');
CALL adoption.expect('a breakdown names the tables', $$SELECT max(n) > 2 FROM partner_heat_lead, LATERAL (SELECT count(DISTINCT source) AS n FROM lead_temperature.score_breakdown('sale_order', lead::text)) AS b$$);

-- The vendor's next version
ALTER TABLE website_visitor RENAME COLUMN partner_id TO contact_id;
ALTER TABLE mailing_trace RENAME COLUMN open_datetime TO opened_at;
ALTER TABLE crm_lead ADD COLUMN score int;
CREATE TABLE event_registration (id serial PRIMARY KEY, partner_id int, create_date timestamp);
INSERT INTO website_visitor VALUES (300, 'x', 70);
INSERT INTO website_track (visitor_id, url, visit_datetime) VALUES (300, '/pricing', '2026-03-02');
CALL adoption.check('renamed columns are followed');
DROP VIEW expected;
ALTER TABLE sale_order ALTER COLUMN date_order TYPE timestamptz USING date_order AT TIME ZONE 'UTC';
CALL adoption.expect('rows that are read otherwise make stale', $$SELECT stale AND NOT paused FROM lead_temperature.trackers$$);
ALTER TABLE calendar_event DROP COLUMN state;
CALL adoption.expect('a column that is gone pauses the tracker, which names the source', $$SELECT count(*) = 1 FROM lead_temperature.sources WHERE relation = 'calendar_event'::regclass AND paused_because ~ 'state'$$);
INSERT INTO sale_order (partner_id, state, date_order, amount_total) VALUES (90, 'sale', '2026-03-03', 5);
SELECT lead_temperature.alter_source('website_track', (SELECT source FROM lead_temperature.sources WHERE relation = 'calendar_event'::regclass), kind => $$'meeting_booked'$$);
SELECT lead_temperature.resume('website_track');
DROP TABLE mailing_trace;
CREATE INDEX ON event_registration (partner_id);
SELECT lead_temperature.add_source('website_track', 'event_registration', 'partner_id', kind => $$'webinar_attended'$$, at => 'create_date');
INSERT INTO event_registration (partner_id, create_date) SELECT i, '2026-03-04' FROM generate_series(80, 110) AS i;
CALL lead_temperature.replay('website_track');
CREATE VIEW expected AS
SELECT v.contact_id AS lead, t.visit_datetime AT TIME ZONE 'UTC' AS at,
	CASE WHEN starts_with(t.url, '/pricing') THEN 'pricing_view' WHEN starts_with(t.url, '/shop/') THEN 'product_view' ELSE 'page_view' END AS kind
FROM website_track t JOIN website_visitor v ON v.id = t.visitor_id
UNION ALL SELECT partner_id, create_date AT TIME ZONE 'UTC', 'quote_request' FROM crm_lead WHERE active
UNION ALL SELECT partner_id, lost_date AT TIME ZONE 'UTC', 'opportunity_lost' FROM crm_lead WHERE NOT active
UNION ALL SELECT partner_id, at, CASE stage_id WHEN 2 THEN 'question' WHEN 3 THEN 'demo_request' END FROM stage_log
UNION ALL SELECT partner_id, start AT TIME ZONE 'UTC', 'meeting_booked' FROM calendar_event WHERE active
UNION ALL SELECT partner_id, create_date AT TIME ZONE 'UTC', 'webinar_attended' FROM event_registration
UNION ALL SELECT partner_id, date_order, CASE WHEN state = 'sale' THEN 'purchase' ELSE 'quote_request' END FROM sale_order WHERE state <> 'cancel';
CALL adoption.check('a table goes, another comes, and all is counted');
