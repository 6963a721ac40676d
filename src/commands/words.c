/*-------------------------------------------------------------------------
 *
 * words.c
 *	  What people say of leads: that one is at a stage, or does not count.
 *
 * Each word is a row of the table of words, which the tracker reads as any other source
 * from the first word on; its trigger does the work.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/words.h"

#include "catalog/own_sources.h"
#include "catalog/own_tracker.h"
#include "catalog/tracker_table.h"
#include "commands/named_lead.h"
#include "commands/tracker_objects.h"
#include "rows/id_map.h"
#include "state/lead_update.h"
#include "util/names.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"

PG_FUNCTION_INFO_V1(lt_set_stage);
PG_FUNCTION_INFO_V1(lt_exclude);
PG_FUNCTION_INFO_V1(lt_include);

/* reads_words says whether a tracker reads what people say. */
static bool
reads_words(Oid tracker)
{
	return tracker_without_model(tracker)->words != NULL;
}

/* need_room refuses a table of a tracker that has no room for what leads must remember of words. */
static void
need_room(const Tracker *tracker, Oid relation, const TableShape *shape)
{
	Relation	table = companion_open(relation, AccessShareLock);

	check_added_columns(table, shape, tracker, "What leads must remember of what people say is kept there.");
	table_close(table, NoLock);
}

/*
 * need_words lets a tracker read what people say from now on, as which no writer may go on
 * without it.  It is to be called before anything of the tracker is locked: who writes waits.
 */
void
need_words(Oid tracker)
{
	const Tracker *known;

	if (reads_words(tracker) || !keep_writers_out(tracker, reads_words, tracker))
		return;
	known = tracker_get(tracker);
	need_room(known, known->state, &state_shape);
	need_room(known, known->balances, &balance_shape);
	read_words(tracker, need_companion(tracker, WORDS_SUFFIX));
}

/* What is known of a lead of which something is to be said. */
typedef struct SpokenOf
{
	bool		found;			/* it has state */
	bool		excluded;
	HeatTime	last_at;
} SpokenOf;

/* root_of locks a lead as a writer of its rows does, and returns the one that it counts for; the caller is connected to SPI as the owner. */
static Datum
root_of(const Tracker *tracker, Datum lead)
{
	IdLocks    *locks;
	IdMap	   *map;
	Datum	   *root;

	if (tracker->aliases == NULL)
		return lead;
	locks = id_locks_begin(tracker);
	map = id_map_begin(tracker, tracker->aliases);
	id_map_add(map, lead, locks);
	id_locks_take(locks);
	id_map_look_up(map);
	(void) id_map_leads(map, lead, &root);
	return root[0];
}

/*
 * try_to_lock locks the lead that one counts for, until the end of the transaction, and tells what
 * is known of it; false if that is not all there is: rows whose time has come are folded then.
 */
static bool
try_to_lock(Tracker *tracker, Datum lead, SpokenOf *of)
{
	LeadWork	work;
	StoredLead	stored;
	Datum		root;
	bool		current = true;

	work_begin(&work, tracker, false, BY_ROWS);
	root = root_of(tracker, lead);
	of->found = state_lock(&work.state, root);
	of->excluded = false;
	of->last_at = FOLD_NEVER;
	if (of->found)
	{
		current = state_read(&work.state, &stored) &&
			(stored.due_at == FOLD_NEVER || stored.due_at > work.horizon);
		if (!current)
			replay_lead(&work, root, FOLD_NEVER);
		of->excluded = stored.lead.excluded_since != FOLD_NEVER;
		of->last_at = stored.lead.last_at;
	}
	work_end(&work);
	return current;
}

/* lock_lead locks the lead that one counts for, and tells what is known of it. */
static SpokenOf
lock_lead(Tracker *tracker, Datum lead)
{
	SpokenOf	of;

	while (!try_to_lock(tracker, lead, &of))
		CHECK_FOR_INTERRUPTS();
	return of;
}

/*
 * time_of_word is the time of what is said now of a lead that is locked: later than all that it
 * has, be it a little ahead of the clock, so that a person's word is the last.
 */
