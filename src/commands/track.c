/*-------------------------------------------------------------------------
 *
 * track.c
 *	  Tracking put on a table and taken off it.
 *
 * Everything that is refused is refused before anything is made; what track()
 * makes belongs to the owner of the table and is made in that role.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/track.h"

#include "catalog/account_source.h"
#include "catalog/attribute.h"
#include "catalog/own_tracker.h"
#include "catalog/expression.h"
#include "catalog/model.h"
#include "catalog/source_table.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_model.h"
#include "catalog/tracker_table.h"
#include "commands/remains.h"
#include "commands/record_changes.h"
#include "commands/replay.h"
#include "commands/source_check.h"
#include "commands/source_set.h"
#include "commands/tracker_objects.h"
#include "commands/triggers.h"
#include "rows/time_bounds.h"
#include "state/state_table.h"
#include "state/transition_log.h"
#include "util/time_zone.h"
#include "util/version.h"

#include <ctype.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "common/keywords.h"
#include "nodes/nodeFuncs.h"
#include "nodes/value.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(lt_track);
PG_FUNCTION_INFO_V1(lt_untrack);

/* the argument that says that a table has records; those of its mapping stand before it */
#define TRACK_KEEP_CHANGES	18
#define TRACK_ASIDES		19

/* check_not_tracked refuses to track a table under a prefix that a tracker of it has already. */
static void
check_not_tracked(const TrackRequest *request)
{
	ListCell   *cell;

	foreach(cell, trackers_reading(request->source.relation))
	{
		TrackerObjects objects;

		if (first_table(lfirst_oid(cell)) != request->source.relation ||
			!tracker_objects(lfirst_oid(cell), &objects) || strcmp(objects.prefix, request->prefix) != 0)
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("table \"%s\" is already tracked", get_rel_name(request->source.relation)),
				 errhint("Give its leads another model with CALL lead_temperature.activate; pass a prefix for another tracker of it; or stop tracking it first with lead_temperature.untrack.")));
	}
}

/* check_prefix refuses a prefix whose names would not fit or are taken. */
static void
check_prefix(const TrackRequest *request)
{
	int			longest = NAMEDATALEN - 1 - longest_suffix();
	Oid			taken;

	if (request->prefix[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("prefix must not be empty"),
				 errhint("Pass a prefix, or NULL for the name of the table.")));
	if (strlen(request->prefix) > longest)
		ereport(ERROR,
				(errcode(ERRCODE_NAME_TOO_LONG),
				 errmsg("prefix \"%s\" is too long", request->prefix),
				 errdetail("A prefix has %d bytes at most.", longest),
				 errhint("Pass a shorter prefix.")));
	taken = name_taken(request);
	if (OidIsValid(taken))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation \"%s\" already exists in schema \"%s\"", get_rel_name(taken), request->schema),
				 is_restored_companion(taken) &&
				 strcmp(request->prefix, get_rel_name(request->source.relation)) == 0 ?
				 errhint("If a restore has left it, remove it with SELECT lead_temperature.untrack(%s); otherwise pass another prefix, or drop or rename that relation.",
						 quote_literal_cstr(qualified_name(request->source.relation))) :
				 errhint("Pass another prefix, or drop or rename that relation.")));
}

/* need_model creates the model from the default template if none was named, and checks it. */
static void
need_model(TrackRequest *request)
{
	if (request->model != NULL)
	{
		check_model_access(request->model, request->source.owner);
		return;
	}
	request->model = request->prefix;
	if (model_exists(request->model))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("model \"%s\" already exists", request->model),
				 errdetail("Without a model one named after the prefix is created."),
				 errhint("To use that model pass model => %s, or pass another prefix.",
						 quote_literal_cstr(request->model))));
	model_create(request->model, "default");
}

/* name_argument reads an argument of type name, NULL if it is null. */
static char *
name_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? NULL : pstrdup(NameStr(*PG_GETARG_NAME(number)));
}

/* role_argument reads what shall be read for a role, NULL if the argument is null. */
static char *
role_argument(FunctionCallInfo fcinfo, Role role)
{
	int			number = role < N_COLUMN_ROLES ? 1 + role : 12;

	return PG_ARGISNULL(number) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(number));
}

