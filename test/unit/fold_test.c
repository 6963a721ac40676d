/*
 * fold_test.c
 *	  Random interactions of one lead, folded in every way that must agree.
 */
#include "unit.h"

#include "core/fold.h"

#define MAX_ROWS		60
#define MAX_EMITTED		(MAX_ROWS + 1)
#define HOUR			INT64_C(3600000000)
#define DAY				(24 * HOUR)

static const double caps[] = {20.0, 15.0};

/* of kinds "a" and "visit"; rows lie six hours apart, or are ties */
static const int64_t cooldowns[] = {6 * HOUR, 13 * HOUR};

static FoldModel model = {
	.entry = STAGE_VISITOR, .ngroups = 2, .caps = caps, .ncooldowns = 2, .cooldowns = cooldowns, .nchannels = 2
};

/* What a lead has arrays for. */
typedef struct Memory
{
	double		held[3];
	HeatTime	counted[2];
	HeatTime	granted[2];
	HeatTime	withdrawn[2];
} Memory;

/* lead_in returns a lead that has its arrays in some memory. */
static LeadState
lead_in(Memory *memory)
{
	return (LeadState) {
		.held = memory->held, .counted = memory->counted, .granted = memory->granted, .withdrawn = memory->withdrawn
	};
}

typedef struct Emitted
{
	Transition	transitions[MAX_EMITTED];
	char		causes[MAX_EMITTED][16];
	int			n;
} Emitted;

/* remember keeps a transition. */
static void
remember(const Transition *transition, void *arg)
{
	Emitted    *emitted = arg;

	check(emitted->n < MAX_EMITTED, "more transitions than instants");
	emitted->transitions[emitted->n] = *transition;
	memset(emitted->causes[emitted->n], 0, sizeof(emitted->causes[0]));
	if (transition->cause != NULL)
		memcpy(emitted->causes[emitted->n], transition->cause, transition->cause_len);
	emitted->transitions[emitted->n].cause = NULL;
	emitted->n++;
}

/* resize is realloc; a FoldResize. */
static void *
resize(void *memory, void *old, size_t size)
{
	void	   *result = realloc(old, size);

	check(result != NULL, "out of memory");
	(void) memory;
	return result;
}

/* release frees what a fold has allocated. */
static void
release(Fold *fold)
{
	free(fold->sums);
	free(fold->strongest);
	free(fold->has_strongest);
	free(fold->held_back);
	free(fold->any.kind);
	for (int i = 0; i < N_STAGES; i++)
		free(fold->by_floor[i].kind);
	for (int i = 0; i < N_STATUSES; i++)
		free(fold->by_outcome[i].kind);
	free(fold->by_word.kind);
}

/* compare_rows is the order in which the fold wants rows. */
static int
compare_rows(const void *a, const void *b)
{
	const FoldRow *left = a;
	const FoldRow *right = b;
	int			order;

	if (left->at != right->at)
		return left->at < right->at ? -1 : 1;
	if (left->points != right->points)
		return left->points < right->points ? -1 : 1;
	if (left->kind == NULL || right->kind == NULL)
		return (left->kind == NULL) - (right->kind == NULL);
	order = memcmp(left->kind, right->kind,
				   left->kind_len < right->kind_len ? left->kind_len : right->kind_len);
	return order != 0 ? order : (int) left->kind_len - (int) right->kind_len;
}

/* random_model chooses a half-life, thresholds, some usual, some next to each other, some tiny, and when leads are dormant. */
static void
random_model(void)
{
	static const double thresholds[][3] = {
		{10.0, 25.0, 40.0},
		{20.0 - 0x1p-42, 20.0, 20.0 + 0x1p-42},
		{20.0 - 0x1p-12, 20.0, 20.0 + 0x1p-12},
		{5e-324, 1.5e-323, 1e-310}
	};
	const double *chosen = thresholds[random_bits() % 4];

	model.half_life = random_bits() % 4 == 0 ? HEAT_HALF_LIFE_MIN : 14 * DAY;
	model.warm = chosen[0];
	model.mql = chosen[1];
	model.hot = chosen[2];
	model.dormant_after = random_bits() % 3 == 0 ? 0 : (int64_t) (1 + random_bits() % 6) * 12 * HOUR;
}

/* The kinds of words. */
static const char *const words[] = {"exclude", "include", "said 0", "said 1", "said 2", "said 3", "said 4", "said 5"};

