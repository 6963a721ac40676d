/*-------------------------------------------------------------------------
 *
 * handoff_merge.c
 *	  Handoffs of leads that are merged into others.
 *
 * A handoff is work on a person.  When leads are merged those of both are of the lead that stays,
 * also if the two are taken apart later; and of two that are open the one stays that is further on.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/handoff_merge.h"

#include "catalog/lead_key.h"
#include "modules/handoff_table.h"
#include "rows/alias.h"
#include "util/execute.h"
#include "util/names.h"

#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"

/* run runs a kept plan on leads; returns how many rows it met. */
static uint64
run(SPIPlanPtr plan, Datum *leads)
{
	uint64		n;

	if (SPI_execute_plan(plan, leads, NULL, false, 0) < 0)
		elog(ERROR, "SPI_execute_plan failed");
	n = SPI_processed;
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/* has_any says whether a lead has handoffs. */
static bool
has_any(const Tracker *tracker, Handoffs *handoffs, Datum lead)
{
	Oid			types[] = {tracker->lead_type};

	return run(keep_handoff_plan(tracker, &handoffs->has_any,
								 psprintf("SELECT FROM %s h WHERE %s LIMIT 1", qualified_name(handoffs->table),
										  lead_is_sql(tracker, "h.lead", "$1")), lengthof(types), types), &lead) > 0;
}

/* move gives the handoffs of a lead to the one that it counts for. */
static void
move(const Tracker *tracker, Handoffs *handoffs, Datum lead, Datum root)
{
	const char *table = qualified_name(handoffs->table);
	Oid			types[] = {tracker->lead_type, tracker->lead_type};
	Datum		leads[] = {lead, root};

	(void) run(keep_handoff_plan(tracker, &handoffs->close_other,
								 psprintf("UPDATE %1$s h SET state = 'closed', closed_at = pg_catalog.clock_timestamp(), outcome = 'merged' "
										  "WHERE h.id OPERATOR(pg_catalog.=) (SELECT o.id FROM %1$s o WHERE o.closed_at IS NULL AND (%2$s OR %3$s) "
										  "ORDER BY o.contacted_at IS NULL, o.claimed_at IS NULL, o.handed_at, o.id OFFSET 1 LIMIT 1)",
										  table, lead_is_sql(tracker, "o.lead", "$1"), lead_is_sql(tracker, "o.lead", "$2")),
								 lengthof(types), types), leads);
	(void) run(keep_handoff_plan(tracker, &handoffs->move,
								 psprintf("UPDATE %s h SET lead = $2 WHERE %s", table, lead_is_sql(tracker, "h.lead", "$1")),
								 lengthof(types), types), leads);
}

/* merged_leads lists all leads with handoffs that count for others, as pointers to Datum in the current context. */
static List *
merged_leads(const Tracker *tracker, const Handoffs *handoffs)
{
	List	   *result = NIL;
	MemoryContext context = CurrentMemoryContext;

	if (SPI_execute(psprintf("SELECT a.alias FROM %s a WHERE EXISTS (SELECT FROM %s h WHERE %s)",
							 qualified_name(tracker->aliases->relation), qualified_name(handoffs->table),
							 lead_is_sql(tracker, "h.lead", "a.alias")), false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		MemoryContext spi = MemoryContextSwitchTo(context);
		Datum	   *lead = palloc(sizeof(Datum));
		bool		isnull;

		*lead = datumCopy(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull),
						  tracker->lead_typbyval, tracker->lead_typlen);
		result = lappend(result, lead);
		MemoryContextSwitchTo(spi);
	}
	SPI_freetuptable(SPI_tuptable);
	return result;
}

/* move_handoffs gives the handoffs of leads that have been merged into others to these; the caller is connected to SPI as the owner. */
void
move_handoffs(const News *news)
{
	Tracker    *tracker = news->tracker;
	Handoffs   *handoffs = handoffs_of(tracker);
	List	   *leads = news->merged;
	Snapshot	snapshot;
	ListCell   *cell;

	if (tracker->aliases == NULL)
		return;
	if (news->all_merged)
		leads = merged_leads(tracker, handoffs);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	foreach(cell, leads)
	{
		Datum		lead = *(Datum *) lfirst(cell);
		Datum		root;

		CHECK_FOR_INTERRUPTS();
		if (!has_any(tracker, handoffs, lead))
			continue;
		root = lead_root(tracker, lead, snapshot);
		if (compare_leads(tracker, lead, root) != 0)
			move(tracker, handoffs, lead, root);
	}
	UnregisterSnapshot(snapshot);
}
