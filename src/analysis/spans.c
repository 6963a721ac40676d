/*-------------------------------------------------------------------------
 *
 * spans.c
 *	  Lengths of time that users pass, and instants that lie so long after something of a lead.
 *
 * Months have no fixed length: they are added as the calendar of a tracker's time zone has them.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/spans.h"

#include "util/time_zone.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* More instants of each lead than anybody looks at. */
#define MAX_RELATIVE	100

/*
 * span_of reads a length of time above zero and up to 100 years.  If it shall be fixed a day is 24 hours, unless there
 * are months.
 */
Span
span_of(const Interval *interval, const char *name, bool fixed, pg_tz *zone)
{
	Span		span = {*interval, 0, zone};
	int64		days;
	int64		length;
	bool		fits = !pg_mul_s64_overflow((int64) interval->month * DAYS_PER_MONTH + interval->day, USECS_PER_DAY, &days) &&
		!pg_add_s64_overflow(days, interval->time, &length);

	if (!fits || length <= 0 || length > HEAT_HALF_LIFE_MAX ||
		(interval->month != 0 && (interval->month < 0 || interval->day < 0 || interval->time < 0)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be above zero and no more than 100 years", name)));
	if (interval->month == 0 && (fixed || interval->day == 0))
		span.length = length;
	return span;
}

/* span_end returns the instant that lies so long after another. */
HeatTime
span_end(const Span *span, HeatTime at)
{
	if (span->length > 0)
		return at + span->length;
	return heat_time_from_timestamptz(instant_plus(heat_time_to_timestamptz(at), &span->interval, span->zone));
}

/* span_begin returns the last instant that lies so long before another, or a little earlier where local time has a gap. */
HeatTime
span_begin(const Span *span, HeatTime until)
{
	Interval	back;
	HeatTime	at;

	if (span->length > 0)
		return until - span->length;
	back.month = -span->interval.month;
	back.day = -span->interval.day;
	back.time = -span->interval.time;
	at = heat_time_from_timestamptz(instant_plus(heat_time_to_timestamptz(until), &back, span->zone));
	while (span_end(span, at) > until)
		at -= USECS_PER_HOUR;
	return at;
}

/* compare_spans orders lengths of time, months by 30 days. */
static int
compare_spans(const void *a, const void *b)
{
	return DatumGetInt32(DirectFunctionCall2(interval_cmp,
											 IntervalPGetDatum(&((const Span *) a)->interval),
											 IntervalPGetDatum(&((const Span *) b)->interval)));
}

/*
 * read_relative reads the two arguments that say how long after what leads are observed, none if the first is null.
 */
void
read_relative(FunctionCallInfo fcinfo, int argument, pg_tz *zone, Relative *relative)
{
	Datum	   *values;
	bool	   *nulls;

	relative->n = 0;
	relative->stage = PG_ARGISNULL(argument + 1) ? STAGE_NONE : stage_from_oid(PG_GETARG_OID(argument + 1));
	if (PG_ARGISNULL(argument))
	{
		if (relative->stage != STAGE_NONE)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("since_stage needs after"),
					 errhint("Say how long after the lead has come to the stage, as in after => '{1 day,7 days}'.")));
		return;
	}
	lt_deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), INTERVALOID, &values, &nulls, &relative->n);
	if (relative->n == 0 || relative->n > MAX_RELATIVE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("after must have 1 to %d elements", MAX_RELATIVE)));
	relative->after = palloc(sizeof(Span) * relative->n);
	for (int i = 0; i < relative->n; i++)
	{
		const Interval *interval;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("after must not contain null")));
		interval = DatumGetIntervalP(values[i]);
		if (interval->month <= 0 && interval->day <= 0 && interval->time <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("after must be above zero"),
					 errdetail("Nothing is known of a lead before its first interaction, nor at it: what is known at an instant are the interactions before it.")));
		relative->after[i] = span_of(interval, "after", false, zone);
	}
	qsort(relative->after, relative->n, sizeof(Span), compare_spans);
}
