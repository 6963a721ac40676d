/*-------------------------------------------------------------------------
 *
 * transition_rows.c
 *	  The rows that a statement wrote, as its trigger finds them.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/transition_rows.h"

/* open_rows starts to read a transition table. */
TransitionRows
open_rows(Tuplestorestate *store, TupleDesc desc)
{
	TransitionRows rows;

	rows.store = store;
	rows.slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	tuplestore_select_read_pointer(store, 0);
	tuplestore_rescan(store);
	return rows;
}

/* next_row fetches the next row, false at the end. */
bool
next_row(TransitionRows *rows)
{
	return tuplestore_gettupleslot(rows->store, true, false, rows->slot);
}

/* close_rows ends the reading of a transition table. */
void
close_rows(TransitionRows *rows)
{
	ExecDropSingleTupleTableSlot(rows->slot);
}

/* is_empty says whether a transition table has no row. */
bool
is_empty(Tuplestorestate *store)
{
	return store == NULL || tuplestore_tuple_count(store) == 0;
}
