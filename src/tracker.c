/*-------------------------------------------------------------------------
 *
 * tracker.c
 *	  Trackers as a session knows them, cached until anything they rest on
 *	  changes.
 *
 * What is cached hangs on the relcache entry of the tracked table: whatever
 * changes a tracker or its frozen models sends an invalidation of that table
 * (tracker_changed), so that every session reads them again.  The memory of
 * an outdated tracker lives on until the transaction ends, since a statement
 * further up may be using it.
 *
 *-------------------------------------------------------------------------
 */
#include "tracker.h"

#include "time_zone.h"
#include "version.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "config_row.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_coerce.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* columns of lead_temperature.tracker */
enum
{
	TRACKER_INTERACTIONS, TRACKER_PREFIX, TRACKER_STATE, TRACKER_TRANSITIONS,
	TRACKER_RANKING, TRACKER_FUNNEL, TRACKER_FUNNEL_WEEKLY,
	TRACKER_LEAD, TRACKER_KIND, TRACKER_AT, TRACKER_WEIGHT,
	TRACKER_MODEL, TRACKER_ENTRY, TRACKER_TIME_ZONE,
	TRACKER_VERSION, TRACKER_PAUSED, TRACKER_OUTDATED, TRACKER_LAST_REPLAY,
	TRACKER_PARTITIONS, TRACKER_REPLAYING,
	TRACKER_BASE, TRACKER_ARCHIVED_BEFORE, TRACKER_ARCHIVED_PARTITIONS,
	TRACKER_COUNTS, TRACKER_DELTAS,
	N_TRACKER_COLUMNS
};

static const ConfigColumn tracker_table[N_TRACKER_COLUMNS] = {
	{"interactions", REGCLASSOID},
	{"prefix", NAMEOID},
	{"state", REGCLASSOID},
	{"transitions", REGCLASSOID},
	{"ranking", REGCLASSOID},
	{"funnel", REGCLASSOID},
	{"funnel_weekly", REGCLASSOID},
	{"lead", NAMEOID},
	{"kind", NAMEOID},
	{"at", NAMEOID},
	{"weight", NAMEOID, NULL, true},
	{"model", TEXTOID},
	{"entry", ANYENUMOID, "stage"},
	{"time_zone", TEXTOID},
	{"version", INT4OID},
	{"paused", BOOLOID},
	{"outdated", BOOLOID},
	{"last_replay", TIMESTAMPTZOID, NULL, true},
	{"partitions", REGCLASSARRAYOID},
	{"replaying", BOOLOID},
	{"base", REGCLASSOID},
	{"archived_before", TIMESTAMPTZOID, NULL, true},
	{"archived_partitions", REGCLASSARRAYOID},
	{"counts", REGCLASSOID, NULL, true},
	{"deltas", REGCLASSOID, NULL, true}
};

typedef struct TrackerEntry
{
	Oid			interactions;
	Tracker    *tracker;
} TrackerEntry;

static HTAB *trackers = NULL;
static uint64 invalidations = 0;	/* how many arrived */
static List *retired_plans = NIL;	/* to be freed when the transaction ends */

/* The tables of the extension that trackers are read from, once one was. */
static Oid	tracker_rows = InvalidOid;
static Oid	model_rows = InvalidOid;

/* forget_tracker marks what rests on a changed relation as outdated. */
static void
forget_tracker(Datum arg, Oid relation)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;

	invalidations++;
	if (trackers == NULL)
		return;
	if (relation == tracker_rows || relation == model_rows)
		relation = InvalidOid;
	hash_seq_init(&seq, trackers);
	while ((entry = hash_seq_search(&seq)) != NULL)
	{
		Tracker    *tracker = entry->tracker;

		if (tracker != NULL &&
			(!OidIsValid(relation) ||
			 relation == tracker->interactions ||
			 relation == tracker->state ||
			 relation == tracker->transitions ||
			 relation == tracker->base ||
			 relation == tracker->counts ||
			 relation == tracker->deltas))
			tracker->valid = false;
	}
}

/*
 * forget_trackers marks everything as outdated: kept plans name schemas and
 * operators, which a change of their names makes unknown.
 */
static void
forget_trackers(Datum arg, int cacheid, uint32 hashvalue)
{
	forget_tracker(arg, InvalidOid);
}

/* forget_casting_trackers marks as outdated what reads its kinds by a function that has changed. */
static void
forget_casting_trackers(Datum arg, int cacheid, uint32 hashvalue)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;

	invalidations++;
	if (trackers == NULL)
		return;
	hash_seq_init(&seq, trackers);
	while ((entry = hash_seq_search(&seq)) != NULL)
		if (hashvalue == 0 || entry->tracker->kind_function_hash == hashvalue)
			entry->tracker->valid = false;
}

/*
 * forget_undone marks as outdated what was read in a subtransaction, or in one that
 * began since, which is undone: it may have seen what was never committed.
 */
