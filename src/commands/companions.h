/*-------------------------------------------------------------------------
 *
 * companions.h
 *	  What may not be done to the tables that a tracker keeps.
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMPANIONS_H
#define COMPANIONS_H

#include "catalog/table_shape.h"

#include "nodes/nodes.h"

extern const TableShape *shape_of_companion(Oid interactions, Oid relation);
extern void check_companions(Oid interactions, Oid altered, bool dropped);
extern void check_sequence(const Node *statement, Oid relation);

#endif							/* COMPANIONS_H */
