/*-------------------------------------------------------------------------
 *
 * owner_change.c
 *	  Companions of a tracked table given to another role.
 *
 * Companions go to the new owner of their table, who may not know them, and
 * every flush works on them as that role.  What the former owner has put on them
 * must not run as the new one: triggers are disabled, anything else is refused.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/owner_change.h"

#include "catalog/tracker_table.h"
#include "commands/track.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

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

/*
 * prepare_owner_change makes a companion fit for another owner: a trigger that
 * would run a function of anybody but that role or a superuser is disabled, and
 * anything else that would is refused.  The caller is connected to SPI.
 */
void
prepare_owner_change(Oid companion, Oid owner)
{
	Oid			types[] = {OIDOID, OIDOID};
	Datum		values[] = {ObjectIdGetDatum(companion), ObjectIdGetDatum(owner)};
	const char *role = GetUserNameFromId(owner, false);
	SPITupleTable *found;
	uint64		n;

	if (SPI_execute_with_args(foreign_code_sql, lengthof(types), types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	found = SPI_tuptable;
	n = SPI_processed;
	for (uint64 i = 0; i < n; i++)
	{
		char	   *trigger = SPI_getvalue(found->vals[i], found->tupdesc, 1);
		char	   *object = SPI_getvalue(found->vals[i], found->tupdesc, 2);
		char	   *function = SPI_getvalue(found->vals[i], found->tupdesc, 3);
		char	   *function_owner = SPI_getvalue(found->vals[i], found->tupdesc, 4);

		if (trigger == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("cannot change the owner of \"%s\" to \"%s\"",
							get_rel_name(companion), role),
					 errdetail("The %s runs %s of role \"%s\", and would run it as the new owner.",
							   object, function, function_owner),
					 errhint("Drop it first, or change the owner of the function.")));
		utility(psprintf("ALTER TABLE %s DISABLE TRIGGER %s", qualified_name(companion),
						 quote_identifier(trigger)));
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("trigger \"%s\" of table \"%s\" is disabled", trigger, get_rel_name(companion)),
				 errdetail("It runs %s of role \"%s\", and would run it as the new owner, \"%s\".",
						   function, function_owner, role),
				 errhint("Look at the function, then ALTER TABLE %s ENABLE TRIGGER %s.",
						 qualified_name(companion), quote_identifier(trigger))));
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
	Oid			interactions = changes_owner(command) ? tracker_of_companion(relation) : InvalidOid;

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
