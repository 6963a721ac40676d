/*-------------------------------------------------------------------------
 *
 * execute.c
 *	  Queries whose rows go to a receiver as they come, and work that may fail.
 *
 *-------------------------------------------------------------------------
 */
#include "util/execute.h"

#include "util/owner_scope.h"

#include "access/xact.h"
#include "executor/tstoreReceiver.h"
#include "utils/guc.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

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

/*
 * lt_by_indexes lets plans go by indexes where they can, until AtEOXact_GUC is called with the level that
 * it returns: tables that are small when a plan is made may have grown when it runs again.
 */
int
lt_by_indexes(void)
{
	int			nest_level = NewGUCNestLevel();

	owner_set("enable_seqscan", "off");
	owner_set("enable_hashjoin", "off");
	owner_set("enable_mergejoin", "off");
	owner_set("enable_material", "off");
	return nest_level;
}

/* lt_keep_plan prepares a query that outlives the transaction; the caller is connected to SPI. */
SPIPlanPtr
lt_keep_plan(const char *sql, int nargs, Oid *types, int options)
{
	MemoryContext before = CurrentMemoryContext;
	SPIPlanPtr	plan = SPI_prepare_cursor(sql, nargs, types, options);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare_cursor failed: %s", SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");
	MemoryContextSwitchTo(before);
	return plan;
}

/*
 * lt_execute_latest executes a plan on what is there by now, and returns how many rows it met.  A stricter
 * transaction fails if it changes a row that its own snapshot does not show as it is.
 */
uint64
lt_execute_latest(SPIPlanPtr plan, Datum *values)
{
	int			result = SPI_execute_snapshot(plan, values, NULL, GetLatestSnapshot(),
											  IsolationUsesXactSnapshot() ? GetTransactionSnapshot() : InvalidSnapshot,
											  false, true, 0);

	if (result < 0)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
	return SPI_processed;
}

/* lt_run_latest plans a statement without parameters and executes it so. */
uint64
lt_run_latest(const char *sql)
{
	SPIPlanPtr	plan = SPI_prepare(sql, 0, NULL);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	return lt_execute_latest(plan, NULL);
}

/* lt_is_of_row says whether an error can be put down to a row, and not to the server or to whoever cancels. */
bool
lt_is_of_row(int code)
{
	switch (ERRCODE_TO_CATEGORY(code))
	{
		case ERRCODE_INSUFFICIENT_RESOURCES:
		case ERRCODE_OPERATOR_INTERVENTION:
		case ERRCODE_SYSTEM_ERROR:
		case ERRCODE_INTERNAL_ERROR:
		case ERRCODE_TRANSACTION_ROLLBACK:
			return false;
	}
	return code != ERRCODE_ASSERT_FAILURE && code != ERRCODE_LOCK_NOT_AVAILABLE;
}

/*
 * lt_try_code does some work in a subtransaction; if it raises an error of what it works on, it
 * returns the message, in the current context, and the code, with all undone that it did.
 */
char *
lt_try_code(void (*work) (void *arg), void *arg, int *code)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	char	   *volatile message = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		work(arg);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		if (!lt_is_of_row(error->sqlerrcode))
			ReThrowError(error);
		message = pstrdup(error->message);
		*code = error->sqlerrcode;
		FreeErrorData(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return message;
}

/* lt_try does so for those who need no code. */
char *
lt_try(void (*work) (void *arg), void *arg)
{
	int			code;

	return lt_try_code(work, arg, &code);
}
