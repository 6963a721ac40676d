/*
 * heat_math_test.c
 *	  Properties of the arithmetic of heat, against the C library's long
 *	  double functions, over random and over awkward numbers.
 */
#include "core/heat_math.h"
#include "unit.h"

#include <float.h>

#define DAY INT64_C(86400000000)

/* random_positive returns a positive finite double of any exponent, denormals included. */
static double
random_positive(void)
{
	uint64_t	bits = random_bits() >> 1;

	switch (random_below(8))
	{
		case 0:
			bits &= (UINT64_C(1) << 52) - 1;	/* denormal */
			break;
		case 1:
			bits &= UINT64_MAX << 45;	/* on or next to a cell's border */
			bits += (uint64_t) random_below(5) - 2;
			break;
		case 2:
			return ldexp(1.0 + random_unit(), (int) random_below(20) - 4);
		case 3:
			return nextafter(ldexp(1.0, (int) random_below(2090) - 1070), random_unit() < 0.5 ? 0 : INFINITY);
	}
	if (bits == 0 || bits >= UINT64_C(0x7ff0000000000000))
		return 1.5;
	return from_bits(bits);
}

/* random_half_life returns one of any size, often a usual one. */
static int64_t
random_half_life(void)
{
	static const int64_t usual[] = {
		HEAT_HALF_LIFE_MIN, 3 * DAY, 14 * DAY, 30 * DAY, HEAT_HALF_LIFE_MAX
	};

	if (random_below(2) == 0)
		return usual[random_below(5)];
	return HEAT_HALF_LIFE_MIN +
		(int64_t) (exp(random_unit() * log((double) (HEAT_HALF_LIFE_MAX - HEAT_HALF_LIFE_MIN))));
}

/* random_instant returns one of our days, or any, or an extreme one. */
static HeatTime
random_instant(void)
{
	switch (random_below(8))
	{
		case 0:
			return random_below(1000);
		case 1:
			return HEAT_TIME_MAX - random_below(1000);
		case 2:
			return random_below(HEAT_TIME_MAX);
		default:
			return INT64_C(1780000000000000) + random_below(400 * DAY);
	}
}

/* random_heat returns a valid heat: usual, extreme, zero or negative. */
static Heat
random_heat(int64_t half_life)
{
	double		points;

	switch (random_below(6))
	{
		case 0:
			points = random_positive();
			break;
		case 1:
			points = 0;
			break;
		default:
			points = random_unit() * 100;
	}
	return heat_make(random_below(4) == 0 ? -points : points, random_instant(), half_life);
}

/* same tells whether two heats have the same bits. */
static bool
same(const Heat *a, const Heat *b)
{
	return memcmp(a, b, sizeof(Heat)) == 0;
}

/* exact_level is the level in long double. */
static long double
exact_level(const Heat *heat)
{
	long double size;

	if (heat->points == 0)
		return 0;
	size = 1100.0L + log2l(fabsl((long double) heat->points)) +
		(long double) heat->as_of / (long double) heat->half_life;
	return heat->points < 0 ? -size : size;
}

