/*-------------------------------------------------------------------------
 *
 * credit.h
 *	  Whom a purchase is credited to: shares of channels, and of what it is worth.
 *
 * Plain C without server headers.  Shares are whole billionths and amounts whole
 * millionths, so that what one purchase is divided into adds up to it exactly, and so
 * do all sums, in whatever order.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CREDIT_H
#define CREDIT_H

#include "core/heat_math.h"

/* One purchase, in billionths. */
#define CREDIT_ONE			INT64_C(1000000000)

typedef enum CreditRule
{
	CREDIT_FIRST,				/* all to the first touch */
	CREDIT_LAST,				/* all to the last */
	CREDIT_LINEAR,				/* to all alike */
	CREDIT_POSITION,			/* 40 % to the first, 40 % to the last, the
								 * rest to those between */
	CREDIT_DECAYED,				/* a touch half as much as one that is a
								 * half-life later */
	N_CREDIT_RULES
} CreditRule;

/* The touches of one lead by one channel. */
typedef struct ChannelTouches
{
	int			channel;		/* whatever the caller knows it by */
	int64_t		n;
	double		weight;			/* of them, decayed to the last of them */
	HeatTime	last_at;
} ChannelTouches;

/* The touches of one lead, summed up by channel, in the order in which the channels came first. */
typedef struct Touches
{
	ChannelTouches *channels;
	int			nchannels;
	int64_t		n;				/* of all channels */
	int			first;			/* place of the channel of the first */
	int			last;			/* and of the last */
	HeatTime	last_at;
} Touches;

/* A sum of amounts, in two parts that hold whatever is added. */
typedef struct AmountSum
{
	int64_t		whole;
	int64_t		millionths;
} AmountSum;

extern void touches_reset(Touches *touches);
extern void touches_add(Touches *touches, int place, HeatTime at, int64_t half_life);
extern void credit_touches(const Touches *touches, CreditRule rule, int64_t half_life, int64_t * credits);
extern void credit_amount(int64_t amount, const int64_t * credits, int n, int64_t * parts);
extern void amount_sum_add(AmountSum *sum, int64_t amount);

#endif							/* CREDIT_H */
