/*-------------------------------------------------------------------------
 *
 * funnel_counts.c
 *	  The counts behind a funnel that is not scanned, <prefix>_funnel_count
 *	  and <prefix>_funnel_delta.
 *
 * Levels never change by themselves, so leads can be counted by the bucket
 * that their level falls into.  The finest buckets are 1/64 half-life wide;
 * each coarser grain has buckets 64 times as wide.  A threshold splits one
 * bucket of each grain: leads in the finest split bucket are looked up in the
 * index on level, all others are counted by the widest bucket that no
 * threshold splits.
 *
 * Writers only append what they change to the table of deltas, so that nobody
 * waits.  One at a time folds deltas into totals: deltas go and totals change
 * in one transaction, hence every snapshot sees the same sum before and after.
 *
 *-------------------------------------------------------------------------
 */
#include "state/funnel_counts.h"

#include "util/table_writer.h"

#include <math.h>

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/own_tracker.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(lt_level_bucket);
PG_FUNCTION_INFO_V1(lt_bucket_level);
PG_FUNCTION_INFO_V1(lt_funnel_ranges);
PG_FUNCTION_INFO_V1(lt_consolidate);

/* Finest buckets in one unit of level, which is one half-life. */
#define BUCKETS_IN_LEVEL	64.0

/* More than any level that a heat has. */
#define MAX_LEVEL			1e15
#define MAX_LEVEL_TEXT		CppAsString2(MAX_LEVEL)

/* Each grain has buckets 2^GRAIN_BITS times as wide as the one before. */
#define GRAIN_BITS			6
#define COARSEST_GRAIN		3

/* Changes kept in memory: at first, and until they are written in between. */
#define FIRST_CHANGES		64
#define MAX_CHANGES			100000

/* Of so many pages of the table of deltas, the one that begins the last folds them. */
#define PAGES_TO_FOLD		64

/* columns of <prefix>_funnel_delta */
enum
{
	DELTA_STAGE = 1,
	DELTA_STATUS,
	DELTA_BUCKET,
	DELTA_LEADS,
	N_DELTA_COLUMNS = DELTA_LEADS
};

/* columns of <prefix>_funnel_count */
enum
{
	COUNT_GRAIN = 1,
	COUNT_BUCKET,
	COUNT_STAGE,
	COUNT_STATUS,
	COUNT_LEADS,
	N_COUNT_COLUMNS = COUNT_LEADS
};

static const ColumnShape count_columns[] = {
	{"grain", COLUMN_INT2, true},
	{"bucket", COLUMN_INT8, true},
	{"stage", COLUMN_STAGE, true},
	{"status", COLUMN_STATUS, true},
	{"leads", COLUMN_INT8, true}
};

const TableShape count_shape = {
	.what = "table of funnel counts",
	.ncolumns = N_COUNT_COLUMNS,
	.columns = count_columns,
	.nkeys = 4,
	.keys = {COUNT_GRAIN, COUNT_BUCKET, COUNT_STAGE, COUNT_STATUS},
	.storage = "fillfactor = 70"
};

StaticAssertDecl(lengthof(count_columns) == N_COUNT_COLUMNS, "a shape for each column of a count");

static const ColumnShape delta_columns[] = {
	{"stage", COLUMN_STAGE, true},
	{"status", COLUMN_STATUS, true},
	{"bucket", COLUMN_INT8, true},
	{"leads", COLUMN_INT8, true}
};

/* Deltas come and go all the time: what is dead among them is vacuumed soon. */
const TableShape delta_shape = {
	.what = "table of changes of funnel counts",
	.ncolumns = N_DELTA_COLUMNS,
	.columns = delta_columns,
	.storage = "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, "
	"autovacuum_vacuum_cost_delay = 0"
};

StaticAssertDecl(lengthof(delta_columns) == N_DELTA_COLUMNS, "a shape for each column of a delta");

/* level_bucket returns the finest bucket of a level; a product with a power of 2 is exact. */
static int64
level_bucket(double level)
{
	return (int64) floor(level * BUCKETS_IN_LEVEL);
}

/* is_level says whether a number is in the range of levels. */
static bool
is_level(double level)
{
	return !isnan(level) && fabs(level) <= MAX_LEVEL;
}

/* coarser returns the bucket of a coarser grain that a bucket is part of. */
static int64
coarser(int64 bucket, int grains)
{
	int64		width = INT64CONST(1) << (GRAIN_BITS * grains);
	int64		quotient = bucket / width;

	return bucket % width < 0 ? quotient - 1 : quotient;
}

