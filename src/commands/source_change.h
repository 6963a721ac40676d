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

extern void pause_tracker(const TrackedSource *source, Role role, const char *reason);
extern void check_lead_type(const TrackedSource *source, Oid state);
extern bool pause_unreadable(Oid tracker);
extern void need_readable(Oid tracker, Oid state);
extern void rename_in_expressions(const TrackedSource *source, const char *former, const char *present);
extern bool reads_column(const TrackedSource *source, const char *column);
extern bool reads_by_function(const TrackedSource *source, Oid function);
extern void check_reading(const TrackedSource *source);
extern void check_names(const TrackedSource *source);

#endif							/* SOURCE_CHANGE_H */
