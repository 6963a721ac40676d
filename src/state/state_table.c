/*-------------------------------------------------------------------------
 *
 * state_table.c
 *	  The state table of a tracker, <prefix>_lead.
 *
 * The row of a lead is its lock: whoever changes what is known of a lead
 * holds that row until the end of the transaction.  At READ COMMITTED the
 * newest version is locked, at the stricter levels one that has changed
 * since the transaction's snapshot is a serialization failure.
 *
 *-------------------------------------------------------------------------
 */
#include "state/state_table.h"

#include "access/genam.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* state_open opens a tracker's state for reading and writing. */
void
state_open(StateTable *state, Tracker *tracker)
{
	Relation	table = companion_open(tracker->state, RowExclusiveLock);

	state->tracker = tracker;
	check_shape(table, &state_shape, tracker);
	find_places(&state_shape, RelationGetDescr(table), &state->places);
	writer_open(&state->writer, tracker->state,
				places_from(&state_shape, &state->places, STATE_LEAD + 1), false);
	table_close(table, NoLock);
	state->key_index = index_open(lt_primary_key(state->writer.table), RowExclusiveLock);
	ScanKeyEntryInitialize(&state->key, 0, 1, BTEqualStrategyNumber, InvalidOid,
						   tracker->lead_collation, get_opcode(tracker->lead_eq), (Datum) 0);
	state->snapshot = NULL;
	state->cursor = NULL;
	state->found = table_slot_create(state->writer.table, NULL);
	state->next = table_slot_create(state->writer.table, NULL);
	state->counts = NULL;
	if (OidIsValid(tracker->counts))
	{
		state->counts = palloc(sizeof(CountChanges));
		counts_open(state->counts, tracker);
	}
	state->news = news_begin(tracker);
}

/* state_close fires the table's triggers, makes the writes visible and closes the table. */
void
state_close(StateTable *state)
{
	if (state->cursor != NULL)
		lead_cursor_end(state->cursor);
	if (state->snapshot != NULL)
		UnregisterSnapshot(state->snapshot);
	ExecDropSingleTupleTableSlot(state->found);
	ExecDropSingleTupleTableSlot(state->next);
	index_close(state->key_index, NoLock);
	writer_close(&state->writer);
	if (state->counts != NULL)
		counts_close(state->counts);
	CommandCounterIncrement();
}

/* state_use_snapshot lets state_find see what a snapshot shows. */
void
state_use_snapshot(StateTable *state, Snapshot snapshot)
{
	if (state->snapshot != NULL)
		UnregisterSnapshot(state->snapshot);
	state->snapshot = RegisterSnapshot(snapshot);
}

/* take_snapshot makes what is committed by now, and written by us, visible. */
static void
take_snapshot(StateTable *state)
{
	state_use_snapshot(state, GetTransactionSnapshot());
}

/* look_up finds the row of a lead in the table's snapshot. */
static bool
look_up(StateTable *state, Datum lead)
{
	IndexScanDesc scan;
	bool		found;

	state->key.sk_argument = lead;
	scan = lt_index_beginscan(state->writer.table, state->key_index, state->snapshot, 1);
	index_rescan(scan, &state->key, 1, NULL, 0);
	found = index_getnext_slot(scan, ForwardScanDirection, state->found);
	if (found)
		ExecMaterializeSlot(state->found);
	index_endscan(scan);
	return found;
}

/* state_open_cursor lets state_find go through leads in key order from one on. */
void
state_open_cursor(StateTable *state, Datum from)
{
	if (state->snapshot == NULL)
		take_snapshot(state);
	state->cursor = lead_cursor_begin(state->tracker, state->writer.table,
									  RelationGetRelid(state->key_index), STATE_LEAD,
									  state->snapshot, from);
}

/* state_find finds the row of a lead without locking it. */
bool
state_find(StateTable *state, Datum lead)
{
	if (state->cursor != NULL)
	{
		if (!lead_cursor_to(state->cursor, lead))
			return false;
		ExecCopySlot(state->found, state->cursor->slot);
		state->found->tts_tid = state->cursor->slot->tts_tid;
		return true;
	}
	if (state->snapshot == NULL)
		take_snapshot(state);
	return look_up(state, lead);
}

/* serialization_failure reports a change that the transaction's snapshot does not show. */
static void
serialization_failure(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to concurrent update"),
			 errdetail("The state of a lead was changed by a concurrent transaction."),
			 errhint("Retry the transaction.")));
}

