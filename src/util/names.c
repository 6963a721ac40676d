/*-------------------------------------------------------------------------
 *
 * names.c
 *	  Relations and operators: their names for SQL text, their locks; whose objects are.
 *
 *-------------------------------------------------------------------------
 */
#include "util/names.h"

#include "types/compat.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* relation_owner looks up the owner of a relation. */
Oid
relation_owner(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation)));
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* check_table_owner refuses whoever is not the owner of a table. */
void
check_table_owner(Oid relation)
{
	if (!lt_is_table_owner(relation, GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of table %s", get_rel_name(relation)),
				 errhint("Ask its owner \"%s\", or a member of that role.",
						 GetUserNameFromId(relation_owner(relation), false))));
}

/* qualified_name quotes a relation's schema and name for SQL text. */
char *
qualified_name(Oid relation)
{
	char	   *name = get_rel_name(relation);

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation),
				 errhint("If it was made for a tracked table, stop tracking that with lead_temperature.untrack and track it anew.")));
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), name);
}

/* qualified_operator writes an operator for SQL text so that no search_path matters. */
char *
qualified_operator(Oid operator)
{
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator));
	Form_pg_operator form;
	char	   *result;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", operator);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	result = psprintf("OPERATOR(%s.%s)",
					  quote_identifier(get_namespace_name(form->oprnamespace)),
					  NameStr(form->oprname));
	ReleaseSysCache(tuple);
	return result;
}

/* companion_open opens a table that belongs to a tracker, unless it was dropped where nothing is refused. */
Relation
companion_open(Oid relation, LOCKMODE lockmode)
{
	Relation	table = try_relation_open(relation, lockmode);

	if (table == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table with OID %u, which belongs to a tracked table, does not exist", relation),
				 errhint("Stop tracking with lead_temperature.untrack and track anew.")));
	return table;
}

/*
 * lock_own_table locks a table of one's own, and refuses one that was dropped or
 * given away until the lock was held.  One that is gone already is let pass.
 */
void
lock_own_table(Oid relation, LOCKMODE lockmode)
{
	char	   *name = get_rel_name(relation);

	if (name == NULL)
		return;
	check_table_owner(relation);
	LockRelationOid(relation, lockmode);
	if (get_rel_name(relation) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s\" was concurrently dropped", name)));
	check_table_owner(relation);
}

/* function_owner looks up whom a function belongs to, the bootstrap superuser for one that is gone. */
Oid
function_owner(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Oid			owner = BOOTSTRAP_SUPERUSERID;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

/* domain_owner looks up whom a domain belongs to, InvalidOid for other types. */
Oid
domain_owner(Oid type)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		if (((Form_pg_type) GETSTRUCT(tuple))->typtype == TYPTYPE_DOMAIN)
			owner = ((Form_pg_type) GETSTRUCT(tuple))->typowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}
