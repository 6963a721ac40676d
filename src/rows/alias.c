/*-------------------------------------------------------------------------
 *
 * alias.c
 *	  Leads that are merged into others: which lead one counts for, and which count for one.
 *
 * A row of <prefix>_alias says that a lead, the alias, counts for another, which may be an
 * alias itself: the end of the chain, its root, has the state of all.  The trigger of the
 * table refuses chains without an end; leads of such a one, where no trigger has seen it,
 * count for themselves.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/alias.h"

#include "util/execute.h"
#include "util/names.h"

#include "utils/datum.h"
#include "utils/array.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/* step_sql joins what has been found so far by a recursive query with what is found by it, each once where the type of leads can be hashed, so that circles end. */
static char *
step_sql(const Tracker *tracker, const char *column, const char *start, const char *step)
{
	return tracker->lead_hashes ? psprintf("WITH RECURSIVE w AS (%s UNION %s)", start, step) :
		psprintf("WITH RECURSIVE w AS (%s UNION ALL %s) CYCLE %s SET circles USING path", start, step, column);
}

/* all_roots_sql is the text that finds the root of each alias that has one: the alias as the key, the root as the lead. */
char *
all_roots_sql(const Source *aliases)
{
	return psprintf("WITH RECURSIVE w AS (SELECT t.alias, t.lead FROM %1$s t WHERE NOT EXISTS (SELECT FROM %1$s u WHERE u.alias %2$s t.lead) "
					"UNION ALL SELECT t.alias, w.lead FROM w JOIN %1$s t ON t.lead %2$s w.alias) "
					"SELECT w.alias AS key, w.lead FROM w",
					qualified_name(aliases->relation), qualified_operator(aliases->tracker->lead_eq));
}

/*
 * roots_sql is the text that finds so the roots of aliases for which a condition of theirs, as
 * columns of t, holds.
 */
char *
roots_sql(const Source *aliases, const char *condition)
{
	const char *table = qualified_name(aliases->relation);
	const char *equals = qualified_operator(aliases->tracker->lead_eq);

	return psprintf("%s SELECT w.alias AS key, w.lead FROM w WHERE NOT EXISTS (SELECT FROM %s t WHERE t.alias %s w.lead)",
					step_sql(aliases->tracker, "lead",
							 psprintf("SELECT t.alias, t.lead FROM %s t WHERE %s", table, condition),
							 psprintf("SELECT w.alias, t.lead FROM w JOIN %s t ON t.alias %s w.lead", table, equals)),
					table, equals);
}

/* run runs a plan on a lead, as a snapshot shows it; returns how many rows it finds. */
static uint64
run(SPIPlanPtr plan, Datum lead, Snapshot snapshot)
{
	MemoryContext before = CurrentMemoryContext;
	int			nest_level = lt_by_indexes();

	PushActiveSnapshot(snapshot);
	if (SPI_execute_plan(plan, &lead, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_plan failed");
	PopActiveSnapshot();
	AtEOXact_GUC(false, nest_level);
	MemoryContextSwitchTo(before);
	return SPI_processed;
}

/* find_root_plan keeps the plan that finds the root of an alias. */
static SPIPlanPtr
find_root_plan(Tracker *tracker)
{
	Source	   *aliases = tracker->aliases;

	if (aliases->find_root == NULL)
		aliases->find_root = lt_keep_plan(roots_sql(aliases, psprintf("t.alias %s $1", qualified_operator(tracker->lead_eq))),
										  1, &tracker->lead_type, 0);
	return aliases->find_root;
}

/* is_alias says whether a lead is an alias, as a snapshot shows it, and of which. */
static bool
is_alias(Tracker *tracker, Datum lead, Snapshot snapshot, Datum *into)
{
	Source	   *aliases = tracker->aliases;
	bool		found;
	bool		isnull;

	if (aliases->find_alias == NULL)
		aliases->find_alias = lt_keep_plan(psprintf("SELECT t.lead FROM %s t WHERE t.alias %s $1", qualified_name(aliases->relation),
													qualified_operator(tracker->lead_eq)),
										   1, &tracker->lead_type, 0);
	found = run(aliases->find_alias, lead, snapshot) > 0;
	if (found)
		*into = datumCopy(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull),
						  tracker->lead_typbyval, tracker->lead_typlen);
	SPI_freetuptable(SPI_tuptable);
	return found;
}

/* has_root says whether a lead is an alias with a root, as a snapshot shows it. */
static bool
has_root(Tracker *tracker, Datum lead, Snapshot snapshot)
{
	bool		found = run(find_root_plan(tracker), lead, snapshot) > 0;

	SPI_freetuptable(SPI_tuptable);
	return found;
}

/* alias_is_lost says whether a lead is an alias without a root, since its chain has no end, and of which. */
bool
alias_is_lost(Tracker *tracker, Datum lead, Snapshot snapshot, Datum *into)
{
	return is_alias(tracker, lead, snapshot, into) && !has_root(tracker, lead, snapshot);
}

/* lead_root returns the lead that one counts for, as a snapshot shows it: itself unless it is merged into another. */
Datum
lead_root(Tracker *tracker, Datum lead, Snapshot snapshot)
{
	Datum		root = lead;

	if (tracker->aliases == NULL)
		return lead;
	if (run(find_root_plan(tracker), lead, snapshot) > 0)
	{
		bool		isnull;

		root = datumCopy(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull),
						 tracker->lead_typbyval, tracker->lead_typlen);
	}
	SPI_freetuptable(SPI_tuptable);
	return root;
}