/* need_argument refuses a null argument. */
static void
need_argument(FunctionCallInfo fcinfo, int number, const char *name)
{
	if (PG_ARGISNULL(number))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be null", name),
				 strcmp(name, "at") == 0 ?
				 errhint("Say what of a row is its time; only with keep_changes => true is it the time of the change if you do not.") :
				 errhint("Name the table and its columns of lead, kind and time.")));
}

/* read_request reads the arguments of track(). */
static void
read_request(FunctionCallInfo fcinfo, TrackRequest *request)
{
	need_argument(fcinfo, 0, "interactions");
	need_argument(fcinfo, TRACK_KEEP_CHANGES, "keep_changes");
	for (int role = 0; role < N_COLUMN_ROLES; role++)
		if (!tracked_roles[role].optional && (role != ROLE_AT || !PG_GETARG_BOOL(TRACK_KEEP_CHANGES)))
			need_argument(fcinfo, 1 + role, tracked_roles[role].name);
	need_argument(fcinfo, 7, "entry");
	need_argument(fcinfo, 8, "time_zone");
	need_argument(fcinfo, 9, "create_index");
	need_argument(fcinfo, 10, "backfill");
	need_argument(fcinfo, 11, "funnel_counts");
	request->source.relation = request->source.tracker = PG_GETARG_OID(0);
	request->source.number = 1;
	request->model = name_argument(fcinfo, 5);
	request->prefix = name_argument(fcinfo, 6);
	request->entry = stage_from_oid(PG_GETARG_OID(7));
	request->time_zone = text_to_cstring(PG_GETARG_TEXT_PP(8));
	request->backfill = PG_GETARG_BOOL(10);
	request->funnel_counts = PG_GETARG_BOOL(11);
	if (PG_GETARG_BOOL(TRACK_KEEP_CHANGES))
	{
		request->source.records = 1;
		request->source.number = 2;
	}
}

/*
 * settle_sequence makes the next transition id go to the write-ahead log.  With
 * wal_level = minimal the page of a sequence that was created and used in one
 * transaction is logged as it is, after which the next 32 values are not: a
 * crash would give them out twice.
 */
static void
settle_sequence(const TrackRequest *request, Oid transitions)
{
	Relation	table = table_open(transitions, AccessShareLock);
	Oid			sequence = lt_identity_sequence(table, TRANSITION_ID);
	OwnerScope	scope;

	table_close(table, NoLock);
	owner_enter(&scope, request->source.owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	utility(psprintf("SELECT pg_catalog.setval(%u::pg_catalog.regclass, last_value, is_called) FROM %s",
					 sequence, qualified_name(sequence)));
	SPI_finish();
	owner_leave(&scope);
}

/* What to do about a zone that is none. */
const char *const zone_example =
"Name a zone of pg_timezone_names, for example Asia/Kolkata; of a fixed offset, Etc/GMT-5 is five hours east.";

/* refuse_entry refuses that leads begin as customers. */
void
refuse_entry(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("entry stage must not be \"customer\""),
			 errhint("A lead becomes a customer by a purchase; let it enter at \"opportunity\" or before.")));
}

/* add_first_records lets a tracker keep the changes of the table that it is called after. */
static void
add_first_records(TrackedSource *recorder)
{
	check_source_request(recorder, false);
	insert_source(recorder);
	follow(recorder->relation);
	CommandCounterIncrement();
}

