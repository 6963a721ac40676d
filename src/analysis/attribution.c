/*-------------------------------------------------------------------------
 *
 * attribution.c
 *	  Which channels bring visitors, leads, hot ones, customers and their money.
 *
 * All leads are folded once, from their rows.  A row that has a channel is a touch; what
 * becomes of a lead is credited to the touches that it has had by then, by all rules at once.
 * Of these only sums by channel are kept, so that a lead takes no more memory than it has
 * channels.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/attribution.h"

#include "analysis/history.h"
#include "catalog/own_tracker.h"
#include "core/credit.h"
#include "util/text_numbers.h"

#include "common/hashfn.h"
#include "common/int.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(lt_attribution);

/* What becomes of leads, in the order of the columns. */
typedef enum LeadEvent
{
	EVENT_VISITOR, EVENT_LEAD, EVENT_MARKETING_QUALIFIED, EVENT_SALES_QUALIFIED, EVENT_HOT, EVENT_CUSTOMER, EVENT_CONVERSION,
	N_EVENTS
} LeadEvent;

/* columns of the result, from 0 */
enum
{
	FIGURE_RULE, FIGURE_WEEK, FIGURE_CHANNEL, FIGURE_TOUCHES, FIGURE_EVENTS, FIGURE_VALUE = FIGURE_EVENTS + N_EVENTS,
	N_FIGURES
};

/* The names of the rules, which the view of channels repeats. */
static const char *const rule_names[N_CREDIT_RULES] = {
	[CREDIT_FIRST] = "first touch",
	[CREDIT_LAST] = "last touch",
	[CREDIT_LINEAR] = "linear",
	[CREDIT_POSITION] = "position",
	[CREDIT_DECAYED] = "time decay"
};

/* The stages that are told of, and what it is to reach them. */
static const struct
{
	LeadStage	stage;
	LeadEvent	event;
}			stage_events[] = {
	{STAGE_LEAD, EVENT_LEAD},
	{STAGE_MARKETING_QUALIFIED, EVENT_MARKETING_QUALIFIED},
	{STAGE_SALES_QUALIFIED, EVENT_SALES_QUALIFIED},
	{STAGE_CUSTOMER, EVENT_CUSTOMER}
};

/* A week, in local time. */
typedef struct Week
{
	TimestampTz from;
	TimestampTz to;
	int			number;			/* as they came */
} Week;

/* What one channel has brought in one week. */
typedef struct Figures
{
	int			channel;		/* its number, NO_TEXT: none */
	TimestampTz week;
	int64		touches;
	int64		credits[N_CREDIT_RULES][N_EVENTS];
	AmountSum	value[N_CREDIT_RULES];
} Figures;

typedef struct FiguresEntry
{
	uint64		key;			/* number of the week, and of the channel */
	Figures    *figures;
	char		status;			/* of the hash table */
} FiguresEntry;

#define SH_PREFIX			figures
#define SH_ELEMENT_TYPE		FiguresEntry
#define SH_KEY_TYPE			uint64
#define SH_KEY				key
#define SH_HASH_KEY(table, key)	murmurhash32((uint32) (key) ^ murmurhash32((uint32) ((key) >> 32)))
#define SH_EQUAL(table, a, b)	((a) == (b))
#define SH_SCOPE			static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* Where a channel stands among those of the present lead. */
typedef struct ChannelPlace
{
	int64		list;			/* the list of touches that it is in, by its
								 * number */
	int			place;
} ChannelPlace;

typedef struct Attribution
{
	HeatTime	since;			/* what becomes of leads earlier is not told */
	int64_t		half_life;
	const TextNumbers *channels;
	figures_hash *figures;
	MemoryContext context;		/* of these */
	int64		wrong_amounts;	/* sums that are too large */

	/* weeks, ascending */
	Datum		zone;
	Week	   *weeks;
	int			nweeks;
	int			weeks_room;
	int			week;			/* the one found last */

	/* the present lead */
	Touches		touches;
	bool		ended;			/* an outcome came after these: the next touch
								 * begins anew */
	int			room;			/* for channels, and for credits of each rule */
	int64_t    *credits[N_CREDIT_RULES];
	int64_t    *parts;
	bool		credited;		/* credits are those of the touches */
	Figures   **figures_of;		/* of the channels, if figures_week is what
								 * they are of and credits are right */
	int			figures_week;
	int64		list;			/* number of the list of touches */
	ChannelPlace *places;		/* by number of channel */
	int			places_room;
	LeadStage	furthest;		/* that it has been */
	int32		hot_cycle;		/* in which it last became hot, 0: none */

	/* the present step */
	int32	   *arrived;		/* channels */
	int			n_arrived;
	int			arrived_room;
	int64		amount;
} Attribution;

