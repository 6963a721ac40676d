/*-------------------------------------------------------------------------
 *
 * ddl_objects.c
 *	  What event triggers are told of commands.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/ddl_objects.h"

#include "catalog/tracker_table.h"

#include "catalog/namespace.h"
#include "commands/event_trigger.h"
#include "executor/spi.h"
#include "utils/lsyscache.h"

/* check_event refuses to run as anything but an event trigger. */
void
check_event(FunctionCallInfo fcinfo, const char *name)
{
	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.%s was not called by event trigger manager", name)));
}

/* nothing_tracked says whether there is no tracker, or no extension any more. */
bool
nothing_tracked(void)
{
	Oid			schema = get_namespace_oid(LT_SCHEMA, true);

	return !OidIsValid(schema) || !OidIsValid(get_relname_relid("tracker", schema)) ||
		all_trackers() == NIL;
}

/* objects_of_event reads the objects of an event that matter to trackers. */
List *
objects_of_event(const char *sql)
{
	MemoryContext before = CurrentMemoryContext;
	List	   *objects = NIL;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	/* not read-only: what the command has made shall be seen */
	if (SPI_execute(sql, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		MemoryContext spi = MemoryContextSwitchTo(before);
		DdlObject  *object = palloc(sizeof(DdlObject));
		bool		isnull;

		object->relation = DatumGetObjectId(SPI_getbinval(tuple, desc, 1, &isnull));
		object->itself = DatumGetBool(SPI_getbinval(tuple, desc, 2, &isnull));
		object->trigger = DatumGetBool(SPI_getbinval(tuple, desc, 3, &isnull));
		object->index = DatumGetBool(SPI_getbinval(tuple, desc, 4, &isnull));
		object->schema = DatumGetObjectId(SPI_getbinval(tuple, desc, 5, &isnull));
		object->column = SPI_getvalue(tuple, desc, 6);
		object->command = (const CollectedCommand *)
			DatumGetPointer(SPI_getbinval(tuple, desc, 7, &isnull));
		object->name = SPI_getvalue(tuple, desc, 8);
		objects = lappend(objects, object);
		MemoryContextSwitchTo(spi);
	}
	SPI_finish();
	return objects;
}
