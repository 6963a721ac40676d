/*-------------------------------------------------------------------------
 *
 * tracker_table.c
 *	  The extension's own tables of trackers and of what they have made, written.
 *
 * Nobody but their owner may touch these tables, so every function here works
 * as that owner, with constant SQL, and tells all sessions of the change.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/tracker_table.h"

#include "catalog/account_table.h"
#include "catalog/tracker_model.h"
#include "catalog/source_table.h"
#include "catalog/tracked_columns.h"
#include "catalog/attribute.h"
#include "catalog/target_table.h"
#include "util/extension_table.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* run_for executes constant SQL whose $1 is a tracked table, and tells all sessions. */
static uint64
run_for(Oid interactions, const char *sql)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};
	OwnerScope	scope;
	uint64		n;

	config_begin(&scope);
	n = config_run(sql, 1, types, values, NULL);
	config_end(&scope);
	tracker_changed(interactions);
	return n;
}

/*
 * The companions that the table of trackers has a column for, which are those of
 * version 0.1.0; all others are rows of the table of companions.
 */
static const struct
{
	const char *column;
	const char *suffix;
}			columns_of_companions[] = {
	{"state", STATE_SUFFIX},
	{"transitions", TRANSITIONS_SUFFIX},
	{"base", "balance"},
	{"ranking", "ranking"},
	{"funnel", "funnel"},
	{"funnel_weekly", "funnel_weekly"},
	{"counts", COUNTS_SUFFIX},
	{"deltas", "funnel_delta"}
};

/* The table of companions, in which further columns do no harm. */
static const ConfigColumn companion_table[] = {
	{"interactions", REGCLASSOID},
	{"suffix", NAMEOID},
	{"relation", REGCLASSOID}
};

/*
 * has_companion_table says whether there is a table of companions, which there is not
 * before the extension of 0.1.0 is updated, and refuses one with other columns.
 */
static bool
has_companion_table(void)
{
	Relation	table;

	if (!config_has_table("companion"))
		return false;
	table = table_open(config_table("companion"), AccessShareLock);
	for (int i = 0; i < lengthof(companion_table); i++)
		(void) config_column("companion", &companion_table[i], RelationGetDescr(table));
	table_close(table, AccessShareLock);
	return true;
}

/* companions_sql selects suffix and relation of all companions of all trackers. */
static char *
companions_sql(void)
{
	StringInfoData sql;

	tracker_check_shape();
	initStringInfo(&sql);
	for (int i = 0; i < lengthof(columns_of_companions); i++)
		appendStringInfo(&sql, "%sSELECT t.interactions, '%s'::pg_catalog.text AS suffix, t.%s AS relation "
						 "FROM lead_temperature.tracker t WHERE t.%s IS NOT NULL", i == 0 ? "" : " UNION ALL ",
						 columns_of_companions[i].suffix, columns_of_companions[i].column,
						 columns_of_companions[i].column);
	if (has_companion_table())
		appendStringInfoString(&sql, " UNION ALL SELECT c.interactions, c.suffix::pg_catalog.text, c.relation "
							   "FROM lead_temperature.companion c");
	return sql.data;
}

/* companion_among returns the companion of a suffix, InvalidOid if there is none. */
Oid
companion_among(List *companions, const char *suffix)
{
	ListCell   *cell;

	foreach(cell, companions)
	{
		const Companion *companion = lfirst(cell);

		if (strcmp(companion->suffix, suffix) == 0)
			return companion->relation;
	}
	return InvalidOid;
}

/* companion_of returns likewise what a tracker has made. */
Oid
companion_of(const TrackerObjects *objects, const char *suffix)
{
	return companion_among(objects->companions, suffix);
}

/*
 * companion_name quotes the name of a companion: the one that its owner may have given it
 * since, or the one that it gets.
 */
