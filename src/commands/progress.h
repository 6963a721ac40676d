/*-------------------------------------------------------------------------
 *
 * progress.h
 *	  How far a replay has come, for those who wait and for its next attempt.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "catalog/tracker_cache.h"

typedef struct ReplayProgress
{
	Oid			interactions;
	int32		version;		/* that the replay moves leads to */
	int64		rows_total;
	int64		rows_before;	/* done by earlier attempts */
	int64		rows_done;		/* by this one */
	int64		leads_done;		/* by all attempts */
	char	   *last_lead;		/* the last lead done, NULL before the first */
	TimestampTz folding_since;
	TimestampTz told_at;		/* the last NOTICE */
} ReplayProgress;

extern bool progress_resume(ReplayProgress *progress, Oid interactions, int32 version);
extern void progress_begin(ReplayProgress *progress, Oid interactions, int32 version);
extern void progress_folding(ReplayProgress *progress, int64 rows);
extern void progress_report(ReplayProgress *progress, int64 leads, const char *last_lead);
extern void progress_finish(const ReplayProgress *progress);

#endif							/* PROGRESS_H */
