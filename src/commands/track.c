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

#include "catalog/expression.h"
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
				 errhint("Name a column of the table, or write an SQL expression over its columns.")));
	if (lt_is_virtual(relation, number))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of table \"%s\" is a virtual generated column",
						column, get_rel_name(relation)),
				 errdetail("Triggers do not see what it holds."),
				 errhint("Track a stored column.")));
}

/* A tracked table whose index on leads is looked for. */
typedef struct LeadIndex
{
	AttrNumber	column;			/* of the leads, 0: an expression */
	Node	   *expression;
	Oid			type;			/* of the leads, the base type */
	Oid			collation;
	List	   *certain;		/* conditions that queries for leads have */
} LeadIndex;

/* is_column says whether a condition is a boolean column, or that it is false. */
static bool
is_column(const Node *condition, AttrNumber column)
{
	if (is_notclause(condition))
		condition = (const Node *) get_notclausearg((Expr *) condition);
	return IsA(condition, Var) && ((const Var *) condition)->varattno == column;
}

/* strip_relabels takes from an expression what changes its type and not its value, as the text of a varchar. */
static const Var *
strip_relabels(const Node *expression)
{
	while (IsA(expression, RelabelType))
		expression = (const Node *) ((const RelabelType *) expression)->arg;
	return (const Var *) expression;
}

/* is_equated says whether a condition that is certain equates a column with a constant, as an index of a family can look for. */
static bool
is_equated(const LeadIndex *sought, AttrNumber column, Oid family)
{
	ListCell   *cell;

	foreach(cell, sought->certain)
	{
		const OpExpr *condition = lfirst(cell);
		const Var  *var;

		if (is_column(lfirst(cell), column))
			return true;
		if (!IsA(condition, OpExpr) || list_length(condition->args) != 2 ||
			!IsA(lsecond(condition->args), Const) || castNode(Const, lsecond(condition->args))->constisnull)
			continue;
		var = strip_relabels(linitial(condition->args));
		if (IsA(var, Var) && var->varattno == column &&
			get_op_opfamily_strategy(condition->opno, family) == BTEqualStrategyNumber)
			return true;
	}
	return false;
}

/*
 * leads_by says whether an index leads to the rows of a lead: a valid btree on the leads in
 * their default order, perhaps after columns that the filter equates with constants, and
 * if it is partial of rows that the filter leaves.
 */
static bool
leads_by(const LeadIndex *sought, Relation index)
{
	const FormData_pg_index *form = index->rd_index;
	Oid			family = lookup_type_cache(sought->type, TYPECACHE_BTREE_OPFAMILY)->btree_opf;
	List	   *predicate = RelationGetIndexPredicate(index);
	ListCell   *expression = list_head(RelationGetIndexExpressions(index));

	if (!form->indisvalid || index->rd_rel->relam != BTREE_AM_OID)
		return false;
	/* an expression that fails for a row that is not in the index would fail a query */
	if (predicate != NIL &&
		(!predicate_implied_by(predicate, sought->certain, false) ||
		 (sought->expression != NULL && expression_may_fail(sought->expression))))
		return false;
	for (int i = 0; i < form->indnkeyatts; i++)
	{
		AttrNumber	column = form->indkey.values[i];
		Node	   *key = column == 0 ? lfirst(expression) : NULL;

		if (column == 0)
			expression = lnext(RelationGetIndexExpressions(index), expression);
		if ((column != 0 ? column == sought->column :
			 sought->expression != NULL && equal(key, sought->expression)) &&
			index->rd_opfamily[i] == family && index->rd_indcollation[i] == sought->collation)
			return true;
		if (column == 0 || !is_equated(sought, column, index->rd_opfamily[i]))
			return false;
	}
	return false;
}

/* has_lead_index says whether rows of a lead can be found by an index. */
static bool
has_lead_index(Oid relation, const LeadIndex *sought)
{
	Relation	table = table_open(relation, AccessShareLock);
	bool		found = false;
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(table))
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		found = found || leads_by(sought, index);
		index_close(index, AccessShareLock);
	}
	table_close(table, AccessShareLock);
	return found;
}

/*
 * need_lead_index makes the index on the leads, or refuses to do without, and says what
 * else would do; the caller works as the owner.
 */
