/*-------------------------------------------------------------------------
 *
 * source_check.h
 *	  What a table must be to be tracked, and what of it can be read.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SOURCE_CHECK_H
#define SOURCE_CHECK_H

#include "catalog/tracker.h"

extern void check_relation(Oid relation);
extern void read_role(TrackedSource *source, Role role, char *argument);
extern void need_lead_index(const TrackedSource *source, const LeadColumn *lead, bool create_index,
							const char *otherwise);

#endif							/* SOURCE_CHECK_H */
