/*-------------------------------------------------------------------------
 *
 * source_set.c
 *	  Tables that a tracker reads besides its first.
 *
 * Whatever changes what is read keeps writers out, so that none goes on with less than all
 * sources; the leads are what they were until a replay, if the table has any row.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/source_set.h"

#include "catalog/expression.h"
#include "catalog/own_tracker.h"
#include "catalog/source_table.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_table.h"
#include "commands/record_changes.h"
#include "commands/replay.h"
#include "commands/source_change.h"
#include "commands/source_check.h"
#include "commands/target_change.h"
#include "commands/tracker_objects.h"
#include "commands/triggers.h"
#include "state/record.h"
#include "types/compat.h"
#include "util/version.h"

#include "access/xact.h"
#include "catalog/pg_class.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(lt_add_source);
PG_FUNCTION_INFO_V1(lt_alter_source);
PG_FUNCTION_INFO_V1(lt_drop_source);

/* arguments of add_source */
enum
{
	ADD_TRACKER, ADD_RELATION, ADD_ROLES, ADD_CREATE_INDEX = ADD_ROLES + N_ARGUMENT_ROLES, ADD_VIA,
	ADD_KEEP_CHANGES = ADD_VIA + N_MAPPING_ARGUMENTS, ADD_ASIDES
};

/* arguments of alter_source, of which drop_source has the first two */
enum
{
	ALTER_TRACKER, ALTER_SOURCE, ALTER_ROLES, ALTER_VIA = ALTER_ROLES + N_ARGUMENT_ROLES,
	ALTER_ASIDES = ALTER_VIA + N_MAPPING_ARGUMENTS
};

/* need_arguments refuses null arguments up to one. */
static void
need_arguments(FunctionCallInfo fcinfo, int last)
{
	static const char *const names[] = {"tracker", "interactions", "lead", "kind", "at"};

	for (int i = 0; i <= last; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", names[i]),
					 i == ADD_ROLES + ROLE_AT ?
					 errhint("Say what of a row is its time; only with keep_changes => true is it the time of the change if you do not.") :
					 errhint("Name a tracker by a table that it reads, or by that of its leads, and a table with its lead, kind and time.")));
}

/* lock_tracker_named keeps out the writers of the tracker of one's own that is named, and returns its id. */
static Oid
lock_tracker_named(Oid named, const char *what)
{
	Oid			id = tracker_named(named);

	lt_check_version();
	lock_writers_out(id);
	check_not_in_use(id, what);
	return id;
}

/* check_persistence refuses a table that a crash empties where leads are kept through it. */
static void
check_persistence(const TrackedSource *source)
{
	if (companion_persistence(source->relation) == companion_persistence(source->tracker) ||
		companion_persistence(source->tracker) == RELPERSISTENCE_UNLOGGED)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("unlogged table \"%s\" cannot be a source of tracked table \"%s\"",
					get_rel_name(source->relation), get_rel_name(source->tracker)),
			 errdetail("A crash would empty it, and leave its leads."),
			 errhint("Run ALTER TABLE %s SET LOGGED.", qualified_name(source->relation))));
}

/* check_not_own refuses to read a table that trackers keep. */
void
check_not_own(Oid relation)
{
	if (OidIsValid(tracker_of_companion(relation)))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("cannot track \"%s\"", get_rel_name(relation)),
				 errdetail("It is a table that a tracker keeps."),
				 errhint("Name a table of your own.")));
}

/* known_number returns the number by which users know a source. */
static int32
known_number(const TrackedSource *source)
{
	return source->records != 0 ? source->records : source->number;
}

