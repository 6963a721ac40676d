--
-- Models, groups and signals
--
SET search_path = public, lead_temperature;

-- what a statement is refused with: a constraint by name, else the message
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	broken text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, coalesce(nullif(broken, ''), SQLERRM), nullif(hint, ''));
END $$;

-- user rows are dumped, and there are none to begin with
SELECT c::regclass FROM pg_extension, unnest(extconfig) AS c
WHERE extname = 'lead_temperature' AND c::regclass::text IN ('model', 'signal_group', 'signal')
ORDER BY c::regclass::text COLLATE "C";
SELECT (SELECT count(*) FROM model) AS models, (SELECT count(*) FROM signal_group) AS groups, (SELECT count(*) FROM signal) AS signals;

--
-- Templates
--
SELECT * FROM templates();
SELECT name, m.* FROM templates(), template_model(name) AS m;
SELECT * FROM template_signal_group('default') ORDER BY name COLLATE "C";
SELECT * FROM template_signal('default') ORDER BY signal_group COLLATE "C", outcome, kind COLLATE "C";
-- the others weigh alike
SELECT t.name, count(*), count(*) FILTER (WHERE d.kind IS NULL) AS different
FROM templates() AS t CROSS JOIN template_signal(t.name) AS s
LEFT JOIN template_signal('default') AS d ON d = s
GROUP BY t.name ORDER BY t.name;
SELECT t.name, array_agg((g.name, g.cap) ORDER BY g.name COLLATE "C") FROM templates() AS t, template_signal_group(t.name) AS g
GROUP BY t.name ORDER BY t.name;
SELECT count(*) FROM template_model('unknown');
SELECT count(*) FROM template_signal_group('unknown');
SELECT count(*) FROM template_signal('unknown');
SELECT count(*) FROM template_signal(NULL);

--
-- create_model
--
SELECT create_model('plain');
SELECT create_model('Tom''s "shop"', 'shop');
SELECT create_model(template => 'b2b', name => 'business');
SELECT name, owner = current_user AS mine, half_life, warm, mql, hot FROM model ORDER BY name;
SELECT model, count(*) FROM signal GROUP BY model ORDER BY model;
SELECT model, name, cap FROM signal_group ORDER BY model, name;
SELECT count(*) AS alike
FROM signal AS s JOIN template_signal('default') AS t
	ON (s.kind, s.points, s.signal_group, s.stage, s.outcome) IS NOT DISTINCT FROM (t.kind, t.points, t.signal_group, t.stage, t.outcome)
WHERE s.model = 'plain';

SELECT pg_temp.refusal($$SELECT lead_temperature.create_model('plain')$$);
SELECT pg_temp.refusal($$SELECT lead_temperature.create_model('other', 'retail')$$);
SELECT pg_temp.refusal($$SELECT lead_temperature.create_model('other', 'Default')$$);
SELECT pg_temp.refusal($$SELECT lead_temperature.create_model('other', '')$$);
SELECT pg_temp.refusal($$SELECT lead_temperature.create_model('other', NULL)$$);
SELECT pg_temp.refusal($$SELECT lead_temperature.create_model('')$$);
SELECT pg_temp.refusal($$SELECT lead_temperature.create_model(NULL)$$);
SELECT count(*) FROM model;

-- what lies first on the search path is of no consequence
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.eq(text, text) RETURNS boolean LANGUAGE plpgsql AS
$$ BEGIN RAISE 'hostile'; END $$;
CREATE OPERATOR hostile.= (FUNCTION = hostile.eq, LEFTARG = text, RIGHTARG = text);
CREATE TABLE hostile.model AS SELECT 'hostile' AS name;
SET search_path = hostile, pg_catalog;
SELECT 'a'::text = 'a'::text;
SELECT lead_temperature.create_model('safe', 'b2b');
SET search_path = public, lead_temperature;
SELECT half_life, count(s) FROM model AS m JOIN signal AS s ON s.model = m.name WHERE m.name = 'safe' GROUP BY half_life;
SET client_min_messages = warning;
DROP SCHEMA hostile CASCADE;
RESET client_min_messages;

