/*-------------------------------------------------------------------------
 *
 * account_source.c
 *	  What says to which account each lead of a tracker belongs: rows of the extension's
 *	  own table, one a tracker.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/account_source.h"

#include "util/extension_table.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* columns of lead_temperature.account_source */
enum
{
	SOURCE_TRACKER, SOURCE_RELATION, SOURCE_KEY, SOURCE_ACCOUNT, SOURCE_EMAIL, SOURCE_FAULT,
	N_SOURCE_COLUMNS
};

static const ConfigColumn source_table[N_SOURCE_COLUMNS] = {
	{"interactions", REGCLASSOID},
	{"relation", REGCLASSOID},
	{"key", NAMEOID},
	{"account", TEXTOID, NULL, true},
	{"email", TEXTOID, NULL, true},
	{"fault", TEXTOID, NULL, true}
};

/* A row of the table. */
typedef struct AccountEntry
{
	Oid			tracker;
	AccountSource source;
} AccountEntry;

/* text_of returns a column of a row as a string, NULL if it is null. */
static char *
text_of(const Datum *values, const bool *nulls, int column)
{
	return nulls[column] ? NULL : TextDatumGetCString(values[column]);
}

/* read_entries lists the rows of the table that have a relation in a column, which an index is on. */
static List *
read_entries(int column, const char *index, Oid relation)
{
	List	   *entries = NIL;
	ConfigScan	scan;
	HeapTuple	tuple;

	if (!config_has_table("account_source"))
		return NIL;
	scan = config_scan_begin("account_source", &source_table[column], index, relation);
	while (HeapTupleIsValid(tuple = systable_getnext(scan.scan)))
	{
		AccountEntry *entry = palloc0(sizeof(AccountEntry));
		Datum		values[N_SOURCE_COLUMNS];
		bool		nulls[N_SOURCE_COLUMNS];

		if (config_row("account_source", source_table, N_SOURCE_COLUMNS, tuple,
					   RelationGetDescr(scan.table), values, nulls) != N_SOURCE_COLUMNS)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("a row of lead_temperature.account_source has a null where it must not"),
					 errhint("Delete the row, call lead_temperature.reload_trackers() and lead_temperature.set_accounts.")));
		entry->tracker = DatumGetObjectId(values[SOURCE_TRACKER]);
		entry->source.relation = DatumGetObjectId(values[SOURCE_RELATION]);
		entry->source.key = pstrdup(NameStr(*DatumGetName(values[SOURCE_KEY])));
		entry->source.account = text_of(values, nulls, SOURCE_ACCOUNT);
		entry->source.email = text_of(values, nulls, SOURCE_EMAIL);
		entry->source.fault = text_of(values, nulls, SOURCE_FAULT);
		entries = lappend(entries, entry);
	}
	config_scan_end(&scan);
	return entries;
}

/* read_accounts reads what says to which accounts the leads of a tracker belong. */
void
read_accounts(Tracker *tracker)
{
	List	   *entries = read_entries(SOURCE_TRACKER, "account_source_pkey", tracker->id);

	if (entries != NIL)
		tracker->accounts = &((AccountEntry *) linitial(entries))->source;
}

/* account_relation returns the relation that a tracker has its accounts from, InvalidOid if it has none. */
Oid
account_relation(Oid tracker)
{
	List	   *entries = read_entries(SOURCE_TRACKER, "account_source_pkey", tracker);

	return entries == NIL ? InvalidOid : ((AccountEntry *) linitial(entries))->source.relation;
}

/* account_trackers lists the trackers that have accounts of their leads from a relation, but those that are gone. */
List *
account_trackers(Oid relation)
{
	List	   *trackers = NIL;
	ListCell   *cell;

	foreach(cell, read_entries(SOURCE_RELATION, "account_source_relation_idx", relation))
	{
		Oid			tracker = ((AccountEntry *) lfirst(cell))->tracker;

		if (get_rel_name(tracker) != NULL)
			trackers = lappend_oid(trackers, tracker);
	}
	list_sort(trackers, list_oid_cmp);
	return trackers;
}

/* all_account_trackers lists all trackers that have accounts. */
List *
all_account_trackers(void)
{
	return config_oids("account_source", "interactions");
}
