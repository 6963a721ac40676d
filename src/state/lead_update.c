/*-------------------------------------------------------------------------
 *
 * lead_update.c
 *	  Leads brought up to date: the fold applied to state and transitions.
 *
 * A lead is advanced by new rows that are later than all it has, and
 * replayed from its rows in all sources whenever anything else may
 * have changed; from those after its checkpoint if it has one that no change
 * precedes.  A replay locks the lead's state first and reads its rows in a
 * later command with a new snapshot, so that whoever holds the lock last sees
 * all rows of those before.  A lead that has no state has nothing to lock: there
 * one snapshot shows that and its rows together, and the finished state is
 * inserted unless another creates the lead at the same time, who is waited for.
 * So nobody, a trigger of the state neither, ever sees a lead half made.
 *
 * A replay may see rows whose own flush is still to come in this transaction:
 * rows of an upsert, a writable CTE, a user's trigger.  A lead replayed in a
 * transaction is therefore only replayed, never advanced, until it ends.
 *
 *-------------------------------------------------------------------------
 */
#include "state/lead_update.h"

#include "catalog/lead_key.h"
#include "rows/row_source.h"
#include "rows/time_bounds.h"
#include "state/checkpoint.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* Leads remembered as replayed; past that, all of their tracker count as such. */
#define MAX_REPLAYED		1000000

/* How often a lead is created that others create and delete at the same time. */
#define MAX_CREATIONS		100

/* Transitions of a new lead kept in memory until it exists. */
#define MAX_BUFFERED		10000

/* No padding: hashed and compared as it lies in memory. */
typedef struct ReplayedLead
{
	uint64		tracker;		/* its id */
	uint64		hash;			/* of the lead: a collision costs one replay */
} ReplayedLead;

static HTAB *replayed = NULL;	/* of this transaction */
static List *all_replayed = NIL;	/* trackers of which every lead counts as
									 * replayed */

typedef struct TransitionBuffer
{
	Transition *transitions;
	int			n;
	int			room;
	Size		cause_bytes;
	bool		full;			/* some do not fit */
} TransitionBuffer;

/* forget_transaction drops what was remembered of a transaction that ends. */
static void
forget_transaction(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
	{
		/* both live in the transaction's memory */
		replayed = NULL;
		all_replayed = NIL;
	}
}

/* leads_init registers for ends of transactions; called once. */
void
leads_init(void)
{
	RegisterXactCallback(forget_transaction, NULL);
}

/* remember_all_replayed notes that this transaction has replayed every lead of a tracker. */
void
remember_all_replayed(const Tracker *tracker)
{
	MemoryContext before = MemoryContextSwitchTo(TopTransactionContext);

	all_replayed = list_append_unique_oid(all_replayed, tracker->id);
	MemoryContextSwitchTo(before);
}

