/*-------------------------------------------------------------------------
 *
 * source_check.c
 *	  What a table must be to be tracked, and what of it can be read.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/source_check.h"

#include "catalog/expression.h"
#include "catalog/tracked_columns.h"
#include "commands/replay.h"
#include "commands/triggers.h"
#include "util/names.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* refuse_kind refuses a relation that is no ordinary or partitioned table. */
static void
refuse_kind(const char *name, char relkind)
{
	const char *what = "not a table";
	const char *hint = "Track the table of the interactions.";

	switch (relkind)
	{
		case RELKIND_VIEW:
			what = "a view";
			hint = "Track the table that the view reads.";
			break;
		case RELKIND_MATVIEW:
			what = "a materialized view";
			hint = "Track the table that the view reads.";
			break;
		case RELKIND_FOREIGN_TABLE:
			what = "a foreign table";
			hint = "Track the table where it is stored.";
			break;
	}
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("cannot track \"%s\"", name),
			 errdetail("\"%s\" is %s.", name, what),
			 errhint("%s", hint)));
}

/* refuse raises the error that a table cannot be tracked because of its nature. */
static void
refuse(int code, const char *name, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(code),
			 errmsg("cannot track \"%s\"", name),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

/* check_relation refuses what cannot be tracked, and locks the table against writers. */
void
check_relation(Oid relation)
{
	Relation	table;
	const char *name = get_rel_name(relation);
	List	   *children;
	ListCell   *cell;

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation),
				 errhint("Name a table of interactions.")));
	if (get_rel_relkind(relation) != RELKIND_RELATION &&
		get_rel_relkind(relation) != RELKIND_PARTITIONED_TABLE)
		refuse_kind(name, get_rel_relkind(relation));
	if (IsCatalogNamespace(get_rel_namespace(relation)) ||
		get_rel_namespace(relation) == get_namespace_oid(LT_SCHEMA, false) ||
		get_rel_namespace(relation) == get_namespace_oid("information_schema", true))
		refuse(ERRCODE_WRONG_OBJECT_TYPE, name, "It is a system table.",
			   "Track a table of interactions.");
	check_table_owner(relation);

	lock_own_table(relation, ShareRowExclusiveLock);
	table = table_open(relation, NoLock);
	if (table->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		refuse(ERRCODE_WRONG_OBJECT_TYPE, name, "It is a temporary table.",
			   "Track a permanent table.");
	if (table->rd_rel->relispartition)
		refuse(ERRCODE_WRONG_OBJECT_TYPE, name, "It is a partition.",
			   "Track the partitioned table that it belongs to.");
	if (has_superclass(relation) ||
		(table->rd_rel->relkind == RELKIND_RELATION && has_subclass(relation) &&
		 find_inheritance_children(relation, AccessShareLock) != NIL))
		refuse(ERRCODE_FEATURE_NOT_SUPPORTED, name, "It takes part in inheritance.",
			   "Partition the table, or end the inheritance.");
	table_close(table, NoLock);

	children = find_all_inheritors(relation, ShareRowExclusiveLock, NULL);
	check_tables_not_in_use(children, "track");
	foreach(cell, children)
	{
		if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_FOREIGN_TABLE)
			refuse(ERRCODE_FEATURE_NOT_SUPPORTED, name,
				   psprintf("Its partition \"%s\" is a foreign table.", get_rel_name(lfirst_oid(cell))),
				   "Detach the partition.");
		if (is_unlogged_partition(lfirst_oid(cell)))
			refuse(ERRCODE_FEATURE_NOT_SUPPORTED, name,
				   psprintf("Its partition \"%s\" is unlogged: a crash would empty it, and leave its leads.",
							get_rel_name(lfirst_oid(cell))),
				   psprintf("Run ALTER TABLE %s SET LOGGED.", qualified_name(lfirst_oid(cell))));
	}
}

/* role_argument_name returns what arguments call what is read for a role. */
static const char *
role_argument_name(const TrackedSource *source, Role role)
{
	return source->maps == 0 ? tracked_roles[role].name : psprintf("via_%s", tracked_roles[role].name);
}

/* A table whose index on leads, or ids, is looked for. */
typedef struct LeadIndex
{
	AttrNumber	column;			/* of the leads, 0: an expression */
	Node	   *expression;
	Oid			type;			/* of the leads, the base type */
	Oid			collation;
	List	   *certain;		/* conditions that queries for leads have */
} LeadIndex;

