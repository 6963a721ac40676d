/*-------------------------------------------------------------------------
 *
 * table_tracker.c
 *	  Any table, read as if it were tracked.
 *
 * A model can be judged on an archive that has no triggers and makes no leads: what is read of each
 * row is said as track() is told, and history is made of the rows alone.  They are read as the
 * current role, with its rights, so that a view will do as well.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/table_tracker.h"

#include "catalog/role_argument.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_model.h"
#include "util/names.h"
#include "util/time_zone.h"
#include "util/version.h"

#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* arguments that say what is read of a row, which follow each other */
enum
{
	READ_LEAD, READ_KIND, READ_AT, READ_WEIGHT, READ_FILTER, READ_ENTRY, READ_TIME_ZONE, N_READ
};

static const char *const read_names[N_READ] = {
	"lead_column", "kind_column", "at_column", "weight_column", "filter", "entry", "time_zone"
};

static const Role read_roles[] = {ROLE_LEAD, ROLE_KIND, ROLE_AT, ROLE_WEIGHT, ROLE_FILTER};

/* lock_readable locks what can be read as a table, and refuses anything else. */
static void
lock_readable(Oid relation)
{
	char		kind;

	LockRelationOid(relation, AccessShareLock);
	if (get_rel_name(relation) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation),
				 errhint("Name a table of interactions.")));
	kind = get_rel_relkind(relation);
	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_VIEW &&
		kind != RELKIND_MATVIEW && kind != RELKIND_FOREIGN_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("cannot read \"%s\" as interactions", get_rel_name(relation)),
				 errhint("Name a table or a view of interactions.")));
}

/* check_given refuses nulls where there must be something to read by. */
static void
check_given(FunctionCallInfo fcinfo, int reading, int model)
{
	for (int i = 0; i < N_READ; i++)
		if (PG_ARGISNULL(reading + i) && i != READ_WEIGHT && i != READ_FILTER)
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("\"%s\" must not be null", read_names[i])));
	if (PG_ARGISNULL(model))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("\"model\" must not be null"),
				 errdetail("A table that is not tracked has no model of its own.")));
}

/* read_table reads from the arguments what is read of the table. */
static TrackedSource
read_table(FunctionCallInfo fcinfo, Oid relation, int reading)
{
	TrackedSource source = {0};

	source.tracker = source.relation = relation;
	source.owner = GetUserId();
	source.number = 1;
	for (int i = 0; i < lengthof(read_roles); i++)
		read_role(&source, read_roles[i],
				  PG_ARGISNULL(reading + i) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(reading + i)));
	check_source(&source);
	return source;
}

/*
 * table_as_tracker makes a tracker, in the current context, of a table and what arguments say that is read of it, with a model as it
 * is now.  It has leads, but no state, and serves those who read history.
 */
Tracker *
table_as_tracker(FunctionCallInfo fcinfo, int table, int reading, int model)
{
	Tracker    *tracker = palloc0(sizeof(Tracker));
	ModelVersion *entry = palloc0(sizeof(ModelVersion));
	Oid			relation = PG_GETARG_OID(table);
	TrackedSource source;

	lt_check_version();
	check_given(fcinfo, reading, model);
	lock_readable(relation);
	if (pg_class_aclcheck(relation, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(get_rel_relkind(relation)), get_rel_name(relation));
	source = read_table(fcinfo, relation, reading);
	tracker->id = tracker->interactions = relation;
	tracker->valid = true;
	tracker->context = CurrentMemoryContext;
	tracker->owner = source.owner;
	tracker->persistence = RELPERSISTENCE_PERMANENT;
	tracker->archived_before = FOLD_NEVER;
	tracker->time_zone = text_to_cstring(PG_GETARG_TEXT_PP(reading + READ_TIME_ZONE));
	tracker->zone = find_time_zone(tracker->time_zone, "Name a zone of pg_timezone_names, for example Asia/Kolkata.");
	tracker->sources = palloc0(sizeof(Source *));
	tracker->sources[0] = make_source(tracker, &source);
	tracker->nsources = tracker->ntables = 1;
	describe_columns(tracker);
	tracker->described = true;
	entry->fold.entry = stage_from_oid(PG_GETARG_OID(reading + READ_ENTRY));
	tracker->model = entry;
	tracker->model = model_as_it_is(tracker, text_to_cstring(PG_GETARG_TEXT_PP(model)));
	return tracker;
}
