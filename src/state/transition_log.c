/*-------------------------------------------------------------------------
 *
 * transition_log.c
 *	  The transition table of a tracker, <prefix>_transition.
 *
 * Transitions are never changed or removed, so that figures stay
 * reproducible as they were reported: one that a replay finds otherwise is
 * superseded, and what is right now is added.
 *
 * Each says how it came.  Who acts on transitions acts on live ones alone: their rows have
 * just happened, what they tell of the lead was not known before, and nobody has excluded it.
 *
 *-------------------------------------------------------------------------
 */
#include "state/transition_log.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "commands/sequence.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* How far from the clock the rows of live transitions may be, in milliseconds. */
int			live_within = 15 * 60 * 1000;

static const ColumnShape transition_columns[] = {
	{"id", COLUMN_INT8, true},
	{"lead", COLUMN_LEAD, true},
	{"at", COLUMN_TIMESTAMPTZ, true},
	{"from_stage", COLUMN_STAGE, false},
	{"to_stage", COLUMN_STAGE, true},
	{"from_status", COLUMN_STATUS, false},
	{"to_status", COLUMN_STATUS, true},
	{"from_temperature", COLUMN_TEMPERATURE, false},
	{"to_temperature", COLUMN_TEMPERATURE, true},
	{"cycle", COLUMN_INT4, true},
	{"purchases", COLUMN_INT4, true},
	{"score", COLUMN_FLOAT8, true},
	{"cause", COLUMN_TEXT, false},
	{"recorded_at", COLUMN_TIMESTAMPTZ, true},
	{"superseded_at", COLUMN_TIMESTAMPTZ, false},
	{"origin", COLUMN_TEXT, false},
	{"cause_source", COLUMN_INT4, false},
	{"model_version", COLUMN_INT4, false}
};

const TableShape transition_shape = {
	.what = "transition table",
	.ncolumns = N_TRANSITION_COLUMNS,
	.nadded = N_TRANSITION_COLUMNS - TRANSITION_SUPERSEDED_AT,
	.columns = transition_columns,
	.identity = TRANSITION_ID,
	.nkeys = 1,
	.keys = {TRANSITION_ID}
};

StaticAssertDecl(lengthof(transition_columns) == N_TRANSITION_COLUMNS, "a shape for each column of a transition");

/* transition_log_init declares the setting that says which transitions are live; called once. */
void
transition_log_init(void)
{
	DefineCustomIntVariable("lead_temperature.live_within",
							"How far from the clock the interactions behind live transitions may be.",
							"Those of others are late: nobody is told of them. At 0 all are.",
							&live_within, live_within, 0, INT_MAX, PGC_USERSET, GUC_UNIT_MS,
							NULL, NULL, NULL);
}

/*
 * is_current says whether the predicate of an index is that transitions are not
 * superseded, and no more.  It is taken as it is stored: the relation cache would
 * evaluate what it can of it, by functions of whoever made the index, as whoever asks.
 */
static bool
is_current(Relation index)
{
	Datum		stored;
	bool		isnull;
	const NullTest *test;
	const Var  *column;

	stored = SysCacheGetAttr(INDEXRELID, index->rd_indextuple, Anum_pg_index_indpred, &isnull);
	if (isnull)
		return false;
	test = stringToNode(TextDatumGetCString(stored));
	if (!IsA(test, NullTest))
		return false;
	column = (const Var *) test->arg;
	return test->nulltesttype == IS_NULL && IsA(column, Var) &&
		column->varattno == TRANSITION_SUPERSEDED_AT;
}

/* current_index finds the index on (lead, at) of just the current transitions, InvalidOid if there is none. */
Oid
current_index(Relation table)
{
	static const AttrNumber columns[] = {TRANSITION_LEAD, TRANSITION_AT};
	List	   *indexes = RelationGetIndexList(table);
	Oid			result = InvalidOid;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (index_is_on(index, RelationGetDescr(table), lengthof(columns), columns) &&
			is_current(index))
			result = lfirst_oid(cell);
		index_close(index, NoLock);
		if (OidIsValid(result))
			break;
	}
	list_free(indexes);
	return result;
}

