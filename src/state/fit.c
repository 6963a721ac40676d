/*-------------------------------------------------------------------------
 *
 * fit.c
 *	  The fit of leads kept right, whatever becomes of leads and of their attributes.
 *
 * A lead has a row in <prefix>_fit if it has a level.  That comes, and goes, with the flush that makes the
 * lead, and is written anew by the statement that changes one of its attributes.  Neither sees what the other has
 * not committed, so both lock the fit of the leads that they touch before they read what it rests on: whoever
 * writes attributes alone, whoever makes leads together with others who do.  Leads are locked when their state
 * is, never the other way round.
 *
 * The locks are advisory ones of a class of their own, by a hash of the lead; who touches very many locks
 * the fit of all, in modes as in rows/id_map.c.
 *
 *-------------------------------------------------------------------------
 */
#include "state/fit.h"

#include "catalog/lead_key.h"
#include "catalog/own_tracker.h"
#include "catalog/tracker_cache.h"
#include "rows/alias.h"
#include "rows/id_map.h"
#include "util/execute.h"
#include "util/names.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/queryenvironment.h"
#include "utils/snapmgr.h"

/* What sets these locks apart from other advisory ones. */
#define FIT_LOCK		6
#define ALL_FITS_LOCK	7

/* Leads that a statement, and a transaction, locks one by one. */
#define FEW_LOCKS		64
#define MOST_LOCKS		256

/* Leads up to which the fit of each is written by itself, by a plan that is kept. */
#define FEW_LEADS		16

/* The relation in which statements find the leads whose fit is to be written. */
#define FIT_LEADS		"fit_lead"

/* How many this transaction has locked. */
static int	fits_locked = 0;

/* forget_transaction forgets how many a transaction that ends has locked. */
static void
forget_transaction(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		fits_locked = 0;
}

/* take takes one lock until the end of the transaction. */
static void
take(const Tracker *tracker, uint32 key, uint16 class, LOCKMODE mode)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, tracker->id, key, class);
	(void) LockAcquire(&tag, mode, false, false);
}

/* compare_hashes orders hashes. */
static int
compare_hashes(const void *a, const void *b)
{
	uint32		left = *(const uint32 *) a;
	uint32		right = *(const uint32 *) b;

	return (left > right) - (left < right);
}

/* lock_fits locks the fit of leads, of Datum pointers, alone or together with others who make leads. */
static void
lock_fits(const Tracker *tracker, List *leads, bool alone)
{
	int			n = list_length(leads);
	bool		whole = n > FEW_LOCKS || fits_locked + n > MOST_LOCKS;
	uint32	   *hashes;
	int			i = 0;
	ListCell   *cell;

	if (whole)
	{
		take(tracker, 0, ALL_FITS_LOCK, alone ? ExclusiveLock : ShareLock);
		return;
	}
	hashes = palloc(sizeof(uint32) * (n + 1));
	foreach(cell, leads)
		hashes[i++] = tracker->lead_hashes ? (uint32) hash_lead(tracker, *(Datum *) lfirst(cell)) : 0;
	qsort(hashes, n, sizeof(uint32), compare_hashes);
	take(tracker, 0, ALL_FITS_LOCK, alone ? RowExclusiveLock : RowShareLock);
	for (i = 0; i < n; i++)
		if (i == 0 || hashes[i] != hashes[i - 1])
			take(tracker, hashes[i], FIT_LOCK, alone ? ExclusiveLock : ShareLock);
	fits_locked += n;
	pfree(hashes);
}

/* lock_attributes keeps the tables that have attributes from being altered, before any fit is locked: who alters one then wants all fits. */
static void
lock_attributes(const Tracker *tracker)
{
	ListCell   *cell;

	foreach(cell, fit_read(tracker)->attributes)
		LockRelationOid(((const Attribute *) lfirst(cell))->relation, AccessShareLock);
}

/* copy_lead copies a lead into the current context, as a Datum pointer. */
static Datum *
copy_lead(const Tracker *tracker, Datum lead)
{
	Datum	   *copy = palloc(sizeof(Datum));

	*copy = datumCopy(lead, tracker->lead_typbyval, tracker->lead_typlen);
	return copy;
}

/* take_leads appends the leads that a query has found, copied into a context. */
static List *
take_leads(const Tracker *tracker, List *leads, MemoryContext context)
{
	MemoryContext before = MemoryContextSwitchTo(context);

	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;

		leads = lappend(leads, copy_lead(tracker, SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull)));
	}
	SPI_freetuptable(SPI_tuptable);
	MemoryContextSwitchTo(before);
	return leads;
}

