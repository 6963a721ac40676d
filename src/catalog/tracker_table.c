/*-------------------------------------------------------------------------
 *
 * tracker_table.c
 *	  The extension's own tables of trackers and frozen models, written.
 *
 * Nobody but their owner may touch these tables, so every function here works
 * as that owner, with constant SQL, and tells all sessions of the change.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/tracker_table.h"

#include "catalog/model.h"
#include "util/extension_table.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* begin connects to SPI as the owner of the extension's tables. */
static void
begin(OwnerScope *scope)
{
	config_enter(scope);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

/* end disconnects and returns to the caller's role. */
static void
end(OwnerScope *scope)
{
	SPI_finish();
	owner_leave(scope);
}

/* run executes constant SQL with parameters and returns the number of rows. */
static uint64
run(const char *sql, int nargs, Oid *types, Datum *values, const char *nulls)
{
	int			result = SPI_execute_with_args(sql, nargs, types, values, nulls, false, 0);

	if (result < 0)
		elog(ERROR, "SPI_execute_with_args failed: %s", SPI_result_code_string(result));
	return SPI_processed;
}

/* run_for executes constant SQL whose $1 is a tracked table, and tells all sessions. */
static uint64
run_for(Oid interactions, const char *sql)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};
	OwnerScope	scope;
	uint64		n;

	begin(&scope);
	n = run(sql, 1, types, values, NULL);
	end(&scope);
	tracker_changed(interactions);
	return n;
}

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

	begin(&scope);
	found = run("SELECT m.owner, m.owner_id FROM lead_temperature.model m "
				"WHERE m.name OPERATOR(pg_catalog.=) $1", 1, types, values, NULL) > 0;
	if (found)
	{
		*name = MemoryContextStrdup(before, NameStr(*DatumGetName(config_value(1, NAMEOID))));
		*role = model_role(DatumGetObjectId(config_value(2, OIDOID)), *name);
	}
	end(&scope);
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

/*
 * check_model_access refuses a model that the owner of a table may not read.  A model
 * whose role does not exist is the superusers'.
 */
void
check_model_access(const char *model, Oid table_owner)
{
	Oid			role;
	char	   *name;

	if (!model_owner(model, &role, &name))
		missing_model(model);
	if (OidIsValid(role) ? is_member_of_role(table_owner, role) : superuser_arg(table_owner))
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
static void
refresh_model_owner(Oid interactions)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};

	run("UPDATE lead_temperature.model m SET owner = r.rolname "
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
	run("SELECT m.name::pg_catalog.text, t.interactions::pg_catalog.text "
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
	begin(&scope);
	run("DELETE FROM lead_temperature.model m "
		"WHERE lead_temperature.model_role(m.owner_id, m.owner) OPERATOR(pg_catalog.=) ANY ($1) "
		"AND NOT EXISTS (SELECT FROM lead_temperature.tracker t WHERE t.model OPERATOR(pg_catalog.=) m.name)",
		1, types, values, NULL);
	tell_of_kept_models(types, values);
	end(&scope);
}

/*
 * model_as_it_is reads a model as the tracker would freeze it now; the owner of
 * the table must have access to it.
 */
FrozenModel *
model_as_it_is(const Tracker *tracker, const char *model)
{
	Oid			types[] = {REGCLASSOID, TEXTOID};
	Datum		values[2];
	MemoryContext before = CurrentMemoryContext;
	OwnerScope	scope;
	FrozenModel *result;

	check_model_access(model, tracker->owner);
	values[0] = ObjectIdGetDatum(tracker->interactions);
	values[1] = CStringGetTextDatum(model);
	begin(&scope);
	if (run("SELECT $1 AS interactions, 0::pg_catalog.int4 AS version, s.model, s.half_life, s.warm, s.mql, s.hot, s.groups, s.caps, "
			"s.kinds, s.points, s.signal_groups, s.stages, s.outcomes "
			"FROM lead_temperature.model_snapshot s WHERE s.model OPERATOR(pg_catalog.=) $2",
			2, types, values, NULL) != 1)
		missing_model(model);
	MemoryContextSwitchTo(before);
	result = read_model(tracker->model->fold.entry, SPI_tuptable->vals[0], SPI_tuptable->tupdesc);
	end(&scope);
	if (result->fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("model \"%s\" is corrupt", model),
				 errdetail_internal("%s", result->fault),
				 errhint("Correct its rows in lead_temperature.model, signal_group and signal.")));
	return result;
}

