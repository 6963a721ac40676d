/*-------------------------------------------------------------------------
 *
 * write_back.c
 *	  Columns of users' own tables that follow the leads of a tracker.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/write_back.h"

#include "catalog/own_tracker.h"
#include "catalog/target_table.h"
#include "commands/replay.h"
#include "util/extension_table.h"
#include "util/names.h"
#include "util/version.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_write_back);
PG_FUNCTION_INFO_V1(lt_stop_write_back);
PG_FUNCTION_INFO_V1(lt_refresh_cooled);

/* arguments of write_back, of which stop_write_back has the first two; those of attributes follow in their order */
enum
{
	WRITE_TRACKER, WRITE_TARGET, WRITE_KEY, WRITE_ATTRIBUTES
};

/* need_arguments refuses null arguments up to one. */
static void
need_arguments(FunctionCallInfo fcinfo, int last)
{
	static const char *const names[] = {"tracker", "target", "key"};

	for (int i = 0; i <= last; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", names[i]),
					 errhint("Name a tracked table, a table of your own, and the column of that which has the lead.")));
}

/* read_columns reads which columns are to be written, and refuses none. */
static void
read_columns(FunctionCallInfo fcinfo, WriteTarget *target)
{
	memset(target, 0, sizeof(WriteTarget));
	target->relation = PG_GETARG_OID(WRITE_TARGET);
	target->key = text_to_cstring(PG_GETARG_TEXT_PP(WRITE_KEY));
	target->attributes = palloc(sizeof(int) * n_written_attributes);
	target->columns = palloc(sizeof(char *) * n_written_attributes);
	for (int i = 0; i < n_written_attributes; i++)
	{
		if (PG_ARGISNULL(WRITE_ATTRIBUTES + i))
			continue;
		target->attributes[target->n] = i;
		target->columns[target->n++] = text_to_cstring(PG_GETARG_TEXT_PP(WRITE_ATTRIBUTES + i));
	}
	if (target->n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("nothing is to be written back"),
				 errhint("Name columns, as in stage => 'x_stage'.")));
}

/* find_target finds a target of a tracker, NULL if it is none. */
static WriteTarget *
find_target(const Tracker *tracker, Oid relation)
{
	for (int i = 0; i < tracker->ntargets; i++)
		if (tracker->targets[i].relation == relation)
			return &tracker->targets[i];
	return NULL;
}

/* lt_write_back lets columns of a table follow the leads of a tracker, brings them up to date and returns how many rows that changed. */
Datum
lt_write_back(PG_FUNCTION_ARGS)
{
	WriteTarget target;
	Tracker    *tracker;
	Oid			id;

	need_arguments(fcinfo, WRITE_KEY);
	lt_check_version();
	id = tracker_named(PG_GETARG_OID(WRITE_TRACKER));
	lock_writers_out(id);
	check_not_in_use(id, "write back the leads of");
	tracker = tracker_get(id);
	read_columns(fcinfo, &target);
	check_target_table(tracker, target.relation);
	check_target(tracker, &target);
	put_target(id, &target, GetCurrentTimestamp());
	CommandCounterIncrement();
	tracker = tracker_get(id);
	PG_RETURN_INT64(write_all(tracker, find_target(tracker, target.relation)));
}

/* lt_stop_write_back lets a table follow the leads of a tracker no more; what was written stays. */
Datum
lt_stop_write_back(PG_FUNCTION_ARGS)
{
	Oid			id;
	Oid			relation;

	need_arguments(fcinfo, WRITE_TARGET);
	lt_check_version();
	id = tracker_named(PG_GETARG_OID(WRITE_TRACKER));
	relation = PG_GETARG_OID(WRITE_TARGET);
	(void) tracker_without_model(id);
	if (get_rel_name(relation) == NULL || !lt_is_table_owner(relation, GetUserId()))
		check_tracked_own(id);
	if (!delete_target(id, relation))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 get_rel_name(relation) == NULL ? errmsg("relation with OID %u does not exist", relation) :
				 errmsg("the leads of table \"%s\" are not written back to table \"%s\"", get_rel_name(id),
						get_rel_name(relation)),
				 errhint("The view lead_temperature.write_backs lists where they are.")));
	PG_RETURN_VOID();
}

/*
 * oldest_writer returns when the oldest transaction began that has written leads of a tracker and not ended, an
 * instant if there is none, or -infinity if that cannot be known: what such a transaction has written is not seen yet, and
 * was right when it wrote it.
 */
static TimestampTz
oldest_writer(const Tracker *tracker, TimestampTz otherwise)
{
	Oid			types[] = {OIDOID, TIMESTAMPTZOID};
	Datum		values[] = {ObjectIdGetDatum(tracker->state), TimestampTzGetDatum(otherwise)};
	OwnerScope	scope;
	TimestampTz oldest;

	config_begin(&scope);
	config_run("SELECT coalesce(pg_catalog.min(coalesce(a.xact_start, '-infinity'::pg_catalog.timestamptz)), $2) "
			   "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) l.database "
			   "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid "
			   "WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() "
			   "AND l.locktype OPERATOR(pg_catalog.=) 'relation'::pg_catalog.text AND l.relation OPERATOR(pg_catalog.=) $1 "
			   "AND l.mode OPERATOR(pg_catalog.=) 'RowExclusiveLock'::pg_catalog.text AND l.granted "
			   "AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()", lengthof(types), types, values, NULL);
	oldest = DatumGetTimestampTz(config_value(1, TIMESTAMPTZOID));
	config_end(&scope);
	return Min(oldest, otherwise);
}

/* lt_refresh_cooled brings temperatures that were written back up to date for leads that have cooled; returns how many rows it changed. */
Datum
lt_refresh_cooled(PG_FUNCTION_ARGS)
{
	Tracker    *tracker = with_targets_locked(tracker_lock_own(tracker_named(PG_GETARG_OID(0)), RowExclusiveLock));
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz written = oldest_writer(tracker, now);
	int64		rows = 0;

	for (int i = 0; i < tracker->ntargets; i++)
	{
		WriteTarget *target = &tracker->targets[i];
		TimestampTz since;

		if (attribute_at(target, "temperature") < 0 || get_rel_name(target->relation) == NULL ||
			!words_written(tracker->id, target->relation, &since))
			continue;
		rows += write_cooled(tracker, target, since, now);
		/* a snapshot from before may lack leads that were written since */
		if (!IsolationUsesXactSnapshot())
			set_words_written(tracker->id, target->relation, written);
	}
	PG_RETURN_INT64(rows);
}
