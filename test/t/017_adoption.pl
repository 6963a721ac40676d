# Schemas like those that people have are tracked without altering or copying their tables,
# through their normal life and their vendors' upgrades, and docs/adopt.md says how.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = "$FindBin::RealBin/../..";
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

my $page = slurp_file("$top/docs/adopt.md");

foreach my $file (sort glob "$top/test/adoption/*.sql")
{
	my ($name) = $file =~ m|(\w+)\.sql$|;
	next if $name eq 'adoption';
	my $sql = slurp_file($file);
	my ($said) = $sql =~ /^-- begin of the page\n(.*)^-- end of the page\n/ms;
	my ($out, $err);

	$node->safe_psql('postgres', "CREATE DATABASE $name");
	my @command = ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($name),
		'-f', "$top/test/adoption/adoption.sql", '-f', "$top/test/reference_fold.sql", '-f', $file);
	my $done = IPC::Run::run(\@command, '>', \$out, '2>', \$err);
	my @checks = $err =~ /INFO: +ok - (.*)/g;
	ok($done, "$name: its life and its upgrades run through") or diag($err);
	cmp_ok(scalar @checks, '>', 5, "$name: $_") foreach @checks;
	ok(index($page =~ s/^    //mgr, $said) >= 0, "$name: docs/adopt.md says how it is tracked");
}

$node->stop;
done_testing();
