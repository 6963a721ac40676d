/*-------------------------------------------------------------------------
 *
 * word.c
 *	  What people say of leads: the kinds that rows of <prefix>_word have.
 *
 * These kinds mean something in that table alone, and no model weighs them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "rows/word.h"

const char *const word_kinds[N_WORDS] = {
	[WORD_OF_EXCLUSION] = "exclude",
	[WORD_OF_INCLUSION] = "include",
	[WORD_OF_STAGE + STAGE_VISITOR] = "set_stage:visitor",
	[WORD_OF_STAGE + STAGE_LEAD] = "set_stage:lead",
	[WORD_OF_STAGE + STAGE_MARKETING_QUALIFIED] = "set_stage:marketing_qualified",
	[WORD_OF_STAGE + STAGE_SALES_QUALIFIED] = "set_stage:sales_qualified",
	[WORD_OF_STAGE + STAGE_OPPORTUNITY] = "set_stage:opportunity",
	[WORD_OF_STAGE + STAGE_CUSTOMER] = "set_stage:customer"
};

/* word_of_kind finds the word that a kind is, -1 if it is none. */
int
word_of_kind(const char *kind, size_t len)
{
	for (int word = 0; word < N_WORDS; word++)
		if (strlen(word_kinds[word]) == len && memcmp(word_kinds[word], kind, len) == 0)
			return word;
	return -1;
}

/* apply_word gives a row its kind, and what it says of its lead, by the number of the word. */
void
apply_word(int word, FoldRow *row)
{
	row->kind = word_kinds[word];
	row->kind_len = strlen(row->kind);
	row->word = word == WORD_OF_EXCLUSION ? WORD_EXCLUDE : word == WORD_OF_INCLUSION ? WORD_INCLUDE : WORD_STAGE;
	row->word_stage = word < WORD_OF_STAGE ? STAGE_NONE : (LeadStage) (word - WORD_OF_STAGE);
}
