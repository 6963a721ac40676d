/*-------------------------------------------------------------------------
 *
 * heat_math.c
 *	  The arithmetic of heat: a score that halves every half-life.
 *
 * The C library's log2 and exp2 differ between processors, and an index
 * that a standby orders differently is corrupt.  So both are made here from
 * tables and short polynomials, of IEEE 754 additions, subtractions,
 * multiplications and divisions alone, in an order that the compiler may not
 * change.
 *
 * Why they are monotone: the last operation of each is the only one that
 * rounds visibly.  What it rounds is off by less than 2^-59 (next to 1 by
 * far less still), while neighbouring arguments lie so far apart that the
 * exact values differ by more than 2^-57; and rounding keeps order.
 *
 *-------------------------------------------------------------------------
 */
#include "core/heat_math.h"

#include <float.h>
#include <string.h>

/* 16 only widens half precision, which is not used here. */
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error "heat needs double arithmetic without excess precision (-msse2 -mfpmath=sse on x86)"
#endif
#if DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024
#error "heat needs IEEE 754 double arithmetic"
#endif
#ifdef __FAST_MATH__
#error "heat cannot be compiled with -ffast-math"
#endif

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define HEAT_CELLS				64
#define LEVEL_OF_ONE			1100	/* more than 1074, the least exponent's size */

#define MANTISSA_BITS			52
#define EXPONENT_BIAS			1023
#define MANTISSA_MASK			((UINT64_C(1) << MANTISSA_BITS) - 1)

/* A tabulated value and what is missing in its rounding. */
typedef struct HeatCell
{
	double		hi;
	double		lo;
} HeatCell;

/* log2 of a number: exponent + hi + tail, exponent + hi being exact. */
typedef struct HeatLog
{
	int			exponent;
	double		hi;
	double		tail;
} HeatLog;

/*
 * The constants, printed by test/unit/heat_tables.py: 2/ln 2/k,
 * (-ln 2)^k/k!, log2(1 + i/64) with hi a multiple of 2^-41, and 2^-(i/64).
 */