const char *
companion_name(const TrackRequest *request, const char *suffix)
{
	Oid			relation = companion_among(request->companions, suffix);

	if (get_rel_name(relation) != NULL)
		return qualified_name(relation);
	return quote_qualified_identifier(request->schema, psprintf("%s_%s", request->prefix, suffix));
}

/* column_of_companion names the column that the table of trackers has for a companion, NULL if none. */
static const char *
column_of_companion(const char *suffix)
{
	for (int i = 0; i < lengthof(columns_of_companions); i++)
		if (strcmp(suffix, columns_of_companions[i].suffix) == 0)
			return columns_of_companions[i].column;
	return NULL;
}

/* put_companion writes a companion into its column, or its row. */
static void
put_companion(Oid interactions, const char *suffix, Oid relation)
{
	Oid			types[] = {REGCLASSOID, REGCLASSOID, TEXTOID};
	Datum		values[] = {
		ObjectIdGetDatum(interactions), ObjectIdGetDatum(relation), CStringGetTextDatum(suffix)
	};
	const char *column = column_of_companion(suffix);

	if (column != NULL)
		config_run(psprintf("UPDATE lead_temperature.tracker SET %s = $2 "
							"WHERE interactions OPERATOR(pg_catalog.=) $1", column),
				   2, types, values, NULL);
	else if (config_run("UPDATE lead_temperature.companion SET relation = $2 "
						"WHERE interactions OPERATOR(pg_catalog.=) $1 AND suffix OPERATOR(pg_catalog.=) $3::pg_catalog.name",
						3, types, values, NULL) == 0)
		config_run("INSERT INTO lead_temperature.companion (interactions, suffix, relation) "
				   "VALUES ($1, $3::pg_catalog.name, $2)", 3, types, values, NULL);
}

/* add_companion notes that a tracker has made a table or view. */
void
add_companion(Oid interactions, const char *suffix, Oid relation)
{
	OwnerScope	scope;

	config_begin(&scope);
	put_companion(interactions, suffix, relation);
	config_end(&scope);
	tracker_changed(interactions);
}

/* forget_companion notes that a tracker no longer has a table or view. */
void
forget_companion(Oid interactions, const char *suffix)
{
	Oid			types[] = {REGCLASSOID, TEXTOID};
	Datum		values[] = {ObjectIdGetDatum(interactions), CStringGetTextDatum(suffix)};
	const char *column = column_of_companion(suffix);
	OwnerScope	scope;

	config_begin(&scope);
	if (column != NULL)
		config_run(psprintf("UPDATE lead_temperature.tracker SET %s = NULL "
							"WHERE interactions OPERATOR(pg_catalog.=) $1", column),
				   1, types, values, NULL);
	else
		config_run("DELETE FROM lead_temperature.companion "
				   "WHERE interactions OPERATOR(pg_catalog.=) $1 AND suffix OPERATOR(pg_catalog.=) $2::pg_catalog.name",
				   2, types, values, NULL);
	config_end(&scope);
	tracker_changed(interactions);
}

/* companions_array makes an array of the companions that have columns, in the order of these, NULL for none. */
static Datum
companions_array(const TrackerObjects *objects)
{
	Datum		elements[lengthof(columns_of_companions)];
	bool		nulls[lengthof(columns_of_companions)];
	int			dims[] = {lengthof(columns_of_companions)};
	int			lower_bounds[] = {1};

	for (int i = 0; i < lengthof(columns_of_companions); i++)
	{
		Oid			companion = companion_of(objects, columns_of_companions[i].suffix);

		nulls[i] = !OidIsValid(companion);
		elements[i] = ObjectIdGetDatum(companion);
	}
	return PointerGetDatum(construct_md_array(elements, nulls, 1, dims, lower_bounds, REGCLASSOID,
											  sizeof(Oid), true, TYPALIGN_INT));
}

