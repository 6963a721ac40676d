/*-------------------------------------------------------------------------
 *
 * briefing.h
 *	  What is known of a lead, for who is about to call.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BRIEFING_H
#define BRIEFING_H

#include "catalog/tracker.h"

#include "utils/queryenvironment.h"

/* What briefings of leads of a tracker are made with, one after the other. */
typedef struct Briefings
{
	Tracker    *tracker;
	MemoryContext context;
	EphemeralNamedRelation interactions;	/* of the present lead */
	Datum		sources;		/* names of tables by the numbers of sources */
} Briefings;

extern Briefings *briefings_begin(Tracker *tracker);
extern void briefings_end(Briefings *briefings);
extern bool brief(Briefings *briefings, Datum lead, Datum *briefing);

#endif							/* BRIEFING_H */
