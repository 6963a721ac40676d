/*-------------------------------------------------------------------------
 *
 * row_groups.c
 *	  Rows of a tracker grouped by lead in memory.
 *
 * Where all rows fit into work_mem nothing needs to be sorted but the leads, and
 * the few whose rows have not come in the order of time.  Only what the fold
 * needs is kept of a row.  Kinds without a signal are kept if transitions are
 * wanted: they make a difference to nothing but the cause of one.  Rows lie as they
 * came, and an array of their numbers leads to those of each lead: of neighbours in
 * it the memory can be fetched at once.
 *
 * All rows are of one source, or of no matter which: only transitions tell of the source.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/row_groups.h"

#include "catalog/lead_key.h"
#include "util/execute.h"
#include "util/text_numbers.h"

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
typedef struct GroupedRow
{
	HeatTime	at;
	union
	{
		double		points;
		const text *kind;		/* if it has no signal; NULL if it is null or
								 * not wanted */
	}			worth;
	int32		order;			/* see interaction_order */
	int32		lead;			/* its number, as they came */
} GroupedRow;

typedef struct LeadGroup
{
	Datum		lead;
	uint32		hash;
	char		status;			/* of the hash table */
	int32		number;			/* as they came */
	int32		n;				/* rows */
} LeadGroup;

/* hash_of hashes a lead for the hash table. */
static inline uint32
hash_of(const Tracker *tracker, Datum lead)
{
	return (uint32) hash_lead(tracker, lead);
}

#define SH_PREFIX			leads
#define SH_ELEMENT_TYPE		LeadGroup
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
	GroupedRow *row;			/* NULL: it does not count */
} Arrival;

struct RowGroups
{
	DestReceiver receiver;
	LeadStream *stream;			/* says which rows count, and how */
	RowLayout	layout;			/* of the rows of a query */
	bool		wants_kinds;
	bool		wants_all_leads;	/* those of rows that do not count, too */
	MemoryContext context;		/* of all below */
	bool		fits;
	Arrival		arrivals[BATCH_ROWS];
	int			n_arrivals;
	Size		batch_bytes;	/* that they keep besides their rows */
	MemoryContext batch_context;	/* of their leads */
	leads_hash *table;
	GroupedRow **chunks;
	int			room;			/* chunks that there are pointers for */
	int32		n;				/* rows */
	int			place;			/* of the source of rows that came one by one,
								 * -1: none yet */

