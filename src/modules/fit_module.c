/*-------------------------------------------------------------------------
 *
 * fit_module.c
 *	  Module fit: who leads are, and how well that fits.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/fit_module.h"

#include "catalog/attribute.h"
#include "catalog/expression.h"
#include "catalog/own_tracker.h"
#include "catalog/unique_key.h"
#include "commands/attribute_check.h"
#include "commands/replay.h"
#include "commands/tracker_objects.h"
#include "commands/triggers.h"
#include "state/fit.h"
#include "util/version.h"

#include "access/xact.h"
#include "commands/trigger.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_add_attribute);
PG_FUNCTION_INFO_V1(lt_drop_attribute);
PG_FUNCTION_INFO_V1(lt_follow_attribute);

/* arguments of add_attribute */
enum
{
	ADD_TRACKER, ADD_RELATION, ADD_KEY, ADD_ATTRIBUTE, ADD_NAME
};

/*
 * What there is of each grade and temperature: leads that are open, conversions and losses from there, by the temperature
 * just before and the grade as of now, and the first rule of the playbook for that temperature.
 */
const char	matrix_query[] =
"SELECT g.grade, h.temperature, h.temperature_order, coalesce(c.leads, 0::pg_catalog.int8) AS leads, "
"coalesce(w.won, 0::pg_catalog.int8) AS won, coalesce(w.lost, 0::pg_catalog.int8) AS lost, "
"w.won::pg_catalog.float8 OPERATOR(pg_catalog./) (w.won OPERATOR(pg_catalog.+) w.lost)::pg_catalog.float8 AS conversion, "
"p.action, p.channel, p.content "
"FROM (VALUES ('A'::pg_catalog.text), ('B'::pg_catalog.text), ('C'::pg_catalog.text), ('D'::pg_catalog.text)) g (grade) "
"CROSS JOIN (VALUES ('hot'::pg_catalog.text, 3), ('warm'::pg_catalog.text, 2), ('cold'::pg_catalog.text, 1)) h (temperature, temperature_order) "
"LEFT JOIN (SELECT f.grade, "
"CASE WHEN l.level OPERATOR(pg_catalog.>=) (SELECT lead_temperature.hot_level({lead:oid})) THEN 'hot'::pg_catalog.text "
"WHEN l.level OPERATOR(pg_catalog.>=) (SELECT lead_temperature.warm_level({lead:oid})) THEN 'warm'::pg_catalog.text "
"ELSE 'cold'::pg_catalog.text END AS temperature, pg_catalog.count(*) AS leads "
"FROM {lead} l JOIN {fit} f ON f.lead {=} l.lead "
"WHERE l.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status GROUP BY 1, 2) c "
"ON c.grade OPERATOR(pg_catalog.=) g.grade AND c.temperature OPERATOR(pg_catalog.=) h.temperature "
"LEFT JOIN (SELECT f.grade, coalesce(t.from_temperature::pg_catalog.text, 'cold'::pg_catalog.text) AS temperature, "
"pg_catalog.count(*) FILTER (WHERE t.to_status OPERATOR(pg_catalog.=) 'won'::lead_temperature.status) AS won, "
"pg_catalog.count(*) FILTER (WHERE t.to_status OPERATOR(pg_catalog.=) 'lost'::lead_temperature.status) AS lost "
"FROM (SELECT s.lead, s.from_temperature, s.to_status, s.from_status IS DISTINCT FROM s.to_status "
"OR s.cycle OPERATOR(pg_catalog.>) pg_catalog.lag(s.cycle) OVER (PARTITION BY s.lead ORDER BY s.at) AS closes "
"FROM {transition} s WHERE s.superseded_at IS NULL) t JOIN {fit} f ON f.lead {=} t.lead "
"WHERE t.closes AND t.to_status OPERATOR(pg_catalog.<>) 'open'::lead_temperature.status GROUP BY 1, 2) w "
"ON w.grade OPERATOR(pg_catalog.=) g.grade AND w.temperature OPERATOR(pg_catalog.=) h.temperature "
"LEFT JOIN LATERAL (SELECT r.action, r.channel, r.content FROM lead_temperature.playbook_rules({lead:oid}) r "
"WHERE r.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status AND r.stage IS NULL "
"AND (r.temperature IS NULL OR r.temperature::pg_catalog.text OPERATOR(pg_catalog.=) h.temperature) "
"ORDER BY r.priority LIMIT 1) p ON true";

