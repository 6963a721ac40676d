/*-------------------------------------------------------------------------
 *
 * owner_scope.h
 *	  Work done as another role, as the actions of foreign keys are.
 *
 *-------------------------------------------------------------------------
 */
#ifndef OWNER_SCOPE_H
#define OWNER_SCOPE_H

#include "postgres.h"

/* The user and settings that were in force before work as an owner. */
typedef struct OwnerScope
{
	Oid			user;
	int			context;
	int			nest_level;
} OwnerScope;

extern void role_enter(OwnerScope *scope, Oid owner);
extern void owner_enter(OwnerScope *scope, Oid owner);
extern void owner_set(const char *name, const char *value);
extern void pin_text_settings(void);
extern void owner_leave(const OwnerScope *scope);

#endif							/* OWNER_SCOPE_H */
