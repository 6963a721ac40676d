/*-------------------------------------------------------------------------
 *
 * unmapped.c
 *	  The kinds of a tracker's tables that its model has no signal for.
 *
 * Their rows are sorted by kind, table and lead, and counted in that order: there may be
 * more kinds than fit into memory.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/lead_stream.h"

#include "catalog/own_tracker.h"
#include "catalog/lead_key.h"
#include "rows/row_source.h"
#include "state/record.h"
#include "util/text_numbers.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(lt_unmapped);

/* columns of the rows that are sorted */
enum
{
	ROW_KIND = 1, ROW_SOURCE, ROW_LEAD, ROW_AT, N_ROW = ROW_AT
};

/* columns of the kinds that are sorted: the result, after the count by which it is in order */
enum
{
	KIND_ORDER = 1, KIND_NAME, KIND_INTERACTIONS, KIND_LEADS, KIND_FIRST_AT, KIND_LAST_AT, KIND_SOURCE,
	N_KIND = KIND_SOURCE
};

/* Tuples being sorted. */
typedef struct SlotSort
{
	TupleDesc	desc;
	TupleTableSlot *input;
	TupleTableSlot *output;
	Tuplesortstate *state;
} SlotSort;

/* Rows of unmapped kinds being gathered. */
typedef struct Gathering
{
	const Tracker *tracker;
	SlotSort	rows;
} Gathering;

/* A kind of a table being counted. */
typedef struct Kind
{
	text	   *name;			/* NULL: the null kind */
	Oid			source;			/* the table */
	Datum		lead;			/* the last */
	int64		interactions;
	int64		leads;
	HeatTime	first_at;
	HeatTime	last_at;
} Kind;

/* begin_slots makes the slots of a sort whose columns are described. */
static void
begin_slots(SlotSort *sort)
{
	sort->input = MakeSingleTupleTableSlot(sort->desc, &TTSOpsVirtual);
	sort->output = MakeSingleTupleTableSlot(sort->desc, &TTSOpsMinimalTuple);
}

/* oid_less returns the operator that sorts tables. */
static Oid
oid_less(void)
{
	return lookup_type_cache(OIDOID, TYPECACHE_LT_OPR)->lt_opr;
}

/* begin_rows begins to sort rows by kind, table and lead. */
static void
begin_rows(SlotSort *sort, const Tracker *tracker)
{
	AttrNumber	columns[] = {ROW_KIND, ROW_SOURCE, ROW_LEAD};
	Oid			operators[] = {TextLessOperator, oid_less(), tracker->lead_lt};
	Oid			collations[] = {C_COLLATION_OID, InvalidOid, tracker->lead_collation};
	bool		nulls_first[] = {false, false, false};

	sort->desc = CreateTemplateTupleDesc(N_ROW);
	TupleDescInitEntry(sort->desc, ROW_KIND, "kind", TEXTOID, -1, 0);
	TupleDescInitEntryCollation(sort->desc, ROW_KIND, C_COLLATION_OID);
	TupleDescInitEntry(sort->desc, ROW_SOURCE, "source", OIDOID, -1, 0);
	TupleDescInitEntry(sort->desc, ROW_LEAD, "lead", tracker->lead_type, tracker->lead_typmod, 0);
	TupleDescInitEntryCollation(sort->desc, ROW_LEAD, tracker->lead_collation);
	TupleDescInitEntry(sort->desc, ROW_AT, "at", INT8OID, -1, 0);
	begin_slots(sort);
	sort->state = tuplesort_begin_heap(sort->desc, lengthof(columns), columns, operators,
									   collations, nulls_first, work_mem, NULL, 0);
}

