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

extern void touch_all_leads(LeadWork *work, LeadStream *stream);
extern void replay_all(Tracker *tracker);
extern void replay_while_written(Tracker *tracker);
extern int64 settle_leads(Tracker *tracker);
extern void check_not_in_use(Oid interactions, const char *what);

#endif							/* REPLAY_H */