/* keep keeps a plan for one lead for as long as the tracker is cached, unless it is kept already. */
static SPIPlanPtr
keep(Tracker *tracker, SPIPlanPtr *place, const char *sql)
{
	MemoryContext before;
	int			nest_level;
	CachedPlan *planned;

	if (*place != NULL)
		return *place;
	*place = lt_keep_plan(sql, 1, &tracker->lead_type, CURSOR_OPT_GENERIC_PLAN);
	before = MemoryContextSwitchTo(tracker->context);
	tracker->module_plans = lappend(tracker->module_plans, *place);
	MemoryContextSwitchTo(before);
	nest_level = lt_by_indexes();
	planned = SPI_plan_get_cached_plan(*place);
	AtEOXact_GUC(false, nest_level);
	if (planned != NULL)
		ReleaseCachedPlan(planned, CurrentResourceOwner);
	return *place;
}

/* name_fit adds to an error that the fit of leads was being computed. */
static void
name_fit(void *arg)
{
	const Tracker *tracker = arg;

	errcontext("computing the fit of the leads of table \"%s\", which SELECT lead_temperature.drop_attribute(%s, ...) lets do without an attribute",
			   get_rel_name(tracker->interactions), quote_literal_cstr(qualified_name(tracker->state)));
}

/* show_leads lets queries of the present connection see leads as a relation, and returns where these are. */
static Tuplestorestate *
show_leads(const Tracker *tracker, List *leads)
{
	TupleDesc	desc = CreateTemplateTupleDesc(1);
	Tuplestorestate *store = tuplestore_begin_heap(true, false, work_mem);
	EphemeralNamedRelation relation = palloc0(sizeof(EphemeralNamedRelationData));
	bool		isnull = false;
	ListCell   *cell;

	TupleDescInitEntry(desc, 1, "lead", tracker->lead_type, tracker->lead_typmod, 0);
	TupleDescInitEntryCollation(desc, 1, tracker->lead_collation);
	foreach(cell, leads)
		tuplestore_putvalues(store, desc, (Datum *) lfirst(cell), &isnull);
	relation->md.name = FIT_LEADS;
	relation->md.tupdesc = desc;
	relation->md.enrtype = ENR_NAMED_TUPLESTORE;
	relation->md.enrtuples = list_length(leads);
	relation->reldata = store;
	if (SPI_register_relation(relation) != SPI_OK_REL_REGISTER)
		elog(ERROR, "SPI_register_relation failed");
	return store;
}

/* renew_few writes the fit of few leads, one by one. */
static int64
renew_few(Tracker *tracker, List *leads)
{
	Fit		   *fit = fit_read(tracker);
	SPIPlanPtr	renew = keep(tracker, &fit->renew_lead,
							 renew_fits_sql(tracker, "SELECT $1 AS lead"));
	SPIPlanPtr	delete = keep(tracker, &fit->delete_lead,
							  delete_fits_sql(tracker, psprintf("f.lead %s $1", qualified_operator(tracker->lead_eq))));
	int64		n = 0;
	ListCell   *cell;

	foreach(cell, leads)
	{
		n += lt_execute_latest(renew, lfirst(cell));
		n += lt_execute_latest(delete, lfirst(cell));
	}
	return n;
}

/* renew_many writes the fit of leads by statements over all of them. */
static int64
renew_many(Tracker *tracker, List *leads)
{
	Tuplestorestate *store = show_leads(tracker, leads);
	int64		n = lt_run_latest(renew_fits_sql(tracker, "SELECT DISTINCT d.lead FROM " FIT_LEADS " d"));

	n += lt_run_latest(delete_fits_sql(tracker, psprintf("EXISTS (SELECT FROM " FIT_LEADS " d WHERE d.lead %s f.lead)",
														 qualified_operator(tracker->lead_eq))));
	tuplestore_end(store);
	return n;
}

/* fit_try reads the values of all attributes of all leads, so that an expression that fails for one is not found out by others. */
void
fit_try(Tracker *tracker)
{
	OwnerScope	scope;

	(void) fit_read(tracker);
	tracker_connect(&scope, tracker);
	(void) lt_run_latest(psprintf("SELECT pg_catalog.count(v.attributes) FROM (%s) v", attribute_values_sql(tracker)));
	SPI_finish();
	owner_leave(&scope);
}

