/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  The interfaces of newer servers, emulated on older ones (15 to 18), so
 *	  that no other file asks for the version.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LT_COMPAT_H
#define LT_COMPAT_H

#if PG_VERSION_NUM < 150000 || PG_VERSION_NUM >= 190000
#error "lead_temperature supports PostgreSQL 15 to 18"
#endif

#include "access/genam.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/tuplesort.h"
#include "utils/tuplestore.h"

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "parser/parse_relation.h"
#include "varatt.h"
#endif

/* Soft errors of input functions came with 16 (commit d9f7f5d32). */
#if PG_VERSION_NUM < 160000
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#define LT_ESCONTEXT(fcinfo)	NULL
#else
#define LT_ESCONTEXT(fcinfo)	((fcinfo)->context)
#endif

/* Functions that SQL calls are exported, whatever is not, since 16 (commit 089480c07). */
#if PG_VERSION_NUM < 160000
#undef PG_FUNCTION_INFO_V1
#define PG_FUNCTION_INFO_V1(funcname) \
extern PGDLLEXPORT Datum funcname(PG_FUNCTION_ARGS); \
extern PGDLLEXPORT const Pg_finfo_record *CppConcat(pg_finfo_,funcname)(void); \
const Pg_finfo_record * \
CppConcat(pg_finfo_,funcname) (void) \
{ \
	static const Pg_finfo_record my_finfo = { 1 }; \
	return &my_finfo; \
} \
extern int no_such_variable
#endif

/* lt_getdatum reads the next value of a sort of values that are passed by value. */
static inline bool
lt_getdatum(Tuplesortstate *sort, Datum *value)
{
	bool		isnull;

#if PG_VERSION_NUM >= 160000
	return tuplesort_getdatum(sort, true, false, value, &isnull, NULL);
#else
	return tuplesort_getdatum(sort, true, value, &isnull, NULL);
#endif
}

/* lt_is_table_owner: object_ownercheck came with 16 (commit afbfc0298). */
static inline bool
lt_is_table_owner(Oid relation, Oid role)
{
#if PG_VERSION_NUM >= 160000
	return object_ownercheck(RelationRelationId, relation, role);
#else
	return pg_class_ownercheck(relation, role);
#endif
}

/* lt_has_schema_right says whether a role has a right on a schema: object_aclcheck came with 16 (commit c727f511b). */
static inline bool
lt_has_schema_right(Oid schema, Oid role, AclMode right)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(NamespaceRelationId, schema, role, right) == ACLCHECK_OK;
#else
	return pg_namespace_aclcheck(schema, role, right) == ACLCHECK_OK;
#endif
}

/* lt_may_execute says whether a role may run a function. */
static inline bool
lt_may_execute(Oid function, Oid role)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK;
#else
	return pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK;
#endif
}

/* lt_deconstruct_array takes an array apart, asking the catalogue how its type is stored. */
static inline void
lt_deconstruct_array(ArrayType *array, Oid type, Datum **values, bool **nulls, int *n)
{
	int16		len;
	bool		by_value;
	char		align;

	get_typlenbyvalalign(type, &len, &by_value, &align);
	deconstruct_array(array, type, len, by_value, align, values, nulls, n);
}

/* lt_deconstruct_enum_array takes an array of any enum apart. */
static inline void
lt_deconstruct_enum_array(ArrayType *array, Datum **values, bool **nulls, int *n)
{
	lt_deconstruct_array(array, ARR_ELEMTYPE(array), values, nulls, n);
}

/*
 * lt_init_range_table makes a table the first and only one of an executor state,
 * with the columns that updates of it may change.
 */
static inline void
lt_init_range_table(EState *estate, Relation table, Bitmapset *updated)
{
	RangeTblEntry *entry = makeNode(RangeTblEntry);

	entry->rtekind = RTE_RELATION;
	entry->relid = RelationGetRelid(table);
	entry->relkind = table->rd_rel->relkind;
	entry->rellockmode = RowExclusiveLock;
#if PG_VERSION_NUM >= 160000
	{
		List	   *permissions = NIL;

		addRTEPermissionInfo(&permissions, entry)->updatedCols = updated;
#if PG_VERSION_NUM >= 180000
		ExecInitRangeTable(estate, list_make1(entry), permissions, bms_make_singleton(1));
#else
		ExecInitRangeTable(estate, list_make1(entry), permissions);
#endif
	}
#else
	entry->updatedCols = updated;
	ExecInitRangeTable(estate, list_make1(entry));
#endif
}

