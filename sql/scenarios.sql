--
-- What must be true of a shop that uses the template "default", sentence by
-- sentence.  Unless the sentence says otherwise it is an hour after the last row.
--
BEGIN;		-- all at one now()
CREATE TABLE story (lead text, kind text, at timestamptz);
SELECT lead_temperature.track('story', 'lead', 'kind', 'at', create_index => true);

-- A story is a list of kinds, each with the hours that passed since the one before; it ends some time ago.
CREATE PROCEDURE tell(who text, story text, ended interval DEFAULT '1 hour') LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	FOR r IN
		SELECT split_part(e, '+', 1) AS kind,
			   now() - ended - (sum(hours) OVER () - sum(hours) OVER (ORDER BY i)) * interval '1 hour' AS at
		FROM regexp_split_to_table(story, ', ') WITH ORDINALITY AS s (e, i),
			coalesce(nullif(split_part(e, '+', 2), '')::float8, 0.01) AS hours
		ORDER BY i
	LOOP
		INSERT INTO story VALUES (who, r.kind, r.at);
	END LOOP;
END
$$;
CREATE FUNCTION temperature_of(who text) RETURNS text LANGUAGE sql AS $$ SELECT temperature FROM story_ranking WHERE lead = who $$;
CREATE FUNCTION stage_of(who text) RETURNS text LANGUAGE sql AS $$ SELECT stage FROM story_ranking WHERE lead = who $$;

CALL tell('one visit', 'visit');
SELECT 'one visit is cold' AS sentence, temperature_of('one visit') = 'cold' AS holds;

CALL tell('ad', 'ad_click, visit, page_view, page_view, page_view, page_view, pricing_view');
SELECT 'an ad click, a visit, four pages and the prices are cold' AS sentence, temperature_of('ad') = 'cold' AS holds;

CALL tell('thrice', 'visit, visit+24, visit+24');
SELECT 'three visits in some days are warm and still a visitor' AS sentence,
	   temperature_of('thrice') = 'warm' AND stage_of('thrice') = 'visitor' AS holds;

CALL tell('bounced', 'visit, bounce');
SELECT 'a visit that bounced is cold' AS sentence, temperature_of('bounced') = 'cold' AS holds;

CALL tell('reader of news', 'newsletter_signup');
SELECT 'a newsletter sign-up is warm and a lead' AS sentence,
	   temperature_of('reader of news') = 'warm' AND stage_of('reader of news') = 'lead' AS holds;

CALL tell('asker', 'question');
SELECT 'a question is warm and a lead' AS sentence,
	   temperature_of('asker') = 'warm' AND stage_of('asker') = 'lead' AS holds;

CALL tell('reader', repeat('visit, product_view, pricing_view, comparison_view, review_read, newsletter_signup, content_download, '
						   'webinar_attended, social_follow, ', 20) || 'visit');
SELECT 'reading and browsing alone are never hot' AS sentence,
	   temperature_of('reader') = 'warm'
	   AND NOT EXISTS (SELECT FROM story_transition WHERE lead = 'reader' AND to_temperature = 'hot') AS holds;

INSERT INTO story SELECT 'crawler', 'page_view', now() - interval '1 hour' - i * interval '0.3 seconds' FROM generate_series(1, 10000) AS i;
SELECT 'a crawler with 10,000 page views is never hot' AS sentence,
	   interactions = 10000 AND temperature <> 'hot' AND score <= 20
	   AND NOT EXISTS (SELECT FROM story_transition WHERE lead = 'crawler' AND to_temperature = 'hot') AS holds
	FROM story_ranking WHERE lead = 'crawler';

CALL tell('shopper', 'add_to_cart, info_request', '25 hours');
SELECT 'cart + information request is warm' AS sentence, temperature_of('shopper') = 'warm' AS holds;
CALL tell('shopper', 'question_answered');
SELECT 'and hot once the question is answered the next day' AS sentence, temperature_of('shopper') = 'hot' AS holds;

CALL tell('at the till', 'checkout_started', '7 days');
SELECT 'an unfinished checkout is hot for a week' AS sentence,
	   temperature_of('at the till') = 'hot' AND stage_of('at the till') = 'opportunity' AS holds;
