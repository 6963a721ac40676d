/*
 * heat_text_test.c
 *	  The text form of heat: round trips, what is read and what is refused,
 *	  and random mutations of both.
 */
#include "core/heat_text.h"
#include "unit.h"

#include <float.h>
#include <time.h>

#define SECOND	INT64_C(1000000)
#define DAY		(86400 * SECOND)

/* shortest writes the shortest form that reads back to x. */
static const char *
shortest(double x)
{
	static char best[40];
	char		buffer[40];

	best[0] = '\0';
	for (int digits = 1; digits <= 17; digits++)
	{
		snprintf(buffer, sizeof(buffer), "%.*g", digits, x);
		if (strtod(buffer, NULL) == x && (best[0] == '\0' || strlen(buffer) < strlen(best)))
			strcpy(best, buffer);
	}
	return best;
}

/* write_heat writes a heat into a buffer of exactly the room that is promised. */
static char *
write_heat(const Heat *heat)
{
	char	   *buffer = malloc(HEAT_TEXT_SIZE);

	heat_text_format(buffer, shortest(heat->points), heat);
	return buffer;
}

/* parse reads a copy in a block of its own, so that the sanitizer sees any overrun. */
static HeatTextResult
parse(const char *text, Heat *heat)
{
	char	   *copy = strdup(text);
	HeatTextResult result = heat_text_parse(copy, heat);

	free(copy);
	return result;
}

/* random_heat returns any valid heat. */
static Heat
random_heat(void)
{
	double		points = from_bits(random_bits());
	HeatTime	as_of;
	int64_t		half_life;

	if (!isfinite(points) || random_below(2))
		points = (double) random_below(2000) / 10 - 20;
	as_of = random_below(2) ? random_below(HEAT_TIME_MAX) : random_below(INT64_C(4000000000000000));
	if (random_below(3) == 0)
		as_of -= as_of % SECOND;
	half_life = HEAT_HALF_LIFE_MIN + random_below(HEAT_HALF_LIFE_MAX - HEAT_HALF_LIFE_MIN + 1);
	if (random_below(2))
		half_life = half_life / DAY * DAY + DAY;
	if (half_life > HEAT_HALF_LIFE_MAX)
		half_life = HEAT_HALF_LIFE_MAX;
	return heat_make(points, as_of, half_life);
}

/* check_written compares the text of a heat with what is expected. */
static void
check_written(Heat heat, const char *expected)
{
	char	   *text = write_heat(&heat);

	check(strcmp(text, expected) == 0, "wrote %s, not %s", text, expected);
	free(text);
}

/* check_read compares what a text means with the canonical text. */
static void
check_read(const char *text, const char *canonical)
{
	Heat		heat;
	HeatTextResult result = parse(text, &heat);
	char	   *written;

	check(result == HEAT_TEXT_OK, "%s is refused (%d)", text, result);
	written = write_heat(&heat);
	check(strcmp(written, canonical) == 0, "%s is read as %s, not %s", text, written, canonical);
	free(written);
}

/* check_refused compares why a text is refused. */
static void
check_refused(const char *text, HeatTextResult expected)
{
	Heat		heat;
	HeatTextResult result = parse(text, &heat);

	check(result == expected, "%s gives %d, not %d", text, result, expected);
}

