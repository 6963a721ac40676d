/*-------------------------------------------------------------------------
 *
 * balance.h
 *	  The opening balances of a tracker, <prefix>_balance.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BALANCE_H
#define BALANCE_H

#include "state/state_table.h"

typedef struct BaseTable
{
	const Tracker *tracker;
	Relation	table;
	bool		writes;
	Writer		writer;			/* of the table, if it writes */
	Relation	key_index;
	ScanKeyData key;
	Snapshot	snapshot;
	TupleTableSlot *found;		/* the row that base_find found */
	TupleTableSlot *next;		/* if it writes */
} BaseTable;

extern void base_open(BaseTable *base, const Tracker *tracker, bool writes);
extern bool base_find(BaseTable *base, Datum lead, StoredLead *stored);
extern void base_put(BaseTable *base, Datum lead, const StoredLead *stored, bool replaces);
extern void base_close(BaseTable *base);
extern Datum base_versions(const Tracker *tracker);

#endif							/* BALANCE_H */