	/* reading */
	LeadKey    *leads;			/* in key order */
	int			next_lead;
	int32	   *order;			/* numbers of the rows, by lead */
	int32		next_in_order;
	GroupedRow *rows;			/* of the present lead, in the order of the
								 * fold */
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

/* row_of returns a grouped row by its number. */
static inline GroupedRow *
row_of(const RowGroups *row_groups, int32 row)
{
	return &row_groups->chunks[row / CHUNK_ROWS][row % CHUNK_ROWS];
}

/* new_row makes room for a row. */
static GroupedRow *
new_row(RowGroups *row_groups)
{
	int			chunk = row_groups->n / CHUNK_ROWS;

	if (row_groups->n % CHUNK_ROWS == 0)
	{
		if (chunk == row_groups->room)
		{
			row_groups->room *= 2;
			row_groups->chunks = repalloc_huge(row_groups->chunks, sizeof(GroupedRow *) * row_groups->room);
		}
		row_groups->chunks[chunk] = MemoryContextAlloc(row_groups->context,
													   sizeof(GroupedRow) * CHUNK_ROWS);
	}
	return row_of(row_groups, row_groups->n++);
}

/*
 * still_fits says whether what is grouped, and its order to come, stay within work_mem,
 * also if the hash table must soon be moved to one that is twice as large.
 */
static bool
still_fits(const RowGroups *row_groups)
{
	Size		size = MemoryContextMemAllocated(row_groups->context, true) +
		sizeof(int32) * row_groups->n +
		(sizeof(LeadKey) + sizeof(int32)) * row_groups->table->members;

	if (row_groups->table->members + BATCH_ROWS > row_groups->table->grow_threshold)
		size += sizeof(LeadGroup) * 2 * row_groups->table->size;
	return size <= (Size) work_mem * 1024 &&
		row_groups->n <= PG_INT32_MAX - BATCH_ROWS &&
		row_groups->table->members <= PG_INT32_MAX - BATCH_ROWS;
}

/*
 * look_up_leads gives the rows that have arrived to their leads.  Where these lie
 * has been fetched from memory meanwhile, which takes longer than all the rest.
 */
static void
look_up_leads(RowGroups *row_groups)
{
	const Tracker *tracker = row_groups->stream->tracker;

	for (int i = 0; i < row_groups->n_arrivals; i++)
	{
		const Arrival *arrival = &row_groups->arrivals[i];
		bool		found;
		LeadGroup  *lead = leads_insert_hash(row_groups->table, arrival->lead, arrival->hash, &found);

		if (!found)
		{
			MemoryContext before = MemoryContextSwitchTo(row_groups->context);

			lead->lead = datumCopy(arrival->lead, tracker->lead_typbyval, tracker->lead_typlen);
			lead->number = row_groups->table->members - 1;
			lead->n = 0;
			MemoryContextSwitchTo(before);
		}
		if (arrival->row != NULL)
		{
			arrival->row->lead = lead->number;
			lead->n++;
		}
	}
	row_groups->n_arrivals = 0;
	row_groups->batch_bytes = 0;
	MemoryContextReset(row_groups->batch_context);
	row_groups->fits = still_fits(row_groups);
}

/* keep_row keeps what the fold needs of a row that counts. */
static GroupedRow *
keep_row(RowGroups *row_groups, const Interaction *interaction)
{
	GroupedRow *row = new_row(row_groups);

	row->at = interaction->at;
	row->worth.points = interaction->points;
	row->order = interaction->order;
	if (!has_signal(row->order))
	{
		row->worth.kind = NULL;
		if (row_groups->wants_kinds && interaction->kind != NULL)
		{
			Size		size = VARSIZE_ANY(interaction->kind);

			row->worth.kind = memcpy(MemoryContextAlloc(row_groups->context, size),
									 interaction->kind, size);
			row_groups->batch_bytes += size;
		}
	}
	return row;
}

/* put_arrival lets a lead wait to be looked up, with a row of it if that counts; false once what is grouped does not fit. */
static inline bool
put_arrival(RowGroups *row_groups, Datum lead, const Interaction *interaction)
{
	const Tracker *tracker = row_groups->stream->tracker;
	Arrival    *arrival = &row_groups->arrivals[row_groups->n_arrivals++];
	MemoryContext before = MemoryContextSwitchTo(row_groups->batch_context);

	arrival->lead = lead;
	if (!tracker->lead_typbyval)
	{
		arrival->lead = datumCopy(lead, false, tracker->lead_typlen);
		row_groups->batch_bytes += datumGetSize(arrival->lead, false, tracker->lead_typlen);
	}
	arrival->hash = hash_of(tracker, arrival->lead);
	fetch_ahead(&row_groups->table->data[arrival->hash & row_groups->table->sizemask]);
	arrival->row = interaction != NULL ? keep_row(row_groups, interaction) : NULL;
	MemoryContextSwitchTo(before);
	if (row_groups->n_arrivals == BATCH_ROWS || row_groups->batch_bytes > BATCH_BYTES)
		look_up_leads(row_groups);
	return row_groups->fits;
}

/* row_groups_add gathers a row, if it counts at all; false once what is grouped does not fit, or is not of one source. */
bool
row_groups_add(RowGroups *row_groups, const RowShape *shape, TupleTableSlot *slot)
{
	LeadStream *stream = row_groups->stream;
	MemoryContext before;
	Interaction interaction;
	bool		counts = row_begins(shape, slot);
	bool		fits = row_groups->fits;
	bool		isnull;
	Datum		lead;

	if (!counts && !row_groups->wants_all_leads)
		return true;
	if (row_groups->place < 0)
		row_groups->place = shape->source->place;
	if (row_groups->wants_kinds && row_groups->place != shape->source->place)
		return false;
	lead = row_value(shape, ROLE_LEAD, slot, &isnull);
	if (isnull)
		return true;
	before = MemoryContextSwitchTo(stream->row_context);
	counts = counts && read_interaction(stream, shape, slot, &interaction);
	if (counts || row_groups->wants_all_leads)
		fits = put_arrival(row_groups, lead, counts ? &interaction : NULL);
	MemoryContextSwitchTo(before);
	MemoryContextReset(stream->row_context);
	return fits;
}

/* receive_row gathers a row of a query; false, which ends the query, once it does not fit. */
static bool
receive_row(TupleTableSlot *slot, DestReceiver *receiver)
{
	RowGroups  *row_groups = (RowGroups *) receiver;
	const RowShape *shape = shape_of_row(&row_groups->layout, slot);
	bool		isnull;

	return shape != NULL ? row_groups_add(row_groups, shape, slot) :
		put_arrival(row_groups, slot_getattr(slot, 1, &isnull), NULL);
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
sort_by_lead(RowGroups *row_groups)
{
	const Tracker *tracker = row_groups->stream->tracker;
	SortSupportData sort = {0};
	leads_iterator iterator;
	const LeadGroup *entry;
	int			n = 0;
	int32	   *next;			/* of each lead, by its number */
	int32		place = 0;

	row_groups->leads = MemoryContextAllocHuge(row_groups->context,
											   sizeof(LeadKey) * (row_groups->table->members + 1));
	leads_start_iterate(row_groups->table, &iterator);
	while ((entry = leads_iterate(row_groups->table, &iterator)) != NULL)
	{
		row_groups->leads[n].lead = entry->lead;
		row_groups->leads[n].number = entry->number;
		row_groups->leads[n++].n = entry->n;
	}
	sort.ssup_cxt = row_groups->context;
	sort.ssup_collation = tracker->lead_collation;
	PrepareSortSupportFromOrderingOp(tracker->lead_lt, &sort);
	qsort_arg(row_groups->leads, n, sizeof(LeadKey), compare_keys, &sort);

	next = MemoryContextAllocHuge(row_groups->context, sizeof(int32) * (n + 1));
	for (int i = 0; i < n; i++)
	{
		next[row_groups->leads[i].number] = place;
		place += row_groups->leads[i].n;
	}
	/* what is fetched ahead at the end need not make sense, but be there */
	row_groups->order = MemoryContextAllocHuge(row_groups->context,
											   sizeof(int32) * (row_groups->n + ROWS_AHEAD));
	memset(row_groups->order + row_groups->n, 0, sizeof(int32) * ROWS_AHEAD);
	for (int32 row = 0; row < row_groups->n; row++)
		row_groups->order[next[row_of(row_groups, row)->lead]++] = row;
	pfree(next);
}

/*
 * row_groups_begin starts to gather rows that are those of a stream, for transitions or
 * for history; NULL if leads of their type cannot be grouped.
 */
RowGroups *
row_groups_begin(LeadStream *stream, bool transitions)
{
	const Tracker *tracker = stream->tracker;
	MemoryContext context;
	RowGroups  *row_groups;

	if (!tracker->lead_hashes)
		return NULL;
	context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature row_groups rows",
									ALLOCSET_DEFAULT_SIZES);
	row_groups = MemoryContextAllocZero(context, sizeof(RowGroups));
	row_groups->receiver.receiveSlot = receive_row;
	row_groups->receiver.rStartup = start_receiving;
	row_groups->receiver.rShutdown = stop_receiving;
	row_groups->receiver.rDestroy = stop_receiving;
	row_groups->receiver.mydest = DestTuplestore;
	row_groups->stream = stream;
	row_groups->wants_kinds = transitions;
	row_groups->place = -1;
	row_groups->wants_all_leads = !transitions;
	row_groups->context = context;
	row_groups->fits = true;
	row_groups->batch_context = AllocSetContextCreate(context, "lead_temperature batch of leads",
													  ALLOCSET_DEFAULT_SIZES);
	row_groups->table = leads_create(context, 1024, (void *) tracker);
	row_groups->room = 16;
	row_groups->chunks = MemoryContextAlloc(context, sizeof(GroupedRow *) * row_groups->room);
	row_groups->rows_room = 16;
	row_groups->rows = MemoryContextAlloc(context, sizeof(GroupedRow) * row_groups->rows_room);
	return row_groups;
}

/* row_groups_sort ends the gathering and puts the leads into key order; false if it all does not fit. */
bool
row_groups_sort(RowGroups *row_groups)
{
	look_up_leads(row_groups);
	if (row_groups->fits)
		sort_by_lead(row_groups);
	return row_groups->fits;
}

/* row_groups_end frees what was grouped. */
void
row_groups_end(RowGroups *row_groups)
{
	MemoryContextDelete(row_groups->context);
}

/*
 * row_groups_of_query gathers the rows of a query over all sources that are those of
 * a stream; NULL if they do not fit into work_mem, or cannot be grouped.
 * The caller is connected to SPI as the owner.
 */
RowGroups *
row_groups_of_query(LeadStream *stream, const char *sql)
{
	RowGroups  *row_groups = row_groups_begin(stream, false);

	if (row_groups == NULL)
		return NULL;
	row_groups->layout = all_rows_layout(stream->tracker);
	if (may_fail(stream->tracker))
		owner_set("max_parallel_workers_per_gather", "0");	/* no subtransactions
															 * beside workers */
	lt_execute_to(sql, NULL, &row_groups->receiver);
	if (!row_groups->fits || !row_groups_sort(row_groups))
	{
		row_groups_end(row_groups);
		return NULL;
	}
	return row_groups;
}

/* compare_rows is the order of the fold within a lead. */
static int
compare_rows(const void *a, const void *b)
{
	const GroupedRow *left = a;
	const GroupedRow *right = b;
	double		left_points = has_signal(left->order) ? left->worth.points : 0.0;
	double		right_points = has_signal(right->order) ? right->worth.points : 0.0;

	if (left->at != right->at)
		return left->at < right->at ? -1 : 1;
	if (left_points != right_points)
		return left_points < right_points ? -1 : 1;
	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	return has_signal(left->order) || left->worth.kind == NULL ? 0 :
		compare_texts(left->worth.kind, right->worth.kind);
}

/* row_groups_next_lead goes on to the next lead in key order; false at the end. */
bool
row_groups_next_lead(RowGroups *row_groups, Datum *lead)
{
	const LeadKey *key;
	bool		sorted = true;

	if (row_groups->next_lead == row_groups->table->members)
		return false;
	key = &row_groups->leads[row_groups->next_lead++];
	*lead = key->lead;
	if (key->n > row_groups->rows_room)
	{
		row_groups->rows_room = (Size) key->n * 2;
		row_groups->rows = repalloc_huge(row_groups->rows, sizeof(GroupedRow) * row_groups->rows_room);
	}
	row_groups->n_rows = key->n;
	row_groups->next_row = 0;
	for (int32 i = 0; i < key->n; i++)
	{
		fetch_ahead(row_of(row_groups, row_groups->order[row_groups->next_in_order + ROWS_AHEAD]));
		row_groups->rows[i] = *row_of(row_groups, row_groups->order[row_groups->next_in_order++]);
		if (i > 0 && compare_rows(&row_groups->rows[i - 1], &row_groups->rows[i]) > 0)
			sorted = false;
	}
	if (!sorted)
		qsort(row_groups->rows, row_groups->n_rows, sizeof(GroupedRow), compare_rows);
	return true;
}

/* row_groups_next_row takes the next row of the present lead; false at its end. */
bool
row_groups_next_row(RowGroups *row_groups, FoldRow *row)
{
	const GroupedRow *grouped_row;

	if (row_groups->next_row == row_groups->n_rows)
		return false;
	grouped_row = &row_groups->rows[row_groups->next_row++];
	row->at = grouped_row->at;
	row->points = has_signal(grouped_row->order) ? grouped_row->worth.points : 0.0;
	row->place = row_groups->place;
	apply_signal(row_groups->stream->model, grouped_row->order,
				 has_signal(grouped_row->order) ? NULL : grouped_row->worth.kind, row);
	return true;
}

/* row_groups_use lets the stream that said which rows count consist of what was grouped, which becomes its own. */
void
row_groups_use(RowGroups *row_groups)
{
	static const RowGroupMethods methods = {row_groups_next_lead, row_groups_next_row, row_groups_end};

	stream_use_groups(row_groups->stream, row_groups, &methods);
}
