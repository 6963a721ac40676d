/*
 * Trackers: which tables are tracked, and the frozen model each works from.
 */

CREATE TABLE lead_temperature.tracker (
	interactions pg_catalog.regclass PRIMARY KEY,
	prefix pg_catalog.name NOT NULL,
	state pg_catalog.regclass NOT NULL,
	transitions pg_catalog.regclass NOT NULL,
	ranking pg_catalog.regclass NOT NULL,
	funnel pg_catalog.regclass NOT NULL,
	funnel_weekly pg_catalog.regclass NOT NULL,
	lead pg_catalog.name NOT NULL,
	kind pg_catalog.name NOT NULL,
	at pg_catalog.name NOT NULL,
	weight pg_catalog.name,
	model pg_catalog.text NOT NULL,
	entry lead_temperature.stage NOT NULL,
	time_zone pg_catalog.text NOT NULL,
	version pg_catalog.int4 NOT NULL,
	paused pg_catalog.bool NOT NULL,
	outdated pg_catalog.bool NOT NULL,
	last_replay pg_catalog.timestamptz,
	partitions pg_catalog.regclass[] NOT NULL,
	replaying pg_catalog.bool NOT NULL,
	base pg_catalog.regclass NOT NULL,
	archived_before pg_catalog.timestamptz,
	archived_partitions pg_catalog.regclass[] NOT NULL,
	counts pg_catalog.regclass,
	deltas pg_catalog.regclass,
	CONSTRAINT tracker_state_key UNIQUE (state)
);
COMMENT ON TABLE lead_temperature.tracker IS
'tracked tables of interactions; written by track() and its companions alone, read through the view trackers';
COMMENT ON COLUMN lead_temperature.tracker.version IS
'version of the frozen model that new state is folded with';
COMMENT ON COLUMN lead_temperature.tracker.partitions IS
'partitions that carry the triggers of the tracker, at every level';
COMMENT ON COLUMN lead_temperature.tracker.replaying IS
'a replay in batches has begun and not ended: it is under way, or was interrupted';
COMMENT ON COLUMN lead_temperature.tracker.outdated IS
'rows came, went or read otherwise without a trigger: a partition was attached or detached, a type of kinds changed';
COMMENT ON COLUMN lead_temperature.tracker.archived_before IS
'interactions before this are in the opening balances, and read no more';
COMMENT ON COLUMN lead_temperature.tracker.archived_partitions IS
'partitions that can hold no row but such ones, by their bounds';
COMMENT ON COLUMN lead_temperature.tracker.counts IS
'counts of the funnel, NULL if it is scanned; deltas has the changes that are not folded into them yet';

CREATE TABLE lead_temperature.model_version (
	interactions pg_catalog.regclass NOT NULL,
	version pg_catalog.int4 NOT NULL,
	model pg_catalog.text NOT NULL,
	half_life pg_catalog.interval NOT NULL,
	warm pg_catalog.float8 NOT NULL,
	mql pg_catalog.float8 NOT NULL,
	hot pg_catalog.float8 NOT NULL,
	groups pg_catalog.text[] NOT NULL,
	caps pg_catalog.float8[] NOT NULL,
	kinds pg_catalog.text[] NOT NULL,
	points pg_catalog.float8[] NOT NULL,
	signal_groups pg_catalog.text[] NOT NULL,
	stages lead_temperature.stage[] NOT NULL,
	outcomes lead_temperature.status[] NOT NULL,
	cooldowns pg_catalog.interval[] NOT NULL,
	finals pg_catalog.bool[] NOT NULL,
	consents pg_catalog.text[] NOT NULL,
	channels pg_catalog.text[] NOT NULL,
	rules pg_catalog.int4 NOT NULL,
	dormant_after pg_catalog.interval,
	spends pg_catalog.bool[] NOT NULL,
	fit_attributes pg_catalog.text[] NOT NULL DEFAULT '{}',
	fit_operators pg_catalog.text[] NOT NULL DEFAULT '{}',
	fit_values pg_catalog.text[] NOT NULL DEFAULT '{}',
	fit_points pg_catalog.float8[] NOT NULL DEFAULT '{}',
	grade_a pg_catalog.float8 NOT NULL DEFAULT 30,
	grade_b pg_catalog.float8 NOT NULL DEFAULT 20,
	grade_c pg_catalog.float8 NOT NULL DEFAULT 10,
	PRIMARY KEY (interactions, version)
);
COMMENT ON TABLE lead_temperature.model_version IS
'models as trackers work from them: groups and kinds in C order, one array element each';
COMMENT ON COLUMN lead_temperature.model_version.rules IS
'by which rules the fold works: 1 as in 0.1.0; 2 from 0.2.0 on, where a weight of 0 or less proves no stage and closes no lead';

-- Where 0.1.0 kept them.  Dumps of it name the table, and its sessions may be reading it
-- while the extension is updated: it stays as it was, and empty.
CREATE TABLE lead_temperature.frozen_model (
	interactions pg_catalog.regclass NOT NULL,
	version pg_catalog.int4 NOT NULL,
	model pg_catalog.text NOT NULL,
	half_life pg_catalog.interval NOT NULL,
	warm pg_catalog.float8 NOT NULL,
	mql pg_catalog.float8 NOT NULL,
	hot pg_catalog.float8 NOT NULL,
	groups pg_catalog.text[] NOT NULL,
	caps pg_catalog.float8[] NOT NULL,
	kinds pg_catalog.text[] NOT NULL,
	points pg_catalog.float8[] NOT NULL,
	signal_groups pg_catalog.text[] NOT NULL,
	stages lead_temperature.stage[] NOT NULL,
	outcomes lead_temperature.status[] NOT NULL,
	PRIMARY KEY (interactions, version)
);
COMMENT ON TABLE lead_temperature.frozen_model IS
'takes the model versions of a dump of 0.1.0, which go on to model_version; always empty';

CREATE FUNCTION lead_temperature.restore_version() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_restore_version' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.restore_version() IS
'Internal: row trigger of frozen_model: gives what a dump of 0.1.0 has of it to model_version';

CREATE TRIGGER restore_version BEFORE INSERT ON lead_temperature.frozen_model
	FOR EACH ROW EXECUTE FUNCTION lead_temperature.restore_version();
ALTER TABLE lead_temperature.frozen_model ENABLE ALWAYS TRIGGER restore_version;
COMMENT ON TRIGGER restore_version ON lead_temperature.frozen_model IS
'gives what a dump of 0.1.0 has of it to model_version';

