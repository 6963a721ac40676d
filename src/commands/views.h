/*-------------------------------------------------------------------------
 *
 * views.h
 *	  The views of a tracker.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VIEWS_H
#define VIEWS_H

#include "catalog/tracker_table.h"

extern char *ranking_query(const TrackRequest *request);
extern char *funnel_query(const TrackRequest *request);
extern char *funnel_weekly_query(const TrackRequest *request);

#endif							/* VIEWS_H */
