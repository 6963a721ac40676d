/*-------------------------------------------------------------------------
 *
 * source_change.c
 *	  Schema changes of what trackers read of their tables.
 *
 * No tracker keeps anybody from changing a tracked table.  A column that gets another name
 * is followed; after whatever else leaves a column or an expression that cannot be read,
 * the tracker is paused, which says why, and writers go on.
 *
 *-------------------------------------------------------------------------
 */
#include "commands/source_change.h"

#include "catalog/expression.h"
#include "catalog/source_table.h"
#include "catalog/tracked_columns.h"
#include "state/record.h"
#include "util/execute.h"
#include "util/names.h"

#include "access/sysattr.h"
#include "catalog/pg_class.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* asides_again says what to do about a source of which something beside the fold can be read no more. */
static const char *
asides_again(const TrackedSource *source)
{
	int32		number = source->records != 0 ? source->records : source->number;

	return number == 1 ? "Undo the change, or say with lead_temperature.alter_tracker what to read instead." :
		psprintf("Undo the change, or say with lead_temperature.alter_source what to read of source %d instead.", number);
}

/* readable_again says what to do about a source whose rows can be read no more. */
static const char *
readable_again(const TrackedSource *source)
{
	if (source->maps == MAPS_LEADS || source->words)
		return "Undo the change, then call lead_temperature.resume.";
	if (source->maps != 0)
		return psprintf("Undo the change, or say with lead_temperature.alter_source what maps the ids of source %d instead; then call lead_temperature.resume.",
						source->maps);
	if (source->records > 1)
		return psprintf("Undo the change, or say with lead_temperature.alter_source what to read of source %d instead, or do without it by lead_temperature.drop_source; then call lead_temperature.resume.",
						source->records);
	return source->number == 1 || source->records == 1 ?
		"Undo the change, or say with lead_temperature.alter_tracker what to read instead; then call lead_temperature.resume." :
		psprintf("Undo the change, or say with lead_temperature.alter_source what to read of source %d instead, or do without it by lead_temperature.drop_source; then call lead_temperature.resume.",
				 source->number);
}

/*
 * pause_tracker pauses a tracker of which rows of a source can be read no more, notes why and tells whoever did it,
 * once.  One of which only topics, channels or values cannot be read goes on without them.
 */
void
pause_tracker(const TrackedSource *source, Role role, const char *reason)
{
	if (!set_source_fault(source, role, reason))
		return;
	if (role >= N_FOLD_ROLES)
		ereport(WARNING,
				(errmsg("%ss of table \"%s\" can be told no more", tracked_roles[role].name, get_rel_name(source->relation)),
				 errdetail_internal("%s.", reason),
				 errhint("%s", asides_again(source))));
	else
		ereport(WARNING,
				(errmsg("tracker of table \"%s\" is paused", get_rel_name(first_table(source->tracker))),
				 errdetail_internal("%s.", reason),
				 errhint("%s", readable_again(source))));
}

/* A column or an expression of a source being looked at. */
typedef struct Reading
{
	TrackedSource source;		/* with this alone */
	Role		role;
	const char *former;			/* name of a column, NULL: none was renamed */
	const char *present;
	char	   *text;			/* out: as it reads under that name */
	Node	   *tree;			/* out */
} Reading;

/* reading_of begins to look at what a source is read for a role. */
static Reading
reading_of(const TrackedSource *source, Role role)
{
	Reading		reading = {*source, role};

	memset(reading.source.name, 0, sizeof(reading.source.name));
	memset(reading.source.expression, 0, sizeof(reading.source.expression));
	reading.source.name[role] = source->name[role];
	reading.source.expression[role] = source->expression[role];
	return reading;
}

/* parse_it parses an expression, as the owner of the tracker. */
static void
parse_it(void *arg)
{
	Reading    *reading = arg;
	OwnerScope	scope;

	expression_enter(&scope, reading->source.owner);
	reading->tree = parse_renamed_expression(reading->source.relation, tracked_roles[reading->role].name,
											 reading->source.expression[reading->role],
											 reading->former, reading->present);
	reading->text = expression_text(reading->source.relation, reading->tree);
	owner_leave(&scope);
}

/* check_it refuses what a source could not be added with. */
static void
check_it(void *arg)
{
	Reading    *reading = arg;

	check_source(&reading->source);
}

