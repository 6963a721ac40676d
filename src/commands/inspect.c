/*-------------------------------------------------------------------------
 *
 * inspect.c
 *	  What stands behind a tracker's figures: drift, score_breakdown.
 *
 *-------------------------------------------------------------------------
 */
#include "state/lead_update.h"

#include "catalog/own_tracker.h"
#include "catalog/lead_key.h"
#include "catalog/tracked_columns.h"
#include "commands/replay.h"
#include "commands/score_shares.h"
#include "rows/alias.h"
#include "rows/row_source.h"
#include "state/fit.h"

#include <math.h>

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(lt_drift);
PG_FUNCTION_INFO_V1(lt_score_breakdown);

/* Rows being returned by a set-returning function. */
typedef struct ResultRows
{
	Tuplestorestate *store;
	TupleDesc	desc;
} ResultRows;

/* begin_result prepares to return rows. */
static ResultRows
begin_result(FunctionCallInfo fcinfo)
{
	ResultRows	result;
	ReturnSetInfo *info;

	lt_materialized_result(fcinfo);
	info = (ReturnSetInfo *) fcinfo->resultinfo;
	result.store = info->setResult;
	result.desc = info->setDesc;
	return result;
}

/*
 * Drift
 */

typedef struct Drift
{
	ResultRows	result;
	const Tracker *tracker;
	Datum		lead;
	const TransitionTable *transitions;
} Drift;

/* put_difference returns a difference of a lead, or of none. */
static void
put_difference(Drift *drift, const char *lead, const char *attribute,
			   const char *stored, const char *replayed)
{
	Datum		values[4];
	bool		nulls[4] = {lead == NULL, false, stored == NULL, replayed == NULL};

	values[0] = lead == NULL ? (Datum) 0 : CStringGetTextDatum(lead);
	values[1] = CStringGetTextDatum(attribute);
	values[2] = stored == NULL ? (Datum) 0 : CStringGetTextDatum(stored);
	values[3] = replayed == NULL ? (Datum) 0 : CStringGetTextDatum(replayed);
	tuplestore_putvalues(drift->result.store, drift->result.desc, values, nulls);
}

/* drifted returns a difference of the lead that is being compared. */
static void
drifted(Drift *drift, const char *attribute, const char *stored, const char *replayed)
{
	put_difference(drift, lead_to_text(drift->tracker, drift->lead), attribute, stored, replayed);
}

/* count_drifted returns a count of the funnel that the state makes otherwise; a CountDiffers. */
static void
count_drifted(const char *total, const char *stored, const char *right, void *arg)
{
	put_difference(arg, NULL, total, stored, right);
}

/* fit_drifted returns a lead whose fit, or grade, is stored otherwise than it is; a FitDiffers. */
static void
fit_drifted(const char *lead, const char *attribute, const char *stored, const char *right, void *arg)
{
	put_difference(arg, lead, attribute, stored, right);
}

/* column_text writes a column value as text, NULL for null. */
static char *
column_text(TupleDesc desc, int column, Datum value, bool isnull)
{
	Oid			output;
	bool		varlena;

	if (isnull)
		return NULL;
	getTypeOutputInfo(TupleDescAttr(desc, column)->atttypid, &output, &varlena);
	return OidOutputFunctionCall(output, value);
}

/* source_text writes the source of a transition's cause, where there are several, as far as it is known. */
static const char *
source_text(const Tracker *tracker, const char *source)
{
	return tracker->nsources == 1 || source == NULL ? "" : psprintf(" of source %s", source);
}

/* transition_text writes what counts of a transition. */
static char *
transition_text(const Tracker *tracker, const Transition *transition)
{
	const char *from_stage = transition->from_stage == STAGE_NONE ? "-" :
		stage_names[transition->from_stage];
	const char *from_status = transition->from_stage == STAGE_NONE ? "-" :
		status_names[transition->from_status];
	const char *from_temperature = transition->from_stage == STAGE_NONE ? "-" :
		temperature_names[transition->from_temperature];

	return psprintf("%s %s %s -> %s %s %s, cycle %d, purchases %d, score %s, cause %s%s",
					from_stage, from_status, from_temperature,
					stage_names[transition->to_stage], status_names[transition->to_status],
					temperature_names[transition->to_temperature],
					transition->cycle, transition->purchases,
					DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(transition->score))),
					transition->cause == NULL ? "-" :
					pnstrdup(transition->cause, transition->cause_len),
					source_text(tracker, psprintf("%d", tracker->sources[transition->cause_place]->number)));
}

