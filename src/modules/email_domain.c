/*-------------------------------------------------------------------------
 *
 * email_domain.c
 *	  The domain of an e-mail address, in one spelling.
 *
 * An internationalized domain can be written in letters or in the ASCII form of RFC 3492, which
 * begins with xn--: where the database can write the letters, that is the spelling, in lower case and normal form.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include "catalog/pg_collation.h"
#include "common/unicode_norm.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/formatting.h"

PG_FUNCTION_INFO_V1(lt_email_domain);

/* What RFC 3492 calls so. */
#define PUNYCODE_BASE			36
#define PUNYCODE_TMIN			1
#define PUNYCODE_TMAX			26
#define PUNYCODE_SKEW			38
#define PUNYCODE_DAMP			700
#define PUNYCODE_INITIAL_BIAS	72
#define PUNYCODE_INITIAL_N		0x80

#define MAX_LABEL				63
#define MAX_DOMAIN				253

/* digit_of returns what a letter or a digit is worth, -1 for others. */
static int
digit_of(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= '0' && c <= '9')
		return c - '0' + 26;
	return -1;
}

/* next_bias adapts to how far apart letters are, as of RFC 3492, 6.1. */
static int
next_bias(uint32 delta, int n, bool first)
{
	int			k = 0;

	delta /= first ? PUNYCODE_DAMP : 2;
	delta += delta / n;
	for (; delta > ((PUNYCODE_BASE - PUNYCODE_TMIN) * PUNYCODE_TMAX) / 2; k += PUNYCODE_BASE)
		delta /= PUNYCODE_BASE - PUNYCODE_TMIN;
	return k + (PUNYCODE_BASE - PUNYCODE_TMIN + 1) * delta / (delta + PUNYCODE_SKEW);
}

/* read_delta reads a number from the digits of a label, as of RFC 3492, 6.2; false if they are none. */
static bool
read_delta(const char **at, const char *end, int bias, uint32 *i)
{
	uint32		weight = 1;

	for (int k = PUNYCODE_BASE;; k += PUNYCODE_BASE)
	{
		int			digit = *at < end ? digit_of(**at) : -1;
		int			threshold = Min(Max(k - bias, PUNYCODE_TMIN), PUNYCODE_TMAX);

		if (digit < 0 || digit > (int) ((PG_INT32_MAX - *i) / weight))
			return false;
		(*at)++;
		*i += digit * weight;
		if (digit < threshold)
			return true;
		if (weight > PG_INT32_MAX / (uint32) (PUNYCODE_BASE - threshold))
			return false;
		weight *= PUNYCODE_BASE - threshold;
	}
}

/* decode_label decodes the part of a label behind xn--, and returns how many letters it has, -1 if it is malformed. */
static int
decode_label(const char *label, int length, pg_wchar *letters)
{
	const char *end = label + length;
	const char *at = label;
	uint32		letter = PUNYCODE_INITIAL_N;
	uint32		i = 0;
	int			bias = PUNYCODE_INITIAL_BIAS;
	int			n = 0;

	for (int hyphen = length - 1; hyphen >= 0; hyphen--)
		if (label[hyphen] == '-')
		{
			for (n = 0; n < hyphen; n++)
			{
				if (IS_HIGHBIT_SET(label[n]))
					return -1;
				letters[n] = (unsigned char) label[n];
			}
			at = label + hyphen + 1;
			break;
		}
	while (at < end)
	{
		uint32		before = i;

		if (!read_delta(&at, end, bias, &i))
			return -1;
		n++;
		bias = next_bias(i - before, n, before == 0);
		letter += i / n;
		i %= n;
		if (letter > 0x10FFFF || (letter >= 0xD800 && letter <= 0xDFFF) || n > MAX_LABEL)
			return -1;
		memmove(letters + i + 1, letters + i, sizeof(pg_wchar) * (n - 1 - i));
		letters[i++] = letter;
	}
	return n;
}

/* append_letters appends letters in UTF-8. */
static void
append_letters(StringInfo domain, const pg_wchar *letters, int n)
{
	for (int i = 0; i < n; i++)
	{
		unsigned char bytes[MAX_MULTIBYTE_CHAR_LEN + 1] = {0};

		unicode_to_utf8(letters[i], bytes);
		appendBinaryStringInfo(domain, (const char *) bytes, pg_utf_mblen(bytes));
	}
}

