/*-------------------------------------------------------------------------
 *
 * id_map.c
 *	  Which leads ids are mapped to, and who may change that meanwhile.
 *
 * A statement looks each id up once.  Before that it locks all of its ids, in one order: those who
 * write rows of an id share its lock, those who map it have it alone, until they commit.  So
 * whoever holds it sees all mappings of the id, or all of its rows, that others have written.  Ids
 * are locked before any lead is.
 *
 * The locks are advisory ones of a class of their own, by a hash of the id.  A statement of many ids,
 * or a transaction that has locked many, locks the mapping as a whole instead, in modes in which
 * tables are locked: who writes rows of few ids takes ROW SHARE, of many SHARE; who maps few
 * ROW EXCLUSIVE, many EXCLUSIVE.
 *
 * Leads that are merged are ids of such a mapping too, of which rows of all leads are rows, and
 * are locked after all others.  Who merges takes SHARE UPDATE EXCLUSIVE, so that one at a time
 * does: chains are made of rows of several.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/id_map.h"

#include "catalog/lead_key.h"
#include "catalog/tracked_columns.h"
#include "rows/row_source.h"
#include "util/execute.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "nodes/nodeFuncs.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/array.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"

/* What sets these locks apart from the advisory locks of SQL, which have 1 and 2 here, and of replays. */
#define ID_LOCK			4
#define MAPPING_LOCK	5

/* Ids that a statement, and a transaction, locks one by one. */
#define FEW_IDS			64
#define MOST_IDS		256

/* Ids that are looked up together. */
#define BATCH_IDS		1000

/* How many this transaction has locked. */
static int	ids_locked = 0;

typedef struct IdEntry
{
	Datum		id;
	uint32		hash;
	char		status;			/* of the hash table */
	int			n;
	Datum	   *leads;
} IdEntry;

struct IdMap
{
	const Tracker *tracker;
	Source	   *mapping;
	MemoryContext context;
	const TypeCacheEntry *type; /* of the ids */
	Oid			collation;
	struct ids_hash *table;
};

/* same_id says whether two ids are equal. */
static bool
same_id(const IdMap *map, Datum a, Datum b)
{
	return DatumGetInt32(FunctionCall2Coll((FmgrInfo *) &map->type->cmp_proc_finfo, map->collation, a, b)) == 0;
}

/* hash_id hashes an id; those of a type that cannot be hashed alike. */
static uint32
hash_id(const TypeCacheEntry *type, Oid collation, Datum id)
{
	return OidIsValid(type->hash_proc) ?
		DatumGetUInt32(FunctionCall1Coll((FmgrInfo *) &type->hash_proc_finfo, collation, id)) : 0;
}

#define SH_PREFIX			ids
#define SH_ELEMENT_TYPE		IdEntry
#define SH_KEY_TYPE			Datum
#define SH_KEY				id
#define SH_HASH_KEY(table, key)	hash_id(((IdMap *) (table)->private_data)->type, ((IdMap *) (table)->private_data)->collation, key)
#define SH_EQUAL(table, a, b)	same_id((table)->private_data, a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, element)	((element)->hash)
#define SH_SCOPE			static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* An id that is mapped otherwise than before. */
typedef struct MappedId
{
	const Source *mapping;
	Datum		id;
} MappedId;

/* An id, or all, of a mapping to be locked. */
typedef struct IdLock
{
	int32		mapping;		/* its number */
	uint32		hash;			/* of the id */
	bool		alone;			/* by who maps it */
} IdLock;

struct IdLocks
{
	const Tracker *tracker;
	IdLock	   *locks;
	int			n;
	int			room;
	Bitmapset  *whole;			/* numbers of mappings of which all ids are
								 * locked */
	List	   *mapped;			/* of MappedId, where the snapshot stays */
};

/* forget_transaction forgets how many ids a transaction that ends has locked. */
static void
forget_transaction(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		ids_locked = 0;
}

/* id_maps_init registers for ends of transactions; called once. */
void
id_maps_init(void)
{
	RegisterXactCallback(forget_transaction, NULL);
}

/* id_type looks up how ids of a source are compared and hashed. */
static const TypeCacheEntry *
id_type(Oid type)
{
	return lookup_type_cache(type, TYPECACHE_CMP_PROC_FINFO | TYPECACHE_HASH_PROC_FINFO);
}

/* id_map_begin begins to look ids up in a mapping. */
IdMap *
id_map_begin(const Tracker *tracker, Source *mapping)
{
	IdMap	   *map = palloc0(sizeof(IdMap));

	map->tracker = tracker;
	map->mapping = mapping;
	map->context = CurrentMemoryContext;
	map->type = id_type(mapping->types[ROLE_KEY]);
	map->collation = exprCollation(mapping->trees[ROLE_KEY]);
	map->table = ids_create(CurrentMemoryContext, 16, map);
	return map;
}

