/*
 * Aggregates that tell how well scores predict.
 *
 * Those that sort have a state of a sort, which cannot be shown to parallel
 * workers, and which nothing can be added to once it has been read: they are no
 * window functions.  auc and auc_stderr of the same arguments share one.  Its size
 * makes the planner sort groups, or hash a few at a time, so that few states are
 * there at once.
 */

CREATE FUNCTION lead_temperature.ranked_add(internal, score pg_catalog.float8, converted pg_catalog.bool)
	RETURNS internal
	AS 'MODULE_PATHNAME', 'ranked_add' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.ranked_add(internal, pg_catalog.float8, pg_catalog.bool) IS
'Internal: transition function of aggregates auc and auc_stderr';

CREATE FUNCTION lead_temperature.ranked_auc(internal) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'ranked_auc' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.ranked_auc(internal) IS
'Internal: final function of aggregate auc';

CREATE AGGREGATE lead_temperature.auc(score pg_catalog.float8, converted pg_catalog.bool) (
	SFUNC = lead_temperature.ranked_add,
	STYPE = internal,
	SSPACE = 1048576,
	FINALFUNC = lead_temperature.ranked_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.auc(pg_catalog.float8, pg_catalog.bool) IS
'area under the ROC curve: how often one who converted has a higher score than one who did not, a tie counting one half';

CREATE FUNCTION lead_temperature.ranked_auc_stderr(internal) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'ranked_auc_stderr' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.ranked_auc_stderr(internal) IS
'Internal: final function of aggregate auc_stderr';

CREATE AGGREGATE lead_temperature.auc_stderr(score pg_catalog.float8, converted pg_catalog.bool) (
	SFUNC = lead_temperature.ranked_add,
	STYPE = internal,
	SSPACE = 1048576,
	FINALFUNC = lead_temperature.ranked_auc_stderr,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.auc_stderr(pg_catalog.float8, pg_catalog.bool) IS
'standard error of auc by DeLong, DeLong and Clarke-Pearson, for independent rows';

CREATE FUNCTION lead_temperature.clustered_add(
		internal, score pg_catalog.float8, converted pg_catalog.bool, cluster pg_catalog.int8)
	RETURNS internal
	AS 'MODULE_PATHNAME', 'clustered_add' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.clustered_add(internal, pg_catalog.float8, pg_catalog.bool, pg_catalog.int8) IS
'Internal: transition function of aggregate auc_stderr with clusters';

CREATE FUNCTION lead_temperature.clustered_auc_stderr(internal) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'clustered_auc_stderr' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.clustered_auc_stderr(internal) IS
'Internal: final function of aggregate auc_stderr with clusters';

CREATE AGGREGATE lead_temperature.auc_stderr(
		score pg_catalog.float8, converted pg_catalog.bool, cluster pg_catalog.int8) (
	SFUNC = lead_temperature.clustered_add,
	STYPE = internal,
	SSPACE = 1048576,
	FINALFUNC = lead_temperature.clustered_auc_stderr,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.auc_stderr(pg_catalog.float8, pg_catalog.bool, pg_catalog.int8) IS
'standard error of auc by Obuchowski, where the rows of one cluster, as of one lead at several instants, depend on each other';

CREATE FUNCTION lead_temperature.ranked_add(
		internal, score pg_catalog.float8, converted pg_catalog.bool, share pg_catalog.float8)
	RETURNS internal
	AS 'MODULE_PATHNAME', 'ranked_add_share' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.ranked_add(internal, pg_catalog.float8, pg_catalog.bool, pg_catalog.float8) IS
'Internal: transition function of aggregate lift';

CREATE FUNCTION lead_temperature.ranked_lift(internal) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'ranked_lift' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.ranked_lift(internal) IS
'Internal: final function of aggregate lift';

CREATE AGGREGATE lead_temperature.lift(
		score pg_catalog.float8, converted pg_catalog.bool, share pg_catalog.float8) (
	SFUNC = lead_temperature.ranked_add,
	STYPE = internal,
	SSPACE = 1048576,
	FINALFUNC = lead_temperature.ranked_lift,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.lift(pg_catalog.float8, pg_catalog.bool, pg_catalog.float8) IS
'how many times as often the given share of the highest scores converts as all do; a tie at its border counts in proportion';

CREATE TYPE lead_temperature.reliability_bin AS (
	bin pg_catalog.int4,
	leads pg_catalog.int8,
	predicted pg_catalog.float8,
	observed pg_catalog.float8,
	least pg_catalog.float8,
	most pg_catalog.float8
);
COMMENT ON TYPE lead_temperature.reliability_bin IS
'leads of neighbouring probabilities: their number, the mean of their probabilities, the share that converted, the least and the highest probability';

CREATE FUNCTION lead_temperature.ranked_add(
		internal, probability pg_catalog.float8, converted pg_catalog.bool, bins pg_catalog.int4)
	RETURNS internal
	AS 'MODULE_PATHNAME', 'ranked_add_bins' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lead_temperature.ranked_add(internal, pg_catalog.float8, pg_catalog.bool, pg_catalog.int4) IS
'Internal: transition function of aggregate reliability';

CREATE FUNCTION lead_temperature.ranked_reliability(internal) RETURNS lead_temperature.reliability_bin[]
	AS 'MODULE_PATHNAME', 'ranked_reliability' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lead_temperature.ranked_reliability(internal) IS
'Internal: final function of aggregate reliability';

CREATE AGGREGATE lead_temperature.reliability(
		probability pg_catalog.float8, converted pg_catalog.bool, bins pg_catalog.int4) (
	SFUNC = lead_temperature.ranked_add,
	STYPE = internal,
	SSPACE = 1048576,
	FINALFUNC = lead_temperature.ranked_reliability,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.reliability(pg_catalog.float8, pg_catalog.bool, pg_catalog.int4) IS
'reliability table, to be read by unnest: bins of equal count by probability, equal ones in one bin, and how many of each converted';

-- The state of brier is how many rows there are and the sum of their squared errors.

CREATE FUNCTION lead_temperature.brier_add(
		pg_catalog.float8[], probability pg_catalog.float8, converted pg_catalog.bool)
	RETURNS pg_catalog.float8[]
	AS 'MODULE_PATHNAME', 'brier_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.brier_add(pg_catalog.float8[], pg_catalog.float8, pg_catalog.bool) IS
'Internal: transition function of aggregate brier';

CREATE FUNCTION lead_temperature.brier_combine(pg_catalog.float8[], pg_catalog.float8[])
	RETURNS pg_catalog.float8[]
	AS 'MODULE_PATHNAME', 'brier_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.brier_combine(pg_catalog.float8[], pg_catalog.float8[]) IS
'Internal: combine function of aggregate brier';

CREATE FUNCTION lead_temperature.brier_final(pg_catalog.float8[]) RETURNS pg_catalog.float8
	AS 'MODULE_PATHNAME', 'brier_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.brier_final(pg_catalog.float8[]) IS
'Internal: final function of aggregate brier';

CREATE AGGREGATE lead_temperature.brier(probability pg_catalog.float8, converted pg_catalog.bool) (
	SFUNC = lead_temperature.brier_add,
	STYPE = pg_catalog.float8[],
	INITCOND = '{0,0}',
	FINALFUNC = lead_temperature.brier_final,
	COMBINEFUNC = lead_temperature.brier_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.brier(pg_catalog.float8, pg_catalog.bool) IS
'mean squared error of probabilities; the less the better';
