/*-------------------------------------------------------------------------
 *
 * drops.c
 *	  The event trigger of drops.
 *
 * What belongs to a table that is dropped goes with it, and a tracker with the table that it is
 * called after.  What is dropped of a table that is read goes, and pauses the tracker if it needs
 * that; what is dropped of a tracker's own is refused.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/source_table.h"
#include "commands/account_change.h"
#include "commands/attribute_check.h"
#include "commands/companions.h"
#include "commands/ddl_objects.h"
#include "commands/kind_change.h"
#include "commands/source_change.h"
#include "commands/source_set.h"
#include "commands/target_change.h"
#include "commands/track.h"
#include "commands/tracker_objects.h"

#include "commands/event_trigger.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_follow_drop);

/* What to do about what cannot be dropped. */
static const char *const untrack_first =
"Stop tracking the table with lead_temperature.untrack first.";
static const char *const pause_instead =
"Let rows pass without following them with lead_temperature.pause, or stop tracking the table with lead_temperature.untrack.";

/*
 * cannot_drop refuses to drop what a tracker needs.  Where the role of the session
 * is that of a replica nothing is refused, so that a restore may clean up in any
 * order; the tracker shows as stale instead.
 */
static void
cannot_drop(const char *what, Oid interactions, const char *hint)
{
	const char *name;

	if (SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)
	{
		set_tracker_outdated(interactions);
		return;
	}
	/* records that the tracker is called after may go with the same command */
	name = get_rel_name(first_table(interactions));
	ereport(ERROR,
			(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
			 name == NULL ? errmsg("cannot drop %s because its tracker needs it", what) :
			 errmsg("cannot drop %s because tracked table \"%s\" needs it", what, name),
			 errhint("%s", hint)));
}

/* dropped_name returns the name of a relation that is among the dropped ones, NULL if it is not. */
static const char *
dropped_name(List *objects, Oid relation)
{
	ListCell   *cell;

	foreach(cell, objects)
	{
		DdlObject  *object = lfirst(cell);

		if (object->relation == relation && object->itself)
			return object->name;
	}
	return NULL;
}

/* was_dropped says whether a relation is among the dropped ones. */
static bool
was_dropped(List *objects, Oid relation)
{
	return dropped_name(objects, relation) != NULL;
}

/* touches says whether a part of a relation that is there was dropped, or an index that may be its. */
static bool
touches(List *objects, Oid relation)
{
	ListCell   *cell;

	if (!OidIsValid(relation) || get_rel_name(relation) == NULL)
		return false;
	foreach(cell, objects)
	{
		DdlObject  *object = lfirst(cell);

		if (object->relation == relation ||
			(object->index && object->schema == get_rel_namespace(relation)))
			return true;
	}
	return false;
}

/* was_column_dropped says whether a column of a relation, any if NULL, is among what was dropped, whatever has its name by now. */
static bool
was_column_dropped(List *objects, Oid relation, const char *column)
{
	ListCell   *cell;

	foreach(cell, objects)
	{
		DdlObject  *object = lfirst(cell);

		if (object->relation == relation && object->column != NULL &&
			(column == NULL || strcmp(object->column, column) == 0))
			return true;
	}
	return false;
}

/* check_columns pauses a tracker of which a command has dropped what it reads of a source. */
static void
check_columns(const TrackedSource *source, List *objects)
{
	ListCell   *cell;

	for (int i = 0; i < N_ROLES; i++)
		if (source->name[i] != NULL &&
			(was_column_dropped(objects, source->relation, source->name[i]) ||
			 get_attnum(source->relation, source->name[i]) == InvalidAttrNumber))
			pause_tracker(source, i, psprintf("column \"%s\" of table %s was dropped", source->name[i],
											  qualified_name(source->relation)));
	if (!was_column_dropped(objects, source->relation, NULL))
		return;
	check_reading(source);

	/* one of that name may have been added at once, with other values */
	foreach(cell, objects)
	{
		const DdlObject *object = lfirst(cell);

		if (object->relation == source->relation && object->column != NULL &&
			reads_column(source, object->column))
			set_source_outdated(source);
	}
}

/* check_dropped_partitions notes that partitions of a source are gone; those that are left are returned. */
static List *
check_dropped_partitions(const TrackedSource *source)
{
	SourcePartitions before = source_partitions(source);
	SourcePartitions left = {NIL, NIL};
	bool		outdated = false;
	ListCell   *cell;

	foreach(cell, before.followed)
	{
		bool		archived = list_member_oid(before.archived, lfirst_oid(cell));

		if (get_rel_name(lfirst_oid(cell)) == NULL)
		{
			outdated = outdated || !archived;
			continue;
		}
		left.followed = lappend_oid(left.followed, lfirst_oid(cell));
		if (archived)
			left.archived = lappend_oid(left.archived, lfirst_oid(cell));
	}
	if (list_length(left.followed) < list_length(before.followed))
		set_source_partitions(source, &left);
	if (outdated)
		set_source_outdated(source);
	return left.followed;
}

