/*-------------------------------------------------------------------------
 *
 * interaction.c
 *	  What is read of a row of a tracked table.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/interaction.h"

#include "catalog/tracked_columns.h"
#include "catalog/lead_key.h"
#include "util/execute.h"
#include "util/time_zone.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

/* Rows this much later than now are not counted before their time. */
#define FUTURE_TOLERANCE	(5 * USECS_PER_MINUTE)

/* What a row can be worth at most: a trillion of whatever it is paid in. */
#define MAX_AMOUNT			1e12

/* future_horizon returns the instant after which rows are future. */
HeatTime
future_horizon(void)
{
	return heat_time_from_timestamptz(GetCurrentTimestamp()) + FUTURE_TOLERANCE;
}

/* position_of finds a column by its name. */
static AttrNumber
position_of(const Source *source, TupleDesc desc, const NameData *column)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (!attribute->attisdropped && strcmp(NameStr(attribute->attname), NameStr(*column)) == 0)
			return attribute->attnum;
	}
	missing_column(source->relation, NameStr(*column));
	return InvalidAttrNumber;	/* keep the compiler quiet */
}

/* What the columns of an expression become in rows of another shape. */
typedef struct InputPlaces
{
	const Source *source;
	const AttrNumber *places;	/* of the source's inputs */
} InputPlaces;

/* place_input puts the place of a column into an expression. */
static Node *
place_input(Node *node, void *arg)
{
	const InputPlaces *inputs = arg;

	if (node == NULL)
		return NULL;
	if (IsA(node, Var))
	{
		Var		   *var = copyObject((Var *) node);
		int			i = 0;

		while (inputs->source->inputs[i] != var->varattno)
			i++;
		var->varattno = inputs->places[i];
		return (Node *) var;
	}
	return expression_tree_mutator(node, place_input, arg);
}

/* row_expressions prepares the expressions of a source for rows that have their inputs in some places. */
static RowExpressions *
row_expressions(const RowShape *shape, AttrNumber *places)
{
	const Source *source = shape->source;
	InputPlaces inputs = {source, places};
	RowExpressions *expressions = NULL;

	for (int role = 0; role < N_ROLES; role++)
	{
		Expr	   *expression;

		if (source->trees[role] == NULL || shape->columns[role] != 0)
			continue;
		if (expressions == NULL)
		{
			expressions = palloc0(sizeof(RowExpressions));
			expressions->context = CreateStandaloneExprContext();
			expressions->lasting = CurrentMemoryContext;
			expressions->may_fail = source->may_fail;
			expressions->inputs = places;
			expressions->n_inputs = source->n_inputs;
		}
		expression = expression_planner((Expr *) place_input(source->trees[role], &inputs));
		expressions->states[role] = ExecInitExpr(expression, NULL);
	}
	return expressions;
}

/* reads_asides says whether a source is one that is read for anything beside the fold. */
static bool
reads_asides(const Source *source)
{
	for (int role = N_FOLD_ROLES; role < N_ROLES; role++)
		if (source->trees[role] != NULL)
			return true;
	return false;
}

/* row_shape finds what is read in rows of a source's table or of a partition. */
RowShape
row_shape(const Source *source, TupleDesc desc)
{
	RowShape	shape = {source};
	AttrNumber *places;

	for (int role = 0; role < N_ROLES; role++)
		shape.columns[role] = has_column(source, role) ?
			position_of(source, desc, &source->columns[role]) : 0;
	if (!has_expressions(source) && !reads_asides(source))
		return shape;
	places = palloc(sizeof(AttrNumber) * Max(source->n_inputs, 1));
	for (int i = 0; i < source->n_inputs; i++)
	{
		NameData	name;

		namestrcpy(&name, get_attname(source->relation, source->inputs[i], false));
		places[i] = position_of(source, desc, &name);
	}
	shape.expressions = row_expressions(&shape, places);
	return shape;
}

/* columns_of counts the columns that rows have for a source, besides the lead. */
static int
columns_of(const Source *source)
{
	int			columns = source->n_inputs;

	for (int role = ROLE_LEAD + 1; role < N_ROLES; role++)
		columns += has_column(source, role);
	return columns;
}

