/*-------------------------------------------------------------------------
 *
 * trained_model.c
 *	  Models that training has made, written.
 *
 * A model is the current role's, and so is all that is said of it: what is written here is
 * written as that role.  Whoever trains again under a name makes the next version of it.  The one before keeps
 * its points, its report and the trackers that work from it under the name that make_way gives
 * to it, so that nothing changes for any lead, and one can go back.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/trained_model.h"

#include "catalog/model.h"
#include "catalog/tracker_model.h"
#include "util/extension_table.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* chance_of is the chance of a conversion of a score. */
double
chance_of(const Calibration *calibration, double score)
{
	return 1.0 / (1.0 + exp(-(calibration->intercept + calibration->slope * score)));
}

/* read_calibration reads what training has found of a model, nothing if it is another's by now. */
Calibration
read_calibration(const Tracker *tracker, const char *model)
{
	Oid			types[] = {TEXTOID};
	Datum		values[1];
	OwnerScope	scope;
	Calibration calibration = {0};

	values[0] = CStringGetTextDatum(model);
	if (!model_is_readable(model, tracker->owner))
		return calibration;
	config_begin(&scope);
	config_run("SELECT t.intercept, t.slope, coalesce(t.fit_slope, 0.0::pg_catalog.float8) FROM lead_temperature.trained_model t "
			   "WHERE t.model OPERATOR(pg_catalog.=) $1", 1, types, values, NULL);
	if (SPI_processed > 0)
	{
		calibration.trained = true;
		calibration.intercept = DatumGetFloat8(config_value(1, FLOAT8OID));
		calibration.slope = DatumGetFloat8(config_value(2, FLOAT8OID));
		calibration.counts_fit = DatumGetFloat8(config_value(3, FLOAT8OID)) != 0.0;
		if (calibration.counts_fit && calibration.slope != 0.0)
			calibration.fit_weight = DatumGetFloat8(config_value(3, FLOAT8OID)) / calibration.slope;
	}
	config_end(&scope);
	return calibration;
}

/* version_of_own returns which version a trained model of a name is that the current role may change; 0 if there is none. */
static int32
version_of_own(const char *model)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(model)};
	int32		version = 0;
	bool		isnull;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args("SELECT t.version FROM lead_temperature.trained_model t WHERE t.model OPERATOR(pg_catalog.=) $1",
							  1, types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	if (SPI_processed > 0)
		version = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	return version;
}

/* next_version returns which version of a name training would make; a model of that name which is not the current role's, or which training has not made, stays where it is. */
int32
next_version(const char *model)
{
	int32		version;

	if (!model_exists(model))
		return 1;
	version = version_of_own(model);
	if (version == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("model \"%s\" already exists", model),
				 errdetail("Training makes the next version of a model that it has made, of a role that one is a member of."),
				 errhint("Name the new model by the argument model, or delete the old one; models of other roles count too.")));
	return version + 1;
}

/*
 * make_way makes way for the next version of a name: it gives the trained model that has it, if there is one, the
 * name by which it is kept, and returns that; NULL if the name was free.
 */
char *
make_way(const char *model)
{
	int32		version = next_version(model);
	char	   *renamed;

	if (version == 1)
		return NULL;
	renamed = version_name(model, version - 1);
	rename_model(model, renamed);
	return renamed;
}

/* insert_as_caller executes constant SQL as the current role, connected to SPI. */
uint64
insert_as_caller(const char *sql, int nargs, Oid *types, Datum *values, const char *nulls)
{
	if (SPI_execute_with_args(sql, nargs, types, values, nulls, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "SPI_execute_with_args failed: %s", sql);
	return SPI_processed;
}

/* insert_model makes the model, of the current role; after which silence leads are dormant is what the present one says. */
static void
insert_model(const char *name, const ModelVersion *present, const Evidence *evidence, const Lesson *lesson)
{
	Oid			types[] = {
		TEXTOID, INTERVALOID, FLOAT8OID, FLOAT8OID, FLOAT8OID, INTERVALOID, FLOAT8OID, FLOAT8OID, FLOAT8OID
	};
	const FoldModel *model = &present->fold;
	const double *grades = evidence->n_fit_features > 0 ? lesson->grades : present->grades;
	Datum		values[lengthof(types)];
	const char *nulls = model->dormant_after > 0 ? NULL : "     n   ";

	values[0] = CStringGetTextDatum(name);
	values[1] = IntervalPGetDatum(heat_half_life_to_interval(lesson->half_life));
	values[2] = Float8GetDatum(lesson->warm);
	values[3] = Float8GetDatum(lesson->mql);
	values[4] = Float8GetDatum(lesson->hot);
	values[5] = IntervalPGetDatum(heat_half_life_to_interval(model->dormant_after));
	for (int i = 0; i < N_GRADES - 1; i++)
		values[6 + i] = Float8GetDatum(grades[i]);
	if (insert_as_caller("INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot, dormant_after, grade_a, grade_b, grade_c) "
						 "VALUES ($1, CURRENT_USER, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
						 lengthof(types), types, values, nulls) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("model \"%s\" already exists", name),
				 errhint("Another has made it meanwhile.")));
}

