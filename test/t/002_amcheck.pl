# Indexes on heat and on level stay whole under use: pg_amcheck finds every
# row in them, in order.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;
$node->safe_psql('postgres', slurp_file("$FindBin::RealBin/world.sql"));
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION amcheck;
	CREATE TABLE heats (id int PRIMARY KEY, heat lead_temperature.heat);
	CREATE INDEX heats_heat ON heats (heat);
	CREATE INDEX heats_heat_desc ON heats (heat DESC NULLS LAST, id);
	CREATE INDEX heats_level ON heats (lead_temperature.level(heat));
	CREATE FUNCTION any_heat(i int, salt int) RETURNS lead_temperature.heat LANGUAGE sql IMMUTABLE AS
	$$
		SELECT CASE WHEN h & 31 = 0 THEN NULL ELSE lead_temperature.heat(
			CASE WHEN h & 31 = 1 THEN 0 ELSE ((h >> 5 & 65535) - 20000) * 10.0 ^ ((h >> 21 & 15) - 8) END,
			timestamptz '1970-01-01 00:00:00+00' + (h >> 25 & 16777215) * interval '1 minute',
			(ARRAY[interval '1 minute', '3 days', '14 days', '36525 days'])[1 + (h >> 49 & 3)]) END
		FROM hashint4extended(i, salt) AS h
	$$;
	INSERT INTO heats SELECT i, any_heat(i, 1) FROM generate_series(1, 20000) AS i;
	UPDATE heats SET heat = any_heat(id, 2) WHERE id % 3 = 0;
	DELETE FROM heats WHERE id % 7 = 0;
	VACUUM heats;
	INSERT INTO heats SELECT i, any_heat(i, 3) FROM generate_series(20001, 30000) AS i;
	UPDATE heats SET heat = heat WHERE id % 5 = 0;
	CREATE INDEX heats_heat_sorted ON heats (heat);
});

my @amcheck = ('pg_amcheck', '--no-progress', '--heapallindexed', '--parent-check', '--rootdescend', '-d', 'postgres');
@amcheck = grep { $_ ne '--no-progress' } @amcheck;
$node->command_ok([@amcheck], 'pg_amcheck is content with all indexes of the database');

foreach my $relation ('heats', 'click_lead', 'click_transition')
{
	isnt($node->safe_psql('postgres', "SELECT count(*) FROM $relation"), '0', "$relation holds rows");
}
my $level = $node->safe_psql('postgres',
	q{SELECT count(*) FROM pg_index WHERE indrelid = 'click_lead'::regclass AND pg_get_indexdef(indexrelid) ~ '\mlevel\M'});
cmp_ok($level, '>=', 1, 'the state has an index on level');

# It would tell: spoil what an index holds.
my $path = $node->data_dir . '/' . $node->safe_psql('postgres', q{SELECT pg_relation_filepath('heats_heat')});
$node->stop;
open my $file, '+<', $path or die "could not open $path: $!";
binmode $file;
sysseek $file, 3 * 8192 + 8000, 0;
syswrite $file, "\x55" x 150;
close $file;
$node->start;
$node->command_fails([@amcheck], 'pg_amcheck is not content with an index that was spoiled');

$node->stop;
done_testing();
