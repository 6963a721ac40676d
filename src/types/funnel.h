/*-------------------------------------------------------------------------
 *
 * funnel.h
 *	  The type funnel as it lies in memory.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FUNNEL_H
#define FUNNEL_H

#include "types/lead_temperature.h"

/* The columns of a funnel: the temperatures, in their own order, come first. */
typedef enum FunnelColumn
{
	COLUMN_COLD = TEMPERATURE_COLD,
	COLUMN_WARM = TEMPERATURE_WARM,
	COLUMN_HOT = TEMPERATURE_HOT,
	COLUMN_WON,
	COLUMN_LOST
} FunnelColumn;

#define N_FUNNEL_COLUMNS	5

/* No padding: funnels are compared and sent as they lie in memory. */
typedef struct Funnel
{
	int64		leads[N_STAGES][N_FUNNEL_COLUMNS];	/* never negative */
} Funnel;

StaticAssertDecl(sizeof(Funnel) == 240, "funnel.sql declares the length of a funnel");

#endif							/* FUNNEL_H */