/* compare_arrived orders channels that touch a lead at one instant by their names. */
static int
compare_arrived(const void *a, const void *b, void *channels)
{
	text	  **names = ((const TextNumbers *) channels)->texts;

	return compare_texts(names[*(const int32 *) a], names[*(const int32 *) b]);
}

/* week_from returns when the week of an instant begins. */
static TimestampTz
week_from(const Attribution *attribution, TimestampTz at)
{
	return DatumGetTimestampTz(DirectFunctionCall3(timestamptz_trunc_zone, CStringGetTextDatum("week"),
												   TimestampTzGetDatum(at), attribution->zone));
}

/* add_week adds the week of an instant at its place among those known. */
static void
add_week(Attribution *attribution, int place, TimestampTz at)
{
	Week	   *week;

	if (attribution->nweeks == attribution->weeks_room)
	{
		attribution->weeks_room *= 2;
		attribution->weeks = repalloc_huge(attribution->weeks, sizeof(Week) * attribution->weeks_room);
	}
	week = &attribution->weeks[place];
	memmove(week + 1, week, sizeof(Week) * (attribution->nweeks - place));
	attribution->nweeks++;
	week->from = week_from(attribution, at);
	week->to = week_from(attribution, week->from + 7 * USECS_PER_DAY + USECS_PER_DAY / 2);	/* clocks change */
	week->number = attribution->nweeks;
}

/* week_of finds the week of an instant, most often that of the last.  It is good until the next is looked for. */
static const Week *
week_of(Attribution *attribution, HeatTime instant)
{
	TimestampTz at = heat_time_to_timestamptz(instant);
	const Week *last = &attribution->weeks[attribution->week];
	int			low = 0;
	int			high = attribution->nweeks;

	if (attribution->nweeks > 0 && at >= last->from && at < last->to)
		return last;
	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (attribution->weeks[middle].to > at)
			high = middle;
		else
			low = middle + 1;
	}
	if (low == attribution->nweeks || attribution->weeks[low].from > at)
		add_week(attribution, low, at);
	attribution->week = low;
	return &attribution->weeks[low];
}

/* figures_of finds or begins the figures of a channel in a week. */
static Figures *
figures_of(Attribution *attribution, int channel, const Week *week)
{
	bool		found;
	FiguresEntry *entry = figures_insert(attribution->figures, (uint64) week->number << 32 | (uint32) channel, &found);

	if (!found)
	{
		entry->figures = MemoryContextAllocZero(attribution->context, sizeof(Figures));
		entry->figures->channel = channel;
		entry->figures->week = week->from;
	}
	return entry->figures;
}

/* begin_list begins another list of touches. */
static void
begin_list(Attribution *attribution)
{
	touches_reset(&attribution->touches);
	attribution->list++;
	attribution->ended = false;
	attribution->credited = false;
}

/* need_room makes room for as many channels of one lead. */
static void
need_room(Attribution *attribution, int room)
{
	if (room <= attribution->room)
		return;
	attribution->room = Max(room, 2 * attribution->room);
	attribution->touches.channels = repalloc_huge(attribution->touches.channels, sizeof(ChannelTouches) * attribution->room);
	for (int rule = 0; rule < N_CREDIT_RULES; rule++)
		attribution->credits[rule] = repalloc_huge(attribution->credits[rule], sizeof(int64_t) * attribution->room);
	attribution->parts = repalloc_huge(attribution->parts, sizeof(int64_t) * attribution->room);
	attribution->figures_of = repalloc_huge(attribution->figures_of, sizeof(Figures *) * attribution->room);
}

