/*-------------------------------------------------------------------------
 *
 * heat_text.c
 *	  The text form of heat: 40 @ 2026-11-24 07:18:10.5+00 / 14 days
 *
 * What is written does not depend on any setting and reads back to the same
 * bits.  What is read may be written more freely: any white space between
 * the parts, T between date and time, any time zone offset, half-lives in
 * words (2 weeks, 1.5 d, 36 hours).
 *
 * Each read_ function starts at *p, moves *p past what it has understood and
 * says what is wrong, if anything.
 *
 *-------------------------------------------------------------------------
 */
#include "core/heat_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MICROS_PER_SECOND		INT64_C(1000000)
#define MICROS_PER_MINUTE		(60 * MICROS_PER_SECOND)
#define MICROS_PER_HOUR			(60 * MICROS_PER_MINUTE)
#define MICROS_PER_DAY			(24 * MICROS_PER_HOUR)
#define MICROS_PER_WEEK			(7 * MICROS_PER_DAY)

#define MAX_OFFSET_HOURS		15

/* A word for a length of time; micros is 0 if it names no fixed length. */
typedef struct Unit
{
	const char *name;
	int64_t		micros;
} Unit;

static const Unit units[] = {
	{"d", MICROS_PER_DAY},
	{"day", MICROS_PER_DAY},
	{"days", MICROS_PER_DAY},
	{"h", MICROS_PER_HOUR},
	{"hour", MICROS_PER_HOUR},
	{"hours", MICROS_PER_HOUR},
	{"min", MICROS_PER_MINUTE},
	{"mins", MICROS_PER_MINUTE},
	{"minute", MICROS_PER_MINUTE},
	{"minutes", MICROS_PER_MINUTE},
	{"mon", 0},
	{"mons", 0},
	{"month", 0},
	{"months", 0},
	{"s", MICROS_PER_SECOND},
	{"sec", MICROS_PER_SECOND},
	{"second", MICROS_PER_SECOND},
	{"seconds", MICROS_PER_SECOND},
	{"secs", MICROS_PER_SECOND},
	{"w", MICROS_PER_WEEK},
	{"week", MICROS_PER_WEEK},
	{"weeks", MICROS_PER_WEEK},
	{"y", 0},
	{"year", 0},
	{"years", 0}
};

#define N_UNITS		((int) (sizeof(units) / sizeof(units[0])))

/* is_digit tells whether c is one of 0 to 9, in any locale. */
static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* is_space tells whether c is white space, in any locale. */
static inline bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* to_lower returns the lower-case form of an ASCII letter, other characters as they are. */
static inline char
to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

/* skip_space moves past white space. */
static void
skip_space(const char **p)
{
	while (is_space(**p))
		(*p)++;
}

/* skip_char moves past one character if it is the one expected. */
static bool
skip_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* skip_word moves past a word, in any case, that no letter follows. */
static bool
skip_word(const char **p, const char *word)
{
	const char *q = *p;

	for (; *word != '\0'; word++, q++)
		if (to_lower(*q) != *word)
			return false;
	if (to_lower(*q) >= 'a' && to_lower(*q) <= 'z')
		return false;
	*p = q;
	return true;
}

/* skip_infinity moves past a word for something that is not finite. */
static bool
skip_infinity(const char **p)
{
	const char *q = *p;

	if (*q == '-' || *q == '+')
		q++;
	if (!skip_word(&q, "infinity") && !skip_word(&q, "inf") && !skip_word(&q, "nan"))
		return false;
	*p = q;
	return true;
}

/*
 * read_digits reads an integer of at least one digit, saturating at a number
 * beyond any that is in range, and returns the count of digits.
 */
static int
read_digits(const char **p, int64_t * value)
{
	const char *start = *p;

	*value = 0;
	for (; is_digit(**p); (*p)++)
		if (*value < HEAT_TIME_MAX / 1000)
			*value = *value * 10 + (**p - '0');
	return *p - start > 1000 ? 1000 : (int) (*p - start);
}

/* read_two reads exactly two digits. */
static bool
read_two(const char **p, int64_t * value)
{
	return read_digits(p, value) == 2;
}

/*
 * read_fraction reads the digits after a decimal point, if there is one, as
 * millionths, rounded.
 */
