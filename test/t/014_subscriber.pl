# A table that logical replication writes is not followed, and says so, until
# the subscription is gone and its rows are replayed.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical');
$publisher->start;
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init(allows_streaming => 'logical');
$subscriber->start;

my $tables = q{
	CREATE EXTENSION lead_temperature;
	CREATE TABLE event (id int PRIMARY KEY, lead text, kind text, at timestamptz);
	CREATE INDEX ON event (lead);
	CREATE TABLE log (id int, lead text, kind text, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	CREATE INDEX ON log (lead);
	CREATE TABLE log_old PARTITION OF log FOR VALUES FROM (MINVALUE) TO ('2025-01-01');
	CREATE TABLE log_new PARTITION OF log FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);
	CREATE TABLE own (lead text, kind text, at timestamptz);
	CREATE INDEX ON own (lead);
	INSERT INTO own VALUES ('a', 'visit', '2024-01-01');
	SELECT lead_temperature.track(t, 'lead', 'kind', 'at') FROM unnest('{event,log,own}'::regclass[]) AS t};
$_->safe_psql('postgres', $tables) foreach $publisher, $subscriber;

my $stale = q{SELECT string_agg(interactions || ' ' || stale, ', ' ORDER BY interactions::text) FROM lead_temperature.trackers};
my $drift = q{SELECT (SELECT count(*) FROM lead_temperature.drift('event')) || ' ' || (SELECT count(*) FROM lead_temperature.drift('log'))};
is($subscriber->safe_psql('postgres', $stale), 'event false, log false, own false', 'nothing is stale before the subscription');

my $connection = $publisher->connstr . ' dbname=postgres';
$publisher->safe_psql('postgres', 'CREATE PUBLICATION pub FOR TABLE event, log');
$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION sub CONNECTION '$connection' PUBLICATION pub");
$subscriber->wait_for_subscription_sync($publisher, 'sub');
$publisher->safe_psql('postgres', q{INSERT INTO event VALUES (1, 'ann', 'demo_request', '2025-01-01'); INSERT INTO log VALUES (1, 'ann', 'visit', '2024-05-01')});
$publisher->wait_for_catchup('sub');

is($publisher->safe_psql('postgres', $stale), 'event false, log false, own false', 'the publisher is not stale');
is($publisher->safe_psql('postgres', $drift), '0 0', 'nor has it drifted');
is($subscriber->safe_psql('postgres', 'SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM log)'), '2', 'the subscriber has the rows');
isnt($subscriber->safe_psql('postgres', $drift), '0 0', 'and does not follow them');
is($subscriber->safe_psql('postgres', $stale), 'event true, log true, own false', 'which shows, of a table by its partitions too');

$subscriber->safe_psql('postgres', q{CALL lead_temperature.replay('event'); CALL lead_temperature.replay('log')});
is($subscriber->safe_psql('postgres', $drift), '0 0', 'a replay makes up for it');
is($subscriber->safe_psql('postgres', $stale), 'event true, log true, own false', 'but the next row will not be followed');
my ($code, $out, $err) = $subscriber->psql('postgres', q{SELECT lead_temperature.archive('event', '2025-01-02')});
like($err, qr/ERROR:  leads of table "event" are stale\nDETAIL:  A subscription writes the table.*\nHINT:  Archive on the publisher; or drop the subscription/, 'archive says what to do');
is($subscriber->safe_psql('postgres', q{SELECT lead_temperature.archive('own', '2025-01-02')}), '1', 'and archives another table');

$publisher->safe_psql('postgres', q{INSERT INTO event VALUES (2, 'bob', 'demo_request', '2025-01-02')});
$publisher->wait_for_catchup('sub');
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION sub');
is($subscriber->safe_psql('postgres', $stale), 'event true, log true, own false', 'without the subscription what it wrote is still to be made up for');
$subscriber->safe_psql('postgres', q{CALL lead_temperature.replay('event'); CALL lead_temperature.replay('log')});
is($subscriber->safe_psql('postgres', $stale), 'event false, log false, own false', 'after a replay nothing is stale');
is($subscriber->safe_psql('postgres', q{SELECT string_agg(lead, ' ' ORDER BY lead) FROM event_lead}), 'ann bob', 'and all leads are there');
is($subscriber->safe_psql('postgres', $drift), '0 0', 'without drift');
$subscriber->safe_psql('postgres', q{INSERT INTO event VALUES (3, 'cy', 'visit', '2025-01-03')});
is($subscriber->safe_psql('postgres', q{SELECT lead_temperature.archive('event', '2025-01-02')}), '1', 'archive works again');

$_->stop foreach $subscriber, $publisher;
done_testing();
