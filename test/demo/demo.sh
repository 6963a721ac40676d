#!/usr/bin/env bash
# demo.sh
#	  make demo: tracks two tables of generated traffic and a CRM of five, or the
#	  interactions of a CSV file, on a throwaway cluster and shows what there is to see.
#
#	  EVENTS=file.csv[.gz]   interactions; the first line names the columns
#	  COLUMNS=lead=...,kind=...,at=...,weight=...   where the names do not tell
#	  UNTIL=time             leaves out what came later: the leads as they were
#	  MODEL=file.sql         makes the model "demo" for them
#	  DEMO_KEEP=no           stops the cluster in the end (as CI=true does)

# What the caller's terminal can show, before the language is set
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
	*[Uu][Tt][Ff]*) bars=░▒█ ;;
	*) bars=.o# ;;
esac
colour=no
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ] && colour=yes

. "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

# sql runs psql in the demo's database.
sql()
{
	PGOPTIONS='-c client_min_messages=warning' as_tester psql -X -q -A -t -v ON_ERROR_STOP=1 -d demo "$@"
}

# show draws one tracked table: prefix, table, and its columns lead, kind, at.
show()
{
	{
		printf "SET demo.colour = '%s';\nSET demo.bars = '%s';\n" "$colour" "$bars"
		cat "$tree/test/demo/functions.sql" "$tree/test/demo/show.sql"
	} | sql -v prefix="$1" -v interactions="$2" -v lead="$3" -v kind="$4" -v at="$5"
}

# act draws what those see who act on the leads of a tracked table: prefix, table.
act()
{
	{
		printf "SET demo.colour = '%s';\nSET demo.bars = '%s';\n" "$colour" "$bars"
		cat "$tree/test/demo/functions.sql" "$tree/test/demo/act.sql"
	} | sql -v prefix="$1" -v interactions="$2"
}

# channels draws which channels bring the leads of a tracked table: prefix.
channels()
{
	{
		printf "SET demo.colour = '%s';\nSET demo.bars = '%s';\n" "$colour" "$bars"
		cat "$tree/test/demo/functions.sql" "$tree/test/demo/channels.sql"
	} | sql -v prefix="$1"
}

# fit draws who the leads of a tracked table are, and how well that fits: prefix, table.
fit()
{
	{
		printf "SET demo.colour = '%s';\nSET demo.bars = '%s';\n" "$colour" "$bars"
		cat "$tree/test/demo/functions.sql" "$tree/test/demo/fit.sql"
	} | sql -v prefix="$1" -v interactions="$2"
}

# best draws what a model learns from both, and who is the likeliest to buy: prefix, table.
best()
{
	{
		printf "SET demo.colour = '%s';\nSET demo.bars = '%s';\n" "$colour" "$bars"
		cat "$tree/test/demo/functions.sql" "$tree/test/demo/best.sql"
	} | sql -v prefix="$1" -v interactions="$2"
}

# learn draws what the history of a tracked table teaches: prefix, table.
learn()
{
	{
		printf "SET demo.colour = '%s';\nSET demo.bars = '%s';\n" "$colour" "$bars"
		cat "$tree/test/demo/functions.sql" "$tree/test/demo/learn.sql"
	} | sql -v prefix="$1" -v interactions="$2"
}

# heading separates the parts.
heading()
{
	local line=${1//?/=}

	[ "$colour" = no ] || set -- $'\033[1m'"$1"$'\033[0m'
	printf '\n%s\n%s\n' "$1" "$line"
}

# events prints the file of interactions.
events()
{
	case $EVENTS in
		*.gz) gzip -dc -- "$EVENTS" ;;
		*) cat -- "$EVENTS" ;;
	esac
}

# generate makes and tracks the traffic of a shop and of a B2B site.
generate()
{
	say "Making the traffic of a web shop and of a B2B site"
	sql <"$tree/test/demo/traffic.sql"
	sql <<-'SQL'
		SELECT format('  %s: %s interactions of %s leads', 'shop_event', count(*), count(DISTINCT visitor)) FROM shop_event
		UNION ALL
		SELECT format('  %s: %s interactions of %s leads', 'b2b_event', count(*), count(DISTINCT contact)) FROM b2b_event;
	SQL
	say "Tracking both"
	sql <<-'SQL' >/dev/null
		SELECT lead_temperature.create_model('shop', template => 'shop');
		SELECT lead_temperature.create_model('b2b', template => 'b2b');
		SELECT lead_temperature.track('shop_event', 'visitor', 'event', 'happened_at', model => 'shop', prefix => 'shop');
		SELECT lead_temperature.track('b2b_event', 'contact', 'activity', 'at', model => 'b2b', prefix => 'b2b', channel => 'channel', value => 'paid');
		SELECT lead_temperature.add_module('b2b_event', 'playbook');
		SELECT lead_temperature.add_module('b2b_event', 'handoff');
		SELECT lead_temperature.add_module('b2b_event', 'channels');
		INSERT INTO b2b_spend SELECT channel, day::date, amount
		FROM (VALUES ('ads', 90), ('social', 25), ('email', 10), ('exhibitions', 120), ('referral', 15)) AS s (channel, amount),
			generate_series(now() - interval '180 days', now(), interval '1 day') AS day;
	SQL
}

