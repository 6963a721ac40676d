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
#include "catalog/tracked_columns.h"
#include "state/record.h"
#include "util/execute.h"
#include "util/names.h"

#include "access/sysattr.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* What to do about rows that can be read no more. */
static const char *const readable_again =
"Undo the change, or say with lead_temperature.alter_tracker what to read instead; then call lead_temperature.resume.";

/* pause_tracker pauses a tracker whose rows can be read no more, notes why and tells whoever did it, once. */
void
pause_tracker(Oid interactions, Role role, const char *reason)
{
	if (set_tracker_fault(interactions, tracked_roles[role].name, reason))
		ereport(WARNING,
				(errmsg("tracker of table \"%s\" is paused", get_rel_name(interactions)),
				 errdetail_internal("%s.", reason),
				 errhint("%s", readable_again)));
}

/* A column or an expression of a tracker being looked at. */
typedef struct Reading
{
	Oid			interactions;
	Role		role;
	TrackedColumns tracked;		/* this alone */
	const char *former;			/* name of a column, NULL: none was renamed */
	const char *present;
	char	   *text;			/* out: as it reads under that name */
	Node	   *tree;			/* out */
} Reading;

/* reading_of begins to look at what a tracker reads for a role. */
static Reading
reading_of(Oid interactions, const TrackedColumns *tracked, Role role)
{
	Reading		reading = {interactions, role};

	reading.tracked.name[role] = tracked->name[role];
	reading.tracked.expression[role] = tracked->expression[role];
	return reading;
}

/* parse_it parses an expression, as the owner of the table. */
static void
parse_it(void *arg)
{
	Reading    *reading = arg;
	OwnerScope	scope;

	expression_enter(&scope, reading->interactions);
	reading->tree = parse_renamed_expression(reading->interactions, tracked_roles[reading->role].name,
											 reading->tracked.expression[reading->role],
											 reading->former, reading->present);
	reading->text = expression_text(reading->interactions, reading->tree);
	owner_leave(&scope);
}

/* check_it refuses what a tracker could not be made with. */
static void
check_it(void *arg)
{
	Reading    *reading = arg;

	tracker_check_columns(reading->interactions, &reading->tracked);
}

/* fault_of says why work on what a tracker reads fails, NULL if it does not, or by a limit of the session alone. */
static char *
fault_of(void (*work) (void *arg), Reading *reading)
{
	int			code;
	char	   *fault = lt_try_code(work, reading, &code);

	return fault != NULL && ERRCODE_TO_CATEGORY(code) == ERRCODE_PROGRAM_LIMIT_EXCEEDED ? NULL : fault;
}

/* unreadable says what can be read no more, and why. */
static char *
unreadable(Oid interactions, Role role, const char *fault)
{
	return psprintf("what table %s has for \"%s\" cannot be read: %s",
					qualified_name(interactions), tracked_roles[role].name, fault);
}

/* reading_fault says why what a tracker reads for a role can be read no more, NULL if it can. */
static char *
reading_fault(Oid interactions, const TrackedColumns *tracked, Role role)
{
	Reading		reading = reading_of(interactions, tracked, role);
	const char *fault;

	if (tracked->name[role] == NULL && tracked->expression[role] == NULL)
		return NULL;
	if (tracked->name[role] != NULL && get_attnum(interactions, tracked->name[role]) == InvalidAttrNumber)
		return psprintf("column \"%s\" of table %s does not exist", tracked->name[role],
						qualified_name(interactions));
	fault = fault_of(check_it, &reading);
	return fault == NULL ? NULL : unreadable(interactions, role, fault);
}

/* lead_type_fault says so if leads, which can be read, have become of another type than their state, NULL if not. */
static char *
lead_type_fault(Oid interactions, const TrackedColumns *tracked, Oid state)
{
	LeadColumn	lead;
	LeadColumn	stored;

	describe_lead_column(interactions, tracked, &lead);
	if (!stored_lead_column(state, &stored))
		return NULL;			/* a fault of the state */
	if (lead.type == stored.type && lead.typmod == stored.typmod && lead.collation == stored.collation)
		return NULL;
	return psprintf("leads of table %s are of type %s, and their state of type %s",
					qualified_name(interactions),
					format_type_with_typemod(lead.type, lead.typmod),
					format_type_with_typemod(stored.type, stored.typmod));
}

