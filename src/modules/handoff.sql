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
