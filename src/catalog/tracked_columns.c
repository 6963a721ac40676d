/*-------------------------------------------------------------------------
 *
 * tracked_columns.c
 *	  The columns of a tracked table: which types they may be of, and how they
 *	  are read.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/tracked_columns.h"

#include "catalog/expression.h"
#include "util/extension_table.h"
#include "util/names.h"
#include "util/type_within.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* missing_column reports a tracked column that is no longer there. */
void
missing_column(Oid interactions, const char *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("column \"%s\" of tracked table \"%s\" does not exist",
					column, get_rel_name(interactions)),
			 errhint("Restore the column, or say with lead_temperature.alter_tracker what to read instead.")));
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

/* columns of lead_temperature.expression */
enum
{
	EXPRESSION_INTERACTIONS, EXPRESSION_ROLE, EXPRESSION_TEXT, EXPRESSION_FAULT,
	N_EXPRESSION_COLUMNS
};

static const ConfigColumn expression_table[N_EXPRESSION_COLUMNS] = {
	{"interactions", REGCLASSOID},
	{"role", TEXTOID},
	{"expression", TEXTOID, NULL, true},
	{"fault", TEXTOID, NULL, true}
};

/* role_of finds a role by its name, N_ROLES if there is none. */
static int
role_of(const char *name)
{
	int			role = 0;

	while (role < N_ROLES && strcmp(tracked_roles[role].name, name) != 0)
		role++;
	return role;
}

/* read_expressions reads the expressions of a tracker, NULL where a role has none. */
void
read_expressions(Oid interactions, char **expressions)
{
	Relation	table;
	TupleDesc	desc;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	memset(expressions, 0, sizeof(char *) * N_ROLES);
	if (!config_has_table("expression"))
		return;
	table = table_open(config_table("expression"), AccessShareLock);
	desc = RelationGetDescr(table);
	ScanKeyInit(&key, config_column("expression", &expression_table[EXPRESSION_INTERACTIONS], desc),
				BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(interactions));
	scan = systable_beginscan(table, lt_primary_key(table), OidIsValid(lt_primary_key(table)), NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Datum		values[N_EXPRESSION_COLUMNS];
		bool		nulls[N_EXPRESSION_COLUMNS];
		int			role = N_ROLES;

		if (config_row("expression", expression_table, N_EXPRESSION_COLUMNS, tuple, desc,
					   values, nulls) == N_EXPRESSION_COLUMNS)
			role = role_of(TextDatumGetCString(values[EXPRESSION_ROLE]));
		if (role == N_ROLES || (!nulls[EXPRESSION_TEXT] && !tracked_roles[role].by_expression))
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("an expression of tracked table \"%s\" is corrupt", get_rel_name(interactions)),
					 errhint("Stop tracking the table with lead_temperature.untrack and track it anew.")));
		if (!nulls[EXPRESSION_TEXT])
			expressions[role] = TextDatumGetCString(values[EXPRESSION_TEXT]);
	}
	systable_endscan(scan);
	table_close(table, AccessShareLock);
}

/* role_sql writes what is read for a role as SQL. */
char *
role_sql(const Tracker *tracker, Role role)
{
	return has_column(tracker, role) ? pstrdup(quote_identifier(role_column(tracker, role))) :
		psprintf("(%s)", tracker->expressions[role]);
}

/* role_noun says in a message what is read for a role. */
const char *
role_noun(const Tracker *tracker, Role role)
{
	return has_column(tracker, role) ? psprintf("column \"%s\"", role_column(tracker, role)) :
		psprintf("expression for \"%s\"", tracked_roles[role].name);
}

/* role_type finds the base type of what is read for a role. */
static Oid
role_type(const Tracker *tracker, Role role, int32 *typmod, Oid *collation)
{
	const Node *tree = tracker->trees[role];

	if (has_column(tracker, role))
		return column_type(tracker->interactions, role_column(tracker, role), typmod, collation);
	*typmod = exprTypmod(tree);
	*collation = exprCollation(tree);
	return getBaseTypeAndTypmod(exprType(tree), typmod);
}

