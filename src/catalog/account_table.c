/*-------------------------------------------------------------------------
 *
 * account_table.c
 *	  The extension's own table of what has the accounts of leads, written.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/account_table.h"

#include "catalog/tracker_cache.h"
#include "util/extension_table.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

/* run_for_tracker executes constant SQL with a tracker and texts, which may be NULL; returns how many rows it met. */
static uint64
run_for_tracker(const char *sql, Oid tracker, int n, const char *const *texts)
{
	Oid			types[6] = {REGCLASSOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID};
	Datum		values[6] = {ObjectIdGetDatum(tracker)};
	char		nulls[7] = "      ";
	OwnerScope	scope;
	uint64		rows = 0;

	for (int i = 0; i < n; i++)
	{
		nulls[i + 1] = texts[i] == NULL ? 'n' : ' ';
		values[i + 1] = texts[i] == NULL ? (Datum) 0 : CStringGetTextDatum(texts[i]);
	}
	config_begin(&scope);
	if (config_has_table("account_source"))
		rows = config_run(sql, n + 1, types, values, nulls);
	config_end(&scope);
	tracker_changed(tracker);
	return rows;
}

/* put_account_source notes where a tracker has its accounts from, in the place of what was. */
void
put_account_source(Oid tracker, const AccountSource *source)
{
	const char *texts[] = {psprintf("%u", source->relation), source->key, source->account, source->email, source->fault};

	(void) run_for_tracker("INSERT INTO lead_temperature.account_source (interactions, relation, key, account, email, fault) "
						   "VALUES ($1, $2::pg_catalog.oid::pg_catalog.regclass, $3::pg_catalog.name, $4, $5, $6) "
						   "ON CONFLICT (interactions) DO UPDATE SET relation = EXCLUDED.relation, key = EXCLUDED.key, "
						   "account = EXCLUDED.account, email = EXCLUDED.email, fault = EXCLUDED.fault",
						   tracker, lengthof(texts), texts);
}

/* set_account_fault notes why the accounts of a tracker are followed no more, or that they are, for NULL; says whether that is news. */
bool
set_account_fault(Oid tracker, const char *fault)
{
	return run_for_tracker("UPDATE lead_temperature.account_source s SET fault = $2 "
						   "WHERE s.interactions OPERATOR(pg_catalog.=) $1 AND (s.fault IS NULL) OPERATOR(pg_catalog.<>) ($2 IS NULL)",
						   tracker, 1, &fault) > 0;
}

/* delete_account_source forgets where a tracker has its accounts from. */
void
delete_account_source(Oid tracker)
{
	(void) run_for_tracker("DELETE FROM lead_temperature.account_source s WHERE s.interactions OPERATOR(pg_catalog.=) $1",
						   tracker, 0, NULL);
}
