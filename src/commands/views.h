/*-------------------------------------------------------------------------
 *
 * views.h
 *	  The views of a tracker.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VIEWS_H
#define VIEWS_H

extern char *ranking_view_sql(const char *schema, const char *prefix);
extern char *funnel_view_sql(const char *schema, const char *prefix);
extern char *counted_funnel_view_sql(const char *schema, const char *prefix);
extern char *funnel_weekly_view_sql(const char *schema, const char *prefix, const char *time_zone);

#endif							/* VIEWS_H */
