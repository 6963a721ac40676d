/*-------------------------------------------------------------------------
 *
 * train.c
 *	  train(): a model learned from what became of earlier leads.
 *
 * The time of the rows is split in two.  The model is made of the earlier part
 * alone, and what is reported is how well it ranks leads in the later one, beside
 * the present model and simple rankings.  It is a model like any other, and
 * replaces nothing by itself.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/evidence.h"

#include "analysis/trained_model.h"
#include "catalog/model.h"
#include "catalog/own_tracker.h"
#include "catalog/tracker_model.h"
#include "catalog/tracker_table.h"
#include "rows/row_source.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(lt_train);

/* arguments of train() */
enum
{
	TRAIN_INTERACTIONS,
	TRAIN_HORIZON,
	TRAIN_MODEL,
	TRAIN_FROM,
	TRAIN_UNTIL,
	TRAIN_TEST_FROM,
	TRAIN_STEP,
	TRAIN_KINDS,
	TRAIN_WITHOUT,
	TRAIN_HALF_LIVES,
	TRAIN_AFTER,
	TRAIN_SINCE_STAGE,
	TRAIN_ATTRIBUTES
};

/* Fewer leads of either class than these are no ground for a model, or a thin one. */
#define LEADS_NEEDED		40
#define LEADS_WANTED		120

/* Fewer conversions than these are no ground for a report. */
#define CONVERSIONS_WANTED	100

/* The share of the conversions that are for the report, unless somebody says from when on. */
#define TEST_SHARE			0.25

/* Where leads have instants of their own, the later split begins with one of so many parts of the time. */
#define RELATIVE_PARTS		200

#define MAX_INSTANTS		100000

/* Half-lives that are tried unless others are given, in hours: the usual ones, and longer ones where the longest of these is best. */
static const int half_life_hours[] = {
	6, 12, 24, 48, 72, 5 * 24, 7 * 24, 10 * 24, 14 * 24, 21 * 24, 30 * 24, 45 * 24, 60 * 24, 90 * 24,
	180 * 24, 365 * 24, 730 * 24
};

#define USUAL_HALF_LIVES	14

/* What train() was asked for. */
typedef struct TrainRequest
{
	Oid			interactions;
	char	   *model;
	Span		horizon;
	Span		step;
	Relative	relative;
	HeatTime	from;			/* FOLD_NEVER in these: the default */
	HeatTime	until;
	HeatTime	test_from;
	char	  **kinds;			/* NULL: all */
	int			n_kinds;
	char	  **without;
	int			n_without;
	bool		attributes;
	int64	   *half_lives;
	int			n_half_lives;
	int			n_usual;		/* of them, which are all tried */
} TrainRequest;

/*
 * Arguments
 */

/* text_time writes an instant as the session does. */
static const char *
text_time(HeatTime at)
{
	return pstrdup(timestamptz_to_str(heat_time_to_timestamptz(at)));
}

/* read_span reads a length of time, of 24 hours a day unless it has months. */
static Span
read_span(FunctionCallInfo fcinfo, int argument, const char *name, pg_tz *zone)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
	return span_of(PG_GETARG_INTERVAL_P(argument), name, true, zone);
}

/* read_time reads an instant, FOLD_NEVER if it is not given. */
static HeatTime
read_time(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? FOLD_NEVER :
		heat_time_from_timestamptz(PG_GETARG_TIMESTAMPTZ(argument));
}

/* read_texts reads an array of text without nulls; NULL if it is not given. */
static char **
read_texts(FunctionCallInfo fcinfo, int argument, const char *name, int *n)
{
	Datum	   *values;
	bool	   *nulls;
	char	  **result;

	*n = 0;
	if (PG_ARGISNULL(argument))
		return NULL;
	lt_deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), TEXTOID, &values, &nulls, n);
	result = palloc(sizeof(char *) * (*n + 1));
	for (int i = 0; i < *n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not contain null", name)));
		result[i] = TextDatumGetCString(values[i]);
	}
	return result;
}

/* compare_half_lives orders half-lives. */
static int
compare_half_lives(const void *a, const void *b)
{
	int64		left = *(const int64 *) a;
	int64		right = *(const int64 *) b;

	return (left > right) - (left < right);
}

