/*-------------------------------------------------------------------------
 *
 * lead.h
 *	  Leads brought up to date: the fold applied to state and transitions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEAD_H
#define LEAD_H

#include "base.h"
#include "interaction.h"
#include "state.h"
#include "transition.h"

/* The leads of one tracker being brought up to date by one flush or replay. */
typedef struct LeadWork
{
	Tracker    *tracker;
	OwnerScope	owner;
	HeatTime	horizon;
	bool		alone;			/* the tracked table is locked against writers */
	MemoryContext context;
	StateTable	state;
	bool		sweeping;		/* through all leads in key order */
	bool		transitions_open;
	TransitionTable transitions;
	bool		base_open;
	BaseTable	base;
	Fold		fold;
} LeadWork;

extern void leads_init(void);
extern void work_begin(LeadWork *work, Tracker *tracker, bool alone);
extern void work_sweep(LeadWork *work, Datum from);
extern void work_end(LeadWork *work);
extern void work_stream(LeadWork *work, LeadStream *stream);
extern void replay_lead(LeadWork *work, Datum lead, HeatTime changed_from);
extern BaseTable *work_base(LeadWork *work);
extern bool start_lead(LeadWork *work, Datum lead, StoredLead *stored);
extern bool lead_is_right(LeadWork *work, LeadStream *stream);
extern void replay_lead_from(LeadWork *work, LeadStream *stream, Datum lead, bool exists,
							 bool rows_changed);
extern void remember_all_replayed(const Tracker *tracker);
extern void forget_replayed(const Tracker *tracker);

extern void read_rows(LeadStream *stream, SPIPlanPtr plan, Datum *values);
extern void fold_stream_rows(Fold *fold, LeadStream *stream, StoredLead *stored);
extern void fold_stream_rows_beside(LeadWork *work, LeadStream *stream, const StoredLead *before,
									StoredLead *after);
extern char *has_lead_sql(const Tracker *tracker);
extern char *read_rows_sql(const Tracker *tracker);
extern RowShape read_rows_shape(const Tracker *tracker);
extern SPIPlanPtr read_lead_plan(Tracker *tracker);
extern void *resize_in_context(void *context, void *old, size_t size);

#endif							/* LEAD_H */
