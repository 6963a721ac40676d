/*-------------------------------------------------------------------------
 *
 * pace.h
 *	  Module pace: how long leads take, where they stay behind, who comes back.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PACE_H
#define PACE_H

/* queries of its views, and their columns, as the list of companions has them */
extern const char stage_time_query[];
extern const char stage_time_columns[];
extern const char conversion_query[];
extern const char conversion_columns[];
extern const char stalled_query[];
extern const char stalled_columns[];
extern const char retention_query[];
extern const char retention_columns[];
extern const char funnel_change_query[];
extern const char funnel_change_columns[];

#endif							/* PACE_H */
