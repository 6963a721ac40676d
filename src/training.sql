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
	test_until pg_catalog.timestamptz NOT NULL
);
COMMENT ON TABLE lead_temperature.trained_model IS
'models that train() made: the chance of a conversion within the horizon is 1 / (1 + exp(-(intercept + slope * score)))';

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
	PRIMARY KEY (model, ranking)
);
COMMENT ON TABLE lead_temperature.training_report IS
'how well the trained model, the present one and simple rankings predicted on the later split, which training did not see';
