/*-------------------------------------------------------------------------
 *
 * tracker_cache.c
 *	  Trackers as a session knows them, cached until anything they rest on
 *	  changes.
 *
 * What is cached hangs on the relcache entry of the tracked table: whatever
 * changes a tracker or its frozen models sends an invalidation of that table
 * (tracker_changed), so that every session reads them again.  The memory of
 * an outdated tracker lives on until the transaction ends, since a statement
 * further up may be using it.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/tracker_cache.h"

#include "catalog/account_source.h"
#include "catalog/tracked_columns.h"
#include "catalog/write_target.h"
#include "util/execute.h"
#include "util/extension_table.h"
#include "util/time_zone.h"
#include "util/version.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

typedef struct TrackerEntry
{
	Oid			id;
	Tracker    *tracker;
} TrackerEntry;

static HTAB *trackers = NULL;
static uint64 invalidations = 0;	/* how many arrived */
static List *retired_plans = NIL;	/* to be freed when the transaction ends */

/* The tables of the extension that trackers are read from, once one was. */
static Oid	tracker_rows = InvalidOid;
static Oid	model_rows = InvalidOid;
static Oid	expression_rows = InvalidOid;
static Oid	source_rows = InvalidOid;
static Oid	target_rows = InvalidOid;
static Oid	account_rows = InvalidOid;

/* rests_on says whether a tracker rests on a relation. */
static bool
rests_on(const Tracker *tracker, Oid relation)
{
	for (int i = 0; i < tracker->ntables; i++)
		if (relation == tracker->sources[i]->relation)
			return true;
	return relation == tracker->id || relation == tracker->state || relation == tracker->transitions ||
		relation == tracker->balances || relation == tracker->counts || relation == tracker->deltas ||
		(tracker->accounts != NULL && relation == tracker->accounts->relation) ||
		list_member_oid(tracker->module_tables, relation);
}

/* forget_tracker marks what rests on a changed relation as outdated. */
static void
forget_tracker(Datum arg, Oid relation)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;

	invalidations++;
	if (trackers == NULL)
		return;
	if (OidIsValid(relation) && (relation == tracker_rows || relation == model_rows ||
								 relation == expression_rows || relation == source_rows ||
								 relation == target_rows || relation == account_rows))
		relation = InvalidOid;
	hash_seq_init(&seq, trackers);
	while ((entry = hash_seq_search(&seq)) != NULL)
	{
		Tracker    *tracker = entry->tracker;

		if (tracker != NULL && (!OidIsValid(relation) || rests_on(tracker, relation)))
			tracker->valid = false;
	}
}

/*
 * forget_trackers marks everything as outdated: kept plans name schemas and
 * operators, which a change of their names makes unknown.
 */
static void
forget_trackers(Datum arg, int cacheid, uint32 hashvalue)
{
	forget_tracker(arg, InvalidOid);
}

/*
 * reads_by says whether a tracker reads a source by what a change of the catalogs may have
 * changed: its kinds by a function, anything by an expression, or, of others' tables, by its
 * owner's memberships.
 */
static bool
reads_by(const Source *source, int cacheid, uint32 hashvalue)
{
	switch (cacheid)
	{
		case PROCOID:
			return source->kind.function_hash == hashvalue || has_expressions(source) || has_asides(source);
		case TYPEOID:
			return source->makes_domains || (source->with_asides != NULL && source->with_asides->makes_domains);
		default:
			return has_expressions(source) || has_asides(source) || source->place > 0;
	}
}

/*
 * forget_reading_trackers marks as outdated what reads its kinds by a function that has changed,
 * or reads expressions, tables of others or accounts, when a function, a membership or, if they make values
 * of domains, a type has.
 */
static void
forget_reading_trackers(Datum arg, int cacheid, uint32 hashvalue)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;

	invalidations++;
	if (trackers == NULL)
		return;
	hash_seq_init(&seq, trackers);
	while ((entry = hash_seq_search(&seq)) != NULL)
	{
		Tracker    *tracker = entry->tracker;

		if (tracker == NULL)
			continue;
		if (hashvalue == 0 || tracker->accounts != NULL)
			tracker->valid = false;
		for (int i = 0; i < tracker->ntables; i++)
			if (reads_by(tracker->sources[i], cacheid, hashvalue))
				tracker->valid = false;
	}
}

