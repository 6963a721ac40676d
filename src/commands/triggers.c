/*-------------------------------------------------------------------------
 *
 * triggers.c
 *	  The statement triggers on a tracked table and its partitions.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/triggers.h"

#include "catalog/tracker_table.h"
#include "rows/time_bounds.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "nodes/value.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* What the statement triggers are called and fired by. */
static const struct
{
	const char *name;
	const char *event;
	const char *referencing;
}			triggers[] = {
	{"lead_temperature_insert", "INSERT", "REFERENCING NEW TABLE AS new_rows"},
	{"lead_temperature_update", "UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"},
	{"lead_temperature_delete", "DELETE", "REFERENCING OLD TABLE AS old_rows"},
	{"lead_temperature_truncate", "TRUNCATE", ""}
};

/* While this is set a command of our own runs, which the event triggers need not follow. */
bool		in_own_command = false;

/* utility executes a utility command; the caller is connected to SPI. */
void
utility(const char *sql)
{
	bool		before = in_own_command;
	int			result = 0;

	in_own_command = true;
	PG_TRY();
	{
		result = SPI_execute(sql, false, 0);
	}
	PG_FINALLY();
	{
		in_own_command = before;
	}
	PG_END_TRY();
	if (result < 0)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
}

/* is_unlogged_partition says whether a table is a partition whose rows a crash takes away. */
bool
is_unlogged_partition(Oid relation)
{
	return get_rel_relispartition(relation) && get_rel_relkind(relation) == RELKIND_RELATION &&
		get_rel_persistence(relation) == RELPERSISTENCE_UNLOGGED;
}

/* follow puts the statement triggers on a table or partition. */
void
follow(Oid relation)
{
	for (int i = 0; i < lengthof(triggers); i++)
		utility(psprintf("CREATE TRIGGER %s AFTER %s ON %s %s FOR EACH STATEMENT "
						 "EXECUTE FUNCTION lead_temperature.follow()",
						 triggers[i].name, triggers[i].event, qualified_name(relation),
						 triggers[i].referencing));
}

/* fires says whether a trigger that follows its table sees every statement of its events, with all of its rows. */
static bool
fires(const Trigger *trigger)
{
	int			event = trigger->tgtype & TRIGGER_TYPE_EVENT_MASK;
	bool		truncates = event == TRIGGER_TYPE_TRUNCATE;

	return TRIGGER_FOR_AFTER(trigger->tgtype) && !TRIGGER_FOR_ROW(trigger->tgtype) &&
		(trigger->tgenabled == TRIGGER_FIRES_ON_ORIGIN || trigger->tgenabled == TRIGGER_FIRES_ALWAYS) &&
		trigger->tgqual == NULL && trigger->tgnattr == 0 &&
		(truncates || event == TRIGGER_TYPE_DELETE || trigger->tgnewtable != NULL) &&
		(truncates || event == TRIGGER_TYPE_INSERT || trigger->tgoldtable != NULL);
}

/*
 * follow_triggers lists the names of the statement triggers that follow a table
 * or partition, whatever they are called now, and the events that all rows of are seen.
 */
List *
follow_triggers(Oid relation, int *events)
{
	Oid			function = LookupFuncName(list_make2(makeString(pstrdup(LT_SCHEMA)),
													 makeString(pstrdup("follow"))), 0, NULL, false);
	Relation	table = table_open(relation, AccessShareLock);
	TriggerDesc *triggers = table->trigdesc;
	List	   *names = NIL;

	*events = 0;
	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (trigger->tgfoid != function)
			continue;
		names = lappend(names, pstrdup(trigger->tgname));
		if (fires(trigger))
			*events |= trigger->tgtype & TRIGGER_TYPE_EVENT_MASK;
	}
	table_close(table, AccessShareLock);
	return names;
}

/* is_followed says whether a table or partition has all the triggers that it must have, and they fire. */
bool
is_followed(Oid relation)
{
	int			events;

	(void) follow_triggers(relation, &events);
	return events == TRIGGER_TYPE_EVENT_MASK;
}

