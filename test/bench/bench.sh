#!/usr/bin/env bash
# bench.sh
#	  make bench: measures lead_temperature beside what one would write by hand,
#	  on a throwaway cluster, and writes docs/benchmarks.md.
#
#	  SCALE=0.1        so many times the rows, leads and time (default 1)
#	  SCALE_MAX=1M     leaves out tables of more leads than that; 10M measures
#	                   them even if they take long
#	  PARTS="bulk reads"   measures these parts alone (see bench.py)
#	  OUT=file.md      where to write, by default docs/benchmarks.md if everything
#	                   was measured at full scale, and nothing otherwise
#	  PG=15            the version of PostgreSQL

started=$SECONDS
. "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

out=${OUT:-}
[ -z "$out" ] || out=$(realpath -- "$out")
if [ -z "$out${PARTS:-}" ] && [ "${SCALE:-1}${SCALE_MAX:-10M}" = 110M ]; then
	out=$tree/docs/benchmarks.md
fi

choose_major
major_is_native || fail "this system has no PostgreSQL $major"
prepare python3

bench=
# stop_bench ends what is being measured before the cluster is removed.
stop_bench()
{
	[ -z "$bench" ] || { kill "$bench" && wait "$bench"; } 2>/dev/null || true
	clean_up
}
trap stop_bench EXIT

say "Building lead_temperature for PostgreSQL $major"
copy_tree
build
say "Starting a throwaway cluster in $work"
start_cluster "fsync = on" "shared_buffers = '1GB'" "work_mem = '64MB'" "maintenance_work_mem = '256MB'" \
	"max_wal_size = '8GB'" "checkpoint_timeout = '30min'" "autovacuum = off"
as_tester createdb bench

export BENCH_STARTED=$((SECONDS - started))
export BENCH_COMMIT
BENCH_COMMIT=$(git -c safe.directory='*' -C "$tree" describe --always --dirty 2>/dev/null) || true
TMPDIR=$work python3 -B "$work/tree/test/bench/bench.py" "$work" &
bench=$!
wait "$bench"
bench=
say ""
cat "$work/benchmarks.md"
if [ -n "$out" ]; then
	cp "$work/benchmarks.md" "$out"
	say ""
	say "Written to $out"
fi