/*
 * forget_undone marks as outdated what was read in a subtransaction, or in one that
 * began since, which is undone: it may have seen what was never committed.
 */
static void
forget_undone(SubTransactionId undone)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;

	if (trackers == NULL)
		return;
	hash_seq_init(&seq, trackers);
	while ((entry = hash_seq_search(&seq)) != NULL)
		if (entry->tracker != NULL && entry->tracker->read_in >= undone)
			entry->tracker->valid = false;
}

/* keep_read notes that what was read in this transaction is committed. */
static void
keep_read(void)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;

	if (trackers == NULL)
		return;
	hash_seq_init(&seq, trackers);
	while ((entry = hash_seq_search(&seq)) != NULL)
		if (entry->tracker != NULL)
			entry->tracker->read_in = InvalidSubTransactionId;
}

/* end_subtransaction forgets what a subtransaction that is undone has read. */
static void
end_subtransaction(SubXactEvent event, SubTransactionId id, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		forget_undone(id);
}

/* end_transaction frees what no statement can be using any more, and forgets what an undone transaction has read. */
static void
end_transaction(XactEvent event, void *arg)
{
	List	   *plans = retired_plans;
	ListCell   *cell;

	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE ||
		event == XACT_EVENT_PARALLEL_PRE_COMMIT)
		return;
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT)
		forget_undone(TopSubTransactionId);
	else
		keep_read();
	retired_plans = NIL;
	foreach(cell, plans)
		SPI_freeplan((SPIPlanPtr) lfirst(cell));
	list_free(plans);
}

/* trackers_init registers for changes of relations and ends of transactions; called once. */
void
trackers_init(void)
{
	CacheRegisterRelcacheCallback(forget_tracker, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, forget_trackers, (Datum) 0);
	CacheRegisterSyscacheCallback(OPEROID, forget_trackers, (Datum) 0);
	CacheRegisterSyscacheCallback(CASTSOURCETARGET, forget_trackers, (Datum) 0);
	CacheRegisterSyscacheCallback(PROCOID, forget_reading_trackers, (Datum) 0);
	CacheRegisterSyscacheCallback(TYPEOID, forget_reading_trackers, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, forget_reading_trackers, (Datum) 0);
	RegisterXactCallback(end_transaction, NULL);
	RegisterSubXactCallback(end_subtransaction, NULL);
}

/*
 * tracker_changed makes every session read a tracker again, or what reads one of its
 * sources: this one at once, the others when the transaction commits.  Of one that is gone they
 * hear by that.
 */
void
tracker_changed(Oid relation)
{
	if (get_rel_name(relation) != NULL)
		CacheInvalidateRelcacheByRelid(relation);
	forget_tracker((Datum) 0, relation);
}

/*
 * tracker_enter starts work as the owner of a tracker, with kinds that are
 * no text turning into text in one way whatever the session's settings.
 */
void
tracker_enter(OwnerScope *scope, const Tracker *tracker)
{
	bool		varies = false;

	owner_enter(scope, tracker->owner);
	for (int i = 0; i < tracker->ntables; i++)
		varies = varies || tracker->sources[i]->kind.varies;
	if (varies)
		pin_text_settings();
}

