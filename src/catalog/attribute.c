/*-------------------------------------------------------------------------
 *
 * attribute.c
 *	  The extension's own table of attributes, read and written.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/attribute.h"

#include "catalog/expression.h"
#include "catalog/tracker_cache.h"
#include "util/extension_table.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* columns of lead_temperature.attribute */
enum
{
	ATTRIBUTE_TRACKER, ATTRIBUTE_NAME, ATTRIBUTE_RELATION, ATTRIBUTE_KEY, ATTRIBUTE_EXPRESSION, ATTRIBUTE_FAULT,
	N_ATTRIBUTE_COLUMNS
};

static const ConfigColumn attribute_table[N_ATTRIBUTE_COLUMNS] = {
	{"interactions", REGCLASSOID},
	{"name", TEXTOID},
	{"relation", REGCLASSOID},
	{"key", NAMEOID},
	{"expression", TEXTOID},
	{"fault", TEXTOID,.nullable = true}
};

/* read_attribute takes a row of the table apart. */
static Attribute *
read_attribute(const Datum *values, const bool *nulls)
{
	Attribute  *attribute = palloc(sizeof(Attribute));

	attribute->tracker = DatumGetObjectId(values[ATTRIBUTE_TRACKER]);
	attribute->name = TextDatumGetCString(values[ATTRIBUTE_NAME]);
	attribute->relation = DatumGetObjectId(values[ATTRIBUTE_RELATION]);
	attribute->key = pstrdup(NameStr(*DatumGetName(values[ATTRIBUTE_KEY])));
	attribute->expression = TextDatumGetCString(values[ATTRIBUTE_EXPRESSION]);
	attribute->fault = nulls[ATTRIBUTE_FAULT] ? NULL : TextDatumGetCString(values[ATTRIBUTE_FAULT]);
	return attribute;
}

/* by_name orders attributes by their trackers and by their names in C order. */
static int
by_name(const ListCell *a, const ListCell *b)
{
	const Attribute *left = lfirst(a);
	const Attribute *right = lfirst(b);

	if (left->tracker != right->tracker)
		return left->tracker < right->tracker ? -1 : 1;
	return strcmp(left->name, right->name);
}

/* read_entries lists the rows of the table that have a relation in a column, which an index is on. */
static List *
read_entries(int column, const char *index, Oid relation)
{
	List	   *entries = NIL;
	ConfigScan	scan;
	HeapTuple	tuple;

	if (!config_has_table("attribute"))
		return NIL;
	scan = config_scan_begin("attribute", &attribute_table[column], index, relation);
	while (HeapTupleIsValid(tuple = systable_getnext(scan.scan)))
	{
		Datum		values[N_ATTRIBUTE_COLUMNS];
		bool		nulls[N_ATTRIBUTE_COLUMNS];

		/* none but the fault can be null */
		(void) config_row("attribute", attribute_table, N_ATTRIBUTE_COLUMNS, tuple,
						  RelationGetDescr(scan.table), values, nulls);
		entries = lappend(entries, read_attribute(values, nulls));
	}
	config_scan_end(&scan);
	list_sort(entries, by_name);
	return entries;
}

/* attributes_of lists the attributes of a tracker by their names. */
List *
attributes_of(Oid tracker)
{
	return read_entries(ATTRIBUTE_TRACKER, "attribute_pkey", tracker);
}

/* attributes_in lists the attributes that a table has, of whichever tracker. */
List *
attributes_in(Oid relation)
{
	return read_entries(ATTRIBUTE_RELATION, "attribute_relation_idx", relation);
}

/* all_attributes lists the attributes of all trackers. */
List *
all_attributes(void)
{
	List	   *attributes = NIL;
	ListCell   *cell;

	foreach(cell, config_oids("attribute", "relation"))
		attributes = list_concat(attributes, attributes_in(lfirst_oid(cell)));
	return attributes;
}

/* attribute_among finds an attribute by its name, NULL if it is not there. */
Attribute *
attribute_among(List *attributes, const char *name)
{
	ListCell   *cell;

	foreach(cell, attributes)
		if (strcmp(((Attribute *) lfirst(cell))->name, name) == 0)
		return lfirst(cell);
	return NULL;
}

/* run_for_attribute executes constant SQL with an attribute: tracker, name, relation, key, expression, fault; and tells all sessions. */
static void
run_for_attribute(const char *sql, const Attribute *attribute)
{
	Oid			types[] = {REGCLASSOID, TEXTOID, REGCLASSOID, NAMEOID, TEXTOID, TEXTOID};
	NameData	key;
	Datum		values[lengthof(types)];
	const char	nulls[] = {' ', ' ', ' ', ' ', ' ', attribute->fault == NULL ? 'n' : ' '};
	OwnerScope	scope;

	namestrcpy(&key, attribute->key);
	values[0] = ObjectIdGetDatum(attribute->tracker);
	values[1] = CStringGetTextDatum(attribute->name);
	values[2] = ObjectIdGetDatum(attribute->relation);
	values[3] = NameGetDatum(&key);
	values[4] = CStringGetTextDatum(attribute->expression);
	values[5] = attribute->fault == NULL ? (Datum) 0 : CStringGetTextDatum(attribute->fault);
	config_begin(&scope);
	config_run(sql, lengthof(types), types, values, nulls);
	config_end(&scope);
	if (get_rel_name(attribute->tracker) != NULL)
		tracker_changed(attribute->tracker);
}

/* insert_attribute notes an attribute of the leads of a tracker. */
void
insert_attribute(const Attribute *attribute)
{
	run_for_attribute("INSERT INTO lead_temperature.attribute (interactions, name, relation, key, expression, fault) "
					  "VALUES ($1, $2, $3, $4, $5, $6)", attribute);
}

/* set_attribute notes what an attribute is read by now, and whether it can be. */
void
set_attribute(const Attribute *attribute)
{
	run_for_attribute("UPDATE lead_temperature.attribute SET relation = $3, key = $4, expression = $5, fault = $6 "
					  "WHERE interactions OPERATOR(pg_catalog.=) $1 AND name OPERATOR(pg_catalog.=) $2", attribute);
}

/* delete_attribute forgets an attribute. */
void
delete_attribute(const Attribute *attribute)
{
	run_for_attribute("DELETE FROM lead_temperature.attribute WHERE interactions OPERATOR(pg_catalog.=) $1 "
					  "AND name OPERATOR(pg_catalog.=) $2", attribute);
}

/* delete_attributes forgets all attributes of a tracker; for the owner of the tables. */
void
delete_attributes(Oid tracker)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker)};

	if (config_has_table("attribute"))
		config_run("DELETE FROM lead_temperature.attribute WHERE interactions OPERATOR(pg_catalog.=) $1",
				   1, types, values, NULL);
}

/* parse_attribute parses what is read of an attribute, as the owner of its tracker, and writes it anew under the present name of a column that had a former one, unless that is NULL. */
Node *
parse_attribute(const Attribute *attribute, Oid owner, const char *former, const char *present, char **text)
{
	OwnerScope	scope;
	Node	   *tree;

	expression_enter(&scope, owner);
	tree = parse_renamed_expression(attribute->relation, "attribute", attribute->expression, former, present);
	if (text !=NULL)
		*text = expression_text(attribute->relation, tree);
	owner_leave(&scope);
	return tree;
}