/* need_current_index finds that index, or refuses to do without. */
static Oid
need_current_index(Relation table)
{
	Oid			index = current_index(table);

	if (!OidIsValid(index))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("transition table \"%s\" has lost its index on current transitions",
						RelationGetRelationName(table)),
				 errhint("Create it again: CREATE INDEX ON %s (lead, at) WHERE superseded_at IS NULL.",
						 qualified_name(RelationGetRelid(table)))));
	return index;
}

/* transitions_open opens a tracker's transitions for reading and writing beside the state, which is open. */
void
transitions_open(TransitionTable *table, Tracker *tracker, WorkCause by, News *news)
{
	table->tracker = tracker;
	table->by = by;
	table->news = news;
	table->clock = heat_time_from_timestamptz(GetCurrentTimestamp());
	table->known = NULL;
	writer_open(&table->writer, tracker->transitions, bms_make_singleton(TRANSITION_SUPERSEDED_AT), true);
	check_shape(table->writer.table, &transition_shape, tracker);
	find_places(&transition_shape, RelationGetDescr(table->writer.table), &table->places);
	if (!OidIsValid(tracker->transition_ids))
		tracker->transition_ids = lt_identity_sequence(table->writer.table, TRANSITION_ID);
	if (!tracker->valid || !OidIsValid(tracker->current_transitions))
		tracker->current_transitions = need_current_index(table->writer.table);
	table->index = tracker->current_transitions;
	table->next = table_slot_create(table->writer.table, NULL);
	table->current = table_slot_create(table->writer.table, NULL);
	table->cursor = NULL;
}

/* transitions_close closes the table. */
void
transitions_close(TransitionTable *table)
{
	if (table->cursor != NULL)
		lead_cursor_end(table->cursor);
	ExecDropSingleTupleTableSlot(table->next);
	ExecDropSingleTupleTableSlot(table->current);
	writer_close(&table->writer);
}

/* put_stage makes a stage a column value, NULL before the first instant. */
static void
put_stage(LeadStage stage, Datum *value, bool *isnull)
{
	*isnull = (stage == STAGE_NONE);
	*value = *isnull ? (Datum) 0 : ObjectIdGetDatum(stage_to_oid(stage));
}

/* put_transition makes the column values of a transition, all but id, lead, and when and how it was recorded. */
static void
put_transition(const Tracker *tracker, const Transition *transition, Datum *values, bool *nulls)
{
	bool		first = (transition->from_stage == STAGE_NONE);

	memset(nulls, 0, sizeof(bool) * N_TRANSITION_COLUMNS);
	values[TRANSITION_AT - 1] = TimestampTzGetDatum(heat_time_to_timestamptz(transition->at));
	put_stage(transition->from_stage, &values[TRANSITION_FROM_STAGE - 1],
			  &nulls[TRANSITION_FROM_STAGE - 1]);
	put_stage(transition->to_stage, &values[TRANSITION_TO_STAGE - 1],
			  &nulls[TRANSITION_TO_STAGE - 1]);
	nulls[TRANSITION_FROM_STATUS - 1] = first;
	values[TRANSITION_FROM_STATUS - 1] = first ? (Datum) 0 :
		ObjectIdGetDatum(status_to_oid(transition->from_status));
	values[TRANSITION_TO_STATUS - 1] = ObjectIdGetDatum(status_to_oid(transition->to_status));
	nulls[TRANSITION_FROM_TEMPERATURE - 1] = first;
	values[TRANSITION_FROM_TEMPERATURE - 1] = first ? (Datum) 0 :
		ObjectIdGetDatum(temperature_to_oid(transition->from_temperature));
	values[TRANSITION_TO_TEMPERATURE - 1] =
		ObjectIdGetDatum(temperature_to_oid(transition->to_temperature));
	values[TRANSITION_CYCLE - 1] = Int32GetDatum(transition->cycle);
	values[TRANSITION_PURCHASES - 1] = Int32GetDatum(transition->purchases);
	values[TRANSITION_SCORE - 1] = Float8GetDatum(transition->score);
	nulls[TRANSITION_CAUSE - 1] = (transition->cause == NULL);
	values[TRANSITION_CAUSE - 1] = transition->cause == NULL ? (Datum) 0 :
		PointerGetDatum(cstring_to_text_with_len(transition->cause, transition->cause_len));
	values[TRANSITION_CAUSE_SOURCE - 1] = Int32GetDatum(tracker->sources[transition->cause_place]->number);
}

