--
-- Playbook: what to do next about each lead, and what was done.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
\pset null -
\set VERBOSITY default

-- The rules of the templates, and how they come into models.
SELECT priority, stage, temperature, status, action, channel, needs_consent AS consent, due_within, wait, attempts, times FROM lead_temperature.template_playbook('default');
SELECT priority, content FROM lead_temperature.template_playbook('default');
SELECT s.priority, d.action, s.due_within AS shop, s.wait, b.due_within AS b2b, b.wait FROM lead_temperature.template_playbook('default') AS d
	JOIN lead_temperature.template_playbook('shop') AS s USING (priority) JOIN lead_temperature.template_playbook('b2b') AS b USING (priority)
	WHERE (d.due_within, d.wait) IS DISTINCT FROM (s.due_within, s.wait) ORDER BY 1;
SELECT count(*) FROM lead_temperature.template_playbook('none');
SELECT lead_temperature.create_model('m');
SELECT count(*) AS same FROM (SELECT * FROM lead_temperature.template_playbook('default') INTERSECT
	SELECT priority, stage, temperature, status, action, channel, needs_consent, content, due_within, wait, attempts, times FROM lead_temperature.playbook WHERE model = 'm') AS t;
INSERT INTO lead_temperature.model (name, half_life, warm, mql, hot) VALUES ('by hand', '14 days', 10, 25, 40);
SELECT lead_temperature.add_playbook('by hand', 'shop');
SELECT lead_temperature.add_playbook('by hand');
SELECT lead_temperature.add_playbook('nobody''s');
SELECT lead_temperature.add_playbook('m', 'none');
SELECT lead_temperature.add_playbook(NULL);
SELECT lead_temperature.add_playbook('m', NULL);
UPDATE lead_temperature.model SET name = 'renamed' WHERE name = 'by hand';
SELECT model, count(*) FROM lead_temperature.playbook GROUP BY 1 ORDER BY 1;
DELETE FROM lead_temperature.model WHERE name = 'renamed';
SELECT model, count(*) FROM lead_temperature.playbook GROUP BY 1 ORDER BY 1;

