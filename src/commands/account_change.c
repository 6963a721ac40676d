/*-------------------------------------------------------------------------
 *
 * account_change.c
 *	  Schema changes of the tables that have the accounts of leads.
 *
 * Nobody is kept from changing such a table.  A column that gets another name is followed; after
 * whatever else leaves accounts that cannot be read, they are followed no more, which is told.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/account_change.h"

#include "catalog/account_table.h"
#include "catalog/expression.h"
#include "catalog/tracker_table.h"
#include "commands/ddl_objects.h"
#include "commands/triggers.h"
#include "types/compat.h"
#include "util/execute.h"

#include "access/xact.h"
#include "catalog/pg_inherits.h"
#include "nodes/parsenodes.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"

/* forget_accounts lets a tracker do without accounts. */
void
forget_accounts(Oid tracker)
{
	Oid			relation = account_relation(tracker);

	delete_account_source(tracker);
	CommandCounterIncrement();
	unfollow_account_table(relation);
}

/* An expression being read under the new name of a column. */
typedef struct Renaming
{
	const Tracker *tracker;
	const char *former;
	const char *present;
	const char *role;
	const char *text;
	char	   *renamed;		/* out */
} Renaming;

/* rename_it writes an expression anew, as the owner of the tracker. */
static void
rename_it(void *arg)
{
	Renaming   *renaming = arg;
	Oid			relation = renaming->tracker->accounts->relation;
	OwnerScope	scope;

	expression_enter(&scope, renaming->tracker->owner);
	renaming->renamed = expression_text(relation, parse_renamed_expression(relation, renaming->role, renaming->text,
																			  renaming->former, renaming->present));
	owner_leave(&scope);
}

/* renamed_text is an expression under the new name of a column, as it was if it cannot be read. */
static char *
renamed_text(const Tracker *tracker, const char *role, char *text, const RenameStmt *rename)
{
	Renaming	renaming = {tracker, rename->subname, rename->newname, role, text, text};

	if (text != NULL)
		(void) lt_try(rename_it, &renaming);
	return renaming.renamed;
}

/* follow_column follows a column of the table under its new name. */
static void
follow_column(const Tracker *tracker, const RenameStmt *rename)
{
	AccountSource source = *tracker->accounts;

	if (strcmp(source.key, rename->subname) == 0)
		source.key = rename->newname;
	source.account = renamed_text(tracker, "account", source.account, rename);
	source.email = renamed_text(tracker, "email", source.email, rename);
	put_account_source(tracker->id, &source);
	CommandCounterIncrement();
}

/* renames_column says whether a statement has given a column of a table another name. */
static bool
renames_column(Oid relation, const Node *statement)
{
	const RenameStmt *rename = (const RenameStmt *) statement;

	return IsA(statement, RenameStmt) &&
		(rename->renameType == OBJECT_COLUMN || rename->renameType == OBJECT_ATTRIBUTE) &&
		get_attnum(relation, rename->subname) == InvalidAttrNumber &&
		get_attnum(relation, rename->newname) != InvalidAttrNumber;
}

/* rewrites_values says whether a statement may have changed values of columns. */
static bool
rewrites_values(const Node *statement)
{
	ListCell   *cell;

	if (!IsA(statement, AlterTableStmt))
		return false;
	foreach(cell, ((const AlterTableStmt *) statement)->cmds)
	{
		if (lt_rewrites_column(lfirst_node(AlterTableCmd, cell)->subtype))
			return true;
	}
	return false;
}

/* renew_it keeps all that a table says that has got other values. */
static void
renew_it(void *arg)
{
	(void) renew_accounts(arg);
}

/*
 * follow_for follows what a statement, NULL for one that has dropped something, did to the table that a tracker has its
 * accounts from.  A restore makes the triggers of a table one by one: they are looked for only once some may have been lost.
 */
