/*-------------------------------------------------------------------------
 *
 * model.h
 *	  Models: what interactions weigh.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MODEL_H
#define MODEL_H

#include "postgres.h"

extern Oid	model_role(Oid owner_id, const char *owner);
extern void model_create(const char *name, const char *template_name);
extern void model_hand_on_fit(const char *from, const char *to);
extern void model_hand_on_playbook(const char *from, const char *to);

#endif							/* MODEL_H */
