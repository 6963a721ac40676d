/*-------------------------------------------------------------------------
 *
 * table_shape.c
 *	  What the tables that a tracker makes look like, and whether they still do.
 *
 * These tables are their owner's, who may alter them.  Whoever reads or writes
 * one takes its rows apart by the types that it was made with, so each time that it
 * is opened all that this rests on is compared with its present description.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/table_shape.h"

#include "util/names.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* How SQL calls what a column holds, and the type that it then is of. */
static const struct
{
	const char *sql;
	Oid			oid;			/* InvalidOid: a type of the extension */
}			column_types[] = {
	[COLUMN_HEAT] = {"lead_temperature.heat", InvalidOid},
	[COLUMN_STAGE] = {"lead_temperature.stage", InvalidOid},
	[COLUMN_STATUS] = {"lead_temperature.status", InvalidOid},
	[COLUMN_TEMPERATURE] = {"lead_temperature.temperature", InvalidOid},
	[COLUMN_INT2] = {"pg_catalog.int2", INT2OID},
	[COLUMN_INT4] = {"pg_catalog.int4", INT4OID},
	[COLUMN_INT8] = {"pg_catalog.int8", INT8OID},
	[COLUMN_FLOAT8] = {"pg_catalog.float8", FLOAT8OID},
	[COLUMN_NUMERIC] = {"pg_catalog.numeric", NUMERICOID},
	[COLUMN_DATE] = {"pg_catalog.date", DATEOID},
	[COLUMN_TEXT] = {"pg_catalog.text", TEXTOID},
	[COLUMN_NAME] = {"pg_catalog.name", NAMEOID},
	[COLUMN_TIMESTAMPTZ] = {"pg_catalog.timestamptz", TIMESTAMPTZOID},
	[COLUMN_TIMESTAMPTZ_ARRAY] = {"pg_catalog.timestamptz[]", TIMESTAMPTZARRAYOID},
	[COLUMN_FLOAT8_ARRAY] = {"pg_catalog.float8[]", FLOAT8ARRAYOID},
	[COLUMN_INT8_ARRAY] = {"pg_catalog.int8[]", INT8ARRAYOID},
};

/* column_sql writes the definition of a column. */
char *
column_sql(const TableShape *shape, AttrNumber column, const char *lead)
{
	const ColumnShape *of = &shape->columns[column - 1];

	return psprintf("%s %s%s%s", of->name,
					of->type == COLUMN_LEAD ? lead : column_types[of->type].sql,
					column == shape->identity ? " GENERATED ALWAYS AS IDENTITY" : "",
					of->not_null ? " NOT NULL" : "");
}

/* shape_sql writes the command that creates a table, whose leads are of a type written as SQL. */
char *
shape_sql(const TableShape *shape, const char *table, const char *lead, bool unlogged)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE %sTABLE %s (", unlogged ? "UNLOGGED " : "", table);
	for (int i = 0; i < shape->ncolumns; i++)
		appendStringInfo(&sql, "%s%s", i == 0 ? "" : ", ", column_sql(shape, i + 1, lead));
	for (int i = 0; i < shape->nkeys; i++)
		appendStringInfo(&sql, "%s%s", i == 0 ? ", PRIMARY KEY (" : ", ",
						 shape->columns[shape->keys[i] - 1].name);
	appendStringInfo(&sql, "%s)", shape->nkeys > 0 ? ")" : "");
	if (shape->storage != NULL)
		appendStringInfo(&sql, " WITH (%s)", shape->storage);
	return sql.data;
}

/* column_type_oid returns the type of a column. */
Oid
column_type_oid(const TableShape *shape, AttrNumber column, const LeadColumn *lead)
{
	switch (shape->columns[column - 1].type)
	{
		case COLUMN_LEAD:
			return lead->type;
		case COLUMN_HEAT:
			return heat_type();
		case COLUMN_STAGE:
			return stage_type();
		case COLUMN_STATUS:
			return status_type();
		case COLUMN_TEMPERATURE:
			return temperature_type();
		default:
			return column_types[shape->columns[column - 1].type].oid;
	}
}

/* has_its_name says whether a column is called as it must be, or as an earlier version has called it. */
static bool
has_its_name(Form_pg_attribute column, const ColumnShape *expected)
{
	return strcmp(NameStr(column->attname), expected->name) == 0 ||
		(expected->former != NULL && strcmp(NameStr(column->attname), expected->former) == 0);
}

/* place_of finds a column of a shape in a table, 0 if it is not there. */
static AttrNumber
place_of(const TableShape *shape, TupleDesc desc, AttrNumber column)
{
	const ColumnShape *expected = &shape->columns[column - 1];

	if (column <= shape->ncolumns - shape->nadded)
		return column;
	if (column <= desc->natts && !TupleDescAttr(desc, column - 1)->attisdropped &&
		has_its_name(TupleDescAttr(desc, column - 1), expected))
		return column;
	for (int i = shape->ncolumns - shape->nadded; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped && has_its_name(TupleDescAttr(desc, i), expected))
			return i + 1;
	return 0;
}

