/*-------------------------------------------------------------------------
 *
 * calibration.h
 *	  The chance of a conversion by a score.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CALIBRATION_H
#define CALIBRATION_H

#include "types/lead_temperature.h"

/* An observation that has a score. */
typedef struct Scored
{
	double		score;
	double		weight;			/* how many it stands for */
	bool		converted;
} Scored;

extern void fit_chance(const Scored *scored, int64 n, double *intercept, double *slope);

#endif							/* CALIBRATION_H */
