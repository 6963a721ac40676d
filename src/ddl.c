/*-------------------------------------------------------------------------
 *
 * ddl.c
 *	  The event triggers: what schema changes mean for tracked tables.
 *
 * New partitions are followed, renamed columns and moved tables too; what
 * would make a tracker silently wrong is refused.
 *
 *-------------------------------------------------------------------------
 */
#include "track.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "commands/event_trigger.h"
#include "commands/trigger.h"
#include "freeze.h"
#include "miscadmin.h"
#include "owner_change.h"
#include "state.h"
#include "tcop/deparse_utility.h"
#include "transition.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(lt_follow_ddl);
PG_FUNCTION_INFO_V1(lt_follow_drop);

/* What an event trigger is told of one object. */
typedef struct DdlObject
{
	Oid			relation;
	AttrNumber	column;			/* 0: the relation itself */
	bool		trigger;		/* a trigger of it */
	const CollectedCommand *command;	/* that altered it; NULL if it was dropped */
} DdlObject;

/* check_event refuses to run as anything but an event trigger. */
static void
check_event(FunctionCallInfo fcinfo, const char *name)
{
	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.%s was not called by event trigger manager", name)));
}

/* nothing_tracked says whether there is no tracker, or no extension any more. */
static bool
nothing_tracked(void)
{
	Oid			schema = get_namespace_oid(LT_SCHEMA, true);

	return !OidIsValid(schema) || !OidIsValid(get_relname_relid("tracker", schema)) ||
		tracked_tables() == NIL;
}

/* objects_of_event reads the relations, columns and triggers of an event. */
static List *
objects_of_event(const char *sql)
{
	MemoryContext before = CurrentMemoryContext;
	List	   *objects = NIL;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute(sql, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		MemoryContext spi = MemoryContextSwitchTo(before);
		DdlObject  *object = palloc(sizeof(DdlObject));
		bool		isnull;

		object->relation = DatumGetObjectId(SPI_getbinval(tuple, desc, 1, &isnull));
		object->column = (AttrNumber) DatumGetInt32(SPI_getbinval(tuple, desc, 2, &isnull));
		object->trigger = DatumGetBool(SPI_getbinval(tuple, desc, 3, &isnull));
		object->command = (const CollectedCommand *)
			DatumGetPointer(SPI_getbinval(tuple, desc, 4, &isnull));
		objects = lappend(objects, object);
		MemoryContextSwitchTo(spi);
	}
	SPI_finish();
	return objects;
}

/* follow_rename follows a tracked column that has got another name. */
static void
follow_rename(Oid interactions, AttrNumber column)
{
	TrackedColumns names;
	const char *to = get_attname(interactions, column, true);

	if (to == NULL)
		return;
	tracker_columns(interactions, &names);
	for (int i = 0; i < N_TRACKED_COLUMNS; i++)
		if (names.name[i] != NULL && get_attnum(interactions, names.name[i]) == InvalidAttrNumber)
		{
			rename_tracked_column(interactions, names.name[i], to);
			return;
		}
}

/* inherits says whether a relation takes part in inheritance that is no partitioning. */
static bool
inherits(Oid relation)
{
	if (get_rel_relispartition(relation))
		return false;
	return has_superclass(relation) ||
		(get_rel_relkind(relation) == RELKIND_RELATION &&
		 find_inheritance_children(relation, AccessShareLock) != NIL);
}

/* check_inheritance refuses that a tracked table enters a tree through which rows pass it by. */
static void
check_inheritance(Oid interactions)
{
	if (get_rel_relispartition(interactions))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("tracked table \"%s\" cannot become a partition", get_rel_name(interactions)),
				 errdetail("Rows that reach it through the partitioned table would not be followed."),
				 errhint("Stop tracking it with lead_temperature.untrack first, and track the partitioned table.")));
	if (inherits(interactions))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("tracked table \"%s\" cannot take part in inheritance", get_rel_name(interactions)),
				 errdetail("Rows that are changed through another table of the tree would not be followed."),
				 errhint("Stop tracking it with lead_temperature.untrack first, or partition the table.")));
}

/* check_lead_type refuses that the leads of a tracked table become of another type than its state. */
static void
check_lead_type(Oid interactions, const TrackerObjects *objects)
{
	TrackedColumns names;
	AttrNumber	column;
	Oid			types[2];
	int32		typmods[2];
	Oid			collations[2];

	tracker_columns(interactions, &names);
	column = get_attnum(interactions, names.name[TRACKED_LEAD]);
	if (column == InvalidAttrNumber)
		return;
	get_atttypetypmodcoll(interactions, column, &types[0], &typmods[0], &collations[0]);
	get_atttypetypmodcoll(objects->state, STATE_LEAD, &types[1], &typmods[1], &collations[1]);
	if (types[0] != types[1] || typmods[0] != typmods[1] || collations[0] != collations[1])
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot change the type of column \"%s\" of tracked table \"%s\"",
						names.name[TRACKED_LEAD], get_rel_name(interactions)),
				 errdetail("The state of its leads is kept under the present type."),
				 errhint("Stop tracking the table with lead_temperature.untrack, and track it anew afterwards.")));
}