/* place_of finds or begins the place of a channel among those of the present lead. */
static int
place_of(Attribution *attribution, int channel)
{
	ChannelPlace *place;

	if (channel >= attribution->places_room)
	{
		int			before = attribution->places_room;

		attribution->places_room = Max(channel + 1, 2 * before);
		attribution->places = repalloc_huge(attribution->places, sizeof(ChannelPlace) * attribution->places_room);
		memset(attribution->places + before, 0, sizeof(ChannelPlace) * (attribution->places_room - before));
	}
	place = &attribution->places[channel];
	if (place->list != attribution->list)
	{
		place->list = attribution->list;
		place->place = attribution->touches.nchannels;
		need_room(attribution, place->place + 1);
		attribution->touches.channels[place->place].channel = channel;
	}
	return place->place;
}

/* take_touches adds the touches of the present step, in the order of their names. */
static void
take_touches(Attribution *attribution, HeatTime at)
{
	if (attribution->n_arrived == 0)
		return;
	if (attribution->ended)
		begin_list(attribution);
	if (attribution->n_arrived > 1)
		qsort_arg(attribution->arrived, attribution->n_arrived, sizeof(int32), compare_arrived,
				  (void *) attribution->channels);
	for (int i = 0; i < attribution->n_arrived; i++)
	{
		touches_add(&attribution->touches, place_of(attribution, attribution->arrived[i]), at, attribution->half_life);
		if (at >= attribution->since)
			figures_of(attribution, attribution->arrived[i], week_of(attribution, at))->touches++;
	}
	attribution->credited = false;
}

/* credit_none credits no channel with an event and an amount. */
static void
credit_none(Attribution *attribution, const Week *week, LeadEvent event, int64 amount)
{
	Figures    *figures = figures_of(attribution, NO_TEXT, week);

	for (int rule = 0; rule < N_CREDIT_RULES; rule++)
	{
		figures->credits[rule][event] += CREDIT_ONE;
		amount_sum_add(&figures->value[rule], amount);
	}
}

/* prepare_credits finds out what the channels of the touches are credited with, and where in a week that goes, unless it is known. */
static void
prepare_credits(Attribution *attribution, const Week *week)
{
	const Touches *touches = &attribution->touches;

	for (int rule = 0; rule < N_CREDIT_RULES && !attribution->credited; rule++)
		credit_touches(touches, rule, attribution->half_life, attribution->credits[rule]);
	if (!attribution->credited || attribution->figures_week != week->number)
		for (int i = 0; i < touches->nchannels; i++)
			attribution->figures_of[i] = figures_of(attribution, touches->channels[i].channel, week);
	attribution->credited = true;
	attribution->figures_week = week->number;
}

/* credit_channels divides one event, and an amount, among the channels of the touches, if there are any. */
static void
credit_channels(Attribution *attribution, const Week *week, LeadEvent event, int64 amount)
{
	int			n = attribution->touches.nchannels;

	if (n == 0)
	{
		credit_none(attribution, week, event, amount);
		return;
	}
	prepare_credits(attribution, week);
	for (int i = 0; i < n; i++)
		for (int rule = 0; rule < N_CREDIT_RULES; rule++)
			attribution->figures_of[i]->credits[rule][event] += attribution->credits[rule][i];
	for (int rule = 0; rule < N_CREDIT_RULES && amount != 0; rule++)
	{
		credit_amount(amount, attribution->credits[rule], n, attribution->parts);
		for (int i = 0; i < n; i++)
			amount_sum_add(&attribution->figures_of[i]->value[rule], attribution->parts[i]);
	}
}

/* take_row notes how a row touches its lead, and what it is worth. */
static void
take_row(Attribution *attribution, const Touch *touch)
{
	if (pg_add_s64_overflow(attribution->amount, touch->amount, &attribution->amount))
	{
		attribution->wrong_amounts++;
		attribution->amount = 0;
	}
	if (touch->channel == NO_TEXT)
		return;
	if (attribution->n_arrived == attribution->arrived_room)
	{
		attribution->arrived_room *= 2;
		attribution->arrived = repalloc_huge(attribution->arrived, sizeof(int32) * attribution->arrived_room);
	}
	attribution->arrived[attribution->n_arrived++] = touch->channel;
}

/* begin_lead begins with a lead as its balance has it, if it has one. */
static void
begin_lead(Attribution *attribution, const LeadState *lead)
{
	begin_list(attribution);
	attribution->furthest = lead->interactions == 0 ? STAGE_NONE :
		lead->purchases > 0 ? STAGE_CUSTOMER : lead->stage;
	attribution->hot_cycle = lead->interactions > 0 && lead->hot_since != FOLD_NEVER ? lead->cycle : 0;
}

