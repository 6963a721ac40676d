# A database that was upgraded has what a fresh one has, object by object, and
# so has one that was restored from its dump; nothing of it has drifted.
#
# upgrade-*.sql is what upgrade.sql made on an earlier version.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $here = $FindBin::RealBin;
my ($version) = slurp_file("$here/../../lead_temperature.control") =~ /^default_version = '(.*)'$/m;
my @trackers = ('click', '"Odd ""Schema"""."Web Events"', 'mail', 'visit');

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

# Functions that describe objects, in a session's own schema; each definition
# has a line for each thing that may differ.
my $describe = q{
SET search_path = pg_catalog;

CREATE FUNCTION pg_temp.acl(acl aclitem[], kind text, owner oid) RETURNS text LANGUAGE sql AS $$
	SELECT 'acl ' || coalesce(string_agg(a::text, ' ' ORDER BY a::text), '')
	FROM unnest(coalesce(acl, acldefault(kind::"char", owner))) AS a
$$;

CREATE FUNCTION pg_temp.relation(r oid) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('kind %s, persistence %s, options %s, row security %s %s, replica identity %s, owner %s',
		relkind, relpersistence, reloptions, relrowsecurity, relforcerowsecurity, relreplident, relowner::regrole)
	FROM pg_class WHERE oid = r
	UNION ALL SELECT pg_temp.acl(relacl, CASE relkind WHEN 'S' THEN 's' ELSE 'r' END, relowner) FROM pg_class WHERE oid = r
	UNION ALL SELECT format('column %s %s %s, not null %s, default %s, identity %s, generated %s, collation %s, storage %s, statistics %s, options %s, acl %s, comment %s',
		attnum, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid), attidentity, attgenerated,
		nullif(attcollation, 0)::regcollation, attstorage, nullif(attstattarget, -1),
		-- a server may keep a number of its own there
		(SELECT array_agg(o) FROM unnest(attoptions) AS o WHERE o !~ '^pg_attver='), attacl, col_description(r, attnum))
	FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
	WHERE attrelid = r AND attnum > 0 AND NOT attisdropped
	-- NOT NULL is told with the column, and has a name only from 18 on
	UNION ALL SELECT format('constraint %s %s, validated %s, comment %s', conname, pg_get_constraintdef(oid), convalidated, obj_description(oid, 'pg_constraint'))
	FROM pg_constraint WHERE conrelid = r AND contype <> 'n'
	UNION ALL SELECT format('index %s, valid %s, primary %s', pg_get_indexdef(indexrelid), indisvalid, indisprimary)
	FROM pg_index WHERE indrelid = r
	UNION ALL SELECT format('trigger %s, enabled %s', pg_get_triggerdef(oid), tgenabled) FROM pg_trigger WHERE tgrelid = r AND NOT tgisinternal
	UNION ALL SELECT format('policy %s for %s to %s using %s with check %s, permissive %s', polname, polcmd, polroles::regrole[],
		pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid), polpermissive)
	FROM pg_policy WHERE polrelid = r
	UNION ALL SELECT format('statistics %s', pg_get_statisticsobjdef(oid)) FROM pg_statistic_ext WHERE stxrelid = r
	UNION ALL SELECT format('sequence of %s from %s by %s in %s to %s, cycle %s, cache %s', seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcycle, seqcache)
	FROM pg_sequence WHERE seqrelid = r
	-- a server that reads a view again gives names to its constants
	UNION ALL SELECT regexp_replace(line, ' AS (text|float8)\M', '', 'g')
	FROM pg_class, regexp_split_to_table(pg_get_viewdef(oid), E'\n') AS line WHERE oid = r AND relkind IN ('v', 'm')
$$;

