/*-------------------------------------------------------------------------
 *
 * best_leads.c
 *	  The best leads by the chance that they convert: the threshold algorithm.
 *
 * The chance rises with the odds, intercept + slope · score + fit_slope · fit, a sum of two parts of which each has an
 * index that lists leads by it: the level, whose order is that of scores at every instant, and the fit.  They are
 * read from their best end on, and what else a lead has is looked up by its key.  No lead that is still to come has
 * more odds than the last parts of both lists together; once as many leads as were asked for have more than that, they
 * are the best of all (R. Fagin, A. Lotem, M. Naor: Optimal Aggregation Algorithms for Middleware, PODS 2001).
 *
 * Fits are few, and leads many: so the list by fit is one of groups of the same fit, each of which lists its leads
 * by their levels, and none is read further than it may have one of the best.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/own_tracker.h"
#include "catalog/lead_key.h"
#include "state/fit.h"
#include "state/state_table.h"
#include "types/compat.h"
#include "util/extension_table.h"
#include "util/names.h"

#include <math.h>

#include "access/genam.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(lt_best_leads);

/* Leads of the list by level that are read before it is asked again what to read on. */
#define BLOCK	8

/* One turn in so many is of the list whose part falls less: it may fall steeply further on. */
#define TURN	8

/* Groups of a fit that are read beside each other; with more, the list by level is read on alone. */
#define MOST_GROUPS	512

/* Levels order scores except where these differ by rounding alone; of the part of a score, and in itself. */
#define ROUNDING	1e-9

/* columns of the result, from 0 */
enum
{
	BEST_RANK, BEST_LEAD, BEST_CHANCE, BEST_SCORE, BEST_FIT, BEST_GRADE, BEST_TEMPERATURE, BEST_STAGE,
	N_BEST_COLUMNS
};

/* A lead that may be one of the best. */
typedef struct Candidate
{
	double		odds;
	Datum		lead;
	double		score;
	double		level;
	double		fit;
	bool		has_fit;
	LeadStage	stage;
} Candidate;

/* A table of leads, whose rows are found by the lead, or in an order. */
typedef struct LeadTable
{
	Relation	table;
	Relation	key;
	Relation	order;
	IndexScanDesc by_key;
	ScanKeyData lead;
	TupleTableSlot *found;		/* by key */
} LeadTable;

/* Leads of one fit, by their levels. */
typedef struct FitGroup
{
	IndexScanDesc scan;
	TupleTableSlot *slot;
	double		fit_part;		/* of the odds */
	double		level_part;		/* likewise, the most that the next lead has */
} FitGroup;

/* The search for the best leads. */
typedef struct Search
{
	const Tracker *tracker;
	Snapshot	snapshot;
	double		intercept;
	double		slope;
	double		fit_slope;		/* 0: fit does not count */
	HeatTime	now;

	/* all leads by their levels */
	LeadTable	states;
	IndexScanDesc levels;
	TupleTableSlot *level_slot;
	double		level_part;		/* of the odds, the most that the next lead
								 * has */
	double		level_fall;		/* of that, by the last block */
	bool		levels_ended;

	/* by their fits */
	bool		has_fits;
	LeadTable	fits;
	IndexScanDesc next_fit;		/* finds the next one */
	TupleTableSlot *fit_slot;
	double		fit;			/* of the group that is to be opened next */
	double		fit_fall;		/* of the part of the odds, by the last group */
	bool		fits_ended;
	int			ngroups;
	FitGroup	groups[MOST_GROUPS];	/* that have not ended */

	int64		wanted;
	int64		n;
	int64		room;
	Candidate  *best;			/* by odds, equal ones by lead */
} Search;

/* need_trained reads what the model of a tracker was trained to, and refuses one that was not. */
static void
need_trained(const Tracker *tracker, Search *search)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(tracker->model->name)};
	OwnerScope	scope;
	bool		isnull = false;

	config_begin(&scope);
	if (config_run("SELECT t.intercept, t.slope, t.fit_slope FROM lead_temperature.trained_model t "
				   "WHERE t.model OPERATOR(pg_catalog.=) $1", lengthof(types), types, values, NULL) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("model \"%s\" of table \"%s\" is not trained", tracker->model->name, get_rel_name(tracker->interactions)),
				 errdetail("Scores of models that were written by hand say nothing of chances."),
				 errhint("Train a model with SELECT * FROM lead_temperature.train(%s), and move the tracker to it with lead_temperature.activate.",
						 quote_literal_cstr(qualified_name(tracker->state)))));
	search->intercept = DatumGetFloat8(config_value(1, FLOAT8OID));
	search->slope = DatumGetFloat8(config_value(2, FLOAT8OID));
	search->fit_slope = DatumGetFloat8(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3, &isnull));
	if (isnull)
		search->fit_slope = 0.0;
	config_end(&scope);
	if (!isfinite(search->intercept) || !isfinite(search->slope))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("trained model \"%s\" is corrupt", tracker->model->name),
				 errdetail("Its intercept, or its slope, is not finite."),
				 errhint("Train it anew with lead_temperature.train.")));
}

