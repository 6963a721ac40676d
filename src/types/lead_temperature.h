/*-------------------------------------------------------------------------
 *
 * lead_temperature.h
 *	  What the server side of the extension shares: the types as the server
 *	  passes them, and the conversions between its times and ours.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LEAD_TEMPERATURE_H
#define LEAD_TEMPERATURE_H

#include "postgres.h"

#include "types/compat.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "core/fold.h"
#include "core/heat_math.h"
#include "utils/timestamp.h"

#define LT_SCHEMA "lead_temperature"

#define DatumGetHeatP(d)		((Heat *) DatumGetPointer(d))
#define HeatPGetDatum(h)		PointerGetDatum(h)
#define PG_GETARG_HEAT_P(n)		DatumGetHeatP(PG_GETARG_DATUM(n))
#define PG_RETURN_HEAT_P(h)		PG_RETURN_POINTER(h)

/* 2000-01-01 in microseconds since 1970-01-01 */
#define HEAT_EPOCH_SHIFT \
	((POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY)

/* heat.c */
extern bool interval_is_half_life(const Interval *interval, int64 *half_life);
extern bool interval_is_cooldown(const Interval *interval, int64 *cooldown);
extern int64 heat_half_life_from_interval(const Interval *interval);
extern Interval *heat_half_life_to_interval(int64 half_life);
extern HeatTime heat_time_from_timestamptz(TimestampTz at);
extern TimestampTz heat_time_to_timestamptz(HeatTime at);
extern Heat *heat_new(double points, HeatTime as_of, int64 half_life);
extern void heat_add_checked(const Heat *a, const Heat *b, Heat *sum);

/* enums.c: the types of the schema, and its enums as ordinals of fold.h */
extern LeadTemperature temperature_from_oid(Oid label);
extern LeadStage stage_from_oid(Oid label);
extern LeadStatus status_from_oid(Oid label);
extern LeadStage stage_or_none(Oid label);
extern LeadStatus status_or_none(Oid label);
extern Oid	temperature_to_oid(LeadTemperature temperature);
extern Oid	stage_to_oid(LeadStage stage);
extern Oid	status_to_oid(LeadStatus status);
extern Oid	heat_type(void);
extern Oid	temperature_type(void);
extern Oid	stage_type(void);
extern Oid	status_type(void);
extern const char *const temperature_names[N_TEMPERATURES];
extern const char *const stage_names[N_STAGES];
extern const char *const status_names[N_STATUSES];
extern void enums_init(void);

#endif							/* LEAD_TEMPERATURE_H */
