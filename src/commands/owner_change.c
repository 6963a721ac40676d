/*-------------------------------------------------------------------------
 *
 * owner_change.c
 *	  Companions of a tracked table given to another role.
 *
 * Companions go to the new owner of their table, who may not know them, and
 * every flush works on them as that role.  What the former owner has put on them
 * must not run code of his as the new one: functions of his, constraints of his
 * domains, or functions of the server that run what they are given.  Triggers are
 * disabled, anything else is refused.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/owner_change.h"

#include "catalog/tracked_columns.h"
#include "catalog/tracker_table.h"
#include "commands/track.h"
#include "util/type_within.h"

#include "access/relation.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

/*
 * What on a relation runs a function that belongs neither to a role nor to a
 * superuser: one row each, those that are no triggers first.  Functions that come
 * with the server are in no dependency.
 */
static const char foreign_code_sql[] =
"WITH part AS ("
"SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass AS class, c.oid AS object, NULL::pg_catalog.name AS trigger "
"FROM pg_catalog.pg_constraint c WHERE c.conrelid OPERATOR(pg_catalog.=) $1 "
"UNION ALL SELECT 'pg_catalog.pg_attrdef', a.oid, NULL "
"FROM pg_catalog.pg_attrdef a WHERE a.adrelid OPERATOR(pg_catalog.=) $1 "
"UNION ALL SELECT 'pg_catalog.pg_class', i.indexrelid, NULL "
"FROM pg_catalog.pg_index i WHERE i.indrelid OPERATOR(pg_catalog.=) $1 "
"UNION ALL SELECT 'pg_catalog.pg_rewrite', r.oid, NULL "
"FROM pg_catalog.pg_rewrite r WHERE r.ev_class OPERATOR(pg_catalog.=) $1 "
"UNION ALL SELECT 'pg_catalog.pg_policy', p.oid, NULL "
"FROM pg_catalog.pg_policy p WHERE p.polrelid OPERATOR(pg_catalog.=) $1 "
"UNION ALL SELECT 'pg_catalog.pg_statistic_ext', s.oid, NULL "
"FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid OPERATOR(pg_catalog.=) $1 "
"UNION ALL SELECT 'pg_catalog.pg_trigger', t.oid, t.tgname "
"FROM pg_catalog.pg_trigger t WHERE t.tgrelid OPERATOR(pg_catalog.=) $1 "
"AND t.tgenabled OPERATOR(pg_catalog.<>) 'D'"
"), code AS ("
"SELECT DISTINCT ON (p.class, p.object) p.class, p.object, p.trigger, f.oid AS function, f.proowner AS owner "
"FROM part p JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) p.class::pg_catalog.oid "
"AND d.objid OPERATOR(pg_catalog.=) p.object "
"LEFT JOIN pg_catalog.pg_operator o ON o.oid OPERATOR(pg_catalog.=) d.refobjid "
"AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_operator'::pg_catalog.regclass::pg_catalog.oid "
"JOIN pg_catalog.pg_proc f ON f.oid OPERATOR(pg_catalog.=) CASE "
"WHEN d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid "
"THEN d.refobjid ELSE o.oprcode::pg_catalog.oid END "
"JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) f.proowner "
"WHERE f.proowner OPERATOR(pg_catalog.<>) $2 AND NOT r.rolsuper "
"ORDER BY p.class, p.object, f.oid"
") SELECT c.trigger, pg_catalog.pg_describe_object(c.class::pg_catalog.oid, c.object, 0), "
"pg_catalog.pg_describe_object('pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid, c.function, 0), "
"pg_catalog.pg_get_userbyid(c.owner) "
"FROM code c ORDER BY c.trigger IS NOT NULL, c.class, c.trigger, c.object";

