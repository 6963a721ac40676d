/*-------------------------------------------------------------------------
 *
 * handoff_settings.c
 *	  Whom trackers notify of handoffs, and which leads are those of which team.
 *
 * A team claims the leads for which a condition holds over the row that a table of the user's own
 * has of them.  The condition is the owner's, who says it once, and not that of whoever claims: it
 * runs as the owner.  It is read and checked as the expressions of sources are, and again each time.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/handoff_settings.h"

#include "catalog/expression.h"
#include "catalog/own_tracker.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_table.h"
#include "commands/source_check.h"
#include "modules/handoff_table.h"
#include "util/extension_table.h"
#include "util/names.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_set_handoff);
PG_FUNCTION_INFO_V1(lt_set_team);
PG_FUNCTION_INFO_V1(lt_drop_team);

/* arguments of set_team, of which the others have the first */
enum
{
	SET_TRACKER, SET_TEAM, SET_RELATION, SET_KEY, SET_FILTER, N_SET_ARGUMENTS
};

/* forget_handoff_settings forgets what was set for a tracker, which has the module no longer. */
void
forget_handoff_settings(Oid tracker)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker)};
	OwnerScope	scope;

	config_begin(&scope);
	(void) config_run("DELETE FROM lead_temperature.handoff_setting s WHERE s.interactions OPERATOR(pg_catalog.=) $1",
					  lengthof(types), types, values, NULL);
	config_end(&scope);
}

/* own_tracker returns a tracker of one's own with the module, that the first argument names. */
static Tracker *
own_tracker(FunctionCallInfo fcinfo)
{
	Oid			id;
	Tracker    *tracker;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"tracker\" must not be null"),
				 errhint("Name a tracked table, or the table of its leads.")));
	id = tracker_named(PG_GETARG_OID(0));
	check_tracked_own(id);
	tracker = tracker_get_own(id);
	need_handoffs(tracker);
	return tracker;
}

/* write_setting runs a command on the settings of a tracker, $1, and a team, $2; returns how many rows it met. */
static uint64
write_setting(const Tracker *tracker, const char *sql, int n, Oid *types, Datum *values)
{
	OwnerScope	scope;
	uint64		rows;

	config_begin(&scope);
	rows = config_run(sql, n, types, values, NULL);
	config_end(&scope);
	tracker_changed(tracker->id);
	return rows;
}

/* lt_set_handoff lets a tracker notify a channel of handoffs, or none. */
Datum
lt_set_handoff(PG_FUNCTION_ARGS)
{
	Tracker    *tracker = own_tracker(fcinfo);
	Oid			types[] = {REGCLASSOID, TEXTOID};
	Datum		values[] = {ObjectIdGetDatum(tracker->id), (Datum) 0};
	char	   *channel;

	if (PG_ARGISNULL(1))
	{
		(void) write_setting(tracker, "DELETE FROM lead_temperature.handoff_setting s WHERE s.interactions OPERATOR(pg_catalog.=) $1 "
							 "AND s.team OPERATOR(pg_catalog.=) ''", 1, types, values);
		PG_RETURN_VOID();
	}
	channel = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (channel[0] == '\0' || strlen(channel) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 channel[0] == '\0' ? errmsg("name of a channel must not be empty") :
				 errmsg("name of a channel must have at most %d bytes", NAMEDATALEN - 1),
				 errhint("Pass the name that listeners LISTEN to, or NULL for none.")));
	values[1] = PG_GETARG_DATUM(1);
	(void) write_setting(tracker, "INSERT INTO lead_temperature.handoff_setting (interactions, team, channel) VALUES ($1, '', $2) "
						 "ON CONFLICT (interactions, team) DO UPDATE SET channel = EXCLUDED.channel", 2, types, values);
	PG_RETURN_VOID();
}

/* team_argument reads the team that an argument names. */
static char *
team_argument(FunctionCallInfo fcinfo)
{
	char	   *team = text_to_cstring(PG_GETARG_TEXT_PP(SET_TEAM));

	if (team[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("name of a team must not be empty"),
				 errhint("Name the team or territory, as claim will.")));
	return team;
}

