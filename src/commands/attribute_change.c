/*-------------------------------------------------------------------------
 *
 * attribute_change.c
 *	  Schema changes of tables that have attributes of leads.
 *
 * Nobody is kept from changing such a table.  A column that gets another name is followed.  After whatever else leaves an
 * attribute that cannot be read, or whose changes nobody sees, it is stale, which says why: leads are as if they had no
 * such attribute until it can be read again.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/attribute_check.h"

#include "catalog/expression.h"
#include "catalog/own_tracker.h"
#include "commands/triggers.h"
#include "state/fit.h"
#include "types/compat.h"
#include "util/execute.h"
#include "util/names.h"

#include "access/xact.h"
#include "nodes/parsenodes.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* An attribute being looked at. */
typedef struct Reading
{
	const Tracker *tracker;
	Attribute  *attribute;
	const char *former;			/* name of a column that has another now */
	const char *present;
	char	   *text;			/* out: the expression under that */
} Reading;

/* check_it refuses an attribute that could not be added; work for lt_try. */
static void
check_it(void *arg)
{
	const Reading *reading = arg;

	check_attribute_table(reading->tracker, reading->attribute->relation);
	check_attribute(reading->tracker, reading->attribute);
}

/* parse_it writes an expression anew; work for lt_try. */
static void
parse_it(void *arg)
{
	Reading    *reading = arg;

	(void) parse_attribute(reading->attribute, reading->tracker->owner, reading->former, reading->present, &reading->text);
}

/* attribute_fault says why an attribute cannot be read, or its changes are not seen, NULL if all is well. */
static char *
attribute_fault(const Tracker *tracker, Attribute *attribute)
{
	Reading		reading = {tracker, attribute};
	char	   *fault = lt_try(check_it, &reading);

	if (fault == NULL && !attributes_are_followed(attribute->relation))
		fault = psprintf("a trigger by which table \"%s\" is followed is missing, or does not fire", get_rel_name(attribute->relation));
	return fault;
}

/* renew_fit computes the fit of all leads anew, if the tracker is there and can. */
static void
renew_fit(Oid id)
{
	Tracker    *tracker;

	CommandCounterIncrement();
	tracker = tracker_with_fit(id);
	if (tracker != NULL)
		(void) fit_renew(tracker);
}

/* note_fault notes that an attribute cannot be read, or can again, and tells whoever did it; says whether that is new. */
static bool
note_fault(Attribute *attribute)
{
	const Tracker *tracker = tracker_with_fit(attribute->tracker);
	char	   *fault;

	if (tracker == NULL)
		return false;
	fault = attribute_fault(tracker, attribute);
	if (fault == NULL ? attribute->fault == NULL : attribute->fault != NULL && strcmp(fault, attribute->fault) == 0)
		return false;
	attribute->fault = fault;
	set_attribute(attribute);
	if (fault != NULL)
		ereport(WARNING,
				(errmsg("attribute \"%s\" of the leads of table \"%s\" is stale", attribute->name, get_rel_name(attribute->tracker)),
				 errdetail_internal("%s.", fault),
				 errhint("Undo the change, or let leads do without it: SELECT lead_temperature.drop_attribute(%s, %s).",
						 quote_literal_cstr(qualified_name(tracker->state)),
						 quote_literal_cstr(attribute->name))));
	return true;
}

/* review_attributes looks at the attributes that a table has, and says whether leads have others by now. */
bool
review_attributes(Oid relation)
{
	bool		changed = false;
	ListCell   *cell;

	foreach(cell, attributes_in(relation))
		changed |= note_fault(lfirst(cell));
	return changed;
}

/* check_all looks at attributes after a change, and computes the fit anew of leads for which there are others now, or for which values may have changed. */
static void
check_all(List *attributes, bool rewritten)
{
	List	   *trackers = NIL;
	ListCell   *cell;

	foreach(cell, attributes)
	{
		Attribute  *attribute = lfirst(cell);

		if (get_rel_name(attribute->tracker) == NULL)
			continue;
		if (note_fault(attribute) || rewritten)
			trackers = list_append_unique_oid(trackers, attribute->tracker);
	}
	foreach(cell, trackers)
		renew_fit(lfirst_oid(cell));
}

/* follow_rename follows a column of a table from one name to another. */
static void
follow_rename(List *attributes, const RenameStmt *rename)
{
	ListCell   *cell;

	foreach(cell, attributes)
	{
		Attribute  *attribute = lfirst(cell);
		Reading		reading = {tracker_without_model(attribute->tracker), attribute, rename->subname, rename->newname};

		if (strcmp(attribute->key, rename->subname) == 0)
			attribute->key = rename->newname;
		if (attribute->fault == NULL && lt_try(parse_it, &reading) == NULL)
			attribute->expression = reading.text;
		set_attribute(attribute);
	}
}

/* What a statement may have done to attributes. */
typedef enum Change
{
	NOTHING,
	READING,					/* they can be read no more, or again */
	VALUES						/* they have other values besides */
} Change;

