/*-------------------------------------------------------------------------
 *
 * source_table.c
 *	  The extension's own tables of sources and of the expressions that they are read by,
 *	  written.
 *
 * The first source of a tracker stands in the tracker's own row, where 0.1.0 has put it;
 * all others are rows of the table of sources.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/source_table.h"

#include "catalog/tracked_columns.h"
#include "catalog/tracker_cache.h"
#include "util/extension_table.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* the condition that an expression is read for the fold, which no writer can do without */
#define IS_FOR_FOLD	"role OPERATOR(pg_catalog.<>) ALL (ARRAY['topic', 'channel', 'value'])"

/* stands_in_tracker says whether a source stands in the row of its tracker. */
bool
stands_in_tracker(const TrackedSource *source)
{
	return source->number == 1 && source->relation == source->tracker;
}

/* columns_array makes an array of the names of the tracked columns, NULL for none, empty where an expression is read. */
Datum
columns_array(const TrackedSource *source)
{
	NameData   *names = palloc(sizeof(NameData) * N_COLUMN_ROLES);
	Datum		elements[N_COLUMN_ROLES];
	bool		nulls[N_COLUMN_ROLES];
	int			dims[] = {N_COLUMN_ROLES};
	int			lower_bounds[] = {1};

	for (int role = 0; role < N_COLUMN_ROLES; role++)
	{
		nulls[role] = source->name[role] == NULL && tracked_roles[role].optional;
		namestrcpy(&names[role], source->name[role] == NULL ? "" : source->name[role]);
		elements[role] = NameGetDatum(&names[role]);
	}
	return PointerGetDatum(construct_md_array(elements, nulls, 1, dims, lower_bounds, NAMEOID,
											  NAMEDATALEN, false, TYPALIGN_CHAR));
}

/* run_for executes constant SQL for a source: $1 is its tracker, $2 its number, and two more may follow. */
static uint64
run_for(const TrackedSource *source, const char *sql, Oid type, Datum a, Datum b)
{
	Oid			types[] = {REGCLASSOID, INT4OID, type, type};
	Datum		values[] = {ObjectIdGetDatum(source->tracker), Int32GetDatum(source->number), a, b};

	return config_run(sql, OidIsValid(type) ? 4 : 2, types, values, NULL);
}

/* update_sql is the text that updates the row in which a source stands. */
static char *
update_sql(const TrackedSource *source, const char *set)
{
	return stands_in_tracker(source) ?
		psprintf("UPDATE lead_temperature.tracker t SET %s WHERE t.interactions OPERATOR(pg_catalog.=) $1 "
				 "AND $2 IS NOT NULL", set) :
		psprintf("UPDATE lead_temperature.source t SET %s WHERE t.interactions OPERATOR(pg_catalog.=) $1 "
				 "AND t.source OPERATOR(pg_catalog.=) $2", set);
}

/* set_columns_sql is the text that sets the columns of a source to the names in an array, $3. */
static char *
set_columns_sql(void)
{
	StringInfoData sql;

	initStringInfo(&sql);
	for (int role = 0; role < N_COLUMN_ROLES; role++)
		appendStringInfo(&sql, "%s%s = ($3)[%d]", role == 0 ? "" : ", ", tracked_roles[role].name, role + 1);
	return sql.data;
}

/* put_expressions notes all expressions that a source is read by; for the owner of the tables. */
void
put_expressions(const TrackedSource *source)
{
	for (int role = 0; role < N_ROLES; role++)
		if (source->expression[role] != NULL)
			run_for(source, "INSERT INTO lead_temperature.expression (interactions, source, role, expression) "
					"VALUES ($1, $2, $3, $4)", TEXTOID, CStringGetTextDatum(tracked_roles[role].name),
					CStringGetTextDatum(source->expression[role]));
}

/* source_changed tells all sessions that a tracker reads another table, or one otherwise. */
static void
source_changed(const TrackedSource *source)
{
	tracker_changed(source->relation);
	tracker_changed(source->tracker);
}

