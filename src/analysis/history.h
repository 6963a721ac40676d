/*-------------------------------------------------------------------------
 *
 * history.h
 *	  The leads of a tracked table as their rows made them, instant by instant.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "state/balance.h"
#include "state/excluded.h"
#include "rows/row_groups.h"
#include "rows/lead_stream.h"

/* Instants at which history is looked at, ascending. */
typedef struct Instants
{
	int			n;
	HeatTime   *at;
} Instants;

/* A reading of all leads, in key order, each through its instants. */
typedef struct History
{
	Tracker		tracker;		/* a copy, with the model that is read with */
	OwnerScope	owner;
	LeadStream *stream;
	RowGroups  *row_groups;		/* NULL: the stream has the rows */
	BalanceTable balances;
	Excluded	excluded;		/* leads that are left out */
	Fold		fold;
	FmgrInfo	output;			/* of leads */

	/* the present lead, as its last step left it */
	MemoryContext lead_context;
	Datum		lead;
	StoredLead	stored;
	int64		number;			/* in key order, from 1 */
	bool		row_ahead;		/* there is a row not yet folded */
	FoldRow		row;
} History;

extern HeatTime history_instant(TimestampTz at, const char *what);
extern void history_instants(TimestampTz from, TimestampTz to, const Interval *step,
							 Instants *instants);
extern int	instants_up_to(const Instants *instants, int known, HeatTime at);
extern void history_check_archived(const Tracker *tracker, HeatTime at);

extern void history_begin_touches(History *history, const Tracker *tracker, HeatTime until);
extern const Touch *history_touch(const History *history);
extern void history_fold_row(History *history);
extern void history_finish_step(History *history);
extern void history_begin(History *history, const Tracker *tracker, const ModelVersion *model,
						  HeatTime until);
extern bool history_next_lead(History *history);
extern Datum history_lead(History *history);
extern bool history_next_instant(History *history, HeatTime *at);
extern void history_step(History *history);
extern void history_rest(History *history);
extern void history_end(History *history);

#endif							/* HISTORY_H */