/* compare_changes orders changes by stage, status and bucket. */
static int
compare_changes(const void *a, const void *b)
{
	const BucketCount *left = a;
	const BucketCount *right = b;

	if (left->stage != right->stage)
		return left->stage < right->stage ? -1 : 1;
	if (left->status != right->status)
		return left->status < right->status ? -1 : 1;
	if (left->bucket != right->bucket)
		return left->bucket < right->bucket ? -1 : 1;
	return 0;
}

/* add_up leaves one change for each bucket, and none of those that cancel out. */
static void
add_up(CountChanges *counts)
{
	BucketCount *changes = counts->changes;
	int			n = 0;

	qsort(changes, counts->n, sizeof(BucketCount), compare_changes);
	for (int i = 0; i < counts->n;)
	{
		BucketCount sum = changes[i++];

		for (; i < counts->n && compare_changes(&sum, &changes[i]) == 0; i++)
			sum.leads += changes[i].leads;
		if (sum.leads != 0)
			changes[n++] = sum;
	}
	counts->n = n;
}

/* take_changes hands the changes to whoever takes them and forgets them. */
static void
take_changes(CountChanges *counts)
{
	if (counts->n > 0)
		add_up(counts);
	if (counts->n > 0)
		counts->take(counts);
	counts->n = 0;
}

/* make_room makes room for one more change, adding up what there is first. */
static void
make_room(CountChanges *counts)
{
	if (counts->n > 0)
		add_up(counts);
	if (counts->n > MAX_CHANGES / 2)
		take_changes(counts);
	if (counts->room > 0 && counts->n < counts->room / 2)
		return;
	counts->room = counts->room == 0 ? FIRST_CHANGES : Min(counts->room * 2, MAX_CHANGES);
	counts->changes = counts->changes == NULL ?
		MemoryContextAlloc(counts->context, sizeof(BucketCount) * counts->room) :
		repalloc(counts->changes, sizeof(BucketCount) * counts->room);
}

/* add_change adds a change to those collected. */
static void
add_change(CountChanges *counts, const BucketCount *change)
{
	if (counts->n == counts->room)
		make_room(counts);
	counts->changes[counts->n++] = *change;
}

/* begin_changes starts to collect changes. */
static void
begin_changes(CountChanges *counts, const Tracker *tracker, TakeChanges take)
{
	memset(counts, 0, sizeof(CountChanges));
	counts->tracker = tracker;
	counts->take = take;
	counts->context = CurrentMemoryContext;
}

/*
 * begins_last_page says whether a delta is the first one on the last of so
 * many pages.  Folding leaves pages to be filled anew, so this comes about once
 * for as many deltas as the pages hold, and nobody has to keep count of them.
 */
static bool
begins_last_page(ItemPointer tid)
{
	return ItemPointerGetOffsetNumber(tid) == FirstOffsetNumber &&
		ItemPointerGetBlockNumber(tid) % PAGES_TO_FOLD == PAGES_TO_FOLD - 1;
}

/* write_changes appends the changes to the table of deltas. */
static void
write_changes(CountChanges *counts)
{
	Writer		writer;
	TupleTableSlot *slot;

	writer_open(&writer, counts->tracker->deltas, NULL, false);
	check_shape(writer.table, &delta_shape, counts->tracker);
	slot = table_slot_create(writer.table, NULL);
	for (int i = 0; i < counts->n; i++)
	{
		const BucketCount *change = &counts->changes[i];

		ExecClearTuple(slot);
		memset(slot->tts_isnull, false, sizeof(bool) * N_DELTA_COLUMNS);
		slot->tts_values[DELTA_STAGE - 1] = ObjectIdGetDatum(change->stage);
		slot->tts_values[DELTA_STATUS - 1] = ObjectIdGetDatum(change->status);
		slot->tts_values[DELTA_BUCKET - 1] = Int64GetDatum(change->bucket);
		slot->tts_values[DELTA_LEADS - 1] = Int64GetDatum(change->leads);
		writer_put_defaults(&writer, slot, N_DELTA_COLUMNS);
		ExecStoreVirtualTuple(slot);
		writer_insert(&writer, slot);
		if (begins_last_page(&slot->tts_tid))
			counts->folds = true;
	}
	ExecDropSingleTupleTableSlot(slot);
	writer_close(&writer);
}