/* next_number returns the number of the source that comes next. */
int32
next_number(Oid tracker)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker)};
	OwnerScope	scope;
	int32		number;

	config_begin(&scope);
	config_run("SELECT 1 OPERATOR(pg_catalog.+) greatest(1, (SELECT pg_catalog.max(s.source) "
			   "FROM lead_temperature.source s WHERE s.interactions OPERATOR(pg_catalog.=) $1))",
			   1, types, values, NULL);
	number = DatumGetInt32(config_value(1, INT4OID));
	config_end(&scope);
	return number;
}

/* insert_source notes a source of a tracker, under the number that comes next unless it has one. */
void
insert_source(TrackedSource *source)
{
	OwnerScope	scope;
	Oid			types[] = {REGCLASSOID, INT4OID, REGCLASSOID, NAMEARRAYOID, INT4OID, BOOLOID, INT4OID, BOOLOID};
	Datum		values[lengthof(types)];

	if (source->number == 0)
		source->number = next_number(source->tracker);
	config_begin(&scope);
	values[0] = ObjectIdGetDatum(source->tracker);
	values[1] = Int32GetDatum(source->number);
	values[2] = ObjectIdGetDatum(source->relation);
	values[3] = columns_array(source);
	values[4] = Int32GetDatum(source->maps);
	values[5] = BoolGetDatum(source->maps_rest);
	values[6] = Int32GetDatum(source->records);
	values[7] = BoolGetDatum(source->words);
	config_run("INSERT INTO lead_temperature.source (interactions, source, relation, lead, kind, at, weight, "
			   "partitions, archived_partitions, maps, maps_rest, records, words) VALUES ($1, $2, $3, ($4)[1], ($4)[2], ($4)[3], ($4)[4], "
			   "'{}', '{}', nullif($5, 0), CASE WHEN $5 OPERATOR(pg_catalog.<>) 0 THEN $6 END, nullif($7, 0), nullif($8, false))",
			   lengthof(types), types, values, NULL);
	put_expressions(source);
	config_end(&scope);
	source_changed(source);
}

/* delete_source forgets a source that does not stand in the row of its tracker. */
void
delete_source(const TrackedSource *source)
{
	OwnerScope	scope;

	config_begin(&scope);
	run_for(source, "DELETE FROM lead_temperature.expression WHERE interactions OPERATOR(pg_catalog.=) $1 "
			"AND source OPERATOR(pg_catalog.=) $2", InvalidOid, 0, 0);
	run_for(source, "DELETE FROM lead_temperature.failed_rows WHERE interactions OPERATOR(pg_catalog.=) $1 "
			"AND source OPERATOR(pg_catalog.=) $2", InvalidOid, 0, 0);
	run_for(source, "DELETE FROM lead_temperature.source WHERE interactions OPERATOR(pg_catalog.=) $1 "
			"AND source OPERATOR(pg_catalog.=) $2", InvalidOid, 0, 0);
	config_end(&scope);
	source_changed(source);
}

/* delete_sources forgets all sources of a tracker and what they are read by; for the owner of the tables. */
void
delete_sources(Oid tracker)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker)};

	if (config_has_table("expression"))
		config_run("DELETE FROM lead_temperature.expression WHERE interactions OPERATOR(pg_catalog.=) $1",
				   1, types, values, NULL);
	if (config_has_table("source"))
		config_run("DELETE FROM lead_temperature.source WHERE interactions OPERATOR(pg_catalog.=) $1",
				   1, types, values, NULL);
}

/* delete_lost forgets a table of the tracker's own that it has read, by a condition of its row, which is lost; the tracker is stale if there was one. */
static void
delete_lost(Oid tracker, const char *condition)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker)};
	OwnerScope	scope;

	config_begin(&scope);
	config_run(psprintf("WITH gone AS (DELETE FROM lead_temperature.source s WHERE s.interactions OPERATOR(pg_catalog.=) $1 "
						"AND %s RETURNING s.source), "
						"unread AS (DELETE FROM lead_temperature.expression e USING gone "
						"WHERE e.interactions OPERATOR(pg_catalog.=) $1 AND e.source OPERATOR(pg_catalog.=) gone.source) "
						"UPDATE lead_temperature.tracker t SET outdated = true "
						"WHERE t.interactions OPERATOR(pg_catalog.=) $1 AND EXISTS (SELECT FROM gone)", condition),
			   lengthof(types), types, values, NULL);
	config_end(&scope);
	tracker_changed(tracker);
}