/* order_index finds an index of a table by which rows are read in the order of columns. */
static Oid
order_index(Relation table, int n, const AttrNumber *columns, const char *names)
{
	Oid			result = InvalidOid;
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(table))
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (RelationGetIndexPredicate(index) == NIL && index_is_on(index, RelationGetDescr(table), n, columns))
			result = lfirst_oid(cell);
		index_close(index, AccessShareLock);
		if (OidIsValid(result))
			return result;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" has no index on (%s)", RelationGetRelationName(table), names),
			 errdetail("By that the best leads are found."),
			 errhint("Create it: CREATE INDEX ON %s (%s).", qualified_name(RelationGetRelid(table)), names)));
	return InvalidOid;			/* not reached */
}

/* open_table opens a table of leads with an index on columns. */
static void
open_table(Search *search, LeadTable *leads, Oid relation, const TableShape *shape, int n, const AttrNumber *columns, const char *names)
{
	const Tracker *tracker = search->tracker;

	leads->table = companion_open(relation, AccessShareLock);
	check_shape(leads->table, shape, tracker);
	leads->key = index_open(shape_key(leads->table, shape), AccessShareLock);
	leads->order = index_open(order_index(leads->table, n, columns, names), AccessShareLock);
	leads->found = table_slot_create(leads->table, NULL);
	leads->by_key = lt_index_beginscan(leads->table, leads->key, search->snapshot, 1);
	ScanKeyEntryInitialize(&leads->lead, 0, 1, BTEqualStrategyNumber, InvalidOid, tracker->lead_collation,
						   get_opcode(tracker->lead_eq), (Datum) 0);
}

/* close_table closes it. */
static void
close_table(LeadTable *leads)
{
	index_endscan(leads->by_key);
	ExecDropSingleTupleTableSlot(leads->found);
	index_close(leads->order, AccessShareLock);
	index_close(leads->key, AccessShareLock);
	table_close(leads->table, AccessShareLock);
}

/* direction_of returns the direction in which what has a slope is read, best first. */
static ScanDirection
direction_of(double slope)
{
	return slope < 0.0 ? ForwardScanDirection : BackwardScanDirection;
}

/* find_row finds the row of a lead; false if there is none. */
static bool
find_row(LeadTable *leads, Datum lead)
{
	leads->lead.sk_argument = lead;
	index_rescan(leads->by_key, &leads->lead, 1, NULL, 0);
	return index_getnext_slot(leads->by_key, ForwardScanDirection, leads->found);
}

/* column_of reads a column of a row. */
static Datum
column_of(TupleTableSlot *slot, AttrNumber column)
{
	bool		isnull;

	return slot_getattr(slot, column, &isnull);
}

/* precedes says whether a candidate is better than another. */
static bool
precedes(const Search *search, const Candidate *a, const Candidate *b)
{
	if (a->odds != b->odds)
		return a->odds > b->odds;
	return compare_leads(search->tracker, a->lead, b->lead) < 0;
}

/* put_candidate puts a candidate among the best, unless it is there or not as good. */
static void
put_candidate(Search *search, const Candidate *candidate)
{
	int64		low = 0;
	int64		high = search->n;

	if (search->n == search->wanted && !precedes(search, candidate, &search->best[search->n - 1]))
		return;
	while (low < high)
	{
		int64		middle = (low + high) / 2;

		if (precedes(search, &search->best[middle], candidate))
			low = middle + 1;
		else
			high = middle;
	}
	/* it may have come from the other list before */
	if (low < search->n && !precedes(search, candidate, &search->best[low]))
		return;
	if (search->n == search->wanted)
		search->n--;
	if (search->n == search->room)
	{
		search->room *= 2;
		search->best = repalloc_huge(search->best, sizeof(Candidate) * search->room);
	}
	memmove(&search->best[low + 1], &search->best[low], sizeof(Candidate) * (search->n - low));
	search->best[low] = *candidate;
	search->best[low].lead = datumCopy(candidate->lead, search->tracker->lead_typbyval, search->tracker->lead_typlen);
	search->n++;
}