/*
 * was_known says whether a lead was known to be, at the instant of a transition, all that this
 * takes it to: rows that are corrected, or that come in another order, tell nothing new.
 */
static bool
was_known(const TransitionTable *table, const Transition *transition)
{
	const LeadState *known = table->known;

	return known != NULL && known->interactions > 0 &&
		known->cycle >= transition->cycle && known->purchases >= transition->purchases &&
		(known->status == transition->to_status ||
		 (transition->to_status == STATUS_WON && known->status == STATUS_OPEN && known->cycle > transition->cycle)) &&
		known->stage >= transition->to_stage &&
		fold_temperature(&table->tracker->model->fold, known->points, known->last_at,
						 transition->at) >= transition->to_temperature;
}

/* How transitions come, as their column says it. */
static const char *const live = "live";

/* origin_of says how a transition comes. */
static const char *
origin_of(const TransitionTable *table, const Transition *transition)
{
	int64		distance = table->clock > transition->at ? table->clock - transition->at : transition->at - table->clock;

	switch (table->by)
	{
		case BY_REPLAY:
			return "replay";
		case BY_BACKFILL:
			return "backfill";
		case BY_ROWS:
			break;
	}
	if (live_within == 0 || distance > live_within * INT64CONST(1000))
		return "late";
	if (was_known(table, transition))
		return "replay";
	return transition->excluded ? "excluded" : live;
}

/* transition_add records a transition. */
void
transition_add(TransitionTable *table, Datum lead, const Transition *transition)
{
	TupleTableSlot *slot = table->next;
	Datum		values[N_TRANSITION_COLUMNS];
	bool		nulls[N_TRANSITION_COLUMNS];
	const char *origin = origin_of(table, transition);

	put_transition(table->tracker, transition, values, nulls);
	values[TRANSITION_ID - 1] = Int64GetDatum(nextval_internal(table->tracker->transition_ids, false));
	values[TRANSITION_LEAD - 1] = lead;
	values[TRANSITION_RECORDED_AT - 1] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	nulls[TRANSITION_SUPERSEDED_AT - 1] = true;
	values[TRANSITION_ORIGIN - 1] = CStringGetTextDatum(origin);
	values[TRANSITION_MODEL_VERSION - 1] = Int32GetDatum(table->tracker->version);
	ExecClearTuple(slot);
	writer_put_defaults(&table->writer, slot, N_TRANSITION_COLUMNS - transition_shape.nadded);
	scatter_columns(&transition_shape, &table->places, values, nulls, slot);
	ExecStoreVirtualTuple(slot);
	writer_insert_soon(&table->writer, slot);
	if (origin == live)
		news_add_transition(table->news, lead, transition);
}

/* supersede marks the current transition of a replay as no longer so. */
static void
supersede(TransitionTable *table, TupleTableSlot *current)
{
	TupleTableSlot *slot = table->next;
	int			natts = slot->tts_tupleDescriptor->natts;

	slot_getallattrs(current);
	ExecClearTuple(slot);
	memcpy(slot->tts_values, current->tts_values, sizeof(Datum) * natts);
	memcpy(slot->tts_isnull, current->tts_isnull, sizeof(bool) * natts);
	slot->tts_values[TRANSITION_SUPERSEDED_AT - 1] =
		TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	slot->tts_isnull[TRANSITION_SUPERSEDED_AT - 1] = false;
	ExecStoreVirtualTuple(slot);
	writer_update(&table->writer, current, slot);
}

/*
 * transition_at returns the instant of a stored transition.  One that no transition has
 * comes before or after all others, as it does in the index, and is none of any replay.
 */
