# What dumps of parts bring: triggers without a tracker say so, and can be
# cleared or tracked over; data alone; a restore over what is there.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
my $dir = PostgreSQL::Test::Utils::tempdir;

# fresh makes a database, with the extension if asked for.
sub fresh
{
	my ($database, $with_extension) = @_;
	$node->safe_psql('postgres', "DROP DATABASE IF EXISTS $database");
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	$node->safe_psql($database, 'CREATE EXTENSION lead_temperature') if $with_extension;
	return;
}

# dump writes a dump of a database into a file.
sub dump_to
{
	my ($database, $file, @options) = @_;
	$node->command_ok([ 'pg_dump', '-d', $node->connstr($database), '-f', "$dir/$file", @options ], "dump: @options");
	return;
}

# restore loads a plain dump as psql does by default, errors or not, and returns the errors.
sub restore
{
	my ($database, $file, @options) = @_;
	my ($out, $err) = run_command([ 'psql', '-X', '-q', @options, '-d', $node->connstr($database), '-f', "$dir/$file" ]);
	return $err;
}

# outcome returns what a command prints, or its error, with NOTICEs.
sub outcome
{
	my ($database, $sql) = @_;
	my ($code, $out, $err) = $node->psql($database, $sql, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	$err =~ s/^(LOCATION|psql:<stdin>).*?(NOTICE|WARNING|ERROR|$)/$2/mg;
	return "$out$err";
}

# count_of returns how many rows a query has.
sub count_of
{
	my ($database, $sql) = @_;
	return $node->safe_psql($database, "SELECT count(*) FROM ($sql) AS q");
}

# A plain table with counts, a partitioned one, and things of the user beside them.
fresh('source', 1);
$node->safe_psql('source', q{
	CREATE TABLE event (id int, lead text, kind text, at timestamptz);
	CREATE INDEX ON event (lead, at);
	CREATE TABLE event_note (lead text, note text);
	CREATE TABLE log (lead int, kind text, at timestamptz) PARTITION BY RANGE (at);
	CREATE INDEX ON log (lead, at);
	CREATE TABLE log_old PARTITION OF log FOR VALUES FROM (MINVALUE) TO ('2025-01-01');
	CREATE TABLE log_new PARTITION OF log FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);
	INSERT INTO event SELECT i, 'l' || i % 7, 'demo_request', timestamptz '2025-06-01' + i * interval '1 hour' FROM generate_series(1, 100) AS i;
	INSERT INTO log SELECT i % 5, 'question', timestamptz '2024-12-25' + i * interval '4 hours' FROM generate_series(1, 100) AS i;
	SELECT lead_temperature.track('event', 'lead', 'kind', 'at', funnel_counts => true);
	SELECT lead_temperature.track('log', 'lead', 'kind', 'at');
	SELECT lead_temperature.add_module('event', 'pace'), lead_temperature.add_module('event', 'playbook'), lead_temperature.add_module('event', 'handoff');
	SELECT lead_temperature.exclude('event', 'l3');
	INSERT INTO event_note VALUES ('l1', 'mine')});
$node->safe_psql('source', q{
	CREATE TABLE event_crm (lead text PRIMARY KEY, stage text);
	INSERT INTO event_crm SELECT 'l' || i FROM generate_series(0, 6) AS i UNION ALL VALUES ('new'), ('more');
	SELECT lead_temperature.write_back('event', 'event_crm', 'lead', stage => 'stage')});
# those of the tables of aliases and of words go with these
my $triggers = q{SELECT FROM pg_trigger WHERE tgname ~ '^lead_temperature_' AND tgrelid::regclass::text !~ '_(alias|word)$'};
my $companions = q{SELECT relname FROM pg_class WHERE obj_description(oid, 'pg_class') ~ '\(lead_temperature\)$'};
my @made = split /\n/, $node->safe_psql('source', $companions);
my @of_event = grep { /^event_/ } @made;
my $of_log = grep { /^log_/ } @made;
is(count_of('source', $triggers), '16', 'two tables and two partitions have triggers');
cmp_ok(@of_event, '>=', 8, 'a table with counts has companions');
cmp_ok($of_log, '>=', 6, 'and one without');
is(@made, @of_event + $of_log, 'and no other');

