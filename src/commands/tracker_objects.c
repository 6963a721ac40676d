/*-------------------------------------------------------------------------
 *
 * tracker_objects.c
 *	  What a tracker owns: the tables and views of one list, companion_kinds.
 *
 * Making, moving, refusing drops, untracking and what an upgrade makes for trackers
 * that are there walk this list, or what the tracker has noted of what it made.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/tracker_objects.h"

#include "catalog/own_sources.h"
#include "catalog/own_tracker.h"
#include "catalog/source_table.h"
#include "catalog/tracked_columns.h"
#include "commands/account_rows.h"
#include "commands/triggers.h"
#include "state/fit.h"
#include "state/funnel_counts.h"
#include "state/state_table.h"
#include "util/version.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(lt_upgrade_tracker);

/* companion_shape returns what a companion of a suffix looks like, NULL if it is a view or none. */
const TableShape *
companion_shape(const char *suffix)
{
	for (int i = 0; i < n_companion_kinds; i++)
		if (strcmp(companion_kinds[i].suffix, suffix) == 0)
			return companion_kinds[i].shape;
	return NULL;
}

/* is_of_module says whether a kind of companion belongs to a module. */
bool
is_of_module(const CompanionKind *kind, const char *module)
{
	return kind->module != NULL && strcmp(kind->module, module) == 0;
}

/* module_of returns the module that a companion of a suffix belongs to, NULL if to none. */
const char *
module_of(const char *suffix)
{
	for (int i = 0; i < n_companion_kinds; i++)
		if (strcmp(companion_kinds[i].suffix, suffix) == 0)
			return companion_kinds[i].module;
	return NULL;
}

/* has_module says whether a tracker has a module: anything of it was noted, also what got lost. */
bool
has_module(List *companions, const char *module)
{
	for (int i = 0; i < n_companion_kinds; i++)
		if (is_of_module(&companion_kinds[i], module) &&
			OidIsValid(companion_among(companions, companion_kinds[i].suffix)))
			return true;
	return false;
}

/* is_needed says whether a tracker is to have a companion. */
static bool
is_needed(const TrackRequest *request, const CompanionKind *kind)
{
	if (request->wanted != NULL)
		return strcmp(request->wanted, kind->suffix) == 0;
	if (request->module != NULL)
		return is_of_module(kind, request->module);
	switch (kind->need)
	{
		case NEEDED_ALWAYS:
			return true;
		case NEEDED_BY_COUNTS:
			return request->funnel_counts;
		case NEEDED_BY_RECORDS:
			return request->source.records != 0;
		case NEEDED_BY_MODULE:
			return has_module(request->companions, kind->module);
		case NEEDED_ON_REQUEST:
			return OidIsValid(companion_among(request->companions, kind->suffix));
	}
	return false;
}

/*
 * companion_columns lists names and types of a companion's columns, or what they were in
 * an earlier version; leads are of any type.
 */
char *
companion_columns(const CompanionKind *kind, bool former)
{
	StringInfoData columns;

	if (kind->shape == NULL)
		return pstrdup(kind->columns);
	initStringInfo(&columns);
	for (int i = 0; i < kind->shape->ncolumns - (former ? kind->shape->nadded : 0); i++)
	{
		const ColumnShape *column = &kind->shape->columns[i];

		appendStringInfo(&columns, "%s%s", i == 0 ? "" : ", ",
						 former && column->former != NULL ? column->former : column->name);
		if (column->type != COLUMN_LEAD)
			appendStringInfo(&columns, " %s", format_type_be(column_type_oid(kind->shape, i + 1, NULL)));
	}
	return columns.data;
}

/* longest_suffix returns the length of the longest suffix, with the line before it. */
int
longest_suffix(void)
{
	int			longest = 0;

	for (int i = 0; i < n_companion_kinds; i++)
		longest = Max(longest, (int) strlen(companion_kinds[i].suffix) + 1);
	return longest;
}

/* sql_kind returns what commands call a companion. */
const char *
sql_kind(Oid relation)
{
	return get_rel_relkind(relation) == RELKIND_VIEW ? "VIEW" : "TABLE";
}

