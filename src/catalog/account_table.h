/*-------------------------------------------------------------------------
 *
 * account_table.h
 *	  The extension's own table of what has the accounts of leads, written.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ACCOUNT_TABLE_H
#define ACCOUNT_TABLE_H

#include "catalog/account_source.h"

extern void put_account_source(Oid tracker, const AccountSource *source);
extern bool set_account_fault(Oid tracker, const char *fault);
extern void delete_account_source(Oid tracker);

#endif							/* ACCOUNT_TABLE_H */
