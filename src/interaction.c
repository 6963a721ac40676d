/*-------------------------------------------------------------------------
 *
 * interaction.c
 *	  Rows of a tracked table, read and sorted for the fold.
 *
 * Whatever brings rows to a fold, a transition table, the rows of one lead or
 * the whole table, goes through one stream, so that the fold sees them in one
 * order: (lead, at, points * weight, kind in C collation).
 *
 *-------------------------------------------------------------------------
 */
#include "interaction.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

/* columns of the sort */
enum
{
	ENTRY_LEAD = 1,
	ENTRY_AT,					/* NULL: a touch */
	ENTRY_POINTS,
	ENTRY_KIND,
	ENTRY_SIGNAL,				/* its number in the model, -1 for none */
	N_ENTRY = ENTRY_SIGNAL
};

/* Rows this much later than now are not counted before their time. */
#define FUTURE_TOLERANCE	(5 * USECS_PER_MINUTE)

/* future_horizon returns the instant after which rows are future. */
HeatTime
future_horizon(void)
{
	return heat_time_from_timestamptz(GetCurrentTimestamp()) + FUTURE_TOLERANCE;
}

/* position_of finds a column by its name. */
static AttrNumber
position_of(const Tracker *tracker, TupleDesc desc, const NameData *column)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (!attribute->attisdropped && strcmp(NameStr(attribute->attname), NameStr(*column)) == 0)
			return attribute->attnum;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("column \"%s\" of tracked table \"%s\" does not exist",
					NameStr(*column), get_rel_name(tracker->interactions)),
			 errhint("Restore the column, or stop tracking with lead_temperature.untrack.")));
	return InvalidAttrNumber;	/* keep the compiler quiet */
}

/* row_shape finds the tracked columns in rows of the tracked table or of a partition. */
RowShape
row_shape(const Tracker *tracker, TupleDesc desc)
{
	RowShape	shape;

	shape.lead = position_of(tracker, desc, &tracker->lead);
	shape.kind = position_of(tracker, desc, &tracker->kind);
	shape.at = position_of(tracker, desc, &tracker->at);
	shape.weight = NameStr(tracker->weight)[0] == '\0' ? 0 :
		position_of(tracker, desc, &tracker->weight);
	return shape;
}

/*
 * read_instant converts a time of the tracked column's type; false if it
 * counts nowhere: infinite, or before 1970.  Times beyond what the zone's
 * rules or a heat can hold lie in the far future and become its last instant.
 */
static bool
read_instant(const Tracker *tracker, Datum value, HeatTime *at)
{
	TimestampTz instant;

	if (tracker->at_type == TIMESTAMPTZOID)
		instant = DatumGetTimestampTz(value);
	else
	{
		Timestamp	local;

		if (tracker->at_type == DATEOID)
		{
			DateADT		day = DatumGetDateADT(value);

			if (DATE_NOT_FINITE(day))
				return false;
			if (day > (HEAT_TIME_MAX / USECS_PER_DAY) - (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) - 2)
			{
				*at = HEAT_TIME_MAX;
				return true;
			}
			if (day < UNIX_EPOCH_JDATE - POSTGRES_EPOCH_JDATE - 2)
				return false;
			local = day * USECS_PER_DAY;
		}
		else
			local = DatumGetTimestamp(value);
		if (TIMESTAMP_NOT_FINITE(local) ||
			local < -HEAT_EPOCH_SHIFT - 2 * USECS_PER_DAY)
			return false;
		if (local > HEAT_TIME_MAX - HEAT_EPOCH_SHIFT - 2 * USECS_PER_DAY)
		{
			*at = HEAT_TIME_MAX;
			return true;
		}
		instant = DatumGetTimestampTz(DirectFunctionCall2(timestamp_zone,
														  CStringGetTextDatum(tracker->time_zone),
														  TimestampGetDatum(local)));
	}
	if (TIMESTAMP_NOT_FINITE(instant) || instant < -HEAT_EPOCH_SHIFT)
		return false;
	*at = instant > HEAT_TIME_MAX - HEAT_EPOCH_SHIFT ? HEAT_TIME_MAX :
		instant + HEAT_EPOCH_SHIFT;
	return true;
}

