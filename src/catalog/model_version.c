/*-------------------------------------------------------------------------
 *
 * model_version.c
 *	  Models as trackers work from them, read and checked.
 *
 * A row that the extension cannot have written makes a model with a fault.  It is
 * an error for whoever needs the model, and for nobody else: a replay, which
 * freezes the model anew, does without it.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/model_version.h"

#include "util/extension_table.h"

#include <math.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* columns of lead_temperature.model_version */
enum
{
	FROZEN_INTERACTIONS, FROZEN_VERSION, FROZEN_MODEL, FROZEN_HALF_LIFE,
	FROZEN_WARM, FROZEN_MQL, FROZEN_HOT, FROZEN_GROUPS, FROZEN_CAPS,
	FROZEN_KINDS, FROZEN_POINTS, FROZEN_SIGNAL_GROUPS, FROZEN_STAGES, FROZEN_OUTCOMES,
	FROZEN_COOLDOWNS, FROZEN_FINALS, FROZEN_CONSENTS, FROZEN_CHANNELS, FROZEN_SPENDS, FROZEN_RULES, FROZEN_DORMANT_AFTER,
	FROZEN_FIT_ATTRIBUTES, FROZEN_FIT_OPERATORS, FROZEN_FIT_VALUES, FROZEN_FIT_POINTS, FROZEN_GRADE_A, FROZEN_GRADE_B, FROZEN_GRADE_C,
	N_FROZEN_COLUMNS
};

static const ConfigColumn frozen_columns[N_FROZEN_COLUMNS] = {
	{"interactions", REGCLASSOID},
	{"version", INT4OID},
	{"model", TEXTOID},
	{"half_life", INTERVALOID},
	{"warm", FLOAT8OID},
	{"mql", FLOAT8OID},
	{"hot", FLOAT8OID},
	{"groups", TEXTARRAYOID},
	{"caps", FLOAT8ARRAYOID},
	{"kinds", TEXTARRAYOID},
	{"points", FLOAT8ARRAYOID},
	{"signal_groups", TEXTARRAYOID},
	{"stages", ANYARRAYOID, "stage"},
	{"outcomes", ANYARRAYOID, "status"},
	{"cooldowns", INTERVALARRAYOID},
	{"finals", BOOLARRAYOID},
	{"consents", TEXTARRAYOID},
	{"channels", TEXTARRAYOID},
	{"spends", BOOLARRAYOID},
	{"rules", INT4OID},
	{"dormant_after", INTERVALOID,.nullable = true},
	{"fit_attributes", TEXTARRAYOID},
	{"fit_operators", TEXTARRAYOID},
	{"fit_values", TEXTARRAYOID},
	{"fit_points", FLOAT8ARRAYOID},
	{"grade_a", FLOAT8OID},
	{"grade_b", FLOAT8OID},
	{"grade_c", FLOAT8OID}
};

/* What rules of fit compare values by. */
const char *const fit_operator_names[N_FIT_OPERATORS] = {
	[FIT_EQUALS] = "=",
	[FIT_IN] = "in",
	[FIT_RANGE] = "range",
	[FIT_LIKE] = "like",
	[FIT_IS_NULL] = "is null"
};

/* How signals say what they do; NULL: nothing. */
const char *const consent_names[N_CONSENTS] = {
	[CONSENT_NONE] = NULL,
	[CONSENT_GRANT] = "grant",
	[CONSENT_WITHDRAW] = "withdraw"
};

/* An array of a frozen model, taken apart. */
typedef struct Elements
{
	Datum	   *values;
	bool	   *nulls;
	int			n;
} Elements;

/* fault makes a sentence that names a column. */
static char *
fault(const char *what, int column)
{
	return psprintf(what, frozen_columns[column].name);
}

/*
 * take_apart takes an array apart.  It returns what is wrong with it: it must have
 * one dimension, as many elements as are expected, if that is not negative, and
 * nulls only where they mean something.
 */
static char *
take_apart(const Datum *values, int column, int expected, bool nullable, Elements *elements)
{
	ArrayType  *array = DatumGetArrayTypeP(values[column]);

	if (ARR_NDIM(array) > 1)
		return fault("Array \"%s\" has more than one dimension.", column);
	lt_deconstruct_array(array, ARR_ELEMTYPE(array), &elements->values, &elements->nulls,
						 &elements->n);
	if (expected >= 0 && elements->n != expected)
		return fault("Array \"%s\" does not have as many elements as those that belong with it.",
					 column);
	for (int i = 0; i < elements->n && !nullable; i++)
		if (elements->nulls[i])
			return fault("Array \"%s\" has an element that is null.", column);
	return NULL;
}

