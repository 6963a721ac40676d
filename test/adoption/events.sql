/*
 * events.sql
 *	  Product analytics: events of several teams by a distinct id, persons who have several of
 *	  these, kinds in an URL within a jsonb, times in milliseconds, bots by their user agent.
 */
CREATE TABLE team (id int PRIMARY KEY, name text);
CREATE TABLE posted_event (
	id bigint GENERATED ALWAYS AS IDENTITY,
	team_id int NOT NULL,
	event text NOT NULL,
	distinct_id text NOT NULL,
	properties jsonb,
	"timestamp" bigint NOT NULL,	-- milliseconds
	created_at timestamptz DEFAULT now()
) PARTITION BY RANGE ("timestamp");
CREATE TABLE posted_event_1 PARTITION OF posted_event FOR VALUES FROM (0) TO (1769904000000);
CREATE TABLE posted_event_2 (created_at timestamptz DEFAULT now(), dropped int, "timestamp" bigint NOT NULL, properties jsonb, distinct_id text NOT NULL, event text NOT NULL, team_id int NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY);
ALTER TABLE posted_event_2 DROP COLUMN dropped;
ALTER TABLE posted_event_2 ALTER id DROP IDENTITY;
ALTER TABLE posted_event ATTACH PARTITION posted_event_2 FOR VALUES FROM (1769904000000) TO (MAXVALUE);
CREATE INDEX ON posted_event (team_id, distinct_id, "timestamp");

CREATE TABLE person_distinct_id (team_id int NOT NULL, distinct_id text NOT NULL, person_id bigint NOT NULL, is_deleted bool NOT NULL DEFAULT false, version bigint DEFAULT 0);
CREATE UNIQUE INDEX ON person_distinct_id (team_id, distinct_id);
CREATE INDEX ON person_distinct_id (person_id);

-- begin of the page
SELECT lead_temperature.track('posted_event', lead => 'distinct_id',
	kind => $$CASE
		WHEN event = '$pageview' AND properties ->> '$current_url' ~ '/pricing(/|\?|$)' THEN 'pricing_view'
		WHEN event = '$pageview' THEN 'page_view'
		ELSE replace(event, ' ', '_') END$$,
	at => $$"timestamp" / 1000.0$$,
	filter => $$team_id = 3 AND coalesce(properties ->> '$user_agent', '') !~* '(bot|spider|crawl)'$$,
	via => 'person_distinct_id', via_key => 'distinct_id', via_lead => 'person_id', via_filter => 'team_id = 3 AND NOT is_deleted');
-- end of the page

CREATE VIEW expected AS
SELECT p.person_id AS lead, to_timestamp("timestamp"::numeric / 1000) AS at,
	CASE WHEN event <> '$pageview' THEN replace(event, ' ', '_') WHEN properties ->> '$current_url' LIKE '%/pricing' OR properties ->> '$current_url' LIKE '%/pricing?%' OR properties ->> '$current_url' LIKE '%/pricing/%' THEN 'pricing_view' ELSE 'page_view' END AS kind
FROM posted_event e JOIN person_distinct_id p USING (team_id, distinct_id)
WHERE team_id = 3 AND NOT p.is_deleted AND NOT coalesce(properties ->> '$user_agent' ILIKE ANY ('{%bot%,%spider%,%crawl%}'), false);
CALL adoption.follow('posted_event', 'expected');

INSERT INTO team VALUES (3, 'ours'), (4, 'theirs');
-- the same ids in another team are others; some ids are persons only later
INSERT INTO person_distinct_id SELECT t, 'visitor ' || i, t * 1000 + i FROM generate_series(0, 129) AS i, (VALUES (3), (4)) AS v (t);
INSERT INTO posted_event (team_id, event, distinct_id, properties, "timestamp")
SELECT 3 + (i % 4 = 0)::int, k.event, 'visitor ' || i % 150,
	jsonb_build_object('$current_url', 'https://x.example' || k.path, '$user_agent', CASE WHEN i % 13 = 0 THEN 'GoogleBot/2.1' WHEN i % 13 = 1 THEN NULL ELSE 'Mozilla/5.0' END),
	1769904000000 + (i - 1500)::bigint * 1800000
