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

#include "catalog/model.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_model.h"
#include "catalog/tracker_table.h"
#include "commands/remains.h"
#include "commands/replay.h"
#include "commands/tracker_objects.h"
#include "rows/time_bounds.h"
#include "state/state_table.h"
#include "state/transition_log.h"
#include "util/time_zone.h"
#include "util/version.h"

#include "access/genam.h"
#include "access/htup_details.h"
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
#include "nodes/value.h"
#include "parser/parse_func.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(lt_track);
PG_FUNCTION_INFO_V1(lt_untrack);

/* refuse_kind refuses a relation that is no ordinary or partitioned table. */
static void
refuse_kind(const char *name, char relkind)
{
	const char *what = "not a table";
	const char *hint = "Track the table of the interactions.";

	switch (relkind)
	{
		case RELKIND_VIEW:
			what = "a view";
			hint = "Track the table that the view reads.";
			break;
		case RELKIND_MATVIEW:
			what = "a materialized view";
			hint = "Track the table that the view reads.";
			break;
		case RELKIND_FOREIGN_TABLE:
			what = "a foreign table";
			hint = "Track the table where it is stored.";
			break;
	}
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("cannot track \"%s\"", name),
			 errdetail("\"%s\" is %s.", name, what),
			 errhint("%s", hint)));
}

/* refuse raises the error that a table cannot be tracked because of its nature. */
static void
refuse(int code, const char *name, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(code),
			 errmsg("cannot track \"%s\"", name),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

/* check_relation refuses what cannot be tracked, and locks the table against writers. */
static void
check_relation(Oid relation)
{
	Relation	table;
	const char *name = get_rel_name(relation);
	List	   *children;
	ListCell   *cell;

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation),
				 errhint("Name a table of interactions.")));
	if (get_rel_relkind(relation) != RELKIND_RELATION &&
		get_rel_relkind(relation) != RELKIND_PARTITIONED_TABLE)
		refuse_kind(name, get_rel_relkind(relation));
	if (IsCatalogNamespace(get_rel_namespace(relation)) ||
		get_rel_namespace(relation) == get_namespace_oid(LT_SCHEMA, false) ||
		get_rel_namespace(relation) == get_namespace_oid("information_schema", true))
		refuse(ERRCODE_WRONG_OBJECT_TYPE, name, "It is a system table.",
			   "Track a table of interactions.");
	check_table_owner(relation);

	lock_own_table(relation, ShareRowExclusiveLock);
	table = table_open(relation, NoLock);
	if (table->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		refuse(ERRCODE_WRONG_OBJECT_TYPE, name, "It is a temporary table.",
			   "Track a permanent table.");
	if (table->rd_rel->relispartition)
		refuse(ERRCODE_WRONG_OBJECT_TYPE, name, "It is a partition.",
			   "Track the partitioned table that it belongs to.");
	if (has_superclass(relation) ||
		(table->rd_rel->relkind == RELKIND_RELATION && has_subclass(relation) &&
		 find_inheritance_children(relation, AccessShareLock) != NIL))
		refuse(ERRCODE_FEATURE_NOT_SUPPORTED, name, "It takes part in inheritance.",
			   "Partition the table, or end the inheritance.");
	table_close(table, NoLock);

	children = find_all_inheritors(relation, ShareRowExclusiveLock, NULL);
	check_not_in_use(relation, "track");
	foreach(cell, children)
	{
		if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_FOREIGN_TABLE)
			refuse(ERRCODE_FEATURE_NOT_SUPPORTED, name,
				   psprintf("Its partition \"%s\" is a foreign table.", get_rel_name(lfirst_oid(cell))),
				   "Detach the partition.");
		if (is_unlogged_partition(lfirst_oid(cell)))
			refuse(ERRCODE_FEATURE_NOT_SUPPORTED, name,
				   psprintf("Its partition \"%s\" is unlogged: a crash would empty it, and leave its leads.",
							get_rel_name(lfirst_oid(cell))),
				   psprintf("Run ALTER TABLE %s SET LOGGED.", qualified_name(lfirst_oid(cell))));
	}

	if (tracker_is_any(relation))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("table \"%s\" is already tracked", name),
				 errhint("Stop tracking it first with lead_temperature.untrack.")));
}

