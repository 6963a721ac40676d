/*
 * best.sql
 *	  What make demo shows of the likeliest to buy: a model trained on what leads do and who they are, what the second
 *	  adds, and the best ten by chance.
 *
 * Takes the variables prefix and interactions.  The model replaces nothing: all is undone.
 */

\set trained :prefix _trained
\set VERBOSITY terse

BEGIN;
SELECT pg_temp.title('Learning from what they do and who they are');
SELECT pg_temp.query(format('SELECT ranking, auc, lift_10, brier, brier_base FROM lead_temperature.train(%L, step => ''1 day'', attributes => true)', :'interactions'));
SET LOCAL client_min_messages = error;
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.l('ranked by', 26), pg_temp.r('leads', 7), pg_temp.r('converted', 9),
	pg_temp.r('AUC', 6), pg_temp.r('lift 10 %', 9), pg_temp.r('Brier', 6), pg_temp.r('by the rate', 11)), 'dim');
SELECT '  ' || concat_ws('  ', pg_temp.l(ranking, 26), pg_temp.r(pg_temp.n(leads), 7), pg_temp.r(pg_temp.n(converted), 9),
	pg_temp.r(to_char(auc, 'FM0.000'), 6), pg_temp.r(to_char(lift_10, 'FM990.0'), 9), pg_temp.r(coalesce(to_char(brier, 'FM0.000'), '-'), 6),
	pg_temp.r(to_char(brier_base, 'FM0.000'), 11))
FROM lead_temperature.train(:'interactions', step => '1 day', attributes => true)
WHERE ranking IN ('trained', 'trained without attributes', 'present');
RESET client_min_messages;

SELECT pg_temp.title('The best ten by chance');
SELECT pg_temp.query(format('CALL lead_temperature.activate(%L, %L)', :'interactions', :'trained'));
CALL lead_temperature.activate(:'interactions', :'trained');
SELECT pg_temp.query(format('CALL lead_temperature.replay(%L)', :'interactions'));
CALL lead_temperature.replay(:'interactions');
SELECT pg_temp.query(format('SELECT * FROM lead_temperature.best_leads(%L, 10)', :'interactions'));
SELECT '  ' || pg_temp.paint(concat_ws('  ', pg_temp.r('', 4), pg_temp.l('lead', 30), pg_temp.r('chance', 7), pg_temp.r('score', 7), pg_temp.r('fit', 6), 'grade', 'temperature'), 'dim');
SELECT '  ' || concat_ws('  ', pg_temp.r(rank::text, 4), pg_temp.l(lead, 30), pg_temp.r(to_char(100 * chance, 'FM990.0') || ' %', 7), pg_temp.r(round(score::numeric, 1), 7),
	pg_temp.r(coalesce(round(fit::numeric, 1)::text, '-'), 6), pg_temp.l(coalesce(grade, '-'), 5), pg_temp.paint(temperature, temperature))
FROM lead_temperature.best_leads(:'interactions', 10) ORDER BY rank;
ROLLBACK;
