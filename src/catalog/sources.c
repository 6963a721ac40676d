/*-------------------------------------------------------------------------
 *
 * sources.c
 *	  What trackers read: the extension's own tables of sources and of the expressions
 *	  that they are read by.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/sources.h"

#include "catalog/tracked_columns.h"
#include "util/extension_table.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* columns of lead_temperature.source */
enum
{
	SOURCE_TRACKER, SOURCE_NUMBER, SOURCE_RELATION, SOURCE_COLUMNS,
	SOURCE_PARTITIONS = SOURCE_COLUMNS + N_COLUMN_ROLES, SOURCE_ARCHIVED_PARTITIONS,
	SOURCE_MAPS, SOURCE_MAPS_REST, SOURCE_RECORDS, SOURCE_WORDS,
	N_SOURCE_COLUMNS
};

static const ConfigColumn source_table[N_SOURCE_COLUMNS] = {
	{"interactions", REGCLASSOID},
	{"source", INT4OID},
	{"relation", REGCLASSOID},
	{"lead", NAMEOID},
	{"kind", NAMEOID},
	{"at", NAMEOID},
	{"weight", NAMEOID, NULL, true},
	{"partitions", REGCLASSARRAYOID},
	{"archived_partitions", REGCLASSARRAYOID},
	{"maps", INT4OID, NULL, true},
	{"maps_rest", BOOLOID, NULL, true},
	{"records", INT4OID, NULL, true},
	{"words", BOOLOID, NULL, true}
};

/* columns of lead_temperature.expression */
enum
{
	EXPRESSION_TRACKER, EXPRESSION_SOURCE, EXPRESSION_ROLE, EXPRESSION_TEXT, EXPRESSION_FAULT,
	N_EXPRESSION_COLUMNS
};

static const ConfigColumn expression_table[N_EXPRESSION_COLUMNS] = {
	{"interactions", REGCLASSOID},
	{"source", INT4OID},
	{"role", TEXTOID},
	{"expression", TEXTOID, NULL, true},
	{"fault", TEXTOID, NULL, true}
};

/* corrupt reports a row of these tables that means nothing. */
static void
corrupt(Oid tracker, const char *table)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("tracker of table \"%s\" is corrupt", get_rel_name(tracker)),
			 errdetail("A row of lead_temperature.%s has a null, or a role that is none.", table),
			 errhint("Stop tracking with lead_temperature.untrack and track it anew.")));
}

/* role_of finds a role by its name, N_ROLES if there is none. */
static int
role_of(const char *name)
{
	int			role = 0;

	while (role < N_ROLES && strcmp(tracked_roles[role].name, name) != 0)
		role++;
	return role;
}

/* source_of_number finds a source in a list by its number, NULL if there is none. */
static TrackedSource *
source_of_number(List *sources, int32 number)
{
	ListCell   *cell;

	foreach(cell, sources)
	{
		TrackedSource *source = lfirst(cell);

		if (source->number == number)
			return source;
	}
	return NULL;
}

/* read_expressions gives sources of a tracker the expressions that they are read by. */
void
read_expressions(Oid tracker, List *sources)
{
	ConfigScan	scan;
	HeapTuple	tuple;

	if (!config_has_table("expression"))
		return;
	scan = config_scan_begin("expression", &expression_table[EXPRESSION_TRACKER], "expression_pkey", tracker);
	while (HeapTupleIsValid(tuple = systable_getnext(scan.scan)))
	{
		Datum		values[N_EXPRESSION_COLUMNS];
		bool		nulls[N_EXPRESSION_COLUMNS];
		int			role = N_ROLES;
		TrackedSource *source;

		if (config_row("expression", expression_table, N_EXPRESSION_COLUMNS, tuple,
					   RelationGetDescr(scan.table), values, nulls) == N_EXPRESSION_COLUMNS)
			role = role_of(TextDatumGetCString(values[EXPRESSION_ROLE]));
		if (role == N_ROLES || (!nulls[EXPRESSION_TEXT] && !tracked_roles[role].by_expression))
			corrupt(tracker, "expression");
		source = source_of_number(sources, DatumGetInt32(values[EXPRESSION_SOURCE]));
		if (source != NULL && !nulls[EXPRESSION_TEXT])
			source->expression[role] = TextDatumGetCString(values[EXPRESSION_TEXT]);
	}
	config_scan_end(&scan);
}

