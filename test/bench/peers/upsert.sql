/*
 * upsert.sql
 *	  The state is kept by the statement that inserts: loads/upsert.sql and
 *	  loads/upsert_batch.sql.
 */

\ir state.sql