/* delete_aliases forgets so the table of aliases. */
void
delete_aliases(Oid tracker)
{
	delete_lost(tracker, psprintf("s.maps OPERATOR(pg_catalog.=) %d", MAPS_LEADS));
}

/* delete_words forgets so the table of words. */
void
delete_words(Oid tracker)
{
	delete_lost(tracker, "s.words");
}

/* set_source_reading lets a tracker read a source otherwise from now on. */
void
set_source_reading(const TrackedSource *source)
{
	OwnerScope	scope;

	config_begin(&scope);
	run_for(source, update_sql(source, set_columns_sql()), NAMEARRAYOID, columns_array(source), columns_array(source));
	run_for(source, "DELETE FROM lead_temperature.expression WHERE interactions OPERATOR(pg_catalog.=) $1 "
			"AND source OPERATOR(pg_catalog.=) $2", InvalidOid, 0, 0);
	put_expressions(source);
	config_end(&scope);
	source_changed(source);
}

/* set_expression gives a source another text of an expression. */
void
set_expression(const TrackedSource *source, Role role, const char *expression)
{
	OwnerScope	scope;

	config_begin(&scope);
	run_for(source, "UPDATE lead_temperature.expression SET expression = $4 "
			"WHERE interactions OPERATOR(pg_catalog.=) $1 AND source OPERATOR(pg_catalog.=) $2 "
			"AND role OPERATOR(pg_catalog.=) $3", TEXTOID, CStringGetTextDatum(tracked_roles[role].name),
			CStringGetTextDatum(expression));
	config_end(&scope);
	source_changed(source);
}

/*
 * set_source_fault notes why what is read of a source for a role can be read no more, and pauses the tracker
 * unless no lead rests on it; false if it was noted.
 */
bool
set_source_fault(const TrackedSource *source, Role role, const char *fault)
{
	OwnerScope	scope;
	bool		noted;

	config_begin(&scope);
	noted = run_for(source, "INSERT INTO lead_temperature.expression AS e (interactions, source, role, fault) "
					"VALUES ($1, $2, $3, $4) ON CONFLICT (interactions, source, role) DO UPDATE SET fault = $4 "
					"WHERE e.fault IS DISTINCT FROM $4", TEXTOID, CStringGetTextDatum(tracked_roles[role].name),
					CStringGetTextDatum(fault)) > 0;
	if (role < N_FOLD_ROLES)
		run_for(source, "UPDATE lead_temperature.tracker SET paused = true, outdated = true "
				"WHERE interactions OPERATOR(pg_catalog.=) $1 AND $2 IS NOT NULL", InvalidOid, 0, 0);
	config_end(&scope);
	source_changed(source);
	return noted;
}

/* forget_aside_fault notes that what a source is read for beside the fold can be read, if it was noted that it cannot. */
void
forget_aside_fault(const TrackedSource *source, Role role)
{
	OwnerScope	scope;
	bool		noted;

	config_begin(&scope);
	noted = run_for(source, "UPDATE lead_temperature.expression SET fault = NULL "
					"WHERE interactions OPERATOR(pg_catalog.=) $1 AND source OPERATOR(pg_catalog.=) $2 "
					"AND role OPERATOR(pg_catalog.=) $3 AND fault IS NOT NULL", TEXTOID,
					CStringGetTextDatum(tracked_roles[role].name), (Datum) 0) > 0;
	config_end(&scope);
	if (noted)
		source_changed(source);
}

/* tracker_has_fault says whether a tracker is paused because something can be read no more. */
bool
tracker_has_fault(Oid tracker)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker)};
	OwnerScope	scope;
	bool		found;

	config_begin(&scope);
	found = config_has_table("expression") &&
		config_run("SELECT FROM lead_temperature.expression WHERE interactions OPERATOR(pg_catalog.=) $1 "
				   "AND fault IS NOT NULL AND " IS_FOR_FOLD, 1, types, values, NULL) > 0;
	config_end(&scope);
	return found;
}