/*
 * all_rows_desc describes rows of all sources: the lead, the place of the source, and for each
 * source its columns and those that its expressions read, which are null in rows of others.
 */
TupleDesc
all_rows_desc(const Tracker *tracker)
{
	TupleDesc	desc;
	AttrNumber	column = 1 + !is_plain(tracker);

	for (int i = 0; i < tracker->nsources; i++)
		column += columns_of(tracker->sources[i]);
	desc = CreateTemplateTupleDesc(column);
	column = 0;
	TupleDescInitEntry(desc, ++column, NULL, tracker->lead_type, -1, 0);
	if (!is_plain(tracker))
		TupleDescInitEntry(desc, ++column, NULL, INT4OID, -1, 0);
	for (int i = 0; i < tracker->nsources; i++)
	{
		const Source *source = tracker->sources[i];

		for (int role = ROLE_LEAD + 1; role < N_ROLES; role++)
			if (has_column(source, role))
				TupleDescInitEntry(desc, ++column, NULL, source->types[role], -1, 0);
		for (int input = 0; input < source->n_inputs; input++)
			TupleDescInitEntry(desc, ++column, NULL,
							   get_atttype(source->relation, source->inputs[input]), -1, 0);
	}
	return desc;
}

/* shape_after is where rows have what a source is read for: the lead first, the rest after some column. */
static RowShape
shape_after(const Source *source, AttrNumber column)
{
	RowShape	shape = {source};
	AttrNumber *places = palloc(sizeof(AttrNumber) * Max(source->n_inputs, 1));

	shape.columns[ROLE_LEAD] = 1;
	for (int role = ROLE_LEAD + 1; role < N_ROLES; role++)
		shape.columns[role] = has_column(source, role) ? ++column : 0;
	for (int i = 0; i < source->n_inputs; i++)
		places[i] = ++column;
	shape.expressions = row_expressions(&shape, places);
	return shape;
}

/* all_rows_layout is where rows of all sources have what these are read for. */
RowLayout
all_rows_layout(const Tracker *tracker)
{
	RowLayout	layout;
	AttrNumber	column = 1 + !is_plain(tracker);

	layout.place = !is_plain(tracker) ? 2 : 0;
	layout.shapes = palloc(sizeof(RowShape) * tracker->nsources);
	for (int i = 0; i < tracker->nsources; i++)
	{
		layout.shapes[i] = shape_after(tracker->sources[i], column);
		column += columns_of(tracker->sources[i]);
	}
	return layout;
}

/* shape_of_row is where a row of all sources has what its source is read for, NULL if the row is a mark. */
const RowShape *
shape_of_row(const RowLayout *layout, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		place;

	if (layout->place == 0)
		return &layout->shapes[0];
	place = slot_getattr(slot, layout->place, &isnull);
	return isnull ? NULL : &layout->shapes[DatumGetInt32(place)];
}

/* source_rows_shape is where rows that were read of one source alone have them. */
RowShape
source_rows_shape(const Source *source)
{
	return shape_after(source, 1);
}

/* evaluate makes of the present row what the expressions say, for the fold; nothing but the filter of one that it leaves out. */
static void
evaluate(void *arg)
{
	RowExpressions *expressions = arg;

	for (int role = N_FOLD_ROLES - 1; role >= 0; role--)
	{
		if (expressions->states[role] == NULL)
			continue;
		expressions->values[role] = ExecEvalExprSwitchContext(expressions->states[role],
															  expressions->context,
															  &expressions->nulls[role]);
		if (role == ROLE_FILTER &&
			(expressions->nulls[role] || !DatumGetBool(expressions->values[role])))
			return;
	}
}