const char	matrix_columns[] =
"grade text, temperature text, temperature_order integer, leads bigint, won bigint, lost bigint, "
"conversion double precision, action text, channel text, content text";

/* need_arguments refuses null arguments before one. */
static void
need_arguments(FunctionCallInfo fcinfo, const char *const *names, int n, const char *hint)
{
	for (int i = 0; i < n; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", names[i]),
					 errhint("%s", hint)));
}

/* lock_tracker_to_alter finds the tracker of one's own that the first argument names, and keeps its writers out. */
static Oid
lock_tracker_to_alter(FunctionCallInfo fcinfo)
{
	Oid			id = tracker_named(PG_GETARG_OID(0));

	lock_writers_out(id);
	check_not_in_use(id, "alter the attributes of the leads of");
	return id;
}

/* read_expression reads what of a row is the attribute: a column, if there is one of that name, or an expression. */
static char *
read_expression(const Tracker *tracker, const Attribute *attribute, char *text)
{
	bool		column = get_attnum(attribute->relation, text) > 0;
	bool		bare = text[0] != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789")] == '\0' &&
		!(text[0] >= '0' && text[0] <= '9');
	Node	   *tree;
	OwnerScope	scope;

	if (!column && (bare || text[0] == '\0'))
		no_column(attribute->relation, text, true);
	if (column)
		text = pstrdup(quote_identifier(text));

	tree = parse_expression(attribute->relation, "attribute", text);
	check_expression(attribute->relation, tracker->owner, "attribute", tree);
	expression_enter(&scope, tracker->owner);
	text = expression_text(attribute->relation, tree);

	check_reads_alike(attribute->relation, "attribute", tree, text);
	owner_leave(&scope);
	return text;
}

/* read_name reads the name of an attribute, which is that of the column unless another is given. */
static char *
read_name(FunctionCallInfo fcinfo, Oid relation)
{
	char	   *argument = text_to_cstring(PG_GETARG_TEXT_PP(ADD_ATTRIBUTE));
	char	   *name = PG_ARGISNULL(ADD_NAME) ? argument : text_to_cstring(PG_GETARG_TEXT_PP(ADD_NAME));

	if (PG_ARGISNULL(ADD_NAME) && get_attnum(relation, argument) <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be null", "name"),
				 errdetail("Table \"%s\" has no column \"%s\", whose name it could be.", get_rel_name(relation), argument),
				 errhint("Say how rules of fit call the attribute, as in name => 'country'.")));
	if (name[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"%s\" must not be empty", "name"),
				 errhint("Say how rules of fit call the attribute, as in name => 'country'.")));
	return name;
}

/* need_module gives a tracker the module unless it has it; says whether it had not. */
static bool
need_module(Oid id)
{
	TrackRequest request;

	request_of_tracker(id, &request);
	if (has_module(request.companions, FIT_MODULE))
		return false;
	request.module = FIT_MODULE;
	check_present_columns(&request);
	(void) add_companions(&request);
	return true;
}

/* has_rules says whether the frozen model of a tracker has rules for an attribute, without which it changes no fit. */
static bool
has_rules(const Tracker *tracker, const char *name)
{
	for (int i = 0; i < tracker->model->nfit_rules; i++)
		if (strcmp(tracker->model->fit_rules[i].attribute, name) == 0)
			return true;
	return false;
}

