/*-------------------------------------------------------------------------
 *
 * merge.c
 *	  What two leads are together of which only the last steps are known.
 *
 * Where the rows of both are there they are folded as those of one lead.  Of opening balances
 * only what the last step of each left is known.  Interactions, purchases, the first and the last
 * instant are what they would be, and so is the heat where no group was full and no outcome
 * spent it; stage and status are those of the lead that was heard of last, or of the one that
 * came further.
 *
 *-------------------------------------------------------------------------
 */
#include "core/fold.h"

/* rank_of says which of two statuses of one instant stands: lost comes before won. */
static int
rank_of(LeadStatus status)
{
	return status == STATUS_WON ? 2 : status == STATUS_LOST ? 1 : 0;
}

/* is_later says whether the last step of a lead comes after that of another, or as if it did. */
static bool
is_later(const LeadState *a, const LeadState *b)
{
	if (a->last_at != b->last_at)
		return a->last_at > b->last_at;
	if (a->status != b->status)
		return rank_of(a->status) > rank_of(b->status);
	return fold_heard(a) > fold_heard(b);
}

/* copy_lead makes a lead what another is. */
static void
copy_lead(const FoldModel *model, LeadState *lead, const LeadState *other)
{
	double	   *held = lead->held;
	HeatTime   *counted = lead->counted;
	HeatTime   *granted = lead->granted;
	HeatTime   *withdrawn = lead->withdrawn;

	*lead = *other;
	lead->held = held;
	lead->counted = counted;
	lead->granted = granted;
	lead->withdrawn = withdrawn;
	for (int i = 0; i <= model->ngroups; i++)
		held[i] = other->held[i];
	for (int i = 0; i < model->ncooldowns; i++)
		counted[i] = other->counted[i];
	for (int i = 0; i < model->nchannels; i++)
	{
		granted[i] = other->granted[i];
		withdrawn[i] = other->withdrawn[i];
	}
}

/* later_of returns the later of two instants, of which either may be FOLD_NEVER. */
static HeatTime
later_of(HeatTime a, HeatTime b)
{
	return a > b ? a : b;
}

/* sum_of adds two counts and stays at the end of their range. */
static int32_t
sum_of(int32_t a, int32_t b)
{
	return a > INT32_MAX - b ? INT32_MAX : a + b;
}

/* within keeps what a group holds between 0 and its cap; what belongs to none stays as it is. */
static double
within(const FoldModel *model, int group, double held)
{
	if (group == model->ngroups)
		return held;
	return held < 0.0 ? 0.0 : held > model->caps[group] ? model->caps[group] : held;
}

/* take_stage gives a lead the further stage of two, since when the first of them had it. */
static void
take_stage(LeadState *lead, const LeadState *a, const LeadState *b)
{
	const LeadState *further = a->stage > b->stage ||
		(a->stage == b->stage && a->stage_since <= b->stage_since) ? a : b;

	lead->stage = further->stage;
	lead->stage_since = further->stage_since;
}

/* restart gives a lead the stage of a later one before which it was lost or dormant: who was a lead is no visitor again. */
static void
restart(LeadState *lead, const LeadState *earlier, const LeadState *later)
{
	lead->stage = later->stage;
	lead->stage_since = later->stage_since;
	if (later->stage < STAGE_LEAD && earlier->stage >= STAGE_LEAD)
	{
		lead->stage = STAGE_LEAD;
		lead->stage_since = later->first_at;
	}
}

/*
 * take_course gives a lead the stage and the status of two, of which one was heard of later: an
 * open lead goes on, or wakes where the later one came only after so long a silence; a closed one
 * opens again by what came later unless it is lost for good.
 */
