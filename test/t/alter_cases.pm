# The cases of 009_alter.pl: what is altered, and how.
#
# A new object is a line of @objects, a new form of a statement is a line of its
# family in %forms.  A form is one statement, or several in a list.  Words in
# braces stand for parts of the object, and a form that has some is tried with
# each of them:
#
#   {t}            the table, view or other object itself; {name} without its schema
#   {column}       each column; {of} is its type
#   {index}        each index
#   {constraint}   each constraint but the primary key
#   {key}          the primary key; {keys} are its columns
#   {sequence}     each sequence that belongs to a column
#   {trigger}      each trigger
#   {views}        all views of the tracked table
#   {type}         each type of @types
#   {cast}         each type that the type of the column casts to
#   {one|other}    each of the words
#
# Where there is no such part, the form has no case.

package alter_cases;

use strict;
use warnings;

use Exporter 'import';
our @EXPORT_OK = qw(groups shared_cases);

# Who alters, and who does not see it: a superuser, the owner of the tables, a superuser whose session is a replica,
# so that neither triggers nor event triggers fire, and one who has switched the event triggers off.
my @everybody = qw(superuser owner replica blind);
my @superusers = qw(superuser replica blind);

# One type of each kind of representation: by value in each length, by reference, of varying length, arrays, domains.
my @types = ('boolean', 'int4', 'int8', 'float4', 'float8', 'float8[]', 'numeric', 'numeric(10,2)', 'text', 'bytea', 'jsonb');

# Objects: their name in the results, what is altered, the tracked table that is worked with afterwards,
# whoever tries it, and the families of forms.  The object {view} is each view of that table.
my @companion = qw(moves storage rights inheritance added keys checks triggers rules indexes columns types parts drops);
my @table = (@companion, 'casts');
my @objects = (
	[ 'state',               'home.plain_lead',           'home.plain', \@everybody, @companion, 'state' ],
	[ 'transitions',         'home.plain_transition',     'home.plain', \@everybody, @companion, 'transitions' ],
	[ 'balances',            'home.plain_balance',           'home.plain', \@everybody, @companion ],
	[ 'aliases',             'home.several_alias',        'home.several', \@everybody, @companion ],
	[ 'no aliases',          'home.plain_alias',          'home.plain', \@everybody, qw(moves columns keys triggers indexes drops) ],
	[ 'counts',              'home.plain_funnel_count',   'home.plain', \@everybody, @companion ],
	[ 'deltas',              'home.plain_funnel_delta',   'home.plain', \@everybody, @companion ],
	[ 'handoffs',            'home.typed_handoff',        'home.typed', [qw(superuser blind)], qw(moves keys triggers indexes columns types drops) ],
	[ 'view',                '{view}',                    'home.plain', \@everybody, 'view' ],

	[ 'plain table',         'home.plain',                'home.plain', \@everybody, @table, 'tracked' ],
	[ 'plain table',         'home.plain',                'home.plain', [qw(superuser owner blind)], 'rows' ],
	[ 'partitioned table',   'home.parted',               'home.parted', [qw(superuser owner blind)], 'rows' ],
	[ 'partition',           'home.parted_old',           'home.parted', [qw(superuser)], 'rows' ],
	[ 'typed table',         'home.typed',                'home.typed', \@everybody, qw(moves inheritance columns casts parts drops tracked) ],
	[ 'table of domains',    'home.domains',              'home.domains', \@everybody, qw(columns casts) ],
	[ 'partitioned table',   'home.parted',               'home.parted', \@everybody, qw(moves rights added columns casts parts drops tracked partitions) ],
	[ 'partition',           'home.parted_new',           'home.parted', \@everybody, qw(moves storage inheritance added checks triggers indexes columns parts drops tracked) ],
	[ 'unlogged table',      'home.unlogged',             'home.unlogged', \@everybody, qw(moves storage columns tracked) ],
	[ 'unlogged state',      'home.unlogged_lead',        'home.unlogged', \@everybody, qw(moves) ],
	[ 'unlogged log',        'home.unlogged_transition',  'home.unlogged', \@everybody, qw(moves) ],

	[ 'second source',       'home.second',               'home.several', \@everybody, qw(moves inheritance rights added columns casts parts drops triggers tracked) ],
	[ 'mapped source',       'home.mapped',               'home.several', \@everybody, qw(moves inheritance columns casts parts drops tracked) ],
	[ 'mapping',             'home.mapping',              'home.several', \@everybody, qw(moves inheritance rights added columns casts parts drops triggers indexes tracked) ],
	[ 'records',             'home.record',               'home.several', \@everybody, qw(moves inheritance rights added columns casts parts drops triggers tracked) ],
	[ 'changes of records',  'home.several_change',       'home.several', \@everybody, @companion ],
	[ 'target',              'home.account',              'home.several', \@everybody, @table ],
	[ 'table of accounts',   'home.contact',              'home.several', \@everybody, @table ],
	[ 'accounts',            'home.several_account_map',  'home.several', [qw(superuser owner blind)], qw(moves keys triggers indexes columns types drops) ],
	[ 'words',               'home.several_word',         'home.several', \@everybody, @companion ],
	[ 'composite type',      'home.touch',                'home.typed', \@everybody, 'composite' ],
	[ 'type of kinds',       'home.kind',                 'home.domains', \@everybody, 'enum', 'any type' ],
	[ 'domain of leads',     'home.number',               'home.domains', \@everybody, 'domain', 'any type' ],
	[ 'domain of times',     'home.instant',              'home.domains', \@everybody, 'domain', 'any type' ],
	[ 'domain of weights',   'home.share',                'home.domains', \@everybody, 'domain', 'any type' ],
	[ 'schema of tables',    'home',                      'home.plain', \@everybody, 'schema' ],
	[ 'owner',               'regress_alter_owner',       'home.plain', [qw(superuser)], 'role' ],

	[ 'extension',           'lead_temperature',          'home.plain', [qw(superuser owner blind)], 'extension' ],
	[ 'its schema',          'lead_temperature',          'home.plain', \@everybody, 'schema' ],
	[ 'trackers',            'lead_temperature.tracker',          'home.plain', \@superusers, 'catalog' ],
	[ 'frozen models',       'lead_temperature.model_version',     'home.plain', \@superusers, 'catalog' ],
	[ 'ignored rows',        'lead_temperature.ignored_rows',     'home.plain', \@superusers, 'catalog' ],
	[ 'companions',          'lead_temperature.companion',        'home.plain', \@superusers, 'catalog' ],
	[ 'sources',             'lead_temperature.source',           'home.several', \@superusers, 'catalog' ],
	[ 'expressions',         'lead_temperature.expression',       'home.several', \@superusers, 'catalog' ],
	[ 'failed rows',         'lead_temperature.failed_rows',      'home.several', \@superusers, 'catalog' ],
	[ 'targets',             'lead_temperature.write_target',     'home.several', \@superusers, 'catalog' ],
	[ 'sources of accounts', 'lead_temperature.account_source',   'home.several', \@superusers, 'catalog' ],
	[ 'mail providers',      'lead_temperature.mail_provider',    'home.several', \@superusers, 'catalog' ],
	[ 'progress of replays', 'lead_temperature.replay_progress',  'home.plain', \@superusers, 'catalog' ],
	[ 'service levels',      'lead_temperature.service_level',    'home.typed', \@superusers, 'catalog' ],
	[ 'working hours',       'lead_temperature.working_hours',    'home.typed', \@superusers, 'catalog' ],
	[ 'handoff settings',    'lead_temperature.handoff_setting',  'home.typed', \@superusers, 'catalog' ],
	[ 'models',              'lead_temperature.model',            'home.plain', [qw(superuser)], 'catalog' ],
	[ 'signals',             'lead_temperature.signal',           'home.plain', [qw(superuser)], 'catalog' ],
	[ 'signal groups',       'lead_temperature.signal_group',     'home.plain', [qw(superuser)], 'catalog' ],
	[ 'stages',              'lead_temperature.stage',            'home.plain', [qw(superuser)], 'own enum', 'any type' ],
	[ 'statuses',            'lead_temperature.status',           'home.plain', [qw(superuser)], 'own enum', 'any type' ],
	[ 'temperatures',        'lead_temperature.temperature',      'home.plain', [qw(superuser)], 'own enum', 'any type' ],
	[ 'heat',                'lead_temperature.heat',             'home.plain', [qw(superuser)], 'any type' ],
);

