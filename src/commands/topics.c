/*-------------------------------------------------------------------------
 *
 * topics.c
 *	  What a lead is interested in: topics, top_topic.
 *
 * No state is kept of it.  The rows of the lead are read as they are and folded beside those who
 * ask, so that topics are what the rows say, with the points that these count.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/topics.h"

#include "catalog/lead_key.h"
#include "catalog/own_tracker.h"
#include "commands/score_shares.h"
#include "rows/alias.h"
#include "rows/row_source.h"
#include "state/balance.h"
#include "state/lead_update.h"
#include "util/text_numbers.h"

#include "access/table.h"
#include "access/xact.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(lt_topics);
PG_FUNCTION_INFO_V1(lt_top_topic);

/* topic_of_row finds or adds the topic of a row; a SortOfRow. */
static int
topic_of_row(const LeadStream *stream, void *arg)
{
	return text_number(arg, stream->topic);
}

/*
 * share_group divides what a group holds among topics in the ratio of what their rows have given to it,
 * where that is more than nothing: a cap cuts all alike.
 */
static void
share_group(TopicHeat *topics, const ScoreShares *shares, int group, double held)
{
	double		given = Max(shares->opening[group], 0.0);
	double		part;

	for (int i = 0; i < shares->n; i++)
		if (shares->shares[i].group == group && shares->shares[i].points > 0.0)
			given = heat_saturate(given + shares->shares[i].points);
	if (given <= 0.0)
		return;
	part = held / given;
	if (part > 1.0 - 1e-12 && part < 1.0 + 1e-12)
		part = 1.0;				/* what else is left is rounding */
	for (int i = 0; i < shares->n; i++)
		if (shares->shares[i].group == group && shares->shares[i].points > 0.0)
			topics[shares->shares[i].sort].points += shares->shares[i].points * part;
	topics[NO_TEXT].points += Max(shares->opening[group], 0.0) * part;
}

/* share_topics makes of shares, and what the groups of the lead hold, what each topic is worth. */
static void
share_topics(TopicHeat *topics, const ScoreShares *shares, const LeadState *lead)
{
	int			ngroups = shares->fold->model->ngroups;

	topics[NO_TEXT].points = shares->opening[ngroups];
	for (int i = 0; i < shares->n; i++)
	{
		const ScoreShare *share = &shares->shares[i];

		topics[share->sort].interactions += share->interactions;
		if (share->group == ngroups)
			topics[share->sort].points += share->points;
	}
	for (int group = 0; group < ngroups; group++)
		share_group(topics, shares, group, lead->held[group]);
}

/* compare_topics puts the hottest first, those as hot in C order, and what has no topic behind these. */
static int
compare_topics(const void *a, const void *b)
{
	const TopicHeat *left = a;
	const TopicHeat *right = b;

	if (left->points != right->points)
		return left->points > right->points ? -1 : 1;
	if (left->topic == NULL || right->topic == NULL)
		return (left->topic == NULL) - (right->topic == NULL);
	return compare_texts(left->topic, right->topic);
}