/* test_log2 compares with log2l and walks over neighbours. */
static void
test_log2(void)
{
	double		worst = 0;
	double		worst_near_one = 0;

	for (int e = -1074; e < 1024; e++)
		check(heat_log2(ldexp(1.0, e)) == e, "exponent %d", e);
	for (int n = 0; n < 2000000; n++)
	{
		double		x = n % 4 == 0 ? 1.0 + (random_unit() - 0.5) / 5 : random_positive();
		double		result = heat_log2(x);
		double		error = (double) (fabsl(result - log2l((long double) x)) / (long double) ulp(result));

		if (x > 0.95 && x < 1.05)
			worst_near_one = fmax(worst_near_one, error);
		else
			worst = fmax(worst, error);
	}
	printf("log2: at most %.3f ulp, next to 1 %.3f\n", worst, worst_near_one);
	check(worst < 1.0 && worst_near_one < 4.0, "error of log2");

	for (int n = 0; n < 4000; n++)
	{
		/* from below a border of two cells, over it, neighbour by neighbour */
		double		x = ldexp(1.0 + (2 * (double) random_below(65) + 1) / 128,
							  n % 3 == 0 ? 0 : n % 3 == 1 ? -1 : (int) random_below(2090) - 1073);

		if (!(x < DBL_MAX))
			continue;
		for (int i = 0; i < 250 && x > 0; i++)
			x = nextafter(x, 0);
		for (int i = 0; i < 500 && x < DBL_MAX; i++)
		{
			double		next = nextafter(x, INFINITY);

			if (x > 0)
				check(heat_log2(x) <= heat_log2(next), "log2 falls at %a", x);
			x = next;
		}
	}
	for (int n = 0; n < 1000000; n++)
	{
		double		a = random_positive();
		double		b = n % 2 ? random_positive() : a * (1 + random_unit() * 1e-14);

		if (a < b && b < INFINITY)
			check(heat_log2(a) <= heat_log2(b), "log2 falls between %a and %a", a, b);
	}
}

/* test_exp2 compares with exp2l and walks over neighbours. */
static void
test_exp2(void)
{
	double		worst = 0;

	check(heat_exp2_minus(0) == 1.0 && heat_exp2_minus(0.5) == sqrt(0.5), "exact values");
	for (int n = 0; n < 2000000; n++)
	{
		double		y = n % 4 == 0 ? ldexp(random_unit(), -(int) random_below(1000)) : random_unit();
		double		result = heat_exp2_minus(y);

		check(result >= 0.5 && result <= 1.0, "range at %a", y);
		worst = fmax(worst, (double) (fabsl(result - exp2l(-(long double) y)) * 0x1p53L));
	}
	printf("exp2: at most %.3f ulp\n", worst);
	check(worst < 0.7, "error of exp2");

	for (int n = 0; n < 2000; n++)
	{
		double		y = n < 65 ? (2.0 * n + 1) / 128 : random_unit();

		for (int i = 0; i < 250 && y > 0; i++)
			y = nextafter(y, 0);
		for (int i = 0; i < 500 && y < 1; i++)
		{
			double		next = n % 2 ? nextafter(y, 1) : fmin(1 - 0x1p-53, y + random_unit() * 0x1p-53);

			check(heat_exp2_minus(next) <= heat_exp2_minus(y), "exp2 rises at %a", y);
			y = next;
		}
	}
	for (int64_t r = 0; r < 100000; r++)
		check(heat_exp2_minus((r + 1.0) / HEAT_HALF_LIFE_MAX) <= heat_exp2_minus((double) r / HEAT_HALF_LIFE_MAX),
			  "exp2 rises at remainder %" PRId64, r);
}

