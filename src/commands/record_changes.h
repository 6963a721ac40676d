/*-------------------------------------------------------------------------
 *
 * record_changes.h
 *	  What is kept of records whenever they change.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RECORD_CHANGES_H
#define RECORD_CHANGES_H

#include "catalog/tracker_cache.h"

#include "commands/trigger.h"

extern void record_changes(const TriggerData *data, Tracker *tracker, Oid table);
extern void record_present(const TrackedSource *recorder);

#endif							/* RECORD_CHANGES_H */
