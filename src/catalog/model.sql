/*
 * Models: how interactions weigh.
 *
 * The three tables hold rows of users only; the shipped templates are
 * functions.  So a dump holds what users made, and nothing else.
 *
 * A model belongs to a role by its OID, which stays when the role is renamed, and
 * which no other role gets with its name.  The name beside it is for the dump: where
 * the model is written or restored, the OID of the role of that name is looked up
 * again.  For that alone role_id is declared immutable, as a generated column asks:
 * what it returned when the row was written is what counts, and nothing else calls it.
 */

CREATE FUNCTION lead_temperature.role_id(role name) RETURNS oid
	AS 'MODULE_PATHNAME', 'lt_role_id' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.role_id(name) IS
'Internal: OID of a role, 0 if there is none of that name; for the table model';

CREATE FUNCTION lead_temperature.model_role(owner_id oid, owner name) RETURNS oid
	AS 'MODULE_PATHNAME', 'lt_model_role' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.model_role(oid, name) IS
'Internal: role that a model belongs to: the one of the OID, or of the name if there was none when the row was written; NULL if it does not exist';

CREATE TABLE lead_temperature.model (
	name text COLLATE "C" PRIMARY KEY
		CONSTRAINT model_name_not_empty CHECK (name <> ''::text),
	owner name NOT NULL DEFAULT CURRENT_USER,
	half_life interval NOT NULL
		CONSTRAINT model_half_life_without_months
			CHECK (date_part('year'::text, half_life) = 0::float8 AND date_part('month'::text, half_life) = 0::float8)
		CONSTRAINT model_half_life_between_1_minute_and_100_years
			CHECK (half_life >= '1 minute'::interval AND half_life <= '36525 days'::interval),
	warm float8 NOT NULL,
	mql float8 NOT NULL,
	hot float8 NOT NULL,
	owner_id oid GENERATED ALWAYS AS (lead_temperature.role_id(owner)) STORED,
	dormant_after interval
		CONSTRAINT model_dormant_after_without_months
			CHECK (date_part('year'::text, dormant_after) = 0::float8 AND date_part('month'::text, dormant_after) = 0::float8)
		CONSTRAINT model_dormant_after_between_1_minute_and_100_years
			CHECK (dormant_after >= '1 minute'::interval AND dormant_after <= '36525 days'::interval),
	grade_a float8 NOT NULL DEFAULT 30,
	grade_b float8 NOT NULL DEFAULT 20,
	grade_c float8 NOT NULL DEFAULT 10,
	CONSTRAINT model_grades_ascend CHECK (grade_c <= grade_b AND grade_b <= grade_a),
	CONSTRAINT model_grades_finite CHECK (grade_c > '-infinity'::float8 AND grade_a < 'infinity'::float8),
	-- NaN is greater than infinity
	CONSTRAINT model_thresholds_ascend CHECK (0::float8 < warm AND warm <= mql AND mql <= hot),
	CONSTRAINT model_thresholds_finite CHECK (hot < 'infinity'::float8)
);
COMMENT ON TABLE lead_temperature.model IS
'how fast leads cool and from which score on they are warm, marketing qualified and hot';
COMMENT ON COLUMN lead_temperature.model.name IS 'unique in the database';
COMMENT ON COLUMN lead_temperature.model.owner IS
'name of the role whose members may see and change the model, its groups and its signals';
COMMENT ON COLUMN lead_temperature.model.owner_id IS
'OID of that role when the row was written, 0 if there was none; by it the role is known under another name';
COMMENT ON COLUMN lead_temperature.model.half_life IS
'time in which points halve: 1 minute to 36525 days, without months';
COMMENT ON COLUMN lead_temperature.model.warm IS 'least score of a warm lead';
COMMENT ON COLUMN lead_temperature.model.mql IS 'score that makes a lead marketing qualified';
COMMENT ON COLUMN lead_temperature.model.hot IS 'least score of a hot lead, which makes it sales qualified';
COMMENT ON COLUMN lead_temperature.model.dormant_after IS
'silence that makes an open lead dormant, which the next interaction ends with a new cycle: 1 minute to 36525 days, without months; NULL: none does';
COMMENT ON COLUMN lead_temperature.model.grade_a IS 'least fit of a lead of grade A';
COMMENT ON COLUMN lead_temperature.model.grade_b IS 'least fit of a lead of grade B';
COMMENT ON COLUMN lead_temperature.model.grade_c IS 'least fit of a lead of grade C; one below it is of grade D';