# Of the many cases of a family, a run tries one in so many, by who alters, and a superuser the first one of each form
# besides; with ALTER_WHOLE all of them.  The numbers have no divisor in common with those of columns and types.
my %one_in = (
	superuser => { types => 19, casts => 5, columns => 7, checks => 13, indexes => 13, triggers => 7, storage => 13, parts => 3, keys => 5, composite => 3, catalog => 7, inheritance => 2, rights => 5, view => 3 },
	owner => { types => 67, casts => 17, columns => 31, checks => 31, indexes => 31, triggers => 23, storage => 31, parts => 7, keys => 17, composite => 13, added => 5, inheritance => 5, rights => 5, moves => 3, rules => 5, transitions => 5, tracked => 3, view => 5 },
	replica => { types => 11, casts => 5, columns => 7, checks => 31, indexes => 31, triggers => 23, storage => 31, parts => 5, keys => 3, composite => 5, catalog => 7, added => 3, inheritance => 5, rights => 11, rules => 5, transitions => 3, view => 5 },
	blind => { types => 41, casts => 23, columns => 31, checks => 67, indexes => 67, triggers => 41, storage => 67, parts => 7, keys => 13, composite => 13, catalog => 23, added => 5, inheritance => 7, rights => 11, moves => 3, rules => 5, transitions => 5, tracked => 5, view => 5 });

# Indexes that look like the one of current transitions, (lead, at) WHERE superseded_at IS NULL.
my $like_ours = 'CREATE INDEX mine ON {t} {(lead, at) WHERE superseded_at IS NULL|(lead, at) WHERE superseded_at IS NOT NULL'
  . q{|(lead, at) WHERE to_stage = 'lead'|(lead, at) WHERE superseded_at IS NULL AND lead > 3|(lead, at)}
  . '|(lead, at DESC) WHERE superseded_at IS NULL|(at, lead) WHERE superseded_at IS NULL'
  . '|((lead + 0), at) WHERE superseded_at IS NULL|USING hash (lead) WHERE superseded_at IS NULL}';

