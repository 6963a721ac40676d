/*-------------------------------------------------------------------------
 *
 * fit_rule.c
 *	  Rules of fit as users write them: none may contradict another.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include "util/extension_table.h"

#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(lt_check_fit_rules);

/*
 * Two rules of one attribute, of which one has just been written, that both say what a value is worth: equal values, or
 * ranges that overlap.  Patterns add to what others say.
 */
static const char contradicting[] =
"SELECT a.model, a.attribute, pg_catalog.concat(a.operator, ' ', a.value), pg_catalog.concat(b.operator, ' ', b.value) "
"FROM new_rules a JOIN lead_temperature.fit_rule b "
"ON b.model OPERATOR(pg_catalog.=) a.model AND b.attribute OPERATOR(pg_catalog.=) a.attribute "
"AND (b.operator OPERATOR(pg_catalog.<>) a.operator OR b.value OPERATOR(pg_catalog.<>) a.value) "
"WHERE CASE WHEN a.operator OPERATOR(pg_catalog.=) '='::pg_catalog.text AND b.operator OPERATOR(pg_catalog.=) 'in'::pg_catalog.text "
"THEN a.value OPERATOR(pg_catalog.=) ANY (b.value::pg_catalog.text[]) "
"WHEN a.operator OPERATOR(pg_catalog.=) 'in'::pg_catalog.text AND b.operator OPERATOR(pg_catalog.=) '='::pg_catalog.text "
"THEN b.value OPERATOR(pg_catalog.=) ANY (a.value::pg_catalog.text[]) "
"WHEN a.operator OPERATOR(pg_catalog.=) 'in'::pg_catalog.text AND b.operator OPERATOR(pg_catalog.=) 'in'::pg_catalog.text "
"THEN a.value::pg_catalog.text[] OPERATOR(pg_catalog.&&) b.value::pg_catalog.text[] "
"WHEN a.operator OPERATOR(pg_catalog.=) 'range'::pg_catalog.text AND b.operator OPERATOR(pg_catalog.=) 'range'::pg_catalog.text "
"THEN a.value::pg_catalog.numrange OPERATOR(pg_catalog.&&) b.value::pg_catalog.numrange "
"ELSE false END ORDER BY 1, 2, 3, 4 LIMIT 1";

/* text_of reads a text of the first row that was found. */
static char *
text_of(int column)
{
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column);
}

/* lt_check_fit_rules refuses, as a statement trigger, rules that say twice what one value of an attribute is worth. */
Datum
lt_check_fit_rules(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || TRIGGER_FIRED_FOR_ROW(data->tg_event) || data->tg_newtable == NULL ||
		RelationGetRelid(data->tg_relation) != config_table("fit_rule"))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.check_fit_rules must be fired by a statement on lead_temperature.fit_rule")));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_register_trigger_data(data) != SPI_OK_TD_REGISTER)
		elog(ERROR, "SPI_register_trigger_data failed");
	if (SPI_execute(contradicting, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	if (SPI_processed > 0)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("rules of fit of model \"%s\" contradict each other", text_of(1)),
				 errdetail("For attribute \"%s\" both \"%s\" and \"%s\" say what one value is worth.", text_of(2), text_of(3), text_of(4)),
				 errhint("Delete one of them from lead_temperature.fit_rule, or let them have no value in common.")));
	SPI_finish();
	return PointerGetDatum(NULL);
}
