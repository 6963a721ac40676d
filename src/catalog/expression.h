/*-------------------------------------------------------------------------
 *
 * expression.h
 *	  SQL expressions over the columns of a tracked table.
 *
 *-------------------------------------------------------------------------
 */
#ifndef EXPRESSION_H
#define EXPRESSION_H

#include "util/owner_scope.h"

#include "nodes/bitmapset.h"
#include "nodes/nodes.h"

extern void expression_enter(OwnerScope *scope, Oid owner);
extern Node *parse_expression(Oid table, const char *role, const char *text);
extern Node *parse_renamed_expression(Oid table, const char *role, const char *text,
									  const char *former, const char *present);
extern char *expression_text(Oid table, Node *expression);
extern void check_reads_alike(Oid table, const char *role, Node *expression, const char *text);
extern void check_expression(Oid table, Oid owner, const char *role, Node *expression);
extern Bitmapset *expression_columns(Node *expression);
extern bool expression_calls(Node *expression, Oid function);
extern bool expression_makes_domains(Node *expression);
extern bool expression_may_fail(Node *expression);

#endif							/* EXPRESSION_H */