/* check_dropped_triggers refuses that a source or its partitions lose triggers. */
static void
check_dropped_triggers(const TrackedSource *source, List *partitions, List *objects)
{
	ListCell   *cell;

	foreach(cell, objects)
	{
		DdlObject  *object = lfirst(cell);

		if (!object->trigger)
			continue;
		if (object->relation == source->relation && !is_followed(source->relation))
			cannot_drop("a trigger", source->tracker, pause_instead);
		else if (list_member_oid(partitions, object->relation) &&
				 get_rel_relispartition(object->relation) && !is_followed(object->relation))
			cannot_drop(psprintf("a trigger of partition \"%s\"",
								 get_rel_name(object->relation)), source->tracker, pause_instead);
	}
}

/* leave_records lets a tracker do without a table of records that was dropped; what was kept of them stays. */
static void
leave_records(const TrackedSource *source)
{
	const char *name = get_rel_name(first_table(source->tracker));

	/* it may be the table that the tracker is called after */
	ereport(WARNING,
			(name == NULL ? errmsg("a table whose changes its tracker keeps was dropped") :
			 errmsg("a table whose changes the tracker of table \"%s\" keeps was dropped", name),
			 errdetail("What was kept of its records stays, and counts."),
			 source->records == 1 ? errhint("Call lead_temperature.untrack to do without that too.") :
			 errhint("Call lead_temperature.drop_source for source %d to do without that too.", source->records)));
	delete_source(source);
}

/* leave_source lets a tracker do without a source whose table was dropped. */
static void
leave_source(const TrackedSource *source)
{
	ereport(WARNING,
			(errmsg("a source of tracked table \"%s\" was dropped", get_rel_name(first_table(source->tracker))),
			 errdetail("Its rows still count until a replay."),
			 errhint("Call lead_temperature.replay.")));
	delete_source(source);
	set_source_outdated(source);
}

/* check_sources lets a tracker do without the sources that were dropped, and looks at what is left of the others. */
static void
check_sources(Oid tracker, List *objects)
{
	Bitmapset  *left = NULL;
	ListCell   *cell;

	foreach(cell, tracker_sources(tracker))
	{
		const TrackedSource *source = lfirst(cell);
		bool		dropped = was_dropped(objects, source->relation);

		/*
		 * what maps the ids of a source, or has its records, has a higher
		 * number, and goes with it
		 */
		if ((source->maps > 0 && bms_is_member(source->maps, left)) ||
			(source->records != 0 && bms_is_member(source->records, left)))
			take_out(source);
		else if (dropped && source->records != 0)
			leave_records(source);
		else if (dropped && (source->maps == MAPS_LEADS || source->words))
		{
			delete_source(source);
			set_tracker_outdated(tracker);
		}
		else if (dropped && source->number == 1)
			continue;			/* changes that it keeps, where nothing is
								 * refused: it is outdated */
		else if (dropped && source->maps != 0)
			pause_tracker(source, ROLE_LEAD, psprintf("table %s, which maps the ids of source %d, was dropped",
													  dropped_name(objects, source->relation), source->maps));
		else if (dropped)
		{
			leave_source(source);
			left = bms_add_member(left, source->number);
		}
		else if (get_rel_name(source->relation) != NULL)
		{
			check_columns(source, objects);
			check_dropped_triggers(source, check_dropped_partitions(source), objects);
		}
	}
}

/* lost_trigger says whether a table that the tracker keeps, and follows rows of, has lost a trigger of ours. */
static bool
lost_trigger(const Companion *companion, List *objects)
{
	ListCell   *cell;

	if (strcmp(companion->suffix, ALIAS_SUFFIX) != 0 || get_rel_name(companion->relation) == NULL)
		return false;
	foreach(cell, objects)
	{
		const DdlObject *object = lfirst(cell);

		if (object->trigger && object->relation == companion->relation)
			return !is_followed(companion->relation);
	}
	return false;
}

/* drop_instead says what to do about something that a tracker has made and that cannot be dropped. */
static const char *
drop_instead(const TrackerObjects *made, const Companion *companion)
{
	const char *module = module_of(companion->suffix);
	Oid			state = companion_of(made, STATE_SUFFIX);

	if (module == NULL || get_rel_name(state) == NULL)
		return untrack_first;
	return psprintf("Drop all of module \"%s\" with SELECT lead_temperature.drop_module(%s, %s).", module,
					quote_literal_cstr(qualified_name(state)), quote_literal_cstr(module));
}

/* check_survivor refuses a command that dropped what a surviving tracker needs. */
static void
check_survivor(Oid tracker, List *objects)
{
	TrackerObjects made;
	bool		touched = false;
	ListCell   *cell;

	if (!tracker_objects(tracker, &made))
		return;
	foreach(cell, made.companions)
	{
		Oid			relation = ((const Companion *) lfirst(cell))->relation;

		if (was_dropped(objects, relation))
			cannot_drop(psprintf("a table or view of prefix \"%s\"", made.prefix), tracker,
						drop_instead(&made, lfirst(cell)));
		if (lost_trigger(lfirst(cell), objects))
			cannot_drop("a trigger", tracker, pause_instead);
		touched = touched || touches(objects, relation);
	}
	if (touched)
		check_companions(tracker, InvalidOid, true);
	check_sources(tracker, objects);
}

