/*-------------------------------------------------------------------------
 *
 * row_source.c
 *	  Where rows come from: the texts of the queries that read the sources of a tracker,
 *	  and streams of all of their rows.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/row_source.h"

#include "rows/alias.h"
#include "catalog/lead_key.h"
#include "catalog/tracked_columns.h"
#include "util/execute.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"

/* Rows fetched at once from a source. */
#define FETCH_ROWS			1000

/* How what is read of a source stands in a query. */
typedef enum ColumnForm
{
	AS_COLUMNS,					/* of the table */
	AS_ALIASES,					/* these, called c1, c2 and so on */
	OF_ALIASES,					/* by these names, of s */
	AS_NULLS					/* in the place of what other sources have */
} ColumnForm;

/*
 * append_column appends a column of a source in some form.  A null in its place is of the base
 * type: a domain may refuse it.
 */
static void
append_column(StringInfo sql, const Source *source, const char *column, ColumnForm form, int number)
{
	switch (form)
	{
		case AS_COLUMNS:
			appendStringInfo(sql, ", %s", quote_identifier(column));
			break;
		case AS_ALIASES:
			appendStringInfo(sql, ", %s AS c%d", quote_identifier(column), number);
			break;
		case OF_ALIASES:
			appendStringInfo(sql, ", s.c%d", number);
			break;
		case AS_NULLS:
			appendStringInfo(sql, ", NULL::%s",
							 format_type_be_qualified(getBaseType(get_atttype(source->relation, get_attnum(source->relation, column)))));
			break;
	}
}

/* append_columns appends what is read of a source besides the lead: its columns and those that its expressions read. */
static void
append_columns(StringInfo sql, const Source *source, ColumnForm form)
{
	int			number = 0;

	for (int role = ROLE_LEAD + 1; role < N_ROLES; role++)
		if (has_column(source, role))
			append_column(sql, source, role_column(source, role), form, ++number);
	for (int i = 0; i < source->n_inputs; i++)
		append_column(sql, source, get_attname(source->relation, source->inputs[i], false), form, ++number);
}

/* append_all_columns appends the columns of all sources, with nulls but for one of them, or for all of them in a mark. */
static void
append_all_columns(StringInfo sql, const Tracker *tracker, const Source *filled, ColumnForm form)
{
	if (!is_plain(tracker))
		appendStringInfoString(sql, filled == NULL ? ", NULL::pg_catalog.int4" : psprintf(", %d", filled->place));
	for (int i = 0; i < tracker->nsources; i++)
		append_columns(sql, tracker->sources[i], tracker->sources[i] == filled ? form : AS_NULLS);
}

/* What rows of a source a query is for. */
typedef struct RowsWanted
{
	bool		beside_others;	/* with places for the columns of other
								 * sources */
	bool		any;			/* also those that no lead has */
	bool		by_roots;		/* leads that are merged are those that they
								 * count for */
	const char *rows;			/* a condition of the table's own columns,
								 * NULL: none */
	const char *leads;			/* one in which @ stands for the lead, NULL:
								 * none */
} RowsWanted;

/* where appends a condition with what stands before it, unless there is none. */
static void
where(StringInfo sql, const char *before, const char *condition, const char *lead)
{
	if (condition == NULL)
		return;
	appendStringInfoString(sql, before);
	for (; *condition != '\0'; condition++)
	{
		if (*condition == '@' && lead != NULL)
			appendStringInfoString(sql, lead);
		else
			appendStringInfoChar(sql, *condition);
	}
}

/* append_select appends the beginning of a query of rows of a source. */
static void
append_select(StringInfo sql, const Source *source, const RowsWanted *wanted, const char *lead, ColumnForm form)
{
	appendStringInfo(sql, "SELECT %s", lead);
	if (wanted->beside_others)
		append_all_columns(sql, source->tracker, source, form);
	else
		append_columns(sql, source, form);
}

/* mapping_sql is what maps ids to leads, as a table m of keys and leads. */
static char *
mapping_sql(const Source *mapping)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "(SELECT %s AS key, %s AS lead FROM %s WHERE %s IS DISTINCT FROM NULL",
					 role_sql(mapping, ROLE_KEY), role_sql(mapping, ROLE_LEAD), qualified_name(mapping->relation),
					 role_sql(mapping, ROLE_LEAD));
	where(&sql, " AND ", mapping->expressions[ROLE_FILTER], NULL);
	appendStringInfoString(&sql, ") m");
	return sql.data;
}

/* equals_sql writes the operator by which values of a type are equal. */
static char *
equals_sql(Oid type)
{
	return qualified_operator(lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr);
}

/* id_equals_sql writes the operator by which ids of a source are equal. */
static char *
id_equals_sql(const Source *source)
{
	return equals_sql(source->types[ROLE_LEAD]);
}

