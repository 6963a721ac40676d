/*-------------------------------------------------------------------------
 *
 * train_report.c
 *	  What training reports: how well the new model, the present one and simple rankings
 *	  predict in the later split.
 *
 * Observations of the later split that were kept by a share stand for more than one, where
 * that matters: in lift, Brier score and calibration, and not in the area under the curve.
 *
 *-------------------------------------------------------------------------
 */
#include "analysis/trained_model.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

/* Standard errors to either side that hold 95 % of a normal distribution. */
#define MARGIN				1.96

/* Bins of the calibration. */
#define N_BINS				10

/* columns of training_report */
enum
{
	REPORT_MODEL, REPORT_RANKING, REPORT_LEADS, REPORT_CONVERTED, REPORT_AUC, REPORT_AUC_LOW, REPORT_AUC_HIGH,
	REPORT_LIFT_3, REPORT_LIFT_10, REPORT_BRIER, REPORT_BRIER_BASE, REPORT_CALIBRATION,
	N_REPORT_COLUMNS
};

/* What the test observations are ranked by, in the order of the report. */
typedef enum RankedBy
{
	BY_TRAINED,
	BY_TRAINED_WITHOUT,
	BY_PRESENT,
	BY_INTERACTIONS,
	BY_RECENCY,
	BY_STAGE,
	N_RANKED_BY
} RankedBy;

static const char *const ranking_names[N_RANKED_BY] = {
	"trained", "trained without attributes", "present", "interactions", "recency", "furthest stage"
};

/* A bin of the calibration, in the order of reliability_bin. */
typedef struct ChanceBin
{
	double		leads;
	double		converted;
	double		sum;			/* of their chances */
	double		least;
	double		most;
} ChanceBin;

/* What is told of a ranking besides its area; NaN: cannot be told. */
typedef struct Quality
{
	double		lift_3;
	double		lift_10;
	double		brier;
	double		brier_base;
	ChanceBin	bins[N_BINS];
} Quality;

/* score_by is what a test observation is ranked by without training. */
static double
score_by(RankedBy by, const LeadEvidence *history, const EvidencePoint *observation, const Calibration *present)
{
	switch (by)
	{
		case BY_PRESENT:
			return heat_saturate(observation->score + present->fit_weight * history->fit);
		case BY_INTERACTIONS:
			return observation->interactions;
		case BY_RECENCY:
			return (double) (observation->last_at - observation->at);
		default:
			return observation->stage;
	}
}

/* rank_tests_by scores the observations of the later split without training. */
static RankingObservation *
rank_tests_by(RankedBy by, const Evidence *evidence, const Calibration *present, int64 *n)
{
	int64		room = evidence->converted_kept + evidence->others_kept;
	RankingObservation *result = MemoryContextAllocHuge(CurrentMemoryContext,
														sizeof(RankingObservation) * Max(room, 1));

	*n = 0;
	for (int64 i = 0; i < evidence->n_histories; i++)
	{
		const LeadEvidence *history = evidence->histories[i];

		for (int j = 0; j < history->n_observations; j++)
		{
			const EvidencePoint *observation = &history->observations[j];
			RankingObservation *ranked = &result[*n];

			if (!observation->tests)
				continue;
			ranked->score = score_by(by, history, observation, present);
			ranked->cluster = history->lead;
			ranked->placement = 0.0;
			ranked->converted = observation->converted;
			(*n)++;
		}
	}
	return result;
}

/* weight_of says how many observations one stands for. */
static double
weight_of(const Evidence *evidence, const RankingObservation *observation)
{
	return observation->converted ? 1.0 : 1.0 / evidence->other_share;
}

/* lift_of returns how many times as often the highest share converts as all do; a tie at the border counts in proportion. */
static double
lift_of(const Evidence *evidence, const RankingObservation *ranked, int64 n, double share)
{
	double		total = 0.0;
	double		all_converted = 0.0;
	double		converted = 0.0;
	double		left;

	for (int64 i = 0; i < n; i++)
	{
		total += weight_of(evidence, &ranked[i]);
		all_converted += ranked[i].converted;
	}
	left = share * total;
	for (int64 i = n; i > 0 && left > 0.0;)
	{
		double		tied = 0.0;
		double		tied_converted = 0.0;
		double		score = ranked[i - 1].score;

		for (; i > 0 && ranked[i - 1].score == score; i--)
		{
			tied += weight_of(evidence, &ranked[i - 1]);
			tied_converted += ranked[i - 1].converted;
		}
		converted += tied_converted * fmin(1.0, left / tied);
		left -= tied;
	}
	return all_converted == 0.0 ? NAN : converted / all_converted / share;
}

