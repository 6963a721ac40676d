/*-------------------------------------------------------------------------
 *
 * tracker_model.c
 *	  Models and the trackers that work from them: whose a model is, and the
 *	  versions of it that trackers have frozen.
 *
 * Nobody but their owner may touch the tables of frozen models, so every function
 * here works as that owner, with constant SQL, and tells all sessions of a change.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/tracker_model.h"

#include "catalog/model.h"
#include "catalog/tracker_cache.h"
#include "util/extension_table.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "commands/trigger.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_restore_version);

/* missing_model reports a model that is not there. */
static void
missing_model(const char *model)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("model \"%s\" does not exist", model),
			 errhint("Create it with lead_temperature.create_model, or name another model.")));
}

/* model_owner looks up the role that a model belongs to and its name in the model; false if there is no model. */
static bool
model_owner(const char *model, Oid *role, char **name)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(model)};
	MemoryContext before = CurrentMemoryContext;
	OwnerScope	scope;
	bool		found;

	config_begin(&scope);
	found = config_run("SELECT m.owner, m.owner_id FROM lead_temperature.model m "
					   "WHERE m.name OPERATOR(pg_catalog.=) $1", 1, types, values, NULL) > 0;
	if (found)
	{
		*name = MemoryContextStrdup(before, NameStr(*DatumGetName(config_value(1, NAMEOID))));
		*role = model_role(DatumGetObjectId(config_value(2, OIDOID)), *name);
	}
	config_end(&scope);
	return found;
}

/* model_exists says whether there is a model of a name, whoever may see it. */
bool
model_exists(const char *model)
{
	Oid			role;
	char	   *name;

	return model_owner(model, &role, &name);
}

/* role_may_read says whether the owner of a table may read a model of a role; one whose role does not exist is the superusers'. */
static bool
role_may_read(Oid table_owner, Oid role)
{
	return OidIsValid(role) ? is_member_of_role(table_owner, role) : superuser_arg(table_owner);
}

/* model_is_readable says whether there is a model that the owner of a table may read. */
bool
model_is_readable(const char *model, Oid table_owner)
{
	Oid			role;
	char	   *name;

	return model_owner(model, &role, &name) && role_may_read(table_owner, role);
}

/* check_model_access refuses a model that the owner of a table may not read. */
void
check_model_access(const char *model, Oid table_owner)
{
	Oid			role;
	char	   *name;

	if (!model_owner(model, &role, &name))
		missing_model(model);
	if (role_may_read(table_owner, role))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for model \"%s\"", model),
			 OidIsValid(role) ?
			 errdetail("The owner of the table, \"%s\", is not a member of the model's owner, \"%s\".",
					   GetUserNameFromId(table_owner, false), GetUserNameFromId(role, false)) :
			 errdetail("The model's owner, \"%s\", does not exist.", name),
			 errhint("Name a model that the table's owner may use, or let a superuser give this one away: UPDATE lead_temperature.model SET owner = %s WHERE name = %s.",
					 quote_literal_cstr(GetUserNameFromId(table_owner, false)),
					 quote_literal_cstr(model))));
}

/*
 * refresh_model_owner writes the name of a model's role anew if the role has been
 * renamed, or was made after the model, which has its name alone so far.
 */
void
refresh_model_owner(Oid interactions)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};

	config_run("UPDATE lead_temperature.model m SET owner = r.rolname "
			   "FROM lead_temperature.tracker t, pg_catalog.pg_roles r "
			   "WHERE t.interactions OPERATOR(pg_catalog.=) $1 "
			   "AND m.name OPERATOR(pg_catalog.=) t.model "
			   "AND r.oid OPERATOR(pg_catalog.=) lead_temperature.model_role(m.owner_id, m.owner) "
			   "AND (r.rolname OPERATOR(pg_catalog.<>) m.owner OR r.oid OPERATOR(pg_catalog.<>) m.owner_id)",
			   1, types, values, NULL);
}

/* tell_of_kept_models says which models of some roles stay, since tables of others are tracked with them. */
static void
tell_of_kept_models(Oid *types, Datum *values)
{
	config_run("SELECT m.name::pg_catalog.text, t.interactions::pg_catalog.text "
			   "FROM lead_temperature.model m JOIN lead_temperature.tracker t ON t.model OPERATOR(pg_catalog.=) m.name "
			   "WHERE lead_temperature.model_role(m.owner_id, m.owner) OPERATOR(pg_catalog.=) ANY ($1) "
			   "ORDER BY 1, 2", 1, types, values, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
		ereport(NOTICE,
				(errmsg("model \"%s\" is kept, since table %s is tracked with it",
						SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1),
						SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2))));
}

