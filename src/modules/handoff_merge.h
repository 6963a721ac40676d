/*-------------------------------------------------------------------------
 *
 * handoff_merge.h
 *	  Handoffs of leads that are merged into others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HANDOFF_MERGE_H
#define HANDOFF_MERGE_H

#include "state/news.h"

extern void move_handoffs(const News *news);

#endif							/* HANDOFF_MERGE_H */
