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

typedef struct BalanceTable
{
	const Tracker *tracker;
	Relation	table;
	ColumnPlaces places;
	bool		writes;
	Writer		writer;			/* of the table, if it writes */
	Relation	key_index;
	ScanKeyData key;
	Snapshot	snapshot;
	TupleTableSlot *found;		/* the row that balance_find found */
	TupleTableSlot *next;		/* if it writes */
} BalanceTable;

extern void balance_open(BalanceTable *balances, const Tracker *tracker, bool writes);
extern bool balance_find(BalanceTable *balances, Datum lead, StoredLead *stored);
extern void balance_put(BalanceTable *balances, Datum lead, const StoredLead *stored, bool replaces);
extern void balance_close(BalanceTable *balances);
extern Datum balance_versions(const Tracker *tracker);

#endif							/* BALANCE_H */
