/*-------------------------------------------------------------------------
 *
 * excluded.c
 *	  The leads that people have excluded, for those who tell of the past.
 *
 * Who is excluded now never was a lead: the past is told without him.  Ranking, funnel and
 * counts of now need not ask, for such a lead has no level.
 *
 *-------------------------------------------------------------------------
 */
#include "state/excluded.h"

#include "catalog/lead_key.h"
#include "util/names.h"

#include "executor/spi.h"
#include "utils/datum.h"

/*
 * excluded_sql is the text that selects the leads of a state table that are excluded: those
 * without a level, which the index on that finds, but for those whose rows are all to come.
 */
char *
excluded_sql(const char *state)
{
	return psprintf("SELECT x.lead FROM %s x WHERE x.level IS NULL AND x.interactions OPERATOR(pg_catalog.>) 0", state);
}

/* excluded_read reads them into the current context; the caller is connected to SPI as the owner. */
Excluded
excluded_read(const Tracker *tracker)
{
	MemoryContext context = CurrentMemoryContext;
	Excluded	excluded = {tracker};

	if (tracker->words == NULL && tracker->archived_before == FOLD_NEVER)
		return excluded;		/* nobody has ever said anything */
	if (SPI_execute(psprintf("%s ORDER BY 1", excluded_sql(qualified_name(tracker->state))), true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	excluded.n = SPI_processed;
	excluded.leads = MemoryContextAllocHuge(context, sizeof(Datum) * (excluded.n + 1));
	MemoryContextSwitchTo(context);
	for (uint64 i = 0; i < excluded.n; i++)
	{
		bool		isnull;

		excluded.leads[i] = datumCopy(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull),
									  tracker->lead_typbyval, tracker->lead_typlen);
	}
	SPI_freetuptable(SPI_tuptable);
	return excluded;
}

/* excluded_has says whether a lead is one of them, of whom it is asked in key order. */
bool
excluded_has(Excluded *excluded, Datum lead)
{
	while (excluded->next < excluded->n &&
		   compare_leads(excluded->tracker, excluded->leads[excluded->next], lead) < 0)
		excluded->next++;
	return excluded->next < excluded->n &&
		compare_leads(excluded->tracker, excluded->leads[excluded->next], lead) == 0;
}