/*
 * state_lock finds and locks the newest row of a lead, waiting for whoever
 * has it; false if there is none.
 */
bool
state_lock(StateTable *state, Datum lead)
{
	bool		strict = IsolationUsesXactSnapshot();

	if (state->snapshot == NULL)
		take_snapshot(state);
	for (;;)
	{
		ItemPointerData tid;
		TM_FailureData failure;
		TM_Result	result;

		if (!look_up(state, lead))
			return false;
		tid = state->found->tts_tid;
		result = table_tuple_lock(state->writer.table, &tid, state->snapshot, state->found,
								  GetCurrentCommandId(false), LockTupleNoKeyExclusive,
								  LockWaitBlock,
								  strict ? 0 : TUPLE_LOCK_FLAG_FIND_LAST_VERSION, &failure);
		switch (result)
		{
			case TM_Ok:
				return true;
			case TM_Updated:
			case TM_Deleted:
				if (strict)
					serialization_failure();
				break;			/* look again */
			case TM_SelfModified:
			case TM_Invisible:

				/*
				 * Our own write of this command, which another trigger made:
				 * look again once it is visible.
				 */
				CommandCounterIncrement();
				break;
			default:
				elog(ERROR, "unexpected result %d of locking the state of a lead", result);
		}
		take_snapshot(state);
	}
}

/*
 * state_check_snapshot fails as a stricter transaction must if any state is not
 * what its snapshot shows, for those who do not go by single leads.
 */
void
state_check_snapshot(StateTable *state)
{
	Snapshot	latest;
	Snapshot	own;
	TableScanDesc scan;

	if (!IsolationUsesXactSnapshot())
		return;
	own = GetTransactionSnapshot();
	latest = RegisterSnapshot(GetLatestSnapshot());
	scan = table_beginscan(state->writer.table, latest, 0, NULL);
	while (table_scan_getnextslot(scan, ForwardScanDirection, state->found))
	{
		bool		isnull;
		TransactionId xmin = DatumGetTransactionId(slot_getsysattr(state->found,
																   MinTransactionIdAttributeNumber,
																   &isnull));

		if (!TransactionIdIsCurrentTransactionId(xmin) && XidInMVCCSnapshot(xmin, own))
			serialization_failure();
	}
	table_endscan(scan);
	UnregisterSnapshot(latest);
}

/* state_see_own makes what has been written of the table so far visible to state_lock. */
void
state_see_own(StateTable *state)
{
	CommandCounterIncrement();
	take_snapshot(state);
}

/*
 * state_find_own finds the row of a lead that this transaction has just written, and
 * that nobody else can have seen.
 */
bool
state_find_own(StateTable *state, Datum lead)
{
	state_see_own(state);
	return look_up(state, lead);
}

/* take_apart takes the found row apart; false if it is none that the extension can have written. */
static bool
take_apart(StateTable *state, StoredLead *stored)
{
	Datum		values[N_STATE_COLUMNS];
	bool		nulls[N_STATE_COLUMNS];
	const ModelVersion *model;

	gather_columns(&state_shape, &state->places, state->found, values, nulls);
	if (record_read(IN_STATE, values, nulls, stored) != InvalidAttrNumber)
		return false;
	stored->lead.points = DatumGetHeatP(values[STATE_HEAT - 1])->points;
	stored->has_checkpoint = !nulls[STATE_CHECKPOINT - 1];
	stored->checkpoint = values[STATE_CHECKPOINT - 1];
	model = tracker_version(state->tracker, stored->version);
	if (model == NULL)
		return false;
	stored_complete(model, stored);
	return stored_fault(model, stored) == NULL && !stored_is_nothing(stored);
}

/*
 * state_read reads the lead of the found row; held is allocated in the current
 * context.  False, and a lead without interactions, if the row is none that the
 * extension can have written: then its rows alone say what it is.
 */
bool
state_read(StateTable *state, StoredLead *stored)
{
	if (take_apart(state, stored))
		return true;
	stored_reset(state->tracker->model, stored);
	return false;
}