/* find_places finds all columns of a shape in a table that check_shape has found right. */
void
find_places(const TableShape *shape, TupleDesc desc, ColumnPlaces *places)
{
	places->n = 0;
	for (AttrNumber column = 1; column <= shape->ncolumns; column++)
	{
		AttrNumber	place = place_of(shape, desc, column);

		places->of[column - 1] = place;
		places->n += place != 0;
	}
}

/* places_from returns the places of the columns of a shape from one on. */
Bitmapset *
places_from(const TableShape *shape, const ColumnPlaces *places, AttrNumber column)
{
	Bitmapset  *result = NULL;

	for (int i = column - 1; i < shape->ncolumns; i++)
		if (places->of[i] != 0)
			result = bms_add_member(result, places->of[i]);
	return result;
}

/* gather_columns takes the columns of a shape out of a row, null where the table lacks one. */
void
gather_columns(const TableShape *shape, const ColumnPlaces *places, TupleTableSlot *slot,
			   Datum *values, bool *nulls)
{
	slot_getallattrs(slot);
	for (int i = 0; i < shape->ncolumns; i++)
	{
		AttrNumber	place = places->of[i];

		nulls[i] = place == 0 || slot->tts_isnull[place - 1];
		values[i] = nulls[i] ? (Datum) 0 : slot->tts_values[place - 1];
	}
}

/* scatter_columns puts the columns of a shape into a row; nobody needs those that the table lacks. */
void
scatter_columns(const TableShape *shape, const ColumnPlaces *places, const Datum *values,
				const bool *nulls, TupleTableSlot *slot)
{
	for (int i = 0; i < shape->ncolumns; i++)
	{
		AttrNumber	place = places->of[i];

		if (place == 0)
			continue;
		slot->tts_values[place - 1] = values[i];
		slot->tts_isnull[place - 1] = nulls[i];
	}
}

/* column_fault says what is wrong with a column, NULL if nothing is. */
static char *
column_fault(TupleDesc desc, const TableShape *shape, AttrNumber column, AttrNumber place,
			 const LeadColumn *lead)
{
	const ColumnShape *expected = &shape->columns[column - 1];
	bool		is_lead = (expected->type == COLUMN_LEAD);
	Oid			type = column_type_oid(shape, column, lead);
	int32		typmod = is_lead ? lead->typmod : -1;
	Oid			collation = is_lead ? lead->collation :
		expected->type == COLUMN_TEXT ? DEFAULT_COLLATION_OID :
		expected->type == COLUMN_NAME ? C_COLLATION_OID : InvalidOid;
	Form_pg_attribute found;

	if (desc->natts < place || TupleDescAttr(desc, place - 1)->attisdropped ||
		!has_its_name(TupleDescAttr(desc, place - 1), expected))
		return psprintf("There is no column \"%s\" at position %d.", expected->name, column);
	found = TupleDescAttr(desc, place - 1);
	if (found->atttypid != type || found->atttypmod != typmod)
		return psprintf("Column \"%s\" is of type %s, not %s.", expected->name,
						format_type_with_typemod(found->atttypid, found->atttypmod),
						format_type_with_typemod(type, typmod));
	if (found->attcollation != collation)
		return psprintf("Column \"%s\" has another collation.", expected->name);
	if (found->attnotnull != expected->not_null)
		return psprintf(expected->not_null ? "Column \"%s\" can be null." : "Column \"%s\" cannot be null.",
						expected->name);
	if (found->attgenerated != '\0')
		return psprintf("Column \"%s\" is generated.", expected->name);
	if ((found->attidentity != '\0') != (column == shape->identity))
		return psprintf(column == shape->identity ? "Column \"%s\" is no identity column." :
						"Column \"%s\" is an identity column.", expected->name);
	return NULL;
}

/* own_column_fault says what of a column that a user has added keeps rows out, NULL if nothing does. */
static char *
own_column_fault(Form_pg_attribute column)
{
	if (column->attisdropped || !column->attnotnull || column->atthasdef || column->attidentity != '\0')
		return NULL;
	return psprintf("Column \"%s\" cannot be null and has no default.", NameStr(column->attname));
}

/*
 * shape_fault says what of a table, but for its key, is not as it must be for leads of a
 * column and a persistence, as a sentence; NULL if nothing is.
 */
