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
#include "catalog/own_sources.h"
#include "catalog/text_cast.h"
#include "util/extension_table.h"
#include "util/names.h"
#include "util/type_within.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
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

/* role_sql writes what is read for a role as SQL. */
char *
role_sql(const Source *source, Role role)
{
	return has_column(source, role) ? pstrdup(quote_identifier(role_column(source, role))) :
		psprintf("(%s)", source->expressions[role]);
}

/* role_noun says in a message what is read for a role. */
const char *
role_noun(const Source *source, Role role)
{
	return has_column(source, role) ? psprintf("column \"%s\"", role_column(source, role)) :
		psprintf("expression for \"%s\"", tracked_roles[role].name);
}

/* role_type finds the base type of what is read for a role. */
static Oid
role_type(const Source *source, Role role, int32 *typmod, Oid *collation)
{
	const Node *tree = source->trees[role];

	if (has_column(source, role))
		return column_type(source->relation, role_column(source, role), typmod, collation);
	*typmod = exprTypmod(tree);
	*collation = exprCollation(tree);
	return getBaseTypeAndTypmod(exprType(tree), typmod);
}

/* describe_lead_column finds out of which type leads are in a source, as the tables of a tracker repeat it. */
void
describe_lead_column(const TrackedSource *tracked, LeadColumn *column)
{
	const char *name = tracked->name[ROLE_LEAD];
	AttrNumber	attnum;
	OwnerScope	scope;
	Node	   *expression;

	if (name != NULL)
	{
		attnum = get_attnum(tracked->relation, name);
		if (attnum == InvalidAttrNumber)
			missing_column(tracked->relation, name);
		get_atttypetypmodcoll(tracked->relation, attnum, &column->type, &column->typmod, &column->collation);
		return;
	}
	expression_enter(&scope, tracked->owner);
	expression = parse_expression(tracked->relation, tracked_roles[ROLE_LEAD].name, tracked->expression[ROLE_LEAD]);
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

/* describe_text finds out how what is read for a role becomes text. */
static void
describe_text(const Source *source, Role role, TextCast *cast)
{
	describe_text_cast(source, role, tracked_roles[role].name, role_noun(source, role), cast);
}

/* describe_kind finds out how kinds become text. */
static void
describe_kind(Source *source)
{
	int32		typmod;
	Oid			collation;

	source->types[ROLE_KIND] = role_type(source, ROLE_KIND, &typmod, &collation);
	refuse_names(source->types[ROLE_KIND], role_noun(source, ROLE_KIND), "kinds");
	describe_text(source, ROLE_KIND, &source->kind);
}

/* describe_leads finds out how leads are compared and hashed, which are those of a source. */
static void
describe_leads(Tracker *tracker, const Source *source)
{
	TypeCacheEntry *type;

	tracker->lead_column = source->lead_column;
	tracker->lead_type = role_type(source, ROLE_LEAD, &tracker->lead_typmod, &tracker->lead_collation);
	type = lookup_type_cache(tracker->lead_type,
							 TYPECACHE_EQ_OPR | TYPECACHE_LT_OPR | TYPECACHE_CMP_PROC |
							 TYPECACHE_HASH_EXTENDED_PROC);
	if (!OidIsValid(type->cmp_proc) || !OidIsValid(type->eq_opr) || !OidIsValid(type->lt_opr))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("data type %s has no default operator class for access method \"btree\"",
						format_type_be(tracker->lead_type)),
				 errdetail("The %s holds leads, which must be sorted.", role_noun(source, ROLE_LEAD)),
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

/*
 * check_lead_alike refuses leads of another type than those of the first source: they are
 * kept in one table, and compared.
 */
static void
check_lead_alike(const Source *source)
{
	const LeadColumn *first = &source->tracker->lead_column;
	const LeadColumn *own = &source->lead_column;

	if (own->type == first->type && own->collation == first->collation &&
		(own->typmod == first->typmod || first->typmod == -1))
		return;

	/*
	 * what people say is kept as leads were when its table was made, and
	 * others have changed
	 */
	if (source->words)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("leads of table \"%s\" are of another type than those that its tracker keeps",
						get_rel_name(source->tracker->interactions)),
				 errdetail("They are of type %s; leads are kept of type %s.", lead_column_sql(first), lead_column_sql(own))));
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("leads of table \"%s\" are of another type than those of the tracker",
					get_rel_name(source->relation)),
			 errdetail("The %s is of type %s; leads are of type %s.", role_noun(source, ROLE_LEAD),
					   lead_column_sql(own), lead_column_sql(first)),
			 errhint("Write an expression for \"lead\" that has that type, as a cast, and let an index lead to it.")));
}

