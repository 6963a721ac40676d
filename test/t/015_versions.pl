# Library and SQL objects of different versions do not work with each other: a
# plain error says so, in new sessions and in those that were open during an
# upgrade, and all works once they agree.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = "$FindBin::RealBin/../..";
my ($version) = slurp_file("$top/lead_temperature.control") =~ /^default_version = '(.*)'$/m;
my @scripts = glob "$top/upgrade/lead_temperature--*.sql";
my $first = '0.1.0';

# Wherever the version is said it is the same.
is(join(' ', slurp_file("$top/META.json") =~ /^(?:\t|\t{3})"version": "(.*)"/mg),
	"$version $version", 'META.json has the version of the control file');
like(slurp_file("$top/CHANGELOG.md"), qr/^## \Q$version\E\b/m, 'the changelog has a section of it');

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

# An open session, which answers with what it prints, or with the error.
my $session = $node->background_psql('postgres', on_error_stop => 0);

sub open_session
{
	my ($sql) = @_;

	$session->{stderr} = '';
	my $out = $session->query($sql);
	my $err = $session->{stderr};

	# Older minor versions leave their separator, or the end of the line.
	s/^background_psql: QUERY_SEPARATOR.*\n//mg, s/\n\z// foreach $out, $err;
	return $err eq '' ? $out : $err;
}

# new_session answers likewise, as a session of its own.
sub new_session
{
	my ($sql) = @_;
	my ($status, $out, $err) = $node->psql('postgres', $sql, extra_params => [ '-v', 'VERBOSITY=verbose' ]);

	return $err eq '' ? $out : $err;
}

open_session('\set VERBOSITY verbose');

# refuses checks that both sessions get the error that the versions differ.
sub refuses
{
	my ($other, $sql, $name) = @_;
	my $message = qr/ERROR: +55000: +library lead_temperature is of version \Q$version\E, but the extension in this database of \Q$other\E
HINT:  If the library is the newer one, run ALTER EXTENSION lead_temperature UPDATE; otherwise reconnect/;

	like(new_session($sql), $message, "$name: a new session is told");
	like(open_session($sql), $message, "$name: and one that was open");
}

# Every C function that the script of an earlier version names is in the library.
my %symbols;
foreach my $script (@scripts)
{
	my $sql = slurp_file($script);
	$symbols{$1} = 1 while $sql =~ /AS\s+'MODULE_PATHNAME',\s*'(\w+)'/g;
}
cmp_ok(scalar keys %symbols, '>', 90, 'the scripts name C functions');
$node->safe_psql('postgres', q{
	CREATE FUNCTION missing(symbols text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
	DECLARE
		symbol text;
	BEGIN
		FOREACH symbol IN ARRAY symbols LOOP
			BEGIN
				EXECUTE format('CREATE OR REPLACE FUNCTION pg_temp.probe() RETURNS void AS %L, %L LANGUAGE C', '$libdir/lead_temperature', symbol);
			EXCEPTION WHEN undefined_function THEN
				RETURN NEXT symbol;
			END;
		END LOOP;
	END $$});
is(new_session("SELECT missing('{" . join(',', sort(keys %symbols), 'lt_no_such_function') . "}')"),
	'lt_no_such_function', 'all of them are in the library, and one that is not would be found');

# The new library with the old SQL
new_session("CREATE TABLE event (lead int, kind text, at timestamptz); CREATE INDEX ON event (lead)");
is(new_session("CREATE EXTENSION lead_temperature VERSION '$first'"), '', "$first can still be installed");
my $track = q{SELECT lead_temperature.track('event', 'lead', 'kind', 'at', model => 'm')};
refuses($first, $track, 'tracking');
is(new_session("SELECT count(*) FROM lead_temperature.trackers"), '0', 'nothing is tracked');
is(new_session('ALTER EXTENSION lead_temperature UPDATE'), '', 'the extension is updated');
is(new_session(q{SELECT extversion FROM pg_extension WHERE extname = 'lead_temperature'}), $version, 'to the present version');
open_session(q{SELECT lead_temperature.create_model('m', 'default')});
is(open_session($track), '', 'the open session can track now');
open_session(q{INSERT INTO event VALUES (1, 'question', '2024-01-01')});
is(new_session(q{INSERT INTO event VALUES (1, 'question', '2024-01-02'); SELECT interactions FROM event_lead}),
	'2', 'and both sessions write');

# Sessions of 0.1.0's library read these tables into arrays of fixed size: more
# columns would crash them, another name is an error.
is(new_session(q{SELECT string_agg(relname || ' ' || relnatts, ', ' ORDER BY relname) FROM pg_class
		WHERE relnamespace = 'lead_temperature'::regnamespace
			AND (relname = 'tracker' AND relnatts > 25 OR relname = 'frozen_model' AND relnatts > 14)}),
	'', 'tables that 0.1.0 reads have no more columns than it knows, or another name');

# A tracker that sessions know already, and an upgrade to a version that they do
# not have the library of; then the way back, which is what an old library is.
foreach my $other ('99.0.0', $first)
{
	is(new_session(qq{BEGIN; SELECT lead_temperature.reload_trackers();
			UPDATE pg_extension SET extversion = '$other' WHERE extname = 'lead_temperature'; COMMIT}),
		'', "the extension becomes $other, as an upgrade would make it");
	refuses($other, q{INSERT INTO event VALUES (2, 'question', '2024-01-03')}, 'writing');
	refuses($other, q{SELECT temperature FROM event_ranking}, 'reading');
	refuses($other, q{CALL lead_temperature.replay('event')}, 'replaying');
	refuses($other, q{SELECT lead_temperature.untrack('event')}, 'untracking');
	refuses($other, q{ALTER TABLE event RENAME at TO moment}, 'altering what is tracked');
	refuses($other, q{SELECT lead_temperature.reload_trackers()}, 'a further upgrade by an old library');
	is(open_session('CREATE TABLE other (at timestamptz); ALTER TABLE other ADD x int; DROP TABLE other'), '',
		'other tables are altered and dropped');
	is(new_session('SET client_min_messages = warning; BEGIN; DROP EXTENSION lead_temperature CASCADE; SELECT count(*) FROM event; ROLLBACK'), '2',
		'the extension can be dropped');
	is(new_session(q{SELECT count(*), (SELECT count(*) FROM event_lead) FROM event}), '2|1', 'no row came through');

	is(new_session("UPDATE pg_extension SET extversion = '$version' WHERE extname = 'lead_temperature'"), '', 'versions agree again');
	is(open_session(q{INSERT INTO event VALUES (1, 'question', '2024-01-03'); SELECT interactions FROM event_lead}),
		'3', 'the open session writes');
	is(new_session(q{DELETE FROM event WHERE at = '2024-01-03'; SELECT interactions FROM event_lead}), '2', 'and a new one');
}

new_session('CREATE ROLE analyst');
like(new_session('SET ROLE analyst; SELECT lead_temperature.reload_trackers()'), qr/ERROR: +42501: permission denied/,
	'not everybody may make sessions read trackers anew');
new_session('RESET ROLE');
is(new_session(q{SELECT count(*) FROM lead_temperature.drift('event')}), '0', 'nothing has drifted');
is(open_session(q{SELECT lead_temperature.untrack('event'); DROP EXTENSION lead_temperature}), '', 'and all of it can go');

$session->quit;
$node->stop;
done_testing();