static void
forget_undone(SubTransactionId undone)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;

	if (trackers == NULL)
		return;
	hash_seq_init(&seq, trackers);
	while ((entry = hash_seq_search(&seq)) != NULL)
		if (entry->tracker != NULL && entry->tracker->read_in >= undone)
			entry->tracker->valid = false;
}

/* keep_read notes that what was read in this transaction is committed. */
static void
keep_read(void)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;

	if (trackers == NULL)
		return;
	hash_seq_init(&seq, trackers);
	while ((entry = hash_seq_search(&seq)) != NULL)
		if (entry->tracker != NULL)
			entry->tracker->read_in = InvalidSubTransactionId;
}

/* end_subtransaction forgets what a subtransaction that is undone has read. */
static void
end_subtransaction(SubXactEvent event, SubTransactionId id, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		forget_undone(id);
}

/* end_transaction frees what no statement can be using any more, and forgets what an undone transaction has read. */
static void
end_transaction(XactEvent event, void *arg)
{
	List	   *plans = retired_plans;
	ListCell   *cell;

	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE ||
		event == XACT_EVENT_PARALLEL_PRE_COMMIT)
		return;
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT)
		forget_undone(TopSubTransactionId);
	else
		keep_read();
	retired_plans = NIL;
	foreach(cell, plans)
		SPI_freeplan((SPIPlanPtr) lfirst(cell));
	list_free(plans);
}

/* trackers_init registers for changes of relations and ends of transactions; called once. */
void
trackers_init(void)
{
	CacheRegisterRelcacheCallback(forget_tracker, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, forget_trackers, (Datum) 0);
	CacheRegisterSyscacheCallback(OPEROID, forget_trackers, (Datum) 0);
	CacheRegisterSyscacheCallback(CASTSOURCETARGET, forget_trackers, (Datum) 0);
	CacheRegisterSyscacheCallback(PROCOID, forget_casting_trackers, (Datum) 0);
	RegisterXactCallback(end_transaction, NULL);
	RegisterSubXactCallback(end_subtransaction, NULL);
}

/*
 * tracker_changed makes every session read a tracker again: this one at once,
 * the others when the transaction commits.
 */
void
tracker_changed(Oid interactions)
{
	CacheInvalidateRelcacheByRelid(interactions);
	forget_tracker((Datum) 0, interactions);
}

/* config_table returns a table of the extension's schema. */
Oid
config_table(const char *name)
{
	Oid			schema = get_namespace_oid(LT_SCHEMA, true);
	Oid			table = OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table %s.%s does not exist", LT_SCHEMA, name),
				 errhint("Create the extension lead_temperature in this database.")));
	return table;
}

/* owner_set sets a configuration parameter until the scope is left. */
void
owner_set(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

/* role_enter starts work as a role, with the settings in force. */
static void
role_enter(OwnerScope *scope, Oid owner)
{
	GetUserIdAndSecContext(&scope->user, &scope->context);
	SetUserIdAndSecContext(owner, scope->context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS);
	scope->nest_level = NewGUCNestLevel();
}

/*
 * owner_enter starts work as a role, as the actions of foreign keys do: no
 * name is looked up along anybody's search_path.
 */
void
owner_enter(OwnerScope *scope, Oid owner)
{
	role_enter(scope, owner);
	owner_set("search_path", "pg_catalog, pg_temp");
}

/*
 * pin_text_settings lets values turn into text, and back, in one way whatever the
 * session's settings, until the scope is left.
 */
void
pin_text_settings(void)
{
	static const struct
	{
		const char *name;
		const char *value;
	}			settings[] = {
		{"datestyle", "ISO, MDY"},
		{"intervalstyle", "postgres"},
		{"timezone", "UTC"},
		{"extra_float_digits", "1"},
		{"bytea_output", "hex"},
		{"lc_monetary", "C"},
		{"array_nulls", "on"}
	};

	for (int i = 0; i < lengthof(settings); i++)
		owner_set(settings[i].name, settings[i].value);
}

/*
 * tracker_enter starts work as the owner of a tracked table, with kinds that are
 * no text turning into text in one way whatever the session's settings.
 */
void
tracker_enter(OwnerScope *scope, const Tracker *tracker)
{
	owner_enter(scope, tracker->owner);
	if (tracker->kind_text_varies)
		pin_text_settings();
}

/* owner_leave returns to the user and settings before owner_enter. */
void
owner_leave(const OwnerScope *scope)
{
	AtEOXact_GUC(false, scope->nest_level);
	SetUserIdAndSecContext(scope->user, scope->context);
}

/* config_enter starts work as the owner of the extension's tables. */
void
config_enter(OwnerScope *scope)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(config_table("tracker")));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for the table of trackers");
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	owner_enter(scope, owner);
}

