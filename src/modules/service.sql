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