/* rewrites_tracked says whether a command may have changed the values of a tracked column. */
static bool
rewrites_tracked(Oid interactions, const CollectedCommand *command)
{
	TrackedColumns names;
	ListCell   *cell;

	if (command == NULL || command->type != SCT_AlterTable)
		return false;
	tracker_columns(interactions, &names);
	foreach(cell, command->d.alterTable.subcmds)
	{
		const CollectedATSubcmd *collected = lfirst(cell);
		const AlterTableCmd *action = (const AlterTableCmd *) collected->parsetree;

		if (!IsA(action, AlterTableCmd) || !lt_rewrites_column(action->subtype))
			continue;
		for (int i = 0; i < N_TRACKED_COLUMNS; i++)
			if (names.name[i] != NULL && strcmp(names.name[i], action->name) == 0)
				return true;
	}
	return false;
}

/* move_object gives an object of a tracker the schema, owner and persistence of the tracked table. */
static void
move_object(const char *kind, Oid relation, Oid interactions)
{
	Oid			schema = get_rel_namespace(interactions);
	Oid			owner = relation_owner(interactions);

	if (get_rel_name(relation) == NULL)
		return;
	if (get_rel_namespace(relation) != schema)
		utility(psprintf("ALTER %s %s SET SCHEMA %s", kind, qualified_name(relation),
						 quote_identifier(get_namespace_name(schema))));
	if (relation_owner(relation) != owner)
	{
		prepare_owner_change(relation, owner);
		utility(psprintf("ALTER %s %s OWNER TO %s", kind, qualified_name(relation),
						 quote_identifier(GetUserNameFromId(owner, false))));
	}
	if (get_rel_relkind(relation) == RELKIND_RELATION &&
		get_rel_persistence(relation) != get_rel_persistence(interactions))
		utility(psprintf("ALTER TABLE %s SET %s", qualified_name(relation),
						 get_rel_persistence(interactions) == RELPERSISTENCE_UNLOGGED ?
						 "UNLOGGED" : "LOGGED"));
}

/* follow_move gives what a tracker made the schema, owner and persistence of its table. */
static void
follow_move(Oid interactions, const TrackerObjects *objects)
{
	if (get_rel_name(objects->state) != NULL &&
		get_rel_namespace(objects->state) == get_rel_namespace(interactions) &&
		relation_owner(objects->state) == relation_owner(interactions) &&
		get_rel_persistence(objects->state) == get_rel_persistence(interactions))
		return;

	/* who altered the table may do the same to what belongs to it */
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	move_object("TABLE", objects->state, interactions);
	move_object("TABLE", objects->transitions, interactions);
	move_object("TABLE", objects->base, interactions);
	move_object("TABLE", objects->counts, interactions);
	move_object("TABLE", objects->deltas, interactions);
	move_object("VIEW", objects->ranking, interactions);
	move_object("VIEW", objects->funnel, interactions);
	move_object("VIEW", objects->funnel_weekly, interactions);
	SPI_finish();
}

/* follow_tracked handles a change of a tracked table. */
static void
follow_tracked(Oid interactions, const DdlObject *object)
{
	TrackerObjects objects;

	if (!tracker_objects(interactions, &objects))
		return;
	check_inheritance(interactions);
	if (object->column > 0)
		follow_rename(interactions, object->column);
	check_lead_type(interactions, &objects);
	if (rewrites_tracked(interactions, object->command))
		set_tracker_outdated(interactions);
	follow_move(interactions, &objects);
	follow_partitions(interactions, false);
	tracker_changed(interactions);
	CommandCounterIncrement();
	(void) tracker_get(interactions);	/* raises if a column can be read no more */
}

/* tracked_ancestor finds the tracked table that a partition belongs to. */
static Oid
tracked_ancestor(Oid relation)
{
	ListCell   *cell;

	foreach(cell, get_partition_ancestors(relation))
		if (tracker_is_any(lfirst_oid(cell)))
			return lfirst_oid(cell);
	return InvalidOid;
}

/* check_children refuses that tracked tables enter the tree below a relation. */
static void
check_children(Oid relation)
{
	ListCell   *cell;

	foreach(cell, find_all_inheritors(relation, AccessShareLock, NULL))
		if (lfirst_oid(cell) != relation && tracker_is_any(lfirst_oid(cell)))
			check_inheritance(lfirst_oid(cell));
}

/* check_parents refuses that a relation inherits from a tracked table. */
static void
check_parents(Oid relation)
{
	ListCell   *cell;

	foreach(cell, tracked_tables())
		if (inherits(lfirst_oid(cell)))
			check_inheritance(lfirst_oid(cell));
}