/* insert_tracker_sql is the text that creates the row of a tracker from such arrays, $1 and $2, and the rest. */
static char *
insert_tracker_sql(void)
{
	StringInfoData columns;
	StringInfoData values;

	initStringInfo(&columns);
	initStringInfo(&values);
	for (int role = 0; role < N_COLUMN_ROLES; role++)
	{
		appendStringInfo(&columns, "%s, ", tracked_roles[role].name);
		appendStringInfo(&values, "($1)[%d], ", role + 1);
	}
	for (int i = 0; i < lengthof(columns_of_companions); i++)
	{
		appendStringInfo(&columns, "%s, ", columns_of_companions[i].column);
		appendStringInfo(&values, "($2)[%d], ", i + 1);
	}
	return psprintf("INSERT INTO lead_temperature.tracker (%sinteractions, prefix, model, entry, time_zone, "
					"version, paused, outdated, partitions, replaying, archived_partitions) "
					"VALUES (%s$3, $4, $5, $6::lead_temperature.stage, $7, 1, $8, false, '{}', false, '{}')",
					columns.data, values.data);
}

/* insert_tracker creates the row of a tracker, notes what it has made and freezes its model. */
void
insert_tracker(TrackRequest *request, const TrackerObjects *objects)
{
	Oid			types[] = {
		NAMEARRAYOID, REGCLASSARRAYOID, REGCLASSOID, NAMEOID, TEXTOID, TEXTOID, TEXTOID, BOOLOID
	};
	NameData	prefix;
	Datum		values[lengthof(types)];
	OwnerScope	scope;
	ListCell   *cell;

	namestrcpy(&prefix, request->prefix);
	values[0] = columns_array(&request->source);
	values[1] = companions_array(objects);
	values[2] = ObjectIdGetDatum(request->source.tracker);
	values[3] = NameGetDatum(&prefix);
	values[4] = CStringGetTextDatum(request->model);
	values[5] = CStringGetTextDatum(stage_names[request->entry]);
	values[6] = CStringGetTextDatum(request->time_zone);
	values[7] = BoolGetDatum(!request->backfill);

	config_begin(&scope);
	config_run(insert_tracker_sql(), lengthof(types), types, values, NULL);
	foreach(cell, objects->companions)
	{
		const Companion *companion = lfirst(cell);

		if (column_of_companion(companion->suffix) == NULL)
			put_companion(request->source.tracker, companion->suffix, companion->relation);
	}
	if (stands_in_tracker(&request->source))
		put_expressions(&request->source);
	else
		insert_source(&request->source);
	freeze_model(request->source.tracker);
	refresh_model_owner(request->source.tracker);
	config_end(&scope);
	tracker_changed(request->source.relation);
	tracker_changed(request->source.tracker);
}

/* set_tracker_reading lets a tracker enter leads at another stage, or read local times in another zone, from now on, and notes that it is stale. */
void
set_tracker_reading(const TrackRequest *request)
{
	Oid			types[] = {REGCLASSOID, TEXTOID, TEXTOID};
	Datum		values[] = {
		ObjectIdGetDatum(request->source.tracker), CStringGetTextDatum(request->time_zone),
		CStringGetTextDatum(request->entry == N_STAGES ? "" : stage_names[request->entry])
	};
	OwnerScope	scope;

	config_begin(&scope);
	config_run(request->entry == N_STAGES ?
			   "UPDATE lead_temperature.tracker SET outdated = true, time_zone = $2 "
			   "WHERE interactions OPERATOR(pg_catalog.=) $1 AND $3 IS NOT NULL" :
			   "UPDATE lead_temperature.tracker SET outdated = true, time_zone = $2, entry = $3::lead_temperature.stage "
			   "WHERE interactions OPERATOR(pg_catalog.=) $1",
			   lengthof(types), types, values, NULL);
	config_end(&scope);
	tracker_changed(request->source.tracker);
}