/* random_word makes a row what a person has said. */
static void
random_word(FoldRow *row)
{
	int			word = (int) (random_bits() % 8);

	row->points = 0.0;
	row->group = model.ngroups;
	row->floor = STAGE_NONE;
	row->outcome = STATUS_NONE;
	row->final = false;
	row->spends = false;
	row->cooldown = -1;
	row->consent = CONSENT_NONE;
	row->channel = ALL_CHANNELS;
	row->word = word == 0 ? WORD_EXCLUDE : word == 1 ? WORD_INCLUDE : WORD_STAGE;
	row->word_stage = word < 2 ? STAGE_NONE : (LeadStage) (word - 2);
	row->kind = words[word];
	row->kind_len = strlen(words[word]);
}

/* random_rows makes rows with many ties, in the order of the fold. */
static int
random_rows(FoldRow *rows)
{
	static const char *const kinds[] = {"a", "ab", "b", "visit", "purchase", ""};
	static const double points[] = {-60, -4, 0, 0.1, 5, 15, 20, 80, 1e308, -1e308, 5e-324};
	int			n = 1 + (int) (random_bits() % MAX_ROWS);
	bool		extreme = random_bits() % 20 == 0;
	int			said = random_bits() % 3 == 0 ? 1 + (int) (random_bits() % 8) : 0;
	HeatTime	from = random_bits() % 4 == 0 ? HEAT_TIME_MAX - 10 * DAY : 20000 * DAY;

	for (int i = 0; i < n; i++)
	{
		FoldRow    *row = &rows[i];
		int			kind = (int) (random_bits() % 7);

		row->at = from + (int64_t) (random_bits() % 40) * 6 * HOUR;
		row->points = points[random_bits() % (extreme ? 11 : 8)];
		row->group = (int) (random_bits() % 3);
		row->floor = random_bits() % 4 == 0 ? (LeadStage) (random_bits() % N_STAGES) : STAGE_NONE;
		row->outcome = random_bits() % 12 == 0 ?
			(random_bits() % 2 == 0 ? STATUS_WON : STATUS_LOST) : STATUS_NONE;
		row->final = row->outcome == STATUS_LOST && random_bits() % 2 == 0;
		row->spends = row->outcome == STATUS_LOST || (row->outcome == STATUS_WON && random_bits() % 3 != 0);
		row->cooldown = kind == 0 ? 0 : kind == 3 ? 1 : -1;
		row->consent = random_bits() % 3 == 0 ? (LeadConsent) (random_bits() % 3) : CONSENT_NONE;
		row->channel = row->consent == CONSENT_WITHDRAW && random_bits() % 4 == 0 ? ALL_CHANNELS : (int) (random_bits() % 2);
		row->kind = kind == 6 ? NULL : kinds[kind];
		row->kind_len = kind == 6 ? 0 : strlen(kinds[kind]);
		row->word = WORD_NONE;
		row->word_stage = STAGE_NONE;
		if (said > 0 && random_bits() % said == 0)
			random_word(row);
	}
	qsort(rows, n, sizeof(FoldRow), compare_rows);
	return n;
}

/* fold_all folds rows from nothing, taking the lead up anew before row number cuts[i]. */
static void
fold_all(const FoldRow *rows, int n, const bool *cuts, LeadState *lead, Emitted *emitted)
{
	Fold		fold;

	emitted->n = 0;
	fold_reset(&model, lead);
	fold_init(&fold, &model, resize, NULL);
	fold_start(&fold, lead, remember, emitted);
	for (int i = 0; i < n; i++)
	{
		if (cuts != NULL && cuts[i] && i > 0 && rows[i].at != rows[i - 1].at)
		{
			fold_finish(&fold);
			release(&fold);
			fold_init(&fold, &model, resize, NULL);
			fold_start(&fold, lead, remember, emitted);
		}
		fold_row(&fold, &rows[i]);
	}
	fold_finish(&fold);
	release(&fold);
}

/* said_of finds the furthest stage that words of some rows name, STAGE_NONE if none does. */
static LeadStage
said_of(const FoldRow *rows, int n)
{
	LeadStage	said = STAGE_NONE;

	for (int i = 0; i < n; i++)
		if (rows[i].word == WORD_STAGE && rows[i].word_stage > said)
			said = rows[i].word_stage;
	return said;
}

