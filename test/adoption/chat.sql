/*
 * chat.sql
 *	  A support inbox: messages of contacts, agents and bots in one table, with
 *	  integer kinds, local times, private notes and messages that are deleted softly.
 *
 * What tracks it is in docs/adopt.md.  Its tables and indexes are as the vendor has made
 * them, and nothing of them is altered or copied.
 */
CREATE TABLE contact (id int PRIMARY KEY, name text, email text, created_at timestamp NOT NULL DEFAULT timezone('UTC', now()));
CREATE TABLE agent (id int PRIMARY KEY, name text);
CREATE TABLE conversation (id int PRIMARY KEY, contact_id int REFERENCES contact, inbox_id int NOT NULL, status int NOT NULL DEFAULT 0);
CREATE TABLE message (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	conversation_id int NOT NULL REFERENCES conversation,
	inbox_id int NOT NULL,
	sender_type text,			-- Contact, User, AgentBot
	sender_id bigint,
	message_type int NOT NULL,	-- 0 incoming, 1 outgoing, 2 activity, 3 template
	content_type int NOT NULL DEFAULT 0,	-- 0 text, 3 a form, 9 an e-mail
	private boolean NOT NULL DEFAULT false,
	content text,
	content_attributes jsonb NOT NULL DEFAULT '{}',
	created_at timestamp NOT NULL,
	sentiment jsonb
);
CREATE INDEX message_on_sender ON message (sender_type, sender_id);
CREATE INDEX message_on_conversation ON message (conversation_id);

-- begin of the page
SELECT lead_temperature.track('message', lead => 'sender_id',
	kind => $$CASE WHEN content_type = 3 THEN 'form_submit' WHEN content ILIKE '%price%' THEN 'quote_request' ELSE 'question' END$$,
	at => 'created_at',
	filter => $$sender_type = 'Contact' AND message_type = 0 AND NOT private AND content_attributes ->> 'deleted' IS DISTINCT FROM 'true'$$);
-- end of the page

/* What every lead is, in plain SQL: the messages that contacts have written and not taken back. */
CREATE VIEW expected AS
SELECT m.sender_id AS lead, CASE WHEN m.content_type = 3 THEN 'form_submit' WHEN lower(m.content) LIKE '%price%' THEN 'quote_request' ELSE 'question' END AS kind,
	m.created_at AS at
FROM message m JOIN contact c ON c.id = m.sender_id
WHERE m.sender_type = 'Contact' AND m.message_type = 0 AND m.private = false AND coalesce(m.content_attributes ->> 'deleted', 'false') <> 'true';
CALL adoption.follow('message', 'expected');

-- Its life: people sign up and ask, agents answer, bots greet, notes are taken, somebody deletes what he wrote.
INSERT INTO contact SELECT i, 'Contact ' || i, format('c%s@x.example', i) FROM generate_series(1, 300) AS i;
INSERT INTO agent SELECT i, 'Agent ' || i FROM generate_series(1, 5) AS i;
INSERT INTO conversation SELECT i, 1 + i % 300, i % 3 FROM generate_series(1, 600) AS i;
INSERT INTO message (conversation_id, inbox_id, sender_type, sender_id, message_type, content_type, private, content, created_at)
SELECT c.id, c.inbox_id, w.sender_type,
	CASE w.sender_type WHEN 'Contact' THEN c.contact_id WHEN 'User' THEN 1 + i % 5 WHEN 'AgentBot' THEN 1 END,
	w.message_type, CASE WHEN i % 17 = 0 THEN 3 ELSE 0 END, w.private,
	CASE WHEN i % 23 = 0 THEN 'What is the PRICE?' ELSE 'How does it work?' END, timestamp '2026-03-01 09:00' + i * interval '7 minutes'
FROM generate_series(1, 3000) AS i JOIN conversation c ON c.id = 1 + i % 600,
	LATERAL (SELECT * FROM (VALUES (0, 'Contact', 0, false), (1, 'User', 1, false), (2, 'User', 1, true), (3, 'AgentBot', 1, false), (4, NULL, 2, false), (5, 'Contact', 0, false), (6, 'Contact', 3, false))
		AS v (n, sender_type, message_type, private) WHERE n = i % 7) AS w;