/* reads_alike says whether two texts, or none, are the same. */
static bool
reads_alike(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* is_same says whether two sources read the same of the same table, whatever it is about. */
static bool
is_same(const TrackedSource *a, const TrackedSource *b)
{
	for (int role = 0; role < N_FOLD_ROLES; role++)
		if (!reads_alike(a->name[role], b->name[role]) || !reads_alike(a->expression[role], b->expression[role]))
			return false;
	return a->relation == b->relation;
}

/* check_not_twice refuses a source that the tracker reads already. */
static void
check_not_twice(const TrackedSource *source)
{
	ListCell   *cell;

	foreach(cell, tracker_sources(source->tracker))
	{
		const TrackedSource *other = lfirst(cell);

		if (other->number != source->number && is_same(other, source))
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_OBJECT),
					 errmsg("table \"%s\" is such a source already", get_rel_name(source->relation)),
					 errdetail("Source %d reads the same of it; each row would count twice.", known_number(other)),
					 errhint("Pass another kind or filter, or let it be.")));
	}
}

/* check_leads refuses leads, or ids of records in their place, of another type than the state has. */
static void
check_leads(const TrackedSource *source, const LeadColumn *lead)
{
	TrackerObjects objects;
	LeadColumn	stored;

	if (!tracker_objects(source->tracker, &objects) ||
		!stored_lead_column(companion_of(&objects, STATE_SUFFIX), &stored))
		return;					/* which others say */
	if (lead->type == stored.type && lead->collation == stored.collation &&
		(lead->typmod == stored.typmod || stored.typmod == -1))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 source->mapped ?
			 errmsg("ids of table \"%s\" are of another type than the leads of the tracker",
					get_rel_name(source->relation)) :
			 errmsg("leads of table \"%s\" are of another type than those of the tracker",
					get_rel_name(source->relation)),
			 errdetail("They are of type %s; those of the tracker are of type %s.",
					   lead_column_sql(lead), lead_column_sql(&stored)),
			 source->records != 0 && source->mapped ?
			 errhint("Changes are kept under ids of the type of the leads: pass as \"lead\" an id of that type, of the table or by a function.") :
			 source->records != 0 ?
			 errhint("Cast them, as in lead => 'column::type'.") :
			 errhint("Cast them, as in lead => 'column::type', and let an index lead to that expression.")));
}

