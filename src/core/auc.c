/*-------------------------------------------------------------------------
 *
 * auc.c
 *	  How well a score ranks those who converted above the others.
 *
 *-------------------------------------------------------------------------
 */
#include "core/auc.h"

#include <math.h>
#include <stdlib.h>

/* ranking_begin starts without observations. */
void
ranking_begin(Ranking *ranking)
{
	Ranking		none = {0};

	*ranking = none;
}

/*
 * ranking_placement returns how many of the other class lie below an observation
 * of a tie, which itself has so many of both and is not yet added.
 */
double
ranking_placement(const Ranking *below, int64_t converted, int64_t others, bool of_converted)
{
	return of_converted ? (double) below->others + 0.5 * (double) others :
		(double) below->converted + 0.5 * (double) converted;
}

/*
 * add_values adds some equal values to so many others, of which the mean and the
 * sum of squared distances from it are known (West 1979).
 */
static void
add_values(int64_t known, double *mean, double *squares, int64_t n, double value)
{
	double		total = (double) known + (double) n;
	double		distance = value - *mean;

	*mean += distance * ((double) n / total);
	*squares += distance * distance * ((double) known * ((double) n / total));
}

/* ranking_add adds the tie of the next higher score. */
void
ranking_add(Ranking *ranking, int64_t converted, int64_t others)
{
	double		of_converted = ranking_placement(ranking, converted, others, true);
	double		of_others = ranking_placement(ranking, converted, others, false);

	ranking->pairs += (double) converted * of_converted;
	if (converted > 0)
		add_values(ranking->converted, &ranking->converted_mean, &ranking->converted_squares,
				   converted, of_converted);
	if (others > 0)
		add_values(ranking->others, &ranking->others_mean, &ranking->others_squares,
				   others, of_others);
	ranking->converted += converted;
	ranking->others += others;
}

/* ranking_auc finds the area under the ROC curve; false unless there are both classes. */
bool
ranking_auc(const Ranking *ranking, double *auc)
{
	if (ranking->converted == 0 || ranking->others == 0)
		return false;
	*auc = ranking->pairs / ((double) ranking->converted * (double) ranking->others);
	return true;
}

/*
 * ranking_stderr finds the standard error of the area; false unless there are two
 * observations of both classes.
 */
bool
ranking_stderr(const Ranking *ranking, double *result)
{
	double		converted = (double) ranking->converted;
	double		others = (double) ranking->others;

	if (converted < 2 || others < 2)
		return false;
	*result = sqrt(ranking->converted_squares / (others * others) / ((converted - 1) * converted) +
				   ranking->others_squares / (converted * converted) / ((others - 1) * others));
	return true;
}

/* ranking_clusters_begin starts without clusters of a ranking of both classes. */
void
ranking_clusters_begin(RankingClusters *clusters, const Ranking *ranking)
{
	RankingClusters none = {0};

	*clusters = none;
	clusters->converted_total = (double) ranking->converted;
	clusters->others_total = (double) ranking->others;
	(void) ranking_auc(ranking, &clusters->auc);
}

/* end_cluster adds the present cluster to the sums. */
static void
end_cluster(RankingClusters *clusters)
{
	if (!clusters->has_converted && !clusters->has_others)
		return;
	clusters->clusters++;
	clusters->with_converted += clusters->has_converted;
	clusters->with_others += clusters->has_others;
	clusters->converted_squares += clusters->converted_excess * clusters->converted_excess;
	clusters->others_squares += clusters->others_excess * clusters->others_excess;
	clusters->products += clusters->converted_excess * clusters->others_excess;
	clusters->converted_excess = clusters->others_excess = 0;
	clusters->has_converted = clusters->has_others = false;
}

/* ranking_clusters_add adds an observation; those of a cluster come one after the other. */
void
ranking_clusters_add(RankingClusters *clusters, int64_t cluster, bool converted, double placement)
{
	if (cluster != clusters->cluster)
		end_cluster(clusters);
	clusters->cluster = cluster;
	if (converted)
	{
		clusters->has_converted = true;
		clusters->converted_excess += placement / clusters->others_total - clusters->auc;
	}
	else
	{
		clusters->has_others = true;
		clusters->others_excess += (1 - placement / clusters->converted_total) - clusters->auc;
	}
}

