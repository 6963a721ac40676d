/*-------------------------------------------------------------------------
 *
 * tracker_model.h
 *	  Models and the trackers that work from them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRACKER_MODEL_H
#define TRACKER_MODEL_H

#include "catalog/tracker.h"

#include "nodes/parsenodes.h"

extern void drop_owned_models(const DropOwnedStmt *statement);
extern void check_model_access(const char *model, Oid table_owner);
extern ModelVersion *model_as_it_is(const Tracker *tracker, const char *model);
extern bool model_exists(const char *model);
extern char *version_name(const char *model, int32 version);
extern char *model_of_version(const char *model, int32 version);
extern void rename_model(const char *from, const char *to);
extern bool model_is_readable(const char *model, Oid table_owner);
extern bool can_resume_replay(Oid interactions, Oid table_owner);
extern void renew_model_version(Oid interactions, Oid table_owner, bool in_batches);
extern void set_tracker_model(Oid interactions, const char *model);
extern void drop_model_versions(Oid interactions, Datum kept);
extern void freeze_model(Oid interactions);
extern void refresh_model_owner(Oid interactions);

#endif							/* TRACKER_MODEL_H */