/* check_source_request refuses what cannot be read of a source, and makes the index on its leads if asked to; of records nothing is looked for. */
void
check_source_request(const TrackedSource *source, bool create_index)
{
	OwnerScope	scope;
	LeadColumn	lead;

	check_not_twice(source);
	check_source(source);
	check_not_written(source);
	describe_lead_column(source, &lead);
	if (!source->mapped || source->maps_rest || source->records != 0)
		check_leads(source, &lead);
	if (source->records != 0)
		return;
	expression_enter(&scope, create_index ? relation_owner(source->relation) : source->owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	need_lead_index(source, create_index, "; or pass create_index => true");
	SPI_finish();
	owner_leave(&scope);
}

/* check_mapping refuses a mapping without its indexes, or makes them. */
static void
check_mapping(const TrackedSource *mapping, bool create_index)
{
	OwnerScope	scope;
	LeadColumn	lead;

	describe_lead_column(mapping, &lead);
	check_leads(mapping, &lead);
	expression_enter(&scope, create_index ? relation_owner(mapping->relation) : mapping->owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	need_mapping_indexes(mapping, create_index);
	SPI_finish();
	owner_leave(&scope);
}

/* add_mapping lets a table map the ids of a source that has been added. */
void
add_mapping(const TrackedSource *source, TrackedSource *mapping)
{
	mapping->tracker = source->tracker;
	mapping->maps = source->number;
	check_not_own(mapping->relation);
	check_not_written(mapping);
	check_persistence(mapping);
	insert_source(mapping);
	follow(mapping->relation);
	CommandCounterIncrement();
	follow_partitions(mapping, true);
	(void) tracker_get(source->tracker);	/* raises if ids are of other
											 * types */
}

/* keeper_of is the source that reads what is kept of the records of another, from the table in which all such changes are kept. */
TrackedSource
keeper_of(const TrackedSource *recorder, Oid changes)
{
	TrackedSource keeper = {recorder->tracker, recorder->owner, recorder->records};

	keeper.relation = changes;
	for (int role = 0; role < N_COLUMN_ROLES; role++)
		keeper.name[role] = pstrdup(tracked_roles[role].name);
	for (int role = N_FOLD_ROLES; role < N_ROLES; role++)
		read_role(&keeper, role, pstrdup(tracked_roles[role].name));
	read_role(&keeper, ROLE_FILTER, psprintf("source = %d", keeper.number));
	return keeper;
}

/* add_keeper adds it to a tracker. */
static TrackedSource
add_keeper(const TrackedSource *recorder)
{
	TrackedSource keeper = keeper_of(recorder, need_companion(recorder->tracker, CHANGES_SUFFIX));

	insert_source(&keeper);
	follow(keeper.relation);
	CommandCounterIncrement();
	return keeper;
}

/*
 * erase_changes deletes all that was kept of the records of a source, whatever the transaction's
 * snapshot shows of it, and says whether there was any.
 */
static bool
erase_changes(const TrackedSource *keeper)
{
	OwnerScope	scope;
	SPIPlanPtr	plan;
	bool		any;

	owner_enter(&scope, keeper->owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	plan = SPI_prepare(psprintf("DELETE FROM %s WHERE source OPERATOR(pg_catalog.=) %d",
								qualified_name(keeper->relation), keeper->number), 0, NULL);
	if (plan == NULL ||
		SPI_execute_snapshot(plan, NULL, NULL, GetLatestSnapshot(), InvalidSnapshot, false, true, 0) != SPI_OK_DELETE)
		elog(ERROR, "SPI_execute_snapshot failed");
	any = SPI_processed > 0;
	SPI_finish();
	owner_leave(&scope);
	return any;
}

/* set_stale notes that leads are not what the rows say until a replay. */
static void
set_stale(const TrackedSource *source)
{
	set_tracker_outdated(source->tracker);
	ereport(NOTICE,
			(errmsg("leads of table \"%s\" are stale until a replay", get_rel_name(source->tracker)),
			 errhint("Run CALL lead_temperature.replay(%s).",
					 quote_literal_cstr(qualified_name(source->tracker)))));
}

/* set_stale_by notes so if a table has any row, or is gone. */
static void
set_stale_by(const TrackedSource *source)
{
	if (get_rel_name(source->relation) == NULL || has_rows(source->relation))
		set_stale(source);
}

/* lt_add_source lets a tracker read another table, or one that it reads otherwise too, and returns the number of the source. */
Datum
lt_add_source(PG_FUNCTION_ARGS)
{
	TrackedSource source = {InvalidOid};
	TrackedSource keeper;		/* the same, or what is kept of its records */
	TrackedSource mapping;
	bool		create_index = !PG_ARGISNULL(ADD_CREATE_INDEX) && PG_GETARG_BOOL(ADD_CREATE_INDEX);
	bool		records = !PG_ARGISNULL(ADD_KEEP_CHANGES) && PG_GETARG_BOOL(ADD_KEEP_CHANGES);

	need_arguments(fcinfo, ADD_ROLES + (records ? ROLE_KIND : ROLE_AT));
	source.tracker = lock_tracker_named(PG_GETARG_OID(ADD_TRACKER), "add a source to the tracker of");
	source.owner = relation_owner(source.tracker);
	source.relation = PG_GETARG_OID(ADD_RELATION);
	if (records)
	{
		source.records = next_number(source.tracker);
		source.number = source.records + 1;
	}
	check_relation(source.relation);
	check_not_own(source.relation);
	check_persistence(&source);
	check_source_access(source.owner, source.relation);
	for (int i = 0; i < N_ARGUMENT_ROLES; i++)
		if (!PG_ARGISNULL(ADD_ROLES + i))
			read_role(&source, argument_roles[i], text_to_cstring(PG_GETARG_TEXT_PP(ADD_ROLES + i)));
	read_asides(fcinfo, ADD_ASIDES, &source);
	source.mapped = read_mapping(fcinfo, ADD_VIA, &source, &mapping);
	source.maps_rest = mapping.maps_rest;
	check_source_request(&source, create_index);
	if (source.mapped)
		check_mapping(&mapping, create_index);

	if (records)
		keeper = add_keeper(&source);
	insert_source(&source);
	follow(source.relation);
	CommandCounterIncrement();
	follow_partitions(&source, true);
	if (!records)
		keeper = source;
	if (source.mapped)
		add_mapping(&keeper, &mapping);
	if (records)
		record_present(&source);
	else
		set_stale_by(&source);
	PG_RETURN_INT32(keeper.number);
}

/* source_argument finds the source of a tracker that an argument has the number of. */
static TrackedSource *
source_argument(FunctionCallInfo fcinfo, Oid tracker)
{
	ListCell   *cell;

	foreach(cell, tracker_sources(tracker))
	{
		TrackedSource *source = lfirst(cell);

		if (source->number == PG_GETARG_INT32(ALTER_SOURCE))
			return source;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("the tracker of table \"%s\" has no source %d", get_rel_name(tracker),
					PG_GETARG_INT32(ALTER_SOURCE)),
			 errhint("The view lead_temperature.sources lists the sources of trackers by their numbers.")));
	return NULL;				/* keep the compiler quiet */
}

/* need_source refuses null arguments where a source is named by its number. */
static void
need_source(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(ALTER_TRACKER) || PG_ARGISNULL(ALTER_SOURCE))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be null", PG_ARGISNULL(ALTER_TRACKER) ? "tracker" : "source"),
				 errhint("Name a tracker, and one of its sources by the number that the view lead_temperature.sources shows.")));
}

