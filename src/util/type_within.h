/*-------------------------------------------------------------------------
 *
 * type_within.h
 *	  The types that values of a type are made of.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TYPE_WITHIN_H
#define TYPE_WITHIN_H

#include "postgres.h"

extern Oid	domain_within(Oid type);
extern Oid	type_within(Oid type, bool (*test) (Oid type, void *arg), void *arg);

#endif							/* TYPE_WITHIN_H */
