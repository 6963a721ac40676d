/*-------------------------------------------------------------------------
 *
 * row_groups.c
 *	  Rows of a tracked table gathered by lead in memory.
 *
 * Where all rows fit into work_mem nothing needs to be sorted but the leads, and
 * the few whose rows have not come in the order of time.  Only what the fold
 * needs is kept of a row.  Kinds without a signal are kept if transitions are
 * wanted: they make a difference to nothing but the cause of one.  Rows lie as they
 * came, and an array of their numbers leads to those of each lead: of neighbours in
 * it the memory can be fetched at once.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/row_groups.h"

#include "catalog/lead_key.h"
#include "util/execute.h"

#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/sortsupport.h"

/* Rows allocated at once. */
#define CHUNK_ROWS	4096

/* Rows whose leads are looked up together: fewer if they keep many bytes, which count only then. */
#define BATCH_ROWS	64
#define BATCH_BYTES	(64 * 1024)

/* Rows that are fetched from memory ahead of their turn. */
#define ROWS_AHEAD	16

/* What the fold needs of a row. */
typedef struct GatheredRow
{
	HeatTime	at;
	union
	{
		double		points;
		const text *kind;		/* if it has no signal; NULL if it is null or not wanted */
	}			worth;
	int32		order;			/* of its kind among those of the signals, odd if it is one of them */
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
	bool		wants_kinds;
	bool		wants_all_leads;	/* those of rows that do not count, too */
	MemoryContext context;		/* of all below */
	bool		fits;
	Arrival		arrivals[BATCH_ROWS];
	int			n_arrivals;
	Size		batch_bytes;	/* that they keep besides their rows */
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

/* has_signal says whether the kind of a row is that of a signal; otherwise it has no points. */
static inline bool
has_signal(const GatheredRow *row)
{
	return row->order % 2 != 0;
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

/*
 * still_fits says whether what is gathered, and its order to come, stay within work_mem,
 * also if the hash table must soon be moved to one that is twice as large.
 */
static bool
still_fits(const Gathered *gathered)
{
	Size		size = MemoryContextMemAllocated(gathered->context, true) +
		sizeof(int32) * gathered->n +
		(sizeof(LeadKey) + sizeof(int32)) * gathered->table->members;

	if (gathered->table->members + BATCH_ROWS > gathered->table->grow_threshold)
		size += sizeof(GatheredLead) * 2 * gathered->table->size;
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
	gathered->batch_bytes = 0;
	MemoryContextReset(gathered->batch_context);
	gathered->fits = still_fits(gathered);
}

/* keep_row keeps what the fold needs of a row that counts. */
static GatheredRow *
keep_row(Gathered *gathered, const Interaction *interaction)
{
	GatheredRow *row = new_row(gathered);

	row->at = interaction->at;
	row->worth.points = interaction->points;
	row->order = interaction->order;
	if (!has_signal(row))
	{
		row->worth.kind = NULL;
		if (gathered->wants_kinds && interaction->kind != NULL)
		{
			Size		size = VARSIZE_ANY(interaction->kind);

			row->worth.kind = memcpy(MemoryContextAlloc(gathered->context, size),
									 interaction->kind, size);
			gathered->batch_bytes += size;
		}
	}
	return row;
}

/* gather_row gathers a row, if it counts at all; false once what is gathered does not fit. */
bool
gather_row(Gathered *gathered, TupleTableSlot *slot)
{
	LeadStream *stream = gathered->stream;
	const Tracker *tracker = stream->tracker;
	MemoryContext before;
	Interaction interaction;
	Arrival    *arrival;
	bool		counts;
	bool		isnull;
	Datum		lead = slot_getattr(slot, gathered->shape.columns[ROLE_LEAD], &isnull);

	if (isnull)
		return true;
	before = MemoryContextSwitchTo(stream->row_context);
	counts = read_interaction(stream, &gathered->shape, slot, &interaction);
	if (counts || gathered->wants_all_leads)
	{
		arrival = &gathered->arrivals[gathered->n_arrivals++];
		MemoryContextSwitchTo(gathered->batch_context);
		arrival->lead = lead;
		if (!tracker->lead_typbyval)
		{
			arrival->lead = datumCopy(lead, false, tracker->lead_typlen);
			gathered->batch_bytes += datumGetSize(arrival->lead, false, tracker->lead_typlen);
		}
		arrival->hash = hash_of(tracker, arrival->lead);
		fetch_ahead(&gathered->table->data[arrival->hash & gathered->table->sizemask]);
		arrival->row = counts ? keep_row(gathered, &interaction) : NULL;
	}
	MemoryContextSwitchTo(before);
	MemoryContextReset(stream->row_context);
	if (gathered->n_arrivals == BATCH_ROWS || gathered->batch_bytes > BATCH_BYTES)
		look_up_leads(gathered);
	return gathered->fits;
}

/* receive_row gathers a row of a query; false, which ends the query, once it does not fit. */
static bool
receive_row(TupleTableSlot *slot, DestReceiver *receiver)
{
	return gather_row((Gathered *) receiver, slot);
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
 * gather_begin starts to gather rows of some shape that are those of a stream, for
 * transitions or for history; NULL if leads of their type cannot be gathered.
 */
Gathered *
gather_begin(LeadStream *stream, const RowShape *shape, bool transitions)
{
	const Tracker *tracker = stream->tracker;
	MemoryContext context;
	Gathered   *gathered;

	if (!tracker->lead_hashes)
		return NULL;
	context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature gathered rows",
									ALLOCSET_DEFAULT_SIZES);
	gathered = MemoryContextAllocZero(context, sizeof(Gathered));
	gathered->receiver.receiveSlot = receive_row;
	gathered->receiver.rStartup = start_receiving;
	gathered->receiver.rShutdown = stop_receiving;
	gathered->receiver.rDestroy = stop_receiving;
	gathered->receiver.mydest = DestTuplestore;
	gathered->stream = stream;
	gathered->shape = *shape;
	gathered->wants_kinds = transitions;
	gathered->wants_all_leads = !transitions;
	gathered->context = context;
	gathered->fits = true;
	gathered->batch_context = AllocSetContextCreate(context, "lead_temperature batch of leads",
													ALLOCSET_DEFAULT_SIZES);
	gathered->table = leads_create(context, 1024, (void *) tracker);
	gathered->room = 16;
	gathered->chunks = MemoryContextAlloc(context, sizeof(GatheredRow *) * gathered->room);
	gathered->rows_room = 16;
	gathered->rows = MemoryContextAlloc(context, sizeof(GatheredRow) * gathered->rows_room);
	return gathered;
}

/* gather_sort ends the gathering and puts the leads into key order; false if it all does not fit. */
bool
gather_sort(Gathered *gathered)
{
	look_up_leads(gathered);
	if (gathered->fits)
		sort_by_lead(gathered);
	return gathered->fits;
}

/* gather_end frees what was gathered. */
void
gather_end(Gathered *gathered)
{
	MemoryContextDelete(gathered->context);
}

/*
 * gather_rows gathers the rows of a query over the tracked columns that are
 * those of a stream; NULL if they do not fit into work_mem, or cannot be gathered.
 * The caller is connected to SPI as the owner.
 */
Gathered *
gather_rows(LeadStream *stream, const char *sql)
{
	RowShape	shape = read_rows_shape(stream->tracker);
	Gathered   *gathered = gather_begin(stream, &shape, false);

	if (gathered == NULL)
		return NULL;
	lt_execute_to(sql, NULL, &gathered->receiver);
	if (!gathered->fits || !gather_sort(gathered))
	{
		gather_end(gathered);
		return NULL;
	}
	return gathered;
}

/* compare_rows is the order of the fold within a lead. */
static int
compare_rows(const void *a, const void *b)
{
	const GatheredRow *left = a;
	const GatheredRow *right = b;
	double		left_points = has_signal(left) ? left->worth.points : 0.0;
	double		right_points = has_signal(right) ? right->worth.points : 0.0;

	if (left->at != right->at)
		return left->at < right->at ? -1 : 1;
	if (left_points != right_points)
		return left_points < right_points ? -1 : 1;
	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	return has_signal(left) || left->worth.kind == NULL ? 0 :
		compare_kinds(left->worth.kind, right->worth.kind);
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
	row->points = has_signal(gathered_row) ? gathered_row->worth.points : 0.0;
	interaction_mean(gathered->stream->model, gathered_row->order,
					 has_signal(gathered_row) ? NULL : gathered_row->worth.kind, row);
	return true;
}

/* gather_use lets the stream that said which rows count consist of what was gathered, which becomes its own. */
void
gather_use(Gathered *gathered)
{
	static const GatheredMethods methods = {gathered_next_lead, gathered_next_row, gather_end};

	stream_use_gathered(gathered->stream, gathered, &methods);
}