/* credit_step credits what has become of a lead in a step, which had some purchases before. */
static void
credit_step(Attribution *attribution, const LeadState *lead, HeatTime at, int32 purchases)
{
	bool		told = at >= attribution->since;
	const Week *week = told ? week_of(attribution, at) : NULL;

	if (attribution->furthest == STAGE_NONE && told)
		credit_channels(attribution, week, EVENT_VISITOR, 0);
	for (int i = 0; i < lengthof(stage_events); i++)
		if (attribution->furthest < stage_events[i].stage && lead->stage >= stage_events[i].stage && told)
			credit_channels(attribution, week, stage_events[i].event, 0);
	attribution->furthest = Max(attribution->furthest, lead->stage);
	if (lead->hot_since != FOLD_NEVER && attribution->hot_cycle != lead->cycle)
	{
		attribution->hot_cycle = lead->cycle;
		if (told)
			credit_channels(attribution, week, EVENT_HOT, 0);
	}
	if (lead->purchases > purchases && told)
		credit_channels(attribution, week, EVENT_CONVERSION, attribution->amount);
}

/* attribute_lead goes through the present lead. */
static void
attribute_lead(Attribution *attribution, History *history)
{
	const LeadState *lead = &history->stored.lead;
	HeatTime	at;

	begin_lead(attribution, lead);
	while (history_next_instant(history, &at))
	{
		int32		purchases = lead->purchases;
		HeatTime	next = at;

		attribution->n_arrived = 0;
		attribution->amount = 0;
		while (next == at)
		{
			take_row(attribution, history_touch(history));
			history_fold_row(history);
			if (!history_next_instant(history, &next))
				break;
		}
		history_finish_step(history);
		take_touches(attribution, at);
		credit_step(attribution, lead, at, purchases);
		attribution->ended |= history->fold.won || history->fold.lost;
	}
}

/* begin_attribution begins without figures. */
static void
begin_attribution(Attribution *attribution, const Tracker *tracker, HeatTime since)
{
	memset(attribution, 0, sizeof(Attribution));
	attribution->since = since;
	attribution->half_life = tracker->model->fold.half_life;
	attribution->zone = CStringGetTextDatum(tracker->time_zone);
	attribution->weeks_room = 64;
	attribution->weeks = palloc(sizeof(Week) * attribution->weeks_room);
	attribution->room = 16;
	attribution->touches.channels = palloc(sizeof(ChannelTouches) * attribution->room);
	for (int rule = 0; rule < N_CREDIT_RULES; rule++)
		attribution->credits[rule] = palloc(sizeof(int64_t) * attribution->room);
	attribution->parts = palloc(sizeof(int64_t) * attribution->room);
	attribution->figures_of = palloc(sizeof(Figures *) * attribution->room);
	attribution->places_room = 16;
	attribution->places = palloc0(sizeof(ChannelPlace) * attribution->places_room);
	attribution->arrived_room = 16;
	attribution->arrived = palloc(sizeof(int32) * attribution->arrived_room);
	attribution->context = CurrentMemoryContext;
	attribution->figures = figures_create(CurrentMemoryContext, 256, NULL);
}

/* trimmed takes from a number the zeros at its end. */
static Datum
trimmed(Numeric number)
{
	return DirectFunctionCall1(numeric_trim_scale, NumericGetDatum(number));
}

/* amount_sum_numeric makes a number of a sum of amounts. */
static Datum
amount_sum_numeric(const AmountSum *sum)
{
	return trimmed(DatumGetNumeric(DirectFunctionCall2(numeric_add, NumericGetDatum(int64_to_numeric(sum->whole)),
													   NumericGetDatum(int64_div_fast_to_numeric(sum->millionths, 6)))));
}

