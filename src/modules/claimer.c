/*-------------------------------------------------------------------------
 *
 * claimer.c
 *	  Those who claim handoffs, and the leads that they speak of.
 *
 * An agent is whoever is called so: sales people are seldom roles of a database.  A role that may
 * update the table of handoffs acts for them; what it does is done as the owner of the tracker.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/claimer.h"

#include "catalog/lead_key.h"
#include "catalog/own_tracker.h"
#include "modules/handoff_table.h"
#include "rows/alias.h"
#include "state/record.h"
#include "types/compat.h"
#include "util/names.h"
#include "util/version.h"

#include "access/table.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

/* check_rights refuses whoever may not change handoffs. */
static void
check_rights(const Tracker *tracker, Oid table)
{
	Oid			role = GetUserId();

	if (lt_is_table_owner(table, role))
		return;
	if (pg_class_aclcheck(table, role, ACL_UPDATE) != ACLCHECK_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for handoffs of table \"%s\"", get_rel_name(tracker->interactions)),
				 errdetail("Who claims handoffs has UPDATE on table \"%s\".", get_rel_name(table)),
				 errhint("Ask its owner to run GRANT UPDATE ON %s TO %s.", qualified_name(table),
						 quote_identifier(GetUserNameFromId(role, false)))));
	if (check_enable_rls(table, InvalidOid, true) == RLS_ENABLED)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("policies of table \"%s\" apply to role \"%s\"", get_rel_name(table), GetUserNameFromId(role, false)),
				 errdetail("Handoffs are claimed as the owner of the table, to whom they do not."),
				 errhint("Update %s instead, or let teams claim what is theirs with lead_temperature.set_team.", qualified_name(table))));
}

/*
 * tracker_to_claim_from is the tracker that the first argument names, of which the current role may
 * change handoffs, with all that it reads locked in a mode, and then its table of handoffs, as writers
 * of interactions do, in the mode that is needed of it at last; or with neither.
 */
Tracker *
tracker_to_claim_from(FunctionCallInfo fcinfo, LOCKMODE lockmode, LOCKMODE handoffs_mode)
{
	Tracker    *tracker;
	Relation	table;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"tracker\" must not be null"),
				 errhint("Name a tracked table, or the table of its leads.")));
	lt_check_version();
	tracker = tracker_get(tracker_named(PG_GETARG_OID(0)));
	check_rights(tracker, need_handoffs(tracker));
	if (lockmode == NoLock)
		return tracker;
	lock_sources(tracker->id, lockmode);
	tracker = tracker_get(tracker->id);
	check_rights(tracker, need_handoffs(tracker));
	table = companion_open(need_handoffs(tracker), handoffs_mode);
	check_shape(table, &handoff_shape, tracker);
	table_close(table, NoLock);
	return tracker;
}

/*
 * lead_to_claim reads the lead that the second argument names, and as what: the one that it counts
 * for.  The caller is not connected to SPI.
 */
Datum
lead_to_claim(FunctionCallInfo fcinfo, Tracker *tracker, char **name)
{
	MemoryContext context = CurrentMemoryContext;
	Relation	state = companion_open(tracker->state, AccessShareLock);
	OwnerScope	scope;
	Datum		lead;

	check_shape(state, &state_shape, tracker);	/* raises if leads are of
												 * another type by now */
	table_close(state, NoLock);
	*name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	lead = lead_from_argument(tracker, *name);
	if (tracker->aliases == NULL)
		return lead;
	tracker_connect(&scope, tracker);
	MemoryContextSwitchTo(context);
	lead = lead_root(tracker, lead, GetActiveSnapshot());
	SPI_finish();
	owner_leave(&scope);
	return lead;
}

/* check_agent refuses an argument that names no agent. */
void
check_agent(FunctionCallInfo fcinfo, int number)
{
	const char *agent;

	if (PG_ARGISNULL(number))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"agent\" must not be null"),
				 errhint("Name who calls the lead.")));
	agent = text_to_cstring(PG_GETARG_TEXT_PP(number));
	if (agent[strspn(agent, " \t\n\r")] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"agent\" must not be empty"),
				 errhint("Name who calls the lead.")));
}
