/*-------------------------------------------------------------------------
 *
 * own_sources.h
 *	  Tables that a tracker makes and reads: aliases, and changes of records.
 *
 *-------------------------------------------------------------------------
 */
#ifndef OWN_SOURCES_H
#define OWN_SOURCES_H

#include "catalog/table_shape.h"

/* columns of <prefix>_alias, from 0 */
enum
{
	ALIAS_ALIAS, ALIAS_LEAD,
	N_ALIAS_COLUMNS
};

/* columns of <prefix>_change, from 0 */
enum
{
	CHANGE_SOURCE, CHANGE_LEAD, CHANGE_KIND, CHANGE_AT, CHANGE_WEIGHT, CHANGE_TOPIC,
	N_CHANGE_COLUMNS
};

extern const TableShape alias_shape;
extern const TableShape change_shape;

extern TrackedSource alias_source(Oid tracker, Oid relation);
extern void check_own_source(const Source *source, const LeadColumn *lead);

#endif							/* OWN_SOURCES_H */
