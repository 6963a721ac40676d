/*-------------------------------------------------------------------------
 *
 * write_back.h
 *	  Columns of users' own tables that follow the leads of a tracker.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WRITE_BACK_H
#define WRITE_BACK_H

#include "catalog/tracker_cache.h"
#include "catalog/write_target.h"

/* How leads are looked up in the key of a target. */
typedef struct TargetKey
{
	Oid			equals;			/* operator of the column and leads */
	Oid			collation;		/* by which; InvalidOid: none */
} TargetKey;

/* write_check.c */
extern void check_target_table(const Tracker *tracker, Oid relation);
extern void check_target(const Tracker *tracker, const WriteTarget *target);
extern void check_target_trust(const Tracker *tracker, Oid relation);
extern void check_target_still(const WriteTarget *target);
extern TargetKey target_key(const Tracker *tracker, const WriteTarget *target, bool named);

/* write_rows.c */
extern void write_back_init(void);
extern Tracker *with_targets_locked(Tracker *tracker);
extern int64 write_all(Tracker *tracker, WriteTarget *target);
extern int64 write_cooled(Tracker *tracker, WriteTarget *target, TimestampTz since, TimestampTz now);

#endif							/* WRITE_BACK_H */
