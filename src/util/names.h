/*-------------------------------------------------------------------------
 *
 * names.h
 *	  Relations and operators: their names for SQL text, their locks; whose objects are.
 *
 *-------------------------------------------------------------------------
 */
#ifndef NAMES_H
#define NAMES_H

#include "postgres.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"

extern char *qualified_name(Oid relation);
extern char *qualified_operator(Oid operator);
extern Oid	relation_owner(Oid relation);
extern Oid	function_owner(Oid function);
extern Oid	domain_owner(Oid type);
extern void check_table_owner(Oid relation);
extern void lock_own_table(Oid relation, LOCKMODE lockmode);
extern Relation companion_open(Oid relation, LOCKMODE lockmode);

#endif							/* NAMES_H */
