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
#include "catalog/table_shape.h"
#include "catalog/tracker_cache.h"
#include "util/table_writer.h"

#include "access/skey.h"
#include "utils/snapshot.h"

/* columns of <prefix>_lead */
enum
{
	STATE_LEAD = 1,
	STATE_HEAT,
	STATE_LEVEL,
	STATE_FIRST_AT,
	STATE_LAST_AT,
	STATE_STAGE_SINCE,
	STATE_HOT_SINCE,
	STATE_DUE_AT,
	STATE_INTERACTIONS,
	STATE_STAGE,
	STATE_STATUS,
	STATE_CYCLE,
	STATE_PURCHASES,
	STATE_MODEL_VERSION,
	STATE_HELD,
	STATE_CHECKPOINT,
	N_STATE_COLUMNS = STATE_CHECKPOINT
};

extern const TableShape state_shape;

/* A lead as its row in the state table tells it. */
typedef struct StoredLead
{
	LeadState	lead;
	int			nheld;
	int32		version;		/* of the model that it was folded with */
	HeatTime	due_at;			/* the earliest future row, FOLD_NEVER for none */
	bool		has_checkpoint;
	Datum		checkpoint;		/* where a replay can begin; see checkpoint.c */
} StoredLead;

typedef struct StateTable
{
	Tracker    *tracker;
	Writer		writer;
	Relation	key_index;
	ScanKeyData key;
	Snapshot	snapshot;
	Sweep	   *sweep;			/* NULL unless leads are gone through in key order */
	TupleTableSlot *found;		/* the row that state_lock or state_find found */
	TupleTableSlot *next;
	CountChanges *counts;		/* NULL: the tracker keeps none */
} StateTable;

extern void state_open(StateTable *state, Tracker *tracker);
extern void state_use_snapshot(StateTable *state, Snapshot snapshot);
extern void state_sweep(StateTable *state, Datum from);
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

extern bool get_time(Datum value, bool isnull, HeatTime *at);
extern void put_time(HeatTime at, Datum *value, bool *isnull);
extern Datum held_datum(const StoredLead *stored);
extern bool read_held(Datum value, StoredLead *stored);

extern void stored_reset(const FrozenModel *model, StoredLead *stored);
extern bool stored_is_nothing(const StoredLead *stored);
extern AttrNumber stored_fault(const FrozenModel *model, const StoredLead *stored);
extern void state_values(const FrozenModel *model, const StoredLead *stored,
						 Datum *values, bool *nulls);

#endif							/* STATE_TABLE_H */
