/*-------------------------------------------------------------------------
 *
 * record_changes.c
 *	  What is kept of records whenever they change.
 *
 * A table may hold records that are altered in place, and that tell nothing of what they were.
 * Each one that is inserted, and each that is updated so that its source would read it otherwise,
 * is one interaction, which goes into a table of the tracker.  That is a source as any other,
 * whose own trigger folds what comes in the same transaction.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/record_changes.h"

#include "catalog/lead_key.h"
#include "catalog/own_sources.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_table.h"
#include "commands/transition_rows.h"
#include "commands/triggers.h"
#include "rows/alias.h"
#include "rows/interaction.h"
#include "rows/row_source.h"
#include "util/execute.h"
#include "util/names.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/queryenvironment.h"
#include "utils/snapmgr.h"

/* A row of that table. */
typedef struct Change
{
	Datum		values[N_CHANGE_COLUMNS];
	bool		nulls[N_CHANGE_COLUMNS];
} Change;

/* Changes being gathered. */
typedef struct Recording
{
	Tracker    *tracker;
	OwnerScope	scope;
	MemoryContext row_context;
	TupleDesc	desc;
	bool		by_roots;		/* leads that are merged are one, as far as
								 * the tracker can tell */
	Tuplestorestate *changes;	/* NULL: none so far */
	List	   *failures;		/* of FailedRows */
} Recording;

/* asides_vary says whether anything that is read of a source beside the fold becomes text by the settings of the session. */
static bool
asides_vary(const Source *source)
{
	for (int i = 0; i < N_ASIDES; i++)
		if (source->asides[i].varies)
			return true;
	return false;
}

/* begin_recording begins to gather changes, as the owner of the tracker and connected to SPI. */
static void
begin_recording(Recording *recording, Tracker *tracker, Source *source)
{
	memset(recording, 0, sizeof(Recording));
	recording->tracker = tracker;
	recording->by_roots = tracker->described && tracker->aliases != NULL &&
		source_of(tracker, source->records)->mapping == NULL;
	tracker_connect(&recording->scope, tracker);
	if (asides_vary(aside_source(source)))
		pin_text_settings();
	recording->row_context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature record",
												   ALLOCSET_DEFAULT_SIZES);
	recording->desc = CreateTemplateTupleDesc(N_CHANGE_COLUMNS);
	for (int i = 0; i < N_CHANGE_COLUMNS; i++)
		TupleDescInitEntry(recording->desc, i + 1, change_shape.columns[i].name,
						   column_type_oid(&change_shape, i + 1, &source->lead_column),
						   i == CHANGE_LEAD ? source->lead_column.typmod : -1, 0);
	TupleDescInitEntryCollation(recording->desc, CHANGE_LEAD + 1, source->lead_column.collation);
}

