/*-------------------------------------------------------------------------
 *
 * row_source.c
 *	  Where the rows of a tracked table come from: the texts of the queries that
 *	  read them, and streams of all of them.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/row_source.h"

#include "catalog/lead_key.h"
#include "catalog/tracked_columns.h"
#include "util/execute.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

/* Rows fetched at once from a tracked table. */
#define FETCH_ROWS			1000

/*
 * has_lead_sql is the condition that a row has a lead, and that what is certain of the
 * filter holds.  IS NOT NULL would ask of a composite lead whether all of its fields are
 * there.
 */
char *
has_lead_sql(const Tracker *tracker)
{
	const char *lead = role_sql(tracker, ROLE_LEAD);

	return tracker->certain_sql == NULL ? psprintf("%s IS DISTINCT FROM NULL", lead) :
		psprintf("%s AND %s IS DISTINCT FROM NULL", tracker->certain_sql, lead);
}

/* row_columns_sql lists the lead, the tracked columns and those that expressions read. */
static char *
row_columns_sql(const Tracker *tracker)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, role_sql(tracker, ROLE_LEAD));
	for (int role = ROLE_LEAD + 1; role < N_ROLES; role++)
		if (has_column(tracker, role))
			appendStringInfo(&sql, ", %s", quote_identifier(role_column(tracker, role)));
	for (int i = 0; i < tracker->n_inputs; i++)
		appendStringInfo(&sql, ", %s",
						 quote_identifier(get_attname(tracker->interactions, tracker->inputs[i], false)));
	if (has_expressions(tracker))
		appendStringInfoString(&sql, ", false");
	return sql.data;
}

/* read_rows_sql is the text that reads the lead, the tracked columns and those that expressions read, of all rows. */
char *
read_rows_sql(const Tracker *tracker)
{
	return psprintf("SELECT %s FROM %s", row_columns_sql(tracker), qualified_name(tracker->interactions));
}

/* lock_rows_sql is the text that locks all rows of one lead, $1, whatever the filter says, and reads besides where they are. */
char *
lock_rows_sql(const Tracker *tracker)
{
	return psprintf("SELECT %s, tableoid, ctid FROM %s WHERE %s %s $1 FOR UPDATE", row_columns_sql(tracker),
					qualified_name(tracker->interactions), role_sql(tracker, ROLE_LEAD),
					qualified_operator(tracker->lead_eq));
}

/* lead_alone_sql is the text that reads one row with nothing but the lead for each lead of one of the tracker's tables. */
char *
lead_alone_sql(const Tracker *tracker, Oid table)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT lead");
	for (int role = ROLE_LEAD + 1; role < N_ROLES; role++)
		if (has_column(tracker, role))
			appendStringInfoString(&sql, ", NULL");
	for (int i = 0; i < tracker->n_inputs; i++)
		appendStringInfoString(&sql, ", NULL");
	if (has_expressions(tracker))
		appendStringInfoString(&sql, ", true");
	appendStringInfo(&sql, " FROM %s", qualified_name(table));
	return sql.data;
}

/* keep_plan prepares a query that outlives the transaction. */
static SPIPlanPtr
keep_plan(const char *sql, int nargs, Oid *types, int options)
{
	SPIPlanPtr	plan = SPI_prepare_cursor(sql, nargs, types, options);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare_cursor failed: %s", SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");
	return plan;
}

/* read_lead_sql is the text that reads the rows of one lead, $1. */
static char *
read_lead_sql(const Tracker *tracker)
{
	return psprintf("%s WHERE %s%s%s %s $1", read_rows_sql(tracker),
					tracker->certain_sql == NULL ? "" : tracker->certain_sql,
					tracker->certain_sql == NULL ? "" : " AND ",
					role_sql(tracker, ROLE_LEAD), qualified_operator(tracker->lead_eq));
}

/* read_lead_plan keeps the plan that reads the rows of one lead. */
SPIPlanPtr
read_lead_plan(Tracker *tracker)
{
	if (tracker->read_lead == NULL)
		tracker->read_lead = keep_plan(read_lead_sql(tracker), 1, &tracker->types[ROLE_LEAD], 0);
	return tracker->read_lead;
}

/*
 * read_lead_after_plan keeps the plan that reads the rows of one lead after an
 * instant, $2.  It is the same for all instants: planning would take longer than
 * reading.
 */