CALL tell('left the till', 'checkout_started', '9 days');
SELECT 'and not for much longer' AS sentence, temperature_of('left the till') = 'warm' AS holds;

CALL tell('demo', 'demo_request', '13 days 23 hours');
SELECT 'a demo request is hot for two weeks' AS sentence, temperature_of('demo') = 'hot' AS holds;
CALL tell('quote', 'quote_request', '13 days 23 hours');
SELECT 'a quote request is hot for two weeks' AS sentence, temperature_of('quote') = 'hot' AS holds;
CALL tell('old demo', 'demo_request', '14 days 1 hour');
CALL tell('old quote', 'quote_request', '14 days 1 hour');
SELECT 'and not for longer' AS sentence, temperature_of('old demo') = 'warm' AND temperature_of('old quote') = 'warm' AS holds;

CALL tell('buyer', 'visit, add_to_cart, checkout_started, purchase', '26 hours');
SELECT 'a purchase makes a customer, who is not hot' AS sentence,
	   stage_of('buyer') = 'customer' AND temperature_of('buyer') = 'cold'
	   AND (SELECT status = 'won' AND purchases = 1 AND NOT is_open FROM story_ranking WHERE lead = 'buyer') AS holds;
CALL tell('buyer', 'visit, add_to_cart, checkout_started');
SELECT 'and can become so again' AS sentence,
	   stage_of('buyer') = 'customer' AND temperature_of('buyer') = 'hot'
	   AND (SELECT status = 'open' AND cycle = 2 AND purchases = 1 FROM story_ranking WHERE lead = 'buyer') AS holds;

CALL tell('lost', 'demo_request, meeting_held+48, opportunity_lost+240', '26 hours');
SELECT 'a deal can be lost' AS sentence, status = 'lost' AND stage = 'opportunity' AND temperature = 'cold' AS holds
	FROM story_ranking WHERE lead = 'lost';
CALL tell('lost', 'page_view');
SELECT 'a lost deal does not come back by one page view' AS sentence, status = 'lost' AND cycle = 1 AND stage = 'opportunity' AS holds
	FROM story_ranking WHERE lead = 'lost';
CALL tell('lost', 'info_request', '30 minutes');
SELECT 'but it does by a request' AS sentence, status = 'open' AND cycle = 2 AND stage = 'lead' AND temperature = 'warm' AS holds
	FROM story_ranking WHERE lead = 'lost';

CALL tell('left alone', 'visit, add_to_cart, question, form_submit', '0');
SELECT 'a hot lead left alone cools by itself at exactly cools_at' AS sentence,
	   temperature_of('left alone') = 'hot' AND r.hot_until = c.at
	   AND lead_temperature.temperature(l.heat, 10, 40, c.at - interval '1 microsecond') = 'hot'
	   AND lead_temperature.temperature(l.heat, 10, 40, c.at) = 'warm' AS holds
	FROM story_lead l JOIN story_ranking r USING (lead), lead_temperature.cools_at(l.heat, 40) AS c (at)
	WHERE lead = 'left alone';
SELECT 'and so it does from warm to cold' AS sentence,
	   r.warm_until = c.at
	   AND lead_temperature.temperature(l.heat, 10, 40, c.at - interval '1 microsecond') = 'warm'
	   AND lead_temperature.temperature(l.heat, 10, 40, c.at) = 'cold' AS holds
	FROM story_lead l JOIN story_ranking r USING (lead), lead_temperature.cools_at(l.heat, 10) AS c (at)
	WHERE lead = 'left alone';
SELECT 'so do all leads of these stories that were hot at their last row' AS sentence, count(*) AS of_leads,
	   bool_and(lead_temperature.temperature(l.heat, 10, 40, c.at - interval '1 microsecond') = 'hot'
				AND lead_temperature.temperature(l.heat, 10, 40, c.at) = 'warm') AS holds
	FROM story_lead l, lead_temperature.cools_at(l.heat, 40) AS c (at)
	WHERE c.at > l.last_at;

SELECT 'and nothing drifted' AS sentence, count(*) = 0 AS holds FROM lead_temperature.drift('story');
ROLLBACK;