/*
 * drop_owned_models follows DROP OWNED, which has dropped the tables of its roles and
 * their trackers: it deletes their models that no tracker uses.
 */
void
drop_owned_models(const DropOwnedStmt *statement)
{
	Oid			types[] = {OIDARRAYOID};
	Datum	   *roles = palloc(sizeof(Datum) * list_length(statement->roles));
	int			n = 0;
	Datum		values[1];
	OwnerScope	scope;
	ListCell   *cell;

	if (!OidIsValid(get_extension_oid("lead_temperature", true)))
		return;
	foreach(cell, statement->roles)
		roles[n++] = ObjectIdGetDatum(get_rolespec_oid(lfirst(cell), false));
	values[0] = PointerGetDatum(construct_array(roles, n, OIDOID, sizeof(Oid), true, TYPALIGN_INT));
	config_begin(&scope);
	config_run("DELETE FROM lead_temperature.model m "
			   "WHERE lead_temperature.model_role(m.owner_id, m.owner) OPERATOR(pg_catalog.=) ANY ($1) "
			   "AND NOT EXISTS (SELECT FROM lead_temperature.tracker t WHERE t.model OPERATOR(pg_catalog.=) m.name)",
			   1, types, values, NULL);
	tell_of_kept_models(types, values);
	config_end(&scope);
}

/*
 * model_as_it_is reads a model as the tracker would freeze it now; the owner of
 * the table must have access to it.
 */
ModelVersion *
model_as_it_is(const Tracker *tracker, const char *model)
{
	Oid			types[] = {REGCLASSOID, TEXTOID};
	Datum		values[2];
	MemoryContext before = CurrentMemoryContext;
	OwnerScope	scope;
	ModelVersion *result;

	check_model_access(model, tracker->owner);
	values[0] = ObjectIdGetDatum(tracker->id);
	values[1] = CStringGetTextDatum(model);
	config_begin(&scope);
	if (config_run("SELECT $1 AS interactions, 0::pg_catalog.int4 AS version, s.* "
				   "FROM lead_temperature.model_snapshot s WHERE s.model OPERATOR(pg_catalog.=) $2",
				   2, types, values, NULL) != 1)
		missing_model(model);
	MemoryContextSwitchTo(before);
	result = read_model(tracker->model->fold.entry, SPI_tuptable->vals[0], SPI_tuptable->tupdesc);
	config_end(&scope);
	if (result->fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("model \"%s\" is corrupt", model),
				 errdetail_internal("%s", result->fault),
				 errhint("Correct its rows in lead_temperature.model, signal_group and signal.")));
	return result;
}

/* freeze_model copies a model as it is now into a version of a tracker, which has none of that version or later. */
void
freeze_model(Oid interactions)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};

	config_run("DELETE FROM lead_temperature.model_version f USING lead_temperature.tracker t "
			   "WHERE f.interactions OPERATOR(pg_catalog.=) $1 "
			   "AND t.interactions OPERATOR(pg_catalog.=) $1 "
			   "AND f.version OPERATOR(pg_catalog.>=) t.version", 1, types, values, NULL);
	/* the snapshot has the columns of the table */
	if (config_run("INSERT INTO lead_temperature.model_version SELECT t.interactions, t.version, s.* "
				   "FROM lead_temperature.tracker t JOIN lead_temperature.model_snapshot s "
				   "ON s.model OPERATOR(pg_catalog.=) t.model "
				   "WHERE t.interactions OPERATOR(pg_catalog.=) $1", 1, types, values, NULL) != 1)
		elog(ERROR, "model of tracked table %u was not frozen", interactions);
}

/* model_is_current says whether the frozen model of a tracker is its model as it is now, and names that. */
static bool
model_is_current(Oid interactions, char **model)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};
	MemoryContext before = CurrentMemoryContext;
	OwnerScope	scope;
	bool		current;

	config_begin(&scope);
	config_run("SELECT m.is_current, t.model FROM lead_temperature.tracker t "
			   "JOIN lead_temperature.model_current m "
			   "ON m.interactions OPERATOR(pg_catalog.=) t.interactions "
			   "WHERE t.interactions OPERATOR(pg_catalog.=) $1", 1, types, values, NULL);
	current = DatumGetBool(config_value(1, BOOLOID));
	*model = MemoryContextStrdup(before, TextDatumGetCString(config_value(2, TEXTOID)));
	config_end(&scope);
	return current;
}

