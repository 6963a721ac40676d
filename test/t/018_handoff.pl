# Many agents claim at once while leads become hot, transactions are rolled back and agents are
# killed: each lead goes to one of them, and to no other.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

use constant { AGENTS => 8, LEADS => 1000, SECONDS => 60 };

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nmax_connections = 40\ndeadlock_timeout = '100ms'");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION lead_temperature;
	CREATE TABLE event (lead int, kind text, at timestamptz DEFAULT clock_timestamp());
	CREATE INDEX ON event (lead, at);
	SELECT lead_temperature.track('event', 'lead', 'kind', 'at');
	SELECT lead_temperature.add_module('event', 'handoff');
	SELECT lead_temperature.set_handoff('event', 'hot');

	-- Who has committed a claim of which lead, in the transaction of the claim; nothing keeps a lead from standing here twice.
	CREATE TABLE got (lead int, agent text, handoff bigint, briefed bool);
	CREATE PROCEDURE work(agent text) LANGUAGE plpgsql AS $$
	DECLARE
		n int;
		wanted int;
		mine text;
	BEGIN
		LOOP
			wanted := 1 + floor(random() * 4);
			INSERT INTO got SELECT c.lead::int, work.agent, c.handoff, c.briefing->>'lead' = c.lead AND c.briefing->'handoff'->>'agent' = work.agent
			FROM lead_temperature.claim('event', work.agent, wanted) c;
			GET DIAGNOSTICS n = ROW_COUNT;
			IF n = 0 THEN
				COMMIT;
				PERFORM pg_sleep(0.02);
				EXIT WHEN (SELECT count(*) FROM event_handoff WHERE state <> 'waiting') >= 1000;
			ELSIF random() < 0.15 THEN
				ROLLBACK;
			ELSE
				IF random() < 0.3 THEN
					SELECT max(g.lead)::text INTO mine FROM got g JOIN event_handoff h ON h.id = g.handoff
					WHERE g.agent = work.agent AND h.state = 'claimed';
					PERFORM lead_temperature.log_contact('event', mine, work.agent, 'called');
					IF random() < 0.5 THEN
						PERFORM lead_temperature.accept('event', mine, work.agent);
					END IF;
				END IF;
				COMMIT;
			END IF;
		END LOOP;
	END $$;
	INSERT INTO event SELECT i, 'demo_request' FROM generate_series(1, 300) i;
});

# start_agent starts an agent of a number, in a session of its own.
my (@run, @out, @err);
my $started = 0;

sub start_agent
{
	my ($i) = @_;

	$out[$i] = $err[$i] = '';
	$run[$i] = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres') . " application_name=agent$i", '-c', "CALL work('agent $i')" ],
		'<', \undef, '>', \$out[$i], '2>', \$err[$i]);
	$started++;
	return;
}

my $begin = time;
start_agent($_) foreach 1 .. AGENTS;
my ($next, $kills, $rounds, @failures) = (301, 0, 0);
while (time - $begin < SECONDS)
{
	# leads become hot meanwhile, some of them in transactions that are rolled back at first
	if ($next <= LEADS)
	{
		my $last = $next + 34 > LEADS ? LEADS : $next + 34;

		$node->safe_psql('postgres', "BEGIN; INSERT INTO event SELECT i, 'demo_request' FROM generate_series($next, $last) i; ROLLBACK") if $rounds % 3 == 0;
		$node->safe_psql('postgres', "INSERT INTO event SELECT i, 'quote_request' FROM generate_series($next, $last) i");
		$next = $last + 1;
	}
	$kills += $node->safe_psql('postgres', q{
		SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))
		FROM (SELECT pid FROM pg_stat_activity WHERE application_name ~ '^agent' ORDER BY random() LIMIT 2) p}) if $kills < 24 && $rounds % 3 == 0;
	my $working = 0;
	foreach my $i (1 .. AGENTS)
	{
		next if !defined $run[$i];
		if ($run[$i]->pumpable && eval { $run[$i]->pump_nb; 1 } && $run[$i]->pumpable)
		{
			$working++;
			next;
		}
		eval { $run[$i]->finish };
		push @failures, $err[$i] if $err[$i] =~ /ERROR/;
		if ($err[$i] =~ /terminating connection/ || $err[$i] =~ /closed the connection/)
		{
			start_agent($i);
			$working++;
		}
		else { $run[$i] = undef }
	}
	last if $working == 0;
	$rounds++;
	usleep(50_000);
}
my $seconds = time - $begin;
foreach my $run (grep { defined } @run) { $run->kill_kill }

