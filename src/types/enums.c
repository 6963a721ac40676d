/*-------------------------------------------------------------------------
 *
 * enums.c
 *	  The types of the extension, and the labels of its enums as ordinals.
 *
 * The OIDs of types and labels differ from database to database and from one CREATE
 * EXTENSION to the next, so they are looked up by name once a session and
 * again after any change of a type.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include "catalog/namespace.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "utils/inval.h"
#include "utils/syscache.h"

const char *const temperature_names[N_TEMPERATURES] = {"cold", "warm", "hot"};
const char *const stage_names[N_STAGES] = {
	"visitor", "lead", "marketing_qualified", "sales_qualified", "opportunity", "customer"
};
const char *const status_names[N_STATUSES] = {"open", "won", "lost"};

static Oid	heat_type_oid;
static Oid	temperature_type_oid;
static Oid	stage_type_oid;
static Oid	status_type_oid;
static Oid	temperature_oids[N_TEMPERATURES];
static Oid	stage_oids[N_STAGES];
static Oid	status_oids[N_STATUSES];

/* Changes of enums seen so far, and how many of them the labels above know of. */
static uint64 changes_seen = 1;
static uint64 changes_known = 0;

/* forget_labels makes the next use look the labels up again. */
static void
forget_labels(Datum arg, int cacheid, uint32 hashvalue)
{
	changes_seen++;
}

/* enums_init registers for changes of enums; called once, when the library is loaded. */
void
enums_init(void)
{
	CacheRegisterSyscacheCallback(TYPEOID, forget_labels, (Datum) 0);
	CacheRegisterSyscacheCallback(ENUMOID, forget_labels, (Datum) 0);
}

/* look_up_type finds a type of our schema. */
static Oid
look_up_type(Oid schema, const char *type_name)
{
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum(type_name), ObjectIdGetDatum(schema));

	if (!OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("type %s.%s does not exist", LT_SCHEMA, type_name),
				 errhint("Create the extension lead_temperature in this database.")));
	return type;
}

/* look_up_enum finds one enum of our schema and fills oids with its labels. */
static Oid
look_up_enum(Oid schema, const char *type_name, const char *const *names, int n, Oid *oids)
{
	Oid			type = look_up_type(schema, type_name);

	for (int i = 0; i < n; i++)
	{
		oids[i] = GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid,
								  ObjectIdGetDatum(type), CStringGetDatum(names[i]));
		if (!OidIsValid(oids[i]))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_OBJECT),
					 errmsg("enum %s.%s has no label \"%s\"", LT_SCHEMA, type_name, names[i]),
					 errhint("Rename the label back.")));
	}
	return type;
}

/*
 * need_labels looks the labels up unless they are known.
 *
 * A change that arrives during the look-ups counts as unknown afterwards, so
 * that the next use looks again.
 */
static inline void
need_labels(void)
{
	uint64		seen = changes_seen;
	Oid			schema;

	if (likely(changes_known == seen))
		return;
	schema = get_namespace_oid(LT_SCHEMA, true);
	if (!OidIsValid(schema))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("schema \"%s\" does not exist", LT_SCHEMA),
				 errhint("Create the extension lead_temperature in this database, or rename its schema back.")));
	heat_type_oid = look_up_type(schema, "heat");
	temperature_type_oid = look_up_enum(schema, "temperature", temperature_names, N_TEMPERATURES, temperature_oids);
	stage_type_oid = look_up_enum(schema, "stage", stage_names, N_STAGES, stage_oids);
	status_type_oid = look_up_enum(schema, "status", status_names, N_STATUSES, status_oids);
	changes_known = seen;
}

/* find_label finds a label among those of its enum; -1 if it was added to it. */
static inline int
find_label(Oid label, const Oid *oids, int n)
{
	for (int i = 0; i < n; i++)
		if (oids[i] == label)
			return i;
	return -1;
}

/* ordinal_of finds a label among those of its enum, which it must be one of. */
static inline int
ordinal_of(Oid label, const Oid *oids, int n, const char *type_name)
{
	int			ordinal = find_label(label, oids, n);

	if (ordinal < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown label of enum %s.%s", LT_SCHEMA, type_name),
				 errdetail("Labels added to this enum have no meaning to the extension.")));
	return ordinal;
}

/* temperature_from_oid returns the ordinal of a label of temperature. */
LeadTemperature
temperature_from_oid(Oid label)
{
	need_labels();
	return (LeadTemperature) ordinal_of(label, temperature_oids, N_TEMPERATURES, "temperature");
}

/* stage_from_oid returns the ordinal of a label of stage. */
LeadStage
stage_from_oid(Oid label)
{
	need_labels();
	return (LeadStage) ordinal_of(label, stage_oids, N_STAGES, "stage");
}

/* status_from_oid returns the ordinal of a label of status. */
LeadStatus
status_from_oid(Oid label)
{
	need_labels();
	return (LeadStatus) ordinal_of(label, status_oids, N_STATUSES, "status");
}

/* stage_or_none returns the ordinal of a label of stage, STAGE_NONE for one that was added. */
LeadStage
stage_or_none(Oid label)
{
	need_labels();
	return (LeadStage) find_label(label, stage_oids, N_STAGES);
}

/* status_or_none returns the ordinal of a label of status, STATUS_NONE for one that was added. */
LeadStatus
status_or_none(Oid label)
{
	need_labels();
	return (LeadStatus) find_label(label, status_oids, N_STATUSES);
}

/* temperature_to_oid returns the label of a temperature. */
Oid
temperature_to_oid(LeadTemperature temperature)
{
	need_labels();
	return temperature_oids[temperature];
}

/* stage_to_oid returns the label of a stage. */
Oid
stage_to_oid(LeadStage stage)
{
	need_labels();
	return stage_oids[stage];
}

/* status_to_oid returns the label of a status. */
Oid
status_to_oid(LeadStatus status)
{
	need_labels();
	return status_oids[status];
}

/* heat_type returns the type heat. */
Oid
heat_type(void)
{
	need_labels();
	return heat_type_oid;
}

/* temperature_type returns the type temperature. */
Oid
temperature_type(void)
{
	need_labels();
	return temperature_type_oid;
}

/* stage_type returns the type stage. */
Oid
stage_type(void)
{
	need_labels();
	return stage_type_oid;
}

/* status_type returns the type status. */
Oid
status_type(void)
{
	need_labels();
	return status_type_oid;
}
