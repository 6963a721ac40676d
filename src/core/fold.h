/*-------------------------------------------------------------------------
 *
 * fold.h
 *	  The fold: how the interactions of one lead make its state.
 *
 * Plain C without server headers.  This is the only place where the state
 * of a lead is made, for single rows, batches and replays alike, so that
 * they agree to the bit.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FOLD_H
#define FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/heat_math.h"

typedef enum LeadTemperature
{
	TEMPERATURE_COLD,
	TEMPERATURE_WARM,
	TEMPERATURE_HOT
} LeadTemperature;

typedef enum LeadStage
{
	STAGE_NONE = -1,			/* a row without a floor; no stage before the
								 * first instant */
	STAGE_VISITOR,
	STAGE_LEAD,
	STAGE_MARKETING_QUALIFIED,
	STAGE_SALES_QUALIFIED,
	STAGE_OPPORTUNITY,
	STAGE_CUSTOMER
} LeadStage;

typedef enum LeadStatus
{
	STATUS_NONE = -1,			/* a row without an outcome */
	STATUS_OPEN,
	STATUS_WON,
	STATUS_LOST
} LeadStatus;

/* What a row says of whether the lead may be written to. */
typedef enum LeadConsent
{
	CONSENT_NONE,				/* nothing */
	CONSENT_GRANT,
	CONSENT_WITHDRAW
} LeadConsent;

#define N_CONSENTS			3
/* What a person has said of a lead. */
typedef enum FoldWord
{
	WORD_NONE,					/* a row that is no word */
	WORD_STAGE,					/* it is at a stage */
	WORD_EXCLUDE,				/* it is none that counts */
	WORD_INCLUDE				/* it is one again */
} FoldWord;

#define N_TEMPERATURES		3
#define N_STAGES			6
#define N_STATUSES			3

#define FOLD_NEVER			INT64_MIN	/* no such instant */
#define ALL_CHANNELS		(-1)

/* What the fold needs to know of a model. */
typedef struct FoldModel
{
	int64_t		half_life;		/* microseconds */
	double		warm;			/* 0 < warm <= mql <= hot */
	double		mql;
	double		hot;
	LeadStage	entry;			/* the stage that a lead is created with */
	int			ngroups;
	const double *caps;			/* of the groups, in the C order of their
								 * names */
	int			ncooldowns;		/* kinds that have one */
	const		int64_t *cooldowns; /* microseconds, in the C order of the
									 * kinds */
	int64_t		dormant_after;	/* microseconds of silence that end the cycle
								 * of an open lead; 0: none do */
	int			nchannels;		/* that consent is granted or withdrawn for */
} FoldModel;

/* One interaction, as its signal weighs it. */
typedef struct FoldRow
{
	HeatTime	at;
	double		points;			/* points * weight: finite, never -0 */
	int			group;			/* index into caps, ngroups for the rest */
	LeadStage	floor;			/* the least stage that the row proves, or
								 * STAGE_NONE */
	LeadStatus	outcome;		/* STATUS_WON, STATUS_LOST or STATUS_NONE */
	bool		final;			/* the outcome lost is for good */
	bool		spends;			/* the outcome spends the heat, as lost always
								 * does */
	FoldWord	word;			/* then it has neither points nor floor nor
								 * outcome */
	LeadStage	word_stage;		/* of WORD_STAGE */
	int			cooldown;		/* index into the cooldowns, -1: none; then
								 * the kind lasts as long as the model */
	LeadConsent consent;		/* also of a repetition */
	int			channel;		/* that it is for, ALL_CHANNELS: any, if it is
								 * withdrawn */
	const char *kind;			/* not terminated; NULL if the kind is null */
	size_t		kind_len;
	int			number;			/* whatever the caller's watcher knows it by */
	int			place;			/* of its source among the tracker's */
} FoldRow;

/* State of a lead.  A lead without interactions is all that fold_reset sets. */
typedef struct LeadState
{
	int64_t		interactions;
	HeatTime	first_at;
	HeatTime	last_at;		/* the instant that held and points are as of */
	HeatTime	stage_since;
	HeatTime	hot_since;		/* FOLD_NEVER unless the last step left it hot */
	HeatTime	final_since;	/* FOLD_NEVER unless it is lost for good */
	HeatTime	excluded_since; /* FOLD_NEVER unless a person has excluded it */
	HeatTime	heard_at;		/* the last step that was more than words, or
								 * the first; FOLD_NEVER while that is the
								 * last of all: see fold_heard */
	LeadStage	stage;
	LeadStage	held_stage;		/* the stage, while a person's word keeps heat
								 * from lifting it further; STAGE_NONE: none
								 * does */
	LeadStatus	status;
	int32_t		cycle;
	int32_t		purchases;
	double		points;			/* heat: sum of held */
	double	   *held;			/* ngroups + 1: the groups', then the rest's */
	HeatTime   *counted;		/* ncooldowns: when the row of the kind
								 * counted whose cooldown runs at last_at,
								 * FOLD_NEVER: none does */
	HeatTime   *granted;		/* nchannels: when consent was granted last,
								 * FOLD_NEVER: it never was */
	HeatTime   *withdrawn;		/* nchannels: likewise, withdrawn */
} LeadState;

