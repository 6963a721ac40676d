/*-------------------------------------------------------------------------
 *
 * table_writer.c
 *	  A table that rows are written to without a plan.
 *
 * The executor's own simple insert, update and delete do the work, as in the
 * apply worker of logical replication: row triggers, constraints, generated
 * columns and indexes of the table all take part.
 *
 *-------------------------------------------------------------------------
 */
#include "util/table_writer.h"

#include "util/names.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "utils/snapmgr.h"

/* Rows that are inserted together, and bytes of them that do not wait for another. */
#define ROWS_TOGETHER	100
#define BYTES_TOGETHER	(64 * 1024)

/*
 * prepare_triggers looks the functions of the table's triggers up.  What they keep
 * from call to call lives as long as the writer does, whatever context it is in when
 * they are first called.
 */
static void
prepare_triggers(Writer *writer)
{
	TriggerDesc *triggers = writer->target->ri_TrigDesc;

	if (triggers == NULL)
		return;
	for (int i = 0; i < triggers->numtriggers; i++)
		fmgr_info_cxt(triggers->triggers[i].tgfoid, &writer->target->ri_TrigFunctions[i],
					  writer->estate->es_query_cxt);
}

/*
 * writer_open opens a table and its indexes for writing.  Updates may change some
 * columns, as row triggers and indexes want to know: of an index on none of them old
 * entries are worth looking for.
 *
 * AFTER triggers fire when the writer is closed.  Within another writer that is
 * open already and is closed later, they fire with those of that one, all in the
 * order in which the rows were written.
 */
void
writer_open(Writer *writer, Oid table, const Bitmapset *updates, bool within)
{
	Bitmapset  *updated = NULL;
	int			column = -1;
	TupleConstr *constraints;

	writer->table = companion_open(table, RowExclusiveLock);
	constraints = writer->table->rd_att->constr;
	writer->waiting = NULL;
	writer->n_waiting = 0;
	writer->waiting_bytes = 0;
	writer->n_slots = 0;
	writer->defaults = NULL;
	writer->arbiter = NIL;
	writer->estate = CreateExecutorState();
	writer->target = makeNode(ResultRelInfo);
	while ((column = bms_next_member(updates, column)) >= 0)
		updated = bms_add_member(updated, column - FirstLowInvalidHeapAttributeNumber);
	lt_init_range_table(writer->estate, writer->table, updated);
	InitResultRelInfo(writer->target, writer->table, 1, NULL, 0);
	prepare_triggers(writer);
	ExecOpenIndices(writer->target, false);
	writer->at_once = writer->target->ri_TrigDesc != NULL ||
		(constraints != NULL && constraints->has_generated_stored);
	writer->estate->es_opened_result_relations =
		lappend(writer->estate->es_opened_result_relations, writer->target);
	lt_epq_init(&writer->epq, writer->estate);
	writer->within = within;
	if (!within)
		AfterTriggerBeginQuery();
}

/* writer_suppressed reports that a trigger of the table did not let a row be written. */
void
writer_suppressed(const Writer *writer)
{
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
			 errmsg("a row of table \"%s\" was not written", RelationGetRelationName(writer->table)),
			 errdetail("A trigger of that table has suppressed it."),
			 errhint("Let row triggers of the table return the row.")));
}

/* prepare_defaults prepares the defaults of the columns after ours. */
static void
prepare_defaults(Writer *writer, int ours)
{
	TupleDesc	desc = RelationGetDescr(writer->table);
	MemoryContext before = MemoryContextSwitchTo(writer->estate->es_query_cxt);

	writer->defaults = palloc0(sizeof(ExprState *) * desc->natts);
	for (int i = ours; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);
		Node	   *expression = column->attisdropped || column->attgenerated != '\0' ? NULL :
			build_column_default(writer->table, i + 1);

		if (expression != NULL)
			writer->defaults[i] = ExecPrepareExpr((Expr *) expression, writer->estate);
	}
	MemoryContextSwitchTo(before);
}

/* writer_put_defaults gives the columns of a new row that come after ours their defaults. */
void
writer_put_defaults(Writer *writer, TupleTableSlot *slot, int ours)
{
	int			natts = slot->tts_tupleDescriptor->natts;

	if (natts > ours && writer->defaults == NULL)
		prepare_defaults(writer, ours);
	for (int i = ours; i < natts; i++)
	{
		slot->tts_isnull[i] = true;
		if (writer->defaults[i] != NULL)
			slot->tts_values[i] = ExecEvalExprSwitchContext(writer->defaults[i],
															GetPerTupleExprContext(writer->estate),
															&slot->tts_isnull[i]);
	}
}

