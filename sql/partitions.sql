--
-- Partitioned tables: rows reach them through the root and through every
-- partition, partitions come and go.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT lead_temperature.create_model('m');
CREATE FUNCTION seen(interactions regclass) RETURNS TABLE (leads text, drifts boolean, stale boolean) LANGUAGE plpgsql AS $$
DECLARE
	state regclass := (SELECT t.state FROM lead_temperature.tracker t WHERE t.interactions = seen.interactions);
BEGIN
	EXECUTE format('SELECT string_agg(format(''%%s:%%s'', lead, interactions), '' '' ORDER BY lead) FROM %s', state) INTO leads;
	drifts := EXISTS (SELECT FROM lead_temperature.drift(interactions));
	stale := (SELECT t.stale FROM lead_temperature.trackers t WHERE t.interactions = seen.interactions);
	RETURN NEXT;
END
$$;
-- followed lists the tables and partitions that have all four triggers, or some of them.
CREATE VIEW followed AS
	SELECT tgrelid::regclass, count(*) AS triggers FROM pg_trigger WHERE tgname LIKE 'lead_temperature%' GROUP BY 1 ORDER BY tgrelid::regclass::text;

-- Ranges of time, one of them of lists of regions: two levels.
CREATE TABLE log (id int, lead int, kind text, at timestamptz, region text, weight float8) PARTITION BY RANGE (at);
CREATE INDEX ON log (lead);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2024-02-01') TO ('2024-03-01') PARTITION BY LIST (region);
CREATE TABLE log_2_north PARTITION OF log_2 FOR VALUES IN ('north');
CREATE TABLE log_2_south PARTITION OF log_2 FOR VALUES IN ('south');
INSERT INTO log VALUES (1, 1, 'visit', '2024-01-01', 'north', 1), (2, 1, 'visit', '2024-02-01', 'south', 1);
SELECT lead_temperature.track('log', 'lead', 'kind', 'at', 'weight', model => 'm');
SELECT * FROM followed;
SELECT * FROM seen('log');

-- Through the root.
INSERT INTO log VALUES (3, 1, 'visit', '2024-01-02', 'north', 1), (4, 2, 'question', '2024-02-02', 'south', 1), (5, 2, 'visit', '2024-02-03', 'north', 1);
COPY log FROM STDIN (DELIMITER ',');
6,3,visit,2024-01-03,north,1
7,3,question,2024-02-03,south,1
\.
SELECT * FROM seen('log');
-- rows that move from leaf to leaf, from level to level, and stay what they are for the fold or not
UPDATE log SET region = 'north' WHERE id = 4;
UPDATE log SET at = '2024-01-20' WHERE id = 5;
UPDATE log SET at = '2024-02-20', lead = 4, kind = 'demo_request' WHERE id = 1;
UPDATE log SET weight = 2 WHERE lead = 3;
SELECT * FROM seen('log');
SELECT tableoid::regclass, array_agg(id ORDER BY id) FROM log GROUP BY 1 ORDER BY 1;
DELETE FROM log WHERE id IN (2, 7);
SELECT * FROM seen('log');

-- Through the partitions themselves.
INSERT INTO log_1 VALUES (10, 1, 'visit', '2024-01-10', 'north', 1), (11, 5, 'visit', '2024-01-10', 'north', 1);
INSERT INTO log_2 VALUES (12, 1, 'visit', '2024-02-10', 'north', 1), (13, 5, 'visit', '2024-02-10', 'south', 1);
INSERT INTO log_2_south VALUES (14, 1, 'visit', '2024-02-11', 'south', 1), (15, 6, 'question', '2024-02-11', 'south', 1);
COPY log_2_north FROM STDIN (DELIMITER ',');
16,6,visit,2024-02-01,north,1
17,7,visit,2024-02-01,north,1
\.
SELECT * FROM seen('log');
UPDATE log_1 SET kind = 'question' WHERE id = 11;
UPDATE log_2 SET region = 'south' WHERE id = 12;
UPDATE log_2_south SET lead = 8 WHERE id = 14;
UPDATE log_1 SET at = '2024-02-01' WHERE id = 10;
INSERT INTO log_1 VALUES (10, 1, 'visit', '2024-02-01', 'north', 1);
DELETE FROM log_2 WHERE id IN (13, 16);
DELETE FROM log_2_north WHERE id = 17;
SELECT * FROM seen('log');
BEGIN;
TRUNCATE log_2_south;
SELECT * FROM seen('log');
TRUNCATE log_2;
SELECT * FROM seen('log');
INSERT INTO log VALUES (20, 1, 'visit', '2024-01-20', 'north', 1), (21, 9, 'visit', '2024-02-20', 'north', 1);
TRUNCATE log_1, log_2_north;
SELECT * FROM seen('log');
ROLLBACK;
BEGIN;
TRUNCATE log;
SELECT * FROM seen('log');
INSERT INTO log_1 VALUES (20, 1, 'visit', '2024-01-20', 'north', 1);
SELECT * FROM seen('log');
ROLLBACK;
BEGIN;
TRUNCATE ONLY log_1;
INSERT INTO log SELECT * FROM log_2;
SELECT * FROM seen('log');
ROLLBACK;
SELECT * FROM seen('log');

