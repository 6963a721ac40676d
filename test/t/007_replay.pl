# A replay in batches: others see how far it is and go on writing, and one that
# is cancelled, or lost with its server, is taken up where it was.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION lead_temperature;
	CREATE TABLE click (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lead int, kind text, at timestamptz);
	CREATE INDEX ON click (lead, at);
	INSERT INTO click (lead, kind, at) SELECT 1 + i % 25000, (ARRAY['visit', 'question', 'page_view', 'call'])[1 + i % 4],
		now() - 60000 * interval '1 minute' + i * interval '1 minute' FROM generate_series(0, 49999) AS i;
	SELECT lead_temperature.track('click', 'lead', 'kind', 'at');
});

# versions counts the leads of each model version.
sub versions
{
	return $node->safe_psql('postgres',
		q{SELECT string_agg(model_version || ': ' || n, ', ' ORDER BY model_version)
		  FROM (SELECT model_version, count(*) AS n FROM click_lead GROUP BY 1) v});
}

# drifted counts what differs from a replay.
sub drifted
{
	return $node->safe_psql('postgres', q{SELECT count(*) FROM lead_temperature.drift('click')});
}

# stuck_replay starts a replay, which comes to wait for a lead that another session has locked.
sub stuck_replay
{
	my ($blocker, $replay, $call) = @_;

	$$blocker = IPC::Run::start(
		[ $node->installed_command('psql'), '-XAtq', '-d', $node->connstr('postgres'), '-c',
			'BEGIN; SELECT FROM click_lead WHERE lead = 15000 FOR UPDATE; SELECT pg_sleep(600)' ],
		'>', '/dev/null', '2>', '/dev/null');
	$node->poll_query_until('postgres',
		q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE '%FOR UPDATE; SELECT pg_sleep%'
		  AND wait_event = 'PgSleep'}) or die 'no blocker';
	$$replay = IPC::Run::start(
		[ $node->installed_command('psql'), '-XAtq', '-d', $node->connstr('postgres'), '-c',
			$call // q{CALL lead_temperature.replay('click')} ],
		'>', '/dev/null', '2>', '/dev/null');
	$node->poll_query_until('postgres',
		q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE 'CALL%' AND wait_event_type = 'Lock'})
		or die 'no replay waits';
}

