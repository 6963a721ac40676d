/*-------------------------------------------------------------------------
 *
 * funnel.c
 *	  The type funnel: how many leads stand at each stage, and how warm.
 *
 * A funnel is a table of counts, stage by column, where the columns are the
 * temperatures of the open leads, the leads won and the leads lost.  Funnels
 * add cell by cell, so those of shards, partitions and parallel workers
 * combine; the state of the aggregates is therefore a funnel itself.
 *
 *-------------------------------------------------------------------------
 */
#include "types/funnel.h"

#include "access/htup_details.h"
#include "common/int.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

static const char *const column_names[N_FUNNEL_COLUMNS] = {"cold", "warm", "hot", "won", "lost"};

#define PG_GETARG_FUNNEL_P(n)	((Funnel *) PG_GETARG_POINTER(n))
#define PG_RETURN_FUNNEL_P(f)	PG_RETURN_POINTER(f)

PG_FUNCTION_INFO_V1(funnel_in);
PG_FUNCTION_INFO_V1(funnel_out);
PG_FUNCTION_INFO_V1(funnel_recv);
PG_FUNCTION_INFO_V1(funnel_send);
PG_FUNCTION_INFO_V1(funnel_eq);
PG_FUNCTION_INFO_V1(funnel_ne);
PG_FUNCTION_INFO_V1(funnel_add);
PG_FUNCTION_INFO_V1(funnel_accum_stage);
PG_FUNCTION_INFO_V1(funnel_accum);
PG_FUNCTION_INFO_V1(funnel_of_accum);
PG_FUNCTION_INFO_V1(funnel_of_final);
PG_FUNCTION_INFO_V1(funnel_leads);
PG_FUNCTION_INFO_V1(funnel_leads_stage);
PG_FUNCTION_INFO_V1(funnel_leads_temperature);
PG_FUNCTION_INFO_V1(funnel_leads_status);
PG_FUNCTION_INFO_V1(funnel_share_stage);
PG_FUNCTION_INFO_V1(funnel_share_temperature);
PG_FUNCTION_INFO_V1(funnel_reached);
PG_FUNCTION_INFO_V1(funnel_conversion);
PG_FUNCTION_INFO_V1(funnel_stages);
PG_FUNCTION_INFO_V1(funnel_to_jsonb);