/* counts_open starts to collect what a flush changes of the counts. */
void
counts_open(CountChanges *counts, const Tracker *tracker)
{
	begin_changes(counts, tracker, write_changes);
}

/*
 * counts_change notes that leads have come to, or have left, a stage, status and level.
 * A level that no heat has was written by other hands, and was never counted.
 */
void
counts_change(CountChanges *counts, Oid stage, Oid status, double level, int leads)
{
	BucketCount change = {stage, status, 0, leads};

	if (!is_level(level))
		return;
	change.bucket = level_bucket(level);
	add_change(counts, &change);
}

/*
 * lock_totals takes the right to change totals until the transaction ends;
 * false if another has it and the caller would not wait.  No other lock on
 * the tables stands for it, since vacuum and writers shall not be in its way.
 */
static bool
lock_totals(const Tracker *tracker, bool wait)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, RelationRelationId, tracker->counts, 0);
	return LockAcquire(&tag, ExclusiveLock, false, !wait) != LOCKACQUIRE_NOT_AVAIL;
}

/* enum_array makes an array of the stages or statuses of changes. */
static Datum
enum_array(const Datum *values, int n, Oid type)
{
	return PointerGetDatum(construct_array((Datum *) values, n, type, sizeof(Oid), true, TYPALIGN_INT));
}

/* int8_array makes an array of the buckets or leads of changes. */
static Datum
int8_array(const Datum *values, int n)
{
	return PointerGetDatum(construct_array((Datum *) values, n, INT8OID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/*
 * change_totals_sql returns the text of a statement that adds changes, which a query
 * selects as rows of the totals, to the totals.  One that is not there is inserted;
 * that it is there all the same, unseen by a transaction's older snapshot, is a
 * serialization failure.
 */
static char *
change_totals_sql(const Tracker *tracker, const char *changes)
{
	const char *same = "c.grain OPERATOR(pg_catalog.=) d.grain "
		"AND c.bucket OPERATOR(pg_catalog.=) d.bucket "
		"AND c.stage OPERATOR(pg_catalog.=) d.stage "
		"AND c.status OPERATOR(pg_catalog.=) d.status";

	return psprintf("WITH change AS MATERIALIZED (%3$s), "
					"emptied AS (DELETE FROM %1$s c USING change d WHERE %2$s "
					"AND c.leads OPERATOR(pg_catalog.+) d.leads OPERATOR(pg_catalog.=) 0 RETURNING 1), "
					"changed AS (UPDATE %1$s c SET leads = c.leads OPERATOR(pg_catalog.+) d.leads "
					"FROM change d WHERE %2$s "
					"AND c.leads OPERATOR(pg_catalog.+) d.leads OPERATOR(pg_catalog.<>) 0 RETURNING 1), "
					"made AS (INSERT INTO %1$s AS n (grain, bucket, stage, status, leads) "
					"SELECT d.grain, d.bucket, d.stage, d.status, d.leads FROM change d "
					"WHERE NOT EXISTS (SELECT FROM %1$s c WHERE %2$s) "
					"ON CONFLICT (grain, bucket, stage, status) "
					"DO UPDATE SET leads = n.leads OPERATOR(pg_catalog.+) EXCLUDED.leads RETURNING 1) "
					"SELECT (SELECT pg_catalog.count(*) FROM change) OPERATOR(pg_catalog.=) "
					"(SELECT pg_catalog.count(*) FROM (TABLE emptied UNION ALL TABLE changed UNION ALL TABLE made) w)",
					qualified_name(tracker->counts), same, changes);
}

/* check_totals_changed reports that a trigger has kept a change, as change_totals_sql makes it, from a total. */
static void
check_totals_changed(const Tracker *tracker, int result)
{
	bool		isnull;

	if (result != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
	if (!DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull)))
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
				 errmsg("a row of table \"%s\" was not written", get_rel_name(tracker->counts)),
				 errdetail("A trigger of that table has suppressed it."),
				 errhint("Let row triggers of the table return the row.")));
}

