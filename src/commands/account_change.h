/*-------------------------------------------------------------------------
 *
 * account_change.h
 *	  Schema changes of the tables that have the accounts of leads.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ACCOUNT_CHANGE_H
#define ACCOUNT_CHANGE_H

#include "commands/account_rows.h"

#include "nodes/nodes.h"

extern void forget_accounts(Oid tracker);
extern void follow_accounts(Oid relation, const Node *statement, bool switches_triggers);
extern void check_account_names(void);
extern void leave_dropped_accounts(List *objects);

#endif							/* ACCOUNT_CHANGE_H */