/* forget_replayed_lead forgets that a lead was the last of a replay that has ended. */
void
forget_replayed_lead(Oid interactions, const char *lead)
{
	Oid			types[] = {REGCLASSOID, TEXTOID};
	Datum		values[] = {ObjectIdGetDatum(interactions), CStringGetTextDatum(lead)};
	OwnerScope	scope;

	config_begin(&scope);
	config_run("UPDATE lead_temperature.replay_progress SET last_lead = NULL "
			   "WHERE interactions OPERATOR(pg_catalog.=) $1 AND last_lead OPERATOR(pg_catalog.=) $2 "
			   "AND finished_at IS NOT NULL", 2, types, values, NULL);
	config_end(&scope);
}

/* set_tracker_paused pauses a tracker or lets it follow again. */
void
set_tracker_paused(Oid interactions, bool paused)
{
	run_for(interactions, paused ?
			"UPDATE lead_temperature.tracker SET paused = true "
			"WHERE interactions OPERATOR(pg_catalog.=) $1" :
			"UPDATE lead_temperature.tracker SET paused = false "
			"WHERE interactions OPERATOR(pg_catalog.=) $1");
	if (!paused)
		forget_faults(interactions);
}

/* sum_up_ignored makes the counts of ignored rows one. */
static void
sum_up_ignored(Oid interactions)
{
	run_for(interactions,
			"WITH gone AS (DELETE FROM lead_temperature.ignored_rows "
			"WHERE interactions OPERATOR(pg_catalog.=) $1 RETURNING rows) "
			"INSERT INTO lead_temperature.ignored_rows "
			"SELECT $1, pg_catalog.sum(rows) FROM gone HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0");
}

/* set_tracker_replayed notes the end of a replay.  One at once knew all rows; one in batches did when it began. */
void
set_tracker_replayed(Oid interactions, bool at_once)
{
	run_for(interactions, at_once ?
			"UPDATE lead_temperature.tracker SET replaying = false, outdated = false, "
			"last_replay = pg_catalog.now() WHERE interactions OPERATOR(pg_catalog.=) $1" :
			"UPDATE lead_temperature.tracker SET replaying = false, "
			"last_replay = pg_catalog.now() WHERE interactions OPERATOR(pg_catalog.=) $1");
	sum_up_ignored(interactions);
}

/* set_tracker_outdated notes that rows came or went without a trigger. */
void
set_tracker_outdated(Oid interactions)
{
	run_for(interactions, "UPDATE lead_temperature.tracker SET outdated = true "
			"WHERE interactions OPERATOR(pg_catalog.=) $1");
}

/* set_source_outdated notes so that rows of a source came, went or read otherwise.  What is kept of records stays what it is. */
void
set_source_outdated(const TrackedSource *source)
{
	if (source->records == 0)
		set_tracker_outdated(source->tracker);
}

/* oid_value reads a regclass of the first row of a result. */
static Oid
oid_value(int column)
{
	return DatumGetObjectId(config_value(column, REGCLASSOID));
}

/* set_tracker_archived notes up to when rows are archived. */
void
set_tracker_archived(Oid tracker, TimestampTz before)
{
	Oid			types[] = {REGCLASSOID, TIMESTAMPTZOID};
	Datum		values[] = {ObjectIdGetDatum(tracker), TimestampTzGetDatum(before)};
	OwnerScope	scope;

	config_begin(&scope);
	config_run("UPDATE lead_temperature.tracker SET archived_before = $2 "
			   "WHERE interactions OPERATOR(pg_catalog.=) $1", 2, types, values, NULL);
	config_end(&scope);
	sum_up_ignored(tracker);
}

/* count_ignored notes that rows came from before what is archived. */
void
count_ignored(Oid interactions, int64 rows)
{
	Oid			types[] = {REGCLASSOID, INT8OID};
	Datum		values[2];
	OwnerScope	scope;

	values[0] = ObjectIdGetDatum(interactions);
	values[1] = Int64GetDatum(rows);
	config_begin(&scope);
	config_run("INSERT INTO lead_temperature.ignored_rows VALUES ($1, $2)", 2, types, values, NULL);
	config_end(&scope);
}

