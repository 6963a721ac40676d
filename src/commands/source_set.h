/*-------------------------------------------------------------------------
 *
 * source_set.h
 *	  Tables that a tracker reads besides its first.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SOURCE_SET_H
#define SOURCE_SET_H

#include "catalog/tracker.h"

extern void check_not_own(Oid relation);
extern TrackedSource keeper_of(const TrackedSource *recorder, Oid changes);
extern void check_source_request(const TrackedSource *source, bool create_index);
extern void alter_reading(FunctionCallInfo fcinfo, int first, int asides, TrackedSource *source);
extern void add_mapping(const TrackedSource *source, TrackedSource *mapping);
extern void take_out(const TrackedSource *source);

#endif							/* SOURCE_SET_H */
