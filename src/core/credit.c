/*-------------------------------------------------------------------------
 *
 * credit.c
 *	  Whom a purchase is credited to.
 *
 * Every division here goes over a running total: a part is what the total up to it, rounded,
 * is more than that before it.  The last total is all, so the parts add up to it whatever
 * was rounded, and none has another sign than all or is off by more than one unit.
 *
 *-------------------------------------------------------------------------
 */
#include "core/credit.h"

/* Of one purchase, what the first and the last touch have each, and what is left for those between. */
#define CREDIT_OF_ENDS		(CREDIT_ONE / 10 * 4)
#define CREDIT_OF_MIDDLE	(CREDIT_ONE - 2 * CREDIT_OF_ENDS)

/* touches_reset begins anew, without a touch. */
void
touches_reset(Touches *touches)
{
	touches->nchannels = 0;
	touches->n = 0;
	touches->first = 0;
	touches->last = 0;
	touches->last_at = 0;
}

/*
 * touches_add adds a touch, no earlier than the last, by the channel at some place: one that is
 * there, or the next, for which the caller has made room and whose number he sets.
 */
void
touches_add(Touches *touches, int place, HeatTime at, int64_t half_life)
{
	ChannelTouches *channel = &touches->channels[place];

	if (place == touches->nchannels)
	{
		touches->nchannels++;
		channel->n = 0;
		channel->weight = 0.0;
	}
	else
		channel->weight = heat_decay(channel->weight, heat_decay_over(at - channel->last_at, half_life));
	channel->n++;
	channel->weight += 1.0;
	channel->last_at = at;
	if (touches->n == 0)
		touches->first = place;
	touches->n++;
	touches->last = place;
	touches->last_at = at;
}

/* credit_evenly divides some credit among channels in the ratio of their touches, those at the ends left out if asked. */
static void
credit_evenly(const Touches *touches, int64_t credit, bool between, int64_t * credits)
{
	int64_t		all = touches->n - (between ? 2 : 0);
	int64_t		total = 0;
	int64_t		before = 0;

	for (int i = 0; i < touches->nchannels; i++)
	{
		int64_t		up_to;

		total += touches->channels[i].n;
		if (between)
			total -= (i == touches->first) + (i == touches->last);
		up_to = credit / all * total + (credit % all * total + all / 2) / all;
		credits[i] = up_to - before;
		before = up_to;
	}
}

/* credit_by_position credits the first and the last touch, and those between with the rest. */
static void
credit_by_position(const Touches *touches, int64_t * credits)
{
	int64_t		ends = touches->n > 2 ? CREDIT_OF_ENDS : CREDIT_ONE / 2;

	if (touches->n > 2)
		credit_evenly(touches, CREDIT_OF_MIDDLE, true, credits);
	credits[touches->first] += ends;
	credits[touches->last] += CREDIT_ONE - ends - (touches->n > 2 ? CREDIT_OF_MIDDLE : 0);
}

/* weight_at_last is what the touches of a channel weigh at the last of all. */
static double
weight_at_last(const Touches *touches, int place, int64_t half_life)
{
	const ChannelTouches *channel = &touches->channels[place];

	return heat_decay(channel->weight, heat_decay_over(touches->last_at - channel->last_at, half_life));
}

/* credit_decayed credits channels in the ratio of what their touches weigh, which is the same at any later instant. */
static void
credit_decayed(const Touches *touches, int64_t half_life, int64_t * credits)
{
	double		all = 0.0;
	double		total = 0.0;
	int64_t		before = 0;

	for (int i = 0; i < touches->nchannels; i++)
		all += weight_at_last(touches, i, half_life);
	for (int i = 0; i < touches->nchannels; i++)
	{
		int64_t		up_to = CREDIT_ONE;

		total += weight_at_last(touches, i, half_life);
		if (i + 1 < touches->nchannels)
			up_to = (int64_t) (total / all * (double) CREDIT_ONE + 0.5);
		credits[i] = up_to - before;
		before = up_to;
	}
}

/* credit_touches divides one purchase among the channels of touches, of which there is one at least, by a rule. */
void
credit_touches(const Touches *touches, CreditRule rule, int64_t half_life, int64_t * credits)
{
	for (int i = 0; i < touches->nchannels; i++)
		credits[i] = 0;
	switch (rule)
	{
		case CREDIT_FIRST:
			credits[touches->first] = CREDIT_ONE;
			break;
		case CREDIT_LAST:
			credits[touches->last] = CREDIT_ONE;
			break;
		case CREDIT_LINEAR:
			credit_evenly(touches, CREDIT_ONE, false, credits);
			break;
		case CREDIT_POSITION:
			credit_by_position(touches, credits);
			break;
		default:
			credit_decayed(touches, half_life, credits);
			break;
	}
}

/* credit_amount divides an amount by credits that add up to one. */
void
credit_amount(int64_t amount, const int64_t * credits, int n, int64_t * parts)
{
	int64_t		half = amount < 0 ? -CREDIT_ONE / 2 : CREDIT_ONE / 2;
	int64_t		total = 0;
	int64_t		before = 0;

	for (int i = 0; i < n; i++)
	{
		int64_t		up_to;

		total += credits[i];
		up_to = amount / CREDIT_ONE * total + (amount % CREDIT_ONE * total + half) / CREDIT_ONE;
		parts[i] = up_to - before;
		before = up_to;
	}
}

/* amount_sum_add adds an amount to a sum. */
void
amount_sum_add(AmountSum *sum, int64_t amount)
{
	sum->whole += amount / 1000000;
	sum->millionths += amount % 1000000;
}