/* count_failed notes that rows came for which an expression failed. */
void
count_failed(Oid tracker, List *failed)
{
	OwnerScope	scope;
	ListCell   *cell;

	config_begin(&scope);
	foreach(cell, failed)
	{
		const FailedRows *rows = lfirst(cell);
		Oid			types[] = {REGCLASSOID, INT4OID, INT8OID, TEXTOID};
		Datum		values[] = {
			ObjectIdGetDatum(tracker), Int32GetDatum(rows->source), Int64GetDatum(rows->rows),
			CStringGetTextDatum(rows->message)
		};

		config_run("INSERT INTO lead_temperature.failed_rows (interactions, source, rows, message, noted_at) "
				   "VALUES ($1, $2, $3, $4, pg_catalog.clock_timestamp())", lengthof(types), types, values, NULL);
	}
	config_end(&scope);
}

/* forget_failed forgets such rows, which a replay reads anew. */
void
forget_failed(Oid tracker)
{
	run_for(tracker, "DELETE FROM lead_temperature.failed_rows WHERE interactions OPERATOR(pg_catalog.=) $1");
}

/* read_companions reads the companions of a tracker, into a context. */
static List *
read_companions(Oid interactions, MemoryContext context)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};
	List	   *companions = NIL;

	config_run(psprintf("SELECT c.suffix, c.relation::pg_catalog.oid FROM (%s) c "
						"WHERE c.interactions OPERATOR(pg_catalog.=) $1", companions_sql()),
			   1, types, values, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		MemoryContext spi = MemoryContextSwitchTo(context);
		Companion  *companion = palloc(sizeof(Companion));

		companion->suffix = TextDatumGetCString(config_value_at(i, 1, TEXTOID));
		companion->relation = DatumGetObjectId(config_value_at(i, 2, OIDOID));
		companions = lappend(companions, companion);
		MemoryContextSwitchTo(spi);
	}
	return companions;
}

/* tracker_objects reads what a tracker made; false if the table is not tracked. */
bool
tracker_objects(Oid interactions, TrackerObjects *objects)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};
	MemoryContext before = CurrentMemoryContext;
	OwnerScope	scope;
	bool		found;

	tracker_check_shape();
	config_begin(&scope);
	found = config_run("SELECT coalesce(prefix, ''::pg_catalog.name) AS prefix "
					   "FROM lead_temperature.tracker WHERE interactions OPERATOR(pg_catalog.=) $1",
					   1, types, values, NULL) > 0;
	if (found)
	{
		objects->prefix = MemoryContextStrdup(before, NameStr(*DatumGetName(config_value(1, NAMEOID))));
		objects->companions = read_companions(interactions, before);
	}
	config_end(&scope);
	return found;
}

/*
 * noted_companion returns a companion by its row of the table of companions, InvalidOid if there
 * is none: for those who ask whenever a tracker is read.
 */
Oid
noted_companion(Oid tracker, const char *suffix)
{
	Relation	table;
	SysScanDesc scan;
	ScanKeyData keys[2];
	NameData	name;
	HeapTuple	tuple;
	Oid			index;
	Oid			result = InvalidOid;

	if (!config_has_table("companion"))
		return InvalidOid;
	table = table_open(config_table("companion"), AccessShareLock);
	index = get_relname_relid("companion_pkey", RelationGetNamespace(table));
	namestrcpy(&name, suffix);
	ScanKeyInit(&keys[0], config_column("companion", &companion_table[0], RelationGetDescr(table)),
				BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(tracker));
	ScanKeyInit(&keys[1], config_column("companion", &companion_table[1], RelationGetDescr(table)),
				BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&name));
	scan = systable_beginscan(table, index, OidIsValid(index), NULL, lengthof(keys), keys);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		relation = heap_getattr(tuple, config_column("companion", &companion_table[2], RelationGetDescr(table)),
											RelationGetDescr(table), &isnull);

		if (!isnull)
			result = DatumGetObjectId(relation);
	}
	systable_endscan(scan);
	table_close(table, AccessShareLock);
	return result;
}

