/*-------------------------------------------------------------------------
 *
 * service.c
 *	  Service levels: within which time hot leads are to be claimed, and contacted.
 *
 * A model may have working hours, which are local times: of each day the hours that are left
 * of it by its daylight saving time count, none of a holiday.  What a model says is read as the
 * owner of the extension's tables, under the name that the tracker's model has, so that readers of
 * views need no right on models.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/service.h"

#include "catalog/tracker_cache.h"
#include "catalog/tracker_model.h"
#include "util/extension_table.h"
#include "util/time_zone.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/memutils.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(lt_due_at);
PG_FUNCTION_INFO_V1(lt_working_time);
PG_FUNCTION_INFO_V1(lt_service_due);
PG_FUNCTION_INFO_V1(lt_check_service);

/* Without a row of a model */
#define CLAIM_WITHIN	(5 * USECS_PER_MINUTE)
#define CONTACT_WITHIN	USECS_PER_HOUR

/* Days that are looked at for working time, a century. */
#define MOST_DAYS		36525

/* time_of_interval returns the time of an interval without months; days have 24 hours. */
static int64
time_of_interval(const Interval *interval)
{
	return interval->time + interval->day * USECS_PER_DAY;
}

/* read_level reads what a model says of its times; false if it says nothing. */
static bool
read_level(ServiceLevel *level, Datum *model, MemoryContext context)
{
	Oid			types[] = {TEXTOID};
	char	   *zone;

	if (config_run("SELECT s.claim_within, s.contact_within, s.time_zone FROM lead_temperature.service_level s "
				   "WHERE s.model OPERATOR(pg_catalog.=) $1", 1, types, model, NULL) == 0)
		return false;
	level->claim_within = time_of_interval(DatumGetIntervalP(config_value(1, INTERVALOID)));
	level->contact_within = time_of_interval(DatumGetIntervalP(config_value(2, INTERVALOID)));
	zone = TextDatumGetCString(config_value(3, TEXTOID));
	level->zone = find_time_zone(zone, psprintf("Run UPDATE lead_temperature.service_level SET time_zone = 'Area/City' WHERE model = %s, with a zone of pg_timezone_names.",
												quote_literal_cstr(TextDatumGetCString(*model))));
	return true;
}

/* read_hours reads when somebody works for a model, and when nobody does. */
static void
read_hours(ServiceLevel *level, Datum *model, MemoryContext context)
{
	Oid			types[] = {TEXTOID};

	level->nhours = config_run("SELECT h.weekday, h.opens, h.closes FROM lead_temperature.working_hours h "
							   "WHERE h.model OPERATOR(pg_catalog.=) $1 ORDER BY h.weekday, h.opens", 1, types, model, NULL);
	level->hours = MemoryContextAlloc(context, sizeof(WorkingHours) * (level->nhours + 1));
	for (int i = 0; i < level->nhours; i++)
	{
		level->hours[i].weekday = DatumGetInt32(config_value_at(i, 1, INT4OID));
		level->hours[i].opens = DatumGetTimeADT(config_value_at(i, 2, TIMEOID));
		level->hours[i].closes = DatumGetTimeADT(config_value_at(i, 3, TIMEOID));
	}
	level->nholidays = config_run("SELECT o.day FROM lead_temperature.holiday o "
								  "WHERE o.model OPERATOR(pg_catalog.=) $1 ORDER BY o.day", 1, types, model, NULL);
	level->holidays = MemoryContextAlloc(context, sizeof(DateADT) * (level->nholidays + 1));
	for (int i = 0; i < level->nholidays; i++)
		level->holidays[i] = DatumGetDateADT(config_value_at(i, 1, DATEOID));
}

/* service_level_of reads the service level of a model as it is now, in the current context. */
ServiceLevel *
service_level_of(const char *model)
{
	MemoryContext context = CurrentMemoryContext;
	ServiceLevel *level = palloc0(sizeof(ServiceLevel));
	Datum		name = CStringGetTextDatum(model);
	OwnerScope	scope;

	level->claim_within = CLAIM_WITHIN;
	level->contact_within = CONTACT_WITHIN;
	config_begin(&scope);
	if (read_level(level, &name, context))
		read_hours(level, &name, context);
	config_end(&scope);
	return level;
}