/* is_made says whether a tracker has made a companion of a kind, and it is there. */
static bool
is_made(const TrackRequest *request, const CompanionKind *kind)
{
	return get_rel_name(companion_among(request->companions, kind->suffix)) != NULL;
}

/*
 * name_taken returns a relation that has the name of a companion which a tracker needs
 * and has not made, InvalidOid if there is none.
 */
Oid
name_taken(const TrackRequest *request)
{
	Oid			schema = get_rel_namespace(request->source.relation);

	for (int i = 0; i < n_companion_kinds; i++)
	{
		const CompanionKind *kind = &companion_kinds[i];
		char	   *name = psprintf("%s_%s", request->prefix, kind->suffix);
		Oid			relation = get_relname_relid(name, schema);

		if (OidIsValid(relation) && is_needed(request, kind) &&
			!is_made(request, kind))
			return relation;
	}
	return InvalidOid;
}

/* check_schema_rights refuses a table whose owner, who will own what is made, may make nothing in its schema. */
void
check_schema_rights(const TrackRequest *request)
{
	Oid			schema = get_rel_namespace(request->source.relation);
	bool		may_use = lt_has_schema_right(schema, request->source.owner, ACL_USAGE);
	bool		may_create = lt_has_schema_right(schema, request->source.owner, ACL_CREATE);
	const char *rights = may_use ? "CREATE" : may_create ? "USAGE" : "USAGE, CREATE";
	const char *owner = GetUserNameFromId(request->source.owner, false);

	if (may_use && may_create)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("owner \"%s\" of table \"%s\" lacks rights on schema \"%s\"",
					owner, get_rel_name(request->source.relation), request->schema),
			 errdetail("State, transitions and views are made in that schema and in the name of the owner."),
			 errhint("Run GRANT %s ON SCHEMA %s TO %s.", rights,
					 quote_identifier(request->schema), quote_identifier(owner))));
}

/* companion_word appends what a word in braces stands for in the query of a view; false if it is none. */
static bool
companion_word(StringInfo sql, const TrackRequest *request, char *word)
{
	char	   *as = strchr(word, ':');
	const char *name;

	if (*word == '\0')
	{
		appendStringInfoString(sql, "{}");
		return true;
	}
	if (strcmp(word, "time_zone") == 0)
	{
		appendStringInfoString(sql, quote_literal_cstr(request->time_zone));
		return true;
	}
	if (strcmp(word, "=") == 0)
	{
		const TypeCacheEntry *type = lookup_type_cache(request->lead.type, TYPECACHE_EQ_OPR);

		appendStringInfoString(sql, qualified_operator(type->eq_opr));
		return true;
	}
	if (as != NULL)
		*as++ = '\0';
	for (int i = 0; i < n_companion_kinds; i++)
	{
		if (strcmp(word, companion_kinds[i].suffix) != 0)
			continue;
		name = companion_name(request, word);
		if (as == NULL)
			appendStringInfoString(sql, name);
		else
			appendStringInfo(sql, "%s::pg_catalog.regclass", quote_literal_cstr(name));
		return true;
	}
	return false;
}

/* view_query writes the query of a view, putting names where it has companions in braces. */
static char *
view_query(const TrackRequest *request, const CompanionKind *kind)
{
	const char *query = kind->query;
	StringInfoData sql;

	if (query == NULL)
		return kind->make_query(request);
	initStringInfo(&sql);
	while (*query != '\0')
	{
		size_t		before = strcspn(query, "{");
		size_t		word = strcspn(query + before, "}");

		appendBinaryStringInfo(&sql, query, before);
		query += before;
		if (*query == '\0')
			break;
		if (!companion_word(&sql, request, pnstrdup(query + 1, word - 1)))
			elog(ERROR, "view \"%s\" names an unknown companion", kind->suffix);
		query += word + 1;
	}
	return sql.data;
}

