/*-------------------------------------------------------------------------
 *
 * upgrade.c
 *	  What the script of an upgrade calls.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/tracker_table.h"

#include "util/version.h"


PG_FUNCTION_INFO_V1(lt_reload_trackers);

/*
 * lt_reload_trackers makes every session read its trackers anew when the
 * transaction commits, and so compare versions again.  It ends each upgrade
 * script, and fails in a session whose library is not the one upgraded to.
 */
Datum
lt_reload_trackers(PG_FUNCTION_ARGS)
{
	ListCell   *cell;

	lt_check_version();
	foreach(cell, all_tables())
	{
		const TrackedSource *source = lfirst(cell);

		tracker_changed(source->tracker);
		tracker_changed(source->relation);
	}
	PG_RETURN_VOID();
}
