/*-------------------------------------------------------------------------
 *
 * tracker_objects.h
 *	  What a tracker owns: the tables and views of one list.
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
	NEEDED_BY_RECORDS,			/* whose first source has records, or for
								 * which need_companion was called */
	NEEDED_BY_MODULE,			/* that have its module, by add_module */
	NEEDED_ON_REQUEST			/* for which need_companion was called */
} CompanionNeed;

/* A table or view that trackers make, as <prefix>_<suffix>. */
typedef struct CompanionKind
{
	const char *suffix;			/* no longer than funnel_weekly: prefixes
								 * leave room for that */
	const char *what;			/* it holds of the leads, for its comment */
	const char *since;			/* the version that brought it */
	CompanionNeed need;
	const char *module;			/* that it belongs to, NULL: the core */

	/* a table */
	const TableShape *shape;	/* NULL: it is a view */
	char	   *(*extras) (const TrackRequest *request, const char *name);	/* commands once it is
																			 * made, NULL: none */
	const char *former;			/* its suffix in 0.1.0, which older trackers
								 * keep; NULL: the same */
	bool		followed;		/* its rows are users', and have our triggers */
	bool		only_here;		/* nothing makes its rows again: that they are
								 * dropped is told */

	/* a view */
	const char *query;			/* in which {suffix} stands for the name of a
								 * companion, {suffix:oid} for it as a
								 * regclass, {time_zone} for the tracker's,
								 * {=} for the equality of its leads, {} for
								 * itself */
	char	   *(*make_query) (const TrackRequest *request);	/* writes it where it
																 * needs more */
	bool		reads_counts;	/* it has another where counts of the funnel
								 * are kept */
	bool		was_other;		/* it had another in 0.1.0 */
	const char *shows;			/* a module of which it shows what there is;
								 * NULL: of none */
	const char *columns;		/* their names and types */
} CompanionKind;

/* What trackers make, each after what it rests on: companion_kinds.c, which stands above all that it lists. */
extern const CompanionKind companion_kinds[];
extern const int n_companion_kinds;

extern const TableShape *companion_shape(const char *suffix);
extern char *companion_columns(const CompanionKind *kind, bool former);
extern int	longest_suffix(void);
extern void check_schema_rights(const TrackRequest *request);
extern Oid	name_taken(const TrackRequest *request);
extern bool is_of_module(const CompanionKind *kind, const char *module);
extern const char *module_of(const char *suffix);
extern bool has_module(List *companions, const char *module);
extern List *make_companions(const TrackRequest *request);
extern void request_of_tracker(Oid interactions, TrackRequest *request);
extern Oid	need_companion(Oid tracker, const char *suffix);
extern void check_present_columns(const TrackRequest *request);
extern void read_words(Oid tracker, Oid words);
extern void show_module(const TrackRequest *request, const char *module);
extern List *add_companions(const TrackRequest *request);
extern void tell_lost(Oid relation, const CompanionKind *kind, const char *with);
extern void set_funnel_counts(TrackRequest *request, bool keep);
extern void drop_companion(Oid relation, bool cascade);
extern const char *sql_kind(Oid relation);

#endif							/* TRACKER_OBJECTS_H */
