/*-------------------------------------------------------------------------
 *
 * channels.c
 *	  Module channels: which of them bring leads, and at what cost.
 *
 * What channels have brought is read from the rows when somebody asks; what they have cost
 * stands in a table of the tracker that its users fill.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/channels.h"

#include "analysis/attribution.h"
#include "modules/view_reader.h"

#include "fmgr.h"

PG_FUNCTION_INFO_V1(lt_channel_figures);

/* columns of <prefix>_spend, from 0 */
enum
{
	SPEND_CHANNEL, SPEND_DAY, SPEND_AMOUNT,
	N_SPEND_COLUMNS
};

static const ColumnShape spend_columns[] = {
	{"channel", COLUMN_TEXT, true},
	{"day", COLUMN_DATE, true},
	{"amount", COLUMN_NUMERIC, true}
};

const TableShape spend_shape = {
	.what = "table of what was spent on channels",
	.ncolumns = N_SPEND_COLUMNS,
	.columns = spend_columns,
	.nkeys = 2,
	.keys = {SPEND_CHANNEL + 1, SPEND_DAY + 1}
};

StaticAssertDecl(lengthof(spend_columns) == N_SPEND_COLUMNS, "a shape for each column of what was spent");

/*
 * spend_extras keeps out what no channel, no day and no amount of money is, of which one row would be an error to all who
 * read the view; NaN is more than any other number.
 */
char *
spend_extras(const TrackRequest *request, const char *name)
{
	return psprintf("ALTER TABLE %s "
					"ADD CONSTRAINT spend_has_a_channel CHECK (channel OPERATOR(pg_catalog.<>) ''), "
					"ADD CONSTRAINT spend_is_on_a_day CHECK (day OPERATOR(pg_catalog.>=) '0001-01-01'::pg_catalog.date "
					"AND day OPERATOR(pg_catalog.<=) '9999-12-31'::pg_catalog.date), "
					"ADD CONSTRAINT spend_is_not_negative CHECK (amount OPERATOR(pg_catalog.>=) 0::pg_catalog.numeric), "
					"ADD CONSTRAINT spend_is_finite CHECK (amount OPERATOR(pg_catalog.<=) 1000000000000::pg_catalog.numeric)",
					name);
}

/* a number of a channel, 0 where it has but cost */
#define NUMBER(column) "coalesce(f." column ", 0::pg_catalog.numeric) AS " column ", "

/* what was spent, to millionths, of which no quotient is out of range */
#define COST "pg_catalog.round(s.cost, 6)"

/* what was spent for each of a number */
#define COST_PER(column) COST "::pg_catalog.float8 OPERATOR(pg_catalog./) nullif(f." column ", 0::pg_catalog.numeric)::pg_catalog.float8"

/* What was spent is beside what it has brought by each rule, also where that is nothing. */
const char	channel_query[] =
"SELECT coalesce(f.rule, s.rule) AS rule, coalesce(f.week, s.week) AS week, coalesce(f.channel, s.channel) AS channel, "
"coalesce(f.touches, 0::pg_catalog.int8) AS touches, "
NUMBER("visitors") NUMBER("leads") NUMBER("marketing_qualified") NUMBER("sales_qualified") NUMBER("hot") NUMBER("customers")
NUMBER("conversions") NUMBER("value") "s.cost, "
COST_PER("leads") " AS cost_per_lead, " COST_PER("hot") " AS cost_per_hot_lead, "
"coalesce(f.value, 0::pg_catalog.numeric)::pg_catalog.float8 OPERATOR(pg_catalog./) "
"nullif(" COST ", 0::pg_catalog.numeric)::pg_catalog.float8 AS return_on_spend "
"FROM lead_temperature.channel_figures({lead:oid}) f FULL JOIN (SELECT r.rule, w.week, w.channel, w.cost "
"FROM (SELECT d.week, d.channel, pg_catalog.sum(d.amount) AS cost FROM (SELECT p.channel, p.amount, "
"pg_catalog.date_trunc('week', pg_catalog.timezone({time_zone}, p.day::pg_catalog.timestamp), {time_zone}) AS week "
"FROM {spend} p) d GROUP BY d.week, d.channel) w CROSS JOIN (VALUES ('first touch'::pg_catalog.text), "
"('last touch'::pg_catalog.text), ('linear'::pg_catalog.text), ('position'::pg_catalog.text), ('time decay'::pg_catalog.text)) "
"r(rule)) s ON s.rule OPERATOR(pg_catalog.=) f.rule AND s.week OPERATOR(pg_catalog.=) f.week "
"AND s.channel OPERATOR(pg_catalog.=) f.channel";

const char	channel_columns[] =
"rule text, week timestamp with time zone, channel text, touches bigint, visitors numeric, leads numeric, "
"marketing_qualified numeric, sales_qualified numeric, hot numeric, customers numeric, conversions numeric, value numeric, "
"cost numeric, cost_per_lead double precision, cost_per_hot_lead double precision, return_on_spend double precision";

/* lt_channel_figures returns what channels have brought, for who may read it in the view of channels. */
Datum
lt_channel_figures(PG_FUNCTION_ARGS)
{
	Tracker    *tracker = locked_tracker(PG_GETARG_OID(0));

	check_view_reader(tracker, CHANNEL_SUFFIX, NULL, "What channels have brought is for who may read it in the view of channels.");
	attribute_to_channels(fcinfo, tracker_get(tracker->id), 0, HEAT_TIME_MAX);
	return (Datum) 0;
}