/* read_names reads an array of names, which must ascend in C order. */
static char *
read_names(const Datum *values, int column, char ***names, int *n)
{
	Elements	elements;
	char	   *wrong = take_apart(values, column, -1, false, &elements);

	if (wrong != NULL)
		return wrong;
	*n = elements.n;
	*names = palloc(sizeof(char *) * (elements.n + 1));
	for (int i = 0; i < elements.n; i++)
	{
		(*names)[i] = TextDatumGetCString(elements.values[i]);
		if (i > 0 && strcmp((*names)[i - 1], (*names)[i]) >= 0)
			return fault("Array \"%s\" is not in strictly ascending order.", column);
	}
	return NULL;
}

/* read_groups reads the groups and their caps. */
static char *
read_groups(const Datum *values, ModelVersion *model)
{
	Elements	caps;
	double	   *result;
	char	   *wrong = read_names(values, FROZEN_GROUPS, &model->groups, &model->fold.ngroups);

	if (wrong == NULL)
		wrong = take_apart(values, FROZEN_CAPS, model->fold.ngroups, false, &caps);
	if (wrong != NULL)
		return wrong;
	result = palloc(sizeof(double) * (caps.n + 1));
	for (int i = 0; i < caps.n; i++)
	{
		result[i] = DatumGetFloat8(caps.values[i]);
		if (!(result[i] > 0.0 && isfinite(result[i])))
			return fault("Array \"%s\" has an element that is not positive and finite.", FROZEN_CAPS);
	}
	model->fold.caps = result;
	return NULL;
}

