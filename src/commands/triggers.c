/*-------------------------------------------------------------------------
 *
 * triggers.c
 *	  The statement triggers on a tracked table and its partitions.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/triggers.h"

#include "catalog/account_source.h"
#include "catalog/attribute.h"
#include "catalog/readers.h"
#include "catalog/source_table.h"
#include "catalog/tracker_table.h"
#include "rows/time_bounds.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "nodes/value.h"
#include "parser/parse_func.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/* What the statement triggers are called and fired by. */
static const struct
{
	const char *name;
	const char *event;
	const char *referencing;
}			triggers[] = {
	{"insert", "INSERT", "REFERENCING NEW TABLE AS new_rows"},
	{"update", "UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"},
	{"delete", "DELETE", "REFERENCING OLD TABLE AS old_rows"},
	{"truncate", "TRUNCATE", ""}
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
 * triggers_calling lists the names of the statement triggers on a table or partition that call a function of ours,
 * whatever they are called now, and the events that all rows of are seen.
 */
static List *
triggers_calling(const char *called, Oid relation, int *events)
{
	Oid			function = LookupFuncName(list_make2(makeString(pstrdup(LT_SCHEMA)),
													 makeString(pstrdup(called))), 0, NULL, false);
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

/* follow_triggers lists so those that follow a table or partition as what a tracker reads. */
List *
follow_triggers(Oid relation, int *events)
{
	return triggers_calling("follow", relation, events);
}

/* is_followed says whether a table or partition has all the triggers that it must have, and they fire. */
bool
is_followed(Oid relation)
{
	int			events;

	(void) follow_triggers(relation, &events);
	return events == TRIGGER_TYPE_EVENT_MASK;
}

/* drop_triggers drops triggers of ours, whoever may own the table. */
static void
drop_triggers(Oid relation, List *names)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		ObjectAddress trigger;

		ObjectAddressSet(trigger, TriggerRelationId, get_trigger_oid(relation, lfirst(cell), false));
		performDeletion(&trigger, DROP_RESTRICT, PERFORM_DELETION_INTERNAL);
	}
}

/* free_name returns the name of a trigger that a table or partition has no other of. */
static char *
free_name(Oid relation, const char *prefix, const char *event)
{
	char	   *name = psprintf("%s_%s", prefix, event);

	for (int i = 1; OidIsValid(get_trigger_oid(relation, name, true)); i++)
		name = psprintf("%s_%s_%d", prefix, event, i);
	return name;
}

/* put_triggers puts on a table or partition the statement triggers that call a function of ours, unless another tracker has done so. */
static void
put_triggers(const char *called, const char *prefix, Oid relation)
{
	OwnerScope	scope;
	int			events;
	List	   *names = triggers_calling(called, relation, &events);

	if (events == TRIGGER_TYPE_EVENT_MASK)
		return;
	drop_triggers(relation, names);
	owner_enter(&scope, relation_owner(relation));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	for (int i = 0; i < lengthof(triggers); i++)
		utility(psprintf("CREATE TRIGGER %s AFTER %s ON %s %s FOR EACH STATEMENT "
						 "EXECUTE FUNCTION lead_temperature.%s()",
						 free_name(relation, prefix, triggers[i].name), triggers[i].event, qualified_name(relation),
						 triggers[i].referencing, called));
	SPI_finish();
	owner_leave(&scope);
}

/* follow puts so the triggers on a table or partition that a tracker reads. */
void
follow(Oid relation)
{
	put_triggers("follow", "lead_temperature", relation);
}

/* follow_account_table puts so the triggers on a table that has the accounts of leads. */
void
follow_account_table(Oid relation)
{
	put_triggers("follow_accounts", "lead_temperature_accounts", relation);
}

/* accounts_are_followed says whether a table that has accounts has all the triggers that it must have, and they fire. */
bool
accounts_are_followed(Oid relation)
{
	int			events;

	(void) triggers_calling("follow_accounts", relation, &events);
	return events == TRIGGER_TYPE_EVENT_MASK;
}

/* unfollow_account_table takes these triggers off a table unless it has accounts still. */
void
unfollow_account_table(Oid relation)
{
	int			events;

	if (get_rel_name(relation) == NULL || account_trackers(relation) != NIL)
		return;
	LockRelationOid(relation, AccessExclusiveLock);
	drop_triggers(relation, triggers_calling("follow_accounts", relation, &events));
}

/* follow_attributes puts so the triggers on a table that has attributes of leads. */
void
follow_attributes(Oid relation)
{
	put_triggers("follow_attribute", "lead_temperature_attribute", relation);
}

/* attributes_are_followed says whether a table that has attributes of leads has all the triggers that it must have, and they fire. */
bool
attributes_are_followed(Oid relation)
{
	int			events;

	(void) triggers_calling("follow_attribute", relation, &events);
	return events == TRIGGER_TYPE_EVENT_MASK;
}

