# The extension installs into no schema that others have their hands in: what
# they have put there could be taken for its own, and run as who installs it.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE planter LOGIN; CREATE ROLE other_superuser SUPERUSER LOGIN; CREATE ROLE plain LOGIN');

my $n = 0;

# install makes a database, does something to it as a role, and creates the
# extension as a superuser; it returns the error, or '' if there is none.
sub install
{
	my ($role, $before) = @_;
	my $database = 'd' . ++$n;

	$node->safe_psql('postgres', "CREATE DATABASE $database; GRANT CREATE ON DATABASE $database TO planter");
	$node->safe_psql($database, $before, extra_params => [ '-U', $role ]) if $before ne '';
	my ($status, $out, $err) =
	  $node->psql($database, '\set VERBOSITY verbose' . "\nCREATE EXTENSION lead_temperature;");
	return $err;
}

# Planted functions raise an error of their own if they run.
my $trap = q{BEGIN RAISE EXCEPTION 'planted code runs as %', current_user; END};
my %planted = (
	'a function' => qq{CREATE FUNCTION lead_temperature.now() RETURNS timestamptz LANGUAGE plpgsql AS '} . ($trap =~ s/'/''/gr) . q{'},
	'an aggregate that fits an untyped literal better' => qq{CREATE FUNCTION lead_temperature.planted(float8, float8, bool, numeric) RETURNS float8 LANGUAGE plpgsql AS '} . ($trap =~ s/'/''/gr) .
	  q{'; CREATE AGGREGATE lead_temperature.lift(float8, bool, numeric) (SFUNC = lead_temperature.planted, STYPE = float8, INITCOND = 0)},
	'an operator' => q{CREATE OPERATOR lead_temperature.<~ (FUNCTION = pg_catalog.text_lt, LEFTARG = text, RIGHTARG = text)},
	'a type' => q{CREATE TYPE lead_temperature.planted AS ENUM ('a')},
	'a domain' => q{CREATE DOMAIN lead_temperature.float8 AS pg_catalog.float8},
	'a table' => q{CREATE TABLE lead_temperature.planted (a int)},
	'a view' => q{CREATE VIEW lead_temperature.planted AS SELECT 1 AS a},
	'a sequence' => q{CREATE SEQUENCE lead_temperature.planted},
	'a collation' => q{CREATE COLLATION lead_temperature.planted FROM "C"},
	'a text search configuration' => q{CREATE TEXT SEARCH CONFIGURATION lead_temperature.planted (COPY = pg_catalog.simple)},
	'default privileges' => q{ALTER DEFAULT PRIVILEGES IN SCHEMA lead_temperature GRANT ALL ON TABLES TO planter});

like(install('planter', 'CREATE SCHEMA lead_temperature'),
	qr/ERROR:  42501: schema "lead_temperature" belongs to another role\nDETAIL:  Its owner, "planter", is no superuser.\nHINT:  Drop the schema/,
	'a schema of another role is refused');
foreach my $what (sort keys %planted)
{
	unlike(install('planter', "CREATE SCHEMA lead_temperature; $planted{$what}"), qr/planted code runs/, "in it $what does not run");
	my $err = install('other_superuser', "CREATE SCHEMA lead_temperature; $planted{$what}");
	like($err, qr/ERROR:  55006: schema "lead_temperature" is not empty\nDETAIL:  It has .*\nHINT:  Drop the schema/,
		"a superuser's schema with $what is refused");
	unlike($err, qr/planted code runs/, "and $what does not run");
}
# What is called first could be there in the same guise: the server finds it twice, and calls neither.
my %guises = (
	'' => qr/ERROR:  42723: function "check_schema" already exists/,
	'a int DEFAULT 1' => qr/ERROR:  42725: function lead_temperature.check_schema\(\) is not unique/,
	'VARIADIC a int[]' => qr/ERROR:  55006: schema "lead_temperature" is not empty/);
foreach my $arguments (sort keys %guises)
{
	my $err = install('other_superuser', "CREATE SCHEMA lead_temperature; CREATE FUNCTION lead_temperature.check_schema($arguments) RETURNS void LANGUAGE plpgsql AS '" . ($trap =~ s/'/''/gr) . "'");
	like($err, $guises{$arguments}, "the function that is called first, planted as check_schema($arguments), is refused");
	unlike($err, qr/planted code runs/, 'and does not run');
}

like(install('other_superuser', 'CREATE SCHEMA lead_temperature; GRANT CREATE ON SCHEMA lead_temperature TO planter'),
	qr/ERROR:  42501: others may create objects in schema "lead_temperature"\nDETAIL:  Role "planter" may./, 'a schema in which another may create is refused');
like(install('other_superuser', 'CREATE SCHEMA lead_temperature; GRANT ALL ON SCHEMA lead_temperature TO PUBLIC'),
	qr/ERROR:  42501: others may create .*\nDETAIL:  Everybody may./, 'a schema in which everybody may create is refused');

# what is refused leaves nothing behind, and the schema can be dropped
my $database = "d$n";
is($node->safe_psql($database, q{SELECT count(*) FROM pg_extension WHERE extname = 'lead_temperature'}), '0', 'no extension is left');
$node->safe_psql($database, 'DROP SCHEMA lead_temperature; CREATE EXTENSION lead_temperature');
pass('after the schema is dropped it can be created');

# schemas that are good
is(install('other_superuser', ''), '', 'no schema is good');
is(install('other_superuser', 'CREATE SCHEMA lead_temperature'), '', 'an empty schema of another superuser is good');
is(install('other_superuser', 'CREATE SCHEMA lead_temperature; GRANT USAGE ON SCHEMA lead_temperature TO planter; GRANT CREATE ON SCHEMA lead_temperature TO other_superuser'),
	'', 'and one that others may use');
is($node->safe_psql("d$n", q{SELECT count(*) FROM pg_proc WHERE proname = 'check_schema'}), '0', 'the check is gone afterwards');

# A dump of the database of one superuser is restored by another.
$node->safe_psql("d$n", q{
	CREATE TABLE log (lead int, kind text, at timestamptz);
	INSERT INTO log VALUES (1, 'call', '2024-01-01'), (2, 'visit', '2024-01-02');
	SELECT lead_temperature.track('log', 'lead', 'kind', 'at', create_index => true);
	-- models of a role that will not be there, and rights that are not those of the install script
	CREATE ROLE leaver;
	SET ROLE leaver;
	SELECT lead_temperature.create_model('left behind');
	RESET ROLE;
	REVOKE INSERT, UPDATE, DELETE ON lead_temperature.model FROM PUBLIC;
	GRANT INSERT, UPDATE, DELETE ON lead_temperature.model TO planter});
is($node->safe_psql("d$n", q{SELECT owner_id = 'leaver'::regrole FROM lead_temperature.model WHERE name = 'left behind'}), 't', 'a model has the OID of its role');
my $dump = PostgreSQL::Test::Utils::tempdir . '/dump';
$node->command_ok([ 'pg_dump', '-Fc', '-d', $node->connstr("d$n"), '-f', $dump ], 'dump');
$node->safe_psql("d$n", q{DELETE FROM lead_temperature.model WHERE name = 'left behind'; DROP ROLE leaver});
foreach my $options ([], [ '--no-owner' ])
{
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS restored');
	$node->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0');
	$node->command_ok([ 'pg_restore', '--exit-on-error', @$options, '-U', 'other_superuser', '-d', $node->connstr('restored'), $dump ],
		"restore by another superuser @$options");
	is($node->safe_psql('restored', q{INSERT INTO log VALUES (3, 'call', '2024-01-03'); SELECT count(*) FROM log_lead; SELECT count(*) FROM lead_temperature.drift('log')}), "3\n0",
		'works on');
	is($node->safe_psql('restored', q{
			SELECT has_table_privilege('plain', 'lead_temperature.model', 'DELETE'), has_table_privilege('planter', 'lead_temperature.model', 'DELETE');
			SELECT owner, owner_id FROM lead_temperature.model WHERE name = 'left behind';
			CREATE ROLE leaver;
			SET ROLE leaver;
			SELECT name, owner_id FROM lead_temperature.model;
			RESET ROLE;
			DROP ROLE leaver}), "f|t\nleaver|0\nleft behind|0",
		'rights on models survive, and models of a role that comes later are its own');
}
# a schema that was handed to another in the old database is refused in the new one, too
$node->safe_psql("d$n", 'ALTER SCHEMA lead_temperature OWNER TO planter');
$node->command_ok([ 'pg_dump', '-Fc', '-d', $node->connstr("d$n"), '-f', $dump ], 'dump');
$node->safe_psql('postgres', 'DROP DATABASE restored');
$node->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0');
$node->command_checks_all([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), $dump ], 1, [], [qr/schema "lead_temperature" belongs to another role/],
	'restore of a schema of a role that is no superuser');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--clean', '--if-exists', '--no-owner', '-d', $node->connstr('restored'), $dump ], 'which --no-owner mends');

$node->stop;
done_testing();
