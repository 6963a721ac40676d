/*-------------------------------------------------------------------------
 *
 * text_cast.h
 *	  How values that sources have become text.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXT_CAST_H
#define TEXT_CAST_H

#include "catalog/tracker.h"

extern void describe_text_cast(const Source *source, Role role, const char *name, const char *noun, TextCast *cast);

#endif							/* TEXT_CAST_H */
