--
-- signal.consent: signals that grant or withdraw permission to write to a lead, by channel; the later one wins.
--
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE ROLE regress_lt_reader;
\pset format unaligned
\pset tuples_only
\pset null -

-- What a signal can say.
SELECT lead_temperature.create_model('polite');
UPDATE lead_temperature.signal SET consent = 'grant' WHERE model = 'polite' AND kind = 'visit';
UPDATE lead_temperature.signal SET consent = 'revoke', channel = 'email' WHERE model = 'polite' AND kind = 'visit';
\set VERBOSITY sqlstate
UPDATE lead_temperature.signal SET consent = 'Grant', channel = 'email' WHERE model = 'polite' AND kind = 'visit';
UPDATE lead_temperature.signal SET consent = '', channel = 'email' WHERE model = 'polite' AND kind = 'visit';
UPDATE lead_temperature.signal SET consent = 'grant', channel = '' WHERE model = 'polite' AND kind = 'visit';
UPDATE lead_temperature.signal SET consent = 'withdraw', channel = '' WHERE model = 'polite' AND kind = 'visit';
UPDATE lead_temperature.signal SET channel = 'email' WHERE model = 'polite' AND kind = 'visit';
\set VERBOSITY default
-- the templates
SELECT t.name, s.kind, s.consent, s.channel FROM lead_temperature.templates() t, lead_temperature.template_signal(t.name) s
	WHERE s.consent IS NOT NULL OR s.channel IS NOT NULL ORDER BY 1, 2;

-- A model of one's own, with channels whose names need care: signals of points, with a cooldown, with a floor, and an outcome alone.
INSERT INTO lead_temperature.model (name, owner, half_life, warm, mql, hot) VALUES ('manners', current_user, '14 days', 10, 25, 40);
INSERT INTO lead_temperature.signal (model, kind, points, stage, cooldown, consent, channel) VALUES
	('manners', 'visit', 5, NULL, NULL, NULL, NULL),
	('manners', 'signup', 15, 'lead', NULL, 'grant', 'email'),
	('manners', 'form', 15, 'lead', '1 hour', 'grant', 'email'),
	('manners', 'call me', 20, NULL, '1 day', 'grant', 'phone'),
	('manners', 'letter', 0, NULL, NULL, 'grant', 'E "post"'),
	('manners', 'unsubscribe', -20, 'lead', NULL, 'withdraw', 'email'),
	('manners', 'do not call', 0, NULL, '1 day', 'withdraw', 'phone');
INSERT INTO lead_temperature.signal (model, kind, outcome, final, consent, channel) VALUES
	('manners', 'purchase', 'won', false, 'grant', 'email'),
	('manners', 'no thanks', 'lost', false, 'withdraw', 'email'),
	('manners', 'spam', 'lost', true, 'withdraw', NULL);

CREATE TABLE event (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lead text, kind text, at timestamptz, weight float8);
CREATE INDEX ON event (lead, at);
SELECT lead_temperature.track('event', 'lead', 'kind', 'at', 'weight', 'manners');
CREATE VIEW lead AS
	SELECT lead, interactions AS n, stage, status,
		lead_temperature.consents('event_lead', model_version, granted_at, withdrawn_at) AS consents,
		lead_temperature.may_contact('event_lead', model_version, granted_at, withdrawn_at, 'email') AS email,
		(SELECT string_agg(coalesce(to_char(t, 'DD HH24:MI'), '-'), ', ' ORDER BY i) FROM unnest(granted_at) WITH ORDINALITY AS g (t, i)) AS granted,
		(SELECT string_agg(coalesce(to_char(t, 'DD HH24:MI'), '-'), ', ' ORDER BY i) FROM unnest(withdrawn_at) WITH ORDINALITY AS w (t, i)) AS withdrawn
	FROM event_lead ORDER BY lead COLLATE "C";
-- say inserts rows of a lead: kind@day[@weight], where days are those of March 2026.
CREATE FUNCTION say(lead text, rows text) RETURNS SETOF void LANGUAGE sql AS $$
	INSERT INTO event (lead, kind, at, weight)
	SELECT lead, split_part(r, '@', 1), timestamptz '2026-02-28' + split_part(r, '@', 2)::float8 * interval '1 day', nullif(split_part(r, '@', 3), '')::float8
	FROM regexp_split_to_table(rows, ', ') AS r;
	SELECT WHERE false