CREATE TABLE lead_temperature.signal_group (
	model text COLLATE "C" NOT NULL
		CONSTRAINT signal_group_model_exists
			REFERENCES lead_temperature.model (name) ON UPDATE CASCADE ON DELETE CASCADE,
	name text COLLATE "C" NOT NULL
		CONSTRAINT signal_group_name_not_empty CHECK (name <> ''::text),
	cap float8 NOT NULL
		CONSTRAINT signal_group_cap_positive_finite CHECK (cap > 0::float8 AND cap < 'infinity'::float8),
	PRIMARY KEY (model, name)
);
COMMENT ON TABLE lead_temperature.signal_group IS
'signals that together hold no more than a cap, however many there are';
COMMENT ON COLUMN lead_temperature.signal_group.model IS 'model that the group belongs to';
COMMENT ON COLUMN lead_temperature.signal_group.name IS 'unique in the model';
COMMENT ON COLUMN lead_temperature.signal_group.cap IS 'the most that the signals of the group add to a score';

CREATE TABLE lead_temperature.signal (
	model text COLLATE "C" NOT NULL
		CONSTRAINT signal_model_exists
			REFERENCES lead_temperature.model (name) ON UPDATE CASCADE ON DELETE CASCADE,
	kind text COLLATE "C" NOT NULL
		CONSTRAINT signal_kind_not_empty CHECK (kind <> ''::text),
	points float8
		CONSTRAINT signal_points_finite
			CHECK (points > '-infinity'::float8 AND points < 'infinity'::float8),
	signal_group text COLLATE "C",
	stage lead_temperature.stage,
	outcome lead_temperature.status
		CONSTRAINT signal_outcome_won_or_lost CHECK (outcome <> 'open'::lead_temperature.status),
	cooldown interval
		CONSTRAINT signal_cooldown_without_months
			CHECK (date_part('year'::text, cooldown) = 0::float8 AND date_part('month'::text, cooldown) = 0::float8)
		CONSTRAINT signal_cooldown_positive_up_to_100_years
			CHECK (cooldown > '0'::interval AND cooldown <= '36525 days'::interval),
	final bool NOT NULL DEFAULT false,
	consent text COLLATE "C"
		CONSTRAINT signal_consent_grant_or_withdraw
			CHECK (consent = ANY (ARRAY['grant'::text, 'withdraw'::text])),
	channel text COLLATE "C"
		CONSTRAINT signal_channel_not_empty CHECK (channel <> ''::text),
	spends bool NOT NULL DEFAULT true,
	PRIMARY KEY (model, kind),
	CONSTRAINT signal_signal_group_exists FOREIGN KEY (model, signal_group)
		REFERENCES lead_temperature.signal_group (model, name) ON UPDATE CASCADE,
	CONSTRAINT signal_has_points_or_an_outcome_alone
		CHECK (CASE WHEN outcome IS NULL THEN points IS NOT NULL
					WHEN spends THEN points IS NULL AND signal_group IS NULL AND stage IS NULL
					ELSE stage IS NULL AND (points IS NOT NULL OR signal_group IS NULL) END),
	CONSTRAINT signal_final_is_lost
		CHECK (NOT final OR (outcome IS NOT NULL AND outcome = 'lost'::lead_temperature.status)),
	CONSTRAINT signal_keeping_is_won
		CHECK (spends OR (outcome IS NOT NULL AND outcome = 'won'::lead_temperature.status)),
	CONSTRAINT signal_channel_has_consent
		CHECK (channel IS NULL OR consent IS NOT NULL),
	CONSTRAINT signal_grant_has_channel
		CHECK (consent <> 'grant'::text OR channel IS NOT NULL)
);
COMMENT ON TABLE lead_temperature.signal IS
'what an interaction of some kind says of a lead';
COMMENT ON COLUMN lead_temperature.signal.model IS 'model that the signal belongs to';
COMMENT ON COLUMN lead_temperature.signal.kind IS 'kind of interaction';
COMMENT ON COLUMN lead_temperature.signal.points IS 'what it adds to the score; negative points cool';
COMMENT ON COLUMN lead_temperature.signal.signal_group IS 'group that caps it, if any';
COMMENT ON COLUMN lead_temperature.signal.stage IS 'the least stage of a lead with such an interaction';
COMMENT ON COLUMN lead_temperature.signal.outcome IS 'won or lost: it closes the lead, and adds no points unless it spends nothing';
COMMENT ON COLUMN lead_temperature.signal.cooldown IS
'how long after an interaction that counted further ones of the kind count for nothing; NULL: each counts';
COMMENT ON COLUMN lead_temperature.signal.final IS
'lost for good: nothing but a purchase opens the lead again';
COMMENT ON COLUMN lead_temperature.signal.consent IS
'grant or withdraw: whether the lead may be written to from then on; NULL: it says nothing of that';
COMMENT ON COLUMN lead_temperature.signal.channel IS
'by which way the lead may be written to, such as email; NULL where consent is withdrawn: by none at all';
COMMENT ON COLUMN lead_temperature.signal.spends IS
'whether the outcome spends the heat; false: won, and the lead keeps its heat, gets the points, and is open in its next cycle';

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.model', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.signal_group', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.signal', '');

