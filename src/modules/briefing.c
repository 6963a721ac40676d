/*-------------------------------------------------------------------------
 *
 * briefing.c
 *	  What is known of a lead, for who is about to call.
 *
 * It is put together when somebody asks: the state as it is, what makes the score, and the
 * interactions that the tracker reads.  These are read here, as by whatever folds them, and
 * handed to a query as a relation; the query does the rest.  What is not there is left out.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/briefing.h"

#include "catalog/lead_key.h"
#include "catalog/tracker_cache.h"
#include "modules/claimer.h"
#include "modules/handoff_table.h"
#include "rows/row_source.h"
#include "state/fit.h"
#include "types/compat.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_briefing);

/* The relation in which the query finds the interactions, and its columns. */
#define INTERACTIONS	"interaction"

enum
{
	INTERACTION_NUMBER = 1,		/* in the order of the fold */
	INTERACTION_AT,
	INTERACTION_KIND,
	INTERACTION_SOURCE,
	N_INTERACTION_COLUMNS = INTERACTION_SOURCE
};

/* What the query says of a lead, $1, whose text is $2; $3 has the tables of sources by their numbers. */
static const char query[] =
"SELECT pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object("
"'lead', $2, 'score', pg_catalog.round(lead_temperature.score_now(l.heat)::pg_catalog.numeric, 2), "
"'temperature', CASE WHEN l.level OPERATOR(pg_catalog.>=) lead_temperature.hot_level(%2$s) THEN 'hot'::pg_catalog.text "
"WHEN l.level OPERATOR(pg_catalog.>=) lead_temperature.warm_level(%2$s) THEN 'warm'::pg_catalog.text ELSE 'cold'::pg_catalog.text END, "
"'stage', l.stage, 'status', l.status, 'cycle', l.cycle, 'purchases', l.purchases, %6$s"
"'hot_since', l.hot_since, 'hot_until', lead_temperature.hot_until(%2$s, l.heat, l.last_at), "
"'interactions', l.interactions, "
"'consent', nullif(lead_temperature.consents(%2$s, l.model_version, l.granted_at, l.withdrawn_at), '{}'::pg_catalog.jsonb), "
"'handoff', (SELECT pg_catalog.jsonb_build_object('id', h.id, 'reason', h.reason, 'state', h.state, 'handed_at', h.handed_at, "
"'agent', h.agent, 'claimed_at', h.claimed_at, 'contacted_at', h.contacted_at, 'note', h.note, "
"'cause', pg_catalog.jsonb_build_object('kind', h.cause, 'at', h.at, 'source', ($3)[h.cause_source])) "
"FROM %3$s h WHERE h.lead %5$s $1 AND h.closed_at IS NULL), "
"'became_hot', (SELECT pg_catalog.jsonb_build_object('kind', t.cause, 'at', t.at, 'source', ($3)[t.cause_source], 'stage', t.to_stage) "
"FROM %4$s t WHERE t.lead %5$s $1 AND t.superseded_at IS NULL AND t.to_temperature OPERATOR(pg_catalog.=) 'hot'::lead_temperature.temperature "
"AND (t.from_temperature IS NULL OR t.from_temperature OPERATOR(pg_catalog.<>) 'hot'::lead_temperature.temperature) "
"ORDER BY t.at DESC LIMIT 1), "
"'why', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('kind', b.kind, 'points', pg_catalog.round(b.points::pg_catalog.numeric, 2), "
"'interactions', b.interactions, 'source', b.source::pg_catalog.text) ORDER BY b.points DESC, b.kind) "
"FROM (SELECT s.* FROM lead_temperature.score_breakdown(%2$s, $2) s WHERE s.kind IS NOT NULL "
"AND s.points OPERATOR(pg_catalog.>) 0::pg_catalog.float8 ORDER BY s.points DESC, s.kind LIMIT 5) b), "
"'topics', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('topic', b.topic, 'score', pg_catalog.round(b.score::pg_catalog.numeric, 2), "
"'share', pg_catalog.round(b.share::pg_catalog.numeric, 2)) ORDER BY b.score DESC, b.topic) "
"FROM (SELECT s.* FROM lead_temperature.topics(%2$s, $2) s WHERE s.topic IS NOT NULL "
"AND s.score OPERATOR(pg_catalog.>) 0::pg_catalog.float8 ORDER BY s.score DESC, s.topic LIMIT 5) b), "
"'sources', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('source', b.source, 'interactions', b.n, 'first_at', b.first_at, "
"'last_at', b.last_at) ORDER BY b.n DESC, b.source) FROM (SELECT i.source, pg_catalog.count(*) AS n, "
"pg_catalog.min(i.at) AS first_at, pg_catalog.max(i.at) AS last_at FROM " INTERACTIONS " i GROUP BY i.source) b), "
"'first_touch', (SELECT pg_catalog.jsonb_build_object('at', coalesce(l.first_at, i.at), "
"'kind', CASE WHEN i.at IS NOT DISTINCT FROM l.first_at THEN i.kind END, "
"'source', CASE WHEN i.at IS NOT DISTINCT FROM l.first_at THEN i.source END) "
"FROM (SELECT NULL::pg_catalog.int4) o LEFT JOIN " INTERACTIONS " i ON i.number OPERATOR(pg_catalog.=) 1), "
"'last', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('kind', b.kind, 'at', b.at, 'source', b.source) ORDER BY b.number DESC) "
"FROM (SELECT i.* FROM " INTERACTIONS " i ORDER BY i.number DESC LIMIT 10) b), "
"'previous', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('id', b.id, 'reason', b.reason, 'handed_at', b.handed_at, "
"'state', b.state, 'agent', b.agent, 'outcome', b.outcome, 'note', b.note, 'closed_at', b.closed_at) ORDER BY b.id DESC) "
"FROM (SELECT h.* FROM %3$s h WHERE h.lead %5$s $1 AND h.closed_at IS NOT NULL ORDER BY h.id DESC LIMIT 5) b))) "
"FROM %1$s l WHERE l.lead %5$s $1";

