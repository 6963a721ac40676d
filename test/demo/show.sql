/*
 * show.sql
 *	  What a tracked table has to tell: its ten hottest leads, its funnel, why
 *	  the hottest is hot, and one row that makes a warm lead hot.
 *
 * Takes the variables prefix, interactions, lead, kind and at: the prefix of
 * the views and the table with its columns.
 */

\set ranking :prefix _ranking
\set funnel :prefix _funnel
\set transition :prefix _transition

SELECT pg_temp.title('The ten hottest leads');
SELECT pg_temp.query(format('SELECT * FROM %I ORDER BY level DESC LIMIT 10', :'ranking'));
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.l('lead', 38), pg_temp.r('score', 6), pg_temp.l('', 16),
	pg_temp.l('temperature', 11), pg_temp.l('stage', 19), pg_temp.l('last seen', 15), 'hot for'), 'dim');
SELECT '  ' || concat_ws('  ', pg_temp.l(lead::text, 38), pg_temp.r(round(score::numeric, 1), 6),
	pg_temp.paint(pg_temp.l(pg_temp.bar(score, max(score) OVER (), 16, temperature), 16), temperature),
	pg_temp.paint(pg_temp.l(temperature, 11), temperature), pg_temp.l(stage, 19),
	pg_temp.l(pg_temp.span(now() - last_at) || ' ago', 15), pg_temp.span(hot_until - now()))
FROM (SELECT * FROM :"ranking" ORDER BY level DESC LIMIT 10) AS hottest
ORDER BY level DESC;

SELECT pg_temp.title('The funnel');
SELECT pg_temp.query(format('SELECT * FROM %I', :'funnel'));
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.l('stage', 19), pg_temp.r('leads', 7), pg_temp.r('cold', 7),
	pg_temp.r('warm', 7), pg_temp.r('hot', 7), pg_temp.r('won', 7), pg_temp.r('lost', 7), pg_temp.r('reached', 7), 'of first'), 'dim');
SELECT '  ' || concat_ws('  ', pg_temp.l(stage, 19), pg_temp.r(pg_temp.n(leads), 7),
	pg_temp.paint(pg_temp.r(pg_temp.n(cold), 7), 'cold'), pg_temp.paint(pg_temp.r(pg_temp.n(warm), 7), 'warm'),
	pg_temp.paint(pg_temp.r(pg_temp.n(hot), 7), 'hot'), pg_temp.paint(pg_temp.r(pg_temp.n(won), 7), 'won'),
	pg_temp.r(pg_temp.n(lost), 7), pg_temp.r(pg_temp.n(reached), 7),
	pg_temp.r(round(100 * conversion_from_first::numeric, 1), 6) || ' %',
	pg_temp.bar(reached, max(reached) OVER (), 30))
FROM :"funnel"
ORDER BY stage_order;

SELECT E'\n  ' || concat_ws('  ', 'open leads now:',
	pg_temp.paint(pg_temp.bar(cold, open, 60, 'cold'), 'cold') || pg_temp.paint(pg_temp.bar(warm, open, 60, 'warm'), 'warm')
		|| pg_temp.paint(pg_temp.bar(hot, open, 60, 'hot'), 'hot'),
	format('%s %% cold, %s %% warm, %s %% hot', round(100.0 * cold / open), round(100.0 * warm / open), round(100.0 * hot / open)))
FROM (SELECT sum(cold) AS cold, sum(warm) AS warm, sum(hot) AS hot, sum(cold + warm + hot) AS open FROM :"funnel") AS f
WHERE open > 0;

SELECT (SELECT lead::text FROM :"ranking" WHERE temperature <> 'cold' ORDER BY level DESC LIMIT 1) AS hottest \gset
\if :{?hottest}
SELECT pg_temp.title(format('Why %s is %s', rtrim(pg_temp.l(:'hottest'::text, 60)), temperature))
FROM :"ranking" WHERE lead::text = :'hottest';
SELECT pg_temp.query(format('SELECT * FROM lead_temperature.score_breakdown(%L, %L)', :'interactions', :'hottest'));
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.l('kind', 26), pg_temp.l('group', 12), pg_temp.r('interactions', 12),
	pg_temp.r('points', 8)), 'dim');
