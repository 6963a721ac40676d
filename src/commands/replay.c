/*-------------------------------------------------------------------------
 *
 * replay.c
 *	  State made anew from the rows: replay, resume, apply_due.
 *
 * A replay reads all rows at once, sorted by lead, and folds them lead by
 * lead.  Where it has locked the table against writers that is all.
 *
 * The procedure replay() lets writers go on.  If the model has changed it first
 * gives the tracker a new version, under a lock that waits for writers under
 * way, and commits.  From then on a writer replays each lead of an older version
 * that it touches, and so moves it to the new one.  Rows are read after that
 * commit: whoever still is of an older version when its turn comes has got no
 * row since, so that what was read of it is what it has.  All others are only
 * compared, and replayed one by one if they differ.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/replay.h"

#include "catalog/own_tracker.h"
#include "catalog/lead_key.h"
#include "catalog/tracker_model.h"
#include "catalog/tracker_table.h"
#include "commands/progress.h"
#include "commands/source_change.h"
#include "rows/row_source.h"
#include "state/fit.h"
#include "state/funnel_counts.h"
#include "state/lead_update.h"
#include "util/execute.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(lt_pause);
PG_FUNCTION_INFO_V1(lt_resume);
PG_FUNCTION_INFO_V1(lt_settle);
PG_FUNCTION_INFO_V1(lt_replay);
PG_FUNCTION_INFO_V1(lt_activate);

/* What sets the lock of replays apart from the advisory locks of SQL, which have 1 and 2 here. */
#define REPLAY_LOCK		3

/* Rows and leads of one batch of a replay, whichever comes first. */
#define BATCH_ROWS		100000
#define BATCH_LEADS		10000

/*
 * stream_all_now begins a stream of all leads as they are by now, whatever the
 * transaction's snapshot shows: who makes state anew must not miss a row.
 */
static LeadStream *
stream_all_now(const Tracker *tracker, HeatTime horizon, char *after,
			   Tuplestorestate *store, MemoryContext context)
{
	CommandCounterIncrement();
	return stream_all(tracker, horizon, after, GetLatestSnapshot(), store, context);
}

/*
 * replay_all makes all state anew from all rows of the tracked table, which
 * the caller has locked against writers.
 */
void
replay_all(Tracker *tracker, WorkCause by)
{
	LeadWork	work;
	LeadStream *stream;

	work_begin(&work, tracker, true, by);
	state_check_snapshot(&work.state);
	stream = stream_all_now(tracker, work.horizon, NULL,
							store_begin(false), work.context);
	while (stream_next_lead(stream))
	{
		MemoryContext before = MemoryContextSwitchTo(stream->lead_context);

		if (!work.in_key_order)
			work_open_cursors(&work, stream->lead);
		replay_lead_from(&work, stream, stream->lead,
						 state_find(&work.state, stream->lead), false);
		MemoryContextSwitchTo(before);
		CHECK_FOR_INTERRUPTS();
	}
	forget_failed(tracker->id);
	count_failed(tracker->id, stream_failures(stream));
	stream_end(stream);
	if (tracker->aliases != NULL)
		news_all_merged(work.state.news);
	work_end(&work);
}

/* prepare plans a query of this transaction. */
static SPIPlanPtr
prepare(const char *sql, int nargs, Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare_cursor(sql, nargs, types, 0);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	return plan;
}

/* mark_leads puts the leads of a query over the state table into a stream; returns how many. */
static int64
mark_leads(LeadStream *stream, SPIPlanPtr plan, Datum *values)
{
	Portal		portal = SPI_cursor_open(NULL, plan, values, NULL, false);
	int64		n = 0;

	for (;;)
	{
		SPI_cursor_fetch(portal, true, 1000);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			bool		isnull;
			Datum		lead = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull);

			if (!isnull)
			{
				stream_mark(stream, lead);
				n++;
			}
		}
		SPI_freetuptable(SPI_tuptable);
		CHECK_FOR_INTERRUPTS();
	}
	SPI_freetuptable(SPI_tuptable);
	SPI_cursor_close(portal);
	return n;
}

