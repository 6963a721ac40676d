/*-------------------------------------------------------------------------
 *
 * target_change.h
 *	  Schema changes of tables that leads are written back to.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TARGET_CHANGE_H
#define TARGET_CHANGE_H

#include "catalog/write_target.h"

#include "nodes/nodes.h"

extern void follow_target(Oid relation, const Node *statement);
extern void leave_dropped_targets(List *objects);
extern const char *column_read(const TrackedSource *source, const WriteTarget *target);
extern void check_not_written(const TrackedSource *source);

#endif							/* TARGET_CHANGE_H */
