/*-------------------------------------------------------------------------
 *
 * capture.c
 *	  The statement trigger of tracked tables.
 *
 * What a statement did to the tracked table or to one of its partitions is
 * one flush: its rows are read from the transition tables, put in order by lead,
 * and every lead is brought up to date once, in key order, so that statements
 * that write the same leads wait for each other instead of deadlocking.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/time_bounds.h"

#include "catalog/tracker_table.h"
#include "commands/remains.h"
#include "commands/replay.h"
#include "commands/source_change.h"
#include "rows/row_groups.h"
#include "state/lead_update.h"

#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(lt_follow);

/* Rows of a statement from which on it pays to gather them by lead; fewer are sorted sooner. */
#define GROUPED_ROWS	16

/* A transition table being read. */
typedef struct TransitionRows
{
	Tuplestorestate *store;
	TupleTableSlot *slot;
} TransitionRows;

/* open_rows starts to read a transition table. */
static TransitionRows
open_rows(Tuplestorestate *store, TupleDesc desc)
{
	TransitionRows rows;

	rows.store = store;
	rows.slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	tuplestore_select_read_pointer(store, 0);
	tuplestore_rescan(store);
	return rows;
}

/* next_row fetches the next row, false at the end. */
static bool
next_row(TransitionRows *rows)
{
	return tuplestore_gettupleslot(rows->store, true, false, rows->slot);
}

/* close_rows ends the reading of a transition table. */
static void
close_rows(TransitionRows *rows)
{
	ExecDropSingleTupleTableSlot(rows->slot);
}

/* is_empty says whether a transition table has no row. */
static bool
is_empty(Tuplestorestate *store)
{
	return store == NULL || tuplestore_tuple_count(store) == 0;
}

/* group_new_rows gathers new rows for the stream; false, and nothing done, if they do not fit into memory. */
static bool
group_new_rows(LeadStream *stream, const RowShape *shape, Tuplestorestate *store, TupleDesc desc)
{
	RowGroups  *row_groups = row_groups_begin(stream, shape, true);
	TransitionRows rows = open_rows(store, desc);
	bool		fits = true;

	while (fits && next_row(&rows))
		fits = row_groups_add(row_groups, rows.slot);
	close_rows(&rows);
	if (fits && row_groups_sort(row_groups))
	{
		row_groups_use(row_groups);
		return true;
	}
	row_groups_end(row_groups);
	stream->ignored = 0;
	return false;
}

/* add_rows puts new rows into the stream. */
static void
add_rows(LeadStream *stream, Tuplestorestate *store, TupleDesc desc)
{
	RowShape	shape = row_shape(stream->tracker, desc);
	TransitionRows rows;

	/*
	 * of equal leads that differ, the first in the order of the fold gives a
	 * new one its key
	 */
	if (stream->tracker->lead_equals_image &&
		tuplestore_tuple_count(store) >= GROUPED_ROWS &&
		group_new_rows(stream, &shape, store, desc))
		return;
	rows = open_rows(store, desc);
	while (next_row(&rows))
		stream_add(stream, &shape, rows.slot);
	close_rows(&rows);
}

/* mark_row puts the lead of a row into the stream, unless the row is ignored; says whether it did. */
static bool
mark_row(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		lead;

	if (!row_begins(shape, slot))
		return false;
	lead = row_value(shape, ROLE_LEAD, slot, &isnull);
	if (isnull || stream_ignores(stream, shape, slot))
		return false;
	stream_mark(stream, lead);
	return true;
}

/* mark_rows puts the leads of rows into the stream. */
static void
mark_rows(LeadStream *stream, Tuplestorestate *store, TupleDesc desc)
{
	RowShape	shape = row_shape(stream->tracker, desc);
	TransitionRows rows = open_rows(store, desc);

	while (next_row(&rows))
		(void) mark_row(stream, &shape, rows.slot);
	close_rows(&rows);
}

/*
 * mark_changes puts the leads of updated rows into the stream.  A pair of old
 * and new row that the fold reads alike cancels out, whichever rows pair.  A row
 * that leaves for a time that is archived counts as ignored from now on.
 */
