/*-------------------------------------------------------------------------
 *
 * text_numbers.h
 *	  Numbers for texts, as they come.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXT_NUMBERS_H
#define TEXT_NUMBERS_H

#include "types/lead_temperature.h"

#include "utils/hsearch.h"

/* Of what has no text. */
#define NO_TEXT	0

typedef struct TextNumbers
{
	MemoryContext context;
	HTAB	   *numbers;
	text	  **texts;			/* by their numbers; NULL for NO_TEXT */
	int			n;
	int			room;
	int			last;			/* the number found last */
} TextNumbers;

extern void text_numbers_begin(TextNumbers *numbers);
extern int	text_number(TextNumbers *numbers, const text *value);
extern int	known_text_number(const TextNumbers *numbers, const text *value);
extern int	compare_texts(const text *a, const text *b);

#endif							/* TEXT_NUMBERS_H */
