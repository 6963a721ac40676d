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
#include "utils/guc.h"
#include "utils/snapmgr.h"

static const ColumnShape alias_columns[] = {
	{"alias", COLUMN_LEAD, true},
	{"lead", COLUMN_LEAD, true}
};

const TableShape alias_shape = {
	.what = "table of aliases",
	.ncolumns = N_ALIAS_COLUMNS,
	.columns = alias_columns,
	.nkeys = 1,
	.keys = {ALIAS_ALIAS}
};

StaticAssertDecl(lengthof(alias_columns) == N_ALIAS_COLUMNS, "a shape for each column of an alias");

/* alias_source is what a tracker reads of its table of aliases. */
TrackedSource
alias_source(Oid tracker, Oid relation)
{
	TrackedSource source = {tracker, relation_owner(relation), 0, relation, MAPS_LEADS, true};

	source.name[ROLE_LEAD] = pstrdup(alias_columns[ALIAS_LEAD - 1].name);
	source.expression[ROLE_KEY] = pstrdup(alias_columns[ALIAS_ALIAS - 1].name);
	return source;
}

/*
 * roots_sql is the text that finds the roots of aliases for which a condition of theirs, as
 * columns of t, holds: each alias as the key and its root as the lead.
 */
char *
roots_sql(const Source *aliases, const char *condition)
{
	const char *table = qualified_name(aliases->relation);
	const char *equals = qualified_operator(aliases->tracker->lead_eq);

	return psprintf("WITH RECURSIVE w AS (SELECT t.alias, t.lead FROM %1$s t WHERE %3$s "
					"UNION ALL SELECT w.alias, t.lead FROM w JOIN %1$s t ON t.alias %2$s w.lead) "
					"CYCLE lead SET circles USING path "
					"SELECT w.alias AS key, w.lead FROM w WHERE NOT EXISTS (SELECT FROM %1$s t WHERE t.alias %2$s w.lead)",
					table, equals, condition);
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

/*
 * aliases_below lists, as pointers to Datum in the current context, the leads that count for
 * one, at once or by others, as a snapshot shows them; the caller is connected to SPI.
 */
List *
aliases_below(Tracker *tracker, Datum lead, Snapshot snapshot)
{
	Source	   *aliases = tracker->aliases;
	List	   *found = NIL;
	uint64		n;

	if (aliases->find_below == NULL)
	{
		const char *table = qualified_name(aliases->relation);
		const char *equals = qualified_operator(tracker->lead_eq);

		aliases->find_below = lt_keep_plan(psprintf("WITH RECURSIVE w AS (SELECT t.alias FROM %1$s t WHERE t.lead %2$s $1 "
													"UNION ALL SELECT t.alias FROM w JOIN %1$s t ON t.lead %2$s w.alias) "
													"CYCLE alias SET circles USING path "
													"SELECT w.alias FROM w WHERE NOT w.circles", table, equals),
										   1, &tracker->lead_type, 0);
	}
	n = run(aliases->find_below, lead, snapshot);
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
	return lcons(copy, aliases_below(tracker, lead, snapshot));
}
