/*-------------------------------------------------------------------------
 *
 * account_rows.c
 *	  To which account each lead belongs, kept as tables of users say.
 *
 * A table of users has the account of each lead, or an e-mail address, by the column of its key.
 * What its rows say is kept in a table of the tracker's own, on which the views of accounts rest, so
 * that nothing depends on the table of users.  Whatever a statement has done to it, what is kept of the
 * keys of its rows is made anew from the table as that is by then.  Where accounts are read of
 * the leads themselves the state takes the place of that table, and news of leads that of its trigger.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/account_rows.h"

#include "catalog/account_table.h"
#include "catalog/expression.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_table.h"
#include "commands/transition_rows.h"
#include "state/news.h"
#include "state/state_table.h"
#include "util/execute.h"
#include "util/names.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(lt_follow_accounts);

/* Characters of an account that count, so that an index has room for it whatever somebody has pasted there. */
#define ACCOUNT_LENGTH	"500"

/* Leads up to which each is looked at by itself, by a plan that is kept. */
#define FEW_LEADS	16

/* accounts_of_leads says whether accounts are read of the leads themselves. */
bool
accounts_of_leads(const Tracker *tracker)
{
	return tracker->accounts != NULL && tracker->accounts->relation == tracker->state;
}

/* check_key refuses a column that has no leads of a tracker, whose state says of which type these are. */
static void
check_key(const Tracker *tracker, AccountSource *source)
{
	AttrNumber	number = get_attnum(source->relation, source->key);
	LeadColumn	lead;
	Oid			type;
	Oid			collation;
	int32		typmod;

	if (number <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\" does not exist", source->key, get_rel_name(source->relation)),
				 errhint("Name the column that has the lead, as it is called, without quotes.")));
	if (!stored_lead_column(tracker->state, &lead))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("state of tracked table \"%s\" is lost", get_rel_name(tracker->interactions)),
				 errhint("Stop tracking with lead_temperature.untrack and track it anew.")));
	source->lead_type = getBaseType(lead.type);
	source->lead_eq = lookup_type_cache(source->lead_type, TYPECACHE_EQ_OPR)->eq_opr;
	get_atttypetypmodcoll(source->relation, number, &type, &typmod, &collation);
	if (!IsBinaryCoercible(getBaseType(type), source->lead_type) || collation != lead.collation)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of table \"%s\" is of another type than the leads of the tracker",
						source->key, get_rel_name(source->relation)),
				 errdetail("It is of type %s; leads are of type %s.", format_type_with_typemod(type, typmod),
						   lead_column_sql(&lead)),
				 errhint("Give the column the type and collation of the leads.")));
}

/* check_reading refuses an expression that cannot be evaluated for rows of the table, and returns the columns that it reads. */
static Bitmapset *
check_reading(const Tracker *tracker, const AccountSource *source, const char *role, const char *text)
{
	OwnerScope	scope;
	Node	   *expression;
	Bitmapset  *columns;
	AttrNumber	lead = get_attnum(source->relation, source->key);

	if (text == NULL)
		return NULL;
	expression_enter(&scope, tracker->owner);
	expression = parse_expression(source->relation, role, text);
	check_expression(source->relation, tracker->owner, role, expression);
	columns = expression_columns(expression);
	owner_leave(&scope);
	if (source->relation == tracker->state &&
		!bms_is_subset(columns, bms_make_singleton(lead - FirstLowInvalidHeapAttributeNumber)))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("argument \"%s\" reads more of a lead than itself", role),
				 errdetail("Without a table of your own accounts are read of the column \"%s\" alone.", source->key),
				 errhint("Name the table that has the column.")));
	return columns;
}

/* check_no_tree refuses a table whose rows can be written through another. */
static void
check_no_tree(Oid relation)
{
	if (get_rel_relkind(relation) == RELKIND_RELATION && !get_rel_relispartition(relation) &&
		!has_superclass(relation) && find_inheritance_children(relation, AccessShareLock) == NIL)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("table \"%s\" is partitioned, or takes part in inheritance", get_rel_name(relation)),
			 errdetail("Rows that are written through another table could not be followed."),
			 errhint("Let a trigger of yours keep the accounts in a table of their own, and name that.")));
}

/*
 * check_accounts refuses what accounts of leads cannot be read of, as it is kept, and notes the columns that
 * are read.  The owner of the tracker evaluates expressions, whoever writes.
 */
