/*-------------------------------------------------------------------------
 *
 * history.c
 *	  The leads of a tracked table as their rows made them, instant by instant.
 *
 * History is read from the rows and the opening balances alone: what is
 * stored of the leads, and whether the tracker is paused, makes no difference, but that
 * leads which are excluded now are left out.
 * All of it is folded with one model, the tracker's own or another.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/history.h"

#include "rows/row_source.h"
#include "rows/time_bounds.h"
#include "state/lead_update.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* More instants than anybody looks at; what is kept for each is bounded by it. */
#define MAX_INSTANTS	100000

/* history_instant converts an instant that a caller passed under a name. */
HeatTime
history_instant(TimestampTz at, const char *what)
{
	if (TIMESTAMP_NOT_FINITE(at) || at < -HEAT_EPOCH_SHIFT ||
		at > HEAT_TIME_MAX - HEAT_EPOCH_SHIFT)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("\"%s\" is out of range", what),
				 errdetail("Instants lie between 1970-01-01 00:00:00 UTC and the year 294247.")));
	return heat_time_from_timestamptz(at);
}

/* history_instants makes the instants that generate_series does, which must ascend. */
void
history_instants(TimestampTz from, TimestampTz to, const Interval *step, Instants *instants)
{
	TimestampTz at = from;
	int			room = 64;

	(void) history_instant(from, "since");
	(void) history_instant(to, "until");
	if (from > to)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no instant to look at"),
				 errdetail("\"since\" is later than \"until\".")));
	instants->n = 0;
	instants->at = palloc(sizeof(HeatTime) * room);
	while (at <= to)
	{
		TimestampTz next = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
																   TimestampTzGetDatum(at),
																   IntervalPGetDatum(step)));

		if (next <= at)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"step\" must be positive")));
		if (instants->n == MAX_INSTANTS)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("there are more than %d instants to look at", MAX_INSTANTS),
					 errhint("Pass a longer step, or a shorter time.")));
		if (instants->n == room)
		{
			room *= 2;
			instants->at = repalloc(instants->at, sizeof(HeatTime) * room);
		}
		instants->at[instants->n++] = heat_time_from_timestamptz(at);
		at = next;
	}
}

