/*-------------------------------------------------------------------------
 *
 * kind_change.c
 *	  Schema changes by which stored kinds read otherwise than before.
 *
 * A kind that is no text turns into text whenever its row is read.  What it turns
 * into rests on its type and the types within, on their output functions, and on a
 * cast of the type to text and its function.  Where one of these changes, the rows
 * no longer say what the state was made of: the tracker is stale.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/kind_change.h"

#include "catalog/tracked_columns.h"
#include "catalog/tracker_table.h"
#include "commands/source_change.h"
#include "util/type_within.h"

#include "catalog/pg_cast.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "parser/parse_coerce.h"
#include "tcop/deparse_utility.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* is_type says whether a type is a certain one. */
static bool
is_type(Oid type, void *arg)
{
	return type == *(Oid *) arg;
}

/* is_written_by says whether a function is the output function of a type. */
static bool
is_written_by(Oid type, void *arg)
{
	Oid			output;
	bool		varlena;

	getTypeOutputInfo(type, &output, &varlena);
	return output == *(Oid *) arg;
}

/* kind_type_of returns the type of the kinds of a source, InvalidOid if the column is gone or there is none. */
static Oid
kind_type_of(const TrackedSource *source)
{
	AttrNumber	column;

	if (get_rel_name(source->relation) == NULL || source->name[ROLE_KIND] == NULL)
		return InvalidOid;
	column = get_attnum(source->relation, source->name[ROLE_KIND]);
	return column == InvalidAttrNumber ? InvalidOid : get_atttype(source->relation, column);
}

/* type_changed handles a change of what values of a type read as. */
static void
type_changed(Oid type)
{
	ListCell   *cell;

	foreach(cell, all_sources())
	{
		const TrackedSource *source = lfirst(cell);
		Oid			kind = kind_type_of(source);

		if (OidIsValid(kind) && OidIsValid(type_within(kind, is_type, &type)))
			set_source_outdated(source);
	}
}

/* uses_function says whether a source is read by a function: in an expression, or to write or cast kinds. */
static bool
uses_function(const TrackedSource *source, Oid function)
{
	Oid			kind = kind_type_of(source);
	Oid			cast = InvalidOid;

	if (reads_by_function(source, function))
		return true;
	return OidIsValid(kind) &&
		((find_coercion_pathway(TEXTOID, getBaseType(kind), COERCION_EXPLICIT, &cast) ==
		  COERCION_PATH_FUNC && cast == function) ||
		 OidIsValid(type_within(kind, is_written_by, &function)));
}

/* function_changed handles a change of a function. */
static void
function_changed(Oid function)
{
	ListCell   *cell;

	foreach(cell, all_sources())
	{
		const TrackedSource *source = lfirst(cell);

		check_names(source);
		if (!uses_function(source, function))
			continue;
		check_reading(source);
		set_source_outdated(source);
	}
}

/* cast_identity writes a cast of a type to text as event triggers name it. */
static char *
cast_identity(Oid type)
{
	return psprintf("(%s AS %s)", format_type_be_qualified(type), format_type_be_qualified(TEXTOID));
}

/* cast_changed handles the making or dropping of a cast, which may be of kinds to text. */
static void
cast_changed(const char *identity)
{
	ListCell   *cell;

	foreach(cell, all_sources())
	{
		const TrackedSource *source = lfirst(cell);
		Oid			kind = kind_type_of(source);

		if (OidIsValid(kind) && strcmp(identity, cast_identity(getBaseType(kind))) == 0)
			set_source_outdated(source);
	}
}

/* changes_row_type says whether a command changes what rows of a relation that are stored elsewhere read as. */
static bool
changes_row_type(const CollectedCommand *command)
{
	ListCell   *cell;

	if (command->type != SCT_AlterTable)
		return false;
	foreach(cell, command->d.alterTable.subcmds)
	{
		const CollectedATSubcmd *collected = lfirst(cell);
		const AlterTableCmd *action = (const AlterTableCmd *) collected->parsetree;

		if (IsA(action, AlterTableCmd) &&
			(action->subtype == AT_AddColumn || action->subtype == AT_DropColumn ||
			 action->subtype == AT_AlterColumnType))
			return true;
	}
	return false;
}

/* renames_value says whether a command renames a value of an enum; to add one changes no kind. */
static bool
renames_value(const CollectedCommand *command)
{
	const AlterEnumStmt *statement = (const AlterEnumStmt *) command->parsetree;

	return statement != NULL && IsA(statement, AlterEnumStmt) && statement->oldVal != NULL;
}

/* object_changed handles a change of one object of a command. */
static void
object_changed(Oid class, Oid object, const char *identity, const CollectedCommand *command)
{
	switch (class)
	{
		case TypeRelationId:
			if (renames_value(command))
				type_changed(object);
			break;
		case RelationRelationId:
			if (changes_row_type(command) && OidIsValid(get_rel_type_id(object)))
				type_changed(get_rel_type_id(object));
			break;
		case ProcedureRelationId:
			function_changed(object);
			break;
		case CastRelationId:
			cast_changed(identity);
			break;
	}
}

/* visit_objects calls back for each object of an event that a query lists. */
static void
visit_objects(const char *sql)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute(sql, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		bool		isnull;
		Oid			class = DatumGetObjectId(SPI_getbinval(tuple, desc, 1, &isnull));
		Oid			object = DatumGetObjectId(SPI_getbinval(tuple, desc, 2, &isnull));
		Datum		command = SPI_getbinval(tuple, desc, 4, &isnull);

		object_changed(class, object, SPI_getvalue(tuple, desc, 3),
					   isnull ? NULL : (const CollectedCommand *) DatumGetPointer(command));
	}
	SPI_finish();
}

/* follow_kind_changes follows a command that may have changed what kinds read as; for an event trigger of such. */
void
follow_kind_changes(void)
{
	visit_objects("SELECT classid, objid, object_identity, command "
				  "FROM pg_catalog.pg_event_trigger_ddl_commands() "
				  "WHERE classid OPERATOR(pg_catalog.=) ANY (ARRAY["
				  "'pg_catalog.pg_type', 'pg_catalog.pg_class', 'pg_catalog.pg_proc', "
				  "'pg_catalog.pg_cast']::pg_catalog.regclass[])");
}

/* follow_dropped_casts follows a command that dropped casts; for an event trigger of such. */
void
follow_dropped_casts(void)
{
	visit_objects("SELECT classid, objid, object_identity, NULL::pg_catalog.pg_ddl_command "
				  "FROM pg_catalog.pg_event_trigger_dropped_objects() "
				  "WHERE classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_cast'::pg_catalog.regclass");
}