/* test_level compares with long double, and its order with that of scores. */
static void
test_level(void)
{
	double		worst = 0;
	int			decided = 0;

	for (int n = 0; n < 1000000; n++)
	{
		int64_t		half_life = random_half_life();
		Heat		a = random_heat(half_life);
		Heat		b = random_heat(half_life);
		double		level = heat_level(&a);
		long double difference = exact_level(&a) - exact_level(&b);

		check((level > 0) == (a.points > 0) && (level < 0) == (a.points < 0), "sign of level");
		if (a.points != 0)
			worst = fmax(worst, (double) (fabsl(level - exact_level(&a)) / (long double) ulp(level)));

		/* scores at one instant are ordered as exact levels are */
		if (fabsl(difference) > 2 * (long double) ulp(fmax(fabs(level), fabs(heat_level(&b)))))
		{
			decided++;
			check((level > heat_level(&b)) == (difference > 0), "order of %a and %a", a.points, b.points);
		}
	}
	printf("level: at most %.3f ulp\n", worst);
	check(worst < 0.75, "error of level");
	check(decided > 900000, "random heats that differ");

	for (int n = 0; n < 1000000; n++)
	{
		int64_t		half_life = random_half_life();
		double		points = random_positive();
		double		more = nextafter(points, INFINITY);
		HeatTime	at = random_instant();
		HeatTime	border = at - at % half_life;

		if (n % 2)
			at = border > 2 ? border - random_below(3) : at;
		check(heat_level_of(points, at, half_life) <= heat_level_of(more, at, half_life),
			  "level falls with points at %a, %" PRId64 " / %" PRId64, points, at, half_life);
		check(heat_level_of(-points, at, half_life) >= heat_level_of(-more, at, half_life), "mirrored");
		if (at < HEAT_TIME_MAX)
			check(heat_level_of(points, at, half_life) <= heat_level_of(points, at + 1, half_life),
				  "level falls with time at %a, %" PRId64 " / %" PRId64, points, at, half_life);
	}
	for (int n = 0; n < 10000; n++)
	{
		int64_t		half_life = random_half_life();
		int			exponent = (int) random_below(2098) - 1074;
		int64_t		q = random_below(HEAT_TIME_MAX / half_life);

		check(heat_level_of(ldexp(1, exponent), q * half_life, half_life) == 1100.0 + exponent + q,
			  "level of 2^%d after %" PRId64 " half-lives", exponent, q);
	}
	check(bits_of(heat_level_of(0, 5, DAY)) == 0, "level of zero");
}

/* test_score compares scores before and after as_of with long double. */
static void
test_score(void)
{
	double		worst = 0;
	int			infinite = 0;
	int			vanished = 0;

	for (int n = 0; n < 1000000; n++)
	{
		Heat		heat = random_heat(random_half_life());
		HeatTime	at = n % 4 == 0 ? random_instant() : heat.as_of;
		long double exact;
		double		score;

		if (n % 4 != 0)
		{
			int64_t		shift = (int64_t) (heat.half_life * (random_unit() * 4 - 2));

			if (shift > HEAT_TIME_MAX - at || at + shift < 0)
				continue;
			at += shift;
		}
		exact = heat.points * exp2l(((long double) heat.as_of - (long double) at) / heat.half_life);
		score = heat_score(&heat, at);
		check(score == 0 || (score > 0) == (heat.points > 0), "sign of score");
		check(score != 0 || !signbit(score), "score of -0");
		if (isinf(score))
		{
			infinite++;
			check(fabsl(exact) > 0.9999L * DBL_MAX, "infinite score of %Lg", exact);
		}
		else if (fabsl(exact) < 4 * (long double) DBL_MIN)
		{
			vanished++;
			check(fabsl(score - exact) <= 4 * ulp(score), "score %g of %Lg", score, exact);
		}
		else if (exact != 0)
			worst = fmax(worst, (double) (fabsl(score - exact) / ulp(score)));
		check(fabs(heat_saturate(score)) <= DBL_MAX, "saturated");
	}
	printf("score: at most %.3f ulp (%d infinite, %d tiny)\n", worst, infinite, vanished);
	check(worst < 4.0 && infinite > 100 && vanished > 100, "error of score");

	/* nothing underflows or overflows on the way */
	check(heat_score(&(Heat){DBL_MAX, 0, DAY}, 2000 * DAY) == ldexp(DBL_MAX, -2000), "2000 halvings");
	check(heat_score(&(Heat){DBL_MAX, 0, DAY}, 3000 * DAY) == 0, "3000 halvings");
	check(heat_score(&(Heat){0x1p-1074, 2097 * DAY, DAY}, 0) == 0x1p1023, "2097 doublings");
	check(heat_score(&(Heat){0x1p-1074, 2098 * DAY, DAY}, 0) == INFINITY, "2098 doublings");
	check(heat_score(&(Heat){-1, HEAT_TIME_MAX, HEAT_HALF_LIFE_MIN}, 0) == -INFINITY, "all doublings");
	check(isfinite(heat_score(&(Heat){DBL_MAX / 1.9, DAY / 2 + DAY / 4, DAY}, DAY / 4)), "half a doubling");
}