/* freeze copies a model as it is now into a version of a tracker, which has none of that version or later. */
static void
freeze(Oid interactions)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};

	run("DELETE FROM lead_temperature.frozen_model f USING lead_temperature.tracker t "
		"WHERE f.interactions OPERATOR(pg_catalog.=) $1 "
		"AND t.interactions OPERATOR(pg_catalog.=) $1 "
		"AND f.version OPERATOR(pg_catalog.>=) t.version", 1, types, values, NULL);
	if (run("INSERT INTO lead_temperature.frozen_model (interactions, version, model, half_life, "
			"warm, mql, hot, groups, caps, kinds, points, signal_groups, stages, outcomes) "
			"SELECT t.interactions, t.version, s.model, s.half_life, s.warm, s.mql, s.hot, "
			"s.groups, s.caps, s.kinds, s.points, s.signal_groups, s.stages, s.outcomes "
			"FROM lead_temperature.tracker t JOIN lead_temperature.model_snapshot s "
			"ON s.model OPERATOR(pg_catalog.=) t.model "
			"WHERE t.interactions OPERATOR(pg_catalog.=) $1", 1, types, values, NULL) != 1)
		elog(ERROR, "model of tracked table %u was not frozen", interactions);
}

/*
 * The companions that the table of trackers has a column for, which are those of
 * version 0.1.0; all others are rows of the table of companions.
 */
static const struct
{
	const char *column;
	const char *suffix;
}			columns_of_companions[] = {
	{"state", STATE_SUFFIX},
	{"transitions", TRANSITIONS_SUFFIX},
	{"base", "base"},
	{"ranking", "ranking"},
	{"funnel", "funnel"},
	{"funnel_weekly", "funnel_weekly"},
	{"counts", COUNTS_SUFFIX},
	{"deltas", "funnel_delta"}
};

/* companions_sql selects suffix and relation of all companions of all trackers. */
static char *
companions_sql(void)
{
	StringInfoData sql;

	initStringInfo(&sql);
	for (int i = 0; i < lengthof(columns_of_companions); i++)
		appendStringInfo(&sql, "%sSELECT t.interactions, '%s'::pg_catalog.text AS suffix, t.%s AS relation "
						 "FROM lead_temperature.tracker t WHERE t.%s IS NOT NULL", i == 0 ? "" : " UNION ALL ",
						 columns_of_companions[i].suffix, columns_of_companions[i].column,
						 columns_of_companions[i].column);
	/* not there before the extension of 0.1.0 is updated */
	if (OidIsValid(get_relname_relid("companion", get_namespace_oid(LT_SCHEMA, false))))
		appendStringInfoString(&sql, " UNION ALL SELECT c.interactions, c.suffix::pg_catalog.text, c.relation "
							   "FROM lead_temperature.companion c");
	return sql.data;
}

/* companion_of returns the companion of a suffix, InvalidOid if there is none. */
Oid
companion_of(const TrackerObjects *objects, const char *suffix)
{
	ListCell   *cell;

	foreach(cell, objects->companions)
	{
		const Companion *companion = lfirst(cell);

		if (strcmp(companion->suffix, suffix) == 0)
			return companion->relation;
	}
	return InvalidOid;
}

/* put_companion writes a companion into its column, or its row. */
static void
put_companion(Oid interactions, const char *suffix, Oid relation)
{
	Oid			types[] = {REGCLASSOID, REGCLASSOID, TEXTOID};
	Datum		values[] = {
		ObjectIdGetDatum(interactions), ObjectIdGetDatum(relation), CStringGetTextDatum(suffix)
	};

	for (int i = 0; i < lengthof(columns_of_companions); i++)
		if (strcmp(suffix, columns_of_companions[i].suffix) == 0)
		{
			run(psprintf("UPDATE lead_temperature.tracker SET %s = $2 "
						 "WHERE interactions OPERATOR(pg_catalog.=) $1",
						 columns_of_companions[i].column), 2, types, values, NULL);
			return;
		}
	run("INSERT INTO lead_temperature.companion (interactions, suffix, relation) "
		"VALUES ($1, $3::pg_catalog.name, $2) "
		"ON CONFLICT (interactions, suffix) DO UPDATE SET relation = EXCLUDED.relation",
		3, types, values, NULL);
}

