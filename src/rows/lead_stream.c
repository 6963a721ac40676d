/*-------------------------------------------------------------------------
 *
 * lead_stream.c
 *	  The interactions of leads, in the order of the fold.
 *
 * Whatever brings rows to a fold, a transition table, the rows of one lead or
 * the whole table, goes through one stream, so that the fold sees them in one
 * order: (lead, at, points * weight, kind in C collation).
 *
 *-------------------------------------------------------------------------
 */
#include "rows/lead_stream.h"

#include "catalog/lead_key.h"
#include "util/time_zone.h"

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
	ENTRY_AT,					/* NULL: a mark */
	ENTRY_POINTS,
	ENTRY_ORDER,				/* see interaction_order */
	ENTRY_PLACE,				/* of the source; nothing is sorted by it */
	ENTRY_KIND,					/* NULL: a signal has it, or it is null */
	N_ENTRY = ENTRY_KIND,
	ENTRY_TOPIC = N_ENTRY + 1,	/* only where topics are read */
	ENTRY_CHANNEL = N_ENTRY + 1,	/* only where channels are; nothing is
									 * sorted by these */
	ENTRY_AMOUNT
};

/* An interaction whose channel is read. */
typedef struct TouchedInteraction
{
	Interaction interaction;
	Touch		touch;
} TouchedInteraction;

/* entry_columns returns how many columns the entries of a stream have. */
static int
entry_columns(const LeadStream *stream)
{
	return stream->topics ? ENTRY_TOPIC : stream->channels != NULL ? ENTRY_AMOUNT : N_ENTRY;
}

/* interaction_size returns how much memory an interaction of stored rows takes. */
static inline Size
interaction_size(const LeadStream *stream)
{
	return stream->channels != NULL ? sizeof(TouchedInteraction) : sizeof(Interaction);
}

/* interaction_at returns one of the present lead by its place. */
static inline Interaction *
interaction_at(const LeadStream *stream, int place)
{
	return (Interaction *) (stream->interactions + place * interaction_size(stream));
}

/* begin_stream starts a stream for a tracker's present model, whose rows are read for the fold, and perhaps for topics or channels too. */
static LeadStream *
begin_stream(const Tracker *tracker, HeatTime horizon, bool topics, TextNumbers *channels)
{
	LeadStream *stream = palloc0(sizeof(LeadStream));

	stream->topics = topics;
	stream->channels = channels;
	stream->context = CurrentMemoryContext;
	stream->tracker = tracker;
	stream->model = tracker->model;
	stream->horizon = horizon;
	stream->from = tracker->archived_before;
	stream->until = HEAT_TIME_MAX;
	stream->desc = CreateTemplateTupleDesc(entry_columns(stream));
	TupleDescInitEntry(stream->desc, ENTRY_LEAD, "lead", tracker->lead_type, tracker->lead_typmod, 0);
	TupleDescInitEntryCollation(stream->desc, ENTRY_LEAD, tracker->lead_collation);
	TupleDescInitEntry(stream->desc, ENTRY_AT, "at", INT8OID, -1, 0);
	TupleDescInitEntry(stream->desc, ENTRY_POINTS, "points", FLOAT8OID, -1, 0);
	TupleDescInitEntry(stream->desc, ENTRY_ORDER, "order", INT4OID, -1, 0);
	TupleDescInitEntry(stream->desc, ENTRY_PLACE, "place", INT4OID, -1, 0);
	TupleDescInitEntry(stream->desc, ENTRY_KIND, "kind", TEXTOID, -1, 0);
	TupleDescInitEntryCollation(stream->desc, ENTRY_KIND, C_COLLATION_OID);
	if (topics)
	{
		TupleDescInitEntry(stream->desc, ENTRY_TOPIC, "topic", TEXTOID, -1, 0);
		TupleDescInitEntryCollation(stream->desc, ENTRY_TOPIC, C_COLLATION_OID);
	}
	if (channels != NULL)
	{
		TupleDescInitEntry(stream->desc, ENTRY_CHANNEL, "channel", INT4OID, -1, 0);
		TupleDescInitEntry(stream->desc, ENTRY_AMOUNT, "amount", INT8OID, -1, 0);
	}
	stream->input = MakeSingleTupleTableSlot(stream->desc, &TTSOpsVirtual);
	stream->output = MakeSingleTupleTableSlot(stream->desc, &TTSOpsMinimalTuple);
	stream->row_context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature row",
												ALLOCSET_DEFAULT_SIZES);
	stream->lead_context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature lead",
												 ALLOCSET_DEFAULT_SIZES);
	return stream;
}