/* put_figures returns what a channel has brought in a week, by each rule. */
static void
put_figures(const Attribution *attribution, const Figures *figures, ReturnSetInfo *info)
{
	text	   *channel = attribution->channels->texts[figures->channel];

	for (int rule = 0; rule < N_CREDIT_RULES; rule++)
	{
		Datum		values[N_FIGURES];
		bool		nulls[N_FIGURES] = {false};

		values[FIGURE_RULE] = CStringGetTextDatum(rule_names[rule]);
		values[FIGURE_WEEK] = TimestampTzGetDatum(figures->week);
		values[FIGURE_CHANNEL] = PointerGetDatum(channel);
		nulls[FIGURE_CHANNEL] = channel == NULL;
		values[FIGURE_TOUCHES] = Int64GetDatum(figures->touches);
		for (int event = 0; event < N_EVENTS; event++)
			values[FIGURE_EVENTS + event] = trimmed(int64_div_fast_to_numeric(figures->credits[rule][event], 9));
		values[FIGURE_VALUE] = amount_sum_numeric(&figures->value[rule]);
		tuplestore_putvalues(info->setResult, info->setDesc, values, nulls);
	}
}

/* check_has_channels refuses a tracker of which no source says by which channel an interaction came. */
static void
check_has_channels(const Tracker *tracker)
{
	for (int i = 0; i < tracker->nsources; i++)
		if (has_role(tracker->sources[i], ROLE_CHANNEL))
			return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("no source of tracked table \"%s\" says by which channel interactions come", get_rel_name(tracker->interactions)),
			 errhint("Say it with lead_temperature.alter_tracker(%s, channel => 'column or expression'), or alter_source for another source.",
					 quote_literal_cstr(get_rel_name(tracker->interactions)))));
}

/* tell_wrong_amounts tells of purchases that are worth nothing because of what stands there. */
static void
tell_wrong_amounts(const Tracker *tracker, int64 n)
{
	if (n > 0)
		ereport(WARNING,
				(errmsg_plural("%lld purchase of tracked table \"%s\" counts without its value",
							   "%lld purchases of tracked table \"%s\" count without their value", n, (long long) n,
							   get_rel_name(tracker->interactions)),
				 errdetail("It is not finite or more than a trillion, or its expression fails."),
				 errhint("Mend the rows, or what lead_temperature.sources has for \"value\".")));
}

/*
 * attribute_to_channels returns what channels have brought from an instant up to, but not at, another, as the rows of
 * a tracker whose tables are locked tell.
 */
void
attribute_to_channels(FunctionCallInfo fcinfo, const Tracker *tracker, HeatTime since, HeatTime until)
{
	ReturnSetInfo *info = (ReturnSetInfo *) fcinfo->resultinfo;
	Attribution attribution;
	History		history;
	figures_iterator iterator;
	const FiguresEntry *entry;
	MemoryContext row_context;

	check_has_channels(tracker);
	lt_materialized_result(fcinfo);
	begin_attribution(&attribution, tracker, since);
	history_begin_touches(&history, tracker, Min(until - 1, future_horizon()));
	attribution.channels = history.stream->channels;
	while (history_next_lead(&history))
		attribute_lead(&attribution, &history);
	row_context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature figures", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(row_context);
	figures_start_iterate(attribution.figures, &iterator);
	while ((entry = figures_iterate(attribution.figures, &iterator)) != NULL)
	{
		put_figures(&attribution, entry->figures, info);
		MemoryContextReset(row_context);
	}
	MemoryContextSwitchTo(MemoryContextGetParent(row_context));
	MemoryContextDelete(row_context);
	attribution.wrong_amounts += history.stream->wrong_amounts;
	history_end(&history);
	tell_wrong_amounts(tracker, attribution.wrong_amounts);
}

/* lt_attribution returns what channels have brought, in all time or in some. */
Datum
lt_attribution(PG_FUNCTION_ARGS)
{
	const Tracker *tracker;
	HeatTime	since = 0;
	HeatTime	until = HEAT_TIME_MAX;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("\"tracker\" must not be null"),
				 errhint("Name a tracked table.")));
	if (!PG_ARGISNULL(1))
		since = history_instant(PG_GETARG_TIMESTAMPTZ(1), "since");
	if (!PG_ARGISNULL(2))
		until = history_instant(PG_GETARG_TIMESTAMPTZ(2), "until");
	if (since >= until)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"since\" must be earlier than \"until\"")));
	tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(0)), AccessShareLock);
	if (!PG_ARGISNULL(1))
		history_check_archived(tracker, since);
	attribute_to_channels(fcinfo, tracker, since, until);
	return (Datum) 0;
}