SPIPlanPtr
read_lead_after_plan(Tracker *tracker)
{
	if (tracker->read_lead_after == NULL)
	{
		char	   *sql = psprintf("%s AND %s OPERATOR(pg_catalog.>) $2", read_lead_sql(tracker),
								   quote_identifier(role_column(tracker, ROLE_AT)));
		Oid			types[] = {tracker->types[ROLE_LEAD], TIMESTAMPTZOID};

		tracker->read_lead_after = keep_plan(sql, lengthof(types), types, CURSOR_OPT_GENERIC_PLAN);
	}
	return tracker->read_lead_after;
}

/*
 * read_portal puts the rows of a query over the tracked columns into a stream, in a
 * memory context, which SPI leaves for its own.
 */
static void
read_portal(LeadStream *stream, Portal portal, MemoryContext context)
{
	RowShape	shape = read_rows_shape(stream->tracker);
	TupleTableSlot *slot = NULL;

	for (;;)
	{
		SPI_cursor_fetch(portal, true, FETCH_ROWS);
		MemoryContextSwitchTo(context);
		if (SPI_processed == 0)
			break;
		if (slot == NULL)
			slot = MakeSingleTupleTableSlot(CreateTupleDescCopy(SPI_tuptable->tupdesc),
											&TTSOpsHeapTuple);
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			ExecStoreHeapTuple(SPI_tuptable->vals[i], slot, false);
			stream_add(stream, &shape, slot);
		}
		ExecClearTuple(slot);
		SPI_freetuptable(SPI_tuptable);
		CHECK_FOR_INTERRUPTS();
	}
	SPI_freetuptable(SPI_tuptable);
	SPI_cursor_close(portal);
	MemoryContextSwitchTo(context);
	if (slot != NULL)
		ExecDropSingleTupleTableSlot(slot);
}

/* read_rows puts the rows of a query over the tracked columns, as they are by now, into a stream. */
void
read_rows(LeadStream *stream, SPIPlanPtr plan, Datum *values)
{
	MemoryContext context = CurrentMemoryContext;

	read_portal(stream, SPI_cursor_open(NULL, plan, values, NULL, false), context);
}

/* read_lead_rows puts the rows of a lead, as a snapshot shows them, into a stream. */
void
read_lead_rows(LeadStream *stream, Tracker *tracker, Datum lead, Snapshot snapshot)
{
	MemoryContext context = CurrentMemoryContext;
	SPIPlanPtr	plan = read_lead_plan(tracker);

	PushActiveSnapshot(snapshot);
	read_portal(stream, SPI_cursor_open(NULL, plan, &lead, NULL, true), context);
	PopActiveSnapshot();
}

/* Hands the rows of a query over the tracked columns on, one by one. */
typedef struct RowHandler
{
	DestReceiver receiver;
	const RowShape *shape;
	TakeRow		take;
	void	   *arg;
	MemoryContext row_context;
} RowHandler;

/* hand_on hands a row on. */
static bool
hand_on(TupleTableSlot *slot, DestReceiver *receiver)
{
	RowHandler *handler = (RowHandler *) receiver;
	MemoryContext before = MemoryContextSwitchTo(handler->row_context);

	handler->take(handler->shape, slot, handler->arg);
	MemoryContextSwitchTo(before);
	MemoryContextReset(handler->row_context);
	return true;
}

/* start_handing is called before the first row. */
static void
start_handing(DestReceiver *receiver, int operation, TupleDesc desc)
{
}

/* stop_handing is called after the last row. */
static void
stop_handing(DestReceiver *receiver)
{
}

/* read_all_rows hands on all rows of a tracked table, whether they count or not, in no order. */
void
read_all_rows(const Tracker *tracker, const RowShape *shape, TakeRow take, void *arg)
{
	RowHandler	handler = {
		.receiver = {hand_on, start_handing, stop_handing, stop_handing, DestTuplestore},
		.shape = shape,.take = take,.arg = arg
	};
	OwnerScope	scope;

	handler.row_context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature row",
												ALLOCSET_DEFAULT_SIZES);
	LockRelationOid(tracker->interactions, AccessShareLock);
	tracker_enter(&scope, tracker);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (tracker->may_fail)
		owner_set("max_parallel_workers_per_gather", "0");	/* no subtransactions beside
															 * workers */
	lt_execute_to(read_rows_sql(tracker), NULL, &handler.receiver);
	SPI_finish();
	owner_leave(&scope);
	MemoryContextDelete(handler.row_context);
}