/* tracker_connect does so and connects to SPI, which the caller finishes before it leaves the owner. */
void
tracker_connect(OwnerScope *scope, const Tracker *tracker)
{
	tracker_enter(scope, tracker);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

/* add_sources puts sources into a tracker: those with interactions, or those that map ids or have records. */
static void
add_sources(Tracker *tracker, List *sources, bool interactions)
{
	ListCell   *cell;

	foreach(cell, sources)
	{
		Source	   *source;

		if (has_interactions(lfirst(cell)) != interactions)
			continue;
		source = make_source(tracker, lfirst(cell));
		source->place = tracker->ntables;
		tracker->sources[tracker->ntables++] = source;
		for (int i = 0; !interactions && i < tracker->nsources; i++)
			if (tracker->sources[i]->number == source->maps)
				tracker->sources[i]->mapping = source;
			else if (tracker->sources[i]->number == source->records)
				tracker->sources[i]->recorder = source;
		if (source->maps == MAPS_LEADS)
			tracker->aliases = source;
		if (source->words)
			tracker->words = source;
	}
}

/* check_complete refuses a source of which something that is read is neither a column nor an expression. */
static void
check_complete(const TrackedSource *source)
{
	for (int role = 0; role < N_ROLES; role++)
		if (needs_role(source, role) && source->name[role] == NULL && source->expression[role] == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("tracker of table \"%s\" is corrupt", get_rel_name(source->tracker)),
					 errdetail("Nothing says what is read for \"%s\" of source %d.", tracked_roles[role].name, source->number),
					 errhint("Stop tracking with lead_temperature.untrack and track it anew.")));
}

/* load_sources reads what a tracker reads. */
static void
load_sources(Tracker *tracker, const Datum *values, const bool *nulls)
{
	TrackedSource first = first_source(tracker->id, values, nulls);
	List	   *sources = read_sources(&first);
	ListCell   *cell;

	read_expressions(tracker->id, sources);
	foreach(cell, sources)
		check_complete(lfirst(cell));
	tracker->sources = palloc0(sizeof(Source *) * list_length(sources));
	add_sources(tracker, sources, true);
	tracker->nsources = tracker->ntables;
	add_sources(tracker, sources, false);
	tracker->interactions = shown_relation(tracker->sources[0]);
}

/* read_tracker_models reads the frozen versions of a tracker's model, faulty ones too. */
static void
read_tracker_models(Tracker *tracker, LeadStage entry)
{
	tracker->versions = read_models(tracker->id, entry, NULL, &tracker->nversions);
	for (int i = 0; i < tracker->nversions; i++)
		if (tracker->versions[i]->version == tracker->version)
			tracker->model = tracker->versions[i];
}

/* describe finds out how the rows of a tracker are read, unless that is known. */
static void
describe(void *arg)
{
	Tracker    *tracker = arg;
	MemoryContext before = MemoryContextSwitchTo(tracker->context);

	if (!tracker->described)
		describe_columns(tracker);
	tracker->described = true;
	MemoryContextSwitchTo(before);
}

/*
 * tracker_fault finds out how the rows of a tracker are read, or says why they can be read no
 * more, NULL if they can.  A limit of the session, as of its stack, is an error of that alone.
 */
char *
tracker_fault(Tracker *tracker)
{
	char	   *fault;
	int			code;

	if (tracker->described)
		return NULL;
	fault = lt_try_code(describe, tracker, &code);
	if (fault != NULL && ERRCODE_TO_CATEGORY(code) == ERRCODE_PROGRAM_LIMIT_EXCEEDED)
		describe(tracker);
	return fault;
}

/* describe_records finds out how records are read, unless that is known. */
static void
describe_records(void *arg)
{
	Source	   *source = arg;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature records",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext before = MemoryContextSwitchTo(context);

	describe_recorder(source);
	MemoryContextSwitchTo(before);
	MemoryContextSetParent(context, source->tracker->context);
}

/*
 * recorder_fault finds out how records are read, or says why they can be read no more, NULL if
 * they can, whether the tracker can read its other sources or not.  While they cannot nothing of
 * what was found is kept, for nobody tells when they can again.
 */
char *
recorder_fault(Source *source)
{
	char	   *fault;
	int			code;

	if (source->described)
		return NULL;
	fault = lt_try_code(describe_records, source, &code);
	if (fault != NULL && ERRCODE_TO_CATEGORY(code) == ERRCODE_PROGRAM_LIMIT_EXCEEDED)
		describe_records(source);
	return fault;
}

/* A source that is read for a role beside the fold being made. */
typedef struct AsideReading
{
	const Source *source;
	Role		role;
	Source	   *made;
} AsideReading;

/* make_it makes that. */
static void
make_it(void *arg)
{
	AsideReading *reading = arg;

	reading->made = make_aside_source(reading->source, reading->role);
}

/*
 * aside_source returns a source as it is read for its topic, channel and value besides, those of them that
 * it has and that can be read: itself if none.
 */
