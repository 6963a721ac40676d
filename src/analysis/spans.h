/*-------------------------------------------------------------------------
 *
 * spans.h
 *	  Lengths of time that users pass, and instants that lie so long after something of a lead.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SPANS_H
#define SPANS_H

#include "types/lead_temperature.h"

#include "pgtime.h"

/* A length of time: of so many microseconds, or as the calendar of a zone has it. */
typedef struct Span
{
	Interval	interval;
	int64		length;			/* 0: as the calendar has it */
	pg_tz	   *zone;
} Span;

/* Instants relative to each lead: so long after its first interaction, or after it has come to a stage. */
typedef struct Relative
{
	int			n;				/* 0: instants are the same for all leads */
	Span	   *after;			/* ascending */
	LeadStage	stage;			/* STAGE_NONE: after the first interaction */
} Relative;

extern Span span_of(const Interval *interval, const char *name, bool fixed, pg_tz *zone);
extern HeatTime span_end(const Span *span, HeatTime at);
extern HeatTime span_begin(const Span *span, HeatTime until);
extern void read_relative(FunctionCallInfo fcinfo, int argument, pg_tz *zone, Relative *relative);

#endif							/* SPANS_H */
