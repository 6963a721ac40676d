/*-------------------------------------------------------------------------
 *
 * excluded.h
 *	  The leads that people have excluded, for those who tell of the past.
 *
 *-------------------------------------------------------------------------
 */
#ifndef EXCLUDED_H
#define EXCLUDED_H

#include "catalog/tracker.h"

/* Excluded leads, and how far somebody who goes through all leads in key order has come. */
typedef struct Excluded
{
	const Tracker *tracker;
	Datum	   *leads;			/* in key order */
	uint64		n;
	uint64		next;
} Excluded;

extern char *excluded_sql(const char *state);
extern Excluded excluded_read(const Tracker *tracker);
extern bool excluded_has(Excluded *excluded, Datum lead);

#endif							/* EXCLUDED_H */
