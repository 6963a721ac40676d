/*-------------------------------------------------------------------------
 *
 * balance.c
 *	  The opening balances of a tracker, <prefix>_balance.
 *
 * The balance of a lead is the lead as its last step before the archived time
 * left it, folded with the model of that time.  A later model takes it over
 * by the names of the groups.
 *
 * Balances are read with a snapshot of their own, the latest: the tracker, and
 * so the archived time, is the latest too, whatever the snapshot of the
 * transaction shows.  Whoever writes interactions keeps archive() waiting.
 */
#include "state/balance.h"

#include "catalog/lead_key.h"
#include "rows/alias.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/*
 * balance_open opens a tracker's opening balances for reading, and for writing beside
 * the state, which is open, if asked for.
 */
void
balance_open(BalanceTable *balances, Tracker *tracker, bool writes)
{
	LOCKMODE	lock = writes ? RowExclusiveLock : AccessShareLock;

	balances->tracker = tracker;
	balances->writes = writes;
	balances->table = companion_open(tracker->balances, lock);
	check_shape(balances->table, &balance_shape, tracker);
	find_places(&balance_shape, RelationGetDescr(balances->table), &balances->places);
	if (writes)
		writer_open(&balances->writer, tracker->balances,
					places_from(&balance_shape, &balances->places, BALANCE_LEAD + 1), true);
	balances->key_index = index_open(lt_primary_key(balances->table), lock);
	ScanKeyEntryInitialize(&balances->key, 0, 1, BTEqualStrategyNumber, InvalidOid,
						   tracker->lead_collation, get_opcode(tracker->lead_eq), (Datum) 0);
	balances->snapshot = RegisterSnapshot(GetLatestSnapshot());
	balances->found = table_slot_create(balances->table, NULL);
	balances->other = table_slot_create(balances->table, NULL);
	balances->merged = NIL;
	balances->next = writes ? table_slot_create(balances->table, NULL) : NULL;
}

/* balance_close closes the table. */
void
balance_close(BalanceTable *balances)
{
	UnregisterSnapshot(balances->snapshot);
	ExecDropSingleTupleTableSlot(balances->found);
	ExecDropSingleTupleTableSlot(balances->other);
	if (balances->writes)
		ExecDropSingleTupleTableSlot(balances->next);
	index_close(balances->key_index, NoLock);
	table_close(balances->table, NoLock);
	if (balances->writes)
		writer_close(&balances->writer);
}

/* look_up finds the row of a lead, into a slot. */
static bool
look_up(BalanceTable *balances, Datum lead, TupleTableSlot *slot)
{
	IndexScanDesc scan;
	bool		found;

	balances->key.sk_argument = lead;
	scan = lt_index_beginscan(balances->table, balances->key_index, balances->snapshot, 1);
	index_rescan(scan, &balances->key, 1, NULL, 0);
	found = index_getnext_slot(scan, ForwardScanDirection, slot);
	if (found)
		ExecMaterializeSlot(slot);
	index_endscan(scan);
	return found;
}

/* corrupt_balance reports a row that the extension cannot have written. */
static void
corrupt_balance(const BalanceTable *balances, const char *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("column \"%s\" of table of opening balances \"%s\" is corrupt for a lead",
					column, RelationGetRelationName(balances->table)),
			 errhint("Restore the table from a backup.")));
}

/* take_over_instants brings when kinds have counted last, and when consent was granted and withdrawn, to another model. */
static void
take_over_instants(const ModelVersion *from, const ModelVersion *to, StoredLead *stored)
{
	const HeatTime *counted = stored->lead.counted;
	const HeatTime *granted = stored->lead.granted;
	const HeatTime *withdrawn = stored->lead.withdrawn;

	stored_forget_instants(stored);
	stored_complete(to, stored);
	for (int i = 0; i < from->nsignals; i++)
	{
		const Signal *signal = &from->signals[i];
		const Signal *same = signal_of(to, signal_order(to, signal->kind, signal->kind_len));

		if (signal->cooldown >= 0 && same != NULL && same->cooldown >= 0)
			stored->lead.counted[same->cooldown] = counted[signal->cooldown];
	}
	for (int i = 0; i < from->fold.nchannels; i++)
	{
		int			same = model_channel(to, from->channels[i]);

		if (same < 0)
			continue;
		stored->lead.granted[same] = granted[i];
		stored->lead.withdrawn[same] = withdrawn[i];
	}
}

