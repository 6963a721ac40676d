/*-------------------------------------------------------------------------
 *
 * progress.c
 *	  How far a replay has come, for those who wait and for its next attempt.
 *
 * The row of lead_temperature.replay_progress commits with each batch: other
 * sessions read it through the view replays, and a replay that was cancelled
 * or lost with its server goes on after the last lead that it names.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/progress.h"

#include "util/extension_table.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* Between two notices to the one that waits, in microseconds. */
#define NOTICE_INTERVAL		(5 * USECS_PER_SEC)

/* run executes constant SQL as the owner of the extension's tables. */
static uint64
run(const char *sql, int nargs, Oid *types, Datum *values, const char *nulls)
{
	OwnerScope	scope;
	uint64		n;

	config_begin(&scope);
	n = config_run(sql, nargs, types, values, nulls);
	config_end(&scope);
	return n;
}

/* progress_resume takes up an unfinished replay to the same version; false if there is none. */
bool
progress_resume(ReplayProgress *progress, Oid interactions, int32 version)
{
	Oid			types[] = {REGCLASSOID, INT4OID};
	Datum		values[] = {ObjectIdGetDatum(interactions), Int32GetDatum(version)};
	MemoryContext before = CurrentMemoryContext;
	OwnerScope	scope;
	bool		found;

	memset(progress, 0, sizeof(ReplayProgress));
	progress->interactions = interactions;
	progress->version = version;
	config_begin(&scope);
	found = config_run("SELECT rows_done, leads_done, last_lead FROM lead_temperature.replay_progress "
					   "WHERE interactions OPERATOR(pg_catalog.=) $1 "
					   "AND version OPERATOR(pg_catalog.=) $2 AND finished_at IS NULL",
					   2, types, values, NULL) > 0;
	if (found)
	{
		HeapTuple	tuple = SPI_tuptable->vals[0];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		char	   *last_lead = SPI_getvalue(tuple, desc, 3);

		progress->rows_before = DatumGetInt64(config_value(1, INT8OID));
		progress->leads_done = DatumGetInt64(config_value(2, INT8OID));
		if (last_lead != NULL)
			progress->last_lead = MemoryContextStrdup(before, last_lead);
	}
	config_end(&scope);
	if (found)
		run("UPDATE lead_temperature.replay_progress SET "
			"rows_total = NULL, folding_since = NULL, updated_at = pg_catalog.clock_timestamp() "
			"WHERE interactions OPERATOR(pg_catalog.=) $1 AND version OPERATOR(pg_catalog.=) $2",
			2, types, values, NULL);
	return found;
}

/* progress_begin notes the beginning of a replay. */
void
progress_begin(ReplayProgress *progress, Oid interactions, int32 version)
{
	Oid			types[] = {REGCLASSOID, INT4OID};
	Datum		values[] = {ObjectIdGetDatum(interactions), Int32GetDatum(version)};

	memset(progress, 0, sizeof(ReplayProgress));
	progress->interactions = interactions;
	progress->version = version;
	run("WITH old AS (DELETE FROM lead_temperature.replay_progress "
		"WHERE interactions OPERATOR(pg_catalog.=) $1) SELECT", 1, types, values, NULL);
	run("INSERT INTO lead_temperature.replay_progress (interactions, version, started_at, "
		"updated_at, rows_done, leads_done) VALUES ($1, $2, "
		"pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp(), 0, 0)",
		2, types, values, NULL);
}

/* progress_folding notes that all rows are read, so many in this attempt, and folding begins. */
void
progress_folding(ReplayProgress *progress, int64 rows)
{
	Oid			types[] = {REGCLASSOID, INT8OID};
	Datum		values[2];

	progress->rows_total = progress->rows_before + rows;
	progress->folding_since = GetCurrentTimestamp();
	progress->told_at = progress->folding_since;
	values[0] = ObjectIdGetDatum(progress->interactions);
	values[1] = Int64GetDatum(progress->rows_total);
	run("UPDATE lead_temperature.replay_progress SET rows_total = $2, "
		"folding_since = pg_catalog.clock_timestamp(), updated_at = pg_catalog.clock_timestamp(), "
		"rows_before = rows_done "
		"WHERE interactions OPERATOR(pg_catalog.=) $1", 2, types, values, NULL);
}

/* tell says how far the replay is to the one that waits for it, not too often. */
static void
tell(ReplayProgress *progress)
{
	TimestampTz now = GetCurrentTimestamp();
	double		seconds = (now - progress->folding_since) / (double) USECS_PER_SEC;
	double		rate = progress->rows_done / Max(seconds, 0.001);
	int64		done = progress->rows_before + progress->rows_done;

	if (now - progress->told_at < NOTICE_INTERVAL)
		return;
	progress->told_at = now;
	ereport(NOTICE,
			(errmsg("replay of \"%s\": %lld of %lld rows done (%.0f %%), %.0f rows/s, about %.0f s left",
					get_rel_name(progress->interactions), (long long) done,
					(long long) progress->rows_total,
					100.0 * done / Max(progress->rows_total, 1), rate,
					(progress->rows_total - done) / Max(rate, 1.0))));
}

/*
 * progress_report notes the end of a batch of so many leads; it commits with the
 * batch.  After the last batch there is no last lead to go on from.
 */
void
progress_report(ReplayProgress *progress, int64 leads, const char *last_lead)
{
	Oid			types[] = {REGCLASSOID, INT8OID, INT8OID, TEXTOID};
	Datum		values[4];
	char		nulls[] = {' ', ' ', ' ', last_lead == NULL ? 'n' : ' ', '\0'};

	progress->leads_done += leads;
	values[0] = ObjectIdGetDatum(progress->interactions);
	values[1] = Int64GetDatum(progress->rows_before + progress->rows_done);
	values[2] = Int64GetDatum(progress->leads_done);
	values[3] = last_lead == NULL ? (Datum) 0 : CStringGetTextDatum(last_lead);
	run("UPDATE lead_temperature.replay_progress SET rows_done = $2, leads_done = $3, last_lead = $4, "
		"updated_at = pg_catalog.clock_timestamp() WHERE interactions OPERATOR(pg_catalog.=) $1",
		4, types, values, nulls);
	tell(progress);
}

/* progress_finish notes the end of a replay. */
void
progress_finish(const ReplayProgress *progress)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(progress->interactions)};

	run("UPDATE lead_temperature.replay_progress SET finished_at = pg_catalog.clock_timestamp(), "
		"updated_at = pg_catalog.clock_timestamp() WHERE interactions OPERATOR(pg_catalog.=) $1",
		1, types, values, NULL);
}
