/*-------------------------------------------------------------------------
 *
 * heat.c
 *	  The type heat: input and output, constructor, accessors, arithmetic.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include "core/heat_text.h"

#include <math.h>

#include "access/xact.h"
#include "common/int.h"
#include "common/shortest_dec.h"
#include "libpq/pqformat.h"

StaticAssertDecl(sizeof(Heat) == 24, "heat is declared with 24 bytes in heat.sql");

PG_FUNCTION_INFO_V1(heat_in);
PG_FUNCTION_INFO_V1(heat_out);
PG_FUNCTION_INFO_V1(heat_recv);
PG_FUNCTION_INFO_V1(heat_send);
PG_FUNCTION_INFO_V1(heat_construct);
PG_FUNCTION_INFO_V1(heat_get_points);
PG_FUNCTION_INFO_V1(heat_get_as_of);
PG_FUNCTION_INFO_V1(heat_get_half_life);
PG_FUNCTION_INFO_V1(heat_get_level);
PG_FUNCTION_INFO_V1(heat_score_at);
PG_FUNCTION_INFO_V1(heat_score_now);
PG_FUNCTION_INFO_V1(heat_score_saturated);
PG_FUNCTION_INFO_V1(heat_temperature_at);
PG_FUNCTION_INFO_V1(heat_temperature_now);
PG_FUNCTION_INFO_V1(heat_get_cools_at);
PG_FUNCTION_INFO_V1(heat_plus);
PG_FUNCTION_INFO_V1(heat_times_float8);
PG_FUNCTION_INFO_V1(float8_times_heat);

/* interval_of_fixed_length converts an interval to microseconds; false if its length is not fixed, or too great. */
static bool
interval_of_fixed_length(const Interval *interval, int64 *length)
{
	return interval->month == 0 &&
		!pg_mul_s64_overflow(interval->day, USECS_PER_DAY, length) &&
		!pg_add_s64_overflow(*length, interval->time, length);
}

/* interval_is_half_life converts an interval to microseconds; false if its length is not fixed or not allowed. */
bool
interval_is_half_life(const Interval *interval, int64 *half_life)
{
	return interval_of_fixed_length(interval, half_life) &&
		*half_life >= HEAT_HALF_LIFE_MIN && *half_life <= HEAT_HALF_LIFE_MAX;
}

/* interval_is_cooldown converts an interval to microseconds; false if its length is not fixed or not allowed. */
bool
interval_is_cooldown(const Interval *interval, int64 *cooldown)
{
	return interval_of_fixed_length(interval, cooldown) &&
		*cooldown > 0 && *cooldown <= HEAT_HALF_LIFE_MAX;
}

/* heat_half_life_from_interval converts an interval of a fixed, allowed length to microseconds. */
int64
heat_half_life_from_interval(const Interval *interval)
{
	int64		half_life;

	/* an infinite interval has the extreme months and is refused as too long */
	if (unlikely(interval->month != 0 &&
				 interval->month != PG_INT32_MAX && interval->month != PG_INT32_MIN))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("half-life must not contain months or years"),
				 errdetail("A month has no fixed length."),
				 errhint("Use days, as in '30 days'.")));
	if (unlikely(!interval_is_half_life(interval, &half_life)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("half-life is out of range"),
				 errdetail("A half-life lies between 1 minute and 36525 days.")));
	return half_life;
}

/* heat_half_life_to_interval converts microseconds to days and a rest. */
Interval *
heat_half_life_to_interval(int64 half_life)
{
	Interval   *interval = (Interval *) palloc0(sizeof(Interval));

	interval->day = (int32) (half_life / USECS_PER_DAY);
	interval->time = half_life % USECS_PER_DAY;
	return interval;
}

/* heat_time_from_timestamptz converts an instant from 1970 on. */
HeatTime
heat_time_from_timestamptz(TimestampTz at)
{
	if (unlikely(at < -HEAT_EPOCH_SHIFT || at > HEAT_TIME_MAX - HEAT_EPOCH_SHIFT))
	{
		if (TIMESTAMP_NOT_FINITE(at))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("instant of heat must be finite")));
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("instant of heat is out of range"),
				 errdetail("Instants lie between 1970-01-01 00:00:00 UTC and the year 294247.")));
	}
	return at + HEAT_EPOCH_SHIFT;
}

/* heat_time_to_timestamptz converts an instant; there is a timestamptz for each. */
TimestampTz
heat_time_to_timestamptz(HeatTime at)
{
	return at - HEAT_EPOCH_SHIFT;
}

/* heat_new allocates a heat in canonical form from an instant and a half-life in range. */
Heat *
heat_new(double points, HeatTime as_of, int64 half_life)
{
	Heat	   *heat;

	if (unlikely(!isfinite(points)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("points of heat are out of range"),
				 errdetail("Points must be finite.")));
	heat = (Heat *) palloc(sizeof(Heat));
	*heat = heat_make(points, as_of, half_life);
	return heat;
}

