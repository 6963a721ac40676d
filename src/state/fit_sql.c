/*-------------------------------------------------------------------------
 *
 * fit_sql.c
 *	  The statements that compute, write and delete the fit of leads.
 *
 * A lead has the value of an attribute that the row with its key has, or, where that has none, the first, in
 * the order of keys, of those that are merged into it.
 *
 *-------------------------------------------------------------------------
 */
#include "state/fit.h"

#include "util/names.h"

#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

static const ColumnShape fit_columns[] = {
	{"lead", COLUMN_LEAD, true},
	{"fit", COLUMN_FLOAT8, true},
	{"grade", COLUMN_TEXT, true},
	{"level", COLUMN_FLOAT8, true}
};

const TableShape fit_shape = {
	.what = "table of fit",
	.ncolumns = N_FIT_COLUMNS,
	.columns = fit_columns,
	.nkeys = 1,
	.keys = {FIT_LEAD}
};

StaticAssertDecl(lengthof(fit_columns) == N_FIT_COLUMNS, "a shape for each column of fit");

/* fit_of returns what is known of the fit of a tracker, which it finds out when first asked. */
Fit *
fit_of(const Tracker *tracker)
{
	MemoryContext before;

	if (tracker->fit != NULL)
		return tracker->fit;
	before = MemoryContextSwitchTo(tracker->context);
	((Tracker *) tracker)->fit = palloc0(sizeof(Fit));
	tracker->fit->table = noted_companion(tracker->id, FIT_SUFFIX);
	if (OidIsValid(tracker->fit->table))
		((Tracker *) tracker)->module_tables = lappend_oid(tracker->module_tables, tracker->fit->table);
	MemoryContextSwitchTo(before);
	return tracker->fit;
}

/* has_fit says whether a tracker has the module, and its table is there. */
bool
has_fit(const Tracker *tracker)
{
	Oid			table = fit_of(tracker)->table;

	return OidIsValid(table) && get_rel_name(table) != NULL;
}

/* is_number says whether values of a type are compared as numbers. */
static bool
is_number(Oid type)
{
	switch (getBaseType(type))
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return true;
		default:
			return false;
	}
}

/* fit_read returns it with the attributes that can be read, and what these are worth by the frozen model. */
Fit *
fit_read(const Tracker *tracker)
{
	Fit		   *fit = fit_of(tracker);
	MemoryContext before;
	List	   *attributes;
	ListCell   *cell;
	int			n = 0;

	if (fit->read)
		return fit;
	before = MemoryContextSwitchTo(tracker->context);
	attributes = attributes_of(tracker->id);
	fit->attributes = NIL;
	fit->scales = palloc(sizeof(FitScale *) * (list_length(attributes) + 1));
	fit->numbers = palloc(sizeof(bool) * (list_length(attributes) + 1));
	foreach(cell, attributes)
	{
		Attribute  *attribute = lfirst(cell);

		if (attribute->fault != NULL || get_rel_name(attribute->relation) == NULL)
			continue;
		fit->attributes = lappend(fit->attributes, attribute);
		((Tracker *) tracker)->module_tables = lappend_oid(tracker->module_tables, attribute->relation);
		fit->numbers[n] = is_number(exprType(parse_attribute(attribute, tracker->owner, NULL, NULL, NULL)));
		fit->scales[n] = fit_scale(tracker->model, attribute->name, fit->numbers[n]);
		n++;
	}
	fit->read = true;
	MemoryContextSwitchTo(before);
	return fit;
}

/* value_sql writes the value of an attribute of a row as text. */
static char *
value_sql(const Fit *fit, int i)
{
	const Attribute *attribute = list_nth(fit->attributes, i);

	return psprintf(fit->numbers[i] ? "(%s)::pg_catalog.float8::pg_catalog.text" : "(%s)::pg_catalog.text", attribute->expression);
}

/* same_rows says whether two attributes are read of the same row of a lead. */
static bool
same_rows(const Attribute *a, const Attribute *b)
{
	return a->relation == b->relation && strcmp(a->key, b->key) == 0;
}

/* is_first says whether an attribute is the first that is read of its row. */
static bool
is_first(const Fit *fit, int place)
{
	for (int i = 0; i < place; i++)
		if (same_rows(list_nth(fit->attributes, i), list_nth(fit->attributes, place)))
			return false;
	return true;
}

/* first_of returns the place of the first attribute that is read of the same row as one. */
static int
first_of(const Fit *fit, int place)
{
	int			i = 0;

	while (!same_rows(list_nth(fit->attributes, i), list_nth(fit->attributes, place)))
		i++;
	return i;
}

/* lead_type_sql names the type of leads. */
static char *
lead_type_sql(const Tracker *tracker)
{
	return format_type_extended(tracker->lead_type, -1, FORMAT_TYPE_FORCE_QUALIFY);
}

