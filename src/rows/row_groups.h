/*-------------------------------------------------------------------------
 *
 * row_groups.h
 *	  Rows of a tracker grouped by lead in memory.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROW_GROUPS_H
#define ROW_GROUPS_H

#include "rows/lead_stream.h"

typedef struct RowGroups RowGroups;

extern RowGroups *row_groups_begin(LeadStream *stream, bool transitions);
extern bool row_groups_add(RowGroups *row_groups, const RowShape *shape, TupleTableSlot *slot);
extern bool row_groups_sort(RowGroups *row_groups);
extern void row_groups_use(RowGroups *row_groups);
extern void row_groups_end(RowGroups *row_groups);
extern RowGroups *row_groups_of_query(LeadStream *stream, const char *sql);
extern bool row_groups_next_lead(RowGroups *row_groups, Datum *lead);
extern bool row_groups_next_row(RowGroups *row_groups, FoldRow *row);

#endif							/* ROW_GROUPS_H */
