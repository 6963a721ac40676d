-- From 0.1.0 to 0.2.0: what an existing database needs to become what a fresh one is.

-- complain if the script is sourced in psql rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION lead_temperature UPDATE" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- The event triggers see more commands, and see them in replica role too.
DROP EVENT TRIGGER lead_temperature_ddl;
CREATE EVENT TRIGGER lead_temperature_ddl ON ddl_command_end
	WHEN TAG IN ('ALTER FOREIGN TABLE', 'ALTER FUNCTION', 'ALTER INDEX', 'ALTER MATERIALIZED VIEW', 'ALTER ROUTINE',
		'ALTER SCHEMA', 'ALTER SEQUENCE', 'ALTER TABLE', 'ALTER TYPE', 'ALTER VIEW', 'CREATE CAST',
		'CREATE FOREIGN TABLE', 'CREATE FUNCTION', 'CREATE RULE', 'CREATE SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS',
		'CREATE TRIGGER', 'DROP OWNED', 'SELECT INTO')
	EXECUTE FUNCTION lead_temperature.follow_ddl();
ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER lead_temperature_ddl IS
'follows new partitions, renamed columns and moved tables of trackers, and tells when kinds read otherwise; models go with DROP OWNED';
COMMENT ON FUNCTION lead_temperature.follow_ddl() IS
'event trigger: follows new partitions, renamed columns and moved tables of trackers, and tells when kinds read otherwise; models go with DROP OWNED';

/*
 * The versions of library and extension are compared when a tracker is loaded.
 */

CREATE FUNCTION lead_temperature.reload_trackers() RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_reload_trackers' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.reload_trackers() IS
'makes every session read its trackers anew, and compare the version of its library with the extension''s; ends each upgrade script';
REVOKE ALL ON FUNCTION lead_temperature.reload_trackers() FROM PUBLIC;

/*
 * Functions in SQL whose names are resolved here, and not along the path of whoever calls them;
 * and views whose literals have a type.
 */

CREATE OR REPLACE FUNCTION lead_temperature.stage_order(stage lead_temperature.stage) RETURNS pg_catalog.int4
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
	RETURN CASE stage
		WHEN 'visitor'::lead_temperature.stage THEN 1
		WHEN 'lead'::lead_temperature.stage THEN 2
		WHEN 'marketing_qualified'::lead_temperature.stage THEN 3
		WHEN 'sales_qualified'::lead_temperature.stage THEN 4
		WHEN 'opportunity'::lead_temperature.stage THEN 5
		WHEN 'customer'::lead_temperature.stage THEN 6 END;

