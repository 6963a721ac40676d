/*-------------------------------------------------------------------------
 *
 * own_tracker.h
 *	  Trackers as users name them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef OWN_TRACKER_H
#define OWN_TRACKER_H

#include "catalog/tracker_cache.h"

extern List *sources_reading(Oid relation);
extern List *tracker_relations(Oid id);
extern Oid	tracker_named(Oid relation);
extern void check_tracked_own(Oid id);
extern Tracker *tracker_get_own(Oid id);
extern void lock_sources(Oid id, LOCKMODE lockmode);
extern bool keep_writers_out(Oid tracker, bool (*is_done) (Oid arg), Oid arg);
extern void lock_tracker(Oid id, LOCKMODE lockmode);
extern Tracker *tracker_lock_own(Oid id, LOCKMODE lockmode);

#endif							/* OWN_TRACKER_H */
