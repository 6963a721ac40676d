/*
 * unit.h
 *	  What the tests of the plain C parts share: random numbers and checks.
 */
#ifndef UNIT_H
#define UNIT_H

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state;

/* check stops the program, saying what does not hold, unless it holds. */
#define check(holds, ...) \
	do { \
		if (!(holds)) \
		{ \
			printf("%s:%d: not so: %s: ", __FILE__, __LINE__, #holds); \
			printf(__VA_ARGS__); \
			printf("\n"); \
			exit(1); \
		} \
	} while (0)

/* seed_random starts the random numbers, which depend on nothing but the seed. */
static inline void
seed_random(uint64_t seed)
{
	random_state = seed;
}

/* random_bits returns 64 random bits (splitmix64). */
static inline uint64_t
random_bits(void)
{
	uint64_t	z = (random_state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* random_below returns an integer in [0, n). */
static inline int64_t
random_below(int64_t n)
{
	return (int64_t) (random_bits() % (uint64_t) n);
}

/* random_unit returns a number in [0, 1). */
static inline double
random_unit(void)
{
	return (double) (random_bits() >> 11) * 0x1p-53;
}

/* bits_of returns the representation of a double. */
static inline uint64_t
bits_of(double x)
{
	uint64_t	bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

/* from_bits returns the double that is represented. */
static inline double
from_bits(uint64_t bits)
{
	double		x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* ulp returns the distance of a finite double to the next larger in size. */
static inline double
ulp(double x)
{
	double		size = fabs(x);

	return size >= 0x1.fffffffffffffp+1023 ? 0x1p971 : nextafter(size, INFINITY) - size;
}

/* start reads the seed from the command line and prints it. */
static inline void
start(const char *name, int argc, char **argv)
{
	uint64_t	seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;

	printf("%s: seed %" PRIu64 "\n", name, seed);
	fflush(stdout);
	seed_random(seed);
}

#endif							/* UNIT_H */