/* stored_transition_text writes a stored transition likewise. */
static char *
stored_transition_text(const TransitionTable *transitions, TupleTableSlot *slot)
{
	char	   *shown[TRANSITION_CAUSE];
	AttrNumber	source = transitions->places.of[TRANSITION_CAUSE_SOURCE - 1];

	slot_getallattrs(slot);
	for (int i = 0; i < TRANSITION_CAUSE; i++)
	{
		shown[i] = column_text(slot->tts_tupleDescriptor, i, slot->tts_values[i], slot->tts_isnull[i]);

		if (shown[i] == NULL)
			shown[i] = "-";
	}
	return psprintf("%s %s %s -> %s %s %s, cycle %s, purchases %s, score %s, cause %s%s",
					shown[TRANSITION_FROM_STAGE - 1], shown[TRANSITION_FROM_STATUS - 1],
					shown[TRANSITION_FROM_TEMPERATURE - 1],
					shown[TRANSITION_TO_STAGE - 1], shown[TRANSITION_TO_STATUS - 1],
					shown[TRANSITION_TO_TEMPERATURE - 1],
					shown[TRANSITION_CYCLE - 1], shown[TRANSITION_PURCHASES - 1],
					shown[TRANSITION_SCORE - 1], shown[TRANSITION_CAUSE - 1],
					source_text(transitions->tracker, source == 0 ? NULL :
								column_text(slot->tts_tupleDescriptor, source - 1, slot->tts_values[source - 1],
											slot->tts_isnull[source - 1])));
}

/* transition_drifted returns a transition that is stored or replayed alone; a TransitionDiffers. */
static void
transition_drifted(TupleTableSlot *stored, const Transition *replayed, void *arg)
{
	const Drift *drift = arg;
	bool		isnull;
	TimestampTz at = stored != NULL ?
		DatumGetTimestampTz(slot_getattr(stored, TRANSITION_AT, &isnull)) :
		heat_time_to_timestamptz(replayed->at);

	drifted(arg, psprintf("transition at %s", timestamptz_to_str(at)),
			stored == NULL ? NULL : stored_transition_text(drift->transitions, stored),
			replayed == NULL ? NULL : transition_text(drift->tracker, replayed));
}

/* compare_state returns the columns in which a stored lead differs from a replayed one. */
static void
compare_state(Drift *drift, StateTable *state, bool exists, const StoredLead *after)
{
	TupleDesc	desc = RelationGetDescr(state->writer.table);
	Datum		values[N_STATE_COLUMNS];
	bool		nulls[N_STATE_COLUMNS];
	bool		remains = !stored_is_nothing(after);

	if (!exists || !remains)
	{
		char	   *name = lead_to_text(drift->tracker, drift->lead);

		if (exists != remains)
			drifted(drift, "lead", exists ? name : NULL, remains ? name : NULL);
		return;
	}
	state_values(state->tracker->model, after, values, nulls);
	slot_getallattrs(state->found);
	for (int i = STATE_HEAT - 1; i < N_STATE_COLUMNS; i++)
	{
		int			place = state->places.of[i] - 1;

		if (!state_column_is(state, i + 1, values[i], nulls[i]))
			drifted(drift, state_shape.columns[i].name,
					column_text(desc, place, state->found->tts_values[place], state->found->tts_isnull[place]),
					column_text(desc, place, values[i], nulls[i]));
	}
}

/*
 * lt_drift returns where state and current transitions differ from a replay of the
 * rows, and counts of the funnel from the state.
 */
Datum
lt_drift(PG_FUNCTION_ARGS)
{
	Drift		drift;
	Tracker    *tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(0)), AccessShareLock);
	LeadWork	work;
	LeadStream *stream;

	drift.result = begin_result(fcinfo);
	drift.tracker = tracker;
	drift.transitions = &work.transitions;
	work_begin(&work, tracker, false, BY_REPLAY);
	/* rows, state and transitions as they are together */
	state_use_snapshot(&work.state, GetActiveSnapshot());
	stream = stream_all(tracker, work.horizon, NULL, work.state.snapshot,
						store_begin(false), work.context);
	while (stream_next_lead(stream))
	{
		MemoryContext old = MemoryContextSwitchTo(stream->lead_context);
		bool		exists;
		StoredLead	before;
		StoredLead	after;
		TransitionReplay replay;

		if (!work.in_key_order)
			work_open_cursors(&work, stream->lead);
		exists = state_find(&work.state, stream->lead);
		if (exists)
			(void) state_read(&work.state, &before);
		else
			stored_reset(tracker->model, &before);
		drift.lead = stream->lead;
		(void) start_lead(&work, stream->lead, &after);
		transition_replay_begin(&replay, &work.transitions, stream->lead, true,
								transition_drifted, &drift);
		fold_start(&work.fold, &after.lead, transition_replay_emit, &replay);
		fold_stream_rows_beside(&work, stream, &before, &after);
		transition_replay_end(&replay);
		compare_state(&drift, &work.state, exists, &after);
		MemoryContextSwitchTo(old);
		CHECK_FOR_INTERRUPTS();
	}
	stream_end(stream);
	work_end(&work);
	counts_compare(tracker, count_drifted, &drift);
	fit_compare(tracker, fit_drifted, &drift);
	return (Datum) 0;
}

/*
 * Score breakdown
 */

/* A kind of interactions from a table. */
typedef struct KindOfTable
{
	char	   *kind;			/* NULL: the null kind */
	size_t		len;
	Oid			source;			/* the table */
} KindOfTable;