CALL adoption.check('what came is counted');
UPDATE message SET content_attributes = content_attributes || '{"deleted": true}', content = 'This message was deleted' WHERE id % 31 = 0;
CALL adoption.check('what was deleted softly has gone');
UPDATE message SET sentiment = '{"mood": "good"}' WHERE id % 2 = 0;
UPDATE conversation SET status = 1 WHERE id % 3 = 0;
CALL adoption.check('what is not read changes nothing');
DELETE FROM message WHERE conversation_id % 50 = 0;
DELETE FROM conversation WHERE id % 50 = 0;
CALL adoption.check('deleted conversations are gone');
INSERT INTO message (conversation_id, inbox_id, sender_type, sender_id, message_type, content, created_at) VALUES (1, 1, 'Contact', 2, 0, 'One more question', '2026-02-01 09:00');
CALL adoption.check('a message that was imported late counts in its time');
CALL adoption.expect('an agent is no lead', $$SELECT NOT EXISTS (SELECT FROM message_lead WHERE lead NOT IN (SELECT id FROM contact))$$);

-- The vendor's next versions
ALTER TABLE message ADD COLUMN processed boolean DEFAULT false, DROP COLUMN sentiment;
CREATE TABLE attachment (id int, message_id bigint);
DROP TABLE agent CASCADE;
ALTER TABLE message RENAME COLUMN content_attributes TO attributes;
CREATE OR REPLACE VIEW expected AS
SELECT m.sender_id AS lead, CASE WHEN m.content_type = 3 THEN 'form_submit' WHEN lower(m.content) LIKE '%price%' THEN 'quote_request' ELSE 'question' END AS kind,
	m.created_at AS at
FROM message m JOIN contact c ON c.id = m.sender_id
WHERE m.sender_type = 'Contact' AND m.message_type = 0 AND m.private = false AND coalesce(m.attributes ->> 'deleted', 'false') <> 'true';
INSERT INTO message (conversation_id, inbox_id, sender_type, sender_id, message_type, content, created_at) VALUES (1, 1, 'Contact', 2, 0, 'And the price?', '2026-04-01 09:00');
CALL adoption.check('a renamed column is followed');
DROP VIEW expected;
ALTER TABLE message ALTER COLUMN created_at TYPE timestamptz USING created_at AT TIME ZONE 'UTC';
ALTER TABLE message DROP COLUMN private;
CALL adoption.expect('a column that was read is dropped, and the tracker says so',
	$$SELECT paused AND paused_because ~ 'private' FROM lead_temperature.trackers WHERE interactions = 'message'::regclass$$);
INSERT INTO message (conversation_id, inbox_id, sender_type, sender_id, message_type, content, created_at) VALUES (1, 1, 'Contact', 2, 0, 'Hello?', '2026-04-02 09:00+00');
SELECT lead_temperature.alter_tracker('message',
	filter => $$sender_type = 'Contact' AND message_type = 0 AND attributes ->> 'deleted' IS DISTINCT FROM 'true'$$);
SELECT lead_temperature.resume('message');
CREATE VIEW expected AS
SELECT m.sender_id AS lead, CASE WHEN m.content_type = 3 THEN 'form_submit' WHEN lower(m.content) LIKE '%price%' THEN 'quote_request' ELSE 'question' END AS kind,
	m.created_at AS at
FROM message m JOIN contact c ON c.id = m.sender_id
WHERE m.sender_type = 'Contact' AND m.message_type = 0 AND coalesce(m.attributes ->> 'deleted', 'false') <> 'true';
CALL adoption.check('and goes on with what is left');
CALL adoption.expect('a person is forgotten', $$SELECT count(*) = 4 FROM lead_temperature.forget('message', '2', delete_rows => true)$$);
CALL adoption.check('and the others are as they were');
