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
	bool		by_expression;	/* it may be an expression */
	void		(*describe) (Tracker *tracker); /* finds out how the column is
												 * read, refuses types */
} TrackedRole;

extern const TrackedRole tracked_roles[N_ROLES];

extern void read_expressions(Oid interactions, char **expressions);
extern void describe_columns(Tracker *tracker);
extern char *role_sql(const Tracker *tracker, Role role);
extern const char *role_noun(const Tracker *tracker, Role role);
extern void missing_column(Oid interactions, const char *column);
extern void describe_lead_column(Oid interactions, const TrackedColumns *tracked, LeadColumn *column);
extern char *lead_column_sql(const LeadColumn *column);
extern char companion_persistence(Oid interactions);
extern List *certain_conditions(Node *filter);
extern void tracker_check_columns(Oid interactions, const TrackedColumns *columns);

#endif							/* TRACKED_COLUMNS_H */
