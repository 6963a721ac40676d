-- State that other hands have changed: drift tells, replay and resume mend all of it, and a
-- writer of a lead whose row the extension cannot have written makes the lead anew.
SET timezone = 'UTC';
CREATE TABLE event (lead int, kind text, at timestamptz);
CREATE INDEX ON event (lead);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', funnel_counts => true);

-- Each lead is spoilt in a way of its own.  One that is plausible may be what rows have made:
-- a newer row is added to it, and only a replay finds it out.
CREATE TABLE damage (lead int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, plausible boolean, change text);
INSERT INTO damage (plausible, change) VALUES
	(false, $$heat = lead_temperature.heat(1, last_at, interval '14 days')$$),
	(false, $$heat = lead_temperature.heat(0, last_at, interval '14 days')$$),
	(false, $$first_at = NULL$$), (false, $$first_at = 'infinity'$$), (false, $$first_at = '-infinity'$$),
	(false, $$first_at = '1969-12-31 23:59:59+00'$$), (false, $$first_at = last_at + interval '1 second'$$),
	(false, $$last_at = NULL$$), (false, $$last_at = 'infinity'$$), (false, $$last_at = '-infinity'$$),
	(false, $$last_at = '4713-01-01 BC'$$), (false, $$last_at = first_at - interval '1 second'$$),
	(false, $$stage_since = NULL$$), (false, $$stage_since = 'infinity'$$), (false, $$stage_since = '-infinity'$$),
	(false, $$stage_since = '1900-01-01'$$), (false, $$stage_since = last_at + interval '1 second'$$),
	(false, $$hot_since = 'infinity'$$), (false, $$hot_since = '-infinity'$$), (false, $$hot_since = '1969-12-31'$$),
	(false, $$hot_since = last_at + interval '1 second'$$),
	(false, $$due_at = 'infinity'$$), (false, $$due_at = '-infinity'$$), (false, $$due_at = '1969-12-31'$$),
	(false, $$interactions = -1$$), (false, $$interactions = 0$$), (false, $$interactions = -9223372036854775808$$),
	(false, $$interactions = 0, first_at = NULL, last_at = NULL, stage_since = NULL, hot_since = NULL$$),
	(false, $$cycle = 0$$), (false, $$cycle = -2147483648$$), (false, $$purchases = -1$$),
	(false, $$model_version = 77$$), (false, $$model_version = -1$$),
	(false, $$group_points = '{}'$$), (false, $$group_points = '{NULL}'$$), (false, $$group_points = ARRAY[NULL]::float8[] || group_points[2:]$$),
	(false, $$group_points = ARRAY[group_points]$$), (false, $$group_points = ('[0:2]=' || group_points::text)::float8[]$$), (false, $$group_points = group_points || 1::float8$$),
	(false, $$group_points = group_points[2:]$$), (false, $$group_points = ARRAY['NaN'::float8] || group_points[2:]$$), (false, $$group_points = ARRAY['Infinity'::float8] || group_points[2:]$$),
	(false, $$group_points = ARRAY[group_points[1] + 1] || group_points[2:]$$),
	(false, $$final_since = last_at$$), (false, $$final_since = 'infinity'$$), (false, $$final_since = '1900-01-01'$$),
	(false, $$status = 'lost', final_since = last_at + interval '1 second'$$),
	(false, $$counted_at = '{}'$$), (false, $$counted_at = '{NULL}'$$), (false, $$counted_at = array_fill('infinity'::timestamptz, ARRAY[7])$$),
	(false, $$counted_at = array_fill(last_at + interval '1 second', ARRAY[7])$$), (false, $$counted_at = array_fill('1900-01-01'::timestamptz, ARRAY[7])$$),
	(false, $$counted_at = array_fill(last_at, ARRAY[7], ARRAY[0])$$), (false, $$counted_at = array_fill(last_at, ARRAY[1, 7])$$),
	(false, $$granted_at = '{}'$$), (false, $$granted_at = array_fill(last_at, ARRAY[2])$$), (false, $$granted_at = '{infinity}'$$),
	(false, $$granted_at = ARRAY[last_at + interval '1 second']$$), (false, $$withdrawn_at = '{1900-01-01}'$$), (false, $$withdrawn_at = array_fill(last_at, ARRAY[1, 1])$$),
	(false, $$withdrawn_at = array_fill(last_at, ARRAY[1], ARRAY[0])$$),
	-- what a newer row writes anew, whatever was there
	(false, $$level = NULL$$), (false, $$level = level + 1$$), (false, $$level = 'NaN'$$), (false, $$level = '-Infinity'$$), (false, $$level = 1e300$$),
	(false, $$heat = lead_temperature.heat(lead_temperature.points(heat), last_at - interval '1 second', interval '14 days')$$),
	(false, $$heat = lead_temperature.heat(lead_temperature.points(heat), last_at, interval '3 days')$$),
	(false, $$due_at = '2024-01-05'$$),
	-- checkpoints; this lead has none
	(true, $$checkpoint = '{}'$$), (true, $$checkpoint = '{1,2,3}'$$), (true, $$checkpoint = '{{1,2},{3,4}}'$$), (true, $$checkpoint = '{NULL}'$$),
	(true, $$checkpoint = array_fill(0::bigint, ARRAY[13])$$), (true, $$checkpoint = array_fill(9223372036854775807, ARRAY[13])$$),
	(true, $$checkpoint = array_fill((-9223372036854775807 - 1)::bigint, ARRAY[13])$$), (true, $$checkpoint = array_fill(1::bigint, ARRAY[13], ARRAY[0])$$),
	-- what rows can have made
	(true, $$status = 'lost', final_since = last_at$$), (true, $$counted_at = array_fill(last_at, ARRAY[7])$$), (true, $$counted_at = array_fill(NULL::timestamptz, ARRAY[7])$$),
	(true, $$granted_at = ARRAY[last_at]$$), (true, $$withdrawn_at = ARRAY[first_at]$$), (true, $$withdrawn_at = '{NULL}'$$),
	(true, $$interactions = interactions + 1$$), (true, $$stage = 'opportunity'$$), (true, $$status = 'lost'$$), (true, $$cycle = cycle + 1$$),
	(true, $$purchases = purchases + 1$$), (true, $$first_at = first_at - interval '1 day'$$), (true, $$hot_since = NULL$$),
	(true, $$stage_since = last_at$$), (true, $$group_points = ARRAY[0, 0, 1], heat = lead_temperature.heat(1, last_at, interval '14 days')$$);
