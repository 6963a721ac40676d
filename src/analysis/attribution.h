/*-------------------------------------------------------------------------
 *
 * attribution.h
 *	  Which channels bring visitors, leads, hot ones, customers and their money.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ATTRIBUTION_H
#define ATTRIBUTION_H

#include "catalog/tracker.h"

#include "fmgr.h"

extern void attribute_to_channels(FunctionCallInfo fcinfo, const Tracker *tracker, HeatTime since, HeatTime until);

#endif							/* ATTRIBUTION_H */
