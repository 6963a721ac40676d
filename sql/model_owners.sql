--
-- Whose models are: roles that are renamed, dropped, made again, and give away what they own
--
SET search_path = public, lead_temperature;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE ROLE regress_lt_a;
CREATE ROLE regress_lt_b;
CREATE SCHEMA shop;
GRANT ALL ON SCHEMA shop TO PUBLIC;
SET ROLE regress_lt_a;
SELECT create_model('of a'), create_model('also of a');
CREATE TABLE shop.log (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT track('shop.log', 'lead', 'kind', 'at', model => 'of a');
INSERT INTO shop.log VALUES (1, 'call', '2024-01-01'), (3, 'call', '2024-01-08');
SELECT name, owner, owner_id = owner::regrole AS is_id FROM model ORDER BY name;
RESET ROLE;

-- Renamed, a role keeps its models, and a new role of its old name does not get them.
ALTER ROLE regress_lt_a RENAME TO regress_lt_c;
CREATE ROLE regress_lt_a;
SET ROLE regress_lt_a;
SELECT count(*) FROM model;
SELECT count(*) FROM signal;
UPDATE model SET hot = 1000;
CREATE TABLE shop.other (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT track('shop.other', 'lead', 'kind', 'at', model => 'of a');
SET ROLE regress_lt_c;
SELECT name, owner FROM model ORDER BY name;
-- an update of other columns does not look the old name up again
UPDATE model SET hot = 41;
SELECT name, owner, owner_id = 'regress_lt_c'::regrole AS is_id FROM model ORDER BY name;
-- use writes the new name, which the dump needs
CALL replay('shop.log');
SELECT name, owner, owner_id = 'regress_lt_c'::regrole AS is_id FROM model ORDER BY name;
SELECT untrack('shop.log');
SELECT track('shop.log', 'lead', 'kind', 'at', model => 'also of a');
SELECT name, owner, owner_id = 'regress_lt_c'::regrole AS is_id FROM model ORDER BY name;
CALL activate('shop.log', 'of a');
-- who looks on writes nothing
RESET ROLE;
ALTER ROLE regress_lt_c RENAME TO regress_lt_d;
SELECT lead, at FROM observations('shop.log', '2024-01-02', '2024-01-02', horizon => '1 day', model => 'also of a');
SELECT name, owner, owner_id = 'regress_lt_d'::regrole AS is_id FROM model ORDER BY name;
SET ROLE regress_lt_d;
SELECT untrack('shop.log'), track('shop.log', 'lead', 'kind', 'at', model => 'of a');

-- owner_id is nobody's to write
SELECT name FROM model WHERE owner_id IS NULL OR owner_id = 0;
UPDATE model SET owner_id = 10;
INSERT INTO model (name, half_life, warm, mql, hot, owner_id) VALUES ('x', '14 days', 10, 25, 40, 10);
RESET ROLE;

-- A role that does not exist: as after a restore into a cluster that does not have it yet.
UPDATE model SET owner = 'regress_lt_missing' WHERE name = 'of a';
SELECT owner, owner_id FROM model WHERE name = 'of a';
SELECT model_role(owner_id, owner) FROM model WHERE name = 'of a';
SET ROLE regress_lt_d;
SELECT name FROM model ORDER BY name;
CALL replay('shop.log');
RESET ROLE;
-- superusers may use it
CREATE TABLE log (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT track('log', 'lead', 'kind', 'at', model => 'of a');
CALL replay('log');
-- created afterwards, the role has its models by its name
CREATE ROLE regress_lt_missing;
SET ROLE regress_lt_missing;
SELECT name, owner_id FROM model ORDER BY name;
RESET ROLE;
-- and by its OID once the model is used
CALL replay('log');
SELECT name, owner, owner_id = 'regress_lt_missing'::regrole AS is_id FROM model WHERE name = 'of a';
-- dropped and created again it is another role
SET client_min_messages = warning;
DROP OWNED BY regress_lt_missing;
RESET client_min_messages;
DROP ROLE regress_lt_missing;
CREATE ROLE regress_lt_missing;
SET ROLE regress_lt_missing;
SELECT name FROM model ORDER BY name;
RESET ROLE;
SELECT model_role(owner_id, owner) FROM model WHERE name = 'of a';
CALL replay('log');
SELECT untrack('log');

-- A superuser gives models away.
UPDATE model SET owner = 'regress_lt_d' WHERE name = 'of a';
SET ROLE regress_lt_d;
CALL replay('shop.log');
RESET ROLE;

-- REASSIGN OWNED moves the table, and no event trigger can see it: the hint says how the model follows.
REASSIGN OWNED BY regress_lt_d TO regress_lt_b;
SET ROLE regress_lt_b;
INSERT INTO shop.log VALUES (2, 'call', '2024-01-08');
SELECT lead, model FROM shop.log_ranking ORDER BY lead;
CALL replay('shop.log');
RESET ROLE;
UPDATE lead_temperature.model SET owner = 'regress_lt_b' WHERE name = 'of a';
SET ROLE regress_lt_b;
CALL replay('shop.log');
SELECT name FROM model ORDER BY name;

-- DROP OWNED deletes the models of its roles, but for those that tables of others are tracked with.
SELECT create_model('dropped with its table'), create_model('dropped alone'), create_model('needed');
CREATE TABLE shop.mine (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT track('shop.mine', 'lead', 'kind', 'at', model => 'dropped with its table');
RESET ROLE;
GRANT regress_lt_b TO regress_lt_d;
SET ROLE regress_lt_d;
CREATE TABLE shop.of_d (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT track('shop.of_d', 'lead', 'kind', 'at', model => 'needed');
RESET ROLE;
SELECT name, owner FROM model ORDER BY name;
BEGIN;
DROP OWNED BY regress_lt_b;
SELECT name, owner FROM model ORDER BY name;
SELECT interactions, model FROM trackers;
ROLLBACK;
-- roles can be named by who they are, and several at once
BEGIN;
SET LOCAL ROLE regress_lt_b;
DROP OWNED BY CURRENT_USER;
RESET ROLE;
SELECT name, owner FROM model ORDER BY name;
ROLLBACK;
DROP OWNED BY regress_lt_b, regress_lt_d, regress_lt_a CASCADE;
SELECT name, owner FROM model ORDER BY name;
SELECT count(*) FROM signal;

-- An administrator may close the tables to all but those who keep models: then nobody else locks them.
CREATE ROLE regress_lt_keepers;
GRANT regress_lt_keepers TO regress_lt_a;
CREATE ROLE regress_lt_writer;
BEGIN;
SET LOCAL ROLE regress_lt_writer;
LOCK TABLE model;
ROLLBACK;
REVOKE INSERT, UPDATE, DELETE ON model, signal_group, signal, trained_model, training_report FROM PUBLIC;
GRANT INSERT, UPDATE, DELETE ON model, signal_group, signal, trained_model, training_report TO regress_lt_keepers;
BEGIN;
SET LOCAL ROLE regress_lt_writer;
LOCK TABLE model;
ROLLBACK;
SET ROLE regress_lt_writer;
SELECT count(*) FROM model;
SELECT create_model('no keeper');
SET ROLE regress_lt_a;
CREATE TABLE shop.kept (lead int PRIMARY KEY, kind text, at timestamptz);
SELECT track('shop.kept', 'lead', 'kind', 'at');
GRANT INSERT ON shop.kept TO regress_lt_writer;
UPDATE signal SET points = 33 WHERE model = 'kept' AND kind = 'call';
CALL replay('shop.kept');
SET ROLE regress_lt_writer;
INSERT INTO shop.kept VALUES (1, 'call', '2024-01-01');
RESET ROLE;
-- a table whose owner keeps no models is tracked with one that is named
CREATE TABLE shop.plain (lead int PRIMARY KEY, kind text, at timestamptz);
ALTER TABLE shop.plain OWNER TO regress_lt_writer;
SET ROLE regress_lt_writer;
SELECT track('shop.plain', 'lead', 'kind', 'at');
RESET ROLE;
SELECT create_model('given');
UPDATE model SET owner = 'regress_lt_writer' WHERE name = 'given';
SET ROLE regress_lt_writer;
SELECT track('shop.plain', 'lead', 'kind', 'at', model => 'given');
INSERT INTO shop.plain VALUES (1, 'call', '2024-01-01');
CALL replay('shop.plain');
SELECT lead FROM shop.plain_ranking;
RESET ROLE;
-- What training has found of a model is shown as long as the table's owner may read that.
INSERT INTO shop.plain VALUES (2, 'call', '2024-03-01');
INSERT INTO trained_model VALUES ('given', 0, 1, '14 days', '2024-01-01', '2023-01-01', '2023-06-01', '2023-06-01', '2023-12-01');
SET ROLE regress_lt_writer;
SELECT count(*), count(probability) FROM observations('shop.plain', '2024-01-02', '2024-01-09');
RESET ROLE;
UPDATE model SET owner = 'regress_lt_b' WHERE name = 'given';
SET ROLE regress_lt_writer;
SELECT count(*), count(probability) FROM observations('shop.plain', '2024-01-02', '2024-01-09');
RESET ROLE;
GRANT INSERT, UPDATE, DELETE ON model, signal_group, signal, trained_model, training_report TO PUBLIC;
SET client_min_messages = warning;
DROP SCHEMA shop CASCADE;
DROP TABLE log;
DROP OWNED BY regress_lt_a, regress_lt_b, regress_lt_d, regress_lt_missing, regress_lt_keepers, regress_lt_writer;
DELETE FROM model;
DROP ROLE regress_lt_a, regress_lt_b, regress_lt_d, regress_lt_missing, regress_lt_keepers, regress_lt_writer;