/* read_half_lives reads the half-lives to try, or takes those that are tried otherwise. */
static void
read_half_lives(FunctionCallInfo fcinfo, TrainRequest *request)
{
	Datum	   *values;
	bool	   *nulls;

	if (PG_ARGISNULL(TRAIN_HALF_LIVES))
	{
		request->n_half_lives = lengthof(half_life_hours);
		request->n_usual = USUAL_HALF_LIVES;
		request->half_lives = palloc(sizeof(int64) * request->n_half_lives);
		for (int i = 0; i < request->n_half_lives; i++)
			request->half_lives[i] = half_life_hours[i] * USECS_PER_HOUR;
		return;
	}
	lt_deconstruct_array(PG_GETARG_ARRAYTYPE_P(TRAIN_HALF_LIVES), INTERVALOID, &values, &nulls,
						 &request->n_half_lives);
	if (request->n_half_lives == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("half_lives must not be empty")));
	request->half_lives = palloc(sizeof(int64) * request->n_half_lives);
	for (int i = 0; i < request->n_half_lives; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("half_lives must not contain null")));
		request->half_lives[i] = heat_half_life_from_interval(DatumGetIntervalP(values[i]));
	}
	request->n_usual = request->n_half_lives;
	qsort(request->half_lives, request->n_half_lives, sizeof(int64), compare_half_lives);
}

/* read_request reads the arguments that name things. */
static void
read_request(FunctionCallInfo fcinfo, TrainRequest *request)
{
	memset(request, 0, sizeof(TrainRequest));
	if (PG_ARGISNULL(TRAIN_INTERACTIONS))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("tracker must not be null")));
	request->interactions = PG_GETARG_OID(TRAIN_INTERACTIONS);
	request->from = read_time(fcinfo, TRAIN_FROM);
	request->until = read_time(fcinfo, TRAIN_UNTIL);
	request->test_from = read_time(fcinfo, TRAIN_TEST_FROM);
	request->kinds = read_texts(fcinfo, TRAIN_KINDS, "kinds", &request->n_kinds);
	request->without = read_texts(fcinfo, TRAIN_WITHOUT, "without", &request->n_without);
	/* as it was called before there were any */
	request->attributes = PG_NARGS() > TRAIN_ATTRIBUTES && !PG_ARGISNULL(TRAIN_ATTRIBUTES) && PG_GETARG_BOOL(TRAIN_ATTRIBUTES);
	read_half_lives(fcinfo, request);
}

/* read_spans reads those that are lengths of time, of which some need the tracker's time zone. */
static void
read_spans(FunctionCallInfo fcinfo, const Tracker *tracker, TrainRequest *request)
{
	pg_tz	   *zone = tracker_zone(tracker);

	request->horizon = read_span(fcinfo, TRAIN_HORIZON, "horizon", zone);
	request->step = read_span(fcinfo, TRAIN_STEP, "step", zone);
	read_relative(fcinfo, TRAIN_AFTER, zone, &request->relative);
}

/* name_model sets the name of the new model. */
static void
name_model(FunctionCallInfo fcinfo, TrainRequest *request)
{
	if (!PG_ARGISNULL(TRAIN_MODEL))
		request->model = text_to_cstring(PG_GETARG_TEXT_PP(TRAIN_MODEL));
	else
	{
		TrackerObjects objects;

		if (!tracker_objects(request->interactions, &objects))
			elog(ERROR, "table %u is not tracked", request->interactions);
		request->model = psprintf("%s_trained", objects.prefix);
	}
	if (request->model[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("name of a model must not be empty")));
}

/* load_fit loads the library that fits. */
static LogisticFit
load_fit(void)
{
	MemoryContext before = CurrentMemoryContext;
	LogisticFit volatile fit = NULL;

	PG_TRY();
	{
		fit = (LogisticFit) load_external_function(LOGISTIC_LIBRARY, LOGISTIC_FUNCTION, true, NULL);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(before);
		error = CopyErrorData();
		FlushErrorState();
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FILE),
				 errmsg("training needs the library lead_temperature_train, which cannot be loaded"),
				 errdetail_internal("%s", error->message),
				 errhint("Install liblinear (Debian: liblinear4; to build, liblinear-dev), and build and install lead_temperature again if it was built without.")));
	}
	PG_END_TRY();
	return fit;
}

