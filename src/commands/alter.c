/*-------------------------------------------------------------------------
 *
 * alter.c
 *	  A tracker that reads its table otherwise, without losing what it has.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/track.h"

#include "catalog/own_tracker.h"
#include "catalog/expression.h"
#include "catalog/source_table.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_table.h"
#include "commands/replay.h"
#include "commands/source_check.h"
#include "commands/source_set.h"
#include "commands/target_change.h"
#include "commands/tracker_objects.h"
#include "state/record.h"
#include "util/names.h"
#include "util/time_zone.h"

#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_alter_tracker);

/* arguments of alter_tracker */
enum
{
	ALTER_TRACKER, ALTER_ROLES, ALTER_ENTRY = ALTER_ROLES + N_ARGUMENT_ROLES, ALTER_TIME_ZONE, ALTER_FUNNEL_COUNTS, ALTER_ASIDES
};

/* changes_reading says whether leads are to be what they are not yet. */
static bool
changes_reading(FunctionCallInfo fcinfo)
{
	for (int argument = ALTER_ROLES; argument <= ALTER_TIME_ZONE; argument++)
		if (!PG_ARGISNULL(argument))
			return true;
	return false;
}

/* check_leads refuses leads of another type than the state has. */
static void
check_leads(const TrackRequest *request, Oid state)
{
	LeadColumn	stored;

	stored_lead_column(state, &stored);
	if (request->lead.type != stored.type || request->lead.typmod != stored.typmod ||
		request->lead.collation != stored.collation)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("leads of table \"%s\" would be of another type", get_rel_name(request->source.relation)),
				 errdetail("They would be of type %s; their state is kept under type %s.",
						   lead_column_sql(&request->lead), lead_column_sql(&stored)),
				 errhint("Cast them, as in lead => 'column::type', or track the table anew.")));
}

/* change_zone gives the views of a tracker another zone; the caller is connected to SPI as the owner. */
static void
change_zone(const TrackerObjects *objects, const char *from, const char *to)
{
	ListCell   *cell;

	foreach(cell, objects->companions)
	{
		Oid			view = ((const Companion *) lfirst(cell))->relation;
		Datum		query;

		if (get_rel_relkind(view) != RELKIND_VIEW)
			continue;
		query = DirectFunctionCall1(pg_get_viewdef, ObjectIdGetDatum(view));
		query = DirectFunctionCall3Coll(replace_text, DEFAULT_COLLATION_OID, query,
										CStringGetTextDatum(quote_literal_cstr(from)),
										CStringGetTextDatum(quote_literal_cstr(to)));
		utility(psprintf("CREATE OR REPLACE VIEW %s AS %s", qualified_name(view), TextDatumGetCString(query)));
	}
}

/* check_request refuses what track() would refuse of the table as it shall be read. */
static void
check_request(TrackRequest *request, const TrackerObjects *objects)
{
	OwnerScope	scope;

	if (request->entry == STAGE_CUSTOMER)
		refuse_entry();
	check_source(&request->source);
	check_not_written(&request->source);
	describe_lead_column(&request->source, &request->lead);
	if (!request->source.mapped || request->source.maps_rest)
		check_leads(request, companion_of(objects, STATE_SUFFIX));
	expression_enter(&scope, request->source.owner);
	need_lead_index(&request->source, false, "");
	owner_leave(&scope);
}

/* change_reading lets a tracker read its table as is asked for. */
static void
change_reading(FunctionCallInfo fcinfo, TrackRequest *request, const TrackerObjects *objects)
{
	const char *zone = request->time_zone;
	OwnerScope	scope;
	TrackedSource *recorder = recorder_of(tracker_sources(request->source.tracker), &request->source);

	if (recorder != NULL)
		alter_reading(fcinfo, ALTER_ROLES, ALTER_ASIDES, recorder);
	else
		read_changed_roles(fcinfo, ALTER_ROLES, ALTER_ASIDES, &request->source);
	if (!PG_ARGISNULL(ALTER_ENTRY))
		request->entry = stage_from_oid(PG_GETARG_OID(ALTER_ENTRY));
	if (!PG_ARGISNULL(ALTER_TIME_ZONE))
	{
		request->time_zone = text_to_cstring(PG_GETARG_TEXT_PP(ALTER_TIME_ZONE));
		(void) find_time_zone(request->time_zone, zone_example);
	}
	check_request(request, objects);
	if (recorder == NULL)
		set_source_reading(&request->source);
	if (changes_reading(fcinfo))
		set_tracker_reading(request);
	if (strcmp(zone, request->time_zone) == 0)
		return;
	owner_enter(&scope, request->source.owner);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	change_zone(objects, zone, request->time_zone);
	SPI_finish();
	owner_leave(&scope);
}

/*
 * lt_alter_tracker lets a tracker read its table otherwise, enter leads at another stage or
 * read local times in another zone, after which leads are what they were until a replay; or
 * keep counts of its funnel, or no longer; or find topics, channels or values otherwise, which no lead rests on.
 */
Datum
lt_alter_tracker(PG_FUNCTION_ARGS)
{
	Oid			interactions;
	TrackerObjects objects;
	TrackRequest request;

	if (PG_ARGISNULL(ALTER_TRACKER))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be null", "tracker"),
				 errhint("Name a tracked table.")));
	interactions = tracker_named(PG_GETARG_OID(ALTER_TRACKER));
	lock_writers_out(interactions);
	check_not_in_use(interactions, "alter the tracker of");
	if (!tracker_objects(interactions, &objects))
		elog(ERROR, "tracker of table %u is gone", interactions);
	request_of_tracker(interactions, &request);
	if (changes_reading(fcinfo) || changes_asides(fcinfo, ALTER_ASIDES))
		change_reading(fcinfo, &request, &objects);
	if (!PG_ARGISNULL(ALTER_FUNNEL_COUNTS) && PG_GETARG_BOOL(ALTER_FUNNEL_COUNTS) != request.funnel_counts)
		set_funnel_counts(&request, PG_GETARG_BOOL(ALTER_FUNNEL_COUNTS));
	PG_RETURN_VOID();
}
