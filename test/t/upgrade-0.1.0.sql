/*
 * upgrade-0.1.0.sql
 *	  The database that upgrade.sql makes on version 0.1.0, as pg_dump of
 *	  PostgreSQL 15 wrote it, but for the version of the extension, without
 *	  comments and empty lines.
 */
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA "Odd ""Schema""";
CREATE SCHEMA lead_temperature;
CREATE EXTENSION lead_temperature WITH SCHEMA lead_temperature VERSION '0.1.0';
COMMENT ON EXTENSION lead_temperature IS 'lead temperature: which leads are about to buy, kept up to date by every interaction';
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE "Odd ""Schema"""."Web ""1""_base" (
    lead uuid NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    stage_since timestamp with time zone NOT NULL,
    hot_since timestamp with time zone,
    interactions bigint NOT NULL,
    stage lead_temperature.stage NOT NULL,
    status lead_temperature.status NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    model_version integer NOT NULL,
    held double precision[] NOT NULL
);
COMMENT ON TABLE "Odd ""Schema"""."Web ""1""_base" IS 'opening balances of the leads of "Odd ""Schema"""."Web Events" (lead_temperature)';
CREATE TABLE "Odd ""Schema"""."Web ""1""_lead" (
    lead uuid NOT NULL,
    heat lead_temperature.heat NOT NULL,
    level double precision,
    first_at timestamp with time zone,
    last_at timestamp with time zone,
    stage_since timestamp with time zone,
    hot_since timestamp with time zone,
    due_at timestamp with time zone,
    interactions bigint NOT NULL,
    stage lead_temperature.stage NOT NULL,
    status lead_temperature.status NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    model_version integer NOT NULL,
    held double precision[] NOT NULL,
    checkpoint bigint[]
);
COMMENT ON TABLE "Odd ""Schema"""."Web ""1""_lead" IS 'state of the leads of "Odd ""Schema"""."Web Events" (lead_temperature)';
CREATE VIEW "Odd ""Schema"""."Web ""1""_funnel" AS
 SELECT (s.stage)::text AS stage,
    s.stage_order,
    s.leads,
    s.cold,
    s.warm,
    s.hot,
    s.won,
    s.lost,
    s.share_of_open,
    s.reached,
    s.conversion_from_previous,
    s.conversion_from_first,
    now() AS as_of
   FROM ( SELECT lead_temperature.funnel_of(l.stage, l.status, l.level, ( SELECT lead_temperature.warm_level('"Odd ""Schema"""."Web ""1""_lead"'::regclass) AS warm_level), ( SELECT lead_temperature.hot_level('"Odd ""Schema"""."Web ""1""_lead"'::regclass) AS hot_level)) AS funnel
           FROM "Odd ""Schema"""."Web ""1""_lead" l) f,
    LATERAL lead_temperature.stages(f.funnel) s(stage, stage_order, leads, cold, warm, hot, won, lost, share_of_open, reached, conversion_from_previous, conversion_from_first);
COMMENT ON VIEW "Odd ""Schema"""."Web ""1""_funnel" IS 'funnel now of the leads of "Odd ""Schema"""."Web Events" (lead_temperature)';
CREATE TABLE "Odd ""Schema"""."Web ""1""_transition" (
    id bigint NOT NULL,
    lead uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    from_stage lead_temperature.stage,
    to_stage lead_temperature.stage NOT NULL,
    from_status lead_temperature.status,
    to_status lead_temperature.status NOT NULL,
    from_temperature lead_temperature.temperature,
    to_temperature lead_temperature.temperature NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    score double precision NOT NULL,
    cause text,
    recorded_at timestamp with time zone NOT NULL,
    superseded_at timestamp with time zone
);
COMMENT ON TABLE "Odd ""Schema"""."Web ""1""_transition" IS 'transitions of the leads of "Odd ""Schema"""."Web Events" (lead_temperature)';
CREATE VIEW "Odd ""Schema"""."Web ""1""_funnel_weekly" AS
 WITH step AS (
         SELECT t.lead,
            t.at,
            date_trunc('week'::text, t.at, 'UTC'::text) AS week,
            t.from_stage,
            t.to_stage,
            t.to_status,
            ((t.from_status IS DISTINCT FROM t.to_status) OR (t.cycle > lag(t.cycle) OVER (PARTITION BY t.lead ORDER BY t.at))) AS closes
           FROM "Odd ""Schema"""."Web ""1""_transition" t
          WHERE (t.superseded_at IS NULL)
        ), move AS (
         SELECT m.week,
            m.at,
            m.from_stage,
            m.to_stage,
            lag(m.at) OVER (PARTITION BY m.lead ORDER BY m.at) AS since
           FROM step m
          WHERE (m.from_stage IS DISTINCT FROM m.to_stage)
        ), event AS (
         SELECT move.week,
            move.to_stage AS stage,
            'entered'::text AS what,
            ((EXTRACT(epoch FROM (move.at - move.since)))::double precision / (86400.0)::double precision) AS days
           FROM move
        UNION ALL
         SELECT move.week,
            move.from_stage AS stage,
            'advanced'::text AS what,
            NULL::double precision AS days
           FROM move
          WHERE (move.to_stage > move.from_stage)
        UNION ALL
         SELECT step.week,
            COALESCE(step.from_stage, step.to_stage) AS stage,
            (step.to_status)::text AS what,
            NULL::double precision AS days
           FROM step
          WHERE (step.closes AND (step.to_status <> 'open'::lead_temperature.status))
        )
 SELECT e.week,
    (e.stage)::text AS stage,
    lead_temperature.stage_order(e.stage) AS stage_order,
    count(*) FILTER (WHERE (e.what = 'entered'::text)) AS entered,
    count(*) FILTER (WHERE (e.what = 'advanced'::text)) AS advanced,
    count(*) FILTER (WHERE (e.what = 'won'::text)) AS won,
    count(*) FILTER (WHERE (e.what = 'lost'::text)) AS lost,
    percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY e.days) AS median_days
   FROM event e
  GROUP BY e.week, e.stage;
COMMENT ON VIEW "Odd ""Schema"""."Web ""1""_funnel_weekly" IS 'moves through the funnel by week of the leads of "Odd ""Schema"""."Web Events" (lead_temperature)';
CREATE VIEW "Odd ""Schema"""."Web ""1""_ranking" AS
 SELECT r.lead,
    r.level,
    lead_temperature.score_now(r.heat) AS score,
    r.temperature,
    r.temperature_order,
    (r.stage)::text AS stage,
    lead_temperature.stage_order(r.stage) AS stage_order,
    (r.status)::text AS status,
    (r.status = 'open'::lead_temperature.status) AS is_open,
    lead_temperature.hot_until('"Odd ""Schema"""."Web ""1""_lead"'::regclass, r.heat, r.last_at) AS hot_until,
    lead_temperature.warm_until('"Odd ""Schema"""."Web ""1""_lead"'::regclass, r.heat, r.last_at) AS warm_until,
    r.first_at,
    r.last_at,
    r.stage_since,
        CASE
            WHEN (r.temperature = 'hot'::text) THEN r.hot_since
            ELSE NULL::timestamp with time zone
        END AS hot_since,
    r.cycle,
    r.purchases,
    r.interactions,
    lead_temperature.model_name('"Odd ""Schema"""."Web ""1""_lead"'::regclass, r.model_version) AS model
   FROM ( SELECT "Web ""1""_lead".lead,
            "Web ""1""_lead".heat,
            "Web ""1""_lead".level,
            "Web ""1""_lead".first_at,
            "Web ""1""_lead".last_at,
            "Web ""1""_lead".stage_since,
            "Web ""1""_lead".hot_since,
            "Web ""1""_lead".interactions,
            "Web ""1""_lead".stage,
            "Web ""1""_lead".status,
            "Web ""1""_lead".cycle,
            "Web ""1""_lead".purchases,
            "Web ""1""_lead".model_version,
            'hot'::text AS temperature,
            3 AS temperature_order
           FROM "Odd ""Schema"""."Web ""1""_lead"
        UNION ALL
         SELECT "Web ""1""_lead".lead,
            "Web ""1""_lead".heat,
            "Web ""1""_lead".level,
            "Web ""1""_lead".first_at,
            "Web ""1""_lead".last_at,
            "Web ""1""_lead".stage_since,
            "Web ""1""_lead".hot_since,
            "Web ""1""_lead".interactions,
            "Web ""1""_lead".stage,
            "Web ""1""_lead".status,
            "Web ""1""_lead".cycle,
            "Web ""1""_lead".purchases,
            "Web ""1""_lead".model_version,
            'warm'::text AS temperature,
            2 AS temperature_order
           FROM "Odd ""Schema"""."Web ""1""_lead"
        UNION ALL
         SELECT "Web ""1""_lead".lead,
            "Web ""1""_lead".heat,
            "Web ""1""_lead".level,
            "Web ""1""_lead".first_at,
            "Web ""1""_lead".last_at,
            "Web ""1""_lead".stage_since,
            "Web ""1""_lead".hot_since,
            "Web ""1""_lead".interactions,
            "Web ""1""_lead".stage,
            "Web ""1""_lead".status,
            "Web ""1""_lead".cycle,
            "Web ""1""_lead".purchases,
            "Web ""1""_lead".model_version,
            'cold'::text AS temperature,
            1 AS temperature_order
           FROM "Odd ""Schema"""."Web ""1""_lead") r
  WHERE (((r.temperature = 'hot'::text) AND (r.level >= lead_temperature.hot_level('"Odd ""Schema"""."Web ""1""_lead"'::regclass))) OR ((r.temperature = 'warm'::text) AND (r.level >= lead_temperature.warm_level('"Odd ""Schema"""."Web ""1""_lead"'::regclass)) AND (r.level < lead_temperature.hot_level('"Odd ""Schema"""."Web ""1""_lead"'::regclass))) OR ((r.temperature = 'cold'::text) AND (r.level < lead_temperature.warm_level('"Odd ""Schema"""."Web ""1""_lead"'::regclass))));
COMMENT ON VIEW "Odd ""Schema"""."Web ""1""_ranking" IS 'temperature and rank now of the leads of "Odd ""Schema"""."Web Events" (lead_temperature)';
ALTER TABLE "Odd ""Schema"""."Web ""1""_transition" ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "Odd ""Schema"""."Web ""1""_transition_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE "Odd ""Schema"""."Web Events" (
    "Lead Id" uuid,
    "Kind" character varying(40),
    "At" timestamp with time zone NOT NULL
)
PARTITION BY RANGE ("At");
CREATE TABLE "Odd ""Schema"""."Web Events old" (
    "Lead Id" uuid,
    "Kind" character varying(40),
    "At" timestamp with time zone NOT NULL
);
CREATE TABLE "Odd ""Schema"""."Web Events rest" (
    "Lead Id" uuid,
    "Kind" character varying(40),
    "At" timestamp with time zone NOT NULL
);
CREATE TABLE public.click (
    visitor bigint,
    event text,
    at timestamp with time zone,
    weight numeric
);
CREATE TABLE public.click_base (
    lead bigint NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    stage_since timestamp with time zone NOT NULL,
    hot_since timestamp with time zone,
    interactions bigint NOT NULL,
    stage lead_temperature.stage NOT NULL,
    status lead_temperature.status NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    model_version integer NOT NULL,
    held double precision[] NOT NULL
);
COMMENT ON TABLE public.click_base IS 'opening balances of the leads of public.click (lead_temperature)';
CREATE TABLE public.click_funnel_count (
    grain smallint NOT NULL,
    bucket bigint NOT NULL,
    stage lead_temperature.stage NOT NULL,
    status lead_temperature.status NOT NULL,
    leads bigint NOT NULL
)
WITH (fillfactor='70');
COMMENT ON TABLE public.click_funnel_count IS 'counts by bucket of level of the leads of public.click (lead_temperature)';
CREATE TABLE public.click_funnel_delta (
    stage lead_temperature.stage NOT NULL,
    status lead_temperature.status NOT NULL,
    bucket bigint NOT NULL,
    leads bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='20000', autovacuum_vacuum_cost_delay='0');
ALTER TABLE ONLY public.click_funnel_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE public.click_funnel_delta IS 'pending changes of the counts of the leads of public.click (lead_temperature)';
CREATE TABLE public.click_lead (
    lead bigint NOT NULL,
    heat lead_temperature.heat NOT NULL,
    level double precision,
    first_at timestamp with time zone,
    last_at timestamp with time zone,
    stage_since timestamp with time zone,
    hot_since timestamp with time zone,
    due_at timestamp with time zone,
    interactions bigint NOT NULL,
    stage lead_temperature.stage NOT NULL,
    status lead_temperature.status NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    model_version integer NOT NULL,
    held double precision[] NOT NULL,
    checkpoint bigint[]
);
COMMENT ON TABLE public.click_lead IS 'state of the leads of public.click (lead_temperature)';
CREATE VIEW public.click_funnel AS
 SELECT (s.stage)::text AS stage,
    s.stage_order,
    s.leads,
    s.cold,
    s.warm,
    s.hot,
    s.won,
    s.lost,
    s.share_of_open,
    s.reached,
    s.conversion_from_previous,
    s.conversion_from_first,
    now() AS as_of
   FROM ( SELECT lead_temperature.funnel_of(p.stage, p.status, p.level, ( SELECT lead_temperature.warm_level('public.click_lead'::regclass) AS warm_level), ( SELECT lead_temperature.hot_level('public.click_lead'::regclass) AS hot_level), p.leads) AS funnel
           FROM ( SELECT c.stage,
                    c.status,
                    lead_temperature.bucket_level(c.grain, c.bucket) AS level,
                    c.leads
                   FROM lead_temperature.funnel_ranges(lead_temperature.warm_level('public.click_lead'::regclass), lead_temperature.hot_level('public.click_lead'::regclass)) r(grain, first, last),
                    LATERAL ( SELECT t.grain,
                            t.bucket,
                            t.stage,
                            t.status,
                            t.leads
                           FROM public.click_funnel_count t
                          WHERE ((t.grain = r.grain) AND (t.bucket >= r.first) AND (t.bucket <= r.last))
                         OFFSET 0) c
                UNION ALL
                 SELECT d.stage,
                    d.status,
                    lead_temperature.bucket_level((0)::smallint, d.bucket) AS level,
                    d.leads
                   FROM public.click_funnel_delta d
                  WHERE ((d.bucket <> ( SELECT lead_temperature.level_bucket(lead_temperature.warm_level('public.click_lead'::regclass)) AS level_bucket)) AND (d.bucket <> ( SELECT lead_temperature.level_bucket(lead_temperature.hot_level('public.click_lead'::regclass)) AS level_bucket)))
                UNION ALL
                 SELECT l.stage,
                    l.status,
                    l.level,
                    (1)::bigint AS leads
                   FROM public.click_lead l
                  WHERE ((l.level >= lead_temperature.bucket_level((0)::smallint, lead_temperature.level_bucket(lead_temperature.warm_level('public.click_lead'::regclass)))) AND (l.level < lead_temperature.bucket_level((0)::smallint, (lead_temperature.level_bucket(lead_temperature.warm_level('public.click_lead'::regclass)) + 1))))
                UNION ALL
                 SELECT l.stage,
                    l.status,
                    l.level,
                    (1)::bigint AS leads
                   FROM public.click_lead l
                  WHERE ((l.level >= lead_temperature.bucket_level((0)::smallint, lead_temperature.level_bucket(lead_temperature.hot_level('public.click_lead'::regclass)))) AND (l.level < lead_temperature.bucket_level((0)::smallint, (lead_temperature.level_bucket(lead_temperature.hot_level('public.click_lead'::regclass)) + 1))) AND (lead_temperature.level_bucket(lead_temperature.warm_level('public.click_lead'::regclass)) <> lead_temperature.level_bucket(lead_temperature.hot_level('public.click_lead'::regclass))))) p) f,
    LATERAL lead_temperature.stages(f.funnel) s(stage, stage_order, leads, cold, warm, hot, won, lost, share_of_open, reached, conversion_from_previous, conversion_from_first);
