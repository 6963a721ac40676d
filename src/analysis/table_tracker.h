/*-------------------------------------------------------------------------
 *
 * table_tracker.h
 *	  Any table, read as if it were tracked.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TABLE_TRACKER_H
#define TABLE_TRACKER_H

#include "catalog/tracker.h"

#include "fmgr.h"

extern Tracker *table_as_tracker(FunctionCallInfo fcinfo, int table, int reading, int model);

#endif							/* TABLE_TRACKER_H */