static bool
read_fraction(const char **p, int64_t * millionths)
{
	int			n = 0;

	*millionths = 0;
	if (!skip_char(p, '.'))
		return true;
	if (!is_digit(**p))
		return false;
	for (; n < 6; n++)
	{
		*millionths *= 10;
		if (is_digit(**p))
			*millionths += *(*p)++ - '0';
	}
	if (**p >= '5' && **p <= '9')
		(*millionths)++;
	while (is_digit(**p))
		(*p)++;
	return true;
}

/*
 * read_points reads a decimal number.  Its form is checked here, because
 * strtod would take hexadecimal digits and more.
 */
static HeatTextResult
read_points(const char **p, double *points)
{
	const char *q = *p;
	char	   *end;
	bool		digits = false;
	bool		nonzero = false;
	bool		point = false;
	int64_t		exponent;

	if (skip_infinity(p))
		return HEAT_TEXT_POINTS_RANGE;
	if (*q == '-' || *q == '+')
		q++;
	for (; is_digit(*q) || (*q == '.' && !point); q++)
	{
		point |= *q == '.';
		digits |= is_digit(*q);
		nonzero |= *q >= '1' && *q <= '9';
	}
	if (!digits)
		return HEAT_TEXT_MALFORMED;
	if (*q == 'e' || *q == 'E')
	{
		q++;
		if (*q == '-' || *q == '+')
			q++;
		if (read_digits(&q, &exponent) == 0)
			return HEAT_TEXT_MALFORMED;
	}
	if (!is_space(*q) && *q != '@')
		return HEAT_TEXT_MALFORMED;
	*points = strtod(*p, &end);
	if (end != q)
		return HEAT_TEXT_MALFORMED;
	*p = q;
	if (!isfinite(*points) || (nonzero && *points == 0.0))
		return HEAT_TEXT_POINTS_RANGE;
	return HEAT_TEXT_OK;
}

/* days_in_month returns the length of a month of the Gregorian calendar. */
static int
days_in_month(int64_t year, int64_t month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/*
 * days_from_date counts the days since 1970-01-01 of a Gregorian date from
 * year 1 on.  Years start in March here, so that leap days come last.
 */
static int64_t
days_from_date(int64_t year, int64_t month, int64_t day)
{
	int64_t		shifted = month > 2 ? month - 3 : month + 9;

	if (month <= 2)
		year--;
	return year * 365 + year / 4 - year / 100 + year / 400 +
		(shifted * 153 + 2) / 5 + day - 1 - 719468;
}

/* date_from_days is the inverse of days_from_date, from 1970-01-01 on. */
static void
date_from_days(int64_t days, int64_t * year, int *month, int *day)
{
	int64_t		era;
	int64_t		day_of_era;
	int64_t		year_of_era;
	int			day_of_year;
	int			shifted;

	days += 719468;
	era = days / 146097;
	day_of_era = days % 146097;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
				   day_of_era / 146096) / 365;
	day_of_year = (int) (day_of_era - (year_of_era * 365 + year_of_era / 4 -
									   year_of_era / 100));
	shifted = (day_of_year * 5 + 2) / 153;
	*day = day_of_year - (shifted * 153 + 2) / 5 + 1;
	*month = shifted < 10 ? shifted + 3 : shifted - 9;
	*year = era * 400 + year_of_era + (*month <= 2);
}