Source *
aside_source(Source *source)
{
	Source	   *made = source;
	MemoryContext context;
	MemoryContext before;
	int			code;

	if (!has_asides(source))
		return source;
	if (source->with_asides != NULL)
		return source->with_asides;
	context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature asides", ALLOCSET_SMALL_SIZES);
	before = MemoryContextSwitchTo(context);
	for (int role = N_FOLD_ROLES; role < N_ROLES; role++)
	{
		AsideReading reading = {made, role};

		if (source->expressions[role] == NULL)
			continue;
		if (lt_try_code(make_it, &reading, &code) == NULL)
			made = reading.made;
		else if (ERRCODE_TO_CATEGORY(code) == ERRCODE_PROGRAM_LIMIT_EXCEEDED)
			make_it(&reading);
	}
	MemoryContextSwitchTo(before);
	if (made == source)
		return source;
	MemoryContextSetParent(context, source->tracker->context);
	source->with_asides = made;
	return made;
}

/* load_tracker reads a tracker, or returns NULL if the table is not tracked. */
static Tracker *
load_tracker(Oid id)
{
	MemoryContext context;
	MemoryContext before;
	Tracker    *tracker;
	Datum		values[N_TRACKER_COLUMNS];
	bool		nulls[N_TRACKER_COLUMNS];
	uint64		before_reading = invalidations;

	if (!read_tracker_row(id, values, nulls))
		return NULL;
	lt_check_version();

	/*
	 * Until it is complete it belongs to the transaction, which an error
	 * ends.
	 */
	context = AllocSetContextCreate(CurTransactionContext, "lead_temperature tracker",
									ALLOCSET_SMALL_SIZES);
	before = MemoryContextSwitchTo(context);
	tracker = palloc0(sizeof(Tracker));
	tracker->context = context;
	tracker->id = id;
	tracker->valid = true;
	tracker->owner = relation_owner(id);
	tracker->persistence = companion_persistence(id);
	tracker->state = DatumGetObjectId(values[TRACKER_STATE]);
	tracker->transitions = DatumGetObjectId(values[TRACKER_TRANSITIONS]);
	tracker->balances = DatumGetObjectId(values[TRACKER_BASE]);
	if (!nulls[TRACKER_COUNTS])
		tracker->counts = DatumGetObjectId(values[TRACKER_COUNTS]);
	if (!nulls[TRACKER_DELTAS])
		tracker->deltas = DatumGetObjectId(values[TRACKER_DELTAS]);
	load_sources(tracker, values, nulls);
	tracker->time_zone = TextDatumGetCString(values[TRACKER_TIME_ZONE]);
	tracker->paused = DatumGetBool(values[TRACKER_PAUSED]);
	tracker->replaying = DatumGetBool(values[TRACKER_REPLAYING]);
	tracker->archived_before = nulls[TRACKER_ARCHIVED_BEFORE] ? FOLD_NEVER :
		heat_time_from_timestamptz(DatumGetTimestampTz(values[TRACKER_ARCHIVED_BEFORE]));
	tracker->version = DatumGetInt32(values[TRACKER_VERSION]);
	read_targets(tracker);
	read_accounts(tracker);
	read_tracker_models(tracker, stage_from_oid(DatumGetObjectId(values[TRACKER_ENTRY])));
	MemoryContextSwitchTo(before);

	/*
	 * What changed meanwhile may or may not have been read: read it again
	 * next time.
	 */
	if (invalidations != before_reading)
		tracker->valid = false;
	return tracker;
}

/* retire_plan lets go of a plan, if there is one, at the end of the transaction. */
static void
retire_plan(SPIPlanPtr plan)
{
	if (plan != NULL)
		retired_plans = lappend(retired_plans, plan);
}