is(join("\n", @failures), '', 'no agent meets an error');
cmp_ok($kills, '>=', 5, "agents were killed ($kills of them), and began again");
cmp_ok($started, '>', AGENTS, 'with what was left');
cmp_ok($seconds, '<', SECONDS, sprintf 'they were done in %.1f seconds', $seconds);
is($node->safe_psql('postgres', q{SELECT count(*), count(DISTINCT lead), min(lead), max(lead) FROM got}), '1000|1000|1|1000', 'each lead was got by an agent, and by no other');
is($node->safe_psql('postgres', q{SELECT count(*), count(DISTINCT lead), count(*) FILTER (WHERE state NOT IN ('claimed', 'contacted', 'accepted')) FROM event_handoff}), '1000|1000|0', 'and has one handoff');
is($node->safe_psql('postgres', q{SELECT count(*) FROM event_handoff h LEFT JOIN got g ON g.lead = h.lead AND g.handoff = h.id WHERE g.agent IS DISTINCT FROM h.agent}), '0', 'that says who has it');
is($node->safe_psql('postgres', q{SELECT bool_and(briefed) FROM got}), 't', 'who got its briefing');
cmp_ok($node->safe_psql('postgres', q{SELECT count(DISTINCT agent) FROM got}), '>=', AGENTS - 1, 'all had something to do');
is($node->safe_psql('postgres', q{SELECT count(*) FROM lead_temperature.drift('event')}), '0', 'the leads are what their rows say');

# A notification fits, however many leads there are, and however long their names.
$node->safe_psql('postgres', q{
	CREATE TABLE long (lead text, kind text, at timestamptz DEFAULT clock_timestamp());
	CREATE INDEX ON long (lead);
	SELECT lead_temperature.track('long', 'lead', 'kind', 'at');
	SELECT lead_temperature.add_module('long', 'handoff');
	SELECT lead_temperature.set_handoff('long', 'hot')});

# heard returns the notifications that commands bring to who listens.
sub heard
{
	my ($sql) = @_;

	return $node->safe_psql('postgres', "LISTEN hot; $sql; SELECT 1") =~ /Asynchronous notification "hot" with payload "(.*?)" received/gs;
}

foreach my $bytes (20, 700, 2500)
{
	my @heard = heard(qq{INSERT INTO long SELECT rpad('"é\\' || i, $bytes, 'é\\"'), 'demo_request' FROM generate_series($bytes, $bytes + 499) i});

	is(scalar @heard, 1, "one for 500 leads with names of $bytes letters");
	cmp_ok(length $heard[0], '<', 8000, 'it is not too long');
	is($node->safe_psql('postgres', "SELECT j->>'count', j->>'tracker' FROM (VALUES (\$j\$$heard[0]\$j\$::jsonb)) v (j)"), '500|public.long_lead', 'and is JSON');
	is($node->safe_psql('postgres', qq{SELECT count(*) BETWEEN @{[ $bytes == 20 ? 10 : 1 ]} AND 10, bool_and(EXISTS (SELECT FROM long_handoff WHERE lead = l))
		FROM jsonb_array_elements_text((\$j\$$heard[0]\$j\$::jsonb)->'leads') l}), 't|t', 'with leads that were handed over') if $bytes < 2500;
}
is(scalar(() = heard(q{BEGIN; INSERT INTO long VALUES ('undone', 'demo_request'); ROLLBACK})), 0, 'none of a transaction that is rolled back');
is(scalar(() = heard(q{INSERT INTO long VALUES ('cold', 'visit')})), 0, 'none of a lead that is cold');
is(scalar(() = heard(q{SELECT lead_temperature.set_handoff('long', NULL); INSERT INTO long VALUES ('hot', 'demo_request')})), 0, 'none where nobody wants any');

$node->stop;
done_testing();