# What each part of a dump brings into a database with the extension:
# the tracker, companions without it, or triggers alone.
my %part = (
	table => { options => [ '-t', 'event', '-t', 'log', '-t', 'log_old', '-t', 'log_new' ], brings => 'triggers' },
	tables => { options => [ '-t', 'event*', '-t', 'log*' ], brings => 'companions' },
	schema => { options => [ '-n', 'public' ], brings => 'companions' },
	tables_and_trackers => { options => [ '-t', 'event*', '-t', 'log*', '-t', 'lead_temperature.*' ], brings => 'tracker' },
	all_without_trackers => { options => ['--exclude-table-data=lead_temperature.*'], brings => 'companions', makes => 1 },
	all => { options => [], brings => 'tracker', makes => 1 });
foreach my $part (sort keys %part)
{
	dump_to('source', "$part.sql", @{ $part{$part}->{options} });
	foreach my $with_extension (0, 1)
	{
		my $what = "$part into a database " . ($with_extension ? 'with' : 'without') . ' the extension';
		my $brings = $with_extension || $part{$part}->{makes} ? $part{$part}->{brings} : 'nothing';

		fresh('target', $with_extension);
		my $errors = restore('target', "$part.sql");
		is(count_of('target', 'TABLE event'), '100', "$what: rows are restored");
		if ($brings eq 'nothing')
		{
			like($errors, qr/schema "lead_temperature" does not exist/, "$what: no triggers, and that is said");
			# tables of aliases, of words and of actions have no type of ours
			my @left = split /\n/, $node->safe_psql('target', $companions);
			is_deeply([ sort @left ], $part eq 'table' ? [] : [qw(event_action event_alias event_word log_alias)], "$what: no companions that need the extension");
			$node->safe_psql('target', q{INSERT INTO event VALUES (0, 'new', 'visit', now()); CREATE EXTENSION lead_temperature});
			foreach my $table (qw(event log))
			{
				my $cleared = outcome('target', "SELECT lead_temperature.untrack('$table')");
				like($cleared, @left ? qr/NOTICE:  00000: table "${table}_alias" is dropped/ : qr/ERROR:  55000: table "$table" is not tracked/,
					"$what: nothing else of $table to clear");
			}
		}
		elsif ($brings eq 'tracker')
		{
			is(count_of('target', $triggers), '16', "$what: triggers are restored");
			is(count_of('target', 'SELECT FROM lead_temperature.trackers WHERE NOT stale'), '2', "$what: with the trackers");
			$node->safe_psql('target', q{INSERT INTO event VALUES (0, 'new', 'visit', now())});
			is(count_of('target', q{SELECT FROM event_lead WHERE lead = 'new'}), '1', "$what: a row is followed");
			is(count_of('target', q{SELECT FROM event_crm WHERE stage IS NOT NULL}), '7', "$what: and its lead written back, but no lead that is excluded");
		}
		else
		{
			is(count_of('target', $triggers), '16', "$what: triggers are restored");
			foreach my $write (q{INSERT INTO event VALUES (0, 'new', 'visit', now())}, q{UPDATE event SET kind = 'visit'},
				q{DELETE FROM event}, q{TRUNCATE event}, q{INSERT INTO log VALUES (0, 'visit', now())}, q{INSERT INTO log_old VALUES (0, 'visit', '2024-01-01')})
			{
				my ($table) = $write =~ /(event|log_old|log)/;
				my $root = $table eq 'event' ? 'event' : 'log';
				like(outcome('target', $write), qr/ERROR:  55000: table "$table" has triggers of lead_temperature but is not tracked\nDETAIL:  Its leads would not be followed\.\nHINT:  Remove the triggers with SELECT lead_temperature\.untrack\('public\.$root'\), or track the table/,
					"$what: refused with cause and cure: $write");
			}
			$node->safe_psql('target', q{UPDATE event SET kind = 'visit' WHERE false});
			pass("$what: a statement without rows passes");

			if ($brings eq 'companions')
			{
				like(outcome('target', q{SELECT lead_temperature.track('event', 'lead', 'kind', 'at')}),
					qr/ERROR:  42P07: relation "event_lead" already exists.*\nHINT:  If a restore has left it, remove it with SELECT lead_temperature\.untrack\('public\.event'\)/,
					"$what: track says what to run");
				like(outcome('target', 'TABLE event_ranking'), qr/ERROR:  55000: .*\nHINT:  .*lead_temperature\.untrack/, "$what: so does a view");
				is(count_of('target', $companions), @made, "$what: companions are restored");
				my $cleared = outcome('target', q{SELECT lead_temperature.untrack('event')});
				like($cleared, qr/NOTICE:  00000: trigger "lead_temperature_$_" of table "event" is removed/, "$what: $_ trigger removed")
				  foreach qw(insert update delete truncate);
				like($cleared, qr/NOTICE:  00000: (table|view) "$_" is dropped/, "$what: $_ dropped") foreach @of_event;
				is(count_of('target', $companions), $of_log, "$what: those of the other table stay");
				is(count_of('target', $triggers), '12', "$what: and its triggers");
				$node->safe_psql('target', q{SELECT lead_temperature.untrack('log')});
				is(count_of('target', $companions) . count_of('target', $triggers), '00', "$what: until it is cleared, with its partitions");
				is(count_of('target', 'TABLE event_note'), '1', "$what: what is the user's stays");
			}
			else
			{
				my $cleared = outcome('target', q{BEGIN; SELECT lead_temperature.untrack('log'); INSERT INTO log_old VALUES (0, 'visit', '2024-01-01'); ROLLBACK});
				like($cleared, qr/NOTICE:  00000: trigger "lead_temperature_insert" of table "log_old" is removed/, "$what: untrack clears triggers, of partitions too");
				unlike($cleared, qr/ERROR/, "$what: after which rows pass");
				like(outcome('target', q{BEGIN; SELECT lead_temperature.track('log', 'lead', 'kind', 'at'); ROLLBACK}),
					qr/NOTICE:  00000: trigger "lead_temperature_insert" of table "log_new" is removed/, "$what: track takes them away by itself");
			}
		}

		if ($brings ne 'tracker')
		{
			foreach my $table (qw(event log))
			{
				$node->safe_psql('target', "SELECT lead_temperature.track('$table', 'lead', 'kind', 'at')");
			}
			is(count_of('target', $triggers), '16', "$what: tracked, each has its triggers once");
		}
		$node->safe_psql('target', q{INSERT INTO event VALUES (1, 'more', 'visit', now()); INSERT INTO log_old VALUES (77, 'visit', '2024-01-01')});
		is(count_of('target', q{SELECT FROM event_lead WHERE lead = 'more' AND interactions = 1}), '1', "$what: rows are followed");
		is(count_of('target', qq{SELECT FROM lead_temperature.drift('$_')}), '0', "$what: nothing of $_ has drifted") foreach qw(event log);
	}
}

