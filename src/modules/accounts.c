/*-------------------------------------------------------------------------
 *
 * accounts.c
 *	  Which accounts the leads of a tracker belong to: set_accounts, refresh_accounts.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/accounts.h"

#include "catalog/account_table.h"
#include "catalog/expression.h"
#include "catalog/own_tracker.h"
#include "catalog/unique_key.h"
#include "commands/account_change.h"
#include "commands/replay.h"
#include "commands/tracker_objects.h"
#include "commands/triggers.h"
#include "util/execute.h"
#include "util/version.h"

#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "nodes/value.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_set_accounts);
PG_FUNCTION_INFO_V1(lt_refresh_accounts);

/* arguments of set_accounts */
enum
{
	SET_TRACKER, SET_RELATION, SET_KEY, SET_ACCOUNT, SET_EMAIL
};

/* tracker_argument reads the tracker, keeps its writers out and refuses one without the module. */
static Tracker *
tracker_argument(FunctionCallInfo fcinfo)
{
	TrackerObjects objects;
	Oid			id;

	if (PG_ARGISNULL(SET_TRACKER))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"tracker\" must not be null"),
				 errhint("Name a tracked table, or the table of its leads.")));
	lt_check_version();
	id = tracker_named(PG_GETARG_OID(SET_TRACKER));
	lock_writers_out(id);
	check_not_in_use(id, "set accounts of");
	if (!tracker_objects(id, &objects) || !OidIsValid(companion_of(&objects, ACCOUNT_MAP_SUFFIX)))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the tracker of table \"%s\" has no accounts", get_rel_name(first_table(id))),
				 errhint("Add them: SELECT lead_temperature.add_module(%s, '%s').",
						 quote_literal_cstr(qualified_name(tracker_without_model(id)->state)), ACCOUNTS_MODULE)));
	return tracker_without_model(id);
}

/* refuse raises the error that accounts cannot be read of a relation because of its nature. */
static void
refuse(int code, Oid relation, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(code),
			 errmsg("cannot read accounts of \"%s\"", get_rel_name(relation)),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

/* check_table refuses what is no table of one's own that can be followed, and keeps its writers out. */
static void
check_table(const Tracker *tracker, Oid relation)
{
	char		kind = get_rel_relkind(relation);

	if (get_rel_name(relation) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation),
				 errhint("Name the table that has the accounts of your leads.")));
	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
		refuse(ERRCODE_WRONG_OBJECT_TYPE, relation,
			   kind == RELKIND_VIEW ? "It is a view." : kind == RELKIND_MATVIEW ? "It is a materialized view." :
			   kind == RELKIND_FOREIGN_TABLE ? "It is a foreign table." : "It is not a table.",
			   "Name the table itself, in this database.");
	if (IsCatalogNamespace(get_rel_namespace(relation)) ||
		get_rel_namespace(relation) == get_namespace_oid(LT_SCHEMA, false) ||
		get_rel_namespace(relation) == get_namespace_oid("information_schema", true))
		refuse(ERRCODE_WRONG_OBJECT_TYPE, relation, "It is a system table.", "Name a table of your own.");
	if (OidIsValid(tracker_of_companion(relation)))
		refuse(ERRCODE_WRONG_OBJECT_TYPE, relation, "It is a table that a tracker keeps.",
			   "Name a table of your own, or none for accounts that the leads themselves say.");
	if (get_rel_persistence(relation) == RELPERSISTENCE_TEMP)
		refuse(ERRCODE_WRONG_OBJECT_TYPE, relation, "It is a temporary table.", "Name a permanent table.");
	if (get_rel_persistence(relation) == RELPERSISTENCE_UNLOGGED && tracker->persistence != RELPERSISTENCE_UNLOGGED)
		refuse(ERRCODE_WRONG_OBJECT_TYPE, relation, "It is unlogged: a crash would empty it, and leave its accounts.",
			   psprintf("Run ALTER TABLE %s SET LOGGED.", qualified_name(relation)));
	check_table_owner(relation);
	lock_own_table(relation, ShareRowExclusiveLock);
	check_tables_not_in_use(list_make1_oid(relation), "read accounts of");
}

/* refuse_lookup refuses an expression that looks domains up, which differs with the list of free mail providers. */
static void
refuse_lookup(Node *expression, const char *role)
{
	Oid			types[] = {TEXTOID};
	Oid			function = LookupFuncName(list_make2(makeString(pstrdup(LT_SCHEMA)),
													 makeString(pstrdup("company_of_email"))), 1, types, false);

	if (expression_calls(expression, function))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("argument \"%s\" calls company_of_email, which differs with the list of free mail providers", role),
				 errdetail("Of an e-mail address its domain is kept, and free mail providers are left out whenever accounts are asked for."),
				 errhint("Pass the address itself, as in email => 'column'.")));
}