/* interaction_instant reads the time of a row; false if the row counts nowhere by it. */
bool
interaction_instant(const Tracker *tracker, const RowShape *shape,
					TupleTableSlot *slot, HeatTime *at)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, shape->at, &isnull);

	return !isnull && read_instant(tracker, value, at);
}

/* read_weight converts a weight; false if it is NaN or infinite. */
static bool
read_weight(const Tracker *tracker, Datum value, double *weight)
{
	switch (tracker->weight_type)
	{
		case INT2OID:
			*weight = DatumGetInt16(value);
			break;
		case INT4OID:
			*weight = DatumGetInt32(value);
			break;
		case INT8OID:
			*weight = (double) DatumGetInt64(value);
			break;
		case FLOAT4OID:
			*weight = DatumGetFloat4(value);
			break;
		case FLOAT8OID:
			*weight = DatumGetFloat8(value);
			break;
		default:
			*weight = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, value));
			break;
	}
	return isfinite(*weight);
}

/* read_kind converts a kind to text. */
static text *
read_kind(const Tracker *tracker, Datum value)
{
	switch (tracker->kind_path)
	{
		case KIND_IS_TEXT:
			return DatumGetTextPP(value);
		case KIND_BY_CAST:

			/*
			 * A cast may look at the target's typmod and at its being
			 * explicit.
			 */
			return DatumGetTextPP(FunctionCall3Coll((FmgrInfo *) &tracker->kind_function,
													DEFAULT_COLLATION_OID, value,
													Int32GetDatum(-1), BoolGetDatum(true)));
		case KIND_BY_OUTPUT:
			return cstring_to_text(OutputFunctionCall((FmgrInfo *) &tracker->kind_function, value));
	}
	return NULL;				/* keep the compiler quiet */
}

/* stream_begin starts a stream for a tracker's present model. */
LeadStream *
stream_begin(const Tracker *tracker, HeatTime horizon)
{
	LeadStream *stream = palloc0(sizeof(LeadStream));

	stream->tracker = tracker;
	stream->model = tracker->model;
	stream->horizon = horizon;
	stream->from = tracker->archived_before;
	stream->before = PG_INT64_MAX;
	stream->desc = CreateTemplateTupleDesc(N_ENTRY);
	TupleDescInitEntry(stream->desc, ENTRY_LEAD, "lead", tracker->lead_type, tracker->lead_typmod, 0);
	TupleDescInitEntryCollation(stream->desc, ENTRY_LEAD, tracker->lead_collation);
	TupleDescInitEntry(stream->desc, ENTRY_AT, "at", INT8OID, -1, 0);
	TupleDescInitEntry(stream->desc, ENTRY_POINTS, "points", FLOAT8OID, -1, 0);
	TupleDescInitEntry(stream->desc, ENTRY_KIND, "kind", TEXTOID, -1, 0);
	TupleDescInitEntryCollation(stream->desc, ENTRY_KIND, C_COLLATION_OID);
	TupleDescInitEntry(stream->desc, ENTRY_SIGNAL, "signal", INT4OID, -1, 0);
	stream->input = MakeSingleTupleTableSlot(stream->desc, &TTSOpsMinimalTuple);
	stream->output = MakeSingleTupleTableSlot(stream->desc, &TTSOpsMinimalTuple);
	stream->row_context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature row",
												ALLOCSET_DEFAULT_SIZES);
	stream->lead_context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature lead",
												 ALLOCSET_DEFAULT_SIZES);
	return stream;
}

/* begin_sort starts the sort that a second entry needs. */
static void
begin_sort(LeadStream *stream)
{
	AttrNumber	columns[] = {ENTRY_LEAD, ENTRY_AT, ENTRY_POINTS, ENTRY_KIND};
	Oid			operators[] = {stream->tracker->lead_lt, Int8LessOperator,
		Float8LessOperator, TextLessOperator};
	Oid			collations[] = {stream->tracker->lead_collation, InvalidOid,
		InvalidOid, C_COLLATION_OID};
	bool		nulls_first[] = {false, true, true, false};

	stream->sort = tuplesort_begin_heap(stream->desc, lengthof(columns), columns, operators,
										collations, nulls_first, work_mem, NULL, 0);
}

