--
-- The mission as one test: one person's way from the first click on an advertisement to a customer who
-- comes back, through channels online and offline, and what a company does about her at each
-- step: a brochure for the cold, or leaving them alone; nurture for the warm, with what interests
-- them; a call for the hot, at once, with what is known; and keeping customers.
--
-- Time passes by moving all that has happened into the past, so that what happens now happens now.
--
\set ECHO none
\pset format unaligned
\pset tuples_only
\pset null -
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE TABLE web (cookie text, page text, product text, at timestamptz DEFAULT now());
CREATE INDEX ON web (cookie, at);
CREATE TABLE signed_in (cookie text PRIMARY KEY, email text);
CREATE INDEX ON signed_in (email);
CREATE TABLE touch (email text, what text, product text, at timestamptz DEFAULT now());
CREATE INDEX ON touch (email, at);
CREATE TABLE shop_order (email text, status text, product text, at timestamptz DEFAULT now());
CREATE INDEX ON shop_order (email, at);
CREATE TABLE crm (email text PRIMARY KEY, stage text, temperature text, hot_until timestamptz);
INSERT INTO crm VALUES ('ann@example.com');

SELECT lead_temperature.create_model('company');
UPDATE lead_temperature.model SET dormant_after = '90 days' WHERE name = 'company';
SELECT lead_temperature.track('web', lead => 'cookie', kind => 'page', at => 'at', topic => 'product', model => 'company', prefix => 'person',
	via => 'signed_in', via_key => 'cookie', via_lead => 'email', unmapped => 'lead');
SELECT lead_temperature.add_source('web', 'touch', 'email', 'what', 'at', topic => 'product');
SELECT lead_temperature.add_source('web', 'shop_order', 'email', 'status', 'at', topic => 'product');
SELECT lead_temperature.add_module('web', m) FROM unnest(ARRAY['playbook', 'silence', 'pace', 'handoff']) AS m;
SELECT lead_temperature.write_back('web', 'crm', key => 'email', stage => 'stage', temperature => 'temperature', hot_until => 'hot_until');

