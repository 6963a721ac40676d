/*-------------------------------------------------------------------------
 *
 * own_sources.c
 *	  Tables that a tracker makes and reads: aliases, changes of records, and words.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/own_sources.h"

#include "util/names.h"

#include "access/table.h"

static const ColumnShape alias_columns[] = {
	{"alias", COLUMN_LEAD, true},
	{"lead", COLUMN_LEAD, true}
};

const TableShape alias_shape = {
	.what = "table of aliases",
	.ncolumns = N_ALIAS_COLUMNS,
	.columns = alias_columns,
	.nkeys = 1,
	.keys = {ALIAS_ALIAS + 1}
};

static const ColumnShape change_columns[] = {
	{"source", COLUMN_INT4, true},
	{"lead", COLUMN_LEAD, true},
	{"kind", COLUMN_TEXT},
	{"at", COLUMN_TIMESTAMPTZ, true},
	{"weight", COLUMN_FLOAT8},
	{"topic", COLUMN_TEXT},
	{"channel", COLUMN_TEXT},
	{"value", COLUMN_NUMERIC}
};

const TableShape change_shape = {
	.what = "table of changes of records",
	.ncolumns = N_CHANGE_COLUMNS,
	.columns = change_columns
};

static const ColumnShape word_columns[] = {
	{"lead", COLUMN_LEAD, true},
	{"kind", COLUMN_TEXT, true},
	{"at", COLUMN_TIMESTAMPTZ, true},
	{"reason", COLUMN_TEXT},
	{"said_by", COLUMN_NAME}
};

const TableShape word_shape = {
	.what = "table of words",
	.ncolumns = N_WORD_COLUMNS,
	.columns = word_columns
};

StaticAssertDecl(lengthof(alias_columns) == N_ALIAS_COLUMNS, "a shape for each column of an alias");
StaticAssertDecl(lengthof(change_columns) == N_CHANGE_COLUMNS, "a shape for each column of a change");
StaticAssertDecl(lengthof(word_columns) == N_WORD_COLUMNS, "a shape for each column of a word");

/* alias_source is what a tracker reads of its table of aliases. */
TrackedSource
alias_source(Oid tracker, Oid relation)
{
	TrackedSource source = {tracker, relation_owner(relation), 0, relation, MAPS_LEADS, true};

	source.name[ROLE_LEAD] = pstrdup(alias_columns[ALIAS_LEAD].name);
	source.expression[ROLE_KEY] = pstrdup(alias_columns[ALIAS_ALIAS].name);
	return source;
}

/* word_source is what it reads of its table of words. */
TrackedSource
word_source(Oid tracker, Oid relation)
{
	TrackedSource source = {tracker, relation_owner(relation), 0, relation,.words = true};

	source.name[ROLE_LEAD] = pstrdup(word_columns[WORD_LEAD].name);
	source.name[ROLE_KIND] = pstrdup(word_columns[WORD_KIND].name);
	source.name[ROLE_AT] = pstrdup(word_columns[WORD_AT].name);
	return source;
}

/* shape_of returns what a source that is a table of the tracker's own looks like, NULL if it is none. */
static const TableShape *
shape_of(const Source *source)
{
	return source->maps == MAPS_LEADS ? &alias_shape : source->words ? &word_shape :
		source->recorder != NULL ? &change_shape : NULL;
}

/* check_own_source refuses to read, or to write, such a table that is not as the tracker has made it, for leads of a type. */
void
check_own_source(const Source *source, const LeadColumn *lead)
{
	const TableShape *shape = shape_of(source);
	Relation	table;
	char	   *fault;

	if (shape == NULL)
		return;
	table = companion_open(source->relation, AccessShareLock);
	fault = shape_fault(table, shape, lead, source->tracker->persistence);
	if (fault == NULL)
		fault = key_fault(table, shape);
	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s \"%s\" is not as lead_temperature has made it: %s",
						shape->what, RelationGetRelationName(table), pnstrdup(fault, strlen(fault) - 1)),
				 errhint("Undo the change.")));
	table_close(table, NoLock);
}