/*
 * Instants
 */

/* step_from is the instant that lies so many steps after another. */
static HeatTime
step_from(HeatTime from, const Span *step, int n)
{
	Span		steps = *step;

	if (step->length > 0)
		return from + n * step->length;
	if (n == 0)
		return from;
	steps.interval.month *= n;
	steps.interval.day *= n;
	steps.interval.time *= n;
	return span_end(&steps, from);
}

/* add_instants appends instants every step from one up to another. */
static void
add_instants(Evidence *evidence, HeatTime from, HeatTime until, const Span *step)
{
	/*
	 * a month has 28 days at least, and nothing is added to so many steps
	 * that they would not fit
	 */
	int64		least = step->length > 0 ? step->length : INT64CONST(28) * USECS_PER_DAY;
	int			n = 0;

	if (from <= until && (until - from) / least >= MAX_INSTANTS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many instants to train on"),
				 errdetail("There may be %d of them.", MAX_INSTANTS),
				 errhint("Take a longer step, or a later \"since\".")));
	evidence->instants = palloc(sizeof(HeatTime) * (from > until ? 1 : (until - from) / least + 2));
	for (HeatTime at = from; at <= until; at = step_from(from, step, n))
		evidence->instants[n++] = at;
	evidence->n_instants = n;
}

/* no_time reports a time without instants to train on or to test on. */
static void
no_time(const char *use, HeatTime from, HeatTime last)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there are no instants to %s on", use),
			 errdetail("Instants begin at %s, the last that can be judged is %s, and those whose horizon ends after the first test are not trained on.",
					   text_time(from), text_time(last)),
			 errhint("Take a shorter step or horizon, other times, or wait for more interactions.")));
}

/*
 * choose_test returns the first instant that is for the report: the latest from which on a share of all conversions
 * follows, or as many as a report needs.  The end of a log has few open leads, and the last of its instants tell little.
 * Where instants that are left to train on would see fewer conversions than that it is a later one.
 */
static HeatTime
choose_test(const Evidence *evidence, const TrainRequest *request, const Survey *survey)
{
	bool		relative = request->relative.n > 0;
	int			n = evidence->n_instants;
	int			test = n - 1;
	double	   *wins = palloc(sizeof(double) * n);
	double		total = 0.0;
	double		training = 0.0;
	double		wanted;
	double		found;
	int			n_training = n; /* instants whose wins are in training */

	for (int i = 0; i < n; i++)
	{
		HeatTime	at = evidence->instants[i];

		/* each lead has instants of its own, or all of them have all */
		wins[i] = survey_wins(survey, at, !relative ? span_end(&request->horizon, at) :
							  i + 1 < n ? evidence->instants[i + 1] : survey->last_at);
		total += wins[i];
	}
	training = total;
	wanted = Max(total * TEST_SHARE, Min(total / 2, (double) CONVERSIONS_WANTED));
	found = wins[test];
	while (test > 1 && found < wanted)
	{
		while (n_training > 0 &&
			   (n_training > test - 1 || span_end(&request->horizon, evidence->instants[n_training - 1]) > evidence->instants[test - 1]))
			training -= wins[--n_training];
		if (training < found + wins[test - 1])
			break;
		found += wins[--test];
	}
	pfree(wins);
	return evidence->instants[test];
}

/* choose_relative chooses the times of training and of testing where instants are relative to leads. */
static void
choose_relative(Evidence *evidence, const TrainRequest *request, const Survey *survey, HeatTime from, HeatTime until)
{
	evidence->relative = request->relative;
	evidence->from = from;
	evidence->until = until;
	evidence->test_from = request->test_from;
	if (request->test_from == FOLD_NEVER)
	{
		Span		part = {.length = Max((until - from) / RELATIVE_PARTS, 1)};

		add_instants(evidence, from, until, &part);
		evidence->test_from = choose_test(evidence, request, survey);
	}
	evidence->instants = NULL;
	evidence->n_instants = 0;
}

/*
 * choose_instants makes the instants of training and of testing.  An instant
 * between them whose horizon ends only after the first test is for neither: at that
 * time what becomes of its leads would not be known.
 */
