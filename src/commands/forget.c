/*-------------------------------------------------------------------------
 *
 * forget.c
 *	  A lead erased from all that is kept of it.
 *
 *-------------------------------------------------------------------------
 */
#include "state/lead_update.h"

#include "catalog/own_tracker.h"
#include "catalog/lead_key.h"
#include "catalog/tracked_columns.h"
#include "commands/tracker_objects.h"
#include "rows/alias.h"
#include "rows/id_map.h"
#include "rows/row_source.h"
#include "util/names.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(lt_forget);

/* A lead being forgotten. */
typedef struct Forgetting
{
	Tracker    *tracker;
	Oid			changes;		/* the table in which it keeps changes of
								 * records; InvalidOid: none */
	Datum		lead;			/* which the one that is named counts for */
	List	   *members;		/* of Datum pointers: that, and those that
								 * count for it */
	char	   *name;			/* of it, in messages */
	bool		has_state;
	int64		rows;			/* that were there of it, anywhere */
	ReturnSetInfo *result;
} Forgetting;

/* run runs a command, as the owner is connected to SPI, on what the active snapshot shows if asked to; returns how many rows it met. */
static int64
run(const char *sql, int nargs, Oid *types, Datum *values, bool as_shown)
{
	if (SPI_execute_with_args(sql, nargs, types, values, NULL, as_shown, 0) < 0)
		elog(ERROR, "SPI_execute_with_args failed");
	return SPI_processed;
}

/* report returns how many rows of a table were erased. */
static void
report(Forgetting *forgetting, Oid relation, int64 rows)
{
	Datum		values[] = {ObjectIdGetDatum(relation), Int64GetDatum(rows)};
	bool		nulls[] = {false, false};

	forgetting->rows += rows;
	tuplestore_putvalues(forgetting->result->setResult, forgetting->result->setDesc, values, nulls);
}

/* is_member writes the condition that a column has one of the members, which $1 stands for: all of them where an array can have them. */
static char *
is_member(const Tracker *tracker, const char *column)
{
	return psprintf(OidIsValid(get_array_type(tracker->lead_type)) ? "%s %s ANY ($1)" : "%s %s $1", column,
					qualified_operator(tracker->lead_eq));
}

/* run_on_members runs a command with such a condition; returns how many rows it met. */
static int64
run_on_members(const Forgetting *forgetting, const char *sql, bool as_shown)
{
	const Tracker *tracker = forgetting->tracker;
	Oid			types[] = {get_array_type(tracker->lead_type)};
	int64		rows = 0;
	ListCell   *cell;

	if (OidIsValid(types[0]))
	{
		Datum		leads = leads_array(tracker, forgetting->members);

		return run(sql, 1, types, &leads, as_shown);
	}
	types[0] = tracker->lead_type;
	foreach(cell, forgetting->members)
		rows += run(sql, 1, types, lfirst(cell), as_shown);
	return rows;
}

/* check_erased refuses to leave rows of a table for which a condition holds, whoever has kept them or brought them meanwhile. */
static void
check_erased(const Forgetting *forgetting, Oid relation, const char *condition)
{
	int64		left;

	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	left = run_on_members(forgetting, psprintf("SELECT FROM %s WHERE %s", qualified_name(relation), condition), true);
	PopActiveSnapshot();
	if (left == 0)
		return;
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent update"),
				 errdetail("Table \"%s\" has other rows of the lead by now.", get_rel_name(relation)),
				 errhint("Run the transaction again.")));
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
			 errmsg("rows of lead \"%s\" cannot be deleted from table \"%s\"", forgetting->name, get_rel_name(relation)),
			 errdetail("A trigger of that table has kept them."),
			 errhint("Disable the trigger while the lead is forgotten.")));
}

/* erase deletes the rows of a table that the tracker keeps for which a condition holds; returns how many. */
static int64
erase(const Forgetting *forgetting, Oid relation, const char *condition)
{
	OwnerScope	scope;
	int64		rows;

	tracker_connect(&scope, forgetting->tracker);
	rows = run_on_members(forgetting, psprintf("DELETE FROM %s WHERE %s", qualified_name(relation), condition), false);
	check_erased(forgetting, relation, condition);
	SPI_finish();
	owner_leave(&scope);
	return rows;
}