/* is_column says whether a condition is a boolean column, or that it is false. */
static bool
is_column(const Node *condition, AttrNumber column)
{
	if (is_notclause(condition))
		condition = (const Node *) get_notclausearg((Expr *) condition);
	return IsA(condition, Var) && ((const Var *) condition)->varattno == column;
}

/* strip_relabels takes from an expression what changes its type and not its value, as the text of a varchar. */
static const Var *
strip_relabels(const Node *expression)
{
	while (IsA(expression, RelabelType))
		expression = (const Node *) ((const RelabelType *) expression)->arg;
	return (const Var *) expression;
}

/* is_equated says whether a condition that is certain equates a column with a constant, as an index of a family can look for. */
static bool
is_equated(const LeadIndex *sought, AttrNumber column, Oid family)
{
	ListCell   *cell;

	foreach(cell, sought->certain)
	{
		const OpExpr *condition = lfirst(cell);
		const Var  *var;

		if (is_column(lfirst(cell), column))
			return true;
		if (!IsA(condition, OpExpr) || list_length(condition->args) != 2 ||
			!IsA(lsecond(condition->args), Const) || castNode(Const, lsecond(condition->args))->constisnull)
			continue;
		var = strip_relabels(linitial(condition->args));
		if (IsA(var, Var) && var->varattno == column &&
			get_op_opfamily_strategy(condition->opno, family) == BTEqualStrategyNumber)
			return true;
	}
	return false;
}

/*
 * leads_by says whether an index leads to the rows of a lead: a valid btree on the leads in
 * their default order, perhaps after columns that the filter equates with constants, and
 * if it is partial of rows that the filter leaves.
 */
static bool
leads_by(const LeadIndex *sought, Relation index)
{
	const FormData_pg_index *form = index->rd_index;
	Oid			family = lookup_type_cache(sought->type, TYPECACHE_BTREE_OPFAMILY)->btree_opf;
	List	   *predicate = RelationGetIndexPredicate(index);
	ListCell   *expression = list_head(RelationGetIndexExpressions(index));

	if (!form->indisvalid || index->rd_rel->relam != BTREE_AM_OID)
		return false;

	/*
	 * an expression that fails for a row that is not in the index would fail
	 * a query
	 */
	if (predicate != NIL &&
		(!predicate_implied_by(predicate, sought->certain, false) ||
		 (sought->expression != NULL && expression_may_fail(sought->expression))))
		return false;
	for (int i = 0; i < form->indnkeyatts; i++)
	{
		AttrNumber	column = form->indkey.values[i];
		Node	   *key = column == 0 ? lfirst(expression) : NULL;

		if (column == 0)
			expression = lnext(RelationGetIndexExpressions(index), expression);
		if ((column != 0 ? column == sought->column :
			 sought->expression != NULL && equal(key, sought->expression)) &&
			index->rd_opfamily[i] == family && index->rd_indcollation[i] == sought->collation)
			return true;
		if (column == 0 || !is_equated(sought, column, index->rd_opfamily[i]))
			return false;
	}
	return false;
}

/* has_lead_index says whether rows of a lead can be found by an index. */
static bool
has_lead_index(Oid relation, const LeadIndex *sought)
{
	Relation	table = table_open(relation, AccessShareLock);
	bool		found = false;
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(table))
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		found = found || leads_by(sought, index);
		index_close(index, AccessShareLock);
	}
	table_close(table, AccessShareLock);
	return found;
}

/* index_sought says which index leads to the rows that have some value for a role. */
static LeadIndex
index_sought(const TrackedSource *source, Role role, const Node *expression)
{
	LeadIndex	sought = {0};

	sought.type = getBaseType(exprType(expression));
	sought.collation = exprCollation(expression);
	if (IsA(expression, Var))
		sought.column = ((const Var *) expression)->varattno;
	else
		sought.expression = (Node *) expression_planner((Expr *) copyObject(expression));
	if (source->expression[ROLE_FILTER] != NULL)
		sought.certain = certain_conditions(parse_expression(source->relation, tracked_roles[ROLE_FILTER].name,
															 source->expression[ROLE_FILTER]));
	return sought;
}

/*
 * need_index makes the index that leads to the rows of a source by what is read for a role, or
 * refuses to do without, says what for, and what else would do; the caller works as the owner.
 */
