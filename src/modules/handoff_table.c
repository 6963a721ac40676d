/*-------------------------------------------------------------------------
 *
 * handoff_table.c
 *	  The table of handoffs of a tracker, <prefix>_handoff, and the view of its queue.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/handoff_table.h"

#include "util/execute.h"
#include "util/extension_table.h"
#include "util/names.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

static const ColumnShape handoff_columns[] = {
	{"id", COLUMN_INT8, true},
	{"lead", COLUMN_LEAD, true},
	{"at", COLUMN_TIMESTAMPTZ, true},
	{"handed_at", COLUMN_TIMESTAMPTZ, true},
	{"reason", COLUMN_TEXT, true},
	{"state", COLUMN_TEXT, true},
	{"stage", COLUMN_STAGE, true},
	{"temperature", COLUMN_TEMPERATURE, true},
	{"cycle", COLUMN_INT4, true},
	{"score", COLUMN_FLOAT8, true},
	{"cause", COLUMN_TEXT},
	{"cause_source", COLUMN_INT4},
	{"agent", COLUMN_TEXT},
	{"claimed_at", COLUMN_TIMESTAMPTZ},
	{"contacted_at", COLUMN_TIMESTAMPTZ},
	{"closed_at", COLUMN_TIMESTAMPTZ},
	{"outcome", COLUMN_TEXT},
	{"note", COLUMN_TEXT},
	{"quiet_until", COLUMN_TIMESTAMPTZ}
};

const TableShape handoff_shape = {
	.what = "table of handoffs",
	.ncolumns = N_HANDOFF_COLUMNS,
	.columns = handoff_columns,
	.identity = HANDOFF_ID,
	.nkeys = 1,
	.keys = {HANDOFF_ID}
};

StaticAssertDecl(lengthof(handoff_columns) == N_HANDOFF_COLUMNS, "a shape for each column of a handoff");

/*
 * Handoffs that are open, with what the leads are now.  One that waits for a lead that is closed,
 * excluded or gone is none that anybody could claim.
 */
const char	queue_query[] =
"SELECT q.handoff, q.lead, q.state, q.reason, q.waiting_since, q.agent, q.claim_due, "
"CASE WHEN coalesce(q.claimed_at, pg_catalog.now()) OPERATOR(pg_catalog.>) q.claim_due THEN 'breached'::pg_catalog.text "
"WHEN q.claimed_at IS NULL AND pg_catalog.now() OPERATOR(pg_catalog.>) "
"lead_temperature.service_due({lead:oid}, 'claim'::pg_catalog.text, q.waiting_since, 0.75::pg_catalog.float8) "
"THEN 'at risk'::pg_catalog.text ELSE 'in time'::pg_catalog.text END AS claim_clock, q.contact_due, "
"CASE WHEN q.claimed_at IS NULL THEN NULL::pg_catalog.text "
"WHEN coalesce(q.contacted_at, pg_catalog.now()) OPERATOR(pg_catalog.>) q.contact_due THEN 'breached'::pg_catalog.text "
"WHEN q.contacted_at IS NULL AND pg_catalog.now() OPERATOR(pg_catalog.>) "
"lead_temperature.service_due({lead:oid}, 'contact'::pg_catalog.text, q.claimed_at, 0.75::pg_catalog.float8) "
"THEN 'at risk'::pg_catalog.text ELSE 'in time'::pg_catalog.text END AS contact_clock, "
"q.level, lead_temperature.score_now(q.heat) AS score, "
"CASE WHEN q.level OPERATOR(pg_catalog.>=) lead_temperature.hot_level({lead:oid}) THEN 'hot'::pg_catalog.text "
"WHEN q.level OPERATOR(pg_catalog.>=) lead_temperature.warm_level({lead:oid}) THEN 'warm'::pg_catalog.text "
"WHEN q.level IS NOT NULL THEN 'cold'::pg_catalog.text END AS temperature, "
"q.handed_as OPERATOR(pg_catalog.=) 'hot'::lead_temperature.temperature "
"AND q.level OPERATOR(pg_catalog.<) lead_temperature.hot_level({lead:oid}) AS cooled, "
"q.stage::pg_catalog.text AS stage, q.status::pg_catalog.text AS status, q.cause, q.cause_source, q.note, "
"lead_temperature.consents({lead:oid}, q.model_version, q.granted_at, q.withdrawn_at) AS consent "
"FROM (SELECT h.id AS handoff, h.lead, h.state, h.reason, h.handed_at AS waiting_since, h.agent, h.claimed_at, h.contacted_at, "
"lead_temperature.service_due({lead:oid}, 'claim'::pg_catalog.text, h.handed_at, 1.0::pg_catalog.float8) AS claim_due, "
"lead_temperature.service_due({lead:oid}, 'contact'::pg_catalog.text, h.claimed_at, 1.0::pg_catalog.float8) AS contact_due, "
"l.level, l.heat, l.stage, l.status, l.model_version, l.granted_at, l.withdrawn_at, "
"h.temperature AS handed_as, h.cause, h.cause_source, h.note "
"FROM {handoff} h LEFT JOIN {lead} l ON l.lead {=} h.lead "
"WHERE h.closed_at IS NULL AND (h.state OPERATOR(pg_catalog.<>) 'waiting'::pg_catalog.text "
"OR (l.status OPERATOR(pg_catalog.=) 'open'::lead_temperature.status AND l.level IS NOT NULL))) q";

