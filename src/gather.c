/*-------------------------------------------------------------------------
 *
 * gather.c
 *	  Rows of a tracked table gathered by lead in memory.
 *
 * Where all rows fit into work_mem nothing needs to be sorted but the leads, and
 * the few whose rows have not come in the order of time.  Only what the fold
 * needs is kept of a row, and not its kind: the order of kinds makes a
 * difference to nothing but the cause of a transition, which nobody asks for here.
 * Rows lie as they came, and an array of their numbers leads to those of each lead:
 * of neighbours in it the memory can be fetched at once.
 *
 *-------------------------------------------------------------------------
 */
#include "gather.h"

#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/sortsupport.h"

/* Rows allocated at once. */
#define CHUNK_ROWS	4096

/* Rows whose leads are looked up together. */
#define BATCH_ROWS	64

/* Rows that are fetched from memory ahead of their turn. */
#define ROWS_AHEAD	16

/* What the fold needs of a row. */
typedef struct GatheredRow
{
	HeatTime	at;
	double		points;
	int32		order;			/* of its kind among those of the signals */
	int32		lead;			/* its number, as they came */
} GatheredRow;

typedef struct GatheredLead
{
	Datum		lead;
	uint32		hash;
	char		status;			/* of the hash table */
	int32		number;			/* as they came */
	int32		n;				/* rows */
} GatheredLead;

/* hash_of hashes a lead for the hash table. */
static inline uint32
hash_of(const Tracker *tracker, Datum lead)
{
	return (uint32) hash_lead(tracker, lead);
}

#define SH_PREFIX			leads
#define SH_ELEMENT_TYPE		GatheredLead
#define SH_KEY_TYPE			Datum
#define SH_KEY				lead
#define SH_HASH_KEY(table, key)	hash_of((table)->private_data, key)
#define SH_EQUAL(table, a, b)	(compare_leads((table)->private_data, a, b) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(table, element)	((element)->hash)
#define SH_SCOPE			static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* A lead among those being sorted; what is read in that order is not fetched from all over. */
typedef struct LeadKey
{
	Datum		lead;
	int32		number;			/* as they came */
	int32		n;				/* rows */
} LeadKey;

/* A row that waits for its lead to be looked up. */
typedef struct Arrival
{
	Datum		lead;
	uint32		hash;
	GatheredRow *row;			/* NULL: it does not count */
} Arrival;

struct Gathered
{
	DestReceiver receiver;
	LeadStream *stream;			/* says which rows count, and how */
	RowShape	shape;
	MemoryContext context;		/* of all below */
	bool		fits;
	Arrival		arrivals[BATCH_ROWS];
	int			n_arrivals;
	MemoryContext batch_context;	/* of their leads */
	leads_hash *table;
	GatheredRow **chunks;
	int			room;			/* chunks that there are pointers for */
	int32		n;				/* rows */

	/* reading */
	LeadKey    *leads;			/* in key order */
	int			next_lead;
	int32	   *order;			/* numbers of the rows, by lead */
	int32		next_in_order;
	GatheredRow *rows;			/* of the present lead, in the order of the fold */
	int32		n_rows;
	Size		rows_room;
	int32		next_row;
};

/* fetch_ahead has something fetched from memory that will soon be needed. */
static inline void
fetch_ahead(const void *place)
{
#ifdef __GNUC__
	__builtin_prefetch(place);
#endif
}

/* row_of returns a gathered row by its number. */
static inline GatheredRow *
row_of(const Gathered *gathered, int32 row)
{
	return &gathered->chunks[row / CHUNK_ROWS][row % CHUNK_ROWS];
}

/* new_row makes room for a row. */
static GatheredRow *
new_row(Gathered *gathered)
{
	int			chunk = gathered->n / CHUNK_ROWS;

	if (gathered->n % CHUNK_ROWS == 0)
	{
		if (chunk == gathered->room)
		{
			gathered->room *= 2;
			gathered->chunks = repalloc_huge(gathered->chunks, sizeof(GatheredRow *) * gathered->room);
		}
		gathered->chunks[chunk] = MemoryContextAlloc(gathered->context,
													 sizeof(GatheredRow) * CHUNK_ROWS);
	}
	return row_of(gathered, gathered->n++);
}

/* still_fits says whether what is gathered, and its order to come, stay within work_mem. */
static bool
still_fits(const Gathered *gathered)
{
	Size		size = MemoryContextMemAllocated(gathered->context, true) +
		sizeof(int32) * gathered->n +
		(sizeof(LeadKey) + sizeof(int32)) * gathered->table->members;

	return size <= (Size) work_mem * 1024 &&
		gathered->n <= PG_INT32_MAX - BATCH_ROWS &&
		gathered->table->members <= PG_INT32_MAX - BATCH_ROWS;
}

