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

#include "rows/row_source.h"
#include "state/lead_update.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(lt_skipped_rows);

static const char *const reasons[N_ROW_FATES] = {
	NULL, "left out by the filter", "expression failed", "no lead", "no time", "infinite time", "before 1970", "weight not finite", "archived"
};

/* The rows that have a fate. */
typedef struct Fate
{
	int64		rows;
	HeatTime	first_at;		/* FOLD_NEVER: no time of them can be told */
	HeatTime	last_at;
} Fate;

/* Counts rows by their fates. */
typedef struct RowCounter
{
	const Tracker *tracker;
	Fate		fates[N_ROW_FATES];
} RowCounter;

/* count_row counts a row under its fate; a TakeRow. */
static void
count_row(const RowShape *shape, TupleTableSlot *slot, void *arg)
{
	RowCounter *counter = arg;
	HeatTime	at;
	Fate	   *fate = &counter->fates[row_fate(counter->tracker, shape, slot, &at)];

	fate->rows++;
	if (at != FOLD_NEVER && (fate->first_at == FOLD_NEVER || at < fate->first_at))
		fate->first_at = at;
	if (at != FOLD_NEVER && (fate->last_at == FOLD_NEVER || at > fate->last_at))
		fate->last_at = at;
}

/* lt_skipped_rows returns how many rows of a tracked table count nowhere, by the reason. */
Datum
lt_skipped_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	RowCounter	counter = {0};
	RowShape	shape;

	counter.tracker = tracker_get_own(PG_GETARG_OID(0));
	lt_materialized_result(fcinfo);
	shape = read_rows_shape(counter.tracker);
	for (int i = 0; i < N_ROW_FATES; i++)
		counter.fates[i].first_at = counter.fates[i].last_at = FOLD_NEVER;
	read_all_rows(counter.tracker, &shape, count_row, &counter);
	for (int i = ROW_COUNTS + 1; i < N_ROW_FATES; i++)
	{
		const Fate *fate = &counter.fates[i];
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
	if (counter.fates[ROW_FAILS].rows > 0)
		ereport(NOTICE,
				(errmsg("expressions fail for %lld rows of table \"%s\"",
						(long long) counter.fates[ROW_FAILS].rows, get_rel_name(counter.tracker->interactions)),
				 errdetail("The last error was: %s", shape.expressions->message)));
	return (Datum) 0;
}
