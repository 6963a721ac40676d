#!/usr/bin/env bash
# indent.sh
#	  make indent: gives the C sources pgindent's shape, and writes the list of
#	  their types, src/typedefs.list, which that needs, anew.
#
# pgindent and pg_bsd_indent come with the server's development files from 17 on;
# PG_CONFIG=... says of which installation.

set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# find_tool prints the path of a program of the server, the newest one that is installed unless PG_CONFIG names one.
find_tool()
{
	local bin

	for bin in ${PG_CONFIG:+"$("$PG_CONFIG" --bindir)"} $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr); do
		[ ! -x "$bin/$1" ] || { printf '%s\n' "$bin/$1"; return; }
	done
	fail "$1 is missing; install postgresql-server-dev-17 or later, or say PG_CONFIG=.../pg_config"
}

# own_types prints the names of the types that the sources define.
own_types()
{
	sed -nE -e 's/^typedef (struct|enum|union) ([A-Za-z_]+)( [A-Za-z_]+;)?$/\2/p' \
		-e 's/^\} ([A-Za-z_]+);$/\1/p' \
		-e 's/^typedef [^;{]*\(\* ?([A-Za-z_]+)\).*/\1/p' \
		-e 's/^typedef [a-z0-9_ ]+ ([A-Za-z_]+);$/\1/p' src/*/*.[ch] | sort -u
}

pgindent=$(find_tool pgindent)
bsd_indent=$(find_tool pg_bsd_indent)
server=$(printf '%s\n' /usr/share/postgresql/*/typedefs.list | sort -Vr | head -n 1)
[ -r "$server" ] || fail "the server's typedefs.list is missing beside $pgindent"

own_types >src/typedefs.list
all=$(mktemp)
trap 'rm -f "$all"' EXIT
sort -u src/typedefs.list "$server" >"$all"
# pg_bsd_indent takes hexadecimal floating-point constants apart: files with such stay as they are
grep -LE '0x[0-9a-fA-F.]+p[-+]?[0-9]' src/*.c src/*/*.[ch] |
	xargs "$pgindent" --typedefs="$all" --indent="$bsd_indent"