/* relation_owner looks up the owner of a relation. */
Oid
relation_owner(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation)));
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* check_table_owner refuses whoever is not the owner of a table. */
void
check_table_owner(Oid relation)
{
	if (!lt_is_table_owner(relation, GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of table %s", get_rel_name(relation)),
				 errhint("Ask its owner \"%s\", or a member of that role.",
						 GetUserNameFromId(relation_owner(relation), false))));
}

/* qualified_name quotes a relation's schema and name for SQL text. */
char *
qualified_name(Oid relation)
{
	char	   *name = get_rel_name(relation);

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation),
				 errhint("If it was made for a tracked table, stop tracking that with lead_temperature.untrack and track it anew.")));
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), name);
}

/* qualified_operator writes an operator for SQL text so that no search_path matters. */
char *
qualified_operator(Oid operator)
{
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator));
	Form_pg_operator form;
	char	   *result;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", operator);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	result = psprintf("OPERATOR(%s.%s)",
					  quote_identifier(get_namespace_name(form->oprnamespace)),
					  NameStr(form->oprname));
	ReleaseSysCache(tuple);
	return result;
}

/* compare_leads orders two leads as the btree on their column does. */
int
compare_leads(const Tracker *tracker, Datum a, Datum b)
{
	/* mostly the next row is of the same lead */
	if (tracker->lead_typbyval && a == b)
		return 0;
	return DatumGetInt32(FunctionCall2Coll((FmgrInfo *) &tracker->lead_cmp,
										   tracker->lead_collation, a, b));
}

/* hash_lead hashes a lead; equal leads hash alike.  Only where lead_hashes. */
uint64
hash_lead(const Tracker *tracker, Datum lead)
{
	return DatumGetUInt64(FunctionCall2Coll((FmgrInfo *) &tracker->lead_hash,
											tracker->lead_collation, lead, Int64GetDatum(0)));
}

/* lead_to_text writes a lead as its type does, whatever the session's settings. */
char *
lead_to_text(const Tracker *tracker, Datum lead)
{
	int			nest_level = NewGUCNestLevel();
	Oid			output;
	bool		varlena;
	char	   *text;

	pin_text_settings();
	getTypeOutputInfo(tracker->lead_type, &output, &varlena);
	text = OidOutputFunctionCall(output, lead);
	AtEOXact_GUC(false, nest_level);
	return text;
}

/* read_lead reads a lead as its type does, by the settings in force. */
static Datum
read_lead(const Tracker *tracker, char *text)
{
	Oid			input;
	Oid			ioparam;

	getTypeInputInfo(tracker->lead_type, &input, &ioparam);
	return OidInputFunctionCall(input, text, ioparam, tracker->lead_typmod);
}

/* lead_from_text reads what lead_to_text has written, as the owner. */
Datum
lead_from_text(const Tracker *tracker, char *text)
{
	int			nest_level = NewGUCNestLevel();
	Datum		lead;

	pin_text_settings();
	lead = read_lead(tracker, text);
	AtEOXact_GUC(false, nest_level);
	return lead;
}

/*
 * lead_from_argument reads a lead that a user wrote by his own settings, but as the
 * owner, whose code the constraints of a type may call.
 */
Datum
lead_from_argument(const Tracker *tracker, char *text)
{
	OwnerScope	scope;
	Datum		lead;

	role_enter(&scope, tracker->owner);
	lead = read_lead(tracker, text);
	owner_leave(&scope);
	return lead;
}

/* missing_column reports a tracked column that is no longer there. */
static void
missing_column(Oid interactions, const char *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("column \"%s\" of tracked table \"%s\" does not exist",
					column, get_rel_name(interactions)),
			 errhint("Restore the column, or stop tracking with lead_temperature.untrack.")));
}

/* column_type looks up the base type of a tracked column. */
static Oid
column_type(Oid interactions, const char *column, int32 *typmod, Oid *collation)
{
	AttrNumber	attnum = get_attnum(interactions, column);
	Oid			type;

	if (attnum == InvalidAttrNumber)
		missing_column(interactions, column);
	get_atttypetypmodcoll(interactions, attnum, &type, typmod, collation);
	return getBaseTypeAndTypmod(type, typmod);
}

/* describe_lead_column finds out how the column of leads is declared. */
void
describe_lead_column(Oid interactions, const char *lead, LeadColumn *column)
{
	AttrNumber	attnum = get_attnum(interactions, lead);

	if (attnum == InvalidAttrNumber)
		missing_column(interactions, lead);
	get_atttypetypmodcoll(interactions, attnum, &column->type, &column->typmod, &column->collation);
}

/*
 * companion_persistence says whether the tables that a tracker keeps are logged: as
 * the tracked table is, and always for a partitioned one, whose partitions must be.
 */
char
companion_persistence(Oid interactions)
{
	return get_rel_relkind(interactions) == RELKIND_PARTITIONED_TABLE ?
		RELPERSISTENCE_PERMANENT : get_rel_persistence(interactions);
}