/* begin_kinds begins to sort kinds by how often they come, by name and by table. */
static void
begin_kinds(SlotSort *sort)
{
	AttrNumber	columns[] = {KIND_ORDER, KIND_NAME, KIND_SOURCE};
	Oid			operators[] = {Int8LessOperator, TextLessOperator, oid_less()};
	Oid			collations[] = {InvalidOid, C_COLLATION_OID, InvalidOid};
	bool		nulls_first[] = {false, false, false};

	sort->desc = CreateTemplateTupleDesc(N_KIND);
	TupleDescInitEntry(sort->desc, KIND_ORDER, "order", INT8OID, -1, 0);
	TupleDescInitEntry(sort->desc, KIND_NAME, "kind", TEXTOID, -1, 0);
	TupleDescInitEntryCollation(sort->desc, KIND_NAME, C_COLLATION_OID);
	TupleDescInitEntry(sort->desc, KIND_INTERACTIONS, "interactions", INT8OID, -1, 0);
	TupleDescInitEntry(sort->desc, KIND_LEADS, "leads", INT8OID, -1, 0);
	TupleDescInitEntry(sort->desc, KIND_FIRST_AT, "first_at", TIMESTAMPTZOID, -1, 0);
	TupleDescInitEntry(sort->desc, KIND_LAST_AT, "last_at", TIMESTAMPTZOID, -1, 0);
	TupleDescInitEntry(sort->desc, KIND_SOURCE, "source", REGCLASSOID, -1, 0);
	begin_slots(sort);
	sort->state = tuplesort_begin_heap(sort->desc, lengthof(columns), columns, operators,
									   collations, nulls_first, work_mem, NULL, 0);
}

/* end_sort frees a sort. */
static void
end_sort(SlotSort *sort)
{
	ExecDropSingleTupleTableSlot(sort->input);
	ExecDropSingleTupleTableSlot(sort->output);
	tuplesort_end(sort->state);
}

/* gather_row puts a row that is an interaction into the sort if its kind is unmapped; a TakeRow. */
static void
gather_row(const RowShape *shape, TupleTableSlot *slot, void *arg)
{
	Gathering  *gathering = arg;
	const Tracker *tracker = gathering->tracker;
	TupleTableSlot *input = gathering->rows.input;
	HeatTime	at;
	RowFate		fate = row_fate(shape, slot, &at);
	text	   *kind;
	Datum		value;
	bool		isnull;

	if (fate != ROW_COUNTS && fate != ROW_IS_ARCHIVED && fate != ROW_WEIGHT_IS_NOT_FINITE)
		return;
	value = row_value(shape, ROLE_KIND, slot, &isnull);
	kind = isnull ? NULL : read_kind(shape->source, value);
	if (kind != NULL &&
		signal_of(tracker->model, signal_order(tracker->model, VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind))) != NULL)
		return;
	ExecClearTuple(input);
	input->tts_values[ROW_KIND - 1] = PointerGetDatum(kind);
	input->tts_isnull[ROW_KIND - 1] = (kind == NULL);
	input->tts_values[ROW_SOURCE - 1] = ObjectIdGetDatum(shown_relation(shape->source));
	input->tts_isnull[ROW_SOURCE - 1] = false;
	input->tts_values[ROW_LEAD - 1] = row_value(shape, ROLE_LEAD, slot, &input->tts_isnull[ROW_LEAD - 1]);
	input->tts_values[ROW_AT - 1] = Int64GetDatum(at);
	input->tts_isnull[ROW_AT - 1] = false;
	ExecStoreVirtualTuple(input);
	tuplesort_puttupleslot(gathering->rows.state, input);
	ExecClearTuple(input);
}

/* put_kind puts a kind that has been counted into the sort of kinds. */
static void
put_kind(SlotSort *kinds, const Kind *kind)
{
	TupleTableSlot *input = kinds->input;

	ExecClearTuple(input);
	memset(input->tts_isnull, false, sizeof(bool) * N_KIND);
	input->tts_values[KIND_ORDER - 1] = Int64GetDatum(-kind->interactions);
	input->tts_values[KIND_NAME - 1] = PointerGetDatum(kind->name);
	input->tts_isnull[KIND_NAME - 1] = (kind->name == NULL);
	input->tts_values[KIND_INTERACTIONS - 1] = Int64GetDatum(kind->interactions);
	input->tts_values[KIND_LEADS - 1] = Int64GetDatum(kind->leads);
	put_time(kind->first_at, &input->tts_values[KIND_FIRST_AT - 1], &input->tts_isnull[KIND_FIRST_AT - 1]);
	put_time(kind->last_at, &input->tts_values[KIND_LAST_AT - 1], &input->tts_isnull[KIND_LAST_AT - 1]);
	input->tts_values[KIND_SOURCE - 1] = ObjectIdGetDatum(kind->source);
	ExecStoreVirtualTuple(input);
	tuplesort_puttupleslot(kinds->state, input);
	ExecClearTuple(input);
}

