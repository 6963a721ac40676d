/*-------------------------------------------------------------------------
 *
 * merge.h
 *	  Leads merged into others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MERGE_H
#define MERGE_H

#include "catalog/tracker_cache.h"

extern bool begin_merging(Oid relation);
extern void refuse_circle(const Tracker *tracker, Datum lead, Datum into);

#endif							/* MERGE_H */
