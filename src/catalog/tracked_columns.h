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

/* What is known of a role. */
typedef struct TrackedRole
{
	const char *name;			/* as track() and the table of trackers call
								 * its column */
	bool		optional;
	void		(*describe) (Tracker *tracker); /* finds out how the column is
												 * read, refuses types */
} TrackedRole;

extern const TrackedRole tracked_roles[N_ROLES];

extern void describe_columns(Tracker *tracker);
extern void describe_lead_column(Oid interactions, const char *lead, LeadColumn *column);
extern char companion_persistence(Oid interactions);
extern void tracker_check_columns(Oid interactions, char *const *columns);
extern Oid	type_within(Oid type, bool (*test) (Oid type, void *arg), void *arg);

#endif							/* TRACKED_COLUMNS_H */