/* test_forms checks what is written and read. */
static void
test_forms(void)
{
	Heat		longest = {-2.2250738585072014e-308, HEAT_TIME_MAX, HEAT_HALF_LIFE_MAX - 1};
	char	   *text;

	check_written((Heat){40, INT64_C(1795504690500000), 14 * DAY}, "40 @ 2026-11-24 07:18:10.5+00 / 14 days");
	check_written((Heat){0.1, 0, DAY}, "0.1 @ 1970-01-01 00:00:00+00 / 1 day");
	check_written((Heat){-3, DAY, DAY * 3 / 2}, "-3 @ 1970-01-02 00:00:00+00 / 1 day 12:00:00");
	check_written((Heat){1e300, HEAT_TIME_MAX, 90250000}, "1e+300 @ 294247-01-10 04:00:54.775807+00 / 00:01:30.25");
	check_written((Heat){1, 951782400000001, HEAT_HALF_LIFE_MAX}, "1 @ 2000-02-29 00:00:00.000001+00 / 36525 days");
	text = write_heat(&longest);
	printf("longest: %zu of %d bytes: %s\n", strlen(text) + 1, HEAT_TEXT_SIZE, text);
	free(text);

	check_read("40@2026-11-24T07:18:10.5Z/14days", "40 @ 2026-11-24 07:18:10.5+00 / 14 days");
	check_read("\t 4e1 \n@ 2026-11-24   07:18:10.500000 -0530 / 2 Weeks \r", "40 @ 2026-11-24 12:48:10.5+00 / 14 days");
	check_read("+40. @ 2026-11-24t07:18+00:00:01 / 1w 6.5 d 12h", "40 @ 2026-11-24 07:17:59+00 / 14 days");
	check_read(".5 @ 2026-11-24 23:30:00.9999995-01 / 36 hours", "0.5 @ 2026-11-25 00:30:01+00 / 1 day 12:00:00");
	check_read("1 @ 1969-12-31 20:00:00-04 / 90.25 s", "1 @ 1970-01-01 00:00:00+00 / 00:01:30.25");
	check_read("1 @ 2024-02-29 00:00+05:30 / 1 min", "1 @ 2024-02-28 18:30:00+00 / 00:01:00");
	check_read("-0 @ 2026-11-24 07:18:10Z / 1 day 24:00", "0 @ 1970-01-01 00:00:00+00 / 2 days");
	check_read("1e-320 @ 2026-11-24 07:18:10Z / 100 min 1 sec", "1e-320 @ 2026-11-24 07:18:10+00 / 01:40:01");
	check_read("1 @ 294247-01-10 05:00:54.775807+01 / 36525 d", "1 @ 294247-01-10 04:00:54.775807+00 / 36525 days");
	check_read("1 @ 2026-11-24 07:18:10+15:59:59 / 000000000000000000000001 day",
			   "1 @ 2026-11-23 15:18:11+00 / 1 day");
}