/* is_holiday says whether nobody works on a day. */
static bool
is_holiday(const ServiceLevel *level, DateADT day)
{
	int			low = 0;
	int			high = level->nholidays;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (level->holidays[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < level->nholidays && level->holidays[low] == day;
}

/* local_day returns the local day of an instant. */
static DateADT
local_day(TimestampTz at, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;

	if (timestamp2tm(at, &offset, &tm, &fsec, NULL, zone) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	return date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE;
}

/* weekday_of returns which day of the week a day is, 1 Monday to 7 Sunday. */
static int
weekday_of(DateADT day)
{
	int			from_sunday = j2day(day + POSTGRES_EPOCH_JDATE);

	return from_sunday == 0 ? 7 : from_sunday;
}

/* A walk through the working hours from an instant on. */
typedef struct Walk
{
	const ServiceLevel *level;
	TimestampTz since;
	DateADT		day;
	int			hours;			/* to look at next */
	int			days;			/* that were looked at */
	TimestampTz from;			/* the present hours, of which there are some */
	TimestampTz until;
} Walk;

/* walk_begin begins a walk. */
static Walk
walk_begin(const ServiceLevel *level, TimestampTz since)
{
	Walk		walk = {level, since};

	walk.day = local_day(since, level->zone);
	return walk;
}

/* at_time returns the instant of a local time of a day. */
static TimestampTz
at_time(const Walk *walk, TimeADT time)
{
	return instant_of_local((Timestamp) walk->day * USECS_PER_DAY + time, walk->level->zone);
}

/* next_hours goes on to the next working hours of the day, that are left of it. */
static bool
next_hours_of_day(Walk *walk)
{
	const ServiceLevel *level = walk->level;
	int			weekday = weekday_of(walk->day);

	for (; walk->hours < level->nhours; walk->hours++)
	{
		const WorkingHours *hours = &level->hours[walk->hours];

		if (hours->weekday != weekday)
			continue;
		walk->from = Max(at_time(walk, hours->opens), walk->since);
		walk->until = at_time(walk, hours->closes);
		if (walk->from >= walk->until)
			continue;
		walk->hours++;
		return true;
	}
	return false;
}

/* walk_on goes on to the next working hours; false if there are none within a century. */
static bool
walk_on(Walk *walk)
{
	for (;;)
	{
		if (!is_holiday(walk->level, walk->day) && next_hours_of_day(walk))
		{
			/*
			 * where clocks are put back hours may begin before those of
			 * before have ended
			 */
			walk->since = walk->until;
			return true;
		}
		if (++walk->days > MOST_DAYS)
			return false;
		walk->day++;
		walk->hours = 0;
		CHECK_FOR_INTERRUPTS();
	}
}

/* is_countable says whether working time can be counted from an instant: around others local times may be out of range. */
static bool
is_countable(TimestampTz at)
{
	return at >= MIN_TIMESTAMP + (MOST_DAYS + 2) * USECS_PER_DAY && at <= END_TIMESTAMP - (MOST_DAYS + 2) * USECS_PER_DAY;
}

/* check_instant refuses an instant from which it cannot. */
static void
check_instant(TimestampTz at)
{
	if (!is_countable(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range"),
				 errdetail("Working time is counted from 4700 BC to 294176 AD."),
				 errhint("Leave rows with such an instant out.")));
}

/* service_due_at returns the instant at which a time, in microseconds, is over; infinity if that is more than a century of days away. */
TimestampTz
service_due_at(const ServiceLevel *level, TimestampTz since, int64 within)
{
	Walk		walk;

	check_instant(since);
	if (level->nhours == 0)
		return since + within;
	walk = walk_begin(level, since);
	while (walk_on(&walk))
	{
		if (within <= walk.until - walk.from)
			return walk.from + within;
		within -= walk.until - walk.from;
	}
	return DT_NOEND;
}

/* time_between returns the working time between two instants, in microseconds. */
static int64
time_between(const ServiceLevel *level, TimestampTz since, TimestampTz until)
{
	int64		result = 0;
	Walk		walk;

	if (level->nhours == 0)
		return until - since;
	walk = walk_begin(level, since);
	while (walk_on(&walk) && walk.from < until)
		result += Min(walk.until, until) - walk.from;
	return result;
}

/* level_of_argument reads the service level of a model that the first argument names, which the current role must be able to read. */
static ServiceLevel *
level_of_argument(FunctionCallInfo fcinfo)
{
	char	   *model = text_to_cstring(PG_GETARG_TEXT_PP(0));

	if (!model_is_readable(model, GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("model \"%s\" does not exist", model),
				 errhint("The table lead_temperature.model lists those that you may see.")));
	return service_level_of(model);
}

/* lt_due_at returns the instant at which so much working time of a model is over. */
Datum
lt_due_at(PG_FUNCTION_ARGS)
{
	ServiceLevel *level = level_of_argument(fcinfo);
	const Interval *within = PG_GETARG_INTERVAL_P(2);

	if (within->month != 0 || time_of_interval(within) <= 0 || time_of_interval(within) > 366 * USECS_PER_DAY)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"within\" must be more than 0 and at most 366 days, without months"),
				 errhint("Pass hours, or days of 24 hours.")));
	PG_RETURN_TIMESTAMPTZ(service_due_at(level, PG_GETARG_TIMESTAMPTZ(1), time_of_interval(within)));
}

