/*-------------------------------------------------------------------------
 *
 * attribute_features.c
 *	  Features that attributes of leads make: a value each, a range of numbers each, and none.
 *
 * What there is of an attribute is looked for among the leads that are trained on, each of which counts once.
 * Values that few of these have are one feature, to which all that is never seen belongs too.  Numbers are cut into
 * ranges that about as many leads lie in.
 *
 * Attributes are as they are today.  One that tells which leads were ever won, before and after, is no
 * evidence, but set by the outcome.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/evidence.h"

#include "util/execute.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* More different texts than this are not told apart, nor are longer ones from each other. */
#define MAX_TEXTS			10000
#define MAX_TEXT_LENGTH		1000

/* A value that fewer leads have, or a smaller share of them, is rare.  So there are no more than 1,000 of the others. */
#define RARE_LEADS			20
#define RARE_SHARE			0.001

/* Numbers are cut into so many ranges at most, but for values that many leads have. */
#define MAX_RANGES			10

/* An attribute that is wrong about no more than this share of the won leads, or of the others if they are fewer, is a leak. */
#define LEAK_ERRORS			0.02

/* So is one of which a value that no fewer leads have says of this share of them that they were won. */
#define LEAK_LEADS			40
#define LEAK_SHARE			0.99

/* One that leads have who were won, by this much and so many times as often as others, may be set after the outcome. */
#define LATE_SHARE			0.2
#define LATE_TIMES			2.0

/* An attribute of a lead that is trained on. */
typedef struct LeadValue
{
	double		value;
	bool		won;
} LeadValue;

/* An attribute while it is made features of. */
typedef struct AttributeChoice
{
	Evidence   *evidence;
	int			number;
	EvidenceAttribute *attribute;
	LeadValue  *leads;			/* those that are trained on */
	int64		n;
	int64		n_present;		/* of which have a value, and come first, in
								 * its order */
	int64		won;
	int64		won_present;
	int			first;			/* its first feature */
	int			missing;		/* its features without a value, */
	int			rest;			/* and of all other texts; -1: none */
	int		   *of_texts;		/* by their numbers; -1: the rest */
	double	   *bounds;			/* from which on each range but the first is,
								 * ascending */
	int			n_bounds;
} AttributeChoice;

/* read_attributes reads the attributes of all leads in key order, and makes them known to the evidence; the caller is connected to SPI as the owner. */
Tuplestorestate *
read_attributes(Evidence *evidence, const Tracker *tracker)
{
	MemoryContext context = CurrentMemoryContext;
	const Fit  *fit = has_fit(tracker) ? fit_read(tracker) : NULL;
	Tuplestorestate *store;

	if (fit == NULL || fit->attributes == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("leads of table \"%s\" have no attributes", get_rel_name(tracker->interactions)),
				 errhint("Name some with lead_temperature.add_attribute; the view lead_temperature.attributes shows those that are stale.")));
	evidence->with_fit = true;
	evidence->n_attributes = list_length(fit->attributes);
	evidence->attributes = palloc0(sizeof(EvidenceAttribute) * evidence->n_attributes);
	for (int i = 0; i < evidence->n_attributes; i++)
	{
		EvidenceAttribute *attribute = &evidence->attributes[i];

		attribute->name = pstrdup(((const Attribute *) list_nth(fit->attributes, i))->name);
		attribute->number = fit->numbers[i];
		text_numbers_begin(&attribute->texts);
	}
	pin_text_settings();		/* values are what the rules are compared with */
	store = tuplestore_begin_heap(false, false, work_mem);
	lt_execute_into(attribute_values_sql(tracker), NULL, store, context);
	MemoryContextSwitchTo(context);
	return store;
}

/* attribute_value makes a number of the value of an attribute: NaN if it is missing, and of texts their number, or NO_TEXT if there are too many. */
double
attribute_value(EvidenceAttribute *attribute, const text *value)
{
	if (value == NULL)
		return NAN;
	if (attribute->number)
		return strtod(text_to_cstring(value), NULL) + 0.0;
	if (VARSIZE_ANY_EXHDR(value) > MAX_TEXT_LENGTH)
		return NO_TEXT;
	return attribute->texts.n <= MAX_TEXTS ? text_number(&attribute->texts, value) :
		known_text_number(&attribute->texts, value);
}