#define LOG2_1		0x1.71547652b82fep+1
#define LOG2_3		0x1.ec709dc3a03fdp-1
#define LOG2_5		0x1.2776c50ef9bfep-1
#define LOG2_7		0x1.a61762a7aded9p-2
#define EXP2_1		-0x1.62e42fefa39efp-1
#define EXP2_2		0x1.ebfbdff82c58fp-3
#define EXP2_3		-0x1.c6b08d704a0c0p-5
#define EXP2_4		0x1.3b2ab6fba4e77p-7
#define EXP2_5		-0x1.5d87fe78a6731p-10
#define EXP2_6		0x1.430912f86c787p-13
static const HeatCell log2_cells[HEAT_CELLS + 1] = {
	{0x0.0p+0, 0x0.0p+0},
	{0x1.6e79685c20000p-6, 0x1.a45314dc4fc42p-43},
	{0x1.6bad3758f0000p-5, -0x1.3c6764fc87b4ap-48},
	{0x1.0eb389fa28000p-4, 0x1.f9ab3cf74babap-44},
	{0x1.663f6fac90000p-4, 0x1.3167ccc538261p-44},
	{0x1.bc84240ad8000p-4, 0x1.5dd31d962d373p-43},
	{0x1.08c588cda8000p-3, -0x1.871a7610e40bdp-45},
	{0x1.32ae9e278c000p-3, -0x1.1e5e0ae0d3f8ap-43},
	{0x1.5c01a39fbc000p-3, 0x1.6879fa00b120ap-43},
	{0x1.84c2bd02f0000p-3, 0x1.d97ee9124773bp-46},
	{0x1.acf5e2db50000p-3, -0x1.36c101ee13440p-43},
	{0x1.d49ee4c324000p-3, 0x1.96fc8f4b56502p-43},
	{0x1.fbc16b9028000p-3, -0x1.7f5dc57266758p-43},
	{0x1.11307dad30000p-2, 0x1.6eb9612e0b4f3p-43},
	{0x1.24407ab0e0000p-2, 0x1.ce60916e52e91p-44},
	{0x1.37124cea4c000p-2, 0x1.bd9b32266d92cp-43},
	{0x1.49a784bcd2000p-2, -0x1.1d406db502403p-44},
	{0x1.5c01a39fbe000p-2, -0x1.2f0c0bfe9dbecp-43},
	{0x1.6e221cd9d0000p-2, 0x1.9bcaf1aa4168ap-43},
	{0x1.800a563162000p-2, -0x1.d5e6a8a4fb059p-45},
	{0x1.91bba891f2000p-2, -0x1.1ee969a95f529p-43},
	{0x1.a33760a7f6000p-2, 0x1.4275f1035e5e8p-48},
	{0x1.b47ebf7388000p-2, 0x1.50520a377c7ecp-45},
	{0x1.c592fad296000p-2, -0x1.2a606046ad444p-44},
	{0x1.d6753e032e000p-2, 0x1.41dfc7d7c3321p-43},
	{0x1.e726aa1e76000p-2, -0x1.65be75cc3da17p-43},
	{0x1.f7a8568cb0000p-2, 0x1.b3b3864c60011p-44},
	{0x1.03fda8b97a000p-1, -0x1.a0331af2e6feap-43},
	{0x1.0c10500d64000p-1, -0x1.5669df6a2b592p-43},
	{0x1.140c9faa1e000p-1, 0x1.50e785694a8c6p-43},
	{0x1.1bf311e95d000p-1, 0x1.bc76a2753b99bp-50},
	{0x1.23c41d4272000p-1, 0x1.f20203b3186a6p-43},
	{0x1.2b803473f8000p-1, -0x1.4bc302ffa76fbp-43},
	{0x1.3327c6ab4a000p-1, -0x1.ac9bca36fd02ep-44},
	{0x1.3abb3faa02000p-1, 0x1.66cccab240e90p-45},
	{0x1.423b07e987000p-1, -0x1.55a63e278bad5p-43},
	{0x1.49a784bcd2000p-1, -0x1.1d406db502403p-43},
	{0x1.510118708b000p-1, -0x1.c1c885adb21d3p-43},
	{0x1.584822698a000p-1, -0x1.661e393a16b95p-44},
	{0x1.5f7cff41e1000p-1, -0x1.9451cd394fe8dp-43},
	{0x1.66a008e479000p-1, -0x1.cd0cb4492f1bcp-43},
	{0x1.6db196a762000p-1, -0x1.ad89a083e072ap-43},
	{0x1.74b1fd64e0000p-1, 0x1.d4f1b95e0ff45p-43},
	{0x1.7ba18f9350000p-1, 0x1.7204f55bbf90dp-44},
	{0x1.82809d5be7000p-1, 0x1.cb6f70109b0f1p-47},
	{0x1.894f74b06f000p-1, -0x1.d2fe4574e09b9p-47},
	{0x1.900e616000000p-1, 0x1.667f21fa8423fp-44},
	{0x1.96bdad2acb000p-1, 0x1.7d7bfb12454c5p-43},
	{0x1.9d5d9fd501000p-1, 0x1.66cccab240e90p-46},
	{0x1.a3ee7f38e2000p-1, -0x1.f84be19cb9578p-43},
	{0x1.aa708f5801000p-1, 0x1.34df378df21adp-43},
	{0x1.b0e4126bcd000p-1, -0x1.e50a1644ac794p-43},
	{0x1.b74948f553000p-1, 0x1.6d25a5b8a19b2p-44},
	{0x1.bda071cc68000p-1, -0x1.924ae921f7ecap-45},
	{0x1.c3e9ca2e1a000p-1, 0x1.54cda62d3926ep-47},
	{0x1.ca258dca93000p-1, 0x1.8b1aff71c8605p-44},
	{0x1.d053f6d261000p-1, -0x1.da6339da288fcp-43},
	{0x1.d6753e032f000p-1, -0x1.7c407050799bfp-43},
	{0x1.dc899ab3ff000p-1, 0x1.5b1799ceaeb51p-43},
	{0x1.e29142e0e0000p-1, 0x1.401fbaaa67e3cp-45},
	{0x1.e88c6b3627000p-1, -0x1.635577970e040p-43},
	{0x1.ee7b471b3b000p-1, -0x1.abe0a48f83604p-43},
	{0x1.f45e08bcf0000p-1, 0x1.95539356f93dcp-43},
	{0x1.fa34e1177c000p-1, 0x1.19b14945cf6bap-44},
	{0x1.0000000000000p+0, 0x0.0p+0}
};
static const HeatCell exp2_cells[HEAT_CELLS + 1] = {
	{0x1.0000000000000p+0, 0x0.0p+0},
	{0x1.fa7c1819e90d8p-1, 0x1.74853f3a5931ep-56},
	{0x1.f50765b6e4540p-1, 0x1.9d3e12dd8a18bp-55},
	{0x1.efa1bee615a27p-1, 0x1.dc7f486a4b6b0p-55},
	{0x1.ea4afa2a490dap-1, -0x1.e9c23179c2893p-55},
	{0x1.e502ee78b3ff6p-1, 0x1.39e8980a9cc8fp-56},
	{0x1.dfc97337b9b5fp-1, -0x1.1a5cd4f184b5cp-55},
	{0x1.da9e603db3285p-1, 0x1.c2300696db532p-55},
	{0x1.d5818dcfba487p-1, 0x1.2ed02d75b3707p-56},
	{0x1.d072d4a07897cp-1, -0x1.cbc3743797a9cp-55},
	{0x1.cb720dcef9069p-1, 0x1.503cbd1e949dbp-57},
	{0x1.c67f12e57d14bp-1, 0x1.2884dff483cadp-55},
	{0x1.c199bdd85529cp-1, 0x1.11065895048ddp-56},
	{0x1.bcc1e904bc1d2p-1, 0x1.23dd07a2d9e84p-56},
	{0x1.b7f76f2fb5e47p-1, -0x1.5584f7e54ac3bp-57},
	{0x1.b33a2b84f15fbp-1, -0x1.2805e3084d708p-58},
	{0x1.ae89f995ad3adp-1, 0x1.7a1cd345dcc81p-55},
	{0x1.a9e6b5579fdbfp-1, 0x1.0fac90ef7fd31p-55},
	{0x1.a5503b23e255dp-1, -0x1.d2f6edb8d41e1p-55},
	{0x1.a0c667b5de565p-1, -0x1.359495d1cd533p-55},
	{0x1.9c49182a3f090p-1, 0x1.c7c46b071f2bep-57},
	{0x1.97d829fde4e50p-1, -0x1.d185b7c1b85d1p-55},
	{0x1.93737b0cdc5e5p-1, -0x1.75fc781b57ebcp-58},
	{0x1.8f1ae99157736p-1, 0x1.5cc13a2e3976cp-56},
	{0x1.8ace5422aa0dbp-1, 0x1.6e9f156864b27p-55},
	{0x1.868d99b4492edp-1, -0x1.fc6f89bd4f6bap-55},
	{0x1.82589994cce13p-1, -0x1.d4c1dd41532d8p-55},
	{0x1.7e2f336cf4e62p-1, 0x1.05d02ba15797ep-57},
	{0x1.7a11473eb0187p-1, -0x1.41577ee04992fp-56},
	{0x1.75feb564267c9p-1, -0x1.0245957316dd3p-55},
	{0x1.71f75e8ec5f74p-1, -0x1.16e4786887a99p-56},
	{0x1.6dfb23c651a2fp-1, -0x1.bbe3a683c88abp-58},
	{0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55},
	{0x1.6623882552225p-1, -0x1.bb60987591c34p-55},
	{0x1.6247eb03a5585p-1, -0x1.383c17e40b497p-55},
	{0x1.5e76f15ad2148p-1, 0x1.ba6f93080e65ep-55},
	{0x1.5ab07dd485429p-1, 0x1.6324c054647adp-55},
	{0x1.56f4736b527dap-1, 0x1.9bb2c011d93adp-55},
	{0x1.5342b569d4f82p-1, -0x1.07abe1db13cadp-56},
	{0x1.4f9b2769d2ca7p-1, -0x1.4b309d25957e3p-55},
	{0x1.4bfdad5362a27p-1, 0x1.d4397afec42e2p-57},
	{0x1.486a2b5c13cd0p-1, 0x1.3c1a3b69062f0p-57},
	{0x1.44e086061892dp-1, 0x1.89b7a04ef80d0p-60},
	{0x1.4160a21f72e2ap-1, -0x1.ef3691c309278p-59},
	{0x1.3dea64c123422p-1, 0x1.ada0911f09ebcp-56},
	{0x1.3a7db34e59ff7p-1, -0x1.5e436d661f5e3p-57},
	{0x1.371a7373aa9cbp-1, -0x1.63aeabf42eae2p-55},
	{0x1.33c08b26416ffp-1, 0x1.32721843659a6p-55},
	{0x1.306fe0a31b715p-1, 0x1.6f46ad23182e4p-56},
	{0x1.2d285a6e4030bp-1, 0x1.0024754db41d5p-55},
	{0x1.29e9df51fdee1p-1, 0x1.612e8afad1255p-56},
	{0x1.26b4565e27cddp-1, 0x1.2bd339940e9d9p-56},
	{0x1.2387a6e756238p-1, 0x1.9b07eb6c70573p-55},
	{0x1.2063b88628cd6p-1, 0x1.dc775814a8495p-56},
	{0x1.1d4873168b9aap-1, 0x1.e016e00a2643cp-55},
	{0x1.1a35beb6fcb75p-1, 0x1.e5b4c7b4968e4p-56},
	{0x1.172b83c7d517bp-1, -0x1.19041b9d78a76p-56},
	{0x1.1429aaea92de0p-1, -0x1.32fbf9af1369ep-55},
	{0x1.11301d0125b51p-1, -0x1.6c51039449b3ap-55},
	{0x1.0e3ec32d3d1a2p-1, 0x1.03a1727c57b53p-60},
	{0x1.0b5586cf9890fp-1, 0x1.8a62e4adc610bp-55},
	{0x1.0874518759bc8p-1, 0x1.186be4bb284ffp-58},
	{0x1.059b0d3158574p-1, 0x1.d73e2a475b465p-56},
	{0x1.02c9a3e778061p-1, -0x1.19083535b085dp-57},
	{0x1.0000000000000p-1, 0x0.0p+0}
};