CREATE FUNCTION pg_temp.definition(class oid, object oid) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT * FROM pg_temp.relation(object) WHERE class = 'pg_class'::regclass
	UNION ALL SELECT line FROM pg_proc, regexp_split_to_table(CASE prokind WHEN 'a' THEN
		(SELECT format(E'aggregate of %s returns %s parallel %s\ntransition %s %s initial %s\nfinal %s extra %s modify %s\ncombine %s serial %s deserial %s\nmoving %s %s %s, sort %s, kind %s',
			pg_get_function_arguments(object), pg_get_function_result(object), proparallel, aggtransfn, aggtranstype::regtype, agginitval,
			aggfinalfn, aggfinalextra, aggfinalmodify, aggcombinefn, aggserialfn, aggdeserialfn,
			aggmtransfn, aggminvtransfn, aggmfinalfn, nullif(aggsortop, 0)::regoperator, aggkind)
		FROM pg_aggregate WHERE aggfnoid = object)
		ELSE pg_get_functiondef(object) END, E'\n') AS line WHERE class = 'pg_proc'::regclass AND oid = object
	UNION ALL SELECT pg_temp.acl(proacl, 'f', proowner) || format(', owner %s, support %s', proowner::regrole, prosupport)
	FROM pg_proc WHERE class = 'pg_proc'::regclass AND oid = object
	UNION ALL SELECT format('length %s by value %s alignment %s storage %s category %s preferred %s delimiter %s, collation %s, default %s, '
		'functions %s %s %s %s %s %s %s, owner %s', typlen, typbyval, typalign, typstorage, typcategory, typispreferred, typdelim,
		nullif(typcollation, 0)::regcollation, typdefault, typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze, typowner::regrole)
	FROM pg_type WHERE class = 'pg_type'::regclass AND oid = object
	UNION ALL SELECT pg_temp.acl(typacl, 'T', typowner) FROM pg_type WHERE class = 'pg_type'::regclass AND oid = object
	UNION ALL SELECT format('label %s', string_agg(enumlabel, ', ' ORDER BY enumsortorder)) FROM pg_enum
	WHERE class = 'pg_type'::regclass AND enumtypid = object HAVING count(*) > 0
	UNION ALL SELECT format('column %s %s %s', attnum, attname, format_type(atttypid, atttypmod)) FROM pg_type JOIN pg_attribute ON attrelid = typrelid
	WHERE class = 'pg_type'::regclass AND pg_type.oid = object AND typrelid <> 0 AND attnum > 0
	UNION ALL SELECT format('function %s result %s commutator %s negator %s restrict %s join %s hashes %s merges %s, owner %s',
		oprcode, oprresult::regtype, nullif(oprcom, 0)::regoperator, nullif(oprnegate, 0)::regoperator, oprrest, oprjoin, oprcanhash, oprcanmerge, oprowner::regrole)
	FROM pg_operator WHERE class = 'pg_operator'::regclass AND oid = object
	UNION ALL SELECT format('type %s key %s default %s', opcintype::regtype, nullif(opckeytype, 0)::regtype, opcdefault)
	FROM pg_opclass WHERE class = 'pg_opclass'::regclass AND oid = object
	UNION ALL SELECT 'family' WHERE class = 'pg_opfamily'::regclass
	UNION ALL SELECT format('operator %s %s %s %s %s', amopstrategy, amoppurpose, amoplefttype::regtype, amoprighttype::regtype, amopopr::regoperator)
	FROM pg_amop WHERE class = 'pg_opfamily'::regclass AND amopfamily = object
	UNION ALL SELECT format('function %s %s %s %s', amprocnum, amproclefttype::regtype, amprocrighttype::regtype, amproc::regprocedure)
	FROM pg_amproc WHERE class = 'pg_opfamily'::regclass AND amprocfamily = object
	UNION ALL SELECT format('function %s context %s method %s', nullif(castfunc, 0)::regprocedure, castcontext, castmethod)
	FROM pg_cast WHERE class = 'pg_cast'::regclass AND oid = object
	UNION ALL SELECT format('on %s tags %s function %s enabled %s owner %s', evtevent, (SELECT array_agg(t ORDER BY t) FROM unnest(evttags) AS t),
		evtfoid::regprocedure, evtenabled, evtowner::regrole)
	FROM pg_event_trigger WHERE class = 'pg_event_trigger'::regclass AND oid = object
	UNION ALL SELECT format('owner %s, ', nspowner::regrole) || pg_temp.acl(nspacl, 'n', nspowner)
	FROM pg_namespace WHERE class = 'pg_namespace'::regclass AND oid = object
	UNION ALL SELECT format('version %s, relocatable %s, schema %s, owner %s', extversion, extrelocatable, extnamespace::regnamespace, extowner::regrole)
	FROM pg_extension WHERE class = 'pg_extension'::regclass AND oid = object
	UNION ALL SELECT format('dumped %s %s', extconfig[i]::regclass, extcondition[i])
	FROM pg_extension, generate_subscripts(extconfig, 1) AS i WHERE class = 'pg_extension'::regclass AND oid = object
	UNION ALL SELECT format('initial %s of column %s', (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(initprivs) AS a), objsubid)
	FROM pg_init_privs WHERE classoid = class AND objoid = object
	UNION ALL SELECT 'comment ' || obj_description(object, c.relname) FROM pg_class AS c
	WHERE c.oid = class AND obj_description(object, c.relname) IS NOT NULL