/* compare_values orders leads by the value of an attribute, those without one last. */
static int
compare_values(const void *a, const void *b)
{
	double		left = ((const LeadValue *) a)->value;
	double		right = ((const LeadValue *) b)->value;

	if (isnan(left) || isnan(right))
		return isnan(left) - isnan(right);
	return (left > right) - (left < right);
}

/* is_trained_on says whether a lead has an observation that trains. */
static bool
is_trained_on(const LeadEvidence *history)
{
	return !history->observations[0].tests;
}

/* gather_leads finds the leads that are trained on with an attribute. */
static void
gather_leads(AttributeChoice *choice)
{
	const Evidence *evidence = choice->evidence;

	choice->leads = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(LeadValue) * (evidence->n_histories + 1));
	for (int64 i = 0; i < evidence->n_histories; i++)
	{
		const LeadEvidence *history = evidence->histories[i];
		LeadValue  *lead = &choice->leads[choice->n];

		if (!is_trained_on(history))
			continue;
		lead->value = history->attributes[choice->number];
		lead->won = history->won;
		choice->n++;
		choice->won += lead->won;
		if (isnan(lead->value))
			continue;
		choice->n_present++;
		choice->won_present += lead->won;
	}
	qsort(choice->leads, choice->n, sizeof(LeadValue), compare_values);
}

/* add_feature adds a feature of an attribute and returns its number. */
static int
add_feature(AttributeChoice *choice, FitOperator operator, char *value, bool rest)
{
	Evidence   *evidence = choice->evidence;
	FitFeature *feature;

	evidence->fit_features = evidence->fit_features == NULL ? palloc(sizeof(FitFeature)) :
		repalloc_huge(evidence->fit_features, sizeof(FitFeature) * (evidence->n_fit_features + 1));
	feature = &evidence->fit_features[evidence->n_fit_features];
	memset(feature, 0, sizeof(FitFeature));
	feature->attribute = choice->number;
	feature->operator = operator;
	feature->value = value;
	feature->rest = rest;
	return evidence->n_fit_features++;
}

/* A text that enough leads have. */
typedef struct CommonText
{
	const text *value;
	int			number;
} CommonText;

/* compare_common orders texts by their bytes. */
static int
compare_common(const void *a, const void *b)
{
	return compare_texts(((const CommonText *) a)->value, ((const CommonText *) b)->value);
}

/* choose_texts makes a feature of each text that is not rare, and one of all others if there are any. */
static void
choose_texts(AttributeChoice *choice)
{
	const TextNumbers *texts = &choice->attribute->texts;
	double		rare = fmax(RARE_LEADS, RARE_SHARE * (double) choice->n);
	CommonText *common = palloc(sizeof(CommonText) * texts->n);
	int			n_common = 0;
	int64		n_rare = choice->n_present;

	choice->of_texts = palloc(sizeof(int) * texts->n);
	for (int i = 0; i < texts->n; i++)
		choice->of_texts[i] = -1;
	for (int64 i = 0, next; i < choice->n_present; i = next)
	{
		int			number = (int) choice->leads[i].value;

		for (next = i + 1; next < choice->n_present && choice->leads[next].value == choice->leads[i].value;)
			next++;
		if (number == NO_TEXT || (double) (next - i) < rare)
			continue;
		common[n_common].value = texts->texts[number];
		common[n_common++].number = number;
		n_rare -= next - i;
	}
	qsort(common, n_common, sizeof(CommonText), compare_common);
	for (int i = 0; i < n_common; i++)
		choice->of_texts[common[i].number] = add_feature(choice, FIT_EQUALS, text_to_cstring(common[i].value), false);
	if (n_rare > 0)
		choice->rest = add_feature(choice, FIT_EQUALS, NULL, true);
	pfree(common);
}