/* lt_add_attribute lets a column of a table, or an expression over it, be an attribute of the leads of a tracker, and returns of how many leads that has changed the fit. */
Datum
lt_add_attribute(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"tracker", "relation", "key", "attribute"};
	Attribute	attribute = {0};
	Tracker    *tracker;
	Oid			id;
	bool		made;

	lt_check_version();
	need_arguments(fcinfo, names, lengthof(names),
				   "Name a tracked table, a table of your own, the column of that which has the lead, and one that says who it is.");
	id = lock_tracker_to_alter(fcinfo);
	tracker = tracker_get(id);
	attribute.tracker = id;
	attribute.relation = PG_GETARG_OID(ADD_RELATION);
	attribute.key = pstrdup(NameStr(*PG_GETARG_NAME(ADD_KEY)));
	check_attribute_table(tracker, attribute.relation);
	LockRelationOid(attribute.relation, ShareRowExclusiveLock);
	check_attribute_table(tracker, attribute.relation);
	check_tables_not_in_use(list_make1_oid(attribute.relation), "read attributes from");
	attribute.name = read_name(fcinfo, attribute.relation);
	attribute.expression = read_expression(tracker, &attribute, text_to_cstring(PG_GETARG_TEXT_PP(ADD_ATTRIBUTE)));
	check_attribute(tracker, &attribute);
	if (attribute_among(attributes_of(id), attribute.name) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("the leads of table \"%s\" have an attribute \"%s\" already", get_rel_name(id), attribute.name),
				 errhint("Drop that with lead_temperature.drop_attribute, or choose another name.")));
	made = need_module(id);
	insert_attribute(&attribute);
	follow_attributes(attribute.relation);
	CommandCounterIncrement();
	made |= review_attributes(attribute.relation);
	CommandCounterIncrement();
	tracker = tracker_get(id);
	if (made || has_rules(tracker, attribute.name))
		PG_RETURN_INT64(fit_renew(tracker));
	if (get_attnum(attribute.relation, attribute.expression) <= 0)
		fit_try(tracker);
	PG_RETURN_INT64(0);
}

/* lt_drop_attribute lets leads of a tracker do without an attribute, and returns of how many that has changed the fit. */
Datum
lt_drop_attribute(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"tracker", "name"};
	Attribute  *attribute;
	Tracker    *tracker;
	Oid			id;

	lt_check_version();
	need_arguments(fcinfo, names, lengthof(names), "Name a tracked table, and an attribute as the view lead_temperature.attributes does.");
	id = lock_tracker_to_alter(fcinfo);
	attribute = attribute_among(attributes_of(id), text_to_cstring(PG_GETARG_TEXT_PP(1)));
	if (attribute == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("the leads of table \"%s\" have no attribute \"%s\"", get_rel_name(id),
						text_to_cstring(PG_GETARG_TEXT_PP(1))),
				 errhint("The view lead_temperature.attributes lists those that they have.")));
	delete_attribute(attribute);
	CommandCounterIncrement();
	unfollow_attributes(attribute->relation);
	tracker = tracker_get(id);
	PG_RETURN_INT64(has_rules(tracker, attribute->name) ? fit_renew(tracker) : 0);
}

/* forget_attributes lets leads of a tracker, which is to be without the module, do without all attributes. */
void
forget_attributes(Oid tracker)
{
	ListCell   *cell;

	foreach(cell, attributes_of(tracker))
	{
		const Attribute *attribute = lfirst(cell);

		delete_attribute(attribute);
		CommandCounterIncrement();
		unfollow_attributes(attribute->relation);
	}
}

/* check_trigger refuses to run as anything but a statement trigger with transition tables. */
static const TriggerData *
check_trigger(FunctionCallInfo fcinfo)
{
	const TriggerData *data = (const TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(data->tg_event) || TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		(!TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) && data->tg_oldtable == NULL && data->tg_newtable == NULL))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.follow_attribute must be fired after a statement, with its transition tables"),
				 errhint("Let lead_temperature.add_attribute create the trigger.")));
	return data;
}

/* is_empty says whether a transition table has no row, or there is none. */
static bool
is_empty(Tuplestorestate *store)
{
	return store == NULL || tuplestore_tuple_count(store) == 0;
}

/* lt_follow_attribute keeps the fit of leads right whose attributes a statement has changed. */
Datum
lt_follow_attribute(PG_FUNCTION_ARGS)
{
	const TriggerData *data = check_trigger(fcinfo);
	List	   *trackers = NIL;
	ListCell   *cell;

	if (!TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) && is_empty(data->tg_oldtable) && is_empty(data->tg_newtable))
		return PointerGetDatum(NULL);
	foreach(cell, attributes_in(RelationGetRelid(data->tg_relation)))
		trackers = list_append_unique_oid(trackers, ((const Attribute *) lfirst(cell))->tracker);
	foreach(cell, trackers)
		fit_follow(data, lfirst_oid(cell));
	return PointerGetDatum(NULL);
}