/*
 * join_roots joins, where leads are wanted by their roots, these to a query of leads, and
 * returns what the lead is then.
 */
static const char *
join_roots(StringInfo from, const Source *source, const RowsWanted *wanted, const char *lead)
{
	const Tracker *tracker = source->tracker;

	if (!wanted->by_roots || tracker->aliases == NULL)
		return lead;
	appendStringInfo(from, " LEFT JOIN (%s) r ON r.key %s %s", all_roots_sql(tracker->aliases),
					 qualified_operator(tracker->lead_eq), lead);
	return psprintf("coalesce(r.lead, %s)", lead);
}

/* source_as_s is what is read of a source as a table s: what names leads, or ids, as id, and the rest as c1, c2 and so on. */
static char *
source_as_s(const Source *source, const RowsWanted *wanted)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "(SELECT %s AS id", role_sql(source, ROLE_LEAD));
	append_columns(&sql, source, AS_ALIASES);
	appendStringInfo(&sql, " FROM %s", qualified_name(source->relation));
	where(&sql, " WHERE ", wanted->rows, NULL);
	appendStringInfoString(&sql, ") s");
	return sql.data;
}

/* mapped_rows_sql is the text that reads rows of a source whose ids another table maps to leads. */
static char *
mapped_rows_sql(const Source *source, const RowsWanted *wanted)
{
	const char *equals = id_equals_sql(source);
	char	   *mapping = mapping_sql(source->mapping);
	char	   *rows = source_as_s(source, wanted);
	const char *lead;
	StringInfoData from;
	StringInfoData sql;

	initStringInfo(&sql);
	initStringInfo(&from);
	appendStringInfo(&from, " FROM %s JOIN %s ON s.id %s m.key", rows, mapping, equals);
	lead = join_roots(&from, source, wanted, "m.lead");
	append_select(&sql, source, wanted, lead, OF_ALIASES);
	appendStringInfoString(&sql, from.data);
	where(&sql, " WHERE ", wanted->leads, lead);
	if (!source->mapping->maps_rest && !wanted->any)
		return sql.data;
	appendStringInfoString(&sql, " UNION ALL ");
	resetStringInfo(&from);
	appendStringInfo(&from, " FROM %s", rows);
	if (source->mapping->maps_rest)
		lead = join_roots(&from, source, wanted, "s.id");
	else
		lead = psprintf("NULL::%s", format_type_be_qualified(source->tracker->lead_type));
	append_select(&sql, source, wanted, lead, OF_ALIASES);
	appendStringInfo(&sql, "%s WHERE NOT EXISTS (SELECT FROM %s WHERE s.id %s m.key)", from.data, mapping, equals);
	where(&sql, " AND ", wanted->leads, lead);
	return sql.data;
}

/* merged_rows_sql is the text that reads rows of a source by the roots of their leads. */
static char *
merged_rows_sql(const Source *source, const RowsWanted *wanted)
{
	const char *lead;
	StringInfoData from;
	StringInfoData sql;

	initStringInfo(&sql);
	initStringInfo(&from);
	appendStringInfo(&from, " FROM %s", source_as_s(source, wanted));
	lead = join_roots(&from, source, wanted, "s.id");
	append_select(&sql, source, wanted, lead, OF_ALIASES);
	appendStringInfoString(&sql, from.data);
	where(&sql, " WHERE ", wanted->leads, lead);
	return sql.data;
}

/* rows_sql is the text that reads rows of a source: the lead first, then the rest. */
static char *
rows_sql(const Source *source, const RowsWanted *wanted)
{
	const char *lead = role_sql(source, ROLE_LEAD);
	StringInfoData sql;

	if (source->mapping != NULL)
		return mapped_rows_sql(source, wanted);
	if (wanted->by_roots && source->tracker->aliases != NULL)
		return merged_rows_sql(source, wanted);
	initStringInfo(&sql);
	append_select(&sql, source, wanted, lead, AS_COLUMNS);
	appendStringInfo(&sql, " FROM %s", qualified_name(source->relation));
	where(&sql, " WHERE ", wanted->rows, NULL);
	where(&sql, wanted->rows == NULL ? " WHERE " : " AND ", wanted->leads, lead);
	return sql.data;
}

/* both joins two conditions, of which either may be none. */
static const char *
both(const char *a, const char *b)
{
	return a == NULL ? b : b == NULL ? a : psprintf("%s AND %s", a, b);
}

/* source_rows_sql is the text that reads all rows of a source alone, those for which a condition holds if there is one. */
char *
source_rows_sql(const Source *source, const char *condition)
{
	RowsWanted	wanted = {.any = true,.by_roots = true,.rows = condition};

	return rows_sql(source, &wanted);
}