/* score_of reads the score that the row of a lead has now. */
static double
score_of(const Search *search, TupleTableSlot *state)
{
	Heat	   *heat = (Heat *) DatumGetPointer(column_of(state, STATE_HEAT));

	return heat_saturate(heat_score(heat, search->now));
}

/* take_lead looks at a lead by the rows that it has in both tables; one that is closed, or excluded, is none of the best. */
static void
take_lead(Search *search, TupleTableSlot *state, TupleTableSlot *fit)
{
	Candidate	candidate = {0};
	bool		isnull;

	candidate.level = DatumGetFloat8(slot_getattr(state, STATE_LEVEL, &isnull));
	if (isnull || status_from_oid(DatumGetObjectId(column_of(state, STATE_STATUS))) != STATUS_OPEN)
		return;
	candidate.lead = column_of(state, STATE_LEAD);
	candidate.score = score_of(search, state);
	candidate.stage = stage_from_oid(DatumGetObjectId(column_of(state, STATE_STAGE)));
	candidate.has_fit = fit != NULL;
	if (fit != NULL)
		candidate.fit = DatumGetFloat8(column_of(fit, FIT_FIT));
	candidate.odds = search->intercept + search->slope * candidate.score;
	if (search->fit_slope != 0.0)
		candidate.odds += search->fit_slope * candidate.fit;
	put_candidate(search, &candidate);
}

/* level_part returns the most that leads have of the odds by their level that come after one of a score. */
static double
level_part(const Search *search, double score)
{
	double		part = search->slope * score;

	return part + ROUNDING * fabs(part);
}

/* open_levels begins to read all leads by their levels; those without one are none. */
static void
open_levels(Search *search)
{
	ScanKeyData not_null;

	search->level_slot = table_slot_create(search->states.table, NULL);
	search->levels = lt_index_beginscan(search->states.table, search->states.order, search->snapshot, 1);
	ScanKeyEntryInitialize(&not_null, SK_ISNULL | SK_SEARCHNOTNULL, 1, InvalidStrategy, InvalidOid, InvalidOid,
						   InvalidOid, (Datum) 0);
	index_rescan(search->levels, &not_null, 1, NULL, 0);
	search->level_part = search->level_fall = search->slope == 0.0 ? 0.0 : INFINITY;
}

/* read_level reads the next lead by level. */
static void
read_level(Search *search)
{
	if (!index_getnext_slot(search->levels, direction_of(search->slope), search->level_slot))
	{
		search->levels_ended = true;
		return;
	}
	search->level_part = level_part(search, score_of(search, search->level_slot));
	if (search->has_fits && find_row(&search->fits, column_of(search->level_slot, STATE_LEAD)))
		take_lead(search, search->level_slot, search->fits.found);
	else if (search->fit_slope == 0.0)
		take_lead(search, search->level_slot, NULL);
}

/* seek_fit finds the next best fit after the present one. */
static void
seek_fit(Search *search)
{
	bool		falls = search->fit_slope > 0.0;
	double		before = search->fit;
	ScanKeyData key;

	ScanKeyInit(&key, 1, falls ? BTLessStrategyNumber : BTGreaterStrategyNumber, falls ? F_FLOAT8LT : F_FLOAT8GT,
				Float8GetDatum(search->fit));
	index_rescan(search->next_fit, &key, 1, NULL, 0);
	if (!index_getnext_slot(search->next_fit, direction_of(search->fit_slope), search->fit_slot))
	{
		search->fits_ended = true;
		return;
	}
	search->fit = DatumGetFloat8(column_of(search->fit_slot, FIT_FIT));
	search->fit_fall = search->fit_slope * (before - search->fit);
}

/* open_fits begins to read groups by their fit. */
static void
open_fits(Search *search)
{
	search->fit_slot = table_slot_create(search->fits.table, NULL);
	search->next_fit = lt_index_beginscan(search->fits.table, search->fits.order, search->snapshot, 1);
	search->fit = search->fit_slope > 0.0 ? INFINITY : -INFINITY;	/* fits are finite */
	seek_fit(search);
}