/* add_leads adds two counts; every sum of leads goes through it. */
static inline int64
add_leads(int64 a, int64 b)
{
	int64		sum;

	if (unlikely(pg_add_s64_overflow(a, b, &sum)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number of leads out of range")));
	return sum;
}

/* add_columns adds the columns first to last of one stage. */
static int64
add_columns(const Funnel *funnel, LeadStage stage, FunnelColumn first, FunnelColumn last)
{
	int64		leads = 0;

	for (int column = first; column <= last; column++)
		leads = add_leads(leads, funnel->leads[stage][column]);
	return leads;
}

/* leads_at counts the leads of one stage, closed ones too. */
static int64
leads_at(const Funnel *funnel, LeadStage stage)
{
	return add_columns(funnel, stage, COLUMN_COLD, COLUMN_LOST);
}

/* open_at counts the open leads of one stage. */
static int64
open_at(const Funnel *funnel, LeadStage stage)
{
	return add_columns(funnel, stage, COLUMN_COLD, COLUMN_HOT);
}

/* open_anywhere counts the open leads of all stages. */
static int64
open_anywhere(const Funnel *funnel)
{
	int64		leads = 0;

	for (int stage = 0; stage < N_STAGES; stage++)
		leads = add_leads(leads, open_at(funnel, stage));
	return leads;
}

/* reached_by counts the leads that are at this stage or further, closed ones too. */
static int64
reached_by(const Funnel *funnel, LeadStage stage)
{
	int64		leads = 0;

	for (int further = stage; further < N_STAGES; further++)
		leads = add_leads(leads, leads_at(funnel, further));
	return leads;
}

/* share_of divides two counts; *isnull tells of a division by zero. */
static double
share_of(int64 part, int64 whole, bool *isnull)
{
	*isnull = (whole == 0);
	return *isnull ? 0.0 : (double) part / (double) whole;
}

/*
 * The text form, in which zeros and stages without leads are left out:
 *
 *		{visitor: 3 cold, 1 hot; lead: 2 warm, 4 lost}
 *
 *		funnel	::= '{' [ stage { ';' stage } ] '}'
 *		stage	::= name-of-stage ':' count { ',' count }
 *		count	::= digits ( 'cold' | 'warm' | 'hot' | 'won' | 'lost' )
 *
 * Input takes stages and counts in any order, each at most once, zeros too,
 * and white space between any two tokens.
 */

/* skip_space steps over white space. */
static void
skip_space(const char **at)
{
	while (scanner_isspace(**at))
		(*at)++;
}

/* accept_char steps over a character if it stands next. */
static bool
accept_char(const char **at, char c)
{
	skip_space(at);
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* accept_name steps over a name and returns its place among names, or -1. */
static int
accept_name(const char **at, const char *const *names, int n)
{
	size_t		len = 0;

	skip_space(at);
	while (((*at)[len] >= 'a' && (*at)[len] <= 'z') || (*at)[len] == '_')
		len++;
	for (int i = 0; i < n; i++)
		if (strlen(names[i]) == len && memcmp(*at, names[i], len) == 0)
		{
			*at += len;
			return i;
		}
	return -1;
}

/* accept_count steps over digits; *overflow tells of more than an int8 holds. */
static bool
accept_count(const char **at, int64 *count, bool *overflow)
{
	const char *start;

	skip_space(at);
	start = *at;
	*count = 0;
	for (; **at >= '0' && **at <= '9'; (*at)++)
		if (pg_mul_s64_overflow(*count, 10, count) ||
			pg_add_s64_overflow(*count, **at - '0', count))
			*overflow = true;
	return *at > start;
}

/*
 * parse_funnel reads the text form and returns what is wrong with it, or NULL;
 * *overflow tells that nothing is wrong but the size of a count.
 */
static const char *
parse_funnel(const char *text, Funnel *funnel, bool *overflow)
{
	const char *at = text;
	bool		given[N_STAGES][N_FUNNEL_COLUMNS] = {{false}};
	bool		named[N_STAGES] = {false};

	memset(funnel, 0, sizeof(Funnel));
	*overflow = false;

	if (!accept_char(&at, '{'))
		return "A funnel starts with \"{\".";
	if (!accept_char(&at, '}'))
	{
		do
		{
			int			stage = accept_name(&at, stage_names, N_STAGES);

			if (stage < 0)
				return "A stage is expected: visitor, lead, marketing_qualified, sales_qualified, opportunity or customer.";
			if (named[stage])
				return "A stage is given twice.";
			named[stage] = true;
			if (!accept_char(&at, ':'))
				return "A stage is followed by \":\" and its counts.";
			do
			{
				int64		count;
				int			column;

				if (!accept_count(&at, &count, overflow))
					return "A count of leads is expected, in digits.";
				column = accept_name(&at, column_names, N_FUNNEL_COLUMNS);
				if (column < 0)
					return "A count is followed by cold, warm, hot, won or lost.";
				if (given[stage][column])
					return "A count is given twice.";
				given[stage][column] = true;
				funnel->leads[stage][column] = count;
			} while (accept_char(&at, ','));
		} while (accept_char(&at, ';'));
		if (!accept_char(&at, '}'))
			return "Counts are parted by \",\", stages by \";\", and a funnel ends with \"}\".";
	}
	skip_space(&at);
	return *at == '\0' ? NULL : "Nothing may follow \"}\".";
}

/* funnel_in reads the text form. */
Datum
funnel_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Funnel	   *funnel = palloc(sizeof(Funnel));
	bool		overflow;
	const char *complaint = parse_funnel(text, funnel, &overflow);

	if (complaint != NULL)
		ereturn(LT_ESCONTEXT(fcinfo), (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "funnel", text),
				 errdetail("%s", complaint)));
	if (overflow)
		ereturn(LT_ESCONTEXT(fcinfo), (Datum) 0,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("value \"%s\" is out of range for type %s", text, "funnel")));
	PG_RETURN_FUNNEL_P(funnel);
}

/* funnel_out writes the text form. */
Datum
funnel_out(PG_FUNCTION_ARGS)
{
	Funnel	   *funnel = PG_GETARG_FUNNEL_P(0);
	StringInfoData buf;
	bool		first_stage = true;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	for (int stage = 0; stage < N_STAGES; stage++)
	{
		bool		first_count = true;

		for (int column = 0; column < N_FUNNEL_COLUMNS; column++)
		{
			int64		count = funnel->leads[stage][column];

			if (count == 0)
				continue;
			if (!first_count)
				appendStringInfoString(&buf, ", ");
			else
				appendStringInfo(&buf, "%s%s: ", first_stage ? "" : "; ", stage_names[stage]);
			appendStringInfo(&buf, INT64_FORMAT " %s", count, column_names[column]);
			first_count = first_stage = false;
		}
	}
	appendStringInfoChar(&buf, '}');
	PG_RETURN_CSTRING(buf.data);
}

