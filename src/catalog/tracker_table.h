/*-------------------------------------------------------------------------
 *
 * tracker_table.h
 *	  The extension's own tables of trackers and of what they have made, written.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRACKER_TABLE_H
#define TRACKER_TABLE_H

#include "catalog/tracker_cache.h"

/* What a tracker shall be, as track() and what changes trackers are asked for. */
typedef struct TrackRequest
{
	TrackedSource source;		/* its first */
	char	   *schema;			/* that it makes its tables and views in */
	LeadColumn	lead;
	char	   *model;
	char	   *prefix;
	LeadStage	entry;
	char	   *time_zone;
	bool		backfill;
	bool		funnel_counts;
	const char *wanted;			/* suffix of the only companion to be made,
								 * NULL: all that are needed */
	const char *module;			/* likewise of which companions alone are to
								 * be made */
	List	   *companions;		/* of Companion: what the tracker has made
								 * already */
} TrackRequest;

/* A table or view that a tracker has made, called <prefix>_<suffix>. */
typedef struct Companion
{
	char	   *suffix;
	Oid			relation;
} Companion;

/* What a tracker has made. */
typedef struct TrackerObjects
{
	char	   *prefix;
	List	   *companions;		/* of Companion, in no order */
} TrackerObjects;

/* Suffixes of those companions that are spoken of one by one. */
#define STATE_SUFFIX		"lead"
#define TRANSITIONS_SUFFIX	"transition"
#define BALANCES_SUFFIX		"balance"
#define COUNTS_SUFFIX		"funnel_count"
#define ALIAS_SUFFIX		"alias"
#define CHANGES_SUFFIX		"change"
#define WORDS_SUFFIX		"word"

extern void insert_tracker(TrackRequest *request, const TrackerObjects *objects);
extern void set_tracker_reading(const TrackRequest *request);
extern void forget_replayed_lead(Oid interactions, const char *lead);
extern void set_tracker_paused(Oid interactions, bool paused);
extern void set_tracker_replayed(Oid interactions, bool at_once);
extern void set_tracker_outdated(Oid interactions);
extern void set_source_outdated(const TrackedSource *source);
extern void set_tracker_archived(Oid tracker, TimestampTz before);
extern void count_ignored(Oid interactions, int64 rows);
extern void count_failed(Oid tracker, List *failed);
extern void forget_failed(Oid tracker);
extern bool tracker_objects(Oid interactions, TrackerObjects *objects);
extern Oid	companion_of(const TrackerObjects *objects, const char *suffix);
extern Oid	noted_companion(Oid tracker, const char *suffix);
extern Oid	changes_of(Oid interactions);
extern Oid	companion_among(List *companions, const char *suffix);
extern const char *companion_name(const TrackRequest *request, const char *suffix);
extern void add_companion(Oid interactions, const char *suffix, Oid relation);
extern void forget_companion(Oid interactions, const char *suffix);
extern Oid	tracker_of_companion(Oid relation);
extern void delete_tracker(Oid interactions);
extern List *all_trackers(void);
extern List *all_tables(void);
extern List *all_sources(void);

#endif							/* TRACKER_TABLE_H */
