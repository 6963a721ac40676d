/*-------------------------------------------------------------------------
 *
 * logistic.h
 *	  What training and the library that fits for it have in common.
 *
 * The library lead_temperature_train is loaded by train() alone, so that nobody
 * who does not train needs liblinear.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LOGISTIC_H
#define LOGISTIC_H

#include <stdbool.h>

#define LOGISTIC_LIBRARY	"$libdir/lead_temperature_train"
#define LOGISTIC_FUNCTION	"logistic_fit"

/* A value that is not zero; laid out as liblinear's feature_node. */
typedef struct LogisticEntry
{
	int			feature;		/* counted from 1; -1 ends an observation */
	double		value;
} LogisticEntry;

/* Observations as sparse vectors. */
typedef struct LogisticProblem
{
	int			observations;
	int			features;
	LogisticEntry **entries;	/* of each observation */
	double	   *labels;			/* +1 or -1 */
} LogisticProblem;

/*
 * Minimizes |weights|^2 / 2 + cost * (sum of log(1 + exp(-label * weights . x)))
 * and returns NULL, or what is wrong with the problem.
 */
typedef const char *(*LogisticFit) (const LogisticProblem *problem, double cost, double *weights);

#endif							/* LOGISTIC_H */