/* describe_lead finds out of which type leads are. */
static void
describe_lead(Source *source)
{
	int32		typmod;
	Oid			collation;

	source->types[ROLE_LEAD] = role_type(source, ROLE_LEAD, &typmod, &collation);
	if (has_column(source, ROLE_LEAD))
		get_atttypetypmodcoll(source->relation,
							  get_attnum(source->relation, role_column(source, ROLE_LEAD)),
							  &source->lead_column.type, &source->lead_column.typmod,
							  &source->lead_column.collation);
	else
	{
		source->lead_column.type = exprType(source->trees[ROLE_LEAD]);
		source->lead_column.typmod = exprTypmod(source->trees[ROLE_LEAD]);
		source->lead_column.collation = exprCollation(source->trees[ROLE_LEAD]);
	}
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
describe_at(Source *source)
{
	int32		typmod;
	Oid			collation;
	Oid			type = role_type(source, ROLE_AT, &typmod, &collation);

	source->types[ROLE_AT] = type;
	if (type != TIMESTAMPTZOID && type != TIMESTAMPOID && type != DATEOID && !is_number(type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s of type %s does not hold times", role_noun(source, ROLE_AT), format_type_be(type)),
				 errhint("Track a column of type timestamp with time zone, timestamp or date, or of seconds since 1970.")));
}

/* describe_number refuses what does not hold numbers. */
static void
describe_number(Source *source, Role role)
{
	int32		typmod;
	Oid			collation;
	Oid			type = role_type(source, role, &typmod, &collation);

	source->types[role] = type;
	if (!is_number(type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s of type %s does not hold %ss", role_noun(source, role), format_type_be(type), tracked_roles[role].name),
				 errhint("Track a numeric column, or none.")));
}

/* describe_weight refuses what does not hold numbers. */
static void
describe_weight(Source *source)
{
	describe_number(source, ROLE_WEIGHT);
}

/* describe_filter refuses what is neither true nor false. */
static void
describe_filter(Source *source)
{
	int32		typmod;
	Oid			collation;
	Oid			type = role_type(source, ROLE_FILTER, &typmod, &collation);

	source->types[ROLE_FILTER] = type;
	if (type != BOOLOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s of type %s is no filter", role_noun(source, ROLE_FILTER), format_type_be(type)),
				 errhint("Pass a condition, which is true of the rows that are interactions.")));
}

/* describe_key finds out of which type the ids are that a mapping maps. */
static void
describe_key(Source *source)
{
	int32		typmod;
	Oid			collation;

	source->types[ROLE_KEY] = role_type(source, ROLE_KEY, &typmod, &collation);
}

/* check_key refuses a mapping whose ids are of another type than those that it shall map. */
static void
check_key(const Source *source)
{
	const Source *mapping = source->mapping;
	Oid			collation = exprCollation(mapping->trees[ROLE_KEY]);

	if (mapping->types[ROLE_KEY] == source->types[ROLE_LEAD] && collation == source->lead_column.collation)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("ids of table \"%s\" are of another type than those that table \"%s\" maps",
					get_rel_name(source->relation), get_rel_name(mapping->relation)),
			 errdetail("The %s is of type %s; the %s of type %s.", role_noun(source, ROLE_LEAD),
					   format_type_be(source->types[ROLE_LEAD]), role_noun(mapping, ROLE_KEY),
					   format_type_be(mapping->types[ROLE_KEY])),
			 errhint("Write an expression for \"lead\" or \"via_key\" that has the other's type, as a cast, and let an index lead to it.")));
}

/* describe_text_aside finds out how what is read beside the fold becomes text. */
static void
describe_text_aside(Source *source, Role role)
{
	int32		typmod;
	Oid			collation;

	source->types[role] = role_type(source, role, &typmod, &collation);
	describe_text(source, role, aside_cast(source, role));
}