/* test_refusals checks what is refused, and why. */
static void
test_refusals(void)
{
	static const char *const malformed[] = {
		"", " ", "40", "40 @", "@ 2026-11-24 07:18:10Z / 1 day", "x @ 2026-11-24 07:18:10Z / 1 day",
		"0x10 @ 2026-11-24 07:18:10Z / 1 day", "1..2 @ 2026-11-24 07:18:10Z / 1 day",
		". @ 2026-11-24 07:18:10Z / 1 day", "1e @ 2026-11-24 07:18:10Z / 1 day",
		"1d0 @ 2026-11-24 07:18:10Z / 1 day", "1,5 @ 2026-11-24 07:18:10Z / 1 day",
		"--1 @ 2026-11-24 07:18:10Z / 1 day", "nanx @ 2026-11-24 07:18:10Z / 1 day",
		"1 @ 24-11-2026 07:18:10Z / 1 day", "1 @ 2026-1-24 07:18:10Z / 1 day",
		"1 @ 2026-11-24 / 1 day", "1 @ 2026-11-24 07Z / 1 day", "1 @ 2026-11-24 7:18:10Z / 1 day",
		"1 @ 2026-11-24 07:18:10.Z / 1 day", "1 @ 2026-11-24X07:18:10Z / 1 day",
		"1 @ 2026-11-24 07:18:10+1 / 1 day", "1 @ 2026-11-24 07:18:10+123 / 1 day",
		"1 @ 2026-11-24 07:18:10+01: / 1 day", "1 @ 2026-11-24 07:18:10Z", "1 @ 2026-11-24 07:18:10Z /",
		"1 @ 2026-11-24 07:18:10Z / day", "1 @ 2026-11-24 07:18:10Z / 1", "1 @ 2026-11-24 07:18:10Z / 1 m",
		"1 @ 2026-11-24 07:18:10Z / 1 dayz", "1 @ 2026-11-24 07:18:10Z / 1:2", "1 @ 2026-11-24 07:18:10Z / 1:60",
		"1 @ 2026-11-24 07:18:10Z / 01:00:00 1 day", "1 @ 2026-11-24 07:18:10Z / 1 day ago",
		"1 @ 2026-11-24 07:18:10Z / 1. day", "1 @ 2026-11-24 07:18:10Z / 1 day / 1 day"
	};

	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		check_refused(malformed[i], HEAT_TEXT_MALFORMED);

	check_refused("1 @ 2026-11-24 07:18:10 / 1 day", HEAT_TEXT_NO_OFFSET);
	check_refused("1 @ 2026-11-24 07:18:10 UTC / 1 day", HEAT_TEXT_NO_OFFSET);

	check_refused("NaN @ 2026-11-24 07:18:10Z / 1 day", HEAT_TEXT_POINTS_RANGE);
	check_refused("-Infinity @ 2026-11-24 07:18:10Z / 1 day", HEAT_TEXT_POINTS_RANGE);
	check_refused("1e309 @ 2026-11-24 07:18:10Z / 1 day", HEAT_TEXT_POINTS_RANGE);
	check_refused("-1e999999999999999999999 @ 2026-11-24 07:18:10Z / 1 day", HEAT_TEXT_POINTS_RANGE);
	check_refused("1e-400 @ 2026-11-24 07:18:10Z / 1 day", HEAT_TEXT_POINTS_RANGE);

	check_refused("1 @ 2026-13-24 07:18:10Z / 1 day", HEAT_TEXT_FIELD_RANGE);
	check_refused("1 @ 2026-00-24 07:18:10Z / 1 day", HEAT_TEXT_FIELD_RANGE);
	check_refused("1 @ 2026-02-29 07:18:10Z / 1 day", HEAT_TEXT_FIELD_RANGE);
	check_refused("1 @ 2100-02-29 07:18:10Z / 1 day", HEAT_TEXT_FIELD_RANGE);
	check_refused("1 @ 2026-11-00 07:18:10Z / 1 day", HEAT_TEXT_FIELD_RANGE);
	check_refused("1 @ 2026-11-24 24:00:00Z / 1 day", HEAT_TEXT_FIELD_RANGE);
	check_refused("1 @ 2026-11-24 07:60:00Z / 1 day", HEAT_TEXT_FIELD_RANGE);
	check_refused("1 @ 2026-11-24 07:18:60Z / 1 day", HEAT_TEXT_FIELD_RANGE);
	check_refused("1 @ 2026-11-24 07:18:10+16 / 1 day", HEAT_TEXT_FIELD_RANGE);

	check_refused("1 @ infinity / 1 day", HEAT_TEXT_INSTANT_RANGE);
	check_refused("1 @ -infinity / 1 day", HEAT_TEXT_INSTANT_RANGE);
	check_refused("1 @ 1969-12-31 23:59:59.999999Z / 1 day", HEAT_TEXT_INSTANT_RANGE);
	check_refused("1 @ 1970-01-01 00:00:00+00:00:01 / 1 day", HEAT_TEXT_INSTANT_RANGE);
	check_refused("1 @ 0000-01-01 00:00:00Z / 1 day", HEAT_TEXT_INSTANT_RANGE);
	check_refused("1 @ 294247-01-10 04:00:54.775808Z / 1 day", HEAT_TEXT_INSTANT_RANGE);
	check_refused("1 @ 999999999999999999999999-01-10 04:00:54Z / 1 day", HEAT_TEXT_INSTANT_RANGE);

	check_refused("1 @ 2026-11-24 07:18:10Z / 1 month", HEAT_TEXT_MONTHS);
	check_refused("1 @ 2026-11-24 07:18:10Z / 1 year 2 days", HEAT_TEXT_MONTHS);

	check_refused("1 @ 2026-11-24 07:18:10Z / 0 days", HEAT_TEXT_HALF_LIFE_RANGE);
	check_refused("1 @ 2026-11-24 07:18:10Z / 59.999999 s", HEAT_TEXT_HALF_LIFE_RANGE);
	check_refused("1 @ 2026-11-24 07:18:10Z / -1 day", HEAT_TEXT_HALF_LIFE_RANGE);
	check_refused("1 @ 2026-11-24 07:18:10Z / -00:01:00", HEAT_TEXT_HALF_LIFE_RANGE);
	check_refused("1 @ 2026-11-24 07:18:10Z / 36525 days 0.000001 s", HEAT_TEXT_HALF_LIFE_RANGE);
	check_refused("1 @ 2026-11-24 07:18:10Z / 36525 days 1 d", HEAT_TEXT_HALF_LIFE_RANGE);
	check_refused("1 @ 2026-11-24 07:18:10Z / 99999999999999999999999999 weeks", HEAT_TEXT_HALF_LIFE_RANGE);
	check_refused("1 @ 2026-11-24 07:18:10Z / 36525 d 36525 d 36525 d 1 d", HEAT_TEXT_HALF_LIFE_RANGE);
}

