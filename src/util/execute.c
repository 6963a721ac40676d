/*-------------------------------------------------------------------------
 *
 * execute.c
 *	  Queries whose rows go to a receiver as they come.
 *
 *-------------------------------------------------------------------------
 */
#include "util/execute.h"

#include "executor/spi.h"
#include "executor/tstoreReceiver.h"

/*
 * lt_execute_to executes a query under the active snapshot, with parameters unless they are NULL, by parallel workers
 * if the planner likes, and passes its rows to a receiver, as long as that takes
 * them.  The caller is connected to SPI.
 */
void
lt_execute_to(const char *sql, ParamListInfo params, DestReceiver *receiver)
{
	SPIExecuteOptions options = {0};

	options.params = params;
	options.read_only = true;
	options.dest = receiver;
	if (SPI_execute_extended(sql, &options) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_extended failed: %s", SPI_result_code_string(SPI_result));
}

/* lt_execute_into does so into a tuplestore that lives in a memory context. */
void
lt_execute_into(const char *sql, ParamListInfo params, Tuplestorestate *store, MemoryContext context)
{
	DestReceiver *receiver = CreateDestReceiver(DestTuplestore);

	SetTuplestoreDestReceiverParams(receiver, store, context, true, NULL, NULL);
	lt_execute_to(sql, params, receiver);
}