/* describe_lead_column finds out of which type leads are, as the tables of a tracker repeat it. */
void
describe_lead_column(Oid interactions, const TrackedColumns *tracked, LeadColumn *column)
{
	const char *name = tracked->name[ROLE_LEAD];
	AttrNumber	attnum;
	OwnerScope	scope;
	Node	   *expression;

	if (name != NULL)
	{
		attnum = get_attnum(interactions, name);
		if (attnum == InvalidAttrNumber)
			missing_column(interactions, name);
		get_atttypetypmodcoll(interactions, attnum, &column->type, &column->typmod, &column->collation);
		return;
	}
	expression_enter(&scope, interactions);
	expression = parse_expression(interactions, tracked_roles[ROLE_LEAD].name, tracked->expression[ROLE_LEAD]);
	owner_leave(&scope);
	column->type = exprType(expression);
	column->typmod = exprTypmod(expression);
	column->collation = exprCollation(expression);
}

/* lead_column_sql writes the type, and the collation, of leads. */
char *
lead_column_sql(const LeadColumn *column)
{
	char	   *type = format_type_extended(column->type, column->typmod,
											FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);

	return OidIsValid(column->collation) ?
		psprintf("%s COLLATE %s", type, generate_collation_name(column->collation)) : type;
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
refuse_names(Oid column_type, const char *noun, const char *what)
{
	Oid			type = type_within(column_type, names_objects, NULL);

	if (OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s of type %s cannot hold %s", noun, format_type_be(column_type), what),
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
	kind->typeId = tracker->types[ROLE_KIND];
	kind->typeMod = -1;
	kind->collation = get_typcollation(tracker->types[ROLE_KIND]);
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

/*
 * check_cast_owner refuses a function of a role that could not act as the owner of the
 * tracked table anyway: it casts kinds to text as that owner, whoever writes.
 */
static void
check_cast_owner(Oid interactions, const char *noun, Oid function)
{
	Oid			owner = relation_owner(interactions);
	Oid			other = function_owner(function);

	if (is_member_of_role(other, owner))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("function %s, which casts kinds to text, belongs to role \"%s\"",
					format_procedure(function), GetUserNameFromId(other, true)),
			 errdetail("It would run as \"%s\", who owns table \"%s\" and reads %s by it.",
					   GetUserNameFromId(owner, true), get_rel_name(interactions), noun),
			 errhint("Look at the function, then ALTER FUNCTION %s OWNER TO %s; or track a column of type text.",
					 format_procedure_qualified(function),
					 quote_identifier(GetUserNameFromId(owner, true)))));
}

/* describe_kind finds out how kinds become text. */
static void
describe_kind(Tracker *tracker)
{
	int32		typmod;
	Oid			collation;
	Oid			function = InvalidOid;
	bool		varlena;

	tracker->types[ROLE_KIND] = role_type(tracker, ROLE_KIND, &typmod, &collation);
	refuse_names(tracker->types[ROLE_KIND], role_noun(tracker, ROLE_KIND), "kinds");
	switch (find_coercion_pathway(TEXTOID, tracker->types[ROLE_KIND], COERCION_EXPLICIT, &function))
	{
		case COERCION_PATH_RELABELTYPE:
			tracker->kind_path = KIND_IS_TEXT;
			return;
		case COERCION_PATH_FUNC:
			tracker->kind_path = KIND_BY_CAST;
			check_cast_owner(tracker->interactions, role_noun(tracker, ROLE_KIND), function);
			prepare_cast(tracker, function);
			break;
		case COERCION_PATH_COERCEVIAIO:
			tracker->kind_path = KIND_BY_OUTPUT;
			getTypeOutputInfo(tracker->types[ROLE_KIND], &function, &varlena);
			fmgr_info_cxt(function, &tracker->kind_function, tracker->context);
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_CANNOT_COERCE),
					 errmsg("%s of type %s cannot be cast to text",
							role_noun(tracker, ROLE_KIND), format_type_be(tracker->types[ROLE_KIND])),
					 errhint("Track a column of kinds that casts to text.")));
	}
	tracker->kind_function_hash = GetSysCacheHashValue1(PROCOID, ObjectIdGetDatum(function));
	tracker->kind_text_varies = function >= FirstNormalObjectId ||
		!has_fixed_text(tracker->types[ROLE_KIND]);
}

