/*-------------------------------------------------------------------------
 *
 * attribute.h
 *	  What of users' tables is an attribute of the leads of a tracker.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ATTRIBUTE_H
#define ATTRIBUTE_H

#include "catalog/tracker.h"

/* A row of lead_temperature.attribute. */
typedef struct Attribute
{
	Oid			tracker;
	char	   *name;
	Oid			relation;		/* may be gone */
	char	   *key;			/* the column that has the lead */
	char	   *expression;		/* over the columns of its row */
	char	   *fault;			/* why it cannot be read, NULL: it can */
} Attribute;

extern List *attributes_of(Oid tracker);
extern List *attributes_in(Oid relation);
extern List *all_attributes(void);
extern Attribute *attribute_among(List *attributes, const char *name);
extern void insert_attribute(const Attribute *attribute);
extern void set_attribute(const Attribute *attribute);
extern void delete_attribute(const Attribute *attribute);
extern void delete_attributes(Oid tracker);
extern Node *parse_attribute(const Attribute *attribute, Oid owner, const char *former, const char *present, char **text);

#endif							/* ATTRIBUTE_H */