/* rows_sql selects from a relation, which has the rows of a table, the lead and the values of all attributes that are read of the same row as one, v0 and so on. */
static char *
rows_sql(const Tracker *tracker, const Fit *fit, int place, const char *relation)
{
	const Attribute *attribute = list_nth(fit->attributes, place);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT t.%s::%s AS lead", quote_identifier(attribute->key), lead_type_sql(tracker));
	for (int i = 0; i < list_length(fit->attributes); i++)
		if (same_rows(list_nth(fit->attributes, i), attribute))
			appendStringInfo(&sql, ", %s AS v%d", value_sql(fit, i), i);
	appendStringInfo(&sql, " FROM %s t", relation);
	return sql.data;
}

/* equal_sql writes that two expressions are the same lead. */
static char *
equal_sql(const Tracker *tracker, const char *a, const char *b)
{
	return psprintf("%s %s %s", a, qualified_operator(tracker->lead_eq), b);
}

/* members_sql selects those that are merged into leads of l, of which a walk down from one that is no alias meets each once. */
static char *
members_sql(const Tracker *tracker)
{
	const char *aliases = qualified_name(tracker->aliases->relation);

	return psprintf("WITH RECURSIVE w AS (SELECT l.lead AS root, t.alias AS member FROM l JOIN %1$s t ON %2$s "
					"WHERE NOT EXISTS (SELECT FROM %1$s u WHERE %3$s) "
					"UNION ALL SELECT w.root, t.alias FROM w JOIN %1$s t ON %4$s) SELECT w.root, w.member FROM w",
					aliases, equal_sql(tracker, "t.lead", "l.lead"), equal_sql(tracker, "u.alias", "l.lead"),
					equal_sql(tracker, "t.lead", "w.member"));
}

/* values_sql selects the leads that a query has, as lead, and something of the array of the values of their attributes: what stands before and after that. */
static char *
values_sql(const Tracker *tracker, const char *leads, const char *before, const char *after)
{
	const Fit  *fit = fit_read(tracker);
	bool		merged = tracker->aliases != NULL;
	StringInfoData values;
	StringInfoData joins;

	initStringInfo(&values);
	initStringInfo(&joins);
	for (int i = 0; i < list_length(fit->attributes); i++)
	{
		const Attribute *attribute = list_nth(fit->attributes, i);
		int			first = first_of(fit, i);
		const char *relation = qualified_name(attribute->relation);

		if (merged)
		{
			appendStringInfo(&values, "%scoalesce(t%d.v%d, f%d.v%d)", i == 0 ? "" : ", ", first, i, i, i);
			appendStringInfo(&joins, " LEFT JOIN (SELECT DISTINCT ON (m.root) m.root, x.v%1$d FROM m JOIN (%2$s) x ON %3$s "
							 "WHERE x.v%1$d IS NOT NULL ORDER BY m.root, m.member) f%1$d ON %4$s",
							 i, rows_sql(tracker, fit, i, relation), equal_sql(tracker, "x.lead", "m.member"),
							 equal_sql(tracker, psprintf("f%d.root", i), "l.lead"));
		}
		else
			appendStringInfo(&values, "%st%d.v%d", i == 0 ? "" : ", ", first, i);
		if (is_first(fit, i))
			appendStringInfo(&joins, " LEFT JOIN (%s) t%d ON %s", rows_sql(tracker, fit, i, relation), i,
							 equal_sql(tracker, psprintf("t%d.lead", i), "l.lead"));
	}
	return psprintf("%s SELECT l.lead, %sARRAY[%s]::pg_catalog.text[]%s FROM %s%s",
					merged ? psprintf("WITH l AS MATERIALIZED (%s), m AS MATERIALIZED (%s)", leads, members_sql(tracker)) : "",
					before, values.data, after,
					merged ? "l" : psprintf("(%s) l", leads), joins.data);
}

/* fits_sql selects the leads that a query has, as lead, and their fit. */
char *
fits_sql(const Tracker *tracker, const char *leads)
{
	return values_sql(tracker, leads,
					  psprintf("lead_temperature.fit_of(%s::pg_catalog.regclass, ", quote_literal_cstr(qualified_name(tracker->state))),
					  ") AS fit");
}

/* attribute_values_sql selects all leads in key order, and of each the values of its attributes that can be read, by name. */
char *
attribute_values_sql(const Tracker *tracker)
{
	return psprintf("SELECT v.lead, v.attributes FROM (%s) v ORDER BY v.lead",
					values_sql(tracker, psprintf("SELECT s.lead FROM %s s", qualified_name(tracker->state)), "", " AS attributes"));
}

