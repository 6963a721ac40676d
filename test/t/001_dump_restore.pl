# A dump of a database with tracked tables comes back as it was: state,
# transitions, views, models; triggers live, and no row counted twice.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE source');
$node->safe_psql('source', slurp_file("$FindBin::RealBin/world.sql"));
# Who the leads of click are.
$node->safe_psql('source', q{
	CREATE TABLE person ("No." bigint PRIMARY KEY, "Country" text, size int);
	INSERT INTO person SELECT i, (ARRAY['DE', 'US', NULL])[1 + i % 3], i FROM generate_series(0, 120) AS i;
	INSERT INTO lead_temperature.fit_rule SELECT t.model, r.* FROM lead_temperature.trackers t, (VALUES ('Country', '=', 'DE', 20),
		('Country', 'is null', '', -3), ('size', 'range', '[50,100)', 11), ('size', 'in', '{2,4}', 1)) AS r WHERE t.interactions = 'click'::regclass;
	SELECT lead_temperature.add_attribute('click', 'person', 'No.', 'Country'), lead_temperature.add_attribute('click', 'person', 'No.', 'size * 2', name => 'size')});
$node->safe_psql('source', q{CALL lead_temperature.replay('click')});
$node->safe_psql('source', q{INSERT INTO click VALUES (1, 'visit', now() - interval '1 minute', 1)});

my %tracked = (
	'click' => 'click',
	'"Odd ""Schema"""."Web Events"' => '"Odd ""Schema"""."Web ""1""',
	'mail' => 'mail',
	'message' => 'message',
	'deal_lead' => 'deal',
	'deal_of_team_lead' => 'deal_of_team');

# relation returns the name of a relation that track has made.
sub relation
{
	my ($table, $suffix) = @_;
	my $name = $tracked{$table} . $suffix;
	$name .= '"' if $name =~ /^"/;
	return $name;
}

# picture returns all that a database knows of leads, query by query, without
# what moves with the clock and without the planner's estimates.
sub picture
{
	my ($database) = @_;
	my %without = (
		(map { relation($_, '_ranking') => 'score,is_dormant,consent' } keys %tracked),
		(map { relation($_, '_funnel') => 'as_of' } keys %tracked),
		(map { (relation($_, '_account') => 'level,score,hot_until,warm_until', relation($_, '_account_lead') => 'score') } 'click', 'mail', 'message'),
		'click_matrix' => 'leads',
		(map { relation($_, '_next_action') => 'score' } 'click', 'mail', '"Odd ""Schema"""."Web Events"'),
		'lead_temperature.trackers' => 'rows,leads');
	my @relations = (keys %tracked, keys %without);

	push @relations, relation($_, '_lead'), relation($_, '_transition'), relation($_, '_balance'), relation($_, '_alias'), relation($_, '_funnel_weekly')
	  foreach keys %tracked;
	foreach my $table ('mail', '"Odd ""Schema"""."Web Events"')
	{
		push @relations, relation($table, $_) foreach qw(_stage_time _conversion _retention _handoff);
	}
	push @relations, relation($_, '_action') foreach 'click', 'mail';
	push @relations, qw(click_funnel_count click_funnel_delta message_change click_word message_word);
	push @relations, map { "lead_temperature.$_" } qw(model signal_group signal playbook trained_model training_report service_level working_hours holiday handoff_setting handoff_settings);
	push @relations, relation($_, '_account_map') foreach 'click', 'mail', 'message';
	push @relations, qw(lead_temperature.account_source lead_temperature.account_sources lead_temperature.mail_provider);
	push @relations, qw(person click_fit click_matrix lead_temperature.fit_rule lead_temperature.attribute lead_temperature.attributes);
	push @relations, 'account', q{"Odd ""Schema"""."The 'Leads'"}, 'lead_temperature.write_backs', 'lead_temperature.write_target';
	return map {
		my $without = $without{$_} // '';
		($_ => $node->safe_psql($database, "SELECT j FROM (SELECT to_jsonb(t) - '{$without}'::text[] AS j FROM $_ AS t) AS s ORDER BY j::text"))
	} @relations;
}