/* stream_begin starts a stream whose rows are read for the fold alone. */
LeadStream *
stream_begin(const Tracker *tracker, HeatTime horizon)
{
	return begin_stream(tracker, horizon, false, NULL);
}

/* stream_begin_topics starts one whose rows are put one by one and read for their topics besides, in the order of which those lie that are alike. */
LeadStream *
stream_begin_topics(const Tracker *tracker, HeatTime horizon)
{
	return begin_stream(tracker, horizon, true, NULL);
}

/* begin_sort starts the sort that a second entry needs. */
static void
begin_sort(LeadStream *stream)
{
	AttrNumber	columns[] = {ENTRY_LEAD, ENTRY_AT, ENTRY_POINTS, ENTRY_ORDER, ENTRY_KIND, ENTRY_TOPIC};
	Oid			operators[] = {stream->tracker->lead_lt, Int8LessOperator,
	Float8LessOperator, Int4LessOperator, TextLessOperator, TextLessOperator};
	Oid			collations[] = {stream->tracker->lead_collation, InvalidOid,
	InvalidOid, InvalidOid, C_COLLATION_OID, C_COLLATION_OID};
	bool		nulls_first[] = {false, true, true, true, true, true};

	stream->sort = tuplesort_begin_heap(stream->desc, lengthof(columns) - !stream->topics, columns, operators,
										collations, nulls_first, work_mem, NULL, 0);
}

/* put_entry adds the entry in input to the stream; the first waits to see whether a sort is needed. */
static void
put_entry(LeadStream *stream)
{
	ExecStoreVirtualTuple(stream->input);
	stream->entries++;
	if (stream->entries == 1)
		ExecCopySlot(stream->output, stream->input);
	else
	{
		if (stream->entries == 2)
		{
			begin_sort(stream);
			tuplesort_puttupleslot(stream->sort, stream->output);
		}
		tuplesort_puttupleslot(stream->sort, stream->input);
	}
	ExecClearTuple(stream->input);
}

/* stream_ignores says whether a row that has begun is of a time that has been archived. */
bool
stream_ignores(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot)
{
	MemoryContext before;
	HeatTime	at;
	bool		result;

	if (stream->from == FOLD_NEVER)
		return false;
	before = MemoryContextSwitchTo(stream->row_context);
	result = interaction_instant(shape, slot, &at) && at < stream->from;
	MemoryContextSwitchTo(before);
	MemoryContextReset(stream->row_context);
	return result;
}

/* stream_mark makes a lead appear in the stream. */
void
stream_mark(LeadStream *stream, Datum lead)
{
	memset(stream->input->tts_isnull, true, sizeof(bool) * entry_columns(stream));
	stream->input->tts_values[ENTRY_LEAD - 1] = lead;
	stream->input->tts_isnull[ENTRY_LEAD - 1] = false;
	put_entry(stream);
}

/* guess_of finds where the signal is kept that was found last for a kind that looks like this. */
static inline int32 *
guess_of(LeadStream *stream, const char *kind, size_t len)
{
	const unsigned char *letters = (const unsigned char *) kind;

	if (len == 0)
		return &stream->guesses[0];
	return &stream->guesses[(3 * letters[0] + 5 * letters[len / 2] +
							 7 * (letters[len - 1] + len)) % KIND_GUESSES];
}

/* kind_order is signal_order, guessed first: a search takes longer than all else about a kind. */
static int32
kind_order(LeadStream *stream, const char *kind, size_t len)
{
	const ModelVersion *model = stream->model;
	int32	   *guess = guess_of(stream, kind, len);
	int32		order;

	if (*guess < model->nsignals)
	{
		const Signal *signal = &model->signals[*guess];

		if (signal->kind_len == len && memcmp(signal->kind, kind, len) == 0)
			return 2 * *guess + 1;
	}
	order = signal_order(model, kind, len);
	if (signal_of(model, order) != NULL)
		*guess = order / 2;
	return order;
}

