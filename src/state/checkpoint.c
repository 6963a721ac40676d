/*-------------------------------------------------------------------------
 *
 * checkpoint.c
 *	  What a lead with very many interactions was a while ago.
 *
 * A row that comes a little late, as one of two concurrent writers' always does,
 * would have such a lead replayed from its first row.  The checkpoint in its row
 * of the state table says what all rows up to an instant make of it, so that a
 * replay can begin there if no row up to then has changed.
 *
 * It is an array of integers, doubles by their bits, and so the same on every
 * machine.  What a lead remembers besides, if it remembers anything, stands at the end: since
 * when it is lost for good, since when it is excluded, which stage is held, when it was heard
 * of, and when kinds have counted last; and then, if it has any, when consent was granted and
 * withdrawn.
 *
 *-------------------------------------------------------------------------
 */
#include "state/checkpoint.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/datum.h"

/* what a lead remembers, beside when kinds have counted last */
enum
{
	MEMORY_FINAL_SINCE,
	MEMORY_EXCLUDED_SINCE,
	MEMORY_HELD_STAGE,
	MEMORY_HEARD_AT,
	N_MEMORY
};

/* bits_of returns the bits of a double. */
static int64
bits_of(double number)
{
	int64		bits;

	memcpy(&bits, &number, sizeof(bits));
	return bits;
}

/* double_of returns the double of some bits. */
static double
double_of(int64 bits)
{
	double		number;

	memcpy(&number, &bits, sizeof(number));
	return number;
}

/* checkpoint_of makes a checkpoint of a lead as it is, in the current context. */
Datum
checkpoint_of(const StoredLead *stored)
{
	int			memory = CHECKPOINT_HELD + stored->nheld;
	int			consent = memory + N_MEMORY + stored->ncounted;
	int			n = stored_consents(stored) ? consent + stored->ngranted + stored->nwithdrawn :
		stored_remembers(stored) ? consent : memory;
	int64	   *values = palloc(sizeof(int64) * n);
	Datum	   *elements = palloc(sizeof(Datum) * n);

	record_to_elements(stored, values);
	for (int i = 0; i < stored->nheld; i++)
		values[CHECKPOINT_HELD + i] = bits_of(stored->lead.held[i]);
	if (n > memory)
	{
		values[memory + MEMORY_FINAL_SINCE] = stored->lead.final_since;
		values[memory + MEMORY_EXCLUDED_SINCE] = stored->lead.excluded_since;
		values[memory + MEMORY_HELD_STAGE] = stored->lead.held_stage;
		values[memory + MEMORY_HEARD_AT] = stored->lead.heard_at;
		for (int i = 0; i < stored->ncounted; i++)
			values[memory + N_MEMORY + i] = stored->lead.counted[i];
	}
	if (n > consent)
	{
		memcpy(values + consent, stored->lead.granted, sizeof(int64) * stored->ngranted);
		memcpy(values + consent + stored->ngranted, stored->lead.withdrawn, sizeof(int64) * stored->nwithdrawn);
	}
	for (int i = 0; i < n; i++)
		elements[i] = Int64GetDatum(values[i]);
	return PointerGetDatum(construct_array(elements, n, INT8OID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/*
 * checkpoint_read makes a lead what a checkpoint says, held allocated in the current
 * context; false if it is none that the fold can have made with the model.
 */
bool
checkpoint_read(Datum checkpoint, const ModelVersion *model, StoredLead *stored)
{
	ArrayType  *array = DatumGetArrayTypeP(checkpoint);
	LeadState  *lead = &stored->lead;
	int			nheld = model->fold.ngroups + 1;
	int			memory = CHECKPOINT_HELD + nheld;
	int			consent = memory + N_MEMORY + model->fold.ncooldowns;
	int			nchannels = model->fold.nchannels;
	const int64 *values = (const int64 *) ARR_DATA_PTR(array);
	int			n;

	if (ARR_NDIM(array) != 1 || ARR_LBOUND(array)[0] != 1 || ARR_HASNULL(array) ||
		ARR_ELEMTYPE(array) != INT8OID)
		return false;
	n = ARR_DIMS(array)[0];
	if (n != memory && n != consent && n != consent + 2 * nchannels)
		return false;
	stored_reset(model, stored);
	if (!record_from_elements(values, stored))
		return false;
	for (int i = 0; i < nheld; i++)
		lead->held[i] = double_of(values[CHECKPOINT_HELD + i]);
	if (n > memory)
	{
		if (values[memory + MEMORY_HELD_STAGE] < STAGE_NONE || values[memory + MEMORY_HELD_STAGE] >= N_STAGES)
			return false;
		lead->final_since = values[memory + MEMORY_FINAL_SINCE];
		lead->excluded_since = values[memory + MEMORY_EXCLUDED_SINCE];
		lead->held_stage = (LeadStage) values[memory + MEMORY_HELD_STAGE];
		lead->heard_at = values[memory + MEMORY_HEARD_AT];
		if (stored->ncounted > 0)
			memcpy(lead->counted, values + memory + N_MEMORY, sizeof(int64) * stored->ncounted);
	}
	if (n > consent)
	{
		memcpy(lead->granted, values + consent, sizeof(int64) * nchannels);
		memcpy(lead->withdrawn, values + consent + nchannels, sizeof(int64) * nchannels);
	}
	return lead->interactions > 0 && stored_fault(model, stored) == NULL;
}

/* checkpoint_is says whether a checkpoint is that of a lead as it is. */
bool
checkpoint_is(Datum checkpoint, const StoredLead *stored)
{
	return datum_image_eq(checkpoint, checkpoint_of(stored), false, -1);
}