/* add_bound lets a range begin with a number, unless one does, or there is none below. */
static void
add_bound(AttributeChoice *choice, double bound)
{
	double		last = choice->n_bounds > 0 ? choice->bounds[choice->n_bounds - 1] : choice->leads[0].value;

	if (bound > last && isfinite(bound))
		choice->bounds[choice->n_bounds++] = bound;
}

/* number_text writes a number so that it is read again as it was. */
static char *
number_text(double number)
{
	char	   *text = palloc(DOUBLE_SHORTEST_DECIMAL_LEN);

	(void) double_to_shortest_decimal_buf(number, text);
	return text;
}

/* choose_ranges cuts numbers into ranges that about as many leads lie in; a number that as many have is one of its own. */
static void
choose_ranges(AttributeChoice *choice)
{
	int64		n = choice->n_present;
	int			ranges = (int) Max(Min(n / RARE_LEADS, MAX_RANGES), 1);

	choice->bounds = palloc(sizeof(double) * 2 * MAX_RANGES);
	for (int i = 1; i < ranges; i++)
	{
		double		bound = choice->leads[n * i / ranges].value;
		int64		begin = n * i / ranges;
		int64		end = begin;

		while (begin > 0 && choice->leads[begin - 1].value == bound)
			begin--;
		while (end < n && choice->leads[end].value == bound)
			end++;
		add_bound(choice, bound);
		if (end < n && end - begin >= n / ranges)
			add_bound(choice, choice->leads[end].value);
	}
	for (int i = 0; i <= choice->n_bounds && n > 0; i++)
		add_feature(choice, FIT_RANGE,
					psprintf("%s%s,%s)", i == 0 ? "(" : "[", i == 0 ? "" : number_text(choice->bounds[i - 1]),
							 i == choice->n_bounds ? "" : number_text(choice->bounds[i])), false);
}

/* feature_of returns the feature that a value of an attribute has. */
static int
feature_of(const AttributeChoice *choice, double value)
{
	int			low = 0;
	int			high = choice->n_bounds;

	if (isnan(value))
		return choice->missing;
	if (!choice->attribute->number)
		return choice->of_texts[(int) value] < 0 ? choice->rest : choice->of_texts[(int) value];
	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (value < choice->bounds[middle])
			high = middle;
		else
			low = middle + 1;
	}
	/* where no lead that is trained on has a number there are no ranges */
	return choice->n_present > 0 ? choice->first + low : -1;
}

/* count_features counts the leads that have each feature. */
static void
count_features(AttributeChoice *choice)
{
	FitFeature *features = choice->evidence->fit_features;

	for (int64 i = 0; i < choice->n; i++)
	{
		int			feature = feature_of(choice, choice->leads[i].value);

		features[feature].leads++;
		features[feature].won += choice->leads[i].won;
	}
}

/* feature_name says what a feature is, for a person. */
static char *
feature_name(const FitFeature *feature)
{
	if (feature->rest)
		return "a value that few leads have";
	return feature->operator == FIT_IS_NULL ? "no value" : psprintf("the value %s", feature->value);
}

/* leak_of says what makes an attribute a leak, NULL if it is none. */
static char *
leak_of(const AttributeChoice *choice)
{
	const FitFeature *features = choice->evidence->fit_features;
	int64		others = choice->n - choice->won;
	int64		errors = 0;

	for (int i = choice->first; i < choice->evidence->n_fit_features; i++)
	{
		const FitFeature *feature = &features[i];

		errors += Min(feature->won, feature->leads - feature->won);
		if (feature->leads >= LEAK_LEADS && choice->won < others &&
			(double) feature->won >= LEAK_SHARE * (double) feature->leads)
			return psprintf("Of the %lld leads that have %s %lld were won.", (long long) feature->leads,
							feature_name(feature), (long long) feature->won);
	}
	if ((double) errors <= LEAK_ERRORS * (double) Min(choice->won, others) && Min(choice->won, others) > 0)
		return psprintf("It tells of all but %lld of %lld leads whether they were won.", (long long) errors, (long long) choice->n);
	return NULL;
}