/* add_companion notes that a tracker has made a table or view. */
void
add_companion(Oid interactions, const char *suffix, Oid relation)
{
	OwnerScope	scope;

	begin(&scope);
	put_companion(interactions, suffix, relation);
	end(&scope);
	tracker_changed(interactions);
}

/* freeze_first creates the row of a tracker, notes what it has made and freezes its model. */
void
freeze_first(const TrackRequest *request, const TrackerObjects *objects)
{
	Oid			types[] = {
		REGCLASSOID, NAMEOID, REGCLASSOID, REGCLASSOID, REGCLASSOID, REGCLASSOID, REGCLASSOID, REGCLASSOID,
		NAMEOID, NAMEOID, NAMEOID, NAMEOID, TEXTOID, TEXTOID, TEXTOID, BOOLOID
	};
	NameData	names[5];
	Datum		values[lengthof(types)];
	char		nulls[lengthof(types) + 1];
	OwnerScope	scope;
	ListCell   *cell;
	int			n = 0;

	namestrcpy(&names[0], request->prefix);
	namestrcpy(&names[1], request->lead);
	namestrcpy(&names[2], request->kind);
	namestrcpy(&names[3], request->at);
	namestrcpy(&names[4], request->weight == NULL ? "" : request->weight);
	memset(nulls, ' ', sizeof(nulls));
	nulls[lengthof(types)] = '\0';
	values[n++] = ObjectIdGetDatum(request->interactions);
	values[n++] = NameGetDatum(&names[0]);
	for (int i = 0; i < 6; i++)
		values[n++] = ObjectIdGetDatum(companion_of(objects, columns_of_companions[i].suffix));
	for (int i = 1; i <= 4; i++)
		values[n++] = NameGetDatum(&names[i]);
	if (request->weight == NULL)
		nulls[n - 1] = 'n';
	values[n++] = CStringGetTextDatum(request->model);
	values[n++] = CStringGetTextDatum(stage_names[request->entry]);
	values[n++] = CStringGetTextDatum(request->time_zone);
	values[n++] = BoolGetDatum(!request->backfill);

	begin(&scope);
	run("INSERT INTO lead_temperature.tracker (interactions, prefix, state, transitions, base, ranking, "
		"funnel, funnel_weekly, lead, kind, at, weight, model, entry, time_zone, version, paused, "
		"outdated, partitions, replaying, archived_partitions) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
		"$13, $14::lead_temperature.stage, $15, 1, $16, false, '{}', false, '{}')",
		lengthof(types), types, values, nulls);
	foreach(cell, objects->companions)
	{
		const Companion *companion = lfirst(cell);

		put_companion(request->interactions, companion->suffix, companion->relation);
	}
	freeze(request->interactions);
	refresh_model_owner(request->interactions);
	end(&scope);
	tracker_changed(request->interactions);
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

	begin(&scope);
	run("SELECT m.is_current, t.model FROM lead_temperature.tracker t "
		"JOIN lead_temperature.model_current m "
		"ON m.interactions OPERATOR(pg_catalog.=) t.interactions "
		"WHERE t.interactions OPERATOR(pg_catalog.=) $1", 1, types, values, NULL);
	current = DatumGetBool(config_value(1, BOOLOID));
	*model = MemoryContextStrdup(before, TextDatumGetCString(config_value(2, TEXTOID)));
	end(&scope);
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
	begin(&scope);
	unfinished = run("SELECT FROM lead_temperature.tracker "
					 "WHERE interactions OPERATOR(pg_catalog.=) $1 AND replaying AND NOT outdated",
					 1, types, values, NULL) > 0;
	end(&scope);
	return unfinished;
}

/*
 * freeze_again gives a tracker a new version if its model has changed.  If the
 * replay that this begins is in batches it is under way from now on, and knows
 * of all rows that came or went without a trigger until now.
 */
