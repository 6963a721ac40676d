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

typedef struct LeadCursor
{
	MemoryContext context;		/* of the scan */
	const Tracker *tracker;
	AttrNumber	lead_column;
	Relation	index;
	Snapshot	snapshot;
	IndexScanDesc scan;
	TupleTableSlot *slot;		/* the row that the cursor has come to */
	bool		have;			/* there is one */
} LeadCursor;

extern LeadCursor *lead_cursor_begin(const Tracker *tracker, Relation table, Oid index, AttrNumber lead_column,
									 Snapshot snapshot, Datum from);
extern bool lead_cursor_to(LeadCursor *cursor, Datum lead);
extern void lead_cursor_next(LeadCursor *cursor);
extern bool lead_cursor_is_at(LeadCursor *cursor, Datum lead);
extern void lead_cursor_end(LeadCursor *cursor);

#endif							/* LEAD_CURSOR_H */
