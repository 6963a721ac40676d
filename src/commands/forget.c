/*-------------------------------------------------------------------------
 *
 * forget.c
 *	  A lead erased from all that is kept of it.
 *
 *-------------------------------------------------------------------------
 */
#include "state/lead_update.h"

#include "catalog/lead_key.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_table.h"
#include "util/names.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_forget);

/* A lead being forgotten. */
typedef struct Forgetting
{
	Tracker    *tracker;
	Datum		lead;
	char	   *name;			/* of it, in messages */
	bool		has_state;
	int64		rows;			/* that were there of it, anywhere */
	ReturnSetInfo *result;
} Forgetting;

/* run_for_lead runs a command with the lead as $1, as the owner; returns how many rows it met. */
static int64
run_for_lead(const Forgetting *forgetting, const char *sql)
{
	const Tracker *tracker = forgetting->tracker;
	Oid			types[] = {tracker->types[ROLE_LEAD]};
	Datum		values[] = {forgetting->lead};
	OwnerScope	scope;
	int64		rows;

	tracker_enter(&scope, tracker);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args(sql, 1, types, values, NULL, false, 0) < 0)
		elog(ERROR, "SPI_execute_with_args failed");
	rows = SPI_processed;
	SPI_finish();
	owner_leave(&scope);
	return rows;
}

/* is_lead_sql is the condition that a row of the tracked table is of the lead. */
static char *
is_lead_sql(const Tracker *tracker)
{
	return psprintf("%s %s $1", role_sql(tracker, ROLE_LEAD), qualified_operator(tracker->lead_eq));
}

/* report returns how many rows of a table were erased. */
static void
report(Forgetting *forgetting, Oid relation, int64 rows)
{
	Datum		values[] = {ObjectIdGetDatum(relation), Int64GetDatum(rows)};
	bool		nulls[] = {false, false};

	forgetting->rows += rows;
	tuplestore_putvalues(forgetting->result->setResult, forgetting->result->setDesc, values, nulls);
}

/* erase deletes the lead from a table that the tracker keeps. */
static void
erase(Forgetting *forgetting, Oid relation)
{
	report(forgetting, relation,
		   run_for_lead(forgetting, psprintf("DELETE FROM %s WHERE lead %s $1", qualified_name(relation),
											 qualified_operator(forgetting->tracker->lead_eq))));
}

/* lock_lead keeps others from writing the lead until the end of the transaction, and replays it if asked to; says whether it has state. */
static bool
lock_lead(const Forgetting *forgetting, bool replay)
{
	LeadWork	work;
	bool		found;

	work_begin(&work, forgetting->tracker, false);
	found = state_lock(&work.state, forgetting->lead);
	if (replay)
		replay_lead(&work, forgetting->lead, FOLD_NEVER);
	work_end(&work);
	return found;
}

/* erase_rows deletes the rows of the lead, or refuses to leave any. */
static void
erase_rows(Forgetting *forgetting, bool delete_rows)
{
	const Tracker *tracker = forgetting->tracker;
	const char *table = qualified_name(tracker->interactions);
	const char *is_lead = is_lead_sql(tracker);

	if (delete_rows)
		report(forgetting, tracker->interactions,
			   run_for_lead(forgetting, psprintf("DELETE FROM %s WHERE %s", table, is_lead)));
	else if (run_for_lead(forgetting, psprintf("SELECT FROM %s WHERE %s LIMIT 1", table, is_lead)) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has rows of lead \"%s\"", get_rel_name(tracker->interactions), forgetting->name),
				 errdetail("A lead whose rows remain would come back with them."),
				 errhint("Delete them first, or pass delete_rows => true.")));
}

/* forget_position takes the lead out of what is noted of a replay. */
static void
forget_position(const Forgetting *forgetting)
{
	forget_replayed_lead(forgetting->tracker->interactions,
						 lead_to_text(forgetting->tracker, forgetting->lead));
}

/* lt_forget erases a lead from every table of a tracker, and its rows if asked to, and returns how many rows of each were erased. */
Datum
lt_forget(PG_FUNCTION_ARGS)
{
	Forgetting	forgetting = {0};
	Tracker    *tracker;

	lt_materialized_result(fcinfo);
	for (int i = 0; i < 3; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", i == 0 ? "tracker" : i == 1 ? "lead" : "delete_rows"),
					 errhint("Name a tracked table and a lead, and say whether its rows shall go.")));
	tracker = tracker_lock_own(PG_GETARG_OID(0), RowExclusiveLock);
	forgetting.tracker = tracker;
	forgetting.result = (ReturnSetInfo *) fcinfo->resultinfo;
	forgetting.name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (tracker->paused)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("tracking of table \"%s\" is paused", get_rel_name(tracker->interactions)),
				 errhint("Replay what was missed with lead_temperature.resume.")));
	forgetting.lead = lead_from_argument(tracker, forgetting.name);

	forgetting.has_state = lock_lead(&forgetting, false);
	erase(&forgetting, tracker->balances);
	erase_rows(&forgetting, PG_GETARG_BOOL(2));
	(void) lock_lead(&forgetting, true);	/* of which nothing is left */
	erase(&forgetting, tracker->transitions);
	report(&forgetting, tracker->state, forgetting.has_state);
	if (forgetting.rows == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("lead \"%s\" of table \"%s\" is unknown", forgetting.name, get_rel_name(tracker->interactions)),
				 errhint("Write it as the view of its ranking shows it.")));
	forget_position(&forgetting);
	return (Datum) 0;
}
