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
	Tracker    *tracker;
	Relation	table;
	ColumnPlaces places;
	bool		writes;
	Writer		writer;			/* of the table, if it writes */
	Relation	key_index;
	ScanKeyData key;
	Snapshot	snapshot;
	TupleTableSlot *found;		/* the row that balance_find found of the lead
								 * itself */
	bool		has_own;		/* it has found one */
	List	   *merged;			/* of Datum pointers: other leads that have
								 * balances which count for the lead */
	TupleTableSlot *other;		/* likewise, of another */
	TupleTableSlot *next;		/* if it writes */
} BalanceTable;

extern void balance_open(BalanceTable *balances, Tracker *tracker, bool writes);
extern bool balance_find(BalanceTable *balances, Datum lead, StoredLead *stored);
extern void balance_put(BalanceTable *balances, Datum lead, const StoredLead *stored);
extern void balance_close(BalanceTable *balances);
extern Datum balance_versions(const Tracker *tracker);

#endif							/* BALANCE_H */