-- Those besides the first, which stands in the table of trackers, unless another tracker has that table:
-- its own name is its state there then.
CREATE TABLE lead_temperature.source (
	interactions pg_catalog.regclass NOT NULL,
	source pg_catalog.int4 NOT NULL,
	relation pg_catalog.regclass NOT NULL,
	lead pg_catalog.name NOT NULL,
	kind pg_catalog.name NOT NULL,
	at pg_catalog.name NOT NULL,
	weight pg_catalog.name,
	partitions pg_catalog.regclass[] NOT NULL,
	archived_partitions pg_catalog.regclass[] NOT NULL,
	maps pg_catalog.int4,
	maps_rest pg_catalog.bool,
	records pg_catalog.int4,
	words pg_catalog.bool,
	PRIMARY KEY (interactions, source)
);
COMMENT ON COLUMN lead_temperature.source.maps IS
'number of the source whose ids the table maps to leads, -1 for that of leads which are merged into others; NULL: it has interactions, or records';
COMMENT ON COLUMN lead_temperature.source.maps_rest IS
'whether ids that it does not map are leads of their own';
COMMENT ON COLUMN lead_temperature.source.records IS
'number of the source whose interactions are kept of each record that comes or changes; NULL: none are';
COMMENT ON COLUMN lead_temperature.source.words IS
'true: its rows are what people say of leads; NULL: they are interactions';
CREATE INDEX source_relation_idx ON lead_temperature.source (relation);
COMMENT ON TABLE lead_temperature.source IS
'tables that trackers read besides the one that they are called after; read through the view sources';

-- What is read of interactions otherwise than as a column of the table.
CREATE TABLE lead_temperature.expression (
	interactions pg_catalog.regclass NOT NULL,
	source pg_catalog.int4 NOT NULL,
	role pg_catalog.text NOT NULL
		CONSTRAINT expression_role_known CHECK (role OPERATOR(pg_catalog.=) ANY (ARRAY['lead', 'kind', 'at', 'weight', 'key', 'filter', 'topic', 'channel', 'value']::pg_catalog.text[])),
	expression pg_catalog.text,
	fault pg_catalog.text,
	PRIMARY KEY (interactions, source, role)
);
COMMENT ON TABLE lead_temperature.expression IS
'SQL expressions over the columns of sources that trackers read in the place of a column, or by which they leave rows out';
COMMENT ON COLUMN lead_temperature.expression.fault IS
'why the tracker is paused: what the expression rests on has changed, or, where there is none, the column';

-- Writers only append, so that nobody waits; replays forget them, and read the rows anew.
CREATE TABLE lead_temperature.failed_rows (
	interactions pg_catalog.regclass NOT NULL,
	source pg_catalog.int4 NOT NULL,
	rows pg_catalog.int8 NOT NULL,
	message pg_catalog.text NOT NULL,
	noted_at pg_catalog.timestamptz NOT NULL
);
ALTER TABLE lead_temperature.failed_rows REPLICA IDENTITY FULL;
COMMENT ON TABLE lead_temperature.failed_rows IS
'rows of sources for which an expression raised an error, and so count nowhere; read through the view sources';

-- Writers only append, so that nobody waits; archive() and replays sum up.
CREATE TABLE lead_temperature.ignored_rows (
	interactions pg_catalog.regclass NOT NULL,
	rows pg_catalog.int8 NOT NULL
);
ALTER TABLE lead_temperature.ignored_rows REPLICA IDENTITY FULL;
COMMENT ON TABLE lead_temperature.ignored_rows IS
'how many interactions came too late to count, from before what has been archived; the sum of the rows of a table';

-- Those that the table of trackers has no column for.
CREATE TABLE lead_temperature.companion (
	interactions pg_catalog.regclass NOT NULL,
	suffix pg_catalog.name NOT NULL,
	relation pg_catalog.regclass NOT NULL,
	PRIMARY KEY (interactions, suffix)
);
COMMENT ON TABLE lead_temperature.companion IS
'tables and views that trackers have made, by the suffix of their names, but those named in the table of trackers';

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.tracker', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.companion', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.source', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.expression', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.model_version', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.ignored_rows', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.failed_rows', '');