COMMENT ON VIEW public.click_funnel IS 'funnel now of the leads of public.click (lead_temperature)';
CREATE TABLE public.click_transition (
    id bigint NOT NULL,
    lead bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    from_stage lead_temperature.stage,
    to_stage lead_temperature.stage NOT NULL,
    from_status lead_temperature.status,
    to_status lead_temperature.status NOT NULL,
    from_temperature lead_temperature.temperature,
    to_temperature lead_temperature.temperature NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    score double precision NOT NULL,
    cause text,
    recorded_at timestamp with time zone NOT NULL,
    superseded_at timestamp with time zone
);
COMMENT ON TABLE public.click_transition IS 'transitions of the leads of public.click (lead_temperature)';
CREATE VIEW public.click_funnel_weekly AS
 WITH step AS (
         SELECT t.lead,
            t.at,
            date_trunc('week'::text, t.at, 'UTC'::text) AS week,
            t.from_stage,
            t.to_stage,
            t.to_status,
            ((t.from_status IS DISTINCT FROM t.to_status) OR (t.cycle > lag(t.cycle) OVER (PARTITION BY t.lead ORDER BY t.at))) AS closes
           FROM public.click_transition t
          WHERE (t.superseded_at IS NULL)
        ), move AS (
         SELECT m.week,
            m.at,
            m.from_stage,
            m.to_stage,
            lag(m.at) OVER (PARTITION BY m.lead ORDER BY m.at) AS since
           FROM step m
          WHERE (m.from_stage IS DISTINCT FROM m.to_stage)
        ), event AS (
         SELECT move.week,
            move.to_stage AS stage,
            'entered'::text AS what,
            ((EXTRACT(epoch FROM (move.at - move.since)))::double precision / (86400.0)::double precision) AS days
           FROM move
        UNION ALL
         SELECT move.week,
            move.from_stage AS stage,
            'advanced'::text AS what,
            NULL::double precision AS days
           FROM move
          WHERE (move.to_stage > move.from_stage)
        UNION ALL
         SELECT step.week,
            COALESCE(step.from_stage, step.to_stage) AS stage,
            (step.to_status)::text AS what,
            NULL::double precision AS days
           FROM step
          WHERE (step.closes AND (step.to_status <> 'open'::lead_temperature.status))
        )
 SELECT e.week,
    (e.stage)::text AS stage,
    lead_temperature.stage_order(e.stage) AS stage_order,
    count(*) FILTER (WHERE (e.what = 'entered'::text)) AS entered,
    count(*) FILTER (WHERE (e.what = 'advanced'::text)) AS advanced,
    count(*) FILTER (WHERE (e.what = 'won'::text)) AS won,
    count(*) FILTER (WHERE (e.what = 'lost'::text)) AS lost,
    percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY e.days) AS median_days
   FROM event e
  GROUP BY e.week, e.stage;
COMMENT ON VIEW public.click_funnel_weekly IS 'moves through the funnel by week of the leads of public.click (lead_temperature)';
CREATE VIEW public.click_ranking AS
 SELECT r.lead,
    r.level,
    lead_temperature.score_now(r.heat) AS score,
    r.temperature,
    r.temperature_order,
    (r.stage)::text AS stage,
    lead_temperature.stage_order(r.stage) AS stage_order,
    (r.status)::text AS status,
    (r.status = 'open'::lead_temperature.status) AS is_open,
    lead_temperature.hot_until('public.click_lead'::regclass, r.heat, r.last_at) AS hot_until,
    lead_temperature.warm_until('public.click_lead'::regclass, r.heat, r.last_at) AS warm_until,
    r.first_at,
    r.last_at,
    r.stage_since,
        CASE
            WHEN (r.temperature = 'hot'::text) THEN r.hot_since
            ELSE NULL::timestamp with time zone
        END AS hot_since,
    r.cycle,
    r.purchases,
    r.interactions,
    lead_temperature.model_name('public.click_lead'::regclass, r.model_version) AS model
   FROM ( SELECT click_lead.lead,
            click_lead.heat,
            click_lead.level,
            click_lead.first_at,
            click_lead.last_at,
            click_lead.stage_since,
            click_lead.hot_since,
            click_lead.interactions,
            click_lead.stage,
            click_lead.status,
            click_lead.cycle,
            click_lead.purchases,
            click_lead.model_version,
            'hot'::text AS temperature,
            3 AS temperature_order
           FROM public.click_lead
        UNION ALL
         SELECT click_lead.lead,
            click_lead.heat,
            click_lead.level,
            click_lead.first_at,
            click_lead.last_at,
            click_lead.stage_since,
            click_lead.hot_since,
            click_lead.interactions,
            click_lead.stage,
            click_lead.status,
            click_lead.cycle,
            click_lead.purchases,
            click_lead.model_version,
            'warm'::text AS temperature,
            2 AS temperature_order
           FROM public.click_lead
        UNION ALL
         SELECT click_lead.lead,
            click_lead.heat,
            click_lead.level,
            click_lead.first_at,
            click_lead.last_at,
            click_lead.stage_since,
            click_lead.hot_since,
            click_lead.interactions,
            click_lead.stage,
            click_lead.status,
            click_lead.cycle,
            click_lead.purchases,
            click_lead.model_version,
            'cold'::text AS temperature,
            1 AS temperature_order
           FROM public.click_lead) r
  WHERE (((r.temperature = 'hot'::text) AND (r.level >= lead_temperature.hot_level('public.click_lead'::regclass))) OR ((r.temperature = 'warm'::text) AND (r.level >= lead_temperature.warm_level('public.click_lead'::regclass)) AND (r.level < lead_temperature.hot_level('public.click_lead'::regclass))) OR ((r.temperature = 'cold'::text) AND (r.level < lead_temperature.warm_level('public.click_lead'::regclass))));
COMMENT ON VIEW public.click_ranking IS 'temperature and rank now of the leads of public.click (lead_temperature)';
ALTER TABLE public.click_transition ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.click_transition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.mail (
    id integer NOT NULL,
    email character varying(60) COLLATE pg_catalog."C",
    what text,
    at timestamp without time zone
);
CREATE TABLE public.mail_base (
    lead character varying(60) NOT NULL COLLATE pg_catalog."C",
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    stage_since timestamp with time zone NOT NULL,
    hot_since timestamp with time zone,
    interactions bigint NOT NULL,
    stage lead_temperature.stage NOT NULL,
    status lead_temperature.status NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    model_version integer NOT NULL,
    held double precision[] NOT NULL
);
COMMENT ON TABLE public.mail_base IS 'opening balances of the leads of public.mail (lead_temperature)';
CREATE TABLE public.mail_lead (
    lead character varying(60) NOT NULL COLLATE pg_catalog."C",
    heat lead_temperature.heat NOT NULL,
    level double precision,
    first_at timestamp with time zone,
    last_at timestamp with time zone,
    stage_since timestamp with time zone,
    hot_since timestamp with time zone,
    due_at timestamp with time zone,
    interactions bigint NOT NULL,
    stage lead_temperature.stage NOT NULL,
    status lead_temperature.status NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    model_version integer NOT NULL,
    held double precision[] NOT NULL,
    checkpoint bigint[]
);
COMMENT ON TABLE public.mail_lead IS 'state of the leads of public.mail (lead_temperature)';
CREATE VIEW public.mail_funnel AS
 SELECT (s.stage)::text AS stage,
    s.stage_order,
    s.leads,
    s.cold,
    s.warm,
    s.hot,
    s.won,
    s.lost,
    s.share_of_open,
    s.reached,
    s.conversion_from_previous,
    s.conversion_from_first,
    now() AS as_of
   FROM ( SELECT lead_temperature.funnel_of(l.stage, l.status, l.level, ( SELECT lead_temperature.warm_level('public.mail_lead'::regclass) AS warm_level), ( SELECT lead_temperature.hot_level('public.mail_lead'::regclass) AS hot_level)) AS funnel
           FROM public.mail_lead l) f,
    LATERAL lead_temperature.stages(f.funnel) s(stage, stage_order, leads, cold, warm, hot, won, lost, share_of_open, reached, conversion_from_previous, conversion_from_first);
COMMENT ON VIEW public.mail_funnel IS 'funnel now of the leads of public.mail (lead_temperature)';
CREATE TABLE public.mail_transition (
    id bigint NOT NULL,
    lead character varying(60) NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone NOT NULL,
    from_stage lead_temperature.stage,
    to_stage lead_temperature.stage NOT NULL,
    from_status lead_temperature.status,
    to_status lead_temperature.status NOT NULL,
    from_temperature lead_temperature.temperature,
    to_temperature lead_temperature.temperature NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    score double precision NOT NULL,
    cause text,
    recorded_at timestamp with time zone NOT NULL,
    superseded_at timestamp with time zone
);
COMMENT ON TABLE public.mail_transition IS 'transitions of the leads of public.mail (lead_temperature)';
CREATE VIEW public.mail_funnel_weekly AS
 WITH step AS (
         SELECT t.lead,
            t.at,
            date_trunc('week'::text, t.at, 'Europe/Helsinki'::text) AS week,
            t.from_stage,
            t.to_stage,
            t.to_status,
            ((t.from_status IS DISTINCT FROM t.to_status) OR (t.cycle > lag(t.cycle) OVER (PARTITION BY t.lead ORDER BY t.at))) AS closes
           FROM public.mail_transition t
          WHERE (t.superseded_at IS NULL)
        ), move AS (
         SELECT m.week,
            m.at,
            m.from_stage,
            m.to_stage,
            lag(m.at) OVER (PARTITION BY m.lead ORDER BY m.at) AS since
           FROM step m
          WHERE (m.from_stage IS DISTINCT FROM m.to_stage)
        ), event AS (
         SELECT move.week,
            move.to_stage AS stage,
            'entered'::text AS what,
            ((EXTRACT(epoch FROM (move.at - move.since)))::double precision / (86400.0)::double precision) AS days
           FROM move
        UNION ALL
         SELECT move.week,
            move.from_stage AS stage,
            'advanced'::text AS what,
            NULL::double precision AS days
           FROM move
          WHERE (move.to_stage > move.from_stage)
        UNION ALL
         SELECT step.week,
            COALESCE(step.from_stage, step.to_stage) AS stage,
            (step.to_status)::text AS what,
            NULL::double precision AS days
           FROM step
          WHERE (step.closes AND (step.to_status <> 'open'::lead_temperature.status))
        )
 SELECT e.week,
    (e.stage)::text AS stage,
    lead_temperature.stage_order(e.stage) AS stage_order,
    count(*) FILTER (WHERE (e.what = 'entered'::text)) AS entered,
    count(*) FILTER (WHERE (e.what = 'advanced'::text)) AS advanced,
    count(*) FILTER (WHERE (e.what = 'won'::text)) AS won,
    count(*) FILTER (WHERE (e.what = 'lost'::text)) AS lost,
    percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY e.days) AS median_days
   FROM event e
  GROUP BY e.week, e.stage;
COMMENT ON VIEW public.mail_funnel_weekly IS 'moves through the funnel by week of the leads of public.mail (lead_temperature)';
ALTER TABLE public.mail ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.mail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW public.mail_ranking AS
 SELECT r.lead,
    r.level,
    lead_temperature.score_now(r.heat) AS score,
    r.temperature,
    r.temperature_order,
    (r.stage)::text AS stage,
    lead_temperature.stage_order(r.stage) AS stage_order,
    (r.status)::text AS status,
    (r.status = 'open'::lead_temperature.status) AS is_open,
    lead_temperature.hot_until('public.mail_lead'::regclass, r.heat, r.last_at) AS hot_until,
    lead_temperature.warm_until('public.mail_lead'::regclass, r.heat, r.last_at) AS warm_until,
    r.first_at,
    r.last_at,
    r.stage_since,
        CASE
            WHEN (r.temperature = 'hot'::text) THEN r.hot_since
            ELSE NULL::timestamp with time zone
        END AS hot_since,
    r.cycle,
    r.purchases,
    r.interactions,
    lead_temperature.model_name('public.mail_lead'::regclass, r.model_version) AS model
   FROM ( SELECT mail_lead.lead,
            mail_lead.heat,
            mail_lead.level,
            mail_lead.first_at,
            mail_lead.last_at,
            mail_lead.stage_since,
            mail_lead.hot_since,
            mail_lead.interactions,
            mail_lead.stage,
            mail_lead.status,
            mail_lead.cycle,
            mail_lead.purchases,
            mail_lead.model_version,
            'hot'::text AS temperature,
            3 AS temperature_order
           FROM public.mail_lead
        UNION ALL
         SELECT mail_lead.lead,
            mail_lead.heat,
            mail_lead.level,
            mail_lead.first_at,
            mail_lead.last_at,
            mail_lead.stage_since,
            mail_lead.hot_since,
            mail_lead.interactions,
            mail_lead.stage,
            mail_lead.status,
            mail_lead.cycle,
            mail_lead.purchases,
            mail_lead.model_version,
            'warm'::text AS temperature,
            2 AS temperature_order
           FROM public.mail_lead
        UNION ALL
         SELECT mail_lead.lead,
            mail_lead.heat,
            mail_lead.level,
            mail_lead.first_at,
            mail_lead.last_at,
            mail_lead.stage_since,
            mail_lead.hot_since,
            mail_lead.interactions,
            mail_lead.stage,
            mail_lead.status,
            mail_lead.cycle,
            mail_lead.purchases,
            mail_lead.model_version,
            'cold'::text AS temperature,
            1 AS temperature_order
           FROM public.mail_lead) r
  WHERE (((r.temperature = 'hot'::text) AND (r.level >= lead_temperature.hot_level('public.mail_lead'::regclass))) OR ((r.temperature = 'warm'::text) AND (r.level >= lead_temperature.warm_level('public.mail_lead'::regclass)) AND (r.level < lead_temperature.hot_level('public.mail_lead'::regclass))) OR ((r.temperature = 'cold'::text) AND (r.level < lead_temperature.warm_level('public.mail_lead'::regclass))));
COMMENT ON VIEW public.mail_ranking IS 'temperature and rank now of the leads of public.mail (lead_temperature)';
ALTER TABLE public.mail_transition ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.mail_transition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE UNLOGGED TABLE public.visit (
    lead integer,
    kind text,
    at date
);
CREATE UNLOGGED TABLE public.visit_base (
    lead integer NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    stage_since timestamp with time zone NOT NULL,
    hot_since timestamp with time zone,
    interactions bigint NOT NULL,
    stage lead_temperature.stage NOT NULL,
    status lead_temperature.status NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    model_version integer NOT NULL,
    held double precision[] NOT NULL
);
COMMENT ON TABLE public.visit_base IS 'opening balances of the leads of public.visit (lead_temperature)';
CREATE UNLOGGED TABLE public.visit_lead (
    lead integer NOT NULL,
    heat lead_temperature.heat NOT NULL,
    level double precision,
    first_at timestamp with time zone,
    last_at timestamp with time zone,
    stage_since timestamp with time zone,
    hot_since timestamp with time zone,
    due_at timestamp with time zone,
    interactions bigint NOT NULL,
    stage lead_temperature.stage NOT NULL,
    status lead_temperature.status NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    model_version integer NOT NULL,
    held double precision[] NOT NULL,
    checkpoint bigint[]
);
COMMENT ON TABLE public.visit_lead IS 'state of the leads of public.visit (lead_temperature)';
CREATE VIEW public.visit_funnel AS
 SELECT (s.stage)::text AS stage,
    s.stage_order,
    s.leads,
    s.cold,
    s.warm,
    s.hot,
    s.won,
    s.lost,
    s.share_of_open,
    s.reached,
    s.conversion_from_previous,
    s.conversion_from_first,
    now() AS as_of
   FROM ( SELECT lead_temperature.funnel_of(l.stage, l.status, l.level, ( SELECT lead_temperature.warm_level('public.visit_lead'::regclass) AS warm_level), ( SELECT lead_temperature.hot_level('public.visit_lead'::regclass) AS hot_level)) AS funnel
           FROM public.visit_lead l) f,
    LATERAL lead_temperature.stages(f.funnel) s(stage, stage_order, leads, cold, warm, hot, won, lost, share_of_open, reached, conversion_from_previous, conversion_from_first);
