/*-------------------------------------------------------------------------
 *
 * tracker_row.c
 *	  The row that the extension keeps of a tracker, and what it says is read.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/tracker_row.h"

#include "catalog/sources.h"
#include "util/extension_table.h"
#include "util/names.h"
#include "util/owner_scope.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

static const ConfigColumn tracker_table[N_TRACKER_COLUMNS] = {
	{"interactions", REGCLASSOID},
	{"prefix", NAMEOID},
	{"state", REGCLASSOID},
	{"transitions", REGCLASSOID},
	{"ranking", REGCLASSOID},
	{"funnel", REGCLASSOID},
	{"funnel_weekly", REGCLASSOID},
	{"lead", NAMEOID},
	{"kind", NAMEOID},
	{"at", NAMEOID},
	{"weight", NAMEOID, NULL, true},
	{"model", TEXTOID},
	{"entry", ANYENUMOID, "stage"},
	{"time_zone", TEXTOID},
	{"version", INT4OID},
	{"paused", BOOLOID},
	{"outdated", BOOLOID},
	{"last_replay", TIMESTAMPTZOID, NULL, true},
	{"partitions", REGCLASSARRAYOID},
	{"replaying", BOOLOID},
	{"base", REGCLASSOID},
	{"archived_before", TIMESTAMPTZOID, NULL, true},
	{"archived_partitions", REGCLASSARRAYOID},
	{"counts", REGCLASSOID, NULL, true},
	{"deltas", REGCLASSOID, NULL, true}
};

/*
 * fetch_tracker looks for the row of lead_temperature.tracker that names a
 * relation in a column, which the index is on, and copies it.
 */
static HeapTuple
fetch_tracker(int column, const char *index_name, Oid relation, TupleDesc *desc)
{
	Relation	table = table_open(config_table("tracker"), AccessShareLock);
	Oid			index = get_relname_relid(index_name, RelationGetNamespace(table));
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, config_column("tracker", &tracker_table[column], RelationGetDescr(table)),
				BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
	scan = systable_beginscan(table, index, OidIsValid(index), NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		tuple = heap_copytuple(tuple);
		if (desc != NULL)
			*desc = CreateTupleDescCopy(RelationGetDescr(table));
	}
	systable_endscan(scan);
	table_close(table, AccessShareLock);
	return tuple;
}

/*
 * tracker_check_shape refuses to work with a table of trackers that this library
 * does not know; a script of the extension is just making it what it knows.
 */
void
tracker_check_shape(void)
{
	Relation	table;

	if (creating_extension)
		return;
	table = table_open(config_table("tracker"), AccessShareLock);
	config_shape("tracker", tracker_table, N_TRACKER_COLUMNS, RelationGetDescr(table));
	table_close(table, AccessShareLock);
}

/* read_tracker_row takes the row of a tracked table apart; false if there is none. */
bool
read_tracker_row(Oid interactions, Datum *values, bool *nulls)
{
	TupleDesc	desc;
	HeapTuple	tuple = fetch_tracker(TRACKER_INTERACTIONS, "tracker_pkey", interactions, &desc);
	int			missing;

	if (!HeapTupleIsValid(tuple))
		return false;
	missing = config_row("tracker", tracker_table, N_TRACKER_COLUMNS, tuple, desc, values, nulls);
	if (missing < N_TRACKER_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("tracker of table \"%s\" is corrupt", get_rel_name(interactions)),
				 errdetail("Column \"%s\" of its row in lead_temperature.tracker is null.",
						   tracker_table[missing].name),
				 errhint("Stop tracking with lead_temperature.untrack and track it anew.")));
	return true;
}

/* first_source takes what a tracker reads of its first table from the row of the tracker. */
TrackedSource
first_source(Oid id, const Datum *values, const bool *nulls)
{
	TrackedSource source = {id, InvalidOid, 1, id};

	if (get_rel_name(id) != NULL)
		source.owner = relation_owner(id);
	for (int role = 0; role < N_COLUMN_ROLES; role++)
		if (!nulls[TRACKER_COLUMNS + role] &&
			NameStr(*DatumGetName(values[TRACKER_COLUMNS + role]))[0] != '\0')
			source.name[role] = pstrdup(NameStr(*DatumGetName(values[TRACKER_COLUMNS + role])));
	return source;
}

/* tracker_id_of_state finds the tracker that a state table belongs to, InvalidOid if it is none. */
Oid
tracker_id_of_state(Oid state)
{
	TupleDesc	desc;
	bool		isnull;
	HeapTuple	tuple = fetch_tracker(TRACKER_STATE, "tracker_state_key", state, &desc);

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	return DatumGetObjectId(heap_getattr(tuple, config_column("tracker", &tracker_table[TRACKER_INTERACTIONS], desc),
										 desc, &isnull));
}

/*
 * tracker_tables lists the sources of a tracker, of TrackedSource, with the columns and without
 * the expressions that are read of them; NIL if there is no such tracker.
 */
List *
tracker_tables(Oid id)
{
	Datum		values[N_TRACKER_COLUMNS];
	bool		nulls[N_TRACKER_COLUMNS];
	TrackedSource first;
	TupleDesc	desc;
	HeapTuple	tuple = fetch_tracker(TRACKER_INTERACTIONS, "tracker_pkey", id, &desc);

	if (!HeapTupleIsValid(tuple))
		return NIL;
	/* whatever else may be null */
	(void) config_row("tracker", tracker_table, N_TRACKER_COLUMNS, tuple, desc, values, nulls);
	first = first_source(id, values, nulls);
	return read_sources(&first);
}

/* first_table returns the first table that a tracker reads, or whose changes it keeps, after which it is called. */
Oid
first_table(Oid id)
{
	List	   *tables = tracker_tables(id);
	const TrackedSource *recorder;

	if (tables == NIL)
		return id;
	recorder = recorder_of(tables, linitial(tables));
	return recorder != NULL ? recorder->relation : ((const TrackedSource *) linitial(tables))->relation;
}

/* tracker_sources lists them with all that is read of them. */
List *
tracker_sources(Oid id)
{
	List	   *sources = tracker_tables(id);

	read_expressions(id, sources);
	return sources;
}