char *
shape_fault(Relation table, const TableShape *shape, const LeadColumn *lead, char persistence)
{
	TupleDesc	desc = RelationGetDescr(table);

	for (AttrNumber column = 1; column <= shape->ncolumns; column++)
	{
		AttrNumber	place = place_of(shape, desc, column);
		char	   *fault = place == 0 ? NULL : column_fault(desc, shape, column, place, lead);

		if (fault != NULL)
			return fault;
	}
	for (int i = shape->ncolumns - shape->nadded; i < desc->natts; i++)
	{
		char	   *fault = own_column_fault(TupleDescAttr(desc, i));

		if (fault != NULL)
			return fault;
	}
	if (table->rd_rel->relkind != RELKIND_RELATION)
		return pstrdup("It is no ordinary table.");
	if (table->rd_rel->relpersistence != persistence)
		return psprintf(persistence == RELPERSISTENCE_PERMANENT ?
						"It is unlogged, and the tracked table is not." :
						"It is logged, and the tracked table is not.");
	if (table->rd_rules != NULL)
		return pstrdup("It has rules.");
	if (table->rd_rel->relispartition)
		return pstrdup("It is a partition.");
	if (table->rd_rel->relhassubclass &&
		find_inheritance_children(RelationGetRelid(table), NoLock) != NIL)
		return pstrdup("Other tables inherit from it.");
	return NULL;
}

/* key_fault says so of the key of a table. */
char *
key_fault(Relation table, const TableShape *shape)
{
	StringInfoData keys;

	if (shape->nkeys == 0 || OidIsValid(shape_key(table, shape)))
		return NULL;
	initStringInfo(&keys);
	for (int i = 0; i < shape->nkeys; i++)
		appendStringInfo(&keys, "%s%s", i == 0 ? "" : ", ", shape->columns[shape->keys[i] - 1].name);
	return psprintf("It has no primary key on exactly (%s) that is checked at once.", keys.data);
}

/* check_added_columns refuses a table without a column that newer versions have added, for what these are needed. */
void
check_added_columns(Relation table, const TableShape *shape, const Tracker *tracker, const char *needed)
{
	for (AttrNumber column = shape->ncolumns - shape->nadded + 1; column <= shape->ncolumns; column++)
		if (place_of(shape, RelationGetDescr(table), column) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("%s \"%s\" lacks the column \"%s\"", shape->what,
							RelationGetRelationName(table), shape->columns[column - 1].name),
					 errdetail_internal("%s", needed),
					 errhint("Run SELECT lead_temperature.upgrade_tracker(%s).",
							 quote_literal_cstr(qualified_name(tracker->interactions)))));
}

/* check_shape refuses to work with a table of a tracker that is not, or no longer, as it must be. */
void
check_shape(Relation table, const TableShape *shape, const Tracker *tracker)
{
	char	   *fault = shape_fault(table, shape, &tracker->lead_column, tracker->persistence);

	if (fault == NULL)
		fault = key_fault(table, shape);
	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s \"%s\" is not as lead_temperature.track made it",
						shape->what, RelationGetRelationName(table)),
				 errdetail_internal("%s", fault),
				 errhint("Undo the change, or stop tracking table \"%s\" with lead_temperature.untrack and track it anew.",
						 get_rel_name(tracker->interactions))));
	if (shape->remembers && remembers(tracker))
		check_added_columns(table, shape, tracker, tracker->words != NULL ?
							"People have said things of leads; what these must remember of that is kept there." :
							psprintf("Model \"%s\" has signals with a cooldown, that are final, or that grant or withdraw consent; what leads must remember for that is kept there.",
									 tracker->model->name));
}

/*
 * index_is_on says whether an index can be searched for values of just these columns of
 * a table, in the order that their types and collations have by default.  A predicate
 * is the caller's to look at.
 */
bool
index_is_on(Relation index, const TupleDesc desc, int n, const AttrNumber *columns)
{
	const FormData_pg_index *form = index->rd_index;

	if (!form->indisvalid || !form->indisready || !form->indislive ||
		index->rd_rel->relam != BTREE_AM_OID || form->indnkeyatts != n)
		return false;
	for (int i = 0; i < n; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, columns[i] - 1);

		if (form->indkey.values[i] != columns[i] ||
			index->rd_indoption[i] != 0 ||
			index->rd_indcollation[i] != column->attcollation ||
			index->rd_opfamily[i] != lookup_type_cache(getBaseType(column->atttypid),
													   TYPECACHE_BTREE_OPFAMILY)->btree_opf)
			return false;
	}
	return true;
}

/* shape_key returns the index of a table's primary key, InvalidOid unless it is as it must be. */
Oid
shape_key(Relation table, const TableShape *shape)
{
	Oid			key = lt_primary_key(table);
	Relation	index;
	bool		right;

	if (!OidIsValid(key))
		return InvalidOid;
	index = index_open(key, AccessShareLock);
	right = index->rd_index->indimmediate &&
		index_is_on(index, RelationGetDescr(table), shape->nkeys, shape->keys);
	index_close(index, NoLock);
	return right ? key : InvalidOid;
}
