/*-------------------------------------------------------------------------
 *
 * unique_key.c
 *	  Columns of users' tables by which the row of a lead is found.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/unique_key.h"

#include "util/names.h"

#include "access/genam.h"
#include "access/table.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* no_column refuses a column that a table does not have, with what to do if it was just named. */
void
no_column(Oid relation, const char *column, bool named)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("column \"%s\" of table \"%s\" does not exist", column, get_rel_name(relation)),
			 named ? errhint("Name a column of the table, as it is called, without quotes.") : 0));
}

/* column_of finds a column of a table, and refuses one that is not there. */
Form_pg_attribute
column_of(Oid relation, const char *column, bool named)
{
	AttrNumber	number = get_attnum(relation, column);
	HeapTuple	tuple;
	Form_pg_attribute copy = palloc(ATTRIBUTE_FIXED_PART_SIZE);

	if (number <= 0)
		no_column(relation, column, named);
	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(number));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for column %d of relation %u", number, relation);
	memcpy(copy, GETSTRUCT(tuple), ATTRIBUTE_FIXED_PART_SIZE);
	ReleaseSysCache(tuple);
	return copy;
}

/* is_key says whether an index keeps the values of a column unique, in their default order, at every moment. */
static bool
is_key(Relation index, const FormData_pg_attribute *column)
{
	const FormData_pg_index *form = index->rd_index;

	return form->indisunique && form->indimmediate && form->indisvalid && form->indnkeyatts == 1 &&
		form->indkey.values[0] == column->attnum && RelationGetIndexPredicate(index) == NIL &&
		index->rd_indcollation[0] == column->attcollation &&
		index->rd_opfamily[0] == lookup_type_cache(getBaseType(column->atttypid), TYPECACHE_BTREE_OPFAMILY)->btree_opf;
}

/* check_unique refuses a key of a table of which two rows can have the same value, or by which no index leads to them. */
void
check_unique(Oid relation, const char *key)
{
	const FormData_pg_attribute *column = column_of(relation, key, true);
	Relation	table = table_open(relation, AccessShareLock);
	bool		found = false;
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(table))
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		found = found || is_key(index, column);
		index_close(index, AccessShareLock);
	}
	table_close(table, AccessShareLock);
	if (!found)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("column \"%s\" of table \"%s\" is not unique", key, get_rel_name(relation)),
				 errdetail("The row of a lead is found by an index that is unique on this column alone, valid, not partial and not deferrable."),
				 errhint("Create it: CREATE UNIQUE INDEX ON %s (%s).", qualified_name(relation), quote_identifier(key))));
}