COMMENT ON VIEW public.visit_funnel IS 'funnel now of the leads of public.visit (lead_temperature)';
CREATE UNLOGGED TABLE public.visit_transition (
    id bigint NOT NULL,
    lead integer NOT NULL,
    at timestamp with time zone NOT NULL,
    from_stage lead_temperature.stage,
    to_stage lead_temperature.stage NOT NULL,
    from_status lead_temperature.status,
    to_status lead_temperature.status NOT NULL,
    from_temperature lead_temperature.temperature,
    to_temperature lead_temperature.temperature NOT NULL,
    cycle integer NOT NULL,
    purchases integer NOT NULL,
    score double precision NOT NULL,
    cause text,
    recorded_at timestamp with time zone NOT NULL,
    superseded_at timestamp with time zone
);
COMMENT ON TABLE public.visit_transition IS 'transitions of the leads of public.visit (lead_temperature)';
CREATE VIEW public.visit_funnel_weekly AS
 WITH step AS (
         SELECT t.lead,
            t.at,
            date_trunc('week'::text, t.at, 'UTC'::text) AS week,
            t.from_stage,
            t.to_stage,
            t.to_status,
            ((t.from_status IS DISTINCT FROM t.to_status) OR (t.cycle > lag(t.cycle) OVER (PARTITION BY t.lead ORDER BY t.at))) AS closes
           FROM public.visit_transition t
          WHERE (t.superseded_at IS NULL)
        ), move AS (
         SELECT m.week,
            m.at,
            m.from_stage,
            m.to_stage,
            lag(m.at) OVER (PARTITION BY m.lead ORDER BY m.at) AS since
           FROM step m
          WHERE (m.from_stage IS DISTINCT FROM m.to_stage)
        ), event AS (
         SELECT move.week,
            move.to_stage AS stage,
            'entered'::text AS what,
            ((EXTRACT(epoch FROM (move.at - move.since)))::double precision / (86400.0)::double precision) AS days
           FROM move
        UNION ALL
         SELECT move.week,
            move.from_stage AS stage,
            'advanced'::text AS what,
            NULL::double precision AS days
           FROM move
          WHERE (move.to_stage > move.from_stage)
        UNION ALL
         SELECT step.week,
            COALESCE(step.from_stage, step.to_stage) AS stage,
            (step.to_status)::text AS what,
            NULL::double precision AS days
           FROM step
          WHERE (step.closes AND (step.to_status <> 'open'::lead_temperature.status))
        )
 SELECT e.week,
    (e.stage)::text AS stage,
    lead_temperature.stage_order(e.stage) AS stage_order,
    count(*) FILTER (WHERE (e.what = 'entered'::text)) AS entered,
    count(*) FILTER (WHERE (e.what = 'advanced'::text)) AS advanced,
    count(*) FILTER (WHERE (e.what = 'won'::text)) AS won,
    count(*) FILTER (WHERE (e.what = 'lost'::text)) AS lost,
    percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY e.days) AS median_days
   FROM event e
  GROUP BY e.week, e.stage;
COMMENT ON VIEW public.visit_funnel_weekly IS 'moves through the funnel by week of the leads of public.visit (lead_temperature)';
CREATE VIEW public.visit_ranking AS
 SELECT r.lead,
    r.level,
    lead_temperature.score_now(r.heat) AS score,
    r.temperature,
    r.temperature_order,
    (r.stage)::text AS stage,
    lead_temperature.stage_order(r.stage) AS stage_order,
    (r.status)::text AS status,
    (r.status = 'open'::lead_temperature.status) AS is_open,
    lead_temperature.hot_until('public.visit_lead'::regclass, r.heat, r.last_at) AS hot_until,
    lead_temperature.warm_until('public.visit_lead'::regclass, r.heat, r.last_at) AS warm_until,
    r.first_at,
    r.last_at,
    r.stage_since,
        CASE
            WHEN (r.temperature = 'hot'::text) THEN r.hot_since
            ELSE NULL::timestamp with time zone
        END AS hot_since,
    r.cycle,
    r.purchases,
    r.interactions,
    lead_temperature.model_name('public.visit_lead'::regclass, r.model_version) AS model
   FROM ( SELECT visit_lead.lead,
            visit_lead.heat,
            visit_lead.level,
            visit_lead.first_at,
            visit_lead.last_at,
            visit_lead.stage_since,
            visit_lead.hot_since,
            visit_lead.interactions,
            visit_lead.stage,
            visit_lead.status,
            visit_lead.cycle,
            visit_lead.purchases,
            visit_lead.model_version,
            'hot'::text AS temperature,
            3 AS temperature_order
           FROM public.visit_lead
        UNION ALL
         SELECT visit_lead.lead,
            visit_lead.heat,
            visit_lead.level,
            visit_lead.first_at,
            visit_lead.last_at,
            visit_lead.stage_since,
            visit_lead.hot_since,
            visit_lead.interactions,
            visit_lead.stage,
            visit_lead.status,
            visit_lead.cycle,
            visit_lead.purchases,
            visit_lead.model_version,
            'warm'::text AS temperature,
            2 AS temperature_order
           FROM public.visit_lead
        UNION ALL
         SELECT visit_lead.lead,
            visit_lead.heat,
            visit_lead.level,
            visit_lead.first_at,
            visit_lead.last_at,
            visit_lead.stage_since,
            visit_lead.hot_since,
            visit_lead.interactions,
            visit_lead.stage,
            visit_lead.status,
            visit_lead.cycle,
            visit_lead.purchases,
            visit_lead.model_version,
            'cold'::text AS temperature,
            1 AS temperature_order
           FROM public.visit_lead) r
  WHERE (((r.temperature = 'hot'::text) AND (r.level >= lead_temperature.hot_level('public.visit_lead'::regclass))) OR ((r.temperature = 'warm'::text) AND (r.level >= lead_temperature.warm_level('public.visit_lead'::regclass)) AND (r.level < lead_temperature.hot_level('public.visit_lead'::regclass))) OR ((r.temperature = 'cold'::text) AND (r.level < lead_temperature.warm_level('public.visit_lead'::regclass))));