/* add_to_bins puts observations of one chance into the bin that the middle of them lies in. */
static void
add_to_bins(Quality *quality, double below, double tied, double converted, double total, double chance)
{
	int			number = (int) ((below + 0.5 * tied) * N_BINS / total);
	ChanceBin  *bin = &quality->bins[Min(number, N_BINS - 1)];

	if (bin->leads == 0.0)
		bin->least = chance;
	bin->most = chance;
	bin->leads += tied;
	bin->converted += converted;
	bin->sum += chance * tied;
}

/* judge_chances finds how near chances by the score come to what became of leads. */
static void
judge_chances(Quality *quality, const Evidence *evidence, const RankingObservation *ranked, int64 n,
			  const Calibration *calibration)
{
	double		total = 0.0;
	double		below = 0.0;
	double		errors = 0.0;

	for (int64 i = 0; i < n; i++)
		total += weight_of(evidence, &ranked[i]);
	for (int64 i = 0; i < n;)
	{
		double		chance = chance_of(calibration, ranked[i].score);
		double		tied = 0.0;
		double		converted = 0.0;

		for (; i < n && chance_of(calibration, ranked[i].score) == chance; i++)
		{
			double		weight = weight_of(evidence, &ranked[i]);
			double		error = chance - ranked[i].converted;

			tied += weight;
			converted += ranked[i].converted;
			errors += weight * error * error;
		}
		add_to_bins(quality, below, tied, converted, total, chance);
		below += tied;
	}
	if (total > 0.0)
		quality->brier = errors / total;
}

/* judge finds out what is told of a ranking, which is in ascending order, besides its area. */
static void
judge(Quality *quality, const Evidence *evidence, const RankingObservation *ranked, int64 n, const Calibration *calibration)
{
	const ObservationCount *count = &evidence->testing;
	double		rate = count->observations == 0 ? NAN : (double) count->converted / (double) count->observations;

	memset(quality, 0, sizeof(Quality));
	quality->lift_3 = lift_of(evidence, ranked, n, 0.03);
	quality->lift_10 = lift_of(evidence, ranked, n, 0.1);
	quality->brier = NAN;
	quality->brier_base = rate * (1.0 - rate);
	if (calibration != NULL && calibration->trained)
		judge_chances(quality, evidence, ranked, n, calibration);
}

/* put_number puts a number among the values of a row, null if it cannot be told. */
static void
put_number(Datum *values, bool *isnull, int column, double number)
{
	isnull[column] = isnan(number);
	values[column] = isnull[column] ? (Datum) 0 : Float8GetDatum(number);
}

/* put_calibration puts the bins that have leads among the values of a row, null if there are no chances. */
static void
put_calibration(Datum *values, bool *isnull, const Quality *quality, const Evidence *evidence, Oid array_type)
{
	Oid			type = get_element_type(array_type);
	TupleDesc	desc = lookup_rowtype_tupdesc_copy(type, -1);
	ArrayBuildState *rows = NULL;

	isnull[REPORT_CALIBRATION] = isnan(quality->brier);
	values[REPORT_CALIBRATION] = (Datum) 0;
	if (isnull[REPORT_CALIBRATION])
		return;
	for (int i = 0; i < N_BINS; i++)
	{
		const ChanceBin *bin = &quality->bins[i];
		Datum		of_bin[6];
		bool		nulls[6] = {false};

		if (bin->leads == 0.0)
			continue;
		of_bin[0] = Int32GetDatum(i + 1);
		of_bin[1] = Int64GetDatum((int64) rint(bin->leads / evidence->lead_share));
		/* rounding must not put a mean outside of what it is the mean of */
		of_bin[2] = Float8GetDatum(Min(Max(bin->sum / bin->leads, bin->least), bin->most));
		of_bin[3] = Float8GetDatum(bin->converted / bin->leads);
		of_bin[4] = Float8GetDatum(bin->least);
		of_bin[5] = Float8GetDatum(bin->most);
		rows = accumArrayResult(rows, HeapTupleGetDatum(heap_form_tuple(desc, of_bin, nulls)), false, type,
								CurrentMemoryContext);
	}
	values[REPORT_CALIBRATION] = makeArrayResult(rows, CurrentMemoryContext);
}