static HeatTime
transition_at(TupleTableSlot *slot)
{
	bool		isnull;
	TimestampTz at = DatumGetTimestampTz(slot_getattr(slot, TRANSITION_AT, &isnull));

	if (at < -HEAT_EPOCH_SHIFT)
		return FOLD_NEVER;
	if (at > HEAT_TIME_MAX - HEAT_EPOCH_SHIFT)
		return HEAT_TIME_MAX;
	return heat_time_from_timestamptz(at);
}

/* is_source_as_stored says whether a stored transition has its cause from some source, as far as it says so. */
static bool
is_source_as_stored(const TransitionTable *table, TupleTableSlot *stored, int32 source)
{
	AttrNumber	place = table->places.of[TRANSITION_CAUSE_SOURCE - 1];

	return place == 0 || stored->tts_isnull[place - 1] ||
		DatumGetInt32(stored->tts_values[place - 1]) == source;
}

/* is_as_stored says whether a stored transition is what the replay says. */
static bool
is_as_stored(const TransitionTable *table, TupleTableSlot *stored, const Transition *transition)
{
	Datum		values[N_TRANSITION_COLUMNS];
	bool		nulls[N_TRANSITION_COLUMNS];

	put_transition(table->tracker, transition, values, nulls);
	slot_getallattrs(stored);
	if (!is_source_as_stored(table, stored, DatumGetInt32(values[TRANSITION_CAUSE_SOURCE - 1])))
		return false;
	for (int i = TRANSITION_AT - 1; i < TRANSITION_RECORDED_AT - 1; i++)
	{
		if (stored->tts_isnull[i] != nulls[i])
			return false;
		if (nulls[i])
			continue;
		if (i + 1 == TRANSITION_CAUSE)
		{
			text	   *cause = DatumGetTextPP(stored->tts_values[i]);

			if (VARSIZE_ANY_EXHDR(cause) != transition->cause_len ||
				memcmp(VARDATA_ANY(cause), transition->cause, transition->cause_len) != 0)
				return false;
		}
		else if (i + 1 == TRANSITION_SCORE)
		{
			double		score = DatumGetFloat8(stored->tts_values[i]);

			if (memcmp(&score, &transition->score, sizeof(double)) != 0)
				return false;
		}
		else if (i + 1 == TRANSITION_AT)
		{
			if (DatumGetTimestampTz(stored->tts_values[i]) != DatumGetTimestampTz(values[i]))
				return false;
		}
		else if (stored->tts_values[i] != values[i])
			return false;
	}
	return true;
}

/* transitions_open_cursor lets leads be gone through in key order from one on, as a snapshot shows them. */
void
transitions_open_cursor(TransitionTable *table, Snapshot snapshot, Datum from)
{
	table->cursor = lead_cursor_begin(table->tracker, table->writer.table, table->index, TRANSITION_LEAD,
									  snapshot, from);
}

/* next_current fetches the next current transition of the lead. */
static void
next_current(TransitionReplay *replay)
{
	if (!replay->at_cursor)
	{
		replay->have = index_getnext_slot(replay->scan, ForwardScanDirection, replay->current);
		return;
	}
	lead_cursor_next(replay->table->cursor);
	replay->have = lead_cursor_is_at(replay->table->cursor, replay->lead);
}

/* begin_scan starts to read the current transitions of a lead, those after an instant, as a snapshot shows them. */
static void
begin_scan(TransitionReplay *replay, Snapshot snapshot, HeatTime after)
{
	TransitionTable *table = replay->table;
	const Tracker *tracker = table->tracker;
	ScanKeyData keys[2];
	int			nkeys = 1;

	replay->current = table->current;
	replay->snapshot = RegisterSnapshot(snapshot);
	replay->index = index_open(table->index, AccessShareLock);
	ScanKeyEntryInitialize(&keys[0], 0, 1, BTEqualStrategyNumber, InvalidOid,
						   tracker->lead_collation, get_opcode(tracker->lead_eq), replay->lead);
	if (after != FOLD_NEVER)
		ScanKeyInit(&keys[nkeys++], 2, BTGreaterStrategyNumber, F_TIMESTAMPTZ_GT,
					TimestampTzGetDatum(heat_time_to_timestamptz(after)));
	else if (tracker->archived_before != FOLD_NEVER)
		ScanKeyInit(&keys[nkeys++], 2, BTGreaterEqualStrategyNumber, F_TIMESTAMPTZ_GE,
					TimestampTzGetDatum(heat_time_to_timestamptz(tracker->archived_before)));
	replay->scan = lt_index_beginscan(table->writer.table, replay->index, replay->snapshot, nkeys);
	index_rescan(replay->scan, keys, nkeys, NULL, 0);
	next_current(replay);
}