/* retire_tracker lets go of an outdated tracker at the end of the transaction. */
static void
retire_tracker(Tracker *tracker)
{
	MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);
	ListCell   *cell;

	retire_plan(tracker->insert_state);
	retire_plan(tracker->insert_changes);
	foreach(cell, tracker->module_plans)
		retire_plan(lfirst(cell));
	for (int i = 0; i < tracker->ntables; i++)
	{
		const Source *source = tracker->sources[i];

		retire_plan(source->read_lead);
		retire_plan(source->with_asides == NULL ? NULL : source->with_asides->read_lead);
		retire_plan(source->read_lead_after);
		retire_plan(source->find_leads);
		retire_plan(source->find_all_leads);
		retire_plan(source->find_root);
		retire_plan(source->find_alias);
		retire_plan(source->find_below);
		retire_plan(source->find_all_below);
	}
	MemoryContextSwitchTo(before);
	MemoryContextSetParent(tracker->context, TopTransactionContext);
}

/* retire_outdated_trackers lets go of all that are outdated, also of tables that are gone. */
static void
retire_outdated_trackers(void)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;

	hash_seq_init(&seq, trackers);
	while ((entry = hash_seq_search(&seq)) != NULL)
		if (!entry->tracker->valid)
		{
			retire_tracker(entry->tracker);
			hash_search(trackers, &entry->id, HASH_REMOVE, NULL);
		}
}

/* cached_tracker returns a tracker by its id, NULL if there is none. */
static Tracker *
cached_tracker(Oid id)
{
	TrackerEntry *entry;
	Tracker    *tracker;
	bool		found;

	if (trackers == NULL)
	{
		HASHCTL		control;

		memset(&control, 0, sizeof(control));
		control.keysize = sizeof(Oid);
		control.entrysize = sizeof(TrackerEntry);
		trackers = hash_create("lead_temperature trackers", 16, &control,
							   HASH_ELEM | HASH_BLOBS);
	}
	entry = hash_search(trackers, &id, HASH_FIND, NULL);
	if (entry != NULL && entry->tracker->valid)
		return entry->tracker;

	retire_outdated_trackers();
	tracker = load_tracker(id);
	if (tracker == NULL)
		return NULL;
	/* raises if one is gone, before anything is kept */
	tracker_rows = config_table("tracker");
	model_rows = config_table("model_version");
	expression_rows = config_table("expression");
	source_rows = config_table("source");
	target_rows = config_table("write_target");
	account_rows = config_table("account_source");
	entry = hash_search(trackers, &id, HASH_ENTER, &found);
	if (found)
		retire_tracker(entry->tracker);
	entry->tracker = tracker;
	tracker->read_in = GetCurrentSubTransactionId();
	MemoryContextSetParent(tracker->context, CacheMemoryContext);
	return tracker;
}

/* with_model returns a tracker, unless its frozen model cannot be used. */
static Tracker *
with_model(Tracker *tracker)
{
	check_model_version(tracker->id, tracker->model);
	return tracker;
}

/*
 * tracker_find returns a tracker that follows rows; whether these can be read is for
 * tracker_fault to say.  One that is paused folds nothing, and may do without its model.
 */
Tracker *
tracker_find(Oid id)
{
	Tracker    *tracker = cached_tracker(id);

	return tracker == NULL || tracker->paused ? tracker : with_model(tracker);
}

/* tracker_of_state returns the tracker that a state table belongs to, whether its rows can be read or not. */
Tracker *
tracker_of_state(Oid state)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;
	Tracker    *tracker;
	Oid			id;

	if (trackers != NULL)
	{
		hash_seq_init(&seq, trackers);
		while ((entry = hash_seq_search(&seq)) != NULL)
			if (entry->tracker->state == state && entry->tracker->valid)
			{
				hash_seq_term(&seq);
				return with_model(entry->tracker);
			}
	}
	id = tracker_id_of_state(state);
	tracker = OidIsValid(id) ? cached_tracker(id) : NULL;
	if (tracker != NULL)
		return with_model(tracker);
	if (get_rel_name(state) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", state)));
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" is not the state of a tracked table", get_rel_name(state)),
			 errhint("The view lead_temperature.trackers lists tracked tables. If the table was restored without its tracker, restore the data too, with --disable-triggers, or call lead_temperature.untrack for the table of its interactions and track that anew.")));
	return NULL;				/* keep the compiler quiet */
}

/*
 * tracker_without_model returns the tracker of a tracked table, whose model may
 * be lost or faulty and is not to be used.
 */