/* in_letters writes labels of a domain that are in their ASCII form in letters; what is malformed stays. */
static char *
in_letters(const char *ascii)
{
	StringInfoData domain;

	initStringInfo(&domain);
	while (*ascii != '\0')
	{
		int			length = strcspn(ascii, ".");
		pg_wchar	letters[MAX_LABEL + 2];
		int			n = -1;

		if (length > 4 && length <= MAX_LABEL && strncmp(ascii, "xn--", 4) == 0)
			n = decode_label(ascii + 4, length - 4, letters);
		if (n > 0)
			append_letters(&domain, letters, n);
		else
			appendBinaryStringInfo(&domain, ascii, length);
		ascii += length;
		if (*ascii == '.')
			appendStringInfoChar(&domain, *ascii++);
	}
	return domain.data;
}

/* normal_form writes a text in UTF-8 in normal form C. */
static char *
normal_form(const char *text)
{
	int			n = strlen(text);
	pg_wchar   *letters = palloc(sizeof(pg_wchar) * (n + 1));
	pg_wchar   *normal;
	StringInfoData result;
	int			length;

	length = pg_encoding_mb2wchar_with_len(PG_UTF8, text, letters, n);
	letters[length] = 0;
	normal = unicode_normalize(UNICODE_NFC, letters);
	for (length = 0; normal[length] != 0; length++)
		;
	initStringInfo(&result);
	append_letters(&result, normal, length);
	return result.data;
}

/* is_ascii_text says whether a text has ASCII characters alone. */
static bool
is_ascii_text(const char *text)
{
	for (; *text !='\0'; text ++)
		if (IS_HIGHBIT_SET(*text))
			return false;
	return true;
}

/* is_domain says whether a text is a domain that mail can go to: labels of letters, digits and hyphens, two at least. */
static bool
is_domain(const char *text)
{
	int			labels = 0;

	if (pg_mbstrlen_with_len(text, strlen(text)) > MAX_DOMAIN)
		return false;
	for (;;)
	{
		int			length = strcspn(text, ".");

		if (length == 0 || pg_mbstrlen_with_len(text, length) > MAX_LABEL || text[0] == '-' || text[length - 1] == '-')
			return false;
		for (int i = 0; i < length; i++)
			if (!IS_HIGHBIT_SET(text[i]) && digit_of(text[i]) < 0 && text[i] != '-' && text[i] != '_')
				return false;
		labels++;
		text	  +=length;

		if (*text == '\0')
			return labels >= 2 && digit_of(text[-1]) < 26;
		text	  ++;
	}
}

/* is_space says whether a character is white space, or none that is seen. */
static bool
is_space(char c)
{
	return !IS_HIGHBIT_SET(c) && (unsigned char) c <= ' ';
}

/*
 * domain_part finds the domain in an e-mail address, which may stand between angle brackets behind a
 * name, with white space around; NULL if there is none.
 */
static char *
domain_part(char *address)
{
	char	   *end = address + strlen(address);
	char	   *at;
	char	   *bracket;

	while (end > address && is_space(end[-1]))
		end--;
	if (end > address && end[-1] == '>')
		end--;
	while (end > address && is_space(end[-1]))
		end--;
	*end = '\0';
	at = strrchr(address, '@');
	bracket = at == NULL ? NULL : strrchr(address, '<');
	if (at == NULL || at == address || at - 1 == bracket || is_space(at[-1]))
		return NULL;
	if (end > at + 1 && end[-1] == '.')
		end[-1] = '\0';
	return at + 1;
}

/* lt_email_domain returns the domain of an e-mail address in one spelling, NULL if it is none. */
Datum
lt_email_domain(PG_FUNCTION_ARGS)
{
	char	   *domain = domain_part(text_to_cstring(PG_GETARG_TEXT_PP(0)));

	if (domain == NULL)
		PG_RETURN_NULL();
	domain = asc_tolower(domain, strlen(domain));
	if (GetDatabaseEncoding() == PG_UTF8)
		domain = in_letters(domain);
	if (!is_ascii_text(domain))
	{
		domain = str_tolower(domain, strlen(domain), DEFAULT_COLLATION_OID);
		if (GetDatabaseEncoding() == PG_UTF8)
			domain = normal_form(domain);
	}
	if (!is_domain(domain))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(domain));
}
