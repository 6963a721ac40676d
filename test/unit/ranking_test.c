/*
 * ranking_test.c
 *	  Rankings: values found by hand, and by comparing all pairs.
 */
#include "core/auc.h"
#include "unit.h"

#define MOST	60

/* near says whether two numbers agree but for rounding. */
static bool
near(double a, double b)
{
	return fabs(a - b) <= 1e-12 * (1 + fabs(b));
}

/*
 * test_by_hand: converted 0.9, 0.7, 0.5; others 0.7, 0.4, 0.4, 0.1.
 *
 * Others below the converted: 4, 3 + 1/2, 3, so that the AUC is 10.5 / 12 = 0.875 and the
 * placements are 1, 0.875, 0.75, with a variance of (0.125^2 + 0 + 0.125^2) / 2 = 1 / 64.
 * Converted above the others, as shares of 3: 0.5, 1, 1, 1, with a variance of
 * (0.375^2 + 3 * 0.125^2) / 3 = 1 / 16.  DeLong: 1/64/3 + 1/16/4 = 1/48.
 *
 * In the clusters {0.9, 0.4}, {0.7, 0.4}, {0.5}, {other 0.7}, {0.1} the placements exceed 0.875
 * by 0.125, 0, -0.125, for the others by 0.125, 0.125, -0.375, 0.125.  Obuchowski:
 * 3/2 * 2/64 / 3^2 + 4/3 * 12/64 / 4^2 + 2 * 5/4 * 1/64 / (3 * 4) = 37 / 1536.
 */
static void
test_by_hand(void)
{
	RankingObservation observations[] = {
		{0.4, 1, 0, false}, {0.9, 1, 0, true}, {0.7, 2, 0, true}, {0.1, 5, 0, false},
		{0.7, 4, 0, false}, {0.5, 3, 0, true}, {0.4, 2, 0, false}
	};
	Ranking		ranking;
	double		value;

	ranking_of(observations, 7, &ranking);
	check(ranking.converted == 3 && ranking.others == 4, "counts");
	check(ranking_auc(&ranking, &value) && value == 0.875, "auc %g", value);
	check(ranking_stderr(&ranking, &value) && near(value, sqrt(1 / 48.0)), "DeLong %.17g", value);
	check(ranking_clustered_stderr(observations, 7, &ranking, &value) &&
		  near(value, sqrt(37 / 1536.0)), "Obuchowski %.17g", value);
}

/* test_few: no observation, one class, one of a class, one cluster of a class. */
static void
test_few(void)
{
	RankingObservation observations[] = {{1, 7, 0, true}, {2, 7, 0, true}, {3, 8, 0, false}, {4, 9, 0, false}};
	Ranking		ranking;
	double		value;

	ranking_of(observations, 0, &ranking);
	check(!ranking_auc(&ranking, &value) && !ranking_stderr(&ranking, &value), "nothing");
	check(!ranking_clustered_stderr(observations, 0, &ranking, &value), "nothing");
	ranking_of(observations, 2, &ranking);
	check(!ranking_auc(&ranking, &value) && !ranking_stderr(&ranking, &value), "one class");
	ranking_of(observations, 3, &ranking);
	check(ranking_auc(&ranking, &value) && value == 0, "auc %g", value);
	check(!ranking_stderr(&ranking, &value), "one of a class");
	ranking_of(observations, 4, &ranking);
	check(ranking_stderr(&ranking, &value) && value == 0, "standard error %g", value);
	check(!ranking_clustered_stderr(observations, 4, &ranking, &value), "one cluster of a class");
}

