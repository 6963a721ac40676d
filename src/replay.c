/*-------------------------------------------------------------------------
 *
 * replay.c
 *	  State made anew from the rows: replay, resume, settle.
 *
 *-------------------------------------------------------------------------
 */
#include "replay.h"

#include "freeze.h"
#include "lead.h"

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

/* Rows of the tracked table, and leads of the state table, that one batch of a replay looks at. */
#define BATCH_ROWS		100000
#define BATCH_LEADS		10000

/* prepare plans a query of this transaction. */
static SPIPlanPtr
prepare(const char *sql, int nargs, Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare_cursor(sql, nargs, types, 0);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	return plan;
}

/* touch_leads puts the leads of a query over the state table into a stream; returns how many. */
static int64
touch_leads(LeadStream *stream, SPIPlanPtr plan, Datum *values)
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
				stream_touch(stream, lead);
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

/* known_leads writes, for SQL text, where to find the leads that have state or a balance. */
static char *
known_leads(const Tracker *tracker)
{
	if (tracker->archived_before == FOLD_NEVER)
		return qualified_name(tracker->state);
	return psprintf("(SELECT lead FROM %s UNION ALL SELECT lead FROM %s) AS known",
					qualified_name(tracker->state), qualified_name(tracker->base));
}

/* touch_all_leads puts every lead that has state or a balance into a stream. */
void
touch_all_leads(LeadWork *work, LeadStream *stream)
{
	char	   *sql = psprintf("SELECT lead FROM %s", known_leads(work->tracker));

	(void) touch_leads(stream, prepare(sql, 0, NULL), NULL);
}

/*
 * replay_all makes all state anew from all rows of the tracked table, which
 * the caller has locked against writers.
 */
void
replay_all(Tracker *tracker)
{
	LeadWork	work;
	LeadStream *stream;

	work_begin(&work, tracker, true);
	stream = stream_begin(tracker, work.horizon);
	touch_all_leads(&work, stream);
	read_rows(stream, prepare(read_rows_sql(tracker), 0, NULL), NULL);
	replay_stream(&work, stream);
	stream_end(stream);
	work_end(&work);
}

