/*-------------------------------------------------------------------------
 *
 * triggers.h
 *	  The statement triggers on a tracked table and its partitions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRIGGERS_H
#define TRIGGERS_H

#include "catalog/tracker_cache.h"

extern bool in_own_command;

extern void utility(const char *sql);
extern bool is_unlogged_partition(Oid relation);
extern void follow(Oid relation);
extern List *follow_triggers(Oid relation, int *events);
extern bool is_followed(Oid relation);
extern Source *source_of(Tracker *tracker, int32 number);
extern bool has_rows(Oid relation);
extern void follow_account_table(Oid relation);
extern bool accounts_are_followed(Oid relation);
extern void unfollow_account_table(Oid relation);
extern void unfollow(Oid relation);
extern void follow_attributes(Oid relation);
extern bool attributes_are_followed(Oid relation);
extern void unfollow_attributes(Oid relation);
extern void follow_partitions(const TrackedSource *source, bool creating);

#endif							/* TRIGGERS_H */