# adopt makes the CRM of five tables that the adoption tests have, and shows how it is tracked as it is.
adopt()
{
	as_tester createdb crm
	sql -d crm -c "CREATE EXTENSION lead_temperature" -c "SET timezone = 'UTC'"
	sed '/^CALL adoption.check/,$d; /^CALL adoption/d' "$tree/test/adoption/crm.sql" | sql -d crm >/dev/null
	sql -d crm <"$tree/test/demo/crm.sql"
}

# load reads the interactions of EVENTS into the table demo_event and tracks it.
load()
{
	local columns delimiter n lead kind at weight

	columns=$(perl "$tree/test/demo/columns.pl" "${COLUMNS:-}" < <(events)) || exit 1
	read -r delimiter n lead kind at weight <<<"$columns"
	say "Loading ${EVENTS##*/}"
	sql -c "CREATE UNLOGGED TABLE demo_csv ($(seq -s ' text, ' -f 'c%.0f' "$n") text)"
	events | sql -c "COPY demo_csv FROM STDIN (FORMAT csv, HEADER, DELIMITER E'\\x$delimiter', ENCODING 'UTF8')"
	[ "$weight" -eq 0 ] || sql -c "ALTER TABLE demo_csv RENAME c$weight TO weight"
	sql -c "ALTER TABLE demo_csv RENAME c$lead TO lead" -c "ALTER TABLE demo_csv RENAME c$kind TO kind" \
		-c "ALTER TABLE demo_csv RENAME c$at TO at" -v until="${UNTIL:-infinity}" -f "$work/tree/test/demo/load.sql"
	if [ -n "${MODEL:-}" ]; then
		sql <"$MODEL"
	else
		sql -c "SELECT lead_temperature.create_model('demo')" >/dev/null
	fi
	say "Tracking it"
	sql -c "SELECT lead_temperature.track('demo_event', 'lead', 'kind', 'at', weight => 'weight', model => 'demo', prefix => 'demo')" >/dev/null
	sql -f "$work/tree/test/demo/unmapped.sql"
}

for file in "${EVENTS:-}" "${MODEL:-}"; do
	[ -z "$file" ] || [ -r "$file" ] || fail "cannot read $file"
done
[ -z "${EVENTS:-}" ] || EVENTS=$(realpath -- "$EVENTS")
[ -z "${MODEL:-}" ] || MODEL=$(realpath -- "$MODEL")

choose_major
major_is_native || fail "this system has no PostgreSQL $major"
prepare
say "Building lead_temperature for PostgreSQL $major"
copy_tree
build with_llvm=no
say "Starting a throwaway cluster in $work"
start_cluster "shared_buffers = '256MB'" "max_wal_size = '4GB'" "autovacuum = off"
as_tester createdb demo
sql -c "CREATE EXTENSION lead_temperature"

if [ -n "${EVENTS:-}" ]; then
	load
	show demo demo_event lead kind at
	learn demo demo_event
else
	generate
	heading "The shop"
	show shop shop_event visitor event happened_at
	heading "The B2B site"
	show b2b b2b_event contact activity at
	act b2b b2b_event
	channels b2b
	fit b2b b2b_event
	best b2b b2b_event
	heading "A CRM of five tables, as it is"
	adopt
fi

if [ "${CI:-}" = true ] || [ "${DEMO_KEEP:-yes}" = no ]; then
	exit 0
fi
trap - EXIT
as_tester tee "$work/stop" >/dev/null <<-SH
	#!/bin/sh
	/usr/lib/postgresql/$major/bin/pg_ctl -s -D $work/data -m fast stop && rm -rf $work
SH
as_tester chmod +x "$work/stop"
stop=$work/stop
[ "$EUID" -ne 0 ] || stop="runuser -u postgres -- $stop"
say ""
say "The cluster keeps running. Look around in it:"
say "  psql -h $work -U postgres demo"
say "and stop it, and remove all of it:"
say "  $stop"
