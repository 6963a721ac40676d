/*-------------------------------------------------------------------------
 *
 * lead_cursor.h
 *	  An index led by the lead, walked along once beside leads in key order.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEAD_CURSOR_H
#define LEAD_CURSOR_H

#include "catalog/tracker_cache.h"

#include "access/genam.h"
#include "executor/tuptable.h"

typedef struct Sweep
{
	MemoryContext context;		/* of the scan */
	const Tracker *tracker;
	AttrNumber	lead_column;
	Relation	index;
	Snapshot	snapshot;
	IndexScanDesc scan;
	TupleTableSlot *slot;		/* the row that the sweep has come to */
	bool		have;			/* there is one */
} Sweep;

extern Sweep *sweep_begin(const Tracker *tracker, Relation table, Oid index, AttrNumber lead_column,
						  Snapshot snapshot, Datum from);
extern bool sweep_to(Sweep *sweep, Datum lead);
extern void sweep_next(Sweep *sweep);
extern bool sweep_is_at(Sweep *sweep, Datum lead);
extern void sweep_end(Sweep *sweep);

#endif							/* LEAD_CURSOR_H */