/* report says how well something ranks the later split: a row of training_report, kept and returned. */
static void
report(ReturnSetInfo *result, const char *model, const Evidence *evidence, RankedBy by,
	   RankingObservation *ranked, int64 n, const Calibration *calibration)
{
	Oid			types[N_REPORT_COLUMNS] = {
		TEXTOID, TEXTOID, INT8OID, INT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID
	};
	Datum		values[N_REPORT_COLUMNS];
	bool		isnull[N_REPORT_COLUMNS] = {false};
	char		nulls[N_REPORT_COLUMNS + 1];
	Ranking		ranking;
	Quality		quality;
	double		auc = NAN;
	double		error = NAN;

	types[REPORT_CALIBRATION] = TupleDescAttr(result->setDesc, REPORT_CALIBRATION)->atttypid;
	ranking_of(ranked, n, &ranking);
	judge(&quality, evidence, ranked, n, calibration);
	if (!ranking_auc(&ranking, &auc))
		auc = NAN;
	else if (!ranking_clustered_stderr(ranked, n, &ranking, &error))
		error = NAN;
	values[REPORT_MODEL] = CStringGetTextDatum(model);
	values[REPORT_RANKING] = CStringGetTextDatum(ranking_names[by]);
	values[REPORT_LEADS] = Int64GetDatum(evidence->testing.observations);
	values[REPORT_CONVERTED] = Int64GetDatum(evidence->testing.converted);
	put_number(values, isnull, REPORT_AUC, auc);
	put_number(values, isnull, REPORT_AUC_LOW, isnan(error) ? NAN : fmax(0.0, auc - MARGIN * error));
	put_number(values, isnull, REPORT_AUC_HIGH, isnan(error) ? NAN : fmin(1.0, auc + MARGIN * error));
	put_number(values, isnull, REPORT_LIFT_3, quality.lift_3);
	put_number(values, isnull, REPORT_LIFT_10, quality.lift_10);
	put_number(values, isnull, REPORT_BRIER, quality.brier);
	put_number(values, isnull, REPORT_BRIER_BASE, quality.brier_base);
	put_calibration(values, isnull, &quality, evidence, types[REPORT_CALIBRATION]);
	for (int i = 0; i < N_REPORT_COLUMNS; i++)
		nulls[i] = isnull[i] ? 'n' : ' ';
	nulls[N_REPORT_COLUMNS] = '\0';
	insert_as_caller("INSERT INTO lead_temperature.training_report (model, ranking, leads, converted, "
					 "auc, auc_low, auc_high, lift_3, lift_10, brier, brier_base, calibration) "
					 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
					 N_REPORT_COLUMNS, types, values, nulls);
	tuplestore_putvalues(result->setResult, result->setDesc, values, isnull);
	pfree(ranked);
}

/*
 * write_reports tells of each ranking, the present model's chances among them if it was trained; the one without attributes is
 * NULL if none were read.  The caller is connected to SPI.
 */
void
write_reports(ReturnSetInfo *result, const char *model, const Evidence *evidence, const Lesson *lesson,
			  const Evidence *without_fit, const Lesson *lesson_without_fit, const Calibration *present)
{
	Calibration trained = {true, lesson->intercept, lesson->slope};
	Calibration known = *present;

	/* who has not read attributes does not know the fit */
	if (known.counts_fit && !evidence->with_fit)
	{
		known.trained = false;
		known.fit_weight = 0.0;
	}
	for (RankedBy by = 0; by < N_RANKED_BY; by++)
	{
		int64		n;
		RankingObservation *ranked;

		if (by == BY_TRAINED)
		{
			ranked = rank_tests(evidence, lesson, &n);
			report(result, model, evidence, by, ranked, n, &trained);
		}
		else if (by == BY_TRAINED_WITHOUT && without_fit != NULL)
		{
			Calibration without = {true, lesson_without_fit->intercept, lesson_without_fit->slope};

			ranked = rank_tests(without_fit, lesson_without_fit, &n);
			report(result, model, without_fit, by, ranked, n, &without);
		}
		else if (by > BY_TRAINED_WITHOUT)
		{
			ranked = rank_tests_by(by, evidence, &known, &n);
			report(result, model, evidence, by, ranked, n, by == BY_PRESENT ? &known : NULL);
		}
	}
}