$$;
};

# What belongs to the extension, and what a database has beside it: that is
# what users and trackers have made.
my $objects = q{
WITH extension AS (
	SELECT oid, extnamespace FROM pg_extension WHERE extname = 'lead_temperature'
), object AS (
	SELECT 'member' AS kind, classid, objid FROM pg_depend
	WHERE refclassid = 'pg_extension'::regclass AND refobjid = (SELECT oid FROM extension) AND deptype = 'e'
	UNION ALL SELECT 'extension', 'pg_extension'::regclass, oid FROM extension
	UNION ALL SELECT 'extension', 'pg_namespace'::regclass, extnamespace FROM extension
	UNION ALL SELECT 'tracked', 'pg_class'::regclass, oid FROM pg_class
	WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'Odd "Schema"')) AND relkind <> 'i'
	UNION ALL SELECT 'tracked', 'pg_proc'::regclass, oid FROM pg_proc
	WHERE pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'Odd "Schema"'))
)
SELECT array_to_string(ARRAY[kind || ' ' || i.type || ' ' || i.identity] || ARRAY(
	SELECT translate(d, E'\n', ' ') FROM pg_temp.definition(classid, objid) AS d ORDER BY d COLLATE "C"), E'\x1f')
FROM object, pg_identify_object(classid, objid, 0) AS i;
};

# objects_of returns the definition of each object of a database, as a list of lines.
sub objects_of
{
	my ($database) = @_;
	my %objects;

	foreach my $line (split /\n/, $node->safe_psql($database, $describe . $objects))
	{
		my ($name, @definition) = split /\x1f/, $line;
		$objects{$name} = \@definition;
	}
	return %objects;
}

# only_in returns the lines of a list that another lacks, each with a sign before it.
sub only_in
{
	my ($sign, $lines, $others) = @_;
	my %others = map { $_ => 1 } @$others;

	return map { "\t$sign $_" } grep { !$others{$_} } @$lines;
}

# differences names the objects that two databases do not have alike, and shows how they differ.
sub differences
{
	my ($left, $a, $right, $b) = @_;
	my @differences;

	foreach my $name (sort keys %{ { %$a, %$b } })
	{
		if (!$b->{$name} || !$a->{$name})
		{
			push @differences, "$name: only in the $left database" if $a->{$name};
			push @differences, "$name: only in the $right database" if $b->{$name};
			next;
		}
		my @lines = (only_in("$left:", $a->{$name}, $b->{$name}), only_in("$right:", $b->{$name}, $a->{$name}));
		push @differences, join "\n", $name, @lines if @lines;
	}
	return join "\n", @differences;
}

# restore fills a new database from a file, with options of the server.
sub restore
{
	my ($database, $file, $options) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	local $ENV{PGOPTIONS} = $options;
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database), '-f', $file ],
		"the $database database is made");
}