/* check_column refuses a column that is not there, or that triggers do not see. */
static void
check_column(Oid relation, const char *column)
{
	AttrNumber	number = get_attnum(relation, column);

	if (number <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\" does not exist",
						column, get_rel_name(relation)),
				 errhint("Name the columns of the lead, the kind and the time of an interaction, and of its weight if it has one.")));
	if (lt_is_virtual(relation, number))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of table \"%s\" is a virtual generated column",
						column, get_rel_name(relation)),
				 errdetail("Triggers do not see what it holds."),
				 errhint("Track a stored column.")));
}

/*
 * has_lead_index says whether rows of a lead can be found by an index: a valid
 * btree, not partial, led by the column in its default order.
 */
static bool
has_lead_index(Oid relation, AttrNumber lead)
{
	Relation	table = table_open(relation, AccessShareLock);
	List	   *indexes = RelationGetIndexList(table);
	bool		found = false;
	Oid			type;
	int32		typmod;
	Oid			collation;
	Oid			family;
	ListCell   *cell;

	get_atttypetypmodcoll(relation, lead, &type, &typmod, &collation);
	family = lookup_type_cache(getBaseType(type), TYPECACHE_BTREE_OPFAMILY)->btree_opf;
	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (index->rd_index->indisvalid &&
			index->rd_rel->relam == BTREE_AM_OID &&
			index->rd_index->indkey.values[0] == lead &&
			heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL) &&
			index->rd_opfamily[0] == family &&
			index->rd_indcollation[0] == collation)
			found = true;
		index_close(index, AccessShareLock);
	}
	table_close(table, AccessShareLock);
	return found;
}

/* need_lead_index makes the index on the lead column, or refuses to do without. */
static void
need_lead_index(const TrackRequest *request, bool create_index)
{
	char	   *sql;

	if (has_lead_index(request->interactions, get_attnum(request->interactions, request->columns[ROLE_LEAD])))
		return;
	sql = psprintf("CREATE INDEX ON %s (%s, %s)", qualified_name(request->interactions),
				   quote_identifier(request->columns[ROLE_LEAD]), quote_identifier(request->columns[ROLE_AT]));
	if (!create_index)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no index led by column \"%s\"",
						get_rel_name(request->interactions), request->columns[ROLE_LEAD]),
				 errdetail("Late, updated and deleted rows replay their lead, which needs all of its rows."),
				 errhint("Create it: %s; or pass create_index => true.", sql)));
	utility(sql);
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
	taken = name_taken(request, NIL);
	if (OidIsValid(taken))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation \"%s\" already exists in schema \"%s\"", get_rel_name(taken), request->schema),
				 is_restored_companion(taken) &&
				 strcmp(request->prefix, get_rel_name(request->interactions)) == 0 ?
				 errhint("If a restore has left it, remove it with SELECT lead_temperature.untrack(%s); otherwise pass another prefix, or drop or rename that relation.",
						 quote_literal_cstr(qualified_name(request->interactions))) :
				 errhint("Pass another prefix, or drop or rename that relation.")));
}

/* need_model creates the model from the default template if none was named, and checks it. */
static void
need_model(TrackRequest *request)
{
	if (request->model != NULL)
	{
		check_model_access(request->model, request->owner);
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

/* need_argument refuses a null argument. */
static void
need_argument(FunctionCallInfo fcinfo, int number, const char *name)
{
	if (PG_ARGISNULL(number))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be null", name),
				 errhint("Name the table and its columns of lead, kind and time.")));
}