/* change_by says what a statement may have done to attributes.  A restore, which makes keys and triggers one by one, does nothing. */
static Change
change_by(const Node *statement)
{
	Change		change = NOTHING;
	ListCell   *cell;

	if (IsA(statement, CreateTrigStmt))
		return ((const CreateTrigStmt *) statement)->replace ? READING : NOTHING;
	if (!IsA(statement, AlterTableStmt))
		return NOTHING;
	foreach(cell, ((const AlterTableStmt *) statement)->cmds)
	{
		const AlterTableCmd *action = lfirst_node(AlterTableCmd, cell);

		if (lt_rewrites_column(action->subtype))
			return VALUES;
		switch (action->subtype)
		{
			case AT_DropColumn:
			case AT_DropConstraint:
			case AT_AddInherit:
			case AT_SetUnLogged:
			case AT_EnableTrig:
			case AT_EnableTrigAll:
			case AT_EnableTrigUser:
			case AT_EnableAlwaysTrig:
			case AT_EnableReplicaTrig:
			case AT_DisableTrig:
			case AT_DisableTrigAll:
			case AT_DisableTrigUser:
			case AT_ChangeOwner:
				change = READING;
				break;
			default:
				break;
		}
	}
	return change;
}

/* any_is_stale says whether any of some attributes is stale. */
static bool
any_is_stale(List *attributes)
{
	ListCell   *cell;

	foreach(cell, attributes)
		if (((const Attribute *) lfirst(cell))->fault != NULL)
		return true;
	return false;
}

/* follow_attribute_change follows what a statement did to a table that may have attributes of leads. */
void
follow_attribute_change(const DdlObject *object, const Node *statement)
{
	List	   *attributes = attributes_in(object->relation);
	const RenameStmt *rename = (const RenameStmt *) statement;
	Change		change;

	if (attributes == NIL)
		return;
	if (IsA(statement, RenameStmt) && rename->renameType == OBJECT_COLUMN)
	{
		if (get_attnum(object->relation, rename->subname) == InvalidAttrNumber &&
			get_attnum(object->relation, rename->newname) != InvalidAttrNumber)
			follow_rename(attributes, rename);
		return;
	}
	change = change_by(statement);
	if (change != NOTHING || any_is_stale(attributes))
		check_all(attributes, change == VALUES);
}

/* read_it refuses an attribute whose expression cannot be read; work for lt_try. */
static void
read_it(void *arg)
{
	const Reading *reading = arg;
	Oid			owner = reading->tracker->owner;

	check_expression(reading->attribute->relation, owner, "attribute",
					 parse_attribute(reading->attribute, owner, NULL, NULL, NULL));
}

/* reads_otherwise says whether an attribute can be read no more, or again.  Keys and triggers, which a restore makes one by one, are not looked at, and nobody is waited for. */
static bool
reads_otherwise(Attribute *attribute)
{
	Reading		reading = {NULL, attribute};

	if (get_rel_name(attribute->tracker) == NULL || !ConditionalLockRelationOid(attribute->relation, AccessShareLock) ||
		get_rel_name(attribute->relation) == NULL)
		return false;
	reading.tracker = tracker_without_model(attribute->tracker);
	return (lt_try(read_it, &reading) == NULL) == (attribute->fault != NULL);
}

/* check_attribute_names looks at attributes whose expressions may name what was dropped or altered, a function, say. */
void
check_attribute_names(void)
{
	List	   *touched = NIL;
	ListCell   *cell;

	foreach(cell, all_attributes())
		if (reads_otherwise(lfirst(cell)))
		touched = lappend(touched, lfirst(cell));
	check_all(touched, false);
}

/* was_touched says whether a part of a table was dropped, or an index that may be its. */
static bool
was_touched(List *objects, Oid relation)
{
	ListCell   *cell;

	foreach(cell, objects)
	{
		const DdlObject *object = lfirst(cell);

		if (object->relation == relation || (object->index && object->schema == get_rel_namespace(relation)))
			return true;
	}
	return false;
}

/* leave_dropped_attributes lets trackers do without attributes whose tables are gone, and looks at those of tables of which something was dropped. */
void
leave_dropped_attributes(List *objects)
{
	List	   *touched = NIL;
	List	   *trackers = NIL;
	ListCell   *cell;

	foreach(cell, all_attributes())
	{
		Attribute  *attribute = lfirst(cell);

		if (get_rel_name(attribute->relation) == NULL)
		{
			delete_attribute(attribute);
			if (get_rel_name(attribute->tracker) == NULL)
				continue;
			ereport(WARNING,
					(errmsg("the table of attribute \"%s\" of the leads of table \"%s\" was dropped", attribute->name,
							get_rel_name(attribute->tracker)),
					 errhint("To read it from another table call lead_temperature.add_attribute.")));
			trackers = list_append_unique_oid(trackers, attribute->tracker);
		}
		else if (get_rel_name(attribute->tracker) == NULL)
			delete_attribute(attribute);
		else if (was_touched(objects, attribute->relation))
			touched = lappend(touched, attribute);
	}
	foreach(cell, trackers)
		renew_fit(lfirst_oid(cell));
	check_all(touched, false);
}
