/*-------------------------------------------------------------------------
 *
 * text_cast.c
 *	  How values that sources have become text: kinds and topics.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/text_cast.h"

#include "util/names.h"

#include "access/transam.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_coerce.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

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
 * prepare_cast looks up the function that casts values of a type to text, tells it the types of
 * what it will get, as those need that take any type, and notes how much of that it wants.
 */
static void
prepare_cast(Oid type, Oid function, MemoryContext context, TextCast *cast)
{
	CaseTestExpr *value = makeNode(CaseTestExpr);
	List	   *arguments;

	fmgr_info_cxt(function, &cast->function, context);
	cast->arguments = cast->function.fn_nargs;
	value->typeId = type;
	value->typeMod = -1;
	value->collation = get_typcollation(type);
	arguments = list_make1(value);
	if (cast->arguments > 1)
		arguments = lappend(arguments, makeConst(INT4OID, -1, InvalidOid, sizeof(int32),
												 Int32GetDatum(-1), false, true));
	if (cast->arguments > 2)
		arguments = lappend(arguments, makeBoolConst(true, false));
	fmgr_info_set_expr((Node *) makeFuncExpr(function, TEXTOID, arguments, DEFAULT_COLLATION_OID,
											 DEFAULT_COLLATION_OID, COERCE_EXPLICIT_CAST),
					   &cast->function);
}

/*
 * check_cast_owner refuses a function of a role that could not act as the owner of the
 * tracker anyway: it casts values to text as that owner, whoever writes.
 */
static void
check_cast_owner(const Source *source, const char *name, const char *noun, Oid function)
{
	Oid			owner = source->tracker->owner;
	Oid			other = function_owner(function);

	if (is_member_of_role(other, owner))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("function %s, which casts %ss to text, belongs to role \"%s\"",
					format_procedure(function), name, GetUserNameFromId(other, true)),
			 errdetail("It would run as \"%s\", who reads %s of table \"%s\" by it.",
					   GetUserNameFromId(owner, true), noun, get_rel_name(source->relation)),
			 errhint("Look at the function, then ALTER FUNCTION %s OWNER TO %s; or track a column of type text.",
					 format_procedure_qualified(function),
					 quote_identifier(GetUserNameFromId(owner, true)))));
}

/*
 * describe_text_cast finds out how values of the type that a source has for a role become text, or
 * refuses it, with the name of the role and what the source has for it in the message.
 */
void
describe_text_cast(const Source *source, Role role, const char *name, const char *noun, TextCast *cast)
{
	MemoryContext context = source->tracker->context;
	Oid			type = source->types[role];
	Oid			function = InvalidOid;
	bool		varlena;

	switch (find_coercion_pathway(TEXTOID, type, COERCION_EXPLICIT, &function))
	{
		case COERCION_PATH_RELABELTYPE:
			cast->path = IS_TEXT;
			return;
		case COERCION_PATH_FUNC:
			cast->path = TEXT_BY_CAST;
			check_cast_owner(source, name, noun, function);
			prepare_cast(type, function, context, cast);
			break;
		case COERCION_PATH_COERCEVIAIO:
			cast->path = TEXT_BY_OUTPUT;
			getTypeOutputInfo(type, &function, &varlena);
			fmgr_info_cxt(function, &cast->function, context);
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_CANNOT_COERCE),
					 errmsg("%s of type %s cannot be cast to text", noun, format_type_be(type)),
					 errhint("Track a column of %ss that casts to text.", name)));
	}
	cast->function_hash = GetSysCacheHashValue1(PROCOID, ObjectIdGetDatum(function));
	cast->varies = function >= FirstNormalObjectId || !has_fixed_text(type);
}
