/*-------------------------------------------------------------------------
 *
 * consent.c
 *	  Whether leads may be written to, by their rows of the state.
 *
 * As the functions of the views, these are given the state table and read the
 * frozen model themselves: a role that may read a view over the state needs no
 * other right.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include "catalog/tracker_cache.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(lt_consents);
PG_FUNCTION_INFO_V1(lt_may_contact);
PG_FUNCTION_INFO_V1(lt_consented_channels);

/* The arguments of all functions. */
enum
{
	ARGUMENT_STATE,
	ARGUMENT_VERSION,
	ARGUMENT_GRANTED,
	ARGUMENT_WITHDRAWN,
	ARGUMENT_CHANNEL
};

/* What a row of the state tells of consent. */
typedef struct Consent
{
	const ModelVersion *model;	/* NULL: nothing */
	HeatTime   *granted;		/* of its channels */
	HeatTime   *withdrawn;
} Consent;

/* instants_argument reads when consent was granted or withdrawn for each channel of a model, FOLD_NEVER for null. */
static HeatTime *
instants_argument(FunctionCallInfo fcinfo, int argument, const ModelVersion *model)
{
	int			n = model->fold.nchannels;
	HeatTime   *result = palloc(sizeof(HeatTime) * Max(n, 1));
	ArrayType  *array;
	Datum	   *values;
	bool	   *nulls;
	int			found;

	if (PG_ARGISNULL(argument))
	{
		for (int i = 0; i < n; i++)
			result[i] = FOLD_NEVER;
		return result;
	}
	array = PG_GETARG_ARRAYTYPE_P(argument);
	deconstruct_array(array, TIMESTAMPTZOID, sizeof(TimestampTz), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &values, &nulls, &found);
	if (found != n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s does not have an element for each channel of model version %d",
						argument == ARGUMENT_GRANTED ? "granted_at" : "withdrawn_at", model->version),
				 errdetail("Elements: %d; channels: %d.", found, n),
				 errhint("Give model_version, granted_at and withdrawn_at of one row of the state. If they are, call lead_temperature.replay.")));
	for (int i = 0; i < n; i++)
		result[i] = nulls[i] ? FOLD_NEVER : DatumGetTimestampTz(values[i]);
	return result;
}

/* consent_arguments reads what a row of the state tells of consent, nothing if it has no instant of it. */
static Consent
consent_arguments(FunctionCallInfo fcinfo)
{
	Consent		consent = {NULL};
	Oid			state;
	int32		version;

	if (PG_ARGISNULL(ARGUMENT_STATE) || PG_ARGISNULL(ARGUMENT_VERSION) ||
		(PG_ARGISNULL(ARGUMENT_GRANTED) && PG_ARGISNULL(ARGUMENT_WITHDRAWN)))
		return consent;
	state = PG_GETARG_OID(ARGUMENT_STATE);
	version = PG_GETARG_INT32(ARGUMENT_VERSION);
	consent.model = version_of_state(state, version);
	if (consent.model == NULL || consent.model->fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("table \"%s\" has no leads of model version %d", get_rel_name(state), version),
				 errhint("Give model_version, granted_at and withdrawn_at of one row of the state. If they are, call lead_temperature.replay.")));
	consent.granted = instants_argument(fcinfo, ARGUMENT_GRANTED, consent.model);
	consent.withdrawn = instants_argument(fcinfo, ARGUMENT_WITHDRAWN, consent.model);
	return consent;
}

/* lt_consents returns an object that says for each channel that a lead has ever granted or withdrawn whether it may be written to. */
Datum
lt_consents(PG_FUNCTION_ARGS)
{
	Consent		consent = consent_arguments(fcinfo);
	int			n = consent.model == NULL ? 0 : consent.model->fold.nchannels;
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	for (int i = 0; i < n; i++)
	{
		if (consent.granted[i] == FOLD_NEVER && consent.withdrawn[i] == FOLD_NEVER)
			continue;
		if (buf.len > 1)
			appendStringInfoChar(&buf, ',');
		escape_json(&buf, consent.model->channels[i]);
		appendStringInfoString(&buf, consents(consent.granted[i], consent.withdrawn[i]) ? ":true" : ":false");
	}
	appendStringInfoChar(&buf, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(buf.data));
}

/* lt_may_contact says whether a lead may be written to by a channel. */
Datum
lt_may_contact(PG_FUNCTION_ARGS)
{
	Consent		consent = consent_arguments(fcinfo);
	int			channel;

	if (consent.model == NULL || PG_ARGISNULL(ARGUMENT_CHANNEL))
		PG_RETURN_BOOL(false);
	channel = model_channel(consent.model, text_to_cstring(PG_GETARG_TEXT_PP(ARGUMENT_CHANNEL)));
	PG_RETURN_BOOL(channel >= 0 && consents(consent.granted[channel], consent.withdrawn[channel]));
}

/* lt_consented_channels returns the channels by which a lead may be written to, NULL if there is none. */
Datum
lt_consented_channels(PG_FUNCTION_ARGS)
{
	Consent		consent = consent_arguments(fcinfo);
	int			n = consent.model == NULL ? 0 : consent.model->fold.nchannels;
	StringInfoData channels;

	if (n == 0)
		PG_RETURN_NULL();
	initStringInfo(&channels);
	for (int i = 0; i < n; i++)
		if (consents(consent.granted[i], consent.withdrawn[i]))
			appendStringInfo(&channels, "%s%s", channels.len == 0 ? "" : ", ", consent.model->channels[i]);
	if (channels.len == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(channels.data, channels.len));
}