/* read_offset reads a time zone offset: Z, or [+-]hh[[:]mm[[:]ss]]. */
static HeatTextResult
read_offset(const char **p, int64_t * micros)
{
	int64_t		hours;
	int64_t		minutes = 0;
	int64_t		seconds = 0;
	bool		west;

	*micros = 0;
	if (skip_char(p, 'Z') || skip_char(p, 'z'))
		return HEAT_TEXT_OK;
	west = **p == '-';
	if (!skip_char(p, '-') && !skip_char(p, '+'))
		return HEAT_TEXT_NO_OFFSET;
	if (!is_digit((*p)[0]) || !is_digit((*p)[1]))
		return HEAT_TEXT_MALFORMED;
	if (is_digit((*p)[2]))
	{
		/* hhmm or hhmmss */
		int64_t		number;
		int			digits = read_digits(p, &number);

		if (digits != 4 && digits != 6)
			return HEAT_TEXT_MALFORMED;
		if (digits == 4)
			number *= 100;
		hours = number / 10000;
		minutes = number / 100 % 100;
		seconds = number % 100;
	}
	else
	{
		read_two(p, &hours);
		if (skip_char(p, ':') && !read_two(p, &minutes))
			return HEAT_TEXT_MALFORMED;
		if (skip_char(p, ':') && !read_two(p, &seconds))
			return HEAT_TEXT_MALFORMED;
	}
	if (hours > MAX_OFFSET_HOURS || minutes > 59 || seconds > 59)
		return HEAT_TEXT_FIELD_RANGE;
	*micros = hours * MICROS_PER_HOUR + minutes * MICROS_PER_MINUTE + seconds * MICROS_PER_SECOND;
	if (west)
		*micros = -*micros;
	return HEAT_TEXT_OK;
}

/* read_instant reads a date, a time of day and a time zone offset. */
static HeatTextResult
read_instant(const char **p, HeatTime *at)
{
	HeatTextResult result;
	int64_t		year,
				month,
				day,
				hour,
				minute,
				second = 0,
				millionths = 0,
				offset,
				days,
				within;
	int			digits;

	if (skip_infinity(p))
		return HEAT_TEXT_INSTANT_RANGE;

	digits = read_digits(p, &year);
	if (digits < 4 || !skip_char(p, '-') || !read_two(p, &month) ||
		!skip_char(p, '-') || !read_two(p, &day))
		return HEAT_TEXT_MALFORMED;
	if (is_space(**p))
		skip_space(p);
	else if (!skip_char(p, 'T') && !skip_char(p, 't'))
		return HEAT_TEXT_MALFORMED;
	if (!read_two(p, &hour) || !skip_char(p, ':') || !read_two(p, &minute))
		return HEAT_TEXT_MALFORMED;
	if (skip_char(p, ':') &&
		(!read_two(p, &second) || !read_fraction(p, &millionths)))
		return HEAT_TEXT_MALFORMED;
	skip_space(p);
	result = read_offset(p, &offset);
	if (result != HEAT_TEXT_OK)
		return result;

	if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
		return HEAT_TEXT_FIELD_RANGE;
	/* the 9999999th year is as far out of range as any later one */
	if (year < 1 || year > 9999999)
		return HEAT_TEXT_INSTANT_RANGE;
	if (day > days_in_month(year, month))
		return HEAT_TEXT_FIELD_RANGE;

	days = days_from_date(year, month, day);
	within = hour * MICROS_PER_HOUR + minute * MICROS_PER_MINUTE +
		second * MICROS_PER_SECOND + millionths - offset;
	if (within < 0)
	{
		within += MICROS_PER_DAY;
		days--;
	}
	if (within >= MICROS_PER_DAY)
	{
		within -= MICROS_PER_DAY;
		days++;
	}
	if (days < 0 || days > HEAT_TIME_MAX / MICROS_PER_DAY ||
		within > HEAT_TIME_MAX - days * MICROS_PER_DAY)
		return HEAT_TEXT_INSTANT_RANGE;
	*at = days * MICROS_PER_DAY + within;
	return HEAT_TEXT_OK;
}

/* read_unit finds the unit that the next word names, NULL if it names none. */
static const Unit *
read_unit(const char **p)
{
	for (int i = 0; i < N_UNITS; i++)
		if (skip_word(p, units[i].name))
			return &units[i];
	return NULL;
}

/*
 * read_half_life reads numbers with units and, last, perhaps hours, minutes
 * and seconds with colons, up to the end of the text.
 */