void
check_accounts(const Tracker *tracker, AccountSource *source)
{
	Bitmapset  *columns;

	if (get_rel_name(source->relation) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", source->relation),
				 errhint("Name the table that has the accounts of your leads.")));
	if (source->relation != tracker->state)
	{
		check_source_access(tracker->owner, source->relation);
		check_no_tree(source->relation);
	}
	check_key(tracker, source);
	columns = bms_union(check_reading(tracker, source, "account", source->account),
						check_reading(tracker, source, "email", source->email));
	columns = bms_add_member(columns, get_attnum(source->relation, source->key) - FirstLowInvalidHeapAttributeNumber);
	source->inputs = MemoryContextAlloc(tracker->context, sizeof(AttrNumber) * bms_num_members(columns));
	source->n_inputs = 0;
	for (int column = bms_next_member(columns, -1); column >= 0; column = bms_next_member(columns, column))
		source->inputs[source->n_inputs++] = column + FirstLowInvalidHeapAttributeNumber;
}

/* check_it does so for the accounts that a tracker has. */
static void
check_it(void *arg)
{
	Tracker    *tracker = arg;
	AccountSource *source = tracker->accounts;

	check_accounts(tracker, source);
	source->map = noted_companion(tracker->id, ACCOUNT_MAP_SUFFIX);
	if (get_rel_name(source->map) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the table in which accounts are kept is lost"),
				 errhint("Call lead_temperature.upgrade_tracker.")));
}

/* accounts_fault says why the accounts of a tracker, which it has, can be followed no more, NULL if they can. */
char *
accounts_fault(Tracker *tracker)
{
	AccountSource *source = tracker->accounts;
	char	   *fault;

	if (source->fault != NULL)
		return source->fault;
	if (source->described)
		return NULL;
	fault = lt_try(check_it, tracker);
	source->described = fault == NULL;
	return fault;
}

/* note_account_fault notes why accounts are followed no more, and tells whoever did it, once. */
void
note_account_fault(Oid tracker, const char *fault)
{
	if (!set_account_fault(tracker, fault))
		return;
	ereport(WARNING,
			(errmsg("accounts of the leads of table \"%s\" are followed no more", get_rel_name(first_table(tracker))),
			 errdetail_internal("%s.", fault),
			 errhint("Undo the change and call lead_temperature.refresh_accounts, or say with lead_temperature.set_accounts what to read instead.")));
}

/* A statement being made, and run, that keeps accounts. */
typedef struct Keeping
{
	const Tracker *tracker;
	const AccountSource *source;
	const char *map;			/* names in SQL */
	const char *relation;
	const char *equals;
	const char *type;			/* of leads */
	char	   *from;			/* names, for errors */
	char	   *by;
} Keeping;

/* begin_keeping begins to keep accounts of a tracker. */
static Keeping
begin_keeping(const Tracker *tracker)
{
	Keeping		keeping = {tracker, tracker->accounts};

	keeping.map = qualified_name(tracker->accounts->map);
	keeping.relation = qualified_name(tracker->accounts->relation);
	keeping.equals = qualified_operator(tracker->accounts->lead_eq);
	keeping.type = format_type_be_qualified(tracker->accounts->lead_type);
	keeping.from = get_rel_name(tracker->interactions);
	keeping.by = get_rel_name(tracker->accounts->relation);
	return keeping;
}

/* key_sql writes the key of a row, r, as a lead. */
static char *
key_sql(const Keeping *keeping)
{
	return psprintf("(r.%s)::%s", quote_identifier(keeping->source->key), keeping->type);
}

/*
 * accounts_sql writes the query of what rows of the table that a condition leaves say: a lead, its account, and
 * the domain of an e-mail address if it is that.  In the innermost query there is but one relation, whose
 * columns are those of the expressions.
 */
static char *
accounts_sql(const Keeping *keeping, const char *condition)
{
	const char *account = keeping->source->account;
	const char *email = keeping->source->email;

	return psprintf("SELECT a.lead, coalesce(a.account, a.domain) AS account, CASE WHEN a.account IS NULL THEN a.domain END AS domain "
					"FROM (SELECT %s AS lead, %s AS account, %s AS domain FROM %s r%s) a "
					"WHERE a.lead IS NOT NULL AND (a.account IS NOT NULL OR a.domain IS NOT NULL)",
					key_sql(keeping),
					account == NULL ? "NULL::pg_catalog.text" :
					psprintf("nullif(pg_catalog.rtrim(pg_catalog.left(pg_catalog.ltrim((%s)::pg_catalog.text, E' \\t\\n\\r'), "
							 ACCOUNT_LENGTH "), E' \\t\\n\\r'), '')", account),
					email == NULL ? "NULL::pg_catalog.text" :
					psprintf("lead_temperature.email_domain((%s)::pg_catalog.text)", email),
					keeping->relation, condition);
}