/* begin_at_cursor goes on to the current transitions of a lead with the table's cursor. */
static void
begin_at_cursor(TransitionReplay *replay)
{
	replay->current = replay->table->cursor->slot;
	replay->have = lead_cursor_to(replay->table->cursor, replay->lead);
	while (replay->have && transition_at(replay->current) < replay->table->tracker->archived_before)
		next_current(replay);
}

/* prepare_replay prepares the comparison of a replay of a lead with its current transitions. */
static void
prepare_replay(TransitionReplay *replay, TransitionTable *table, Datum lead, bool at_cursor,
			   TransitionDiffers differs, void *arg)
{
	replay->table = table;
	replay->lead = lead;
	replay->at_cursor = at_cursor;
	replay->differs = differs;
	replay->arg = arg;
	replay->differences = 0;
}

/*
 * transition_replay_begin starts to compare a replay of a lead with its current
 * transitions, as the table's cursor shows them, or as they are by now if the lead's
 * state is locked.  Differences are mended, or told to differs if that is given.
 * What lies before the archived time stays as it is.
 */
void
transition_replay_begin(TransitionReplay *replay, TransitionTable *table, Datum lead,
						bool at_cursor, TransitionDiffers differs, void *arg)
{
	prepare_replay(replay, table, lead, at_cursor, differs, arg);
	if (at_cursor)
		begin_at_cursor(replay);
	else
		begin_scan(replay, GetTransactionSnapshot(), FOLD_NEVER);
}

/*
 * transition_replay_begin_after starts likewise for a lead whose state is locked and
 * that is replayed from a checkpoint: transitions up to then stay as they are.
 */
void
transition_replay_begin_after(TransitionReplay *replay, TransitionTable *table, Datum lead,
							  HeatTime after)
{
	prepare_replay(replay, table, lead, false, NULL, NULL);
	begin_scan(replay, GetTransactionSnapshot(), after);
}

/*
 * transition_replay_begin_unlocked starts likewise for a lead that has no state, and so
 * nothing to lock, as a snapshot shows it.
 */
void
transition_replay_begin_unlocked(TransitionReplay *replay, TransitionTable *table, Datum lead,
								 Snapshot snapshot)
{
	prepare_replay(replay, table, lead, false, NULL, NULL);
	begin_scan(replay, snapshot, FOLD_NEVER);
}

/* no_longer handles a stored transition that the replay does not have. */
static void
no_longer(TransitionReplay *replay)
{
	replay->differences++;
	if (replay->differs != NULL)
		replay->differs(replay->current, NULL, replay->arg);
	else
		supersede(replay->table, replay->current);
}

/* transition_replay_emit takes the next transition of the replay; a FoldEmit. */
void
transition_replay_emit(const Transition *transition, void *arg)
{
	TransitionReplay *replay = arg;

	while (replay->have && transition_at(replay->current) < transition->at)
	{
		no_longer(replay);
		next_current(replay);
	}
	if (replay->have && transition_at(replay->current) == transition->at)
	{
		bool		same = is_as_stored(replay->table, replay->current, transition);

		if (!same)
			no_longer(replay);
		next_current(replay);
		if (same)
			return;
	}
	replay->differences++;
	if (replay->differs != NULL)
		replay->differs(NULL, transition, replay->arg);
	else
		transition_add(replay->table, replay->lead, transition);
}

/* transition_replay_end handles what the replay did not come to, and ends. */
void
transition_replay_end(TransitionReplay *replay)
{
	while (replay->have)
	{
		no_longer(replay);
		next_current(replay);
	}
	if (replay->at_cursor)
		return;
	index_endscan(replay->scan);
	index_close(replay->index, AccessShareLock);
	UnregisterSnapshot(replay->snapshot);
}