/* add_lock notes that an id is to be locked. */
static void
add_lock(IdLocks *locks, int32 mapping, uint32 hash, bool alone)
{
	IdLock	   *lock;

	if (locks->n == locks->room)
	{
		locks->room = Max(locks->room * 2, 16);
		locks->locks = locks->locks == NULL ? palloc(sizeof(IdLock) * locks->room) :
			repalloc_huge(locks->locks, sizeof(IdLock) * locks->room);
	}
	lock = &locks->locks[locks->n++];
	lock->mapping = mapping;
	lock->hash = hash;
	lock->alone = alone;
}

/* id_map_add adds an id that rows were written of, which is to be locked and looked up. */
void
id_map_add(IdMap *map, Datum id, IdLocks *locks)
{
	bool		found;
	IdEntry    *entry = ids_insert(map->table, id, &found);

	if (found)
		return;
	entry->id = datumCopy(id, map->type->typbyval, map->type->typlen);
	entry->n = 0;
	entry->leads = NULL;
	add_lock(locks, map->mapping->number, entry->hash, false);
}

/* id_locks_begin begins to gather what a statement has to lock. */
IdLocks *
id_locks_begin(const Tracker *tracker)
{
	IdLocks    *locks = palloc0(sizeof(IdLocks));

	locks->tracker = tracker;
	return locks;
}

/* id_locks_add_mapped adds an id that is mapped otherwise than before. */
void
id_locks_add_mapped(IdLocks *locks, const Source *mapping, Datum id)
{
	const TypeCacheEntry *type = id_type(mapping->types[ROLE_KEY]);
	MappedId   *mapped;

	add_lock(locks, mapping->number, hash_id(type, exprCollation(mapping->trees[ROLE_KEY]), id), true);
	if (!IsolationUsesXactSnapshot() || mapping->maps == MAPS_LEADS)
		return;
	mapped = palloc(sizeof(MappedId));
	mapped->mapping = mapping;
	mapped->id = datumCopy(id, type->typbyval, type->typlen);
	locks->mapped = lappend(locks->mapped, mapped);
}

/* id_locks_add_all adds all ids of a mapping. */
void
id_locks_add_all(IdLocks *locks, const Source *mapping)
{
	locks->whole = bms_add_member(locks->whole, mapping->number);
	add_lock(locks, mapping->number, 0, true);
}

/* id_locks_add_kept adds all ids of a mapping, which are to stay mapped as they are. */
void
id_locks_add_kept(IdLocks *locks, const Source *mapping)
{
	locks->whole = bms_add_member(locks->whole, mapping->number);
	add_lock(locks, mapping->number, 0, false);
}

/* compare_locks orders locks by mapping and id, those that are had alone first. */
static int
compare_locks(const void *a, const void *b)
{
	const IdLock *left = a;
	const IdLock *right = b;

	if (left->mapping != right->mapping)
		return left->mapping < right->mapping ? -1 : 1;
	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return (int) right->alone - (int) left->alone;
}

/* take takes one lock until the end of the transaction. */
static void
take(const Tracker *tracker, uint32 key, uint16 class, LOCKMODE mode)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, tracker->id, key, class);
	(void) LockAcquire(&tag, mode, false, false);
}

/* id_locks_begin_merging keeps others from merging leads until the end of the transaction. */
void
id_locks_begin_merging(const Tracker *tracker)
{
	take(tracker, tracker->aliases->number, MAPPING_LOCK, ShareUpdateExclusiveLock);
}

/* mapping_mode says how a mapping is locked by those who map ids, or write rows of them. */
static LOCKMODE
mapping_mode(const Tracker *tracker, int32 mapping, bool whole, bool alone)
{
	if (whole)
		return alone ? ExclusiveLock : ShareLock;
	if (!alone)
		return RowShareLock;
	return tracker->aliases != NULL && tracker->aliases->number == mapping ? ShareUpdateExclusiveLock : RowExclusiveLock;
}

/* take_of_mapping takes the locks of one mapping, sorted and each once. */
static void
take_of_mapping(const IdLocks *locks, const IdLock *first, int n)
{
	bool		alone = false;
	bool		whole = n > FEW_IDS || ids_locked + n > MOST_IDS ||
		bms_is_member(first->mapping, locks->whole);

	for (int i = 0; i < n; i++)
		alone = alone || first[i].alone;
	take(locks->tracker, first->mapping, MAPPING_LOCK, mapping_mode(locks->tracker, first->mapping, whole, alone));
	for (int i = 0; i < n && !whole; i++)
		take(locks->tracker, hash_combine(first[i].hash, first[i].mapping), ID_LOCK,
			 first[i].alone ? ExclusiveLock : ShareLock);
	if (!whole)
		ids_locked += n;
}

