-- Kinds that are no text turn into text in one way whatever the session's settings.
SELECT lead_temperature.create_model('kinds_model');
INSERT INTO lead_temperature.signal (model, kind, points) VALUES
	('kinds_model', '2026-05-01', 7), ('kinds_model', '2026-05-01 10:00:00+00', 3),
	('kinds_model', '\xdeadbeef', 2), ('kinds_model', '0.1', 4), ('kinds_model', '1 day 02:00:00', 6),
	('kinds_model', '42', 9), ('kinds_model', 'paper', 11);

CREATE TYPE paper AS ENUM ('stone', 'paper');
DO $$
DECLARE
	type_name text;
	value text;
	drifted bigint;
	score float8;
BEGIN
	FOR type_name, value IN VALUES
		('date', '2026-05-01'), ('timestamptz', '2026-05-01 10:00+00'), ('bytea', '\xdeadbeef'),
		('float8', '0.1'), ('interval', 'P1DT2H'), ('integer', '42'), ('paper', 'paper'), ('varchar(9)', 'paper'),
		('char(9)', 'paper'), ('"char"', 'p')
	LOOP
		SET LOCAL datestyle = 'ISO';
		SET LOCAL intervalstyle = 'postgres';
		EXECUTE format('CREATE TABLE kinds (lead int, kind %s, at timestamptz)', type_name);
		PERFORM lead_temperature.track('kinds', 'lead', 'kind', 'at', model => 'kinds_model', create_index => true);
		SET LOCAL datestyle = 'German';
		SET LOCAL intervalstyle = 'iso_8601';
		SET LOCAL timezone = 'Asia/Tokyo';
		SET LOCAL extra_float_digits = -10;
		SET LOCAL bytea_output = 'escape';
		-- a second row of a lead is added, a late one replays it, all under odd settings
		EXECUTE format('INSERT INTO kinds VALUES (1, %L, %L)', value, now() - interval '1 day');
		EXECUTE format('INSERT INTO kinds VALUES (1, %L, %L)', value, now());
		SET LOCAL datestyle = 'ISO';
		SET LOCAL timezone = 'UTC';
		SET LOCAL bytea_output = 'hex';
		SET LOCAL extra_float_digits = 1;
		SELECT count(*) INTO drifted FROM lead_temperature.drift('kinds');
		SELECT r.score INTO score FROM kinds_ranking r;
		RAISE NOTICE '%: % for two of them, % drifted', type_name, round(score::numeric, 1), drifted;
		DROP TABLE kinds;
	END LOOP;
END $$;
DELETE FROM lead_temperature.model WHERE name = 'kinds_model';
DROP TYPE paper;

-- A table that others rest on goes with them if it is said to cascade, not otherwise.
CREATE TABLE cascading (lead int, kind text, at timestamptz);
SELECT lead_temperature.track('cascading', 'lead', 'kind', 'at', create_index => true);
CREATE VIEW resting AS SELECT lead FROM cascading_ranking;
DROP TABLE cascading;
DROP TABLE cascading CASCADE;
SELECT to_regclass('resting'), to_regclass('cascading_lead'),
	(SELECT count(*) FROM lead_temperature.tracker WHERE prefix = 'cascading') AS trackers;
DELETE FROM lead_temperature.model WHERE name = 'cascading';
