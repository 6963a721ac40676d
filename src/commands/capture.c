/*-------------------------------------------------------------------------
 *
 * capture.c
 *	  The statement trigger of tracked tables.
 *
 * What a statement did to a table that a tracker reads, or to one of its partitions, is
 * one flush: its rows are read from the transition tables, put in order by lead,
 * and every lead is brought up to date once, in key order, so that statements
 * that write the same leads wait for each other instead of deadlocking.  A table that
 * several trackers read has a flush for each of them, in one order too.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/time_bounds.h"

#include "catalog/readers.h"
#include "catalog/own_tracker.h"
#include "catalog/source_table.h"
#include "catalog/tracker_table.h"
#include "commands/merge.h"
#include "commands/record_changes.h"
#include "commands/remains.h"
#include "commands/replay.h"
#include "commands/source_change.h"
#include "commands/transition_rows.h"
#include "rows/alias.h"
#include "rows/id_map.h"
#include "rows/row_groups.h"
#include "state/lead_update.h"

#include "catalog/pg_inherits.h"
#include "commands/trigger.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(lt_follow);

/* Rows of a statement from which on it pays to gather them by lead; fewer are sorted sooner. */
#define GROUPED_ROWS	16

/* What a statement did for one tracker. */
typedef struct Flush
{
	const TriggerData *data;
	Tracker    *tracker;
	Oid			relation;		/* the source that it wrote */
	LeadStream *stream;
	List	   *failures;		/* of FailedRows */
	IdLocks    *locks;			/* of ids that are mapped; NULL: none are */
	IdMap	  **maps;			/* by the places of sources, NULL where these
								 * have leads */
	IdMap	   *aliases;		/* by which leads are looked up; NULL: none
								 * are merged */
	List	   *moved;			/* of Datum pointers: leads that mappings have
								 * changed for */
	List	   *merged;			/* likewise: those that count for others than
								 * before */
} Flush;

/* next_table finds the next source, or mapping, of those from a place on, that a statement wrote, and its shape; false at the end. */
static bool
next_table(const Flush *flush, int *place, bool mappings, RowShape *shape)
{
	const Tracker *tracker = flush->tracker;

	while (*place < tracker->ntables)
	{
		const Source *source = tracker->sources[(*place)++];

		if (source->relation != flush->relation || source->records != 0 || (source->maps != 0) != mappings)
			continue;
		*shape = row_shape(source, RelationGetDescr(flush->data->tg_relation));
		return true;
	}
	return false;
}

/* next_shape finds the next source. */
static bool
next_shape(const Flush *flush, int *place, RowShape *shape)
{
	return next_table(flush, place, false, shape);
}

/* failures_of says for how many rows an expression of a shape has failed so far. */
static int64
failures_of(const RowShape *shape)
{
	return shape->expressions == NULL ? 0 : shape->expressions->failures;
}

/* group_new_rows gathers new rows for the stream; false, and nothing done, if they do not fit into memory. */
static bool
group_new_rows(Flush *flush)
{
	LeadStream *stream = flush->stream;
	RowGroups  *row_groups = row_groups_begin(stream, true);
	TransitionRows rows = open_rows(flush->data->tg_newtable, RelationGetDescr(flush->data->tg_relation));
	RowShape	shape;
	bool		fits = true;

	for (int place = 0; fits && next_shape(flush, &place, &shape);)
	{
		tuplestore_rescan(rows.store);
		while (fits && next_row(&rows))
			fits = row_groups_add(row_groups, &shape, rows.slot);
		flush->failures = add_failures(flush->failures, &shape, failures_of(&shape));
	}
	close_rows(&rows);
	if (fits && row_groups_sort(row_groups))
	{
		row_groups_use(row_groups);
		return true;
	}
	row_groups_end(row_groups);
	stream->ignored = 0;
	flush->failures = NIL;
	return false;
}

/*
 * leads_of returns how many leads a row that has begun is of, and which: its own, or those that
 * its id is mapped to.
 */
static int
leads_of(const Flush *flush, const RowShape *shape, TupleTableSlot *slot, Datum *own, Datum **leads)
{
	bool		isnull;

	*own = row_value(shape, ROLE_LEAD, slot, &isnull);
	*leads = own;
	if (isnull)
		return 0;
	return shape->source->mapping == NULL ? 1 :
		id_map_leads(flush->maps[shape->source->place], *own, leads);
}