-- The models as they are now, in the shape that a tracker freezes.
CREATE VIEW lead_temperature.model_snapshot AS
SELECT m.name AS model, m.half_life, m.warm, m.mql, m.hot,
	ARRAY(SELECT g.name::pg_catalog.text FROM lead_temperature.signal_group g
		WHERE g.model OPERATOR(pg_catalog.=) m.name
		ORDER BY g.name::pg_catalog.text COLLATE pg_catalog."C") AS groups,
	ARRAY(SELECT g.cap FROM lead_temperature.signal_group g
		WHERE g.model OPERATOR(pg_catalog.=) m.name
		ORDER BY g.name::pg_catalog.text COLLATE pg_catalog."C") AS caps,
	ARRAY(SELECT s.kind::pg_catalog.text FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS kinds,
	ARRAY(SELECT s.points FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS points,
	ARRAY(SELECT s.signal_group::pg_catalog.text FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS signal_groups,
	ARRAY(SELECT s.stage FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS stages,
	ARRAY(SELECT s.outcome FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS outcomes,
	ARRAY(SELECT s.cooldown FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS cooldowns,
	ARRAY(SELECT s.final FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS finals,
	ARRAY(SELECT s.consent::pg_catalog.text FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS consents,
	ARRAY(SELECT s.channel::pg_catalog.text FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS channels,
	2 AS rules, m.dormant_after,
	ARRAY(SELECT s.spends FROM lead_temperature.signal s
		WHERE s.model OPERATOR(pg_catalog.=) m.name
		ORDER BY s.kind::pg_catalog.text COLLATE pg_catalog."C") AS spends,
	ARRAY(SELECT f.attribute::pg_catalog.text FROM lead_temperature.fit_rule f
		WHERE f.model OPERATOR(pg_catalog.=) m.name
		ORDER BY f.attribute, f.operator, f.value) AS fit_attributes,
	ARRAY(SELECT f.operator::pg_catalog.text FROM lead_temperature.fit_rule f
		WHERE f.model OPERATOR(pg_catalog.=) m.name
		ORDER BY f.attribute, f.operator, f.value) AS fit_operators,
	ARRAY(SELECT f.value::pg_catalog.text FROM lead_temperature.fit_rule f
		WHERE f.model OPERATOR(pg_catalog.=) m.name
		ORDER BY f.attribute, f.operator, f.value) AS fit_values,
	ARRAY(SELECT f.points FROM lead_temperature.fit_rule f
		WHERE f.model OPERATOR(pg_catalog.=) m.name
		ORDER BY f.attribute, f.operator, f.value) AS fit_points,
	m.grade_a, m.grade_b, m.grade_c
FROM lead_temperature.model m;
COMMENT ON VIEW lead_temperature.model_snapshot IS
'models as they are now, in the shape that a tracker freezes; for the extension alone';

CREATE VIEW lead_temperature.model_current AS
SELECT t.interactions, EXISTS (
	SELECT FROM lead_temperature.model_snapshot s
	JOIN lead_temperature.model_version f
		ON f.interactions OPERATOR(pg_catalog.=) t.interactions
		AND f.version OPERATOR(pg_catalog.=) t.version
	WHERE s.model OPERATOR(pg_catalog.=) t.model
		AND f.model OPERATOR(pg_catalog.=) t.model
		AND s.half_life OPERATOR(pg_catalog.=) f.half_life
		AND s.warm OPERATOR(pg_catalog.=) f.warm
		AND s.mql OPERATOR(pg_catalog.=) f.mql
		AND s.hot OPERATOR(pg_catalog.=) f.hot
		AND s.groups OPERATOR(pg_catalog.=) f.groups
		AND s.caps OPERATOR(pg_catalog.=) f.caps
		AND s.kinds OPERATOR(pg_catalog.=) f.kinds
		AND s.points OPERATOR(pg_catalog.=) f.points
		AND s.signal_groups OPERATOR(pg_catalog.=) f.signal_groups
		AND s.stages OPERATOR(pg_catalog.=) f.stages
		AND s.outcomes OPERATOR(pg_catalog.=) f.outcomes
		AND s.cooldowns OPERATOR(pg_catalog.=) f.cooldowns
		AND s.finals OPERATOR(pg_catalog.=) f.finals
		AND s.consents OPERATOR(pg_catalog.=) f.consents
		AND s.channels OPERATOR(pg_catalog.=) f.channels
		AND s.spends OPERATOR(pg_catalog.=) f.spends
		AND s.dormant_after IS NOT DISTINCT FROM f.dormant_after
		AND s.fit_attributes OPERATOR(pg_catalog.=) f.fit_attributes
		AND s.fit_operators OPERATOR(pg_catalog.=) f.fit_operators
		AND s.fit_values OPERATOR(pg_catalog.=) f.fit_values
		AND s.fit_points OPERATOR(pg_catalog.=) f.fit_points
		AND s.grade_a OPERATOR(pg_catalog.=) f.grade_a
		AND s.grade_b OPERATOR(pg_catalog.=) f.grade_b
		AND s.grade_c OPERATOR(pg_catalog.=) f.grade_c
		AND (s.rules OPERATOR(pg_catalog.=) f.rules OR t.weight IS NULL AND NOT EXISTS (
			SELECT FROM lead_temperature.source o WHERE o.interactions OPERATOR(pg_catalog.=) t.interactions
				AND o.weight IS NOT NULL))) AS is_current
FROM lead_temperature.tracker t;
COMMENT ON VIEW lead_temperature.model_current IS
'whether the frozen model of each tracker is its model as it is now; for the extension alone';

CREATE TABLE lead_temperature.replay_progress (
	interactions pg_catalog.regclass PRIMARY KEY,
	version pg_catalog.int4 NOT NULL,
	started_at pg_catalog.timestamptz NOT NULL,
	updated_at pg_catalog.timestamptz NOT NULL,
	folding_since pg_catalog.timestamptz,
	finished_at pg_catalog.timestamptz,
	rows_total pg_catalog.int8,
	rows_before pg_catalog.int8,
	rows_done pg_catalog.int8 NOT NULL,
	leads_done pg_catalog.int8 NOT NULL,
	last_lead pg_catalog.text
);
COMMENT ON TABLE lead_temperature.replay_progress IS
'how far the last replay of each tracker has come; read through the view replays';

CREATE VIEW lead_temperature.replays WITH (security_barrier) AS
SELECT coalesce((SELECT s.relation FROM lead_temperature.source s
	WHERE s.interactions OPERATOR(pg_catalog.=) p.interactions AND s.records OPERATOR(pg_catalog.=) 1),
	(SELECT s.relation FROM lead_temperature.source s
	WHERE s.interactions OPERATOR(pg_catalog.=) p.interactions AND s.source OPERATOR(pg_catalog.=) 1),
	p.interactions) AS interactions,
	CASE WHEN p.finished_at IS NOT NULL THEN 'done'::pg_catalog.text
		WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_locks l
			JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) l.database
			WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory'::pg_catalog.text AND l.granted
			AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
			AND l.classid OPERATOR(pg_catalog.=) p.interactions::pg_catalog.oid
			AND l.objid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
			AND l.objsubid OPERATOR(pg_catalog.=) 3::pg_catalog.int2) THEN 'interrupted'::pg_catalog.text
		WHEN p.folding_since IS NULL THEN 'reading'::pg_catalog.text
		ELSE 'folding'::pg_catalog.text END AS phase,
	p.rows_done, p.rows_total, p.leads_done, r.rows_per_second,
	-- an estimate of more than a century says nothing, and could be out of range
	CASE WHEN p.finished_at IS NULL AND r.rows_per_second OPERATOR(pg_catalog.>) 0::pg_catalog.float8
			AND r.rows_per_second OPERATOR(pg_catalog.>)
				((p.rows_total OPERATOR(pg_catalog.-) p.rows_done)::pg_catalog.float8
				OPERATOR(pg_catalog./) 3155760000.0::pg_catalog.float8)
		THEN p.updated_at OPERATOR(pg_catalog.+) pg_catalog.make_interval(secs =>
			(p.rows_total OPERATOR(pg_catalog.-) p.rows_done)::pg_catalog.float8
			OPERATOR(pg_catalog./) r.rows_per_second) END AS estimated_end,
	p.started_at, p.updated_at, p.finished_at
FROM lead_temperature.replay_progress p
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) p.interactions
CROSS JOIN LATERAL (SELECT CASE WHEN p.updated_at OPERATOR(pg_catalog.>) p.folding_since
	THEN (p.rows_done OPERATOR(pg_catalog.-) p.rows_before)::pg_catalog.float8 OPERATOR(pg_catalog./)
		EXTRACT(epoch FROM p.updated_at OPERATOR(pg_catalog.-) p.folding_since)::pg_catalog.float8
	END AS rows_per_second) r
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE'::pg_catalog.text);
COMMENT ON VIEW lead_temperature.replays IS
'how far the last replay in batches of each table of the roles that one is a member of has come: phase (reading, folding, done, interrupted), rows and leads done, rows per second while folding, estimated end';
GRANT SELECT ON lead_temperature.replays TO PUBLIC;

/*
 * What the tracker puts on a tracked table.
 */

CREATE FUNCTION lead_temperature.follow() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_follow' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow() IS
'Internal: statement trigger of tracked tables: folds the rows of the statement into the state of their leads';

CREATE FUNCTION lead_temperature.follow_ddl() RETURNS pg_catalog.event_trigger
	AS 'MODULE_PATHNAME', 'lt_follow_ddl' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow_ddl() IS
'Internal: event trigger: follows new partitions, renamed columns and moved tables of trackers, and tells when kinds read otherwise; models go with DROP OWNED';

CREATE FUNCTION lead_temperature.follow_drop() RETURNS pg_catalog.event_trigger
	AS 'MODULE_PATHNAME', 'lt_follow_drop' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow_drop() IS
'Internal: event trigger: drops what belonged to a dropped tracked table, and refuses to drop what a tracker needs';

CREATE EVENT TRIGGER lead_temperature_ddl ON ddl_command_end
	WHEN TAG IN ('ALTER FOREIGN TABLE', 'ALTER FUNCTION', 'ALTER INDEX', 'ALTER MATERIALIZED VIEW', 'ALTER ROUTINE',
		'ALTER SCHEMA', 'ALTER SEQUENCE', 'ALTER TABLE', 'ALTER TYPE', 'ALTER VIEW', 'CREATE CAST',
		'CREATE FOREIGN TABLE', 'CREATE FUNCTION', 'CREATE RULE', 'CREATE SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS',
		'CREATE TRIGGER', 'DROP OWNED', 'SELECT INTO')
	EXECUTE FUNCTION lead_temperature.follow_ddl();
ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER lead_temperature_ddl IS
'follows new partitions, renamed columns and moved tables of trackers, and tells when kinds read otherwise; models go with DROP OWNED';

CREATE EVENT TRIGGER lead_temperature_drop ON sql_drop
	EXECUTE FUNCTION lead_temperature.follow_drop();
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER lead_temperature_drop IS
'drops what belonged to a dropped tracked table, and refuses to drop what a tracker needs';

CREATE FUNCTION lead_temperature.follow_subscription() RETURNS pg_catalog.event_trigger
	AS 'MODULE_PATHNAME', 'lt_follow_subscription' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow_subscription() IS
'Internal: event trigger: marks trackers of tables that a subscription has written';

CREATE EVENT TRIGGER lead_temperature_subscription ON ddl_command_start
	WHEN TAG IN ('ALTER SUBSCRIPTION', 'DROP SUBSCRIPTION')
	EXECUTE FUNCTION lead_temperature.follow_subscription();
COMMENT ON EVENT TRIGGER lead_temperature_subscription IS
'marks trackers of tables that a subscription has written';

-- Also where session_replication_role is replica.
ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
ALTER EVENT TRIGGER lead_temperature_subscription ENABLE ALWAYS;

CREATE FUNCTION lead_temperature.check_restore() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_check_restore' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.check_restore() IS
'Internal: row trigger of the table of trackers: refuses to restore a tracker while the triggers of its table fire';

CREATE TRIGGER check_restore AFTER INSERT ON lead_temperature.tracker
	FOR EACH ROW EXECUTE FUNCTION lead_temperature.check_restore();
COMMENT ON TRIGGER check_restore ON lead_temperature.tracker IS
'refuses to restore a tracker while the triggers of its table fire';

-- Every table that a tracker reads, by the number of the source.
CREATE VIEW lead_temperature.source_relation AS
SELECT t.interactions, 1 AS source, t.interactions AS relation, t.lead, t.kind, t.at, t.weight,
	NULL::pg_catalog.int4 AS maps, NULL::pg_catalog.int4 AS records, NULL::pg_catalog.bool AS words
FROM lead_temperature.tracker t
WHERE NOT EXISTS (SELECT FROM lead_temperature.source s
	WHERE s.interactions OPERATOR(pg_catalog.=) t.interactions AND s.source OPERATOR(pg_catalog.=) 1)
UNION ALL
SELECT s.interactions, s.source, s.relation, s.lead, s.kind, s.at, s.weight, s.maps, s.records, s.words
FROM lead_temperature.source s;
COMMENT ON VIEW lead_temperature.source_relation IS
'tables that trackers read, with the columns that they read; for the extension alone';

-- These and their partitions.
CREATE VIEW lead_temperature.source_tree AS
SELECT DISTINCT s.interactions, r.relid
FROM lead_temperature.source_relation s
CROSS JOIN LATERAL (SELECT s.relation::pg_catalog.oid AS relid UNION ALL
	SELECT p.relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree(s.relation) p) r
UNION
SELECT c.interactions, c.relation::pg_catalog.oid FROM lead_temperature.companion c
WHERE c.suffix OPERATOR(pg_catalog.=) 'alias'::pg_catalog.name;
COMMENT ON VIEW lead_temperature.source_tree IS
'tables that trackers read and their partitions; for the extension alone';

CREATE VIEW lead_temperature.trackers WITH (security_barrier) AS
SELECT coalesce(k.relation, f.relation) AS interactions, t.prefix, t.model,
	(SELECT CASE WHEN pg_catalog.max(c.reltuples) OPERATOR(pg_catalog.>=) 0::pg_catalog.float4
			THEN pg_catalog.sum(greatest(c.reltuples, 0::pg_catalog.float4))::pg_catalog.int8 END
		FROM lead_temperature.source_tree r JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) r.relid
		WHERE r.interactions OPERATOR(pg_catalog.=) t.interactions
		AND c.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog."char") AS rows,
	(SELECT CASE WHEN c.reltuples OPERATOR(pg_catalog.>=) 0::pg_catalog.float4 THEN c.reltuples::pg_catalog.int8 END
		FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) t.state) AS leads,
	t.outdated OR t.replaying OR NOT (SELECT m.is_current FROM lead_temperature.model_current m
		WHERE m.interactions OPERATOR(pg_catalog.=) t.interactions)
		OR EXISTS (SELECT FROM pg_catalog.pg_subscription_rel s
			WHERE s.srrelid IN (SELECT r.relid FROM lead_temperature.source_tree r
				WHERE r.interactions OPERATOR(pg_catalog.=) t.interactions))
		-- a trigger of the table or a partition was dropped, switched off, or made anew as another
		OR EXISTS (SELECT FROM lead_temperature.source_tree r
			WHERE r.interactions OPERATOR(pg_catalog.=) t.interactions AND (SELECT pg_catalog.count(DISTINCT g.tgtype OPERATOR(pg_catalog.&) 60::pg_catalog.int2)
				FROM pg_catalog.pg_trigger g
				WHERE g.tgrelid OPERATOR(pg_catalog.=) r.relid
				AND g.tgfoid OPERATOR(pg_catalog.=) 'lead_temperature.follow()'::pg_catalog.regprocedure::pg_catalog.oid
				AND g.tgenabled OPERATOR(pg_catalog.=) ANY (ARRAY['O', 'A']::pg_catalog."char"[])
				AND g.tgtype OPERATOR(pg_catalog.&) 67::pg_catalog.int2 OPERATOR(pg_catalog.=) 0::pg_catalog.int2
				AND g.tgqual IS NULL
				AND g.tgattr::pg_catalog.text OPERATOR(pg_catalog.=) ''::pg_catalog.text)
				OPERATOR(pg_catalog.<) 4::pg_catalog.int8)
		-- nobody sees what schema changes do to tables
		OR (SELECT pg_catalog.count(*) FROM pg_catalog.pg_event_trigger e
			WHERE e.evtname OPERATOR(pg_catalog.=) ANY
				(ARRAY['lead_temperature_ddl', 'lead_temperature_drop']::pg_catalog.name[])
			AND e.evtenabled OPERATOR(pg_catalog.=) ANY (ARRAY['O', 'A']::pg_catalog."char"[]))
			OPERATOR(pg_catalog.<) 2::pg_catalog.int8 AS stale,
	t.paused, t.last_replay, t.archived_before,
	(SELECT coalesce(pg_catalog.sum(i.rows), 0::pg_catalog.numeric)::pg_catalog.int8 FROM lead_temperature.ignored_rows i
		WHERE i.interactions OPERATOR(pg_catalog.=) t.interactions) AS ignored,
	(SELECT pg_catalog.string_agg(e.fault, '; '::pg_catalog.text ORDER BY e.source, e.role) FROM lead_temperature.expression e
		WHERE e.interactions OPERATOR(pg_catalog.=) t.interactions
			AND e.role OPERATOR(pg_catalog.<>) ALL (ARRAY['topic', 'channel', 'value']::pg_catalog.text[])) AS paused_because,
	t.state
FROM lead_temperature.tracker t
JOIN lead_temperature.source_relation f ON f.interactions OPERATOR(pg_catalog.=) t.interactions
	AND f.source OPERATOR(pg_catalog.=) 1
-- the records whose changes that has
LEFT JOIN lead_temperature.source k ON k.interactions OPERATOR(pg_catalog.=) t.interactions
	AND k.records OPERATOR(pg_catalog.=) 1
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) t.interactions
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE'::pg_catalog.text);
COMMENT ON VIEW lead_temperature.trackers IS
'tracked tables of the roles that one is a member of: prefix, model, rows and leads as the planner estimates them (NULL before the first ANALYZE), stale (model edited, partitions attached or detached, or a type of kinds changed, since the last replay, triggers or event triggers switched off, or written by a subscription), paused, last replay, archived_before, how many interactions were ignored because they came later than their time was archived, why it was paused if a schema change did that, and the table of its leads, which names it where several read one table';
GRANT SELECT ON lead_temperature.trackers TO PUBLIC;

-- What a source is read by for a role: a column, or else an expression.
CREATE VIEW lead_temperature.sources WITH (security_barrier) AS
SELECT t.state AS tracker, s.source, r.relation,
	coalesce(nullif(r.lead, ''::pg_catalog.name)::pg_catalog.text, e.texts[1]) AS lead,
	coalesce(nullif(r.kind, ''::pg_catalog.name)::pg_catalog.text, e.texts[2]) AS kind,
	coalesce(nullif(r.at, ''::pg_catalog.name)::pg_catalog.text, e.texts[3]) AS at,
	coalesce(nullif(r.weight, ''::pg_catalog.name)::pg_catalog.text, e.texts[4]) AS weight,
	e.texts[5] AS filter,
	coalesce(f.rows, 0::pg_catalog.int8) AS failed, f.message AS last_failure,
	nullif(pg_catalog.concat_ws('; '::pg_catalog.text, e.paused_because, v.fault,
		(SELECT pg_catalog.string_agg(k.fault, '; '::pg_catalog.text ORDER BY k.role) FROM lead_temperature.expression k
			WHERE k.interactions OPERATOR(pg_catalog.=) s.interactions AND k.source OPERATOR(pg_catalog.=) s.source
			AND r.source OPERATOR(pg_catalog.<>) s.source AND k.role OPERATOR(pg_catalog.<>) ALL (ARRAY['topic', 'channel', 'value']::pg_catalog.text[]))), ''::pg_catalog.text) AS paused_because,
	v.relation AS via, v.key AS via_key, v.lead AS via_lead, v.filter AS via_filter, v.unmapped,
	r.source OPERATOR(pg_catalog.<>) s.source AS keep_changes,
	e.texts[6] AS topic, e.no_topics_because, e.texts[7] AS channel, e.texts[8] AS value, e.no_channels_because
FROM lead_temperature.source_relation s
JOIN lead_temperature.tracker t ON t.interactions OPERATOR(pg_catalog.=) s.interactions
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) s.interactions
-- itself, or the records whose changes it has
JOIN lead_temperature.source_relation r ON r.interactions OPERATOR(pg_catalog.=) s.interactions
	AND r.source OPERATOR(pg_catalog.=) coalesce((SELECT k.source FROM lead_temperature.source k
		WHERE k.interactions OPERATOR(pg_catalog.=) s.interactions AND k.records OPERATOR(pg_catalog.=) s.source), s.source)
CROSS JOIN LATERAL (
	SELECT ARRAY[pg_catalog.max(x.expression) FILTER (WHERE x.role OPERATOR(pg_catalog.=) 'lead'::pg_catalog.text),
		pg_catalog.max(x.expression) FILTER (WHERE x.role OPERATOR(pg_catalog.=) 'kind'::pg_catalog.text),
		pg_catalog.max(x.expression) FILTER (WHERE x.role OPERATOR(pg_catalog.=) 'at'::pg_catalog.text),
		pg_catalog.max(x.expression) FILTER (WHERE x.role OPERATOR(pg_catalog.=) 'weight'::pg_catalog.text),
		pg_catalog.max(x.expression) FILTER (WHERE x.role OPERATOR(pg_catalog.=) 'filter'::pg_catalog.text),
		pg_catalog.max(x.expression) FILTER (WHERE x.role OPERATOR(pg_catalog.=) 'topic'::pg_catalog.text),
		pg_catalog.max(x.expression) FILTER (WHERE x.role OPERATOR(pg_catalog.=) 'channel'::pg_catalog.text),
		pg_catalog.max(x.expression) FILTER (WHERE x.role OPERATOR(pg_catalog.=) 'value'::pg_catalog.text)] AS texts,
		pg_catalog.string_agg(x.fault, '; '::pg_catalog.text ORDER BY x.role)
			FILTER (WHERE x.role OPERATOR(pg_catalog.<>) ALL (ARRAY['topic', 'channel', 'value']::pg_catalog.text[])) AS paused_because,
		pg_catalog.max(x.fault) FILTER (WHERE x.role OPERATOR(pg_catalog.=) 'topic'::pg_catalog.text) AS no_topics_because,
		pg_catalog.string_agg(x.fault, '; '::pg_catalog.text ORDER BY x.role)
			FILTER (WHERE x.role OPERATOR(pg_catalog.=) ANY (ARRAY['channel', 'value']::pg_catalog.text[])) AS no_channels_because
	FROM lead_temperature.expression x
	WHERE x.interactions OPERATOR(pg_catalog.=) r.interactions AND x.source OPERATOR(pg_catalog.=) r.source) e
LEFT JOIN LATERAL (
	SELECT pg_catalog.sum(r.rows)::pg_catalog.int8 AS rows,
		(pg_catalog.array_agg(r.message ORDER BY r.noted_at DESC))[1] AS message
	FROM lead_temperature.failed_rows r
	WHERE r.interactions OPERATOR(pg_catalog.=) s.interactions AND r.source OPERATOR(pg_catalog.=) s.source) f ON true
LEFT JOIN LATERAL (
	SELECT m.relation, coalesce(nullif(m.lead, ''::pg_catalog.name)::pg_catalog.text, x.lead) AS lead, x.key, x.filter,
		CASE WHEN m.maps_rest THEN 'lead'::pg_catalog.text ELSE 'ignore'::pg_catalog.text END AS unmapped, x.fault
	FROM lead_temperature.source m
	CROSS JOIN LATERAL (
		SELECT pg_catalog.max(y.expression) FILTER (WHERE y.role OPERATOR(pg_catalog.=) 'lead'::pg_catalog.text) AS lead,
			pg_catalog.max(y.expression) FILTER (WHERE y.role OPERATOR(pg_catalog.=) 'key'::pg_catalog.text) AS key,
			pg_catalog.max(y.expression) FILTER (WHERE y.role OPERATOR(pg_catalog.=) 'filter'::pg_catalog.text) AS filter,
			pg_catalog.string_agg(y.fault, '; '::pg_catalog.text ORDER BY y.role) AS fault
		FROM lead_temperature.expression y
		WHERE y.interactions OPERATOR(pg_catalog.=) m.interactions AND y.source OPERATOR(pg_catalog.=) m.source) x
	WHERE m.interactions OPERATOR(pg_catalog.=) s.interactions AND m.maps OPERATOR(pg_catalog.=) s.source) v ON true
WHERE s.maps IS NULL AND s.records IS NULL AND s.words IS NULL AND pg_catalog.pg_has_role(o.relowner, 'USAGE'::pg_catalog.text);
COMMENT ON VIEW lead_temperature.sources IS
'tables that the trackers of the roles that one is a member of read, by the table of their leads and number: the column or expression for lead, kind, at, weight, filter, topic, channel and value; for how many rows since the last replay an expression failed, which count nowhere, and the last error; why the tracker is paused if it is because of this source; what maps its ids to leads, if they are none; whether its rows are records, of which each change is kept as an interaction; and why its topics, or its channels and values, can be told no more, if a schema change did that';
GRANT SELECT ON lead_temperature.sources TO PUBLIC;

/*
 * What the views of a tracker call.
 */

CREATE FUNCTION lead_temperature.hot_level(state pg_catalog.regclass) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_hot_level' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.hot_level(pg_catalog.regclass) IS
'least level that is hot now for the leads of a state table; for the views of a tracker';

CREATE FUNCTION lead_temperature.warm_level(state pg_catalog.regclass) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_warm_level' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.warm_level(pg_catalog.regclass) IS
'least level that is warm now for the leads of a state table; for the views of a tracker';

CREATE FUNCTION lead_temperature.hot_level(state pg_catalog.regclass, at pg_catalog.timestamptz) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_hot_level_at' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.hot_level(pg_catalog.regclass, pg_catalog.timestamptz) IS
'least level that is hot at an instant for the leads of a state table: what is below has cooled by then';

CREATE FUNCTION lead_temperature.warm_level(state pg_catalog.regclass, at pg_catalog.timestamptz) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_warm_level_at' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.warm_level(pg_catalog.regclass, pg_catalog.timestamptz) IS
'least level that is warm at an instant for the leads of a state table: what is below has cooled by then';

CREATE FUNCTION lead_temperature.hot_until(state pg_catalog.regclass, heat lead_temperature.heat, last_at pg_catalog.timestamptz)
	RETURNS pg_catalog.timestamptz
	AS 'MODULE_PATHNAME', 'lt_hot_until' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lead_temperature.hot_until(pg_catalog.regclass, lead_temperature.heat, pg_catalog.timestamptz) IS
'Internal: first instant after last_at at which a lead is no longer hot, NULL if it was not; for the views of a tracker';

CREATE FUNCTION lead_temperature.warm_until(state pg_catalog.regclass, heat lead_temperature.heat, last_at pg_catalog.timestamptz)
	RETURNS pg_catalog.timestamptz
	AS 'MODULE_PATHNAME', 'lt_warm_until' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lead_temperature.warm_until(pg_catalog.regclass, lead_temperature.heat, pg_catalog.timestamptz) IS
'Internal: first instant after last_at at which a lead is no longer warm, NULL if it was not; for the views of a tracker';

CREATE FUNCTION lead_temperature.dormant_before(state pg_catalog.regclass, at pg_catalog.timestamptz) RETURNS pg_catalog.timestamptz
	AS 'MODULE_PATHNAME', 'lt_dormant_before' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.dormant_before(pg_catalog.regclass, pg_catalog.timestamptz) IS
'latest instant such that open leads of a state table that were heard of last by then are dormant at another instant, NULL if the model has no dormant_after';

CREATE FUNCTION lead_temperature.dormant_since(state pg_catalog.regclass, last_at pg_catalog.timestamptz, status lead_temperature.status)
	RETURNS pg_catalog.timestamptz
	AS 'MODULE_PATHNAME', 'lt_dormant_since' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.dormant_since(pg_catalog.regclass, pg_catalog.timestamptz, lead_temperature.status) IS
'since when a lead of a state table is dormant now that was heard of last at last_at, NULL if it is not';

CREATE FUNCTION lead_temperature.model_name(state pg_catalog.regclass, version pg_catalog.int4) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'lt_model_name' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.model_name(pg_catalog.regclass, pg_catalog.int4) IS
'Internal: name of the model that leads of a version were folded with; for the views of a tracker';

CREATE FUNCTION lead_temperature.level_bucket(level pg_catalog.float8) RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_level_bucket' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.level_bucket(pg_catalog.float8) IS
'Internal: finest bucket that leads of a level are counted in; for the views of a tracker';

CREATE FUNCTION lead_temperature.bucket_level(grain pg_catalog.int2, bucket pg_catalog.int8) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_bucket_level' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.bucket_level(pg_catalog.int2, pg_catalog.int8) IS
'Internal: least level of a bucket, of the finest grain 0 or a coarser one; for the views of a tracker';

CREATE FUNCTION lead_temperature.funnel_ranges(warm_level pg_catalog.float8, hot_level pg_catalog.float8,
	OUT grain pg_catalog.int2, OUT first pg_catalog.int8, OUT last pg_catalog.int8)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_funnel_ranges' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION lead_temperature.funnel_ranges(pg_catalog.float8, pg_catalog.float8) IS
'Internal: buckets that no threshold splits, the widest that there are; for the views of a tracker';

/*
 * Tracking.
 */

CREATE FUNCTION lead_temperature.track(
	interactions pg_catalog.regclass,
	lead pg_catalog.text,
	kind pg_catalog.text,
	at pg_catalog.text DEFAULT NULL,
	weight pg_catalog.text DEFAULT NULL,
	model pg_catalog.name DEFAULT NULL,
	prefix pg_catalog.name DEFAULT NULL,
	entry lead_temperature.stage DEFAULT 'visitor'::lead_temperature.stage,
	time_zone pg_catalog.text DEFAULT 'UTC'::pg_catalog.text,
	create_index pg_catalog.bool DEFAULT false,
	backfill pg_catalog.bool DEFAULT true,
	funnel_counts pg_catalog.bool DEFAULT false,
	filter pg_catalog.text DEFAULT NULL,
	via pg_catalog.regclass DEFAULT NULL,
	via_key pg_catalog.text DEFAULT NULL,
	via_lead pg_catalog.text DEFAULT NULL,
	via_filter pg_catalog.text DEFAULT NULL,
	unmapped pg_catalog.text DEFAULT 'ignore'::pg_catalog.text,
	keep_changes pg_catalog.bool DEFAULT false,
	topic pg_catalog.text DEFAULT NULL,
	channel pg_catalog.text DEFAULT NULL,
	value pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_track' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.track IS
'makes leads of a table of interactions, with a temperature and a stage that follow every row';

CREATE FUNCTION lead_temperature.untrack(tracker pg_catalog.regclass) RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_untrack' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.untrack(pg_catalog.regclass) IS
'stops tracking a table and drops what track() made, RESTRICT';

CREATE FUNCTION lead_temperature.alter_tracker(
	tracker pg_catalog.regclass,
	lead pg_catalog.text DEFAULT NULL,
	kind pg_catalog.text DEFAULT NULL,
	at pg_catalog.text DEFAULT NULL,
	weight pg_catalog.text DEFAULT NULL,
	filter pg_catalog.text DEFAULT NULL,
	entry lead_temperature.stage DEFAULT NULL,
	time_zone pg_catalog.text DEFAULT NULL,
	funnel_counts pg_catalog.bool DEFAULT NULL,
	topic pg_catalog.text DEFAULT NULL,
	channel pg_catalog.text DEFAULT NULL,
	value pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_alter_tracker' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.alter_tracker IS
'lets a tracker read its table otherwise, enter leads at another stage or read local times in another zone, stale until a replay; or keep counts of its funnel';

CREATE FUNCTION lead_temperature.add_source(
	tracker pg_catalog.regclass,
	interactions pg_catalog.regclass,
	lead pg_catalog.text,
	kind pg_catalog.text,
	at pg_catalog.text DEFAULT NULL,
	weight pg_catalog.text DEFAULT NULL,
	filter pg_catalog.text DEFAULT NULL,
	create_index pg_catalog.bool DEFAULT false,
	via pg_catalog.regclass DEFAULT NULL,
	via_key pg_catalog.text DEFAULT NULL,
	via_lead pg_catalog.text DEFAULT NULL,
	via_filter pg_catalog.text DEFAULT NULL,
	unmapped pg_catalog.text DEFAULT 'ignore'::pg_catalog.text,
	keep_changes pg_catalog.bool DEFAULT false,
	topic pg_catalog.text DEFAULT NULL,
	channel pg_catalog.text DEFAULT NULL,
	value pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.int4
	AS 'MODULE_PATHNAME', 'lt_add_source' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.add_source IS
'lets a tracker read another table, or the same in another way too, stale until a replay if that has rows, or keep each change of its records as an interaction; returns the number of the source';

CREATE FUNCTION lead_temperature.alter_source(
	tracker pg_catalog.regclass,
	source pg_catalog.int4,
	lead pg_catalog.text DEFAULT NULL,
	kind pg_catalog.text DEFAULT NULL,
	at pg_catalog.text DEFAULT NULL,
	weight pg_catalog.text DEFAULT NULL,
	filter pg_catalog.text DEFAULT NULL,
	via pg_catalog.regclass DEFAULT NULL,
	via_key pg_catalog.text DEFAULT NULL,
	via_lead pg_catalog.text DEFAULT NULL,
	via_filter pg_catalog.text DEFAULT NULL,
	unmapped pg_catalog.text DEFAULT NULL,
	topic pg_catalog.text DEFAULT NULL,
	channel pg_catalog.text DEFAULT NULL,
	value pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_alter_source' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.alter_source IS
'lets a tracker read one of its sources, or map the ids of it, otherwise, stale until a replay if that has rows';

CREATE FUNCTION lead_temperature.drop_source(tracker pg_catalog.regclass, source pg_catalog.int4)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_drop_source' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.drop_source(pg_catalog.regclass, pg_catalog.int4) IS
'lets a tracker do without one of its sources but the first, stale until a replay if that has rows';

CREATE FUNCTION lead_temperature.forget(tracker pg_catalog.regclass, lead pg_catalog.text,
	delete_rows pg_catalog.bool DEFAULT false,
	OUT relation pg_catalog.regclass, OUT rows pg_catalog.int8)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_forget' LANGUAGE C VOLATILE COST 1000 ROWS 4;
COMMENT ON FUNCTION lead_temperature.forget(pg_catalog.regclass, pg_catalog.text, pg_catalog.bool) IS
'erases a lead from all tables of a tracker, and if asked to its interactions from the tracked table; returns how many rows of each';

CREATE FUNCTION lead_temperature.merge_leads(tracker pg_catalog.regclass, duplicate pg_catalog.text, into_lead pg_catalog.text)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_merge_leads' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.merge_leads(pg_catalog.regclass, pg_catalog.text, pg_catalog.text) IS
'lets the interactions of a lead, the duplicate, count for another from now on';

CREATE FUNCTION lead_temperature.unmerge_lead(tracker pg_catalog.regclass, duplicate pg_catalog.text)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_unmerge_lead' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.unmerge_lead(pg_catalog.regclass, pg_catalog.text) IS
'lets the interactions of a lead that was merged into another count for itself again';

CREATE FUNCTION lead_temperature.pause(tracker pg_catalog.regclass) RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_pause' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.pause(pg_catalog.regclass) IS
'lets rows pass without following them until resume()';

CREATE FUNCTION lead_temperature.resume(tracker pg_catalog.regclass) RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_resume' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.resume(pg_catalog.regclass) IS
'locks the table against writers, replays what was missed while paused and follows rows again';

CREATE FUNCTION lead_temperature.apply_due(tracker pg_catalog.regclass) RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_settle' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.apply_due(pg_catalog.regclass) IS
'folds rows that were future when they came and are no longer; returns how many leads had any';

CREATE FUNCTION lead_temperature.compact_counts(tracker pg_catalog.regclass) RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_consolidate' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.compact_counts(pg_catalog.regclass) IS
'folds the changes that writers have appended into the counts of the funnel; returns how many, 0 if another is at it';

CREATE FUNCTION lead_temperature.archive(tracker pg_catalog.regclass, before pg_catalog.timestamptz)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_archive' LANGUAGE C VOLATILE STRICT COST 10000;
COMMENT ON FUNCTION lead_temperature.archive(pg_catalog.regclass, pg_catalog.timestamptz) IS
'folds all rows up to, and not at, an instant into opening balances, so that they may go without any effect on leads; returns how many it folded';

CREATE PROCEDURE lead_temperature.replay(tracker pg_catalog.regclass)
	AS 'MODULE_PATHNAME', 'lt_replay' LANGUAGE C;
COMMENT ON PROCEDURE lead_temperature.replay(pg_catalog.regclass) IS
'moves a tracker to its model as it is now and makes all state anew from the rows, in batches that commit while writers go on';

CREATE FUNCTION lead_temperature.upgrade_tracker(tracker pg_catalog.regclass) RETURNS pg_catalog.int4
	AS 'MODULE_PATHNAME', 'lt_upgrade_tracker' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.upgrade_tracker(pg_catalog.regclass) IS
'makes the tables and views that newer versions make for a tracker, and those that it has lost, and gives its tables their present names and columns; returns how many';

CREATE FUNCTION lead_temperature.drift(tracker pg_catalog.regclass,
	OUT lead pg_catalog.text, OUT attribute pg_catalog.text,
	OUT stored pg_catalog.text, OUT replayed pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_drift' LANGUAGE C VOLATILE STRICT COST 10000 ROWS 10;
COMMENT ON FUNCTION lead_temperature.drift(pg_catalog.regclass) IS
'leads whose stored state or current transitions differ from a replay of the rows; none is right';

CREATE FUNCTION lead_temperature.score_breakdown(tracker pg_catalog.regclass, lead pg_catalog.text,
	OUT kind pg_catalog.text, OUT signal_group pg_catalog.text,
	OUT interactions pg_catalog.int8, OUT points pg_catalog.float8,
	OUT source pg_catalog.regclass)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_score_breakdown' LANGUAGE C VOLATILE STRICT COST 1000 ROWS 10;
COMMENT ON FUNCTION lead_temperature.score_breakdown(pg_catalog.regclass, pg_catalog.text) IS
'what the score of a lead is made of now: a row for each kind and table since the last spending, and a row without kind for what the cap of a group cut';

CREATE FUNCTION lead_temperature.skipped_rows(tracker pg_catalog.regclass,
	OUT reason pg_catalog.text, OUT rows pg_catalog.int8,
	OUT first_at pg_catalog.timestamptz, OUT last_at pg_catalog.timestamptz)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_skipped_rows' LANGUAGE C VOLATILE STRICT COST 10000 ROWS 5;
COMMENT ON FUNCTION lead_temperature.skipped_rows(pg_catalog.regclass) IS
'rows of a tracked table that are read for no lead, by the reason: no lead, no time, an infinite one or one before 1970, a weight that is not finite, or archived';

CREATE FUNCTION lead_temperature.unmapped_kinds(tracker pg_catalog.regclass,
	OUT kind pg_catalog.text, OUT interactions pg_catalog.int8, OUT leads pg_catalog.int8,
	OUT first_at pg_catalog.timestamptz, OUT last_at pg_catalog.timestamptz,
	OUT source pg_catalog.regclass)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_unmapped' LANGUAGE C VOLATILE STRICT COST 10000 ROWS 10;
COMMENT ON FUNCTION lead_temperature.unmapped_kinds(pg_catalog.regclass) IS
'kinds of interactions of each table that the frozen model of a tracker has no signal for, most frequent first';

/*
 * Upgrades.
 */

CREATE FUNCTION lead_temperature.reload_trackers() RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_reload_trackers' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.reload_trackers() IS
'Internal: makes every session read its trackers anew, and compare the version of its library with the extension''s; ends each upgrade script';
REVOKE ALL ON FUNCTION lead_temperature.reload_trackers() FROM PUBLIC;