/* heat_in reads the text form. */
Datum
heat_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	struct Node *escontext = LT_ESCONTEXT(fcinfo);
	Heat	   *heat = (Heat *) palloc(sizeof(Heat));

	switch (heat_text_parse(text, heat))
	{
		case HEAT_TEXT_OK:
			break;
		case HEAT_TEXT_MALFORMED:
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("invalid input syntax for type %s: \"%s\"", "heat", text),
					 errhint("A heat is written like \"40 @ 2026-11-24 07:18:10+00 / 14 days\".")));
			break;
		case HEAT_TEXT_NO_OFFSET:
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("invalid input syntax for type %s: \"%s\"", "heat", text),
					 errdetail("The instant lacks a time zone offset."),
					 errhint("End it with \"Z\", \"+00\" or the like.")));
			break;
		case HEAT_TEXT_POINTS_RANGE:
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("points of heat are out of range: \"%s\"", text)));
			break;
		case HEAT_TEXT_FIELD_RANGE:
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
					 errmsg("date or time field of heat is out of range: \"%s\"", text)));
			break;
		case HEAT_TEXT_INSTANT_RANGE:
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("instant of heat is out of range: \"%s\"", text),
					 errdetail("Instants lie between 1970-01-01 00:00:00 UTC and the year 294247.")));
			break;
		case HEAT_TEXT_MONTHS:
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("half-life must not contain months or years: \"%s\"", text),
					 errdetail("A month has no fixed length."),
					 errhint("Use days, as in \"30 days\".")));
			break;
		case HEAT_TEXT_HALF_LIFE_RANGE:
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("half-life is out of range: \"%s\"", text),
					 errdetail("A half-life lies between 1 minute and 36525 days.")));
			break;
	}
	PG_RETURN_HEAT_P(heat);
}

/* heat_out writes the text form. */
Datum
heat_out(PG_FUNCTION_ARGS)
{
	Heat	   *heat = PG_GETARG_HEAT_P(0);
	char	   *text = (char *) palloc(HEAT_TEXT_SIZE);
	char		points[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(heat->points, points);
	heat_text_format(text, points, heat);
	PG_RETURN_CSTRING(text);
}

/* heat_recv reads the binary form: points, microseconds since 1970, microseconds. */
Datum
heat_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	double		points;
	int64		as_of;
	int64		half_life;

	/* the caller refuses what is too long */
	if (message->len - message->cursor < (int) sizeof(Heat))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid length in external \"heat\" value")));
	points = pq_getmsgfloat8(message);
	as_of = pq_getmsgint64(message);
	half_life = pq_getmsgint64(message);
	if (!isfinite(points))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid points in external \"heat\" value"),
				 errdetail("Points must be finite.")));
	if (as_of < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid instant in external \"heat\" value"),
				 errdetail("The instant must not be before 1970-01-01 00:00:00 UTC.")));
	if (half_life < HEAT_HALF_LIFE_MIN || half_life > HEAT_HALF_LIFE_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid half-life in external \"heat\" value"),
				 errdetail("A half-life lies between 1 minute and 36525 days.")));
	PG_RETURN_HEAT_P(heat_new(points, as_of, half_life));
}