INSERT INTO event SELECT lead, kind, at FROM damage,
	(VALUES ('visit', timestamptz '2024-01-01'), ('demo_request', '2024-01-02'), ('question', '2024-01-03')) AS r (kind, at);
SELECT * FROM lead_temperature.drift('event');
SELECT count(*) AS leads, count(DISTINCT (interactions, level, stage, group_points)) AS alike FROM event_lead;

-- spoil does the damage, all of it or what is not plausible, and says where drift does not tell of it
CREATE FUNCTION spoil(all_of_it boolean DEFAULT true) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	d damage;
BEGIN
	FOR d IN SELECT * FROM damage WHERE all_of_it OR NOT plausible ORDER BY lead LOOP
		EXECUTE format('UPDATE event_lead SET %s WHERE lead = %s', d.change, d.lead);
	END LOOP;
	RETURN QUERY SELECT change FROM damage WHERE (all_of_it OR NOT plausible)
		AND lead::text NOT IN (SELECT dr.lead FROM lead_temperature.drift('event') dr) ORDER BY damage.lead;
END
$$;
CREATE VIEW wrong AS SELECT d.lead, d.change, r.attribute, r.stored, r.replayed
	FROM lead_temperature.drift('event') r JOIN damage d ON d.lead::text = r.lead ORDER BY d.lead, r.attribute;

-- Drift tells of each, by the column.
SELECT * FROM spoil();
SELECT change, string_agg(attribute, ' ' ORDER BY attribute) AS attributes FROM wrong GROUP BY lead, change ORDER BY lead;

-- Replay mends it, in batches and at once, and the counts of the funnel with it.
CREATE VIEW counts AS SELECT (SELECT sum(leads) FROM event_funnel_count WHERE grain = 0) = (SELECT count(*) FROM event_lead WHERE level IS NOT NULL)
	AND NOT EXISTS (SELECT FROM event_funnel_delta) AS right;
CALL lead_temperature.replay('event');
SELECT * FROM wrong;
SELECT * FROM counts;
SELECT * FROM spoil();
DO $$ BEGIN CALL lead_temperature.replay('event'); END $$;
SELECT * FROM wrong;
SELECT * FROM counts;

-- Resume.
SELECT * FROM spoil();
SELECT lead_temperature.pause('event');
SELECT lead_temperature.resume('event');
SELECT * FROM wrong;
SELECT * FROM counts;

-- A newer row, by one statement for all leads and by one for each.
SELECT * FROM spoil(false);
INSERT INTO event SELECT lead, 'visit', '2024-01-04' FROM damage;
SELECT * FROM wrong;
SELECT * FROM spoil(false);
DO $$
DECLARE
	d damage;
BEGIN
	FOR d IN SELECT * FROM damage ORDER BY lead LOOP
		INSERT INTO event VALUES (d.lead, 'visit', '2024-01-06');
	END LOOP;
END
$$;
SELECT * FROM wrong;