/*
 * can_resume_replay says whether a replay of the present version was begun, not
 * ended, and still is what a new one would do.
 */
bool
can_resume_replay(Oid interactions, Oid table_owner)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};
	OwnerScope	scope;
	char	   *model;
	bool		unfinished;

	if (!model_is_current(interactions, &model))
		return false;
	check_model_access(model, table_owner);
	config_begin(&scope);
	unfinished = config_run("SELECT FROM lead_temperature.tracker "
							"WHERE interactions OPERATOR(pg_catalog.=) $1 AND replaying AND NOT outdated",
							1, types, values, NULL) > 0;
	config_end(&scope);
	return unfinished;
}

/*
 * renew_model_version gives a tracker a new version if its model has changed.  If the
 * replay that this begins is in batches it is under way from now on, and knows
 * of all rows that came or went without a trigger until now.
 */
void
renew_model_version(Oid interactions, Oid table_owner, bool in_batches)
{
	Oid			types[] = {REGCLASSOID, BOOLOID, BOOLOID};
	Datum		values[3];
	OwnerScope	scope;
	char	   *model;
	bool		current = model_is_current(interactions, &model);

	check_model_access(model, table_owner);
	values[0] = ObjectIdGetDatum(interactions);
	values[1] = BoolGetDatum(in_batches);
	values[2] = BoolGetDatum(current);
	config_begin(&scope);
	config_run("UPDATE lead_temperature.tracker t SET "
			   "version = CASE WHEN $3 THEN t.version ELSE t.version OPERATOR(pg_catalog.+) 1 END, "
			   "replaying = $2, outdated = t.outdated AND NOT $2 "
			   "WHERE t.interactions OPERATOR(pg_catalog.=) $1", 3, types, values, NULL);
	if (!current)
		freeze_model(interactions);
	refresh_model_owner(interactions);
	config_end(&scope);
	tracker_changed(interactions);
}

/*
 * hand_on gives the model that a tracker gets the playbook, and the rules of fit, of the one that it has, if that may
 * still be read, unless it has its own; for the owner of the tables.
 */
static void
hand_on(Oid interactions, const char *model)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};
	char	   *former;

	if (config_run("SELECT t.model FROM lead_temperature.tracker t WHERE t.interactions OPERATOR(pg_catalog.=) $1",
				   lengthof(types), types, values, NULL) == 0)
		return;
	former = TextDatumGetCString(config_value(1, TEXTOID));
	if (model_is_readable(former, relation_owner(interactions)))
	{
		model_hand_on_playbook(former, model);
		model_hand_on_fit(former, model);
	}
}

/* set_tracker_model gives a tracker another model, which it works from once that is frozen, and that the playbook if it has none. */
void
set_tracker_model(Oid interactions, const char *model)
{
	Oid			types[] = {REGCLASSOID, TEXTOID};
	Datum		values[] = {ObjectIdGetDatum(interactions), CStringGetTextDatum(model)};
	OwnerScope	scope;

	config_begin(&scope);
	hand_on(interactions, model);
	config_run("UPDATE lead_temperature.tracker SET model = $2 "
			   "WHERE interactions OPERATOR(pg_catalog.=) $1 AND model OPERATOR(pg_catalog.<>) $2",
			   2, types, values, NULL);
	config_end(&scope);
	tracker_changed(interactions);
}

/* version_name is the name that a trained model keeps once a later version has got its own. */
char *
version_name(const char *model, int32 version)
{
	return psprintf("%s@%d", model, version);
}

/* model_of_version finds the trained model that is a version of a name: the present one, or an earlier one that is kept. */
char *
model_of_version(const char *model, int32 version)
{
	Oid			types[] = {TEXTOID, INT4OID, TEXTOID};
	Datum		values[] = {CStringGetTextDatum(model), Int32GetDatum(version), CStringGetTextDatum(version_name(model, version))};
	MemoryContext before = CurrentMemoryContext;
	OwnerScope	scope;
	char	   *name;

	config_begin(&scope);
	if (config_run("SELECT t.model::pg_catalog.text FROM lead_temperature.trained_model t "
				   "WHERE t.version OPERATOR(pg_catalog.=) $2 AND t.model OPERATOR(pg_catalog.=) ANY (ARRAY[$1, $3])",
				   lengthof(types), types, values, NULL) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("model \"%s\" has no version %d", model, version),
				 errhint("Versions are made by lead_temperature.train, and listed in lead_temperature.trained_model.")));
	name = MemoryContextStrdup(before, TextDatumGetCString(config_value(1, TEXTOID)));
	config_end(&scope);
	return name;
}

