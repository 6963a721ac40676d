/*-------------------------------------------------------------------------
 *
 * write_rows.c
 *	  Leads written back to users' own tables.
 *
 * When leads have been brought up to date one statement for each target sets what differs in the
 * rows of those leads.  It works as the owner of the tracker, while these leads are locked, and
 * in the order of their keys: so no two writers of a lead meet at its row in the target.  Whatever
 * fails there fails who wrote the interaction, since otherwise there would be two truths.
 *
 * The temperature is the word for the level by the clock.  A lead cools without a row, so the
 * word goes wrong in time; write_cooled finds those leads by the index on levels: they lie between
 * what a threshold was when the words were last right and what it is now.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/write_back.h"

#include "state/news.h"
#include "util/execute.h"
#include "util/names.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/ruleutils.h"
#include "utils/snapmgr.h"

/* Leads up to which each is written by a statement of its own, whose plan is kept; for more one statement is planned. */
#define FEW_LEADS		16

/* How often writing leads back may lead to writing leads back, by triggers and sources. */
#define MOST_NESTED		16

/* How deep that is nested at present. */
static int	nested = 0;

/* A target being written. */
typedef struct Writing
{
	Tracker    *tracker;
	WriteTarget *target;
	TimestampTz now;			/* as of which temperatures are words */
	TimestampTz since;			/* as of which they were */
	const News *news;			/* what has changed */
	int64		rows;			/* that were changed */
	bool		may_read;		/* who has caused it may read the target */
	char	   *from;			/* names, for errors */
	char	   *into;
	char	   *stop;
} Writing;

/* begin_writing begins to write the leads of a tracker to a target. */
static Writing
begin_writing(Tracker *tracker, WriteTarget *target)
{
	Writing		writing = {tracker, target};

	writing.now = GetCurrentTimestamp();
	writing.may_read = pg_class_aclcheck(target->relation, GetOuterUserId(), ACL_SELECT) == ACLCHECK_OK;
	writing.from = pstrdup(get_rel_name(tracker->interactions));
	writing.into = pstrdup(get_rel_name(target->relation));
	writing.stop = psprintf("Undo the change that keeps leads from being written back, or do without: SELECT lead_temperature.stop_write_back(%s, %s).",
							quote_literal_cstr(qualified_name(tracker->state)),
							quote_literal_cstr(qualified_name(target->relation)));
	return writing;
}

/* name_target adds to an error whose leads were being written where. */
static void
name_target(void *arg)
{
	const Writing *writing = arg;

	errcontext("writing the leads of table \"%s\" back to table \"%s\"", writing->from, writing->into);
}

/*
 * raise_again raises a caught error again, with what to do about it if it comes of the target and says
 * nothing else, and without the row that violates a constraint if that is for others to see.
 */
static void
raise_again(const Writing *writing, MemoryContext context)
{
	ErrorData  *error;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	FlushErrorState();
	if (error->hint == NULL && lt_is_of_row(error->sqlerrcode))
		error->hint = pstrdup(writing->stop);
	if (!writing->may_read && ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION)
		error->detail = NULL;
	ReThrowError(error);
}

/* guarded does some writing, whose errors say where they come from. */
static void
guarded(Writing *writing, void (*write) (Writing *writing))
{
	ErrorContextCallback callback = {error_context_stack, name_target, writing};
	MemoryContext context = CurrentMemoryContext;

	error_context_stack = &callback;
	nested++;
	PG_TRY();
	{
		if (nested > MOST_NESTED)
			ereport(ERROR,
					(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
					 errmsg("writing leads back does not come to an end"),
					 errdetail("What was written has changed leads again, %d times.", MOST_NESTED)));
		check_target_trust(writing->tracker, writing->target->relation);
		write(writing);
	}
	PG_CATCH();
	{
		nested--;
		raise_again(writing, context);
	}
	PG_END_TRY();
	nested--;
	error_context_stack = callback.previous;
}

/* value_sql writes an attribute of a lead as a value of the column of a target. */
static char *
value_sql(const Tracker *tracker, const WriteTarget *target, int place)
{
	const WrittenAttribute *attribute = &written_attributes[target->attributes[place]];
	Oid			type = getBaseType(get_atttype(target->relation, get_attnum(target->relation, target->columns[place])));
	char	   *value = psprintf(attribute->sql, tracker->state);

	return attribute->labels == NULL || !type_is_enum(type) ? value :
		psprintf("(%s)::%s", value, format_type_be_qualified(type));
}