/* change_totals adds changes to the totals, which are locked, at every grain. */
static void
change_totals(CountChanges *counts)
{
	Oid			stage = stage_type();
	Oid			status = status_type();
	Oid			types[N_DELTA_COLUMNS] = {
		get_array_type(stage), get_array_type(status), INT8ARRAYOID, INT8ARRAYOID
	};
	Datum		values[N_DELTA_COLUMNS];
	Datum	   *columns[N_DELTA_COLUMNS];
	char	   *sql;

	for (int j = 0; j < N_DELTA_COLUMNS; j++)
		columns[j] = palloc(sizeof(Datum) * counts->n);
	for (int i = 0; i < counts->n; i++)
	{
		columns[DELTA_STAGE - 1][i] = ObjectIdGetDatum(counts->changes[i].stage);
		columns[DELTA_STATUS - 1][i] = ObjectIdGetDatum(counts->changes[i].status);
		columns[DELTA_BUCKET - 1][i] = Int64GetDatum(counts->changes[i].bucket);
		columns[DELTA_LEADS - 1][i] = Int64GetDatum(counts->changes[i].leads);
	}
	values[DELTA_STAGE - 1] = enum_array(columns[DELTA_STAGE - 1], counts->n, stage);
	values[DELTA_STATUS - 1] = enum_array(columns[DELTA_STATUS - 1], counts->n, status);
	values[DELTA_BUCKET - 1] = int8_array(columns[DELTA_BUCKET - 1], counts->n);
	values[DELTA_LEADS - 1] = int8_array(columns[DELTA_LEADS - 1], counts->n);

	sql = psprintf("SELECT g.grain::pg_catalog.int2 AS grain, "
				   "f.bucket OPERATOR(pg_catalog.>>) (g.grain OPERATOR(pg_catalog.*) %1$d) AS bucket, "
				   "f.stage, f.status, pg_catalog.sum(f.leads)::pg_catalog.int8 AS leads "
				   "FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2), "
				   "pg_catalog.unnest($3), pg_catalog.unnest($4)) f(stage, status, bucket, leads), "
				   "pg_catalog.generate_series(0, %2$d) g(grain) "
				   "GROUP BY 1, 2, f.stage, f.status "
				   "HAVING pg_catalog.sum(f.leads) OPERATOR(pg_catalog.<>) 0",
				   GRAIN_BITS, COARSEST_GRAIN);
	sql = change_totals_sql(counts->tracker, sql);
	check_totals_changed(counts->tracker,
						 SPI_execute_with_args(sql, N_DELTA_COLUMNS, types, values, NULL, false, 0));
}

/* delete_delta deletes a delta that nobody but who has locked the totals would delete. */
static void
delete_delta(Relation table, TupleTableSlot *slot, Snapshot snapshot)
{
	TM_FailureData failure;

	if (table_tuple_delete(table, &slot->tts_tid, GetCurrentCommandId(true), snapshot,
						   InvalidSnapshot, true, &failure, false) != TM_Ok)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent update"),
				 errdetail("The counts of the funnel were changed by a concurrent transaction."),
				 errhint("Retry the transaction.")));
}

/* check_count_shapes refuses to work on deltas and totals that are not as track() made them. */
static void
check_count_shapes(const Tracker *tracker, LOCKMODE lock)
{
	Relation	table = companion_open(tracker->deltas, lock);

	check_shape(table, &delta_shape, tracker);
	table_close(table, NoLock);
	table = companion_open(tracker->counts, lock);
	check_shape(table, &count_shape, tracker);
	table_close(table, NoLock);
}

/*
 * fold_deltas folds the deltas that are there into the totals, which are
 * locked, and returns how many.  They are read and deleted without a plan,
 * since there are many of them for each total that they change.
 */
static int64
fold_deltas(const Tracker *tracker)
{
	Relation	table;
	Snapshot	snapshot;
	TableScanDesc scan;
	TupleTableSlot *slot;
	CountChanges counts;
	int64		folded = 0;

	check_count_shapes(tracker, RowExclusiveLock);
	table = companion_open(tracker->deltas, NoLock);
	CommandCounterIncrement();
	snapshot = RegisterSnapshot(GetTransactionSnapshot());
	slot = table_slot_create(table, NULL);
	begin_changes(&counts, tracker, change_totals);
	scan = table_beginscan(table, snapshot, 0, NULL);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		BucketCount change;

		slot_getallattrs(slot);
		change.stage = DatumGetObjectId(slot->tts_values[DELTA_STAGE - 1]);
		change.status = DatumGetObjectId(slot->tts_values[DELTA_STATUS - 1]);
		change.bucket = DatumGetInt64(slot->tts_values[DELTA_BUCKET - 1]);
		change.leads = DatumGetInt64(slot->tts_values[DELTA_LEADS - 1]);
		delete_delta(table, slot, snapshot);
		add_change(&counts, &change);
		folded++;
		CHECK_FOR_INTERRUPTS();
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
	take_changes(&counts);
	table_close(table, NoLock);
	return folded;
}

