/*-------------------------------------------------------------------------
 *
 * write_check.c
 *	  What a table must be for leads to be written back to it.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/write_back.h"

#include "catalog/own_tracker.h"
#include "catalog/tracked_columns.h"
#include "catalog/tracker_table.h"
#include "catalog/unique_key.h"
#include "commands/replay.h"
#include "commands/target_change.h"
#include "types/compat.h"
#include "util/names.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* refuse raises the error that leads cannot be written back to a table because of its nature. */
static void
refuse(int code, Oid relation, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(code),
			 errmsg("cannot write leads back to \"%s\"", get_rel_name(relation)),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

/* trusts says whether a role is a member of another; a superuser is one only of superusers, and of those that were granted to him. */
static bool
trusts(Oid role, Oid other)
{
	return has_privs_of_role(role, other) &&
		(!superuser_arg(role) || superuser_arg(other) || is_member_of_role_nosuper(role, other));
}

/*
 * check_target_trust refuses a table of a role that the owner of the tracker is no member of: the
 * triggers of the table run as he.
 */
void
check_target_trust(const Tracker *tracker, Oid relation)
{
	Oid			other = relation_owner(relation);
	const char *name;

	if (trusts(tracker->owner, other))
		return;
	name = GetUserNameFromId(tracker->owner, false);
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("owner \"%s\" of the tracker is no member of \"%s\", who owns table \"%s\"",
					name, GetUserNameFromId(other, false), get_rel_name(relation)),
			 errdetail("Leads are written back as the owner of the tracker, and so the triggers of the table run."),
			 errhint("Run GRANT %s TO %s.", quote_identifier(GetUserNameFromId(other, false)), quote_identifier(name))));
}

/* check_schema refuses a table in a schema that the owner of the tracker may not use. */
static void
check_schema(const Tracker *tracker, Oid relation)
{
	Oid			schema = get_rel_namespace(relation);
	const char *name = GetUserNameFromId(tracker->owner, false);

	if (!lt_has_schema_right(schema, tracker->owner, ACL_USAGE))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("owner \"%s\" of the tracker may not use schema \"%s\", in which table \"%s\" is",
						name, get_namespace_name(schema), get_rel_name(relation)),
				 errdetail("Leads are written back as the owner of the tracker."),
				 errhint("Run GRANT USAGE ON SCHEMA %s TO %s.", quote_identifier(get_namespace_name(schema)),
						 quote_identifier(name))));
}

/* need_right refuses to go on without a right of the owner of the tracker on a table, or else on some of its columns. */
static void
need_right(const Tracker *tracker, const WriteTarget *target, AclMode right, const char *word)
{
	const char *name = GetUserNameFromId(tracker->owner, false);
	StringInfoData columns;

	if (pg_class_aclcheck(target->relation, tracker->owner, right) == ACLCHECK_OK)
		return;
	initStringInfo(&columns);
	for (int i = right == ACL_SELECT ? -1 : 0; i < target->n; i++)
	{
		const char *column = i < 0 ? target->key : target->columns[i];

		if (pg_attribute_aclcheck(target->relation, get_attnum(target->relation, column), tracker->owner, right) != ACLCHECK_OK)
			appendStringInfo(&columns, "%s%s", columns.len == 0 ? "" : ", ", quote_identifier(column));
	}
	if (columns.len > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("owner \"%s\" of the tracker lacks the right %s on table \"%s\"", name, word,
						get_rel_name(target->relation)),
				 errdetail("Leads are written back as the owner of the tracker."),
				 errhint("Run GRANT %s (%s) ON %s TO %s.", word, columns.data, qualified_name(target->relation),
						 quote_identifier(name))));
}

/* check_kind refuses what is no table of a user. */
static void
check_kind(Oid relation)
{
	if (get_rel_name(relation) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation),
				 errhint("Name a table of your own.")));
	if (get_rel_relkind(relation) != RELKIND_RELATION && get_rel_relkind(relation) != RELKIND_PARTITIONED_TABLE)
		refuse(ERRCODE_WRONG_OBJECT_TYPE, relation,
			   get_rel_relkind(relation) == RELKIND_VIEW ? "It is a view." :
			   get_rel_relkind(relation) == RELKIND_FOREIGN_TABLE ? "It is a foreign table." : "It is not a table.",
			   "Name the table itself, in this database.");
	if (IsCatalogNamespace(get_rel_namespace(relation)) ||
		get_rel_namespace(relation) == get_namespace_oid(LT_SCHEMA, false) ||
		get_rel_namespace(relation) == get_namespace_oid("information_schema", true))
		refuse(ERRCODE_WRONG_OBJECT_TYPE, relation, "It is a system table.", "Name a table of your own.");
	if (OidIsValid(tracker_of_companion(relation)))
		refuse(ERRCODE_WRONG_OBJECT_TYPE, relation, "It is a table that a tracker keeps.", "Name a table of your own.");
	if (get_rel_persistence(relation) == RELPERSISTENCE_TEMP)
		refuse(ERRCODE_WRONG_OBJECT_TYPE, relation, "It is a temporary table.", "Name a permanent table.");
}

