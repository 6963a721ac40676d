/*-------------------------------------------------------------------------
 *
 * time_zone.c
 *	  The time zone of a tracker.
 *
 * A zone is one of the time zone database, by its full name.  Whatever else SQL
 * takes for a zone is refused: an offset such as +05:30 is read as a POSIX
 * specification, which counts to the west, and what an abbreviation means depends on
 * settings of whoever reads it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "util/time_zone.h"

#include <ctype.h>

#include "common/int.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

/* Names of the database that are abbreviations of a zone's winter time, too. */
static const char *const abbreviations[] = {"CET", "EET", "EST", "HST", "MET", "MST", "WET"};

/* is_abbreviation says whether a zone of the database has a name that is an abbreviation. */
static bool
is_abbreviation(const char *name)
{
	for (int i = 0; i < lengthof(abbreviations); i++)
		if (strcmp(name, abbreviations[i]) == 0)
			return true;
	return false;
}

/*
 * is_specification says whether a zone is a POSIX specification.  It has an offset, and
 * unlike the name of a file with an offset no lower-case letter, since the server
 * writes specifications in capitals.
 */
static bool
is_specification(const char *name)
{
	bool		has_digit = false;

	for (const char *letter = name; *letter != '\0'; letter++)
	{
		if (islower((unsigned char) *letter))
			return false;
		if (isdigit((unsigned char) *letter))
			has_digit = true;
	}
	return has_digit;
}

/* refuse_time_zone raises the error that something is no zone to read times in. */
static void
refuse_time_zone(const char *name, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" is not the full name of a time zone", name),
			 detail == NULL ? 0 : errdetail("%s", detail),
			 errhint("%s", hint)));
}

/* find_time_zone finds a zone by its full name, and gives a hint if it is none. */
pg_tz *
find_time_zone(const char *name, const char *hint)
{
	pg_tz	   *zone = strlen(name) > TZ_STRLEN_MAX ? NULL : pg_tzset(name);

	if (zone == NULL)
		refuse_time_zone(name, NULL, hint);
	if (is_specification(pg_get_timezone_name(zone)))
		refuse_time_zone(name, "As a POSIX specification a positive offset lies west of Greenwich.", hint);
	if (is_abbreviation(pg_get_timezone_name(zone)))
		refuse_time_zone(name, "As an abbreviation it means winter time all the year in some places, and the time of a zone in others.", hint);
	if (!pg_tz_acceptable(zone))
		refuse_time_zone(name, "It counts leap seconds.", hint);
	return zone;
}

/* instant_of_local converts a local time that is well within the range of timestamps. */
TimestampTz
instant_of_local(Timestamp local, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fsec;

	if (timestamp2tm(local, NULL, &tm, &fsec, NULL, zone) != 0)
		elog(ERROR, "timestamp out of range");
	return local + (TimestampTz) DetermineTimeZoneOffset(&tm, zone) * USECS_PER_SEC;
}

/*
 * instant_plus adds a span to an instant as the calendar of a zone has it: months first, to the last day of a shorter one, then
 * days, then the time.
 */
TimestampTz
instant_plus(TimestampTz at, const Interval *span, pg_tz *zone)
{
	TimestampTz result = at;
	bool		fits = true;

	if (span->month != 0 || span->day != 0)
	{
		struct pg_tm tm;
		fsec_t		fsec;
		int			tz;
		int64		months;
		int64		day;

		if (timestamp2tm(at, &tz, &tm, &fsec, NULL, zone) != 0)
			elog(ERROR, "timestamp out of range");
		months = (int64) tm.tm_year * MONTHS_PER_YEAR + tm.tm_mon - 1 + span->month;
		fits = months >= 0 && months < INT64CONST(294277) * MONTHS_PER_YEAR;
		if (fits)
		{
			tm.tm_year = (int) (months / MONTHS_PER_YEAR);
			tm.tm_mon = (int) (months % MONTHS_PER_YEAR) + 1;
			tm.tm_mday = Min(tm.tm_mday, day_tab[isleap(tm.tm_year)][tm.tm_mon - 1]);
			day = (int64) date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) + span->day;
			fits = day >= 0 && day < TIMESTAMP_END_JULIAN;
			if (fits)
			{
				j2date((int) day, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
				tz = DetermineTimeZoneOffset(&tm, zone);
				fits = tm2timestamp(&tm, fsec, &tz, &result) == 0;
			}
		}
	}
	if (!fits || pg_add_s64_overflow(result, span->time, &result) || !IS_VALID_TIMESTAMP(result))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	return result;
}
