/*-------------------------------------------------------------------------
 *
 * lead_stream.h
 *	  The interactions of leads, in the order of the fold.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEAD_STREAM_H
#define LEAD_STREAM_H

#include "rows/interaction.h"

#include "utils/tuplesort.h"
#include "utils/tuplestore.h"

/* Kinds that are found again at once, if no other takes their place. */
#define KIND_GUESSES	256

struct Gathered;

/* How a stream goes through rows that were gathered by lead. */
typedef struct GatheredMethods
{
	bool		(*next_lead) (struct Gathered *gathered, Datum *lead);
	bool		(*next_row) (struct Gathered *gathered, FoldRow *row);
	void		(*end) (struct Gathered *gathered);
} GatheredMethods;

/*
 * The leads of a flush or replay in key order, each with its interactions in
 * the order of the fold.  A touch is an entry that makes its lead appear
 * without an interaction; touches come before the interactions of their lead.
 *
 * Entries are put into the stream one by one and sorted, or gathered in memory,
 * or taken from stored rows of the tracked columns, sorted by lead alone.
 */
typedef struct LeadStream
{
	const Tracker *tracker;
	const FrozenModel *model;
	HeatTime	horizon;		/* rows later than this are future */
	HeatTime	from;			/* rows before this are archived, and ignored */
	HeatTime	until;			/* rows later than this are left out */
	int64		ignored;		/* rows that were ignored */
	int32		guesses[KIND_GUESSES];	/* signals found last for kinds that look alike */
	TupleDesc	desc;
	TupleTableSlot *input;		/* the entry put last, or the stored row */
	Tuplesortstate *sort;		/* NULL while there is one entry at most */
	TupleTableSlot *output;
	int64		entries;
	bool		single_taken;
	Tuplestorestate *stored;	/* NULL unless rows come from there */
	RowShape	stored_shape;
	bool		stored_ahead;	/* input holds a stored row of the next lead */
	Interaction *interactions;	/* of the present lead, where they fit in memory */
	int			n_interactions;
	int			next_interaction;
	struct LeadStream *overflow;	/* the present lead's, where they do not */
	int64		rows_read;		/* from the store */
	struct Gathered *gathered;	/* NULL unless rows come from there */
	const GatheredMethods *gathered_methods;
	MemoryContext context;		/* of the stream */
	MemoryContext row_context;	/* reset after every row */
	MemoryContext lead_context; /* of the present lead */

	/* reading */
	bool		pending;		/* output holds an entry not yet taken */
	bool		have_lead;
	Datum		lead;			/* the present lead */

	/* the entry taken last */
	bool		touch;
	FoldRow		row;
} LeadStream;

extern LeadStream *stream_begin_stored(const Tracker *tracker, HeatTime horizon,
									   Tuplestorestate *stored, TupleDesc desc);
extern LeadStream *stream_begin(const Tracker *tracker, HeatTime horizon);
extern void stream_add(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot);
extern void stream_use_gathered(LeadStream *stream, struct Gathered *gathered,
								const GatheredMethods *methods);
extern bool stream_ignores(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot);
extern void stream_touch(LeadStream *stream, Datum lead);
extern void stream_sort(LeadStream *stream);
extern bool stream_next_lead(LeadStream *stream);
extern bool stream_next_row(LeadStream *stream);
extern void stream_leave_lead(LeadStream *stream);
extern void stream_go_on(LeadStream *stream, const Tracker *tracker, HeatTime horizon);
extern void stream_rewind(LeadStream *stream, const Tracker *tracker);
extern void stream_end(LeadStream *stream);
extern bool read_interaction(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot,
							 Interaction *interaction);

#endif							/* LEAD_STREAM_H */