FROM generate_series(1, 3000) AS i,
	LATERAL (SELECT * FROM (VALUES (0, '$pageview', '/'), (1, '$pageview', '/pricing'), (2, '$pageview', '/pricing?plan=pro'), (3, '$pageview', '/pricingless'), (4, 'add to cart', '/shop'), (5, 'demo request', '/demo'),
		(6, 'purchase', '/thanks')) AS v (n, event, path) WHERE n = (i * 3 + i / 50) % 7) AS k;
CALL adoption.check('what came is counted');
CALL adoption.expect('bots and other teams are no leads', $$SELECT sum(interactions) = (SELECT count(*) FROM expected) FROM posted_event_lead$$);
UPDATE posted_event SET properties = properties || '{"$geo": "NL"}' WHERE id % 5 = 0;
UPDATE posted_event SET properties = properties || '{"$user_agent": "Spider"}' WHERE distinct_id = 'visitor 7';
CALL adoption.check('a visitor who turns out to be a bot is gone');
INSERT INTO posted_event (team_id, event, distinct_id, properties, "timestamp") VALUES (3, 'demo request', 'visitor 8', '{}', 1700000000000), (3, 'demo request', 'new', NULL, 1900000000000);
CALL adoption.check('late rows and new ones');
INSERT INTO person_distinct_id VALUES (3, 'new', 3008, DEFAULT);
CALL adoption.check('somebody is identified, with what came before');
-- persons are merged: the ids of one become the other's
UPDATE person_distinct_id SET person_id = 3001, version = 1 WHERE person_id = 3002;
UPDATE person_distinct_id SET person_id = 3001, version = 1 WHERE team_id = 3 AND person_id BETWEEN 3003 AND 3006;
CALL adoption.check('persons are merged');
CALL adoption.expect('into one', $$SELECT count(*) = 1 FROM posted_event_lead WHERE lead BETWEEN 3001 AND 3006$$);
UPDATE person_distinct_id SET is_deleted = true WHERE distinct_id = 'visitor 20';
INSERT INTO person_distinct_id SELECT 3, 'visitor ' || i, 3000 + i FROM generate_series(130, 149) AS i;
CALL adoption.check('a person is split off, and others come');
DELETE FROM posted_event WHERE team_id = 4;
TRUNCATE posted_event_1;
CALL adoption.check('a month is truncated');

-- The vendor's next versions
ALTER TABLE posted_event RENAME COLUMN properties TO props;
ALTER TABLE posted_event ADD COLUMN person_mode text;
CREATE TABLE posted_event_0 PARTITION OF posted_event FOR VALUES FROM (MINVALUE) TO (0);
INSERT INTO posted_event (team_id, event, distinct_id, props, "timestamp") VALUES (3, 'question', 'visitor 8', '{}', 1800000000000);
CALL adoption.check('a renamed column is followed');
DROP VIEW expected;
ALTER TABLE posted_event ALTER COLUMN props TYPE text;
CALL adoption.expect('another type of what is read pauses the tracker', $$SELECT paused AND paused_because ~ 'kind' FROM lead_temperature.trackers WHERE interactions = 'posted_event'::regclass$$);
INSERT INTO posted_event (team_id, event, distinct_id, props, "timestamp") VALUES (3, 'question', 'visitor 9', '{}', 1800000000000);
SELECT lead_temperature.alter_tracker('posted_event',
	kind => $$CASE WHEN event = '$pageview' THEN CASE WHEN props::jsonb ->> '$current_url' ~ '/pricing(/|\?|$)' THEN 'pricing_view' ELSE 'page_view' END ELSE replace(event, ' ', '_') END$$,
	filter => $$team_id = 3 AND coalesce(props::jsonb ->> '$user_agent', '') !~* '(bot|spider|crawl)'$$);
SELECT lead_temperature.resume('posted_event');
CREATE VIEW expected AS
SELECT p.person_id AS lead, to_timestamp("timestamp"::numeric / 1000) AS at,
	CASE WHEN event <> '$pageview' THEN replace(event, ' ', '_') WHEN props::jsonb ->> '$current_url' LIKE '%/pricing' OR props::jsonb ->> '$current_url' LIKE '%/pricing?%' OR props::jsonb ->> '$current_url' LIKE '%/pricing/%' THEN 'pricing_view' ELSE 'page_view' END AS kind
FROM posted_event e JOIN person_distinct_id p USING (team_id, distinct_id)
WHERE team_id = 3 AND NOT p.is_deleted AND NOT coalesce(props::jsonb ->> '$user_agent' ILIKE ANY ('{%bot%,%spider%,%crawl%}'), false);
CALL adoption.check('and goes on with another expression');
