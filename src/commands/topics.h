/*-------------------------------------------------------------------------
 *
 * topics.h
 *	  What a lead is interested in.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TOPICS_H
#define TOPICS_H

#include "catalog/tracker_cache.h"

#include "utils/snapshot.h"

/* What a lead's interactions of one topic are worth. */
typedef struct TopicHeat
{
	text	   *topic;			/* NULL: of those without, and what is left of
								 * the opening balance */
	int64		interactions;
	double		points;			/* as of the lead's last interaction */
} TopicHeat;

/* All of them, hottest first. */
typedef struct LeadTopics
{
	int			n;
	TopicHeat  *topics;
	HeatTime	as_of;
} LeadTopics;

extern LeadTopics lead_topics(Tracker *tracker, Datum lead, Snapshot snapshot);
extern text *hottest_topic(Tracker *tracker, Datum lead, Snapshot snapshot);

#endif							/* TOPICS_H */