/* fit_index finds the index of a table of fit by which the best are found, of those of a fit the hottest; InvalidOid if there is none. */
Oid
fit_index(Relation table)
{
	static const AttrNumber columns[] = {FIT_FIT, FIT_LEVEL};
	Oid			result = InvalidOid;
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(table))
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (RelationGetIndexPredicate(index) == NIL && index_is_on(index, RelationGetDescr(table), lengthof(columns), columns))
			result = lfirst_oid(cell);
		index_close(index, AccessShareLock);
	}
	return result;
}

/* make_every writes the fit of all leads into a table that has no row, and makes that index afterwards, by one sort. */
static int64
make_every(Tracker *tracker)
{
	int64		n = lt_run_latest(make_fits_sql(tracker));
	Relation	table = table_open(fit_of(tracker)->table, AccessShareLock);
	bool		found = OidIsValid(fit_index(table));

	table_close(table, NoLock);
	if (!found && SPI_execute(psprintf("CREATE INDEX ON %s (fit, level)", qualified_name(fit_of(tracker)->table)), false, 0) < 0)
		elog(ERROR, "SPI_execute failed");
	return n;
}

/* renew_every writes the fit of all leads. */
static int64
renew_every(Tracker *tracker, List *leads)
{
	int64		n;

	if (lt_run_latest(psprintf("SELECT FROM %s LIMIT 1", qualified_name(fit_of(tracker)->table))) == 0)
		return make_every(tracker);
	n = lt_run_latest(renew_fits_sql(tracker, psprintf("SELECT s.lead FROM %s s", qualified_name(tracker->state))));
	return n + lt_run_latest(delete_fits_sql(tracker, "true"));
}

/* renew writes the fit of leads, or of all, whose locks are held, as the owner of the tracker; returns how many it changed. */
static int64
renew(Tracker *tracker, List *leads, int64 (*work) (Tracker *tracker, List *leads))
{
	ErrorContextCallback callback = {error_context_stack, name_fit, tracker};
	OwnerScope	scope;
	int64		n;

	error_context_stack = &callback;
	tracker_connect(&scope, tracker);
	pin_text_settings();
	CommandCounterIncrement();
	n = work(tracker, leads);
	SPI_finish();
	owner_leave(&scope);
	error_context_stack = callback.previous;
	return n;
}

/* by_lead orders leads, of the tracker that is sorted for. */
static const Tracker *sorted_for;

static int
by_lead(const ListCell *a, const ListCell *b)
{
	return compare_leads(sorted_for, *(Datum *) lfirst(a), *(Datum *) lfirst(b));
}

/* renew_leads does so for leads, in their order. */
static void
renew_leads(Tracker *tracker, List *leads)
{
	sorted_for = tracker;
	list_sort(leads, by_lead);
	(void) renew(tracker, leads, list_length(leads) <= FEW_LEADS ? renew_few : renew_many);
}

/* fit_renew writes the fit of all leads of a tracker that has the module where it is stored otherwise; returns how many that changed. */
int64
fit_renew(Tracker *tracker)
{
	if (!has_fit(tracker))
		return 0;
	lock_attributes(tracker);
	take(tracker, 0, ALL_FITS_LOCK, ExclusiveLock);
	return renew(tracker, NIL, renew_every);
}

/*
 * Leads that come and go
 */

/* wrong_sql writes a condition that a lead has a level and no fit, or a fit and no level. */
static char *
wrong_sql(const Tracker *tracker, const char *lead)
{
	const char *equals = qualified_operator(tracker->lead_eq);

	return psprintf("EXISTS (SELECT FROM %s s WHERE s.lead %s %s AND s.level IS NOT NULL) IS DISTINCT FROM "
					"EXISTS (SELECT FROM %s f WHERE f.lead %s %s)",
					qualified_name(tracker->state), equals, lead, qualified_name(fit_of(tracker)->table), equals, lead);
}

/* few_wrong copies the levels of few leads that have changed, and lists those of which the fit must come or go. */
static List *
few_wrong(const News *news, MemoryContext context)
{
	Tracker    *tracker = news->tracker;
	SPIPlanPtr	plan = keep(tracker, &fit_of(tracker)->lead_is_wrong,
							psprintf("SELECT $1 WHERE %s", wrong_sql(tracker, "$1")));
	SPIPlanPtr	set_level = keep(tracker, &fit_of(tracker)->set_level, set_levels_sql(tracker, "SELECT $1 AS lead"));
	TupleTableSlot *slot = MakeSingleTupleTableSlot(news->lead_desc, &TTSOpsMinimalTuple);
	List	   *leads = NIL;

	tuplestore_rescan(news->leads);
	while (tuplestore_gettupleslot(news->leads, true, false, slot))
	{
		bool		isnull;
		Datum		lead = slot_getattr(slot, 1, &isnull);

		if (lt_execute_latest(set_level, &lead) > 0)
			continue;
		(void) lt_execute_latest(plan, &lead);
		leads = take_leads(tracker, leads, context);
	}
	ExecDropSingleTupleTableSlot(slot);
	return leads;
}