/* refuse_mapping refuses to change, or drop, by itself what maps the ids of a source. */
static void
refuse_mapping(const TrackedSource *source)
{
	if (source->maps == 0)
		return;
	if (source->maps == MAPS_LEADS)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("source %d says which leads are merged into others", source->number),
				 errdetail("It is table %s.", qualified_name(source->relation)),
				 errhint("To take leads apart delete its rows, or call lead_temperature.unmerge_lead.")));
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("source %d maps the ids of source %d", source->number, source->maps),
			 errdetail("Without it these ids would be leads."),
			 errhint("Drop source %d, which drops it too, and add that again.", source->maps)));
}

/* refuse_words refuses so what has the words that people have said of leads. */
static void
refuse_words(const TrackedSource *source)
{
	if (source->words)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("source %d has what people have said of leads", source->number),
				 errdetail("It is table %s.", qualified_name(source->relation)),
				 errhint("To take something back delete its row.")));
}

/* refuse_records refuses to name what has records by the number that is its own, which users do not see. */
static void
refuse_records(const TrackedSource *source)
{
	if (source->records == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("source %d is table \"%s\" as its changes are kept for source %d", source->number,
					get_rel_name(source->relation), source->records),
			 errhint("Name source %d.", source->records)));
}

/* read_by finds the table that users know a source by: itself, or the records whose changes it has. */
static TrackedSource *
read_by(TrackedSource *source)
{
	TrackedSource *recorder = recorder_of(tracker_sources(source->tracker), source);

	return recorder != NULL ? recorder : source;
}

/* check_has_records refuses a source whose records were dropped, of which there are but their changes. */
static void
check_has_records(const TrackedSource *source)
{
	if (source->relation != changes_of(source->tracker))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the table of source %d was dropped", source->number),
			 errdetail("What was kept of its records stays, and counts."),
			 errhint("Add the table that has taken its place as another source, or do without this one by lead_temperature.drop_source.")));
}

/* alter_reading lets a source, or records, be read as arguments from one on, and those of the topic, channel and value, say. */
void
alter_reading(FunctionCallInfo fcinfo, int first, int asides, TrackedSource *source)
{
	read_changed_roles(fcinfo, first, asides, source);
	check_source_request(source, false);
	set_source_reading(source);
}

/* mapping_of finds what maps the ids of a source, NULL if nothing does. */
static TrackedSource *
mapping_of(const TrackedSource *source)
{
	ListCell   *cell;

	foreach(cell, tracker_sources(source->tracker))
	{
		TrackedSource *mapping = lfirst(cell);

		if (mapping->maps == source->number)
			return mapping;
	}
	return NULL;
}