/* insert_changes inserts what was gathered, which the trigger of the table then folds. */
static void
insert_changes(Recording *recording, Oid table)
{
	EphemeralNamedRelation gathered = palloc0(sizeof(EphemeralNamedRelationData));
	Tracker    *tracker = recording->tracker;

	gathered->md.name = "gathered";
	gathered->md.tupdesc = recording->desc;
	gathered->md.enrtype = ENR_NAMED_TUPLESTORE;
	gathered->md.enrtuples = tuplestore_tuple_count(recording->changes);
	gathered->reldata = recording->changes;
	if (SPI_register_relation(gathered) != SPI_OK_REL_REGISTER)
		elog(ERROR, "SPI_register_relation failed");
	if (tracker->insert_changes == NULL)
		tracker->insert_changes = lt_keep_plan(psprintf("INSERT INTO %s (source, lead, kind, at, weight, topic, channel, value) "
														"SELECT source, lead, kind, at, weight, topic, channel, value FROM gathered",
														qualified_name(table)), 0, NULL, 0);
	if (SPI_execute_plan(tracker->insert_changes, NULL, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "SPI_execute_plan failed");
}

/* end_recording keeps what was gathered in the table that a source reads, and counts rows for which expressions have failed. */
static void
end_recording(Recording *recording, int32 source)
{
	if (recording->failures != NIL)
		count_failed(recording->tracker->id, recording->failures);
	if (recording->changes != NULL)
	{
		insert_changes(recording, source_of(recording->tracker, source)->relation);
		tuplestore_end(recording->changes);
	}
	SPI_finish();
	owner_leave(&recording->scope);
}

/* read_record makes of a record the interaction that it now is, as far as the fold reads it; false if it counts nowhere.  It lasts until the next is read. */
static bool
read_record(const RowShape *shape, TupleTableSlot *slot, Change *change)
{
	const Source *source = shape->source;
	HeatTime	at;
	double		weight;
	Datum		value;

	memset(change, 0, sizeof(Change));
	if (!row_begins(shape, slot))
		return false;
	change->values[CHANGE_SOURCE] = Int32GetDatum(source->records);
	change->values[CHANGE_LEAD] = row_value(shape, ROLE_LEAD, slot, &change->nulls[CHANGE_LEAD]);
	if (change->nulls[CHANGE_LEAD])
		return false;
	value = row_value(shape, ROLE_KIND, slot, &change->nulls[CHANGE_KIND]);
	if (!change->nulls[CHANGE_KIND])
	{
		change->values[CHANGE_KIND] = PointerGetDatum(read_kind(source, value));
		change->nulls[CHANGE_KIND] = DatumGetPointer(change->values[CHANGE_KIND]) == NULL;
	}
	if (!has_role(source, ROLE_AT))
		change->values[CHANGE_AT] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	else if (interaction_instant(shape, slot, &at))
		change->values[CHANGE_AT] = TimestampTzGetDatum(heat_time_to_timestamptz(at));
	else
		return false;
	if (!read_row_weight(shape, slot, &weight))
		return false;
	change->values[CHANGE_WEIGHT] = Float8GetDatum(weight);
	change->nulls[CHANGE_WEIGHT] = !has_role(source, ROLE_WEIGHT);
	change->nulls[CHANGE_TOPIC] = change->nulls[CHANGE_CHANNEL] = change->nulls[CHANGE_VALUE] = true;
	return true;
}

/* copy_change lets a change last beyond the next. */
static void
copy_change(const Recording *recording, Change *change)
{
	heap_deform_tuple(heap_form_tuple(recording->desc, change->values, change->nulls), recording->desc,
					  change->values, change->nulls);
}

/* unify_leads makes the leads of two records one if they are merged: a record that goes from one to the other does not change. */
static void
unify_leads(const Recording *recording, const Change *a, Change *b)
{
	Tracker    *tracker = recording->tracker;
	Snapshot	snapshot;

	if (!recording->by_roots || compare_leads(tracker, a->values[CHANGE_LEAD], b->values[CHANGE_LEAD]) == 0)
		return;
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	if (compare_leads(tracker, lead_root(tracker, a->values[CHANGE_LEAD], snapshot),
					  lead_root(tracker, b->values[CHANGE_LEAD], snapshot)) == 0)
		b->values[CHANGE_LEAD] = a->values[CHANGE_LEAD];
	UnregisterSnapshot(snapshot);
}

/* same_change says whether two records are the same interaction. */
static bool
same_change(const Recording *recording, const Change *a, const Change *b)
{
	for (int i = 0; i < N_CHANGE_COLUMNS; i++)
	{
		Form_pg_attribute column = TupleDescAttr(recording->desc, i);

		if (a->nulls[i] != b->nulls[i] ||
			(!a->nulls[i] && !datum_image_eq(a->values[i], b->values[i], column->attbyval, column->attlen)))
			return false;
	}
	return true;
}

/* keep_text keeps a text that is read of a record beside the fold. */
static void
keep_text(Change *change, int column, const RowShape *shape, Role role, TupleTableSlot *record)
{
	text	   *value = row_text(shape, role, record);

	change->values[column] = PointerGetDatum(value);
	change->nulls[column] = value == NULL;
}

/* gather gathers a change, with the topic, channel and value that the record has by now; the caller works in the context of a row. */
static void
gather(Recording *recording, const RowShape *shape, TupleTableSlot *record, Change *change)
{
	int64		millionths;

	keep_text(change, CHANGE_TOPIC, shape, ROLE_TOPIC, record);
	keep_text(change, CHANGE_CHANNEL, shape, ROLE_CHANNEL, record);
	change->nulls[CHANGE_VALUE] = row_amount(shape, record, &millionths) != AMOUNT_IS_THERE;
	if (!change->nulls[CHANGE_VALUE])
		change->values[CHANGE_VALUE] = DirectFunctionCall1(numeric_trim_scale,
														   NumericGetDatum(int64_div_fast_to_numeric(millionths, 6)));
	if (recording->changes == NULL)
	{
		MemoryContext before = MemoryContextSwitchTo(MemoryContextGetParent(recording->row_context));

		recording->changes = tuplestore_begin_heap(false, false, work_mem);
		MemoryContextSwitchTo(before);
	}
	tuplestore_putvalues(recording->changes, recording->desc, change->values, change->nulls);
}

/*
 * gather_record gathers what a record has become, unless it counts nowhere or, if it was another
 * record before, is the same interaction as that; says whether an expression fails for it.
 */
static bool
gather_record(Recording *recording, const RowShape *shape, TupleTableSlot *old, TupleTableSlot *new)
{
	MemoryContext before = MemoryContextSwitchTo(recording->row_context);
	Change		was;
	Change		is;
	bool		counted = old != NULL && read_record(shape, old, &was);
	bool		failed;

	if (counted)
		copy_change(recording, &was);
	if (read_record(shape, new, &is))
	{
		Change		compared = is;

		if (counted)
			unify_leads(recording, &was, &compared);
		if (!counted || !same_change(recording, &was, &compared))
			gather(recording, shape, new, &is);
	}
	failed = shape->expressions != NULL && shape->expressions->failed;
	MemoryContextSwitchTo(before);
	MemoryContextReset(recording->row_context);
	return failed;
}

/*
 * gather_changes gathers what has changed of the records of a source by a statement.  Where a
 * trigger has kept some rows from coming or going nobody knows which old row belongs to which
 * new one: each new one is a change.
 */
static void
gather_changes(Recording *recording, const TriggerData *data, Source *source)
{
	TupleDesc	desc = RelationGetDescr(data->tg_relation);
	RowShape	shape = row_shape(aside_source(source), desc);
	TransitionRows old_rows;
	TransitionRows new_rows = open_rows(data->tg_newtable, desc);
	bool		paired = TRIGGER_FIRED_BY_UPDATE(data->tg_event) &&
		tuplestore_tuple_count(data->tg_oldtable) == tuplestore_tuple_count(data->tg_newtable);
	int64		failed = 0;

	if (paired)
		old_rows = open_rows(data->tg_oldtable, desc);
	while (next_row(&new_rows))
	{
		if (paired && next_row(&old_rows) && same_interaction(&shape, old_rows.slot, new_rows.slot))
			continue;
		failed += gather_record(recording, &shape, paired ? old_rows.slot : NULL, new_rows.slot);
	}
	if (paired)
		close_rows(&old_rows);
	close_rows(&new_rows);
	recording->failures = add_failures(recording->failures, &shape, failed);
}

/*
 * record_changes keeps what has changed, by a statement, of a table that has records for a
 * tracker.  Of records that can be read no more nothing is kept, which the tracker was paused for.
 */
void
record_changes(const TriggerData *data, Tracker *tracker, Oid table)
{
	Recording	recording;
	List	   *readable = NIL;
	ListCell   *cell;

	for (int i = tracker->nsources; i < tracker->ntables; i++)
	{
		Source	   *source = tracker->sources[i];

		if (source->records != 0 && source->relation == table && recorder_fault(source) == NULL)
			readable = lappend(readable, source);
	}
	if (readable == NIL)
		return;
	begin_recording(&recording, tracker, linitial(readable));
	foreach(cell, readable)
		gather_changes(&recording, data, lfirst(cell));
	end_recording(&recording, ((const Source *) linitial(readable))->records);
}

/* Records that are there being gathered. */
typedef struct PresentRecords
{
	Recording	recording;
	int64		failed;
} PresentRecords;

/* gather_present gathers a record as it is; a TakeRow. */
static void
gather_present(const RowShape *shape, TupleTableSlot *slot, void *arg)
{
	PresentRecords *present = arg;

	present->failed += gather_record(&present->recording, shape, NULL, slot);
}

/* tell_present tells how many records are there of which nobody knows when they have become what they are. */
static void
tell_present(const Source *source)
{
	bool		isnull;
	int64		n;

	if (SPI_execute(psprintf("SELECT pg_catalog.count(*) FROM %s", qualified_name(source->relation)),
					true, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	n = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	if (n > 0)
		ereport(NOTICE,
				(errmsg("%lld records of table \"%s\" that are there count once they change",
						(long long) n, get_rel_name(source->relation)),
				 errdetail("Nothing says when they have become what they are."),
				 errhint("If a column does, do without the source and begin anew with that as \"at\".")));
}

/* record_present keeps records that are there when their table is added, each as one interaction, if they say when that was. */
void
record_present(const TrackedSource *recorder)
{
	Tracker    *tracker = tracker_without_model(recorder->tracker);
	Source	   *source = source_of(tracker, recorder->number);
	const char *fault = recorder_fault(source);
	PresentRecords present = {{0}};

	if (fault != NULL)
		elog(ERROR, "%s", fault);
	begin_recording(&present.recording, tracker, source);

	/*
	 * writers are locked out: those that are there, whatever the
	 * transaction's snapshot shows
	 */
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	if (has_role(source, ROLE_AT))
	{
		RowShape	shape = source_rows_shape(aside_source(source));

		read_source(&shape, gather_present, &present);
		present.recording.failures = add_failures(present.recording.failures, &shape, present.failed);
	}
	else
		tell_present(source);
	PopActiveSnapshot();
	end_recording(&present.recording, source->records);
}
