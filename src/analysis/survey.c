/*-------------------------------------------------------------------------
 *
 * survey.c
 *	  The first pass over all rows: which kinds there are, which of them occur only with an
 *	  outcome, and when conversions are.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/evidence.h"

#include "state/excluded.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

/* More kinds than this are no kinds of interaction. */
#define MAX_KINDS			10000

/* Rows this near to an outcome belong to it. */
#define NEAR_OUTCOME		USECS_PER_HOUR

/* Instants of conversions that are kept to choose a split by; a power of two. */
#define MAX_WINS			65536

/* Rows of the last hour that wait for an outcome. */
#define MAX_RECENT			1024

/* A kind that no fewer leads have, and of whose rows this share is near an outcome, is a leak. */
#define LEAK_LEADS			5
#define LEAK_SHARE			0.99

typedef struct KindKey
{
	const char *kind;
	Size		len;
} KindKey;

typedef struct KindEntry
{
	KindKey		key;
	int			number;
} KindEntry;

typedef struct RecentRow
{
	HeatTime	at;
	int			number;			/* of its kind */
} RecentRow;

typedef struct Surveying
{
	Survey	   *survey;
	HTAB	   *numbers;		/* of kinds */
	int			room;
	RecentRow	recent[MAX_RECENT]; /* not near an outcome so far; a ring */
	int64		first_recent;
	int64		next_recent;
	HeatTime	last_outcome;
	HeatTime	last_won;
} Surveying;

/* kind_hash hashes a kind by its bytes; a HashValueFunc. */
static uint32
kind_hash(const void *key, Size keysize)
{
	const KindKey *kind = key;

	return DatumGetUInt32(hash_any((const unsigned char *) kind->kind, (int) kind->len));
}

/* kind_match compares kinds by their bytes; a HashCompareFunc. */
static int
kind_match(const void *a, const void *b, Size keysize)
{
	const KindKey *left = a;
	const KindKey *right = b;

	return left->len != right->len || memcmp(left->kind, right->kind, left->len) != 0;
}

/* compare_uses orders kinds as the C collation does. */
static int
compare_uses(const void *a, const void *b)
{
	const KindUse *left = a;
	const KindUse *right = b;
	int			order = memcmp(left->kind, right->kind, Min(left->len, right->len));

	return order != 0 ? order : (left->len > right->len) - (left->len < right->len);
}

/* number_of finds or adds the number of a kind; -1 if there are too many. */
static int
number_of(Surveying *surveying, const char *kind, Size len)
{
	Survey	   *survey = surveying->survey;
	KindKey		key = {kind, len};
	KindEntry  *entry = hash_search(surveying->numbers, &key, HASH_FIND, NULL);
	KindUse    *use;

	if (entry != NULL)
		return entry->number;
	if (survey->n_kinds >= MAX_KINDS)
	{
		survey->too_many = true;
		return -1;
	}
	if (survey->n_kinds == surveying->room)
	{
		surveying->room *= 2;
		survey->kinds = repalloc(survey->kinds, sizeof(KindUse) * surveying->room);
	}
	use = &survey->kinds[survey->n_kinds];
	memset(use, 0, sizeof(KindUse));
	use->kind = MemoryContextAlloc(GetMemoryChunkContext(survey->kinds), len + 1);
	memcpy(use->kind, kind, len);
	use->kind[len] = '\0';
	use->len = len;
	use->signal.floor = STAGE_NONE;
	use->signal.outcome = STATUS_NONE;
	use->signal.spends = true;
	use->signal.cooldown = -1;
	use->signal.channel = ALL_CHANNELS;
	use->last_lead = -1;
	use->feature = -1;
	key.kind = use->kind;
	entry = hash_search(surveying->numbers, &key, HASH_ENTER, NULL);
	entry->number = survey->n_kinds;
	return survey->n_kinds++;
}

/*
 * near_outcome counts the rows of the hour before an outcome as its own.  Where that spends nothing what
 * comes with it tells of the next one.
 */
static void
near_outcome(Surveying *surveying, HeatTime at, bool spends)
{
	int64		last = surveying->next_recent;
	int64		end;

	while (!spends && last > surveying->first_recent && surveying->recent[(last - 1) % MAX_RECENT].at == at)
		last--;
	end = last;
	while (last > surveying->first_recent)
	{
		const RecentRow *recent = &surveying->recent[--last % MAX_RECENT];

		if (recent->at < at - NEAR_OUTCOME)
			break;
		surveying->survey->kinds[recent->number].rows_at_outcome++;
	}
	/* what is older will not be near a later one either */
	surveying->first_recent = end;
}

/* note_win keeps the instant of a conversion; where there are many, every other of those that are kept goes, again and again. */
static void
note_win(Survey *survey, HeatTime at)
{
	if (survey->conversions++ % survey->wins_step != 0)
		return;
	if (survey->n_wins == MAX_WINS)
	{
		for (int i = 0; i < MAX_WINS / 2; i++)
			survey->wins[i] = survey->wins[2 * i];
		survey->n_wins = MAX_WINS / 2;
		survey->wins_step *= 2;
	}
	survey->wins[survey->n_wins++] = at;
}

/* compare_instants orders instants. */
static int
compare_instants(const void *a, const void *b)
{
	HeatTime	left = *(const HeatTime *) a;
	HeatTime	right = *(const HeatTime *) b;

	return (left > right) - (left < right);
}

