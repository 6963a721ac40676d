/*-------------------------------------------------------------------------
 *
 * evidence.c
 *	  What was known of leads at instants of the past, and what became of them.
 *
 * All rows, sorted by lead, are gone through twice.  The survey finds which kinds
 * there are.  Then, at each instant, every lead that the rows before it leave open
 * is an observation: what it had done by then is the evidence, and whether a won
 * row follows within the horizon is what became of it.  No row at or after the
 * instant is evidence.
 *
 * Leads are kept as the events of kinds with a feature and the observations among
 * them, of which features are made at any half-life.  Where they do not all fit
 * into memory, observations that did not convert are kept by a hash of lead and
 * instant, and where these are few already leads by a hash of the lead: what is
 * kept depends on the rows alone.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/evidence.h"

#include "analysis/logistic.h"
#include "core/auc.h"
#include "catalog/lead_key.h"
#include "state/excluded.h"

#include <float.h>
#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/*
 * What an observation takes while it is learned from, beside its entries: label,
 * pointer, constant and end, about ten numbers of liblinear's, and its place in a
 * ranking.
 */
#define OBSERVATION_MEMORY \
	(sizeof(LogisticEntry *) + 2 * sizeof(LogisticEntry) + 11 * sizeof(double) + \
	 sizeof(RankingObservation))

/* A row of the step under way, until the fold says whether it counts. */
typedef struct WeighedRow
{
	double		weight;
	int			feature;		/* -1: none */
} WeighedRow;

typedef struct EvidenceReader
{
	Evidence   *evidence;
	LeadWork   *work;
	const Survey *survey;
	const Signal **signals;		/* of the present model, of each kind; NULL:
								 * none */
	int64	   *rows;			/* of each feature */
	Tuplestorestate *attributes;	/* of leads in key order; NULL: none are
									 * read */
	TupleTableSlot *slot;		/* of these, empty at their end */

	/* the present lead */
	int64		lead;
	StoredLead	state;
	HeatTime	base;			/* that instants relative to it are after,
								 * FOLD_NEVER: not known yet */
	bool		no_base;		/* nor will it be */
	HeatTime   *instants;		/* to observe it at */
	int			n_instants;
	int			next_instant;
	int64		interactions;	/* since the last spending */
	int64		stamp;			/* of the lead */
	int64	   *stamps;			/* the lead that has had a feature last */
	int			n_features;
	HeatTime	spends_at;		/* the step that spends, FOLD_NEVER: none */
	HeatTime	step_at;		/* the instant of the step's rows */
	WeighedRow *step_rows;
	int			n_step_rows;
	int			step_rows_room;
	int			max_events;
	bool		too_large;
	Event	   *events;
	int			n_events;
	int			events_room;
	EvidencePoint *observations;
	int			n_observations;
	int			observations_room;
	bool		won;
	double		fit;
	double	   *values;			/* of its attributes */
} EvidenceReader;

