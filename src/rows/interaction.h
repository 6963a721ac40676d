/*-------------------------------------------------------------------------
 *
 * interaction.h
 *	  What is read of a row of a source.
 *
 *-------------------------------------------------------------------------
 */
#ifndef INTERACTION_H
#define INTERACTION_H

#include "catalog/tracker_cache.h"
#include "rows/word.h"

#include "executor/executor.h"
#include "executor/tuptable.h"
#include "utils/tuplesort.h"
#include "utils/tuplestore.h"

/* Expressions over rows of some shape, and what they make of the present one. */
typedef struct RowExpressions
{
	ExprContext *context;
	ExprState  *states[N_ROLES];	/* NULL: none */
	bool		may_fail;
	bool		failed;			/* for the present row */
	int64		failures;		/* so far */
	char	   *message;		/* of the last, NULL: none */
	MemoryContext lasting;		/* of that */
	Datum		values[N_ROLES];
	bool		nulls[N_ROLES];
	AttrNumber *inputs;			/* columns that they read */
	int			n_inputs;
} RowExpressions;

/* Where rows of some shape have what a source is read for. */
typedef struct RowShape
{
	const Source *source;
	AttrNumber	columns[N_ROLES];	/* 0: none */
	RowExpressions *expressions;	/* NULL: none */
} RowShape;

/* How rows of all sources of a tracker lie side by side. */
typedef struct RowLayout
{
	AttrNumber	place;			/* of the column that has the place of the
								 * row's source, which is null in rows that
								 * are but marks; 0: there is one source, and
								 * its times are null in these */
	RowShape   *shapes;			/* of the sources */
} RowLayout;

/* An interaction as read from a row. */
typedef struct Interaction
{
	HeatTime	at;
	double		points;
	int32		order;			/* see interaction_order */
	int32		place;			/* of its source among the tracker's */
	text	   *kind;			/* NULL if a signal has it, or if it is null */
} Interaction;

/* Whether a row has a value. */
typedef enum AmountFate
{
	AMOUNT_IS_NONE,
	AMOUNT_IS_THERE,
	AMOUNT_IS_WRONG				/* no finite number, too large, or its
								 * expression fails */
} AmountFate;

/* Whether a row counts, and why it does not: the first of these that holds. */
typedef enum RowFate
{
	ROW_COUNTS,
	ROW_IS_FILTERED,
	ROW_FAILS,					/* an expression does, for it */
	ROW_HAS_NO_LEAD,
	ROW_HAS_NO_TIME,
	ROW_TIME_IS_INFINITE,
	ROW_IS_TOO_OLD,				/* before 1970 */
	ROW_IS_NO_WORD,				/* of a kind that people cannot say */
	ROW_WEIGHT_IS_NOT_FINITE,
	ROW_IS_ARCHIVED,
	N_ROW_FATES
} RowFate;

/*
 * interaction_order places an interaction among others as strong: by its kind's order
 * among those of the signals, then by whether it weighs more than nothing.
 */
static inline int32
interaction_order(int32 kind_order, bool weightless)
{
	return 2 * kind_order + weightless;
}

/* has_signal says whether the kind of an interaction of an order is that of a signal; otherwise it has no points. */
static inline bool
has_signal(int32 order)
{
	return (order >> 1) % 2 != 0;
}

/* Words come after the kinds of any model, as those that no signal has. */
#define WORD_ORDER		(1 << 30)

/* word_order places a word so. */
static inline int32
word_order(int word)
{
	return WORD_ORDER + 4 * word;
}

extern TupleDesc all_rows_desc(const Tracker *tracker);
extern RowLayout all_rows_layout(const Tracker *tracker);
extern const RowShape *shape_of_row(const RowLayout *layout, TupleTableSlot *slot);
extern RowShape source_rows_shape(const Source *source);
extern RowShape row_shape(const Source *source, TupleDesc desc);
extern List *add_failures(List *failures, const RowShape *shape, int64 rows);
extern bool row_begins(const RowShape *shape, TupleTableSlot *slot);
extern Datum row_value(const RowShape *shape, Role role, TupleTableSlot *slot, bool *isnull);
extern HeatTime future_horizon(void);
extern RowFate row_fate(const RowShape *shape, TupleTableSlot *slot,
						HeatTime *at);
extern void apply_signal(const ModelVersion *model, int32 order, const text *kind,
						 FoldRow *row);
extern bool same_interaction(const RowShape *shape, TupleTableSlot *a, TupleTableSlot *b);
extern bool interaction_instant(const RowShape *shape, TupleTableSlot *slot, HeatTime *at);
extern bool read_row_weight(const RowShape *shape, TupleTableSlot *slot, double *weight);
extern int	read_word(const RowShape *shape, TupleTableSlot *slot);
extern text *read_kind(const Source *source, Datum value);
extern text *row_text(const RowShape *shape, Role role, TupleTableSlot *slot);
extern AmountFate row_amount(const RowShape *shape, TupleTableSlot *slot, int64 *millionths);

#endif							/* INTERACTION_H */
