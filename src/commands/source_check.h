/*-------------------------------------------------------------------------
 *
 * source_check.h
 *	  What a table must be to be tracked, and what of it can be read.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SOURCE_CHECK_H
#define SOURCE_CHECK_H

#include "catalog/role_argument.h"

#include "fmgr.h"

/* Arguments of a mapping, which follow each other. */
#define N_MAPPING_ARGUMENTS	5

extern void check_relation(Oid relation);
extern void read_changed_roles(FunctionCallInfo fcinfo, int first, int asides, TrackedSource *source);
extern void read_asides(FunctionCallInfo fcinfo, int first, TrackedSource *source);
extern bool changes_asides(FunctionCallInfo fcinfo, int first);
extern void need_index(const TrackedSource *source, Role role, bool create_index, const char *what_for,
					   const char *otherwise);
extern void need_lead_index(const TrackedSource *source, bool create_index, const char *otherwise);
extern bool read_mapping(FunctionCallInfo fcinfo, int first, const TrackedSource *source, TrackedSource *mapping);
extern bool read_changed_mapping(FunctionCallInfo fcinfo, int first, const TrackedSource *source,
								 const TrackedSource *present, TrackedSource *mapping);
extern void need_mapping_indexes(const TrackedSource *mapping, bool create_index);

#endif							/* SOURCE_CHECK_H */
