# A streaming standby answers as its primary does, by index and by table alike.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

$primary->safe_psql('postgres', slurp_file("$FindBin::RealBin/world.sql"));
$primary->safe_psql(
	'postgres', q{
	CREATE TABLE heats (id int PRIMARY KEY, heat lead_temperature.heat);
	CREATE INDEX heats_heat ON heats (heat);
	INSERT INTO heats
	SELECT i, lead_temperature.heat(((hashint4extended(i, 1) & 65535) - 20000) / 100.0,
		timestamptz '2026-01-01 00:00:00+00' + (hashint4extended(i, 2) & 1048575) * interval '1 minute',
		CASE WHEN i % 5 = 0 THEN interval '3 days' ELSE interval '14 days' END)
	FROM generate_series(1, 20000) AS i;
	UPDATE heats SET heat = heat OPERATOR(lead_temperature.*) 2 WHERE id % 3 = 0;
	DELETE FROM heats WHERE id % 11 = 0;
	ANALYZE;
});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));

# Each query with the index that must answer it where tables may not be scanned
my @queries = (
	[ 'heats_heat', q{SELECT id FROM heats WHERE heat >= lead_temperature.heat(40, '2026-06-01 00:00:00+00', '14 days') ORDER BY heat, id} ],
	[ 'heats_heat', q{SELECT id FROM heats WHERE heat < lead_temperature.heat(-1, '2027-06-01 00:00:00+00', '14 days') ORDER BY heat, id} ],
	[ 'heats_heat', q{SELECT heat FROM heats ORDER BY heat DESC LIMIT 500} ],
	[ 'heats_heat', q{SELECT min(heat), max(heat) FROM heats} ],
	[ 'click_lead\w*', q{SELECT lead, level FROM click_ranking ORDER BY level DESC, lead LIMIT 50} ],
	[ 'click_lead\w*', q{SELECT lead, temperature, stage FROM click_ranking WHERE temperature = 'hot' ORDER BY lead} ],
	[ 'click_lead\w*', q{SELECT lead, temperature, stage FROM click_ranking WHERE temperature = 'cold' ORDER BY lead} ]);
my $by_index = 'SET enable_seqscan = off; SET enable_sort = on;';
my $by_table = 'SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off;';
my $operators = 'SET search_path = public, lead_temperature;';

foreach my $case (@queries)
{
	my ($index, $query) = @$case;
	my $expected = $primary->safe_psql('postgres', "$operators $by_table $query");

	isnt($expected, '', "rows to find: $query");
	foreach my $node ($primary, $standby)
	{
		my $name = $node->name;
		like($node->safe_psql('postgres', "$operators $by_index EXPLAIN (COSTS OFF) $query"),
			qr/Index.* (on|using) $index/, "$name: by index");
		unlike($node->safe_psql('postgres', "$operators $by_table EXPLAIN (COSTS OFF) $query"),
			qr/Index/, "$name: by table");
		is($node->safe_psql('postgres', "$operators $by_index $query"), $expected, "$name: the index answers so");
		is($node->safe_psql('postgres', "$operators $by_table $query"), $expected, "$name: the table answers so");
	}
}
is($standby->safe_psql('postgres', 'SELECT pg_is_in_recovery()'), 't', 'the standby is one');

# What is tracked on the primary moves the views of the standby.
my $hot = q{SELECT temperature FROM click_ranking WHERE lead = 424242};
is($standby->safe_psql('postgres', $hot), '', 'a lead that nobody knows yet');
$primary->safe_psql('postgres', q{INSERT INTO click VALUES (424242, 'demo_request', now())});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is($standby->safe_psql('postgres', $hot), 'hot', 'is hot on the standby once it is on the primary');