/* lt_follow_ddl follows a command that created or altered relations. */
Datum
lt_follow_ddl(PG_FUNCTION_ARGS)
{
	List	   *objects;
	ListCell   *cell;

	check_event(fcinfo, "follow_ddl");
	if (nothing_tracked())
		return PointerGetDatum(NULL);
	objects = objects_of_event("SELECT objid, objsubid, false, command "
							   "FROM pg_catalog.pg_event_trigger_ddl_commands() "
							   "WHERE classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass");
	foreach(cell, objects)
	{
		DdlObject  *object = lfirst(cell);
		Oid			root;

		if (get_rel_name(object->relation) == NULL)
			continue;
		check_companion_owner(object->relation, object->command);
		if (tracker_is_any(object->relation))
			follow_tracked(object->relation, object);
		else if (get_rel_relispartition(object->relation) &&
				 OidIsValid(root = tracked_ancestor(object->relation)))
			follow_partitions(root, false);
		else
		{
			check_children(object->relation);
			if (has_superclass(object->relation))
				check_parents(object->relation);
		}
	}
	return PointerGetDatum(NULL);
}

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
	if (SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)
	{
		set_tracker_outdated(interactions);
		return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
			 errmsg("cannot drop %s because tracked table \"%s\" needs it",
					what, get_rel_name(interactions)),
			 errhint("%s", hint)));
}

/* was_dropped says whether a relation is among the dropped ones. */
static bool
was_dropped(List *objects, Oid relation)
{
	ListCell   *cell;

	foreach(cell, objects)
	{
		DdlObject  *object = lfirst(cell);

		if (object->relation == relation && object->column == 0 && !object->trigger)
			return true;
	}
	return false;
}

/* has_all_triggers says whether a table or partition is still followed. */
static bool
has_all_triggers(Oid relation)
{
	int			events;

	(void) follow_triggers(relation, &events);
	return events == TRIGGER_TYPE_EVENT_MASK;
}

/* check_survivor refuses a command that dropped what a surviving tracked table needs. */
static void
check_survivor(Oid interactions, List *objects)
{
	TrackerObjects made;
	TrackedColumns names;
	List	   *left = NIL;
	List	   *archived = NIL;
	bool		partition_dropped = false;
	bool		outdated = false;
	ListCell   *cell;

	if (!tracker_objects(interactions, &made))
		return;
	if (was_dropped(objects, made.state) || was_dropped(objects, made.transitions) ||
		was_dropped(objects, made.base) ||
		was_dropped(objects, made.ranking) || was_dropped(objects, made.funnel) ||
		was_dropped(objects, made.funnel_weekly) ||
		was_dropped(objects, made.counts) || was_dropped(objects, made.deltas))
		cannot_drop(psprintf("a table or view of prefix \"%s\"", made.prefix), interactions, untrack_first);

	tracker_columns(interactions, &names);
	for (int i = 0; i < N_TRACKED_COLUMNS; i++)
		if (names.name[i] != NULL && get_attnum(interactions, names.name[i]) == InvalidAttrNumber)
			cannot_drop(psprintf("column \"%s\"", names.name[i]), interactions, untrack_first);

	foreach(cell, made.partitions)
	{
		bool		is_archived = list_member_oid(made.archived, lfirst_oid(cell));

		if (get_rel_name(lfirst_oid(cell)) == NULL)
		{
			partition_dropped = true;
			if (!is_archived)
				outdated = true;
			continue;
		}
		left = lappend_oid(left, lfirst_oid(cell));
		if (is_archived)
			archived = lappend_oid(archived, lfirst_oid(cell));
	}
	if (partition_dropped)
		set_tracker_partitions(interactions, left, archived);
	if (outdated)
		set_tracker_outdated(interactions);
	foreach(cell, objects)
	{
		DdlObject  *object = lfirst(cell);

		if (!object->trigger)
			continue;
		if (object->relation == interactions && !has_all_triggers(interactions))
			cannot_drop("a trigger", interactions, pause_instead);
		else if (list_member_oid(left, object->relation) &&
				 get_rel_relispartition(object->relation) && !has_all_triggers(object->relation))
			cannot_drop(psprintf("a trigger of partition \"%s\"",
								 get_rel_name(object->relation)), interactions, pause_instead);
	}
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
	objects = objects_of_event("SELECT CASE classid WHEN 'pg_catalog.pg_trigger'::pg_catalog.regclass "
							   "THEN pg_catalog.to_regclass(pg_catalog.format('%I.%I', address_names[1], address_names[2])) "
							   "ELSE objid END, objsubid, classid OPERATOR(pg_catalog.=) "
							   "'pg_catalog.pg_trigger'::pg_catalog.regclass, NULL::pg_catalog.pg_ddl_command "
							   "FROM pg_catalog.pg_event_trigger_dropped_objects() "
							   "WHERE classid OPERATOR(pg_catalog.=) ANY (ARRAY["
							   "'pg_catalog.pg_class', 'pg_catalog.pg_trigger']::pg_catalog.regclass[])");
	if (objects == NIL)
		return PointerGetDatum(NULL);
	foreach(cell, tracked_tables())
	{
		if (was_dropped(objects, lfirst_oid(cell)))
			drop_tracker_objects(lfirst_oid(cell), said_cascade(fcinfo));
		else if (get_rel_name(lfirst_oid(cell)) != NULL)
			check_survivor(lfirst_oid(cell), objects);
	}
	return PointerGetDatum(NULL);
}
