/*-------------------------------------------------------------------------
 *
 * skipped.c
 *	  Rows of a tracked table that count nowhere, and why.
 *
 * They are counted when somebody asks: who writes them pays nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/lead_stream.h"

#include "catalog/own_tracker.h"
#include "catalog/tracker_table.h"
#include "rows/row_source.h"
#include "state/lead_update.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(lt_skipped_rows);

static const char *const reasons[N_ROW_FATES] = {
	NULL, "left out by the filter", "expression failed", "no lead", "no time", "infinite time", "before 1970", "no word that can be said", "weight not finite", "archived"
};

/* The rows that have a fate. */
typedef struct Fate
{
	int64		rows;
	HeatTime	first_at;		/* FOLD_NEVER: no time of them can be told */
	HeatTime	last_at;
} Fate;

/* Rows being counted. */
typedef struct Counting
{
	Oid			changes;		/* the table in which changes of records are
								 * kept; InvalidOid: none */
	Fate		fates[N_ROW_FATES];
} Counting;

/* count_row counts a row under its fate, but for changes of the records of another source; a TakeRow. */
static void
count_row(const RowShape *shape, TupleTableSlot *slot, void *arg)
{
	Counting   *counting = arg;
	HeatTime	at;
	RowFate		is = row_fate(shape, slot, &at);
	Fate	   *fate = &counting->fates[is];

	if (is == ROW_IS_FILTERED && shape->source->relation == counting->changes)
		return;
	fate->rows++;
	if (at != FOLD_NEVER && (fate->first_at == FOLD_NEVER || at < fate->first_at))
		fate->first_at = at;
	if (at != FOLD_NEVER && (fate->last_at == FOLD_NEVER || at > fate->last_at))
		fate->last_at = at;
}

/* report_failures tells what the last row of a source for which an expression failed was refused with. */
static void
report_failures(const RowShape *shape, int64 rows)
{
	if (rows > 0)
		ereport(NOTICE,
				(errmsg("expressions fail for %lld rows of table \"%s\"",
						(long long) rows, get_rel_name(shown_relation(shape->source))),
				 errdetail("The last error was: %s", shape->expressions->message)));
}

/* lt_skipped_rows returns how many rows of the sources of a tracker count nowhere, by the reason. */
Datum
lt_skipped_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	Tracker    *tracker = tracker_get_own(tracker_named(PG_GETARG_OID(0)));
	Counting	counting = {changes_of(tracker->id)};
	Fate	   *fates = counting.fates;

	lt_materialized_result(fcinfo);
	for (int i = 0; i < N_ROW_FATES; i++)
		fates[i].first_at = fates[i].last_at = FOLD_NEVER;
	for (int i = 0; i < tracker->nsources; i++)
	{
		RowShape	shape = source_rows_shape(tracker->sources[i]);
		int64		failed = fates[ROW_FAILS].rows;

		read_source(&shape, count_row, &counting);
		report_failures(&shape, fates[ROW_FAILS].rows - failed);
	}
	for (int i = ROW_COUNTS + 1; i < N_ROW_FATES; i++)
	{
		const Fate *fate = &fates[i];
		Datum		values[4];
		bool		nulls[4] = {false};

		if (fate->rows == 0)
			continue;
		values[0] = CStringGetTextDatum(reasons[i]);
		values[1] = Int64GetDatum(fate->rows);
		put_time(fate->first_at, &values[2], &nulls[2]);
		put_time(fate->last_at, &values[3], &nulls[3]);
		tuplestore_putvalues(info->setResult, info->setDesc, values, nulls);
	}
	return (Datum) 0;
}