/* try_to_evaluate does so for expressions that may fail; false, and the message kept, if one does. */
static bool
try_to_evaluate(RowExpressions *expressions)
{
	MemoryContext before = MemoryContextSwitchTo(expressions->context->ecxt_per_tuple_memory);
	char	   *message = lt_try(evaluate, expressions);

	expressions->failed = message != NULL;
	if (expressions->failed)
	{
		expressions->failures++;
		if (expressions->message != NULL)
			pfree(expressions->message);
		expressions->message = MemoryContextStrdup(expressions->lasting, message);
	}
	MemoryContextSwitchTo(before);
	return !expressions->failed;
}

/*
 * row_begins reads what expressions make of a row; false if the filter leaves it out, or if an
 * expression fails for it, which then counts nowhere.  What was read of the row before is gone.
 */
bool
row_begins(const RowShape *shape, TupleTableSlot *slot)
{
	RowExpressions *expressions = shape->expressions;

	if (expressions == NULL)
		return true;
	expressions->failed = false;
	ResetExprContext(expressions->context);
	expressions->context->ecxt_scantuple = slot;
	if (!expressions->may_fail)
		evaluate(expressions);
	else if (!try_to_evaluate(expressions))
		return false;
	return expressions->states[ROLE_FILTER] == NULL ||
		(!expressions->nulls[ROLE_FILTER] && DatumGetBool(expressions->values[ROLE_FILTER]));
}

/* add_failures adds to a list of FailedRows that expressions have failed for so many rows of a source, under the number that users know it by. */
List *
add_failures(List *failures, const RowShape *shape, int64 rows)
{
	FailedRows *failed;

	if (rows == 0)
		return failures;
	failed = palloc(sizeof(FailedRows));
	failed->source = shape->source->records != 0 ? shape->source->records : shape->source->number;
	failed->rows = rows;
	failed->message = pstrdup(shape->expressions->message);
	return lappend(failures, failed);
}

/* row_value reads what a row that has begun has for a role. */
Datum
row_value(const RowShape *shape, Role role, TupleTableSlot *slot, bool *isnull)
{
	if (shape->columns[role] != 0)
		return slot_getattr(slot, shape->columns[role], isnull);
	*isnull = shape->expressions->nulls[role];
	return shape->expressions->values[role];
}

/* read_number converts a number to the nearest double. */
static double
read_number(Oid type, Datum value)
{
	switch (type)
	{
		case INT2OID:
			return DatumGetInt16(value);
		case INT4OID:
			return DatumGetInt32(value);
		case INT8OID:
			return (double) DatumGetInt64(value);
		case FLOAT4OID:
			return DatumGetFloat4(value);
		case FLOAT8OID:
			return DatumGetFloat8(value);
		default:
			return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, value));
	}
}

/*
 * read_amount converts a number to millionths, rounded; what is no finite number, or more than a purchase can be
 * worth, is wrong.
 */
static AmountFate
read_amount(Oid type, Datum value, int64 *millionths)
{
	double		about = read_number(type, value);

	if (!(fabs(about) <= MAX_AMOUNT))
		return AMOUNT_IS_WRONG;
	if (type == NUMERICOID)
		*millionths = DatumGetInt64(DirectFunctionCall1(numeric_int8,
														DirectFunctionCall2(numeric_mul, value,
																			DirectFunctionCall1(int4_numeric, Int32GetDatum(1000000)))));
	else if (type == FLOAT4OID || type == FLOAT8OID)
		*millionths = (int64) rint(about * 1e6);
	else
		*millionths = (int64) about * 1000000;
	return AMOUNT_IS_THERE;
}

/* read_seconds converts seconds since 1970, unless the row counts nowhere by them. */
static RowFate
read_seconds(Oid type, Datum value, HeatTime *at)
{
	double		seconds = read_number(type, value);

	if (!isfinite(seconds))
		return ROW_TIME_IS_INFINITE;
	if (seconds < 0.0)
		return ROW_IS_TOO_OLD;
	*at = seconds >= (double) HEAT_TIME_MAX / 1e6 ? HEAT_TIME_MAX :
		type == INT8OID ? DatumGetInt64(value) * USECS_PER_SEC : (HeatTime) rint(seconds * 1e6);
	return ROW_COUNTS;
}