/*
 * lt_insert_index_tuples makes the index entries of a row.  If it is inserted
 * speculatively there is an arbiter, and conflict says whether that has one of
 * that key.
 */
static inline void
lt_insert_index_tuples(ResultRelInfo *target, EState *estate, TupleTableSlot *slot,
					   bool *conflict, List *arbiter)
{
#if PG_VERSION_NUM >= 160000
	list_free(ExecInsertIndexTuples(target, slot, estate, false, arbiter != NIL, conflict, arbiter, false));
#else
	list_free(ExecInsertIndexTuples(target, slot, estate, false, arbiter != NIL, conflict, arbiter));
#endif
}

/*
 * lt_key_is_free says whether the arbiter has no row of that key, after waiting
 * for whoever is inserting one.
 */
static inline bool
lt_key_is_free(ResultRelInfo *target, EState *estate, TupleTableSlot *slot, List *arbiter)
{
	ItemPointerData other;

	ItemPointerSetInvalid(&other);
#if PG_VERSION_NUM >= 180000
	{
		ItemPointerData none;

		ItemPointerSetInvalid(&none);
		return ExecCheckIndexConstraints(target, slot, estate, &other, &none, arbiter);
	}
#else
	return ExecCheckIndexConstraints(target, slot, estate, &other, arbiter);
#endif
}

/* lt_epq_init prepares for row triggers that find a row changed. */
static inline void
lt_epq_init(EPQState *epq, EState *estate)
{
#if PG_VERSION_NUM >= 160000
	EvalPlanQualInit(epq, estate, NULL, NIL, -1, NIL);
#else
	EvalPlanQualInit(epq, estate, NULL, NIL, -1);
#endif
}

/* lt_primary_key returns the index of a table's primary key. */
static inline Oid
lt_primary_key(Relation table)
{
#if PG_VERSION_NUM >= 180000
	return RelationGetPrimaryKeyIndex(table, false);
#else
	return RelationGetPrimaryKeyIndex(table);
#endif
}

/* lt_identity_sequence returns the sequence of an identity column. */
static inline Oid
lt_identity_sequence(Relation table, AttrNumber column)
{
#if PG_VERSION_NUM >= 170000
	return getIdentitySequence(table, column, false);
#else
	return getIdentitySequence(RelationGetRelid(table), column, false);
#endif
}

/* lt_index_beginscan begins an index scan. */
static inline IndexScanDesc
lt_index_beginscan(Relation table, Relation index, Snapshot snapshot, int nkeys)
{
#if PG_VERSION_NUM >= 180000
	return index_beginscan(table, index, snapshot, NULL, nkeys, 0);
#else
	return index_beginscan(table, index, snapshot, nkeys, 0);
#endif
}

/* lt_adds_column says whether an action of ALTER TABLE adds a column: up to 15 there is one more that does. */
static inline bool
lt_adds_column(AlterTableType action)
{
#if PG_VERSION_NUM < 160000
	if (action == AT_AddColumnRecurse)
		return true;
#endif
	return action == AT_AddColumn;
}

/* lt_rewrites_column says whether an action of ALTER TABLE may change the values of a column. */
static inline bool
lt_rewrites_column(AlterTableType action)
{
#if PG_VERSION_NUM >= 170000
	if (action == AT_SetExpression)
		return true;
#endif
	return action == AT_AlterColumnType;
}

/* lt_is_virtual says whether a column is computed when it is read, as 18 can (commit 83ea6c540). */
static inline bool
lt_is_virtual(Oid relation, AttrNumber column)
{
#if PG_VERSION_NUM >= 180000
	return get_attgenerated(relation, column) == ATTRIBUTE_GENERATED_VIRTUAL;
#else
	return false;
#endif
}

/* lt_materialized_result makes a set-returning function return a tuplestore. */
static inline void
lt_materialized_result(FunctionCallInfo fcinfo)
{
#if PG_VERSION_NUM >= 160000
	InitMaterializedSRF(fcinfo, 0);
#else
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext before;

	if (info == NULL || !IsA(info, ReturnSetInfo) || !(info->allowedModes & SFRM_Materialize))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	before = MemoryContextSwitchTo(info->econtext->ecxt_per_query_memory);
	if (get_call_result_type(fcinfo, NULL, &info->setDesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	info->setResult = tuplestore_begin_heap(true, false, work_mem);
	info->returnMode = SFRM_Materialize;
	MemoryContextSwitchTo(before);
#endif
}

#endif							/* LT_COMPAT_H */
