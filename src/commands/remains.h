/*-------------------------------------------------------------------------
 *
 * remains.h
 *	  What a restore brings of a tracker without the tracker itself.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REMAINS_H
#define REMAINS_H

#include "catalog/tracker_cache.h"

extern void report_inert_trigger(Oid relation);
extern bool remove_inert_triggers(Oid table);
extern bool remove_remains(Oid table);
extern bool is_restored_companion(Oid relation);

#endif							/* REMAINS_H */
