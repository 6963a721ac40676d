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

/* sweep_begin starts to walk along an index from a lead on, as a snapshot shows the rows. */
Sweep *
sweep_begin(const Tracker *tracker, Relation table, Oid index, AttrNumber lead_column,
			Snapshot snapshot, Datum from)
{
	Sweep	   *sweep = palloc(sizeof(Sweep));
	ScanKeyData key;
	Oid			not_before;

	sweep->context = CurrentMemoryContext;
	sweep->tracker = tracker;
	sweep->lead_column = lead_column;
	sweep->index = index_open(index, AccessShareLock);
	sweep->snapshot = RegisterSnapshot(snapshot);
	sweep->slot = table_slot_create(table, NULL);
	not_before = get_opfamily_member(sweep->index->rd_opfamily[0],
									 sweep->index->rd_opcintype[0], sweep->index->rd_opcintype[0],
									 BTGreaterEqualStrategyNumber);
	ScanKeyEntryInitialize(&key, 0, 1, BTGreaterEqualStrategyNumber, InvalidOid,
						   tracker->lead_collation, get_opcode(not_before), from);
	sweep->scan = lt_index_beginscan(table, sweep->index, sweep->snapshot, 1);
	index_rescan(sweep->scan, &key, 1, NULL, 0);
	sweep_next(sweep);
	return sweep;
}

/* sweep_next goes on to the next row; the scan allocates some of its memory on the way. */
void
sweep_next(Sweep *sweep)
{
	MemoryContext before = MemoryContextSwitchTo(sweep->context);

	sweep->have = index_getnext_slot(sweep->scan, ForwardScanDirection, sweep->slot);
	MemoryContextSwitchTo(before);
}

/* compare_to compares the lead of the row that the sweep has come to with another. */
static int
compare_to(Sweep *sweep, Datum lead)
{
	bool		isnull;

	return compare_leads(sweep->tracker, slot_getattr(sweep->slot, sweep->lead_column, &isnull), lead);
}

/* sweep_is_at says whether the row that the sweep has come to is of a lead. */
bool
sweep_is_at(Sweep *sweep, Datum lead)
{
	return sweep->have && compare_to(sweep, lead) == 0;
}

/* sweep_to goes on to the first row of a lead; false if there is none. */
bool
sweep_to(Sweep *sweep, Datum lead)
{
	while (sweep->have)
	{
		int			order = compare_to(sweep, lead);

		if (order >= 0)
			return order == 0;
		sweep_next(sweep);
	}
	return false;
}

/* sweep_end ends the walk. */
void
sweep_end(Sweep *sweep)
{
	index_endscan(sweep->scan);
	ExecDropSingleTupleTableSlot(sweep->slot);
	UnregisterSnapshot(sweep->snapshot);
	index_close(sweep->index, AccessShareLock);
	pfree(sweep);
}