/* root_of returns the lead that one counts for, itself unless it is merged into another. */
static Datum
root_of(const Flush *flush, Datum lead)
{
	Datum	   *root;

	if (flush->aliases == NULL)
		return lead;
	(void) id_map_leads(flush->aliases, lead, &root);
	return root[0];
}

/* add_row puts a new row into the stream, for each of its leads. */
static void
add_row(Flush *flush, const RowShape *shape, TupleTableSlot *slot)
{
	Datum		own;
	Datum	   *leads;
	int			n;

	if (!row_begins(shape, slot))
		return;
	n = leads_of(flush, shape, slot, &own, &leads);
	for (int i = 0; i < n; i++)
		stream_add_as(flush->stream, shape, slot, root_of(flush, leads[i]));
}

/* mark_row puts the leads of a row into the stream, unless the row is ignored; says whether it did. */
static bool
mark_row(Flush *flush, const RowShape *shape, TupleTableSlot *slot)
{
	Datum		own;
	Datum	   *leads;
	int			n;

	if (!row_begins(shape, slot) || stream_ignores(flush->stream, shape, slot))
		return false;
	n = leads_of(flush, shape, slot, &own, &leads);
	for (int i = 0; i < n; i++)
		stream_mark(flush->stream, root_of(flush, leads[i]));
	return n > 0;
}

/* add_rows puts new rows into the stream. */
static void
add_rows(Flush *flush)
{
	Tuplestorestate *store = flush->data->tg_newtable;
	RowShape	shape;

	/*
	 * of equal leads that differ, the first in the order of the fold gives a
	 * new one its key
	 */
	if (flush->stream->tracker->lead_equals_image && flush->maps == NULL &&
		tuplestore_tuple_count(store) >= GROUPED_ROWS &&
		group_new_rows(flush))
		return;
	for (int place = 0; next_shape(flush, &place, &shape);)
	{
		TransitionRows rows = open_rows(store, RelationGetDescr(flush->data->tg_relation));

		while (next_row(&rows))
			add_row(flush, &shape, rows.slot);
		close_rows(&rows);
		flush->failures = add_failures(flush->failures, &shape, failures_of(&shape));
	}
}

/* mark_rows puts the leads of rows that are gone into the stream. */
static void
mark_rows(Flush *flush)
{
	RowShape	shape;

	for (int place = 0; next_shape(flush, &place, &shape);)
	{
		TransitionRows rows = open_rows(flush->data->tg_oldtable, RelationGetDescr(flush->data->tg_relation));

		while (next_row(&rows))
			(void) mark_row(flush, &shape, rows.slot);
		close_rows(&rows);
	}
}

/*
 * mark_changes_of puts the leads of updated rows of a source into the stream.  A pair of old
 * and new row that the fold reads alike cancels out, whichever rows pair.  A row
 * that leaves for a time that is archived counts as ignored from now on.
 */
static void
mark_changes_of(Flush *flush, const RowShape *shape)
{
	LeadStream *stream = flush->stream;
	TupleDesc	desc = RelationGetDescr(flush->data->tg_relation);
	TransitionRows old_rows = open_rows(flush->data->tg_oldtable, desc);
	TransitionRows new_rows = open_rows(flush->data->tg_newtable, desc);
	int64		failed = 0;

	for (;;)
	{
		bool		have_old = next_row(&old_rows);
		bool		have_new = next_row(&new_rows);
		bool		counted;
		bool		counts;

		if (!have_old && !have_new)
			break;
		if (have_old && have_new && same_interaction(shape, old_rows.slot, new_rows.slot))
			continue;
		counted = have_old && mark_row(flush, shape, old_rows.slot);
		counts = have_new && mark_row(flush, shape, new_rows.slot);
		if (have_new && !counts && shape->expressions != NULL && shape->expressions->failed)
			failed++;
		if (have_new && !counts && counted &&
			row_begins(shape, new_rows.slot) && stream_ignores(stream, shape, new_rows.slot))
			stream->ignored++;
	}
	close_rows(&old_rows);
	close_rows(&new_rows);
	flush->failures = add_failures(flush->failures, shape, failed);
}

/* mark_changes puts the leads of updated rows into the stream. */
static void
mark_changes(Flush *flush)
{
	RowShape	shape;

	for (int place = 0; next_shape(flush, &place, &shape);)
		mark_changes_of(flush, &shape);
}

