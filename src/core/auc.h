/*-------------------------------------------------------------------------
 *
 * auc.h
 *	  How well a score ranks those who converted above the others.
 *
 * Plain C without server headers.  Everything reads ties, the observations of
 * one score, in ascending order of score, and keeps sums alone, so that it takes
 * any number of observations from wherever they were sorted.
 *
 * The area under the ROC curve is the share of the pairs of one who converted
 * and one who did not in which the former has the higher score, a tie counting
 * one half.  Its standard error is that of DeLong, DeLong and Clarke-Pearson
 * (Biometrics 44, 1988); where observations of one cluster (here, of one lead at
 * several instants) depend on each other, that of Obuchowski (Biometrics 53,
 * 1997).  Both rest on placements: how many of the other class lie below an
 * observation, those of its own score counting one half.
 *
 *-------------------------------------------------------------------------
 */
#ifndef AUC_H
#define AUC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The ties so far. */
typedef struct Ranking
{
	int64_t		converted;
	int64_t		others;
	double		pairs;			/* in order, ties one half; exact below 2^52 */
	double		converted_mean; /* of their placements */
	double		converted_squares;	/* of their distances from it */
	double		others_mean;
	double		others_squares;
} Ranking;

/* The observations of the clusters so far, with placements in the whole ranking. */
typedef struct RankingClusters
{
	double		auc;
	double		converted_total;	/* observations in the whole ranking */
	double		others_total;
	int64_t		cluster;		/* the present one */
	double		converted_excess;	/* its placements, as shares, above what
									 * the AUC is */
	double		others_excess;
	bool		has_converted;
	bool		has_others;
	int64_t		clusters;		/* that have ended */
	int64_t		with_converted;
	int64_t		with_others;
	double		converted_squares;
	double		others_squares;
	double		products;
} RankingClusters;

/* How many converted among the observations of the highest scores. */
typedef struct RankingTop
{
	double		below;			/* observations still to pass before they
								 * begin */
	double		converted;		/* a tie that they cut in two counts in
								 * proportion */
} RankingTop;

/* An observation in memory. */
typedef struct RankingObservation
{
	double		score;			/* no NaN */
	int64_t		cluster;
	double		placement;		/* as ranking_of finds it */
	bool		converted;
} RankingObservation;

extern void ranking_begin(Ranking *ranking);
extern double ranking_placement(const Ranking *below, int64_t converted, int64_t others,
								bool of_converted);
extern void ranking_add(Ranking *ranking, int64_t converted, int64_t others);
extern bool ranking_auc(const Ranking *ranking, double *auc);
extern bool ranking_stderr(const Ranking *ranking, double *result);

extern void ranking_clusters_begin(RankingClusters *clusters, const Ranking *ranking);
extern void ranking_clusters_add(RankingClusters *clusters, int64_t cluster, bool converted,
								 double placement);
extern bool ranking_clusters_stderr(RankingClusters *clusters, double *result);

extern void ranking_top_begin(RankingTop *top, double share, int64_t observations);
extern void ranking_top_add(RankingTop *top, int64_t converted, int64_t others);
extern int	ranking_bin(int64_t below, int64_t tied, int64_t observations, int bins);

/* All of it in memory: the array is sorted by score, then by cluster. */
extern void ranking_of(RankingObservation *observations, size_t n, Ranking *ranking);
extern bool ranking_clustered_stderr(RankingObservation *observations, size_t n,
									 const Ranking *ranking, double *result);

#endif							/* AUC_H */
