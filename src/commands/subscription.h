/*-------------------------------------------------------------------------
 *
 * subscription.h
 *	  Tracked tables that logical replication writes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SUBSCRIPTION_H
#define SUBSCRIPTION_H

#include "catalog/tracker_cache.h"

extern bool is_subscribed(Oid table);

#endif							/* SUBSCRIPTION_H */
