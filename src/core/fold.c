/*-------------------------------------------------------------------------
 *
 * fold.c
 *	  The fold: how the interactions of one lead make its state.
 *
 * Rows arrive in the order (at, points, kind in C collation).  All rows of
 * one instant are one step: fold_row gathers them, the first row of a later
 * instant or fold_finish takes the step.
 *
 * Consent is the latest instant of granting and of withdrawing it, whatever else the row is
 * worth, and so does not wait for the step.
 *
 * Of a kind with a cooldown only some rows count: the strongest of a step, and only
 * if none of an earlier step has counted that shortly before.  The others are worth
 * nothing.
 *
 * A row may be what a person has said of the lead: of its stage, which then is what was
 * said, or that it counts nowhere, which changes nothing else of it.
 *
 * Outcomes spend the heat and close the lead, but for a purchase that spends nothing: that
 * is won, and the next cycle begins at once with the heat that there is.
 *
 *-------------------------------------------------------------------------
 */
#include "core/fold.h"

#include <math.h>
#include <string.h>

/*
 * threshold_of prepares a threshold of a model.
 *
 * Points a thousandth off have a level more than 2^-10 off, and levels are rounded
 * by 2^-16 at most, as there are less than 2^38 half-lives since 1970.  What is left
 * of points that are tiny may be rounded by more: there levels are always made.
 */
static FoldThreshold
threshold_of(double points)
{
	FoldThreshold threshold;
	bool		tiny = points < 0x1p-900;

	threshold.magnitude = heat_magnitude(points);
	threshold.below = tiny ? 0.0 : points - points * 0x1p-10;
	threshold.above = tiny ? INFINITY : points + points * 0x1p-10;
	return threshold;
}

/* fold_init prepares a fold for the leads of one model. */
void
fold_init(Fold *fold, const FoldModel *model, FoldResize resize, void *memory)
{
	memset(fold, 0, sizeof(Fold));
	fold->model = model;
	fold->resize = resize;
	fold->memory = memory;
	fold->warm = threshold_of(model->warm);
	fold->mql = threshold_of(model->mql);
	fold->hot = threshold_of(model->hot);
	fold->sums = resize(memory, NULL, sizeof(double) * (model->ngroups + 1));
	if (model->ncooldowns > 0)
	{
		fold->strongest = resize(memory, NULL, sizeof(FoldRow) * model->ncooldowns);
		fold->has_strongest = resize(memory, NULL, sizeof(bool) * model->ncooldowns);
		memset(fold->has_strongest, 0, sizeof(bool) * model->ncooldowns);
		fold->held_back = resize(memory, NULL, sizeof(int) * model->ncooldowns);
	}
}

/* fold_watch lets somebody watch the rows as they count, before the step that they belong to is taken. */
void
fold_watch(Fold *fold, FoldWatch watch, void *arg)
{
	fold->watch = watch;
	fold->watch_arg = arg;
}

/* fold_reset makes the state of a lead that has no interactions yet. */
void
fold_reset(const FoldModel *model, LeadState *lead)
{
	lead->interactions = 0;
	lead->first_at = FOLD_NEVER;
	lead->last_at = FOLD_NEVER;
	lead->stage_since = FOLD_NEVER;
	lead->hot_since = FOLD_NEVER;
	lead->final_since = FOLD_NEVER;
	lead->excluded_since = FOLD_NEVER;
	lead->heard_at = FOLD_NEVER;
	lead->stage = model->entry;
	lead->held_stage = STAGE_NONE;
	lead->status = STATUS_OPEN;
	lead->cycle = 1;
	lead->purchases = 0;
	lead->points = 0.0;
	for (int i = 0; i <= model->ngroups; i++)
		lead->held[i] = 0.0;
	for (int i = 0; i < model->ncooldowns; i++)
		lead->counted[i] = FOLD_NEVER;
	for (int i = 0; i < model->nchannels; i++)
	{
		lead->granted[i] = FOLD_NEVER;
		lead->withdrawn[i] = FOLD_NEVER;
	}
}