/* values_sql lists these values, as v0, v1 and so on. */
static char *
values_sql(const Tracker *tracker, const WriteTarget *target)
{
	StringInfoData sql;

	check_target_still(target);
	initStringInfo(&sql);
	for (int i = 0; i < target->n; i++)
		appendStringInfo(&sql, ", %s AS v%d", value_sql(tracker, target, i), i);
	return sql.data;
}

/* key_sql writes the condition that a row of a target is that of a lead. */
static char *
key_sql(const Tracker *tracker, const WriteTarget *target, const char *lead)
{
	TargetKey	key = target_key(tracker, target, false);

	return psprintf("t.%s %s %s%s", quote_identifier(target->key), qualified_operator(key.equals), lead,
					OidIsValid(key.collation) ? psprintf(" COLLATE %s", generate_collation_name(key.collation)) : "");
}

/* update_sql writes the statement that sets columns of a target, one or all if none, to what a query makes of leads, where that differs. */
static char *
update_sql(const Tracker *tracker, const WriteTarget *target, int only, const char *leads)
{
	StringInfoData set;
	StringInfoData differs;

	initStringInfo(&set);
	initStringInfo(&differs);
	for (int i = 0; i < target->n; i++)
	{
		const char *column = quote_identifier(target->columns[i]);

		if (only >= 0 && i != only)
			continue;
		appendStringInfo(&set, "%s%s = n.v%d", set.len == 0 ? "" : ", ", column, i);
		appendStringInfo(&differs, "%st.%s IS DISTINCT FROM n.v%d", differs.len == 0 ? "" : " OR ", column, i);
	}
	return psprintf("UPDATE %s t SET %s FROM (%s) n WHERE %s AND (%s)", qualified_name(target->relation), set.data,
					leads, key_sql(tracker, target, "n.lead"), differs.data);
}

/* same_lead_sql writes the condition that a row of the state is that of a lead. */
static char *
same_lead_sql(const Tracker *tracker, const char *lead)
{
	return psprintf("s.lead %s %s", qualified_operator(tracker->lead_eq), lead);
}

/* changed_sql writes the statement for leads that a query has; of those that are gone all is null. */
static char *
changed_sql(const Tracker *tracker, const WriteTarget *target, const char *leads)
{
	return update_sql(tracker, target, -1,
					  psprintf("SELECT c.lead%s FROM %s c LEFT JOIN %s s ON %s AND s.level IS NOT NULL",
							   values_sql(tracker, target), leads, qualified_name(tracker->state),
							   same_lead_sql(tracker, "c.lead")));
}

/* level_of is the least level that is as hot as a threshold at an instant. */
static Datum
level_of(const Tracker *tracker, double threshold, TimestampTz at)
{
	return Float8GetDatum(heat_level_of(threshold, heat_time_from_timestamptz(at), tracker->model->fold.half_life));
}

/* Parameters of all statements: the levels that are warm and hot now, those that were, and a lead. */
enum
{
	WARM, HOT, WARM_THEN, HOT_THEN, LEAD,
	N_PARAMETERS
};

