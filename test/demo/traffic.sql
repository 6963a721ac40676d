/*
 * traffic.sql
 *	  Interactions as a web shop and a B2B site see them: 14,000 visitors and
 *	  6,000 contacts, about 200,000 rows, in the tables shop_event and b2b_event.
 *
 * Everybody follows a journey.  The words of a journey are kinds (kind*3: three
 * times), waits (+2d: about two days) and exits (?40: 40 of 100 go on).  What
 * lies in the future has not happened.  Chance is a hash, so that every run
 * makes the same traffic, up to now.
 */

CREATE TABLE shop_event (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	visitor bigint NOT NULL,
	event text NOT NULL,
	happened_at timestamptz NOT NULL
);
CREATE INDEX ON shop_event (visitor, happened_at);

CREATE TABLE b2b_event (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	contact text NOT NULL,
	activity text NOT NULL,
	at timestamptz NOT NULL,
	channel text,
	paid numeric
);
CREATE INDEX ON b2b_event (contact, at);

-- share: of 100 leads; span: days over which the leads come in
CREATE TEMP TABLE journey (site text, persona text, share int, words text);
INSERT INTO journey VALUES
	('shop', 'gone at once', 18, 'ad_click visit page_view bounce'),
	('shop', 'looks around', 30, 'visit page_view*2 product_view*2 +2d visit page_view product_view ?50 +3d visit page_view*2 product_view'),
	('shop', 'compares', 21, 'ad_click visit page_view*2 product_view*3 +1d visit site_search product_view*3 review_read*2 ?80 +1d visit comparison_view pricing_view product_view*2 ?60 +2d visit review_read product_view*2 email_click'),
	('shop', 'subscribes', 13, 'visit page_view*2 product_view*2 newsletter_signup +2d email_open email_click visit product_view ?70 +4d email_open email_click visit product_view*2 ?40 +5d email_open visit add_to_cart'),
	('shop', 'buys', 12, 'ad_click visit page_view product_view*3 +1d visit product_view*2 add_to_cart ?75 question +1d question_answered ?70 visit checkout_started ?70 +1d purchase ?30 +7d visit product_view*2 newsletter_signup +6d visit add_to_cart'),
	('shop', 'buys and stays', 4, 'visit product_view*3 add_to_cart checkout_started purchase +5d visit review_read product_view*4 +4d visit add_to_cart ?50 checkout_started purchase'),
	('shop', 'complains', 2, 'visit newsletter_signup page_view +4d email_open unsubscribe ?40 spam_complaint'),
	('b2b', 'gone at once', 14, 'ad_click visit page_view bounce'),
	('b2b', 'reads', 34, 'visit page_view*4 +6d visit page_view*3 ?60 pricing_view +9d visit page_view*2 ?50 content_download +14d email_open email_click visit'),
	('b2b', 'follows', 20, 'social_follow visit page_view*3 +5d newsletter_signup +9d email_open email_click visit page_view*2 ?60 webinar_attended +12d visit pricing_view'),
	('b2b', 'met at a fair', 13, 'event_badge_scan ?60 event_conversation +3d email_open visit page_view*3 ?60 info_request +6d call pricing_view ?40 demo_request +7d meeting_booked +5d meeting_held'),
	('b2b', 'evaluates', 14, 'visit page_view*4 pricing_view +3d visit comparison_view pricing_view content_download ?60 +5d question +1d question_answered ?60 demo_request +6d meeting_booked ?80 +4d meeting_held trial_started ?70 +14d quote_request ?60 +9d purchase'),
	('b2b', 'decides against it', 5, 'referral visit page_view*3 pricing_view +4d demo_request +7d meeting_booked +2d no_show ?70 +8d opportunity_lost');

-- chance is a number from 0 to 1 that depends on its arguments alone.
CREATE FUNCTION pg_temp.chance(lead bigint, salt int) RETURNS float8
LANGUAGE sql IMMUTABLE AS
$$ SELECT (pg_catalog.hashint8extended(lead, salt) & 1048575) / 1048576.0 $$;

