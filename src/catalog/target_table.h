/*-------------------------------------------------------------------------
 *
 * target_table.h
 *	  The extension's own table of targets, written.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TARGET_TABLE_H
#define TARGET_TABLE_H

#include "catalog/write_target.h"

#include "datatype/timestamp.h"

extern void put_target(Oid tracker, const WriteTarget *target, TimestampTz words_as_of);
extern void set_target_columns(Oid tracker, const WriteTarget *target);
extern bool delete_target(Oid tracker, Oid relation);
extern void delete_targets(Oid tracker);
extern bool words_written(Oid tracker, Oid relation, TimestampTz *as_of);
extern void set_words_written(Oid tracker, Oid relation, TimestampTz as_of);

#endif							/* TARGET_TABLE_H */
