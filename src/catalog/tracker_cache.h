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
#include "catalog/sources.h"
#include "catalog/tracker_row.h"

extern void trackers_init(void);
extern Tracker *tracker_find(Oid id);
extern char *tracker_fault(Tracker *tracker);
extern char *recorder_fault(Source *source);
extern Source *aside_source(Source *source);
extern Tracker *tracker_of_state(Oid state);
extern Tracker *tracker_get(Oid interactions);
extern Tracker *tracker_without_model(Oid interactions);
extern pg_tz *tracker_zone(const Tracker *tracker);
extern void tracker_changed(Oid relation);
extern const ModelVersion *tracker_version(const Tracker *tracker, int32 version);
extern const ModelVersion *version_of_state(Oid state, int32 version);
extern void tracker_enter(OwnerScope *scope, const Tracker *tracker);
extern void tracker_connect(OwnerScope *scope, const Tracker *tracker);

#endif							/* TRACKER_CACHE_H */
