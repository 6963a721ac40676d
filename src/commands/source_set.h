/*-------------------------------------------------------------------------
 *
 * source_set.h
 *	  Tables that a tracker reads besides its first.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SOURCE_SET_H
#define SOURCE_SET_H

#include "catalog/tracker.h"

extern void add_mapping(const TrackedSource *source, TrackedSource *mapping);

#endif							/* SOURCE_SET_H */
