/*-------------------------------------------------------------------------
 *
 * model_version.h
 *	  Models as trackers work from them, read and checked.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MODEL_VERSION_H
#define MODEL_VERSION_H

#include "types/lead_temperature.h"

#include "access/htup.h"
#include "access/tupdesc.h"

/* What an interaction of one kind means. */
typedef struct Signal
{
	char	   *kind;
	size_t		kind_len;
	double		points;
	int			group;			/* index into the groups, their number for the rest */
	LeadStage	floor;
	LeadStatus	outcome;
} Signal;

/* A frozen copy of a model. */
typedef struct FrozenModel
{
	int32		version;
	char	   *fault;			/* why it cannot be used, NULL if it can */
	char	   *name;
	FoldModel	fold;
	char	  **groups;			/* names, in C order */
	int			nsignals;
	Signal	   *signals;		/* in the C order of their kinds */
} FrozenModel;

extern FrozenModel *read_model(LeadStage entry, HeapTuple tuple, TupleDesc desc);
extern FrozenModel **read_models(Oid interactions, LeadStage entry, int *n);
extern void check_frozen_model(Oid interactions, const FrozenModel *model);
extern bool same_signals(const FrozenModel *a, const FrozenModel *b);
extern int32 signal_order(const FrozenModel *model, const char *kind, size_t len);
extern const Signal *signal_of(const FrozenModel *model, int32 order);

#endif							/* MODEL_VERSION_H */
