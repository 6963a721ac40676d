/*-------------------------------------------------------------------------
 *
 * remains.c
 *	  What a restore brings of a tracker without the tracker itself.
 *
 * A dump of one table or schema has the triggers of a tracked table, and may
 * have its companions, but not the row of its tracker.  Restored, the triggers
 * follow nothing and say so.  Companions are known by what they are: columns
 * of our names and types and no others, beside a table that they are named
 * after and whose owner they have, and belonging to no tracker.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/remains.h"

#include "catalog/readers.h"
#include "catalog/tracker_table.h"
#include "commands/tracker_objects.h"
#include "commands/triggers.h"
#include "util/extension_table.h"

#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_check_restore);

/* topmost returns the table at the top of the partition tree of a relation. */
static Oid
topmost(Oid relation)
{
	List	   *ancestors = get_partition_ancestors(relation);

	return ancestors == NIL ? relation : llast_oid(ancestors);
}

/*
 * report_inert_trigger refuses a row of a relation that has our triggers but no
 * tracker.  Of a partition that is being detached rows are followed no more.
 */
void
report_inert_trigger(Oid relation)
{
	Oid			table = topmost(relation);

	if (table == relation && get_rel_relispartition(relation))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" has triggers of lead_temperature but is not tracked",
					get_rel_name(relation)),
			 errdetail("Its leads would not be followed."),
			 errhint("Remove the triggers with SELECT lead_temperature.untrack(%s), or track the table; if data is being restored, restore it with --disable-triggers.",
					 quote_literal_cstr(qualified_name(table)))));
}

/*
 * remove_inert_triggers takes our triggers off a table without a tracker and off
 * its partitions; says whether there were any.
 */
bool
remove_inert_triggers(Oid table)
{
	bool		any = false;
	ListCell   *cell;

	foreach(cell, find_all_inheritors(table, ShareRowExclusiveLock, NULL))
	{
		Oid			relation = lfirst_oid(cell);
		int			events;
		List	   *names = follow_triggers(relation, &events);
		ListCell   *name;

		if (names == NIL || is_read(relation))
			continue;
		any = true;
		foreach(name, names)
			ereport(NOTICE,
					(errmsg("trigger \"%s\" of table \"%s\" is removed, since the table is not tracked",
							(char *) lfirst(name), get_rel_name(relation))));
		unfollow(relation);
	}
	return any;
}

/* columns_of describes the columns of a relation as the list of companions does. */
static char *
columns_of(Oid relation)
{
	Oid			types[] = {OIDOID};
	Datum		values[] = {ObjectIdGetDatum(relation)};

	if (SPI_execute_with_args("SELECT pg_catalog.string_agg(CASE WHEN a.attname OPERATOR(pg_catalog.=) ANY (ARRAY['lead', 'alias']::pg_catalog.name[]) THEN a.attname::pg_catalog.text "
							  "ELSE pg_catalog.format('%s %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)) END, "
							  "', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a "
							  "WHERE a.attrelid OPERATOR(pg_catalog.=) $1 AND a.attnum OPERATOR(pg_catalog.>) 0 "
							  "AND NOT a.attisdropped", 1, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

/*
 * is_companion says whether a relation is what track() makes as a kind of
 * companion; the caller is connected to SPI with the search_path of owner_enter.
 */
static bool
is_companion(Oid relation, const CompanionKind *kind)
{
	char	   *columns;

	if (get_rel_relkind(relation) != (kind->shape != NULL ? RELKIND_RELATION : RELKIND_VIEW) ||
		OidIsValid(tracker_of_companion(relation)))
		return false;
	columns = columns_of(relation);
	return columns != NULL && (strcmp(columns, companion_columns(kind, false)) == 0 ||
							   strcmp(columns, companion_columns(kind, true)) == 0);
}

/* is_restored_companion says whether a relation is a companion of some table, but of no tracker. */
bool
is_restored_companion(Oid relation)
{
	OwnerScope	scope;
	bool		found = false;

	owner_enter(&scope, relation_owner(relation));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	for (int i = 0; i < n_companion_kinds && !found; i++)
		found = is_companion(relation, &companion_kinds[i]);
	SPI_finish();
	owner_leave(&scope);
	return found;
}

/*
 * restored_companion finds the companion of a kind and of the default prefix that a
 * restore has left to a table, also under the name of an earlier version.
 */
static Oid
restored_companion(Oid table, const CompanionKind *kind)
{
	const char *suffixes[] = {kind->suffix, kind->former};

	for (int i = 0; i < lengthof(suffixes) && suffixes[i] != NULL; i++)
	{
		Oid			relation = get_relname_relid(psprintf("%s_%s", get_rel_name(table), suffixes[i]),
												 get_rel_namespace(table));

		if (OidIsValid(relation) && relation_owner(relation) == relation_owner(table) &&
			is_companion(relation, kind))
			return relation;
	}
	return InvalidOid;
}

/* remove_companions drops the companions of the default prefix of a table without a tracker; says whether there were any. */
static bool
remove_companions(Oid table)
{
	OwnerScope	scope;
	bool		any = false;

	owner_enter(&scope, relation_owner(table));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	for (int i = n_companion_kinds - 1; i >= 0; i--)
	{
		Oid			relation = restored_companion(table, &companion_kinds[i]);

		if (!OidIsValid(relation))
			continue;
		any = true;
		ereport(NOTICE,
				(errmsg("%s \"%s\" is dropped, since table \"%s\" is not tracked",
						companion_kinds[i].shape == NULL ? "view" : "table",
						get_rel_name(relation), get_rel_name(table))));
		utility(psprintf("DROP %s %s", sql_kind(relation), qualified_name(relation)));
	}
	SPI_finish();
	owner_leave(&scope);
	return any;
}

/*
 * remove_remains takes our triggers off a table without a tracker and drops its
 * companions; says whether there was anything.
 */
bool
remove_remains(Oid table)
{
	bool		triggers;

	if (is_read(table) ||
		(get_rel_relkind(table) != RELKIND_RELATION &&
		 get_rel_relkind(table) != RELKIND_PARTITIONED_TABLE))
		return false;
	triggers = remove_inert_triggers(table);
	return remove_companions(table) || triggers;
}

/*
 * lt_check_restore refuses a tracker of a table that has our triggers already: it
 * is not track() that makes it but a restore of data alone, whose next rows would
 * be folded into leads that are restored after them.
 */
Datum
lt_check_restore(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;
	int			events;
	bool		isnull;
	Oid			table;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		RelationGetRelid(data->tg_relation) != config_table("tracker"))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.check_restore must be fired by a row of lead_temperature.tracker")));
	table = DatumGetObjectId(heap_getattr(data->tg_trigtuple, 1, RelationGetDescr(data->tg_relation),
										  &isnull));
	if (get_rel_name(table) != NULL && follow_triggers(table, &events) != NIL &&
		list_delete_oid(trackers_reading(table), table) == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("cannot restore the tracker of table \"%s\" while its triggers fire",
						get_rel_name(table)),
				 errdetail("The rows of the table would become leads, and the leads that are restored after them would be there already."),
				 errhint("Restore the data with --disable-triggers, or with session_replication_role set to replica.")));
	return PointerGetDatum(data->tg_trigtuple);
}