/* present_topics lists those topics of which there is anything, hottest first. */
static LeadTopics
present_topics(const TextNumbers *names, const ScoreShares *shares, const LeadState *lead)
{
	LeadTopics	result = {0};
	TopicHeat  *topics = palloc_extended(sizeof(TopicHeat) * names->n, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (int i = 0; i < names->n; i++)
		topics[i].topic = names->texts[i];
	share_topics(topics, shares, lead);
	for (int i = 0; i < names->n; i++)
		if (topics[i].interactions > 0 || topics[i].points != 0.0)
		{
			topics[result.n] = topics[i];
			topics[result.n].points = heat_saturate(topics[i].points) + 0.0;
			result.n++;
		}
	qsort(topics, result.n, sizeof(TopicHeat), compare_topics);
	result.topics = topics;
	result.as_of = shares->last_at;
	return result;
}

/*
 * lead_topics returns what each topic of a lead is worth, by its rows as a snapshot shows them, in
 * the current context.  The tables that the tracker reads are locked.
 */
LeadTopics
lead_topics(Tracker *tracker, Datum lead, Snapshot snapshot)
{
	MemoryContext context = CurrentMemoryContext;
	OwnerScope	scope;
	LeadStream *stream;
	StoredLead	stored;
	BalanceTable balances;
	bool		archived = tracker->archived_before != FOLD_NEVER;
	ScoreShares shares;
	TextNumbers names;
	LeadTopics	result;
	Fold		fold;

	tracker_connect(&scope, tracker);
	pin_text_settings();
	MemoryContextSwitchTo(context);
	text_numbers_begin(&names);
	fold_init(&fold, &tracker->model->fold, resize_in_context, context);
	lead = lead_root(tracker, lead, snapshot);
	if (archived)
		balance_open(&balances, tracker, false);
	if (!archived || !balance_find(&balances, lead, &stored))
		stored_reset(tracker->model, &stored);
	stream = stream_begin_topics(tracker, future_horizon());
	read_lead_as_of(stream, tracker, lead, snapshot);
	stream_sort(stream);
	share_score(stream, &fold, &stored, topic_of_row, &names, &shares);
	result = present_topics(&names, &shares, &stored.lead);
	stream_end(stream);
	if (archived)
		balance_close(&balances);
	SPI_finish();
	owner_leave(&scope);
	return result;
}

/* hottest_topic returns the topic of a lead that has the most heat, NULL if none has any. */
text *
hottest_topic(Tracker *tracker, Datum lead, Snapshot snapshot)
{
	LeadTopics	topics = {0};
	bool		any = false;

	for (int i = 0; i < tracker->nsources; i++)
		any = any || has_role(tracker->sources[i], ROLE_TOPIC);
	if (any)
		topics = lead_topics(tracker, lead, snapshot);
	for (int i = 0; i < topics.n && topics.topics[i].points > 0.0; i++)
		if (topics.topics[i].topic != NULL)
			return topics.topics[i].topic;
	return NULL;
}

/* tracker_argument finds and locks the tracker of one's own that a user names, and reads the lead that he means. */
static Tracker *
tracker_argument(FunctionCallInfo fcinfo, Datum *lead)
{
	Tracker    *tracker = tracker_lock_own(tracker_named(PG_GETARG_OID(0)), AccessShareLock);
	Relation	state = companion_open(tracker->state, AccessShareLock);

	check_shape(state, &state_shape, tracker);	/* raises if leads are of
												 * another type by now */
	table_close(state, NoLock);
	*lead = lead_from_argument(tracker, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	return tracker;
}

/* lt_topics returns what each topic of a lead is worth now, hottest first. */
Datum
lt_topics(PG_FUNCTION_ARGS)
{
	Datum		lead;
	Tracker    *tracker = tracker_argument(fcinfo, &lead);
	LeadTopics	topics = lead_topics(tracker, lead, GetActiveSnapshot());
	HeatTime	now = heat_time_from_timestamptz(GetCurrentTransactionStartTimestamp());
	double		all = 0.0;
	ReturnSetInfo *info;

	lt_materialized_result(fcinfo);
	info = (ReturnSetInfo *) fcinfo->resultinfo;
	for (int i = 0; i < topics.n; i++)
		all = heat_saturate(all + Max(topics.topics[i].points, 0.0));
	for (int i = 0; i < topics.n; i++)
	{
		const TopicHeat *topic = &topics.topics[i];
		Heat		heat = heat_make(topic->points, topics.as_of, tracker->model->fold.half_life);
		Datum		values[5] = {PointerGetDatum(topic->topic), Int64GetDatum(topic->interactions), HeatPGetDatum(&heat)};
		bool		nulls[5] = {topic->topic == NULL, false, false, false, all == 0.0};

		values[3] = Float8GetDatum(heat_saturate(heat_score(&heat, now)));
		values[4] = Float8GetDatum(all == 0.0 ? 0.0 : Max(topic->points, 0.0) / all);
		tuplestore_putvalues(info->setResult, info->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* lt_top_topic returns the topic of a lead that has the most heat. */
Datum
lt_top_topic(PG_FUNCTION_ARGS)
{
	Datum		lead;
	Tracker    *tracker = tracker_argument(fcinfo, &lead);
	text	   *topic = hottest_topic(tracker, lead, GetActiveSnapshot());

	if (topic == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(topic);
}
