/*-------------------------------------------------------------------------
 *
 * row_source.h
 *	  Where rows come from.
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

/* Takes a row of a source; what it allocates goes with the row. */
typedef void (*TakeRow) (const RowShape *shape, TupleTableSlot *slot, void *arg);

extern char *source_rows_sql(const Source *source, const char *condition);
extern char *lock_rows_sql(const Source *source);
extern char *lead_rows_sql(const Source *source, const char *condition, const char *of_lead);
extern char *lead_alone_sql(const Tracker *tracker, Oid table);
extern char *id_rows_sql(const Source *source);
extern SPIPlanPtr keep_plan(const char *sql, int nargs, Oid *types, int options);
extern SPIPlanPtr find_leads_plan(const Source *source);
extern SPIPlanPtr find_leads_of_all_plan(const Source *source);
extern void read_rows(LeadStream *stream, const Source *source, SPIPlanPtr plan, Datum *values);
extern int	by_indexes(void);
extern void read_lead_now(LeadStream *stream, Tracker *tracker, Datum lead);
extern void read_lead_after(LeadStream *stream, Tracker *tracker, Datum lead, HeatTime at);
extern void read_lead_as_of(LeadStream *stream, Tracker *tracker, Datum lead, Snapshot snapshot);
extern Tuplestorestate *store_begin(bool lasting);
extern void read_source(const RowShape *shape, TakeRow take, void *arg);
extern LeadStream *stream_query(const Tracker *tracker, HeatTime horizon, const char *sql,
								ParamListInfo params, Tuplestorestate *store,
								MemoryContext context);
extern LeadStream *stream_all(const Tracker *tracker, HeatTime horizon, char *after,
							  Snapshot snapshot, Tuplestorestate *store, MemoryContext context);

#endif							/* ROW_SOURCE_H */