/* erase_kept deletes what is kept of the lead's records, also for sources that are gone; ids that are mapped are looked up as of any source. */
static int64
erase_kept(const Forgetting *forgetting)
{
	const Tracker *tracker = forgetting->tracker;
	StringInfoData condition;

	initStringInfo(&condition);
	appendStringInfoString(&condition, is_member(tracker, "lead"));
	for (int i = 0; i < tracker->nsources; i++)
		if (tracker->sources[i]->relation == forgetting->changes && tracker->sources[i]->mapping != NULL)
			appendStringInfo(&condition, " AND source OPERATOR(pg_catalog.<>) %d", tracker->sources[i]->number);
	return erase(forgetting, forgetting->changes, condition.data);
}

/* lock_lead keeps others from writing the lead until the end of the transaction, and replays it if asked to; says whether it has state. */
static bool
lock_lead(const Forgetting *forgetting, bool replay)
{
	LeadWork	work;
	bool		found;

	work_begin(&work, forgetting->tracker, false, BY_ROWS);
	found = state_lock(&work.state, forgetting->lead);
	if (replay)
		replay_lead(&work, forgetting->lead, FOLD_NEVER);
	work_end(&work);
	return found;
}

/* Where rows of a source are, by the table or partition. */
typedef struct RowPlaces
{
	Oid			table;			/* of places */
	ArrayBuildState *places;
	int64		rows;			/* that are interactions of the lead */
	int64		others;			/* that bear its id, and are none */
	bool		delete;			/* they shall go */
} RowPlaces;

/* delete_places deletes the rows whose places have been gathered. */
static void
delete_places(RowPlaces *rows, const Source *source)
{
	Oid			types[] = {OIDOID, TIDARRAYOID};
	Datum		values[2];
	OwnerScope	scope;

	if (rows->places == NULL)
		return;
	values[0] = ObjectIdGetDatum(rows->table);
	values[1] = makeArrayResult(rows->places, CurrentMemoryContext);
	/* whose triggers run, and rules */
	owner_enter(&scope, relation_owner(source->relation));
	(void) run(psprintf("DELETE FROM %s WHERE tableoid OPERATOR(pg_catalog.=) $1 AND ctid OPERATOR(pg_catalog.=) ANY ($2)",
						qualified_name(source->relation)), lengthof(types), types, values, false);
	owner_leave(&scope);
	rows->places = NULL;
}

/* take_row looks at a row with the lead's id, and notes its place if it is to go. */
static void
take_row(RowPlaces *rows, const RowShape *shape, TupleTableSlot *slot)
{
	int			columns = slot->tts_tupleDescriptor->natts;
	HeatTime	at;
	RowFate		fate = row_fate(shape, slot, &at);
	bool		isnull;
	Oid			table;

	if (fate == ROW_IS_FILTERED || fate == ROW_FAILS)
	{
		rows->others++;
		return;
	}
	rows->rows++;
	if (!rows->delete)
		return;
	table = DatumGetObjectId(slot_getattr(slot, columns - 1, &isnull));
	if (table != rows->table)
		delete_places(rows, shape->source);
	rows->table = table;
	rows->places = accumArrayResult(rows->places, slot_getattr(slot, columns, &isnull), false, TIDOID,
									CurrentMemoryContext);
}

/* go_through_rows counts the rows that a source has of the lead, and deletes its interactions if they shall go. */
static void
go_through_rows(const Forgetting *forgetting, const Source *source, RowPlaces *rows)
{
	const Tracker *tracker = forgetting->tracker;
	Oid			types[] = {tracker->lead_type};
	RowShape	shape = source_rows_shape(source);
	OwnerScope	scope;
	ListCell   *cell;

	tracker_connect(&scope, tracker);
	foreach(cell, forgetting->members)
	{
		SPITupleTable *found;
		TupleTableSlot *slot;

		(void) run(lock_rows_sql(source), 1, types, lfirst(cell), false);
		found = SPI_tuptable;
		slot = MakeSingleTupleTableSlot(found->tupdesc, &TTSOpsHeapTuple);
		for (uint64 i = 0; i < found->numvals; i++)
		{
			ExecStoreHeapTuple(found->vals[i], slot, false);
			take_row(rows, &shape, slot);
			CHECK_FOR_INTERRUPTS();
		}
		ExecDropSingleTupleTableSlot(slot);
	}
	delete_places(rows, source);
	SPI_finish();
	owner_leave(&scope);
}

