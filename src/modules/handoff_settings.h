/*-------------------------------------------------------------------------
 *
 * handoff_settings.h
 *	  Whom trackers notify of handoffs, and which leads are those of which team.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HANDOFF_SETTINGS_H
#define HANDOFF_SETTINGS_H

#include "catalog/tracker.h"

extern void forget_handoff_settings(Oid tracker);
extern char *team_condition(const Tracker *tracker, const char *team);

#endif							/* HANDOFF_SETTINGS_H */