/* name_among finds a name among others; -1 if it is not there. */
static int
name_among(const char *name, char **names, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

/* model_channel finds a channel among those of a model; -1 if it is not there. */
int
model_channel(const ModelVersion *model, const char *name)
{
	return name_among(name, model->channels, model->fold.nchannels);
}

/* The arrays that have an element of each signal. */
typedef struct SignalArrays
{
	Elements	of[N_FROZEN_COLUMNS];
} SignalArrays;

/* signal_is_null says whether a signal lacks a property. */
static bool
signal_is_null(const SignalArrays *arrays, int column, int i)
{
	return arrays->of[column].nulls[i];
}

/* signal_value returns a property of a signal that is not null. */
static Datum
signal_value(const SignalArrays *arrays, int column, int i)
{
	return arrays->of[column].values[i];
}

/* read_worth reads points, group, stage and outcome of a signal: it has points, or an outcome, which has neither unless it spends nothing. */
static char *
read_worth(const SignalArrays *arrays, int i, const ModelVersion *model, Signal *signal)
{
	bool		no_points = signal_is_null(arrays, FROZEN_POINTS, i);
	bool		no_group = signal_is_null(arrays, FROZEN_SIGNAL_GROUPS, i);
	bool		no_stage = signal_is_null(arrays, FROZEN_STAGES, i);
	bool		no_outcome = signal_is_null(arrays, FROZEN_OUTCOMES, i);

	signal->spends = signal_is_null(arrays, FROZEN_SPENDS, i) ||
		DatumGetBool(signal_value(arrays, FROZEN_SPENDS, i));
	if (no_outcome ? no_points : !no_stage || (signal->spends ? !no_points || !no_group : no_points && !no_group))
		return psprintf("Signal \"%s\" does not have either points or an outcome alone.", signal->kind);
	signal->points = no_points ? 0.0 : DatumGetFloat8(signal_value(arrays, FROZEN_POINTS, i));
	signal->group = no_group ? model->fold.ngroups :
		name_among(TextDatumGetCString(signal_value(arrays, FROZEN_SIGNAL_GROUPS, i)),
				   model->groups, model->fold.ngroups);
	signal->floor = no_stage ? STAGE_NONE :
		stage_or_none(DatumGetObjectId(signal_value(arrays, FROZEN_STAGES, i)));
	signal->outcome = no_outcome ? STATUS_NONE :
		status_or_none(DatumGetObjectId(signal_value(arrays, FROZEN_OUTCOMES, i)));
	if (!no_stage && signal->floor == STAGE_NONE)
		return fault("Array \"%s\" has a label without a meaning.", FROZEN_STAGES);
	if (!no_outcome && signal->outcome == STATUS_NONE)
		return fault("Array \"%s\" has a label without a meaning.", FROZEN_OUTCOMES);
	if (!isfinite(signal->points))
		return psprintf("Signal \"%s\" does not have finite points.", signal->kind);
	if (signal->group < 0)
		return psprintf("Signal \"%s\" belongs to a group that does not exist.", signal->kind);
	if (signal->outcome == STATUS_OPEN)
		return psprintf("Signal \"%s\" has an outcome that is neither won nor lost.", signal->kind);
	if (!signal->spends && signal->outcome != STATUS_WON)
		return psprintf("Signal \"%s\" spends nothing without the outcome won.", signal->kind);
	return NULL;
}

/* read_memory reads what leads must remember of a signal: its cooldown, and whether it is final. */
static char *
read_memory(const SignalArrays *arrays, int i, ModelVersion *model, int64 *cooldowns, Signal *signal)
{
	signal->final = !signal_is_null(arrays, FROZEN_FINALS, i) &&
		DatumGetBool(signal_value(arrays, FROZEN_FINALS, i));
	signal->cooldown = -1;
	if (signal->final && signal->outcome != STATUS_LOST)
		return psprintf("Signal \"%s\" is final without the outcome lost.", signal->kind);
	if (!signal_is_null(arrays, FROZEN_COOLDOWNS, i))
	{
		signal->cooldown = model->fold.ncooldowns++;
		if (!interval_is_cooldown(DatumGetIntervalP(signal_value(arrays, FROZEN_COOLDOWNS, i)),
								  &cooldowns[signal->cooldown]))
			return psprintf("Signal \"%s\" has a cooldown that is not positive, has months, or is longer than 36525 days.",
							signal->kind);
	}
	model->remembers |= signal->final || signal->cooldown >= 0;
	return NULL;
}

/* compare_names orders names as the C collation does. */
static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* read_channels finds the channels that any signal has consent for. */
static void
read_channels(const SignalArrays *arrays, ModelVersion *model)
{
	char	  **channels = palloc(sizeof(char *) * (model->nsignals + 1));
	int			n = 0;

	for (int i = 0; i < model->nsignals; i++)
		if (!signal_is_null(arrays, FROZEN_CHANNELS, i))
			channels[n++] = TextDatumGetCString(signal_value(arrays, FROZEN_CHANNELS, i));
	qsort(channels, n, sizeof(char *), compare_names);
	model->channels = channels;
	for (int i = 0; i < n; i++)
		if (model->fold.nchannels == 0 || strcmp(channels[i], channels[model->fold.nchannels - 1]) != 0)
			channels[model->fold.nchannels++] = channels[i];
}

/* read_consent reads whether a signal grants or withdraws consent, and for which of the channels. */
static char *
read_consent(const SignalArrays *arrays, int i, ModelVersion *model, Signal *signal)
{
	bool		any_channel = signal_is_null(arrays, FROZEN_CHANNELS, i);
	char	   *consent;

	signal->consent = CONSENT_NONE;
	signal->channel = any_channel ? ALL_CHANNELS :
		model_channel(model, TextDatumGetCString(signal_value(arrays, FROZEN_CHANNELS, i)));
	if (signal_is_null(arrays, FROZEN_CONSENTS, i))
		return any_channel ? NULL : psprintf("Signal \"%s\" has a channel without consent.", signal->kind);
	consent = TextDatumGetCString(signal_value(arrays, FROZEN_CONSENTS, i));
	for (LeadConsent known = CONSENT_NONE + 1; known < N_CONSENTS; known++)
		if (strcmp(consent, consent_names[known]) == 0)
			signal->consent = known;
	if (signal->consent == CONSENT_NONE)
		return psprintf("Signal \"%s\" neither grants nor withdraws consent.", signal->kind);
	if (signal->consent == CONSENT_GRANT && any_channel)
		return psprintf("Signal \"%s\" grants consent without a channel.", signal->kind);
	model->remembers |= model->fold.nchannels > 0;
	return NULL;
}

/* read_signals reads the signals, which all further arrays have an element of. */
static char *
read_signals(const Datum *values, ModelVersion *model)
{
	char	  **kinds;
	SignalArrays arrays;
	int64	   *cooldowns;
	char	   *wrong = read_names(values, FROZEN_KINDS, &kinds, &model->nsignals);

	for (int column = FROZEN_KINDS + 1; column <= FROZEN_SPENDS && wrong == NULL; column++)
		wrong = take_apart(values, column, model->nsignals, true, &arrays.of[column]);
	if (wrong != NULL)
		return wrong;

	model->signals = palloc(sizeof(Signal) * (model->nsignals + 1));
	cooldowns = palloc(sizeof(int64) * (model->nsignals + 1));
	model->fold.cooldowns = cooldowns;
	read_channels(&arrays, model);
	for (int i = 0; i < model->nsignals && wrong == NULL; i++)
	{
		Signal	   *signal = &model->signals[i];

		signal->kind = kinds[i];
		signal->kind_len = strlen(kinds[i]);
		wrong = read_worth(&arrays, i, model, signal);
		if (wrong == NULL)
			wrong = read_memory(&arrays, i, model, cooldowns, signal);
		if (wrong == NULL)
			wrong = read_consent(&arrays, i, model, signal);
	}
	return wrong;
}

/* fit_operator finds an operator of rules by its name, N_FIT_OPERATORS if there is none. */
static FitOperator
fit_operator(const char *name)
{
	FitOperator operator = 0;

	while (operator < N_FIT_OPERATORS && strcmp(fit_operator_names[operator], name) != 0)
		operator++;
	return operator;
}

/* read_fit reads the rules by which leads fit, and the least fit of each grade. */
static char *
read_fit(const Datum *values, ModelVersion *model)
{
	Elements	of[FROZEN_FIT_POINTS - FROZEN_FIT_ATTRIBUTES + 1];
	char	   *wrong = NULL;

	for (int i = 0; i < lengthof(of) && wrong == NULL; i++)
		wrong = take_apart(values, FROZEN_FIT_ATTRIBUTES + i, i == 0 ? -1 : of[0].n, false, &of[i]);
	if (wrong != NULL)
		return wrong;
	model->nfit_rules = of[0].n;
	model->fit_rules = palloc(sizeof(FitRule) * (of[0].n + 1));
	for (int i = 0; i < of[0].n; i++)
	{
		FitRule    *rule = &model->fit_rules[i];

		rule->attribute = TextDatumGetCString(of[0].values[i]);
		rule->operator = fit_operator(TextDatumGetCString(of[1].values[i]));
		rule->value = TextDatumGetCString(of[2].values[i]);
		rule->points = DatumGetFloat8(of[3].values[i]);
		if (rule->operator == N_FIT_OPERATORS)
			return fault("Array \"%s\" has an operator that is none.", FROZEN_FIT_OPERATORS);
		if (!isfinite(rule->points))
			return fault("Array \"%s\" has an element that is not finite.", FROZEN_FIT_POINTS);
	}
	for (int i = 0; i < lengthof(model->grades); i++)
		model->grades[i] = DatumGetFloat8(values[FROZEN_GRADE_A + i]);
	return NULL;
}

/* read_fold reads the half-life, the thresholds, and after which silence leads are dormant. */
static char *
read_fold(const Datum *values, const bool *nulls, ModelVersion *model)
{
	FoldModel  *fold = &model->fold;

	if (!interval_is_half_life(DatumGetIntervalP(values[FROZEN_HALF_LIFE]), &fold->half_life))
		return pstrdup("Column \"half_life\" does not lie between 1 minute and 36525 days, or has months.");
	fold->warm = DatumGetFloat8(values[FROZEN_WARM]);
	fold->mql = DatumGetFloat8(values[FROZEN_MQL]);
	fold->hot = DatumGetFloat8(values[FROZEN_HOT]);
	/* the test fails for NaN, too */
	if (!(0 < fold->warm && fold->warm <= fold->mql && fold->mql <= fold->hot &&
		  isfinite(fold->hot)))
		return pstrdup("Columns \"warm\", \"mql\" and \"hot\" are not positive, ascending and finite.");
	/* a silence may be as long as a half-life */
	if (!nulls[FROZEN_DORMANT_AFTER] &&
		!interval_is_half_life(DatumGetIntervalP(values[FROZEN_DORMANT_AFTER]), &fold->dormant_after))
		return pstrdup("Column \"dormant_after\" does not lie between 1 minute and 36525 days, or has months.");
	return NULL;
}

/* read_model takes a row of model_version, or of a query with its columns, apart. */
ModelVersion *
read_model(LeadStage entry, HeapTuple tuple, TupleDesc desc)
{
	ModelVersion *model = palloc0(sizeof(ModelVersion));
	Datum		values[N_FROZEN_COLUMNS];
	bool		nulls[N_FROZEN_COLUMNS];
	int			missing = config_row("model_version", frozen_columns, N_FROZEN_COLUMNS,
									 tuple, desc, values, nulls);

	if (!nulls[FROZEN_VERSION])
		model->version = DatumGetInt32(values[FROZEN_VERSION]);
	if (!nulls[FROZEN_MODEL])
		model->name = TextDatumGetCString(values[FROZEN_MODEL]);
	model->fold.entry = entry;
	if (missing < N_FROZEN_COLUMNS)
		model->fault = fault("Column \"%s\" is null.", missing);
	if (!nulls[FROZEN_RULES])
		model->weighs_effects = DatumGetInt32(values[FROZEN_RULES]) >= 2;
	if (model->fault == NULL)
		model->fault = read_fold(values, nulls, model);
	if (model->fault == NULL)
		model->fault = read_groups(values, model);
	if (model->fault == NULL)
		model->fault = read_signals(values, model);
	if (model->fault == NULL)
		model->fault = read_fit(values, model);
	return model;
}

/* read_models reads all frozen versions of a tracker as a snapshot shows them, NULL: as they are. */
ModelVersion **
read_models(Oid interactions, LeadStage entry, Snapshot snapshot, int *n)
{
	Relation	frozen = table_open(config_table("model_version"), AccessShareLock);
	TupleDesc	desc = RelationGetDescr(frozen);
	Oid			index = get_relname_relid("model_version_pkey", RelationGetNamespace(frozen));
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	int			room = 4;
	ModelVersion **models = palloc(sizeof(ModelVersion *) * room);

	*n = 0;
	ScanKeyInit(&key, config_column("model_version", &frozen_columns[FROZEN_INTERACTIONS], desc),
				BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(interactions));
	scan = systable_beginscan(frozen, index, OidIsValid(index), snapshot, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		if (*n == room)
		{
			room *= 2;
			models = repalloc(models, sizeof(ModelVersion *) * room);
		}
		models[(*n)++] = read_model(entry, tuple, desc);
	}
	systable_endscan(scan);
	table_close(frozen, AccessShareLock);
	return models;
}

/* check_model_version refuses the frozen model of a tracked table if it is not there or has a fault. */
void
check_model_version(Oid interactions, const ModelVersion *model)
{
	if (unlikely(model == NULL))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("tracked table \"%s\" has lost its frozen model", get_rel_name(interactions)),
				 errhint("Call lead_temperature.replay to freeze the model anew.")));
	if (unlikely(model->fault != NULL))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("frozen model of tracked table \"%s\" is corrupt", get_rel_name(interactions)),
				 errdetail_internal("%s", model->fault),
				 errhint("Call lead_temperature.replay to freeze the model anew.")));
}