/* delete_sql writes the statement that deletes what is kept of leads, of a query or all, of which the table says nothing. */
static char *
delete_sql(const Keeping *keeping, const char *leads)
{
	return psprintf("DELETE FROM %s m WHERE %sNOT EXISTS (SELECT FROM (%s) w WHERE w.lead %s m.lead)", keeping->map,
					leads == NULL ? "" : psprintf("m.lead %s ANY (%s) AND ", keeping->equals, leads),
					accounts_sql(keeping, ""), keeping->equals);
}

/*
 * insert_sql writes the statement that keeps what the table says of leads, of a query or all, and what is not kept so.  Where a
 * lead has several rows, since the key is unique no more, the first account counts.
 */
static char *
insert_sql(const Keeping *keeping, const char *leads)
{
	return psprintf("INSERT INTO %1$s (lead, account, domain) SELECT w.lead, w.account, w.domain FROM "
					"(SELECT DISTINCT ON (s.lead) s.lead, s.account, s.domain FROM (%2$s) s ORDER BY s.lead, s.account, s.domain) w "
					"WHERE NOT EXISTS (SELECT FROM %1$s m WHERE m.lead %3$s w.lead AND m.account OPERATOR(pg_catalog.=) w.account "
					"AND m.domain IS NOT DISTINCT FROM w.domain) ORDER BY w.lead "
					"ON CONFLICT (lead) DO UPDATE SET account = EXCLUDED.account, domain = EXCLUDED.domain",
					keeping->map,
					accounts_sql(keeping, leads == NULL ? "" : psprintf(" WHERE %s %s ANY (%s)", key_sql(keeping), keeping->equals, leads)),
					keeping->equals);
}

/* name_accounts adds to an error whose accounts were being kept, and what to do about it if it comes of a row. */
static void
name_accounts(void *arg)
{
	const Keeping *keeping = arg;

	if (lt_is_of_row(geterrcode()) && ERRCODE_TO_CATEGORY(geterrcode()) != ERRCODE_WARNING &&
		geterrcode() != ERRCODE_SUCCESSFUL_COMPLETION)
		errhint("Mend the row, or say with lead_temperature.set_accounts what to read instead.");
	errcontext("keeping the accounts of leads of table \"%s\" as table \"%s\" says", keeping->from, keeping->by);
}

/* keep_of_leads keeps what the table says of leads that queries have: of those of one of them it may say nothing, of those of the other it may say something; NULL is none. */
static void
keep_of_leads(const Keeping *keeping, const char *gone, const char *come)
{
	if (gone != NULL)
		(void) lt_run_latest(delete_sql(keeping, gone));
	if (come != NULL)
		(void) lt_run_latest(insert_sql(keeping, come));
}

/* kept_plan makes a plan for one lead, which is kept with the tracker. */
static SPIPlanPtr
kept_plan(Tracker *tracker, const char *sql)
{
	Oid			types[] = {tracker->accounts->lead_type};
	SPIPlanPtr	plan = lt_keep_plan(sql, lengthof(types), types, CURSOR_OPT_GENERIC_PLAN);
	MemoryContext before = MemoryContextSwitchTo(tracker->context);

	tracker->module_plans = lappend(tracker->module_plans, plan);
	tracker->module_tables = lappend_oid(tracker->module_tables, tracker->accounts->map);
	MemoryContextSwitchTo(before);
	return plan;
}

