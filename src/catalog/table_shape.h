/*-------------------------------------------------------------------------
 *
 * table_shape.h
 *	  What the tables that a tracker makes look like, and whether they still do.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TABLE_SHAPE_H
#define TABLE_SHAPE_H

#include "catalog/tracker.h"

#include "executor/tuptable.h"
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
	COLUMN_NUMERIC,
	COLUMN_DATE,
	COLUMN_TEXT,
	COLUMN_NAME,
	COLUMN_TIMESTAMPTZ,
	COLUMN_TIMESTAMPTZ_ARRAY,
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
#define MAX_SHAPE_COLUMNS	24

/*
 * The columns of a table, which are its first ones; users may add their own after them.
 * Columns that newer versions have added are the last of a new table, anywhere after
 * the first ones in an older one, or not there yet.
 */
typedef struct TableShape
{
	const char *what;			/* as messages call the table */
	int			ncolumns;
	int			nadded;			/* the last so many of them are such */
	bool		remembers;		/* in these, what models let leads remember */
	const ColumnShape *columns;
	AttrNumber	identity;		/* the column that a sequence fills, 0: none */
	int			nkeys;			/* columns of the primary key, 0: none, or any
								 * will do */
	AttrNumber	keys[MAX_KEY_COLUMNS];
	const char *storage;		/* storage parameters, NULL: none */
} TableShape;

/* Where a table has the columns of its shape. */
typedef struct ColumnPlaces
{
	AttrNumber	of[MAX_SHAPE_COLUMNS];	/* 0: it lacks the column */
	int			n;				/* that it has */
} ColumnPlaces;

extern char *shape_sql(const TableShape *shape, const char *table, const char *lead, bool unlogged);
extern Oid	column_type_oid(const TableShape *shape, AttrNumber column, const LeadColumn *lead);
extern char *shape_fault(Relation table, const TableShape *shape, const LeadColumn *lead,
						 char persistence);
extern char *key_fault(Relation table, const TableShape *shape);
extern void check_added_columns(Relation table, const TableShape *shape, const Tracker *tracker, const char *needed);
extern void check_shape(Relation table, const TableShape *shape, const Tracker *tracker);
extern char *column_sql(const TableShape *shape, AttrNumber column, const char *lead);
extern void find_places(const TableShape *shape, TupleDesc desc, ColumnPlaces *places);
extern Bitmapset *places_from(const TableShape *shape, const ColumnPlaces *places, AttrNumber column);
extern void gather_columns(const TableShape *shape, const ColumnPlaces *places,
						   TupleTableSlot *slot, Datum *values, bool *nulls);
extern void scatter_columns(const TableShape *shape, const ColumnPlaces *places,
							const Datum *values, const bool *nulls, TupleTableSlot *slot);
extern bool index_is_on(Relation index, const TupleDesc desc, int n, const AttrNumber *columns);
extern Oid	shape_key(Relation table, const TableShape *shape);

#endif							/* TABLE_SHAPE_H */
