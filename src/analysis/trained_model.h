/*-------------------------------------------------------------------------
 *
 * trained_model.h
 *	  Models that training has made: their versions, what they say of chances, and
 *	  how they are written.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TRAINED_MODEL_H
#define TRAINED_MODEL_H

#include "analysis/points.h"

#include "nodes/execnodes.h"

/* The chance of a conversion by score and fit, where training has found it. */
typedef struct Calibration
{
	bool		trained;
	double		intercept;
	double		slope;
	bool		counts_fit;
	double		fit_weight;		/* of a point of fit beside one of a score */
} Calibration;

extern double chance_of(const Calibration *calibration, double score);
extern Calibration read_calibration(const Tracker *tracker, const char *model);
extern int32 next_version(const char *model);
extern char *make_way(const char *model);
extern void write_model(const char *name, int32 version, const ModelVersion *present, const Survey *survey,
						const Evidence *evidence, const Lesson *lesson);
extern uint64 insert_as_caller(const char *sql, int nargs, Oid *types, Datum *values, const char *nulls);
extern void write_reports(ReturnSetInfo *result, const char *model, const Evidence *evidence,
						  const Lesson *lesson, const Evidence *without_fit, const Lesson *lesson_without_fit,
						  const Calibration *present);

#endif							/* TRAINED_MODEL_H */