/* lt_working_time returns the working time of a model between two instants. */
Datum
lt_working_time(PG_FUNCTION_ARGS)
{
	ServiceLevel *level = level_of_argument(fcinfo);
	TimestampTz since = PG_GETARG_TIMESTAMPTZ(1);
	TimestampTz until = PG_GETARG_TIMESTAMPTZ(2);
	Interval   *result = palloc0(sizeof(Interval));

	check_instant(since);
	check_instant(until);
	if (since > until || until - since > MOST_DAYS * USECS_PER_DAY)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 since > until ?
				 errmsg("argument \"until\" must not be before \"since\"") :
				 errmsg("arguments \"since\" and \"until\" are more than %d days apart", MOST_DAYS),
				 errhint("Pass the earlier instant first, and not more than a century.")));
	result->time = time_between(level, since, until);
	PG_RETURN_INTERVAL_P(result);
}

/* A service level that was read for a query. */
typedef struct ReadLevel
{
	Oid			state;
	TimestampTz at;
	CommandId	command;
	ServiceLevel *level;
	MemoryContext context;
} ReadLevel;

/* level_of_state returns the service level of a tracker's model, read once for a query and command. */
static const ServiceLevel *
level_of_state(FunctionCallInfo fcinfo)
{
	Oid			state = PG_GETARG_OID(0);
	ReadLevel  *read = fcinfo->flinfo->fn_extra;

	if (read == NULL || read->state != state || read->at != GetCurrentTransactionStartTimestamp() ||
		read->command != GetCurrentCommandId(false))
	{
		const char *model = tracker_of_state(state)->model->name;
		MemoryContext before;

		if (read == NULL)
		{
			read = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(ReadLevel));
			read->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "lead_temperature service level",
												  ALLOCSET_SMALL_SIZES);
			fcinfo->flinfo->fn_extra = read;
		}
		MemoryContextReset(read->context);
		read->state = InvalidOid;	/* until it is read */
		before = MemoryContextSwitchTo(read->context);
		read->level = service_level_of(model);
		MemoryContextSwitchTo(before);
		read->state = state;
		read->at = GetCurrentTransactionStartTimestamp();
		read->command = GetCurrentCommandId(false);
	}
	return read->level;
}

/* lt_service_due returns when a share of the time to claim, or to contact, a lead is over. */
Datum
lt_service_due(PG_FUNCTION_ARGS)
{
	const ServiceLevel *level = level_of_state(fcinfo);
	char	   *clock = text_to_cstring(PG_GETARG_TEXT_PP(1));
	double		share = PG_GETARG_FLOAT8(3);
	int64		within = strcmp(clock, "claim") == 0 ? level->claim_within : level->contact_within;

	if (!(share > 0.0 && share <= 1.0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"share\" must be more than 0 and at most 1"),
				 errhint("The views of a tracker call this function; read these.")));
	/* one row that somebody has changed so hides no others */
	if (!is_countable(PG_GETARG_TIMESTAMPTZ(2)))
		PG_RETURN_TIMESTAMPTZ(PG_GETARG_TIMESTAMPTZ(2));
	PG_RETURN_TIMESTAMPTZ(service_due_at(level, PG_GETARG_TIMESTAMPTZ(2), (int64) (within * share)));
}