-- pass lets time pass; what people have said has a table once somebody has said something
CREATE FUNCTION pass(days int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE web SET at = at - days * interval '1 day';
	UPDATE touch SET at = at - days * interval '1 day';
	UPDATE shop_order SET at = at - days * interval '1 day';
	UPDATE person_action SET at = at - days * interval '1 day';
	UPDATE person_handoff SET at = at - days * interval '1 day', handed_at = handed_at - days * interval '1 day';
	IF to_regclass('person_word') IS NOT NULL THEN
		UPDATE person_word SET at = at - days * interval '1 day';
	END IF;
END
$$;
-- tell tells of a person: temperature, stage, next action and its topic, who is told, and what the CRM shows
CREATE FUNCTION tell(who text, OUT temperature text, OUT stage text, OUT next_action text, OUT about text, OUT told text, OUT crm text) LANGUAGE sql AS $$
	SELECT r.temperature, r.stage, n.action || coalesce(' by ' || n.channel, ''), n.topic,
		(SELECT string_agg(coalesce(q.agent, 'sales: ') || CASE WHEN q.agent IS NULL THEN q.state ELSE ': ' || q.state END, ', ') FROM person_queue AS q WHERE q.lead = who),
		(SELECT concat_ws(' ', c.temperature, c.stage) FROM crm AS c WHERE c.email = who)
	FROM person_ranking AS r LEFT JOIN person_next_action AS n ON n.lead = r.lead WHERE r.lead = who
$$;
\echo step|temperature|stage|next action|about|told|crm

-- She has just seen the need and searches for information: an advertisement on a social network.
INSERT INTO web (cookie, page, product) VALUES ('cookie 17', 'ad_click', 'e-bike'), ('cookie 17', 'visit', 'e-bike');
SELECT 'ad click, a visitor without a name', * FROM tell('cookie 17');
SELECT '... 2 days later' FROM pass(2);

-- She follows the company there, and signs up for the newsletter: she has left her address, and is a lead.
INSERT INTO touch (email, what) VALUES ('ann@example.com', 'newsletter_signup');
INSERT INTO signed_in VALUES ('cookie 17', 'ann@example.com');
SELECT 'newsletter, by which the visits are hers', * FROM tell('ann@example.com');
SELECT 'the visitor', count(*) FROM person_ranking WHERE lead = 'cookie 17';
SELECT 'consent', lead_temperature.consents('person_lead', model_version, granted_at, withdrawn_at) FROM person_lead WHERE lead = 'ann@example.com';
-- warm: she is nurtured, and then it is waited
SELECT 'nurtured', lead_temperature.log_action('web', 'ann@example.com', 'nurture', 'email') > 0;
SELECT 'while it is waited', * FROM tell('ann@example.com');
SELECT '... 30 days later' FROM pass(30);

-- Nothing happens: she is cold, and gets a brochure, once; then the newsletter; then she is left alone until she comes back.
SELECT 'cooled', * FROM tell('ann@example.com');
SELECT 'brochure sent', lead_temperature.log_action('web', 'ann@example.com', 'brochure', 'email') > 0;
SELECT '... 20 days later' FROM pass(20);
SELECT 'after the brochure', * FROM tell('ann@example.com');

-- She knows the company, compares and asks: a question, answered, and a conversation at an exhibition.
INSERT INTO web (cookie, page, product) VALUES ('cookie 17', 'comparison_view', 'e-bike'), ('cookie 17', 'pricing_view', 'e-bike');
INSERT INTO touch (email, what, product) VALUES ('ann@example.com', 'question', 'e-bike');
SELECT 'a question', * FROM tell('ann@example.com');
SELECT '... 3 days later' FROM pass(3);
INSERT INTO touch (email, what, product) VALUES ('ann@example.com', 'question_answered', 'e-bike');
SELECT 'answered', * FROM tell('ann@example.com');
SELECT '... 1 days later' FROM pass(1);

-- She has decided: an exhibition conversation makes her hot.  Sales is told in the same transaction, has her from then on, and calls at once, with what is known.
INSERT INTO touch (email, what, product) VALUES ('ann@example.com', 'event_conversation', 'e-bike');
SELECT 'at the exhibition', * FROM tell('ann@example.com');
SELECT 'claimed', lead, briefing ->> 'temperature', briefing ->> 'stage', briefing #>> '{topics,0,topic}', briefing -> 'consent' FROM lead_temperature.claim('web', 'Maria');
SELECT 'nobody else gets her', count(*) FROM lead_temperature.claim('web', 'Tom');
SELECT 'called', lead_temperature.log_contact('web', 'ann@example.com', 'Maria', 'wants it in blue') IS NOT NULL;
SELECT 'which is the call of the playbook', action, channel, taken_by, note FROM person_action ORDER BY id DESC LIMIT 1;
SELECT 'accepted', lead_temperature.accept('web', 'ann@example.com', 'Maria') IS NOT NULL;
SELECT 'in the hands of sales', * FROM tell('ann@example.com');

-- Ready to pay: cart, checkout, purchase.
INSERT INTO web (cookie, page, product) VALUES ('cookie 17', 'add_to_cart', 'e-bike');
INSERT INTO shop_order (email, status, product) VALUES ('ann@example.com', 'checkout_started', 'e-bike');
SELECT 'cart and checkout', * FROM tell('ann@example.com');
INSERT INTO shop_order (email, status, product) VALUES ('ann@example.com', 'purchase', 'e-bike');
SELECT 'a customer', * FROM tell('ann@example.com');
SELECT 'thanked', lead_temperature.log_action('web', 'ann@example.com', 'thank', 'email') > 0;
SELECT '... 25 days later' FROM pass(25);

-- Kept: helped, and offered what goes with it; a month later she buys again.
SELECT 'a month later', * FROM tell('ann@example.com');
SELECT 'helped', lead_temperature.log_action('web', 'ann@example.com', 'onboarding', 'email') > 0;
SELECT '... 20 days later' FROM pass(20);
SELECT 'later still', * FROM tell('ann@example.com');
INSERT INTO shop_order (email, status, product) VALUES ('ann@example.com', 'purchase', 'helmet');
SELECT 'she has bought again', * FROM tell('ann@example.com');
SELECT 'kept', sum(customers), sum(returned) FROM person_retention;
SELECT 'funnel', stage, leads, won, reached FROM person_funnel WHERE stage IN ('visitor', 'customer') ORDER BY stage_order;
-- told once, and never by what was moved into the past
SELECT 'handoffs', count(*), string_agg(state || ' ' || coalesce(agent, '-'), ', ') FROM person_handoff;

-- What is kept is what a replay makes of the rows, and her word not to be written to is final for every rule.
SELECT 'drift', count(*) FROM lead_temperature.drift('web');
INSERT INTO touch (email, what) VALUES ('ann@example.com', 'unsubscribe');
SELECT 'unsubscribed', * FROM tell('ann@example.com');
-- Forgotten, nothing is left of her, once the visitor that she was before she had a name is forgotten too.
SELECT 'forgotten', sum(rows) > 0 FROM lead_temperature.forget('web', 'ann@example.com', delete_rows => true);
SELECT 'and the visitor that she was', sum(rows) > 0 FROM lead_temperature.forget('web', 'cookie 17');
SELECT 'left', (SELECT count(*) FROM person_lead) AS leads, (SELECT count(*) FROM person_transition) AS transitions, (SELECT count(*) FROM person_action) AS actions, (SELECT count(*) FROM person_handoff) AS handoffs, (SELECT count(*) FROM person_word) AS words, (SELECT count(*) FROM touch) AS touches, (SELECT count(*) FROM web) AS visits;
SELECT 'crm', stage, temperature FROM crm;

DROP FUNCTION tell;
DROP FUNCTION pass;
SELECT lead_temperature.untrack('web');
DROP TABLE web, signed_in, touch, shop_order, crm;
DELETE FROM lead_temperature.model WHERE name = 'company';
