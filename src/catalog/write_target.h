/*-------------------------------------------------------------------------
 *
 * write_target.h
 *	  The tables of users that leads are written back to, and what can be written.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WRITE_TARGET_H
#define WRITE_TARGET_H

#include "catalog/tracker.h"

/* What of a lead can be written into a column. */
typedef struct WrittenAttribute
{
	const char *name;			/* the argument of write_back */
	Oid			type;			/* of the column; TEXTOID: labels, which an
								 * enum can have too */
	const char *const *labels;
	int			n_labels;
	const char *with;			/* without which it says nothing; NULL: it
								 * stands for itself */
	const char *sql;			/* over s, a row of the state, where %1$u is
								 * the OID of that; $1 and $2 are the least
								 * levels that are warm and hot now */
} WrittenAttribute;

extern const WrittenAttribute written_attributes[];
extern const int n_written_attributes;

/* An entry of the table of targets, of whichever tracker. */
typedef struct TrackerTarget
{
	Oid			tracker;
	WriteTarget target;
} TrackerTarget;

extern void read_targets(Tracker *tracker);
extern int	find_attribute(const char *name);
extern int	attribute_at(const WriteTarget *target, const char *name);
extern List *targets_among(Oid relation);
extern List *all_targets(void);

#endif							/* WRITE_TARGET_H */
