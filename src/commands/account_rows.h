/*-------------------------------------------------------------------------
 *
 * account_rows.h
 *	  To which account each lead belongs, kept as tables of users say.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ACCOUNT_ROWS_H
#define ACCOUNT_ROWS_H

#include "catalog/account_source.h"

/* The suffix of the table in which it is kept. */
#define ACCOUNT_MAP_SUFFIX	"account_map"

extern void accounts_init(void);
extern bool accounts_of_leads(const Tracker *tracker);
extern void check_accounts(const Tracker *tracker, AccountSource *source);
extern char *accounts_fault(Tracker *tracker);
extern void note_account_fault(Oid tracker, const char *fault);
extern int64 renew_accounts(Tracker *tracker);
extern void empty_accounts(Oid tracker);

#endif							/* ACCOUNT_ROWS_H */