/*
 * take_over brings a balance from the model that it was folded with to another:
 * what a group held goes to the group of the same name, or else to the rest.
 */
static void
take_over(const ModelVersion *from, const ModelVersion *to, StoredLead *stored)
{
	LeadState  *lead = &stored->lead;
	double	   *held = lead->held;

	take_over_instants(from, to, stored);

	stored->version = to->version;
	stored->nheld = to->fold.ngroups + 1;
	lead->held = palloc0(sizeof(double) * stored->nheld);
	lead->held[to->fold.ngroups] = held[from->fold.ngroups];
	for (int i = 0; i < from->fold.ngroups; i++)
	{
		int			group = 0;

		while (group < to->fold.ngroups && strcmp(from->groups[i], to->groups[group]) != 0)
			group++;
		lead->held[group] = heat_saturate(lead->held[group] + held[i]);
	}
}

/* add_up makes the heat of a lead of what its groups and the rest hold, as the fold does. */
static void
add_up(LeadState *lead, int nheld)
{
	lead->points = 0.0;
	for (int i = 0; i < nheld; i++)
		lead->points = heat_saturate(lead->points + lead->held[i]);
}

/*
 * find_own finds the balance of a lead alone, its row into a slot, as the present model of the
 * tracker takes it over; held is allocated in the current context.
 */
static bool
find_own(BalanceTable *balances, Datum key, TupleTableSlot *slot, StoredLead *stored)
{
	const Tracker *tracker = balances->tracker;
	LeadState  *lead = &stored->lead;
	const ModelVersion *model;
	AttrNumber	column;
	const char *fault;
	Datum		values[N_BALANCE_COLUMNS];
	bool		nulls[N_BALANCE_COLUMNS];

	if (!look_up(balances, key, slot))
		return false;
	gather_columns(&balance_shape, &balances->places, slot, values, nulls);
	column = record_read(IN_BALANCE, values, nulls, stored);
	if (column != InvalidAttrNumber && column != BALANCE_HELD)
		corrupt_balance(balances, balance_shape.columns[column - 1].name);

	/* who does not keep archive() waiting may have read the tracker before it */
	if (lead->last_at >= tracker->archived_before)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("interactions of table \"%s\" were archived meanwhile",
						get_rel_name(tracker->interactions)),
				 errhint("Try again.")));

	model = tracker_version(tracker, stored->version);
	if (model == NULL)
		corrupt_balance(balances, balance_shape.columns[BALANCE_MODEL_VERSION - 1].name);
	if (model->fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("frozen model of tracked table \"%s\" is corrupt",
						get_rel_name(tracker->interactions)),
				 errdetail("Version %d, which an opening balance was folded with: %s",
						   model->version, model->fault),
				 errhint("Restore the row of lead_temperature.model_version from a backup.")));
	if (column == BALANCE_HELD)
		corrupt_balance(balances, balance_shape.columns[column - 1].name);
	stored_complete(model, stored);
	add_up(lead, stored->nheld);
	if (lead->interactions == 0)
		corrupt_balance(balances, balance_shape.columns[BALANCE_INTERACTIONS - 1].name);
	fault = stored_fault(model, stored);
	if (fault != NULL)
		corrupt_balance(balances, fault);
	if (model == tracker->model)
		return true;

	take_over(model, tracker->model, stored);
	add_up(lead, stored->nheld);
	if (fold_temperature(&tracker->model->fold, lead->points, lead->last_at,
						 lead->last_at) != TEMPERATURE_HOT)
		lead->hot_since = FOLD_NEVER;
	else if (lead->hot_since == FOLD_NEVER)
		lead->hot_since = lead->last_at;
	return true;
}

/* compare_members orders leads that count for one; they stand in a list as pointers to Datum. */
static int
compare_members(const void *a, const void *b, void *tracker)
{
	return compare_leads(tracker, *(*(Datum *const *) a), *(*(Datum *const *) b));
}

