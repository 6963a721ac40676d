/*-------------------------------------------------------------------------
 *
 * claimer.h
 *	  Those who claim handoffs, and the leads that they speak of.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CLAIMER_H
#define CLAIMER_H

#include "catalog/tracker.h"

#include "fmgr.h"
#include "storage/lockdefs.h"

extern Tracker *tracker_to_claim_from(FunctionCallInfo fcinfo, LOCKMODE lockmode, LOCKMODE handoffs_mode);
extern Datum lead_to_claim(FunctionCallInfo fcinfo, Tracker *tracker, char **name);
extern void check_agent(FunctionCallInfo fcinfo, int number);

#endif							/* CLAIMER_H */