/* computed_sql selects lead, fit, grade and level of the leads that a query has. */
static char *
computed_sql(const Tracker *tracker, const char *leads)
{
	const char *state = qualified_name(tracker->state);

	return psprintf("SELECT c.lead, c.fit, lead_temperature.fit_grade(%s::pg_catalog.regclass, c.fit) AS grade, s.level "
					"FROM (%s OFFSET 0) c JOIN %s s ON %s WHERE s.level IS NOT NULL OFFSET 0",
					quote_literal_cstr(state), fits_sql(tracker, leads), state, equal_sql(tracker, "s.lead", "c.lead"));
}

/* computed_fits_sql selects so all leads. */
char *
computed_fits_sql(const Tracker *tracker)
{
	return computed_sql(tracker, psprintf("SELECT s.lead FROM %s s", qualified_name(tracker->state)));
}

/* make_fits_sql writes the fit of all leads into a table that has no row. */
char *
make_fits_sql(const Tracker *tracker)
{
	return psprintf("INSERT INTO %s (lead, fit, grade, level) SELECT n.lead, n.fit, n.grade, n.level FROM (%s) n ORDER BY n.lead",
					qualified_name(fit_of(tracker)->table), computed_fits_sql(tracker));
}

/*
 * renew_fits_sql writes the fit of the leads that a query has where it is stored otherwise, in the order of leads, in which
 * all lock these rows.  The level of one that is there is its writers' alone, who have it locked.
 */
char *
renew_fits_sql(const Tracker *tracker, const char *leads)
{
	const char *table = qualified_name(fit_of(tracker)->table);

	return psprintf("INSERT INTO %1$s AS f (lead, fit, grade, level) SELECT n.lead, n.fit, n.grade, n.level FROM (%2$s) n "
					"LEFT JOIN %1$s o ON %3$s "
					"WHERE o.lead IS NULL OR o.fit OPERATOR(pg_catalog.<>) n.fit OR o.grade OPERATOR(pg_catalog.<>) n.grade "
					"ORDER BY n.lead "
					"ON CONFLICT (lead) DO UPDATE SET fit = EXCLUDED.fit, grade = EXCLUDED.grade",
					table, computed_sql(tracker, leads), equal_sql(tracker, "o.lead", "n.lead"));
}

/* set_levels_sql copies the level of the leads that a query has, which are locked, where another is stored. */
char *
set_levels_sql(const Tracker *tracker, const char *leads)
{
	return psprintf("INSERT INTO %1$s AS f (lead, fit, grade, level) SELECT o.lead, o.fit, o.grade, s.level FROM (%2$s) c "
					"JOIN %3$s s ON %4$s JOIN %1$s o ON %5$s WHERE s.level IS NOT NULL AND o.level OPERATOR(pg_catalog.<>) s.level "
					"ORDER BY o.lead ON CONFLICT (lead) DO UPDATE SET level = EXCLUDED.level",
					qualified_name(fit_of(tracker)->table), leads, qualified_name(tracker->state),
					equal_sql(tracker, "s.lead", "c.lead"), equal_sql(tracker, "o.lead", "c.lead"));
}

/* delete_fits_sql deletes the fit of leads for which a condition over f holds and that have no level. */
char *
delete_fits_sql(const Tracker *tracker, const char *condition)
{
	return psprintf("DELETE FROM %s f WHERE %s AND NOT EXISTS (SELECT FROM %s s WHERE %s AND s.level IS NOT NULL)",
					qualified_name(fit_of(tracker)->table), condition, qualified_name(tracker->state),
					equal_sql(tracker, "s.lead", "f.lead"));
}

/*
 * changed_keys_sql selects the leads of the rows of a table in old_rows and new_rows, or one of these, of which any attribute
 * has come, changed or gone; NULL if no attribute that can be read is in the table.
 */
char *
changed_keys_sql(const Tracker *tracker, Oid relation, bool old, bool new)
{
	const Fit  *fit = fit_read(tracker);
	StringInfoData sql;

	initStringInfo(&sql);
	for (int i = 0; i < list_length(fit->attributes); i++)
	{
		const char *before;
		const char *after;

		if (((const Attribute *) list_nth(fit->attributes, i))->relation != relation || !is_first(fit, i))
			continue;
		before = old ? rows_sql(tracker, fit, i, "old_rows") : NULL;
		after = new ? rows_sql(tracker, fit, i, "new_rows") : NULL;
		if (sql.len > 0)
			appendStringInfoString(&sql, " UNION ALL ");
		if (old && new)
			appendStringInfo(&sql, "SELECT d.lead FROM ((%1$s EXCEPT ALL %2$s) UNION ALL (%2$s EXCEPT ALL %1$s)) d", before, after);
		else
			appendStringInfo(&sql, "SELECT d.lead FROM (%s) d", old ? before : after);
	}
	return sql.len == 0 ? NULL : psprintf("SELECT DISTINCT k.lead FROM (%s) k WHERE k.lead IS NOT NULL", sql.data);
}