COMMENT ON VIEW public.visit_ranking IS 'temperature and rank now of the leads of public.visit (lead_temperature)';
ALTER TABLE public.visit_transition ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.visit_transition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ONLY "Odd ""Schema"""."Web Events" ATTACH PARTITION "Odd ""Schema"""."Web Events old" FOR VALUES FROM (MINVALUE) TO ('2024-03-01 00:00:00+00');
ALTER TABLE ONLY "Odd ""Schema"""."Web Events" ATTACH PARTITION "Odd ""Schema"""."Web Events rest" DEFAULT;
COPY "Odd ""Schema"""."Web ""1""_base" (lead, first_at, last_at, stage_since, hot_since, interactions, stage, status, cycle, purchases, model_version, held) FROM stdin;
\.
COPY "Odd ""Schema"""."Web ""1""_lead" (lead, heat, level, first_at, last_at, stage_since, hot_since, due_at, interactions, stage, status, cycle, purchases, model_version, held, checkpoint) FROM stdin;
00000000-0000-4000-8000-000000000000	30.873999996401757 @ 2024-03-18 14:00:00+00 / 14 days	2519.2757014560757	2024-01-02 09:00:00+00	2024-03-18 14:00:00+00	2024-01-24 14:00:00+00	\N	\N	9	customer	open	2	1	1	{4.334434405057701,0,26.539565591344058}	\N
00000000-0000-4000-8000-000000000001	-20.830564612363723 @ 2024-03-05 00:00:00+00 / 14 days	-2517.7377728961815	2024-01-08 09:00:00+00	2024-03-05 00:00:00+00	2024-02-25 14:00:00+00	\N	\N	6	opportunity	open	1	0	1	{0,0,-20.830564612363723}	\N
00000000-0000-4000-8000-000000000002	5.630254432175368 @ 2024-02-25 19:00:00+00 / 14 days	2515.2640334527514	2024-01-14 09:00:00+00	2024-02-25 19:00:00+00	2024-01-29 00:00:00+00	\N	\N	6	customer	open	2	1	1	{0,5.630254432175368,0}	\N
00000000-0000-4000-8000-000000000003	15 @ 2024-03-16 09:00:00+00 / 14 days	2518.0765334527514	2024-01-12 14:00:00+00	2024-03-16 09:00:00+00	2024-01-30 19:00:00+00	\N	\N	8	customer	open	4	1	1	{0,15,0}	\N
00000000-0000-4000-8000-000000000004	36.07352575841587 @ 2024-03-13 00:00:00+00 / 14 days	2519.10143995977	2024-01-04 14:00:00+00	2024-03-13 00:00:00+00	2024-03-09 00:00:00+00	\N	\N	12	opportunity	open	1	0	1	{1.0647963176437283,0,35.00872944077214}	\N
00000000-0000-4000-8000-000000000005	100.44239778816971 @ 2024-03-18 14:00:00+00 / 14 days	2520.9776055166963	2024-01-05 00:00:00+00	2024-03-18 14:00:00+00	2024-02-17 19:00:00+00	2024-03-18 14:00:00+00	\N	15	opportunity	open	2	0	1	{2.9273318350148347,2.7862392921317793,94.7288266610231}	\N
00000000-0000-4000-8000-000000000006	0.1 @ 2024-03-20 19:00:00+00 / 14 days	2511.163190952732	2024-01-14 09:00:00+00	2024-03-20 19:00:00+00	2024-03-20 14:00:00+00	\N	\N	15	customer	won	2	1	1	{0.1,0,0}	\N
00000000-0000-4000-8000-000000000007	0 @ 1970-01-01 00:00:00+00 / 14 days	0	2024-01-02 09:00:00+00	2024-02-29 19:00:00+00	2024-01-13 00:00:00+00	\N	\N	9	customer	lost	3	1	1	{0,0,0}	\N
\.
COPY "Odd ""Schema"""."Web ""1""_transition" (id, lead, at, from_stage, to_stage, from_status, to_status, from_temperature, to_temperature, cycle, purchases, score, cause, recorded_at, superseded_at) FROM stdin;
1	00000000-0000-4000-8000-000000000000	2024-01-02 09:00:00+00	\N	lead	\N	open	\N	warm	1	0	20	question	2026-11-27 14:28:08.917675+00	\N
2	00000000-0000-4000-8000-000000000000	2024-01-06 09:00:00+00	lead	marketing_qualified	open	open	warm	warm	1	0	36.40670712015276	question	2026-11-27 14:28:08.917675+00	\N
4	00000000-0000-4000-8000-000000000001	2024-01-08 09:00:00+00	\N	sales_qualified	\N	open	\N	hot	1	0	80	demo_request	2026-11-27 14:28:08.917675+00	\N
5	00000000-0000-4000-8000-000000000001	2024-02-25 14:00:00+00	sales_qualified	opportunity	open	open	warm	hot	1	0	59.41877279253222	meeting_held	2026-11-27 14:28:08.917675+00	\N
10	00000000-0000-4000-8000-000000000003	2024-02-27 14:00:00+00	customer	customer	won	open	cold	warm	3	1	20	add_to_cart	2026-11-27 14:28:08.917675+00	\N
11	00000000-0000-4000-8000-000000000004	2024-01-04 14:00:00+00	\N	visitor	\N	open	\N	cold	1	0	5	visit	2026-11-27 14:28:08.917675+00	\N
12	00000000-0000-4000-8000-000000000004	2024-01-28 09:00:00+00	visitor	lead	open	open	cold	warm	1	0	22.783987923448553	question	2026-11-27 14:28:08.917675+00	\N
13	00000000-0000-4000-8000-000000000004	2024-03-09 00:00:00+00	lead	opportunity	open	open	cold	hot	1	0	43.85221908938535	meeting_held	2026-11-27 14:28:08.917675+00	\N
15	00000000-0000-4000-8000-000000000006	2024-01-14 09:00:00+00	\N	visitor	\N	open	\N	cold	1	0	5	visit	2026-11-27 14:28:08.917675+00	\N
3	00000000-0000-4000-8000-000000000000	2024-03-18 14:00:00+00	marketing_qualified	marketing_qualified	open	open	cold	warm	1	0	22.559441947435563	question	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
6	00000000-0000-4000-8000-000000000002	2024-02-01 09:00:00+00	\N	visitor	\N	lost	\N	cold	1	0	0	opportunity_lost	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
7	00000000-0000-4000-8000-000000000003	2024-01-17 00:00:00+00	\N	lead	\N	open	\N	warm	1	0	15	newsletter_signup	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
8	00000000-0000-4000-8000-000000000003	2024-01-20 09:00:00+00	lead	lead	open	lost	warm	cold	1	0	12.691750558368796	opportunity_lost	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
9	00000000-0000-4000-8000-000000000003	2024-01-30 19:00:00+00	lead	customer	lost	won	cold	cold	2	1	0	purchase	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
14	00000000-0000-4000-8000-000000000005	2024-02-09 19:00:00+00	\N	visitor	\N	lost	\N	cold	1	0	0	opportunity_lost	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
16	00000000-0000-4000-8000-000000000006	2024-02-12 00:00:00+00	visitor	opportunity	open	open	cold	hot	1	0	45.21873157735378	meeting_held	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
17	00000000-0000-4000-8000-000000000006	2024-02-18 00:00:00+00	opportunity	opportunity	open	lost	warm	cold	1	0	33.59738844298216	opportunity_lost	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
18	00000000-0000-4000-8000-000000000006	2024-03-06 14:00:00+00	opportunity	lead	lost	open	cold	warm	2	0	20.750700590956715	question	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
19	00000000-0000-4000-8000-000000000006	2024-03-16 14:00:00+00	lead	sales_qualified	open	open	warm	hot	2	0	92.64769367734256	demo_request	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
20	00000000-0000-4000-8000-000000000006	2024-03-20 14:00:00+00	sales_qualified	customer	open	won	hot	cold	2	1	76.0021787760894	purchase	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
21	00000000-0000-4000-8000-000000000007	2024-01-13 00:00:00+00	\N	customer	\N	won	\N	cold	1	1	0	purchase	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
22	00000000-0000-4000-8000-000000000007	2024-01-25 00:00:00+00	customer	customer	won	open	cold	hot	2	1	40	meeting_held	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
23	00000000-0000-4000-8000-000000000007	2024-02-13 19:00:00+00	customer	customer	open	lost	warm	cold	2	1	27.506173156560294	opportunity_lost	2026-11-27 14:28:08.917675+00	2026-11-27 14:28:08.966526+00
24	00000000-0000-4000-8000-000000000000	2024-01-24 14:00:00+00	marketing_qualified	customer	open	won	warm	cold	1	1	14.779618405365161	purchase	2026-11-27 14:28:08.966526+00	\N
25	00000000-0000-4000-8000-000000000000	2024-01-26 19:00:00+00	customer	customer	won	open	cold	warm	2	1	20	question	2026-11-27 14:28:08.966526+00	\N
26	00000000-0000-4000-8000-000000000000	2024-02-11 09:00:00+00	customer	customer	open	open	cold	warm	2	1	10.246022393908852	product_view	2026-11-27 14:28:08.966526+00	\N
27	00000000-0000-4000-8000-000000000000	2024-02-15 19:00:00+00	customer	customer	open	open	cold	warm	2	1	10.233557153045727	email_click	2026-11-27 14:28:08.966526+00	\N
28	00000000-0000-4000-8000-000000000000	2024-02-19 14:00:00+00	customer	customer	open	open	cold	warm	2	1	28.481988166472703	question	2026-11-27 14:28:08.966526+00	\N
29	00000000-0000-4000-8000-000000000000	2024-03-12 19:00:00+00	customer	customer	open	open	cold	warm	2	1	14.485135788348853	visit	2026-11-27 14:28:08.966526+00	\N
30	00000000-0000-4000-8000-000000000002	2024-01-14 09:00:00+00	\N	visitor	\N	open	\N	cold	1	0	0	\N	2026-11-27 14:28:08.966526+00	\N
31	00000000-0000-4000-8000-000000000002	2024-01-18 19:00:00+00	visitor	lead	open	open	cold	warm	1	0	15	newsletter_signup	2026-11-27 14:28:08.966526+00	\N
32	00000000-0000-4000-8000-000000000002	2024-01-29 00:00:00+00	lead	customer	open	won	cold	cold	1	1	9.048783981003913	purchase	2026-11-27 14:28:08.966526+00	\N
33	00000000-0000-4000-8000-000000000002	2024-02-06 00:00:00+00	customer	customer	won	open	cold	warm	2	1	15	newsletter_signup	2026-11-27 14:28:08.966526+00	\N
34	00000000-0000-4000-8000-000000000003	2024-01-12 14:00:00+00	\N	visitor	\N	open	\N	cold	1	0	1	product_view	2026-11-27 14:28:08.966526+00	\N
35	00000000-0000-4000-8000-000000000003	2024-01-17 00:00:00+00	visitor	lead	open	open	cold	warm	1	0	15.803585707360984	newsletter_signup	2026-11-27 14:28:08.966526+00	\N
36	00000000-0000-4000-8000-000000000003	2024-01-20 09:00:00+00	lead	lead	open	lost	warm	cold	1	0	13.371677848375192	opportunity_lost	2026-11-27 14:28:08.966526+00	\N
37	00000000-0000-4000-8000-000000000003	2024-01-23 00:00:00+00	lead	lead	lost	open	cold	warm	2	0	20	add_to_cart	2026-11-27 14:28:08.966526+00	\N
38	00000000-0000-4000-8000-000000000003	2024-01-30 19:00:00+00	lead	customer	open	won	warm	cold	2	1	13.598545800127933	purchase	2026-11-27 14:28:08.966526+00	\N
39	00000000-0000-4000-8000-000000000003	2024-03-10 14:00:00+00	customer	customer	open	lost	warm	cold	3	1	11.040895136738126	opportunity_lost	2026-11-27 14:28:08.966526+00	\N
40	00000000-0000-4000-8000-000000000003	2024-03-16 09:00:00+00	customer	customer	lost	open	cold	warm	4	1	15	newsletter_signup	2026-11-27 14:28:08.966526+00	\N
41	00000000-0000-4000-8000-000000000005	2024-01-05 00:00:00+00	\N	visitor	\N	open	\N	cold	1	0	1	product_view	2026-11-27 14:28:08.966526+00	\N
42	00000000-0000-4000-8000-000000000005	2024-02-02 00:00:00+00	visitor	sales_qualified	open	open	cold	hot	1	0	82.62078079514977	demo_request	2026-11-27 14:28:08.966526+00	\N
43	00000000-0000-4000-8000-000000000005	2024-02-09 19:00:00+00	sales_qualified	sales_qualified	open	lost	hot	cold	1	0	56.176123584258725	opportunity_lost	2026-11-27 14:28:08.966526+00	\N
44	00000000-0000-4000-8000-000000000005	2024-02-13 14:00:00+00	sales_qualified	lead	lost	open	cold	warm	2	0	15	newsletter_signup	2026-11-27 14:28:08.966526+00	\N
45	00000000-0000-4000-8000-000000000005	2024-02-17 19:00:00+00	lead	opportunity	open	open	warm	hot	2	0	52.178760103121746	meeting_held	2026-11-27 14:28:08.966526+00	\N
46	00000000-0000-4000-8000-000000000005	2024-03-03 00:00:00+00	opportunity	opportunity	open	open	warm	hot	2	0	44.21879358985089	visit	2026-11-27 14:28:08.966526+00	\N
47	00000000-0000-4000-8000-000000000005	2024-03-18 14:00:00+00	opportunity	opportunity	open	open	warm	hot	2	0	100.44239778816971	demo_request	2026-11-27 14:28:08.966526+00	\N
48	00000000-0000-4000-8000-000000000006	2024-02-12 00:00:00+00	visitor	opportunity	open	open	cold	hot	1	0	45.67159340948574	meeting_held	2026-11-27 14:28:08.966526+00	\N
49	00000000-0000-4000-8000-000000000006	2024-02-18 00:00:00+00	opportunity	opportunity	open	lost	warm	cold	1	0	33.933863491140244	opportunity_lost	2026-11-27 14:28:08.966526+00	\N
50	00000000-0000-4000-8000-000000000006	2024-03-06 14:00:00+00	opportunity	lead	lost	open	cold	warm	2	0	21.854790104630528	question	2026-11-27 14:28:08.966526+00	\N
51	00000000-0000-4000-8000-000000000006	2024-03-16 14:00:00+00	lead	sales_qualified	open	open	warm	hot	2	0	97.94365497061317	demo_request	2026-11-27 14:28:08.966526+00	\N
52	00000000-0000-4000-8000-000000000006	2024-03-20 14:00:00+00	sales_qualified	customer	open	won	hot	cold	2	1	80.34664306900721	purchase	2026-11-27 14:28:08.966526+00	\N
53	00000000-0000-4000-8000-000000000007	2024-01-02 09:00:00+00	\N	visitor	\N	open	\N	cold	1	0	0	\N	2026-11-27 14:28:08.966526+00	\N
54	00000000-0000-4000-8000-000000000007	2024-01-11 00:00:00+00	visitor	visitor	open	lost	cold	cold	1	0	0	opportunity_lost	2026-11-27 14:28:08.966526+00	\N
55	00000000-0000-4000-8000-000000000007	2024-01-13 00:00:00+00	visitor	customer	lost	won	cold	cold	2	1	0	purchase	2026-11-27 14:28:08.966526+00	\N
56	00000000-0000-4000-8000-000000000007	2024-01-16 09:00:00+00	customer	customer	won	open	cold	hot	3	1	80	demo_request	2026-11-27 14:28:08.966526+00	\N
57	00000000-0000-4000-8000-000000000007	2024-02-13 19:00:00+00	customer	customer	open	lost	hot	cold	3	1	47.097812148492324	opportunity_lost	2026-11-27 14:28:08.966526+00	\N
\.
COPY "Odd ""Schema"""."Web Events old" ("Lead Id", "Kind", "At") FROM stdin;
00000000-0000-4000-8000-000000000000	question	2024-01-02 09:00:00+00
00000000-0000-4000-8000-000000000004	visit	2024-01-04 14:00:00+00
00000000-0000-4000-8000-000000000000	question	2024-01-06 09:00:00+00
00000000-0000-4000-8000-000000000001	demo_request	2024-01-08 09:00:00+00
00000000-0000-4000-8000-000000000001	it's "odd"	2024-01-11 00:00:00+00
00000000-0000-4000-8000-000000000007	purchase	2024-01-13 00:00:00+00
00000000-0000-4000-8000-000000000006	visit	2024-01-14 09:00:00+00
00000000-0000-4000-8000-000000000003	newsletter_signup	2024-01-17 00:00:00+00
00000000-0000-4000-8000-000000000004	email_click	2024-01-18 19:00:00+00
00000000-0000-4000-8000-000000000003	opportunity_lost	2024-01-20 09:00:00+00
00000000-0000-4000-8000-000000000006	product_view	2024-01-22 19:00:00+00
00000000-0000-4000-8000-000000000007	meeting_held	2024-01-25 00:00:00+00
00000000-0000-4000-8000-000000000000	question	2024-01-26 19:00:00+00
00000000-0000-4000-8000-000000000004	question	2024-01-28 09:00:00+00
00000000-0000-4000-8000-000000000003	purchase	2024-01-30 19:00:00+00
00000000-0000-4000-8000-000000000002	opportunity_lost	2024-02-01 09:00:00+00
00000000-0000-4000-8000-000000000007	email_click	2024-02-04 00:00:00+00
00000000-0000-4000-8000-000000000006	visit	2024-02-05 14:00:00+00
00000000-0000-4000-8000-000000000007	newsletter_signup	2024-02-08 00:00:00+00
00000000-0000-4000-8000-000000000005	opportunity_lost	2024-02-09 19:00:00+00
00000000-0000-4000-8000-000000000006	meeting_held	2024-02-12 00:00:00+00
00000000-0000-4000-8000-000000000007	opportunity_lost	2024-02-13 19:00:00+00
00000000-0000-4000-8000-000000000001	add_to_cart	2024-02-15 09:00:00+00
00000000-0000-4000-8000-000000000006	opportunity_lost	2024-02-18 00:00:00+00
00000000-0000-4000-8000-000000000004	email_click	2024-02-19 14:00:00+00
00000000-0000-4000-8000-000000000005	of no meaning	2024-02-21 09:00:00+00
00000000-0000-4000-8000-000000000005	email_click	2024-02-23 19:00:00+00
00000000-0000-4000-8000-000000000001	meeting_held	2024-02-25 14:00:00+00
00000000-0000-4000-8000-000000000003	add_to_cart	2024-02-27 14:00:00+00
00000000-0000-4000-8000-000000000006	product_view	2024-02-29 19:00:00+00
00000000-0000-4000-8000-000000000007	\N	2024-01-02 09:00:00+00
00000000-0000-4000-8000-000000000005	product_view	2024-01-05 00:00:00+00
00000000-0000-4000-8000-000000000004	\N	2024-01-06 14:00:00+00
00000000-0000-4000-8000-000000000005	visit	2024-01-08 14:00:00+00
00000000-0000-4000-8000-000000000007	opportunity_lost	2024-01-11 00:00:00+00
00000000-0000-4000-8000-000000000003	product_view	2024-01-12 14:00:00+00
00000000-0000-4000-8000-000000000002	\N	2024-01-14 09:00:00+00
00000000-0000-4000-8000-000000000007	demo_request	2024-01-16 09:00:00+00
00000000-0000-4000-8000-000000000002	newsletter_signup	2024-01-18 19:00:00+00
00000000-0000-4000-8000-000000000004	of no meaning	2024-01-20 19:00:00+00
00000000-0000-4000-8000-000000000003	add_to_cart	2024-01-23 00:00:00+00
00000000-0000-4000-8000-000000000000	purchase	2024-01-24 14:00:00+00
00000000-0000-4000-8000-000000000006	product_view	2024-01-27 00:00:00+00
00000000-0000-4000-8000-000000000002	purchase	2024-01-29 00:00:00+00
00000000-0000-4000-8000-000000000005	product_view	2024-01-30 09:00:00+00
00000000-0000-4000-8000-000000000005	demo_request	2024-02-02 00:00:00+00
00000000-0000-4000-8000-000000000004	it's "odd"	2024-02-03 19:00:00+00
00000000-0000-4000-8000-000000000002	newsletter_signup	2024-02-06 00:00:00+00
00000000-0000-4000-8000-000000000004	\N	2024-02-07 19:00:00+00
00000000-0000-4000-8000-000000000005	\N	2024-02-09 14:00:00+00
00000000-0000-4000-8000-000000000000	product_view	2024-02-11 09:00:00+00
00000000-0000-4000-8000-000000000005	newsletter_signup	2024-02-13 14:00:00+00
00000000-0000-4000-8000-000000000000	email_click	2024-02-15 19:00:00+00
00000000-0000-4000-8000-000000000005	meeting_held	2024-02-17 19:00:00+00
00000000-0000-4000-8000-000000000000	question	2024-02-19 14:00:00+00
00000000-0000-4000-8000-000000000005	question	2024-02-21 19:00:00+00
00000000-0000-4000-8000-000000000006	email_click	2024-02-23 14:00:00+00
00000000-0000-4000-8000-000000000002	it's "odd"	2024-02-25 19:00:00+00
00000000-0000-4000-8000-000000000005	of no meaning	2024-02-27 14:00:00+00
00000000-0000-4000-8000-000000000007	\N	2024-02-29 19:00:00+00
\.
COPY "Odd ""Schema"""."Web Events rest" ("Lead Id", "Kind", "At") FROM stdin;
00000000-0000-4000-8000-000000000004	of no meaning	2024-03-02 19:00:00+00
00000000-0000-4000-8000-000000000001	of no meaning	2024-03-04 14:00:00+00
00000000-0000-4000-8000-000000000006	question	2024-03-06 14:00:00+00
00000000-0000-4000-8000-000000000004	meeting_held	2024-03-09 00:00:00+00
00000000-0000-4000-8000-000000000006	of no meaning	2024-03-10 14:00:00+00
00000000-0000-4000-8000-000000000004	page_view	2024-03-13 00:00:00+00
00000000-0000-4000-8000-000000000005	it's "odd"	2024-03-14 09:00:00+00
00000000-0000-4000-8000-000000000006	demo_request	2024-03-16 14:00:00+00
00000000-0000-4000-8000-000000000000	question	2024-03-18 14:00:00+00
00000000-0000-4000-8000-000000000006	purchase	2024-03-20 14:00:00+00
00000000-0000-4000-8000-000000000005	visit	2024-03-03 00:00:00+00
00000000-0000-4000-8000-000000000001	no_show	2024-03-05 00:00:00+00
00000000-0000-4000-8000-000000000006	it's "odd"	2024-03-06 09:00:00+00
00000000-0000-4000-8000-000000000004	it's "odd"	2024-03-09 00:00:00+00
00000000-0000-4000-8000-000000000003	opportunity_lost	2024-03-10 14:00:00+00
00000000-0000-4000-8000-000000000000	visit	2024-03-12 19:00:00+00
00000000-0000-4000-8000-000000000006	visit	2024-03-15 00:00:00+00
00000000-0000-4000-8000-000000000003	newsletter_signup	2024-03-16 09:00:00+00
00000000-0000-4000-8000-000000000005	demo_request	2024-03-18 14:00:00+00
00000000-0000-4000-8000-000000000006	page_view	2024-03-20 19:00:00+00
\.
COPY lead_temperature.frozen_model (interactions, version, model, half_life, warm, mql, hot, groups, caps, kinds, points, signal_groups, stages, outcomes) FROM stdin;
public.click	1	click	14 days	10	25	40	{browsing,content}	{20,15}	{ad_click,add_to_cart,bounce,call,checkout_started,comparison_view,content_download,demo_request,disqualified,email_click,email_open,event_badge_scan,event_conversation,form_submit,info_request,meeting_booked,meeting_held,newsletter_signup,no_show,opportunity_lost,page_view,pricing_view,product_view,purchase,question,question_answered,quote_request,referral,review_read,site_search,social_follow,spam_complaint,store_visit,trial_started,unsubscribe,visit,webinar_attended}	{0.5,20,-4,8,60,4,15,80,NULL,2,0,4,20,15,15,60,40,15,-60,NULL,0.1,3,1,NULL,20,12,80,30,2,2,12,NULL,10,50,-20,5,15}	{browsing,NULL,browsing,NULL,NULL,browsing,content,NULL,NULL,browsing,browsing,NULL,NULL,NULL,NULL,NULL,NULL,content,NULL,NULL,browsing,browsing,browsing,NULL,NULL,NULL,NULL,NULL,browsing,browsing,content,NULL,NULL,NULL,NULL,browsing,content}	{NULL,NULL,NULL,lead,opportunity,NULL,lead,lead,NULL,NULL,NULL,lead,lead,lead,lead,lead,opportunity,lead,NULL,NULL,NULL,NULL,NULL,NULL,lead,NULL,lead,lead,NULL,NULL,lead,NULL,NULL,lead,lead,NULL,lead}	{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,won,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,NULL,NULL}
"Odd ""Schema"""."Web Events"	1	Web "1"	14 days	10	25	40	{browsing,content}	{20,15}	{ad_click,add_to_cart,bounce,call,checkout_started,comparison_view,content_download,demo_request,disqualified,email_click,email_open,event_badge_scan,event_conversation,form_submit,info_request,meeting_booked,meeting_held,newsletter_signup,no_show,opportunity_lost,page_view,pricing_view,product_view,purchase,question,question_answered,quote_request,referral,review_read,site_search,social_follow,spam_complaint,store_visit,trial_started,unsubscribe,visit,webinar_attended}	{0.5,20,-4,8,60,4,15,80,NULL,2,0,4,20,15,15,60,40,15,-60,NULL,0.1,3,1,NULL,20,12,80,30,2,2,12,NULL,10,50,-20,5,15}	{browsing,NULL,browsing,NULL,NULL,browsing,content,NULL,NULL,browsing,browsing,NULL,NULL,NULL,NULL,NULL,NULL,content,NULL,NULL,browsing,browsing,browsing,NULL,NULL,NULL,NULL,NULL,browsing,browsing,content,NULL,NULL,NULL,NULL,browsing,content}	{NULL,NULL,NULL,lead,opportunity,NULL,lead,lead,NULL,NULL,NULL,lead,lead,lead,lead,lead,opportunity,lead,NULL,NULL,NULL,NULL,NULL,NULL,lead,NULL,lead,lead,NULL,NULL,lead,NULL,NULL,lead,lead,NULL,lead}	{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,won,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,NULL,NULL}
public.mail	1	mine	10 days	10	25	50	{browsing,content,"odd \\"group\\""}	{20,15,7}	{ad_click,add_to_cart,bounce,call,checkout_started,comparison_view,content_download,demo_request,disqualified,email_click,email_open,event_badge_scan,event_conversation,form_submit,info_request,"it's \\"odd\\"",meeting_booked,meeting_held,newsletter_signup,no_show,opportunity_lost,page_view,pricing_view,product_view,purchase,question,question_answered,quote_request,referral,review_read,site_search,social_follow,spam_complaint,store_visit,trial_started,unsubscribe,visit,webinar_attended}	{0.5,20,-4,8,60,4,15,80,NULL,2,0,4,20,15,15,3,60,40,15,-60,NULL,0.1,3,1,NULL,20,12,80,30,2,2,12,NULL,10,50,-20,5,15}	{browsing,NULL,browsing,NULL,NULL,browsing,content,NULL,NULL,browsing,browsing,NULL,NULL,NULL,NULL,"odd \\"group\\"",NULL,NULL,content,NULL,NULL,browsing,browsing,browsing,NULL,NULL,NULL,NULL,NULL,browsing,browsing,content,NULL,NULL,NULL,NULL,browsing,content}	{NULL,NULL,NULL,lead,opportunity,NULL,lead,lead,NULL,NULL,NULL,lead,lead,lead,lead,NULL,lead,opportunity,lead,NULL,NULL,NULL,NULL,NULL,NULL,lead,NULL,lead,lead,NULL,NULL,lead,NULL,NULL,lead,lead,NULL,lead}	{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,won,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,NULL,NULL}
public.visit	1	visit	14 days	10	25	40	{browsing,content}	{20,15}	{ad_click,add_to_cart,bounce,call,checkout_started,comparison_view,content_download,demo_request,disqualified,email_click,email_open,event_badge_scan,event_conversation,form_submit,info_request,meeting_booked,meeting_held,newsletter_signup,no_show,opportunity_lost,page_view,pricing_view,product_view,purchase,question,question_answered,quote_request,referral,review_read,site_search,social_follow,spam_complaint,store_visit,trial_started,unsubscribe,visit,webinar_attended}	{0.5,20,-4,8,60,4,15,80,NULL,2,0,4,20,15,15,60,40,15,-60,NULL,0.1,3,1,NULL,20,12,80,30,2,2,12,NULL,10,50,-20,5,15}	{browsing,NULL,browsing,NULL,NULL,browsing,content,NULL,NULL,browsing,browsing,NULL,NULL,NULL,NULL,NULL,NULL,content,NULL,NULL,browsing,browsing,browsing,NULL,NULL,NULL,NULL,NULL,browsing,browsing,content,NULL,NULL,NULL,NULL,browsing,content}	{NULL,NULL,NULL,lead,opportunity,NULL,lead,lead,NULL,NULL,NULL,lead,lead,lead,lead,lead,opportunity,lead,NULL,NULL,NULL,NULL,NULL,NULL,lead,NULL,lead,lead,NULL,NULL,lead,NULL,NULL,lead,lead,NULL,lead}	{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,won,NULL,NULL,NULL,NULL,NULL,NULL,NULL,lost,NULL,NULL,NULL,NULL,NULL}
\.
COPY lead_temperature.ignored_rows (interactions, rows) FROM stdin;
public.mail	1
\.
COPY lead_temperature.model (name, owner, half_life, warm, mql, hot) FROM stdin;
mine	postgres	10 days	10	25	50
click	postgres	14 days	10	25	40
Web "1"	postgres	14 days	10	25	40
visit	postgres	14 days	10	25	40
learned	postgres	10 days	10	25	40
\.
COPY lead_temperature.signal_group (model, name, cap) FROM stdin;
mine	browsing	20
mine	content	15
mine	odd "group"	7
click	browsing	20
click	content	15
Web "1"	browsing	20
Web "1"	content	15
visit	browsing	20
visit	content	15
learned	browsing	20
learned	content	15
\.
COPY lead_temperature.signal (model, kind, points, signal_group, stage, outcome) FROM stdin;
mine	ad_click	0.5	browsing	\N	\N
mine	page_view	0.1	browsing	\N	\N
mine	product_view	1	browsing	\N	\N
mine	visit	5	browsing	\N	\N
mine	site_search	2	browsing	\N	\N
mine	pricing_view	3	browsing	\N	\N
mine	comparison_view	4	browsing	\N	\N
mine	review_read	2	browsing	\N	\N
mine	email_open	0	browsing	\N	\N
mine	bounce	-4	browsing	\N	\N
mine	newsletter_signup	15	content	lead	\N
mine	content_download	15	content	lead	\N
mine	webinar_attended	15	content	lead	\N
mine	social_follow	12	content	lead	\N
mine	form_submit	15	\N	lead	\N
mine	info_request	15	\N	lead	\N
mine	question	20	\N	lead	\N
mine	question_answered	12	\N	\N	\N
mine	call	8	\N	lead	\N
mine	store_visit	10	\N	\N	\N
mine	event_badge_scan	4	\N	lead	\N
mine	event_conversation	20	\N	lead	\N
mine	referral	30	\N	lead	\N
mine	add_to_cart	20	\N	\N	\N
mine	trial_started	50	\N	lead	\N
mine	demo_request	80	\N	lead	\N
mine	quote_request	80	\N	lead	\N
mine	meeting_booked	60	\N	lead	\N
mine	meeting_held	40	\N	opportunity	\N
mine	checkout_started	60	\N	opportunity	\N
mine	no_show	-60	\N	\N	\N
mine	unsubscribe	-20	\N	lead	\N
mine	purchase	\N	\N	\N	won
mine	opportunity_lost	\N	\N	\N	lost
mine	disqualified	\N	\N	\N	lost
mine	spam_complaint	\N	\N	\N	lost
mine	it's "odd"	3	odd "group"	\N	\N
click	ad_click	0.5	browsing	\N	\N
click	page_view	0.1	browsing	\N	\N
click	product_view	1	browsing	\N	\N
click	visit	5	browsing	\N	\N
click	site_search	2	browsing	\N	\N
click	pricing_view	3	browsing	\N	\N
click	comparison_view	4	browsing	\N	\N
click	review_read	2	browsing	\N	\N
click	email_open	0	browsing	\N	\N
click	email_click	2	browsing	\N	\N
click	bounce	-4	browsing	\N	\N
click	newsletter_signup	15	content	lead	\N
click	content_download	15	content	lead	\N
click	webinar_attended	15	content	lead	\N
click	social_follow	12	content	lead	\N
click	form_submit	15	\N	lead	\N
click	info_request	15	\N	lead	\N
click	question	20	\N	lead	\N
click	question_answered	12	\N	\N	\N
click	call	8	\N	lead	\N
click	store_visit	10	\N	\N	\N
click	event_badge_scan	4	\N	lead	\N
click	event_conversation	20	\N	lead	\N
click	referral	30	\N	lead	\N
click	add_to_cart	20	\N	\N	\N
click	trial_started	50	\N	lead	\N
click	demo_request	80	\N	lead	\N
click	quote_request	80	\N	lead	\N
click	meeting_booked	60	\N	lead	\N
click	meeting_held	40	\N	opportunity	\N
click	checkout_started	60	\N	opportunity	\N
click	no_show	-60	\N	\N	\N
click	unsubscribe	-20	\N	lead	\N
click	purchase	\N	\N	\N	won
click	opportunity_lost	\N	\N	\N	lost
click	disqualified	\N	\N	\N	lost
click	spam_complaint	\N	\N	\N	lost
Web "1"	ad_click	0.5	browsing	\N	\N
Web "1"	page_view	0.1	browsing	\N	\N
Web "1"	product_view	1	browsing	\N	\N
Web "1"	visit	5	browsing	\N	\N
Web "1"	site_search	2	browsing	\N	\N
Web "1"	pricing_view	3	browsing	\N	\N
Web "1"	comparison_view	4	browsing	\N	\N
Web "1"	review_read	2	browsing	\N	\N
Web "1"	email_open	0	browsing	\N	\N
Web "1"	email_click	2	browsing	\N	\N
Web "1"	bounce	-4	browsing	\N	\N
Web "1"	newsletter_signup	15	content	lead	\N
Web "1"	content_download	15	content	lead	\N
Web "1"	webinar_attended	15	content	lead	\N
Web "1"	social_follow	12	content	lead	\N
Web "1"	form_submit	15	\N	lead	\N
Web "1"	info_request	15	\N	lead	\N
Web "1"	question	20	\N	lead	\N
Web "1"	question_answered	12	\N	\N	\N
Web "1"	call	8	\N	lead	\N
Web "1"	store_visit	10	\N	\N	\N
Web "1"	event_badge_scan	4	\N	lead	\N
Web "1"	event_conversation	20	\N	lead	\N
Web "1"	referral	30	\N	lead	\N
Web "1"	add_to_cart	20	\N	\N	\N
Web "1"	trial_started	50	\N	lead	\N
Web "1"	demo_request	80	\N	lead	\N
Web "1"	quote_request	80	\N	lead	\N
Web "1"	meeting_booked	60	\N	lead	\N
Web "1"	meeting_held	40	\N	opportunity	\N
Web "1"	checkout_started	60	\N	opportunity	\N
Web "1"	no_show	-60	\N	\N	\N
Web "1"	unsubscribe	-20	\N	lead	\N
Web "1"	purchase	\N	\N	\N	won
Web "1"	opportunity_lost	\N	\N	\N	lost
Web "1"	disqualified	\N	\N	\N	lost
Web "1"	spam_complaint	\N	\N	\N	lost
visit	ad_click	0.5	browsing	\N	\N
visit	page_view	0.1	browsing	\N	\N
visit	product_view	1	browsing	\N	\N
visit	visit	5	browsing	\N	\N
visit	site_search	2	browsing	\N	\N
visit	pricing_view	3	browsing	\N	\N
visit	comparison_view	4	browsing	\N	\N
visit	review_read	2	browsing	\N	\N
visit	email_open	0	browsing	\N	\N
visit	email_click	2	browsing	\N	\N
visit	bounce	-4	browsing	\N	\N
visit	newsletter_signup	15	content	lead	\N
visit	content_download	15	content	lead	\N
visit	webinar_attended	15	content	lead	\N
visit	social_follow	12	content	lead	\N
visit	form_submit	15	\N	lead	\N
visit	info_request	15	\N	lead	\N
visit	question	20	\N	lead	\N
visit	question_answered	12	\N	\N	\N
visit	call	8	\N	lead	\N
visit	store_visit	10	\N	\N	\N
visit	event_badge_scan	4	\N	lead	\N
visit	event_conversation	20	\N	lead	\N
visit	referral	30	\N	lead	\N
visit	add_to_cart	20	\N	\N	\N
visit	trial_started	50	\N	lead	\N
visit	demo_request	80	\N	lead	\N
visit	quote_request	80	\N	lead	\N
visit	meeting_booked	60	\N	lead	\N
visit	meeting_held	40	\N	opportunity	\N
visit	checkout_started	60	\N	opportunity	\N
visit	no_show	-60	\N	\N	\N
visit	unsubscribe	-20	\N	lead	\N
visit	purchase	\N	\N	\N	won
visit	opportunity_lost	\N	\N	\N	lost
visit	disqualified	\N	\N	\N	lost
visit	spam_complaint	\N	\N	\N	lost
mine	email_click	9.5	browsing	\N	\N
learned	ad_click	0.5	browsing	\N	\N
learned	page_view	0.1	browsing	\N	\N
learned	product_view	1	browsing	\N	\N
learned	visit	5	browsing	\N	\N
learned	site_search	2	browsing	\N	\N
learned	pricing_view	3	browsing	\N	\N
learned	comparison_view	4	browsing	\N	\N
learned	review_read	2	browsing	\N	\N
learned	email_open	0	browsing	\N	\N
learned	email_click	2	browsing	\N	\N
learned	bounce	-4	browsing	\N	\N
learned	newsletter_signup	15	content	lead	\N
learned	content_download	15	content	lead	\N
learned	webinar_attended	15	content	lead	\N
learned	social_follow	12	content	lead	\N
learned	form_submit	15	\N	lead	\N
learned	info_request	15	\N	lead	\N
learned	question	20	\N	lead	\N
learned	question_answered	12	\N	\N	\N
learned	call	8	\N	lead	\N
learned	store_visit	10	\N	\N	\N
learned	event_badge_scan	4	\N	lead	\N
learned	event_conversation	20	\N	lead	\N
learned	referral	30	\N	lead	\N
learned	add_to_cart	20	\N	\N	\N
learned	trial_started	50	\N	lead	\N
learned	demo_request	80	\N	lead	\N
learned	quote_request	80	\N	lead	\N
learned	meeting_booked	60	\N	lead	\N
learned	meeting_held	40	\N	opportunity	\N
learned	checkout_started	60	\N	opportunity	\N
learned	no_show	-60	\N	\N	\N
learned	unsubscribe	-20	\N	lead	\N
learned	purchase	\N	\N	\N	won
learned	opportunity_lost	\N	\N	\N	lost
learned	disqualified	\N	\N	\N	lost
learned	spam_complaint	\N	\N	\N	lost
\.
COPY lead_temperature.tracker (interactions, prefix, state, transitions, ranking, funnel, funnel_weekly, lead, kind, at, weight, model, entry, time_zone, version, paused, outdated, last_replay, partitions, replaying, base, archived_before, archived_partitions, counts, deltas) FROM stdin;
public.click	click	public.click_lead	public.click_transition	public.click_ranking	public.click_funnel	public.click_funnel_weekly	visitor	event	at	weight	click	visitor	UTC	1	f	f	2026-11-27 14:28:08.90285+00	{}	f	public.click_base	\N	{}	public.click_funnel_count	public.click_funnel_delta
"Odd ""Schema"""."Web Events"	Web "1"	"Odd ""Schema"""."Web ""1""_lead"	"Odd ""Schema"""."Web ""1""_transition"	"Odd ""Schema"""."Web ""1""_ranking"	"Odd ""Schema"""."Web ""1""_funnel"	"Odd ""Schema"""."Web ""1""_funnel_weekly"	Lead Id	Kind	At	\N	Web "1"	visitor	UTC	1	f	f	2026-11-27 14:28:08.917675+00	{"\\"Odd \\"\\"Schema\\"\\"\\".\\"Web Events old\\"","\\"Odd \\"\\"Schema\\"\\"\\".\\"Web Events rest\\""}	f	"Odd ""Schema"""."Web ""1""_base"	\N	{}	\N	\N
public.mail	mail	public.mail_lead	public.mail_transition	public.mail_ranking	public.mail_funnel	public.mail_funnel_weekly	email	what	at	\N	mine	lead	Europe/Helsinki	1	f	f	2026-11-27 14:28:08.933942+00	{}	f	public.mail_base	2024-02-01 00:00:00+00	{}	\N	\N
public.visit	visit	public.visit_lead	public.visit_transition	public.visit_ranking	public.visit_funnel	public.visit_funnel_weekly	lead	kind	at	\N	visit	visitor	UTC	1	t	f	2026-11-27 14:28:08.946508+00	{}	f	public.visit_base	\N	{}	\N	\N
\.
COPY lead_temperature.trained_model (model, intercept, slope, horizon, trained_at, train_from, train_until, test_from, test_until) FROM stdin;
learned	-2	0.05	14 days	2024-06-01 00:00:00+00	2024-01-01 00:00:00+00	2024-04-01 00:00:00+00	2024-04-15 00:00:00+00	2024-05-15 00:00:00+00
\.
COPY lead_temperature.training_report (model, ranking, leads, converted, auc, auc_low, auc_high) FROM stdin;
learned	trained	1000	100	0.8	0.75	0.85
learned	recency	1000	100	\N	\N	\N
\.
COPY public.click (visitor, event, at, weight) FROM stdin;
1	visit	2024-01-02 19:00:00+00	\N
7	purchase	2024-01-05 00:00:00+00	0.5
0	it's "odd"	2024-01-06 19:00:00+00	\N
2	page_view	2024-01-08 19:00:00+00	\N
6	page_view	2024-01-11 00:00:00+00	1
4	email_click	2024-01-13 00:00:00+00	1
0	of no meaning	2024-01-15 00:00:00+00	\N
2	newsletter_signup	2024-01-18 09:00:00+00	2
6	pricing_view	2024-01-20 19:00:00+00	\N
4	\N	2024-01-24 09:00:00+00	1
2	it's "odd"	2024-01-26 19:00:00+00	2
6	purchase	2024-01-28 19:00:00+00	\N
6	pricing_view	2024-01-31 00:00:00+00	2
6	no_show	2024-02-01 19:00:00+00	\N
2	\N	2024-02-03 09:00:00+00	1
5	add_to_cart	2024-02-06 00:00:00+00	0.5
2	email_click	2024-02-08 00:00:00+00	1
7	question	2024-02-09 19:00:00+00	2
7	add_to_cart	2024-02-11 09:00:00+00	1
2	\N	2024-02-13 19:00:00+00	2
2	page_view	2024-02-15 14:00:00+00	\N
0	add_to_cart	2024-02-17 19:00:00+00	1
4	newsletter_signup	2024-02-19 09:00:00+00	0.5
2	opportunity_lost	2024-02-21 14:00:00+00	\N
6	opportunity_lost	2024-02-23 09:00:00+00	2
1	demo_request	2024-02-25 09:00:00+00	0.5
2	add_to_cart	2024-02-29 14:00:00+00	2
0	newsletter_signup	2024-03-02 14:00:00+00	2
4	add_to_cart	2024-03-06 19:00:00+00	0.5
1	newsletter_signup	2024-03-08 09:00:00+00	1
7	newsletter_signup	2024-03-12 19:00:00+00	1
5	question	2024-03-15 00:00:00+00	\N
7	add_to_cart	2024-03-16 19:00:00+00	0.5
2	visit	2024-03-18 19:00:00+00	0.5
4	of no meaning	2024-03-21 00:00:00+00	0.5
0	\N	2024-01-02 09:00:00+00	\N
6	question	2024-01-04 14:00:00+00	1
7	purchase	2024-01-06 09:00:00+00	0.5
5	question	2024-01-09 00:00:00+00	0.5
1	\N	2024-01-10 19:00:00+00	1
1	product_view	2024-01-14 09:00:00+00	\N
6	\N	2024-01-16 19:00:00+00	\N
5	no_show	2024-01-19 00:00:00+00	2
0	pricing_view	2024-01-22 14:00:00+00	1
2	it's "odd"	2024-01-25 00:00:00+00	0.5
6	question	2024-01-30 14:00:00+00	\N
1	question	2024-02-01 19:00:00+00	1
6	purchase	2024-02-04 00:00:00+00	2
2	no_show	2024-02-06 00:00:00+00	1
6	newsletter_signup	2024-02-07 09:00:00+00	2
1	opportunity_lost	2024-02-09 09:00:00+00	0.5
1	it's "odd"	2024-02-11 14:00:00+00	\N
6	opportunity_lost	2024-02-14 00:00:00+00	0.5
6	it's "odd"	2024-02-15 09:00:00+00	2
6	it's "odd"	2024-02-19 19:00:00+00	0.5
7	question	2024-02-21 19:00:00+00	2
6	add_to_cart	2024-02-23 09:00:00+00	0.5
5	no_show	2024-02-26 00:00:00+00	2
7	email_click	2024-02-29 09:00:00+00	2
7	question	2024-03-03 00:00:00+00	1
7	demo_request	2024-03-04 14:00:00+00	1
4	add_to_cart	2024-03-07 00:00:00+00	\N
5	newsletter_signup	2024-03-09 00:00:00+00	1
0	visit	2024-03-13 00:00:00+00	2
6	add_to_cart	2024-03-15 00:00:00+00	1
6	meeting_held	2024-03-17 00:00:00+00	\N
2	question	2024-03-18 19:00:00+00	0.5
4	add_to_cart	2024-03-20 19:00:00+00	2
\.
COPY public.click_base (lead, first_at, last_at, stage_since, hot_since, interactions, stage, status, cycle, purchases, model_version, held) FROM stdin;
\.
COPY public.click_funnel_count (grain, bucket, stage, status, leads) FROM stdin;
1	2517	marketing_qualified	open	1
0	161141	marketing_qualified	open	1
0	161204	sales_qualified	open	1
3	0	lead	open	2
1	2517	lead	open	1
0	161188	sales_qualified	open	1
1	0	customer	won	1
2	39	marketing_qualified	open	1
1	2519	opportunity	open	1
0	161103	lead	open	1
3	0	sales_qualified	open	2
3	0	customer	open	1
3	0	customer	won	1
1	2519	customer	open	1
1	2518	sales_qualified	open	2
1	2518	lead	open	1
3	0	marketing_qualified	open	1
2	39	customer	open	1
2	39	opportunity	open	1
0	0	customer	won	1
0	161230	customer	open	1
2	39	sales_qualified	open	2
3	0	opportunity	open	1
2	0	customer	won	1
0	161183	lead	open	1
0	161254	opportunity	open	1
2	39	lead	open	2
\.
COPY public.click_funnel_delta (stage, status, bucket, leads) FROM stdin;
lead	open	-161193	1
lead	open	161103	-1
lead	open	161183	-1
marketing_qualified	open	161141	-1
marketing_qualified	open	161189	1
sales_qualified	open	161188	-1
sales_qualified	open	161203	1
sales_qualified	open	161204	-1
sales_qualified	open	161227	1
sales_qualified	open	161300	1
opportunity	open	161254	-1
opportunity	open	161280	1
customer	open	161230	-1
customer	open	161284	1
customer	open	161334	1
customer	won	0	-1
opportunity	open	161280	-1
\.
COPY public.click_lead (lead, heat, level, first_at, last_at, stage_since, hot_since, due_at, interactions, stage, status, cycle, purchases, model_version, held, checkpoint) FROM stdin;
0	25.23565460653032 @ 2024-03-13 00:00:00+00 / 14 days	2518.585963033727	2024-01-02 09:00:00+00	2024-03-13 00:00:00+00	2024-03-02 14:00:00+00	\N	\N	7	marketing_qualified	open	1	0	1	{10.247203662748984,8.95592828977873,6.03252265400261}	\N
1	37.08179027347625 @ 2024-03-08 09:00:00+00 / 14 days	2518.8108532781876	2024-01-02 19:00:00+00	2024-03-08 09:00:00+00	2024-02-25 09:00:00+00	\N	\N	8	sales_qualified	open	2	0	1	{0,15,22.08179027347625}	\N
2	28.73834680416233 @ 2024-03-18 19:00:00+00 / 14 days	2519.187167071673	2024-01-08 19:00:00+00	2024-03-18 19:00:00+00	2024-02-29 14:00:00+00	\N	\N	13	sales_qualified	open	2	0	1	{2.5,0,26.23834680416233}	\N
4	56.253716565912924 @ 2024-03-21 00:00:00+00 / 14 days	2520.313876510223	2024-01-13 00:00:00+00	2024-03-21 00:00:00+00	2024-03-20 19:00:00+00	2024-03-20 19:00:00+00	\N	7	sales_qualified	open	1	0	1	{0.06900559460461327,1.6464864003499684,54.53822457095834}	\N
5	-23.670455357236676 @ 2024-03-15 00:00:00+00 / 14 days	-2518.6364441263095	2024-01-09 00:00:00+00	2024-03-15 00:00:00+00	2024-01-09 00:00:00+00	\N	\N	6	lead	open	1	0	1	{0,11.144957168527114,-34.81541252576379}	\N
6	58.11447328527814 @ 2024-03-17 00:00:00+00 / 14 days	2520.075111317666	2024-01-04 14:00:00+00	2024-03-17 00:00:00+00	2024-01-28 19:00:00+00	2024-03-17 00:00:00+00	\N	17	customer	open	5	2	1	{0,0,58.11447328527814}	\N
7	100.45233079138225 @ 2024-03-16 19:00:00+00 / 14 days	2520.8497719909337	2024-01-05 00:00:00+00	2024-03-16 19:00:00+00	2024-01-05 00:00:00+00	2024-02-21 19:00:00+00	\N	10	customer	open	3	2	1	{1.7744611056708306,12.30503034011457,86.37283934559684}	\N
\.
COPY public.click_transition (id, lead, at, from_stage, to_stage, from_status, to_status, from_temperature, to_temperature, cycle, purchases, score, cause, recorded_at, superseded_at) FROM stdin;
4	1	2024-01-02 19:00:00+00	\N	visitor	\N	open	\N	cold	1	0	5	visit	2026-11-27 14:28:08.90285+00	\N
6	2	2024-01-08 19:00:00+00	\N	visitor	\N	open	\N	cold	1	0	0.1	page_view	2026-11-27 14:28:08.90285+00	\N
7	2	2024-01-18 09:00:00+00	visitor	lead	open	open	cold	warm	1	0	15.062221116605224	newsletter_signup	2026-11-27 14:28:08.90285+00	\N
9	2	2024-02-29 14:00:00+00	lead	sales_qualified	lost	open	cold	hot	2	0	40	add_to_cart	2026-11-27 14:28:08.90285+00	\N
13	4	2024-01-13 00:00:00+00	\N	visitor	\N	open	\N	cold	1	0	2	email_click	2026-11-27 14:28:08.90285+00	\N
14	4	2024-02-19 09:00:00+00	visitor	lead	open	open	cold	cold	1	0	7.814331147481445	newsletter_signup	2026-11-27 14:28:08.90285+00	\N
15	4	2024-03-06 19:00:00+00	lead	lead	open	open	cold	warm	1	0	13.466556672009483	add_to_cart	2026-11-27 14:28:08.90285+00	\N
20	7	2024-01-05 00:00:00+00	\N	customer	\N	won	\N	cold	1	1	0	purchase	2026-11-27 14:28:08.90285+00	\N
1	0	2024-01-06 19:00:00+00	\N	visitor	\N	open	\N	cold	1	0	0	it's "odd"	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
2	0	2024-02-17 19:00:00+00	visitor	visitor	open	open	cold	warm	1	0	20	add_to_cart	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
3	0	2024-03-02 14:00:00+00	visitor	marketing_qualified	open	open	warm	warm	1	0	25.10368069977867	newsletter_signup	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
5	1	2024-02-25 09:00:00+00	visitor	sales_qualified	open	open	cold	hot	1	0	40.35221961078923	demo_request	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
8	2	2024-02-21 14:00:00+00	lead	lead	open	lost	cold	cold	1	0	3.8642300863677184	opportunity_lost	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
10	3	2024-01-17 00:00:00+00	\N	opportunity	\N	open	\N	hot	1	0	40	meeting_held	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
11	3	2024-01-22 14:00:00+00	opportunity	opportunity	open	open	warm	hot	1	0	70.33935628864725	add_to_cart	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
12	3	2024-03-04 14:00:00+00	opportunity	opportunity	open	open	warm	hot	1	0	63.65236242745039	demo_request	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
16	5	2024-02-06 00:00:00+00	\N	visitor	\N	open	\N	warm	1	0	10	add_to_cart	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
17	5	2024-03-15 00:00:00+00	visitor	lead	open	open	cold	warm	1	0	21.523767067755593	question	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
18	6	2024-01-11 00:00:00+00	\N	visitor	\N	open	\N	cold	1	0	0.1	page_view	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
19	6	2024-01-28 19:00:00+00	visitor	customer	open	won	cold	cold	1	1	2.0602923214677364	purchase	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
21	7	2024-02-09 19:00:00+00	customer	customer	won	open	cold	hot	2	1	40	question	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
22	7	2024-02-11 09:00:00+00	customer	customer	open	open	warm	hot	2	1	56.98408957563541	add_to_cart	2026-11-27 14:28:08.90285+00	2026-11-27 14:28:08.964895+00
23	0	2024-01-02 09:00:00+00	\N	visitor	\N	open	\N	cold	1	0	0	\N	2026-11-27 14:28:08.964895+00	\N
24	0	2024-02-17 19:00:00+00	visitor	visitor	open	open	cold	warm	1	0	20.81956977844074	add_to_cart	2026-11-27 14:28:08.964895+00	\N
25	0	2024-03-02 14:00:00+00	visitor	marketing_qualified	open	open	warm	warm	1	0	25.51771426740635	newsletter_signup	2026-11-27 14:28:08.964895+00	\N
26	1	2024-02-01 19:00:00+00	visitor	lead	open	open	cold	warm	1	0	21.533947434010376	question	2026-11-27 14:28:08.964895+00	\N
27	1	2024-02-09 09:00:00+00	lead	lead	open	lost	warm	cold	1	0	14.793322810564657	opportunity_lost	2026-11-27 14:28:08.964895+00	\N
28	1	2024-02-25 09:00:00+00	lead	sales_qualified	lost	open	cold	hot	2	0	40	demo_request	2026-11-27 14:28:08.964895+00	\N
29	2	2024-02-21 14:00:00+00	lead	lead	open	lost	cold	cold	1	0	-23.87383709535884	opportunity_lost	2026-11-27 14:28:08.964895+00	\N
35	4	2024-03-07 00:00:00+00	lead	marketing_qualified	open	open	warm	warm	1	0	33.3283672278999	add_to_cart	2026-11-27 14:28:08.964895+00	\N
36	4	2024-03-20 19:00:00+00	marketing_qualified	sales_qualified	open	open	warm	hot	1	0	56.836959035783416	add_to_cart	2026-11-27 14:28:08.964895+00	\N
37	5	2024-01-09 00:00:00+00	\N	lead	\N	open	\N	warm	1	0	10	question	2026-11-27 14:28:08.964895+00	\N
38	6	2024-01-04 14:00:00+00	\N	lead	\N	open	\N	warm	1	0	20	question	2026-11-27 14:28:08.964895+00	\N
39	6	2024-01-20 19:00:00+00	lead	lead	open	open	cold	warm	1	0	12.025876836590907	pricing_view	2026-11-27 14:28:08.964895+00	\N
40	6	2024-01-28 19:00:00+00	lead	customer	open	won	cold	cold	1	1	8.092814975470347	purchase	2026-11-27 14:28:08.964895+00	\N
41	6	2024-01-30 14:00:00+00	customer	customer	won	open	cold	warm	2	1	20	question	2026-11-27 14:28:08.964895+00	\N
42	6	2024-02-04 00:00:00+00	customer	customer	open	won	cold	cold	2	2	-32.79203899435736	purchase	2026-11-27 14:28:08.964895+00	\N
43	6	2024-02-07 09:00:00+00	customer	customer	won	open	cold	warm	3	2	15	newsletter_signup	2026-11-27 14:28:08.964895+00	\N
44	6	2024-02-14 00:00:00+00	customer	customer	open	lost	warm	cold	3	2	10.805368059142605	opportunity_lost	2026-11-27 14:28:08.964895+00	\N
45	6	2024-02-23 09:00:00+00	customer	customer	lost	lost	cold	cold	4	2	10	opportunity_lost	2026-11-27 14:28:08.964895+00	\N
46	6	2024-03-15 00:00:00+00	customer	customer	lost	open	cold	warm	5	2	20	add_to_cart	2026-11-27 14:28:08.964895+00	\N
47	6	2024-03-17 00:00:00+00	customer	customer	open	open	warm	hot	5	2	58.11447328527814	meeting_held	2026-11-27 14:28:08.964895+00	\N
48	7	2024-01-06 09:00:00+00	customer	customer	won	won	cold	cold	2	2	0	purchase	2026-11-27 14:28:08.964895+00	\N
49	7	2024-02-09 19:00:00+00	customer	customer	won	open	cold	hot	3	2	40	question	2026-11-27 14:28:08.964895+00	\N
50	7	2024-02-11 09:00:00+00	customer	customer	open	open	warm	hot	3	2	56.98408957563541	add_to_cart	2026-11-27 14:28:08.964895+00	\N
51	7	2024-02-21 19:00:00+00	customer	customer	open	open	warm	hot	3	2	74.02302799318122	question	2026-11-27 14:28:08.964895+00	\N
30	3	2024-01-12 14:00:00+00	\N	opportunity	\N	open	\N	warm	1	0	20	meeting_held	2026-11-27 14:28:08.964895+00	2026-11-27 14:28:08.969782+00
31	3	2024-01-17 00:00:00+00	opportunity	opportunity	open	open	warm	hot	1	0	56.07171414721968	meeting_held	2026-11-27 14:28:08.964895+00	2026-11-27 14:28:08.969782+00
32	3	2024-02-17 09:00:00+00	opportunity	opportunity	open	lost	cold	cold	1	0	3.8146140181970996	opportunity_lost	2026-11-27 14:28:08.964895+00	2026-11-27 14:28:08.969782+00
33	3	2024-02-27 14:00:00+00	opportunity	opportunity	lost	open	cold	warm	2	0	30	meeting_held	2026-11-27 14:28:08.964895+00	2026-11-27 14:28:08.969782+00
34	3	2024-03-04 14:00:00+00	opportunity	opportunity	open	open	warm	hot	2	0	62.28991433705423	demo_request	2026-11-27 14:28:08.964895+00	2026-11-27 14:28:08.969782+00
\.
COPY public.mail (id, email, what, at) FROM stdin;
16	Lead5@x.example	meeting_held	2024-02-01 19:00:00
17	Lead7@x.example	it's "odd"	2024-02-03 14:00:00
18	Lead0@x.example	add_to_cart	2024-02-05 14:00:00
19	Lead4@x.example	newsletter_signup	2024-02-07 14:00:00
20	Lead5@x.example	question	2024-02-09 19:00:00
21	Lead3@x.example	newsletter_signup	2024-02-11 19:00:00
22	Lead5@x.example	opportunity_lost	2024-02-13 14:00:00
23	Lead6@x.example	email_click	2024-02-15 14:00:00
24	Lead5@x.example	newsletter_signup	2024-02-17 09:00:00
25	Lead7@x.example	add_to_cart	2024-02-19 14:00:00
26	Lead6@x.example	\N	2024-02-21 09:00:00
27	Lead7@x.example	opportunity_lost	2024-02-23 14:00:00
28	Lead3@x.example	of no meaning	2024-02-25 19:00:00
29	Lead6@x.example	product_view	2024-02-27 09:00:00
30	Lead2@x.example	page_view	2024-02-29 09:00:00
31	Lead6@x.example	opportunity_lost	2024-03-02 09:00:00
32	Lead6@x.example	no_show	2024-03-04 09:00:00
33	Lead5@x.example	product_view	2024-03-07 00:00:00
34	Lead3@x.example	newsletter_signup	2024-03-08 19:00:00
35	Lead6@x.example	product_view	2024-03-10 09:00:00
36	Lead1@x.example	it's "odd"	2024-03-13 00:00:00
37	Lead0@x.example	email_click	2024-03-14 14:00:00
38	Lead1@x.example	no_show	2024-03-16 14:00:00
39	Lead5@x.example	add_to_cart	2024-03-18 14:00:00
40	Lead4@x.example	no_show	2024-03-21 00:00:00
56	Lead1@x.example	visit	2024-02-02 00:00:00
57	Lead0@x.example	opportunity_lost	2024-02-03 14:00:00
58	Lead4@x.example	newsletter_signup	2024-02-05 14:00:00
59	Lead7@x.example	page_view	2024-02-07 14:00:00
60	Lead7@x.example	add_to_cart	2024-02-10 00:00:00
61	Lead2@x.example	pricing_view	2024-02-12 00:00:00
62	Lead4@x.example	of no meaning	2024-02-13 14:00:00
63	Lead7@x.example	demo_request	2024-02-15 09:00:00
64	Lead3@x.example	question	2024-02-17 14:00:00
65	Lead5@x.example	product_view	2024-02-19 14:00:00
66	Lead5@x.example	question	2024-02-21 09:00:00
67	Lead7@x.example	add_to_cart	2024-02-23 19:00:00
68	Lead0@x.example	opportunity_lost	2024-02-25 14:00:00
69	Lead6@x.example	product_view	2024-02-27 19:00:00
70	Lead7@x.example	demo_request	2024-02-29 14:00:00
71	Lead0@x.example	newsletter_signup	2024-03-03 00:00:00
72	Lead2@x.example	newsletter_signup	2024-03-04 14:00:00
73	Lead0@x.example	email_click	2024-03-06 09:00:00
74	Lead0@x.example	visit	2024-03-09 00:00:00
75	Lead5@x.example	no_show	2024-03-11 00:00:00
76	Lead0@x.example	page_view	2024-03-13 00:00:00
77	Lead0@x.example	visit	2024-03-14 14:00:00
78	Lead4@x.example	\N	2024-03-16 14:00:00
79	Lead1@x.example	add_to_cart	2024-03-18 14:00:00
80	Lead1@x.example	opportunity_lost	2024-03-20 14:00:00
81	late@x.example	demo_request	2024-01-05 00:00:00
\.
COPY public.mail_base (lead, first_at, last_at, stage_since, hot_since, interactions, stage, status, cycle, purchases, model_version, held) FROM stdin;
Lead0@x.example	2024-01-04 12:00:00+00	2024-01-14 17:00:00+00	2024-01-04 12:00:00+00	\N	4	lead	open	1	0	1	{6.923095056556454,0,0,0}
Lead1@x.example	2024-01-08 17:00:00+00	2024-01-16 07:00:00+00	2024-01-08 17:00:00+00	\N	2	lead	open	1	0	1	{0,0,0,0}
Lead2@x.example	2024-01-04 07:00:00+00	2024-01-30 07:00:00+00	2024-01-04 07:00:00+00	\N	5	lead	open	1	0	1	{7.781750124227325,0,0,-5.99777788020451}
Lead3@x.example	2024-01-24 12:00:00+00	2024-01-24 12:00:00+00	2024-01-24 12:00:00+00	\N	1	lead	open	1	0	1	{0,0,3,0}
Lead4@x.example	2024-01-12 07:00:00+00	2024-01-30 12:00:00+00	2024-01-28 17:00:00+00	\N	6	customer	won	1	1	1	{0.1,0,0,0}
Lead5@x.example	2024-01-02 22:00:00+00	2024-01-28 07:00:00+00	2024-01-28 07:00:00+00	\N	6	opportunity	open	2	0	1	{0,0,0,40}
Lead6@x.example	2024-01-20 22:00:00+00	2024-01-22 17:00:00+00	2024-01-20 22:00:00+00	\N	2	lead	open	1	0	1	{5,0,0,17.66426025638632}
Lead7@x.example	2024-01-02 17:00:00+00	2024-01-18 17:00:00+00	2024-01-02 17:00:00+00	2024-01-18 17:00:00+00	4	opportunity	open	1	0	1	{0,0,0,93.19507910772894}
\.
COPY public.mail_lead (lead, heat, level, first_at, last_at, stage_since, hot_since, due_at, interactions, stage, status, cycle, purchases, model_version, held, checkpoint) FROM stdin;
Lead0@x.example	18.337714082958243 @ 2024-03-14 12:00:00+00 / 10 days	3083.8467419035737	2024-01-04 12:00:00+00	2024-03-14 12:00:00+00	2024-03-02 22:00:00+00	\N	\N	13	lead	open	3	0	1	{11.617266768618599,6.720447314339644,0,0}	\N
Lead1@x.example	0 @ 1970-01-01 00:00:00+00 / 10 days	0	2024-01-08 17:00:00+00	2024-03-20 12:00:00+00	2024-01-08 17:00:00+00	\N	\N	7	lead	lost	1	0	1	{0,0,0,0}	\N
Lead2@x.example	15.91332088507115 @ 2024-03-04 12:00:00+00 / 10 days	3082.642163032032	2024-01-04 07:00:00+00	2024-03-04 12:00:00+00	2024-01-04 07:00:00+00	\N	\N	8	lead	open	1	0	1	{1.4733581612661213,15,0,-0.5600372761949703}	\N
Lead3@x.example	20.06837718437393 @ 2024-03-08 17:00:00+00 / 10 days	3083.397685387088	2024-01-24 12:00:00+00	2024-03-08 17:00:00+00	2024-02-17 12:00:00+00	\N	\N	5	marketing_qualified	open	1	0	1	{0,15,0.14006119117299018,4.928315993200938}	\N
Lead4@x.example	-59.20405676396691 @ 2024-03-20 22:00:00+00 / 10 days	-3086.179290796745	2024-01-12 07:00:00+00	2024-03-20 22:00:00+00	2024-01-28 17:00:00+00	\N	\N	11	customer	open	2	1	1	{0.003036037316105018,0.792907198716983,0,-60}	\N
Lead5@x.example	-9.779521998124878 @ 2024-03-18 12:00:00+00 / 10 days	-3083.3397639510886	2024-01-02 22:00:00+00	2024-03-18 12:00:00+00	2024-02-21 07:00:00+00	\N	\N	15	marketing_qualified	open	3	0	1	{0.5916171153306057,1.848118497450352,0,-12.219257610905835}	\N
Lead6@x.example	-38.585237323186824 @ 2024-03-10 07:00:00+00 / 10 days	-3084.4991437407984	2024-01-20 22:00:00+00	2024-03-10 07:00:00+00	2024-01-20 22:00:00+00	\N	\N	9	lead	lost	1	0	1	{1,0,0,-39.585237323186824}	\N
Lead7@x.example	93.38700595287798 @ 2024-02-29 12:00:00+00 / 10 days	3084.7951499194314	2024-01-02 17:00:00+00	2024-02-29 12:00:00+00	2024-02-29 12:00:00+00	2024-02-29 12:00:00+00	\N	12	sales_qualified	open	2	0	1	{0,0,0,93.38700595287798}	\N
\.
COPY public.mail_transition (id, lead, at, from_stage, to_stage, from_status, to_status, from_temperature, to_temperature, cycle, purchases, score, cause, recorded_at, superseded_at) FROM stdin;
1	Lead0@x.example	2024-01-04 12:00:00+00	\N	lead	\N	open	\N	cold	1	0	1	product_view	2026-11-27 14:28:08.933942+00	\N
3	Lead1@x.example	2024-01-08 17:00:00+00	\N	lead	\N	open	\N	cold	1	0	0	\N	2026-11-27 14:28:08.933942+00	\N
5	Lead3@x.example	2024-01-24 12:00:00+00	\N	lead	\N	open	\N	cold	1	0	3	it's "odd"	2026-11-27 14:28:08.933942+00	\N
6	Lead3@x.example	2024-02-11 17:00:00+00	lead	lead	open	open	cold	warm	1	0	15.849172271144324	newsletter_signup	2026-11-27 14:28:08.933942+00	\N
8	Lead4@x.example	2024-01-12 07:00:00+00	\N	lead	\N	open	\N	cold	1	0	3	it's "odd"	2026-11-27 14:28:08.933942+00	\N
10	Lead5@x.example	2024-01-02 22:00:00+00	\N	lead	\N	open	\N	cold	1	0	0	\N	2026-11-27 14:28:08.933942+00	\N
13	Lead5@x.example	2024-01-28 07:00:00+00	opportunity	opportunity	lost	open	cold	warm	2	0	40	meeting_held	2026-11-27 14:28:08.933942+00	\N
14	Lead5@x.example	2024-02-01 17:00:00+00	opportunity	opportunity	open	open	warm	hot	2	0	69.45134116201052	meeting_held	2026-11-27 14:28:08.933942+00	\N
15	Lead5@x.example	2024-02-09 17:00:00+00	opportunity	opportunity	open	open	warm	hot	2	0	59.88932067256968	question	2026-11-27 14:28:08.933942+00	\N
16	Lead5@x.example	2024-02-13 12:00:00+00	opportunity	opportunity	open	lost	warm	cold	2	0	46.04779585242721	opportunity_lost	2026-11-27 14:28:08.933942+00	\N
17	Lead5@x.example	2024-02-17 07:00:00+00	opportunity	lead	lost	open	cold	warm	3	0	15	newsletter_signup	2026-11-27 14:28:08.933942+00	\N
2	Lead0@x.example	2024-02-05 12:00:00+00	lead	lead	open	open	cold	warm	1	0	21.38711319887655	add_to_cart	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
4	Lead2@x.example	2024-01-22 22:00:00+00	\N	lead	\N	open	\N	warm	1	0	20	question	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
7	Lead3@x.example	2024-03-08 17:00:00+00	lead	lead	open	open	cold	warm	1	0	15.14006119117299	newsletter_signup	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
9	Lead4@x.example	2024-02-07 12:00:00+00	lead	lead	open	open	cold	warm	1	0	16.633344517356296	newsletter_signup	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
11	Lead5@x.example	2024-01-20 07:00:00+00	lead	opportunity	open	open	cold	warm	1	0	41.1367874248828	meeting_held	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
12	Lead5@x.example	2024-01-26 07:00:00+00	opportunity	opportunity	open	lost	warm	cold	1	0	27.140158215457884	opportunity_lost	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
18	Lead5@x.example	2024-03-18 12:00:00+00	lead	lead	open	open	cold	warm	3	0	22.296148318406328	add_to_cart	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
19	Lead6@x.example	2024-02-15 12:00:00+00	\N	lead	\N	open	\N	cold	1	0	2	email_click	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
20	Lead6@x.example	2024-03-02 07:00:00+00	lead	lead	open	lost	cold	cold	1	0	1.4272085808990984	opportunity_lost	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
21	Lead7@x.example	2024-01-18 17:00:00+00	\N	sales_qualified	\N	open	\N	hot	1	0	80	demo_request	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
22	Lead7@x.example	2024-02-19 12:00:00+00	sales_qualified	sales_qualified	open	open	cold	warm	1	0	29.821761061272834	add_to_cart	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
23	Lead7@x.example	2024-02-23 12:00:00+00	sales_qualified	sales_qualified	open	lost	warm	cold	1	0	22.600668641542974	opportunity_lost	2026-11-27 14:28:08.933942+00	2026-11-27 14:28:08.968311+00
24	Lead0@x.example	2024-02-03 12:00:00+00	lead	lead	open	lost	cold	cold	1	0	1.7559484482395955	opportunity_lost	2026-11-27 14:28:08.968311+00	\N
25	Lead0@x.example	2024-02-05 12:00:00+00	lead	lead	lost	open	cold	warm	2	0	20	add_to_cart	2026-11-27 14:28:08.968311+00	\N
26	Lead0@x.example	2024-02-25 12:00:00+00	lead	lead	open	lost	cold	cold	2	0	5	opportunity_lost	2026-11-27 14:28:08.968311+00	\N
27	Lead0@x.example	2024-03-02 22:00:00+00	lead	lead	lost	open	cold	warm	3	0	15	newsletter_signup	2026-11-27 14:28:08.968311+00	\N
28	Lead1@x.example	2024-03-20 12:00:00+00	lead	lead	open	lost	cold	cold	1	0	-26.102205646281995	opportunity_lost	2026-11-27 14:28:08.968311+00	\N
29	Lead2@x.example	2024-01-04 07:00:00+00	\N	lead	\N	open	\N	cold	1	0	5	visit	2026-11-27 14:28:08.968311+00	\N
30	Lead2@x.example	2024-03-04 12:00:00+00	lead	lead	open	open	cold	warm	1	0	15.91332088507115	newsletter_signup	2026-11-27 14:28:08.968311+00	\N
31	Lead3@x.example	2024-02-17 12:00:00+00	lead	marketing_qualified	open	open	warm	warm	1	0	30.608648177099887	question	2026-11-27 14:28:08.968311+00	\N
32	Lead3@x.example	2024-03-08 17:00:00+00	marketing_qualified	marketing_qualified	open	open	cold	warm	1	0	20.06837718437393	newsletter_signup	2026-11-27 14:28:08.968311+00	\N
33	Lead4@x.example	2024-01-18 12:00:00+00	lead	marketing_qualified	open	open	cold	warm	1	0	26.303638398425782	question	2026-11-27 14:28:08.968311+00	\N
34	Lead4@x.example	2024-01-28 17:00:00+00	marketing_qualified	customer	open	won	warm	cold	1	1	13.710257199422891	purchase	2026-11-27 14:28:08.968311+00	\N
35	Lead4@x.example	2024-02-05 12:00:00+00	customer	customer	won	open	cold	warm	2	1	15.065975395538645	newsletter_signup	2026-11-27 14:28:08.968311+00	\N
36	Lead5@x.example	2024-01-20 07:00:00+00	lead	opportunity	open	open	cold	warm	1	0	42.6367874248828	meeting_held	2026-11-27 14:28:08.968311+00	\N
37	Lead5@x.example	2024-01-26 07:00:00+00	opportunity	opportunity	open	lost	warm	cold	1	0	28.129789148537554	opportunity_lost	2026-11-27 14:28:08.968311+00	\N
38	Lead5@x.example	2024-02-21 07:00:00+00	lead	marketing_qualified	open	open	warm	warm	3	0	32.2510872616473	question	2026-11-27 14:28:08.968311+00	\N
39	Lead6@x.example	2024-01-20 22:00:00+00	\N	lead	\N	open	\N	warm	1	0	20	question	2026-11-27 14:28:08.968311+00	\N
40	Lead6@x.example	2024-03-02 07:00:00+00	lead	lead	open	lost	cold	cold	1	0	3.665297167773012	opportunity_lost	2026-11-27 14:28:08.968311+00	\N
41	Lead7@x.example	2024-01-02 17:00:00+00	\N	opportunity	\N	open	\N	warm	1	0	40	meeting_held	2026-11-27 14:28:08.968311+00	\N
42	Lead7@x.example	2024-01-18 17:00:00+00	opportunity	opportunity	open	open	warm	hot	1	0	93.19507910772894	demo_request	2026-11-27 14:28:08.968311+00	\N
43	Lead7@x.example	2024-02-15 07:00:00+00	opportunity	opportunity	open	open	warm	hot	1	0	108.93610594165658	demo_request	2026-11-27 14:28:08.968311+00	\N
44	Lead7@x.example	2024-02-23 12:00:00+00	opportunity	opportunity	open	lost	hot	cold	1	0	76.82751265983416	opportunity_lost	2026-11-27 14:28:08.968311+00	\N
45	Lead7@x.example	2024-02-23 17:00:00+00	opportunity	lead	lost	open	cold	warm	2	0	20	add_to_cart	2026-11-27 14:28:08.968311+00	\N
46	Lead7@x.example	2024-02-29 12:00:00+00	lead	sales_qualified	open	open	warm	hot	2	0	93.38700595287798	demo_request	2026-11-27 14:28:08.968311+00	\N
\.
COPY public.visit (lead, kind, at) FROM stdin;
7	visit	2024-01-02
2	of no meaning	2024-01-04
3	\N	2024-01-07
7	question	2024-01-08
0	demo_request	2024-01-10
0	meeting_held	2024-01-12
7	page_view	2024-01-14
0	of no meaning	2024-01-16
1	question	2024-01-18
3	pricing_view	2024-01-21
5	visit	2024-01-22
0	product_view	2024-01-25
5	pricing_view	2024-01-26
3	meeting_held	2024-01-28
1	add_to_cart	2024-01-30
3	demo_request	2024-02-01
0	of no meaning	2024-02-04
6	no_show	2024-02-05
4	add_to_cart	2024-02-08
5	demo_request	2024-02-09
\.
COPY public.visit_base (lead, first_at, last_at, stage_since, hot_since, interactions, stage, status, cycle, purchases, model_version, held) FROM stdin;
\.
COPY public.visit_lead (lead, heat, level, first_at, last_at, stage_since, hot_since, due_at, interactions, stage, status, cycle, purchases, model_version, held, checkpoint) FROM stdin;
0	36.62096144794822 @ 2024-02-04 00:00:00+00 / 14 days	2516.4088834773693	2024-01-10 00:00:00+00	2024-02-04 00:00:00+00	2024-01-12 00:00:00+00	\N	\N	5	opportunity	open	1	0	1	{0.6095068271022377,0,36.01145462084598}	\N
1	31.040895136738126 @ 2024-01-30 00:00:00+00 / 14 days	2515.8132411136376	2024-01-18 00:00:00+00	2024-01-30 00:00:00+00	2024-01-30 00:00:00+00	\N	\N	2	marketing_qualified	open	1	0	1	{0,0,31.040895136738126}	\N
2	0 @ 1970-01-01 00:00:00+00 / 14 days	0	2024-01-04 00:00:00+00	2024-01-04 00:00:00+00	2024-01-04 00:00:00+00	\N	\N	1	visitor	open	1	0	1	{0,0,0}	\N
3	114.55360831954576 @ 2024-02-01 00:00:00+00 / 14 days	2517.8398790925266	2024-01-07 00:00:00+00	2024-02-01 00:00:00+00	2024-01-28 00:00:00+00	2024-02-01 00:00:00+00	\N	4	opportunity	open	1	0	1	{1.7401940792402444,0,112.81341424030552}	\N
4	20 @ 2024-02-08 00:00:00+00 / 14 days	2515.8219280948874	2024-02-08 00:00:00+00	2024-02-08 00:00:00+00	2024-02-08 00:00:00+00	\N	\N	1	visitor	open	1	0	1	{0,0,20}	\N
5	83.5508383900191 @ 2024-02-09 00:00:00+00 / 14 days	2517.9560109713834	2024-01-22 00:00:00+00	2024-02-09 00:00:00+00	2024-02-09 00:00:00+00	2024-02-09 00:00:00+00	\N	3	sales_qualified	open	1	0	1	{3.550838390019095,0,80}	\N
6	-60 @ 2024-02-05 00:00:00+00 / 14 days	-2517.192604881323	2024-02-05 00:00:00+00	2024-02-05 00:00:00+00	2024-02-05 00:00:00+00	\N	\N	1	visitor	open	1	0	1	{0,0,-60}	\N
7	17.720166675554015 @ 2024-01-14 00:00:00+00 / 14 days	2513.8616059830924	2024-01-02 00:00:00+00	2024-01-14 00:00:00+00	2024-01-08 00:00:00+00	\N	\N	3	lead	open	1	0	1	{2.860223784184531,0,14.859942891369485}	\N
\.
COPY public.visit_transition (id, lead, at, from_stage, to_stage, from_status, to_status, from_temperature, to_temperature, cycle, purchases, score, cause, recorded_at, superseded_at) FROM stdin;
1	0	2024-01-10 00:00:00+00	\N	sales_qualified	\N	open	\N	hot	1	0	80	demo_request	2026-11-27 14:28:08.946508+00	\N
2	0	2024-01-12 00:00:00+00	sales_qualified	opportunity	open	open	hot	hot	1	0	112.45789314111254	meeting_held	2026-11-27 14:28:08.946508+00	\N
3	1	2024-01-18 00:00:00+00	\N	lead	\N	open	\N	warm	1	0	20	question	2026-11-27 14:28:08.946508+00	\N
4	1	2024-01-30 00:00:00+00	lead	marketing_qualified	open	open	warm	warm	1	0	31.040895136738126	add_to_cart	2026-11-27 14:28:08.946508+00	\N
5	2	2024-01-04 00:00:00+00	\N	visitor	\N	open	\N	cold	1	0	0	of no meaning	2026-11-27 14:28:08.946508+00	\N
6	3	2024-01-07 00:00:00+00	\N	visitor	\N	open	\N	cold	1	0	0	\N	2026-11-27 14:28:08.946508+00	\N
7	3	2024-01-28 00:00:00+00	visitor	opportunity	open	open	cold	hot	1	0	42.121320343559645	meeting_held	2026-11-27 14:28:08.946508+00	\N
8	3	2024-02-01 00:00:00+00	opportunity	opportunity	open	open	warm	hot	1	0	114.55360831954576	demo_request	2026-11-27 14:28:08.946508+00	\N
9	4	2024-02-08 00:00:00+00	\N	visitor	\N	open	\N	warm	1	0	20	add_to_cart	2026-11-27 14:28:08.946508+00	\N
10	5	2024-01-22 00:00:00+00	\N	visitor	\N	open	\N	cold	1	0	5	visit	2026-11-27 14:28:08.946508+00	\N
11	5	2024-02-09 00:00:00+00	visitor	sales_qualified	open	open	cold	hot	1	0	83.5508383900191	demo_request	2026-11-27 14:28:08.946508+00	\N
12	6	2024-02-05 00:00:00+00	\N	visitor	\N	open	\N	cold	1	0	-60	no_show	2026-11-27 14:28:08.946508+00	\N
13	7	2024-01-02 00:00:00+00	\N	visitor	\N	open	\N	cold	1	0	5	visit	2026-11-27 14:28:08.946508+00	\N
14	7	2024-01-08 00:00:00+00	visitor	lead	open	open	cold	warm	1	0	23.71498572284237	question	2026-11-27 14:28:08.946508+00	\N
\.
SELECT pg_catalog.setval('"Odd ""Schema"""."Web ""1""_transition_id_seq"', 57, true);
SELECT pg_catalog.setval('public.click_transition_id_seq', 51, true);
SELECT pg_catalog.setval('public.mail_id_seq', 81, true);
SELECT pg_catalog.setval('public.mail_transition_id_seq', 46, true);
SELECT pg_catalog.setval('public.visit_transition_id_seq', 14, true);
ALTER TABLE ONLY "Odd ""Schema"""."Web ""1""_base"
    ADD CONSTRAINT "Web ""1""_base_pkey" PRIMARY KEY (lead);