static HeatTextResult
read_half_life(const char **p, int64_t * half_life)
{
	int64_t		total = 0;
	bool		in_range = true;
	bool		months = false;

	do
	{
		int64_t		number;
		int64_t		part;
		int64_t		millionths;
		int64_t		micros = 0;

		if (skip_char(p, '-'))
			in_range = false;
		if (read_digits(p, &number) == 0)
			return HEAT_TEXT_MALFORMED;
		if (skip_char(p, ':'))
		{
			micros = MICROS_PER_HOUR;
			if (!read_two(p, &part) || part > 59)
				return HEAT_TEXT_MALFORMED;
			total += part * MICROS_PER_MINUTE;
			if (skip_char(p, ':'))
			{
				if (!read_two(p, &part) || part > 59 || !read_fraction(p, &millionths))
					return HEAT_TEXT_MALFORMED;
				total += part * MICROS_PER_SECOND + millionths;
			}
			skip_space(p);
			if (**p != '\0')
				return HEAT_TEXT_MALFORMED;
		}
		else
		{
			const Unit *unit;

			if (!read_fraction(p, &millionths))
				return HEAT_TEXT_MALFORMED;
			skip_space(p);
			unit = read_unit(p);
			if (unit == NULL)
				return HEAT_TEXT_MALFORMED;
			micros = unit->micros;
			months |= micros == 0;
			/* units are whole seconds, so nothing is lost */
			total += micros / 1000000 * millionths;
			skip_space(p);
		}
		if (micros > 0 && number > HEAT_HALF_LIFE_MAX / micros)
			in_range = false;
		else
			total += number * micros;
		if (total > HEAT_HALF_LIFE_MAX)
		{
			in_range = false;
			total = 0;
		}
	} while (**p != '\0');

	if (months)
		return HEAT_TEXT_MONTHS;
	if (!in_range || total < HEAT_HALF_LIFE_MIN)
		return HEAT_TEXT_HALF_LIFE_RANGE;
	*half_life = total;
	return HEAT_TEXT_OK;
}

/* heat_text_parse reads a heat; *heat is set only if the result is HEAT_TEXT_OK. */
HeatTextResult
heat_text_parse(const char *text, Heat *heat)
{
	const char *p = text;
	HeatTextResult result;
	double		points;
	HeatTime	as_of;
	int64_t		half_life;

	skip_space(&p);
	result = read_points(&p, &points);
	if (result != HEAT_TEXT_OK)
		return result;
	skip_space(&p);
	if (!skip_char(&p, '@'))
		return HEAT_TEXT_MALFORMED;
	skip_space(&p);
	result = read_instant(&p, &as_of);
	if (result != HEAT_TEXT_OK)
		return result;
	skip_space(&p);
	if (!skip_char(&p, '/'))
		return HEAT_TEXT_MALFORMED;
	skip_space(&p);
	result = read_half_life(&p, &half_life);
	if (result != HEAT_TEXT_OK)
		return result;
	*heat = heat_make(points, as_of, half_life);
	return HEAT_TEXT_OK;
}

/* write_fraction writes millionths as a decimal fraction without trailing zeros. */
static char *
write_fraction(char *out, int millionths)
{
	if (millionths > 0)
	{
		out += sprintf(out, ".%06d", millionths);
		while (out[-1] == '0')
			out--;
		*out = '\0';
	}
	return out;
}

/* write_clock writes microseconds as hh:mm:ss with a fraction. */
static char *
write_clock(char *out, int64_t micros)
{
	int			seconds = (int) (micros / MICROS_PER_SECOND);

	out += sprintf(out, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
	return write_fraction(out, (int) (micros % MICROS_PER_SECOND));
}

/*
 * heat_text_format writes a valid heat into a buffer of HEAT_TEXT_SIZE bytes,
 * its points as given: the fewest digits that read back to the same double.
 */
void
heat_text_format(char *buffer, const char *points, const Heat *heat)
{
	int64_t		days = heat->half_life / MICROS_PER_DAY;
	int64_t		rest = heat->half_life % MICROS_PER_DAY;
	int64_t		year;
	int			month;
	int			day;

	date_from_days(heat->as_of / MICROS_PER_DAY, &year, &month, &day);
	buffer += sprintf(buffer, "%s @ %04d-%02d-%02d ", points, (int) year, month, day);
	buffer = write_clock(buffer, heat->as_of % MICROS_PER_DAY);
	buffer += sprintf(buffer, "+00 / ");
	if (days > 0)
		buffer += sprintf(buffer, "%d day%s%s", (int) days, days == 1 ? "" : "s",
						  rest > 0 ? " " : "");
	if (rest > 0 || days == 0)
		write_clock(buffer, rest);
}
