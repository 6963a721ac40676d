/*-------------------------------------------------------------------------
 *
 * hand_over.c
 *	  Leads that are handed over by hand.
 *
 * Nothing that has just happened makes a lead hot that was so before the module came, or stays so after
 * a handoff has ended.  Whoever may claim leads may put one into the queue all the same.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/lead_key.h"
#include "commands/named_lead.h"
#include "modules/claimer.h"
#include "modules/handoff.h"
#include "modules/handoff_table.h"
#include "util/names.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_hand_over);

/* arguments */
enum
{
	HAND_TRACKER, HAND_LEAD, HAND_REASON
};

/* check_lead refuses a lead that is unknown, or that nobody could claim, and locks it as those who write its interactions do. */
static void
check_lead(const Tracker *tracker, Datum lead, const char *name)
{
	Oid			types[] = {tracker->lead_type};
	bool		isnull;
	char	   *status;

	if (SPI_execute_with_args(psprintf("SELECT l.status, l.level IS NULL FROM %s l WHERE %s FOR NO KEY UPDATE OF l",
									   qualified_name(tracker->state), lead_is_sql(tracker, "l.lead", "$1")),
							  lengthof(types), types, &lead, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("lead \"%s\" of table \"%s\" is unknown", name, get_rel_name(tracker->interactions)),
				 errhint("Write it as the view of its ranking shows it.")));
	status = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull)))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("lead \"%s\" cannot be handed over", name),
				 errdetail("It is excluded."),
				 errhint("Include it first with lead_temperature.include.")));
	if (strcmp(status, "open") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("lead \"%s\" cannot be handed over", name),
				 errdetail("It is %s.", status),
				 errhint("It is open again once it asks for something, or is warm.")));
}

/* check_handoffs refuses a lead that the queue has, or that nobody wants to hear of yet. */
static void
check_handoffs(const Tracker *tracker, Datum lead, const char *name)
{
	Oid			types[] = {tracker->lead_type};
	const char *table = qualified_name(need_handoffs(tracker));
	char	   *state;
	char	   *agent;
	char	   *quiet_until;

	if (SPI_execute_with_args(psprintf("SELECT h.state, h.agent, h.quiet_until, h.id FROM %s h WHERE %s AND (h.closed_at IS NULL "
									   "OR h.quiet_until OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp()) "
									   "ORDER BY h.closed_at IS NOT NULL, h.quiet_until DESC LIMIT 1",
									   table, lead_is_sql(tracker, "h.lead", "$1")),
							  lengthof(types), types, &lead, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	if (SPI_processed == 0)
		return;
	state = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	agent = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2);
	quiet_until = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3);
	if (strcmp(state, "rejected") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("lead \"%s\" cannot be handed over", name),
				 errdetail("It was rejected, and is quiet until %s.", quiet_until),
				 errhint("To end that, run UPDATE %s SET quiet_until = NULL WHERE id = %s.", table,
						 SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 4))));
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_IN_USE),
			 errmsg("lead \"%s\" is handed over already", name),
			 agent == NULL ? errdetail("It waits for an agent.") : errdetail("Agent \"%s\" has it.", agent),
			 errhint("The view of the queue has all that wait, or are in somebody's hands.")));
}

/* put_into_queue gives a lead a handoff, with a note, which may be null, and returns it. */
static Datum
put_into_queue(const Tracker *tracker, Datum lead, Datum note, bool note_isnull)
{
	Oid			types[] = {tracker->lead_type, TEXTOID, REGCLASSOID};
	Datum		values[] = {lead, note, ObjectIdGetDatum(tracker->state)};
	char		nulls[] = {' ', note_isnull ? 'n' : ' ', ' ', '\0'};
	Oid			table = need_handoffs(tracker);
	bool		isnull;

	if (SPI_execute_with_args(psprintf("INSERT INTO %1$s (lead, at, handed_at, reason, state, stage, temperature, cycle, score, note) "
									   "SELECT l.lead, pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp(), 'by_hand', 'waiting', l.stage, "
									   "CASE WHEN l.level OPERATOR(pg_catalog.>=) lead_temperature.hot_level($3) THEN 'hot'::lead_temperature.temperature "
									   "WHEN l.level OPERATOR(pg_catalog.>=) lead_temperature.warm_level($3) THEN 'warm'::lead_temperature.temperature "
									   "ELSE 'cold'::lead_temperature.temperature END, l.cycle, lead_temperature.score_now(l.heat), $2 "
									   "FROM %2$s l WHERE %3$s RETURNING lead, id",
									   qualified_name(table), qualified_name(tracker->state), lead_is_sql(tracker, "l.lead", "$1")),
							  lengthof(types), types, values, nulls, false, 0) != SPI_OK_INSERT_RETURNING)
		elog(ERROR, "SPI_execute_with_args failed");
	if (SPI_processed == 0)
		row_suppressed(table);
	return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull);
}

/* lt_hand_over puts a lead into the queue because somebody says so, and returns the number of the handoff. */
Datum
lt_hand_over(PG_FUNCTION_ARGS)
{
	Tracker    *tracker = tracker_to_claim_from(fcinfo, AccessShareLock, RowExclusiveLock);
	Datum		lead;
	char	   *name;
	int64		id;
	OwnerScope	scope;

	if (PG_ARGISNULL(HAND_LEAD))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"lead\" must not be null"),
				 errhint("Name the lead as the view of its ranking shows it.")));
	lead = lead_to_claim(fcinfo, tracker, &name);
	tracker_connect(&scope, tracker);
	check_lead(tracker, lead, name);
	check_handoffs(tracker, lead, name);
	id = DatumGetInt64(put_into_queue(tracker, lead, PG_ARGISNULL(HAND_REASON) ? (Datum) 0 : PG_GETARG_DATUM(HAND_REASON),
									  PG_ARGISNULL(HAND_REASON)));
	notify_handoffs(tracker);
	SPI_finish();
	owner_leave(&scope);
	PG_RETURN_INT64(id);
}