/*
 * append_marks adds to a query of all rows one row with nothing but the lead
 * for each lead of a table.
 */
static void
append_marks(StringInfo sql, const Tracker *tracker, Oid table, const char *bound)
{
	appendStringInfo(sql, " UNION ALL %s WHERE true", lead_alone_sql(tracker, table));
	if (bound != NULL)
		appendStringInfo(sql, " AND %s lead", bound);
}

/*
 * all_rows_sql is the text that reads the tracked columns of all rows, and one
 * row with nothing but the lead for each lead that has state or a balance, sorted
 * by lead; if asked only leads after one, $1.
 */
static char *
all_rows_sql(const Tracker *tracker, bool after)
{
	const char *lead = role_sql(tracker, ROLE_LEAD);
	StringInfoData sql;
	char	   *bound = NULL;

	if (after)
		bound = psprintf("$1 %s", qualified_operator(tracker->lead_lt));
	initStringInfo(&sql);
	appendStringInfo(&sql, "%s WHERE %s", read_rows_sql(tracker), has_lead_sql(tracker));
	if (bound != NULL)
		appendStringInfo(&sql, " AND %s %s", bound, lead);
	append_marks(&sql, tracker, tracker->state, bound);
	if (tracker->archived_before != FOLD_NEVER)
		append_marks(&sql, tracker, tracker->balances, bound);
	appendStringInfoString(&sql, " ORDER BY 1");
	return sql.data;
}

/*
 * replay_work_mem is the memory, in kB, for each of the two that hold the rows of
 * all leads: the sort that reads them, and the store that it fills.
 */
static int
replay_work_mem(void)
{
	return Max(work_mem / 2, 64);
}

/* store_begin begins a store for stream_query in the current context; a lasting one outlives the transaction. */
Tuplestorestate *
store_begin(bool lasting)
{
	return tuplestore_begin_heap(false, lasting, replay_work_mem());
}

/*
 * stream_query begins a stream of all rows of a query over the tracked columns, or
 * marks, sorted by lead.  The stream lives in the context, as the store does that
 * the rows are read into and that ends with it; it may outlive the transaction if
 * the store may.  The caller is connected to SPI as the owner.
 *
 * The query only hands on columns: to compile it would take more time and memory
 * than it saves.
 */
LeadStream *
stream_query(const Tracker *tracker, HeatTime horizon, const char *sql, ParamListInfo params,
			 Tuplestorestate *store, MemoryContext context)
{
	MemoryContext before;
	LeadStream *stream;

	owner_set("jit", "off");
	owner_set("work_mem", psprintf("%d", replay_work_mem()));
	lt_execute_into(sql, params, store, context);
	before = MemoryContextSwitchTo(context);
	stream = stream_begin_stored(tracker, horizon, store, read_rows_desc(tracker));
	MemoryContextSwitchTo(before);
	return stream;
}

/* lead_param makes a lead that lead_to_text has written the parameter of a query. */
static ParamListInfo
lead_param(const Tracker *tracker, char *lead)
{
	ParamListInfo params = makeParamList(1);

	params->params[0].value = lead_from_text(tracker, lead);
	params->params[0].isnull = false;
	params->params[0].pflags = PARAM_FLAG_CONST;
	params->params[0].ptype = tracker->types[ROLE_LEAD];
	return params;
}

/*
 * stream_all begins a stream of all leads of a tracker, of those after one that
 * lead_to_text has written if it is given, as a snapshot shows them.
 */
LeadStream *
stream_all(const Tracker *tracker, HeatTime horizon, char *after, Snapshot snapshot,
		   Tuplestorestate *store, MemoryContext context)
{
	LeadStream *stream;
	ParamListInfo params;

	PushActiveSnapshot(snapshot);
	params = after == NULL ? NULL : lead_param(tracker, after);
	stream = stream_query(tracker, horizon, all_rows_sql(tracker, after != NULL), params,
						  store, context);
	PopActiveSnapshot();
	return stream;
}
