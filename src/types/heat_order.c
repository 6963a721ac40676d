/*-------------------------------------------------------------------------
 *
 * heat_order.c
 *	  The order of heats: by level, then by half-life.
 *
 * Nothing here raises an error, whatever the heats.  Equal heats need not
 * have equal bits: levels are rounded.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include "common/hashfn.h"
#include "utils/sortsupport.h"

PG_FUNCTION_INFO_V1(heat_lt);
PG_FUNCTION_INFO_V1(heat_le);
PG_FUNCTION_INFO_V1(heat_eq);
PG_FUNCTION_INFO_V1(heat_ne);
PG_FUNCTION_INFO_V1(heat_ge);
PG_FUNCTION_INFO_V1(heat_gt);
PG_FUNCTION_INFO_V1(heat_cmp);
PG_FUNCTION_INFO_V1(heat_sortsupport);
PG_FUNCTION_INFO_V1(heat_hash);
PG_FUNCTION_INFO_V1(heat_hash_extended);
PG_FUNCTION_INFO_V1(heat_larger);
PG_FUNCTION_INFO_V1(heat_smaller);

/* compare_heats returns -1, 0 or 1. */
static int
compare_heats(const Heat *a, const Heat *b)
{
	double		level_a = heat_level(a);
	double		level_b = heat_level(b);

	if (level_a != level_b)
		return level_a < level_b ? -1 : 1;
	if (a->half_life != b->half_life)
		return a->half_life < b->half_life ? -1 : 1;
	return 0;
}

/* heat_lt is heat < heat. */
Datum
heat_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_heats(PG_GETARG_HEAT_P(0), PG_GETARG_HEAT_P(1)) < 0);
}

/* heat_le is heat <= heat. */
Datum
heat_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_heats(PG_GETARG_HEAT_P(0), PG_GETARG_HEAT_P(1)) <= 0);
}

/* heat_eq is heat = heat. */
Datum
heat_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_heats(PG_GETARG_HEAT_P(0), PG_GETARG_HEAT_P(1)) == 0);
}

/* heat_ne is heat <> heat. */
Datum
heat_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_heats(PG_GETARG_HEAT_P(0), PG_GETARG_HEAT_P(1)) != 0);
}

/* heat_ge is heat >= heat. */
Datum
heat_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_heats(PG_GETARG_HEAT_P(0), PG_GETARG_HEAT_P(1)) >= 0);
}

/* heat_gt is heat > heat. */
Datum
heat_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_heats(PG_GETARG_HEAT_P(0), PG_GETARG_HEAT_P(1)) > 0);
}

/* heat_cmp is the comparison of the btree operator class. */
Datum
heat_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_heats(PG_GETARG_HEAT_P(0), PG_GETARG_HEAT_P(1)));
}

/* compare_for_sort compares two heats for the sort. */
static int
compare_for_sort(Datum a, Datum b, SortSupport ssup)
{
	return compare_heats(DatumGetHeatP(a), DatumGetHeatP(b));
}

#if SIZEOF_DATUM == 8

/* abbreviate makes a number of the same order as the level. */
static Datum
abbreviate(Datum original, SortSupport ssup)
{
	double		level = heat_level(DatumGetHeatP(original));
	uint64		bits;

	memcpy(&bits, &level, sizeof(bits));
	bits = (bits >> 63) ? ~bits : bits | UINT64CONST(1) << 63;
	return (Datum) bits;
}

/* compare_abbreviated compares what abbreviate has made. */
static int
compare_abbreviated(Datum a, Datum b, SortSupport ssup)
{
	if (a == b)
		return 0;
	return a < b ? -1 : 1;
}

/* keep_abbreviating goes on always: the whole level is in the key. */
static bool
keep_abbreviating(int memtupcount, SortSupport ssup)
{
	return false;				/* do not abort */
}

#endif							/* SIZEOF_DATUM == 8 */

/* heat_sortsupport tells the sort how to compare. */
Datum
heat_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = compare_for_sort;
#if SIZEOF_DATUM == 8
	if (ssup->abbreviate)
	{
		ssup->comparator = compare_abbreviated;
		ssup->abbrev_converter = abbreviate;
		ssup->abbrev_abort = keep_abbreviating;
		ssup->abbrev_full_comparator = compare_for_sort;
	}
#endif
	PG_RETURN_VOID();
}

/* What equal heats have in common. */
typedef struct HeatHashKey
{
	double		level;
	int64		half_life;
} HeatHashKey;

/* hash_key returns what a heat is hashed by. */
static inline HeatHashKey
hash_key(const Heat *heat)
{
	HeatHashKey key;

	key.level = heat_level(heat);
	key.half_life = heat->half_life;
	return key;
}

/* heat_hash is the lower half of heat_hash_extended with seed 0. */
Datum
heat_hash(PG_FUNCTION_ARGS)
{
	HeatHashKey key = hash_key(PG_GETARG_HEAT_P(0));

	return hash_any((unsigned char *) &key, sizeof(key));
}

/* heat_hash_extended hashes level and half-life. */
Datum
heat_hash_extended(PG_FUNCTION_ARGS)
{
	HeatHashKey key = hash_key(PG_GETARG_HEAT_P(0));

	return hash_any_extended((unsigned char *) &key, sizeof(key), PG_GETARG_INT64(1));
}

/* heat_larger returns the larger of two heats, the first of equal ones. */
Datum
heat_larger(PG_FUNCTION_ARGS)
{
	Heat	   *a = PG_GETARG_HEAT_P(0);
	Heat	   *b = PG_GETARG_HEAT_P(1);

	PG_RETURN_HEAT_P(compare_heats(a, b) >= 0 ? a : b);
}

/* heat_smaller returns the smaller of two heats, the first of equal ones. */
Datum
heat_smaller(PG_FUNCTION_ARGS)
{
	Heat	   *a = PG_GETARG_HEAT_P(0);
	Heat	   *b = PG_GETARG_HEAT_P(1);

	PG_RETURN_HEAT_P(compare_heats(a, b) <= 0 ? a : b);
}