/* alter_mapping lets the ids of a source be mapped as arguments say; says whether there are any. */
static bool
alter_mapping(FunctionCallInfo fcinfo, TrackedSource *source)
{
	TrackedSource *present = mapping_of(source);
	TrackedSource mapping;

	if (!read_changed_mapping(fcinfo, ALTER_VIA, source, present, &mapping))
		return false;
	mapping.tracker = source->tracker;
	source->mapped = true;
	source->maps_rest = mapping.maps_rest;
	check_mapping(&mapping, false);
	if (present != NULL)
		take_out(present);
	add_mapping(source, &mapping);
	return true;
}

/* changes_roles says whether arguments of alter_source say what shall be read for any role that leads rest on. */
static bool
changes_roles(FunctionCallInfo fcinfo)
{
	for (int i = 0; i < N_ARGUMENT_ROLES; i++)
		if (!PG_ARGISNULL(ALTER_ROLES + i))
			return true;
	return false;
}

/* lt_alter_source lets a tracker read one of its sources otherwise; an empty text takes what is optional away. */
Datum
lt_alter_source(PG_FUNCTION_ARGS)
{
	TrackedSource *source;
	TrackedSource *read;
	Oid			id;
	bool		stale = false;

	need_source(fcinfo);
	id = lock_tracker_named(PG_GETARG_OID(ALTER_TRACKER), "alter a source of the tracker of");
	source = source_argument(fcinfo, id);
	refuse_mapping(source);
	refuse_words(source);
	refuse_records(source);
	read = read_by(source);
	if (changes_roles(fcinfo) || changes_asides(fcinfo, ALTER_ASIDES))
	{
		check_has_records(read);
		alter_reading(fcinfo, ALTER_ROLES, ALTER_ASIDES, read);
		stale = changes_roles(fcinfo) && read->records == 0;
	}
	if (alter_mapping(fcinfo, source) || stale)
		set_stale_by(source);
	PG_RETURN_VOID();
}

/* check_may_drop refuses who owns neither the tracker nor the source. */
static void
check_may_drop(const TrackedSource *source)
{
	if (get_rel_name(source->relation) == NULL || !lt_is_table_owner(source->relation, GetUserId()))
		check_table_owner(source->tracker);
}

/* take_out lets a tracker read a table no more, and takes the triggers off that unless another tracker needs them. */
void
take_out(const TrackedSource *source)
{
	SourcePartitions partitions = source_partitions(source);
	ListCell   *cell;

	delete_source(source);
	unfollow(source->relation);
	foreach(cell, partitions.followed)
		unfollow(lfirst_oid(cell));
}

/* lt_drop_source lets a tracker do without one of its sources. */
Datum
lt_drop_source(PG_FUNCTION_ARGS)
{
	TrackedSource *source;
	ListCell   *cell;
	Oid			id;

	need_source(fcinfo);
	lt_check_version();
	id = tracker_named(PG_GETARG_OID(ALTER_TRACKER));
	(void) tracker_without_model(id);
	check_may_drop(read_by(source_argument(fcinfo, id)));
	lock_sources(id, ShareRowExclusiveLock);
	check_not_in_use(id, "drop a source of the tracker of");
	source = source_argument(fcinfo, id);
	check_may_drop(read_by(source));
	if (source->number == 1)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the first source of a tracker cannot be dropped"),
				 errdetail("The tracker is called after table \"%s\", and goes with it.", get_rel_name(first_table(id))),
				 errhint("Stop tracking with lead_temperature.untrack, or let its filter leave all rows out.")));
	refuse_mapping(source);
	refuse_words(source);
	refuse_records(source);
	foreach(cell, tracker_sources(id))
	{
		const TrackedSource *other = lfirst(cell);

		if (other->maps == source->number || other->records == source->number)
			take_out(other);
	}
	take_out(source);
	if (source->relation != changes_of(id) || get_rel_name(source->relation) == NULL)
		set_stale_by(source);
	else if (erase_changes(source))
		set_stale(source);
	PG_RETURN_VOID();
}