--
-- Constraints say by their names what they refuse
--
SELECT assignment, pg_temp.refusal('UPDATE lead_temperature.model SET ' || assignment || ' WHERE name = ''plain''')
FROM unnest(ARRAY[
	'half_life = ''1 minute''', 'half_life = ''59.999999 seconds''', 'half_life = ''0''', 'half_life = ''-1 day''',
	'half_life = ''36525 days''', 'half_life = ''36525 days 0.000001 seconds''', 'half_life = ''876600 hours''',
	'half_life = ''1 month''', 'half_life = ''1 year''', 'half_life = ''-1 month 60 days''', 'half_life = ''1 year -11 months''',
	'half_life = NULL', 'half_life = ''14 days''',
	'warm = 0', 'warm = -1', 'warm = 25', 'warm = 25.000001', 'warm = ''NaN''', 'warm = ''infinity''', 'warm = ''-infinity''', 'warm = NULL',
	'warm = 10', 'mql = 9.99', 'mql = 40', 'mql = 40.01', 'mql = ''NaN''', 'mql = NULL',
	'mql = 25', 'hot = 24.99', 'hot = 25', 'hot = ''NaN''', 'hot = ''infinity''', 'hot = 1.7976931348623157e308', 'hot = NULL',
	'hot = 40', 'warm = ''NaN'', mql = ''NaN'', hot = ''NaN''', 'warm = ''infinity'', mql = ''infinity'', hot = ''infinity''',
	'name = ''''', 'name = NULL', 'name = ''business''', 'owner = NULL'
]) WITH ORDINALITY AS t (assignment, n) ORDER BY n;

SELECT row_given, pg_temp.refusal('INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ' || row_given)
FROM unnest(ARRAY[
	$$('plain', 'events', 0.5)$$, $$('plain', 'events', 1)$$, $$('business', 'events', 1.7976931348623157e308)$$,
	$$('plain', 'g', 0)$$, $$('plain', 'g', -1)$$, $$('plain', 'g', 'NaN')$$, $$('plain', 'g', 'infinity')$$, $$('plain', 'g', NULL)$$,
	$$('plain', '', 1)$$, $$('plain', NULL, 1)$$, $$(NULL, 'g', 1)$$, $$('none', 'g', 1)$$
]) WITH ORDINALITY AS t (row_given, n) ORDER BY n;

SELECT row_given, pg_temp.refusal('INSERT INTO lead_temperature.signal (model, kind, points, signal_group, stage, outcome) VALUES ' || row_given)
FROM unnest(ARRAY[
	$$('plain', 'k1', 0, NULL, NULL, NULL)$$, $$('plain', 'k2', -3.5, 'browsing', 'opportunity', NULL)$$, $$('plain', 'k3', NULL, NULL, NULL, 'won')$$,
	$$('plain', 'k1', 1, NULL, NULL, NULL)$$,
	$$('plain', '', 1, NULL, NULL, NULL)$$, $$('plain', NULL, 1, NULL, NULL, NULL)$$, $$(NULL, 'k', 1, NULL, NULL, NULL)$$,
	$$('plain', 'k', 'NaN', NULL, NULL, NULL)$$, $$('plain', 'k', 'infinity', NULL, NULL, NULL)$$, $$('plain', 'k', '-infinity', NULL, NULL, NULL)$$,
	$$('plain', 'k', NULL, NULL, NULL, NULL)$$, $$('plain', 'k', NULL, 'browsing', 'lead', NULL)$$,
	$$('plain', 'k', NULL, NULL, NULL, 'open')$$, $$('plain', 'k', NULL, NULL, NULL, 'bought')$$, $$('plain', 'k', 1, NULL, 'prospect', NULL)$$,
	$$('plain', 'k', 1, NULL, NULL, 'lost')$$, $$('plain', 'k', NULL, 'browsing', NULL, 'lost')$$, $$('plain', 'k', NULL, NULL, 'lead', 'lost')$$,
	$$('plain', 'k', 1, 'none', NULL, NULL)$$, $$('none', 'k', 1, NULL, NULL, NULL)$$,
	-- a group of another model
	$$('safe', 'k', 1, 'events', NULL, NULL)$$
]) WITH ORDINALITY AS t (row_given, n) ORDER BY n;