static TimestampTz
time_of_word(const Tracker *tracker, const SpokenOf *of)
{
	HeatTime	now = heat_time_from_timestamptz(GetCurrentTimestamp());

	if (of->last_at == FOLD_NEVER || of->last_at < now)
		return heat_time_to_timestamptz(now);
	if (of->last_at >= future_horizon())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a lead of table \"%s\" has interactions that are later than the clock",
						get_rel_name(tracker->interactions)),
				 errdetail("The last is of %s; nothing that is said now could be later.",
						   timestamptz_to_str(heat_time_to_timestamptz(of->last_at))),
				 errhint("Set the clock of the server right, or wait.")));
	return heat_time_to_timestamptz(of->last_at + 1);
}

/* write_word writes what is said of a lead that is locked, in the name of the present role. */
static void
write_word(Tracker *tracker, Datum lead, const SpokenOf *of, const char *kind, const char *reason)
{
	Oid			types[] = {tracker->lead_type, TEXTOID, TIMESTAMPTZOID, TEXTOID, NAMEOID};
	Datum		values[lengthof(types)];
	char		nulls[] = "     ";
	NameData	said_by;
	OwnerScope	scope;
	Oid			words = tracker->words->relation;

	StaticAssertStmt(lengthof(types) == N_WORD_COLUMNS, "a value for each column of a word");
	namestrcpy(&said_by, GetUserNameFromId(GetUserId(), false));
	values[WORD_LEAD] = lead;
	values[WORD_KIND] = CStringGetTextDatum(kind);
	values[WORD_AT] = TimestampTzGetDatum(time_of_word(tracker, of));
	values[WORD_REASON] = reason == NULL ? (Datum) 0 : CStringGetTextDatum(reason);
	nulls[WORD_REASON] = reason == NULL ? 'n' : ' ';
	values[WORD_SAID_BY] = NameGetDatum(&said_by);
	tracker_connect(&scope, tracker);
	if (SPI_execute_with_args(psprintf("INSERT INTO %s (lead, kind, at, reason, said_by) VALUES ($1, $2, $3, $4, $5)",
									   qualified_name(words)),
							  lengthof(types), types, values, nulls, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "SPI_execute_with_args failed");
	if (SPI_processed == 0)
		row_suppressed(words);
	SPI_finish();
	owner_leave(&scope);
}

/*
 * say_word says something of a lead in the name of the present role, who may do so as the caller
 * has found: one of word_kinds, and why, which may be NULL.  The sources of the tracker are locked
 * as by a writer, and need_words was called before that; a lead that nobody knows begins with it.
 */
void
say_word(Tracker *tracker, Datum lead, const char *kind, const char *reason)
{
	SpokenOf	of = lock_lead(tracker, lead);

	write_word(tracker, lead, &of, kind, reason);
}

/*
 * check_may_speak refuses whoever is neither a member of the tracker's owner nor may insert into
 * its table of words, to whom policies of that would apply.
 */
static void
check_may_speak(Oid id)
{
	const Tracker *tracker = tracker_without_model(id);
	Oid			words = tracker->words == NULL ? InvalidOid : tracker->words->relation;

	if (get_rel_name(id) == NULL || lt_is_table_owner(id, GetUserId()))
		return;
	if (!OidIsValid(words) || pg_class_aclcheck(words, GetUserId(), ACL_INSERT) != ACLCHECK_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of table %s, or be allowed to insert into its table of words", get_rel_name(id)),
				 OidIsValid(words) ?
				 errhint("Ask its owner \"%s\" for GRANT INSERT ON %s TO %s.", GetUserNameFromId(tracker->owner, false),
						 qualified_name(words), quote_identifier(GetUserNameFromId(GetUserId(), false))) :
				 errhint("Ask its owner \"%s\", who makes that table by the first word.", GetUserNameFromId(tracker->owner, false))));
	if (check_enable_rls(words, InvalidOid, true) == RLS_ENABLED)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("policies of table \"%s\" apply to role \"%s\"", get_rel_name(words), GetUserNameFromId(GetUserId(), false)),
				 errdetail("The function writes as the owner of the table, to whom they do not."),
				 errhint("Insert into %s instead.", qualified_name(words))));
}

