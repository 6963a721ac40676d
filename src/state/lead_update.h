/*-------------------------------------------------------------------------
 *
 * lead_update.h
 *	  Leads brought up to date: the fold applied to state and transitions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEAD_UPDATE_H
#define LEAD_UPDATE_H

#include "state/balance.h"
#include "rows/lead_stream.h"
#include "state/state_table.h"
#include "state/transition_log.h"

/* The leads of one tracker being brought up to date by one flush or replay. */
typedef struct LeadWork
{
	Tracker    *tracker;
	OwnerScope	owner;
	HeatTime	horizon;
	bool		alone;			/* the tracked table is locked against writers */
	WorkCause	by;
	MemoryContext context;
	StateTable	state;
	bool		in_key_order;	/* through all leads in key order */
	bool		transitions_open;
	TransitionTable transitions;
	bool		balance_open;
	BalanceTable balances;
	Fold		fold;
} LeadWork;

extern void leads_init(void);
extern void work_begin(LeadWork *work, Tracker *tracker, bool alone, WorkCause by);
extern void work_open_cursors(LeadWork *work, Datum from);
extern void work_end(LeadWork *work);
extern void work_stream(LeadWork *work, LeadStream *stream);
extern void replay_lead(LeadWork *work, Datum lead, HeatTime changed_from);
extern BalanceTable *work_balances(LeadWork *work);
extern bool start_lead(LeadWork *work, Datum lead, StoredLead *stored);
extern bool lead_is_right(LeadWork *work, LeadStream *stream);
extern void replay_lead_from(LeadWork *work, LeadStream *stream, Datum lead, bool exists,
							 bool rows_changed);
extern void remember_all_replayed(const Tracker *tracker);
extern void forget_replayed(const Tracker *tracker);

extern void fold_stream_rows(Fold *fold, LeadStream *stream, StoredLead *stored);
extern void fold_stream_rows_beside(LeadWork *work, LeadStream *stream, const StoredLead *before,
									StoredLead *after);
extern void *resize_in_context(void *context, void *old, size_t size);

#endif							/* LEAD_UPDATE_H */
