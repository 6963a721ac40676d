/*-------------------------------------------------------------------------
 *
 * heat_agg.c
 *	  The aggregates of heat.
 *
 * Their state is a heat itself, so that it can travel between parallel
 * workers and servers.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include <math.h>

PG_FUNCTION_INFO_V1(heat_agg_transition);
PG_FUNCTION_INFO_V1(heat_accumulate);

/*
 * writable_state returns the state to write to: the aggregate's own, in
 * place, or a copy if an ordinary caller passed it.
 */
static inline Heat *
writable_state(FunctionCallInfo fcinfo)
{
	Heat	   *state = PG_GETARG_HEAT_P(0);
	Heat	   *copy;

	if (likely(AggCheckCallContext(fcinfo, NULL) != 0))
		return state;
	copy = (Heat *) palloc(sizeof(Heat));
	*copy = *state;
	return copy;
}

/*
 * heat_agg_transition adds points at an instant to the state.  A row with a
 * null argument changes nothing.
 */
Datum
heat_agg_transition(PG_FUNCTION_ARGS)
{
	double		points;
	Heat		row;
	Heat	   *state;

	if (unlikely(PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3)))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}

	points = PG_GETARG_FLOAT8(1);
	row.as_of = heat_time_from_timestamptz(PG_GETARG_TIMESTAMPTZ(2));
	row.half_life = heat_half_life_from_interval(PG_GETARG_INTERVAL_P(3));

	/* the executor copies the first state */
	if (unlikely(PG_ARGISNULL(0)))
		PG_RETURN_HEAT_P(heat_new(points, row.as_of, row.half_life));

	if (unlikely(!isfinite(points)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("points of heat are out of range"),
				 errdetail("Points must be finite.")));
	state = writable_state(fcinfo);
	if (unlikely(points == 0.0))
	{
		/* the zero heat */
		points = 0.0;
		row.as_of = 0;
	}
	row.points = points;
	heat_add_checked(state, &row, state);
	PG_RETURN_HEAT_P(state);
}

/* heat_accumulate adds a heat to the state: a transition, and the combination of two states. */
Datum
heat_accumulate(PG_FUNCTION_ARGS)
{
	Heat	   *state = writable_state(fcinfo);

	heat_add_checked(state, PG_GETARG_HEAT_P(1), state);
	PG_RETURN_HEAT_P(state);
}