# Trackers come all or none; from a database where no other table is tracked they come for one table.
dump_to('source', 'one.sql', '-t', 'event*', '-t', 'lead_temperature.*');
fresh('target', 1);
like(restore('target', 'one.sql'), qr/ERROR:  relation "public\.log" does not exist/, 'the tracker of a table that is not there cannot be restored');
is(count_of('target', 'TABLE event'), '100', 'rows are');
is(count_of('target', 'TABLE lead_temperature.trackers'), '0', 'nor can any other');
$node->safe_psql('postgres', 'CREATE DATABASE aside TEMPLATE source');
$node->safe_psql('aside', q{SELECT lead_temperature.untrack('log')});
dump_to('aside', 'one.sql', '-t', 'event*', '-t', 'lead_temperature.*');
fresh('target', 1);
is(restore('target', 'one.sql', '-v', 'ON_ERROR_STOP=1'), '', 'one table is restored with its tracker');
$node->safe_psql('target', q{INSERT INTO event VALUES (1, 'more', 'visit', now())});
is(count_of('target', q{SELECT FROM event_lead WHERE lead = 'more' AND interactions = 1}), '1', 'and followed');
is(count_of('target', q{SELECT FROM lead_temperature.drift('event')}), '0', 'without drift');

# Companions of 0.1.0 have other names, and fewer columns, and none rests on these.
fresh('target', 1);
restore('target', 'schema.sql');
$node->safe_psql('target', q{
	DROP VIEW event_next_action;
	ALTER TABLE event_lead RENAME group_points TO held;
	ALTER TABLE event_balance RENAME group_points TO held;
	ALTER TABLE event_balance RENAME TO event_base;
	ALTER TABLE event_lead DROP final_since, DROP counted_at, DROP granted_at CASCADE, DROP withdrawn_at CASCADE, DROP excluded_since, DROP held_stage, DROP heard_at;
	ALTER TABLE event_base DROP final_since, DROP counted_at, DROP granted_at, DROP withdrawn_at, DROP excluded_since, DROP held_stage, DROP heard_at});