-- a group in use stays; its new name is followed, and so is the model's
SELECT pg_temp.refusal($$DELETE FROM lead_temperature.signal_group WHERE (model, name) = ('plain', 'content')$$);
SELECT pg_temp.refusal($$DELETE FROM lead_temperature.signal_group WHERE (model, name) = ('plain', 'events')$$);
UPDATE signal_group SET name = 'reading' WHERE (model, name) = ('plain', 'content');
UPDATE model SET name = 'renamed' WHERE name = 'plain';
SELECT model, signal_group, count(*) FROM signal WHERE model IN ('plain', 'renamed') GROUP BY 1, 2 ORDER BY 1, 2;
SELECT model, name FROM signal_group WHERE model IN ('plain', 'renamed') ORDER BY 1, 2;
DELETE FROM model WHERE name = 'renamed';
SELECT model, count(*) FROM signal GROUP BY model ORDER BY model;
SELECT model, count(*) FROM signal_group GROUP BY model ORDER BY model;

-- names compare alike in every database
SELECT table_name, column_name, collation_name FROM information_schema.columns
WHERE table_schema = 'lead_temperature' AND table_name IN ('model', 'signal_group', 'signal') AND data_type = 'text' ORDER BY 1, 2;

--
-- Row level security: ann sells, bob does not
--
CREATE ROLE regress_lt_sales;
CREATE ROLE regress_lt_ann IN ROLE regress_lt_sales;
CREATE ROLE regress_lt_bob;
CREATE ROLE regress_lt_leaver;

SET ROLE regress_lt_ann;
SELECT count(*) FROM model;			-- none of the superuser's
SELECT create_model('ann');
SELECT create_model('team', 'b2b');
UPDATE model SET owner = 'regress_lt_sales' WHERE name = 'team';
SELECT name, owner FROM model ORDER BY name;
SELECT model, count(*) FROM signal GROUP BY model ORDER BY model;
SELECT model, count(*) FROM signal_group GROUP BY model ORDER BY model;
-- she gives nothing to, and takes nothing in the name of, a role that she does not belong to
SELECT pg_temp.refusal($$UPDATE lead_temperature.model SET owner = 'regress_lt_bob' WHERE name = 'ann'$$);
SELECT pg_temp.refusal($$UPDATE lead_temperature.model SET owner = 'regress_lt_nobody' WHERE name = 'ann'$$);
SELECT pg_temp.refusal($$INSERT INTO lead_temperature.model VALUES ('x', 'regress_lt_bob', '14 days', 10, 25, 40)$$);
SELECT pg_temp.refusal($$INSERT INTO lead_temperature.model VALUES ('x', 'regress_lt_sales', '14 days', 10, 25, 40)$$);
SELECT pg_temp.refusal($$INSERT INTO lead_temperature.model (name, half_life, warm, mql, hot) VALUES ('y', '14 days', 10, 25, 40)$$);
SELECT name, owner FROM model ORDER BY name;
DELETE FROM model WHERE name IN ('x', 'y');
-- hidden models keep their names
SELECT pg_temp.refusal($$SELECT lead_temperature.create_model('business')$$);
SELECT pg_temp.refusal($$SELECT lead_temperature.create_model('ann')$$);
SELECT pg_temp.refusal('TRUNCATE lead_temperature.signal');
SELECT pg_temp.refusal('ALTER TABLE lead_temperature.model DISABLE ROW LEVEL SECURITY');

