/*-------------------------------------------------------------------------
 *
 * subscription.c
 *	  Tracked tables that logical replication writes.
 *
 * The worker that applies changes fires no statement triggers, so the leads of a
 * table with a subscription are stale as long as it has one, as the view of
 * trackers says.  When it goes, what it wrote since the last replay is still to
 * be made up for: the tracker is marked before.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/subscription.h"

#include "catalog/tracker_table.h"

#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(lt_follow_subscription);

/* is_subscribed says whether a table or one of its partitions has a subscription. */
bool
is_subscribed(Oid table)
{
	Oid			types[] = {OIDOID};
	Datum		values[] = {ObjectIdGetDatum(table)};
	bool		found;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args("SELECT FROM pg_catalog.pg_subscription_rel s "
							  "WHERE s.srrelid OPERATOR(pg_catalog.=) $1 OR s.srrelid OPERATOR(pg_catalog.=) ANY "
							  "(SELECT p.relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree($1) p)",
							  1, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	found = SPI_processed > 0;
	SPI_finish();
	return found;
}

/* lt_follow_subscription marks trackers outdated that a subscription may be taken away from. */
Datum
lt_follow_subscription(PG_FUNCTION_ARGS)
{
	ListCell   *cell;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.follow_subscription was not called by event trigger manager")));
	foreach(cell, all_tables())
	{
		const TrackedSource *source = lfirst(cell);

		if (is_subscribed(source->relation))
			set_tracker_outdated(source->tracker);
	}
	return PointerGetDatum(NULL);
}