/* wrong_leads copies the levels of leads that have changed, and lists those of which the fit must come or go, in the current context. */
static List *
wrong_leads(const News *news)
{
	MemoryContext context = CurrentMemoryContext;
	const Tracker *tracker = news->tracker;

	if (news->leads == NULL || tuplestore_tuple_count(news->leads) == 0)
		return NIL;
	if (tuplestore_tuple_count(news->leads) <= FEW_LEADS)
		return few_wrong(news, context);
	(void) lt_run_latest(set_levels_sql(tracker, "SELECT d.lead FROM " CHANGED_LEADS " d"));
	(void) lt_run_latest(psprintf("SELECT c.lead FROM " CHANGED_LEADS " c LEFT JOIN %1$s s ON s.lead %3$s c.lead AND s.level IS NOT NULL "
								  "LEFT JOIN %2$s f ON f.lead %3$s c.lead WHERE (s.lead IS NULL) OPERATOR(pg_catalog.<>) (f.lead IS NULL)",
								  qualified_name(tracker->state), qualified_name(fit_of(tracker)->table), qualified_operator(tracker->lead_eq)));
	return take_leads(tracker, NIL, context);
}

/* with_roots lists leads and those that they count for by now. */
static List *
with_roots(Tracker *tracker, List *leads)
{
	List	   *result = list_copy(leads);
	Snapshot	snapshot;
	ListCell   *cell;

	if (tracker->aliases == NULL)
		return result;
	CommandCounterIncrement();
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	foreach(cell, leads)
	{
		Datum		lead = *(Datum *) lfirst(cell);
		Datum		root = lead_root(tracker, lead, snapshot);

		if (compare_leads(tracker, lead, root) != 0)
			result = lappend(result, copy_lead(tracker, root));
		CHECK_FOR_INTERRUPTS();
	}
	UnregisterSnapshot(snapshot);
	return result;
}

/* wants_leads says whether a tracker keeps the fit of its leads. */
static bool
wants_leads(const Tracker *tracker)
{
	return has_fit(tracker);
}

/* wants_transitions says that nobody asks for these. */
static bool
wants_transitions(const Tracker *tracker)
{
	return false;
}

/* read_news makes and deletes the fit of leads that have come and gone, and computes it anew where leads are merged. */
static void
read_news(const News *news)
{
	Tracker    *tracker = news->tracker;
	List	   *leads;

	if (!has_fit(tracker))
		return;
	leads = wrong_leads(news);
	if (news->all_merged)
	{
		(void) fit_renew(tracker);
		return;
	}
	if (news->moved != NIL)
		leads = list_concat(leads, with_roots(tracker, news->moved));
	if (leads == NIL)
		return;
	lock_attributes(tracker);
	lock_fits(tracker, leads, news->moved != NIL);
	renew_leads(tracker, leads);
}

static const NewsReader reader = {wants_leads, wants_transitions, read_news};

/* fits_init registers for what becomes of leads, and for ends of transactions; called once. */
void
fits_init(void)
{
	news_add_reader(&reader);
	RegisterXactCallback(forget_transaction, NULL);
}

/*
 * Attributes that change
 */

/* changed_leads lists the leads, in the current context, of which a statement has changed attributes. */
static List *
changed_leads(const TriggerData *data, const Tracker *tracker)
{
	MemoryContext context = CurrentMemoryContext;
	ErrorContextCallback callback = {error_context_stack, name_fit, (void *) tracker};
	List	   *leads = NIL;
	OwnerScope	scope;
	char	   *sql;

	error_context_stack = &callback;
	tracker_connect(&scope, tracker);
	pin_text_settings();
	sql = changed_keys_sql(tracker, RelationGetRelid(data->tg_relation), data->tg_oldtable != NULL, data->tg_newtable != NULL);
	if (sql != NULL)
	{
		if (SPI_register_trigger_data((TriggerData *) data) != SPI_OK_TD_REGISTER)
			elog(ERROR, "SPI_register_trigger_data failed");
		(void) lt_run_latest(sql);
		leads = take_leads(tracker, NIL, context);
	}
	SPI_finish();
	owner_leave(&scope);
	error_context_stack = callback.previous;
	MemoryContextSwitchTo(context);
	return leads;
}

