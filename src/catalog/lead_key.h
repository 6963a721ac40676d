/*-------------------------------------------------------------------------
 *
 * lead_key.h
 *	  Leads of a tracker, of whatever type: compared, hashed, written and read.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEAD_KEY_H
#define LEAD_KEY_H

#include "catalog/tracker.h"

extern int	compare_leads(const Tracker *tracker, Datum a, Datum b);
extern uint64 hash_lead(const Tracker *tracker, Datum lead);
extern char *lead_to_text(const Tracker *tracker, Datum lead);
extern Datum lead_from_text(const Tracker *tracker, char *text);
extern Datum lead_from_argument(const Tracker *tracker, char *text);

#endif							/* LEAD_KEY_H */