static void
choose_instants(Evidence *evidence, const TrainRequest *request, const Tracker *tracker,
				const Survey *survey)
{
	/* a horizon longer than the log may begin before there is any time */
	HeatTime	last = span_end(&request->horizon, survey->first_at) > survey->last_at ? survey->first_at - 1 :
		span_begin(&request->horizon, survey->last_at);
	HeatTime	from = request->from;
	HeatTime	until = request->until != FOLD_NEVER ? request->until : last;
	HeatTime	test_from = request->test_from;
	int			first_test = 0;

	if (from == FOLD_NEVER)
	{
		from = request->relative.n > 0 ? survey->first_at : span_end(&request->step, survey->first_at);
		if (tracker->archived_before != FOLD_NEVER && from < tracker->archived_before)
			from = tracker->archived_before;
	}
	else if (tracker->archived_before != FOLD_NEVER && from < tracker->archived_before)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("interactions before %s are archived", text_time(tracker->archived_before)),
				 errhint("Begin there or later.")));
	if (Max(from, until) > last)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("horizon of an instant ends after the last interaction"),
				 last < survey->first_at ?
				 errdetail("All interactions lie within %.6g days, so that no instant can be judged.",
						   (double) (survey->last_at - survey->first_at) / USECS_PER_DAY) :
				 errdetail("The last interaction is of %s, so that the last instant that can be judged is %s.",
						   text_time(survey->last_at), text_time(last)),
				 errhint("Take earlier instants or a shorter horizon.")));
	evidence->horizon = request->horizon;
	if (request->relative.n > 0)
	{
		choose_relative(evidence, request, survey, from, until);
		evidence->judged_until = survey->last_at;
		return;
	}
	add_instants(evidence, from, until, &request->step);
	if (evidence->n_instants < 2)
		no_time("train", from, last);
	if (test_from == FOLD_NEVER)
		test_from = choose_test(evidence, request, survey);

	while (first_test < evidence->n_instants && evidence->instants[first_test] < test_from)
		first_test++;
	while (evidence->n_training < first_test &&
		   span_end(&request->horizon, evidence->instants[evidence->n_training]) <= test_from)
		evidence->n_training++;
	if (first_test == evidence->n_instants)
		no_time("test", from, last);
	if (evidence->n_training == 0)
		no_time("train", from, last);
	memmove(&evidence->instants[evidence->n_training], &evidence->instants[first_test],
			sizeof(HeatTime) * (evidence->n_instants - first_test));
	evidence->n_instants -= first_test - evidence->n_training;
	evidence->test_from = test_from;
	evidence->validate_from = evidence->instants[evidence->n_training - Max(evidence->n_training / 4, 1)];
}

/*
 * Features
 */

/* check_survey refuses rows that show no conversion. */
static void
check_survey(const Survey *survey, const Tracker *tracker)
{
	bool		can_win = false;

	for (int i = 0; i < tracker->model->nsignals; i++)
		can_win |= tracker->model->signals[i].outcome == STATUS_WON;
	if (!can_win)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("model \"%s\" has no signal with the outcome won", tracker->model->name),
				 errhint("Say in lead_temperature.signal which kind of interaction is a conversion, and replay.")));
	if (survey->conversions == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there are no conversions to learn from"),
				 errdetail("None of %lld interactions of table \"%s\" has the outcome won.",
						   (long long) survey->rows, get_rel_name(tracker->interactions))));
	if (survey->too_many)
		ereport(NOTICE,
				(errmsg("there are more than %d kinds of interactions", survey->n_kinds),
				 errdetail("Those that were seen last are left out.")));
}

/* find_kind looks up a kind that was asked for. */
static KindUse *
find_kind(const Survey *survey, const char *kind)
{
	KindUse    *use = survey_find(survey, kind, strlen(kind));

	if (use == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there are no interactions of kind \"%s\"", kind)));
	return use;
}

/* is_attribute says whether a name is that of an attribute that was read. */
static bool
is_attribute(const Evidence *evidence, const char *name)
{
	for (int i = 0; i < evidence->n_attributes; i++)
		if (strcmp(evidence->attributes[i].name, name) == 0)
			return true;
	return false;
}

/* is_among says whether a kind is one of a list. */
static bool
is_among(const char *kind, char **kinds, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(kinds[i], kind) == 0)
			return true;
	return false;
}