/* The expressions on a relation that the server may evaluate, as they are stored, and of which object. */
static const char expressions_sql[] =
"SELECT e.trigger, pg_catalog.pg_describe_object(e.class::pg_catalog.oid, e.object, 0), e.expression::pg_catalog.text FROM ("
"SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass AS class, c.oid AS object, NULL::pg_catalog.name AS trigger, "
"c.conbin AS expression FROM pg_catalog.pg_constraint c WHERE c.conrelid OPERATOR(pg_catalog.=) $1 "
"UNION ALL SELECT 'pg_catalog.pg_attrdef', a.oid, NULL, a.adbin "
"FROM pg_catalog.pg_attrdef a WHERE a.adrelid OPERATOR(pg_catalog.=) $1 "
"UNION ALL SELECT 'pg_catalog.pg_class', i.indexrelid, NULL, p.expression "
"FROM pg_catalog.pg_index i, LATERAL (VALUES (i.indexprs), (i.indpred)) p(expression) "
"WHERE i.indrelid OPERATOR(pg_catalog.=) $1 "
"UNION ALL SELECT 'pg_catalog.pg_statistic_ext', s.oid, NULL, s.stxexprs "
"FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid OPERATOR(pg_catalog.=) $1 "
"UNION ALL SELECT 'pg_catalog.pg_trigger', t.oid, t.tgname, t.tgqual "
"FROM pg_catalog.pg_trigger t WHERE t.tgrelid OPERATOR(pg_catalog.=) $1 "
"AND t.tgenabled OPERATOR(pg_catalog.<>) 'D'"
") e WHERE e.expression IS NOT NULL ORDER BY e.trigger IS NOT NULL, e.class, e.object";

/* What in an expression may run code of anybody as whoever evaluates it. */
typedef struct Suspect
{
	Oid			owner;			/* who will evaluate it */
	char	   *what;			/* NULL: nothing found */
} Suspect;

/*
 * may_do_anything says whether a function may run other code than its own.  Some that
 * come with the server do, as query_to_xml runs a query; none of these is immutable,
 * and of the others that are not, those that defaults of columns call are harmless.
 */
static bool
may_do_anything(Oid function, void *arg)
{
	Suspect    *suspect = arg;

	switch (function)
	{
		case F_NOW:
		case F_TRANSACTION_TIMESTAMP:
		case F_STATEMENT_TIMESTAMP:
		case F_CLOCK_TIMESTAMP:
		case F_NEXTVAL:
		case F_GEN_RANDOM_UUID:
			return false;
	}
	if (func_volatile(function) == PROVOLATILE_IMMUTABLE)
		return false;
	suspect->what = psprintf("function %s, which is not immutable", format_procedure(function));
	return true;
}

/* is_foreign_domain says whether a type is a domain of anybody but a role or a superuser, who may give it any constraint. */
static bool
is_foreign_domain(Oid type, void *arg)
{
	Suspect    *suspect = arg;
	Oid			owner = domain_owner(type);

	if (!OidIsValid(owner) || owner == suspect->owner || superuser_arg(owner))
		return false;
	suspect->what = psprintf("the constraints of domain %s of role \"%s\"",
							 format_type_be(type), GetUserNameFromId(owner, false));
	return true;
}

/* suspect_within says whether an expression has a function or a domain that is not to be trusted. */
static bool
suspect_within(Node *node, void *arg)
{
	if (node == NULL)
		return false;
	if (check_functions_in_node(node, may_do_anything, arg))
		return true;
	if (IsA(node, CoerceToDomain) &&
		OidIsValid(type_within(((CoerceToDomain *) node)->resulttype, is_foreign_domain, arg)))
		return true;
	return expression_tree_walker(node, suspect_within, arg);
}

/* refuse_owner refuses that a companion goes to a role, as which an object on it would run code of another. */
static void
refuse_owner(Oid companion, Oid owner, const char *object, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("cannot change the owner of \"%s\" to \"%s\"",
					get_rel_name(companion), GetUserNameFromId(owner, false)),
			 errdetail("The %s runs %s, and would run it as the new owner.", object, what),
			 errhint("Drop it first, or change the owner of what it runs.")));
}

/* disable_trigger disables a trigger on a companion that would run code of another as the new owner. */
static void
disable_trigger(Oid companion, Oid owner, const char *trigger, const char *what)
{
	utility(psprintf("ALTER TABLE %s DISABLE TRIGGER %s", qualified_name(companion),
					 quote_identifier(trigger)));
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg("trigger \"%s\" of table \"%s\" is disabled", trigger, get_rel_name(companion)),
			 errdetail("It runs %s, and would run it as the new owner, \"%s\".",
					   what, GetUserNameFromId(owner, false)),
			 errhint("Look at what it runs, then ALTER TABLE %s ENABLE TRIGGER %s.",
					 qualified_name(companion), quote_identifier(trigger))));
}

