/*-------------------------------------------------------------------------
 *
 * execute.h
 *	  Queries whose rows go to a receiver as they come, and work that may fail.
 *
 *-------------------------------------------------------------------------
 */
#ifndef EXECUTE_H
#define EXECUTE_H

#include "types/lead_temperature.h"

#include "executor/spi.h"
#include "nodes/params.h"
#include "tcop/dest.h"
#include "utils/tuplestore.h"

extern void lt_execute_to(const char *sql, ParamListInfo params, DestReceiver *receiver);
extern void lt_execute_into(const char *sql, ParamListInfo params, Tuplestorestate *store, MemoryContext context);
extern int	lt_by_indexes(void);
extern SPIPlanPtr lt_keep_plan(const char *sql, int nargs, Oid *types, int options);
extern uint64 lt_execute_latest(SPIPlanPtr plan, Datum *values);
extern uint64 lt_run_latest(const char *sql);
extern bool lt_is_of_row(int code);
extern char *lt_try_code(void (*work) (void *arg), void *arg, int *code);
extern char *lt_try(void (*work) (void *arg), void *arg);

#endif							/* EXECUTE_H */
