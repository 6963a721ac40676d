# Nobody who does not train loads liblinear; and what training leaves behind survives a dump.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'needs /proc' unless -r '/proc/self/maps';

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION lead_temperature;
	CREATE TABLE event (lead int, kind text, at timestamptz);
	INSERT INTO event SELECT l, 'visit', '2024-01-01'::timestamptz + l * interval '1 hour' FROM generate_series(1, 1000) AS l;
	INSERT INTO event SELECT lead, 'demo_request', at + interval '1 day' FROM event WHERE lead % 3 = 0;
	INSERT INTO event SELECT lead, 'purchase', at + interval '5 days' FROM event WHERE kind = 'demo_request';
	SELECT lead_temperature.track('event', 'lead', 'kind', 'at', create_index => true)});

# libraries prints the libraries of liblinear that a backend has loaded, after some SQL.
sub libraries
{
	my ($sql) = @_;

	return $node->safe_psql('postgres', qq{
		SET client_min_messages = error;
		CREATE TEMP TABLE maps (line text);
		$sql;
		DO \$\$ BEGIN
			EXECUTE format('COPY maps FROM PROGRAM %L WITH (DELIMITER E''\\x01'')',
				format('grep -E -o "liblinear|lead_temperature[a-z_]*" /proc/%s/maps | sort -u', pg_backend_pid()));
		END \$\$;
		SELECT string_agg(line, ' ' ORDER BY line) FROM maps});
}

is(libraries(q{DO $$ BEGIN PERFORM * FROM lead_temperature.drift('event'); PERFORM * FROM lead_temperature.evaluate('event', '2024-01-10', '2024-01-20'); END $$}),
	'lead_temperature', 'without training there is no liblinear in memory');
like(libraries(q{DO $$ BEGIN PERFORM * FROM lead_temperature.train('event', '7 days', step => '1 day'); END $$}),
	qr/^lead_temperature lead_temperature_train liblinear$/, 'with it there is');

# Both tables of training are dumped after the models that they belong to.
$node->safe_psql('postgres', 'CREATE DATABASE restored');
my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, $node->connstr('postgres') ], 'pg_dump');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, $node->connstr('restored') ], 'restore');
my $rows = q{SELECT t.*, r.ranking, r.auc FROM lead_temperature.trained_model t JOIN lead_temperature.training_report r USING (model) ORDER BY r.ranking COLLATE "C"};
my $before = $node->safe_psql('postgres', $rows);
like($before, qr/event_trained/, 'there is a trained model');
is($node->safe_psql('restored', $rows), $before, 'and it is restored as it was');

$node->stop;
done_testing();