/* Takes a row of a source, or a mapping, that has come, gone or changed. */
typedef void (*TakeChange) (Flush *flush, const RowShape *shape, TupleTableSlot *slot);

/* gather_lead gathers what names the lead of a row, which is to be locked and looked up: an id that is mapped, or the lead among aliases; a TakeChange. */
static void
gather_lead(Flush *flush, const RowShape *shape, TupleTableSlot *slot)
{
	const Source *source = shape->source;
	bool		isnull;
	Datum		lead;

	if (!row_begins(shape, slot))
		return;
	lead = row_value(shape, ROLE_LEAD, slot, &isnull);
	if (!isnull)
		id_map_add(source->mapping != NULL ? flush->maps[source->place] : flush->aliases, lead, flush->locks);
}

/* append_lead appends a copy of a lead to a list. */
static List *
append_lead(const Flush *flush, List *leads, Datum lead)
{
	const Tracker *tracker = flush->tracker;
	Datum	   *copy = palloc(sizeof(Datum));

	*copy = datumCopy(lead, tracker->lead_typbyval, tracker->lead_typlen);
	return lappend(leads, copy);
}

/* note_moved notes a lead that may have got, or lost, what rows of an id bring it. */
static void
note_moved(Flush *flush, Datum lead)
{
	flush->moved = append_lead(flush, flush->moved, lead);
}

/* note_merged notes that a row of aliases has come or gone: its leads change, or what they count for; a TakeChange. */
static void
note_merged(Flush *flush, const RowShape *shape, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		alias;
	Datum		lead;

	if (!row_begins(shape, slot))
		return;
	alias = row_value(shape, ROLE_KEY, slot, &isnull);
	if (isnull)
		return;
	lead = row_value(shape, ROLE_LEAD, slot, &isnull);
	if (isnull)
		return;
	flush->merged = append_lead(flush, flush->merged, alias);
	note_moved(flush, alias);
	note_moved(flush, lead);
}

/*
 * note_mapped notes that a row of a mapping has come or gone: its id is to be locked, and its lead
 * changes, or that which the id itself is; a TakeChange.
 */
static void
note_mapped(Flush *flush, const RowShape *shape, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		key;
	Datum		lead;

	if (!row_begins(shape, slot))
		return;
	key = row_value(shape, ROLE_KEY, slot, &isnull);
	if (isnull)
		return;
	id_locks_add_mapped(flush->locks, shape->source, key);
	if (shape->source->maps_rest)
		note_moved(flush, key);
	lead = row_value(shape, ROLE_LEAD, slot, &isnull);
	if (!isnull)
		note_moved(flush, lead);
}

/* visit_changes visits the rows of a source, or a mapping, that a statement wrote, but those that it left as they are read. */
static void
visit_changes(Flush *flush, const RowShape *shape, TakeChange take)
{
	TupleDesc	desc = RelationGetDescr(flush->data->tg_relation);
	bool		have_old = !is_empty(flush->data->tg_oldtable);
	bool		have_new = !is_empty(flush->data->tg_newtable);
	TransitionRows old_rows;
	TransitionRows new_rows;

	if (have_old)
		old_rows = open_rows(flush->data->tg_oldtable, desc);
	if (have_new)
		new_rows = open_rows(flush->data->tg_newtable, desc);
	for (;;)
	{
		bool		old = have_old && next_row(&old_rows);
		bool		new = have_new && next_row(&new_rows);

		if (!old && !new)
			break;
		if (old && new && same_interaction(shape, old_rows.slot, new_rows.slot))
			continue;
		if (old)
			take(flush, shape, old_rows.slot);
		if (new)
			take(flush, shape, new_rows.slot);
	}
	if (have_old)
		close_rows(&old_rows);
	if (have_new)
		close_rows(&new_rows);
}

/* map_own_ids locks the ids that a statement wrote rows of, or mapped otherwise, and looks up the leads of the former. */
static void
map_own_ids(Flush *flush)
{
	Tracker    *tracker = flush->tracker;
	RowShape	shape;

	flush->locks = id_locks_begin(tracker);
	flush->maps = palloc0(sizeof(IdMap *) * tracker->nsources);
	for (int place = 0; next_shape(flush, &place, &shape);)
	{
		if (shape.source->mapping == NULL)
			continue;
		flush->maps[shape.source->place] = id_map_begin(tracker, shape.source->mapping);
		visit_changes(flush, &shape, gather_lead);
	}
	for (int place = 0; next_table(flush, &place, true, &shape);)
		visit_changes(flush, &shape, shape.source == tracker->aliases ? note_merged : note_mapped);
	id_locks_take(flush->locks);
	for (int i = 0; i < tracker->nsources; i++)
		if (flush->maps[i] != NULL)
			id_map_look_up(flush->maps[i]);
}

