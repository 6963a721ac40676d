/*-------------------------------------------------------------------------
 *
 * fit_module.h
 *	  Module fit: who leads are, and how well that fits.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FIT_MODULE_H
#define FIT_MODULE_H

#include "catalog/tracker.h"

#define MATRIX_SUFFIX	"matrix"

/* the query of its view, and its columns, as the list of companions has them */
extern const char matrix_query[];
extern const char matrix_columns[];

extern void forget_attributes(Oid tracker);

#endif							/* FIT_MODULE_H */
