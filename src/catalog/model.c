/*-------------------------------------------------------------------------
 *
 * model.c
 *	  Models: made from templates, and whose they are.
 *
 * Models live in tables that row level security guards, so all that is done
 * to them here is done in SQL and as the current role.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include "catalog/model.h"

#include "util/extension_table.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(create_model);
PG_FUNCTION_INFO_V1(lt_add_playbook);
PG_FUNCTION_INFO_V1(lt_role_id);
PG_FUNCTION_INFO_V1(lt_model_role);

/* execute runs a query with one or two texts as parameters. */
static void
execute(const char *query, int expected, const char *first, const char *second)
{
	Oid			types[2] = {TEXTOID, TEXTOID};
	Datum		values[2];
	int			n = second == NULL ? 1 : 2;
	int			result;

	values[0] = CStringGetTextDatum(first);
	if (second != NULL)
		values[1] = CStringGetTextDatum(second);
	result = SPI_execute_with_args(query, n, types, values, NULL, false, 0);
	if (result != expected)
		elog(ERROR, "query returned %s: %s", SPI_result_code_string(result), query);
}

/* check_template raises an error unless there is such a template. */
static void
check_template(const char *template_name)
{
	bool		isnull;
	bool		exists;

	execute("SELECT pg_catalog.bool_or(t.name OPERATOR(pg_catalog.=) $1),"
			" pg_catalog.string_agg(t.name, ', '::pg_catalog.text)"
			" FROM lead_temperature.templates() AS t",
			SPI_OK_SELECT, template_name, NULL);
	exists = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	if (!exists)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("template \"%s\" does not exist", template_name),
				 errhint("The templates are: %s.",
						 SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2))));
}

/* add_playbook_of gives a model the playbook of a template. */
static void
add_playbook_of(const char *name, const char *template_name)
{
	execute("INSERT INTO lead_temperature.playbook SELECT $1, t.*"
			" FROM lead_temperature.template_playbook($2) AS t",
			SPI_OK_INSERT, name, template_name);
}

/*
 * model_create makes a model of the current role from a template.
 *
 * A name may be taken by a model that the role does not see, so this asks the
 * unique index, which sees all.
 */
void
model_create(const char *name, const char *template_name)
{
	if (name[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("name of a model must not be empty")));

	SPI_connect();
	check_template(template_name);
	execute("INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot)"
			" SELECT $1, CURRENT_USER, t.half_life, t.warm, t.mql, t.hot"
			" FROM lead_temperature.template_model($2) AS t"
			" ON CONFLICT DO NOTHING",
			SPI_OK_INSERT, name, template_name);
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("model \"%s\" already exists", name),
				 errhint("Choose another name; models of other roles count too.")));
	execute("INSERT INTO lead_temperature.signal_group SELECT $1, t.*"
			" FROM lead_temperature.template_signal_group($2) AS t",
			SPI_OK_INSERT, name, template_name);
	/* the templates have the columns of the tables */
	execute("INSERT INTO lead_temperature.signal SELECT $1, t.*"
			" FROM lead_temperature.template_signal($2) AS t",
			SPI_OK_INSERT, name, template_name);
	if (config_has_table("playbook"))
		add_playbook_of(name, template_name);
	SPI_finish();
}

/* model_hand_on_playbook gives a model that has no playbook that of another; the caller is connected to SPI. */
void
model_hand_on_playbook(const char *from, const char *to)
{
	if (from == NULL)
		return;
	execute("INSERT INTO lead_temperature.playbook (model, priority, stage, temperature, status, action, channel,"
			" needs_consent, content, due_within, wait, attempts, times)"
			" SELECT $2, p.priority, p.stage, p.temperature, p.status, p.action, p.channel,"
			" p.needs_consent, p.content, p.due_within, p.wait, p.attempts, p.times"
			" FROM lead_temperature.playbook p WHERE p.model OPERATOR(pg_catalog.=) $1"
			" AND NOT EXISTS (SELECT FROM lead_temperature.playbook q WHERE q.model OPERATOR(pg_catalog.=) $2)",
			SPI_OK_INSERT, from, to);
}

