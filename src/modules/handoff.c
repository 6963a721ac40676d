/*-------------------------------------------------------------------------
 *
 * handoff.c
 *	  Module handoff: hot leads handed over to those who call them.
 *
 * When a lead becomes sales qualified, or hot again, by something that has just happened, it
 * gets a row in <prefix>_handoff, in the same transaction.  An outcome ends the handoff that is
 * open then.  A lead is locked while it is folded, so that of writers who make one hot at the
 * same time the later sees the row of the first: there is one.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/handoff.h"

#include "catalog/lead_key.h"
#include "modules/handoff_merge.h"
#include "modules/handoff_table.h"
#include "util/execute.h"
#include "util/names.h"

#include "access/table.h"
#include "commands/async.h"
#include "mb/pg_wchar.h"
#include "utils/guc.h"
#include "utils/json.h"

/* What is notified of one statement at most: leads, and bytes, of which the server takes fewer than 8,000. */
#define NOTIFIED_LEADS	10
#define NOTIFIED_BYTES	7000

/*
 * end_sql ends the open handoffs of leads that have moved and that have been won or lost since,
 * however that came.  They are looked for by their leads: of open ones there may be many.
 */
static char *
end_sql(const Tracker *tracker, Oid table)
{
	return psprintf("UPDATE %1$s h SET state = 'closed', closed_at = pg_catalog.clock_timestamp(), outcome = e.outcome "
					"FROM (SELECT o.id, o.lead, o.outcome FROM (SELECT DISTINCT l.lead FROM " LIVE_TRANSITIONS " l) t "
					"CROSS JOIN LATERAL (SELECT w.id, w.lead, (SELECT x.to_status::pg_catalog.text FROM %2$s x "
					"WHERE x.superseded_at IS NULL AND %3$s AND x.to_status OPERATOR(pg_catalog.<>) 'open'::lead_temperature.status "
					"AND x.at OPERATOR(pg_catalog.>=) w.at ORDER BY x.at LIMIT 1) AS outcome "
					"FROM %1$s w WHERE %4$s AND w.closed_at IS NULL OFFSET 0) o WHERE o.outcome IS NOT NULL) e "
					"WHERE h.id OPERATOR(pg_catalog.=) e.id AND %5$s AND h.closed_at IS NULL",
					qualified_name(table), qualified_name(tracker->transitions), lead_is_sql(tracker, "x.lead", "w.lead"),
					lead_is_sql(tracker, "w.lead", "t.lead"), lead_is_sql(tracker, "h.lead", "e.lead"));
}

/*
 * hand_over_sql hands leads over: those that a transition takes beyond the stages before sales, or
 * makes hot, and that are open.  One that a person calls an opportunity or a customer is somebody's already.
 * Who was sales qualified at once stays so, and one hot no longer than the last interaction is told as cooled.  Whoever has handed one over before had it locked, and
 * this command sees what he has left: it needs no ON CONFLICT, which would have to trust the indexes of
 * a table that its owner may alter.
 */
static char *
hand_over_sql(const Tracker *tracker, Oid table, bool return_leads)
{
	const char *qualified = "(t.to_stage OPERATOR(pg_catalog.>=) 'sales_qualified'::lead_temperature.stage "
		"AND (t.from_stage IS NULL OR t.from_stage OPERATOR(pg_catalog.<) 'sales_qualified'::lead_temperature.stage) "
		"AND (t.cause IS NULL OR t.cause OPERATOR(pg_catalog.<>) ALL ('{set_stage:opportunity,set_stage:customer}'::pg_catalog.text[])))";
	const char *hot = "(t.to_temperature OPERATOR(pg_catalog.=) 'hot'::lead_temperature.temperature "
		"AND (t.from_temperature IS NULL OR t.from_temperature OPERATOR(pg_catalog.<>) 'hot'::lead_temperature.temperature) "
		"AND t.to_stage OPERATOR(pg_catalog.>) 'visitor'::lead_temperature.stage AND l.hot_since IS NOT NULL)";

	return psprintf("INSERT INTO %1$s (lead, at, handed_at, reason, state, stage, temperature, cycle, score, cause, cause_source) "
					"SELECT DISTINCT ON (t.lead) l.lead, t.at, pg_catalog.clock_timestamp(), "
					"CASE WHEN %2$s THEN 'sales_qualified'::pg_catalog.text ELSE 'hot_again'::pg_catalog.text END, 'waiting', "
					"l.stage, t.to_temperature, t.cycle, t.score, t.cause, t.cause_source "
					"FROM " LIVE_TRANSITIONS " t JOIN %3$s l ON %4$s "
					"WHERE (%2$s OR %5$s) AND t.cycle OPERATOR(pg_catalog.=) l.cycle "
					"AND l.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status AND l.level IS NOT NULL "
					"AND NOT EXISTS (SELECT FROM %1$s o WHERE %6$s AND (o.closed_at IS NULL "
					"OR o.quiet_until OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp())) "
					"ORDER BY t.lead, t.at DESC%7$s",
					qualified_name(table), qualified, qualified_name(tracker->state),
					lead_is_sql(tracker, "l.lead", "t.lead"), hot, lead_is_sql(tracker, "o.lead", "t.lead"),
					return_leads ? " RETURNING lead" : "");
}