void
need_index(const TrackedSource *source, Role role, bool create_index, const char *what_for, const char *otherwise)
{
	const char *name = source->name[role];
	const char *text = name != NULL ? quote_identifier(name) : source->expression[role];
	const char *at = source->name[ROLE_AT];
	Node	   *expression = parse_expression(source->relation, tracked_roles[role].name, text);
	LeadIndex	sought = index_sought(source, role, expression);
	char	   *sql;

	if (has_lead_index(source->relation, &sought))
		return;
	sql = psprintf("CREATE INDEX ON %s (%s%s)", qualified_name(source->relation),
				   sought.column != 0 ? text : psprintf("(%s)", text),
				   at == NULL ? "" : psprintf(", %s", quote_identifier(at)));
	if (!create_index)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 sought.column != 0 ?
				 errmsg("table \"%s\" has no index led by column \"%s\"", get_rel_name(source->relation),
						get_attname(source->relation, sought.column, false)) :
				 errmsg("table \"%s\" has no index led by the expression for \"%s\"", get_rel_name(source->relation),
						role_argument_name(source, role)),
				 errdetail("%s", what_for),
				 errhint("Create it: %s%s.", sql, otherwise)));
	utility(sql);
}

/* need_lead_index does so for the leads of a source, or the ids in their place. */
void
need_lead_index(const TrackedSource *source, bool create_index, const char *otherwise)
{
	need_index(source, ROLE_LEAD, create_index,
			   "Late, updated and deleted rows replay their lead, which needs all of its rows.", otherwise);
}

/* arguments of a mapping, which follow each other */
enum
{
	VIA, VIA_KEY, VIA_LEAD, VIA_FILTER, UNMAPPED
};

/* text_argument reads a text, NULL if the argument is null. */
static char *
text_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(number));
}

/* read_changed_role reads what an argument says that shall be read for a role of a source, if it says anything; an empty text takes it away. */
static void
read_changed_role(FunctionCallInfo fcinfo, int number, Role role, TrackedSource *source)
{
	char	   *argument = text_argument(fcinfo, number);

	if (argument == NULL)
		return;
	source->name[role] = source->expression[role] = NULL;
	if (argument[0] != '\0' || needs_role(source, role))
		read_role(source, role, argument);
}

/* read_changed_roles reads which roles of a source shall be read otherwise, of arguments from one on, and of those of its topic, channel and value. */
void
read_changed_roles(FunctionCallInfo fcinfo, int first, int asides, TrackedSource *source)
{
	for (int i = 0; i < N_ARGUMENT_ROLES; i++)
		read_changed_role(fcinfo, first + i, argument_roles[i], source);
	for (int role = N_FOLD_ROLES; role < N_ROLES; role++)
		read_changed_role(fcinfo, asides + role - N_FOLD_ROLES, role, source);
}

/* read_asides reads what arguments from one on say that shall be read of a source beside the fold. */
void
read_asides(FunctionCallInfo fcinfo, int first, TrackedSource *source)
{
	for (int role = N_FOLD_ROLES; role < N_ROLES; role++)
		read_role(source, role, text_argument(fcinfo, first + role - N_FOLD_ROLES));
}

/* changes_asides says whether such arguments say anything. */
bool
changes_asides(FunctionCallInfo fcinfo, int first)
{
	for (int i = 0; i < N_ASIDES; i++)
		if (!PG_ARGISNULL(first + i))
			return true;
	return false;
}

/* read_unmapped says whether ids that are not mapped are leads of their own. */
static bool
read_unmapped(const char *argument)
{
	if (argument != NULL && strcmp(argument, "lead") == 0)
		return true;
	if (argument == NULL || strcmp(argument, "ignore") == 0)
		return false;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" is nothing to do with ids that are not mapped", argument),
			 errhint("Pass unmapped => 'ignore', or 'lead' to let them be leads of their own.")));
	return false;				/* keep the compiler quiet */
}

/* check_filter_of_mapping refuses a filter that may fail for a row: a mapping is read in queries. */
static void
check_filter_of_mapping(const TrackedSource *mapping)
{
	const char *text = mapping->expression[ROLE_FILTER];

	if (text !=NULL && expression_may_fail(parse_expression(mapping->relation, "via_filter", text)))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("argument \"%s\" may fail for a row", "via_filter"),
				 errdetail("It is: %s.", text),
				 errhint("Join conditions that cannot fail: comparisons of numbers, texts and booleans with =, and IS NULL.")));
}

