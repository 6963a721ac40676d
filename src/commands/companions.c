/*-------------------------------------------------------------------------
 *
 * companions.c
 *	  What may not be done to the tables that a tracker keeps.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/companions.h"

#include "catalog/source_table.h"
#include "catalog/tracked_columns.h"
#include "commands/tracker_objects.h"
#include "state/record.h"
#include "state/transition_log.h"
#include "util/execute.h"

#include "access/table.h"
#include "catalog/dependency.h"
#include "commands/sequence.h"
#include "commands/trigger.h"
#include "nodes/parsenodes.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"

/* refuse_fault refuses a command that left a table of a tracker unlike what track() made. */
static void
refuse_fault(Oid interactions, Relation table, const TableShape *shape, const char *fault)
{
	ereport(ERROR,
			(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
			 errmsg("cannot change %s \"%s\" like this because tracked table \"%s\" needs it as it is",
					shape->what, RelationGetRelationName(table), get_rel_name(interactions)),
			 errdetail_internal("%s", fault),
			 errhint("Leave what lead_temperature.track made of it, and add columns that can be null or have a default; or stop tracking with lead_temperature.untrack first.")));
}

/* lost_column says which column that newer versions have added, and that the tracker makes use of, a table lacks, NULL if none. */
static char *
lost_column(Oid interactions, Relation table, const TableShape *shape)
{
	const Tracker *tracker = tracker_without_model(interactions);
	ColumnPlaces places;

	if (!remembers(tracker))
		return NULL;
	find_places(shape, RelationGetDescr(table), &places);
	for (int i = 0; i < shape->ncolumns; i++)
		if (places.of[i] == 0)
			return psprintf("There is no column \"%s\".", shape->columns[i].name);
	return NULL;
}

/*
 * check_companion refuses a command that left one table of a tracker unlike what track()
 * made; if something was dropped, also one that has lost a key or an index.  A restore
 * makes those only after the tables.  A table that another session keeps from being
 * read is none that this command has changed.
 */
static void
check_companion(Oid interactions, Oid relation, const TableShape *shape, const LeadColumn *lead,
				bool dropped)
{
	Relation	table;
	char	   *fault;

	if (!OidIsValid(relation) || get_rel_name(relation) == NULL)
		return;
	if (!ConditionalLockRelationOid(relation, AccessShareLock))
		return;
	table = try_table_open(relation, NoLock);
	if (table == NULL)
		return;
	fault = shape_fault(table, shape, lead, companion_persistence(interactions));
	if (fault == NULL && shape->remembers)
		fault = lost_column(interactions, table, shape);
	if (fault == NULL && dropped)
		fault = key_fault(table, shape);
	if (fault == NULL && dropped && shape == &transition_shape && !OidIsValid(current_index(table)))
		fault = pstrdup("It has no index on (lead, at) WHERE superseded_at IS NULL, by which late rows find what they change.");
	if (fault != NULL && dropped && SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)
		set_tracker_outdated(interactions);
	else if (fault != NULL)
		refuse_fault(interactions, table, shape, fault);
	table_close(table, NoLock);
}

/* A tracker's leads being described. */
typedef struct TrackedLead
{
	TrackedSource source;
	LeadColumn	lead;
} TrackedLead;

/* describe_lead finds out of which type the leads of a tracked table are. */
static void
describe_lead(void *arg)
{
	TrackedLead *tracked = arg;

	describe_lead_column(&tracked->source, &tracked->lead);
}

/*
 * check_companions refuses so for the tables of a tracker, or just for one of them that
 * was altered: others may be locked by whoever alters them at the same time.  Where
 * the leads of the table can be read no more, or not without waiting, the tables agree
 * with the state.
 */
void
check_companions(Oid interactions, Oid altered, bool dropped)
{
	TrackerObjects objects;
	TrackedLead tracked = {{0}};
	List	   *sources;
	ListCell   *cell;

	/*
	 * of one that is numbered after its leads, and has lost them unseen,
	 * nothing can be as it should
	 */
	if (get_rel_name(interactions) == NULL || !tracker_objects(interactions, &objects))
		return;
	sources = tracker_sources(interactions);
	tracked.source = *names_leads_of(sources, linitial(sources));
	if ((tracker_has_fault(interactions) ||
		 (tracked.source.expression[ROLE_LEAD] != NULL && !ConditionalLockRelationOid(tracked.source.relation, AccessShareLock)) ||
		 lt_try(describe_lead, &tracked) != NULL) &&
		!stored_lead_column(companion_of(&objects, STATE_SUFFIX), &tracked.lead))
		return;
	foreach(cell, objects.companions)
	{
		const Companion *companion = lfirst(cell);
		const TableShape *shape = companion_shape(companion->suffix);

		if (shape != NULL && (!OidIsValid(altered) || altered == companion->relation))
			check_companion(interactions, companion->relation, shape, &tracked.lead, dropped);
	}
}

/* shape_of_companion returns what a table of a tracker looks like, NULL if it is none. */
const TableShape *
shape_of_companion(Oid interactions, Oid relation)
{
	TrackerObjects objects;
	ListCell   *cell;

	if (!tracker_objects(interactions, &objects))
		return NULL;
	foreach(cell, objects.companions)
	{
		const Companion *companion = lfirst(cell);

		if (companion->relation == relation)
			return companion_shape(companion->suffix);
	}
	return NULL;
}

/* moves_on says whether options of a sequence change the values that it gives out. */
static bool
moves_on(List *options)
{
	ListCell   *cell;

	foreach(cell, options)
	{
		const char *name = lfirst_node(DefElem, cell)->defname;

		if (strcmp(name, "cache") != 0 && strcmp(name, "generated") != 0 && strcmp(name, "owned_by") != 0)
			return true;
	}
	return false;
}

/*
 * check_sequence refuses that a statement lets the sequence of transition ids give out
 * others, which may be taken: writers would fail.
 */
void
check_sequence(const Node *statement, Oid relation)
{
	Oid			table = relation;
	int32		column;
	bool		changed = false;

	if (IsA(statement, AlterSeqStmt))
		changed = sequenceIsOwned(relation, DEPENDENCY_INTERNAL, &table, &column) &&
			moves_on(((const AlterSeqStmt *) statement)->options);
	else if (IsA(statement, AlterTableStmt))
	{
		ListCell   *cell;

		foreach(cell, ((const AlterTableStmt *) statement)->cmds)
		{
			const AlterTableCmd *action = lfirst_node(AlterTableCmd, cell);

			if (action->subtype == AT_SetIdentity && moves_on((List *) action->def))
				changed = true;
		}
	}
	if (changed && OidIsValid(tracker_of_companion(table)))
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot change which ids table \"%s\" gives out because it belongs to a tracked table",
						get_rel_name(table)),
				 errhint("Leave the sequence as it is.")));
}