# has_not_drifted checks that state is what the rows say, now and after more of them.
sub has_not_drifted
{
	my ($database) = @_;

	foreach my $tracker (@trackers)
	{
		is($node->safe_psql($database, "SELECT * FROM lead_temperature.drift('$tracker')"), '', "$database: nothing of $tracker has drifted");
	}
	$node->safe_psql($database, q{
		BEGIN;
		SELECT lead_temperature.resume('visit');
		INSERT INTO click VALUES (1, 'question', '2024-01-10 00:00+00', 1), (1, 'demo_request', '2024-08-01 00:00+00', 1), (999, 'visit', '2024-08-01 00:00+00', NULL);
		INSERT INTO "Odd ""Schema"""."Web Events" VALUES ('00000000-0000-4000-8000-000000000001', 'question', '2024-08-01 00:00+00');
		INSERT INTO mail (email, what, at) VALUES ('Lead1@x.example', 'meeting_held', '2024-08-01');
		UPDATE visit SET kind = 'question' WHERE lead = 1;
		COMMIT});
	is($node->safe_psql($database, q{SELECT interactions FROM click_lead WHERE lead = 999}), '1', "$database: rows are followed");
	foreach my $tracker (@trackers)
	{
		is($node->safe_psql($database, "SELECT * FROM lead_temperature.drift('$tracker')"), '', "$database: nor has $tracker, after more rows");
		$node->safe_psql($database, "CALL lead_temperature.replay('$tracker')");
		is($node->safe_psql($database, "SELECT * FROM lead_temperature.drift('$tracker')"), '', "$database: nor after a replay");
	}
}

# works_before_upgrade checks that trackers work whose tables have the names of an earlier version.
sub works_before_upgrade
{
	my ($database) = @_;

	is($node->safe_psql($database, "SELECT count(*) FROM pg_attribute WHERE attname = 'held' AND attrelid IN ('click_lead'::regclass, 'mail_base'::regclass)"),
		'2', "$database: names are the old ones");
	$node->safe_psql($database, q{
		INSERT INTO click VALUES (77, 'question', '2024-01-10 00:00+00', 1);
		INSERT INTO mail (email, what, at) VALUES ('Lead1@x.example', 'question', '2024-08-01')});
	is($node->safe_psql($database, "SELECT * FROM lead_temperature.drift('$_')"), '', "$database: $_ works under the old names") foreach qw(click mail);
}

# What newer versions make besides
my $upgrade_trackers = 'SELECT lead_temperature.upgrade_tracker(interactions) FROM lead_temperature.trackers';
my $dir = $node->basedir;
my $user = $node->safe_psql('postgres', 'SELECT current_user');

# The fresh database
append_to_file("$dir/fresh.sql", "CREATE EXTENSION lead_temperature;\n" . slurp_file("$here/upgrade.sql"));
restore('fresh', "$dir/fresh.sql", '');
my %fresh = objects_of('fresh');
my @bare = grep { !@{ $fresh{$_} } } keys %fresh;
is(join("\n", sort @bare), '', 'each object has a definition');
foreach my $kind ('member function', 'member table', 'member view', 'member type', 'member operator', 'member operator family',
	'member event trigger', 'member aggregate', 'tracked table', 'tracked view', 'extension')
{
	ok((grep { /^$kind / } keys %fresh), "there is something to compare: $kind");
}