$$;

SELECT say('silent', 'visit@1');
SELECT say('granted', 'signup@1');
SELECT say('granted twice', 'signup@1, signup@3');
SELECT say('withdrawn', 'signup@1, unsubscribe@2');
SELECT say('granted again', 'signup@1, unsubscribe@2, signup@3');
SELECT say('withdrawn alone', 'unsubscribe@1');
SELECT say('at once', 'signup@1, unsubscribe@1');
SELECT say('at once, a channel each', 'signup@1, do not call@1, call me@1, letter@1');
SELECT say('each channel', 'signup@1, call me@2, unsubscribe@3, letter@4');
SELECT say('every channel', 'signup@1, call me@1, spam@2');
SELECT say('every channel, again one', 'signup@1, call me@1, spam@2, call me@3');
SELECT say('bought', 'purchase@1');
SELECT say('refused', 'signup@1, no thanks@2, signup@1.5');
-- weights of 0 or less grant nothing, but withdraw; bad ones count nowhere
SELECT say('weightless', 'signup@1@0, call me@1@-1, letter@1@0.001');
SELECT say('weightless withdrawal', 'signup@1, call me@1, unsubscribe@2@0, spam@2@-5');
SELECT say('bad weights', 'signup@1@NaN, call me@2, do not call@3@Infinity');
-- a repetition grants and withdraws as any row
SELECT say('repeated', 'form@1, unsubscribe@1.01, form@1.02');
SELECT say('repeated at once', 'form@1, form@1@2, do not call@1, do not call@1');
-- a row of the future waits
SELECT say('later', 'signup@1, unsubscribe@100000');
SELECT say('only later', 'signup@100000');
TABLE lead;
SELECT count(*) FROM lead_temperature.drift('event');
-- consent makes no transition, and neither outcomes nor what is lost for good change any of it
SELECT lead, count(*) FROM event_transition WHERE lead IN ('granted twice', 'withdrawn alone', 'every channel, again one') GROUP BY lead ORDER BY lead COLLATE "C";

-- Late rows, updates, deletions
SELECT say('granted', 'unsubscribe@0.5, unsubscribe@0.75');
SELECT * FROM lead WHERE lead = 'granted';
SELECT say('granted', 'unsubscribe@1');
SELECT * FROM lead WHERE lead = 'granted';
DELETE FROM event WHERE lead = 'granted' AND kind = 'unsubscribe' AND at >= '2026-03-01';
UPDATE event SET kind = 'call me' WHERE lead = 'granted' AND kind = 'unsubscribe';
SELECT * FROM lead WHERE lead = 'granted';
DELETE FROM event WHERE lead = 'granted' AND kind = 'call me';
UPDATE event SET weight = 0 WHERE lead = 'granted';
SELECT * FROM lead WHERE lead = 'granted';
UPDATE event SET weight = NULL WHERE lead = 'granted';
SELECT count(*) FROM lead_temperature.drift('event');

-- A lead with many rows, which is replayed from a checkpoint: one with nothing to remember, and one with consent
INSERT INTO event (lead, kind, at) SELECT 'busy', 'visit', timestamptz '2026-03-01' + i * interval '1 minute' FROM generate_series(1, 200) AS i;
INSERT INTO event (lead, kind, at) VALUES ('busy', 'signup', '2026-03-01 03:19:30');
SELECT cardinality(checkpoint), granted_at IS NOT NULL FROM event_lead WHERE lead = 'busy';
INSERT INTO event (lead, kind, at) SELECT 'busy', CASE WHEN i % 40 = 0 THEN 'form' WHEN i % 50 = 0 THEN 'do not call' ELSE 'visit' END, timestamptz '2026-03-01' + i * interval '1 minute' FROM generate_series(201, 400) AS i;
INSERT INTO event (lead, kind, at) VALUES ('busy', 'unsubscribe', '2026-03-01 06:39:30');
SELECT cardinality(checkpoint) FROM event_lead WHERE lead = 'busy';
INSERT INTO event (lead, kind, at) VALUES ('busy', 'visit', '2026-03-01 06:39:40');
SELECT * FROM lead WHERE lead = 'busy';
SELECT count(*) FROM lead_temperature.drift('event');
-- what the checkpoint says is taken, and found by drift
UPDATE event_lead SET checkpoint[cardinality(checkpoint) - 5] = checkpoint[3] WHERE lead = 'busy';
INSERT INTO event (lead, kind, at) VALUES ('busy', 'visit', '2026-03-01 06:39:50');
SELECT attribute FROM lead_temperature.drift('event') ORDER BY 1;
CALL lead_temperature.replay('event');
SELECT count(*) FROM lead_temperature.drift('event');