# The funnel over time, what became of the leads and how well their rank foretold it are read there, and what stands behind a state.
my $instants = q{'click', (SELECT max(at) FROM click) - interval '20 days', (SELECT max(at) FROM click) - interval '6 days', '1 day'};
foreach my $query (
	"SELECT * FROM lead_temperature.funnel_history($instants) ORDER BY 1, 2",
	"SELECT * FROM lead_temperature.observations($instants, '2 days') ORDER BY at, lead",
	"SELECT * FROM lead_temperature.evaluate($instants, '2 days') ORDER BY ranking",
	q{SELECT * FROM lead_temperature.model_drift WHERE interactions = 'click'::regclass ORDER BY 1, 2},
	# whose rows do not depend on when exactly it is read
	q{SELECT lead, stage, last_at, dormant_since, cycle FROM mail_dormant WHERE last_at < (SELECT max(at) FROM click) - interval '3 days 2 hours' ORDER BY lead},
	q{SELECT lead, is_dormant FROM mail_ranking WHERE last_at < (SELECT max(at) FROM click) - interval '3 days 2 hours' ORDER BY lead},
	q{SELECT lead, below, cools_at FROM mail_cooling WHERE cools_at > (SELECT max(at) FROM click) + interval '1 day' ORDER BY lead, below},
	q{SELECT lead, below, cools_at FROM lead_temperature.cooling('mail', '5 days') WHERE cools_at BETWEEN (SELECT max(at) FROM click) + interval '1 day' AND now() + interval '4 days' ORDER BY lead, below},
	q{SELECT kind, interactions FROM lead_temperature.score_breakdown('click', '5') ORDER BY kind},
	q{SELECT topic, interactions, lead_temperature.points(heat) FROM lead_temperature.topics('message', 'lead6') ORDER BY topic},
	q{SELECT lead_temperature.top_topic('message', 'lead6')},
	q{SELECT * FROM lead_temperature.attribution('message') ORDER BY rule, week, channel},
	q{SELECT * FROM message_channel ORDER BY rule, week, channel},
	q{SELECT * FROM lead_temperature.unmapped_kinds('click') ORDER BY kind},
	q{SELECT count(*) FROM lead_temperature.drift('click')},
	q{SELECT count(*) FROM lead_temperature.drift('mail')})
{
	my $expected = $primary->safe_psql('postgres', $query);

	isnt($expected, '', "rows: $query");
	is($standby->safe_psql('postgres', $query), $expected, 'the same on the standby');
}

# So is history, from opening balances and rows.
my $history = q{SELECT * FROM lead_temperature.leads_as_of('click', (SELECT max(at) FROM click)) ORDER BY lead};
my $before = $primary->safe_psql('postgres', $history);
isnt($before, '', 'there is history');
my $until = $primary->safe_psql('postgres', q{SELECT max(at) - interval '1 second' FROM click});
$primary->safe_psql('postgres', "SELECT lead_temperature.archive('click', '$until')");
isnt($primary->safe_psql('postgres', 'SELECT count(*) FROM click_balance'), '0', 'some of it in balances');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is($primary->safe_psql('postgres', $history), $before, 'the primary reads the same from balances');
is($standby->safe_psql('postgres', $history), $before, 'so does the standby');

# A tracker that cannot be judged leaves the others to be judged, there as here.
my $drift = q{SELECT interactions, count(week) > 0 FROM lead_temperature.model_drift GROUP BY 1 ORDER BY interactions::text};
isnt($primary->safe_psql('postgres', $drift), '', 'there are weeks');
$primary->safe_psql('postgres', q{UPDATE mail_lead SET last_at = 'infinity'});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
foreach my $node ($primary, $standby)
{
	my ($status, $out, $err) = $node->psql('postgres', $drift);

	is($status, 0, 'the view is read on the ' . $node->name);
	like($out, qr/^mail\|f$/m, 'the tracker has a row');
	like($out, qr/\|t$/m, 'so have others');
	like($err, qr/WARNING:  model of table "mail" cannot be judged/, 'and a warning says so');
}

$standby->stop;
$primary->stop;
done_testing();