/*
 * fold_temperature says how hot a heat of the model's half-life is at an
 * instant: the one rule of every warm/hot decision.
 */
LeadTemperature
fold_temperature(const FoldModel *model, double points, HeatTime as_of, HeatTime at)
{
	Heat		heat = heat_make(points, as_of, model->half_life);
	double		level = heat_level(&heat);

	if (level <= 0.0)
		return TEMPERATURE_COLD;
	if (level >= heat_level_of(model->hot, at, model->half_life))
		return TEMPERATURE_HOT;
	if (level >= heat_level_of(model->warm, at, model->half_life))
		return TEMPERATURE_WARM;
	return TEMPERATURE_COLD;
}

/* fold_start takes up a lead where its last step left it. */
void
fold_start(Fold *fold, LeadState *lead, FoldEmit emit, void *arg)
{
	fold->lead = lead;
	fold->emit = emit;
	fold->arg = arg;
	fold->gathering = false;
	fold->spent = false;
	fold->n_held_back = 0;
	fold->n_running = 0;
	for (int i = 0; i < fold->model->ncooldowns; i++)
	{
		fold->has_strongest[i] = false;
		fold->n_running += lead->counted[i] != FOLD_NEVER;
	}
}

/*
 * comes_first says whether the kind of a row comes before that of a cause, or is the same of a
 * source before that of the cause; null comes last.
 */
static bool
comes_first(const FoldRow *row, const FoldCause *cause)
{
	size_t		len = row->kind_len < cause->len ? row->kind_len : cause->len;
	int			order;

	if ((row->kind == NULL) != cause->null)
		return cause->null;
	order = cause->null || len == 0 ? 0 : memcmp(row->kind, cause->kind, len);
	if (order == 0 && !cause->null && row->kind_len != cause->len)
		order = row->kind_len < cause->len ? -1 : 1;
	return order != 0 ? order < 0 : row->place < cause->place;
}

/*
 * consider_cause remembers the row if it is stronger than those before it, or as
 * strong and of a lesser kind or an earlier source.  Where transitions are not wanted nobody asks for their
 * causes.
 */
static void
consider_cause(Fold *fold, FoldCause *cause, const FoldRow *row)
{
	if (fold->emit == NULL ||
		(cause->set && (row->points < cause->points ||
						(row->points == cause->points && !comes_first(row, cause)))))
		return;
	cause->set = true;
	cause->points = row->points;
	cause->null = (row->kind == NULL);
	cause->place = row->place;
	cause->len = cause->null ? 0 : row->kind_len;
	if (cause->len > cause->room)
	{
		cause->room = cause->len + 64;
		cause->kind = fold->resize(fold->memory, cause->kind, cause->room);
	}
	if (cause->len > 0)
		memcpy(cause->kind, row->kind, cause->len);
}

/* begin_step empties what a step gathers. */
static void
begin_step(Fold *fold, HeatTime at)
{
	fold->gathering = true;
	fold->at = at;
	fold->rows = 0;
	fold->revives = false;
	fold->floor = STAGE_NONE;
	fold->won = false;
	fold->lost = false;
	fold->final = false;
	fold->spends = false;
	fold->words = 0;
	fold->excludes = false;
	fold->includes = false;
	fold->said = STAGE_NONE;
	for (int i = 0; i <= fold->model->ngroups; i++)
		fold->sums[i] = 0.0;
	fold->any.set = false;
	for (int i = 0; i < N_STAGES; i++)
		fold->by_floor[i].set = false;
	for (int i = 0; i < N_STATUSES; i++)
		fold->by_outcome[i].set = false;
}

