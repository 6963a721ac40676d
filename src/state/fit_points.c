/*-------------------------------------------------------------------------
 *
 * fit_points.c
 *	  What attributes are worth, by the frozen rules of a model.
 *
 * A value has the points of the rule for itself, of the range that it lies in, and of each pattern that it
 * matches, added in this order; so a lead's fit is the same to the bit however it comes about.
 *
 *-------------------------------------------------------------------------
 */
#include "state/fit.h"

#include "catalog/tracker_cache.h"

#include <math.h>

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(lt_fit_of);
PG_FUNCTION_INFO_V1(lt_fit_grade);

/* A value that has points of its own. */
typedef struct FitValue
{
	char	   *value;
	int			place;			/* of the rule, in their order */
	double		points;
} FitValue;

/* Numbers from one to below another that have points. */
typedef struct FitRange
{
	double		low;
	double		high;
	double		points;
} FitRange;

/* A pattern that has points. */
typedef struct FitPattern
{
	text	   *pattern;
	double		points;
} FitPattern;

struct FitScale
{
	bool		number;
	double		missing;		/* points without a value */
	int			nvalues;
	FitValue   *values;			/* in C order, each once */
	int			nranges;
	FitRange   *ranges;			/* ascending, none overlaps another */
	int			npatterns;
	FitPattern *patterns;
};

/* number_text writes a text that is a number as numbers are written, and others as they are. */
static char *
number_text(char *value)
{
	char	   *text;
	char	   *end;
	double		number;

	errno = 0;
	number = strtod(value, &end);
	if (end == value || *end != '\0' || errno != 0)
		return value;
	text = palloc(DOUBLE_SHORTEST_DECIMAL_LEN);

	(void) double_to_shortest_decimal_buf(number + 0.0, text);
	return text;
}

/* add_value adds a value of a rule. */
static void
add_value(FitScale *scale, char *value, double points)
{
	FitValue   *entry;

	scale->values = scale->values == NULL ? palloc(sizeof(FitValue)) :
		repalloc(scale->values, sizeof(FitValue) * (scale->nvalues + 1));
	entry = &scale->values[scale->nvalues];
	entry->value = scale->number ? number_text(value) : value;
	entry->place = scale->nvalues++;
	entry->points = points;
}

/* add_values adds the values of a rule that has an array of them. */
static void
add_values(FitScale *scale, const FitRule *rule)
{
	Datum		array = OidFunctionCall3(F_ARRAY_IN, CStringGetDatum(rule->value), ObjectIdGetDatum(TEXTOID), Int32GetDatum(-1));
	Datum	   *values;
	bool	   *nulls;
	int			n;

	lt_deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			add_value(scale, TextDatumGetCString(values[i]), rule->points);
}

/* bound_number makes a number of a bound of a range. */
static double
bound_number(const RangeBound *bound)
{
	if (bound->infinite)
		return bound->lower ? -INFINITY : INFINITY;
	return DatumGetFloat8(DirectFunctionCall1(numeric_float8, bound->val));
}

/* add_range adds the range of a rule.  One that has no upper bound has infinity, too. */
static void
add_range(FitScale *scale, const FitRule *rule)
{
	Datum		range = OidFunctionCall3(F_RANGE_IN, CStringGetDatum(rule->value), ObjectIdGetDatum(NUMRANGEOID), Int32GetDatum(-1));
	RangeBound	low;
	RangeBound	high;
	bool		empty;
	FitRange   *entry;

	range_deserialize(lookup_type_cache(NUMRANGEOID, TYPECACHE_RANGE_INFO), DatumGetRangeTypeP(range), &low, &high, &empty);
	if (empty)
		return;
	scale->ranges = scale->ranges == NULL ? palloc(sizeof(FitRange)) :
		repalloc(scale->ranges, sizeof(FitRange) * (scale->nranges + 1));
	entry = &scale->ranges[scale->nranges++];
	entry->low = bound_number(&low);
	entry->high = high.infinite ? NAN : bound_number(&high);
	entry->points = rule->points;
}

/* add_pattern adds the pattern of a rule. */
static void
add_pattern(FitScale *scale, const FitRule *rule)
{
	scale->patterns = scale->patterns == NULL ? palloc(sizeof(FitPattern)) :
		repalloc(scale->patterns, sizeof(FitPattern) * (scale->npatterns + 1));
	scale->patterns[scale->npatterns].pattern = cstring_to_text(rule->value);
	scale->patterns[scale->npatterns++].points = rule->points;
}

/* compare_values orders values in C order, equal ones as their rules are. */
static int
compare_values(const void *a, const void *b)
{
	const FitValue *left = a;
	const FitValue *right = b;
	int			order = strcmp(left->value, right->value);

	return order != 0 ? order : (left->place > right->place) - (left->place < right->place);
}

/* compare_ranges orders ranges by where they begin. */
static int
compare_ranges(const void *a, const void *b)
{
	double		left = ((const FitRange *) a)->low;
	double		right = ((const FitRange *) b)->low;

	return (left > right) - (left < right);
}

