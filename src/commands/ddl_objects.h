/*-------------------------------------------------------------------------
 *
 * ddl_objects.h
 *	  What event triggers are told of commands.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DDL_OBJECTS_H
#define DDL_OBJECTS_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/pg_list.h"
#include "tcop/deparse_utility.h"

/* What an event trigger is told of one object that a command made, altered or dropped. */
typedef struct DdlObject
{
	Oid			relation;		/* it is, or is a part of, or an index or a
								 * rule on; InvalidOid: not known */
	bool		itself;			/* it is the relation */
	bool		trigger;		/* it is a trigger of it */
	bool		index;			/* it was an index of some table of the schema */
	Oid			schema;			/* that it was dropped from */
	const char *column;			/* its name, if it was a column, NULL
								 * otherwise */
	const char *name;			/* with its schema, of what was dropped */
	const CollectedCommand *command;	/* that altered it; NULL if it was
										 * dropped */
} DdlObject;

extern void check_event(FunctionCallInfo fcinfo, const char *name);
extern bool nothing_tracked(void);
extern List *objects_of_event(const char *sql);

#endif							/* DDL_OBJECTS_H */