static void
follow_for(Oid id, Oid relation, const Node *statement, bool switches_triggers, bool rewrites)
{
	Tracker    *tracker = tracker_without_model(id);
	const char *fault;

	if (statement != NULL && renames_column(relation, statement))
	{
		follow_column(tracker, (const RenameStmt *) statement);
		tracker = tracker_without_model(id);
	}
	if (tracker->accounts == NULL || tracker->accounts->fault != NULL)
		return;
	tracker->accounts->described = false;
	fault = accounts_fault(tracker);
	if (fault == NULL && switches_triggers && !accounts_are_followed(relation))
		fault = "a trigger of the table was dropped or disabled";
	if (fault == NULL && rewrites)
		fault = lt_try(renew_it, tracker);
	if (fault != NULL)
		note_account_fault(id, fault);
}

/*
 * follow_accounts follows what a statement did to a table, and to those right below it, for the trackers that have
 * accounts from there.  Of tables that have none nothing is locked: a restore alters many at once.
 */
void
follow_accounts(Oid relation, const Node *statement, bool switches_triggers)
{
	List	   *tables = lcons_oid(relation, find_inheritance_children(relation, NoLock));
	ListCell   *table;
	ListCell   *cell;

	foreach(table, tables)
	{
		foreach(cell, account_trackers(lfirst_oid(table)))
		{
			if (!accounts_of_leads(tracker_without_model(lfirst_oid(cell))))
				follow_for(lfirst_oid(cell), lfirst_oid(table), statement, switches_triggers, rewrites_values(statement));
		}
	}
}

/* check_account_names follows accounts no more whose expressions name what was dropped or altered, a function, say; it waits for nobody. */
void
check_account_names(void)
{
	ListCell   *cell;

	foreach(cell, all_account_trackers())
	{
		Oid			relation = account_relation(lfirst_oid(cell));

		if (get_rel_name(lfirst_oid(cell)) != NULL &&
			get_rel_name(noted_companion(lfirst_oid(cell), ACCOUNT_MAP_SUFFIX)) != NULL &&
			ConditionalLockRelationOid(relation, AccessShareLock) &&
			get_rel_name(relation) != NULL)
			follow_for(lfirst_oid(cell), relation, NULL, false, false);
	}
}

/* is_touched says whether a command has dropped a column, a trigger or a constraint of a table, and whether a column, whose name another may have by now. */
static bool
is_touched(List *objects, Oid relation, bool *column)
{
	bool		touched = false;
	ListCell   *cell;

	*column = false;
	foreach(cell, objects)
	{
		const DdlObject *object = lfirst(cell);

		if (object->relation != relation)
			continue;
		touched = true;
		*column = *column || object->column != NULL;
	}
	return touched;
}

/* leave_table lets a tracker do without the table that it had its accounts from, and that was dropped. */
static void
leave_table(Oid tracker)
{
	ereport(WARNING,
			(errmsg("the table that has the accounts of the leads of table \"%s\" was dropped",
					get_rel_name(first_table(tracker))),
			 errdetail("No lead belongs to an account now."),
			 errhint("Say with lead_temperature.set_accounts what to read instead.")));
	empty_accounts(tracker);
	delete_account_source(tracker);
}

/* leave_dropped_accounts lets trackers do without what a command has dropped of the tables that they have accounts from. */
void
leave_dropped_accounts(List *objects)
{
	ListCell   *cell;

	foreach(cell, all_account_trackers())
	{
		Oid			id = lfirst_oid(cell);
		Tracker    *tracker;
		bool		column;

		if (get_rel_name(id) == NULL)
		{
			delete_account_source(id);
			continue;
		}
		tracker = tracker_without_model(id);
		if (tracker->accounts == NULL || accounts_of_leads(tracker))
			continue;
		if (get_rel_name(tracker->accounts->relation) == NULL)
			leave_table(id);
		else if (is_touched(objects, tracker->accounts->relation, &column))
			follow_for(id, tracker->accounts->relation, NULL, true, column);
	}
}
