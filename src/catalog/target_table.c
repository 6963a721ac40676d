/*-------------------------------------------------------------------------
 *
 * target_table.c
 *	  The extension's own table of targets, written.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/target_table.h"

#include "catalog/tracker_cache.h"
#include "util/extension_table.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* attributes_array makes an array of the names of what is written to a target. */
static Datum
attributes_array(const WriteTarget *target)
{
	Datum	   *elements = palloc(sizeof(Datum) * target->n);

	for (int i = 0; i < target->n; i++)
		elements[i] = CStringGetTextDatum(written_attributes[target->attributes[i]].name);
	return PointerGetDatum(construct_array(elements, target->n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* columns_array makes an array of the columns that these are written to. */
static Datum
columns_array(const WriteTarget *target)
{
	Datum	   *elements = palloc(sizeof(Datum) * target->n);
	NameData   *names = palloc(sizeof(NameData) * target->n);

	for (int i = 0; i < target->n; i++)
	{
		namestrcpy(&names[i], target->columns[i]);
		elements[i] = NameGetDatum(&names[i]);
	}
	return PointerGetDatum(construct_array(elements, target->n, NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR));
}

/* run_for_target executes constant SQL with a target: tracker, relation, key, attributes, columns, and when words were right. */
static void
run_for_target(const char *sql, Oid tracker, const WriteTarget *target, TimestampTz words_as_of)
{
	Oid			types[] = {REGCLASSOID, REGCLASSOID, NAMEOID, TEXTARRAYOID, NAMEARRAYOID, TIMESTAMPTZOID};
	NameData	key;
	Datum		values[lengthof(types)];
	OwnerScope	scope;

	namestrcpy(&key, target->key);
	values[0] = ObjectIdGetDatum(tracker);
	values[1] = ObjectIdGetDatum(target->relation);
	values[2] = NameGetDatum(&key);
	values[3] = attributes_array(target);
	values[4] = columns_array(target);
	values[5] = TimestampTzGetDatum(words_as_of);
	config_begin(&scope);
	config_run(sql, lengthof(types), types, values, NULL);
	config_end(&scope);
	tracker_changed(tracker);
}

/* put_target notes what of a tracker is written to a target, in the place of what was. */
void
put_target(Oid tracker, const WriteTarget *target, TimestampTz words_as_of)
{
	run_for_target("INSERT INTO lead_temperature.write_target (interactions, target, key, attributes, columns, words_as_of) "
				   "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (interactions, target) DO UPDATE SET "
				   "key = EXCLUDED.key, attributes = EXCLUDED.attributes, columns = EXCLUDED.columns, "
				   "words_as_of = EXCLUDED.words_as_of", tracker, target, words_as_of);
}

/* set_target_columns notes that other columns of a target are written, or that they have other names. */
void
set_target_columns(Oid tracker, const WriteTarget *target)
{
	run_for_target("UPDATE lead_temperature.write_target SET key = $3, attributes = $4, columns = $5 "
				   "WHERE interactions OPERATOR(pg_catalog.=) $1 AND target OPERATOR(pg_catalog.=) $2 AND $6 IS NOT NULL",
				   tracker, target, 0);
}

/* delete_target forgets that a tracker writes to a relation; false if it did not. */
bool
delete_target(Oid tracker, Oid relation)
{
	Oid			types[] = {REGCLASSOID, REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker), ObjectIdGetDatum(relation)};
	OwnerScope	scope;
	bool		found;

	config_begin(&scope);
	found = config_has_table("write_target") &&
		config_run("DELETE FROM lead_temperature.write_target WHERE interactions OPERATOR(pg_catalog.=) $1 "
				   "AND target OPERATOR(pg_catalog.=) $2", lengthof(types), types, values, NULL) > 0;
	config_end(&scope);
	tracker_changed(tracker);
	return found;
}

/* delete_targets forgets all targets of a tracker; for the owner of the tables. */
void
delete_targets(Oid tracker)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker)};

	if (config_has_table("write_target"))
		config_run("DELETE FROM lead_temperature.write_target WHERE interactions OPERATOR(pg_catalog.=) $1",
				   1, types, values, NULL);
}

/* words_written reads as of when, or later, each temperature in a target was right; false if the target is none any more. */
bool
words_written(Oid tracker, Oid relation, TimestampTz *as_of)
{
	Oid			types[] = {REGCLASSOID, REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(tracker), ObjectIdGetDatum(relation)};
	OwnerScope	scope;
	bool		found;

	config_begin(&scope);
	found = config_run("SELECT words_as_of FROM lead_temperature.write_target WHERE interactions OPERATOR(pg_catalog.=) $1 "
					   "AND target OPERATOR(pg_catalog.=) $2", lengthof(types), types, values, NULL) > 0;
	if (found)
		*as_of = DatumGetTimestampTz(config_value(1, TIMESTAMPTZOID));
	config_end(&scope);
	return found;
}

/* set_words_written notes it, which no session remembers: nobody is told. */
void
set_words_written(Oid tracker, Oid relation, TimestampTz as_of)
{
	Oid			types[] = {REGCLASSOID, REGCLASSOID, TIMESTAMPTZOID};
	Datum		values[] = {ObjectIdGetDatum(tracker), ObjectIdGetDatum(relation), TimestampTzGetDatum(as_of)};
	OwnerScope	scope;

	config_begin(&scope);
	config_run("UPDATE lead_temperature.write_target SET words_as_of = $3 WHERE interactions OPERATOR(pg_catalog.=) $1 "
			   "AND target OPERATOR(pg_catalog.=) $2 AND words_as_of OPERATOR(pg_catalog.<) $3",
			   lengthof(types), types, values, NULL);
	config_end(&scope);
}
