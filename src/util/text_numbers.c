/*-------------------------------------------------------------------------
 *
 * text_numbers.c
 *	  Numbers for texts, as they come: topics and channels.
 *
 *-------------------------------------------------------------------------
 */
#include "util/text_numbers.h"

#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

typedef struct TextEntry
{
	const text *value;			/* hash key, by what it points to */
	int			number;
} TextEntry;

/* text_hash hashes a text by its bytes; a HashValueFunc. */
static uint32
text_hash(const void *key, Size keysize)
{
	const text *value = *(const text *const *) key;

	return hash_bytes((const unsigned char *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* compare_texts orders texts by their bytes, as the C collation does. */
int
compare_texts(const text *a, const text *b)
{
	size_t		a_len = VARSIZE_ANY_EXHDR(a);
	size_t		b_len = VARSIZE_ANY_EXHDR(b);
	int			order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(a_len, b_len));

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* text_match compares texts by their bytes; a HashCompareFunc. */
static int
text_match(const void *a, const void *b, Size keysize)
{
	return compare_texts(*(const text *const *) a, *(const text *const *) b);
}

/* text_numbers_begin begins with no text, in the current context. */
void
text_numbers_begin(TextNumbers *numbers)
{
	HASHCTL		control = {0};

	numbers->context = CurrentMemoryContext;
	control.keysize = sizeof(text *);
	control.entrysize = sizeof(TextEntry);
	control.hash = text_hash;
	control.match = text_match;
	control.hcxt = numbers->context;
	numbers->numbers = hash_create("lead_temperature texts", 64, &control,
								   HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	numbers->room = 16;
	numbers->texts = palloc(sizeof(text *) * numbers->room);
	numbers->texts[NO_TEXT] = NULL;
	numbers->n = 1;
	numbers->last = NO_TEXT;
}

/* text_number finds or gives the number of a text; NULL has NO_TEXT. */
int
text_number(TextNumbers *numbers, const text *value)
{
	TextEntry  *entry;
	text	   *copy;
	bool		found;

	if (value == NULL)
		return NO_TEXT;
	if (numbers->last != NO_TEXT && compare_texts(numbers->texts[numbers->last], value) == 0)
		return numbers->last;
	entry = hash_search(numbers->numbers, &value, HASH_ENTER, &found);
	if (found)
		return numbers->last = entry->number;
	copy = MemoryContextAlloc(numbers->context, VARSIZE_ANY(value));
	memcpy(copy, value, VARSIZE_ANY(value));
	entry->value = copy;
	if (numbers->n == numbers->room)
	{
		numbers->room *= 2;
		numbers->texts = repalloc_huge(numbers->texts, sizeof(text *) * numbers->room);
	}
	entry->number = numbers->n;
	numbers->texts[numbers->n] = copy;
	return numbers->last = numbers->n++;
}

/* known_text_number finds the number of a text, NO_TEXT if it has none. */
int
known_text_number(const TextNumbers *numbers, const text *value)
{
	const TextEntry *entry = hash_search(numbers->numbers, &value, HASH_FIND, NULL);

	return entry == NULL ? NO_TEXT : entry->number;
}