-- words of the journeys, one row a row to be, with the wait and the exit before it
CREATE TEMP TABLE word AS
SELECT site, persona, row_number() OVER (PARTITION BY site, persona ORDER BY ord, n)::int AS step,
	CASE WHEN word !~ '^[+?]' THEN split_part(word, '*', 1) END AS kind,
	coalesce(substring(word FROM '^\+(\d+)d$')::float8, 0.002) AS wait,
	coalesce(substring(word FROM '^\?(\d+)$')::float8, 100) / 100 AS go_on
FROM journey, regexp_split_to_table(words, ' ') WITH ORDINALITY AS w (word, ord),
	generate_series(1, coalesce(substring(word FROM '\*(\d+)$')::int, 1)) AS n;

-- who sets out on which journey, and when
CREATE TEMP TABLE lead AS
SELECT site, n, persona,
	now() - span * (1 - pg_temp.chance(n, 1)) * interval '1 day' AS start
FROM (VALUES ('shop', 1, 14000, 13), ('b2b', 100001, 106000, 180)) AS s (site, first, last, span),
	generate_series(first, last) AS n,
	LATERAL (SELECT persona, sum(share) OVER (ORDER BY persona) AS upto, share
			 FROM journey WHERE journey.site = s.site) AS j
WHERE pg_temp.chance(n, 2) * 100 < upto AND pg_temp.chance(n, 2) * 100 >= upto - share;

CREATE TEMP TABLE traffic AS
SELECT site, n, kind, at
FROM (SELECT site, n, step, kind,
		start + sum(wait * (0.4 + 1.2 * pg_temp.chance(n, 10 + step))) OVER journey * interval '1 day' AS at,
		bool_and(pg_temp.chance(n, 1010 + step) < go_on) OVER journey AS still_there
	  FROM lead JOIN word USING (site, persona)
	  WINDOW journey AS (PARTITION BY n ORDER BY step)) AS s
WHERE kind IS NOT NULL AND still_there AND at < now();

INSERT INTO shop_event (visitor, event, happened_at)
SELECT 500000 + n, kind, at FROM traffic WHERE site = 'shop' ORDER BY at;

INSERT INTO b2b_event (contact, activity, at, channel, paid)
SELECT format('%s.%s@%s.example',
		(ARRAY['ada', 'ben', 'carla', 'dmitri', 'elif', 'femi', 'greta', 'hugo', 'ines', 'jonas',
			   'kofi', 'lena', 'mateo', 'nora', 'otto', 'priya', 'quentin', 'rosa', 'sven', 'tara'])[1 + number % 20],
		(ARRAY['adler', 'brandt', 'costa', 'dupont', 'eriksen', 'fischer', 'garcia', 'horvat', 'ito', 'jensen',
			   'kowalski', 'lopez', 'moreau', 'novak', 'olsen', 'petrov', 'quist', 'rossi', 'silva', 'tanaka'])[1 + number / 20 % 20],
		(ARRAY['acme', 'bluefin', 'cobalt', 'delta-works', 'evergreen', 'foundry', 'granite', 'harbour', 'ironbridge', 'juniper',
			   'kestrel', 'lumen', 'meridian', 'northwind', 'orchard', 'pinnacle', 'quarry', 'riverside', 'summit', 'tundra'])[1 + number / 400]),
	kind, at,
	CASE WHEN kind = 'ad_click' THEN 'ads' WHEN kind LIKE 'social%' THEN 'social' WHEN kind = 'email_click' THEN 'email'
		WHEN kind LIKE 'event_%' THEN 'exhibitions' WHEN kind = 'referral' THEN 'referral' WHEN kind = 'visit' AND pg_temp.chance(n, 3) < 0.4 THEN 'seo' END,
	CASE WHEN kind = 'purchase' THEN 500 + 100 * (n % 60) END
FROM (SELECT *, n::bigint * 3331 % 8000 AS number FROM traffic WHERE site = 'b2b') AS t
ORDER BY at;

ANALYZE shop_event, b2b_event;
