/*-------------------------------------------------------------------------
 *
 * row_source.c
 *	  Where rows come from: the texts of the queries that read the sources of a tracker,
 *	  and streams of all of their rows.
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

/* Rows fetched at once from a source. */
#define FETCH_ROWS			1000

/*
 * has_lead_sql is the condition that a row has a lead, and that what is certain of the
 * filter holds.  IS NOT NULL would ask of a composite lead whether all of its fields are
 * there.
 */
static char *
has_lead_sql(const Source *source)
{
	const char *lead = role_sql(source, ROLE_LEAD);

	return source->certain_sql == NULL ? psprintf("%s IS DISTINCT FROM NULL", lead) :
		psprintf("%s AND %s IS DISTINCT FROM NULL", source->certain_sql, lead);
}

/* append_column appends a column of a source, or a null in its place: of the base type, since a domain may refuse it. */
static void
append_column(StringInfo sql, const Source *source, const char *column, bool filled)
{
	if (filled)
		appendStringInfo(sql, ", %s", quote_identifier(column));
	else
		appendStringInfo(sql, ", NULL::%s",
						 format_type_be_qualified(getBaseType(get_atttype(source->relation, get_attnum(source->relation, column)))));
}

/* append_columns appends what is read of a source besides the lead, or nulls in its place: its columns and those that its expressions read. */
static void
append_columns(StringInfo sql, const Source *source, bool filled)
{
	for (int role = ROLE_LEAD + 1; role < N_ROLES; role++)
		if (has_column(source, role))
			append_column(sql, source, role_column(source, role), filled);
	for (int i = 0; i < source->n_inputs; i++)
		append_column(sql, source, get_attname(source->relation, source->inputs[i], false), filled);
}

/* source_columns_sql lists what is read of a source alone. */
static char *
source_columns_sql(const Source *source)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, role_sql(source, ROLE_LEAD));
	append_columns(&sql, source, true);
	return sql.data;
}

/* source_rows_sql is the text that reads all rows of a source alone. */
char *
source_rows_sql(const Source *source)
{
	return psprintf("SELECT %s FROM %s", source_columns_sql(source), qualified_name(source->relation));
}

/* lock_rows_sql is the text that locks all rows of a source that one lead, $1, has, whatever the filter says, and reads besides where they are. */
char *
lock_rows_sql(const Source *source)
{
	return psprintf("SELECT %s, tableoid, ctid FROM %s WHERE %s %s $1 FOR UPDATE", source_columns_sql(source),
					qualified_name(source->relation), role_sql(source, ROLE_LEAD),
					qualified_operator(source->tracker->lead_eq));
}

/* append_all_columns appends the columns of all sources, with nulls but for one of them, or for all of them in a mark. */
static void
append_all_columns(StringInfo sql, const Tracker *tracker, const Source *filled)
{
	if (!is_plain(tracker))
		appendStringInfoString(sql, filled == NULL ? ", NULL::pg_catalog.int4" : psprintf(", %d", filled->place));
	for (int i = 0; i < tracker->nsources; i++)
		append_columns(sql, tracker->sources[i], tracker->sources[i] == filled);
}

/* lead_rows_sql is the text that reads the rows of a source that may have a lead, beside places for those of the others. */
char *
lead_rows_sql(const Source *source)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT %s", role_sql(source, ROLE_LEAD));
	append_all_columns(&sql, source->tracker, source);
	appendStringInfo(&sql, " FROM %s WHERE %s", qualified_name(source->relation), has_lead_sql(source));
	return sql.data;
}

/* lead_alone_sql is the text that reads one row with nothing but the lead for each lead of one of the tracker's tables. */
char *
lead_alone_sql(const Tracker *tracker, Oid table)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT lead");
	append_all_columns(&sql, tracker, NULL);
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

/* read_lead_sql is the text that reads the rows that a source has of one lead, $1. */
static char *
read_lead_sql(const Source *source)
{
	return psprintf("%s WHERE %s%s%s %s $1", source_rows_sql(source),
					source->certain_sql == NULL ? "" : source->certain_sql,
					source->certain_sql == NULL ? "" : " AND ",
					role_sql(source, ROLE_LEAD), qualified_operator(source->tracker->lead_eq));
}

/* read_lead_plan keeps the plan that reads the rows that a source has of one lead. */
static SPIPlanPtr
read_lead_plan(Source *source)
{
	if (source->read_lead == NULL)
		source->read_lead = keep_plan(read_lead_sql(source), 1, &source->tracker->lead_type, 0);
	return source->read_lead;
}

/*
 * read_lead_after_plan keeps the plan that reads those after an instant, $2.  It is the
 * same for all instants: planning would take longer than reading.
 */
