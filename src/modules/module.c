/*-------------------------------------------------------------------------
 *
 * module.c
 *	  Modules: tables and views that a tracker has on request.
 *
 * A module is what companion_kinds lists under its name.  A tracker has it when it
 * has made anything of it, which is noted as of all companions; so what goes over
 * those (moves, owners, refused drops, untrack, upgrades) knows modules too.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/tracker_objects.h"

#include "catalog/own_tracker.h"
#include "commands/account_change.h"
#include "commands/replay.h"
#include "commands/triggers.h"
#include "modules/accounts.h"
#include "modules/fit_module.h"
#include "modules/handoff_table.h"
#include "modules/handoff_settings.h"
#include "state/fit.h"
#include "util/version.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_add_module);
PG_FUNCTION_INFO_V1(lt_drop_module);

/* module_names lists the modules that there are, in the order of the list of companions. */
static char *
module_names(void)
{
	StringInfoData names;
	const char *last = "";

	initStringInfo(&names);
	for (int i = 0; i < n_companion_kinds; i++)
	{
		const char *module = companion_kinds[i].module;

		if (module == NULL || strcmp(module, last) == 0)
			continue;
		appendStringInfo(&names, "%s%s", names.len == 0 ? "" : ", ", module);
		last = module;
	}
	return names.data;
}

/* module_argument reads the module that the second argument names, and refuses one that is none. */
static char *
module_argument(FunctionCallInfo fcinfo)
{
	char	   *module;

	for (int i = 0; i < 2; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", i == 0 ? "tracker" : "module"),
					 errhint("Name a tracked table and a module: %s.", module_names())));
	module = text_to_cstring(PG_GETARG_TEXT_PP(1));
	for (int i = 0; i < n_companion_kinds; i++)
		if (is_of_module(&companion_kinds[i], module))
			return module;
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("module \"%s\" does not exist", module),
			 errhint("There are these modules: %s.", module_names())));
	return NULL;				/* not reached */
}

/* read_module reads arguments of this module's functions, keeps writers of the tracker out, and begins a request for the module. */
static void
read_module(FunctionCallInfo fcinfo, TrackRequest *request)
{
	char	   *module;
	Oid			tracker;

	lt_check_version();
	module = module_argument(fcinfo);
	tracker = tracker_named(PG_GETARG_OID(0));
	lock_writers_out(tracker);
	check_not_in_use(tracker, "alter the tracker of");
	request_of_tracker(tracker, request);
	request->module = module;
}

/* lt_add_module makes the tables and views of a module for a tracker. */
Datum
lt_add_module(PG_FUNCTION_ARGS)
{
	TrackRequest request;

	read_module(fcinfo, &request);
	if (has_module(request.companions, request.module))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("the tracker of table \"%s\" has module \"%s\" already",
						get_rel_name(first_table(request.source.tracker)), request.module),
				 errhint("If one of its tables or views got lost, or a newer version has more of them, call lead_temperature.upgrade_tracker.")));
	check_present_columns(&request);
	(void) add_companions(&request);
	if (strcmp(request.module, FIT_MODULE) == 0)
	{
		CommandCounterIncrement();
		(void) fit_renew(tracker_get(request.source.tracker));
	}
	PG_RETURN_VOID();
}

/* show_module_no_more lets views do without a module that is to be dropped. */
static void
show_module_no_more(const TrackRequest *request)
{
	TrackRequest without = *request;
	ListCell   *cell;

	without.companions = NIL;
	foreach(cell, request->companions)
	{
		const char *module = module_of(((const Companion *) lfirst(cell))->suffix);

		if (module == NULL || strcmp(module, request->module) != 0)
			without.companions = lappend(without.companions, lfirst(cell));
	}
	show_module(&without, request->module);
}

/* lt_drop_module drops what a tracker has of a module, and tells of rows that nothing can make again. */
Datum
lt_drop_module(PG_FUNCTION_ARGS)
{
	TrackRequest request;
	OwnerScope	scope;

	read_module(fcinfo, &request);
	if (!has_module(request.companions, request.module))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("the tracker of table \"%s\" has no module \"%s\"",
						get_rel_name(first_table(request.source.tracker)), request.module),
				 errhint("Add it with lead_temperature.add_module, or leave it.")));
	show_module_no_more(&request);
	owner_enter(&scope, request.source.owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	for (int i = n_companion_kinds - 1; i >= 0; i--)
	{
		const CompanionKind *kind = &companion_kinds[i];
		Oid			relation = companion_among(request.companions, kind->suffix);

		if (!is_of_module(kind, request.module) || !OidIsValid(relation))
			continue;
		forget_companion(request.source.tracker, kind->suffix);
		tell_lost(relation, kind, psprintf("module \"%s\"", request.module));
		drop_companion(relation, false);
	}
	SPI_finish();
	owner_leave(&scope);
	if (strcmp(request.module, HANDOFF_MODULE) == 0)
		forget_handoff_settings(request.source.tracker);
	if (strcmp(request.module, ACCOUNTS_MODULE) == 0)
		forget_accounts(request.source.tracker);
	if (strcmp(request.module, FIT_MODULE) == 0)
		forget_attributes(request.source.tracker);
	PG_RETURN_VOID();
}
