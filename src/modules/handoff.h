/*-------------------------------------------------------------------------
 *
 * handoff.h
 *	  Module handoff: hot leads handed over to those who call them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HANDOFF_H
#define HANDOFF_H

extern void handoffs_init(void);

#endif							/* HANDOFF_H */
