# The views as a driver from outside sees them: plain types only, and strings
# as parameters.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $python = '/usr/bin/python3';
if (system("$python -c 'import psycopg' 2>/dev/null") != 0)
{
	plan skip_all => "$python has no psycopg; install python3-psycopg";
}

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', slurp_file("$FindBin::RealBin/world.sql"));

my %ranking = (
	level => 'double precision', score => 'double precision',
	temperature => 'text', temperature_order => 'integer', stage => 'text', stage_order => 'integer',
	status => 'text', is_open => 'boolean', hot_until => 'timestamp with time zone',
	warm_until => 'timestamp with time zone', first_at => 'timestamp with time zone',
	last_at => 'timestamp with time zone', stage_since => 'timestamp with time zone',
	hot_since => 'timestamp with time zone', cycle => 'integer', purchases => 'integer', interactions => 'bigint',
	model => 'text', is_dormant => 'boolean', consent => 'text', fit => 'double precision', grade => 'text');
my %funnel = (
	stage => 'text', stage_order => 'integer',
	(map { $_ => 'bigint' } qw(leads cold warm hot won lost reached)),
	(map { $_ => 'double precision' } qw(share_of_open conversion_from_previous conversion_from_first)),
	as_of => 'timestamp with time zone');
my %weekly = (
	week => 'timestamp with time zone', stage => 'text', stage_order => 'integer',
	(map { $_ => 'bigint' } qw(entered advanced won lost)),
	median_days => 'double precision');

foreach my $case ([ 'click', 'bigint' ], [ 'mail', 'text' ])
{
	my ($prefix, $key) = @$case;
	my ($out, $err) = run_command([ $python, "$FindBin::RealBin/driver.py", $node->connstr('postgres'), $prefix ]);
	is($err, '', "$prefix: the driver has nothing to complain of");
	my $facts = decode_json($out);

	is_deeply($facts->{types}{ranking}, { %ranking, lead => $key }, "$prefix: types of the ranking");
	is_deeply($facts->{types}{funnel}, \%funnel, "$prefix: types of the funnel");
	is_deeply($facts->{types}{funnel_weekly}, \%weekly, "$prefix: types of the weekly funnel");
	is($facts->{python}{ranking}{$_}, 'str', "$prefix: $_ arrives as a string") foreach qw(temperature stage status);

	cmp_ok($facts->{pairs}, '>', 5, "$prefix: leads of many temperatures and stages");
	is_deeply($facts->{wrong}, [], "$prefix: strings as parameters find the leads they name");
	cmp_ok($facts->{prepared}, '>=', 1, "$prefix: the statement was prepared on the server");
	is_deeply($facts->{by_lead}, ['hot'], "$prefix: the hottest lead found by its key");
}

$node->stop;
done_testing();