/* equals_image says whether values of a type that are equal are the same to the byte. */
static bool
equals_image(const TypeCacheEntry *type, Oid collation)
{
	Oid			function = get_opfamily_proc(type->btree_opf, type->btree_opintype,
											 type->btree_opintype, BTEQUALIMAGE_PROC);

	return OidIsValid(function) &&
		DatumGetBool(OidFunctionCall1Coll(function, collation,
										  ObjectIdGetDatum(type->btree_opintype)));
}

/*
 * type_within returns the first type for which a test holds among a type and those
 * that its text is made of: the base of a domain, elements, bounds and fields.
 */
Oid
type_within(Oid type, bool (*test) (Oid type, void *arg), void *arg)
{
	Oid			part = InvalidOid;
	Oid			base = getBaseType(type);

	check_stack_depth();
	if (test(type, arg))
		return type;
	if (base != type)
		return type_within(base, test, arg);
	if (OidIsValid(get_element_type(type)))
		return type_within(get_element_type(type), test, arg);
	if (type_is_multirange(type))
		return type_within(get_multirange_range(type), test, arg);
	if (type_is_range(type))
		return type_within(get_range_subtype(type), test, arg);
	if (get_typtype(type) == TYPTYPE_COMPOSITE)
	{
		TupleDesc	fields = lookup_rowtype_tupdesc_copy(type, -1);

		for (int i = 0; i < fields->natts && !OidIsValid(part); i++)
			if (!TupleDescAttr(fields, i)->attisdropped)
				part = type_within(TupleDescAttr(fields, i)->atttypid, test, arg);
	}
	return part;
}

/* names_objects says whether the text of a type is the present name of something that can be renamed. */
static bool
names_objects(Oid type, void *arg)
{
	switch (type)
	{
		case REGPROCOID:
		case REGPROCEDUREOID:
		case REGOPEROID:
		case REGOPERATOROID:
		case REGCLASSOID:
		case REGCOLLATIONOID:
		case REGTYPEOID:
		case REGROLEOID:
		case REGNAMESPACEOID:
		case REGCONFIGOID:
		case REGDICTIONARYOID:
		case ACLITEMOID:
			return true;
	}
	return false;
}

/* refuse_names refuses a column whose values are names of objects, which change. */
static void
refuse_names(Oid column_type, const char *column, const char *what)
{
	Oid			type = type_within(column_type, names_objects, NULL);

	if (OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of type %s cannot hold %s",
						column, format_type_be(column_type), what),
				 errdetail("A value of type %s turns into the present name of an object, which may be renamed.",
						   format_type_be(type)),
				 errhint("Track a column of another type, such as text.")));
}

/* has_fixed_text says whether values of a type turn into the same text whatever the settings. */
static bool
has_fixed_text(Oid type)
{
	switch (type)
	{
		case BOOLOID:
		case CHAROID:
		case NAMEOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case OIDOID:
		case BPCHAROID:
		case UUIDOID:
			return true;
	}
	return type_is_enum(type);
}

/*
 * prepare_cast looks up the function that casts kinds to text, tells it the types of
 * what it will get, as those need that take any type, and notes how much of that it wants.
 */
static void
prepare_cast(Tracker *tracker, Oid function)
{
	CaseTestExpr *kind = makeNode(CaseTestExpr);
	List	   *arguments;

	fmgr_info_cxt(function, &tracker->kind_function, tracker->context);
	tracker->kind_arguments = tracker->kind_function.fn_nargs;
	kind->typeId = tracker->kind_type;
	kind->typeMod = -1;
	kind->collation = get_typcollation(tracker->kind_type);
	arguments = list_make1(kind);
	if (tracker->kind_arguments > 1)
		arguments = lappend(arguments, makeConst(INT4OID, -1, InvalidOid, sizeof(int32),
												 Int32GetDatum(-1), false, true));
	if (tracker->kind_arguments > 2)
		arguments = lappend(arguments, makeBoolConst(true, false));
	fmgr_info_set_expr((Node *) makeFuncExpr(function, TEXTOID, arguments, DEFAULT_COLLATION_OID,
											 DEFAULT_COLLATION_OID, COERCE_EXPLICIT_CAST),
					   &tracker->kind_function);
}

/* describe_kind finds out how kinds become text. */
static void
describe_kind(Tracker *tracker)
{
	int32		typmod;
	Oid			collation;
	Oid			function = InvalidOid;
	bool		varlena;

	tracker->kind_type = column_type(tracker->interactions, NameStr(tracker->kind),
									 &typmod, &collation);
	refuse_names(tracker->kind_type, NameStr(tracker->kind), "kinds");
	switch (find_coercion_pathway(TEXTOID, tracker->kind_type, COERCION_EXPLICIT, &function))
	{
		case COERCION_PATH_RELABELTYPE:
			tracker->kind_path = KIND_IS_TEXT;
			return;
		case COERCION_PATH_FUNC:
			tracker->kind_path = KIND_BY_CAST;
			prepare_cast(tracker, function);
			break;
		case COERCION_PATH_COERCEVIAIO:
			tracker->kind_path = KIND_BY_OUTPUT;
			getTypeOutputInfo(tracker->kind_type, &function, &varlena);
			fmgr_info_cxt(function, &tracker->kind_function, tracker->context);
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_CANNOT_COERCE),
					 errmsg("column \"%s\" of type %s cannot be cast to text",
							NameStr(tracker->kind), format_type_be(tracker->kind_type)),
					 errhint("Track a column of kinds that casts to text.")));
	}
	tracker->kind_function_hash = GetSysCacheHashValue1(PROCOID, ObjectIdGetDatum(function));
	tracker->kind_text_varies = function >= FirstNormalObjectId ||
		!has_fixed_text(tracker->kind_type);
}

