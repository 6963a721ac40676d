/*-------------------------------------------------------------------------
 *
 * tracker_objects.h
 *	  What a tracker owns: one list of the tables and views that it makes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRACKER_OBJECTS_H
#define TRACKER_OBJECTS_H

#include "catalog/table_shape.h"
#include "catalog/tracker_table.h"

/* Which trackers have a companion. */
typedef enum CompanionNeed
{
	NEEDED_ALWAYS,
	NEEDED_BY_COUNTS,			/* where counts of the funnel are kept */
	NEEDED_ON_REQUEST			/* whose first source has records, or for
								 * which need_companion was called */
} CompanionNeed;

/* A table or view that trackers make, as <prefix>_<suffix>. */
typedef struct CompanionKind
{
	const char *suffix;			/* no longer than funnel_weekly: prefixes leave
								 * room for that */
	const char *what;			/* it holds of the leads, for its comment */
	const char *since;			/* the version that brought it */
	CompanionNeed need;

	/* a table */
	const TableShape *shape;	/* NULL: it is a view */
	char	   *(*extras) (const TrackRequest *request, const char *name);	/* commands once it is
																			 * made, NULL: none */
	const char *former;			/* its suffix in 0.1.0, which older trackers
								 * keep; NULL: the same */
	bool		followed;		/* its rows are users', and have our triggers */

	/* a view */
	const char *query;			/* in which {suffix} stands for the name of a
								 * companion, {suffix:oid} for it as a
								 * regclass, {time_zone} for the tracker's */
	char	   *(*make_query) (const TrackRequest *request);	/* writes it where it needs
															 * more */
	bool		reads_counts;	/* it has another where counts of the funnel
								 * are kept */
	const char *columns;		/* their names and types */
} CompanionKind;

extern const CompanionKind companion_kinds[];
extern const int n_companion_kinds;

extern const TableShape *companion_shape(const char *suffix);
extern char *companion_columns(const CompanionKind *kind, bool former);
extern int	longest_suffix(void);
extern void check_schema_rights(const TrackRequest *request);
extern Oid	name_taken(const TrackRequest *request);
extern List *make_companions(const TrackRequest *request);
extern void request_of_tracker(Oid interactions, TrackRequest *request);
extern Oid	need_companion(Oid tracker, const char *suffix);
extern void set_funnel_counts(TrackRequest *request, bool keep);
extern void drop_companion(Oid relation, bool cascade);
extern const char *sql_kind(Oid relation);

#endif							/* TRACKER_OBJECTS_H */
