/*-------------------------------------------------------------------------
 *
 * transition_log.h
 *	  The transition table of a tracker, <prefix>_transition.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRANSITION_LOG_H
#define TRANSITION_LOG_H

#include "state/lead_cursor.h"
#include "state/news.h"
#include "catalog/table_shape.h"
#include "catalog/tracker_cache.h"
#include "util/table_writer.h"

#include "access/genam.h"

/* columns of <prefix>_transition */
enum
{
	TRANSITION_ID = 1,
	TRANSITION_LEAD,
	TRANSITION_AT,
	TRANSITION_FROM_STAGE,
	TRANSITION_TO_STAGE,
	TRANSITION_FROM_STATUS,
	TRANSITION_TO_STATUS,
	TRANSITION_FROM_TEMPERATURE,
	TRANSITION_TO_TEMPERATURE,
	TRANSITION_CYCLE,
	TRANSITION_PURCHASES,
	TRANSITION_SCORE,
	TRANSITION_CAUSE,
	TRANSITION_RECORDED_AT,
	TRANSITION_SUPERSEDED_AT,
	TRANSITION_ORIGIN,			/* from 0.2.0 on */
	TRANSITION_CAUSE_SOURCE,
	TRANSITION_MODEL_VERSION,
	N_TRANSITION_COLUMNS = TRANSITION_MODEL_VERSION
};

extern const TableShape transition_shape;

/* What brings leads up to date. */
typedef enum WorkCause
{
	BY_ROWS,					/* that have come, gone or changed, or whose
								 * time has come */
	BY_REPLAY,
	BY_BACKFILL
} WorkCause;

typedef struct TransitionTable
{
	Tracker    *tracker;
	Writer		writer;
	ColumnPlaces places;
	WorkCause	by;
	HeatTime	clock;			/* when the work began */
	News	   *news;			/* NULL: nobody wants to be told */
	const LeadState *known;		/* what was known of the lead that is
								 * replayed, NULL: nothing */
	Oid			index;			/* on (lead, at) of the current ones */
	TupleTableSlot *next;
	TupleTableSlot *current;	/* of the comparison of a lead by itself */
	LeadCursor *cursor;			/* NULL unless leads are gone through in key
								 * order */
} TransitionTable;

/* Called for a transition that is stored but not replayed, or the reverse. */
typedef void (*TransitionDiffers) (TupleTableSlot *stored, const Transition *replayed, void *arg);

/* A replay of one lead beside its current transitions. */
typedef struct TransitionReplay
{
	TransitionTable *table;
	Datum		lead;
	bool		at_cursor;		/* by the table's cursor, else by a scan of
								 * its own */
	Snapshot	snapshot;
	Relation	index;
	IndexScanDesc scan;
	TupleTableSlot *current;
	int64		differences;	/* transitions stored or replayed alone, so
								 * far */
	bool		have;			/* current holds the next current transition */
	TransitionDiffers differs;
	void	   *arg;
} TransitionReplay;

extern int	live_within;

extern void transition_log_init(void);
extern Oid	current_index(Relation table);
extern void transitions_open(TransitionTable *table, Tracker *tracker, WorkCause by, News *news);
extern void transitions_close(TransitionTable *table);
extern void transition_add(TransitionTable *table, Datum lead, const Transition *transition);
extern void transitions_open_cursor(TransitionTable *table, Snapshot snapshot, Datum from);
extern void transition_replay_begin(TransitionReplay *replay, TransitionTable *table, Datum lead,
									bool at_cursor, TransitionDiffers differs, void *arg);
extern void transition_replay_begin_after(TransitionReplay *replay, TransitionTable *table,
										  Datum lead, HeatTime after);
extern void transition_replay_begin_unlocked(TransitionReplay *replay, TransitionTable *table,
											 Datum lead, Snapshot snapshot);
extern void transition_replay_emit(const Transition *transition, void *replay);
extern void transition_replay_end(TransitionReplay *replay);

#endif							/* TRANSITION_LOG_H */
