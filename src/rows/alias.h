/*-------------------------------------------------------------------------
 *
 * alias.h
 *	  Leads that are merged into others: which lead one counts for, and which count for one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ALIAS_H
#define ALIAS_H

#include "catalog/tracker_cache.h"

#include "executor/spi.h"
#include "utils/snapshot.h"

extern char *all_roots_sql(const Source *aliases);
extern char *roots_sql(const Source *aliases, const char *condition);
extern bool alias_is_lost(Tracker *tracker, Datum lead, Snapshot snapshot, Datum *into);
extern Datum leads_array(const Tracker *tracker, List *leads);
extern List *aliases_below(Tracker *tracker, List *leads, Snapshot snapshot);
extern Datum lead_root(Tracker *tracker, Datum lead, Snapshot snapshot);
extern List *lead_members(Tracker *tracker, Datum lead, Snapshot snapshot);

#endif							/* ALIAS_H */