/*
 * read_interaction reads a row that has begun, whose lead the caller has read; false if the row
 * counts nowhere, is archived or is left out.  Allocates in the current context.
 */
bool
read_interaction(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot,
				 Interaction *interaction)
{
	const ModelVersion *model = stream->model;
	double		weight;
	text	   *kind;
	Datum		value;
	bool		isnull;
	int			word = -1;

	if (!interaction_instant(shape, slot, &interaction->at))
		return false;
	if (!read_row_weight(shape, slot, &weight))
		return false;
	if (shape->source->words && (word = read_word(shape, slot)) < 0)
		return false;
	if (interaction->at < stream->from)
	{
		stream->ignored++;
		return false;
	}
	if (interaction->at > stream->until)
		return false;
	interaction->points = 0.0;
	interaction->order = interaction_order(2 * model->nsignals + 2, false); /* null kinds come last */
	interaction->place = shape->source->place;
	interaction->kind = NULL;
	if (shape->source->words)
	{
		interaction->order = word_order(word);
		return true;
	}
	value = row_value(shape, ROLE_KIND, slot, &isnull);
	kind = isnull ? NULL : read_kind(shape->source, value);
	if (kind != NULL)
	{
		const Signal *signal;

		int32		order = kind_order(stream, VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind));

		signal = signal_of(model, order);
		interaction->order = interaction_order(order, signal != NULL && weight <= 0.0 && model->weighs_effects);
		if (signal != NULL)
			interaction->points = heat_saturate(signal->points * weight) + 0.0;
		else
			interaction->kind = kind;
	}
	return true;
}

/*
 * read_touch reads the channel of a row that counts, of which an empty text is none, and what it is worth if it
 * wins.  Allocates in the current context.
 */
static Touch
read_touch(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot, const Interaction *interaction)
{
	Touch		touch = {NO_TEXT};
	text	   *channel = row_text(shape, ROLE_CHANNEL, slot);
	const Signal *signal = signal_of(stream->model, interaction->order >> 1);

	if (channel != NULL && VARSIZE_ANY_EXHDR(channel) > 0)
		touch.channel = text_number(stream->channels, channel);
	if (signal != NULL && signal->outcome == STATUS_WON && interaction->order % 2 == 0)
		stream->wrong_amounts += row_amount(shape, slot, &touch.amount) == AMOUNT_IS_WRONG;
	return touch;
}

/* read_stored_touch does so for the stored row in input. */
static Touch
read_stored_touch(LeadStream *stream, const RowShape *shape, const Interaction *interaction)
{
	MemoryContext before = MemoryContextSwitchTo(stream->row_context);
	Touch		touch = read_touch(stream, shape, stream->input, interaction);

	MemoryContextSwitchTo(before);
	MemoryContextReset(stream->row_context);
	return touch;
}

/* put_interaction adds an interaction of a lead to the stream, with its topic or its touch if these are read. */
static void
put_interaction(LeadStream *stream, Datum lead, const Interaction *interaction, text *topic, const Touch *touch)
{
	Datum	   *values = stream->input->tts_values;

	memset(stream->input->tts_isnull, false, sizeof(bool) * entry_columns(stream));
	values[ENTRY_LEAD - 1] = lead;
	values[ENTRY_AT - 1] = Int64GetDatum(interaction->at);
	values[ENTRY_POINTS - 1] = Float8GetDatum(interaction->points);
	values[ENTRY_ORDER - 1] = Int32GetDatum(interaction->order);
	values[ENTRY_PLACE - 1] = Int32GetDatum(interaction->place);
	values[ENTRY_KIND - 1] = PointerGetDatum(interaction->kind);
	stream->input->tts_isnull[ENTRY_KIND - 1] = (interaction->kind == NULL);
	if (stream->topics)
	{
		values[ENTRY_TOPIC - 1] = PointerGetDatum(topic);
		stream->input->tts_isnull[ENTRY_TOPIC - 1] = (topic == NULL);
	}
	if (stream->channels != NULL)
	{
		values[ENTRY_CHANNEL - 1] = Int32GetDatum(touch->channel);
		values[ENTRY_AMOUNT - 1] = Int64GetDatum(touch->amount);
	}
	put_entry(stream);
}

