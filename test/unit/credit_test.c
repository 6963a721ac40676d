/*
 * credit_test.c
 *	  Credits of channels: values found by hand, and random touches whose credits add up.
 */
#include "core/credit.h"
#include "unit.h"

#define MOST		12
#define DAY			INT64_C(86400000000)

static ChannelTouches room[MOST];
static Touches touches = {.channels = room};

/* touch adds a touch by a channel. */
static void
touch(int channel, HeatTime at, int64_t half_life)
{
	int			place = 0;

	while (place < touches.nchannels && room[place].channel != channel)
		place++;
	room[place].channel = channel;
	touches_add(&touches, place, at, half_life);
}

/* expect compares the credits by a rule of as many channels as there are. */
static void
expect(CreditRule rule, const int64_t *expected)
{
	int64_t		credits[MOST];

	credit_touches(&touches, rule, DAY, credits);
	for (int i = 0; i < touches.nchannels; i++)
		check(credits[i] == expected[i], "rule %d, place %d: %" PRId64 ", not %" PRId64, rule, i, credits[i], expected[i]);
}

/*
 * test_by_hand: ads on day 0, mail on day 1, ads on day 2, search on day 3, with a half-life of a day.
 *
 * Linear: 2/4, 1/4, 1/4.  By position: ads has the first touch, and one of the two between: 0.4 + 0.1,
 * mail 0.1, search 0.4.  Decayed: ads 1/8 + 1/2, mail 1/4, search 1 of 15/8: 1/3, 2/15, 8/15.
 */
static void
test_by_hand(void)
{
	touches_reset(&touches);
	touch(7, 0, DAY);
	expect(CREDIT_LINEAR, (int64_t[]) {CREDIT_ONE});
	expect(CREDIT_POSITION, (int64_t[]) {CREDIT_ONE});
	expect(CREDIT_DECAYED, (int64_t[]) {CREDIT_ONE});
	touch(3, DAY, DAY);
	expect(CREDIT_FIRST, (int64_t[]) {CREDIT_ONE, 0});
	expect(CREDIT_LAST, (int64_t[]) {0, CREDIT_ONE});
	expect(CREDIT_POSITION, (int64_t[]) {500000000, 500000000});
	expect(CREDIT_DECAYED, (int64_t[]) {333333333, 666666667});
	touch(7, 2 * DAY, DAY);
	touch(5, 3 * DAY, DAY);
	expect(CREDIT_FIRST, (int64_t[]) {CREDIT_ONE, 0, 0});
	expect(CREDIT_LAST, (int64_t[]) {0, 0, CREDIT_ONE});
	expect(CREDIT_LINEAR, (int64_t[]) {500000000, 250000000, 250000000});
	expect(CREDIT_POSITION, (int64_t[]) {500000000, 100000000, 400000000});
	expect(CREDIT_DECAYED, (int64_t[]) {333333333, 133333334, 533333333});
}

/* test_far_apart credits touches that lie more half-lives apart than a number has bits. */
static void
test_far_apart(void)
{
	touches_reset(&touches);
	touch(1, 0, HEAT_HALF_LIFE_MIN);
	touch(2, 3000 * DAY, HEAT_HALF_LIFE_MIN);
	touch(1, HEAT_TIME_MAX, HEAT_HALF_LIFE_MIN);
	expect(CREDIT_DECAYED, (int64_t[]) {CREDIT_ONE, 0});
}

/* test_sums divides purchases and amounts by random touches: nothing is lost or made, and no part has the wrong sign. */
static void
test_sums(void)
{
	for (int round = 0; round < 200000; round++)
	{
		int64_t		half_life = HEAT_HALF_LIFE_MIN + random_below(100 * DAY);
		HeatTime	at = random_below(20000 * DAY);
		int			n = 1 + random_below(40);
		int64_t		amount = (int64_t) (random_bits() % UINT64_C(2000000000000000001)) - INT64_C(1000000000000000000);

		if (random_below(2) == 0)
			amount = random_below(1000) - 500;
		touches_reset(&touches);
		for (int i = 0; i < n; i++)
		{
			touch(random_below(MOST), at, half_life);
			at += random_below(3) == 0 ? 0 : random_below(10 * DAY);
		}
		for (int rule = 0; rule < N_CREDIT_RULES; rule++)
		{
			int64_t		credits[MOST];
			int64_t		parts[MOST];
			int64_t		credit = 0;
			int64_t		all = 0;

			credit_touches(&touches, rule, half_life, credits);
			credit_amount(amount, credits, touches.nchannels, parts);
			for (int i = 0; i < touches.nchannels; i++)
			{
				check(credits[i] >= 0, "rule %d", rule);
				check(amount >= 0 ? parts[i] >= 0 : parts[i] <= 0, "rule %d, amount %" PRId64, rule, amount);
				credit += credits[i];
				all += parts[i];
			}
			check(credit == CREDIT_ONE, "rule %d: %" PRId64, rule, credit);
			check(all == amount, "rule %d: %" PRId64 " of %" PRId64, rule, all, amount);
		}
	}
}

/* test_amounts adds up more than one number of 64 bits holds. */
static void
test_amounts(void)
{
	AmountSum	sum = {0, 0};

	for (int i = 0; i < 1000; i++)
		amount_sum_add(&sum, INT64_C(1000000000000000000) - 1);
	check(sum.whole == 1000 * INT64_C(999999999999) && sum.millionths == 1000 * INT64_C(999999), "no overflow");
}

int
main(int argc, char **argv)
{
	start("credit_test", argc, argv);
	test_by_hand();
	test_far_apart();
	test_sums();
	test_amounts();
	return 0;
}