/* describe_topic finds out how topics become text. */
static void
describe_topic(Source *source)
{
	describe_text_aside(source, ROLE_TOPIC);
}

/* describe_channel finds out how channels become text. */
static void
describe_channel(Source *source)
{
	describe_text_aside(source, ROLE_CHANNEL);
}

/* describe_value refuses what does not hold numbers. */
static void
describe_value(Source *source)
{
	describe_number(source, ROLE_VALUE);
}

/* What is read of an interaction. */
const TrackedRole tracked_roles[N_ROLES] = {
	[ROLE_LEAD] = {"lead", false, true, describe_lead},
	[ROLE_KIND] = {"kind", false, true, describe_kind},
	[ROLE_AT] = {"at", false, true, describe_at},
	[ROLE_WEIGHT] = {"weight", true, true, describe_weight},
	[ROLE_KEY] = {"key", true, true, describe_key},
	[ROLE_FILTER] = {"filter", true, true, describe_filter},
	[ROLE_TOPIC] = {"topic", true, true, describe_topic},
	[ROLE_CHANNEL] = {"channel", true, true, describe_channel},
	[ROLE_VALUE] = {"value", true, true, describe_value}
};

const Role	argument_roles[N_ARGUMENT_ROLES] = {ROLE_LEAD, ROLE_KIND, ROLE_AT, ROLE_WEIGHT, ROLE_FILTER};

/* needs_role says whether something must be read of a source for a role. */
bool
needs_role(const TrackedSource *source, Role role)
{
	if (source->maps != 0)
		return role == ROLE_LEAD || role == ROLE_KEY;
	if (source->records != 0 && role == ROLE_AT)
		return false;
	return !tracked_roles[role].optional;
}

/* read_inputs lists the columns that expressions read. */
static void
read_inputs(Source *source, Bitmapset *columns)
{
	int			column = -1;

	source->inputs = palloc(sizeof(AttrNumber) * Max(bms_num_members(columns), 1));
	source->n_inputs = 0;
	while ((column = bms_next_member(columns, column)) >= 0)
		source->inputs[source->n_inputs++] = column + FirstLowInvalidHeapAttributeNumber;
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
read_certain(Source *source)
{
	source->certain = NIL;
	source->certain_sql = NULL;
	if (source->trees[ROLE_FILTER] == NULL)
		return;
	source->certain = certain_conditions(source->trees[ROLE_FILTER]);
	if (source->certain != NIL)
		source->certain_sql = expression_text(source->relation,
											  (Node *) make_ands_explicit(source->certain));
}

/*
 * parse_role parses the expression for a role, as the owner of the tracker, along whose path its
 * names are found, and returns the columns that it reads.
 */
static Bitmapset *
parse_role(Source *source, Role role)
{
	const char *name = tracked_roles[role].name;
	Node	   *tree = parse_expression(source->relation, name, source->expressions[role]);

	check_expression(source->relation, source->tracker->owner, name, tree);
	source->trees[role] = tree;
	source->makes_domains = source->makes_domains || expression_makes_domains(tree);
	return expression_columns(tree);
}

/* parse_expressions parses what rows of a source are read by. */
static void
parse_expressions(Source *source)
{
	MemoryContext context = CurrentMemoryContext;
	Bitmapset  *columns = NULL;
	OwnerScope	scope;

	expression_enter(&scope, source->tracker->owner);
	for (int role = 0; role < N_FOLD_ROLES; role++)
	{
		if (source->expressions[role] == NULL)
			continue;
		columns = bms_add_members(columns, parse_role(source, role));
		source->may_fail = source->may_fail || expression_may_fail(source->trees[role]);
	}
	read_certain(source);
	owner_leave(&scope);
	MemoryContextSwitchTo(context);
	read_inputs(source, columns);
}

/*
 * refuse_generated refuses a generated column of a partitioned table: a row that is inserted
 * through the table and laid out otherwise in its partition comes to triggers without it.
 */
static void
refuse_generated(const Source *source, AttrNumber column)
{
	HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(source->relation), Int16GetDatum(column));
	bool		generated = HeapTupleIsValid(tuple) &&
		((Form_pg_attribute) GETSTRUCT(tuple))->attgenerated != '\0';

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	if (generated)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of partitioned table \"%s\" is generated",
						get_attname(source->relation, column, false), get_rel_name(source->relation)),
				 errdetail("Triggers may not see what it holds."),
				 errhint("Track the expression that generates it in its place.")));
}