/* stream_add_as reads a row that has begun into the stream as one of a lead, if it counts at all. */
void
stream_add_as(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot, Datum lead)
{
	MemoryContext before = MemoryContextSwitchTo(stream->row_context);
	Interaction interaction;
	bool		counts = read_interaction(stream, shape, slot, &interaction);
	text	   *topic = counts && stream->topics ? row_text(shape, ROLE_TOPIC, slot) : NULL;
	Touch		touch = {NO_TEXT};

	if (counts && stream->channels != NULL)
		touch = read_touch(stream, shape, slot, &interaction);
	MemoryContextSwitchTo(before);
	if (counts)
		put_interaction(stream, lead, &interaction, topic, &touch);
	MemoryContextReset(stream->row_context);
}

/* stream_add reads a row of a source into the stream, if it counts at all. */
void
stream_add(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		lead;

	if (!row_begins(shape, slot))
		return;
	lead = row_value(shape, ROLE_LEAD, slot, &isnull);
	if (!isnull)
		stream_add_as(stream, shape, slot, lead);
}

/*
 * stream_begin_stored starts a stream over stored rows of all sources, sorted by lead,
 * with NULL but for the lead in rows that are marks.
 */
LeadStream *
stream_begin_stored(const Tracker *tracker, HeatTime horizon,
					Tuplestorestate *stored, TupleDesc desc)
{
	LeadStream *stream = stream_begin(tracker, horizon);

	ExecDropSingleTupleTableSlot(stream->input);
	stream->input = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	stream->stored = stored;
	stream->stored_layout = all_rows_layout(tracker);
	stream->n_sources = tracker->nsources;
	return stream;
}

/* stream_read_touches lets a stream over stored rows, of sources that are read for channels, read these and what rows are worth. */
void
stream_read_touches(LeadStream *stream)
{
	MemoryContext before = MemoryContextSwitchTo(stream->context);

	stream->channels = palloc(sizeof(TextNumbers));
	text_numbers_begin(stream->channels);
	MemoryContextSwitchTo(before);
}

/* stream_use_groups lets the stream consist of grouped rows, which become its own. */
void
stream_use_groups(LeadStream *stream, struct RowGroups *row_groups, const RowGroupMethods *methods)
{
	Assert(stream->entries == 0);
	stream->row_groups = row_groups;
	stream->row_group_methods = methods;
}

/* compare_interactions is the order of the fold within a lead. */
static int
compare_interactions(const void *a, const void *b)
{
	const Interaction *left = a;
	const Interaction *right = b;

	if (left->at != right->at)
		return left->at < right->at ? -1 : 1;
	if (left->points != right->points)
		return left->points < right->points ? -1 : 1;
	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	return left->kind == NULL ? 0 : compare_texts(left->kind, right->kind);
}

/*
 * next_stored fetches the next stored row into input; false at the end.  The row
 * may come from a file into memory that must last until the next is fetched.
 */
static bool
next_stored(LeadStream *stream)
{
	MemoryContext before = MemoryContextSwitchTo(stream->context);
	bool		found = tuplestore_gettupleslot(stream->stored, true, false, stream->input);

	MemoryContextSwitchTo(before);
	if (found)
		stream->rows_read++;
	return found;
}

/* begin_overflow moves the present lead's interactions into a stream of its own. */
static void
begin_overflow(LeadStream *stream)
{
	stream->overflow = begin_stream(stream->tracker, stream->horizon, false, stream->channels);
	for (int i = 0; i < stream->n_interactions; i++)
	{
		const Interaction *interaction = interaction_at(stream, i);

		put_interaction(stream->overflow, stream->lead, interaction, NULL,
						stream->channels != NULL ? &((const TouchedInteraction *) interaction)->touch : NULL);
	}
	stream->n_interactions = 0;
}

/*
 * read_stored_lead reads the stored rows of the present lead, sorted for the fold;
 * a lead with more than fit into work_mem is sorted by a stream of its own.
 */
