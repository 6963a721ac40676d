/*-------------------------------------------------------------------------
 *
 * role_argument.h
 *	  What users say that shall be read of a table for a role.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLE_ARGUMENT_H
#define ROLE_ARGUMENT_H

#include "catalog/tracker.h"

extern void read_role(TrackedSource *source, Role role, char *argument);

#endif							/* ROLE_ARGUMENT_H */
