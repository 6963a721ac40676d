/*-------------------------------------------------------------------------
 *
 * account_source.h
 *	  What says to which account each lead of a tracker belongs.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ACCOUNT_SOURCE_H
#define ACCOUNT_SOURCE_H

#include "catalog/tracker.h"

/* The table that has the account of each lead, and what of it. */
typedef struct AccountSource
{
	Oid			relation;		/* of users; the state where accounts are read
								 * of the leads themselves */
	char	   *key;			/* the column that has the lead */
	char	   *account;		/* expressions over its columns; NULL: none */
	char	   *email;
	char	   *fault;			/* why it is followed no more, NULL: it is */

	/* known once it is described */
	bool		described;
	Oid			map;			/* where the accounts are kept */
	Oid			lead_type;		/* of leads there, the base type */
	Oid			lead_eq;		/* its equality */
	int			n_inputs;
	AttrNumber *inputs;			/* columns that are read */
	SPIPlanPtr	is_kept;		/* three of module_plans, made when first
								 * needed */
	SPIPlanPtr	delete_one;
	SPIPlanPtr	insert_one;
} AccountSource;

extern void read_accounts(Tracker *tracker);
extern Oid	account_relation(Oid tracker);
extern List *account_trackers(Oid relation);
extern List *all_account_trackers(void);

#endif							/* ACCOUNT_SOURCE_H */
