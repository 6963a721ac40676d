/*-------------------------------------------------------------------------
 *
 * handoff_steps.c
 *	  What agents do with the handoffs that they have claimed.
 *
 * A handoff waits, is claimed, then contacted, and ends accepted or rejected; or an outcome of its
 * lead closes it, whoever has it.  Where a step changes the lead, too, that is locked before the
 * handoff is, as by those who write its interactions.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/lead_key.h"
#include "commands/words.h"
#include "modules/claimer.h"
#include "modules/handoff_table.h"
#include "modules/playbook.h"
#include "util/names.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(lt_release);
PG_FUNCTION_INFO_V1(lt_log_contact);
PG_FUNCTION_INFO_V1(lt_accept);
PG_FUNCTION_INFO_V1(lt_reject);

/* arguments */
enum
{
	STEP_TRACKER, STEP_LEAD, STEP_AGENT, STEP_TEXT, STEP_QUIET
};

/* The longest that nobody wants to hear of a lead, in days. */
#define MOST_QUIET		36525

/* A step that an agent takes. */
typedef struct Step
{
	Tracker    *tracker;
	char	   *lead_text;
	Datum		lead;
	char	   *agent;
	OwnerScope	scope;

	/* the handoff, once it is found */
	int64		id;
	char	   *state;
	char	   *holder;			/* NULL: nobody has claimed it */
	char	   *outcome;
	char	   *quiet_until;	/* NULL: it is not */
} Step;

/* read_step reads who takes a step and for which lead. */
static Step
read_step(FunctionCallInfo fcinfo)
{
	Step		step = {tracker_to_claim_from(fcinfo, AccessShareLock, RowExclusiveLock)};

	if (PG_ARGISNULL(STEP_LEAD))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"lead\" must not be null"),
				 errhint("Name the lead as claim has returned it.")));
	check_agent(fcinfo, STEP_AGENT);
	step.agent = text_to_cstring(PG_GETARG_TEXT_PP(STEP_AGENT));
	step.lead = lead_to_claim(fcinfo, step.tracker, &step.lead_text);
	return step;
}

/* connect connects to SPI as the owner of the tracker. */
static void
connect(Step *step)
{
	MemoryContext context = CurrentMemoryContext;

	tracker_connect(&step->scope, step->tracker);
	MemoryContextSwitchTo(context);
}

/* disconnect returns to the caller's role. */
static void
disconnect(const Step *step)
{
	SPI_finish();
	owner_leave(&step->scope);
}

/* refuse_lead reports that a lead has no handoff. */
static void
refuse_lead(const Step *step)
{
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("lead \"%s\" has never been handed over", step->lead_text),
			 errhint("Table %s has all handoffs.", qualified_name(need_handoffs(step->tracker)))));
}

/* refuse_waiting reports that nobody has claimed a handoff. */
static void
refuse_waiting(const Step *step)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("lead \"%s\" is not claimed", step->lead_text),
			 errdetail("Its handoff waits for an agent."),
			 errhint("Claim leads with lead_temperature.claim first, which gives the hottest.")));
}

/* refuse_held reports that another agent has a handoff. */
static void
refuse_held(const Step *step)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_IN_USE),
			 errmsg("lead \"%s\" is claimed by another agent", step->lead_text),
			 errdetail("Agent \"%s\" has it.", step->holder),
			 errhint("Leave it, or let that agent give it back: SELECT lead_temperature.release(%s, %s, %s).",
					 quote_literal_cstr(qualified_name(step->tracker->state)), quote_literal_cstr(step->lead_text),
					 quote_literal_cstr(step->holder))));
}

/* refuse_closed reports that a handoff has ended. */
static void
refuse_closed(const Step *step)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the handoff of lead \"%s\" has ended", step->lead_text),
			 step->outcome == NULL ? errdetail("It is %s already.", step->state) :
			 errdetail("It is %s already: %s.", step->state, step->outcome),
			 step->quiet_until == NULL ?
			 errhint("When the lead becomes hot again it is handed over again.") :
			 errhint("Sales wants to hear nothing of it until %s; when it becomes hot after that it is handed over again.",
					 step->quiet_until)));
}

