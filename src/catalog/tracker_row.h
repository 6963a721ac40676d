/*-------------------------------------------------------------------------
 *
 * tracker_row.h
 *	  The row that the extension keeps of a tracker, and what it says is read.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRACKER_ROW_H
#define TRACKER_ROW_H

#include "catalog/tracked_columns.h"

/* columns of lead_temperature.tracker */
enum
{
	TRACKER_INTERACTIONS, TRACKER_PREFIX, TRACKER_STATE, TRACKER_TRANSITIONS,
	TRACKER_RANKING, TRACKER_FUNNEL, TRACKER_FUNNEL_WEEKLY,
	TRACKER_COLUMNS,			/* one for each role that has one */
	TRACKER_MODEL = TRACKER_COLUMNS + N_COLUMN_ROLES, TRACKER_ENTRY, TRACKER_TIME_ZONE,
	TRACKER_VERSION, TRACKER_PAUSED, TRACKER_OUTDATED, TRACKER_LAST_REPLAY,
	TRACKER_PARTITIONS, TRACKER_REPLAYING,
	TRACKER_BASE, TRACKER_ARCHIVED_BEFORE, TRACKER_ARCHIVED_PARTITIONS,
	TRACKER_COUNTS, TRACKER_DELTAS,
	N_TRACKER_COLUMNS
};

extern void tracker_check_shape(void);
extern bool read_tracker_row(Oid interactions, Datum *values, bool *nulls);
extern TrackedSource first_source(Oid id, const Datum *values, const bool *nulls);
extern Oid	tracker_id_of_state(Oid state);
extern List *tracker_tables(Oid id);
extern Oid	first_table(Oid id);
extern List *tracker_sources(Oid id);

#endif							/* TRACKER_ROW_H */
