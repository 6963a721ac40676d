/*-------------------------------------------------------------------------
 *
 * score_shares.h
 *	  What the interactions of a lead give to its score, since that was spent last.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCORE_SHARES_H
#define SCORE_SHARES_H

#include "rows/lead_stream.h"
#include "state/record.h"

#include "utils/hsearch.h"

/* What rows of one sort, of a kind or a topic, say, have given to a group of signals. */
typedef struct ScoreShare
{
	int			sort;
	int			group;			/* the number of groups: none */
	int64		interactions;
	double		points;
	HeatTime	at;				/* that these are as of */
} ScoreShare;

/* Says of which sort the row is that a stream has taken last. */
typedef int (*SortOfRow) (const LeadStream *stream, void *arg);

typedef struct ScoreShares
{
	const Fold *fold;
	ScoreShare *shares;			/* in the order in which they came */
	int			n;
	int			room;
	HTAB	   *places;			/* of shares, by sort and group */
	double	   *opening;		/* what is left of the opening balance of each
								 * group and of none */
	HeatTime	opening_at;
	HeatTime	last_at;		/* of the lead, that in the end all is as of */
} ScoreShares;

extern void share_score(LeadStream *stream, Fold *fold, StoredLead *lead, SortOfRow sort_of, void *arg,
						ScoreShares *shares);

#endif							/* SCORE_SHARES_H */