-- A late row, an update, a deletion: these replay whatever was there.
SELECT * FROM spoil();
INSERT INTO event SELECT lead, 'visit', '2024-01-01' FROM damage;
SELECT * FROM wrong;
SELECT * FROM spoil();
UPDATE event SET kind = 'call' WHERE at = '2024-01-06';
SELECT * FROM wrong;
SELECT * FROM spoil();
DELETE FROM event WHERE at = '2024-01-01';
SELECT * FROM wrong;
-- rows to come and a time that has come
SELECT * FROM spoil(false);
INSERT INTO event SELECT lead, 'visit', '9999-01-01' FROM damage;
SELECT * FROM wrong;
UPDATE event_lead SET due_at = '2024-01-01' WHERE lead % 2 = 0;
UPDATE event_lead SET due_at = '-infinity' WHERE lead % 2 = 1;
SELECT lead_temperature.apply_due('event') = count(*) AS all_settled FROM damage;
SELECT * FROM wrong;
-- a serializable transaction
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT * FROM spoil(false);
INSERT INTO event SELECT lead, 'visit', '2024-01-08' FROM damage;
COMMIT;
SELECT * FROM wrong;
-- rows of state that are missing, and one too many
DELETE FROM event_lead WHERE lead < 5;
INSERT INTO event_lead SELECT (jsonb_populate_record(l, '{"lead": 1000}')).* FROM event_lead l WHERE lead = 5;
SELECT lead, attribute FROM lead_temperature.drift('event') WHERE attribute = 'lead' ORDER BY lead::int;
CALL lead_temperature.replay('event');
SELECT * FROM lead_temperature.drift('event');

-- Transitions that are spoilt: superseded, and made anew.
CREATE TABLE harm (lead int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sql text);
INSERT INTO harm (sql) VALUES ($$UPDATE %s SET at = 'infinity'$$), ($$UPDATE %s SET at = '-infinity'$$), ($$UPDATE %s SET at = '1969-12-31'$$),
	($$UPDATE %s SET at = '294276-12-31'$$), ($$UPDATE %s SET score = 'NaN'$$), ($$UPDATE %s SET score = score + 1$$), ($$UPDATE %s SET cause = NULL$$),
	($$UPDATE %s SET from_stage = 'visitor'$$), ($$UPDATE %s SET to_stage = 'customer'$$), ($$UPDATE %s SET from_temperature = 'hot'$$),
	($$UPDATE %s SET to_status = 'lost'$$), ($$UPDATE %s SET cycle = -1$$), ($$UPDATE %s SET purchases = -1$$), ($$UPDATE %s SET lead = 3000$$),
	($$DELETE FROM %s$$), ($$UPDATE %s SET superseded_at = at$$), ($$UPDATE %s SET at = at + interval '1 second'$$);
INSERT INTO event VALUES (3000, 'visit', '2024-01-05');
CREATE FUNCTION harm() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	h harm;
BEGIN
	FOR h IN SELECT * FROM harm ORDER BY lead LOOP
		EXECUTE format(h.sql, 'event_transition') || format($q$ WHERE lead = %s AND cause = 'demo_request' AND superseded_at IS NULL$q$, h.lead);
	END LOOP;
	RETURN QUERY SELECT sql FROM harm WHERE lead::text NOT IN (SELECT dr.lead FROM lead_temperature.drift('event') dr) ORDER BY harm.lead;
END
$$;
SELECT * FROM harm();
SELECT lead, attribute, stored IS NOT NULL AS stored, replayed IS NOT NULL AS replayed FROM lead_temperature.drift('event') ORDER BY lead::int, attribute;
CALL lead_temperature.replay('event');
SELECT * FROM lead_temperature.drift('event');
SELECT * FROM harm();
SELECT lead_temperature.pause('event');
SELECT lead_temperature.resume('event');
SELECT * FROM lead_temperature.drift('event');
SELECT * FROM harm();
INSERT INTO event SELECT lead, 'visit', '2024-01-01' FROM harm;
INSERT INTO event VALUES (3000, 'visit', '2024-01-01');
SELECT * FROM lead_temperature.drift('event');

-- A lead that has a checkpoint, which is spoilt.
INSERT INTO event SELECT 2000, 'visit', timestamptz '2024-01-01' + i * interval '1 hour' FROM generate_series(1, 300) AS i;
INSERT INTO event VALUES (2000, 'question', '2024-01-13 11:30+00');
SELECT checkpoint IS NOT NULL AS has_checkpoint FROM event_lead WHERE lead = 2000;
CREATE FUNCTION with_checkpoint(change text) RETURNS TABLE (attributes text, after_late_row bigint, after_replay bigint) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('UPDATE event_lead SET checkpoint = %s WHERE lead = 2000', change);
	SELECT string_agg(attribute, ' ' ORDER BY attribute) INTO attributes FROM lead_temperature.drift('event');
	BEGIN
		INSERT INTO event VALUES (2000, 'question', '2024-01-13 11:40+00');
		SELECT count(*) INTO after_late_row FROM lead_temperature.drift('event');
		RAISE EXCEPTION 'undo';
	EXCEPTION WHEN raise_exception THEN
	END;
	CALL lead_temperature.replay('event');
	SELECT count(*) INTO after_replay FROM lead_temperature.drift('event');
	INSERT INTO event VALUES (2000, 'question', '2024-01-13 11:30+00');	-- makes a checkpoint again
	RETURN NEXT;
