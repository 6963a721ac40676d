# docs/reference.md mentions all that the schema has, and all that track makes
# column by column; and it mentions no function that is not there.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $reference = slurp_file("$FindBin::RealBin/../../docs/reference.md");

# signatures returns the numbers of arguments that each function is documented
# with: name => { number => 1 }, of `name(argument, ...)`.
sub signatures
{
	my %signatures;

	while ($reference =~ /`(\w+)\(([^`()]*)\)`/g)
	{
		my ($name, @arguments) = ($1, split /,/, $2);
		$signatures{$name}{ scalar @arguments } = 1;
	}
	return %signatures;
}

# section returns the text below a heading.
sub section
{
	my ($heading) = @_;

	return $reference =~ /^#+ \Q$heading\E\n(.*?)(?=^#|\z)/ms ? $1 : '';
}

# operators returns the operators documented, as the table rows that name them: left, name, right.
sub operators
{
	my %operators;

	foreach my $row ($reference =~ /^\| (.*?) \|/mg)
	{
		foreach my $part (split /, /, $row)
		{
			my ($left, $names, $right) = $part =~ /^(\w+) ((?:`[^`\w]+` ?)+) ?(\w+)$/ or next;
			$operators{"$left $_ $right"} = 1 foreach $names =~ /`([^`]+)`/g;
		}
	}
	return %operators;
}

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION lead_temperature');

# rows returns the rows of a query, each as a list of its columns.
sub rows
{
	my ($query) = @_;

	return map { [ split /\|/ ] } split /\n/, $node->safe_psql('postgres', $query);
}

# undocumented_functions names the functions that the reference lacks.
sub undocumented_functions
{
	my %signatures = signatures();

	return map { "$_->[0] with $_->[1] arguments" }
	  grep { !$signatures{ $_->[0] }{ $_->[1] } }
	  rows(q{SELECT proname, pronargs FROM pg_proc WHERE pronamespace = 'lead_temperature'::regnamespace ORDER BY 1, 2});
}

is(join(', ', undocumented_functions()), '', 'every function and aggregate is documented with its number of arguments');
$node->safe_psql('postgres', q{CREATE FUNCTION lead_temperature.score(int, int, int) RETURNS int LANGUAGE sql AS 'SELECT 1'});
is(join(', ', undocumented_functions()), 'score with 3 arguments', 'and one that is not would be found');
$node->safe_psql('postgres', q{DROP FUNCTION lead_temperature.score(int, int, int)});

my %there = map { $_->[0] => 1 } rows('SELECT proname FROM pg_proc');
is(join(', ', grep { !$there{$_} } sort(keys %{ { signatures() } })), '', 'no function is documented that is not there');

# What is to be called stands in the first table, by task; all else says that it is internal.
my %called = map { $_ => 1 } map { /`(\w+)`/g } section('What you call') =~ /^\|(.*)$/mg;
my %internal = map { $_->[0] => $_->[1] } rows(q{
	SELECT proname, bool_and(coalesce(obj_description(oid, 'pg_proc'), '') ~ '^Internal: ')
	FROM pg_proc WHERE pronamespace = 'lead_temperature'::regnamespace GROUP BY 1});
cmp_ok(scalar(grep { $called{$_} } keys %internal), '>', 40, 'there are functions to call');
is(join(', ', grep { !$called{$_} && $internal{$_} ne 't' } sort keys %internal), '',
	'every function is in the table of what is to be called, or its comment begins with Internal:');
is(join(', ', grep { $called{$_} && $internal{$_} ne 'f' } sort keys %internal), '', 'and not both');
my ($query) = section('What you call') =~ /^(    SELECT .*?;)$/ms;
my %listed = map { $_->[0] =~ /^lead_temperature\.(\w+)\(/ => 1 } rows($query);
is(join(' ', sort keys %listed), join(' ', sort grep { $called{$_} } keys %internal), 'and the query there lists the former');
is($node->safe_psql('postgres', q{
	SELECT string_agg(proname, ', ') FROM pg_proc WHERE pronamespace = 'lead_temperature'::regnamespace
	AND proargtypes[0] = 'regclass'::regtype AND proname <> 'track' AND proargnames[1] NOT IN ('tracker', 'state', 'relation')}),
	'', 'every function that takes a tracked table calls it tracker, and any table relation');
is($node->safe_psql('postgres', q{
	SELECT string_agg(DISTINCT proname || ' ' || a, ', ') FROM pg_proc, unnest(proargnames) AS a
	WHERE pronamespace = 'lead_temperature'::regnamespace AND a <> '' AND quote_ident(a) <> a}),
	'', 'no argument needs quotes');

# Everything else by its name
my @objects = rows(q{
	SELECT 'type', typname FROM pg_type
	WHERE typnamespace = 'lead_temperature'::regnamespace AND typtype IN ('b', 'e') AND typcategory <> 'A'
	UNION ALL SELECT CASE relkind WHEN 'r' THEN 'table' ELSE 'view' END, relname FROM pg_class
	WHERE relnamespace = 'lead_temperature'::regnamespace AND relkind IN ('r', 'v')
	UNION ALL SELECT 'constraint', conname FROM pg_constraint
	WHERE connamespace = 'lead_temperature'::regnamespace AND contype IN ('c', 'f')
	UNION ALL SELECT 'operator class', opcname FROM pg_opclass WHERE opcnamespace = 'lead_temperature'::regnamespace
	UNION ALL SELECT 'event trigger', evtname FROM pg_event_trigger});
cmp_ok(scalar @objects, '>', 20, 'there are objects to look for');
is(join(', ', map { "$_->[0] $_->[1]" } grep { $reference !~ /`\Q$_->[1]\E`/ } @objects), '',
	'every type, table, view, constraint, operator class and event trigger is documented');

my %operators = operators();
my @operators = rows(q{
	SELECT concat_ws(' ', l.typname, o.oprname, r.typname)
	FROM pg_operator o JOIN pg_type l ON l.oid = o.oprleft JOIN pg_type r ON r.oid = o.oprright
	WHERE o.oprnamespace = 'lead_temperature'::regnamespace});
is(scalar @operators, 12, 'there are operators to look for');
is(join(', ', grep { !$operators{$_} } map { $_->[0] } @operators), '', 'every operator is documented');
is(join(', ', map { $_->[0] } grep { $reference !~ /\| cast to \Q$_->[0]\E \|/ } rows(q{
	SELECT t.typname FROM pg_cast c JOIN pg_type s ON s.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget
	WHERE s.typnamespace = 'lead_temperature'::regnamespace})),
	'', 'every cast is documented');

# Tables and views column by column
$node->safe_psql('postgres', q{
	CREATE TABLE event (lead int, kind text, at timestamptz);
	SELECT lead_temperature.track('event', 'lead', 'kind', 'at', create_index => true, funnel_counts => true)});
my @modules = section('Modules') =~ /^\| `(\w+)` \|/mg;
is($node->safe_psql('postgres', 'SELECT lead_temperature.add_module(\'event\', m) FROM unnest(ARRAY[' . join(', ', map { "'$_'" } @modules) . ']) AS m'), join("\n", ('') x @modules),
	'every module that is documented is there');
like(($node->psql('postgres', q{SELECT lead_temperature.add_module('event', '')}))[2], qr/modules: \Q@{[ join ', ', @modules ]}\E\./, 'and every one that is there is documented');
my %relations = (
	(map { ("Table `$_`" => "lead_temperature.$_") } qw(model signal_group signal playbook trained_model training_report service_level working_hours holiday)),
	(map { ("View `$_`" => "lead_temperature.$_") } qw(trackers sources model_drift)),
	(map { ("$_->[0] `<prefix>_$_->[1]`" => "event_$_->[1]") } rows(q{
	SELECT CASE relkind WHEN 'v' THEN 'View' ELSE 'Table' END, substr(relname, 7) FROM pg_class WHERE relname ~ '^event_' AND relkind IN ('r', 'v')})));
foreach my $heading (sort keys %relations)
{
	my $columns = join ' ', section($heading) =~ /^\| `(\w+)` \|/mg;

	is($columns, join(' ', map { $_->[0] } rows(qq{
		SELECT attname FROM pg_attribute WHERE attrelid = '$relations{$heading}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum})),
		"$heading: its columns, in their order");
}
is(join(', ', map { $_->[0] } grep { $reference !~ /`\Q$_->[0]\E`/ } rows(q{SELECT tgname FROM pg_trigger WHERE tgrelid = 'event'::regclass})),
	'', 'the triggers of a tracked table are documented');

# The table of points says what the template does
my %points = map { $_->[0] => "$_->[1]$_->[2]" } rows(q{
	SELECT kind, CASE WHEN outcome IS NULL THEN translate(points::text, '-', '~') WHEN final THEN outcome || ', final' ELSE outcome::text END, ' (' || stage || ')'
	FROM lead_temperature.template_signal('default')});
my $templates = section('Templates') =~ s/\x{e2}\x{88}\x{92}|\x{2212}/~/gr;
is(join(', ', grep { my $said = $points{$_}; $said =~ /won|lost/ ? $templates !~ /\b$_\b[^;()]*\(\Q$said\E\)/
			  : $templates !~ /\b$_ \Q$said\E(?![\w.]| \()/ } sort keys %points),
	'', 'the table of templates has the points and stages of every signal');

# and the table of cooldowns which has which
my %minutes = (minutes => 1, hour => 60, day => 1440);
my %cooldowns;
while ($templates =~ /^\| ([\w, ]+) \| (\d+) (minutes|hour|day) \|/mg)
{
	my $cooldown = $2 * $minutes{$3};
	$cooldowns{$_} = $cooldown foreach split /, /, $1;
}
is(join(' ', map { "$_ $cooldowns{$_}" } sort keys %cooldowns), join(' ', map { "$_->[0] $_->[1]" } rows(q{
	SELECT kind, extract(epoch FROM cooldown)::int / 60 FROM lead_temperature.template_signal('default') WHERE cooldown IS NOT NULL ORDER BY kind COLLATE "C"})),
	'the table of cooldowns has that of every signal');

# Each test is found by its feature.
my $top = "$FindBin::RealBin/../..";
my ($features) = slurp_file("$top/test/README.md") =~ /^## Features.*?\n(.*?)^## /ms;
my %tests = map { $_ => 1 } ($features // '') =~ m{(?:\w+/)?(\w+)`}g;
is(join(', ', grep { !$tests{$_} } map { /(\w+)\.(?:sql|spec|pl)$/ } glob "$top/sql/*.sql $top/test/isolation/specs/*.spec $top/test/t/*.pl"),
	'', 'every test is in the table of features in test/README.md');

$node->stop;
done_testing();