/*
 * begin_write makes the writes of earlier commands, which a trigger's query or
 * our own may have counted meanwhile, visible to row triggers.
 */
static void
begin_write(Writer *writer)
{
	writer->estate->es_output_cid = GetCurrentCommandId(true);
}

/* end_write ends the writing of a row, which has a place unless a trigger suppressed it. */
static void
end_write(Writer *writer, TupleTableSlot *slot)
{
	if (!ItemPointerIsValid(&slot->tts_tid))
		writer_suppressed(writer);
	ResetPerTupleExprContext(writer->estate);
}

/* writer_insert inserts a row. */
void
writer_insert(Writer *writer, TupleTableSlot *slot)
{
	begin_write(writer);
	ExecSimpleRelationInsert(writer->target, writer->estate, slot);
	end_write(writer, slot);
}

/* insert_waiting inserts the rows that wait, together. */
static void
insert_waiting(Writer *writer)
{
	MemoryContext before = MemoryContextSwitchTo(GetPerTupleMemoryContext(writer->estate));

	begin_write(writer);
	if (writer->n_waiting == 1)
		ExecSimpleRelationInsert(writer->target, writer->estate, writer->waiting[0]);
	else
	{
		if (writer->table->rd_att->constr != NULL)
			for (int i = 0; i < writer->n_waiting; i++)
				ExecConstraints(writer->target, writer->waiting[i], writer->estate);
		table_multi_insert(writer->table, writer->waiting, writer->n_waiting,
						   writer->estate->es_output_cid, 0, NULL);
		for (int i = 0; i < writer->n_waiting; i++)
			lt_insert_index_tuples(writer->target, writer->estate, writer->waiting[i], NULL, NIL);
	}
	for (int i = 0; i < writer->n_waiting; i++)
		ExecClearTuple(writer->waiting[i]);
	writer->n_waiting = 0;
	MemoryContextSwitchTo(before);
	ResetPerTupleExprContext(writer->estate);
}

/* row_size returns the size of the row that a slot holds a copy of. */
static Size
row_size(TupleTableSlot *slot)
{
	bool		is_copy;
	HeapTuple	tuple = ExecFetchSlotHeapTuple(slot, false, &is_copy);
	Size		size = tuple->t_len;

	if (is_copy)
		heap_freetuple(tuple);
	return size;
}

/*
 * writer_insert_soon inserts a row, by the time that the table is closed if nobody
 * can see the difference: together with others it takes less time.
 */
void
writer_insert_soon(Writer *writer, TupleTableSlot *slot)
{
	if (writer->at_once)
	{
		writer_insert(writer, slot);
		return;
	}
	if (writer->n_waiting == writer->n_slots)
	{
		MemoryContext before = MemoryContextSwitchTo(writer->estate->es_query_cxt);

		if (writer->waiting == NULL)
			writer->waiting = palloc(sizeof(TupleTableSlot *) * ROWS_TOGETHER);
		writer->waiting[writer->n_slots++] = table_slot_create(writer->table, NULL);
		MemoryContextSwitchTo(before);
	}
	ExecCopySlot(writer->waiting[writer->n_waiting], slot);
	writer->waiting_bytes += row_size(writer->waiting[writer->n_waiting]);
	writer->waiting[writer->n_waiting++]->tts_tableOid = RelationGetRelid(writer->table);
	if (writer->n_waiting == ROWS_TOGETHER || writer->waiting_bytes > BYTES_TOGETHER)
		insert_waiting(writer);
}

/*
 * writer_is_plain says whether a row of so many columns is all that there is to
 * an insert: no columns whose defaults SQL alone knows, no triggers.
 */
bool
writer_is_plain(const Writer *writer, int natts)
{
	return RelationGetNumberOfAttributes(writer->table) == natts &&
		writer->target->ri_TrigDesc == NULL;
}

/* prepare_arbiter lets a unique index decide about speculative inserts. */
static void
prepare_arbiter(Writer *writer, Oid unique_index)
{
	MemoryContext before = MemoryContextSwitchTo(writer->estate->es_query_cxt);

	for (int i = 0; i < writer->target->ri_NumIndices; i++)
		if (RelationGetRelid(writer->target->ri_IndexRelationDescs[i]) == unique_index)
			BuildSpeculativeIndexInfo(writer->target->ri_IndexRelationDescs[i],
									  writer->target->ri_IndexRelationInfo[i]);
	writer->arbiter = list_make1_oid(unique_index);
	MemoryContextSwitchTo(before);
}

