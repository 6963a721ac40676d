/*-------------------------------------------------------------------------
 *
 * track.h
 *	  Tracking put on a table and taken off it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRACK_H
#define TRACK_H

#include "commands/triggers.h"

extern void drop_tracker_objects(Oid interactions, bool cascade);

#endif							/* TRACK_H */
