/*-------------------------------------------------------------------------
 *
 * news.c
 *	  What is told when leads have been brought up to date.
 *
 * Modules act on what becomes of leads, in the same transaction.  Those that a tracker has are
 * told once for each flush, or batch of a replay, when all is written and visible: they find the
 * leads whose state has changed, and the transitions that are live, as relations of SQL.  Of a
 * tracker that nobody wants to hear of nothing is gathered.
 *
 *-------------------------------------------------------------------------
 */
#include "state/news.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/queryenvironment.h"

/* columns of live transitions */
enum
{
	LIVE_LEAD = 1,
	LIVE_AT,
	LIVE_FROM_STAGE,
	LIVE_TO_STAGE,
	LIVE_FROM_STATUS,
	LIVE_TO_STATUS,
	LIVE_FROM_TEMPERATURE,
	LIVE_TO_TEMPERATURE,
	LIVE_CYCLE,
	LIVE_PURCHASES,
	LIVE_SCORE,
	LIVE_CAUSE,
	LIVE_CAUSE_SOURCE,
	N_LIVE_COLUMNS = LIVE_CAUSE_SOURCE
};

static List *readers = NIL;		/* of NewsReader */

/* news_add_reader registers somebody who wants to be told; called when the library is loaded. */
void
news_add_reader(const NewsReader *reader)
{
	MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);

	readers = lappend(readers, (void *) reader);
	MemoryContextSwitchTo(before);
}

/* put_lead_column describes the first column, which has the lead. */
static void
put_lead_column(const Tracker *tracker, TupleDesc desc)
{
	TupleDescInitEntry(desc, 1, "lead", tracker->lead_type, tracker->lead_typmod, 0);
	TupleDescInitEntryCollation(desc, 1, tracker->lead_collation);
}

/* lead_desc describes the leads. */
static TupleDesc
lead_desc(const Tracker *tracker)
{
	TupleDesc	desc = CreateTemplateTupleDesc(1);

	put_lead_column(tracker, desc);
	return desc;
}

/* transition_desc describes the transitions. */
static TupleDesc
transition_desc(const Tracker *tracker)
{
	TupleDesc	desc = CreateTemplateTupleDesc(N_LIVE_COLUMNS);

	put_lead_column(tracker, desc);
	TupleDescInitEntry(desc, LIVE_AT, "at", TIMESTAMPTZOID, -1, 0);
	TupleDescInitEntry(desc, LIVE_FROM_STAGE, "from_stage", stage_type(), -1, 0);
	TupleDescInitEntry(desc, LIVE_TO_STAGE, "to_stage", stage_type(), -1, 0);
	TupleDescInitEntry(desc, LIVE_FROM_STATUS, "from_status", status_type(), -1, 0);
	TupleDescInitEntry(desc, LIVE_TO_STATUS, "to_status", status_type(), -1, 0);
	TupleDescInitEntry(desc, LIVE_FROM_TEMPERATURE, "from_temperature", temperature_type(), -1, 0);
	TupleDescInitEntry(desc, LIVE_TO_TEMPERATURE, "to_temperature", temperature_type(), -1, 0);
	TupleDescInitEntry(desc, LIVE_CYCLE, "cycle", INT4OID, -1, 0);
	TupleDescInitEntry(desc, LIVE_PURCHASES, "purchases", INT4OID, -1, 0);
	TupleDescInitEntry(desc, LIVE_SCORE, "score", FLOAT8OID, -1, 0);
	TupleDescInitEntry(desc, LIVE_CAUSE, "cause", TEXTOID, -1, 0);
	TupleDescInitEntry(desc, LIVE_CAUSE_SOURCE, "cause_source", INT4OID, -1, 0);
	return desc;
}

/* news_begin begins to gather what readers want to know of a tracker; NULL if there is none who does. */
News *
news_begin(Tracker *tracker)
{
	bool		leads = false;
	bool		transitions = false;
	News	   *news;
	ListCell   *cell;

	foreach(cell, readers)
	{
		const NewsReader *reader = lfirst(cell);

		leads = leads || reader->wants_leads(tracker);
		transitions = transitions || reader->wants_transitions(tracker);
	}
	if (!leads && !transitions)
		return NULL;
	news = palloc0(sizeof(News));
	news->tracker = tracker;
	news->context = CurrentMemoryContext;
	if (leads)
		news->lead_desc = lead_desc(tracker);
	if (transitions)
		news->transition_desc = transition_desc(tracker);
	return news;
}

/* put_row adds a row to a store, which is made when the first one comes. */
static void
put_row(News *news, Tuplestorestate **store, TupleDesc desc, Datum *values, bool *nulls)
{
	MemoryContext before = MemoryContextSwitchTo(news->context);

	if (*store == NULL)
		*store = tuplestore_begin_heap(true, false, work_mem);
	tuplestore_putvalues(*store, desc, values, nulls);
	MemoryContextSwitchTo(before);
}