SET ROLE regress_lt_sales;
SELECT name, owner FROM model ORDER BY name;
UPDATE signal SET points = 7 WHERE kind = 'visit' RETURNING model, points;

SET ROLE regress_lt_bob;
SELECT create_model('bob', 'shop');
SELECT name, owner FROM model ORDER BY name;
SELECT model, count(*) FROM signal GROUP BY model ORDER BY model;
SELECT model, count(*) FROM signal_group GROUP BY model ORDER BY model;
UPDATE model SET hot = 50 WHERE name = 'team';
DELETE FROM model WHERE name = 'team';
UPDATE signal SET points = 0 WHERE model = 'team';
DELETE FROM signal_group WHERE model = 'team';
-- no rows, groups or signals slipped into another's model
SELECT pg_temp.refusal($$INSERT INTO lead_temperature.signal (model, kind, points) VALUES ('team', 'bribe', 100)$$);
SELECT pg_temp.refusal($$INSERT INTO lead_temperature.signal (model, kind, points) VALUES ('bob', 'bribe', 100)$$);
SELECT pg_temp.refusal($$UPDATE lead_temperature.signal SET model = 'team' WHERE kind = 'bribe'$$);
SELECT pg_temp.refusal($$INSERT INTO lead_temperature.signal_group VALUES ('team', 'gifts', 100)$$);
SELECT pg_temp.refusal($$INSERT INTO lead_temperature.signal VALUES ('team', 'visit', 100)
	ON CONFLICT (model, kind) DO UPDATE SET points = excluded.points$$);
SELECT pg_temp.refusal($$INSERT INTO lead_temperature.model VALUES ('team', 'regress_lt_bob', '14 days', 10, 25, 40)
	ON CONFLICT (name) DO UPDATE SET owner = excluded.owner$$);
-- his own he may rename, with all that belongs to it, though not over another's
UPDATE model SET name = 'robert' WHERE name = 'bob';
SELECT pg_temp.refusal($$UPDATE lead_temperature.model SET name = 'team' WHERE name = 'robert'$$);
SELECT model, count(*) FROM signal GROUP BY model;

-- a role that is gone hides its own rows alone, one that has another name keeps them
SET ROLE regress_lt_leaver;
SELECT create_model('left behind');
RESET ROLE;
DROP ROLE regress_lt_leaver;
SET ROLE regress_lt_ann;
SELECT name, owner FROM model ORDER BY name;
RESET ROLE;
SELECT name, owner FROM model WHERE owner::text LIKE 'regress%' ORDER BY name;
ALTER ROLE regress_lt_sales RENAME TO regress_lt_sellers;
SET ROLE regress_lt_ann;
SELECT name, owner FROM model ORDER BY name;
SELECT model, count(*) FROM signal GROUP BY model ORDER BY model;
-- just as she and her colleagues left it
SELECT m.hot, s.points, (SELECT array_agg(g.name ORDER BY g.name) FROM signal_group AS g WHERE g.model = m.name) AS groups
FROM model AS m JOIN signal AS s ON s.model = m.name WHERE (m.name, s.kind) = ('team', 'visit');
RESET ROLE;
-- as with tables, a member needs the rights of the owner: one who does not inherit them sets the role first
CREATE ROLE regress_lt_eve NOINHERIT IN ROLE regress_lt_sellers;
SET ROLE regress_lt_eve;
SELECT count(*) FROM model;
RESET ROLE;
-- a former member sees them no more
REVOKE regress_lt_sellers FROM regress_lt_ann;
SET ROLE regress_lt_ann;
SELECT name, owner FROM model ORDER BY name;
RESET ROLE;

DELETE FROM model;
SELECT (SELECT count(*) FROM model) AS models, (SELECT count(*) FROM signal_group) AS groups, (SELECT count(*) FROM signal) AS signals;
DROP ROLE regress_lt_ann, regress_lt_bob, regress_lt_eve, regress_lt_sellers;
