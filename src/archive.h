/*-------------------------------------------------------------------------
 *
 * archive.h
 *	  Old interactions folded into opening balances.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "tracker.h"

extern bool is_archived(const Tracker *tracker, Oid partition, HeatTime before);

#endif							/* ARCHIVE_H */
