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

#include "lead_temperature.h"

#include "frozen_model.h"

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

typedef struct Tracker
{
	Oid			interactions;	/* hash key */
	bool		valid;
	SubTransactionId read_in;	/* that has read it, invalid once that is committed */
	MemoryContext context;		/* of all below */

	Oid			owner;
	Oid			state;
	Oid			transitions;
	Oid			base;			/* opening balances */
	Oid			counts;			/* of the funnel; InvalidOid: it is scanned */
	Oid			deltas;			/* to these counts */
	NameData	lead;
	NameData	kind;
	NameData	at;
	NameData	weight;			/* empty: none */
	char	   *time_zone;
	pg_tz	   *zone;			/* of that name, found when first needed */
	bool		paused;
	bool		replaying;		/* a replay has begun and not ended */
	HeatTime	archived_before;	/* rows before this are in the balances, FOLD_NEVER: none */
	int32		version;
	FrozenModel *model;			/* of that version; NULL or with a fault: not for use */
	int			nversions;
	FrozenModel **versions;

	char		persistence;	/* of the tables that it keeps */

	/* the lead column */
	LeadColumn	lead_column;
	Oid			lead_type;		/* its base type */
	int32		lead_typmod;
	Oid			lead_collation;
	int16		lead_typlen;
	bool		lead_typbyval;
	Oid			lead_eq;		/* operators of its default btree class */
	Oid			lead_lt;
	FmgrInfo	lead_cmp;
	bool		lead_hashes;
	FmgrInfo	lead_hash;
	bool		lead_equals_image;	/* it hashes, and equal leads are the same to the byte */

	/* how the kind, time and weight columns are read */
	Oid			kind_type;
	KindPath	kind_path;
	FmgrInfo	kind_function;
	short		kind_arguments; /* of a cast function */
	uint32		kind_function_hash; /* of its key in the cache of functions */
	bool		kind_text_varies;	/* with settings of the session */
	Oid			at_type;		/* timestamptz, timestamp or date */
	Oid			weight_type;	/* base type, InvalidOid: none */

	Oid			transition_ids; /* sequence of the transitions, found when first needed */
	Oid			current_transitions;	/* index on those that are not superseded, likewise */

	/* kept plans, made when first needed */
	SPIPlanPtr	insert_state;
	SPIPlanPtr	read_lead;
	SPIPlanPtr	read_lead_after;
} Tracker;

/* The tracked columns of a table, whether they are still there or not. */
enum
{
	TRACKED_LEAD,
	TRACKED_KIND,
	TRACKED_AT,
	TRACKED_WEIGHT,
	N_TRACKED_COLUMNS
};

typedef struct TrackedColumns
{
	char	   *name[N_TRACKED_COLUMNS];	/* NULL: none */
} TrackedColumns;

/* The user and settings that were in force before work as an owner. */
typedef struct OwnerScope
{
	Oid			user;
	int			context;
	int			nest_level;
} OwnerScope;

extern void trackers_init(void);
extern Tracker *tracker_find(Oid relation);
extern Tracker *tracker_of_state(Oid state);
extern Tracker *tracker_get(Oid interactions);
extern Tracker *tracker_without_model(Oid interactions);
extern Tracker *tracker_get_own(Oid interactions);
extern void check_tracked_own(Oid interactions);
extern Oid	type_within(Oid type, bool (*test) (Oid type, void *arg), void *arg);
extern Relation companion_open(Oid relation, LOCKMODE lockmode);
extern void lock_own_table(Oid relation, LOCKMODE lockmode);
extern Tracker *tracker_lock_own(Oid interactions, LOCKMODE lockmode);
extern void tracker_check_columns(Oid interactions, const char *lead, const char *kind,
								  const char *at, const char *weight);
extern void describe_lead_column(Oid interactions, const char *lead, LeadColumn *column);
extern char companion_persistence(Oid interactions);
extern void tracker_check_shape(void);
extern pg_tz *tracker_zone(const Tracker *tracker);
extern void tracker_columns(Oid interactions, TrackedColumns *columns);
extern void tracker_changed(Oid interactions);
extern bool tracker_is_any(Oid relation);
extern const FrozenModel *tracker_version(const Tracker *tracker, int32 version);

extern void owner_enter(OwnerScope *scope, Oid owner);
extern void tracker_enter(OwnerScope *scope, const Tracker *tracker);
extern void pin_text_settings(void);
extern void owner_set(const char *name, const char *value);
extern void owner_leave(const OwnerScope *scope);
extern void config_enter(OwnerScope *scope);
extern Oid	config_table(const char *name);
extern Oid	relation_owner(Oid relation);
extern void check_table_owner(Oid relation);

extern char *qualified_name(Oid relation);
extern char *qualified_operator(Oid operator);
extern int	compare_leads(const Tracker *tracker, Datum a, Datum b);
extern uint64 hash_lead(const Tracker *tracker, Datum lead);
extern char *lead_to_text(const Tracker *tracker, Datum lead);
extern Datum lead_from_text(const Tracker *tracker, char *text);
extern Datum lead_from_argument(const Tracker *tracker, char *text);

#endif							/* TRACKER_H */
