/*-------------------------------------------------------------------------
 *
 * transition_rows.h
 *	  The rows that a statement wrote, as its trigger finds them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRANSITION_ROWS_H
#define TRANSITION_ROWS_H

#include "types/lead_temperature.h"

#include "executor/tuptable.h"
#include "utils/tuplestore.h"

/* A transition table being read. */
typedef struct TransitionRows
{
	Tuplestorestate *store;
	TupleTableSlot *slot;
} TransitionRows;

extern TransitionRows open_rows(Tuplestorestate *store, TupleDesc desc);
extern bool next_row(TransitionRows *rows);
extern void close_rows(TransitionRows *rows);
extern bool is_empty(Tuplestorestate *store);

#endif							/* TRANSITION_ROWS_H */