/* members_in_order returns the leads that count for one, in their order, as the balances are read. */
static Datum **
members_in_order(const BalanceTable *balances, Datum key, int *n)
{
	List	   *members = lead_members(balances->tracker, key, balances->snapshot);
	Datum	  **sorted = palloc(sizeof(Datum *) * Max(list_length(members), 1));
	ListCell   *cell;

	*n = 0;
	foreach(cell, members)
		sorted[(*n)++] = lfirst(cell);
	qsort_arg(sorted, *n, sizeof(Datum *), compare_members, balances->tracker);
	return sorted;
}

/*
 * find_merged finds the balance of a lead into which others may be merged: what all that count
 * for it are together, in their order.
 */
static bool
find_merged(BalanceTable *balances, Datum key, StoredLead *stored)
{
	const ModelVersion *model = balances->tracker->model;
	int			n;
	Datum	  **members = members_in_order(balances, key, &n);
	StoredLead	own;

	stored_reset(model, stored);
	balances->has_own = n > 0 && find_own(balances, key, balances->found, &own);
	for (int i = 0; i < n; i++)
	{
		StoredLead	other;

		if (compare_leads(balances->tracker, *members[i], key) == 0)
		{
			if (balances->has_own)
				lead_merge(&model->fold, &stored->lead, &own.lead);
			continue;
		}
		if (find_own(balances, *members[i], balances->other, &other))
		{
			lead_merge(&model->fold, &stored->lead, &other.lead);
			balances->merged = lappend(balances->merged, members[i]);
		}
	}
	return balances->has_own || balances->merged != NIL;
}

/* balance_find finds the balance of a lead, and of those that count for it, likewise. */
bool
balance_find(BalanceTable *balances, Datum key, StoredLead *stored)
{
	balances->merged = NIL;
	if (balances->tracker->aliases != NULL)
		return find_merged(balances, key, stored);
	balances->has_own = find_own(balances, key, balances->found, stored);
	return balances->has_own;
}

/* delete_merged deletes the balances of other leads that are part of one that was written. */
static void
delete_merged(BalanceTable *balances)
{
	ListCell   *cell;

	foreach(cell, balances->merged)
	{
		if (look_up(balances, *(Datum *) lfirst(cell), balances->other))
			writer_delete(&balances->writer, balances->other);
	}
	balances->merged = NIL;
}

/* balance_put writes the balance of a lead, in the place of those that balance_find has just found for it. */
void
balance_put(BalanceTable *balances, Datum key, const StoredLead *stored)
{
	TupleTableSlot *slot = balances->next;
	Datum		values[N_BALANCE_COLUMNS];
	bool		nulls[N_BALANCE_COLUMNS];
	int			first = N_BALANCE_COLUMNS - balance_shape.nadded;

	ExecClearTuple(slot);
	if (balances->has_own)
		for (int i = first; i < slot->tts_tupleDescriptor->natts; i++)
			slot->tts_values[i] = slot_getattr(balances->found, i + 1, &slot->tts_isnull[i]);
	else
		writer_put_defaults(&balances->writer, slot, first);
	values[BALANCE_LEAD - 1] = key;
	nulls[BALANCE_LEAD - 1] = false;
	record_write(IN_BALANCE, stored, values, nulls);
	scatter_columns(&balance_shape, &balances->places, values, nulls, slot);
	ExecStoreVirtualTuple(slot);
	if (balances->has_own)
		writer_update(&balances->writer, balances->found, slot);
	else
		writer_insert(&balances->writer, slot);
	delete_merged(balances);
}

/* balance_versions lists, as an array of integers, the versions of models that balances need. */
Datum
balance_versions(const Tracker *tracker)
{
	MemoryContext before = CurrentMemoryContext;
	OwnerScope	owner;
	bool		isnull;
	Datum		result;

	if (tracker->archived_before == FOLD_NEVER || tracker->nversions == 1)
		return PointerGetDatum(construct_empty_array(INT4OID));
	owner_enter(&owner, tracker->owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute(psprintf("SELECT coalesce(pg_catalog.array_agg(DISTINCT model_version), '{}'::pg_catalog.int4[]) FROM %s",
							 qualified_name(tracker->balances)), false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	MemoryContextSwitchTo(before);
	result = PointerGetDatum(DatumGetArrayTypePCopy(result));
	SPI_finish();
	owner_leave(&owner);
	return result;
}