/* survey_row notes a row of the present lead. */
static void
survey_row(Surveying *surveying, const FoldRow *row, int64 lead)
{
	Survey	   *survey = surveying->survey;
	int			number = row->kind == NULL ? -1 :
		number_of(surveying, row->kind, row->kind_len);

	survey->rows++;
	if (survey->first_at == FOLD_NEVER || row->at < survey->first_at)
		survey->first_at = row->at;
	if (row->at > survey->last_at)
		survey->last_at = row->at;
	if (number >= 0)
	{
		KindUse    *use = &survey->kinds[number];

		use->rows++;
		if (use->last_lead != lead)
			use->leads++;
		use->last_lead = lead;
	}
	if (row->outcome != STATUS_NONE)
	{
		near_outcome(surveying, row->at, row->spends);
		if (row->spends)
			surveying->last_outcome = row->at;
		if (row->outcome == STATUS_WON && surveying->last_won != row->at)
		{
			note_win(survey, row->at);
			surveying->last_won = row->at;
		}
	}
	else if (number < 0)
		return;
	else if (surveying->last_outcome != FOLD_NEVER &&
			 row->at - surveying->last_outcome <= NEAR_OUTCOME)
		survey->kinds[number].rows_at_outcome++;
	else
	{
		RecentRow  *recent = &surveying->recent[surveying->next_recent++ % MAX_RECENT];

		recent->at = row->at;
		recent->number = number;
		if (surveying->next_recent - surveying->first_recent > MAX_RECENT)
			surveying->first_recent++;
	}
}

/* survey_rows goes through all rows of a stream for the first time. */
void
survey_rows(Survey *survey, LeadStream *stream)
{
	const ModelVersion *model = stream->model;
	Surveying  *surveying = palloc0(sizeof(Surveying));
	HASHCTL		control;
	Excluded	excluded;
	int64		lead = 0;

	memset(&control, 0, sizeof(control));
	control.keysize = sizeof(KindKey);
	control.entrysize = sizeof(KindEntry);
	control.hash = kind_hash;
	control.match = kind_match;
	control.hcxt = CurrentMemoryContext;
	surveying->survey = survey;
	surveying->numbers = hash_create("lead_temperature kinds", 64, &control,
									 HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	memset(survey, 0, sizeof(Survey));
	survey->first_at = survey->last_at = FOLD_NEVER;
	survey->wins = palloc(sizeof(HeatTime) * MAX_WINS);
	survey->wins_step = 1;
	surveying->room = 64;
	survey->kinds = palloc(sizeof(KindUse) * surveying->room);
	for (int i = 0; i < model->nsignals; i++)
	{
		const Signal *signal = &model->signals[i];
		int			number = number_of(surveying, signal->kind, signal->kind_len);

		if (number < 0)
			break;
		survey->kinds[number].signal = *signal;
	}

	excluded = excluded_read(stream->tracker);
	while (stream_next_lead(stream))
	{
		if (excluded_has(&excluded, stream->lead))
			continue;
		surveying->first_recent = surveying->next_recent = 0;
		surveying->last_outcome = surveying->last_won = FOLD_NEVER;
		while (stream_next_row(stream))
			if (!stream->is_mark && stream->row.word == WORD_NONE && stream->row.at <= stream->horizon)
				survey_row(surveying, &stream->row, lead);
		lead++;
		CHECK_FOR_INTERRUPTS();
	}
	hash_destroy(surveying->numbers);
	pfree(surveying);
	qsort(survey->kinds, survey->n_kinds, sizeof(KindUse), compare_uses);
	qsort(survey->wins, survey->n_wins, sizeof(HeatTime), compare_instants);
}

/* survey_wins estimates how many conversions lie from one instant up to before another. */
double
survey_wins(const Survey *survey, HeatTime from, HeatTime until)
{
	int			bounds[2];

	for (int i = 0; i < 2; i++)
	{
		HeatTime	bound = i == 0 ? from : until;
		int			low = 0;
		int			high = survey->n_wins;

		while (low < high)
		{
			int			middle = low + (high - low) / 2;

			if (survey->wins[middle] < bound)
				low = middle + 1;
			else
				high = middle;
		}
		bounds[i] = low;
	}
	return (double) (bounds[1] - bounds[0]) * (double) survey->wins_step;
}

/* survey_find looks up a kind, NULL if neither rows nor the model have it. */
KindUse *
survey_find(const Survey *survey, const char *kind, size_t len)
{
	KindUse		sought = {0};

	sought.kind = (char *) kind;
	sought.len = len;
	return bsearch(&sought, survey->kinds, survey->n_kinds, sizeof(KindUse), compare_uses);
}

/* kind_is_evidence says whether a kind may tell of what comes: outcomes do not, but for purchases that spend nothing, which tell of the next one. */
bool
kind_is_evidence(const KindUse *use)
{
	return use->signal.outcome == STATUS_NONE || !use->signal.spends;
}

/* kind_is_leak says whether a kind occurs only with the outcome. */
bool
kind_is_leak(const KindUse *use)
{
	return use->leads >= LEAK_LEADS &&
		(double) use->rows_at_outcome >= LEAK_SHARE * (double) use->rows;
}
