/*-------------------------------------------------------------------------
 *
 * replay.h
 *	  State made anew from the rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "state/lead_update.h"

extern void end_replay(Oid interactions, bool at_once);
extern void replay_all(Tracker *tracker, WorkCause by);
extern void replay_while_written(Tracker *tracker, bool appear);
extern int64 settle_leads(Tracker *tracker);
extern void lock_writers_out(Oid interactions);
extern void check_tables_not_in_use(List *tables, const char *what);
extern void check_not_in_use(Oid interactions, const char *what);

#endif							/* REPLAY_H */