static void
read_stored_lead(LeadStream *stream)
{
	MemoryContext before = MemoryContextSwitchTo(stream->lead_context);
	int			room = 16;
	Size		size = 0;

	stream->interactions = palloc(interaction_size(stream) * room);
	stream->n_interactions = 0;
	stream->next_interaction = 0;
	do
	{
		bool		isnull;
		Datum		lead = slot_getattr(stream->input, 1, &isnull);
		const RowShape *shape;
		Interaction *interaction;

		if (compare_leads(stream->tracker, lead, stream->lead) != 0)
		{
			stream->stored_ahead = true;
			break;
		}
		stream->stored_ahead = false;
		shape = shape_of_row(&stream->stored_layout, stream->input);
		if (shape == NULL)
			continue;
		if (stream->overflow != NULL)
		{
			stream_add(stream->overflow, shape, stream->input);
			continue;
		}
		if (stream->n_interactions == room)
		{
			room *= 2;
			stream->interactions = repalloc_huge(stream->interactions, interaction_size(stream) * room);
		}
		interaction = interaction_at(stream, stream->n_interactions);
		if (!row_begins(shape, stream->input) ||
			!read_interaction(stream, shape, stream->input, interaction))
			continue;
		if (stream->channels != NULL)
			((TouchedInteraction *) interaction)->touch = read_stored_touch(stream, shape, interaction);
		if (interaction->kind != NULL)
		{
			/* the kind may lie in the row, which the next one replaces */
			Size		kind_size = VARSIZE_ANY(interaction->kind);
			text	   *kind = palloc(kind_size);

			memcpy(kind, interaction->kind, kind_size);
			interaction->kind = kind;
			size += kind_size;
		}
		stream->n_interactions++;
		size += interaction_size(stream);
		if (size > (Size) work_mem * 1024)
			begin_overflow(stream);
	} while (next_stored(stream));

	if (stream->overflow != NULL)
	{
		stream_sort(stream->overflow);
		stream_next_lead(stream->overflow);
	}
	else
		qsort(stream->interactions, stream->n_interactions, interaction_size(stream),
			  compare_interactions);
	MemoryContextSwitchTo(before);
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
	return true;
}

/* stream_leave_lead lets go of the present lead, as must be before a commit. */
void
stream_leave_lead(LeadStream *stream)
{
	if (stream->overflow != NULL)
	{
		stream->wrong_amounts += stream->overflow->wrong_amounts;
		stream_end(stream->overflow);
	}
	stream->overflow = NULL;
	stream->n_interactions = 0;
	stream->next_interaction = 0;
	MemoryContextReset(stream->lead_context);
}

/* check_stored_rows refuses to go on with rows that were stored when the sources were read otherwise. */
static void
check_stored_rows(const LeadStream *stream, const Tracker *tracker)
{
	TupleDesc	stored = stream->input->tts_tupleDescriptor;
	TupleDesc	present = all_rows_desc(tracker);
	bool		same = stream->n_sources == tracker->nsources && stored->natts == present->natts;

	for (int i = 0; i < stored->natts && same; i++)
		same = TupleDescAttr(stored, i)->atttypid == TupleDescAttr(present, i)->atttypid;
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("rows of tracked table \"%s\" have come to be read otherwise meanwhile",
						get_rel_name(tracker->interactions)),
				 errhint("Call lead_temperature.replay again.")));
}

/*
 * stream_go_on lets a stream over stored rows go on in another transaction,
 * which may know the tracker by other memory.
 */
void
stream_go_on(LeadStream *stream, const Tracker *tracker, HeatTime horizon)
{
	check_stored_rows(stream, tracker);
	for (int i = 0; i < tracker->nsources; i++)
		stream->stored_layout.shapes[i].source = tracker->sources[i];
	stream->tracker = tracker;
	stream->model = tracker->model;
	stream->horizon = horizon;
	stream->from = tracker->archived_before;
}

/*
 * stream_rewind lets a stream over stored rows begin again, for the present model
 * of a tracker, which may be a copy with another one.
 */
void
stream_rewind(LeadStream *stream, const Tracker *tracker)
{
	stream_leave_lead(stream);
	stream_go_on(stream, tracker, stream->horizon);
	tuplestore_rescan(stream->stored);
	stream->stored_ahead = false;
	stream->rows_read = 0;
	stream->ignored = 0;
}

