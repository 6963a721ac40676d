# Whatever is altered: what a tracker has made, what it tracks, what the extension
# has of its own.  Each alteration is refused with a hint, or all works on and is
# right, or what fails says why; nothing brings the server down, and no state is
# silently wrong.  The alterations stand in alter_cases.pm, what is done after each
# in alter.sql.
#
# Each case is a transaction that is rolled back, all of them in one session.
# ALTER_ONLY is a pattern of the groups to try, ALTER_LIST a file for what became
# of each case.  ALTER_THIN=1 tries all that is to be tried before a release, more so much
# less: a run would take twelve minutes.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use alter_cases qw(groups shared_cases);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nrestart_after_crash = on\nTimeZone = 'UTC'\nlog_statement = none\njit = off");
$node->start;
$node->safe_psql('postgres', q{CREATE ROLE regress_alter_owner; CREATE ROLE regress_alter_other;
	GRANT regress_alter_other TO regress_alter_owner});

# make_world makes the database of the cases anew.
sub make_world
{
	$node->poll_query_until('postgres', 'SELECT true') or die 'the server is gone';
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS world');
	$node->safe_psql('postgres', 'CREATE DATABASE world TEMPLATE template0');
	$node->safe_psql('world', slurp_file("$FindBin::RealBin/alter.sql"));
	return;
}