static void
mark_changes(LeadStream *stream, Tuplestorestate *old_store, Tuplestorestate *new_store,
			 TupleDesc desc)
{
	RowShape	shape = row_shape(stream->tracker, desc);
	TransitionRows old_rows = open_rows(old_store, desc);
	TransitionRows new_rows = open_rows(new_store, desc);

	for (;;)
	{
		bool		have_old = next_row(&old_rows);
		bool		have_new = next_row(&new_rows);
		bool		counted;

		if (!have_old && !have_new)
			break;
		if (have_old && have_new &&
			same_interaction(stream->tracker, &shape, old_rows.slot, new_rows.slot))
			continue;
		counted = have_old && mark_row(stream, &shape, old_rows.slot);
		if (have_new && !mark_row(stream, &shape, new_rows.slot) && counted &&
			row_begins(&shape, new_rows.slot) && stream_ignores(stream, &shape, new_rows.slot))
			stream->ignored++;
	}
	close_rows(&old_rows);
	close_rows(&new_rows);
}

/* check_trigger refuses to run as anything but a statement trigger with transition tables. */
static TriggerData *
check_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *data = (TriggerData *) fcinfo->context;
	bool		complete;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.follow was not called by trigger manager")));
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
		complete = true;
	else if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		complete = data->tg_newtable != NULL;
	else if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		complete = data->tg_oldtable != NULL;
	else
		complete = data->tg_oldtable != NULL && data->tg_newtable != NULL;
	if (!TRIGGER_FIRED_AFTER(data->tg_event) || TRIGGER_FIRED_FOR_ROW(data->tg_event) || !complete)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.follow must be fired after a statement, with its transition tables"),
				 errhint("Let lead_temperature.track create the trigger.")));
	return data;
}

/*
 * follow_truncate handles a TRUNCATE of the tracked table, which leaves no row
 * and no writer, or of a partition, which leaves those of the others, and
 * everything as it was if all that it held was archived.
 */
static void
follow_truncate(Tracker *tracker, Relation relation)
{
	if (RelationGetRelid(relation) == tracker->interactions)
	{
		forget_replayed(tracker);
		replay_all(tracker);
	}
	else if (!is_archived(tracker, RelationGetRelid(relation), tracker->archived_before))
		replay_while_written(tracker);
}

/*
 * pauses pauses a tracker whose rows can be read no more, for whatever happened where no event
 * trigger has seen it: who writes goes on.
 */
static bool
pauses(Tracker *tracker)
{
	char	   *fault = tracker_fault(tracker);

	if (fault == NULL)
		return false;
	check_reading(tracker->interactions);	/* which says what it is that it
											 * cannot read */
	if (!tracker_has_fault(tracker->interactions))
		pause_tracker(tracker->interactions, ROLE_LEAD,
					  psprintf("rows of table %s cannot be read: %s", qualified_name(tracker->interactions), fault));
	return true;
}

/* lt_follow brings the leads of a statement's rows up to date. */
Datum
lt_follow(PG_FUNCTION_ARGS)
{
	TriggerData *data = check_trigger(fcinfo);
	TupleDesc	desc = RelationGetDescr(data->tg_relation);
	Tracker    *tracker;
	LeadWork	work;
	LeadStream *stream;
	int64		ignored;

	if (!TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) &&
		is_empty(data->tg_oldtable) && is_empty(data->tg_newtable))
		return PointerGetDatum(NULL);
	tracker = tracker_find(RelationGetRelid(data->tg_relation));
	if (tracker == NULL)
	{
		report_inert_trigger(RelationGetRelid(data->tg_relation));
		return PointerGetDatum(NULL);
	}
	if (tracker->paused || pauses(tracker))
		return PointerGetDatum(NULL);
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
	{
		follow_truncate(tracker, data->tg_relation);
		return PointerGetDatum(NULL);
	}

	work_begin(&work, tracker, false);
	stream = stream_begin(tracker, work.horizon);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		add_rows(stream, data->tg_newtable, desc);
	else if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		mark_rows(stream, data->tg_oldtable, desc);
	else
		mark_changes(stream, data->tg_oldtable, data->tg_newtable, desc);
	work_stream(&work, stream);
	ignored = stream->ignored;
	stream_end(stream);
	work_end(&work);
	if (ignored > 0)
		count_ignored(tracker->interactions, ignored);
	return PointerGetDatum(NULL);
}