/* check_words checks what the words of a step, or that there is none, have made of a lead. */
static void
check_words(const FoldRow *rows, int n, const LeadState *before, const LeadState *after)
{
	LeadStage	said = said_of(rows, n);
	LeadStage	floor = STAGE_NONE;
	bool		excludes = false;
	bool		includes = false;
	bool		alone = true;	/* nothing but words */
	bool		outcome = false;
	bool		certain = true; /* no row may be a repetition */
	HeatTime	at = rows[0].at;

	for (int i = 0; i < n; i++)
	{
		excludes = excludes || rows[i].word == WORD_EXCLUDE;
		includes = includes || rows[i].word == WORD_INCLUDE;
		alone = alone && rows[i].word != WORD_NONE;
		outcome = outcome || rows[i].outcome != STATUS_NONE;
		certain = certain && rows[i].cooldown < 0;
		if (rows[i].floor > floor)
			floor = rows[i].floor;
	}
	check(after->excluded_since == (excludes ? (before->excluded_since != FOLD_NEVER ? before->excluded_since : at) :
									includes ? FOLD_NEVER : before->excluded_since), "excluded since");
	if (!alone || before->interactions == 0)
		check(fold_heard(after) == at, "heard of by a row of its own");
	else
		check(fold_heard(after) == fold_heard(before), "a word is no sign of life");
	check((after->heard_at == FOLD_NEVER) == (fold_heard(after) == after->last_at), "heard_at says no more than it must");
	check(after->held_stage == STAGE_NONE || (after->held_stage == after->stage && after->status == STATUS_OPEN &&
											  after->stage >= STAGE_LEAD && after->stage <= STAGE_MARKETING_QUALIFIED),
		  "held at %d, and is at %d", after->held_stage, after->stage);
	/* a person's word wins in its step, but for outcomes */
	if (said != STAGE_NONE && !outcome)
		check(after->stage == said && (after->status == STATUS_OPEN || (before->status == STATUS_WON && before->stage == said)) &&
			  after->final_since == FOLD_NEVER, "said %d, is %d", said, after->stage);
	check(said == STAGE_NONE || after->purchases == before->purchases || outcome, "a word counts no purchase");
	if (alone)
		for (int i = 0; i <= model.ngroups; i++)
			check(before->interactions > 0 ? fabs(after->held[i]) <= fabs(before->held[i]) : after->held[i] == 0.0, "a word adds heat");
	/* a word that sets no stage leaves it */
	if (alone && said == STAGE_NONE && before->interactions > 0)
		check(after->stage == before->stage && after->status == before->status && after->cycle == before->cycle, "exclusion changes more");
	/* while it is held nothing but a floor, an outcome, a word or the end of a silence moves it */
	if (before->held_stage != STAGE_NONE && said == STAGE_NONE)
	{
		LeadTemperature was = fold_temperature(&model, before->points, before->last_at, at);
		bool		wakes = model.dormant_after > 0 && !alone && at - fold_heard(before) >= model.dormant_after &&
			before->stage_since <= fold_heard(before);
		bool		reached = before->held_stage == STAGE_MARKETING_QUALIFIED ? was == TEMPERATURE_HOT :
			heat_level_of(model.mql, at, model.half_life) <=
			heat_level(&(Heat) {before->points, before->last_at, model.half_life});

		if (reached && floor <= before->held_stage && !outcome && !wakes)
			check(after->stage == before->stage && after->held_stage == before->held_stage, "held at %d, and goes to %d", before->held_stage, after->stage);
		else if (!reached || wakes || certain)
			check(after->held_stage == STAGE_NONE, "held for too long");
	}
}

/* check_outcomes checks what the outcomes of one step did: one that spends leaves no heat, and a purchase that does not leaves an open lead. */
static void
check_outcomes(const FoldRow *rows, int n, const LeadState *before, const LeadState *after, const Transition *told)
{
	HeatTime	at = rows[0].at;
	bool		won = false;
	bool		spends = false;
	bool		alone = true;
	bool		wakes;

	for (int i = 0; i < n; i++)
	{
		if (rows[i].cooldown >= 0)
			return;				/* it may be a repetition */
		won = won || rows[i].outcome == STATUS_WON;
		spends = spends || rows[i].spends;
		alone = alone && rows[i].word != WORD_NONE;
	}
	wakes = model.dormant_after > 0 && before->status == STATUS_OPEN && before->interactions > 0 && !alone &&
		at - fold_heard(before) >= model.dormant_after;
	if (spends)
		check(after->points == 0.0 && after->status != STATUS_OPEN, "%g points are left, status %d", after->points, after->status);
	if (!won)
		return;
	check(told != NULL && told->to_status == STATUS_WON && told->purchases == before->purchases + 1 &&
		  told->to_stage == STAGE_CUSTOMER && after->stage == STAGE_CUSTOMER, "a purchase");
	if (spends)
		check(told->cycle == after->cycle, "the cycle that was won");
	else
		check(after->status == STATUS_OPEN && after->points == told->score && told->cycle == after->cycle - 1 &&
			  after->held_stage == STAGE_NONE && after->final_since == FOLD_NEVER &&
			  after->cycle == before->cycle + (before->status == STATUS_OPEN && !wakes ? 1 : 2), "a purchase that spends nothing");
}

