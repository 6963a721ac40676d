# A replay that was interrupted goes on after the last lead that it names, also in
# a session whose settings write and read values otherwise.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# leads of each type, by a number that is in their order, and what the settings make a mess of
my %types = (
	'date' => q{date '2000-01-01' + i},
	'timestamptz' => q{timestamptz '2000-01-01 00:00:00+00' + i * interval '25 hours 1 minute'},
	'float8' => q{1 + i * 1e-15},
	'interval' => q{i * interval '1 day -2 hours' - interval '300 days'},
	'bytea' => q{decode(lpad(to_hex(i), 8, '0'), 'hex') || '\x5c00'::bytea},
	'money' => q{(i * 1000.01)::numeric::money},
	'text[]' => q{ARRAY[lpad(i::text, 6, '0'), NULL, 'NULL']},
);
my @write = qw(SQL,DMY sql_standard Asia/Tokyo 3 escape C.UTF-8 on);
my @read = qw(German iso_8601 America/New_York -15 hex C off);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION lead_temperature');

# settings_of writes the commands that set what turns values into text.
sub settings_of
{
	my @names = qw(datestyle intervalstyle timezone extra_float_digits bytea_output lc_monetary array_nulls);

	return join(' ', map { "SET $names[$_] = '$_[$_]';" } 0 .. $#names);
}

# interrupted_replay cancels a replay under some settings once it comes to a lead that another session has locked.
sub interrupted_replay
{
	my ($table, $number) = @_;
	my $blocker = $node->background_psql('postgres');

	$blocker->query_safe("BEGIN");
	$blocker->query_safe("SELECT FROM ${table}_lead WHERE lead = (SELECT lead FROM $table WHERE id = $number) FOR UPDATE");
	my $replay = IPC::Run::start(
		[ $node->installed_command('psql'), '-XAtq', '-d', $node->connstr('postgres'), '-c', settings_of(@write),
			'-c', "CALL lead_temperature.replay('$table')" ],
		'>', '/dev/null', '2>', '/dev/null');
	$node->poll_query_until('postgres',
		q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE 'CALL%' AND wait_event_type = 'Lock'})
		or die 'no replay waits';
	$node->safe_psql('postgres', q{SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL%'});
	$replay->finish;
	$blocker->quit;
}

my $n = 0;
foreach my $type (sort keys %types)
{
	my $table = 'event_' . ++$n;

	$node->safe_psql('postgres', qq{
		CREATE TABLE $table (id int PRIMARY KEY, lead $type, kind text, at timestamptz);
		CREATE INDEX ON $table (lead);
		INSERT INTO $table SELECT i, $types{$type}, 'question', now() - interval '1 day' FROM generate_series(1, 10100) AS i;
		SELECT lead_temperature.track('$table', 'lead', 'kind', 'at');
		UPDATE lead_temperature.model SET hot = 33 WHERE name = '$table'});
	interrupted_replay($table, 10050);
	is($node->safe_psql('postgres', qq{SELECT phase, leads_done FROM lead_temperature.replays WHERE interactions = '$table'::regclass}),
		'interrupted|10000', "$type: a batch has committed");
	# rows that nobody follows, of a lead that is done and of the two after it
	$node->safe_psql('postgres', qq{
		SET session_replication_role = replica;
		INSERT INTO $table SELECT -id, lead, kind, at FROM $table WHERE id IN (10000, 10001, 10002)});
	$node->safe_psql('postgres', settings_of(@read) . qq{CALL lead_temperature.replay('$table')});
	is($node->safe_psql('postgres', qq{SELECT phase, leads_done FROM lead_temperature.replays WHERE interactions = '$table'::regclass}),
		'done|10100', "$type: the next replay goes on with the next lead");
	is($node->safe_psql('postgres', qq{SELECT i.id FROM ${table}_lead l JOIN $table i USING (lead) WHERE l.interactions = 2 AND i.id > 0 ORDER BY 1}),
		"10001\n10002", "$type: which it reads right");
	is($node->safe_psql('postgres', qq{SELECT count(DISTINCT lead) FROM lead_temperature.drift('$table')}),
		'1', "$type: only the lead that was done before its row came is wrong");
	# what drift names can be looked up, and a user's own text too
	is($node->safe_psql('postgres', settings_of(@write) . qq{
		SELECT sum(b.interactions) FROM (SELECT DISTINCT lead FROM lead_temperature.drift('$table')) d,
			lead_temperature.score_breakdown('$table', d.lead) b}),
		'2', "$type: drift names it as any settings read it") if $type ne 'money';
	is($node->safe_psql('postgres', settings_of(@write) . qq{
		SELECT b.interactions FROM $table i, lead_temperature.score_breakdown('$table', i.lead::text) b WHERE i.id = 10002}),
		'2', "$type: who writes a lead by his own settings is understood");
	$node->safe_psql('postgres', qq{CALL lead_temperature.replay('$table')});
	is($node->safe_psql('postgres', qq{SELECT count(*) FROM lead_temperature.drift('$table')}), '0', "$type: no drift is left");
	is($node->safe_psql('postgres', settings_of(@write) . qq{SELECT md5(string_agg(lead, ',' ORDER BY lead COLLATE "C")) FROM lead_temperature.leads_as_of('$table', now())}),
		$node->safe_psql('postgres', settings_of(@read) . qq{SELECT md5(string_agg(lead, ',' ORDER BY lead COLLATE "C")) FROM lead_temperature.leads_as_of('$table', now())}),
		"$type: leads_as_of writes leads alike everywhere");
}

done_testing();
