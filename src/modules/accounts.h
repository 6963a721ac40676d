/*-------------------------------------------------------------------------
 *
 * accounts.h
 *	  Module accounts: companies, as hot as their people together.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include "catalog/table_shape.h"
#include "catalog/tracker_table.h"

#define ACCOUNTS_MODULE		"accounts"

extern const TableShape account_map_shape;
extern char *account_map_extras(const TrackRequest *request, const char *name);

/* queries of its views, and their columns, as the list of companions has them */
extern const char account_query[];
extern const char account_columns[];
extern const char account_lead_query[];
extern const char account_lead_columns[];
extern const char account_stage_query[];
extern const char account_stage_columns[];

#endif							/* ACCOUNTS_H */