/* state_values makes the column values of a lead, all but its key. */
void
state_values(const ModelVersion *model, const StoredLead *stored, Datum *values, bool *nulls)
{
	const LeadState *lead = &stored->lead;
	Heat	   *heat = heat_new(lead->points, lead->interactions > 0 ? lead->last_at : 0,
								model->fold.half_life);

	memset(nulls, 0, sizeof(bool) * N_STATE_COLUMNS);
	values[STATE_HEAT - 1] = HeatPGetDatum(heat);
	nulls[STATE_LEVEL - 1] = (lead->interactions == 0 || lead->excluded_since != FOLD_NEVER);
	values[STATE_LEVEL - 1] = Float8GetDatum(heat_level(heat));
	record_write(IN_STATE, stored, values, nulls);
	nulls[STATE_CHECKPOINT - 1] = !stored->has_checkpoint;
	values[STATE_CHECKPOINT - 1] = stored->has_checkpoint ? stored->checkpoint : (Datum) 0;
}

/*
 * state_column_is says whether the found row has a value in a column, the same to the bit.
 * In one that the table lacks it has null.
 */
bool
state_column_is(StateTable *state, AttrNumber column, Datum value, bool isnull)
{
	AttrNumber	place = state->places.of[column - 1];
	Form_pg_attribute attribute;
	bool		stored_null;
	Datum		stored;

	if (place == 0)
		return isnull;
	attribute = TupleDescAttr(RelationGetDescr(state->writer.table), place - 1);
	stored = slot_getattr(state->found, place, &stored_null);
	if (isnull || stored_null)
		return isnull && stored_null;
	return datum_image_eq(stored, value, attribute->attbyval, attribute->attlen);
}

/* state_is says whether the found row is a lead in every column that the extension keeps, to the bit. */
bool
state_is(StateTable *state, const StoredLead *stored)
{
	Datum		values[N_STATE_COLUMNS];
	bool		nulls[N_STATE_COLUMNS];

	state_values(state->tracker->model, stored, values, nulls);
	for (int column = STATE_LEAD + 1; column <= N_STATE_COLUMNS; column++)
		if (!state_column_is(state, column, values[column - 1], nulls[column - 1]))
			return false;
	return true;
}

/* count_lead notes that a row of the state table has come or has gone; one without a level counts nowhere. */
static void
count_lead(CountChanges *counts, TupleTableSlot *slot, int leads)
{
	bool		isnull;
	Datum		level = slot_getattr(slot, STATE_LEVEL, &isnull);

	if (!isnull)
		counts_change(counts,
					  DatumGetObjectId(slot_getattr(slot, STATE_STAGE, &isnull)),
					  DatumGetObjectId(slot_getattr(slot, STATE_STATUS, &isnull)),
					  DatumGetFloat8(level), leads);
}

/* fill_slot puts a lead into the slot of its next row, keeping columns that are not ours. */
static void
fill_slot(StateTable *state, Datum lead, const StoredLead *stored, bool replaces)
{
	TupleTableSlot *slot = state->next;
	int			natts = slot->tts_tupleDescriptor->natts;
	Datum		values[N_STATE_COLUMNS];
	bool		nulls[N_STATE_COLUMNS];

	ExecClearTuple(slot);
	state_values(state->tracker->model, stored, values, nulls);
	values[STATE_LEAD - 1] = lead;
	for (int i = N_STATE_COLUMNS - state_shape.nadded; i < natts; i++)
	{
		slot->tts_isnull[i] = true;
		if (replaces)
			slot->tts_values[i] = slot_getattr(state->found, i + 1, &slot->tts_isnull[i]);
	}
	scatter_columns(&state_shape, &state->places, values, nulls, slot);
	ExecStoreVirtualTuple(slot);
}

/* prepare_insert keeps the plan that creates a lead unless another has just done so, by the index of the key. */
static SPIPlanPtr
prepare_insert(const StateTable *state)
{
	const Tracker *tracker = state->tracker;
	StringInfoData names;
	StringInfoData sql;
	Oid			types[N_STATE_COLUMNS];
	int			n = 0;
	SPIPlanPtr	plan;

	initStringInfo(&names);
	initStringInfo(&sql);
	for (int i = 0; i < N_STATE_COLUMNS; i++)
	{
		if (state->places.of[i] == 0)
			continue;
		appendStringInfo(&names, "%s%s", n == 0 ? "" : ", ",
						 get_attname(tracker->state, state->places.of[i], false));
		types[n++] = column_type_oid(&state_shape, i + 1, &tracker->lead_column);
	}
	appendStringInfo(&sql, "INSERT INTO %s (%s) VALUES (", qualified_name(tracker->state), names.data);
	for (int i = 1; i <= n; i++)
		appendStringInfo(&sql, "%s$%d", i == 1 ? "" : ", ", i);

	/*
	 * by its name: a user may have another key on the lead, that is checked
	 * later
	 */
	appendStringInfo(&sql, ") ON CONFLICT ON CONSTRAINT %s DO NOTHING",
					 quote_identifier(get_constraint_name(get_index_constraint(RelationGetRelid(state->key_index)))));
	if (OidIsValid(tracker->counts))
		appendStringInfoString(&sql, " RETURNING stage, status, level");

	plan = SPI_prepare(sql.data, n, types);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");
	return plan;
}