/*
 * read_instant converts a time of the tracked column's type, unless the row counts
 * nowhere by it.  Times beyond what the zone's rules or a heat can hold lie in the far
 * future and become its last instant.
 */
static RowFate
read_instant(const Source *source, Datum value, HeatTime *at)
{
	TimestampTz instant;

	if (source->types[ROLE_AT] == TIMESTAMPTZOID)
		instant = DatumGetTimestampTz(value);
	else if (source->types[ROLE_AT] != TIMESTAMPOID && source->types[ROLE_AT] != DATEOID)
		return read_seconds(source->types[ROLE_AT], value, at);
	else
	{
		Timestamp	local;

		if (source->types[ROLE_AT] == DATEOID)
		{
			DateADT		day = DatumGetDateADT(value);

			if (DATE_NOT_FINITE(day))
				return ROW_TIME_IS_INFINITE;
			if (day > (HEAT_TIME_MAX / USECS_PER_DAY) - (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) - 2)
			{
				*at = HEAT_TIME_MAX;
				return ROW_COUNTS;
			}
			if (day < UNIX_EPOCH_JDATE - POSTGRES_EPOCH_JDATE - 2)
				return ROW_IS_TOO_OLD;
			local = day * USECS_PER_DAY;
		}
		else
			local = DatumGetTimestamp(value);
		if (TIMESTAMP_NOT_FINITE(local))
			return ROW_TIME_IS_INFINITE;
		if (local < -HEAT_EPOCH_SHIFT - 2 * USECS_PER_DAY)
			return ROW_IS_TOO_OLD;
		if (local > HEAT_TIME_MAX - HEAT_EPOCH_SHIFT - 2 * USECS_PER_DAY)
		{
			*at = HEAT_TIME_MAX;
			return ROW_COUNTS;
		}
		instant = instant_of_local(local, tracker_zone(source->tracker));
	}
	if (TIMESTAMP_NOT_FINITE(instant))
		return ROW_TIME_IS_INFINITE;
	if (instant < -HEAT_EPOCH_SHIFT)
		return ROW_IS_TOO_OLD;
	*at = instant > HEAT_TIME_MAX - HEAT_EPOCH_SHIFT ? HEAT_TIME_MAX :
		instant + HEAT_EPOCH_SHIFT;
	return ROW_COUNTS;
}

/* interaction_instant reads the time of a row; false if the row counts nowhere by it. */
bool
interaction_instant(const RowShape *shape, TupleTableSlot *slot, HeatTime *at)
{
	bool		isnull;
	Datum		value = row_value(shape, ROLE_AT, slot, &isnull);

	return !isnull && read_instant(shape->source, value, at) == ROW_COUNTS;
}

/* read_weight converts a weight; false if it is NaN or infinite. */
static bool
read_weight(const Source *source, Datum value, double *weight)
{
	*weight = read_number(source->types[ROLE_WEIGHT], value);
	return isfinite(*weight);
}

/* read_row_weight reads the weight of a row, 1 if it has none; false if it is NaN or infinite. */
bool
read_row_weight(const RowShape *shape, TupleTableSlot *slot, double *weight)
{
	bool		isnull;
	Datum		value;

	*weight = 1.0;
	if (!has_role(shape->source, ROLE_WEIGHT))
		return true;
	value = row_value(shape, ROLE_WEIGHT, slot, &isnull);
	return isnull || read_weight(shape->source, value, weight);
}

/*
 * row_fate says whether a row counts, as those who read it for a fold find it, and
 * when it is if that can be told.
 */