/* lock_all locks every lead that has state, in key order, and returns them. */
static Datum *
lock_all(LeadWork *work, int64 *n)
{
	LeadStream *stream = stream_begin(work->tracker, work->horizon);
	char	   *sql = psprintf("SELECT lead FROM %s", qualified_name(work->tracker->state));
	Datum	   *leads;
	int64		marked;

	marked = mark_leads(stream, prepare(sql, 0, NULL), NULL);
	leads = palloc_extended(sizeof(Datum) * (marked + 1), MCXT_ALLOC_HUGE);
	*n = 0;
	stream_sort(stream);
	while (stream_next_lead(stream))
	{
		if (state_lock(&work->state, stream->lead))
			leads[(*n)++] = datumCopy(stream->lead, work->tracker->lead_typbyval,
									  work->tracker->lead_typlen);
		CHECK_FOR_INTERRUPTS();
	}
	stream_end(stream);
	return leads;
}

/*
 * replay_while_written makes all state anew in the middle of a transaction,
 * whose rows may still await their flush, while others go on writing: it locks
 * all leads and reads their rows afterwards.  A lead that appears in between is
 * its writer's own, unless leads may appear because ids are mapped otherwise.
 */
void
replay_while_written(Tracker *tracker, bool appear)
{
	LeadWork	work;
	LeadStream *stream;
	Datum	   *leads;
	int64		n;
	int64		i = 0;

	remember_all_replayed(tracker);
	work_begin(&work, tracker, false, BY_ROWS);
	state_check_snapshot(&work.state);
	leads = lock_all(&work, &n);
	stream = stream_all_now(tracker, work.horizon, NULL,
							store_begin(false), work.context);
	while (stream_next_lead(stream))
	{
		MemoryContext before = MemoryContextSwitchTo(stream->lead_context);

		while (i < n && compare_leads(tracker, leads[i], stream->lead) < 0)
			i++;
		if (i < n && compare_leads(tracker, leads[i], stream->lead) == 0 &&
			state_lock(&work.state, stream->lead))
			replay_lead_from(&work, stream, stream->lead, true, true);
		else if (appear)
			replay_lead(&work, stream->lead, FOLD_NEVER);
		MemoryContextSwitchTo(before);
		CHECK_FOR_INTERRUPTS();
	}
	stream_end(stream);
	if (appear && tracker->aliases != NULL)
		news_all_merged(work.state.news);
	work_end(&work);
}

/* tables_of lists the tables that a tracker reads, and their partitions, which are locked so if they are not yet. */
static List *
tables_of(Oid tracker, LOCKMODE lockmode)
{
	List	   *tables = NIL;
	ListCell   *cell;

	foreach(cell, tracker_relations(tracker))
	{
		if (get_rel_name(lfirst_oid(cell)) != NULL)
			tables = list_concat(tables, find_all_inheritors(lfirst_oid(cell), lockmode, NULL));
	}
	return tables;
}

/*
 * check_tables_not_in_use refuses to make state anew, or to begin with it, in the
 * middle of a statement of this session on one of its tables: the rows of that are
 * partly there.
 */
void
check_tables_not_in_use(List *tables, const char *what)
{
	ListCell   *cell;

	foreach(cell, tables)
	{
		Relation	table = table_open(lfirst_oid(cell), AccessShareLock);

		CheckTableNotInUse(table, what);
		table_close(table, NoLock);
	}
}

/* check_not_in_use refuses so for all tables that a tracker reads. */
void
check_not_in_use(Oid tracker, const char *what)
{
	check_tables_not_in_use(tables_of(tracker, NoLock), what);
}

/*
 * lock_writers_out waits for whoever writes a table that a tracker of one's own reads, or a
 * partition directly, and keeps them out.  It does without the tracker's model.
 */
void
lock_writers_out(Oid tracker)
{
	lock_tracker(tracker, ShareRowExclusiveLock);
	(void) tracker_without_model(tracker);
	(void) tables_of(tracker, ShareRowExclusiveLock);
}

/* check_not_paused refuses to replay what is not followed. */
static void
check_not_paused(Oid interactions)
{
	if (tracker_without_model(interactions)->paused)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("tracking of table \"%s\" is paused", get_rel_name(interactions)),
				 errhint("Replay what was missed with lead_temperature.resume.")));
}

/* end_replay notes the end of a replay and drops versions of the model that no lead and no balance has any more. */
void
end_replay(Oid interactions, bool at_once)
{
	set_tracker_replayed(interactions, at_once);
	drop_model_versions(interactions, balance_versions(tracker_get(interactions)));
}