my $former = outcome('target', q{SELECT lead_temperature.untrack('event')});
like($former, qr/NOTICE:  00000: table "event_$_" is dropped/, "of 0.1.0: event_$_ dropped") foreach qw(lead base);
is($node->safe_psql('target', q{SELECT string_agg(relname, ' ') FROM pg_class WHERE relkind = 'r' AND relname ~ '^event_(lead|ba)'}), '', 'of 0.1.0: nothing is left');

# What only looks like a companion is not dropped, nor what others rest on.
fresh('target', 1);
restore('target', 'schema.sql');
$node->safe_psql('target', q{
	DROP VIEW event_funnel;
	CREATE VIEW event_funnel AS SELECT 1 AS mine;
	ALTER TABLE event_balance ADD mine text;
	CREATE VIEW my_leads AS SELECT lead FROM event_lead});
like(outcome('target', q{SELECT lead_temperature.untrack('event')}), qr/ERROR:  2BP01: cannot drop table public\.event_lead because other objects depend on it\nDETAIL:  view public\.my_leads/,
	'a view of the user is not dropped');
$node->safe_psql('target', 'DROP VIEW my_leads; SELECT lead_temperature.untrack($$event$$)');
is($node->safe_psql('target', q{SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relname ~ '^event_' AND relkind IN ('r', 'v')}),
	'event_balance event_crm event_funnel event_note', 'other columns: not a companion');
like(outcome('target', q{SELECT lead_temperature.track('event', 'lead', 'kind', 'at')}), qr/ERROR:  42P07: relation "event_balance" already exists.*\nHINT:  Pass another prefix/,
	'of which track does not say that untrack removes it');
$node->safe_psql('target', q{CREATE ROLE other; GRANT CREATE ON SCHEMA public TO other; ALTER TABLE log_lead OWNER TO other});
$node->safe_psql('target', q{DROP VIEW log_ranking, log_funnel; SELECT lead_temperature.untrack('log')});
is(count_of('target', q{SELECT FROM pg_class WHERE relname = 'log_lead'}), '1', 'a companion of another owner stays');

# A companion that a tracker has is not cleared for another table.
$node->safe_psql('target', q{
	DROP TABLE log_lead;
	SELECT lead_temperature.track('log', 'lead', 'kind', 'at', prefix => 'event2');
	CREATE TABLE event2 (lead int, kind text, at timestamptz)});
like(outcome('target', q{SELECT lead_temperature.untrack('event2')}), qr/ERROR:  55000: table "event2" is not tracked/, 'companions of a tracker are none of another table');
is(count_of('target', q{SELECT FROM pg_class WHERE relname = 'event2_lead'}), '1', 'and stay');
like(outcome('target', q{SELECT lead_temperature.untrack('log_old')}), qr/ERROR:  55000: table "log_old" is not tracked/, 'nor are live triggers of a partition');
is(count_of('target', q{SELECT FROM pg_trigger WHERE tgname ~ '^lead_temperature_' AND tgrelid = 'log_old'::regclass}), '4', 'which stay');

# Schema first, data later.
dump_to('source', 'schema_only.sql', '--schema-only');
dump_to('source', 'data_only.sql', '--data-only');
dump_to('source', 'data_disabled.sql', '--data-only', '--disable-triggers');
dump_to('source', 'source.dump', '-Fc');
my $ready = q{SELECT string_agg(prefix || stale, ' ' ORDER BY prefix) FROM lead_temperature.trackers};

# whole checks that a database is as the source is.
sub whole
{
	my ($database, $what) = @_;
	# triggers that were switched off may have missed rows
	my $stale = $what =~ /disable-triggers/ ? 'true' : 'false';
	is($node->safe_psql($database, $ready), "event$stale log$stale", "$what: trackers are there");
	is($node->safe_psql($database, 'SELECT md5(string_agg(l::text, chr(10) ORDER BY lead)) FROM event_lead AS l'),
		$node->safe_psql('source', 'SELECT md5(string_agg(l::text, chr(10) ORDER BY lead)) FROM event_lead AS l'), "$what: leads are as they were");
	is(count_of($database, 'TABLE event_transition'), count_of('source', 'TABLE event_transition'), "$what: so are transitions");
	$node->safe_psql($database, q{INSERT INTO event VALUES (1, 'more', 'visit', now())});
	is(count_of($database, q{SELECT FROM event_lead WHERE lead = 'more' AND interactions = 1}), '1', "$what: rows are followed");
	is(count_of($database, q{SELECT FROM event_crm WHERE stage IS NOT NULL}), '7', "$what: and leads written back");
	is(count_of($database, qq{SELECT FROM lead_temperature.drift('$_')}), '0', "$what: nothing of $_ has drifted") foreach qw(event log);
	return;
}