/* fault_of says why work on what is read fails, NULL if it does not, or by a limit of the session alone. */
static char *
fault_of(void (*work) (void *arg), Reading *reading)
{
	int			code;
	char	   *fault = lt_try_code(work, reading, &code);

	return fault != NULL && ERRCODE_TO_CATEGORY(code) == ERRCODE_PROGRAM_LIMIT_EXCEEDED ? NULL : fault;
}

/* unreadable says what can be read no more, and why. */
static char *
unreadable(const TrackedSource *source, Role role, const char *fault)
{
	return psprintf("what table %s has for \"%s\" cannot be read: %s",
					qualified_name(source->relation), tracked_roles[role].name, fault);
}

/* is_gone says whether a column that a source is read for a role has been dropped. */
static bool
is_gone(const TrackedSource *source, Role role)
{
	return source->name[role] != NULL &&
		get_attnum(source->relation, source->name[role]) == InvalidAttrNumber;
}

/* reading_fault says why what a source is read for a role can be read no more, NULL if it can. */
static char *
reading_fault(const TrackedSource *source, Role role)
{
	Reading		reading = reading_of(source, role);
	const char *fault;

	if (source->name[role] == NULL && source->expression[role] == NULL)
		return NULL;
	if (is_gone(source, role))
		return psprintf("column \"%s\" of table %s does not exist", source->name[role],
						qualified_name(source->relation));
	fault = fault_of(check_it, &reading);
	return fault == NULL ? NULL : unreadable(source, role, fault);
}

/* check_access refuses a table that the owner of the tracker may not read. */
static void
check_access(void *arg)
{
	const TrackedSource *source = arg;

	check_source_access(source->owner, source->relation);
}

/*
 * table_fault says why the rows of a source can be read no more, or not be relied on, whatever
 * is read of them; NULL if they can.
 */
static char *
table_fault(const TrackedSource *source)
{
	const char *fault;

	if (get_rel_name(source->relation) == NULL)
		return psprintf("table with OID %u does not exist", source->relation);
	if (companion_persistence(source->relation) == RELPERSISTENCE_UNLOGGED &&
		companion_persistence(source->tracker) != RELPERSISTENCE_UNLOGGED)
		return psprintf("table %s is unlogged: a crash would empty it, and leave its leads",
						qualified_name(source->relation));
	/* the owner of the first is that of the tracker */
	fault = source->number == 1 ? NULL : lt_try(check_access, (void *) source);
	return fault == NULL ? NULL :
		psprintf("rows of table %s cannot be read: %s", qualified_name(source->relation), fault);
}

/* lead_type_fault says so if leads, which can be read, have become of another type than their state, NULL if not. */
static char *
lead_type_fault(const TrackedSource *source, Oid state)
{
	LeadColumn	lead;
	LeadColumn	stored;

	if (source->mapped && !source->maps_rest)
		return NULL;			/* they are ids, and no leads */
	describe_lead_column(source, &lead);
	if (!stored_lead_column(state, &stored))
		return NULL;			/* a fault of the state */
	if (lead.type == stored.type && lead.collation == stored.collation &&
		(lead.typmod == stored.typmod || (source->number > 1 && stored.typmod == -1)))
		return NULL;
	return psprintf("leads of table %s are of type %s, and their state of type %s",
					qualified_name(source->relation),
					format_type_with_typemod(lead.type, lead.typmod),
					format_type_with_typemod(stored.type, stored.typmod));
}

/* check_lead_type pauses a tracker if the leads of a source have become of another type than its state. */
void
check_lead_type(const TrackedSource *source, Oid state)
{
	const char *fault;

	if (reading_fault(source, ROLE_LEAD) != NULL)
		return;					/* said already */
	fault = lead_type_fault(source, state);
	if (fault != NULL)
		pause_tracker(source, ROLE_LEAD, fault);
}

/* source_fault says why rows of a source can be read no more, NULL if they can. */
static char *
source_fault(const TrackedSource *source, Oid state)
{
	char	   *fault = table_fault(source);

	for (int role = 0; role < N_FOLD_ROLES && fault == NULL; role++)
		fault = reading_fault(source, role);
	if (fault == NULL && get_rel_name(state) != NULL)
		fault = lead_type_fault(source, state);
	return fault;
}