/* next_stored_lead goes on to the next lead of stored rows; false at the end. */
static bool
next_stored_lead(LeadStream *stream)
{
	bool		isnull;
	Datum		lead;
	MemoryContext before;

	stream_leave_lead(stream);
	if (!stream->stored_ahead && !next_stored(stream))
		return false;
	lead = slot_getattr(stream->input, 1, &isnull);
	before = MemoryContextSwitchTo(stream->lead_context);
	stream->lead = datumCopy(lead, stream->tracker->lead_typbyval, stream->tracker->lead_typlen);
	MemoryContextSwitchTo(before);
	stream->stored_ahead = false;
	read_stored_lead(stream);
	return true;
}

/* next_stored_row takes the next interaction of the present lead of stored rows. */
static bool
next_stored_row(LeadStream *stream)
{
	const Interaction *interaction;

	stream->is_mark = false;
	if (stream->overflow != NULL)
	{
		if (!stream_next_row(stream->overflow))
			return false;
		stream->row = stream->overflow->row;
		stream->touch = stream->overflow->touch;
		return true;
	}
	if (stream->next_interaction == stream->n_interactions)
		return false;
	interaction = interaction_at(stream, stream->next_interaction++);
	if (stream->channels != NULL)
		stream->touch = ((const TouchedInteraction *) interaction)->touch;
	stream->row.at = interaction->at;
	stream->row.points = interaction->points;
	stream->row.place = interaction->place;
	apply_signal(stream->model, interaction->order, interaction->kind, &stream->row);
	return true;
}

/* stream_next_lead goes on to the next lead, past entries of the present one; false at the end. */
bool
stream_next_lead(LeadStream *stream)
{
	MemoryContext before;
	Datum		lead;
	bool		isnull;

	if (stream->stored != NULL)
		return next_stored_lead(stream);
	if (stream->row_groups != NULL)
	{
		MemoryContextReset(stream->lead_context);
		return stream->row_group_methods->next_lead(stream->row_groups, &stream->lead);
	}
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
	int32		order;

	if (stream->stored != NULL)
		return next_stored_row(stream);
	if (stream->row_groups != NULL)
	{
		stream->is_mark = false;
		return stream->row_group_methods->next_row(stream->row_groups, &stream->row);
	}
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

	value = slot_getattr(slot, ENTRY_AT, &stream->is_mark);
	if (stream->is_mark)
		return true;
	stream->row.at = DatumGetInt64(value);
	stream->row.points = DatumGetFloat8(slot_getattr(slot, ENTRY_POINTS, &isnull));
	order = DatumGetInt32(slot_getattr(slot, ENTRY_ORDER, &isnull));
	stream->row.place = DatumGetInt32(slot_getattr(slot, ENTRY_PLACE, &isnull));
	value = slot_getattr(slot, ENTRY_KIND, &isnull);
	apply_signal(stream->model, order,
				 isnull ? NULL : (const text *) DatumGetPointer(value), &stream->row);
	if (stream->topics)
	{
		value = slot_getattr(slot, ENTRY_TOPIC, &isnull);
		stream->topic = isnull ? NULL : (text *) DatumGetPointer(value);
	}
	if (stream->channels != NULL)
	{
		stream->touch.channel = DatumGetInt32(slot_getattr(slot, ENTRY_CHANNEL, &isnull));
		stream->touch.amount = DatumGetInt64(slot_getattr(slot, ENTRY_AMOUNT, &isnull));
	}
	return true;
}

/* stream_failures lists, of FailedRows, for how many stored rows of each source an expression has failed so far. */
List *
stream_failures(const LeadStream *stream)
{
	List	   *failures = NIL;

	for (int i = 0; i < stream->n_sources; i++)
	{
		const RowShape *shape = &stream->stored_layout.shapes[i];

		if (shape->expressions != NULL)
			failures = add_failures(failures, shape, shape->expressions->failures);
	}
	return failures;
}

/* stream_end frees the stream, and the store of its rows or what was grouped of them. */
void
stream_end(LeadStream *stream)
{
	if (stream->sort != NULL)
		tuplesort_end(stream->sort);
	if (stream->overflow != NULL)
		stream_end(stream->overflow);
	if (stream->row_groups != NULL)
		stream->row_group_methods->end(stream->row_groups);
	ExecDropSingleTupleTableSlot(stream->input);
	if (stream->stored != NULL)
		tuplestore_end(stream->stored);
	ExecDropSingleTupleTableSlot(stream->output);
	MemoryContextDelete(stream->row_context);
	MemoryContextDelete(stream->lead_context);
	pfree(stream);
}
