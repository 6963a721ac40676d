/*
 * plain.sql
 *	  The table and its index alone.
 */