const char	queue_columns[] =
"handoff bigint, lead, state text, reason text, waiting_since timestamp with time zone, agent text, "
"claim_due timestamp with time zone, claim_clock text, contact_due timestamp with time zone, contact_clock text, "
"level double precision, score double precision, temperature text, cooled boolean, stage text, status text, "
"cause text, cause_source integer, note text, consent jsonb";

/* handoff_extras makes the indexes of handoffs: of those of a lead, the one that is open, and those that wait. */
char *
handoff_extras(const TrackRequest *request, const char *name)
{
	return psprintf("CREATE INDEX ON %1$s (lead); "
					"CREATE UNIQUE INDEX ON %1$s (lead) WHERE closed_at IS NULL; "
					"CREATE INDEX ON %1$s (lead) WHERE state OPERATOR(pg_catalog.=) 'waiting'::pg_catalog.text",
					name);
}

/* notified_channel returns the channel that a tracker notifies of handoffs, as long as it is cached, NULL if none. */
static char *
notified_channel(const Tracker *tracker)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker->id)};
	OwnerScope	scope;
	char	   *channel = NULL;

	if (!config_has_table("handoff_setting"))
		return NULL;
	config_begin(&scope);
	if (config_run("SELECT s.channel FROM lead_temperature.handoff_setting s WHERE s.interactions OPERATOR(pg_catalog.=) $1 "
				   "AND s.team OPERATOR(pg_catalog.=) '' AND s.channel IS NOT NULL", 1, types, values, NULL) > 0)
		channel = MemoryContextStrdup(tracker->context, TextDatumGetCString(config_value(1, TEXTOID)));
	config_end(&scope);
	return channel;
}

/* handoffs_of returns what is known of the handoffs of a tracker, which it finds out when first asked. */
Handoffs *
handoffs_of(const Tracker *tracker)
{
	Handoffs   *handoffs;
	MemoryContext before;

	if (tracker->handoffs != NULL)
		return tracker->handoffs;
	handoffs = MemoryContextAllocZero(tracker->context, sizeof(Handoffs));
	handoffs->table = noted_companion(tracker->id, HANDOFFS_SUFFIX);
	if (OidIsValid(handoffs->table))
	{
		handoffs->channel = notified_channel(tracker);
		before = MemoryContextSwitchTo(tracker->context);
		((Tracker *) tracker)->module_tables = lappend_oid(tracker->module_tables, handoffs->table);
		MemoryContextSwitchTo(before);
	}
	((Tracker *) tracker)->handoffs = handoffs;
	return handoffs;
}

/* has_handoffs says whether a tracker has the module, and its table is there. */
bool
has_handoffs(const Tracker *tracker)
{
	Oid			table = handoffs_of(tracker)->table;

	return OidIsValid(table) && get_rel_name(table) != NULL;
}

/* need_handoffs returns the table of handoffs of a tracker, and refuses one that has not the module. */
Oid
need_handoffs(const Tracker *tracker)
{
	if (!has_handoffs(tracker))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the tracker of table \"%s\" has no module \"%s\"",
						get_rel_name(tracker->interactions), HANDOFF_MODULE),
				 errhint("Add it with SELECT lead_temperature.add_module(%s, %s).",
						 quote_literal_cstr(qualified_name(tracker->state)), quote_literal_cstr(HANDOFF_MODULE))));
	return handoffs_of(tracker)->table;
}

/* keep_handoff_plan keeps a plan for as long as the tracker is cached, unless it is kept already; the caller is connected to SPI. */
SPIPlanPtr
keep_handoff_plan(const Tracker *tracker, SPIPlanPtr *place, const char *sql, int nargs, Oid *types)
{
	MemoryContext before;

	if (*place != NULL)
		return *place;
	*place = lt_keep_plan(sql, nargs, types, 0);
	before = MemoryContextSwitchTo(tracker->context);
	((Tracker *) tracker)->module_plans = lappend(tracker->module_plans, *place);
	MemoryContextSwitchTo(before);
	return *place;
}

/* lead_is_sql writes that a column has the lead that another, or a parameter, has. */
char *
lead_is_sql(const Tracker *tracker, const char *column, const char *other)
{
	return psprintf("%s %s %s", column, qualified_operator(tracker->lead_eq), other);
}