/* heat_up decays what the lead holds to the instant of the step and adds the step's points. */
static void
heat_up(Fold *fold, HeatDecay decay)
{
	const FoldModel *model = fold->model;
	LeadState  *lead = fold->lead;
	double		total = 0.0;

	for (int i = 0; i <= model->ngroups; i++)
	{
		double		held = heat_decay(lead->held[i], decay);

		held = heat_saturate(held + fold->sums[i]);
		if (i < model->ngroups)
		{
			if (held > model->caps[i])
				held = model->caps[i];
			if (held < 0.0)
				held = 0.0;
		}
		lead->held[i] = held;
		total = heat_saturate(total + held);
	}
	lead->points = total;
}

/*
 * reaches says whether a heat, of which some points are left at an instant, reaches
 * a threshold then.  Levels decide; but they take logarithms, and where the points
 * left are not close to the threshold's they cannot say anything else.
 */
static bool
reaches(const Heat *heat, double left, HeatTime at, const FoldThreshold *threshold)
{
	if (left < threshold->below)
		return false;
	if (left >= threshold->above)
		return true;
	return heat_level(heat) >=
		heat_level_from(threshold->magnitude, heat_half_lives(at, heat->half_life));
}

/* temperature_at is fold_temperature for a heat of which the points left are known. */
static LeadTemperature
temperature_at(const Fold *fold, const Heat *heat, double left, HeatTime at)
{
	if (reaches(heat, left, at, &fold->hot))
		return TEMPERATURE_HOT;
	if (reaches(heat, left, at, &fold->warm))
		return TEMPERATURE_WARM;
	return TEMPERATURE_COLD;
}

/* one_more counts up and stays at the end of its range. */
static int32_t
one_more(int32_t count)
{
	return count < INT32_MAX ? count + 1 : count;
}

/*
 * reopen starts the next cycle of a closed or a dormant lead.  Where a person has said since it was last heard
 * of where it is, it goes on from there; else, if it is no customer, as who has won is, it restarts.
 */
static void
reopen(LeadState *lead, HeatTime at)
{
	lead->cycle = one_more(lead->cycle);
	lead->status = STATUS_OPEN;
	if (lead->stage_since > fold_heard(lead))
		return;
	lead->held_stage = STAGE_NONE;
	if (lead->stage == STAGE_CUSTOMER)
		return;
	if (lead->stage > STAGE_LEAD)
		lead->stage = STAGE_LEAD;
	lead->stage_since = at;
}

/* wakes says whether an open lead has been silent for so long that a step, which is more than words, starts its next cycle. */
static bool
wakes(const Fold *fold)
{
	const LeadState *lead = fold->lead;

	return fold->model->dormant_after > 0 && lead->status == STATUS_OPEN && lead->interactions > 0 &&
		fold->words < fold->rows && fold->at - fold_heard(lead) >= fold->model->dormant_after;
}

/* lifted_stage is the stage to which heat lifts a lead at some stage. */
static LeadStage
lifted_stage(const Fold *fold, LeadStage stage, const Heat *heat, LeadTemperature temperature)
{
	LeadStage	lifted = stage;

	if (stage < STAGE_LEAD)
		return stage;			/* of whom nothing but visits is known */
	if (temperature == TEMPERATURE_HOT)
		lifted = STAGE_SALES_QUALIFIED;
	else if (reaches(heat, heat->points, fold->at, &fold->mql))
		lifted = STAGE_MARKETING_QUALIFIED;
	return lifted > stage ? lifted : stage;
}

/* opens_by_word says whether what was said of a closed lead opens it again: it is not where a purchase has left it. */
static bool
opens_by_word(const Fold *fold)
{
	return fold->said != STAGE_NONE &&
		(fold->lead->status == STATUS_LOST || fold->said != fold->lead->stage);
}

/* take_word lets a lead be at the stage that a person has named, which heat lifts no further if it would at once. */
static void
take_word(Fold *fold, const Heat *heat, LeadTemperature temperature)
{
	LeadState  *lead = fold->lead;

	lead->stage = fold->said;
	lead->held_stage = lifted_stage(fold, fold->said, heat, temperature) > fold->said ?
		fold->said : STAGE_NONE;
}