/* has_update_rules says whether rules say what becomes of updates of a table. */
static bool
has_update_rules(Oid relation)
{
	Relation	table = table_open(relation, AccessShareLock);
	const RuleLock *rules = table->rd_rules;
	bool		found = false;

	for (int i = 0; rules != NULL && i < rules->numLocks; i++)
		found = found || rules->rules[i]->event == CMD_UPDATE;
	table_close(table, AccessShareLock);
	return found;
}

/* check_rules refuses a table of which rules say what becomes of updates, and what to do if it was just named. */
static void
check_rules(Oid relation, bool named)
{
	if (has_update_rules(relation))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot write leads back to \"%s\"", get_rel_name(relation)),
				 errdetail("A rule says what becomes of updates of it."),
				 named ? errhint("Drop the rule, or let a trigger do what it does.") : 0));
}

/* check_target_table refuses a table that leads cannot be written back to, and keeps others from changing it. */
void
check_target_table(const Tracker *tracker, Oid relation)
{
	List	   *children;
	ListCell   *cell;

	check_kind(relation);
	check_target_trust(tracker, relation);
	check_schema(tracker, relation);
	LockRelationOid(relation, ShareUpdateExclusiveLock);
	check_kind(relation);
	check_rules(relation, true);
	children = find_all_inheritors(relation, AccessShareLock, NULL);
	if (list_length(children) > 1 && get_rel_relkind(relation) == RELKIND_RELATION)
		refuse(ERRCODE_FEATURE_NOT_SUPPORTED, relation, "Other tables inherit from it, in which its key is not unique.",
			   "Name these one by one, or partition the table.");
	foreach(cell, children)
	{
		if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_FOREIGN_TABLE)
			refuse(ERRCODE_FEATURE_NOT_SUPPORTED, relation,
				   psprintf("Its partition \"%s\" is a foreign table.", get_rel_name(lfirst_oid(cell))),
				   "Detach the partition.");
	}
	check_tables_not_in_use(children, "write leads back to");
}

/* same_strings says whether strings are the same by two collations if they are by one. */
static bool
same_strings(Oid a, Oid b)
{
	return a == b || (OidIsValid(a) && OidIsValid(b) &&
					  get_collation_isdeterministic(a) && get_collation_isdeterministic(b));
}

/*
 * target_key finds out how leads are looked up in the key of a target, and refuses one in which they
 * cannot be: what is equal must be equal by the type of the column and by that of leads.  It says
 * what to do if the key was just named.
 */
TargetKey
target_key(const Tracker *tracker, const WriteTarget *target, bool named)
{
	Form_pg_attribute column = column_of(target->relation, target->key, named);
	TypeCacheEntry *key = lookup_type_cache(getBaseType(column->atttypid), TYPECACHE_BTREE_OPFAMILY);
	TypeCacheEntry *lead = lookup_type_cache(tracker->lead_type, TYPECACHE_BTREE_OPFAMILY);
	TargetKey	result = {InvalidOid, column->attcollation};

	if (OidIsValid(key->btree_opf) && key->btree_opf == lead->btree_opf &&
		same_strings(column->attcollation, tracker->lead_collation) &&
		(key->type_id == lead->type_id ||
		 !(IsPolymorphicType(key->btree_opintype) || key->btree_opintype == RECORDOID)))
		result.equals = get_opfamily_member(key->btree_opf, key->btree_opintype, lead->btree_opintype,
											BTEqualStrategyNumber);
	if (!OidIsValid(result.equals) || op_volatile(result.equals) != PROVOLATILE_IMMUTABLE)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("leads cannot be looked up in column \"%s\" of table \"%s\"", target->key,
						get_rel_name(target->relation)),
				 errdetail("It is of type %s; leads are of type %s.",
						   format_type_with_typemod(column->atttypid, column->atttypmod),
						   format_type_be(tracker->lead_type)),
				 named ? errhint("Give the column the type of the leads, or cast what is read for \"lead\" to that of the column.") : 0));
	return result;
}