/* is_after says whether a status and a cycle are what a transition has left: a purchase that spends nothing leaves an open lead. */
static bool
is_after(const Transition *transition, LeadStatus status)
{
	return transition->to_status == status || (transition->to_status == STATUS_WON && status == STATUS_OPEN);
}

/* fold_by_steps folds rows from nothing and checks that levels alone tell the same temperatures. */
static void
fold_by_steps(const FoldRow *rows, int n, LeadState *lead, Emitted *emitted)
{
	Fold		fold;
	int			i = 0;

	emitted->n = 0;
	fold_reset(&model, lead);
	fold_init(&fold, &model, resize, NULL);
	fold_start(&fold, lead, remember, emitted);
	while (i < n)
	{
		LeadState	before = *lead;
		double		before_held[3];
		int			told = emitted->n;
		int			from = i;
		HeatTime	at = rows[i].at;
		LeadTemperature temperature;

		before.held = memcpy(before_held, lead->held, sizeof(before_held));
		for (; i < n && rows[i].at == at; i++)
			fold_row(&fold, &rows[i]);
		fold_finish(&fold);
		check_words(&rows[from], i - from, &before, lead);
		check_outcomes(&rows[from], i - from, &before, lead, emitted->n > told ? &emitted->transitions[told] : NULL);
		temperature = fold_temperature(&model, lead->points, at, at);
		check((lead->hot_since != FOLD_NEVER) == (temperature == TEMPERATURE_HOT),
			  "hot_since of a lead of temperature %d", temperature);
		if (emitted->n > told)
		{
			const Transition *transition = &emitted->transitions[told];

			check(transition->to_temperature == temperature, "%d is not %d",
				  transition->to_temperature, temperature);
			temperature = before.interactions == 0 ? TEMPERATURE_COLD :
				fold_temperature(&model, before.points, before.last_at, at);
			check(transition->from_temperature == temperature, "%d was not %d",
				  transition->from_temperature, temperature);
		}
	}
	release(&fold);
}

/* same_lead says whether two states are the same to the bit. */
static bool
same_lead(const LeadState *a, const LeadState *b)
{
	return a->interactions == b->interactions && a->first_at == b->first_at &&
		a->last_at == b->last_at && a->stage_since == b->stage_since &&
		a->hot_since == b->hot_since && a->final_since == b->final_since &&
		a->excluded_since == b->excluded_since && a->heard_at == b->heard_at && a->held_stage == b->held_stage &&
		memcmp(a->counted, b->counted, sizeof(HeatTime) * 2) == 0 &&
		memcmp(a->granted, b->granted, sizeof(HeatTime) * 2) == 0 &&
		memcmp(a->withdrawn, b->withdrawn, sizeof(HeatTime) * 2) == 0 && a->stage == b->stage && a->status == b->status &&
		a->cycle == b->cycle && a->purchases == b->purchases &&
		memcmp(&a->points, &b->points, sizeof(double)) == 0 &&
		memcmp(a->held, b->held, sizeof(double) * 3) == 0;
}

/* same_transitions says whether two folds told the same. */
static bool
same_transitions(const Emitted *a, const Emitted *b)
{
	if (a->n != b->n || memcmp(a->causes, b->causes, sizeof(a->causes[0]) * a->n) != 0)
		return false;
	for (int i = 0; i < a->n; i++)
	{
		const Transition *x = &a->transitions[i];
		const Transition *y = &b->transitions[i];

		if (x->at != y->at || x->from_stage != y->from_stage || x->to_stage != y->to_stage ||
			x->from_status != y->from_status || x->to_status != y->to_status ||
			x->from_temperature != y->from_temperature ||
			x->to_temperature != y->to_temperature || x->cycle != y->cycle ||
			x->purchases != y->purchases || memcmp(&x->score, &y->score, sizeof(double)) != 0 ||
			x->cause_len != y->cause_len)
			return false;
	}
	return true;
}

/* What a watcher has seen of a lead: when rows of each kind with a cooldown have counted. */
typedef struct Watched
{
	HeatTime	counted[2];
	int			rows;
	int			repetitions;
} Watched;

/* watch_row checks that of a kind with a cooldown one row a step counts, and none too soon; a FoldWatch. */
static void
watch_row(const FoldRow *row, bool repetition, void *arg)
{
	Watched    *watched = arg;

	watched->rows++;
	watched->repetitions += repetition;
	if (repetition)
		check(row->points == 0.0 && row->floor == STAGE_NONE && row->outcome == STATUS_NONE &&
			  row->cooldown >= 0, "a repetition is worth something");
	else if (row->cooldown >= 0)
	{
		HeatTime   *counted = &watched->counted[row->cooldown];

		check(*counted == FOLD_NEVER || row->at - *counted >= cooldowns[row->cooldown],
			  "a row counts too soon");
		*counted = row->at;
	}
}

