/*
 * Trained models: what training found, beside the model that it made.
 */

CREATE TABLE lead_temperature.trained_model (
	model pg_catalog.text COLLATE pg_catalog."C" PRIMARY KEY
		CONSTRAINT trained_model_model_exists
			REFERENCES lead_temperature.model (name) ON UPDATE CASCADE ON DELETE CASCADE,
	intercept pg_catalog.float8 NOT NULL,
	slope pg_catalog.float8 NOT NULL,
	horizon pg_catalog.interval NOT NULL,
	trained_at pg_catalog.timestamptz NOT NULL,
	train_from pg_catalog.timestamptz NOT NULL,
	train_until pg_catalog.timestamptz NOT NULL,
	test_from pg_catalog.timestamptz NOT NULL,
	test_until pg_catalog.timestamptz NOT NULL,
	version pg_catalog.int4 NOT NULL DEFAULT 1,
	after pg_catalog.interval[],
	since_stage lead_temperature.stage,
	fit_slope pg_catalog.float8
		CONSTRAINT trained_model_fit_slope_finite
			CHECK (fit_slope OPERATOR(pg_catalog.>) '-infinity'::pg_catalog.float8 AND fit_slope OPERATOR(pg_catalog.<) 'infinity'::pg_catalog.float8)
);
COMMENT ON TABLE lead_temperature.trained_model IS
'models that train() made: the chance of a conversion within the horizon is 1 / (1 + exp(-(intercept + slope * score + fit_slope * fit)))';
COMMENT ON COLUMN lead_temperature.trained_model.fit_slope IS 'what a point of fit adds to the odds; NULL: fit does not count';

COMMENT ON COLUMN lead_temperature.trained_model.version IS
'how often a model of this name was trained, this time among them; an earlier version is kept as name@version';
COMMENT ON COLUMN lead_temperature.trained_model.after IS
'how long after their first interaction leads were observed, or after they had come to the stage; NULL: at the same instants for all';

CREATE TABLE lead_temperature.training_report (
	model pg_catalog.text COLLATE pg_catalog."C" NOT NULL
		CONSTRAINT training_report_model_trained
			REFERENCES lead_temperature.trained_model (model) ON UPDATE CASCADE ON DELETE CASCADE,
	ranking pg_catalog.text NOT NULL,
	leads pg_catalog.int8 NOT NULL,
	converted pg_catalog.int8 NOT NULL,
	auc pg_catalog.float8,
	auc_low pg_catalog.float8,
	auc_high pg_catalog.float8,
	lift_3 pg_catalog.float8,
	lift_10 pg_catalog.float8,
	brier pg_catalog.float8,
	brier_base pg_catalog.float8,
	calibration lead_temperature.reliability_bin[],
	PRIMARY KEY (model, ranking)
);
COMMENT ON TABLE lead_temperature.training_report IS
'how well the trained model, the present one and simple rankings predicted on the later split, which training did not see';

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

SELECT pg_catalog.pg_extension_config_dump('lead_temperature.trained_model', '');
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.training_report', '');

GRANT SELECT, INSERT, UPDATE, DELETE
	ON lead_temperature.trained_model, lead_temperature.training_report TO PUBLIC;

ALTER TABLE lead_temperature.trained_model ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_temperature.training_report ENABLE ROW LEVEL SECURITY;

CREATE POLICY members_of_owner ON lead_temperature.trained_model
	USING (EXISTS (SELECT FROM lead_temperature.model m
				   WHERE m.name OPERATOR(pg_catalog.=) trained_model.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.trained_model IS
'who sees the model sees and changes how it was trained';

CREATE POLICY members_of_owner ON lead_temperature.training_report
	USING (EXISTS (SELECT FROM lead_temperature.model m
				   WHERE m.name OPERATOR(pg_catalog.=) training_report.model));
COMMENT ON POLICY members_of_owner ON lead_temperature.training_report IS
'who sees the model sees and changes the report of its training';

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
