/*-------------------------------------------------------------------------
 *
 * quality.c
 *	  Aggregates that tell how well scores predict: auc, auc_stderr, lift,
 *	  reliability and brier.
 *
 * All but the last must see the scores in order.  They sort those of the leads
 * that converted and of the others apart, as bare values and within work_mem, and
 * read both together.  A final function leaves the sorts as it found them, so that
 * several aggregates of the same arguments share one state; nothing can be added
 * any more, so none can be used as a window function.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include "core/auc.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_operator.h"
#include "miscadmin.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(ranked_add);
PG_FUNCTION_INFO_V1(ranked_add_share);
PG_FUNCTION_INFO_V1(ranked_add_bins);
PG_FUNCTION_INFO_V1(ranked_auc);
PG_FUNCTION_INFO_V1(ranked_auc_stderr);
PG_FUNCTION_INFO_V1(ranked_lift);
PG_FUNCTION_INFO_V1(ranked_reliability);
PG_FUNCTION_INFO_V1(clustered_add);
PG_FUNCTION_INFO_V1(clustered_auc_stderr);
PG_FUNCTION_INFO_V1(brier_add);
PG_FUNCTION_INFO_V1(brier_combine);
PG_FUNCTION_INFO_V1(brier_final);

/* The most bins of a reliability table. */
#define MAX_BINS	10000

/* Values of one class, sorted. */
typedef struct SortedScores
{
	Tuplesortstate *sort;		/* NULL: none yet */
	int64		n;
	double		next;			/* the value to read next */
	bool		more;			/* there is one */
} SortedScores;

/* The state of the aggregates of a score. */
typedef struct Ranked
{
	SortedScores converted;
	SortedScores others;
	bool		sorted;
	double		option;			/* share or bins, the same in all rows */
} Ranked;

/* Leads of equal score. */
typedef struct Tie
{
	double		score;
	int64		converted;
	int64		others;
} Tie;

/* agg_context returns the memory context of the aggregate that calls. */
static MemoryContext
agg_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	return context;
}

/* check_score refuses what has no place in an order. */
static double
check_score(double score)
{
	if (unlikely(isnan(score)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("score must not be NaN")));
	return score;
}

/* check_probability refuses what is no probability. */
static double
check_probability(double probability)
{
	if (unlikely(!(probability >= 0 && probability <= 1)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("probability must be between 0 and 1")));
	return probability;
}

/* end_ranked frees the sorts of a state. */
static void
end_ranked(Datum arg)
{
	Ranked	   *ranked = (Ranked *) DatumGetPointer(arg);

	if (ranked->converted.sort != NULL)
		tuplesort_end(ranked->converted.sort);
	if (ranked->others.sort != NULL)
		tuplesort_end(ranked->others.sort);
	ranked->converted.sort = ranked->others.sort = NULL;
}

/* ranked_state returns the state of the aggregate, a new one at its first row. */
static Ranked *
ranked_state(FunctionCallInfo fcinfo, double option)
{
	MemoryContext context = agg_context(fcinfo);
	Ranked	   *ranked;

	if (!PG_ARGISNULL(0))
		return (Ranked *) PG_GETARG_POINTER(0);
	ranked = (Ranked *) MemoryContextAllocZero(context, sizeof(Ranked));
	ranked->option = option;
	AggRegisterCallback(fcinfo, end_ranked, PointerGetDatum(ranked));
	return ranked;
}

/* add_score adds a score to the state. */
static void
add_score(FunctionCallInfo fcinfo, Ranked *ranked, double score, bool converted)
{
	SortedScores *scores = converted ? &ranked->converted : &ranked->others;

	if (unlikely(scores->sort == NULL))
	{
		MemoryContext before = MemoryContextSwitchTo(agg_context(fcinfo));

		scores->sort = tuplesort_begin_datum(FLOAT8OID, Float8LessOperator, InvalidOid, false,
											 Max(work_mem / 2, 64), NULL,
											 AggStateIsShared(fcinfo) ? TUPLESORT_RANDOMACCESS :
											 TUPLESORT_NONE);
		MemoryContextSwitchTo(before);
	}
	tuplesort_putdatum(scores->sort, Float8GetDatum(score), false);
	scores->n++;
}