/*
 * counts_close appends what the flush has changed, and folds deltas if it is
 * its turn: never where a total that another has changed since would fail the host's
 * statement.  The caller is connected to SPI as the tracker's owner.
 */
void
counts_close(CountChanges *counts)
{
	take_changes(counts);
	if (counts->folds && !IsolationUsesXactSnapshot() && lock_totals(counts->tracker, false))
		(void) fold_deltas(counts->tracker);
}

/* begin connects to SPI as the owner of a tracker. */
static void
begin(OwnerScope *owner, const Tracker *tracker)
{
	owner_enter(owner, tracker->owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

/* end disconnects and returns to the caller's role. */
static void
end(const OwnerScope *owner)
{
	SPI_finish();
	owner_leave(owner);
}

/*
 * counts_consolidate folds the deltas of a tracker that has any, and returns
 * how many; none if another is at it.
 */
int64
counts_consolidate(const Tracker *tracker)
{
	OwnerScope	owner;
	int64		folded;

	if (!OidIsValid(tracker->counts) || !lock_totals(tracker, false))
		return 0;
	begin(&owner, tracker);
	folded = fold_deltas(tracker);
	end(&owner);
	return folded;
}

/*
 * wrong_totals_sql returns the text of a query of totals that are not what the state
 * makes of them: what there is, NULL for no row, and what there should be, likewise.
 * Deltas that are not folded yet are no fault.  Levels that no heat has do not count.
 */
static char *
wrong_totals_sql(const Tracker *tracker)
{
	return psprintf("SELECT c.grain, c.bucket, c.stage, c.status, "
					"pg_catalog.sum(c.stored)::pg_catalog.int8 AS stored, "
					"nullif(pg_catalog.sum(c.leads), 0)::pg_catalog.int8 AS leads FROM ("
					"SELECT g.grain::pg_catalog.int2 AS grain, "
					"f.bucket OPERATOR(pg_catalog.>>) (g.grain OPERATOR(pg_catalog.*) %4$d) AS bucket, "
					"f.stage, f.status, NULL::pg_catalog.int8 AS stored, f.leads FROM ("
					"SELECT lead_temperature.level_bucket(l.level) AS bucket, l.stage, l.status, "
					"pg_catalog.count(*) AS leads FROM %1$s l "
					"WHERE l.level OPERATOR(pg_catalog.>=) OPERATOR(pg_catalog.-) %6$s::pg_catalog.float8 "
					"AND l.level OPERATOR(pg_catalog.<=) %6$s::pg_catalog.float8 GROUP BY 1, 2, 3 "
					"UNION ALL SELECT d.bucket, d.stage, d.status, OPERATOR(pg_catalog.-) d.leads FROM %2$s d) f, "
					"pg_catalog.generate_series(0, %5$d) g(grain) "
					"UNION ALL SELECT t.grain, t.bucket, t.stage, t.status, t.leads, 0 FROM %3$s t) c "
					"GROUP BY 1, 2, 3, 4 "
					"HAVING coalesce(pg_catalog.sum(c.stored), 0) OPERATOR(pg_catalog.<>) pg_catalog.sum(c.leads) "
					"ORDER BY 1, 2, 3, 4",
					qualified_name(tracker->state), qualified_name(tracker->deltas),
					qualified_name(tracker->counts), GRAIN_BITS, COARSEST_GRAIN, MAX_LEVEL_TEXT);
}

/*
 * counts_renew brings the counts in line with the state, whatever was done to
 * it, or to them, by hand.  One snapshot sees all, and nobody else changes totals
 * meanwhile.
 */
void
counts_renew(const Tracker *tracker)
{
	OwnerScope	owner;
	char	   *sql;

	if (!OidIsValid(tracker->counts))
		return;
	(void) lock_totals(tracker, true);
	begin(&owner, tracker);
	(void) fold_deltas(tracker);
	CommandCounterIncrement();
	sql = psprintf("SELECT w.grain, w.bucket, w.stage, w.status, "
				   "coalesce(w.leads, 0) OPERATOR(pg_catalog.-) coalesce(w.stored, 0) AS leads FROM (%s) w",
				   wrong_totals_sql(tracker));
	check_totals_changed(tracker, SPI_execute(change_totals_sql(tracker, sql), false, 0));
	end(&owner);
}

/*
 * counts_compare hands each total that is not what the state makes of it to a
 * function, as the active snapshot shows them.
 */
void
counts_compare(const Tracker *tracker, CountDiffers differs, void *arg)
{
	OwnerScope	owner;

	if (!OidIsValid(tracker->counts))
		return;
	begin(&owner, tracker);
	check_count_shapes(tracker, AccessShareLock);
	if (SPI_execute(wrong_totals_sql(tracker), true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;

		differs(psprintf("funnel count of grain %s, bucket %s, %s, %s",
						 SPI_getvalue(row, desc, 1), SPI_getvalue(row, desc, 2),
						 SPI_getvalue(row, desc, 3), SPI_getvalue(row, desc, 4)),
				SPI_getvalue(row, desc, 5), SPI_getvalue(row, desc, 6), arg);
	}
	end(&owner);
}

/* lt_consolidate, which is compact_counts in SQL, folds what writers have left since into the counts of the funnel. */
Datum
lt_consolidate(PG_FUNCTION_ARGS)
{
	Oid			interactions = tracker_named(PG_GETARG_OID(0));
	Tracker    *tracker;

	tracker = tracker_lock_own(interactions, AccessShareLock);
	if (!OidIsValid(tracker->counts))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("tracked table \"%s\" keeps no counts of its funnel", get_rel_name(interactions)),
				 errhint("Its funnel is scanned. To keep counts, run SELECT lead_temperature.alter_tracker(%s, funnel_counts => true).",
						 quote_literal_cstr(qualified_name(interactions)))));
	PG_RETURN_INT64(counts_consolidate(tracker));
}

/* bucket_argument returns the finest bucket of a level that anybody may have passed. */
static int64
bucket_argument(double level)
{
	if (!is_level(level))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("level out of range")));
	return level_bucket(level);
}

