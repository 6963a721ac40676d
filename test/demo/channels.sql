/*
 * channels.sql
 *	  What make demo shows of channels: which of them bring leads, and hot ones, and at what cost.
 *
 * Takes the variable prefix; the tracker has the module channels.
 */

\set channel :prefix _channel

SELECT pg_temp.title('Which channels bring leads, and hot ones, and at what cost');
SELECT pg_temp.query(format('SELECT channel, sum(hot), sum(cost) / sum(hot) FROM %I WHERE rule = ''position'' GROUP BY channel', :'channel'));
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.l('channel', 12), pg_temp.r('visitors', 8), pg_temp.r('leads', 8), pg_temp.r('hot', 8), pg_temp.l('', 12),
	pg_temp.r('customers', 9), pg_temp.r('value', 9), pg_temp.r('cost', 8), pg_temp.r('a lead', 7), pg_temp.r('a hot one', 9), pg_temp.r('returns', 7)), 'dim');
WITH c AS MATERIALIZED (SELECT channel, sum(visitors) AS visitors, sum(leads) AS leads, sum(hot) AS hot, sum(customers) AS customers, sum(value) AS value, sum(cost) AS cost
	FROM :"channel" WHERE rule = 'position' GROUP BY channel)
SELECT '  ' || rtrim(concat_ws('  ', pg_temp.l(coalesce(channel, '(none)'), 12), pg_temp.r(pg_temp.n(visitors::bigint), 8), pg_temp.r(pg_temp.n(leads::bigint), 8),
	pg_temp.r(pg_temp.n(hot::bigint), 8), pg_temp.paint(pg_temp.l(pg_temp.bar(hot, max(hot) OVER (), 12, 'hot'), 12), 'hot'),
	pg_temp.r(pg_temp.n(customers::bigint), 9), pg_temp.r(pg_temp.n(value::bigint), 9), pg_temp.r(coalesce(pg_temp.n(cost::bigint), ''), 8),
	pg_temp.r(coalesce(round(cost / nullif(leads, 0))::text, ''), 7), pg_temp.r(coalesce(round(cost / nullif(hot, 0))::text, ''), 9),
	pg_temp.r(coalesce(round(value / nullif(cost, 0), 1)::text, ''), 7)))
FROM c ORDER BY hot DESC;
