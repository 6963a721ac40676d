/*-------------------------------------------------------------------------
 *
 * track.h
 *	  Tracking put on a table and taken off it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRACK_H
#define TRACK_H

#include "catalog/tracker_table.h"
#include "commands/triggers.h"

extern const char *const zone_example;

extern void refuse_entry(void);
extern void drop_tracker_objects(Oid interactions, bool cascade);

#endif							/* TRACK_H */