/* rows_of_id writes which rows a source has of an id, as a snapshot shows them, NULL for none. */
static char *
rows_of_id(const Source *source, Datum id, Snapshot snapshot)
{
	Oid			types[] = {source->types[ROLE_LEAD]};
	SPIPlanPtr	plan = SPI_prepare(id_rows_sql(source), lengthof(types), types);
	char	   *rows;

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	PushActiveSnapshot(snapshot);
	if (SPI_execute_plan(plan, &id, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_plan failed");
	PopActiveSnapshot();
	rows = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	SPI_freetuptable(SPI_tuptable);
	SPI_freeplan(plan);
	return rows;
}

/* find_leads runs the plan that finds the leads of an id, as a snapshot shows them; returns how many. */
static int
find_leads(const IdMap *map, Datum id, Snapshot snapshot, Datum **leads)
{
	const Tracker *tracker = map->tracker;
	int			n;

	PushActiveSnapshot(snapshot);
	if (SPI_execute_plan(find_leads_plan(map->mapping), &id, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_plan failed");
	PopActiveSnapshot();
	MemoryContextSwitchTo(map->context);
	n = (int) SPI_processed;
	*leads = n == 0 ? NULL : palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		bool		isnull;
		Datum		lead = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull);

		(*leads)[i] = datumCopy(lead, tracker->lead_typbyval, tracker->lead_typlen);
	}
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/* check_snapshot fails as a stricter transaction must if its snapshot does not show the mapping as it is now. */
static void
check_snapshot(const IdMap *map, Datum id, const Datum *leads, int n)
{
	Datum	   *shown;
	bool		same = find_leads(map, id, GetTransactionSnapshot(), &shown) == n;

	for (int i = 0; i < n && same; i++)
		same = compare_leads(map->tracker, leads[i], shown[i]) == 0;
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent update"),
				 errdetail("Table \"%s\" maps ids otherwise by now.", get_rel_name(map->mapping->relation)),
				 errhint("Run the transaction again.")));
}

/*
 * check_mapping fails so where ids without a lead are leads: others who have mapped the id may have
 * changed no state that this changes.
 */
static void
check_mapping(const Tracker *tracker, Source *mapping, Datum id)
{
	IdMap	   *map = id_map_begin(tracker, mapping);
	Datum	   *leads;
	int			n = find_leads(map, id, GetLatestSnapshot(), &leads);

	check_snapshot(map, id, leads, n);
}

/*
 * check_rows fails as a stricter transaction must if its snapshot does not show all rows of an id
 * that it maps: no state need have changed by them.
 */
static void
check_rows(const Tracker *tracker, const MappedId *mapped)
{
	for (int i = 0; i < tracker->nsources; i++)
	{
		const Source *source = tracker->sources[i];
		char	   *shown;
		char	   *present;

		if (source->mapping != mapped->mapping)
			continue;
		if (source->mapping->maps_rest)
			check_mapping(tracker, source->mapping, mapped->id);
		shown = rows_of_id(source, mapped->id, GetTransactionSnapshot());
		present = rows_of_id(source, mapped->id, GetLatestSnapshot());
		if (shown == NULL || present == NULL ? shown != present : strcmp(shown, present) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("could not serialize access due to concurrent update"),
					 errdetail("Table \"%s\" has other rows by now of an id that table \"%s\" maps.",
							   get_rel_name(source->relation), get_rel_name(mapped->mapping->relation)),
					 errhint("Run the transaction again.")));
	}
}

/* take_all takes all locks, in one order. */
static void
take_all(IdLocks *locks)
{
	int			n = 0;

	qsort(locks->locks, locks->n, sizeof(IdLock), compare_locks);
	for (int i = 0; i < locks->n; i++)
		if (n == 0 || locks->locks[n - 1].mapping != locks->locks[i].mapping ||
			locks->locks[n - 1].hash != locks->locks[i].hash)
			locks->locks[n++] = locks->locks[i];
	for (int from = 0, to; from < n; from = to)
	{
		for (to = from + 1; to < n && locks->locks[to].mapping == locks->locks[from].mapping; to++)
			;
		take_of_mapping(locks, &locks->locks[from], to - from);
	}
}

