/*-------------------------------------------------------------------------
 *
 * expression.c
 *	  SQL expressions over the columns of a tracked table.
 *
 * What is read of an interaction can be an expression over the columns of its row, as in a
 * CHECK constraint or an index.  It is kept as text, which reads alike in every session
 * (expression_enter), and parsed whenever the tracker is read: nothing in the catalogs
 * depends on the columns, so that whoever owns them may do with them what he likes.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/expression.h"

#include "types/compat.h"
#include "util/names.h"
#include "util/type_within.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/value.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "parser/parse_type.h"
#include "parser/parser.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"

/* What an error is put down to. */
typedef struct Origin
{
	const char *role;
	const char *text;
} Origin;

/* name_origin adds to an error which argument it is about. */
static void
name_origin(void *arg)
{
	const Origin *origin = arg;
	int			position = geterrposition();

	/* a place in the text is none in the command */
	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery(origin->text);
	}
	errcontext("expression for argument \"%s\": %s", origin->role, origin->text);
}

/* refuse_expression refuses a text that is no expression, or none that can be had. */
static void
refuse_expression(int code, const char *role, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(code),
			 errmsg("argument \"%s\" is no expression over the columns of one row", role),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

/* raw_expression takes the one expression out of a text, and refuses whatever else stands there. */
static Node *
raw_expression(const char *role, const char *text)
{
	List	   *statements = raw_parser(text, RAW_PARSE_PLPGSQL_EXPR);
	SelectStmt *select = castNode(SelectStmt, linitial_node(RawStmt, statements)->stmt);
	ResTarget  *target;

	if (list_length(select->targetList) != 1 || select->distinctClause != NIL ||
		select->intoClause != NULL || select->fromClause != NIL || select->whereClause != NULL ||
		select->groupClause != NIL || select->havingClause != NULL || select->windowClause != NIL ||
		select->valuesLists != NIL || select->sortClause != NIL || select->limitOffset != NULL ||
		select->limitCount != NULL || select->lockingClause != NIL || select->withClause != NULL ||
		select->op != SETOP_NONE)
		refuse_expression(ERRCODE_SYNTAX_ERROR, role, "It is more than one expression.",
						  "Pass one expression, without an alias, FROM or WHERE.");
	target = linitial_node(ResTarget, select->targetList);
	if (IsA(target->val, ColumnRef) && IsA(llast(castNode(ColumnRef, target->val)->fields), A_Star))
		refuse_expression(ERRCODE_SYNTAX_ERROR, role, "It is all columns.", "Name one, or write an expression.");
	if (target->name != NULL || target->indirection != NIL)
		refuse_expression(ERRCODE_SYNTAX_ERROR, role, "It has an alias.",
						  "Pass one expression, without an alias, FROM or WHERE.");
	return target->val;
}

/*
 * check_literals refuses constants of arrays, rows and ranges that are made of domains: they
 * are read while an expression is parsed, by whoever may read the tracker, and with that
 * the constraints of the domains run.
 */
static bool
check_literals(Node *node, void *role)
{
	if (node == NULL)
		return false;
	if (IsA(node, TypeCast) && IsA(((TypeCast *) node)->arg, A_Const) &&
		!((A_Const *) ((TypeCast *) node)->arg)->isnull)
	{
		Oid			type = LookupTypeNameOid(NULL, ((TypeCast *) node)->typeName, true);

		if (OidIsValid(type) && OidIsValid(domain_within(getBaseType(type))))
			refuse_expression(ERRCODE_FEATURE_NOT_SUPPORTED, role, "It has a constant that is made of values of a domain.",
							  "Write ARRAY[...] or ROW(...) of values in its place.");
	}
	return raw_expression_tree_walker(node, check_literals, role);
}

/* present_as lets a column be found under a former name. */
static void
present_as(RangeTblEntry *table, const char *former, const char *present)
{
	ListCell   *cell;

	foreach(cell, table->eref->colnames)
	{
		if (strcmp(strVal(lfirst(cell)), present) == 0)
			lfirst(cell) = makeString(pstrdup(former));
	}
}

/*
 * expression_enter starts work in which texts of expressions are written and read: as the
 * owner of a tracker, along one path, with constants in one spelling.
 */
void
expression_enter(OwnerScope *scope, Oid owner)
{
	owner_enter(scope, owner);
	pin_text_settings();
}

/*
 * parse_renamed_expression parses an expression that was written when a column of the
 * table had another name.
 */
Node *
parse_renamed_expression(Oid table, const char *role, const char *text, const char *former,
						 const char *present)
{
	Origin		origin = {role, text};
	ErrorContextCallback callback = {error_context_stack, name_origin, &origin};
	Relation	relation = table_open(table, AccessShareLock);
	ParseState *parse = make_parsestate(NULL);
	ParseNamespaceItem *item;
	Node	   *raw;
	Node	   *expression;

	error_context_stack = &callback;
	item = addRangeTableEntryForRelation(parse, relation, AccessShareLock, NULL, false, true);
	if (former != NULL)
		present_as(item->p_rte, former, present);
	addNSItemToQuery(parse, item, false, true, true);
	raw = raw_expression(role, text);
	(void) check_literals(raw, (void *) role);
	expression = transformExpr(parse, raw, EXPR_KIND_INDEX_EXPRESSION);
	if (exprType(expression) == UNKNOWNOID)
		expression = coerce_type(parse, expression, UNKNOWNOID, TEXTOID, -1, COERCION_IMPLICIT,
								 COERCE_IMPLICIT_CAST, -1);
	assign_expr_collations(parse, expression);
	free_parsestate(parse);
	table_close(relation, NoLock);
	error_context_stack = callback.previous;
	return expression;
}

/* parse_expression parses an expression over the columns of a table; names are found along the present path. */
Node *
parse_expression(Oid table, const char *role, const char *text)
{
	return parse_renamed_expression(table, role, text, NULL, NULL);
}

/* expression_text writes an expression as SQL; what is not found along the present path is qualified. */
char *
expression_text(Oid table, Node *expression)
{
	return deparse_expression(expression, deparse_context_for(get_rel_name(table), table), false, false);
}

/* expression_columns returns the columns that an expression reads, each more by FirstLowInvalidHeapAttributeNumber. */
Bitmapset *
expression_columns(Node *expression)
{
	Bitmapset  *columns = NULL;

	pull_varattnos(expression, 1, &columns);
	return columns;
}

/* is_function says whether a function is a certain one. */
static bool
is_function(Oid function, void *other)
{
	return function == *(Oid *) other;
}

/* makes_value says whether a node of an expression makes a value that no column has. */
static bool
makes_value(const Node *node)
{
	return !IsA(node, List) && !IsA(node, CaseWhen) && !IsA(node, Var);
}

/* calls walks an expression until it finds a function. */
static bool
calls(Node *node, void *function)
{
	if (node == NULL)
		return false;
	return check_functions_in_node(node, is_function, function) ||
		expression_tree_walker(node, calls, function);
}

/* makes_domains walks an expression until it finds what makes a value of a domain. */
static bool
makes_domains(Node *node, void *arg)
{
	if (node == NULL)
		return false;
	return (makes_value(node) && OidIsValid(domain_within(exprType(node)))) ||
		expression_tree_walker(node, makes_domains, arg);
}

/* expression_calls says whether an expression itself calls a function. */
bool
expression_calls(Node *expression, Oid function)
{
	return calls(expression, &function);
}

/* expression_makes_domains says whether an expression makes values of domains, whose constraints may change. */
bool
expression_makes_domains(Node *expression)
{
	return makes_domains(expression, NULL);
}

/* expression_may_fail says whether an expression can raise an error for some row. */
bool
expression_may_fail(Node *expression)
{
	return contain_leaked_vars(expression);
}

/* An expression, and whose the functions and domains in it may be. */
typedef struct FunctionCheck
{
	const char *role;
	Oid			table;
	Oid			owner;
} FunctionCheck;

/* check_function refuses a function of a role that could not act as the owner of the tracker anyway. */
static bool
check_function(Oid function, void *arg)
{
	const FunctionCheck *check = arg;
	Oid			owner = function_owner(function);

	if (!lt_may_execute(function, check->owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for function %s", format_procedure(function)),
				 errdetail("Role \"%s\" runs it on rows of table \"%s\" for argument \"%s\".",
						   GetUserNameFromId(check->owner, true), get_rel_name(check->table), check->role),
				 errhint("Run GRANT EXECUTE ON FUNCTION %s TO %s.", format_procedure_qualified(function),
						 quote_identifier(GetUserNameFromId(check->owner, true)))));
	if (!is_member_of_role(owner, check->owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("function %s, which argument \"%s\" calls, belongs to role \"%s\"",
						format_procedure(function), check->role, GetUserNameFromId(owner, true)),
				 errdetail("It would run as \"%s\", who tracks table \"%s\".",
						   GetUserNameFromId(check->owner, true), get_rel_name(check->table)),
				 errhint("Look at the function, then ALTER FUNCTION %s OWNER TO %s; or do without it.",
						 format_procedure_qualified(function),
						 quote_identifier(GetUserNameFromId(check->owner, true)))));
	return false;
}

/* is_others_domain says whether a type is a domain of a role that could not act as the owner of the tracker anyway. */
static bool
is_others_domain(Oid type, void *arg)
{
	const FunctionCheck *check = arg;
	Oid			owner = domain_owner(type);

	return OidIsValid(owner) && !is_member_of_role(owner, check->owner);
}

/* check_made_type refuses that an expression makes values of domains of others, whose constraints may call anything. */
static void
check_made_type(Oid made, FunctionCheck *check)
{
	Oid			type = type_within(made, is_others_domain, check);

	if (OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("domain %s, of which argument \"%s\" makes values, belongs to another role",
						format_type_be(type), check->role),
				 errdetail("Its constraints would run as \"%s\", who tracks table \"%s\".",
						   GetUserNameFromId(check->owner, true), get_rel_name(check->table)),
				 errhint("Look at them, then ALTER DOMAIN %s OWNER TO %s; or cast to another type.",
						 format_type_be_qualified(type),
						 quote_identifier(GetUserNameFromId(check->owner, true)))));
}

