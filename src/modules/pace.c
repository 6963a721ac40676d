/*-------------------------------------------------------------------------
 *
 * pace.c
 *	  Module pace: how long leads take, where they stay behind, who comes back.
 *
 * Views over the current transitions and the state, in whose queries words in
 * braces stand for what a tracker has.  Local times are those of the tracker's
 * time zone, whatever that of the session is: instants get months added only
 * as local times.
 *
 *-------------------------------------------------------------------------
 */
#include "modules/pace.h"

/*
 * Customers by the month of their first purchase, and how many of them have
 * bought again.  Leads whose first purchase no transition tells are left out.
 * A share is NULL until the last customer of the month has had all of its days.
 */
const char retention_query[] =
"SELECT c.month, pg_catalog.count(*) AS customers, pg_catalog.count(c.days) AS returned, "
"CASE WHEN c.age OPERATOR(pg_catalog.>=) 30.0::pg_catalog.float8 THEN pg_catalog.avg((coalesce(c.days, 'infinity'::pg_catalog.float8) "
"OPERATOR(pg_catalog.<=) 30.0::pg_catalog.float8)::pg_catalog.int4::pg_catalog.float8) END AS within_30_days, "
"CASE WHEN c.age OPERATOR(pg_catalog.>=) 90.0::pg_catalog.float8 THEN pg_catalog.avg((coalesce(c.days, 'infinity'::pg_catalog.float8) "
"OPERATOR(pg_catalog.<=) 90.0::pg_catalog.float8)::pg_catalog.int4::pg_catalog.float8) END AS within_90_days, "
"CASE WHEN c.age OPERATOR(pg_catalog.>=) 365.0::pg_catalog.float8 THEN pg_catalog.avg((coalesce(c.days, 'infinity'::pg_catalog.float8) "
"OPERATOR(pg_catalog.<=) 365.0::pg_catalog.float8)::pg_catalog.int4::pg_catalog.float8) END AS within_365_days "
"FROM (SELECT m.month, EXTRACT(epoch FROM m.again OPERATOR(pg_catalog.-) m.first)::pg_catalog.float8 "
"OPERATOR(pg_catalog./) 86400.0::pg_catalog.float8 AS days, "
"EXTRACT(epoch FROM pg_catalog.now() OPERATOR(pg_catalog.-) pg_catalog.timezone({time_zone}, "
"pg_catalog.timezone({time_zone}, m.month) OPERATOR(pg_catalog.+) '1 month'::pg_catalog.interval))::pg_catalog.float8 "
"OPERATOR(pg_catalog./) 86400.0::pg_catalog.float8 AS age "
"FROM (SELECT p.first, p.again, pg_catalog.date_trunc('month', p.first, {time_zone}) AS month "
"FROM (SELECT pg_catalog.min(t.at) FILTER (WHERE t.purchases OPERATOR(pg_catalog.=) 1 "
"AND t.to_status OPERATOR(pg_catalog.=) 'won'::lead_temperature.status) AS first, "
"pg_catalog.min(t.at) FILTER (WHERE t.purchases OPERATOR(pg_catalog.>) 1) AS again "
"FROM {transition} t WHERE t.superseded_at IS NULL AND t.purchases OPERATOR(pg_catalog.>) 0 GROUP BY t.lead) p "
"WHERE p.first IS NOT NULL) m) c GROUP BY c.month, c.age";

const char retention_columns[] =
"month timestamp with time zone, customers bigint, returned bigint, within_30_days double precision, "
"within_90_days double precision, within_365_days double precision";
