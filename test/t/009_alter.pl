# Whatever is altered: what a tracker has made, what it tracks, what the extension
# has of its own.  Each alteration is refused with a hint, or all works on and is
# right, or what fails says why; nothing brings the server down, and no state is
# silently wrong.  The alterations stand in alter_cases.pm, what is done after each
# in alter.sql.
#
# Each case is a transaction that is rolled back, all of them in one session.
# ALTER_ONLY is a pattern of the groups to try, ALTER_LIST a file for what became
# of each case.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use alter_cases qw(groups);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nrestart_after_crash = on\nTimeZone = 'UTC'\nlog_statement = none");
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

# try_cases tries cases in one session, in another after a crash, and notes in each its outcome, what was wrong, and what was said.
sub try_cases
{
	my @cases = @_;

	while (@cases)
	{
		my $sql = join '', map {
			"\\echo case $_\nBEGIN;\nSELECT harness.try_case(" . quoted($cases[$_]{tracked}) . ', ' . quoted($cases[$_]{mode}) .
			  ', ARRAY[' . join(', ', map { quoted($_) } @{ $cases[$_]{statements} }) . "]::text[]);\nROLLBACK;\n"
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
			my $case = $cases[$number];

			$done = $number;
			if ($said =~ /^(works|refused|fails|is gone)(?:\t(.*))?$/m)
			{
				($case->{outcome}, my $rest) = ($1, $2 // '');
				($case->{wrong}, $case->{said}) = split /\t/, $rest, 2;
			}
			elsif ($said =~ /server closed the connection|terminating connection|server terminated/)
			{
				$case->{outcome} = 'crashes';
				$case->{wrong} = 'the server crashed';
			}
			else
			{
				$case->{outcome} = 'is not tried';
				$case->{wrong} = $said =~ s/\n/ /gr;
			}
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
my @groups = grep { $_->{name} =~ /$only/ } groups(parts_of(), casts_of());
my @all;
foreach my $group (@groups)
{
	$group->{tries} = [ map { { tracked => $group->{tracked}, mode => $group->{mode}, statements => $_ } }
		@{ $group->{cases} }, [] ];
	push @all, @{ $group->{tries} };
}
try_cases(@all);

my %outcomes;
foreach my $group (@groups)
{
	my @wrong = grep { defined $_->{wrong} && $_->{wrong} ne '' } @{ $group->{tries} };

	ok(!@wrong, $group->{name} . ': ' . scalar(@{ $group->{tries} }) . ' alterations')
	  or diag(join "\n", map { (join('; ', @{ $_->{statements} }) || '(nothing altered)') . "\n    $_->{outcome}: $_->{wrong}" } @wrong);
	$outcomes{ $_->{outcome} }++ foreach @{ $group->{tries} };
	next unless defined $ENV{ALTER_LIST};
	append_to_file($ENV{ALTER_LIST}, join("\t", $group->{name}, join('; ', @{ $_->{statements} }), map { $_ // '' } @{$_}{qw(outcome wrong said)}) . "\n")
	  foreach @{ $group->{tries} };
}
note(scalar(@all) . " cases");
note("$outcomes{$_} cases: $_") foreach sort keys %outcomes;

$node->stop;
done_testing();