/* describe_columns finds out how the tracked columns are read. */
static void
describe_columns(Tracker *tracker)
{
	TypeCacheEntry *type;
	int32		typmod;
	Oid			collation;

	tracker->lead_type = column_type(tracker->interactions, NameStr(tracker->lead),
									 &tracker->lead_typmod, &tracker->lead_collation);
	describe_lead_column(tracker->interactions, NameStr(tracker->lead), &tracker->lead_column);
	type = lookup_type_cache(tracker->lead_type,
							 TYPECACHE_EQ_OPR | TYPECACHE_LT_OPR | TYPECACHE_CMP_PROC |
							 TYPECACHE_HASH_EXTENDED_PROC);
	if (!OidIsValid(type->cmp_proc) || !OidIsValid(type->eq_opr) || !OidIsValid(type->lt_opr))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("data type %s has no default operator class for access method \"btree\"",
						format_type_be(tracker->lead_type)),
				 errdetail("Column \"%s\" holds leads, which must be sorted.", NameStr(tracker->lead)),
				 errhint("Track a column of another type.")));
	tracker->lead_typlen = type->typlen;
	tracker->lead_typbyval = type->typbyval;
	tracker->lead_eq = type->eq_opr;
	tracker->lead_lt = type->lt_opr;
	fmgr_info_cxt(type->cmp_proc, &tracker->lead_cmp, tracker->context);
	tracker->lead_hashes = OidIsValid(type->hash_extended_proc);
	if (tracker->lead_hashes)
		fmgr_info_cxt(type->hash_extended_proc, &tracker->lead_hash, tracker->context);
	tracker->lead_equals_image = tracker->lead_hashes &&
		equals_image(type, tracker->lead_collation);

	describe_kind(tracker);

	tracker->at_type = column_type(tracker->interactions, NameStr(tracker->at),
								   &typmod, &collation);
	if (tracker->at_type != TIMESTAMPTZOID && tracker->at_type != TIMESTAMPOID &&
		tracker->at_type != DATEOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of type %s does not hold times",
						NameStr(tracker->at), format_type_be(tracker->at_type)),
				 errhint("Track a column of type timestamp with time zone, timestamp or date.")));

	tracker->weight_type = InvalidOid;
	if (NameStr(tracker->weight)[0] != '\0')
	{
		tracker->weight_type = column_type(tracker->interactions, NameStr(tracker->weight),
										   &typmod, &collation);
		switch (tracker->weight_type)
		{
			case INT2OID:
			case INT4OID:
			case INT8OID:
			case FLOAT4OID:
			case FLOAT8OID:
			case NUMERICOID:
				break;
			default:
				ereport(ERROR,
						(errcode(ERRCODE_DATATYPE_MISMATCH),
						 errmsg("column \"%s\" of type %s does not hold weights",
								NameStr(tracker->weight), format_type_be(tracker->weight_type)),
						 errhint("Track a numeric column, or none.")));
		}
	}
}

/*
 * tracker_check_columns refuses columns whose types cannot be tracked, as the
 * later use of a tracker would.
 */
void
tracker_check_columns(Oid interactions, const char *lead, const char *kind, const char *at,
					  const char *weight)
{
	Tracker		tracker;

	memset(&tracker, 0, sizeof(tracker));
	tracker.interactions = interactions;
	tracker.context = CurrentMemoryContext;
	namestrcpy(&tracker.lead, lead);
	namestrcpy(&tracker.kind, kind);
	namestrcpy(&tracker.at, at);
	if (weight != NULL)
		namestrcpy(&tracker.weight, weight);
	describe_columns(&tracker);
	refuse_names(tracker.lead_type, lead, "leads");
}

/*
 * fetch_tracker looks for the row of lead_temperature.tracker that names a
 * relation in a column, which the index is on, and copies it.
 */
static HeapTuple
fetch_tracker(int column, const char *index_name, Oid relation, TupleDesc *desc)
{
	Relation	table = table_open(config_table("tracker"), AccessShareLock);
	Oid			index = get_relname_relid(index_name, RelationGetNamespace(table));
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, config_column("tracker", &tracker_table[column], RelationGetDescr(table)),
				BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
	scan = systable_beginscan(table, index, OidIsValid(index), NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		tuple = heap_copytuple(tuple);
		if (desc != NULL)
			*desc = CreateTupleDescCopy(RelationGetDescr(table));
	}
	systable_endscan(scan);
	table_close(table, AccessShareLock);
	return tuple;
}