/* lt_level_bucket returns the finest bucket that a level falls into. */
Datum
lt_level_bucket(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(bucket_argument(PG_GETARG_FLOAT8(0)));
}

/* lt_bucket_level returns the least level of a bucket of a grain. */
Datum
lt_bucket_level(PG_FUNCTION_ARGS)
{
	int16		grain = PG_GETARG_INT16(0);
	int64		bucket = PG_GETARG_INT64(1);

	PG_RETURN_FLOAT8(ldexp((double) bucket, GRAIN_BITS * grain) / BUCKETS_IN_LEVEL);
}

/* put_range returns a range of buckets, both ends included. */
static void
put_range(ReturnSetInfo *result, int grain, int64 first, int64 last)
{
	Datum		values[3] = {Int16GetDatum(grain), Int64GetDatum(first), Int64GetDatum(last)};
	bool		nulls[3] = {false};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* put_whole returns what two thresholds leave whole of a range; low is not after high. */
static void
put_whole(ReturnSetInfo *result, int grain, int64 first, int64 last, int64 low, int64 high)
{
	int64		split[2] = {low, high};

	for (int i = 0; i < 2; i++)
	{
		if (split[i] < first || split[i] > last)
			continue;
		if (first < split[i])
			put_range(result, grain, first, split[i] - 1);
		first = split[i] + 1;
	}
	if (first <= last)
		put_range(result, grain, first, last);
}

/*
 * lt_funnel_ranges returns the buckets that hold all leads but those in the
 * finest buckets split by a threshold: at the coarsest grain all whole ones,
 * at each finer one those that are whole in the split bucket before.
 */
Datum
lt_funnel_ranges(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int64		warm = bucket_argument(PG_GETARG_FLOAT8(0));
	int64		hot = bucket_argument(PG_GETARG_FLOAT8(1));

	lt_materialized_result(fcinfo);
	put_whole(result, COARSEST_GRAIN, PG_INT64_MIN, PG_INT64_MAX,
			  coarser(warm, COARSEST_GRAIN), coarser(hot, COARSEST_GRAIN));
	for (int grain = COARSEST_GRAIN - 1; grain >= 0; grain--)
	{
		int64		low = coarser(warm, grain);
		int64		high = coarser(hot, grain);
		int64		in_low = coarser(warm, grain + 1) * (1 << GRAIN_BITS);
		int64		in_high = coarser(hot, grain + 1) * (1 << GRAIN_BITS);

		put_whole(result, grain, in_low, in_low + (1 << GRAIN_BITS) - 1, low, high);
		if (in_high != in_low)
			put_whole(result, grain, in_high, in_high + (1 << GRAIN_BITS) - 1, low, high);
	}
	return (Datum) 0;
}