/* text_or_null puts a text into an array of values, or null. */
static void
text_or_null(const char *text, Datum *value, bool *isnull)
{
	*isnull = text == NULL;
	*value = text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

/* nullable_array makes an array of values of which some are null. */
static Datum
nullable_array(Datum *values, bool *nulls, int n, Oid type)
{
	int			lower = 1;
	int16		len;
	bool		by_value;
	char		align;

	if (n == 0)
		return PointerGetDatum(construct_empty_array(type));
	get_typlenbyvalalign(type, &len, &by_value, &align);
	return PointerGetDatum(construct_md_array(values, nulls, 1, &n, &lower, type, len, by_value,
											  align));
}

/*
 * insert_signals gives the model the points that were learned, with all else that the
 * signals of the present one say.
 */
static void
insert_signals(const char *name, const ModelVersion *model, const Survey *survey,
			   const Lesson *lesson)
{
	Oid			types[] = {
		TEXTOID, TEXTARRAYOID, FLOAT8ARRAYOID, TEXTARRAYOID, TEXTARRAYOID, INTERVALARRAYOID,
		BOOLARRAYOID, TEXTARRAYOID, TEXTARRAYOID, BOOLARRAYOID
	};
	static const Oid elements[] = {TEXTOID, FLOAT8OID, TEXTOID, TEXTOID, INTERVALOID, BOOLOID, TEXTOID, TEXTOID, BOOLOID};
	Datum		arguments[lengthof(types)];
	Datum	   *values[lengthof(elements)];
	bool	   *nulls[lengthof(elements)];
	int			n = 0;

	for (int i = 0; i < lengthof(values); i++)
	{
		values[i] = palloc(sizeof(Datum) * Max(survey->n_kinds, 1));
		nulls[i] = palloc0(sizeof(bool) * Max(survey->n_kinds, 1));
	}
	for (int i = 0; i < survey->n_kinds; i++)
	{
		const KindUse *use = &survey->kinds[i];
		double		points = use->feature < 0 ? 0.0 : lesson->points[use->feature];

		if (points == 0.0 && use->signal.floor == STAGE_NONE && use->signal.outcome == STATUS_NONE &&
			use->signal.consent == CONSENT_NONE)
			continue;
		values[0][n] = CStringGetTextDatum(use->kind);
		values[1][n] = Float8GetDatum(points);
		nulls[1][n] = !kind_is_evidence(use);
		text_or_null(use->signal.floor == STAGE_NONE ? NULL : stage_names[use->signal.floor],
					 &values[2][n], &nulls[2][n]);
		text_or_null(use->signal.outcome == STATUS_NONE ? NULL : status_names[use->signal.outcome],
					 &values[3][n], &nulls[3][n]);
		nulls[4][n] = use->signal.cooldown < 0;
		if (!nulls[4][n])
			values[4][n] = IntervalPGetDatum(heat_half_life_to_interval(model->fold.cooldowns[use->signal.cooldown]));
		values[5][n] = BoolGetDatum(use->signal.final);
		text_or_null(consent_names[use->signal.consent], &values[6][n], &nulls[6][n]);
		text_or_null(use->signal.channel == ALL_CHANNELS ? NULL : model->channels[use->signal.channel],
					 &values[7][n], &nulls[7][n]);
		values[8][n] = BoolGetDatum(use->signal.spends);
		n++;
	}
	arguments[0] = CStringGetTextDatum(name);
	for (int i = 0; i < lengthof(elements); i++)
		arguments[1 + i] = nullable_array(values[i], nulls[i], n, elements[i]);
	insert_as_caller("INSERT INTO lead_temperature.signal "
					 "(model, kind, points, stage, outcome, cooldown, final, consent, channel, spends) "
					 "SELECT $1, s.kind, s.points, s.stage::lead_temperature.stage, "
					 "s.outcome::lead_temperature.status, s.cooldown, s.final, s.consent, s.channel, s.spends "
					 "FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4), "
					 "pg_catalog.unnest($5), pg_catalog.unnest($6), pg_catalog.unnest($7), "
					 "pg_catalog.unnest($8), pg_catalog.unnest($9), pg_catalog.unnest($10)) "
					 "AS s (kind, points, stage, outcome, cooldown, final, consent, channel, spends)",
					 lengthof(types), types, arguments, NULL);
}

/* insert_fit_rules gives the model what the attributes of leads have been found to be worth. */
static void
insert_fit_rules(const char *name, const Evidence *evidence, const Lesson *lesson)
{
	Oid			types[] = {TEXTOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, FLOAT8ARRAYOID};
	static const Oid elements[] = {TEXTOID, TEXTOID, TEXTOID, FLOAT8OID};
	Datum		arguments[lengthof(types)];
	Datum	   *values[lengthof(elements)];
	bool	   *nulls = palloc0(sizeof(bool) * (evidence->n_fit_features + 1));
	int			n = 0;

	for (int i = 0; i < lengthof(values); i++)
		values[i] = palloc(sizeof(Datum) * (evidence->n_fit_features + 1));
	for (int i = 0; i < evidence->n_fit_features; i++)
	{
		const FitFeature *feature = &evidence->fit_features[i];

		if (feature->rest || lesson->fit_points[i] == 0.0)
			continue;
		values[0][n] = CStringGetTextDatum(evidence->attributes[feature->attribute].name);
		values[1][n] = CStringGetTextDatum(fit_operator_names[feature->operator]);
		values[2][n] = CStringGetTextDatum(feature->value);
		values[3][n++] = Float8GetDatum(lesson->fit_points[i]);
	}
	if (n == 0)
		return;
	arguments[0] = CStringGetTextDatum(name);
	for (int i = 0; i < lengthof(elements); i++)
		arguments[1 + i] = nullable_array(values[i], nulls, n, elements[i]);
	insert_as_caller("INSERT INTO lead_temperature.fit_rule (model, attribute, operator, value, points) "
					 "SELECT $1, r.attribute, r.operator, r.value, r.points "
					 "FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($5)) "
					 "AS r (attribute, operator, value, points)",
					 lengthof(types), types, arguments, NULL);
}

/* instants_of_report finds the first and the last instant that was trained on, and that was tested on. */
static void
instants_of_report(const Evidence *evidence, HeatTime edges[4])
{
	if (evidence->relative.n == 0)
	{
		edges[0] = evidence->instants[0];
		edges[1] = evidence->instants[evidence->n_training - 1];
		edges[2] = evidence->instants[evidence->n_training];
		edges[3] = evidence->instants[evidence->n_instants - 1];
		return;
	}
	edges[0] = evidence->training.first_at;
	edges[1] = evidence->training.last_at;
	edges[2] = evidence->testing.observations > 0 ? evidence->testing.first_at : evidence->test_from;
	edges[3] = evidence->testing.observations > 0 ? evidence->testing.last_at : evidence->test_from;
}

/* relative_array is what instants were after, as an array. */
static Datum
relative_array(const Relative *relative)
{
	Datum	   *values = palloc(sizeof(Datum) * Max(relative->n, 1));
	bool	   *nulls = palloc0(sizeof(bool) * Max(relative->n, 1));

	for (int i = 0; i < relative->n; i++)
		values[i] = IntervalPGetDatum(&relative->after[i].interval);
	return nullable_array(values, nulls, relative->n, INTERVALOID);
}

/* insert_trained_model notes how the model was trained. */
static void
insert_trained_model(const char *name, int32 version, const Evidence *evidence, const Lesson *lesson)
{
	Oid			types[] = {
		TEXTOID, FLOAT8OID, FLOAT8OID, INTERVALOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
		TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, INTERVALARRAYOID, TEXTOID, FLOAT8OID
	};
	const Relative *relative = &evidence->relative;
	HeatTime	edges[4];
	Datum		values[lengthof(types)];
	char		nulls[lengthof(types) + 1];

	memset(nulls, ' ', lengthof(types));
	nulls[lengthof(types)] = '\0';
	instants_of_report(evidence, edges);
	values[0] = CStringGetTextDatum(name);
	values[1] = Float8GetDatum(lesson->intercept);
	values[2] = Float8GetDatum(lesson->slope);
	values[3] = evidence->horizon.length > 0 ? IntervalPGetDatum(heat_half_life_to_interval(evidence->horizon.length)) :
		IntervalPGetDatum(&evidence->horizon.interval);
	for (int i = 0; i < lengthof(edges); i++)
		values[4 + i] = TimestampTzGetDatum(heat_time_to_timestamptz(edges[i]));
	values[8] = Int32GetDatum(version);
	values[9] = relative_array(relative);
	nulls[9] = relative->n > 0 ? ' ' : 'n';
	values[10] = CStringGetTextDatum(relative->stage == STAGE_NONE ? "" : stage_names[relative->stage]);
	nulls[10] = relative->stage != STAGE_NONE ? ' ' : 'n';
	values[11] = Float8GetDatum(lesson->slope);
	nulls[11] = evidence->n_fit_features > 0 ? ' ' : 'n';
	insert_as_caller("INSERT INTO lead_temperature.trained_model (model, intercept, slope, horizon, "
					 "trained_at, train_from, train_until, test_from, test_until, version, after, since_stage, fit_slope) "
					 "VALUES ($1, $2, $3, $4, pg_catalog.now(), $5, $6, $7, $8, $9, $10, $11::lead_temperature.stage, $12)",
					 lengthof(types), types, values, nulls);
}

/* write_model makes a model of what was learned, a version of its name; the caller is connected to SPI. */
void
write_model(const char *name, int32 version, const ModelVersion *present, const Survey *survey,
			const Evidence *evidence, const Lesson *lesson)
{
	insert_model(name, present, evidence, lesson);
	insert_signals(name, present, survey, lesson);
	insert_fit_rules(name, evidence, lesson);
	insert_trained_model(name, version, evidence, lesson);
}