/* has_labels says whether an enum has all labels that an attribute can be, and names one that it lacks. */
static bool
has_labels(Oid type, const WrittenAttribute *attribute, const char **missing)
{
	for (int i = 0; i < attribute->n_labels; i++)
	{
		*missing = attribute->labels[i];
		if (!OidIsValid(GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid, ObjectIdGetDatum(type),
										CStringGetDatum(*missing))))
			return false;
	}
	return true;
}

/* holds_labels says whether a type has room for all labels of an attribute, and what it lacks if not. */
static bool
holds_labels(Oid type, int32 typmod, const WrittenAttribute *attribute, const char **detail)
{
	const char *missing;

	if (type_is_enum(type))
	{
		if (has_labels(type, attribute, &missing))
			return true;
		*detail = psprintf("Enum %s has no label \"%s\".", format_type_be(type), missing);
		return false;
	}
	if (type != TEXTOID && type != VARCHAROID)
		return false;
	for (int i = 0; i < attribute->n_labels; i++)
		if (typmod >= 0 && strlen(attribute->labels[i]) > typmod - VARHDRSZ)
		{
			*detail = psprintf("It has no room for \"%s\".", attribute->labels[i]);
			return false;
		}
	return true;
}

/* check_type refuses a column whose type cannot hold what shall be written. */
static void
check_type(const WriteTarget *target, const FormData_pg_attribute *column, const WrittenAttribute *attribute, bool named)
{
	int32		typmod = column->atttypmod;
	Oid			type = getBaseTypeAndTypmod(column->atttypid, &typmod);
	const char *detail = NULL;

	if (attribute->labels != NULL ? holds_labels(type, typmod, attribute, &detail) :
		type == attribute->type && typmod == -1)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of table \"%s\" cannot hold \"%s\"", NameStr(column->attname),
					get_rel_name(target->relation), attribute->name),
			 detail != NULL ? errdetail("%s", detail) :
			 errdetail("It is of type %s.", format_type_with_typemod(column->atttypid, column->atttypmod)),
			 !named ? 0 : attribute->labels != NULL ?
			 errhint("Let it be of type text, or an enum that has all labels of lead_temperature.%s.", attribute->name) :
			 errhint("Let it be of type %s.", format_type_be(attribute->type))));
}

/* refuses_null says whether a column can be no null. */
static bool
refuses_null(const FormData_pg_attribute *column)
{
	Oid			type = column->atttypid;

	if (column->attnotnull)
		return true;
	while (get_typtype(type) == TYPTYPE_DOMAIN)
	{
		HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
		Form_pg_type form;
		bool		notnull;

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for type %u", type);
		form = (Form_pg_type) GETSTRUCT(tuple);
		notnull = form->typnotnull;
		type = form->typbasetype;
		ReleaseSysCache(tuple);
		if (notnull)
			return true;
	}
	return false;
}

/* check_writable refuses a column that cannot be set, or not to NULL. */
static void
check_writable(const WriteTarget *target, const FormData_pg_attribute *column)
{
	const char *name = NameStr(column->attname);
	const char *table = get_rel_name(target->relation);

	if (column->attgenerated != '\0' || column->attidentity == ATTRIBUTE_IDENTITY_ALWAYS)
		ereport(ERROR,
				(errcode(ERRCODE_GENERATED_ALWAYS),
				 column->attgenerated != '\0' ?
				 errmsg("column \"%s\" of table \"%s\" is generated", name, table) :
				 errmsg("column \"%s\" of table \"%s\" is an identity", name, table),
				 errdetail("Nothing can be written to it."),
				 errhint("Name another column.")));
	if (refuses_null(column))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("column \"%s\" of table \"%s\" does not allow null", name, table),
				 errdetail("In rows without a lead it is null."),
				 errhint("Run ALTER TABLE %s ALTER %s DROP NOT NULL.", qualified_name(target->relation),
						 quote_identifier(name))));
}

/* check_others_targets refuses a column that another tracker writes. */
static void
check_others_targets(const Tracker *tracker, const WriteTarget *target)
{
	ListCell   *cell;

	foreach(cell, targets_among(target->relation))
	{
		const TrackerTarget *other = lfirst(cell);

		if (other->tracker == tracker->id || get_rel_name(other->tracker) == NULL)
			continue;
		for (int i = 0; i < other->target.n; i++)
			for (int j = 0; j < target->n; j++)
				if (strcmp(other->target.columns[i], target->columns[j]) == 0)
					ereport(ERROR,
							(errcode(ERRCODE_DUPLICATE_OBJECT),
							 errmsg("column \"%s\" of table \"%s\" follows the leads of another tracker", target->columns[j],
									get_rel_name(target->relation)),
							 errdetail("It is that of table \"%s\".", get_rel_name(other->tracker)),
							 errhint("Name another column, or call lead_temperature.stop_write_back for that tracker.")));
	}
}

