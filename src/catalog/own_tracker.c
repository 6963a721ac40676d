/*-------------------------------------------------------------------------
 *
 * own_tracker.c
 *	  Trackers as users name them: found, refused to others, and locked.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/own_tracker.h"

#include "catalog/sources.h"
#include "catalog/tracker_table.h"
#include "util/names.h"
#include "util/version.h"

#include "catalog/pg_inherits.h"
#include "lib/stringinfo.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"

/* sources_reading lists what of a relation itself is read, by any tracker that is there, of TrackedSource. */
List *
sources_reading(Oid relation)
{
	List	   *result = NIL;
	ListCell   *tracker;
	ListCell   *cell;

	foreach(tracker, trackers_reading(relation))
	{
		if (get_rel_name(lfirst_oid(tracker)) == NULL)
			continue;
		foreach(cell, tracker_sources(lfirst_oid(tracker)))
			if (((TrackedSource *) lfirst(cell))->relation == relation)
			result = lappend(result, lfirst(cell));
	}
	return result;
}

/*
 * tracker_relations lists the tables that a tracker reads, each once, ascending, in which order they
 * are locked.  What is kept of records comes last: who writes these locks it after them.
 */
List *
tracker_relations(Oid id)
{
	List	   *tables = tracker_tables(id);
	List	   *relations = NIL;
	List	   *kept = NIL;
	ListCell   *cell;

	foreach(cell, tables)
	{
		const TrackedSource *source = lfirst(cell);

		if (recorder_of(tables, source) != NULL)
			kept = list_append_unique_oid(kept, source->relation);
		else
			relations = list_append_unique_oid(relations, source->relation);
	}
	relations = list_difference_oid(relations, kept);
	list_sort(relations, list_oid_cmp);
	return list_concat(relations, kept);
}

/* refuse_ambiguous refuses the name of a table that several trackers read. */
static void
refuse_ambiguous(Oid relation, List *found)
{
	StringInfoData states;
	ListCell   *cell;

	initStringInfo(&states);
	foreach(cell, found)
	{
		const Tracker *tracker = tracker_without_model(lfirst_oid(cell));

		if (get_rel_name(tracker->state) != NULL)
			appendStringInfo(&states, "%s%s", states.len == 0 ? "" : ", ", qualified_name(tracker->state));
	}
	ereport(ERROR,
			(errcode(ERRCODE_AMBIGUOUS_ALIAS),
			 errmsg("table \"%s\" is a source of several trackers", get_rel_name(relation)),
			 errdetail("Their leads are in %s.", states.data),
			 errhint("Name one of these.")));
}

/* refuse_companion reports that a table or view of a tracker other than that of its leads does not name it. */
static void
refuse_companion(Oid relation)
{
	TrackerObjects objects;

	if (!tracker_objects(tracker_of_companion(relation), &objects))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" is not tracked", get_rel_name(relation)),
			 errhint("Name its tracker by the table of its leads, %s.",
					 qualified_name(companion_of(&objects, STATE_SUFFIX)))));
}

/*
 * tracker_named finds the tracker that a user names: by a table that no other tracker reads, or
 * by the table of its leads.  What names none is returned as it is.
 */
Oid
tracker_named(Oid relation)
{
	List	   *found = trackers_reading(relation);
	Oid			id;

	if (list_length(found) > 1)
		refuse_ambiguous(relation, found);
	if (found != NIL)
		return linitial_oid(found);
	id = tracker_id_of_state(relation);
	if (OidIsValid(id))
		return id;
	refuse_companion(relation);
	return relation;
}

/*
 * check_tracked_own refuses a tracker that is not one's own or is none, without a look at
 * anything that may be broken.
 */
void
check_tracked_own(Oid id)
{
	lt_check_version();
	if (get_rel_name(id) != NULL)
		check_table_owner(id);
	if (!tracker_is_any(id))
		(void) tracker_without_model(id);
}

/* tracker_get_own returns a tracker of one's own. */
Tracker *
tracker_get_own(Oid id)
{
	if (get_rel_name(id) != NULL)
		check_table_owner(id);
	return tracker_get(id);
}

/* lock_sources locks all tables that a tracker reads, but those that are gone. */
void
lock_sources(Oid id, LOCKMODE lockmode)
{
	List	   *locked = NIL;
	List	   *relations = tracker_relations(id);
	ListCell   *cell;

	while (list_difference_oid(relations, locked) != NIL)
	{
		foreach(cell, relations)
		{
			if (!list_member_oid(locked, lfirst_oid(cell)) && get_rel_name(lfirst_oid(cell)) != NULL)
				LockRelationOid(lfirst_oid(cell), lockmode);
		}
		locked = list_union_oid(locked, relations);
		relations = tracker_relations(id);
	}
}

/*
 * keep_writers_out waits for whoever writes what a tracker reads, and keeps them out; false if something
 * has been done meanwhile, as a function says, which others who do it do not wait for.
 */
bool
keep_writers_out(Oid tracker, bool (*is_done) (Oid arg), Oid arg)
{
	List	   *locked = NIL;
	List	   *others;

	while ((others = list_difference_oid(tracker_relations(tracker), locked)) != NIL)
	{
		ListCell   *cell;

		foreach(cell, others)
		{
			if (is_done(arg))
				return false;
			LockRelationOid(lfirst_oid(cell), ShareRowExclusiveLock);
			(void) find_all_inheritors(lfirst_oid(cell), ShareRowExclusiveLock, NULL);
		}
		locked = list_concat(locked, others);
	}
	return !is_done(arg);
}

/*
 * lock_tracker locks all tables that a tracker of one's own reads, and refuses one that was
 * dropped or given away until the locks were held.  A table that is gone already is let pass.
 */
void
lock_tracker(Oid id, LOCKMODE lockmode)
{
	char	   *name = get_rel_name(id);

	if (name != NULL)
		check_table_owner(id);
	if (tracker_relations(id) == NIL)
		lock_own_table(id, lockmode);
	lock_sources(id, lockmode);
	if (name != NULL && get_rel_name(id) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s\" was concurrently dropped", name)));
	if (name != NULL)
		check_table_owner(id);
}

/* tracker_lock_own locks the tables of a tracker of one's own and returns it as it is then. */
Tracker *
tracker_lock_own(Oid id, LOCKMODE lockmode)
{
	lock_tracker(id, lockmode);
	return tracker_get(id);
}