/* unfollow_attributes takes these triggers off a table unless it has attributes still. */
void
unfollow_attributes(Oid relation)
{
	int			events;

	if (get_rel_name(relation) == NULL || attributes_in(relation) != NIL)
		return;
	LockRelationOid(relation, AccessExclusiveLock);
	drop_triggers(relation, triggers_calling("follow_attribute", relation, &events));
}

/* unfollow takes the statement triggers off a table or partition, unless another tracker needs them. */
void
unfollow(Oid relation)
{
	int			events;

	if (get_rel_name(relation) == NULL || is_read(relation))
		return;
	LockRelationOid(relation, AccessExclusiveLock);
	drop_triggers(relation, follow_triggers(relation, &events));
}

/* has_rows says whether a table or partition has any row by now, whatever the transaction's snapshot shows; its owner looks. */
bool
has_rows(Oid relation)
{
	OwnerScope	scope;
	bool		found;

	owner_enter(&scope, relation_owner(relation));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute(psprintf("SELECT FROM %s LIMIT 1", qualified_name(relation)), true, 1) < 0)
		elog(ERROR, "SPI_execute failed");
	found = SPI_processed > 0;
	PopActiveSnapshot();
	SPI_finish();
	owner_leave(&scope);
	return found;
}

/* check_partition refuses a new partition whose rows cannot be followed. */
static void
check_partition(Oid table, Oid partition)
{
	if (get_rel_relkind(partition) == RELKIND_FOREIGN_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("foreign table \"%s\" cannot be a partition of tracked table \"%s\"",
						get_rel_name(partition), get_rel_name(table)),
				 errdetail("Rows that reach it cannot be followed."),
				 errhint("Stop tracking the table with lead_temperature.untrack first.")));
	if (trackers_reading(partition) != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("tracked table \"%s\" cannot become a partition of tracked table \"%s\"",
						get_rel_name(partition), get_rel_name(table)),
				 errhint("Stop tracking \"%s\" with lead_temperature.untrack first.",
						 get_rel_name(partition))));
}

/* source_of finds a source of a tracker by its number. */
Source *
source_of(Tracker *tracker, int32 number)
{
	for (int i = 0; i < tracker->ntables; i++)
		if (tracker->sources[i]->number == number)
			return tracker->sources[i];
	elog(ERROR, "source %d of tracker %u is gone", number, tracker->id);
	return NULL;				/* keep the compiler quiet */
}

/*
 * follow_partitions brings the triggers on partitions of a source in line with the tree:
 * new ones are followed, those that have left are not.  Rows that came or went
 * that way make the tracker outdated, unless they are archived.
 */
void
follow_partitions(const TrackedSource *source, bool creating)
{
	SourcePartitions before = source_partitions(source);
	SourcePartitions now = {NIL, NIL};
	List	   *tree = find_all_inheritors(source->relation, AccessShareLock, NULL);
	Tracker    *tracker = tracker_without_model(source->tracker);
	bool		readable = tracker_fault(tracker) == NULL;
	bool		outdated = false;
	bool		changed = false;
	ListCell   *cell;

	foreach(cell, tree)
	{
		Oid			partition = lfirst_oid(cell);

		if (partition == source->relation)
			continue;
		now.followed = lappend_oid(now.followed, partition);
		if (readable ?
			is_archived(source_of(tracker, source->number), partition, tracker->archived_before) :
			list_member_oid(before.archived, partition))
			now.archived = lappend_oid(now.archived, partition);
		if (is_unlogged_partition(partition))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("unlogged table \"%s\" cannot be a partition of tracked table \"%s\"",
							get_rel_name(partition), get_rel_name(source->relation)),
					 errdetail("A crash would empty it, and leave its leads."),
					 errhint("Let the partition be logged, or stop tracking the table with lead_temperature.untrack first.")));
		if (list_member_oid(before.followed, partition))
			continue;
		check_partition(source->relation, partition);
		changed = true;
		if (!creating && get_rel_relkind(partition) == RELKIND_RELATION &&
			!list_member_oid(now.archived, partition) && has_rows(partition))
			outdated = true;
		follow(partition);
	}
	foreach(cell, before.followed)
	{
		if (list_member_oid(now.followed, lfirst_oid(cell)))
			continue;
		changed = true;
		if (!list_member_oid(before.archived, lfirst_oid(cell)))
			outdated = true;
	}
	if (!changed)
		return;
	set_source_partitions(source, &now);
	foreach(cell, before.followed)
	{
		if (!list_member_oid(now.followed, lfirst_oid(cell)))
			unfollow(lfirst_oid(cell));
	}
	if (outdated)
		set_source_outdated(source);
}