typedef struct Breakdown
{
	ResultRows	result;
	const Tracker *tracker;
	MemoryContext context;
	KindOfTable *kinds;
	int			n_kinds;
	int			room;
	HeatTime	last_at;
	HeatTime	now;
} Breakdown;

/* kind_of_row finds or adds the kind and table of a row; a SortOfRow. */
static int
kind_of_row(const LeadStream *stream, void *arg)
{
	Breakdown  *breakdown = arg;
	const FoldRow *row = &stream->row;
	Oid			source = shown_relation(breakdown->tracker->sources[row->place]);
	KindOfTable *kind;

	for (int i = 0; i < breakdown->n_kinds; i++)
	{
		kind = &breakdown->kinds[i];
		if (kind->source == source &&
			(kind->kind == NULL) == (row->kind == NULL) && kind->len == row->kind_len &&
			(row->kind == NULL || memcmp(kind->kind, row->kind, row->kind_len) == 0))
			return i;
	}
	if (breakdown->n_kinds == breakdown->room)
	{
		breakdown->room *= 2;
		breakdown->kinds = repalloc(breakdown->kinds, sizeof(KindOfTable) * breakdown->room);
	}
	kind = &breakdown->kinds[breakdown->n_kinds];
	kind->kind = NULL;
	if (row->kind != NULL)
	{
		kind->kind = MemoryContextAlloc(breakdown->context, row->kind_len + 1);
		memcpy(kind->kind, row->kind, row->kind_len);
	}
	kind->len = row->kind_len;
	kind->source = source;
	return breakdown->n_kinds++;
}

/* put_share returns a row of the breakdown, its points brought to the present: of a kind, or of what is left of the opening balance less what a cap has cut. */
static void
put_share(const Breakdown *breakdown, const KindOfTable *kind, int group, int64 interactions, double points)
{
	const ModelVersion *model = breakdown->tracker->model;
	Datum		values[5] = {0};
	bool		nulls[5] = {kind == NULL || kind->kind == NULL, group == model->fold.ngroups, false, false, kind == NULL};
	Heat		heat = heat_make(points, breakdown->last_at, model->fold.half_life);

	if (!nulls[0])
		values[0] = PointerGetDatum(cstring_to_text_with_len(kind->kind, kind->len));
	if (!nulls[1])
		values[1] = CStringGetTextDatum(model->groups[group]);
	values[2] = Int64GetDatum(interactions);
	values[3] = Float8GetDatum(heat_saturate(heat_score(&heat, breakdown->now)));
	if (kind != NULL)
		values[4] = ObjectIdGetDatum(kind->source);
	tuplestore_putvalues(breakdown->result.store, breakdown->result.desc, values, nulls);
}

/* put_shares returns what the shares of a lead say. */
static void
put_shares(const Breakdown *breakdown, const ScoreShares *shares, const LeadState *lead)
{
	int			ngroups = breakdown->tracker->model->fold.ngroups;
	double	   *given = palloc0(sizeof(double) * (ngroups + 1));

	for (int i = 0; i < shares->n; i++)
	{
		const ScoreShare *share = &shares->shares[i];

		put_share(breakdown, &breakdown->kinds[share->sort], share->group, share->interactions, share->points);
		given[share->group] += share->points;
	}
	/* what is left of the opening balance, less what the caps have cut */
	if (shares->opening[ngroups] != 0.0)
		put_share(breakdown, NULL, ngroups, 0, shares->opening[ngroups]);
	for (int group = 0; group < ngroups; group++)
		if (fabs(given[group] - lead->held[group]) > 1e-12 * fabs(given[group]))
			put_share(breakdown, NULL, group, 0, heat_saturate(lead->held[group] - given[group]));
}

/* lt_score_breakdown returns what the score of a lead is made of now. */
Datum
lt_score_breakdown(PG_FUNCTION_ARGS)
{
	Tracker    *tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(0)), AccessShareLock);
	Breakdown	breakdown = {begin_result(fcinfo), tracker, CurrentMemoryContext};
	LeadWork	work;
	LeadStream *stream;
	StoredLead	stored;
	ScoreShares shares;
	Relation	state = companion_open(tracker->state, AccessShareLock);
	Datum		lead;

	check_shape(state, &state_shape, tracker);	/* raises if leads are of
												 * another type by now */
	table_close(state, NoLock);
	lead = lead_from_argument(tracker, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	breakdown.now = heat_time_from_timestamptz(GetCurrentTransactionStartTimestamp());
	breakdown.room = 16;
	breakdown.kinds = palloc(sizeof(KindOfTable) * breakdown.room);
	work_begin(&work, tracker, false, BY_REPLAY);
	lead = lead_root(tracker, lead, GetTransactionSnapshot());
	(void) start_lead(&work, lead, &stored);
	stream = stream_begin(tracker, work.horizon);
	read_lead_now(stream, tracker, lead);
	stream_sort(stream);
	share_score(stream, &work.fold, &stored, kind_of_row, &breakdown, &shares);
	breakdown.last_at = shares.last_at;
	put_shares(&breakdown, &shares, &stored.lead);
	stream_end(stream);
	work_end(&work);
	return (Datum) 0;
}
