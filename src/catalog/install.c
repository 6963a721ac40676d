/*-------------------------------------------------------------------------
 *
 * install.c
 *	  What the install script asks before anything else: whether its schema can
 *	  be trusted.
 *
 * CREATE EXTENSION takes a schema that is there already, as a restore needs it.
 * In one that somebody else may create objects in, a function, operator or type
 * could be taken for one of ours, and run as the superuser that installs.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(lt_check_schema);

/* check_owner refuses a schema that belongs to another role, unless that is a superuser. */
static void
check_owner(Oid owner)
{
	if (owner != GetUserId() && !superuser_arg(owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("schema \"%s\" belongs to another role", LT_SCHEMA),
				 errdetail("Its owner, \"%s\", is no superuser.", GetUserNameFromId(owner, false)),
				 errhint("Drop the schema; CREATE EXTENSION makes it.")));
}

/* check_creators refuses a schema in which others than its owner may create objects. */
static void
check_creators(Acl *acl, Oid owner)
{
	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		const AclItem *item = &ACL_DAT(acl)[i];
		bool		public = item->ai_grantee == ACL_ID_PUBLIC;

		if ((ACLITEM_GET_PRIVS(*item) & ACL_CREATE) == 0 || item->ai_grantee == owner ||
			(!public && superuser_arg(item->ai_grantee)))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("others may create objects in schema \"%s\"", LT_SCHEMA),
				 public ? errdetail("Everybody may.") :
				 errdetail("Role \"%s\" may.", GetUserNameFromId(item->ai_grantee, false)),
				 errhint("Drop the schema; CREATE EXTENSION makes it.")));
	}
}

/*
 * check_empty refuses a schema that anything depends on but the extension, which is
 * being created, and the function that is running.
 */
static void
check_empty(Oid schema, Oid function)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(NamespaceRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(schema));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);
		ObjectAddress object;

		if (form->classid == ExtensionRelationId ||
			(form->classid == ProcedureRelationId && form->objid == function))
			continue;
		ObjectAddressSet(object, form->classid, form->objid);
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("schema \"%s\" is not empty", LT_SCHEMA),
				 errdetail("It has %s.", getObjectDescription(&object, false)),
				 errhint("Drop the schema; CREATE EXTENSION makes it.")));
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
}

/* lt_check_schema refuses to install into a schema that others have their hands in. */
Datum
lt_check_schema(PG_FUNCTION_ARGS)
{
	Oid			schema = get_namespace_oid(LT_SCHEMA, false);
	HeapTuple	tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
	Oid			owner;
	Datum		acl;
	bool		isnull;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for schema %u", schema);
	owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
	check_owner(owner);
	acl = SysCacheGetAttr(NAMESPACEOID, tuple, Anum_pg_namespace_nspacl, &isnull);
	if (!isnull)
		check_creators(DatumGetAclPCopy(acl), owner);
	ReleaseSysCache(tuple);
	check_empty(schema, fcinfo->flinfo->fn_oid);
	PG_RETURN_VOID();
}