/* exclude notes that a lead is excluded from now on, or no longer; of both in one step the former. */
static void
exclude(Fold *fold)
{
	LeadState  *lead = fold->lead;

	if (fold->excludes)
	{
		if (lead->excluded_since == FOLD_NEVER)
			lead->excluded_since = fold->at;
	}
	else if (fold->includes)
		lead->excluded_since = FOLD_NEVER;
}

/* note_heard notes when the lead was last heard of, before last_at becomes the instant of the step. */
static void
note_heard(Fold *fold)
{
	LeadState  *lead = fold->lead;

	if (fold->words < fold->rows)
		lead->heard_at = FOLD_NEVER;
	else if (lead->heard_at == FOLD_NEVER)
		lead->heard_at = lead->last_at;
}

/* cause_of picks the row that a transition is put down to. */
static const FoldCause *
cause_of(const Fold *fold, const Transition *transition, bool lost_applies, bool opened_by_word)
{
	if (fold->won)
		return &fold->by_outcome[STATUS_WON];
	if (lost_applies)
		return &fold->by_outcome[STATUS_LOST];
	if (fold->said != STAGE_NONE && (opened_by_word || transition->to_stage != transition->from_stage))
		return &fold->by_word;
	if (transition->to_stage != transition->from_stage &&
		fold->by_floor[transition->to_stage].set)
		return &fold->by_floor[transition->to_stage];
	return &fold->any;
}

/* add_word adds what a row says of the lead to the step. */
static void
add_word(Fold *fold, const FoldRow *row)
{
	fold->words++;
	fold->excludes |= row->word == WORD_EXCLUDE;
	fold->includes |= row->word == WORD_INCLUDE;
	if (row->word != WORD_STAGE || row->word_stage < fold->said)
		return;
	if (row->word_stage > fold->said)
		fold->by_word.set = false;
	fold->said = row->word_stage;
	consider_cause(fold, &fold->by_word, row);
}

/* add_row adds a row to the step. */
static void
add_row(Fold *fold, const FoldRow *row, bool repetition)
{
	if (row->word != WORD_NONE)
		add_word(fold, row);
	fold->sums[row->group] = heat_saturate(fold->sums[row->group] + row->points);
	consider_cause(fold, &fold->any, row);
	if (row->floor != STAGE_NONE)
	{
		if (row->floor > fold->floor)
			fold->floor = row->floor;
		if (row->points > 0.0)
			fold->revives = true;
		consider_cause(fold, &fold->by_floor[row->floor], row);
	}
	if (row->outcome == STATUS_WON || row->outcome == STATUS_LOST)
	{
		if (row->outcome == STATUS_WON)
			fold->won = true;
		else
			fold->lost = true;
		if (row->final)
			fold->final = true;
		if (row->spends)
			fold->spends = true;
		consider_cause(fold, &fold->by_outcome[row->outcome], row);
	}
	if (fold->watch != NULL)
		fold->watch(row, repetition, fold->watch_arg);
}

/* add_repetition adds a row to the step that is an interaction and nothing else. */
static void
add_repetition(Fold *fold, const FoldRow *row)
{
	FoldRow		repetition = *row;

	repetition.points = 0.0;
	repetition.floor = STAGE_NONE;
	repetition.outcome = STATUS_NONE;
	repetition.final = false;
	repetition.spends = false;
	add_row(fold, &repetition, true);
}

/*
 * hold_back keeps a row of a kind with a cooldown until the end of the step unless it
 * is a repetition of one that has counted.  Rows come by rising points: the last is the
 * strongest; of equal ones that of the first source.
 */
