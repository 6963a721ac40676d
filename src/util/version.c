/*-------------------------------------------------------------------------
 *
 * version.c
 *	  Whether the library fits the extension in the database.
 *
 * The library and the SQL objects come apart where a package is upgraded before
 * the database, and in sessions that loaded the library before that.  Each reads
 * the other's tables, so neither may work with another version of the other.
 *
 *-------------------------------------------------------------------------
 */
#include "util/version.h"

#include "types/lead_temperature.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_extension.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

/* extension_version reads the version of the extension in this database, NULL if it is not there. */
static char *
extension_version(void)
{
	Relation	extensions = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	char	   *version = NULL;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum("lead_temperature"));
	scan = systable_beginscan(extensions, ExtensionNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;

		version = TextDatumGetCString(heap_getattr(tuple, Anum_pg_extension_extversion,
												   RelationGetDescr(extensions), &isnull));
	}
	systable_endscan(scan);
	table_close(extensions, AccessShareLock);
	return version;
}

/* lt_check_version refuses to work for an extension of another version than the library's. */
void
lt_check_version(void)
{
	char	   *version = extension_version();

	if (version == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("extension \"lead_temperature\" does not exist in this database"),
				 errhint("Run CREATE EXTENSION lead_temperature.")));
	if (strcmp(version, LT_VERSION) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("library lead_temperature is of version %s, but the extension in this database of %s",
						LT_VERSION, version),
				 errhint("If the library is the newer one, run ALTER EXTENSION lead_temperature UPDATE; otherwise reconnect, so that the session loads the library that is installed now.")));
	pfree(version);
}
