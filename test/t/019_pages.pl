# The pages for those who sell and for those who attract say what they show: each statement
# in them is run, in the order of the page, and prints what the page says.

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

# statements returns the statements of a page, each with the output that follows it: they begin
# with a prompt, and go on in lines that are indented by three more.
sub statements
{
	my ($page) = @_;
	my (@statements, $in_statement);

	foreach my $line (split /\n/, slurp_file("$top/docs/$page.md"))
	{
		if ($line =~ /^    =# (.*)/)
		{
			push @statements, { sql => $1, said => '' };
			$in_statement = 1;
		}
		elsif ($line !~ /^    / && $line ne '')
		{
			$in_statement = undef;
			push @statements, undef if defined $statements[-1];    # text ends the output
			next;
		}
		elsif (!defined $statements[-1])
		{
			next;
		}
		elsif ($in_statement && $line =~ /^       (\S.*)/)
		{
			$statements[-1]{sql} .= "\n$1";
		}
		else
		{
			$statements[-1]{said} .= $line =~ s/^    //r . "\n";
		}
		$in_statement = undef if $in_statement && $statements[-1]{sql} =~ /;(\s*--.*)?$/;
	}
	return grep { defined } @statements;
}

# plain leaves of an output what does not depend on the hour: instants are one as the other, and
# columns as wide as they are.
sub plain
{
	my ($output) = @_;

	$output =~ s/\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d(:\d\d)?)?)?/\@/g;
	$output =~ s/ *\+$//mg;
	$output =~ s/-{2,}/-/g;
	$output =~ s/[ \t]+/ /g;
	$output =~ s/ ?\n ?/\n/g;
	$output =~ s/\n+/\n/g;
	return $output =~ s/^\s+|\s+$//gr;
}

foreach my $page (qw(marketing sales))
{
	my @statements = statements($page);
	my ($out, $err);

	cmp_ok(scalar @statements, '>', 10, "$page: there are statements");
	$node->safe_psql('postgres', "CREATE DATABASE $page");
	my $script = "\\set QUIET on\n\\i $top/test/pages/company.sql\n\\set QUIET off\n" . join '', map { "\\echo <<$_>>\n$statements[$_]{sql}\n" } 0 .. $#statements;
	IPC::Run::run([ 'psql', '-X', '-d', $node->connstr($page) ], '<', \$script, '>', \$out, '2>', \$err);
	is($err, '', "$page: no statement fails");
	my %printed = $out =~ /^<<(\d+)>>\n(.*?)(?=^<<|\z)/msg;
	foreach my $i (0 .. $#statements)
	{
		my ($line) = $statements[$i]{sql} =~ /(.*)/;

		is(plain($printed{$i} // ''), plain($statements[$i]{said}), "$page: $line");
	}
}

$node->stop;
done_testing();
