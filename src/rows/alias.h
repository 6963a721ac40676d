/*-------------------------------------------------------------------------
 *
 * alias.h
 *	  Leads that are merged into others: which lead one counts for, and which count for one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ALIAS_H
#define ALIAS_H

#include "catalog/table_shape.h"

#include "executor/spi.h"
#include "utils/snapshot.h"

/* columns of <prefix>_alias */
enum
{
	ALIAS_ALIAS = 1,
	ALIAS_LEAD,
	N_ALIAS_COLUMNS = ALIAS_LEAD
};

extern const TableShape alias_shape;

extern TrackedSource alias_source(Oid tracker, Oid relation);
extern char *roots_sql(const Source *aliases, const char *condition);
extern bool alias_is_lost(Tracker *tracker, Datum lead, Snapshot snapshot, Datum *into);
extern List *aliases_below(Tracker *tracker, Datum lead, Snapshot snapshot);
extern Datum lead_root(Tracker *tracker, Datum lead, Snapshot snapshot);
extern List *lead_members(Tracker *tracker, Datum lead, Snapshot snapshot);

#endif							/* ALIAS_H */
