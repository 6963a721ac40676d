/*-------------------------------------------------------------------------
 *
 * playbook.h
 *	  Module playbook: what to do next about each lead, and what was done.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PLAYBOOK_H
#define PLAYBOOK_H

#include "catalog/table_shape.h"
#include "catalog/tracker.h"
#include "catalog/tracker_table.h"

#define ACTIONS_SUFFIX		"action"
#define NEXT_ACTION_SUFFIX	"next_action"

extern const TableShape action_shape;
extern char *action_extras(const TrackRequest *request, const char *name);
extern void note_contact(const Tracker *tracker, Datum lead, const char *agent, const char *note);

/* the query of its view, and its columns, as the list of companions has them */
extern const char next_action_query[];
extern const char next_action_columns[];

#endif							/* PLAYBOOK_H */
