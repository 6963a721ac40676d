/*-------------------------------------------------------------------------
 *
 * tracker.h
 *	  What a tracker is: the tables that it reads and what of them, its state, and
 *	  the frozen model that their rows are folded with.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRACKER_H
#define TRACKER_H

#include "types/lead_temperature.h"

#include "catalog/model_version.h"

#include "executor/spi.h"
#include "pgtime.h"
#include "utils/rel.h"

/* Arguments that a cast function can have: value, typmod, whether it is explicit. */
#define MAX_CAST_ARGUMENTS	3

/* How values become text. */
typedef enum TextPath
{
	IS_TEXT,
	TEXT_BY_CAST,
	TEXT_BY_OUTPUT
} TextPath;

/* What values of a type become text by. */
typedef struct TextCast
{
	TextPath	path;
	FmgrInfo	function;
	short		arguments;		/* of a cast function */
	uint32		function_hash;	/* of its key in the cache of functions */
	bool		varies;			/* with settings of the session */
} TextCast;

/* The column of leads as it is declared, which the tables of a tracker repeat. */
typedef struct LeadColumn
{
	Oid			type;			/* may be a domain */
	int32		typmod;
	Oid			collation;
} LeadColumn;

/* What columns of a source are read for; tracked_columns.c lists what is known of each. */
typedef enum Role
{
	ROLE_LEAD,
	ROLE_KIND,
	ROLE_AT,
	ROLE_WEIGHT,
	ROLE_KEY,					/* of a mapping: the id that it maps to the
								 * lead */
	ROLE_FILTER,				/* whether a row counts at all */
	N_FOLD_ROLES,				/* those before are all that is read of a row
								 * for a fold */
	ROLE_TOPIC = N_FOLD_ROLES,	/* what it is about, read where topics are
								 * asked for, as those after it are likewise */
	ROLE_CHANNEL,				/* which way it came */
	ROLE_VALUE,					/* of what was bought */
	N_ROLES
} Role;

/* Those beside the fold, which no writer reads and no lead rests on. */
#define N_ASIDES			(N_ROLES - N_FOLD_ROLES)

/* Those that the table of trackers has a column for. */
#define N_COLUMN_ROLES		(ROLE_WEIGHT + 1)

/* Instead of the number of a source: of the table of aliases. */
#define MAPS_LEADS		(-1)

typedef struct Tracker Tracker;

struct Handoffs;
struct AccountSource;
struct Fit;

/*
 * A table that a tracker reads, and what an interaction is in it, or what maps ids of another
 * source to leads, or what of its records is kept whenever it changes, which another source
 * reads.  What follows the expressions is known once the tracker is described.
 */
typedef struct Source
{
	Tracker    *tracker;
	int32		number;			/* by which it is kept, from 1 */
	int			place;			/* among those of the tracker, from 0 */
	Oid			relation;
	int32		maps;			/* number of the source whose ids it maps,
								 * MAPS_LEADS: leads of all; 0: it has
								 * interactions */
	bool		maps_rest;		/* what it does not map is a lead by its id */
	int32		records;		/* number of the source that has what is kept
								 * of its records, 0: nothing is */
	bool		words;			/* its rows are what people say of leads */
	struct Source *mapping;		/* of its own ids; NULL: these are leads */
	struct Source *recorder;	/* whose records change into its interactions;
								 * NULL: none */
	NameData	columns[N_ROLES];	/* empty: none */
	char	   *expressions[N_ROLES];	/* where it is no column; NULL: none */
	Node	   *trees[N_ROLES]; /* of these */
	bool		may_fail;		/* some of them, for some row */
	bool		makes_domains;	/* some of them make values of domains */
	List	   *certain;		/* conditions of the filter that never fail */
	char	   *certain_sql;	/* these, NULL: none */
	int			n_inputs;
	AttrNumber *inputs;			/* columns that they read, ascending */
	Oid			types[N_ROLES]; /* of columns and expressions, base types;
								 * InvalidOid: none */
	LeadColumn	lead_column;
	bool		described;		/* of one with records: how they are read is
								 * known */

	TextCast	kind;			/* how kinds are read */

	/* topics, channels, values */
	struct Source *with_asides; /* the same, read for these besides, made when
								 * first needed: their trees, the inputs and
								 * what follows are of that alone */
	TextCast	asides[N_ASIDES];	/* how they become text, but for values */
	bool		aside_may_fail[N_ASIDES];

	/* kept plans, made when first needed */
	SPIPlanPtr	read_lead;
	SPIPlanPtr	read_lead_after;
	SPIPlanPtr	find_leads;		/* of a mapping: those of an id */
	SPIPlanPtr	find_all_leads; /* those of several */
	SPIPlanPtr	find_root;		/* of aliases: that of a lead */
	SPIPlanPtr	find_alias;		/* whether a lead is one */
	SPIPlanPtr	find_below;		/* those that count for a lead */
	SPIPlanPtr	find_all_below; /* those that count for several */
} Source;

