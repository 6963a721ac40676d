/*-------------------------------------------------------------------------
 *
 * table_writer.h
 *	  A table that rows are written to without a plan.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TABLE_WRITER_H
#define TABLE_WRITER_H

#include "types/lead_temperature.h"

#include "executor/executor.h"
#include "utils/rel.h"

typedef struct Writer
{
	Relation	table;
	EState	   *estate;
	ResultRelInfo *target;
	EPQState	epq;
	bool		within;			/* another writer, closed later, fires the
								 * triggers of both */
	bool		at_once;		/* rows of writer_insert_soon do not wait */
	TupleTableSlot **waiting;	/* rows of writer_insert_soon that are not yet
								 * inserted */
	int			n_waiting;
	Size		waiting_bytes;
	int			n_slots;		/* for them, made so far */
	ExprState **defaults;		/* of columns that users have added, NULL
								 * until one is needed */
	List	   *arbiter;		/* the index of writer_insert_unless, once it
								 * is prepared */
} Writer;

extern void writer_open(Writer *writer, Oid table, const Bitmapset *updates, bool within);
extern void writer_put_defaults(Writer *writer, TupleTableSlot *slot, int ours);
extern void writer_insert(Writer *writer, TupleTableSlot *slot);
extern void writer_insert_soon(Writer *writer, TupleTableSlot *slot);
extern bool writer_is_plain(const Writer *writer, int natts);
extern bool writer_insert_unless(Writer *writer, TupleTableSlot *slot, Oid unique_index);
extern void writer_update(Writer *writer, TupleTableSlot *found, TupleTableSlot *slot);
extern void writer_rewrite(Writer *writer, TupleTableSlot *found, TupleTableSlot *slot);
extern void writer_delete(Writer *writer, TupleTableSlot *found);
extern void writer_suppressed(const Writer *writer);
extern void writer_close(Writer *writer);

#endif							/* TABLE_WRITER_H */
