# A dump of a database with tracked tables comes back as it was: state,
# transitions, views, models; triggers live, and no row counted twice.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE source');
$node->safe_psql('source', slurp_file("$FindBin::RealBin/world.sql"));

my %tracked = (
	'click' => 'click',
	'"Odd ""Schema"""."Web Events"' => '"Odd ""Schema"""."Web ""1""',
	'mail' => 'mail');

# relation returns the name of a relation that track has made.
sub relation
{
	my ($table, $suffix) = @_;
	my $name = $tracked{$table} . $suffix;
	$name .= '"' if $name =~ /^"/;
	return $name;
}

# picture returns all that a database knows of leads, but for what moves with
# the clock.
sub picture
{
	my ($database) = @_;
	my @queries;
	foreach my $table (sort keys %tracked)
	{
		push @queries, map { 'SELECT to_jsonb(t)' . " FROM $_ AS t ORDER BY 1::text" } $table,
		  relation($table, '_lead'), relation($table, '_transition'), relation($table, '_funnel_weekly');
		push @queries, 'SELECT to_jsonb(t) - \'score\' FROM ' . relation($table, '_ranking') . ' AS t ORDER BY 1::text';
		push @queries, 'SELECT to_jsonb(t) - \'as_of\' FROM ' . relation($table, '_funnel') . ' AS t ORDER BY 1::text';
	}
	push @queries, map { "SELECT to_jsonb(t) FROM lead_temperature.$_ AS t ORDER BY 1::text" }
	  qw(model signal_group signal trackers);
	return join "\n", map { "-- $_\n" . $node->safe_psql($database, "SELECT count(*) FROM ($_) AS q") . " rows\n"
		  . $node->safe_psql($database, $_) } map { s/1::text/to_jsonb(t)::text/r } @queries;
}

# dump returns the plain dump of a database without what differs in each run.
sub dump_of
{
	my ($database) = @_;
	my ($out, $err) = run_command([ 'pg_dump', '-d', $node->connstr($database) ]);
	die $err if $err;
	return $out =~ s/^\\(un)?restrict .*\n//mgr;
}

my $before = picture('source');
like($before, qr/"temperature": "$_"/, "the ranking has leads that are $_") foreach qw(cold warm hot);
like($before, qr/"status": "$_"/, "there are leads whose status is $_") foreach qw(open won lost);
like($before, qr/"stale": true/, 'a tracker is stale, since its model has changed');

my $dump = PostgreSQL::Test::Utils::tempdir . '/source';
$node->command_ok([ 'pg_dump', '-d', $node->connstr('source'), '-f', "$dump.sql" ], 'plain dump');
$node->command_ok([ 'pg_dump', '-Fc', '-d', $node->connstr('source'), '-f', "$dump.dump" ], 'custom dump');
$node->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE template0") foreach qw(plain custom parallel);
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('plain'), '-f', "$dump.sql" ],
	'restore of the plain dump');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('custom'), "$dump.dump" ],
	'restore of the custom dump');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-j', '2', '-d', $node->connstr('parallel'), "$dump.dump" ],
	'restore of the custom dump in parallel');

my $source_dump = dump_of('source');
foreach my $database (qw(plain custom parallel))
{
	is(picture($database), $before, "$database: state, transitions, views and models are as before");
	is(dump_of($database), $source_dump, "$database: a dump of it is the same dump");

	foreach my $table (sort keys %tracked)
	{
		my $lead = relation($table, '_lead');
		my $drift = "SELECT count(*) FROM lead_temperature.drift('" . $table . "')";

		is($node->safe_psql($database, $drift), '0', "$database: nothing of $table has drifted");
		$node->safe_psql($database, "UPDATE $lead SET interactions = interactions + 1 WHERE lead = (SELECT min(lead::text) FROM $lead)::" .
			  ($table eq 'click' ? 'bigint' : $table eq 'mail' ? 'text' : 'uuid'));
		isnt($node->safe_psql($database, $drift), '0', "$database: drift sees a state that was tampered with");
		$node->safe_psql($database, "CALL lead_temperature.replay('$table')");
		is($node->safe_psql($database, $drift), '0', "$database: replay mends $table");
	}
}

# Triggers are live: each row, new, late, changed or gone, shows in the state.
my %row = (
	'click' => [ qq{INSERT INTO click VALUES (%s, 'question', now())}, '5', '1000005' ],
	'"Odd ""Schema"""."Web Events"' => [
		qq{INSERT INTO "Odd ""Schema"""."Web Events" VALUES ('%s', 'question', now())},
		'00000000-0000-4000-8000-000000000005', '00000000-0000-4000-8000-0000ffffffff'
	],
	'mail' => [ qq{INSERT INTO mail (email, what, at) VALUES ('%s', 'question', now() AT TIME ZONE 'Europe/Helsinki')}, 'Lead5\@x.example', 'new\@x.example' ]);
foreach my $table (sort keys %row)
{
	my ($insert, $known, $new) = @{ $row{$table} };
	my $lead = relation($table, '_lead');
	my $of = "SELECT coalesce(max(interactions), 0) FROM $lead WHERE lead = ";

	$_ =~ s/\\//g foreach $known, $new;
	foreach my $one ($known, $new)
	{
		my $n = $node->safe_psql('plain', "$of'$one'");
		$node->safe_psql('plain', sprintf $insert, $one);
		is($node->safe_psql('plain', "$of'$one'"), $n + 1, "a row of $one counts once in $table");
	}
	is($node->safe_psql('plain', "SELECT count(*) FROM lead_temperature.drift('$table')"), '0', "and $table has not drifted");
}
$node->safe_psql('plain', 'TRUNCATE click');
is($node->safe_psql('plain', 'SELECT count(*) FROM click_lead'), '0', 'truncation leaves no lead');

# Partitions made after the restore are tracked too.
$node->safe_psql('plain', q{CREATE TABLE "Odd ""Schema"""."Web Events 2030" PARTITION OF "Odd ""Schema"""."Web Events"
	FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')});
$node->safe_psql('plain', q{INSERT INTO "Odd ""Schema"""."Web Events old" VALUES ('00000000-0000-4000-8000-0000ffffffff', 'visit', '2025-05-05')});
is($node->safe_psql('plain', q{SELECT interactions FROM "Odd ""Schema"""."Web ""1""_lead" WHERE lead = '00000000-0000-4000-8000-0000ffffffff'}),
	'2', 'a late row put into a partition directly counts');

$node->stop;
done_testing();
