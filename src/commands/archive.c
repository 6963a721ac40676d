/*-------------------------------------------------------------------------
 *
 * archive.c
 *	  Old interactions folded into opening balances.
 *
 * What lies before the archived time is read no more: a lead starts from its
 * balance, and its rows of that time may stay or go.  State and transitions do
 * not change by it.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/time_bounds.h"

#include "catalog/own_tracker.h"
#include "catalog/source_table.h"
#include "catalog/tracker_table.h"
#include "commands/replay.h"
#include "commands/subscription.h"
#include "commands/triggers.h"
#include "rows/row_source.h"
#include "state/balance.h"
#include "state/lead_update.h"

#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(lt_archive);

/* note_archived notes which partitions of the sources can hold no row from an instant on. */
static void
note_archived(Tracker *tracker, HeatTime before)
{
	ListCell   *source_cell;
	ListCell   *cell;

	foreach(source_cell, tracker_sources(tracker->id))
	{
		const TrackedSource *source = lfirst(source_cell);
		SourcePartitions partitions = source_partitions(source);

		partitions.archived = NIL;
		foreach(cell, find_all_inheritors(source->relation, NoLock, NULL))
		{
			if (lfirst_oid(cell) != source->relation &&
				is_archived(source_of(tracker, source->number), lfirst_oid(cell), before))
				partitions.archived = lappend_oid(partitions.archived, lfirst_oid(cell));
		}
		set_source_partitions(source, &partitions);
	}
}

/* check_time refuses to archive what is still to come, or less than before. */
static HeatTime
check_time(const Tracker *tracker, TimestampTz before)
{
	HeatTime	at;

	if (before > GetCurrentTimestamp())
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot archive interactions that are still to come"),
				 errhint("Pass an instant that is past.")));
	if (before < -HEAT_EPOCH_SHIFT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no interactions before 1970 count"),
				 errhint("Pass a later instant.")));
	at = heat_time_from_timestamptz(before);
	if (tracker->archived_before != FOLD_NEVER && at < tracker->archived_before)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("interactions of table \"%s\" before %s are archived already",
						get_rel_name(tracker->interactions),
						timestamptz_to_str(heat_time_to_timestamptz(tracker->archived_before))),
				 errhint("What is archived stays so; pass that instant or a later one.")));
	return at;
}

/* has_row says whether a query has a row; the caller is connected to SPI. */
static bool
has_row(const char *sql)
{
	if (SPI_execute(sql, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	return SPI_processed > 0;
}

/* any_is_subscribed says whether a subscription writes a source. */
static bool
any_is_subscribed(const Tracker *tracker)
{
	for (int i = 0; i < tracker->ntables; i++)
		if (is_subscribed(tracker->sources[i]->relation))
			return true;
	return false;
}

/* check_up_to_date refuses a tracker whose state is not what its rows and its model say. */
static void
check_up_to_date(const Tracker *tracker)
{
	OwnerScope	owner;
	bool		stale;

	if (tracker->paused)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("tracking of table \"%s\" is paused", get_rel_name(tracker->interactions)),
				 errhint("Call lead_temperature.resume first.")));
	owner_enter(&owner, tracker->owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	stale = has_row(psprintf("SELECT FROM lead_temperature.trackers WHERE stale "
							 "AND state OPERATOR(pg_catalog.=) %u::pg_catalog.oid",
							 tracker->state)) ||
		has_row(psprintf("SELECT FROM %s WHERE model_version OPERATOR(pg_catalog.<>) %d",
						 qualified_name(tracker->state), tracker->version));
	SPI_finish();
	owner_leave(&owner);
	if (any_is_subscribed(tracker))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("leads of table \"%s\" are stale", get_rel_name(tracker->interactions)),
				 errdetail("A subscription writes the table, and what it applies is not followed."),
				 errhint("Archive on the publisher; or drop the subscription and call lead_temperature.replay first.")));
	if (stale)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("leads of table \"%s\" are stale", get_rel_name(tracker->interactions)),
				 errdetail("The model was edited, partitions came or went, or a replay was interrupted."),
				 errhint("Call lead_temperature.replay first.")));
}

/*
 * read_between puts the rows of a source from what is archived to the end of a stream into it.
 * The query leaves out most of the others, the stream the rest.
 */
static void
read_between(LeadStream *stream, const Source *source)
{
	const char *at = quote_identifier(role_column(source, ROLE_AT));
	HeatTime	from = source->tracker->archived_before;
	Oid			types[2] = {source->types[ROLE_AT], source->types[ROLE_AT]};
	Datum		values[2];
	int			n = 0;
	char	   *condition = NULL;
	SPIPlanPtr	plan;

	if (at_is_bounded(source))
	{
		values[n++] = at_bound(source, stream->until, ZONE_MARGIN);
		condition = psprintf("%s %s $1", at, qualified_operator(at_operator(source, BTLessEqualStrategyNumber)));
		if (from != FOLD_NEVER)
		{
			values[n++] = at_bound(source, from, -ZONE_MARGIN);
			condition = psprintf("%s AND %s %s $2", condition, at,
								 qualified_operator(at_operator(source, BTGreaterEqualStrategyNumber)));
		}
	}
	plan = SPI_prepare_cursor(source_rows_sql(source, condition), n, types, 0);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	read_rows(stream, source, plan, values);
}

/* fold_balances folds the rows up to an instant into the balances of their leads; returns how many. */
static int64
fold_balances(Tracker *tracker, HeatTime before)
{
	LeadWork	work;
	LeadStream *stream;
	int64		rows;

	work_begin(&work, tracker, true, BY_REPLAY);
	stream = stream_begin(tracker, work.horizon);
	stream->until = before - 1;
	for (int i = 0; i < tracker->nsources; i++)
		read_between(stream, tracker->sources[i]);
	stream_sort(stream);
	while (stream_next_lead(stream))
	{
		MemoryContext old = MemoryContextSwitchTo(stream->lead_context);
		StoredLead	stored;

		(void) start_lead(&work, stream->lead, &stored);
		fold_start(&work.fold, &stored.lead, NULL, NULL);
		fold_stream_rows(&work.fold, stream, &stored);
		balance_put(work_balances(&work), stream->lead, &stored);
		MemoryContextSwitchTo(old);
		CHECK_FOR_INTERRUPTS();
	}
	rows = stream->entries;
	stream_end(stream);
	work_end(&work);
	return rows;
}

/*
 * lt_archive folds the rows of a table up to an instant into opening balances;
 * returns how many.  It keeps writers out, of partitions too: a row of that time
 * that commits later must find it done, and be ignored.
 */
Datum
lt_archive(PG_FUNCTION_ARGS)
{
	Oid			interactions = tracker_named(PG_GETARG_OID(0));
	TimestampTz before = PG_GETARG_TIMESTAMPTZ(1);
	Tracker    *tracker;
	HeatTime	at;
	int64		rows;

	(void) tracker_get_own(interactions);
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot archive in a transaction whose snapshot stays"),
				 errdetail("Interactions committed since would be lost."),
				 errhint("Call it at isolation level READ COMMITTED.")));
	lock_writers_out(interactions);
	tracker = tracker_get(interactions);
	check_not_in_use(interactions, "archive");
	at = check_time(tracker, before);
	check_up_to_date(tracker);

	/*
	 * a row that was future when it came must be in state and transitions
	 * first
	 */
	(void) settle_leads(tracker);
	rows = fold_balances(tracker, at);
	note_archived(tracker, at);
	set_tracker_archived(interactions, before);
	PG_RETURN_INT64(rows);
}