/* describe_lead finds out how leads are read, compared and hashed. */
static void
describe_lead(Tracker *tracker)
{
	TypeCacheEntry *type;

	tracker->types[ROLE_LEAD] = role_type(tracker, ROLE_LEAD, &tracker->lead_typmod, &tracker->lead_collation);
	if (has_column(tracker, ROLE_LEAD))
		get_atttypetypmodcoll(tracker->interactions,
							  get_attnum(tracker->interactions, role_column(tracker, ROLE_LEAD)),
							  &tracker->lead_column.type, &tracker->lead_column.typmod,
							  &tracker->lead_column.collation);
	else
	{
		tracker->lead_column.type = exprType(tracker->trees[ROLE_LEAD]);
		tracker->lead_column.typmod = exprTypmod(tracker->trees[ROLE_LEAD]);
		tracker->lead_column.collation = exprCollation(tracker->trees[ROLE_LEAD]);
	}
	type = lookup_type_cache(tracker->types[ROLE_LEAD],
							 TYPECACHE_EQ_OPR | TYPECACHE_LT_OPR | TYPECACHE_CMP_PROC |
							 TYPECACHE_HASH_EXTENDED_PROC);
	if (!OidIsValid(type->cmp_proc) || !OidIsValid(type->eq_opr) || !OidIsValid(type->lt_opr))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("data type %s has no default operator class for access method \"btree\"",
						format_type_be(tracker->types[ROLE_LEAD])),
				 errdetail("The %s holds leads, which must be sorted.", role_noun(tracker, ROLE_LEAD)),
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
}

/* is_number says whether a type is that of numbers. */
static bool
is_number(Oid type)
{
	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return true;
	}
	return false;
}

/* describe_at refuses what does not hold times; numbers are seconds since 1970. */
static void
describe_at(Tracker *tracker)
{
	int32		typmod;
	Oid			collation;
	Oid			type = role_type(tracker, ROLE_AT, &typmod, &collation);

	tracker->types[ROLE_AT] = type;
	if (type != TIMESTAMPTZOID && type != TIMESTAMPOID && type != DATEOID && !is_number(type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s of type %s does not hold times", role_noun(tracker, ROLE_AT), format_type_be(type)),
				 errhint("Track a column of type timestamp with time zone, timestamp or date, or of seconds since 1970.")));
}

/* describe_weight refuses what does not hold numbers. */
static void
describe_weight(Tracker *tracker)
{
	int32		typmod;
	Oid			collation;
	Oid			type = role_type(tracker, ROLE_WEIGHT, &typmod, &collation);

	tracker->types[ROLE_WEIGHT] = type;
	if (!is_number(type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s of type %s does not hold weights", role_noun(tracker, ROLE_WEIGHT), format_type_be(type)),
				 errhint("Track a numeric column, or none.")));
}

/* describe_filter refuses what is neither true nor false. */
static void
describe_filter(Tracker *tracker)
{
	int32		typmod;
	Oid			collation;
	Oid			type = role_type(tracker, ROLE_FILTER, &typmod, &collation);

	tracker->types[ROLE_FILTER] = type;
	if (type != BOOLOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s of type %s is no filter", role_noun(tracker, ROLE_FILTER), format_type_be(type)),
				 errhint("Pass a condition, which is true of the rows that are interactions.")));
}

/* What is read of an interaction. */
const TrackedRole tracked_roles[N_ROLES] = {
	[ROLE_LEAD] = {"lead", false, true, describe_lead},
	[ROLE_KIND] = {"kind", false, true, describe_kind},
	[ROLE_AT] = {"at", false, true, describe_at},
	[ROLE_WEIGHT] = {"weight", true, true, describe_weight},
	[ROLE_FILTER] = {"filter", true, true, describe_filter}
};

/* read_inputs lists the columns that expressions read. */
static void
read_inputs(Tracker *tracker, Bitmapset *columns)
{
	int			column = -1;

	tracker->inputs = palloc(sizeof(AttrNumber) * Max(bms_num_members(columns), 1));
	tracker->n_inputs = 0;
	while ((column = bms_next_member(columns, column)) >= 0)
		tracker->inputs[tracker->n_inputs++] = column + FirstLowInvalidHeapAttributeNumber;
}

/* certain_conditions lists the conditions that a filter joins by AND and that can fail for no row. */
List *
certain_conditions(Node *filter)
{
	Expr	   *folded = canonicalize_qual((Expr *) eval_const_expressions(NULL, copyObject(filter)), false);
	List	   *certain = NIL;
	ListCell   *cell;

	foreach(cell, make_ands_implicit(folded))
	{
		if (!expression_may_fail(lfirst(cell)))
			certain = lappend(certain, lfirst(cell));
	}
	return certain;
}