-- Partitions that come: made as such, or with columns in another order and dropped ones.
CREATE TABLE log_3 PARTITION OF log FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');
SELECT * FROM seen('log');
INSERT INTO log VALUES (30, 1, 'visit', '2024-03-01', 'north', 1);
INSERT INTO log_3 VALUES (31, 1, 'visit', '2024-03-02', 'north', 1);
CREATE TABLE odd_order (gone int, weight float8, gone_too text, at timestamptz, kind text, gone_as_well int, region text, lead int, id int);
ALTER TABLE odd_order DROP COLUMN gone, DROP COLUMN gone_too, DROP COLUMN gone_as_well;
ALTER TABLE log ATTACH PARTITION odd_order FOR VALUES FROM ('2024-04-01') TO ('2024-05-01');
SELECT * FROM seen('log');
INSERT INTO log VALUES (32, 1, 'visit', '2024-04-01', 'north', 1), (33, 9, 'question', '2024-04-01', 'north', 1);
INSERT INTO odd_order (id, lead, kind, at, weight) VALUES (34, 1, 'visit', '2024-04-02', 1), (35, 10, 'visit', '2024-04-02', 0.5);
UPDATE log SET at = '2024-04-03', weight = 3 WHERE id = 12;
UPDATE odd_order SET kind = 'demo_request' WHERE id = 32;
DELETE FROM odd_order WHERE id = 33;
COPY odd_order (at, lead, id, kind) FROM STDIN (DELIMITER ',');
2024-04-04,10,36,question
\.
SELECT * FROM seen('log');
CREATE TABLE log_default PARTITION OF log DEFAULT;
INSERT INTO log VALUES (40, 11, 'visit', '2023-04-01', 'north', 1), (41, 12, 'visit', NULL, 'north', 1);
UPDATE log SET at = '2023-04-02' WHERE id IN (30, 41);
SELECT * FROM seen('log');
SELECT * FROM followed;

-- A tree that comes with rows makes the tracker stale; a replay takes them in.
CREATE TABLE log_5 (LIKE log) PARTITION BY LIST (region);
CREATE TABLE log_5_all PARTITION OF log_5 DEFAULT;
INSERT INTO log_5 VALUES (50, 1, 'visit', '2024-05-01', 'north', 1), (51, 13, 'visit', '2024-05-01', 'south', 1);
ALTER TABLE log ATTACH PARTITION log_5 FOR VALUES FROM ('2024-05-01') TO ('2024-06-01');
SELECT * FROM seen('log');
INSERT INTO log_5_all VALUES (52, 14, 'visit', '2024-05-01', 'north', 1);
SELECT * FROM seen('log');
CALL lead_temperature.replay('log');
SELECT * FROM seen('log');
CREATE TABLE log_5_south (LIKE log);
ALTER TABLE log_5 DETACH PARTITION log_5_all;
SELECT * FROM seen('log');
SELECT * FROM followed WHERE tgrelid::regclass::text LIKE 'log_5%';
ALTER TABLE log_5 ATTACH PARTITION log_5_south FOR VALUES IN ('south');
CALL lead_temperature.replay('log');
SELECT * FROM seen('log');
INSERT INTO log_5_all VALUES (53, 14, 'visit', '2024-05-01', 'north', 1);
INSERT INTO log VALUES (54, 14, 'visit', '2024-05-01', 'south', 1);
SELECT * FROM seen('log');
DROP TABLE log_5_all;

