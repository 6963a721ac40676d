/*-------------------------------------------------------------------------
 *
 * archive.h
 *	  Old interactions folded into opening balances.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "tracker.h"

/* No zone is this far from UTC. */
#define ZONE_MARGIN		(2 * USECS_PER_DAY)

extern Datum at_bound(const Tracker *tracker, HeatTime at, int64 margin);
extern Oid	at_operator(const Tracker *tracker, int16 strategy);
extern bool is_archived(const Tracker *tracker, Oid partition, HeatTime before);

#endif							/* ARCHIVE_H */
