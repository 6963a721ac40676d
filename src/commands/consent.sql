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