-- Partitions that go.
ALTER TABLE log DETACH PARTITION odd_order;
SELECT * FROM seen('log');
SELECT * FROM followed WHERE tgrelid = 'odd_order'::regclass;
INSERT INTO odd_order (id, lead, kind, at) VALUES (55, 1, 'visit', '2024-04-02');
SELECT lead_temperature.resume('log');
SELECT * FROM seen('log');
-- (concurrently, where there is that; not beside a default partition)
DROP TABLE log_default;
SELECT * FROM seen('log');
CALL lead_temperature.replay('log');
SELECT current_setting('server_version_num')::int >= 140000 AS has_concurrently \gset
\if :has_concurrently
ALTER TABLE log DETACH PARTITION log_3 CONCURRENTLY;
\else
ALTER TABLE log DETACH PARTITION log_3;
\endif
SELECT * FROM seen('log');
SELECT * FROM followed WHERE tgrelid = 'log_3'::regclass;
INSERT INTO log_3 VALUES (56, 1, 'visit', '2024-03-02', 'north', 1);
INSERT INTO log VALUES (57, 1, 'visit', '2024-01-31', 'north', 1);
CALL lead_temperature.replay('log');
SELECT * FROM seen('log');
DROP TABLE log_1;
SELECT * FROM seen('log');
CALL lead_temperature.replay('log');
SELECT * FROM seen('log');
DROP TABLE log_2 CASCADE;
CALL lead_temperature.replay('log');
SELECT * FROM seen('log');
SELECT * FROM followed;
-- all of it in one transaction, which may be rolled back
BEGIN;
ALTER TABLE log ATTACH PARTITION log_3 FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');
INSERT INTO log VALUES (60, 1, 'visit', '2024-03-05', 'north', 1);
CALL lead_temperature.replay('log');
SELECT * FROM seen('log');
ALTER TABLE log DETACH PARTITION log_5;
CALL lead_temperature.replay('log');
SELECT * FROM seen('log');
ROLLBACK;
SELECT * FROM seen('log');
SELECT * FROM followed;
INSERT INTO log_3 VALUES (61, 1, 'visit', '2024-03-06', 'north', 1);

-- A tracked table does not become a partition, of a tracked table or another, nor does a partition become tracked.
CREATE TABLE alone (LIKE log);
SELECT lead_temperature.track('alone', 'lead', 'kind', 'at', model => 'm', create_index => true);
ALTER TABLE log ATTACH PARTITION alone FOR VALUES FROM ('2024-06-01') TO ('2024-07-01');
CREATE TABLE untracked (LIKE log) PARTITION BY RANGE (at);
ALTER TABLE untracked ATTACH PARTITION alone DEFAULT;
CREATE TABLE branch (LIKE log) PARTITION BY RANGE (at);
CREATE TABLE branch_1 PARTITION OF branch DEFAULT;
SELECT lead_temperature.track('branch', 'lead', 'kind', 'at', model => 'm', create_index => true);
ALTER TABLE log ATTACH PARTITION branch FOR VALUES FROM ('2024-06-01') TO ('2024-07-01');
ALTER TABLE untracked ATTACH PARTITION branch DEFAULT;
SELECT lead_temperature.track('log_5_south', 'lead', 'kind', 'at', model => 'm');
SELECT lead_temperature.untrack('branch');
ALTER TABLE untracked ATTACH PARTITION branch DEFAULT;
CREATE TABLE heir () INHERITS (alone);
CREATE TABLE forebear (lead int, kind text);
ALTER TABLE alone INHERIT forebear;
ALTER TABLE forebear INHERIT alone;
ALTER TABLE odd_order INHERIT alone;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE far PARTITION OF log DEFAULT SERVER nowhere;
CREATE FOREIGN TABLE far (id int, lead int, kind text, at timestamptz, region text, weight float8) SERVER nowhere;
ALTER TABLE log ATTACH PARTITION far DEFAULT;
DROP FOREIGN DATA WRAPPER nowhere CASCADE;
INSERT INTO alone VALUES (1, 1, 'visit', '2024-01-01');
SELECT * FROM seen('alone');
SELECT * FROM followed;

-- Names of columns are changed for all partitions at once; those of partitions do not matter.
ALTER TABLE log RENAME lead TO "Lead";
ALTER TABLE log_5 RENAME TO may;
ALTER TABLE log_5_south SET SCHEMA lead_temperature;
ALTER TABLE lead_temperature.log_5_south SET SCHEMA public;
INSERT INTO may VALUES (70, 1, 'visit', '2024-05-05', 'south', 1);
INSERT INTO log_5_south VALUES (71, 20, 'visit', '2024-05-05', 'south', 1);
SELECT * FROM seen('log');
BEGIN;
ALTER TABLE log DROP COLUMN weight;
SELECT paused FROM lead_temperature.trackers WHERE interactions = 'log'::regclass;
ROLLBACK;
ALTER TABLE log DROP COLUMN id;
ALTER TABLE log ALTER kind TYPE varchar(20);
INSERT INTO log_5_south VALUES (20, 'visit', '2024-05-06', 'south', 1);
SELECT * FROM seen('log');

-- Nothing is left.
SELECT lead_temperature.untrack('log');
SELECT * FROM followed;
INSERT INTO log VALUES (20, 'visit', '2024-05-07', 'south', 1);
SELECT lead_temperature.track('log', 'Lead', 'kind', 'at', model => 'm');
SELECT * FROM seen('log');
DROP TABLE log, log_3, odd_order, alone, untracked, forebear;
SELECT * FROM followed;
SELECT interactions FROM lead_temperature.tracker;
SELECT relname FROM pg_class WHERE obj_description(oid, 'pg_class') ~ '\(lead_temperature\)$';
DELETE FROM lead_temperature.model;
DROP VIEW followed;
DROP FUNCTION seen;