/* check_not_read refuses a column that the tracker reads. */
static void
check_not_read(const Tracker *tracker, const WriteTarget *target)
{
	ListCell   *cell;

	foreach(cell, tracker_sources(tracker->id))
	{
		const char *column = column_read(lfirst(cell), target);

		if (column != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("column \"%s\" of table \"%s\" is read by the tracker", column, get_rel_name(target->relation)),
					 errdetail("Leads would change by being written back."),
					 errhint("Name another column.")));
	}
}

/* pins_path says whether a function finds its names wherever it is called from. */
static bool
pins_path(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Oid			language;
	bool		no_settings;

	if (!HeapTupleIsValid(tuple))
		return true;
	language = ((Form_pg_proc) GETSTRUCT(tuple))->prolang;
	(void) SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proconfig, &no_settings);
	ReleaseSysCache(tuple);
	return !no_settings || language == INTERNALlanguageId || language == ClanguageId;
}

/* tell_of_triggers names a trigger of a target that may not find its names when it runs. */
static void
tell_of_triggers(Oid relation)
{
	Relation	table = table_open(relation, AccessShareLock);
	const TriggerDesc *triggers = table->trigdesc;

	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (trigger->tgisinternal || (trigger->tgtype & TRIGGER_TYPE_UPDATE) == 0 ||
			trigger->tgenabled == TRIGGER_DISABLED || pins_path(trigger->tgfoid))
			continue;
		ereport(NOTICE,
				(errmsg("trigger \"%s\" of table \"%s\" runs with search_path pg_catalog, pg_temp when leads are written back",
						trigger->tgname, get_rel_name(relation)),
				 errhint("Qualify the names in its function, or give it a path by ALTER FUNCTION %s SET search_path.",
						 format_procedure_qualified(trigger->tgfoid))));
	}
	table_close(table, AccessShareLock);
}

/* check_target_still refuses columns that are gone, or of other types, since they were named, and rules that were made. */
void
check_target_still(const WriteTarget *target)
{
	check_rules(target->relation, false);
	for (int i = 0; i < target->n; i++)
		check_type(target, column_of(target->relation, target->columns[i], false),
				   &written_attributes[target->attributes[i]], false);
}

/* refuse_twice refuses a column that is named for two things. */
static void
refuse_twice(const char *column, const char *for_one, const char *for_other)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_COLUMN),
			 errmsg("column \"%s\" is named twice", column),
			 errdetail("For \"%s\" and for \"%s\".", for_one, for_other),
			 errhint("Name a column for each.")));
}

/* check_once refuses a column that is named for something else too. */
static void
check_once(const WriteTarget *target, int place)
{
	const char *column = target->columns[place];
	const char *name = written_attributes[target->attributes[place]].name;

	if (strcmp(column, target->key) == 0)
		refuse_twice(column, "key", name);
	for (int i = 0; i < place; i++)
		if (strcmp(target->columns[i], column) == 0)
			refuse_twice(column, written_attributes[target->attributes[i]].name, name);
}

/* check_target refuses columns that cannot follow leads; the table was checked. */
void
check_target(const Tracker *tracker, const WriteTarget *target)
{
	for (int i = 0; i < target->n; i++)
	{
		const WrittenAttribute *attribute = &written_attributes[target->attributes[i]];

		check_once(target, i);
		if (attribute->with != NULL && attribute_at(target, attribute->with) < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" is not written back without \"%s\"", attribute->name, attribute->with),
					 strcmp(attribute->name, "temperature") == 0 ?
					 errdetail("A lead that cools writes no row: the word alone goes wrong, and nobody could tell when.") :
					 errdetail("A score is a number as of an instant, which is that."),
					 errhint("Name a column of type timestamp with time zone as \"%s\" too.", attribute->with)));
	}
	(void) target_key(tracker, target, true);
	check_unique(target->relation, target->key);
	for (int i = 0; i < target->n; i++)
	{
		const FormData_pg_attribute *column = column_of(target->relation, target->columns[i], true);

		check_type(target, column, &written_attributes[target->attributes[i]], true);
		check_writable(target, column);
	}
	need_right(tracker, target, ACL_SELECT, "SELECT");
	need_right(tracker, target, ACL_UPDATE, "UPDATE");
	check_others_targets(tracker, target);
	check_not_read(tracker, target);
	tell_of_triggers(target->relation);
}
