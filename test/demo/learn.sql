/*
 * learn.sql
 *	  What the history of a tracked table teaches: a model trained on it, how well
 *	  it and others foretell later conversions, whether its chances hold, and the
 *	  funnel week by week.
 *
 * Takes the variables prefix and interactions.
 */

\set VERBOSITY terse

-- Why there is no model, NULL if there is one
CREATE FUNCTION pg_temp.refusal(interactions regclass) RETURNS text LANGUAGE plpgsql AS
$$
BEGIN
	PERFORM FROM lead_temperature.train(interactions);
	RETURN NULL;
EXCEPTION WHEN SQLSTATE '55000' OR SQLSTATE '22023' THEN
	RETURN SQLERRM;
END
$$;

SELECT pg_temp.title('What history teaches');
SELECT pg_temp.query(format('SELECT * FROM lead_temperature.train(%L)', :'interactions'));
SELECT pg_temp.refusal(:'interactions') AS refusal \gset
\if :{?refusal}
SELECT format('  No model: %s.', :'refusal');
\else
SELECT model AS trained, horizon, test_from, test_until FROM lead_temperature.trained_model
WHERE model = :'prefix' || '_trained' \gset
SELECT format(E'  Half-life %s, by what became of leads within %s; tested on later ones, %s to %s:\n',
	m.half_life, :'horizon'::interval, :'test_from'::timestamptz::date, :'test_until'::timestamptz::date)
FROM lead_temperature.model AS m WHERE m.name = :'trained';
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.l('ranked by', 16), pg_temp.r('leads', 7), pg_temp.r('converted', 9),
	pg_temp.r('AUC', 6), pg_temp.l('95 % within', 14), pg_temp.r('lift 10 %', 9), pg_temp.r('Brier', 6)), 'dim');
SELECT '  ' || concat_ws('  ', pg_temp.l(ranking, 16), pg_temp.r(pg_temp.n(leads), 7), pg_temp.r(pg_temp.n(converted), 9),
	pg_temp.r(to_char(auc, 'FM0.000'), 6), pg_temp.l(coalesce(to_char(auc_low, 'FM0.000') || ' to ' || to_char(auc_high, 'FM0.000'), '-'), 14),
	pg_temp.r(to_char(lift_10, 'FM990.0'), 9), pg_temp.r(coalesce(to_char(brier, 'FM0.000'), '-'), 6), pg_temp.bar(auc - 0.5, 0.5, 30))
FROM lead_temperature.training_report
WHERE model = :'trained'
ORDER BY array_position('{trained,present,interactions,recency,furthest stage}', ranking);

SELECT pg_temp.title('What weighs most');
SELECT pg_temp.query(format('SELECT kind, points FROM lead_temperature.signal WHERE model = %L', :'trained'));
SELECT '  ' || concat_ws('  ', pg_temp.l(kind, 30), pg_temp.r(points::text, 8), pg_temp.bar(abs(points), max(abs(points)) OVER (), 30,
	CASE WHEN points > 0 THEN 'hot' ELSE 'cold' END))
FROM (SELECT kind, points FROM lead_temperature.signal WHERE model = :'trained' AND points <> 0 ORDER BY abs(points) DESC, kind LIMIT 8) AS s
ORDER BY points DESC, kind;

SELECT pg_temp.title('Do its chances hold?');
SELECT pg_temp.query(format('SELECT b.* FROM lead_temperature.training_report, unnest(calibration) AS b WHERE model = %L AND ranking = ''trained''', :'trained'));
SELECT format(E'  Brier score %s, where the rate of conversions alone would have %s\n', to_char(brier, 'FM0.000'), to_char(brier_base, 'FM0.000'))
FROM lead_temperature.training_report WHERE model = :'trained' AND ranking = 'trained';
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.r('leads', 7), pg_temp.r('predicted', 9), pg_temp.r('observed', 9)), 'dim');
SELECT '  ' || concat_ws('  ', pg_temp.r(pg_temp.n(r.leads), 7), pg_temp.r(to_char(100 * r.predicted, 'FM990.0') || ' %', 9),
	pg_temp.r(to_char(100 * r.observed, 'FM990.0') || ' %', 9), pg_temp.bar(r.predicted, 1, 40, 'cold') || E'\n'
	|| repeat(' ', 33) || pg_temp.bar(r.observed, 1, 40, 'hot'))
FROM lead_temperature.training_report, unnest(calibration) AS r
WHERE model = :'trained' AND ranking = 'trained'
ORDER BY r.bin;
SELECT format(E'\n  It replaces nothing by itself: CALL lead_temperature.activate(%L, %L) does.', :'interactions', :'trained');
\endif

SELECT pg_temp.title('The funnel, week by week');
SELECT pg_temp.query(format('SELECT * FROM lead_temperature.funnel_history(%L, ''%s'', ''%s'', ''7 days'')', :'interactions',
	now()::date - 70, now()::date));
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.l('', 10), pg_temp.r('cold', 7), pg_temp.r('warm', 7), pg_temp.r('hot', 7),
	pg_temp.r('won', 7), pg_temp.r('lost', 7)), 'dim');
SELECT '  ' || concat_ws('  ', at::date, pg_temp.paint(pg_temp.r(pg_temp.n(cold), 7), 'cold'), pg_temp.paint(pg_temp.r(pg_temp.n(warm), 7), 'warm'),
	pg_temp.paint(pg_temp.r(pg_temp.n(hot), 7), 'hot'), pg_temp.paint(pg_temp.r(pg_temp.n(won), 7), 'won'), pg_temp.r(pg_temp.n(lost), 7),
	pg_temp.paint(pg_temp.bar(cold, most, 40, 'cold'), 'cold') || pg_temp.paint(pg_temp.bar(warm, most, 40, 'warm'), 'warm')
		|| pg_temp.paint(pg_temp.bar(hot, most, 40, 'hot'), 'hot'))
FROM (SELECT at, sum(cold) AS cold, sum(warm) AS warm, sum(hot) AS hot, sum(won) AS won, sum(lost) AS lost,
		max(sum(cold + warm + hot)) OVER () AS most
	FROM lead_temperature.funnel_history(:'interactions', now()::date - 70, now()::date, '7 days')
	GROUP BY at) AS f
ORDER BY at;