static void
hold_back(Fold *fold, const FoldRow *row)
{
	int			i = row->cooldown;
	HeatTime	counted = fold->lead->counted[i];

	if (counted != FOLD_NEVER && row->at - counted < fold->model->cooldowns[i])
	{
		add_repetition(fold, row);
		return;
	}
	if (fold->has_strongest[i])
	{
		const FoldRow *strongest = &fold->strongest[i];

		if (row->points == strongest->points && row->place > strongest->place)
		{
			add_repetition(fold, row);
			return;
		}
		add_repetition(fold, strongest);
	}
	else
		fold->held_back[fold->n_held_back++] = i;
	fold->strongest[i] = *row;
	fold->has_strongest[i] = true;
}

/* add_strongest adds to the step the rows that were kept until its end. */
static void
add_strongest(Fold *fold)
{
	for (int held_back = 0; held_back < fold->n_held_back; held_back++)
	{
		int			i = fold->held_back[held_back];

		add_row(fold, &fold->strongest[i], false);
		fold->n_running += fold->lead->counted[i] == FOLD_NEVER;
		fold->lead->counted[i] = fold->at;
		fold->has_strongest[i] = false;
	}
	fold->n_held_back = 0;
}

/* end_cooldowns forgets the rows whose cooldown is over for all later ones. */
static void
end_cooldowns(Fold *fold)
{
	const FoldModel *model = fold->model;
	HeatTime   *counted = fold->lead->counted;

	for (int i = 0; i < model->ncooldowns && fold->n_running > 0; i++)
		if (counted[i] != FOLD_NEVER && fold->at - counted[i] >= model->cooldowns[i])
		{
			counted[i] = FOLD_NEVER;
			fold->n_running--;
		}
}