static SPIPlanPtr
read_lead_after_plan(Source *source)
{
	if (source->read_lead_after == NULL)
	{
		char	   *sql = psprintf("%s AND %s OPERATOR(pg_catalog.>) $2", read_lead_sql(source),
								   quote_identifier(role_column(source, ROLE_AT)));
		Oid			types[] = {source->tracker->lead_type, TIMESTAMPTZOID};

		source->read_lead_after = keep_plan(sql, lengthof(types), types, CURSOR_OPT_GENERIC_PLAN);
	}
	return source->read_lead_after;
}

/*
 * read_portal puts the rows of a query over a source alone into a stream, in a memory
 * context, which SPI leaves for its own.
 */
static void
read_portal(LeadStream *stream, const Source *source, Portal portal, MemoryContext context)
{
	RowShape	shape;
	TupleTableSlot *slot = NULL;

	/* what expressions need goes with the lead, not with SPI */
	MemoryContextSwitchTo(context);
	shape = source_rows_shape(source);
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

/* read_rows puts the rows of a query over a source alone, as they are by now, into a stream. */
void
read_rows(LeadStream *stream, const Source *source, SPIPlanPtr plan, Datum *values)
{
	MemoryContext context = CurrentMemoryContext;

	read_portal(stream, source, SPI_cursor_open(NULL, plan, values, NULL, false), context);
}

/* read_lead_now puts all rows of a lead, as they are by now, into a stream. */
void
read_lead_now(LeadStream *stream, Tracker *tracker, Datum lead)
{
	for (int i = 0; i < tracker->nsources; i++)
		read_rows(stream, tracker->sources[i], read_lead_plan(tracker->sources[i]), &lead);
}

/* read_lead_after puts those after an instant into a stream. */
void
read_lead_after(LeadStream *stream, Tracker *tracker, Datum lead, HeatTime at)
{
	Datum		values[] = {lead, TimestampTzGetDatum(heat_time_to_timestamptz(at))};

	for (int i = 0; i < tracker->nsources; i++)
		read_rows(stream, tracker->sources[i], read_lead_after_plan(tracker->sources[i]), values);
}

/* read_lead_as_of puts all rows of a lead, as a snapshot shows them, into a stream. */
void
read_lead_as_of(LeadStream *stream, Tracker *tracker, Datum lead, Snapshot snapshot)
{
	MemoryContext context = CurrentMemoryContext;

	for (int i = 0; i < tracker->nsources; i++)
	{
		SPIPlanPtr	plan = read_lead_plan(tracker->sources[i]);

		PushActiveSnapshot(snapshot);
		read_portal(stream, tracker->sources[i], SPI_cursor_open(NULL, plan, &lead, NULL, true), context);
		PopActiveSnapshot();
	}
}

/* Hands the rows of a query over a source alone on, one by one. */
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

/* read_source hands on all rows of a source, whether they count or not, in no order. */
void
read_source(const RowShape *shape, TakeRow take, void *arg)
{
	RowHandler	handler = {
		.receiver = {hand_on, start_handing, stop_handing, stop_handing, DestTuplestore},
		.shape = shape,.take = take,.arg = arg
	};
	const Source *source = shape->source;
	OwnerScope	scope;

	handler.row_context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature row",
												ALLOCSET_DEFAULT_SIZES);
	LockRelationOid(source->relation, AccessShareLock);
	tracker_enter(&scope, source->tracker);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (source->may_fail)
		owner_set("max_parallel_workers_per_gather", "0");	/* no subtransactions beside
															 * workers */
	lt_execute_to(source_rows_sql(source), NULL, &handler.receiver);
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
 * all_rows_sql is the text that reads all rows of all sources, and one row with nothing but the lead for each lead that has state or a balance, sorted
 * by lead; if asked only leads after one, $1.
 */
static char *
all_rows_sql(const Tracker *tracker, bool after)
{
	StringInfoData sql;
	char	   *bound = NULL;

	if (after)
		bound = psprintf("$1 %s", qualified_operator(tracker->lead_lt));
	initStringInfo(&sql);
	for (int i = 0; i < tracker->nsources; i++)
	{
		appendStringInfo(&sql, "%s%s", i == 0 ? "" : " UNION ALL ", lead_rows_sql(tracker->sources[i]));
		if (bound != NULL)
			appendStringInfo(&sql, " AND %s %s", bound, role_sql(tracker->sources[i], ROLE_LEAD));
	}
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
 * stream_query begins a stream of all rows of a query over all sources, or marks,
 * sorted by lead.  The stream lives in the context, as the store does that
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
	stream = stream_begin_stored(tracker, horizon, store, all_rows_desc(tracker));
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
	params->params[0].ptype = tracker->lead_type;
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