-- Two leads that are merged consent as one person, and apart again as before.
SELECT say('ann', 'signup@1, call me@2'), say('ann2', 'unsubscribe@3, call me@1');
SELECT lead_temperature.merge_leads('event', 'ann2', 'ann');
SELECT * FROM lead WHERE lead LIKE 'ann%';
SELECT lead_temperature.unmerge_lead('event', 'ann2');
SELECT * FROM lead WHERE lead LIKE 'ann%';

-- What is archived is remembered, also of leads that are merged, and counts against later rows.
SELECT say('bob', 'signup@1, call me@1, do not call@2'), say('bob2', 'unsubscribe@2, call me@3, letter@4');
CREATE TEMP TABLE before AS SELECT lead, consents, granted, withdrawn FROM lead;
SELECT lead_temperature.archive('event', '2026-03-15');
DELETE FROM event WHERE at < '2026-03-15';
SELECT lead, granted_at, withdrawn_at FROM event_balance WHERE lead IN ('ann', 'bob', 'bob2', 'silent') ORDER BY lead;
CALL lead_temperature.replay('event');
(SELECT lead, consents, granted, withdrawn FROM lead EXCEPT TABLE before) UNION ALL (TABLE before EXCEPT SELECT lead, consents, granted, withdrawn FROM lead);
SELECT say('ann2', 'signup@20'), say('bob2', 'visit@21'), say('silent', 'unsubscribe@22'), say('granted', 'unsubscribe@20, signup@19'), say('withdrawn', 'unsubscribe@1');
SELECT lead_temperature.merge_leads('event', 'bob2', 'bob');
SELECT lead, consents, granted, withdrawn FROM lead WHERE lead ~ 'ann|bob|silent|^granted$|^withdrawn$';
SELECT count(*) FROM lead_temperature.drift('event');
SELECT lead_temperature.archive('event', '2026-03-25');
SELECT lead, granted_at, withdrawn_at FROM event_balance WHERE lead IN ('ann', 'bob', 'bob2', 'silent') ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('event');

-- Who is forgotten has said nothing.
SELECT relation, rows FROM lead_temperature.forget('event', 'bob', true);
SELECT count(*) FROM event_balance WHERE lead LIKE 'bob%';
SELECT say('bob', 'visit@26');
SELECT * FROM lead WHERE lead LIKE 'bob%';

