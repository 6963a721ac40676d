/*-------------------------------------------------------------------------
 *
 * record.c
 *	  The record of a lead, as the state, opening balances and checkpoints keep it.
 *
 * One table of fields says what each is called, what it is, where it stands in a
 * StoredLead, and which column or element of the three it has.  Columns, reading,
 * writing and comparing come from it.
 *
 *-------------------------------------------------------------------------
 */
#include "state/record.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"

/* What a field is, in a StoredLead and in a column. */
typedef enum FieldType
{
	FIELD_INSTANT,				/* HeatTime, FOLD_NEVER for null */
	FIELD_COUNT,				/* int64 */
	FIELD_NUMBER,				/* int32 */
	FIELD_STAGE,
	FIELD_STAGE_OR_NONE,		/* STAGE_NONE for null */
	FIELD_STATUS,
	FIELD_POINTS				/* double; a checkpoint's alone, since the
								 * state has the heat */
} FieldType;

typedef struct RecordField
{
	const char *name;
	FieldType	type;
	size_t		offset;			/* in a StoredLead */
	AttrNumber	columns[N_RECORD_TABLES];	/* 0: none */
	int			element;		/* of a checkpoint, -1: none */
	bool		always;			/* an instant that each lead with interactions
								 * has */
} RecordField;

static const RecordField record_fields[] = {
	{"first_at", FIELD_INSTANT, offsetof(StoredLead, lead.first_at),
	{STATE_FIRST_AT, BALANCE_FIRST_AT}, CHECKPOINT_FIRST_AT, true},
	{"last_at", FIELD_INSTANT, offsetof(StoredLead, lead.last_at),
	{STATE_LAST_AT, BALANCE_LAST_AT}, CHECKPOINT_LAST_AT, true},
	{"stage_since", FIELD_INSTANT, offsetof(StoredLead, lead.stage_since),
	{STATE_STAGE_SINCE, BALANCE_STAGE_SINCE}, CHECKPOINT_STAGE_SINCE, true},
	{"hot_since", FIELD_INSTANT, offsetof(StoredLead, lead.hot_since),
	{STATE_HOT_SINCE, BALANCE_HOT_SINCE}, CHECKPOINT_HOT_SINCE},
	{"final_since", FIELD_INSTANT, offsetof(StoredLead, lead.final_since),
	{STATE_FINAL_SINCE, BALANCE_FINAL_SINCE}, -1},
	{"excluded_since", FIELD_INSTANT, offsetof(StoredLead, lead.excluded_since),
	{STATE_EXCLUDED_SINCE, BALANCE_EXCLUDED_SINCE}, -1},
	{"held_stage", FIELD_STAGE_OR_NONE, offsetof(StoredLead, lead.held_stage),
	{STATE_HELD_STAGE, BALANCE_HELD_STAGE}, -1},
	{"heard_at", FIELD_INSTANT, offsetof(StoredLead, lead.heard_at),
	{STATE_HEARD_AT, BALANCE_HEARD_AT}, -1},
	{"due_at", FIELD_INSTANT, offsetof(StoredLead, due_at), {STATE_DUE_AT}, -1},
	{"interactions", FIELD_COUNT, offsetof(StoredLead, lead.interactions),
	{STATE_INTERACTIONS, BALANCE_INTERACTIONS}, CHECKPOINT_INTERACTIONS},
	{"stage", FIELD_STAGE, offsetof(StoredLead, lead.stage), {STATE_STAGE, BALANCE_STAGE}, CHECKPOINT_STAGE},
	{"status", FIELD_STATUS, offsetof(StoredLead, lead.status), {STATE_STATUS, BALANCE_STATUS}, CHECKPOINT_STATUS},
	{"cycle", FIELD_NUMBER, offsetof(StoredLead, lead.cycle), {STATE_CYCLE, BALANCE_CYCLE}, CHECKPOINT_CYCLE},
	{"purchases", FIELD_NUMBER, offsetof(StoredLead, lead.purchases),
	{STATE_PURCHASES, BALANCE_PURCHASES}, CHECKPOINT_PURCHASES},
	{"model_version", FIELD_NUMBER, offsetof(StoredLead, version), {STATE_MODEL_VERSION, BALANCE_MODEL_VERSION}, -1},
	{"points", FIELD_POINTS, offsetof(StoredLead, lead.points), {0}, CHECKPOINT_POINTS}
};

