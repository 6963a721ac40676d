/*-------------------------------------------------------------------------
 *
 * handoff.h
 *	  Module handoff: hot leads handed over to those who call them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HANDOFF_H
#define HANDOFF_H

#include "catalog/tracker.h"

extern void handoffs_init(void);
extern void notify_handoffs(const Tracker *tracker);

#endif							/* HANDOFF_H */