SELECT '  ' || concat_ws('  ', pg_temp.l(coalesce(kind, '(cut at the cap)'), 26), pg_temp.l(signal_group::text, 12),
	pg_temp.r(CASE WHEN kind IS NULL THEN '' ELSE interactions::text END, 12), pg_temp.r(round(points::numeric, 2), 8), pg_temp.bar(points, max(points) OVER (), 30))
FROM lead_temperature.score_breakdown(:'interactions', :'hottest')
ORDER BY points DESC;

\endif

-- A lead in the middle of warm, and the least signal seen here that makes it hot
SELECT chosen, deed
FROM (VALUES (1)) AS one LEFT JOIN
	(SELECT r.lead::text AS chosen, s.kind AS deed
	 FROM (SELECT r.lead, r.score, m.name AS model, m.hot
		   FROM :"ranking" AS r JOIN lead_temperature.model AS m ON m.name = r.model
		   WHERE r.is_open AND r.temperature <> 'hot'
		   ORDER BY r.temperature_order DESC, r.stage = 'visitor', abs(r.score - (m.warm + m.hot) / 2)
		   LIMIT 1) AS r
		 JOIN lead_temperature.signal AS s ON s.model = r.model AND s.outcome IS NULL AND s.points > 0
	 WHERE EXISTS (SELECT FROM :interactions WHERE :"kind" = s.kind)
	 ORDER BY s.signal_group IS NOT NULL, s.points < 1.1 * r.hot - r.score,
		CASE WHEN s.points >= 1.1 * r.hot - r.score THEN s.points ELSE -s.points END, s.kind
	 LIMIT 1) AS c ON true \gset
\if :{?chosen}
SELECT pg_temp.title('One more row of ' || rtrim(pg_temp.l(:'chosen'::text, 60)));
SELECT pg_temp.query(format('SELECT lead, score, temperature, stage FROM %I WHERE lead = %L', :'ranking', :'chosen'));
\set state 'SELECT concat_ws(''  '', '''', pg_temp.l(lead::text, 38), pg_temp.r(round(score::numeric, 1), 6), pg_temp.paint(pg_temp.l(temperature, 6), temperature), stage) FROM ' :"ranking" ' WHERE lead::text = ' :'chosen'
:state;
SELECT E'\n' || pg_temp.query(format('INSERT INTO %s (%I, %I, %I) VALUES (%L, %L, now())',
	:'interactions', :'lead', :'kind', :'at', :'chosen', :'deed'));
INSERT INTO :interactions (:"lead", :"kind", :"at") VALUES (:'chosen', :'deed', now());
\echo
:state;
SELECT pg_temp.title('What has been written down about it');
SELECT pg_temp.query(format('SELECT * FROM %I WHERE lead = %L ORDER BY at DESC LIMIT 1', :'transition', :'chosen'));
SELECT format('  %s: %s, %s -> %s, %s', to_char(at, 'YYYY-MM-DD HH24:MI:SS'), cause,
	pg_temp.paint(from_temperature::text, from_temperature::text), pg_temp.paint(to_temperature::text, to_temperature::text),
	CASE WHEN from_stage = to_stage THEN to_stage::text ELSE format('%s -> %s', from_stage, to_stage) END)
FROM :"transition"
WHERE lead::text = :'chosen' AND superseded_at IS NULL
ORDER BY at DESC LIMIT 1;
SELECT format(E'\n  Left alone it stays hot until %s (%s) and warm until %s (%s); no job has to run for that.',
	to_char(hot_until, 'YYYY-MM-DD HH24:MI'), pg_temp.span(hot_until - now()),
	to_char(warm_until, 'YYYY-MM-DD HH24:MI'), pg_temp.span(warm_until - now()))
FROM :"ranking" WHERE lead::text = :'chosen' AND hot_until IS NOT NULL;
\endif