/*
 * look_up_leads gives the rows that have arrived to their leads.  Where these lie
 * has been fetched from memory meanwhile, which takes longer than all the rest.
 */
static void
look_up_leads(Gathered *gathered)
{
	const Tracker *tracker = gathered->stream->tracker;

	for (int i = 0; i < gathered->n_arrivals; i++)
	{
		const Arrival *arrival = &gathered->arrivals[i];
		bool		found;
		GatheredLead *lead = leads_insert_hash(gathered->table, arrival->lead, arrival->hash, &found);

		if (!found)
		{
			MemoryContext before = MemoryContextSwitchTo(gathered->context);

			lead->lead = datumCopy(arrival->lead, tracker->lead_typbyval, tracker->lead_typlen);
			lead->number = gathered->table->members - 1;
			lead->n = 0;
			MemoryContextSwitchTo(before);
		}
		if (arrival->row != NULL)
		{
			arrival->row->lead = lead->number;
			lead->n++;
		}
	}
	gathered->n_arrivals = 0;
	MemoryContextReset(gathered->batch_context);
	gathered->fits = still_fits(gathered);
}

/* gather keeps what the fold needs of a row; false, which ends the query, once that does not fit. */
static bool
gather(TupleTableSlot *slot, DestReceiver *receiver)
{
	Gathered   *gathered = (Gathered *) receiver;
	LeadStream *stream = gathered->stream;
	const Tracker *tracker = stream->tracker;
	Arrival    *arrival = &gathered->arrivals[gathered->n_arrivals++];
	MemoryContext before = MemoryContextSwitchTo(gathered->batch_context);
	Interaction interaction;
	bool		isnull;
	Datum		lead = slot_getattr(slot, gathered->shape.lead, &isnull);

	arrival->lead = tracker->lead_typbyval ? lead :
		datumCopy(lead, false, tracker->lead_typlen);
	arrival->hash = hash_of(tracker, arrival->lead);
	fetch_ahead(&gathered->table->data[arrival->hash & gathered->table->sizemask]);
	arrival->row = NULL;

	MemoryContextSwitchTo(stream->row_context);
	if (read_interaction(stream, &gathered->shape, slot, &interaction))
	{
		arrival->row = new_row(gathered);
		arrival->row->at = interaction.at;
		arrival->row->points = interaction.points;
		arrival->row->order = interaction.order;
	}
	MemoryContextSwitchTo(before);
	MemoryContextReset(stream->row_context);
	if (gathered->n_arrivals == BATCH_ROWS)
		look_up_leads(gathered);
	return gathered->fits;
}

/* start_receiving is called before the first row. */
static void
start_receiving(DestReceiver *receiver, int operation, TupleDesc desc)
{
}

/* stop_receiving is called after the last row. */
static void
stop_receiving(DestReceiver *receiver)
{
}

/* compare_keys orders leads by their keys. */
static int
compare_keys(const void *a, const void *b, void *sort)
{
	return ApplySortComparator(((const LeadKey *) a)->lead, false,
							   ((const LeadKey *) b)->lead, false, sort);
}

/* sort_by_lead puts the leads into key order, and the numbers of their rows likewise. */
static void
sort_by_lead(Gathered *gathered)
{
	const Tracker *tracker = gathered->stream->tracker;
	SortSupportData sort = {0};
	leads_iterator iterator;
	const GatheredLead *entry;
	int			n = 0;
	int32	   *next;			/* of each lead, by its number */
	int32		place = 0;

	gathered->leads = MemoryContextAllocHuge(gathered->context,
											 sizeof(LeadKey) * (gathered->table->members + 1));
	leads_start_iterate(gathered->table, &iterator);
	while ((entry = leads_iterate(gathered->table, &iterator)) != NULL)
	{
		gathered->leads[n].lead = entry->lead;
		gathered->leads[n].number = entry->number;
		gathered->leads[n++].n = entry->n;
	}
	sort.ssup_cxt = gathered->context;
	sort.ssup_collation = tracker->lead_collation;
	PrepareSortSupportFromOrderingOp(tracker->lead_lt, &sort);
	qsort_arg(gathered->leads, n, sizeof(LeadKey), compare_keys, &sort);

	next = MemoryContextAllocHuge(gathered->context, sizeof(int32) * (n + 1));
	for (int i = 0; i < n; i++)
	{
		next[gathered->leads[i].number] = place;
		place += gathered->leads[i].n;
	}
	/* what is fetched ahead at the end need not make sense, but be there */
	gathered->order = MemoryContextAllocHuge(gathered->context,
											 sizeof(int32) * (gathered->n + ROWS_AHEAD));
	memset(gathered->order + gathered->n, 0, sizeof(int32) * ROWS_AHEAD);
	for (int32 row = 0; row < gathered->n; row++)
		gathered->order[next[row_of(gathered, row)->lead]++] = row;
	pfree(next);
}

