/*-------------------------------------------------------------------------
 *
 * view_reader.h
 *	  What functions do that views of a tracker call, as whoever reads these.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VIEW_READER_H
#define VIEW_READER_H

#include "catalog/tracker_cache.h"

extern Oid	companion_named(Oid tracker, const char *suffix);
extern bool is_view_reader(const Tracker *tracker, const char *suffix);
extern void check_view_reader(const Tracker *tracker, const char *suffix, const char *column, const char *detail);
extern Tracker *locked_tracker(Oid state);

#endif							/* VIEW_READER_H */