/*
 * tracker_check_shape refuses to work with a table of trackers that this library
 * does not know; a script of the extension is just making it what it knows.
 */
void
tracker_check_shape(void)
{
	Relation	table;

	if (creating_extension)
		return;
	table = table_open(config_table("tracker"), AccessShareLock);
	config_shape("tracker", tracker_table, N_TRACKER_COLUMNS, RelationGetDescr(table));
	table_close(table, AccessShareLock);
}

/* fetch_tracker_row takes the row of a tracked table apart; false if there is none. */
static bool
fetch_tracker_row(Oid interactions, Datum *values, bool *nulls)
{
	TupleDesc	desc;
	HeapTuple	tuple = fetch_tracker(TRACKER_INTERACTIONS, "tracker_pkey", interactions, &desc);
	int			missing;

	if (!HeapTupleIsValid(tuple))
		return false;
	missing = config_row("tracker", tracker_table, N_TRACKER_COLUMNS, tuple, desc, values, nulls);
	if (missing < N_TRACKER_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("tracker of table \"%s\" is corrupt", get_rel_name(interactions)),
				 errdetail("Column \"%s\" of its row in lead_temperature.tracker is null.",
						   tracker_table[missing].name),
				 errhint("Stop tracking with lead_temperature.untrack and track it anew.")));
	return true;
}

/* read_tracker_models reads the frozen versions of a tracker's model, faulty ones too. */
static void
read_tracker_models(Tracker *tracker, LeadStage entry)
{
	tracker->versions = read_models(tracker->interactions, entry, &tracker->nversions);
	for (int i = 0; i < tracker->nversions; i++)
		if (tracker->versions[i]->version == tracker->version)
			tracker->model = tracker->versions[i];
}

/* load_tracker reads a tracker, or returns NULL if the table is not tracked. */
static Tracker *
load_tracker(Oid interactions)
{
	MemoryContext context;
	MemoryContext before;
	Tracker    *tracker;
	Datum		values[N_TRACKER_COLUMNS];
	bool		nulls[N_TRACKER_COLUMNS];
	uint64		before_reading = invalidations;

	if (!fetch_tracker_row(interactions, values, nulls))
		return NULL;
	lt_check_version();

	/* Until it is complete it belongs to the transaction, which an error ends. */
	context = AllocSetContextCreate(CurTransactionContext, "lead_temperature tracker",
									ALLOCSET_SMALL_SIZES);
	before = MemoryContextSwitchTo(context);
	tracker = palloc0(sizeof(Tracker));
	tracker->context = context;
	tracker->interactions = interactions;
	tracker->valid = true;
	tracker->owner = relation_owner(interactions);
	tracker->persistence = companion_persistence(interactions);
	tracker->state = DatumGetObjectId(values[TRACKER_STATE]);
	tracker->transitions = DatumGetObjectId(values[TRACKER_TRANSITIONS]);
	tracker->base = DatumGetObjectId(values[TRACKER_BASE]);
	if (!nulls[TRACKER_COUNTS])
		tracker->counts = DatumGetObjectId(values[TRACKER_COUNTS]);
	if (!nulls[TRACKER_DELTAS])
		tracker->deltas = DatumGetObjectId(values[TRACKER_DELTAS]);
	tracker->lead = *DatumGetName(values[TRACKER_LEAD]);
	tracker->kind = *DatumGetName(values[TRACKER_KIND]);
	tracker->at = *DatumGetName(values[TRACKER_AT]);
	if (!nulls[TRACKER_WEIGHT])
		tracker->weight = *DatumGetName(values[TRACKER_WEIGHT]);
	tracker->time_zone = TextDatumGetCString(values[TRACKER_TIME_ZONE]);
	tracker->paused = DatumGetBool(values[TRACKER_PAUSED]);
	tracker->replaying = DatumGetBool(values[TRACKER_REPLAYING]);
	tracker->archived_before = nulls[TRACKER_ARCHIVED_BEFORE] ? FOLD_NEVER :
		heat_time_from_timestamptz(DatumGetTimestampTz(values[TRACKER_ARCHIVED_BEFORE]));
	tracker->version = DatumGetInt32(values[TRACKER_VERSION]);
	describe_columns(tracker);
	read_tracker_models(tracker, stage_from_oid(DatumGetObjectId(values[TRACKER_ENTRY])));
	MemoryContextSwitchTo(before);

	/* What changed meanwhile may or may not have been read: read it again next time. */
	if (invalidations != before_reading)
		tracker->valid = false;
	return tracker;
}