void
freeze_again(Oid interactions, Oid table_owner, bool in_batches)
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
	begin(&scope);
	run("UPDATE lead_temperature.tracker t SET "
		"version = CASE WHEN $3 THEN t.version ELSE t.version OPERATOR(pg_catalog.+) 1 END, "
		"replaying = $2, outdated = t.outdated AND NOT $2 "
		"WHERE t.interactions OPERATOR(pg_catalog.=) $1", 3, types, values, NULL);
	if (!current)
		freeze(interactions);
	refresh_model_owner(interactions);
	end(&scope);
	tracker_changed(interactions);
}

/* set_tracker_model gives a tracker another model, which it works from once that is frozen. */
void
set_tracker_model(Oid interactions, const char *model)
{
	Oid			types[] = {REGCLASSOID, TEXTOID};
	Datum		values[] = {ObjectIdGetDatum(interactions), CStringGetTextDatum(model)};
	OwnerScope	scope;

	begin(&scope);
	run("UPDATE lead_temperature.tracker SET model = $2 "
		"WHERE interactions OPERATOR(pg_catalog.=) $1 AND model OPERATOR(pg_catalog.<>) $2",
		2, types, values, NULL);
	end(&scope);
	tracker_changed(interactions);
}

/* set_tracker_paused pauses a tracker or lets it follow again. */
void
set_tracker_paused(Oid interactions, bool paused)
{
	run_for(interactions, paused ?
			"UPDATE lead_temperature.tracker SET paused = true "
			"WHERE interactions OPERATOR(pg_catalog.=) $1" :
			"UPDATE lead_temperature.tracker SET paused = false "
			"WHERE interactions OPERATOR(pg_catalog.=) $1");
}

/* sum_up_ignored makes the counts of ignored rows one. */
static void
sum_up_ignored(Oid interactions)
{
	run_for(interactions,
			"WITH gone AS (DELETE FROM lead_temperature.ignored_rows "
			"WHERE interactions OPERATOR(pg_catalog.=) $1 RETURNING rows) "
			"INSERT INTO lead_temperature.ignored_rows "
			"SELECT $1, pg_catalog.sum(rows) FROM gone HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0");
}

/* set_tracker_replayed notes the end of a replay.  One at once knew all rows; one in batches did when it began. */
void
set_tracker_replayed(Oid interactions, bool at_once)
{
	run_for(interactions, at_once ?
			"UPDATE lead_temperature.tracker SET replaying = false, outdated = false, "
			"last_replay = pg_catalog.now() WHERE interactions OPERATOR(pg_catalog.=) $1" :
			"UPDATE lead_temperature.tracker SET replaying = false, "
			"last_replay = pg_catalog.now() WHERE interactions OPERATOR(pg_catalog.=) $1");
	sum_up_ignored(interactions);
}

/* drop_model_versions drops the frozen versions before the present one but for some, an array of integers. */
void
drop_model_versions(Oid interactions, Datum kept)
{
	Oid			types[] = {REGCLASSOID, INT4ARRAYOID};
	Datum		values[] = {ObjectIdGetDatum(interactions), kept};
	OwnerScope	scope;

	begin(&scope);
	run("DELETE FROM lead_temperature.frozen_model f USING lead_temperature.tracker t "
		"WHERE f.interactions OPERATOR(pg_catalog.=) $1 "
		"AND t.interactions OPERATOR(pg_catalog.=) $1 "
		"AND f.version OPERATOR(pg_catalog.<) t.version "
		"AND f.version OPERATOR(pg_catalog.<>) ALL ($2)", 2, types, values, NULL);
	end(&scope);
	tracker_changed(interactions);
}

/* set_tracker_outdated notes that rows came or went without a trigger. */
void
set_tracker_outdated(Oid interactions)
{
	run_for(interactions, "UPDATE lead_temperature.tracker SET outdated = true "
			"WHERE interactions OPERATOR(pg_catalog.=) $1");
}