my %forms = (
	moves => [
		'ALTER TABLE {t} RENAME TO mine',
		'ALTER TABLE {t} SET SCHEMA mine_schema',
		'ALTER TABLE {t} OWNER TO regress_alter_other',
		'ALTER TABLE {t} SET LOGGED',
		'ALTER TABLE {t} SET UNLOGGED',
		[ 'ALTER TABLE {t} SET UNLOGGED', 'ALTER TABLE {t} SET LOGGED' ],
		[ 'ALTER TABLE {t} SET LOGGED', 'ALTER TABLE {t} SET UNLOGGED' ],
		'ALTER TABLE {t} SET TABLESPACE pg_default',
		'ALTER TABLE {t} SET ACCESS METHOD heap',
	],
	storage => [
		'ALTER TABLE {t} SET (fillfactor = 50)',
		'ALTER TABLE {t} RESET (fillfactor)',
		'ALTER TABLE {t} SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)',
		'ALTER TABLE {t} SET WITHOUT CLUSTER',
		'ALTER TABLE {t} SET WITHOUT OIDS',
		'ALTER TABLE {t} CLUSTER ON {index}',
		'CLUSTER {t} USING {index}',
		'ALTER TABLE {t} REPLICA IDENTITY FULL',
		'ALTER TABLE {t} REPLICA IDENTITY NOTHING',
		'ALTER TABLE {t} REPLICA IDENTITY DEFAULT',
		'ALTER TABLE {t} REPLICA IDENTITY USING INDEX {index}',
		'ANALYZE {t}',
		'REINDEX TABLE {t}',
		'LOCK TABLE {t}',
		'ALTER TABLE {t} ALTER {column} SET STATISTICS 10',
		'ALTER TABLE {t} ALTER {column} SET (n_distinct = 5)',
		'ALTER TABLE {t} ALTER {column} SET STORAGE EXTERNAL',
		'ALTER TABLE {t} ALTER {column} SET STORAGE PLAIN',
		'ALTER TABLE {t} ALTER {column} SET COMPRESSION pglz',
		'CREATE STATISTICS home.mine ON {column}, ({column} IS NULL) FROM {t}',
		'CREATE PUBLICATION mine FOR TABLE {t}',
	],
	rights => [
		'COMMENT ON TABLE {t} IS NULL',
		'COMMENT ON COLUMN {t}.{column} IS NULL',
		'GRANT ALL ON {t} TO PUBLIC',
		'REVOKE ALL ON {t} FROM regress_alter_owner',
		'REVOKE UPDATE ON {t} FROM regress_alter_owner',
		'ALTER TABLE {t} ENABLE ROW LEVEL SECURITY',
		'ALTER TABLE {t} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
		'ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY',
		[ 'CREATE POLICY mine ON {t} USING (false)', 'ALTER TABLE {t} ENABLE ROW LEVEL SECURITY' ],
		[ 'CREATE POLICY mine ON {t} USING (false)', 'ALTER TABLE {t} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY' ],
		[ 'CREATE POLICY mine ON {t} USING (true)', 'ALTER TABLE {t} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', 'ALTER POLICY mine ON {t} USING (random() < 0)', 'ALTER POLICY mine ON {t} RENAME TO mine2' ],
		q{SECURITY LABEL ON TABLE {t} IS 'mine'},
	],
	inheritance => [
		'CREATE TABLE home.mine () INHERITS ({t})',
		[ 'CREATE TABLE home.mine () INHERITS ({t})', 'INSERT INTO home.mine SELECT * FROM ONLY {t}' ],
		[ 'ALTER TABLE {t} ADD mine int', 'ALTER TABLE {t} INHERIT home.mine_parent' ],
		[ 'CREATE TABLE home.mine (LIKE {t})', 'ALTER TABLE home.mine INHERIT {t}' ],
		[ 'CREATE TABLE home.mine (LIKE {t})', 'ALTER TABLE {t} INHERIT home.mine' ],
		[ 'CREATE TABLE home.mine (LIKE {t})', 'ALTER TABLE {t} INHERIT home.mine', 'ALTER TABLE {t} NO INHERIT home.mine' ],
		'ALTER TABLE {t} NOT OF',
		[ 'CREATE TABLE home.mine (LIKE {t}) PARTITION BY LIST ({column})', 'ALTER TABLE home.mine ATTACH PARTITION {t} DEFAULT' ],
		'CREATE TABLE home.mine (LIKE {t} INCLUDING ALL)',
		'CREATE TABLE home.mine AS TABLE {t}',
		'CREATE VIEW home.mine AS SELECT * FROM {t}',
		'CREATE MATERIALIZED VIEW home.mine AS SELECT * FROM {t}',
	],
	added => [
		'ALTER TABLE {t} ADD mine int',
		'ALTER TABLE {t} ADD mine int DEFAULT 7',
		'ALTER TABLE {t} ADD mine int NOT NULL DEFAULT 7',
		q{ALTER TABLE {t} ADD mine text NOT NULL DEFAULT repeat('x', 3000)},
		'ALTER TABLE {t} ADD mine float8 NOT NULL DEFAULT random()',
		'ALTER TABLE {t} ADD mine int NOT NULL',
		'ALTER TABLE {t} ADD mine int GENERATED ALWAYS AS (2 + 3) STORED NOT NULL',
		'ALTER TABLE {t} ADD mine int GENERATED ALWAYS AS IDENTITY',
		'ALTER TABLE {t} ADD mine int GENERATED BY DEFAULT AS IDENTITY',
		'ALTER TABLE {t} ADD mine serial',
		'ALTER TABLE {t} ADD mine int DEFAULT 1 REFERENCES home.mine_target',
		[ 'CREATE DOMAIN home.mine AS int DEFAULT 3 NOT NULL', 'ALTER TABLE {t} ADD mine home.mine' ],
		[ 'ALTER TABLE {t} ADD mine int', 'ALTER TABLE {t} DROP mine' ],
		[ 'ALTER TABLE {t} ADD mine int NOT NULL DEFAULT 7', 'ALTER TABLE {t} ALTER mine DROP DEFAULT' ],
		'ALTER TABLE {t} ' . join(', ', map { ("ADD mine$_ text DEFAULT 'x'") } 1 .. 100),
	],
	keys => [
		'ALTER TABLE {t} DROP CONSTRAINT {key}',
		'ALTER TABLE {t} DROP CONSTRAINT {key} CASCADE',
		'ALTER TABLE {t} RENAME CONSTRAINT {key} TO mine',
		'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD PRIMARY KEY ({keys})',
		'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD UNIQUE ({keys})',
		'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD PRIMARY KEY ({keys}) DEFERRABLE',
		'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD PRIMARY KEY ({keys}) DEFERRABLE INITIALLY DEFERRED',
		'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD mine bigserial PRIMARY KEY',
		'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD mine bigserial PRIMARY KEY, ADD UNIQUE ({keys})',
		'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD PRIMARY KEY ({column}, {keys})',
		'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD PRIMARY KEY ({keys}, {column})',
		'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD PRIMARY KEY ({column})',
		'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD PRIMARY KEY ({keys}) INCLUDE ({column})',
		[ 'CREATE UNIQUE INDEX mine ON {t} ({keys})', 'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD PRIMARY KEY USING INDEX mine' ],
	],
	checks => [
		'ALTER TABLE {t} ADD CONSTRAINT mine CHECK (true)',
		'ALTER TABLE {t} ADD CONSTRAINT mine CHECK (false) NOT VALID',
		[ 'ALTER TABLE {t} ADD CONSTRAINT mine CHECK ({column} IS NOT NULL) NOT VALID', 'ALTER TABLE {t} VALIDATE CONSTRAINT mine' ],
		'ALTER TABLE {t} ADD CONSTRAINT mine CHECK ({column} IS NULL) NOT VALID',
		'ALTER TABLE {t} ADD CONSTRAINT mine UNIQUE ({column})',
		'ALTER TABLE {t} ADD CONSTRAINT mine UNIQUE ({column}) DEFERRABLE INITIALLY DEFERRED',
		'ALTER TABLE {t} ADD CONSTRAINT mine EXCLUDE ({column} WITH =)',
		'ALTER TABLE {t} ADD CONSTRAINT mine FOREIGN KEY ({column}) REFERENCES home.mine_target NOT VALID',
		'ALTER TABLE {t} ADD CONSTRAINT mine FOREIGN KEY ({column}) REFERENCES home.mine_target DEFERRABLE INITIALLY DEFERRED NOT VALID',
		'CREATE TABLE home.mine (k {of} REFERENCES {t} ({column}))',
		[ 'CREATE TABLE home.mine (k {of} REFERENCES {t} ({column}))', 'INSERT INTO home.mine SELECT {column} FROM {t} LIMIT 3' ],
		[ 'CREATE TABLE home.mine (k {of} REFERENCES {t} ({column}) ON DELETE CASCADE ON UPDATE CASCADE)', 'INSERT INTO home.mine SELECT {column} FROM {t} LIMIT 3' ],
	],
	triggers => [
		'CREATE TRIGGER mine {BEFORE|AFTER} {INSERT|UPDATE|DELETE|INSERT OR UPDATE OR DELETE} ON {t} FOR EACH {ROW|STATEMENT} EXECUTE FUNCTION home.mine_{nothing|suppress|fail}()',
		'CREATE TRIGGER mine AFTER INSERT ON {t} REFERENCING NEW TABLE AS n EXECUTE FUNCTION home.mine_nothing()',
		'CREATE TRIGGER mine AFTER UPDATE ON {t} REFERENCING OLD TABLE AS o NEW TABLE AS n EXECUTE FUNCTION home.mine_nothing()',
		'CREATE TRIGGER mine AFTER UPDATE OF {column} ON {t} FOR EACH ROW EXECUTE FUNCTION home.mine_nothing()',
		'CREATE TRIGGER mine AFTER TRUNCATE ON {t} EXECUTE FUNCTION home.mine_fail()',
		'CREATE CONSTRAINT TRIGGER mine AFTER INSERT OR UPDATE ON {t} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION home.mine_nothing()',
		'CREATE CONSTRAINT TRIGGER mine AFTER INSERT OR UPDATE ON {t} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION home.mine_fail()',
		[ 'CREATE TRIGGER mine BEFORE UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION home.mine_nothing()', 'ALTER TABLE {t} ENABLE ALWAYS TRIGGER mine', 'ALTER TRIGGER mine ON {t} RENAME TO mine2' ],
		'ALTER TABLE {t} DISABLE TRIGGER ALL',
		'ALTER TABLE {t} DISABLE TRIGGER USER',
	],
	rules => [
		'CREATE RULE mine AS ON {INSERT|UPDATE|DELETE} TO {t} DO {INSTEAD NOTHING|ALSO NOTIFY mine}',
		'CREATE RULE mine AS ON INSERT TO {t} WHERE random() < 2 DO INSTEAD NOTHING',
		[ 'CREATE RULE mine AS ON INSERT TO {t} DO INSTEAD NOTHING', 'ALTER TABLE {t} DISABLE RULE mine' ],
		'CREATE RULE "_RETURN" AS ON SELECT TO {t} DO INSTEAD SELECT * FROM {t}',
	],
	indexes => [
		'CREATE INDEX mine ON {t} ({column})',
		'CREATE UNIQUE INDEX mine ON {t} ({column})',
		'CREATE INDEX mine ON {t} ({column}) WHERE {column} IS NOT NULL',
		'CREATE INDEX mine ON {t} (({column}::text))',
		'CREATE INDEX mine ON {t} USING hash ({column})',
		'CREATE INDEX mine ON {t} USING brin ({column})',
		'CREATE INDEX mine ON {t} ({column} DESC NULLS LAST)',
	],
	columns => [
		'ALTER TABLE {t} DROP {column}',
		'ALTER TABLE {t} DROP {column} CASCADE',
		'ALTER TABLE {t} RENAME {column} TO mine',
		'ALTER TABLE {t} DROP {column} CASCADE, ADD {column} {of}',
		[ 'ALTER TABLE {t} RENAME {column} TO mine', 'ALTER TABLE {t} ADD {column} {of}' ],
		'ALTER TABLE {t} ALTER {column} SET NOT NULL',
		'ALTER TABLE {t} ALTER {column} DROP NOT NULL',
		'ALTER TABLE {t} ALTER {column} SET DEFAULT NULL',
		'ALTER TABLE {t} ALTER {column} DROP DEFAULT',
		'ALTER TABLE {t} ALTER {column} ADD GENERATED ALWAYS AS IDENTITY',
		'ALTER TABLE {t} ALTER {column} DROP IDENTITY IF EXISTS',
		'ALTER TABLE {t} ALTER {column} SET GENERATED BY DEFAULT',
		'ALTER TABLE {t} ALTER {column} DROP EXPRESSION IF EXISTS',
		'ALTER TABLE {t} DROP {column} CASCADE, ADD {column} {of} GENERATED ALWAYS AS (NULL) STORED',
		'ALTER TABLE {t} ALTER {column} TYPE {of} COLLATE "C"',
		'ALTER TABLE {t} ALTER {column} TYPE {of} USING {column}',
	],
	types => [
		'ALTER TABLE {t} ALTER {column} TYPE {type} USING {column}::text::{type}',
		'ALTER TABLE {t} ALTER {column} DROP NOT NULL, ALTER {column} TYPE {type} USING NULL',
		[ 'DROP VIEW {views}', 'ALTER TABLE {t} ALTER {column} DROP NOT NULL, ALTER {column} TYPE {type} USING NULL' ],
	],
	casts => [
		'ALTER TABLE {t} ALTER {column} TYPE {cast}',
		'ALTER TABLE {t} ALTER {column} TYPE {cast} USING {column}::{cast}',
		[ 'CREATE DOMAIN home.mine AS {of}', 'ALTER TABLE {t} ALTER {column} TYPE home.mine' ],
		[ 'CREATE DOMAIN home.mine AS {of} CHECK (VALUE IS NULL) NOT VALID', 'ALTER TABLE {t} ALTER {column} TYPE home.mine' ],
		q{ALTER TABLE {t} ALTER {column} TYPE {of} USING NULL},
	],
	parts => [
		'DROP INDEX {index}',
		'DROP INDEX {index} CASCADE',
		'ALTER INDEX {index} RENAME TO mine',
		'ALTER INDEX {index} SET (fillfactor = 50)',
		'ALTER INDEX {index} RESET (fillfactor)',
		'ALTER INDEX {index} SET TABLESPACE pg_default',
		'ALTER INDEX {index} ALTER COLUMN 1 SET STATISTICS 10',
		'ALTER INDEX {index} DEPENDS ON EXTENSION lead_temperature',
		'COMMENT ON INDEX {index} IS NULL',
		'REINDEX INDEX {index}',
		[ 'CREATE INDEX mine ON {t} ({column})', 'DROP INDEX {index}' ],
		'ALTER TABLE {t} DROP CONSTRAINT {constraint}',
		'ALTER TABLE {t} RENAME CONSTRAINT {constraint} TO mine',
		'DROP SEQUENCE {sequence}',
		'DROP SEQUENCE {sequence} CASCADE',
		'ALTER SEQUENCE {sequence} RENAME TO mine',
		'ALTER SEQUENCE {sequence} SET SCHEMA mine_schema',
		'ALTER SEQUENCE {sequence} OWNED BY NONE',
		'ALTER SEQUENCE {sequence} OWNER TO regress_alter_other',
		'ALTER SEQUENCE {sequence} SET UNLOGGED',
		'ALTER SEQUENCE {sequence} AS smallint',
		'ALTER SEQUENCE {sequence} INCREMENT -1',
		'ALTER SEQUENCE {sequence} MAXVALUE 100000 CACHE 100 CYCLE',
		'ALTER SEQUENCE {sequence} RESTART 1',
		'GRANT ALL ON SEQUENCE {sequence} TO PUBLIC',
		'REVOKE ALL ON SEQUENCE {sequence} FROM regress_alter_owner',
		'ALTER TABLE {t} ALTER id DROP IDENTITY',
		'ALTER TRIGGER {trigger} ON {t} RENAME TO mine',
		'ALTER TRIGGER {trigger} ON {t} DEPENDS ON EXTENSION lead_temperature',
		'DROP TRIGGER {trigger} ON {t}',
		'COMMENT ON TRIGGER {trigger} ON {t} IS NULL',
		'ALTER TABLE {t} DISABLE TRIGGER {trigger}',
		'ALTER TABLE {t} ENABLE REPLICA TRIGGER {trigger}',
		'ALTER TABLE {t} ENABLE ALWAYS TRIGGER {trigger}',
		'CREATE OR REPLACE TRIGGER {trigger} AFTER INSERT OR UPDATE OR DELETE ON {t} EXECUTE FUNCTION home.mine_nothing()',
		'CREATE OR REPLACE TRIGGER {trigger} AFTER INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION lead_temperature.follow()',
		'CREATE OR REPLACE TRIGGER {trigger} AFTER INSERT ON {t} REFERENCING NEW TABLE AS n WHEN (random() < 0) EXECUTE FUNCTION lead_temperature.follow()',
	],
	drops => [
		'DROP TABLE {t}',
		'DROP TABLE {t} CASCADE',
		[ 'CREATE TABLE home.mine (LIKE {t} INCLUDING ALL)', 'DROP TABLE {t} CASCADE', 'ALTER TABLE home.mine RENAME TO {name}' ],
		[ 'CREATE TABLE home.mine (LIKE {t} INCLUDING ALL)', 'ALTER TABLE {t} RENAME TO mine2', 'ALTER TABLE home.mine RENAME TO {name}' ],
		[ 'DROP VIEW {views}', 'DROP TABLE {t}' ],
	],
	view => [
		'ALTER VIEW {t} RENAME TO mine',
		'ALTER VIEW {t} RENAME {column} TO mine',
		'ALTER VIEW {t} SET SCHEMA mine_schema',
		'ALTER VIEW {t} OWNER TO regress_alter_other',
		'ALTER VIEW {t} SET (security_barrier)',
		'ALTER VIEW {t} SET (security_invoker)',
		'ALTER VIEW {t} ALTER {column} SET DEFAULT NULL',
		'ALTER TABLE {t} RENAME TO mine',
		'DROP VIEW {t}',
		'DROP VIEW {t} CASCADE',
		q{DO $do$ BEGIN EXECUTE 'CREATE OR REPLACE VIEW {t} AS SELECT v.*, 1 AS mine FROM (' || rtrim(pg_get_viewdef('{t}'::regclass), ';') || ') AS v'; END $do$},
		'CREATE TRIGGER mine INSTEAD OF UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION home.mine_nothing()',
		'CREATE RULE mine AS ON UPDATE TO {t} DO INSTEAD NOTHING',
		'CREATE VIEW home.mine AS SELECT * FROM {t}',
		'COMMENT ON VIEW {t} IS NULL',
		'GRANT SELECT ON {t} TO PUBLIC',
		'REVOKE ALL ON {t} FROM regress_alter_owner',
	],
	state => [
		'ALTER TABLE {t} DROP CONSTRAINT {key}, ADD PRIMARY KEY (lead, level)',
		[ 'ALTER TABLE {t} DROP CONSTRAINT {key}', 'CREATE UNIQUE INDEX mine ON {t} (lead)' ],
		[ 'ALTER TABLE {t} DROP CONSTRAINT {key}', 'CREATE UNIQUE INDEX mine ON {t} (lead) WHERE lead > 3' ],
		[ 'DROP INDEX home.plain_lead_due_at_idx', 'CREATE INDEX mine ON {t} (due_at) WHERE due_at IS NULL' ],
		[ 'DROP INDEX home.plain_lead_level_stage_status_idx', 'CREATE INDEX mine ON {t} (level DESC)' ],
		'UPDATE {t} SET interactions = interactions + 1 WHERE false',
	],
	transitions => [
		'ALTER TABLE {t} ALTER score TYPE numeric(10,2)',
		$like_ours,
		[ $like_ours, 'REINDEX TABLE {t}' ],
		[ $like_ours, 'DROP INDEX home.plain_transition_lead_at_idx' ],
		[ 'DROP INDEX home.plain_transition_lead_at_idx', $like_ours ],
		[ $like_ours, 'ALTER INDEX home.plain_transition_lead_at_idx RENAME TO mine2', 'ALTER INDEX home.mine RENAME TO plain_transition_lead_at_idx' ],
	],
	tracked => [
		'ALTER TABLE {t} DROP lead, ADD mine int',
		'ALTER TABLE {t} ADD mine text GENERATED ALWAYS AS (upper(note)) STORED',
		[ 'ALTER TABLE {t} RENAME lead TO mine', 'ALTER TABLE {t} RENAME id TO lead' ],
		[ 'ALTER TABLE {t} RENAME kind TO mine', 'ALTER TABLE {t} RENAME note TO kind' ],
		[ 'ALTER TABLE {t} RENAME kind TO mine', 'ALTER TABLE {t} RENAME note TO kind', 'ALTER TABLE {t} RENAME mine TO note' ],
		'ALTER TABLE {t} ALTER kind TYPE text USING upper(kind)',
		q{ALTER TABLE {t} ALTER at TYPE timestamptz USING at - interval '1 day'},
		q{ALTER TABLE {t} ALTER at TYPE timestamp USING at AT TIME ZONE 'America/New_York'},
		'ALTER TABLE {t} ALTER weight TYPE numeric USING weight * 2',
		'ALTER TABLE {t} ALTER lead TYPE int USING lead + 1',
		'ALTER TABLE {t} ALTER lead TYPE text USING lead::text, ALTER kind TYPE varchar(40), ALTER at TYPE date',
		[ 'CREATE TYPE home.mine AS (a int, b int)', 'ALTER TABLE {t} ALTER lead TYPE home.mine USING ROW(lead, NULL)::home.mine' ],
		[ 'CREATE TYPE home.mine AS RANGE (subtype = int4)', 'ALTER TABLE {t} ALTER lead TYPE home.mine USING home.mine(lead, lead + 1)' ],
		[ q{CREATE TYPE home.mine AS ENUM ('1', '2')}, 'ALTER TABLE {t} ALTER lead TYPE home.mine USING NULL' ],
		'ALTER TABLE {t} ALTER lead TYPE text COLLATE "C" USING lead::text',
		'ALTER TABLE {t} ALTER lead DROP NOT NULL, ALTER lead TYPE bytea USING NULL',
		[ 'CREATE TYPE home.mine AS (id int, lead int, kind text, at timestamptz, weight numeric, note text)', 'ALTER TABLE {t} OF home.mine', 'ALTER TYPE home.mine ALTER ATTRIBUTE lead TYPE text CASCADE' ],
		[ 'CREATE TYPE home.mine AS (id int, lead int, kind text, at timestamptz, weight numeric, note text)', 'ALTER TABLE {t} OF home.mine', 'ALTER TYPE home.mine RENAME ATTRIBUTE lead TO mine CASCADE' ],
	],
	rows => [
		'TRUNCATE {t}',
		'TRUNCATE {t} RESTART IDENTITY CASCADE',
		q{UPDATE {t} SET kind = 'question' WHERE id = 13},
	],
	partitions => [
		'ALTER TABLE {t} DETACH PARTITION home.parted_old',
		'ALTER TABLE {t} DETACH PARTITION home.parted_new',
		[ 'ALTER TABLE {t} DETACH PARTITION home.parted_old', q{ALTER TABLE {t} ATTACH PARTITION home.parted_old FOR VALUES FROM (MINVALUE) TO ('2020-01-01')} ],
		[ 'ALTER TABLE {t} DETACH PARTITION home.parted_new', 'ALTER TABLE {t} ATTACH PARTITION home.parted_new DEFAULT' ],
		[ 'ALTER TABLE {t} DETACH PARTITION home.parted_new', 'DROP TABLE home.parted_new', 'CREATE TABLE home.parted_new PARTITION OF {t} DEFAULT' ],
		[ 'ALTER TABLE {t} DETACH PARTITION home.parted_new', 'CREATE TABLE home.mine (note text, at timestamptz NOT NULL, weight numeric, kind text, mine int, lead int, id int NOT NULL)',
			'INSERT INTO home.mine SELECT note, at, weight, kind, 0, lead, id FROM home.parted_new', 'ALTER TABLE home.mine DROP mine', 'ALTER TABLE {t} ATTACH PARTITION home.mine DEFAULT' ],
		q{CREATE TABLE home.mine PARTITION OF {t} FOR VALUES FROM ('2100-01-01') TO ('2101-01-01')},
		q{CREATE TABLE home.mine PARTITION OF {t} FOR VALUES FROM ('2100-01-01') TO ('2101-01-01') PARTITION BY LIST (lead)},
		[ 'ALTER TABLE {t} DETACH PARTITION home.parted_new', 'CREATE TABLE home.mine PARTITION OF {t} DEFAULT PARTITION BY HASH (lead)',
			'CREATE TABLE home.mine1 PARTITION OF home.mine FOR VALUES WITH (MODULUS 2, REMAINDER 0)', 'CREATE TABLE home.mine2 PARTITION OF home.mine FOR VALUES WITH (MODULUS 2, REMAINDER 1)' ],
		[ 'CREATE FOREIGN DATA WRAPPER mine', 'CREATE SERVER mine FOREIGN DATA WRAPPER mine', q{CREATE FOREIGN TABLE home.mine PARTITION OF {t} FOR VALUES FROM ('2100-01-01') TO ('2101-01-01') SERVER mine} ],
		[ 'CREATE TABLE home.mine (LIKE {t}) PARTITION BY LIST (lead)', 'ALTER TABLE home.mine ATTACH PARTITION {t} DEFAULT' ],
		'DROP TABLE home.parted_old',
		'DROP TABLE home.parted_old, home.parted_new',
		'ALTER TABLE home.parted_old SET UNLOGGED',
		'ALTER TABLE home.parted_old ADD CONSTRAINT mine CHECK (lead > 0)',
		'ALTER TABLE ONLY {t} ADD CONSTRAINT mine CHECK (lead > 0)',
	],
	composite => [
		'ALTER TYPE {t} RENAME ATTRIBUTE {column} TO mine {RESTRICT|CASCADE}',
		'ALTER TYPE {t} DROP ATTRIBUTE {column} {RESTRICT|CASCADE}',
		'ALTER TYPE {t} ALTER ATTRIBUTE {column} TYPE {type} {RESTRICT|CASCADE}',
		'ALTER TYPE {t} ADD ATTRIBUTE mine int {RESTRICT|CASCADE}',
		'ALTER TYPE {t} ALTER ATTRIBUTE {column} TYPE {cast} CASCADE',
		'ALTER TYPE {t} DROP ATTRIBUTE {column} CASCADE, ADD ATTRIBUTE {column} {of} CASCADE',
		'ALTER TYPE {t} ALTER ATTRIBUTE kind TYPE text COLLATE "C" CASCADE',
		'ALTER TYPE {t} ALTER ATTRIBUTE lead TYPE text CASCADE, ALTER ATTRIBUTE kind TYPE int CASCADE',
		'ALTER TYPE {t} RENAME TO mine',
		'ALTER TYPE {t} SET SCHEMA mine_schema',
		'ALTER TYPE {t} OWNER TO regress_alter_other',
		'DROP TYPE {t}',
		'DROP TYPE {t} CASCADE',
	],
	'any type' => [
		'ALTER TYPE {t} RENAME TO mine',
		'ALTER TYPE {t} SET SCHEMA mine_schema',
		'ALTER TYPE {t} OWNER TO regress_alter_other',
		'COMMENT ON TYPE {t} IS NULL',
		'REVOKE ALL ON TYPE {t} FROM regress_alter_owner, PUBLIC',
		'DROP TYPE {t}',
		'DROP TYPE {t} CASCADE',
	],
	enum => [
		q{ALTER TYPE {t} ADD VALUE 'mine'},
		q{ALTER TYPE {t} ADD VALUE 'mine' BEFORE 'visit'},
		q{ALTER TYPE {t} RENAME VALUE 'odd' TO 'mine'},
		q{ALTER TYPE {t} RENAME VALUE 'odd' TO 'call'},
		q{ALTER TYPE {t} RENAME VALUE 'visit' TO 'mine'},
		[ q{ALTER TYPE {t} RENAME VALUE 'odd' TO 'mine'}, q{ALTER TYPE {t} RENAME VALUE 'visit' TO 'odd'}, q{ALTER TYPE {t} RENAME VALUE 'mine' TO 'visit'} ],
	],
	domain => [
		'ALTER DOMAIN {t} ADD CONSTRAINT mine CHECK (true)',
		'ALTER DOMAIN {t} ADD CONSTRAINT mine CHECK (VALUE IS NULL) NOT VALID',
		[ 'ALTER DOMAIN {t} ADD CONSTRAINT mine CHECK (true) NOT VALID', 'ALTER DOMAIN {t} VALIDATE CONSTRAINT mine', 'ALTER DOMAIN {t} RENAME CONSTRAINT mine TO mine2', 'ALTER DOMAIN {t} DROP CONSTRAINT mine2' ],
		'ALTER DOMAIN {t} DROP CONSTRAINT IF EXISTS instant_later',
		'ALTER DOMAIN {t} SET DEFAULT NULL',
		'ALTER DOMAIN {t} DROP DEFAULT',
		'ALTER DOMAIN {t} SET NOT NULL',
		'ALTER DOMAIN {t} DROP NOT NULL',
		'ALTER DOMAIN {t} RENAME TO mine',
		'ALTER DOMAIN {t} SET SCHEMA mine_schema',
		'ALTER DOMAIN {t} OWNER TO regress_alter_other',
		'DROP DOMAIN {t} CASCADE',
	],
	schema => [
		'ALTER SCHEMA {t} RENAME TO mine',
		'ALTER SCHEMA {t} OWNER TO regress_alter_other',
		'REVOKE ALL ON SCHEMA {t} FROM regress_alter_owner, PUBLIC',
		'COMMENT ON SCHEMA {t} IS NULL',
		'DROP SCHEMA {t}',
		'DROP SCHEMA {t} CASCADE',
	],
	role => [
		'ALTER ROLE {t} RENAME TO mine_role',
		'ALTER ROLE {t} NOLOGIN NOINHERIT',
		'REASSIGN OWNED BY {t} TO regress_alter_other',
		'DROP OWNED BY {t}',
		'DROP OWNED BY {t} CASCADE',
		'DROP ROLE {t}',
		'REVOKE regress_alter_other FROM {t}',
	],
	extension => [
		'ALTER EXTENSION {t} SET SCHEMA mine_schema',
		'ALTER EXTENSION {t} ADD TABLE home.plain',
		'ALTER EXTENSION {t} DROP TABLE lead_temperature.tracker',
		[ 'ALTER EXTENSION {t} DROP TABLE lead_temperature.ignored_rows', 'DROP TABLE lead_temperature.ignored_rows CASCADE' ],
		'ALTER EXTENSION {t} DROP VIEW lead_temperature.trackers',
		'ALTER EXTENSION {t} DROP FUNCTION lead_temperature.follow()',
		'ALTER FUNCTION lead_temperature.follow() RENAME TO mine',
		'ALTER FUNCTION lead_temperature.follow() SET SCHEMA mine_schema',
		'ALTER FUNCTION lead_temperature.follow() OWNER TO regress_alter_other',
		'ALTER FUNCTION lead_temperature.follow() SECURITY DEFINER SET search_path = mine',
		'ALTER FUNCTION lead_temperature.follow_ddl() RENAME TO mine',
		'ALTER FUNCTION lead_temperature.drift(regclass) RENAME TO mine',
		'REVOKE ALL ON FUNCTION lead_temperature.follow() FROM PUBLIC',
		'ALTER EVENT TRIGGER lead_temperature_ddl DISABLE',
		'ALTER EVENT TRIGGER lead_temperature_ddl ENABLE ALWAYS',
		'ALTER EVENT TRIGGER lead_temperature_ddl RENAME TO mine',
		'DROP EVENT TRIGGER lead_temperature_ddl',
		'ALTER VIEW lead_temperature.trackers RENAME TO mine',
		'ALTER VIEW lead_temperature.model_snapshot RENAME TO mine',
		'DROP EXTENSION {t}',
		'DROP EXTENSION {t} CASCADE',
		[ 'DROP EXTENSION {t} CASCADE', 'CREATE EXTENSION lead_temperature' ],
	],
	catalog => [
		'ALTER TABLE {t} RENAME TO mine',
		'ALTER TABLE {t} SET SCHEMA mine_schema',
		'ALTER TABLE {t} OWNER TO regress_alter_other',
		'ALTER TABLE {t} ADD mine int',
		'ALTER TABLE {t} ADD mine int NOT NULL DEFAULT 7',
		'ALTER TABLE {t} ' . join(', ', map { ("ADD mine$_ text DEFAULT 'x'") } 1 .. 50),
		'ALTER TABLE {t} DROP CONSTRAINT {key}',
		'ALTER TABLE {t} DROP CONSTRAINT {key} CASCADE',
		'ALTER TABLE {t} ENABLE ROW LEVEL SECURITY',
		'ALTER TABLE {t} SET UNLOGGED',
		'TRUNCATE {t} CASCADE',
		'CREATE TRIGGER mine BEFORE INSERT OR UPDATE OR DELETE ON {t} FOR EACH ROW EXECUTE FUNCTION home.mine_suppress()',
		'ALTER TABLE {t} DROP {column}',
		'ALTER TABLE {t} RENAME {column} TO mine',
		'ALTER TABLE {t} ALTER {column} DROP NOT NULL',
		'ALTER TABLE {t} ALTER {column} TYPE text',
		'ALTER TABLE {t} ALTER {column} DROP NOT NULL, ALTER {column} TYPE int8 USING NULL',
		'ALTER TABLE {t} ALTER {column} DROP NOT NULL, ALTER {column} TYPE bytea USING NULL',
		[ 'ALTER TABLE {t} ALTER {column} DROP NOT NULL', 'UPDATE {t} SET {column} = NULL' ],
		[ 'DROP VIEW lead_temperature.trackers', 'ALTER TABLE {t} DROP {column}' ],
	],
	'own enum' => [
		q{ALTER TYPE {t} ADD VALUE 'mine'},
		q{ALTER TYPE {t} ADD VALUE 'mine' BEFORE 'visitor'},
		q{ALTER TYPE {t} RENAME VALUE '{visitor|lead|customer|open|won|cold|hot}' TO 'mine'},
	],
);