/* is_kind says whether a row is of the kind and the table being counted. */
static bool
is_kind(const Kind *kind, const text *name, Oid source)
{
	if (kind->source != source)
		return false;
	if (kind->name == NULL || name == NULL)
		return kind->name == NULL && name == NULL;
	return compare_texts(kind->name, name) == 0;
}

/* count_row adds a sorted row to its kind; what is kept of it goes into a context. */
static void
count_row(Kind *kind, const Tracker *tracker, Datum lead, HeatTime at, MemoryContext context)
{
	if (kind->leads == 0 || compare_leads(tracker, kind->lead, lead) != 0)
	{
		MemoryContext before = MemoryContextSwitchTo(context);

		if (kind->leads > 0 && !tracker->lead_typbyval)
			pfree(DatumGetPointer(kind->lead));
		kind->lead = datumCopy(lead, tracker->lead_typbyval, tracker->lead_typlen);
		kind->leads++;
		MemoryContextSwitchTo(before);
	}
	kind->first_at = kind->interactions == 0 ? at : Min(kind->first_at, at);
	kind->last_at = kind->interactions == 0 ? at : Max(kind->last_at, at);
	kind->interactions++;
}

/* count_kinds goes through the sorted rows and puts each kind of each table into the sort of kinds. */
static void
count_kinds(const Tracker *tracker, SlotSort *rows, SlotSort *kinds)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature kind",
												  ALLOCSET_DEFAULT_SIZES);
	Kind		kind = {0};

	while (tuplesort_gettupleslot(rows->state, true, false, rows->output, NULL))
	{
		bool		isnull;
		Oid			source = DatumGetObjectId(slot_getattr(rows->output, ROW_SOURCE, &isnull));
		Datum		name = slot_getattr(rows->output, ROW_KIND, &isnull);
		Datum		lead;
		HeatTime	at;

		if (kind.interactions > 0 && !is_kind(&kind, isnull ? NULL : DatumGetTextPP(name), source))
		{
			put_kind(kinds, &kind);
			memset(&kind, 0, sizeof(kind));
			MemoryContextReset(context);
		}
		if (kind.interactions == 0 && !isnull)
		{
			MemoryContext before = MemoryContextSwitchTo(context);

			kind.name = DatumGetTextPCopy(name);
			MemoryContextSwitchTo(before);
		}
		kind.source = source;
		lead = slot_getattr(rows->output, ROW_LEAD, &isnull);
		at = DatumGetInt64(slot_getattr(rows->output, ROW_AT, &isnull));
		count_row(&kind, tracker, lead, at, context);
		CHECK_FOR_INTERRUPTS();
	}
	if (kind.interactions > 0)
		put_kind(kinds, &kind);
	MemoryContextDelete(context);
}

/* check_zone refuses a zone that is none, also where no row needs it. */
static void
check_zone(const Tracker *tracker)
{
	for (int i = 0; i < tracker->nsources; i++)
		if (tracker->sources[i]->types[ROLE_AT] == TIMESTAMPOID || tracker->sources[i]->types[ROLE_AT] == DATEOID)
			(void) tracker_zone(tracker);
}

/* lt_unmapped, which is unmapped_kinds in SQL, returns the kinds of a tracker's tables that have no signal. */
Datum
lt_unmapped(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	Gathering	gathering = {tracker_lock_own(tracker_named(PG_GETARG_OID(0)), AccessShareLock)};
	const Tracker *tracker = gathering.tracker;
	SlotSort	kinds;

	check_zone(tracker);
	lt_materialized_result(fcinfo);
	begin_rows(&gathering.rows, gathering.tracker);
	for (int i = 0; i < tracker->nsources; i++)
	{
		RowShape	shape = source_rows_shape(tracker->sources[i]);

		if (!tracker->sources[i]->words)
			read_source(&shape, gather_row, &gathering);
	}
	tuplesort_performsort(gathering.rows.state);
	begin_kinds(&kinds);
	count_kinds(gathering.tracker, &gathering.rows, &kinds);
	end_sort(&gathering.rows);
	tuplesort_performsort(kinds.state);
	while (tuplesort_gettupleslot(kinds.state, true, false, kinds.output, NULL))
	{
		slot_getallattrs(kinds.output);
		tuplestore_putvalues(info->setResult, info->setDesc, kinds.output->tts_values + KIND_ORDER,
							 kinds.output->tts_isnull + KIND_ORDER);
	}
	end_sort(&kinds);
	return (Datum) 0;
}