static const ColumnType column_types[] = {
	[FIELD_INSTANT] = COLUMN_TIMESTAMPTZ,
	[FIELD_COUNT] = COLUMN_INT8,
	[FIELD_NUMBER] = COLUMN_INT4,
	[FIELD_STAGE] = COLUMN_STAGE,
	[FIELD_STAGE_OR_NONE] = COLUMN_STAGE,
	[FIELD_STATUS] = COLUMN_STATUS,
	[FIELD_POINTS] = COLUMN_FLOAT8
};

/* An array of instants, of which those that are FOLD_NEVER are null; it is null itself if all are. */
typedef struct RecordInstants
{
	const char *name;
	size_t		offset;			/* of the pointer to them, in a StoredLead */
	size_t		n_offset;		/* of their number there */
	size_t		model_offset;	/* of the number that a lead of a model has,
								 * in a FoldModel */
	AttrNumber	columns[N_RECORD_TABLES];
} RecordInstants;

static const RecordInstants record_instants[] = {
	{"counted_at", offsetof(StoredLead, lead.counted), offsetof(StoredLead, ncounted),
	offsetof(FoldModel, ncooldowns), {STATE_COUNTED_AT, BALANCE_COUNTED_AT}},
	{"granted_at", offsetof(StoredLead, lead.granted), offsetof(StoredLead, ngranted),
	offsetof(FoldModel, nchannels), {STATE_GRANTED_AT, BALANCE_GRANTED_AT}},
	{"withdrawn_at", offsetof(StoredLead, lead.withdrawn), offsetof(StoredLead, nwithdrawn),
	offsetof(FoldModel, nchannels), {STATE_WITHDRAWN_AT, BALANCE_WITHDRAWN_AT}}
};

/* Those of the columns that are no fields stand here, the others come from the table above. */
static ColumnShape state_columns[N_STATE_COLUMNS] = {
	[STATE_LEAD - 1] = {"lead", COLUMN_LEAD, true},
	[STATE_HEAT - 1] = {"heat", COLUMN_HEAT, true},
	[STATE_LEVEL - 1] = {"level", COLUMN_FLOAT8, false},
	[STATE_HELD - 1] = {"group_points", COLUMN_FLOAT8_ARRAY, true,.former = "held"},
	[STATE_CHECKPOINT - 1] = {"checkpoint", COLUMN_INT8_ARRAY, false}
};

static ColumnShape balance_columns[N_BALANCE_COLUMNS] = {
	[BALANCE_LEAD - 1] = {"lead", COLUMN_LEAD, true},
	[BALANCE_HELD - 1] = {"group_points", COLUMN_FLOAT8_ARRAY, true,.former = "held"}
};

const TableShape state_shape = {
	.what = "state table",
	.ncolumns = N_STATE_COLUMNS,
	.nadded = N_STATE_COLUMNS - STATE_CHECKPOINT,
	.remembers = true,
	.columns = state_columns,
	.nkeys = 1,
	.keys = {STATE_LEAD}
};

const TableShape balance_shape = {
	.what = "table of opening balances",
	.ncolumns = N_BALANCE_COLUMNS,
	.nadded = N_BALANCE_COLUMNS - BALANCE_HELD,
	.remembers = true,
	.columns = balance_columns,
	.nkeys = 1,
	.keys = {BALANCE_LEAD}
};

/*
 * records_init gives the shapes the columns of the fields.  The state has leads of
 * which all rows are still to come, a balance has none of them.
 */
void
records_init(void)
{
	for (int i = 0; i < lengthof(record_fields); i++)
	{
		const RecordField *field = &record_fields[i];
		ColumnShape shape = {field->name, column_types[field->type],
		field->type != FIELD_INSTANT && field->type != FIELD_STAGE_OR_NONE};

		if (field->columns[IN_STATE] != 0)
			state_columns[field->columns[IN_STATE] - 1] = shape;
		shape.not_null = shape.not_null || field->always;
		if (field->columns[IN_BALANCE] != 0)
			balance_columns[field->columns[IN_BALANCE] - 1] = shape;
	}
	for (int i = 0; i < lengthof(record_instants); i++)
	{
		const RecordInstants *instants = &record_instants[i];
		ColumnShape shape = {instants->name, COLUMN_TIMESTAMPTZ_ARRAY, false};

		state_columns[instants->columns[IN_STATE] - 1] = shape;
		balance_columns[instants->columns[IN_BALANCE] - 1] = shape;
	}
}

/* instants_of returns an array of instants of a lead. */
static const HeatTime *
instants_of(const RecordInstants *instants, const StoredLead *stored)
{
	return *(HeatTime *const *) ((const char *) stored + instants->offset);
}

