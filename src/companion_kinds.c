/*-------------------------------------------------------------------------
 *
 * companion_kinds.c
 *	  The list of the tables and views that trackers make.
 *
 * It stands beside the floors, since each of them may have entries in it.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/tracker_objects.h"

#include "catalog/own_sources.h"
#include "commands/account_rows.h"
#include "commands/views.h"
#include "modules/channels.h"
#include "modules/accounts.h"
#include "modules/fit_module.h"
#include "modules/handoff_table.h"
#include "modules/pace.h"
#include "modules/playbook.h"
#include "modules/silence.h"
#include "state/balance.h"
#include "state/fit.h"
#include "state/funnel_counts.h"
#include "state/state_table.h"
#include "state/transition_log.h"

/* state_extras makes the indexes of the state: by level, and of leads with future rows. */
static char *
state_extras(const TrackRequest *request, const char *name)
{
	return psprintf("CREATE INDEX ON %1$s (level)%2$s; "
					"CREATE INDEX ON %1$s (due_at) WHERE due_at IS NOT NULL",
					name, request->funnel_counts ? " INCLUDE (stage, status)" : "");
}

/* transition_extras makes the index by which late rows find what they change. */
static char *
transition_extras(const TrackRequest *request, const char *name)
{
	return psprintf("CREATE INDEX ON %s (lead, at) WHERE superseded_at IS NULL", name);
}

/* delta_extras lets changes be replicated.  They are always read whole, and have no index. */
static char *
delta_extras(const TrackRequest *request, const char *name)
{
	return psprintf("ALTER TABLE %s REPLICA IDENTITY FULL", name);
}

/* alias_extras makes the index by which a lead finds those that count for it. */
static char *
alias_extras(const TrackRequest *request, const char *name)
{
	return psprintf("CREATE INDEX ON %s (lead)", name);
}

/* change_extras makes the index by which a source finds the changes of a lead, and lets them be replicated. */
static char *
change_extras(const TrackRequest *request, const char *name)
{
	return psprintf("CREATE INDEX ON %1$s (source, lead, at); ALTER TABLE %1$s REPLICA IDENTITY FULL", name);
}

/* word_extras makes the index by which a lead finds what was said of it, and lets that be replicated. */
static char *
word_extras(const TrackRequest *request, const char *name)
{
	return psprintf("CREATE INDEX ON %1$s (lead, at); ALTER TABLE %1$s REPLICA IDENTITY FULL", name);
}

