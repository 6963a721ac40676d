/*-------------------------------------------------------------------------
 *
 * track.h
 *	  Tracking put on a table and taken off it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRACK_H
#define TRACK_H

#include "tracker.h"

extern bool in_own_command;

extern void utility(const char *sql);
extern void follow_partitions(Oid interactions, bool creating);
extern bool is_followed(Oid relation);
extern List *follow_triggers(Oid relation, int *events);
extern void unfollow(Oid relation);
extern void drop_tracker_objects(Oid interactions, bool cascade);

#endif							/* TRACK_H */
