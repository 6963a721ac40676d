/*-------------------------------------------------------------------------
 *
 * row_groups.h
 *	  Rows of a tracked table gathered by lead in memory.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROW_GROUPS_H
#define ROW_GROUPS_H

#include "rows/lead_stream.h"

typedef struct Gathered Gathered;

extern Gathered *gather_begin(LeadStream *stream, const RowShape *shape, bool transitions);
extern bool gather_row(Gathered *gathered, TupleTableSlot *slot);
extern bool gather_sort(Gathered *gathered);
extern void gather_use(Gathered *gathered);
extern void gather_end(Gathered *gathered);
extern Gathered *gather_rows(LeadStream *stream, const char *sql);
extern bool gathered_next_lead(Gathered *gathered, Datum *lead);
extern bool gathered_next_row(Gathered *gathered, FoldRow *row);

#endif							/* ROW_GROUPS_H */