-- A model that is edited: another channel, before and behind the others, a kind that says otherwise, a channel that is gone.
SELECT say('cy', 'signup@26, visit@26, call me@27, do not call@28');
UPDATE lead_temperature.signal SET consent = 'grant', channel = 'ads' WHERE model = 'manners' AND kind = 'visit';
INSERT INTO lead_temperature.signal (model, kind, points, consent, channel) VALUES ('manners', 'text me', 1, 'grant', 'sms');
SELECT stale FROM lead_temperature.trackers;
-- not before a replay; who reads says what the leads were folded with
SELECT say('cy', 'visit@29');
SELECT * FROM lead WHERE lead IN ('ann', 'cy');
CALL lead_temperature.replay('event');
SELECT * FROM lead WHERE lead IN ('ann', 'cy');
SELECT say('cy', 'text me@30');
SELECT * FROM lead WHERE lead = 'cy';
SELECT count(*) FROM lead_temperature.drift('event');
DELETE FROM lead_temperature.signal WHERE model = 'manners' AND kind IN ('call me', 'letter');
UPDATE lead_temperature.signal SET consent = NULL, channel = NULL WHERE model = 'manners' AND kind IN ('do not call', 'visit');
CALL lead_temperature.replay('event');
SELECT * FROM lead WHERE lead IN ('ann', 'cy');
SELECT count(*) FROM lead_temperature.drift('event');
-- what says the same is no other model; a channel or a word that is another is
UPDATE lead_temperature.signal SET channel = 'email' WHERE model = 'manners' AND kind = 'signup';
SELECT stale FROM lead_temperature.trackers;
UPDATE lead_temperature.signal SET channel = 'mail' WHERE model = 'manners' AND kind = 'signup';
SELECT stale FROM lead_temperature.trackers;
UPDATE lead_temperature.signal SET consent = 'withdraw', channel = 'email' WHERE model = 'manners' AND kind = 'signup';
SELECT stale FROM lead_temperature.trackers;
-- one that grants nothing, withdrawn by all signals
UPDATE lead_temperature.signal SET consent = 'withdraw', channel = NULL WHERE model = 'manners' AND channel IS NOT NULL;
CALL lead_temperature.replay('event');
SELECT count(granted_at) + count(withdrawn_at) AS instants FROM event_lead;
SELECT count(*) FROM lead_temperature.drift('event');
-- and one without any consent, to which the balances bring none
UPDATE lead_temperature.signal SET consent = NULL WHERE model = 'manners';
CALL lead_temperature.replay('event');
SELECT count(granted_at) + count(withdrawn_at) AS instants FROM event_lead;
-- but they have not lost it
UPDATE lead_temperature.signal SET consent = 'grant', channel = 'email' WHERE model = 'manners' AND kind = 'signup';
CALL lead_temperature.replay('event');
SELECT * FROM lead WHERE lead IN ('ann', 'granted again', 'withdrawn');
SELECT count(*) FROM lead_temperature.drift('event');

-- Who may read a view over the state needs no other right.
CREATE VIEW contactable AS SELECT lead FROM event_lead
	WHERE lead_temperature.may_contact('event_lead', model_version, granted_at, withdrawn_at, 'email');
GRANT SELECT ON contactable, lead TO regress_lt_reader;
SET ROLE regress_lt_reader;
SELECT count(*) > 0 AS some FROM contactable;
SELECT consents FROM lead WHERE lead = 'cy';
SELECT count(*) FROM event_lead;
RESET ROLE;
-- parallel workers read it, too
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ALTER TABLE event_lead SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT count(*) FROM event_lead WHERE lead_temperature.may_contact('event_lead', model_version, granted_at, withdrawn_at, 'email');
SELECT count(*) = (SELECT count(*) FROM lead WHERE email) AS same FROM event_lead WHERE lead_temperature.may_contact('event_lead', model_version, granted_at, withdrawn_at, 'email');
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- Arguments that are NULL are those of a lead that has said nothing; wrong ones are told.
CREATE FUNCTION asked(state regclass, version int, granted timestamptz[], withdrawn timestamptz[], channel text) RETURNS text LANGUAGE sql AS
	$$ SELECT lead_temperature.consents(state, version, granted, withdrawn)::text || ' ' || lead_temperature.may_contact(state, version, granted, withdrawn, channel) $$;
SELECT version FROM lead_temperature.tracker \gset
SELECT asked('event_lead', :version, '{2026-01-01}', '{2025-12-31}', 'email');
SELECT asked('event_lead', :version, '{2026-01-01}', '{2026-01-01}', 'email');
SELECT asked('event_lead', :version, '{NULL}', '{2026-01-01}', 'email');
SELECT asked('event_lead', :version, '{-infinity}', '{NULL}', 'email');
SELECT asked('event_lead', :version, '{infinity}', '{-infinity}', 'email');
SELECT asked('event_lead', :version, '{2026-01-01}', NULL, 'Email');
SELECT asked('event_lead', :version, '{2026-01-01}', NULL, 'no such channel');
SELECT asked('event_lead', :version, '{2026-01-01}', NULL, '');
SELECT asked('event_lead', :version, '{2026-01-01}', NULL, NULL);
SELECT asked('event_lead', :version, NULL, '{2026-01-01}', 'email');
SELECT asked('event_lead', :version, NULL, NULL, 'email');
SELECT asked('event_lead', NULL, '{2026-01-01}', NULL, 'email');
SELECT asked(NULL, :version, '{2026-01-01}', NULL, 'email');
SELECT asked('event_lead', 77, NULL, NULL, 'email');
SELECT lead_temperature.consents('event_lead', 77, '{2026-01-01}', NULL);
SELECT lead_temperature.may_contact('event_lead', -1, '{2026-01-01}', NULL, 'email');
SELECT lead_temperature.consents('event_lead', :version, '{}', NULL);
SELECT lead_temperature.consents('event_lead', :version, NULL, '{2026-01-01,2026-01-01}');
SELECT lead_temperature.may_contact('event_lead', :version, '{{2026-01-01},{2026-01-01}}', NULL, 'email');
SELECT lead_temperature.may_contact('event', :version, '{2026-01-01}', NULL, 'email');
SELECT lead_temperature.may_contact(0::oid, :version, '{2026-01-01}', NULL, 'email');

