/*-------------------------------------------------------------------------
 *
 * probability.c
 *	  Trained models at work: what a heat says of the chance of a conversion.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include "util/extension_table.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(lt_probability);

/* What a snapshot shows to a role: as long as these are the same, so are the rows it may see. */
typedef struct Sight
{
	Oid			role;
	TransactionId xmin;
	TransactionId xmax;
	uint32		running;
	int32		running_children;
	CommandId	command;
} Sight;

/* A trained model as it was read for a statement. */
typedef struct TrainedModel
{
	Sight		sight;
	text	   *name;
	int64		half_life;
	double		intercept;
	double		slope;
	double		fit_slope;		/* 0: fit does not count */
} TrainedModel;

/* present_sight returns what the active snapshot shows to the present role. */
static Sight
present_sight(void)
{
	Snapshot	snapshot = GetActiveSnapshot();
	Sight		sight;

	memset(&sight, 0, sizeof(sight));
	sight.role = GetUserId();
	sight.xmin = snapshot->xmin;
	sight.xmax = snapshot->xmax;
	sight.running = snapshot->xcnt;
	sight.running_children = snapshot->subxcnt;
	sight.command = snapshot->curcid;
	return sight;
}

/* text_equals says whether two texts have the same bytes. */
static bool
text_equals(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* read_trained reads what a model was trained to, as the present role sees it. */
static void
read_trained(TrainedModel *trained, text *name)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(name)};
	bool		isnull;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args("SELECT m.half_life, t.intercept, t.slope, t.model, coalesce(t.fit_slope, 0.0::pg_catalog.float8) FROM lead_temperature.model m "
							  "LEFT JOIN lead_temperature.trained_model t ON t.model OPERATOR(pg_catalog.=) m.name "
							  "WHERE m.name OPERATOR(pg_catalog.=) $1",
							  lengthof(types), types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("model \"%s\" does not exist", text_to_cstring(name)),
				 errhint("Models of roles that you are not a member of are not seen.")));
	trained->half_life = heat_half_life_from_interval(DatumGetIntervalP(config_value(1, INTERVALOID)));
	(void) SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 4, &isnull);
	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("model \"%s\" is not trained", text_to_cstring(name)),
				 errdetail("Scores of models that were written by hand say nothing of probabilities."),
				 errhint("Train a model with lead_temperature.train.")));
	trained->intercept = DatumGetFloat8(config_value(2, FLOAT8OID));
	trained->slope = DatumGetFloat8(config_value(3, FLOAT8OID));
	trained->fit_slope = DatumGetFloat8(config_value(5, FLOAT8OID));
	SPI_finish();
}

/* trained_model returns a trained model, which is read once for a statement. */
static const TrainedModel *
trained_model(FunctionCallInfo fcinfo, text *name)
{
	TrainedModel *trained = fcinfo->flinfo->fn_extra;
	Sight		sight = present_sight();

	if (trained == NULL)
	{
		trained = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(TrainedModel));
		fcinfo->flinfo->fn_extra = trained;
	}
	if (trained->name != NULL && text_equals(trained->name, name) &&
		memcmp(&trained->sight, &sight, sizeof(sight)) == 0)
		return trained;

	if (trained->name != NULL)
		pfree(trained->name);
	trained->name = NULL;
	read_trained(trained, name);
	trained->name = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, VARHDRSZ + VARSIZE_ANY_EXHDR(name));
	SET_VARSIZE(trained->name, VARHDRSZ + VARSIZE_ANY_EXHDR(name));
	memcpy(VARDATA(trained->name), VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	trained->sight = sight;
	return trained;
}

/* check_half_life refuses a heat that the model does not make. */
static void
check_half_life(const Heat *heat, const TrainedModel *trained, const text *name)
{
	if (unlikely(heat->half_life != trained->half_life))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("heat has another half-life than model \"%s\"", text_to_cstring(name)),
				 errhint("Move the tracked table to the model with lead_temperature.activate.")));
}

/* fit_argument reads the fit, and refuses what is no number. */
static double
fit_argument(FunctionCallInfo fcinfo)
{
	double		fit = PG_GETARG_FLOAT8(3);

	if (isnan(fit))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fit must not be NaN"),
				 errhint("Pass the fit of a lead, which the table <prefix>_fit has.")));
	return fit;
}

/* lt_probability returns the chance that a lead of a heat, and of a fit if one is given, converts within the horizon of a model. */
Datum
lt_probability(PG_FUNCTION_ARGS)
{
	Heat	   *heat = PG_GETARG_HEAT_P(0);
	text	   *name = PG_GETARG_TEXT_PP(1);
	const TrainedModel *trained = trained_model(fcinfo, name);
	HeatTime	at = heat_time_from_timestamptz(PG_GETARG_TIMESTAMPTZ(2));
	double		odds;

	check_half_life(heat, trained, name);
	odds = trained->intercept + trained->slope * heat_saturate(heat_score(heat, at));
	if (PG_NARGS() > 3 && trained->fit_slope != 0.0)
		odds += trained->fit_slope * heat_saturate(fit_argument(fcinfo));
	PG_RETURN_FLOAT8(1.0 / (1.0 + exp(-odds)));
}
