/*-------------------------------------------------------------------------
 *
 * news.h
 *	  What is told when leads have been brought up to date.
 *
 *-------------------------------------------------------------------------
 */
#ifndef NEWS_H
#define NEWS_H

#include "catalog/tracker_cache.h"

#include "utils/tuplestore.h"

/* Names of the relations in which a reader of news finds them. */
#define CHANGED_LEADS		"changed_lead"
#define LIVE_TRANSITIONS	"live_transition"

/* What is gathered while leads of a tracker are brought up to date. */
typedef struct News
{
	Tracker    *tracker;
	MemoryContext context;		/* of the work */
	TupleDesc	lead_desc;		/* NULL: nobody wants them */
	Tuplestorestate *leads;		/* whose row of the state has come, changed or
								 * gone; NULL: none so far */
	TupleDesc	transition_desc;	/* likewise */
	Tuplestorestate *transitions;	/* those that are live */
	List	   *merged;			/* of Datum pointers: leads that count for
								 * others than before */
	List	   *moved;			/* likewise: these, and all that they did or
								 * do count for */
	bool		all_merged;		/* any may do so */
} News;

/* Who wants to be told. */
typedef struct NewsReader
{
	bool		(*wants_leads) (const Tracker *tracker);
	bool		(*wants_transitions) (const Tracker *tracker);
	void		(*read) (const News *news);
} NewsReader;

extern void news_add_reader(const NewsReader *reader);
extern News *news_begin(Tracker *tracker);
extern void news_add_lead(News *news, Datum lead);
extern void news_add_transition(News *news, Datum lead, const Transition *transition);
extern void news_add_merged(News *news, List *leads);
extern void news_add_moved(News *news, List *leads);
extern void news_all_merged(News *news);
extern void news_tell(News *news);

#endif							/* NEWS_H */
