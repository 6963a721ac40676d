/*-------------------------------------------------------------------------
 *
 * state_table.h
 *	  The state table of a tracker, <prefix>_lead.
 *
 *-------------------------------------------------------------------------
 */
#ifndef STATE_TABLE_H
#define STATE_TABLE_H

#include "state/funnel_counts.h"
#include "state/lead_cursor.h"
#include "state/news.h"
#include "state/record.h"
#include "catalog/tracker_cache.h"
#include "util/table_writer.h"

#include "access/skey.h"
#include "utils/snapshot.h"

typedef struct StateTable
{
	Tracker    *tracker;
	Writer		writer;
	ColumnPlaces places;
	Relation	key_index;
	ScanKeyData key;
	Snapshot	snapshot;
	LeadCursor *cursor;			/* NULL unless leads are gone through in key
								 * order */
	TupleTableSlot *found;		/* the row that state_lock or state_find found */
	TupleTableSlot *next;
	CountChanges *counts;		/* NULL: the tracker keeps none */
	News	   *news;			/* NULL: nobody wants to be told */
} StateTable;

extern void state_open(StateTable *state, Tracker *tracker);
extern void state_use_snapshot(StateTable *state, Snapshot snapshot);
extern void state_open_cursor(StateTable *state, Datum from);
extern bool state_find(StateTable *state, Datum lead);
extern bool state_lock(StateTable *state, Datum lead);
extern void state_see_own(StateTable *state);
extern void state_check_snapshot(StateTable *state);
extern bool state_find_own(StateTable *state, Datum lead);
extern bool state_read(StateTable *state, StoredLead *stored);
extern bool state_column_is(StateTable *state, AttrNumber column, Datum value, bool isnull);
extern bool state_is(StateTable *state, const StoredLead *stored);
extern bool state_insert(StateTable *state, Datum lead, const StoredLead *stored, bool alone);
extern void state_update(StateTable *state, Datum lead, const StoredLead *stored);
extern void state_rewrite(StateTable *state, const StoredLead *stored);
extern void state_delete(StateTable *state);
extern void state_close(StateTable *state);

extern void state_values(const ModelVersion *model, const StoredLead *stored,
						 Datum *values, bool *nulls);

#endif							/* STATE_TABLE_H */