/* make_companion makes one companion and returns it; the caller is connected to SPI as the owner. */
static Oid
make_companion(const TrackRequest *request, const CompanionKind *kind)
{
	char	   *relname = psprintf("%s_%s", request->prefix, kind->suffix);
	const char *name = quote_qualified_identifier(request->schema, relname);
	Oid			relation;

	check_schema_rights(request);
	if (kind->shape != NULL)
		utility(shape_sql(kind->shape, name, lead_column_sql(&request->lead),
						  companion_persistence(request->source.relation) == RELPERSISTENCE_UNLOGGED));
	else
		utility(psprintf("CREATE VIEW %s AS %s", name, view_query(request, kind)));
	utility(psprintf("COMMENT ON %s %s IS %s", kind->shape != NULL ? "TABLE" : "VIEW", name,
					 quote_literal_cstr(psprintf("%s of the leads of %s (lead_temperature)", kind->what,
												 qualified_name(request->source.relation)))));
	if (kind->extras != NULL)
		utility(kind->extras(request, name));
	relation = get_relname_relid(relname, get_rel_namespace(request->source.relation));
	if (kind->followed)
		follow(relation);
	return relation;
}

/*
 * make_companions makes, as the owner, what a tracker needs and has not made, or has
 * lost, and returns it.
 */
List *
make_companions(const TrackRequest *request)
{
	MemoryContext context = CurrentMemoryContext;
	OwnerScope	scope;
	List	   *result = NIL;

	owner_enter(&scope, request->source.owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	for (int i = 0; i < n_companion_kinds; i++)
	{
		const CompanionKind *kind = &companion_kinds[i];
		Oid			relation;
		MemoryContext spi;
		Companion  *companion;

		if (!is_needed(request, kind) || is_made(request, kind))
			continue;
		relation = make_companion(request, kind);
		spi = MemoryContextSwitchTo(context);
		companion = palloc(sizeof(Companion));
		companion->suffix = pstrdup(kind->suffix);
		companion->relation = relation;
		result = lappend(result, companion);
		MemoryContextSwitchTo(spi);
	}
	SPI_finish();
	owner_leave(&scope);
	return result;
}

/* renew_view gives a view that a tracker has made the query that it has now; says whether it is there. */
static bool
renew_view(const TrackRequest *request, const CompanionKind *kind)
{
	if (!is_made(request, kind))
		return false;
	utility(psprintf("CREATE OR REPLACE VIEW %s AS %s", companion_name(request, kind->suffix), view_query(request, kind)));
	return true;
}

/* show_module lets views show what there is of a module by now. */
void
show_module(const TrackRequest *request, const char *module)
{
	OwnerScope	scope;

	owner_enter(&scope, request->source.owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	for (int i = 0; i < n_companion_kinds; i++)
		if (companion_kinds[i].shows != NULL && strcmp(companion_kinds[i].shows, module) == 0)
			(void) renew_view(request, &companion_kinds[i]);
	SPI_finish();
	owner_leave(&scope);
}

/* show_made lets views show what was just made of modules. */
static void
show_made(const TrackRequest *request, List *made)
{
	TrackRequest now = *request;
	List	   *shown = NIL;
	ListCell   *cell;

	now.companions = list_concat(list_copy(made), request->companions);
	foreach(cell, made)
	{
		const char *module = module_of(((const Companion *) lfirst(cell))->suffix);

		if (module == NULL || list_member_ptr(shown, module))
			continue;
		shown = lappend(shown, (void *) module);
		show_module(&now, module);
	}
}

/* add_companions makes what a tracker that is there needs and lacks, notes it, and returns it. */
List *
add_companions(const TrackRequest *request)
{
	Oid			taken = name_taken(request);
	List	   *made;
	ListCell   *cell;

	if (OidIsValid(taken))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation \"%s\" already exists in schema \"%s\"", get_rel_name(taken), request->schema),
				 errdetail("The tracker of table \"%s\" makes one of that name.", get_rel_name(request->source.relation)),
				 errhint("Rename that relation.")));
	made = make_companions(request);
	foreach(cell, made)
	{
		const Companion *companion = lfirst(cell);

		add_companion(request->source.tracker, companion->suffix, companion->relation);
	}
	show_made(request, made);
	return made;
}