/* refuse_domains refuses columns that are made of domains of others. */
static void
refuse_domains(Oid companion, Oid owner)
{
	Relation	table = relation_open(companion, AccessShareLock);
	Suspect		suspect = {owner, NULL};

	for (int i = 0; i < RelationGetDescr(table)->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(RelationGetDescr(table), i);

		if (!column->attisdropped &&
			OidIsValid(type_within(column->atttypid, is_foreign_domain, &suspect)))
			refuse_owner(companion, owner, psprintf("column \"%s\"", NameStr(column->attname)),
						 suspect.what);
	}
	relation_close(table, NoLock);
}

/* query_parts runs a query of the parts of a companion; the caller is connected to SPI. */
static SPITupleTable *
query_parts(const char *sql, Oid companion, Oid owner)
{
	Oid			types[] = {OIDOID, OIDOID};
	Datum		values[] = {ObjectIdGetDatum(companion), ObjectIdGetDatum(owner)};

	if (SPI_execute_with_args(sql, lengthof(types), types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	return SPI_tuptable;
}

/*
 * prepare_owner_change makes a companion fit for another owner: a trigger that
 * would run code of anybody but that role or a superuser is disabled, and
 * anything else that would is refused.  The caller is connected to SPI.
 */
void
prepare_owner_change(Oid companion, Oid owner)
{
	SPITupleTable *found;

	refuse_domains(companion, owner);
	found = query_parts(foreign_code_sql, companion, owner);
	for (uint64 i = 0; i < found->numvals; i++)
	{
		char	   *trigger = SPI_getvalue(found->vals[i], found->tupdesc, 1);
		char	   *what = psprintf("%s of role \"%s\"",
									SPI_getvalue(found->vals[i], found->tupdesc, 3),
									SPI_getvalue(found->vals[i], found->tupdesc, 4));

		if (trigger == NULL)
			refuse_owner(companion, owner, SPI_getvalue(found->vals[i], found->tupdesc, 2), what);
		disable_trigger(companion, owner, trigger, what);
	}
	found = query_parts(expressions_sql, companion, owner);
	for (uint64 i = 0; i < found->numvals; i++)
	{
		char	   *trigger = SPI_getvalue(found->vals[i], found->tupdesc, 1);
		Suspect		suspect = {owner, NULL};

		if (!suspect_within(stringToNode(SPI_getvalue(found->vals[i], found->tupdesc, 3)), &suspect))
			continue;
		if (trigger == NULL)
			refuse_owner(companion, owner, SPI_getvalue(found->vals[i], found->tupdesc, 2), suspect.what);
		disable_trigger(companion, owner, trigger, suspect.what);
	}
}

/* changes_owner says whether a command has given a relation to another role. */
static bool
changes_owner(const CollectedCommand *command)
{
	ListCell   *cell;

	if (command == NULL || command->type != SCT_AlterTable)
		return false;
	foreach(cell, command->d.alterTable.subcmds)
	{
		const CollectedATSubcmd *collected = lfirst(cell);
		const AlterTableCmd *action = (const AlterTableCmd *) collected->parsetree;

		if (IsA(action, AlterTableCmd) && action->subtype == AT_ChangeOwner)
			return true;
	}
	return false;
}

/* check_companion_owner refuses that a command gives a companion another owner than the tracked table has. */
void
check_companion_owner(Oid relation, const CollectedCommand *command)
{
	Oid			tracker = changes_owner(command) ? tracker_of_companion(relation) : InvalidOid;
	Oid			interactions = OidIsValid(tracker) ? first_table(tracker) : InvalidOid;

	if (!OidIsValid(interactions) || get_rel_name(interactions) == NULL ||
		relation_owner(relation) == relation_owner(interactions))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("cannot change the owner of \"%s\" alone", get_rel_name(relation)),
			 errdetail("It belongs to tracked table \"%s\", and follows the owner of that.",
					   get_rel_name(interactions)),
			 errhint("Change the owner of table %s.", qualified_name(interactions))));
}