/* need_arguments refuses null arguments up to a number. */
static void
need_arguments(FunctionCallInfo fcinfo, int n)
{
	static const char *const names[] = {"tracker", "team", "relation", "key", "filter"};

	for (int i = SET_TEAM; i < n; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", names[i]),
					 errhint("Name a team, the table that has your leads, their id in it, and a condition over its columns, 'true' for all.")));
}

/* check_relation_of_team refuses what is no table that rows of leads can be looked up in, or that the owner of the tracker may not read. */
static void
check_relation_of_team(const TrackedSource *source)
{
	char		kind = get_rel_relkind(source->relation);

	if (kind == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("the table of the team does not exist"),
				 errhint("Name the table that has your leads with lead_temperature.set_team.")));
	if ((kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE) ||
		get_rel_persistence(source->relation) == RELPERSISTENCE_TEMP)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a permanent table", get_rel_name(source->relation)),
				 errdetail("Leads of a team are looked up in a table, whoever claims."),
				 errhint("Name the table that has your leads, and not a view, a foreign or a temporary table.")));
	check_source_access(source->owner, source->relation);
}

/* check_types refuses a key of another type than the leads, and a filter that is neither true nor false. */
static void
check_types(const Tracker *tracker, const Node *key, const Node *filter)
{
	if (!IsBinaryCoercible(exprType(key), tracker->lead_type) || exprCollation(key) != tracker->lead_collation)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("argument \"key\" is of another type than the leads of the tracker"),
				 errdetail("It is of type %s; leads are of type %s.", format_type_be(exprType(key)),
						   lead_column_sql(&tracker->lead_column)),
				 errhint("Cast it, as in key => 'column::type', with the collation that leads have.")));
	if (getBaseType(exprType(filter)) != BOOLOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("argument \"filter\" is of type %s, and no condition", format_type_be(exprType(filter))),
				 errhint("Pass a condition over columns of the table, which is true of the leads of the team.")));
}

/* A team's table being looked at. */
typedef struct TeamTable
{
	const Tracker *tracker;
	TrackedSource source;
} TeamTable;

/* check_team refuses a team whose leads cannot be looked up, or not safely, as it is kept. */
static void
check_team(const TeamTable *team)
{
	const TrackedSource *source = &team->source;
	static const Role roles[] = {ROLE_KEY, ROLE_FILTER};
	Node	   *trees[lengthof(roles)];
	OwnerScope	scope;

	check_relation_of_team(source);
	expression_enter(&scope, source->owner);
	for (int i = 0; i < lengthof(roles); i++)
	{
		trees[i] = parse_expression(source->relation, tracked_roles[roles[i]].name, source->expression[roles[i]]);
		check_expression(source->relation, source->owner, tracked_roles[roles[i]].name, trees[i]);
	}
	owner_leave(&scope);
	check_types(team->tracker, trees[0], trees[1]);
}

/* lt_set_team says which leads a team claims. */
Datum
lt_set_team(PG_FUNCTION_ARGS)
{
	Tracker    *tracker = own_tracker(fcinfo);
	Oid			types[] = {REGCLASSOID, TEXTOID, REGCLASSOID, TEXTOID, TEXTOID};
	Datum		values[lengthof(types)];
	TeamTable	team = {tracker};

	need_arguments(fcinfo, N_SET_ARGUMENTS);
	values[0] = ObjectIdGetDatum(tracker->id);
	values[1] = CStringGetTextDatum(team_argument(fcinfo));
	team.source.tracker = tracker->id;
	team.source.owner = tracker->owner;
	team.source.relation = PG_GETARG_OID(SET_RELATION);
	check_relation_of_team(&team.source);
	read_role(&team.source, ROLE_KEY, text_to_cstring(PG_GETARG_TEXT_PP(SET_KEY)));
	read_role(&team.source, ROLE_FILTER, text_to_cstring(PG_GETARG_TEXT_PP(SET_FILTER)));
	check_team(&team);
	values[2] = PG_GETARG_DATUM(SET_RELATION);
	values[3] = CStringGetTextDatum(team.source.expression[ROLE_KEY]);
	values[4] = CStringGetTextDatum(team.source.expression[ROLE_FILTER]);
	(void) write_setting(tracker, "INSERT INTO lead_temperature.handoff_setting (interactions, team, relation, key, filter) "
						 "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (interactions, team) DO UPDATE "
						 "SET relation = EXCLUDED.relation, key = EXCLUDED.key, filter = EXCLUDED.filter",
						 lengthof(types), types, values);
	PG_RETURN_VOID();
}