# Which part of a relation a word in braces needs to be chosen.
my %part_of = ((map { ($_ => $_) } qw(column index constraint key sequence trigger)), of => 'column', cast => 'column', keys => 'key');

# each_of writes a text once for each of the choices for a word in braces.
sub each_of
{
	my ($texts, @choices) = @_;

	return map {
		my $text = $_;
		map {
			my $choice = $_;
			$text =~ s/\{(\w+)\}/exists $choice->{$1} ? $choice->{$1} : "{$1}"/ger
		} @choices
	} @$texts;
}

# views_of lists the views of a tracked table.
sub views_of
{
	my ($tracked, $parts) = @_;

	return map { $_->{name} } @{ $parts->{$tracked}{view} // [] };
}

# spell writes a form for a relation: one list of statements for each choice of what stands in braces.
sub spell
{
	my ($form, $relation, $tracked, $parts, $casts) = @_;
	my ($name) = $relation =~ /([^.]+)$/;
	my @texts = each_of([ join "\0", ref $form ? @$form : $form ],
		{ t => $relation, name => $name, views => join(', ', views_of($tracked, $parts)) });

	while ($texts[0] =~ /(\{[^{}]*\|[^{}]*\})/)
	{
		my $words = $1;
		@texts = map {
			my $text = $_;
			map { my $word = $_; $text =~ s/\Q$words\E/$word/r } split /\|/, substr $words, 1, -1
		} @texts;
	}
	@texts = each_of(\@texts, map { +{ type => $_ } } @types) if $texts[0] =~ /\{type\}/;
	foreach my $part (qw(column index constraint key sequence trigger))
	{
		next unless grep { ($part_of{$_} // '') eq $part } $texts[0] =~ /\{(\w+)\}/g;
		my @choices = map { +{ $part => $_->{name}, of => $_->{detail}, keys => $_->{detail} } } @{ $parts->{$relation}{$part} // [] };
		@choices = map { my $choice = $_; map { +{ %$choice, cast => $_ } } @{ $casts->{ $choice->{of} } // [] } } @choices
		  if $texts[0] =~ /\{cast\}/;
		delete $_->{ $part eq 'key' ? 'of' : 'keys' } foreach @choices;
		@texts = each_of(\@texts, @choices) or return;
	}
	return map { [ split /\0/ ] } @texts;
}

# cannot_be_seen says whether nothing is left by which a case could be told from what is right: a column that took the
# place of a tracked one, or a sequence that was set back, while the event triggers were off; that a tracker has no weights.
sub cannot_be_seen
{
	my ($mode, $statements) = @_;
	my $all = join '; ', @$statements;

	return 1 if $all =~ /UPDATE lead_temperature\.tracker SET weight = NULL/;
	return $mode eq 'blind' && $all =~ /RESTART|^ALTER TABLE home\.[a-z]+ RENAME (\w+) TO mine; ALTER TABLE home\.[a-z]+ ADD \1 /;
}

# each_view writes the object {view} once for each view of its table, under the name of that.
sub each_view
{
	my ($object, $parts) = @_;
	my ($name, $relation, $tracked, @rest) = @$object;

	return $object if $relation ne '{view}';
	my @views = views_of($tracked, $parts) or die "$tracked has no views";
	return map { [ "$name $_", $_, $tracked, @rest ] } @views;
}

# groups lists the cases, by what is altered, the family of forms, and who alters it: all, or one in so many of those that a run tries.
sub groups
{
	my ($parts, $casts, $thin) = @_;
	my @groups;
	my $nth = 0;

	foreach my $object (map { each_view($_, $parts) } @objects)
	{
		my ($name, $relation, $tracked, $modes, @families) = @$object;

		foreach my $family (@families)
		{
			my @forms = map { [ spell($_, $relation, $tracked, $parts, $casts) ] } @{ $forms{$family} or die "no family $family" };

			foreach my $mode (@$modes)
			{
				my $one_in = $ENV{ALTER_WHOLE} ? 1 : $thin * ($one_in{$mode}{$family} // 1);
				my @cases;

				foreach my $form (@forms)
				{
					push @cases, grep { !cannot_be_seen($mode, $_) } map { $form->[$_] } grep { $nth++ % $one_in == 0 || $_ == 0 && $thin == 1 && $mode eq 'superuser' } 0 .. $#$form;
				}
				push @groups, { name => "$name, $family, $mode", tracked => $tracked, mode => $mode, cases => \@cases } if @cases;
			}
		}
	}
	return @groups;
}

# What one session commits while another has its plans, and what cannot be part of a transaction.  {s} is a table of the
# case alone, plain or partitioned; each statement is committed by itself.
my $replica = 'SET session_replication_role = replica';
my %shared = (
	plain => [
		[ 'ALTER TABLE home.{s}_transition ALTER score TYPE numeric(10,2)' ],
		[ $replica, 'ALTER TABLE home.{s}_transition ALTER score TYPE numeric(10,2)' ],
		[ $replica, 'ALTER TABLE home.{s}_lead ALTER group_points TYPE text' ],
		[ $replica, 'ALTER TABLE home.{s}_lead DROP CONSTRAINT {s}_lead_pkey' ],
		[ $replica, 'ALTER TABLE home.{s} ALTER lead TYPE text' ],
		[ $replica, 'ALTER TABLE home.{s} ALTER lead TYPE int8' ],
		[ $replica, 'ALTER TABLE home.{s} RENAME kind TO mine' ],
		[ 'ALTER TABLE home.{s} RENAME kind TO mine' ],
		[ 'ALTER TABLE home.{s} RENAME TO {s}_mine' ],
		[ 'ALTER TABLE home.{s} SET SCHEMA mine_schema' ],
		[ 'ALTER TABLE home.{s} OWNER TO regress_alter_other' ],
		[ 'ALTER TABLE home.{s} SET UNLOGGED' ],
		[ 'ALTER TABLE home.{s}_lead ADD mine int NOT NULL DEFAULT 7' ],
		[ 'ALTER TABLE home.{s} ADD mine int NOT NULL DEFAULT 7' ],
		[ 'ALTER TABLE home.{s} ALTER weight TYPE float8' ],
		[ 'VACUUM FULL home.{s}, home.{s}_lead, home.{s}_transition, home.{s}_balance, home.{s}_funnel_count, home.{s}_funnel_delta' ],
		[ 'VACUUM FULL lead_temperature.tracker, lead_temperature.model_version, lead_temperature.replay_progress, lead_temperature.ignored_rows' ],
		[ 'CLUSTER home.{s}_lead USING {s}_lead_pkey', 'CLUSTER home.{s}_lead', 'CLUSTER home.{s} USING {s}_pkey' ],
		[ map { "REINDEX TABLE CONCURRENTLY home.{s}$_" } '', '_lead', '_transition', '_balance', '_funnel_count' ],
		[ 'REINDEX SCHEMA home' ],
		[ 'REINDEX SCHEMA lead_temperature' ],
		[ 'CREATE INDEX CONCURRENTLY {s}_mine ON home.{s}_transition (lead, at) WHERE superseded_at IS NOT NULL', 'REINDEX TABLE CONCURRENTLY home.{s}_transition' ],
		[ 'CREATE INDEX CONCURRENTLY {s}_mine ON home.{s}_transition (lead, at) WHERE superseded_at IS NOT NULL', 'DROP INDEX CONCURRENTLY home.{s}_transition_lead_at_idx' ],
		[ 'DROP INDEX CONCURRENTLY home.{s}_transition_lead_at_idx' ],
		[ 'DROP INDEX CONCURRENTLY home.{s}_lead_level_stage_status_idx' ],
		[ 'DROP INDEX CONCURRENTLY home.{s}_lead_at_idx' ],
		[ 'CREATE INDEX CONCURRENTLY {s}_mine ON home.{s} (lead)', 'DROP INDEX CONCURRENTLY home.{s}_lead_at_idx' ],
	],
	parted => [
		[ 'ALTER TABLE home.{s} DETACH PARTITION home.{s}_old CONCURRENTLY' ],
		[ 'ALTER TABLE home.{s} DETACH PARTITION home.{s}_old CONCURRENTLY', q{ALTER TABLE home.{s} ATTACH PARTITION home.{s}_old FOR VALUES FROM (MINVALUE) TO ('2010-01-01')} ],
		[ q{CREATE TABLE home.{s}_mine PARTITION OF home.{s} DEFAULT} ],
		[ 'DROP TABLE home.{s}_old' ],
	]);

# shared_cases lists what is committed by another session, and on which table: a name, what it is made like, the statements.
sub shared_cases
{
	my $nth = 0;

	return map {
		my $like = $_;
		map { my $name = 'shared' . ++$nth; { name => $name, like => "home.$like", statements => [ map { s/\{s\}/$name/gr } @$_ ] } }
		  @{ $shared{$like} }
	} sort keys %shared;
}

1;
