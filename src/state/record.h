/*-------------------------------------------------------------------------
 *
 * record.h
 *	  The record of a lead, as the state, opening balances and checkpoints keep it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RECORD_H
#define RECORD_H

#include "catalog/table_shape.h"

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
	STATE_FINAL_SINCE,			/* from 0.2.0 on */
	STATE_COUNTED_AT,
	STATE_GRANTED_AT,
	STATE_WITHDRAWN_AT,
	STATE_EXCLUDED_SINCE,
	STATE_HELD_STAGE,
	STATE_HEARD_AT,
	N_STATE_COLUMNS = STATE_HEARD_AT
};

/* columns of <prefix>_balance */
enum
{
	BALANCE_LEAD = 1,
	BALANCE_FIRST_AT,
	BALANCE_LAST_AT,
	BALANCE_STAGE_SINCE,
	BALANCE_HOT_SINCE,
	BALANCE_INTERACTIONS,
	BALANCE_STAGE,
	BALANCE_STATUS,
	BALANCE_CYCLE,
	BALANCE_PURCHASES,
	BALANCE_MODEL_VERSION,
	BALANCE_HELD,
	BALANCE_FINAL_SINCE,		/* from 0.2.0 on */
	BALANCE_COUNTED_AT,
	BALANCE_GRANTED_AT,
	BALANCE_WITHDRAWN_AT,
	BALANCE_EXCLUDED_SINCE,
	BALANCE_HELD_STAGE,
	BALANCE_HEARD_AT,
	N_BALANCE_COLUMNS = BALANCE_HEARD_AT
};

/*
 * Elements of a checkpoint; what the groups and the rest hold follows, and then, if there
 * is any of it, what else the lead remembers: see checkpoint.c.
 */
enum
{
	CHECKPOINT_INTERACTIONS,
	CHECKPOINT_FIRST_AT,
	CHECKPOINT_LAST_AT,
	CHECKPOINT_STAGE_SINCE,
	CHECKPOINT_HOT_SINCE,
	CHECKPOINT_STAGE,
	CHECKPOINT_STATUS,
	CHECKPOINT_CYCLE,
	CHECKPOINT_PURCHASES,
	CHECKPOINT_POINTS,
	CHECKPOINT_HELD
};

/* Tables that have fields of the record as columns. */
typedef enum RecordTable
{
	IN_STATE,
	IN_BALANCE,
	N_RECORD_TABLES
} RecordTable;

/* A lead as its row in a table tells it. */
typedef struct StoredLead
{
	LeadState	lead;
	int			nheld;
	int			ncounted;
	int			ngranted;		/* channels */
	int			nwithdrawn;
	int32		version;		/* of the model that it was folded with */
	HeatTime	due_at;			/* the earliest future row, FOLD_NEVER for
								 * none */
	bool		has_checkpoint;
	Datum		checkpoint;		/* where a replay can begin; see checkpoint.c */
} StoredLead;

extern const TableShape state_shape;
extern const TableShape balance_shape;

extern void records_init(void);

extern bool stored_lead_column(Oid table, LeadColumn *column);
extern void put_time(HeatTime at, Datum *value, bool *isnull);
extern AttrNumber record_read(RecordTable table, const Datum *values, const bool *nulls,
							  StoredLead *stored);
extern void record_write(RecordTable table, const StoredLead *stored, Datum *values, bool *nulls);
extern bool record_from_elements(const int64 *elements, StoredLead *stored);
extern void record_to_elements(const StoredLead *stored, int64 *elements);

extern void stored_reset(const ModelVersion *model, StoredLead *stored);
extern bool stored_is_nothing(const StoredLead *stored);
extern void stored_forget_instants(StoredLead *stored);
extern void stored_complete(const ModelVersion *model, StoredLead *stored);
extern bool stored_remembers(const StoredLead *stored);
extern bool stored_consents(const StoredLead *stored);
extern const char *stored_fault(const ModelVersion *model, const StoredLead *stored);

#endif							/* RECORD_H */