/* below_sql is the text that finds the aliases that count, at once or by others, for leads that a condition on t.lead names. */
static char *
below_sql(const Tracker *tracker, const char *condition)
{
	const char *table = qualified_name(tracker->aliases->relation);

	return psprintf("%s SELECT w.alias FROM w",
					step_sql(tracker, "alias",
							 psprintf("SELECT t.alias FROM %s t WHERE t.lead %s %s", table, qualified_operator(tracker->lead_eq), condition),
							 psprintf("SELECT t.alias FROM w JOIN %s t ON t.lead %s w.alias", table, qualified_operator(tracker->lead_eq))));
}

/* take_below appends what a plan finds by a lead, or several, to a list, as pointers to Datum in the current context. */
static List *
take_below(List *found, const Tracker *tracker, SPIPlanPtr plan, Datum leads, Snapshot snapshot)
{
	uint64		n = run(plan, leads, snapshot);

	for (uint64 i = 0; i < n; i++)
	{
		bool		isnull;
		Datum	   *copy = palloc(sizeof(Datum));

		*copy = datumCopy(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull),
						  tracker->lead_typbyval, tracker->lead_typlen);
		found = lappend(found, copy);
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

/* leads_array makes an array of leads that stand in a list as pointers to Datum. */
Datum
leads_array(const Tracker *tracker, List *leads)
{
	Datum	   *elements = palloc(sizeof(Datum) * list_length(leads));
	int16		length;
	bool		by_value;
	char		align;
	int			n = 0;
	ListCell   *cell;

	get_typlenbyvalalign(tracker->lead_type, &length, &by_value, &align);
	foreach(cell, leads)
		elements[n++] = *(Datum *) lfirst(cell);
	return PointerGetDatum(construct_array(elements, n, tracker->lead_type, length, by_value, align));
}

/*
 * aliases_below lists, as pointers to Datum in the current context, the leads that count for
 * some, at once or by others, as a snapshot shows them; the caller is connected to SPI.
 */
List *
aliases_below(Tracker *tracker, List *leads, Snapshot snapshot)
{
	Source	   *aliases = tracker->aliases;
	Oid			array_type = get_array_type(tracker->lead_type);
	List	   *found = NIL;
	ListCell   *cell;

	if (list_length(leads) > 1 && OidIsValid(array_type))
	{
		if (aliases->find_all_below == NULL)
			aliases->find_all_below = lt_keep_plan(below_sql(tracker, "ANY ($1)"), 1, &array_type, 0);
		return take_below(NIL, tracker, aliases->find_all_below, leads_array(tracker, leads), snapshot);
	}
	if (aliases->find_below == NULL)
		aliases->find_below = lt_keep_plan(below_sql(tracker, "$1"), 1, &tracker->lead_type, 0);
	foreach(cell, leads)
		found = take_below(found, tracker, aliases->find_below, *(Datum *) lfirst(cell), snapshot);
	return found;
}

/*
 * lead_members lists so the leads whose rows and balances count for one, itself first: none if
 * that counts for another.
 */
List *
lead_members(Tracker *tracker, Datum lead, Snapshot snapshot)
{
	Datum	   *copy = palloc(sizeof(Datum));
	Datum		into;

	*copy = lead;
	if (tracker->aliases == NULL)
		return list_make1(copy);
	if (is_alias(tracker, lead, snapshot, &into))
		return has_root(tracker, lead, snapshot) ? NIL : list_make1(copy);
	return lcons(copy, aliases_below(tracker, list_make1(copy), snapshot));
}