END
$$;
SELECT change, c.* FROM (VALUES ($$'{}'$$), ($$checkpoint[2:]$$), ($$ARRAY[checkpoint]$$), ($$(format('[0:%s]=', cardinality(checkpoint) - 1) || checkpoint::text)::bigint[]$$),
	($$ARRAY[NULL]::bigint[] || checkpoint[2:]$$), ($$ARRAY[-1] || checkpoint[2:]$$), ($$checkpoint[1:1] || (-1)::bigint || checkpoint[3:]$$),
	($$checkpoint[1:2] || 9223372036854775807 || checkpoint[4:]$$), ($$checkpoint[1:3] || 0::bigint || checkpoint[5:]$$),
	($$checkpoint[1:4] || 1::bigint || checkpoint[6:]$$), ($$checkpoint[1:5] || 6::bigint || checkpoint[7:]$$),
	($$checkpoint[1:6] || (-1)::bigint || checkpoint[8:]$$), ($$checkpoint[1:7] || 4294967297 || checkpoint[9:]$$),
	($$checkpoint[1:8] || (-1)::bigint || checkpoint[10:]$$), ($$checkpoint[1:9] || 0::bigint || checkpoint[11:]$$),
	($$checkpoint[1:10] || 9221120237041090560 || checkpoint[12:]$$)) AS c1 (change), with_checkpoint(change) AS c;

-- Opening balances are data that nothing can make anew: whoever needs one that is spoilt says so.
SELECT lead_temperature.archive('event', '2024-01-03 12:00+00') > 0 AS archived;
SELECT * FROM lead_temperature.drift('event');
CREATE FUNCTION needs(sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE sql;
	RETURN 'works';
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN format('%s %s. %s', SQLSTATE, SQLERRM, hint);
END
$$;
CREATE FUNCTION with_balance(change text) RETURNS TABLE (drift text, writer text, replay text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('UPDATE event_balance SET %s WHERE lead = 1', change);
	drift := needs($q$SELECT count(*) FROM lead_temperature.drift('event')$q$);
	writer := split_part(needs($q$INSERT INTO event VALUES (1, 'visit', '2024-01-03 12:00+00')$q$), ' ', 1);
	replay := split_part(needs($q$CALL lead_temperature.replay('event')$q$), ' ', 1);
	RAISE EXCEPTION '%|%|%', drift, writer, replay;
EXCEPTION WHEN raise_exception THEN
	drift := split_part(SQLERRM, '|', 1);
	writer := split_part(SQLERRM, '|', 2);
	replay := split_part(SQLERRM, '|', 3);
	RETURN NEXT;
END
$$;
SELECT c.* FROM (VALUES ($$first_at = 'infinity'$$), ($$first_at = '-infinity'$$), ($$first_at = '1969-12-31'$$), ($$last_at = 'infinity'$$),
	($$last_at = '-infinity'$$), ($$last_at = first_at - interval '1 second'$$), ($$stage_since = '-infinity'$$), ($$stage_since = '1969-12-31'$$),
	($$stage_since = '9999-01-01'$$), ($$hot_since = 'infinity'$$), ($$hot_since = '1969-12-31'$$), ($$hot_since = last_at + interval '1 second'$$),
	($$interactions = 0$$), ($$interactions = -1$$), ($$cycle = 0$$), ($$purchases = -1$$), ($$model_version = 77$$), ($$group_points = '{}'$$), ($$group_points = '{1}'$$),
	($$group_points = ARRAY[NULL]::float8[] || group_points[2:]$$), ($$group_points = ARRAY[group_points]$$), ($$group_points = ARRAY['NaN'::float8] || group_points[2:]$$),
	($$group_points = ARRAY['-Infinity'::float8] || group_points[2:]$$), ($$group_points = group_points$$)) AS c1 (change), with_balance(change) AS c;
SELECT * FROM lead_temperature.drift('event');

DROP VIEW wrong, counts;
SELECT lead_temperature.untrack('event');
DROP TABLE event, damage, harm;
DROP FUNCTION spoil, harm, with_checkpoint, with_balance, needs;
DELETE FROM lead_temperature.model WHERE name = 'event';