/* check_others refuses functions of others, and values of their domains, anywhere in an expression. */
static bool
check_others(Node *node, void *arg)
{
	if (node == NULL)
		return false;
	if (check_functions_in_node(node, check_function, arg))
		return true;
	if (makes_value(node))
		check_made_type(exprType(node), arg);
	return expression_tree_walker(node, check_others, arg);
}

/*
 * check_reads_alike refuses an expression that its text does not say: some forms, as CASE x
 * WHEN, name no operator, and find others along another path.
 */
void
check_reads_alike(Oid table, const char *role, Node *expression, const char *text)
{
	if (!equal(parse_expression(table, role, text), expression))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("expression for argument \"%s\" cannot be written so that it reads alike in every session", role),
				 errdetail("It would be kept as: %s", text),
				 errhint("Name its operators, as in x OPERATOR(public.=) y in place of CASE x WHEN y, NULLIF and IS DISTINCT FROM; or cast to a type of PostgreSQL's own, as text.")));
}

/*
 * check_expression refuses an expression that is not immutable, that calls functions
 * which would run as somebody who has not made them, or that reads more than columns.
 */
void
check_expression(Oid table, Oid owner, const char *role, Node *expression)
{
	FunctionCheck check = {role, table, owner};
	Bitmapset  *columns = expression_columns(expression);

	(void) check_others(expression, &check);
	if (contain_mutable_functions((Node *) expression_planner((Expr *) copyObject(expression))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("expression for argument \"%s\" is not immutable", role),
				 errdetail("A row must be read alike whenever, and by whomever, it is read: %s.",
						   expression_text(table, expression)),
				 errhint("Name a column of type timestamp, date or an enum as it is, which is read in the tracker's time zone; write AT TIME ZONE 'UTC' where an instant is meant, and no now(). Compare an enum with its values in place of casting it; what reads a time from a text belongs into an IMMUTABLE function of yours.")));
	for (int column = bms_next_member(columns, -1); column >= 0;
		 column = bms_next_member(columns, column))
		if (column + FirstLowInvalidHeapAttributeNumber <= 0)
			refuse_expression(ERRCODE_FEATURE_NOT_SUPPORTED, role,
							  "It reads the row as a whole, or a system column.",
							  "Name the columns that it needs.");
}