/* test_by_pairs: the area and both standard errors from their definitions, with ties. */
static void
test_by_pairs(void)
{
	RankingObservation observations[MOST];
	int			n = 4 + (int) random_below(MOST - 3);
	int			levels = 1 + (int) random_below(12);
	int			nclusters = 1 + (int) random_below(2 * n);
	double		place[MOST];
	double		sum[2][2 * MOST] = {{0}};
	int			size[2][2 * MOST] = {{0}};
	double		squares[2] = {0, 0};
	double		clustered[2] = {0, 0};
	double		products = 0;
	int			count[2] = {0, 0};
	int			with[2] = {0, 0};
	int			clusters = 0;
	double		auc = 0;
	Ranking		ranking;
	double		value;

	for (int i = 0; i < n; i++)
	{
		observations[i].score = (double) random_below(levels) / 7 - 0.5;
		observations[i].converted = random_below(3) == 0;
		observations[i].cluster = random_below(nclusters);
		count[observations[i].converted]++;
	}
	for (int i = 0; i < n; i++)
	{
		place[i] = 0;
		for (int j = 0; j < n; j++)
		{
			double		up = observations[i].score - observations[j].score;

			if (observations[i].converted == observations[j].converted)
				continue;
			if (!observations[i].converted)
				up = -up;
			place[i] += (up > 0 ? 1 : up == 0 ? 0.5 : 0) / count[!observations[i].converted];
		}
		if (observations[i].converted)
			auc += place[i] / count[1];
	}
	for (int i = 0; i < n; i++)
	{
		int			class = observations[i].converted;

		squares[class] += (place[i] - auc) * (place[i] - auc);
		sum[class][observations[i].cluster] += place[i] - auc;
		size[class][observations[i].cluster]++;
	}
	for (int c = 0; c < nclusters; c++)
	{
		clusters += size[0][c] + size[1][c] > 0;
		for (int class = 0; class < 2; class++)
		{
			with[class] += size[class][c] > 0;
			clustered[class] += sum[class][c] * sum[class][c];
		}
		products += sum[0][c] * sum[1][c];
	}

	ranking_of(observations, n, &ranking);
	check(ranking_auc(&ranking, &value) == (count[0] > 0 && count[1] > 0), "%d %d", count[0], count[1]);
	if (count[0] > 0 && count[1] > 0)
		check(near(value, auc), "auc %.17g, by pairs %.17g", value, auc);
	check(ranking_stderr(&ranking, &value) == (count[0] > 1 && count[1] > 1), "%d %d", count[0], count[1]);
	if (count[0] > 1 && count[1] > 1)
	{
		double		variance = squares[0] / (count[0] - 1) / count[0] + squares[1] / (count[1] - 1) / count[1];

		check(near(value * value, variance), "DeLong %.17g, by pairs %.17g", value, sqrt(variance));
	}
	if (count[0] == 0 || count[1] == 0)
		return;
	check(ranking_clustered_stderr(observations, n, &ranking, &value) == (with[0] > 1 && with[1] > 1),
		  "%d %d", with[0], with[1]);
	if (with[0] > 1 && with[1] > 1)
	{
		double		variance = 2 * products * clusters / (clusters - 1) / count[0] / count[1];

		for (int class = 0; class < 2; class++)
			variance += clustered[class] * with[class] / (with[class] - 1) / count[class] / count[class];
		check(near(value * value, variance > 0 ? variance : 0), "Obuchowski %.17g, by pairs %.17g",
			  value, sqrt(variance));
	}
}

/* test_many: sums stay near with a hundred million observations whose classes are alike. */
static void
test_many(void)
{
	Ranking		ranking;
	double		value;

	ranking_begin(&ranking);
	for (int i = 0; i < 100000; i++)
		ranking_add(&ranking, 100, 900);
	/* placements are uniform, so that their variance is (1 - 1 / 100000^2) / 12 */
	check(ranking_auc(&ranking, &value) && value == 0.5, "auc %.17g", value);
	check(ranking_stderr(&ranking, &value) &&
		  fabs(value / sqrt((1 / 1e7 + 1 / 9e7) / 12) - 1) < 1e-6, "standard error %.17g", value);
}

/*
 * test_top: of seven, in descending order converted, a tie of both, converted and three others.
 * The two highest are the first and half the tie: 1.5 converted.  Half of all, 3.5, are the first
 * three and half the fourth: 2.5 converted.
 */
static void
test_top(void)
{
	double		shares[] = {2 / 7.0, 0.5, 1, 0.01};
	double		converted[] = {1.5, 2.5, 3, 0.07};

	for (int i = 0; i < 4; i++)
	{
		RankingTop	top;

		ranking_top_begin(&top, shares[i], 7);
		ranking_top_add(&top, 0, 1);
		ranking_top_add(&top, 0, 2);
		ranking_top_add(&top, 1, 0);
		ranking_top_add(&top, 1, 1);
		ranking_top_add(&top, 1, 0);
		check(near(top.converted, converted[i]), "share %g: %.17g converted", shares[i], top.converted);
	}
}

/* test_bins: bins ascend, stay within their number, and hold as many as they should but for ties. */
static void
test_bins(void)
{
	int			bins = 1 + (int) random_below(10);
	int64_t		observations = 1 + random_below(1000);
	int			before = 0;
	int			counts[10] = {0};

	for (int64_t i = 0; i < observations; i++)
	{
		int			bin = ranking_bin(i, 1, observations, bins);

		check(bin >= before && bin < bins, "bin %d of %d after %d", bin, bins, before);
		counts[bin]++;
		before = bin;
	}
	for (int i = 0; i < bins; i++)
		check(fabs(counts[i] - (double) observations / bins) <= 1, "%d in bin %d of %d", counts[i], i, bins);
	check(ranking_bin(0, observations, observations, bins) == bins / 2, "one tie");
}

int
main(int argc, char **argv)
{
	start("ranking_test", argc, argv);
	test_by_hand();
	test_few();
	test_many();
	test_top();
	for (int i = 0; i < 5000; i++)
	{
		test_by_pairs();
		test_bins();
	}
	return 0;
}