/*
 * ranking_clusters_stderr finds the standard error of the area from all clusters;
 * false unless there are two with either class.
 */
bool
ranking_clusters_stderr(RankingClusters *clusters, double *result)
{
	double		converted = clusters->converted_total;
	double		others = clusters->others_total;
	double		of_converted;
	double		of_others;
	double		of_both;
	double		variance;

	end_cluster(clusters);
	if (clusters->with_converted < 2 || clusters->with_others < 2)
		return false;
	of_converted = clusters->converted_squares *
		((double) clusters->with_converted / (double) (clusters->with_converted - 1));
	of_others = clusters->others_squares *
		((double) clusters->with_others / (double) (clusters->with_others - 1));
	of_both = clusters->products *
		((double) clusters->clusters / (double) (clusters->clusters - 1));
	variance = of_converted / (converted * converted) + of_others / (others * others) +
		2 * of_both / (converted * others);
	/* the estimate of a covariance may exceed what the variances allow */
	*result = variance > 0 ? sqrt(variance) : 0;
	return true;
}

/* ranking_top_begin is about to count in the given share of so many observations. */
void
ranking_top_begin(RankingTop *top, double share, int64_t observations)
{
	top->below = (1 - share) * (double) observations;
	top->converted = 0;
}

/* ranking_top_add passes by the tie of the next higher score, or counts what of it is in the top. */
void
ranking_top_add(RankingTop *top, int64_t converted, int64_t others)
{
	double		tied = (double) converted + (double) others;

	if (top->below >= tied)
	{
		top->below -= tied;
		return;
	}
	top->converted += (double) converted * ((tied - top->below) / tied);
	top->below = 0;
}

/*
 * ranking_bin returns which of some bins of equal count a tie falls in, counted
 * from 0: the one that its middle lies in.
 */
int
ranking_bin(int64_t below, int64_t tied, int64_t observations, int bins)
{
	double		middle = (double) below + 0.5 * (double) tied;
	int			bin = (int) (middle * bins / (double) observations);

	return bin < bins ? bin : bins - 1;
}

/* compare_scores orders observations by score. */
static int
compare_scores(const void *a, const void *b)
{
	double		left = ((const RankingObservation *) a)->score;
	double		right = ((const RankingObservation *) b)->score;

	return (left > right) - (left < right);
}

/* compare_clusters orders observations by cluster, and within one by what is added up. */
static int
compare_clusters(const void *a, const void *b)
{
	const RankingObservation *left = a;
	const RankingObservation *right = b;

	if (left->cluster != right->cluster)
		return (left->cluster > right->cluster) - (left->cluster < right->cluster);
	if (left->converted != right->converted)
		return left->converted - right->converted;
	return (left->placement > right->placement) - (left->placement < right->placement);
}

/* ranking_of ranks observations, sorts them by score and finds their placements. */
void
ranking_of(RankingObservation *observations, size_t n, Ranking *ranking)
{
	size_t		first = 0;

	if (n > 0)
		qsort(observations, n, sizeof(RankingObservation), compare_scores);
	ranking_begin(ranking);
	while (first < n)
	{
		size_t		next = first;
		int64_t		converted = 0;
		int64_t		others;

		for (; next < n && observations[next].score == observations[first].score; next++)
			converted += observations[next].converted;
		others = (int64_t) (next - first) - converted;
		for (size_t i = first; i < next; i++)
			observations[i].placement = ranking_placement(ranking, converted, others,
														  observations[i].converted);
		ranking_add(ranking, converted, others);
		first = next;
	}
}

/*
 * ranking_clustered_stderr finds the standard error of a ranking of clustered
 * observations, which it sorts by cluster; false unless two clusters have either
 * class.
 */
bool
ranking_clustered_stderr(RankingObservation *observations, size_t n, const Ranking *ranking,
						 double *result)
{
	RankingClusters clusters;

	if (n > 0)
		qsort(observations, n, sizeof(RankingObservation), compare_clusters);
	ranking_clusters_begin(&clusters, ranking);
	for (size_t i = 0; i < n; i++)
		ranking_clusters_add(&clusters, observations[i].cluster, observations[i].converted,
							 observations[i].placement);
	return ranking_clusters_stderr(&clusters, result);
}