/* check_watch checks what counts of rows, and that the strongest of each step does. */
static void
check_watch(const FoldRow *rows, int n, LeadState *lead)
{
	Fold		fold;
	Watched		watched = {.counted = {FOLD_NEVER, FOLD_NEVER}};
	HeatTime	expected[2] = {FOLD_NEVER, FOLD_NEVER};
	int			repetitions = 0;

	fold_reset(&model, lead);
	fold_init(&fold, &model, resize, NULL);
	fold_watch(&fold, watch_row, &watched);
	fold_start(&fold, lead, NULL, NULL);
	for (int i = 0; i < n; i++)
		fold_row(&fold, &rows[i]);
	fold_finish(&fold);
	release(&fold);
	for (int i = 0; i < n; i++)
	{
		int			kind = rows[i].cooldown;
		bool		stronger = false;

		if (kind < 0)
			continue;
		for (int j = i + 1; j < n && rows[j].at == rows[i].at; j++)
			stronger = stronger || rows[j].cooldown == kind;
		if (stronger ||
			(expected[kind] != FOLD_NEVER && rows[i].at - expected[kind] < cooldowns[kind]))
			repetitions++;
		else
			expected[kind] = rows[i].at;
	}
	/* what is over is forgotten */
	for (int kind = 0; kind < 2; kind++)
		if (expected[kind] != FOLD_NEVER && rows[n - 1].at - expected[kind] >= cooldowns[kind])
			expected[kind] = FOLD_NEVER;
	check(watched.rows == n, "%d of %d rows", watched.rows, n);
	check(watched.repetitions == repetitions, "%d repetitions, not %d", watched.repetitions, repetitions);
	check(memcmp(lead->counted, expected, sizeof(expected)) == 0, "when rows have counted last");
}

/* check_consent checks that a lead has the latest instants of consent of its rows, in whatever order they come. */
static void
check_consent(const FoldRow *rows, int n, const LeadState *lead)
{
	for (int channel = 0; channel < 2; channel++)
	{
		HeatTime	granted = FOLD_NEVER;
		HeatTime	withdrawn = FOLD_NEVER;

		for (int i = n - 1; i >= 0; i--)
		{
			if (rows[i].consent == CONSENT_GRANT && rows[i].channel == channel && rows[i].at > granted)
				granted = rows[i].at;
			if (rows[i].consent == CONSENT_WITHDRAW && rows[i].at > withdrawn &&
				(rows[i].channel == channel || rows[i].channel == ALL_CHANNELS))
				withdrawn = rows[i].at;
		}
		check(lead->granted[channel] == granted, "consent was granted at another instant");
		check(lead->withdrawn[channel] == withdrawn, "consent was withdrawn at another instant");
	}
}

/* check_consent_alone checks the cases of consent one by one, on rows that are worth nothing else. */
static void
check_consent_alone(void)
{
	FoldRow		grant = {.at = DAY, .group = 2, .floor = STAGE_NONE, .outcome = STATUS_NONE, .cooldown = -1, .consent = CONSENT_GRANT};
	FoldRow		withdrawal = grant;
	FoldRow		rows[3];
	Memory		memory;
	LeadState	lead = lead_in(&memory);
	static Emitted told;

	withdrawal.consent = CONSENT_WITHDRAW;
	withdrawal.channel = ALL_CHANNELS;
	model.dormant_after = 0;

	/* nothing, and a grant of one channel, which makes no transition but the first */
	check(!consents(FOLD_NEVER, FOLD_NEVER), "consent out of nothing");
	rows[0] = grant;
	rows[1] = grant;
	rows[1].at = 2 * DAY;
	fold_all(rows, 2, NULL, &lead, &told);
	check(consents(lead.granted[0], lead.withdrawn[0]) && lead.granted[0] == 2 * DAY, "the later grant");
	check(lead.granted[1] == FOLD_NEVER && !consents(lead.granted[1], lead.withdrawn[1]), "another channel");
	check(told.n == 1 && lead.points == 0.0, "consent alone does something else");

	/* at the same instant the withdrawal wins, whichever comes first; a microsecond later the grant does */
	for (int order = 0; order < 2; order++)
	{
		rows[order] = grant;
		rows[1 - order] = withdrawal;
		fold_all(rows, 2, NULL, &lead, &told);
		check(!consents(lead.granted[0], lead.withdrawn[0]), "the grant wins a tie");
	}
	rows[0] = withdrawal;
	rows[1] = grant;
	rows[1].at++;
	fold_all(rows, 2, NULL, &lead, &told);
	check(consents(lead.granted[0], lead.withdrawn[0]), "a microsecond later");
	check(!consents(lead.granted[1], lead.withdrawn[1]) && lead.withdrawn[1] == DAY, "all channels are withdrawn");

	/* a repetition grants, too, and one of those that are kept until the end of the step */
	rows[0] = grant;
	rows[0].cooldown = 1;
	rows[1] = withdrawal;
	rows[1].at = DAY + HOUR;
	rows[2] = rows[0];
	rows[2].at = DAY + 2 * HOUR;
	fold_all(rows, 3, NULL, &lead, &told);
	check(consents(lead.granted[0], lead.withdrawn[0]) && lead.counted[1] == DAY, "a repetition");
}

