/*-------------------------------------------------------------------------
 *
 * write_target.c
 *	  The tables of users that leads are written back to, and what can be written.
 *
 * A row of the extension's own table says which columns of a target follow the leads of a
 * tracker: names of attributes and of columns, side by side.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/write_target.h"

#include "util/extension_table.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/*
 * All but the temperature is right until the lead's next row.  A lead that has no level, since
 * nothing of it counts, has none of this.
 */
const WrittenAttribute written_attributes[] = {
	{"stage", TEXTOID, stage_names, N_STAGES, NULL, "s.stage::pg_catalog.text"},
	{"temperature", TEXTOID, temperature_names, N_TEMPERATURES, "hot_until",
		"CASE WHEN s.level OPERATOR(pg_catalog.>=) $2 THEN 'hot'::pg_catalog.text "
		"WHEN s.level OPERATOR(pg_catalog.>=) $1 THEN 'warm'::pg_catalog.text "
	"WHEN s.level IS NOT NULL THEN 'cold'::pg_catalog.text END"},
	{"score", FLOAT8OID, NULL, 0, "last_at", "lead_temperature.points(s.heat)"},
	{"level", FLOAT8OID, NULL, 0, NULL, "s.level"},
	{"hot_until", TIMESTAMPTZOID, NULL, 0, NULL,
	"lead_temperature.hot_until(%1$u::pg_catalog.regclass, s.heat, s.last_at)"},
	{"warm_until", TIMESTAMPTZOID, NULL, 0, NULL,
	"lead_temperature.warm_until(%1$u::pg_catalog.regclass, s.heat, s.last_at)"},
	{"status", TEXTOID, status_names, N_STATUSES, NULL, "s.status::pg_catalog.text"},
	{"first_at", TIMESTAMPTZOID, NULL, 0, NULL, "s.first_at"},
	{"last_at", TIMESTAMPTZOID, NULL, 0, NULL, "s.last_at"},
	{"stage_since", TIMESTAMPTZOID, NULL, 0, NULL, "s.stage_since"},
	{"hot_since", TIMESTAMPTZOID, NULL, 0, NULL, "s.hot_since"},
	{"purchases", INT4OID, NULL, 0, NULL, "s.purchases"},
	{"interactions", INT8OID, NULL, 0, NULL, "s.interactions"}
};

const int	n_written_attributes = lengthof(written_attributes);

/* columns of lead_temperature.write_target */
enum
{
	TARGET_TRACKER, TARGET_RELATION, TARGET_KEY, TARGET_ATTRIBUTES, TARGET_COLUMNS, TARGET_WORDS_AS_OF,
	N_TARGET_COLUMNS
};

static const ConfigColumn target_table[N_TARGET_COLUMNS] = {
	{"interactions", REGCLASSOID},
	{"target", REGCLASSOID},
	{"key", NAMEOID},
	{"attributes", TEXTARRAYOID},
	{"columns", NAMEARRAYOID},
	{"words_as_of", TIMESTAMPTZOID}
};

/* find_attribute finds what can be written by its name, -1 if there is none. */
int
find_attribute(const char *name)
{
	for (int i = 0; i < n_written_attributes; i++)
		if (strcmp(written_attributes[i].name, name) == 0)
			return i;
	return -1;
}

/* attribute_at finds the place of an attribute among those of a target, -1 if it is not written. */
int
attribute_at(const WriteTarget *target, const char *name)
{
	int			attribute = find_attribute(name);

	for (int i = 0; i < target->n; i++)
		if (target->attributes[i] == attribute)
			return i;
	return -1;
}

/* corrupt reports a row of the table that means nothing. */
static void
corrupt(Oid tracker)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("tracker of table \"%s\" is corrupt", get_rel_name(tracker)),
			 errdetail("A row of lead_temperature.write_target has a null, or names what cannot be written."),
			 errhint("Delete the row, call lead_temperature.reload_trackers() and write back anew with lead_temperature.write_back.")));
}

/* read_names takes an array of names or texts apart; false if one is null. */
static bool
read_names(Datum array, Oid type, char ***names, int *n)
{
	Datum	   *values;
	bool	   *nulls;

	lt_deconstruct_array(DatumGetArrayTypeP(array), type, &values, &nulls, n);
	*names = palloc(sizeof(char *) * Max(*n, 1));
	for (int i = 0; i < *n; i++)
	{
		if (nulls[i])
			return false;
		(*names)[i] = type == NAMEOID ? pstrdup(NameStr(*DatumGetName(values[i]))) : TextDatumGetCString(values[i]);
	}
	return true;
}

/* read_target takes a row of the table apart; false if it means nothing. */
static bool
read_target(const Datum *values, WriteTarget *target)
{
	char	  **attributes;
	int			n;

	memset(target, 0, sizeof(WriteTarget));
	target->relation = DatumGetObjectId(values[TARGET_RELATION]);
	target->key = pstrdup(NameStr(*DatumGetName(values[TARGET_KEY])));
	if (!read_names(values[TARGET_ATTRIBUTES], TEXTOID, &attributes, &n) ||
		!read_names(values[TARGET_COLUMNS], NAMEOID, &target->columns, &target->n) || n != target->n || n == 0)
		return false;
	target->attributes = palloc(sizeof(int) * n);
	for (int i = 0; i < n; i++)
	{
		target->attributes[i] = find_attribute(attributes[i]);
		if (target->attributes[i] < 0 || (i > 0 && target->attributes[i] <= target->attributes[i - 1]))
			return false;
	}
	return true;
}

/* read_entries lists the rows of the table that have a relation in a column, which an index is on. */
static List *
read_entries(int column, const char *index, Oid relation)
{
	List	   *entries = NIL;
	ConfigScan	scan;
	HeapTuple	tuple;

	if (!config_has_table("write_target"))
		return NIL;
	scan = config_scan_begin("write_target", &target_table[column], index, relation);
	while (HeapTupleIsValid(tuple = systable_getnext(scan.scan)))
	{
		TrackerTarget *entry = palloc(sizeof(TrackerTarget));
		Datum		values[N_TARGET_COLUMNS];
		bool		nulls[N_TARGET_COLUMNS];
		bool		complete = config_row("write_target", target_table, N_TARGET_COLUMNS, tuple,
										  RelationGetDescr(scan.table), values, nulls) == N_TARGET_COLUMNS;

		entry->tracker = nulls[TARGET_TRACKER] ? InvalidOid : DatumGetObjectId(values[TARGET_TRACKER]);
		if (!complete || !read_target(values, &entry->target))
			corrupt(entry->tracker);
		entries = lappend(entries, entry);
	}
	config_scan_end(&scan);
	return entries;
}

/* read_targets reads what the leads of a tracker are written back to. */
void
read_targets(Tracker *tracker)
{
	List	   *entries = read_entries(TARGET_TRACKER, "write_target_pkey", tracker->id);
	ListCell   *cell;

	if (entries == NIL)
		return;
	tracker->targets = palloc(sizeof(WriteTarget) * list_length(entries));
	foreach(cell, entries)
		tracker->targets[tracker->ntargets++] = ((TrackerTarget *) lfirst(cell))->target;
}

/* targets_among lists what is written to a relation, by any tracker. */
List *
targets_among(Oid relation)
{
	return read_entries(TARGET_RELATION, "write_target_target_idx", relation);
}

/* all_targets lists the targets of all trackers. */
List *
all_targets(void)
{
	List	   *entries = NIL;
	ListCell   *cell;

	foreach(cell, config_oids("write_target", "target"))
		entries = list_concat(entries, targets_among(lfirst_oid(cell)));
	return entries;
}
