/*-------------------------------------------------------------------------
 *
 * owner_change.h
 *	  Companions of a tracked table given to another role.
 *
 *-------------------------------------------------------------------------
 */
#ifndef OWNER_CHANGE_H
#define OWNER_CHANGE_H

#include "catalog/tracker_cache.h"

#include "tcop/deparse_utility.h"

extern void prepare_owner_change(Oid companion, Oid owner);
extern void check_companion_owner(Oid relation, const CollectedCommand *command);

#endif							/* OWNER_CHANGE_H */
