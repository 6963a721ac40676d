/*-------------------------------------------------------------------------
 *
 * source_change.h
 *	  Schema changes of what trackers read of their tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SOURCE_CHANGE_H
#define SOURCE_CHANGE_H

#include "catalog/tracker_table.h"

extern void pause_tracker(Oid interactions, Role role, const char *reason);
extern void check_lead_type(Oid interactions, Oid state);
extern void need_readable(Oid interactions, Oid state);
extern void rename_in_expressions(Oid interactions, const TrackedColumns *tracked,
								  const char *former, const char *present);
extern bool reads_column(Oid interactions, const TrackedColumns *tracked, const char *column);
extern bool reads_by_function(Oid interactions, Oid function);
extern void check_reading(Oid interactions);
extern void check_names(Oid interactions);

#endif							/* SOURCE_CHANGE_H */