/* changes_of returns the table in which a tracker keeps changes of records, InvalidOid if it keeps none. */
Oid
changes_of(Oid interactions)
{
	TrackerObjects objects;

	return tracker_objects(interactions, &objects) ? companion_of(&objects, CHANGES_SUFFIX) : InvalidOid;
}

/* tracker_of_companion returns the tracked table that a table or view was made for, InvalidOid if for none. */
Oid
tracker_of_companion(Oid relation)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(relation)};
	OwnerScope	scope;
	Oid			result = InvalidOid;

	config_begin(&scope);
	if (config_run(psprintf("SELECT c.interactions FROM (%s) c WHERE c.relation OPERATOR(pg_catalog.=) $1",
							companions_sql()), 1, types, values, NULL) > 0)
		result = oid_value(1);
	config_end(&scope);
	return result;
}

/* delete_tracker forgets a tracker, what it has made, its frozen models and its count of ignored rows. */
void
delete_tracker(Oid interactions)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};
	OwnerScope	scope;

	config_begin(&scope);
	config_run(config_has_table("model_version") ?
			   "DELETE FROM lead_temperature.model_version WHERE interactions OPERATOR(pg_catalog.=) $1" :
			   "DELETE FROM lead_temperature.frozen_model WHERE interactions OPERATOR(pg_catalog.=) $1",
			   1, types, values, NULL);
	delete_sources(interactions);
	delete_targets(interactions);
	delete_attributes(interactions);
	config_run("DELETE FROM lead_temperature.ignored_rows WHERE interactions OPERATOR(pg_catalog.=) $1",
			   1, types, values, NULL);
	if (config_has_table("failed_rows"))
		config_run("DELETE FROM lead_temperature.failed_rows WHERE interactions OPERATOR(pg_catalog.=) $1",
				   1, types, values, NULL);
	config_run("DELETE FROM lead_temperature.replay_progress WHERE interactions OPERATOR(pg_catalog.=) $1",
			   1, types, values, NULL);
	if (config_has_table("handoff_setting"))
		config_run("DELETE FROM lead_temperature.handoff_setting WHERE interactions OPERATOR(pg_catalog.=) $1",
				   1, types, values, NULL);
	if (has_companion_table())
		config_run("DELETE FROM lead_temperature.companion WHERE interactions OPERATOR(pg_catalog.=) $1",
				   1, types, values, NULL);
	config_run("DELETE FROM lead_temperature.tracker WHERE interactions OPERATOR(pg_catalog.=) $1",
			   1, types, values, NULL);
	config_end(&scope);
	delete_account_source(interactions);
	tracker_changed(interactions);
}

/* all_trackers lists the trackers. */
List *
all_trackers(void)
{
	MemoryContext before = CurrentMemoryContext;
	OwnerScope	scope;
	List	   *result = NIL;

	config_begin(&scope);
	config_run("SELECT interactions::pg_catalog.oid FROM lead_temperature.tracker ORDER BY 1",
			   0, NULL, NULL, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;
		Oid			table = DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[i],
														   SPI_tuptable->tupdesc, 1, &isnull));
		MemoryContext spi = MemoryContextSwitchTo(before);

		result = lappend_oid(result, table);
		MemoryContextSwitchTo(spi);
	}
	config_end(&scope);
	return result;
}

/* all_tables lists the sources of all trackers, of TrackedSource, without expressions. */
List *
all_tables(void)
{
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, all_trackers())
		result = list_concat(result, tracker_tables(lfirst_oid(cell)));
	return result;
}

/* all_sources lists them with all that is read of them, but those of trackers whose own table is gone. */
List *
all_sources(void)
{
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, all_trackers())
	{
		if (get_rel_name(lfirst_oid(cell)) != NULL)
			result = list_concat(result, tracker_sources(lfirst_oid(cell)));
	}
	return result;
}
