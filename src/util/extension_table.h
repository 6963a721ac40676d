/*-------------------------------------------------------------------------
 *
 * extension_table.h
 *	  Rows of the extension's own tables, taken apart.
 *
 *-------------------------------------------------------------------------
 */
#ifndef EXTENSION_TABLE_H
#define EXTENSION_TABLE_H

#include "types/lead_temperature.h"
#include "util/owner_scope.h"

#include "access/genam.h"
#include "access/htup.h"
#include "access/tupdesc.h"
#include "utils/relcache.h"

/* A column of one of the extension's tables, as this library knows it. */
typedef struct ConfigColumn
{
	const char *name;
	Oid			type;			/* ANYENUMOID, ANYARRAYOID: the enum, or an
								 * array of it */
	const char *enum_name;		/* an enum of the extension's schema, NULL:
								 * none */
	bool		nullable;
} ConfigColumn;

/* A scan of one of these tables by a column of relations. */
typedef struct ConfigScan
{
	Relation	table;
	SysScanDesc scan;
} ConfigScan;

extern bool config_has_table(const char *name);
extern Oid	config_table(const char *name);
extern void config_enter(OwnerScope *scope);
extern AttrNumber config_column(const char *table, const ConfigColumn *column, TupleDesc desc);
extern void config_shape(const char *table, const ConfigColumn *columns, int n, TupleDesc desc);
extern int	config_row(const char *table, const ConfigColumn *columns, int n,
					   HeapTuple tuple, TupleDesc desc, Datum *values, bool *nulls);
extern ConfigScan config_scan_begin(const char *table, const ConfigColumn *column, const char *index, Oid relation);
extern void config_scan_end(ConfigScan *scan);
extern void config_begin(OwnerScope *scope);
extern void config_end(OwnerScope *scope);
extern uint64 config_run(const char *sql, int nargs, Oid *types, Datum *values, const char *nulls);
extern Datum config_value_at(uint64 row, int column, Oid type);
extern Datum config_value(int column, Oid type);
extern List *config_oids(const char *table, const char *column);

#endif							/* EXTENSION_TABLE_H */