/*
 * gather_rows gathers the rows of a query over the tracked columns that are
 * those of a stream; NULL if they do not fit into work_mem, or cannot be gathered.
 * The caller is connected to SPI as the owner.
 */
Gathered *
gather_rows(LeadStream *stream, const char *sql)
{
	const Tracker *tracker = stream->tracker;
	MemoryContext context;
	Gathered   *gathered;

	if (!tracker->lead_hashes)
		return NULL;
	context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature gathered rows",
									ALLOCSET_DEFAULT_SIZES);
	gathered = MemoryContextAllocZero(context, sizeof(Gathered));
	gathered->receiver.receiveSlot = gather;
	gathered->receiver.rStartup = start_receiving;
	gathered->receiver.rShutdown = stop_receiving;
	gathered->receiver.rDestroy = stop_receiving;
	gathered->receiver.mydest = DestTuplestore;
	gathered->stream = stream;
	gathered->shape.lead = 1;
	gathered->shape.kind = 2;
	gathered->shape.at = 3;
	gathered->shape.weight = NameStr(tracker->weight)[0] == '\0' ? 0 : 4;
	gathered->context = context;
	gathered->fits = true;
	gathered->batch_context = AllocSetContextCreate(context, "lead_temperature batch of leads",
													ALLOCSET_DEFAULT_SIZES);
	gathered->table = leads_create(context, 1024, (void *) tracker);
	gathered->room = 16;
	gathered->chunks = MemoryContextAlloc(context, sizeof(GatheredRow *) * gathered->room);
	gathered->rows_room = 16;
	gathered->rows = MemoryContextAlloc(context, sizeof(GatheredRow) * gathered->rows_room);
	if (!lt_execute_to(sql, &gathered->receiver) || !gathered->fits)
	{
		MemoryContextDelete(context);
		return NULL;
	}
	look_up_leads(gathered);
	sort_by_lead(gathered);
	return gathered;
}

/* compare_rows is the order of the fold within a lead. */
static int
compare_rows(const void *a, const void *b)
{
	const GatheredRow *left = a;
	const GatheredRow *right = b;

	if (left->at != right->at)
		return left->at < right->at ? -1 : 1;
	return (left->points > right->points) - (left->points < right->points);
}

/* gathered_next_lead goes on to the next lead in key order; false at the end. */
bool
gathered_next_lead(Gathered *gathered, Datum *lead)
{
	const LeadKey *key;
	bool		sorted = true;

	if (gathered->next_lead == gathered->table->members)
		return false;
	key = &gathered->leads[gathered->next_lead++];
	*lead = key->lead;
	if (key->n > gathered->rows_room)
	{
		gathered->rows_room = (Size) key->n * 2;
		gathered->rows = repalloc_huge(gathered->rows, sizeof(GatheredRow) * gathered->rows_room);
	}
	gathered->n_rows = key->n;
	gathered->next_row = 0;
	for (int32 i = 0; i < key->n; i++)
	{
		fetch_ahead(row_of(gathered, gathered->order[gathered->next_in_order + ROWS_AHEAD]));
		gathered->rows[i] = *row_of(gathered, gathered->order[gathered->next_in_order++]);
		if (i > 0 && compare_rows(&gathered->rows[i - 1], &gathered->rows[i]) > 0)
			sorted = false;
	}
	if (!sorted)
		qsort(gathered->rows, gathered->n_rows, sizeof(GatheredRow), compare_rows);
	return true;
}

/* gathered_next_row takes the next row of the present lead; false at its end. */
bool
gathered_next_row(Gathered *gathered, FoldRow *row)
{
	const GatheredRow *gathered_row;

	if (gathered->next_row == gathered->n_rows)
		return false;
	gathered_row = &gathered->rows[gathered->next_row++];
	row->at = gathered_row->at;
	row->points = gathered_row->points;
	interaction_mean(gathered->stream->model, gathered_row->order, NULL, row);
	return true;
}
