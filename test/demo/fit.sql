/*
 * fit.sql
 *	  What make demo shows of who leads are: attributes from a table of contacts, rules of fit, and grade by
 *	  temperature.
 *
 * Takes the variables prefix and interactions; the contacts are made by a hash, and those of large firms buy no more
 * than others.
 */

\set matrix :prefix _matrix
\set ranking :prefix _ranking

CREATE TABLE b2b_contact AS
	SELECT contact, (ARRAY['tools', 'food', 'health', 'public'])[1 + (hashtext(contact) & 3)] AS industry,
		(exp(((hashtext(contact) >> 3) & 255) / 32.0))::int AS employees
	FROM (SELECT DISTINCT contact FROM b2b_event) AS c;
ALTER TABLE b2b_contact ADD PRIMARY KEY (contact);

SELECT pg_temp.title('Who they are, from a table of contacts');
SELECT pg_temp.query('INSERT INTO lead_temperature.fit_rule VALUES (''b2b'', ''industry'', ''in'', ''{tools,health}'', 15), (''b2b'', ''employees'', ''range'', ''[500,)'', 20), ...');
INSERT INTO lead_temperature.fit_rule VALUES ('b2b', 'industry', 'in', '{tools,health}', 15),
	('b2b', 'employees', 'range', '[50,500)', 10), ('b2b', 'employees', 'range', '[500,)', 20);
SELECT pg_temp.query(format('SELECT lead_temperature.add_attribute(%L, ''b2b_contact'', ''contact'', ''industry'')', :'interactions'));
SELECT pg_temp.query(format('SELECT lead_temperature.add_attribute(%L, ''b2b_contact'', ''contact'', ''employees'')', :'interactions'));
SELECT pg_temp.query(format('CALL lead_temperature.replay(%L)', :'interactions'));
SELECT format('  %s leads with a fit', greatest(lead_temperature.add_attribute(:'interactions', 'b2b_contact', 'contact', 'industry'),
	lead_temperature.add_attribute(:'interactions', 'b2b_contact', 'contact', 'employees')));
CALL lead_temperature.replay(:'interactions');

SELECT pg_temp.title('How well they fit, and how hot they are');
SELECT pg_temp.query(format('SELECT * FROM %I', :'matrix'));
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.l('grade', 5), pg_temp.l('temperature', 11), pg_temp.r('leads', 7), pg_temp.r('won', 6), pg_temp.r('of closed', 9), 'what to do'), 'dim');
SELECT '  ' || concat_ws('  ', pg_temp.l(grade, 5), pg_temp.paint(pg_temp.l(temperature, 11), temperature), pg_temp.r(pg_temp.n(leads), 7), pg_temp.r(pg_temp.n(won), 6),
	pg_temp.r(coalesce(to_char(100 * conversion, 'FM990') || ' %', ''), 9), action)
FROM :"matrix" ORDER BY grade, temperature_order DESC;

SELECT pg_temp.title('The hottest of grade A');
SELECT pg_temp.query(format('SELECT * FROM %I WHERE grade = ''A'' ORDER BY level DESC LIMIT 5', :'ranking'));
SELECT '  ' || concat_ws('  ', pg_temp.l(lead::text, 30), pg_temp.r(round(score::numeric, 1), 6), pg_temp.paint(pg_temp.l(temperature, 11), temperature), pg_temp.r(fit::text, 4), grade)
FROM (SELECT * FROM :"ranking" WHERE grade = 'A' ORDER BY level DESC LIMIT 5) AS r ORDER BY level DESC;