/* check_lead_type pauses a tracker whose leads have become of another type than its state. */
void
check_lead_type(Oid interactions, Oid state)
{
	TrackedColumns tracked;
	const char *fault;

	tracker_columns(interactions, &tracked);
	if (reading_fault(interactions, &tracked, ROLE_LEAD) != NULL)
		return;					/* said already */
	fault = lead_type_fault(interactions, &tracked, state);
	if (fault != NULL)
		pause_tracker(interactions, ROLE_LEAD, fault);
}

/* need_readable refuses a tracker whose rows can be read no more. */
void
need_readable(Oid interactions, Oid state)
{
	TrackedColumns tracked;
	const char *fault = NULL;

	tracker_columns(interactions, &tracked);
	for (int role = 0; role < N_ROLES && fault == NULL; role++)
		fault = reading_fault(interactions, &tracked, role);
	if (fault == NULL && get_rel_name(state) != NULL)
		fault = lead_type_fault(interactions, &tracked, state);
	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("rows of tracked table \"%s\" cannot be read", get_rel_name(interactions)),
				 errdetail_internal("%s.", fault),
				 errhint("%s", readable_again)));
}

/* rename_in_expressions writes the expressions of a tracker anew after a column has got another name. */
void
rename_in_expressions(Oid interactions, const TrackedColumns *tracked, const char *former,
					  const char *present)
{
	for (int role = 0; role < N_ROLES; role++)
	{
		Reading		reading;

		if (tracked->expression[role] == NULL)
			continue;
		reading = reading_of(interactions, tracked, role);
		reading.former = former;
		reading.present = present;
		if (lt_try(parse_it, &reading) == NULL &&
			strcmp(reading.text, tracked->expression[role]) != 0)
			set_expression(interactions, tracked_roles[role].name, reading.text);
	}
}

/* reads_column says whether an expression of a tracker reads a column. */
bool
reads_column(Oid interactions, const TrackedColumns *tracked, const char *column)
{
	AttrNumber	number = get_attnum(interactions, column);

	for (int role = 0; role < N_ROLES; role++)
	{
		Reading		reading;

		if (tracked->expression[role] == NULL)
			continue;
		reading = reading_of(interactions, tracked, role);
		if (lt_try(parse_it, &reading) == NULL &&
			bms_is_member(number - FirstLowInvalidHeapAttributeNumber, expression_columns(reading.tree)))
			return true;
	}
	return false;
}

/* reads_by_function says whether an expression of a tracker calls a function. */
bool
reads_by_function(Oid interactions, Oid function)
{
	TrackedColumns tracked;

	if (!ConditionalLockRelationOid(interactions, AccessShareLock) || get_rel_name(interactions) == NULL)
		return false;
	tracker_columns(interactions, &tracked);
	for (int role = 0; role < N_ROLES; role++)
	{
		Reading		reading;

		if (tracked.expression[role] == NULL)
			continue;
		reading = reading_of(interactions, &tracked, role);
		if (lt_try(parse_it, &reading) == NULL && expression_calls(reading.tree, function))
			return true;
	}
	return false;
}

/* check_reading pauses a tracker of which a column or an expression can be read no more; a column that is gone is noted by who sees it go. */
void
check_reading(Oid interactions)
{
	TrackedColumns tracked;

	if (get_rel_name(interactions) == NULL)
		return;
	tracker_columns(interactions, &tracked);
	for (int role = 0; role < N_ROLES; role++)
	{
		const char *fault;

		if (tracked.name[role] != NULL &&
			get_attnum(interactions, tracked.name[role]) == InvalidAttrNumber)
			continue;
		fault = reading_fault(interactions, &tracked, role);
		if (fault != NULL)
			pause_tracker(interactions, role, fault);
	}
}

/*
 * check_names pauses a tracker whose expressions name what is no longer there.  It runs
 * nothing of theirs, and waits for nobody: whoever drops something else has no part in it.
 */
void
check_names(Oid interactions)
{
	TrackedColumns tracked;

	if (!ConditionalLockRelationOid(interactions, AccessShareLock))
		return;
	if (get_rel_name(interactions) == NULL)
		return;
	tracker_columns(interactions, &tracked);
	for (int role = 0; role < N_ROLES; role++)
	{
		Reading		reading;
		const char *fault;

		if (tracked.expression[role] == NULL)
			continue;
		reading = reading_of(interactions, &tracked, role);
		fault = fault_of(parse_it, &reading);
		if (fault != NULL)
			pause_tracker(interactions, role, unreadable(interactions, role, fault));
	}
}