typedef struct Transition
{
	HeatTime	at;
	LeadStage	from_stage;		/* STAGE_NONE: the first instant of the lead */
	LeadStage	to_stage;
	LeadStatus	from_status;
	LeadStatus	to_status;		/* won also where that spends nothing, and the
								 * next cycle has begun */
	LeadTemperature from_temperature;
	LeadTemperature to_temperature;
	int32_t		cycle;
	int32_t		purchases;
	double		score;			/* at that instant, before an outcome spent it */
	const char *cause;			/* kind, not terminated, NULL if null; valid
								 * during the call */
	size_t		cause_len;
	int			cause_place;	/* of the source of the row with that kind */
	bool		excluded;		/* the lead is, after the step */
} Transition;

typedef void (*FoldEmit) (const Transition *transition, void *arg);

/* A row as it counts, which a repetition does not: that is worth nothing. */
typedef void (*FoldWatch) (const FoldRow *row, bool repetition, void *arg);

/* realloc or the like, out of some memory; never fails */
typedef void *(*FoldResize) (void *memory, void *old, size_t size);

/* The strongest row so far of one sort within the step. */
typedef struct FoldCause
{
	bool		set;
	bool		null;
	double		points;
	char	   *kind;
	size_t		len;
	size_t		room;
	int			place;			/* of its source */
} FoldCause;

/* A threshold, and the points about it between which levels have to be made. */
typedef struct FoldThreshold
{
	HeatMagnitude magnitude;
	double		below;			/* fewer points do not reach it */
	double		above;			/* as many and more do */
} FoldThreshold;

/* A fold under way: the lead as of its last step, and the step being gathered. */
typedef struct Fold
{
	const FoldModel *model;
	LeadState  *lead;
	FoldEmit	emit;			/* NULL: transitions are not wanted */
	void	   *arg;
	FoldResize	resize;
	void	   *memory;			/* for resize */
	FoldWatch	watch;			/* NULL: nobody watches */
	void	   *watch_arg;
	FoldThreshold warm;			/* the model's thresholds */
	FoldThreshold mql;
	FoldThreshold hot;

	/* the step */
	bool		gathering;
	HeatTime	at;
	int64_t		rows;
	bool		revives;		/* a row with a floor and positive points */
	LeadStage	floor;
	bool		won;
	bool		lost;
	bool		final;
	bool		spends;			/* an outcome does */
	int64_t		words;			/* rows that are words */
	bool		excludes;
	bool		includes;
	LeadStage	said;			/* the furthest stage of the words,
								 * STAGE_NONE: none names one */
	double	   *sums;			/* ngroups + 1 */
	FoldRow    *strongest;		/* of each kind with a cooldown, if there is
								 * one */
	bool	   *has_strongest;
	int		   *held_back;		/* the kinds of which there is one */
	int			n_held_back;
	FoldCause	any;
	FoldCause	by_floor[N_STAGES];
	FoldCause	by_outcome[N_STATUSES];
	FoldCause	by_word;		/* of those that name the stage said */

	int			n_running;		/* cooldowns of the lead */
	bool		spent;			/* the last step left no heat: it closed the
								 * lead, or that is lost for good */
} Fold;

/* fold_heard says when a lead was last heard of by a row of its own: what people say of it is no sign of life, and its silence goes on. */
static inline HeatTime
fold_heard(const LeadState *lead)
{
	return lead->heard_at != FOLD_NEVER ? lead->heard_at : lead->last_at;
}

extern void fold_init(Fold *fold, const FoldModel *model, FoldResize resize, void *memory);
extern void fold_reset(const FoldModel *model, LeadState *lead);
extern void fold_start(Fold *fold, LeadState *lead, FoldEmit emit, void *arg);
extern void fold_watch(Fold *fold, FoldWatch watch, void *arg);
extern void fold_row(Fold *fold, const FoldRow *row);
extern void fold_finish(Fold *fold);
extern void lead_merge(const FoldModel *model, LeadState *lead, const LeadState *other);
extern LeadTemperature fold_temperature(const FoldModel *model, double points,
										HeatTime as_of, HeatTime at);

/*
 * consents says whether a lead may be written to, of whom consent was granted and withdrawn
 * last at some instants: it must have been granted after it was withdrawn.
 */
static inline bool
consents(HeatTime granted, HeatTime withdrawn)
{
	return granted > withdrawn;
}

#endif							/* FOLD_H */