/* is_kept says whether there is a lead, and something is kept of it, or neither: what it says of itself never changes. */
static bool
is_kept(SPIPlanPtr plan, Datum *lead)
{
	int			result = SPI_execute_snapshot(plan, lead, NULL, GetLatestSnapshot(), InvalidSnapshot, true, false, 1);
	bool		isnull;

	if (result != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
	return DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
}

/* keep_plans makes the plans for one lead, unless they are made. */
static void
keep_plans(const Keeping *keeping, Tracker *tracker)
{
	AccountSource *source = tracker->accounts;

	if (source->is_kept == NULL)
		source->is_kept = kept_plan(tracker, psprintf("SELECT EXISTS (SELECT FROM %1$s s WHERE s.lead %3$s $1) OPERATOR(pg_catalog.=) "
													  "EXISTS (SELECT FROM %2$s m WHERE m.lead %3$s $1)",
													  keeping->relation, keeping->map, keeping->equals));
	if (source->delete_one == NULL)
		source->delete_one = kept_plan(tracker, delete_sql(keeping, "SELECT $1"));
	if (source->insert_one == NULL)
		source->insert_one = kept_plan(tracker, insert_sql(keeping, "SELECT $1"));
}

/* keep_one keeps what a lead says of itself, in text that is the same whatever the settings of whoever writes. */
static void
keep_one(const Tracker *tracker, Datum *lead)
{
	OwnerScope	scope;

	owner_enter(&scope, tracker->owner);
	pin_text_settings();
	(void) lt_execute_latest(tracker->accounts->delete_one, lead);
	(void) lt_execute_latest(tracker->accounts->insert_one, lead);
	owner_leave(&scope);
}

/* keep_one_by_one keeps what the few leads that have changed say of themselves. */
static void
keep_one_by_one(const Keeping *keeping, const News *news)
{
	const AccountSource *source = news->tracker->accounts;
	TupleTableSlot *slot = MakeSingleTupleTableSlot(news->lead_desc, &TTSOpsMinimalTuple);

	keep_plans(keeping, news->tracker);
	tuplestore_rescan(news->leads);
	while (tuplestore_gettupleslot(news->leads, true, false, slot))
	{
		bool		isnull;
		Datum		lead = slot_getattr(slot, 1, &isnull);

		if (!is_kept(source->is_kept, &lead))
			keep_one(news->tracker, &lead);
	}
	ExecDropSingleTupleTableSlot(slot);
}

/* changed_without writes the query of the leads that have changed and that a table has not. */
static char *
changed_without(const Keeping *keeping, const char *table)
{
	return psprintf("SELECT c.lead FROM " CHANGED_LEADS " c WHERE NOT EXISTS (SELECT FROM %s t WHERE t.lead %s c.lead)",
					table, keeping->equals);
}

/* keep_at_once keeps what many leads that have changed say of themselves, likewise. */
static void
keep_at_once(const Keeping *keeping)
{
	OwnerScope	scope;

	owner_enter(&scope, keeping->tracker->owner);
	pin_text_settings();
	keep_of_leads(keeping, changed_without(keeping, keeping->relation), changed_without(keeping, keeping->map));
	owner_leave(&scope);
}

/* fault_found notes a fault of accounts that is found when they shall be followed; says whether there is one. */
static bool
fault_found(Tracker *tracker)
{
	const char *fault = accounts_fault(tracker);

	if (fault != NULL && tracker->accounts->fault == NULL)
		note_account_fault(tracker->id, fault);
	return fault != NULL;
}

/* read_news keeps what leads that have changed say of themselves; the caller is connected to SPI as the owner. */
static void
read_news(const News *news)
{
	Tracker    *tracker = news->tracker;
	Keeping		keeping;
	ErrorContextCallback callback = {error_context_stack, name_accounts, &keeping};

	if (!accounts_of_leads(tracker) || news->leads == NULL || tuplestore_tuple_count(news->leads) == 0 ||
		fault_found(tracker))
		return;
	keeping = begin_keeping(tracker);
	error_context_stack = &callback;
	if (tuplestore_tuple_count(news->leads) <= FEW_LEADS)
		keep_one_by_one(&keeping, news);
	else
		keep_at_once(&keeping);
	error_context_stack = callback.previous;
}

/* wants_transitions says that accounts have no part in transitions. */
static bool
wants_transitions(const Tracker *tracker)
{
	return false;
}

static const NewsReader reader = {accounts_of_leads, wants_transitions, read_news};

/* accounts_init registers for what becomes of leads; called once. */
void
accounts_init(void)
{
	news_add_reader(&reader);
}

/* reads_alike says whether two rows of the table have the same in all columns that are read. */
static bool
reads_alike(const AccountSource *source, TupleTableSlot *old, TupleTableSlot *new)
{
	for (int i = 0; i < source->n_inputs; i++)
	{
		Form_pg_attribute column = TupleDescAttr(old->tts_tupleDescriptor, source->inputs[i] - 1);
		bool		was_null;
		bool		is_null;
		Datum		was = slot_getattr(old, source->inputs[i], &was_null);
		Datum		is = slot_getattr(new, source->inputs[i], &is_null);

		if (was_null != is_null || (!was_null && !datum_image_eq(was, is, column->attbyval, column->attlen)))
			return false;
	}
	return true;
}

/* changes_nothing says whether an update has left all that is read as it was. */
static bool
changes_nothing(const TriggerData *data, const AccountSource *source)
{
	TupleDesc	desc = RelationGetDescr(data->tg_relation);
	TransitionRows old_rows;
	TransitionRows new_rows;
	bool		alike = true;

	if (!TRIGGER_FIRED_BY_UPDATE(data->tg_event) ||
		tuplestore_tuple_count(data->tg_oldtable) != tuplestore_tuple_count(data->tg_newtable))
		return false;
	old_rows = open_rows(data->tg_oldtable, desc);
	new_rows = open_rows(data->tg_newtable, desc);
	while (alike && next_row(&old_rows) && next_row(&new_rows))
		alike = reads_alike(source, old_rows.slot, new_rows.slot);
	close_rows(&old_rows);
	close_rows(&new_rows);
	return alike;
}

/* transition_keys writes the query of the keys in a transition table, NULL if there is none. */
static char *
transition_keys(const Keeping *keeping, const char *table, Tuplestorestate *rows)
{
	return is_empty(rows) ? NULL : psprintf("SELECT %s FROM %s r", key_sql(keeping), quote_identifier(table));
}

/* follow_for keeps accounts of a tracker as a statement has left them in their table. */
static void
follow_for(TriggerData *data, Tracker *tracker)
{
	Keeping		keeping;
	ErrorContextCallback callback = {error_context_stack, name_accounts, &keeping};
	OwnerScope	scope;

	if (fault_found(tracker) || changes_nothing(data, tracker->accounts))
		return;
	keeping = begin_keeping(tracker);
	error_context_stack = &callback;
	tracker_connect(&scope, tracker);
	pin_text_settings();
	if (SPI_register_trigger_data(data) < 0)
		elog(ERROR, "SPI_register_trigger_data failed");
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
		(void) lt_run_latest(delete_sql(&keeping, NULL));
	else
		keep_of_leads(&keeping, transition_keys(&keeping, data->tg_trigger->tgoldtable, data->tg_oldtable),
					  transition_keys(&keeping, data->tg_trigger->tgnewtable, data->tg_newtable));
	SPI_finish();
	owner_leave(&scope);
	error_context_stack = callback.previous;
}

/* check_trigger refuses to run as anything but a statement trigger with transition tables. */
static TriggerData *
check_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.follow_accounts was not called by trigger manager")));
	if (!TRIGGER_FIRED_AFTER(data->tg_event) || TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		(TRIGGER_FIRED_BY_INSERT(data->tg_event) && data->tg_newtable == NULL) ||
		(TRIGGER_FIRED_BY_DELETE(data->tg_event) && data->tg_oldtable == NULL) ||
		(TRIGGER_FIRED_BY_UPDATE(data->tg_event) && (data->tg_oldtable == NULL || data->tg_newtable == NULL)))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.follow_accounts must be fired after a statement, with its transition tables"),
				 errhint("Let lead_temperature.set_accounts create the trigger.")));
	return data;
}

