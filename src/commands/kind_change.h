/*-------------------------------------------------------------------------
 *
 * kind_change.h
 *	  Schema changes by which stored kinds read otherwise than before.
 *
 *-------------------------------------------------------------------------
 */
#ifndef KIND_CHANGE_H
#define KIND_CHANGE_H

extern void follow_kind_changes(void);
extern void follow_dropped_casts(void);

#endif							/* KIND_CHANGE_H */