/* retire_tracker lets go of an outdated tracker at the end of the transaction. */
static void
retire_tracker(Tracker *tracker)
{
	MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);

	if (tracker->insert_state != NULL)
		retired_plans = lappend(retired_plans, tracker->insert_state);
	if (tracker->read_lead != NULL)
		retired_plans = lappend(retired_plans, tracker->read_lead);
	if (tracker->read_lead_after != NULL)
		retired_plans = lappend(retired_plans, tracker->read_lead_after);
	MemoryContextSwitchTo(before);
	MemoryContextSetParent(tracker->context, TopTransactionContext);
}

/* retire_outdated_trackers lets go of all that are outdated, also of tables that are gone. */
static void
retire_outdated_trackers(void)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;

	hash_seq_init(&seq, trackers);
	while ((entry = hash_seq_search(&seq)) != NULL)
		if (!entry->tracker->valid)
		{
			retire_tracker(entry->tracker);
			hash_search(trackers, &entry->interactions, HASH_REMOVE, NULL);
		}
}

/* cached_tracker returns a tracker by its tracked table, NULL if there is none. */
static Tracker *
cached_tracker(Oid interactions)
{
	TrackerEntry *entry;
	Tracker    *tracker;
	bool		found;

	if (trackers == NULL)
	{
		HASHCTL		control;

		memset(&control, 0, sizeof(control));
		control.keysize = sizeof(Oid);
		control.entrysize = sizeof(TrackerEntry);
		trackers = hash_create("lead_temperature trackers", 16, &control,
							   HASH_ELEM | HASH_BLOBS);
	}
	entry = hash_search(trackers, &interactions, HASH_FIND, NULL);
	if (entry != NULL && entry->tracker->valid)
		return entry->tracker;

	retire_outdated_trackers();
	tracker = load_tracker(interactions);
	if (tracker == NULL)
		return NULL;
	entry = hash_search(trackers, &interactions, HASH_ENTER, &found);
	if (found)
		retire_tracker(entry->tracker);
	entry->tracker = tracker;
	tracker->read_in = GetCurrentSubTransactionId();
	tracker_rows = config_table("tracker");
	model_rows = config_table("frozen_model");
	MemoryContextSetParent(tracker->context, CacheMemoryContext);
	return tracker;
}

/* with_model returns a tracker, unless its frozen model cannot be used. */
static Tracker *
with_model(Tracker *tracker)
{
	check_frozen_model(tracker->interactions, tracker->model);
	return tracker;
}

/*
 * find_tracker returns the tracker that follows a relation: its own, or that
 * of the partitioned table it is a part of; NULL if there is none.
 */
static Tracker *
find_tracker(Oid relation)
{
	Tracker    *tracker = cached_tracker(relation);
	List	   *ancestors;
	ListCell   *cell;

	if (tracker != NULL || !get_rel_relispartition(relation))
		return tracker;
	ancestors = get_partition_ancestors(relation);
	foreach(cell, ancestors)
	{
		tracker = cached_tracker(lfirst_oid(cell));
		if (tracker != NULL)
			break;
	}
	list_free(ancestors);
	return tracker;
}

/*
 * tracker_find returns the tracker that follows a relation, as find_tracker does.
 * One that is paused folds nothing, and may do without its model.
 */
Tracker *
tracker_find(Oid relation)
{
	Tracker    *tracker = find_tracker(relation);

	return tracker == NULL || tracker->paused ? tracker : with_model(tracker);
}

/* tracker_of_state returns the tracker that a state table belongs to. */
Tracker *
tracker_of_state(Oid state)
{
	HASH_SEQ_STATUS seq;
	TrackerEntry *entry;
	Tracker    *tracker;
	HeapTuple	tuple;
	TupleDesc	desc;
	bool		isnull;

	if (trackers != NULL)
	{
		hash_seq_init(&seq, trackers);
		while ((entry = hash_seq_search(&seq)) != NULL)
			if (entry->tracker->state == state && entry->tracker->valid)
			{
				hash_seq_term(&seq);
				return with_model(entry->tracker);
			}
	}
	tuple = fetch_tracker(TRACKER_STATE, "tracker_state_key", state, &desc);
	if (HeapTupleIsValid(tuple))
	{
		AttrNumber	column = config_column("tracker", &tracker_table[TRACKER_INTERACTIONS], desc);

		tracker = cached_tracker(DatumGetObjectId(heap_getattr(tuple, column, desc, &isnull)));
		if (tracker != NULL)
			return with_model(tracker);
	}
	if (get_rel_name(state) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", state)));
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" is not the state of a tracked table", get_rel_name(state)),
			 errhint("The view lead_temperature.trackers lists tracked tables. If the table was restored without its tracker, restore the data too, with --disable-triggers, or call lead_temperature.untrack for the table of its interactions and track that anew.")));
	return NULL;				/* keep the compiler quiet */
}

/*
 * tracker_without_model returns the tracker of a tracked table, whose model may
 * be lost or faulty and is not to be used.
 */
