/*
 * heat_canary.c
 *	  Prints digests of results that must be the same to the bit on every
 *	  processor and with every compiler.
 */
#include "core/heat_math.h"
#include "unit.h"

#define EMPTY_DIGEST UINT64_C(0xcbf29ce484222325)

static uint64_t digest = EMPTY_DIGEST;

/* feed adds a number to the digest (FNV-1a). */
static void
feed(uint64_t bits)
{
	for (int i = 0; i < 64; i += 8)
		digest = (digest ^ (bits >> i & 0xff)) * UINT64_C(0x100000001b3);
}

/* finish prints the digest and starts another. */
static void
finish(const char *name)
{
	printf("%s %016" PRIx64 "\n", name, digest);
	digest = EMPTY_DIGEST;
}

/* canary_heat returns a heat of any exponent. */
static Heat
canary_heat(int64_t half_life)
{
	double		points = from_bits(random_bits() & ~(UINT64_C(0x400) << 52));

	return heat_make(points, random_below(INT64_C(4000000000000000)), half_life);
}

int
main(void)
{
	seed_random(2026);
	for (int i = 0; i < 300000; i++)
		feed(bits_of(heat_log2(from_bits((random_bits() >> 1) % UINT64_C(0x7fefffffffffffff) + 1))));
	finish("log2");
	for (int i = 0; i < 300000; i++)
		feed(bits_of(heat_exp2_minus(random_unit())));
	finish("exp2");
	for (int i = 0; i < 300000; i++)
	{
		int64_t		half_life = HEAT_HALF_LIFE_MIN + random_below(HEAT_HALF_LIFE_MAX - HEAT_HALF_LIFE_MIN);
		Heat		a = canary_heat(half_life);
		Heat		b = canary_heat(half_life);
		Heat		sum;
		HeatTime	at = 0;

		feed(bits_of(heat_level(&a)));
		feed(bits_of(heat_score(&a, b.as_of)));
		if (heat_add(&a, &b, &sum))
			feed(bits_of(sum.points));
		if (heat_cools_at(&a, b.points, &at) == HEAT_COOLS)
			feed((uint64_t) at);
	}
	finish("heat");
	return 0;
}