/* row_value reads a column of the row that a trigger is fired for; false if it is null, as it may be before constraints are checked. */
static bool
row_value(const TriggerData *data, HeapTuple row, const char *column, Oid type, Datum *value)
{
	ConfigColumn expected = {column, type};
	TupleDesc	desc = RelationGetDescr(data->tg_relation);
	bool		isnull;

	*value = heap_getattr(row, config_column(RelationGetRelationName(data->tg_relation), &expected, desc), desc, &isnull);
	return !isnull;
}

/*
 * check_overlap refuses working hours that overlap others of their day.  Who adds some has
 * changed the row of the service level, so that nobody adds others meanwhile.
 */
static void
check_overlap(const TriggerData *data, HeapTuple row)
{
	Oid			types[] = {TEXTOID, INT4OID, TIMEOID, TIMEOID};
	Datum		values[4];
	OwnerScope	scope;

	if (!row_value(data, row, "model", TEXTOID, &values[0]) || !row_value(data, row, "weekday", INT4OID, &values[1]) ||
		!row_value(data, row, "opens", TIMEOID, &values[2]) || !row_value(data, row, "closes", TIMEOID, &values[3]))
		return;					/* which constraints refuse */
	config_begin(&scope);
	(void) config_run("UPDATE lead_temperature.service_level s SET model = s.model WHERE s.model OPERATOR(pg_catalog.=) $1",
					  1, types, values, NULL);
	if (config_run("SELECT o.opens::pg_catalog.text, o.closes::pg_catalog.text, ($3)::pg_catalog.text, ($4)::pg_catalog.text "
				   "FROM lead_temperature.working_hours o "
				   "WHERE o.model OPERATOR(pg_catalog.=) $1 AND o.weekday OPERATOR(pg_catalog.=) $2 AND o.opens OPERATOR(pg_catalog.<>) $3 "
				   "AND o.opens OPERATOR(pg_catalog.<) $4 AND o.closes OPERATOR(pg_catalog.>) $3 ORDER BY o.opens",
				   lengthof(types), types, values, NULL) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_EXCLUSION_VIOLATION),
				 errmsg("working hours of model \"%s\" overlap", TextDatumGetCString(values[0])),
				 errdetail("On day %d of the week it has %s to %s already, and %s to %s shall be added.", DatumGetInt32(values[1]),
						   TextDatumGetCString(config_value(1, TEXTOID)), TextDatumGetCString(config_value(2, TEXTOID)),
						   TextDatumGetCString(config_value(3, TEXTOID)), TextDatumGetCString(config_value(4, TEXTOID))),
				 errhint("Change the hours that are there, or add those before and after them.")));
	config_end(&scope);
}

/* lt_check_service refuses, as a row trigger, a service level whose zone is none, and working hours that overlap. */
Datum
lt_check_service(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;
	HeapTuple	row;
	Datum		zone;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(data->tg_event) || TRIGGER_FIRED_BY_DELETE(data->tg_event) ||
		(RelationGetRelid(data->tg_relation) != config_table("service_level") &&
		 RelationGetRelid(data->tg_relation) != config_table("working_hours")))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function lead_temperature.check_service must be fired by a row of lead_temperature.service_level or working_hours")));
	row = TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newtuple : data->tg_trigtuple;
	if (RelationGetRelid(data->tg_relation) == config_table("working_hours"))
		check_overlap(data, row);
	else if (row_value(data, row, "time_zone", TEXTOID, &zone))
		(void) find_time_zone(TextDatumGetCString(zone), "Name one of pg_timezone_names, such as 'Europe/Helsinki'.");
	return PointerGetDatum(row);
}
