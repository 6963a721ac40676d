/*-------------------------------------------------------------------------
 *
 * attribute_check.c
 *	  What a table must be to have attributes of leads.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/attribute_check.h"

#include "catalog/expression.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_table.h"
#include "catalog/unique_key.h"
#include "types/compat.h"
#include "util/names.h"

#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* refuse raises the error that a table can have no attributes because of its nature. */
static void
refuse(Oid relation, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("attributes of leads cannot be read from \"%s\"", get_rel_name(relation)),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

/* check_attribute_table refuses a table that can have no attributes of the leads of a tracker, since nobody sees what becomes of its rows. */
void
check_attribute_table(const Tracker *tracker, Oid relation)
{
	if (get_rel_name(relation) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation),
				 errhint("Name a table of your own.")));
	if (get_rel_relkind(relation) == RELKIND_PARTITIONED_TABLE || get_rel_relispartition(relation))
		refuse(relation, "It is a partitioned table, or a partition: rows that go to another are not followed.",
			   "Keep who leads are in one table that is not partitioned.");
	if (get_rel_relkind(relation) != RELKIND_RELATION)
		refuse(relation, get_rel_relkind(relation) == RELKIND_VIEW ? "It is a view." :
			   get_rel_relkind(relation) == RELKIND_FOREIGN_TABLE ? "It is a foreign table." : "It is not a table.",
			   "Name a table, whose rows can be followed.");
	if (IsCatalogNamespace(get_rel_namespace(relation)) ||
		get_rel_namespace(relation) == get_namespace_oid(LT_SCHEMA, false))
		refuse(relation, "It is a system table.", "Name a table of your own.");
	if (OidIsValid(tracker_of_companion(relation)))
		refuse(relation, "It is a table that a tracker keeps.", "Name a table of your own.");
	if (get_rel_persistence(relation) == RELPERSISTENCE_TEMP)
		refuse(relation, "It is a temporary table.", "Name a permanent table.");
	if (get_rel_persistence(relation) == RELPERSISTENCE_UNLOGGED && tracker->persistence != RELPERSISTENCE_UNLOGGED)
		refuse(relation, "It is unlogged: a crash would empty it, and leave the fit of leads.", "Let the table be logged.");
	if (list_length(find_all_inheritors(relation, AccessShareLock, NULL)) > 1 || has_superclass(relation))
		refuse(relation, "It takes part in inheritance: rows that are changed through another table are not followed.",
			   "Keep who leads are in one table.");
	check_source_access(tracker->owner, relation);
}

/* check_key refuses a column that cannot have leads. */
static void
check_key(const Tracker *tracker, const Attribute *attribute)
{
	AttrNumber	column = get_attnum(attribute->relation, attribute->key);
	Oid			type;
	int32		typmod;
	Oid			collation;

	if (column <= 0)
		no_column(attribute->relation, attribute->key, true);
	get_atttypetypmodcoll(attribute->relation, column, &type, &typmod, &collation);
	if (!IsBinaryCoercible(getBaseType(type), tracker->lead_type) ||
		(OidIsValid(collation) != OidIsValid(tracker->lead_collation)) ||
		(OidIsValid(collation) && collation != tracker->lead_collation &&
		 !(get_collation_isdeterministic(collation) && get_collation_isdeterministic(tracker->lead_collation))))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("leads cannot be looked up in column \"%s\" of table \"%s\"", attribute->key,
						get_rel_name(attribute->relation)),
				 errdetail("It is of type %s; leads are of type %s.", format_type_with_typemod(type, typmod),
						   format_type_be(tracker->lead_type)),
				 errhint("Give the column the type of the leads.")));
	check_unique(attribute->relation, attribute->key);
}

/* check_value refuses what is read of a row if it is no value that rules can be about. */
static void
check_value(const Tracker *tracker, const Attribute *attribute)
{
	Node	   *tree = parse_attribute(attribute, tracker->owner, NULL, NULL, NULL);
	Oid			type = exprType(tree);

	check_expression(attribute->relation, tracker->owner, "attribute", tree);
	if (get_typtype(type) == TYPTYPE_PSEUDO || type_is_rowtype(type) || OidIsValid(get_element_type(type)))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("attribute \"%s\" of table \"%s\" is of type %s", attribute->name, get_rel_name(attribute->relation),
						format_type_be(type)),
				 errdetail("Rules of fit are about single values."),
				 errhint("Take one value out of it.")));
}

/* check_attribute refuses an attribute that cannot be read, or of which nobody would see how it changes; the table was checked. */
void
check_attribute(const Tracker *tracker, const Attribute *attribute)
{
	check_key(tracker, attribute);
	check_value(tracker, attribute);
}
