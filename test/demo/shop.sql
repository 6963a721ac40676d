/*
 * shop.sql
 *	  A model for a web shop that logs no more than views, carts and purchases
 *	  (as the RetailRocket data set does).
 *
 * Who comes back to look is warm, who fills a cart after a look around is hot
 * for a day or two; looking alone never is.
 */

INSERT INTO lead_temperature.model (name, half_life, warm, mql, hot) VALUES ('demo', '7 days', 10, 25, 40);

INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ('demo', 'browsing', 20);

INSERT INTO lead_temperature.signal (model, kind, points, signal_group, stage) VALUES
	('demo', 'view', 3, 'browsing', NULL),
	('demo', 'addtocart', 40, NULL, 'opportunity');

INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES
	('demo', 'transaction', 'won');