/* all_dropped says whether nothing is left of what a tracker has made, nor the table that it is called after. */
static bool
all_dropped(Oid tracker)
{
	TrackerObjects made;
	ListCell   *cell;

	if (get_rel_name(first_table(tracker)) != NULL || !tracker_objects(tracker, &made))
		return false;
	foreach(cell, made.companions)
	{
		if (get_rel_name(((const Companion *) lfirst(cell))->relation) != NULL)
			return false;
	}
	return true;
}

/*
 * ends_with says whether a tracker, that reads a table first, goes with what a command has dropped.
 * Changes that it keeps are its own, and go alone only with all else; where nothing is refused it
 * goes with its leads, after which such a tracker is numbered.
 */
static bool
ends_with(Oid tracker, Oid table, List *objects)
{
	if (tracker_of_companion(table) != tracker)
		return was_dropped(objects, table);
	return (was_dropped(objects, table) && all_dropped(tracker)) ||
		(was_dropped(objects, tracker) && SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA);
}

/* follow_dropped_names pauses trackers whose expressions name what was dropped, a function, say. */
static void
follow_dropped_names(void)
{
	ListCell   *cell;
	bool		any;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	any = SPI_execute("SELECT FROM pg_catalog.pg_event_trigger_dropped_objects() d "
					  "WHERE d.classid OPERATOR(pg_catalog.=) ANY (ARRAY["
					  "'pg_catalog.pg_proc', 'pg_catalog.pg_operator', 'pg_catalog.pg_type', 'pg_catalog.pg_cast']::pg_catalog.regclass[])",
					  true, 1) == SPI_OK_SELECT && SPI_processed > 0;
	SPI_finish();
	if (!any)
		return;
	foreach(cell, all_sources())
		check_names(lfirst(cell));
	check_account_names();
	check_attribute_names();
}

/* said_cascade says whether the command that dropped something said CASCADE. */
static bool
said_cascade(FunctionCallInfo fcinfo)
{
	Node	   *command = ((EventTriggerData *) fcinfo->context)->parsetree;

	if (IsA(command, DropStmt))
		return ((DropStmt *) command)->behavior == DROP_CASCADE;
	if (IsA(command, DropOwnedStmt))
		return ((DropOwnedStmt *) command)->behavior == DROP_CASCADE;
	return false;
}

/* lt_follow_drop follows a command that dropped objects. */
Datum
lt_follow_drop(PG_FUNCTION_ARGS)
{
	List	   *objects;
	ListCell   *cell;

	check_event(fcinfo, "follow_drop");
	if (nothing_tracked())
		return PointerGetDatum(NULL);
	follow_dropped_casts();
	follow_dropped_names();
	objects = objects_of_event("SELECT CASE WHEN d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass THEN d.objid "
							   "WHEN d.address_names[2] IS NOT NULL THEN pg_catalog.to_regclass(pg_catalog.format("
							   "'%I.%I'::pg_catalog.text, d.address_names[1], d.address_names[2]))::pg_catalog.oid END, "
							   "d.objsubid OPERATOR(pg_catalog.=) 0::pg_catalog.int4 AND "
							   "d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass, "
							   "d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_trigger'::pg_catalog.regclass, "
							   "d.original AND d.object_type OPERATOR(pg_catalog.=) 'index'::pg_catalog.text, "
							   "coalesce((SELECT n.oid FROM pg_catalog.pg_namespace n "
							   "WHERE n.nspname OPERATOR(pg_catalog.=) d.schema_name::pg_catalog.name), 0::pg_catalog.oid), "
							   "CASE WHEN d.objsubid OPERATOR(pg_catalog.<>) 0::pg_catalog.int4 THEN d.address_names[3] END, "
							   "NULL::pg_catalog.pg_ddl_command, d.object_identity "
							   "FROM pg_catalog.pg_event_trigger_dropped_objects() d "
							   "WHERE d.classid OPERATOR(pg_catalog.=) ANY (ARRAY["
							   "'pg_catalog.pg_class', 'pg_catalog.pg_trigger', 'pg_catalog.pg_constraint']::pg_catalog.regclass[])");
	if (objects == NIL)
		return PointerGetDatum(NULL);
	foreach(cell, all_trackers())
	{
		Oid			table = ((const TrackedSource *) linitial(tracker_tables(lfirst_oid(cell))))->relation;

		if (ends_with(lfirst_oid(cell), table, objects))
			drop_tracker_objects(lfirst_oid(cell), said_cascade(fcinfo));
		else if (tracker_of_companion(table) == lfirst_oid(cell) || get_rel_name(table) != NULL)
			check_survivor(lfirst_oid(cell), objects);
	}
	leave_dropped_targets(objects);
	leave_dropped_accounts(objects);
	leave_dropped_attributes(objects);
	return PointerGetDatum(NULL);
}
