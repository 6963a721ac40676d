/*
 * company.sql
 *	  What docs/marketing.md and docs/sales.md look at: a company that sells bicycles, with a web
 *	  shop, a newsletter and a stand at exhibitions, and some of its leads.
 *
 * Times lie as far from now as in the pages; no figure in these depends on the hour.
 */
\set QUIET on
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE EXTENSION IF NOT EXISTS lead_temperature;

CREATE TABLE web (cookie text, page text, product text, at timestamptz DEFAULT now(), utm_source text, utm_medium text, referrer text);
CREATE TABLE signed_in (cookie text PRIMARY KEY, email text);
CREATE TABLE touch (email text, what text, product text, at timestamptz DEFAULT now(), campaign text, paid numeric);
CREATE TABLE contact (email text PRIMARY KEY, name text, territory text, stage text, temperature text, hot_until timestamptz);

SELECT lead_temperature.create_model('company');
UPDATE lead_temperature.model SET dormant_after = '90 days' WHERE name = 'company';
SELECT lead_temperature.track('web', lead => 'cookie', kind => 'page', at => 'at', topic => 'product', model => 'company', prefix => 'company',
	via => 'signed_in', via_key => 'cookie', via_lead => 'email', create_index => true);
SELECT lead_temperature.add_source('web', 'touch', lead => 'email', kind => 'what', at => 'at', topic => 'product', create_index => true);
SELECT lead_temperature.add_module('web', m) FROM unnest(ARRAY['playbook', 'silence', 'pace', 'handoff']) AS m;

INSERT INTO contact VALUES ('ann@example.com', 'Ann', 'north'), ('bob@example.com', 'Bob', 'south'), ('cy@example.com', 'Cy', 'north'),
	('dee@example.com', 'Dee', 'south'), ('eve@example.com', 'Eve', 'north'), ('fay@example.com', 'Fay', 'south'), ('gus@example.com', 'Gus', 'north');
INSERT INTO signed_in VALUES ('c1', 'ann@example.com'), ('c2', 'bob@example.com'), ('c3', 'cy@example.com'), ('c6', 'fay@example.com');

-- months ago: customers, one of whom has come back since, and a lead that fell silent
INSERT INTO touch (email, what, product, at) VALUES
	('gus@example.com', 'newsletter_signup', 'city bike', now() - interval '200 days'), ('gus@example.com', 'demo_request', 'city bike', now() - interval '190 days'),
	('gus@example.com', 'purchase', 'city bike', now() - interval '185 days'), ('gus@example.com', 'purchase', 'helmet', now() - interval '170 days'),
	('eve@example.com', 'form_submit', 'cargo bike', now() - interval '150 days'), ('eve@example.com', 'checkout_started', 'cargo bike', now() - interval '149 days'),
	('eve@example.com', 'purchase', 'cargo bike', now() - interval '149 days'),
	('dee@example.com', 'event_conversation', 'e-bike', now() - interval '120 days'), ('dee@example.com', 'info_request', 'e-bike', now() - interval '118 days');
-- weeks ago
INSERT INTO touch (email, what, product, at) VALUES
	('bob@example.com', 'newsletter_signup', NULL, now() - interval '30 days'),
	('fay@example.com', 'newsletter_signup', NULL, now() - interval '40 days'), ('fay@example.com', 'unsubscribe', NULL, now() - interval '20 days'),
	('cy@example.com', 'form_submit', 'e-bike', now() - interval '9 days');
INSERT INTO web (cookie, page, product, at) VALUES
	('c2', 'visit', 'e-bike', now() - interval '30 days'), ('c2', 'product_view', 'e-bike', now() - interval '30 days'),
	('c3', 'comparison_view', 'e-bike', now() - interval '3 days'), ('c3', 'pricing_view', 'e-bike', now() - interval '3 days'), ('c3', 'product_view', 'city bike', now() - interval '3 days'),
	('c6', 'visit', 'helmet', now() - interval '10 days');
INSERT INTO touch (email, what, product, at) VALUES ('cy@example.com', 'question', 'e-bike', now() - interval '2 days');
-- which way they came, and what they paid
UPDATE web SET utm_source = 'google', utm_medium = 'cpc' WHERE cookie = 'c2' AND page = 'visit';
UPDATE web SET referrer = 'https://www.bing.com/' WHERE cookie = 'c3' AND page = 'comparison_view';
UPDATE web SET utm_source = 'instagram' WHERE cookie = 'c6';
UPDATE touch SET campaign = 'email' WHERE what = 'newsletter_signup' AND email <> 'bob@example.com';
UPDATE touch SET campaign = 'exhibitions' WHERE what IN ('event_conversation', 'demo_request');
UPDATE touch SET campaign = 'ads' WHERE what = 'form_submit' AND email = 'eve@example.com' OR what = 'newsletter_signup' AND email = 'bob@example.com';
UPDATE touch SET paid = CASE product WHEN 'city bike' THEN 899 WHEN 'helmet' THEN 49.90 ELSE 4200 END WHERE what = 'purchase';
RESET client_min_messages;