/* n_instants_of returns how many it has. */
static int
n_instants_of(const RecordInstants *instants, const StoredLead *stored)
{
	return *(const int *) ((const char *) stored + instants->n_offset);
}

/* n_instants_by returns how many it has by a model. */
static int
n_instants_by(const RecordInstants *instants, const ModelVersion *model)
{
	return *(const int *) ((const char *) &model->fold + instants->model_offset);
}

/* set_instants gives it to a lead. */
static void
set_instants(const RecordInstants *instants, StoredLead *stored, HeatTime *values, int n)
{
	*(HeatTime **) ((char *) stored + instants->offset) = values;
	*(int *) ((char *) stored + instants->n_offset) = n;
}

/* get_time reads a nullable instant, FOLD_NEVER for null; false if it is none that a lead can have. */
static bool
get_time(Datum value, bool isnull, HeatTime *at)
{
	TimestampTz instant;

	*at = FOLD_NEVER;
	if (isnull)
		return true;
	instant = DatumGetTimestampTz(value);
	if (TIMESTAMP_NOT_FINITE(instant) || instant < -HEAT_EPOCH_SHIFT ||
		instant > HEAT_TIME_MAX - HEAT_EPOCH_SHIFT)
		return false;
	*at = heat_time_from_timestamptz(instant);
	return true;
}

/* stored_lead_column finds out of which type leads are in a table of a tracker; false if it or their column was dropped. */
bool
stored_lead_column(Oid table, LeadColumn *column)
{
	if (!OidIsValid(get_atttype(table, STATE_LEAD)))
		return false;
	get_atttypetypmodcoll(table, STATE_LEAD, &column->type, &column->typmod, &column->collation);
	return true;
}

/* put_time makes a nullable instant a column value. */
void
put_time(HeatTime at, Datum *value, bool *isnull)
{
	*isnull = (at == FOLD_NEVER);
	*value = *isnull ? (Datum) 0 : TimestampTzGetDatum(heat_time_to_timestamptz(at));
}