CREATE OR REPLACE FUNCTION lead_temperature.templates()
	RETURNS TABLE (name text, half_life interval, warm float8, mql float8, hot float8, description text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1 ROWS 3
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
VALUES
	('default'::text, '14 days'::interval, 10::float8, 25::float8, 40::float8, 'purchases that take weeks to decide'::text),
	('shop', '3 days', 10, 25, 40, 'purchases decided within days'),
	('b2b', '30 days', 10, 25, 40, 'purchases that take months to decide');
END;

CREATE OR REPLACE FUNCTION lead_temperature.template_model(template text)
	RETURNS TABLE (half_life interval, warm float8, mql float8, hot float8)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 1
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
SELECT t.half_life, t.warm, t.mql, t.hot FROM lead_temperature.templates() AS t WHERE t.name = template;
END;

CREATE OR REPLACE FUNCTION lead_temperature.template_signal_group(template text)
	RETURNS TABLE (name text, cap float8)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 2
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
SELECT g.name, g.cap
FROM lead_temperature.template_model(template), (VALUES
	('browsing'::text, 20::float8),
	('content', 15)) AS g (name, cap);
END;

-- Five columns more, where views of users may rest on the others: CREATE OR REPLACE adds none.
UPDATE pg_catalog.pg_proc SET
	proallargtypes = proallargtypes OPERATOR(pg_catalog.||) ARRAY['interval'::pg_catalog.regtype::pg_catalog.oid, 'bool'::pg_catalog.regtype::pg_catalog.oid,
		'text'::pg_catalog.regtype::pg_catalog.oid, 'text'::pg_catalog.regtype::pg_catalog.oid, 'bool'::pg_catalog.regtype::pg_catalog.oid],
	proargmodes = proargmodes OPERATOR(pg_catalog.||) ARRAY['t', 't', 't', 't', 't']::pg_catalog."char"[],
	proargnames = proargnames OPERATOR(pg_catalog.||) ARRAY['cooldown', 'final', 'consent', 'channel', 'spends']::pg_catalog.text[]
WHERE oid OPERATOR(pg_catalog.=) 'lead_temperature.template_signal(pg_catalog.text)'::pg_catalog.regprocedure::pg_catalog.oid;
CREATE OR REPLACE FUNCTION lead_temperature.template_signal(template text)
	RETURNS TABLE (kind text, points float8, signal_group text, stage lead_temperature.stage,
				   outcome lead_temperature.status, cooldown interval, final bool,
				   consent text, channel text, spends bool)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 37
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
SELECT s.kind, s.points, s.signal_group, s.stage, s.outcome, s.cooldown, coalesce(s.final, false), s.consent, s.channel, true
FROM lead_temperature.template_model(template), (VALUES
	('ad_click'::text, 0.5::float8, 'browsing'::text, NULL::lead_temperature.stage, NULL::lead_temperature.status, '30 minutes'::interval, NULL::bool, NULL::text, NULL::text),
	('page_view', 0.1, 'browsing', NULL, NULL, NULL, NULL, NULL, NULL),
	('product_view', 1, 'browsing', NULL, NULL, NULL, NULL, NULL, NULL),
	('visit', 5, 'browsing', NULL, NULL, '30 minutes', NULL, NULL, NULL),
	('site_search', 2, 'browsing', NULL, NULL, NULL, NULL, NULL, NULL),
	('pricing_view', 3, 'browsing', NULL, NULL, NULL, NULL, NULL, NULL),
	('comparison_view', 4, 'browsing', NULL, NULL, NULL, NULL, NULL, NULL),
	('review_read', 2, 'browsing', NULL, NULL, NULL, NULL, NULL, NULL),
	('email_open', 0, 'browsing', NULL, NULL, NULL, NULL, NULL, NULL),
	('email_click', 2, 'browsing', NULL, NULL, '1 day', NULL, NULL, NULL),
	('bounce', -4, 'browsing', NULL, NULL, NULL, NULL, NULL, NULL),

	('newsletter_signup', 15, 'content', 'lead', NULL, NULL, NULL, 'grant', 'email'),
	('content_download', 15, 'content', 'lead', NULL, NULL, NULL, NULL, NULL),
	('webinar_attended', 15, 'content', 'lead', NULL, NULL, NULL, NULL, NULL),
	('social_follow', 12, 'content', 'lead', NULL, NULL, NULL, NULL, NULL),

	('form_submit', 15, NULL, 'lead', NULL, '1 hour', NULL, 'grant', 'email'),
	('info_request', 15, NULL, 'lead', NULL, '1 hour', NULL, NULL, NULL),
	('question', 20, NULL, 'lead', NULL, NULL, NULL, NULL, NULL),
	('question_answered', 12, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('call', 8, NULL, 'lead', NULL, NULL, NULL, NULL, NULL),
	('store_visit', 10, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('event_badge_scan', 4, NULL, 'lead', NULL, NULL, NULL, NULL, NULL),
	('event_conversation', 20, NULL, 'lead', NULL, NULL, NULL, NULL, NULL),
	('referral', 30, NULL, 'lead', NULL, NULL, NULL, NULL, NULL),
	('add_to_cart', 20, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('trial_started', 50, NULL, 'lead', NULL, NULL, NULL, NULL, NULL),
	('demo_request', 80, NULL, 'lead', NULL, '1 day', NULL, NULL, NULL),
	('quote_request', 80, NULL, 'lead', NULL, '1 day', NULL, NULL, NULL),
	('meeting_booked', 60, NULL, 'lead', NULL, NULL, NULL, NULL, NULL),
	('meeting_held', 40, NULL, 'opportunity', NULL, NULL, NULL, NULL, NULL),
	('checkout_started', 60, NULL, 'opportunity', NULL, NULL, NULL, NULL, NULL),
	('no_show', -60, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('unsubscribe', -20, NULL, 'lead', NULL, NULL, NULL, 'withdraw', 'email'),

	('purchase', NULL, NULL, NULL, 'won', NULL, NULL, NULL, NULL),
	('opportunity_lost', NULL, NULL, NULL, 'lost', NULL, NULL, NULL, NULL),
	('disqualified', NULL, NULL, NULL, 'lost', NULL, true, NULL, NULL),
	('spam_complaint', NULL, NULL, NULL, 'lost', NULL, true, 'withdraw', NULL)
) AS s (kind, points, signal_group, stage, outcome, cooldown, final, consent, channel);
END;
COMMENT ON FUNCTION lead_temperature.template_signal(text) IS
'signals of a template';

CREATE OR REPLACE FUNCTION lead_temperature.funnel_history(interactions pg_catalog.regclass,
	"from" pg_catalog.timestamptz, "to" pg_catalog.timestamptz, step pg_catalog.interval)
	RETURNS TABLE (
		at pg_catalog.timestamptz,
		stage lead_temperature.stage,
		stage_order pg_catalog.int4,
		leads pg_catalog.int8,
		cold pg_catalog.int8,
		warm pg_catalog.int8,
		hot pg_catalog.int8,
		won pg_catalog.int8,
		lost pg_catalog.int8,
		share_of_open pg_catalog.float8,
		reached pg_catalog.int8,
		conversion_from_previous pg_catalog.float8,
		conversion_from_first pg_catalog.float8
	)
	LANGUAGE sql STABLE STRICT COST 10000 ROWS 600
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
SELECT f.at, s.*
FROM lead_temperature.funnels(interactions, "from", "to", step) AS f,
	lead_temperature.stages(f.funnel) AS s;
END;

CREATE OR REPLACE FUNCTION lead_temperature.evaluate(interactions pg_catalog.regclass,
	"from" pg_catalog.timestamptz, "to" pg_catalog.timestamptz,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, horizon pg_catalog.interval DEFAULT '14 days'::pg_catalog.interval,
	model pg_catalog.text DEFAULT NULL)
	RETURNS TABLE (
		at pg_catalog.timestamptz,
		ranking pg_catalog.text,
		leads pg_catalog.int8,
		converted pg_catalog.int8,
		auc pg_catalog.float8,
		auc_low pg_catalog.float8,
		auc_high pg_catalog.float8,
		lift_3 pg_catalog.float8,
		lift_10 pg_catalog.float8,
		hot pg_catalog.int8,
		hot_converted pg_catalog.int8,
		precision_of_hot pg_catalog.float8,
		brier pg_catalog.float8
	)
	LANGUAGE sql STABLE COST 100000 ROWS 200
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
WITH observed AS MATERIALIZED (
	SELECT o.at, o.lead_number, o.score, o.probability, o.temperature, o.interactions, o.recency,
		lead_temperature.stage_order(o.stage) AS stage_order, o.converted
	FROM lead_temperature.observations(interactions, "from", "to", step, horizon, model) AS o
	ORDER BY o.at
), rankings AS (
	SELECT * FROM (VALUES (1, 'heat'::text), (2, 'interactions'::text), (3, 'recency'::text), (4, 'furthest stage'::text)) AS r (place, ranking)
), measured AS (
	SELECT r.place, r.ranking, m.*
	FROM rankings AS r, LATERAL (
		SELECT o.at, count(*) AS leads, count(*) FILTER (WHERE o.converted) AS converted,
			lead_temperature.auc(s.score, o.converted) AS auc,
			lead_temperature.auc_stderr(s.score, o.converted) AS auc_stderr,
			lead_temperature.lift(s.score, o.converted, 0.03::float8) AS lift_3,
			lead_temperature.lift(s.score, o.converted, 0.1::float8) AS lift_10,
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature) AS hot,
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature AND o.converted) AS hot_converted,
			lead_temperature.brier(o.probability, o.converted) AS brier
		FROM observed AS o, LATERAL (SELECT CASE r.place WHEN 1 THEN o.score WHEN 2 THEN o.interactions
				WHEN 3 THEN o.recency ELSE o.stage_order END) AS s (score)
		GROUP BY o.at
		UNION ALL
		SELECT NULL::timestamptz, count(*), count(*) FILTER (WHERE o.converted),
			lead_temperature.auc(s.score, o.converted),
			lead_temperature.auc_stderr(s.score, o.converted, o.lead_number),
			lead_temperature.lift(s.score, o.converted, 0.03::float8),
			lead_temperature.lift(s.score, o.converted, 0.1::float8),
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature),
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature AND o.converted),
			lead_temperature.brier(o.probability, o.converted)
		FROM observed AS o, LATERAL (SELECT CASE r.place WHEN 1 THEN o.score WHEN 2 THEN o.interactions
				WHEN 3 THEN o.recency ELSE o.stage_order END) AS s (score)
		HAVING count(*) > 0::int8) AS m
)
SELECT m.at, m.ranking, m.leads, m.converted, m.auc,
	CASE WHEN m.auc_stderr IS NOT NULL THEN greatest(m.auc - 1.96::float8 * m.auc_stderr, 0::float8) END,
	CASE WHEN m.auc_stderr IS NOT NULL THEN least(m.auc + 1.96::float8 * m.auc_stderr, 1::float8) END,
	m.lift_3, m.lift_10,
	CASE WHEN m.place = 1 THEN m.hot END,
	CASE WHEN m.place = 1 THEN m.hot_converted END,
	CASE WHEN m.place = 1 THEN m.hot_converted::float8 / nullif(m.hot, 0::int8) END,
	CASE WHEN m.place = 1 THEN m.brier END
FROM measured AS m
ORDER BY m.at NULLS LAST, m.place;
END;

CREATE OR REPLACE FUNCTION lead_temperature.rises_within(interactions pg_catalog.regclass,
	"from" pg_catalog.timestamptz, "to" pg_catalog.timestamptz, most pg_catalog.float8)
	RETURNS TABLE (low pg_catalog.float8, high pg_catalog.float8)
	LANGUAGE sql STABLE STRICT COST 100000 ROWS 1
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
WITH rise AS MATERIALIZED (
	SELECT s.before, s.after FROM lead_temperature.steps(interactions, "from", "to") AS s
	WHERE s.after > s.before AND s.after > 0::float8 AND s.status = 'open'::lead_temperature.status
), change AS (
	SELECT r.after AS score, 1 AS rises FROM rise AS r
	UNION ALL
	SELECT r.before, -1 FROM rise AS r WHERE r.before > 0::float8
), score AS (
	SELECT c.score, lag(c.score) OVER (ORDER BY c.score DESC) AS next_higher,
		sum(sum(c.rises)) OVER (ORDER BY c.score DESC) AS rises
	FROM change AS c GROUP BY c.score
)
SELECT s.score, s.next_higher FROM score AS s
WHERE s.rises > most ORDER BY s.score DESC LIMIT 1;
END;

CREATE OR REPLACE VIEW lead_temperature.replays WITH (security_barrier) AS
SELECT p.interactions,
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

/*
 * Models belong to a role by its OID.
 */

CREATE FUNCTION lead_temperature.role_id(role name) RETURNS oid
	AS 'MODULE_PATHNAME', 'lt_role_id' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.role_id(name) IS
'OID of a role, 0 if there is none of that name; for the table model';

CREATE FUNCTION lead_temperature.model_role(owner_id oid, owner name) RETURNS oid
	AS 'MODULE_PATHNAME', 'lt_model_role' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.model_role(oid, name) IS
'role that a model belongs to: the one of the OID, or of the name if there was none when the row was written; NULL if it does not exist';

ALTER TABLE lead_temperature.model
	ADD owner_id oid GENERATED ALWAYS AS (lead_temperature.role_id(owner)) STORED;
COMMENT ON COLUMN lead_temperature.model.owner_id IS
'OID of that role when the row was written, 0 if there was none; by it the role is known under another name';

ALTER POLICY members_of_owner ON lead_temperature.model
	USING (pg_catalog.pg_has_role(lead_temperature.model_role(owner_id, owner), 'USAGE'::text));

-- A replay that was interrupted noted its last lead as text by the settings of its session: begin again with the first.
UPDATE lead_temperature.replay_progress SET last_lead = NULL, rows_done = 0, leads_done = 0
WHERE finished_at IS NULL;

-- Changes of the types, casts and functions by which kinds turn into text make a tracker stale.
COMMENT ON COLUMN lead_temperature.tracker.outdated IS
'rows came, went or read otherwise without a trigger: a partition was attached or detached, a type of kinds changed';

-- Rows that count nowhere.
CREATE FUNCTION lead_temperature.skipped_rows(tracker pg_catalog.regclass,
	OUT reason pg_catalog.text, OUT rows pg_catalog.int8,
	OUT first_at pg_catalog.timestamptz, OUT last_at pg_catalog.timestamptz)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_skipped_rows' LANGUAGE C VOLATILE STRICT COST 10000 ROWS 5;
COMMENT ON FUNCTION lead_temperature.skipped_rows(pg_catalog.regclass) IS
'rows of a tracked table that are read for no lead, by the reason: no lead, no time, an infinite one or one before 1970, a weight that is not finite, or archived';

-- A tracker is not restored while the triggers of its table fire.
CREATE FUNCTION lead_temperature.check_restore() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_check_restore' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.check_restore() IS
'row trigger of the table of trackers: refuses to restore a tracker while the triggers of its table fire';

CREATE TRIGGER check_restore AFTER INSERT ON lead_temperature.tracker
	FOR EACH ROW EXECUTE FUNCTION lead_temperature.check_restore();
COMMENT ON TRIGGER check_restore ON lead_temperature.tracker IS
'refuses to restore a tracker while the triggers of its table fire';

-- A table that a subscription writes shows as stale.
CREATE FUNCTION lead_temperature.follow_subscription() RETURNS pg_catalog.event_trigger
	AS 'MODULE_PATHNAME', 'lt_follow_subscription' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow_subscription() IS
'event trigger: marks trackers of tables that a subscription has written';

CREATE EVENT TRIGGER lead_temperature_subscription ON ddl_command_start
	WHEN TAG IN ('ALTER SUBSCRIPTION', 'DROP SUBSCRIPTION')
	EXECUTE FUNCTION lead_temperature.follow_subscription();
COMMENT ON EVENT TRIGGER lead_temperature_subscription IS
'marks trackers of tables that a subscription has written';

ALTER EVENT TRIGGER lead_temperature_subscription ENABLE ALWAYS;


/*
 * What trackers own is one list, to which later modules add.
 */
-- Those that the table of trackers has no column for.
CREATE TABLE lead_temperature.companion (
	interactions pg_catalog.regclass NOT NULL,
	suffix pg_catalog.name NOT NULL,
	relation pg_catalog.regclass NOT NULL,
	PRIMARY KEY (interactions, suffix)
);
COMMENT ON TABLE lead_temperature.companion IS
'tables and views that trackers have made, by the suffix of their names, but those named in the table of trackers';

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.companion', '');

CREATE FUNCTION lead_temperature.upgrade_tracker(tracker pg_catalog.regclass) RETURNS pg_catalog.int4
	AS 'MODULE_PATHNAME', 'lt_upgrade_tracker' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.upgrade_tracker(pg_catalog.regclass) IS
'makes the tables and views that newer versions make for a tracker, and those that it has lost, and gives its tables their present names and columns; returns how many';

/*
 * Signals have cooldowns, may be final, and may grant or withdraw consent; model versions keep
 * that, and the rules of the fold that they were made for.
 */
ALTER TABLE lead_temperature.signal
	ADD cooldown interval
		CONSTRAINT signal_cooldown_without_months
			CHECK (date_part('year'::text, cooldown) = 0::float8 AND date_part('month'::text, cooldown) = 0::float8)
		CONSTRAINT signal_cooldown_positive_up_to_100_years
			CHECK (cooldown > '0'::interval AND cooldown <= '36525 days'::interval),
	ADD final bool NOT NULL DEFAULT false,
	ADD consent text COLLATE "C"
		CONSTRAINT signal_consent_grant_or_withdraw
			CHECK (consent = ANY (ARRAY['grant'::text, 'withdraw'::text])),
	ADD channel text COLLATE "C"
		CONSTRAINT signal_channel_not_empty CHECK (channel <> ''::text),
	ADD spends bool NOT NULL DEFAULT true,
	ADD CONSTRAINT signal_final_is_lost
		CHECK (NOT final OR (outcome IS NOT NULL AND outcome = 'lost'::lead_temperature.status)),
	DROP CONSTRAINT signal_has_points_or_an_outcome_alone,
	ADD CONSTRAINT signal_has_points_or_an_outcome_alone
		CHECK (CASE WHEN outcome IS NULL THEN points IS NOT NULL
					WHEN spends THEN points IS NULL AND signal_group IS NULL AND stage IS NULL
					ELSE stage IS NULL AND (points IS NOT NULL OR signal_group IS NULL) END),
	ADD CONSTRAINT signal_keeping_is_won
		CHECK (spends OR (outcome IS NOT NULL AND outcome = 'won'::lead_temperature.status)),
	ADD CONSTRAINT signal_channel_has_consent
		CHECK (channel IS NULL OR consent IS NOT NULL),
	ADD CONSTRAINT signal_grant_has_channel
		CHECK (consent <> 'grant'::text OR channel IS NOT NULL);
COMMENT ON COLUMN lead_temperature.signal.cooldown IS
'how long after an interaction that counted further ones of the kind count for nothing; NULL: each counts';
COMMENT ON COLUMN lead_temperature.signal.final IS
'lost for good: nothing but a purchase opens the lead again';
COMMENT ON COLUMN lead_temperature.signal.consent IS
'grant or withdraw: whether the lead may be written to from then on; NULL: it says nothing of that';
COMMENT ON COLUMN lead_temperature.signal.channel IS
'by which way the lead may be written to, such as email; NULL where consent is withdrawn: by none at all';
COMMENT ON COLUMN lead_temperature.signal.outcome IS 'won or lost: it closes the lead, and adds no points unless it spends nothing';
COMMENT ON COLUMN lead_temperature.signal.spends IS
'whether the outcome spends the heat; false: won, and the lead keeps its heat, gets the points, and is open in its next cycle';

-- Models say after which silence leads are dormant.
ALTER TABLE lead_temperature.model
	ADD dormant_after interval
		CONSTRAINT model_dormant_after_without_months
			CHECK (date_part('year'::text, dormant_after) = 0::float8 AND date_part('month'::text, dormant_after) = 0::float8)
		CONSTRAINT model_dormant_after_between_1_minute_and_100_years
			CHECK (dormant_after >= '1 minute'::interval AND dormant_after <= '36525 days'::interval);
COMMENT ON COLUMN lead_temperature.model.dormant_after IS
'silence that makes an open lead dormant, which the next interaction ends with a new cycle: 1 minute to 36525 days, without months; NULL: none does';

-- Models say which fit is of which grade.
ALTER TABLE lead_temperature.model
	ADD grade_a float8 NOT NULL DEFAULT 30,
	ADD grade_b float8 NOT NULL DEFAULT 20,
	ADD grade_c float8 NOT NULL DEFAULT 10,
	ADD CONSTRAINT model_grades_ascend CHECK (grade_c <= grade_b AND grade_b <= grade_a),
	ADD CONSTRAINT model_grades_finite CHECK (grade_c > '-infinity'::float8 AND grade_a < 'infinity'::float8);
COMMENT ON COLUMN lead_temperature.model.grade_a IS 'least fit of a lead of grade A';
COMMENT ON COLUMN lead_temperature.model.grade_b IS 'least fit of a lead of grade B';
COMMENT ON COLUMN lead_temperature.model.grade_c IS 'least fit of a lead of grade C; one below it is of grade D';

ALTER TABLE lead_temperature.frozen_model RENAME TO model_version;
ALTER TABLE lead_temperature.model_version RENAME CONSTRAINT frozen_model_pkey TO model_version_pkey;
ALTER TABLE lead_temperature.model_version
	ADD cooldowns pg_catalog.interval[], ADD finals pg_catalog.bool[],
	ADD consents pg_catalog.text[], ADD channels pg_catalog.text[], ADD rules pg_catalog.int4,
	ADD dormant_after pg_catalog.interval, ADD spends pg_catalog.bool[],
	ADD fit_attributes pg_catalog.text[] NOT NULL DEFAULT '{}',
	ADD fit_operators pg_catalog.text[] NOT NULL DEFAULT '{}',
	ADD fit_values pg_catalog.text[] NOT NULL DEFAULT '{}',
	ADD fit_points pg_catalog.float8[] NOT NULL DEFAULT '{}',
	ADD grade_a pg_catalog.float8 NOT NULL DEFAULT 30,
	ADD grade_b pg_catalog.float8 NOT NULL DEFAULT 20,
	ADD grade_c pg_catalog.float8 NOT NULL DEFAULT 10;
UPDATE lead_temperature.model_version SET
	cooldowns = pg_catalog.array_fill(NULL::pg_catalog.interval, ARRAY[pg_catalog.cardinality(kinds)]),
	finals = pg_catalog.array_fill(false, ARRAY[pg_catalog.cardinality(kinds)]),
	consents = pg_catalog.array_fill(NULL::pg_catalog.text, ARRAY[pg_catalog.cardinality(kinds)]),
	channels = pg_catalog.array_fill(NULL::pg_catalog.text, ARRAY[pg_catalog.cardinality(kinds)]),
	spends = pg_catalog.array_fill(true, ARRAY[pg_catalog.cardinality(kinds)]),
	rules = 1;
ALTER TABLE lead_temperature.model_version
	ALTER cooldowns SET NOT NULL, ALTER finals SET NOT NULL,
	ALTER consents SET NOT NULL, ALTER channels SET NOT NULL, ALTER rules SET NOT NULL,
	ALTER spends SET NOT NULL;
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

/*
 * Fit: what who a lead is says of it, by rules over attributes.
 *
 * Rules belong to a model, and trackers work from a frozen copy of them as of its signals.
 */

CREATE TABLE lead_temperature.fit_rule (
	model pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT fit_rule_model_exists
			REFERENCES lead_temperature.model (name) ON UPDATE CASCADE ON DELETE CASCADE,
	attribute pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT fit_rule_attribute_not_empty CHECK (attribute OPERATOR(pg_catalog.<>) ''::pg_catalog.text),
	operator pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT fit_rule_operator_known
			CHECK (operator OPERATOR(pg_catalog.=) ANY (ARRAY['=', 'in', 'range', 'like', 'is null']::pg_catalog.text[])),
	value pg_catalog.text COLLATE pg_catalog."C" NOT NULL DEFAULT '',
	points pg_catalog.float8 NOT NULL
		CONSTRAINT fit_rule_points_finite
			CHECK (points OPERATOR(pg_catalog.>) '-infinity'::pg_catalog.float8 AND points OPERATOR(pg_catalog.<) 'infinity'::pg_catalog.float8),
	PRIMARY KEY (model, attribute, operator, value),
	CONSTRAINT fit_rule_in_has_values
		CHECK (CASE WHEN operator OPERATOR(pg_catalog.=) 'in'::pg_catalog.text
			THEN coalesce(pg_catalog.array_ndims(value::pg_catalog.text[]), 0) OPERATOR(pg_catalog.=) 1
				AND pg_catalog.array_position(value::pg_catalog.text[], NULL::pg_catalog.text) IS NULL ELSE true END),
	CONSTRAINT fit_rule_range_from_low_to_below_high
		CHECK (CASE WHEN operator OPERATOR(pg_catalog.=) 'range'::pg_catalog.text
			THEN NOT pg_catalog.isempty(value::pg_catalog.numrange) AND NOT pg_catalog.upper_inc(value::pg_catalog.numrange)
				AND (pg_catalog.lower_inc(value::pg_catalog.numrange) OR pg_catalog.lower_inf(value::pg_catalog.numrange)) ELSE true END),
	CONSTRAINT fit_rule_pattern_is_whole
		CHECK (operator OPERATOR(pg_catalog.<>) 'like'::pg_catalog.text
			OR value OPERATOR(pg_catalog.!~) '(^|[^\\])(\\\\)*\\$'::pg_catalog.text),
	CONSTRAINT fit_rule_is_null_has_no_value
		CHECK (operator OPERATOR(pg_catalog.<>) 'is null'::pg_catalog.text OR value OPERATOR(pg_catalog.=) ''::pg_catalog.text)
);
COMMENT ON TABLE lead_temperature.fit_rule IS
'what an attribute of a lead is worth: its fit is the sum of the points of the rules that match';
COMMENT ON COLUMN lead_temperature.fit_rule.model IS 'model that the rule belongs to';
COMMENT ON COLUMN lead_temperature.fit_rule.attribute IS 'name of an attribute; a rule of one that a tracker does not have matches none of its leads';
COMMENT ON COLUMN lead_temperature.fit_rule.operator IS
'how the attribute is compared: =, in, range, like (with case), or is null, which a lead without the attribute matches';
COMMENT ON COLUMN lead_temperature.fit_rule.value IS
'what with: a text for =, an array of texts as {DE,AT} for in, numbers from one to below another as [10,50) for range, a pattern with % and _ for like, empty for is null';
COMMENT ON COLUMN lead_temperature.fit_rule.points IS 'what the rule adds to the fit of a lead that matches it';

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.fit_rule', '');

GRANT SELECT, INSERT, UPDATE, DELETE ON lead_temperature.fit_rule TO PUBLIC;
ALTER TABLE lead_temperature.fit_rule ENABLE ROW LEVEL SECURITY;
CREATE POLICY members_of_owner ON lead_temperature.fit_rule
	USING (EXISTS (SELECT 1 FROM lead_temperature.model AS m WHERE m.name OPERATOR(pg_catalog.=) fit_rule.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.fit_rule IS
'who sees the model sees and changes its rules of fit';

CREATE FUNCTION lead_temperature.check_fit_rules() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_check_fit_rules' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.check_fit_rules() IS
'Internal: statement trigger of fit_rule: refuses rules that say twice what one value of an attribute is worth';

CREATE TRIGGER check_fit_rules_insert AFTER INSERT ON lead_temperature.fit_rule
	REFERENCING NEW TABLE AS new_rules
	FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.check_fit_rules();
COMMENT ON TRIGGER check_fit_rules_insert ON lead_temperature.fit_rule IS
'refuses rules that contradict each other';
CREATE TRIGGER check_fit_rules_update AFTER UPDATE ON lead_temperature.fit_rule
	REFERENCING NEW TABLE AS new_rules
	FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.check_fit_rules();
COMMENT ON TRIGGER check_fit_rules_update ON lead_temperature.fit_rule IS
'refuses rules that contradict each other';

CREATE OR REPLACE VIEW lead_temperature.model_snapshot AS
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
/*
 * Trackers read several tables.  What is read of an interaction may be an expression, and a filter
 * leaves rows out.
 */
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

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.source', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.expression', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.failed_rows', '');

CREATE OR REPLACE VIEW lead_temperature.model_current AS
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

CREATE OR REPLACE VIEW lead_temperature.replays WITH (security_barrier) AS
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

CREATE OR REPLACE VIEW lead_temperature.trackers WITH (security_barrier) AS
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
CREATE OR REPLACE VIEW lead_temperature.model_drift AS
SELECT t.interactions, w.model, w.week, w.horizon, w.leads, w.converted,
	w.auc, w.auc_low, w.auc_high, w.expected_auc, w.retrain, t.state
FROM lead_temperature.trackers t
CROSS JOIN LATERAL lead_temperature.model_weeks(t.state) w;

DROP FUNCTION lead_temperature.track(pg_catalog.regclass, pg_catalog.name, pg_catalog.name, pg_catalog.name, pg_catalog.name, pg_catalog.name,
	pg_catalog.name, lead_temperature.stage, pg_catalog.text, pg_catalog.bool, pg_catalog.bool, pg_catalog.bool);
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

-- What people say of leads.
CREATE FUNCTION lead_temperature.set_stage(tracker pg_catalog.regclass, lead pg_catalog.text,
	stage lead_temperature.stage, reason pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_set_stage' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.set_stage(pg_catalog.regclass, pg_catalog.text, lead_temperature.stage, pg_catalog.text) IS
'says that a lead is at a stage, also an earlier one, from which heat does not lift it again at once';

CREATE FUNCTION lead_temperature.exclude(tracker pg_catalog.regclass, lead pg_catalog.text, reason pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_exclude' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.exclude(pg_catalog.regclass, pg_catalog.text, pg_catalog.text) IS
'says that a lead is none: a competitor, a student, one of the own people; out of ranking, funnel, history and training';

CREATE FUNCTION lead_temperature.include(tracker pg_catalog.regclass, lead pg_catalog.text, reason pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_include' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.include(pg_catalog.regclass, pg_catalog.text, pg_catalog.text) IS
'says that a lead that was excluded is one after all';

/*
 * Modules: what a tracker makes on request.
 */

CREATE FUNCTION lead_temperature.add_module(tracker pg_catalog.regclass, module pg_catalog.text)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_add_module' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.add_module(pg_catalog.regclass, pg_catalog.text) IS
'makes the tables and views of a module for a tracker';

CREATE FUNCTION lead_temperature.drop_module(tracker pg_catalog.regclass, module pg_catalog.text)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_drop_module' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.drop_module(pg_catalog.regclass, pg_catalog.text) IS
'drops the tables and views of a module of a tracker, RESTRICT';

/*
 * Service levels: within which time hot leads are to be claimed, and contacted, per model.
 */

CREATE FUNCTION lead_temperature.check_service() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_check_service' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.check_service() IS
'Internal: row trigger of service_level and working_hours: refuses what is no time zone, and hours that overlap';

CREATE TABLE lead_temperature.service_level (
	model pg_catalog.text COLLATE pg_catalog."C" PRIMARY KEY
		CONSTRAINT service_level_model_exists
			REFERENCES lead_temperature.model (name) ON UPDATE CASCADE ON DELETE CASCADE,
	claim_within pg_catalog.interval NOT NULL DEFAULT '00:05:00'::pg_catalog.interval
		CONSTRAINT service_level_claim_without_months
			CHECK (pg_catalog.date_part('year'::pg_catalog.text, claim_within) OPERATOR(pg_catalog.=) 0::pg_catalog.float8
				AND pg_catalog.date_part('month'::pg_catalog.text, claim_within) OPERATOR(pg_catalog.=) 0::pg_catalog.float8)
		CONSTRAINT service_level_claim_positive_up_to_1_year
			CHECK (claim_within OPERATOR(pg_catalog.>) '0'::pg_catalog.interval
				AND claim_within OPERATOR(pg_catalog.<=) '366 days'::pg_catalog.interval),
	contact_within pg_catalog.interval NOT NULL DEFAULT '01:00:00'::pg_catalog.interval
		CONSTRAINT service_level_contact_without_months
			CHECK (pg_catalog.date_part('year'::pg_catalog.text, contact_within) OPERATOR(pg_catalog.=) 0::pg_catalog.float8
				AND pg_catalog.date_part('month'::pg_catalog.text, contact_within) OPERATOR(pg_catalog.=) 0::pg_catalog.float8)
		CONSTRAINT service_level_contact_positive_up_to_1_year
			CHECK (contact_within OPERATOR(pg_catalog.>) '0'::pg_catalog.interval
				AND contact_within OPERATOR(pg_catalog.<=) '366 days'::pg_catalog.interval),
	time_zone pg_catalog.text NOT NULL DEFAULT 'UTC'::pg_catalog.text
);
COMMENT ON TABLE lead_temperature.service_level IS
'within which time the leads of a model that are handed over shall be claimed, and contacted; without a row 5 minutes and 1 hour';
COMMENT ON COLUMN lead_temperature.service_level.model IS 'model of the trackers that it is for, as it is called now';
COMMENT ON COLUMN lead_temperature.service_level.claim_within IS 'from the handoff until an agent claims the lead; working time where there are working hours';
COMMENT ON COLUMN lead_temperature.service_level.contact_within IS 'from there until the first contact, likewise';
COMMENT ON COLUMN lead_temperature.service_level.time_zone IS 'full name of the zone that working hours and holidays are in';

CREATE TABLE lead_temperature.working_hours (
	model pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT working_hours_service_level_exists
			REFERENCES lead_temperature.service_level (model) ON UPDATE CASCADE ON DELETE CASCADE,
	weekday pg_catalog.int4 NOT NULL
		CONSTRAINT working_hours_weekday_1_to_7
			CHECK (weekday OPERATOR(pg_catalog.>=) 1 AND weekday OPERATOR(pg_catalog.<=) 7),
	opens pg_catalog.time NOT NULL,
	closes pg_catalog.time NOT NULL,
	PRIMARY KEY (model, weekday, opens),
	CONSTRAINT working_hours_open_before_they_close CHECK (opens OPERATOR(pg_catalog.<) closes)
);
COMMENT ON TABLE lead_temperature.working_hours IS
'when somebody is there to claim and contact the leads of a model; without any row somebody always is';
COMMENT ON COLUMN lead_temperature.working_hours.model IS 'model, which has a row in service_level';
COMMENT ON COLUMN lead_temperature.working_hours.weekday IS '1 Monday to 7 Sunday';
COMMENT ON COLUMN lead_temperature.working_hours.opens IS 'local time in the zone of the service level';
COMMENT ON COLUMN lead_temperature.working_hours.closes IS 'local time of the same day; 24:00 is its end';

CREATE TABLE lead_temperature.holiday (
	model pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT holiday_service_level_exists
			REFERENCES lead_temperature.service_level (model) ON UPDATE CASCADE ON DELETE CASCADE,
	day pg_catalog.date NOT NULL
		CONSTRAINT holiday_day_finite CHECK (pg_catalog.isfinite(day)),
	PRIMARY KEY (model, day)
);
COMMENT ON TABLE lead_temperature.holiday IS
'days on which there are no working hours';
COMMENT ON COLUMN lead_temperature.holiday.model IS 'model, which has a row in service_level';
COMMENT ON COLUMN lead_temperature.holiday.day IS 'local day in the zone of the service level';

CREATE TRIGGER check_service BEFORE INSERT OR UPDATE ON lead_temperature.service_level
	FOR EACH ROW EXECUTE FUNCTION lead_temperature.check_service();
COMMENT ON TRIGGER check_service ON lead_temperature.service_level IS
'refuses what is not the full name of a time zone';

CREATE TRIGGER check_service AFTER INSERT OR UPDATE ON lead_temperature.working_hours
	FOR EACH ROW EXECUTE FUNCTION lead_temperature.check_service();
COMMENT ON TRIGGER check_service ON lead_temperature.working_hours IS
'refuses working hours that overlap others of the day';

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.service_level', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.working_hours', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.holiday', '');

GRANT SELECT, INSERT, UPDATE, DELETE
	ON lead_temperature.service_level, lead_temperature.working_hours, lead_temperature.holiday TO PUBLIC;

ALTER TABLE lead_temperature.service_level ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_temperature.working_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_temperature.holiday ENABLE ROW LEVEL SECURITY;

CREATE POLICY members_of_owner ON lead_temperature.service_level
	USING (EXISTS (SELECT 1 FROM lead_temperature.model AS m WHERE m.name OPERATOR(pg_catalog.=) service_level.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.service_level IS
'who sees the model sees and changes its service level';

CREATE POLICY members_of_owner ON lead_temperature.working_hours
	USING (EXISTS (SELECT 1 FROM lead_temperature.model AS m WHERE m.name OPERATOR(pg_catalog.=) working_hours.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.working_hours IS
'who sees the model sees and changes its working hours';

CREATE POLICY members_of_owner ON lead_temperature.holiday
	USING (EXISTS (SELECT 1 FROM lead_temperature.model AS m WHERE m.name OPERATOR(pg_catalog.=) holiday.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.holiday IS
'who sees the model sees and changes its holidays';

CREATE FUNCTION lead_temperature.due_at(model pg_catalog.text, since pg_catalog.timestamptz, within pg_catalog.interval)
	RETURNS pg_catalog.timestamptz
	AS 'MODULE_PATHNAME', 'lt_due_at' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 100;
COMMENT ON FUNCTION lead_temperature.due_at(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.interval) IS
'instant at which so much working time of a model is over, or time where it has no working hours';

CREATE FUNCTION lead_temperature.working_time(model pg_catalog.text, since pg_catalog.timestamptz, until pg_catalog.timestamptz)
	RETURNS pg_catalog.interval
	AS 'MODULE_PATHNAME', 'lt_working_time' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 100;
COMMENT ON FUNCTION lead_temperature.working_time(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'working time of a model between two instants, or time where it has no working hours';

CREATE FUNCTION lead_temperature.service_due(state pg_catalog.regclass, clock pg_catalog.text, since pg_catalog.timestamptz, share pg_catalog.float8)
	RETURNS pg_catalog.timestamptz
	AS 'MODULE_PATHNAME', 'lt_service_due' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 100;
COMMENT ON FUNCTION lead_temperature.service_due(pg_catalog.regclass, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.float8) IS
'Internal: instant at which a share of the time to claim, or contact, a lead of a state table is over; for the views of a tracker';

/*
 * Handoffs: hot leads claimed, contacted, accepted and rejected by those who call them.
 */

-- Of the whole tracker under the team ''.
CREATE TABLE lead_temperature.handoff_setting (
	interactions pg_catalog.regclass NOT NULL,
	team pg_catalog.text COLLATE pg_catalog."C" NOT NULL,
	channel pg_catalog.text,
	relation pg_catalog.regclass,
	key pg_catalog.text,
	filter pg_catalog.text,
	PRIMARY KEY (interactions, team)
);
COMMENT ON TABLE lead_temperature.handoff_setting IS
'whom trackers notify of handoffs, and which leads are those of which team; read through the view handoff_settings';
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.handoff_setting', '');

CREATE VIEW lead_temperature.handoff_settings WITH (security_barrier) AS
SELECT t.state AS tracker, nullif(s.team, ''::pg_catalog.text) AS team, s.channel, s.relation, s.key, s.filter
FROM lead_temperature.handoff_setting s
JOIN lead_temperature.tracker t ON t.interactions OPERATOR(pg_catalog.=) s.interactions
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) s.interactions
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE'::pg_catalog.text);
COMMENT ON VIEW lead_temperature.handoff_settings IS
'of the trackers of the roles that one is a member of: the channel that is notified of handoffs, where team is NULL, and of each team the table of leads that says which are its';
GRANT SELECT ON lead_temperature.handoff_settings TO PUBLIC;

CREATE FUNCTION lead_temperature.claim(tracker pg_catalog.regclass, agent pg_catalog.text, n pg_catalog.int4 DEFAULT 1,
	team pg_catalog.text DEFAULT NULL,
	OUT handoff pg_catalog.int8, OUT lead pg_catalog.text, OUT contact_due pg_catalog.timestamptz, OUT briefing pg_catalog.jsonb)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_claim' LANGUAGE C VOLATILE COST 10000 ROWS 1;
COMMENT ON FUNCTION lead_temperature.claim(pg_catalog.regclass, pg_catalog.text, pg_catalog.int4, pg_catalog.text) IS
'gives an agent the hottest leads that wait for one, with what is known of them; no two agents get the same';

CREATE FUNCTION lead_temperature.hand_over(tracker pg_catalog.regclass, lead pg_catalog.text, reason pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_hand_over' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.hand_over(pg_catalog.regclass, pg_catalog.text, pg_catalog.text) IS
'puts a lead into the queue by hand, whether anything has just made it hot or not; returns the number of the handoff';

CREATE FUNCTION lead_temperature.release(tracker pg_catalog.regclass, lead pg_catalog.text, agent pg_catalog.text)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_release' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.release(pg_catalog.regclass, pg_catalog.text, pg_catalog.text) IS
'gives a lead that an agent has claimed back to the queue';

CREATE FUNCTION lead_temperature.log_contact(tracker pg_catalog.regclass, lead pg_catalog.text, agent pg_catalog.text,
	note pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_log_contact' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.log_contact(pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'notes that an agent has contacted a lead that he has claimed';

CREATE FUNCTION lead_temperature.accept(tracker pg_catalog.regclass, lead pg_catalog.text, agent pg_catalog.text)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_accept' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.accept(pg_catalog.regclass, pg_catalog.text, pg_catalog.text) IS
'ends a handoff: sales takes the lead, which becomes an opportunity';

CREATE FUNCTION lead_temperature.reject(tracker pg_catalog.regclass, lead pg_catalog.text, agent pg_catalog.text,
	reason pg_catalog.text, quiet pg_catalog.interval DEFAULT NULL)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_reject' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.reject(pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.interval) IS
'ends a handoff: sales does not take the lead, and wants to hear nothing of it for a while';

CREATE FUNCTION lead_temperature.briefing(tracker pg_catalog.regclass, lead pg_catalog.text)
	RETURNS pg_catalog.jsonb
	AS 'MODULE_PATHNAME', 'lt_briefing' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lead_temperature.briefing(pg_catalog.regclass, pg_catalog.text) IS
'what is known of a lead now, for who is about to call: how hot, why, what it did, what it allows';

CREATE FUNCTION lead_temperature.set_handoff(tracker pg_catalog.regclass, channel pg_catalog.text)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_set_handoff' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.set_handoff(pg_catalog.regclass, pg_catalog.text) IS
'lets each statement that hands leads over notify a channel, or none if that is NULL';

CREATE FUNCTION lead_temperature.set_team(tracker pg_catalog.regclass, team pg_catalog.text, relation pg_catalog.regclass,
	key pg_catalog.text, filter pg_catalog.text)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_set_team' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.set_team(pg_catalog.regclass, pg_catalog.text, pg_catalog.regclass, pg_catalog.text, pg_catalog.text) IS
'says which leads a team claims: those for which a filter is true in the row that a table of yours has of them';

CREATE FUNCTION lead_temperature.drop_team(tracker pg_catalog.regclass, team pg_catalog.text)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_drop_team' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.drop_team(pg_catalog.regclass, pg_catalog.text) IS
'forgets a team; its leads are claimed by those who name none';

/*
 * Names that say what is meant.  Functions and their arguments are renamed where they are, as views and
 * grants of users rest on them: CREATE OR REPLACE gives no argument another name.
 */
ALTER FUNCTION lead_temperature.settle(pg_catalog.regclass) RENAME TO apply_due;
ALTER FUNCTION lead_temperature.consolidate(pg_catalog.regclass) RENAME TO compact_counts;
ALTER FUNCTION lead_temperature.as_of(pg_catalog.regclass, pg_catalog.timestamptz) RENAME TO leads_as_of;
ALTER FUNCTION lead_temperature.steps(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz) RENAME TO score_history;
ALTER FUNCTION lead_temperature.unmapped(pg_catalog.regclass) RENAME TO unmapped_kinds;

UPDATE pg_catalog.pg_proc SET proargnames[1] = 'tracker'
WHERE pronamespace OPERATOR(pg_catalog.=) 'lead_temperature'::pg_catalog.regnamespace::pg_catalog.oid
	AND proargnames[1] OPERATOR(pg_catalog.=) ANY (ARRAY['interactions', 'tracked']::pg_catalog.text[])
	AND proname OPERATOR(pg_catalog.<>) 'track'::pg_catalog.name;
UPDATE pg_catalog.pg_proc SET proargnames = pg_catalog.array_replace(
	pg_catalog.array_replace(proargnames, 'from'::pg_catalog.text, 'since'::pg_catalog.text),
	'to'::pg_catalog.text, 'until'::pg_catalog.text)
WHERE pronamespace OPERATOR(pg_catalog.=) 'lead_temperature'::pg_catalog.regnamespace::pg_catalog.oid
	AND proargnames OPERATOR(pg_catalog.&&) ARRAY['from', 'to']::pg_catalog.text[];

-- The table that interactions come from, where views of users may rest on the other columns.
UPDATE pg_catalog.pg_proc SET
	proallargtypes = proallargtypes OPERATOR(pg_catalog.||) 'regclass'::pg_catalog.regtype::pg_catalog.oid,
	proargmodes = proargmodes OPERATOR(pg_catalog.||) 'o'::pg_catalog."char",
	proargnames = proargnames OPERATOR(pg_catalog.||) 'source'::pg_catalog.text
WHERE oid OPERATOR(pg_catalog.=) ANY (ARRAY[
		'lead_temperature.score_breakdown(pg_catalog.regclass, pg_catalog.text)'::pg_catalog.regprocedure::pg_catalog.oid,
		'lead_temperature.unmapped_kinds(pg_catalog.regclass)'::pg_catalog.regprocedure::pg_catalog.oid]);
COMMENT ON FUNCTION lead_temperature.score_breakdown(pg_catalog.regclass, pg_catalog.text) IS
'what the score of a lead is made of now: a row for each kind and table since the last spending, and a row without kind for what the cap of a group cut';
COMMENT ON FUNCTION lead_temperature.unmapped_kinds(pg_catalog.regclass) IS
'kinds of interactions of each table that the frozen model of a tracker has no signal for, most frequent first';

-- Columns of users' own tables that follow leads.
CREATE TABLE lead_temperature.write_target (
	interactions pg_catalog.regclass NOT NULL,
	target pg_catalog.regclass NOT NULL,
	key pg_catalog.name NOT NULL,
	attributes pg_catalog.text[] NOT NULL,
	columns pg_catalog.name[] NOT NULL,
	words_as_of pg_catalog.timestamptz NOT NULL,
	PRIMARY KEY (interactions, target)
);
CREATE INDEX write_target_target_idx ON lead_temperature.write_target (target);
COMMENT ON TABLE lead_temperature.write_target IS
'tables of users whose columns follow the leads of trackers; read through the view write_backs';
COMMENT ON COLUMN lead_temperature.write_target.columns IS
'which of them have the attributes, one element each';
COMMENT ON COLUMN lead_temperature.write_target.words_as_of IS
'each temperature in the table was right at this instant, or is of a later one';
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.write_target', '');

CREATE VIEW lead_temperature.write_backs WITH (security_barrier) AS
SELECT t.state AS tracker, w.target, w.key::pg_catalog.text AS key, c.attribute,
	c.column_name::pg_catalog.text AS column_name
FROM lead_temperature.write_target w
JOIN lead_temperature.tracker t ON t.interactions OPERATOR(pg_catalog.=) w.interactions
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) w.interactions
JOIN pg_catalog.pg_class r ON r.oid OPERATOR(pg_catalog.=) w.target
CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(w.attributes), pg_catalog.unnest(w.columns)) AS c (attribute, column_name)
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE'::pg_catalog.text)
	OR pg_catalog.pg_has_role(r.relowner, 'USAGE'::pg_catalog.text);
COMMENT ON VIEW lead_temperature.write_backs IS
'columns of users'' tables that follow the leads of trackers, where one is a member of the owner of either: the table of the leads, the target, the column of that which has the lead, what of a lead is written, and into which column';
GRANT SELECT ON lead_temperature.write_backs TO PUBLIC;

CREATE FUNCTION lead_temperature.write_back(
	tracker pg_catalog.regclass,
	target pg_catalog.regclass,
	key pg_catalog.text,
	stage pg_catalog.text DEFAULT NULL,
	temperature pg_catalog.text DEFAULT NULL,
	score pg_catalog.text DEFAULT NULL,
	level pg_catalog.text DEFAULT NULL,
	hot_until pg_catalog.text DEFAULT NULL,
	warm_until pg_catalog.text DEFAULT NULL,
	status pg_catalog.text DEFAULT NULL,
	first_at pg_catalog.text DEFAULT NULL,
	last_at pg_catalog.text DEFAULT NULL,
	stage_since pg_catalog.text DEFAULT NULL,
	hot_since pg_catalog.text DEFAULT NULL,
	purchases pg_catalog.text DEFAULT NULL,
	interactions pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_write_back' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.write_back IS
'lets columns of a table of one''s own follow the leads of a tracker from now on, in the transaction that changes them; returns how many rows it brought up to date';

CREATE FUNCTION lead_temperature.stop_write_back(tracker pg_catalog.regclass, target pg_catalog.regclass)
	RETURNS pg_catalog.void
	AS 'MODULE_PATHNAME', 'lt_stop_write_back' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.stop_write_back(pg_catalog.regclass, pg_catalog.regclass) IS
'lets a table follow the leads of a tracker no more; what was written stays';

CREATE FUNCTION lead_temperature.refresh_cooled(tracker pg_catalog.regclass) RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_refresh_cooled' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION lead_temperature.refresh_cooled(pg_catalog.regclass) IS
'brings temperatures that were written back up to date for leads that have cooled since; returns how many rows it changed';

-- What leads are interested in.
CREATE FUNCTION lead_temperature.topics(tracker pg_catalog.regclass, lead pg_catalog.text,
	OUT topic pg_catalog.text, OUT interactions pg_catalog.int8, OUT heat lead_temperature.heat,
	OUT score pg_catalog.float8, OUT share pg_catalog.float8)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_topics' LANGUAGE C STABLE STRICT COST 1000 ROWS 5;
COMMENT ON FUNCTION lead_temperature.topics(pg_catalog.regclass, pg_catalog.text) IS
'what the heat of a lead is about: a row for each topic since the last spending, hottest first, and one without topic for the rest';

CREATE FUNCTION lead_temperature.top_topic(tracker pg_catalog.regclass, lead pg_catalog.text) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'lt_top_topic' LANGUAGE C STABLE STRICT COST 1000;
COMMENT ON FUNCTION lead_temperature.top_topic(pg_catalog.regclass, pg_catalog.text) IS
'topic that most of the heat of a lead is about, NULL if none is';

/*
 * Playbooks: what is done about leads, by stage and temperature.
 *
 * A playbook belongs to a model, and is seen and changed by whoever sees that.  It is no part of
 * what leads are folded with: a change counts at once.
 */

CREATE TABLE lead_temperature.playbook (
	model pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT playbook_model_exists
			REFERENCES lead_temperature.model (name) ON UPDATE CASCADE ON DELETE CASCADE,
	priority pg_catalog.int4 NOT NULL
		CONSTRAINT playbook_priority_positive CHECK (priority OPERATOR(pg_catalog.>) 0),
	stage lead_temperature.stage,
	temperature lead_temperature.temperature,
	status lead_temperature.status NOT NULL DEFAULT 'open'::lead_temperature.status,
	action pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT playbook_action_not_empty CHECK (action OPERATOR(pg_catalog.<>) ''::pg_catalog.text),
	channel pg_catalog.text COLLATE pg_catalog."C"
		CONSTRAINT playbook_channel_not_empty CHECK (channel OPERATOR(pg_catalog.<>) ''::pg_catalog.text),
	needs_consent pg_catalog.bool NOT NULL DEFAULT true,
	content pg_catalog.text,
	due_within pg_catalog.interval NOT NULL DEFAULT '1 day'::pg_catalog.interval
		CONSTRAINT playbook_due_within_without_months
			CHECK (pg_catalog.date_part('year'::pg_catalog.text, due_within) OPERATOR(pg_catalog.=) 0::pg_catalog.float8
				AND pg_catalog.date_part('month'::pg_catalog.text, due_within) OPERATOR(pg_catalog.=) 0::pg_catalog.float8)
		CONSTRAINT playbook_due_within_up_to_100_years
			CHECK (due_within OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval
				AND due_within OPERATOR(pg_catalog.<=) '36525 days'::pg_catalog.interval),
	wait pg_catalog.interval NOT NULL DEFAULT '7 days'::pg_catalog.interval
		CONSTRAINT playbook_wait_without_months
			CHECK (pg_catalog.date_part('year'::pg_catalog.text, wait) OPERATOR(pg_catalog.=) 0::pg_catalog.float8
				AND pg_catalog.date_part('month'::pg_catalog.text, wait) OPERATOR(pg_catalog.=) 0::pg_catalog.float8)
		CONSTRAINT playbook_wait_up_to_100_years
			CHECK (wait OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval
				AND wait OPERATOR(pg_catalog.<=) '36525 days'::pg_catalog.interval),
	attempts pg_catalog.int4
		CONSTRAINT playbook_attempts_positive CHECK (attempts OPERATOR(pg_catalog.>) 0),
	times pg_catalog.int4
		CONSTRAINT playbook_times_positive CHECK (times OPERATOR(pg_catalog.>) 0),
	PRIMARY KEY (model, priority)
);
COMMENT ON TABLE lead_temperature.playbook IS
'what is done about leads of a model: the rules for a stage, temperature and status are tried in their order';
COMMENT ON COLUMN lead_temperature.playbook.model IS 'model that the rule belongs to';
COMMENT ON COLUMN lead_temperature.playbook.priority IS 'place of the rule in the order, the least first; unique in the model';
COMMENT ON COLUMN lead_temperature.playbook.stage IS 'stage of the leads that it is for; NULL: any but visitor';
COMMENT ON COLUMN lead_temperature.playbook.temperature IS 'their temperature now; NULL: any';
COMMENT ON COLUMN lead_temperature.playbook.status IS 'their status: open, won after a purchase until something else changes, lost';
COMMENT ON COLUMN lead_temperature.playbook.action IS 'what to do';
COMMENT ON COLUMN lead_temperature.playbook.channel IS 'by which channel it reaches the lead; NULL: none that matters';
COMMENT ON COLUMN lead_temperature.playbook.needs_consent IS
'whether the lead must have granted consent for the channel; otherwise it is enough not to have withdrawn it';
COMMENT ON COLUMN lead_temperature.playbook.content IS 'what to say or to send';
COMMENT ON COLUMN lead_temperature.playbook.due_within IS 'how soon after the situation has begun it is due';
COMMENT ON COLUMN lead_temperature.playbook.wait IS
'how long after it was taken neither it nor another rule for the same situation is suggested';
COMMENT ON COLUMN lead_temperature.playbook.attempts IS
'how often without an answer until the next rule is tried, and the lead left alone after the last; NULL: however often';
COMMENT ON COLUMN lead_temperature.playbook.times IS 'how often in one situation; NULL: however often';

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.playbook', '');

GRANT SELECT, INSERT, UPDATE, DELETE ON lead_temperature.playbook TO PUBLIC;
ALTER TABLE lead_temperature.playbook ENABLE ROW LEVEL SECURITY;
CREATE POLICY members_of_owner ON lead_temperature.playbook
	USING (EXISTS (SELECT 1 FROM lead_temperature.model AS m WHERE m.name OPERATOR(pg_catalog.=) playbook.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.playbook IS
'who sees the model sees and changes its playbook';

-- Waits go by the half-life: a lead that is nurtured twice in it has not cooled much in between.
CREATE FUNCTION lead_temperature.template_playbook(template pg_catalog.text)
	RETURNS TABLE (priority pg_catalog.int4, stage lead_temperature.stage, temperature lead_temperature.temperature,
		status lead_temperature.status, action pg_catalog.text, channel pg_catalog.text, needs_consent pg_catalog.bool,
		content pg_catalog.text, due_within pg_catalog.interval, wait pg_catalog.interval,
		attempts pg_catalog.int4, times pg_catalog.int4)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
SELECT p.priority, p.stage, p.temperature, p.status, p.action, p.channel, p.needs_consent, p.content,
	coalesce(p.due_within, m.half_life OPERATOR(pg_catalog.*) 0.5::pg_catalog.float8),
	coalesce(p.wait, m.half_life OPERATOR(pg_catalog.*) p.half_lives), p.attempts, p.times
FROM lead_temperature.template_model(template) AS m, (VALUES
	(10, NULL::lead_temperature.stage, 'hot'::lead_temperature.temperature, 'open'::lead_temperature.status, 'call'::pg_catalog.text, 'phone'::pg_catalog.text, false,
		'what is known of the lead, at once, before its enthusiasm wanes'::pg_catalog.text, '5 minutes'::pg_catalog.interval, '1 day'::pg_catalog.interval, NULL::pg_catalog.float8, 3, NULL::pg_catalog.int4),
	(20, NULL, 'hot', 'open', 'write', 'email', true,
		'what it has asked for, and a time to talk', '1 day', NULL, 0.5, 2, NULL),
	(25, 'customer', NULL, 'open', 'related', 'email', true,
		'what goes with what it has', '1 day', NULL, 1, 3, NULL),
	(30, NULL, 'warm', 'open', 'nurture', 'email', true,
		'answers, and content about what it is interested in', '1 day', NULL, 0.5, 2, NULL),
	(40, NULL, 'warm', 'open', 'offer', 'email', true,
		'a promotion or a discount', '1 day', NULL, 1, 2, NULL),
	(50, NULL, 'cold', 'open', 'brochure', 'email', true,
		'a brochure', NULL, NULL, 1, 1, 1),
	(60, NULL, 'cold', 'open', 'newsletter', 'email', true,
		'the newsletter; after that it is left alone until it comes back', NULL, NULL, 2, 3, NULL),
	(70, 'customer', NULL, 'won', 'thank', 'email', true,
		'thanks for the purchase', '1 day', NULL, 0.5, 1, 1),
	(80, 'customer', NULL, 'won', 'onboarding', 'email', true,
		'how to get the most out of it', NULL, NULL, 1, 1, 1),
	(90, 'customer', NULL, 'won', 'repeat_offer', 'email', true,
		'what goes with it, or comes after it', NULL, NULL, 2, 3, NULL)
) AS p (priority, stage, temperature, status, action, channel, needs_consent, content, due_within, wait, half_lives, attempts, times);
END;
COMMENT ON FUNCTION lead_temperature.template_playbook(pg_catalog.text) IS
'playbook of a template';

CREATE FUNCTION lead_temperature.add_playbook(model pg_catalog.text, template pg_catalog.text DEFAULT 'default'::pg_catalog.text)
	RETURNS pg_catalog.int4
	AS 'MODULE_PATHNAME', 'lt_add_playbook' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.add_playbook(pg_catalog.text, pg_catalog.text) IS
'gives a model that has no playbook that of a template; returns how many rules';

/*
 * What to do next about leads, and what was done.
 */

CREATE FUNCTION lead_temperature.playbook_rules(state pg_catalog.regclass,
	OUT priority pg_catalog.int4, OUT stage lead_temperature.stage, OUT temperature lead_temperature.temperature,
	OUT status lead_temperature.status, OUT action pg_catalog.text, OUT channel pg_catalog.text,
	OUT needs_consent pg_catalog.bool, OUT content pg_catalog.text, OUT due_within pg_catalog.interval,
	OUT wait pg_catalog.interval, OUT attempts pg_catalog.int4, OUT times pg_catalog.int4)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_playbook_rules' LANGUAGE C STABLE STRICT COST 100 ROWS 10;
COMMENT ON FUNCTION lead_temperature.playbook_rules(pg_catalog.regclass) IS
'Internal: playbook by which leads of a state table are acted on, for who may read the view of next actions; for that view';

CREATE FUNCTION lead_temperature.action_topic(state pg_catalog.regclass, lead pg_catalog.text) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'lt_action_topic' LANGUAGE C STABLE STRICT COST 1000;
COMMENT ON FUNCTION lead_temperature.action_topic(pg_catalog.regclass, pg_catalog.text) IS
'Internal: topic that most of the heat of a lead of a state table is about, for who may read it in the view of next actions; for that view';

CREATE FUNCTION lead_temperature.with_sales(state pg_catalog.regclass, OUT lead pg_catalog.text, OUT quiet pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_with_sales' LANGUAGE C STABLE STRICT COST 1000 ROWS 1000;
COMMENT ON FUNCTION lead_temperature.with_sales(pg_catalog.regclass) IS
'Internal: leads of a state table whose handoff is open, or that sales wants to hear nothing of for a while, for who may read the view of next actions; for that view';

CREATE FUNCTION lead_temperature.log_action(tracker pg_catalog.regclass, lead pg_catalog.text, action pg_catalog.text,
	channel pg_catalog.text DEFAULT NULL, note pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_log_action' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.log_action(pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'notes in the table of actions that something was done about a lead; returns the number of the note';

-- Functions that nobody calls by himself say so.
UPDATE pg_catalog.pg_description SET description = 'Internal: '::pg_catalog.text OPERATOR(pg_catalog.||) description
WHERE classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid
	AND description OPERATOR(pg_catalog.!~) '^Internal: '::pg_catalog.text
	AND objoid OPERATOR(pg_catalog.=) ANY (SELECT p.oid FROM pg_catalog.pg_proc p
		WHERE p.pronamespace OPERATOR(pg_catalog.=) 'lead_temperature'::pg_catalog.regnamespace::pg_catalog.oid
		AND p.proname OPERATOR(pg_catalog.=) ANY (ARRAY[
			'brier_add', 'brier_combine', 'brier_final', 'bucket_level', 'check_restore', 'clustered_add',
			'clustered_auc_stderr', 'follow', 'follow_ddl', 'follow_drop', 'follow_subscription', 'funnel_accum',
			'funnel_add', 'funnel_eq', 'funnel_in', 'funnel_ne', 'funnel_of', 'funnel_of_accum', 'funnel_of_final',
			'funnel_out', 'funnel_ranges', 'funnel_recv', 'funnel_send', 'funnel_to_jsonb', 'funnels', 'heat_accumulate',
			'heat_agg_transition', 'heat_cmp', 'heat_eq', 'heat_ge', 'heat_gt', 'heat_hash', 'heat_hash_extended',
			'heat_in', 'heat_larger', 'heat_le', 'heat_lt', 'heat_ne', 'heat_out', 'heat_plus', 'heat_recv', 'heat_send',
			'heat_smaller', 'heat_sortsupport', 'heat_times', 'hot_until', 'level_bucket', 'model_name', 'model_role',
			'model_weeks', 'ranked_add', 'ranked_auc', 'ranked_auc_stderr', 'ranked_lift', 'ranked_reliability',
			'reload_trackers', 'restore_version', 'rises_within', 'role_id', 'score_now', 'warm_until']::pg_catalog.name[]));

/*
 * Who is silent, and who will cool.
 */
CREATE FUNCTION lead_temperature.hot_level(state pg_catalog.regclass, at pg_catalog.timestamptz) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_hot_level_at' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.hot_level(pg_catalog.regclass, pg_catalog.timestamptz) IS
'least level that is hot at an instant for the leads of a state table: what is below has cooled by then';

CREATE FUNCTION lead_temperature.warm_level(state pg_catalog.regclass, at pg_catalog.timestamptz) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_warm_level_at' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.warm_level(pg_catalog.regclass, pg_catalog.timestamptz) IS
'least level that is warm at an instant for the leads of a state table: what is below has cooled by then';

CREATE FUNCTION lead_temperature.dormant_before(state pg_catalog.regclass, at pg_catalog.timestamptz) RETURNS pg_catalog.timestamptz
	AS 'MODULE_PATHNAME', 'lt_dormant_before' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.dormant_before(pg_catalog.regclass, pg_catalog.timestamptz) IS
'latest instant such that open leads of a state table that were heard of last by then are dormant at another instant, NULL if the model has no dormant_after';

CREATE FUNCTION lead_temperature.dormant_since(state pg_catalog.regclass, last_at pg_catalog.timestamptz, status lead_temperature.status)
	RETURNS pg_catalog.timestamptz
	AS 'MODULE_PATHNAME', 'lt_dormant_since' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.dormant_since(pg_catalog.regclass, pg_catalog.timestamptz, lead_temperature.status) IS
'since when a lead of a state table is dormant now that was heard of last at last_at, NULL if it is not';

CREATE FUNCTION lead_temperature.cooling(tracker pg_catalog.regclass,
	within pg_catalog.interval DEFAULT '1 day'::pg_catalog.interval,
	OUT lead pg_catalog.text, OUT temperature pg_catalog.text, OUT below pg_catalog.text,
	OUT cools_at pg_catalog.timestamptz, OUT level pg_catalog.float8, OUT score pg_catalog.float8,
	OUT stage pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_cooling' LANGUAGE C STABLE COST 1000 ROWS 1000;
COMMENT ON FUNCTION lead_temperature.cooling(pg_catalog.regclass, pg_catalog.interval) IS
'leads of a tracker that will be below hot or below warm within some time unless something happens, the soonest first';

/*
 * Consent: whether leads may be written to.
 */

CREATE FUNCTION lead_temperature.consents(state pg_catalog.regclass, model_version pg_catalog.int4,
	granted_at pg_catalog.timestamptz[], withdrawn_at pg_catalog.timestamptz[])
	RETURNS pg_catalog.jsonb
	AS 'MODULE_PATHNAME', 'lt_consents' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.consents(pg_catalog.regclass, pg_catalog.int4, pg_catalog.timestamptz[], pg_catalog.timestamptz[]) IS
'by which channels a lead may be written to, by its row of a state table: an object with true or false for each that it has ever granted or withdrawn consent for';

CREATE FUNCTION lead_temperature.may_contact(state pg_catalog.regclass, model_version pg_catalog.int4,
	granted_at pg_catalog.timestamptz[], withdrawn_at pg_catalog.timestamptz[], channel pg_catalog.text)
	RETURNS pg_catalog.bool
	AS 'MODULE_PATHNAME', 'lt_may_contact' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lead_temperature.may_contact(pg_catalog.regclass, pg_catalog.int4, pg_catalog.timestamptz[], pg_catalog.timestamptz[], pg_catalog.text) IS
'whether a lead may be written to by a channel, by its row of a state table: it has granted consent for it, and not withdrawn it since; never NULL';

CREATE FUNCTION lead_temperature.consented_channels(state pg_catalog.regclass, model_version pg_catalog.int4,
	granted_at pg_catalog.timestamptz[], withdrawn_at pg_catalog.timestamptz[])
	RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'lt_consented_channels' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lead_temperature.consented_channels(pg_catalog.regclass, pg_catalog.int4, pg_catalog.timestamptz[], pg_catalog.timestamptz[]) IS
'Internal: channels by which a lead may be written to, with commas between them, NULL if there is none; for the views of a tracker';

/*
 * Training tells more of how well it predicts, and makes versions of a name.
 */
ALTER TABLE lead_temperature.trained_model ADD version pg_catalog.int4 NOT NULL DEFAULT 1,
	ADD after pg_catalog.interval[], ADD since_stage lead_temperature.stage;
COMMENT ON COLUMN lead_temperature.trained_model.version IS
'how often a model of this name was trained, this time among them; an earlier version is kept as name@version';
COMMENT ON COLUMN lead_temperature.trained_model.after IS
'how long after their first interaction leads were observed, or after they had come to the stage; NULL: at the same instants for all';
ALTER TABLE lead_temperature.training_report
	ADD lift_3 pg_catalog.float8, ADD lift_10 pg_catalog.float8,
	ADD brier pg_catalog.float8, ADD brier_base pg_catalog.float8,
	ADD calibration lead_temperature.reliability_bin[];
COMMENT ON COLUMN lead_temperature.training_report.lift_3 IS
'how many times as often the top 3 % converted as all did';
COMMENT ON COLUMN lead_temperature.training_report.lift_10 IS
'likewise the top 10 %';
COMMENT ON COLUMN lead_temperature.training_report.brier IS
'mean squared error of the chance of a conversion; NULL where there is none';
COMMENT ON COLUMN lead_temperature.training_report.brier_base IS
'that of a chance that is the rate of conversions for every lead';
COMMENT ON COLUMN lead_temperature.training_report.calibration IS
'ten bins by the chance of a conversion, and how many of each converted; NULL where there is none';

CREATE PROCEDURE lead_temperature.activate(tracker pg_catalog.regclass, model pg_catalog.text, version pg_catalog.int4)
	AS 'MODULE_PATHNAME', 'lt_activate' LANGUAGE C;
COMMENT ON PROCEDURE lead_temperature.activate(pg_catalog.regclass, pg_catalog.text, pg_catalog.int4) IS
'moves a tracker to a version of a model that was trained several times, likewise';

-- Instants relative to each lead.
DROP FUNCTION lead_temperature.train(pg_catalog.regclass, pg_catalog.interval, pg_catalog.text, pg_catalog.timestamptz,
	pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.text[], pg_catalog.text[], pg_catalog.interval[]);
CREATE FUNCTION lead_temperature.train(
	tracker pg_catalog.regclass,
	horizon pg_catalog.interval DEFAULT '14 days'::pg_catalog.interval,
	model pg_catalog.text DEFAULT NULL,
	since pg_catalog.timestamptz DEFAULT NULL,
	until pg_catalog.timestamptz DEFAULT NULL,
	test_from pg_catalog.timestamptz DEFAULT NULL,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval,
	kinds pg_catalog.text[] DEFAULT NULL,
	without pg_catalog.text[] DEFAULT NULL,
	half_lives pg_catalog.interval[] DEFAULT NULL,
	after pg_catalog.interval[] DEFAULT NULL,
	since_stage lead_temperature.stage DEFAULT NULL,
	attributes pg_catalog.bool DEFAULT false)
	RETURNS SETOF lead_temperature.training_report
	AS 'MODULE_PATHNAME', 'lt_train' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000000 ROWS 6;
COMMENT ON FUNCTION lead_temperature.train IS
'makes a model of what became of the leads of a tracked table, and returns how well it, the present model and simple rankings predict in a later time';

/*
 * Observations at instants relative to leads, and of any table.  What 0.1.0 had stays under other names,
 * since views may rest on it.
 */
CREATE FUNCTION lead_temperature.table_as_of(relation pg_catalog.regclass, at pg_catalog.timestamptz, model pg_catalog.text,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	filter pg_catalog.text, entry lead_temperature.stage, time_zone pg_catalog.text,
	OUT lead pg_catalog.text, OUT heat lead_temperature.heat, OUT score pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT stage lead_temperature.stage,
	OUT status lead_temperature.status, OUT cycle pg_catalog.int4, OUT purchases pg_catalog.int4,
	OUT interactions pg_catalog.int8, OUT first_at pg_catalog.timestamptz,
	OUT last_at pg_catalog.timestamptz, OUT stage_since pg_catalog.timestamptz)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_as_of' LANGUAGE C STABLE COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.table_as_of IS
'Internal: the leads that the rows of any table make up to an instant; for leads_as_of()';

CREATE FUNCTION lead_temperature.leads_as_of(relation pg_catalog.regclass,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	model pg_catalog.text, at pg_catalog.timestamptz, filter pg_catalog.text DEFAULT NULL,
	entry lead_temperature.stage DEFAULT 'visitor'::lead_temperature.stage, time_zone pg_catalog.text DEFAULT 'UTC'::pg_catalog.text,
	OUT lead pg_catalog.text, OUT heat lead_temperature.heat, OUT score pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT stage lead_temperature.stage,
	OUT status lead_temperature.status, OUT cycle pg_catalog.int4, OUT purchases pg_catalog.int4,
	OUT interactions pg_catalog.int8, OUT first_at pg_catalog.timestamptz,
	OUT last_at pg_catalog.timestamptz, OUT stage_since pg_catalog.timestamptz)
	RETURNS SETOF pg_catalog.record
	LANGUAGE sql STABLE COST 10000 ROWS 10000
	BEGIN ATOMIC
SELECT l.* FROM lead_temperature.table_as_of(relation, at, model, lead_column, kind_column, at_column, weight_column, filter, entry, time_zone) AS l;
END;
COMMENT ON FUNCTION lead_temperature.leads_as_of(pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text, lead_temperature.stage, pg_catalog.text) IS
'the leads that the rows of any table make up to an instant, by a model, whether the table is tracked or not';

ALTER FUNCTION lead_temperature.observations(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text)
	RENAME TO observations_at_steps;
COMMENT ON FUNCTION lead_temperature.observations_at_steps(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text) IS
'Internal: what observations() was in 0.1.0; views may rest on it';
ALTER FUNCTION lead_temperature.evaluate(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text)
	RENAME TO evaluate_steps;
COMMENT ON FUNCTION lead_temperature.evaluate_steps(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text) IS
'Internal: what evaluate() was in 0.1.0; views may rest on it';

CREATE FUNCTION lead_temperature.observed(tracker pg_catalog.regclass, since pg_catalog.timestamptz, until pg_catalog.timestamptz,
	step pg_catalog.interval, horizon pg_catalog.interval, model pg_catalog.text,
	after pg_catalog.interval[], since_stage lead_temperature.stage,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	filter pg_catalog.text, entry lead_temperature.stage, time_zone pg_catalog.text,
	OUT at pg_catalog.timestamptz, OUT lead pg_catalog.text, OUT lead_number pg_catalog.int8,
	OUT score pg_catalog.float8, OUT probability pg_catalog.float8, OUT level pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT interactions pg_catalog.int8,
	OUT recency pg_catalog.float8, OUT stage lead_temperature.stage, OUT converted pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_observations' LANGUAGE C STABLE COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.observed IS
'Internal: the open leads of a tracker, or of a table if it is said how to read it, at some instants; for observations() and evaluate()';

CREATE FUNCTION lead_temperature.observations(tracker pg_catalog.regclass,
	since pg_catalog.timestamptz DEFAULT NULL, until pg_catalog.timestamptz DEFAULT NULL,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, horizon pg_catalog.interval DEFAULT '14 days'::pg_catalog.interval,
	model pg_catalog.text DEFAULT NULL,
	after pg_catalog.interval[] DEFAULT NULL, since_stage lead_temperature.stage DEFAULT NULL,
	OUT at pg_catalog.timestamptz, OUT lead pg_catalog.text, OUT lead_number pg_catalog.int8,
	OUT score pg_catalog.float8, OUT probability pg_catalog.float8, OUT level pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT interactions pg_catalog.int8,
	OUT recency pg_catalog.float8, OUT stage lead_temperature.stage, OUT converted pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_observations' LANGUAGE C STABLE COST 10000 ROWS 10000;
COMMENT ON FUNCTION lead_temperature.observations(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text, pg_catalog.interval[], lead_temperature.stage) IS
'the open leads at each step, or so long after something of theirs, as the rows before it tell, and whether they were won within the horizon';

CREATE FUNCTION lead_temperature.observations(relation pg_catalog.regclass,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	model pg_catalog.text, since pg_catalog.timestamptz, until pg_catalog.timestamptz, horizon pg_catalog.interval,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, filter pg_catalog.text DEFAULT NULL,
	entry lead_temperature.stage DEFAULT 'visitor'::lead_temperature.stage, time_zone pg_catalog.text DEFAULT 'UTC'::pg_catalog.text,
	after pg_catalog.interval[] DEFAULT NULL, since_stage lead_temperature.stage DEFAULT NULL,
	OUT at pg_catalog.timestamptz, OUT lead pg_catalog.text, OUT lead_number pg_catalog.int8,
	OUT score pg_catalog.float8, OUT probability pg_catalog.float8, OUT level pg_catalog.float8,
	OUT temperature lead_temperature.temperature, OUT interactions pg_catalog.int8,
	OUT recency pg_catalog.float8, OUT stage lead_temperature.stage, OUT converted pg_catalog.bool)
	RETURNS SETOF pg_catalog.record
	LANGUAGE sql STABLE COST 10000 ROWS 10000
	BEGIN ATOMIC
SELECT o.* FROM lead_temperature.observed(relation, since, until, step, horizon, model, after, since_stage,
	lead_column, kind_column, at_column, weight_column, filter, entry, time_zone) AS o;
END;
COMMENT ON FUNCTION lead_temperature.observations(pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text, lead_temperature.stage, pg_catalog.text, pg_catalog.interval[], lead_temperature.stage) IS
'likewise of any table, whether it is tracked or not, by a model';

-- 1.96 standard errors to either side hold 95 % of a normal distribution.
CREATE FUNCTION lead_temperature.evaluated(tracker pg_catalog.regclass, since pg_catalog.timestamptz, until pg_catalog.timestamptz,
	step pg_catalog.interval, horizon pg_catalog.interval, model pg_catalog.text,
	after pg_catalog.interval[], since_stage lead_temperature.stage,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	filter pg_catalog.text, entry lead_temperature.stage, time_zone pg_catalog.text)
	RETURNS TABLE (
		at pg_catalog.timestamptz,
		ranking pg_catalog.text,
		leads pg_catalog.int8,
		converted pg_catalog.int8,
		auc pg_catalog.float8,
		auc_low pg_catalog.float8,
		auc_high pg_catalog.float8,
		lift_3 pg_catalog.float8,
		lift_10 pg_catalog.float8,
		hot pg_catalog.int8,
		hot_converted pg_catalog.int8,
		precision_of_hot pg_catalog.float8,
		brier pg_catalog.float8
	)
	LANGUAGE sql STABLE COST 100000 ROWS 200
	BEGIN ATOMIC
WITH observed AS MATERIALIZED (
	SELECT o.at, o.lead_number, o.score, o.probability, o.temperature, o.interactions, o.recency,
		lead_temperature.stage_order(o.stage) AS stage_order, o.converted
	FROM lead_temperature.observed(tracker, since, until, step, horizon, model, after, since_stage,
		lead_column, kind_column, at_column, weight_column, filter, entry, time_zone) AS o
	ORDER BY o.at
), rankings AS (
	SELECT * FROM (VALUES (1, 'heat'::text), (2, 'interactions'::text), (3, 'recency'::text), (4, 'furthest stage'::text)) AS r (place, ranking)
), measured AS (
	SELECT r.place, r.ranking, m.*
	FROM rankings AS r, LATERAL (
		SELECT o.at, count(*) AS leads, count(*) FILTER (WHERE o.converted) AS converted,
			lead_temperature.auc(s.score, o.converted) AS auc,
			lead_temperature.auc_stderr(s.score, o.converted) AS auc_stderr,
			lead_temperature.lift(s.score, o.converted, 0.03::float8) AS lift_3,
			lead_temperature.lift(s.score, o.converted, 0.1::float8) AS lift_10,
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature) AS hot,
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature AND o.converted) AS hot_converted,
			lead_temperature.brier(o.probability, o.converted) AS brier
		FROM observed AS o, LATERAL (SELECT CASE r.place WHEN 1 THEN o.score WHEN 2 THEN o.interactions
				WHEN 3 THEN o.recency ELSE o.stage_order END) AS s (score)
		WHERE after IS NULL
		GROUP BY o.at
		UNION ALL
		SELECT NULL::timestamptz, count(*), count(*) FILTER (WHERE o.converted),
			lead_temperature.auc(s.score, o.converted),
			lead_temperature.auc_stderr(s.score, o.converted, o.lead_number),
			lead_temperature.lift(s.score, o.converted, 0.03::float8),
			lead_temperature.lift(s.score, o.converted, 0.1::float8),
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature),
			count(*) FILTER (WHERE o.temperature = 'hot'::lead_temperature.temperature AND o.converted),
			lead_temperature.brier(o.probability, o.converted)
		FROM observed AS o, LATERAL (SELECT CASE r.place WHEN 1 THEN o.score WHEN 2 THEN o.interactions
				WHEN 3 THEN o.recency ELSE o.stage_order END) AS s (score)
		HAVING count(*) > 0::int8) AS m
)
SELECT m.at, m.ranking, m.leads, m.converted, m.auc,
	CASE WHEN m.auc_stderr IS NOT NULL THEN greatest(m.auc - 1.96::float8 * m.auc_stderr, 0::float8) END,
	CASE WHEN m.auc_stderr IS NOT NULL THEN least(m.auc + 1.96::float8 * m.auc_stderr, 1::float8) END,
	m.lift_3, m.lift_10,
	CASE WHEN m.place = 1 THEN m.hot END,
	CASE WHEN m.place = 1 THEN m.hot_converted END,
	CASE WHEN m.place = 1 THEN m.hot_converted::float8 / nullif(m.hot, 0::int8) END,
	CASE WHEN m.place = 1 THEN m.brier END
FROM measured AS m
ORDER BY m.at NULLS LAST, m.place;
END;
COMMENT ON FUNCTION lead_temperature.evaluated IS
'Internal: how well the heat told who would be won, over observed() of the same arguments; for evaluate()';

CREATE FUNCTION lead_temperature.evaluate(tracker pg_catalog.regclass,
	since pg_catalog.timestamptz DEFAULT NULL, until pg_catalog.timestamptz DEFAULT NULL,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, horizon pg_catalog.interval DEFAULT '14 days'::pg_catalog.interval,
	model pg_catalog.text DEFAULT NULL,
	after pg_catalog.interval[] DEFAULT NULL, since_stage lead_temperature.stage DEFAULT NULL)
	RETURNS TABLE (
		at pg_catalog.timestamptz,
		ranking pg_catalog.text,
		leads pg_catalog.int8,
		converted pg_catalog.int8,
		auc pg_catalog.float8,
		auc_low pg_catalog.float8,
		auc_high pg_catalog.float8,
		lift_3 pg_catalog.float8,
		lift_10 pg_catalog.float8,
		hot pg_catalog.int8,
		hot_converted pg_catalog.int8,
		precision_of_hot pg_catalog.float8,
		brier pg_catalog.float8
	)
	LANGUAGE sql STABLE COST 100000 ROWS 200
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
SELECT e.* FROM lead_temperature.evaluated(tracker, since, until, step, horizon, model, after, since_stage,
	NULL, NULL, NULL, NULL, NULL, NULL, NULL) AS e;
END;
COMMENT ON FUNCTION lead_temperature.evaluate(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text, pg_catalog.interval[], lead_temperature.stage) IS
'how well the heat, and simple rankings beside it, told at each step who would be won within the horizon; without at: all steps together';

CREATE FUNCTION lead_temperature.evaluate(relation pg_catalog.regclass,
	lead_column pg_catalog.text, kind_column pg_catalog.text, at_column pg_catalog.text, weight_column pg_catalog.text,
	model pg_catalog.text, since pg_catalog.timestamptz, until pg_catalog.timestamptz, horizon pg_catalog.interval,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, filter pg_catalog.text DEFAULT NULL,
	entry lead_temperature.stage DEFAULT 'visitor'::lead_temperature.stage, time_zone pg_catalog.text DEFAULT 'UTC'::pg_catalog.text,
	after pg_catalog.interval[] DEFAULT NULL, since_stage lead_temperature.stage DEFAULT NULL)
	RETURNS TABLE (
		at pg_catalog.timestamptz,
		ranking pg_catalog.text,
		leads pg_catalog.int8,
		converted pg_catalog.int8,
		auc pg_catalog.float8,
		auc_low pg_catalog.float8,
		auc_high pg_catalog.float8,
		lift_3 pg_catalog.float8,
		lift_10 pg_catalog.float8,
		hot pg_catalog.int8,
		hot_converted pg_catalog.int8,
		precision_of_hot pg_catalog.float8,
		brier pg_catalog.float8
	)
	LANGUAGE sql STABLE COST 100000 ROWS 200
	BEGIN ATOMIC
SELECT e.* FROM lead_temperature.evaluated(relation, since, until, step, horizon, model, after, since_stage,
	lead_column, kind_column, at_column, weight_column, filter, entry, time_zone) AS e;
END;
COMMENT ON FUNCTION lead_temperature.evaluate(pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.interval, pg_catalog.text, lead_temperature.stage, pg_catalog.text, pg_catalog.interval[], lead_temperature.stage) IS
'likewise of any table, whether it is tracked or not, by a model';

CREATE OR REPLACE FUNCTION lead_temperature.evaluate_steps(tracker pg_catalog.regclass,
	since pg_catalog.timestamptz, until pg_catalog.timestamptz,
	step pg_catalog.interval DEFAULT '7 days'::pg_catalog.interval, horizon pg_catalog.interval DEFAULT '14 days'::pg_catalog.interval,
	model pg_catalog.text DEFAULT NULL)
	RETURNS TABLE (
		at pg_catalog.timestamptz,
		ranking pg_catalog.text,
		leads pg_catalog.int8,
		converted pg_catalog.int8,
		auc pg_catalog.float8,
		auc_low pg_catalog.float8,
		auc_high pg_catalog.float8,
		lift_3 pg_catalog.float8,
		lift_10 pg_catalog.float8,
		hot pg_catalog.int8,
		hot_converted pg_catalog.int8,
		precision_of_hot pg_catalog.float8,
		brier pg_catalog.float8
	)
	LANGUAGE sql STABLE COST 100000 ROWS 200
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
SELECT e.* FROM lead_temperature.evaluated(tracker, since, until, step, horizon, model, NULL, NULL,
	NULL, NULL, NULL, NULL, NULL, NULL, NULL) AS e;
END;

/*
 * Which channels bring leads.
 */

CREATE FUNCTION lead_temperature.attribution(tracker pg_catalog.regclass,
		since pg_catalog.timestamptz DEFAULT NULL, until pg_catalog.timestamptz DEFAULT NULL,
		OUT rule pg_catalog.text, OUT week pg_catalog.timestamptz, OUT channel pg_catalog.text, OUT touches pg_catalog.int8,
		OUT visitors pg_catalog.numeric, OUT leads pg_catalog.numeric, OUT marketing_qualified pg_catalog.numeric,
		OUT sales_qualified pg_catalog.numeric, OUT hot pg_catalog.numeric, OUT customers pg_catalog.numeric,
		OUT conversions pg_catalog.numeric, OUT value pg_catalog.numeric)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_attribution' LANGUAGE C STABLE COST 100000 ROWS 1000;
COMMENT ON FUNCTION lead_temperature.attribution(pg_catalog.regclass, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'what each channel has brought in each week, by five rules that credit each event to the touches before it: visitors, leads, hot ones, customers, conversions and their value';

/*
 * Module channels.
 */

CREATE FUNCTION lead_temperature.marketing_channel(source pg_catalog.text, medium pg_catalog.text DEFAULT NULL,
		referrer pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.text
	LANGUAGE sql IMMUTABLE LEAKPROOF PARALLEL SAFE COST 10
	BEGIN ATOMIC
SELECT coalesce(
	'{"cpc": "ads", "ppc": "ads", "cpm": "ads", "cpv": "ads", "cpa": "ads", "paid": "ads", "paid_search": "ads", "paid-search": "ads", "paidsearch": "ads",
		"paid_social": "ads", "paid-social": "ads", "paidsocial": "ads", "display": "ads", "banner": "ads", "retargeting": "ads", "remarketing": "ads",
		"ad": "ads", "ads": "ads", "email": "email", "e-mail": "email", "mail": "email", "newsletter": "email",
		"social": "social", "social_media": "social", "social-media": "social", "social-network": "social", "sm": "social", "organic": "seo", "seo": "seo",
		"exhibition": "exhibitions", "exhibitions": "exhibitions", "expo": "exhibitions", "fair": "exhibitions", "tradeshow": "exhibitions",
		"trade_show": "exhibitions", "trade-show": "exhibitions", "conference": "exhibitions", "event": "exhibitions", "events": "exhibitions",
		"offline": "offline", "print": "offline", "flyer": "offline", "brochure": "offline", "radio": "offline", "tv": "offline", "billboard": "offline",
		"outdoor": "offline", "qr": "offline", "phone": "offline", "call": "offline", "direct_mail": "offline", "direct-mail": "offline", "store": "offline"}'
		::pg_catalog.jsonb OPERATOR(pg_catalog.->>) pg_catalog.lower(medium),
	'{"newsletter": "email", "email": "email", "e-mail": "email", "facebook": "social", "fb": "social", "instagram": "social", "ig": "social",
		"linkedin": "social", "twitter": "social", "x": "social", "youtube": "social", "tiktok": "social", "pinterest": "social", "reddit": "social"}'
		::pg_catalog.jsonb OPERATOR(pg_catalog.->>) pg_catalog.lower(source),
	CASE WHEN source OPERATOR(pg_catalog.~*) '^(e-?mail|newsletter)' THEN 'email'
		WHEN source OPERATOR(pg_catalog.~*) '(exhibition|expo|trade.?show)' THEN 'exhibitions'
		WHEN referrer OPERATOR(pg_catalog.~*)
			'^(https?://)?([^/]*\.)?(facebook\.com|instagram\.com|linkedin\.com|lnkd\.in|twitter\.com|x\.com|t\.co|youtube\.com|tiktok\.com|pinterest\.[a-z.]+|reddit\.com)(/|$)'
			THEN 'social'
		WHEN referrer OPERATOR(pg_catalog.~*)
			'^(https?://)?([^/]*\.)?(google|bing|duckduckgo|yahoo|yandex|baidu|ecosia|qwant|startpage)\.[a-z.]+(/|$)' THEN 'seo'
		WHEN medium OPERATOR(pg_catalog.<>) '' OR source OPERATOR(pg_catalog.<>) '' OR referrer OPERATOR(pg_catalog.<>) '' THEN 'referral'
	END);
END;
COMMENT ON FUNCTION lead_temperature.marketing_channel(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'a template for channels: ads, email, exhibitions, offline, social, seo or referral by utm_source, utm_medium and referrer, NULL where nothing says; copy it to change it';

CREATE FUNCTION lead_temperature.channel_figures(state pg_catalog.regclass,
		OUT rule pg_catalog.text, OUT week pg_catalog.timestamptz, OUT channel pg_catalog.text, OUT touches pg_catalog.int8,
		OUT visitors pg_catalog.numeric, OUT leads pg_catalog.numeric, OUT marketing_qualified pg_catalog.numeric,
		OUT sales_qualified pg_catalog.numeric, OUT hot pg_catalog.numeric, OUT customers pg_catalog.numeric,
		OUT conversions pg_catalog.numeric, OUT value pg_catalog.numeric)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_channel_figures' LANGUAGE C STABLE STRICT COST 100000 ROWS 1000;
COMMENT ON FUNCTION lead_temperature.channel_figures(pg_catalog.regclass) IS
'Internal: attribution() of the leads of a state table, for who may read it in the view of channels; for that view';

/*
 * Module accounts: companies, as hot as their people together.
 */

CREATE FUNCTION lead_temperature.email_domain(address pg_catalog.text) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'lt_email_domain' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION lead_temperature.email_domain(pg_catalog.text) IS
'domain of an e-mail address in one spelling: lower case, letters in the place of xn--; NULL if it is no address';

CREATE TABLE lead_temperature.mail_provider (
	domain pg_catalog.text PRIMARY KEY
		CONSTRAINT mail_provider_domain_plain CHECK (
			lead_temperature.email_domain('mail@'::pg_catalog.text OPERATOR(pg_catalog.||) domain) IS NOT NULL
			AND lead_temperature.email_domain('mail@'::pg_catalog.text OPERATOR(pg_catalog.||) domain) OPERATOR(pg_catalog.=) domain),
	free pg_catalog.bool NOT NULL DEFAULT true
);
COMMENT ON TABLE lead_temperature.mail_provider IS
'domains that are those of free mail providers besides the ones that the extension knows, and with free = false such of these that are not';
COMMENT ON COLUMN lead_temperature.mail_provider.domain IS
'as email_domain writes it';
COMMENT ON COLUMN lead_temperature.mail_provider.free IS
'anybody can have an address there, so that it is no company';
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.mail_provider', '');
GRANT SELECT ON lead_temperature.mail_provider TO PUBLIC;

CREATE VIEW lead_temperature.free_mail_provider AS
SELECT b.domain, true AS built_in
FROM pg_catalog.unnest('{
	gmail.com,googlemail.com,
	outlook.com,outlook.de,outlook.fr,outlook.es,outlook.it,outlook.jp,outlook.com.br,
	hotmail.com,hotmail.co.uk,hotmail.de,hotmail.fr,hotmail.es,hotmail.it,hotmail.nl,hotmail.be,hotmail.com.br,hotmail.com.ar,hotmail.se,hotmail.no,hotmail.dk,hotmail.fi,hotmail.ch,hotmail.gr,hotmail.co.jp,
	live.com,live.co.uk,live.de,live.fr,live.it,live.nl,live.be,live.se,live.no,live.dk,live.at,live.ca,live.com.au,live.com.mx,live.com.pt,live.ie,
	msn.com,passport.com,windowslive.com,
	yahoo.com,yahoo.co.uk,yahoo.de,yahoo.fr,yahoo.es,yahoo.it,yahoo.nl,yahoo.se,yahoo.no,yahoo.dk,yahoo.at,yahoo.be,yahoo.ca,yahoo.ie,yahoo.pl,yahoo.ro,yahoo.gr,yahoo.in,yahoo.co.in,yahoo.co.id,yahoo.co.jp,yahoo.co.kr,yahoo.co.nz,yahoo.co.th,yahoo.co.za,yahoo.com.ar,yahoo.com.au,yahoo.com.br,yahoo.com.cn,yahoo.com.hk,yahoo.com.mx,yahoo.com.my,yahoo.com.ph,yahoo.com.sg,yahoo.com.tr,yahoo.com.tw,yahoo.com.vn,ymail.com,rocketmail.com,myyahoo.com,
	icloud.com,me.com,mac.com,
	aol.com,aol.co.uk,aol.de,aol.fr,aol.it,aim.com,
	proton.me,protonmail.com,protonmail.ch,pm.me,
	tutanota.com,tutanota.de,tutamail.com,tuta.com,tuta.io,keemail.me,
	fastmail.com,fastmail.fm,hushmail.com,hush.com,mailfence.com,posteo.de,posteo.net,mailbox.org,runbox.com,startmail.com,disroot.org,riseup.net,
	gmx.com,gmx.net,gmx.de,gmx.at,gmx.ch,gmx.fr,gmx.es,gmx.co.uk,gmx.us,gmx.info,gmx.org,gmx.eu,
	web.de,email.de,t-online.de,freenet.de,arcor.de,online.de,vodafonemail.de,
	mail.com,email.com,usa.com,post.com,consultant.com,europe.com,asia.com,dr.com,engineer.com,myself.com,
	zoho.com,zohomail.com,zohomail.eu,
	mail.ru,bk.ru,inbox.ru,list.ru,internet.ru,yandex.ru,yandex.com,yandex.by,yandex.kz,yandex.ua,ya.ru,rambler.ru,
	ukr.net,i.ua,meta.ua,
	qq.com,foxmail.com,163.com,126.com,yeah.net,sina.com,sina.cn,sohu.com,139.com,189.cn,aliyun.com,
	naver.com,daum.net,hanmail.net,kakao.com,nate.com,
	docomo.ne.jp,ezweb.ne.jp,softbank.ne.jp,au.com,
	rediffmail.com,
	libero.it,virgilio.it,tiscali.it,alice.it,tin.it,email.it,inwind.it,iol.it,
	orange.fr,wanadoo.fr,free.fr,sfr.fr,laposte.net,neuf.fr,bbox.fr,aliceadsl.fr,club-internet.fr,numericable.fr,
	btinternet.com,virginmedia.com,sky.com,talktalk.net,blueyonder.co.uk,ntlworld.com,tiscali.co.uk,
	ziggo.nl,kpnmail.nl,planet.nl,hetnet.nl,home.nl,casema.nl,upcmail.nl,xs4all.nl,telfort.nl,chello.nl,
	telenet.be,skynet.be,proximus.be,
	bluewin.ch,hispeed.ch,sunrise.ch,aon.at,chello.at,
	seznam.cz,centrum.cz,email.cz,post.cz,azet.sk,zoznam.sk,centrum.sk,
	wp.pl,o2.pl,onet.pl,onet.eu,op.pl,interia.pl,interia.eu,gazeta.pl,poczta.onet.pl,vp.pl,
	freemail.hu,citromail.hu,abv.bg,mail.bg,inbox.lv,inbox.lt,mail.ee,online.ee,
	sapo.pt,telefonica.net,terra.es,terra.com.br,uol.com.br,bol.com.br,ig.com.br,globo.com,
	comcast.net,verizon.net,att.net,sbcglobal.net,bellsouth.net,cox.net,charter.net,earthlink.net,juno.com,netzero.net,optonline.net,roadrunner.com,frontier.com,windstream.net,
	rogers.com,shaw.ca,sympatico.ca,telus.net,videotron.ca,
	bigpond.com,bigpond.net.au,optusnet.com.au,xtra.co.nz,
	online.no,telia.com,spray.se,bredband.net,suomi24.fi,luukku.com,tdcadsl.dk,jubii.dk
}'::pg_catalog.text[]) AS b (domain)
WHERE NOT EXISTS (SELECT FROM lead_temperature.mail_provider p
	WHERE p.domain OPERATOR(pg_catalog.=) b.domain)
UNION ALL
SELECT p.domain, false
FROM lead_temperature.mail_provider p
WHERE p.free;
COMMENT ON VIEW lead_temperature.free_mail_provider IS
'domains at which anybody can have an address, which are no company: those that the extension knows, as mail_provider adds to them and takes away';
GRANT SELECT ON lead_temperature.free_mail_provider TO PUBLIC;

CREATE FUNCTION lead_temperature.company_of_email(address pg_catalog.text) RETURNS pg_catalog.text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	RETURN (SELECT d.domain FROM (SELECT lead_temperature.email_domain($1) AS domain) d
		WHERE NOT EXISTS (SELECT FROM lead_temperature.free_mail_provider p
			WHERE p.domain OPERATOR(pg_catalog.=) d.domain));
COMMENT ON FUNCTION lead_temperature.company_of_email(pg_catalog.text) IS
'domain of an e-mail address as email_domain, NULL if it is that of a free mail provider';

CREATE TABLE lead_temperature.account_source (
	interactions pg_catalog.regclass NOT NULL PRIMARY KEY,
	relation pg_catalog.regclass NOT NULL,
	key pg_catalog.name NOT NULL,
	account pg_catalog.text,
	email pg_catalog.text,
	fault pg_catalog.text
);
CREATE INDEX account_source_relation_idx ON lead_temperature.account_source (relation);
COMMENT ON TABLE lead_temperature.account_source IS
'tables that have the accounts of leads; read through the view account_sources';
COMMENT ON COLUMN lead_temperature.account_source.fault IS
'why its accounts are followed no more, NULL while they are';
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.account_source', '');

CREATE VIEW lead_temperature.account_sources WITH (security_barrier) AS
SELECT t.state AS tracker,
	CASE WHEN s.relation OPERATOR(pg_catalog.<>) t.state THEN s.relation END AS relation,
	CASE WHEN s.relation OPERATOR(pg_catalog.<>) t.state THEN s.key::pg_catalog.text END AS key,
	s.account, s.email, s.fault
FROM lead_temperature.account_source s
JOIN lead_temperature.tracker t ON t.interactions OPERATOR(pg_catalog.=) s.interactions
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) s.interactions
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE'::pg_catalog.text);
COMMENT ON VIEW lead_temperature.account_sources IS
'what says to which accounts the leads of trackers belong, of the roles that one is a member of: the table of the leads, the table of one''s own, its column that has the lead, what is the account and what an e-mail address, and why that is followed no more';
GRANT SELECT ON lead_temperature.account_sources TO PUBLIC;

CREATE FUNCTION lead_temperature.follow_accounts() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_follow_accounts' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow_accounts() IS
'Internal: statement trigger of tables that have the accounts of leads';

CREATE FUNCTION lead_temperature.set_accounts(
	tracker pg_catalog.regclass,
	relation pg_catalog.regclass DEFAULT NULL,
	key pg_catalog.text DEFAULT NULL,
	account pg_catalog.text DEFAULT NULL,
	email pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_set_accounts' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.set_accounts(pg_catalog.regclass, pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'says to which accounts the leads of a tracker belong: by a column or an expression over a table of one''s own, by the domain of an e-mail address, or both; returns how many rows it has kept of that anew';

CREATE FUNCTION lead_temperature.refresh_accounts(tracker pg_catalog.regclass) RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_refresh_accounts' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.refresh_accounts(pg_catalog.regclass) IS
'brings accounts in line with the table that has them, where that was written without triggers, and follows it again; returns how many rows it changed';

CREATE FUNCTION lead_temperature.account_heat_add(lead_temperature.heat, state pg_catalog.regclass,
	heat lead_temperature.heat, counts pg_catalog.bool)
	RETURNS lead_temperature.heat
	AS 'MODULE_PATHNAME', 'lt_account_heat_add' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.account_heat_add(lead_temperature.heat, pg_catalog.regclass, lead_temperature.heat, pg_catalog.bool) IS
'Internal: transition function of aggregate account_heat';

CREATE FUNCTION lead_temperature.account_heat_combine(lead_temperature.heat, lead_temperature.heat)
	RETURNS lead_temperature.heat
	AS 'MODULE_PATHNAME', 'lt_account_heat_combine' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.account_heat_combine(lead_temperature.heat, lead_temperature.heat) IS
'Internal: combination function of aggregate account_heat';

CREATE AGGREGATE lead_temperature.account_heat(state pg_catalog.regclass, heat lead_temperature.heat, counts pg_catalog.bool) (
	SFUNC = lead_temperature.account_heat_add,
	STYPE = lead_temperature.heat,
	COMBINEFUNC = lead_temperature.account_heat_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.account_heat(pg_catalog.regclass, lead_temperature.heat, pg_catalog.bool) IS
'Internal: heat of an account: the sum of those of its leads that count, in the half-life of their tracker; never an error';

/*
 * Attributes: what users' own tables say of who leads are.
 */

CREATE TABLE lead_temperature.attribute (
	interactions pg_catalog.regclass NOT NULL,
	name pg_catalog.text COLLATE pg_catalog."C" NOT NULL,
	relation pg_catalog.regclass NOT NULL,
	key pg_catalog.name NOT NULL,
	expression pg_catalog.text NOT NULL,
	fault pg_catalog.text,
	PRIMARY KEY (interactions, name)
);
CREATE INDEX attribute_relation_idx ON lead_temperature.attribute (relation);
COMMENT ON TABLE lead_temperature.attribute IS
'what of users'' tables is an attribute of the leads of trackers; read through the view attributes';
COMMENT ON COLUMN lead_temperature.attribute.fault IS
'why it cannot be read, and counts for nothing; NULL: it can';
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.attribute', '');

CREATE VIEW lead_temperature.attributes WITH (security_barrier) AS
SELECT t.state AS tracker, a.name, a.relation, a.key::pg_catalog.text AS key, a.expression,
	a.fault IS NOT NULL AS stale, a.fault
FROM lead_temperature.attribute a
JOIN lead_temperature.tracker t ON t.interactions OPERATOR(pg_catalog.=) a.interactions
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) a.interactions
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE'::pg_catalog.text);
COMMENT ON VIEW lead_temperature.attributes IS
'attributes of the leads of trackers of the roles that one is a member of: the table of the leads, the name of the attribute, the table that has it, the column of that which has the lead, what is read of its row, and whether that is stale, since it cannot be read, and why';
GRANT SELECT ON lead_temperature.attributes TO PUBLIC;

CREATE FUNCTION lead_temperature.add_attribute(tracker pg_catalog.regclass, relation pg_catalog.regclass,
	key pg_catalog.name, attribute pg_catalog.text, name pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_add_attribute' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lead_temperature.add_attribute(pg_catalog.regclass, pg_catalog.regclass, pg_catalog.name, pg_catalog.text, pg_catalog.text) IS
'lets a column of a table, or an expression over it, be an attribute of the leads of a tracker from now on; returns of how many leads that has changed the fit';

CREATE FUNCTION lead_temperature.drop_attribute(tracker pg_catalog.regclass, name pg_catalog.text)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_drop_attribute' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lead_temperature.drop_attribute(pg_catalog.regclass, pg_catalog.text) IS
'lets leads of a tracker do without an attribute; returns of how many that has changed the fit';

CREATE FUNCTION lead_temperature.follow_attribute() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_follow_attribute' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow_attribute() IS
'Internal: statement trigger of tables that have attributes of leads: keeps the fit of these right';

CREATE FUNCTION lead_temperature.fit_of(state pg_catalog.regclass, attributes pg_catalog.text[]) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_fit_of' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION lead_temperature.fit_of(pg_catalog.regclass, pg_catalog.text[]) IS
'Internal: fit of a lead of a state table by the frozen rules of its tracker, of whose attributes that can be read an array has the values, by name';

CREATE FUNCTION lead_temperature.fit_grade(state pg_catalog.regclass, fit pg_catalog.float8) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'lt_fit_grade' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lead_temperature.fit_grade(pg_catalog.regclass, pg_catalog.float8) IS
'Internal: grade, A to D, of a fit by the frozen model of the tracker of a state table';

-- Trained models say what fit adds to the chance.
ALTER TABLE lead_temperature.trained_model
	ADD fit_slope pg_catalog.float8
		CONSTRAINT trained_model_fit_slope_finite
			CHECK (fit_slope OPERATOR(pg_catalog.>) '-infinity'::pg_catalog.float8 AND fit_slope OPERATOR(pg_catalog.<) 'infinity'::pg_catalog.float8);
COMMENT ON TABLE lead_temperature.trained_model IS
'models that train() made: the chance of a conversion within the horizon is 1 / (1 + exp(-(intercept + slope * score + fit_slope * fit)))';
COMMENT ON COLUMN lead_temperature.trained_model.fit_slope IS 'what a point of fit adds to the odds; NULL: fit does not count';

/*
 * The best leads by the chance that they convert.
 */

CREATE FUNCTION lead_temperature.probability(
		heat lead_temperature.heat, model pg_catalog.text, at pg_catalog.timestamptz, fit pg_catalog.float8)
	RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'lt_probability' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.probability(lead_temperature.heat, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.float8) IS
'chance, at an instant, that a lead of a heat and a fit converts within the horizon of a trained model';

CREATE FUNCTION lead_temperature.best_leads(tracker pg_catalog.regclass,
	n pg_catalog.int4 DEFAULT 100, skip pg_catalog.int4 DEFAULT 0,
	OUT rank pg_catalog.int8, OUT lead pg_catalog.text, OUT chance pg_catalog.float8,
	OUT score pg_catalog.float8, OUT fit pg_catalog.float8, OUT grade pg_catalog.text,
	OUT temperature pg_catalog.text, OUT stage pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_best_leads' LANGUAGE C STABLE STRICT COST 1000 ROWS 100;
COMMENT ON FUNCTION lead_temperature.best_leads(pg_catalog.regclass, pg_catalog.int4, pg_catalog.int4) IS
'the open leads that are likeliest to convert within the horizon of the trained model, by their heat now and their fit: so many, best first, after some that are left out';

/*
 * The end: sessions that work from 0.1.0's trackers load them again.  Keep this last.
 */
SELECT lead_temperature.reload_trackers();