# quoted writes a string as SQL.
sub quoted
{
	return "'" . ($_[0] =~ s/'/''/gr) . "'";
}

# parts_of reads the columns, indexes and so on of all relations: relation => part => [ { name, detail } ].
sub parts_of
{
	my %parts;

	foreach my $line (split /\n/, $node->safe_psql('world', 'SELECT relation, part, name, detail FROM harness.parts ORDER BY relation, part, n'))
	{
		my ($relation, $part, $name, $detail) = split /\|/, $line, 4;
		push @{ $parts{$relation}{$part} }, { name => $name, detail => $detail };
	}
	return \%parts;
}

# casts_of reads which types each type casts to.
sub casts_of
{
	my %casts;

	foreach my $line (split /\n/, $node->safe_psql('world',
		'SELECT format_type(castsource, NULL), format_type(casttarget, NULL) FROM pg_cast WHERE castsource <> casttarget ORDER BY 1, 2'))
	{
		my ($source, $target) = split /\|/, $line;
		push @{ $casts{$source} }, $target;
	}
	return \%casts;
}

# call_of writes the call that tries a case.
sub call_of
{
	my ($tracked, $mode, @statements) = @_;

	return 'BEGIN; SELECT harness.try_case(' . quoted($tracked) . ', ' . quoted($mode) . ', ARRAY[' .
	  join(', ', map { quoted($_) } @statements) . ']::text[]); ROLLBACK;';
}

# judge notes in a case its outcome, what was wrong, and what was said, from what psql printed.
sub judge
{
	my ($case, $said) = @_;

	if ($said =~ /^(works|refused|fails|is gone)(?:\t(.*))?$/m)
	{
		$case->{outcome} = $1;
		($case->{wrong}, $case->{said}) = split /\t/, $2 // '', 2;
	}
	elsif ($said =~ /server closed the connection|terminating connection|server terminated|connection to server was lost/)
	{
		$case->{outcome} = 'crashes';
		$case->{wrong} = 'the server crashed';
	}
	else
	{
		$case->{outcome} = 'is not tried';
		$case->{wrong} = $said =~ s/\n/ /gr;
	}
	return;
}

# report makes one test of some cases.
sub report
{
	my ($name, @cases) = @_;
	my @wrong = grep { ($_->{wrong} // '') ne '' } @cases;

	ok(!@wrong, "$name: " . scalar(@cases) . ' cases')
	  or diag(join "\n", map { (join('; ', @{ $_->{statements} }) || '(nothing altered)') . "\n    $_->{outcome}: $_->{wrong}" } @wrong);
	return unless defined $ENV{ALTER_LIST};
	append_to_file($ENV{ALTER_LIST}, join("\t", $name, join('; ', @{ $_->{statements} }), map { $_ // '' } @{$_}{qw(outcome wrong said)}) . "\n")
	  foreach @cases;
	return;
}

# try_shared commits something in a session of its own while another has done everything with the table, and does it again.
sub try_shared
{
	my ($case) = @_;
	my $other;
	my $said = '';

	$node->safe_psql('world', "SELECT home.share_table('$case->{name}', '$case->{like}'); SELECT pg_sleep(0.02)");
	my $table = $node->safe_psql('world', "SELECT 'home.$case->{name}'::regclass::oid");
	$other = $node->background_psql('world', on_error_stop => 0);
	$other->query('SET client_min_messages = error');
	judge($case, scalar $other->query(call_of($table, 'superuser')));
	die "$table is no good: $case->{outcome} $case->{said}" if $case->{outcome} ne 'works';
	$node->psql('world', join(";\n", @{ $case->{statements} }) . ';', stderr => \my $errors, on_error_stop => 0);
	eval { $said = $other->query(call_of($table, 'superuser')); 1 } or $said = 'server closed the connection';
	judge($case, $said . $other->{stderr});
	$case->{said} ||= $1 if $errors =~ /(ERROR:.*)/;
	eval { $other->quit };
	make_world()
	  if $case->{outcome} eq 'crashes'
	  || $node->psql('world', "DO \$\$ BEGIN EXECUTE 'DROP TABLE ' || $table\::regclass || ' CASCADE'; END \$\$", stderr => \$errors) != 0;
	return;
}

# try_cases tries cases in one session, in another after a crash, and notes in each its outcome, what was wrong, and what was said.
sub try_cases
{
	my @cases = @_;

	while (@cases)
	{
		# what is rolled back makes tables and catalogs grow
		my $sql = "SET client_min_messages = error;\n" . join '', map {
			($_ % 50 == 0 ? "VACUUM;\n" : '') . "\\echo case $_\n" . call_of(@{ $cases[$_] }{qw(tracked mode)}, @{ $cases[$_]{statements} }) . "\n"
		} 0 .. $#cases;
		my $script = $node->basedir . '/cases.sql';
		my $output = '';
		my $done = -1;

		unlink $script;
		append_to_file($script, $sql);
		IPC::Run::run([ 'psql', '-XAtq', '-d', $node->connstr('world'), '-f', $script ], '>', \$output, '2>&1');
		foreach my $block (split /^(?=case \d+$)/m, $output)
		{
			my ($number, $said) = $block =~ /\Acase (\d+)\n(.*)\z/s or next;

			$done = $number;
			judge($cases[$number], $said);
		}
		last if $done == $#cases && $cases[-1]{outcome} ne 'crashes';
		die "psql: $output" if $done < 0;
		make_world();
		splice @cases, 0, $done + 1;
	}
	return;
}

make_world();
my $only = $ENV{ALTER_ONLY} // '.';
my @groups = grep { $_->{name} =~ /$only/ } groups(parts_of(), casts_of(), $ENV{ALTER_THIN} // ($node->pg_version < 16 ? 3 : 7));
my @all;
foreach my $group (@groups)
{
	$group->{tries} = [ map { { tracked => $group->{tracked}, mode => $group->{mode}, statements => $_ } }
		@{ $group->{cases} }, [] ];
	push @all, @{ $group->{tries} };
}
try_cases(@all);

report($_->{name}, @{ $_->{tries} }) foreach @groups;

if ('shared' =~ /$only/)
{
	my @shared = shared_cases();

	try_shared($_) foreach @shared;
	report('committed by another session', @shared);
	push @all, @shared;
}

# What the function sees where something is wrong.
my %wrong = (
	'a state that is wrong' => [ 'UPDATE home.plain_lead SET interactions = interactions + 1', qr/drift of \d+, and not stale/ ],
	'a figure that is wrong' => [ q{DO $do$ BEGIN EXECUTE 'CREATE OR REPLACE VIEW home.plain_ranking AS SELECT lead, level, -score AS score, '
		|| (SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'home.plain_ranking'::regclass AND attnum > 3)
		|| ' FROM (' || rtrim(pg_get_viewdef('home.plain_ranking'::regclass), ';') || ') AS v'; END $do$}, qr/read home.plain_ranking: / ],
	'an error without a hint' => [ q{CREATE FUNCTION home.bad() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE 'bad'; END $f$},
		'CREATE TRIGGER bad BEFORE INSERT ON home.plain_lead FOR EACH ROW EXECUTE FUNCTION home.bad()', qr/P0001 bad/ ]);
foreach my $name (sort keys %wrong)
{
	my $expected = pop @{ $wrong{$name} };
	my $case = { tracked => 'home.plain', mode => 'superuser', statements => $wrong{$name} };

	try_cases($case);
	like($case->{wrong}, $expected, "$name is seen");
}

my %outcomes;
$outcomes{ $_->{outcome} }++ foreach @all;
note(scalar(@all) . ' cases: ' . join ', ', map { "$outcomes{$_} $_" } sort keys %outcomes);
$node->stop;
done_testing();