# dump_of returns the dump of a database's schema without what differs in each run,
# and without the names that a server gives to constants of a view read again.
sub dump_of
{
	my ($database) = @_;
	my ($out, $err) = run_command([ 'pg_dump', '--schema-only', '-d', $node->connstr($database) ]);
	die $err if $err;
	$out =~ s/^\\(un)?restrict .*\n//mg;
	$out =~ s/ AS (text|float8)\b//g;
	return $out;
}

my %before = picture('source');
my $all = join "\n", values %before;
like($all, qr/"temperature": "$_"/, "the ranking has leads that are $_") foreach qw(cold warm hot);
like($all, qr/"status": "$_"/, "there are leads whose status is $_") foreach qw(open won lost);
like($before{ relation('mail', '_balance') }, qr/"interactions": \d/, 'there are opening balances');
like($all, qr/"ignored": 1,/, 'and a row that came too late for them');
like($all, qr/"paused_because": "column/, 'a tracker is paused, since a column of its table was dropped');
like($all, qr/"stale": true/, 'a tracker is stale, since its model has changed');
like($before{account}, qr/"word": "$_"/, "an account has the word $_") foreach qw(cold hot);
isnt($before{$_}, '', "there are rows in $_")
  foreach qw(click_fit lead_temperature.attributes click_funnel_count click_funnel_delta message_change click_word mail_stage_time mail_conversion mail_retention mail_action click_next_action mail_handoff click_account mail_account message_account
  lead_temperature.handoff_setting lead_temperature.holiday lead_temperature.trained_model lead_temperature.training_report);

my $dump = PostgreSQL::Test::Utils::tempdir . '/source';
$node->command_ok([ 'pg_dump', '-d', $node->connstr('source'), '-f', "$dump.sql" ], 'plain dump');
$node->command_ok([ 'pg_dump', '-Fc', '-d', $node->connstr('source'), '-f', "$dump.dump" ], 'custom dump');
$node->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE template0") foreach qw(plain custom parallel);
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('plain'), '-f', "$dump.sql" ],
	'restore of the plain dump');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('custom'), "$dump.dump" ],
	'restore of the custom dump');

# pg_restore knows no order among the tables of an extension when it loads
# data in parallel, but there are foreign keys among those of models.  Two of its
# workers that alter two tables of one tracker at once may wait for each other, each
# for the other's table, which the manual tells; that restore is begun anew.
foreach my $try (1 .. 5)
{
	my ($out, $err) = ('', '');

	$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('parallel'), '--section=pre-data', '--section=data', "$dump.dump" ],
		'restore of the custom dump: tables and data');
	my $done = IPC::Run::run([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('parallel'), '--section=post-data', '-j', '2', "$dump.dump" ],
		'>', \$out, '2>', \$err);
	if (!$done && $err =~ /deadlock detected/ && $try < 5)
	{
		note($err);
		$node->safe_psql('postgres', $_) foreach 'DROP DATABASE parallel', 'CREATE DATABASE parallel TEMPLATE template0';
		next;
	}
	ok($done, 'restore of the custom dump: --section=post-data -j 2') or diag($err);
	last;
}

