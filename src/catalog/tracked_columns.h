/*-------------------------------------------------------------------------
 *
 * tracked_columns.h
 *	  The columns of a tracked table: which types they may be of, and how they are read.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRACKED_COLUMNS_H
#define TRACKED_COLUMNS_H

#include "catalog/tracker.h"

extern void describe_columns(Tracker *tracker);
extern void describe_lead_column(Oid interactions, const char *lead, LeadColumn *column);
extern char companion_persistence(Oid interactions);
extern void tracker_check_columns(Oid interactions, const char *lead, const char *kind,
								  const char *at, const char *weight);
extern Oid	type_within(Oid type, bool (*test) (Oid type, void *arg), void *arg);

#endif							/* TRACKED_COLUMNS_H */