/* request_of_tracker begins a request with what a tracker is now; its entry stays what it is. */
void
request_of_tracker(Oid interactions, TrackRequest *request)
{
	const Tracker *tracker = tracker_without_model(interactions);
	TrackerObjects objects;

	if (!tracker_objects(interactions, &objects))
		elog(ERROR, "tracker of table %u is gone", interactions);
	memset(request, 0, sizeof(TrackRequest));
	request->source = *(const TrackedSource *) linitial(tracker_sources(interactions));
	request->schema = get_namespace_name(get_rel_namespace(tracker->interactions));
	request->prefix = objects.prefix;
	if (!stored_lead_column(companion_of(&objects, STATE_SUFFIX), &request->lead))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("state of tracked table \"%s\" is lost", get_rel_name(interactions)),
				 errdetail("Its table, or the leads in it, were dropped while the event triggers were off."),
				 errhint("Stop tracking with lead_temperature.untrack and track it anew.")));
	request->companions = objects.companions;
	request->funnel_counts = OidIsValid(tracker->counts);
	request->time_zone = pstrdup(tracker->time_zone);
	request->entry = N_STAGES;
}

/* need_companion makes one companion, unless it is there, and returns it. */
Oid
need_companion(Oid tracker, const char *suffix)
{
	TrackRequest request;
	Oid			relation;

	request_of_tracker(tracker, &request);
	relation = companion_among(request.companions, suffix);
	if (get_rel_name(relation) != NULL)
		return relation;
	request.wanted = suffix;
	return companion_among(add_companions(&request), suffix);
}

/* drop_companion drops what a tracker has made if it is still there; the caller is connected to SPI as the owner. */
void
drop_companion(Oid relation, bool cascade)
{
	if (get_rel_name(relation) != NULL)
		utility(psprintf("DROP %s %s%s", sql_kind(relation), qualified_name(relation),
						 cascade ? " CASCADE" : ""));
}

/* tell_lost tells of rows of a table that go with what drops it, and that nothing can make again; the caller is connected to SPI. */
void
tell_lost(Oid relation, const CompanionKind *kind, const char *with)
{
	if (kind->only_here && get_rel_name(relation) != NULL && has_rows(relation))
		ereport(NOTICE,
				(errmsg("table \"%s\" is dropped with %s", get_rel_name(relation), with),
				 errdetail("No row of a source tells again what it held.")));
}

/* renew_views gives the views that read counts where they are kept their other query. */
static void
renew_views(const TrackRequest *request)
{
	for (int i = 0; i < n_companion_kinds; i++)
		if (companion_kinds[i].reads_counts)
			(void) renew_view(request, &companion_kinds[i]);
}

/* is_for_counts says whether an index is on the level, and has stages and statuses. */
static bool
is_for_counts(Oid index, Oid state)
{
	Relation	relation = index_open(index, AccessShareLock);
	const FormData_pg_index *form = relation->rd_index;
	bool		result = form->indisvalid && form->indnkeyatts == 1 && form->indnatts == 3 &&
		form->indkey.values[0] == get_attnum(state, "level") &&
		form->indkey.values[1] == get_attnum(state, "stage") &&
		form->indkey.values[2] == get_attnum(state, "status") &&
		relation->rd_rel->relam == BTREE_AM_OID && RelationGetIndexPredicate(relation) == NIL;

	index_close(relation, NoLock);
	return result;
}

/* index_for_counts makes the index by which leads are counted that lie beside a threshold, unless it is there. */
static void
index_for_counts(const TrackRequest *request)
{
	Oid			state = companion_among(request->companions, STATE_SUFFIX);
	Relation	table = table_open(state, AccessShareLock);
	ListCell   *cell;
	bool		found = false;

	foreach(cell, RelationGetIndexList(table))
		found = found || is_for_counts(lfirst_oid(cell), state);
	table_close(table, NoLock);
	if (!found)
		utility(psprintf("CREATE INDEX ON %s (level) INCLUDE (stage, status)", companion_name(request, STATE_SUFFIX)));
}

/*
 * set_funnel_counts lets a tracker keep counts of its funnel from now on, which are right at
 * once, or no longer.
 */