/*
 * lock_merged keeps others from merging, refuses that leads count for each other, and adds to the
 * locks those of all leads that count for others than before.
 */
static void
lock_merged(Flush *flush)
{
	Tracker    *tracker = flush->tracker;
	Snapshot	snapshot;
	List	   *below;
	ListCell   *cell;

	if (flush->merged == NIL)
		return;
	id_locks_begin_merging(tracker);
	CommandCounterIncrement();
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	foreach(cell, flush->merged)
	{
		Datum		alias = *(Datum *) lfirst(cell);
		Datum		into;

		if (alias_is_lost(tracker, alias, snapshot, &into))
			refuse_circle(tracker, alias, into);
		id_locks_add_mapped(flush->locks, tracker->aliases, alias);
		CHECK_FOR_INTERRUPTS();
	}
	below = aliases_below(tracker, flush->merged, snapshot);
	foreach(cell, below)
		id_locks_add_mapped(flush->locks, tracker->aliases, *(Datum *) lfirst(cell));
	/* what led to an alias that is gone may have led to no end, and had state */
	if (!is_empty(flush->data->tg_oldtable))
		flush->moved = list_concat(flush->moved, below);
	UnregisterSnapshot(snapshot);
}

/* look_up_aliases locks the leads of what a statement wrote, and looks up which leads they count for. */
static void
look_up_aliases(Flush *flush)
{
	Tracker    *tracker = flush->tracker;
	RowShape	shape;
	ListCell   *cell;

	if (tracker->aliases == NULL)
		return;
	flush->locks = id_locks_begin(tracker);
	flush->aliases = id_map_begin(tracker, tracker->aliases);
	for (int place = 0; next_shape(flush, &place, &shape);)
	{
		if (shape.source->mapping == NULL)
			visit_changes(flush, &shape, gather_lead);
		else
			id_map_add_leads(flush->maps[shape.source->place], flush->aliases, flush->locks);
	}
	lock_merged(flush);
	foreach(cell, flush->moved)
		id_map_add(flush->aliases, *(Datum *) lfirst(cell), flush->locks);
	id_locks_take(flush->locks);
	id_map_look_up(flush->aliases);
}