/* lt_follow_accounts keeps accounts, of each tracker that has them from a table, as a statement has left them. */
Datum
lt_follow_accounts(PG_FUNCTION_ARGS)
{
	TriggerData *data = check_trigger(fcinfo);
	ListCell   *cell;

	if (!TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) &&
		is_empty(data->tg_oldtable) && is_empty(data->tg_newtable))
		return PointerGetDatum(NULL);
	foreach(cell, account_trackers(RelationGetRelid(data->tg_relation)))
	{
		Tracker    *tracker = tracker_without_model(lfirst_oid(cell));

		if (tracker->accounts != NULL)
			follow_for(data, tracker);
	}
	return PointerGetDatum(NULL);
}

/* renew_accounts keeps all that the table says; returns how many rows that changed.  Writers are kept out. */
int64
renew_accounts(Tracker *tracker)
{
	Keeping		keeping;
	ErrorContextCallback callback = {error_context_stack, name_accounts, &keeping};
	OwnerScope	scope;
	int64		rows;

	if (!tracker->accounts->described)
		check_it(tracker);
	tracker->accounts->described = true;
	keeping = begin_keeping(tracker);
	error_context_stack = &callback;
	tracker_connect(&scope, tracker);
	pin_text_settings();
	CommandCounterIncrement();
	rows = lt_run_latest(delete_sql(&keeping, NULL));
	rows += lt_run_latest(insert_sql(&keeping, NULL));
	SPI_finish();
	owner_leave(&scope);
	error_context_stack = callback.previous;
	return rows;
}

/* empty_accounts lets no lead of a tracker belong to any account. */
void
empty_accounts(Oid tracker)
{
	Oid			map = noted_companion(tracker, ACCOUNT_MAP_SUFFIX);
	OwnerScope	scope;

	if (get_rel_name(map) == NULL)
		return;
	owner_enter(&scope, relation_owner(map));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	(void) lt_run_latest(psprintf("DELETE FROM %s", qualified_name(map)));
	SPI_finish();
	owner_leave(&scope);
}
