/*-------------------------------------------------------------------------
 *
 * event_triggers.c
 *	  The event triggers: what schema changes mean for tracked tables.
 *
 * New partitions are followed, renamed columns and moved tables too.  What is done
 * to a tracked table otherwise goes through, and pauses its tracker where rows can be
 * read no more; what is done to tables of a tracker and would make it silently wrong is
 * refused.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/tracked_columns.h"
#include "catalog/tracker_model.h"
#include "commands/companions.h"
#include "commands/source_change.h"
#include "commands/kind_change.h"
#include "commands/owner_change.h"
#include "commands/track.h"
#include "commands/tracker_objects.h"
#include "state/state_table.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "commands/event_trigger.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "tcop/deparse_utility.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(lt_follow_ddl);
PG_FUNCTION_INFO_V1(lt_follow_drop);

/* What an event trigger is told of one object that a command made, altered or dropped. */
typedef struct DdlObject
{
	Oid			relation;		/* it is, or is a part of, or an index or a
								 * rule on; InvalidOid: not known */
	bool		itself;			/* it is the relation */
	bool		trigger;		/* it is a trigger of it */
	bool		index;			/* it was an index of some table of the schema */
	Oid			schema;			/* that it was dropped from */
	const char *column;			/* its name, if it was a column, NULL
								 * otherwise */
	const CollectedCommand *command;	/* that altered it; NULL if it was
										 * dropped */
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

/* objects_of_event reads the objects of an event that matter to trackers. */
static List *
objects_of_event(const char *sql)
{
	MemoryContext before = CurrentMemoryContext;
	List	   *objects = NIL;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	/* not read-only: what the command has made shall be seen */
	if (SPI_execute(sql, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		MemoryContext spi = MemoryContextSwitchTo(before);
		DdlObject  *object = palloc(sizeof(DdlObject));
		bool		isnull;

		object->relation = DatumGetObjectId(SPI_getbinval(tuple, desc, 1, &isnull));
		object->itself = DatumGetBool(SPI_getbinval(tuple, desc, 2, &isnull));
		object->trigger = DatumGetBool(SPI_getbinval(tuple, desc, 3, &isnull));
		object->index = DatumGetBool(SPI_getbinval(tuple, desc, 4, &isnull));
		object->schema = DatumGetObjectId(SPI_getbinval(tuple, desc, 5, &isnull));
		object->column = SPI_getvalue(tuple, desc, 6);
		object->command = (const CollectedCommand *)
			DatumGetPointer(SPI_getbinval(tuple, desc, 7, &isnull));
		objects = lappend(objects, object);
		MemoryContextSwitchTo(spi);
	}
	SPI_finish();
	return objects;
}

/*
 * follow_rename follows a tracked column that a command has given another name, which
 * may be that of an attribute of the type that the table is of.
 */
static void
follow_rename(Oid interactions, const Node *command)
{
	const RenameStmt *rename = (const RenameStmt *) command;
	TrackedColumns names;

	if (!IsA(command, RenameStmt) ||
		(rename->renameType != OBJECT_COLUMN && rename->renameType != OBJECT_ATTRIBUTE))
		return;
	if (get_attnum(interactions, rename->subname) != InvalidAttrNumber ||
		get_attnum(interactions, rename->newname) == InvalidAttrNumber)
		return;
	tracker_columns(interactions, &names);
	rename_in_expressions(interactions, &names, rename->subname, rename->newname);
	for (int i = 0; i < N_ROLES; i++)
		if (names.name[i] != NULL && strcmp(names.name[i], rename->subname) == 0)
		{
			rename_tracked_column(interactions, rename->subname, rename->newname);
			ereport(NOTICE,
					(errmsg("lead_temperature follows column \"%s\" of table \"%s\" under its new name \"%s\"",
							rename->subname, get_rel_name(interactions), rename->newname),
					 errhint("If another column takes its place, stop tracking the table with lead_temperature.untrack and track it anew with that column.")));
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

/* rewrites_column says whether actions of ALTER TABLE or ALTER TYPE may have changed the values of a column. */
static bool
rewrites_column(List *actions, const char *column)
{
	ListCell   *cell;

	foreach(cell, actions)
	{
		const AlterTableCmd *action = lfirst(cell);

		if (IsA(action, AlterTableCmd) && lt_rewrites_column(action->subtype) &&
			strcmp(action->name, column) == 0)
			return true;
	}
	return false;
}

/* actions_of lists what a command has done to a table, or to the type that it is of. */
static List *
actions_of(Oid interactions, const Node *statement, const CollectedCommand *command)
{
	List	   *actions = NIL;
	ListCell   *cell;

	if (statement != NULL && IsA(statement, AlterTableStmt) &&
		((const AlterTableStmt *) statement)->objtype == OBJECT_TYPE)
		return ((const AlterTableStmt *) statement)->cmds;
	if (command == NULL || command->type != SCT_AlterTable)
		return NIL;
	foreach(cell, command->d.alterTable.subcmds)
		actions = lappend(actions, ((const CollectedATSubcmd *) lfirst(cell))->parsetree);
	return actions;
}

/* rewrites_tracked says whether a command may have changed the values of a tracked column. */
static bool
rewrites_tracked(Oid interactions, const Node *statement, const CollectedCommand *command)
{
	List	   *actions = actions_of(interactions, statement, command);
	TrackedColumns names;
	ListCell   *cell;

	if (actions == NIL)
		return false;
	tracker_columns(interactions, &names);
	for (int i = 0; i < N_ROLES; i++)
		if (names.name[i] != NULL && rewrites_column(actions, names.name[i]))
			return true;
	foreach(cell, actions)
	{
		const AlterTableCmd *action = lfirst(cell);

		if (IsA(action, AlterTableCmd) && lt_rewrites_column(action->subtype) &&
			reads_column(interactions, &names, action->name))
			return true;
	}
	return false;
}

/* move_object gives an object of a tracker the schema, owner and persistence of the tracked table. */
static void
move_object(Oid relation, Oid interactions)
{
	const char *kind;
	Oid			schema = get_rel_namespace(interactions);
	Oid			owner = relation_owner(interactions);

	if (get_rel_name(relation) == NULL)
		return;
	kind = sql_kind(relation);
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
		get_rel_persistence(relation) != companion_persistence(interactions))
		utility(psprintf("ALTER TABLE %s SET %s", qualified_name(relation),
						 companion_persistence(interactions) == RELPERSISTENCE_UNLOGGED ?
						 "UNLOGGED" : "LOGGED"));
}

/* follow_move gives what a tracker made the schema, owner and persistence of its table. */
static void
follow_move(Oid interactions, const TrackerObjects *objects)
{
	ListCell   *cell;

	/* who altered the table may do the same to what belongs to it */
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	foreach(cell, objects->companions)
		move_object(((const Companion *) lfirst(cell))->relation, interactions);
	SPI_finish();
}

/* follow_tracked handles a change of a tracked table by a statement. */
static void
follow_tracked(Oid interactions, const Node *statement, const CollectedCommand *command)
{
	TrackerObjects objects;

	if (!tracker_objects(interactions, &objects))
		return;
	check_inheritance(interactions);
	follow_rename(interactions, statement);
	check_reading(interactions);
	check_lead_type(interactions, companion_of(&objects, STATE_SUFFIX));
	if (rewrites_tracked(interactions, statement, command))
		set_tracker_outdated(interactions);
	follow_move(interactions, &objects);
	follow_partitions(interactions, false);
	tracker_changed(interactions);
}

/* tracked_ancestor finds the tracked table that a partition belongs to. */
static Oid
tracked_ancestor(Oid relation)
{
	ListCell   *cell;

	foreach(cell, get_partition_ancestors(relation))
	{
		if (tracker_is_any(lfirst_oid(cell)))
			return lfirst_oid(cell);
	}
	return InvalidOid;
}

/* adds_column says whether an action of ALTER TABLE adds a column of a name. */
static bool
adds_column(List *actions, const char *column)
{
	ListCell   *cell;

	foreach(cell, actions)
	{
		const AlterTableCmd *action = lfirst(cell);

		if (IsA(action, AlterTableCmd) && lt_adds_column(action->subtype) &&
			strcmp(castNode(ColumnDef, action->def)->colname, column) == 0)
			return true;
	}
	return false;
}

/*
 * rewrites_companion says whether a command may have changed the values of a column that
 * the extension has made.  One that newer versions have added, and that a table gets
 * while the model makes use of it, was lost.
 */
static bool
rewrites_companion(Oid interactions, Oid companion, const CollectedCommand *command)
{
	const TableShape *shape = shape_of_companion(interactions, companion);
	List	   *actions = actions_of(companion, NULL, command);

	for (int i = 0; shape != NULL && i < shape->ncolumns; i++)
	{
		const char *column = i < shape->ncolumns - shape->nadded ?
			get_attname(companion, i + 1, true) : shape->columns[i].name;

		if (column != NULL && rewrites_column(actions, column))
			return true;
		if (i >= shape->ncolumns - shape->nadded && adds_column(actions, column))
		{
			const Tracker *tracker = tracker_without_model(interactions);

			if (tracker->model == NULL || tracker->model->remembers)
				return true;
		}
	}
	return false;
}

/*
 * check_children refuses that tracked tables, or tables of trackers, enter the tree below
 * a relation, and marks a tracker whose table has got other values.
 */
static void
check_children(Oid relation, const CollectedCommand *command)
{
	ListCell   *cell;

	foreach(cell, find_all_inheritors(relation, AccessShareLock, NULL))
	{
		Oid			owner = tracker_of_companion(lfirst_oid(cell));

		if (OidIsValid(owner))
		{
			check_companions(owner, lfirst_oid(cell), false);
			if (rewrites_companion(owner, lfirst_oid(cell), command))
				set_tracker_outdated(owner);
		}
		if (lfirst_oid(cell) != relation && tracker_is_any(lfirst_oid(cell)))
			check_inheritance(lfirst_oid(cell));
	}
}

/* parents_of lists what a relation inherits from. */
static List *
parents_of(Oid relation)
{
	Relation	inherits = table_open(InheritsRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	List	   *parents = NIL;

	ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relation));
	scan = systable_beginscan(inherits, InheritsRelidSeqnoIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		parents = lappend_oid(parents, ((Form_pg_inherits) GETSTRUCT(tuple))->inhparent);
	systable_endscan(scan);
	table_close(inherits, AccessShareLock);
	return parents;
}

/* check_parents refuses that a relation inherits from a tracked table, or a table of a tracker. */
static void
check_parents(Oid relation)
{
	ListCell   *cell;

	foreach(cell, parents_of(relation))
	{
		Oid			owner = tracker_of_companion(lfirst_oid(cell));

		if (OidIsValid(owner))
			check_companions(owner, lfirst_oid(cell), false);
		if (tracker_is_any(lfirst_oid(cell)))
			check_inheritance(lfirst_oid(cell));
	}
}

/* check_schema refuses another name of the schema that everything of ours is found in. */
static void
check_schema(const Node *statement)
{
	const RenameStmt *rename = (const RenameStmt *) statement;

	if (IsA(statement, RenameStmt) && rename->renameType == OBJECT_SCHEMA &&
		strcmp(rename->subname, LT_SCHEMA) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot rename schema \"%s\" because extension lead_temperature needs it", LT_SCHEMA),
				 errhint("Leave the schema its name; drop the extension first if it shall go.")));
}

/* is_of_type says whether a table is there, and of a type. */
static bool
is_of_type(Oid relation, Oid type)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	bool		typed;

	if (!HeapTupleIsValid(tuple))
		return false;
	typed = ((Form_pg_class) GETSTRUCT(tuple))->reloftype == type;
	ReleaseSysCache(tuple);
	return typed;
}