/* need_readable refuses a tracker of which rows of any source can be read no more. */
void
need_readable(Oid tracker, Oid state)
{
	ListCell   *cell;

	foreach(cell, tracker_sources(tracker))
	{
		const TrackedSource *source = lfirst(cell);
		const char *fault = source_fault(source, state);

		if (fault != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("rows of tracked table \"%s\" cannot be read", get_rel_name(tracker)),
					 errdetail_internal("%s.", fault),
					 errhint("%s", readable_again(source))));
	}
}

/* rename_in_expressions writes the expressions of a source anew after a column has got another name. */
void
rename_in_expressions(const TrackedSource *source, const char *former, const char *present)
{
	for (int role = 0; role < N_ROLES; role++)
	{
		Reading		reading;

		if (source->expression[role] == NULL)
			continue;
		reading = reading_of(source, role);
		reading.former = former;
		reading.present = present;
		if (lt_try(parse_it, &reading) == NULL &&
			strcmp(reading.text, source->expression[role]) != 0)
			set_expression(source, role, reading.text);
	}
}

/* reads_column says whether an expression of a source that leads rest on reads a column. */
bool
reads_column(const TrackedSource *source, const char *column)
{
	AttrNumber	number = get_attnum(source->relation, column);

	for (int role = 0; role < N_FOLD_ROLES; role++)
	{
		Reading		reading;

		if (source->expression[role] == NULL)
			continue;
		reading = reading_of(source, role);
		if (lt_try(parse_it, &reading) == NULL &&
			bms_is_member(number - FirstLowInvalidHeapAttributeNumber, expression_columns(reading.tree)))
			return true;
	}
	return false;
}

/* may_look_at says whether the table of a source is there, and nobody keeps it from being looked at. */
static bool
may_look_at(const TrackedSource *source)
{
	return ConditionalLockRelationOid(source->relation, AccessShareLock) &&
		get_rel_name(source->relation) != NULL;
}

/* reads_by_function says whether an expression of a source that leads rest on calls a function. */
bool
reads_by_function(const TrackedSource *source, Oid function)
{
	if (!may_look_at(source))
		return false;
	for (int role = 0; role < N_FOLD_ROLES; role++)
	{
		Reading		reading;

		if (source->expression[role] == NULL)
			continue;
		reading = reading_of(source, role);
		if (lt_try(parse_it, &reading) == NULL && expression_calls(reading.tree, function))
			return true;
	}
	return false;
}

/* pause_for pauses a tracker for all that can be read no more of a source, or but for columns that are gone; says whether anything is. */
static bool
pause_for(const TrackedSource *source, bool gone_too)
{
	const char *fault = table_fault(source);
	bool		any = fault != NULL;

	if (fault != NULL)
		pause_tracker(source, ROLE_LEAD, fault);
	for (int role = 0; role < N_ROLES && fault == NULL; role++)
	{
		const char *fault_of_role = is_gone(source, role) && !gone_too ? NULL : reading_fault(source, role);

		if (fault_of_role != NULL)
			pause_tracker(source, role, fault_of_role);
		else if (role >= N_FOLD_ROLES && source->expression[role] != NULL)
			forget_aside_fault(source, role);
		any = any || (fault_of_role != NULL && role < N_FOLD_ROLES);
	}
	return any;
}

/* check_reading pauses a tracker that can read no more a column or an expression of a source; a column that is gone is noted by who sees it go. */
void
check_reading(const TrackedSource *source)
{
	if (get_rel_name(source->relation) != NULL)
		(void) pause_for(source, false);
}

/* pause_unreadable pauses a tracker of which rows of some sources can be read no more, and says whether there are any. */
bool
pause_unreadable(Oid tracker)
{
	bool		any = false;
	ListCell   *cell;

	foreach(cell, tracker_sources(tracker))
		any |= pause_for(lfirst(cell), true);
	return any;
}

/*
 * check_names pauses a tracker whose expressions name what is no longer there.  It runs
 * nothing of theirs, and waits for nobody: whoever drops something else has no part in it.
 */
void
check_names(const TrackedSource *source)
{
	if (!may_look_at(source))
		return;
	for (int role = 0; role < N_ROLES; role++)
	{
		Reading		reading;
		const char *fault;

		if (source->expression[role] == NULL)
			continue;
		reading = reading_of(source, role);
		fault = fault_of(parse_it, &reading);
		if (fault != NULL)
			pause_tracker(source, role, unreadable(source, role, fault));
	}
}
