/*-------------------------------------------------------------------------
 *
 * named_lead.h
 *	  Leads as users name them in arguments.
 *
 *-------------------------------------------------------------------------
 */
#ifndef NAMED_LEAD_H
#define NAMED_LEAD_H

#include "catalog/tracker.h"

/* A lead that an argument names. */
typedef struct NamedLead
{
	const char *argument;
	char	   *text;
	Datum		lead;
} NamedLead;

extern void need_lead_arguments(FunctionCallInfo fcinfo, const char *const *names, int n, const char *hint);
extern void check_leads_type(const Tracker *tracker);
extern NamedLead named_lead(FunctionCallInfo fcinfo, const Tracker *tracker, int number, const char *argument);
extern uint64 run_for_leads(const Tracker *tracker, const char *sql, int n, Datum *leads);
extern void need_known(const Tracker *tracker, Oid aliases, const NamedLead *named, const char *hint);
extern void row_suppressed(Oid table);

#endif							/* NAMED_LEAD_H */