/* follow_type follows a statement that has altered a type in the tracked tables of that type, which no event names. */
static void
follow_type(const Node *statement, Oid type)
{
	ListCell   *cell;

	foreach(cell, tracked_tables())
	{
		if (is_of_type(lfirst_oid(cell), type))
			follow_tracked(lfirst_oid(cell), statement, NULL);
	}
}

/*
 * switches_triggers says whether a statement may have switched a trigger off, or made
 * another in its place.  A restore makes the triggers of a table one by one.
 */
static bool
switches_triggers(const Node *statement)
{
	ListCell   *cell;

	if (IsA(statement, CreateTrigStmt))
		return ((const CreateTrigStmt *) statement)->replace;
	if (!IsA(statement, AlterTableStmt))
		return false;
	foreach(cell, ((const AlterTableStmt *) statement)->cmds)
	{
		switch (lfirst_node(AlterTableCmd, cell)->subtype)
		{
			case AT_EnableTrig:
			case AT_EnableTrigAll:
			case AT_EnableTrigUser:
			case AT_EnableAlwaysTrig:
			case AT_EnableReplicaTrig:
			case AT_DisableTrig:
			case AT_DisableTrigAll:
			case AT_DisableTrigUser:
				return true;
			default:
				break;
		}
	}
	return false;
}