/* test_add checks identity, commutation and the bound on associativity. */
static void
test_add(void)
{
	int			refused = 0;
	int			cancelled = 0;
	Heat		sum;

	for (int n = 0; n < 1000000; n++)
	{
		int64_t		half_life = random_half_life();
		Heat		zero = heat_make(0, random_instant(), half_life);
		Heat		a = random_heat(half_life);
		Heat		b = random_heat(half_life);
		Heat		c = random_heat(half_life);
		Heat		other;
		bool		possible;

		check(heat_is_valid(&a) && heat_is_valid(&zero), "validity");
		check(heat_add(&a, &zero, &sum) && same(&sum, &a), "identity on the right of %a", a.points);
		check(heat_add(&zero, &a, &sum) && same(&sum, &a), "identity on the left of %a", a.points);

		if (random_below(16) == 0)
			b = heat_make(-a.points, a.as_of, half_life);
		possible = heat_add(&a, &b, &sum);
		check(heat_add(&b, &a, &other) == possible, "refusals commute");
		if (!possible)
		{
			refused++;
			continue;
		}
		check(same(&sum, &other), "commutes for %a and %a", a.points, b.points);
		check(heat_is_valid(&sum), "validity of a sum");
		cancelled += sum.points == 0 && a.points != 0;

		/* (a + b) + c = a + (b + c) */
		if (heat_add(&sum, &c, &sum) && heat_add(&b, &c, &other) && heat_add(&a, &other, &other))
		{
			HeatTime	at = a.as_of > b.as_of ? a.as_of : b.as_of;
			double		size;

			at = c.as_of > at ? c.as_of : at;
			size = fabs(heat_score(&a, at)) + fabs(heat_score(&b, at)) + fabs(heat_score(&c, at));
			if (isfinite(size))
				check(fabs(heat_score(&sum, at) - heat_score(&other, at)) <= 1e-9 * size + 0x1p-1070,
					  "associates for %a, %a and %a", a.points, b.points, c.points);
		}
	}
	check(cancelled > 1000, "cancelled %d", cancelled);
	printf("add: %d cancelled, %d refused\n", cancelled, refused);

	check(!heat_add(&(Heat){DBL_MAX, 1, DAY}, &(Heat){DBL_MAX, 1, DAY}, &sum), "overflow");
	check(heat_add(&(Heat){5, 3, DAY}, &(Heat){-5, 3, DAY}, &sum) &&
		  same(&sum, &(Heat){0, 0, DAY}), "canonical zero");
}

/* test_merge adds a million heats in one order and in another, by pairs. */
static void
test_merge(void)
{
	int			n = 1 << 20;
	Heat	   *heats = malloc(n * sizeof(Heat));
	int64_t		half_life = 14 * DAY;
	HeatTime	at = INT64_C(1780000000000000);
	Heat		total = heat_make(0, 0, half_life);
	long double exact = 0;
	long double size = 0;

	for (int i = 0; i < n; i++)
	{
		double		points = random_below(5) == 0 ? -random_unit() * 90 : random_unit() * 100;
		long double decayed;

		heats[i] = heat_make(points, at - random_below(900 * DAY), half_life);
		check(heat_add(&total, &heats[i], &total), "sum");
		decayed = heats[i].points * exp2l(-((long double) (at - heats[i].as_of)) / half_life);
		exact += decayed;
		size += fabsl(decayed);
	}
	for (int m = n; m > 1; m /= 2)
		for (int i = 0; i < m / 2; i++)
			check(heat_add(&heats[i], &heats[m - 1 - i], &heats[i]), "sum of a pair");
	printf("merge: of %d rows off by %.3Lg and %.3Lg of their sum\n", n,
		   fabsl(heat_score(&total, at) - exact) / size, fabsl(heat_score(&heats[0], at) - exact) / size);
	check(fabsl(heat_score(&total, at) - exact) <= 1e-9L * size, "one by one");
	check(fabsl(heat_score(&heats[0], at) - exact) <= 1e-9L * size, "by pairs");
	free(heats);
}