fresh('target', 0);
is(restore('target', 'schema_only.sql', '-v', 'ON_ERROR_STOP=1'), '', 'a schema alone is restored');
like(outcome('target', q{INSERT INTO event VALUES (0, 'new', 'visit', now())}), qr/ERROR:  55000: .*HINT:  .*untrack.*--disable-triggers/s, 'the first row is refused, with what to run');
like(outcome('target', 'TABLE event_ranking'), qr/ERROR:  55000: .*HINT:  .*--disable-triggers/s, 'and the first look at the ranking');
like(restore('target', 'data_only.sql', '-v', 'ON_ERROR_STOP=1'),
	qr/ERROR:  cannot restore the tracker of table "event" while its triggers fire\nDETAIL:  .*\nHINT:  Restore the data with --disable-triggers, or with session_replication_role set to replica\./,
	'data alone, with triggers that fire, is refused at once');
fresh('target', 0);
restore('target', 'schema_only.sql', '-v', 'ON_ERROR_STOP=1');
is(restore('target', 'data_disabled.sql', '-v', 'ON_ERROR_STOP=1'), '', 'data with --disable-triggers is restored');
whole('target', 'data with --disable-triggers');
fresh('target', 0);
restore('target', 'schema_only.sql', '-v', 'ON_ERROR_STOP=1');
{
	local $ENV{PGOPTIONS} = '-c session_replication_role=replica';
	is(restore('target', 'data_only.sql', '-v', 'ON_ERROR_STOP=1'), '', 'data with session_replication_role = replica is restored');
}
whole('target', 'data with session_replication_role = replica');
foreach my $way ([ ['--schema-only'], [ '--data-only', '--disable-triggers' ] ],
	[ ['--section=pre-data'], ['--section=data'], ['--section=post-data'] ])
{
	fresh('target', 0);
	foreach my $options (@$way)
	{
		$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('target'), @$options, "$dir/source.dump" ], "pg_restore @$options");
	}
	whole('target', "pg_restore @{ $way->[-1] }");
}
fresh('target', 0);
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('target'), '--section=pre-data', '--section=post-data', "$dir/source.dump" ], 'pg_restore of all sections but data');
$node->command_fails_like([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('target'), '--section=data', "$dir/source.dump" ],
	qr/cannot restore the tracker of table "event" while its triggers fire/, 'after which data is refused at once');

# A restore over what is there.
fresh('target', 0);
restore('target', 'all.sql', '-v', 'ON_ERROR_STOP=1');
my @clean = ('pg_restore', '--clean', '--if-exists', '--single-transaction', '-d', $node->connstr('target'), "$dir/source.dump");
$node->safe_psql('target', q{DELETE FROM event WHERE id % 2 = 0; INSERT INTO log VALUES (9, 'visit', now())});
$node->command_fails_like(\@clean, qr/cannot drop .* because tracked table "\w+" needs it/, 'a restore over what is tracked is refused');
{
	local $ENV{PGOPTIONS} = '-c session_replication_role=replica';
	$node->command_ok(\@clean, 'but not where session_replication_role = replica');
}
whole('target', 'pg_restore --clean');

# What is dropped so leaves a tracker that says so, and is told by those who need it.
is($node->safe_psql('target', "SET session_replication_role = replica; DROP TRIGGER lead_temperature_insert ON event; $ready"), 'eventtrue logfalse', 'a tracker that loses a trigger is stale');
$node->safe_psql('target', 'SET session_replication_role = replica; DROP TABLE log_lead CASCADE');
is($node->safe_psql('target', $ready), 'eventtrue logtrue', 'so is one that loses its state');
like(outcome('target', q{INSERT INTO log VALUES (9, 'visit', now())}), qr/ERROR:  55000: .*HINT:  .*untrack/s, 'whose writers are told what to run');
$node->safe_psql('target', 'CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$; CREATE TRIGGER mine AFTER INSERT ON event_note EXECUTE FUNCTION nothing(); DROP TRIGGER mine ON event_note');
is($node->safe_psql('target', q{SELECT lead_temperature.untrack('log'), lead_temperature.untrack('event')}), '|', 'both can be untracked');
is(count_of('target', $triggers) . count_of('target', $companions), '00', 'whole');

$node->stop;
done_testing();