/* unfollow takes the statement triggers off a table or partition. */
void
unfollow(Oid relation)
{
	OwnerScope	scope;
	List	   *names;
	ListCell   *cell;
	int			events;

	if (get_rel_name(relation) == NULL)
		return;
	names = follow_triggers(relation, &events);
	owner_enter(&scope, relation_owner(relation));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	foreach(cell, names)
		utility(psprintf("DROP TRIGGER %s ON %s", quote_identifier(lfirst(cell)),
						 qualified_name(relation)));
	SPI_finish();
	owner_leave(&scope);
}

/* has_rows says whether a table or partition has any row. */
static bool
has_rows(Oid relation)
{
	if (SPI_execute(psprintf("SELECT FROM %s LIMIT 1", qualified_name(relation)), false, 1) < 0)
		elog(ERROR, "SPI_execute failed");
	return SPI_processed > 0;
}

/*
 * follow_partitions brings the triggers on partitions in line with the tree:
 * new ones are followed, those that have left are not.  Rows that came or went
 * that way make the tracker outdated, unless they are archived.
 */
void
follow_partitions(Oid interactions, bool creating)
{
	TrackerObjects objects;
	List	   *tree = find_all_inheritors(interactions, AccessShareLock, NULL);
	bool		outdated = false;
	bool		changed = false;
	List	   *partitions = NIL;
	List	   *archived = NIL;
	Tracker    *tracker;
	ListCell   *cell;

	if (!tracker_objects(interactions, &objects))
		return;
	tracker = tracker_without_model(interactions);
	foreach(cell, tree)
	{
		Oid			partition = lfirst_oid(cell);
		OwnerScope	scope;

		if (partition == interactions)
			continue;
		partitions = lappend_oid(partitions, partition);
		if (tracker_fault(tracker) == NULL ? is_archived(tracker, partition, tracker->archived_before) :
			list_member_oid(objects.archived, partition))
			archived = lappend_oid(archived, partition);
		if (is_unlogged_partition(partition))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("unlogged table \"%s\" cannot be a partition of tracked table \"%s\"",
							get_rel_name(partition), get_rel_name(interactions)),
					 errdetail("A crash would empty it, and leave its leads."),
					 errhint("Let the partition be logged, or stop tracking the table with lead_temperature.untrack first.")));
		if (list_member_oid(objects.partitions, partition))
			continue;
		if (get_rel_relkind(partition) == RELKIND_FOREIGN_TABLE)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("foreign table \"%s\" cannot be a partition of tracked table \"%s\"",
							get_rel_name(partition), get_rel_name(interactions)),
					 errdetail("Rows that reach it cannot be followed."),
					 errhint("Stop tracking the table with lead_temperature.untrack first.")));
		if (tracker_is_any(partition))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("tracked table \"%s\" cannot become a partition of tracked table \"%s\"",
							get_rel_name(partition), get_rel_name(interactions)),
					 errhint("Stop tracking \"%s\" with lead_temperature.untrack first.",
							 get_rel_name(partition))));
		changed = true;
		owner_enter(&scope, relation_owner(partition));
		if (SPI_connect() != SPI_OK_CONNECT)
			elog(ERROR, "SPI_connect failed");
		if (!creating && get_rel_relkind(partition) == RELKIND_RELATION &&
			!list_member_oid(archived, partition) && has_rows(partition))
			outdated = true;
		follow(partition);
		SPI_finish();
		owner_leave(&scope);
	}
	foreach(cell, objects.partitions)
	{
		if (list_member_oid(partitions, lfirst_oid(cell)))
			continue;
		changed = true;
		if (!list_member_oid(objects.archived, lfirst_oid(cell)))
			outdated = true;
	}
	if (!changed)
		return;
	set_tracker_partitions(interactions, partitions, archived);
	foreach(cell, objects.partitions)
	{
		if (!list_member_oid(partitions, lfirst_oid(cell)))
			unfollow(lfirst_oid(cell));
	}
	if (outdated)
		set_tracker_outdated(interactions);
}