/* test_cooling checks that cools_at is the first instant below by comparison. */
static void
test_cooling(void)
{
	int			counts[3] = {0, 0, 0};

	for (int n = 0; n < 200000; n++)
	{
		int64_t		half_life = random_half_life();
		Heat		heat = random_heat(half_life);
		double		threshold = random_below(3) == 0 ? random_positive() : random_unit() * 60;
		HeatTime	at = -1;
		double		level = heat_level(&heat);
		HeatCooling cooling;

		if (random_below(5) == 0)
			threshold = random_below(3) == 0 ? 0 : -threshold;
		if (random_below(20) == 0)
			threshold = heat.points;
		cooling = heat_cools_at(&heat, threshold, &at);
		counts[cooling]++;
		switch (cooling)
		{
			case HEAT_COOLS:
				check(at > heat.as_of, "later than as_of");
				check(level < heat_level_of(threshold, at, half_life), "below at %" PRId64, at);
				check(level >= heat_level_of(threshold, at - 1, half_life), "not before %" PRId64, at);
				check(heat.points > 0 && threshold > 0, "only positive heats cool");
				break;
			case HEAT_NEVER_COOLS:
				check(level >= heat_level_of(threshold, HEAT_TIME_MAX, half_life), "not below at the end");
				if (threshold >= 0)
					check(level >= heat_level_of(threshold, heat.as_of, half_life), "not below at as_of");
				break;
			case HEAT_NEVER_REACHES:
				check(level < heat_level_of(threshold, heat.as_of, half_life), "below at as_of");
				if (threshold < 0)
					check(level < heat_level_of(threshold, HEAT_TIME_MAX, half_life), "below at the end");
				break;
		}
	}
	printf("cooling: %d never reach, %d cool, %d never cool\n", counts[0], counts[1], counts[2]);
	check(counts[0] > 1000 && counts[1] > 1000 && counts[2] > 1000, "all cases");
}

/* test_validity checks what is no heat. */
static void
test_validity(void)
{
	check(heat_is_valid(&(Heat){1, 0, DAY}), "a heat");
	check(heat_is_valid(&(Heat){0, 0, HEAT_HALF_LIFE_MIN}), "a zero heat");
	check(heat_is_valid(&(Heat){-1, HEAT_TIME_MAX, HEAT_HALF_LIFE_MAX}), "an extreme heat");
	check(!heat_is_valid(&(Heat){NAN, 0, DAY}), "NaN");
	check(!heat_is_valid(&(Heat){INFINITY, 0, DAY}), "infinity");
	check(!heat_is_valid(&(Heat){-0.0, 0, DAY}), "-0");
	check(!heat_is_valid(&(Heat){0, 1, DAY}), "zero not as of 1970");
	check(!heat_is_valid(&(Heat){1, -1, DAY}), "before 1970");
	check(!heat_is_valid(&(Heat){1, 0, HEAT_HALF_LIFE_MIN - 1}), "short half-life");
	check(!heat_is_valid(&(Heat){1, 0, HEAT_HALF_LIFE_MAX + 1}), "long half-life");
	check(heat_saturate(INFINITY) == DBL_MAX && heat_saturate(-INFINITY) == -DBL_MAX &&
		  heat_saturate(-1.5) == -1.5, "saturation");
}

int
main(int argc, char **argv)
{
	start("heat_math_test", argc, argv);
	test_log2();
	test_exp2();
	test_level();
	test_score();
	test_add();
	test_merge();
	test_cooling();
	test_validity();
	return 0;
}
