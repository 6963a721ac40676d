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
	lt_epq_init(&writer->epq, writer->estate);
	AfterTriggerBeginQuery();
}

/* writer_insert inserts a row. */
void
writer_insert(Writer *writer, TupleTableSlot *slot)
{
	lt_exec_insert(writer->target, writer->estate, slot);
	ResetPerTupleExprContext(writer->estate);
}

/* writer_update puts a row in the place of one that this transaction has locked. */
void
writer_update(Writer *writer, TupleTableSlot *found, TupleTableSlot *slot)
{
	lt_exec_update(writer->target, writer->estate, &writer->epq, found, slot);
	ResetPerTupleExprContext(writer->estate);
}

/* writer_delete deletes a row that this transaction has locked. */
void
writer_delete(Writer *writer, TupleTableSlot *found)
{
	lt_exec_delete(writer->target, writer->estate, &writer->epq, found);
	ResetPerTupleExprContext(writer->estate);
}

/* writer_close fires the table's AFTER triggers and closes it. */
void
writer_close(Writer *writer)
{
	AfterTriggerEndQuery(writer->estate);
	EvalPlanQualEnd(&writer->epq);
	ExecCloseIndices(writer->target);
	table_close(writer->table, NoLock);
	ExecResetTupleTable(writer->estate->es_tupleTable, false);
	FreeExecutorState(writer->estate);
}
