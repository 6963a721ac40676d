/*-------------------------------------------------------------------------
 *
 * named_lead.c
 *	  Leads as users name them in arguments: read, and refused if nobody knows them.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/named_lead.h"

#include "catalog/lead_key.h"
#include "state/record.h"
#include "util/names.h"

#include "access/table.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* need_lead_arguments refuses null arguments among the first ones, by their names, with a hint. */
void
need_lead_arguments(FunctionCallInfo fcinfo, const char *const *names, int n, const char *hint)
{
	for (int i = 0; i < n; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", names[i]),
					 errhint("%s", hint)));
}

/* check_leads_type refuses a tracker whose leads are of another type by now than its state has, before an argument is read as a lead. */
void
check_leads_type(const Tracker *tracker)
{
	Relation	state = companion_open(tracker->state, AccessShareLock);

	check_shape(state, &state_shape, tracker);
	table_close(state, NoLock);
}

/* named_lead reads the lead that an argument names. */
NamedLead
named_lead(FunctionCallInfo fcinfo, const Tracker *tracker, int number, const char *argument)
{
	NamedLead	named;

	named.argument = argument;
	named.text = text_to_cstring(PG_GETARG_TEXT_PP(number));
	named.lead = lead_from_argument(tracker, named.text);
	return named;
}

/* run_for_leads runs a command whose parameters are leads, as the owner is connected to SPI; returns how many rows it met. */
uint64
run_for_leads(const Tracker *tracker, const char *sql, int n, Datum *leads)
{
	Oid			types[] = {tracker->lead_type, tracker->lead_type};

	Assert(n <= lengthof(types));
	if (SPI_execute_with_args(sql, n, types, leads, NULL, false, 0) < 0)
		elog(ERROR, "SPI_execute_with_args failed");
	return SPI_processed;
}

/*
 * need_known refuses a lead that nothing is kept of, with a hint besides how to write it; aliases
 * may be none.  The caller is connected to SPI as the owner.
 */
void
need_known(const Tracker *tracker, Oid aliases, const NamedLead *named, const char *hint)
{
	const Oid	tables[] = {tracker->state, tracker->balances, aliases};
	const char *equals = qualified_operator(tracker->lead_eq);
	Datum		lead = named->lead;

	for (int i = 0; i < lengthof(tables); i++)
		if (OidIsValid(tables[i]) &&
			run_for_leads(tracker, psprintf("SELECT FROM %s t WHERE t.%s %s $1", qualified_name(tables[i]),
											tables[i] == aliases ? "alias" : "lead", equals), 1, &lead) > 0)
			return;
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("lead \"%s\" of table \"%s\" is unknown", named->text, get_rel_name(tracker->interactions)),
			 errdetail("Argument \"%s\" names it.", named->argument),
			 errhint("Write it as the view of its ranking shows it; %s.", hint)));
}

/* row_suppressed reports that a row which a function writes to a table was not written. */
void
row_suppressed(Oid table)
{
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
			 errmsg("a row of table \"%s\" was not written", get_rel_name(table)),
			 errdetail("A trigger of that table has suppressed it."),
			 errhint("Let row triggers of the table return the row.")));
}
