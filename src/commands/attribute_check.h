/*-------------------------------------------------------------------------
 *
 * attribute_check.h
 *	  What a table must be to have attributes of leads, and what becomes of these when it is altered.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ATTRIBUTE_CHECK_H
#define ATTRIBUTE_CHECK_H

#include "catalog/attribute.h"
#include "commands/ddl_objects.h"

extern void check_attribute_table(const Tracker *tracker, Oid relation);
extern void check_attribute(const Tracker *tracker, const Attribute *attribute);
extern bool review_attributes(Oid relation);
extern void follow_attribute_change(const DdlObject *object, const Node *statement);
extern void check_attribute_names(void);
extern void leave_dropped_attributes(List *objects);

#endif							/* ATTRIBUTE_CHECK_H */