-- A frozen model that a superuser has spoilt is told of, and frozen anew by a replay.
CREATE FUNCTION spoilt(change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE format('UPDATE lead_temperature.model_version SET %s WHERE interactions = ''event''::regclass AND version = (SELECT version FROM lead_temperature.tracker)', change);
	PERFORM lead_temperature.reload_trackers();
	INSERT INTO event (lead, kind, at) VALUES ('cy', 'visit', '2026-03-31');
	RETURN 'nothing';
EXCEPTION WHEN data_corrupted THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN detail;
END
$$;
SELECT spoilt($$consents = array_replace(consents, 'grant', 'give')$$);
SELECT spoilt($$consents = '{}'$$);
SELECT spoilt($$channels = array_replace(channels, 'email', NULL)$$);
SELECT spoilt($$consents = array_replace(consents, 'grant', NULL)$$);
SELECT spoilt($$channels = channels || 'email'::text$$);

-- A tracker that was made before there was consent has no columns for it: these do without until a model asks for them.
CREATE TABLE old (lead int, kind text, at timestamptz);
CREATE INDEX ON old (lead);
UPDATE lead_temperature.signal SET consent = NULL, channel = NULL, cooldown = NULL, final = false WHERE model = 'polite';
SELECT lead_temperature.track('old', 'lead', 'kind', 'at', model => 'polite');
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP VIEW old_ranking;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
ALTER TABLE old_lead DROP granted_at, DROP withdrawn_at;
ALTER TABLE old_balance DROP granted_at, DROP withdrawn_at;
INSERT INTO old VALUES (1, 'newsletter_signup', '2026-03-01'), (2, 'visit', '2026-03-01'), (1, 'visit', '2026-02-28');
SELECT count(*) FROM lead_temperature.drift('old');
UPDATE lead_temperature.signal SET consent = 'grant', channel = 'email' WHERE model = 'polite' AND kind = 'newsletter_signup';
CALL lead_temperature.replay('old');
INSERT INTO old VALUES (2, 'newsletter_signup', '2026-03-02');
SELECT lead_temperature.upgrade_tracker('old');
SELECT lead_temperature.upgrade_tracker('old');
CALL lead_temperature.replay('old');
INSERT INTO old VALUES (3, 'newsletter_signup', '2026-03-03');
SELECT lead, lead_temperature.consents('old_lead', model_version, granted_at, withdrawn_at) FROM old_lead ORDER BY lead;
SELECT count(*) FROM lead_temperature.drift('old');
-- from then on they stay, even if no view needs them
ALTER EVENT TRIGGER lead_temperature_drop DISABLE;
DROP VIEW old_ranking;
ALTER EVENT TRIGGER lead_temperature_drop ENABLE ALWAYS;
ALTER TABLE old_lead DROP granted_at;
ALTER TABLE old_balance RENAME withdrawn_at TO other;

DROP VIEW lead, contactable;
SELECT lead_temperature.untrack('old'), lead_temperature.untrack('event');
DROP TABLE event, old, before;
DROP FUNCTION say, asked, spoilt;
DROP ROLE regress_lt_reader;
DELETE FROM lead_temperature.model WHERE name IN ('polite', 'manners');