void
set_funnel_counts(TrackRequest *request, bool keep)
{
	OwnerScope	scope;

	request->funnel_counts = keep;
	if (keep)
		(void) add_companions(request);
	owner_enter(&scope, request->source.owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (keep)
		index_for_counts(request);
	renew_views(request);
	for (int i = n_companion_kinds - 1; i >= 0 && !keep; i--)
	{
		const CompanionKind *kind = &companion_kinds[i];

		if (kind->need != NEEDED_BY_COUNTS)
			continue;
		forget_companion(request->source.tracker, kind->suffix);
		drop_companion(companion_among(request->companions, kind->suffix), false);
	}
	SPI_finish();
	owner_leave(&scope);
	if (keep)
		counts_renew(tracker_get(request->source.tracker));
}

/* is_state_of_leads says whether a companion is a table of what rows make of leads. */
static bool
is_state_of_leads(const char *suffix)
{
	for (int i = 0; i < n_companion_kinds; i++)
		if (strcmp(companion_kinds[i].suffix, suffix) == 0)
			return companion_kinds[i].shape != NULL && companion_kinds[i].module == NULL &&
				!companion_kinds[i].followed;
	return false;
}

/* rename_columns gives columns the names that this version has for them; says whether any had another. */
static bool
rename_columns(Oid relation, const TableShape *shape)
{
	bool		renamed = false;

	for (int i = 0; i < shape->ncolumns; i++)
	{
		const ColumnShape *column = &shape->columns[i];
		const char *name = get_attname(relation, i + 1, true);

		if (column->former == NULL || name == NULL || strcmp(name, column->former) != 0)
			continue;
		utility(psprintf("ALTER TABLE %s RENAME COLUMN %s TO %s", qualified_name(relation),
						 column->former, column->name));
		renamed = true;
	}
	return renamed;
}

/* lacks_columns says whether a table lacks columns that newer versions have added, and where it has the others. */
static bool
lacks_columns(Oid relation, const TableShape *shape, ColumnPlaces *places)
{
	Relation	table = companion_open(relation, AccessShareLock);

	find_places(shape, RelationGetDescr(table), places);
	table_close(table, NoLock);
	return places->n < shape->ncolumns;
}

/* check_present_columns refuses a tracker whose tables are those of an earlier version, on columns of which companions may rest. */
void
check_present_columns(const TrackRequest *request)
{
	for (int i = 0; i < n_companion_kinds; i++)
	{
		const CompanionKind *kind = &companion_kinds[i];
		Oid			relation = companion_among(request->companions, kind->suffix);
		ColumnPlaces places;

		if (kind->shape != NULL && get_rel_name(relation) != NULL && lacks_columns(relation, kind->shape, &places))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("table \"%s\" is of an earlier version of lead_temperature", get_rel_name(relation)),
					 errdetail("It lacks columns that this version has."),
					 errhint("Bring the tracker up to date first: SELECT lead_temperature.upgrade_tracker(%s).",
							 quote_literal_cstr(companion_name(request, STATE_SUFFIX)))));
	}
}

/* add_columns gives a table the columns that newer versions have added; says whether it lacked any. */
static bool
add_columns(Oid relation, const TableShape *shape)
{
	ColumnPlaces places;
	bool		lacked = lacks_columns(relation, shape, &places);

	for (int i = 0; i < shape->ncolumns; i++)
		if (places.of[i] == 0)
			utility(psprintf("ALTER TABLE %s ADD COLUMN %s", qualified_name(relation),
							 column_sql(shape, i + 1, NULL)));
	return lacked;
}

/* add_view_columns gives a view the columns that newer versions have added, behind the others; says whether it lacked any. */
static bool
add_view_columns(const TrackRequest *request, const CompanionKind *kind, Oid relation)
{
	int			ncolumns = 1;

	for (const char *comma = strchr(kind->columns, ','); comma != NULL; comma = strchr(comma + 1, ','))
		ncolumns++;
	if (get_attname(relation, ncolumns, true) != NULL)
		return false;
	return renew_view(request, kind);
}

/*
 * rename_companion gives a companion that an earlier version has made, and its key, the
 * name that this version has for it; says whether it had another.  One that the owner of
 * the table has given it stays.
 */
