/*-------------------------------------------------------------------------
 *
 * service.h
 *	  Service levels: within which time hot leads are to be claimed, and contacted.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SERVICE_H
#define SERVICE_H

#include "types/lead_temperature.h"

#include "pgtime.h"
#include "utils/date.h"

/* Hours of a day of the week in which somebody works. */
typedef struct WorkingHours
{
	int			weekday;		/* 1 Monday to 7 Sunday */
	TimeADT		opens;
	TimeADT		closes;
} WorkingHours;

/* A service level of a model. */
typedef struct ServiceLevel
{
	int64		claim_within;	/* microseconds */
	int64		contact_within;
	pg_tz	   *zone;			/* NULL: there are no working hours */
	int			nhours;
	WorkingHours *hours;		/* by day and time */
	int			nholidays;
	DateADT    *holidays;		/* ascending */
} ServiceLevel;

extern ServiceLevel *service_level_of(const char *model);
extern TimestampTz service_due_at(const ServiceLevel *level, TimestampTz since, int64 within);

#endif							/* SERVICE_H */