/* check_lead checks what holds of every lead. */
static void
check_lead(const FoldRow *rows, int n, const LeadState *lead, const Emitted *emitted)
{
	double		total = 0.0;
	bool		said = said_of(rows, n) != STAGE_NONE;

	check(lead->interactions == n, "%" PRId64 " of %d rows", lead->interactions, n);
	check(lead->first_at == rows[0].at && lead->last_at == rows[n - 1].at, "instants");
	for (int i = 0; i <= model.ngroups; i++)
	{
		check(isfinite(lead->held[i]), "group %d holds %g", i, lead->held[i]);
		if (i < model.ngroups)
			check(lead->held[i] >= 0.0 && lead->held[i] <= caps[i], "group %d holds %g", i, lead->held[i]);
		total = heat_saturate(total + lead->held[i]);
	}
	check(total == lead->points, "%g is not %g", total, lead->points);
	check(lead->final_since == FOLD_NEVER || (lead->status == STATUS_LOST && lead->points == 0.0),
		  "lost for good, with status %d and %g points", lead->status, lead->points);
	check(emitted->n >= 1 && emitted->transitions[0].at == rows[0].at &&
		  emitted->transitions[0].from_stage == STAGE_NONE, "the first instant");
	check(emitted->transitions[emitted->n - 1].to_stage == lead->stage &&
		  is_after(&emitted->transitions[emitted->n - 1], lead->status) &&
		  emitted->transitions[emitted->n - 1].cycle +
		  (emitted->transitions[emitted->n - 1].to_status != lead->status) == lead->cycle &&
		  emitted->transitions[emitted->n - 1].purchases == lead->purchases, "the last transition");
	for (int i = 1; i < emitted->n; i++)
	{
		const Transition *before = &emitted->transitions[i - 1];
		const Transition *after = &emitted->transitions[i];

		check(after->at > before->at, "order of transitions");
		check(after->from_stage == before->to_stage && is_after(before, after->from_status),
			  "transitions are a chain");
		check(after->cycle >= before->cycle && after->purchases >= before->purchases &&
			  after->purchases <= before->purchases + 1, "counts go up");
		if (said)
			continue;			/* a person can take back anything */
		check(before->to_stage != STAGE_CUSTOMER || after->to_stage == STAGE_CUSTOMER,
			  "a customer stays a customer");
		check(after->to_stage >= before->to_stage || before->to_status == STATUS_LOST ||
			  (model.dormant_after > 0 && after->cycle > before->cycle && after->to_stage >= STAGE_LEAD),
			  "only a lost or a dormant lead restarts");
	}
}

/* copy_to copies a lead into another's memory. */
static void
copy_to(LeadState *to, const LeadState *from)
{
	double	   *held = to->held;
	HeatTime   *counted = to->counted;
	HeatTime   *granted = to->granted;
	HeatTime   *withdrawn = to->withdrawn;

	*to = *from;
	to->held = memcpy(held, from->held, sizeof(double) * 3);
	to->counted = memcpy(counted, from->counted, sizeof(HeatTime) * 2);
	to->granted = memcpy(granted, from->granted, sizeof(HeatTime) * 2);
	to->withdrawn = memcpy(withdrawn, from->withdrawn, sizeof(HeatTime) * 2);
}

/* are_words says whether rows are nothing but words. */
static bool
are_words(const FoldRow *rows, int n)
{
	for (int i = 0; i < n; i++)
		if (rows[i].word == WORD_NONE)
			return false;
	return true;
}

/*
 * check_waking checks that each row after a silence, which no word breaks, and no other row, starts a new cycle of an
 * open lead, and spends no heat.
 */
