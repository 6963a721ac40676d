/*-------------------------------------------------------------------------
 *
 * writer.c
 *	  A table that rows are written to without a plan.
 *
 * The executor's own simple insert, update and delete do the work, as in the
 * apply worker of logical replication: row triggers, constraints, generated
 * columns and indexes of the table all take part.
 *
 *-------------------------------------------------------------------------
 */
#include "writer.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "utils/snapmgr.h"

/* writer_open opens a table and its indexes for writing. */
void
writer_open(Writer *writer, Oid table)
{
	writer->table = table_open(table, RowExclusiveLock);
	writer->estate = CreateExecutorState();
	writer->target = makeNode(ResultRelInfo);
	InitResultRelInfo(writer->target, writer->table, 0, NULL, 0);
	ExecOpenIndices(writer->target, false);
	lt_add_result_relation(writer->estate, writer->target);
	lt_epq_init(&writer->epq, writer->estate);
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
	lt_exec_insert(writer->target, writer->estate, slot);
	end_write(writer, slot);
}

/* writer_update puts a row in the place of one that this transaction has locked. */
void
writer_update(Writer *writer, TupleTableSlot *found, TupleTableSlot *slot)
{
	begin_write(writer);
	lt_exec_update(writer->target, writer->estate, &writer->epq, found, slot);
	end_write(writer, slot);
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
	lt_exec_delete(writer->target, writer->estate, &writer->epq, found);
	if (is_still_there(writer, &tid))
		writer_suppressed(writer);
	ResetPerTupleExprContext(writer->estate);
}

/* writer_close fires the table's AFTER triggers and closes it. */
void
writer_close(Writer *writer)
{
	AfterTriggerEndQuery(writer->estate);
	EvalPlanQualEnd(&writer->epq);
	lt_close_result_relations(writer->estate);
	table_close(writer->table, NoLock);
	ExecResetTupleTable(writer->estate->es_tupleTable, false);
	FreeExecutorState(writer->estate);
}
