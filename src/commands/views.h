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

extern char *ranking_view_sql(const TrackRequest *request, const char *view);
extern char *funnel_view_sql(const TrackRequest *request, const char *view);
extern char *funnel_weekly_view_sql(const TrackRequest *request, const char *view);

#endif							/* VIEWS_H */