/* merged_detail says why rows may not remain, and of whom they may be where leads are merged; for ereport. */
static int
merged_detail(const Forgetting *forgetting)
{
	if (list_length(forgetting->members) < 2)
		return errdetail("A lead whose rows remain would come back with them.");
	return errdetail("A lead whose rows remain would come back with them.  It is merged with %d others into lead \"%s\", and all of them would be forgotten.",
					 list_length(forgetting->members) - 1,
					 lead_to_text(forgetting->tracker, forgetting->lead));
}

/* is_own says whether a source is a table of the tracker's own: of changes of records, or of words. */
static bool
is_own(const Forgetting *forgetting, const Source *source)
{
	return source->words || source->relation == forgetting->changes;
}

/*
 * erase_rows deletes the interactions of the lead from a source, or refuses to leave any.  What
 * is kept of records, and what was said of the lead, is ours, and goes; the records stay, and count once they change.  Rows that
 * the filter leaves out, or that cannot be read, may be anybody's who has that id elsewhere: they
 * stay, which it tells.  Returns how many it has deleted.
 */
static int64
erase_rows(Forgetting *forgetting, const Source *source, bool delete_rows)
{
	const char *table = get_rel_name(source->relation);
	bool		kept = is_own(forgetting, source);
	RowPlaces	rows = {.delete = delete_rows || kept};
	RowPlaces	left = {0};

	go_through_rows(forgetting, source, &rows);
	if (rows.delete)
	{
		if (rows.rows > 0)
			go_through_rows(forgetting, source, &left);
	}
	else if (rows.rows > 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has rows of lead \"%s\"", table, forgetting->name),
				 merged_detail(forgetting),
				 errhint("Delete them first, or pass delete_rows => true.")));
	if (left.rows > 0)
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
				 errmsg("rows of lead \"%s\" cannot be deleted from table \"%s\"", forgetting->name, table),
				 errdetail("A trigger of that table has kept them, or others have come meanwhile."),
				 errhint("Disable the trigger while the lead is forgotten.")));
	if (rows.others > 0 && !kept)
		ereport(NOTICE,
				(errmsg("%lld other rows of table \"%s\" bear the id of lead \"%s\"", (long long) rows.others, table, forgetting->name),
				 errdetail("The filter leaves them out, or an expression fails for them."),
				 errhint("If they are of the same person, they are yours to delete.")));
	return rows.delete ? rows.rows : 0;
}

/* erase_all_rows does so for all sources, and returns a row for each table. */
static void
erase_all_rows(Forgetting *forgetting, bool delete_rows)
{
	const Tracker *tracker = forgetting->tracker;

	for (int i = 0; i < tracker->nsources; i++)
	{
		const Source *source = tracker->sources[i];
		Oid			relation = source->relation;
		int64		rows = 0;
		bool		done = false;

		for (int before = 0; before < i; before++)
			done = done || tracker->sources[before]->relation == relation;
		if (!done && relation == forgetting->changes)
			rows += erase_kept(forgetting);
		else if (source->words)
			rows += erase(forgetting, relation, is_member(tracker, "lead"));
		for (int same = i; same < tracker->nsources && !done; same++)
			if (tracker->sources[same]->relation == relation)
				rows += erase_rows(forgetting, tracker->sources[same], delete_rows);
		if (!done && (delete_rows || is_own(forgetting, source)))
			report(forgetting, relation, rows);
	}
}

/* erase_from_modules erases the lead from the tables of modules that the tracker has. */
static void
erase_from_modules(Forgetting *forgetting)
{
	const Tracker *tracker = forgetting->tracker;
	TrackerObjects objects;

	if (!tracker_objects(tracker->id, &objects))
		elog(ERROR, "tracker %u is gone", tracker->id);
	for (int i = 0; i < n_companion_kinds; i++)
	{
		const CompanionKind *kind = &companion_kinds[i];
		Oid			relation = companion_of(&objects, kind->suffix);
		int64		rows = 0;

		if (kind->module == NULL || kind->shape == NULL || get_rel_name(relation) == NULL)
			continue;
		for (int column = 0; column < kind->shape->ncolumns; column++)
			if (kind->shape->columns[column].type == COLUMN_LEAD)
				rows += erase(forgetting, relation, is_member(tracker, kind->shape->columns[column].name));
		report(forgetting, relation, rows);
	}
}