/* read_request reads the arguments of track(). */
static void
read_request(FunctionCallInfo fcinfo, TrackRequest *request)
{
	need_argument(fcinfo, 0, "interactions");
	for (int role = 0; role < N_ROLES; role++)
		if (!tracked_roles[role].optional)
			need_argument(fcinfo, 1 + role, tracked_roles[role].name);
	need_argument(fcinfo, 7, "entry");
	need_argument(fcinfo, 8, "time_zone");
	need_argument(fcinfo, 9, "create_index");
	need_argument(fcinfo, 10, "backfill");
	need_argument(fcinfo, 11, "funnel_counts");
	request->interactions = PG_GETARG_OID(0);
	for (int role = 0; role < N_ROLES; role++)
		request->columns[role] = name_argument(fcinfo, 1 + role);
	request->model = name_argument(fcinfo, 5);
	request->prefix = name_argument(fcinfo, 6);
	request->entry = stage_from_oid(PG_GETARG_OID(7));
	request->time_zone = text_to_cstring(PG_GETARG_TEXT_PP(8));
	request->backfill = PG_GETARG_BOOL(10);
	request->funnel_counts = PG_GETARG_BOOL(11);
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
	owner_enter(&scope, request->owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	utility(psprintf("SELECT pg_catalog.setval(%u::pg_catalog.regclass, last_value, is_called) FROM %s",
					 sequence, qualified_name(sequence)));
	SPI_finish();
	owner_leave(&scope);
}

/* follow_tracked puts the statement triggers on the table, whose tracker is there. */
static void
follow_tracked(const TrackRequest *request)
{
	OwnerScope	scope;

	owner_enter(&scope, request->owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	follow(request->interactions);
	SPI_finish();
	owner_leave(&scope);
}

/* lt_track makes leads of a table of interactions. */
Datum
lt_track(PG_FUNCTION_ARGS)
{
	TrackRequest request;
	TrackerObjects objects;
	OwnerScope	scope;

	lt_check_version();
	read_request(fcinfo, &request);
	check_relation(request.interactions);
	for (int role = 0; role < N_ROLES; role++)
		if (request.columns[role] != NULL)
			check_column(request.interactions, request.columns[role]);
	if (request.entry == STAGE_CUSTOMER)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("entry stage must not be \"customer\""),
				 errhint("A lead becomes a customer by a purchase; let it enter at \"opportunity\" or before.")));
	(void) find_time_zone(request.time_zone,
						  "Name a zone of pg_timezone_names, for example Asia/Kolkata; of a fixed offset, Etc/GMT-5 is five hours east.");
	tracker_check_columns(request.interactions, request.columns);

	request.owner = relation_owner(request.interactions);
	request.schema = get_namespace_name(get_rel_namespace(request.interactions));
	if (request.prefix == NULL)
		request.prefix = get_rel_name(request.interactions);
	check_schema_rights(&request);
	check_prefix(&request);
	(void) remove_inert_triggers(request.interactions);

	owner_enter(&scope, request.owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	need_model(&request);
	need_lead_index(&request, PG_GETARG_BOOL(9));
	SPI_finish();
	owner_leave(&scope);

	objects.prefix = request.prefix;
	objects.companions = make_companions(&request, NIL);

	insert_tracker(&request, &objects);
	follow_tracked(&request);
	CommandCounterIncrement();
	follow_partitions(request.interactions, true);
	CommandCounterIncrement();
	if (request.backfill)
	{
		replay_all(tracker_get(request.interactions));
		settle_sequence(&request, companion_of(&objects, TRANSITIONS_SUFFIX));
		end_replay(request.interactions, true);
	}
	PG_RETURN_VOID();
}

/* drop_companion drops what a tracker has made if it is still there. */
static void
drop_companion(Oid relation, bool cascade)
{
	if (OidIsValid(relation) && get_rel_name(relation) != NULL)
		utility(psprintf("DROP %s %s%s", sql_kind(relation), qualified_name(relation),
						 cascade ? " CASCADE" : ""));
}

/*
 * drop_tracker_objects forgets a tracker and drops what it made, and what rests
 * on that only if it shall cascade.  It does not need the tracked table any more.
 */
void
drop_tracker_objects(Oid interactions, bool cascade)
{
	TrackerObjects objects;
	OwnerScope	scope;
	ListCell   *cell;
	Oid			owner = InvalidOid;

	if (!tracker_objects(interactions, &objects))
		return;
	delete_tracker(interactions);
	if (get_rel_name(interactions) != NULL)
		unfollow(interactions);
	foreach(cell, objects.partitions)
		unfollow(lfirst_oid(cell));

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
		drop_companion(companion_of(&objects, companion_kinds[i].suffix), cascade);
	SPI_finish();
	owner_leave(&scope);
}

/* lt_untrack stops tracking a table, or clears what a restore without its tracker has left. */
Datum
lt_untrack(PG_FUNCTION_ARGS)
{
	Oid			interactions = PG_GETARG_OID(0);

	lt_check_version();
	lock_own_table(interactions, AccessExclusiveLock);
	if (tracker_is_any(interactions))
		drop_tracker_objects(interactions, false);
	else if (!remove_remains(interactions))
		(void) tracker_get(interactions);	/* which says that there is none */
	PG_RETURN_VOID();
}