/* funnel_recv reads the binary form: the counts as int8, stage by stage. */
Datum
funnel_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	Funnel	   *funnel = palloc(sizeof(Funnel));

	if (buf->len - buf->cursor != (int) sizeof(Funnel))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid length of external \"funnel\" value")));
	for (int stage = 0; stage < N_STAGES; stage++)
		for (int column = 0; column < N_FUNNEL_COLUMNS; column++)
		{
			int64		count = pq_getmsgint64(buf);

			if (count < 0)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						 errmsg("negative count in external \"funnel\" value")));
			funnel->leads[stage][column] = count;
		}
	PG_RETURN_FUNNEL_P(funnel);
}

/* funnel_send writes the binary form. */
Datum
funnel_send(PG_FUNCTION_ARGS)
{
	Funnel	   *funnel = PG_GETARG_FUNNEL_P(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	for (int stage = 0; stage < N_STAGES; stage++)
		for (int column = 0; column < N_FUNNEL_COLUMNS; column++)
			pq_sendint64(&buf, funnel->leads[stage][column]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* funnel_eq tells whether two funnels hold the same counts. */
Datum
funnel_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(memcmp(PG_GETARG_FUNNEL_P(0), PG_GETARG_FUNNEL_P(1), sizeof(Funnel)) == 0);
}

/* funnel_ne tells whether two funnels differ. */
Datum
funnel_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(memcmp(PG_GETARG_FUNNEL_P(0), PG_GETARG_FUNNEL_P(1), sizeof(Funnel)) != 0);
}

/*
 * changeable_funnel returns the funnel in the first argument for the caller to
 * change: itself where it is the state of an aggregate, else a copy.
 */
static inline Funnel *
changeable_funnel(FunctionCallInfo fcinfo)
{
	Funnel	   *funnel = PG_GETARG_FUNNEL_P(0);
	Funnel	   *copy;

	if (likely(AggCheckCallContext(fcinfo, NULL)))
		return funnel;
	copy = palloc(sizeof(Funnel));
	*copy = *funnel;
	return copy;
}

/* funnel_add adds two funnels; also transition and combine function of aggregates. */
Datum
funnel_add(PG_FUNCTION_ARGS)
{
	Funnel	   *sum = changeable_funnel(fcinfo);
	Funnel	   *other = PG_GETARG_FUNNEL_P(1);

	for (int stage = 0; stage < N_STAGES; stage++)
		for (int column = 0; column < N_FUNNEL_COLUMNS; column++)
			sum->leads[stage][column] = add_leads(sum->leads[stage][column],
												  other->leads[stage][column]);
	PG_RETURN_FUNNEL_P(sum);
}

/* count_leads adds leads to a cell. */
static inline void
count_leads(Funnel *funnel, LeadStage stage, LeadTemperature temperature, LeadStatus status,
			int64 leads)
{
	int64	   *cell;

	if (status == STATUS_WON)
		cell = &funnel->leads[stage][COLUMN_WON];
	else if (status == STATUS_LOST)
		cell = &funnel->leads[stage][COLUMN_LOST];
	else
		cell = &funnel->leads[stage][temperature];
	*cell = add_leads(*cell, leads);
}

/* funnel_accum_stage counts an open, cold lead; strict. */
Datum
funnel_accum_stage(PG_FUNCTION_ARGS)
{
	Funnel	   *funnel = changeable_funnel(fcinfo);

	count_leads(funnel, stage_from_oid(PG_GETARG_OID(1)), TEMPERATURE_COLD, STATUS_OPEN, 1);
	PG_RETURN_FUNNEL_P(funnel);
}

/*
 * funnel_accum counts a lead of a stage, temperature and, if given, status: not
 * at all if the stage is null, as cold and open where the others are.
 */
Datum
funnel_accum(PG_FUNCTION_ARGS)
{
	LeadTemperature temperature = TEMPERATURE_COLD;
	LeadStatus	status = STATUS_OPEN;
	Funnel	   *funnel;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	funnel = changeable_funnel(fcinfo);
	if (!PG_ARGISNULL(1))
	{
		if (!PG_ARGISNULL(2))
			temperature = temperature_from_oid(PG_GETARG_OID(2));
		if (PG_NARGS() > 3 && !PG_ARGISNULL(3))
			status = status_from_oid(PG_GETARG_OID(3));
		count_leads(funnel, stage_from_oid(PG_GETARG_OID(1)), temperature, status, 1);
	}
	PG_RETURN_FUNNEL_P(funnel);
}

/*
 * funnel_of_accum counts a lead, or as many as are given, by their level and
 * those of the thresholds; strict.
 */
Datum
funnel_of_accum(PG_FUNCTION_ARGS)
{
	Funnel	   *funnel = changeable_funnel(fcinfo);
	LeadStage	stage = stage_from_oid(PG_GETARG_OID(1));
	LeadStatus	status = status_from_oid(PG_GETARG_OID(2));
	double		level = PG_GETARG_FLOAT8(3);
	double		warm_level = PG_GETARG_FLOAT8(4);
	double		hot_level = PG_GETARG_FLOAT8(5);
	int64		leads = PG_NARGS() > 6 ? PG_GETARG_INT64(6) : 1;
	LeadTemperature temperature;

	if (level >= hot_level)
		temperature = TEMPERATURE_HOT;
	else if (level >= warm_level)
		temperature = TEMPERATURE_WARM;
	else
		temperature = TEMPERATURE_COLD;
	count_leads(funnel, stage, temperature, status, leads);
	PG_RETURN_FUNNEL_P(funnel);
}

/* funnel_of_final refuses a funnel off which more leads were taken than are in it. */
Datum
funnel_of_final(PG_FUNCTION_ARGS)
{
	Funnel	   *funnel = PG_GETARG_FUNNEL_P(0);

	for (int stage = 0; stage < N_STAGES; stage++)
		for (int column = 0; column < N_FUNNEL_COLUMNS; column++)
			if (funnel->leads[stage][column] < 0)
				ereport(ERROR,
						(errcode(ERRCODE_DATA_CORRUPTED),
						 errmsg("number of leads at stage %s is negative", stage_names[stage]),
						 errdetail("The counts of the funnel do not agree with the state of the leads."),
						 errhint("Count anew with lead_temperature.replay.")));
	PG_RETURN_FUNNEL_P(funnel);
}

/* funnel_leads counts all leads. */
Datum
funnel_leads(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(reached_by(PG_GETARG_FUNNEL_P(0), STAGE_VISITOR));
}

/* funnel_leads_stage counts the leads of one stage, closed ones too. */
Datum
funnel_leads_stage(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(leads_at(PG_GETARG_FUNNEL_P(0), stage_from_oid(PG_GETARG_OID(1))));
}

/* funnel_leads_temperature counts the open leads of one stage and temperature. */
Datum
funnel_leads_temperature(PG_FUNCTION_ARGS)
{
	Funnel	   *funnel = PG_GETARG_FUNNEL_P(0);
	LeadStage	stage = stage_from_oid(PG_GETARG_OID(1));

	PG_RETURN_INT64(funnel->leads[stage][temperature_from_oid(PG_GETARG_OID(2))]);
}

/* funnel_leads_status counts the leads of one stage and status. */
Datum
funnel_leads_status(PG_FUNCTION_ARGS)
{
	Funnel	   *funnel = PG_GETARG_FUNNEL_P(0);
	LeadStage	stage = stage_from_oid(PG_GETARG_OID(1));

	switch (status_from_oid(PG_GETARG_OID(2)))
	{
		case STATUS_WON:
			PG_RETURN_INT64(funnel->leads[stage][COLUMN_WON]);
		case STATUS_LOST:
			PG_RETURN_INT64(funnel->leads[stage][COLUMN_LOST]);
		default:
			PG_RETURN_INT64(open_at(funnel, stage));
	}
}

/* funnel_share_stage returns the share of the open leads that stand at a stage. */
Datum
funnel_share_stage(PG_FUNCTION_ARGS)
{
	Funnel	   *funnel = PG_GETARG_FUNNEL_P(0);
	double		share = share_of(open_at(funnel, stage_from_oid(PG_GETARG_OID(1))),
								 open_anywhere(funnel), &fcinfo->isnull);

	return Float8GetDatum(share);
}

/* funnel_share_temperature returns the share of the open leads that have a temperature. */
Datum
funnel_share_temperature(PG_FUNCTION_ARGS)
{
	Funnel	   *funnel = PG_GETARG_FUNNEL_P(0);
	LeadTemperature temperature = temperature_from_oid(PG_GETARG_OID(1));
	int64		leads = 0;
	double		share;

	for (int stage = 0; stage < N_STAGES; stage++)
		leads = add_leads(leads, funnel->leads[stage][temperature]);
	share = share_of(leads, open_anywhere(funnel), &fcinfo->isnull);
	return Float8GetDatum(share);
}

/* funnel_reached counts the leads that are at a stage or further, closed ones too. */
Datum
funnel_reached(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(reached_by(PG_GETARG_FUNNEL_P(0), stage_from_oid(PG_GETARG_OID(1))));
}

/* funnel_conversion returns the share of those that reached a stage that reached a later one. */
Datum
funnel_conversion(PG_FUNCTION_ARGS)
{
	Funnel	   *funnel = PG_GETARG_FUNNEL_P(0);
	LeadStage	from = stage_from_oid(PG_GETARG_OID(1));
	LeadStage	to = stage_from_oid(PG_GETARG_OID(2));
	double		share;

	if (to < from)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no conversion from stage %s to stage %s", stage_names[from], stage_names[to]),
				 errdetail("Leads convert to the same or a later stage.")));
	share = share_of(reached_by(funnel, to), reached_by(funnel, from), &fcinfo->isnull);
	return Float8GetDatum(share);
}