/*
 * lead_rows_sql is the text that reads the rows of a source that may have a lead, beside places
 * for those of the others, for which a condition holds, and one in which @ stands for the lead.
 * IS NOT NULL would ask of a composite lead whether all of its fields are there.
 */
char *
lead_rows_sql(const Source *source, const char *condition, const char *of_lead)
{
	RowsWanted	wanted = {.beside_others = true,.by_roots = true};

	wanted.rows = both(source->certain_sql, condition);
	wanted.leads = both("@ IS DISTINCT FROM NULL", of_lead);
	return rows_sql(source, &wanted);
}

/* lock_rows_sql is the text that locks all rows of a source that one lead, $1, has, whatever the filter says, and reads besides where they are. */
char *
lock_rows_sql(const Source *source)
{
	const char *id = role_sql(source, ROLE_LEAD);
	const char *equals = qualified_operator(source->tracker->lead_eq);
	const char *id_equals = id_equals_sql(source);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT %s", id);
	append_columns(&sql, source, AS_COLUMNS);
	appendStringInfo(&sql, ", tableoid, ctid FROM %s WHERE ", qualified_name(source->relation));
	if (source->mapping == NULL)
		appendStringInfo(&sql, "%s %s $1", id, equals);
	else
	{
		appendStringInfo(&sql, "%s %s ANY (SELECT m.key FROM %s WHERE m.lead %s $1)", id, id_equals,
						 mapping_sql(source->mapping), equals);
		if (source->mapping->maps_rest)
			appendStringInfo(&sql, " OR %s %s $1 AND NOT EXISTS (SELECT FROM %s WHERE m.key %s $1)", id, equals,
							 mapping_sql(source->mapping), id_equals);
	}
	appendStringInfoString(&sql, " FOR UPDATE");
	return sql.data;
}

/*
 * lead_alone_sql is the text that reads one row with nothing but the lead for each lead of one of the tracker's
 * tables, or, of those with a balance, for the lead that it counts for.
 */
char *
lead_alone_sql(const Tracker *tracker, Oid table)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT lead");
	append_all_columns(&sql, tracker, NULL, AS_NULLS);
	if (table == tracker->balances && tracker->aliases != NULL)
		appendStringInfo(&sql, " FROM (SELECT coalesce(r.lead, b.lead) AS lead FROM %s b LEFT JOIN (%s) r ON r.key %s b.lead) b",
						 qualified_name(table), all_roots_sql(tracker->aliases), qualified_operator(tracker->lead_eq));
	else
		appendStringInfo(&sql, " FROM %s", qualified_name(table));
	return sql.data;
}

/* read_lead_sql is the text that reads the rows that a source has of one lead, $1, for which a condition holds if there is one. */
static char *
read_lead_sql(const Source *source, const char *condition)
{
	RowsWanted	wanted = {0};

	wanted.rows = both(source->certain_sql, condition);
	wanted.leads = psprintf("@ %s $1", qualified_operator(source->tracker->lead_eq));
	return rows_sql(source, &wanted);
}

/* read_lead_plan keeps the plan that reads the rows that a source has of one lead. */
static SPIPlanPtr
read_lead_plan(Source *source)
{
	if (source->read_lead == NULL)
		source->read_lead = lt_keep_plan(read_lead_sql(source, NULL), 1, &source->tracker->lead_type, 0);
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
		char	   *sql = read_lead_sql(source, psprintf("%s OPERATOR(pg_catalog.>) $2",
														 quote_identifier(role_column(source, ROLE_AT))));
		Oid			types[] = {source->tracker->lead_type, TIMESTAMPTZOID};

		source->read_lead_after = lt_keep_plan(sql, lengthof(types), types, CURSOR_OPT_GENERIC_PLAN);
	}
	return source->read_lead_after;
}

/* id_rows_sql is the text that tells which rows, and versions of them, a source has of an id, $1. */
char *
id_rows_sql(const Source *source)
{
	return psprintf("SELECT pg_catalog.string_agg(pg_catalog.concat(tableoid, ctid, xmin), ',' ORDER BY tableoid, ctid) "
					"FROM %s WHERE %s %s $1", qualified_name(source->relation), role_sql(source, ROLE_LEAD), id_equals_sql(source));
}

/* find_leads_plan keeps the plan that finds the leads, in their order, to which an id is mapped. */
SPIPlanPtr
find_leads_plan(Source *mapping)
{
	const char *equals = equals_sql(mapping->types[ROLE_KEY]);

	if (mapping->find_leads != NULL)
		return mapping->find_leads;
	mapping->find_leads = lt_keep_plan(mapping->maps == MAPS_LEADS ?
									   psprintf("SELECT r.lead FROM (%s) r", roots_sql(mapping, psprintf("t.alias %s $1", equals))) :
									   psprintf("SELECT m.lead FROM %s WHERE m.key %s $1 ORDER BY 1", mapping_sql(mapping), equals),
									   1, &mapping->types[ROLE_KEY], 0);
	return mapping->find_leads;
}

