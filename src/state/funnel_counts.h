/*-------------------------------------------------------------------------
 *
 * funnel_counts.h
 *	  The counts behind a funnel that is not scanned, <prefix>_funnel_count
 *	  and <prefix>_funnel_delta.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FUNNEL_COUNTS_H
#define FUNNEL_COUNTS_H

#include "catalog/table_shape.h"

#include "executor/tuptable.h"

/* How many leads of one stage and status, as enum values, stand in one bucket. */
typedef struct BucketCount
{
	Oid			stage;
	Oid			status;
	int64		bucket;
	int64		leads;			/* in a change: more or less than before */
} BucketCount;

extern const TableShape count_shape;
extern const TableShape delta_shape;

typedef struct CountChanges CountChanges;

/* Takes the changes collected so far, one for each bucket. */
typedef void (*TakeChanges) (CountChanges *counts);

/* Changes of counts being added up, bounded in memory. */
struct CountChanges
{
	const Tracker *tracker;
	TakeChanges take;
	MemoryContext context;		/* that it was opened in */
	BucketCount *changes;
	int			n;
	int			room;
	bool		folds;			/* it is the turn of this flush to fold deltas */
};

/* Takes a total that is not what the state makes of it, and what that is, as texts; NULL for none. */
typedef void (*CountDiffers) (const char *total, const char *stored, const char *right, void *arg);

extern void counts_open(CountChanges *counts, const Tracker *tracker);
extern void counts_change(CountChanges *counts, Oid stage, Oid status, double level, int leads);
extern void counts_close(CountChanges *counts);
extern int64 counts_consolidate(const Tracker *tracker);
extern void counts_renew(const Tracker *tracker);
extern void counts_compare(const Tracker *tracker, CountDiffers differs, void *arg);

#endif							/* FUNNEL_COUNTS_H */