/* choose_features numbers the kinds of interactions that are evidence. */
static void
choose_features(Evidence *evidence, const TrainRequest *request, const Survey *survey)
{
	for (int i = 0; i < request->n_kinds; i++)
		if (!kind_is_evidence(find_kind(survey, request->kinds[i])))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("kind \"%s\" is an outcome and cannot be evidence", request->kinds[i]),
					 errdetail("It is what shall be foretold: a model that is shown it would seem to know the future, and know nothing of leads that are still open."),
					 errhint("Leave it out of kinds.")));
	for (int i = 0; i < request->n_without; i++)
		if (!is_attribute(evidence, request->without[i]))
			(void) find_kind(survey, request->without[i]);
	for (int i = 0; i < survey->n_kinds; i++)
	{
		KindUse    *use = &survey->kinds[i];

		if (!kind_is_evidence(use) || use->rows == 0 || use->len == 0 ||
			is_among(use->kind, request->without, request->n_without) ||
			(request->kinds != NULL && !is_among(use->kind, request->kinds, request->n_kinds)))
			continue;
		if (kind_is_leak(use))
		{
			ereport(WARNING,
					(errmsg("kind \"%s\" occurs only with an outcome and is left out", use->kind),
					 errdetail("%lld of its %lld interactions are in the step of an outcome or within an hour of one: it tells what has happened, not what will.",
							   (long long) use->rows_at_outcome, (long long) use->rows),
					 errhint("Name it in without, or make it an outcome of the model.")));
			continue;
		}
		use->feature = evidence->n_features++;
	}
	if (evidence->n_features == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there are no kinds of interactions to learn from"),
				 errdetail("Outcomes, and kinds that occur only with them, are no evidence.")));
}

/* check_evidence refuses too few leads of a class, and says what was not used. */
static void
check_evidence(const Evidence *evidence)
{
	int64		converted = evidence->training.converted_leads;
	int64		others = evidence->training.leads - converted;

	if (converted < LEADS_NEEDED || others < LEADS_NEEDED)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("too few leads to learn from: %lld converted and %lld did not",
						(long long) converted, (long long) others),
				 errdetail("There must be %d of each among the open leads of the training instants, within the horizon.",
						   LEADS_NEEDED),
				 errhint("Wait for more, take a longer horizon or an earlier \"since\", or set the points by hand.")));
	if (converted < LEADS_WANTED || others < LEADS_WANTED)
		ereport(WARNING,
				(errmsg("few leads to learn from: %lld converted and %lld did not",
						(long long) converted, (long long) others),
				 errdetail("From %d of each on points can be relied upon.", LEADS_WANTED)));
	if (evidence->leads_too_large > 0)
		ereport(NOTICE,
				(errmsg_plural("%lld lead with very many interactions is left out",
							   "%lld leads with very many interactions are left out",
							   (unsigned long) evidence->leads_too_large,
							   (long long) evidence->leads_too_large),
				 errhint("If they are no robots, raise maintenance_work_mem.")));
	if (evidence->lead_share < 1.0 || evidence->other_share < 1.0)
		ereport(NOTICE,
				(errmsg("not all observations fit into memory"),
				 errdetail("Training and report use %lld that converted and %lld that did not, of %lld and %lld.",
						   (long long) evidence->converted_kept, (long long) evidence->others_kept,
						   (long long) (evidence->training.converted + evidence->testing.converted),
						   (long long) (evidence->training.observations + evidence->testing.observations -
										evidence->training.converted - evidence->testing.converted)),
				 errhint("Raise maintenance_work_mem to use more.")));
	if (evidence->testing.converted == 0 ||
		evidence->testing.converted == evidence->testing.observations)
		ereport(WARNING,
				(errmsg(evidence->testing.observations == 0 ? "there are no open leads in the later split" :
						"the later split has leads of one class only"),
				 errdetail("How well the model predicts cannot be told.")));
	else if (evidence->testing.converted < CONVERSIONS_WANTED)
		ereport(WARNING,
				(errmsg("few conversions in the later split: %lld", (long long) evidence->testing.converted),
				 errdetail("From %d on the report can be relied upon.", CONVERSIONS_WANTED),
				 errhint("Pass an earlier \"test_from\", a shorter step, or wait for more.")));
}

