/*-------------------------------------------------------------------------
 *
 * time_bounds.h
 *	  Instants as bounds of the tracked column of times, and of partitions by it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TIME_BOUNDS_H
#define TIME_BOUNDS_H

#include "catalog/tracker.h"

/* No zone is this far from UTC. */
#define ZONE_MARGIN		(2 * USECS_PER_DAY)

extern bool at_is_bounded(const Source *source);
extern bool at_is_instant(const Tracker *tracker);
extern Datum at_bound(const Source *source, HeatTime at, int64 margin);
extern Oid	at_operator(const Source *source, int16 strategy);
extern bool is_archived(const Source *source, Oid partition, HeatTime before);

#endif							/* TIME_BOUNDS_H */
