/*-------------------------------------------------------------------------
 *
 * extension_table.c
 *	  Rows of the extension's own tables, taken apart.
 *
 * These tables can be of another version than the library, and a superuser can
 * change them.  So their columns are found by name, and their types are looked
 * at before a value is.
 *
 *-------------------------------------------------------------------------
 */
#include "util/extension_table.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* wrong_shape reports a table that has other columns than this library knows. */
static void
wrong_shape(const char *table, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table %s.%s has other columns than the loaded library knows", LT_SCHEMA, table),
			 errdetail_internal("%s", detail),
			 errhint("Run ALTER EXTENSION lead_temperature UPDATE; if that was done, connect again.")));
}

/* enum_type looks up an enum of the extension's schema. */
static Oid
enum_type(const char *name)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
						   ObjectIdGetDatum(get_namespace_oid(LT_SCHEMA, false)));
}

/* has_type says whether a column is of the type that is expected. */
static bool
has_type(Form_pg_attribute attribute, const ConfigColumn *column)
{
	if (column->enum_name == NULL)
		return attribute->atttypid == column->type;
	return enum_type(column->enum_name) ==
		(column->type == ANYARRAYOID ? get_element_type(attribute->atttypid) : attribute->atttypid);
}

/* config_column finds a column by its name, and refuses one of another type. */
AttrNumber
config_column(const char *table, const ConfigColumn *column, TupleDesc desc)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (attribute->attisdropped || strcmp(NameStr(attribute->attname), column->name) != 0)
			continue;
		if (!has_type(attribute, column))
			wrong_shape(table, psprintf("Column \"%s\" is of type %s.", column->name,
										format_type_be(attribute->atttypid)));
		return attribute->attnum;
	}
	wrong_shape(table, psprintf("Column \"%s\" is missing.", column->name));
	return InvalidAttrNumber;	/* keep the compiler quiet */
}

/* config_shape refuses a table that has other columns than those expected, in whatever order. */
void
config_shape(const char *table, const ConfigColumn *columns, int n, TupleDesc desc)
{
	for (int i = 0; i < n; i++)
		(void) config_column(table, &columns[i], desc);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		int			j = 0;

		while (j < n && strcmp(NameStr(attribute->attname), columns[j].name) != 0)
			j++;
		if (j == n && !attribute->attisdropped)
			wrong_shape(table, psprintf("Column \"%s\" is unknown.", NameStr(attribute->attname)));
	}
}

/*
 * config_row takes a row apart, in the order of the columns that are expected; it
 * returns the first column that is null and may not be, n if there is none.
 */
int
config_row(const char *table, const ConfigColumn *columns, int n,
		   HeapTuple tuple, TupleDesc desc, Datum *values, bool *nulls)
{
	int			missing = n;

	config_shape(table, columns, n, desc);
	for (int i = n - 1; i >= 0; i--)
	{
		values[i] = heap_getattr(tuple, config_column(table, &columns[i], desc), desc, &nulls[i]);
		if (nulls[i] && !columns[i].nullable)
			missing = i;
	}
	return missing;
}

/*
 * config_value_at reads a column of a row of the last SPI result, which is never null
 * and of a type unless somebody has altered the table that it is from.
 */
Datum
config_value_at(uint64 row, int column, Oid type)
{
	TupleDesc	desc = SPI_tuptable->tupdesc;
	bool		isnull;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row], desc, column, &isnull);

	if (isnull || SPI_gettypeid(desc, column) != type)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("column \"%s\" of a table of schema %s is corrupt",
						SPI_fname(desc, column), LT_SCHEMA),
				 isnull ? errdetail("It is null.") :
				 errdetail("It is of type %s.", format_type_be(SPI_gettypeid(desc, column))),
				 errhint("Alter the table back to what the extension made of it.")));
	return value;
}

/* config_value reads so a column of the first row. */
Datum
config_value(int column, Oid type)
{
	return config_value_at(0, column, type);
}

/* find_table looks up a table of the extension's schema, InvalidOid if it is not there. */
static Oid
find_table(const char *name)
{
	Oid			schema = get_namespace_oid(LT_SCHEMA, true);

	return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

/* config_has_table says whether there is a table, as there is not before the extension of an earlier version is updated. */
bool
config_has_table(const char *name)
{
	return OidIsValid(find_table(name));
}

/* config_table returns a table of the extension's schema. */
Oid
config_table(const char *name)
{
	Oid			table = find_table(name);

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table %s.%s does not exist", LT_SCHEMA, name),
				 errhint("Create the extension lead_temperature in this database.")));
	return table;
}

/* config_scan_begin begins to read the rows of a table that have a relation in a column, which an index is on. */
ConfigScan
config_scan_begin(const char *table, const ConfigColumn *column, const char *index, Oid relation)
{
	ConfigScan	scan;
	ScanKeyData key;
	Oid			of_column;

	scan.table = table_open(config_table(table), AccessShareLock);
	of_column = get_relname_relid(index, RelationGetNamespace(scan.table));
	ScanKeyInit(&key, config_column(table, column, RelationGetDescr(scan.table)),
				BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
	scan.scan = systable_beginscan(scan.table, of_column, OidIsValid(of_column), NULL, 1, &key);
	return scan;
}

/* config_scan_end ends the reading. */
void
config_scan_end(ConfigScan *scan)
{
	systable_endscan(scan->scan);
	table_close(scan->table, AccessShareLock);
}

/* config_enter starts work as the owner of the extension's tables. */
void
config_enter(OwnerScope *scope)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(config_table("tracker")));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for the table of trackers");
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	owner_enter(scope, owner);
}

/* config_begin connects to SPI as the owner of the extension's tables. */
void
config_begin(OwnerScope *scope)
{
	config_enter(scope);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

/* config_end disconnects and returns to the caller's role. */
void
config_end(OwnerScope *scope)
{
	SPI_finish();
	owner_leave(scope);
}

/* config_run executes constant SQL with parameters and returns the number of rows. */
uint64
config_run(const char *sql, int nargs, Oid *types, Datum *values, const char *nulls)
{
	int			result = SPI_execute_with_args(sql, nargs, types, values, nulls, false, 0);

	if (result < 0)
		elog(ERROR, "SPI_execute_with_args failed: %s", SPI_result_code_string(result));
	return SPI_processed;
}

/* config_oids lists the OIDs that a column of a table of the extension has, each once; none if there is no such table yet. */
List *
config_oids(const char *table, const char *column)
{
	MemoryContext before = CurrentMemoryContext;
	List	   *oids = NIL;
	OwnerScope	scope;

	if (!config_has_table(table))
		return NIL;
	config_begin(&scope);
	config_run(psprintf("SELECT DISTINCT %s::pg_catalog.oid FROM lead_temperature.%s ORDER BY 1", column, table),
			   0, NULL, NULL, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		Oid			oid = DatumGetObjectId(config_value_at(i, 1, OIDOID));
		MemoryContext spi = MemoryContextSwitchTo(before);

		oids = lappend_oid(oids, oid);
		MemoryContextSwitchTo(spi);
	}
	config_end(&scope);
	return oids;
}