/* find_handoff finds the handoff of the lead that is open, or else the last, and locks it if asked to; refuses one that the agent has not. */
static void
find_handoff(Step *step, bool lock)
{
	Oid			types[] = {step->tracker->lead_type};

	if (SPI_execute_with_args(psprintf("SELECT h.id, h.state, h.agent, h.outcome, h.closed_at, "
									   "CASE WHEN h.quiet_until OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() THEN h.quiet_until END "
									   "FROM %s h WHERE %s "
									   "ORDER BY h.closed_at IS NOT NULL, h.id DESC LIMIT 1%s",
									   qualified_name(need_handoffs(step->tracker)), lead_is_sql(step->tracker, "h.lead", "$1"),
									   lock ? " FOR UPDATE" : ""),
							  lengthof(types), types, &step->lead, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	if (SPI_processed == 0)
		refuse_lead(step);
	else
	{
		HeapTuple	row = SPI_tuptable->vals[0];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		bool		isnull;

		step->id = DatumGetInt64(SPI_getbinval(row, desc, 1, &isnull));
		step->state = SPI_getvalue(row, desc, 2);
		step->holder = SPI_getvalue(row, desc, 3);
		step->outcome = SPI_getvalue(row, desc, 4);
		step->quiet_until = SPI_getvalue(row, desc, 6);
		if (SPI_getvalue(row, desc, 5) != NULL)
			refuse_closed(step);
	}
	if (strcmp(step->state, "waiting") == 0 || step->holder == NULL)
		refuse_waiting(step);
	if (strcmp(step->holder, step->agent) != 0)
		refuse_held(step);
}

/* change_handoff changes the handoff that was found and locked; $1 is it, $2 a text and $3 a time. */
static void
change_handoff(const Step *step, const char *changes, const char *text, const TimestampTz *at)
{
	Oid			types[] = {INT8OID, TEXTOID, TIMESTAMPTZOID};
	Datum		values[] = {Int64GetDatum(step->id), (Datum) 0, (Datum) 0};
	char		nulls[] = {' ', 'n', 'n', '\0'};

	if (text !=NULL)
	{
		values[1] = CStringGetTextDatum(text);
		nulls[1] = ' ';
	}
	if (at != NULL)
	{
		values[2] = TimestampTzGetDatum(*at);
		nulls[2] = ' ';
	}
	if (SPI_execute_with_args(psprintf("UPDATE %s h SET %s WHERE h.id OPERATOR(pg_catalog.=) $1",
									   qualified_name(need_handoffs(step->tracker)), changes),
							  lengthof(types), types, values, nulls, false, 0) != SPI_OK_UPDATE)
		elog(ERROR, "SPI_execute_with_args failed");
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
				 errmsg("the handoff of lead \"%s\" was not changed", step->lead_text),
				 errdetail("A trigger of table \"%s\" has suppressed it.", get_rel_name(need_handoffs(step->tracker))),
				 errhint("Let row triggers of the table return the row.")));
}

/* lt_release gives a lead that an agent has claimed back to the queue. */
Datum
lt_release(PG_FUNCTION_ARGS)
{
	Step		step = read_step(fcinfo);

	connect(&step);
	find_handoff(&step, true);
	change_handoff(&step, "state = 'waiting', agent = NULL, claimed_at = NULL, contacted_at = NULL", NULL, NULL);
	disconnect(&step);
	PG_RETURN_VOID();
}