/* map_ids finds the leads of what a statement wrote where other tables say which these are, and marks those that these have changed for. */
static void
map_ids(Flush *flush)
{
	ListCell   *cell;

	if (!has_mappings(flush->tracker))
		return;
	map_own_ids(flush);
	look_up_aliases(flush);
	foreach(cell, flush->moved)
	{
		Datum		lead = *(Datum *) lfirst(cell);

		stream_mark(flush->stream, root_of(flush, lead));
		/* it may have had state until now */
		if (flush->merged != NIL)
			stream_mark(flush->stream, lead);
	}
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
 * follow_truncate handles a TRUNCATE of the only table that a tracker reads, which leaves no
 * row and no writer, or of another or of a partition, which leaves rows elsewhere, and
 * everything as it was if all that the partition held was archived.
 */
static void
follow_truncate(Tracker *tracker, Oid relation, Oid source)
{
	IdLocks    *locks = id_locks_begin(tracker);
	bool		archived = relation != source;
	bool		maps = false;

	for (int i = 0; i < tracker->ntables; i++)
	{
		const Source *table = tracker->sources[i];

		if (table->relation != source || table->records != 0)
			continue;
		if (!is_archived(table, relation, tracker->archived_before))
			archived = false;
		if (table->maps == 0)
			continue;
		maps = true;
		id_locks_add_all(locks, table);
	}
	if (archived)
		return;
	id_locks_take(locks);
	if (relation == source && list_length(tracker_relations(tracker->id)) == 1)
	{
		forget_replayed(tracker);
		replay_all(tracker, BY_ROWS);
	}
	else
		replay_while_written(tracker, maps);
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
	if (!pause_unreadable(tracker->id) && !tracker_has_fault(tracker->id))
		pause_tracker(linitial(tracker_sources(tracker->id)), ROLE_LEAD,
					  psprintf("rows of table %s cannot be read: %s", qualified_name(tracker->interactions), fault));
	return true;
}

/*
 * lock_other_sources locks all that a replay of a lead may read before any lead is locked, so that
 * who truncates one of several sources, and then wants their leads, waits for nobody who waits for him.
 */
static void
lock_other_sources(const Tracker *tracker)
{
	for (int i = 0; tracker->ntables > 1 && i < tracker->ntables; i++)
	{
		const Source *source = tracker->sources[i];

		if (source->records != 0)
			continue;			/* of which nothing is read */
		LockRelationOid(source->relation, AccessShareLock);
		/* each id that is looked up reads the parts of a mapping */
		if (source->maps != 0)
			(void) find_all_inheritors(source->relation, AccessShareLock, NULL);
	}
}

/* flush_to brings the leads of a tracker up to date with what a statement did to one of its sources. */
static void
flush_to(const TriggerData *data, Tracker *tracker, Oid source)
{
	Flush		flush = {data, tracker, source};
	LeadWork	work;
	int64		ignored;

	lock_other_sources(tracker);
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
	{
		follow_truncate(tracker, RelationGetRelid(data->tg_relation), source);
		return;
	}
	work_begin(&work, tracker, false, BY_ROWS);
	flush.stream = stream_begin(tracker, work.horizon);
	map_ids(&flush);
	news_add_merged(work.state.news, flush.merged);
	if (flush.merged != NIL)
		news_add_moved(work.state.news, flush.moved);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		add_rows(&flush);
	else if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		mark_rows(&flush);
	else
		mark_changes(&flush);
	work_stream(&work, flush.stream);
	ignored = flush.stream->ignored;
	stream_end(flush.stream);
	if (flush.failures != NIL)
		count_failed(tracker->id, flush.failures);
	work_end(&work);
	if (ignored > 0)
		count_ignored(tracker->id, ignored);
}

/* reads says whether a tracker reads a table, as one with records, or otherwise. */
static bool
reads(const Tracker *tracker, Oid table, bool records)
{
	for (int i = 0; i < tracker->ntables; i++)
		if (tracker->sources[i]->relation == table && (tracker->sources[i]->records != 0) == records)
			return true;
	return false;
}

/*
 * follow_for follows for one tracker what a statement did to one of its tables.  Records that go
 * take nothing back, so that nothing is locked or waited for then; while the tracker is paused
 * what changes of them is kept nevertheless, for nobody could tell it later.
 */
static void
follow_for(const TriggerData *data, Tracker *tracker, Oid table)
{
	bool		folds = reads(tracker, table, false);
	bool		records = !is_empty(data->tg_newtable) && reads(tracker, table, true);

	if (!folds && !records)
		return;
	if (!tracker->paused && !pauses(tracker) && folds)
		flush_to(data, tracker, table);
	if (records)
		record_changes(data, tracker, table);
}

/* lt_follow brings the leads of a statement's rows up to date, for each tracker that reads them. */
Datum
lt_follow(PG_FUNCTION_ARGS)
{
	TriggerData *data = check_trigger(fcinfo);
	Oid			relation = RelationGetRelid(data->tg_relation);
	const Readers *readers;
	Oid			source;
	List	   *trackers = NIL;
	ListCell   *cell;

	if (!TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) &&
		is_empty(data->tg_oldtable) && is_empty(data->tg_newtable))
		return PointerGetDatum(NULL);
	readers = readers_of(relation);
	if (readers->n == 0 && TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) && OidIsValid(tracker_of_companion(relation)))
		return PointerGetDatum(NULL);	/* no lead was ever merged */
	if (readers->n == 0 && begin_merging(relation))
		readers = readers_of(relation);
	source = readers->source;
	if (readers->n == 0)
		report_inert_trigger(relation);
	for (int i = 0; i < readers->n; i++)
		trackers = lappend_oid(trackers, readers->trackers[i]);
	foreach(cell, trackers)
	{
		/*
		 * one whose own table was dropped where nobody saw it is none any
		 * more
		 */
		Tracker    *tracker = get_rel_name(lfirst_oid(cell)) == NULL ? NULL : tracker_find(lfirst_oid(cell));

		if (tracker != NULL)
			follow_for(data, tracker, source);
	}
	return PointerGetDatum(NULL);
}
