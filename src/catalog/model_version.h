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
#include "utils/snapshot.h"

/* What an interaction of one kind means. */
typedef struct Signal
{
	char	   *kind;
	size_t		kind_len;
	double		points;
	int			group;			/* index into the groups, their number for the
								 * rest */
	LeadStage	floor;
	LeadStatus	outcome;
	bool		final;			/* the outcome lost is for good */
	bool		spends;			/* the outcome spends the heat */
	int			cooldown;		/* index into the cooldowns, -1: none */
	LeadConsent consent;
	int			channel;		/* index into the channels, ALL_CHANNELS */
} Signal;

/* What rules of fit compare the value of an attribute by. */
typedef enum FitOperator
{
	FIT_EQUALS,
	FIT_IN,
	FIT_RANGE,
	FIT_LIKE,
	FIT_IS_NULL,
	N_FIT_OPERATORS
} FitOperator;

/* What an attribute is worth that a lead has. */
typedef struct FitRule
{
	char	   *attribute;
	FitOperator operator;
	char	   *value;			/* a text, an array of texts, a range of
								 * numbers or a pattern, as the operator is */
	double		points;
} FitRule;

/* Grades by fit: A to D. */
#define N_GRADES	4

/* A frozen copy of a model. */
typedef struct ModelVersion
{
	int32		version;
	char	   *fault;			/* why it cannot be used, NULL if it can */
	char	   *name;
	FoldModel	fold;
	char	  **groups;			/* names, in C order */
	char	  **channels;		/* likewise, that some signal has consent for */
	int			nsignals;
	Signal	   *signals;		/* in the C order of their kinds */
	bool		weighs_effects; /* a weight of 0 or less leaves a signal its
								 * points alone; not so in 0.1.0 */
	bool		remembers;		/* some have a cooldown, are final, or grant
								 * or withdraw consent: leads remember when */
	int			nfit_rules;
	FitRule    *fit_rules;		/* by attribute, operator and value in C order */
	double		grades[N_GRADES - 1];	/* the least fit of each grade but D */
} ModelVersion;

extern const char *const consent_names[N_CONSENTS];
extern const char *const fit_operator_names[N_FIT_OPERATORS];

extern ModelVersion *read_model(LeadStage entry, HeapTuple tuple, TupleDesc desc);
extern ModelVersion **read_models(Oid interactions, LeadStage entry, Snapshot snapshot, int *n);
extern void check_model_version(Oid interactions, const ModelVersion *model);
extern bool same_signals(const ModelVersion *a, const ModelVersion *b);
extern int	model_channel(const ModelVersion *model, const char *name);
extern int32 signal_order(const ModelVersion *model, const char *kind, size_t len);
extern const Signal *signal_of(const ModelVersion *model, int32 order);

#endif							/* MODEL_VERSION_H */