/* no_team reports a team that a tracker has not. */
static void
no_team(const Tracker *tracker, const char *team)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("the tracker of table \"%s\" has no team \"%s\"", get_rel_name(tracker->interactions), team),
			 errhint("The view lead_temperature.handoff_settings lists the teams that its owner has made with lead_temperature.set_team.")));
}

/* lt_drop_team forgets a team. */
Datum
lt_drop_team(PG_FUNCTION_ARGS)
{
	Tracker    *tracker = own_tracker(fcinfo);
	Oid			types[] = {REGCLASSOID, TEXTOID};
	Datum		values[] = {ObjectIdGetDatum(tracker->id), (Datum) 0};
	char	   *team;

	need_arguments(fcinfo, SET_TEAM + 1);
	team = team_argument(fcinfo);
	values[1] = CStringGetTextDatum(team);
	if (write_setting(tracker, "DELETE FROM lead_temperature.handoff_setting s WHERE s.interactions OPERATOR(pg_catalog.=) $1 "
					  "AND s.team OPERATOR(pg_catalog.=) $2", lengthof(types), types, values) == 0)
		no_team(tracker, team);
	PG_RETURN_VOID();
}

/* name_team adds to an error which team it is about. */
static void
name_team(void *arg)
{
	errcontext("team \"%s\", whose leads lead_temperature.set_team says", (const char *) arg);
}

/* team_condition writes the condition that a handoff, h, is of a lead of a team, and refuses a team that is none or can be looked up no more. */
char *
team_condition(const Tracker *tracker, const char *name)
{
	Oid			types[] = {REGCLASSOID, TEXTOID};
	Datum		values[] = {ObjectIdGetDatum(tracker->id), CStringGetTextDatum(name)};
	MemoryContext before = CurrentMemoryContext;
	TeamTable	team = {tracker};
	ErrorContextCallback callback = {error_context_stack, name_team, (void *) name};
	OwnerScope	scope;

	team.source.tracker = tracker->id;
	team.source.owner = tracker->owner;
	config_begin(&scope);
	if (name[0] == '\0' ||
		config_run("SELECT s.relation::pg_catalog.oid, s.key, s.filter FROM lead_temperature.handoff_setting s "
				   "WHERE s.interactions OPERATOR(pg_catalog.=) $1 AND s.team OPERATOR(pg_catalog.=) $2",
				   lengthof(types), types, values, NULL) == 0)
		no_team(tracker, name);
	team.source.relation = DatumGetObjectId(config_value(1, OIDOID));
	team.source.expression[ROLE_KEY] = MemoryContextStrdup(before, TextDatumGetCString(config_value(2, TEXTOID)));
	team.source.expression[ROLE_FILTER] = MemoryContextStrdup(before, TextDatumGetCString(config_value(3, TEXTOID)));
	config_end(&scope);
	error_context_stack = &callback;
	check_team(&team);
	error_context_stack = callback.previous;
	return psprintf("EXISTS (SELECT FROM %s t WHERE %s AND (%s))", qualified_name(team.source.relation),
					lead_is_sql(tracker, psprintf("(%s)", team.source.expression[ROLE_KEY]), "h.lead"),
					team.source.expression[ROLE_FILTER]);
}