Tracker *
tracker_without_model(Oid interactions)
{
	Tracker    *tracker = cached_tracker(interactions);

	if (tracker == NULL)
	{
		char	   *name = get_rel_name(interactions);

		if (name == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_TABLE),
					 errmsg("relation with OID %u does not exist", interactions)));
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is not tracked", name),
				 errhint("Track it with lead_temperature.track; the view lead_temperature.trackers lists tracked tables.")));
	}
	return tracker;
}

/* zone_hint says what to run where the zone of a tracker is none; opening balances would not outlive an untrack. */
static char *
zone_hint(const Tracker *tracker)
{
	char	   *table = quote_literal_cstr(qualified_name(tracker->interactions));

	if (tracker->archived_before == FOLD_NEVER)
		return psprintf("Stop tracking with SELECT lead_temperature.untrack(%s), and track anew with a zone of pg_timezone_names.",
						table);
	return psprintf("Rows are archived, so do not untrack. As a superuser run UPDATE lead_temperature.tracker SET time_zone = 'Area/City' WHERE interactions = %s::regclass, with a zone of pg_timezone_names, and SELECT lead_temperature.reload_trackers(); then CALL lead_temperature.replay(%s).",
					table, table);
}

/*
 * tracker_zone returns the zone of a tracker's local times.  Those of 0.1.0 may have
 * one that is none.
 */
pg_tz *
tracker_zone(const Tracker *tracker)
{
	if (tracker->zone == NULL)
		((Tracker *) tracker)->zone = find_time_zone(tracker->time_zone, zone_hint(tracker));
	return tracker->zone;
}

/* is_about_tracker says whether an error comes of what is read, not of the server or of one who cancels. */
static bool
is_about_tracker(const ErrorData *error)
{
	int			category = ERRCODE_TO_CATEGORY(error->sqlerrcode);

	return category != ERRCODE_OPERATOR_INTERVENTION && category != ERRCODE_INSUFFICIENT_RESOURCES &&
		category != ERRCODE_PROGRAM_LIMIT_EXCEEDED && category != ERRCODE_TRANSACTION_ROLLBACK;
}

/* describe_or_hint does so, and says what to do if rows can be read no more and the error does not. */
static void
describe_or_hint(Tracker *tracker)
{
	MemoryContext before = CurrentMemoryContext;

	if (tracker->described)
		return;
	PG_TRY();
	{
		describe(tracker);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(before);
		error = CopyErrorData();
		FlushErrorState();
		if (error->hint == NULL && is_about_tracker(error))
			error->hint = pstrdup("Undo the change, or say with lead_temperature.alter_tracker or alter_source what to read instead, or do without the source by lead_temperature.drop_source.");
		ReThrowError(error);
	}
	PG_END_TRY();
}

/* tracker_get returns the tracker of a tracked table, whose rows can be read. */
Tracker *
tracker_get(Oid interactions)
{
	Tracker    *tracker = tracker_without_model(interactions);

	describe_or_hint(tracker);
	return with_model(tracker);
}

/* tracker_version returns a frozen version of a tracker's model, NULL if it is gone. */
const ModelVersion *
tracker_version(const Tracker *tracker, int32 version)
{
	for (int i = 0; i < tracker->nversions; i++)
		if (tracker->versions[i]->version == version)
			return tracker->versions[i];
	return NULL;
}

/*
 * version_of_state returns the frozen version of a model that a row of a state table, as the
 * query sees it, was folded with: also one that has come, or is gone, since the query began.
 * NULL if there is none.
 */
const ModelVersion *
version_of_state(Oid state, int32 version)
{
	Tracker    *tracker = tracker_of_state(state);
	const ModelVersion *result = tracker_version(tracker, version);
	ModelVersion **models;
	int			n;

	if (likely(result != NULL))
		return result;
	AcceptInvalidationMessages();
	tracker = tracker_of_state(state);
	result = tracker_version(tracker, version);
	if (result != NULL)
		return result;
	models = read_models(tracker->id, tracker->model->fold.entry, GetActiveSnapshot(), &n);
	for (int i = 0; i < n; i++)
		if (models[i]->version == version)
			return models[i];
	return NULL;
}
