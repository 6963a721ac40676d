/*-------------------------------------------------------------------------
 *
 * tracker.h
 *	  What a tracked table is followed with: its columns, its state, and the
 *	  frozen model that its rows are folded with.
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

/* How a column of an interaction is read. */
typedef enum KindPath
{
	KIND_IS_TEXT,
	KIND_BY_CAST,
	KIND_BY_OUTPUT
} KindPath;

/* The column of leads as it is declared, which the tables of a tracker repeat. */
typedef struct LeadColumn
{
	Oid			type;			/* may be a domain */
	int32		typmod;
	Oid			collation;
} LeadColumn;

/* What columns of a tracked table are read for; tracked_columns.c lists what is known of each. */
typedef enum Role
{
	ROLE_LEAD,
	ROLE_KIND,
	ROLE_AT,
	ROLE_WEIGHT,
	ROLE_FILTER,				/* whether a row is an interaction at all */
	N_ROLES
} Role;

/* Those that the table of trackers has a column for. */
#define N_COLUMN_ROLES		(ROLE_WEIGHT + 1)

typedef struct Tracker
{
	Oid			interactions;	/* hash key */
	bool		valid;
	SubTransactionId read_in;	/* that has read it, invalid once that is
								 * committed */
	MemoryContext context;		/* of all below */

	Oid			owner;
	Oid			state;
	Oid			transitions;
	Oid			balances;
	Oid			counts;			/* of the funnel; InvalidOid: it is scanned */
	Oid			deltas;			/* to these counts */
	NameData	columns[N_ROLES];	/* empty: none */
	char	   *expressions[N_ROLES];	/* where it is no column; NULL: none */
	Node	   *trees[N_ROLES]; /* of these */
	bool		may_fail;		/* some of them, for some row */
	bool		makes_domains;	/* some of them make values of domains */
	List	   *certain;		/* conditions of the filter that never fail */
	char	   *certain_sql;	/* these, NULL: none */
	int			n_inputs;
	AttrNumber *inputs;			/* columns that they read, ascending */
	bool		described;		/* how rows are read is known, as it need not
								 * be while the tracker is paused */
	Oid			types[N_ROLES]; /* of columns and expressions, base types;
								 * InvalidOid: none */
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

	/* the lead column */
	LeadColumn	lead_column;
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

	/* how the kind, time and weight columns are read */
	KindPath	kind_path;
	FmgrInfo	kind_function;
	short		kind_arguments; /* of a cast function */
	uint32		kind_function_hash; /* of its key in the cache of functions */
	bool		kind_text_varies;	/* with settings of the session */

	Oid			transition_ids; /* sequence of the transitions, found when
								 * first needed */
	Oid			current_transitions;	/* index on those that are not
										 * superseded, likewise */

	/* kept plans, made when first needed */
	SPIPlanPtr	insert_state;
	SPIPlanPtr	read_lead;
	SPIPlanPtr	read_lead_after;
} Tracker;

/* The tracked columns of a table, whether they are still there or not. */
typedef struct TrackedColumns
{
	char	   *name[N_ROLES];	/* NULL: none */
	char	   *expression[N_ROLES];	/* likewise */
} TrackedColumns;

/* has_column says whether a column of the table is read for a role. */
static inline bool
has_column(const Tracker *tracker, Role role)
{
	return NameStr(tracker->columns[role])[0] != '\0';
}

/* has_role says whether anything is read for a role. */
static inline bool
has_role(const Tracker *tracker, Role role)
{
	return has_column(tracker, role) || tracker->expressions[role] != NULL;
}

/* has_expressions says whether rows are read by expressions. */
static inline bool
has_expressions(const Tracker *tracker)
{
	for (int role = 0; role < N_ROLES; role++)
		if (tracker->expressions[role] != NULL)
			return true;
	return false;
}

/* role_column returns the name of the column for a role. */
static inline const char *
role_column(const Tracker *tracker, Role role)
{
	return NameStr(tracker->columns[role]);
}

#endif							/* TRACKER_H */