/* take_step applies the gathered rows to the lead. */
static void
take_step(Fold *fold)
{
	const FoldModel *model = fold->model;
	LeadState  *lead = fold->lead;
	HeatTime	at = fold->at;
	bool		first = (lead->interactions == 0);
	bool		lost_applies = false;
	bool		opened_by_word;
	int32_t		cycle;
	Heat		heat = heat_make(lead->points, lead->last_at, model->half_life);
	HeatDecay	decay = {1.0, 0};
	double		left;
	LeadTemperature temperature;
	Transition	transition;

	if (!first)
		decay = heat_decay_over(at - lead->last_at, model->half_life);
	left = heat_decay(heat.points, decay);
	transition.at = at;
	transition.from_stage = first ? STAGE_NONE : lead->stage;
	transition.from_status = first ? STATUS_NONE : lead->status;
	transition.from_temperature = first ? TEMPERATURE_COLD :
		temperature_at(fold, &heat, left, at);
	/* a word holds against the heat that was there: what has cooled may rise anew */
	if (lead->held_stage != STAGE_NONE &&
		!reaches(&heat, left, at, lead->held_stage < STAGE_MARKETING_QUALIFIED ? &fold->mql : &fold->hot))
		lead->held_stage = STAGE_NONE;
	transition.cycle = lead->cycle;
	transition.purchases = lead->purchases;

	/* 1. the curve */
	add_strongest(fold);
	heat_up(fold, decay);
	heat = heat_make(lead->points, at, model->half_life);
	temperature = temperature_at(fold, &heat, heat.points, at);
	transition.score = lead->points;

	if (first)
	{
		lead->first_at = at;
		lead->stage_since = at;
	}

	/* 2. a dormant lead wakes, and a closed one opens again unless it is lost for good and nobody says otherwise */
	opened_by_word = lead->status != STATUS_OPEN && opens_by_word(fold);
	if (opened_by_word)
		lead->final_since = FOLD_NEVER;
	if (opened_by_word || wakes(fold) ||
		(lead->status != STATUS_OPEN && lead->final_since == FOLD_NEVER &&
		 (fold->revives || temperature >= TEMPERATURE_WARM)))
		reopen(lead, at);

	/* 3. the stage of an open lead: floors, heat, and then a person's word */
	if (lead->status == STATUS_OPEN)
	{
		if (fold->floor > lead->stage)
		{
			lead->stage = fold->floor;
			lead->held_stage = STAGE_NONE;
		}
		if (lead->held_stage == STAGE_NONE)
			lead->stage = lifted_stage(fold, lead->stage, &heat, temperature);
		if (fold->said != STAGE_NONE)
			take_word(fold, &heat, temperature);
	}
	exclude(fold);

	/* 4. outcomes, lost before won */
	if (fold->lost && lead->status == STATUS_OPEN)
	{
		lead->status = STATUS_LOST;
		lost_applies = true;
	}
	if (fold->final && lead->status == STATUS_LOST && lead->final_since == FOLD_NEVER)
		lead->final_since = at;
	if (fold->won)
	{
		if (lead->status != STATUS_OPEN)
			lead->cycle = one_more(lead->cycle);
		lead->status = STATUS_WON;
		lead->stage = STAGE_CUSTOMER;
		lead->purchases = one_more(lead->purchases);
		lead->final_since = FOLD_NEVER;
	}
	if (lead->status != STATUS_OPEN)
		lead->held_stage = STAGE_NONE;
	transition.to_status = lead->status;
	cycle = lead->cycle;
	if (fold->won && !fold->spends)
		reopen(lead, at);
	fold->spent = fold->spends || lead->final_since != FOLD_NEVER;
	if (fold->spent)
	{
		lead->points = 0.0;
		for (int i = 0; i <= model->ngroups; i++)
			lead->held[i] = 0.0;
		temperature = TEMPERATURE_COLD;
	}

	if (lead->stage != transition.from_stage)
		lead->stage_since = at;
	if (temperature != TEMPERATURE_HOT)
		lead->hot_since = FOLD_NEVER;
	else if (transition.from_temperature != TEMPERATURE_HOT)
		lead->hot_since = at;
	lead->interactions += fold->rows;
	if (!first)
		note_heard(fold);
	lead->last_at = at;
	end_cooldowns(fold);

	if (fold->emit != NULL &&
		(first ||
		 lead->stage != transition.from_stage ||
		 transition.to_status != transition.from_status ||
		 cycle != transition.cycle ||
		 lead->purchases != transition.purchases ||
		 temperature > transition.from_temperature))
	{
		const FoldCause *cause;

		transition.to_stage = lead->stage;
		transition.to_temperature = temperature;
		transition.cycle = cycle;
		transition.purchases = lead->purchases;
		transition.excluded = lead->excluded_since != FOLD_NEVER;
		cause = cause_of(fold, &transition, lost_applies, opened_by_word);
		transition.cause = cause->null ? NULL : cause->len == 0 ? "" : cause->kind;
		transition.cause_len = cause->len;
		transition.cause_place = cause->place;
		fold->emit(&transition, fold->arg);
	}
}

/* note_consent keeps when a row grants or withdraws consent, unless that was done as late before. */
static void
note_consent(Fold *fold, const FoldRow *row)
{
	HeatTime   *instants = row->consent == CONSENT_GRANT ? fold->lead->granted : fold->lead->withdrawn;
	bool		all = row->channel == ALL_CHANNELS;
	int			end = all ? fold->model->nchannels : row->channel + 1;

	for (int i = all ? 0 : row->channel; i < end; i++)
		if (instants[i] < row->at)
			instants[i] = row->at;
}

/* fold_row gathers a row, after taking the step of the instant before it. */
void
fold_row(Fold *fold, const FoldRow *row)
{
	if (fold->gathering && row->at != fold->at)
	{
		take_step(fold);
		fold->gathering = false;
	}
	if (!fold->gathering)
		begin_step(fold, row->at);

	fold->rows++;
	if (row->consent != CONSENT_NONE)
		note_consent(fold, row);
	if (row->cooldown < 0)
		add_row(fold, row, false);
	else
		hold_back(fold, row);
}

/* fold_finish takes the last step. */
void
fold_finish(Fold *fold)
{
	if (fold->gathering)
		take_step(fold);
	fold->gathering = false;
}