/* put_entry adds an entry to the stream; the first waits to see whether a sort is needed. */
static void
put_entry(LeadStream *stream, Datum *values, bool *nulls)
{
	MinimalTuple tuple;

	stream->entries++;
	if (stream->entries == 2)
	{
		begin_sort(stream);
		tuplesort_puttupleslot(stream->sort, stream->input);
	}
	if (stream->entries == 1)
		tuple = heap_form_minimal_tuple(stream->desc, values, nulls);
	else
	{
		MemoryContext before = MemoryContextSwitchTo(stream->row_context);

		tuple = heap_form_minimal_tuple(stream->desc, values, nulls);
		MemoryContextSwitchTo(before);
	}
	ExecStoreMinimalTuple(tuple, stream->input, false);
	if (stream->entries > 1)
		tuplesort_puttupleslot(stream->sort, stream->input);
}

/* stream_ignores says whether a row is of a time that has been archived. */
bool
stream_ignores(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot)
{
	MemoryContext before;
	HeatTime	at;
	bool		result;

	if (stream->from == FOLD_NEVER)
		return false;
	before = MemoryContextSwitchTo(stream->row_context);
	result = interaction_instant(stream->tracker, shape, slot, &at) && at < stream->from;
	MemoryContextSwitchTo(before);
	MemoryContextReset(stream->row_context);
	return result;
}

/* stream_touch makes a lead appear in the stream. */
void
stream_touch(LeadStream *stream, Datum lead)
{
	Datum		values[N_ENTRY] = {0};
	bool		nulls[N_ENTRY] = {false, true, true, true, true};

	values[ENTRY_LEAD - 1] = lead;
	put_entry(stream, values, nulls);
	MemoryContextReset(stream->row_context);
}