const CompanionKind companion_kinds[] = {
	{STATE_SUFFIX, "state", "0.1.0", NEEDED_ALWAYS,.shape = &state_shape,.extras = state_extras},
	{TRANSITIONS_SUFFIX, "transitions", "0.1.0", NEEDED_ALWAYS,.shape = &transition_shape,.extras = transition_extras},
	{BALANCES_SUFFIX, "opening balances", "0.1.0", NEEDED_ALWAYS,.shape = &balance_shape,.former = "base",.only_here = true},
	{COUNTS_SUFFIX, "counts by bucket of level", "0.1.0", NEEDED_BY_COUNTS,.shape = &count_shape},
	{"funnel_delta", "pending changes of the counts", "0.1.0", NEEDED_BY_COUNTS,.shape = &delta_shape,.extras = delta_extras},
	{ALIAS_SUFFIX, "those that count for others", "0.2.0", NEEDED_ALWAYS,.shape = &alias_shape,.extras = alias_extras,.followed = true,.only_here = true},
	{CHANGES_SUFFIX, "changes of records", "0.2.0", NEEDED_BY_RECORDS,.shape = &change_shape,.extras = change_extras,.only_here = true},
	{WORDS_SUFFIX, "what people have said", "0.2.0", NEEDED_ON_REQUEST,.shape = &word_shape,.extras = word_extras,.only_here = true},
	/* who they are, which the ranking shows */
	{FIT_SUFFIX, "fit", "0.2.0", NEEDED_BY_MODULE, FIT_MODULE,.shape = &fit_shape},
	{MATRIX_SUFFIX, "grades by temperature", "0.2.0", NEEDED_BY_MODULE, FIT_MODULE,.query = matrix_query,.columns = matrix_columns},
	{"ranking", "temperature and rank now", "0.1.0", NEEDED_ALWAYS,.make_query = ranking_query,.shows = FIT_MODULE,
		.columns = "lead, level double precision, score double precision, temperature text, "
		"temperature_order integer, stage text, stage_order integer, status text, "
		"is_open boolean, hot_until timestamp with time zone, "
		"warm_until timestamp with time zone, first_at timestamp with time zone, "
		"last_at timestamp with time zone, stage_since timestamp with time zone, "
		"hot_since timestamp with time zone, cycle integer, purchases integer, "
	"interactions bigint, model text, is_dormant boolean, consent text, fit double precision, grade text"},
	{"funnel", "funnel now", "0.1.0", NEEDED_ALWAYS,.make_query = funnel_query,.reads_counts = true,
		.columns = "stage text, stage_order integer, leads bigint, cold bigint, warm bigint, hot bigint, "
		"won bigint, lost bigint, share_of_open double precision, reached bigint, "
		"conversion_from_previous double precision, conversion_from_first double precision, "
	"as_of timestamp with time zone"},
	{"funnel_weekly", "moves through the funnel by week", "0.1.0", NEEDED_ALWAYS,.make_query = funnel_weekly_query,.was_other = true,
		.columns = "week timestamp with time zone, stage text, stage_order integer, entered bigint, "
	"advanced bigint, won bigint, lost bigint, median_days double precision"},
	{"hot_today", "those who have become hot today", "0.2.0", NEEDED_ALWAYS,
		.query = "SELECT l.lead, lead_temperature.score_now(l.heat) AS score, l.stage::pg_catalog.text AS stage, "
		"l.hot_since, lead_temperature.hot_until({lead:oid}, l.heat, l.last_at) AS hot_until, "
		"l.last_at, l.interactions, l.level FROM {lead} l "
		"WHERE l.level OPERATOR(pg_catalog.>=) lead_temperature.hot_level({lead:oid}) "
		"AND l.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status "
		"AND l.hot_since OPERATOR(pg_catalog.>=) pg_catalog.date_trunc('day', pg_catalog.now(), {time_zone})",
		.columns = "lead, score double precision, stage text, hot_since timestamp with time zone, "
		"hot_until timestamp with time zone, last_at timestamp with time zone, interactions bigint, "
	"level double precision"},

	/* modules, which are made on request */
	{"stage_time", "time at each stage", "0.2.0", NEEDED_BY_MODULE, "pace",.query = stage_time_query,.columns = stage_time_columns},
	{"conversion", "conversion from each stage to the next", "0.2.0", NEEDED_BY_MODULE, "pace",.query = conversion_query,.columns = conversion_columns},
	{"stalled", "those who stay behind", "0.2.0", NEEDED_BY_MODULE, "pace",.query = stalled_query,.columns = stalled_columns},
	{"retention", "customers who buy again, by month", "0.2.0", NEEDED_BY_MODULE, "pace",.query = retention_query,.columns = retention_columns},
	{"funnel_change", "the funnel this week, last week and a year ago", "0.2.0", NEEDED_BY_MODULE, "pace",.query = funnel_change_query,
	.columns = funnel_change_columns},
	{"dormant", "those who have been silent for long", "0.2.0", NEEDED_BY_MODULE, "silence",.query = dormant_query,.columns = dormant_columns},
	{"cooling", "those who will cool, and when", "0.2.0", NEEDED_BY_MODULE, "silence",.query = cooling_query,.columns = cooling_columns},
	{ACTIONS_SUFFIX, "actions taken", "0.2.0", NEEDED_BY_MODULE, "playbook",.shape = &action_shape,.extras = action_extras,.only_here = true},
	{NEXT_ACTION_SUFFIX, "next actions", "0.2.0", NEEDED_BY_MODULE, "playbook",.query = next_action_query,.columns = next_action_columns},
	{"handoff", "those handed over to sales", "0.2.0", NEEDED_BY_MODULE, "handoff",.shape = &handoff_shape,.extras = handoff_extras,.only_here = true},
	{"queue", "those who wait for sales, or are in its hands", "0.2.0", NEEDED_BY_MODULE, "handoff",.query = queue_query,.columns = queue_columns},
	{SPEND_SUFFIX, "what was spent on channels", "0.2.0", NEEDED_BY_MODULE, "channels",.shape = &spend_shape,.extras = spend_extras,.only_here = true},
	{CHANNEL_SUFFIX, "what channels have brought, by week", "0.2.0", NEEDED_BY_MODULE, "channels",.query = channel_query,.columns = channel_columns},
	{ACCOUNT_MAP_SUFFIX, "accounts", "0.2.0", NEEDED_BY_MODULE, ACCOUNTS_MODULE,.shape = &account_map_shape,.extras = account_map_extras},
	{"account", "accounts by temperature now", "0.2.0", NEEDED_BY_MODULE, ACCOUNTS_MODULE,.query = account_query,.columns = account_columns},
	{"account_lead", "those of each account", "0.2.0", NEEDED_BY_MODULE, ACCOUNTS_MODULE,.query = account_lead_query,.columns = account_lead_columns},
	{"account_stage", "funnel of accounts now", "0.2.0", NEEDED_BY_MODULE, ACCOUNTS_MODULE,.query = account_stage_query,.columns = account_stage_columns}
};

const int	n_companion_kinds = lengthof(companion_kinds);