static bool
rename_companion(const TrackRequest *request, const CompanionKind *kind, Oid relation)
{
	char	   *former = psprintf("%s_%s", request->prefix, kind->former);
	char	   *present = psprintf("%s_%s", request->prefix, kind->suffix);
	char	   *former_key = psprintf("%s_pkey", former);

	if (strcmp(get_rel_name(relation), former) != 0)
		return false;
	check_schema_rights(request);
	if (OidIsValid(get_relation_constraint_oid(relation, former_key, true)))
		utility(psprintf("ALTER TABLE %s RENAME CONSTRAINT %s TO %s", qualified_name(relation),
						 quote_identifier(former_key), quote_identifier(psprintf("%s_pkey", present))));
	utility(psprintf("ALTER TABLE %s RENAME TO %s", qualified_name(relation), quote_identifier(present)));
	return true;
}

/*
 * use_present_shapes gives, as the owner, all that a tracker has the names and columns
 * that this version has for it; returns how many tables and views had others, and says whether
 * some tables lacked columns for what leads remember, as those of 0.1.0 do, whose views had other queries.
 */
static int
use_present_shapes(const TrackRequest *request, const TrackerObjects *objects, bool *lacked)
{
	OwnerScope	scope;
	int			changed = 0;

	owner_enter(&scope, request->source.owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	for (int i = 0; i < n_companion_kinds; i++)
	{
		const CompanionKind *kind = &companion_kinds[i];
		Oid			relation = companion_of(objects, kind->suffix);
		bool		other;

		if (!OidIsValid(relation) || get_rel_name(relation) == NULL)
			continue;
		if (kind->shape == NULL)
			other = add_view_columns(request, kind, relation);
		else
		{
			other = rename_columns(relation, kind->shape);
			if (add_columns(relation, kind->shape))
			{
				other = true;
				*lacked |= kind->shape->remembers;
			}
			if (kind->former != NULL)
				other |= rename_companion(request, kind, relation);
		}
		changed += other;
	}
	for (int i = 0; i < n_companion_kinds && *lacked; i++)
		if (companion_kinds[i].was_other)
			changed += renew_view(request, &companion_kinds[i]);
	SPI_finish();
	owner_leave(&scope);
	return changed;
}

/* read_words lets a tracker read a table of words that it has made, in the place of one that it has lost; writers are kept out. */
void
read_words(Oid tracker, Oid words)
{
	TrackedSource source = word_source(tracker, words);

	delete_words(tracker);
	insert_source(&source);
	follow(source.relation);
	CommandCounterIncrement();
}

/*
 * lt_upgrade_tracker makes for a tracker what newer versions make, and what it has
 * lost, gives what it has the names and columns that it has now, and returns how many
 * tables and views it has made or changed.
 */
Datum
lt_upgrade_tracker(PG_FUNCTION_ARGS)
{
	Tracker    *tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(0)), ShareRowExclusiveLock);
	TrackRequest request = {0};
	TrackerObjects objects;
	List	   *made;
	int			changed;
	bool		remembered = remembers(tracker);
	bool		lacked = false;
	ListCell   *cell;

	if (!tracker_objects(tracker->id, &objects))
		elog(ERROR, "tracker %u is gone", tracker->id);
	request_of_tracker(tracker->id, &request);
	changed = use_present_shapes(&request, &objects, &lacked);
	if (lacked && remembered)
		set_tracker_outdated(request.source.tracker);	/* what the columns held
														 * is lost */
	made = add_companions(&request);
	foreach(cell, made)
	{
		const Companion *companion = lfirst(cell);
		const char *suffix = companion->suffix;

		if (is_state_of_leads(suffix))
			set_tracker_outdated(request.source.tracker);	/* it is empty */
		if (strcmp(suffix, ALIAS_SUFFIX) == 0)
			delete_aliases(request.source.tracker);
		if (strcmp(suffix, ACCOUNT_MAP_SUFFIX) == 0)
			note_account_fault(request.source.tracker, "the table in which they are kept was lost, and is empty");
		if (strcmp(suffix, WORDS_SUFFIX) == 0)
			read_words(request.source.tracker, companion->relation);
	}
	tracker_changed(request.source.tracker);
	if (OidIsValid(companion_among(made, FIT_SUFFIX)))
		(void) fit_renew(tracker_get(request.source.tracker));
	PG_RETURN_INT32(list_length(made) + changed);
}
