/*-------------------------------------------------------------------------
 *
 * gather.h
 *	  Rows of a tracked table gathered by lead in memory.
 *
 *-------------------------------------------------------------------------
 */
#ifndef GATHER_H
#define GATHER_H

#include "interaction.h"

typedef struct Gathered Gathered;

extern Gathered *gather_rows(LeadStream *stream, const char *sql);
extern bool gathered_next_lead(Gathered *gathered, Datum *lead);
extern bool gathered_next_row(Gathered *gathered, FoldRow *row);

#endif							/* GATHER_H */