ALTER TABLE ONLY "Odd ""Schema"""."Web ""1""_lead"
    ADD CONSTRAINT "Web ""1""_lead_pkey" PRIMARY KEY (lead);
ALTER TABLE ONLY "Odd ""Schema"""."Web ""1""_transition"
    ADD CONSTRAINT "Web ""1""_transition_pkey" PRIMARY KEY (id);
ALTER TABLE ONLY public.click_base
    ADD CONSTRAINT click_base_pkey PRIMARY KEY (lead);
ALTER TABLE ONLY public.click_funnel_count
    ADD CONSTRAINT click_funnel_count_pkey PRIMARY KEY (grain, bucket, stage, status);
ALTER TABLE ONLY public.click_lead
    ADD CONSTRAINT click_lead_pkey PRIMARY KEY (lead);
ALTER TABLE ONLY public.click_transition
    ADD CONSTRAINT click_transition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.mail_base
    ADD CONSTRAINT mail_base_pkey PRIMARY KEY (lead);
ALTER TABLE ONLY public.mail_lead
    ADD CONSTRAINT mail_lead_pkey PRIMARY KEY (lead);
ALTER TABLE ONLY public.mail
    ADD CONSTRAINT mail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.mail_transition
    ADD CONSTRAINT mail_transition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.visit_base
    ADD CONSTRAINT visit_base_pkey PRIMARY KEY (lead);