/* model_hand_on_fit gives a model that has no rules of fit those of another, and its grades; the caller is connected to SPI. */
void
model_hand_on_fit(const char *from, const char *to)
{
	execute("WITH handed AS (INSERT INTO lead_temperature.fit_rule (model, attribute, operator, value, points)"
			" SELECT $2, f.attribute, f.operator, f.value, f.points FROM lead_temperature.fit_rule f"
			" WHERE f.model OPERATOR(pg_catalog.=) $1"
			" AND NOT EXISTS (SELECT FROM lead_temperature.fit_rule g WHERE g.model OPERATOR(pg_catalog.=) $2) RETURNING model)"
			" UPDATE lead_temperature.model m SET grade_a = o.grade_a, grade_b = o.grade_b, grade_c = o.grade_c"
			" FROM lead_temperature.model o WHERE m.name OPERATOR(pg_catalog.=) $2 AND o.name OPERATOR(pg_catalog.=) $1"
			" AND EXISTS (SELECT FROM handed)", SPI_OK_UPDATE, from, to);
}

/* create_model makes a model of the current role from a template. */
Datum
create_model(PG_FUNCTION_ARGS)
{
	for (int i = 0; i < 2; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s of a model must not be null", i == 0 ? "name" : "template")));
	model_create(text_to_cstring(PG_GETARG_TEXT_PP(0)), text_to_cstring(PG_GETARG_TEXT_PP(1)));
	PG_RETURN_VOID();
}

/* check_without_playbook refuses a model that the role does not see, or that has a playbook. */
static void
check_without_playbook(const char *name)
{
	execute("SELECT FROM lead_temperature.model m WHERE m.name OPERATOR(pg_catalog.=) $1", SPI_OK_SELECT, name, NULL);
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("model \"%s\" does not exist", name),
				 errhint("The table lead_temperature.model has the models of your roles.")));
	execute("SELECT FROM lead_temperature.playbook p WHERE p.model OPERATOR(pg_catalog.=) $1", SPI_OK_SELECT, name, NULL);
	if (SPI_processed > 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("model \"%s\" has a playbook already", name),
				 errdetail("It has %llu rules.", (unsigned long long) SPI_processed),
				 errhint("Edit the rows of lead_temperature.playbook, or delete them first.")));
}

/* lt_add_playbook gives a model the playbook of a template, and returns how many rules that has. */
Datum
lt_add_playbook(PG_FUNCTION_ARGS)
{
	char	   *name;
	char	   *template_name;
	int32		n;

	for (int i = 0; i < 2; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", i == 0 ? "model" : "template"),
					 errhint("Name a model of yours and a template, such as default.")));
	name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	template_name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	SPI_connect();
	check_template(template_name);
	check_without_playbook(name);
	add_playbook_of(name, template_name);
	n = SPI_processed;
	SPI_finish();
	PG_RETURN_INT32(n);
}

/* lt_role_id returns the OID of a role, 0 if there is none of that name. */
Datum
lt_role_id(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(get_role_oid(NameStr(*PG_GETARG_NAME(0)), true));
}

/*
 * model_role finds the role that a model belongs to, InvalidOid if it does not exist:
 * the one of its OID, or of its name if no role had that name when the row was written.
 */
Oid
model_role(Oid owner_id, const char *owner)
{
	if (!OidIsValid(owner_id))
		return get_role_oid(owner, true);
	return SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(owner_id)) ? owner_id : InvalidOid;
}

/* lt_model_role returns the role that a model belongs to, NULL if it does not exist. */
Datum
lt_model_role(PG_FUNCTION_ARGS)
{
	Oid			role = model_role(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(1)));

	if (!OidIsValid(role))
		PG_RETURN_NULL();
	PG_RETURN_OID(role);
}
