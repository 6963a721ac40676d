/*-------------------------------------------------------------------------
 *
 * merge.c
 *	  Leads merged into others, and taken apart again.
 *
 * The table of aliases says which lead counts for which; its trigger does the work.  Until
 * its first row comes a tracker does not look at it.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/merge.h"

#include "catalog/lead_key.h"
#include "catalog/own_sources.h"
#include "catalog/own_tracker.h"
#include "catalog/readers.h"
#include "catalog/source_table.h"
#include "catalog/tracker_table.h"
#include "commands/named_lead.h"
#include "commands/tracker_objects.h"
#include "rows/id_map.h"
#include "util/names.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_merge_leads);
PG_FUNCTION_INFO_V1(lt_unmerge_lead);

/*
 * begin_merging lets a tracker look at its table of aliases from its first row on, as which no
 * writer may go on without it; says whether a relation is one that its tracker looks at now.
 */
bool
begin_merging(Oid relation)
{
	Oid			tracker = tracker_of_companion(relation);
	TrackerObjects objects;
	TrackedSource source;

	if (!OidIsValid(tracker) || !tracker_objects(tracker, &objects) ||
		companion_of(&objects, ALIAS_SUFFIX) != relation)
		return false;
	if (!keep_writers_out(tracker, is_read, relation))
		return true;
	delete_aliases(tracker);
	source = alias_source(tracker, relation);
	insert_source(&source);
	CommandCounterIncrement();
	return true;
}

/* refuse_circle refuses that a lead is merged into another that counts for it, or into itself. */
void
refuse_circle(const Tracker *tracker, Datum lead, Datum into)
{
	char	   *name = lead_to_text(tracker, lead);
	char	   *other = lead_to_text(tracker, into);

	if (compare_leads(tracker, lead, into) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("cannot merge lead \"%s\" into itself", name),
				 errhint("Name the lead that goes, and the one that stays.")));
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("cannot merge lead \"%s\" into lead \"%s\"", name, other),
			 errdetail("Lead \"%s\" counts for lead \"%s\", at once or by others.", other, name),
			 errhint("Take it out of that with SELECT lead_temperature.unmerge_lead(%s, %s) first, or leave it there.",
					 quote_literal_cstr(qualified_name(tracker->interactions)), quote_literal_cstr(other))));
}

/*
 * tracker_to_merge_in is the tracker that the first argument names, of its owner; none is null.
 * Others merge no leads of it until the end of the transaction: who forgets one keeps them from that
 * before he looks at aliases, and so must who locks one of these.
 */
static Tracker *
tracker_to_merge_in(FunctionCallInfo fcinfo)
{
	static const char *const names[] = {"tracker", "duplicate", "into_lead"};
	Tracker    *tracker;

	need_lead_arguments(fcinfo, names, PG_NARGS(), "Name a tracked table, and leads as the view of its ranking shows them.");
	tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(0)), RowExclusiveLock);
	check_leads_type(tracker);
	if (tracker->aliases != NULL)
		id_locks_begin_merging(tracker);
	return tracker;
}

/* need_unmerged refuses a lead that is merged already; the caller is connected to SPI as the owner. */
static void
need_unmerged(const Tracker *tracker, Oid aliases, NamedLead *duplicate)
{
	if (run_for_leads(tracker, psprintf("SELECT t.lead FROM %s t WHERE t.alias %s $1",
										qualified_name(aliases), qualified_operator(tracker->lead_eq)), 1, &duplicate->lead) == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("lead \"%s\" is merged already", duplicate->text),
			 errdetail("It counts for lead \"%s\".", SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1)),
			 errhint("Merge that lead, or take this one out of it with lead_temperature.unmerge_lead first.")));
}

/* lt_merge_leads lets the interactions of a lead count for another from now on. */
Datum
lt_merge_leads(PG_FUNCTION_ARGS)
{
	Tracker    *tracker;
	NamedLead	duplicate;
	NamedLead	into;
	Datum		leads[2];
	OwnerScope	scope;
	Oid			aliases;
	const char *hint;

	tracker = tracker_to_merge_in(fcinfo);
	duplicate = named_lead(fcinfo, tracker, 1, "duplicate");
	into = named_lead(fcinfo, tracker, 2, "into_lead");
	if (compare_leads(tracker, duplicate.lead, into.lead) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot merge lead \"%s\" into itself", into.text),
				 errdetail("Arguments \"duplicate\" and \"into_lead\" name the same lead."),
				 errhint("Name the lead that goes, and the one that stays.")));
	leads[0] = duplicate.lead;
	leads[1] = into.lead;
	aliases = need_companion(tracker->id, ALIAS_SUFFIX);
	tracker_connect(&scope, tracker);
	need_unmerged(tracker, aliases, &duplicate);
	hint = psprintf("to merge leads before they have any interaction, insert into %s", qualified_name(aliases));
	need_known(tracker, aliases, &duplicate, hint);
	need_known(tracker, aliases, &into, hint);
	if (run_for_leads(tracker, psprintf("INSERT INTO %s (alias, lead) VALUES ($1, $2)", qualified_name(aliases)),
					  lengthof(leads), leads) == 0)
		row_suppressed(aliases);
	SPI_finish();
	owner_leave(&scope);
	PG_RETURN_VOID();
}

/* lt_unmerge_lead lets the interactions of a lead that is merged count for itself again. */
Datum
lt_unmerge_lead(PG_FUNCTION_ARGS)
{
	Tracker    *tracker;
	NamedLead	duplicate;
	OwnerScope	scope;
	Oid			aliases;
	uint64		n;

	tracker = tracker_to_merge_in(fcinfo);
	duplicate = named_lead(fcinfo, tracker, 1, "duplicate");
	aliases = need_companion(tracker->id, ALIAS_SUFFIX);
	tracker_connect(&scope, tracker);
	n = run_for_leads(tracker, psprintf("DELETE FROM %s t WHERE t.alias %s $1", qualified_name(aliases),
										qualified_operator(tracker->lead_eq)), 1, &duplicate.lead);
	SPI_finish();
	owner_leave(&scope);
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("lead \"%s\" is merged into no other", duplicate.text),
				 errhint("Table %s lists the leads that are.", qualified_name(aliases))));
	PG_RETURN_VOID();
}
