/*-------------------------------------------------------------------------
 *
 * readers.c
 *	  Which trackers follow the rows of a relation, as a session knows it.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/readers.h"

#include "catalog/sources.h"
#include "util/extension_table.h"
#include "util/version.h"

#include "access/xact.h"
#include "catalog/partition.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

typedef struct ReadersEntry
{
	Oid			relation;		/* hash key */
	bool		valid;
	Readers		readers;
} ReadersEntry;

static HTAB *all_readers = NULL;
static uint64 invalidations = 0;	/* how many arrived */

/* The tables of the extension that readers are read from, once they were. */
static Oid	tracker_rows = InvalidOid;
static Oid	source_rows = InvalidOid;

/* forget_readers forgets what follows a changed relation. */
static void
forget_readers(Datum arg, Oid relation)
{
	HASH_SEQ_STATUS seq;
	ReadersEntry *entry;
	bool		all = !OidIsValid(relation) || relation == tracker_rows || relation == source_rows;

	invalidations++;
	if (all_readers == NULL)
		return;
	hash_seq_init(&seq, all_readers);
	while ((entry = hash_seq_search(&seq)) != NULL)
		if (all || entry->relation == relation)
			entry->valid = false;
}

/* end_transaction forgets what an undone transaction may have read, which was never committed. */
static void
end_transaction(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT)
		forget_readers((Datum) 0, InvalidOid);
}

/* end_subtransaction does so for a subtransaction. */
static void
end_subtransaction(SubXactEvent event, SubTransactionId id, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		forget_readers((Datum) 0, InvalidOid);
}

/* readers_init registers for changes of relations and ends of transactions; called once. */
void
readers_init(void)
{
	CacheRegisterRelcacheCallback(forget_readers, (Datum) 0);
	RegisterXactCallback(end_transaction, NULL);
	RegisterSubXactCallback(end_subtransaction, NULL);
}

/*
 * read_readers lists the trackers that follow a relation: those that have itself as a source,
 * or the partitioned table that it is a part of.
 */
static void
read_readers(Readers *readers, Oid relation)
{
	List	   *tables = list_make1_oid(relation);
	List	   *found = NIL;
	ListCell   *cell;

	if (get_rel_relispartition(relation))
		tables = list_concat(tables, get_partition_ancestors(relation));
	foreach(cell, tables)
	{
		readers->source = lfirst_oid(cell);
		found = trackers_reading(readers->source);
		if (found != NIL)
			break;
	}
	readers->n = list_length(found);
	readers->trackers = MemoryContextAlloc(CacheMemoryContext, sizeof(Oid) * Max(readers->n, 1));
	for (int i = 0; i < readers->n; i++)
		readers->trackers[i] = list_nth_oid(found, i);
}

/* is_read says whether any tracker follows the rows of a relation, as the catalogs have it now. */
bool
is_read(Oid relation)
{
	Readers		readers;

	read_readers(&readers, relation);
	pfree(readers.trackers);
	return readers.n > 0;
}

/* readers_of returns the trackers that follow the rows of a relation, and by which source. */
const Readers *
readers_of(Oid relation)
{
	ReadersEntry *entry;
	Readers		readers;
	uint64		before_reading;
	bool		found;

	if (all_readers == NULL)
	{
		HASHCTL		control;

		memset(&control, 0, sizeof(control));
		control.keysize = sizeof(Oid);
		control.entrysize = sizeof(ReadersEntry);
		all_readers = hash_create("lead_temperature readers", 16, &control, HASH_ELEM | HASH_BLOBS);
	}
	entry = hash_search(all_readers, &relation, HASH_FIND, NULL);
	if (entry != NULL && entry->valid)
		return &entry->readers;
	/* raises if one is gone, before anything is kept */
	lt_check_version();
	tracker_rows = config_table("tracker");
	source_rows = config_table("source");
	before_reading = invalidations;
	read_readers(&readers, relation);
	entry = hash_search(all_readers, &relation, HASH_ENTER, &found);
	if (found)
		pfree(entry->readers.trackers);
	entry->readers = readers;
	entry->valid = invalidations == before_reading;
	return &entry->readers;
}
