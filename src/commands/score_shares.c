/*-------------------------------------------------------------------------
 *
 * score_shares.c
 *	  What the interactions of a lead give to its score, since that was spent last.
 *
 * The shares run along with the fold, which says what each row counts.  They know nothing of
 * caps: what a group holds is for those who ask to compare.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/score_shares.h"

#include "utils/memutils.h"

/* No padding: hashed and compared as it lies in memory. */
typedef struct ShareKey
{
	int			sort;
	int			group;
} ShareKey;

typedef struct ShareEntry
{
	ShareKey	key;
	int			place;
} ShareEntry;

/* decayed brings points from one instant to a later one. */
static double
decayed(const ScoreShares *shares, double points, HeatTime from, HeatTime to)
{
	return points == 0.0 || to <= from ? points :
		heat_decay(points, heat_decay_over(to - from, shares->fold->model->half_life));
}

/* spend leaves no share of what came before an outcome. */
static void
spend(ScoreShares *shares)
{
	HASHCTL		control = {0};

	if (shares->places != NULL)
		hash_destroy(shares->places);
	control.keysize = sizeof(ShareKey);
	control.entrysize = sizeof(ShareEntry);
	control.hcxt = CurrentMemoryContext;
	shares->places = hash_create("lead_temperature shares", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	shares->n = 0;
	for (int i = 0; i <= shares->fold->model->ngroups; i++)
		shares->opening[i] = 0.0;
}

/* share_of finds or adds the share of a sort in a group. */
static ScoreShare *
share_of(ScoreShares *shares, int sort, int group)
{
	ShareKey	key = {sort, group};
	bool		found;
	ShareEntry *entry = hash_search(shares->places, &key, HASH_ENTER, &found);
	ScoreShare *share;

	if (found)
		return &shares->shares[entry->place];
	if (shares->n == shares->room)
	{
		shares->room *= 2;
		shares->shares = repalloc_huge(shares->shares, sizeof(ScoreShare) * shares->room);
	}
	entry->place = shares->n;
	share = &shares->shares[shares->n++];
	share->sort = sort;
	share->group = group;
	share->interactions = 0;
	share->points = 0.0;
	return share;
}

/* give_share adds a row, as the fold counts it, to the share of its sort, unless people have said it; a FoldWatch. */
static void
give_share(const FoldRow *row, bool repetition, void *arg)
{
	ScoreShares *shares = arg;
	ScoreShare *share;

	if (shares->last_at != row->at && shares->fold->spent)
		spend(shares);
	shares->last_at = row->at;
	if (row->word != WORD_NONE)
		return;
	share = share_of(shares, row->number, row->group);
	share->points = heat_saturate(decayed(shares, share->points, share->at, row->at) + row->points);
	share->at = row->at;
	share->interactions++;
}

/* begin_shares begins with nothing but what a lead has before the first of its rows. */
static void
begin_shares(ScoreShares *shares, const Fold *fold, const LeadState *lead)
{
	memset(shares, 0, sizeof(ScoreShares));
	shares->fold = fold;
	shares->room = 16;
	shares->shares = palloc(sizeof(ScoreShare) * shares->room);
	shares->opening = palloc(sizeof(double) * (fold->model->ngroups + 1));
	spend(shares);
	memcpy(shares->opening, lead->held, sizeof(double) * (fold->model->ngroups + 1));
	shares->opening_at = shares->last_at = lead->last_at;
}

/*
 * share_score folds all rows of a stream, which are of one lead, onto what that is before the first of them, and
 * says what those of each sort give to the score as of the last of them.
 */
void
share_score(LeadStream *stream, Fold *fold, StoredLead *lead, SortOfRow sort_of, void *arg, ScoreShares *shares)
{
	fold_start(fold, &lead->lead, NULL, NULL);
	begin_shares(shares, fold, &lead->lead);
	fold_watch(fold, give_share, shares);
	if (stream_next_lead(stream))
	{
		while (stream_next_row(stream))
		{
			if (stream->row.at > stream->horizon)
				continue;
			stream->row.number = sort_of(stream, arg);
			fold_row(fold, &stream->row);
		}
		fold_finish(fold);
		if (fold->spent)
			spend(shares);
	}
	for (int i = 0; i < shares->n; i++)
	{
		ScoreShare *share = &shares->shares[i];

		share->points = decayed(shares, share->points, share->at, shares->last_at);
		share->at = shares->last_at;
	}
	for (int i = 0; i <= fold->model->ngroups; i++)
		shares->opening[i] = decayed(shares, shares->opening[i], shares->opening_at, shares->last_at);
}
