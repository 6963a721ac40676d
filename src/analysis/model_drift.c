/*-------------------------------------------------------------------------
 *
 * model_drift.c
 *	  How well the model of a tracker has predicted, week by week.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/own_tracker.h"
#include "catalog/tracker_cache.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"

PG_FUNCTION_INFO_V1(lt_model_weeks);

/*
 * The open leads of each Monday, ranked by what was known then.  The interval of a
 * week is DeLong's; in four weeks together a lead occurs up to four times, so that
 * leads are clusters.
 */
static const char weeks_sql[] =
"WITH model AS MATERIALIZED ("
"SELECT coalesce((SELECT t.horizon FROM lead_temperature.trained_model t WHERE t.model = $2), '14 days'::interval) AS horizon, "
"(SELECT r.auc FROM lead_temperature.training_report r JOIN lead_temperature.trained_model t ON t.model = r.model "
"WHERE r.model = $2 AND r.ranking = 'trained'::text AND t.after IS NULL) AS expected_auc"
"), judged AS MATERIALIZED ("
"SELECT m.horizon, m.expected_auc, date_trunc('week'::text, $4 - m.horizon) AS last, "
"greatest(date_trunc('week'::text, $4 - m.horizon) - interval '25 weeks', "
"date_trunc('week'::text, $3 - interval '1 microsecond') + interval '1 week') AS first "
"FROM model m"
"), observed AS MATERIALIZED ("
"SELECT o.at, o.lead_number, o.score, o.converted FROM judged j, "
"LATERAL lead_temperature.observations($1, j.first, j.last, '7 days'::interval, j.horizon) o "
"WHERE j.first <= j.last"
"), weekly AS ("
"SELECT o.at, count(*) AS leads, count(*) FILTER (WHERE o.converted) AS converted, "
"lead_temperature.auc(o.score, o.converted) AS auc, "
"1.96::float8 * lead_temperature.auc_stderr(o.score, o.converted) AS margin "
"FROM observed o GROUP BY o.at"
"), recent AS MATERIALIZED ("
"SELECT lead_temperature.auc(o.score, o.converted) + "
"1.96::float8 * lead_temperature.auc_stderr(o.score, o.converted, o.lead_number) AS auc_high "
"FROM observed o, judged j WHERE o.at > j.last - interval '4 weeks'"
") SELECT $2, w.at, j.horizon, w.leads, w.converted, w.auc, "
"CASE WHEN w.margin IS NOT NULL THEN greatest(w.auc - w.margin, 0::float8) END, "
"CASE WHEN w.margin IS NOT NULL THEN least(w.auc + w.margin, 1::float8) END, "
"j.expected_auc, r.auc_high < j.expected_auc "
"FROM weekly w, judged j, recent r ORDER BY w.at";

/* columns of its result, which are those of model_weeks */
#define N_WEEK_COLUMNS 10

/* An extent of time. */
typedef struct Extent
{
	TimestampTz first;
	TimestampTz last;
} Extent;

/* known_extent finds the time of the rows that are not archived; false if there are none. */
static bool
known_extent(const Tracker *tracker, Extent *extent)
{
	OwnerScope	scope;
	bool		isnull;

	tracker_connect(&scope, tracker);
	if (SPI_execute(psprintf("SELECT pg_catalog.min(first_at), pg_catalog.max(last_at) FROM %s",
							 qualified_name(tracker->state)), true, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	extent->first = DatumGetTimestampTz(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	extent->last = DatumGetTimestampTz(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull));
	SPI_finish();
	owner_leave(&scope);
	if (isnull)
		return false;
	if (tracker->archived_before != FOLD_NEVER)
		extent->first = Max(extent->first, heat_time_to_timestamptz(tracker->archived_before));
	return true;
}

/* put_weeks returns the weeks of a tracker, as the present role sees its model, in the time zone of the tracker. */
static void
put_weeks(const Tracker *tracker, const Extent *extent, ReturnSetInfo *info)
{
	Oid			types[] = {REGCLASSOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID};
	Datum		values[lengthof(types)];
	int			nest_level = NewGUCNestLevel();

	values[0] = ObjectIdGetDatum(tracker->id);
	values[1] = CStringGetTextDatum(tracker->model->name);
	values[2] = TimestampTzGetDatum(extent->first);
	values[3] = TimestampTzGetDatum(extent->last);
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("timezone", tracker->time_zone, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args(weeks_sql, lengthof(types), types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	for (uint64 i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(info->setResult, SPI_tuptable->vals[i]);
	SPI_finish();
	AtEOXact_GUC(false, nest_level);
}

/* put_tracker returns the weeks of a tracker; none while it is paused, when the state does not tell how far the rows go. */
static void
put_tracker(Oid interactions, ReturnSetInfo *info)
{
	const Tracker *tracker = tracker_without_model(interactions);
	Extent		extent;

	if (tracker->paused)
		return;
	tracker = tracker_get(interactions);
	if (known_extent(tracker, &extent))
		put_weeks(tracker, &extent, info);
}

/* put_failure returns a row without figures for a tracker that cannot be judged, and warns why. */
static void
put_failure(Oid interactions, const ErrorData *error, ReturnSetInfo *info)
{
	Datum		values[N_WEEK_COLUMNS] = {0};
	bool		nulls[N_WEEK_COLUMNS];

	memset(nulls, true, sizeof(nulls));
	tuplestore_putvalues(info->setResult, info->setDesc, values, nulls);
	ereport(WARNING,
			(errcode(error->sqlerrcode),
			 errmsg("model of table \"%s\" cannot be judged", get_rel_name(interactions)),
			 errdetail_internal("%s", error->message)));
}

/* ends_transaction says whether an error is not of a tracker but of the transaction. */
static bool
ends_transaction(const ErrorData *error)
{
	return error->sqlerrcode == ERRCODE_QUERY_CANCELED ||
		ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK;
}

/*
 * lt_model_weeks returns how well the model of a tracker has predicted in each of the
 * last weeks.  The view asks it for all trackers: what is wrong with one, in a
 * subtransaction of its own, must not keep the others from being told of.
 */
Datum
lt_model_weeks(PG_FUNCTION_ARGS)
{
	Oid			interactions = tracker_named(PG_GETARG_OID(0));
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner resources = CurrentResourceOwner;

	lt_materialized_result(fcinfo);

	/*
	 * whoever asks for all trackers may have seen one that is gone by now, or
	 * when it is locked
	 */
	if (get_rel_name(interactions) == NULL)
		return (Datum) 0;
	check_tracked_own(interactions);
	LockRelationOid(interactions, AccessShareLock);
	if (get_rel_name(interactions) == NULL || !tracker_is_any(interactions))
		return (Datum) 0;
	check_table_owner(interactions);

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		put_tracker(interactions, info);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = resources;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = resources;
		if (ends_transaction(error))
			ReThrowError(error);
		put_failure(interactions, error, info);
	}
	PG_END_TRY();
	return (Datum) 0;
}
