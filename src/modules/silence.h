/*-------------------------------------------------------------------------
 *
 * silence.h
 *	  Module silence: who has not been heard of for long, and who is about to cool.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SILENCE_H
#define SILENCE_H

/* queries of its views, and their columns, as the list of companions has them */
extern const char dormant_query[];
extern const char dormant_columns[];
extern const char cooling_query[];
extern const char cooling_columns[];

#endif							/* SILENCE_H */