/* same_signal says whether two signals of models with the same groups and channels mean the same. */
static bool
same_signal(const Signal *a, const Signal *b)
{
	return a->kind_len == b->kind_len && memcmp(a->kind, b->kind, a->kind_len) == 0 &&
		a->points == b->points && a->group == b->group && a->floor == b->floor &&
		a->outcome == b->outcome && a->final == b->final && a->spends == b->spends && a->cooldown == b->cooldown &&
		a->consent == b->consent && a->channel == b->channel;
}

/* same_signals says whether two models have the same groups, with the same caps, channels and signals. */
bool
same_signals(const ModelVersion *a, const ModelVersion *b)
{
	if (a->fold.ngroups != b->fold.ngroups || a->nsignals != b->nsignals ||
		a->fold.ncooldowns != b->fold.ncooldowns || a->fold.nchannels != b->fold.nchannels)
		return false;
	for (int i = 0; i < a->fold.ngroups; i++)
		if (strcmp(a->groups[i], b->groups[i]) != 0 || a->fold.caps[i] != b->fold.caps[i])
			return false;
	for (int i = 0; i < a->fold.ncooldowns; i++)
		if (a->fold.cooldowns[i] != b->fold.cooldowns[i])
			return false;
	for (int i = 0; i < a->fold.nchannels; i++)
		if (strcmp(a->channels[i], b->channels[i]) != 0)
			return false;
	for (int i = 0; i < a->nsignals; i++)
		if (!same_signal(&a->signals[i], &b->signals[i]))
			return false;
	return true;
}

/*
 * signal_order places a kind among those of the signals: 2 i + 1 if it is the
 * kind of signal i, 2 i if it comes right before it.
 */
int32
signal_order(const ModelVersion *model, const char *kind, size_t len)
{
	int			low = 0;
	int			high = model->nsignals - 1;

	while (low <= high)
	{
		int			middle = (low + high) / 2;
		const Signal *signal = &model->signals[middle];
		int			order = memcmp(kind, signal->kind, Min(len, signal->kind_len));

		if (order == 0)
			order = (len > signal->kind_len) - (len < signal->kind_len);
		if (order == 0)
			return 2 * middle + 1;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return 2 * low;
}

/* signal_of returns the signal of a kind by the kind's order, NULL if it has none. */
const Signal *
signal_of(const ModelVersion *model, int32 order)
{
	return order % 2 == 1 ? &model->signals[order / 2] : NULL;
}