/*
 * Rights.  Anybody may have models; each is its owner's, and a role that is gone
 * hides its own rows.  Groups and signals are seen through their model, by its policy.
 */

GRANT USAGE ON SCHEMA lead_temperature TO PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE
	ON lead_temperature.model, lead_temperature.signal_group, lead_temperature.signal TO PUBLIC;

ALTER TABLE lead_temperature.model ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_temperature.signal_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_temperature.signal ENABLE ROW LEVEL SECURITY;

CREATE POLICY members_of_owner ON lead_temperature.model
	USING (pg_catalog.pg_has_role(lead_temperature.model_role(owner_id, owner), 'USAGE'::text));
COMMENT ON POLICY members_of_owner ON lead_temperature.model IS
'who has the rights of the owner role sees and changes the model';

CREATE POLICY members_of_owner ON lead_temperature.signal_group
	USING (EXISTS (SELECT 1 FROM lead_temperature.model AS m WHERE m.name = signal_group.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.signal_group IS
'who sees the model sees and changes its groups';

CREATE POLICY members_of_owner ON lead_temperature.signal
	USING (EXISTS (SELECT 1 FROM lead_temperature.model AS m WHERE m.name = signal.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.signal IS
'who sees the model sees and changes its signals';

/*
 * Templates.  Points = threshold * 2 ^ (dwell / half-life): a signal alone
 * keeps a lead warm or hot for the time that it may be believed.  Cooldowns keep out what
 * repeats itself without saying more: the clicks of one visit, the links that a mail
 * scanner follows, a form that is sent twice.
 */

CREATE FUNCTION lead_temperature.templates()
	RETURNS TABLE (name text, half_life interval, warm float8, mql float8, hot float8, description text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1 ROWS 3
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
VALUES
	('default'::text, '14 days'::interval, 10::float8, 25::float8, 40::float8, 'purchases that take weeks to decide'::text),
	('shop', '3 days', 10, 25, 40, 'purchases decided within days'),
	('b2b', '30 days', 10, 25, 40, 'purchases that take months to decide');
END;
COMMENT ON FUNCTION lead_temperature.templates() IS
'the templates that create_model copies';

CREATE FUNCTION lead_temperature.template_model(template text)
	RETURNS TABLE (half_life interval, warm float8, mql float8, hot float8)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 1
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
SELECT t.half_life, t.warm, t.mql, t.hot FROM lead_temperature.templates() AS t WHERE t.name = template;
END;
COMMENT ON FUNCTION lead_temperature.template_model(text) IS
'half-life and thresholds of a template';

CREATE FUNCTION lead_temperature.template_signal_group(template text)
	RETURNS TABLE (name text, cap float8)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 2
	SET search_path TO pg_catalog, pg_temp
	BEGIN ATOMIC
SELECT g.name, g.cap
FROM lead_temperature.template_model(template), (VALUES
	('browsing'::text, 20::float8),
	('content', 15)) AS g (name, cap);
END;
COMMENT ON FUNCTION lead_temperature.template_signal_group(text) IS
'groups of a template';

CREATE FUNCTION lead_temperature.template_signal(template text)
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

CREATE FUNCTION lead_temperature.create_model(name text, template text DEFAULT 'default'::pg_catalog.text) RETURNS void
	AS 'MODULE_PATHNAME', 'create_model' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.create_model(text, text) IS
'makes a model of the current role from a template';
