/*-------------------------------------------------------------------------
 *
 * unique_key.h
 *	  Columns of users' tables by which the row of a lead is found.
 *
 *-------------------------------------------------------------------------
 */
#ifndef UNIQUE_KEY_H
#define UNIQUE_KEY_H

#include "types/lead_temperature.h"

#include "catalog/pg_attribute.h"

extern void no_column(Oid relation, const char *column, bool named);
extern Form_pg_attribute column_of(Oid relation, const char *column, bool named);
extern void check_unique(Oid relation, const char *key);

#endif							/* UNIQUE_KEY_H */
