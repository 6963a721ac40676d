/*-------------------------------------------------------------------------
 *
 * playbook.c
 *	  Module playbook: what to do next about each lead, and what was done.
 *
 * The rules are rows of lead_temperature.playbook, as they are when somebody asks.  Actions
 * that were taken stand in a table of the tracker, under the leads that were named: which lead
 * they count for is asked when they are read, so that leads which are taken apart get their own back.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/playbook.h"

#include "catalog/lead_key.h"
#include "catalog/own_tracker.h"
#include "catalog/tracker_model.h"
#include "commands/topics.h"
#include "modules/fit_module.h"
#include "modules/handoff_table.h"
#include "modules/view_reader.h"
#include "state/record.h"
#include "util/extension_table.h"
#include "util/names.h"
#include "util/version.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(lt_playbook_rules);
PG_FUNCTION_INFO_V1(lt_action_topic);
PG_FUNCTION_INFO_V1(lt_log_action);
PG_FUNCTION_INFO_V1(lt_with_sales);

/* who rules and topics are for, which functions read as the owner of the tracker */
#define FOR_READERS			"Rules and topics are for who may read them in the view of next actions."

/* the channel of those who call */
#define PHONE_CHANNEL		"phone"

/* columns of <prefix>_action, from 0 */
enum
{
	ACTION_ID, ACTION_LEAD, ACTION_ACTION, ACTION_CHANNEL, ACTION_AT, ACTION_TAKEN_BY, ACTION_NOTE,
	N_ACTION_COLUMNS
};

static const ColumnShape action_columns[] = {
	{"id", COLUMN_INT8, true},
	{"lead", COLUMN_LEAD, true},
	{"action", COLUMN_TEXT, true},
	{"channel", COLUMN_TEXT},
	{"at", COLUMN_TIMESTAMPTZ, true},
	{"taken_by", COLUMN_TEXT, true},
	{"note", COLUMN_TEXT}
};

const TableShape action_shape = {
	.what = "table of actions",
	.ncolumns = N_ACTION_COLUMNS,
	.columns = action_columns,
	.nkeys = 1,
	.keys = {ACTION_ID + 1},
	.identity = ACTION_ID + 1
};

StaticAssertDecl(lengthof(action_columns) == N_ACTION_COLUMNS, "a shape for each column of an action");

/* action_extras makes the index by which a lead finds what was done about it, and says when and by whom if nobody else does. */
char *
action_extras(const TrackRequest *request, const char *name)
{
	return psprintf("CREATE INDEX ON %1$s (lead, action, at); ALTER TABLE %1$s ALTER at SET DEFAULT pg_catalog.now(), "
					"ALTER taken_by SET DEFAULT CURRENT_USER", name);
}

/* All leads under one temperature; see ranking_query for why these are bare. */
#define LEADS_AS(temperature) \
"SELECT lead, heat, level, last_at, stage_since, stage, status, final_since, model_version, granted_at, withdrawn_at, '" \
temperature "'::pg_catalog.text AS temperature FROM {lead}"

/*
 * Of the rules for the stage, temperature and status that a lead has, the first that may be tried: it
 * has not had its attempts without an answer, nor its times since the situation began, and the lead may be
 * reached by its channel.  While the wait of what was done runs, by any of them, there is none.
 *
 * s is since when the situation is what it is: since the last transition, or since the lead
 * has cooled from that.  Where it had before its last interactions, which have left it so, it is taken to have
 * cooled as it would have without those between: the instant must not move with each that comes.  A purchase that
 * spends nothing has won the lead, as its transition says, until the next, though it is open.  a is what was done, also about leads that are merged into it, of which a walk down from one that is no alias meets each once; so
 * late a time that none could be added to it is one that never comes.  h are those whom sales has.
 */