/* instants_up_to counts the instants up to one, of which some are known to be. */
int
instants_up_to(const Instants *instants, int known, HeatTime at)
{
	int			low = known;
	int			high = instants->n;

	if (low == high || instants->at[low] > at)
		return low;
	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (instants->at[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* history_check_archived refuses an instant of which there are only balances that are later. */
void
history_check_archived(const Tracker *tracker, HeatTime at)
{
	if (tracker->archived_before != FOLD_NEVER && at < tracker->archived_before)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("interactions of table \"%s\" before %s are archived",
						get_rel_name(tracker->interactions),
						timestamptz_to_str(heat_time_to_timestamptz(tracker->archived_before))),
				 errdetail("How leads were before that is not known any more."),
				 errhint("Pass that instant or a later one.")));
}

/* time_literal writes a value of the tracked time column for SQL text. */
static char *
time_literal(const Source *source, Datum value)
{
	char		buffer[MAXDATELEN + 1];
	struct pg_tm tm;
	fsec_t		fsec = 0;

	if (source->types[ROLE_AT] == DATEOID)
	{
		j2date(DatumGetDateADT(value) + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
		EncodeDateOnly(&tm, USE_ISO_DATES, buffer);
	}
	else
	{
		/* without a place for the zone it is UTC */
		if (timestamp2tm(DatumGetTimestamp(value), NULL, &tm, &fsec, NULL, NULL) != 0)
			elog(ERROR, "timestamp out of range");
		tm.tm_isdst = 0;
		EncodeDateTime(&tm, fsec, source->types[ROLE_AT] == TIMESTAMPTZOID, 0, NULL, USE_ISO_DATES, buffer);
	}
	return psprintf("%s::%s", quote_literal_cstr(buffer),
					format_type_be_qualified(source->types[ROLE_AT]));
}

/* bound_sql is the condition that times of a source are on one side of an instant, perhaps some of the other. */
static char *
bound_sql(const Source *source, int16 strategy, HeatTime at, int64 margin)
{
	return psprintf("%s %s %s", quote_identifier(role_column(source, ROLE_AT)),
					qualified_operator(at_operator(source, strategy)),
					time_literal(source, at_bound(source, at, margin)));
}

/* time_sql is the condition that rows of a source are neither archived nor later than an instant, NULL if none can be asked for; some may be. */
static char *
time_sql(const Source *source, HeatTime until)
{
	HeatTime	from = source->tracker->archived_before;
	char	   *before;
	char	   *after;

	if (!at_is_bounded(source) || (until == HEAT_TIME_MAX && from == FOLD_NEVER))
		return NULL;
	before = until == HEAT_TIME_MAX ? NULL : bound_sql(source, BTLessEqualStrategyNumber, until, ZONE_MARGIN);
	after = from == FOLD_NEVER ? NULL : bound_sql(source, BTGreaterEqualStrategyNumber, from, -ZONE_MARGIN);
	return before == NULL ? after : after == NULL ? before : psprintf("%s AND %s", before, after);
}

/*
 * rows_sql is the text that reads all rows of all sources up to an instant, and perhaps some
 * later ones, and one row with nothing but the lead for each that has a balance.
 */
static char *
rows_sql(const Tracker *tracker, HeatTime until)
{
	StringInfoData sql;

	initStringInfo(&sql);
	for (int i = 0; i < tracker->nsources; i++)
		appendStringInfo(&sql, "%s%s", i == 0 ? "" : " UNION ALL ",
						 lead_rows_sql(tracker->sources[i], time_sql(tracker->sources[i], until), NULL));
	if (tracker->archived_before != FOLD_NEVER)
		appendStringInfo(&sql, " UNION ALL %s", lead_alone_sql(tracker, tracker->balances));
	return sql.data;
}

/* sort_rows makes the rows of a query come lead by lead, sorted by that. */
static void
sort_rows(History *history, const char *sql, HeatTime until)
{
	history->stream = stream_query(&history->tracker, until, psprintf("%s ORDER BY 1", sql), NULL,
								   store_begin(false), CurrentMemoryContext);
	history->stream->until = until;
}

/* open_rows does so, grouped in memory if they fit and sorted if not. */
static void
open_rows(History *history, const char *sql, HeatTime until)
{
	history->stream = stream_begin(&history->tracker, until);
	history->stream->until = until;
	history->row_groups = row_groups_of_query(history->stream, sql);
	if (history->row_groups != NULL)
		return;
	stream_end(history->stream);
	sort_rows(history, sql, until);
}

/* begin begins to read as the owner of the table and connected to SPI, without rows so far. */
static void
begin(History *history, const Tracker *tracker, const ModelVersion *model)
{
	Oid			output;
	bool		varlena;

	memset(history, 0, sizeof(History));
	history->tracker = *tracker;
	history->tracker.model = (ModelVersion *) model;
	tracker_connect(&history->owner, tracker);
	pin_text_settings();		/* for history_lead */
	getTypeOutputInfo(tracker->lead_type, &output, &varlena);
	fmgr_info(output, &history->output);
	fold_init(&history->fold, &model->fold, resize_in_context, CurrentMemoryContext);
	if (tracker->archived_before != FOLD_NEVER)
		balance_open(&history->balances, &history->tracker, false);
	history->excluded = excluded_read(&history->tracker);
}

/*
 * history_begin begins to read all leads from the rows up to an instant, as the
 * owner of the table and connected to SPI.
 */
void
history_begin(History *history, const Tracker *tracker, const ModelVersion *model, HeatTime until)
{
	begin(history, tracker, model);
	open_rows(history, rows_sql(tracker, until), until);
	history->lead_context = history->stream->lead_context;
}

/* read_touched lets the copy of a tracker read its sources for channels and values too. */
static void
read_touched(Tracker *copy)
{
	Source	  **sources = palloc(sizeof(Source *) * copy->ntables);

	for (int i = 0; i < copy->ntables; i++)
	{
		sources[i] = copy->sources[i];
		if (i >= copy->nsources)
			continue;
		sources[i] = palloc(sizeof(Source));
		*sources[i] = *aside_source(copy->sources[i]);
		sources[i]->tracker = copy;
	}
	copy->sources = sources;
}

/* history_begin_touches does so with the tracker's model, and reads how and by what leads were touched, and what it was worth. */
void
history_begin_touches(History *history, const Tracker *tracker, HeatTime until)
{
	begin(history, tracker, tracker->model);
	read_touched(&history->tracker);

	/*
	 * an index would bring the rows in order one by one, which takes longer
	 * than to sort them all
	 */
	owner_set("enable_indexscan", "off");
	sort_rows(history, rows_sql(&history->tracker, until), until);
	stream_read_touches(history->stream);
	history->lead_context = history->stream->lead_context;
}

/* history_touch returns what touched the present lead in the row that comes next. */
const Touch *
history_touch(const History *history)
{
	return &history->stream->touch;
}

/* next_row takes the next row of the present lead. */
static void
next_row(History *history)
{
	if (history->row_groups != NULL)
		history->row_ahead = row_groups_next_row(history->row_groups, &history->row);
	else
	{
		history->row_ahead = stream_next_row(history->stream);
		history->row = history->stream->row;
	}
}

/* next_lead goes on to the next lead; false at the end. */
static bool
next_lead(History *history)
{
	CHECK_FOR_INTERRUPTS();
	if (history->row_groups != NULL)
	{
		MemoryContextReset(history->lead_context);
		return row_groups_next_lead(history->row_groups, &history->lead);
	}
	if (!stream_next_lead(history->stream))
		return false;
	history->lead = history->stream->lead;
	return true;
}

/* history_next_lead goes on to the next lead that is not excluded, as its balance has it; false at the end. */
bool
history_next_lead(History *history)
{
	MemoryContext before;

	do
	{
		if (!next_lead(history))
			return false;
	} while (excluded_has(&history->excluded, history->lead));
	before = MemoryContextSwitchTo(history->lead_context);
	if (history->tracker.archived_before == FOLD_NEVER ||
		!balance_find(&history->balances, history->lead, &history->stored))
		stored_reset(history->tracker.model, &history->stored);
	MemoryContextSwitchTo(before);
	fold_start(&history->fold, &history->stored.lead, NULL, NULL);
	history->number++;
	next_row(history);
	return true;
}

/* history_lead writes the present lead as text, in memory that lasts as long as the lead. */
Datum
history_lead(History *history)
{
	MemoryContext before = MemoryContextSwitchTo(history->lead_context);
	Datum		lead = CStringGetTextDatum(OutputFunctionCall(&history->output, history->lead));

	MemoryContextSwitchTo(before);
	return lead;
}

/* history_next_instant says when the next rows of the present lead are; false if there are none. */
bool
history_next_instant(History *history, HeatTime *at)
{
	*at = history->row.at;
	return history->row_ahead;
}

/* history_fold_row folds the next row of the present lead. */
void
history_fold_row(History *history)
{
	fold_row(&history->fold, &history->row);
	next_row(history);
}

/* history_finish_step finishes the step of the rows that were folded. */
void
history_finish_step(History *history)
{
	fold_finish(&history->fold);
}

/* history_step folds the rows of the next instant of the present lead. */
void
history_step(History *history)
{
	HeatTime	at = history->row.at;

	while (history->row_ahead && history->row.at == at)
		history_fold_row(history);
	history_finish_step(history);
}

/* history_rest folds all rows that the present lead has left. */
void
history_rest(History *history)
{
	while (history->row_ahead)
		history_fold_row(history);
	history_finish_step(history);
}

/* history_end ends the reading and returns to the caller's role. */
void
history_end(History *history)
{
	stream_end(history->stream);
	if (history->tracker.archived_before != FOLD_NEVER)
		balance_close(&history->balances);
	SPI_finish();
	owner_leave(&history->owner);
}