/* expression_argument reads a column or an expression as an expression that reads alike everywhere, NULL if there is none. */
static char *
expression_argument(FunctionCallInfo fcinfo, int argument, const Tracker *tracker, Oid relation, const char *role)
{
	char	   *given;
	char	   *written;
	Node	   *expression;
	OwnerScope	scope;

	if (PG_ARGISNULL(argument))
		return NULL;
	given = text_to_cstring(PG_GETARG_TEXT_PP(argument));
	if (get_attnum(relation, given) > 0)
		given = pstrdup(quote_identifier(given));
	expression = parse_expression(relation, role, given);
	refuse_lookup(expression, role);
	expression_enter(&scope, tracker->owner);
	written = expression_text(relation, expression);
	check_reads_alike(relation, role, expression, written);
	owner_leave(&scope);
	return written;
}

/* source_argument reads what says which accounts leads belong to. */
static AccountSource
source_argument(FunctionCallInfo fcinfo, const Tracker *tracker)
{
	AccountSource source = {0};

	if (PG_ARGISNULL(SET_ACCOUNT) && PG_ARGISNULL(SET_EMAIL))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("nothing says to which accounts leads belong"),
				 errhint("Pass account, a column or an expression that is the account, or email, one that is an e-mail address, or both.")));
	if (PG_ARGISNULL(SET_RELATION) != PG_ARGISNULL(SET_KEY))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"%s\" must not be null with the other given", PG_ARGISNULL(SET_KEY) ? "key" : "relation"),
				 errhint("Name both the table and its column that has the lead, or neither for accounts that the leads themselves say.")));
	source.relation = PG_ARGISNULL(SET_RELATION) ? tracker->state : PG_GETARG_OID(SET_RELATION);
	source.key = PG_ARGISNULL(SET_KEY) ? pstrdup("lead") : text_to_cstring(PG_GETARG_TEXT_PP(SET_KEY));
	if (strlen(source.key) >= NAMEDATALEN || (!PG_ARGISNULL(SET_RELATION) && get_rel_name(source.relation) != NULL &&
											  get_attnum(source.relation, source.key) <= 0))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\" does not exist", source.key, get_rel_name(source.relation)),
				 errhint("Name the column that has the lead, as it is called, without quotes.")));
	return source;
}

/* lt_set_accounts says which accounts the leads of a tracker belong to, and returns how many rows it has kept of that anew. */
Datum
lt_set_accounts(PG_FUNCTION_ARGS)
{
	Tracker    *tracker = tracker_argument(fcinfo);
	AccountSource source = source_argument(fcinfo, tracker);
	Oid			former = account_relation(tracker->id);
	Oid			id = tracker->id;
	bool		own = PG_ARGISNULL(SET_RELATION);

	if (!own)
		check_table(tracker, source.relation);
	source.account = expression_argument(fcinfo, SET_ACCOUNT, tracker, source.relation, "account");
	source.email = expression_argument(fcinfo, SET_EMAIL, tracker, source.relation, "email");
	check_accounts(tracker, &source);
	if (!own)
	{
		check_unique(source.relation, source.key);
		follow_account_table(source.relation);
	}
	put_account_source(id, &source);
	CommandCounterIncrement();
	if (OidIsValid(former) && former != source.relation)
		unfollow_account_table(former);
	PG_RETURN_INT64(renew_accounts(tracker_without_model(id)));
}

/* Accounts of a tracker being looked at. */
typedef struct AccountCheck
{
	const Tracker *tracker;
	AccountSource *source;
} AccountCheck;

/* check_still refuses what accounts can be read of no more; for lt_try. */
static void
check_still(void *arg)
{
	const AccountCheck *check = arg;

	check_accounts(check->tracker, check->source);
}

/* need_accounts refuses accounts that can be read no more, and says what to do. */
static void
need_accounts(const Tracker *tracker)
{
	AccountCheck check = {tracker, tracker->accounts};
	const char *fault = lt_try(check_still, &check);

	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("accounts of the leads of table \"%s\" cannot be read", get_rel_name(tracker->interactions)),
				 errdetail_internal("%s.", fault),
				 errhint("Undo the change, or say with lead_temperature.set_accounts what to read instead.")));
}

/* lt_refresh_accounts brings what is kept of accounts in line with their table, and follows that again; returns how many rows it changed. */
Datum
lt_refresh_accounts(PG_FUNCTION_ARGS)
{
	Tracker    *tracker = tracker_argument(fcinfo);
	Oid			id = tracker->id;

	if (tracker->accounts == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("nothing says to which accounts the leads of table \"%s\" belong", get_rel_name(first_table(id))),
				 errhint("Say so with lead_temperature.set_accounts.")));
	if (!accounts_of_leads(tracker))
	{
		check_table(tracker, tracker->accounts->relation);
		need_accounts(tracker);
		check_unique(tracker->accounts->relation, tracker->accounts->key);
		follow_account_table(tracker->accounts->relation);
	}
	(void) set_account_fault(id, NULL);
	CommandCounterIncrement();
	PG_RETURN_INT64(renew_accounts(tracker_without_model(id)));
}