Tracker *
tracker_without_model(Oid interactions)
{
	Tracker    *tracker = cached_tracker(interactions);

	if (tracker == NULL)
	{
		char	   *name = get_rel_name(interactions);

		if (name == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_TABLE),
					 errmsg("relation with OID %u does not exist", interactions)));
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is not tracked", name),
				 errhint("Track it with lead_temperature.track; the view lead_temperature.trackers lists tracked tables.")));
	}
	return tracker;
}

/* zone_hint says what to run where the zone of a tracker is none; opening balances would not outlive an untrack. */
static char *
zone_hint(const Tracker *tracker)
{
	char	   *table = quote_literal_cstr(qualified_name(tracker->interactions));

	if (tracker->archived_before == FOLD_NEVER)
		return psprintf("Stop tracking with SELECT lead_temperature.untrack(%s), and track anew with a zone of pg_timezone_names.",
						table);
	return psprintf("Rows are archived, so do not untrack. As a superuser run UPDATE lead_temperature.tracker SET time_zone = 'Area/City' WHERE interactions = %s::regclass, with a zone of pg_timezone_names, and SELECT lead_temperature.reload_trackers(); then CALL lead_temperature.replay(%s).",
					table, table);
}

/*
 * tracker_zone returns the zone of a tracker's local times.  Those of 0.1.0 may have
 * one that is none.
 */
pg_tz *
tracker_zone(const Tracker *tracker)
{
	if (tracker->zone == NULL)
		((Tracker *) tracker)->zone = find_time_zone(tracker->time_zone, zone_hint(tracker));
	return tracker->zone;
}

/* tracker_get returns the tracker of a tracked table. */
Tracker *
tracker_get(Oid interactions)
{
	return with_model(tracker_without_model(interactions));
}

/* tracker_columns reads the names of the tracked columns. */
void
tracker_columns(Oid interactions, TrackedColumns *columns)
{
	static const int numbers[N_TRACKED_COLUMNS] = {
		TRACKER_LEAD, TRACKER_KIND, TRACKER_AT, TRACKER_WEIGHT
	};
	Datum		values[N_TRACKER_COLUMNS];
	bool		nulls[N_TRACKER_COLUMNS];

	if (!fetch_tracker_row(interactions, values, nulls))
		elog(ERROR, "table %u is not tracked", interactions);
	for (int i = 0; i < N_TRACKED_COLUMNS; i++)
		columns->name[i] = nulls[numbers[i]] ? NULL :
			pstrdup(NameStr(*DatumGetName(values[numbers[i]])));
}

/*
 * check_tracked_own refuses a table that is not one's own or is not tracked,
 * without a look at anything that may be broken.
 */
void
check_tracked_own(Oid interactions)
{
	lt_check_version();
	if (get_rel_name(interactions) != NULL)
		check_table_owner(interactions);
	if (!tracker_is_any(interactions))
		(void) tracker_without_model(interactions);
}

/* tracker_get_own returns the tracker of a table of one's own. */
Tracker *
tracker_get_own(Oid interactions)
{
	if (get_rel_name(interactions) != NULL)
		check_table_owner(interactions);
	return tracker_get(interactions);
}

/* companion_open opens a table that belongs to a tracker, unless it was dropped where nothing is refused. */
Relation
companion_open(Oid relation, LOCKMODE lockmode)
{
	Relation	table = try_relation_open(relation, lockmode);

	if (table == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table with OID %u, which belongs to a tracked table, does not exist", relation),
				 errhint("Stop tracking with lead_temperature.untrack and track anew.")));
	return table;
}

/*
 * lock_own_table locks a table of one's own, and refuses one that was dropped or
 * given away until the lock was held.  One that is gone already is let pass.
 */
void
lock_own_table(Oid relation, LOCKMODE lockmode)
{
	char	   *name = get_rel_name(relation);

	if (name == NULL)
		return;
	check_table_owner(relation);
	LockRelationOid(relation, lockmode);
	if (get_rel_name(relation) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s\" was concurrently dropped", name)));
	check_table_owner(relation);
}

/* tracker_lock_own locks a tracked table of one's own and returns its tracker as it is then. */
Tracker *
tracker_lock_own(Oid interactions, LOCKMODE lockmode)
{
	lock_own_table(interactions, lockmode);
	return tracker_get(interactions);
}

/* tracker_is_any says whether a relation itself is tracked. */
bool
tracker_is_any(Oid relation)
{
	HeapTuple	tuple = fetch_tracker(TRACKER_INTERACTIONS, "tracker_pkey", relation, NULL);

	return HeapTupleIsValid(tuple);
}

/* tracker_version returns a frozen version of a tracker's model, NULL if it is gone. */
const FrozenModel *
tracker_version(const Tracker *tracker, int32 version)
{
	for (int i = 0; i < tracker->nversions; i++)
		if (tracker->versions[i]->version == version)
			return tracker->versions[i];
	return NULL;
}
