/*-------------------------------------------------------------------------
 *
 * table_shape.h
 *	  What the tables that a tracker makes look like, and whether they still do.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TABLE_SHAPE_H
#define TABLE_SHAPE_H

#include "catalog/tracker_cache.h"

#include "utils/rel.h"

/* What a column holds. */
typedef enum ColumnType
{
	COLUMN_LEAD,				/* whatever the tracked column of leads holds */
	COLUMN_HEAT,
	COLUMN_STAGE,
	COLUMN_STATUS,
	COLUMN_TEMPERATURE,
	COLUMN_INT2,
	COLUMN_INT4,
	COLUMN_INT8,
	COLUMN_FLOAT8,
	COLUMN_TEXT,
	COLUMN_TIMESTAMPTZ,
	COLUMN_FLOAT8_ARRAY,
	COLUMN_INT8_ARRAY
} ColumnType;

typedef struct ColumnShape
{
	const char *name;
	ColumnType	type;
	bool		not_null;
	const char *former;			/* its name in 0.1.0, which older trackers
								 * keep; NULL: the same */
} ColumnShape;

#define MAX_KEY_COLUMNS		4

/* The columns of a table, which are its first ones; users may add their own after them. */
typedef struct TableShape
{
	const char *what;			/* as messages call the table */
	int			ncolumns;
	const ColumnShape *columns;
	AttrNumber	identity;		/* the column that a sequence fills, 0: none */
	int			nkeys;			/* columns of the primary key, 0: none, or any
								 * will do */
	AttrNumber	keys[MAX_KEY_COLUMNS];
	const char *storage;		/* storage parameters, NULL: none */
} TableShape;

extern char *shape_sql(const TableShape *shape, const char *table, const char *lead, bool unlogged);
extern Oid	column_type_oid(const TableShape *shape, AttrNumber column, const LeadColumn *lead);
extern char *shape_fault(Relation table, const TableShape *shape, const LeadColumn *lead,
						 char persistence);
extern char *key_fault(Relation table, const TableShape *shape);
extern void check_shape(Relation table, const TableShape *shape, const Tracker *tracker);
extern bool index_is_on(Relation index, const TupleDesc desc, int n, const AttrNumber *columns);
extern Oid	shape_key(Relation table, const TableShape *shape);

#endif							/* TABLE_SHAPE_H */