/* stream_add reads a row of the tracked table into the stream, if it counts at all. */
void
stream_add(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot)
{
	const Tracker *tracker = stream->tracker;
	Datum		values[N_ENTRY];
	bool		nulls[N_ENTRY] = {false};
	MemoryContext before = CurrentMemoryContext;
	const Signal *signal = NULL;
	HeatTime	at;
	double		points = 0.0;
	double		weight = 1.0;
	Datum		kind;

	values[ENTRY_LEAD - 1] = slot_getattr(slot, shape->lead, &nulls[ENTRY_LEAD - 1]);
	if (nulls[ENTRY_LEAD - 1])
		return;

	MemoryContextSwitchTo(stream->row_context);
	if (!interaction_instant(tracker, shape, slot, &at))
		goto done;
	if (shape->weight != 0)
	{
		bool		isnull;
		Datum		value = slot_getattr(slot, shape->weight, &isnull);

		if (!isnull && !read_weight(tracker, value, &weight))
			goto done;
	}
	if (at < stream->from)
	{
		stream->ignored++;
		goto done;
	}
	if (at >= stream->before)
		goto done;

	kind = slot_getattr(slot, shape->kind, &nulls[ENTRY_KIND - 1]);
	if (!nulls[ENTRY_KIND - 1])
	{
		text	   *name = read_kind(tracker, kind);

		signal = signal_find(stream->model, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
		if (signal != NULL)
			points = heat_saturate(signal->points * weight) + 0.0;
		values[ENTRY_KIND - 1] = PointerGetDatum(name);
	}
	values[ENTRY_AT - 1] = Int64GetDatum(at);
	values[ENTRY_POINTS - 1] = Float8GetDatum(points);
	values[ENTRY_SIGNAL - 1] = Int32GetDatum(signal == NULL ? -1 :
											 (int32) (signal - stream->model->signals));
	MemoryContextSwitchTo(before);
	put_entry(stream, values, nulls);
done:
	MemoryContextSwitchTo(before);
	MemoryContextReset(stream->row_context);
}

/* stream_sort ends the writing of the stream and begins its reading. */
void
stream_sort(LeadStream *stream)
{
	if (stream->sort != NULL)
		tuplesort_performsort(stream->sort);
}

/* fetch puts the next entry into output; false at the end. */
static bool
fetch(LeadStream *stream)
{
	if (stream->sort != NULL)
		return tuplesort_gettupleslot(stream->sort, true, false, stream->output, NULL);
	if (stream->entries == 0 || stream->single_taken)
		return false;
	stream->single_taken = true;
	ExecCopySlot(stream->output, stream->input);
	return true;
}

/* stream_next_lead goes on to the next lead, past entries of the present one; false at the end. */
bool
stream_next_lead(LeadStream *stream)
{
	MemoryContext before;
	Datum		lead;
	bool		isnull;

	while (stream_next_row(stream))
		;
	if (!stream->pending)
		return false;
	MemoryContextReset(stream->lead_context);
	before = MemoryContextSwitchTo(stream->lead_context);
	lead = slot_getattr(stream->output, ENTRY_LEAD, &isnull);
	stream->lead = datumCopy(lead, stream->tracker->lead_typbyval, stream->tracker->lead_typlen);
	stream->have_lead = true;
	MemoryContextSwitchTo(before);
	return true;
}

/* stream_next_row takes the next entry of the present lead; false at its end. */
bool
stream_next_row(LeadStream *stream)
{
	TupleTableSlot *slot = stream->output;
	bool		isnull;
	Datum		value;

	if (!stream->pending)
	{
		stream->pending = fetch(stream);
		if (!stream->pending)
			return false;
	}
	if (!stream->have_lead ||
		compare_leads(stream->tracker, slot_getattr(slot, ENTRY_LEAD, &isnull), stream->lead) != 0)
		return false;
	stream->pending = false;

	value = slot_getattr(slot, ENTRY_AT, &stream->touch);
	if (stream->touch)
		return true;
	stream->row.at = DatumGetInt64(value);
	stream->row.points = DatumGetFloat8(slot_getattr(slot, ENTRY_POINTS, &isnull));
	value = slot_getattr(slot, ENTRY_KIND, &isnull);
	if (isnull)
	{
		stream->row.kind = NULL;
		stream->row.kind_len = 0;
	}
	else
	{
		stream->row.kind = VARDATA_ANY(DatumGetPointer(value));
		stream->row.kind_len = VARSIZE_ANY_EXHDR(DatumGetPointer(value));
	}
	value = slot_getattr(slot, ENTRY_SIGNAL, &isnull);
	if (DatumGetInt32(value) < 0)
	{
		stream->row.group = stream->model->fold.ngroups;
		stream->row.floor = STAGE_NONE;
		stream->row.outcome = STATUS_NONE;
	}
	else
	{
		const Signal *signal = &stream->model->signals[DatumGetInt32(value)];

		stream->row.group = signal->group;
		stream->row.floor = signal->floor;
		stream->row.outcome = signal->outcome;
	}
	return true;
}

/* stream_end frees the stream. */
void
stream_end(LeadStream *stream)
{
	if (stream->sort != NULL)
		tuplesort_end(stream->sort);
	ExecDropSingleTupleTableSlot(stream->input);
	ExecDropSingleTupleTableSlot(stream->output);
	MemoryContextDelete(stream->row_context);
	MemoryContextDelete(stream->lead_context);
	pfree(stream);
}

/* same_column says whether a column holds the same bytes in two rows. */
static bool
same_column(TupleTableSlot *a, TupleTableSlot *b, AttrNumber column)
{
	Form_pg_attribute attribute = TupleDescAttr(a->tts_tupleDescriptor, column - 1);
	bool		a_null;
	bool		b_null;
	Datum		a_value = slot_getattr(a, column, &a_null);
	Datum		b_value = slot_getattr(b, column, &b_null);

	if (a_null || b_null)
		return a_null == b_null;
	return datum_image_eq(a_value, b_value, attribute->attbyval, attribute->attlen);
}

/* same_interaction says whether an update left all that the fold reads as it was. */
bool
same_interaction(const Tracker *tracker, const RowShape *shape,
				 TupleTableSlot *a, TupleTableSlot *b)
{
	return same_column(a, b, shape->lead) &&
		same_column(a, b, shape->kind) &&
		same_column(a, b, shape->at) &&
		(shape->weight == 0 || same_column(a, b, shape->weight));
}