static void
check_waking(const FoldRow *rows, int n, LeadState *lead)
{
	int64_t		dormant_after = model.dormant_after;
	Memory		memory;
	LeadState	same = lead_in(&memory);
	Fold		fold;
	Emitted		told = {.n = 0};
	HeatTime	heard = FOLD_NEVER;
	bool		placed = false; /* by a person, since it was heard of */

	fold_reset(&model, lead);
	fold_init(&fold, &model, resize, NULL);
	for (int i = 0; i < n;)
	{
		HeatTime	at = rows[i].at;
		int			first = i;
		bool		open = lead->status == STATUS_OPEN;
		bool		held_back = lead->held_stage != STAGE_NONE;
		LeadStage	stage = lead->stage;
		int32_t		cycle = lead->cycle;
		LeadStage	said;
		bool		wakes;

		/* the same step without dormancy */
		copy_to(&same, lead);
		model.dormant_after = 0;
		fold_start(&fold, &same, NULL, NULL);
		for (i = first; i < n && rows[i].at == at; i++)
			fold_row(&fold, &rows[i]);
		fold_finish(&fold);
		model.dormant_after = dormant_after;
		said = said_of(&rows[first], i - first);
		wakes = first > 0 && dormant_after > 0 && open && !are_words(&rows[first], i - first) && at - heard >= dormant_after;
		told.n = 0;
		fold_start(&fold, lead, remember, &told);
		for (i = first; i < n && rows[i].at == at; i++)
			fold_row(&fold, &rows[i]);
		fold_finish(&fold);
		if (wakes)
		{
			check(lead->cycle == same.cycle + 1 && told.n == 1 && told.transitions[0].from_stage == stage, "a dormant lead wakes");
			if (said != STAGE_NONE || placed)
				check(lead->stage == same.stage, "a dormant lead is not where a person has said");
			else if (held_back)
				check(lead->stage >= (stage < STAGE_LEAD ? stage : STAGE_LEAD), "a dormant lead that was held restarts");
			else
				check(lead->stage == same.stage || (stage > STAGE_LEAD && stage != STAGE_CUSTOMER && lead->stage >= STAGE_LEAD && lead->stage < same.stage),
					  "a dormant lead restarts");
			check(stage == STAGE_CUSTOMER || placed || lead->stage_since == at, "a dormant lead has its stage since it woke");
			check(said != STAGE_NONE || placed || lead->held_stage == STAGE_NONE, "a word holds beyond its cycle");
			same.cycle = lead->cycle;
			same.stage = lead->stage;
			same.stage_since = lead->stage_since;
			if (!placed)
				same.held_stage = lead->held_stage;
		}
		check(same_lead(lead, &same), "dormancy changes something else");
		if (first == 0 || !are_words(&rows[first], i - first))
		{
			heard = at;
			placed = false;
		}
		else
			placed = placed || lead->stage != stage || lead->cycle != cycle;
	}
	release(&fold);
}

/* is_simple says whether nothing but points happened to a lead: none too many for a group, no outcome. */
static bool
is_simple(const FoldRow *rows, int n)
{
	double		sums[] = {0.0, 0.0};

	for (int i = 0; i < n; i++)
	{
		if (rows[i].outcome != STATUS_NONE || rows[i].word != WORD_NONE || rows[i].cooldown >= 0 || rows[i].points < 0.0 || rows[i].points > 1e300)
			return false;
		if (rows[i].group < 2)
			sums[rows[i].group] += rows[i].points;
	}
	return sums[0] <= caps[0] && sums[1] <= caps[1];
}

/*
 * check_merge deals the rows out to two leads, merges what became of these, and checks that it
 * is a lead, the same either way round, and what all rows make where that can be told.
 */