/* check_generated refuses generated columns where triggers may not see what they hold. */
static void
check_generated(const Source *source)
{
	if (get_rel_relkind(source->relation) != RELKIND_PARTITIONED_TABLE)
		return;
	for (int role = 0; role < N_ROLES; role++)
		if (has_column(source, role))
			refuse_generated(source, get_attnum(source->relation, role_column(source, role)));
	for (int i = 0; i < source->n_inputs; i++)
		refuse_generated(source, source->inputs[i]);
}

/*
 * check_source_access refuses a table that the owner of a tracker may not read: he must be a
 * member of its owner, and may use its schema.
 */
void
check_source_access(Oid owner, Oid relation)
{
	Oid			other = relation_owner(relation);
	Oid			schema = get_rel_namespace(relation);
	const char *name = GetUserNameFromId(owner, false);

	if (!has_privs_of_role(owner, other))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("owner \"%s\" of the tracker is no member of \"%s\", who owns table \"%s\"",
						name, GetUserNameFromId(other, false), get_rel_name(relation)),
				 errdetail("The rows of all sources are read as the owner of the tracker."),
				 errhint("Run GRANT %s TO %s.", quote_identifier(GetUserNameFromId(other, false)), quote_identifier(name))));
	if (!lt_has_schema_right(schema, owner, ACL_USAGE))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("owner \"%s\" of the tracker may not use schema \"%s\", in which table \"%s\" is",
						name, get_namespace_name(schema), get_rel_name(relation)),
				 errdetail("The rows of all sources are read as the owner of the tracker."),
				 errhint("Run GRANT USAGE ON SCHEMA %s TO %s.", quote_identifier(get_namespace_name(schema)),
						 quote_identifier(name))));
	if (pg_class_aclcheck(relation, owner, ACL_SELECT) != ACLCHECK_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("owner \"%s\" of the tracker may not read table \"%s\"", name, get_rel_name(relation)),
				 errdetail("The rows of all sources are read as the owner of the tracker."),
				 errhint("Run GRANT SELECT ON %s TO %s.", qualified_name(relation), quote_identifier(name))));
}

/* describe_source finds out how the columns and expressions of a source are read. */
static void
describe_source(Source *source)
{
	source->n_inputs = 0;
	source->may_fail = false;
	source->makes_domains = false;
	if (has_expressions(source))
		parse_expressions(source);
	for (int role = 0; role < N_FOLD_ROLES; role++)
	{
		source->types[role] = InvalidOid;
		if (has_role(source, role))
			tracked_roles[role].describe(source);
	}
	check_generated(source);
}

/* make_aside_source makes of a source one that is read for a role beside the fold too, in the current context; raises if that cannot be read. */
Source *
make_aside_source(const Source *source, Role role)
{
	MemoryContext context = CurrentMemoryContext;
	Source	   *made = palloc(sizeof(Source));
	Bitmapset  *columns;
	OwnerScope	scope;

	*made = *source;
	made->read_lead = NULL;
	expression_enter(&scope, source->tracker->owner);
	columns = parse_role(made, role);
	made->aside_may_fail[role - N_FOLD_ROLES] = expression_may_fail(made->trees[role]);
	owner_leave(&scope);
	MemoryContextSwitchTo(context);
	for (int i = 0; i < source->n_inputs; i++)
		columns = bms_add_member(columns, source->inputs[i] - FirstLowInvalidHeapAttributeNumber);
	read_inputs(made, columns);
	tracked_roles[role].describe(made);
	if (source->records != 0)
		check_generated(made);
	return made;
}

/*
 * check_kept_alike refuses records whose leads, or ids in their place, are of another type than
 * those that are kept of them.
 */