/* rename_model gives a model of the current role another name, by which the trackers that work from it know it from then on. */
void
rename_model(const char *from, const char *to)
{
	Oid			types[] = {TEXTOID, TEXTOID};
	Datum		values[] = {CStringGetTextDatum(from), CStringGetTextDatum(to)};
	OwnerScope	scope;

	if (model_exists(to))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("model \"%s\" already exists", to),
				 errdetail("Model \"%s\" would be kept under this name.", from),
				 errhint("Rename or delete one of them, or name the new model by the argument model.")));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args("UPDATE lead_temperature.model SET name = $2 WHERE name OPERATOR(pg_catalog.=) $1",
							  lengthof(types), types, values, NULL, false, 0) != SPI_OK_UPDATE)
		elog(ERROR, "SPI_execute_with_args failed");
	if (SPI_processed != 1)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("model \"%s\" was renamed or deleted meanwhile", from),
				 errdetail("Another has trained it, perhaps."),
				 errhint("Try again.")));
	SPI_finish();
	config_begin(&scope);
	config_run("UPDATE lead_temperature.model_version SET model = $2 WHERE model OPERATOR(pg_catalog.=) $1",
			   lengthof(types), types, values, NULL);
	config_run("UPDATE lead_temperature.tracker SET model = $2 WHERE model OPERATOR(pg_catalog.=) $1 RETURNING interactions",
			   lengthof(types), types, values, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
		tracker_changed(DatumGetObjectId(config_value_at(i, 1, REGCLASSOID)));
	config_end(&scope);
}

/* drop_model_versions drops the frozen versions before the present one but for some, an array of integers. */
void
drop_model_versions(Oid interactions, Datum kept)
{
	Oid			types[] = {REGCLASSOID, INT4ARRAYOID};
	Datum		values[] = {ObjectIdGetDatum(interactions), kept};
	OwnerScope	scope;

	config_begin(&scope);
	config_run("DELETE FROM lead_temperature.model_version f USING lead_temperature.tracker t "
			   "WHERE f.interactions OPERATOR(pg_catalog.=) $1 "
			   "AND t.interactions OPERATOR(pg_catalog.=) $1 "
			   "AND f.version OPERATOR(pg_catalog.<) t.version "
			   "AND f.version OPERATOR(pg_catalog.<>) ALL ($2)", 2, types, values, NULL);
	config_end(&scope);
	tracker_changed(interactions);
}

/*
 * lt_restore_version gives a row of frozen_model, which a dump of 0.1.0 brings, to
 * model_version: the models of that time knew neither cooldowns nor final outcomes nor consent, and
 * all of their outcomes spend.
 */
Datum
lt_restore_version(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;
	Oid			types[1];
	Datum		values[1];
	OwnerScope	scope;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(data->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		RelationGetRelid(data->tg_relation) != config_table("frozen_model"))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.restore_version must be fired by a row of lead_temperature.frozen_model")));
	types[0] = RelationGetForm(data->tg_relation)->reltype;
	values[0] = heap_copy_tuple_as_datum(data->tg_trigtuple, RelationGetDescr(data->tg_relation));
	config_begin(&scope);
	config_run("INSERT INTO lead_temperature.model_version SELECT ($1).*, "
			   "pg_catalog.array_fill(NULL::pg_catalog.interval, ARRAY[pg_catalog.cardinality(($1).kinds)]), "
			   "pg_catalog.array_fill(false, ARRAY[pg_catalog.cardinality(($1).kinds)]), "
			   "pg_catalog.array_fill(NULL::pg_catalog.text, ARRAY[pg_catalog.cardinality(($1).kinds)]), "
			   "pg_catalog.array_fill(NULL::pg_catalog.text, ARRAY[pg_catalog.cardinality(($1).kinds)]), 1, "
			   "NULL::pg_catalog.interval, pg_catalog.array_fill(true, ARRAY[pg_catalog.cardinality(($1).kinds)])",
			   1, types, values, NULL);
	config_end(&scope);
	return PointerGetDatum(NULL);	/* and no row here */
}