/* uniform turns two numbers into one that is uniform in [0, 1) (the finalizer of SplitMix64). */
static double
uniform(uint64 a, uint64 b)
{
	uint64		x = a * UINT64CONST(0x9E3779B97F4A7C15) + b;

	x += UINT64CONST(0x9E3779B97F4A7C15);
	x = (x ^ (x >> 30)) * UINT64CONST(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64CONST(0x94D049BB133111EB);
	x ^= x >> 31;
	return ldexp((double) (x >> 11), -53);
}

/* is_kept says whether an observation belongs to those that are kept. */
static bool
is_kept(const Evidence *evidence, int64 lead, const EvidencePoint *observation)
{
	return uniform((uint64) lead, 0) < evidence->lead_share &&
		(observation->converted ||
		 uniform((uint64) lead, 1 + (uint64) observation->number) < evidence->other_share);
}

/* history_memory is what a history takes, with what learning from it takes. */
static Size
history_memory(const LeadEvidence *history)
{
	return GetMemoryChunkSpace((void *) history) + sizeof(LeadEvidence *) +
		history->n_observations *
		(OBSERVATION_MEMORY + history->n_features * sizeof(LogisticEntry));
}

/* account adds a history to what is kept, or takes it away. */
static void
account(Evidence *evidence, const LeadEvidence *history, int sign)
{
	for (int i = 0; i < history->n_observations; i++)
		if (history->observations[i].converted)
			evidence->converted_kept += sign;
		else
			evidence->others_kept += sign;
	evidence->memory += sign * history_memory(history);
}

/*
 * make_history copies those observations of a lead that are to be kept, with the
 * events before them; NULL if there are none.
 */
static LeadEvidence *
make_history(const Evidence *evidence, int64 lead, const Event *events,
			 const EvidencePoint *observations, int n_observations, const double *attributes)
{
	int			n_kept = 0;
	int			n_events = 0;
	LeadEvidence *history;

	for (int i = 0; i < n_observations; i++)
		if (is_kept(evidence, lead, &observations[i]))
		{
			n_kept++;
			n_events = observations[i].events;
		}
	if (n_kept == 0)
		return NULL;
	history = MemoryContextAllocHuge(evidence->context,
									 offsetof(LeadEvidence, events) + sizeof(Event) * n_events +
									 sizeof(EvidencePoint) * n_kept + sizeof(double) * evidence->n_attributes);
	history->lead = lead;
	history->n_events = n_events;
	history->n_observations = n_kept;
	history->observations = (EvidencePoint *) (history->events + n_events);
	history->attributes = (double *) (history->observations + n_kept);
	memcpy(history->events, events, sizeof(Event) * n_events);
	if (evidence->n_attributes > 0)
		memcpy(history->attributes, attributes, sizeof(double) * evidence->n_attributes);
	n_kept = 0;
	for (int i = 0; i < n_observations; i++)
		if (is_kept(evidence, lead, &observations[i]))
			history->observations[n_kept++] = observations[i];
	return history;
}

/* keep_fewer halves the share of observations, or of leads, that is kept. */
static void
keep_fewer(Evidence *evidence)
{
	int64		n = 0;

	if (evidence->others_kept > 2 * evidence->converted_kept)
		evidence->other_share /= 2;
	else
		evidence->lead_share /= 2;
	for (int64 i = 0; i < evidence->n_histories; i++)
	{
		LeadEvidence *history = evidence->histories[i];
		LeadEvidence *kept = make_history(evidence, history->lead, history->events,
										  history->observations, history->n_observations,
										  history->attributes);

		account(evidence, history, -1);
		if (kept != NULL)
		{
			kept->n_features = history->n_features;
			kept->won = history->won;
			kept->fit = history->fit;
			account(evidence, kept, 1);
			evidence->histories[n++] = kept;
		}
		pfree(history);
	}
	evidence->n_histories = n;
}

/* count_observations adds a lead to the totals of training or of testing. */
static void
count_observations(ObservationCount *count, const EvidencePoint *observations, int n)
{
	int			converted = 0;

	for (int i = 0; i < n; i++)
	{
		HeatTime	at = observations[i].at;

		converted += observations[i].converted;
		count->first_at = count->observations + i == 0 ? at : Min(count->first_at, at);
		count->last_at = count->observations + i == 0 ? at : Max(count->last_at, at);
	}
	count->observations += n;
	count->converted += converted;
	count->leads += n > 0;
	count->converted_leads += converted > 0;
}

/* leave_lead counts and keeps the observations of the present lead. */
static void
leave_lead(EvidenceReader *reader)
{
	Evidence   *evidence = reader->evidence;
	int			n_training = 0;
	LeadEvidence *history;

	if (reader->too_large)
	{
		evidence->leads_too_large++;
		return;
	}
	while (n_training < reader->n_observations && !reader->observations[n_training].tests)
		n_training++;
	count_observations(&evidence->training, reader->observations, n_training);
	count_observations(&evidence->testing, reader->observations + n_training,
					   reader->n_observations - n_training);
	history = make_history(evidence, reader->lead, reader->events,
						   reader->observations, reader->n_observations,
						   reader->values);
	if (history == NULL)
		return;
	history->n_features = reader->n_features + evidence->n_attributes;
	history->won = reader->won;
	history->fit = reader->fit;
	account(evidence, history, 1);
	if (evidence->n_histories == evidence->room)
	{
		evidence->room *= 2;
		evidence->histories = repalloc_huge(evidence->histories,
											sizeof(LeadEvidence *) * evidence->room);
	}
	evidence->histories[evidence->n_histories++] = history;
	while (evidence->memory > evidence->limit && evidence->n_histories > 1)
		keep_fewer(evidence);
}

/* add_event remembers an interaction with a feature, or with -1 a spending. */
static void
add_event(EvidenceReader *reader, HeatTime at, double weight, int feature)
{
	Event	   *event;

	if (reader->n_events == reader->max_events)
		reader->too_large = true;
	if (reader->too_large)
		return;
	if (reader->n_events == reader->events_room)
	{
		reader->events_room *= 2;
		reader->events = repalloc_huge(reader->events,
									   sizeof(Event) * reader->events_room);
	}
	event = &reader->events[reader->n_events++];
	event->at = at;
	event->weight = (float) fmin(fmax(weight, -FLT_MAX), FLT_MAX);
	event->feature = feature;
	if (feature >= 0 && reader->stamps[feature] != reader->stamp)
	{
		reader->stamps[feature] = reader->stamp;
		reader->n_features++;
	}
}

/* end_step spends after a step with an outcome that does. */
static void
end_step(EvidenceReader *reader)
{
	if (reader->spends_at == FOLD_NEVER)
		return;
	add_event(reader, reader->spends_at, 0.0, -1);
	reader->interactions = 0;
	reader->spends_at = FOLD_NEVER;
}

/* is_wanted says whether an instant relative to a lead trains or tests: those whose horizon is not over by the first test, or by the last row, do neither. */
static bool
is_wanted(const Evidence *evidence, HeatTime at)
{
	HeatTime	end;

	if (at < evidence->from || at > evidence->until)
		return false;
	end = span_end(&evidence->horizon, at);
	return end <= evidence->judged_until && (at >= evidence->test_from || end <= evidence->test_from);
}

/* observe makes an observation of the present lead, the rows before which have been folded. */
static void
observe(EvidenceReader *reader)
{
	const Evidence *evidence = reader->evidence;
	const FoldModel *model = &reader->work->tracker->model->fold;
	const LeadState *lead = &reader->state.lead;
	HeatTime	at = reader->instants[reader->next_instant];
	EvidencePoint *observation;

	if (lead->interactions == 0 || lead->status != STATUS_OPEN || reader->too_large ||
		(evidence->relative.n > 0 && !is_wanted(evidence, at)))
		return;
	if (reader->n_observations == reader->observations_room)
	{
		reader->observations_room *= 2;
		reader->observations = repalloc_huge(reader->observations, sizeof(EvidencePoint) *
											 reader->observations_room);
	}
	observation = &reader->observations[reader->n_observations++];
	observation->at = at;
	observation->number = reader->next_instant;
	observation->events = reader->n_events;
	observation->last_at = fold_heard(lead);
	observation->score = heat_decay(lead->points,
									heat_decay_over(at - lead->last_at, model->half_life));
	observation->interactions = (int32) Min(reader->interactions, PG_INT32_MAX);
	observation->stage = (int8) lead->stage;
	observation->tests = at >= evidence->test_from;
	observation->converted = false;
}

/* converts notes that the present lead converts, at the instant of a row. */
static void
converts(EvidenceReader *reader, HeatTime at)
{
	const Evidence *evidence = reader->evidence;

	for (int i = reader->n_observations - 1; i >= 0; i--)
	{
		EvidencePoint *observation = &reader->observations[i];

		if (at >= span_end(&evidence->horizon, observation->at))
			break;
		observation->converted = true;
	}
}

/* count_evidence takes a row of the present lead that the fold says counts; a FoldWatch. */
static void
count_evidence(const FoldRow *row, bool repetition, void *arg)
{
	EvidenceReader *reader = arg;
	Evidence   *evidence = reader->evidence;
	const WeighedRow *weighed = &reader->step_rows[row->number];

	if (repetition)
		return;
	if (weighed->feature >= 0)
	{
		double	   *scale = &evidence->scales[weighed->feature];

		add_event(reader, row->at, weighed->weight, weighed->feature);
		reader->rows[weighed->feature]++;
		*scale = heat_saturate(*scale + fabs(weighed->weight));
	}
	if (row->outcome != STATUS_NONE && row->spends)
		reader->spends_at = row->at;
	if (row->outcome == STATUS_WON)
	{
		reader->won = true;
		converts(reader, row->at);
	}
}

/* find_base finds what the instants of the present lead are relative to, if they are and that has come, and makes them. */
static void
find_base(EvidenceReader *reader)
{
	const Relative *relative = &reader->evidence->relative;
	const LeadState *lead = &reader->state.lead;

	if (relative->n == 0 || reader->base != FOLD_NEVER || reader->no_base || lead->interactions == 0)
		return;
	if (relative->stage == STAGE_NONE)
		reader->base = lead->first_at;
	else if (lead->stage >= relative->stage)
	{
		/*
		 * when an opening balance has come there is known if it has not gone
		 * on
		 */
		if (reader->step_at == FOLD_NEVER && lead->stage > relative->stage)
			reader->no_base = true;
		else
			reader->base = reader->step_at == FOLD_NEVER ? lead->stage_since : lead->last_at;
	}
	if (reader->base == FOLD_NEVER)
		return;
	for (int i = 0; i < relative->n; i++)
		reader->instants[i] = span_end(&relative->after[i], reader->base);
	reader->n_instants = relative->n;
}

/* finish_step takes the step of the rows before. */
static void
finish_step(EvidenceReader *reader)
{
	fold_finish(&reader->work->fold);
	end_step(reader);
	find_base(reader);
}

/* collect_row takes a row of the present lead, whose points are its weight and whose group is its kind. */
static void
collect_row(EvidenceReader *reader, const FoldRow *row)
{
	const ModelVersion *model = reader->work->tracker->model;
	const Signal *signal = NULL;
	WeighedRow *weighed;
	FoldRow		folded = *row;

	if (reader->step_at != row->at)
	{
		finish_step(reader);
		for (; reader->next_instant < reader->n_instants && reader->instants[reader->next_instant] <= row->at;
			 reader->next_instant++)
			observe(reader);
		reader->step_at = row->at;
		reader->n_step_rows = 0;
	}
	if (reader->n_step_rows == reader->step_rows_room)
	{
		reader->step_rows_room *= 2;
		reader->step_rows = repalloc_huge(reader->step_rows,
										  sizeof(WeighedRow) * reader->step_rows_room);
	}

	folded.number = reader->n_step_rows++;
	weighed = &reader->step_rows[folded.number];
	weighed->weight = row->points;
	weighed->feature = -1;
	if (row->group < reader->survey->n_kinds)
	{
		signal = reader->signals[row->group];
		weighed->feature = reader->survey->kinds[row->group].feature;
	}
	folded.points = signal == NULL ? 0.0 : heat_saturate(signal->points * row->points) + 0.0;
	folded.group = signal == NULL ? model->fold.ngroups : signal->group;
	fold_row(&reader->work->fold, &folded);
	reader->interactions += row->word == WORD_NONE;
}

/* take_values takes the values of the attributes of the present lead, and the fit that they have by the present model, from a row of the store; NULL: there is none. */
static void
take_values(EvidenceReader *reader, TupleTableSlot *slot)
{
	Evidence   *evidence = reader->evidence;
	const Fit  *fit = fit_read(reader->work->tracker);
	Datum	   *values = NULL;
	bool	   *nulls = NULL;
	bool		isnull;
	int			n = 0;

	if (slot != NULL)
	{
		lt_deconstruct_array(DatumGetArrayTypeP(slot_getattr(slot, 2, &isnull)), TEXTOID, &values, &nulls, &n);
		Assert(n == evidence->n_attributes);
	}
	reader->fit = 0.0;
	for (int i = 0; i < evidence->n_attributes; i++)
	{
		char	   *value = n == 0 || nulls[i] ? NULL : TextDatumGetCString(values[i]);

		reader->fit = heat_saturate(reader->fit + fit_points(fit->scales[i], value, value == NULL ? 0 : strlen(value)));
		reader->values[i] = attribute_value(&evidence->attributes[i], value == NULL ? NULL : DatumGetTextPP(values[i]));
	}
}

/* next_values goes on to the attributes of the next lead, which outlive the present one. */
static void
next_values(EvidenceReader *reader)
{
	MemoryContext before = MemoryContextSwitchTo(reader->evidence->context);

	(void) tuplestore_gettupleslot(reader->attributes, true, false, reader->slot);
	MemoryContextSwitchTo(before);
}

/* find_values finds the attributes of the present lead, of whom it is asked in key order. */
static void
find_values(EvidenceReader *reader, Datum lead)
{
	const Tracker *tracker = reader->work->tracker;
	int			order = -1;
	bool		isnull;

	if (reader->attributes == NULL)
		return;
	while (!TupIsNull(reader->slot) &&
		   (order = compare_leads(tracker, slot_getattr(reader->slot, 1, &isnull), lead)) < 0)
		next_values(reader);
	take_values(reader, !TupIsNull(reader->slot) && order == 0 ? reader->slot : NULL);
}

/* begin_values opens the store of attributes at its first row. */
static void
begin_values(EvidenceReader *reader, Tuplestorestate *attributes)
{
	const Tracker *tracker = reader->work->tracker;
	TupleDesc	desc;

	reader->attributes = attributes;
	if (attributes == NULL)
		return;
	desc = CreateTemplateTupleDesc(2);
	TupleDescInitEntry(desc, 1, "lead", tracker->lead_type, -1, 0);
	TupleDescInitEntry(desc, 2, "attributes", TEXTARRAYOID, -1, 0);
	reader->values = palloc(sizeof(double) * (reader->evidence->n_attributes + 1));
	reader->slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	next_values(reader);
}

/* end_values closes it. */
static void
end_values(EvidenceReader *reader)
{
	if (reader->attributes == NULL)
		return;
	ExecDropSingleTupleTableSlot(reader->slot);
	tuplestore_end(reader->attributes);
}

/* collect_lead takes all rows of the stream's present lead. */
static void
collect_lead(EvidenceReader *reader, LeadStream *stream)
{
	LeadWork   *work = reader->work;

	(void) start_lead(work, stream->lead, &reader->state);
	fold_start(&work->fold, &reader->state.lead, NULL, NULL);
	reader->base = FOLD_NEVER;
	reader->no_base = false;
	reader->n_instants = reader->evidence->relative.n > 0 ? 0 : reader->evidence->n_instants;
	reader->next_instant = 0;
	reader->interactions = 0;
	reader->stamp++;
	reader->n_features = 0;
	reader->spends_at = FOLD_NEVER;
	reader->step_at = FOLD_NEVER;
	reader->n_step_rows = 0;
	reader->too_large = false;
	reader->n_events = 0;
	reader->n_observations = 0;
	reader->won = false;
	find_values(reader, stream->lead);
	find_base(reader);
	while (stream_next_row(stream))
		if (!stream->is_mark && stream->row.at <= stream->horizon)
			collect_row(reader, &stream->row);
	finish_step(reader);
	for (; reader->next_instant < reader->n_instants; reader->next_instant++)
		observe(reader);
	leave_lead(reader);
	reader->lead++;
}

/*
 * weighing_tracker copies a tracker with a model in which every kind of the survey
 * is a signal that is worth its weight, in a group whose number is the kind's.
 */
static Tracker *
weighing_tracker(const Tracker *tracker, const Survey *survey)
{
	Tracker    *copy = palloc(sizeof(Tracker));
	ModelVersion *model = palloc(sizeof(ModelVersion));

	*copy = *tracker;
	*model = *tracker->model;
	model->fold.ngroups = survey->n_kinds;
	model->nsignals = survey->n_kinds;
	model->signals = palloc(sizeof(Signal) * Max(survey->n_kinds, 1));
	for (int i = 0; i < survey->n_kinds; i++)
	{
		const KindUse *use = &survey->kinds[i];
		Signal	   *signal = &model->signals[i];

		*signal = use->signal;
		signal->kind = use->kind;
		signal->kind_len = use->len;
		signal->points = 1.0;
		signal->group = i;
	}
	copy->model = model;
	return copy;
}

/*
 * collect_evidence goes through all rows of a stream for the second time.  The
 * caller has chosen the instants, the horizon, the limit of memory, and which kinds
 * of the survey have a feature, and may have read the attributes of leads, whose store ends here.
 */
void
collect_evidence(Evidence *evidence, const Survey *survey, LeadWork *work, LeadStream *stream,
				 Tuplestorestate *attributes)
{
	const ModelVersion *model = work->tracker->model;
	EvidenceReader reader = {0};
	Excluded	excluded;

	evidence->context = AllocSetContextCreate(CurrentMemoryContext, "lead_temperature evidence",
											  ALLOCSET_DEFAULT_SIZES);
	evidence->room = 1024;
	evidence->histories = palloc(sizeof(LeadEvidence *) * evidence->room);
	evidence->lead_share = evidence->other_share = 1.0;
	evidence->scales = palloc0(sizeof(double) * Max(evidence->n_features, 1));

	reader.evidence = evidence;
	reader.work = work;
	reader.survey = survey;
	reader.signals = palloc(sizeof(Signal *) * Max(survey->n_kinds, 1));
	for (int i = 0; i < survey->n_kinds; i++)
		reader.signals[i] = signal_of(model, signal_order(model, survey->kinds[i].kind,
														  survey->kinds[i].len));
	reader.rows = palloc0(sizeof(int64) * Max(evidence->n_features, 1));
	reader.stamps = palloc0(sizeof(int64) * Max(evidence->n_features, 1));
	/* one lead may take a sixteenth of the memory */
	reader.max_events = (int) Min(evidence->limit / 16 / sizeof(Event), PG_INT32_MAX / 2);
	reader.instants = evidence->relative.n > 0 ? palloc(sizeof(HeatTime) * evidence->relative.n) : evidence->instants;
	reader.events_room = reader.observations_room = 64;
	reader.step_rows_room = 64;
	reader.step_rows = palloc(sizeof(WeighedRow) * reader.step_rows_room);
	reader.events = palloc(sizeof(Event) * reader.events_room);
	reader.observations = palloc(sizeof(EvidencePoint) * reader.observations_room);

	fold_watch(&work->fold, count_evidence, &reader);
	stream_rewind(stream, weighing_tracker(work->tracker, survey));
	excluded = excluded_read(work->tracker);
	begin_values(&reader, attributes);
	while (stream_next_lead(stream))
	{
		MemoryContext before;

		if (excluded_has(&excluded, stream->lead))
			continue;
		before = MemoryContextSwitchTo(stream->lead_context);
		collect_lead(&reader, stream);
		MemoryContextSwitchTo(before);
		CHECK_FOR_INTERRUPTS();
	}
	fold_watch(&work->fold, NULL, NULL);
	end_values(&reader);
	for (int i = 0; i < evidence->n_features; i++)
		evidence->scales[i] = evidence->scales[i] > 0 ? evidence->scales[i] / reader.rows[i] : 1.0;
}