/* id_locks_take takes all locks; the caller is connected to SPI. */
void
id_locks_take(IdLocks *locks)
{
	ListCell   *cell;

	if (locks->n == 0)
		return;
	take_all(locks);
	if (locks->mapped != NIL)
		CommandCounterIncrement();
	foreach(cell, locks->mapped)
		check_rows(locks->tracker, lfirst(cell));
}

/* look_up_one looks up the leads of one id. */
static void
look_up_one(IdMap *map, IdEntry *entry, Snapshot snapshot)
{
	entry->n = find_leads(map, entry->id, snapshot, &entry->leads);
	if (IsolationUsesXactSnapshot())
		check_snapshot(map, entry->id, entry->leads, entry->n);
}

/* add_lead adds a lead to those of an id. */
static void
add_lead(const IdMap *map, IdEntry *entry, Datum lead)
{
	/* nearly all ids have one */
	if (entry->leads == NULL)
		entry->leads = palloc(sizeof(Datum));
	else
		entry->leads = repalloc(entry->leads, sizeof(Datum) * (entry->n + 1));
	entry->leads[entry->n++] = datumCopy(lead, map->tracker->lead_typbyval, map->tracker->lead_typlen);
}

/* look_up_batch looks up the leads of some ids together. */
static void
look_up_batch(IdMap *map, Datum *ids, int n, Snapshot snapshot)
{
	Datum		array = PointerGetDatum(construct_array(ids, n, map->type->type_id, map->type->typlen,
														map->type->typbyval, map->type->typalign));

	PushActiveSnapshot(snapshot);
	if (SPI_execute_plan(find_leads_of_all_plan(map->mapping), &array, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_plan failed");
	PopActiveSnapshot();
	MemoryContextSwitchTo(map->context);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;
		Datum		id = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull);
		Datum		lead = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull);

		add_lead(map, ids_lookup(map->table, id), lead);
	}
	SPI_freetuptable(SPI_tuptable);
	pfree(DatumGetPointer(array));
}

/* look_up_all looks up the leads of all ids, some at a time. */
static void
look_up_all(IdMap *map, Snapshot snapshot)
{
	Datum	   *ids = palloc(sizeof(Datum) * BATCH_IDS);
	int			n = 0;
	ids_iterator iterator;
	const IdEntry *entry;

	ids_start_iterate(map->table, &iterator);
	while ((entry = ids_iterate(map->table, &iterator)) != NULL)
	{
		ids[n++] = entry->id;
		if (n < BATCH_IDS)
			continue;
		look_up_batch(map, ids, n, snapshot);
		n = 0;
		CHECK_FOR_INTERRUPTS();
	}
	if (n > 0)
		look_up_batch(map, ids, n, snapshot);
}

/* id_map_look_up looks up the leads of all ids, as they are by now; the caller is connected to SPI. */
void
id_map_look_up(IdMap *map)
{
	MemoryContext before = CurrentMemoryContext;
	bool		together = map->table->members > FEW_IDS && !IsolationUsesXactSnapshot() &&
		OidIsValid(get_array_type(map->type->type_id));
	ids_iterator iterator;
	IdEntry    *entry;
	Snapshot	snapshot;
	int			nest_level;

	if (map->table->members == 0)
		return;
	nest_level = lt_by_indexes();
	CommandCounterIncrement();
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	if (together)
		look_up_all(map, snapshot);
	ids_start_iterate(map->table, &iterator);
	while ((entry = ids_iterate(map->table, &iterator)) != NULL)
	{
		if (!together)
			look_up_one(map, entry, snapshot);
		MemoryContextSwitchTo(map->context);
		if (entry->n == 0 && map->mapping->maps_rest)
			add_lead(map, entry, entry->id);
		CHECK_FOR_INTERRUPTS();
	}
	UnregisterSnapshot(snapshot);
	AtEOXact_GUC(false, nest_level);
	MemoryContextSwitchTo(before);
}

/* id_map_add_leads adds the leads of all ids to those that are to be looked up among aliases. */
void
id_map_add_leads(const IdMap *map, IdMap *aliases, IdLocks *locks)
{
	ids_iterator iterator;
	const IdEntry *entry;

	ids_start_iterate(map->table, &iterator);
	while ((entry = ids_iterate(map->table, &iterator)) != NULL)
		for (int i = 0; i < entry->n; i++)
			id_map_add(aliases, entry->leads[i], locks);
}

/* id_map_leads returns how many leads an id is mapped to, and which. */
int
id_map_leads(IdMap *map, Datum id, Datum **leads)
{
	const IdEntry *entry = ids_lookup(map->table, id);

	if (entry == NULL)
		elog(ERROR, "an id was not looked up in table \"%s\"", get_rel_name(map->mapping->relation));
	*leads = entry->leads;
	return entry->n;
}
