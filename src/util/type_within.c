/*-------------------------------------------------------------------------
 *
 * type_within.c
 *	  The types that values of a type are made of.
 *
 *-------------------------------------------------------------------------
 */
#include "util/type_within.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* domain_base returns the type that a domain is made over, which may be another domain; InvalidOid for other types. */
static Oid
domain_base(Oid type)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Oid			base = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		if (((Form_pg_type) GETSTRUCT(tuple))->typtype == TYPTYPE_DOMAIN)
			base = ((Form_pg_type) GETSTRUCT(tuple))->typbasetype;
		ReleaseSysCache(tuple);
	}
	return base;
}

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
	base = domain_base(type);
	if (OidIsValid(base))
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

/* is_domain says whether a type is a domain. */
static bool
is_domain(Oid type, void *arg)
{
	return get_typtype(type) == TYPTYPE_DOMAIN;
}

/* domain_within returns a domain among a type and those that it is made of, InvalidOid if there is none. */
Oid
domain_within(Oid type)
{
	return type_within(type, is_domain, NULL);
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
