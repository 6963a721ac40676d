/*-------------------------------------------------------------------------
 *
 * row_source.h
 *	  Where the rows of a tracked table come from.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROW_SOURCE_H
#define ROW_SOURCE_H

#include "rows/lead_stream.h"
#include "executor/spi.h"
#include "nodes/params.h"
#include "utils/snapshot.h"
#include "utils/tuplestore.h"

/* Takes a row of the tracked columns; what it allocates goes with the row. */
typedef void (*TakeRow) (const RowShape *shape, TupleTableSlot *slot, void *arg);

extern char *has_lead_sql(const Tracker *tracker);
extern char *read_rows_sql(const Tracker *tracker);
extern char *lock_rows_sql(const Tracker *tracker);
extern char *lead_alone_sql(const Tracker *tracker, Oid table);
extern SPIPlanPtr read_lead_plan(Tracker *tracker);
extern SPIPlanPtr read_lead_after_plan(Tracker *tracker);
extern void read_rows(LeadStream *stream, SPIPlanPtr plan, Datum *values);
extern void read_lead_rows(LeadStream *stream, Tracker *tracker, Datum lead, Snapshot snapshot);
extern Tuplestorestate *store_begin(bool lasting);
extern void read_all_rows(const Tracker *tracker, const RowShape *shape, TakeRow take, void *arg);
extern LeadStream *stream_query(const Tracker *tracker, HeatTime horizon, const char *sql,
								ParamListInfo params, Tuplestorestate *store,
								MemoryContext context);
extern LeadStream *stream_all(const Tracker *tracker, HeatTime horizon, char *after,
							  Snapshot snapshot, Tuplestorestate *store, MemoryContext context);

#endif							/* ROW_SOURCE_H */
