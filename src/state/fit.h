/*-------------------------------------------------------------------------
 *
 * fit.h
 *	  The fit of leads: how well they are those who buy, by their attributes, kept in <prefix>_fit.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FIT_H
#define FIT_H

#include "catalog/attribute.h"
#include "catalog/table_shape.h"
#include "catalog/tracker_table.h"
#include "state/news.h"

#include "commands/trigger.h"

#define FIT_MODULE	"fit"
#define FIT_SUFFIX	"fit"

/* columns of <prefix>_fit */
enum
{
	FIT_LEAD = 1,
	FIT_FIT,
	FIT_GRADE,
	FIT_LEVEL,					/* as of the state */
	N_FIT_COLUMNS = FIT_LEVEL
};

extern const TableShape fit_shape;

/* What the values of one attribute are worth. */
typedef struct FitScale FitScale;

/* What is known of the fit of the leads of a tracker as long as that is cached. */
typedef struct Fit
{
	Oid			table;			/* InvalidOid: the tracker has not the module */
	bool		read;			/* what follows is known */
	List	   *attributes;		/* of Attribute: those that can be read, by
								 * name */
	FitScale  **scales;			/* of each of them */
	bool	   *numbers;		/* which of them are numbers */

	/* kept plans for one lead, made when first needed */
	SPIPlanPtr	set_level;
	SPIPlanPtr	lead_is_wrong;
	SPIPlanPtr	renew_lead;
	SPIPlanPtr	delete_lead;
} Fit;

/* Somebody who is told of a lead whose fit is stored otherwise than it is. */
typedef void (*FitDiffers) (const char *lead, const char *attribute, const char *stored, const char *right, void *arg);

/* fit_points.c */
extern FitScale *fit_scale(const ModelVersion *model, const char *attribute, bool number);
extern double fit_points(const FitScale *scale, const char *value, int len);
extern const char *fit_grade_of(const ModelVersion *model, double fit);

/* fit_sql.c */
extern Oid	fit_index(Relation table);
extern Fit *fit_of(const Tracker *tracker);
extern bool has_fit(const Tracker *tracker);
extern Fit *fit_read(const Tracker *tracker);
extern char *fits_sql(const Tracker *tracker, const char *leads);
extern char *attribute_values_sql(const Tracker *tracker);
extern char *renew_fits_sql(const Tracker *tracker, const char *leads);
extern char *computed_fits_sql(const Tracker *tracker);
extern char *make_fits_sql(const Tracker *tracker);
extern char *set_levels_sql(const Tracker *tracker, const char *leads);
extern char *delete_fits_sql(const Tracker *tracker, const char *condition);
extern char *changed_keys_sql(const Tracker *tracker, Oid relation, bool old, bool new);

/* fit.c */
extern void fits_init(void);
extern int64 fit_renew(Tracker *tracker);
extern void fit_try(Tracker *tracker);
extern Tracker *tracker_with_fit(Oid id);
extern void fit_follow(const TriggerData *data, Oid tracker);
extern void fit_compare(const Tracker *tracker, FitDiffers differs, void *arg);

#endif							/* FIT_H */
