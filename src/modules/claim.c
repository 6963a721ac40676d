/*-------------------------------------------------------------------------
 *
 * claim.c
 *	  Handoffs claimed by those who call the leads.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/lead_key.h"
#include "modules/briefing.h"
#include "modules/claimer.h"
#include "modules/handoff_settings.h"
#include "modules/handoff_table.h"
#include "modules/service.h"
#include "types/compat.h"
#include "util/names.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(lt_claim);

/* Handoffs claimed at once. */
#define MOST_CLAIMED	1000

/* arguments of claim */
enum
{
	CLAIM_TRACKER, CLAIM_AGENT, CLAIM_N, CLAIM_TEAM
};

/* check_arguments refuses arguments of claim that ask for nothing, or for too much. */
static void
check_arguments(FunctionCallInfo fcinfo)
{
	check_agent(fcinfo, CLAIM_AGENT);
	if (PG_ARGISNULL(CLAIM_N))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"n\" must not be null"),
				 errhint("Say how many leads to claim, or leave it out for one.")));
	if (PG_GETARG_INT32(CLAIM_N) < 1 || PG_GETARG_INT32(CLAIM_N) > MOST_CLAIMED)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"n\" must be from 1 to %d", MOST_CLAIMED),
				 errhint("Claim as many leads as are called soon: what is claimed is gone for others.")));
}

/*
 * claim_sql claims for an agent, $1, the hottest $2 that wait, of leads that are open and not
 * excluded.  What others are claiming is skipped; what they have claimed since the statement began
 * is looked at again, once it is locked.  OFFSET 0 lets the plan begin with those that wait,
 * whatever the statistics say: of hot leads most may be in somebody's hands.
 */
static char *
claim_sql(const Tracker *tracker, const char *condition)
{
	const char *table = qualified_name(need_handoffs(tracker));

	return psprintf("WITH w AS MATERIALIZED (SELECT h.id, o.level FROM %1$s h CROSS JOIN LATERAL (SELECT l.level FROM %2$s l WHERE %3$s "
					"AND l.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status AND l.level IS NOT NULL OFFSET 0) o "
					"WHERE h.state OPERATOR(pg_catalog.=) 'waiting'::pg_catalog.text AND h.closed_at IS NULL%4$s%5$s "
					"ORDER BY o.level DESC, h.id LIMIT $2 FOR UPDATE OF h SKIP LOCKED), "
					"c AS (UPDATE %1$s h SET state = 'claimed', agent = $1, claimed_at = pg_catalog.clock_timestamp() "
					"FROM w WHERE h.id OPERATOR(pg_catalog.=) w.id RETURNING h.id, h.lead, h.claimed_at, w.level) "
					"SELECT c.id, c.lead, c.claimed_at FROM c ORDER BY c.level DESC, c.id",
					table, qualified_name(tracker->state), lead_is_sql(tracker, "l.lead", "h.lead"),
					condition == NULL ? "" : " AND ", condition == NULL ? "" : condition);
}

/* A handoff that was claimed. */
typedef struct Claimed
{
	int64		id;
	Datum		lead;
	TimestampTz at;
} Claimed;

/* claimed_rows takes over what was claimed, into a context. */
static Claimed *
claimed_rows(const Tracker *tracker, MemoryContext context)
{
	MemoryContext before = MemoryContextSwitchTo(context);
	Claimed    *claimed = palloc(sizeof(Claimed) * (SPI_processed + 1));

	for (uint64 i = 0; i < SPI_processed; i++)
	{
		TupleDesc	desc = SPI_tuptable->tupdesc;
		HeapTuple	row = SPI_tuptable->vals[i];
		bool		isnull;

		claimed[i].id = DatumGetInt64(SPI_getbinval(row, desc, 1, &isnull));
		claimed[i].lead = datumCopy(SPI_getbinval(row, desc, 2, &isnull), tracker->lead_typbyval, tracker->lead_typlen);
		claimed[i].at = DatumGetTimestampTz(SPI_getbinval(row, desc, 3, &isnull));
	}
	MemoryContextSwitchTo(before);
	return claimed;
}

/* put_claimed returns a handoff that was claimed, with its briefing. */
static void
put_claimed(ReturnSetInfo *result, Briefings *briefings, const ServiceLevel *level, const Claimed *claimed)
{
	Datum		values[4];
	bool		nulls[4] = {false};

	values[0] = Int64GetDatum(claimed->id);
	values[1] = CStringGetTextDatum(lead_to_text(briefings->tracker, claimed->lead));
	values[2] = TimestampTzGetDatum(service_due_at(level, claimed->at, level->contact_within));
	nulls[3] = !brief(briefings, claimed->lead, &values[3]);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* lt_claim gives an agent the hottest leads that wait for one. */
Datum
lt_claim(PG_FUNCTION_ARGS)
{
	Tracker    *tracker;
	const char *condition = NULL;
	MemoryContext context = CurrentMemoryContext;
	MemoryContext row_context;
	Oid			types[] = {TEXTOID, INT8OID};
	Datum		values[2];
	OwnerScope	scope;
	ServiceLevel *level;
	Claimed    *claimed;
	Briefings  *briefings;
	uint64		n;

	lt_materialized_result(fcinfo);
	tracker = tracker_to_claim_from(fcinfo, AccessShareLock, RowExclusiveLock);
	check_arguments(fcinfo);
	if (!PG_ARGISNULL(CLAIM_TEAM))
		condition = team_condition(tracker, text_to_cstring(PG_GETARG_TEXT_PP(CLAIM_TEAM)));
	level = service_level_of(tracker->model->name);
	values[0] = PG_GETARG_DATUM(CLAIM_AGENT);
	values[1] = Int64GetDatum(PG_GETARG_INT32(CLAIM_N));

	tracker_connect(&scope, tracker);
	if (SPI_execute_with_args(claim_sql(tracker, condition), lengthof(types), types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	n = SPI_processed;
	claimed = claimed_rows(tracker, context);
	briefings = briefings_begin(tracker);
	row_context = AllocSetContextCreate(context, "lead_temperature claim", ALLOCSET_DEFAULT_SIZES);
	for (uint64 i = 0; i < n; i++)
	{
		MemoryContext before = MemoryContextSwitchTo(row_context);

		put_claimed((ReturnSetInfo *) fcinfo->resultinfo, briefings, level, &claimed[i]);
		MemoryContextSwitchTo(before);
		MemoryContextReset(row_context);
		CHECK_FOR_INTERRUPTS();
	}
	briefings_end(briefings);
	SPI_finish();
	owner_leave(&scope);
	return (Datum) 0;
}