/* double_from_bits returns the double whose IEEE 754 representation is given. */
static inline double
double_from_bits(uint64_t bits)
{
	double		x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* bits_from_double returns the IEEE 754 representation of a double. */
static inline uint64_t
bits_from_double(double x)
{
	uint64_t	bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

/* power_of_two returns 2^n for n in [-1022, 1023]. */
static inline double
power_of_two(int n)
{
	return double_from_bits((uint64_t) (n + EXPONENT_BIAS) << MANTISSA_BITS);
}

/*
 * log2_parts takes log2 of a positive finite x apart.
 *
 * With x = 2^e * m and c the nearest of 1 + i/64 to m, log2(m) is
 * log2(c) + log2((1 + s) / (1 - s)) where s = (m - c) / (m + c); |s| < 2^-8,
 * so four terms of the series leave an error under 2^-67 of the sum.  m - c
 * is exact.
 */
static inline HeatLog
log2_parts(double x)
{
	uint64_t	bits = bits_from_double(x);
	int			exponent = 0;
	HeatLog		result;
	double		m,
				c,
				s,
				s2;
	int			i;

	if (bits >> MANTISSA_BITS == 0)
	{
		/* denormal: make it normal, which is exact */
		bits = bits_from_double(x * power_of_two(MANTISSA_BITS + 1));
		exponent = -(MANTISSA_BITS + 1);
	}
	exponent += (int) (bits >> MANTISSA_BITS) - EXPONENT_BIAS;
	bits &= MANTISSA_MASK;

	i = (int) ((bits + (UINT64_C(1) << 45)) >> 46);
	m = double_from_bits(bits | (uint64_t) EXPONENT_BIAS << MANTISSA_BITS);
	c = 1.0 + i * (1.0 / HEAT_CELLS);
	s = (m - c) / (m + c);
	s2 = s * s;

	result.exponent = exponent;
	result.hi = log2_cells[i].hi;
	result.tail = log2_cells[i].lo +
		s * (LOG2_1 + s2 * (LOG2_3 + s2 * (LOG2_5 + s2 * LOG2_7)));
	return result;
}

/*
 * heat_log2 returns log2(x) of a positive finite x, monotone, exact at powers
 * of two, off by less than one unit in the last place (four within 5 %
 * of 1, where the logarithm is next to 0).
 */
double
heat_log2(double x)
{
	HeatLog		log = log2_parts(x);

	return (log.exponent + log.hi) + log.tail;
}

/*
 * heat_exp2_minus returns 2^-y for y in [0, 1], off by less than 0.7 units
 * in the last place, monotone.
 *
 * With c the nearest of i/64 to y and d = y - c, which is exact, 2^-y is
 * 2^-c * 2^-d.  d is rounded to a multiple of 2^-54, so that neighbouring
 * values of it lie far apart compared with the error of the polynomial.
 */
double
heat_exp2_minus(double y)
{
	/* doubles of this size are multiples of 1/64, so adding it rounds to one */
	const double rounder = 0x1.8p46;
	double		rounded = y + rounder;
	int			i = (int) (bits_from_double(rounded) & (2 * HEAT_CELLS - 1));
	double		d = y - (rounded - rounder);
	double		hi = exp2_cells[i].hi;
	double		d2;
	double		p;

	d = (d + 0.375) - 0.375;
	d2 = d * d;
	p = d * EXP2_1 + d2 * ((EXP2_2 + d * EXP2_3) + d2 * ((EXP2_4 + d * EXP2_5) + d2 * EXP2_6));
	return hi + (exp2_cells[i].lo + hi * p);
}

/*
 * heat_decay_over returns what is left after an age that is not negative.
 *
 * It multiplies by the inverse, because integers divide slowly.  The whole
 * half-lives that this finds are off by one at most, and put right.
 */
HeatDecay
heat_decay_over(int64_t age, int64_t half_life)
{
	double		inverse = 1.0 / (double) half_life;
	HeatDecay	decay;
	int64_t		remainder;

	decay.halvings = (int64_t) ((double) age * inverse);
	remainder = (int64_t) ((uint64_t) age - (uint64_t) decay.halvings * (uint64_t) half_life);
	if (remainder < 0)
	{
		decay.halvings--;
		remainder += half_life;
	}
	else if (remainder >= half_life)
	{
		decay.halvings++;
		remainder -= half_life;
	}
	decay.fraction = heat_exp2_minus((double) remainder * inverse);
	return decay;
}

/*
 * heat_decay returns points * decay, 0 (never -0) where that underflows.
 *
 * It halves after multiplying and in steps, so that nothing underflows but
 * the result.
 */
double
heat_decay(double points, HeatDecay decay)
{
	int64_t		halvings = decay.halvings;

	points *= decay.fraction;
	if (halvings > 0)
	{
		for (int step = 0; step < 2 && halvings > 1000; step++)
		{
			points *= power_of_two(-1000);
			halvings -= 1000;
		}
		points *= power_of_two(halvings > 1000 ? -1000 : -(int) halvings);
	}
	return points + 0.0;
}

/* heat_grow returns the inverse of heat_decay, possibly infinite. */
static double
heat_grow(double points, int64_t age, int64_t half_life)
{
	int64_t		doublings = age / half_life;
	int64_t		rest = age - doublings * half_life;
	double		fraction = 1.0;

	if (rest > 0)
	{
		/* 2^(rest/H) = 2 * 2^-((H - rest)/H) */
		doublings++;
		fraction = heat_exp2_minus((double) (half_life - rest) / (double) half_life);
	}

	/* the last doubling comes after the fraction, lest it overflow early */
	for (int step = 0; step < 2 && doublings > 1000; step++)
	{
		points *= power_of_two(1000);
		doublings -= 1000;
	}
	if (doublings > 1000)
		doublings = 1000;
	if (doublings > 1)
		points *= power_of_two((int) doublings - 1);
	points *= fraction;
	return doublings > 0 ? points * 2.0 : points;
}

/* heat_is_valid tells whether the parts are those of a heat in canonical form. */
bool
heat_is_valid(const Heat *heat)
{
	/* the first test fails for NaN, too */
	if (!(heat->points >= -DBL_MAX && heat->points <= DBL_MAX))
		return false;
	if (heat->half_life < HEAT_HALF_LIFE_MIN || heat->half_life > HEAT_HALF_LIFE_MAX)
		return false;
	if (heat->points == 0.0)
		return bits_from_double(heat->points) == 0 && heat->as_of == 0;
	return heat->as_of >= 0;
}

/* heat_make returns a heat in canonical form: there is one zero. */
Heat
heat_make(double points, HeatTime as_of, int64_t half_life)
{
	Heat		heat;

	heat.points = points == 0.0 ? 0.0 : points;
	heat.as_of = points == 0.0 ? 0 : as_of;
	heat.half_life = half_life;
	return heat;
}

/*
 * heat_magnitude returns log2 of positive points, its fraction rounded to a
 * multiple of 2^-51.
 */
HeatMagnitude
heat_magnitude(double points)
{
	HeatLog		log = log2_parts(points);
	HeatMagnitude magnitude;

	magnitude.exponent = log.exponent;
	magnitude.fraction = ((log.hi + 2.0) + log.tail) - 2.0;
	return magnitude;
}

/*
 * heat_half_lives returns the half-lives from 1970 to an instant, their fraction
 * rounded to a multiple of 2^-51.
 */
HeatHalfLives
heat_half_lives(HeatTime as_of, int64_t half_life)
{
	HeatHalfLives half_lives;
	int64_t		remainder;

	half_lives.whole = as_of / half_life;
	remainder = as_of - half_lives.whole * half_life;
	half_lives.fraction = ((double) remainder / (double) half_life + 2.0) - 2.0;
	return half_lives;
}

/*
 * heat_level_from returns the level of positive points:
 * 1100 + log2(points) + as_of / half_life.
 *
 * The whole half-lives and the exponent are added as integers; the two
 * fractions are multiples of 2^-51, so that their sum is exact.  The last
 * addition is the only one that rounds, which makes the level monotone in
 * points and in as_of alike, and exact where both fractions are zero.
 */
double
heat_level_from(HeatMagnitude magnitude, HeatHalfLives half_lives)
{
	double		fraction = magnitude.fraction + half_lives.fraction;

	return (double) (LEVEL_OF_ONE + magnitude.exponent + half_lives.whole) + fraction;
}

/*
 * heat_level_of returns the level of points as of an instant: that of their
 * absolute value with their sign, 0 for no points.
 */
double
heat_level_of(double points, HeatTime as_of, int64_t half_life)
{
	double		level;

	if (points == 0.0)
		return 0.0;
	level = heat_level_from(heat_magnitude(points < 0.0 ? -points : points),
							heat_half_lives(as_of, half_life));
	return points < 0.0 ? -level : level;
}

/* heat_level returns the number by which heats are ordered. */
double
heat_level(const Heat *heat)
{
	return heat_level_of(heat->points, heat->as_of, heat->half_life);
}

/*
 * heat_score returns the value of the curve at an instant, which may precede
 * as_of; infinite where no double is as large.
 */
double
heat_score(const Heat *heat, HeatTime at)
{
	if (at < heat->as_of)
		return heat_grow(heat->points, heat->as_of - at, heat->half_life);
	return heat_decay(heat->points, heat_decay_over(at - heat->as_of, heat->half_life));
}

/*
 * heat_add sums two heats of one half-life as of the later of their instants;
 * false, and no sum, if it is not finite.
 *
 * The zero heat is an identity to the bit, the order of the arguments does
 * not matter to the bit.
 */
bool
heat_add(const Heat *a, const Heat *b, Heat *sum)
{
	double		points;

	if (a->as_of < b->as_of)
	{
		const Heat *later = b;

		b = a;
		a = later;
	}

	/* the zero heat is as of 0, hence the earlier; unless both are as of 0 */
	if (b->points == 0.0)
	{
		*sum = *a;
		return true;
	}
	if (a->as_of == b->as_of)
		points = a->points + b->points;
	else
		points = a->points +
			heat_decay(b->points, heat_decay_over(a->as_of - b->as_of, a->half_life));
	if (!(points >= -DBL_MAX && points <= DBL_MAX))
		return false;
	*sum = heat_make(points, a->as_of, a->half_life);
	return true;
}

/* below_at tells whether a level is below that of a threshold at an instant. */
static inline bool
below_at(double level, double threshold, HeatTime at, int64_t half_life)
{
	return level < heat_level_of(threshold, at, half_life);
}

/*
 * first_below returns the first instant after as_of at which the heat's level
 * is below the threshold's, given that it is not at as_of but is at
 * HEAT_TIME_MAX.
 *
 * The logarithm guesses the instant; the comparison itself decides, so that
 * the answer never disagrees with it.
 */
static HeatTime
first_below(const Heat *heat, double level, double threshold)
{
	int64_t		half_life = heat->half_life;
	double		half_lives = level - heat_level_of(threshold, heat->as_of, half_life);
	double		age = half_lives * (double) half_life;
	HeatTime	span = HEAT_TIME_MAX - heat->as_of;
	HeatTime	low;
	HeatTime	high;
	HeatTime	step;

	/* a double below span converts to an instant in range */
	low = age < (double) span ? heat->as_of + (HeatTime) age : HEAT_TIME_MAX;
	high = low;

	step = 1;
	while (low > heat->as_of && below_at(level, threshold, low, half_life))
	{
		high = low;
		low = low - heat->as_of > step ? low - step : heat->as_of;
		step += step / 2 + 1;
	}
	step = 1;
	while (!below_at(level, threshold, high, half_life))
	{
		low = high;
		high = HEAT_TIME_MAX - high > step ? high + step : HEAT_TIME_MAX;
		step += step / 2 + 1;
	}

	/* not below at low, below at high */
	while (high - low > 1)
	{
		HeatTime	middle = low + (high - low) / 2;

		if (below_at(level, threshold, middle, half_life))
			high = middle;
		else
			low = middle;
	}
	return high;
}

/*
 * heat_cools_at finds the first instant, from as_of on, at which the heat is
 * below the threshold.
 *
 * Only a positive heat falls, and only below a positive threshold.  A
 * negative heat rises towards zero: it reaches negative thresholds alone, and
 * stays above them.
 */
HeatCooling
heat_cools_at(const Heat *heat, double threshold, HeatTime *at)
{
	double		level = heat_level(heat);

	if (threshold > 0.0)
	{
		if (below_at(level, threshold, heat->as_of, heat->half_life))
			return HEAT_NEVER_REACHES;
		if (!below_at(level, threshold, HEAT_TIME_MAX, heat->half_life))
			return HEAT_NEVER_COOLS;
		*at = first_below(heat, level, threshold);
		return HEAT_COOLS;
	}
	if (below_at(level, threshold, HEAT_TIME_MAX, heat->half_life))
		return HEAT_NEVER_REACHES;
	return HEAT_NEVER_COOLS;
}