/* lock_roots keeps leads from being merged, and returns these and those that they count for. */
static List *
lock_roots(Tracker *tracker, List *leads)
{
	MemoryContext context = CurrentMemoryContext;
	IdLocks    *locks;
	IdMap	   *map;
	OwnerScope	scope;
	List	   *result;
	ListCell   *cell;

	if (tracker->aliases == NULL)
		return leads;
	locks = id_locks_begin(tracker);
	map = id_map_begin(tracker, tracker->aliases);
	tracker_connect(&scope, tracker);
	MemoryContextSwitchTo(context);
	foreach(cell, leads)
		id_map_add(map, *(Datum *) lfirst(cell), locks);
	id_locks_take(locks);
	result = with_roots(tracker, leads);
	SPI_finish();
	owner_leave(&scope);
	MemoryContextSwitchTo(context);
	return result;
}

/*
 * tracker_with_fit returns a tracker as it is by now if it has the module, and can work, NULL if not: one whose rows cannot
 * be read is paused, and what resumes it computes the fit of all leads.
 */
Tracker *
tracker_with_fit(Oid id)
{
	Tracker    *tracker;

	AcceptInvalidationMessages();
	if (get_rel_name(id) == NULL)
		return NULL;
	tracker = tracker_without_model(id);
	if (tracker->model == NULL || tracker->model->fault != NULL || !has_fit(tracker) || tracker_fault(tracker) != NULL)
		return NULL;
	return tracker;
}

/*
 * fit_follow writes the fit of leads of a tracker of which a statement has changed attributes.  Once the leads are
 * locked the tracker is looked at again: it may have got another model, or merged leads, meanwhile.
 */
void
fit_follow(const TriggerData *data, Oid id)
{
	Tracker    *tracker = tracker_with_fit(id);

	for (;;)
	{
		Tracker    *before = tracker;
		List	   *leads;

		if (tracker == NULL)
			return;
		lock_attributes(tracker);
		if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
		{
			(void) fit_renew(tracker);
			return;
		}
		leads = changed_leads(data, tracker);
		if (leads == NIL)
			return;
		leads = lock_roots(tracker, leads);
		lock_fits(tracker, leads, true);
		tracker = tracker_with_fit(id);
		if (tracker == NULL || tracker->version != before->version ||
			(tracker->aliases == NULL) != (before->aliases == NULL))
			continue;
		renew_leads(tracker, leads);
		return;
	}
}

/*
 * Drift
 */

/* fit_compare tells of leads whose fit is stored otherwise than it is, as the active snapshot shows them. */
void
fit_compare(const Tracker *tracker, FitDiffers differs, void *arg)
{
	static const char *const columns[] = {"fit", "grade", "level of fit"};
	MemoryContext context = CurrentMemoryContext;
	OwnerScope	scope;

	if (!has_fit(tracker))
		return;
	tracker_connect(&scope, tracker);
	pin_text_settings();
	if (SPI_execute(psprintf("SELECT coalesce(n.lead, f.lead)::pg_catalog.text, f.fit::pg_catalog.text, n.fit::pg_catalog.text, "
							 "f.grade, n.grade, f.level::pg_catalog.text, n.level::pg_catalog.text FROM (%s) n FULL JOIN %s f ON f.lead %s n.lead "
							 "WHERE f.fit IS DISTINCT FROM n.fit OR f.grade IS DISTINCT FROM n.grade OR f.level IS DISTINCT FROM n.level ORDER BY 1",
							 computed_fits_sql(tracker), qualified_name(fit_of(tracker)->table), qualified_operator(tracker->lead_eq)),
					true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		char	   *value[7];

		for (int column = 0; column < lengthof(value); column++)
			value[column] = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, column + 1);
		MemoryContextSwitchTo(context);
		for (int column = 0; column < 3; column++)
		{
			const char *stored = value[1 + 2 * column];
			const char *right = value[2 + 2 * column];

			if (stored == NULL ? right != NULL : right == NULL || strcmp(stored, right) != 0)
				differs(value[0], columns[column], stored, right, arg);
		}
	}
	SPI_finish();
	owner_leave(&scope);
	MemoryContextSwitchTo(context);
}