/* replayed_leads returns the table of this transaction's replayed leads. */
static HTAB *
replayed_leads(void)
{
	if (replayed == NULL)
	{
		HASHCTL		control;

		memset(&control, 0, sizeof(control));
		control.keysize = sizeof(ReplayedLead);
		control.entrysize = sizeof(ReplayedLead);
		control.hcxt = TopTransactionContext;
		replayed = hash_create("lead_temperature replayed leads", 64, &control,
							   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	return replayed;
}

/* replayed_key makes the key of a lead in that table. */
static ReplayedLead
replayed_key(const Tracker *tracker, Datum lead)
{
	ReplayedLead key;

	key.tracker = tracker->id;
	key.hash = hash_lead(tracker, lead);
	return key;
}

/* remember_replayed notes that this transaction has replayed a lead. */
static void
remember_replayed(const Tracker *tracker, Datum lead)
{
	ReplayedLead key;

	if (list_member_oid(all_replayed, tracker->id))
		return;
	if (!tracker->lead_hashes || hash_get_num_entries(replayed_leads()) >= MAX_REPLAYED)
	{
		remember_all_replayed(tracker);
		return;
	}
	key = replayed_key(tracker, lead);
	hash_search(replayed_leads(), &key, HASH_ENTER, NULL);
}

/* was_replayed says whether this transaction may have replayed a lead. */
static bool
was_replayed(const Tracker *tracker, Datum lead)
{
	ReplayedLead key;

	if (list_member_oid(all_replayed, tracker->id))
		return true;
	if (replayed == NULL || !tracker->lead_hashes)
		return false;
	key = replayed_key(tracker, lead);
	return hash_search(replayed, &key, HASH_FIND, NULL) != NULL;
}

/* forget_replayed forgets the leads of a tracker none of whose rows awaits its flush. */
void
forget_replayed(const Tracker *tracker)
{
	all_replayed = list_delete_oid(all_replayed, tracker->id);
	if (replayed != NULL)
	{
		HASH_SEQ_STATUS seq;
		ReplayedLead *entry;

		hash_seq_init(&seq, replayed);
		while ((entry = hash_seq_search(&seq)) != NULL)
			if (entry->tracker == tracker->id)
				hash_search(replayed, entry, HASH_REMOVE, NULL);
	}
}

/* resize_in_context is realloc in a memory context; a FoldResize. */
void *
resize_in_context(void *context, void *old, size_t size)
{
	return old == NULL ? MemoryContextAlloc(context, size) : repalloc(old, size);
}

/* work_begin starts to bring leads of a tracker up to date, as its owner and connected to SPI. */
void
work_begin(LeadWork *work, Tracker *tracker, bool alone, WorkCause by)
{
	memset(work, 0, sizeof(LeadWork));
	work->tracker = tracker;
	work->alone = alone;
	work->by = by;
	work->horizon = future_horizon();
	tracker_connect(&work->owner, tracker);
	work->context = CurrentMemoryContext;
	state_open(&work->state, tracker);
	fold_init(&work->fold, &tracker->model->fold, resize_in_context, work->context);
}

/* work_end makes what was written visible to the next command, tells of it, and returns to the caller's role. */
void
work_end(LeadWork *work)
{
	if (work->transitions_open)
		transitions_close(&work->transitions);
	if (work->balance_open)
		balance_close(&work->balances);
	state_close(&work->state);
	news_tell(work->state.news);
	SPI_finish();
	owner_leave(&work->owner);
}

/* transitions opens the transition table when it is first needed. */
static TransitionTable *
transitions(LeadWork *work)
{
	if (!work->transitions_open)
	{
		MemoryContext before = MemoryContextSwitchTo(work->context);

		transitions_open(&work->transitions, work->tracker, work->by, work->state.news);
		/* triggers of the state may look at them */
		if (work->state.writer.target->ri_TrigDesc != NULL)
			work->transitions.writer.at_once = true;
		work->transitions_open = true;
		MemoryContextSwitchTo(before);
	}
	return &work->transitions;
}

/* work_balances opens the table of opening balances when it is first needed. */
BalanceTable *
work_balances(LeadWork *work)
{
	if (!work->balance_open)
	{
		MemoryContext before = MemoryContextSwitchTo(work->context);

		balance_open(&work->balances, work->tracker, true);
		work->balance_open = true;
		MemoryContextSwitchTo(before);
	}
	return &work->balances;
}

/*
 * start_lead makes a lead as it is before the first of its rows: from its opening
 * balance, and whether it has one, or without interactions.
 */
bool
start_lead(LeadWork *work, Datum lead, StoredLead *stored)
{
	if (work->tracker->archived_before != FOLD_NEVER && balance_find(work_balances(work), lead, stored))
		return true;
	stored_reset(work->tracker->model, stored);
	return false;
}

/*
 * work_open_cursors lets all leads from one on be gone through in key order, with what
 * is stored of them as it is together.
 */
void
work_open_cursors(LeadWork *work, Datum from)
{
	MemoryContext before = MemoryContextSwitchTo(work->context);

	state_open_cursor(&work->state, from);
	transitions_open_cursor(transitions(work), work->state.snapshot, from);
	work->in_key_order = true;
	MemoryContextSwitchTo(before);
}

/* take_row folds the row that the stream has just read, or notes when it will be due. */
static void
take_row(Fold *fold, LeadStream *stream, StoredLead *stored)
{
	if (stream->is_mark)
		return;
	if (stream->row.at <= stream->horizon)
		fold_row(fold, &stream->row);
	else if (stored->due_at == FOLD_NEVER || stream->row.at < stored->due_at)
		stored->due_at = stream->row.at;
}

/* fold_stream_rows folds what the stream has left of its present lead. */
void
fold_stream_rows(Fold *fold, LeadStream *stream, StoredLead *stored)
{
	while (stream_next_row(stream))
		take_row(fold, stream, stored);
	fold_finish(fold);
}

/*
 * keep_checkpoint keeps the checkpoint that a lead had if it is what the rows up to
 * then have made of it, or if these are archived: nothing will begin there.
 */
static void
keep_checkpoint(const Tracker *tracker, const StoredLead *before, const StoredLead *checkpoint,
				StoredLead *after)
{
	if (checkpoint->lead.last_at < tracker->archived_before ||
		checkpoint_is(before->checkpoint, after))
	{
		after->has_checkpoint = true;
		after->checkpoint = before->checkpoint;
	}
}

/*
 * fold_stream_rows_beside folds what the stream has left of its present lead, and
 * keeps the checkpoint that it had before if that is right.
 */
void
fold_stream_rows_beside(LeadWork *work, LeadStream *stream, const StoredLead *before,
						StoredLead *after)
{
	StoredLead	checkpoint;
	bool		passed = !before->has_checkpoint || before->version != work->tracker->version ||
		!checkpoint_read(before->checkpoint, work->tracker->model, &checkpoint);

	while (stream_next_row(stream))
	{
		if (!passed && !stream->is_mark && stream->row.at > checkpoint.lead.last_at)
		{
			fold_finish(&work->fold);
			keep_checkpoint(work->tracker, before, &checkpoint, after);
			passed = true;
		}
		take_row(&work->fold, stream, after);
	}
	fold_finish(&work->fold);
	if (!passed)
		keep_checkpoint(work->tracker, before, &checkpoint, after);
}

/*
 * fold_stream_rows_marking folds what the stream has left of its present lead, some
 * number of rows, and notes a checkpoint before an instant: after the half of them,
 * after the half of what is then left, and so on, the last of these.  So the rows
 * after it are at most about twice those after the instant.
 */
static void
fold_stream_rows_marking(Fold *fold, LeadStream *stream, StoredLead *stored, int64 rows,
						 HeatTime until)
{
	int64		mark = rows / 2;	/* where so many rows are left */

	for (int64 left = rows; stream_next_row(stream);)
	{
		if (stream->is_mark)
			continue;
		if (left <= mark && mark >= CHECKPOINT_ROWS &&
			!(fold->gathering && fold->at == stream->row.at))
		{
			fold_finish(fold);
			if (stored->lead.last_at < until)
			{
				stored->has_checkpoint = true;
				stored->checkpoint = checkpoint_of(stored);
				mark = left / 2;
			}
			else
				mark = 0;
		}
		take_row(fold, stream, stored);
		left--;
	}
	fold_finish(fold);
}

/*
 * write_back stores a replayed lead in the place of its row.  If rows or
 * transitions of the lead have changed the row is written even if nothing in it
 * has, so that a stricter transaction whose snapshot shows them as they were
 * fails.
 */
static void
write_back(LeadWork *work, Datum lead, const StoredLead *after, bool others_changed)
{
	if (stored_is_nothing(after))
		state_delete(&work->state);
	else if (!state_is(&work->state, after))
		state_update(&work->state, lead, after);
	else if (others_changed)
		state_rewrite(&work->state, after);
}

/*
 * replay_lead_from makes a lead anew from its opening balance and all of its
 * rows, which are what the stream has left of its present lead.  If the lead
 * exists its row is locked.
 */
void
replay_lead_from(LeadWork *work, LeadStream *stream, Datum lead, bool exists, bool rows_changed)
{
	StoredLead	before;
	StoredLead	after;
	TransitionReplay replay;

	if (exists)
		(void) state_read(&work->state, &before);
	else
		stored_reset(work->tracker->model, &before);
	(void) start_lead(work, lead, &after);
	transition_replay_begin(&replay, transitions(work), lead, work->in_key_order && !rows_changed,
							NULL, NULL);
	work->transitions.known = &before.lead;
	fold_start(&work->fold, &after.lead, transition_replay_emit, &replay);
	fold_stream_rows_beside(work, stream, &before, &after);
	transition_replay_end(&replay);
	work->transitions.known = NULL;
	if (exists)
		write_back(work, lead, &after, rows_changed || replay.differences > 0);
	else if (!stored_is_nothing(&after) &&
			 !state_insert(&work->state, lead, &after, true))
		writer_suppressed(&work->state.writer);
}

/* leave_it leaves a transition that is stored or replayed alone as it is; a TransitionDiffers. */
static void
leave_it(TupleTableSlot *stored, const Transition *replayed, void *arg)
{
}

/*
 * lead_is_right says whether the stream's present lead, whose row was found, has
 * the state and the transitions that its balance and its rows in the stream make.
 */
bool
lead_is_right(LeadWork *work, LeadStream *stream)
{
	StoredLead	before;
	StoredLead	after;
	TransitionReplay replay;

	(void) state_read(&work->state, &before);
	(void) start_lead(work, stream->lead, &after);
	transition_replay_begin(&replay, transitions(work), stream->lead, work->in_key_order,
							leave_it, NULL);
	fold_start(&work->fold, &after.lead, transition_replay_emit, &replay);
	fold_stream_rows_beside(work, stream, &before, &after);
	transition_replay_end(&replay);
	return replay.differences == 0 && !stored_is_nothing(&after) &&
		state_is(&work->state, &after);
}

/*
 * resume_lead makes a lead what it was at its checkpoint; false if it has none, or if
 * the rows up to then may be others now.
 */
static bool
resume_lead(LeadWork *work, const StoredLead *before, HeatTime changed_from, StoredLead *lead)
{
	const Tracker *tracker = work->tracker;

	if (!before->has_checkpoint || before->version != tracker->version ||
		tracker->replaying || !at_is_instant(tracker) ||
		!checkpoint_read(before->checkpoint, tracker->model, lead) ||
		lead->lead.last_at >= changed_from ||
		lead->lead.last_at < tracker->archived_before ||
		lead->lead.last_at > work->horizon)
		return false;
	lead->has_checkpoint = true;
	lead->checkpoint = before->checkpoint;
	return true;
}

/*
 * checkpoint_until says before which instant the next checkpoint of a lead may be, of
 * whose rows none before some instant has changed: as long before that again as it lies
 * before the last, so that the next row that is as late comes after the checkpoint.
 * Rows after an instant can be asked for only where the tracked column holds instants.
 */
static HeatTime
checkpoint_until(const Tracker *tracker, const StoredLead *before, HeatTime changed_from)
{
	if (!at_is_instant(tracker) || changed_from == FOLD_NEVER)
		return FOLD_NEVER;
	if (changed_from >= before->lead.last_at)
		return changed_from;
	return changed_from - (before->lead.last_at - changed_from);
}

/* buffer keeps a transition of a lead that does not exist yet; a FoldEmit. */
static void
buffer(const Transition *transition, void *arg)
{
	TransitionBuffer *buffered = arg;
	Transition *copy;

	if (buffered->n == MAX_BUFFERED || buffered->cause_bytes > (Size) work_mem * 1024)
		buffered->full = true;
	if (buffered->full)
		return;
	if (buffered->n == buffered->room)
	{
		buffered->room = buffered->room == 0 ? 4 : buffered->room * 2;
		buffered->transitions = buffered->transitions == NULL ?
			palloc(sizeof(Transition) * buffered->room) :
			repalloc(buffered->transitions, sizeof(Transition) * buffered->room);
	}
	copy = &buffered->transitions[buffered->n++];
	*copy = *transition;
	if (transition->cause != NULL)
	{
		copy->cause = pnstrdup(transition->cause, transition->cause_len);
		buffered->cause_bytes += transition->cause_len;
	}
}

/*
 * fold_lead_rows folds a lead, as it starts, onto which the stream brings all rows,
 * of which none before an instant has changed, and ends the stream.
 */
static void
fold_lead_rows(LeadWork *work, LeadStream *rows, const StoredLead *before, HeatTime changed_from,
			   StoredLead *after, FoldEmit emit, void *arg)
{
	stream_sort(rows);
	stream_next_lead(rows);
	fold_start(&work->fold, &after->lead, emit, arg);
	fold_stream_rows_marking(&work->fold, rows, after, rows->entries - 1,
							 checkpoint_until(work->tracker, before, changed_from));
	stream_end(rows);
}

/* begin_lead_rows begins a stream of a lead, to which its rows are to be added. */
static LeadStream *
begin_lead_rows(LeadWork *work, Datum lead)
{
	LeadStream *rows = stream_begin(work->tracker, work->horizon);

	stream_mark(rows, lead);
	return rows;
}

/* put_buffered writes the transitions of a lead that was replayed without state. */
static void
put_buffered(LeadWork *work, Datum lead, const TransitionBuffer *buffered)
{
	TransitionReplay replay;

	transition_replay_begin_unlocked(&replay, transitions(work), lead, work->state.snapshot);
	for (int i = 0; i < buffered->n; i++)
		transition_replay_emit(&buffered->transitions[i], &replay);
	transition_replay_end(&replay);
}

/*
 * replay_new_lead makes a lead that has no state from its rows.  One snapshot shows
 * the two together, so that no other transaction has got a row into the lead and out
 * of it in between, unless some rows have no state yet because a replay is under way.
 * False, and the lead's row locked, if the lead must be replayed with it: another has
 * created it meanwhile, its rows may be others by now, or it has more transitions than
 * shall be kept in memory.  Then created says whether the row is our own.
 */
static bool
replay_new_lead(LeadWork *work, Datum lead, HeatTime changed_from, bool *created)
{
	StateTable *state = &work->state;

	*created = false;
	for (int i = 0; i < MAX_CREATIONS; i++)
	{
		LeadStream *rows;
		StoredLead	before;
		StoredLead	after;
		TransitionBuffer buffered = {0};

		state_see_own(state);
		if (state_lock(state, lead))
			return false;
		stored_reset(work->tracker->model, &before);
		(void) start_lead(work, lead, &after);
		rows = begin_lead_rows(work, lead);
		read_lead_as_of(rows, work->tracker, lead, state->snapshot);
		fold_lead_rows(work, rows, &before, changed_from, &after, buffer, &buffered);
		if (stored_is_nothing(&after))
		{
			put_buffered(work, lead, &buffered);
			return true;
		}
		if (state_insert(state, lead, &after, false))
		{
			if (!buffered.full && !work->tracker->replaying)
			{
				put_buffered(work, lead, &buffered);
				return true;
			}
			*created = state_find_own(state, lead);
			if (*created)
				return false;
		}
	}
	writer_suppressed(&state->writer);
	return false;				/* keep the compiler quiet */
}

/*
 * replay_lead makes a lead anew from its rows in all sources, of which none
 * before an instant has changed, FOLD_NEVER if any may have.
 */
void
replay_lead(LeadWork *work, Datum lead, HeatTime changed_from)
{
	Tracker    *tracker = work->tracker;
	LeadStream *rows;
	StoredLead	before;
	StoredLead	after;
	TransitionReplay replay;
	bool		created = false;

	remember_replayed(tracker, lead);
	if (!state_lock(&work->state, lead) && replay_new_lead(work, lead, changed_from, &created))
		return;
	(void) state_read(&work->state, &before);
	rows = begin_lead_rows(work, lead);
	if (resume_lead(work, &before, changed_from, &after))
	{
		HeatTime	at = after.lead.last_at;

		read_lead_after(rows, tracker, lead, at);
		transition_replay_begin_after(&replay, transitions(work), lead, at);
	}
	else
	{
		read_lead_now(rows, tracker, lead);
		(void) start_lead(work, lead, &after);
		transition_replay_begin(&replay, transitions(work), lead, false, NULL, NULL);
	}
	work->transitions.known = created ? NULL : &before.lead;
	fold_lead_rows(work, rows, &before, changed_from, &after, transition_replay_emit, &replay);
	transition_replay_end(&replay);
	work->transitions.known = NULL;
	write_back(work, lead, &after, true);
}

/* record writes a transition of a lead whose row is locked; a FoldEmit. */
static void
record(const Transition *transition, void *arg)
{
	LeadWork   *work = arg;
	bool		isnull;
	Datum		lead = slot_getattr(work->state.found, STATE_LEAD, &isnull);

	transition_add(transitions(work), lead, transition);
}

/*
 * create_lead makes a new lead of the rows that the stream has left of it; false
 * if that cannot be, because another transaction creates it or because it has
 * more transitions than shall be kept in memory.
 */
static bool
create_lead(LeadWork *work, LeadStream *stream)
{
	StoredLead	stored;
	TransitionBuffer buffered = {0};

	stored_reset(work->tracker->model, &stored);
	fold_start(&work->fold, &stored.lead, buffer, &buffered);
	take_row(&work->fold, stream, &stored);
	fold_stream_rows(&work->fold, stream, &stored);
	if (buffered.full ||
		!state_insert(&work->state, stream->lead, &stored, work->alone))
		return false;
	for (int i = 0; i < buffered.n; i++)
		transition_add(transitions(work), stream->lead, &buffered.transitions[i]);
	return true;
}

/* can_advance says whether the row that the stream has just read may be added to a stored lead. */
static bool
can_advance(const LeadWork *work, const LeadStream *stream, const StoredLead *stored)
{
	return stored->version == work->tracker->version &&
		(stored->due_at == FOLD_NEVER || stored->due_at > work->horizon) &&
		(stored->lead.interactions == 0 || stream->row.at > stored->lead.last_at);
}

/* work_lead brings the stream's present lead up to date by the entries it has of it. */
static void
work_lead(LeadWork *work, LeadStream *stream)
{
	StoredLead	stored;
	HeatTime	changed_from;

	stream_next_row(stream);
	changed_from = stream->is_mark ? FOLD_NEVER : stream->row.at;
	if (stream->is_mark || was_replayed(work->tracker, stream->lead))
	{
		replay_lead(work, stream->lead, changed_from);
		return;
	}
	if (!state_lock(&work->state, stream->lead))
	{
		/*
		 * while a replay is under way, rows that nobody followed may be there
		 * too
		 */
		if (work->tracker->replaying || !create_lead(work, stream))
			replay_lead(work, stream->lead, changed_from);
		return;
	}
	if (!state_read(&work->state, &stored) || !can_advance(work, stream, &stored))
	{
		replay_lead(work, stream->lead, changed_from);
		return;
	}
	fold_start(&work->fold, &stored.lead, record, work);
	take_row(&work->fold, stream, &stored);
	fold_stream_rows(&work->fold, stream, &stored);
	state_update(&work->state, stream->lead, &stored);
}

/* work_stream brings the leads of a stream of new rows and marks up to date, in key order. */
void
work_stream(LeadWork *work, LeadStream *stream)
{
	stream_sort(stream);
	while (stream_next_lead(stream))
	{
		MemoryContext before = MemoryContextSwitchTo(stream->lead_context);

		work_lead(work, stream);
		MemoryContextSwitchTo(before);
		CHECK_FOR_INTERRUPTS();
	}
}