/* A table of users whose columns follow the state of leads. */
typedef struct WriteTarget
{
	Oid			relation;		/* may be gone */
	char	   *key;			/* the column that has the lead */
	int			n;
	int		   *attributes;		/* places in written_attributes, ascending */
	char	  **columns;		/* that they are written to */
	SPIPlanPtr	write_one;		/* one of module_plans, made when first needed */
} WriteTarget;

struct Tracker
{
	Oid			id;				/* hash key: by which the tables of the
								 * extension name it */
	bool		valid;
	SubTransactionId read_in;	/* that has read it, invalid once that is
								 * committed */
	MemoryContext context;		/* of all below */

	Oid			interactions;	/* the table of its first source, after which
								 * it is called */
	Oid			owner;
	Oid			state;
	Oid			transitions;
	Oid			balances;
	Oid			counts;			/* of the funnel; InvalidOid: it is scanned */
	Oid			deltas;			/* to these counts */
	int			nsources;
	int			ntables;		/* that it reads: these, mappings and records */
	Source	  **sources;		/* by their numbers, and then the others */
	Source	   *aliases;		/* the mapping of leads that are merged; NULL:
								 * none ever was */
	Source	   *words;			/* that of what people say; NULL: nobody ever
								 * has */
	bool		described;		/* how rows are read is known, as it need not
								 * be while the tracker is paused */
	char	   *time_zone;
	pg_tz	   *zone;			/* of that name, found when first needed */
	bool		paused;
	bool		replaying;		/* a replay has begun and not ended */
	HeatTime	archived_before;	/* rows before this are in the balances,
									 * FOLD_NEVER: none */
	int32		version;
	ModelVersion *model;		/* of that version; NULL or with a fault: not
								 * for use */
	int			nversions;
	ModelVersion **versions;

	char		persistence;	/* of the tables that it keeps */

	/* leads */
	LeadColumn	lead_column;
	Oid			lead_type;		/* the base type */
	int32		lead_typmod;
	Oid			lead_collation;
	int16		lead_typlen;
	bool		lead_typbyval;
	Oid			lead_eq;		/* operators of its default btree class */
	Oid			lead_lt;
	FmgrInfo	lead_cmp;
	bool		lead_hashes;
	FmgrInfo	lead_hash;
	bool		lead_equals_image;	/* it hashes, and equal leads are the same
									 * to the byte */

	Oid			transition_ids; /* sequence of the transitions, found when
								 * first needed */
	Oid			current_transitions;	/* index on those that are not
										 * superseded, likewise */
	SPIPlanPtr	insert_state;	/* kept, made when first needed */
	SPIPlanPtr	insert_changes; /* likewise */
	struct Handoffs *handoffs;	/* what the module handoff knows of it,
								 * likewise */
	struct Fit *fit;			/* what is known of the fit of its leads,
								 * likewise */
	List	   *module_plans;	/* of SPIPlanPtr: those that modules keep */
	List	   *module_tables;	/* Oids: those that these rest on */