/* lt_pause lets rows of a table pass without following them. */
Datum
lt_pause(PG_FUNCTION_ARGS)
{
	Oid			interactions = tracker_named(PG_GETARG_OID(0));

	lock_writers_out(interactions);
	set_tracker_paused(interactions, true);
	PG_RETURN_VOID();
}

/* has_usable_model says whether a tracker has its frozen model, without a fault. */
static bool
has_usable_model(Oid interactions)
{
	const ModelVersion *model = tracker_without_model(interactions)->model;

	return model != NULL && model->fault == NULL;
}

/* check_table refuses a table of a tracker that is not as the tracker's model needs it. */
static void
check_table(const Tracker *tracker, Oid relation, const TableShape *shape)
{
	Relation	table = companion_open(relation, AccessShareLock);

	check_shape(table, shape, tracker);
	table_close(table, NoLock);
}

/*
 * renew_version gives a tracker a new version if its model has changed, and refuses one
 * that its tables have no room for, before anybody works with it.
 */
static void
renew_version(Oid interactions, bool in_batches)
{
	const Tracker *tracker;

	renew_model_version(interactions, relation_owner(interactions), in_batches);
	tracker = tracker_get(interactions);
	check_table(tracker, tracker->state, &state_shape);
	check_table(tracker, tracker->balances, &balance_shape);
}

/* lt_resume replays what was missed and follows rows again. */
Datum
lt_resume(PG_FUNCTION_ARGS)
{
	Oid			interactions = tracker_named(PG_GETARG_OID(0));

	lock_writers_out(interactions);
	check_not_in_use(interactions, "resume tracking of");
	need_readable(interactions, tracker_without_model(interactions)->state);
	if (!has_usable_model(interactions))
		renew_version(interactions, false);
	set_tracker_paused(interactions, false);
	replay_all(tracker_get(interactions), BY_ROWS);
	end_replay(interactions, true);
	counts_renew(tracker_get(interactions));
	(void) fit_renew(tracker_get(interactions));
	PG_RETURN_VOID();
}

/* settle_leads folds rows whose time has come; returns how many leads had any. */
int64
settle_leads(Tracker *tracker)
{
	Oid			type = TIMESTAMPTZOID;
	LeadWork	work;
	LeadStream *stream;
	Datum		horizon;
	char	   *sql;
	int64		n;

	work_begin(&work, tracker, false, BY_ROWS);
	stream = stream_begin(tracker, work.horizon);
	horizon = TimestampTzGetDatum(heat_time_to_timestamptz(work.horizon));
	sql = psprintf("SELECT lead FROM %s WHERE due_at <= $1", qualified_name(tracker->state));
	n = mark_leads(stream, prepare(sql, 1, &type), &horizon);
	work_stream(&work, stream);
	stream_end(stream);
	work_end(&work);
	return n;
}

/* lt_settle, which is apply_due in SQL, folds rows whose time has come. */
Datum
lt_settle(PG_FUNCTION_ARGS)
{
	Oid			interactions = tracker_named(PG_GETARG_OID(0));
	int64		settled;

	settled = settle_leads(tracker_lock_own(interactions, RowExclusiveLock));
	(void) counts_consolidate(tracker_get(interactions));
	PG_RETURN_INT64(settled);
}

/*
 * replay_stored brings the stream's present lead to the version of the replay
 * and to what its rows say.  One that is of the version already, because the
 * model has not changed or a writer was here, is compared with the rows that
 * were read; if they differ, which may be the work of a writer since, its rows
 * are read again, with the lead locked.
 */
static void
replay_stored(LeadWork *work, LeadStream *stream, int32 version)
{
	StoredLead	stored;

	if (!state_find(&work->state, stream->lead))
	{
		if (stream->n_interactions > 0 || stream->overflow != NULL ||
			start_lead(work, stream->lead, &stored))
			replay_lead(work, stream->lead, FOLD_NEVER);
		return;
	}
	if (!state_read(&work->state, &stored) || stored.version == version)
	{
		if (!lead_is_right(work, stream))
			replay_lead(work, stream->lead, FOLD_NEVER);
		return;
	}
	if (!state_lock(&work->state, stream->lead))
		return;
	if (!state_read(&work->state, &stored))
		replay_lead(work, stream->lead, FOLD_NEVER);
	else if (stored.version != version)
		replay_lead_from(work, stream, stream->lead, true, false);
}

