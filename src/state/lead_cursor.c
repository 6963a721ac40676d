/*-------------------------------------------------------------------------
 *
 * lead_cursor.c
 *	  An index led by the lead, walked along once beside leads in key order.
 *
 * Whoever goes through many leads in key order finds what is stored of each
 * without descending the index again for every one.
 *
 *-------------------------------------------------------------------------
 */
#include "state/lead_cursor.h"

#include "catalog/lead_key.h"

#include "access/stratnum.h"
#include "access/tableam.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/* lead_cursor_begin starts to walk along an index from a lead on, as a snapshot shows the rows. */
LeadCursor *
lead_cursor_begin(const Tracker *tracker, Relation table, Oid index, AttrNumber lead_column,
				  Snapshot snapshot, Datum from)
{
	LeadCursor *cursor = palloc(sizeof(LeadCursor));
	ScanKeyData key;
	Oid			not_before;

	cursor->context = CurrentMemoryContext;
	cursor->tracker = tracker;
	cursor->lead_column = lead_column;
	cursor->index = index_open(index, AccessShareLock);
	cursor->snapshot = RegisterSnapshot(snapshot);
	cursor->slot = table_slot_create(table, NULL);
	not_before = get_opfamily_member(cursor->index->rd_opfamily[0],
									 cursor->index->rd_opcintype[0], cursor->index->rd_opcintype[0],
									 BTGreaterEqualStrategyNumber);
	ScanKeyEntryInitialize(&key, 0, 1, BTGreaterEqualStrategyNumber, InvalidOid,
						   tracker->lead_collation, get_opcode(not_before), from);
	cursor->scan = lt_index_beginscan(table, cursor->index, cursor->snapshot, 1);
	index_rescan(cursor->scan, &key, 1, NULL, 0);
	lead_cursor_next(cursor);
	return cursor;
}

/* lead_cursor_next goes on to the next row; the scan allocates some of its memory on the way. */
void
lead_cursor_next(LeadCursor *cursor)
{
	MemoryContext before = MemoryContextSwitchTo(cursor->context);

	cursor->have = index_getnext_slot(cursor->scan, ForwardScanDirection, cursor->slot);
	MemoryContextSwitchTo(before);
}

/* compare_to compares the lead of the row that the cursor has come to with another. */
static int
compare_to(LeadCursor *cursor, Datum lead)
{
	bool		isnull;

	return compare_leads(cursor->tracker, slot_getattr(cursor->slot, cursor->lead_column, &isnull), lead);
}

/* lead_cursor_is_at says whether the row that the cursor has come to is of a lead. */
bool
lead_cursor_is_at(LeadCursor *cursor, Datum lead)
{
	return cursor->have && compare_to(cursor, lead) == 0;
}

/* lead_cursor_to goes on to the first row of a lead; false if there is none. */
bool
lead_cursor_to(LeadCursor *cursor, Datum lead)
{
	while (cursor->have)
	{
		int			order = compare_to(cursor, lead);

		if (order >= 0)
			return order == 0;
		lead_cursor_next(cursor);
	}
	return false;
}

/* lead_cursor_end ends the walk. */
void
lead_cursor_end(LeadCursor *cursor)
{
	index_endscan(cursor->scan);
	ExecDropSingleTupleTableSlot(cursor->slot);
	UnregisterSnapshot(cursor->snapshot);
	index_close(cursor->index, AccessShareLock);
	pfree(cursor);
}