/* count_returned counts a lead by the stage, status and level that its INSERT has returned. */
static void
count_returned(CountChanges *counts)
{
	HeapTuple	tuple = SPI_tuptable->vals[0];
	TupleDesc	desc = SPI_tuptable->tupdesc;
	bool		isnull;
	Oid			stage = DatumGetObjectId(SPI_getbinval(tuple, desc, 1, &isnull));
	Oid			status = DatumGetObjectId(SPI_getbinval(tuple, desc, 2, &isnull));
	Datum		level = SPI_getbinval(tuple, desc, 3, &isnull);

	if (!isnull)
		counts_change(counts, stage, status, DatumGetFloat8(level), 1);
	SPI_freetuptable(SPI_tuptable);
}

/*
 * state_insert creates the row of a lead; false if another transaction has
 * created it meanwhile.  Where the caller is alone with the table, nobody can.
 */
bool
state_insert(StateTable *state, Datum lead, const StoredLead *stored, bool alone)
{
	Datum		values[N_STATE_COLUMNS];
	bool		nulls[N_STATE_COLUMNS];
	char		null_chars[N_STATE_COLUMNS];
	int			n = 0;
	int			result;
	bool		created;

	if (writer_is_plain(&state->writer, state->places.n))
	{
		fill_slot(state, lead, stored, false);
		if (alone)
			writer_insert(&state->writer, state->next);
		else if (!writer_insert_unless(&state->writer, state->next,
									   RelationGetRelid(state->key_index)))
		{
			if (IsolationUsesXactSnapshot())
				serialization_failure();
			take_snapshot(state);
			return false;
		}
		if (state->counts != NULL)
			count_lead(state->counts, state->next, 1);
		news_add_lead(state->news, lead);
		return true;
	}
	if (state->tracker->insert_state == NULL)
		state->tracker->insert_state = prepare_insert(state);
	state_values(state->tracker->model, stored, values, nulls);
	values[STATE_LEAD - 1] = lead;
	for (int i = 0; i < N_STATE_COLUMNS; i++)
	{
		if (state->places.of[i] == 0)
			continue;
		null_chars[n] = nulls[i] ? 'n' : ' ';
		values[n++] = values[i];
	}

	/*
	 * AFTER triggers wait for the end of the work, as those of writer_insert
	 * do
	 */
	result = SPI_execute_snapshot(state->tracker->insert_state, values, null_chars,
								  InvalidSnapshot, InvalidSnapshot, false, false, 0);
	if (result != SPI_OK_INSERT && result != SPI_OK_INSERT_RETURNING)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
	created = (SPI_processed == 1);
	if (state->counts != NULL && created)
		count_returned(state->counts);
	if (created)
		news_add_lead(state->news, lead);
	take_snapshot(state);
	if (alone && !created)
		writer_suppressed(&state->writer);
	return created;
}

/* state_update puts a lead in the place of its locked row. */
void
state_update(StateTable *state, Datum lead, const StoredLead *stored)
{
	bool		isnull;

	fill_slot(state, slot_getattr(state->found, STATE_LEAD, &isnull), stored, true);
	writer_update(&state->writer, state->found, state->next);
	if (state->counts != NULL)
	{
		count_lead(state->counts, state->found, -1);
		count_lead(state->counts, state->next, 1);
	}
	news_add_lead(state->news, lead);
}

/* state_rewrite writes the locked row again, which is that lead already. */
void
state_rewrite(StateTable *state, const StoredLead *stored)
{
	bool		isnull;

	fill_slot(state, slot_getattr(state->found, STATE_LEAD, &isnull), stored, true);
	writer_rewrite(&state->writer, state->found, state->next);
}

/* state_delete deletes the locked row. */
void
state_delete(StateTable *state)
{
	bool		isnull;

	news_add_lead(state->news, slot_getattr(state->found, STATE_LEAD, &isnull));
	writer_delete(&state->writer, state->found);
	if (state->counts != NULL)
		count_lead(state->counts, state->found, -1);
}
