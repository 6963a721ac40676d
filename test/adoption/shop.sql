/*
 * shop.sql
 *	  A shop: customers with accounts, guests who leave an e-mail, sessions that log in, carts
 *	  that are deleted when they become an order.  The lead is the e-mail, in lower case.
 */
CREATE TABLE account (id int PRIMARY KEY, email text NOT NULL, is_staff bool NOT NULL DEFAULT false);
CREATE TABLE session (key text PRIMARY KEY, account_id int, email text);
CREATE TABLE product_view (id serial PRIMARY KEY, session_key text, product int, viewed_at timestamptz);
CREATE INDEX ON product_view (session_key);
CREATE TABLE cart (token uuid PRIMARY KEY DEFAULT gen_random_uuid(), session_key text, email text, created_at timestamptz, changed_at timestamptz);
CREATE TABLE shop_order (id serial PRIMARY KEY, account_id int, email text, status text, created_at timestamptz, total numeric);
CREATE TABLE ticket (id serial PRIMARY KEY, account_id int, topic text, opened_at timestamptz);
CREATE INDEX ON ticket (account_id);
-- what the administrator may make: indexes
CREATE INDEX ON session (lower(email));
CREATE INDEX ON shop_order (lower(email), created_at);
CREATE INDEX ON account (lower(email));

-- begin of the page
SELECT lead_temperature.track('shop_order', lead => 'lower(email)',
	kind => $$CASE WHEN status IN ('paid', 'shipped') THEN 'purchase' ELSE 'checkout_started' END$$, at => 'created_at',
	weight => $$CASE WHEN status = 'refunded' THEN 0 ELSE 1 END$$, filter => $$status <> 'draft'$$, prefix => 'buyer', entry => 'lead');
SELECT lead_temperature.add_source('shop_order', 'product_view', lead => 'session_key', kind => $$'product_view'$$, at => 'viewed_at',
	via => 'session', via_key => 'key', via_lead => 'lower(email)');
SELECT lead_temperature.add_source('shop_order', 'cart', lead => 'lower(email)', kind => $$'add_to_cart'$$, at => 'changed_at', keep_changes => true);
SELECT lead_temperature.add_source('shop_order', 'ticket', lead => 'account_id', kind => $$'question'$$, at => 'opened_at',
	via => 'account', via_key => 'id', via_lead => 'lower(email)', via_filter => 'NOT is_staff');
-- end of the page

-- what has been done to carts, in plain SQL: each time that one was filled, or got another e-mail
CREATE TABLE cart_log (email text, at timestamptz);
CREATE FUNCTION log_cart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.email IS NOT NULL AND NEW.changed_at IS NOT NULL AND
		(TG_OP = 'INSERT' OR (lower(OLD.email), OLD.changed_at) IS DISTINCT FROM (lower(NEW.email), NEW.changed_at)) THEN
		INSERT INTO cart_log VALUES (NEW.email, NEW.changed_at);
	END IF;
	RETURN NULL;
END $$;
CREATE TABLE same_person (email text, known_as text);
CREATE TRIGGER log_cart AFTER INSERT OR UPDATE ON cart FOR EACH ROW EXECUTE FUNCTION log_cart();

CREATE VIEW expected AS
SELECT coalesce(p.known_as, e.lead) AS lead, e.at, e.kind, e.weight FROM (
SELECT lower(email) AS lead, created_at AS at, CASE WHEN status IN ('paid', 'shipped') THEN 'purchase' ELSE 'checkout_started' END AS kind,
	CASE WHEN status = 'refunded' THEN 0 ELSE 1 END AS weight
FROM shop_order WHERE status <> 'draft'
UNION ALL SELECT lower(s.email), v.viewed_at, 'product_view', NULL FROM product_view v JOIN session s ON s.key = v.session_key
UNION ALL SELECT lower(email), at, 'add_to_cart', NULL FROM cart_log
UNION ALL SELECT lower(a.email), t.opened_at, 'question', NULL FROM ticket t JOIN account a ON a.id = t.account_id WHERE NOT a.is_staff
) AS e LEFT JOIN same_person p ON p.email = e.lead;
CALL adoption.follow('shop_order', 'expected', 'buyer', 'lead');

