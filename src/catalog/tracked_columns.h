/*-------------------------------------------------------------------------
 *
 * tracked_columns.h
 *	  The columns of sources: which types they may be of, and how they are read.
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
	void		(*describe) (Source *source);	/* finds out how it is read,
												 * refuses types */
} TrackedRole;

extern const TrackedRole tracked_roles[N_ROLES];

/* What arguments name of a source, in their order, before those for what is read beside the fold. */
#define N_ARGUMENT_ROLES	5
extern const Role argument_roles[N_ARGUMENT_ROLES];

extern bool needs_role(const TrackedSource *source, Role role);
extern void describe_columns(Tracker *tracker);
extern void describe_recorder(Source *source);
extern char *role_sql(const Source *source, Role role);
extern const char *role_noun(const Source *source, Role role);
extern void missing_column(Oid relation, const char *column);
extern void describe_lead_column(const TrackedSource *tracked, LeadColumn *column);
extern char *lead_column_sql(const LeadColumn *column);
extern char companion_persistence(Oid interactions);
extern List *certain_conditions(Node *filter);
extern void check_source_access(Oid owner, Oid relation);
extern Source *make_aside_source(const Source *source, Role role);
extern Source *make_source(Tracker *tracker, const TrackedSource *tracked);
extern void check_source(const TrackedSource *tracked);

#endif							/* TRACKED_COLUMNS_H */
