/*-------------------------------------------------------------------------
 *
 * balance.h
 *	  The opening balances of a tracker, <prefix>_base.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BALANCE_H
#define BALANCE_H

#include "state/state_table.h"

/* columns of <prefix>_base */
enum
{
	BASE_LEAD = 1,
	BASE_FIRST_AT,
	BASE_LAST_AT,
	BASE_STAGE_SINCE,
	BASE_HOT_SINCE,
	BASE_INTERACTIONS,
	BASE_STAGE,
	BASE_STATUS,
	BASE_CYCLE,
	BASE_PURCHASES,
	BASE_MODEL_VERSION,
	BASE_HELD,
	N_BASE_COLUMNS = BASE_HELD
};

extern const TableShape base_shape;

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