RowFate
row_fate(const RowShape *shape, TupleTableSlot *slot, HeatTime *at)
{
	double		weight;
	bool		isnull;
	Datum		value;
	RowFate		fate;

	*at = FOLD_NEVER;
	if (!row_begins(shape, slot))
	{
		if (has_column(shape->source, ROLE_AT))
		{
			value = row_value(shape, ROLE_AT, slot, &isnull);
			if (!isnull)
				(void) read_instant(shape->source, value, at);
		}
		return shape->expressions->failed ? ROW_FAILS : ROW_IS_FILTERED;
	}
	value = row_value(shape, ROLE_AT, slot, &isnull);
	fate = isnull ? ROW_HAS_NO_TIME : read_instant(shape->source, value, at);
	(void) row_value(shape, ROLE_LEAD, slot, &isnull);
	if (isnull)
		return ROW_HAS_NO_LEAD;
	if (fate != ROW_COUNTS)
		return fate;
	if (shape->source->words && read_word(shape, slot) < 0)
		return ROW_IS_NO_WORD;
	if (!read_row_weight(shape, slot, &weight))
		return ROW_WEIGHT_IS_NOT_FINITE;
	return *at < shape->source->tracker->archived_before ? ROW_IS_ARCHIVED : ROW_COUNTS;
}

/*
 * cast_value casts a value to text by its type's function, which gets as much as it
 * declares of the value, the typmod of the target and that the cast is explicit.  NULL
 * if the function says that the text is null.
 */
static text *
cast_value(const TextCast *cast, Datum value)
{
	LOCAL_FCINFO(call, MAX_CAST_ARGUMENTS);
	Datum		result;

	InitFunctionCallInfoData(*call, (FmgrInfo *) &cast->function, cast->arguments,
							 DEFAULT_COLLATION_OID, NULL, NULL);
	call->args[0].value = value;
	call->args[1].value = Int32GetDatum(-1);
	call->args[2].value = BoolGetDatum(true);
	for (int i = 0; i < MAX_CAST_ARGUMENTS; i++)
		call->args[i].isnull = false;
	result = FunctionCallInvoke(call);
	return call->isnull ? NULL : DatumGetTextPP(result);
}

/* cast_to_text converts a value to text, NULL for the null text. */
static text *
cast_to_text(const TextCast *cast, Datum value)
{
	switch (cast->path)
	{
		case IS_TEXT:
			return DatumGetTextPP(value);
		case TEXT_BY_CAST:
			return cast_value(cast, value);
		case TEXT_BY_OUTPUT:
			return cstring_to_text(OutputFunctionCall((FmgrInfo *) &cast->function, value));
	}
	return NULL;				/* keep the compiler quiet */
}

/* read_kind converts a kind to text, NULL for the null kind. */
text *
read_kind(const Source *source, Datum value)
{
	return cast_to_text(&source->kind, value);
}

/* What is read of a row beside the fold. */
typedef struct AsideRead
{
	const RowShape *shape;
	Role		role;
	text	   *text;			/* NULL: none */
	int64		amount;
	AmountFate	fate;
} AsideRead;

/* read_aside makes what an expression beside the fold says of the present row. */
static Datum
read_aside(const AsideRead *read, bool *isnull)
{
	RowExpressions *expressions = read->shape->expressions;

	return ExecEvalExprSwitchContext(expressions->states[read->role], expressions->context, isnull);
}

/* read_text makes a text of that. */
static void
read_text(void *arg)
{
	AsideRead  *read = arg;
	bool		isnull;
	Datum		value = read_aside(read, &isnull);

	if (!isnull)
		read->text = cast_to_text(&read->shape->source->asides[read->role - N_FOLD_ROLES], value);
}

/* read_amount_of makes an amount of that. */
static void
read_amount_of(void *arg)
{
	AsideRead  *read = arg;
	bool		isnull;
	Datum		value = read_aside(read, &isnull);

	if (!isnull)
		read->fate = read_amount(read->shape->source->types[read->role], value, &read->amount);
}

/* try_aside reads something beside the fold; false if it cannot be made of the row. */
static bool
try_aside(AsideRead *read, TupleTableSlot *slot, void (*work) (void *arg))
{
	const Source *source = read->shape->source;

	if (source->trees[read->role] == NULL)
		return true;
	read->shape->expressions->context->ecxt_scantuple = slot;
	if (!source->aside_may_fail[read->role - N_FOLD_ROLES] && !source->asides[read->role - N_FOLD_ROLES].varies)
	{
		work(read);
		return true;
	}
	return lt_try(work, read) == NULL;
}