/* check_follows refuses to say anything while a tracker is paused. */
static void
check_follows(const Tracker *tracker)
{
	if (tracker->paused)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("tracking of table \"%s\" is paused", get_rel_name(tracker->interactions)),
				 errdetail("What is said now would count later, after what others have done meanwhile."),
				 errhint("Replay what was missed with lead_temperature.resume.")));
}

/* A call of one of the functions that say something. */
typedef struct Speech
{
	Tracker    *tracker;
	NamedLead	lead;
	const char *reason;			/* NULL: none */
	SpokenOf	of;
} Speech;

/* begin_speech reads tracker, lead and reason of a call, and locks the lead; the last argument is the reason. */
static Speech
begin_speech(FunctionCallInfo fcinfo, const char *name)
{
	static const char *const names[] = {"tracker", "lead", "stage"};
	Speech		speech;
	int			last = PG_NARGS() - 1;
	OwnerScope	scope;
	Oid			id;

	PreventCommandIfReadOnly(name);
	need_lead_arguments(fcinfo, names, last, last > 2 ?
						"Name a tracked table, a lead as the view of its ranking shows it, and a stage." :
						"Name a tracked table, and a lead as the view of its ranking shows it.");
	id = tracker_named(PG_GETARG_OID(0));
	check_follows(tracker_without_model(id));
	check_may_speak(id);
	need_words(id);
	lock_sources(id, RowExclusiveLock);
	check_may_speak(id);
	speech.tracker = tracker_get(id);
	check_follows(speech.tracker);
	check_leads_type(speech.tracker);
	speech.lead = named_lead(fcinfo, speech.tracker, 1, names[1]);
	speech.reason = PG_ARGISNULL(last) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(last));
	if (speech.reason != NULL && speech.reason[0] == '\0')
		speech.reason = NULL;
	speech.of = lock_lead(speech.tracker, speech.lead.lead);
	if (speech.of.found)
		return speech;
	tracker_connect(&scope, speech.tracker);
	need_known(speech.tracker, speech.tracker->aliases == NULL ? InvalidOid : speech.tracker->aliases->relation, &speech.lead,
			   psprintf("to say something of leads that have no interaction yet, insert into %s",
						qualified_name(speech.tracker->words->relation)));
	SPI_finish();
	owner_leave(&scope);
	return speech;
}

/* say says something so. */
static void
say(Speech *speech, int word)
{
	write_word(speech->tracker, speech->lead.lead, &speech->of, word_kinds[word], speech->reason);
}

/* lt_set_stage lets a lead be at a stage. */
Datum
lt_set_stage(PG_FUNCTION_ARGS)
{
	Speech		speech = begin_speech(fcinfo, "set_stage()");

	say(&speech, WORD_OF_STAGE + stage_from_oid(PG_GETARG_OID(2)));
	PG_RETURN_VOID();
}

/* lt_exclude lets a lead count nowhere. */
Datum
lt_exclude(PG_FUNCTION_ARGS)
{
	Speech		speech = begin_speech(fcinfo, "exclude()");

	if (speech.of.excluded)
		ereport(NOTICE,
				(errmsg("lead \"%s\" of table \"%s\" is excluded already", speech.lead.text,
						get_rel_name(speech.tracker->interactions))));
	else
		say(&speech, WORD_OF_EXCLUSION);
	PG_RETURN_VOID();
}

/* lt_include lets a lead that is excluded count again. */
Datum
lt_include(PG_FUNCTION_ARGS)
{
	Speech		speech = begin_speech(fcinfo, "include()");

	if (!speech.of.excluded)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("lead \"%s\" of table \"%s\" is not excluded", speech.lead.text,
						get_rel_name(speech.tracker->interactions)),
				 errhint("Table %s lists what was said of leads.", qualified_name(speech.tracker->words->relation))));
	say(&speech, WORD_OF_INCLUSION);
	PG_RETURN_VOID();
}