/* open_group opens the group of the next fit. */
static void
open_group(Search *search)
{
	FitGroup   *group = &search->groups[search->ngroups++];
	ScanKeyData key;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_FLOAT8EQ, Float8GetDatum(search->fit));
	group->scan = lt_index_beginscan(search->fits.table, search->fits.order, search->snapshot, 1);
	index_rescan(group->scan, &key, 1, NULL, 0);
	group->slot = table_slot_create(search->fits.table, NULL);
	group->fit_part = search->fit_slope * search->fit;
	group->level_part = search->slope == 0.0 ? 0.0 : INFINITY;
	seek_fit(search);
}

/* close_group closes a group, whose place another takes. */
static void
close_group(Search *search, FitGroup *group)
{
	index_endscan(group->scan);
	ExecDropSingleTupleTableSlot(group->slot);
	*group = search->groups[--search->ngroups];
}

/* read_group reads the next lead of a group. */
static void
read_group(Search *search, FitGroup *group)
{
	if (!index_getnext_slot(group->scan, direction_of(search->slope), group->slot))
	{
		close_group(search, group);
		return;
	}
	if (!find_row(&search->states, column_of(group->slot, FIT_LEAD)))
		return;
	group->level_part = level_part(search, score_of(search, search->states.found));
	take_lead(search, search->states.found, group->slot);
}

/* most_of_group returns the most odds that a lead of a group may have that is still to come. */
static double
most_of_group(const Search *search, const FitGroup *group)
{
	return search->intercept + Min(group->level_part, search->level_part) + group->fit_part;
}

/* most_of_rest returns the most odds that a lead may have that is in no group which has been opened. */
static double
most_of_rest(const Search *search)
{
	if (search->fit_slope == 0.0)
		return search->intercept + search->level_part;
	if (search->fits_ended)
		return -INFINITY;
	return search->intercept + search->level_part + search->fit_slope * search->fit;
}

/* best_group returns the group that may have the best lead that is still to come, NULL if there is none. */
static FitGroup *
best_group(Search *search)
{
	FitGroup   *best = NULL;

	for (int i = 0; i < search->ngroups; i++)
		if (best == NULL || most_of_group(search, &search->groups[i]) > most_of_group(search, best))
			best = &search->groups[i];
	return best;
}

/* is_done says whether no lead can be one of the best that has at most some odds. */
static bool
is_done(const Search *search, double most)
{
	return search->levels_ended || most == -INFINITY ||
		(search->n == search->wanted && search->best[search->n - 1].odds > most);
}

/* read_rest reads on where leads are that are in no group, or opens the next, by whichever the odds may fall more. */
static void
read_rest(Search *search, int64 turn)
{
	bool		by_level = search->fit_slope == 0.0 || search->ngroups == MOST_GROUPS;
	double		before = search->level_part;

	if (!by_level && search->slope != 0.0)
		by_level = (search->level_fall > search->fit_fall) != (turn % TURN == TURN - 1);
	if (!by_level)
	{
		open_group(search);
		return;
	}
	for (int i = 0; i < BLOCK && !search->levels_ended; i++)
		read_level(search);
	search->level_fall = before - search->level_part;
}

/* find_best finds the best leads. */
static void
find_best(Search *search)
{
	for (int64 turn = 0;; turn++)
	{
		FitGroup   *group = best_group(search);
		double		most_of_opened = group == NULL ? -INFINITY : most_of_group(search, group);
		double		most_of_others = most_of_rest(search);

		if (is_done(search, Max(most_of_opened, most_of_others)))
			return;
		if (group != NULL && most_of_opened >= most_of_others)
			read_group(search, group);
		else
			read_rest(search, turn);
		CHECK_FOR_INTERRUPTS();
	}
}

/* close_search closes all that it has open. */
static void
close_search(Search *search)
{
	while (search->ngroups > 0)
		close_group(search, &search->groups[0]);
	if (search->has_fits)
	{
		if (search->next_fit != NULL)
		{
			index_endscan(search->next_fit);
			ExecDropSingleTupleTableSlot(search->fit_slot);
		}
		close_table(&search->fits);
	}
	index_endscan(search->levels);
	ExecDropSingleTupleTableSlot(search->level_slot);
	close_table(&search->states);
}