/* replay_batch replays the next leads of the stream; false at its end. */
static bool
replay_batch(Tracker *tracker, LeadStream *stream, ReplayProgress *progress)
{
	LeadWork	work;
	char	   *last_lead = NULL;
	int64		first_row = stream->rows_read;
	int64		leads = 0;
	bool		more = true;

	work_begin(&work, tracker, false, BY_REPLAY);
	stream_go_on(stream, tracker, work.horizon);
	while (leads < BATCH_LEADS && stream->rows_read - first_row < BATCH_ROWS &&
		   (more = stream_next_lead(stream)))
	{
		MemoryContext before = MemoryContextSwitchTo(stream->lead_context);

		if (!work.in_key_order)
			work_open_cursors(&work, stream->lead);
		replay_stored(&work, stream, progress->version);
		MemoryContextSwitchTo(before);
		leads++;
		CHECK_FOR_INTERRUPTS();
	}
	/* one row of the next lead may have been read */
	progress->rows_done = stream->rows_read - (stream->stored_ahead ? 1 : 0);
	if (more)
		last_lead = MemoryContextStrdup(CurTransactionContext,
										lead_to_text(tracker, stream->lead));
	stream_leave_lead(stream);
	work_end(&work);
	progress_report(progress, leads, last_lead);
	return more;
}