/* news_add_lead gathers that the row of a lead in the state has come, changed or gone. */
void
news_add_lead(News *news, Datum lead)
{
	bool		isnull = false;

	if (news != NULL && news->lead_desc != NULL)
		put_row(news, &news->leads, news->lead_desc, &lead, &isnull);
}

/* news_add_transition gathers a live transition of a lead. */
void
news_add_transition(News *news, Datum lead, const Transition *transition)
{
	Datum		values[N_LIVE_COLUMNS];
	bool		nulls[N_LIVE_COLUMNS] = {0};
	bool		first = transition->from_stage == STAGE_NONE;

	if (news == NULL || news->transition_desc == NULL)
		return;
	values[LIVE_LEAD - 1] = lead;
	values[LIVE_AT - 1] = TimestampTzGetDatum(heat_time_to_timestamptz(transition->at));
	nulls[LIVE_FROM_STAGE - 1] = nulls[LIVE_FROM_STATUS - 1] = nulls[LIVE_FROM_TEMPERATURE - 1] = first;
	values[LIVE_FROM_STAGE - 1] = first ? (Datum) 0 : ObjectIdGetDatum(stage_to_oid(transition->from_stage));
	values[LIVE_TO_STAGE - 1] = ObjectIdGetDatum(stage_to_oid(transition->to_stage));
	values[LIVE_FROM_STATUS - 1] = first ? (Datum) 0 : ObjectIdGetDatum(status_to_oid(transition->from_status));
	values[LIVE_TO_STATUS - 1] = ObjectIdGetDatum(status_to_oid(transition->to_status));
	values[LIVE_FROM_TEMPERATURE - 1] = first ? (Datum) 0 :
		ObjectIdGetDatum(temperature_to_oid(transition->from_temperature));
	values[LIVE_TO_TEMPERATURE - 1] = ObjectIdGetDatum(temperature_to_oid(transition->to_temperature));
	values[LIVE_CYCLE - 1] = Int32GetDatum(transition->cycle);
	values[LIVE_PURCHASES - 1] = Int32GetDatum(transition->purchases);
	values[LIVE_SCORE - 1] = Float8GetDatum(transition->score);
	nulls[LIVE_CAUSE - 1] = transition->cause == NULL;
	values[LIVE_CAUSE - 1] = transition->cause == NULL ? (Datum) 0 :
		PointerGetDatum(cstring_to_text_with_len(transition->cause, transition->cause_len));
	values[LIVE_CAUSE_SOURCE - 1] =
		Int32GetDatum(news->tracker->sources[transition->cause_place]->number);
	put_row(news, &news->transitions, news->transition_desc, values, nulls);
}

/* news_add_merged gathers that leads, which last as long as the work, count for others than before. */
void
news_add_merged(News *news, List *leads)
{
	if (news != NULL)
		news->merged = list_concat(news->merged, leads);
}

/* news_add_moved gathers leads, which last as long as the work, that count for others than before, or that others did or do count for. */
void
news_add_moved(News *news, List *leads)
{
	if (news != NULL)
		news->moved = list_concat(news->moved, leads);
}

/* news_all_merged gathers that any lead may, since nobody has followed what was merged. */
void
news_all_merged(News *news)
{
	if (news != NULL)
		news->all_merged = true;
}

/* show lets queries of the present connection see a store, which may be empty, as a relation. */
static void
show(const char *name, TupleDesc desc, Tuplestorestate **store)
{
	EphemeralNamedRelation relation;

	if (desc == NULL)
		return;
	if (*store == NULL)
		*store = tuplestore_begin_heap(true, false, work_mem);
	relation = palloc0(sizeof(EphemeralNamedRelationData));
	relation->md.name = pstrdup(name);
	relation->md.tupdesc = desc;
	relation->md.enrtype = ENR_NAMED_TUPLESTORE;
	relation->md.enrtuples = tuplestore_tuple_count(*store);
	relation->reldata = *store;
	if (SPI_register_relation(relation) != SPI_OK_REL_REGISTER)
		elog(ERROR, "SPI_register_relation failed");
}

/* end_store lets go of a store, and of its file if it has become large. */
static void
end_store(Tuplestorestate **store)
{
	if (*store != NULL)
		tuplestore_end(*store);
	*store = NULL;
}

/*
 * news_tell lets the readers of a tracker read what was gathered; the caller is connected to SPI as
 * the owner, and what was written is visible.  What they write in turn is told in its own time.
 */
void
news_tell(News *news)
{
	ListCell   *cell;

	if (news == NULL || (news->leads == NULL && news->transitions == NULL &&
						 news->merged == NIL && news->moved == NIL && !news->all_merged))
		return;
	show(CHANGED_LEADS, news->lead_desc, &news->leads);
	show(LIVE_TRANSITIONS, news->transition_desc, &news->transitions);
	foreach(cell, readers)
	{
		const NewsReader *reader = lfirst(cell);

		if (reader->wants_leads(news->tracker) || reader->wants_transitions(news->tracker))
			reader->read(news);
	}
	end_store(&news->leads);
	end_store(&news->transitions);
}