/* test_round_trip checks that what is written reads back to the same bits. */
static void
test_round_trip(void)
{
	for (int n = 0; n < 200000; n++)
	{
		Heat		heat = random_heat();
		char	   *text = write_heat(&heat);
		Heat		back;
		time_t		seconds = heat.as_of / SECOND;
		struct tm	tm;
		char		date[40];

		check(parse(text, &back) == HEAT_TEXT_OK, "%s is refused", text);
		check(memcmp(&heat, &back, sizeof(heat)) == 0, "%s is not what was written", text);

		/* the C library agrees on the calendar */
		gmtime_r(&seconds, &tm);
		snprintf(date, sizeof(date), " @ %04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900,
				 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
		check(strstr(text, date) != NULL, "%s is not%s", text, date);
		free(text);
	}
}

/* test_mutations checks that whatever is accepted is a heat that round-trips. */
static void
test_mutations(void)
{
	static const char characters[] = "0123456789+-.:/@ eETZdwhmsinyatof\t\n,x\x7f\xc3";
	int			counts[HEAT_TEXT_HALF_LIFE_RANGE + 1] = {0};

	for (int n = 0; n < 1000000; n++)
	{
		Heat		heat = random_heat();
		char	   *text = write_heat(&heat);
		char		mutant[2 * HEAT_TEXT_SIZE];
		Heat		back;
		HeatTextResult result;

		strcpy(mutant, text);
		free(text);
		for (int64_t changes = random_below(3) + 1; changes > 0; changes--)
		{
			size_t		length = strlen(mutant);
			size_t		at = (size_t) random_below((int64_t) length + 1);
			char		c = characters[random_below(sizeof(characters) - 1)];

			switch (random_below(4))
			{
				case 0:
					mutant[at] = '\0';	/* cut */
					break;
				case 1:			/* insert */
					memmove(mutant + at + 1, mutant + at, length - at + 1);
					mutant[at] = c;
					break;
				case 2:			/* delete */
					if (at < length)
						memmove(mutant + at, mutant + at + 1, length - at);
					break;
				default:		/* replace */
					if (at < length)
						mutant[at] = c;
			}
		}
		memset(&back, 0xff, sizeof(back));
		result = parse(mutant, &back);
		check(result <= HEAT_TEXT_HALF_LIFE_RANGE, "result %d", result);
		counts[result]++;
		if (result == HEAT_TEXT_OK)
		{
			Heat		again;

			check(heat_is_valid(&back), "%s gives no heat", mutant);
			text = write_heat(&back);
			check(parse(text, &again) == HEAT_TEXT_OK && memcmp(&back, &again, sizeof(back)) == 0,
				  "%s of %s does not read back", text, mutant);
			free(text);
		}
	}
	printf("mutations:");
	for (int i = 0; i <= HEAT_TEXT_HALF_LIFE_RANGE; i++)
		printf(" %d", counts[i]);
	printf("\n");
	check(counts[HEAT_TEXT_OK] > 1000 && counts[HEAT_TEXT_MALFORMED] > 1000 &&
		  counts[HEAT_TEXT_INSTANT_RANGE] > 1000, "all kinds");
}

int
main(int argc, char **argv)
{
	start("heat_text_test", argc, argv);
	test_forms();
	test_refusals();
	test_round_trip();
	test_mutations();
	return 0;
}