/*
 * row_text reads the topic or the channel of a row, of a source that is read for these; NULL if it has none, or if
 * that cannot be made of it.  It lasts as long as what else was read of the row, or as the context.
 */
text *
row_text(const RowShape *shape, Role role, TupleTableSlot *slot)
{
	AsideRead	read = {shape, role};

	return try_aside(&read, slot, read_text) ? read.text : NULL;
}

/* row_amount reads so the value of a row, in millionths, and says whether it has one. */
AmountFate
row_amount(const RowShape *shape, TupleTableSlot *slot, int64 *millionths)
{
	AsideRead	read = {shape, ROLE_VALUE,.fate = AMOUNT_IS_NONE};

	if (!try_aside(&read, slot, read_amount_of))
		return AMOUNT_IS_WRONG;
	*millionths = read.amount;
	return read.fate;
}

/* read_word reads which word a row of words is, -1 if none. */
int
read_word(const RowShape *shape, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		value = row_value(shape, ROLE_KIND, slot, &isnull);
	text	   *kind = isnull ? NULL : read_kind(shape->source, value);

	return kind == NULL ? -1 : word_of_kind(VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind));
}

/*
 * apply_signal gives a row its kind, and what the signal of that means in a
 * model, by the interaction's order, or what it says if it is a word.  One that weighs nothing,
 * or less, has points alone: it proves no stage, closes no lead, grants no consent and repeats
 * nothing.  But consent is withdrawn however little that weighs.
 */
void
apply_signal(const ModelVersion *model, int32 order, const text *kind, FoldRow *row)
{
	const Signal *signal = signal_of(model, order >> 1);
	bool		weightless = order % 2 != 0;

	row->group = model->fold.ngroups;
	row->floor = STAGE_NONE;
	row->outcome = STATUS_NONE;
	row->final = false;
	row->spends = false;
	row->word = WORD_NONE;
	row->cooldown = -1;
	row->consent = CONSENT_NONE;
	row->channel = ALL_CHANNELS;
	if (order >= WORD_ORDER)
	{
		apply_word((order - WORD_ORDER) / 4, row);
		return;
	}
	if (signal == NULL)
	{
		row->kind = kind == NULL ? NULL : VARDATA_ANY(kind);
		row->kind_len = kind == NULL ? 0 : VARSIZE_ANY_EXHDR(kind);
		return;
	}
	row->group = signal->group;
	row->kind = signal->kind;
	row->kind_len = signal->kind_len;
	if (!weightless || signal->consent == CONSENT_WITHDRAW)
	{
		row->consent = signal->consent;
		row->channel = signal->channel;
	}
	if (weightless)
		return;
	row->floor = signal->floor;
	row->outcome = signal->outcome;
	row->final = signal->final;
	row->spends = signal->outcome != STATUS_NONE && signal->spends;
	row->cooldown = signal->cooldown;
}

/* same_column says whether a column holds the same bytes in two rows. */
static bool
same_column(TupleTableSlot *a, TupleTableSlot *b, AttrNumber column)
{
	Form_pg_attribute attribute = TupleDescAttr(a->tts_tupleDescriptor, column - 1);
	bool		a_null;
	bool		b_null;
	Datum		a_value = slot_getattr(a, column, &a_null);
	Datum		b_value = slot_getattr(b, column, &b_null);

	if (a_null || b_null)
		return a_null == b_null;
	return datum_image_eq(a_value, b_value, attribute->attbyval, attribute->attlen);
}

/* same_interaction says whether an update left all that the fold reads as it was. */
bool
same_interaction(const RowShape *shape, TupleTableSlot *a, TupleTableSlot *b)
{
	for (int role = 0; role < N_ROLES; role++)
		if (shape->columns[role] != 0 && !same_column(a, b, shape->columns[role]))
			return false;
	for (int i = 0; shape->expressions != NULL && i < shape->expressions->n_inputs; i++)
		if (!same_column(a, b, shape->expressions->inputs[i]))
			return false;
	return true;
}