static void
check_merge(const FoldRow *rows, int n, const LeadState *whole)
{
	FoldRow		dealt[2][MAX_ROWS];
	int			ns[2] = {0, 0};
	Memory		memory[4];
	LeadState	leads[4];
	static Emitted told;
	LeadState  *merged = &leads[2];
	bool		in_turn = random_bits() % 2 == 0;
	double		total = 0.0;

	for (int i = 0; i < 4; i++)
		leads[i] = lead_in(&memory[i]);
	for (int i = 0; i < n; i++)
	{
		int			to = in_turn ? (int) (random_bits() % 2) : (rows[i].at - rows[0].at > 5 * DAY);

		dealt[to][ns[to]++] = rows[i];
	}
	for (int i = 0; i < 2; i++)
	{
		fold_all(dealt[i], ns[i], NULL, &leads[i], &told);
		copy_to(&leads[2 + i], &leads[i]);
	}
	lead_merge(&model, merged, &leads[1]);
	lead_merge(&model, &leads[3], &leads[0]);
	check(same_lead(merged, &leads[3]), "two leads merged either way round differ");
	for (int i = 0; i < 2; i++)
		if (ns[i] == 0)
			check(same_lead(merged, &leads[1 - i]), "a lead without rows adds something");
	check(merged->interactions == n && merged->first_at == whole->first_at && merged->last_at == whole->last_at,
		  "what is counted of two leads");
	check_consent(rows, n, merged);
	check(merged->purchases == leads[0].purchases + leads[1].purchases, "purchases of two leads");
	check(merged->cycle >= 1 && merged->stage_since >= merged->first_at && merged->stage_since <= merged->last_at,
		  "the stage of two leads");
	check(merged->excluded_since == FOLD_NEVER || (merged->excluded_since >= merged->first_at && merged->excluded_since <= merged->last_at),
		  "excluded since");
	check(fold_heard(merged) >= merged->first_at && fold_heard(merged) <= merged->last_at && merged->heard_at != merged->last_at, "heard of");
	check(merged->held_stage == STAGE_NONE || (merged->held_stage == merged->stage && merged->status == STATUS_OPEN), "held");
	check(merged->stage >= STAGE_VISITOR && (merged->status != STATUS_WON || merged->stage == STAGE_CUSTOMER),
		  "stage %d, status %d", merged->stage, merged->status);
	check(merged->final_since == FOLD_NEVER || (merged->status == STATUS_LOST && merged->points == 0.0), "lost for good");
	check((merged->hot_since != FOLD_NEVER) ==
		  (fold_temperature(&model, merged->points, merged->last_at, merged->last_at) == TEMPERATURE_HOT), "hot since");
	for (int i = 0; i <= model.ngroups; i++)
	{
		check(isfinite(merged->held[i]) && (i == model.ngroups || (merged->held[i] >= 0.0 && merged->held[i] <= caps[i])),
			  "group %d holds %g", i, merged->held[i]);
		total = heat_saturate(total + merged->held[i]);
	}
	check(total == merged->points, "%g is not %g", total, merged->points);
	for (int i = 0; i < 2; i++)
		check(merged->counted[i] == FOLD_NEVER || merged->last_at - merged->counted[i] < cooldowns[i], "a cooldown that is over");
	if (is_simple(rows, n))
		check(fabs(merged->points - whole->points) <= 1e-9 * whole->points && merged->status == whole->status,
			  "%g points, not %g", merged->points, whole->points);
	/* where one lead comes after the other, so do their cycles, and a silence between them is seen */
	if (is_simple(rows, n) && !in_turn)
		check(merged->cycle == whole->cycle, "cycle %d, not %d", merged->cycle, whole->cycle);
}

/* main folds random rows at once and in random pieces. */
int
main(int argc, char **argv)
{
	uint64_t	seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	int			rounds = 100000;

	printf("fold_test: seed %" PRIu64 "\n", seed);
	seed_random(seed);
	random_model();
	check_consent_alone();
	for (int round = 0; round < rounds; round++)
	{
		FoldRow		rows[MAX_ROWS];
		bool		cuts[MAX_ROWS];
		Memory		memory[3];
		LeadState	whole = lead_in(&memory[0]);
		LeadState	pieces = lead_in(&memory[1]);
		LeadState	steps = lead_in(&memory[2]);
		static Emitted whole_told;
		static Emitted pieces_told;
		static Emitted steps_told;
		int			n = random_rows(rows);

		random_model();
		for (int i = 0; i < n; i++)
			cuts[i] = random_bits() % 3 == 0;
		fold_all(rows, n, NULL, &whole, &whole_told);
		fold_all(rows, n, cuts, &pieces, &pieces_told);
		check(same_lead(&whole, &pieces), "round %d: incremental is not replay", round);
		check(same_transitions(&whole_told, &pieces_told), "round %d: transitions differ", round);
		fold_by_steps(rows, n, &steps, &steps_told);
		check(same_lead(&whole, &steps), "round %d: step by step is not replay", round);
		check(same_transitions(&whole_told, &steps_told), "round %d: steps differ", round);
		check_lead(rows, n, &whole, &whole_told);
		check_consent(rows, n, &whole);
		check_waking(rows, n, &steps);
		check(same_lead(&whole, &steps), "round %d: waking is not as told", round);
		check_watch(rows, n, &steps);
		check(same_lead(&whole, &steps), "round %d: who watches changes something", round);
		check_merge(rows, n, &whole);
	}
	printf("fold_test: %d leads folded at once and in pieces are the same to the bit\n", rounds);
	return 0;
}