/* any_null says whether a row has a null and so counts nowhere. */
static bool
any_null(FunctionCallInfo fcinfo)
{
	for (int i = 1; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			return true;
	return false;
}

/* return_state returns the state that was passed, from a row that counts nowhere. */
static Datum
return_state(FunctionCallInfo fcinfo)
{
	(void) agg_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* ranked_add adds a score and whether its lead converted. */
Datum
ranked_add(PG_FUNCTION_ARGS)
{
	Ranked	   *ranked;

	if (any_null(fcinfo))
		return return_state(fcinfo);
	ranked = ranked_state(fcinfo, 0);
	add_score(fcinfo, ranked, check_score(PG_GETARG_FLOAT8(1)), PG_GETARG_BOOL(2));
	PG_RETURN_POINTER(ranked);
}

/* check_option refuses an option that is not the same in all rows. */
static void
check_option(const Ranked *ranked, double option, const char *name)
{
	if (unlikely(ranked->option != option))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be the same in all rows", name)));
}

/* ranked_add_share adds a score likewise, for the given share of the highest ones. */
Datum
ranked_add_share(PG_FUNCTION_ARGS)
{
	Ranked	   *ranked;
	double		share;

	if (any_null(fcinfo))
		return return_state(fcinfo);
	share = PG_GETARG_FLOAT8(3);
	if (unlikely(!(share > 0 && share <= 1)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("share must be above 0 and at most 1")));
	ranked = ranked_state(fcinfo, share);
	check_option(ranked, share, "share");
	add_score(fcinfo, ranked, check_score(PG_GETARG_FLOAT8(1)), PG_GETARG_BOOL(2));
	PG_RETURN_POINTER(ranked);
}

/* ranked_add_bins adds a probability likewise, for a number of bins. */
Datum
ranked_add_bins(PG_FUNCTION_ARGS)
{
	Ranked	   *ranked;
	int32		bins;

	if (any_null(fcinfo))
		return return_state(fcinfo);
	bins = PG_GETARG_INT32(3);
	if (unlikely(bins < 1 || bins > MAX_BINS))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of bins must be between 1 and %d", MAX_BINS)));
	ranked = ranked_state(fcinfo, bins);
	check_option(ranked, bins, "number of bins");
	add_score(fcinfo, ranked, check_probability(PG_GETARG_FLOAT8(1)), PG_GETARG_BOOL(2));
	PG_RETURN_POINTER(ranked);
}

/* read_score reads the next value of a class. */
static void
read_score(SortedScores *scores)
{
	Datum		value;

	scores->more = lt_getdatum(scores->sort, &value);
	if (scores->more)
		scores->next = DatumGetFloat8(value);
}

/* start_reading goes to the least value of a class. */
static void
start_reading(SortedScores *scores, bool sorted)
{
	scores->more = false;
	if (scores->sort == NULL)
		return;
	if (sorted)
		tuplesort_rescan(scores->sort);
	else
		tuplesort_performsort(scores->sort);
	read_score(scores);
}

/* read_tied reads the values of a class that equal a score and returns how many there are. */
static int64
read_tied(SortedScores *scores, double score)
{
	int64		n = 0;

	for (; scores->more && scores->next == score; n++)
	{
		read_score(scores);
		CHECK_FOR_INTERRUPTS();
	}
	return n;
}

/* rank goes to the least score of a state, NULL if it has none at all. */
static Ranked *
rank(FunctionCallInfo fcinfo)
{
	Ranked	   *ranked;

	(void) agg_context(fcinfo);
	if (PG_ARGISNULL(0))
		return NULL;
	ranked = (Ranked *) PG_GETARG_POINTER(0);
	start_reading(&ranked->converted, ranked->sorted);
	start_reading(&ranked->others, ranked->sorted);
	ranked->sorted = true;
	return ranked;
}

/* next_tie reads the tie of the next higher score; false after the last. */
static bool
next_tie(Ranked *ranked, Tie *tie)
{
	SortedScores *converted = &ranked->converted;
	SortedScores *others = &ranked->others;

	if (!converted->more && !others->more)
		return false;
	if (converted->more && (!others->more || converted->next < others->next))
		tie->score = converted->next;
	else
		tie->score = others->next;
	tie->converted = read_tied(converted, tie->score);
	tie->others = read_tied(others, tie->score);
	return true;
}

/* rank_all ranks all scores; false if there are none. */
static bool
rank_all(FunctionCallInfo fcinfo, Ranking *ranking)
{
	Ranked	   *ranked = rank(fcinfo);
	Tie			tie;

	if (ranked == NULL)
		return false;
	ranking_begin(ranking);
	while (next_tie(ranked, &tie))
		ranking_add(ranking, tie.converted, tie.others);
	return true;
}

/* ranked_auc returns the area under the ROC curve. */
Datum
ranked_auc(PG_FUNCTION_ARGS)
{
	Ranking		ranking;
	double		auc;

	if (!rank_all(fcinfo, &ranking) || !ranking_auc(&ranking, &auc))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(auc);
}

/* ranked_auc_stderr returns the standard error of that area. */
Datum
ranked_auc_stderr(PG_FUNCTION_ARGS)
{
	Ranking		ranking;
	double		result;

	if (!rank_all(fcinfo, &ranking) || !ranking_stderr(&ranking, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

/* ranked_lift returns how many times as often leads of the highest scores convert as all do. */
Datum
ranked_lift(PG_FUNCTION_ARGS)
{
	Ranked	   *ranked = rank(fcinfo);
	RankingTop	top;
	Tie			tie;

	if (ranked == NULL || ranked->converted.n == 0)
		PG_RETURN_NULL();
	ranking_top_begin(&top, ranked->option, ranked->converted.n + ranked->others.n);
	while (next_tie(ranked, &tie))
		ranking_top_add(&top, tie.converted, tie.others);
	PG_RETURN_FLOAT8(top.converted / (double) ranked->converted.n / ranked->option);
}

/*
 * Reliability
 */

/* Leads of neighbouring probabilities. */
typedef struct Bin
{
	int			number;			/* from 0 */
	int64		leads;
	int64		converted;
	double		sum;			/* of their probabilities */
	double		least;
	double		most;
} Bin;

/* add_to_bin adds a tie to a bin. */
static void
add_to_bin(Bin *bin, const Tie *tie)
{
	int64		leads = tie->converted + tie->others;

	if (bin->leads == 0)
		bin->least = tie->score;
	bin->most = tie->score;
	bin->leads += leads;
	bin->converted += tie->converted;
	bin->sum += tie->score * (double) leads;
}

/* bin_datum makes a row of the reliability table. */
static Datum
bin_datum(TupleDesc desc, const Bin *bin)
{
	Datum		values[6];
	bool		nulls[6] = {false};
	double		predicted = bin->sum / (double) bin->leads;

	values[0] = Int32GetDatum(bin->number + 1);
	values[1] = Int64GetDatum(bin->leads);
	/* rounding must not put a mean outside of what it is the mean of */
	values[2] = Float8GetDatum(Min(Max(predicted, bin->least), bin->most));
	values[3] = Float8GetDatum((double) bin->converted / (double) bin->leads);
	values[4] = Float8GetDatum(bin->least);
	values[5] = Float8GetDatum(bin->most);
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

/* ranked_reliability returns the reliability table of probabilities. */
Datum
ranked_reliability(PG_FUNCTION_ARGS)
{
	Ranked	   *ranked = rank(fcinfo);
	Oid			type = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));
	TupleDesc	desc;
	ArrayBuildState *rows = NULL;
	Bin			bin = {0};
	int64		below = 0;
	Tie			tie;

	if (ranked == NULL)
		PG_RETURN_NULL();
	desc = lookup_rowtype_tupdesc_copy(type, -1);
	while (next_tie(ranked, &tie))
	{
		int			number = ranking_bin(below, tie.converted + tie.others,
										 ranked->converted.n + ranked->others.n,
										 (int) ranked->option);

		if (number != bin.number && bin.leads > 0)
		{
			rows = accumArrayResult(rows, bin_datum(desc, &bin), false, type, CurrentMemoryContext);
			memset(&bin, 0, sizeof(bin));
		}
		bin.number = number;
		add_to_bin(&bin, &tie);
		below += tie.converted + tie.others;
	}
	rows = accumArrayResult(rows, bin_datum(desc, &bin), false, type, CurrentMemoryContext);
	PG_RETURN_DATUM(makeArrayResult(rows, CurrentMemoryContext));
}

/*
 * Clusters
 *
 * A first sort, by score, finds the placements; to know that of a tie it reads the
 * tie twice.  A second one, by cluster, adds them up.
 */

/* columns of the first sort */
enum
{
	ROW_SCORE = 1, ROW_CONVERTED, ROW_CLUSTER
};

/* columns of the second */
enum
{
	PLACED_CLUSTER = 1, PLACED_CONVERTED, PLACED_PLACEMENT
};

#define N_SORTED	3

/* A sort of rows. */
typedef struct SortedRows
{
	Tuplesortstate *sort;		/* NULL: none */
	TupleTableSlot *input;
	TupleTableSlot *output;
} SortedRows;

typedef struct Clustered
{
	SortedRows	rows;
	SortedRows	placed;
	bool		done;			/* a final function was here, */
	bool		isnull;			/* and this is what it found */
	double		result;
} Clustered;

/* end_clustered frees the sorts of a state. */
static void
end_clustered(Datum arg)
{
	Clustered  *clustered = (Clustered *) DatumGetPointer(arg);

	if (clustered->rows.sort != NULL)
		tuplesort_end(clustered->rows.sort);
	if (clustered->placed.sort != NULL)
		tuplesort_end(clustered->placed.sort);
	clustered->rows.sort = clustered->placed.sort = NULL;
}

/* begin_sort begins a sort of rows by the first of their columns. */
static void
begin_sort(SortedRows *rows, const Oid types[N_SORTED], int ncolumns, int options)
{
	TupleDesc	desc = CreateTemplateTupleDesc(N_SORTED);
	AttrNumber	columns[N_SORTED];
	Oid			operators[N_SORTED];
	Oid			collations[N_SORTED] = {InvalidOid, InvalidOid, InvalidOid};
	bool		nulls_first[N_SORTED] = {false, false, false};

	for (int i = 0; i < N_SORTED; i++)
	{
		TupleDescInitEntry(desc, i + 1, NULL, types[i], -1, 0);
		columns[i] = i + 1;
		operators[i] = lookup_type_cache(types[i], TYPECACHE_LT_OPR)->lt_opr;
	}
	rows->input = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);
	rows->output = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	rows->sort = tuplesort_begin_heap(desc, ncolumns, columns, operators, collations, nulls_first,
									  Max(work_mem / 2, 64), NULL, options);
}

/* put_row puts a row into a sort. */
static void
put_row(SortedRows *rows, Datum first, Datum second, Datum third)
{
	ExecClearTuple(rows->input);
	rows->input->tts_values[0] = first;
	rows->input->tts_values[1] = second;
	rows->input->tts_values[2] = third;
	memset(rows->input->tts_isnull, 0, N_SORTED * sizeof(bool));
	ExecStoreVirtualTuple(rows->input);
	tuplesort_puttupleslot(rows->sort, rows->input);
}

/* get_row reads the next row of a sort into its output; false after the last. */
static bool
get_row(SortedRows *rows)
{
	CHECK_FOR_INTERRUPTS();
	if (!tuplesort_gettupleslot(rows->sort, true, false, rows->output, NULL))
		return false;
	slot_getallattrs(rows->output);
	return true;
}

/* clustered_add adds a score, whether its lead converted, and what it belongs to. */
Datum
clustered_add(PG_FUNCTION_ARGS)
{
	static const Oid types[N_SORTED] = {FLOAT8OID, BOOLOID, INT8OID};
	MemoryContext context = agg_context(fcinfo);
	Clustered  *clustered;

	if (any_null(fcinfo))
		return return_state(fcinfo);
	(void) check_score(PG_GETARG_FLOAT8(1));
	if (PG_ARGISNULL(0))
	{
		MemoryContext before = MemoryContextSwitchTo(context);

		clustered = palloc0(sizeof(Clustered));
		begin_sort(&clustered->rows, types, ROW_SCORE, TUPLESORT_RANDOMACCESS);
		MemoryContextSwitchTo(before);
		AggRegisterCallback(fcinfo, end_clustered, PointerGetDatum(clustered));
	}
	else
		clustered = (Clustered *) PG_GETARG_POINTER(0);
	put_row(&clustered->rows, PG_GETARG_DATUM(1), PG_GETARG_DATUM(2), PG_GETARG_DATUM(3));
	PG_RETURN_POINTER(clustered);
}

/* count_tie reads the tie that is next in a sort and goes back to its beginning; false at the end. */
static bool
count_tie(SortedRows *rows, Tie *tie)
{
	Datum	   *values = rows->output->tts_values;

	tuplesort_markpos(rows->sort);
	if (!get_row(rows))
		return false;
	tie->score = DatumGetFloat8(values[ROW_SCORE - 1]);
	tie->converted = tie->others = 0;
	do
	{
		if (DatumGetBool(values[ROW_CONVERTED - 1]))
			tie->converted++;
		else
			tie->others++;
	} while (get_row(rows) && DatumGetFloat8(values[ROW_SCORE - 1]) == tie->score);
	tuplesort_restorepos(rows->sort);
	return true;
}

/* place_rows ranks the rows and puts each with its placement into the second sort. */
static void
place_rows(Clustered *clustered, Ranking *ranking)
{
	SortedRows *rows = &clustered->rows;
	Datum	   *values = rows->output->tts_values;
	Tie			tie;

	ranking_begin(ranking);
	tuplesort_performsort(rows->sort);
	while (count_tie(rows, &tie))
	{
		for (int64 i = 0; i < tie.converted + tie.others; i++)
		{
			double		placement;

			if (!get_row(rows))
				elog(ERROR, "sort has lost rows");
			placement = ranking_placement(ranking, tie.converted, tie.others,
										  DatumGetBool(values[ROW_CONVERTED - 1]));
			put_row(&clustered->placed, values[ROW_CLUSTER - 1], values[ROW_CONVERTED - 1],
					Float8GetDatum(placement));
		}
		ranking_add(ranking, tie.converted, tie.others);
	}
}

/* add_up_clusters finds the standard error from rows that have placements. */
static void
add_up_clusters(Clustered *clustered, const Ranking *ranking)
{
	SortedRows *placed = &clustered->placed;
	Datum	   *values = placed->output->tts_values;
	RankingClusters clusters;

	ranking_clusters_begin(&clusters, ranking);
	tuplesort_performsort(placed->sort);
	while (get_row(placed))
		ranking_clusters_add(&clusters, DatumGetInt64(values[PLACED_CLUSTER - 1]),
							 DatumGetBool(values[PLACED_CONVERTED - 1]),
							 DatumGetFloat8(values[PLACED_PLACEMENT - 1]));
	clustered->isnull = !ranking_clusters_stderr(&clusters, &clustered->result);
}

/*
 * clustered_auc_stderr returns the standard error of the area where observations
 * of a cluster belong together.
 */
Datum
clustered_auc_stderr(PG_FUNCTION_ARGS)
{
	static const Oid types[N_SORTED] = {INT8OID, BOOLOID, FLOAT8OID};
	MemoryContext context = agg_context(fcinfo);
	Clustered  *clustered;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	clustered = (Clustered *) PG_GETARG_POINTER(0);
	if (!clustered->done)
	{
		MemoryContext before = MemoryContextSwitchTo(context);
		Ranking		ranking;

		/*
		 * by all columns, so that a sum does not depend on the order of the
		 * input
		 */
		begin_sort(&clustered->placed, types, N_SORTED, TUPLESORT_NONE);
		MemoryContextSwitchTo(before);
		place_rows(clustered, &ranking);
		add_up_clusters(clustered, &ranking);
		end_clustered(PointerGetDatum(clustered));
		clustered->done = true;
	}
	if (clustered->isnull)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(clustered->result);
}

/*
 * Brier
 */

/* brier_values returns the count and the sum in a state of brier. */
static float8 *
brier_values(ArrayType *state)
{
	if (ARR_NDIM(state) != 1 || ARR_DIMS(state)[0] != 2 || ARR_HASNULL(state) ||
		ARR_ELEMTYPE(state) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state of brier must be an array of two numbers")));
	return (float8 *) ARR_DATA_PTR(state);
}

/* brier_state returns the state to write to: that of the aggregate, or a copy if an ordinary caller passed it. */
static ArrayType *
brier_state(FunctionCallInfo fcinfo)
{
	return AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
}

/* brier_add adds a probability and whether its lead converted. */
Datum
brier_add(PG_FUNCTION_ARGS)
{
	ArrayType  *state = brier_state(fcinfo);
	float8	   *values = brier_values(state);
	double		error = check_probability(PG_GETARG_FLOAT8(1)) - (PG_GETARG_BOOL(2) ? 1 : 0);

	values[0] += 1;
	values[1] += error * error;
	PG_RETURN_ARRAYTYPE_P(state);
}

/* brier_combine adds two states. */
Datum
brier_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *state = brier_state(fcinfo);
	float8	   *values = brier_values(state);
	float8	   *more = brier_values(PG_GETARG_ARRAYTYPE_P(1));

	values[0] += more[0];
	values[1] += more[1];
	PG_RETURN_ARRAYTYPE_P(state);
}

/* brier_final returns the mean squared error. */
Datum
brier_final(PG_FUNCTION_ARGS)
{
	float8	   *values = brier_values(PG_GETARG_ARRAYTYPE_P(0));

	if (values[0] == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(values[1] / values[0]);
}
