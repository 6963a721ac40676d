/*-------------------------------------------------------------------------
 *
 * time_bounds.c
 *	  Instants as bounds of the tracked column of times, and of partitions by it.
 *
 *-------------------------------------------------------------------------
 */
#include "rows/time_bounds.h"

#include "catalog/tracker_cache.h"

#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/typcache.h"

/* at_is_bounded says whether a query can ask for rows before or after an instant. */
bool
at_is_bounded(const Source *source)
{
	Oid			type = source->types[ROLE_AT];

	return has_column(source, ROLE_AT) &&
		(type == TIMESTAMPTZOID || type == TIMESTAMPOID || type == DATEOID);
}

/* is_instant says whether a query can ask for rows of a source after an instant, exactly. */
static bool
is_instant(const Source *source)
{
	return has_column(source, ROLE_AT) && source->types[ROLE_AT] == TIMESTAMPTZOID;
}

/* at_is_instant says so of all sources of a tracker. */
bool
at_is_instant(const Tracker *tracker)
{
	for (int i = 0; i < tracker->nsources; i++)
		if (!is_instant(tracker->sources[i]))
			return false;
	return true;
}

/*
 * at_bound makes an instant a value that times of the tracked column can be
 * compared with; a local time may differ from it by the margin either way.
 */
Datum
at_bound(const Source *source, HeatTime at, int64 margin)
{
	TimestampTz instant = heat_time_to_timestamptz(at);

	switch (source->types[ROLE_AT])
	{
		case TIMESTAMPTZOID:
			return TimestampTzGetDatum(instant);
		case DATEOID:
			return DateADTGetDatum((DateADT) ((instant + margin) / USECS_PER_DAY));
		default:
			return TimestampGetDatum(instant + margin);
	}
}

/* at_operator finds the operator of a btree strategy for times of the tracked column. */
Oid
at_operator(const Source *source, int16 strategy)
{
	TypeCacheEntry *type = lookup_type_cache(source->types[ROLE_AT], TYPECACHE_BTREE_OPFAMILY);

	return get_opfamily_member(type->btree_opf, source->types[ROLE_AT], source->types[ROLE_AT], strategy);
}

/*
 * is_archived says whether a partition can hold no row from an instant on, by
 * its bounds and those of the partitions that it is a part of.  What these are made
 * of may call functions, so they are read as the owner.
 */
bool
is_archived(const Source *source, Oid partition, HeatTime before)
{
	AttrNumber	column = at_is_bounded(source) ? get_attnum(partition, role_column(source, ROLE_AT)) : InvalidAttrNumber;
	Relation	table;
	List	   *bounds;
	Oid			type;
	int32		typmod;
	Oid			collation;
	int16		length;
	bool		by_value;
	Expr	   *remains;
	OwnerScope	scope;
	bool		refuted;

	if (before == FOLD_NEVER || column == InvalidAttrNumber)
		return false;
	get_atttypetypmodcoll(partition, column, &type, &typmod, &collation);
	get_typlenbyval(source->types[ROLE_AT], &length, &by_value);
	remains = make_opclause(at_operator(source, BTGreaterEqualStrategyNumber), BOOLOID, false,
							(Expr *) makeVar(1, column, type, typmod, collation, 0),
							(Expr *) makeConst(source->types[ROLE_AT], -1, InvalidOid, length,
											   at_bound(source, before, -ZONE_MARGIN), false, by_value),
							InvalidOid, InvalidOid);
	set_opfuncid((OpExpr *) remains);

	tracker_enter(&scope, source->tracker);
	table = table_open(partition, AccessShareLock);
	bounds = RelationGetPartitionQual(table);
	bounds = (List *) eval_const_expressions(NULL, (Node *) bounds);
	table_close(table, NoLock);
	refuted = predicate_refuted_by(list_make1(remains), bounds, false);
	owner_leave(&scope);
	return refuted;
}
