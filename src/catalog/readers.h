/*-------------------------------------------------------------------------
 *
 * readers.h
 *	  Which trackers follow the rows of a relation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef READERS_H
#define READERS_H

#include "postgres.h"

/* The trackers that follow the rows of a relation. */
typedef struct Readers
{
	Oid			source;			/* the relation, or the partitioned table that
								 * it is a part of */
	int			n;
	Oid		   *trackers;		/* their ids, ascending */
} Readers;

extern void readers_init(void);
extern const Readers *readers_of(Oid relation);
extern bool is_read(Oid relation);

#endif							/* READERS_H */
