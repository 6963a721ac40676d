# Law 4: any number of concurrent writers leave what the same rows leave when
# they are written one after the other, and transactions of one statement
# never deadlock.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{LAWS_SEED} || 20250101;
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nmax_connections = 40\ndeadlock_timeout = '100ms'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION lead_temperature');
$node->safe_psql('postgres', slurp_file("$FindBin::RealBin/../$_")) foreach ('reference_fold.sql', 'laws.sql', 'written.sql');
$node->safe_psql(
	'postgres', q{
	SELECT lead_temperature.create_model('laws', 'shop');
	UPDATE lead_temperature.model SET dormant_after = '10 hours' WHERE name = 'laws';
	CREATE TABLE touch (id bigserial PRIMARY KEY, lead text, kind text, at timestamptz, note text);
	CREATE INDEX ON touch (lead);
	SELECT lead_temperature.track('touch', 'lead', 'kind', 'at', model => 'laws', funnel_counts => true);
	INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, note, leads, unique_key, moves)
		VALUES ('touch', 'touch', 'touch', 'id', 'lead', 'kind', 'at', 'note', '{}', '', '{}');
	-- Most leads are written back; a second tracker writes to the same table.
	UPDATE laws.shape SET leads = (SELECT array_agg('lead ' || i) || '{busy}' FROM generate_series(0, 300) AS i);
	SELECT laws.write_back(s) FROM laws.shape s;
	ALTER TABLE laws."written of touch" ADD again text;
	SELECT lead_temperature.track('touch', 'lead', 'kind', 'at', model => 'laws', prefix => 'again');
	SELECT lead_temperature.write_back('again_lead', 'laws."written of touch"', 'lead', stage => 'again');
	INSERT INTO laws.shape (name, interactions, prefix, id, lead, kind, at, note, leads, unique_key, moves)
		VALUES ('again', 'touch', 'again', 'id', 'lead', 'kind', 'at', 'note', '{}', '', '{}');
	-- Rows of leads in no order: a few at now or before it, a few of one instant.
	CREATE FUNCTION some_rows(salt int, leads int, n int) RETURNS SETOF touch VOLATILE LANGUAGE sql AS $$
		SELECT nextval('touch_id_seq'), 'lead ' || abs(hashint4(salt + i)) % leads,
			   (ARRAY['visit', 'product_view', 'bounce', 'add_to_cart', 'question', 'checkout_started', 'purchase', 'newsletter_signup', 'opportunity_lost'])
				   [1 + abs(hashint4(salt - i)) % 9],
			   timestamptz '2024-01-01 00:00+00' + (salt / 1000 + abs(hashint4(i * 7 + salt)) % 50) * interval '1 hour', 'row'
		FROM generate_series(1, n) AS i
	$$;
});

my $dir = $node->basedir;
my %script = (
	'insert' => q{
		\set salt random(1, 1000000)
		INSERT INTO touch SELECT * FROM some_rows(:salt, 15, 1);
	},
	'bulk' => q{
		\set salt random(1, 1000000)
		INSERT INTO touch SELECT * FROM some_rows(:salt, 15, 12);
	},
	'new' => q{
		\set salt random(1, 1000000)
		INSERT INTO touch SELECT * FROM some_rows(:salt, 400, 8);
	},
	'load' => q{
		\set salt random(1, 1000000)
		INSERT INTO touch SELECT * FROM some_rows(:salt, 400, 60);
	},
	'update' => q{
		\set n random(1, 300)
		UPDATE touch SET kind = 'question', at = at + interval '90 minutes' WHERE id = (SELECT max(id) - :n FROM touch);
	},
	'move' => q{
		\set n random(1, 300)
		\set lead random(0, 14)
		UPDATE touch SET lead = 'lead ' || :lead WHERE id = (SELECT max(id) - :n FROM touch);
	},
	'delete' => q{
		\set n random(1, 300)
		DELETE FROM touch WHERE id = (SELECT max(id) - :n FROM touch);
	},
	'busy' => q{
		\set late random(0, 30)
		\set kind random(1, 5)
		INSERT INTO touch (lead, kind, at, note)
		SELECT 'busy', (ARRAY['visit', 'product_view', 'question', 'purchase', 'bounce'])[:kind],
			   clock_timestamp() - interval '1 millisecond' * :late, 'row';
	},
	'say' => q{
		\set lead random(0, 14)
		\set stage random(1, 4)
		SELECT lead_temperature.set_stage('touch_lead', 'lead ' || :lead, (ARRAY['visitor', 'lead', 'marketing_qualified', 'opportunity'])[:stage]::lead_temperature.stage, 'so');
	},
	'exclude' => q{
		\set lead random(0, 14)
		SELECT lead_temperature.exclude('touch_lead', 'lead ' || :lead);
	},
	'word' => q{
		\set salt random(1, 1000000)
		INSERT INTO touch_word (lead, kind, at)
		SELECT lead, CASE WHEN kind IN ('visit', 'bounce') THEN 'exclude' WHEN kind = 'question' THEN 'set_stage:sales_qualified' ELSE 'include' END, at FROM some_rows(:salt, 15, 3);
	},
	'unsay' => q{
		DELETE FROM touch_word WHERE at = (SELECT max(at) FROM touch_word);
	},
	'apply_due' => q{
		SELECT lead_temperature.apply_due('touch_lead');
	},
	'compact_counts' => q{
		SELECT lead_temperature.compact_counts('touch_lead');
	},
	'refresh_cooled' => q{
		SELECT lead_temperature.refresh_cooled('touch_lead');
	},
	'replay' => q{
		CALL lead_temperature.replay('touch_lead');
	});