void
need_lead_index(const TrackRequest *request, bool create_index, const char *otherwise)
{
	const char *name = request->columns.name[ROLE_LEAD];
	const char *at = request->columns.name[ROLE_AT];
	LeadIndex	sought = {0};
	char	   *sql;

	sought.type = getBaseType(request->lead.type);
	sought.collation = request->lead.collation;
	if (name != NULL)
		sought.column = get_attnum(request->interactions, name);
	else
		sought.expression = (Node *)
			expression_planner((Expr *) parse_expression(request->interactions, tracked_roles[ROLE_LEAD].name,
														 request->columns.expression[ROLE_LEAD]));
	if (request->columns.expression[ROLE_FILTER] != NULL)
		sought.certain = certain_conditions(parse_expression(request->interactions, tracked_roles[ROLE_FILTER].name,
															 request->columns.expression[ROLE_FILTER]));
	if (has_lead_index(request->interactions, &sought))
		return;
	sql = psprintf("CREATE INDEX ON %s (%s%s)", qualified_name(request->interactions),
				   name != NULL ? quote_identifier(name) : psprintf("(%s)", request->columns.expression[ROLE_LEAD]),
				   at == NULL ? "" : psprintf(", %s", quote_identifier(at)));
	if (!create_index)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 name != NULL ?
				 errmsg("table \"%s\" has no index led by column \"%s\"", get_rel_name(request->interactions), name) :
				 errmsg("table \"%s\" has no index led by the expression for \"lead\"", get_rel_name(request->interactions)),
				 errdetail("Late, updated and deleted rows replay their lead, which needs all of its rows."),
				 errhint("Create it: %s%s.", sql, otherwise)));
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
	taken = name_taken(request);
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
				 errhint("Name the table and its columns of lead, kind and time.")));
}

/* is_bare_name says whether a text looks like the name of a column and like no other expression, as true is. */
static bool
is_bare_name(const char *text)
{
	int			keyword = ScanKeywordLookup(text, &ScanKeywords);

	if (keyword >= 0 && ScanKeywordCategories[keyword] == RESERVED_KEYWORD)
		return false;
	for (const char *letter = text; *letter != '\0'; letter++)
		if (!isalnum((unsigned char) *letter) && *letter != '_' && !IS_HIGHBIT_SET(*letter))
			return false;
	return text[0] != '\0' && !isdigit((unsigned char) text[0]);
}

/*
 * read_role takes an argument as the name of a column if the table has one of that name, and
 * as an expression otherwise, which is kept as it reads in every session.
 */
void
read_role(TrackRequest *request, Role role, char *argument)
{
	const char *name = tracked_roles[role].name;
	OwnerScope	scope;
	Node	   *expression;

	if (argument == NULL)
		return;
	if (!tracked_roles[role].by_expression || get_attnum(request->interactions, argument) > 0 ||
		argument[0] == '\0' || is_bare_name(argument))
	{
		check_column(request->interactions, argument);
		if (role < N_COLUMN_ROLES)
		{
			request->columns.name[role] = argument;
			return;
		}
		argument = pstrdup(quote_identifier(argument));
	}
	expression = parse_expression(request->interactions, name, argument);
	check_expression(request->interactions, name, expression);
	expression_enter(&scope, request->interactions);
	request->columns.expression[role] = expression_text(request->interactions, expression);
	check_reads_alike(request->interactions, name, expression, request->columns.expression[role]);
	owner_leave(&scope);
}

/* read_request reads the arguments of track(). */
static void
read_request(FunctionCallInfo fcinfo, TrackRequest *request)
{
	need_argument(fcinfo, 0, "interactions");
	for (int role = 0; role < N_COLUMN_ROLES; role++)
		if (!tracked_roles[role].optional)
			need_argument(fcinfo, 1 + role, tracked_roles[role].name);
	need_argument(fcinfo, 7, "entry");
	need_argument(fcinfo, 8, "time_zone");
	need_argument(fcinfo, 9, "create_index");
	need_argument(fcinfo, 10, "backfill");
	need_argument(fcinfo, 11, "funnel_counts");
	request->interactions = PG_GETARG_OID(0);
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

/* lt_track makes leads of a table of interactions. */
Datum
lt_track(PG_FUNCTION_ARGS)
{
	TrackRequest request;
	TrackerObjects objects;
	OwnerScope	scope;

	lt_check_version();
	memset(&request, 0, sizeof(request));
	read_request(fcinfo, &request);
	check_relation(request.interactions);
	for (int role = 0; role < N_ROLES; role++)
		read_role(&request, role, role_argument(fcinfo, role));
	if (request.entry == STAGE_CUSTOMER)
		refuse_entry();
	(void) find_time_zone(request.time_zone, zone_example);
	tracker_check_columns(request.interactions, &request.columns);
	describe_lead_column(request.interactions, &request.columns, &request.lead);

	request.owner = relation_owner(request.interactions);
	request.schema = get_namespace_name(get_rel_namespace(request.interactions));
	if (request.prefix == NULL)
		request.prefix = get_rel_name(request.interactions);
	check_schema_rights(&request);
	check_prefix(&request);
	(void) remove_inert_triggers(request.interactions);

	expression_enter(&scope, request.interactions);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	need_model(&request);
	need_lead_index(&request, PG_GETARG_BOOL(9), "; or pass create_index => true");
	SPI_finish();
	owner_leave(&scope);

	objects.prefix = request.prefix;
	objects.companions = make_companions(&request);

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