/* rename_tracked_column follows a tracked column to its new name. */
void
rename_tracked_column(Oid interactions, const char *from, const char *to)
{
	Oid			types[] = {REGCLASSOID, NAMEOID, NAMEOID};
	NameData	names[2];
	Datum		values[3];
	OwnerScope	scope;

	namestrcpy(&names[0], from);
	namestrcpy(&names[1], to);
	values[0] = ObjectIdGetDatum(interactions);
	values[1] = NameGetDatum(&names[0]);
	values[2] = NameGetDatum(&names[1]);
	begin(&scope);
	run("UPDATE lead_temperature.tracker t SET "
		"lead = CASE WHEN t.lead OPERATOR(pg_catalog.=) $2 THEN $3 ELSE t.lead END, "
		"kind = CASE WHEN t.kind OPERATOR(pg_catalog.=) $2 THEN $3 ELSE t.kind END, "
		"at = CASE WHEN t.at OPERATOR(pg_catalog.=) $2 THEN $3 ELSE t.at END, "
		"weight = CASE WHEN t.weight OPERATOR(pg_catalog.=) $2 THEN $3 ELSE t.weight END "
		"WHERE t.interactions OPERATOR(pg_catalog.=) $1", 3, types, values, NULL);
	end(&scope);
	tracker_changed(interactions);
}

/* oid_value reads a regclass of the first row of a result. */
static Oid
oid_value(int column)
{
	return DatumGetObjectId(config_value(column, REGCLASSOID));
}

/* oid_list_value reads an array of regclass of the first row of a result. */
static List *
oid_list_value(int column, MemoryContext context)
{
	Datum		array = config_value(column, REGCLASSARRAYOID);
	MemoryContext before = MemoryContextSwitchTo(context);
	List	   *result = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			n;

	lt_deconstruct_array(DatumGetArrayTypeP(array), REGCLASSOID, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			result = lappend_oid(result, DatumGetObjectId(values[i]));
	MemoryContextSwitchTo(before);
	return result;
}

/* oid_list_datum makes an array of regclass of a list. */
static Datum
oid_list_datum(List *list)
{
	Datum	   *elements = palloc(sizeof(Datum) * (list_length(list) + 1));
	int			n = 0;
	ListCell   *cell;

	foreach(cell, list)
		elements[n++] = ObjectIdGetDatum(lfirst_oid(cell));
	return PointerGetDatum(construct_array(elements, n, REGCLASSOID, sizeof(Oid), true,
										   TYPALIGN_INT));
}

/*
 * set_tracker_partitions notes which partitions carry the triggers of a tracker,
 * and which of them lie wholly before what is archived.
 */
void
set_tracker_partitions(Oid interactions, List *partitions, List *archived)
{
	Oid			types[] = {REGCLASSOID, REGCLASSARRAYOID, REGCLASSARRAYOID};
	Datum		values[3];
	OwnerScope	scope;

	values[0] = ObjectIdGetDatum(interactions);
	values[1] = oid_list_datum(partitions);
	values[2] = oid_list_datum(archived);
	begin(&scope);
	run("UPDATE lead_temperature.tracker SET partitions = $2, archived_partitions = $3 "
		"WHERE interactions OPERATOR(pg_catalog.=) $1", 3, types, values, NULL);
	end(&scope);
	tracker_changed(interactions);
}

/* set_tracker_archived notes up to when rows are archived, and which partitions lie wholly before. */
void
set_tracker_archived(Oid interactions, TimestampTz before, List *partitions)
{
	Oid			types[] = {REGCLASSOID, TIMESTAMPTZOID, REGCLASSARRAYOID};
	Datum		values[3];
	OwnerScope	scope;

	values[0] = ObjectIdGetDatum(interactions);
	values[1] = TimestampTzGetDatum(before);
	values[2] = oid_list_datum(partitions);
	begin(&scope);
	run("UPDATE lead_temperature.tracker SET archived_before = $2, archived_partitions = $3 "
		"WHERE interactions OPERATOR(pg_catalog.=) $1", 3, types, values, NULL);
	end(&scope);
	sum_up_ignored(interactions);
}

/* count_ignored notes that rows came from before what is archived. */
void
count_ignored(Oid interactions, int64 rows)
{
	Oid			types[] = {REGCLASSOID, INT8OID};
	Datum		values[2];
	OwnerScope	scope;

	values[0] = ObjectIdGetDatum(interactions);
	values[1] = Int64GetDatum(rows);
	begin(&scope);
	run("INSERT INTO lead_temperature.ignored_rows VALUES ($1, $2)", 2, types, values, NULL);
	end(&scope);
}

/* read_companions reads the companions of a tracker, into a context. */
static List *
read_companions(Oid interactions, MemoryContext context)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};
	List	   *companions = NIL;

	run(psprintf("SELECT c.suffix, c.relation::pg_catalog.oid FROM (%s) c "
				 "WHERE c.interactions OPERATOR(pg_catalog.=) $1", companions_sql()),
		1, types, values, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		MemoryContext spi = MemoryContextSwitchTo(context);
		Companion  *companion = palloc(sizeof(Companion));
		bool		isnull;

		companion->suffix = SPI_getvalue(row, desc, 1);
		companion->relation = DatumGetObjectId(SPI_getbinval(row, desc, 2, &isnull));
		companions = lappend(companions, companion);
		MemoryContextSwitchTo(spi);
	}
	return companions;
}

