/*-------------------------------------------------------------------------
 *
 * type_within.c
 *	  The types that values of a type are made of.
 *
 *-------------------------------------------------------------------------
 */
#include "util/type_within.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* find_within is type_within; it passes by the types that it has seen, and adds to these. */
static Oid
find_within(Oid type, bool (*test) (Oid type, void *arg), void *arg, List **seen)
{
	Oid			part = InvalidOid;
	Oid			base;

	check_stack_depth();
	if (list_member_oid(*seen, type))
		return InvalidOid;
	*seen = lappend_oid(*seen, type);
	if (test(type, arg))
		return type;
	base = getBaseType(type);
	if (base != type)
		return find_within(base, test, arg, seen);
	if (OidIsValid(get_element_type(type)))
		return find_within(get_element_type(type), test, arg, seen);
	if (type_is_multirange(type))
		return find_within(get_multirange_range(type), test, arg, seen);
	if (type_is_range(type))
		return find_within(get_range_subtype(type), test, arg, seen);
	if (get_typtype(type) == TYPTYPE_COMPOSITE)
	{
		TupleDesc	fields = lookup_rowtype_tupdesc_copy(type, -1);

		for (int i = 0; i < fields->natts && !OidIsValid(part); i++)
			if (!TupleDescAttr(fields, i)->attisdropped)
				part = find_within(TupleDescAttr(fields, i)->atttypid, test, arg, seen);
	}
	return part;
}

/*
 * type_within returns the first type for which a test holds among a type and those
 * that its text is made of: the base of a domain, elements, bounds and fields.
 */
Oid
type_within(Oid type, bool (*test) (Oid type, void *arg), void *arg)
{
	List	   *seen = NIL;

	return find_within(type, test, arg, &seen);
}
