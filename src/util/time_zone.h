/*-------------------------------------------------------------------------
 *
 * time_zone.h
 *	  The time zone of a tracker.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TIME_ZONE_H
#define TIME_ZONE_H

#include "datatype/timestamp.h"
#include "pgtime.h"

extern pg_tz *find_time_zone(const char *name, const char *hint);
extern TimestampTz instant_plus(TimestampTz at, const Interval *span, pg_tz *zone);
extern TimestampTz instant_of_local(Timestamp local, pg_tz *zone);

#endif							/* TIME_ZONE_H */