	int			ntargets;		/* that its leads are written back to */
	WriteTarget *targets;
	struct AccountSource *accounts; /* what says to which accounts its leads
									 * belong; NULL: nothing does */
};

/* What a tracker reads of a table, whether that is still there or not. */
typedef struct TrackedSource
{
	Oid			tracker;		/* its id */
	Oid			owner;			/* of the tracker */
	int32		number;
	Oid			relation;
	int32		maps;			/* as of a Source */
	bool		maps_rest;
	int32		records;
	bool		words;
	bool		mapped;			/* another table maps its ids; maps_rest as of
								 * that */
	char	   *name[N_ROLES];	/* NULL: none */
	char	   *expression[N_ROLES];	/* likewise */
} TrackedSource;

/* Rows of a source for which an expression failed. */
typedef struct FailedRows
{
	int32		source;			/* its number */
	int64		rows;
	char	   *message;		/* of the last */
} FailedRows;

/* has_column says whether a column of the table is read for a role. */
static inline bool
has_column(const Source *source, Role role)
{
	return NameStr(source->columns[role])[0] != '\0';
}

/* has_role says whether anything is read for a role. */
static inline bool
has_role(const Source *source, Role role)
{
	return has_column(source, role) || source->expressions[role] != NULL;
}

/* has_expressions says whether rows are read by expressions for the fold. */
static inline bool
has_expressions(const Source *source)
{
	for (int role = 0; role < N_FOLD_ROLES; role++)
		if (source->expressions[role] != NULL)
			return true;
	return false;
}

/* has_asides says whether anything is read of rows beside the fold. */
static inline bool
has_asides(const Source *source)
{
	for (int role = N_FOLD_ROLES; role < N_ROLES; role++)
		if (source->expressions[role] != NULL)
			return true;
	return false;
}

/* aside_cast returns how what is read beside the fold becomes text. */
static inline TextCast *
aside_cast(Source *source, Role role)
{
	return &source->asides[role - N_FOLD_ROLES];
}

/* is_plain says whether all that is read are columns of one table, one for each role. */
static inline bool
is_plain(const Tracker *tracker)
{
	return tracker->ntables == 1 && !has_expressions(tracker->sources[0]);
}

/* has_interactions says whether rows of what a tracker reads are interactions, and neither map ids nor are records. */
static inline bool
has_interactions(const TrackedSource *source)
{
	return source->maps == 0 && source->records == 0;
}

/* has_mappings says whether a tracker reads tables that map ids. */
static inline bool
has_mappings(const Tracker *tracker)
{
	for (int i = tracker->nsources; i < tracker->ntables; i++)
		if (tracker->sources[i]->maps != 0)
			return true;
	return false;
}

/* remembers says whether leads of a tracker have more to remember than those of 0.1.0: by its model's signals, or since people say things of them. */
static inline bool
remembers(const Tracker *tracker)
{
	return tracker->words != NULL || (tracker->model != NULL && tracker->model->remembers);
}

/* shown_relation returns the table that users know a source by: that of the records, if it has what is kept of some. */
static inline Oid
shown_relation(const Source *source)
{
	return source->recorder != NULL ? source->recorder->relation : source->relation;
}

/* names_leads returns what names the leads of a source: what maps its ids, or itself. */
static inline const Source *
names_leads(const Source *source)
{
	return source->mapping != NULL ? source->mapping : source;
}

/* may_fail says whether an expression of a source may, for some row. */
static inline bool
may_fail(const Tracker *tracker)
{
	for (int i = 0; i < tracker->nsources; i++)
		if (tracker->sources[i]->may_fail)
			return true;
	return false;
}

/* role_column returns the name of the column for a role. */
static inline const char *
role_column(const Source *source, Role role)
{
	return NameStr(source->columns[role]);
}

#endif							/* TRACKER_H */
