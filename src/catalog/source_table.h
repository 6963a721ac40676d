/*-------------------------------------------------------------------------
 *
 * source_table.h
 *	  The extension's own tables of sources and of the expressions that they are read by,
 *	  written.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SOURCE_TABLE_H
#define SOURCE_TABLE_H

#include "catalog/sources.h"

/* Partitions of a source that carry its triggers, and those of them that lie wholly before what is archived. */
typedef struct SourcePartitions
{
	List	   *followed;
	List	   *archived;
} SourcePartitions;

extern bool stands_in_tracker(const TrackedSource *source);
extern Datum columns_array(const TrackedSource *source);
extern int32 next_number(Oid tracker);
extern void insert_source(TrackedSource *source);
extern void delete_source(const TrackedSource *source);
extern void delete_sources(Oid tracker);
extern void delete_aliases(Oid tracker);
extern void delete_words(Oid tracker);
extern void put_expressions(const TrackedSource *source);
extern void set_source_reading(const TrackedSource *source);
extern void set_expression(const TrackedSource *source, Role role, const char *expression);
extern bool set_source_fault(const TrackedSource *source, Role role, const char *fault);
extern void forget_aside_fault(const TrackedSource *source, Role role);
extern bool tracker_has_fault(Oid tracker);
extern void forget_faults(Oid tracker);
extern void rename_tracked_column(const TrackedSource *source, const char *from, const char *to);
extern SourcePartitions source_partitions(const TrackedSource *source);
extern void set_source_partitions(const TrackedSource *source, const SourcePartitions *partitions);

#endif							/* SOURCE_TABLE_H */