/* try_insert inserts a row speculatively; false, and nothing inserted, if the key is taken. */
static bool
try_insert(Writer *writer, TupleTableSlot *slot)
{
	uint32		token = SpeculativeInsertionLockAcquire(GetTopTransactionId());
	bool		conflict = false;

	table_tuple_insert_speculative(writer->table, slot, writer->estate->es_output_cid, 0, NULL, token);
	lt_insert_index_tuples(writer->target, writer->estate, slot, &conflict, writer->arbiter);
	table_tuple_complete_speculative(writer->table, slot, token, !conflict);
	SpeculativeInsertionLockRelease(GetTopTransactionId());
	return !conflict;
}

/*
 * writer_insert_unless inserts a row of a plain table unless another of the same
 * key is there, as INSERT ON CONFLICT DO NOTHING does; false if there is one.
 * Whoever is inserting it right now is waited for.
 */
bool
writer_insert_unless(Writer *writer, TupleTableSlot *slot, Oid unique_index)
{
	bool		inserted;

	if (writer->arbiter == NIL)
		prepare_arbiter(writer, unique_index);
	begin_write(writer);
	slot->tts_tableOid = RelationGetRelid(writer->table);
	if (writer->table->rd_att->constr != NULL)
		ExecConstraints(writer->target, slot, writer->estate);
	while (!(inserted = try_insert(writer, slot)) &&
		   lt_key_is_free(writer->target, writer->estate, slot, writer->arbiter))
		CHECK_FOR_INTERRUPTS();
	ResetPerTupleExprContext(writer->estate);
	return inserted;
}

/* writer_update puts a row in the place of one that this transaction has locked. */
void
writer_update(Writer *writer, TupleTableSlot *found, TupleTableSlot *slot)
{
	begin_write(writer);
	ExecSimpleRelationUpdate(writer->target, writer->estate, &writer->epq, found, slot);
	end_write(writer, slot);
}

/*
 * writer_rewrite puts a row in the place of an equal one that this transaction has
 * locked, so that transactions whose snapshot shows the old one notice.  No trigger
 * fires: to all others nothing has changed.
 */
void
writer_rewrite(Writer *writer, TupleTableSlot *found, TupleTableSlot *slot)
{
	TriggerDesc *triggers = writer->target->ri_TrigDesc;

	writer->target->ri_TrigDesc = NULL;
	writer_update(writer, found, slot);
	writer->target->ri_TrigDesc = triggers;
}

/* is_still_there says whether a trigger has kept a row from being deleted. */
static bool
is_still_there(Writer *writer, ItemPointer tid)
{
	TriggerDesc *triggers = writer->target->ri_TrigDesc;
	TupleTableSlot *slot;
	bool		found;

	if (triggers == NULL || !triggers->trig_delete_before_row)
		return false;
	slot = table_slot_create(writer->table, NULL);
	found = table_tuple_fetch_row_version(writer->table, tid, SnapshotSelf, slot);
	ExecDropSingleTupleTableSlot(slot);
	return found;
}

/* writer_delete deletes a row that this transaction has locked. */
void
writer_delete(Writer *writer, TupleTableSlot *found)
{
	ItemPointerData tid = found->tts_tid;

	begin_write(writer);
	ExecSimpleRelationDelete(writer->target, writer->estate, &writer->epq, found);
	if (is_still_there(writer, &tid))
		writer_suppressed(writer);
	ResetPerTupleExprContext(writer->estate);
}

/* writer_close inserts what waits, fires the table's AFTER triggers and closes it. */
void
writer_close(Writer *writer)
{
	if (writer->n_waiting > 0)
		insert_waiting(writer);
	for (int i = 0; i < writer->n_slots; i++)
		ExecDropSingleTupleTableSlot(writer->waiting[i]);
	if (!writer->within)
		AfterTriggerEndQuery(writer->estate);
	EvalPlanQualEnd(&writer->epq);
	ExecCloseResultRelations(writer->estate);
	table_close(writer->table, NoLock);
	ExecResetTupleTable(writer->estate->es_tupleTable, false);
	FreeExecutorState(writer->estate);
}