/* forget_faults forgets why a tracker was paused. */
void
forget_faults(Oid tracker)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker)};
	OwnerScope	scope;

	config_begin(&scope);
	config_run("DELETE FROM lead_temperature.expression "
			   "WHERE interactions OPERATOR(pg_catalog.=) $1 AND expression IS NULL", 1, types, values, NULL);
	config_run("UPDATE lead_temperature.expression SET fault = NULL WHERE interactions OPERATOR(pg_catalog.=) $1 "
			   "AND fault IS NOT NULL AND " IS_FOR_FOLD, 1, types, values, NULL);
	config_end(&scope);
	tracker_changed(tracker);
}

/* rename_tracked_column follows a tracked column of a source to its new name. */
void
rename_tracked_column(const TrackedSource *source, const char *from, const char *to)
{
	NameData	names[2];
	OwnerScope	scope;
	StringInfoData set;

	initStringInfo(&set);
	for (int role = 0; role < N_COLUMN_ROLES; role++)
		appendStringInfo(&set, "%1$s%2$s = CASE WHEN t.%2$s OPERATOR(pg_catalog.=) $3 THEN $4 ELSE t.%2$s END",
						 role == 0 ? "" : ", ", tracked_roles[role].name);
	namestrcpy(&names[0], from);
	namestrcpy(&names[1], to);
	config_begin(&scope);
	run_for(source, update_sql(source, set.data), NAMEOID, NameGetDatum(&names[0]), NameGetDatum(&names[1]));
	config_end(&scope);
	source_changed(source);
}

/* oid_list_value reads an array of regclass of the first row of a result. */
static List *
oid_list_value(int column, MemoryContext context)
{
	Datum		array = config_value(column, REGCLASSARRAYOID);
	MemoryContext before = MemoryContextSwitchTo(context);
	List	   *result = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			n;

	lt_deconstruct_array(DatumGetArrayTypeP(array), REGCLASSOID, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			result = lappend_oid(result, DatumGetObjectId(values[i]));
	MemoryContextSwitchTo(before);
	return result;
}

/* oid_list_datum makes an array of regclass of a list. */
static Datum
oid_list_datum(List *list)
{
	Datum	   *elements = palloc(sizeof(Datum) * (list_length(list) + 1));
	int			n = 0;
	ListCell   *cell;

	foreach(cell, list)
		elements[n++] = ObjectIdGetDatum(lfirst_oid(cell));
	return PointerGetDatum(construct_array(elements, n, REGCLASSOID, sizeof(Oid), true,
										   TYPALIGN_INT));
}

/* source_partitions reads which partitions of a source carry triggers, and which are archived. */
SourcePartitions
source_partitions(const TrackedSource *source)
{
	MemoryContext before = CurrentMemoryContext;
	SourcePartitions result = {NIL, NIL};
	OwnerScope	scope;

	config_begin(&scope);
	if (run_for(source, psprintf("SELECT coalesce(t.partitions, '{}'::pg_catalog.regclass[]) AS partitions, "
								 "coalesce(t.archived_partitions, '{}'::pg_catalog.regclass[]) AS archived_partitions "
								 "FROM lead_temperature.%s t WHERE t.interactions OPERATOR(pg_catalog.=) $1 AND %s",
								 stands_in_tracker(source) ? "tracker" : "source",
								 stands_in_tracker(source) ? "$2 IS NOT NULL" : "t.source OPERATOR(pg_catalog.=) $2"),
				InvalidOid, 0, 0) > 0)
	{
		result.followed = oid_list_value(1, before);
		result.archived = oid_list_value(2, before);
	}
	config_end(&scope);
	return result;
}

/* set_source_partitions notes them. */
void
set_source_partitions(const TrackedSource *source, const SourcePartitions *partitions)
{
	OwnerScope	scope;

	config_begin(&scope);
	run_for(source, update_sql(source, "partitions = $3, archived_partitions = $4"), REGCLASSARRAYOID,
			oid_list_datum(partitions->followed), oid_list_datum(partitions->archived));
	config_end(&scope);
	source_changed(source);
}