/* key_at reads the only value of a query, the lead that ends a batch; false if it has none. */
static bool
key_at(const Tracker *tracker, SPIPlanPtr plan, Datum *values, MemoryContext context, Datum *key)
{
	Datum		value;
	bool		isnull;
	MemoryContext before;

	if (SPI_execute_plan(plan, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_plan failed");
	if (SPI_processed == 0)
		return false;
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	before = MemoryContextSwitchTo(context);
	*key = datumCopy(value, tracker->lead_typbyval, tracker->lead_typlen);
	MemoryContextSwitchTo(before);
	SPI_freetuptable(SPI_tuptable);
	return true;
}

/* batch_condition bounds a query over leads, $1 exclusive to $2 inclusive. */
static char *
batch_condition(const Tracker *tracker, const char *column, bool low, bool high)
{
	StringInfoData sql;
	char	   *less = qualified_operator(tracker->lead_lt);

	initStringInfo(&sql);
	appendStringInfo(&sql, "WHERE %s IS NOT NULL", column);
	if (low)
		appendStringInfo(&sql, " AND $1 %s %s", less, column);
	if (high)
		appendStringInfo(&sql, " AND NOT ($2 %s %s)", less, column);
	return sql.data;
}

/*
 * batch_end finds the lead that a batch ends with: the one that the first
 * BATCH_ROWS rows or BATCH_LEADS leads after the batch before come to,
 * whichever is less.  False if the rest is less than that.
 */
static bool
batch_end(const Tracker *tracker, bool have_low, Datum low, MemoryContext context, Datum *end)
{
	Oid			types[1] = {tracker->lead_type};
	Datum		values[1] = {low};
	const char *column = quote_identifier(NameStr(tracker->lead));
	OwnerScope	owner;
	Datum		by_rows;
	Datum		by_leads;
	bool		have_rows;
	bool		have_leads;
	char	   *sql;

	owner_enter(&owner, tracker->owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	sql = psprintf("SELECT %s FROM %s %s ORDER BY 1 OFFSET %d LIMIT 1",
				   column, qualified_name(tracker->interactions),
				   batch_condition(tracker, column, have_low, false), BATCH_ROWS - 1);
	have_rows = key_at(tracker, prepare(sql, have_low ? 1 : 0, types), values, context, &by_rows);
	sql = psprintf("SELECT lead FROM %s %s ORDER BY 1 OFFSET %d LIMIT 1",
				   qualified_name(tracker->state),
				   batch_condition(tracker, "lead", have_low, false), BATCH_LEADS - 1);
	have_leads = key_at(tracker, prepare(sql, have_low ? 1 : 0, types), values, context, &by_leads);
	SPI_finish();
	owner_leave(&owner);

	if (have_rows && (!have_leads || compare_leads(tracker, by_rows, by_leads) < 0))
		*end = by_rows;
	else if (have_leads)
		*end = by_leads;
	return have_rows || have_leads;
}

/* read_batch puts the rows of a batch, and the leads that are known, into a stream. */
static void
read_batch(LeadStream *stream, bool have_low, bool have_high, Datum low, Datum high)
{
	const Tracker *tracker = stream->tracker;
	Oid			types[2] = {tracker->lead_type, tracker->lead_type};
	Datum		values[2] = {low, high};
	int			nargs = have_high ? 2 : have_low ? 1 : 0;
	char	   *sql;

	if (!have_low)
		values[0] = high;		/* a parameter that the text does not use */
	sql = psprintf("SELECT lead FROM %s %s", known_leads(tracker),
				   batch_condition(tracker, "lead", have_low, have_high));
	(void) touch_leads(stream, prepare(sql, nargs, types), values);
	sql = psprintf("%s %s", read_rows_sql(tracker),
				   batch_condition(tracker, quote_identifier(NameStr(tracker->lead)),
								   have_low, have_high));
	read_rows(stream, prepare(sql, nargs, types), values);
}

/*
 * lock_batch locks every lead of the stream in key order, creating those that
 * have no state yet, and returns them.
 */
static Datum *
lock_batch(LeadWork *work, LeadStream *stream, MemoryContext context, int *n)
{
	Datum	   *leads = NULL;
	int			room = 0;

	*n = 0;
	stream_sort(stream);
	while (stream_next_lead(stream))
	{
		MemoryContext before;

		lock_lead(work, stream->lead, true);
		before = MemoryContextSwitchTo(context);
		if (*n == room)
		{
			room = room == 0 ? 1024 : room * 2;
			leads = leads == NULL ? palloc(sizeof(Datum) * room) :
				repalloc_huge(leads, sizeof(Datum) * room);
		}
		leads[(*n)++] = datumCopy(stream->lead, work->tracker->lead_typbyval,
								  work->tracker->lead_typlen);
		MemoryContextSwitchTo(before);
		CHECK_FOR_INTERRUPTS();
	}
	return leads;
}

/*
 * replay_batch makes the leads of one batch anew while writers go on: it locks
 * the leads first and reads their rows again afterwards, as every replay must.
 * A lead that appears in between is its writer's own.
 */
static void
replay_batch(Tracker *tracker, bool have_low, bool have_high, Datum low, Datum high,
			 bool rows_changed)
{
	LeadWork	work;
	LeadStream *stream;
	Datum	   *leads;
	int			n;
	int			i = 0;

	work_begin(&work, tracker, false);
	stream = stream_begin(tracker, work.horizon);
	read_batch(stream, have_low, have_high, low, high);
	leads = lock_batch(&work, stream, work.context, &n);
	stream_end(stream);

	CommandCounterIncrement();
	stream = stream_begin(tracker, work.horizon);
	read_batch(stream, have_low, have_high, low, high);
	stream_sort(stream);
	while (stream_next_lead(stream))
	{
		MemoryContext before = MemoryContextSwitchTo(stream->lead_context);

		while (i < n && compare_leads(tracker, leads[i], stream->lead) < 0)
			i++;
		if (i < n && compare_leads(tracker, leads[i], stream->lead) == 0)
		{
			lock_lead(&work, stream->lead, true);
			replay_lead_from(&work, stream, stream->lead, true, rows_changed);
		}
		MemoryContextSwitchTo(before);
		CHECK_FOR_INTERRUPTS();
	}
	stream_end(stream);
	work_end(&work);
}

/*
 * replay_while_written makes all state anew in the middle of a transaction,
 * whose rows may still await their flush, while others go on writing.
 */
void
replay_while_written(Tracker *tracker)
{
	remember_all_replayed(tracker);
	replay_batch(tracker, false, false, (Datum) 0, (Datum) 0, true);
}

/*
 * check_not_in_use refuses to make state anew, or to begin with it, in the
 * middle of a statement of this session on the tracked table: its rows are
 * partly there.
 */
void
check_not_in_use(Oid interactions, const char *what)
{
	ListCell   *cell;

	foreach(cell, find_all_inheritors(interactions, NoLock, NULL))
	{
		Relation	table = table_open(lfirst_oid(cell), AccessShareLock);

		CheckTableNotInUse(table, what);
		table_close(table, NoLock);
	}
}

/* lt_pause lets rows of a table pass without following them. */
Datum
lt_pause(PG_FUNCTION_ARGS)
{
	Oid			interactions = PG_GETARG_OID(0);

	(void) tracker_get_own(interactions);
	LockRelationOid(interactions, ShareRowExclusiveLock);
	set_tracker_paused(interactions, true);
	PG_RETURN_VOID();
}

/* lt_resume replays what was missed and follows rows again. */
Datum
lt_resume(PG_FUNCTION_ARGS)
{
	Oid			interactions = PG_GETARG_OID(0);

	(void) tracker_get_own(interactions);
	LockRelationOid(interactions, ShareRowExclusiveLock);
	check_not_in_use(interactions, "resume tracking of");
	set_tracker_paused(interactions, false);
	replay_all(tracker_get(interactions));
	set_tracker_replayed(interactions);
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

	work_begin(&work, tracker, false);
	stream = stream_begin(tracker, work.horizon);
	horizon = TimestampTzGetDatum(heat_time_to_timestamptz(work.horizon));
	sql = psprintf("SELECT lead FROM %s WHERE due_at <= $1", qualified_name(tracker->state));
	n = touch_leads(stream, prepare(sql, 1, &type), &horizon);
	work_stream(&work, stream);
	stream_end(stream);
	work_end(&work);
	return n;
}

/* lt_settle folds rows whose time has come. */
Datum
lt_settle(PG_FUNCTION_ARGS)
{
	Oid			interactions = PG_GETARG_OID(0);

	(void) tracker_get_own(interactions);
	LockRelationOid(interactions, RowExclusiveLock);
	PG_RETURN_INT64(settle_leads(tracker_get(interactions)));
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
 * lt_replay moves a tracker to its model as it is now and makes all state
 * anew, in batches that commit.  The lock of the first transaction waits for
 * writers under way, so that whoever writes later knows the new version.
 */
Datum
lt_replay(PG_FUNCTION_ARGS)
{
	Oid			interactions;
	bool		atomic = fcinfo->context != NULL && IsA(fcinfo->context, CallContext) ?
		castNode(CallContext, fcinfo->context)->atomic : true;
	MemoryContext context;
	MemoryContext turn = NULL;
	bool		have_low = false;
	bool		more = true;
	Datum		low = (Datum) 0;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("interactions must not be null")));
	interactions = PG_GETARG_OID(0);
	(void) tracker_get_own(interactions);
	LockRelationOid(interactions, ShareRowExclusiveLock);
	check_not_in_use(interactions, "replay");
	freeze_again(interactions, tracker_get(interactions)->owner);

	if (atomic)
	{
		/* inside a transaction block nothing can be committed: stay alone */
		replay_all(tracker_get(interactions));
		set_tracker_replayed(interactions);
		PG_RETURN_VOID();
	}

	context = AllocSetContextCreate(PortalContext, "lead_temperature replay", ALLOCSET_DEFAULT_SIZES);
	while (more)
	{
		Tracker    *tracker;
		MemoryContext next_turn;
		Datum		high = (Datum) 0;

		commit_and_go_on();
		PushActiveSnapshot(GetTransactionSnapshot());
		(void) tracker_get_own(interactions);
		LockRelationOid(interactions, RowExclusiveLock);
		tracker = tracker_get(interactions);
		next_turn = AllocSetContextCreate(context, "lead_temperature replay batch",
										  ALLOCSET_SMALL_SIZES);
		more = batch_end(tracker, have_low, low, next_turn, &high);
		replay_batch(tracker, have_low, more, low, high, false);
		if (!more)
			set_tracker_replayed(interactions);
		PopActiveSnapshot();
		have_low = more;
		low = high;
		if (turn != NULL)
			MemoryContextDelete(turn);
		turn = next_turn;
	}
	MemoryContextDelete(context);
	PG_RETURN_VOID();
}
