/*-------------------------------------------------------------------------
 *
 * heat_math.h
 *	  The arithmetic of heat: a score that halves every half-life.
 *
 * Plain C without server headers, so that it can be read, fuzzed and
 * sanitised alone.  Every result is made of IEEE 754 additions,
 * subtractions, multiplications and divisions in a fixed order, so that it
 * is the same to the bit on every processor: btree indexes hold levels.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HEAT_MATH_H
#define HEAT_MATH_H

#include <float.h>
#include <stdbool.h>
#include <stdint.h>

/* Microseconds since 1970-01-01 00:00:00 UTC; never negative in a heat. */
typedef int64_t HeatTime;

#define HEAT_TIME_MAX			INT64_MAX
#define HEAT_HALF_LIFE_MIN		INT64_C(60000000)	/* 1 minute */
#define HEAT_HALF_LIFE_MAX		(INT64_C(36525) * INT64_C(86400000000)) /* 100 years */

/* The curve  points * 2 ^ -((t - as_of) / half_life)  over time t. */
typedef struct Heat
{
	double		points;			/* finite; never -0 */
	HeatTime	as_of;			/* 0 where points is 0 */
	int64_t		half_life;		/* microseconds */
} Heat;

/* What 2 ^ -(age / half_life) is, kept apart so that nothing underflows early. */
typedef struct HeatDecay
{
	double		fraction;		/* 2 ^ -(remainder / half_life), in (0.5, 1] */
	int64_t		halvings;		/* whole half-lives */
} HeatDecay;

/* The two parts of a level: log2 of positive points, and half-lives since 1970. */
typedef struct HeatMagnitude
{
	int			exponent;
	double		fraction;
} HeatMagnitude;

typedef struct HeatHalfLives
{
	int64_t		whole;
	double		fraction;
} HeatHalfLives;

typedef enum HeatCooling
{
	HEAT_NEVER_REACHES,			/* below the threshold at and after as_of */
	HEAT_COOLS,					/* there is a first instant below it */
	HEAT_NEVER_COOLS			/* no representable instant is below it */
} HeatCooling;

extern double heat_log2(double x);
extern double heat_exp2_minus(double y);
extern HeatDecay heat_decay_over(int64_t age, int64_t half_life);
extern double heat_decay(double points, HeatDecay decay);

extern bool heat_is_valid(const Heat *heat);
extern Heat heat_make(double points, HeatTime as_of, int64_t half_life);
extern double heat_level(const Heat *heat);
extern double heat_level_of(double points, HeatTime as_of, int64_t half_life);
extern HeatMagnitude heat_magnitude(double points);
extern HeatHalfLives heat_half_lives(HeatTime as_of, int64_t half_life);
extern double heat_level_from(HeatMagnitude magnitude, HeatHalfLives half_lives);
extern double heat_score(const Heat *heat, HeatTime at);
extern bool heat_add(const Heat *a, const Heat *b, Heat *sum);
extern HeatCooling heat_cools_at(const Heat *heat, double threshold, HeatTime *at);

/* heat_saturate clamps a number that is not NaN to the finite ones. */
static inline double
heat_saturate(double points)
{
	if (points > DBL_MAX)
		return DBL_MAX;
	if (points < -DBL_MAX)
		return -DBL_MAX;
	return points;
}

#endif							/* HEAT_MATH_H */
