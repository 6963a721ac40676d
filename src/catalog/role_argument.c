/*-------------------------------------------------------------------------
 *
 * role_argument.c
 *	  What users say that shall be read of a table for a role: a column, or an expression.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/role_argument.h"

#include "catalog/expression.h"
#include "catalog/tracked_columns.h"
#include "util/owner_scope.h"

#include <ctype.h>

#include "common/keywords.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

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
