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
#include "catalog/own_tracker.h"
#include "catalog/source_table.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_model.h"
#include "commands/account_change.h"
#include "commands/attribute_check.h"
#include "commands/companions.h"
#include "commands/ddl_objects.h"
#include "commands/source_change.h"
#include "commands/kind_change.h"
#include "commands/owner_change.h"
#include "commands/target_change.h"
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

/*
 * follow_rename follows a column of a source that a command has given another name, which
 * may be that of an attribute of the type that the table is of.
 */
static void
follow_rename(const TrackedSource *source, const Node *command)
{
	const RenameStmt *rename = (const RenameStmt *) command;

	if (!IsA(command, RenameStmt) ||
		(rename->renameType != OBJECT_COLUMN && rename->renameType != OBJECT_ATTRIBUTE))
		return;
	if (get_attnum(source->relation, rename->subname) != InvalidAttrNumber ||
		get_attnum(source->relation, rename->newname) == InvalidAttrNumber)
		return;
	rename_in_expressions(source, rename->subname, rename->newname);
	for (int i = 0; i < N_ROLES; i++)
		if (source->name[i] != NULL && strcmp(source->name[i], rename->subname) == 0)
		{
			rename_tracked_column(source, rename->subname, rename->newname);
			ereport(NOTICE,
					(errmsg("lead_temperature follows column \"%s\" of table \"%s\" under its new name \"%s\"",
							rename->subname, get_rel_name(source->relation), rename->newname),
					 errhint("If another column takes its place, say so with lead_temperature.%s, and replay.",
							 source->number == 1 || source->records == 1 ? "alter_tracker" : "alter_source")));
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

/* rewrites_source says whether a command may have changed the values of what is read of a source. */
static bool
rewrites_source(const TrackedSource *source, const Node *statement, const CollectedCommand *command)
{
	List	   *actions = actions_of(source->relation, statement, command);
	ListCell   *cell;

	for (int i = 0; i < N_ROLES; i++)
		if (source->name[i] != NULL && rewrites_column(actions, source->name[i]))
			return true;
	foreach(cell, actions)
	{
		const AlterTableCmd *action = lfirst(cell);

		if (IsA(action, AlterTableCmd) && lt_rewrites_column(action->subtype) &&
			reads_column(source, action->name))
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

/* check_other_sources pauses a tracker whose other sources do not go with its first as that is now: its owner, whether it is logged. */
static void
check_other_sources(const TrackedSource *first)
{
	ListCell   *cell;

	foreach(cell, tracker_sources(first->tracker))
	{
		const TrackedSource *source = lfirst(cell);

		if (source->number != first->number)
			check_reading(source);
	}
}

/* is_first says whether a source is the one that its tracker is called after, or has the records of that. */
static bool
is_first(const TrackedSource *source)
{
	return source->number == 1 || source->records == 1;
}

/* follow_source handles a change of a source by a statement, once columns are known by their present names. */
static void
follow_source(const TrackedSource *source, const Node *statement, const CollectedCommand *command)
{
	TrackerObjects objects;

	if (!tracker_objects(source->tracker, &objects))
		return;
	check_reading(source);
	check_lead_type(source, companion_of(&objects, STATE_SUFFIX));
	if (is_first(source))
		check_other_sources(source);
	if (rewrites_source(source, statement, command))
		set_source_outdated(source);
	follow_partitions(source, false);
	tracker_changed(source->tracker);
}

/* follow_moves gives what trackers that are called after a table have made the schema, owner and persistence of it. */
static void
follow_moves(Oid relation)
{
	ListCell   *cell;

	foreach(cell, sources_reading(relation))
	{
		const TrackedSource *source = lfirst(cell);
		TrackerObjects objects;

		if (is_first(source) && first_table(source->tracker) == relation && tracker_objects(source->tracker, &objects))
			follow_move(relation, &objects);
	}
}

/* follow_tracked handles a change of a table that trackers read by a statement. */
static void
follow_tracked(Oid relation, const Node *statement, const CollectedCommand *command)
{
	ListCell   *cell;

	check_inheritance(relation);
	foreach(cell, sources_reading(relation))
		follow_rename(lfirst(cell), statement);
	follow_moves(relation);
	foreach(cell, sources_reading(relation))
		follow_source(lfirst(cell), statement, command);
}

/* tracked_ancestor finds the table that trackers read and a partition belongs to. */
static Oid
tracked_ancestor(Oid relation)
{
	ListCell   *cell;

	foreach(cell, get_partition_ancestors(relation))
	{
		if (trackers_reading(lfirst_oid(cell)) != NIL)
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
 * while the tracker makes use of it, was lost.
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
		if (shape->remembers && i >= shape->ncolumns - shape->nadded && adds_column(actions, column))
		{
			const Tracker *tracker = tracker_without_model(interactions);

			if (tracker->model == NULL || remembers(tracker))
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
		if (lfirst_oid(cell) != relation && trackers_reading(lfirst_oid(cell)) != NIL)
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
		if (trackers_reading(lfirst_oid(cell)) != NIL)
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

/* follow_type follows a statement that has altered a type in the tables of that type that trackers read, or write, which no event names. */
static void
follow_type(const Node *statement, Oid type)
{
	List	   *relations = NIL;
	ListCell   *cell;

	foreach(cell, all_tables())
		relations = list_append_unique_oid(relations, ((const TrackedSource *) lfirst(cell))->relation);
	foreach(cell, relations)
	{
		if (is_of_type(lfirst_oid(cell), type))
			follow_tracked(lfirst_oid(cell), statement, NULL);
	}
	foreach(cell, all_targets())
	{
		Oid			relation = ((const TrackerTarget *) lfirst(cell))->target.relation;

		if (is_of_type(relation, type))
			follow_target(relation, statement);
	}
	foreach(cell, all_account_trackers())
	{
		Oid			relation = account_relation(lfirst_oid(cell));

		if (is_of_type(relation, type))
			follow_accounts(relation, statement, false);
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

/* check_triggers marks the trackers of a table outdated if a statement has left it, or a partition, without triggers that fire. */
static void
check_triggers(const Node *statement, Oid table, Oid relation)
{
	ListCell   *cell;

	if (!switches_triggers(statement) || is_followed(relation))
		return;
	foreach(cell, trackers_reading(table))
		set_tracker_outdated(lfirst_oid(cell));
}

/* follow_tree brings the partitions of a table in line for all that read it. */
static void
follow_tree(Oid table)
{
	ListCell   *cell;

	foreach(cell, sources_reading(table))
		follow_partitions(lfirst(cell), false);
}

/* follow_object follows what a statement did to a relation. */
static void
follow_object(const Node *statement, const DdlObject *object)
{
	Oid			root;
	ListCell   *cell;

	if (get_rel_relkind(object->relation) == RELKIND_COMPOSITE_TYPE)
	{
		follow_type(statement, get_rel_type_id(object->relation));
		return;
	}
	follow_target(object->relation, statement);
	follow_accounts(object->relation, statement, switches_triggers(statement));
	foreach(cell, parents_of(object->relation))
		follow_accounts(lfirst_oid(cell), statement, false);
	follow_attribute_change(object, statement);
	check_companion_owner(object->relation, object->command);
	check_sequence(statement, object->relation);
	if (trackers_reading(object->relation) != NIL)
	{
		/*
		 * changes of records are a table of the tracker, and one that it
		 * reads
		 */
		if (!object->trigger && OidIsValid(tracker_of_companion(object->relation)))
			check_children(object->relation, object->command);
		if (!object->trigger)
			follow_tracked(object->relation, statement, object->command);
		check_triggers(statement, object->relation, object->relation);
	}
	else if (get_rel_relispartition(object->relation) &&
			 OidIsValid(root = tracked_ancestor(object->relation)))
	{
		if (!object->trigger)
			follow_tree(root);
		check_triggers(statement, root, object->relation);
	}
	else if (!object->trigger)
	{
		check_children(object->relation, object->command);
		check_parents(object->relation);
	}
}

/* makes_function says whether a statement has made a function, or altered one. */
static bool
makes_function(const Node *statement)
{
	ObjectType	type = IsA(statement, RenameStmt) ? ((const RenameStmt *) statement)->renameType :
		IsA(statement, AlterObjectSchemaStmt) ? ((const AlterObjectSchemaStmt *) statement)->objectType :
		IsA(statement, AlterOwnerStmt) ? ((const AlterOwnerStmt *) statement)->objectType : OBJECT_TABLE;

	return type == OBJECT_FUNCTION || type == OBJECT_ROUTINE || IsA(statement, AlterFunctionStmt) ||
		IsA(statement, CreateFunctionStmt);
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
	if (makes_function(statement))
	{
		check_account_names();
		check_attribute_names();
	}
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
							   "false, 0::pg_catalog.oid, NULL::pg_catalog.text, c.command, NULL::pg_catalog.text "
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