/* compare_times orders instants. */
static int
compare_times(const void *a, const void *b)
{
	HeatTime	left = *(const HeatTime *) a;
	HeatTime	right = *(const HeatTime *) b;

	return (left > right) - (left < right);
}

/* choose_validation lets the last quarter of the training observations validate, where leads have instants of their own. */
static void
choose_validation(Evidence *evidence)
{
	int64		n = 0;
	HeatTime   *times = MemoryContextAllocHuge(CurrentMemoryContext,
											   sizeof(HeatTime) * (evidence->converted_kept + evidence->others_kept + 1));

	for (int64 i = 0; i < evidence->n_histories; i++)
	{
		const LeadEvidence *history = evidence->histories[i];

		for (int j = 0; j < history->n_observations; j++)
			if (!history->observations[j].tests)
				times[n++] = history->observations[j].at;
	}
	qsort(times, n, sizeof(HeatTime), compare_times);
	evidence->validate_from = n == 0 ? HEAT_TIME_MAX : times[n - Max(n / 4, 1)];
	pfree(times);
}

/* read_evidence goes through the rows of the table twice. */
static void
read_evidence(const TrainRequest *request, Tracker *tracker, Survey *survey, Evidence *evidence)
{
	MemoryContext context = CurrentMemoryContext;
	LeadWork	work;
	LeadStream *stream;
	Tuplestorestate *attributes;

	work_begin(&work, tracker, false, BY_REPLAY);
	state_use_snapshot(&work.state, GetActiveSnapshot());
	stream = stream_all(tracker, work.horizon, NULL, work.state.snapshot,
						store_begin(false), work.context);
	MemoryContextSwitchTo(context);
	survey_rows(survey, stream);
	check_survey(survey, tracker);
	evidence->limit = (Size) maintenance_work_mem * 1024;
	choose_instants(evidence, request, tracker, survey);
	attributes = request->attributes ? read_attributes(evidence, tracker) : NULL;
	choose_features(evidence, request, survey);
	collect_evidence(evidence, survey, &work, stream, attributes);
	MemoryContextSwitchTo(work.context);
	stream_end(stream);
	work_end(&work);
	MemoryContextSwitchTo(context);
	check_evidence(evidence);
	if (evidence->relative.n > 0)
		choose_validation(evidence);
	choose_fit_features(evidence, request->without, request->n_without);
}

/* lt_train makes a model of what became of earlier leads, and reports how it does on later ones. */
Datum
lt_train(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	TrainRequest request;
	Tracker    *tracker;
	LogisticFit fit;
	Survey		survey;
	Evidence	evidence = {0};
	Evidence	without_fit;
	Lesson		lesson;
	Lesson		lesson_without_fit = {0};
	Calibration calibration;
	const char *present;
	char	   *earlier;
	int32		version;

	lt_materialized_result(fcinfo);
	read_request(fcinfo, &request);
	tracker = tracker_lock_own(request.interactions, AccessShareLock);
	read_spans(fcinfo, tracker, &request);
	name_model(fcinfo, &request);
	(void) next_version(request.model);
	fit = load_fit();
	read_evidence(&request, tracker, &survey, &evidence);
	without_fit = evidence;
	without_fit.n_fit_features = 0;
	learn_points(&lesson_without_fit, &without_fit, fit, request.half_lives, request.n_half_lives, request.n_usual);
	lesson = lesson_without_fit;
	if (request.attributes)
		learn_fit(&lesson, &evidence, fit);

	context = CurrentMemoryContext;
	present = tracker->model->name;
	calibration = read_calibration(tracker, present);
	version = next_version(request.model);
	earlier = make_way(request.model);
	if (earlier != NULL && strcmp(present, request.model) == 0)
		present = earlier;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	MemoryContextSwitchTo(context);
	write_model(request.model, version, tracker->model, &survey, &evidence, &lesson);
	model_hand_on_playbook(earlier, request.model);
	model_hand_on_playbook(present, request.model);
	write_reports((ReturnSetInfo *) fcinfo->resultinfo, request.model, &evidence, &lesson,
				  request.attributes ? &without_fit : NULL, &lesson_without_fit, &calibration);
	SPI_finish();
	return (Datum) 0;
}