/* prepare reads a statement, which is kept if asked to. */
static SPIPlanPtr
prepare(const Tracker *tracker, const char *sql, bool keep)
{
	Oid			types[N_PARAMETERS] = {FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, tracker->lead_type};
	SPIPlanPtr	plan;

	if (keep)
		return lt_keep_plan(sql, N_PARAMETERS, types, CURSOR_OPT_GENERIC_PLAN);
	plan = SPI_prepare_cursor(sql, N_PARAMETERS, types, CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare_cursor failed: %s", SPI_result_code_string(SPI_result));
	return plan;
}

/*
 * plan_by_indexes plans a statement, unless it is planned, so that it finds rows by indexes, in the order of
 * keys.  What runs within it, triggers, say, is planned as ever.
 */
static void
plan_by_indexes(SPIPlanPtr plan, bool kept)
{
	int			nest_level = lt_by_indexes();
	CachedPlan *planned = SPI_plan_get_cached_plan(plan);

	AtEOXact_GUC(false, nest_level);
	if (planned != NULL)
		ReleaseCachedPlan(planned, kept ? CurrentResourceOwner : NULL);
}

/*
 * execute runs a statement, for a lead if there is one, on what is there by now; returns how many rows it changed.
 * A stricter transaction fails if it changes a row that its own snapshot does not show as it is.
 */
static int64
execute(const Writing *writing, SPIPlanPtr plan, Datum *lead)
{
	const Tracker *tracker = writing->tracker;
	const FoldModel *model = &tracker->model->fold;
	const char	nulls[] = {' ', ' ', ' ', ' ', lead == NULL ? 'n' : ' '};
	Datum		values[N_PARAMETERS];
	int			result;

	values[WARM] = level_of(tracker, model->warm, writing->now);
	values[HOT] = level_of(tracker, model->hot, writing->now);
	values[WARM_THEN] = level_of(tracker, model->warm, writing->since);
	values[HOT_THEN] = level_of(tracker, model->hot, writing->since);
	values[LEAD] = lead == NULL ? (Datum) 0 : *lead;
	result = SPI_execute_snapshot(plan, values, nulls, GetLatestSnapshot(),
								  IsolationUsesXactSnapshot() ? GetTransactionSnapshot() : InvalidSnapshot,
								  false, true, 0);
	if (result != SPI_OK_UPDATE)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
	return SPI_processed;
}

/* keep_plan keeps with a tracker the plan that writes one lead to a target, unless that is done. */
static void
keep_plan(Tracker *tracker, WriteTarget *target)
{
	MemoryContext before;

	if (target->write_one != NULL)
		return;
	target->write_one = prepare(tracker, changed_sql(tracker, target, psprintf("(SELECT $%d AS lead)", LEAD + 1)), true);
	before = MemoryContextSwitchTo(tracker->context);
	tracker->module_plans = lappend(tracker->module_plans, target->write_one);
	tracker->module_tables = lappend_oid(tracker->module_tables, target->relation);
	MemoryContextSwitchTo(before);
}

/* write_one_by_one writes the few leads that have changed, each by the plan that is kept. */
static void
write_one_by_one(Writing *writing)
{
	WriteTarget *target = writing->target;
	TupleTableSlot *slot = MakeSingleTupleTableSlot(writing->news->lead_desc, &TTSOpsMinimalTuple);

	keep_plan(writing->tracker, target);
	plan_by_indexes(target->write_one, true);
	tuplestore_rescan(writing->news->leads);
	while (tuplestore_gettupleslot(writing->news->leads, true, false, slot))
	{
		bool		isnull;
		Datum		lead = slot_getattr(slot, 1, &isnull);

		writing->rows += execute(writing, target->write_one, &lead);
	}
	ExecDropSingleTupleTableSlot(slot);
}

/*
 * write_changed writes the leads that have changed.  A plan for many is made each time: one that is kept may be of a
 * time when tables were so small that to read them whole was best.
 */
static void
write_changed(Writing *writing)
{
	SPIPlanPtr	plan;

	if (tuplestore_tuple_count(writing->news->leads) <= FEW_LEADS)
	{
		write_one_by_one(writing);
		return;
	}
	plan = prepare(writing->tracker, changed_sql(writing->tracker, writing->target, CHANGED_LEADS), false);
	plan_by_indexes(plan, false);
	writing->rows = execute(writing, plan, NULL);
}

/* write_every writes all leads there are, and null into rows of none. */
static void
write_every(Writing *writing)
{
	const Tracker *tracker = writing->tracker;
	const WriteTarget *target = writing->target;
	const char *state = qualified_name(tracker->state);
	const char *leads;
	const char *none;
	StringInfoData set;
	StringInfoData differs;

	initStringInfo(&set);
	initStringInfo(&differs);
	for (int i = 0; i < target->n; i++)
	{
		const char *column = quote_identifier(target->columns[i]);

		appendStringInfo(&set, "%s%s = NULL", i == 0 ? "" : ", ", column);
		appendStringInfo(&differs, "%st.%s IS NOT NULL", i == 0 ? "" : " OR ", column);
	}
	leads = psprintf("SELECT s.lead%s FROM %s s WHERE s.level IS NOT NULL", values_sql(tracker, target), state);
	none = psprintf("UPDATE %s t SET %s WHERE (%s) AND NOT EXISTS (SELECT FROM %s s WHERE %s AND s.level IS NOT NULL)",
					qualified_name(target->relation), set.data, differs.data, state, key_sql(tracker, target, "s.lead"));
	writing->rows = execute(writing, prepare(tracker, update_sql(tracker, target, -1, leads), false), NULL);
	writing->rows += execute(writing, prepare(tracker, none, false), NULL);
}

/*
 * write_words writes the temperature of leads that have cooled.  They are locked first, in the order of their
 * keys, as writers do.
 */
static void
write_words(Writing *writing)
{
	const Tracker *tracker = writing->tracker;
	const WriteTarget *target = writing->target;
	int			place = attribute_at(target, "temperature");
	SPIPlanPtr	plan;
	char	   *cooled;

	check_target_still(target);
	cooled = psprintf("SELECT s.lead, %s AS v%d FROM %s s WHERE "
					  "(s.level OPERATOR(pg_catalog.>=) $%d AND s.level OPERATOR(pg_catalog.<) $%d) OR "
					  "(s.level OPERATOR(pg_catalog.>=) $%d AND s.level OPERATOR(pg_catalog.<) $%d) "
					  "ORDER BY s.lead FOR NO KEY UPDATE", value_sql(tracker, target, place), place,
					  qualified_name(tracker->state), WARM_THEN + 1, WARM + 1, HOT_THEN + 1, HOT + 1);
	plan = prepare(tracker, update_sql(tracker, target, place, cooled), false);
	plan_by_indexes(plan, false);
	writing->rows = execute(writing, plan, NULL);
}

/* write_all brings a target up to date with all leads of a tracker, whose writers are locked out; returns how many rows it changed. */
int64
write_all(Tracker *tracker, WriteTarget *target)
{
	Writing		writing = begin_writing(tracker, target);
	OwnerScope	scope;

	tracker_connect(&scope, tracker);
	guarded(&writing, write_every);
	SPI_finish();
	owner_leave(&scope);
	return writing.rows;
}

/* write_cooled brings the temperature in a target up to date for leads that have cooled since an instant; returns how many rows it changed. */
int64
write_cooled(Tracker *tracker, WriteTarget *target, TimestampTz since, TimestampTz now)
{
	Writing		writing = begin_writing(tracker, target);
	OwnerScope	scope;

	writing.since = since;
	writing.now = now;
	tracker_connect(&scope, tracker);
	guarded(&writing, write_words);
	SPI_finish();
	owner_leave(&scope);
	return writing.rows;
}

/* wants_leads says whether the leads of a tracker are written back. */
static bool
wants_leads(const Tracker *tracker)
{
	return tracker->ntargets > 0;
}

/* wants_transitions says that their transitions are not. */
static bool
wants_transitions(const Tracker *tracker)
{
	return false;
}

/*
 * with_targets_locked locks the targets of a tracker as who writes them does, and returns it as it is by
 * then: a column that has got another name meanwhile is known by that.
 */
Tracker *
with_targets_locked(Tracker *tracker)
{
	for (int i = 0; i < tracker->ntargets; i++)
		LockRelationOid(tracker->targets[i].relation, RowExclusiveLock);
	return tracker->valid ? tracker : tracker_get(tracker->id);
}

/* read_news writes the leads that have changed to all targets of their tracker. */
static void
read_news(const News *news)
{
	Tracker    *tracker;

	if (news->leads == NULL || tuplestore_tuple_count(news->leads) == 0)
		return;
	tracker = with_targets_locked(news->tracker);
	for (int i = 0; i < tracker->ntargets; i++)
	{
		WriteTarget *target = &tracker->targets[i];
		Writing		writing;

		/* one that was dropped where nobody saw it is none any more */
		if (get_rel_name(target->relation) == NULL)
			continue;
		writing = begin_writing(tracker, target);
		writing.news = news;
		guarded(&writing, write_changed);
	}
}

static const NewsReader reader = {wants_leads, wants_transitions, read_news};

/* write_back_init registers for what becomes of leads; called once. */
void
write_back_init(void)
{
	news_add_reader(&reader);
}