-- A rule that makes no sense is refused.
\set VERBOSITY terse
CREATE FUNCTION rule(assignments text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'UPDATE lead_temperature.playbook SET ' || assignments || ' WHERE model = ''m'' AND priority = 10';
	RETURN 'changed';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT assignments, rule(assignments) FROM (VALUES ($$model = 'none'$$), ($$model = NULL$$), ($$priority = 0$$), ($$priority = NULL$$), ($$priority = 20$$), ($$stage = 'prospect'$$), ($$temperature = 'tepid'$$),
	($$status = 'closed'$$), ($$status = NULL$$), ($$action = ''$$), ($$action = NULL$$), ($$channel = ''$$), ($$needs_consent = NULL$$), ($$due_within = '-1 minute'$$), ($$due_within = '1 month'$$), ($$due_within = NULL$$),
	($$wait = '-1 second'$$), ($$wait = '1 year'$$), ($$wait = '40000 days'$$), ($$wait = NULL$$), ($$attempts = 0$$), ($$times = -1$$), ($$attempts = 'many'$$)) AS v (assignments);
DROP FUNCTION rule;

-- It is seen, and changed, by who sees the model.
CREATE ROLE regress_lt_owner;
CREATE ROLE regress_lt_agent;
CREATE ROLE regress_lt_member IN ROLE regress_lt_owner;
SET ROLE regress_lt_owner;
SELECT lead_temperature.create_model('owned', 'shop');
SET ROLE regress_lt_agent;
SELECT count(*) FROM lead_temperature.playbook;
UPDATE lead_temperature.playbook SET action = 'x';
INSERT INTO lead_temperature.playbook (model, priority, action) VALUES ('owned', 1, 'x');
SELECT lead_temperature.add_playbook('owned');
SET ROLE regress_lt_member;
INSERT INTO lead_temperature.playbook (model, priority, action) VALUES ('owned', 1, 'x');
DELETE FROM lead_temperature.playbook WHERE priority = 1;
SELECT count(*) FROM lead_temperature.playbook;
RESET ROLE;

-- Next actions.
INSERT INTO lead_temperature.signal (model, kind, points, consent, channel) VALUES ('m', 'do_not_call', 0, 'withdraw', 'phone'), ('m', 'call_me', 0, 'grant', 'phone'), ('m', 'leave_me_alone', 0, 'withdraw', NULL);
CREATE TABLE event (lead text, kind text, at timestamptz, product text);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'm', create_index => true, topic => 'product');
SELECT lead_temperature.log_action('event', 'a', 'call');
SELECT lead_temperature.add_module('event', 'playbook');
SELECT c.relname, c.relkind, obj_description(c.oid, 'pg_class') FROM pg_class AS c WHERE relname IN ('event_action', 'event_next_action') ORDER BY 1;
-- done says what happened to leads, and when; next what is to be done about them, in minutes from now on.
CREATE FUNCTION done(who text, what text, ago interval, product text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	INSERT INTO event VALUES (who, what, now() - ago, product)
$$;
CREATE VIEW next AS SELECT lead, action, channel, topic, regexp_replace(why, '\d+-\d+-\d+ \d+:\d+', '…') AS why, date_trunc('minute', now() - since) AS since, date_trunc('minute', due - now()) AS due, attempts AS n
	FROM event_next_action;
CREATE FUNCTION later(by interval) RETURNS void LANGUAGE sql AS $$
	UPDATE event SET at = at - by;
	UPDATE event_action SET at = at - by;
$$;
-- act does what is suggested, and waits.
CREATE FUNCTION act(who text, wait interval) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	suggested text := (SELECT action FROM event_next_action WHERE lead = who);
BEGIN
	PERFORM lead_temperature.log_action('event', who, suggested);
	PERFORM later(wait);
	RETURN suggested;
EXCEPTION WHEN null_value_not_allowed THEN
	RETURN NULL;
END
$$;
BEGIN;
-- The mission's own rules, by the temperature of those who may be written to; nobody can be reached who has not left contact information, or has not consented.
SELECT done('visitor', 'visit', '1 hour'), done('hot visitor', 'add_to_cart', '10 minutes'), done('hot visitor', 'checkout_started', '5 minutes'), done('no consent', 'event_badge_scan', '1 hour'),
	done('cold', 'newsletter_signup', '10 days'), done('warm', 'newsletter_signup', '1 day', 'hats'), done('warm', 'product_view', '1 hour', 'shoes'),
	done('hot', 'newsletter_signup', '2 days', 'hats'), done('hot', 'demo_request', '2 minutes', 'shoes'), done('hot without consent', 'call', '1 hour'), done('hot without consent', 'quote_request', '1 hour'),
	done('customer', 'newsletter_signup', '30 days'), done('customer', 'purchase', '1 hour', 'hats'), done('lost', 'newsletter_signup', '2 days'), done('lost', 'opportunity_lost', '1 day'),
	done('lost for good', 'newsletter_signup', '2 days'), done('lost for good', 'disqualified', '1 day'), done('says no', 'newsletter_signup', '2 days'), done('says no', 'unsubscribe', '1 day');
SELECT * FROM next ORDER BY lead COLLATE "C";
SELECT lead, content, stage, temperature, status, priority, level > 0 AS level, score > 0 AS score FROM event_next_action ORDER BY due LIMIT 2;
SELECT pg_typeof(lead), pg_typeof(action), pg_typeof(stage), pg_typeof(temperature), pg_typeof(status), pg_typeof(due), pg_typeof(attempts) FROM event_next_action LIMIT 1;

-- What was done is not suggested again before its wait is over; without an answer so often the next rule comes, and then nothing, until the lead does something.
SELECT lead_temperature.log_action('event', 'hot', 'call', note => 'not at home') > 0 AS logged;
SELECT lead, action, channel, now() - at AS ago, taken_by = current_user AS by_me, note FROM event_action;
SELECT * FROM next WHERE lead = 'hot';
SELECT later('1 day');
SELECT * FROM next WHERE lead = 'hot';
SELECT lead_temperature.log_action('event', 'hot', 'call') > 0 AS logged, later('1 day');
SELECT lead_temperature.log_action('event', 'hot', 'call') > 0 AS logged, later('1 day');
SELECT * FROM next WHERE lead = 'hot';
SELECT lead_temperature.log_action('event', 'hot', 'write') > 0 AS logged, later('7 days');
SELECT lead_temperature.log_action('event', 'hot', 'write') > 0 AS logged, later('3 days');
SELECT temperature FROM event_ranking WHERE lead = 'hot';
SELECT * FROM next WHERE lead = 'hot';
-- it has cooled meanwhile, and what was done for the hot does not hold up what is done for the warm
SELECT later('4 days');
SELECT * FROM next WHERE lead = 'hot';
-- an answer begins it anew
SELECT done('hot', 'demo_request', '0');
SELECT * FROM next WHERE lead = 'hot';
ROLLBACK;

BEGIN;
-- Nurtured, offered something, left alone; and cold: a brochure once, the newsletter, left alone until it comes back.
SELECT done('warm', 'newsletter_signup', '1 hour'), done('cold', 'newsletter_signup', '10 days');
SELECT act('cold', '14 days'), act('cold', '28 days'), act('cold', '28 days'), act('cold', '28 days'), act('cold', '28 days');
SELECT done('cold', 'email_open', '0');
SELECT lead, action, n FROM next WHERE lead = 'cold';
ROLLBACK;
BEGIN;
UPDATE lead_temperature.model SET warm = 0.001, mql = 0.001 WHERE name = 'm';
CALL lead_temperature.replay('event');
SELECT done('warm', 'newsletter_signup', '1 hour');
SELECT act('warm', '7 days'), act('warm', '7 days'), act('warm', '14 days'), act('warm', '14 days'), act('warm', '14 days');
SELECT done('warm', 'email_click', '0');
SELECT act('warm', '7 days');
ROLLBACK;

BEGIN;
-- Without consent nobody is written to. A call needs none by these rules, but who has said no is not called either; the later word counts, and comes back when it is taken back.
SELECT done(w, 'demo_request', '1 hour') FROM unnest(ARRAY['never asked', 'no mail', 'no call', 'no call, mail', 'nothing', 'call again', 'mail again']) AS w;
SELECT done('no mail', 'newsletter_signup', '2 days'), done('no mail', 'unsubscribe', '1 day'), done('no call', 'do_not_call', '1 day'), done('no call, mail', 'newsletter_signup', '2 days'), done('no call, mail', 'do_not_call', '1 day'),
	done('nothing', 'newsletter_signup', '2 days'), done('nothing', 'leave_me_alone', '1 day'), done('call again', 'do_not_call', '2 days'), done('call again', 'call_me', '1 day'), done('mail again', 'unsubscribe', '2 days'), done('mail again', 'newsletter_signup', '1 day');
SELECT lead, action, channel FROM next ORDER BY lead COLLATE "C";
UPDATE lead_temperature.playbook SET needs_consent = true WHERE model = 'm' AND action = 'call';
SELECT lead, action, channel FROM next ORDER BY lead COLLATE "C";
-- nor by a channel that no signal grants consent for, unless none is needed
INSERT INTO lead_temperature.playbook (model, priority, action, channel) VALUES ('m', 1, 'text', 'sms');
SELECT count(*) FROM next WHERE action = 'text';
UPDATE lead_temperature.playbook SET needs_consent = false WHERE priority = 1;
SELECT count(*) FROM next WHERE action = 'text';
DELETE FROM event WHERE kind IN ('unsubscribe', 'do_not_call', 'leave_me_alone');
DELETE FROM lead_temperature.playbook WHERE priority = 1;
SELECT lead, action, channel FROM next ORDER BY lead COLLATE "C";
ROLLBACK;

BEGIN;
-- Customers: thanked and helped on their way once for each purchase, and then offered more.
SELECT done('buyer', 'newsletter_signup', '30 days'), done('buyer', 'purchase', '1 hour');
SELECT * FROM next;
SELECT act('buyer', '7 days'), act('buyer', '14 days'), act('buyer', '28 days');
SELECT done('buyer', 'purchase', '0');
SELECT * FROM next;
-- thanked, it comes to look around: no thanks for that
SELECT act('buyer', '7 days'), done('buyer', 'product_view', '0');
SELECT action, attempts FROM event_next_action;
SELECT act('buyer', '14 days'), act('buyer', '28 days'), act('buyer', '28 days'), act('buyer', '28 days'), act('buyer', '28 days');
-- one that is open again is a lead like others
SELECT done('buyer', 'demo_request', '1 minute');
SELECT lead, action, channel, since, due FROM next;
ROLLBACK;

BEGIN;
-- Customers who are open again are called when they are hot, but never courted as if they were new; and one whose purchase spends nothing is a customer who has just bought, however hot.
SELECT done(w, 'newsletter_signup', '90 days'), done(w, 'purchase', '60 days') FROM unnest(ARRAY['back, cold', 'back, warm', 'back, hot']) AS w;
SELECT done('back, cold', 'question', '50 days'), done('back, warm', 'question', '1 hour'), done('back, hot', 'demo_request', '1 minute');
SELECT r.lead, r.temperature, r.stage, r.status, n.action FROM event_ranking AS r LEFT JOIN event_next_action AS n ON n.lead = r.lead ORDER BY r.lead COLLATE "C";
SELECT act('back, warm', '14 days'), act('back, warm', '14 days');
UPDATE lead_temperature.signal SET spends = false WHERE model = 'm' AND kind = 'purchase';
CALL lead_temperature.replay('event');
SELECT done('regular', 'newsletter_signup', '3 days'), done('regular', 'demo_request', '2 days'), done('regular', 'purchase', '1 hour');
SELECT temperature, status FROM event_ranking WHERE lead = 'regular';
SELECT lead, action, channel, why, since FROM next WHERE lead = 'regular';
SELECT status FROM event_next_action WHERE lead = 'regular';
SELECT act('regular', '7 days'), act('regular', '14 days'), act('regular', '28 days');
-- hot again: a lead to be called
SELECT done('regular', 'demo_request', '1 minute');
SELECT lead, action, channel, why, since FROM next WHERE lead = 'regular';
ROLLBACK;

BEGIN;
-- What sales has in its hands is not suggested to others: from the handoff until it ends, a contact is a call that was made, and while sales wants to hear nothing of it nobody calls.
SELECT lead_temperature.add_module('event', 'handoff');
CREATE VIEW sold AS SELECT h.lead, h.state, r.temperature, n.action, n.attempts AS n FROM event_handoff AS h JOIN event_ranking AS r ON r.lead = h.lead LEFT JOIN event_next_action AS n ON n.lead = h.lead;
SELECT done(w, 'newsletter_signup', '1 day'), done(w, 'demo_request', '1 minute') FROM unnest(ARRAY['one', 'two']) AS w;
SELECT done('before', 'newsletter_signup', '2 days'), done('before', 'demo_request', '1 day');
TABLE sold ORDER BY lead;
SELECT lead, action FROM next ORDER BY lead;
SELECT count(*) FROM lead_temperature.claim('event', 'Ann', 2);
SELECT lead_temperature.log_contact('event', 'one', 'Ann', 'left a message'), lead_temperature.log_contact('event', 'two', 'Ann');
SELECT lead, action, channel, taken_by, note FROM event_action ORDER BY lead;
SELECT lead_temperature.accept('event', 'one', 'Ann'), lead_temperature.reject('event', 'two', 'Ann', 'in autumn', '60 days');
TABLE sold ORDER BY lead;
SELECT later('1 day');
TABLE sold ORDER BY lead;
-- others go on with what is for those who are not hot
SELECT later('29 days');
TABLE sold ORDER BY lead;
-- what it buys is thanked for
SELECT done('two', 'purchase', '0');
TABLE sold ORDER BY lead;
-- whoever may read the view needs no right on handoffs; no rule by phone, no note of a contact
GRANT SELECT ON event_next_action TO regress_lt_agent;
SET ROLE regress_lt_agent;
SELECT lead, action FROM event_next_action ORDER BY lead;
RESET ROLE;
UPDATE lead_temperature.playbook SET channel = 'in person' WHERE model = 'm' AND action = 'call';
SELECT done('three', 'newsletter_signup', '1 day'), done('three', 'demo_request', '1 minute');
SELECT count(*) FROM lead_temperature.claim('event', 'Ann');
SELECT lead_temperature.log_contact('event', 'three', 'Ann');
SELECT count(*) FROM event_action WHERE lead = 'three';
DROP VIEW sold;
SELECT lead_temperature.drop_module('event', 'handoff');
SELECT lead, action FROM next ORDER BY lead;
ROLLBACK;

BEGIN;
-- Since when it is so: since the last transition, or since it has cooled, which no row tells; if it had before it was heard of last, as it would have without that.
SELECT done('cooled', 'newsletter_signup', '20 days'), done('cooled before', 'newsletter_signup', '20 days'), done('cooled before', 'page_view', '1 day'),
	done('made cold', 'newsletter_signup', '2 days'), done('made cold', 'unsubscribe', '1 day'), done('made cold', 'newsletter_signup', '1 hour'), done('made cold', 'bounce', '30 minutes'), done('made cold', 'unsubscribe', '20 minutes'), done('made cold', 'newsletter_signup', '10 minutes'),
	done('no longer hot', 'newsletter_signup', '30 days'), done('no longer hot', 'demo_request', '20 days'), done('no longer hot', 'page_view', '1 hour');
SELECT n.lead, why, since, due, CASE n.lead WHEN 'cooled' THEN n.since = date_trunc('minute', now() - r.warm_until) END AS since_it_cooled FROM next AS n
	JOIN (SELECT lead, lead_temperature.cools_at(heat, 10) AS warm_until FROM event_lead) AS r ON r.lead = n.lead ORDER BY n.lead COLLATE "C";
-- local times are those of the tracker
SELECT lead_temperature.alter_tracker('event', time_zone => 'Asia/Kolkata');
SELECT why = 'cold lead since ' || to_char(since AT TIME ZONE 'Asia/Kolkata', 'YYYY-MM-DD HH24:MI') || ', by cooling' AS in_its_zone FROM event_next_action WHERE lead = 'cooled';
ROLLBACK;

BEGIN;
-- Rules are edited as they are used: the first in order that fits, for any stage but visitor or just one, with or without a channel.
SELECT done('v', 'add_to_cart', '1 hour'), done('l', 'newsletter_signup', '2 days'), done('l', 'event_conversation', '1 hour'), done('o', 'newsletter_signup', '2 days'), done('o', 'meeting_held', '1 hour');
SELECT lead, action, channel FROM next ORDER BY lead COLLATE "C";
INSERT INTO lead_temperature.playbook (model, priority, stage, temperature, action, due_within) VALUES ('m', 1, 'opportunity', 'hot', 'visit', '2 days'), ('m', 2, 'visitor', 'warm', 'ask', '0');
INSERT INTO lead_temperature.playbook (model, priority, action, channel, needs_consent) VALUES ('m', 3, 'post card', 'post', false), ('m', 4, 'call', 'phone', true);
SELECT lead, action, channel, due FROM next ORDER BY lead;
UPDATE lead_temperature.playbook SET stage = 'lead' WHERE priority = 3;
SELECT lead, action, channel FROM next ORDER BY lead;
SELECT lead_temperature.log_action('event', 'o', 'visit') > 0 AS logged;
SELECT lead, action FROM next ORDER BY lead;
DELETE FROM lead_temperature.playbook WHERE priority < 5;
SELECT lead, action FROM next ORDER BY lead COLLATE "C";
-- a model without rules works by those of the template default
DELETE FROM lead_temperature.playbook WHERE model = 'm';
SELECT lead, action FROM next ORDER BY lead COLLATE "C";
ROLLBACK;

BEGIN;
-- What was done about leads that are merged was done about the one that they count for, until they are taken apart.
SELECT done('three', 'newsletter_signup', '40 days'), done(w, 'quote_request', '1 hour') FROM unnest(ARRAY['one', 'two', 'three']) AS w;
SELECT lead_temperature.log_action('event', 'one', 'call') > 0 AS logged;
SELECT lead_temperature.merge_leads('event', 'one', 'two'), lead_temperature.merge_leads('event', 'two', 'three');
SELECT lead, action FROM next ORDER BY lead COLLATE "C";
SELECT later('1 day');
SELECT lead_temperature.log_action('event', 'two', 'call') > 0 AS logged, later('1 day');
SELECT lead, action, n FROM next;
SELECT lead_temperature.log_action('event', 'three', 'call') > 0 AS logged, later('1 day');
SELECT lead, action, n FROM next;
SELECT lead_temperature.unmerge_lead('event', 'two');
SELECT lead, action, n FROM next ORDER BY lead;
SELECT lead_temperature.unmerge_lead('event', 'one');
SELECT lead, action, n FROM next ORDER BY lead;
-- forgotten, with all that was done
SELECT lead_temperature.merge_leads('event', 'one', 'two');
SELECT * FROM lead_temperature.forget('event', 'two', delete_rows => true) WHERE relation = 'event_action'::regclass;
SELECT lead, action FROM event_action;
ROLLBACK;

-- Who may read the view needs no other right, and sees nothing but it; who may write actions may log them, as himself.
SELECT done('hot', 'newsletter_signup', '2 days', 'hats'), done('hot', 'demo_request', '2 minutes', 'shoes');
GRANT SELECT ON event_next_action TO regress_lt_agent;
SET ROLE regress_lt_agent;
SELECT lead, action, topic FROM event_next_action;
SELECT count(*) FROM lead_temperature.playbook WHERE model = 'm';
TABLE event_action;
SELECT lead_temperature.log_action('event', 'hot', 'call');
INSERT INTO event_action (lead, action) VALUES ('hot', 'call');
SELECT lead_temperature.top_topic('event', 'hot');
RESET ROLE;
GRANT INSERT ON event_action TO regress_lt_agent;
SET ROLE regress_lt_agent;
SELECT lead_temperature.log_action('event', 'hot', 'call', 'whatsapp', 'by another way') > 0 AS logged;
INSERT INTO event_action (lead, action) VALUES ('hot', 'write');
SELECT lead, action FROM event_next_action;
RESET ROLE;
SELECT lead, action, channel, taken_by, note FROM event_action ORDER BY id;
DELETE FROM event_action;
REVOKE ALL ON event_next_action FROM regress_lt_agent;
GRANT SELECT (lead, action) ON event_next_action TO regress_lt_agent;
SET ROLE regress_lt_agent;
SELECT lead, action FROM event_next_action;
SELECT lead, topic FROM event_next_action;
SELECT lead_temperature.action_topic('event_lead', 'hot');
RESET ROLE;
-- functions in views run as who reads: a right on another view over it is not enough
REVOKE ALL ON event_next_action FROM regress_lt_agent;
CREATE VIEW todo AS SELECT lead, action, topic FROM event_next_action;
GRANT SELECT ON todo TO regress_lt_agent;
SET ROLE regress_lt_agent;
TABLE todo;
SELECT lead_temperature.playbook_rules('event_lead');
SELECT lead_temperature.with_sales('event_lead');
RESET ROLE;
-- one that may read the topic of one tracker may not of another by the way
CREATE TABLE other (lead text, kind text, at timestamptz, product text);
SELECT lead_temperature.track('other', 'lead', 'kind', 'at', model => 'm', create_index => true, topic => 'product');
SELECT lead_temperature.add_module('other', 'playbook');
INSERT INTO other VALUES ('o', 'demo_request', now(), 'secret');
GRANT SELECT ON event_next_action TO regress_lt_agent;
SET ROLE regress_lt_agent;
SELECT lead_temperature.action_topic(s, l) FROM (VALUES ('event_lead'::regclass, 'hot'), ('other_lead', 'o')) AS v (s, l);
RESET ROLE;
SELECT lead_temperature.untrack('other');

-- What is refused.
SELECT lead_temperature.log_action(NULL, 'hot', 'call');
SELECT lead_temperature.log_action('event', NULL, 'call');
SELECT lead_temperature.log_action('event', 'hot', NULL);
SELECT lead_temperature.log_action('event', 'nobody', 'call');
\set VERBOSITY default
SELECT lead_temperature.log_action('event', 'hot', 'shout');
SELECT lead_temperature.log_action('other', 'o', 'call');
SELECT lead_temperature.add_module('event', 'playbook');
\set VERBOSITY terse
ALTER TABLE event_action DROP COLUMN note;
DROP TABLE event_action;
DROP VIEW event_next_action CASCADE;
SELECT count(*) FROM event_action;

-- A query for one lead goes by the key, for what was done about it as well; nobody's topic is read but of those that are shown.
INSERT INTO event SELECT 'l' || i, 'quote_request', now() - interval '1 hour', 'hats' FROM generate_series(1, 3000) AS i;
ANALYZE event_lead, event_action, event_transition, event_alias;
CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (costs off) ' || query LOOP
		IF line ~ 'Scan|Sort|Limit' THEN RETURN NEXT regexp_replace(line, '^[ >-]+', ''); END IF;
	END LOOP;
END
$$;
SET enable_seqscan = off;
SELECT plan($$SELECT * FROM event_next_action WHERE lead = 'l7'$$);
RESET enable_seqscan;
CREATE FUNCTION slow(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'topic of %', $1; RETURN $1; END $$;
SELECT lead_temperature.alter_tracker('event', topic => 'slow(product || lead)');
SELECT lead, action, topic FROM event_next_action ORDER BY due, lead LIMIT 2;
SELECT count(*) FROM event_next_action;
SELECT lead_temperature.alter_tracker('event', topic => 'product');

-- Leads of any type.
CREATE EXTENSION IF NOT EXISTS citext;
CREATE DOMAIN email AS varchar(30) COLLATE "C" CHECK (value <> '');
CREATE TYPE person AS (site int, name text);
CREATE FUNCTION acted(type text, value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('CREATE TABLE typed (lead %s, kind text, at timestamptz)', type);
	PERFORM lead_temperature.track('typed', 'lead', 'kind', 'at', model => 'm', create_index => true);
	PERFORM lead_temperature.add_module('typed', 'playbook');
	EXECUTE format('INSERT INTO typed VALUES (%L, %L, now())', value, 'quote_request');
	result := (SELECT action FROM typed_next_action);
	PERFORM lead_temperature.log_action('typed', value, 'call');
	result := concat(result, ' ', (SELECT count(*) FROM typed_next_action), ' ', (SELECT lead FROM typed_action));
	PERFORM lead_temperature.untrack('typed');
	DROP TABLE typed;
	RETURN result;
END
$$;
SELECT type, acted(type, value) FROM (VALUES ('int', '7'), ('uuid', '00000000-0000-4000-8000-000000000007'), ('email', 'x'), ('citext', 'Ann'), ('person', '(1,Ann)'), ('numeric(6,2)', '7'), ('timestamptz', '2026-01-01 00:00+00'), ('varchar(5) COLLATE "C"', 'x')) AS v (type, value);

-- Another model takes the rules along where it has none of its own; those are lost with the module, or the tracker, that were taken.
INSERT INTO lead_temperature.model (name, half_life, warm, mql, hot) VALUES ('bare', '14 days', 10, 25, 40);
SELECT lead_temperature.create_model('shop', 'shop');
DELETE FROM lead_temperature.playbook WHERE model = 'm' AND priority > 30;
CALL lead_temperature.activate('event', 'bare');
SELECT model, string_agg(action, ', ' ORDER BY priority) FROM lead_temperature.playbook WHERE model IN ('bare', 'm', 'shop') GROUP BY 1 ORDER BY 1;
CALL lead_temperature.activate('event', 'shop');
SELECT count(*) FROM lead_temperature.playbook WHERE model = 'shop';
RESET client_min_messages;
SELECT lead_temperature.log_action('event', 'hot', 'call') > 0 AS logged;
-- an action of a time to which none can be added hides no other lead
BEGIN;
SELECT count(*) > 1 AS others FROM event_next_action WHERE lead <> 'hot';
UPDATE event_action SET at = '294276-12-31 23:59:59+00' WHERE lead = 'hot';
SELECT count(*) > 1 AS others, count(*) FILTER (WHERE lead = 'hot') AS hot FROM event_next_action;
UPDATE event_action SET at = 'infinity' WHERE lead = 'hot';
SELECT count(*) > 1 AS others, count(*) FILTER (WHERE lead = 'hot') AS hot FROM event_next_action;
ROLLBACK;
SELECT lead_temperature.drop_module('event', 'playbook');
DROP VIEW todo, next;
SELECT lead_temperature.drop_module('event', 'playbook');
SELECT lead_temperature.add_module('event', 'playbook');
SELECT lead_temperature.log_action('event', 'hot', 'call') > 0 AS logged;
SELECT lead_temperature.untrack('event');

SET client_min_messages = warning;
DROP TABLE event, other;
DROP FUNCTION done, later, act, plan, slow, acted;
DROP DOMAIN email;
DROP TYPE person;
DROP EXTENSION citext;
DELETE FROM lead_temperature.model WHERE name IN ('m', 'owned', 'bare', 'shop');
SELECT count(*) FROM lead_temperature.playbook;
DROP OWNED BY regress_lt_owner, regress_lt_agent, regress_lt_member;
DROP ROLE regress_lt_member, regress_lt_owner, regress_lt_agent;