/* tracker_objects reads what a tracker made; false if the table is not tracked. */
bool
tracker_objects(Oid interactions, TrackerObjects *objects)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};
	MemoryContext before = CurrentMemoryContext;
	OwnerScope	scope;
	bool		found;

	tracker_check_shape();
	begin(&scope);
	found = run("SELECT coalesce(prefix, ''::pg_catalog.name) AS prefix, "
				"coalesce(partitions, '{}'::pg_catalog.regclass[]) AS partitions, "
				"coalesce(archived_partitions, '{}'::pg_catalog.regclass[]) AS archived_partitions "
				"FROM lead_temperature.tracker WHERE interactions OPERATOR(pg_catalog.=) $1",
				1, types, values, NULL) > 0;
	if (found)
	{
		objects->prefix = MemoryContextStrdup(before, NameStr(*DatumGetName(config_value(1, NAMEOID))));
		objects->partitions = oid_list_value(2, before);
		objects->archived = oid_list_value(3, before);
		objects->companions = read_companions(interactions, before);
	}
	end(&scope);
	return found;
}

/* tracker_of_companion returns the tracked table that a table or view was made for, InvalidOid if for none. */
Oid
tracker_of_companion(Oid relation)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(relation)};
	OwnerScope	scope;
	Oid			result = InvalidOid;

	begin(&scope);
	if (run(psprintf("SELECT c.interactions FROM (%s) c WHERE c.relation OPERATOR(pg_catalog.=) $1",
					 companions_sql()), 1, types, values, NULL) > 0)
		result = oid_value(1);
	end(&scope);
	return result;
}

/* delete_tracker forgets a tracker, its frozen models and its count of ignored rows. */
void
delete_tracker(Oid interactions)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(interactions)};
	OwnerScope	scope;

	begin(&scope);
	run("DELETE FROM lead_temperature.frozen_model WHERE interactions OPERATOR(pg_catalog.=) $1",
		1, types, values, NULL);
	run("DELETE FROM lead_temperature.ignored_rows WHERE interactions OPERATOR(pg_catalog.=) $1",
		1, types, values, NULL);
	run("DELETE FROM lead_temperature.replay_progress WHERE interactions OPERATOR(pg_catalog.=) $1",
		1, types, values, NULL);
	run("DELETE FROM lead_temperature.companion WHERE interactions OPERATOR(pg_catalog.=) $1",
		1, types, values, NULL);
	run("DELETE FROM lead_temperature.tracker WHERE interactions OPERATOR(pg_catalog.=) $1",
		1, types, values, NULL);
	end(&scope);
	if (get_rel_name(interactions) != NULL)
		tracker_changed(interactions);
}

/* tracked_tables lists the tracked tables. */
List *
tracked_tables(void)
{
	MemoryContext before = CurrentMemoryContext;
	OwnerScope	scope;
	List	   *result = NIL;

	begin(&scope);
	run("SELECT interactions::pg_catalog.oid FROM lead_temperature.tracker ORDER BY 1",
		0, NULL, NULL, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;
		Oid			table = DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[i],
														   SPI_tuptable->tupdesc, 1, &isnull));
		MemoryContext spi = MemoryContextSwitchTo(before);

		result = lappend_oid(result, table);
		MemoryContextSwitchTo(spi);
	}
	end(&scope);
	return result;
}