/* find_leads_of_all_plan keeps the plan that finds the leads of several ids, each beside its id. */
SPIPlanPtr
find_leads_of_all_plan(Source *mapping)
{
	const char *equals = equals_sql(mapping->types[ROLE_KEY]);
	Oid			types[] = {get_array_type(mapping->types[ROLE_KEY])};

	if (mapping->find_all_leads != NULL)
		return mapping->find_all_leads;
	mapping->find_all_leads = lt_keep_plan(mapping->maps == MAPS_LEADS ?
										   roots_sql(mapping, psprintf("t.alias %s ANY ($1)", equals)) :
										   psprintf("SELECT m.key, m.lead FROM %s WHERE m.key %s ANY ($1)",
													mapping_sql(mapping), equals),
										   lengthof(types), types, 0);
	return mapping->find_all_leads;
}

/*
 * read_portal puts the rows of a query over a source alone into a stream, in a memory
 * context, which SPI leaves for its own: as rows of one lead, unless that is NULL.
 */
static void
read_portal(LeadStream *stream, const Source *source, const Datum *lead, Portal portal, MemoryContext context)
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
			if (lead == NULL)
				stream_add(stream, &shape, slot);
			else if (row_begins(&shape, slot))
				stream_add_as(stream, &shape, slot, *lead);
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

	read_portal(stream, source, NULL, SPI_cursor_open(NULL, plan, values, NULL, false), context);
}

/* open_lead opens a plan over the rows that a source has of one lead, as they are by now or as the active snapshot shows them. */
static Portal
open_lead(const Source *source, SPIPlanPtr plan, Datum *values, bool now)
{
	Portal		portal;
	int			nest_level;

	if (source->mapping == NULL)
		return SPI_cursor_open(NULL, plan, values, NULL, !now);
	nest_level = lt_by_indexes();
	portal = SPI_cursor_open(NULL, plan, values, NULL, !now);
	AtEOXact_GUC(false, nest_level);
	return portal;
}

/* Makes the plan that reads rows of one lead from a source. */
typedef SPIPlanPtr (*LeadPlan) (Source *source);

/*
 * read_lead puts rows of a lead, and of those that count for it, into a stream, by a plan for
 * each source whose first parameter is the lead.
 */
static void
read_lead(LeadStream *stream, Tracker *tracker, List *members, LeadPlan make_plan, Datum *values, bool now)
{
	MemoryContext context = CurrentMemoryContext;
	Datum		lead = values[0];
	ListCell   *cell;

	foreach(cell, members)
	{
		values[0] = *(Datum *) lfirst(cell);
		for (int i = 0; i < tracker->nsources; i++)
		{
			Source	   *source = stream->topics ? aside_source(tracker->sources[i]) : tracker->sources[i];

			read_portal(stream, source, tracker->aliases == NULL ? NULL : &lead,
						open_lead(source, make_plan(source), values, now), context);
		}
	}
}

/* members_now lists the leads that count for one by now. */
static List *
members_now(Tracker *tracker, Datum lead)
{
	if (tracker->aliases != NULL)
		CommandCounterIncrement();
	return lead_members(tracker, lead, GetTransactionSnapshot());
}

/* read_lead_now puts all rows of a lead, as they are by now, into a stream. */
void
read_lead_now(LeadStream *stream, Tracker *tracker, Datum lead)
{
	read_lead(stream, tracker, members_now(tracker, lead), read_lead_plan, &lead, true);
}

/* read_lead_after puts those after an instant into a stream. */
void
read_lead_after(LeadStream *stream, Tracker *tracker, Datum lead, HeatTime at)
{
	Datum		values[] = {lead, TimestampTzGetDatum(heat_time_to_timestamptz(at))};

	read_lead(stream, tracker, members_now(tracker, lead), read_lead_after_plan, values, true);
}

/* read_lead_as_of puts all rows of a lead, as a snapshot shows them, into a stream. */
void
read_lead_as_of(LeadStream *stream, Tracker *tracker, Datum lead, Snapshot snapshot)
{
	PushActiveSnapshot(snapshot);
	read_lead(stream, tracker, lead_members(tracker, lead, snapshot), read_lead_plan, &lead, false);
	PopActiveSnapshot();
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
	tracker_connect(&scope, source->tracker);
	if (source->may_fail)
		owner_set("max_parallel_workers_per_gather", "0");	/* no subtransactions
															 * beside workers */
	lt_execute_to(source_rows_sql(source, NULL), NULL, &handler.receiver);
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
		appendStringInfo(&sql, "%s%s", i == 0 ? "" : " UNION ALL ",
						 lead_rows_sql(tracker->sources[i], NULL, bound == NULL ? NULL : psprintf("%s @", bound)));
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
