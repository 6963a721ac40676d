/*-------------------------------------------------------------------------
 *
 * heat_text.h
 *	  The text form of heat: 40 @ 2026-11-24 07:18:10.5+00 / 14 days
 *
 * Plain C without server headers.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HEAT_TEXT_H
#define HEAT_TEXT_H

#include "core/heat_math.h"

/* Room for the longest points (25), instant (31) and half-life (27). */
#define HEAT_TEXT_SIZE			96

typedef enum HeatTextResult
{
	HEAT_TEXT_OK,
	HEAT_TEXT_MALFORMED,
	HEAT_TEXT_NO_OFFSET,		/* an instant without a time zone offset */
	HEAT_TEXT_POINTS_RANGE,		/* includes NaN and infinity */
	HEAT_TEXT_FIELD_RANGE,		/* month 13, hour 25, ... */
	HEAT_TEXT_INSTANT_RANGE,	/* before 1970, too late, infinite */
	HEAT_TEXT_MONTHS,			/* a half-life in months or years */
	HEAT_TEXT_HALF_LIFE_RANGE
} HeatTextResult;

extern HeatTextResult heat_text_parse(const char *text, Heat *heat);
extern void heat_text_format(char *buffer, const char *points, const Heat *heat);

#endif							/* HEAT_TEXT_H */