INSERT INTO account SELECT i, 'Buyer' || i || '@Example.com', i % 20 = 0 FROM generate_series(1, 80) AS i;
INSERT INTO session SELECT 's' || i, CASE WHEN i % 3 = 0 THEN 1 + i % 80 END, CASE WHEN i % 3 = 0 THEN 'buyer' || 1 + i % 80 || '@example.com' END FROM generate_series(1, 300) AS i;
INSERT INTO product_view (session_key, product, viewed_at) SELECT 's' || 1 + i % 300, i % 17, timestamptz '2026-01-01' + i * interval '21 minutes' FROM generate_series(1, 3000) AS i;
INSERT INTO cart (session_key, email, created_at, changed_at) SELECT 's' || i, CASE WHEN i % 2 = 0 THEN 'Guest' || i || '@example.com' END, c, c FROM generate_series(1, 120) AS i, LATERAL (SELECT timestamptz '2026-02-10' + i * interval '1 hour') AS x (c);
INSERT INTO ticket (account_id, topic, opened_at) SELECT 1 + i % 80, 'where is it', timestamptz '2026-02-01' + i * interval '2 hours' FROM generate_series(1, 160) AS i;
INSERT INTO shop_order (account_id, email, status, created_at, total) SELECT i, 'BUYER' || i || '@example.com', (ARRAY['draft', 'placed', 'paid'])[1 + i % 3], timestamptz '2026-02-15' + i * interval '1 hour', 10 FROM generate_series(1, 60) AS i;
CALL adoption.check('what came is counted');
CALL adoption.expect('staff and sessions without an e-mail are no leads', $$SELECT count(*) = 0 FROM buyer_lead WHERE lead IN ('buyer20@example.com', '') AND interactions > 50$$);
-- somebody logs in, and somebody leaves an e-mail at the checkout
UPDATE session SET account_id = 7, email = 'Buyer7@example.com' WHERE key IN ('s1', 's2');
UPDATE session SET email = 'guest4@example.com' WHERE key = 's4';
CALL adoption.check('who logs in is known with all that he saw');
-- more is put into carts, and what is not read changes too
UPDATE cart SET changed_at = changed_at + interval '2 hours' WHERE session_key LIKE '%2';
UPDATE cart SET created_at = created_at - interval '1 minute';
CALL adoption.check('carts are filled');
-- checkout: the cart goes, an order comes
WITH bought AS (DELETE FROM cart WHERE session_key IN ('s4', 's8', 's12') RETURNING email, changed_at)
INSERT INTO shop_order (email, status, created_at, total) SELECT email, 'placed', changed_at + interval '1 day', 20 FROM bought;
UPDATE shop_order SET status = 'paid' WHERE status = 'placed' AND total = 20;
UPDATE shop_order SET status = 'refunded' WHERE id % 9 = 0;
CALL adoption.check('carts become orders, which are paid, and refunded');
CALL adoption.expect('what was in carts that are gone still counts', $$SELECT count(*) > 1 FROM buyer_change WHERE lead = 'guest12@example.com'$$);
UPDATE cart SET changed_at = '2026-03-01', email = 'late@example.com' WHERE session_key = 's1';
-- a guest makes an account; another changes his e-mail; one is staff after all
INSERT INTO account VALUES (200, 'guest8@example.com');
INSERT INTO ticket (account_id, topic, opened_at) VALUES (200, 'invoice', '2026-03-02'), (1, 'invoice', '2026-03-02');
UPDATE account SET email = 'new7@example.com' WHERE id = 7;
UPDATE shop_order SET email = 'new7@example.com' WHERE account_id = 7;
UPDATE session SET email = 'new7@example.com' WHERE account_id = 7;
UPDATE account SET is_staff = true WHERE id = 9;
CALL adoption.check('a guest gets an account, a customer another e-mail');
CALL adoption.expect('and is one lead', $$SELECT count(*) = 1 FROM buyer_lead WHERE lead IN ('buyer7@example.com', 'new7@example.com')$$);
-- somebody turns out to have two e-mails, and goes on writing from both
SELECT lead_temperature.merge_leads('shop_order', 'guest16@example.com', 'guest18@example.com');
INSERT INTO same_person VALUES ('guest16@example.com', 'guest18@example.com');
UPDATE cart SET changed_at = changed_at + interval '1 day' WHERE session_key IN ('s16', 's18');
INSERT INTO shop_order (email, status, created_at, total) VALUES ('Guest16@example.com', 'paid', '2026-03-02', 30);
CALL adoption.check('two who are one');
CALL adoption.expect('and one lead', $$SELECT count(*) = 1 FROM buyer_lead WHERE lead IN ('guest16@example.com', 'guest18@example.com')$$);
DELETE FROM session WHERE key IN (SELECT key FROM session WHERE account_id % 5 = 1);
CALL adoption.check('sessions expire');

-- The vendor's next version
ALTER TABLE session RENAME TO visit_session;
ALTER TABLE visit_session RENAME COLUMN email TO user_email;
ALTER TABLE product_view ADD COLUMN channel text DEFAULT 'web';
ALTER TABLE shop_order ALTER COLUMN total TYPE float8;
INSERT INTO visit_session VALUES ('z1', NULL, 'zoe@example.com');
INSERT INTO product_view (session_key, product, viewed_at) VALUES ('z1', 1, '2026-03-03');
CALL adoption.check('names are followed');
DROP VIEW expected;
ALTER TABLE ticket DROP COLUMN opened_at;
CALL adoption.expect('a column that is gone pauses the tracker, which names the source', $$SELECT count(*) = 1 FROM lead_temperature.sources WHERE relation = 'ticket'::regclass AND paused_because ~ 'opened_at'$$);
INSERT INTO cart (session_key, email, created_at, changed_at) VALUES ('z1', 'zoe@example.com', '2026-03-04', '2026-03-04');
ALTER TABLE ticket ADD COLUMN created_at timestamptz DEFAULT '2026-03-04';
SELECT lead_temperature.alter_source('shop_order', (SELECT source FROM lead_temperature.sources WHERE relation = 'ticket'::regclass), at => 'created_at');
SELECT lead_temperature.resume('shop_order');
DROP TABLE cart;
CALL lead_temperature.replay('shop_order');
CREATE VIEW expected AS
SELECT coalesce(p.known_as, e.lead) AS lead, e.at, e.kind, e.weight FROM (
SELECT lower(email) AS lead, created_at AS at, CASE WHEN status IN ('paid', 'shipped') THEN 'purchase' ELSE 'checkout_started' END AS kind,
	CASE WHEN status = 'refunded' THEN 0 ELSE 1 END AS weight
FROM shop_order WHERE status <> 'draft'
UNION ALL SELECT lower(s.user_email), v.viewed_at, 'product_view', NULL FROM product_view v JOIN visit_session s ON s.key = v.session_key
UNION ALL SELECT lower(email), at, 'add_to_cart', NULL FROM cart_log
UNION ALL SELECT lower(a.email), t.created_at, 'question', NULL FROM ticket t JOIN account a ON a.id = t.account_id WHERE NOT a.is_staff
) AS e LEFT JOIN same_person p ON p.email = e.lead;
CALL adoption.check('a table goes, what was kept of its records stays, and all is counted');