/* interaction_desc describes the relation of the interactions. */
static TupleDesc
interaction_desc(void)
{
	TupleDesc	desc = CreateTemplateTupleDesc(N_INTERACTION_COLUMNS);

	TupleDescInitEntry(desc, INTERACTION_NUMBER, "number", INT8OID, -1, 0);
	TupleDescInitEntry(desc, INTERACTION_AT, "at", TIMESTAMPTZOID, -1, 0);
	TupleDescInitEntry(desc, INTERACTION_KIND, "kind", TEXTOID, -1, 0);
	TupleDescInitEntry(desc, INTERACTION_SOURCE, "source", TEXTOID, -1, 0);
	return desc;
}

/* source_name returns the name of the table that users know a source by. */
static Datum
source_name(const Source *source)
{
	return CStringGetTextDatum(qualified_name(shown_relation(source)));
}

/* source_names makes an array of the names of sources by their numbers. */
static Datum
source_names(const Tracker *tracker)
{
	int			n = 0;
	Datum	   *names;
	bool	   *nulls;
	int			dims[1];
	int			lower_bounds[] = {1};

	for (int i = 0; i < tracker->nsources; i++)
		n = Max(n, tracker->sources[i]->number);
	names = palloc0(sizeof(Datum) * n);
	nulls = palloc(sizeof(bool) * n);
	memset(nulls, true, sizeof(bool) * n);
	for (int i = 0; i < tracker->nsources; i++)
	{
		names[tracker->sources[i]->number - 1] = source_name(tracker->sources[i]);
		nulls[tracker->sources[i]->number - 1] = false;
	}
	dims[0] = n;
	return PointerGetDatum(construct_md_array(names, nulls, 1, dims, lower_bounds, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * briefings_begin prepares for briefings, and lets queries see the interactions of the lead that they
 * are of.  The caller is connected to SPI as the owner, is in its memory context, and has locked the
 * tables that the tracker reads.
 */
Briefings *
briefings_begin(Tracker *tracker)
{
	Briefings  *briefings = palloc(sizeof(Briefings));
	EphemeralNamedRelation relation = palloc0(sizeof(EphemeralNamedRelationData));

	briefings->tracker = tracker;
	briefings->context = CurrentMemoryContext;
	briefings->interactions = relation;
	briefings->sources = source_names(tracker);
	relation->md.name = INTERACTIONS;
	relation->md.tupdesc = interaction_desc();
	relation->md.enrtype = ENR_NAMED_TUPLESTORE;
	if (SPI_register_relation(relation) != SPI_OK_REL_REGISTER)
		elog(ERROR, "SPI_register_relation failed");
	return briefings;
}

/* briefings_end lets go of the last interactions, which may be in a file. */
void
briefings_end(Briefings *briefings)
{
	if (briefings->interactions->reldata != NULL)
		tuplestore_end(briefings->interactions->reldata);
	briefings->interactions->reldata = NULL;
}

/* put_interaction puts an interaction among those of the lead. */
static void
put_interaction(Briefings *briefings, const FoldRow *row, int64 number, Datum source)
{
	Datum		values[N_INTERACTION_COLUMNS];
	bool		nulls[N_INTERACTION_COLUMNS] = {0};
	text	   *kind = NULL;

	if (row->kind != NULL)
		kind = cstring_to_text_with_len(row->kind, row->kind_len);
	values[INTERACTION_NUMBER - 1] = Int64GetDatum(number);
	values[INTERACTION_AT - 1] = TimestampTzGetDatum(heat_time_to_timestamptz(row->at));
	values[INTERACTION_KIND - 1] = PointerGetDatum(kind);
	nulls[INTERACTION_KIND - 1] = kind == NULL;
	values[INTERACTION_SOURCE - 1] = source;
	tuplestore_putvalues(briefings->interactions->reldata, briefings->interactions->md.tupdesc, values, nulls);
	if (kind != NULL)
		pfree(kind);
}

/* read_interactions reads the interactions of a lead as they are by now, those that are not of the future, in the order of the fold. */
static void
read_interactions(Briefings *briefings, Datum lead)
{
	MemoryContext context = CurrentMemoryContext;
	Tracker    *tracker = briefings->tracker;
	LeadStream *stream = stream_begin(tracker, future_horizon());
	Datum	   *names = palloc(sizeof(Datum) * tracker->nsources);
	int64		number = 0;

	for (int i = 0; i < tracker->nsources; i++)
		names[i] = source_name(tracker->sources[i]);
	/* a new one for each lead: whoever scans it leaves a read pointer there */
	MemoryContextSwitchTo(briefings->context);
	briefings_end(briefings);
	briefings->interactions->reldata = tuplestore_begin_heap(true, false, work_mem);
	MemoryContextSwitchTo(context);
	read_lead_now(stream, tracker, lead);
	stream_sort(stream);
	if (stream_next_lead(stream))
		while (stream_next_row(stream))
		{
			const FoldRow *row = &stream->row;

			if (row->at <= stream->horizon)
				put_interaction(briefings, row, ++number, names[row->place]);
		}
	stream_end(stream);
}

/* fit_sql writes what the query says of the fit of the lead, where that is kept. */
static char *
fit_sql(const Tracker *tracker)
{
	const char *table;
	const char *equals = qualified_operator(tracker->lead_eq);

	if (!has_fit(tracker))
		return "";
	table = qualified_name(fit_of(tracker)->table);
	return psprintf("'fit', (SELECT pg_catalog.round(f.fit::pg_catalog.numeric, 2) FROM %1$s f WHERE f.lead %2$s $1), "
					"'grade', (SELECT f.grade FROM %1$s f WHERE f.lead %2$s $1), ", table, equals);
}

/* brief_plan keeps the plan of the query. */
static SPIPlanPtr
brief_plan(const Tracker *tracker)
{
	Handoffs   *handoffs = handoffs_of(tracker);
	Oid			types[] = {tracker->lead_type, TEXTOID, TEXTARRAYOID};
	const char *state = qualified_name(tracker->state);

	return keep_handoff_plan(tracker, &handoffs->brief,
							 psprintf(query, state, psprintf("%s::pg_catalog.regclass", quote_literal_cstr(state)),
									  qualified_name(handoffs->table), qualified_name(tracker->transitions),
									  qualified_operator(tracker->lead_eq), fit_sql(tracker)),
							 lengthof(types), types);
}

/*
 * brief puts together what is known of a lead, in the current context; false if it has no state.
 * Times are in the tracker's zone.
 */
bool
brief(Briefings *briefings, Datum lead, Datum *briefing)
{
	MemoryContext context = CurrentMemoryContext;
	Tracker    *tracker = briefings->tracker;
	Datum		values[] = {lead, CStringGetTextDatum(lead_to_text(tracker, lead)), briefings->sources};
	int			nest_level;
	bool		found;

	read_interactions(briefings, lead);
	nest_level = NewGUCNestLevel();
	owner_set("timezone", pg_get_timezone_name(tracker_zone(tracker)));
	if (SPI_execute_plan(brief_plan(tracker), values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_plan failed");
	AtEOXact_GUC(false, nest_level);
	found = SPI_processed > 0;
	if (found)
	{
		bool		isnull;

		*briefing = datumCopy(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull), false, -1);
	}
	SPI_freetuptable(SPI_tuptable);
	MemoryContextSwitchTo(context);
	return found;
}

/* lt_briefing returns what is known of a lead. */
Datum
lt_briefing(PG_FUNCTION_ARGS)
{
	MemoryContext context = CurrentMemoryContext;
	Tracker    *tracker = tracker_to_claim_from(fcinfo, AccessShareLock, AccessShareLock);
	Briefings  *briefings;
	OwnerScope	scope;
	char	   *name;
	Datum		lead;
	Datum		briefing = (Datum) 0;

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"lead\" must not be null"),
				 errhint("Name the lead as the view of its ranking shows it.")));
	lead = lead_to_claim(fcinfo, tracker, &name);
	tracker_connect(&scope, tracker);
	briefings = briefings_begin(tracker);
	MemoryContextSwitchTo(context);
	if (!brief(briefings, lead, &briefing))
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("lead \"%s\" of table \"%s\" is unknown", name, get_rel_name(tracker->interactions)),
				 errhint("Write it as the view of its ranking shows it.")));
	briefings_end(briefings);
	SPI_finish();
	owner_leave(&scope);
	PG_RETURN_DATUM(briefing);
}