ALTER TABLE ONLY public.visit_lead
    ADD CONSTRAINT visit_lead_pkey PRIMARY KEY (lead);
ALTER TABLE ONLY public.visit_transition
    ADD CONSTRAINT visit_transition_pkey PRIMARY KEY (id);
CREATE INDEX "Web ""1""_lead_due_at_idx" ON "Odd ""Schema"""."Web ""1""_lead" USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX "Web ""1""_lead_level_idx" ON "Odd ""Schema"""."Web ""1""_lead" USING btree (level);
CREATE INDEX "Web ""1""_transition_lead_at_idx" ON "Odd ""Schema"""."Web ""1""_transition" USING btree (lead, at) WHERE (superseded_at IS NULL);
CREATE INDEX "Web Events_Lead Id_At_idx" ON ONLY "Odd ""Schema"""."Web Events" USING btree ("Lead Id", "At");
CREATE INDEX "Web Events old_Lead Id_At_idx" ON "Odd ""Schema"""."Web Events old" USING btree ("Lead Id", "At");
CREATE INDEX "Web Events rest_Lead Id_At_idx" ON "Odd ""Schema"""."Web Events rest" USING btree ("Lead Id", "At");
CREATE INDEX click_lead_due_at_idx ON public.click_lead USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX click_lead_level_stage_status_idx ON public.click_lead USING btree (level) INCLUDE (stage, status);
CREATE INDEX click_transition_lead_at_idx ON public.click_transition USING btree (lead, at) WHERE (superseded_at IS NULL);
CREATE INDEX click_visitor_at_idx ON public.click USING btree (visitor, at);
CREATE INDEX mail_email_idx ON public.mail USING btree (email);
CREATE INDEX mail_lead_due_at_idx ON public.mail_lead USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX mail_lead_level_idx ON public.mail_lead USING btree (level);
CREATE INDEX mail_transition_lead_at_idx ON public.mail_transition USING btree (lead, at) WHERE (superseded_at IS NULL);
CREATE INDEX visit_lead_due_at_idx ON public.visit_lead USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX visit_lead_idx ON public.visit USING btree (lead);
CREATE INDEX visit_lead_level_idx ON public.visit_lead USING btree (level);
CREATE INDEX visit_transition_lead_at_idx ON public.visit_transition USING btree (lead, at) WHERE (superseded_at IS NULL);
ALTER INDEX "Odd ""Schema"""."Web Events_Lead Id_At_idx" ATTACH PARTITION "Odd ""Schema"""."Web Events old_Lead Id_At_idx";
ALTER INDEX "Odd ""Schema"""."Web Events_Lead Id_At_idx" ATTACH PARTITION "Odd ""Schema"""."Web Events rest_Lead Id_At_idx";
CREATE TRIGGER lead_temperature_delete AFTER DELETE ON "Odd ""Schema"""."Web Events" REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_delete AFTER DELETE ON "Odd ""Schema"""."Web Events old" REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_delete AFTER DELETE ON "Odd ""Schema"""."Web Events rest" REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_insert AFTER INSERT ON "Odd ""Schema"""."Web Events" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_insert AFTER INSERT ON "Odd ""Schema"""."Web Events old" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_insert AFTER INSERT ON "Odd ""Schema"""."Web Events rest" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_truncate AFTER TRUNCATE ON "Odd ""Schema"""."Web Events" FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_truncate AFTER TRUNCATE ON "Odd ""Schema"""."Web Events old" FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_truncate AFTER TRUNCATE ON "Odd ""Schema"""."Web Events rest" FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_update AFTER UPDATE ON "Odd ""Schema"""."Web Events" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_update AFTER UPDATE ON "Odd ""Schema"""."Web Events old" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_update AFTER UPDATE ON "Odd ""Schema"""."Web Events rest" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_delete AFTER DELETE ON public.click REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_delete AFTER DELETE ON public.mail REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_delete AFTER DELETE ON public.visit REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_insert AFTER INSERT ON public.click REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_insert AFTER INSERT ON public.mail REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_insert AFTER INSERT ON public.visit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_truncate AFTER TRUNCATE ON public.click FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_truncate AFTER TRUNCATE ON public.mail FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_truncate AFTER TRUNCATE ON public.visit FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_update AFTER UPDATE ON public.click REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_update AFTER UPDATE ON public.mail REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
CREATE TRIGGER lead_temperature_update AFTER UPDATE ON public.visit REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lead_temperature.follow();