/* read_mapping_role reads what a mapping has for a role: what an argument says, or else what it has at present; an empty text takes a filter away. */
static void
read_mapping_role(TrackedSource *mapping, Role role, char *argument, const TrackedSource *present)
{
	if (argument == NULL && present != NULL)
		argument = present->name[role] != NULL ? present->name[role] : present->expression[role];
	if (argument != NULL && (role != ROLE_FILTER || argument[0] != '\0'))
		read_role(mapping, role, argument);
}

/* read_mapping_roles reads what of its table a mapping maps, from the arguments from one on or what it has at present, and refuses what will not do. */
static void
read_mapping_roles(FunctionCallInfo fcinfo, int first, const TrackedSource *present, TrackedSource *mapping)
{
	check_relation(mapping->relation);
	check_source_access(mapping->owner, mapping->relation);
	mapping->maps = 1;			/* until it is known of which source */
	read_mapping_role(mapping, ROLE_KEY, text_argument(fcinfo, first + VIA_KEY), present);
	read_mapping_role(mapping, ROLE_LEAD, text_argument(fcinfo, first + VIA_LEAD), present);
	read_mapping_role(mapping, ROLE_FILTER, text_argument(fcinfo, first + VIA_FILTER), present);
	check_source(mapping);
	check_filter_of_mapping(mapping);
}

/*
 * read_mapping reads the arguments that say which table maps the ids of a source to leads, from
 * one on; false if there is none.
 */
bool
read_mapping(FunctionCallInfo fcinfo, int first, const TrackedSource *source, TrackedSource *mapping)
{
	bool		maps_rest = read_unmapped(text_argument(fcinfo, first + UNMAPPED));

	memset(mapping, 0, sizeof(TrackedSource));
	if (PG_ARGISNULL(first + VIA))
	{
		if (!PG_ARGISNULL(first + VIA_KEY) || !PG_ARGISNULL(first + VIA_LEAD) || !PG_ARGISNULL(first + VIA_FILTER))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", "via"),
					 errhint("Name the table that maps the ids of the source to leads.")));
		return false;
	}
	if (PG_ARGISNULL(first + VIA_KEY) || PG_ARGISNULL(first + VIA_LEAD))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be null", PG_ARGISNULL(first + VIA_KEY) ? "via_key" : "via_lead"),
				 errhint("Say what of table \"via\" is the id, and what the lead.")));
	mapping->owner = source->owner;
	mapping->relation = PG_GETARG_OID(first + VIA);
	mapping->maps_rest = maps_rest;
	read_mapping_roles(fcinfo, first, NULL, mapping);
	return true;
}

/*
 * read_changed_mapping reads arguments, from one on, that say how ids of a source shall be mapped otherwise than
 * they are at present, which is NULL if they are not; false if there are none.
 */
bool
read_changed_mapping(FunctionCallInfo fcinfo, int first, const TrackedSource *source,
					 const TrackedSource *present, TrackedSource *mapping)
{
	bool		any = false;

	for (int i = VIA; i <= UNMAPPED; i++)
		any = any || !PG_ARGISNULL(first + i);
	if (!any)
		return false;
	if (present == NULL)
		return read_mapping(fcinfo, first, source, mapping);
	memset(mapping, 0, sizeof(TrackedSource));
	mapping->owner = source->owner;
	mapping->relation = PG_ARGISNULL(first + VIA) ? present->relation : PG_GETARG_OID(first + VIA);
	mapping->maps_rest = PG_ARGISNULL(first + UNMAPPED) ? present->maps_rest :
		read_unmapped(text_argument(fcinfo, first + UNMAPPED));
	read_mapping_roles(fcinfo, first, present, mapping);
	return true;
}

/* need_mapping_indexes makes the indexes by which ids find their leads, and leads their ids, or refuses to do without; the caller works as the owner. */
void
need_mapping_indexes(const TrackedSource *mapping, bool create_index)
{
	need_index(mapping, ROLE_KEY, create_index, "By it rows of an id find their leads.", "");
	need_index(mapping, ROLE_LEAD, create_index, "By it a lead that is replayed finds its ids.", "");
}