append_to_file("$dir/$_.sql", $script{$_}) foreach keys %script;

# mix runs pgbench with scripts of some weights and looks for failures.
sub mix
{
	my ($name, $options, %weight) = @_;
	my ($out, $err) = ('', '');
	my $done = IPC::Run::run(
		[
			'pgbench', '-n', '-h', $node->host, '-p', $node->port, '-c', 6, '-j', 2, '--random-seed', $seed, @$options,
			(map { ('-f', "$dir/$_.sql\@$weight{$_}") } sort keys %weight), 'postgres'
		],
		'>', \$out, '2>', \$err);
	ok($done && $err !~ /aborted|ERROR/, "$name: no statement fails (seed $seed)") or diag($err);
	my $disagreement = $node->safe_psql('postgres', q{SELECT string_agg(laws.disagreement(s), E'\n') FROM laws.shape s});
	is(substr($disagreement, 0, 2000), '', "$name: the state is that of the same rows written serially (seed $seed)");
	return;
}

mix('writers of the same leads', [ '-t', 60 ], insert => 5, bulk => 4);
mix('writers of new leads', [ '-t', 30 ], new => 3, load => 1);
mix('changes and deletions', [ '-t', 60 ], insert => 3, bulk => 2, update => 3, move => 2, delete => 2);
mix('writers of a busy lead', [ '-t', 150 ], busy => 30, insert => 1);
is($node->safe_psql('postgres', q{SELECT count(checkpoint) > 0 FROM touch_lead WHERE lead = 'busy'}), 't', 'it has a checkpoint');
# the first word makes the table of them
$node->safe_psql('postgres', q{SELECT lead_temperature.exclude('touch_lead', 'lead 0')});
mix('what people say', [ '-t', 40 ], insert => 3, bulk => 2, update => 1, say => 3, exclude => 2, word => 2, unsay => 1);
mix('maintenance', [ '-t', 40 ], insert => 5, bulk => 3, busy => 2, update => 2, delete => 1, say => 1, word => 1, apply_due => 1, replay => 1, compact_counts => 2, refresh_cooled => 2);

SKIP:
{
	skip 'pgbench retries from 15 on', 2 if $node->pg_version < 15;
	local $ENV{PGOPTIONS} = '-c default_transaction_isolation=repeatable\ read';
	mix('at REPEATABLE READ, tried again', [ '-t', 25, '--max-tries', 1000 ], insert => 5, bulk => 1, update => 2, delete => 1);
}

cmp_ok($node->safe_psql('postgres', q{SELECT sum(n) FROM laws.met WHERE what = 'interactions'}), '>', 1000, 'there was something to count');
is($node->safe_psql('postgres', q{SELECT count(*) FROM laws.met WHERE what IN ('excluded', 'words', 'with consent', 'woken', 'written back') AND n > 0 AND shape = 'touch'}),
	'5', 'exclusions, words, consent, new cycles after silence and leads written back among it');
$node->stop;
done_testing();
