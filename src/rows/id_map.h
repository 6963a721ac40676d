/*-------------------------------------------------------------------------
 *
 * id_map.h
 *	  Which leads the ids of a source are mapped to, and who may change that meanwhile.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ID_MAP_H
#define ID_MAP_H

#include "catalog/tracker_cache.h"

#include "utils/snapshot.h"

/* The ids of a source that a statement has written, and their leads once these were looked up. */
typedef struct IdMap IdMap;

/* Locks of ids, which those who write rows of them share, and those who map them do not. */
typedef struct IdLocks IdLocks;

extern void id_maps_init(void);
extern IdMap *id_map_begin(const Tracker *tracker, Source *mapping);
extern void id_map_add(IdMap *map, Datum id, IdLocks *locks);
extern void id_map_look_up(IdMap *map);
extern void id_map_add_leads(const IdMap *map, IdMap *aliases, IdLocks *locks);
extern int	id_map_leads(IdMap *map, Datum id, Datum **leads);
extern IdLocks *id_locks_begin(const Tracker *tracker);
extern void id_locks_add_mapped(IdLocks *locks, const Source *mapping, Datum id);
extern void id_locks_begin_merging(const Tracker *tracker);
extern void id_locks_add_all(IdLocks *locks, const Source *mapping);
extern void id_locks_add_kept(IdLocks *locks, const Source *mapping);
extern void id_locks_take(IdLocks *locks);

#endif							/* ID_MAP_H */
