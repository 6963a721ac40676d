/*
 * timeline.sql
 *	  A CRM that writes all that happens to people, companies and opportunities into one
 *	  timeline, with names that need quotes, uuids, what happened in a text, and rows
 *	  that go to the bin.
 */
CREATE TABLE person (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "nameFirstName" text, "deletedAt" timestamptz);
CREATE TABLE opportunity (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), stage text, "pointOfContactId" uuid);
CREATE TABLE "timelineActivity" (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"happensAt" timestamptz NOT NULL DEFAULT now(),
	name text NOT NULL,
	properties jsonb,
	"workspaceMemberId" uuid,	-- of the salesman who did it; NULL: it was the person
	"targetPersonId" uuid,
	"targetOpportunityId" uuid,
	"deletedAt" timestamptz
);
CREATE INDEX ON "timelineActivity" ("targetPersonId") WHERE "deletedAt" IS NULL;

-- begin of the page
SELECT lead_temperature.track('"timelineActivity"', lead => 'targetPersonId',
	kind => $$CASE name
		WHEN 'message.received' THEN 'question'
		WHEN 'calendarEvent.held' THEN 'meeting_held'
		WHEN 'form.submitted' THEN coalesce(properties -> 'form' ->> 'kind', 'form_submit')
		WHEN 'opportunity.updated' THEN CASE properties #>> '{diff,stage,after}' WHEN 'CUSTOMER' THEN 'purchase' WHEN 'LOST' THEN 'opportunity_lost' END
		END$$,
	at => 'happensAt', weight => $$greatest(coalesce(nullif(properties ->> 'amount', '')::float8 / 1000, 1), 0.001)$$,
	filter => $$"deletedAt" IS NULL AND name NOT LIKE 'note.%' AND "workspaceMemberId" IS NULL$$,
	prefix => 'person_heat', entry => 'lead');
-- end of the page

CREATE VIEW expected AS
SELECT "targetPersonId" AS lead, "happensAt" AS at, CASE WHEN jsonb_typeof(properties -> 'amount') = 'number' THEN CASE WHEN (properties ->> 'amount')::float8 < 1 THEN 0.001 ELSE (properties ->> 'amount')::float8 / 1000 END END AS weight,
	CASE WHEN name = 'message.received' THEN 'question' WHEN name = 'calendarEvent.held' THEN 'meeting_held'
		WHEN name = 'form.submitted' THEN coalesce(properties -> 'form' ->> 'kind', 'form_submit')
		WHEN properties #>> '{diff,stage,after}' = 'CUSTOMER' THEN 'purchase' WHEN properties #>> '{diff,stage,after}' = 'LOST' THEN 'opportunity_lost' END AS kind
FROM "timelineActivity"
WHERE "deletedAt" IS NULL AND left(name, 5) <> 'note.' AND "workspaceMemberId" IS NULL AND jsonb_typeof(properties -> 'amount') IS DISTINCT FROM 'string';
CALL adoption.follow('"timelineActivity"', 'expected', 'person_heat', 'lead');

INSERT INTO person (id) SELECT md5(i::text)::uuid FROM generate_series(1, 100) AS i;
INSERT INTO "timelineActivity" (name, properties, "workspaceMemberId", "targetPersonId", "happensAt")
SELECT k.name, k.properties::jsonb, CASE WHEN i % 6 = 0 THEN md5('seller')::uuid END, CASE WHEN i % 11 > 0 THEN md5((1 + i % 100)::text)::uuid END, timestamptz '2026-01-01 00:00+00' + i * interval '3 hours'
FROM generate_series(1, 2000) AS i,
	LATERAL (SELECT * FROM (VALUES (0, 'message.received', NULL), (1, 'form.submitted', '{"form": {"kind": "demo_request"}}'), (2, 'form.submitted', '{"amount": 500}'), (3, 'note.created', '{}'),
		(4, 'calendarEvent.held', '{"amount": "a lot"}'), (5, 'opportunity.updated', '{"diff": {"stage": {"before": "NEW", "after": "CUSTOMER"}}}'), (6, 'opportunity.updated', '{"diff": {"stage": {"after": "LOST"}}}'),
		(7, 'person.updated', '{"diff": {"name": {}}}')) AS v (n, name, properties) WHERE n = (i * 7 + i / 100) % 8) AS k;
CALL adoption.check('what came is counted');
UPDATE "timelineActivity" SET "deletedAt" = now() WHERE "happensAt" > '2026-02-01' AND name = 'message.received';
CALL adoption.check('what went to the bin has gone');
UPDATE "timelineActivity" SET "deletedAt" = NULL WHERE "happensAt" < '2026-03-01';
CALL adoption.check('and came back');
-- two records of one person become one
UPDATE "timelineActivity" SET "targetPersonId" = md5('1')::uuid WHERE "targetPersonId" = md5('2')::uuid;
DELETE FROM person WHERE id = md5('2')::uuid;
CALL adoption.check('a person who was merged into another takes his history along');
CALL adoption.expect('rows that an expression fails for are told', $$SELECT sum(rows) > 0 FROM lead_temperature.skipped_rows('"timelineActivity"') WHERE reason = 'expression failed'$$);

-- The vendor's next versions
ALTER TABLE "timelineActivity" RENAME COLUMN name TO "activityName";
ALTER TABLE "timelineActivity" ADD COLUMN "targetCompanyId" uuid, DROP COLUMN "targetOpportunityId";
DROP TABLE opportunity;
INSERT INTO "timelineActivity" ("activityName", "targetPersonId", "happensAt") VALUES ('message.received', md5('3')::uuid, '2026-12-01 00:00+00');
CALL adoption.check('a renamed column is followed');
ALTER TABLE "timelineActivity" SET SCHEMA workspace;
CALL adoption.expect('what was made moves along', $$SELECT to_regclass('workspace.person_heat_lead') IS NOT NULL$$);
INSERT INTO workspace."timelineActivity" ("activityName", "targetPersonId", "happensAt") VALUES ('message.received', md5('3')::uuid, '2026-12-02 00:00+00');
CALL adoption.check('and is followed');
