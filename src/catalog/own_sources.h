/*-------------------------------------------------------------------------
 *
 * own_sources.h
 *	  Tables that a tracker makes and reads: aliases, changes of records, and words.
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
	CHANGE_SOURCE, CHANGE_LEAD, CHANGE_KIND, CHANGE_AT, CHANGE_WEIGHT, CHANGE_TOPIC, CHANGE_CHANNEL, CHANGE_VALUE,
	N_CHANGE_COLUMNS
};

/* columns of <prefix>_word, from 0 */
enum
{
	WORD_LEAD, WORD_KIND, WORD_AT, WORD_REASON, WORD_SAID_BY,
	N_WORD_COLUMNS
};

extern const TableShape alias_shape;
extern const TableShape change_shape;
extern const TableShape word_shape;

extern TrackedSource alias_source(Oid tracker, Oid relation);
extern TrackedSource word_source(Oid tracker, Oid relation);
extern void check_own_source(const Source *source, const LeadColumn *lead);

#endif							/* OWN_SOURCES_H */