/* put_best returns the best leads but those that are to be left out. */
static void
put_best(const Search *search, ReturnSetInfo *info, int64 skip)
{
	const ModelVersion *model = search->tracker->model;
	double		warm = heat_level_of(model->fold.warm, search->now, model->fold.half_life);
	double		hot = heat_level_of(model->fold.hot, search->now, model->fold.half_life);
	int			nest_level = NewGUCNestLevel();
	FmgrInfo	output;
	Oid			function;
	bool		varlena;

	pin_text_settings();
	getTypeOutputInfo(search->tracker->lead_type, &function, &varlena);
	fmgr_info(function, &output);
	for (int64 i = skip; i < search->n; i++)
	{
		const Candidate *lead = &search->best[i];
		Datum		values[N_BEST_COLUMNS] = {0};
		bool		nulls[N_BEST_COLUMNS] = {0};

		values[BEST_RANK] = Int64GetDatum(i + 1);
		values[BEST_LEAD] = CStringGetTextDatum(OutputFunctionCall(&output, lead->lead));
		values[BEST_CHANCE] = Float8GetDatum(1.0 / (1.0 + exp(-lead->odds)));
		values[BEST_SCORE] = Float8GetDatum(lead->score);
		nulls[BEST_FIT] = nulls[BEST_GRADE] = !lead->has_fit;
		values[BEST_FIT] = Float8GetDatum(lead->fit);
		if (lead->has_fit)
			values[BEST_GRADE] = CStringGetTextDatum(fit_grade_of(model, lead->fit));
		values[BEST_TEMPERATURE] = CStringGetTextDatum(temperature_names[lead->level >= hot ? TEMPERATURE_HOT :
																		 lead->level >= warm ? TEMPERATURE_WARM : TEMPERATURE_COLD]);
		values[BEST_STAGE] = CStringGetTextDatum(stage_names[lead->stage]);
		tuplestore_putvalues(info->setResult, info->setDesc, values, nulls);
	}
	AtEOXact_GUC(false, nest_level);
}

/* need_count refuses a number of leads that is none. */
static int64
need_count(FunctionCallInfo fcinfo, int argument, const char *name)
{
	int32		n = PG_GETARG_INT32(argument);

	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"%s\" must not be negative", name),
				 errhint("Say how many leads, and how many of the best to leave out, as in n => 100, skip => 200 for the third page.")));
	return n;
}

/* need_fits refuses a tracker without fit where that counts. */
static void
need_fits(const Tracker *tracker)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the tracker of table \"%s\" has no module \"%s\"", get_rel_name(tracker->interactions), FIT_MODULE),
			 errdetail("By its model \"%s\" the chance rests on the fit of leads.", tracker->model->name),
			 errhint("Add attributes with lead_temperature.add_attribute.")));
}

/* lt_best_leads returns the open leads that are likeliest to convert, best first. */
Datum
lt_best_leads(PG_FUNCTION_ARGS)
{
	static const AttrNumber level_column[] = {STATE_LEVEL};
	static const AttrNumber fit_columns[] = {FIT_FIT, FIT_LEVEL};
	Search	   *search;
	int64		n = need_count(fcinfo, 1, "n");
	int64		skip = need_count(fcinfo, 2, "skip");
	Tracker    *tracker = tracker_get_own(tracker_named(PG_GETARG_OID(0)));

	lt_materialized_result(fcinfo);
	if (n == 0)
		return (Datum) 0;
	search = palloc0(sizeof(Search));
	search->tracker = tracker;
	need_trained(tracker, search);
	search->has_fits = has_fit(tracker);
	if (search->fit_slope != 0.0 && !search->has_fits)
		need_fits(tracker);
	search->now = heat_time_from_timestamptz(GetCurrentTransactionStartTimestamp());
	search->snapshot = GetActiveSnapshot();
	search->wanted = n + skip;
	search->room = 256;
	search->best = palloc(sizeof(Candidate) * search->room);
	open_table(search, &search->states, tracker->state, &state_shape, 1, level_column, "level");
	open_levels(search);
	if (search->has_fits)
	{
		open_table(search, &search->fits, fit_of(tracker)->table, &fit_shape, 2, fit_columns, "fit, level");
		if (search->fit_slope != 0.0)
			open_fits(search);
	}
	find_best(search);
	close_search(search);
	put_best(search, (ReturnSetInfo *) fcinfo->resultinfo, skip);
	return (Datum) 0;
}
