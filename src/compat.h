/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  The interfaces of newer servers, emulated on older ones (13 to 18), so
 *	  that no other file asks for the version.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LT_COMPAT_H
#define LT_COMPAT_H

#if PG_VERSION_NUM < 130000 || PG_VERSION_NUM >= 190000
#error "lead_temperature supports PostgreSQL 13 to 18"
#endif

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* Soft errors of input functions came with 16 (commit d9f7f5d32). */
#if PG_VERSION_NUM < 160000
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
struct Node;
#define LT_ESCONTEXT(fcinfo)	NULL
#else
#include "nodes/miscnodes.h"
#define LT_ESCONTEXT(fcinfo)	((fcinfo)->context)
#endif

#endif							/* LT_COMPAT_H */