/* forget_position takes the lead out of what is noted of a replay. */
static void
forget_position(const Forgetting *forgetting)
{
	ListCell   *cell;

	foreach(cell, forgetting->members)
		forget_replayed_lead(forgetting->tracker->id,
							 lead_to_text(forgetting->tracker, *(Datum *) lfirst(cell)));
}

/*
 * keep_mappings keeps others from mapping ids until the end of the transaction: rows are deleted,
 * for which ids are locked, after the lead is.
 */
static void
keep_mappings(const Tracker *tracker)
{
	IdLocks    *locks = id_locks_begin(tracker);

	for (int i = 0; i < tracker->ntables; i++)
		if (tracker->sources[i]->maps > 0)
			id_locks_add_kept(locks, tracker->sources[i]);
	id_locks_take(locks);
}

/*
 * find_members finds the lead that the one which is named counts for, and all that count for it,
 * and keeps others from merging leads, and from writing rows of these, until the end of the transaction.
 */
static void
find_members(Forgetting *forgetting, Datum named)
{
	MemoryContext context = CurrentMemoryContext;
	Tracker    *tracker = forgetting->tracker;
	IdLocks    *locks = id_locks_begin(tracker);
	OwnerScope	scope;
	ListCell   *cell;

	if (tracker->aliases != NULL)
		id_locks_begin_merging(tracker);
	tracker_connect(&scope, tracker);
	CommandCounterIncrement();
	MemoryContextSwitchTo(context);
	forgetting->lead = lead_root(tracker, named, GetLatestSnapshot());
	forgetting->members = lead_members(tracker, forgetting->lead, GetLatestSnapshot());
	foreach(cell, forgetting->members)
	{
		if (tracker->aliases != NULL)
			id_locks_add_mapped(locks, tracker->aliases, *(Datum *) lfirst(cell));
	}
	id_locks_take(locks);
	SPI_finish();
	owner_leave(&scope);
}

/* lt_forget erases a lead from every table of a tracker, and its rows if asked to, and returns how many rows of each were erased. */
Datum
lt_forget(PG_FUNCTION_ARGS)
{
	Forgetting	forgetting = {0};
	Tracker    *tracker;

	lt_materialized_result(fcinfo);
	for (int i = 0; i < 3; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", i == 0 ? "tracker" : i == 1 ? "lead" : "delete_rows"),
					 errhint("Name a tracked table and a lead, and say whether its rows shall go.")));
	tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(0)), RowExclusiveLock);
	forgetting.tracker = tracker;
	forgetting.changes = changes_of(tracker->id);
	forgetting.result = (ReturnSetInfo *) fcinfo->resultinfo;
	forgetting.name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (tracker->paused)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("tracking of table \"%s\" is paused", get_rel_name(tracker->interactions)),
				 errhint("Replay what was missed with lead_temperature.resume.")));

	keep_mappings(tracker);
	find_members(&forgetting, lead_from_argument(tracker, forgetting.name));
	forgetting.has_state = lock_lead(&forgetting, false);
	report(&forgetting, tracker->balances, erase(&forgetting, tracker->balances, is_member(tracker, "lead")));
	erase_all_rows(&forgetting, PG_GETARG_BOOL(2));
	if (tracker->aliases != NULL)
		report(&forgetting, tracker->aliases->relation,
			   erase(&forgetting, tracker->aliases->relation,
					 psprintf("(%s OR %s)", is_member(tracker, "alias"), is_member(tracker, "lead"))));
	(void) lock_lead(&forgetting, true);	/* of which nothing is left */
	report(&forgetting, tracker->transitions, erase(&forgetting, tracker->transitions, is_member(tracker, "lead")));
	report(&forgetting, tracker->state, forgetting.has_state);
	erase_from_modules(&forgetting);
	if (forgetting.rows == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("lead \"%s\" of table \"%s\" is unknown", forgetting.name, get_rel_name(tracker->interactions)),
				 errhint("Write it as the view of its ranking shows it.")));
	forget_position(&forgetting);
	return (Datum) 0;
}
