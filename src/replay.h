/*-------------------------------------------------------------------------
 *
 * replay.h
 *	  State made anew from the rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "lead.h"

extern Tuplestorestate *store_begin(bool lasting);
extern LeadStream *stream_query(const Tracker *tracker, HeatTime horizon, const char *sql,
								ParamListInfo params, Tuplestorestate *store,
								MemoryContext context);
extern LeadStream *stream_all(const Tracker *tracker, HeatTime horizon, char *after,
							  Snapshot snapshot, Tuplestorestate *store, MemoryContext context);
extern void replay_all(Tracker *tracker);
extern void replay_while_written(Tracker *tracker);
extern int64 settle_leads(Tracker *tracker);
extern void lock_writers_out(Oid interactions);
extern void check_not_in_use(Oid interactions, const char *what);

#endif							/* REPLAY_H */