/* lt_track makes leads of a table of interactions. */
Datum
lt_track(PG_FUNCTION_ARGS)
{
	TrackRequest request;
	TrackedSource table;		/* what is asked for, which may have records */
	TrackedSource mapping;
	TrackerObjects objects;
	OwnerScope	scope;

	lt_check_version();
	memset(&request, 0, sizeof(request));
	read_request(fcinfo, &request);
	check_relation(request.source.relation);
	check_not_own(request.source.relation);
	request.source.owner = relation_owner(request.source.relation);
	for (int i = 0; i < N_ARGUMENT_ROLES; i++)
		read_role(&request.source, argument_roles[i], role_argument(fcinfo, argument_roles[i]));
	read_asides(fcinfo, TRACK_ASIDES, &request.source);
	request.source.mapped = read_mapping(fcinfo, 13, &request.source, &mapping);
	request.source.maps_rest = mapping.maps_rest;
	if (request.entry == STAGE_CUSTOMER)
		refuse_entry();
	(void) find_time_zone(request.time_zone, zone_example);
	check_source(&request.source);
	describe_lead_column(request.source.mapped ? &mapping : &request.source, &request.lead);

	request.schema = get_namespace_name(get_rel_namespace(request.source.relation));
	if (request.prefix == NULL)
		request.prefix = get_rel_name(request.source.relation);
	check_not_tracked(&request);
	check_schema_rights(&request);
	check_prefix(&request);
	(void) remove_inert_triggers(request.source.relation);

	expression_enter(&scope, request.source.owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	need_model(&request);
	if (request.source.records == 0)
		need_lead_index(&request.source, PG_GETARG_BOOL(9), "; or pass create_index => true");
	if (request.source.mapped)
		need_mapping_indexes(&mapping, PG_GETARG_BOOL(9));
	SPI_finish();
	owner_leave(&scope);

	objects.prefix = request.prefix;
	objects.companions = make_companions(&request);
	/* another one is called after the table, or it reads what is kept of that */
	if (request.source.records != 0 || tracker_is_any(request.source.relation))
		request.source.tracker = companion_of(&objects, STATE_SUFFIX);
	table = request.source;
	if (table.records != 0)
		request.source = keeper_of(&table, companion_of(&objects, CHANGES_SUFFIX));

	insert_tracker(&request, &objects);
	follow(request.source.relation);
	CommandCounterIncrement();
	if (table.records != 0)
		add_first_records(&table);
	follow_partitions(&table, true);
	CommandCounterIncrement();
	if (table.mapped)
		add_mapping(&request.source, &mapping);
	if (request.backfill)
	{
		replay_all(tracker_get(request.source.tracker), BY_BACKFILL);
		settle_sequence(&request, companion_of(&objects, TRANSITIONS_SUFFIX));
		end_replay(request.source.tracker, true);
	}
	if (table.records != 0)
		record_present(&table);
	PG_RETURN_VOID();
}

/* unfollow_sources takes the triggers off the tables that a tracker which is gone has read, and off their partitions. */
static void
unfollow_sources(List *sources, List *partitions)
{
	ListCell   *cell;

	foreach(cell, sources)
		unfollow(((const TrackedSource *) lfirst(cell))->relation);
	foreach(cell, partitions)
		unfollow(lfirst_oid(cell));
}

/*
 * drop_tracker_objects forgets a tracker and drops what it made, and what rests
 * on that only if it shall cascade.  It does not need the tracked table any more.
 */
void
drop_tracker_objects(Oid interactions, bool cascade)
{
	TrackerObjects objects;
	List	   *sources = tracker_tables(interactions);
	List	   *partitions = NIL;
	List	   *attributes = attributes_of(interactions);
	OwnerScope	scope;
	ListCell   *cell;
	Oid			owner = InvalidOid;
	Oid			accounts;

	if (!tracker_objects(interactions, &objects))
		return;
	accounts = account_relation(interactions);
	foreach(cell, sources)
		partitions = list_concat(partitions, source_partitions(lfirst(cell)).followed);
	delete_tracker(interactions);
	foreach(cell, sources)
		tracker_changed(((const TrackedSource *) lfirst(cell))->relation);
	unfollow_sources(sources, partitions);
	unfollow_account_table(accounts);
	foreach(cell, attributes)
		unfollow_attributes(((const Attribute *) lfirst(cell))->relation);
	foreach(cell, objects.companions)
	{
		const Companion *companion = lfirst(cell);

		if (!OidIsValid(owner) && get_rel_name(companion->relation) != NULL)
			owner = relation_owner(companion->relation);
	}
	if (!OidIsValid(owner))
		return;
	owner_enter(&scope, owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	for (int i = n_companion_kinds - 1; i >= 0; i--)
	{
		Oid			relation = companion_of(&objects, companion_kinds[i].suffix);

		tell_lost(relation, &companion_kinds[i], "the tracker");
		drop_companion(relation, cascade);
	}
	SPI_finish();
	owner_leave(&scope);
}

/* lt_untrack stops tracking a table, or clears what a restore without its tracker has left. */
Datum
lt_untrack(PG_FUNCTION_ARGS)
{
	Oid			interactions = tracker_named(PG_GETARG_OID(0));

	lt_check_version();
	lock_tracker(interactions, AccessExclusiveLock);
	if (tracker_is_any(interactions))
		drop_tracker_objects(interactions, false);
	else if (!remove_remains(interactions))
		(void) tracker_get(interactions);	/* which says that there is none */
	PG_RETURN_VOID();
}