/* keep_lead keeps the state of a lead from going until the end of the transaction. */
static void
keep_lead(const Step *step)
{
	Oid			types[] = {step->tracker->lead_type};
	Datum		lead = step->lead;

	if (SPI_execute_with_args(psprintf("SELECT FROM %s l WHERE %s FOR KEY SHARE OF l", qualified_name(step->tracker->state),
									   lead_is_sql(step->tracker, "l.lead", "$1")),
							  lengthof(types), types, &lead, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
}

/* lt_log_contact notes that an agent has contacted a lead, also among the actions that were taken if there is a playbook. */
Datum
lt_log_contact(PG_FUNCTION_ARGS)
{
	Step		step = read_step(fcinfo);
	char	   *note = PG_ARGISNULL(STEP_TEXT) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(STEP_TEXT));

	connect(&step);
	keep_lead(&step);
	find_handoff(&step, true);
	change_handoff(&step, "state = 'contacted', contacted_at = coalesce(h.contacted_at, pg_catalog.clock_timestamp()), "
				   "note = coalesce($2, h.note)", note, NULL);
	note_contact(step.tracker, step.lead, step.agent, note);
	disconnect(&step);
	PG_RETURN_VOID();
}

/* is_before_opportunity says whether a lead that sales takes is at an earlier stage than opportunity, and refuses one that cannot be taken. */
static bool
is_before_opportunity(const Step *step)
{
	Oid			types[] = {step->tracker->lead_type};
	Datum		lead = step->lead;
	const char *status = NULL;
	bool		excluded = false;
	bool		before = false;

	if (SPI_execute_with_args(psprintf("SELECT l.status, l.level IS NULL, l.stage OPERATOR(pg_catalog.<) 'opportunity'::lead_temperature.stage "
									   "FROM %s l WHERE %s", qualified_name(step->tracker->state),
									   lead_is_sql(step->tracker, "l.lead", "$1")),
							  lengthof(types), types, &lead, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed");
	if (SPI_processed > 0)
	{
		HeapTuple	row = SPI_tuptable->vals[0];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		bool		isnull;

		status = SPI_getvalue(row, desc, 1);
		excluded = DatumGetBool(SPI_getbinval(row, desc, 2, &isnull));
		before = DatumGetBool(SPI_getbinval(row, desc, 3, &isnull));
	}
	if (status == NULL || excluded || strcmp(status, "open") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("lead \"%s\" cannot be accepted", step->lead_text),
				 status == NULL ? errdetail("All of its interactions are gone.") :
				 excluded ? errdetail("It is excluded.") : errdetail("It is %s.", status),
				 errhint("Reject it with lead_temperature.reject.")));
	return before;
}

/* check_follows refuses a tracker that is paused, of which a lead could not change its stage. */
static void
check_follows(const Tracker *tracker)
{
	if (tracker->paused)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("tracking of table \"%s\" is paused", get_rel_name(tracker->interactions)),
				 errdetail("A lead that is accepted becomes an opportunity, which nobody follows now."),
				 errhint("Replay what was missed with lead_temperature.resume.")));
}

/*
 * lt_accept ends a handoff: sales takes the lead, which is an opportunity then.  That is the word of
 * the present role, and is said before the handoff is locked.
 */
Datum
lt_accept(PG_FUNCTION_ARGS)
{
	Step		step;
	bool		before;

	need_words(tracker_to_claim_from(fcinfo, NoLock, NoLock)->id);
	step.tracker = tracker_to_claim_from(fcinfo, RowExclusiveLock, RowExclusiveLock);
	check_follows(step.tracker);
	step = read_step(fcinfo);
	connect(&step);
	find_handoff(&step, false);
	before = is_before_opportunity(&step);
	disconnect(&step);
	if (before)
		say_word(step.tracker, step.lead, "set_stage:opportunity", psprintf("accepted by %s", step.agent));
	connect(&step);
	find_handoff(&step, true);
	change_handoff(&step, "state = 'accepted', closed_at = pg_catalog.clock_timestamp()", NULL, NULL);
	disconnect(&step);
	PG_RETURN_VOID();
}

/* quiet_argument returns until when nobody wants to hear of a lead, NULL if the argument is; refuses what is no time from now on. */
static TimestampTz *
quiet_argument(FunctionCallInfo fcinfo, TimestampTz *until)
{
	TimestampTz now = GetCurrentTimestamp();

	if (PG_ARGISNULL(STEP_QUIET))
		return NULL;
	*until = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now),
													 PG_GETARG_DATUM(STEP_QUIET)));
	if (*until <= now || *until > now + MOST_QUIET * USECS_PER_DAY)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"quiet\" must be more than 0 and at most %d days", MOST_QUIET),
				 errhint("Say for how long the lead shall not be handed over, or leave it out.")));
	return until;
}

/* lt_reject ends a handoff: sales does not take the lead. */
Datum
lt_reject(PG_FUNCTION_ARGS)
{
	Step		step;
	TimestampTz until;
	TimestampTz *quiet = quiet_argument(fcinfo, &until);
	char	   *reason = PG_ARGISNULL(STEP_TEXT) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(STEP_TEXT));

	step = read_step(fcinfo);
	if (reason == NULL || reason[strspn(reason, " \t\n\r")] == '\0')
		ereport(ERROR,
				(reason == NULL ? errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED) : errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 reason == NULL ? errmsg("argument \"reason\" must not be null") : errmsg("argument \"reason\" must not be empty"),
				 errhint("Say why sales does not take the lead.")));
	connect(&step);
	find_handoff(&step, true);
	change_handoff(&step, "state = 'rejected', closed_at = pg_catalog.clock_timestamp(), outcome = $2, quiet_until = $3",
				   reason, quiet);
	disconnect(&step);
	PG_RETURN_VOID();
}