# A difference of every kind is seen.
my %changes = (
	q{CREATE FUNCTION lead_temperature.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER EXTENSION lead_temperature ADD FUNCTION lead_temperature.f()}
	  => qr/^member function lead_temperature\.f\(\): only in the changed database$/,
	q{COMMENT ON FUNCTION lead_temperature.drift IS 'other'} => qr/^member function lead_temperature\.drift\(.*\n.*fresh: comment .*\n.*changed: comment other$/,
	q{GRANT SELECT ON lead_temperature.tracker TO PUBLIC} => qr/^member table lead_temperature\.tracker\n/,
	q{ALTER TABLE lead_temperature.model ADD CHECK (hot < 1000000)} => qr/^member table lead_temperature\.model\n.*changed: constraint/,
	q{CREATE INDEX ON click_lead (heat)} => qr/^tracked table public\.click_lead\n.*changed: index/,
	q{ALTER EVENT TRIGGER lead_temperature_ddl ENABLE REPLICA} => qr/^member event trigger lead_temperature_ddl\n/,
	q{CREATE OR REPLACE VIEW lead_temperature.model_current AS SELECT interactions, true AS is_current FROM lead_temperature.tracker} => qr/^member view lead_temperature\.model_current\n/,
	q{ALTER POLICY members_of_owner ON lead_temperature.model USING (true)} => qr/^member table lead_temperature\.model\n.*fresh: policy .*\n.*changed: policy/);
foreach my $change (sort keys %changes)
{
	$node->safe_psql('postgres', 'CREATE DATABASE changed TEMPLATE fresh');
	$node->safe_psql('changed', $change);
	my %changed = objects_of('changed');
	like(differences('fresh', \%fresh, 'changed', \%changed), $changes{$change}, "it would be seen: $change");
	$node->safe_psql('postgres', 'DROP DATABASE changed');
}

foreach my $file (glob "$here/upgrade-*.sql")
{
	my ($old) = $file =~ /upgrade-(.*)\.sql$/;
	my $dump = slurp_file($file);

	$dump =~ s/^([^\t\n]+\t)postgres\t/$1$user\t/mg;
	append_to_file("$dir/$old.sql", $dump);

	# Updated in place.  What is restored is what $old has left behind, so nothing may run on the way.
	restore('updated', "$dir/$old.sql", '-c session_replication_role=replica');
	is($node->safe_psql('updated', q{SELECT extversion FROM pg_extension WHERE extname = 'lead_temperature'}), $old, "it is of version $old");
	# Views of users rest on functions that the update renames, whose arguments it renames, and to which it adds columns.
	$node->safe_psql('updated', q{
		CREATE SCHEMA report;
		CREATE VIEW report.leads AS SELECT lead, stage FROM lead_temperature.as_of('click', '2024-06-01');
		CREATE VIEW report.kinds AS SELECT * FROM lead_temperature.unmapped('click');
		CREATE VIEW report.breakdown AS SELECT * FROM lead_temperature.score_breakdown('click', '1');
		CREATE VIEW report.steps AS SELECT at, after FROM lead_temperature.steps('click', '2024-01-01', '2024-06-01');
		CREATE VIEW report.funnel AS SELECT at, stage, leads FROM lead_temperature.funnel_history('click', '2024-02-01', '2024-06-01', '1 month');
		CREATE VIEW report.due AS SELECT lead_temperature.settle('click') + lead_temperature.consolidate('click') AS due;
		CREATE VIEW report.signals AS SELECT kind, points, stage FROM lead_temperature.template_signal('default') WHERE points > 10;
		CREATE VIEW report.groups AS SELECT lead, held FROM click_lead}) if $old eq '0.1.0';
	$node->safe_psql('updated', 'ALTER EXTENSION lead_temperature UPDATE');
	works_before_upgrade('updated') if $old eq '0.1.0';
	$node->safe_psql('updated', $upgrade_trackers);
	my %updated = objects_of('updated');
	is(differences('fresh', \%fresh, 'updated', \%updated), '', "updated from $old: all objects are those of a fresh database");

	# Restored from a dump of that
	$node->command_ok([ 'pg_dump', '-d', $node->connstr('updated'), '-f', "$dir/updated-$old.sql" ], 'the updated database is dumped');
	restore('restored', "$dir/updated-$old.sql", '');
	my %restored = objects_of('restored');
	is(differences('fresh', \%fresh, 'restored', \%restored), '', "restored after the update from $old: likewise");

	foreach my $database (qw(updated restored))
	{
		my @views = split /\n/, $node->safe_psql($database, q{SELECT oid::regclass FROM pg_class WHERE relnamespace = to_regnamespace('report')});

		is(scalar @views, $old eq '0.1.0' ? 8 : 0, "$database: the views of users are there");
		isnt($node->safe_psql($database, "SELECT count(*) FROM $_"), '0', "$database: $_ can be read") foreach @views;
	}

	# A dump of the old version, restored where the new one is installed
	$dump =~ s/^CREATE EXTENSION lead_temperature .*$/CREATE EXTENSION lead_temperature WITH SCHEMA lead_temperature;/m;
	append_to_file("$dir/moved-$old.sql", $dump);
	restore('moved', "$dir/moved-$old.sql", '');
	works_before_upgrade('moved') if $old eq '0.1.0';
	$node->safe_psql('moved', $upgrade_trackers);
	my %moved = objects_of('moved');
	is(join("\n", grep { !$moved{$_} } sort keys %fresh), '', "a dump of $old, restored beside the present version: no object is lacking");

	foreach my $database (qw(updated restored moved))
	{
		has_not_drifted($database);
		$node->safe_psql('postgres', "DROP DATABASE $database");
	}
}
has_not_drifted('fresh');

$node->stop;
done_testing();