const char	next_action_query[] =
"SELECT l.lead, n.action, n.channel, n.content, "
"lead_temperature.action_topic({lead:oid}, l.lead::pg_catalog.text) AS topic, "
"pg_catalog.concat(CASE WHEN s.status OPERATOR(pg_catalog.=) 'won'::lead_temperature.status THEN NULL "
"ELSE pg_catalog.concat(l.temperature, ' ') END, pg_catalog.replace(l.stage::pg_catalog.text, '_', ' '), ' since ', "
"pg_catalog.to_char(pg_catalog.timezone({time_zone}, s.since), 'YYYY-MM-DD HH24:MI'), "
"CASE WHEN s.since OPERATOR(pg_catalog.>) s.at THEN ', by cooling' "
"WHEN s.cause IS NOT NULL THEN pg_catalog.concat(', by ', s.cause) END) AS why, "
"s.since, GREATEST(s.since, n.ready) OPERATOR(pg_catalog.+) n.due_within AS due, n.attempts, "
"l.level, lead_temperature.score_now(l.heat) AS score, l.stage::pg_catalog.text AS stage, "
"l.temperature, s.status::pg_catalog.text AS status, n.priority "
"FROM (" LEADS_AS("hot") " UNION ALL " LEADS_AS("warm") " UNION ALL " LEADS_AS("cold") ") l "
"CROSS JOIN LATERAL (SELECT coalesce(t.at, l.stage_since) AS at, t.cause, "
"CASE WHEN t.to_status OPERATOR(pg_catalog.=) 'won'::lead_temperature.status THEN t.to_status ELSE l.status END AS status, GREATEST(coalesce(t.at, l.stage_since), "
"CASE WHEN l.temperature OPERATOR(pg_catalog.=) 'cold'::pg_catalog.text "
"THEN coalesce(lead_temperature.warm_until({lead:oid}, l.heat, l.last_at), "
"CASE WHEN t.to_temperature OPERATOR(pg_catalog.<>) 'cold'::lead_temperature.temperature THEN LEAST(l.last_at, coalesce("
"lead_temperature.warm_until({lead:oid}, lead_temperature.heat(t.score, t.at, lead_temperature.half_life(l.heat)), t.at), t.at)) END) "
"WHEN l.temperature OPERATOR(pg_catalog.=) 'warm'::pg_catalog.text "
"THEN coalesce(lead_temperature.hot_until({lead:oid}, l.heat, l.last_at), "
"CASE WHEN t.to_temperature OPERATOR(pg_catalog.=) 'hot'::lead_temperature.temperature THEN LEAST(l.last_at, coalesce("
"lead_temperature.hot_until({lead:oid}, lead_temperature.heat(t.score, t.at, lead_temperature.half_life(l.heat)), t.at), t.at)) END) END) AS since "
"FROM (SELECT) o LEFT JOIN LATERAL (SELECT t.at, t.cause, t.score, t.to_temperature, t.to_status FROM {transition} t "
"WHERE t.lead {=} l.lead AND t.superseded_at IS NULL ORDER BY t.at DESC LIMIT 1) t ON true OFFSET 0) s "
"CROSS JOIN LATERAL (SELECT w.* FROM (SELECT p.priority, p.action, p.channel, p.needs_consent, p.content, p.due_within, "
"p.attempts AS most, p.times AS most_times, coalesce(a.unanswered, 0)::pg_catalog.int4 AS attempts, "
"coalesce(a.times, 0)::pg_catalog.int4 AS times, "
"pg_catalog.max(a.last OPERATOR(pg_catalog.+) p.wait) OVER () AS ready "
"FROM lead_temperature.playbook_rules({lead:oid}) p "
"LEFT JOIN (SELECT g.action, LEAST(pg_catalog.max(g.at), '200000-01-01 00:00:00+00'::pg_catalog.timestamptz) AS last, "
"pg_catalog.count(*) FILTER (WHERE g.at OPERATOR(pg_catalog.>=) l.last_at) AS unanswered, "
"pg_catalog.count(*) FILTER (WHERE g.at OPERATOR(pg_catalog.>=) s.since) AS times "
"FROM (SELECT c.action, c.at FROM {action} c WHERE c.lead {=} l.lead "
"UNION ALL SELECT c.action, c.at FROM (WITH RECURSIVE m AS (SELECT r.alias FROM {alias} r WHERE r.lead {=} l.lead "
"AND NOT EXISTS (SELECT FROM {alias} u WHERE u.alias {=} l.lead) "
"UNION ALL SELECT r.alias FROM m JOIN {alias} r ON r.lead {=} m.alias) SELECT m.alias FROM m) b "
"JOIN {action} c ON c.lead {=} b.alias WHERE EXISTS (SELECT FROM {alias})) g GROUP BY g.action) a "
"ON a.action OPERATOR(pg_catalog.=) p.action "
"WHERE (p.stage OPERATOR(pg_catalog.=) l.stage "
"OR p.stage IS NULL AND l.stage OPERATOR(pg_catalog.<>) 'visitor'::lead_temperature.stage) "
"AND (p.temperature IS NULL OR p.temperature::pg_catalog.text OPERATOR(pg_catalog.=) l.temperature) "
"AND p.status OPERATOR(pg_catalog.=) s.status) w "
"WHERE (w.most IS NULL OR w.attempts OPERATOR(pg_catalog.<) w.most) "
"AND (w.most_times IS NULL OR w.times OPERATOR(pg_catalog.<) w.most_times) "
"AND (w.channel IS NULL OR CASE WHEN w.needs_consent "
"THEN lead_temperature.may_contact({lead:oid}, l.model_version, l.granted_at, l.withdrawn_at, w.channel) "
"ELSE coalesce((lead_temperature.consents({lead:oid}, l.model_version, l.granted_at, l.withdrawn_at) "
"OPERATOR(pg_catalog.->>) w.channel) OPERATOR(pg_catalog.<>) 'false', true) END) "
"ORDER BY w.priority LIMIT 1) n "
"WHERE ((l.temperature OPERATOR(pg_catalog.=) 'hot'::pg_catalog.text "
"AND l.level OPERATOR(pg_catalog.>=) lead_temperature.hot_level({lead:oid})) "
"OR (l.temperature OPERATOR(pg_catalog.=) 'warm'::pg_catalog.text "
"AND l.level OPERATOR(pg_catalog.>=) lead_temperature.warm_level({lead:oid}) "
"AND l.level OPERATOR(pg_catalog.<) lead_temperature.hot_level({lead:oid})) "
"OR (l.temperature OPERATOR(pg_catalog.=) 'cold'::pg_catalog.text "
"AND l.level OPERATOR(pg_catalog.<) lead_temperature.warm_level({lead:oid}))) "
"AND l.final_since IS NULL AND (n.ready IS NULL OR n.ready OPERATOR(pg_catalog.<=) pg_catalog.now()) "
"AND NOT EXISTS (SELECT FROM lead_temperature.with_sales({lead:oid}) h WHERE h.lead OPERATOR(pg_catalog.=) l.lead::pg_catalog.text "
"AND l.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status "
"AND (NOT h.quiet OR l.temperature OPERATOR(pg_catalog.=) 'hot'::pg_catalog.text))";