/* held_datum makes what a lead holds a column value. */
static Datum
held_datum(const StoredLead *stored)
{
	Datum	   *held = palloc(sizeof(Datum) * stored->nheld);

	for (int i = 0; i < stored->nheld; i++)
		held[i] = Float8GetDatum(stored->lead.held[i]);
	return PointerGetDatum(construct_array(held, stored->nheld, FLOAT8OID, sizeof(double),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* read_held reads it again, into the current context; false if it cannot be. */
static bool
read_held(Datum value, StoredLead *stored)
{
	ArrayType  *held = DatumGetArrayTypeP(value);

	if (ARR_NDIM(held) != 1 || ARR_LBOUND(held)[0] != 1 || ARR_HASNULL(held) ||
		ARR_ELEMTYPE(held) != FLOAT8OID)
		return false;
	stored->nheld = ARR_DIMS(held)[0];
	stored->lead.held = palloc(sizeof(double) * stored->nheld);
	memcpy(stored->lead.held, ARR_DATA_PTR(held), sizeof(double) * stored->nheld);
	return true;
}

/* instants_datum makes an array of instants a column value, null if there is none. */
static Datum
instants_datum(const HeatTime *instants, int n, bool *isnull)
{
	Datum	   *values;
	bool	   *nulls;
	int			lower = 1;

	*isnull = true;
	for (int i = 0; i < n && *isnull; i++)
		*isnull = instants[i] == FOLD_NEVER;
	if (*isnull)
		return (Datum) 0;
	values = palloc(sizeof(Datum) * n);
	nulls = palloc(sizeof(bool) * n);
	for (int i = 0; i < n; i++)
		put_time(instants[i], &values[i], &nulls[i]);
	return PointerGetDatum(construct_md_array(values, nulls, 1, &n, &lower, TIMESTAMPTZOID,
											  sizeof(TimestampTz), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* read_instants reads it again, none for null, into the current context; false if it cannot be. */
static bool
read_instants(Datum value, bool isnull, HeatTime **instants, int *n)
{
	ArrayType  *array;
	Datum	   *values;
	bool	   *nulls;

	*n = 0;
	*instants = NULL;
	if (isnull)
		return true;
	array = DatumGetArrayTypeP(value);
	if (ARR_NDIM(array) != 1 || ARR_LBOUND(array)[0] != 1 || ARR_ELEMTYPE(array) != TIMESTAMPTZOID)
		return false;
	deconstruct_array(array, TIMESTAMPTZOID, sizeof(TimestampTz), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &values, &nulls, n);
	*instants = palloc(sizeof(HeatTime) * *n);
	for (int i = 0; i < *n; i++)
		if (!get_time(values[i], nulls[i], &(*instants)[i]))
			return false;
	return true;
}

/* read_field reads a field from a column; false if it is an instant that no lead can have. */
static bool
read_field(const RecordField *field, Datum value, bool isnull, StoredLead *stored)
{
	void	   *place = (char *) stored + field->offset;

	switch (field->type)
	{
		case FIELD_INSTANT:
			return get_time(value, isnull, place);
		case FIELD_COUNT:
			*(int64_t *) place = DatumGetInt64(value);
			break;
		case FIELD_NUMBER:
			*(int32_t *) place = DatumGetInt32(value);
			break;
		case FIELD_STAGE:
			*(LeadStage *) place = stage_or_none(DatumGetObjectId(value));
			break;
		case FIELD_STAGE_OR_NONE:
			*(LeadStage *) place = isnull ? STAGE_NONE : stage_or_none(DatumGetObjectId(value));
			break;
		case FIELD_STATUS:
			*(LeadStatus *) place = status_or_none(DatumGetObjectId(value));
			break;
		case FIELD_POINTS:
			break;
	}
	return true;
}

/* write_field makes a field a column value. */
static void
write_field(const RecordField *field, const StoredLead *stored, Datum *value, bool *isnull)
{
	const void *place = (const char *) stored + field->offset;

	*isnull = false;
	switch (field->type)
	{
		case FIELD_INSTANT:
			put_time(*(const HeatTime *) place, value, isnull);
			break;
		case FIELD_COUNT:
			*value = Int64GetDatum(*(const int64_t *) place);
			break;
		case FIELD_NUMBER:
			*value = Int32GetDatum(*(const int32_t *) place);
			break;
		case FIELD_STAGE:
			*value = ObjectIdGetDatum(stage_to_oid(*(const LeadStage *) place));
			break;
		case FIELD_STAGE_OR_NONE:
			*isnull = *(const LeadStage *) place == STAGE_NONE;
			*value = *isnull ? (Datum) 0 : ObjectIdGetDatum(stage_to_oid(*(const LeadStage *) place));
			break;
		case FIELD_STATUS:
			*value = ObjectIdGetDatum(status_to_oid(*(const LeadStatus *) place));
			break;
		case FIELD_POINTS:
			break;
	}
}

/*
 * record_read reads the fields of a lead, and what its groups hold, from the columns
 * of a table; held is allocated in the current context.  It returns the first column
 * that has what the extension never writes, InvalidAttrNumber if there is none.
 */
AttrNumber
record_read(RecordTable table, const Datum *values, const bool *nulls, StoredLead *stored)
{
	const TableShape *shape = table == IN_STATE ? &state_shape : &balance_shape;
	AttrNumber	held = table == IN_STATE ? STATE_HELD : BALANCE_HELD;

	for (int i = 0; i < shape->ncolumns; i++)
		if (nulls[i] && shape->columns[i].not_null)
			return i + 1;
	stored->due_at = FOLD_NEVER;
	stored->has_checkpoint = false;
	for (int i = 0; i < lengthof(record_fields); i++)
	{
		AttrNumber	column = record_fields[i].columns[table];

		if (column != 0 && !read_field(&record_fields[i], values[column - 1], nulls[column - 1], stored))
			return column;
	}
	for (int i = 0; i < lengthof(record_instants); i++)
	{
		const RecordInstants *instants = &record_instants[i];
		AttrNumber	column = instants->columns[table];
		HeatTime   *read;
		int			n;

		if (!read_instants(values[column - 1], nulls[column - 1], &read, &n))
			return column;
		set_instants(instants, stored, read, n);
	}
	return read_held(values[held - 1], stored) ? InvalidAttrNumber : held;
}

/* record_write makes the fields of a lead, and what its groups hold, column values of a table. */
void
record_write(RecordTable table, const StoredLead *stored, Datum *values, bool *nulls)
{
	AttrNumber	held = table == IN_STATE ? STATE_HELD : BALANCE_HELD;

	for (int i = 0; i < lengthof(record_fields); i++)
	{
		AttrNumber	column = record_fields[i].columns[table];

		if (column != 0)
			write_field(&record_fields[i], stored, &values[column - 1], &nulls[column - 1]);
	}
	nulls[held - 1] = false;
	values[held - 1] = held_datum(stored);
	for (int i = 0; i < lengthof(record_instants); i++)
	{
		const RecordInstants *instants = &record_instants[i];
		AttrNumber	column = instants->columns[table];

		values[column - 1] = instants_datum(instants_of(instants, stored), n_instants_of(instants, stored),
											&nulls[column - 1]);
	}
}

/* is_narrow says whether a field has half the width of an element. */
static bool
is_narrow(FieldType type)
{
	return type == FIELD_NUMBER || type == FIELD_STAGE || type == FIELD_STATUS;
}

/* record_to_elements makes the fields of a lead elements of a checkpoint. */
void
record_to_elements(const StoredLead *stored, int64 *elements)
{
	for (int i = 0; i < lengthof(record_fields); i++)
	{
		const RecordField *field = &record_fields[i];
		const void *place = (const char *) stored + field->offset;

		if (field->element < 0)
			continue;
		if (is_narrow(field->type))
			elements[field->element] = *(const int32_t *) place;
		else
			memcpy(&elements[field->element], place, sizeof(int64));
	}
}

/* record_from_elements reads them again; false if a stage, a status or a number is out of range. */
bool
record_from_elements(const int64 *elements, StoredLead *stored)
{
	for (int i = 0; i < lengthof(record_fields); i++)
	{
		const RecordField *field = &record_fields[i];
		void	   *place = (char *) stored + field->offset;

		if (field->element < 0)
			continue;
		if (is_narrow(field->type))
		{
			if (elements[field->element] < 0 || elements[field->element] > PG_INT32_MAX)
				return false;
			*(int32_t *) place = (int32_t) elements[field->element];
		}
		else
			memcpy(place, &elements[field->element], sizeof(int64));
	}
	return true;
}

StaticAssertDecl(sizeof(LeadStage) == sizeof(int32_t) && sizeof(LeadStatus) == sizeof(int32_t),
				 "stages and statuses are as wide as numbers");

/* fault_of_empty is stored_fault for a lead without interactions, which is as fold_reset makes it. */
static const char *
fault_of_empty(const ModelVersion *model, const LeadState *lead)
{
	for (int i = 0; i <= model->fold.ngroups; i++)
		if (lead->held[i] != 0.0)
			return "group_points";
	return lead->first_at != FOLD_NEVER ? "first_at" :
		lead->last_at != FOLD_NEVER ? "last_at" :
		lead->stage_since != FOLD_NEVER ? "stage_since" :
		lead->hot_since != FOLD_NEVER ? "hot_since" :
		lead->final_since != FOLD_NEVER ? "final_since" :
		lead->excluded_since != FOLD_NEVER ? "excluded_since" :
		lead->held_stage != STAGE_NONE ? "held_stage" :
		lead->heard_at != FOLD_NEVER ? "heard_at" :
		lead->stage != model->fold.entry ? "stage" :
		lead->status != STATUS_OPEN ? "status" :
		lead->cycle != 1 ? "cycle" :
		lead->purchases != 0 ? "purchases" : NULL;
}

/* fault_of_times is stored_fault for the instants of a lead with interactions. */
static const char *
fault_of_times(const LeadState *lead)
{
	if (lead->first_at < 0)
		return "first_at";
	if (lead->last_at < lead->first_at)
		return "last_at";
	if (lead->stage_since < lead->first_at || lead->stage_since > lead->last_at)
		return "stage_since";
	if (lead->hot_since != FOLD_NEVER &&
		(lead->hot_since < lead->first_at || lead->hot_since > lead->last_at))
		return "hot_since";
	if (lead->final_since != FOLD_NEVER &&
		(lead->final_since < lead->first_at || lead->final_since > lead->last_at ||
		 lead->status != STATUS_LOST))
		return "final_since";
	if (lead->excluded_since != FOLD_NEVER &&
		(lead->excluded_since < lead->first_at || lead->excluded_since > lead->last_at))
		return "excluded_since";
	if (lead->heard_at != FOLD_NEVER && (lead->heard_at < lead->first_at || lead->heard_at >= lead->last_at))
		return "heard_at";
	return NULL;
}

/* fault_of_instants is stored_fault for arrays of instants. */
static const char *
fault_of_instants(const ModelVersion *model, const StoredLead *stored)
{
	const LeadState *lead = &stored->lead;

	for (int i = 0; i < lengthof(record_instants); i++)
	{
		const RecordInstants *instants = &record_instants[i];
		const HeatTime *of_lead = instants_of(instants, stored);
		int			n = n_instants_of(instants, stored);

		if (n != n_instants_by(instants, model))
			return instants->name;
		for (int j = 0; j < n; j++)
			if (of_lead[j] != FOLD_NEVER &&
				(lead->interactions == 0 || of_lead[j] < lead->first_at || of_lead[j] > lead->last_at))
				return instants->name;
	}
	return NULL;
}

/*
 * stored_fault names the first column of a lead, as it was read from a table, that
 * the fold cannot have made with its model, whatever the rows: other hands must have
 * changed it.  NULL if there is none.
 */
const char *
stored_fault(const ModelVersion *model, const StoredLead *stored)
{
	const LeadState *lead = &stored->lead;
	double		points = 0.0;
	const char *fault;

	if (lead->interactions < 0)
		return "interactions";
	if (lead->stage < 0 || lead->stage >= N_STAGES)
		return "stage";
	if (lead->status < 0 || lead->status >= N_STATUSES)
		return "status";
	if (lead->cycle < 1)
		return "cycle";
	if (lead->purchases < 0)
		return "purchases";
	if (lead->held_stage != STAGE_NONE && (lead->held_stage != lead->stage || lead->status != STATUS_OPEN))
		return "held_stage";
	if (stored->nheld != model->fold.ngroups + 1)
		return "group_points";
	for (int i = 0; i < stored->nheld; i++)
	{
		if (!isfinite(lead->held[i]))
			return "group_points";
		points = heat_saturate(points + lead->held[i]);
	}
	if (memcmp(&points, &lead->points, sizeof(double)) != 0)
		return "heat";
	fault = lead->interactions == 0 ? fault_of_empty(model, lead) : fault_of_times(lead);
	return fault != NULL ? fault : fault_of_instants(model, stored);
}

/* has_instants says whether any of some instants is not FOLD_NEVER. */
static bool
has_instants(const HeatTime *instants, int n)
{
	for (int i = 0; i < n; i++)
		if (instants[i] != FOLD_NEVER)
			return true;
	return false;
}

/* stored_consents says whether a lead has ever granted or withdrawn consent. */
bool
stored_consents(const StoredLead *stored)
{
	return has_instants(stored->lead.granted, stored->ngranted) ||
		has_instants(stored->lead.withdrawn, stored->nwithdrawn);
}

/*
 * stored_remembers says whether a lead has anything to remember of signals that are final, have a
 * cooldown or consent, or of what people have said.
 */
bool
stored_remembers(const StoredLead *stored)
{
	return stored->lead.final_since != FOLD_NEVER || stored->lead.excluded_since != FOLD_NEVER ||
		stored->lead.held_stage != STAGE_NONE || stored->lead.heard_at != FOLD_NEVER ||
		has_instants(stored->lead.counted, stored->ncounted) || stored_consents(stored);
}

/* stored_complete gives a lead that was read from a table what null stands for there, in the current context. */
void
stored_complete(const ModelVersion *model, StoredLead *stored)
{
	for (int i = 0; i < lengthof(record_instants); i++)
	{
		const RecordInstants *instants = &record_instants[i];
		int			n = n_instants_by(instants, model);
		HeatTime   *never;

		if (n == 0 || n_instants_of(instants, stored) > 0)
			continue;
		never = palloc(sizeof(HeatTime) * n);
		for (int j = 0; j < n; j++)
			never[j] = FOLD_NEVER;
		set_instants(instants, stored, never, n);
	}
}

/* stored_forget_instants leaves a lead without any array of instants. */
void
stored_forget_instants(StoredLead *stored)
{
	for (int i = 0; i < lengthof(record_instants); i++)
		set_instants(&record_instants[i], stored, NULL, 0);
}

/* stored_reset makes a lead without interactions, held allocated in the current context. */
void
stored_reset(const ModelVersion *model, StoredLead *stored)
{
	stored->nheld = model->fold.ngroups + 1;
	stored->lead.held = palloc(sizeof(double) * stored->nheld);
	stored_forget_instants(stored);
	stored_complete(model, stored);
	stored->version = model->version;
	stored->due_at = FOLD_NEVER;
	stored->has_checkpoint = false;
	fold_reset(&model->fold, &stored->lead);
}

/* stored_is_nothing says whether a lead has no row, neither past nor future, so that it has no place in the state. */
bool
stored_is_nothing(const StoredLead *stored)
{
	return stored->lead.interactions == 0 && stored->due_at == FOLD_NEVER;
}