/* read_certain notes the conditions of the filter that queries can rest on. */
static void
read_certain(Tracker *tracker)
{
	tracker->certain = NIL;
	tracker->certain_sql = NULL;
	if (tracker->trees[ROLE_FILTER] == NULL)
		return;
	tracker->certain = certain_conditions(tracker->trees[ROLE_FILTER]);
	if (tracker->certain != NIL)
		tracker->certain_sql = expression_text(tracker->interactions,
											   (Node *) make_ands_explicit(tracker->certain));
}

/*
 * parse_expressions parses the expressions of a tracker, as its owner, along whose path
 * their names are found.
 */
static void
parse_expressions(Tracker *tracker)
{
	MemoryContext context = CurrentMemoryContext;
	Bitmapset  *columns = NULL;
	OwnerScope	scope;

	expression_enter(&scope, tracker->interactions);
	for (int role = 0; role < N_ROLES; role++)
	{
		Node	   *tree;

		if (tracker->expressions[role] == NULL)
			continue;
		tree = parse_expression(tracker->interactions, tracked_roles[role].name, tracker->expressions[role]);
		check_expression(tracker->interactions, tracked_roles[role].name, tree);
		tracker->trees[role] = tree;
		tracker->may_fail = tracker->may_fail || expression_may_fail(tree);
		tracker->makes_domains = tracker->makes_domains || expression_makes_domains(tree);
		columns = bms_add_members(columns, expression_columns(tree));
	}
	read_certain(tracker);
	owner_leave(&scope);
	MemoryContextSwitchTo(context);
	read_inputs(tracker, columns);
}

/*
 * refuse_generated refuses a generated column of a partitioned table: a row that is inserted
 * through the table and laid out otherwise in its partition comes to triggers without it.
 */
static void
refuse_generated(const Tracker *tracker, AttrNumber column)
{
	HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(tracker->interactions), Int16GetDatum(column));
	bool		generated = HeapTupleIsValid(tuple) &&
		((Form_pg_attribute) GETSTRUCT(tuple))->attgenerated != '\0';

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	if (generated)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of partitioned table \"%s\" is generated",
						get_attname(tracker->interactions, column, false), get_rel_name(tracker->interactions)),
				 errdetail("Triggers may not see what it holds."),
				 errhint("Track the expression that generates it in its place.")));
}

/* check_generated refuses generated columns where triggers may not see what they hold. */
static void
check_generated(const Tracker *tracker)
{
	if (get_rel_relkind(tracker->interactions) != RELKIND_PARTITIONED_TABLE)
		return;
	for (int role = 0; role < N_ROLES; role++)
		if (has_column(tracker, role))
			refuse_generated(tracker, get_attnum(tracker->interactions, role_column(tracker, role)));
	for (int i = 0; i < tracker->n_inputs; i++)
		refuse_generated(tracker, tracker->inputs[i]);
}

/* describe_columns finds out how the tracked columns and expressions are read. */
void
describe_columns(Tracker *tracker)
{
	tracker->n_inputs = 0;
	tracker->may_fail = false;
	tracker->makes_domains = false;
	if (has_expressions(tracker))
		parse_expressions(tracker);
	for (int role = 0; role < N_ROLES; role++)
	{
		tracker->types[role] = InvalidOid;
		if (has_role(tracker, role))
			tracked_roles[role].describe(tracker);
	}
	check_generated(tracker);
}

/*
 * tracker_check_columns refuses columns and expressions whose types cannot be tracked, as
 * the later use of a tracker would.
 */
void
tracker_check_columns(Oid interactions, const TrackedColumns *columns)
{
	Tracker		tracker;

	memset(&tracker, 0, sizeof(tracker));
	tracker.interactions = interactions;
	tracker.context = CurrentMemoryContext;
	for (int role = 0; role < N_ROLES; role++)
	{
		if (columns->name[role] != NULL)
			namestrcpy(&tracker.columns[role], columns->name[role]);
		tracker.expressions[role] = columns->expression[role];
	}
	describe_columns(&tracker);
	if (has_role(&tracker, ROLE_LEAD))
		refuse_names(tracker.types[ROLE_LEAD], role_noun(&tracker, ROLE_LEAD), "leads");
}