my $source_dump = dump_of('source');
foreach my $database (qw(plain custom parallel))
{
	my %after = picture($database);
	foreach my $relation (sort keys %before)
	{
		ok($after{$relation} eq $before{$relation}, "$database: $relation is as before");
	}
	ok(dump_of($database) eq $source_dump, "$database: its schema is dumped as before");

	is( $node->safe_psql($database, q{
			SELECT stage, status, floor(level * 64), count(*) FROM click_lead WHERE level IS NOT NULL GROUP BY 1, 2, 3 EXCEPT
			SELECT stage, status, bucket, sum(leads) FROM (SELECT stage, status, bucket, leads FROM click_funnel_count WHERE grain = 0
				UNION ALL TABLE click_funnel_delta) AS c GROUP BY 1, 2, 3}),
		'', "$database: the counts of the funnel agree with the state");

	my $topics = q{SELECT l.lead, t.topic, t.interactions FROM message_lead AS l, lead_temperature.topics('message', l.lead) AS t ORDER BY 1, 2, 3};
	is($node->safe_psql($database, $topics), $node->safe_psql('source', $topics), "$database: leads have the same topics");

	my $channels = q{SELECT * FROM message_channel ORDER BY rule, week, channel};
	like($node->safe_psql('source', $channels), qr/^linear\|.*\|heavy\|/m, "$database: channels bring leads");
	is($node->safe_psql($database, $channels), $node->safe_psql('source', $channels), "$database: and as many, at the same cost");

	# The archived time holds: a row from before it is ignored, one from after it counts.
	my $of_late = "SELECT coalesce(max(interactions), 0) FROM mail_lead WHERE lead = 'late\@x.example'";
	my $ignored = "SELECT ignored FROM lead_temperature.trackers WHERE prefix = 'mail'";
	$node->safe_psql($database, "INSERT INTO mail (email, what, at) SELECT email, 'demo_request', now() - interval '20 days' FROM (VALUES ('late\@x.example')) AS v (email)");
	is($node->safe_psql($database, $of_late), '0', "$database: a row from before the archived time does not count");
	is($node->safe_psql($database, $ignored), '2', "$database: and is counted as ignored");

	is($node->safe_psql($database, q{SELECT lead_temperature.probability(lead_temperature.heat(40, now(), '10 days'), 'learned')}),
		'0.5', "$database: a trained model tells probabilities");

	foreach my $table (sort keys %tracked)
	{
		my $lead = relation($table, '_lead');
		my $drift = "SELECT count(*) FROM lead_temperature.drift('" . $table . "')";

		is($node->safe_psql($database, $drift), '0', "$database: nothing of $table has drifted");
		$node->safe_psql($database, "UPDATE $lead SET interactions = interactions + 1 WHERE lead = (SELECT min(lead::text) FROM $lead)::" .
			  ($table eq 'click' ? 'bigint' : $table =~ /^"/ ? 'uuid' : 'text'));
		isnt($node->safe_psql($database, $drift), '0', "$database: drift sees a state that was tampered with");
		$node->safe_psql($database, "CALL lead_temperature.replay('$table')");
		is($node->safe_psql($database, $drift), '0', "$database: replay mends $table");
	}
}

# Triggers are live: each row, new, late, changed or gone, shows in the state.
my %row = (
	'click' => [ qq{INSERT INTO click VALUES (%s, 'question', now())}, '5', '1000005' ],
	'"Odd ""Schema"""."Web Events"' => [
		qq{INSERT INTO "Odd ""Schema"""."Web Events" VALUES ('%s', 'question', now())},
		'00000000-0000-4000-8000-000000000005', '00000000-0000-4000-8000-0000ffffffff'
	],
	'message' => [ qq{INSERT INTO message VALUES (upper('%s'), '{"kind": "question", "weight": 1}', extract(epoch FROM now()), false)}, 'lead6', 'somebody new' ],
	'mail' => [ qq{INSERT INTO mail (email, what, at) VALUES ('%s', 'question', now() AT TIME ZONE 'Europe/Helsinki')}, 'Lead5\@x.example', 'new\@x.example' ]);
# so are those of what maps ids
$node->safe_psql('plain', q{INSERT INTO customer VALUES (1000, 'CUSTOMER'); INSERT INTO letter VALUES (1000, now()); UPDATE customer SET email = 'Customer2' WHERE id = 1000});
is($node->safe_psql('plain', q{SELECT lead, interactions FROM message_lead WHERE lead ~ 'customer'}), 'customer2|1', 'an id is mapped');
# and of records, whose changes so far have been restored
$node->safe_psql('plain', q{INSERT INTO ticket VALUES (1000, 'Teller', 'question', 'x'); UPDATE ticket SET note = 'y' WHERE id = 1000; UPDATE ticket SET state = 'demo_request' WHERE id = 1000; DELETE FROM ticket WHERE id = 1000});
is($node->safe_psql('plain', q{SELECT lead, interactions FROM message_lead WHERE lead = 'teller'}), 'teller|2', 'changes of a record are kept');
is($node->safe_psql('plain', q{SELECT relation, keep_changes, count(c) FROM lead_temperature.sources s JOIN message_change c USING (source) GROUP BY 1, 2}), 'ticket|t|135', 'beside those that were dumped');
$node->safe_psql('plain', q{INSERT INTO deal VALUES ('somebody', 'question', now(), 'team 1')});
is($node->safe_psql('plain', qq{SELECT interactions FROM $_ WHERE lead = 'somebody'}), '1', "a row counts in $_") foreach qw(deal_lead deal_of_team_lead);
# and those of aliases, where leads were merged, and where none was yet
my $merged = 'SELECT string_agg(lead::text, $$ $$ ORDER BY lead) FROM click_lead WHERE lead IN (11, 12, 13, 14)';
is($node->safe_psql('plain', $merged), '13 14', 'leads are merged');
$node->safe_psql('plain', q{INSERT INTO click VALUES (11, 'visit', now(), 1); SELECT lead_temperature.unmerge_lead('click', '12')});
is($node->safe_psql('plain', $merged), '12 13 14', 'and taken apart');
$node->safe_psql('plain', q{INSERT INTO deal_alias VALUES ('somebody', 'another')});
is($node->safe_psql('plain', q{SELECT lead, interactions FROM deal_lead WHERE lead IN ('somebody', 'another')}), 'another|1', 'the first alias counts');
# and those of words, where some were said, and where none was yet
my $excluded = 'SELECT string_agg(lead::text, $$ $$ ORDER BY lead) FROM click_lead WHERE level IS NULL AND interactions > 0';
is($node->safe_psql('plain', $excluded), '12 30', 'who is excluded stays so, also where that was said of an alias');
$node->safe_psql('plain', q{SELECT lead_temperature.include('click', '11'); DELETE FROM click_word WHERE lead = 30});
is($node->safe_psql('plain', $excluded), '', 'and is taken back');
is($node->safe_psql('plain', 'SELECT lead, stage FROM click_lead WHERE lead = 21'), '21|opportunity', 'a stage that was said');
is($node->safe_psql('plain', q{SELECT lead_temperature.set_stage('click', '21', 'visitor'); SELECT stage FROM click_lead WHERE lead = 21}), "\nvisitor", 'and another');
is($node->safe_psql('plain', q{SELECT lead_temperature.exclude('deal_lead', 'another'); SELECT lead FROM deal_lead WHERE excluded_since IS NOT NULL}), "\nanother", 'the first word counts');
is($node->safe_psql('plain', qq{SELECT count(*) FROM lead_temperature.drift('$_')}), '0', "and nothing of $_ has drifted") foreach qw(click deal_lead);
foreach my $table (sort keys %row)
{
	my ($insert, $known, $new) = @{ $row{$table} };
	my $lead = relation($table, '_lead');
	my $of = "SELECT coalesce(max(interactions), 0) FROM $lead WHERE lead = ";

	$_ =~ s/\\//g foreach $known, $new;
	foreach my $one ($known, $new)
	{
		my $n = $node->safe_psql('plain', "$of'$one'");
		$node->safe_psql('plain', sprintf $insert, $one);
		is($node->safe_psql('plain', "$of'$one'"), $n + 1, "a row of $one counts once in $table");
	}
	is($node->safe_psql('plain', "SELECT count(*) FROM lead_temperature.drift('$table')"), '0', "and $table has not drifted");
}
# Accounts follow their table, or the leads, or say why not.
is($node->safe_psql('plain', q{SELECT count(*) FROM lead_temperature.account_sources WHERE fault IS NULL}), '2', 'two trackers follow their accounts');
is($node->safe_psql('plain', qq{SELECT lead_temperature.refresh_accounts('$_')}), '0', "accounts of $_ are right") foreach qw(click mail);
$node->safe_psql('plain', q{INSERT INTO "Odd ""Schema"""."Who's" VALUES ('new@x.example', 'Restored'); INSERT INTO click VALUES (1000007, 'visit', now(), 1)});
is($node->safe_psql('plain', q{SELECT account FROM mail_account_lead WHERE lead = 'new@x.example'}), 'Restored', 'a row that says of which account a lead is');
is($node->safe_psql('plain', q{SELECT account FROM click_account_lead WHERE lead = 1000007}), 'team 2', 'a lead that says so itself');
like($node->safe_psql('plain', q{SELECT fault FROM lead_temperature.account_sources WHERE tracker = 'message_lead'::regclass}), qr/column "gone" does not exist/, 'a fault is dumped');
# Fit follows attributes, which are those that there were.
is($node->safe_psql('plain', 'SELECT count(*) FROM lead_temperature.attributes WHERE NOT stale'), '2', 'attributes are restored');
$node->safe_psql('plain', q{UPDATE person SET "Country" = 'DE', size = 25});
is($node->safe_psql('plain', 'SELECT count(*) FILTER (WHERE fit = 31) = count(p."No.") FROM click_fit LEFT JOIN person p ON p."No." = lead'), 't', 'and followed');
is($node->safe_psql('plain', q{SELECT count(*) FROM lead_temperature.drift('click')}), '0', 'so that fit has not drifted');
# What is written back follows.
my %written = (
	mail => [ 'account', q{a.email}, q{(a.stage, a.cycle_of::text) IS DISTINCT FROM (r.stage, r.status)} ],
	click => [ q{"Odd ""Schema"""."The 'Leads'"}, q{a."No."}, q{(a."Is"::text, a."as of") IS DISTINCT FROM (r.stage, r.last_at)} ]);
foreach my $table (sort keys %written)
{
	my ($target, $key, $differs) = @{ $written{$table} };
	my $wrong = "SELECT count(*) FROM $target a LEFT JOIN ${table}_ranking r ON r.lead = $key WHERE $differs";

	is($node->safe_psql('plain', $wrong), '0', "$target follows the leads of $table");
	$node->safe_psql('plain', "SELECT lead_temperature.refresh_cooled('$table')");
	$node->safe_psql('plain', "DELETE FROM $table");
	is($node->safe_psql('plain', $wrong), '0', "$target follows when all are gone");
	is($node->safe_psql('plain', "SELECT lead_temperature.write_back(w.tracker, w.target, w.key, stage => w.column_name) FROM lead_temperature.write_backs w WHERE tracker = '${table}_lead'::regclass AND attribute = 'stage'"), '0', "$target is as write_back would write it");
}
$node->safe_psql('plain', 'TRUNCATE click, click_word');
is($node->safe_psql('plain', 'SELECT count(*) FROM click_lead'), '0', 'truncation leaves no lead');
is($node->safe_psql('plain', q{SELECT sum(leads) FROM click_funnel}), '0', 'and none in the funnel');
$node->safe_psql('plain', q{SELECT lead_temperature.compact_counts('click')});
is($node->safe_psql('plain', q{SELECT count(*) FROM click_funnel_count}), '0', 'nor in its counts');

# Partitions made after the restore are tracked too.
$node->safe_psql('plain', q{CREATE TABLE "Odd ""Schema"""."Web Events 2030" PARTITION OF "Odd ""Schema"""."Web Events"
	FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')});
$node->safe_psql('plain', q{INSERT INTO "Odd ""Schema"""."Web Events old" VALUES ('00000000-0000-4000-8000-0000ffffffff', 'visit', '2025-05-05')});
is($node->safe_psql('plain', q{SELECT interactions FROM "Odd ""Schema"""."Web ""1""_lead" WHERE lead = '00000000-0000-4000-8000-0000ffffffff'}),
	'2', 'a late row put into a partition directly counts');

$node->stop;
done_testing();