/* check_triggers marks a tracker outdated if a statement has left a table or partition without triggers that fire. */
static void
check_triggers(const Node *statement, Oid interactions, Oid relation)
{
	if (switches_triggers(statement) && !is_followed(relation))
		set_tracker_outdated(interactions);
}

/* follow_object follows what a statement did to a relation. */
static void
follow_object(const Node *statement, const DdlObject *object)
{
	Oid			root;

	if (get_rel_relkind(object->relation) == RELKIND_COMPOSITE_TYPE)
	{
		follow_type(statement, get_rel_type_id(object->relation));
		return;
	}
	check_companion_owner(object->relation, object->command);
	check_sequence(statement, object->relation);
	if (tracker_is_any(object->relation))
	{
		if (!object->trigger)
			follow_tracked(object->relation, statement, object->command);
		check_triggers(statement, object->relation, object->relation);
	}
	else if (get_rel_relispartition(object->relation) &&
			 OidIsValid(root = tracked_ancestor(object->relation)))
	{
		if (!object->trigger)
			follow_partitions(root, false);
		check_triggers(statement, root, object->relation);
	}
	else if (!object->trigger)
	{
		check_children(object->relation, object->command);
		check_parents(object->relation);
	}
}

/* lt_follow_ddl follows a command that created or altered relations. */
Datum
lt_follow_ddl(PG_FUNCTION_ARGS)
{
	const Node *statement;
	List	   *objects;
	ListCell   *cell;

	check_event(fcinfo, "follow_ddl");
	statement = ((EventTriggerData *) fcinfo->context)->parsetree;
	check_schema(statement);
	if (IsA(statement, DropOwnedStmt))
		drop_owned_models((DropOwnedStmt *) statement);
	if (in_own_command || nothing_tracked())
		return PointerGetDatum(NULL);
	follow_kind_changes();
	objects = objects_of_event("SELECT CASE WHEN c.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass THEN "
							   "coalesce((SELECT x.indrelid FROM pg_catalog.pg_index x "
							   "WHERE x.indexrelid OPERATOR(pg_catalog.=) c.objid), c.objid) "
							   "WHEN c.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_trigger'::pg_catalog.regclass THEN "
							   "(SELECT g.tgrelid FROM pg_catalog.pg_trigger g "
							   "WHERE g.oid OPERATOR(pg_catalog.=) c.objid) "
							   "ELSE (SELECT r.ev_class FROM pg_catalog.pg_rewrite r "
							   "WHERE r.oid OPERATOR(pg_catalog.=) c.objid) END, "
							   "c.objsubid OPERATOR(pg_catalog.=) 0::pg_catalog.int4, "
							   "c.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_trigger'::pg_catalog.regclass, "
							   "false, 0::pg_catalog.oid, NULL::pg_catalog.text, c.command "
							   "FROM pg_catalog.pg_event_trigger_ddl_commands() c "
							   "WHERE c.classid OPERATOR(pg_catalog.=) ANY (ARRAY["
							   "'pg_catalog.pg_class', 'pg_catalog.pg_rewrite', 'pg_catalog.pg_trigger']::pg_catalog.regclass[])");
	foreach(cell, objects)
	{
		if (get_rel_name(((DdlObject *) lfirst(cell))->relation) != NULL)
			follow_object(statement, lfirst(cell));
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

		if (object->relation == relation && object->itself)
			return true;
	}
	return false;
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

/* check_survivor refuses a command that dropped what a surviving tracked table needs. */
static void
check_survivor(Oid interactions, List *objects)
{
	TrackerObjects made;
	TrackedColumns names;
	List	   *left = NIL;
	List	   *archived = NIL;
	bool		touched = false;
	bool		partition_dropped = false;
	bool		outdated = false;
	ListCell   *cell;

	if (!tracker_objects(interactions, &made))
		return;
	foreach(cell, made.companions)
	{
		Oid			relation = ((const Companion *) lfirst(cell))->relation;

		if (was_dropped(objects, relation))
			cannot_drop(psprintf("a table or view of prefix \"%s\"", made.prefix), interactions, untrack_first);
		touched = touched || touches(objects, relation);
	}

	tracker_columns(interactions, &names);
	for (int i = 0; i < N_ROLES; i++)
		if (names.name[i] != NULL &&
			(was_column_dropped(objects, interactions, names.name[i]) ||
			 get_attnum(interactions, names.name[i]) == InvalidAttrNumber))
			pause_tracker(interactions, i, psprintf("column \"%s\" of table %s was dropped", names.name[i],
													qualified_name(interactions)));

	if (was_column_dropped(objects, interactions, NULL))
		check_reading(interactions);
	if (touched)
		check_companions(interactions, InvalidOid, true);

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
		if (object->relation == interactions && !is_followed(interactions))
			cannot_drop("a trigger", interactions, pause_instead);
		else if (list_member_oid(left, object->relation) &&
				 get_rel_relispartition(object->relation) && !is_followed(object->relation))
			cannot_drop(psprintf("a trigger of partition \"%s\"",
								 get_rel_name(object->relation)), interactions, pause_instead);
	}
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
	foreach(cell, tracked_tables())
		check_names(lfirst_oid(cell));
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
							   "NULL::pg_catalog.pg_ddl_command "
							   "FROM pg_catalog.pg_event_trigger_dropped_objects() d "
							   "WHERE d.classid OPERATOR(pg_catalog.=) ANY (ARRAY["
							   "'pg_catalog.pg_class', 'pg_catalog.pg_trigger', 'pg_catalog.pg_constraint']::pg_catalog.regclass[])");
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
