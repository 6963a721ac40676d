/*-------------------------------------------------------------------------
 *
 * words.h
 *	  What people say of leads.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WORDS_H
#define WORDS_H

#include "catalog/tracker_cache.h"

extern void need_words(Oid tracker);
extern void say_word(Tracker *tracker, Datum lead, const char *kind, const char *reason);

#endif							/* WORDS_H */
