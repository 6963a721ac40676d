/*-------------------------------------------------------------------------
 *
 * owner_scope.c
 *	  Work done as another role, as the actions of foreign keys are.
 *
 *-------------------------------------------------------------------------
 */
#include "util/owner_scope.h"

#include "miscadmin.h"
#include "utils/guc.h"

/* owner_set sets a configuration parameter until the scope is left. */
void
owner_set(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

/* role_enter starts work as a role, with the settings in force. */
void
role_enter(OwnerScope *scope, Oid owner)
{
	GetUserIdAndSecContext(&scope->user, &scope->context);
	SetUserIdAndSecContext(owner, scope->context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS);
	scope->nest_level = NewGUCNestLevel();
}

/*
 * owner_enter starts work as a role, as the actions of foreign keys do: no
 * name is looked up along anybody's search_path.
 */
void
owner_enter(OwnerScope *scope, Oid owner)
{
	role_enter(scope, owner);
	owner_set("search_path", "pg_catalog, pg_temp");
}

/*
 * pin_text_settings lets values turn into text, and back, in one way whatever the
 * session's settings, until the scope is left.
 */
void
pin_text_settings(void)
{
	static const struct
	{
		const char *name;
		const char *value;
	}			settings[] = {
		{"datestyle", "ISO, MDY"},
		{"intervalstyle", "postgres"},
		{"timezone", "UTC"},
		{"extra_float_digits", "1"},
		{"bytea_output", "hex"},
		{"lc_monetary", "C"},
		{"array_nulls", "on"},
		{"standard_conforming_strings", "on"},
		{"transform_null_equals", "off"},
		{"xmloption", "content"}
	};

	for (int i = 0; i < lengthof(settings); i++)
		owner_set(settings[i].name, settings[i].value);
}

/* owner_leave returns to the user and settings before owner_enter. */
void
owner_leave(const OwnerScope *scope)
{
	AtEOXact_GUC(false, scope->nest_level);
	SetUserIdAndSecContext(scope->user, scope->context);
}
