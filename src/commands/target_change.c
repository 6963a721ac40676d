/*-------------------------------------------------------------------------
 *
 * target_change.c
 *	  Schema changes of tables that leads are written back to.
 *
 * Nobody is kept from changing such a table.  A column that gets another name is followed; one
 * that is dropped is written no more, and a table that is dropped is no target.  After whatever
 * else leaves a column that cannot be written, writers fail, and say what to do.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/target_change.h"

#include "catalog/own_tracker.h"
#include "catalog/target_table.h"
#include "commands/ddl_objects.h"
#include "commands/source_change.h"

#include "catalog/partition.h"
#include "catalog/pg_inherits.h"
#include "nodes/parsenodes.h"
#include "utils/lsyscache.h"

/* follow_column follows a column of a target from one name to another. */
static void
follow_column(Oid relation, const char *former, char *present)
{
	ListCell   *cell;

	foreach(cell, targets_among(relation))
	{
		TrackerTarget *entry = lfirst(cell);
		bool		renamed = strcmp(entry->target.key, former) == 0;

		if (renamed)
			entry->target.key = present;
		for (int i = 0; i < entry->target.n; i++)
			if (strcmp(entry->target.columns[i], former) == 0)
			{
				entry->target.columns[i] = present;
				renamed = true;
			}
		if (renamed)
			set_target_columns(entry->tracker, &entry->target);
	}
}

/* follow_target follows a column that a command has given another name, of a target or of all tables below it. */
void
follow_target(Oid relation, const Node *statement)
{
	const RenameStmt *rename = (const RenameStmt *) statement;
	ListCell   *cell;

	if (!IsA(statement, RenameStmt) ||
		(rename->renameType != OBJECT_COLUMN && rename->renameType != OBJECT_ATTRIBUTE))
		return;
	foreach(cell, find_all_inheritors(relation, AccessShareLock, NULL))
	{
		if (get_attnum(lfirst_oid(cell), rename->subname) == InvalidAttrNumber &&
			get_attnum(lfirst_oid(cell), rename->newname) != InvalidAttrNumber)
			follow_column(lfirst_oid(cell), rename->subname, rename->newname);
	}
}

/* leave_attribute takes an attribute out of what is written to a target. */
static void
leave_attribute(WriteTarget *target, int place)
{
	target->n--;
	for (int i = place; i < target->n; i++)
	{
		target->attributes[i] = target->attributes[i + 1];
		target->columns[i] = target->columns[i + 1];
	}
}

/* leave_dependent takes out what says nothing without an attribute that is written no more. */
static void
leave_dependent(TrackerTarget *entry)
{
	WriteTarget *target = &entry->target;

	for (int i = 0; i < target->n;)
	{
		const WrittenAttribute *attribute = &written_attributes[target->attributes[i]];

		if (attribute->with == NULL || attribute_at(target, attribute->with) >= 0)
		{
			i++;
			continue;
		}
		ereport(WARNING,
				(errmsg("column \"%s\" of table \"%s\" follows the leads of table \"%s\" no more",
						target->columns[i], get_rel_name(target->relation), get_rel_name(entry->tracker)),
				 errdetail("Without \"%s\" a lead's %s says nothing.", attribute->with, attribute->name),
				 errhint("Call lead_temperature.write_back with columns for both, or do without.")));
		leave_attribute(target, i);
	}
}

/* leave_column lets a target do without a column that was dropped; says whether it had any part in it. */
static bool
leave_column(TrackerTarget *entry, const char *column)
{
	WriteTarget *target = &entry->target;
	int			place = 0;

	if (strcmp(target->key, column) == 0)
	{
		target->n = 0;
		return true;
	}
	while (place < target->n && strcmp(target->columns[place], column) != 0)
		place++;
	if (place == target->n)
		return false;
	leave_attribute(target, place);
	return true;
}

/* leave_columns lets a target do without columns that a command has dropped. */
static void
leave_columns(TrackerTarget *entry, List *objects)
{
	WriteTarget *target = &entry->target;
	bool		changed = false;
	ListCell   *cell;

	foreach(cell, objects)
	{
		const DdlObject *object = lfirst(cell);

		if (object->relation != target->relation || object->column == NULL || !leave_column(entry, object->column))
			continue;
		changed = true;
		ereport(WARNING,
				(errmsg("column \"%s\" of table \"%s\", to which the leads of table \"%s\" were written back, was dropped",
						object->column, get_rel_name(target->relation), get_rel_name(entry->tracker)),
				 target->n > 0 ? 0 : errdetail("Nothing is written to the table any more."),
				 errhint("To write to another column call lead_temperature.write_back.")));
		leave_dependent(entry);
	}
	if (!changed)
		return;
	if (target->n > 0)
		set_target_columns(entry->tracker, target);
	else
		(void) delete_target(entry->tracker, target->relation);
}

/* leave_target lets a tracker do without a target that is gone, and says so if a command has just dropped it. */
static void
leave_target(const TrackerTarget *entry, List *objects)
{
	ListCell   *cell;

	(void) delete_target(entry->tracker, entry->target.relation);
	if (get_rel_name(entry->tracker) == NULL)
		return;
	foreach(cell, objects)
	{
		const DdlObject *object = lfirst(cell);

		if (object->relation == entry->target.relation && object->itself)
			ereport(WARNING,
					(errmsg("table %s, to which the leads of table \"%s\" were written back, was dropped",
							object->name, get_rel_name(entry->tracker)),
					 errhint("To write to another table call lead_temperature.write_back.")));
	}
}

/* leave_dropped_targets lets trackers do without targets, and columns of them, that a command has dropped. */
void
leave_dropped_targets(List *objects)
{
	ListCell   *cell;

	foreach(cell, all_targets())
	{
		TrackerTarget *entry = lfirst(cell);

		if (get_rel_name(entry->target.relation) == NULL || get_rel_name(entry->tracker) == NULL)
			leave_target(entry, objects);
		else
			leave_columns(entry, objects);
	}
}

/* shares_rows says whether two tables are the same, or one is a partition of the other. */
static bool
shares_rows(Oid a, Oid b)
{
	return a == b ||
		(get_rel_relispartition(a) && list_member_oid(get_partition_ancestors(a), b)) ||
		(get_rel_relispartition(b) && list_member_oid(get_partition_ancestors(b), a));
}

/* column_read finds a column of a target that is written and that a source reads, NULL if there is none. */
const char *
column_read(const TrackedSource *source, const WriteTarget *target)
{
	if (!shares_rows(source->relation, target->relation))
		return NULL;
	for (int i = 0; i < target->n; i++)
	{
		for (int role = 0; role < N_ROLES; role++)
			if (source->name[role] != NULL && strcmp(source->name[role], target->columns[i]) == 0)
				return target->columns[i];
		if (reads_column(source, target->columns[i]))
			return target->columns[i];
	}
	return NULL;
}

/* check_not_written refuses a source that reads what its own tracker writes. */
void
check_not_written(const TrackedSource *source)
{
	const Tracker *tracker = tracker_without_model(source->tracker);

	for (int i = 0; i < tracker->ntargets; i++)
	{
		const char *column = get_rel_name(tracker->targets[i].relation) == NULL ? NULL :
			column_read(source, &tracker->targets[i]);

		if (column != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("column \"%s\" of table \"%s\" follows the leads of the tracker", column,
							get_rel_name(source->relation)),
					 errdetail("If it were read too, leads would change by being written back."),
					 errhint("Read another column, or call lead_temperature.stop_write_back first.")));
	}
}