static void
check_kept_alike(const Source *source)
{
	const Tracker *tracker = source->tracker;
	const Source *keeper = NULL;
	LeadColumn	kept;
	AttrNumber	column;

	for (int i = 0; i < tracker->nsources; i++)
		if (tracker->sources[i]->recorder == source)
			keeper = tracker->sources[i];
	if (keeper == NULL || get_rel_name(keeper->relation) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("nothing has what is kept of the records of table \"%s\"", get_rel_name(source->relation)),
				 errhint("Do without source %d by lead_temperature.drop_source.", source->records)));
	column = get_attnum(keeper->relation, role_column(keeper, ROLE_LEAD));
	if (column == InvalidAttrNumber)
		check_own_source(keeper, &source->lead_column);
	get_atttypetypmodcoll(keeper->relation, column, &kept.type, &kept.typmod, &kept.collation);
	if (source->lead_column.type != kept.type || source->lead_column.collation != kept.collation ||
		(source->lead_column.typmod != kept.typmod && kept.typmod != -1))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("leads of table \"%s\" are of another type than those that are kept of its records",
						get_rel_name(source->relation)),
				 errdetail("The %s is of type %s; table \"%s\" keeps leads of type %s.", role_noun(source, ROLE_LEAD),
						   lead_column_sql(&source->lead_column), get_rel_name(keeper->relation), lead_column_sql(&kept)),
				 errhint("Write an expression for \"lead\" that has that type, as a cast.")));
	check_own_source(keeper, &kept);
}

/* describe_recorder finds out how records are read, whatever else a tracker reads. */
void
describe_recorder(Source *source)
{
	if (source->described)
		return;
	check_source_access(source->tracker->owner, source->relation);
	describe_source(source);
	check_kept_alike(source);
	source->described = true;
}

/* describe_columns finds out how the sources of a tracker are read. */
void
describe_columns(Tracker *tracker)
{
	for (int i = 0; i < tracker->ntables; i++)
	{
		if (tracker->sources[i]->records != 0)
		{
			describe_recorder(tracker->sources[i]);
			continue;
		}
		if (tracker->sources[i]->number != 1)	/* whose owner the tracker has */
			check_source_access(tracker->owner, tracker->sources[i]->relation);
		describe_source(tracker->sources[i]);
	}
	describe_leads(tracker, names_leads(tracker->sources[0]));
	for (int i = 0; i < tracker->nsources; i++)
	{
		const Source *source = tracker->sources[i];

		check_lead_alike(names_leads(source));
		if (source->mapping == NULL)
			continue;
		check_key(source);
		if (source->mapping->maps_rest)
			check_lead_alike(source);
	}
	for (int i = 0; i < tracker->ntables; i++)
		check_own_source(tracker->sources[i], &tracker->lead_column);
}

/* make_source makes a source of what a tracker reads of a table. */
Source *
make_source(Tracker *tracker, const TrackedSource *tracked)
{
	Source	   *source = palloc0(sizeof(Source));

	source->tracker = tracker;
	source->number = tracked->number;
	source->relation = tracked->relation;
	source->maps = tracked->maps;
	source->maps_rest = tracked->maps_rest;
	source->records = tracked->records;
	source->words = tracked->words;
	for (int role = 0; role < N_ROLES; role++)
	{
		if (tracked->name[role] != NULL)
			namestrcpy(&source->columns[role], tracked->name[role]);
		source->expressions[role] = tracked->expression[role];
	}
	return source;
}

/*
 * check_source refuses columns and expressions whose types cannot be tracked, as the later
 * use of a tracker would; what its other sources are like does not matter.
 */
void
check_source(const TrackedSource *tracked)
{
	Tracker		tracker;
	Source	   *source;

	memset(&tracker, 0, sizeof(tracker));
	tracker.owner = tracked->owner;
	tracker.context = CurrentMemoryContext;
	source = make_source(&tracker, tracked);
	describe_source(source);
	if (has_role(source, ROLE_LEAD))
	{
		describe_leads(&tracker, source);
		refuse_names(source->types[ROLE_LEAD], role_noun(source, ROLE_LEAD), "leads");
	}
	for (int role = N_FOLD_ROLES; role < N_ROLES; role++)
		if (has_role(source, role))
			(void) make_aside_source(source, role);
}
