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
#include "util/text_numbers.h"

#include "utils/tuplesort.h"
#include "utils/tuplestore.h"

/* Kinds that are found again at once, if no other takes their place. */
#define KIND_GUESSES	256

struct RowGroups;

/* How a stream goes through rows that were grouped by lead. */
typedef struct RowGroupMethods
{
	bool		(*next_lead) (struct RowGroups *row_groups, Datum *lead);
	bool		(*next_row) (struct RowGroups *row_groups, FoldRow *row);
	void		(*end) (struct RowGroups *row_groups);
} RowGroupMethods;

/* How a lead was touched, and what that was worth. */
typedef struct Touch
{
	int32		channel;		/* its number among those of the stream,
								 * NO_TEXT: none */
	int64		amount;			/* of a row that wins, in millionths; 0 if it
								 * has no value */
} Touch;

/*
 * The leads of a flush or replay in key order, each with its interactions in
 * the order of the fold.  A mark is an entry that makes its lead appear
 * without an interaction; marks come before the interactions of their lead.
 *
 * Entries are put into the stream one by one and sorted, or grouped in memory,
 * or taken from stored rows of all sources, sorted by lead alone.
 */
typedef struct LeadStream
{
	const Tracker *tracker;
	const ModelVersion *model;
	HeatTime	horizon;		/* rows later than this are future */
	HeatTime	from;			/* rows before this are archived, and ignored */
	HeatTime	until;			/* rows later than this are left out */
	int64		ignored;		/* rows that were ignored */
	bool		topics;			/* of rows are read, where these are put one
								 * by one */
	TextNumbers *channels;		/* of rows are read, where these are stored;
								 * NULL: they are not */
	int64		wrong_amounts;	/* rows whose value is none that counts */
	int32		guesses[KIND_GUESSES];	/* signals found last for kinds that
										 * look alike */
	TupleDesc	desc;
	TupleTableSlot *input;		/* the entry put last, or the stored row */
	Tuplesortstate *sort;		/* NULL while there is one entry at most */
	TupleTableSlot *output;
	int64		entries;
	bool		single_taken;
	Tuplestorestate *stored;	/* NULL unless rows come from there */
	RowLayout	stored_layout;
	int			n_sources;		/* of it */
	bool		stored_ahead;	/* input holds a stored row of the next lead */
	char	   *interactions;	/* of the present lead, where they fit in
								 * memory: Interaction, or TouchedInteraction */
	int			n_interactions;
	int			next_interaction;
	struct LeadStream *overflow;	/* the present lead's, where they do not */
	int64		rows_read;		/* from the store */
	struct RowGroups *row_groups;	/* NULL unless rows come from there */
	const RowGroupMethods *row_group_methods;
	MemoryContext context;		/* of the stream */
	MemoryContext row_context;	/* reset after every row */
	MemoryContext lead_context; /* of the present lead */

	/* reading */
	bool		pending;		/* output holds an entry not yet taken */
	bool		have_lead;
	Datum		lead;			/* the present lead */

	/* the entry taken last */
	bool		is_mark;
	FoldRow		row;
	text	   *topic;			/* of it, if topics are read; NULL: none */
	Touch		touch;			/* likewise, if channels are */
} LeadStream;

extern LeadStream *stream_begin_stored(const Tracker *tracker, HeatTime horizon,
									   Tuplestorestate *stored, TupleDesc desc);
extern LeadStream *stream_begin(const Tracker *tracker, HeatTime horizon);
extern void stream_read_touches(LeadStream *stream);
extern LeadStream *stream_begin_topics(const Tracker *tracker, HeatTime horizon);
extern void stream_add(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot);
extern void stream_add_as(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot, Datum lead);
extern void stream_use_groups(LeadStream *stream, struct RowGroups *row_groups,
							  const RowGroupMethods *methods);
extern bool stream_ignores(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot);
extern void stream_mark(LeadStream *stream, Datum lead);
extern void stream_sort(LeadStream *stream);
extern bool stream_next_lead(LeadStream *stream);
extern bool stream_next_row(LeadStream *stream);
extern void stream_leave_lead(LeadStream *stream);
extern void stream_go_on(LeadStream *stream, const Tracker *tracker, HeatTime horizon);
extern void stream_rewind(LeadStream *stream, const Tracker *tracker);
extern List *stream_failures(const LeadStream *stream);
extern void stream_end(LeadStream *stream);
extern bool read_interaction(LeadStream *stream, const RowShape *shape, TupleTableSlot *slot,
							 Interaction *interaction);

#endif							/* LEAD_STREAM_H */