/* heat_send writes the binary form. */
Datum
heat_send(PG_FUNCTION_ARGS)
{
	Heat	   *heat = PG_GETARG_HEAT_P(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendfloat8(&message, heat->points);
	pq_sendint64(&message, heat->as_of);
	pq_sendint64(&message, heat->half_life);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* heat_construct makes a heat of points, an instant and a half-life. */
Datum
heat_construct(PG_FUNCTION_ARGS)
{
	double		points = PG_GETARG_FLOAT8(0);
	HeatTime	as_of = heat_time_from_timestamptz(PG_GETARG_TIMESTAMPTZ(1));
	int64		half_life = heat_half_life_from_interval(PG_GETARG_INTERVAL_P(2));

	PG_RETURN_HEAT_P(heat_new(points, as_of, half_life));
}

/* heat_get_points returns the points as of as_of. */
Datum
heat_get_points(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(PG_GETARG_HEAT_P(0)->points);
}

/* heat_get_as_of returns the instant at which the heat is worth its points. */
Datum
heat_get_as_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(heat_time_to_timestamptz(PG_GETARG_HEAT_P(0)->as_of));
}

/* heat_get_half_life returns the half-life. */
Datum
heat_get_half_life(PG_FUNCTION_ARGS)
{
	PG_RETURN_INTERVAL_P(heat_half_life_to_interval(PG_GETARG_HEAT_P(0)->half_life));
}

/* heat_get_level returns the number by which heats are ordered. */
Datum
heat_get_level(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(heat_level(PG_GETARG_HEAT_P(0)));
}

/* finite_score returns a score, or refuses it if no double is as large. */
static double
finite_score(const Heat *heat, HeatTime at)
{
	double		score = heat_score(heat, at);

	if (unlikely(isinf(score)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("score of heat is out of range"),
				 errdetail("Before its instant a heat doubles with every half-life.")));
	return score;
}

/* current_instant returns the start of the transaction. */
static HeatTime
current_instant(void)
{
	return heat_time_from_timestamptz(GetCurrentTransactionStartTimestamp());
}

/* heat_score_at returns the value of the curve at an instant. */
Datum
heat_score_at(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(finite_score(PG_GETARG_HEAT_P(0),
								  heat_time_from_timestamptz(PG_GETARG_TIMESTAMPTZ(1))));
}

/* heat_score_now returns the value of the curve at now(). */
Datum
heat_score_now(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(finite_score(PG_GETARG_HEAT_P(0), current_instant()));
}

/* heat_score_saturated returns the value of the curve at now(), the nearest double if out of range. */
Datum
heat_score_saturated(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(heat_saturate(heat_score(PG_GETARG_HEAT_P(0), current_instant())));
}

/*
 * temperature_of_heat tells how hot a heat is at an instant.  It compares
 * levels, as every index and view does.
 */
static Datum
temperature_of_heat(const Heat *heat, double warm, double hot, HeatTime at)
{
	double		level = heat_level(heat);
	LeadTemperature temperature = TEMPERATURE_COLD;

	/* the test fails for NaN, too */
	if (!(warm > 0.0 && warm <= hot && !isinf(hot)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("thresholds of temperature are out of order"),
				 errdetail("They must be finite, warm greater than zero and not greater than hot.")));
	if (level >= heat_level_of(hot, at, heat->half_life))
		temperature = TEMPERATURE_HOT;
	else if (level >= heat_level_of(warm, at, heat->half_life))
		temperature = TEMPERATURE_WARM;
	return ObjectIdGetDatum(temperature_to_oid(temperature));
}

/* heat_temperature_at returns cold, warm or hot for an instant. */
Datum
heat_temperature_at(PG_FUNCTION_ARGS)
{
	return temperature_of_heat(PG_GETARG_HEAT_P(0), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2),
							   heat_time_from_timestamptz(PG_GETARG_TIMESTAMPTZ(3)));
}

/* heat_temperature_now returns cold, warm or hot for now(). */
Datum
heat_temperature_now(PG_FUNCTION_ARGS)
{
	return temperature_of_heat(PG_GETARG_HEAT_P(0), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2),
							   current_instant());
}

/*
 * heat_get_cools_at returns the first instant below a threshold, infinity if
 * there is none, NULL if the heat does not reach the threshold from as_of on.
 */
Datum
heat_get_cools_at(PG_FUNCTION_ARGS)
{
	Heat	   *heat = PG_GETARG_HEAT_P(0);
	double		threshold = PG_GETARG_FLOAT8(1);
	HeatTime	at;

	if (!isfinite(threshold))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("threshold must be finite")));
	switch (heat_cools_at(heat, threshold, &at))
	{
		case HEAT_COOLS:
			PG_RETURN_TIMESTAMPTZ(heat_time_to_timestamptz(at));
		case HEAT_NEVER_COOLS:
			PG_RETURN_TIMESTAMPTZ(DT_NOEND);
		case HEAT_NEVER_REACHES:
			break;
	}
	PG_RETURN_NULL();
}

/* heat_plus adds two heats of one half-life. */
Datum
heat_plus(PG_FUNCTION_ARGS)
{
	Heat	   *sum = (Heat *) palloc(sizeof(Heat));

	heat_add_checked(PG_GETARG_HEAT_P(0), PG_GETARG_HEAT_P(1), sum);
	PG_RETURN_HEAT_P(sum);
}

/* heat_times_float8 scales a heat. */
Datum
heat_times_float8(PG_FUNCTION_ARGS)
{
	Heat	   *heat = PG_GETARG_HEAT_P(0);

	PG_RETURN_HEAT_P(heat_new(heat->points * PG_GETARG_FLOAT8(1), heat->as_of, heat->half_life));
}

/* float8_times_heat is the commutator of heat_times_float8. */
Datum
float8_times_heat(PG_FUNCTION_ARGS)
{
	Heat	   *heat = PG_GETARG_HEAT_P(1);

	PG_RETURN_HEAT_P(heat_new(PG_GETARG_FLOAT8(0) * heat->points, heat->as_of, heat->half_life));
}

/* heat_add_checked adds two heats, or refuses different half-lives and sums out of range. */
void
heat_add_checked(const Heat *a, const Heat *b, Heat *sum)
{
	if (unlikely(a->half_life != b->half_life))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("heats of different half-lives cannot be added"),
				 errhint("Group by half_life, or make the heats with one half-life.")));
	if (unlikely(!heat_add(a, b, sum)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("sum of heats is out of range")));
}
