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
extern const char retention_query[];
extern const char retention_columns[];

#endif							/* PACE_H */