/* commit_and_go_on commits the transaction and starts another. */
static void
commit_and_go_on(void)
{
	if (SPI_connect_ext(SPI_OPT_NONATOMIC) != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect_ext failed");
	SPI_commit();
	SPI_start_transaction();
	SPI_finish();
}

/*
 * begin_turn begins a transaction of a replay and returns the tracker; NULL if
 * somebody who had locked the table has made all state anew meanwhile.
 */
static Tracker *
begin_turn(Oid interactions, int32 version)
{
	Tracker    *tracker;

	commit_and_go_on();
	PushActiveSnapshot(GetTransactionSnapshot());
	tracker = tracker_lock_own(interactions, RowExclusiveLock);
	if (tracker->version != version || !tracker->replaying)
		return NULL;
	return tracker;
}

/*
 * replay_in_batches does what a replay has begun, in batches that commit.  The
 * store outlives them, and is the caller's to end if an error does not let it
 * end here: its file would stay as long as the session.
 */
static void
replay_in_batches(ReplayProgress *progress, MemoryContext context, Tuplestorestate *volatile *store)
{
	Tracker    *tracker = begin_turn(progress->interactions, progress->version);
	LeadStream *stream = NULL;
	bool		more = true;

	if (tracker != NULL)
	{
		OwnerScope	scope;
		MemoryContext before = MemoryContextSwitchTo(context);

		*store = store_begin(true);
		MemoryContextSwitchTo(before);
		tracker_connect(&scope, tracker);
		stream = stream_all_now(tracker, future_horizon(), progress->last_lead, *store, context);
		SPI_finish();
		owner_leave(&scope);
		progress_folding(progress, tuplestore_tuple_count(stream->stored));
	}
	while (tracker != NULL && more)
	{
		PopActiveSnapshot();
		tracker = begin_turn(progress->interactions, progress->version);
		if (tracker != NULL)
			more = replay_batch(tracker, stream, progress);
	}
	if (tracker != NULL)
	{
		end_replay(progress->interactions, false);
		count_failed(progress->interactions, stream_failures(stream));
	}
	else
		ereport(NOTICE,
				(errmsg("replay of \"%s\" ends: another has made all state anew meanwhile",
						get_rel_name(progress->interactions))));
	progress_finish(progress);
	PopActiveSnapshot();
	if (stream != NULL)
		stream_end(stream);
	*store = NULL;
}

/* begin_replay begins a replay in batches, or takes one up that was interrupted. */
static void
begin_replay(Oid interactions, ReplayProgress *progress)
{
	Oid			owner = relation_owner(interactions);

	if (can_resume_replay(interactions, owner) &&
		progress_resume(progress, interactions, tracker_get(interactions)->version))
		return;
	renew_version(interactions, true);
	forget_failed(interactions);
	progress_begin(progress, interactions, tracker_get(interactions)->version);
}

/*
 * renew_counts counts anew in a transaction of its own, so that no lead stays
 * locked meanwhile.
 */
static void
renew_counts(Oid interactions)
{
	commit_and_go_on();
	PushActiveSnapshot(GetTransactionSnapshot());
	LockRelationOid(interactions, AccessShareLock);
	if (tracker_is_any(interactions))
		counts_renew(tracker_get_own(interactions));
	PopActiveSnapshot();
}

/* renew_fits computes the fit of all leads anew, in a transaction of its own too. */
static void
renew_fits(Oid interactions)
{
	commit_and_go_on();
	PushActiveSnapshot(GetTransactionSnapshot());
	LockRelationOid(interactions, AccessShareLock);
	if (tracker_is_any(interactions) && has_fit(tracker_get_own(interactions)))
		(void) fit_renew(tracker_lock_own(interactions, AccessShareLock));
	PopActiveSnapshot();
}

/* begin_activation gives a tracker another model, which the replay to come begins with. */
static void
begin_activation(Oid interactions, const char *model)
{
	check_model_access(model, relation_owner(interactions));
	set_tracker_model(interactions, model);
}

/* called_atomically says whether a procedure was called where nothing can be committed. */
static bool
called_atomically(FunctionCallInfo fcinfo)
{
	return fcinfo->context == NULL || !IsA(fcinfo->context, CallContext) ||
		castNode(CallContext, fcinfo->context)->atomic;
}

/*
 * replay_at_once makes all state anew in the transaction of the caller, alone with
 * the table, with another model if one is named.
 */
static void
replay_at_once(Oid interactions, const char *model)
{
	lock_writers_out(interactions);
	check_not_in_use(interactions, "replay");
	check_not_paused(interactions);
	if (model != NULL)
		begin_activation(interactions, model);
	renew_version(interactions, false);
	replay_all(tracker_get(interactions), BY_REPLAY);
	end_replay(interactions, true);
	counts_renew(tracker_get(interactions));
	(void) fit_renew(tracker_get(interactions));
}

/*
 * replay_and_commit makes all state anew, in batches that commit, with another
 * model if one is named.  One that was interrupted is taken up where it was,
 * unless the model or the table's partitions have changed since.  Replays of one
 * table in several sessions wait for each other.
 */
static void
replay_and_commit(Oid interactions, const char *model)
{
	MemoryContext context;
	ReplayProgress progress;
	LOCKTAG		turn;
	Tuplestorestate *volatile store = NULL;

	context = AllocSetContextCreate(PortalContext, "lead_temperature replay", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(context);
	SET_LOCKTAG_ADVISORY(turn, MyDatabaseId, interactions, 0, REPLAY_LOCK);
	(void) LockAcquire(&turn, ExclusiveLock, true, false);
	PG_TRY();
	{
		lock_writers_out(interactions);
		check_not_in_use(interactions, "replay");
		check_not_paused(interactions);
		if (model != NULL)
			begin_activation(interactions, model);
		begin_replay(interactions, &progress);
		replay_in_batches(&progress, context, &store);
	}
	PG_FINALLY();
	{
		if (store != NULL)
			tuplestore_end(store);
		LockRelease(&turn, ExclusiveLock, true);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(PortalContext);
	MemoryContextDelete(context);

	renew_counts(interactions);
	renew_fits(interactions);
}

/* own_table_argument returns the table of one's own that a procedure was called for. */
static Oid
own_table_argument(FunctionCallInfo fcinfo)
{
	Oid			interactions;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("tracker must not be null")));
	interactions = tracker_named(PG_GETARG_OID(0));
	check_tracked_own(interactions);
	return interactions;
}

/* lt_replay moves a tracker to its model as it is now and makes all state anew. */
Datum
lt_replay(PG_FUNCTION_ARGS)
{
	Oid			interactions = own_table_argument(fcinfo);

	if (called_atomically(fcinfo))
		replay_at_once(interactions, NULL);
	else
		replay_and_commit(interactions, NULL);
	PG_RETURN_VOID();
}

/* lt_activate moves a tracker to another model, as it is now, or to a version of one that was trained, and makes all state anew. */
Datum
lt_activate(PG_FUNCTION_ARGS)
{
	Oid			interactions = own_table_argument(fcinfo);
	char	   *model;

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("model must not be null")));
	model = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (PG_NARGS() > 2)
	{
		if (PG_ARGISNULL(2))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("version must not be null")));
		model = model_of_version(model, PG_GETARG_INT32(2));
	}
	if (called_atomically(fcinfo))
		replay_at_once(interactions, model);
	else
		replay_and_commit(interactions, model);
	PG_RETURN_VOID();
}