/* append_json_text appends a text as JSON, unless it would make the whole too long; says whether it did. */
static bool
append_json_text(StringInfo json, const char *before, const char *text)
{
	int			length = json->len;

	appendStringInfoString(json, before);
	escape_json(json, text);
	if (json->len <= NOTIFIED_BYTES)
		return true;
	json->len = length;
	json->data[length] = '\0';
	return false;
}

/*
 * notify_handoffs tells those who listen, if a channel was set, once this transaction has committed, how many leads
 * were handed over by the last command, which returns them, and which are the first.
 */
void
notify_handoffs(const Tracker *tracker)
{
	const char *channel = handoffs_of(tracker)->channel;
	StringInfoData json;
	int			n = 0;

	if (channel == NULL || SPI_processed == 0)
		return;
	initStringInfo(&json);
	appendStringInfo(&json, "{\"count\": " UINT64_FORMAT, SPI_processed);
	(void) append_json_text(&json, ", \"tracker\": ", qualified_name(tracker->state));
	appendStringInfoString(&json, ", \"leads\": [");
	for (uint64 i = 0; i < SPI_processed && n < NOTIFIED_LEADS; i++)
	{
		bool		isnull;
		Datum		lead = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull);

		n += append_json_text(&json, n == 0 ? "" : ", ", lead_to_text(tracker, lead));
	}
	appendStringInfoString(&json, "]}");
	Async_Notify(channel, json.data);
}

/* run runs a kept plan without parameters, which writes. */
static void
run(SPIPlanPtr plan)
{
	int			result = SPI_execute_plan(plan, NULL, NULL, false, 0);

	if (result < 0)
		elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(result));
}

/* hand_over ends handoffs of leads that have been won or lost, and hands over those that have become hot. */
static void
hand_over(const News *news)
{
	Tracker    *tracker = news->tracker;
	Handoffs   *handoffs = handoffs_of(tracker);
	int			nest_level = lt_by_indexes();

	run(keep_handoff_plan(tracker, &handoffs->end, end_sql(tracker, handoffs->table), 0, NULL));
	run(keep_handoff_plan(tracker, &handoffs->hand_over,
						  hand_over_sql(tracker, handoffs->table, handoffs->channel != NULL), 0, NULL));
	AtEOXact_GUC(false, nest_level);
	notify_handoffs(tracker);
	SPI_freetuptable(SPI_tuptable);
}

/* follow_news follows what has become of leads; of a NewsReader. */
static void
follow_news(const News *news)
{
	const Tracker *tracker = news->tracker;
	Relation	table;

	if (!has_handoffs(tracker))
		return;
	table = companion_open(handoffs_of(tracker)->table, RowExclusiveLock);
	check_shape(table, &handoff_shape, tracker);
	table_close(table, NoLock);
	if (news->merged != NIL || news->all_merged)
		move_handoffs(news);
	if (news->transitions != NULL && tuplestore_tuple_count(news->transitions) > 0)
		hand_over(news);
}

/* wants_nothing says that leads whose state has changed are not of interest; of a NewsReader. */
static bool
wants_nothing(const Tracker *tracker)
{
	return false;
}

static const NewsReader handoff_reader = {wants_nothing, has_handoffs, follow_news};

/* handoffs_init lets handoffs follow the news of leads; called once. */
void
handoffs_init(void)
{
	news_add_reader(&handoff_reader);
}