/* read_source takes a row of the table of sources apart. */
static TrackedSource *
read_source(const TrackedSource *first, HeapTuple tuple, TupleDesc desc)
{
	TrackedSource *source = palloc0(sizeof(TrackedSource));
	Datum		values[N_SOURCE_COLUMNS];
	bool		nulls[N_SOURCE_COLUMNS];

	if (config_row("source", source_table, N_SOURCE_COLUMNS, tuple, desc, values, nulls) != N_SOURCE_COLUMNS)
		corrupt(first->tracker, "source");
	source->tracker = first->tracker;
	source->owner = first->owner;
	source->number = DatumGetInt32(values[SOURCE_NUMBER]);
	source->relation = DatumGetObjectId(values[SOURCE_RELATION]);
	source->maps = nulls[SOURCE_MAPS] ? 0 : DatumGetInt32(values[SOURCE_MAPS]);
	/* a lead that is no alias is one by itself, whatever stands there */
	source->maps_rest = source->maps == MAPS_LEADS ||
		(!nulls[SOURCE_MAPS_REST] && DatumGetBool(values[SOURCE_MAPS_REST]));
	source->records = nulls[SOURCE_RECORDS] ? 0 : DatumGetInt32(values[SOURCE_RECORDS]);
	source->words = !nulls[SOURCE_WORDS] && DatumGetBool(values[SOURCE_WORDS]);
	for (int role = 0; role < N_COLUMN_ROLES; role++)
		if (!nulls[SOURCE_COLUMNS + role] && NameStr(*DatumGetName(values[SOURCE_COLUMNS + role]))[0] != '\0')
			source->name[role] = pstrdup(NameStr(*DatumGetName(values[SOURCE_COLUMNS + role])));
	return source;
}

/* compare_numbers orders sources by their numbers. */
static int
compare_numbers(const ListCell *a, const ListCell *b)
{
	return ((const TrackedSource *) lfirst(a))->number - ((const TrackedSource *) lfirst(b))->number;
}

/* note_mapped tells sources which of them have ids that others map. */
static void
note_mapped(List *sources)
{
	ListCell   *cell;

	foreach(cell, sources)
	{
		const TrackedSource *mapping = lfirst(cell);
		TrackedSource *source = mapping->maps == 0 ? NULL : source_of_number(sources, mapping->maps);

		if (source == NULL)
			continue;
		source->mapped = true;
		source->maps_rest = mapping->maps_rest;
	}
}

/* names_leads_of returns what names the leads of a source: what maps its ids, or itself. */
const TrackedSource *
names_leads_of(List *sources, const TrackedSource *source)
{
	ListCell   *cell;

	foreach(cell, sources)
	{
		const TrackedSource *mapping = lfirst(cell);

		if (mapping->maps == source->number)
			return mapping;
	}
	return source;
}

/* recorder_of finds in a list what records what a source reads, NULL if nothing does. */
TrackedSource *
recorder_of(List *sources, const TrackedSource *source)
{
	ListCell   *cell;

	foreach(cell, sources)
	{
		TrackedSource *recorder = lfirst(cell);

		if (recorder->records == source->number)
			return recorder;
	}
	return NULL;
}

/* read_sources lists the sources of a tracker with their columns, after the one that stands in the tracker's row. */
List *
read_sources(const TrackedSource *first)
{
	List	   *sources = NIL;
	TrackedSource *copy = palloc(sizeof(TrackedSource));
	ConfigScan	scan;
	HeapTuple	tuple;

	if (config_has_table("source"))
	{
		scan = config_scan_begin("source", &source_table[SOURCE_TRACKER], "source_pkey", first->tracker);
		while (HeapTupleIsValid(tuple = systable_getnext(scan.scan)))
		{
			TrackedSource *source = read_source(first, tuple, RelationGetDescr(scan.table));

			/*
			 * where aliases or words are lost, which shows as stale, there
			 * are none
			 */
			if ((source->maps != MAPS_LEADS && !source->words) || get_rel_name(source->relation) != NULL)
				sources = lappend(sources, source);
		}
		config_scan_end(&scan);
	}
	*copy = *first;
	if (source_of_number(sources, first->number) == NULL)
		sources = lappend(sources, copy);
	list_sort(sources, compare_numbers);
	note_mapped(sources);
	return sources;
}

/* tracker_is_any says whether a relation itself names a tracker. */
bool
tracker_is_any(Oid relation)
{
	ConfigColumn column = {"interactions", REGCLASSOID};
	ConfigScan	scan = config_scan_begin("tracker", &column, "tracker_pkey", relation);
	bool		found = HeapTupleIsValid(systable_getnext(scan.scan));

	config_scan_end(&scan);
	return found;
}

/* trackers_reading lists the trackers that have a relation itself as a source, ascending. */
List *
trackers_reading(Oid relation)
{
	List	   *trackers = NIL;
	ConfigScan	scan;
	HeapTuple	tuple;

	if (tracker_is_any(relation))
		trackers = lappend_oid(trackers, relation);
	if (!config_has_table("source"))
		return trackers;
	scan = config_scan_begin("source", &source_table[SOURCE_RELATION], "source_relation_idx", relation);
	while (HeapTupleIsValid(tuple = systable_getnext(scan.scan)))
	{
		bool		isnull;
		AttrNumber	column = config_column("source", &source_table[SOURCE_TRACKER], RelationGetDescr(scan.table));

		trackers = list_append_unique_oid(trackers,
										  DatumGetObjectId(heap_getattr(tuple, column, RelationGetDescr(scan.table), &isnull)));
	}
	config_scan_end(&scan);
	list_sort(trackers, list_oid_cmp);
	return trackers;
}
