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

#include <ctype.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "common/keywords.h"
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

/* check_column refuses a column that is not there, or that triggers do not see. */
static void
check_column(Oid relation, const char *column)
{
	AttrNumber	number = get_attnum(relation, column);

	if (number <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\" does not exist",
						column, get_rel_name(relation)),
				 errhint("Name a column of the table, or write an SQL expression over its columns.")));
	if (lt_is_virtual(relation, number))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of table \"%s\" is a virtual generated column",
						column, get_rel_name(relation)),
				 errdetail("Triggers do not see what it holds."),
				 errhint("Track a stored column.")));
}

/* A tracked table whose index on leads is looked for. */
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
	/* an expression that fails for a row that is not in the index would fail a query */
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

/*
 * need_lead_index makes the index on the leads of a source, or refuses to do without, and says
 * what else would do; the caller works as the owner.
 */
void
need_lead_index(const TrackedSource *source, const LeadColumn *lead, bool create_index, const char *otherwise)
{
	const char *name = source->name[ROLE_LEAD];
	const char *at = source->name[ROLE_AT];
	LeadIndex	sought = {0};
	char	   *sql;

	sought.type = getBaseType(lead->type);
	sought.collation = lead->collation;
	if (name != NULL)
		sought.column = get_attnum(source->relation, name);
	else
		sought.expression = (Node *)
			expression_planner((Expr *) parse_expression(source->relation, tracked_roles[ROLE_LEAD].name,
														 source->expression[ROLE_LEAD]));
	if (source->expression[ROLE_FILTER] != NULL)
		sought.certain = certain_conditions(parse_expression(source->relation, tracked_roles[ROLE_FILTER].name,
															 source->expression[ROLE_FILTER]));
	if (has_lead_index(source->relation, &sought))
		return;
	sql = psprintf("CREATE INDEX ON %s (%s%s)", qualified_name(source->relation),
				   name != NULL ? quote_identifier(name) : psprintf("(%s)", source->expression[ROLE_LEAD]),
				   at == NULL ? "" : psprintf(", %s", quote_identifier(at)));
	if (!create_index)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 name != NULL ?
				 errmsg("table \"%s\" has no index led by column \"%s\"", get_rel_name(source->relation), name) :
				 errmsg("table \"%s\" has no index led by the expression for \"lead\"", get_rel_name(source->relation)),
				 errdetail("Late, updated and deleted rows replay their lead, which needs all of its rows."),
				 errhint("Create it: %s%s.", sql, otherwise)));
	utility(sql);
}

/* is_bare_name says whether a text looks like the name of a column and like no other expression, as true is. */
static bool
is_bare_name(const char *text)
{
	int			keyword = ScanKeywordLookup(text, &ScanKeywords);

	if (keyword >= 0 && ScanKeywordCategories[keyword] == RESERVED_KEYWORD)
		return false;
	for (const char *letter = text; *letter != '\0'; letter++)
		if (!isalnum((unsigned char) *letter) && *letter != '_' && !IS_HIGHBIT_SET(*letter))
			return false;
	return text[0] != '\0' && !isdigit((unsigned char) text[0]);
}

/*
 * read_role takes an argument as the name of a column if the table has one of that name, and
 * as an expression otherwise, which is kept as it reads in every session.
 */
void
read_role(TrackedSource *source, Role role, char *argument)
{
	const char *name = tracked_roles[role].name;
	OwnerScope	scope;
	Node	   *expression;

	if (argument == NULL)
		return;
	if (!tracked_roles[role].by_expression || get_attnum(source->relation, argument) > 0 ||
		argument[0] == '\0' || is_bare_name(argument))
	{
		check_column(source->relation, argument);
		if (role < N_COLUMN_ROLES)
		{
			source->name[role] = argument;
			return;
		}
		argument = pstrdup(quote_identifier(argument));
	}
	expression = parse_expression(source->relation, name, argument);
	check_expression(source->relation, source->owner, name, expression);
	expression_enter(&scope, source->owner);
	source->expression[role] = expression_text(source->relation, expression);
	check_reads_alike(source->relation, name, expression, source->expression[role]);
	owner_leave(&scope);
}