const char	next_action_columns[] =
"lead, action text, channel text, content text, topic text, why text, since timestamp with time zone, "
"due timestamp with time zone, attempts integer, level double precision, score double precision, stage text, "
"temperature text, status text, priority integer";

/*
 * read_rules reads the playbook of a tracker's model into the last SPI result, in its order: nothing if the owner of the
 * tracker may not read the model, that of the template default if the model has none.  The caller is connected to SPI as
 * the owner of the extension's tables.
 */
static void
read_rules(const Tracker *tracker)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker->id)};
	Oid			rule_types[] = {TEXTOID, BOOLOID};
	Datum		rule_values[2];

	if (SPI_execute_with_args("SELECT t.model FROM lead_temperature.tracker t WHERE t.interactions OPERATOR(pg_catalog.=) $1",
							  lengthof(types), types, values, NULL, true, 1) != SPI_OK_SELECT || SPI_processed == 0)
		elog(ERROR, "tracker of table %u is gone", tracker->id);
	rule_values[0] = config_value(1, TEXTOID);
	rule_values[1] = BoolGetDatum(model_is_readable(TextDatumGetCString(rule_values[0]), tracker->owner));
	if (SPI_execute_with_args("SELECT p.priority, p.stage, p.temperature, p.status, p.action::pg_catalog.text, "
							  "p.channel::pg_catalog.text, p.needs_consent, p.content, p.due_within, p.wait, p.attempts, p.times "
							  "FROM lead_temperature.playbook p WHERE $2 AND p.model OPERATOR(pg_catalog.=) $1 "
							  "UNION ALL SELECT t.* FROM lead_temperature.template_playbook('default') t WHERE $2 AND NOT EXISTS ("
							  "SELECT FROM lead_temperature.playbook p WHERE p.model OPERATOR(pg_catalog.=) $1) "
							  "ORDER BY 1", lengthof(rule_types), rule_types, rule_values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
}

/* lt_playbook_rules returns the playbook by which the leads of a state table are acted on. */
Datum
lt_playbook_rules(PG_FUNCTION_ARGS)
{
	const Tracker *tracker = tracker_of_state(PG_GETARG_OID(0));
	ReturnSetInfo *info;
	OwnerScope	scope;

	if (!is_view_reader(tracker, MATRIX_SUFFIX))
		check_view_reader(tracker, NEXT_ACTION_SUFFIX, NULL, FOR_READERS);
	lt_materialized_result(fcinfo);
	info = (ReturnSetInfo *) fcinfo->resultinfo;
	config_begin(&scope);
	read_rules(tracker);
	for (uint64 i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(info->setResult, SPI_tuptable->vals[i]);
	config_end(&scope);
	return (Datum) 0;
}

/* lt_action_topic returns the topic that most of the heat of a lead is about, for who may read it in the view of next actions. */
Datum
lt_action_topic(PG_FUNCTION_ARGS)
{
	Oid			state = PG_GETARG_OID(0);
	Oid		   *checked = fcinfo->flinfo->fn_extra; /* by this query */
	Tracker    *tracker = locked_tracker(state);
	text	   *topic;

	if (tracker_fault(tracker) != NULL)
		PG_RETURN_NULL();
	if (checked == NULL || *checked != state)
	{
		check_view_reader(tracker, NEXT_ACTION_SUFFIX, "topic", FOR_READERS);
		if (checked == NULL)
			checked = fcinfo->flinfo->fn_extra = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(Oid));
		*checked = state;
	}
	topic = hottest_topic(tracker, lead_from_argument(tracker, text_to_cstring(PG_GETARG_TEXT_PP(1))),
						  GetActiveSnapshot());
	if (topic == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(topic);
}

/*
 * lt_with_sales returns the leads whose handoff is open, which the queue has, and those that sales does not want to
 * hear of for a while.
 */
Datum
lt_with_sales(PG_FUNCTION_ARGS)
{
	const Tracker *tracker = tracker_of_state(PG_GETARG_OID(0));
	ReturnSetInfo *info;
	OwnerScope	scope;

	check_view_reader(tracker, NEXT_ACTION_SUFFIX, NULL, FOR_READERS);
	lt_materialized_result(fcinfo);
	info = (ReturnSetInfo *) fcinfo->resultinfo;
	if (!has_handoffs(tracker))
		return (Datum) 0;
	tracker_connect(&scope, tracker);
	if (SPI_execute(psprintf("SELECT h.lead::pg_catalog.text, h.closed_at IS NOT NULL FROM %s h WHERE h.closed_at IS NULL "
							 "OR h.quiet_until OPERATOR(pg_catalog.>) pg_catalog.now()",
							 qualified_name(need_handoffs(tracker))), true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	for (uint64 i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(info->setResult, SPI_tuptable->vals[i]);
	SPI_finish();
	owner_leave(&scope);
	return (Datum) 0;
}

/*
 * note_contact notes that an agent has contacted a lead, as the first action of the playbook by phone: nothing if the tracker
 * has no table of actions, or no rule says to call.  The caller is connected to SPI as the owner, and keeps the lead from going.
 */
void
note_contact(const Tracker *tracker, Datum lead, const char *agent, const char *note)
{
	Oid			actions = companion_named(tracker->id, ACTIONS_SUFFIX);
	Oid			types[] = {tracker->lead_type, TEXTOID, TEXTOID, TEXTOID, TEXTOID};
	Datum		values[] = {lead, (Datum) 0, CStringGetTextDatum(PHONE_CHANNEL), CStringGetTextDatum(agent), (Datum) 0};
	char		nulls[] = "    n";
	MemoryContext context = CurrentMemoryContext;
	char	   *action = NULL;
	OwnerScope	scope;

	if (!OidIsValid(actions))
		return;
	config_begin(&scope);
	read_rules(tracker);
	for (uint64 i = 0; i < SPI_processed && action == NULL; i++)
	{
		char	   *channel = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 6);

		if (channel != NULL && strcmp(channel, PHONE_CHANNEL) == 0)
			action = MemoryContextStrdup(context, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 5));
	}
	config_end(&scope);
	if (action == NULL)
		return;
	values[1] = CStringGetTextDatum(action);
	if (note != NULL)
	{
		values[4] = CStringGetTextDatum(note);
		nulls[4] = ' ';
	}
	if (SPI_execute_with_args(psprintf("INSERT INTO %s (lead, action, channel, at, taken_by, note) "
									   "VALUES ($1, $2, $3, pg_catalog.now(), $4, $5)", qualified_name(actions)),
							  lengthof(types), types, values, nulls, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "SPI_execute_with_args failed");
}

/* An action being logged. */
typedef struct ActionLog
{
	Oid			tracker;		/* its id */
	Oid			owner;			/* of it */
	Oid			state;
	Oid			aliases;
	Oid			actions;		/* the table */
	const char *action;
	char	   *channel;		/* NULL: that of the first rule which has the
								 * action */
	char	   *lead;
} ActionLog;

/* find_tables finds the tables of the tracker that is named, and refuses who may not log its actions. */
static void
find_tables(ActionLog *log, Oid named)
{
	TrackerObjects objects;

	log->tracker = tracker_named(named);
	if (!tracker_is_any(log->tracker))
		(void) tracker_without_model(log->tracker); /* which says so */
	log->owner = relation_owner(log->tracker);
	if (!tracker_objects(log->tracker, &objects))
		elog(ERROR, "tracker of table %u is gone", log->tracker);
	log->state = companion_of(&objects, STATE_SUFFIX);
	log->aliases = companion_of(&objects, ALIAS_SUFFIX);
	log->actions = companion_of(&objects, ACTIONS_SUFFIX);
	if (get_rel_name(log->actions) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the tracker of table \"%s\" has no table of actions", get_rel_name(first_table(log->tracker))),
				 errhint("Run SELECT lead_temperature.add_module(%s, 'playbook').",
						 quote_literal_cstr(qualified_name(first_table(log->tracker))))));
	if (!has_privs_of_role(GetUserId(), log->owner) &&
		pg_class_aclcheck(log->actions, GetUserId(), ACL_INSERT) != ACLCHECK_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for table %s", get_rel_name(log->actions)),
				 errhint("Run GRANT INSERT ON %s TO %s.", qualified_name(log->actions),
						 quote_identifier(GetUserNameFromId(GetUserId(), false)))));
}

/* check_action refuses an action that no rule of the playbook has, and finds its channel if none was named. */
static void
check_action(ActionLog *log)
{
	MemoryContext context = CurrentMemoryContext;
	StringInfoData actions;
	bool		found = false;
	OwnerScope	scope;

	initStringInfo(&actions);
	config_begin(&scope);
	read_rules(tracker_without_model(log->tracker));
	for (uint64 i = 0; i < SPI_processed && !found; i++)
	{
		char	   *action = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 5);
		char	   *channel = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 6);

		found = strcmp(action, log->action) == 0;
		if (found && log->channel == NULL && channel != NULL)
			log->channel = MemoryContextStrdup(context, channel);
		appendStringInfo(&actions, "%s%s", actions.len == 0 ? "" : ", ", action);
	}
	config_end(&scope);
	if (!found)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no rule of the playbook has action \"%s\"", log->action),
				 actions.len == 0 ?
				 errhint("Add rules to lead_temperature.playbook.") :
				 errhint("The actions are: %s.", actions.data)));
}