/* warn_if_late warns of an attribute that hardly any leads have but those that were won. */
static void
warn_if_late(const AttributeChoice *choice)
{
	double		of_won = (double) choice->won_present / (double) choice->won;
	double		of_others = (double) (choice->n_present - choice->won_present) / (double) (choice->n - choice->won);

	if (choice->won == 0 || choice->won == choice->n ||
		of_won < of_others + LATE_SHARE || of_won < of_others * LATE_TIMES)
		return;
	ereport(WARNING,
			(errmsg("attribute \"%s\" may be set after the outcome, and its present value is used", choice->attribute->name),
			 errdetail("Of the leads that were won %.0f %% have a value, of the others %.0f %%.", 100 * of_won, 100 * of_others),
			 errhint("If it is set when a lead is won, name it in without: it would seem to know the future, and know nothing of leads that are still open.")));
}

/* is_left_out says, and tells, whether an attribute is no evidence. */
static bool
is_left_out(const AttributeChoice *choice)
{
	const char *name = choice->attribute->name;
	int			n = 0;
	char	   *leak;

	for (int i = choice->first; i < choice->evidence->n_fit_features; i++)
		n += choice->evidence->fit_features[i].leads > 0;
	if (n < 2)
	{
		ereport(NOTICE,
				(errmsg("attribute \"%s\" is left out", name),
				 choice->n_present == 0 ? errdetail("No lead that is trained on has a value.") :
				 choice->rest >= 0 ? errdetail("No %d leads have the same value.", (int) ceil(fmax(RARE_LEADS, RARE_SHARE * (double) choice->n))) :
				 errdetail("All leads that are trained on have the same.")));
		return true;
	}
	leak = leak_of(choice);
	if (leak == NULL)
		return false;
	ereport(WARNING,
			(errmsg("attribute \"%s\" tells what has become of leads and is left out", name),
			 errdetail("%s It is the outcome, or set after it.", leak),
			 errhint("Name it in without, or drop it with lead_temperature.drop_attribute.")));
	return true;
}

/* choose_features_of makes the features of an attribute, and lets leads have them in the place of its values. */
static void
choose_features_of(Evidence *evidence, int number, bool wanted)
{
	AttributeChoice choice = {evidence, number, &evidence->attributes[number]};
	bool		left_out;

	choice.first = evidence->n_fit_features;
	choice.missing = choice.rest = -1;
	gather_leads(&choice);
	if (choice.attribute->number)
		choose_ranges(&choice);
	else
		choose_texts(&choice);
	if (choice.n_present < choice.n)
		choice.missing = add_feature(&choice, FIT_IS_NULL, "", false);
	count_features(&choice);
	left_out = !wanted || is_left_out(&choice);
	if (left_out)
		evidence->n_fit_features = choice.first;
	else
		warn_if_late(&choice);
	for (int64 i = 0; i < evidence->n_histories; i++)
	{
		double	   *value = &evidence->histories[i]->attributes[number];

		*value = left_out ? -1 : feature_of(&choice, *value);
	}
	pfree(choice.leads);
	CHECK_FOR_INTERRUPTS();
}

/* tell_present names the attributes that are used as they are today. */
static void
tell_present(const Evidence *evidence)
{
	StringInfoData names;
	int			n = 0;

	initStringInfo(&names);
	for (int i = 0; i < evidence->n_fit_features; i++)
		if (i == 0 || evidence->fit_features[i].attribute != evidence->fit_features[i - 1].attribute)
			appendStringInfo(&names, "%s\"%s\"", n++ == 0 ? "" : ", ", evidence->attributes[evidence->fit_features[i].attribute].name);
	if (n > 0)
		ereport(NOTICE,
				(errmsg("present values of attributes are used: %s", names.data),
				 errdetail("What they were at the instants that are trained on is not known.")));
}

/* choose_fit_features makes the features of attributes, but for those that are named. */
void
choose_fit_features(Evidence *evidence, char **without, int n_without)
{
	for (int i = 0; i < evidence->n_attributes; i++)
	{
		bool		wanted = true;

		for (int j = 0; j < n_without; j++)
			wanted &= strcmp(without[j], evidence->attributes[i].name) != 0;
		choose_features_of(evidence, i, wanted);
	}
	tell_present(evidence);
}
