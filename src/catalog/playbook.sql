
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