# let_go ends the session that has locked a lead.
sub let_go
{
	my ($blocker) = @_;

	$blocker->kill_kill;
	$node->poll_query_until('postgres',
		q{SELECT pg_terminate_backend(pid) IS NULL FROM pg_stat_activity WHERE wait_event = 'PgSleep'
		  UNION ALL SELECT true WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')});
}

is(drifted(), '0', 'there is no drift before');
$node->safe_psql('postgres', q{UPDATE lead_temperature.model SET hot = 30 WHERE name = 'click'});

my ($blocker, $replay);
stuck_replay(\$blocker, \$replay);
is(versions(), '1: 15000, 2: 10000', 'a batch has committed');
is($node->safe_psql('postgres',
	q{SELECT phase, rows_done > 0 AND rows_done < rows_total, leads_done, rows_per_second > 0, estimated_end IS NOT NULL
	  FROM lead_temperature.replays}), 'folding|t|10000|t|t', 'others see how far it is');
$node->safe_psql('postgres',
	q{INSERT INTO click (lead, kind, at) VALUES (20000, 'question', now()), (1, 'question', now()), (30000, 'visit', now())});
is(versions(), '1: 14999, 2: 10002', 'writers go on, and move what they touch to the new version');

$node->safe_psql('postgres', q{SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL%'});
ok(!$replay->finish, 'a replay can be cancelled');
is($node->safe_psql('postgres', q{SELECT r.phase, t.stale FROM lead_temperature.replays r
	JOIN lead_temperature.trackers t USING (interactions)}), 'interrupted|t', 'and shows as interrupted');
let_go($blocker);

# rows below the last lead done are not read again: what nobody followed there stays unseen
$node->safe_psql('postgres', q{
	SET session_replication_role = replica;
	INSERT INTO click (lead, kind, at) VALUES (5, 'question', now() - interval '1 day'), (24000, 'question', now() - interval '1 day')});
$node->safe_psql('postgres', q{CALL lead_temperature.replay('click')});
is(versions(), '2: 25001', 'the next replay ends what was begun');
is($node->safe_psql('postgres', q{SELECT r.phase, r.leads_done, r.rows_done = r.rows_total, t.stale FROM lead_temperature.replays r
	JOIN lead_temperature.trackers t USING (interactions)}), 'done|25001|t|f', 'and says so');
is($node->safe_psql('postgres', q{SELECT string_agg(DISTINCT lead, ',') FROM lead_temperature.drift('click')}),
	'5', 'having gone on after the last lead done');
$node->safe_psql('postgres', q{CALL lead_temperature.replay('click')});
is(drifted(), '0', 'a replay of the present model mends the rest');
is(versions(), '2: 25001', 'without a new version');

# The server is lost in the middle.
$node->safe_psql('postgres', q{UPDATE lead_temperature.model SET hot = 35 WHERE name = 'click'});
stuck_replay(\$blocker, \$replay);
$node->stop('immediate');
$replay->kill_kill;
$blocker->kill_kill;
$node->start;
is(versions(), '2: 15001, 3: 10000', 'what a batch has committed survives');
is($node->safe_psql('postgres', q{SELECT phase FROM lead_temperature.replays}), 'interrupted', 'the rest is known to be undone');

# A model that changed once more begins anew.
$node->safe_psql('postgres', q{UPDATE lead_temperature.model SET hot = 36 WHERE name = 'click'});
$node->safe_psql('postgres', q{CALL lead_temperature.replay('click')});
is(versions(), '4: 25001', 'a replay to another model begins anew');
is(drifted(), '0', 'and leaves no drift');

# Another model is activated by a replay of the same kind.
my $models = q{SELECT t.model, t.stale, (SELECT string_agg(DISTINCT model, ',' ORDER BY model) FROM click_ranking) FROM lead_temperature.trackers t};
$node->safe_psql('postgres', q{SELECT lead_temperature.create_model('other', 'shop')});
stuck_replay(\$blocker, \$replay, q{CALL lead_temperature.activate('click', 'other')});
is(versions(), '4: 15001, 5: 10000', 'a batch has committed');
is($node->safe_psql('postgres', $models), 'other|t|click,other', 'the model is the new one, for some leads yet');
$node->safe_psql('postgres', q{SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL%'});
ok(!$replay->finish, 'an activation can be cancelled');
let_go($blocker);
$node->safe_psql('postgres', q{CALL lead_temperature.activate('click', 'other')});
is(versions(), '5: 25001', 'the next one takes it up, without a new version');
is($node->safe_psql('postgres', $models), 'other|f|other', 'and all leads have the new model');
is($node->safe_psql('postgres', q{SELECT phase, leads_done FROM lead_temperature.replays}), 'done|25001', 'each done once');
is(drifted(), '0', 'there is no drift');
stuck_replay(\$blocker, \$replay, q{CALL lead_temperature.activate('click', 'click')});
$node->safe_psql('postgres', q{SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL%'});
$replay->finish;
let_go($blocker);
$node->safe_psql('postgres', q{CALL lead_temperature.replay('click')});
is(versions(), '6: 25001', 'a replay takes it up too');
is($node->safe_psql('postgres', $models), 'click|f|click', 'to the model that was activated');
is(drifted(), '0', 'there is no drift');

# Where it cannot be
$node->safe_psql('postgres', q{SELECT lead_temperature.pause('click')});
my ($status, $stdout, $stderr) = $node->psql('postgres', q{CALL lead_temperature.replay('click');});
like($stderr, qr/tracking of table "click" is paused/, 'no replay of what is paused');
$node->safe_psql('postgres', q{SELECT lead_temperature.resume('click')});
$node->safe_psql('postgres', q{BEGIN; UPDATE lead_temperature.model SET hot = 40 WHERE name = 'click';
	CALL lead_temperature.replay('click'); COMMIT});
is(versions(), '7: 25001', 'inside a transaction block it is done at once');
is(drifted(), '0', 'with the same result');

# One lead has more rows than work_mem.
$node->safe_psql('postgres', q{
	INSERT INTO click (lead, kind, at) SELECT 7, 'visit', now() - i * interval '1 second' FROM generate_series(1, 30000) AS i;
	INSERT INTO click (lead, kind, at) SELECT 7, 'visit', now() - interval '1 hour' FROM generate_series(1, 100) AS i});
is($node->safe_psql('postgres', q{SET work_mem = '64kB'; SELECT count(*) FROM lead_temperature.drift('click')}),
	'0', 'a lead that does not fit into memory is replayed alike');
$node->safe_psql('postgres', q{
	SET session_replication_role = replica;
	DELETE FROM click WHERE lead = 7 AND id % 3 = 0;
	SET session_replication_role = origin;
	SET work_mem = '64kB';
	CALL lead_temperature.replay('click')});
is(drifted(), '0', 'in a replay in batches too');

# What was read of the rows goes with the replay, also of one that is cancelled, not with the session.
is($node->safe_psql('postgres', q{
	SET work_mem = '64kB';
	CALL lead_temperature.replay('click');
	SELECT count(*) FROM lead_temperature.drift('click');
	SELECT count(*) FROM pg_ls_tmpdir();}), "0\n0", 'a replay leaves no temporary file');
($status, $stdout, $stderr) = $node->psql('postgres', q{
	SET work_mem = '64kB';
	ALTER TABLE click_lead ADD CHECK (lead < 20000) NOT VALID;
	UPDATE lead_temperature.model SET hot = 41 WHERE name = 'click';
	CALL lead_temperature.replay('click');
	SELECT count(*) FROM pg_ls_tmpdir();}, on_error_stop => 0);
like($stderr, qr/violates check constraint/, 'a replay can fail in the middle');
is($stdout, '0', 'and leaves no temporary file either');

done_testing();
