#!/usr/bin/perl
# columns.pl
#	  Reads the header of a CSV file from standard input and prints, on one
#	  line, its delimiter (in hexadecimal), the number of its columns and which
#	  of them hold lead, kind, at and weight (0: none), counted from 1.
#
# The argument may name columns: lead=visitorid,kind=event,at=datetime.
# Others are found by their usual names.

use strict;
use warnings;

my %usual = (
	lead => [qw(lead lead_id leadid visitor visitor_id visitorid contact contact_id email user_id userid customer_id)],
	kind => [qw(kind event event_type type action activity interaction)],
	at => [qw(at occurred_at happened_at datetime created_at event_time time timestamp date)],
	weight => [qw(weight)]);

my $header = <STDIN>;
die "error: the file of events is empty\n" unless defined $header;
$header =~ s/^\xEF\xBB\xBF//;
$header =~ s/[\r\n]+$//;

my %times = (',' => 0);
$times{$_}++ foreach $header =~ /[,;\t]/g;
my ($delimiter) = sort { $times{$b} <=> $times{$a} } keys %times;

my @names;
while ($header =~ /\G(?:"((?:[^"]|"")*)"|([^$delimiter]*))(?:$delimiter|$)/g)
{
	my $name = defined $1 ? $1 =~ s/""/"/gr : $2;
	push @names, $name;
	last if pos($header) >= length($header) && substr($header, -1) ne $delimiter;
}

my %asked;
foreach my $pair (split /,/, $ARGV[0] // '')
{
	my ($role, $name) = $pair =~ /^\s*(\w+)\s*=\s*(.*?)\s*$/;
	die "error: COLUMNS must look like lead=visitorid,kind=event,at=datetime\n"
	  unless defined $role && $usual{$role};
	$asked{$role} = $name;
}

my @found;
foreach my $role (qw(lead kind at weight))
{
	my $column = 0;
	foreach my $name (defined $asked{$role} ? $asked{$role} : @{ $usual{$role} })
	{
		($column) = grep { lc $names[ $_ - 1 ] eq lc $name } 1 .. @names;
		last if $column;
	}
	die "error: no column for $role among: @names\nName it: COLUMNS=$role=...\n"
	  if !$column && ($role ne 'weight' || defined $asked{$role});
	push @found, $column || 0;
}
printf "%02x %d %s\n", ord $delimiter, scalar @names, "@found";
