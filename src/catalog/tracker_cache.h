/*-------------------------------------------------------------------------
 *
 * tracker_cache.h
 *	  Trackers as a session knows them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRACKER_CACHE_H
#define TRACKER_CACHE_H

#include "util/names.h"
#include "util/owner_scope.h"
#include "catalog/tracker.h"

extern void trackers_init(void);
extern Tracker *tracker_find(Oid relation);
extern char *tracker_fault(Tracker *tracker);
extern Tracker *tracker_of_state(Oid state);
extern Tracker *tracker_get(Oid interactions);
extern Tracker *tracker_without_model(Oid interactions);
extern Tracker *tracker_get_own(Oid interactions);
extern void check_tracked_own(Oid interactions);
extern Tracker *tracker_lock_own(Oid interactions, LOCKMODE lockmode);
extern void tracker_check_shape(void);
extern pg_tz *tracker_zone(const Tracker *tracker);
extern void tracker_columns(Oid interactions, TrackedColumns *columns);
extern void tracker_changed(Oid interactions);
extern bool tracker_is_any(Oid relation);
extern const ModelVersion *tracker_version(const Tracker *tracker, int32 version);
extern void tracker_enter(OwnerScope *scope, const Tracker *tracker);

#endif							/* TRACKER_CACHE_H */
