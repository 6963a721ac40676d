/*-------------------------------------------------------------------------
 *
 * word.h
 *	  What people say of leads: the kinds that rows of <prefix>_word have.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WORD_H
#define WORD_H

#include "core/fold.h"

/* numbers of words; from WORD_OF_STAGE on there is one for each stage */
enum
{
	WORD_OF_EXCLUSION,
	WORD_OF_INCLUSION,
	WORD_OF_STAGE,
	N_WORDS = WORD_OF_STAGE + N_STAGES
};

extern const char *const word_kinds[];

extern int	word_of_kind(const char *kind, size_t len);
extern void apply_word(int word, FoldRow *row);

#endif							/* WORD_H */