/* read_named_lead reads the lead as its type does, as the owner, whose code its constraints may call. */
static Datum
read_named_lead(const ActionLog *log, Oid *type)
{
	LeadColumn	column;
	OwnerScope	scope;
	int32		typmod;
	Oid			input;
	Oid			ioparam;
	Datum		lead;

	if (!stored_lead_column(log->state, &column))
		elog(ERROR, "state of tracker %u is lost", log->tracker);
	typmod = column.typmod;
	*type = getBaseTypeAndTypmod(column.type, &typmod);
	getTypeInputInfo(*type, &input, &ioparam);
	role_enter(&scope, log->owner);
	lead = OidInputFunctionCall(input, log->lead, ioparam, typmod);
	owner_leave(&scope);
	return lead;
}

/* counts_for returns the lead that one counts for: the end of the chain of aliases, itself unless it is merged into another. */
static Datum
counts_for(const ActionLog *log, const char *equals, Oid type, Datum lead)
{
	const char *table;
	bool		isnull;

	if (!OidIsValid(log->aliases) || get_rel_name(log->aliases) == NULL)
		return lead;
	table = qualified_name(log->aliases);
	if (SPI_execute_with_args(psprintf("WITH RECURSIVE w AS (SELECT a.lead FROM %1$s a WHERE a.alias %2$s $1 "
									   "UNION ALL SELECT a.lead FROM w JOIN %1$s a ON a.alias %2$s w.lead) CYCLE lead SET circles USING path "
									   "SELECT w.lead FROM w WHERE NOT EXISTS (SELECT FROM %1$s a WHERE a.alias %2$s w.lead)",
									   table, equals),
							  1, &type, &lead, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	return SPI_processed == 0 ? lead : SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
}

/* lock_state keeps the state of a lead from going until the end of the transaction; says whether it is there. */
static bool
lock_state(const ActionLog *log, const char *equals, Oid type, Datum lead)
{
	if (SPI_execute_with_args(psprintf("SELECT FROM %s s WHERE s.lead %s $1 FOR KEY SHARE OF s", qualified_name(log->state), equals),
							  1, &type, &lead, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	return SPI_processed > 0;
}

/*
 * lock_known refuses a lead that is unknown, since no state is there of the one that it counts for, which may be
 * another by the time that whoever merges or forgets it is done; and keeps that from being forgotten.
 */
static void
lock_known(const ActionLog *log, Oid type, Datum lead)
{
	const char *equals = qualified_operator(lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr);

	if (!lock_state(log, equals, type, counts_for(log, equals, type, lead)) &&
		!lock_state(log, equals, type, counts_for(log, equals, type, lead)))
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("lead \"%s\" of table \"%s\" is unknown", log->lead, get_rel_name(first_table(log->tracker))),
				 errhint("Write it as the view of its ranking shows it.")));
}

/* lt_log_action notes that somebody has done something about a lead, and returns the number of the note. */
Datum
lt_log_action(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"tracker", "lead", "action"};
	ActionLog	log = {InvalidOid};
	Oid			types[] = {InvalidOid, TEXTOID, TEXTOID, TEXTOID, TEXTOID};
	Datum		values[lengthof(types)];
	char		nulls[] = "     ";
	OwnerScope	scope;
	int64		id;
	bool		isnull;

	lt_check_version();
	for (int i = 0; i < lengthof(names); i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", names[i]),
					 errhint("Name a tracked table, a lead, and what was done about it.")));
	find_tables(&log, PG_GETARG_OID(0));
	log.lead = text_to_cstring(PG_GETARG_TEXT_PP(1));
	log.action = text_to_cstring(PG_GETARG_TEXT_PP(2));
	log.channel = PG_ARGISNULL(3) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(3));
	check_action(&log);
	values[0] = read_named_lead(&log, &types[0]);
	values[1] = CStringGetTextDatum(log.action);
	values[2] = log.channel == NULL ? (Datum) 0 : CStringGetTextDatum(log.channel);
	values[3] = CStringGetTextDatum(GetUserNameFromId(GetUserId(), false));
	values[4] = PG_ARGISNULL(4) ? (Datum) 0 : PG_GETARG_DATUM(4);
	nulls[2] = log.channel == NULL ? 'n' : ' ';
	nulls[4] = PG_ARGISNULL(4) ? 'n' : ' ';

	owner_enter(&scope, log.owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	lock_known(&log, types[0], values[0]);
	if (SPI_execute_with_args(psprintf("INSERT INTO %s (lead, action, channel, at, taken_by, note) "
									   "VALUES ($1, $2, $3, pg_catalog.now(), $4, $5) RETURNING id", qualified_name(log.actions)),
							  lengthof(types), types, values, nulls, false, 0) != SPI_OK_INSERT_RETURNING)
		elog(ERROR, "SPI_execute_with_args failed");
	if (SPI_processed != 1)
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
				 errmsg("action of lead \"%s\" was not written to table \"%s\"", log.lead, get_rel_name(log.actions)),
				 errdetail("A trigger of that table has kept it out."),
				 errhint("Look at its triggers.")));
	id = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	owner_leave(&scope);
	PG_RETURN_INT64(id);
}
