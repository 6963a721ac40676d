/*-------------------------------------------------------------------------
 *
 * lead_key.c
 *	  Leads of a tracker, of whatever type: compared, hashed, written and read.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/lead_key.h"

#include "util/owner_scope.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

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