static void
take_course(const FoldModel *model, LeadState *lead, const LeadState *earlier, const LeadState *later)
{
	bool		stays_lost = earlier->final_since != FOLD_NEVER && later->status != STATUS_WON;
	bool		wakes = model->dormant_after > 0 && earlier->status == STATUS_OPEN &&
		later->first_at - fold_heard(earlier) >= model->dormant_after;

	lead->status = stays_lost ? STATUS_LOST : later->status;
	lead->final_since = stays_lost && (later->final_since == FOLD_NEVER || earlier->final_since < later->final_since) ?
		earlier->final_since : later->final_since;
	lead->cycle = sum_of(earlier->cycle, later->cycle - 1);
	if (wakes || (earlier->status != STATUS_OPEN && !(stays_lost && later->status == STATUS_OPEN)))
		lead->cycle = sum_of(lead->cycle, 1);
	if (earlier->stage != STAGE_CUSTOMER &&
		(wakes || (earlier->status == STATUS_LOST && later->status == STATUS_OPEN && !stays_lost)))
		restart(lead, earlier, later);
	else
		take_stage(lead, earlier, later);
}

/*
 * take_words gives a lead what people have said of two: who is excluded stays so, a stage that is
 * held is so as long as it is the stage, and both were last heard of when either was.
 */
static void
take_words(LeadState *lead, const LeadState *a, const LeadState *b)
{
	HeatTime	heard = fold_heard(a) > fold_heard(b) ? fold_heard(a) : fold_heard(b);
	bool		held = a->held_stage == lead->stage || b->held_stage == lead->stage;

	lead->excluded_since = a->excluded_since == FOLD_NEVER ||
		(b->excluded_since != FOLD_NEVER && b->excluded_since < a->excluded_since) ?
		b->excluded_since : a->excluded_since;
	lead->held_stage = held && lead->status == STATUS_OPEN ? lead->stage : STAGE_NONE;
	lead->heard_at = heard == lead->last_at ? FOLD_NEVER : heard;
}

/* lead_merge adds another lead to a lead, as far as what the last steps of both left tells. */
void
lead_merge(const FoldModel *model, LeadState *lead, const LeadState *other)
{
	LeadState	one = *lead;
	const LeadState *later = is_later(other, &one) ? other : &one;
	const LeadState *earlier = later == other ? &one : other;
	HeatDecay	decay;
	bool		spent;
	HeatTime	hot_since;

	if (other->interactions == 0)
		return;
	if (one.interactions == 0)
	{
		copy_lead(model, lead, other);
		return;
	}
	take_course(model, lead, earlier, later);
	lead->interactions = one.interactions + other->interactions;
	lead->purchases = sum_of(one.purchases, other->purchases);
	lead->first_at = one.first_at < other->first_at ? one.first_at : other->first_at;
	lead->last_at = later->last_at;
	take_words(lead, &one, other);

	/* an outcome has spent what came before it */
	spent = later->status != STATUS_OPEN &&
		(later->last_at > earlier->last_at || earlier->status == STATUS_OPEN);
	decay = heat_decay_over(later->last_at - earlier->last_at, model->half_life);
	lead->points = 0.0;
	for (int i = 0; i <= model->ngroups; i++)
	{
		double		before = spent ? 0.0 : heat_decay(earlier->held[i], decay);

		lead->held[i] = lead->final_since != FOLD_NEVER ? 0.0 :
			within(model, i, heat_saturate(before + later->held[i]));
		lead->points = heat_saturate(lead->points + lead->held[i]);
	}

	hot_since = earlier->hot_since == FOLD_NEVER || spent ? later->hot_since :
		later->hot_since == FOLD_NEVER || earlier->hot_since < later->hot_since ? earlier->hot_since : later->hot_since;
	if (fold_temperature(model, lead->points, lead->last_at, lead->last_at) != TEMPERATURE_HOT)
		lead->hot_since = FOLD_NEVER;
	else
		lead->hot_since = hot_since == FOLD_NEVER ? lead->last_at : hot_since;

	for (int i = 0; i < model->ncooldowns; i++)
	{
		HeatTime	counted = later_of(earlier->counted[i], later->counted[i]);

		lead->counted[i] = counted != FOLD_NEVER && lead->last_at - counted >= model->cooldowns[i] ? FOLD_NEVER : counted;
	}
	for (int i = 0; i < model->nchannels; i++)
	{
		lead->granted[i] = later_of(earlier->granted[i], later->granted[i]);
		lead->withdrawn[i] = later_of(earlier->withdrawn[i], later->withdrawn[i]);
	}
}