/* sort_values puts values in order, and those that numbers have made equal together. */
static void
sort_values(FitScale *scale)
{
	int			n = 0;

	if (scale->nvalues == 0)
		return;
	qsort(scale->values, scale->nvalues, sizeof(FitValue), compare_values);
	for (int i = 1; i < scale->nvalues; i++)
	{
		if (strcmp(scale->values[n].value, scale->values[i].value) == 0)
			scale->values[n].points += scale->values[i].points;
		else
			scale->values[++n] = scale->values[i];
	}
	scale->nvalues = n + 1;
}

/* fit_scale makes what the values of an attribute are worth by the rules of a model, in the current context. */
FitScale *
fit_scale(const ModelVersion *model, const char *attribute, bool number)
{
	FitScale   *scale = palloc0(sizeof(FitScale));

	scale->number = number;
	for (int i = 0; i < model->nfit_rules; i++)
	{
		const FitRule *rule = &model->fit_rules[i];

		if (strcmp(rule->attribute, attribute) != 0)
			continue;
		switch (rule->operator)
		{
			case FIT_EQUALS:
				add_value(scale, pstrdup(rule->value), rule->points);
				break;
			case FIT_IN:
				add_values(scale, rule);
				break;
			case FIT_RANGE:
				add_range(scale, rule);
				break;
			case FIT_LIKE:
				add_pattern(scale, rule);
				break;
			case FIT_IS_NULL:
				scale->missing = rule->points;
				break;
			case N_FIT_OPERATORS:
				break;
		}
	}
	sort_values(scale);
	if (scale->nranges > 0)
		qsort(scale->ranges, scale->nranges, sizeof(FitRange), compare_ranges);
	return scale;
}

/* value_points returns the points of a value itself. */
static double
value_points(const FitScale *scale, const char *value)
{
	int			low = 0;
	int			high = scale->nvalues - 1;

	while (low <= high)
	{
		int			middle = (low + high) / 2;
		int			order = strcmp(value, scale->values[middle].value);

		if (order == 0)
			return scale->values[middle].points;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return 0.0;
}

/* range_points returns the points of the range that a number lies in. */
static double
range_points(const FitScale *scale, double number)
{
	int			low = 0;
	int			high = scale->nranges - 1;

	while (low <= high)
	{
		int			middle = (low + high) / 2;
		const FitRange *range = &scale->ranges[middle];

		if (number < range->low)
			high = middle - 1;
		else if (isnan(range->high) || number < range->high)
			return range->points;
		else
			low = middle + 1;
	}
	return 0.0;
}

/* pattern_points returns the points of all patterns that a value matches. */
static double
pattern_points(const FitScale *scale, const char *value, int len)
{
	Datum		whole = PointerGetDatum(cstring_to_text_with_len(value, len));
	double		points = 0.0;

	for (int i = 0; i < scale->npatterns; i++)
		if (DatumGetBool(DirectFunctionCall2Coll(textlike, C_COLLATION_OID, whole,
												 PointerGetDatum(scale->patterns[i].pattern))))
			points += scale->patterns[i].points;
	pfree(DatumGetPointer(whole));
	return points;
}

/* fit_points returns what a value of an attribute is worth; NULL: there is none, and NaN is none either. */
double
fit_points(const FitScale *scale, const char *value, int len)
{
	double		number = 0.0;
	double		points;

	if (value != NULL && scale->number)
	{
		number = strtod(value, NULL);
		if (isnan(number))
			value = NULL;
	}
	if (value == NULL)
		return scale->missing;
	points = scale->number && number == 0.0 ? value_points(scale, "0") : value_points(scale, value);
	if (scale->number)
		points += range_points(scale, number);
	if (scale->npatterns > 0)
		points += pattern_points(scale, value, len);
	return points;
}

/* fit_grade_of returns the grade of a fit. */
const char *
fit_grade_of(const ModelVersion *model, double fit)
{
	static const char *const grades[N_GRADES] = {"A", "B", "C", "D"};
	int			grade = 0;

	while (grade < N_GRADES - 1 && !(fit >= model->grades[grade]))
		grade++;
	return grades[grade];
}

/* lt_fit_of returns the fit of a lead of which an array has the values of the attributes that can be read. */
Datum
lt_fit_of(PG_FUNCTION_ARGS)
{
	const Fit  *fit = fit_read(tracker_of_state(PG_GETARG_OID(0)));
	Datum	   *values;
	bool	   *nulls;
	int			n;
	double		sum = 0.0;

	lt_deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, &values, &nulls, &n);
	if (n != list_length(fit->attributes))
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("there are %d attributes, and not %d", list_length(fit->attributes), n),
				 errhint("The view lead_temperature.attributes lists them.")));
	for (int i = 0; i < n; i++)
	{
		char	   *value = nulls[i] ? NULL : TextDatumGetCString(values[i]);

		sum = heat_saturate(sum + fit_points(fit->scales[i], value, value == NULL ? 0 : strlen(value)));
	}
	PG_RETURN_FLOAT8(sum);
}

/* lt_fit_grade returns the grade of a fit. */
Datum
lt_fit_grade(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(fit_grade_of(tracker_of_state(PG_GETARG_OID(0))->model, PG_GETARG_FLOAT8(1))));
}