/* funnel_stages returns a row for each stage, in their order. */
Datum
funnel_stages(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	Funnel	   *funnel = PG_GETARG_FUNNEL_P(0);
	Datum		values[12];
	bool		nulls[12] = {false};
	int			stage;
	int			i = 0;

	if (SRF_IS_FIRSTCALL())
	{
		TupleDesc	desc;
		MemoryContext old;

		context = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(context->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("function returning record called in context that cannot accept type record")));
		context->tuple_desc = BlessTupleDesc(desc);
		context->max_calls = N_STAGES;
		MemoryContextSwitchTo(old);
	}

	context = SRF_PERCALL_SETUP();
	if (context->call_cntr >= context->max_calls)
		SRF_RETURN_DONE(context);
	stage = (int) context->call_cntr;

	values[i++] = ObjectIdGetDatum(stage_to_oid(stage));
	values[i++] = Int32GetDatum(stage + 1);
	values[i++] = Int64GetDatum(leads_at(funnel, stage));
	for (int column = 0; column < N_FUNNEL_COLUMNS; column++)
		values[i++] = Int64GetDatum(funnel->leads[stage][column]);
	values[i] = Float8GetDatum(share_of(open_at(funnel, stage), open_anywhere(funnel), &nulls[i]));
	i++;
	values[i++] = Int64GetDatum(reached_by(funnel, stage));
	if (stage == STAGE_VISITOR)
		nulls[i] = true;
	else
		values[i] = Float8GetDatum(share_of(reached_by(funnel, stage),
											reached_by(funnel, stage - 1), &nulls[i]));
	i++;
	values[i] = Float8GetDatum(share_of(reached_by(funnel, stage),
										reached_by(funnel, STAGE_VISITOR), &nulls[i]));
	i++;
	Assert(i == lengthof(values) && i == context->tuple_desc->natts);

	SRF_RETURN_NEXT(context,
					HeapTupleGetDatum(heap_form_tuple(context->tuple_desc, values, nulls)));
}

/* funnel_to_jsonb returns an object of stages, each an object of counts, zeros too. */
Datum
funnel_to_jsonb(PG_FUNCTION_ARGS)
{
	Funnel	   *funnel = PG_GETARG_FUNNEL_P(0);
	StringInfoData buf;

	initStringInfo(&buf);
	for (int stage = 0; stage < N_STAGES; stage++)
	{
		appendStringInfo(&buf, "%c\"%s\":", stage == 0 ? '{' : ',', stage_names[stage]);
		for (int column = 0; column < N_FUNNEL_COLUMNS; column++)
			appendStringInfo(&buf, "%c\"%s\":" INT64_FORMAT, column == 0 ? '{' : ',',
							 column_names[column], funnel->leads[stage][column]);
		appendStringInfoChar(&buf, '}');
	}
	appendStringInfoChar(&buf, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(buf.data));
}
