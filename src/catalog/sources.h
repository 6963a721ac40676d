/*-------------------------------------------------------------------------
 *
 * sources.h
 *	  What trackers read.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SOURCES_H
#define SOURCES_H

#include "catalog/tracker.h"

#include "nodes/pg_list.h"

extern void read_expressions(Oid tracker, List *sources);
extern List *read_sources(const TrackedSource *first);
extern const TrackedSource *names_leads_of(List *sources, const TrackedSource *source);
extern TrackedSource *recorder_of(List *sources, const TrackedSource *source);
extern bool tracker_is_any(Oid relation);
extern List *trackers_reading(Oid relation);

#endif							/* SOURCES_H */
