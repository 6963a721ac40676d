/*-------------------------------------------------------------------------
 *
 * view_reader.c
 *	  What functions do that views of a tracker call, as whoever reads these.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/view_reader.h"

#include "catalog/tracker_table.h"
#include "util/names.h"

#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* companion_named finds what a tracker has under a suffix, InvalidOid if it has none. */
Oid
companion_named(Oid tracker, const char *suffix)
{
	TrackerObjects objects;
	Oid			relation;

	if (!tracker_objects(tracker, &objects))
		return InvalidOid;
	relation = companion_of(&objects, suffix);
	return get_rel_name(relation) == NULL ? InvalidOid : relation;
}

/* may_read_view says whether a role may read a view, or just a column of it if one is named; of no view that it may not. */
static bool
may_read_view(Oid view, Oid user, const char *column)
{
	return OidIsValid(view) &&
		(pg_class_aclcheck(view, user, ACL_SELECT) == ACLCHECK_OK ||
		 (column == NULL ? pg_attribute_aclcheck_all(view, user, ACL_SELECT, ACLMASK_ANY) :
		  pg_attribute_aclcheck(view, get_attnum(view, column), user, ACL_SELECT)) == ACLCHECK_OK);
}

/* is_view_reader says whether the present role may read a view of a tracker. */
bool
is_view_reader(const Tracker *tracker, const char *suffix)
{
	return may_read_view(companion_named(tracker->id, suffix), GetUserId(), NULL);
}

/*
 * check_view_reader refuses, with a detail, who may read neither a view of a tracker, or just a column of it if one is named,
 * nor whatever the owner of the tracker may.  Functions in views run as whoever reads these.
 */
void
check_view_reader(const Tracker *tracker, const char *suffix, const char *column, const char *detail)
{
	Oid			view;
	Oid			user = GetUserId();

	if (has_privs_of_role(user, tracker->owner))
		return;
	view = companion_named(tracker->id, suffix);
	if (may_read_view(view, user, column))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 OidIsValid(view) ?
			 errmsg("permission denied for view %s", get_rel_name(view)) :
			 errmsg("must be member of the owner of the tracker of table \"%s\"", get_rel_name(tracker->interactions)),
			 errdetail("%s", detail),
			 OidIsValid(view) ?
			 errhint("Run GRANT SELECT ON %s TO %s; a right on another view over it is not enough.", qualified_name(view),
					 quote_identifier(GetUserNameFromId(user, false))) :
			 errhint("Add the module with lead_temperature.add_module.")));
}

/* locked_tracker returns the tracker of a state table as it is once what it reads is locked, whether that can be read or not. */
Tracker *
locked_tracker(Oid state)
{
	Tracker    *tracker = tracker_of_state(state);
	Tracker    *before;

	do
	{
		before = tracker;
		for (int i = 0; i < tracker->ntables; i++)
			if (tracker->sources[i]->records == 0)
				LockRelationOid(tracker->sources[i]->relation, AccessShareLock);
		tracker = tracker_of_state(state);
	} while (tracker != before);
	return tracker;
}
