/*-------------------------------------------------------------------------
 *
 * handoff_table.h
 *	  The table of handoffs of a tracker, <prefix>_handoff, and the view of its queue.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HANDOFF_TABLE_H
#define HANDOFF_TABLE_H

#include "catalog/table_shape.h"
#include "catalog/tracker_table.h"

#define HANDOFF_MODULE		"handoff"
#define HANDOFFS_SUFFIX		"handoff"

/* columns of <prefix>_handoff */
enum
{
	HANDOFF_ID = 1,
	HANDOFF_LEAD,
	HANDOFF_AT,
	HANDOFF_TABLE_HANDED_AT,
	HANDOFF_REASON,
	HANDOFF_STATE,
	HANDOFF_STAGE,
	HANDOFF_TEMPERATURE,
	HANDOFF_CYCLE,
	HANDOFF_SCORE,
	HANDOFF_CAUSE,
	HANDOFF_CAUSE_SOURCE,
	HANDOFF_AGENT,
	HANDOFF_CLAIMED_AT,
	HANDOFF_CONTACTED_AT,
	HANDOFF_CLOSED_AT,
	HANDOFF_OUTCOME,
	HANDOFF_NOTE,
	HANDOFF_QUIET_UNTIL,
	N_HANDOFF_COLUMNS = HANDOFF_QUIET_UNTIL
};

extern const TableShape handoff_shape;

/* the queries of its view, and its columns, as the list of companions has them */
extern const char queue_query[];
extern const char queue_columns[];

/* What is known of the handoffs of a tracker as long as that is cached. */
typedef struct Handoffs
{
	Oid			table;			/* InvalidOid: the tracker has not the module */
	char	   *channel;		/* that is notified, NULL: none */

	/* kept plans, made when first needed */
	SPIPlanPtr	end;
	SPIPlanPtr	hand_over;
	SPIPlanPtr	has_any;		/* whether a lead has any */
	SPIPlanPtr	close_other;	/* of two leads that are merged */
	SPIPlanPtr	move;
	SPIPlanPtr	brief;
} Handoffs;

extern char *handoff_extras(const TrackRequest *request, const char *name);
extern Handoffs *handoffs_of(const Tracker *tracker);
extern bool has_handoffs(const Tracker *tracker);
extern Oid	need_handoffs(const Tracker *tracker);
extern SPIPlanPtr keep_handoff_plan(const Tracker *tracker, SPIPlanPtr *place, const char *sql, int nargs, Oid *types);
extern char *lead_is_sql(const Tracker *tracker, const char *column, const char *other);

#endif							/* HANDOFF_TABLE_H */
