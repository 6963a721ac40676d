/*-------------------------------------------------------------------------
 *
 * evidence.h
 *	  What was known of leads at instants of the past, and what became of them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "analysis/spans.h"
#include "state/fit.h"
#include "state/lead_update.h"
#include "util/text_numbers.h"

/* A kind of interaction, as the rows use it. */
typedef struct KindUse
{
	char	   *kind;			/* ends in a null byte */
	size_t		len;
	Signal		signal;			/* in the present model, whose outcome and
								 * floor are none if there is none */
	int64		rows;
	int64		rows_at_outcome;	/* in the step of an outcome, or within an
									 * hour of one */
	int64		leads;
	int64		last_lead;		/* the one counted last */
	int			feature;		/* its number, -1: none */
} KindUse;

/* What all rows of a tracked table tell, in the first pass over them. */
typedef struct Survey
{
	KindUse    *kinds;			/* in the C order of their names */
	int			n_kinds;
	bool		too_many;		/* kinds were left out */
	int64		rows;
	int64		conversions;	/* steps with a won row */
	HeatTime   *wins;			/* the instants of every wins_step-th of them,
								 * ascending */
	int			n_wins;
	int64		wins_step;
	HeatTime	first_at;
	HeatTime	last_at;
} Survey;

/* An interaction with a feature, or with -1 the spending of all before it. */
typedef struct Event
{
	HeatTime	at;
	float		weight;
	int32		feature;
} Event;

/* A lead at an instant. */
typedef struct EvidencePoint
{
	HeatTime	at;
	HeatTime	last_at;		/* of its interactions */
	double		score;			/* by the present model */
	int32		number;			/* of the instant, or of what it is after */
	int32		events;			/* how many of the lead's were before it */
	int32		interactions;	/* since the last spending */
	int8		stage;
	bool		tests;			/* it is for the report */
	bool		converted;		/* within the horizon */
} EvidencePoint;

/* A lead with those of its observations that were kept. */
typedef struct LeadEvidence
{
	int64		lead;			/* its number in key order */
	int32		n_events;
	int32		n_observations;
	int32		n_features;		/* that its events and attributes have */
	bool		won;			/* at any time, as attributes of today know */
	double		fit;			/* by the present model */
	EvidencePoint *observations;	/* behind the events */
	double	   *attributes;		/* behind these: of each a number, the number
								 * of a text, or NaN, until there are features
								 * of them; then those, or -1 */
	Event		events[FLEXIBLE_ARRAY_MEMBER];
} LeadEvidence;

/* An attribute of leads that may be evidence. */
typedef struct EvidenceAttribute
{
	const char *name;
	bool		number;
	TextNumbers texts;			/* its values, unless they are numbers */
} EvidenceAttribute;

/* What a rule of fit can compare an attribute with, a feature of leads. */
typedef struct FitFeature
{
	int			attribute;
	bool		rest;			/* all other values together, which have no
								 * rule */
	FitOperator operator;
	char	   *value;
	int64		leads;			/* that have it, */
	int64		won;			/* and those of them that were won */
} FitFeature;

/* How many there are, whether kept or not. */
typedef struct ObservationCount
{
	int64		observations;
	int64		converted;
	int64		leads;
	int64		converted_leads;
	HeatTime	first_at;		/* instants of the observations; FOLD_NEVER:
								 * there are none */
	HeatTime	last_at;
} ObservationCount;

/* The second pass over the rows. */
typedef struct Evidence
{
	HeatTime   *instants;		/* ascending: those that train, then those
								 * that test */
	int			n_training;
	int			n_instants;
	Relative	relative;		/* in the place of these */
	HeatTime	from;			/* instants relative to a lead lie between
								 * these, */
	HeatTime	until;
	HeatTime	judged_until;	/* and their horizon ends by this */
	HeatTime	test_from;		/* from here on they are for the report */
	HeatTime	validate_from;	/* from here on those that train validate */
	Span		horizon;
	int			n_features;
	double	   *scales;			/* mean |weight| of each feature's rows */
	bool		with_fit;		/* attributes are read */
	int			n_attributes;
	EvidenceAttribute *attributes;
	int			n_fit_features; /* behind those of interactions */
	FitFeature *fit_features;

	MemoryContext context;		/* of the histories */
	LeadEvidence **histories;
	int64		n_histories;
	int64		room;
	Size		memory;			/* that they, and learning from them, take */
	Size		limit;
	double		lead_share;		/* of the leads that are kept, ... */
	double		other_share;	/* ... of their observations that did not
								 * convert */
	int64		converted_kept;
	int64		others_kept;
	int64		leads_too_large;
	ObservationCount training;
	ObservationCount testing;
} Evidence;

extern void survey_rows(Survey *survey, LeadStream *stream);
extern double survey_wins(const Survey *survey, HeatTime from, HeatTime until);
extern KindUse *survey_find(const Survey *survey, const char *kind, size_t len);
extern bool kind_is_evidence(const KindUse *use);
extern bool kind_is_leak(const KindUse *use);
extern Tuplestorestate *read_attributes(Evidence *evidence, const Tracker *tracker);
extern double attribute_value(EvidenceAttribute *attribute, const text *value);
extern void choose_fit_features(Evidence *evidence, char **without, int n_without);
extern void collect_evidence(Evidence *evidence, const Survey *survey, LeadWork *work,
							 LeadStream *stream, Tuplestorestate *attributes);

#endif							/* EVIDENCE_H */
